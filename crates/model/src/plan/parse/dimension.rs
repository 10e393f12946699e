//! Dimensions of a dataflow and the cells that they make.
//!
//! Not here: the numbering of cells (`structure.rs`).
//!
//! Invariants:
//! 1. Every code of a dimension can occur: it is in the life cycle or in the list of the attribute
//!    (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).
//! 2. A dimension stands apart only in a table (the same test).
//! 3. No dataflow combines border point, citizenship and destination
//!    (`tests/refusals.rs`, `no_dataflow_crosses_three_places`).

use std::sync::Arc;

use super::around::{MeasureKind, PlanContext};
use super::fault::PlanFault;
use super::lists::Unresolved;
use super::names;
use super::node::{TomlTable, TomlValue};
use crate::code::{Code, CodeList};
use crate::near::offered;
use crate::plan::keys;
use crate::plan::limits::DIMENSIONS_MAX;
use crate::structure::{CELLS_MAX, CodeSource, DataStructure, Dimension};

/// Geographical attributes.
const PLACES: [&str; 3] = ["border_point", "citizenship", "destination"];
/// Most attributes of [`PLACES`] that one dataflow may combine.
const PLACES_MAX: usize = 2;
/// Identifiers that have a fixed meaning in SDMX and in published files.
const RESERVED: &str = "\
    ACTION AGENCY CI_HIGH CI_LOW CONF_STATUS DATAFLOW DECIMALS FREQ INDICATOR MARGIN MEASURE \
    OBS_KEY OBS_STATUS OBS_VALUE REF_AREA SERIES_KEY STRUCTURE STRUCTURE_ID STRUCTURE_NAME \
    TIME_FORMAT TIME_PERIOD UNIT_MEASURE UNIT_MULT VINTAGE";

/// The structure of a dataflow, and whether every reference could be read.
pub(super) fn structure(
    table: &TomlTable,
    kind: Option<MeasureKind>,
    plan: &PlanContext,
) -> (Option<DataStructure>, bool) {
    let Some(node) = table.need("dimensions") else { return (None, false) };
    let Some(nodes) = node.array(DIMENSIONS_MAX) else { return (None, false) };
    let mut taken = Taken::default();
    let read: Vec<Result<Option<Dimension>, Unresolved>> =
        nodes.iter().map(|node| dimension(node, kind, plan, &mut taken)).collect();
    let resolved = read.iter().all(Result::is_ok);
    let mut dimensions: Option<Vec<Dimension>> =
        read.into_iter().map(|dimension| dimension.ok().flatten()).collect();
    refuse_too_fine(&node, &taken.sources, plan);
    if let Some(dimensions) = &mut dimensions {
        set_apart(table, dimensions);
    }
    (dimensions.and_then(|dimensions| product(&node, dimensions)), resolved)
}

/// Marks the dimensions that the key `apart` names: a table never sums over their codes.
fn set_apart(table: &TomlTable, dimensions: &mut [Dimension]) {
    let Some(node) = table.may("apart") else { return };
    if table.may("margins").is_none() && table.may("marginals").is_none() {
        let rule = "only a table has dimensions that stand apart; give marginals too";
        node.refuse(PlanFault::BadValue, rule);
    }
    let nodes = node.array(dimensions.len()).unwrap_or_default();
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "at least 1 dimension is needed");
    }
    let ids: Vec<String> = dimensions.iter().map(|dimension| dimension.id.clone()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for node in nodes {
        let found = node.name_of("a dimension of the dataflow is needed", &ids, |id| {
            dimensions.iter().position(|dimension| dimension.id == id)
        });
        let Some(place) = found else { continue };
        if dimensions[place].is_apart {
            node.refuse(PlanFault::Duplicate, "this dimension is listed twice");
        }
        dimensions[place].is_apart = true;
    }
}

fn product(node: &TomlValue, dimensions: Vec<Dimension>) -> Option<DataStructure> {
    let codes = dimensions.iter().map(|dimension| dimension.code_list.codes().len());
    let cells = codes.fold(1, usize::saturating_mul);
    DataStructure::new(dimensions).or_else(|| {
        node.refuse(PlanFault::PlanTooLarge, format!("at most {CELLS_MAX} cells, given {cells}"));
        None
    })
}

/// The identifiers and sources that earlier dimensions of a dataflow use.
#[derive(Default)]
struct Taken<'a> {
    ids: Vec<&'a str>,
    sources: Vec<CodeSource>,
}

/// One dimension; `Ok(None)` if its references are sound and something else is at fault.
fn dimension<'a>(
    node: &TomlValue<'a>,
    kind: Option<MeasureKind>,
    plan: &PlanContext,
    taken: &mut Taken<'a>,
) -> Result<Option<Dimension>, Unresolved> {
    let table = node.table().ok_or(Unresolved)?;
    table.known(&keys::DIMENSION.known());
    let id = id(&table, &mut taken.ids);
    let name = table.may("name").map(|node| node.text());
    let origin = origin(&table, kind, plan, &mut taken.sources)?;
    Ok(origin.and_then(|(source, code_list)| {
        let name = name.unwrap_or_else(|| Some(code_list.name.clone()))?;
        Some(Dimension { id: id?.to_owned(), name, code_list, source, is_apart: false })
    }))
}

fn id<'a>(table: &TomlTable<'a>, ids: &mut Vec<&'a str>) -> Option<&'a str> {
    let node = table.need("id")?;
    let id = names::identifier(&node)?;
    if RESERVED.split(' ').any(|reserved| reserved == id) {
        let rule = format!("{id} has a fixed meaning in every dataflow");
        node.refuse(PlanFault::Reserved, rule);
        return None;
    }
    if ids.contains(&id) {
        node.refuse(PlanFault::Duplicate, format!("dimension {id} is listed twice"));
        return None;
    }
    ids.push(id);
    Some(id)
}

type Origin = Option<(CodeSource, Arc<CodeList>)>;

/// Where the codes of a dimension come from, and their list.
fn origin(
    table: &TomlTable,
    kind: Option<MeasureKind>,
    plan: &PlanContext,
    sources: &mut Vec<CodeSource>,
) -> Result<Origin, Unresolved> {
    let from = table.need("from").ok_or(Unresolved);
    let own = table.may("code_list").map(|node| Ok((plan.lists.find(&node)?, node)));
    let from = from?;
    let at_start = at_start(table, kind);
    let (source, given) = match from.peek().and_then(transition_source) {
        Some(source) => (source, None),
        None => {
            let (position, list) = plan.attributes.find(&from)?;
            let source = if at_start {
                CodeSource::Start(position)
            } else {
                CodeSource::Attribute(position)
            };
            (source, list)
        }
    };
    if sources.contains(&source) {
        from.refuse(PlanFault::Duplicate, "another dimension has the same source");
    }
    sources.push(source.clone());
    refuse_unmeasured(&from, kind, &source);
    let is_of_event = matches!(source, CodeSource::Attribute(_) | CodeSource::Start(_));
    let Some(own) = own else {
        if !is_of_event {
            let rule = format!("a dimension from {} needs this key", from.peek().unwrap_or(""));
            table.refuse("code_list", PlanFault::MissingKey, rule);
            return Err(Unresolved);
        }
        return Ok(given.map(|list| (source, list)));
    };
    let (Some(list), node) = own? else { return Ok(None) };
    let is_same = given.as_ref().is_some_and(|given| given.id == list.id);
    if !is_same && list.codes().iter().any(Code::is_reserved) {
        let rule = "a list with reserved places can only be used for its own attribute";
        node.refuse(PlanFault::BadValue, rule);
        return Ok(None);
    }
    let (known, what) = match (&source, plan.life_cycle) {
        (CodeSource::Kind, Some(cycle)) => (&cycle.kinds, "kind of event of the life cycle"),
        (CodeSource::Before | CodeSource::After, Some(cycle)) => {
            (&cycle.statuses, "status of the life cycle")
        }
        (CodeSource::Transition, Some(cycle)) => (&cycle.names, "transition of the life cycle"),
        _ => {
            if let Some(given) = given.filter(|_| is_of_event && !is_same) {
                let known: Vec<&str> = given.named().map(|(_, code)| &*code.id).collect();
                refuse_unknown(&node, &list, &known, &format!("code of {}", given.id));
            }
            return Ok(Some((source, list)));
        }
    };
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    refuse_unknown(&node, &list, &known, what);
    Ok(Some((source, list)))
}

/// The source that a word names, if it is a property of the transition.
fn transition_source(word: &str) -> Option<CodeSource> {
    match word {
        "after" => Some(CodeSource::After),
        "age" => Some(CodeSource::Age),
        "band" => Some(CodeSource::Band),
        "before" => Some(CodeSource::Before),
        "kind" => Some(CodeSource::Kind),
        "transition" => Some(CodeSource::Transition),
        _ => None,
    }
}

/// Whether the attribute is taken from the event with which the spell began.
fn at_start(table: &TomlTable, kind: Option<MeasureKind>) -> bool {
    let Some(node) = table.may("at") else { return false };
    if node.word("the only value is start", |word| (word == "start").then_some(())).is_some()
        && kind.is_some_and(|kind| !kind.counts_spells())
    {
        node.refuse(PlanFault::BadValue, "only a duration and a cohort know how a spell began");
    }
    true
}

/// Refuses a source that the measure does not offer.
fn refuse_unmeasured(from: &TomlValue, kind: Option<MeasureKind>, source: &CodeSource) {
    let Some(kind) = kind else { return };
    let rule = match source {
        CodeSource::Band if kind != MeasureKind::Duration => "only a duration has bands",
        CodeSource::Age if kind != MeasureKind::Cohort => "only a cohort has ages",
        CodeSource::Kind | CodeSource::Before | CodeSource::After | CodeSource::Transition
            if kind.counts_presence() =>
        {
            "persons present have no kind of event and no transition"
        }
        _ => return,
    };
    from.refuse(PlanFault::BadValue, rule);
}

/// Refuses the first code that does not occur in the source of the dimension.
fn refuse_unknown(node: &TomlValue, list: &CodeList, known: &[&str], what: &str) {
    if let Some(code) = list.codes().iter().find(|code| !known.contains(&&*code.id)) {
        let near = offered(&code.id, known);
        let rule = format!("code {} of {} is not a {what}; {near}", code.id, list.id);
        node.refuse(PlanFault::UnknownCode, rule);
    }
}

fn refuse_too_fine(node: &TomlValue, sources: &[CodeSource], plan: &PlanContext) {
    let is_place = |source: &&CodeSource| match source {
        CodeSource::Attribute(position) | CodeSource::Start(position) => {
            PLACES.contains(&plan.attributes.name(*position))
        }
        _ => false,
    };
    let places = sources.iter().filter(is_place).count();
    if places > PLACES_MAX {
        let rule = format!(
            "at most {PLACES_MAX} of {} can be combined, given {places}",
            PLACES.join(", ")
        );
        node.refuse(PlanFault::PlanTooFine, rule);
    }
}
