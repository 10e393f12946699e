//! The calendar strategy: every step by itself, and every longer period as one weighted sum.
//!
//! Not here: which day lies in which week or month. A period may be anything that can be compared;
//! consecutive steps with equal periods are one node. If the window cuts a period, the part inside
//! the window is a node like any other.
//!
//! Invariants:
//! 1. Two neighbouring steps share a node if and only if they share the period
//!    (`tests::nodes_are_runs_of_equal_periods`). Proof: `calendar.proof.md`.

use super::{Level, STEPS_MAX, Strategy};
use crate::Result;

impl Level {
    /// The level of the single steps. If there are more steps than the limit, it has one too many,
    /// which [`Strategy::new`] refuses.
    pub fn steps(weight: u32, steps: u32) -> Self {
        Self { weight, ends: (1..=steps.min(STEPS_MAX + 1)).collect() }
    }

    /// The level whose nodes are the runs of equal periods, given the period of each step.
    pub fn periods<P: PartialEq>(weight: u32, periods: impl IntoIterator<Item = P>) -> Self {
        let mut ends = Vec::new();
        let mut open: Option<P> = None;
        let mut step = 0;
        for period in periods {
            if open.as_ref().is_some_and(|open| *open != period) {
                ends.push(step);
            }
            open = Some(period);
            step += 1;
        }
        if open.is_some() {
            ends.push(step);
        }
        Self { weight, ends }
    }
}

impl Strategy {
    /// The strategy of `steps` single steps with `weight`, and of the `longer` levels.
    /// Errors: as [`Strategy::new`].
    pub fn calendar(weight: u32, steps: u32, longer: Vec<Level>) -> Result<Self> {
        let mut levels = vec![Level::steps(weight, steps)];
        levels.extend(longer);
        Self::new(levels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_runs_of_equal_periods() {
        let level = Level::periods(3, ["w1", "w1", "w2", "w2", "w2", "w1"]);
        assert_eq!(level, Level { weight: 3, ends: vec![2, 5, 6] });
        assert_eq!(Level::periods(1, [0; 4]).ends, vec![4]);
        assert_eq!(Level::periods(1, 0..3).ends, vec![1, 2, 3]);
        assert!(Level::periods::<u8>(1, []).ends.is_empty());
    }

    #[test]
    fn a_calendar_is_the_steps_and_the_longer_levels() {
        let weeks = Level::periods(2, (0..10).map(|day| (day + 3) / 7));
        let strategy = Strategy::calendar(5, 10, vec![weeks]).unwrap();
        assert_eq!(strategy.levels()[1].ends, vec![4, 10]);
        assert_eq!(strategy.gram(0, 3), 4);
        assert_eq!(strategy.gram(3, 4), 0);
        assert_eq!(strategy.gram(3, 3), 29);
        assert!(Strategy::calendar(5, 9, vec![Level::periods(2, [0; 10])]).is_err());
    }
}
