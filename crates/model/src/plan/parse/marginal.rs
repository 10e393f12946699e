//! Marginals of a table: which levels of which dimensions, at which grain, with which weight.
//!
//! Not here: how a table is measured (crate `privacy`, module `residual`).
//!
//! Invariants:
//! 1. Every marginal names levels that its dimensions have, and no marginal is given twice
//!    (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).
//! 2. The keys `margins` and `marginals` mean the same, and only one of them may be given
//!    (`tests/marginals.rs`).
//!
//! Format: `{ of = ["DIRECTION", "CITIZENSHIP/1"], grain = "month", weight = 2 }`, where `/1` is
//! the coarsest level of groups; without a level the codes are meant, and `of = []` is the total. A
//! stock or a balance is measured at every step, so its marginals need no grain. Every marginal has
//! the codes of the dimensions that stand apart, named or not.

use super::around::MeasureKind;
use super::fault::PlanFault;
use super::node::{TomlTable, TomlValue};
use crate::dataflow::{Marginal, StatisticalUnit, StrategyChoice};
use crate::period::Grain;
use crate::plan::keys;
use crate::plan::limits::{COMBINATIONS_MAX, MARGINAL_WEIGHT_MAX, MARGINALS_MAX};
use crate::structure::DataStructure;

/// Most figures of one marginal in one year, at its own grain.
const FIGURES_MAX: usize = 1 << 24;

/// The parts of its dataflow that the rules of a table need, as far as they could be read.
pub(super) struct TableContext<'s> {
    pub(super) kind: MeasureKind,
    pub(super) unit: Option<StatisticalUnit>,
    pub(super) strategy: Option<&'s StrategyChoice>,
    pub(super) structure: Option<&'s DataStructure>,
    pub(super) step: Option<Grain>,
    pub(super) window: Option<Grain>,
}

/// The marginals of a dataflow; none if it has no such key.
pub(super) fn marginals(table: &TomlTable, context: &TableContext) -> Option<Vec<Marginal>> {
    let node = match (table.may("margins"), table.may("marginals")) {
        (None, None) => return Some(vec![]),
        (Some(_), Some(node)) => {
            node.refuse(PlanFault::Duplicate, "margins and marginals mean the same; give only one");
            return None;
        }
        (Some(node), None) | (None, Some(node)) => node,
    };
    if context.unit == Some(StatisticalUnit::Events) {
        node.refuse(PlanFault::BadValue, "a table counts PERSONS, given EVENTS");
    }
    refuse_strategy(&node, context);
    let nodes = node.array(MARGINALS_MAX)?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "a table needs at least 1 marginal");
    }
    let structure = context.structure?;
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
    let mut marginals: Vec<Marginal> = Vec::with_capacity(nodes.len());
    let mut is_sound = true;
    for node in &nodes {
        let Some(marginal) = marginal(node, structure, context) else {
            is_sound = false;
            continue;
        };
        if marginals.iter().any(|other| other.levels == marginal.levels) {
            node.refuse(PlanFault::Duplicate, "another marginal has the same levels");
        }
        let figures = figures_of_a_year(structure, &marginal);
        if figures > FIGURES_MAX {
            let rule = format!("a marginal has at most {FIGURES_MAX} figures, given {figures}");
            node.refuse(PlanFault::PlanTooLarge, rule);
        }
        marginals.push(marginal);
    }
    is_sound.then_some(marginals)
}

fn refuse_strategy(node: &TomlValue, context: &TableContext) {
    let rule = match (context.kind, context.strategy) {
        (_, None)
        | (MeasureKind::Balance, _)
        | (MeasureKind::Stock, Some(StrategyChoice::Blt))
        | (
            MeasureKind::Cohort
            | MeasureKind::Duration
            | MeasureKind::Flow
            | MeasureKind::Transition,
            Some(StrategyChoice::CalendarBlt | StrategyChoice::Identity),
        ) => return,
        (MeasureKind::Stock, _) => "a table of persons present is measured by \"blt\"",
        _ => "a table is measured by \"identity\" or \"calendar_blt\"",
    };
    node.refuse(PlanFault::BadValue, rule);
}

/// The number of cells of a marginal times the number of periods of its grain in a year.
fn figures_of_a_year(structure: &DataStructure, marginal: &Marginal) -> usize {
    let levels = structure.dimensions().iter().zip(&marginal.levels);
    let cells = levels.map(|(dimension, &level)| dimension.code_list.members(level));
    let periods = match marginal.grain {
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

fn marginal(
    node: &TomlValue,
    structure: &DataStructure,
    context: &TableContext,
) -> Option<Marginal> {
    let table = node.table()?;
    table.known(&keys::MARGINAL.known());
    let levels = table.need("of").and_then(|node| levels(&node, structure));
    let grain = match table.may("grain") {
        None if context.kind.counts_presence() => context.step,
        _ => table.need("grain").and_then(|node| grain(&node, context)),
    };
    let weight = match table.may("weight") {
        Some(node) => node.integer(1..=MARGINAL_WEIGHT_MAX),
        None => Some(1),
    };
    Some(Marginal { levels: levels?, grain: grain?, weight: weight? })
}

/// The level of each dimension: 0 for those that are not named, unless they stand apart.
pub(super) fn levels(node: &TomlValue, structure: &DataStructure) -> Option<Vec<usize>> {
    let dimensions = structure.dimensions();
    let mut levels = vec![0; dimensions.len()];
    let ids: Vec<&str> = dimensions.iter().map(|dimension| &*dimension.id).collect();
    for node in node.array(dimensions.len())? {
        let rule =
            "a dimension or DIMENSION/LEVEL is needed; level 1 is the coarsest level of groups";
        let (place, level) = node.name_of(rule, &ids, |text| {
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
            node.refuse(PlanFault::Duplicate, "the marginal already has this dimension");
        }
        let dimension = &dimensions[place];
        if dimension.is_apart && level != dimension.code_list.depth() {
            let rule = format!(
                "{} stands apart and is never summed over, so every marginal has its codes; name \
                 it without a level or leave it out",
                dimension.id
            );
            node.refuse(PlanFault::BadValue, rule);
        }
        levels[place] = level;
    }
    for (place, dimension) in structure.apart() {
        levels[place] = dimension.code_list.depth();
    }
    Some(levels)
}

fn grain(node: &TomlValue, context: &TableContext) -> Option<Grain> {
    let (step, window) = (context.step?, context.window?);
    if context.kind.counts_presence() {
        let kind = if context.kind == MeasureKind::Balance { "balance" } else { "stock" };
        let rule = format!("a {kind} is measured at every step, a {}", step.word());
        return node.word(&rule, |word| Grain::parse(word).filter(|&grain| grain == step));
    }
    let rule = format!("a grain from {} to {} is needed", step.word(), window.word());
    node.word(&rule, |word| {
        Grain::parse(word).filter(|&grain| step.divides(grain) && grain <= window)
    })
}
