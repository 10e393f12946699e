//! Amendments of a store's plan: the checks, the order in which an amendment becomes public, and
//! reading the plan in force again.
//!
//! Not here: the changes that an amendment may make (crate `model`), and the succession on the
//! ledger (crate `ledger`, module `succession`).
//!
//! An amendment takes the path of a release, but without charge and draw: it is sealed, then
//! public. Its file becomes visible before the entry that names it, so that no reader meets an
//! entry without its file.
//!
//! Invariants:
//! 1. A store killed at any write has the old plan or the new one, and its ledger verifies
//!    (`tidegauge/tests/amendments.rs`: `a_killed_amendment_is_in_force_whole_or_not_at_all`).
//! 2. No event in the journal lies in a cell that an amendment closes: a code closes from a day
//!    that has not begun, and events from the future are refused
//!    (`tidegauge/tests/amendments.rs`: `each_refusal_leaves_the_store_as_it_is`).
//! 3. A new code begins with everything that a table measures as one, so no published figure
//!    changes (`tidegauge/tests/amendments.rs`: `a_code_begins_with_a_period_of_its_table`).

use jiff::Timestamp;
use tidegauge_ledger::{Entry, LedgerRule, Succession, plan_path, prices, read_codes};
use tidegauge_model::{AmendError, Amendment, Plan, days};

use super::open::Store;
use super::plan::{event_order, kernel, plan_in_force, succession};
use crate::error::Error;
use crate::layout::{ledger_time, private_directory};
use crate::release::{Sealed, SealedFile};

impl Store {
    /// The plan that an amendment would put in force. Nothing is written.
    ///
    /// Errors: an amendment that the plan does not allow; a first step that is already released; a
    /// code that closes on a day that has begun by the clock.
    pub fn amended(&self, amendment: &Amendment, now: Timestamp) -> Result<Plan, Error> {
        self.amended_in(&succession(&self.directory, &self.log)?, amendment, now)
    }

    fn amended_in(
        &self,
        succession: &Succession,
        amendment: &Amendment,
        now: Timestamp,
    ) -> Result<Plan, Error> {
        let plan = succession.amended(amendment).map_err(Error::Amendment)?;
        let first = amendment.first_step(plan.step()).start();
        let begins = days::instant(plan.time_zone(), first);
        if !amendment.closed.is_empty() && begins <= now.as_millisecond() {
            return Err(Error::ClosesTaken { from: amendment.from.to_string() });
        }
        check_periods(&plan, amendment)?;
        Ok(plan)
    }

    /// Puts an amendment in force permanently; `text` is that of its file, byte for byte. `at` is
    /// when that was asked for, the time of its entry unless the last entry is later.
    ///
    /// Errors: as [`Self::amended`], and nothing changes.
    pub fn amend(
        &mut self,
        text: &str,
        amendment: &Amendment,
        now: Timestamp,
        at: Timestamp,
    ) -> Result<(), Error> {
        self.check_finished()?;
        let amended = self.put_in_force(text, amendment, now, at);
        amended.map_err(|error| error.or_full_disk(&private_directory(&self.directory)))
    }

    fn put_in_force(
        &mut self,
        text: &str,
        amendment: &Amendment,
        now: Timestamp,
        at: Timestamp,
    ) -> Result<(), Error> {
        let succession = succession(&self.directory, &self.log)?;
        self.amended_in(&succession, amendment, now)?;
        let amends = succession.newest().map_or("", |newest| newest.digest.as_str());
        let last = self.log.entries().last().and_then(Entry::instant);
        let at = last.map_or(at, |last| last.max(at));
        let entry = Entry::of_amendment(text, amendment, amends, ledger_time(at));
        let Entry::Amendment { digest, .. } = &entry else { return Ok(()) };
        let file = SealedFile { path: plan_path(digest), text: text.to_owned() };
        self.seal(&Sealed { entries: vec![entry], files: vec![file] }, None)?;
        self.finish_pending()
    }

    /// Reads the plan in force again, after an amendment.
    pub(super) fn reload_plan(&mut self) -> Result<(), Error> {
        let plan = plan_in_force(&self.directory, &self.log, &self.genesis.plan)?;
        self.kernel = kernel(&plan, event_order(&self.log)?)?;
        self.plan = plan;
        Ok(())
    }
}

/// Refuses a code that begins within a period which a table measures as one: figures of the steps
/// before it are public, and they would change.
fn check_periods(plan: &Plan, amendment: &Amendment) -> Result<(), Error> {
    if amendment.added.is_empty() {
        return Ok(());
    }
    let step = amendment.first_step(plan.step());
    let window = plan.window_of(step);
    let steps = plan.steps_of(window);
    // Fits: a window has fewer than 2^16 steps.
    let at = steps.partition_point(|other| other.start() < step.start()) as u32;
    for (number, dataflow) in plan.dataflows.iter().enumerate() {
        let prices = prices(plan, number, window)?;
        let read = read_codes(plan, dataflow, &steps, &prices);
        for (dimension, read) in dataflow.structure.dimensions().iter().zip(&read) {
            let list = &dimension.code_list;
            let added = amendment.added.iter().filter(|added| added.list == list.id);
            let mut places = added.filter_map(|added| list.position(&added.code));
            let Some(start) = places.find_map(|place| {
                let start = read[usize::from(place)].start;
                (start < at).then_some(start)
            }) else {
                continue;
            };
            let rule = format!(
                "{} is measured in longer periods, of which one began on {}, so a code of {} can \
                 be added from the first day of the next",
                dataflow.id,
                steps[start as usize].first(),
                list.id
            );
            let error = AmendError::From { rule, given: amendment.from };
            return Err(Error::Amendment(LedgerRule::Amendment(Box::new(error))));
        }
    }
    Ok(())
}
