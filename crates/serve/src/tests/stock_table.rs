//! Tables of persons present: levels of all marginals that fit at every step and in every window,
//! and correct margins of error.
//!
//! Not here: events; the sample's writer invents counts. The mathematics has its own tests.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;
use tidegauge_model::Period;
use tidegauge_privacy::interval::NORMAL_POINT;

use super::nested::{CLASSES, POINTS, codes_add_up, members};
use super::{Figures, csv_figures, read, read_at, replaced};
use testkit::edit;
use testkit::publisher::{self, Publisher};
use tidegauge_figures::Reader;

/// Six weeks into the second window.
const LAST: &str = "2024-05-12";
const DAYS: usize = 133;

fn shared() -> &'static (TempDir, Arc<Reader>) {
    static SHARED: OnceLock<(TempDir, Arc<Reader>)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let plan = include_str!("../../../../testdata/stock_table.toml");
        Publisher::create(directory.path(), plan).release_until(LAST);
        let reader = read(directory.path());
        (directory, reader)
    })
}

fn figures(path: &str) -> Figures {
    let reply = read_at(&shared().1, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    csv_figures(&reply.text)
}

/// Every level of a dataflow, by key and period.
fn everything(dataflow: &str) -> Figures {
    let points = POINTS.join("+");
    let key = match dataflow {
        "PRESENT" => format!("..STOCK.{points}+AIR+SEA+LAND+_T.RESIDENT+NEAR+FAR+_T"),
        _ => "..STOCK.RESIDENT+NEAR+FAR+_T".to_owned(),
    };
    figures(&format!("/v1/data/{dataflow}/{key}?format=csv"))
}

/// The invented level of a series at the end of a period.
fn truth(key: &str, period: &str) -> i64 {
    let codes: Vec<&str> = key.split('.').skip(3).collect();
    let (points, class) = match codes[..] {
        [point, class] => (members(&POINTS, point), class),
        [class] => (vec![0], class),
        _ => panic!("{key}"),
    };
    let last = Period::parse(period).unwrap().last();
    let first = Period::parse("2024-01-01").unwrap();
    let days: Vec<Period> = std::iter::successors(Some(first), |day| Some(day.next()))
        .take_while(|day| day.first() <= last)
        .collect();
    let mut level = 0;
    for point in points {
        for class in members(&CLASSES, class) {
            let cell = point * 3 + class;
            level += publisher::level_before(Period::parse("2024-Q1").unwrap(), cell);
            level += days.iter().map(|&day| publisher::invented(day, cell, true)).sum::<i64>();
        }
    }
    level
}

/// Codes add up to groups and totals at the end of every period, and a period's level is that of
/// its last day.
#[test]
fn levels_fit_exactly() {
    for (dataflow, series) in [("PRESENT", 10 * 4), ("BY_CLASS", 4)] {
        let all = everything(dataflow);
        // 133 days, 19 weeks, 4 months, a quarter.
        assert_eq!(all.len(), series * (DAYS + 19 + 4 + 1));
        let value = |key: &str, period: &str| all[&(key.to_owned(), period.to_owned())].0;
        let compared = codes_add_up(&all);
        for ((key, period), figure) in &all {
            let last = Period::parse(period).unwrap().last().to_string();
            assert_eq!(figure.0, value(&replaced(key, 0, "D"), &last), "{key} {period}");
        }
        assert!(compared > all.len() / 4, "{dataflow}: {compared}");
    }
}

/// No level of any marginal, in either window, misses the truth by more than six standard
/// deviations.
#[test]
fn no_level_misses_the_truth_by_far() {
    for dataflow in ["PRESENT", "BY_CLASS"] {
        for ((key, period), &(value, margin, ..)) in &everything(dataflow) {
            let miss = (value - truth(key, period) * 1000).abs();
            assert!(miss < margin * 3 + margin / 10 + 10, "{key} {period}: {value} misses {miss}");
        }
    }
}

/// Stores whose noise is independent.
const STORES: u16 = 150;

/// The largest number such that fewer of these 95 % intervals are correct with a chance of at most
/// two in a hundred million.
fn fewest(intervals: u16) -> u16 {
    let (mut chance, mut sum, mut correct) = (0.05f64.powi(intervals.into()), 0.0, 0);
    loop {
        sum += chance;
        if sum > 2e-8 {
            return correct;
        }
        chance *= f64::from(intervals - correct) / f64::from(correct + 1) * 0.95 / 0.05;
        correct += 1;
    }
}

/// Over many stores the stated margins cover the truth as often as stated, both if most of the
/// variance is that of the base and if it is that of the stream. Squares of misses over variances
/// have a chi-square distribution, whose tails are bounded as by Laurent and Massart (Annals of
/// Statistics 28, 2000, lemma 1). False alarms: 36 statements of two in a hundred million each. A
/// variance without the base, or without the stream, is off by far more.
#[test]
fn margins_of_levels_cover_the_truth() {
    let n = f64::from(STORES);
    let x = 5e7f64.ln();
    let (low, high) = (n - 2.0 * (n * x).sqrt(), n + 2.0 * (n * x).sqrt() + 2.0 * x);
    for base_share in ["1/100", "99/100"] {
        // One short window, because there are many stores.
        let plan = edit(include_str!("../../../../testdata/stock_table.toml"))
            .change("privacy.window", "month")
            .change("privacy.windows", 1)
            .change("dataflow.PRESENT.base_share", base_share)
            .text();
        let mut found: BTreeMap<String, (u16, f64)> = BTreeMap::new();
        for store in 0..STORES {
            let directory = TempDir::new().unwrap();
            let mut writer = Publisher::create(directory.path(), &plan);
            let [high, low] = store.to_be_bytes();
            let mut seed = [base_share.len() as u8; 32];
            seed[..2].copy_from_slice(&[high, low]);
            writer.reseed(seed);
            writer.release_until("2024-01-02");
            let path = "/v1/data/PRESENT/D..STOCK.BRIDGE+AIR+_T.NEAR+_T?format=csv";
            let reply = read_at(&read(directory.path()), path);
            assert_eq!(reply.status, 200, "{}", reply.text);
            let second_day = csv_figures(&reply.text)
                .into_iter()
                .filter(|((_, period), _)| period.ends_with("02"));
            for ((key, period), (value, margin, ..)) in second_day {
                let miss = (value - truth(&key, &period) * 1000) as f64 / margin as f64;
                let of_key = found.entry(key).or_default();
                of_key.0 += u16::from(miss.abs() <= 1.0);
                of_key.1 += (miss * NORMAL_POINT).powi(2);
            }
        }
        assert_eq!(found.len(), 6);
        for (key, (correct, squares)) in found {
            assert!(correct >= fewest(STORES), "{base_share} {key}: {correct} of {STORES}");
            assert!((low..=high).contains(&squares), "{base_share} {key}: {squares} of {STORES}");
        }
    }
}

/// The variance of a level is the sum of those of its base and of its stream, and it grows with the
/// steps.
#[test]
fn a_margin_of_a_level_grows_with_the_steps() {
    let all = everything("PRESENT");
    let margin = |key: &str, day: &str| all[&(key.to_owned(), day.to_owned())].1;
    for key in ["D.XX.STOCK._T._T", "D.XX.STOCK.AIR.NEAR", "D.XX.STOCK.BRIDGE.FAR"] {
        let days = ["2024-01-01", "2024-02-01", "2024-03-31", "2024-04-01", "2024-05-12"];
        let margins = days.map(|day| margin(key, day));
        assert!(margins.is_sorted() && margins[0] < margins[4], "{key}: {margins:?}");
    }
}

/// Every cell can be read at every step, and the structure says so.
#[test]
fn the_structure_lists_marginals_by_the_step() {
    let structure = read_at(&shared().1, "/v1/dataflows/PRESENT").json();
    let marginals = structure["margins"].as_array().unwrap();
    assert_eq!(marginals.len(), 5);
    assert_eq!(marginals[4], serde_json::json!({ "levels": [2, 1], "frequency": "D" }));
    let mechanisms = structure["privacy"]["mechanisms"].as_array().unwrap();
    // One stream for each residual; the bases are charged in the first window only.
    assert_eq!(mechanisms.len(), 6);
    let available = read_at(&shared().1, "/sdmx/2.1/availableconstraint/PRESENT").text;
    assert!(available.contains("NORTH_AIRPORT") && available.contains("STOCK"), "{available}");
}

#[test]
fn the_ledger_of_tables_of_persons_present_audits_clean() {
    let source = tidegauge_ledger::DirectorySource::new(shared().0.path());
    let report = tidegauge_ledger::audit(&source, None);
    assert!(report.is_ok(), "{:?}", report.err());
}
