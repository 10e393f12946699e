//! Estimates of the steps from the published measurements of a recursion, and their variances.
//!
//! A recursion is square, so there is only one estimate, and it is known as soon as the step is
//! measured: no later measurement can improve it, and it is never revised.
//!
//! Not here: exact counts, and least squares over nodes ([`crate::estimate`]). This is the public
//! side: anyone who holds the measurements computes the same figures, bit for bit. Counts are
//! decoded in integers; floats are used only for variances, with `+ - * /` in one fixed order.
//!
//! Symbols: a is the scaled count of a step, s the state, K the gains, D the decays. An estimate
//! carries the noise of its measurement less the earlier noise that the state recalls, so the
//! covariance of state and sums follows from step to step: v' = D v - b (K v) + b z, S' = D S D -
//! (D S K') b' - b (D S K')' + b b' (K S K' + var z).
//!
//! Invariants:
//! 1. Measurements without noise give back the counts
//!    (`tests::a_run_without_noise_is_decoded_exactly`).
//! 2. The variances are those of the dense matrix (`tests::variances_are_those_of_the_inverse`).

use crate::accountant::Variance;
use crate::strategy::recursion::{GAIN_BITS, PRECISION_BITS, Recursion};
use crate::{Error, Result};

const MILLI: i128 = 1000;

/// Decodes the measurements of a recursion.
#[derive(Clone, Debug)]
pub struct Decoder<'a> {
    recursion: &'a Recursion,
    /// The variance of a measurement of precision 1, in squared grid units.
    variance: f64,
}

/// The variances of sums of estimates, in squared counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeriodVariances {
    /// For each partition asked for, the variance of each of its whole nodes.
    pub nodes: Vec<Vec<f64>>,
    /// The variance of the sum of the first steps, up to and including each step.
    pub prefixes: Vec<f64>,
}

impl<'a> Decoder<'a> {
    /// A decoder for measurements whose noise has this variance at precision 1.
    pub fn new(recursion: &'a Recursion, variance: Variance) -> Self {
        Self { recursion, variance: variance.as_f64() }
    }

    /// A decoder for measurements whose noise has variance 1 in squared grid units.
    pub(crate) fn with_unit_noise(recursion: &'a Recursion) -> Self {
        Self { recursion, variance: 1.0 }
    }

    /// The least variance of the noise of a measurement, in squared grid units.
    pub fn least_draw(&self) -> f64 {
        let steps = if self.recursion.continues() { 1 } else { self.recursion.steps() };
        let precisions = (0..steps).map(|step| self.recursion.row(step).precision);
        let most = precisions.max().unwrap_or(1 << PRECISION_BITS);
        self.variance * f64::from(1u32 << PRECISION_BITS) / most as f64
    }

    /// The estimate of every step of one cell, from the cell's measurements.
    /// Shape: one `i64` per measurement. Unit: thousandths of a count. Can be negative.
    /// Guarantee: unbiased before rounding; the estimate of a longer period is the sum of its
    /// steps, so every total is exactly the sum of its parts. A further measurement changes no
    /// earlier estimate.
    /// Errors: `ThroughOutOfRange`; `MeasurementTooLarge` if a state leaves 64 bits.
    pub fn steps_milli(&self, measurements: &[i64]) -> Result<Vec<i64>> {
        if measurements.len() > self.recursion.steps() as usize {
            return Err(Error::ThroughOutOfRange { steps: self.recursion.steps() });
        }
        let mut state = self.recursion.start();
        let decode = |(step, &measured): (u32, &i64)| {
            let scaled = self.recursion.decode(step, measured, &mut state)?;
            let scale = i128::from(self.recursion.row(step).scale);
            let doubled = 2 * MILLI * i128::from(scaled) + scale;
            i64::try_from(doubled.div_euclid(2 * scale)).map_err(|_| Error::MeasurementTooLarge)
        };
        (0..).zip(measurements).map(decode).collect()
    }

    /// The variances, over the first `through` steps, of the nodes of each partition (given by
    /// their ends) and of every sum from the first step on.
    pub fn period_variances(&self, through: u32, partitions: &[&[u32]]) -> PeriodVariances {
        let mut noise = NoiseCovariance::new(self, partitions.len() + 1);
        let mut nodes = vec![Vec::new(); partitions.len()];
        let mut prefixes = Vec::with_capacity(through as usize);
        let factors = vec![1.0; partitions.len() + 1];
        for step in 0..through.min(self.recursion.steps()) {
            noise.step(step, &factors);
            prefixes.push(noise.variance_of(partitions.len()));
            for (at, ends) in partitions.iter().enumerate() {
                if ends.binary_search(&(step + 1)).is_ok() {
                    nodes[at].push(noise.variance_of(at));
                    noise.forget(at);
                }
            }
        }
        PeriodVariances { nodes, prefixes }
    }

    /// The variances of the sums that begin with step `first`, one for each last step below
    /// `through`.
    /// Unit: squared counts.
    /// Shape: `through - first` numbers, none if that is negative.
    pub fn variances_since(&self, first: u32, through: u32) -> Vec<f64> {
        let mut noise = NoiseCovariance::new(self, 1);
        let mut variances = Vec::new();
        for step in 0..through.min(self.recursion.steps()) {
            noise.step(step, &[if step < first { 0.0 } else { 1.0 }]);
            if step >= first {
                variances.push(noise.variance_of(0));
            }
        }
        variances
    }

    /// The variance of a sum of periods, each `(first step, last step, coefficient)`.
    /// Unit: squared counts.
    /// Shape: infinite if a period is empty or leaves the steps: it is not measured.
    pub fn variance(&self, periods: &[(u32, u32, i32)]) -> f64 {
        let steps = self.recursion.steps();
        if periods.iter().any(|&(first, last, _)| first > last || last >= steps) {
            return f64::INFINITY;
        }
        let mut noise = NoiseCovariance::new(self, 1);
        let end = periods.iter().map(|&(_, last, _)| last + 1).max().unwrap_or(0);
        for step in 0..end {
            let inside = periods.iter().filter(|(first, last, _)| (*first..=*last).contains(&step));
            let factor: i32 = inside.map(|&(_, _, coefficient)| coefficient).sum();
            noise.step(step, &[f64::from(factor)]);
        }
        noise.variance_of(0)
    }
}

/// The covariance of the noise in the state and in a few sums of estimates.
struct NoiseCovariance<'a> {
    recursion: &'a Recursion,
    variance: f64,
    decays: Vec<f64>,
    /// Row by row; the state first, then the sums.
    covariance: Vec<f64>,
    width: usize,
    size: usize,
}

impl<'a> NoiseCovariance<'a> {
    fn new(decoder: &Decoder<'a>, sums: usize) -> Self {
        let recursion = decoder.recursion;
        let width = recursion.width();
        let size = width + sums;
        let one = f64::from(1u32 << GAIN_BITS);
        let decays = recursion.decays().iter().map(|&decay| decay as f64 / one).collect();
        let covariance = vec![0.0; size * size];
        Self { recursion, variance: decoder.variance, decays, covariance, width, size }
    }

    /// Takes one step, whose estimate enters each sum with a factor.
    fn step(&mut self, step: u32, factors: &[f64]) {
        let one = f64::from(1u32 << GAIN_BITS);
        let row = self.recursion.row(step);
        let size = self.size;
        let mut fade = vec![1.0; size];
        fade[..self.decays.len()].copy_from_slice(&self.decays);
        let mut enters = vec![1.0; size];
        for (enters, factor) in enters[self.width..].iter_mut().zip(factors) {
            *enters = factor / row.scale as f64;
        }
        let gains: Vec<f64> = row.gains.iter().map(|&gain| gain as f64 / one).collect();
        // S K', and K S K'.
        let recalled: Vec<f64> = (0..size)
            .map(|i| gains.iter().zip(&self.covariance[i * size..]).map(|(k, s)| k * s).sum())
            .collect();
        let fresh = self.variance * f64::from(1u32 << PRECISION_BITS) / row.precision as f64;
        let own: f64 = gains.iter().zip(&recalled).map(|(k, r)| k * r).sum::<f64>() + fresh;
        for i in 0..size {
            for j in 0..size {
                let kept = fade[i] * self.covariance[i * size + j] * fade[j];
                let crossed = fade[i] * recalled[i] * enters[j] + enters[i] * fade[j] * recalled[j];
                self.covariance[i * size + j] = kept - crossed + enters[i] * enters[j] * own;
            }
        }
        let buffers = self.recursion.buffers();
        let ended: Vec<usize> = (buffers..)
            .zip(self.recursion.ends(step))
            .filter(|&(_, ends)| ends)
            .map(|(at, _)| at)
            .collect();
        ended.into_iter().for_each(|at| self.clear(at));
    }

    fn variance_of(&self, sum: usize) -> f64 {
        let at = self.width + sum;
        self.covariance[at * self.size + at].max(0.0)
    }

    fn forget(&mut self, sum: usize) {
        self.clear(self.width + sum);
    }

    fn clear(&mut self, at: usize) {
        for other in 0..self.size {
            self.covariance[at * self.size + other] = 0.0;
            self.covariance[other * self.size + at] = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::recursion::tests::any_recursion;
    use proptest::prelude::*;

    /// The effect of a unit of noise in each measurement on each estimate: the columns of C^-1, in
    /// counts, from the definition.
    fn inverse(recursion: &Recursion) -> Vec<Vec<f64>> {
        let one = f64::from(1u32 << GAIN_BITS);
        let steps = recursion.steps();
        let mut columns = Vec::new();
        for noisy in 0..steps {
            let mut state = vec![0.0; recursion.width()];
            let mut column = Vec::new();
            for step in 0..steps {
                let row = recursion.row(step);
                let recalled: f64 =
                    row.gains.iter().zip(&state).map(|(&g, s)| g as f64 / one * s).sum();
                let a = f64::from(u8::from(step == noisy)) - recalled;
                column.push(a / row.scale as f64);
                for (at, s) in state.iter_mut().enumerate() {
                    *s = match recursion.decays().get(at) {
                        Some(&decay) => decay as f64 / one * *s + a,
                        None => *s + a,
                    };
                }
                for (at, ends) in (recursion.buffers()..).zip(recursion.ends(step)) {
                    if ends {
                        state[at] = 0.0;
                    }
                }
            }
            columns.push(column);
        }
        columns
    }

    proptest! {
        #[test]
        fn variances_are_those_of_the_inverse(
            recursion in any_recursion(12),
            periods in prop::collection::vec((0u32..12, 0u32..12, -3i32..=3), 1..4),
            sixteenths in 1u128..1 << 80,
        ) {
            let steps = recursion.steps();
            let variance = Variance::from_sixteenths(sixteenths).unwrap();
            let decoder = Decoder::new(&recursion, variance);
            let inverse = inverse(&recursion);
            let one = f64::from(1u32 << PRECISION_BITS);
            let dense = |factors: &[f64]| -> f64 {
                let of_noise = |(noisy, column): (usize, &Vec<f64>)| {
                    let moved: f64 = column.iter().zip(factors).map(|(c, f)| c * f).sum();
                    let precision = recursion.row(noisy as u32).precision as f64 / one;
                    moved * moved * variance.as_f64() / precision
                };
                inverse.iter().enumerate().map(of_noise).sum()
            };
            let close = |one: f64, other: f64| (one - other).abs() <= 1e-9 * (one + other) + 1e-30;
            for first in 0..steps {
                let since = decoder.variances_since(first, steps);
                prop_assert_eq!(since.len(), (steps - first) as usize);
                for (last, variance) in (first..steps).zip(since) {
                    prop_assert!(close(variance, decoder.variance(&[(first, last, 1)])));
                }
            }
            let mut factors = vec![0.0; steps as usize];
            let periods: Vec<_> = periods.into_iter().map(|(s, t, coefficient)| {
                let (s, t) = (s % steps, t % steps);
                (s.min(t), s.max(t), coefficient)
            }).collect();
            for &(first, last, coefficient) in &periods {
                for factor in &mut factors[first as usize..=last as usize] {
                    *factor += f64::from(coefficient);
                }
            }
            let variance = decoder.variance(&periods);
            prop_assert!(close(variance, dense(&factors)), "{variance} {}", dense(&factors));
            let ends: Vec<u32> = (1..=steps).filter(|end| end % 3 == 0 || *end == steps).collect();
            let variances = decoder.period_variances(steps, &[&ends]);
            let mut first = 0;
            for (node, &end) in ends.iter().enumerate() {
                let direct = decoder.variance(&[(first, end - 1, 1)]);
                prop_assert!(close(variances.nodes[0][node], direct));
                let prefix = decoder.variance(&[(0, end - 1, 1)]);
                prop_assert!(close(variances.prefixes[end as usize - 1], prefix));
                first = end;
            }
        }

        #[test]
        fn a_run_without_noise_is_decoded_exactly(
            recursion in any_recursion(30),
            counts in prop::collection::vec(-1_000_000i64..1_000_000, 30),
            known in 0usize..=30,
        ) {
            let mut state = recursion.start();
            let known = known.min(recursion.steps() as usize);
            let measured: Vec<i64> = (0..known)
                .map(|step| recursion.encode(step as u32, counts[step], &mut state).unwrap())
                .collect();
            let decoder = Decoder::new(&recursion, Variance::from_sixteenths(16).unwrap());
            let milli: Vec<i64> = counts[..known].iter().map(|count| 1000 * count).collect();
            prop_assert_eq!(decoder.steps_milli(&measured).unwrap(), milli);
        }
    }

    #[test]
    fn more_measurements_than_steps_are_refused() {
        use crate::strategy::recursion::{GRID, RecursionRow, RecursionRows};
        let row = RecursionRow { scale: GRID, gains: vec![], precision: 1 };
        let recursion = Recursion::new(2, vec![], vec![], RecursionRows::Same(row)).unwrap();
        let decoder = Decoder::new(&recursion, Variance::from_sixteenths(16).unwrap());
        assert!(decoder.steps_milli(&[1, 2, 3]).is_err());
        assert_eq!(decoder.variance(&[(0, 2, 1)]), f64::INFINITY);
    }
}
