//! The cell of a marginal of a table that a series shows, and whose noise it shares.
//!
//! Not here: which marginals are measured ([`crate::estimate::marginal`]).
//!
//! Invariants:
//! 1. The cells of a marginal are numbered in the order of the table's cells
//!    (`serve::tests::table::marginals_and_periods_fit_exactly`).

use num_rational::BigRational;
use num_traits::ToPrimitive;
use tidegauge_model::{DataStructure, Dimension};
use tidegauge_privacy::residual::{ContingencyTable, MarginalLevels};

use super::series::{Pick, codes_of};
use crate::error::Error;

/// The cell of a marginal that a series shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MarginalCell {
    /// For each dimension, the level in its list: 0 for the total.
    pub(crate) levels: Vec<usize>,
    /// The number of the cell in the marginal, the last dimension running fastest.
    pub(crate) cell: usize,
}

impl MarginalCell {
    /// See [`corners`].
    pub(crate) fn corners(&self, structure: &DataStructure) -> f64 {
        corners(structure, &self.levels)
    }

    /// Whether something can count in the cell, if these codes of the table are open.
    ///
    /// Errors: a marginal that the table does not have.
    pub(crate) fn is_open(&self, table: &ContingencyTable) -> Result<bool, Error> {
        let marginal = table.marginal(&self.levels).map_err(|_| Error::Estimate)?;
        table.is_open(&marginal, self.cell).map_err(|_| Error::Estimate)
    }

    /// The coefficient of each residual's noise variance in the covariance of two cells of a table:
    /// in the variance, if both are the same. Each is read from a table of its own, which differ
    /// in the codes that are open.
    ///
    /// Errors: a marginal that the table does not have.
    pub(crate) fn shared(
        &self,
        other: &Self,
        [table, other_table]: [&ContingencyTable; 2],
    ) -> Result<Vec<(MarginalLevels, f64)>, Error> {
        let failed = |_| Error::Estimate;
        let marginal = |cell: &Self| table.marginal(&cell.levels).map_err(failed);
        let (own, others) = (marginal(self)?, marginal(other)?);
        let (own, others) = ((&own, self.cell), (&others, other.cell));
        let shared = table.shared_coefficients(own, other_table, others);
        let as_float = |(residual, coefficient): (MarginalLevels, BigRational)| {
            Ok((residual, coefficient.to_f64().ok_or(Error::Estimate)?))
        };
        shared.map_err(failed)?.into_iter().map(as_float).collect()
    }
}

/// The most corners whose rounded sums make a figure at these levels of a table: two for each
/// dimension that is split and not read code by code.
pub fn corners(structure: &DataStructure, levels: &[usize]) -> f64 {
    let split = levels.iter().zip(structure.dimensions());
    split.fold(1.0, |corners, (level, dimension)| match *level > 0 && !dimension.is_apart {
        true => 2.0 * corners,
        false => corners,
    })
}

/// The place of a series.
pub(crate) fn place(structure: &DataStructure, picks: &[Pick]) -> MarginalCell {
    let mut place = MarginalCell { levels: Vec::with_capacity(picks.len()), cell: 0 };
    for (pick, dimension) in picks.iter().zip(structure.dimensions()) {
        let (level, position) = level_and_code(*pick, dimension);
        place.levels.push(level);
        place.cell = place.cell * dimension.code_list.members(level) + position;
    }
    place
}

/// The level of a pick in its dimension, and the number of its code or group in this level.
pub(crate) fn level_and_code(pick: Pick, dimension: &Dimension) -> (usize, usize) {
    let list = &dimension.code_list;
    match pick {
        Pick::Code(position) => (list.depth(), usize::from(position)),
        Pick::Group(position) => {
            // The groups of a level follow each other, in the order of their codes.
            let (before, rest) = list.groups().split_at(usize::from(position));
            let level = rest[0].level;
            (level, before.iter().filter(|other| other.level == level).count())
        }
        Pick::Total => (0, 0),
    }
}

/// The product of the signs of the corners at which two picks of a dimension end, summed over the
/// corners that they share. A figure is a difference of sums up to corners; the sum up to the first
/// is 0. Codes that stand apart are read one by one.
pub(crate) fn shared_corners(one: Pick, other: Pick, dimension: &Dimension) -> f64 {
    if dimension.is_apart {
        return if one == other { 1.0 } else { 0.0 };
    }
    let (own, others) = (codes_of(one, dimension), codes_of(other, dimension));
    let product = |corner: usize, other: usize| match corner == other && corner > 0 {
        true => 1.0,
        false => 0.0,
    };
    product(own.end, others.end) + product(own.start, others.start)
        - product(own.end, others.start)
        - product(own.start, others.end)
}
