//! A state of the ledger, named by its size or by an instant.
//!
//! Not here: what was released by then ([`crate::catalogue`]).
//!
//! The time of an entry is the wall clock of whoever made it, in whole seconds, or the end of its
//! embargo where that came later; an instant stands for all entries before the first one that was
//! told later.
//!
//! Invariants:
//! 1. An instant and the size that it stands for answer alike
//!    (`tests::formats::an_instant_is_the_size_of_the_ledger_then`).

use std::sync::Arc;

use jiff::Timestamp;
use tidegauge_ledger::Entry;
use tidegauge_model::Plan;

use crate::answer::Held;
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::query::Parameters;

/// A state of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// That of all entries told up to this instant.
    Instant(Timestamp),
    /// That of so many entries.
    Size(u64),
}

impl Moment {
    /// The number of entries that were there.
    pub fn size(self, catalogue: &Catalogue) -> u64 {
        match self {
            Moment::Size(size) => size,
            Moment::Instant(instant) => catalogue.told_by(instant),
        }
    }
}

impl Catalogue {
    /// The plan that was in force when the ledger had this many entries; that in force now where
    /// there was none.
    pub fn plan_at(&self, size: u64) -> &Arc<Plan> {
        self.ledger().succession.at(size).map_or(&self.plan, |state| &state.plan)
    }

    /// What a dataflow has under embargo, where what is public of it verifies.
    pub fn held(&self, dataflow: usize) -> Option<Held> {
        let (_, last) = self.embargoed(dataflow)?;
        let window = Arc::clone(self.flows[dataflow].windows.first()?);
        Some(Held { last, window })
    }

    /// The plan that was in force at the state that is asked for.
    ///
    /// Errors: a state that the ledger has not reached.
    pub fn plan_for(&self, parameters: &Parameters) -> Result<&Arc<Plan>, Error> {
        Ok(self.plan_at(parameters.size(self)?))
    }
}

/// When an entry was made, as the ledger words it.
pub fn made_at(entry: &Entry) -> &str {
    match entry {
        Entry::Genesis { at, .. }
        | Entry::Amendment { at, .. }
        | Entry::Plan { at, .. }
        | Entry::Charge { at, .. }
        | Entry::Release { at, .. } => at,
    }
}
