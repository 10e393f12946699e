//! An answer as it was when the ledger was shorter, limited to the periods that changed then.
//!
//! Not here: which entries changed anything ([`crate::answer::history`]).
//!
//! Invariants:
//! 1. It equals what `asOf` answers for those periods
//!    (`serve::tests::history::history_holds_what_as_of_answers_at_every_size`).

use std::sync::Arc;

use tidegauge_model::{Period, Plan};

use super::answer::{Answer, last_step};
use crate::catalogue::spans::{ended_by, meeting};
use crate::error::Error;
use crate::estimate::known::KnownWindow;

impl Answer {
    /// The answer to the same selection when the ledger had `as_of` entries, limited to the periods
    /// that overlap a span.
    ///
    /// Errors: none of them was released then.
    pub(crate) fn earlier(
        &self,
        plan: Arc<Plan>,
        known: Vec<KnownWindow>,
        as_of: u64,
        span: Option<Period>,
    ) -> Result<Self, Error> {
        let last_step = last_step(&known);
        let periods = self.periods.iter().map(|periods| {
            let published = last_step.map_or(0, |last| ended_by(periods, last));
            span.map_or(&periods[..published], |span| meeting(&periods[..published], span)).to_vec()
        });
        let periods = periods.collect();
        let window = Arc::clone(known.first().map_or(&self.window, |known| &known.window));
        let selection = (self.selection.clone(), self.decimals);
        let mut earlier = Self::with_periods(plan, known, window, selection, periods, as_of)?;
        // Windows outside the periods are not read.
        let begins = earlier.periods.iter().flatten().map(|period| period.start()).min();
        let ends = earlier.periods.iter().flatten().map(|period| period.end()).max();
        earlier.known.retain(|known| {
            let (first, last) = (known.window.steps.first(), known.window.steps.last());
            let is_before = last.zip(begins).is_some_and(|(last, begins)| last.end() <= begins);
            let is_after = first.zip(ends).is_some_and(|(first, ends)| first.start() >= ends);
            !is_before && !is_after
        });
        Ok(earlier)
    }

    /// Whether any period of the answer overlaps a span.
    pub(crate) fn meets(&self, span: Period) -> bool {
        self.periods.iter().any(|periods| !meeting(periods, span).is_empty())
    }
}
