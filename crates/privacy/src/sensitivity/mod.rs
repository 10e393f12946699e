//! Sensitivity: how far one person can at worst move the measurements of a strategy.
//!
//! A person's contributions in one window are an integer vector u for each cell, and the squared
//! sensitivity is the largest possible sum over cells of u'Gu, with G = C'C in integers. It is
//! computed, never assumed, by dynamic programming over the steps. Proofs: the notes beside the
//! strategies, `strategy/identity.proof.md` and `strategy/calendar.proof.md`.
//!
//! Not here: which rule a dataflow follows, and how a person's events are kept within it.
//!
//! Invariants:
//! 1. The result is never below what an exhaustive search over all allowed contributions finds
//!    (`tests::no_contribution_exceeds_the_sensitivity`).
//! 2. For every rule without a sub-bound some person attains it, given as many cells as
//!    contributions (`tests::the_sensitivity_is_attained`), or the stated number of cells
//!    (`tests::the_alternating_sensitivity_is_attained`); with a sub-bound, whenever the worst case
//!    lies in one cell (`tests::within_one_cell_the_sub_bound_is_exact`).
//! 3. No float and no unchecked sum lies on the way; a computation that would take too long is
//!    refused (`tests::endless_work_is_refused`).

mod alternating;
pub mod late;
mod presence;
pub mod recursion;
mod same_sign;
#[cfg(test)]
mod tests;

use crate::fault::is_planted;
use crate::strategy::{Level, Strategy, check_partition};
use crate::{Error, Result};

/// The largest contribution bound.
pub const BOUND_MAX: u32 = 10_000;
/// The most operations that an exact sensitivity may take: a second or two.
pub const WORK_MAX: u64 = 2_000_000_000;

/// The rule for one person's contributions to one dataflow in one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Participation {
    /// Contributions of +1, at most one in each (step, cell).
    OncePerStepAndCell {
        /// The most contributions, over all steps and cells.
        window: u32,
        /// A further bound on each block of steps, over all cells.
        sub: Option<SubBound>,
    },
    /// Contributions of +1, at most one in each cell of the window.
    OncePerCell {
        /// The most contributions, over all cells.
        window: u32,
    },
    /// Contributions of +1, at most one in each step, whatever its cell.
    OncePerStep {
        /// The most contributions, over all steps.
        window: u32,
        /// A further bound on each block of steps.
        sub: Option<SubBound>,
    },
    /// Contributions of +1, any number of them in one (step, cell).
    AnyNumber {
        /// The most contributions, over all steps and cells.
        window: u32,
    },
    /// Presence: changes of +1 and -1 alternate, at most one in each step. A stay begins and ends
    /// in one cell; the first change may end a stay that began before the window.
    Alternating {
        /// The most changes, over all steps and cells.
        changes: u32,
        /// The number of cells.
        cells: u32,
    },
    /// One contribution of 1, to one cell of one step.
    Once,
}

impl Participation {
    /// The most contributions or changes.
    pub fn bound(&self) -> u32 {
        match self {
            Self::OncePerStepAndCell { window, .. }
            | Self::OncePerCell { window }
            | Self::OncePerStep { window, .. }
            | Self::AnyNumber { window } => *window,
            Self::Alternating { changes, .. } => *changes,
            Self::Once => 1,
        }
    }
}

/// At most `bound` contributions in each block of consecutive steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubBound {
    /// The step after each block's last; the last is the number of steps.
    pub ends: Vec<u32>,
    /// The most contributions in each block, over all its steps and all cells.
    pub bound: u32,
}

/// The measured values that contributions move: a cell, or the coordinates of a residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredVector {
    /// The squared norm of the residual, h.
    pub norm: u128,
    /// The number of its coordinates that are measured, for one code that stands apart.
    pub coordinates: u32,
    /// The number of codes that stand apart, each of which has coordinates of its own.
    pub codes: u32,
    /// If late contributions can be taken back: the size of the smallest group of two or more that
    /// the residual names. `None` if they cannot, for a cell, and for the total.
    pub least: Option<u32>,
}

impl MeasuredVector {
    /// A cell measured by itself, of as many as there are.
    pub const CELL: Self = Self { norm: 1, coordinates: 1, codes: u32::MAX, least: None };

    /// How many coordinates this many contributions can move.
    fn moved_by(&self, participation: &Participation, contributions: u32) -> u32 {
        match participation {
            Participation::OncePerStep { .. } => self.coordinates,
            _ => self.coordinates.saturating_mul(contributions.min(self.codes)),
        }
    }
}

/// The largest sum over cells of u'Gu that `participation` allows one person.
/// Unit: squared units of the integer grid on which the measurements lie.
/// Guarantee: exact when there are as many cells as contributions, an upper bound when there
/// are fewer; with a sub-bound, exact when the worst case lies in one cell, and an upper bound
/// otherwise. For `Alternating` exact with any number of cells.
/// Errors: a bound out of range, blocks that do not partition the steps, `WorkTooGreat`.
pub fn sensitivity_squared(strategy: &Strategy, participation: &Participation) -> Result<u128> {
    let diagonal = u128::from(strategy.gram_diagonal());
    match participation {
        Participation::OncePerStepAndCell { window, sub } => {
            once_per_step_and_cell(strategy.steps(), strategy.levels(), *window, sub.as_ref())
        }
        // Each is in a cell of its own, and cells add.
        Participation::OncePerCell { window } => Ok(u128::from(checked(*window)?) * diagonal),
        Participation::OncePerStep { window, sub } => {
            once_per_step(strategy.steps(), strategy.levels(), *window, sub.as_ref())
        }
        // Cauchy and Schwarz: u'Gu <= (sum of u)^2 max G_tt, attained by all contributions in one
        // step and cell.
        Participation::AnyNumber { window } => Ok(u128::from(checked(*window)?).pow(2) * diagonal),
        Participation::Alternating { changes, cells } => {
            if *cells == 0 {
                return Err(Error::CellsZero);
            }
            alternating::worst_path(strategy, checked(*changes)?, *cells)
        }
        Participation::Once => Ok(diagonal),
    }
}

/// The largest u'Gu if u consists of contributions of +1, at most one in each step whatever the
/// cell, at most `window` in all, and at most the sub-bound's in each block, where G is that of
/// sums over the nodes of these levels; single steps need not be among them. This is the time part
/// of the sensitivity of a residual: see `residual/residual.proof.md`.
/// Guarantee: exact (`strategy/calendar.proof.md`, 2.1).
/// Errors: a bound out of range, blocks or levels that do not partition the steps, `WorkTooGreat`.
pub fn once_per_step(
    steps: u32,
    levels: &[Level],
    window: u32,
    sub: Option<&SubBound>,
) -> Result<u128> {
    Ok(within_one_cell(steps, levels, window, sub)?.0.last().copied().unwrap_or(0))
}

/// As [`once_per_step`], but at most one contribution in each (step, cell), the bounds over all
/// cells: the largest sum over cells of u'Gu. In a table, a cell is a code (or a combination of
/// codes) of the dimensions that stand apart.
/// Guarantee: that of [`sensitivity_squared`].
/// Errors: as [`once_per_step`].
pub fn once_per_step_and_cell(
    steps: u32,
    levels: &[Level],
    window: u32,
    sub: Option<&SubBound>,
) -> Result<u128> {
    let (within, window) = within_one_cell(steps, levels, window, sub)?;
    Ok(over_cells(&within, window as usize))
}

/// The time parts of up to as many contributions as the bounds allow, all in one cell, and how many
/// that are.
fn within_one_cell(
    steps: u32,
    levels: &[Level],
    window: u32,
    sub: Option<&SubBound>,
) -> Result<(Vec<u128>, u32)> {
    levels.iter().try_for_each(|level| check_partition(&level.ends, steps))?;
    let window = reach(steps, window, sub)?;
    let mut within = same_sign::within_one_cell(steps, levels, window, sub)?;
    if is_planted("sensitivity-halved") {
        within.iter_mut().for_each(|squared| *squared /= 2);
    }
    Ok((within, window))
}

/// Checks the window's bound and its blocks. Returns the most contributions that they allow.
fn reach(steps: u32, window: u32, sub: Option<&SubBound>) -> Result<u32> {
    let window = checked(window)?;
    let Some(sub) = sub else { return Ok(window) };
    check_partition(&sub.ends, steps)?;
    let blocks = sub.ends.len() as u32;
    Ok(window.min(checked(sub.bound)?.saturating_mul(blocks)))
}

fn checked(bound: u32) -> Result<u32> {
    if (1..=BOUND_MAX).contains(&bound) {
        Ok(bound)
    } else {
        Err(Error::BoundOutOfRange { limit: BOUND_MAX })
    }
}

/// The worst way to distribute `window` contributions over cells, if `within[n]` is the worst of
/// `n` in one cell: cells add, since no measurement mixes two of them.
fn over_cells(within: &[u128], window: usize) -> u128 {
    over_cells_up_to(within, window)[window]
}

/// [`over_cells`] for every number of contributions up to `window`.
fn over_cells_up_to(within: &[u128], window: usize) -> Vec<u128> {
    let mut best = vec![0u128; window + 1];
    for total in 1..=window {
        let shared = (1..within.len().min(total + 1)).map(|here| within[here] + best[total - here]);
        best[total] = shared.max().unwrap_or(0).max(best[total - 1]);
    }
    best
}

/// Counts operations before they are done, and refuses more than [`WORK_MAX`].
#[derive(Default)]
struct Work(u64);

impl Work {
    fn add(&mut self, factors: &[usize]) -> Result<()> {
        let product =
            factors.iter().try_fold(1u64, |product, &factor| product.checked_mul(factor as u64));
        self.0 = self.0.saturating_add(product.unwrap_or(u64::MAX));
        if self.0 > WORK_MAX { Err(Error::WorkTooGreat { limit: WORK_MAX }) } else { Ok(()) }
    }
}
