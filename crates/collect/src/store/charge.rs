//! Charging an accounting window, before any noise is drawn for it.
//!
//! Not here: the cost of a window (crate `ledger`, module `price`).
//!
//! Invariants:
//! 1. A window's charges are on the ledger before its first draw, and are those that this program
//!    computes (`tidegauge/tests/crash.rs`).
//! 2. They never exceed the plan's budget (crate `privacy`, `budget`).

use jiff::Timestamp;
use tidegauge_ledger::Entry;
use tidegauge_privacy::budget::{Budget, Rho};

use super::open::Store;
use crate::calendar::CalendarStep;
use crate::error::Error;
use crate::layout::ledger_time;
use crate::release::Sealed;

impl Store {
    /// Makes sure that the window's charges are on the ledger, with this time unless they are there
    /// already, before anything is drawn. Returns
    /// their ledger indices, in the order of the dataflows and their prices.
    pub(super) fn charge(&mut self, step: &CalendarStep, at: Timestamp) -> Result<Vec<u64>, Error> {
        let window = step.window.period.to_string();
        let exhausted = || Error::BudgetExhausted { window: window.clone() };
        let mut budget = Budget::new(Rho::new(self.plan.privacy.rho.clone())?);
        let mut entries = Vec::new();
        for (position, prices) in step.window.prices.iter().enumerate() {
            for price in prices.iter() {
                budget.charge(&price.rho).map_err(|_| exhausted())?;
                entries.push(Entry::Charge {
                    dataflow: self.plan.dataflows[position].id.clone(),
                    window: window.clone(),
                    part: price.part,
                    delta2: price.delta2.to_string(),
                    variance: price.variance.to_string(),
                    rho: price.rho.to_string(),
                    at: ledger_time(at),
                });
            }
        }
        if self.log.charges_of(&window).next().is_none() {
            self.seal(&Sealed { entries: entries.clone(), files: vec![] }, None)?;
            self.finish_pending()?;
        }
        let (indices, charged): (Vec<u64>, Vec<&Entry>) = self.log.charges_of(&window).unzip();
        let alike = charged.into_iter().zip(&entries).all(|(one, other)| charges_alike(one, other));
        if indices.len() != entries.len() || !alike {
            return Err(Error::ChargesDiffer { window });
        }
        Ok(indices)
    }

    /// Begins to compute the prices of the step that is released next, without waiting for them:
    /// for a process that releases by the clock.
    pub fn price_ahead(&self) {
        if let Some(step) = self.steps.get(self.first_open()) {
            self.prices.begin(&self.plan, step);
        }
    }
}

/// Whether two entries charge the same, apart from their times.
fn charges_alike(one: &Entry, other: &Entry) -> bool {
    let without_time = |entry: &Entry| {
        let mut entry = entry.clone();
        if let Entry::Charge { at, .. } = &mut entry {
            at.clear();
        }
        entry
    };
    without_time(one) == without_time(other)
}
