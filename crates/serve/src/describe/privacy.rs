//! The spending of each budget, and the last entry of the ledger.
//!
//! Not here: the price of a release (crate `ledger`).
//!
//! Invariants:
//! 1. The spending is the exact sum of the ledger's charges
//!    (`tests::the_budget_is_the_sum_of_the_charges`).
//! 2. The whole ledger is published, entries under embargo included: it lists charges and releases,
//!    and contains no figure (`tests::embargo::the_ledger_is_public_at_once`).
//! 3. The page's statement about a guesser of a coin toss is true (`privacy.proof.md`,
//!    `describe::privacy::tests::a_bettor_wins_no_more_than_the_sentence_says`).

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use serde::Serialize;
use tidegauge_ledger::Entry;
use tidegauge_model::Period;
use tidegauge_privacy::{Rho, budget, epsilon};

use super::unit_of_privacy;
use tidegauge_figures::Catalogue;

/// The deltas at which epsilon is displayed.
const DELTAS: [(&str, f64); 2] = [("1e-6", 1e-6), ("1e-9", 1e-9)];

/// Epsilon at one delta, for display; never below the true conversion.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EpsilonText {
    delta: &'static str,
    epsilon: String,
}

/// The spending of one budget.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spending {
    spent: String,
    budget: String,
    spent_decimal: String,
    budget_decimal: String,
    share: f64,
}

/// The spending of one dataflow in a window.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FlowSpending {
    id: String,
    #[serde(flatten)]
    spending: Spending,
}

/// The spending in one window.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct WindowSpending {
    window: String,
    #[serde(flatten)]
    spending: Spending,
    dataflows: Vec<FlowSpending>,
}

/// The last entry of the ledger.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Last {
    index: u64,
    what: &'static str,
    dataflow: Option<String>,
    period: Option<String>,
    at: String,
}

/// The state of the ledger.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ledger {
    origin: String,
    size: u64,
    /// The number of public entries, if others are under embargo.
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<u64>,
    root: String,
    checkpoint: &'static str,
    last: Option<Last>,
}

/// Budget and ledger.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrivacyText {
    unit: String,
    window: &'static str,
    /// The budget of one window.
    budget: String,
    /// The most windows that the plan may run.
    windows_max: u32,
    /// The most windows whose measurements the events of one window can move.
    windows_moved: u32,
    epsilon: Vec<EpsilonText>,
    lifetime: Spending,
    windows: Vec<WindowSpending>,
    ledger: Ledger,
    fault: Option<String>,
}

/// Budget and ledger of a catalogue.
pub(crate) fn privacy(catalogue: &Catalogue, fault: Option<String>) -> PrivacyText {
    let plan = &catalogue.plan;
    let rho = &plan.privacy.rho;
    let windows = charges(catalogue);
    let total: BigRational =
        windows.values().flat_map(BTreeMap::values).fold(BigRational::zero(), |sum, x| sum + x);
    let lifetime = plan.privacy.lifetime();
    PrivacyText {
        unit: unit_of_privacy(plan),
        window: plan.privacy.window.word(),
        budget: rho.to_string(),
        windows_max: plan.privacy.windows,
        windows_moved: plan.windows_moved(),
        epsilon: Rho::new(rho.clone()).map_or(vec![], |rho| epsilons(&rho)),
        lifetime: spending(&total, &lifetime),
        windows: windows
            .iter()
            .map(|(window, flows)| spent_in(catalogue, *window, flows))
            .collect(),
        ledger: ledger(catalogue),
        fault,
    }
}

/// For each window, the charges of each dataflow.
fn charges(catalogue: &Catalogue) -> BTreeMap<Period, BTreeMap<usize, BigRational>> {
    let mut windows: BTreeMap<Period, BTreeMap<usize, BigRational>> = BTreeMap::new();
    for entry in &catalogue.ledger().entries {
        let Entry::Charge { dataflow, window, rho, .. } = entry else { continue };
        let dataflow = catalogue.plan.dataflow(dataflow);
        if let (Some(window), Some((position, _)), Ok(rho)) =
            (Period::parse(window), dataflow, Rho::parse(rho))
        {
            let sum = windows.entry(window).or_default().entry(position).or_default();
            *sum += rho.as_ratio();
        }
    }
    windows
}

fn spent_in(
    catalogue: &Catalogue,
    window: Period,
    flows: &BTreeMap<usize, BigRational>,
) -> WindowSpending {
    let plan = &catalogue.plan;
    let spent = flows.values().fold(BigRational::zero(), |sum, x| sum + x);
    let flow_spending = |(position, dataflow): (usize, &tidegauge_model::Dataflow)| FlowSpending {
        id: dataflow.id.clone(),
        spending: spending(
            flows.get(&position).unwrap_or(&BigRational::zero()),
            &(&plan.privacy.rho * &dataflow.share),
        ),
    };
    WindowSpending {
        window: window.to_string(),
        spending: spending(&spent, &plan.privacy.rho),
        dataflows: plan.dataflows.iter().enumerate().map(flow_spending).collect(),
    }
}

fn spending(spent: &BigRational, budget: &BigRational) -> Spending {
    Spending {
        spent: spent.to_string(),
        budget: budget.to_string(),
        spent_decimal: decimal_up(spent),
        budget_decimal: decimal_up(budget),
        share: thousandths_up(&(spent / budget)) as f64 / 1000.0,
    }
}

fn ledger(catalogue: &Catalogue) -> Ledger {
    let log = catalogue.ledger();
    let last = (0..).zip(&log.entries).last().map(|(index, entry)| {
        let (what, dataflow, period, at) = match entry {
            Entry::Genesis { at, .. } => ("genesis", None, None, at),
            Entry::Plan { at, .. } => ("plan", None, None, at),
            Entry::Amendment { from, at, .. } => ("amendment", None, Some(from), at),
            Entry::Charge { dataflow, window, at, .. } => {
                ("charge", Some(dataflow), Some(window), at)
            }
            Entry::Release { dataflow, step, at, .. } => {
                ("release", Some(dataflow), Some(step), at)
            }
        };
        Last { index, what, dataflow: dataflow.cloned(), period: period.cloned(), at: at.clone() }
    });
    Ledger {
        origin: log.origin.clone(),
        size: log.size,
        public: (catalogue.size() < log.size).then(|| catalogue.size()),
        root: log.root_hex(),
        checkpoint: "log/checkpoint",
        last,
    }
}

/// For each delta that is published, epsilon and delta as they are written; none without a budget.
pub(crate) fn epsilon_texts(rho: &BigRational) -> Vec<(String, &'static str)> {
    let all = Rho::new(rho.clone()).map_or(vec![], |rho| epsilons(&rho));
    all.into_iter().map(|EpsilonText { epsilon, delta }| (epsilon, delta)).collect()
}

/// Epsilon for a rho at each delta, with two decimals, rounded up.
pub(super) fn epsilons(rho: &Rho) -> Vec<EpsilonText> {
    let epsilon_at = |&(delta, value): &(&'static str, f64)| EpsilonText {
        delta,
        epsilon: format!("{:.2}", (epsilon(rho, value) * 100.0).ceil() / 100.0),
    };
    DELTAS.iter().map(epsilon_at).collect()
}

/// A ratio in thousandths, rounded up.
fn thousandths_up(ratio: &BigRational) -> u64 {
    let thousand = BigRational::from_integer(1000.into());
    // A budget is far below the range of a u64.
    (ratio * thousand).ceil().to_integer().to_u64().unwrap_or(u64::MAX)
}

/// A ratio with at most three decimals, rounded up.
pub(crate) fn decimal_up(ratio: &BigRational) -> String {
    budget::decimal_up(ratio, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_a_loss_are_rounded_up() {
        let decimal = |n: i64, d: i64| decimal_up(&BigRational::new(n.into(), d.into()));
        assert_eq!(decimal(1, 2), "0.5");
        assert_eq!(decimal(1, 1), "1");
        assert_eq!(decimal(9999, 10_000), "1");
        assert_eq!(decimal(1, 3), "0.334");
        assert_eq!(decimal(0, 1), "0");
        assert_eq!(decimal(20, 1), "20");
    }

    /// The page's statement: half of the sum of 1 and the bound of the total variation.
    fn wins_at_most(rho: f64) -> f64 {
        0.5 + 0.5 * (rho / 2.0).sqrt().min((1.0 - (-rho).exp()).sqrt())
    }

    /// How often the best bettor wins between two distributions.
    fn wins(p: &[f64], q: &[f64]) -> f64 {
        p.iter().zip(q).map(|(p, q)| p.max(*q)).sum::<f64>() / 2.0
    }

    fn divergence(p: &[f64], q: &[f64]) -> f64 {
        p.iter().zip(q).map(|(p, q)| p * (p / q).ln()).sum()
    }

    /// The discrete Gaussian about a centre, of this variance.
    fn noisy(centre: i32, variance: f64) -> Vec<f64> {
        let reach = 12 * (variance.sqrt() as i32 + 1);
        let weight = |x: i32| (-f64::from(x - centre).powi(2) / (2.0 * variance)).exp();
        let weights: Vec<f64> = (-reach..=reach).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    }

    #[test]
    fn a_bettor_wins_no_more_than_the_sentence_says() {
        assert!((wins_at_most(1.0) - 0.8536).abs() < 1e-4);
        let product = |a: &[f64], b: &[f64]| -> Vec<f64> {
            a.iter().flat_map(|a| b.iter().map(move |b| a * b)).collect()
        };
        for variance in [0.3, 1.0, 2.0, 9.0, 25.0] {
            for by in 1..=3 {
                let rho = f64::from(by * by) / (2.0 * variance);
                let (with, without) = (noisy(by, variance), noisy(0, variance));
                let won = wins(&with, &without);
                assert!(won <= wins_at_most(rho) + 1e-12, "{variance} {by}: {won}");
                // If noise is wide, the bound is too high by less than a seventh of a bet.
                assert!(variance < 1.0 || wins_at_most(rho) - won < 0.15, "{variance} {by}");
                let (with, without) = (product(&with, &with), product(&without, &without));
                assert!(wins(&with, &without) <= wins_at_most(2.0 * rho) + 1e-12);
            }
        }
        // Any pair: the statement depends only on the divergence of order one.
        let mut state = 7u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) as f64 / f64::from(1u32 << 31)).powi(3) + 1e-9
        };
        let mut least = f64::INFINITY;
        for _ in 0..20_000 {
            let mut distribution = || -> Vec<f64> {
                let weights: Vec<f64> = (0..4).map(|_| draw()).collect();
                let sum: f64 = weights.iter().sum();
                weights.into_iter().map(|weight| weight / sum).collect()
            };
            let (p, q) = (distribution(), distribution());
            let spare = wins_at_most(divergence(&p, &q)) - wins(&p, &q);
            assert!(spare >= -1e-12, "{p:?} {q:?}");
            least = least.min(spare);
        }
        assert!(least < 0.01, "the bound is nearly reached: {least}");
    }
}
