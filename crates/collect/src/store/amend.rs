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

use jiff::Timestamp;
use tidegauge_ledger::{Entry, Succession, plan_path};
use tidegauge_model::{Amendment, Plan, days};

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
        Ok(plan)
    }

    /// Puts an amendment in force permanently; `text` is that of its file, byte for byte.
    ///
    /// Errors: as [`Self::amended`], and nothing changes.
    pub fn amend(
        &mut self,
        text: &str,
        amendment: &Amendment,
        now: Timestamp,
    ) -> Result<(), Error> {
        let amended = self.put_in_force(text, amendment, now);
        amended.map_err(|error| error.or_full_disk(&private_directory(&self.directory)))
    }

    fn put_in_force(
        &mut self,
        text: &str,
        amendment: &Amendment,
        now: Timestamp,
    ) -> Result<(), Error> {
        let succession = succession(&self.directory, &self.log)?;
        self.amended_in(&succession, amendment, now)?;
        let amends = succession.newest().map_or("", |newest| newest.digest.as_str());
        let entry = Entry::of_amendment(text, amendment, amends, ledger_time(now));
        let Entry::Amendment { digest, .. } = &entry else { return Ok(()) };
        let file = SealedFile { path: plan_path(digest), text: text.to_owned() };
        self.seal(&Sealed { entries: vec![entry], files: vec![file] })?;
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
