//! Estimates of one dataflow within one window: what the measurements released so far say.
//!
//! Not here: the mathematics (crate `privacy`), and which periods a reader sees
//! ([`crate::answer`]).
//!
//! All measurements of the window that are known are taken together by least squares, which
//! gives each step of each cell in thousandths. From there on there are only sums of integers:
//! a period is the sum of its steps, a total the sum of its cells, a stock the base and the sum
//! of the changes since. So parts always add up to their whole, to the last thousandth.
//!
//! Invariants:
//! 1. Sums over steps and cells are exact (`tests::days_add_up_to_every_longer_period`,
//!    `tests::cells_add_up_to_the_total`).
//! 2. A variance is a sum over cells, which carry independent noise
//!    (`tests::the_variance_of_a_total_is_the_sum_over_its_cells`).
//! 3. The same measurements make the same figures, bit for bit, on every host: floating point
//!    takes part with + - * / and square root only, in a fixed order.

use std::collections::{BTreeSet, HashMap};

use tidegauge_ledger::Price;
use tidegauge_model::{Grain, Period};
use tidegauge_privacy::Estimator;

use crate::catalogue::Window;
use crate::error::Error;
use crate::key::grains;

/// What is known of one dataflow in one window after so many of its steps.
#[derive(Debug)]
pub struct Figures {
    /// For each cell, the sum of the first n steps, in thousandths, at place n.
    sums: Vec<Vec<i64>>,
    /// For each cell of a stock, the level before the first step, in thousandths.
    base: Option<Vec<i64>>,
    /// The variance of a sum of steps (first, last) of one cell, in persons squared.
    variances: HashMap<(u32, u32), f64>,
    /// The variance of the base of one cell, in persons squared; 0 without a base.
    base_variance: f64,
}

/// Steps `first` to `last` of a window, both included.
pub type Span = (u32, u32);

impl Figures {
    /// The estimates from the first `known` steps of a window.
    ///
    /// Errors: measurements that are absent, or too large for a figure.
    pub fn estimate(window: &Window, known: u32) -> Result<Self, Error> {
        let stream = window.stream();
        let estimator = Estimator::new(&stream.strategy, known).map_err(|_| Error::Estimate)?;
        let mut sums = Vec::with_capacity(window.cells);
        for cell in 0..window.cells {
            let measured = estimator.nodes().iter().map(|node| window.measured(node, cell));
            let measured: Vec<i64> = measured.collect::<Option<_>>().ok_or(Error::Estimate)?;
            let steps = estimator.steps_milli(&measured).map_err(|_| Error::Estimate)?;
            sums.push(running(&steps));
        }
        let sigma_squared = stream.variance.as_f64();
        let variances = spans(window, known)
            .into_iter()
            .map(|(first, last)| {
                let variance = estimator.variance(&[(first, last, 1)]) * sigma_squared;
                ((first, last), variance)
            })
            .collect();
        let (base, base_variance) = match window.base() {
            None => (None, 0.0),
            Some((price, values)) => {
                let (levels, variance) = estimate_base(price, values)?;
                (Some(levels), variance)
            }
        };
        Ok(Self { sums, base, variances, base_variance })
    }

    /// The figures of several cells taken together.
    pub fn together(&self, cells: &[usize]) -> Together<'_> {
        let length = self.sums.first().map_or(0, Vec::len);
        let mut sums = vec![0i64; length];
        for &cell in cells {
            for (sum, part) in sums.iter_mut().zip(&self.sums[cell]) {
                *sum = sum.saturating_add(*part);
            }
        }
        let base = self.base.as_ref();
        let base = base.map_or(0, |base| cells.iter().map(|&cell| base[cell]).sum());
        // Exact: a structure has at most a million cells.
        Together { figures: self, sums, base, cells: cells.len() as f64 }
    }
}

/// Several cells of a window, taken together.
#[derive(Debug)]
pub struct Together<'a> {
    figures: &'a Figures,
    sums: Vec<i64>,
    base: i64,
    cells: f64,
}

impl Together<'_> {
    /// The sum over steps, in thousandths, and its variance. `None` where a step is not known.
    pub fn sum(&self, (first, last): Span) -> Option<(i64, f64)> {
        let until = self.sums.get(last as usize + 1)?;
        let variance = self.figures.variances.get(&(first, last))?;
        Some((until - self.sums.get(first as usize)?, variance * self.cells))
    }

    /// The level after a step, in thousandths, and its variance.
    pub fn level(&self, step: u32) -> Option<(i64, f64)> {
        let (change, variance) = self.sum((0, step))?;
        Some((self.base + change, variance + self.figures.base_variance * self.cells))
    }
}

fn running(steps: &[i64]) -> Vec<i64> {
    let mut sum = 0i64;
    std::iter::once(0)
        .chain(steps.iter().map(|step| {
            sum = sum.saturating_add(*step);
            sum
        }))
        .collect()
}

/// The levels of a base, in thousandths, and the variance of one of them.
fn estimate_base(price: &Price, values: &[i64]) -> Result<(Vec<i64>, f64), Error> {
    let estimator = Estimator::new(&price.strategy, 1).map_err(|_| Error::Estimate)?;
    let level = |&value: &i64| {
        let levels = estimator.steps_milli(&[value]).map_err(|_| Error::Estimate)?;
        levels.first().copied().ok_or(Error::Estimate)
    };
    let levels = values.iter().map(level).collect::<Result<_, _>>()?;
    Ok((levels, estimator.variance(&[(0, 0, 1)]) * price.variance.as_f64()))
}

/// Every span of known steps that some period needs: the part of each period that lies in the
/// window and, for a stock, all steps so far.
fn spans(window: &Window, known: u32) -> BTreeSet<Span> {
    let mut spans = BTreeSet::new();
    let steps = &window.steps[..known as usize];
    if window.base().is_some() {
        spans.extend((0..known).map(|last| (0, last)));
        return spans;
    }
    let Some(step) = steps.first() else { return spans };
    for grain in grains(step.grain()) {
        let mut first = 0;
        for last in 0..known {
            let period = containing(grain, steps[last as usize]);
            let next = window.steps.get(last as usize + 1);
            if next.is_none_or(|&next| containing(grain, next) != period) {
                spans.insert((first, last));
                first = last + 1;
            }
        }
    }
    spans
}

/// The period of a grain that holds a step.
fn containing(grain: Grain, step: Period) -> Period {
    Period::containing(grain, step.first())
}
