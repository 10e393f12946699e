//! Exhaustive searches over all that one person may contribute, compared with the formulas.
//!
//! Not here: speed. Every search goes through all allowed contribution vectors and adds up u'Gu
//! entry by entry, and shares nothing with the formulas but G.

use std::collections::HashMap;

use super::*;
use crate::strategy::tests::{any_strategy, ends_of, leap_year};
use crate::strategy::{Level, Strategy};
use proptest::prelude::*;
use proptest::strategy::Strategy as Arbitrary;

/// u'Gu.
fn square(strategy: &Strategy, u: &[i64]) -> i64 {
    let mut sum = 0;
    for (s, left) in u.iter().enumerate() {
        for (t, right) in u.iter().enumerate() {
            sum += left * right * strategy.gram(s as u32, t as u32) as i64;
        }
    }
    sum
}

/// The worst of all ways to put at most `window` ones into `cells` cells, none twice into one
/// (step, cell), at most `sub.bound` of them in a block.
fn worst_sets(strategy: &Strategy, window: u32, sub: Option<&SubBound>, cells: u32) -> u128 {
    let steps = strategy.steps();
    let whole = SubBound { ends: vec![steps], bound: window };
    let sub = sub.unwrap_or(&whole);
    let sets = 0u32..1 << steps;
    let values: Vec<i64> = sets
        .map(|set| {
            let u: Vec<i64> = (0..steps).map(|step| i64::from(set >> step & 1)).collect();
            square(strategy, &u)
        })
        .collect();
    let mut blocks = Vec::new();
    let mut first = 0;
    for &end in &sub.ends {
        blocks.push(((1u32 << end) - (1u32 << first), sub.bound));
        first = end;
    }
    blocks.push(((1 << steps) - 1, window));
    deal(&values, &mut blocks, cells, 0) as u128
}

/// The worst way to give each of `cells` cells a set of steps, none below `least` (cells are
/// alike), within what is left of every block.
fn deal(values: &[i64], blocks: &mut [(u32, u32)], cells: u32, least: usize) -> i64 {
    if cells == 0 {
        return 0;
    }
    let mut worst = 0;
    for set in least..values.len() {
        let taken = |block: u32| (set as u32 & block).count_ones();
        if blocks.iter().all(|&(block, left)| taken(block) <= left) {
            blocks.iter_mut().for_each(|(block, left)| *left -= taken(*block));
            worst = worst.max(values[set] + deal(values, blocks, cells - 1, set));
            blocks.iter_mut().for_each(|(block, left)| *left += taken(*block));
        }
    }
    worst
}

/// The worst of all paths of presence from `step` on, at `place` (`None`, or a cell).
fn worst_presence(
    strategy: &Strategy,
    u: &mut Vec<Vec<i64>>,
    step: usize,
    place: Option<usize>,
    left: u32,
) -> i64 {
    if step == strategy.steps() as usize {
        return u.iter().map(|u| square(strategy, u)).sum();
    }
    let mut worst = worst_presence(strategy, u, step + 1, place, left);
    if left > 0 {
        let moves: Vec<(usize, i64, Option<usize>)> = match place {
            Some(cell) => vec![(cell, -1, None)],
            None => (0..u.len()).map(|cell| (cell, 1, Some(cell))).collect(),
        };
        for (cell, sign, next) in moves {
            u[cell][step] = sign;
            worst = worst.max(worst_presence(strategy, u, step + 1, next, left - 1));
            u[cell][step] = 0;
        }
    }
    worst
}

fn worst_paths(strategy: &Strategy, changes: u32, cells: u32) -> u128 {
    let mut u = vec![vec![0; strategy.steps() as usize]; cells as usize];
    let absent = worst_presence(strategy, &mut u, 0, None, changes);
    absent.max(worst_presence(strategy, &mut u, 0, Some(0), changes)) as u128
}

/// The worst of all ways to put `left` ones anywhere, several into one (step, cell) or not.
fn worst_numbers(strategy: &Strategy, u: &mut Vec<Vec<i64>>, place: usize, left: u32) -> i64 {
    let steps = strategy.steps() as usize;
    if place == steps * u.len() {
        return u.iter().map(|u| square(strategy, u)).sum();
    }
    let mut worst = 0;
    for here in 0..=left {
        u[place / steps][place % steps] = i64::from(here);
        worst = worst.max(worst_numbers(strategy, u, place + 1, left - here));
    }
    u[place / steps][place % steps] = 0;
    worst
}

fn once_per_cell(window: u32, sub: Option<SubBound>) -> Participation {
    Participation::OncePerStepAndCell { window, sub }
}

fn sub_bounds(steps: u32) -> impl Arbitrary<Value = SubBound> {
    let cuts = prop::collection::vec(any::<bool>(), steps as usize);
    (cuts, 1u32..=3).prop_map(|(cuts, bound)| SubBound { ends: ends_of(&cuts), bound })
}

fn with_sub(steps_max: u32) -> impl Arbitrary<Value = (Strategy, SubBound)> {
    any_strategy(steps_max).prop_flat_map(|strategy| {
        let steps = strategy.steps();
        (Just(strategy), sub_bounds(steps))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Sums over periods without the single steps, as measured for some residuals.
    #[test]
    #[test]
    fn sums_over_periods_are_exact(
        strategy in any_strategy(8),
        window in 1u32..=4,
        month in prop::option::of(1u32..=2),
    ) {
        let steps = strategy.steps();
        let longer = strategy.levels()[1..].to_vec();
        let ends = if steps > 3 { vec![3, steps] } else { vec![steps] };
        let sub = month.map(|bound| SubBound { ends, bound });
        let claimed = once_per_step(steps, &longer, window, sub.as_ref()).unwrap();
        let allowed = |set: &u32| {
            let early = (set & 7).count_ones();
            let late = (set & !7).count_ones();
            let cap = month.unwrap_or(window);
            set.count_ones() <= window && early.max(late) <= cap
        };
        let worth = |set: u32| -> u64 {
            let mut sum = 0;
            for level in &longer {
                let mut first = 0;
                for &end in &level.ends {
                    let inside = (set & ((1 << end) - (1 << first))).count_ones();
                    sum += level.square() * u64::from(inside).pow(2);
                    first = end;
                }
            }
            sum
        };
        let worst = (0u32..1 << steps).filter(allowed).map(worth).max().unwrap_or(0);
        prop_assert_eq!(claimed, u128::from(worst));
    }

    /// With as many cells as contributions, further cells cannot raise the sum.
    #[test]
    fn the_sensitivity_is_attained(strategy in any_strategy(6), window in 1u32..=5) {
        let found = worst_sets(&strategy, window, None, window);
        let claimed = sensitivity_squared(&strategy, &once_per_cell(window, None)).unwrap();
        prop_assert_eq!(claimed, found);
    }

    #[test]
    fn no_contribution_exceeds_the_sensitivity(
        (strategy, sub) in with_sub(7),
        window in 1u32..=6,
        cells in 1u32..=3,
        bounded in any::<bool>(),
    ) {
        let sub = bounded.then_some(sub);
        let found = worst_sets(&strategy, window, sub.as_ref(), cells);
        let claimed = sensitivity_squared(&strategy, &once_per_cell(window, sub)).unwrap();
        prop_assert!(found <= claimed, "{} over {}", found, claimed);
    }

    #[test]
    fn within_one_cell_the_sub_bound_is_exact(
        (strategy, sub) in with_sub(11),
        window in 1u32..=6,
        bounded in any::<bool>(),
    ) {
        let sub = bounded.then_some(sub);
        let found = worst_sets(&strategy, window, sub.as_ref(), 1);
        let (steps, levels) = (strategy.steps(), strategy.levels());
        let within = same_sign::within_one_cell(steps, levels, window, sub.as_ref()).unwrap();
        prop_assert_eq!(*within.last().unwrap(), found);
    }

    #[test]
    fn the_alternating_sensitivity_is_attained(
        strategy in any_strategy(9),
        changes in 1u32..=6,
        cells in 1u32..=3,
    ) {
        let found = worst_paths(&strategy, changes, cells);
        let claimed =
            sensitivity_squared(&strategy, &Participation::Alternating { changes, cells });
        prop_assert_eq!(claimed.unwrap(), found);
    }

    /// Every way to choose for each cell one step or none, within the bound.
    #[test]
    fn once_in_each_cell_is_attained(
        strategy in any_strategy(5),
        window in 1u32..=3,
        cells in 1u32..=4,
    ) {
        let choices = strategy.steps() + 1;
        let mut found = 0;
        for way in 0..choices.pow(cells) {
            let of_cell = |cell: u32| (way / choices.pow(cell) % choices).checked_sub(1);
            let chosen: Vec<u32> = (0..cells).filter_map(of_cell).collect();
            if chosen.len() <= window as usize {
                let alone = |&step: &u32| u128::from(strategy.gram(step, step));
                found = found.max(chosen.iter().map(alone).sum());
            }
        }
        let once = Participation::OncePerCell { window };
        let claimed = sensitivity_squared(&strategy, &once).unwrap();
        prop_assert!(found <= claimed);
        if cells >= window {
            prop_assert_eq!(claimed, found);
        }
    }

    #[test]
    fn contributions_without_number_are_worst_in_one_place(
        strategy in any_strategy(4),
        window in 1u32..=4,
        cells in 1usize..=2,
    ) {
        let mut u = vec![vec![0; strategy.steps() as usize]; cells];
        let found = worst_numbers(&strategy, &mut u, 0, window) as u128;
        let claimed = sensitivity_squared(&strategy, &Participation::AnyNumber { window });
        prop_assert_eq!(claimed.unwrap(), found);
        let once = sensitivity_squared(&strategy, &Participation::Once).unwrap();
        prop_assert_eq!(once, worst_numbers(&strategy, &mut u, 0, 1) as u128);
    }
}

/// A simple forward program over days whose state is every count at once: those of open nodes, the
/// block's, and the total. Slow, and quite unlike the tables of `same_sign`.
fn forward(strategy: &Strategy, window: u32, sub: &SubBound) -> u64 {
    let levels = strategy.levels();
    let mut front = HashMap::from([(vec![0u32; levels.len() + 2], 0u64)]);
    for step in 0..strategy.steps() {
        let mut next: HashMap<Vec<u32>, u64> = HashMap::new();
        for (counts, worth) in front {
            for chosen in [0, 1] {
                let mut counts = counts.clone();
                let mut worth = worth;
                counts.iter_mut().for_each(|count| *count += chosen);
                if counts[levels.len()] > sub.bound || counts[levels.len() + 1] > window {
                    continue;
                }
                for (count, level) in counts.iter_mut().zip(levels) {
                    if level.ends.contains(&(step + 1)) {
                        worth += level.square() * u64::from(*count).pow(2);
                        *count = 0;
                    }
                }
                if sub.ends.contains(&(step + 1)) {
                    counts[levels.len()] = 0;
                }
                let best = next.entry(counts).or_insert(0);
                *best = worth.max(*best);
            }
        }
        front = next;
    }
    front.into_values().max().unwrap()
}

#[test]
fn a_leap_year_of_days_agrees_with_the_plain_forward_program() {
    let strategy = leap_year();
    for (window, bound) in [(24, 4), (9, 2), (11, 11)] {
        let sub = SubBound { ends: strategy.levels()[2].ends.clone(), bound };
        let forward = u128::from(forward(&strategy, window, &sub));
        let claimed = sensitivity_squared(&strategy, &once_per_cell(window, Some(sub))).unwrap();
        assert_eq!(claimed, forward);
    }
}

#[test]
fn one_cell_is_not_always_the_worst() {
    // Two steps share a node; the other eight are alone.
    let pair = Level::periods(1, [0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    let strategy = Strategy::calendar(1, 10, vec![pair]).unwrap();
    let within = same_sign::within_one_cell(strategy.steps(), strategy.levels(), 4, None).unwrap();
    assert_eq!(within, [0, 2, 6, 8, 10]);
    assert_eq!(sensitivity_squared(&strategy, &once_per_cell(4, None)), Ok(12));
    assert_eq!(worst_sets(&strategy, 4, None, 2), 12);
}

#[test]
fn a_sub_bound_over_all_blocks_limits_the_window() {
    let strategy = Strategy::identity(6).unwrap();
    let sub = Some(SubBound { ends: vec![2, 6], bound: 3 });
    assert_eq!(sensitivity_squared(&strategy, &once_per_cell(100, sub)), Ok(6));
}

#[test]
fn a_stay_costs_at_most_two_measured_steps() {
    let strategy = leap_year();
    let stay = |cells| Participation::Alternating { changes: 2, cells };
    let diagonal = u128::from(strategy.gram_diagonal());
    // Begun and ended in different weeks, months and quarters, within the one year.
    assert_eq!(sensitivity_squared(&strategy, &stay(1)), Ok(2 * (diagonal - 1)));
    // One stay carried in and one begun, in two cells, cancel nowhere.
    assert_eq!(sensitivity_squared(&strategy, &stay(2)), Ok(2 * diagonal));
}

#[test]
fn endless_work_is_refused() {
    let mut levels = leap_year().levels().to_vec();
    levels.extend((5..16).map(|days| Level::periods(1, (0..366).map(|day| (day + 3) / days))));
    let strategy = Strategy::new(levels).unwrap();
    let refusal = Err(Error::WorkTooGreat { limit: WORK_MAX });
    assert_eq!(sensitivity_squared(&strategy, &once_per_cell(24, None)), refusal);
    let stock = Participation::Alternating { changes: 24, cells: 20 };
    assert_eq!(sensitivity_squared(&strategy, &stock), refusal);
}

#[test]
fn bounds_out_of_range_are_refused() {
    let strategy = Strategy::identity(6).unwrap();
    let refusal = Err(Error::BoundOutOfRange { limit: BOUND_MAX });
    for bound in [0, BOUND_MAX + 1] {
        let sub = Some(SubBound { ends: vec![6], bound });
        for participation in [
            once_per_cell(bound, None),
            once_per_cell(1, sub),
            Participation::AnyNumber { window: bound },
            Participation::OncePerCell { window: bound },
            Participation::Alternating { changes: bound, cells: 1 },
        ] {
            assert_eq!(sensitivity_squared(&strategy, &participation), refusal);
        }
    }
    let nowhere = Participation::Alternating { changes: 1, cells: 0 };
    assert_eq!(sensitivity_squared(&strategy, &nowhere), Err(Error::CellsZero));
    let sub = Some(SubBound { ends: vec![5], bound: 1 });
    let refusal = Err(Error::EndsNotPartition { steps: 6 });
    assert_eq!(sensitivity_squared(&strategy, &once_per_cell(1, sub)), refusal);
}
