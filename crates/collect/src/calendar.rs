//! The release calendar: the plan's steps as intervals of time, where a step lies in its
//! accounting window, and the cost of the window.
//!
//! Not here: the clock, and when a step is released (room `store`).
//!
//! Invariants:
//! 1. Everything here depends only on the plan, never on data.

use std::sync::Arc;

use tidegauge_fold::StepKind;
use tidegauge_ledger::Price;
use tidegauge_model::{Period, Plan, days};

/// A step by its number: 0 is the plan's first; events before it belong to [`SEED`].
pub(crate) type StepNumber = i32;

/// The number of everything before the plan's first step.
pub(crate) const SEED: StepNumber = -1;

/// The plan's steps as intervals of universal time.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    /// First instant of each step, in milliseconds since 1970, and the end of the last.
    starts: Vec<i64>,
    periods: Vec<Period>,
}

impl Steps {
    /// The steps that a plan may release.
    pub(crate) fn new(plan: &Plan) -> Self {
        let first = plan.first_step();
        let periods: Vec<Period> = std::iter::successors(Some(first), |step| Some(step.next()))
            .take_while(|&step| plan.allows(step))
            .collect();
        let end = periods.last().map_or(first, |last| last.next());
        let starts = periods.iter().chain([&end]);
        let starts = starts.map(|step| days::instant(plan.time_zone(), step.start())).collect();
        Self { starts, periods }
    }

    /// The step that contains an instant; `None` after the last.
    pub(crate) fn containing(&self, at: i64) -> Option<StepNumber> {
        let before = self.starts.partition_point(|&start| start <= at);
        // A plan runs at most 100 years, of fewer than 2^16 steps each.
        (before < self.starts.len()).then(|| before as StepNumber - 1)
    }

    /// How many steps have wholly passed at an instant.
    pub(crate) fn passed(&self, at: i64) -> StepNumber {
        (self.starts.partition_point(|&start| start <= at) as StepNumber - 1).max(0)
    }

    /// The period of a step.
    ///
    /// Panics on a number that is not a step of the plan.
    pub(crate) fn period(&self, step: StepNumber) -> Period {
        self.periods[step as usize]
    }

    /// The period of a step; `None` for a number that is not a step of the plan.
    pub(crate) fn get(&self, step: StepNumber) -> Option<Period> {
        self.periods.get(usize::try_from(step).ok()?).copied()
    }

    /// The number of the step that is this period.
    pub(crate) fn number(&self, period: Period) -> Option<StepNumber> {
        self.periods.binary_search(&period).ok().map(|number| number as StepNumber)
    }
}

/// An accounting window with its prices, by dataflow.
pub(crate) struct PricedWindow {
    pub period: Period,
    number: u32,
    pub steps: Vec<Period>,
    pub prices: Vec<Arc<[Price]>>,
}

impl PricedWindow {
    /// A window of the plan with the prices of its dataflows (room `prices`).
    pub(crate) fn new(plan: &Plan, period: Period, prices: Vec<Arc<[Price]>>) -> Self {
        let number = plan.window_number(period).unwrap_or(0);
        Self { period, number, steps: plan.steps_of(period), prices }
    }
}

/// A step with everything that the plan says about it.
pub(crate) struct CalendarStep {
    pub period: Period,
    /// Its number in its window, from 0.
    pub in_window: u32,
    pub window: Arc<PricedWindow>,
}

impl CalendarStep {
    /// A step of the plan in its window.
    pub(crate) fn new(period: Period, window: Arc<PricedWindow>) -> Self {
        // A step of the plan lies in its window; there are fewer than 2^16 in it.
        let in_window = window.steps.binary_search(&period).unwrap_or(0) as u32;
        Self { period, in_window, window }
    }

    /// Whether the step is the first of its window.
    pub(crate) fn begins_window(&self) -> bool {
        self.in_window == 0
    }

    /// The step as the kernel knows it.
    pub(crate) fn kind(&self) -> StepKind {
        let month = self.period.first().month().unsigned_abs().into();
        let last = days::number(self.period.last());
        let (window, in_window) = (self.window.number, self.in_window);
        StepKind::Step { window, month, in_window, last }
    }

    /// Every stream of the plan: its dataflow and its price. Bases are not streams.
    pub(crate) fn streams(&self) -> impl Iterator<Item = (usize, &Price)> {
        let dataflows = self.window.prices.iter().enumerate();
        dataflows
            .flat_map(|(dataflow, prices)| prices.iter().map(move |price| (dataflow, price)))
            .filter(|(_, price)| price.is_stream())
    }
}
