//! Residuals: the independent parts that make up all marginals of a table.
//!
//! A marginal names one level of each dimension: its cells are the combinations of codes on those
//! levels, where level 0 stands for everything together. The residual of a marginal is what the
//! marginal adds to all coarser ones: along each dimension that it names, the deviations of
//! siblings from their group, (n I - J) for each group of n, with J all ones. Residuals are
//! integers, one for each cell of the marginal, and the noise is added to them. Every marginal is a
//! fixed linear map of the residuals at or below it, so all marginals fit each other, and each
//! residual can have its own share of the budget and its own strategy over time. A dimension that
//! stands apart is never summed over: the table is one table for each of its codes. Where codes are
//! closed, residuals are measured as if they were not, and read without them. Proofs:
//! `residual.proof.md`; for balances, `balance.proof.md`.
//!
//! Not here: time (a residual is linear, so a strategy accepts residuals as it accepts counts), the
//! noise, the charge, and names of codes.
//!
//! Symbols: A, B marginals; l_i, b_i their levels; x_A the exact counts of A's cells, r_A the exact
//! residual, M_A the matrix with r_A = M_A x; h_A the norm: the greatest common divisor of the
//! groups' squared column norms, which are products of n (n - 1); N / h_A the multiple of a
//! coordinate.
//!
//! Invariants:
//! 1. The residual is the dense matrix product (`tests::residuals_are_the_dense_product`).
//! 2. The squared norm of every column, weighted by the noise, is h_A, unless it is zero
//!    (`tests::every_column_costs_the_same`).
//! 3. Each part of a table is measured by exactly one residual
//!    (`tests::residuals_split_the_table_without_overlap`).
//! 4. A refusal names no count (`tests::sums_beyond_64_bits_are_refused_without_a_count`).

mod axis;
mod dimension;
mod reconstruct;
mod sensitivity;
pub mod shares;
#[cfg(test)]
mod tests;
mod variance;

use std::collections::BTreeSet;

use crate::accountant::Variance;
use crate::{Error, Result};

use axis::along;
use dimension::TreeCode;
pub use dimension::{CODES_MAX, CodeTree, DEPTH_MAX};
pub use reconstruct::ResidualValues;
pub use variance::ResidualVariances;

/// The most dimensions of a table.
pub const DIMENSIONS_MAX: usize = 16;
/// The most cells of a marginal that is measured or read. The table itself may have more.
pub const CELLS_MAX: usize = 1 << 24;
/// The most residuals that the wanted marginals may need.
pub const RESIDUALS_MAX: usize = 65_536;

/// One level of each dimension: identifies a marginal of the table, or the residual that it adds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarginalLevels(Vec<usize>);

impl MarginalLevels {
    /// The level of each dimension.
    pub fn levels(&self) -> &[usize] {
        &self.0
    }

    /// Whether this is the total: no dimension is split. Never so in a table with a dimension that
    /// stands apart.
    pub fn is_total(&self) -> bool {
        self.0.iter().all(|&level| level == 0)
    }
}

/// The dimensions of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContingencyTable {
    dimensions: Vec<CodeTree>,
}

impl ContingencyTable {
    /// The table of these dimensions.
    /// Errors: `DimensionsOutOfRange`.
    pub fn new(dimensions: Vec<CodeTree>) -> Result<Self> {
        if (1..=DIMENSIONS_MAX).contains(&dimensions.len()) {
            Ok(Self { dimensions })
        } else {
            Err(Error::DimensionsOutOfRange { limit: DIMENSIONS_MAX })
        }
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[CodeTree] {
        &self.dimensions
    }

    /// The same table, of which these finest codes of each dimension are open: estimates are 0
    /// elsewhere. Residuals, norms and multiples stay the same.
    /// Errors: `WrongNumberOfValues` unless there is a list for each dimension and one entry for
    /// each of its finest codes.
    pub fn with_open(&self, open: &[Vec<bool>]) -> Result<Self> {
        if open.len() != self.dimensions.len() {
            return Err(Error::WrongNumberOfValues { expected: self.dimensions.len() });
        }
        let dimensions = self.dimensions.iter().zip(open);
        let dimensions = dimensions.map(|(dimension, open)| dimension.with_open(open));
        Ok(Self { dimensions: dimensions.collect::<Result<_>>()? })
    }

    /// Whether something can count in a cell of a marginal.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`; `WrongNumberOfValues` for a cell past the
    /// last.
    pub fn is_open(&self, marginal: &MarginalLevels, cell: usize) -> Result<bool> {
        let codes = self.codes(marginal, cell)?;
        let mut axes = self.dimensions.iter().zip(&marginal.0).zip(codes);
        Ok(axes.all(|((dimension, &level), code)| dimension.codes(level)[code].is_open))
    }

    /// The marginal at these levels, one for each dimension: the last of one that stands apart.
    /// Errors: `MarginalUnknown`.
    pub fn marginal(&self, levels: &[usize]) -> Result<MarginalLevels> {
        let marginal = MarginalLevels(levels.to_vec());
        self.check(&marginal)?;
        Ok(marginal)
    }

    /// The number of codes of each dimension on the marginal's levels. In a flat list of cells the
    /// last dimension moves fastest.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`.
    pub fn shape(&self, marginal: &MarginalLevels) -> Result<Vec<usize>> {
        self.check(marginal)?;
        let axes = self.dimensions.iter().zip(&marginal.0);
        let shape: Vec<usize> =
            axes.map(|(dimension, &level)| dimension.codes(level).len()).collect();
        let cells = shape.iter().try_fold(1usize, |cells, &codes| cells.checked_mul(codes));
        match cells {
            Some(cells) if cells <= CELLS_MAX => Ok(shape),
            _ => Err(Error::MarginalTooLarge { limit: CELLS_MAX }),
        }
    }

    /// The number of cells of a marginal, which is also the number of coordinates of its residual.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`.
    pub fn cells(&self, marginal: &MarginalLevels) -> Result<usize> {
        Ok(self.shape(marginal)?.iter().product())
    }

    /// The residuals that the wanted marginals need, in the order of levels, without those that are
    /// always zero because their codes have no siblings.
    /// Errors: `MarginalUnknown`, `ResidualsTooMany`.
    pub fn residuals(&self, wanted: &[MarginalLevels]) -> Result<Vec<MarginalLevels>> {
        let refusal = Error::ResidualsTooMany { limit: RESIDUALS_MAX };
        let mut found = BTreeSet::new();
        for marginal in wanted {
            found.extend(self.below(marginal)?);
            if found.len() > RESIDUALS_MAX {
                return Err(refusal);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The number of combinations of codes of the dimensions that stand apart; 1 without any.
    pub fn combinations_apart(&self) -> usize {
        let apart = self.dimensions.iter().filter(|dimension| dimension.is_apart());
        let codes = apart.map(|dimension| dimension.codes(dimension.depth()).len());
        codes.fold(1, usize::saturating_mul)
    }

    /// The residuals at or below one marginal that are not always zero.
    fn below(&self, marginal: &MarginalLevels) -> Result<Vec<MarginalLevels>> {
        self.check(marginal)?;
        let mut below = vec![Vec::with_capacity(marginal.0.len())];
        for (dimension, &most) in self.dimensions.iter().zip(&marginal.0) {
            let levels: Vec<usize> =
                (0..=most).filter(|&level| dimension.norm(level) > 0).collect();
            if below.len() * levels.len() > RESIDUALS_MAX {
                return Err(Error::ResidualsTooMany { limit: RESIDUALS_MAX });
            }
            let longer = below.iter().flat_map(|start: &Vec<usize>| {
                levels.iter().map(move |&level| {
                    let mut start = start.clone();
                    start.push(level);
                    start
                })
            });
            below = longer.collect();
        }
        Ok(below.into_iter().map(MarginalLevels).collect())
    }

    /// The squared norm h_A of a residual: the amount that one contribution adds to the sum over
    /// coordinates of (movement)^2 / multiple. If each dimension has groups of one size, it is the
    /// product of n (n - 1), and all multiples are 1. Zero for a residual that is always zero.
    /// Errors: `MarginalUnknown`, `NormTooLarge`.
    pub fn norm(&self, residual: &MarginalLevels) -> Result<u128> {
        self.check(residual)?;
        let mut axes = self.dimensions.iter().zip(&residual.0);
        let norm = axes.try_fold(1u128, |norm, (dimension, &level)| {
            norm.checked_mul(u128::from(dimension.norm(level)))
        });
        norm.ok_or(Error::NormTooLarge)
    }

    /// The multiple of each coordinate: its noise has this many times the residual's variance. Zero
    /// if the coordinate is always zero because its code has no siblings: it is not measured.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`, `NormTooLarge`.
    pub fn multiples(&self, residual: &MarginalLevels) -> Result<Vec<u64>> {
        self.shape(residual)?;
        let mut multiples = vec![1u64];
        for (dimension, &level) in self.dimensions.iter().zip(&residual.0) {
            let axis = dimension.multiples(level);
            let products = multiples.iter().flat_map(|start| {
                axis.iter().map(|multiple| start.checked_mul(*multiple).ok_or(Error::NormTooLarge))
            });
            multiples = products.collect::<Result<_>>()?;
        }
        Ok(multiples)
    }

    /// The variance of each coordinate's noise if the residual's is `variance`; `None` for a
    /// coordinate that is not measured.
    /// Guarantee: measured with this noise, a contribution costs `norm / (2 variance)` in every
    /// group of siblings alike, so `charge(norm * time part, variance)` is the price.
    /// Errors: as [`Self::multiples`]; `VarianceTooLarge`.
    pub fn variances(
        &self,
        residual: &MarginalLevels,
        variance: Variance,
    ) -> Result<Vec<Option<Variance>>> {
        variances(&self.multiples(residual)?, variance)
    }

    /// The counts of a marginal's cells from those of the finest cells, in which every dimension is
    /// on its last level.
    /// Shape: one `i64` per cell of the marginal, the last dimension fastest.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`, `WrongNumberOfValues`; `ResidualTooLarge` if
    /// a sum leaves 64 bits.
    pub fn sums(&self, marginal: &MarginalLevels, finest: &[i64]) -> Result<Vec<i64>> {
        self.shape(marginal)?;
        let mut shape: Vec<usize> = self
            .dimensions
            .iter()
            .map(|dimension| dimension.codes(dimension.depth()).len())
            .collect();
        let expected = shape.iter().product();
        if finest.len() != expected {
            return Err(Error::WrongNumberOfValues { expected });
        }
        let mut sums = finest.to_vec();
        for (axis, (dimension, &level)) in self.dimensions.iter().zip(&marginal.0).enumerate() {
            let depth = dimension.depth();
            if level == depth {
                continue;
            }
            let length = dimension.codes(level).len();
            let ancestors: Vec<usize> =
                (0..shape[axis]).map(|code| dimension.ancestor(depth, code, level)).collect();
            sums = along(&sums, &mut shape, axis, length, |line| {
                let mut sums = vec![0i64; length];
                for (count, &ancestor) in line.iter().zip(&ancestors) {
                    let sum = sums[ancestor].checked_add(*count);
                    sums[ancestor] = sum.ok_or(Error::ResidualTooLarge)?;
                }
                Ok(sums)
            })?;
        }
        Ok(sums)
    }

    /// The exact residual from the exact counts of its marginal's cells.
    /// Shape: one `i64` per cell, in the same order. Unit: the integer grid. Linear.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`, `WrongNumberOfValues`; `ResidualTooLarge` if
    /// a sum leaves 64 bits.
    pub fn measure_exact(&self, residual: &MarginalLevels, cells: &[i64]) -> Result<Vec<i64>> {
        let mut shape = self.shape(residual)?;
        let expected = shape.iter().product();
        if cells.len() != expected {
            return Err(Error::WrongNumberOfValues { expected });
        }
        let mut values: Vec<i128> = cells.iter().map(|&count| count.into()).collect();
        for (axis, (dimension, &level)) in self.dimensions.iter().zip(&residual.0).enumerate() {
            let length = shape[axis];
            values = along(&values, &mut shape, axis, length, |line| {
                deviations(dimension, level, line, |_| true).ok_or(Error::ResidualTooLarge)
            })?;
        }
        let whole = values.into_iter().map(i64::try_from);
        whole.collect::<std::result::Result<_, _>>().map_err(|_| Error::ResidualTooLarge)
    }

    fn check(&self, marginal: &MarginalLevels) -> Result<()> {
        let mut axes = self.dimensions.iter().zip(&marginal.0);
        let fits = marginal.0.len() == self.dimensions.len()
            && axes.all(|(dimension, &level)| dimension.is_readable(level));
        if fits { Ok(()) } else { Err(Error::MarginalUnknown) }
    }
}

/// The variance of each coordinate's noise, from the multiples of a residual: see
/// [`ContingencyTable::variances`].
/// Errors: `VarianceTooLarge`.
pub fn variances(multiples: &[u64], variance: Variance) -> Result<Vec<Option<Variance>>> {
    let scaled = |&multiple: &u64| match multiple {
        0 => Ok(None),
        multiple => {
            let sixteenths = variance.sixteenths().checked_mul(multiple.into());
            let limit = Error::VarianceTooLarge { limit: u128::MAX };
            Variance::from_sixteenths(sixteenths.ok_or(limit)?).map(Some)
        }
    };
    multiples.iter().map(scaled).collect()
}

/// (n I - J) in each group of siblings, of those that `counts` picks, and 0 for the others; the
/// values themselves on level 0, and in a dimension that stands apart. `None` on overflow.
fn deviations(
    dimension: &CodeTree,
    level: usize,
    line: &[i128],
    counts: impl Fn(&TreeCode) -> bool,
) -> Option<Vec<i128>> {
    let codes = dimension.codes(level);
    let own = |(value, code): (&i128, &TreeCode)| if counts(code) { *value } else { 0 };
    let mut deviations: Vec<i128> = line.iter().zip(codes).map(own).collect();
    if dimension.is_plain(level) {
        return Some(deviations);
    }
    let mut first = 0;
    while first < line.len() {
        let end = first + codes[first].group;
        let group = &mut deviations[first..end];
        let counted = codes[first..end].iter().filter(|code| counts(code)).count() as i128;
        let sum = group.iter().try_fold(0i128, |sum, &value| sum.checked_add(value))?;
        for (value, code) in group.iter_mut().zip(&codes[first..end]) {
            if counts(code) {
                *value = value.checked_mul(counted)?.checked_sub(sum)?;
            }
        }
        first = end;
    }
    Some(deviations)
}
