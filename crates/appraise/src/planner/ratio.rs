//! How far a stream is from the least error possible: the root mean square error of what is read
//! of it, over the certified lower bound for the same charge.
//!
//! What is read: of a level, its value at every step of the plan's first window, without the base;
//! of flows, every grain that readers get, whole periods alone, and sums from the first step of
//! the window on, each grain with the same weight. A level that goes on over windows is held
//! against the bound of its first window: what any mechanism must pay for that window alone. A
//! residual of persons present is held against what stays in siblings by chance must cost.
//!
//! Not here: the bound itself (`least`).
//!
//! Invariants:
//! 1. A ratio is rounded up, and never below 1
//!    (`least::tests::no_stream_is_better_than_the_least`).

use num_traits::ToPrimitive;
use serde::Serialize;
use tidegauge_figures::grains;
use tidegauge_ledger::{Measurand, Part, Price, Scheme};
use tidegauge_model::{Dataflow, Grain, Measure, Period, Plan};
use tidegauge_privacy::Participation;

use super::least::{Figure, STEPS_MAX, least, least_apart};
use super::reader::PartReader;

/// How far a stream is from the least error possible.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ratio {
    /// What is read.
    pub reads: &'static str,
    /// Its root mean square error over the least possible, rounded up to a thousandth; none where
    /// the bound is not computed.
    pub ratio: Option<f64>,
    /// The most steps of which a bound is computed.
    pub steps_max: usize,
}

/// The least error possible of what is read of a stream in the plan's first window.
pub(super) struct LeastError {
    reads: &'static str,
    figures: Vec<Figure>,
    /// None where it is not computed.
    least: Option<f64>,
}

impl LeastError {
    /// The bound of a stream of a dataflow.
    pub(super) fn of(plan: &Plan, dataflow: &Dataflow, price: &Price) -> Self {
        let (reads, steps, figures) = read(plan, dataflow, price);
        let total = Participation::Alternating { changes: dataflow.bound.window, cells: 1 };
        let least = match stays_in(price) {
            None => least(steps, &figures, &price.participation),
            // Moves within the table do not change its total.
            Some(true) => least(steps, &figures, &total),
            Some(false) => least_apart(steps, &figures, dataflow.bound.window),
        };
        Self { reads, figures, least }
    }

    /// How far a stream of which the same is read is from it.
    pub(super) fn ratio(&self, price: &Price) -> Ratio {
        let ratio = self.least.and_then(|least| over_least(least, &self.figures, price));
        Ratio { reads: self.reads, ratio, steps_max: STEPS_MAX }
    }
}

/// Of a residual of persons present, whether it is that of the total.
pub(super) fn stays_in(price: &Price) -> Option<bool> {
    match (&price.measurand, &price.participation) {
        (Measurand::Residual(residual), Participation::Alternating { .. }) => {
            Some(residual.marginal.is_total())
        }
        _ => None,
    }
}

/// What is read of a stream, in words, over how many steps, and as figures.
fn read(plan: &Plan, dataflow: &Dataflow, price: &Price) -> (&'static str, usize, Vec<Figure>) {
    let steps = plan.steps_of(plan.window_of(plan.first_step()));
    let level = price.part == Part::Net || matches!(dataflow.measure, Measure::Stock { .. });
    let read: Vec<Grain> =
        grains(plan.step()).into_iter().filter(|&grain| grain <= plan.privacy.window).collect();
    let (reads, figures) = match (&price.scheme, level) {
        (_, true) => ("the level at every step of the first window", to_date(steps.len(), 1.0)),
        (Scheme::Periods { grain, .. }, _) => {
            let whole: Vec<Grain> = read.into_iter().filter(|g| grain.divides(*g)).collect();
            ("every grain that it is measured for, alike", periods(&steps, &whole, whole.len()))
        }
        _ => ("every grain and sums to date, alike", flows(&steps, &read)),
    };
    (reads, steps.len(), figures)
}

/// Root mean square error over the least possible, rounded up to a thousandth.
pub(super) fn over_least(least: f64, figures: &[Figure], price: &Price) -> Option<f64> {
    let reader = PartReader::new(price).ok()?;
    let square = |figure: &Figure| figure.weight * reader.variance((figure.first, figure.last));
    let square: f64 = figures.iter().map(square).sum();
    // Sensitivity^2 over sigma^2: both in squared units of the grid of the measurements. What is
    // read of a residual is held against one contribution to it.
    let cost =
        price.delta2.to_f64()? / price.variance.as_f64() / price.measurand.norm().to_f64()?;
    Some(((square * cost).sqrt() / least * 1000.0).ceil() / 1000.0)
}

fn to_date(steps: usize, weight: f64) -> Vec<Figure> {
    let weight = weight / steps as f64;
    (0..steps).map(|last| Figure { first: 0, last: last as u32, weight }).collect()
}

/// Every grain's whole periods and the sums to date.
pub(super) fn flows(steps: &[Period], grains: &[Grain]) -> Vec<Figure> {
    let mut figures = periods(steps, grains, grains.len() + 1);
    let rest = 1.0 - figures.iter().map(|figure| figure.weight).sum::<f64>();
    figures.extend(to_date(steps.len(), rest));
    figures
}

/// Every grain's whole periods, each grain with the weight of one of so many.
fn periods(steps: &[Period], grains: &[Grain], of: usize) -> Vec<Figure> {
    let mut figures = Vec::new();
    for &grain in grains {
        let mut of_grain: Vec<(Period, u32, u32)> = Vec::new();
        for (at, step) in (0..).zip(steps) {
            let period = step.within(grain);
            match of_grain.last_mut() {
                Some((last, _, end)) if *last == period => *end = at,
                _ => of_grain.push((period, at, at)),
            }
        }
        let inside = |period: &Period| {
            steps.first().is_some_and(|first| first.start() <= period.start())
                && steps.last().is_some_and(|last| period.end() <= last.end())
        };
        of_grain.retain(|(period, _, _)| inside(period));
        let weight = 1.0 / of as f64 / of_grain.len() as f64;
        let figure = |(_, first, last)| Figure { first, last, weight };
        figures.extend(of_grain.into_iter().map(figure));
    }
    figures
}
