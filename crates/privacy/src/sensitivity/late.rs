//! The joint cost of one person's on-time and late contributions, if late counts are measured
//! separately and both draw on one bound.
//!
//! A late count of a (step, vintage, cell) is measured once, by itself, with a noise that makes one
//! late contribution cost as much as one on time: its variance is that of the stream divided by the
//! squared sensitivity of one contribution. In units of the stream a person with a contributions on
//! time and b late ones then costs at most A(a) + A(1) L(b), where A(a) is the sensitivity of at
//! most a contributions; L(b) is b if a person counts once in each (step, cell), once in each step,
//! or once in each cell of the window, and b^2 otherwise. In a residual of a table, a contribution
//! that is taken back and counted elsewhere can move a late count by more than its two parts, and
//! L(b) is larger. The joint sensitivity is the greatest of these sums over a + b <= k. It is A(k)
//! whenever k contributions can cost A(a) + A(k - a): then late counts are free. Proof:
//! `late.proof.md`.
//!
//! Not here: which events are late, and how a person is kept within the bound (crate `fold`).
//!
//! Invariants:
//! 1. No contributions on time and late, within the bound, cost more
//!    (`late::tests::no_contributions_on_time_and_late_cost_more`), and some cost as much if there
//!    are as many cells as contributions.
//! 2. Contributions that are taken back do not cost more either, if a person counts once in each
//!    cell of a step (`late::tests::no_contributions_taken_back_cost_more`), or of the window
//!    (`late::tests::a_cell_that_is_taken_back_costs_no_more`).
//! 3. The curve A ends in the sensitivity that is charged without late counts
//!    (`late::tests::the_curve_ends_in_the_sensitivity`).
//! 4. No contributions to a residual, on time, late and taken back, cost more
//!    (`late::tests::no_contributions_to_a_residual_cost_more`), nor with codes that stand apart
//!    (`late::tests::no_contributions_apart_cost_more`).

use super::{
    MeasuredVector, Participation, checked, over_cells_up_to, reach, recursion, same_sign,
};
use crate::fault::is_planted;
use crate::strategy::{Level, Strategy, check_partition};
use crate::{Error, Recursion, Result, Variance};

/// The joint sensitivity of on-time and late contributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JointSensitivity {
    /// The squared sensitivity of both, in squared grid units of the stream.
    pub delta2: u128,
    /// The squared sensitivity of one contribution on time.
    pub one: u128,
    /// The squared amount by which one late contribution moves the late measurement.
    pub norm: u128,
}

impl JointSensitivity {
    /// The variance of a late count, for a stream of this variance.
    /// Unit: contributions squared; for a residual, that of a coordinate of multiple 1.
    /// Guarantee: rounded up, so never less than the price assumes.
    /// Errors: `SensitivityZero`, `NormTooLarge`.
    pub fn late_variance(&self, stream: Variance) -> Result<Variance> {
        if self.one == 0 {
            return Err(Error::SensitivityZero);
        }
        let sixteenths = stream.sixteenths().checked_mul(self.norm);
        let sixteenths = sixteenths.ok_or(Error::NormTooLarge)?;
        let sixteenths =
            if is_planted("late-variance-halved") { sixteenths / 2 } else { sixteenths };
        Variance::from_sixteenths(sixteenths.div_ceil(self.one))
    }
}

/// The joint sensitivity under a strategy of nodes.
/// Guarantee: never below the truth; exact if that of the strategy is.
/// Errors: those of [`super::sensitivity_squared`]; `SensitivityUnproven` for presence.
pub fn joint_sensitivity(
    strategy: &Strategy,
    participation: &Participation,
) -> Result<JointSensitivity> {
    let bound = checked(participation.bound())?;
    let curve = match participation {
        Participation::OncePerStepAndCell { .. } | Participation::OncePerStep { .. } => {
            curve_up_to(strategy.steps(), strategy.levels(), participation)?
        }
        Participation::OncePerCell { .. } => multiples(bound, strategy.gram_diagonal().into())?,
        Participation::AnyNumber { .. } => squares(bound, strategy.gram_diagonal().into())?,
        _ => return Err(UNPROVEN),
    };
    highest(&curve, participation, MeasuredVector::CELL)
}

/// The joint sensitivity of a residual that is summed over the periods of one level, if a person
/// contributes at most once in a step, or once for each code that stands apart (the cells of the
/// participation).
/// Guarantee: an upper bound. Proof: `late.proof.md`, "Tables".
/// Errors: those of [`super::once_per_step`]; `SensitivityUnproven` for any other participation.
pub fn joint_sensitivity_of_periods(
    steps: u32,
    level: &Level,
    participation: &Participation,
    moved: MeasuredVector,
) -> Result<JointSensitivity> {
    check_partition(&level.ends, steps)?;
    let curve = curve_up_to(steps, std::slice::from_ref(level), participation)?;
    let of_residual = |cost: u128| cost.checked_mul(moved.norm).ok_or(Error::NormTooLarge);
    let curve = curve.into_iter().map(of_residual).collect::<Result<Vec<_>>>()?;
    highest(&curve, participation, moved)
}

/// The joint sensitivity under a recursion that restarts with each window.
/// Guarantee: never below the truth, floors included.
/// Errors: those of [`recursion::sensitivity_squared`]; `SensitivityUnproven` for presence and for
/// a recursion that continues.
pub fn joint_sensitivity_of_recursion(
    recursion: &Recursion,
    participation: &Participation,
) -> Result<JointSensitivity> {
    joint_sensitivity_of_residual(recursion, participation, MeasuredVector::CELL)
}

/// The joint sensitivity of a residual each of whose coordinates is measured by this recursion.
/// Guarantee: never below the truth, floors included. Proof: `late.proof.md`, "Tables".
/// Errors: as [`joint_sensitivity_of_recursion`]; `SensitivityUnproven` for a residual if a person
/// can contribute more than once in a step for a code that stands apart.
pub fn joint_sensitivity_of_residual(
    recursion: &Recursion,
    participation: &Participation,
    moved: MeasuredVector,
) -> Result<JointSensitivity> {
    let in_steps = matches!(
        participation,
        Participation::OncePerStep { .. } | Participation::OncePerStepAndCell { .. }
    );
    if recursion.continues() || moved != MeasuredVector::CELL && !in_steps {
        return Err(UNPROVEN);
    }
    let bound = checked(participation.bound())?;
    let linear = match participation {
        Participation::OncePerStepAndCell { sub, .. } => {
            let most = reach(recursion.steps(), bound, sub.as_ref())?;
            let within = recursion::within_one_cell(recursion, most, sub.as_ref())?;
            over_cells_up_to(&within, most as usize)
        }
        Participation::OncePerStep { sub, .. } => {
            let most = reach(recursion.steps(), bound, sub.as_ref())?;
            worst_up_to(recursion::within_one_cell(recursion, most, sub.as_ref())?)
        }
        Participation::OncePerCell { .. } => multiples(bound, one_of_recursion(recursion)?)?,
        Participation::AnyNumber { .. } => squares(bound, one_of_recursion(recursion)?)?,
        _ => return Err(UNPROVEN),
    };
    let floored = |(contributions, &linear): (u32, &u128)| {
        // In a table every coordinate has floors, otherwise every cell that receives a
        // contribution.
        let encoders = moved.moved_by(participation, contributions);
        match contributions {
            0 => Ok(0),
            _ => {
                let linear = linear.checked_mul(moved.norm).ok_or(Error::NormTooLarge)?;
                recursion::with_floors(recursion, linear, encoders)
            }
        }
    };
    let curve = (0..).zip(&linear).map(floored).collect::<Result<Vec<_>>>()?;
    highest(&curve, participation, moved)
}

const UNPROVEN: Error = Error::SensitivityUnproven { participation: "late presence" };

/// The sensitivity of one contribution to a recursion, without floors.
fn one_of_recursion(recursion: &Recursion) -> Result<u128> {
    let within = recursion::within_one_cell(recursion, 1, None)?;
    Ok(within.iter().copied().max().unwrap_or(0))
}

/// At index a: the most that a contributions cost, at most one in each step whatever their cell (in
/// one cell, as in [`super::once_per_step`]), or at most one in each (step, cell).
fn curve_up_to(steps: u32, levels: &[Level], participation: &Participation) -> Result<Vec<u128>> {
    let (Participation::OncePerStep { window, sub }
    | Participation::OncePerStepAndCell { window, sub }) = participation
    else {
        return Err(UNPROVEN);
    };
    let most = reach(steps, *window, sub.as_ref())?;
    let within = same_sign::within_one_cell(steps, levels, most, sub.as_ref())?;
    Ok(match participation {
        Participation::OncePerStep { .. } => worst_up_to(within),
        _ => over_cells_up_to(&within, most as usize),
    })
}

/// From the cost of exactly n contributions, by n, the cost of at most n.
fn worst_up_to(mut within: Vec<u128>) -> Vec<u128> {
    let mut worst = 0;
    for cost in &mut within {
        worst = worst.max(*cost);
        *cost = worst;
    }
    within
}

/// At index a: a times the sensitivity of one. Each is in a cell of its own, and cells add.
fn multiples(bound: u32, one: u128) -> Result<Vec<u128>> {
    let multiple = |a: u32| u128::from(a).checked_mul(one);
    (0..=bound).map(multiple).collect::<Option<_>>().ok_or(Error::SensitivityTooLarge)
}

/// At index a: a^2 times the sensitivity of one.
fn squares(bound: u32, one: u128) -> Result<Vec<u128>> {
    let square = |a: u32| u128::from(a).pow(2).checked_mul(one);
    (0..=bound).map(square).collect::<Option<_>>().ok_or(Error::SensitivityTooLarge)
}

/// The greatest A(a) + A(1) L(b) over a + b <= k. `curve[a]` is A(a); it may end before k, if there
/// cannot be more contributions on time.
fn highest(
    curve: &[u128],
    participation: &Participation,
    moved: MeasuredVector,
) -> Result<JointSensitivity> {
    let bound = participation.bound();
    let one = curve.get(1).copied().unwrap_or(0);
    let mut delta2 = 0;
    for (on_time, &cost) in (0..=bound).zip(curve) {
        let late = late(one, bound - on_time, participation, moved.least);
        let both = late.and_then(|late| late.checked_add(cost));
        delta2 = delta2.max(both.ok_or(Error::SensitivityTooLarge)?);
    }
    Ok(JointSensitivity { delta2, one, norm: moved.norm })
}

/// A(1) L(b), rounded up; `None` above 128 bits.
fn late(one: u128, late: u32, participation: &Participation, least: Option<u32>) -> Option<u128> {
    let late = u128::from(late);
    match (participation, least) {
        (Participation::AnyNumber { .. }, _) => one.checked_mul(late.pow(2)),
        (_, None) => one.checked_mul(late),
        // Two changes of one late count, from one cell of a group of n to another, cost
        // 2 n / (n - 1).
        (_, Some(group)) => {
            let others = u128::from(group.saturating_sub(1).max(1));
            let more = one.checked_mul(late / 2 * 2)?.div_ceil(others);
            one.checked_mul(late)?.checked_add(more)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SubBound, sensitivity_squared};
    use super::*;
    use crate::strategy::Level;

    fn strategies() -> Vec<Strategy> {
        let levels = [
            vec![Level::steps(1, 4)],
            vec![Level::steps(2, 4), Level { weight: 1, ends: vec![2, 4] }],
            vec![
                Level::steps(1, 4),
                Level { weight: 3, ends: vec![1, 3, 4] },
                Level { weight: 2, ends: vec![4] },
            ],
        ];
        levels.map(|levels| Strategy::new(levels).unwrap()).into()
    }

    /// The squared movement of the strategy's nodes by these counts (by step, in one cell), summed.
    fn moved(strategy: &Strategy, counts: &[i128]) -> i128 {
        let mut sum = 0;
        for level in strategy.levels() {
            let mut first = 0;
            for &end in &level.ends {
                let node: i128 = counts[first..end as usize].iter().sum();
                sum += (i128::from(level.weight) * node).pow(2);
                first = end as usize;
            }
        }
        sum
    }

    /// Every way to count on time, late or not at all in each (step, cell) of four steps and two
    /// cells; each late count is a measurement of its own.
    fn searched(strategy: &Strategy, bound: u32, sub: Option<&SubBound>, one: i128) -> i128 {
        let mut worst = 0;
        for choice in 0..3u32.pow(8) {
            let places = (0..8u32).map(|place| choice / 3u32.pow(place) % 3);
            let places: Vec<u32> = places.collect();
            let count_of = |what: u32| places.iter().filter(|&&place| place == what).count();
            let mut first = 0;
            let cut = sub.is_some_and(|sub| {
                sub.ends.iter().any(|&end| {
                    let block = first..end as usize;
                    first = end as usize;
                    let on_time =
                        block.map(|step| (0..2).filter(|c| places[2 * step + c] == 1).count());
                    on_time.sum::<usize>() > sub.bound as usize
                })
            });
            if count_of(1) + count_of(2) > bound as usize || cut {
                continue;
            }
            let cell = |cell: usize| -> Vec<i128> {
                (0..4).map(|step| i128::from(places[2 * step + cell] == 1)).collect()
            };
            let on_time = moved(strategy, &cell(0)) + moved(strategy, &cell(1));
            worst = worst.max(on_time + one * count_of(2) as i128);
        }
        worst
    }

    #[test]
    fn no_contributions_on_time_and_late_cost_more() {
        for strategy in strategies() {
            for bound in 1..=5 {
                for sub in [None, Some(SubBound { ends: vec![2, 4], bound: 1 })] {
                    let rule =
                        Participation::OncePerStepAndCell { window: bound, sub: sub.clone() };
                    let joint = joint_sensitivity(&strategy, &rule).unwrap();
                    let found = searched(&strategy, bound, sub.as_ref(), joint.one as i128);
                    assert!(found <= joint.delta2 as i128, "{strategy:?} {rule:?}");
                    if bound <= 2 && sub.is_none() {
                        assert_eq!(found, joint.delta2 as i128, "{strategy:?} {rule:?}");
                    }
                }
            }
        }
    }

    /// Any number of contributions to any of three steps on time, and to two vintages of each.
    #[test]
    fn any_number_on_time_and_late_costs_no_more() {
        let levels = vec![Level::steps(2, 3), Level { weight: 3, ends: vec![2, 3] }];
        let strategy = Strategy::new(levels).unwrap();
        for bound in 1..=4u32 {
            let joint =
                joint_sensitivity(&strategy, &Participation::AnyNumber { window: bound }).unwrap();
            let mut worst = 0;
            for choice in 0..(bound + 1).pow(9) {
                let counts: Vec<i128> = (0..9u32)
                    .map(|place| (choice / (bound + 1).pow(place) % (bound + 1)).into())
                    .collect();
                if counts.iter().sum::<i128>() > bound.into() {
                    continue;
                }
                let late: i128 = counts[3..].iter().map(|count| count.pow(2)).sum();
                worst = worst.max(moved(&strategy, &counts[..3]) + joint.one as i128 * late);
            }
            assert_eq!(worst, joint.delta2 as i128, "{bound}");
        }
    }

    /// Every way to count once in each of four cells, or not: at any of four steps, on time or
    /// late.
    #[test]
    fn no_contributions_to_cells_of_their_own_cost_more() {
        for strategy in strategies() {
            for bound in 1..=4u32 {
                let joint =
                    joint_sensitivity(&strategy, &Participation::OncePerCell { window: bound })
                        .unwrap();
                let mut worst = 0;
                for choice in 0..9u32.pow(4) {
                    let places = (0..4u32).map(|cell| choice / 9u32.pow(cell) % 9);
                    let counted: Vec<u32> = places.filter(|&place| place > 0).collect();
                    if counted.len() > bound as usize {
                        continue;
                    }
                    let cost = |&place: &u32| match place {
                        // Places 1 to 4 are the steps on time, 5 to 8 those steps late.
                        1..=4 => {
                            let mut counts = [0; 4];
                            counts[place as usize - 1] = 1;
                            moved(&strategy, &counts)
                        }
                        _ => joint.one as i128,
                    };
                    worst = worst.max(counted.iter().map(cost).sum::<i128>());
                }
                assert_eq!(worst, joint.delta2 as i128, "{strategy:?} {bound}");
            }
        }
    }

    /// Every way to count or not on time, and to stand or not after each of two vintages, in four
    /// steps of one cell: a late contribution adds or takes back what stands.
    #[test]
    fn no_contributions_taken_back_cost_more() {
        for strategy in strategies() {
            for bound in 1..=6u32 {
                let rule = Participation::OncePerStepAndCell { window: bound, sub: None };
                let joint = joint_sensitivity(&strategy, &rule).unwrap();
                let mut worst = 0;
                for choice in 0..8u32.pow(4) {
                    let places = (0..4).map(|step| choice / 8u32.pow(step) % 8);
                    let stands = |at: u32, when: u32| i128::from(at >> when & 1 == 1);
                    let moved_late = |at: u32| {
                        let (first, second) =
                            (stands(at, 1) - stands(at, 0), stands(at, 2) - stands(at, 1));
                        (first.abs() + second.abs(), first.pow(2) + second.pow(2))
                    };
                    let places: Vec<u32> = places.collect();
                    let on_time: Vec<i128> = places.iter().map(|&at| stands(at, 0)).collect();
                    let late = places.iter().map(|&at| moved_late(at));
                    let (used, squares) =
                        late.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
                    if on_time.iter().sum::<i128>() + used <= bound.into() {
                        let cost = moved(&strategy, &on_time) + joint.one as i128 * squares;
                        worst = worst.max(cost);
                    }
                }
                assert!(worst <= joint.delta2 as i128, "{strategy:?} {bound}");
                if bound == 1 {
                    assert_eq!(worst, joint.delta2 as i128, "{strategy:?}");
                }
            }
        }
    }

    /// The amount by which a person who stands in a cell of a group of siblings (0: nowhere) moves
    /// the total, coordinate 0, or a coordinate of the residual n I - J.
    fn entry(cell: usize, siblings: usize, coordinate: usize) -> i128 {
        match (cell, coordinate) {
            (0, _) => 0,
            (_, 0) => 1,
            _ if cell == coordinate => siblings as i128 - 1,
            _ => -1,
        }
    }

    /// The cell in which a person stands in a step: on time, and after each of two vintages; 0 for
    /// nowhere.
    type Path = [usize; 3];

    /// The number of contributions that a path of one step takes.
    fn changes(path: &Path, takes_back: bool) -> u32 {
        let change = |from: usize, to: usize| match (from, to) {
            (from, to) if from == to => 0,
            (0, _) => 1,
            // Late counts that nothing takes back only add.
            _ if !takes_back => 100,
            (_, 0) => 1,
            _ => 2,
        };
        u32::from(path[0] > 0) + change(path[0], path[1]) + change(path[1], path[2])
    }

    /// The squared movement of some coordinates by a person's paths, summed: on time over the nodes
    /// of a level, and late.
    fn moved_of(
        level: &Level,
        paths: &[&Path],
        siblings: usize,
        coordinates: std::ops::RangeInclusive<usize>,
    ) -> (i128, i128) {
        let (mut on_time, mut late) = (0, 0);
        for coordinate in coordinates {
            let entry = |cell| entry(cell, siblings, coordinate);
            let mut first = 0;
            for &end in &level.ends {
                let node = &paths[first..end as usize];
                on_time += node.iter().map(|path| entry(path[0])).sum::<i128>().pow(2);
                first = end as usize;
            }
            for path in paths {
                late += (entry(path[1]) - entry(path[0])).pow(2);
                late += (entry(path[2]) - entry(path[1])).pow(2);
            }
        }
        (on_time, late)
    }

    /// Every way to stand in a cell or nowhere on time, and after each of two vintages, in three
    /// steps: a late contribution to a table adds or takes back, and one of each in one vintage
    /// moves a person from cell to cell.
    #[test]
    fn no_contributions_to_a_residual_cost_more() {
        let sub = SubBound { ends: vec![2, 3], bound: 1 };
        for (siblings, takes_back) in [(2, false), (3, false), (2, true), (3, true)] {
            let places = siblings + 1;
            let path = |n: usize| [n % places, n / places % places, n / places.pow(2)];
            let paths: Vec<Path> = (0..places.pow(3)).map(path).collect();
            for (ends, bound, sub) in [
                (vec![1, 2, 3], 3, None),
                (vec![1, 2, 3], 4, None),
                (vec![2, 3], 3, None),
                (vec![2, 3], 5, None),
                (vec![2, 3], 4, Some(sub.clone())),
            ] {
                let level = Level { weight: 1, ends };
                let rule = Participation::OncePerStep { window: bound, sub: sub.clone() };
                let norm = (siblings * (siblings - 1)) as u128;
                let least = takes_back.then_some(siblings as u32);
                let total = MeasuredVector { codes: 1, ..MeasuredVector::CELL };
                let coordinates = siblings as u32;
                let deviations = MeasuredVector { norm, coordinates, codes: 1, least };
                for (moved, coordinates) in [(total, 0..=0), (deviations, 1..=siblings)] {
                    let claim = joint_sensitivity_of_periods(3, &level, &rule, moved).unwrap();
                    let mut worst = 0;
                    for choice in 0..paths.len().pow(3) {
                        let nth = |step| &paths[choice / paths.len().pow(step) % paths.len()];
                        let chosen = [nth(0), nth(1), nth(2)];
                        let used: u32 = chosen.iter().map(|path| changes(path, takes_back)).sum();
                        let in_block = chosen[..2].iter().filter(|path| path[0] > 0).count();
                        if used > bound || sub.is_some() && in_block > 1 {
                            continue;
                        }
                        let (on_time, late) =
                            moved_of(&level, &chosen, siblings, coordinates.clone());
                        // A late count costs one / norm times its squared movement.
                        let cost = on_time * claim.norm as i128 + claim.one as i128 * late;
                        worst = worst.max(cost);
                    }
                    let claimed = (claim.delta2 * claim.norm) as i128;
                    assert!(worst <= claimed, "{siblings} {takes_back} {level:?} {rule:?}");
                    if level.ends.len() == 3 && bound == 3 {
                        assert_eq!(worst, claimed, "attained: {siblings} {takes_back}");
                    }
                }
            }
        }
    }

    /// As above, with two codes that stand apart, in two steps: each (step, code) has a path of its
    /// own, so a move from code to code is a withdrawal in one and a contribution in the other.
    #[test]
    fn no_contributions_apart_cost_more() {
        let sub = SubBound { ends: vec![1, 2], bound: 1 };
        let paths: Vec<Path> = (0..27).map(|n| [n % 3, n / 3 % 3, n / 9 % 3]).collect();
        for (takes_back, ends, bound, sub) in [
            (false, vec![1, 2], 3, None),
            (false, vec![2], 4, None),
            (true, vec![1, 2], 3, None),
            (true, vec![2], 4, None),
            (true, vec![2], 3, Some(sub)),
        ] {
            let level = Level { weight: 1, ends };
            let rule = Participation::OncePerStepAndCell { window: bound, sub: sub.clone() };
            let least = takes_back.then_some(2);
            let total = MeasuredVector { codes: 2, ..MeasuredVector::CELL };
            let deviations = MeasuredVector { norm: 2, coordinates: 2, codes: 2, least };
            let allowed = paths.iter().filter(|path| changes(path, takes_back) <= bound);
            let allowed: Vec<&Path> = allowed.collect();
            for (moved, coordinates) in [(total, 0..=0), (deviations, 1..=2)] {
                let claim = joint_sensitivity_of_periods(2, &level, &rule, moved).unwrap();
                let mut worst = 0;
                let n = allowed.len();
                for choice in 0..n.pow(4) {
                    let nth = |place: u32| allowed[choice / n.pow(place) % n];
                    let chosen = [nth(0), nth(1), nth(2), nth(3)];
                    let used: u32 = chosen.iter().map(|path| changes(path, takes_back)).sum();
                    let in_step = |step: usize| {
                        chosen.iter().skip(step).step_by(2).filter(|path| path[0] > 0).count()
                    };
                    if used > bound || sub.is_some() && in_step(0).max(in_step(1)) > 1 {
                        continue;
                    }
                    let (mut on_time, mut late) = (0, 0);
                    for code in chosen.chunks(2) {
                        let of_code = moved_of(&level, code, 2, coordinates.clone());
                        on_time += of_code.0;
                        late += of_code.1;
                    }
                    worst = worst.max(on_time * claim.norm as i128 + claim.one as i128 * late);
                }
                let claimed = (claim.delta2 * claim.norm) as i128;
                assert!(worst <= claimed, "{takes_back} {level:?} {rule:?}: {worst} {claimed}");
                if level.ends.len() == 2 {
                    assert_eq!(worst, claimed, "attained: {takes_back}");
                }
            }
        }
    }

    /// For a table too, the curve ends in the charge without late counts. If contributions can be
    /// taken back, it costs more: a move inside a group of two costs as much as two contributions
    /// in one cell.
    #[test]
    fn late_counts_of_a_residual_are_free_where_nothing_is_taken_back() {
        let level = Level { weight: 1, ends: vec![3, 6] };
        for window in 1..=6 {
            let rule = Participation::OncePerStep { window, sub: None };
            let alone = super::super::once_per_step(6, std::slice::from_ref(&level), window, None);
            let joint_of = |least| {
                let moved = MeasuredVector { norm: 6, coordinates: 3, codes: 1, least };
                joint_sensitivity_of_periods(6, &level, &rule, moved).unwrap()
            };
            assert_eq!(joint_of(None).delta2, 6 * alone.unwrap());
            assert_eq!((joint_of(None).one, joint_of(None).norm), (6, 6));
            assert!(joint_of(Some(3)).delta2 >= joint_of(None).delta2);
            assert!(joint_of(Some(2)).delta2 >= joint_of(Some(3)).delta2);
        }
        let singly = Level::steps(1, 6);
        let rule = Participation::OncePerStep { window: 4, sub: None };
        let moved = MeasuredVector { norm: 2, coordinates: 2, codes: 1, least: Some(2) };
        let joint = joint_sensitivity_of_periods(6, &singly, &rule, moved).unwrap();
        assert_eq!(joint.delta2, 16, "four changes cost as much as eight contributions");
    }

    /// One person in two cells of four steps, each measured late in two vintages: where the person
    /// stands, the counts on time, and the late counts by step, vintage and cell.
    #[derive(Clone, Default)]
    struct LateHistory {
        stands: [Option<usize>; 2],
        on_time: [[i128; 4]; 2],
        late: [[[i128; 2]; 2]; 4],
    }

    impl LateHistory {
        /// The vintage of `step` that contains an event which comes at another step.
        fn vintage(step: usize, comes: usize) -> Option<usize> {
            [1, 1, 2, 2].get(comes.checked_sub(step + 1)?).map(|nth| nth - 1)
        }

        /// Every contribution that may come at a step: on time, late, or taken back. Unless cells
        /// `open` again, a cell in which the person has counted on time takes nothing more on time.
        fn next(&self, comes: usize, opens: bool) -> Vec<Self> {
            let mut next = Vec::new();
            for cell in 0..2 {
                let free = self.stands[cell].is_none();
                let fresh = opens || self.on_time[cell].iter().all(|&count| count == 0);
                if comes < 4 && free && fresh {
                    let mut next_state = self.clone();
                    next_state.stands[cell] = Some(comes);
                    next_state.on_time[cell][comes] += 1;
                    next.push(next_state);
                }
                for step in 0..4 {
                    let Some(vintage) = Self::vintage(step, comes) else { continue };
                    let by = match self.stands[cell] {
                        None => 1,
                        Some(of) if of == step => -1,
                        Some(_) => continue,
                    };
                    let mut next_state = self.clone();
                    next_state.stands[cell] = (by > 0).then_some(step);
                    next_state.late[step][vintage][cell] += by;
                    next.push(next_state);
                }
            }
            next
        }

        fn cost(&self, strategy: &Strategy, one: i128) -> i128 {
            let on_time: i128 = self.on_time.iter().map(|counts| moved(strategy, counts)).sum();
            let late = self.late.iter().flatten().flatten();
            on_time + one * late.map(|count| count.pow(2)).sum::<i128>()
        }

        /// The highest cost that this many further contributions, from this step on, can lead to.
        fn worst(
            &self,
            strategy: &Strategy,
            one: i128,
            left: u32,
            from: usize,
            opens: bool,
        ) -> i128 {
            let mut worst = self.cost(strategy, one);
            for comes in (from..8).take_while(|_| left > 0) {
                for next in self.next(comes, opens) {
                    worst = worst.max(next.worst(strategy, one, left - 1, comes, opens));
                }
            }
            worst
        }
    }

    /// Every order in which a person counts once in each cell of the window and is taken back, on
    /// time and late. If a cell opened again on time, some orders would cost more than is charged.
    #[test]
    fn a_cell_that_is_taken_back_costs_no_more() {
        let mut dearer = 0;
        for strategy in strategies() {
            for bound in 1..=4u32 {
                let joint =
                    joint_sensitivity(&strategy, &Participation::OncePerCell { window: bound })
                        .unwrap();
                let worst = |opens| {
                    LateHistory::default().worst(&strategy, joint.one as i128, bound, 0, opens)
                };
                assert_eq!(worst(false), joint.delta2 as i128, "{strategy:?} {bound}");
                dearer += u32::from(worst(true) > joint.delta2 as i128);
            }
        }
        assert!(dearer > 0, "the rule is needed");
    }

    #[test]
    fn the_curve_ends_in_the_sensitivity() {
        for strategy in strategies() {
            for window in 1..=6 {
                let once = Participation::OncePerStepAndCell { window, sub: None };
                let (cell, any) =
                    (Participation::OncePerCell { window }, Participation::AnyNumber { window });
                // More than one in each step can only come late.
                let within = window.min(strategy.steps());
                let step = Participation::OncePerStep { window: within, sub: None };
                for rule in [once, step, cell, any] {
                    let alone = sensitivity_squared(&strategy, &rule).unwrap();
                    let joint = joint_sensitivity(&strategy, &rule).unwrap();
                    assert_eq!(joint.delta2, alone, "late counts are free: {rule:?}");
                }
            }
            // Blocks of one leave two contributions on time; the other two can only be late.
            let sub = Some(SubBound { ends: vec![2, 4], bound: 1 });
            let rule = Participation::OncePerStepAndCell { window: 4, sub };
            let alone = sensitivity_squared(&strategy, &rule).unwrap();
            let joint = joint_sensitivity(&strategy, &rule).unwrap();
            assert_eq!(joint.delta2, alone + 2 * joint.one);
        }
    }

    #[test]
    fn a_late_variance_is_rounded_up() {
        let joint = JointSensitivity { delta2: 7, one: 7, norm: 1 };
        let stream = Variance::from_sixteenths(50).unwrap();
        assert_eq!(joint.late_variance(stream).unwrap().sixteenths(), 8);
        let residual = JointSensitivity { norm: 6, ..joint };
        assert_eq!(residual.late_variance(stream).unwrap().sixteenths(), 43);
        let nothing = JointSensitivity { delta2: 0, one: 0, norm: 1 }.late_variance(stream);
        assert_eq!(nothing, Err(Error::SensitivityZero));
    }

    #[test]
    fn presence_is_never_late() {
        let rule = Participation::Alternating { changes: 2, cells: 2 };
        assert_eq!(joint_sensitivity(&strategies()[0], &rule), Err(UNPROVEN));
    }
}
