//! How far one person moves the residuals of a table.
//!
//! A contribution of +1 to a cell adds one column to each residual. Weighted by the noise, all
//! columns have the same length, sqrt(h_A), and the product of two columns is h_A times the kernel
//! K: along each dimension that the residual names, 1 for the same code, -1 / (n - 1) for two codes
//! of a group of n, and 0 for codes of different groups. K is at most 1, so contributions of one
//! sign cost the most, for every residual at once, if they all fall in one cell. A move removes one
//! column and adds another: its squared length is h_A (2 - 2 K).
//!
//! Not here: the time part, which belongs to the strategy (see [`crate::sensitivity`]).
//!
//! Invariants:
//! 1. Contributions of one sign never exceed the bound, and reach it in one cell
//!    (`super::tests::one_cell_is_the_worst_for_every_residual_at_once`).
//! 2. The same holds with codes that stand apart, for at most one contribution in each (step, code)
//!    (`super::tests::contributions_apart_never_exceed_the_bound`).
//! 3. The squared length of a move is that of the difference of the dense columns, and its maximum
//!    is reached (`super::tests::a_move_is_the_difference_of_two_columns`).
//! 4. No path of presence exceeds the bound for moves, and single steps reach it
//!    (`super::tests::no_path_of_moves_exceeds_the_bound`).

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::axis::codes_of;
use super::{ContingencyTable, MarginalLevels};
use crate::sensitivity::{BOUND_MAX, Participation, sensitivity_squared};
use crate::strategy::Strategy;
use crate::{Error, Result};

impl ContingencyTable {
    /// The squared sensitivity of a residual to contributions of +1, at most one in each step
    /// whatever their cells, from the time part of its strategy
    /// ([`once_per_step`](crate::sensitivity::once_per_step)).
    /// Unit: squared units of the integer grid, at multiple one.
    /// Guarantee: exact if each level that the residual names has a group of two or more; also for
    /// any number of contributions in a step, with the time part of `AnyNumber`, and with one
    /// contribution for each code of the dimensions that stand apart in a step, with the time part
    /// of [`once_per_step_and_cell`](crate::sensitivity::once_per_step_and_cell).
    /// Errors: `MarginalUnknown`, `NormTooLarge`.
    pub fn same_sign_squared(&self, residual: &MarginalLevels, time_part: u128) -> Result<u128> {
        self.norm(residual)?.checked_mul(time_part).ok_or(Error::NormTooLarge)
    }

    /// The squared length of the movement if a person goes from one cell of the residual's marginal
    /// to another; `None` is absence.
    /// Unit: squared units of the integer grid, at multiple one. Exact.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`, `NormTooLarge`; `WrongNumberOfValues` for a
    /// cell past the last.
    pub fn move_square(
        &self,
        residual: &MarginalLevels,
        from: Option<usize>,
        to: Option<usize>,
    ) -> Result<BigRational> {
        let shape = self.shape(residual)?;
        let expected = shape.iter().product();
        if from.max(to).is_some_and(|cell| cell >= expected) {
            return Err(Error::WrongNumberOfValues { expected });
        }
        let kernel = |a: Option<usize>, b: Option<usize>| match (a, b) {
            (Some(a), Some(b)) => self.kernel(residual, &codes_of(a, &shape), &codes_of(b, &shape)),
            _ => BigRational::zero(),
        };
        let apart = kernel(from, from) + kernel(to, to) - kernel(from, to) - kernel(to, from);
        Ok(apart * BigInt::from(self.norm(residual)?))
    }

    /// The largest squared length of a move between two cells, arriving and leaving included: 2 n /
    /// (n - 1) times the norm, where n is the size of the smallest group of two or more that the
    /// residual names, or 2 if it names none but codes that stand apart. For the total it is the
    /// norm 1: a move within the table does not change it.
    /// Errors: `MarginalUnknown`, `NormTooLarge`.
    pub fn move_square_max(&self, residual: &MarginalLevels) -> Result<BigRational> {
        let norm = BigRational::from(BigInt::from(self.norm(residual)?));
        Ok(match self.least_group(residual)? {
            Some(group) => norm * BigRational::new((2 * group).into(), (group - 1).into()),
            None if self.combinations_apart() > 1 => norm * BigInt::from(2),
            None => norm,
        })
    }

    /// The size of the smallest group of two or more that a residual names; `None` for the total.
    /// Two different columns have a product of h K, and K is never below -1 / (n - 1).
    /// Errors: `MarginalUnknown`.
    pub fn least_group(&self, residual: &MarginalLevels) -> Result<Option<usize>> {
        self.check(residual)?;
        let axes = self.dimensions.iter().zip(&residual.0).filter(|(_, level)| **level > 0);
        let groups = axes.flat_map(|(dimension, &level)| dimension.codes(level));
        Ok(groups.map(|code| code.group).filter(|&group| group > 1).min())
    }

    /// The squared sensitivity of a residual to a person's presence in at most one cell at a time,
    /// with at most `changes` changes of cell, arrivals and departures included, at most one in
    /// each step. The measured values are the changes: +1 in the cell of an arrival and -1 in that
    /// of a departure.
    /// Unit: squared units of the integer grid, at multiple one.
    /// Guarantee: an upper bound, reached if the strategy is single steps; for the total exact.
    /// Errors: `MarginalUnknown`, `NormTooLarge`, `BoundOutOfRange`, `WorkTooGreat`.
    pub fn moves_squared(
        &self,
        residual: &MarginalLevels,
        strategy: &Strategy,
        changes: u32,
    ) -> Result<u128> {
        if !(1..=BOUND_MAX).contains(&changes) {
            return Err(Error::BoundOutOfRange { limit: BOUND_MAX });
        }
        self.check(residual)?;
        if residual.is_total() {
            return sensitivity_squared(
                strategy,
                &Participation::Alternating { changes, cells: 1 },
            );
        }
        // A node without a change inside has no movement; one with changes has at most the largest.
        let levels = strategy.levels().iter();
        let nodes =
            levels.map(|level| level.square() * (level.ends.len() as u64).min(changes.into()));
        let most = self.move_square_max(residual)? * BigInt::from(nodes.sum::<u64>());
        most.ceil().to_integer().to_u128().ok_or(Error::NormTooLarge)
    }

    /// K, for two cells given by their codes.
    fn kernel(&self, residual: &MarginalLevels, a: &[usize], b: &[usize]) -> BigRational {
        let mut product = BigRational::one();
        for (axis, dimension) in self.dimensions.iter().enumerate() {
            if residual.0[axis] == 0 {
                continue;
            }
            let codes = dimension.codes(residual.0[axis]);
            let (left, right) = (codes[a[axis]], codes[b[axis]]);
            if dimension.is_apart() && a[axis] == b[axis] {
                continue;
            }
            if left.parent != right.parent || left.group == 1 {
                return BigRational::zero();
            }
            if a[axis] != b[axis] {
                product /= BigInt::from(1) - BigInt::from(left.group);
            }
        }
        product
    }
}
