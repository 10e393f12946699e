//! Least-squares estimates of the steps from the published measurements, and their variances.
//!
//! All nodes of a strategy carry noise of the same variance, so the best linear unbiased estimate
//! of the steps is ordinary least squares in C: x = (C'C)^-1 C'y, over the nodes that are complete
//! so far.
//!
//! Not here: exact counts. This is the public side: anyone who holds the measurements computes the
//! same figures, bit for bit. Floats are used, but only with `+ - * / sqrt` and rounding to whole
//! numbers, which IEEE 754 defines exactly, in one fixed order.
//!
//! Symbols: N = C'C over the complete nodes, L its Cholesky factor (N = LL'), y the
//! measurements of one cell, x the estimate, a the coefficients of a linear combination.
//!
//! Invariants:
//! 1. A step's estimate is the exact solution in thousandths, rounded to a nearest one
//!    (`tests::estimates_are_the_exact_least_squares_rounded`): residuals computed in integers
//!    correct the float solution.
//! 2. Measurements without noise give back the counts
//!    (`tests::a_year_without_noise_is_decoded_exactly`).
//! 3. The variance is a'N^-1 a (`tests::variances_are_those_of_exact_arithmetic`), and many draws
//!    show that variance (`tests::estimates_are_unbiased_with_the_stated_variance`).
//! 4. No sum over a period takes a measurement with a factor above 1
//!    (`tests::no_period_takes_a_measurement_more_than_once`,
//!    `tests::no_period_of_a_year_takes_a_measurement_more_than_once`).

use crate::strategy::{Node, Strategy};
use crate::{Error, Result};

/// The largest estimate, in thousandths: whole numbers up to here are exact floats.
pub const ESTIMATE_MILLI_MAX: i64 = 1 << 53;
const MILLI: i128 = 1000;
/// The number of corrections by the integer residual. One is enough unless a figure lies within
/// rounding error of half a thousandth; the number is fixed so that every reader computes the same
/// figure.
const CORRECTIONS: u32 = 3;

/// Least squares over all nodes of a strategy that are complete.
#[derive(Clone, Debug)]
pub struct Estimator {
    through: usize,
    nodes: Vec<Node>,
    weights: Vec<i128>,
    /// L, row by row, each row only up to its diagonal.
    factor: Vec<Vec<f64>>,
}

impl Estimator {
    /// The estimator from the first `through` steps.
    /// Errors: `ThroughOutOfRange` if the strategy has fewer.
    pub fn new(strategy: &Strategy, through: u32) -> Result<Self> {
        if through > strategy.steps() {
            return Err(Error::ThroughOutOfRange { steps: strategy.steps() });
        }
        let nodes: Vec<Node> = (0..through).flat_map(|step| strategy.completed_at(step)).collect();
        let weight = |node: &Node| i128::from(strategy.levels()[node.level].weight);
        let weights: Vec<i128> = nodes.iter().map(weight).collect();
        let through = through as usize;
        let mut normal: Vec<Vec<f64>> = (0..through).map(|row| vec![0.0; row + 1]).collect();
        for (node, weight) in nodes.iter().zip(&weights) {
            for row in node.first..=node.last {
                for entry in &mut normal[row as usize][node.first as usize..] {
                    *entry += (weight * weight) as f64;
                }
            }
        }
        Ok(Self { through, nodes, weights, factor: factorise(normal) })
    }

    /// The complete nodes, in the order in which measurements are expected: by last step, then
    /// by level.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The estimate of every known step of one cell, from the cell's measurements.
    /// Shape: one `i64` per step. Unit: thousandths of a count. Can be negative.
    /// Guarantee: unbiased before rounding; the estimate of a longer period is the sum of its
    /// steps, so every total is exactly the sum of its parts.
    /// Errors: `WrongNumberOfMeasurements`; `EstimateTooLarge`.
    pub fn steps_milli(&self, measurements: &[i64]) -> Result<Vec<i64>> {
        if measurements.len() != self.nodes.len() {
            return Err(Error::WrongNumberOfMeasurements { expected: self.nodes.len() });
        }
        let mut target = vec![0i128; self.through];
        for ((node, weight), &measured) in self.nodes.iter().zip(&self.weights).zip(measurements) {
            for sum in &mut target[node.first as usize..=node.last as usize] {
                *sum += MILLI * weight * i128::from(measured);
            }
        }
        let mut estimate = vec![0i128; self.through];
        for _ in 0..=CORRECTIONS {
            let product = self.normal_times(&estimate);
            let rest = target.iter().zip(&product).map(|(target, product)| target - product);
            let correction = self.solve(rest.map(|rest| rest as f64).collect());
            for (estimate, correction) in estimate.iter_mut().zip(correction) {
                *estimate += correction.round() as i128;
                if estimate.unsigned_abs() > ESTIMATE_MILLI_MAX as u128 {
                    return Err(Error::EstimateTooLarge { limit: ESTIMATE_MILLI_MAX });
                }
            }
        }
        Ok(estimate.into_iter().map(|estimate| estimate as i64).collect())
    }

    /// The variance of a sum of periods, each `(first step, last step, coefficient)`.
    /// Unit: sigma^2, the variance of one measurement.
    /// Shape: infinite if a period is empty or leaves the known steps: it is not measured.
    pub fn variance(&self, periods: &[(u32, u32, i32)]) -> f64 {
        let mut coefficients = vec![0.0; self.through];
        for &(first, last, coefficient) in periods {
            let (first, last) = (first as usize, last as usize);
            if first > last || last >= self.through {
                return f64::INFINITY;
            }
            let period = &mut coefficients[first..=last];
            period.iter_mut().for_each(|sum| *sum += f64::from(coefficient));
        }
        // a'N^-1 a = |L^-1 a|^2
        self.forward(&mut coefficients);
        coefficients.iter().map(|part| part * part).sum()
    }

    /// N x in integers.
    fn normal_times(&self, x: &[i128]) -> Vec<i128> {
        let mut sums = vec![0i128; self.through + 1];
        for (step, x) in x.iter().enumerate() {
            sums[step + 1] = sums[step] + x;
        }
        let mut product = vec![0; self.through];
        for (node, weight) in self.nodes.iter().zip(&self.weights) {
            let (first, end) = (node.first as usize, node.last as usize + 1);
            let part = weight * weight * (sums[end] - sums[first]);
            product[first..end].iter_mut().for_each(|sum| *sum += part);
        }
        product
    }

    /// N^-1 b.
    fn solve(&self, mut b: Vec<f64>) -> Vec<f64> {
        self.forward(&mut b);
        for (place, row) in self.factor.iter().enumerate().rev() {
            b[place] /= row[place];
            let known = b[place];
            for (b, entry) in b.iter_mut().zip(&row[..place]) {
                *b -= entry * known;
            }
        }
        b
    }

    /// L^-1 b, in place.
    fn forward(&self, b: &mut [f64]) {
        let Some(first) = b.iter().position(|&b| b != 0.0) else { return };
        for (place, row) in self.factor.iter().enumerate().skip(first) {
            let known = dot(&row[first..place], &b[first..place]);
            b[place] = (b[place] - known) / row[place];
        }
    }
}

/// The Cholesky factor of a positive definite matrix given by its lower half. The single steps have
/// a weight of at least one, so before rounding no pivot is below one.
fn factorise(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for i in 0..rows.len() {
        let (above, below) = rows.split_at_mut(i);
        let row = &mut below[0];
        for (j, upper) in above.iter().enumerate() {
            row[j] = (row[j] - dot(&row[..j], &upper[..j])) / upper[j];
        }
        row[i] = (row[i] - dot(&row[..i], &row[..i])).sqrt();
    }
    rows
}

/// The sum of products in four running sums, in one fixed order.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (mut left, mut right) = (left.chunks_exact(4), right.chunks_exact(4));
    for (left, right) in left.by_ref().zip(right.by_ref()) {
        for (sum, (left, right)) in sums.iter_mut().zip(left.iter().zip(right)) {
            *sum += left * right;
        }
    }
    for (sum, (left, right)) in sums.iter_mut().zip(left.remainder().iter().zip(right.remainder()))
    {
        *sum += left * right;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accountant::Variance;
    use crate::ahead::DrawnNoise;
    use crate::entropy::SeededEntropy;
    use crate::measure::measure;
    use crate::sampler::DiscreteGaussian;
    use crate::strategy::tests::{any_strategy, leap_year};
    use crate::strategy::{Level, Strategy};
    use num_bigint::BigInt;
    use num_rational::BigRational;
    use num_traits::{Signed, ToPrimitive, Zero};
    use proptest::prelude::*;

    /// The most that the false-alarm rates of this file's statistics add up to.
    const FALSE_ALARM: f64 = 1e-6;

    fn whole(number: i64) -> BigRational {
        BigRational::from(BigInt::from(number))
    }

    /// The complete nodes as rows of C, in the estimator's order.
    fn rows(strategy: &Strategy, estimator: &Estimator, through: u32) -> Vec<Vec<i64>> {
        let row = |node: &Node| {
            let weight = i64::from(strategy.levels()[node.level].weight);
            let inside = |step| if (node.first..=node.last).contains(&step) { weight } else { 0 };
            (0..through).map(inside).collect()
        };
        estimator.nodes().iter().map(row).collect()
    }

    fn combine(rows: &[Vec<i64>], exact: &[i64]) -> Vec<i64> {
        rows.iter().map(|row| row.iter().zip(exact).map(|(c, x)| c * x).sum()).collect()
    }

    /// Solves C'C x = b by Gauss and Jordan in exact fractions.
    fn eliminate(rows: &[Vec<i64>], b: Vec<BigRational>) -> Vec<BigRational> {
        let n = b.len();
        let product =
            |s: usize, t: usize| whole(rows.iter().map(|row| row[s] * row[t]).sum::<i64>());
        let mut system: Vec<Vec<BigRational>> =
            (0..n).map(|s| (0..n).map(|t| product(s, t)).collect()).collect();
        for (row, b) in system.iter_mut().zip(b) {
            row.push(b);
        }
        for pivot in 0..n {
            let scale = system[pivot][pivot].clone();
            assert!(scale.is_positive());
            let row: Vec<BigRational> = system[pivot].iter().map(|entry| entry / &scale).collect();
            for (place, other) in system.iter_mut().enumerate() {
                if place != pivot {
                    let factor = other[pivot].clone();
                    for (entry, upper) in other.iter_mut().zip(&row) {
                        *entry -= &factor * upper;
                    }
                }
            }
            system[pivot] = row;
        }
        system.into_iter().map(|mut row| row.pop().unwrap()).collect()
    }

    proptest! {
        #[test]
        fn estimates_are_the_exact_least_squares_rounded(
            strategy in any_strategy(8),
            known in 0u32..=8,
            seed in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 32),
        ) {
            let through = known.min(strategy.steps());
            let estimator = Estimator::new(&strategy, through).unwrap();
            let rows = rows(&strategy, &estimator, through);
            let measured = &seed[..rows.len()];
            let target = (0..through as usize)
                .map(|step| whole(rows.iter().zip(measured).map(|(row, y)| row[step] * y).sum()))
                .collect();
            let exact = eliminate(&rows, target);
            let milli = estimator.steps_milli(measured).unwrap();
            prop_assert_eq!(milli.len(), exact.len());
            for (milli, exact) in milli.into_iter().zip(exact) {
                let off = (whole(milli) - exact * whole(1000)).abs();
                prop_assert!(off <= BigRational::new(1.into(), 2.into()) , "{off}");
            }
        }

        #[test]
        fn variances_are_those_of_exact_arithmetic(
            strategy in any_strategy(8),
            periods in prop::collection::vec((0u32..8, 0u32..8, -3i32..=3), 1..4),
        ) {
            let steps = strategy.steps();
            let estimator = Estimator::new(&strategy, steps).unwrap();
            let rows = rows(&strategy, &estimator, steps);
            let mut coefficients = vec![0; steps as usize];
            let periods: Vec<_> = periods.into_iter().map(|(s, t, coefficient)| {
                let (s, t) = (s % steps, t % steps);
                (s.min(t), s.max(t), coefficient)
            }).collect();
            for &(first, last, coefficient) in &periods {
                for step in first..=last {
                    coefficients[step as usize] += i64::from(coefficient);
                }
            }
            let a: Vec<BigRational> = coefficients.into_iter().map(whole).collect();
            let solved = eliminate(&rows, a.clone());
            let exact = a.iter().zip(&solved).fold(BigRational::zero(), |sum, (a, s)| sum + a * s);
            let exact = exact.to_f64().unwrap();
            let variance = estimator.variance(&periods);
            prop_assert!((variance - exact).abs() <= 1e-12 * exact, "{variance} {exact}");
        }
    }

    /// The largest part that a period takes of a measurement: |C N^-1 a|.
    fn largest_coefficient(strategy: &Strategy, first: u32, last: u32) -> f64 {
        let estimator = Estimator::new(strategy, strategy.steps()).unwrap();
        let inside = |step: u32| f64::from(u8::from((first..=last).contains(&step)));
        let solved = estimator.solve((0..strategy.steps()).map(inside).collect());
        let weighed = estimator.nodes().iter().zip(&estimator.weights).map(|(node, weight)| {
            let steps = &solved[node.first as usize..=node.last as usize];
            *weight as f64 * steps.iter().sum::<f64>().abs()
        });
        weighed.fold(0.0, f64::max)
    }

    proptest! {
        #[test]
        fn no_period_takes_a_measurement_more_than_once(
            strategy in any_strategy(12),
            (one, other) in (0u32..12, 0u32..12),
        ) {
            let (one, other) = (one % strategy.steps(), other % strategy.steps());
            let largest = largest_coefficient(&strategy, one.min(other), one.max(other));
            prop_assert!(largest <= 1.0 + 1e-9, "{largest}");
        }
    }

    #[test]
    fn no_period_of_a_year_takes_a_measurement_more_than_once() {
        for (first, last) in [(0, 0), (3, 3), (0, 6), (28, 34), (31, 59), (0, 90), (0, 365)] {
            let largest = largest_coefficient(&leap_year(), first, last);
            assert!(largest <= 1.0 + 1e-9, "{first} to {last}: {largest}");
        }
    }

    #[test]
    fn a_year_without_noise_is_decoded_exactly() {
        let strategy = leap_year();
        for through in [0, 1, 45, 365, 366] {
            let estimator = Estimator::new(&strategy, through).unwrap();
            let spread = |step: i64| (step * 7_919 * 104_729) % 2_000_000_011 - 1_000_000_000;
            let exact: Vec<i64> = (0..i64::from(through)).map(spread).collect();
            let measured = combine(&rows(&strategy, &estimator, through), &exact);
            let milli: Vec<i64> = exact.iter().map(|count| count * 1000).collect();
            assert_eq!(estimator.steps_milli(&measured).unwrap(), milli);
        }
    }

    /// The discrete Gaussian is sub-Gaussian with its parameter, and so is every linear estimate
    /// with the stated variance v; over R runs the mean is off by more than sqrt(2 v ln(2 / p) / R)
    /// with probability below p. Rounding adds half a thousandth for each step. The mean square
    /// over v is off by more than 2 sqrt(q / R) + 2 q / R, q = ln(2 / p), with probability below p
    /// (Laurent and Massart 2000); at sigma = 5 the draws are as good as Gaussian. Twice three
    /// statistics share the false-alarm rate.
    #[test]
    fn estimates_are_unbiased_with_the_stated_variance() {
        const RUNS: u32 = 20_000;
        let weeks = Level::periods(2, (0..16).map(|day| (day + 2) / 7));
        let strategy = Strategy::calendar(3, 16, vec![weeks, Level::periods(1, [0; 16])]).unwrap();
        let estimator = Estimator::new(&strategy, 16).unwrap();
        let exact: Vec<i64> = (0..16).map(|day| 40 + 10 * (day % 3)).collect();
        let nodes = combine(&rows(&strategy, &estimator, 16), &exact);
        let sigma_squared = Variance::from_sixteenths(400).unwrap();
        let noise = DiscreteGaussian::new(sigma_squared).unwrap();
        let mut entropy = SeededEntropy::new([42; 32]);
        let periods = [(3u32, 3u32), (5, 11), (0, 15)];
        let mut sums = [(0.0, 0.0); 3];
        for _ in 0..RUNS {
            let drawn = DrawnNoise::draw(&noise, nodes.len(), &mut entropy);
            let measured = measure(1, &nodes, drawn).unwrap();
            let milli = estimator.steps_milli(&measured).unwrap();
            for ((first, last), (sum, squares)) in periods.into_iter().zip(&mut sums) {
                let period = first as usize..=last as usize;
                let estimate: i64 = milli[period.clone()].iter().sum();
                let off = estimate as f64 / 1000.0 - exact[period].iter().sum::<i64>() as f64;
                *sum += off;
                *squares += off * off;
            }
        }
        let runs = f64::from(RUNS);
        let q = (2.0 * 6.0 / FALSE_ALARM).ln();
        for ((first, last), (sum, squares)) in periods.into_iter().zip(sums) {
            let variance = estimator.variance(&[(first, last, 1)]) * sigma_squared.as_f64();
            let rounding = 0.0005 * f64::from(last - first + 1);
            assert!((sum / runs).abs() <= (2.0 * variance * q / runs).sqrt() + rounding);
            let ratio = squares / runs / variance;
            assert!((ratio - 1.0).abs() <= 2.0 * (q / runs).sqrt() + 2.0 * q / runs, "{ratio}");
        }
    }

    /// The expected bits come from the same sums in the same order with Python's floats.
    #[test]
    fn estimates_are_the_same_bit_for_bit() {
        let estimator = Estimator::new(&leap_year(), 366).unwrap();
        let year = estimator.variance(&[(0, 365, 1)]);
        let sum = (0..366).map(|day| estimator.variance(&[(day, day, 1)])).fold(0.0, |a, b| a + b);
        let expected = (4_603_036_840_766_919_718, 4_621_335_535_136_734_037);
        assert_eq!((year.to_bits(), sum.to_bits()), expected);
    }

    #[test]
    fn what_is_not_measured_has_no_estimate() {
        let strategy = Strategy::identity(3).unwrap();
        let estimator = Estimator::new(&strategy, 2).unwrap();
        assert_eq!(estimator.variance(&[(0, 2, 1)]), f64::INFINITY);
        assert_eq!(estimator.variance(&[(1, 0, 1)]), f64::INFINITY);
        assert_eq!(estimator.variance(&[(0, 1, 2)]), 8.0);
        let refusal = estimator.steps_milli(&[1]).unwrap_err();
        assert_eq!(refusal, Error::WrongNumberOfMeasurements { expected: 2 });
        assert!(estimator.steps_milli(&[i64::MAX, 0]).is_err());
        assert!(Estimator::new(&strategy, 4).is_err());
    }
}
