//! The difference between two public outputs of one tape, which is due to one person, and its
//! cost.
//!
//! Not here: the comparison of costs with claims (`report`).
//!
//! For Gaussian noise of variance sigma^2 the cost of a difference d of the values is
//! d^2 / (2 sigma^2), and costs of independent draws add up (`bound.proof.md`). Every value has
//! the variance that its own measurement states, so every strategy is measured in the same way.
//!
//! Invariants:
//! 1. Costs are exact rationals; no float is used (`cost::tests::a_cost_is_exact`).
//! 2. Every other difference is named, except those that follow from the digits of values
//!    (digests, lengths, hashes) (`cost::tests::whatever_else_differs_is_named`).

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Zero as _};
use tidegauge_ledger::{Entry, Measurement, Part, Price, Release};
use tidegauge_model::Period;

use super::bench::PublicView;
use super::prices::PlanPrices;

/// A unit that the ledger charges for: a part of a dataflow in a window.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ChargedPart {
    pub dataflow: String,
    pub part: Part,
    pub window: String,
}

/// One measurement that the person moved.
#[derive(Clone)]
pub(super) struct MovedMeasurement {
    /// The file.
    pub path: String,
    /// Position of the measurement in the file.
    pub number: usize,
    /// The step.
    pub step: Period,
    /// The part that is measured.
    pub part: Part,
    /// The grain of the measurement.
    pub grain: String,
    /// The factor by which counts are multiplied.
    pub weight: u32,
    /// The units that one count is worth in a recursion; 1 where values are exact sums of counts.
    pub unit: u64,
    pub charged: ChargedPart,
    /// The variance of the noise at multiple 1.
    pub variance: BigRational,
    /// The factor by which the variance of each value is larger, if they differ.
    pub multiples: Option<Vec<u64>>,
    /// By how much the person moved each value.
    pub by: Vec<i128>,
}

/// Squared changes, added up for each variance and multiple, so that fractions are added only in
/// the end: their common denominator is large.
#[derive(Default)]
struct SummedSquares(BTreeMap<BigRational, BTreeMap<u64, BigInt>>);

impl SummedSquares {
    fn add(&mut self, moved: &MovedMeasurement) {
        let multiple = |value: usize| moved.multiples.as_ref().map_or(1, |all| all[value]);
        let sums = self.0.entry(moved.variance.clone()).or_default();
        for (value, by) in moved.by.iter().enumerate().filter(|(_, by)| **by != 0) {
            // A value without noise has multiple 0, and never moves.
            *sums.entry(multiple(value).max(1)).or_default() += by * by;
        }
    }

    fn cost(self) -> BigRational {
        let costs = self.0.into_iter().map(|(variance, sums)| {
            let mut common = BigInt::one();
            for multiple in sums.keys() {
                // The greatest common divisor of a small number and a large one.
                let divisor = BigInt::from(*multiple).gcd(&(&common % multiple));
                common *= BigInt::from(*multiple) / divisor;
            }
            let squares: BigInt = sums.iter().map(|(multiple, sum)| &common / multiple * sum).sum();
            BigRational::new(squares, common) / (variance * BigInt::from(2))
        });
        costs.sum()
    }
}

/// The claims of a ledger: the sum of the charges for each part.
pub(super) fn claims(entries: &[Entry]) -> BTreeMap<ChargedPart, BigRational> {
    let mut claims = BTreeMap::new();
    for entry in entries {
        if let Entry::Charge { dataflow, window, part, rho, .. } = entry {
            let charged =
                ChargedPart { dataflow: dataflow.clone(), part: *part, window: window.clone() };
            let rho: BigRational = rho.parse().unwrap_or_else(|_| BigRational::zero());
            *claims.entry(charged).or_insert_with(BigRational::zero) += rho;
        }
    }
    claims
}

/// The sum of the costs of each charged part.
pub(super) fn costs<'m>(
    moved: impl IntoIterator<Item = &'m MovedMeasurement>,
) -> BTreeMap<ChargedPart, BigRational> {
    let mut sums: BTreeMap<ChargedPart, SummedSquares> = BTreeMap::new();
    for moved in moved {
        sums.entry(moved.charged.clone()).or_default().add(moved);
    }
    sums.into_iter().map(|(charged, sums)| (charged, sums.cost())).collect()
}

/// The measurements that one person moved, and every place at which something else differs.
pub(super) fn compare(
    prices: &PlanPrices,
    with: &PublicView,
    without: &PublicView,
) -> (Vec<MovedMeasurement>, Vec<String>) {
    let (mut moved, mut differing) = (Vec::new(), Vec::new());
    let others = |seen: &PublicView| -> BTreeMap<String, Vec<u8>> {
        seen.others.iter().map(|(name, bytes)| (name.clone(), shape(name, bytes))).collect()
    };
    let (others_with, others_without) = (others(with), others(without));
    let names = others_with.keys().chain(others_without.keys());
    let differs = |name: &&String| others_with.get(*name) != others_without.get(*name);
    differing.extend(names.filter(differs).cloned());
    let entries = |seen: &PublicView| seen.entries.iter().map(blank).collect::<Vec<_>>();
    if entries(with) != entries(without) {
        differing.push("ledger: entries".into());
    }
    for (name, one) in &with.releases {
        let Some(other) = without.releases.get(name) else {
            differing.push(name.clone());
            continue;
        };
        match subtract(prices, name, one, other) {
            Some(moved_here) => moved.extend(moved_here),
            None => differing.push(name.clone()),
        }
    }
    let only_without = without.releases.keys().filter(|name| !with.releases.contains_key(*name));
    differing.extend(only_without.cloned());
    differing.sort();
    differing.dedup();
    (moved, differing)
}

/// The measurements that one person moved in one file; `None` if anything but values differs.
fn subtract(
    prices: &PlanPrices,
    name: &str,
    one: &Release,
    other: &Release,
) -> Option<Vec<MovedMeasurement>> {
    let without_values = |release: &Release| {
        let zeroed =
            |part: &Measurement| Measurement { values: vec![0; part.values.len()], ..part.clone() };
        // The first characters of a blind are random; the others pad for the lengths of the values.
        let blind = release.blind.as_ref().map(|blind| blind[..blind.len().min(64)].to_owned());
        Release { parts: release.parts.iter().map(zeroed).collect(), blind, ..release.clone() }
    };
    if without_values(one) != without_values(other) {
        return None;
    }
    let step = Period::parse(&one.step)?;
    let (dataflow, _) = prices.plan.dataflow(&one.dataflow)?;
    let window = prices.plan.window_of(step);
    let (prices, window) = (prices.of(dataflow, window)?, window.to_string());
    let mut moved = Vec::new();
    for (number, (one_part, other_part)) in one.parts.iter().zip(&other.parts).enumerate() {
        let pairs = one_part.values.iter().zip(&other_part.values);
        let by: Vec<i128> = pairs.map(|(&a, &b)| i128::from(a) - i128::from(b)).collect();
        if by.iter().all(|&by| by == 0) {
            continue;
        }
        let dataflow = one.dataflow.clone();
        let part = one_part.part.paid_by();
        let charged = ChargedPart { dataflow, part, window: window.clone() };
        let variance: BigRational = one_part.variance.parse().ok()?;
        let price = prices.iter().find(|price| price.part == part);
        let multiples = price.and_then(|price| price.measurand.multiples()).map(<[u64]>::to_vec);
        let is_late = part != one_part.part;
        let unit = price.filter(|_| !is_late).map_or(1, Price::unit);
        moved.push(MovedMeasurement {
            path: name.into(),
            number,
            step,
            part: one_part.part,
            grain: one_part.grain.clone(),
            weight: one_part.weight,
            unit,
            charged,
            variance,
            multiples,
            by,
        });
    }
    Some(moved)
}

/// The part of a file that may not depend on data: for hashes and signatures only their length.
fn shape(name: &str, bytes: &[u8]) -> Vec<u8> {
    if name == "checkpoint" || name.starts_with("tile/") && !name.starts_with("tile/entries/") {
        return bytes.len().to_string().into_bytes();
    }
    // Entries are compared one by one.
    if name.starts_with("tile/entries/") { Vec::new() } else { bytes.to_vec() }
}

/// The entry without the members that follow from the digits of noisy values.
fn blank(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    if let Entry::Release { digest, bytes, .. } = &mut entry {
        digest.clear();
        *bytes = 0;
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegauge_model::Plan;

    fn plan() -> Plan {
        Plan::parse(include_str!("../../../../testdata/plans/border.toml")).unwrap()
    }

    fn prices_of_test() -> PlanPrices {
        let plan = plan();
        PlanPrices::new(&plan, &[plan.first_step()])
    }

    fn seen(values: &[i64], at: &str) -> PublicView {
        let measured = Measurement {
            part: Part::Stream,
            grain: "day".into(),
            period: "2024-01-01".into(),
            weight: 2,
            variance: "37/2".into(),
            values: values.to_vec(),
        };
        let release = Release {
            format: 1,
            dataflow: "BORDER_FLOW".into(),
            step: "2024-01-01".into(),
            vintage: 0,
            parts: vec![measured],
            blind: None,
        };
        let entry = Entry::Release {
            dataflow: "BORDER_FLOW".into(),
            step: "2024-01-01".into(),
            vintage: 0,
            charges: vec![1],
            path: "release/x".into(),
            digest: format!("{values:?}"),
            bytes: values.len() as u64,
            silent: vec![],
            at: at.into(),
        };
        PublicView {
            releases: BTreeMap::from([("release/x".into(), release)]),
            entries: vec![entry],
            others: BTreeMap::from([("vkey".into(), b"key".to_vec())]),
        }
    }

    #[test]
    fn a_cost_is_exact() {
        let (moved, differing) = compare(&prices_of_test(), &seen(&[5, 7], ""), &seen(&[3, 8], ""));
        assert!(differing.is_empty(), "{differing:?}");
        // (2^2 + 1^2) / (2 * 37 / 2)
        let costs: Vec<_> = costs(&moved).into_values().collect();
        assert_eq!(costs, ["5/37".parse().unwrap()]);
    }

    #[test]
    fn whatever_else_differs_is_named() {
        let differing =
            |one: &PublicView, other: &PublicView| compare(&prices_of_test(), one, other).1;
        let (one, same) = (seen(&[1, 2], "t"), seen(&[1, 3], "t"));
        assert!(differing(&one, &same).is_empty());
        assert_eq!(differing(&one, &seen(&[1, 2], "u")), ["ledger: entries"]);
        assert_eq!(differing(&one, &seen(&[1], "t")), ["release/x"]);
        let mut other = seen(&[1, 2], "t");
        other.others.insert("vkey".into(), b"another".to_vec());
        assert_eq!(differing(&one, &other), ["vkey"]);
        other.others.insert("new".into(), vec![]);
        other.releases.clear();
        assert_eq!(differing(&one, &other), ["new", "release/x", "vkey"]);
        assert_eq!(differing(&other, &one), ["new", "release/x", "vkey"]);
    }
}
