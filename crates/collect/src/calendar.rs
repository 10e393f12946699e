//! The release calendar: where a step lies in its window, and what the window costs.
//!
//! Not here: when a step closes (module `schema` knows steps as instants).
//!
//! Invariants:
//! 1. Everything here follows from the plan; no data opens or closes anything.

use tidegauge_fold::StepKind;
use tidegauge_ledger::{Price, prices};
use tidegauge_model::{Period, Plan, days};

use crate::error::Error;

/// An accounting window with its prices, by dataflow.
pub(crate) struct Window {
    pub period: Period,
    number: u32,
    steps: Vec<Period>,
    pub prices: Vec<Vec<Price>>,
}

/// A step with everything that the plan says of it.
pub(crate) struct Step {
    pub period: Period,
    /// Its number in its window, from 0.
    pub in_window: u32,
    pub window: Window,
}

impl Step {
    /// `known` is the window of the step before, so that prices are computed once.
    pub(crate) fn new(plan: &Plan, period: Period, known: Option<Window>) -> Result<Self, Error> {
        let of = plan.window_of(period);
        let window = match known.filter(|known| known.period == of) {
            Some(known) => known,
            None => Window {
                period: of,
                number: plan.window_number(of).unwrap_or(0),
                steps: plan.steps_of(of),
                prices: (0..plan.dataflows.len())
                    .map(|position| prices(plan, position, of))
                    .collect::<Result<_, _>>()?,
            },
        };
        // A step of the plan lies in its window; there are fewer than 2^16 in it.
        let in_window = window.steps.binary_search(&period).unwrap_or(0) as u32;
        Ok(Self { period, in_window, window })
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

    /// Every stream of the plan: its dataflow and its price. Bases are none.
    pub(crate) fn streams(&self) -> impl Iterator<Item = (usize, &Price)> {
        let dataflows = self.window.prices.iter().enumerate();
        dataflows
            .flat_map(|(dataflow, prices)| prices.iter().map(move |price| (dataflow, price)))
            .filter(|(_, price)| price.is_stream())
    }
}
