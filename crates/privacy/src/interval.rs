//! Intervals of estimates: of a figure, and of the rate of two figures that both carry noise.
//!
//! Not here: the origin of variances ([`crate::decode`], [`crate::estimate`], [`crate::residual`]).
//! This is the public side: intervals read only public data.
//!
//! Symbols: n and d are the estimates of numerator and denominator, V their variances, W their
//! covariance, z the 97.5 % point of the normal distribution. By Fieller (1954) the rates r with
//! (n - r d)^2 <= z^2 (V_n - 2 r W + r^2 V_d) are an interval that holds the true rate 95 times in
//! 100, exactly so for normal noise, whatever the size of the denominator. The interval is bounded
//! when d^2 > z^2 V_d, that is, when the interval of the denominator does not contain zero.
//! Otherwise no rate is given.
//!
//! Noise is drawn on a lattice, so a sum of draws is not quite normal. Its margin is g / 2 + z' s:
//! s the deviation of the sum, g the step of the lattice in it, z' a little above z ([`Lattice`]).
//! The proof is in `interval.proof.md`.
//!
//! Invariants:
//! 1. The interval holds the truth as often as it claims, with noise drawn as releases draw it, for
//!    large and small denominators (`tests::intervals_of_rates_hold_the_truth`).
//! 2. No rate is given if the denominator may be zero (`tests::no_rate_without_a_denominator`).
//! 3. If the denominator is exact, the interval is that of the numerator, divided by it
//!    (`tests::an_exact_denominator_divides`).
//! 4. The point of a lattice is at least the one that the proof needs
//!    (`tests::points_are_at_least_those_of_the_proof`), and margins cover sums of draws, by exact
//!    convolution (`tests::margins_cover_sums_of_draws`).

/// The 97.5 % point of the normal distribution, for a 95 % interval.
pub const NORMAL_POINT: f64 = 1.959_964;

/// The point for sums of draws with any variance: 2 exp(-t^2 / 2) is 5 % here.
const SUBGAUSSIAN_POINT: f64 = 2.716_21;

/// By how much the point of sums of draws exceeds the normal one, times the variance of a draw.
const LATTICE_EXCESS: f64 = 0.2;

/// The lattice of the draws that figures are sums of, each with a coefficient of at most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// The least variance of a draw, in squared steps of its lattice.
    pub draw: f64,
}

impl Lattice {
    /// The point z' of a sum of draws: so many deviations, and half a step, hold the sum 95 times
    /// in
    /// 100. Draws with a variance below 1 need no half step, but more deviations.
    pub fn point(self) -> f64 {
        if self.has_steps() { NORMAL_POINT + LATTICE_EXCESS / self.draw } else { SUBGAUSSIAN_POINT }
    }

    /// The margin of a sum of draws with this variance.
    pub fn margin(self, variance: f64) -> f64 {
        let deviation = variance.max(0.0).sqrt();
        self.point() * deviation + self.half_step(deviation)
    }

    /// The largest variance with which the margin of a sum is at most this.
    pub fn variance_within(self, margin: f64) -> f64 {
        let least = self.draw.sqrt();
        let wide = (margin - self.half_step(least)) / self.point();
        let deviation = match self.has_steps() && wide < least {
            // The half step is that of a coefficient below 1.
            true => margin / (self.point() + 0.5 / least),
            false => wide,
        };
        deviation.max(0.0).powi(2)
    }

    /// The factor of variances and covariances with which the margin of any sum of draws is at most
    /// that of normal noise: no coefficient times the deviation of its draw exceeds that of the
    /// sum.
    pub fn widening(self) -> f64 {
        let half_step = if self.has_steps() { 0.5 / self.draw.sqrt() } else { 0.0 };
        ((self.point() + half_step) / NORMAL_POINT).powi(2)
    }

    /// Half of the largest coefficient, which is at most 1 and at most the deviation of the sum
    /// over that of a draw.
    fn half_step(self, deviation: f64) -> f64 {
        match self.has_steps() {
            true => 0.5 * (deviation / self.draw.sqrt()).min(1.0),
            false => 0.0,
        }
    }

    fn has_steps(self) -> bool {
        self.draw >= 1.0
    }
}

/// An estimate with its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Its variance, in squared units of the figure.
    pub variance: f64,
}

/// A rate with the ends of its 95 % interval, which is not symmetric about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateEstimate {
    /// Numerator over denominator.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Estimate {
    /// Half the width of the 95 % interval.
    pub fn margin(self) -> f64 {
        NORMAL_POINT * self.variance.max(0.0).sqrt()
    }
}

/// The rate of two estimates whose noise has this covariance.
/// Shape: `None` if the interval of the denominator contains zero. Source: Fieller, *Some Problems
/// in Interval Estimation*, 1954.
pub fn rate(numerator: Estimate, denominator: Estimate, covariance: f64) -> Option<RateEstimate> {
    let (n, d) = (numerator.value, denominator.value);
    let z2 = NORMAL_POINT * NORMAL_POINT;
    // a r^2 - 2 b r + c <= 0
    let a = d * d - z2 * denominator.variance;
    let b = n * d - z2 * covariance;
    let c = n * n - z2 * numerator.variance;
    let root = b * b - a * c;
    // With a > 0 the root is real. This condition is false for NaN, so that gives no rate either.
    if !(a > 0.0 && root >= 0.0) {
        return None;
    }
    let root = root.sqrt();
    Some(RateEstimate { value: n / d, low: (b - root) / a, high: (b + root) / a })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accountant::Variance;
    use crate::entropy::SeededEntropy;
    use crate::sampler::DiscreteGaussian;

    /// The most that the false-alarm rates of this file add up to.
    const FALSE_ALARM: f64 = 1e-6;

    fn exact(value: f64) -> Estimate {
        Estimate { value, variance: 0.0 }
    }

    /// The probabilities of a discrete Gaussian, from the lowest number to the highest.
    fn law(sigma: f64) -> Vec<f64> {
        let most = (9.0 * sigma).ceil() as i64 + 2;
        let weights = (-most..=most).map(|n| (-(n * n) as f64 / (2.0 * sigma * sigma)).exp());
        let weights: Vec<f64> = weights.collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    }

    /// The probability that a normal number exceeds x, by the integral of the density.
    fn normal_tail(x: f64) -> f64 {
        const STEPS: u32 = 4_000;
        let width = 10.0 / f64::from(STEPS);
        let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let at = |step: u32| density(x + (f64::from(step) + 0.5) * width);
        // Simpson's rule in the form of midpoints and ends.
        let ends = |step: u32| density(x + f64::from(step) * width);
        let part = |step| (ends(step) + 4.0 * at(step) + ends(step + 1)) * width / 6.0;
        (0..STEPS).map(part).sum()
    }

    /// e(sigma) and E of the proof, from exact laws: the point must leave 5 % for the rest.
    #[test]
    fn points_are_at_least_those_of_the_proof() {
        for step in 0..=90 {
            let sigma = 1.0 + f64::from(step) * 0.1;
            let law = law(sigma);
            let most = (law.len() / 2) as i64;
            let (mut tail, mut excess) = (0.0, 0.0f64);
            for k in (1..=most).rev() {
                tail += law[(most + k) as usize];
                let normal = normal_tail((k as f64 - 0.5) / sigma);
                excess = excess.max(tail - normal);
            }
            let factor = (2.1 * (-(std::f64::consts::PI * sigma).powi(2)).exp() * 30.0).exp();
            let rest = 2.0 * normal_tail(Lattice { draw: sigma * sigma }.point());
            assert!(rest * factor + 2.0 * excess <= 0.05, "{sigma}: {rest} {excess}");
        }
        let of_any = 2.0 * (-SUBGAUSSIAN_POINT * SUBGAUSSIAN_POINT / 2.0).exp();
        assert!((0.0499..=0.05).contains(&of_any), "{of_any}");
    }

    /// The sums of 1 to 8 draws and of pairs of draws with other coefficients, in sixteenths.
    #[test]
    fn margins_cover_sums_of_draws() {
        let times = |law: &[f64], by: usize| {
            let mut spread = vec![0.0; (law.len() - 1) * by + 1];
            law.iter().enumerate().for_each(|(n, p)| spread[n * by] = *p);
            spread
        };
        let both = |one: &[f64], other: &[f64]| {
            let mut sum = vec![0.0; one.len() + other.len() - 1];
            for (n, p) in one.iter().enumerate().filter(|(_, p)| **p > 0.0) {
                for (m, q) in other.iter().enumerate() {
                    sum[n + m] += p * q;
                }
            }
            sum
        };
        let covered = |law: &[f64], margin: f64| -> f64 {
            let middle = (law.len() / 2) as f64;
            let inside =
                law.iter().enumerate().filter(|(n, _)| (*n as f64 - middle).abs() <= margin);
            inside.map(|(_, p)| p).sum()
        };
        for sigma in [0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0] {
            let (law, lattice) = (law(sigma), Lattice { draw: sigma * sigma });
            let mut sum = law.clone();
            for draws in 1..=8 {
                let margin = lattice.margin(f64::from(draws) * sigma * sigma);
                let share = covered(&sum, margin);
                assert!(share >= 0.95, "{draws} draws of {sigma}: {share}");
                sum = both(&sum, &law);
            }
            for by in [3, 5, 8, 11, 16] {
                let sum = both(&times(&law, 16), &times(&law, by));
                let other = by as f64 / 16.0;
                let margin = lattice.margin((1.0 + other * other) * sigma * sigma);
                let share = covered(&sum, 16.0 * margin);
                assert!(share >= 0.95, "1 and {other} of {sigma}: {share}");
                // Every sum, in deviations of normal noise.
                let widened = (lattice.widening() * (1.0 + other * other)).sqrt() * sigma;
                assert!(NORMAL_POINT * widened >= margin - 1e-9, "{sigma} {other}");
            }
        }
    }

    #[test]
    fn the_largest_variance_has_the_margin() {
        for draw in [0.3, 1.0, 9.0, 400.0] {
            let lattice = Lattice { draw };
            for margin in [0.4, 1.0, 3.0, 50.0, 2000.0] {
                let widest = lattice.variance_within(margin);
                let found = lattice.margin(widest);
                assert!((found - margin).abs() < 1e-9 * margin, "{draw} {margin}: {found}");
            }
        }
    }

    /// The rate is departures in time over all departures, as two noisy counts and their sum: the
    /// covariance is the variance of the count that both contain. Over R runs the covered share is
    /// off by more than sqrt(ln(2 / p) / (2 R)) with probability below p (Hoeffding); the lattice
    /// of the discrete noise and the runs without a rate may add half a hundredth.
    #[test]
    fn intervals_of_rates_hold_the_truth() {
        const RUNS: u32 = 40_000;
        let sigma2 = Variance::from_sixteenths(16 * 400).unwrap();
        let noise = DiscreteGaussian::new(sigma2).unwrap();
        let mut entropy = SeededEntropy::new([11; 32]);
        let cases = [(900i64, 100i64), (90, 60), (0, 120), (500, 0), (60, 20)];
        let off = ((2.0 * 5.0 / FALSE_ALARM).ln() / (2.0 * f64::from(RUNS))).sqrt();
        for (part, rest) in cases {
            let truth = part as f64 / (part + rest) as f64;
            let (mut given, mut held) = (0u32, 0u32);
            for _ in 0..RUNS {
                let n = (part + noise.sample(&mut entropy)) as f64;
                let others = (rest + noise.sample(&mut entropy)) as f64;
                let v = sigma2.as_f64();
                let numerator = Estimate { value: n, variance: v };
                let denominator = Estimate { value: n + others, variance: 2.0 * v };
                let Some(rate) = rate(numerator, denominator, v) else { continue };
                assert!(rate.low <= rate.value && rate.value <= rate.high);
                given += 1;
                held += u32::from(rate.low <= truth && truth <= rate.high);
            }
            let covered = f64::from(held) / f64::from(given);
            assert!(given > RUNS / 2, "{part} {rest}: a rate in {given} runs");
            // If some runs give no rate, the others are a selection.
            let selected = f64::from(RUNS - given) / f64::from(given);
            let most = off + 0.005 + selected;
            assert!((covered - 0.95).abs() < most, "{part} of {part} + {rest}: {covered}");
        }
    }

    #[test]
    fn no_rate_without_a_denominator() {
        let wide = Estimate { value: 30.0, variance: 400.0 };
        assert_eq!(rate(exact(5.0), wide, 0.0), None, "30 with a margin of 39");
        assert!(rate(exact(5.0), Estimate { value: 40.0, variance: 400.0 }, 0.0).is_some());
        for broken in [f64::NAN, f64::INFINITY] {
            assert_eq!(rate(exact(1.0), exact(broken), 0.0), None);
            assert_eq!(rate(exact(broken), exact(1.0), 0.0), None);
        }
        assert_eq!(rate(exact(1.0), exact(0.0), 0.0), None);
    }

    #[test]
    fn an_exact_denominator_divides() {
        let numerator = Estimate { value: 50.0, variance: 9.0 };
        let rate = rate(numerator, exact(200.0), 0.0).unwrap();
        let margin = numerator.margin() / 200.0;
        assert!((rate.low - (0.25 - margin)).abs() < 1e-12);
        assert!((rate.high - (0.25 + margin)).abs() < 1e-12);
    }
}
