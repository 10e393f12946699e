//! Margins of a table: which levels of which dimensions, at which grain, with which weight.
//!
//! Not here: how a table is measured (crate `privacy`, module `residual`).
//!
//! Invariants:
//! 1. Every margin names levels that its dimensions have, and no margin stands twice
//!    (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).
//!
//! Format: `{ of = ["DIRECTION", "CITIZENSHIP/1"], grain = "month", weight = 2 }`, where `/1` is
//! the coarsest level of groups; without it the codes are meant, and `of = []` is the total. A
//! stock is measured at every step, so its margins need no grain.

use super::around::MeasureKind;
use super::fault::PlanFault;
use super::node::{Node, Table};
use crate::dataflow::{Margin, StatisticalUnit, StrategyChoice};
use crate::period::Grain;
use crate::structure::DataStructure;

/// Margins of one dataflow at most.
const MARGINS_MAX: usize = 64;
/// Combinations of levels of one dataflow at most: each can be a measurement of its own.
const COMBINATIONS_MAX: usize = 256;
/// Figures of one margin in one window at most, at its own grain.
const FIGURES_MAX: usize = 1 << 24;
/// The weight of a margin at most.
const WEIGHT_MAX: u32 = 1000;

/// What a table needs of the rest of its dataflow, as far as that could be read.
pub(super) struct Around<'s> {
    pub(super) kind: MeasureKind,
    pub(super) unit: Option<StatisticalUnit>,
    pub(super) strategy: Option<&'s StrategyChoice>,
    pub(super) structure: Option<&'s DataStructure>,
    pub(super) step: Option<Grain>,
    pub(super) window: Option<Grain>,
}

/// The margins of a dataflow, none where it has no such key.
pub(super) fn margins(table: &Table, around: &Around) -> Option<Vec<Margin>> {
    let Some(node) = table.may("margins") else { return Some(vec![]) };
    if around.kind == MeasureKind::Balance {
        let rule = "a balance has no margins; a table of persons present is a stock under \"blt\"";
        node.refuse(PlanFault::BadValue, rule);
        return None;
    }
    if around.unit == Some(StatisticalUnit::Events) {
        node.refuse(PlanFault::BadValue, "a table counts PERSONS, given EVENTS");
    }
    refuse_strategy(&node, around);
    let nodes = node.array(MARGINS_MAX)?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "a table needs at least 1 margin");
    }
    let structure = around.structure?;
    let depths = structure.dimensions().iter().map(|dimension| dimension.code_list.depth() + 1);
    let combinations = depths.fold(1, usize::saturating_mul);
    if combinations > COMBINATIONS_MAX {
        let rule =
            format!("at most {COMBINATIONS_MAX} combinations of levels, given {combinations}");
        node.refuse(PlanFault::PlanTooLarge, rule);
    }
    if structure.dimensions().is_empty() {
        node.refuse(PlanFault::BadValue, "a table needs at least 1 dimension");
    }
    let mut margins: Vec<Margin> = Vec::with_capacity(nodes.len());
    let mut sound = true;
    for node in &nodes {
        let Some(margin) = margin(node, structure, around) else {
            sound = false;
            continue;
        };
        if margins.iter().any(|other| other.levels == margin.levels) {
            node.refuse(PlanFault::Duplicate, "a second margin of the same levels");
        }
        let figures = figures(structure, &margin);
        if figures > FIGURES_MAX {
            let rule = format!("at most {FIGURES_MAX} figures of a margin, given {figures}");
            node.refuse(PlanFault::PlanTooLarge, rule);
        }
        margins.push(margin);
    }
    sound.then_some(margins)
}

fn refuse_strategy(node: &Node, around: &Around) {
    let rule = match (around.kind, around.strategy) {
        (_, None)
        | (MeasureKind::Stock, Some(StrategyChoice::Blt))
        | (MeasureKind::Flow, Some(StrategyChoice::CalendarBlt | StrategyChoice::Identity)) => {
            return;
        }
        (MeasureKind::Stock, _) => "a table of persons present is measured by \"blt\"",
        _ => "a table is measured by \"identity\" or \"calendar_blt\"",
    };
    node.refuse(PlanFault::BadValue, rule);
}

/// The cells of a margin times the periods that a year has of its grain.
fn figures(structure: &DataStructure, margin: &Margin) -> usize {
    let levels = structure.dimensions().iter().zip(&margin.levels);
    let cells = levels.map(|(dimension, &level)| dimension.code_list.members(level));
    let periods = match margin.grain {
        Grain::QuarterHour => 366 * 96,
        Grain::Hour => 366 * 24,
        Grain::Day => 366,
        Grain::Week => 54,
        Grain::Month => 12,
        Grain::Quarter => 4,
        Grain::Year => 1,
    };
    cells.fold(periods, usize::saturating_mul)
}

fn margin(node: &Node, structure: &DataStructure, around: &Around) -> Option<Margin> {
    let table = node.table()?;
    table.known(&["of", "grain", "weight"]);
    let levels = table.need("of").and_then(|node| levels(&node, structure));
    let grain = match table.may("grain") {
        None if around.kind == MeasureKind::Stock => around.step,
        _ => table.need("grain").and_then(|node| grain(&node, around)),
    };
    let weight = match table.may("weight") {
        Some(node) => node.integer(1..=WEIGHT_MAX),
        None => Some(1),
    };
    Some(Margin { levels: levels?, grain: grain?, weight: weight? })
}

/// The level of each dimension, from those that are named.
fn levels(node: &Node, structure: &DataStructure) -> Option<Vec<usize>> {
    let dimensions = structure.dimensions();
    let mut levels = vec![0; dimensions.len()];
    for node in node.array(dimensions.len())? {
        let rule = "a dimension or DIMENSION/LEVEL is needed, 1 the coarsest level of groups";
        let (place, level) = node.word(rule, |text| {
            let (id, level) = text.split_once('/').map_or((text, None), |(id, n)| (id, Some(n)));
            let place = dimensions.iter().position(|dimension| dimension.id == id)?;
            let depth = dimensions[place].code_list.depth();
            let level = match level {
                None => depth,
                Some(level) => level.parse().ok().filter(|level| (1..=depth).contains(level))?,
            };
            Some((place, level))
        })?;
        if levels[place] != 0 {
            node.refuse(PlanFault::Duplicate, "a dimension that the margin has already");
        }
        levels[place] = level;
    }
    Some(levels)
}

fn grain(node: &Node, around: &Around) -> Option<Grain> {
    let (step, window) = (around.step?, around.window?);
    if around.kind == MeasureKind::Stock {
        let rule = format!("a stock is measured at every step, a {}", step.word());
        return node.word(&rule, |word| Grain::parse(word).filter(|&grain| grain == step));
    }
    let rule = format!("a grain from {} to {} is needed", step.word(), window.word());
    node.word(&rule, |word| {
        Grain::parse(word).filter(|&grain| step.divides(grain) && grain <= window)
    })
}
