//! The audit of random plans: over every feature, laws hold and no cost exceeds its claim.
//!
//! Some plans have known seeds and are the same at every run, so that `checks/tests/planted.rs` can
//! say after how long they find a fault; the others are new ones at every run, for two minutes. All
//! is exact: no alarm is false.
//!
//! Not here: how a finding looks and is repeated (unit tests of `audit::random`).

#![cfg(test)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::{Duration, Instant};

use num_rational::BigRational;
use num_traits::ToPrimitive as _;
use serde_json::Value;
use tidegauge_appraise::{RandomOptions, RandomReport, audit_random};
use tidegauge_privacy::entropy::{Entropy as _, OsEntropy};

/// The number of plans of known seeds.
const KNOWN: u64 = 96;
/// As many are searched before it is seen whether anything was found.
const AT_ONCE: usize = 8;
/// How long new plans are searched.
const TIME: Duration = Duration::from_secs(120);

/// Prints a line whether the test passes or not.
fn tell(line: &str) {
    // A closed stderr is no reason to fail.
    let _ = writeln!(std::io::stderr(), "random plans: {line}");
}

/// Searches plans, the first of this seed, as long as it is told to; fails at the first finding.
fn search(first: u64, goes_on: impl Fn(u64) -> bool) -> Vec<RandomReport> {
    let (begun, mut reports, mut searched) = (Instant::now(), vec![], 0);
    while goes_on(searched) {
        let seed = first.wrapping_add(searched);
        let options = RandomOptions { plans: AT_ONCE, seed, threads: 2 };
        let report = audit_random(&options, &|| {}).unwrap_or_else(|failure| panic!("{failure:?}"));
        searched += AT_ONCE as u64;
        let after = begun.elapsed();
        let none = Vec::<String>::new();
        assert_eq!(report.findings(), none, "after {after:?} and {searched} plans\n{report}");
        reports.push(report);
    }
    reports
}

/// Over every feature, laws hold and no cost exceeds its claim. Some costs come near to it, so that
/// a claim of half as much would be found.
#[test]
fn no_known_plan_breaks_a_law_or_a_claim() {
    let begun = Instant::now();
    let reports = search(1, |searched| searched < KNOWN);
    let (mut features, mut near) = (BTreeMap::<String, u64>::new(), 0);
    for report in reports.iter().map(RandomReport::json) {
        for (feature, plans) in report["features"].as_object().expect("features") {
            *features.entry(feature.clone()).or_default() += plans.as_u64().expect("a number");
        }
        let number = |value: &Value| {
            let ratio: BigRational = value.as_str().expect("a ratio").parse().expect("a ratio");
            ratio.to_f64().expect("a number")
        };
        let nearest =
            report["plans"].as_array().expect("plans").iter().map(|plan| &plan["nearest"]);
        let shares = nearest
            .filter(|nearest| !nearest.is_null())
            .map(|nearest| number(&nearest["measured"]) / number(&nearest["claim"]));
        near += shares.filter(|share| *share > 0.5).count() as u64;
    }
    assert!(near > KNOWN / 4, "{near} of {KNOWN}");
    assert!(features.len() > 25 && features.values().all(|plans| *plans > 1), "{features:?}");
    tell(&format!("{KNOWN} plans in {:?}: {features:?}", begun.elapsed()));
}

/// The same for plans that nobody has tried before.
#[test]
fn no_new_plan_breaks_a_law_or_a_claim() {
    let begun = Instant::now();
    let mut seed = [0; 8];
    OsEntropy::new().fill(&mut seed);
    // Few digits, to be typed again.
    let seed = u64::from_le_bytes(seed) % 1_000_000_000;
    tell(&format!("new plans, the first of seed {seed}"));
    let reports = search(seed, |_| begun.elapsed() < TIME);
    tell(&format!("{} new plans", AT_ONCE * reports.len()));
}
