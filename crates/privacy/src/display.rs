//! Floats for display: epsilon for a given delta, and variances as decimals.
//!
//! Not here: anything on which a charge or a draw depends. Neither ever reads this file.
//!
//! Symbols: rho is the zCDP loss, (epsilon, delta) the approximate differential privacy that
//! follows from it, alpha the order of the Renyi divergence.
//!
//! Invariants:
//! 1. The epsilon shown is never below the one that the formula gives, and never worse than the
//!    simpler bound of Bun and Steinke (`tests::epsilon_is_tight_and_rounded_up`).

use num_rational::BigRational;
use num_traits::ToPrimitive;

use crate::accountant::Variance;
use crate::budget::Rho;

/// Epsilon is rounded up to one over this number.
const PARTS: f64 = 10_000.0;
/// A relative allowance for rounding errors: far above the float error of the formula, far below
/// the digits shown.
const ALLOWANCE: f64 = 1e-9;

/// The most of a hundred guesses at a coin toss, which decided whether one person is in the data,
/// that can be right under `rho`-zCDP.
/// Shape: from 50 to 100.
/// Guarantee: half of one plus the total variation, which a divergence of rho limits (Pinsker;
/// Bretagnolle and Huber 1979).
pub fn right_guesses(rho: f64) -> f64 {
    let variation = (rho / 2.0).sqrt().min((-(-rho).exp_m1()).sqrt());
    50.0 * (1.0 + variation)
}

/// [`right_guesses`] rounded up, and its decimals: none where that is below 100, else as many, up
/// to three, as keep it below; `None` if these do not.
pub fn right_guesses_up(rho: f64) -> Option<(f64, usize)> {
    let up = |digits: usize| {
        let scale = [1.0, 10.0, 100.0, 1000.0][digits];
        ((right_guesses(rho) * scale).ceil() / scale, digits)
    };
    (0..4).map(up).find(|(up, _)| *up < 100.0)
}

/// The epsilon that holds with this delta under `rho`-zCDP, rounded up to four decimals.
/// Shape: infinite if delta is not positive, zero if delta is one or more.
/// Guarantee: for display only. Every alpha gives a valid epsilon, so a poor search for the best
/// alpha can make the result less tight but never wrong. Source: Canonne, Kamath, Steinke 2020
/// (arXiv 2004.00010), Proposition 12: for every alpha > 1, `epsilon = alpha rho + (ln(1/delta) +
/// (alpha - 1) ln(1 - 1/alpha) - ln alpha) / (alpha - 1)`; never more than `rho + 2 sqrt(rho
/// ln(1/delta))` of Bun and Steinke 2016, Proposition 1.3.
pub fn epsilon(rho: &Rho, delta: f64) -> f64 {
    if delta.is_nan() || delta <= 0.0 {
        return f64::INFINITY;
    }
    let rho = decimal(rho.as_ratio());
    if delta >= 1.0 || rho == 0.0 {
        return 0.0;
    }
    let surprise = -delta.ln();
    // As a function of x = ln(alpha - 1) the bound falls and then rises; the best order of the
    // simpler bound is 1 + sqrt(surprise / rho), and the best order here lies within this bracket
    // around it.
    let centre = 0.5 * (surprise.max(1e-3) / rho).ln();
    let (mut low, mut high) = (centre - 12.0, centre + 12.0);
    for _ in 0..200 {
        let third = (high - low) / 3.0;
        if at_order(rho, surprise, low + third) < at_order(rho, surprise, high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    let plain = rho + 2.0 * (rho * surprise).sqrt();
    let best = at_order(rho, surprise, 0.5 * (low + high)).min(plain).max(0.0);
    (best * (1.0 + ALLOWANCE) * PARTS).ceil() / PARTS
}

/// The epsilon of the order `alpha = 1 + e^x`.
fn at_order(rho: f64, surprise: f64, x: f64) -> f64 {
    let above = x.exp();
    let alpha = 1.0 + above;
    // ln(1 - 1/alpha) = -ln(1 + 1/above), without cancellation for large alpha.
    alpha * rho + (surprise - alpha.ln()) / above - (1.0 / above).ln_1p()
}

/// A ratio as the nearest float, for figures and tables.
pub fn decimal(ratio: &BigRational) -> f64 {
    ratio.to_f64().unwrap_or(f64::INFINITY)
}

impl Variance {
    /// The variance as a decimal, for margins of error.
    pub fn as_f64(self) -> f64 {
        self.sixteenths() as f64 / 16.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest epsilon over a fine grid of orders: slow, and obviously right.
    fn by_grid(rho: f64, delta: f64) -> f64 {
        let over = |step: i32| {
            let alpha = 1.0 + (f64::from(step) / 500.0).exp();
            let rest = -delta.ln() + (alpha - 1.0) * (1.0 - 1.0 / alpha).ln() - alpha.ln();
            alpha * rho + rest / (alpha - 1.0)
        };
        (-5_000..5_000).map(over).fold(f64::INFINITY, f64::min).max(0.0)
    }

    #[test]
    fn epsilon_is_tight_and_rounded_up() {
        for text in ["1/1000", "1/100", "1/8", "1/2", "1", "2", "5", "20", "100"] {
            for delta in [1e-3, 1e-6, 1e-9, 1e-12] {
                let rho = Rho::parse(text).unwrap();
                let value = decimal(rho.as_ratio());
                let (shown, least) = (epsilon(&rho, delta), by_grid(value, delta));
                assert!(shown >= least - 1e-4 * least, "{text} {delta}: {shown} under {least}");
                assert!(shown <= least * 1.0001 + 2.0 / PARTS, "{text} {delta}: {shown} {least}");
                let plain = value + 2.0 * (value * -delta.ln()).sqrt();
                assert!(shown <= plain + 1.0 / PARTS, "{text} {delta}");
            }
        }
    }

    /// The exact delta of the continuous Gaussian of the same rho is a floor for any valid
    /// conversion: epsilon = 1 at sensitivity 1 needs sigma of at least 3.7303 for delta 1e-5
    /// (Balle and Wang 2018), that is rho = 0.03593, so this rho cannot show less than 1.
    #[test]
    fn epsilon_is_not_below_the_gaussian_mechanism() {
        let shown = epsilon(&Rho::parse("3593/100000").unwrap(), 1e-5);
        assert!((1.0..1.2).contains(&shown), "{shown}");
    }

    #[test]
    fn epsilon_at_the_edges_of_delta_is_plain() {
        let rho = Rho::parse("1").unwrap();
        assert_eq!(epsilon(&rho, 0.0), f64::INFINITY);
        assert_eq!(epsilon(&rho, f64::NAN), f64::INFINITY);
        assert_eq!(epsilon(&rho, 1.0), 0.0);
    }
}
