//! For which sources a step still waits, and which were silent when it was released.
//!
//! Not here: the plan's rule (crate `model`, module `plan::sources`), and deliveries themselves
//! (module `deliver`).
//!
//! Invariants:
//! 1. A step is released when all of its due sources have declared it complete, or when the plan's
//!    longest wait is over, and never before it is due
//!    (`tidegauge/tests/sources.rs`: `a_step_waits_for_its_sources`). If a server finds a step
//!    overdue, the longest wait begins with the server, or with the store's first events: the
//!    sources could not deliver before
//!    (`tidegauge/tests/sources.rs`: `sources_have_time_for_what_is_past`).
//! 2. The instant of a release follows from the plan and from when sources declared, never from
//!    events (the same test).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tidegauge_model::{Period, Source};

use super::control::Declared;
use super::open::Store;
use crate::error::Error;

/// What the sources of a store have declared, by their ids.
pub(super) type DeclaredBySource = BTreeMap<String, Declared>;

impl Store {
    /// The instant at which a step is released: when it is due and all of its due sources have
    /// declared it complete, or when the longest wait is over, which begins at `wait_from` if that
    /// is later. It lies in the future while the step waits, and comes forward as sources declare.
    pub(super) fn release_instant(
        &self,
        step: Period,
        declared: &DeclaredBySource,
        wait_from: Option<Timestamp>,
    ) -> Timestamp {
        let due = self.plan.due(step);
        let latest = self.plan.latest_release(step).max(self.waited_from(wait_from));
        let end = self.plan.step_end(step);
        let declared_at = |source: &Source| {
            let own = declared.get(&source.id).filter(|own| own.complete_until >= end)?;
            Timestamp::from_millisecond(own.declared_at).ok()
        };
        let sources = self.plan.due_sources(step);
        let complete = sources.map(|source| declared_at(source).unwrap_or(latest)).max();
        complete.map_or(due, |complete| complete.clamp(due, latest))
    }

    /// The end of the longest wait, if it begins at this instant.
    fn waited_from(&self, wait_from: Option<Timestamp>) -> Timestamp {
        let (Some(from), Some(intake)) = (wait_from, &self.plan.intake) else {
            return Timestamp::MIN;
        };
        let wait = SignedDuration::from_mins(i64::from(intake.longest_wait_minutes));
        from.saturating_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// The sources that deliver for a step and have not declared it complete, in the order of the
    /// plan.
    pub(super) fn silent(&self, step: Period) -> Result<Vec<String>, Error> {
        if self.plan.sources.is_empty() {
            return Ok(vec![]);
        }
        let (declared, end) = (self.control.completeness()?, self.plan.step_end(step));
        let is_silent = |id: &String| declared.get(id).is_none_or(|own| own.complete_until < end);
        let delivering = self.plan.delivering(step).map(|source| source.id.clone());
        Ok(delivering.filter(is_silent).collect())
    }
}
