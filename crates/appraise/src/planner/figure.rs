//! The figures that readers take from a dataflow: a cell, a sum of cells, or a cell of a marginal;
//! and which of them are read first.
//!
//! Not here: their variances (`window`).
//!
//! Invariants:
//! 1. A sum is as uncertain as its cells together: the largest number of cells that one figure adds
//!    up counts (`tests::a_sum_counts_the_cells_of_its_largest_group`).
//! 2. The headline of a table is a marginal that its plan promises
//!    (`tests::the_headline_of_a_table_is_promised`).

use std::collections::HashSet;

use num_traits::ToPrimitive;
use tidegauge_figures::corners;
use tidegauge_ledger::{Measurand, Price};
use tidegauge_model::{CodeList, Dataflow};
use tidegauge_privacy::Error;
use tidegauge_privacy::residual::{ContingencyTable, MarginalLevels};

/// What one figure is estimated from.
pub(super) enum Composition {
    /// The sum of this many cells, each with noise of its own.
    Cells(usize),
    /// A cell of a marginal of a table: the coefficient of each residual's variance, for every
    /// combination of sizes of groups that its cells have.
    Marginal(Vec<Vec<(MarginalLevels, f64)>>),
}

/// The figures of a dataflow that are divided by the same levels of its dimensions.
pub(super) struct FigureKind {
    /// The level of each dimension, as in a marginal of a plan.
    pub(super) levels: Vec<usize>,
    pub(super) composition: Composition,
    /// The cells, or the corners of a table, whose rounded sums make one figure.
    pub(super) rounded_parts: f64,
}

impl FigureKind {
    /// The figures at these levels.
    ///
    /// Errors: a table that does not measure them.
    pub(super) fn new(
        dataflow: &Dataflow,
        prices: &[Price],
        levels: &[usize],
    ) -> Result<Self, Error> {
        let (composition, rounded_parts) = match table(prices) {
            Some(table) => {
                let corners = corners(&dataflow.structure, levels);
                (Composition::Marginal(coefficients(table, prices, levels)?), corners)
            }
            None => {
                let cells = summed_cells(dataflow, levels);
                // Exact: a structure has at most a million cells.
                (Composition::Cells(cells), cells as f64)
            }
        };
        Ok(Self { levels: levels.to_vec(), composition, rounded_parts })
    }
}

fn table(prices: &[Price]) -> Option<&ContingencyTable> {
    match &prices.first()?.measurand {
        Measurand::Residual(residual) => Some(&residual.table),
        Measurand::Cells(_) => None,
    }
}

/// The coefficients of residuals in the cells of a marginal. If groups are uneven, cells differ.
fn coefficients(
    table: &ContingencyTable,
    prices: &[Price],
    levels: &[usize],
) -> Result<Vec<Vec<(MarginalLevels, f64)>>, Error> {
    let marginal = table.marginal(levels)?;
    let measured: HashSet<&MarginalLevels> =
        prices.iter().filter_map(|price| residual_of(price)).collect();
    let (mut seen, mut rows) = (HashSet::new(), Vec::new());
    for cell in 0..table.cells(&marginal)? {
        if !seen.insert(table.group_sizes(&marginal, cell)?) {
            continue;
        }
        let mut row = Vec::new();
        for (residual, coefficient) in table.cell_coefficients(&marginal, cell)? {
            if !measured.contains(&residual) {
                return Err(Error::ResidualMissing);
            }
            row.push((residual, coefficient.to_f64().unwrap_or(f64::INFINITY)));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The residual that a part measures; `None` if it measures cells.
pub(super) fn residual_of(price: &Price) -> Option<&MarginalLevels> {
    match &price.measurand {
        Measurand::Residual(residual) => Some(&residual.marginal),
        Measurand::Cells(_) => None,
    }
}

/// The largest number of cells that one figure at these levels adds up.
fn summed_cells(dataflow: &Dataflow, levels: &[usize]) -> usize {
    let dimensions = dataflow.structure.dimensions().iter().zip(levels);
    dimensions.map(|(dimension, &level)| largest_member(&dimension.code_list, level)).product()
}

/// The largest number of codes in one member of a level.
fn largest_member(list: &CodeList, level: usize) -> usize {
    match level {
        0 => list.codes().len(),
        level if level == list.depth() => 1,
        level => {
            let groups = list.groups().iter().filter(|group| group.level == level);
            groups.map(|group| group.codes.len()).max().unwrap_or(1)
        }
    }
}

/// The levels of a single cell.
pub(super) fn cell_levels(dataflow: &Dataflow) -> Vec<usize> {
    let dimensions = dataflow.structure.dimensions().iter();
    dimensions.map(|dimension| dimension.code_list.depth()).collect()
}

/// The levels of the figures that are read first: in a table the coarsest marginal that the plan
/// promises, and the coarsest of those that divide it further; in any other dataflow the total, and
/// the coarsest groups of its first dimension.
pub(super) fn headline_levels(dataflow: &Dataflow) -> Vec<Vec<usize>> {
    let cell = cell_levels(dataflow);
    if dataflow.marginals.is_empty() {
        let total = vec![0; cell.len()];
        let mut groups = total.clone();
        groups.iter_mut().take(1).for_each(|level| *level = 1);
        let is_divided = summed_cells(dataflow, &groups) < summed_cells(dataflow, &total);
        return if is_divided { vec![total, groups] } else { vec![total] };
    }
    let mut promised: Vec<&Vec<usize>> =
        dataflow.marginals.iter().map(|marginal| &marginal.levels).collect();
    promised.sort_by_key(|levels| levels.iter().sum::<usize>());
    let Some(&coarsest) = promised.first() else { return vec![cell] };
    let divides = |levels: &&&Vec<usize>| {
        **levels != coarsest && coarsest.iter().zip(**levels).all(|(coarse, fine)| coarse <= fine)
    };
    let groups = promised.iter().find(divides).copied();
    std::iter::once(coarsest).chain(groups).cloned().collect()
}

/// The levels of the dimensions as a plan names them.
pub(super) fn words(dataflow: &Dataflow, levels: &[usize]) -> String {
    let dimensions = dataflow.structure.dimensions().iter().zip(levels);
    let named = dimensions.filter(|(_, level)| **level > 0);
    let named: Vec<String> = named.map(|(dimension, &level)| dimension.at_level(level)).collect();
    if named.is_empty() { "total".into() } else { named.join(" x ") }
}

#[cfg(test)]
mod tests {
    use testkit::edit;
    use tidegauge_model::Plan;

    use super::*;

    const TABLES: &str = include_str!("../../../../testdata/tables.toml");

    fn dataflow(plan: &Plan, id: &str) -> Dataflow {
        plan.dataflow(id).expect("known").1.clone()
    }

    #[test]
    fn the_headline_of_a_table_is_promised() {
        let plan = Plan::parse(TABLES).unwrap_or_else(|errors| panic!("{errors}"));
        let tables = plan.dataflows.iter().filter(|dataflow| !dataflow.marginals.is_empty());
        for dataflow in tables {
            let promised = |levels: &Vec<usize>| {
                dataflow.marginals.iter().any(|marginal| marginal.levels == *levels)
            };
            let headline = headline_levels(dataflow);
            assert!(headline.iter().all(promised), "{headline:?}");
        }
        let headline = headline_levels(&dataflow(&plan, "CROSSINGS"));
        let words: Vec<String> =
            headline.iter().map(|levels| words(&plan.dataflows[0], levels)).collect();
        assert_eq!(words, ["total", "DIRECTION"]);
    }

    #[test]
    fn a_sum_counts_the_cells_of_its_largest_group() {
        let text = edit(TABLES).remove("dataflow.CROSSINGS.margins");
        let plan = Plan::parse(&text.text()).unwrap_or_else(|errors| panic!("{errors}"));
        let dataflow = dataflow(&plan, "CROSSINGS");
        let sizes: Vec<usize> = dataflow
            .structure
            .dimensions()
            .iter()
            .map(|dimension| dimension.code_list.codes().len())
            .collect();
        let all: usize = sizes.iter().product();
        assert_eq!(summed_cells(&dataflow, &[0; 3]), all);
        assert_eq!(summed_cells(&dataflow, &cell_levels(&dataflow)), 1);
        for headline in headline_levels(&dataflow) {
            assert!(summed_cells(&dataflow, &headline) <= all);
        }
        let groups = dataflow.structure.dimensions()[0].code_list.groups();
        let largest = groups.iter().map(|group| group.codes.len()).max().expect("groups");
        let rest: usize = sizes[1..].iter().product();
        assert_eq!(summed_cells(&dataflow, &[1, 0, 0]), largest * rest);
    }
}
