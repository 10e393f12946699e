//! Rates: which figures are divided by which, and by which dimensions they are told.
//!
//! Not here: dataflows (`dataflow.rs`).
//!
//! Invariants:
//! 1. Pairs whose noise is neither independent nor that of shared cells are refused
//!    (`tests/rates.rs`, `pairs_that_share_noise_are_refused`).
//!
//! Format: `numerator = { dataflow = "STAY_FLOW", codes = { TRANSITION = ["LAPSE"] } }`; of a
//! balance `indicator = "STOCK"`, `"ARRIVALS"` or `"DEPARTURES"` too.

use super::fault::PlanFault;
use super::node::{Node, Table};
use crate::dataflow::{Dataflow, Measure};
use crate::rate::{INDICATORS, Rate, Side};

/// Rates of a plan at most.
pub(super) const RATES_MAX: usize = 64;
/// Codes of one side at most, all dimensions multiplied.
const TERMS_MAX: usize = 256;

/// The rates of a plan whose dataflows are sound.
pub(super) fn rates(nodes: &[Node], dataflows: &[&Dataflow]) -> Option<Vec<Rate>> {
    let mut rates: Vec<Rate> = Vec::new();
    let mut sound = true;
    for node in nodes {
        let Some(rate) = node.table().and_then(|table| rate(&table, dataflows, &rates)) else {
            sound = false;
            continue;
        };
        rates.push(rate);
    }
    sound.then_some(rates)
}

fn rate(table: &Table, dataflows: &[&Dataflow], others: &[Rate]) -> Option<Rate> {
    table.known(&["id", "name", "description", "by", "numerator", "denominator"]);
    let id = table.need("id").and_then(|node| {
        let id = node.identifier()?;
        let taken = dataflows.iter().any(|of| of.id == id) || others.iter().any(|of| of.id == id);
        if taken {
            let rule = "a dataflow or a rate with this identifier is there already";
            node.refuse(PlanFault::Duplicate, rule);
        }
        Some(id.to_owned())
    });
    let text = |key| table.need(key).and_then(|node| node.text().map(str::to_owned));
    let (name, description) = (text("name"), text("description"));
    let side = |key| table.need(key).and_then(|node| side(&node, dataflows));
    let (numerator, denominator) = (side("numerator"), side("denominator"));
    let (numerator, denominator) = (numerator?, denominator?);
    let by = match table.may("by") {
        Some(node) => by(&node, dataflows, [&numerator, &denominator])?,
        None => vec![],
    };
    refuse_shared_noise(table, dataflows, &numerator, &denominator)?;
    Some(Rate { id: id?, name: name?, description: description?, by, numerator, denominator })
}

/// One side: a dataflow of the plan, what is read of it, and codes.
fn side(node: &Node, dataflows: &[&Dataflow]) -> Option<Side> {
    let table = node.table()?;
    table.known(&["dataflow", "indicator", "codes"]);
    let dataflow = table.need("dataflow").and_then(|node| {
        node.word("a dataflow of the plan is needed", |id| {
            dataflows.iter().position(|dataflow| dataflow.id == id)
        })
    })?;
    let of = dataflows[dataflow];
    let indicator = indicator(&table, &of.measure);
    let mut codes = Vec::new();
    let mut terms = 1usize;
    if let Some(node) = table.may("codes") {
        for (id, node) in node.table()?.entries() {
            let found = of.structure.dimensions().iter().position(|one| one.id == id);
            let Some(place) = found else {
                node.refuse(PlanFault::UnknownKey, "no such dimension of the dataflow");
                return None;
            };
            let positions = positions(&node, of, place)?;
            terms = terms.saturating_mul(positions.len());
            codes.push((place, positions));
        }
        if terms > TERMS_MAX {
            let rule = format!("at most {TERMS_MAX} combinations of codes, given {terms}");
            node.refuse(PlanFault::PlanTooLarge, rule);
        }
        if terms > 1 && !of.margins.is_empty() {
            let rule = "of a table one code of each dimension: its cells share their noise";
            node.refuse(PlanFault::BadValue, rule);
            return None;
        }
    }
    codes.sort();
    Some(Side { dataflow, indicator: indicator?, codes })
}

/// Codes of a dimension, each once.
fn positions(node: &Node, of: &Dataflow, place: usize) -> Option<Vec<u16>> {
    let list = &of.structure.dimensions()[place].code_list;
    let nodes = node.array(list.codes().len())?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "at least 1 code is needed");
        return None;
    }
    let mut positions = Vec::with_capacity(nodes.len());
    for node in nodes {
        let position = node.word("a code of the dimension is needed", |id| list.position(id))?;
        if positions.contains(&position) {
            node.refuse(PlanFault::Duplicate, "a code that stands here already");
        }
        positions.push(position);
    }
    positions.sort_unstable();
    Some(positions)
}

/// What is read of a dataflow: told where there is a choice, and nothing else where there is none.
fn indicator(table: &Table, measure: &Measure) -> Option<&'static str> {
    let offered: &[&str] = match measure {
        Measure::AtBound { .. } => &["AT_BOUND"],
        Measure::Balance { .. } => &["STOCK", "ARRIVALS", "DEPARTURES"],
        Measure::Stock { .. } => &["STOCK"],
        Measure::Cohort { .. } | Measure::Duration { .. } | Measure::Flow | Measure::Transition => {
            &["FLOW"]
        }
    };
    let known = |word: &str| INDICATORS.into_iter().find(|one| *one == word);
    match table.may("indicator") {
        Some(node) => {
            let rule = format!("one of {} is needed", offered.join(", "));
            node.word(&rule, |word| known(word).filter(|word| offered.contains(word)))
        }
        None if offered.len() > 1 => {
            let rule = format!("one of {} is needed", offered.join(", "));
            table.refuse("indicator", PlanFault::MissingKey, rule);
            None
        }
        None => offered.first().and_then(|word| known(word)),
    }
}

/// The dimensions by which a rate is told: both sides have them, with the same codes, all of them.
fn by(node: &Node, dataflows: &[&Dataflow], sides: [&Side; 2]) -> Option<Vec<String>> {
    let rule = "a dimension that both sides have, with the same code list and no codes named";
    let mut by: Vec<String> = Vec::new();
    let most = dataflows[sides[0].dataflow].structure.dimensions().len();
    for node in node.array(most)? {
        let id = node.word(rule, |id| {
            let lists = sides.map(|side| {
                let dimensions = dataflows[side.dataflow].structure.dimensions();
                let place = dimensions.iter().position(|dimension| dimension.id == id)?;
                side.codes_of(place).is_none().then_some(&dimensions[place].code_list)
            });
            (lists[0].is_some() && lists[0] == lists[1]).then(|| id.to_owned())
        })?;
        if by.contains(&id) {
            node.refuse(PlanFault::Duplicate, "a dimension that stands here already");
        }
        by.push(id);
    }
    Some(by)
}

/// Refuses two parts of one dataflow that does not measure each cell by itself.
fn refuse_shared_noise(
    table: &Table,
    dataflows: &[&Dataflow],
    numerator: &Side,
    denominator: &Side,
) -> Option<()> {
    if numerator.dataflow != denominator.dataflow {
        return Some(());
    }
    let of = dataflows[numerator.dataflow];
    let rule = match of.measure {
        Measure::Balance { .. } => "two parts of a balance share their noise; take two dataflows",
        _ if !of.margins.is_empty() => "two parts of a table share their noise",
        _ if numerator == denominator => "a part of itself is all of it",
        _ => return Some(()),
    };
    table.refuse("denominator", PlanFault::BadValue, rule);
    None
}
