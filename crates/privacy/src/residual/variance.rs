//! The exact variance of a marginal's figures, from the variance of each residual's noise.
//!
//! Residuals have independent noise, so variances add. Within a residual the estimate's covariance
//! is, along each dimension that it names, (n - 1) / n times the projector I - J / n of the group,
//! and 1 along the others; on a level below a code, its value is divided by the number of siblings.
//! Where codes are closed, the projector is that of the k open codes of the group, and the number
//! of siblings k. Two estimates of the same residuals can be read with different codes open.
//!
//! Not here: floats. Variances are rounded for display elsewhere.
//!
//! Invariants:
//! 1. Variances and covariances are those of dense least squares in fractions
//!    (`super::tests::variances_are_those_of_dense_least_squares`,
//!    `super::tests::covariances_are_those_of_dense_least_squares`), and many draws show them
//!    (`super::tests::figures_are_unbiased_with_the_stated_variance`).
//! 2. With closed codes they are those of the map from measurements, also between estimates with
//!    different codes open
//!    (`super::tests::closed::covariances_with_closed_codes_are_those_of_the_map`).

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::axis::{along, codes_of};
use super::{CodeTree, ContingencyTable, MarginalLevels, TreeCode};
use crate::{Error, Result};

/// The variance of each residual's noise, at a coordinate of multiple one. With a strategy over
/// time, it is the variance of the period's estimate of such a coordinate.
pub type ResidualVariances = BTreeMap<MarginalLevels, BigRational>;

impl ContingencyTable {
    /// The variance of the estimate of one cell of a marginal.
    /// Shape: exact up to what rounding to thousandths adds. Unit: squared counts.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`, `ResidualsTooMany`, `NormTooLarge`,
    /// `ResidualMissing`; `WrongNumberOfValues` for a cell past the last.
    pub fn cell_variance(
        &self,
        marginal: &MarginalLevels,
        cell: usize,
        noise: &ResidualVariances,
    ) -> Result<BigRational> {
        let mut sum = BigRational::zero();
        for (residual, coefficient) in self.cell_coefficients(marginal, cell)? {
            sum += coefficient * noise.get(&residual).ok_or(Error::ResidualMissing)?;
        }
        Ok(sum)
    }

    /// The coefficient of each residual's noise variance in the variance of one cell of a marginal.
    /// Errors: as [`Self::cell_variance`], without `ResidualMissing`.
    pub fn cell_coefficients(
        &self,
        marginal: &MarginalLevels,
        cell: usize,
    ) -> Result<Vec<(MarginalLevels, BigRational)>> {
        self.shared_coefficients((marginal, cell), self, (marginal, cell))
    }

    /// The coefficient of each residual's noise variance in the covariance of two cells, each of a
    /// marginal, the second of them read from `others`: the same table, in which other codes may be
    /// open. Residuals that only one of the marginals needs are left out: they have noise of their
    /// own.
    /// Errors: as [`Self::cell_coefficients`].
    pub fn shared_coefficients(
        &self,
        (marginal, cell): (&MarginalLevels, usize),
        others: &Self,
        (other, other_cell): (&MarginalLevels, usize),
    ) -> Result<Vec<(MarginalLevels, BigRational)>> {
        let (codes, other_codes) = (self.codes(marginal, cell)?, others.codes(other, other_cell)?);
        let along = |axis: usize| {
            let own = (marginal.0[axis], codes[axis]);
            self.shared_along(axis, own, others, (other.0[axis], other_codes[axis]))
        };
        let axes: Vec<Vec<BigRational>> = (0..codes.len()).map(along).collect::<Result<_>>()?;
        let coefficient = |residual: MarginalLevels| {
            let mut part = BigRational::from(BigInt::from(self.norm(&residual)?)).recip();
            for (factors, &level) in axes.iter().zip(&residual.0) {
                part *= &factors[level];
            }
            Ok((residual, part))
        };
        let needs = |residual: &MarginalLevels| {
            residual.0.iter().zip(&other.0).all(|(level, most)| level <= most)
        };
        self.below(marginal)?.into_iter().filter(needs).map(coefficient).collect()
    }

    /// What one dimension contributes to [`Self::shared_coefficients`] of two cells, each given by
    /// its level and code in this dimension, the second read from `others`: the coefficient is the
    /// product over dimensions, divided by the residual's norm.
    /// Shape: one factor for each level of a residual, from 0 to the lower level of the two.
    /// Errors: `MarginalUnknown`; `WrongNumberOfValues` for a code past the last.
    pub fn shared_along(
        &self,
        axis: usize,
        (level, code): (usize, usize),
        others: &Self,
        (other_level, other): (usize, usize),
    ) -> Result<Vec<BigRational>> {
        let dimension = self.dimensions.get(axis).ok_or(Error::MarginalUnknown)?;
        let other_dimension = others.dimensions.get(axis).ok_or(Error::MarginalUnknown)?;
        for (level, code) in [(level, code), (other_level, other)] {
            if level > dimension.depth() {
                return Err(Error::MarginalUnknown);
            }
            let expected = dimension.codes(level).len();
            if code >= expected {
                return Err(Error::WrongNumberOfValues { expected });
            }
        }
        let factor = |from: usize| {
            let own = dimension.ancestor(level, code, from);
            let others = dimension.ancestor(other_level, other, from);
            spread(dimension, from, level, code)
                * spread(other_dimension, from, other_level, other)
                * projected([dimension, other_dimension], from, own, others)
        };
        Ok((0..=level.min(other_level)).map(factor).collect())
    }

    /// The sizes of the groups on the path to a cell of a marginal, each with the number of its
    /// open codes, 0 for a closed one: cells with the same sizes have the same coefficients.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`; `WrongNumberOfValues` for a cell past the
    /// last.
    pub fn group_sizes(&self, marginal: &MarginalLevels, cell: usize) -> Result<Vec<usize>> {
        let codes = self.codes(marginal, cell)?;
        let axes = self.dimensions.iter().zip(&marginal.0).zip(codes);
        let path = |((dimension, &level), code): ((&CodeTree, &usize), usize)| {
            dimension.path(0, level, code)
        };
        let sizes = |code: TreeCode| [code.group, usize::from(code.is_open) * code.open_group];
        Ok(axes.flat_map(path).flat_map(sizes).collect())
    }

    /// The code of a cell in each dimension.
    pub(super) fn codes(&self, marginal: &MarginalLevels, cell: usize) -> Result<Vec<usize>> {
        let shape = self.shape(marginal)?;
        let expected = shape.iter().product();
        if cell < expected {
            Ok(codes_of(cell, &shape))
        } else {
            Err(Error::WrongNumberOfValues { expected })
        }
    }

    /// The variance of the sum of a marginal's estimates, each multiplied by its integer
    /// coefficient.
    /// Errors: as [`Self::cell_variance`]; `WrongNumberOfValues` for a wrong number of
    /// coefficients.
    pub fn sum_variance(
        &self,
        marginal: &MarginalLevels,
        coefficients: &[i64],
        noise: &ResidualVariances,
    ) -> Result<BigRational> {
        let expected = self.cells(marginal)?;
        if coefficients.len() != expected {
            return Err(Error::WrongNumberOfValues { expected });
        }
        let whole = |&coefficient: &i64| BigRational::from(BigInt::from(coefficient));
        let coefficients: Vec<BigRational> = coefficients.iter().map(whole).collect();
        let mut sum = BigRational::zero();
        for residual in self.below(marginal)? {
            // a'Va with V the product of projectors: sum a over the residual's codes, then project.
            let mut shape = self.shape(marginal)?;
            let mut gathered = coefficients.clone();
            for (axis, dimension) in self.dimensions.iter().enumerate() {
                let (from, to) = (residual.0[axis], marginal.0[axis]);
                let length = dimension.codes(from).len();
                gathered = along(&gathered, &mut shape, axis, length, |line| {
                    Ok(gather(dimension, from, to, line))
                })?;
            }
            let mut projected = gathered.clone();
            for (axis, dimension) in self.dimensions.iter().enumerate() {
                let (from, length) = (residual.0[axis], shape[axis]);
                projected = along(&projected, &mut shape, axis, length, |line| {
                    Ok(project(dimension, from, line))
                })?;
            }
            let products = gathered.iter().zip(&projected).map(|(a, projected)| a * projected);
            sum += products.fold(BigRational::zero(), |sum, product| sum + product)
                * self.unit(&residual, noise)?;
        }
        Ok(sum)
    }

    /// The residual's variance divided by its norm.
    fn unit(&self, residual: &MarginalLevels, noise: &ResidualVariances) -> Result<BigRational> {
        let variance = noise.get(residual).ok_or(Error::ResidualMissing)?;
        Ok(variance / BigInt::from(self.norm(residual)?))
    }
}

/// The share of its ancestor's value that a code gets: one over the product of the open siblings
/// on the path; none if it is closed.
pub(super) fn spread(dimension: &CodeTree, from: usize, to: usize, code: usize) -> BigRational {
    if !dimension.codes(to)[code].is_open {
        return BigRational::zero();
    }
    let path = dimension.path(from, to, code).into_iter();
    let groups = path.fold(BigInt::one(), |product, step| product * step.open_group);
    BigRational::new(BigInt::one(), groups)
}

/// (n - 1) / n for a code's group, or 1 where values are read as they are: the diagonal of its
/// projector.
pub(super) fn kept(dimension: &CodeTree, level: usize, code: usize) -> BigRational {
    if dimension.is_plain(level) {
        return BigRational::one();
    }
    let group = dimension.codes(level)[code].group;
    BigRational::new(BigInt::from(group - 1), BigInt::from(group))
}

/// The entry for two codes of a level in (n - 1) / n times the product of the projectors of the
/// open codes of their group in each of two dimensions, which differ only in the codes that are
/// open; where values are read as they are, in the unit matrix of the open codes.
fn projected(dimensions: [&CodeTree; 2], level: usize, code: usize, other: usize) -> BigRational {
    let [own, others] = dimensions.map(|dimension| dimension.codes(level));
    let whole = |number: usize| BigRational::from(BigInt::from(number));
    if own[code].parent != own[other].parent || !own[code].is_open || !others[other].is_open {
        return BigRational::zero();
    }
    let same = whole(usize::from(code == other));
    if dimensions[0].is_plain(level) {
        return same;
    }
    let group = code - own[code].place..code - own[code].place + own[code].group;
    let both = group.filter(|&code| own[code].is_open && others[code].is_open).count();
    let (size, other_size) = (whole(own[code].open_group), whole(others[other].open_group));
    // (I - J / k) (I - J / k'), each over its own open codes.
    let entry = same
        - whole(usize::from(own[other].is_open)) / &size
        - whole(usize::from(others[code].is_open)) / &other_size
        + whole(both) / (size * other_size);
    entry * kept(dimensions[0], level, code)
}

/// The transpose of spreading: the sum of the codes' coefficients, for each ancestor.
fn gather(dimension: &CodeTree, from: usize, to: usize, line: &[BigRational]) -> Vec<BigRational> {
    let mut gathered = vec![BigRational::zero(); dimension.codes(from).len()];
    for (code, coefficient) in line.iter().enumerate().filter(|(_, value)| !value.is_zero()) {
        let part = coefficient * spread(dimension, from, to, code);
        gathered[dimension.ancestor(to, code, from)] += part;
    }
    gathered
}

/// (n - 1) / n times the projector I - J / k of the open codes of each group; where values are read
/// as they are, the values themselves.
fn project(dimension: &CodeTree, level: usize, line: &[BigRational]) -> Vec<BigRational> {
    if dimension.is_plain(level) {
        return line.to_vec();
    }
    let codes = dimension.codes(level);
    let mut projected = Vec::with_capacity(line.len());
    while projected.len() < line.len() {
        let first = projected.len();
        let group = || line[first..].iter().zip(&codes[first..first + codes[first].group]);
        let open = group().filter(|(_, code)| code.is_open);
        let sum = open.fold(BigRational::zero(), |sum, (value, _)| sum + value);
        let mean = sum / BigInt::from(codes[first].open_group.max(1));
        let factor = kept(dimension, level, first);
        projected.extend(group().map(|(value, code)| match code.is_open {
            true => (value - &mean) * &factor,
            false => BigRational::zero(),
        }));
    }
    projected
}
