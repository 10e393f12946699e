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
//! 2. A margin in thousandths is never rounded down. One in whole numbers is the least with which
//!    an error that is a whole number is within it 95 times in 100
//!    (`query::decimals::tests::margins_of_whole_numbers_cover_as_they_say`). Figures that are sums
//!    of counts with noise in whole numbers have such margins whatever they are written with
//!    (`tidegauge/tests/whole_numbers.rs`: `noise_in_whole_numbers_is_covered`).
//! 3. A half is rounded to the even number, so that halves do not add up to a bias
//!    (`query::decimals::tests::halves_go_to_the_even_number`).

use num_rational::BigRational;
use tidegauge_ledger::{Price, Scheme};
use tidegauge_model::{Dataflow, Measure, Plan, StrategyChoice};
use tidegauge_privacy::Decoder;
use tidegauge_privacy::interval::{Lattice, NORMAL_POINT};
use tidegauge_privacy::residual::{ContingencyTable, MarginalLevels, ResidualValues};

use super::indicator::Indicator;

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
    pub fn published(plan: &Plan, dataflow: &Dataflow) -> Self {
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
    pub fn variance(self) -> f64 {
        match self {
            Self::Whole => 1.0 / 12.0,
            Self::Thousandths => 0.0,
        }
    }
}

/// The rule by which the margins of a dataflow follow from variances: the one place where a margin
/// of a published figure is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarginRule {
    decimals: Decimals,
    /// Whether every figure is a sum of whole draws.
    has_whole_noise: bool,
    lattice: Lattice,
}

impl MarginRule {
    /// The rule for figures with these decimals, which rest on these measurements. A figure that is
    /// a sum of counts with noise in whole numbers has margins in whole numbers, whatever it is
    /// written with.
    pub fn new<'p>(
        decimals: Decimals,
        dataflow: &Dataflow,
        prices: impl IntoIterator<Item = &'p Price>,
    ) -> Self {
        let has_whole_noise = has_whole_noise(dataflow);
        let decimals = if has_whole_noise { Decimals::Whole } else { decimals };
        let draw = prices.into_iter().map(least_draw).fold(f64::INFINITY, f64::min);
        Self { decimals, has_whole_noise, lattice: Lattice { draw } }
    }

    /// The same for figures and margins in thousandths, which rates and shares are computed from.
    pub(crate) fn in_thousandths(self) -> Self {
        Self { decimals: Decimals::Thousandths, has_whole_noise: false, ..self }
    }

    /// The decimals of the margins.
    pub fn decimals(self) -> Decimals {
        self.decimals
    }

    /// Half the width of a 95 % interval of an indicator, in thousandths, a multiple of the unit.
    /// `variance` is that of the noise and of all rounded sums; without any a figure is certain.
    pub(crate) fn margin_milli(self, indicator: Indicator, variance: f64) -> i64 {
        let unit = i64::from(self.decimals.unit_milli());
        let reach = match self.decimals {
            Decimals::Thousandths => self.lattice.margin(variance) * WHOLE as f64,
            Decimals::Whole => self.point(variance) * variance.max(0.0).sqrt() - reach(indicator),
        };
        // Saturates far above any count of persons.
        (reach.max(0.0).ceil() as i64).saturating_mul(unit)
    }

    /// The margin as it is published, in counts.
    pub fn margin(self, indicator: Indicator, variance: f64) -> f64 {
        self.margin_milli(indicator, variance) as f64 / WHOLE as f64
    }

    /// The largest variance with which the published margin is at most this.
    pub fn variance_within(self, indicator: Indicator, margin: f64) -> f64 {
        // A decimal fraction is not exact as a float.
        let units = margin * WHOLE as f64 / f64::from(self.decimals.unit_milli()) + 1e-9;
        match self.decimals {
            Decimals::Thousandths => self.lattice.variance_within(units.floor() / WHOLE as f64),
            Decimals::Whole => {
                let reached = units.floor() + reach(indicator);
                let of = |point: f64| (reached / point).powi(2);
                let of_one = of(NORMAL_POINT);
                if self.is_one_draw(of_one) { of_one } else { of(self.lattice.point()) }
            }
        }
    }

    /// The factor of variances and covariances that makes them those of normal noise with margins
    /// as wide as these, for statistics that are computed from figures.
    pub(crate) fn widening(self) -> f64 {
        self.lattice.widening()
    }

    /// The same for covariances of figures that have margins of their own.
    pub(crate) fn widening_of_shared(self) -> f64 {
        (self.lattice.point() / NORMAL_POINT).powi(2)
    }

    /// How many deviations a margin has. One draw on whole numbers needs no more than normal noise.
    fn point(self, variance: f64) -> f64 {
        if self.is_one_draw(variance) { NORMAL_POINT } else { self.lattice.point() }
    }

    /// Whether this is the variance of a single draw, perhaps with that of rounding: two have at
    /// least twice the least variance of one.
    fn is_one_draw(self, variance: f64) -> bool {
        self.has_whole_noise && variance < 2.0 * self.lattice.draw
    }
}

/// How far an interval in whole numbers reaches beyond its ends. A whole number is at most m
/// exactly if it is less than m + 1/2. Arrivals are halves of sums, and a half that is rounded to
/// the even number can leave an interval that a quarter more would have kept it in.
fn reach(indicator: Indicator) -> f64 {
    match indicator {
        Indicator::Arrivals | Indicator::Departures => 0.25,
        Indicator::AtBound | Indicator::Flow | Indicator::Stock => 0.5,
    }
}

/// The least variance of a draw of a measurement, in squared steps of its lattice.
fn least_draw(price: &Price) -> f64 {
    let own = match &price.scheme {
        Scheme::Recursion(recursion) => Decoder::new(recursion, price.variance).least_draw(),
        Scheme::Nodes { .. } | Scheme::Periods { .. } => price.variance.as_f64(),
    };
    price.late.map_or(own, |late| own.min(late.as_f64()))
}

/// Whether every figure of a dataflow is a sum of measured cells. Arrivals of a balance are halves
/// of such sums, residuals are weighed, and the other strategies combine measurements.
fn has_whole_noise(dataflow: &Dataflow) -> bool {
    dataflow.marginals.is_empty()
        && dataflow.strategy == StrategyChoice::Identity
        && !matches!(dataflow.measure, Measure::Balance { .. })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

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

    /// The rule for noise whose draws have this variance.
    fn rule(decimals: Decimals, has_whole_noise: bool, draw: f64) -> MarginRule {
        MarginRule { decimals, has_whole_noise, lattice: Lattice { draw } }
    }

    const ARRIVALS: Indicator = Indicator::Arrivals;
    const FLOW: Indicator = Indicator::Flow;

    #[test]
    fn a_margin_is_the_least_that_suffices() {
        // Half a step, and 1.96 + 0.2 / 4 or 2.16 deviations.
        let thousandths = [(4.0, 4.0, 4520), (4.0, 400.0, 40_700), (1.0, 4.0, 4820), (4.0, 0.0, 0)];
        for (draw, variance, margin) in thousandths {
            let rule = rule(Decimals::Thousandths, false, draw);
            assert_eq!(rule.margin_milli(FLOW, variance), margin);
        }
        // 22.4 becomes 22, but 23 where halves are rounded.
        let whole = [(0.27, 1, 1), (1.0, 2, 2), (4.0, 4, 4), (130.6, 22, 23), (0.0, 0, 0)];
        for (variance, margin, of_halves) in whole {
            let rule = rule(Decimals::Whole, true, variance);
            assert_eq!(rule.margin_milli(FLOW, variance), 1000 * margin);
            assert_eq!(rule.margin_milli(ARRIVALS, variance), 1000 * of_halves);
        }
        // A hundred draws of variance 4 need 40.2, one of variance 400 needs 39.2.
        let of_draws = |draw: f64| rule(Decimals::Whole, true, draw).margin_milli(FLOW, 400.0);
        assert_eq!([of_draws(4.0), of_draws(400.0)], [40_000, 39_000]);
        for (decimals, is_whole) in
            [(Decimals::Whole, false), (Decimals::Whole, true), (Decimals::Thousandths, false)]
        {
            for (indicator, margin) in
                [(FLOW, 0.0), (FLOW, 1.0), (ARRIVALS, 1.7), (FLOW, 22.9), (ARRIVALS, 1000.0)]
            {
                let rule = rule(decimals, is_whole, 9.0);
                let widest = rule.variance_within(indicator, margin);
                let published = |times: f64| rule.margin(indicator, widest * times + 1e-9);
                assert!(rule.margin(indicator, widest * (1.0 - 1e-9)) <= margin, "{margin}");
                assert!(published(1.0 + 1e-9) > margin, "{margin}");
            }
        }
    }

    /// The probability of each number.
    type Law = HashMap<i64, f64>;

    /// The discrete Gaussian.
    fn gaussian(variance: f64) -> Law {
        let most = (9.0 * variance.sqrt()).ceil() as i64 + 2;
        let weight = |n: i64| (-(n * n) as f64 / (2.0 * variance)).exp();
        let sum: f64 = (-most..=most).map(weight).sum();
        (-most..=most).map(|n| (n, weight(n) / sum)).collect()
    }

    /// The law of a function of two independent numbers.
    fn of_both(one: &Law, other: &Law, value: impl Fn(i64, i64) -> i64) -> Law {
        let mut law = Law::new();
        for (first, p) in one {
            for (second, q) in other {
                *law.entry(value(*first, *second)).or_default() += p * q;
            }
        }
        law
    }

    /// How often an error of this law is within the margin that is published for a variance.
    fn covered(law: &Law, (indicator, draw): (Indicator, f64), variance: f64) -> f64 {
        let margin = rule(Decimals::Whole, true, draw).margin_milli(indicator, variance);
        law.iter().filter(|(error, _)| 1000 * error.abs() <= margin).map(|(_, p)| p).sum()
    }

    /// The least coverage of noise that is a draw divided into so many parts, with every sigma from
    /// 0.5 to 5: rounded once, as from the first step of a window, and at both ends, where the sum
    /// before the period has any fraction.
    fn least_of_parts(parts: i64, indicator: Indicator, round: impl Fn(i64) -> i64) -> f64 {
        let mut least = 1.0f64;
        let fractions: Law = (0..2 * parts).map(|n| (n, 0.5 / parts as f64)).collect();
        for step in 0..=90 {
            let draw = (0.5 + 0.05 * f64::from(step)).powi(2);
            let law = gaussian(draw * (parts * parts) as f64);
            let once = of_both(&law, &Law::from([(0, 1.0)]), |n, _| round(n));
            let twice = of_both(&law, &fractions, |n, before| round(before + n) - round(before));
            for (rounded, law) in [(1.0, once), (2.0, twice)] {
                let variance = draw + rounded * Decimals::Whole.variance();
                least = least.min(covered(&law, (indicator, draw), variance));
            }
        }
        least
    }

    /// Sums of exact probabilities, no samples: single draws, with the part for rounding and
    /// without; sums of draws; and fractions of draws.
    #[test]
    fn margins_of_whole_numbers_cover_as_they_say() {
        for step in 0..=590 {
            let variance = (0.5 + f64::from(step) * 0.05).powi(2);
            let law = gaussian(variance);
            for rounded in [0.0, 1.0, 2.0] {
                let all = variance + rounded * Decimals::Whole.variance();
                let share = covered(&law, (FLOW, variance), all);
                assert!(share >= 0.95, "variance {variance}, {rounded} rounded: {share}");
            }
        }
        for step in 0..=60 {
            let variance = (0.5 + f64::from(step) * 0.05).powi(2);
            let mut sum = gaussian(variance);
            for draws in 2..=4 {
                sum = of_both(&sum, &gaussian(variance), |one, other| one + other);
                let share = covered(&sum, (FLOW, variance), variance * f64::from(draws));
                assert!(share >= 0.95, "{draws} draws of variance {variance}: {share}");
            }
        }
        for parts in 2..=5 {
            let up = |n: i64| (2 * n + parts).div_euclid(2 * parts);
            let even = |n: i64| {
                let (whole, rest) = (n.div_euclid(parts), n.rem_euclid(parts));
                whole + i64::from(2 * rest > parts || (2 * rest == parts && whole % 2 != 0))
            };
            let share = least_of_parts(parts, FLOW, up);
            assert!(share >= 0.95, "halves up, {parts} parts: {share}");
            let (indicator, least) = match parts {
                2 => (ARRIVALS, 0.95),
                4 => (FLOW, 0.946),
                _ => (FLOW, 0.95),
            };
            let share = least_of_parts(parts, indicator, even);
            assert!(share >= least, "halves to the even number, {parts} parts: {share}");
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
