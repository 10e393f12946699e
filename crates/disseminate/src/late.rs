//! Late counts of a window's steps, taken together over cells.
//!
//! Not here: where they come from ([`crate::catalogue`]), and what is told of them
//! ([`crate::answer`], [`crate::revisions`]).
//!
//! Invariants:
//! 1. A span is open while fewer late counts are known of it than are due
//!    (`tidegauge/tests/vintages.rs`).

use crate::figures::Span;

/// Late counts of some cells taken together, as known at a tree size.
#[derive(Debug)]
pub struct LateSums {
    /// (step in the window, sum, ledger index, cells that are open), by step.
    pub(crate) counts: Vec<(u32, i64, u64, u32)>,
    /// Variance of the count of one cell.
    pub(crate) variance: f64,
    /// The sum of how many later vintages the first n steps will have, at place n.
    pub(crate) due: Vec<u32>,
}

impl LateSums {
    /// The late counts of a span of steps: their sum in thousandths, its variance, the greatest
    /// ledger index among them, and whether more are due.
    pub fn sum(&self, (first, last): Span) -> (i64, f64, u64, bool) {
        let from = self.counts.partition_point(|count| count.0 < first);
        let counts = &self.counts[from..self.counts.partition_point(|count| count.0 <= last)];
        let sum = counts.iter().fold(0i64, |sum, count| sum.saturating_add(count.1));
        let entry = counts.iter().map(|count| count.2).max().unwrap_or(0);
        let due = self.due[last as usize + 1] - self.due[first as usize];
        let open = counts.len() < due as usize;
        let cells: u64 = counts.iter().map(|count| u64::from(count.3)).sum();
        // Exact: a window has at most 366 steps, a structure a million cells.
        (sum.saturating_mul(1000), self.variance * cells as f64, entry, open)
    }

    /// Each late count by step and vintage: the step in the window, the number of the vintage, the
    /// count, its variance, and its ledger index.
    pub fn each(&self) -> impl Iterator<Item = (u32, usize, i64, f64, u64)> {
        let first = |step: u32| self.counts.partition_point(|count| count.0 < step);
        let counts = self.counts.iter().enumerate();
        counts.map(move |(n, &(step, sum, entry, cells))| {
            (step, n + 1 - first(step), sum, self.variance * f64::from(cells), entry)
        })
    }
}
