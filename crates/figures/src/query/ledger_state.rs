//! A state of the ledger, named by its size or by an instant.
//!
//! Not here: the releases up to then ([`crate::catalogue`]).
//!
//! The time of an entry is the wall clock of its maker, in whole seconds, or the end of its embargo
//! if that came later; an instant stands for all entries before the first one that was published
//! later.
//!
//! Invariants:
//! 1. An instant and the size that it stands for give the same answer
//!    (`serve::tests::formats::an_instant_is_the_size_of_the_ledger_then`).

use jiff::Timestamp;

/// A state of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerState {
    /// The state after all entries published up to this instant.
    Instant(Timestamp),
    /// The state of this many entries.
    Size(u64),
}
