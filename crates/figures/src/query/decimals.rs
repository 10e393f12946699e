//! The decimals of figures: whole numbers or thousandths.
//!
//! Not here: which sums are rounded ([`crate::estimate`]); the text of a figure
//! ([`crate::estimate::decimal`]). The proof of the statements below is in `decimals.proof.md`.
//!
//! Figures of one dataflow add up to each other, so they all have the same unit. It is 1 where the
//! margin of every figure must exceed 1, and 0.001 elsewhere or on request. Whether it must is read
//! from the plan's budget, so it is known before any data and stays the same.
//!
//! Invariants:
//! 1. Where figures are whole numbers, every margin before rounding exceeds 1
//!    (`query::decimals::tests::margins_of_whole_numbers_exceed_1`,
//!    `tidegauge/tests/whole_numbers.rs`).
//! 2. A margin is never rounded down (`query::decimals::tests::margins_are_rounded_up`).
//! 3. A half is rounded to the even number, so that halves do not add up to a bias
//!    (`query::decimals::tests::halves_go_to_the_even_number`).

use num_rational::BigRational;
use tidegauge_model::{Dataflow, Plan};
use tidegauge_privacy::interval::NORMAL_POINT;
use tidegauge_privacy::residual::{ContingencyTable, MarginalLevels, ResidualValues};

/// Thousandths in one.
const WHOLE: i64 = 1000;

/// Figures are whole numbers below this charge to one person in one window, in hundredths of rho:
/// the largest at which the square of a margin, at least 1.9599^2 / (2 rho), must exceed 1.
const WHOLE_BELOW_HUNDREDTHS: i64 = 192;

/// The decimals of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decimals {
    /// None: figures are whole numbers.
    Whole,
    /// Three.
    Thousandths,
}

impl Decimals {
    /// The decimals that the figures of a dataflow are published with.
    pub(crate) fn published(plan: &Plan, dataflow: &Dataflow) -> Self {
        let budget = &plan.privacy.rho * &dataflow.share;
        let limit = BigRational::new(WHOLE_BELOW_HUNDREDTHS.into(), 100.into());
        if budget < limit { Self::Whole } else { Self::Thousandths }
    }

    /// The number of decimals.
    pub(crate) fn count(self) -> u32 {
        match self {
            Self::Whole => 0,
            Self::Thousandths => 3,
        }
    }

    /// The unit, in thousandths.
    pub(crate) fn unit_milli(self) -> u32 {
        match self {
            Self::Whole => WHOLE as u32,
            Self::Thousandths => 1,
        }
    }

    /// A number of thousandths rounded to the unit, halves to the even number.
    pub(crate) fn rounded(self, milli: i64) -> i64 {
        let Self::Whole = self else { return milli };
        let (whole, rest) = (milli.div_euclid(WHOLE), milli.rem_euclid(WHOLE));
        let is_up = 2 * rest > WHOLE || (2 * rest == WHOLE && whole % 2 != 0);
        whole.saturating_add(i64::from(is_up)).saturating_mul(WHOLE)
    }

    /// The cells of a marginal of a table, in thousandths, from values that are numerators over
    /// `unit`. Rounded are the sums up to each corner.
    ///
    /// Errors: those of the table.
    pub(crate) fn marginal(
        self,
        table: &ContingencyTable,
        marginal: &MarginalLevels,
        values: &ResidualValues,
        unit: u32,
    ) -> Result<Vec<i64>, tidegauge_privacy::Error> {
        // Thousandths of a thousand are whole numbers.
        let rounded = table.thousandths(marginal, values, unit * self.unit_milli())?;
        let in_milli = |figure: i64| figure.saturating_mul(self.unit_milli().into());
        Ok(rounded.into_iter().map(in_milli).collect())
    }

    /// The variance that rounding adds to each rounded sum. That of thousandths is neglected.
    pub(crate) fn variance(self) -> f64 {
        match self {
            Self::Whole => 1.0 / 12.0,
            Self::Thousandths => 0.0,
        }
    }

    /// Half the width of a 95 % interval, in thousandths, rounded up to the unit.
    pub(crate) fn margin_milli(self, variance: f64) -> i64 {
        let unit = i64::from(self.unit_milli());
        // Saturates far above any count of persons.
        let units = NORMAL_POINT * variance.max(0.0).sqrt() * 1000.0 / unit as f64;
        (units.ceil() as i64).saturating_mul(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{edit, publisher};

    #[test]
    fn halves_go_to_the_even_number() {
        let table = [
            (0, 0),
            (499, 0),
            (500, 0),
            (501, 1000),
            (1499, 1000),
            (1500, 2000),
            (2500, 2000),
            (-500, 0),
            (-501, -1000),
            (-1500, -2000),
            (-2500, -2000),
            (-499, 0),
        ];
        for (milli, whole) in table {
            assert_eq!(Decimals::Whole.rounded(milli), whole, "{milli}");
            assert_eq!(Decimals::Thousandths.rounded(milli), milli);
        }
    }

    #[test]
    fn margins_are_rounded_up() {
        let thousandths = [(1.0, 1960), (4.0, 3920), (0.0, 0)];
        for (variance, margin) in thousandths {
            assert_eq!(Decimals::Thousandths.margin_milli(variance), margin);
        }
        for (variance, margin) in [(0.27, 2000), (1.0, 2000), (4.0, 4000), (0.0, 0)] {
            assert_eq!(Decimals::Whole.margin_milli(variance), margin);
        }
    }

    /// The least variance that a charge below the limit allows gives a margin above 1, and a plan
    /// with next to no noise keeps its thousandths.
    #[test]
    fn margins_of_whole_numbers_exceed_1() {
        let limit = WHOLE_BELOW_HUNDREDTHS as f64 / 100.0;
        assert!(NORMAL_POINT * (1.0 / (2.0 * limit)).sqrt() > 1.0);
        let decimals = |rho: &str| {
            let plan = Plan::parse(&edit(publisher::PLAN).change("privacy.rho", rho).text());
            let plan = plan.unwrap();
            let dataflows = plan.dataflows.iter();
            dataflows.map(|dataflow| Decimals::published(&plan, dataflow)).collect::<Vec<_>>()
        };
        assert!(decimals("1").iter().all(|decimals| *decimals == Decimals::Whole));
        assert!(decimals("1000000").iter().all(|decimals| *decimals == Decimals::Thousandths));
    }
}
