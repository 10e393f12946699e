//! The price of noise: from squared sensitivity and budget to variance, and back to a charge.
//!
//! Not here: what the sensitivity is (see [`crate::sensitivity`]), whether the budget allows
//! the charge (see [`crate::budget`]), and epsilon (see [`crate::display`]).
//!
//! Symbols: `delta2` is the squared sensitivity in squared units of the integer grid, sigma^2
//! the variance parameter of the discrete Gaussian, rho the zCDP loss. Adding independent
//! discrete Gaussians to an integer vector of squared sensitivity `delta2` is
//! `delta2 / (2 sigma^2)`-zCDP (Canonne, Kamath, Steinke 2020, Theorem 14).
//!
//! Invariants:
//! 1. A calibrated variance never costs more than the rho that was asked for, and a variance one
//!    sixteenth smaller would
//!    (`tests::calibrated_noise_costs_at_most_rho_and_one_grain_less_costs_more`).
//! 2. Parsing a printed variance gives the same variance
//!    (`tests::a_variance_parses_what_it_prints`).
//!
//! Format: a variance is a reduced fraction of sixteenths: `37/2`, `1/16`, `400`.

use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use crate::budget::Rho;
use crate::{Error, Result};

/// The grid of variances: every sigma^2 is a whole number of sixteenths.
const GRAINS_PER_UNIT: u128 = 16;

/// The variance parameter sigma^2 of a discrete Gaussian, in sixteenths; never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variance(u128);

impl Variance {
    /// The variance of this many sixteenths.
    /// Errors: `VarianceZero`.
    pub fn from_sixteenths(sixteenths: u128) -> Result<Self> {
        if sixteenths == 0 { Err(Error::VarianceZero) } else { Ok(Self(sixteenths)) }
    }

    /// The variance in sixteenths.
    pub fn sixteenths(self) -> u128 {
        self.0
    }

    /// Parses the text that [`Display`](fmt::Display) prints, and no other.
    /// Errors: `VarianceText` for any other text.
    pub fn parse(text: &str) -> Result<Self> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let whole = |digits: &str| digits.parse::<u128>().map_err(|_| Error::VarianceText);
        let (numerator, denominator) = (whole(numerator)?, whole(denominator)?);
        if !GRAINS_PER_UNIT.is_multiple_of(denominator) {
            return Err(Error::VarianceText);
        }
        let sixteenths =
            numerator.checked_mul(GRAINS_PER_UNIT / denominator).ok_or(Error::VarianceText)?;
        let variance = Self::from_sixteenths(sixteenths)?;
        if variance.to_string() == text { Ok(variance) } else { Err(Error::VarianceText) }
    }
}

impl fmt::Display for Variance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let common = self.0.gcd(&GRAINS_PER_UNIT);
        let (numerator, denominator) = (self.0 / common, GRAINS_PER_UNIT / common);
        if denominator == 1 {
            write!(f, "{numerator}")
        } else {
            write!(f, "{numerator}/{denominator}")
        }
    }
}

/// The least variance that makes a squared sensitivity cost at most `rho`.
/// Unit: squared units of the integer grid.
/// Guarantee: `charge(delta2, calibrate(delta2, rho)) <= rho`, exactly.
/// Errors: `SensitivityZero`; `VarianceTooLarge` past 2^128 - 1 sixteenths.
pub fn calibrate(delta2: u128, rho: &Rho) -> Result<Variance> {
    if delta2 == 0 {
        return Err(Error::SensitivityZero);
    }
    // delta2 / (2 n / 16) <= rho, that is n >= 8 delta2 / rho.
    let least = BigRational::from(BigInt::from(delta2) * 8u32) / rho.as_ratio();
    let sixteenths = least.ceil().to_integer().to_u128();
    Variance::from_sixteenths(sixteenths.ok_or(Error::VarianceTooLarge { limit: u128::MAX })?)
}

/// The cost of a mechanism with this squared sensitivity and variance: `delta2 / (2 sigma^2)`.
/// Guarantee: exact; nothing is rounded.
/// Errors: `SensitivityZero`.
pub fn charge(delta2: u128, variance: Variance) -> Result<Rho> {
    if delta2 == 0 {
        return Err(Error::SensitivityZero);
    }
    Rho::new(BigRational::new(BigInt::from(delta2) * 8u32, BigInt::from(variance.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn calibrated_noise_costs_at_most_rho_and_one_grain_less_costs_more(
            delta2 in prop_oneof![1u128..1_000_000_000_000, 1u128..1 << 100],
            numerator in 1u64..10_000,
            denominator in 1u64..10_000,
        ) {
            let rho = Rho::parse(&format!("{numerator}/{denominator}")).unwrap();
            let variance = calibrate(delta2, &rho).unwrap();
            prop_assert!(charge(delta2, variance).unwrap() <= rho);
            if variance.sixteenths() > 1 {
                let less = Variance::from_sixteenths(variance.sixteenths() - 1).unwrap();
                prop_assert!(charge(delta2, less).unwrap() > rho);
            }
        }

        #[test]
        fn a_variance_parses_what_it_prints(sixteenths in 1u128..) {
            let variance = Variance::from_sixteenths(sixteenths).unwrap();
            prop_assert_eq!(Variance::parse(&variance.to_string()).unwrap(), variance);
        }
    }

    #[test]
    fn only_the_printed_form_of_a_variance_parses() {
        for text in ["0", "0/16", "2/4", "1/3", "01", "+1", "1/0", "1/16/1", "", "1.5", "4/1"] {
            assert!(Variance::parse(text).is_err(), "{text}");
        }
        assert_eq!(Variance::parse("37/2").unwrap().sixteenths(), 296);
        let wide = "1208925819614629174706177/16"; // (2^80 + 1)/16
        assert_eq!(Variance::parse(wide).unwrap().sixteenths(), (1 << 80) + 1);
        assert!(Variance::parse(&(u128::MAX / 16 + 1).to_string()).is_err());
    }

    #[test]
    fn known_prices_are_exact() {
        // sigma^2 = 400/16 = 25 and squared sensitivity 25 cost one half.
        let variance = Variance::from_sixteenths(400).unwrap();
        assert_eq!(charge(25, variance).unwrap(), Rho::parse("1/2").unwrap());
        assert_eq!(calibrate(25, &Rho::parse("1/2").unwrap()).unwrap(), variance);
        // One third is not on the grid: 8 * 1 / (1/3) = 24 sixteenths is.
        assert_eq!(calibrate(1, &Rho::parse("1/3").unwrap()).unwrap().sixteenths(), 24);
        // One count of 2^32 grid units at rho = 2^-17: sigma^2 = 2^64 / 2^-16 = 2^80.
        let (delta2, rho) = (1 << 64, Rho::parse("1/131072").unwrap());
        let variance = calibrate(delta2, &rho).unwrap();
        assert_eq!(variance.sixteenths(), 1 << 84);
        assert_eq!(charge(delta2, variance).unwrap(), rho);
    }

    #[test]
    fn nothing_is_calibrated_past_the_largest_variance() {
        let rho = Rho::parse("1/1000000").unwrap();
        assert!(matches!(calibrate(u128::MAX, &rho), Err(Error::VarianceTooLarge { .. })));
        assert!(matches!(calibrate(0, &rho), Err(Error::SensitivityZero)));
    }
}
