//! How far a stream is from the least error possible: the root mean square error of its figures,
//! divided by the certified lower bound for the same charge.
//!
//! The figures of a level are its values at every step of the plan's first window, without the
//! base. Those of flows are the whole periods of every published grain, and the sums from the
//! first step of the window on, each grain with the same weight. A level that goes on over windows
//! is compared with the bound of its first window: any mechanism must pay that for this window. A
//! residual of persons present is compared with the cost of stays in siblings at random.
//!
//! Not here: the bound itself (`least`).
//!
//! Invariants:
//! 1. A ratio is rounded up, and never below 1
//!    (`least::tests::no_stream_is_better_than_the_least`).

use num_traits::ToPrimitive;
use serde::Serialize;
use tidegauge_figures::grains;
use tidegauge_ledger::{Measurand, Price, Scheme};
use tidegauge_model::{Dataflow, Grain, Measure, Period, Plan};
use tidegauge_privacy::Participation;

use super::least::{ReadSum, STEPS_MAX, least, least_apart};
use super::reader::PartReader;

/// How far a stream is from the least error possible.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ratio {
    /// A description of the figures.
    pub reads: &'static str,
    /// The root mean square error divided by the least possible, rounded up to a thousandth; none
    /// if the bound is not computed.
    pub ratio: Option<f64>,
    /// The largest number of steps for which a bound is computed.
    pub steps_max: usize,
}

/// The least possible error of the figures of a stream in the first window of the plan.
pub(super) struct LeastError {
    reads: &'static str,
    figures: Vec<ReadSum>,
    /// None if it is not computed.
    least: Option<f64>,
}

impl LeastError {
    /// The bound of a stream of a dataflow.
    pub(super) fn of(plan: &Plan, dataflow: &Dataflow, price: &Price) -> Self {
        let (reads, steps, figures) = read(plan, dataflow, price);
        let total = Participation::Alternating { changes: dataflow.bound.window, cells: 1 };
        let least = match stays_in(price) {
            None => least(steps, &figures, &price.participation),
            // Changes of cell within the table do not change its total.
            Some(true) => least(steps, &figures, &total),
            Some(false) => least_apart(steps, &figures, dataflow.bound.window),
        };
        Self { reads, figures, least }
    }

    /// How far a stream with the same figures is from this error.
    pub(super) fn ratio(&self, price: &Price) -> Ratio {
        let ratio = self.least.and_then(|least| over_least(least, &self.figures, price));
        Ratio { reads: self.reads, ratio, steps_max: STEPS_MAX }
    }
}

/// For a residual of persons present, whether it is that of the total.
pub(super) fn stays_in(price: &Price) -> Option<bool> {
    match (&price.measurand, &price.participation) {
        (Measurand::Residual(residual), Participation::Alternating { .. }) => {
            Some(residual.marginal.is_total())
        }
        _ => None,
    }
}

/// The figures of a stream: a description, the number of steps, and the figures themselves.
fn read(plan: &Plan, dataflow: &Dataflow, price: &Price) -> (&'static str, usize, Vec<ReadSum>) {
    let steps = plan.steps_of(plan.window_of(plan.first_step()));
    let level = price.part.is_net() || matches!(dataflow.measure, Measure::Stock { .. });
    let published: Vec<Grain> =
        grains(plan.step()).into_iter().filter(|&grain| grain <= plan.privacy.window).collect();
    let (reads, figures) = match (&price.scheme, level) {
        (_, true) => ("the level at every step of the first window", to_date(steps.len(), 1.0)),
        (Scheme::Periods { grain, .. }, _) => {
            let whole: Vec<Grain> = published.into_iter().filter(|g| grain.divides(*g)).collect();
            ("every grain that it is measured for, alike", periods(&steps, &whole, whole.len()))
        }
        _ => ("every grain and sums to date, alike", flows(&steps, &published)),
    };
    (reads, steps.len(), figures)
}

/// The root mean square error divided by the least possible, rounded up to a thousandth.
pub(super) fn over_least(least: f64, figures: &[ReadSum], price: &Price) -> Option<f64> {
    let reader = PartReader::new(price, None).ok()?;
    let square = |figure: &ReadSum| figure.weight * reader.variance((figure.first, figure.last));
    let square: f64 = figures.iter().map(square).sum();
    // Sensitivity^2 / sigma^2: both in squared units of the grid of the measurements. The figures
    // of a residual are relative to one contribution to it.
    let cost =
        price.delta2.to_f64()? / price.variance.as_f64() / price.measurand.norm().to_f64()?;
    Some(((square * cost).sqrt() / least * 1000.0).ceil() / 1000.0)
}

fn to_date(steps: usize, weight: f64) -> Vec<ReadSum> {
    let weight = weight / steps as f64;
    (0..steps).map(|last| ReadSum { first: 0, last: last as u32, weight }).collect()
}

/// Every grain's whole periods and the sums to date.
pub(super) fn flows(steps: &[Period], grains: &[Grain]) -> Vec<ReadSum> {
    let mut figures = periods(steps, grains, grains.len() + 1);
    let rest = 1.0 - figures.iter().map(|figure| figure.weight).sum::<f64>();
    figures.extend(to_date(steps.len(), rest));
    figures
}

/// The whole periods of every grain, each grain with a weight of 1 / `parts`.
fn periods(steps: &[Period], grains: &[Grain], parts: usize) -> Vec<ReadSum> {
    let mut figures = Vec::new();
    for &grain in grains {
        let mut spans: Vec<(Period, u32, u32)> = Vec::new();
        for (number, step) in (0..).zip(steps) {
            let period = step.within(grain);
            match spans.last_mut() {
                Some((last, _, end)) if *last == period => *end = number,
                _ => spans.push((period, number, number)),
            }
        }
        let inside = |period: &Period| {
            steps.first().is_some_and(|first| first.start() <= period.start())
                && steps.last().is_some_and(|last| period.end() <= last.end())
        };
        spans.retain(|(period, _, _)| inside(period));
        let weight = 1.0 / parts as f64 / spans.len() as f64;
        let figure = |(_, first, last)| ReadSum { first, last, weight };
        figures.extend(spans.into_iter().map(figure));
    }
    figures
}
