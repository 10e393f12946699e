//! The certificate for presence: an upper bound on the cost of alternating arrivals and departures
//! under a recursion whose rows are all the same.
//!
//! After any alternating changes, with the sign of the last as the unit, every buffer lies between
//! 0 and 1; the next change has the other sign. V_t(b, n) is the most that the steps from t on can
//! cost if the buffers are b and n changes are left:
//! ```text
//! V_t(b, n) = max( (K b)^2     + V_{t+1}(theta b, n),            no change
//!                  (1 - K b)^2 + V_{t+1}(1 - theta b, n - 1) )   a change
//! ```
//! V is convex in b, so inside a box it is never above the multilinear interpolation of its values
//! at the corners (Jensen). Computed on a grid of boxes with every rounding upward, this bounds the
//! true V from above.
//!
//! | symbol | here | meaning |
//! |---|---|---|
//! | theta, K | `decays`, `gains` of the recursion | in 2^-24 |
//! | b | grid point / `points` | buffers in units of the last change |
//! | V | `worth`, in 2^-`bits` | squared units of a count |
//!
//! Not here: floors (module `recursion`), contributions of one sign.
//!
//! Invariants:
//! 1. No allowed presence costs more, by exhaustive search on small sizes
//!    (`super::recursion::tests::no_presence_through_the_recursion_exceeds_the_bound`).
//! 2. The certificate exceeds the worst by at most a thousandth
//!    (`super::recursion::tests::the_presence_certificate_is_close_to_exhaustive_search`).
//! 3. A recursion for which convexity or the range of the buffers is not proven is refused
//!    (`super::recursion::tests::what_is_not_proven_is_refused`).
//! 4. The worths do not depend on scale and precision, so that those of one grid are those of
//!    every coarser one (`tests::worths_that_are_remembered_are_those_that_are_found`).

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::Work;
use crate::strategy::recursion::{GAIN_BITS, PRECISION_BITS, Recursion};
use crate::{Error, Result};

/// The most buffers for which the grid works.
const BUFFERS: usize = 2;
const ONE: u64 = 1 << GAIN_BITS;
/// Binary digits of a worth: together with those of a weight they fit 64 bits.
const WORTH_BITS: u32 = 38;

/// The target of a grid point: the point below it, and the weight of the next point in 2^-24.
type Target = (usize, u64);

/// The highest cost of n changes in one cell, by n.
#[derive(Debug)]
pub(super) struct Presence {
    /// In squared grid units of a step of precision 1.
    within: Vec<u128>,
}

/// What the worths of a certificate depend on.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct WorthQuery {
    /// Decay and gain of each buffer.
    buffers: Vec<(u64, u64)>,
    continues: bool,
    window: u32,
    changes: u32,
    points: [usize; 2],
}

/// Worths by number of changes, in 2^-`bits`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Worths {
    by_changes: Vec<u64>,
    bits: u32,
}

/// Worths found so far: the residuals of a table differ in their scale only, and one certificate
/// takes a tenth of a second.
static FOUND: LazyLock<Mutex<HashMap<WorthQuery, Worths>>> = LazyLock::new(Mutex::default);

/// One axis of the grid: the targets of its points without and with a change.
struct GridAxis {
    places: usize,
    stays: Vec<Target>,
    turns: Vec<Target>,
    /// Gain, in 2^-24.
    gain: u64,
}

impl GridAxis {
    fn new(buffer: Option<(u64, u64)>, points: u64) -> Self {
        let Some((decay, gain)) = buffer else {
            return Self { places: 1, stays: vec![(0, 0)], turns: vec![(0, 0)], gain: 0 };
        };
        let target = |position: u64| ((position >> GAIN_BITS) as usize, position & (ONE - 1));
        // Exact: a point times a decay is a whole number of 2^-24 of a box.
        let stays = (0..=points).map(|place| target(place * decay)).collect();
        let whole = points * ONE;
        let turns = (0..=points).map(|place| target(whole - place * decay)).collect();
        Self { places: points as usize + 1, stays, turns, gain }
    }
}

impl Presence {
    /// For windows of this many steps with at most `changes` changes, on a grid of this many boxes
    /// along each buffer.
    /// Errors: `SensitivityUnproven`, `WorkTooGreat`.
    pub(super) fn new(
        recursion: &Recursion,
        window: u32,
        changes: u32,
        points: [usize; 2],
    ) -> Result<Self> {
        let unproven = Error::SensitivityUnproven { participation: "alternating changes" };
        let row = recursion.row(0);
        let same =
            recursion.continues() || (1..recursion.steps()).all(|step| recursion.row(step) == row);
        let buffers = recursion.buffers();
        if !same || buffers > BUFFERS || recursion.width() != buffers {
            return Err(unproven);
        }
        let query = WorthQuery {
            buffers: recursion.decays().iter().copied().zip(row.gains.iter().copied()).collect(),
            continues: recursion.continues(),
            window,
            changes,
            points,
        };
        let found = || FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        let known = found().get(&query).cloned();
        let worths = match known {
            Some(worths) => worths,
            None => {
                let worths = Worths::find(&query, recursion)?;
                found().insert(query, worths.clone());
                worths
            }
        };
        // Fits: a worth is below 2^40, a precision at most 2^20, a scale below 2^32.
        let square = u128::from(row.scale).pow(2) * u128::from(row.precision);
        let squared =
            |worth: u64| (u128::from(worth) * square).div_ceil(1 << (worths.bits + PRECISION_BITS));
        Ok(Self { within: worths.by_changes.into_iter().map(squared).collect() })
    }

    /// The highest cost of spreading the changes over `cells` cells: in a window a person's
    /// presence in one cell can change an odd number of times only if the window begins or ends
    /// there.
    pub(super) fn worst(&self, cells: u32) -> Result<u128> {
        let most = self.within.len() - 1;
        let cells = cells.min(most as u32);
        // By changes spent and odd cells used.
        let mut best = vec![[0u128; 3]; most + 1];
        for _ in 0..cells {
            let before = best.clone();
            for spent in 1..=most {
                for here in 1..=spent {
                    let odd = here % 2;
                    for used in odd..3 {
                        let cost = self.within[here].checked_add(before[spent - here][used - odd]);
                        let cost = cost.ok_or(Error::SensitivityTooLarge)?;
                        best[spent][used] = best[spent][used].max(cost);
                    }
                }
            }
        }
        Ok(best[most].iter().copied().max().unwrap_or(0))
    }
}

impl Worths {
    /// Errors: `WorkTooGreat`, `SensitivityTooLarge`.
    fn find(query: &WorthQuery, recursion: &Recursion) -> Result<Self> {
        let &WorthQuery { ref buffers, window, changes, points, .. } = query;
        let axes = [0, 1].map(|at| GridAxis::new(buffers.get(at).copied(), points[at] as u64));
        let size = axes[0].places * axes[1].places;
        let mut work = Work::default();
        work.add(&[window as usize, changes as usize + 1, size])?;
        let bits = worth_bits(&axes, recursion, window, changes)?;
        let grid = Grid::new(axes, recursion, bits, changes, points);
        Ok(Self { by_changes: grid.run(window)?, bits })
    }
}

/// The number of binary digits that a worth can have after its point: no worth exceeds the number
/// of changes times the largest response, and the responses are at most those of |1| + gains.
fn worth_bits(
    axes: &[GridAxis; 2],
    recursion: &Recursion,
    window: u32,
    changes: u32,
) -> Result<u32> {
    // A step costs at most the square of the larger of 1 and the gains' sum.
    let gains: u64 = axes.iter().map(|axis| axis.gain).sum();
    let top = u128::from(gains.max(ONE).div_ceil(ONE)).pow(2);
    // The later effect of one change: the sum over lags of (sum of gains * decay^lag)^2, at most
    // (sum of gains / (1 - decay))^2.
    let left = recursion
        .decays()
        .iter()
        .zip(axes)
        .map(|(&decay, axis)| u128::from(axis.gain).div_ceil(u128::from(ONE - decay)));
    let left: u128 = left.sum::<u128>() + 1;
    // One change costs at most the sum of the squares; every other adds no more than the first.
    let rough = (1 + left * u128::from(gains.div_ceil(ONE).max(1))) * u128::from(changes + 1);
    let rough = rough.min(top * u128::from(window + 1) + left * left);
    let digits = u128::BITS - rough.leading_zeros();
    if digits + 8 > WORTH_BITS { Err(Error::SensitivityTooLarge) } else { Ok(WORTH_BITS - digits) }
}

struct Grid {
    axes: [GridAxis; 2],
    /// The cost of a step at each point without and with a change.
    idle: Vec<u64>,
    change: Vec<u64>,
    /// By changes left, the worth at each point.
    worth: Vec<Vec<u64>>,
}

impl Grid {
    fn new(
        axes: [GridAxis; 2],
        recursion: &Recursion,
        bits: u32,
        changes: u32,
        points: [usize; 2],
    ) -> Self {
        // A buffer is counted in parts such that both grids consist of whole parts.
        let parts = (points[0] * points[1]) as u64;
        let each = [0, 1].map(|at| axes[at].gain * parts / points[at] as u64);
        let whole = u128::from(parts * ONE);
        let cost = |moved: u128| ((moved * moved) << bits).div_ceil(whole * whole) as u64;
        let (mut idle, mut change) = (Vec::new(), Vec::new());
        let mut tail = Vec::new();
        for first in 0..axes[0].places {
            for second in 0..axes[1].places {
                let heard = [each[0] * first as u64, each[1] * second as u64];
                let recalled = u128::from(heard[0]) + u128::from(heard[1]);
                idle.push(cost(recalled));
                change.push(cost(whole.abs_diff(recalled)));
                let goes_on = recursion.continues();
                tail.push(if goes_on { rest(recursion, heard, bits, parts) } else { 0 });
            }
        }
        let worth = vec![tail; changes as usize + 1];
        Self { axes, idle, change, worth }
    }

    /// Goes back over the steps of a window. Returns the worth of each number of changes if nothing
    /// has happened yet: all buffers are zero.
    /// Errors: `SensitivityTooLarge` before anything could wrap: a step adds less than
    /// 2^`WORTH_BITS`, and 2^(`WORTH_BITS` + 2) times a weight still fits.
    fn run(mut self, window: u32) -> Result<Vec<u64>> {
        let size = self.idle.len();
        let (mut stays, mut turns) = (vec![0; size], vec![0; size]);
        for _ in 0..window {
            // From the most changes down: entries with fewer changes left still hold the step
            // after.
            for left in (0..self.worth.len()).rev() {
                interpolate(&self.worth[left], &self.axes, |axis| &axis.stays, &mut stays);
                if left == 0 {
                    for ((worth, stay), idle) in
                        self.worth[0].iter_mut().zip(&stays).zip(&self.idle)
                    {
                        *worth = stay + idle;
                    }
                    continue;
                }
                interpolate(&self.worth[left - 1], &self.axes, |axis| &axis.turns, &mut turns);
                let next = stays.iter().zip(&self.idle).zip(turns.iter().zip(&self.change));
                for (worth, ((stay, idle), (turn, change))) in self.worth[left].iter_mut().zip(next)
                {
                    *worth = (stay + idle).max(turn + change);
                }
            }
            // The worth of a point is highest with the most changes left.
            let most = self.worth.last().into_iter().flatten().max();
            if most.is_some_and(|&most| most >= 1 << (WORTH_BITS + 1)) {
                return Err(Error::SensitivityTooLarge);
            }
        }
        Ok(self.worth.iter().map(|worth| worth[0]).collect())
    }
}

/// The cost of the buffers after the last step, for ever: the sum of K_i K_j b_i b_j / (1 - d_i
/// d_j), where `heard` are the K_i b_i in 2^-24 of one of so many `parts`.
fn rest(recursion: &Recursion, heard: [u64; 2], bits: u32, parts: u64) -> u64 {
    let one = u128::from(ONE).pow(2);
    let parts = u128::from(parts).pow(2);
    let mut sum = 0u128;
    for (&left, &decay) in heard.iter().zip(recursion.decays()) {
        for (&right, &other) in heard.iter().zip(recursion.decays()) {
            let left_right = u128::from(left) * u128::from(right);
            let open = one - u128::from(decay) * u128::from(other);
            // left_right / parts / 2^48 / (open / 2^48), in 2^-bits.
            sum += (left_right << bits).div_ceil(parts * open);
        }
    }
    sum as u64
}

/// At each point, the worth at the point's target, interpolated between grid points by weights and
/// rounded up.
fn interpolate(
    worth: &[u64],
    axes: &[GridAxis; 2],
    of: impl Fn(&GridAxis) -> &Vec<Target>,
    into: &mut [u64],
) {
    let between = |below: u64, above: u64, weight: u64| {
        (below * (ONE - weight) + above * weight).div_ceil(ONE)
    };
    let columns = axes[1].places;
    let mut along = vec![0u64; columns];
    for (first, &(row, weight)) in of(&axes[0]).iter().enumerate() {
        let below = &worth[row * columns..][..columns];
        let above = &worth[(row + 1).min(axes[0].places - 1) * columns..][..columns];
        for ((along, &below), &above) in along.iter_mut().zip(below).zip(above) {
            *along = between(below, above, weight);
        }
        let into = &mut into[first * columns..][..columns];
        for (into, &(column, weight)) in into.iter_mut().zip(of(&axes[1])) {
            *into = between(along[column], along[(column + 1).min(columns - 1)], weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::shipped;
    use crate::sensitivity::Participation;

    #[test]
    fn worths_that_are_remembered_are_those_that_are_found() {
        let participation = Participation::Alternating { changes: 6, cells: 3 };
        let fine = shipped::stock(365, 40, 40, &participation).unwrap();
        for bits in [0, 4, 8] {
            let coarse = fine.coarser(bits).unwrap();
            let points = [16, 16];
            let one = Presence::new(&coarse, 40, 6, points).unwrap();
            // The same without the memory, whose worths are those of the finest.
            let row = coarse.row(0);
            let pairs = coarse.decays().iter().copied().zip(row.gains.iter().copied());
            let (buffers, continues) = (pairs.collect(), coarse.continues());
            let query = WorthQuery { buffers, continues, window: 40, changes: 6, points };
            let Worths { by_changes, bits } = Worths::find(&query, &coarse).unwrap();
            let square = u128::from(row.scale).pow(2) * u128::from(row.precision);
            let squared =
                |worth: u64| (u128::from(worth) * square).div_ceil(1 << (bits + PRECISION_BITS));
            let found: Vec<u128> = by_changes.into_iter().map(squared).collect();
            assert_eq!(one.within, found);
            assert!(one.within[1] > 0);
        }
    }
}
