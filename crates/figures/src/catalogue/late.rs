//! Late counts: what a later vintage of a step holds, and those of a window's steps taken together
//! over cells.
//!
//! Not here: which of them are due ([`crate::catalogue`]), and what is told of them
//! ([`crate::answer`], [`crate::derived::revisions`]).
//!
//! Of a table the residuals of every late count make its margins, as they do on time, so margins of
//! one vintage of one step fit each other to the thousandth, and so do sums of such vintages.
//!
//! Invariants:
//! 1. A span is open while fewer late counts are known of it than are due
//!    (`tidegauge/tests/vintages.rs`).
//! 2. Margins of late counts fit each other
//!    (`serve::tests::table::margins_and_periods_fit_with_late_counts`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use num_traits::ToPrimitive;
use tidegauge_ledger::{Measurand, Price, Residual, Slot};
use tidegauge_model::DataStructure;
use tidegauge_privacy::Variance;
use tidegauge_privacy::residual::{ContingencyTable, MarginalLevels, ResidualValues};

use super::open::Open;
use super::spans::Span;
use crate::error::Error;
use crate::query::place::{MarginalCell, place};
use crate::query::series::{Pick, cells};

/// A later vintage of a step.
#[derive(Debug)]
pub(crate) struct LateCounts {
    /// The index of its ledger entry.
    pub(crate) entry: u64,
    /// The step's number in its window.
    pub(crate) step: u32,
    values: LateValues,
}

/// What was measured late.
#[derive(Debug)]
enum LateValues {
    /// Of every cell.
    Cells(Vec<i64>),
    /// Of every residual of a table, and the margins made of them so far, in thousandths.
    Table {
        table: Arc<ContingencyTable>,
        values: ResidualValues,
        known: Mutex<HashMap<MarginalLevels, Arc<Vec<i64>>>>,
    },
}

impl LateCounts {
    /// What the slots that are due were measured to be, each value of each.
    pub(crate) fn new(entry: u64, step: u32, measured: Vec<(Slot, Vec<i64>)>) -> Self {
        let (mut of_residuals, mut of_cells, mut of_table) = (ResidualValues::new(), vec![], None);
        for (slot, values) in measured {
            match slot.measurand {
                Measurand::Cells(_) => of_cells = values,
                Measurand::Residual(residual) => {
                    let values = values.into_iter().map(i128::from).collect();
                    of_residuals.insert(residual.marginal, values);
                    of_table = Some(residual.table);
                }
            }
        }
        let values = match of_table {
            None => LateValues::Cells(of_cells),
            Some(table) => {
                LateValues::Table { table, values: of_residuals, known: Mutex::default() }
            }
        };
        Self { entry, step, values }
    }

    /// The sum of some cells in thousandths, where cells are measured by themselves.
    fn of_cells(&self, cells: impl Iterator<Item = usize>) -> i64 {
        let LateValues::Cells(values) = &self.values else { return 0 };
        let sum = cells.fold(0i64, |sum, cell| sum.saturating_add(values[cell]));
        sum.saturating_mul(1000)
    }

    /// A cell of a margin of a table, in thousandths.
    ///
    /// Errors: a margin that is not measured, or residuals too large for a figure.
    fn of_margin(&self, place: &MarginalCell) -> Result<i64, Error> {
        let LateValues::Table { table, values, known } = &self.values else {
            return Err(Error::Estimate);
        };
        let margin = table.marginal(&place.levels).map_err(|_| Error::Estimate)?;
        let known = || known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(&margin).cloned();
        let made = match found {
            Some(made) => made,
            None => {
                let made = table.thousandths(&margin, values, 1).map_err(|_| Error::Estimate)?;
                let made = Arc::new(made);
                known().insert(margin, Arc::clone(&made));
                made
            }
        };
        made.get(place.cell).copied().ok_or(Error::Estimate)
    }
}

/// The known late counts of a series, by step, each step's in the order of the ledger. Where cells
/// are measured by themselves, closed cells are left out.
///
/// Errors: of a table, a margin that is not measured, or residuals too large for a figure.
pub(crate) fn sums(
    known: &[&LateCounts],
    prices: &[Price],
    open: &Open,
    structure: &DataStructure,
    picks: &[Pick],
) -> Result<Vec<LateSum>, Error> {
    let Some(LateCounts { values, .. }) = known.first() else { return Ok(vec![]) };
    let sum = |late: &LateCounts, value_milli, variance| {
        let LateCounts { step, entry, .. } = *late;
        LateSum { step, value_milli, entry, variance }
    };
    let mut sums: Vec<LateSum> = match values {
        LateValues::Table { .. } => {
            let place = place(structure, picks);
            let variance = variance_of_margin(prices, &place)?;
            let of = |late: &&LateCounts| Ok(sum(late, late.of_margin(&place)?, variance));
            known.iter().map(of).collect::<Result<_, Error>>()?
        }
        LateValues::Cells(_) => {
            let cells = cells(structure, picks);
            let variance = prices.iter().find_map(|price| price.late);
            let variance = variance.map_or(0.0, Variance::as_f64);
            let of = |late: &&LateCounts| {
                let is_open = |cell: &usize| open.steps(*cell).contains(&late.step);
                let open = || cells.iter().copied().filter(is_open);
                // Exact: a structure has at most a million cells.
                sum(late, late.of_cells(open()), variance * open().count() as f64)
            };
            known.iter().map(of).collect()
        }
    };
    sums.sort_unstable_by_key(|sum| (sum.step, sum.entry));
    Ok(sums)
}

/// The variance of a late count of a cell of a margin; 0 where the dataflow has none.
///
/// Errors: a margin that is not measured.
fn variance_of_margin(prices: &[Price], place: &MarginalCell) -> Result<f64, Error> {
    let residuals = || {
        prices.iter().filter_map(|price| match &price.measurand {
            Measurand::Residual(residual) => Some((residual, price.late?.as_f64())),
            Measurand::Cells(_) => None,
        })
    };
    let Some((Residual { table, .. }, _)) = residuals().next() else { return Ok(0.0) };
    let variances: HashMap<&MarginalLevels, f64> =
        residuals().map(|(residual, variance)| (&residual.marginal, variance)).collect();
    let margin = table.marginal(&place.levels).map_err(|_| Error::Estimate)?;
    let coefficients = table.cell_coefficients(&margin, place.cell);
    let mut sum = 0.0;
    for (residual, coefficient) in coefficients.map_err(|_| Error::Estimate)? {
        let variance = variances.get(&residual).ok_or(Error::Unmeasured)?;
        sum += coefficient.to_f64().ok_or(Error::Estimate)? * variance;
    }
    Ok(sum)
}

/// One late count of some cells taken together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LateSum {
    /// The step's number in its window.
    pub(crate) step: u32,
    /// In thousandths.
    pub(crate) value_milli: i64,
    /// The index of its ledger entry.
    pub(crate) entry: u64,
    pub(crate) variance: f64,
}

/// Late counts of some cells taken together, as known at a tree size.
#[derive(Debug)]
pub struct LateSums {
    /// By step, each step's in the order of the ledger.
    pub(crate) counts: Vec<LateSum>,
    /// The sum of how many later vintages the first n steps will have, at place n.
    pub(crate) due: Vec<u32>,
}

impl LateSums {
    /// The late counts of a span of steps: their sum in thousandths, its variance, the greatest
    /// ledger index among them, and whether more are due.
    pub fn sum(&self, (first, last): Span) -> (i64, f64, u64, bool) {
        let from = self.counts.partition_point(|count| count.step < first);
        let counts = &self.counts[from..self.counts.partition_point(|count| count.step <= last)];
        let sum = counts.iter().fold(0i64, |sum, count| sum.saturating_add(count.value_milli));
        let entry = counts.iter().map(|count| count.entry).max().unwrap_or(0);
        let due = self.due[last as usize + 1] - self.due[first as usize];
        let open = counts.len() < due as usize;
        (sum, counts.iter().map(|count| count.variance).sum(), entry, open)
    }

    /// Each late count by step and vintage: the step in the window, the number of the vintage, the
    /// count in thousandths, its variance, and its ledger index.
    pub fn each(&self) -> impl Iterator<Item = (u32, usize, i64, f64, u64)> {
        let first = |step: u32| self.counts.partition_point(|count| count.step < step);
        let counts = self.counts.iter().enumerate();
        counts.map(move |(n, count)| {
            let LateSum { step, value_milli, entry, variance } = *count;
            (step, n + 1 - first(step), value_milli, variance, entry)
        })
    }
}
