//! Marginals from residuals: unbiased, exact, and consistent with each other to the last digit.
//!
//! Least squares projects a noisy residual on the deviations, (n I - J) once more over n^2, and
//! spreads them over the levels below in equal parts. Where codes are closed, deviations are those
//! of the open siblings from each other, (k I - J) over n k with k of them: noise that fell on a
//! closed code is left out, and its estimate is 0. Each figure is a fraction over a public
//! denominator, the product of n k over the groups on the path to its cell. Rounding preserves
//! sums: the rounded number is not that of a cell but the sum of everything up to it in every
//! dimension, and figures are differences of these. The sum of everything up to a code is the same
//! number in every marginal, so it is rounded to the same value everywhere.
//!
//! Not here: the variance of a figure (see `variance`), and time: values may be those of any
//! period, in any unit, and the result is linear in them.
//!
//! Invariants:
//! 1. The estimate is that of least squares (`super::tests::estimates_are_least_squares`), and
//!    residuals without noise give back the counts
//!    (`super::tests::residuals_without_noise_give_back_every_marginal`).
//! 2. Marginals fit each other exactly, as fractions and in thousandths
//!    (`super::tests::marginals_fit_each_other_exactly`).
//! 3. Closed codes are exactly 0, open ones add up without them, and counts come back
//!    (`super::tests::closed::closed_codes_are_left_out`).
//! 4. A figure in thousandths is off by at most 2^a halves of a thousandth, if a dimensions are
//!    split (`super::tests::a_rounded_figure_is_near_the_exact_one`).

use std::collections::BTreeMap;

use super::axis::along;
use super::{CodeTree, ContingencyTable, MarginalLevels, TreeCode, deviations};
use crate::estimate::ESTIMATE_MILLI_MAX;
use crate::{Error, Result};

/// The values of each residual, one for each cell of its marginal, all in the same unit. A value
/// that is not measured (multiple 0) is ignored.
pub type ResidualValues = BTreeMap<MarginalLevels, Vec<i128>>;

/// How one entry of a marginal's axis is read from the axis of a residual.
struct AxisReading {
    /// The residual's code that contains it.
    ancestor: usize,
    /// The factor of the sum of deviations before that code, within its group.
    before: i128,
    /// The factor of the code's own deviation.
    own: i128,
    /// The denominator of both.
    denominator: i128,
}

impl ContingencyTable {
    /// The estimate of each cell of a marginal: numerators, each over its cell's
    /// [denominator](Self::denominators) and in the values' unit. Linear in the values.
    /// Guarantee: of all unbiased linear estimates from these residuals, the one of least variance.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`, `ResidualsTooMany`, `ResidualMissing`,
    /// `WrongNumberOfValues`; `FractionTooLarge` if a numerator leaves 128 bits.
    pub fn estimate(
        &self,
        marginal: &MarginalLevels,
        values: &ResidualValues,
    ) -> Result<Vec<i128>> {
        self.combine(marginal, values, cells)
    }

    /// The denominator of each cell's estimate, which does not depend on the measurements.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`, `FractionTooLarge`.
    pub fn denominators(&self, marginal: &MarginalLevels) -> Result<Vec<i128>> {
        self.products(marginal, cells)
    }

    /// The estimate of each cell of a marginal in thousandths, if the values are numerators over
    /// `unit`.
    /// Guarantee: marginals of the same values fit each other exactly: cells add up to the coarser
    /// cell of any other marginal. A figure is off by at most 2^a halves of a thousandth, where a
    /// is the number of dimensions that are split; a sum over consecutive codes by no more. Over
    /// time the same holds for differences between two steps, if values are sums from a common
    /// first step.
    /// Errors: as [`Self::estimate`], `EstimateTooLarge`.
    pub fn thousandths(
        &self,
        marginal: &MarginalLevels,
        values: &ResidualValues,
        unit: u32,
    ) -> Result<Vec<i64>> {
        let mut shape = self.shape(marginal)?;
        let numerators = self.combine(marginal, values, corners)?;
        let denominators = self.products(marginal, corners)?;
        let fractions = numerators.into_iter().zip(denominators);
        let whole = fractions.map(|(numerator, denominator)| {
            let denominator = denominator.checked_mul(unit.max(1).into());
            denominator.and_then(|denominator| nearest(numerator, denominator))
        });
        let mut figures: Vec<i128> = whole.collect::<Option<_>>().ok_or(Error::FractionTooLarge)?;
        for (axis, dimension) in self.dimensions.iter().enumerate() {
            // Nothing is a sum over codes that stand apart.
            if dimension.is_apart() {
                continue;
            }
            let length = shape[axis];
            figures = along(&figures, &mut shape, axis, length, |line| {
                let before = std::iter::once(&0).chain(line);
                Ok(line.iter().zip(before).map(|(upto, before)| upto - before).collect())
            })?;
        }
        let refusal = Error::EstimateTooLarge { limit: ESTIMATE_MILLI_MAX };
        let checked = figures.into_iter().map(|figure| {
            i64::try_from(figure).ok().filter(|figure| figure.abs() <= ESTIMATE_MILLI_MAX)
        });
        checked.collect::<Option<_>>().ok_or(refusal)
    }

    /// The sum over residuals of what each contributes to the entries of a marginal.
    fn combine(
        &self,
        marginal: &MarginalLevels,
        values: &ResidualValues,
        readings: AxisReadings,
    ) -> Result<Vec<i128>> {
        let mut sums = vec![0i128; self.cells(marginal)?];
        for residual in self.below(marginal)? {
            let values = values.get(&residual).ok_or(Error::ResidualMissing)?;
            let mut shape = self.shape(&residual)?;
            let expected = shape.iter().product();
            if values.len() != expected {
                return Err(Error::WrongNumberOfValues { expected });
            }
            let mut parts = values.clone();
            for (axis, dimension) in self.dimensions.iter().enumerate() {
                let (from, to) = (residual.0[axis], marginal.0[axis]);
                let readings = readings(dimension, from, to).ok_or(Error::FractionTooLarge)?;
                parts = along(&parts, &mut shape, axis, readings.len(), |line| {
                    read(dimension, from, line, &readings).ok_or(Error::FractionTooLarge)
                })?;
            }
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum = sum.checked_add(part).ok_or(Error::FractionTooLarge)?;
            }
        }
        Ok(sums)
    }

    /// The denominator of each entry of a marginal.
    fn products(&self, marginal: &MarginalLevels, readings: AxisReadings) -> Result<Vec<i128>> {
        self.shape(marginal)?;
        let mut products = vec![1i128];
        for (dimension, &level) in self.dimensions.iter().zip(&marginal.0) {
            let from = if dimension.is_apart() { level } else { 0 };
            let axis = readings(dimension, from, level).ok_or(Error::FractionTooLarge)?;
            let longer = products.iter().flat_map(|product| {
                axis.iter().map(|reading| product.checked_mul(reading.denominator))
            });
            products = longer.collect::<Option<_>>().ok_or(Error::FractionTooLarge)?;
        }
        Ok(products)
    }
}

/// The readings of an axis, from a residual's level to a marginal's; `None` on overflow.
type AxisReadings = fn(&CodeTree, usize, usize) -> Option<Vec<AxisReading>>;

/// For each code of level `to`: its part of the deviations of level `from`.
fn cells(dimension: &CodeTree, from: usize, to: usize) -> Option<Vec<AxisReading>> {
    let codes = dimension.codes(to).iter().enumerate();
    let cell = |(number, code): (usize, &TreeCode)| {
        let own = reading(dimension, from, to, number)?;
        Some(if code.is_open { own } else { AxisReading { own: 0, ..own } })
    };
    codes.map(cell).collect()
}

/// The reading of a code of level `to` as if it were open.
fn reading(dimension: &CodeTree, from: usize, to: usize, code: usize) -> Option<AxisReading> {
    let ancestor = dimension.ancestor(to, code, from);
    let denominators = |above: usize, level: usize, code: usize| {
        product(dimension, above, level, code, |code| code.group * open_siblings(code))
    };
    let own = match from.checked_sub(1) {
        Some(above) => denominators(0, above, dimension.ancestor(to, code, above))?,
        None => 1,
    };
    let below = product(dimension, from, to, code, |code| code.group)?;
    let own = own.checked_mul(below)?;
    Some(AxisReading { ancestor, before: 0, own, denominator: denominators(0, to, code)? })
}

/// For each code of level `to` but the first: the sum of everything before it; last, the sum of
/// everything. Whole groups of deviations add up to zero, so only the group that contains the code
/// counts. Codes that stand apart are read one by one.
fn corners(dimension: &CodeTree, from: usize, to: usize) -> Option<Vec<AxisReading>> {
    if dimension.is_apart() {
        return cells(dimension, from, to);
    }
    let whole = i128::from(from == 0 && dimension.codes(0)[0].is_open);
    let all = AxisReading { ancestor: 0, before: 0, own: whole, denominator: 1 };
    let corner = |code: usize| {
        let own = reading(dimension, from, to, code)?;
        let below = product(dimension, from, to, code, open_siblings)?;
        // The open positions on the path, as digits in the mixed radix of the groups' sizes, are a
        // number of at most `below`.
        let mut rank = 0i128;
        for step in dimension.path(from, to, code) {
            rank = rank.checked_mul(open_siblings(&step) as i128)?;
            rank = rank.checked_add(step.open_place as i128)?;
        }
        let before = own.own.checked_mul(below)?;
        Some(AxisReading { before, own: own.own.checked_mul(rank)?, ..own })
    };
    let codes = 1..dimension.codes(to).len();
    codes.map(corner).chain(std::iter::once(Some(all))).collect()
}

/// The number of open codes in the group of a code; 1 if all are closed, where everything is 0.
fn open_siblings(code: &TreeCode) -> usize {
    code.open_group.max(1)
}

/// The product of a number of each code on the path from level `above` to a code.
fn product(
    dimension: &CodeTree,
    above: usize,
    level: usize,
    code: usize,
    number: impl Fn(&TreeCode) -> usize,
) -> Option<i128> {
    let mut path = dimension.path(above, level, code).into_iter();
    path.try_fold(1i128, |product, step| product.checked_mul(number(&step) as i128))
}

/// Reads one line of a residual's values as a line of a marginal's; `None` on overflow.
fn read(
    dimension: &CodeTree,
    level: usize,
    line: &[i128],
    readings: &[AxisReading],
) -> Option<Vec<i128>> {
    let own = deviations(dimension, level, line, |code| code.is_open)?;
    let mut before = vec![0i128; own.len()];
    for (place, _) in dimension.codes(level).iter().enumerate().filter(|(_, code)| code.place > 0) {
        before[place] = before[place - 1].checked_add(own[place - 1])?;
    }
    let value = |reading: &AxisReading| {
        let before = before[reading.ancestor].checked_mul(reading.before)?;
        before.checked_add(own[reading.ancestor].checked_mul(reading.own)?)
    };
    readings.iter().map(value).collect()
}

/// A fraction in thousandths, rounded to the nearest, halves up. It depends only on the fraction's
/// value.
fn nearest(numerator: i128, denominator: i128) -> Option<i128> {
    let half = numerator.checked_mul(2000)?.checked_add(denominator)?;
    Some(half.div_euclid(denominator.checked_mul(2)?))
}
