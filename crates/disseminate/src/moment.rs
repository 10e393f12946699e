//! A state of the ledger, named by its size or by an instant.
//!
//! Not here: what was released by then ([`crate::catalogue`]).
//!
//! The time of an entry is the wall clock of whoever made it, in whole seconds; an instant stands
//! for all entries before the first one that was made later.
//!
//! Invariants:
//! 1. An instant and the size that it stands for answer alike
//!    (`tests::formats::an_instant_is_the_size_of_the_ledger_then`).

use jiff::Timestamp;
use tidegauge_ledger::Entry;

/// A state of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// That of all entries made up to this instant.
    Instant(Timestamp),
    /// That of so many entries.
    Size(u64),
}

impl Moment {
    /// The number of entries that were there, of these.
    pub fn size(self, entries: &[Entry]) -> u64 {
        match self {
            Moment::Size(size) => size,
            Moment::Instant(instant) => {
                // An entry whose time cannot be read is as old as the one before it.
                let is_later = |entry: &Entry| {
                    made_at(entry).parse::<Timestamp>().is_ok_and(|at| at > instant)
                };
                entries.iter().position(is_later).unwrap_or(entries.len()) as u64
            }
        }
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
