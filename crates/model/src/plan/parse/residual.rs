//! Weights of the residuals of a table: how its budget is divided, if not by the weights of its
//! marginals.
//!
//! A residual is what a marginal adds to all coarser ones. The weights of marginals give each
//! residual a share by a closed form that counts all cells of a marginal alike. Where groups of a
//! list differ in size, no such weights make the least certain cells as exact as the same budget
//! can; weights of residuals can.
//!
//! Not here: how a table is measured (crate `privacy`, module `residual`), and what a share costs
//! (crate `ledger`).
//!
//! Invariants:
//! 1. If any residual has a weight, each that a marginal needs has one, and no other
//!    (`tests/marginals.rs`, `every_residual_that_is_needed_has_one_weight`).
//! 2. A plan has weights of residuals or of marginals, not both (the same test).
//!
//! Format: `{ of = ["DIRECTION", "CITIZENSHIP/1"], weight = 1200 }`, with `of` as in a marginal;
//! for a stock or a balance also `base`, for a balance `turnover`. Both are `weight` if left out.

use super::around::MeasureKind;
use super::fault::PlanFault;
use super::marginal::{TableContext, levels};
use super::node::{TomlTable, TomlValue};
use crate::dataflow::{Marginal, WeightedResidual};
use crate::plan::keys;
use crate::plan::limits::{COMBINATIONS_MAX, RESIDUAL_WEIGHT_MAX};
use crate::structure::DataStructure;

/// The weights of the residuals of a dataflow; none if it has no such key.
pub(super) fn residuals(
    table: &TomlTable,
    context: &TableContext,
    marginals: Option<&[Marginal]>,
) -> Option<Vec<WeightedResidual>> {
    let Some(node) = table.may("residuals") else { return Some(vec![]) };
    let nodes = node.array(COMBINATIONS_MAX)?;
    let (structure, marginals) = (context.structure?, marginals?);
    let needed = needed(structure, marginals)?;
    if marginals.iter().any(|marginal| marginal.weight != 1) {
        let rule = "the weights of residuals take the place of those of marginals; give only one";
        node.refuse(PlanFault::BadValue, rule);
    }
    let mut residuals: Vec<WeightedResidual> = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let residual = residual(node, structure, context.kind)?;
        if residuals.iter().any(|other| other.levels == residual.levels) {
            node.refuse(PlanFault::Duplicate, "another residual has the same levels");
        } else if !needed.contains(&residual.levels) {
            node.refuse(PlanFault::BadValue, "no marginal of the table needs this residual");
        }
        residuals.push(residual);
    }
    if residuals.len() < needed.len() {
        let rule = format!(
            "the marginals need {} residuals, each with a weight, given {}",
            needed.len(),
            residuals.len()
        );
        node.refuse(PlanFault::BadValue, rule);
    }
    Some(residuals)
}

fn residual(
    node: &TomlValue,
    structure: &DataStructure,
    kind: MeasureKind,
) -> Option<WeightedResidual> {
    let table = node.table()?;
    table.known(&keys::RESIDUAL.known_with(Some(kind.word())));
    let levels = table.need("of").and_then(|node| levels(&node, structure));
    let weight = table.need("weight")?.integer(1..=RESIDUAL_WEIGHT_MAX)?;
    let other = |key| match table.may(key) {
        Some(node) => node.integer(1..=RESIDUAL_WEIGHT_MAX),
        None => Some(weight),
    };
    let (base, turnover) = (other("base")?, other("turnover")?);
    Some(WeightedResidual { levels: levels?, weight, base, turnover })
}

/// The levels of every residual that a marginal needs; `None` for more than a table can have.
fn needed(structure: &DataStructure, marginals: &[Marginal]) -> Option<Vec<Vec<usize>>> {
    let mut needed: Vec<Vec<usize>> = vec![vec![]];
    for dimension in structure.dimensions() {
        let depth = dimension.code_list.depth();
        let least = if dimension.is_apart { depth } else { 0 };
        let longer = |levels: Vec<usize>| {
            (least..=depth).map(move |level| [levels.as_slice(), &[level]].concat())
        };
        needed = needed.into_iter().flat_map(longer).collect();
        if needed.len() > COMBINATIONS_MAX {
            return None;
        }
    }
    let is_needed = |levels: &Vec<usize>| {
        let finer = |marginal: &Marginal| {
            levels.iter().zip(&marginal.levels).all(|(needed, level)| needed <= level)
        };
        marginals.iter().any(finer)
    };
    needed.retain(is_needed);
    Some(needed)
}
