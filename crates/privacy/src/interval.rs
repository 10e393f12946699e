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
//! Invariants:
//! 1. The interval holds the truth as often as it claims, with noise drawn as releases draw it, for
//!    large and small denominators (`tests::intervals_of_rates_hold_the_truth`).
//! 2. No rate is given if the denominator may be zero (`tests::no_rate_without_a_denominator`).
//! 3. If the denominator is exact, the interval is that of the numerator, divided by it
//!    (`tests::an_exact_denominator_divides`).

/// The 97.5 % point of the normal distribution, for a 95 % interval.
pub const NORMAL_POINT: f64 = 1.959_964;

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
