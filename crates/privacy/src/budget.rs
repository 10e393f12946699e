//! Rho, and the budget from which it is spent, in exact rational arithmetic.
//!
//! Not here: what a mechanism costs (see [`crate::accountant`]), and any persistence: the
//! public ledger is the budget's only memory, and a budget is rebuilt from it.
//!
//! Invariants:
//! 1. The sum spent never exceeds the ceiling (`tests::charges_never_exceed_budget`).
//! 2. A refused charge changes nothing (`tests::a_refused_charge_changes_nothing`).
//! 3. A budget is never renewed: nothing lowers the sum spent or raises the ceiling, and a budget
//!    cannot be copied:
//!    ```compile_fail
//!    use tidegauge_privacy::{Budget, Rho};
//!    let budget = Budget::new(Rho::parse("1").unwrap());
//!    let twice = budget.clone();
//!    ```
//! 4. Parsing a printed rho gives the same rho (`tests::a_rho_parses_what_it_prints`).
//! 5. A loss that is shown to people is a decimal, exact or rounded up
//!    (`tests::a_loss_is_shown_as_a_decimal_rounded_up`).
//!
//! Format of a rho: `1`, `1/2`, `19/20`.

use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::{Error, Result};

/// The most characters in the text of a rho.
pub const RHO_CHARACTERS_MAX: usize = 160;

/// A zCDP loss: a positive exact fraction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rho(BigRational);

impl Rho {
    /// The rho of this value.
    /// Errors: `RhoNotPositive`.
    pub fn new(ratio: BigRational) -> Result<Self> {
        if ratio.is_positive() { Ok(Self(ratio)) } else { Err(Error::RhoNotPositive) }
    }

    /// Parses a whole number or a fraction of two whole numbers, without signs or leading zeros.
    /// Errors: `RhoText`.
    pub fn parse(text: &str) -> Result<Self> {
        let refusal = || Error::RhoText { limit: RHO_CHARACTERS_MAX };
        if text.len() > RHO_CHARACTERS_MAX {
            return Err(refusal());
        }
        let whole = |digits: &str| {
            let plain = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
            let number = if plain { digits.parse::<BigInt>().ok() } else { None };
            number.ok_or_else(refusal)
        };
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        Self::new(BigRational::new(whole(numerator)?, whole(denominator)?))
    }

    /// The exact value.
    pub fn as_ratio(&self) -> &BigRational {
        &self.0
    }
}

impl fmt::Display for Rho {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The decimals of a loss that is shown.
const SHOWN_DECIMALS: u32 = 6;

/// A loss for people: up to six decimals, rounded up, since the charges of a table add up to
/// fractions of hundreds of digits. The exact fractions are in the ledger.
pub fn shown(loss: &BigRational) -> String {
    decimal_up(loss, SHOWN_DECIMALS)
}

/// A ratio that is not negative with at most this many decimals, rounded up.
pub fn decimal_up(ratio: &BigRational, decimals: u32) -> String {
    let unit = BigInt::from(10).pow(decimals);
    let rounded = (ratio * BigRational::from_integer(unit.clone())).ceil().to_integer();
    let (whole, rest) = (&rounded / &unit, (&rounded % &unit).to_string());
    let text = format!("{whole}.{rest:0>width$}", width = decimals as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The ceiling of what may be spent, and what has been spent.
#[derive(Debug)]
pub struct Budget {
    ceiling: Rho,
    spent: BigRational,
}

impl Budget {
    /// An untouched budget.
    pub fn new(ceiling: Rho) -> Self {
        Self { ceiling, spent: BigRational::zero() }
    }

    /// Spends `rho` permanently.
    /// Errors: `BudgetExceeded`; then nothing is spent.
    pub fn charge(&mut self, rho: &Rho) -> Result<()> {
        let remaining = self.remaining();
        if rho.0 > remaining {
            let (charge, remaining) = (Box::new(rho.0.clone()), Box::new(remaining));
            return Err(Error::BudgetExceeded { charge, remaining });
        }
        self.spent += &rho.0;
        Ok(())
    }

    /// The most that can ever be spent.
    pub fn ceiling(&self) -> &Rho {
        &self.ceiling
    }

    /// The sum spent so far, exactly.
    pub fn spent(&self) -> &BigRational {
        &self.spent
    }

    /// The sum left, exactly; never negative.
    pub fn remaining(&self) -> BigRational {
        &self.ceiling.0 - &self.spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rho(numerator: u64, denominator: u64) -> Rho {
        Rho::parse(&format!("{numerator}/{denominator}")).unwrap()
    }

    proptest! {
        /// The naive model: everything as a multiple of 1/5040, which 1 to 10 divide, in u64.
        #[test]
        fn charges_never_exceed_budget(
            ceiling in 1u64..60_000,
            charges in prop::collection::vec((1u64..=3, 1u64..=10), 0..40),
        ) {
            let mut budget = Budget::new(rho(ceiling, 5040));
            let mut spent = 0;
            for (numerator, denominator) in charges {
                let cost = numerator * 5040 / denominator;
                let allowed = spent + cost <= ceiling;
                prop_assert_eq!(budget.charge(&rho(numerator, denominator)).is_ok(), allowed);
                spent += if allowed { cost } else { 0 };
                let exact = BigRational::new(BigInt::from(spent), BigInt::from(5040));
                prop_assert_eq!(budget.spent(), &exact);
                prop_assert!(budget.spent() <= budget.ceiling().as_ratio());
                prop_assert!(!budget.remaining().is_negative());
            }
        }

        #[test]
        fn a_refused_charge_changes_nothing(first in 1u64..=100, second in 1u64..=200) {
            let mut budget = Budget::new(rho(1, 1));
            budget.charge(&rho(first, 100)).unwrap();
            let (spent, remaining) = (budget.spent().clone(), budget.remaining());
            let refused = budget.charge(&rho(second, 100)).is_err();
            prop_assert_eq!(refused, first + second > 100);
            if refused {
                prop_assert_eq!(budget.spent(), &spent);
                prop_assert_eq!(budget.remaining(), remaining);
            }
        }

        #[test]
        fn a_rho_parses_what_it_prints(numerator in 1u64.., denominator in 1u64..) {
            let rho = rho(numerator, denominator);
            prop_assert_eq!(Rho::parse(&rho.to_string()).unwrap(), rho);
        }
    }

    #[test]
    fn a_loss_is_shown_as_a_decimal_rounded_up() {
        let loss = |numerator: &str, denominator: &str| {
            let whole = |text: &str| text.parse::<BigInt>().unwrap();
            shown(&BigRational::new(whole(numerator), whole(denominator)))
        };
        assert_eq!(loss("3", "5"), "0.6");
        assert_eq!(loss("5", "1"), "5");
        assert_eq!(loss("45797", "45800"), "0.999935");
        // Two thirds, and half of a millionth more than a half.
        assert_eq!(loss("20000000000000000001", "30000000000000000001"), "0.666667");
        assert_eq!(loss("50000050000000000001", "100000000000000000000"), "0.500001");
        assert_eq!(loss("10000000000000000001", "10000000000000000003"), "1");
        assert_eq!(loss("10000000000000000003", "10000000000000000001"), "1.000001");
    }

    #[test]
    fn a_budget_can_be_spent_to_the_last_grain_and_no_further() {
        let mut budget = Budget::new(rho(1, 1));
        for _ in 0..3 {
            budget.charge(&rho(1, 3)).unwrap();
        }
        assert!(budget.remaining().is_zero());
        let refusal = budget.charge(&rho(1, 1_000_000_000)).unwrap_err();
        assert_eq!(refusal.to_string(), "charge 1/1000000000 exceeds remaining budget 0");
    }

    #[test]
    fn a_rho_is_a_positive_fraction_of_whole_numbers() {
        for text in ["0", "-1", "1/0", "0/1", "0.5", "", "/", "1/", "/2", "1/2/3", " 1", "1e3"] {
            assert!(Rho::parse(text).is_err(), "{text}");
        }
        assert!(Rho::parse(&"9".repeat(RHO_CHARACTERS_MAX + 1)).is_err());
        assert_eq!(Rho::parse("2/4").unwrap().to_string(), "1/2");
        assert_eq!(Rho::parse("7").unwrap().to_string(), "7");
        assert!(Rho::new(BigRational::zero()).is_err());
    }
}
