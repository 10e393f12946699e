//! Late counts: the contents of later vintages of a step, and their sums over cells and steps.
//!
//! Not here: which of them are due ([`crate::catalogue`]), and how they are published
//! ([`crate::answer`], [`crate::derived::revisions`]).
//!
//! In a table, marginals of late counts are made from residuals like those of counts on time, with
//! the codes that are open in their step. So the marginals of one vintage of one step fit each
//! other exactly, and so do their sums.
//!
//! Invariants:
//! 1. A span is open while fewer of its late counts are known than are due
//!    (`tidegauge/tests/vintages.rs`).
//! 2. Marginals of late counts fit each other
//!    (`serve::tests::table::marginals_and_periods_fit_with_late_counts`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tidegauge_ledger::{Measurand, Price, Slot};
use tidegauge_model::DataStructure;
use tidegauge_privacy::Variance;
use tidegauge_privacy::residual::{ContingencyTable, MarginalLevels, ResidualValues};

use super::open::Open;
use super::phases::Phase;
use super::spans::Span;
use crate::error::Error;
use crate::query::decimals::Decimals;
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

/// The cells of marginals, by the decimals that they are rounded to, in thousandths.
type MadeMarginals = HashMap<(MarginalLevels, Decimals), Arc<Vec<i64>>>;

/// The values of a late measurement.
#[derive(Debug)]
enum LateValues {
    /// The value of every cell.
    Cells(Vec<i64>),
    /// The values of every residual of a table, and the marginals made so far, in thousandths.
    Table { values: ResidualValues, known: Mutex<MadeMarginals> },
}

impl LateCounts {
    /// The late counts with the measured values of every slot that is due.
    pub(crate) fn new(entry: u64, step: u32, measured: Vec<(Slot, Vec<i64>)>) -> Self {
        let (mut of_residuals, mut of_cells) = (ResidualValues::new(), vec![]);
        for (slot, values) in measured {
            match slot.measurand {
                Measurand::Cells(_) => of_cells = values,
                Measurand::Residual(residual) => {
                    let values = values.into_iter().map(i128::from).collect();
                    of_residuals.insert(residual.marginal, values);
                }
            }
        }
        let values = match of_residuals.is_empty() {
            true => LateValues::Cells(of_cells),
            false => LateValues::Table { values: of_residuals, known: Mutex::default() },
        };
        Self { entry, step, values }
    }

    /// The sum of some cells in thousandths, if each cell is measured separately.
    ///
    /// Errors: a late count of a table, or one that lacks a cell.
    fn of_cells(&self, cells: impl Iterator<Item = usize>) -> Result<i64, Error> {
        let LateValues::Cells(values) = &self.values else { return Err(Error::Estimate) };
        let mut sum = 0i64;
        for cell in cells {
            sum = sum.saturating_add(*values.get(cell).ok_or(Error::Estimate)?);
        }
        Ok(sum.saturating_mul(1000))
    }

    /// A cell of a marginal of a table, in thousandths.
    ///
    /// Errors: a marginal that is not measured, or residuals too large for a figure.
    fn of_marginal(
        &self,
        table: &ContingencyTable,
        place: &MarginalCell,
        decimals: Decimals,
    ) -> Result<i64, Error> {
        let LateValues::Table { values, known } = &self.values else {
            return Err(Error::Estimate);
        };
        let marginal = table.marginal(&place.levels).map_err(|_| Error::Estimate)?;
        let known = || known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (marginal, decimals);
        let found = known().get(&key).cloned();
        let cells = match found {
            Some(cells) => cells,
            None => {
                let cells = decimals.marginal(table, &key.0, values, 1);
                let cells = Arc::new(cells.map_err(|_| Error::Estimate)?);
                known().insert(key, Arc::clone(&cells));
                cells
            }
        };
        cells.get(place.cell).copied().ok_or(Error::Estimate)
    }
}

/// The known late counts of a series, by step, each step's in the order of the ledger, without
/// closed cells.
///
/// Errors: a marginal of a table that is not measured, or residuals too large for a figure.
pub(crate) fn sums(
    known: &[&LateCounts],
    prices: &[Price],
    open: &Open,
    phases: &[Phase],
    structure: &DataStructure,
    picks: &[Pick],
    decimals: Decimals,
) -> Result<Vec<LateSum>, Error> {
    let Some(LateCounts { values, .. }) = known.first() else { return Ok(vec![]) };
    let sum = |late: &LateCounts, value_milli, variance| {
        let LateCounts { step, entry, .. } = *late;
        LateSum { step, value_milli, entry, variance }
    };
    let mut sums: Vec<LateSum> = match values {
        LateValues::Table { .. } => {
            let place = place(structure, picks);
            let rounding = place.corners(structure) * decimals.variance();
            let mut sums = vec![];
            for phase in phases {
                let rounding = if place.is_open(&phase.table)? { rounding } else { 0.0 };
                let noise = covariance(prices, &phase.table, &place, &place)?;
                for late in known.iter().filter(|late| phase.steps.contains(&late.step)) {
                    let value = late.of_marginal(&phase.table, &place, decimals)?;
                    sums.push(sum(late, value, noise + rounding));
                }
            }
            sums
        }
        LateValues::Cells(_) => {
            let cells = cells(structure, picks);
            let late_variance = prices.iter().find_map(|price| price.late);
            let variance = late_variance.map(Variance::as_f64).ok_or(Error::Estimate)?;
            let of_open_cells = |late: &&LateCounts| {
                let is_open = |cell: &usize| open.steps(*cell).contains(&late.step);
                let open = || cells.iter().copied().filter(is_open);
                // Exact: a structure has at most a million cells.
                let value = late.of_cells(open())?;
                Ok(sum(late, value, variance * open().count() as f64))
            };
            known.iter().map(of_open_cells).collect::<Result<_, Error>>()?
        }
    };
    sums.sort_unstable_by_key(|sum| (sum.step, sum.entry));
    Ok(sums)
}

/// The covariance of a late count of two cells of marginals of a table; 0 if the dataflow has no
/// late counts.
///
/// Errors: a marginal that is not measured.
pub(crate) fn covariance(
    prices: &[Price],
    table: &ContingencyTable,
    one: &MarginalCell,
    other: &MarginalCell,
) -> Result<f64, Error> {
    let residuals = prices.iter().filter_map(|price| match &price.measurand {
        Measurand::Residual(residual) => Some((&residual.marginal, price.late?.as_f64())),
        Measurand::Cells(_) => None,
    });
    let variances: HashMap<&MarginalLevels, f64> = residuals.collect();
    if variances.is_empty() {
        return Ok(0.0);
    }
    let mut sum = 0.0;
    for (residual, coefficient) in one.shared(other, [table, table])? {
        sum += coefficient * variances.get(&residual).ok_or(Error::Unmeasured)?;
    }
    Ok(sum)
}

/// The sum of one late count over some cells.
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

/// The late counts of some cells, summed, as known at a tree size.
#[derive(Debug)]
pub(crate) struct LateSums {
    /// By step, each step's in the order of the ledger.
    pub(crate) counts: Vec<LateSum>,
    /// The sum of how many later vintages the first n steps will have, at place n.
    pub(crate) due: Vec<u32>,
}

impl LateSums {
    /// The late counts of a span of steps: their sum in thousandths, its variance, the greatest
    /// ledger index among them, and whether more are due.
    pub(crate) fn sum(&self, (first, last): Span) -> (i64, f64, u64, bool) {
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
    pub(crate) fn each(&self) -> impl Iterator<Item = (u32, usize, i64, f64, u64)> {
        let first = |step: u32| self.counts.partition_point(|count| count.step < step);
        let counts = self.counts.iter().enumerate();
        counts.map(move |(n, count)| {
            let LateSum { step, value_milli, entry, variance } = *count;
            (step, n + 1 - first(step), value_milli, variance, entry)
        })
    }
}
