//! SDMX: two roots, one for each generation of the standard.
//!
//! `/sdmx/2.1` is SDMX-REST 1.5 and answers with SDMX-ML 2.1 unless asked otherwise; `/sdmx/3.0`
//! is SDMX-REST 2.2 and answers with SDMX-JSON 2.0. Every format is to be had at both.
//!
//! Not here: HTTP ([`crate::http`]), figures ([`crate::answer`]).
//!
//! A wildcard means what the standard says, every code, totals included; at `/v1` it leaves them
//! out. The figures are the same.
//!
//! Invariants:
//! 1. A structure and the availability of a dataflow depend on the plan and on what is released,
//!    never on what figures say (`tests::sdmx::availability_is_that_of_code_lists`).
//! 2. Figures are those of `/v1`, character for character
//!    (`tests::formats::every_format_tells_the_same_observations`).

pub mod artefact;
pub mod json_data;
pub mod json_structure;
pub mod ml_data;
pub mod ml_structure;
pub mod request;

use std::collections::BTreeSet;

use tidegauge_model::{Dataflow, Plan};

use crate::accept;
use crate::answer::Answer;
use crate::arrange::{Laid, lay_out};
use crate::catalogue::Catalogue;
use crate::describe::{dimensions, version_after};
use crate::error::{Error, given};
use crate::format::Format;
use crate::heading::{At, Heading, Shape};
use crate::key::{Selection, leading};
use crate::pieces::{answer, whole_answer};
use crate::query::{Key, Parameters, Part};
use crate::reader::Reader;
use artefact::{Artefacts, Kind, Region};
use request::{Asked, Figures, Named, References, Root, Stubs};

/// How structures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Json,
    Ml,
}

/// The media types of structures, as they are answered.
const JSON: &str = "application/vnd.sdmx.structure+json; version=2.0.0; charset=utf-8";
const ML: &str = "application/vnd.sdmx.structure+xml; version=2.1; charset=utf-8";
const OFFERED: &str = "application/vnd.sdmx.structure+xml;version=2.1 and \
    application/vnd.sdmx.structure+json;version=2.0.0";
const OFFERED_DATA: &str = "application/vnd.sdmx.genericdata+xml;version=2.1, \
    application/vnd.sdmx.structurespecificdata+xml;version=2.1, \
    application/vnd.sdmx.data+json;version=2.0.0, application/vnd.sdmx.data+csv;version=1.0.0 or \
    2.0.0, application/vnd.json-stat+json and application/vnd.apache.parquet";

/// What is answered.
pub enum Reply {
    /// Figures, to be written.
    Data(Vec<Laid>, Format),
    /// A structure message and its media type.
    Structure(&'static str, String),
}

/// Answers an address below a root.
///
/// Errors: an address or a parameter that is none; nothing there; a format that is not offered.
pub fn reply(
    root: Root,
    reader: &Reader,
    catalogue: &Catalogue,
    path: &str,
    query: Option<&str>,
    accept: Option<&str>,
) -> Result<Reply, Error> {
    let asked = request::parse(root, path, query)?;
    if let Asked::Data(figures) = &asked {
        let format = match figures.parameters.format {
            Some(format) => format,
            None => data_format(root, accept)?,
        };
        let answers = all_answered(reader, catalogue, figures)?;
        let format = if answers.len() > 1 { format.with_several()? } else { format };
        let shapes = answers.iter().map(|answer| shape(answer, figures));
        let shapes = shapes.collect::<Result<Vec<_>, _>>()?;
        let laid = lay_out(answers, format, &shapes, &figures.order, figures.page)?;
        return Ok(Reply::Data(laid, format));
    }
    let written = structure_format(root, accept)?;
    let (artefacts, places, stubs) = match asked {
        Asked::Availability(figures, component, references) => {
            available(reader, catalogue, &figures, component.as_deref(), &references)?
        }
        Asked::Schema(named) => {
            let kinds = [Kind::Dataflow];
            let of = References::All;
            structures(reader, catalogue, &kinds, &named, &of, Stubs::Nothing)?
        }
        Asked::Structures(kinds, named, references, stubs) => {
            structures(reader, catalogue, &kinds, &named, &references, stubs)?
        }
        Asked::Data(_) => return Err(Error::NotFound),
    };
    let prepared = catalogue.since(catalogue.size());
    Ok(match written {
        Written::Json => {
            let text = json_structure::message(&artefacts, &places, &stubs, &prepared);
            Reply::Structure(JSON, text)
        }
        Written::Ml => {
            Reply::Structure(ML, ml_structure::message(&artefacts, &places, &stubs, &prepared))
        }
    })
}

fn data_format(root: Root, accept: Option<&str>) -> Result<Format, Error> {
    use Format::{Csv, Csv1, Generic, JsonStat, Parquet, SdmxJson, Specific};
    let offered = match root {
        Root::V21 => [Generic, Specific, Csv1, Csv, SdmxJson, JsonStat, Parquet],
        Root::V30 => [SdmxJson, Csv, Csv1, Specific, Generic, JsonStat, Parquet],
    };
    let meant = |media: &str, version: Option<&str>| {
        let mut meant = match media {
            "application/xml" | "text/xml" => vec![Generic],
            _ => accept::data(media, version),
        };
        if root == Root::V21 && meant == [Csv, Csv1] {
            meant.reverse();
        }
        meant
    };
    let chosen = accept::choose(accept, &offered, meant);
    chosen.ok_or(Error::NotAcceptable { offered: OFFERED_DATA })
}

fn structure_format(root: Root, accept: Option<&str>) -> Result<Written, Error> {
    let offered = match root {
        Root::V21 => [Written::Ml, Written::Json],
        Root::V30 => [Written::Json, Written::Ml],
    };
    let meant = |media: &str, version: Option<&str>| {
        let is = |wanted: &str| version.is_none_or(|version| version.starts_with(wanted));
        match media {
            "application/*" => offered.to_vec(),
            "application/json" => vec![Written::Json],
            "application/vnd.sdmx.structure+json" | "application/vnd.sdmx.schema+json"
                if is("2.0") =>
            {
                vec![Written::Json]
            }
            "application/xml" | "text/xml" | "text/*" => vec![Written::Ml],
            "application/vnd.sdmx.structure+xml" if is("2.1") => vec![Written::Ml],
            _ => vec![],
        }
    };
    accept::choose(accept, &offered, meant).ok_or(Error::NotAcceptable { offered: OFFERED })
}

/// The places of the dataflows that are meant, in whichever version they have had.
///
/// Errors: none is.
fn dataflows(plan: &Plan, named: &Named) -> Result<Vec<usize>, Error> {
    let agency = &plan.statement.agency;
    let is_meant = |flow: &Dataflow| {
        let mut versions = (0..=plan.changes_of(flow)).map(version_after);
        versions.any(|version| named.is(agency, &flow.id, &version))
    };
    let found = (0..plan.dataflows.len()).filter(|&n| is_meant(&plan.dataflows[n]));
    let found: Vec<usize> = found.collect();
    if found.is_empty() { Err(Error::Dataflow { given: named.given() }) } else { Ok(found) }
}

/// The place of the one dataflow that is meant.
fn dataflow(plan: &Plan, named: &Named) -> Result<usize, Error> {
    match dataflows(plan, named)?[..] {
        [position] => Ok(position),
        _ => Err(Error::NotOffered { what: "the availability of several dataflows in one answer" }),
    }
}

fn answered(reader: &Reader, catalogue: &Catalogue, asked: &Figures) -> Result<Region, Error> {
    let position = dataflow(&catalogue.plan, &asked.of)?;
    let plan = catalogue.plan_for(&asked.parameters)?;
    let key = key(plan, position, asked);
    let selection = selection(plan, position, &key, &asked.filters)?;
    region_of(reader, catalogue, position, selection, &asked.parameters)
}

/// The answer of each dataflow that is meant; of several, those which have what is asked for.
///
/// Errors: none has; what the first of them says.
fn all_answered(
    reader: &Reader,
    catalogue: &Catalogue,
    asked: &Figures,
) -> Result<Vec<Answer>, Error> {
    let (mut answers, mut first) = (Vec::new(), None);
    let plan = catalogue.plan_for(&asked.parameters)?;
    for position in dataflows(&catalogue.plan, &asked.of)? {
        let key = key(plan, position, asked);
        let answered = selection(plan, position, &key, &asked.filters).and_then(|chosen| {
            whole_answer(reader, catalogue, position, chosen, &asked.parameters)
        });
        match answered {
            Ok(answer) => answers.push(answer),
            Err(error @ (Error::Busy | Error::Estimate)) => return Err(error),
            Err(error) => first = first.or(Some(error)),
        }
    }
    match first {
        Some(error) if answers.is_empty() => Err(error),
        _ => Ok(answers),
    }
}

/// How an answer is laid out.
///
/// Errors: a dimension at the observation that the dataflow does not have.
fn shape(answer: &Answer, asked: &Figures) -> Result<Shape, Error> {
    let place = |id: &str| answer.dimensions().iter().position(|known| *known == id);
    let at = match &*asked.at {
        request::TIME => At::Time,
        request::ALL_DIMENSIONS => At::All,
        id => At::Dimension(place(id).ok_or_else(|| Error::Parameter {
            parameter: "dimensionAtObservation",
            rule: "TIME_PERIOD, AllDimensions or a dimension of the dataflow",
            given: given(id),
        })?),
    };
    Ok(Shape { detail: asked.detail, at })
}

/// The key that is meant of a dataflow: whole, where the standard lets its end be left out.
fn key(plan: &Plan, position: usize, asked: &Figures) -> Key {
    let mut key = asked.key.clone();
    if let (true, Key::Parts(parts)) = (asked.is_open, &mut key) {
        let flow = &plan.dataflows[position];
        let whole = leading(flow).len() + flow.structure.dimensions().len();
        parts.resize(parts.len().max(whole), Part::Any);
    }
    key
}

/// The series of a key and filters, a wildcard standing for every code.
fn selection(
    plan: &Plan,
    position: usize,
    key: &Key,
    filters: &[(String, bool, Vec<String>)],
) -> Result<Selection, Error> {
    let flow = &plan.dataflows[position];
    let dimensions = dimensions(plan, flow);
    let expected = dimensions.len();
    let parts = match key {
        Key::All => vec![Part::Any; expected],
        Key::Parts(parts) => parts.clone(),
    };
    if parts.len() != expected {
        return Err(Error::KeyParts { given: parts.len(), expected });
    }
    let known = |id: &str| dimensions.iter().any(|dimension| dimension.id == id);
    if let Some((id, ..)) = filters.iter().find(|(id, ..)| !known(id)) {
        let rule = "a dimension of the dataflow";
        return Err(Error::Parameter { parameter: "c", rule, given: given(id) });
    }
    let mut whole = Vec::with_capacity(expected);
    for (part, dimension) in parts.into_iter().zip(dimensions) {
        let mut codes = match part {
            Part::Any => dimension.codes.into_iter().map(|code| code.id).collect(),
            Part::Codes(codes) => codes,
        };
        for (_, wanted, list) in filters.iter().filter(|(id, ..)| *id == dimension.id) {
            codes.retain(|code| list.contains(code) == *wanted);
        }
        if codes.is_empty() {
            return Err(Error::NothingReleased);
        }
        whole.push(Part::Codes(codes));
    }
    Selection::of(&Key::Parts(whole), plan, flow)
}

fn region(answer: &Answer) -> Region {
    let heading = Heading::new(answer, Shape::default(), String::new());
    Region::of(&heading, answer.len(), answer.observations())
}

/// What is released of a dataflow.
///
/// Errors: nothing is; figures that cannot be made.
pub(crate) fn released(
    reader: &Reader,
    catalogue: &Catalogue,
    position: usize,
) -> Result<Region, Error> {
    reader.region(catalogue, position, || {
        let selection = selection(&catalogue.plan, position, &Key::All, &[])?;
        region_of(reader, catalogue, position, selection, &Default::default())
    })
}

/// What there is of a selection: figures. Where none is public yet and the first are under embargo,
/// the series that will have them, without a period or an observation.
fn region_of(
    reader: &Reader,
    catalogue: &Catalogue,
    position: usize,
    selection: Selection,
    parameters: &Parameters,
) -> Result<Region, Error> {
    if catalogue.released(position).is_some() {
        return Ok(region(&answer(reader, catalogue, position, selection, parameters)?));
    }
    let held = whole_answer(reader, catalogue, position, selection, parameters)?;
    Ok(Region { periods: None, observations: 0, ..region(&held) })
}

/// Artefacts, the places of those that are meant, and of these those that are stubs.
type Chosen = (Artefacts, Vec<usize>, Vec<usize>);

fn available(
    reader: &Reader,
    catalogue: &Catalogue,
    asked: &Figures,
    component: Option<&str>,
    references: &References,
) -> Result<Chosen, Error> {
    let mut asked = asked.clone();
    asked.parameters.history = None;
    let is_all = asked.key == Key::All && asked.filters.is_empty();
    let mut region = if is_all && asked.parameters == Parameters::default() {
        released(reader, catalogue, dataflow(&catalogue.plan, &asked.of)?)?
    } else {
        answered(reader, catalogue, &asked)?
    };
    if let Some(component) = component {
        let known = region.dimensions.iter().any(|dimension| dimension.id == component);
        if !known && component != "TIME_PERIOD" {
            let rule = "a dimension of the dataflow";
            return Err(Error::Parameter { parameter: "component", rule, given: given(component) });
        }
        region.dimensions.retain(|dimension| dimension.id == component);
        region.periods = region.periods.filter(|_| component == "TIME_PERIOD");
    }
    let position = dataflow(&catalogue.plan, &asked.of)?;
    let mut artefacts = Artefacts::of(&catalogue.plan);
    artefacts.add_constraint(&catalogue.plan.dataflows[position].id, region);
    let matched = vec![artefacts.all.len() - 1];
    let mut places = matched.clone();
    places.extend(around(&artefacts, &matched, references));
    Ok((artefacts, places, vec![]))
}

fn structures(
    reader: &Reader,
    catalogue: &Catalogue,
    kinds: &[Kind],
    named: &Named,
    references: &References,
    stubs: Stubs,
) -> Result<Chosen, Error> {
    let plan = &catalogue.plan;
    let mut artefacts = Artefacts::of(plan);
    let is_up = matches!(
        references,
        References::All
            | References::Ancestors
            | References::Parents
            | References::ParentsAndSiblings
    );
    let is_named = matches!(references, References::Only(only) if only.contains(&Kind::Constraint));
    if is_up || is_named || kinds.contains(&Kind::Constraint) {
        for (position, flow) in plan.dataflows.iter().enumerate() {
            match released(reader, catalogue, position) {
                Ok(region) => artefacts.add_constraint(&flow.id, region),
                // Nothing is released yet, so there is nothing to tell.
                Err(Error::NothingReleased) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let meant = |artefacts: &Artefacts| -> Vec<usize> {
        let all = artefacts.all.iter().enumerate();
        let meant = all.filter(|(_, artefact)| {
            kinds.contains(&artefact.kind)
                && named.is(&artefact.agency, &artefact.id, &artefact.version)
        });
        meant.map(|(place, _)| place).collect()
    };
    let mut matched = meant(&artefacts);
    // A version that an amendment has replaced is still to be had, with what it referred to.
    let replaced = catalogue.ledger().succession.states().iter().rev();
    for state in replaced.skip_while(|state| state.entry >= catalogue.size()).skip(1) {
        if matched.is_empty() {
            artefacts = Artefacts::of(&state.plan);
            matched = meant(&artefacts);
        }
    }
    if matched.is_empty() {
        return Err(Error::NoStructure);
    }
    let beside = around(&artefacts, &matched, references);
    let stubs = match stubs {
        Stubs::All => matched.iter().chain(&beside).copied().collect(),
        Stubs::References => beside.clone(),
        Stubs::Nothing => vec![],
    };
    let places = matched.into_iter().chain(beside).collect();
    Ok((artefacts, places, stubs))
}

/// What is wanted beside what is named.
fn around(artefacts: &Artefacts, matched: &[usize], references: &References) -> Vec<usize> {
    let children = |of: &BTreeSet<usize>| -> BTreeSet<usize> {
        of.iter().flat_map(|&place| artefacts.all[place].references()).collect()
    };
    let parents = |of: &BTreeSet<usize>| -> BTreeSet<usize> {
        let refers = |place: &usize| {
            artefacts.all[*place].references().iter().any(|target| of.contains(target))
        };
        (0..artefacts.all.len()).filter(refers).collect()
    };
    let whole = |step: &dyn Fn(&BTreeSet<usize>) -> BTreeSet<usize>| {
        let mut found = BTreeSet::new();
        let mut next: BTreeSet<usize> = matched.iter().copied().collect();
        while !next.is_empty() {
            next = step(&next).difference(&found).copied().collect();
            found.extend(&next);
        }
        found
    };
    let matched_set: BTreeSet<usize> = matched.iter().copied().collect();
    let siblings = || {
        let above = parents(&matched_set);
        let mut found = children(&above);
        found.extend(above);
        found
    };
    let mut found = match references {
        References::Nothing => BTreeSet::new(),
        References::Children => children(&matched_set),
        References::Descendants => whole(&children),
        References::Parents => parents(&matched_set),
        References::Ancestors => whole(&parents),
        References::ParentsAndSiblings => siblings(),
        References::All => siblings().into_iter().chain(whole(&children)).collect(),
        References::Only(kinds) => {
            let both = whole(&children).into_iter().chain(whole(&parents));
            both.filter(|&place| kinds.contains(&artefacts.all[place].kind)).collect()
        }
    };
    found.retain(|place| !matched_set.contains(place));
    found.into_iter().collect()
}
