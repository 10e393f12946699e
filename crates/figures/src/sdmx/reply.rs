//! SDMX: two roots, one for each generation of the standard.
//!
//! `/sdmx/2.1` is SDMX-REST 1.5 and answers with SDMX-ML 2.1 unless asked otherwise; `/sdmx/3.0`
//! is SDMX-REST 2.2 and answers with SDMX-JSON 2.0. Both offer every format.
//!
//! Not here: HTTP (crate `serve`), figures ([`crate::answer`]).
//!
//! As the standard says, a wildcard stands for every code, totals included; at `/v1` it leaves
//! totals out. The figures are the same.
//!
//! Invariants:
//! 1. The structure and the availability of a dataflow depend on the plan and on which steps are
//!    released, never on the values of figures
//!    (`serve::tests::sdmx::availability_is_that_of_code_lists`).
//! 2. Figures are those of `/v1`, character for character
//!    (`serve::tests::formats::every_format_has_the_same_observations`).

use std::collections::BTreeSet;

use tidegauge_model::{Dataflow, Plan};

use super::artefact::{Artefact, Artefacts};
use super::kind::StructureKind;
use super::region::{Region, Regions};
use super::request::{
    self, Identifiers, Presentation, References, SeriesRequest, StructureDetail, StructureRequest,
};
use super::{structure_json20, structure_ml21};
use crate::answer::answer::Answer;
use crate::answer::evaluate::{ListedPeriods, answer};
use crate::catalogue::catalogue::Catalogue;
use crate::error::{Error, given};
use crate::estimate::reader::Reader;
use crate::formats::layout::{Layout, lay_out};
use crate::formats::message::MessageHeader;
use crate::formats::shape::{DimensionAtObservation, Shape};
use crate::query::format::Format;
use crate::query::grammar::{Key, KeyPart, Parameters};
use crate::query::series::Selection;
use crate::structure::concept::dimensions;
use crate::structure::version::version_after;

/// The format of a structure message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StructureFormat {
    /// SDMX-JSON 2.0.
    SdmxJson20,
    /// SDMX-ML 2.1.
    SdmxMl21,
}

impl StructureFormat {
    /// The media type, as answers state it.
    pub fn media_type(self) -> &'static str {
        match self {
            StructureFormat::SdmxJson20 => {
                "application/vnd.sdmx.structure+json; version=2.0.0; charset=utf-8"
            }
            StructureFormat::SdmxMl21 => {
                "application/vnd.sdmx.structure+xml; version=2.1; charset=utf-8"
            }
        }
    }
}

/// The figures of these selections, each of one dataflow, laid out for a format, and that format.
/// Dataflows without the requested figures are left out.
///
/// Errors: no dataflow has them; a format for one dataflow when there are several; a shape or an
/// order that the dataflows do not have.
pub fn data(
    reader: &Reader,
    catalogue: &Catalogue,
    selections: Vec<Selection>,
    parameters: &Parameters,
    presentation: &Presentation,
    format: Format,
) -> Result<(Vec<Layout>, Format), Error> {
    let (mut answers, mut first) = (Vec::new(), None);
    for selection in selections {
        let listed = ListedPeriods::WithEmbargoed;
        match answer(reader, catalogue, selection, parameters, listed) {
            Ok(answer) => answers.push(answer),
            Err(Error::Estimate) => return Err(Error::Estimate),
            Err(error) => first = first.or(Some(error)),
        }
    }
    if answers.is_empty() {
        return Err(first.unwrap_or(Error::NothingReleased));
    }
    let format = if answers.len() > 1 { format.with_several()? } else { format };
    let shapes = answers.iter().map(|answer| shape(answer, presentation));
    let shapes = shapes.collect::<Result<Vec<_>, _>>()?;
    let Presentation { order, page, .. } = presentation;
    Ok((lay_out(answers, format, &shapes, order, *page)?, format))
}

/// The requested series of each named dataflow that has them.
///
/// Errors: if no dataflow has them, the error of the first one.
pub fn selections(
    catalogue: &Catalogue,
    series: &SeriesRequest,
    parameters: &Parameters,
) -> Result<Vec<Selection>, Error> {
    let (mut selections, mut first) = (Vec::new(), None);
    let plan = catalogue.plan_for(parameters)?;
    for position in dataflows(&catalogue.plan, &series.dataflows)? {
        match selection(plan, position, series) {
            Ok(selection) => selections.push(selection),
            Err(error) => first = first.or(Some(error)),
        }
    }
    match first {
        Some(error) if selections.is_empty() => Err(error),
        _ => Ok(selections),
    }
}

/// The series whose availability a request asks for.
///
/// Errors: several dataflows; a key that does not fit the dataflow.
pub fn availability_selection(
    catalogue: &Catalogue,
    series: &SeriesRequest,
    parameters: &Parameters,
) -> Result<Selection, Error> {
    match dataflows(&catalogue.plan, &series.dataflows)?[..] {
        [position] => selection(catalogue.plan_for(parameters)?, position, series),
        _ => {
            let what = "availability of several dataflows in one answer";
            Err(Error::NotOffered { what, next: "ask for one at a time" })
        }
    }
}

/// A question about structures, with every code resolved.
#[derive(Clone, Debug)]
pub enum StructureQuestion {
    /// What is released of these series.
    Availability {
        /// The series.
        selection: Selection,
        /// Periods and states.
        parameters: Parameters,
        /// The component whose values are listed; `None` for all.
        component: Option<String>,
        /// Structures beside it.
        references: References,
    },
    /// Structures.
    Structures(StructureRequest),
}

/// The answer to a question about structures, as a message.
///
/// Errors: no such structure; nothing released.
pub fn structure_message(
    reader: &Reader,
    regions: &Regions,
    catalogue: &Catalogue,
    question: StructureQuestion,
    format: StructureFormat,
) -> Result<String, Error> {
    let regions = (reader, regions);
    let (artefacts, places, stubs) = match question {
        StructureQuestion::Availability { selection, parameters, component, references } => {
            let position = selection.dataflow;
            let component = component.as_deref();
            let region = available(regions, catalogue, selection, &parameters, component)?;
            constraint(catalogue, position, region, &references)
        }
        StructureQuestion::Structures(request) => structures(regions, catalogue, &request)?,
    };
    let prepared = catalogue.since(catalogue.size());
    Ok(match format {
        StructureFormat::SdmxJson20 => {
            structure_json20::message(&artefacts, &places, &stubs, &prepared)
        }
        StructureFormat::SdmxMl21 => {
            structure_ml21::message(&artefacts, &places, &stubs, &prepared)
        }
    })
}

/// The positions of the dataflows that are meant, by any version that they have had.
///
/// Errors: none matches.
fn dataflows(plan: &Plan, named: &Identifiers) -> Result<Vec<usize>, Error> {
    let agency = &plan.statement.agency;
    let is_meant = |flow: &Dataflow| {
        let mut versions = (0..=plan.changes_of(flow)).map(version_after);
        versions.any(|version| named.is(agency, &flow.id, &version))
    };
    let found: Vec<usize> =
        (0..plan.dataflows.len()).filter(|&n| is_meant(&plan.dataflows[n])).collect();
    if found.is_empty() { Err(Error::dataflow_unknown(&named.given(), plan)) } else { Ok(found) }
}

/// The shape of an answer.
///
/// Errors: a dimension at the observation that the dataflow does not have.
fn shape(answer: &Answer, presentation: &Presentation) -> Result<Shape, Error> {
    let place = |id: &str| answer.dimensions().iter().position(|known| *known == id);
    let at = match &*presentation.dimension_at_observation {
        request::TIME => DimensionAtObservation::Time,
        request::ALL_DIMENSIONS => DimensionAtObservation::All,
        id => DimensionAtObservation::Dimension(place(id).ok_or_else(|| Error::Parameter {
            parameter: "dimensionAtObservation",
            rule: "TIME_PERIOD, AllDimensions or a dimension of the dataflow",
            given: given(id),
        })?),
    };
    Ok(Shape { detail: presentation.detail, at })
}

/// The series of a request in one of its dataflows; a wildcard stands for every code.
///
/// Errors: a key or a filter that does not fit the dataflow.
fn selection(plan: &Plan, position: usize, series: &SeriesRequest) -> Result<Selection, Error> {
    let dimensions = dimensions(plan, &plan.dataflows[position]);
    let expected = dimensions.len();
    let mut parts = match &series.key {
        Key::All => vec![KeyPart::Any; expected],
        Key::Parts(parts) => parts.clone(),
    };
    if series.is_open && parts.len() < expected {
        parts.resize(expected, KeyPart::Any);
    }
    if parts.len() != expected {
        let ids = dimensions.iter().map(|dimension| &*dimension.id);
        return Err(Error::key_parts(parts.len(), ids));
    }
    let filters = &series.filters;
    let known = |id: &str| dimensions.iter().any(|dimension| dimension.id == id);
    if let Some((id, ..)) = filters.iter().find(|(id, ..)| !known(id)) {
        let rule = "a filter on a dimension of the dataflow";
        return Err(Error::Parameter { parameter: "c[ID]", rule, given: given(id) });
    }
    let mut whole = Vec::with_capacity(expected);
    for (part, dimension) in parts.into_iter().zip(dimensions) {
        let mut codes = match part {
            KeyPart::Any => dimension.codes.into_iter().map(|code| code.id).collect(),
            KeyPart::Codes(codes) => codes,
        };
        for (_, wanted, list) in filters.iter().filter(|(id, ..)| *id == dimension.id) {
            codes.retain(|code| list.contains(code) == *wanted);
        }
        if codes.is_empty() {
            return Err(Error::NothingReleased);
        }
        whole.push(KeyPart::Codes(codes));
    }
    Selection::new(&Key::Parts(whole), plan, position)
}

fn region(answer: &Answer) -> Region {
    let header = MessageHeader::new(answer, Shape::default(), String::new());
    Region::of(&header, answer.len(), answer.observations())
}

/// The released region of a dataflow.
///
/// Errors: nothing is released; figures that cannot be made.
pub fn released(
    reader: &Reader,
    regions: &Regions,
    catalogue: &Catalogue,
    position: usize,
) -> Result<Region, Error> {
    regions.of(catalogue, position, || {
        let selection = every_series(&catalogue.plan, position)?;
        region_of(reader, catalogue, selection, &Default::default())
    })
}

/// Every series of a dataflow, totals and groups included.
fn every_series(plan: &Plan, position: usize) -> Result<Selection, Error> {
    selection(plan, position, &SeriesRequest::default())
}

/// The region of a selection. If no figure is public yet and the first ones are under embargo, it
/// has the series that will have figures, without a period or an observation.
fn region_of(
    reader: &Reader,
    catalogue: &Catalogue,
    selection: Selection,
    parameters: &Parameters,
) -> Result<Region, Error> {
    let is_public = catalogue.released(selection.dataflow).is_some();
    let listed = if is_public { ListedPeriods::Published } else { ListedPeriods::WithEmbargoed };
    let region = region(&answer(reader, catalogue, selection, parameters, listed)?);
    Ok(if is_public { region } else { Region { periods: None, observations: 0, ..region } })
}

/// Artefacts, the positions of those that are meant, and which of these are stubs.
type Chosen = (Artefacts, Vec<usize>, Vec<usize>);

/// The region of a selection, with the values of one component or of all.
fn available(
    (reader, regions): (&Reader, &Regions),
    catalogue: &Catalogue,
    selection: Selection,
    parameters: &Parameters,
    component: Option<&str>,
) -> Result<Region, Error> {
    let position = selection.dataflow;
    let is_whole = *parameters == Parameters::default()
        && selection == every_series(&catalogue.plan, position)?;
    let mut region = match is_whole {
        true => released(reader, regions, catalogue, position)?,
        false => region_of(reader, catalogue, selection, parameters)?,
    };
    if let Some(component) = component {
        let known = region.dimensions.iter().any(|dimension| dimension.id == component);
        if !known && component != "TIME_PERIOD" {
            let rule = "a dimension of the dataflow or TIME_PERIOD";
            return Err(Error::Parameter { parameter: "component", rule, given: given(component) });
        }
        region.dimensions.retain(|dimension| dimension.id == component);
        region.periods = region.periods.filter(|_| component == "TIME_PERIOD");
    }
    Ok(region)
}

/// The content constraint that describes a region of a dataflow, and structures beside it.
fn constraint(
    catalogue: &Catalogue,
    position: usize,
    region: Region,
    references: &References,
) -> Chosen {
    let mut artefacts = Artefacts::of(&catalogue.plan);
    artefacts.add_constraint(&catalogue.plan.dataflows[position].id, region);
    let matched = vec![artefacts.all.len() - 1];
    let mut places = matched.clone();
    places.extend(around(&artefacts, &matched, references));
    (artefacts, places, vec![])
}

fn structures(
    (reader, regions): (&Reader, &Regions),
    catalogue: &Catalogue,
    request: &StructureRequest,
) -> Result<Chosen, Error> {
    let StructureRequest { kinds, named, references, detail } = request;
    let plan = &catalogue.plan;
    let mut artefacts = Artefacts::of(plan);
    let is_up = matches!(
        references,
        References::All
            | References::Ancestors
            | References::Parents
            | References::ParentsAndSiblings
    );
    let is_named =
        matches!(references, References::Only(only) if only.contains(&StructureKind::Constraint));
    if is_up || is_named || kinds.contains(&StructureKind::Constraint) {
        for (position, flow) in plan.dataflows.iter().enumerate() {
            match released(reader, regions, catalogue, position) {
                Ok(region) => artefacts.add_constraint(&flow.id, region),
                // Nothing is released yet, so there is no constraint.
                Err(Error::NothingReleased) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let matching = |artefacts: &Artefacts| -> Vec<usize> {
        let is_meant = |artefact: &Artefact| {
            kinds.contains(&artefact.kind)
                && named.is(&artefact.agency, &artefact.id, &artefact.version)
        };
        let positions = 0..artefacts.all.len();
        positions.filter(|&place| is_meant(&artefacts.all[place])).collect()
    };
    let mut matched = matching(&artefacts);
    // A version that an amendment has replaced is still available, with all that it referred to.
    let replaced = catalogue.ledger().succession.states().iter().rev();
    for state in replaced.skip_while(|state| state.entry >= catalogue.size()).skip(1) {
        if matched.is_empty() {
            artefacts = Artefacts::of(&catalogue.read(&state.plan));
            matched = matching(&artefacts);
        }
    }
    if matched.is_empty() {
        return Err(Error::NoStructure);
    }
    let beside = around(&artefacts, &matched, references);
    let stubs = match detail {
        StructureDetail::All => matched.iter().chain(&beside).copied().collect(),
        StructureDetail::References => beside.clone(),
        StructureDetail::Nothing => vec![],
    };
    let places = matched.into_iter().chain(beside).collect();
    Ok((artefacts, places, stubs))
}

/// The artefacts that are requested beside the named ones.
fn around(artefacts: &Artefacts, matched: &[usize], references: &References) -> Vec<usize> {
    let children = |places: &BTreeSet<usize>| -> BTreeSet<usize> {
        places.iter().flat_map(|&place| artefacts.all[place].references()).collect()
    };
    let parents = |places: &BTreeSet<usize>| -> BTreeSet<usize> {
        let refers = |place: &usize| {
            artefacts.all[*place].references().iter().any(|target| places.contains(target))
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
