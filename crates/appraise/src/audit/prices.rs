//! The prices of a plan in the windows that histories last, computed once for all comparisons.
//!
//! Not here: what a price is and how it is made (crate `ledger`).
//!
//! Invariants:
//! 1. They are those of the ledger itself: nothing is priced here (`PlanPrices::new`).

use std::collections::{BTreeMap, BTreeSet};

use tidegauge_ledger::{Price, prices};
use tidegauge_model::{Period, Plan};

/// The prices of every dataflow in the windows that histories last.
pub(super) struct PlanPrices {
    pub plan: Plan,
    prices: BTreeMap<(usize, Period), Vec<Price>>,
}

impl PlanPrices {
    /// The prices in the windows of these steps; windows without a price are left out.
    pub(super) fn new(plan: &Plan, steps: &[Period]) -> Self {
        let windows: BTreeSet<Period> = steps.iter().map(|step| plan.window_of(*step)).collect();
        let all = (0..plan.dataflows.len())
            .flat_map(|dataflow| windows.iter().map(move |window| (dataflow, *window)));
        let of =
            |(dataflow, window)| Some(((dataflow, window), prices(plan, dataflow, window).ok()?));
        Self { plan: plan.clone(), prices: all.filter_map(of).collect() }
    }

    /// The prices of a dataflow in a window.
    pub(super) fn of(&self, dataflow: usize, window: Period) -> Option<&[Price]> {
        self.prices.get(&(dataflow, window)).map(Vec::as_slice)
    }
}
