//! Late events in flows: events that came for a step after it had closed, and who had counted
//! before.
//!
//! Not here: when a step is measured again (the host's calendar), and how many late contributions
//! a person has left (module `bound`).
//!
//! Invariants:
//! 1. A person counts at most once in each (step, cell) of a flow of PERSONS, on time and late
//!    together (`tests/late.rs`: `on_time_and_late_together_stay_within_the_bound`).
//! 2. Counts never wrap: they are summed with a check (`late::tests::an_overflow_is_refused`).

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::event::{Event, Pseudonym};
use crate::fault::is_planted;
use crate::tally::{Overflow, Tally};

/// Which persons have an event, folded before, in a cell of a flow in the step this many steps ago;
/// for a table, in any cell, which is noted as cell 0. [`crate::Kernel::note_earlier`] fills it,
/// or, if events can be corrected, [`crate::Kernel::revise_late`].
#[derive(Clone, Default)]
pub struct EarlierEvents {
    seen: HashSet<(Pseudonym, CountedUnit)>,
    /// If events can be corrected: how many of a person's events, those folded now included, stand
    /// in each cell of a flow in the step this many steps ago.
    pub(crate) standing: HashMap<(Pseudonym, u8, usize), BTreeMap<usize, u32>>,
    /// By person, id and time of a row that corrects or retracts: the row that stood before it.
    pub(crate) replaced: HashMap<(Pseudonym, u64, i64), Event>,
}

/// A unit in which a person counts once late: (age, dataflow, unit).
type CountedUnit = (u8, usize, usize);

impl EarlierEvents {
    /// Notes that a person has an event in a unit.
    pub(crate) fn see(&mut self, person: Pseudonym, unit: CountedUnit) {
        self.seen.insert((person, unit));
    }

    /// Whether a person has an event in a unit.
    pub(crate) fn has_seen(&self, person: Pseudonym, unit: CountedUnit) -> bool {
        if is_planted("mark-forgets-person") {
            return self.seen.iter().any(|(_, seen)| *seen == unit);
        }
        self.seen.contains(&(person, unit))
    }
}

/// The counts to which one step's fold adds, and the earlier events that decide whether a late one
/// counts.
pub struct StepCounts<'a> {
    /// The number of the step being folded.
    pub number: i32,
    /// Counts on time.
    pub tally: &'a mut Tally,
    /// Changes of the persons present, by cell of each stock ([`crate::Kernel::presence`]).
    pub present: &'a mut Tally,
    /// The earlier events of the persons with late events.
    pub earlier: &'a EarlierEvents,
    /// Counts of late contributions.
    pub late: &'a mut LateTally,
}

/// Exact late increments: (age, dataflow, cell) to count. The age is the number of steps before the
/// step being folded.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LateTally(BTreeMap<(u8, usize, usize), i64>);

impl LateTally {
    /// Adds one late contribution, or takes one back. A fold holds fewer than 2^63 events, so the
    /// sum cannot wrap.
    pub(crate) fn add(&mut self, age: u8, dataflow: usize, cell: usize, increment: i64) {
        *self.0.entry((age, dataflow, cell)).or_default() += increment;
    }

    /// The counts by age, dataflow and cell; those not listed are zero.
    pub fn counts(&self) -> impl Iterator<Item = ((u8, usize, usize), i64)> {
        self.0.iter().map(|(&place, &count)| (place, count))
    }

    /// Adds another tally.
    ///
    /// Errors: [`Overflow`] when a sum does not fit.
    pub fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        for (place, count) in other.counts() {
            let sum = self.0.entry(place).or_default();
            *sum = sum.checked_add(count).ok_or(Overflow)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overflow_is_refused() {
        let mut one = LateTally(BTreeMap::from([((1, 0, 0), i64::MAX)]));
        let mut other = LateTally::default();
        other.add(2, 0, 0, 1);
        assert_eq!(one.merge(&other), Ok(()));
        other.add(1, 0, 0, 1);
        assert_eq!(one.merge(&other), Err(Overflow));
        assert_eq!(one.counts().last(), Some(((2, 0, 0), 1)));
    }
}
