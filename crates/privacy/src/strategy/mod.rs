//! Strategies: which weighted sums of steps are measured.
//!
//! A strategy is an integer matrix C with one row for each node. A node is a run of consecutive
//! steps with the weight of its level; the nodes of one level cover each step once. G = C'C is its
//! Gram matrix.
//!
//! Not here: how much one person can move the measurements (see [`crate::sensitivity`]), the noise,
//! and calendars: a node is a run of step numbers.
//!
//! Invariants:
//! 1. The first level consists of the single steps, so G is positive definite and every step can be
//!    estimated (`tests::the_first_level_is_the_single_steps`).
//! 2. The nodes of a level cover every step once (`tests::levels_are_partitions`), and over all
//!    steps every node completes once (`tests::every_node_completes_once`).
//! 3. G is computed in integers and equals C'C (`tests::the_gram_matrix_is_the_product`); its
//!    diagonal is constant.
//! 4. There are so few steps, weights and levels that no sum of this crate over a Gram matrix
//!    leaves 64 bits for one contribution in each step: 366^2 * 16 * (2^16)^2 < 2^55.

mod calendar;
mod identity;
pub mod recursion;

use crate::{Error, Result};

/// The most steps of a strategy: the days of a leap year.
pub const STEPS_MAX: u32 = 366;
/// The most levels.
pub const LEVELS_MAX: usize = 16;
/// The largest weight.
pub const WEIGHT_MAX: u32 = 65_535;

/// A partition of the steps into consecutive nodes, measured with one weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The factor of a node's sum before noise is added.
    pub weight: u32,
    /// The step after each node's last; node `i` covers the steps from `ends[i - 1]` (or 0) to
    /// before `ends[i]`.
    pub ends: Vec<u32>,
}

/// A node: one measured sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The position of its level in the strategy.
    pub level: usize,
    /// Its position in the level.
    pub number: u32,
    /// The first step it covers.
    pub first: u32,
    /// The last step it covers.
    pub last: u32,
}

/// A checked set of levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    steps: u32,
    levels: Vec<Level>,
}

impl Strategy {
    /// The strategy of these levels; the first must be the single steps.
    /// Errors: no level or too many, a weight or number of steps out of range, a level that is not
    /// a partition of the steps.
    pub fn new(levels: Vec<Level>) -> Result<Self> {
        let Some(first) = levels.first().filter(|_| levels.len() <= LEVELS_MAX) else {
            return Err(Error::LevelsOutOfRange { limit: LEVELS_MAX });
        };
        let steps = u32::try_from(first.ends.len()).unwrap_or(u32::MAX);
        if !(1..=STEPS_MAX).contains(&steps) {
            return Err(Error::StepsOutOfRange { limit: STEPS_MAX });
        }
        if !first.ends.iter().copied().eq(1..=steps) {
            return Err(Error::FirstLevelNotSteps);
        }
        for level in &levels {
            if !(1..=WEIGHT_MAX).contains(&level.weight) {
                return Err(Error::WeightOutOfRange { limit: WEIGHT_MAX.into() });
            }
            check_partition(&level.ends, steps)?;
        }
        Ok(Self { steps, levels })
    }

    /// The number of steps.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// The levels, the single steps first.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The entry of G = C'C for two steps: the sum of squared weights of the nodes that contain
    /// both. Zero for a step past the last.
    pub fn gram(&self, s: u32, t: u32) -> u64 {
        if s.max(t) >= self.steps {
            return 0;
        }
        let together = self.levels.iter().filter(|level| level.node_of(s) == level.node_of(t));
        together.map(Level::square).sum()
    }

    /// The diagonal of G, the same for every step: each step lies in one node of each level.
    pub fn gram_diagonal(&self) -> u64 {
        self.levels.iter().map(Level::square).sum()
    }

    /// The nodes whose last step is `step`, in level order.
    pub fn completed_at(&self, step: u32) -> Vec<Node> {
        let node = |(position, level): (usize, &Level)| level.completed_at(position, step);
        self.levels.iter().enumerate().filter_map(node).collect()
    }
}

impl Level {
    /// The weight, squared.
    pub(crate) fn square(&self) -> u64 {
        u64::from(self.weight).pow(2)
    }

    /// The node whose last step is `step`, if one ends there, labelled with this position of the
    /// level.
    pub fn completed_at(&self, position: usize, step: u32) -> Option<Node> {
        let number = self.ends.binary_search(&step.checked_add(1)?).ok()?;
        let first = if number == 0 { 0 } else { self.ends[number - 1] };
        Some(Node { level: position, number: number as u32, first, last: step })
    }

    fn node_of(&self, step: u32) -> usize {
        self.ends.partition_point(|&end| end <= step)
    }
}

/// Whether `ends` are the ends of consecutive runs that cover `steps` steps.
pub(crate) fn check_partition(ends: &[u32], steps: u32) -> Result<()> {
    let increasing = ends.windows(2).all(|pair| pair[0] < pair[1]);
    let whole = ends.first().is_some_and(|&end| end > 0) && ends.last() == Some(&steps);
    if increasing && whole { Ok(()) } else { Err(Error::EndsNotPartition { steps }) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::strategy::Strategy;
    use proptest::prelude::*;
    use proptest::strategy::Strategy as Arbitrary;

    /// Up to `steps_max` steps with up to three further levels, nested or not.
    pub(crate) fn any_strategy(steps_max: u32) -> impl Arbitrary<Value = Strategy> {
        let level = |steps| (1u32..=4, prop::collection::vec(any::<bool>(), steps as usize));
        (1..=steps_max).prop_flat_map(move |steps| {
            let longer = prop::collection::vec(level(steps), 0..=3);
            (1u32..=4, longer).prop_map(move |(weight, longer)| {
                let longer = longer.into_iter();
                let longer = longer.map(|(weight, cuts)| Level { weight, ends: ends_of(&cuts) });
                Strategy::calendar(weight, steps, longer.collect()).unwrap()
            })
        })
    }

    /// Days, ISO weeks, months, quarters and the year of a leap year that begins on a Monday.
    pub(crate) fn leap_year() -> Strategy {
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let months = || (0..12).flat_map(|month| std::iter::repeat_n(month, lengths[month]));
        let longer = vec![
            Level::periods(3, (0..366).map(|day| day / 7)),
            Level::periods(2, months()),
            Level::periods(1, months().map(|month| month / 3)),
            Level::periods(1, [0; 366]),
        ];
        Strategy::calendar(6, 366, longer).unwrap()
    }

    /// A node ends at every cut and at the last step.
    pub(crate) fn ends_of(cuts: &[bool]) -> Vec<u32> {
        let last = cuts.len() - 1;
        let cut = |&(step, &cut): &(usize, &bool)| cut || step == last;
        cuts.iter().enumerate().filter(cut).map(|(step, _)| step as u32 + 1).collect()
    }

    /// C, row by row.
    pub(crate) fn matrix(strategy: &Strategy) -> Vec<Vec<i64>> {
        let mut rows = Vec::new();
        for level in strategy.levels() {
            let mut first = 0;
            for &end in &level.ends {
                let inside = |step| if (first..end).contains(&step) { level.weight } else { 0 };
                rows.push((0..strategy.steps()).map(|step| i64::from(inside(step))).collect());
                first = end;
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn the_gram_matrix_is_the_product(strategy in any_strategy(12)) {
            let rows = matrix(&strategy);
            for s in 0..strategy.steps() {
                for t in 0..strategy.steps() {
                    let product: i64 =
                        rows.iter().map(|row| row[s as usize] * row[t as usize]).sum();
                    prop_assert_eq!(strategy.gram(s, t), product as u64);
                }
                prop_assert_eq!(strategy.gram(s, s), strategy.gram_diagonal());
            }
        }

        #[test]
        fn every_node_completes_once(strategy in any_strategy(12)) {
            let mut nodes: Vec<Node> =
                (0..strategy.steps()).flat_map(|step| strategy.completed_at(step)).collect();
            nodes.sort();
            let mut expected = Vec::new();
            for (level, Level { ends, .. }) in strategy.levels().iter().enumerate() {
                let mut first = 0;
                for (number, &end) in ends.iter().enumerate() {
                    expected.push(Node { level, number: number as u32, first, last: end - 1 });
                    first = end;
                }
            }
            prop_assert_eq!(nodes, expected);
            prop_assert!(strategy.completed_at(strategy.steps()).is_empty());
            prop_assert!(strategy.completed_at(u32::MAX).is_empty());
        }
    }

    #[test]
    fn levels_are_partitions() {
        let steps = || Level { weight: 1, ends: vec![1, 2, 3] };
        for ends in [vec![], vec![0, 3], vec![2, 2, 3], vec![3, 2], vec![2], vec![2, 4]] {
            let refusal = Strategy::new(vec![steps(), Level { weight: 1, ends }]);
            assert_eq!(refusal, Err(Error::EndsNotPartition { steps: 3 }));
        }
        assert!(Strategy::new(vec![steps(), Level { weight: 1, ends: vec![2, 3] }]).is_ok());
    }

    #[test]
    fn the_first_level_is_the_single_steps() {
        let level = |ends| vec![Level { weight: 1, ends }];
        assert_eq!(Strategy::new(level(vec![2])), Err(Error::FirstLevelNotSteps));
        assert_eq!(Strategy::new(level(vec![])), Err(Error::StepsOutOfRange { limit: STEPS_MAX }));
        assert!(Strategy::new(level((1..=STEPS_MAX + 1).collect())).is_err());
        assert_eq!(Strategy::new(vec![]), Err(Error::LevelsOutOfRange { limit: LEVELS_MAX }));
    }

    #[test]
    fn weights_lie_between_one_and_the_limit() {
        for weight in [0, WEIGHT_MAX + 1] {
            let refusal = Strategy::new(vec![Level { weight, ends: vec![1] }]);
            assert_eq!(refusal, Err(Error::WeightOutOfRange { limit: WEIGHT_MAX.into() }));
        }
    }
}
