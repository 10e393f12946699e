//! Wishes: which figures are to be how exact.
//!
//! Not here: whether a wish is granted (crate `appraise`).
//!
//! Invariants:
//! 1. Wishes change nothing else in a plan (`tests/wishes.rs`, `wishes_change_nothing_else`).
//! 2. A wish is for figures that the plan publishes, and no wish is given twice
//!    (`tests/wishes.rs`, `each_fault_of_a_wish_has_its_place`).
//!
//! Format: `dataflow = "ORDERS"`, `marginal = ["CITIZENSHIP/1"]` (without it the total), `period =
//! "month"`, `margin = 10`, `priority = 2` (without it 1); for a balance also `indicator`.

use super::fault::PlanFault;
use super::marginal::levels;
use super::node::{TomlTable, TomlValue};
use super::rate::{indicator, named_dataflow};
use crate::dataflow::Dataflow;
use crate::period::Grain;
use crate::plan::keys;
use crate::plan::limits::PRIORITY_MAX;
use crate::wish::Wish;

/// The wishes of a plan, whose dataflows must be sound.
pub(super) fn wishes(
    nodes: &[TomlValue],
    dataflows: &[&Dataflow],
    window: Option<Grain>,
) -> Option<Vec<Wish>> {
    let is_same = |one: &Wish, other: &Wish| {
        let names = |wish: &Wish| (wish.dataflow, wish.levels.clone(), wish.indicator, wish.grain);
        names(one) == names(other)
    };
    let wish = |table: &TomlTable| wish(table, dataflows, window);
    distinct(nodes, wish, is_same, "another wish is for the same figures")
}

/// The entries of a list of tables, none of which may be the same as another.
pub(super) fn distinct<T>(
    nodes: &[TomlValue],
    parse: impl Fn(&TomlTable) -> Option<T>,
    is_same: impl Fn(&T, &T) -> bool,
    rule: &str,
) -> Option<Vec<T>> {
    let mut entries: Vec<T> = Vec::new();
    let mut is_sound = true;
    for node in nodes {
        let Some(entry) = node.table().and_then(|table| parse(&table)) else {
            is_sound = false;
            continue;
        };
        if entries.iter().any(|other| is_same(other, &entry)) {
            node.refuse(PlanFault::Duplicate, rule);
        }
        entries.push(entry);
    }
    is_sound.then_some(entries)
}

fn wish(table: &TomlTable, dataflows: &[&Dataflow], window: Option<Grain>) -> Option<Wish> {
    table.known(&keys::WISH.known());
    let margin = table.need("margin").and_then(|node| node.ratio());
    let priority = match table.may("priority") {
        Some(node) => node.integer(1..=PRIORITY_MAX),
        None => Some(1),
    };
    let position = named_dataflow(table, dataflows)?;
    let dataflow = dataflows[position];
    let indicator = indicator(table, &dataflow.measure);
    let levels = match table.may("marginal") {
        Some(node) => levels(&node, &dataflow.structure)?,
        None => vec![0; dataflow.structure.dimensions().len()],
    };
    let finest = finest_grain(table, "marginal", dataflow, &levels)?;
    let grain = period(table, dataflow, finest, window);
    Some(Wish {
        dataflow: position,
        levels,
        indicator: indicator?,
        grain: grain?,
        margin: margin?,
        priority: priority?,
    })
}

/// The finest grain at which figures at these levels are published, which the key of this name
/// gives.
pub(super) fn finest_grain(
    table: &TomlTable,
    key: &'static str,
    dataflow: &Dataflow,
    levels: &[usize],
) -> Option<Grain> {
    if dataflow.marginals.is_empty() {
        return Some(dataflow.step);
    }
    if let Some(found) = dataflow.marginals.iter().find(|marginal| marginal.levels == levels) {
        return Some(found.grain);
    }
    let marginals = dataflow.marginals.iter().map(|marginal| {
        let names = dataflow.structure.dimensions().iter().zip(&marginal.levels);
        let names = names.filter(|(_, level)| **level > 0);
        let names = names.map(|(dimension, &level)| dimension.at_level(level));
        format!("[{}]", names.collect::<Vec<_>>().join(", "))
    });
    let marginals = marginals.collect::<Vec<_>>().join(", ");
    let rule = format!("one of the marginals of the table {} is needed: {marginals}", dataflow.id);
    match table.may(key) {
        Some(node) => node.refuse(PlanFault::BadValue, rule),
        None => table.refuse(key, PlanFault::MissingKey, rule),
    }
    None
}

/// The length of period of figures that are published from this grain on.
pub(super) fn period(
    table: &TomlTable,
    dataflow: &Dataflow,
    finest: Grain,
    window: Option<Grain>,
) -> Option<Grain> {
    let rule = format!(
        "a length of period is needed for which {} has these figures, from the {} on",
        dataflow.id,
        finest.word()
    );
    table.need("period")?.word(&rule, |word| {
        Grain::parse(word)
            .filter(|&grain| finest.divides(grain) && window.is_none_or(|most| grain <= most))
    })
}
