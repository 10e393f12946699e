//! Dimensions of a dataflow and the cells that they make.
//!
//! Not here: the numbering of cells (`structure.rs`).
//!
//! Invariants:
//! 1. Every code of a dimension can occur: it is a kind of the life cycle or a code of the
//!    attribute (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).
//! 2. No dataflow crosses border point, citizenship and destination
//!    (`tests/refusals.rs`, `no_dataflow_crosses_three_places`).

use std::sync::Arc;

use super::around::{MeasureKind, Surroundings};
use super::fault::PlanFault;
use super::lists::Unresolved;
use super::names;
use super::node::{Node, Table};
use crate::code::{Code, CodeList};
use crate::structure::{CELLS_MAX, DataStructure, Dimension, Source};

/// Dimensions of a dataflow at most: more of them single out persons.
const DIMENSIONS_MAX: usize = 6;
/// Attributes that are places.
const PLACES: [&str; 3] = ["border_point", "citizenship", "destination"];
/// Attributes of [`PLACES`] that one dataflow may cross.
const PLACES_MAX: usize = 2;
/// Identifiers with a meaning of their own in SDMX and in published files.
const RESERVED: &str = "\
    ACTION AGENCY CI_HIGH CI_LOW CONF_STATUS DATAFLOW DECIMALS FREQ INDICATOR MARGIN MEASURE \
    OBS_KEY OBS_STATUS OBS_VALUE REF_AREA SERIES_KEY STRUCTURE STRUCTURE_ID STRUCTURE_NAME \
    TIME_FORMAT TIME_PERIOD UNIT_MEASURE UNIT_MULT VINTAGE";

/// The structure of a dataflow, and whether every reference could be read.
pub(super) fn structure(
    table: &Table,
    kind: Option<MeasureKind>,
    plan: &Surroundings,
) -> (Option<DataStructure>, bool) {
    let Some(node) = table.need("dimensions") else { return (None, false) };
    let Some(nodes) = node.array(DIMENSIONS_MAX) else { return (None, false) };
    let mut taken = Taken::default();
    let read = nodes.iter().map(|node| dimension(node, kind, plan, &mut taken));
    let read: Vec<Result<Option<Dimension>, Unresolved>> = read.collect();
    let resolved = read.iter().all(Result::is_ok);
    let dimensions: Option<Vec<Dimension>> =
        read.into_iter().map(|dimension| dimension.ok().flatten()).collect();
    refuse_too_fine(&node, &taken.sources, plan);
    (dimensions.and_then(|dimensions| product(&node, dimensions)), resolved)
}

fn product(node: &Node, dimensions: Vec<Dimension>) -> Option<DataStructure> {
    let codes = dimensions.iter().map(|dimension| dimension.code_list.codes().len());
    let cells = codes.fold(1, usize::saturating_mul);
    DataStructure::new(dimensions).or_else(|| {
        node.refuse(PlanFault::PlanTooLarge, format!("at most {CELLS_MAX} cells, given {cells}"));
        None
    })
}

/// What the dimensions before took.
#[derive(Default)]
struct Taken<'a> {
    ids: Vec<&'a str>,
    sources: Vec<Source>,
}

/// One dimension; `Ok(None)` where its references are sound and something else is at fault.
fn dimension<'a>(
    node: &Node<'a>,
    kind: Option<MeasureKind>,
    plan: &Surroundings,
    taken: &mut Taken<'a>,
) -> Result<Option<Dimension>, Unresolved> {
    let table = node.table().ok_or(Unresolved)?;
    table.known(&["id", "name", "from", "at", "code_list"]);
    let id = id(&table, &mut taken.ids);
    let name = table.may("name").map(|node| node.text());
    let origin = origin(&table, kind, plan, &mut taken.sources)?;
    Ok(origin.and_then(|(source, code_list)| {
        let name = name.unwrap_or(Some(&code_list.name))?.to_owned();
        Some(Dimension { id: id?.to_owned(), name, code_list, source })
    }))
}

fn id<'a>(table: &Table<'a>, ids: &mut Vec<&'a str>) -> Option<&'a str> {
    let node = table.need("id")?;
    let id = names::identifier(&node)?;
    if RESERVED.split(' ').any(|reserved| reserved == id) {
        let rule = format!("{id} has a meaning of its own in every dataflow");
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

type Origin = Option<(Source, Arc<CodeList>)>;

/// Where the codes of a dimension come from, and which they are.
fn origin(
    table: &Table,
    kind: Option<MeasureKind>,
    plan: &Surroundings,
    sources: &mut Vec<Source>,
) -> Result<Origin, Unresolved> {
    let from = table.need("from").ok_or(Unresolved);
    let own = table.may("code_list").map(|node| Ok((plan.lists.find(&node)?, node)));
    let from = from?;
    let at_start = at_start(table, kind);
    let (source, given) = match from.peek().and_then(of_transition) {
        Some(source) => (source, None),
        None => {
            let (position, list) = plan.attributes.find(&from)?;
            let source =
                if at_start { Source::Start(position) } else { Source::Attribute(position) };
            (source, list)
        }
    };
    if sources.contains(&source) {
        from.refuse(PlanFault::Duplicate, "a second dimension from the same source");
    }
    sources.push(source.clone());
    refuse_unmeasured(&from, kind, &source);
    let of_event = matches!(source, Source::Attribute(_) | Source::Start(_));
    let Some(own) = own else {
        if !of_event {
            let rule = format!("a dimension from {} needs this key", from.peek().unwrap_or(""));
            table.refuse("code_list", PlanFault::MissingKey, rule);
            return Err(Unresolved);
        }
        return Ok(given.map(|list| (source, list)));
    };
    let (Some(list), node) = own? else { return Ok(None) };
    let is_same = given.as_ref().is_some_and(|given| given.id == list.id);
    if !is_same && list.codes().iter().any(Code::is_reserved) {
        let rule = "a list with reserved places serves its own attribute alone";
        node.refuse(PlanFault::BadValue, rule);
        return Ok(None);
    }
    let (known, what) = match (&source, plan.life_cycle) {
        (Source::Kind, Some(cycle)) => (&cycle.kinds, "event kind of the life cycle"),
        (Source::Before | Source::After, Some(cycle)) => {
            (&cycle.statuses, "status of the life cycle")
        }
        (Source::Transition, Some(cycle)) => (&cycle.names, "transition of the life cycle"),
        _ => {
            if let Some(given) = given.filter(|_| of_event && !is_same) {
                let knows = |code: &str| given.position(code).is_some();
                refuse_unknown(&node, &list, knows, &format!("code of {}", given.id));
            }
            return Ok(Some((source, list)));
        }
    };
    refuse_unknown(&node, &list, |code| known.iter().any(|known| known == code), what);
    Ok(Some((source, list)))
}

/// What a transition is, beside the codes of its event.
fn of_transition(word: &str) -> Option<Source> {
    match word {
        "after" => Some(Source::After),
        "age" => Some(Source::Age),
        "band" => Some(Source::Band),
        "before" => Some(Source::Before),
        "kind" => Some(Source::Kind),
        "transition" => Some(Source::Transition),
        _ => None,
    }
}

/// Whether the attribute is that of the event with which the spell began.
fn at_start(table: &Table, kind: Option<MeasureKind>) -> bool {
    let Some(node) = table.may("at") else { return false };
    if node
        .word("an attribute is taken at the start", |word| (word == "start").then_some(()))
        .is_some()
        && kind.is_some_and(|kind| !kind.counts_spells())
    {
        node.refuse(PlanFault::BadValue, "only a duration and a cohort know how a spell began");
    }
    true
}

/// Refuses a source that the measure does not have.
fn refuse_unmeasured(from: &Node, kind: Option<MeasureKind>, source: &Source) {
    let Some(kind) = kind else { return };
    let rule = match source {
        Source::Band if kind != MeasureKind::Duration => "only a duration has bands",
        Source::Age if kind != MeasureKind::Cohort => "only a cohort has ages",
        Source::Kind | Source::Before | Source::After | Source::Transition
            if kind.counts_presence() =>
        {
            "who is present is of no kind of event"
        }
        _ => return,
    };
    from.refuse(PlanFault::BadValue, rule);
}

/// Refuses the first code that the origin of a dimension does not have.
fn refuse_unknown(node: &Node, list: &CodeList, knows: impl Fn(&str) -> bool, what: &str) {
    if let Some(code) = list.codes().iter().find(|code| !knows(&code.id)) {
        let rule = format!("code {} of {} is no {what}", code.id, list.id);
        node.refuse(PlanFault::UnknownCode, rule);
    }
}

fn refuse_too_fine(node: &Node, sources: &[Source], plan: &Surroundings) {
    let is_place = |source: &&Source| match source {
        Source::Attribute(position) | Source::Start(position) => {
            PLACES.contains(&plan.attributes.name(*position))
        }
        _ => false,
    };
    let places = sources.iter().filter(is_place).count();
    if places > PLACES_MAX {
        let rule = format!("at most {PLACES_MAX} of {} cross, given {places}", PLACES.join(", "));
        node.refuse(PlanFault::PlanTooFine, rule);
    }
}
