//! The variance of the figures of a dataflow in one accounting window, part by part, over a period
//! in the middle of the window: once the window and all vintages of its steps are complete, and
//! when the figure is first published.
//!
//! Not here: which figures there are (`figure`), and margins (`margin`).
//!
//! Invariants:
//! 1. The margin forecast is the margin published
//!    (`tidegauge/tests/planner.rs`: `the_margin_forecast_is_the_margin_published`).
//! 2. The margin of later windows is the largest of them
//!    (`tidegauge/tests/planner.rs`: `later_windows_are_shown_beside_the_first`).
//! 3. So is that of the first count the one published with it
//!    (`tidegauge/tests/planner.rs`: `the_first_count_has_the_margin_forecast`).

use std::collections::HashSet;

use tidegauge_figures::{Decimals, Indicator, MarginRule, grains};
use tidegauge_ledger::{Price, prices};
use tidegauge_model::{Grain, Period, Plan};
use tidegauge_privacy::{Error, Variance};

use super::figure::{Composition, FigureKind, residual_of};
use super::reader::{PartReader, part_weight};

/// The parts of a dataflow in one window, and their variances.
pub(super) struct MeasuredWindow {
    pub(super) prices: Vec<Price>,
    /// The decimals of figures.
    decimals: Decimals,
    /// The rule of their margins.
    pub(super) margins: MarginRule,
    periods: Vec<PeriodVariances>,
}

/// The variances of every part over the period of one grain in the middle of a window.
struct PeriodVariances {
    grain: Grain,
    /// Whether the plan covers the whole period.
    is_whole: bool,
    /// Of the changes in the period in the end.
    last: Changes,
    /// Of the changes in the period when its last step is first counted; `None` without vintages.
    first: Option<Changes>,
    /// Of the level at the end of the period, by part.
    levels: Vec<f64>,
}

/// The variances of the changes in a period.
struct Changes {
    /// The steps of the window that are measured by then; `None` for all.
    steps: Option<u32>,
    /// The number of late counts of each part.
    late_counts: f64,
    /// By part.
    parts: Vec<f64>,
}

/// Which publication of a figure: that of a dataflow with vintages changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// When its last step is first counted.
    First,
    /// After the last vintage of its steps.
    Last,
}

/// A variance of a figure in a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FigureVariance {
    /// Of its noise.
    pub(super) noise: f64,
    /// Of its errors of rounding.
    pub(super) rounding: f64,
    /// Whether the plan covers the whole period; always so for a level at its end.
    pub(super) is_whole: bool,
}

impl MeasuredWindow {
    /// A dataflow, by its position in the plan, in a window.
    ///
    /// Errors: a dataflow without a price.
    pub(super) fn new(plan: &Plan, position: usize, window: Period) -> Result<Self, Error> {
        let (dataflow, steps) = (&plan.dataflows[position], plan.steps_of(window));
        let mut prices = prices(plan, position, window)?;
        let first = plan.window_of(plan.first_step());
        if dataflow.continues() && window != first {
            // Later levels go on from the base of the first window.
            let bases = tidegauge_ledger::prices(plan, position, first)?.into_iter();
            prices.splice(0..0, bases.filter(|price| price.part.is_base()));
        }
        let mut periods: Vec<PeriodVariances> = grains(plan.step())
            .into_iter()
            .filter(|&grain| grain <= plan.privacy.window && !steps.is_empty())
            .map(|grain| {
                let period = steps[steps.len() / 2].within(grain);
                let is_whole = period.start() >= plan.first_step().start();
                let (last, first) = Changes::of(middle(&steps, grain), &dataflow.vintages);
                PeriodVariances { grain, is_whole, last, first, levels: vec![] }
            })
            .collect();
        let has_levels = dataflow.present().is_some();
        for price in &prices {
            let reader = PartReader::new(price, None)?;
            for period in &mut periods {
                let (first, last) = middle(&steps, period.grain);
                // A run can begin in an earlier window.
                let begin = price.number(steps[0]).unwrap_or(0);
                let span = |first, last| match price.is_stream() {
                    true => (begin + first, begin + last),
                    false => (0, 0),
                };
                let late = price.late.map_or(0.0, Variance::as_f64);
                let variance = reader.variance(span(first, last));
                period.last.parts.push(variance + period.last.late_counts * late);
                if let Some(changes) = &mut period.first {
                    let reader = PartReader::new(price, changes.steps)?;
                    let variance = reader.variance(span(first, last));
                    changes.parts.push(variance + changes.late_counts * late);
                }
                period.levels.push(match (has_levels, price.is_stream()) {
                    (false, _) => f64::INFINITY,
                    (true, false) => reader.variance((0, 0)),
                    (true, true) => reader.variance((0, begin + last)),
                });
            }
        }
        let decimals = Decimals::published(plan, dataflow);
        let margins = MarginRule::new(decimals, dataflow, &prices);
        Ok(Self { prices, decimals, margins, periods })
    }

    /// The variances that each part contributes to figures of an indicator and a grain: one row for
    /// every kind of cell, one number for each part. `None` for a grain without a period.
    pub(super) fn contributions(
        &self,
        composition: &Composition,
        (indicator, grain, count): (Indicator, Grain, Count),
    ) -> Option<(Vec<Vec<f64>>, bool)> {
        let period = self.periods.iter().find(|period| period.grain == grain)?;
        let (is_level, changes) = (indicator == Indicator::Stock, period.changes(count)?);
        let variances = if is_level { &period.levels } else { &changes.parts };
        let parts = self.prices.iter().zip(variances);
        let weighted: Vec<(Option<f64>, &Price)> = parts
            .map(|(price, variance)| {
                (part_weight(price.part, indicator).map(|weight| weight * variance), price)
            })
            .collect();
        let rows = match composition {
            Composition::Cells(cells) => {
                let of_part = |(variance, _): &(Option<f64>, &Price)| {
                    variance.map_or(0.0, |variance| variance * *cells as f64)
                };
                vec![weighted.iter().map(of_part).collect()]
            }
            Composition::Marginal(rows) => rows
                .iter()
                .map(|row| {
                    let of_part = |(variance, price): &(Option<f64>, &Price)| {
                        let found =
                            row.iter().find(|(levels, _)| residual_of(price) == Some(levels));
                        let coefficient = found.map_or(0.0, |(_, coefficient)| *coefficient);
                        variance.map_or(0.0, |variance| variance * coefficient)
                    };
                    weighted.iter().map(of_part).collect()
                })
                .collect(),
        };
        Some((rows, period.is_whole || is_level))
    }

    /// The variance of the least certain figure; `None` for a grain without a period, and for the
    /// first count of a dataflow without vintages.
    pub(super) fn variance(
        &self,
        kind: &FigureKind,
        figure: (Indicator, Grain, Count),
    ) -> Option<FigureVariance> {
        let (rows, is_whole) = self.contributions(&kind.composition, figure)?;
        let sums = rows.iter().map(|row| row.iter().sum::<f64>());
        let noise = sums.fold(0.0, f64::max);
        Some(FigureVariance { noise, rounding: self.rounding(kind, figure), is_whole })
    }

    /// The variance of the errors of rounding.
    pub(super) fn rounding(
        &self,
        kind: &FigureKind,
        (indicator, grain, count): (Indicator, Grain, Count),
    ) -> f64 {
        let period = self.periods.iter().find(|period| period.grain == grain);
        let late = match (&kind.composition, indicator) {
            // Late counts of cells are whole numbers, and a level has none.
            (Composition::Cells(_), _) | (_, Indicator::Stock) => 0.0,
            (Composition::Marginal(_), _) => {
                period.and_then(|period| period.changes(count)).map_or(0.0, |one| one.late_counts)
            }
        };
        let sums = indicator.rounded_sums(kind.rounded_parts) + late * kind.rounded_parts;
        sums * self.decimals.variance()
    }
}

impl PeriodVariances {
    fn changes(&self, count: Count) -> Option<&Changes> {
        match count {
            Count::First => self.first.as_ref(),
            Count::Last => Some(&self.last),
        }
    }
}

impl Changes {
    /// Those of some steps of a window in the end, and when the last of them is first counted: by
    /// then some vintages of the earlier ones are.
    fn of((first, last): (u32, u32), vintages: &[u32]) -> (Self, Option<Self>) {
        let late = |step: u32| vintages.iter().filter(|&&after| step + after <= last).count();
        let at_first: usize = (first..=last).map(late).sum();
        let in_end = f64::from(last + 1 - first) * vintages.len() as f64;
        let changes = |steps, late_counts| Self { steps, late_counts, parts: vec![] };
        // Exact: a window has fewer than 2^16 steps, and a step at most 8 vintages.
        let at_first = changes(Some(last + 1), at_first as f64);
        (changes(None, in_end), (!vintages.is_empty()).then_some(at_first))
    }
}

/// The first and the last step of the period of a grain in the middle of a window.
fn middle(steps: &[Period], grain: Grain) -> (u32, u32) {
    let middle = steps.len() / 2;
    let period = steps[middle].within(grain);
    let inside = |&step: &usize| period.covers(steps[step]);
    let mut numbers = (0..steps.len()).filter(inside);
    let first = numbers.next().unwrap_or(middle);
    // Fits: a window has fewer than 2^16 steps.
    (first as u32, numbers.next_back().unwrap_or(first) as u32)
}

/// A dataflow in the windows that a forecast looks at.
pub(super) struct MeasuredWindows {
    pub(super) first: MeasuredWindow,
    /// A window of every other length, and the last one if a level goes on.
    pub(super) later: Vec<MeasuredWindow>,
}

impl MeasuredWindows {
    /// Errors: a dataflow without a price.
    pub(super) fn new(plan: &Plan, position: usize) -> Result<Self, Error> {
        let later = later(plan, position).into_iter();
        let later = later.map(|window| MeasuredWindow::new(plan, position, window));
        Ok(Self { later: later.collect::<Result<_, _>>()?, ..Self::only_first(plan, position)? })
    }

    /// The first window only.
    ///
    /// Errors: a dataflow without a price.
    pub(super) fn only_first(plan: &Plan, position: usize) -> Result<Self, Error> {
        let window = plan.window_of(plan.first_step());
        Ok(Self { first: MeasuredWindow::new(plan, position, window)?, later: vec![] })
    }

    /// All of them, the first one first.
    pub(super) fn all(&self) -> impl Iterator<Item = &MeasuredWindow> {
        std::iter::once(&self.first).chain(&self.later)
    }
}

/// The later windows to look at. Windows of one length have the same noise, except where a level
/// goes on: its noise grows until the last.
fn later(plan: &Plan, position: usize) -> Vec<Period> {
    let first = plan.window_of(plan.first_step());
    let later: Vec<(Period, usize)> = std::iter::successors(Some(first.next()), |w| Some(w.next()))
        .take(plan.privacy.windows.saturating_sub(1) as usize)
        .map(|window| (window, plan.steps_of(window)))
        .take_while(|(_, steps)| steps.first().is_some_and(|&step| plan.allows(step)))
        .map(|(window, steps)| (window, steps.len()))
        .collect();
    let mut lengths = HashSet::new();
    let mut chosen: Vec<Period> = later
        .iter()
        .filter(|(_, length)| lengths.insert(*length))
        .map(|(window, _)| *window)
        .collect();
    if let Some(&(last, _)) = later.last()
        && plan.dataflows[position].continues()
        && chosen.last() != Some(&last)
    {
        chosen.push(last);
    }
    chosen
}
