//! The sensitivity of a recursion, from its integers: an upper bound in directed rounding.
//!
//! Let L be the matrix of the recursion without its floors, and G = L'QL, where Q holds the
//! precisions. Contributions u move the measurements by Lu plus what the floors add, and cost u'Gu
//! and a little more. Every number of L, G and below is nonnegative and rounded up.
//!
//! - One sign: no set of steps costs more than the best choice, over steps i, of the largest sum of
//!   any allowed set in row i of G.
//! - Presence, if all rows are the same and there are no running sums: the value function over the
//!   buffers (`presence`).
//! - Stays in a table: the bound of each cell by itself, plus what different cells can add to it.
//!
//! Not here: the reason for the floors (`strategy::recursion`), strategies of nodes (`same_sign`,
//! `alternating`). Proof: `strategy/calendar_blt.proof.md`, `strategy/blt.proof.md`.
//!
//! Invariants:
//! 1. No contributions, run through the recursion itself with its floors, move the measurements
//!    by more (`recursion::tests::no_contributions_through_the_recursion_exceed_the_bound`).
//! 2. The bound is close to the worst that a search finds
//!    (`design::tests::a_search_comes_close_to_the_certificate`).
//! 3. No stays, run through the encoders of all coordinates of a residual, move it by more
//!    (`recursion::tests::no_stays_through_a_residual_exceed_the_bound`).
//! 4. No contributions to a residual with codes that stand apart move it by more
//!    (`recursion::tests::no_contributions_apart_exceed_the_bound`).
//! 5. Nor does the turnover of stays
//!    (`recursion::tests::no_turnover_of_stays_exceeds_the_bound`).
//! 6. Any value that leaves 128 bits is refused; no float lies on the way.

use super::presence::Presence;
use super::{MeasuredVector, Participation, SubBound, Work, checked, over_cells, reach};
use crate::strategy::recursion::{GAIN_BITS, PRECISION_BITS, Recursion};
use crate::{Error, Result};

/// Binary digits after the point of the cost-to-go matrix and of values computed from it.
const COST_BITS: u32 = 48;
/// Binary digits of a unit's state below the grid.
const FINE_BITS: u32 = 12;

/// The boxes along each buffer in the grid of a certificate, and in that of a rough one: the first
/// is within two thousandths of the truth for the shipped sets of a day.
const POINTS: [usize; 2] = [64, 64];
const POINTS_ROUGHLY: [usize; 2] = [32, 16];

/// The refusal of a sensitivity that does not fit.
const TOO_LARGE: Error = Error::SensitivityTooLarge;

/// The squared sensitivity of a recursion, in squared grid units of a step of precision 1, for one
/// window of `window` steps.
/// Guarantee: never below the truth, floors included.
/// Errors: a bound out of range; `SensitivityUnproven` for a kind of contribution without a proof;
/// `WorkTooGreat`, `SensitivityTooLarge`.
pub fn sensitivity_squared(
    recursion: &Recursion,
    participation: &Participation,
    window: u32,
) -> Result<u128> {
    bounded(recursion, participation, window, POINTS)
}

/// The same bound on a coarser grid, for searches: never below the truth either, less tight, and
/// much faster.
/// Errors: as [`sensitivity_squared`].
pub fn rough_sensitivity_squared(
    recursion: &Recursion,
    participation: &Participation,
    window: u32,
) -> Result<u128> {
    bounded(recursion, participation, window, POINTS_ROUGHLY)
}

fn bounded(
    recursion: &Recursion,
    participation: &Participation,
    window: u32,
    points: [usize; 2],
) -> Result<u128> {
    let unproven = |participation| Err(Error::SensitivityUnproven { participation });
    let (linear, cells) = match participation {
        Participation::Alternating { changes, cells } => {
            if *cells == 0 {
                return Err(Error::CellsZero);
            }
            let changes = checked(*changes)?.min(window);
            (Presence::new(recursion, window, changes, points)?.worst(*cells)?, changes.min(*cells))
        }
        Participation::Once if recursion.continues() => {
            (Presence::new(recursion, window, 1, points)?.worst(1)?, 1)
        }
        _ if recursion.continues() => {
            return unproven("contributions of one sign to a recursion without end");
        }
        Participation::Once => (worst(&within_one_cell(recursion, 1, None)?), 1),
        Participation::OncePerCell { window } => {
            let bound = checked(*window)?;
            let one = worst(&within_one_cell(recursion, 1, None)?);
            (one.checked_mul(bound.into()).ok_or(TOO_LARGE)?, bound)
        }
        Participation::OncePerStep { window, sub } => {
            let bound = reach(recursion.steps(), *window, sub.as_ref())?;
            (worst(&within_one_cell(recursion, bound, sub.as_ref())?), bound)
        }
        Participation::OncePerStepAndCell { window, sub } => {
            let bound = reach(recursion.steps(), *window, sub.as_ref())?;
            let within = within_one_cell(recursion, bound, sub.as_ref())?;
            (over_cells(&within, bound as usize), bound)
        }
        Participation::AnyNumber { window } => {
            let bound = checked(*window)?;
            let one = worst(&within_one_cell(recursion, 1, None)?);
            (one.checked_mul(u128::from(bound).pow(2)).ok_or(TOO_LARGE)?, bound)
        }
    };
    with_floors(recursion, linear, cells)
}

/// The squared sensitivity of a residual each of whose coordinates is measured by this recursion,
/// to contributions of +1, at most one in each step whatever their cell, or at most one for each
/// code that stands apart (the cells of the participation).
/// Unit: squared grid units of precision 1, at multiple one.
/// Guarantee: an upper bound, floors included. Proof: `residual/residual.proof.md`, 3.
/// Errors: `SensitivityUnproven` for any other participation; else as [`sensitivity_squared`].
pub fn residual_squared(
    recursion: &Recursion,
    participation: &Participation,
    residual: &MeasuredVector,
) -> Result<u128> {
    let (Participation::OncePerStep { window, sub }
    | Participation::OncePerStepAndCell { window, sub }) = participation
    else {
        let participation = "any number of contributions in a step of a table";
        return Err(Error::SensitivityUnproven { participation });
    };
    if recursion.continues() {
        let participation = "contributions of one sign to a recursion without end";
        return Err(Error::SensitivityUnproven { participation });
    }
    let bound = reach(recursion.steps(), *window, sub.as_ref())?;
    let within = within_one_cell(recursion, bound, sub.as_ref())?;
    let time_part = match participation {
        Participation::OncePerStep { .. } => worst(&within),
        _ => over_cells(&within, bound as usize),
    };
    let linear = time_part.checked_mul(residual.norm).ok_or(TOO_LARGE)?;
    with_floors(recursion, linear, residual.moved_by(participation, bound))
}

/// The numbers of a residual of a table of persons present that its sensitivity depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresenceResidual {
    /// Its squared norm h.
    pub norm: u128,
    /// The number of its coordinates that are measured.
    pub coordinates: u32,
    /// The number of cells of its marginal.
    pub cells: u32,
    /// The size of the smallest group of two or more that it names; `None` for the total.
    pub least: Option<u32>,
}

/// The squared sensitivity of a residual each of whose coordinates is measured by this recursion,
/// to a person's stays: present in one cell at a time, with at most `changes` arrivals and
/// departures in a window of `window` steps, at most one in each step, each departure from the cell
/// of the arrival before it.
/// Unit: squared grid units of precision 1, at multiple one.
/// Guarantee: an upper bound, floors included; as with [`sensitivity_squared`], a life costs no
/// more than its windows are charged. Proof: `residual/residual.proof.md`, 4.3.
/// Errors: `SensitivityUnproven` for any other participation or a recursion that ends; else as
/// [`sensitivity_squared`].
pub fn stays_squared(
    recursion: &Recursion,
    participation: &Participation,
    window: u32,
    residual: PresenceResidual,
) -> Result<u128> {
    let Participation::Alternating { changes, .. } = participation else {
        let participation = "anything but stays in a table of persons present";
        return Err(Error::SensitivityUnproven { participation });
    };
    if !recursion.continues() {
        let participation = "stays in a table under a recursion that ends";
        return Err(Error::SensitivityUnproven { participation });
    }
    if residual.cells == 0 {
        return Err(Error::CellsZero);
    }
    let changes = checked(*changes)?.min(window);
    let presence = Presence::new(recursion, window, changes, POINTS)?;
    let linear = match residual.least {
        None => presence.worst(1)?,
        Some(group) => {
            let apart = presence.worst(residual.cells)?;
            // All later stays together meet a departure at most once, at a lag of at least one
            // step.
            let departures = u128::from(changes.div_ceil(2));
            let met = first_lag(recursion)?.checked_mul(2 * departures).ok_or(TOO_LARGE)?;
            let others = u128::from(group.saturating_sub(1).max(1));
            apart.checked_add(met.min(apart).div_ceil(others)).ok_or(TOO_LARGE)?
        }
    };
    let linear = linear.checked_mul(residual.norm).ok_or(TOO_LARGE)?;
    with_floors(recursion, linear, residual.coordinates)
}

/// The joint cost of a contribution and one in the step after it, for ever: q times the sum over j
/// of c_j c_(j + 1), for a recursion whose rows are all the same.
fn first_lag(recursion: &Recursion) -> Result<u128> {
    /// Further binary digits of a gain.
    const MORE: u32 = 10;
    let row = recursion.row(0);
    let one = 1u128 << (2 * GAIN_BITS);
    let mut sum = 0u128;
    for (&gain, &decay) in row.gains.iter().zip(recursion.decays()) {
        sum += u128::from(gain) << MORE;
        for (&other, &fades) in row.gains.iter().zip(recursion.decays()) {
            let product = u128::from(gain) * u128::from(other) * u128::from(fades);
            sum += (product << MORE).div_ceil(one - u128::from(decay) * u128::from(fades));
        }
    }
    let square = u128::from(row.scale).pow(2) * u128::from(row.precision);
    let product = sum.checked_mul(square).ok_or(TOO_LARGE)?;
    Ok(shifted(product, GAIN_BITS + MORE + PRECISION_BITS))
}

/// Adds to the squared length of a movement what the floors can add to it in this many cells.
///
/// A buffer's floors move it by less than 1 / (1 - decay); a measurement's own floor moves it by
/// less than 1. By the triangle inequality the whole is at most (sqrt(linear) + sqrt(floors))^2.
pub(super) fn with_floors(recursion: &Recursion, linear: u128, cells: u32) -> Result<u128> {
    let one = 1u128 << GAIN_BITS;
    let drift: Vec<u128> =
        recursion.decays().iter().map(|&d| one.div_ceil(one - u128::from(d))).collect();
    let of_step = |step: u32| {
        let row = recursion.row(step);
        let parts = row.gains.iter().zip(&drift).map(|(&gain, drift)| u128::from(gain) * drift);
        let off = 1 + parts.sum::<u128>().div_ceil(one);
        (off * off * u128::from(row.precision)).div_ceil(1 << PRECISION_BITS)
    };
    let floors: u128 = (0..recursion.steps()).map(of_step).sum();
    let floors = floors * u128::from(cells);
    let product = linear.checked_mul(floors).ok_or(TOO_LARGE)?;
    let root = product.isqrt() + 1;
    linear.checked_add(2 * root).and_then(|sum| sum.checked_add(floors)).ok_or(TOO_LARGE)
}

/// The highest cost of n contributions of +1 in one cell, at most one in each step, for n up to
/// `bound` or the number of steps.
pub(super) fn within_one_cell(
    recursion: &Recursion,
    bound: u32,
    sub: Option<&SubBound>,
) -> Result<Vec<u128>> {
    let steps = recursion.steps() as usize;
    let most = bound.min(recursion.steps()) as usize;
    let mut work = Work::default();
    work.add(&[steps, steps, 2 * recursion.width() + 4])?;
    let mut best_in_row = Vec::with_capacity(steps);
    let mut gram = Gram::new(recursion)?;
    while let Some(row) = gram.next_row()? {
        best_in_row.push(best_sums(&row, most, sub)?);
    }
    let mut within = vec![0u128; most + 1];
    for (chosen, worst) in within.iter_mut().enumerate().skip(1) {
        let of_rows: Vec<u128> = best_in_row.iter().map(|sums| sums[chosen]).collect();
        *worst = best_sums(&of_rows, chosen, sub)?[chosen];
    }
    Ok(within)
}

/// The highest cost over all numbers of contributions: more of them never cost less.
fn worst(within: &[u128]) -> u128 {
    within.iter().copied().max().unwrap_or(0)
}

/// At index n: the largest sum of n of the values, at most `sub.bound` from each block.
fn best_sums(values: &[u128], most: usize, sub: Option<&SubBound>) -> Result<Vec<u128>> {
    let mut taken: Vec<u128> = Vec::new();
    let mut take = |block: &[u128], bound: usize| {
        let mut block = block.to_vec();
        if bound < block.len() {
            block.select_nth_unstable_by(bound, |one, other| other.cmp(one));
            block.truncate(bound);
        }
        taken.extend(block);
    };
    match sub {
        None => take(values, most),
        Some(sub) => {
            let mut first = 0;
            for &end in &sub.ends {
                take(&values[first..end as usize], sub.bound as usize);
                first = end as usize;
            }
        }
    }
    taken.sort_unstable_by(|one, other| other.cmp(one));
    let mut sums = vec![0u128; most + 1];
    for at in 1..=most {
        let next = taken.get(at - 1).copied().unwrap_or(0);
        sums[at] = sums[at - 1].checked_add(next).ok_or(TOO_LARGE)?;
    }
    Ok(sums)
}

/// `product >> bits`, rounded up.
fn shifted(product: u128, bits: u32) -> u128 {
    (product >> bits) + u128::from(product & ((1 << bits) - 1) != 0)
}

/// `(left * right) >> bits`, rounded up.
fn scaled(left: u128, right: u64, bits: u32) -> Result<u128> {
    Ok(shifted(left.checked_mul(u128::from(right)).ok_or(TOO_LARGE)?, bits))
}

/// The cost of a unit counted at a step.
struct UnitCost {
    /// Together with a unit of each number of state before the step.
    states: Vec<u128>,
    /// By itself.
    alone: u128,
}

/// The rows of G, one after another, without ever storing the whole matrix.
struct Gram<'a> {
    recursion: &'a Recursion,
    /// By step.
    unit_costs: Vec<UnitCost>,
    /// The states into which units counted at earlier steps have turned, in 2^-FINE_BITS of the
    /// grid.
    earlier: Vec<Vec<u128>>,
    step: u32,
}

impl<'a> Gram<'a> {
    fn new(recursion: &'a Recursion) -> Result<Self> {
        let width = recursion.width();
        let mut work = Work::default();
        work.add(&[recursion.steps() as usize, width + 1, width + 1, 4])?;
        // The cost of a state before a step, for all time after: s'Ws.
        let mut cost = vec![vec![0u128; width]; width];
        let mut unit_costs = Vec::with_capacity(recursion.steps() as usize);
        for step in (0..recursion.steps()).rev() {
            let row = recursion.row(step);
            let survives = survival(recursion, step);
            // W R 1, where R keeps the numbers that survive the step.
            let of_unit: Vec<u128> = (0..width)
                .map(|i| (0..width).filter(|&j| survives[j].1).map(|j| cost[i][j]).sum())
                .collect();
            let mut states = Vec::with_capacity(width);
            for i in 0..width {
                let own = u128::from(row.gains[i]) * u128::from(row.precision);
                let own = own << (COST_BITS - GAIN_BITS - PRECISION_BITS);
                let later = match survives[i] {
                    (factor, true) => scaled(of_unit[i], factor, GAIN_BITS)?,
                    _ => 0,
                };
                states.push(own + later);
            }
            let after: u128 = (0..width).filter(|&i| survives[i].1).map(|i| of_unit[i]).sum();
            let alone = (u128::from(row.precision) << (COST_BITS - PRECISION_BITS)) + after;
            unit_costs.push(UnitCost { states, alone });
            cost = cost_before(recursion, step, &cost, &survives)?;
        }
        unit_costs.reverse();
        Ok(Self { recursion, unit_costs, earlier: Vec::new(), step: 0 })
    }

    /// The next row of G, in squared grid units.
    fn next_row(&mut self) -> Result<Option<Vec<u128>>> {
        if self.step == self.recursion.steps() {
            return Ok(None);
        }
        let step = self.step;
        let mut row = Vec::with_capacity(self.unit_costs.len());
        for state in &mut self.earlier {
            row.push(self.unit_costs[step as usize].price(self.recursion.row(step).scale, state)?);
            survive(self.recursion, step, state)?;
        }
        let scale = self.recursion.row(step).scale;
        let unit = u128::from(scale) << FINE_BITS;
        let alone = scaled(self.unit_costs[step as usize].alone, scale, COST_BITS)?;
        row.push(alone.checked_mul(u128::from(scale)).ok_or(TOO_LARGE)?);
        let kept = survival(self.recursion, step);
        let start: Vec<u128> = kept.iter().map(|&(_, kept)| if kept { unit } else { 0 }).collect();
        let mut state = start.clone();
        for later in step + 1..self.recursion.steps() {
            let scale = self.recursion.row(later).scale;
            row.push(self.unit_costs[later as usize].price(scale, &state)?);
            survive(self.recursion, later, &mut state)?;
        }
        self.earlier.push(start);
        self.step += 1;
        Ok(Some(row))
    }
}

impl UnitCost {
    /// The joint cost of a unit counted with this scale and an earlier one that has turned into a
    /// state.
    fn price(&self, scale: u64, state: &[u128]) -> Result<u128> {
        let mut sum = 0u128;
        for (meet, number) in self.states.iter().zip(state) {
            // Neither overflows: the shift keeps the product's upper part, rounded up.
            let product = meet.checked_mul(*number).ok_or(TOO_LARGE)?;
            sum = sum.checked_add(shifted(product, FINE_BITS)).ok_or(TOO_LARGE)?;
        }
        Ok(shifted(
            shifted(sum, 24).checked_mul(u128::from(scale)).ok_or(TOO_LARGE)?,
            COST_BITS - 24,
        ))
    }
}

/// For each number of state: the factor (in 2^-24) by which it continues, and whether it survives.
fn survival(recursion: &Recursion, step: u32) -> Vec<(u64, bool)> {
    let buffers = recursion.decays().iter().map(|&decay| (decay, true));
    buffers.chain(recursion.ends(step).map(|ends| (1 << GAIN_BITS, !ends))).collect()
}

/// A state after a step in which nothing was counted.
fn survive(recursion: &Recursion, step: u32, state: &mut [u128]) -> Result<()> {
    let (buffers, sums) = state.split_at_mut(recursion.buffers());
    for (buffer, &decay) in buffers.iter_mut().zip(recursion.decays()) {
        *buffer = scaled(*buffer, decay, GAIN_BITS)?;
    }
    for (sum, ends) in sums.iter_mut().zip(recursion.ends(step)) {
        if ends {
            *sum = 0;
        }
    }
    Ok(())
}

/// The cost-to-go matrix before a step, from that after it: q K K' + F' W F.
fn cost_before(
    recursion: &Recursion,
    step: u32,
    after: &[Vec<u128>],
    survives: &[(u64, bool)],
) -> Result<Vec<Vec<u128>>> {
    let row = recursion.row(step);
    let width = recursion.width();
    let mut before = vec![vec![0u128; width]; width];
    for i in 0..width {
        for j in 0..width {
            let both = u128::from(row.gains[i]) * u128::from(row.gains[j]);
            // Gains and precisions are at most 16: 28 + 28 + 20 binary digits.
            let own = both * u128::from(row.precision);
            let own = shifted(own, 2 * GAIN_BITS + PRECISION_BITS - COST_BITS);
            let (fade_i, alive_i) = survives[i];
            let (fade_j, alive_j) = survives[j];
            let later = if alive_i && alive_j {
                scaled(scaled(after[i][j], fade_i, GAIN_BITS)?, fade_j, GAIN_BITS)?
            } else {
                0
            };
            before[i][j] = own + later;
        }
    }
    Ok(before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::recursion::tests::any_recursion;
    use crate::strategy::recursion::{GRID, RecursionRow, RecursionRows};
    use num_bigint::BigInt;
    use proptest::prelude::*;
    use proptest::strategy::Strategy as Arbitrary;

    /// The squared movement of the measurements by contributions, times precision: from two runs of
    /// the recursion itself, floors included, on a background with and without them.
    fn moved(recursion: &Recursion, background: &[i64], u: &[i64]) -> BigInt {
        let (mut with, mut without) = (recursion.start(), recursion.start());
        let mut sum = BigInt::from(0);
        for step in 0..recursion.steps() {
            let x = background[step as usize];
            let a = recursion.encode(step, x, &mut without).unwrap();
            let b = recursion.encode(step, x + u[step as usize], &mut with).unwrap();
            let d = BigInt::from(b - a);
            sum += &d * &d * recursion.row(step).precision;
        }
        sum >> PRECISION_BITS
    }

    fn steady(steps: u32, decays: Vec<u64>, gains: Vec<u64>) -> Recursion {
        let row = RecursionRow { scale: GRID, gains, precision: 1 << PRECISION_BITS };
        Recursion::new(steps, decays, vec![], RecursionRows::Same(row)).unwrap()
    }

    /// Decays and gains of a kernel that is decreasing and convex: gains add up to less than one.
    fn any_steady(steps_max: u32) -> impl Arbitrary<Value = Recursion> {
        let one = 1u64 << GAIN_BITS;
        (2..=steps_max, 1usize..=2, prop::collection::vec((0..one, 0..one / 2), 2)).prop_map(
            |(steps, width, pairs)| {
                let (decays, gains) = pairs.into_iter().take(width).unzip();
                steady(steps, decays, gains)
            },
        )
    }

    /// All vectors of presence changes of one person in one cell.
    fn presences(steps: u32, changes: u32) -> Vec<Vec<i64>> {
        let sets = 0u32..1 << steps;
        let of_set = |set: u32| {
            let mut sign = 1;
            let step = |step: u32| {
                let here = if set >> step & 1 == 1 { sign } else { 0 };
                sign = if here == 0 { sign } else { -sign };
                here
            };
            (0..steps).map(step).collect()
        };
        sets.filter(|set| set.count_ones() <= changes).map(of_set).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn no_contributions_through_the_recursion_exceed_the_bound(
            recursion in any_recursion(8),
            bound in 1u32..=4,
            month in prop::option::of(1u32..=2),
            background in prop::collection::vec(0i64..1_000_000, 8),
        ) {
            let steps = recursion.steps();
            let ends = if steps > 2 { vec![2, steps] } else { vec![steps] };
            let sub = month.map(|bound| SubBound { ends, bound });
            let participation =
                Participation::OncePerStepAndCell { window: bound, sub: sub.clone() };
            let claimed = sensitivity_squared(&recursion, &participation, steps).unwrap();
            for set in 0u32..1 << steps {
                let u: Vec<i64> = (0..steps).map(|step| i64::from(set >> step & 1)).collect();
                let first: i64 = u.iter().take(2).sum();
                let rest: i64 = u.iter().skip(2).sum();
                let caps = sub.as_ref().is_none_or(|sub| {
                    if steps > 2 { first.max(rest) <= i64::from(sub.bound) }
                    else { first + rest <= i64::from(sub.bound) }
                });
                if set.count_ones() <= bound && caps {
                    prop_assert!(moved(&recursion, &background, &u) <= BigInt::from(claimed));
                }
            }
            // Once in each step whatever the cell: every way to split a set between two cells.
            let once = Participation::OncePerStep { window: bound, sub: None };
            let claimed = sensitivity_squared(&recursion, &once, steps).unwrap();
            for ways in 0..3u32.pow(steps.min(6)) {
                let cell_of = |step: u32| ways / 3u32.pow(step.min(6)) % 3;
                let cell = |cell: u32| -> Vec<i64> {
                    (0..steps).map(|step| i64::from(step < 6 && cell_of(step) == cell)).collect()
                };
                let (one, other) = (cell(1), cell(2));
                if one.iter().chain(&other).sum::<i64>() <= i64::from(bound) {
                    let both = moved(&recursion, &background, &one)
                        + moved(&recursion, &background, &other);
                    prop_assert!(both <= BigInt::from(claimed));
                }
            }
            // Once in each cell: one step in each of this many cells.
            let in_a_cell = Participation::OncePerCell { window: bound };
            let claimed = sensitivity_squared(&recursion, &in_a_cell, steps).unwrap();
            let single = |step: u32| -> BigInt {
                let u: Vec<i64> = (0..steps).map(|at| i64::from(at == step)).collect();
                moved(&recursion, &background, &u)
            };
            let worst = (0..steps).map(single).max().unwrap();
            prop_assert!(worst * BigInt::from(bound) <= BigInt::from(claimed));
            let any = Participation::AnyNumber { window: bound };
            let claimed = sensitivity_squared(&recursion, &any, steps).unwrap();
            for step in 0..steps as usize {
                let mut u = vec![0; steps as usize];
                u[step] = i64::from(bound);
                prop_assert!(moved(&recursion, &background, &u) <= BigInt::from(claimed));
            }
        }

        /// A group of siblings, with each contribution in any of them: each coordinate of n I - J
        /// moves, through its own encoder.
        #[test]
        fn no_contributions_through_a_residual_exceed_the_bound(
            recursion in any_recursion(5),
            bits in 0u32..20,
            siblings in 2u32..=3,
            bound in 1u32..=3,
            month in prop::option::of(1u32..=2),
            background in prop::collection::vec(0i64..1_000_000, 5),
        ) {
            let recursion = recursion.coarser(bits).unwrap();
            let steps = recursion.steps();
            let ends = if steps > 2 { vec![2, steps] } else { vec![steps] };
            let sub = month.map(|bound| SubBound { ends: ends.clone(), bound });
            let once = Participation::OncePerStep { window: bound, sub };
            let norm = u128::from(siblings * (siblings - 1));
            let residual =
                MeasuredVector { norm, coordinates: siblings, ..MeasuredVector::CELL };
            let claimed = residual_squared(&recursion, &once, &residual).unwrap();
            let choices = siblings + 1;
            for ways in 0..choices.pow(steps) {
                let cells: Vec<u32> =
                    (0..steps).map(|step| ways / choices.pow(step) % choices).collect();
                let some = |steps: &[u32]| steps.iter().filter(|&&cell| cell > 0).count() as u32;
                let (early, late) = cells.split_at(cells.len().min(ends[0] as usize));
                let cap = month.unwrap_or(bound);
                if some(&cells) > bound || some(early).max(some(late)) > cap {
                    continue;
                }
                let entry = |coordinate: u32, cell: u32| match cell {
                    0 => 0,
                    _ if cell == coordinate => i64::from(siblings) - 1,
                    _ => -1,
                };
                let moved_at = |coordinate: u32| -> BigInt {
                    let u: Vec<i64> = cells.iter().map(|&cell| entry(coordinate, cell)).collect();
                    moved(&recursion, &background, &u)
                };
                let all: BigInt = (1..=siblings).map(moved_at).sum();
                prop_assert!(all <= BigInt::from(claimed), "{} over {}", all, claimed);
            }
        }

        /// Two codes that stand apart, each with a group of siblings: at most one contribution for
        /// each (step, code), in any sibling.
        #[test]
        fn no_contributions_apart_exceed_the_bound(
            recursion in any_recursion(3),
            bits in 0u32..20,
            bound in 1u32..=4,
            month in prop::option::of(1u32..=3),
            background in prop::collection::vec(0i64..1_000_000, 3),
        ) {
            let recursion = recursion.coarser(bits).unwrap();
            let steps = recursion.steps();
            let ends = if steps > 2 { vec![2, steps] } else { vec![steps] };
            let sub = month.map(|bound| SubBound { ends: ends.clone(), bound });
            let rule = Participation::OncePerStepAndCell { window: bound, sub };
            let residual = MeasuredVector { norm: 2, coordinates: 2, codes: 2, least: None };
            let claimed = residual_squared(&recursion, &rule, &residual).unwrap();
            // In each step and code: nothing, or one of two siblings.
            for ways in 0..9u32.pow(steps) {
                let place = |code: u32, step: u32| ways / 9u32.pow(step) / 3u32.pow(code) % 3;
                let in_step = |step| u32::from(place(0, step) > 0) + u32::from(place(1, step) > 0);
                let some = |steps: std::ops::Range<u32>| steps.map(in_step).sum::<u32>();
                let first = ends[0].min(steps);
                let cap = month.unwrap_or(bound);
                if some(0..steps) > bound || some(0..first).max(some(first..steps)) > cap {
                    continue;
                }
                let moved_at = |code: u32, coordinate: u32| -> BigInt {
                    let entry = |step| match place(code, step) {
                        0 => 0,
                        sibling if sibling == coordinate => 1,
                        _ => -1,
                    };
                    moved(&recursion, &background, &(0..steps).map(entry).collect::<Vec<_>>())
                };
                let both = |code| moved_at(code, 1) + moved_at(code, 2);
                let all: BigInt = both(0) + both(1);
                prop_assert!(all <= BigInt::from(claimed), "{} over {}", all, claimed);
            }
        }

        #[test]
        fn no_presence_through_the_recursion_exceeds_the_bound(
            recursion in any_steady(10),
            changes in 1u32..=6,
            background in prop::collection::vec(0i64..1_000_000, 10),
        ) {
            let steps = recursion.steps();
            let participation = Participation::Alternating { changes, cells: 1 };
            let claimed = sensitivity_squared(&recursion, &participation, steps).unwrap();
            for u in presences(steps, changes) {
                prop_assert!(moved(&recursion, &background, &u) <= BigInt::from(claimed));
            }
        }
    }

    /// Every path of presence, as the cell (0 for absence) by step, from anywhere before the first
    /// step: at most one departure or arrival in a step, at most `changes` of them.
    fn stays(steps: u32, cells: u32, changes: u32) -> Vec<Vec<u32>> {
        let mut paths: Vec<(Vec<u32>, u32)> = (0..=cells).map(|cell| (vec![cell], 0)).collect();
        for _ in 0..steps {
            let next = |(path, spent): &(Vec<u32>, u32)| -> Vec<(Vec<u32>, u32)> {
                let now = path[path.len() - 1];
                let moves = if now == 0 { 1..=cells } else { 0..=0 };
                let moved = moves.filter(|_| *spent < changes).map(|cell| (cell, spent + 1));
                let all = std::iter::once((now, *spent)).chain(moved);
                all.map(|(cell, spent)| ([path.as_slice(), &[cell]].concat(), spent)).collect()
            };
            paths = paths.iter().flat_map(next).collect();
        }
        paths.into_iter().map(|(path, _)| path).collect()
    }

    /// One person's counts in a step: cells, from 1, each with its count. Cell 0 counts nobody.
    type StepCounts = Vec<(u32, i64)>;

    /// The changes of presence on a path, as net changes.
    fn net(path: &[u32]) -> Vec<StepCounts> {
        path.windows(2).map(|pair| vec![(pair[1], 1), (pair[0], -1)]).collect()
    }

    /// The same changes as turnover: each counts one in its cell.
    fn turnover(path: &[u32]) -> Vec<StepCounts> {
        let count = |pair: &[u32]| i64::from(pair[0] != pair[1]);
        path.windows(2).map(|pair| vec![(pair[0].max(pair[1]), count(pair))]).collect()
    }

    /// The movement by one person's counts, over all coordinates of the residual of these groups of
    /// siblings.
    fn moved_by(
        recursion: &Recursion,
        background: &[i64],
        groups: &[u32],
        steps: &[StepCounts],
    ) -> BigInt {
        let codes = |mut cell: u32| -> Vec<u32> {
            let code = |group: &u32| {
                let code = cell % group;
                cell /= group;
                code
            };
            groups.iter().map(code).collect()
        };
        let column = |coordinate: u32, cell: u32| -> i64 {
            let Some(cell) = cell.checked_sub(1) else { return 0 };
            let pairs = codes(coordinate).into_iter().zip(codes(cell)).zip(groups);
            pairs.map(|((a, b), &n)| if a == b { i64::from(n) - 1 } else { -1 }).product()
        };
        let moved_at = |coordinate: u32| -> BigInt {
            let change = |counts: &StepCounts| -> i64 {
                counts.iter().map(|&(cell, count)| column(coordinate, cell) * count).sum()
            };
            moved(recursion, background, &steps.iter().map(change).collect::<Vec<_>>())
        };
        (0..groups.iter().product()).map(moved_at).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]

        /// All stays in two, three and two times two cells, through the encoders of all
        /// coordinates, floors included; the total too.
        #[test]
        fn no_stays_through_a_residual_exceed_the_bound(
            recursion in any_steady(6),
            bits in 0u32..20,
            changes in 1u32..=5,
            background in prop::collection::vec(0i64..1_000_000, 6),
        ) {
            let recursion = recursion.coarser(bits).unwrap();
            let steps = recursion.steps();
            let participation = Participation::Alternating { changes, cells: 1 };
            for groups in [&[1][..], &[2], &[3], &[2, 2]] {
                let cells = groups.iter().product();
                let norm = groups.iter().map(|&n| u128::from(n * (n - 1)).max(1)).product();
                let total = groups == [1];
                let least = (!total).then(|| groups[0]);
                let residual = PresenceResidual { norm, coordinates: cells, cells, least };
                let claimed = stays_squared(&recursion, &participation, steps, residual).unwrap();
                let claimed = BigInt::from(claimed);
                for path in stays(steps, cells, changes) {
                    let all = if total {
                        let u: Vec<i64> = path.windows(2)
                            .map(|pair| i64::from(pair[1]) - i64::from(pair[0]))
                            .collect();
                        moved(&recursion, &background, &u)
                    } else {
                        moved_by(&recursion, &background, groups, &net(&path))
                    };
                    prop_assert!(all <= claimed, "{groups:?} {path:?}: {all} over {claimed}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// The turnover of all stays in two, three and two times two cells, through the encoders of
        /// all coordinates, floors included; the total too.
        #[test]
        fn no_turnover_of_stays_exceeds_the_bound(
            recursion in any_recursion(4),
            bits in 0u32..20,
            changes in 1u32..=4,
            background in prop::collection::vec(0i64..1_000_000, 4),
        ) {
            let recursion = recursion.coarser(bits).unwrap();
            let steps = recursion.steps();
            let once = Participation::OncePerStep { window: changes, sub: None };
            for groups in [&[1][..], &[2], &[3], &[2, 2]] {
                let cells = groups.iter().product();
                let norm = groups.iter().map(|&n| u128::from(n * (n - 1)).max(1)).product();
                let residual =
                    MeasuredVector { norm, coordinates: cells, ..MeasuredVector::CELL };
                let claimed = residual_squared(&recursion, &once, &residual).unwrap();
                let claimed = BigInt::from(claimed);
                for path in stays(steps, cells, changes) {
                    let counts = turnover(&path);
                    let all = if groups == [1] {
                        let u: Vec<i64> = counts.iter().map(|counts| counts[0].1).collect();
                        moved(&recursion, &background, &u)
                    } else {
                        moved_by(&recursion, &background, groups, &counts)
                    };
                    prop_assert!(all <= claimed, "{groups:?} {path:?}: {all} over {claimed}");
                }
            }
        }
    }

    /// The bound of stays is close to the worst that a search over every path of 9 steps finds; it
    /// is less close if the changes fill all steps, which they never do in a window.
    #[test]
    fn the_bound_of_stays_is_close_to_exhaustive_search() {
        let one = f64::from(1 << GAIN_BITS);
        let fixed = |values: [f64; 2]| values.map(|value| (value * one) as u64).to_vec();
        let recursion = steady(9, fixed([0.6, 0.4]), fixed([0.10961, 0.30031]));
        for (changes, group, limit) in [(2, 2, 1.02), (4, 2, 1.06), (4, 3, 1.03), (8, 2, 1.4)] {
            let participation = Participation::Alternating { changes, cells: 1 };
            let norm = u128::from(group * (group - 1));
            let residual =
                PresenceResidual { norm, coordinates: group, cells: group, least: Some(group) };
            let claimed = stays_squared(&recursion, &participation, 9, residual).unwrap();
            let paths = stays(9, group, changes);
            let worst =
                paths.iter().map(|path| moved_by(&recursion, &[0; 9], &[group], &net(path)));
            let worst = worst.max().unwrap();
            assert!(worst <= BigInt::from(claimed));
            let ratio = claimed as f64 / worst.to_string().parse::<f64>().unwrap();
            assert!(ratio < limit, "{changes} {group}: {ratio}");
        }
    }

    /// Fourteen steps, by exhaustive search: the certificate exceeds the worst by at most a
    /// thousandth.
    #[test]
    fn the_presence_certificate_is_close_to_exhaustive_search() {
        let one = f64::from(1 << GAIN_BITS);
        let fixed = |value: f64| (value * one) as u64;
        // Daily stock, eight changes a year; parameters of `design::shipped`.
        let (decays, gains) = ([0.995356, 0.652508], [0.10961, 0.30031]);
        for changes in [1, 2, 3, 5, 8] {
            let rows = vec![
                RecursionRow {
                    scale: GRID,
                    gains: gains.map(fixed).to_vec(),
                    precision: 1 << PRECISION_BITS
                };
                14
            ];
            let decays = decays.map(fixed).to_vec();
            let recursion = Recursion::new(14, decays, vec![], RecursionRows::Each(rows)).unwrap();
            let participation = Participation::Alternating { changes, cells: 1 };
            let claimed = sensitivity_squared(&recursion, &participation, 14).unwrap();
            let background = [0; 14];
            let worst = presences(14, changes)
                .iter()
                .map(|u| moved(&recursion, &background, u))
                .max()
                .unwrap();
            assert!(worst <= BigInt::from(claimed));
            assert!(BigInt::from(claimed) * 1000 <= worst * 1001, "{changes} changes");
        }
    }

    #[test]
    fn one_stay_costs_at_most_root_two() {
        let recursion = steady(366, vec![16_000_000, 9_000_000], vec![1_800_000, 5_000_000]);
        let cost_of = |changes| {
            let participation = Participation::Alternating { changes, cells: 1 };
            sensitivity_squared(&recursion, &participation, 366).unwrap()
        };
        assert!(cost_of(2) <= 2 * cost_of(1));
        assert!(cost_of(8) <= 8 * cost_of(1));
        let cells = Participation::Alternating { changes: 8, cells: 9 };
        let cells = sensitivity_squared(&recursion, &cells, 366).unwrap();
        assert!(cells >= cost_of(8));
        // Two cells with one change each, three with two.
        assert!(cells <= 2 * cost_of(1) + 3 * cost_of(2) + cost_of(1) / 1000);
    }

    #[test]
    fn what_is_not_proven_is_refused() {
        let recursion = steady(3, vec![5], vec![5]);
        let once = Participation::OncePerStepAndCell { window: 2, sub: None };
        assert!(matches!(
            sensitivity_squared(&recursion, &once, 3),
            Err(Error::SensitivityUnproven { .. })
        ));
        let row = RecursionRow { scale: GRID / 2, gains: vec![9], precision: 1 << PRECISION_BITS };
        let scaled =
            Recursion::new(3, vec![], vec![vec![3]], RecursionRows::Each(vec![row; 3])).unwrap();
        let presence = Participation::Alternating { changes: 2, cells: 1 };
        assert!(matches!(
            sensitivity_squared(&scaled, &presence, 3),
            Err(Error::SensitivityUnproven { .. })
        ));
    }
}
