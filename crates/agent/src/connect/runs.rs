//! Sets of numbers as runs of a first and a last one: what follows each other takes no room.
//!
//! Not here: what is numbered.
//!
//! Invariants:
//! 1. A set comes back the same, and a broken file does not fill the memory
//!    (`connect::runs::tests::numbers_come_back`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// No delivery has as many rows or messages.
const NUMBERS_MAX: u64 = 1_000_000;

/// A set of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct Runs(Vec<(u64, u64)>);

impl Runs {
    pub(super) fn new(numbers: impl IntoIterator<Item = u64>) -> Self {
        let numbers: BTreeSet<u64> = numbers.into_iter().collect();
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for number in numbers {
            match runs.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
                _ => runs.push((number, number)),
            }
        }
        Self(runs)
    }

    #[cfg(feature = "postgres")]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers; `None` if they cannot be those of a delivery.
    pub(super) fn numbers(&self) -> Option<BTreeSet<u64>> {
        let mut left = NUMBERS_MAX;
        for (first, last) in &self.0 {
            left = left.checked_sub(last.checked_sub(*first)?)?.checked_sub(1)?;
        }
        Some(self.0.iter().flat_map(|&(first, last)| first..=last).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let numbers: BTreeSet<u64> = [1, 2, 3, 7, u64::MAX].into();
        let runs = Runs::new(numbers.clone());
        assert_eq!(runs.0, [(1, 3), (7, 7), (u64::MAX, u64::MAX)]);
        assert_eq!(runs.numbers(), Some(numbers));
        for broken in [vec![(0, u64::MAX)], vec![(2, 1)], vec![(0, NUMBERS_MAX)]] {
            assert_eq!(Runs(broken).numbers(), None);
        }
    }
}
