//! Tables of balances: in every marginal and every period the level changes by arrivals less
//! departures, marginals and periods fit each other, and margins of error are correct.
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

const PLAN: &str = include_str!("../../../../testdata/balance_table.toml");
/// Six weeks into the second window.
const LAST: &str = "2024-05-12";
const INDICATORS: [&str; 3] = ["STOCK", "ARRIVALS", "DEPARTURES"];

fn shared() -> &'static (TempDir, Arc<Reader>) {
    static SHARED: OnceLock<(TempDir, Arc<Reader>)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        Publisher::create(directory.path(), PLAN).release_until(LAST);
        let reader = read(directory.path());
        (directory, reader)
    })
}

fn figures_of(reader: &Arc<Reader>, path: &str) -> Figures {
    let reply = read_at(reader, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    csv_figures(&reply.text)
}

/// Every figure of a dataflow, by key and period.
fn everything(dataflow: &str) -> Figures {
    let points = POINTS.join("+");
    let key = match dataflow {
        "PRESENT" => format!("...{points}+AIR+SEA+LAND+_T.RESIDENT+NEAR+FAR+_T"),
        _ => "...RESIDENT+NEAR+FAR+_T".to_owned(),
    };
    figures_of(&shared().1, &format!("/v1/data/{dataflow}/{key}?format=csv"))
}

fn days_until(last: &str) -> Vec<Period> {
    let last = Period::parse(last).unwrap();
    std::iter::successors(Period::parse("2024-01-01"), |day| Some(day.next()))
        .take_while(|day| *day <= last)
        .collect()
}

/// The invented figure of a series in a period, in thousandths.
fn truth(key: &str, period: &str) -> i64 {
    let codes: Vec<&str> = key.split('.').skip(3).collect();
    let (points, class) = match codes[..] {
        [point, class] => (members(&POINTS, point), class),
        [class] => (vec![0], class),
        _ => panic!("{key}"),
    };
    let period = Period::parse(period).unwrap();
    let until = period.last().to_string();
    let days = days_until(&until);
    let first_window = Period::parse("2024-Q1").unwrap();
    let mut sum = 0;
    for cell in points
        .iter()
        .flat_map(|point| members(&CLASSES, class).into_iter().map(move |class| point * 3 + class))
    {
        let net = |day: &Period| publisher::invented(*day, cell, true) * 1000;
        let turnover = |day: &Period| publisher::turnover(*day, cell) * 1000;
        let inside = days.iter().filter(|day| period.covers(**day));
        sum += match key.split('.').nth(2).unwrap() {
            "ARRIVALS" => inside.map(|day| (turnover(day) + net(day)) / 2).sum(),
            "DEPARTURES" => inside.map(|day| (turnover(day) - net(day)) / 2).sum(),
            _ => {
                let base = publisher::level_before(first_window, cell) * 1000;
                base + days.iter().map(net).sum::<i64>()
            }
        };
    }
    sum
}

/// In every total, group and cell, and in every day, week, month and quarter, over the end of a
/// window too, to the thousandth.
#[test]
fn the_balance_holds_in_every_marginal() {
    for dataflow in ["PRESENT", "BY_CLASS"] {
        let all = everything(dataflow);
        let value = |key: &str, indicator: &str, period: Period| {
            all.get(&(replaced(key, 2, indicator), period.to_string())).map(|figure| figure.0)
        };
        let mut compared = 0;
        for (key, period) in all.keys().filter(|(key, _)| key.contains(".STOCK.")) {
            let period = Period::parse(period).unwrap();
            let before = Period::parse(&period.first().yesterday().unwrap().to_string()).unwrap();
            let Some(before) = value(&replaced(key, 0, "D"), "STOCK", before) else {
                assert_eq!(period.first().to_string(), "2024-01-01", "{key}");
                continue;
            };
            let [stock, arrivals, departures] =
                INDICATORS.map(|indicator| value(key, indicator, period).expect("a figure"));
            assert_eq!(stock - before, arrivals - departures, "{dataflow} {key} {period}");
            compared += 1;
        }
        // Every day but the first, 18 weeks, 3 months.
        let series = if dataflow == "PRESENT" { 10 * 4 } else { 4 };
        assert_eq!(compared, series * (132 + 18 + 3), "{dataflow}");
    }
}

/// Codes add up to groups and totals in every period, for every indicator; days add up to longer
/// periods; a level of a period is that of its last day.
#[test]
fn marginals_and_periods_fit_exactly() {
    for dataflow in ["PRESENT", "BY_CLASS"] {
        let all = everything(dataflow);
        let value = |key: &str, period: &str| all[&(key.to_owned(), period.to_owned())].0;
        let days = days_until(LAST);
        let compared = codes_add_up(&all);
        for ((key, period), figure) in &all {
            let codes: Vec<&str> = key.split('.').collect();
            let (daily, whole) = (replaced(key, 0, "D"), Period::parse(period).unwrap());
            let inside = days.iter().filter(|day| whole.covers(**day));
            let expected: i64 = match codes[2] {
                "STOCK" => value(&daily, &whole.last().to_string()),
                _ => inside.map(|day| value(&daily, &day.to_string())).sum(),
            };
            assert_eq!(figure.0, expected, "{key} {period}");
        }
        assert!(compared > all.len() / 4, "{dataflow}: {compared}");
    }
}

/// No figure of any marginal, in either window, misses the truth by more than six standard
/// deviations.
#[test]
fn no_figure_misses_the_truth_by_far() {
    for dataflow in ["PRESENT", "BY_CLASS"] {
        for ((key, period), &(value, margin, ..)) in &everything(dataflow) {
            let miss = (value - truth(key, period)).abs();
            assert!(miss < margin * 3 + margin / 10 + 10, "{key} {period}: {value} misses {miss}");
        }
    }
}

/// Stores whose noise is independent.
const STORES: u16 = 60;

/// Over many stores the squares of misses over variances have a chi-square distribution, whose
/// tails are bounded as by Laurent and Massart (Annals of Statistics 28, 2000, lemma 1), both if
/// most of the variance of arrivals is that of the net changes and if it is that of the turnover.
/// False alarms: 36 statements of two in a hundred million each. A variance without the turnover,
/// or without the net changes, is off by far more.
#[test]
fn margins_cover_the_truth() {
    let n = f64::from(STORES);
    let x = 5e7f64.ln();
    let (low, high) = (n - 2.0 * (n * x).sqrt(), n + 2.0 * (n * x).sqrt() + 2.0 * x);
    for net_share in ["1/100", "99/100"] {
        // One short window, because there are many stores.
        let plan = edit(PLAN)
            .change("privacy.window", "month")
            .change("privacy.windows", 1)
            .change("dataflow.PRESENT.net_share", net_share)
            .text();
        let mut found: BTreeMap<String, f64> = BTreeMap::new();
        for store in 0..STORES {
            let directory = TempDir::new().unwrap();
            let mut writer = Publisher::create(directory.path(), &plan);
            let [high, low] = store.to_be_bytes();
            let mut seed = [100 + net_share.len() as u8; 32];
            seed[..2].copy_from_slice(&[high, low]);
            writer.reseed(seed);
            writer.release_until("2024-01-02");
            let path = "/v1/data/PRESENT/D...BRIDGE+AIR+_T.NEAR+_T?format=csv";
            let figures = figures_of(&read(directory.path()), path);
            let second_day = figures.into_iter().filter(|((_, period), _)| period.ends_with("02"));
            for ((key, period), (value, margin, ..)) in second_day {
                let miss = (value - truth(&key, &period)) as f64 / margin as f64;
                *found.entry(key).or_default() += (miss * NORMAL_POINT).powi(2);
            }
        }
        assert_eq!(found.len(), 3 * 6);
        for (key, squares) in found {
            assert!((low..=high).contains(&squares), "{net_share} {key}: {squares} of {STORES}");
        }
    }
}

/// Every marginal can be read at every step, and the structure says so.
#[test]
fn the_structure_lists_marginals_and_indicators() {
    let structure = read_at(&shared().1, "/v1/dataflows/PRESENT").json();
    let marginals = structure["margins"].as_array().unwrap();
    assert_eq!(marginals.len(), 5);
    assert_eq!(marginals[4], serde_json::json!({ "levels": [2, 1], "frequency": "D" }));
    let codes = structure["dimensions"][2]["codes"].as_array().unwrap();
    let codes: Vec<&str> = codes.iter().map(|code| code["id"].as_str().unwrap()).collect();
    assert_eq!(codes, INDICATORS);
    let mechanisms = structure["privacy"]["mechanisms"].as_array().unwrap();
    // Net changes and turnover of each residual; the bases are charged in the first window only.
    let parts: Vec<&str> =
        mechanisms.iter().map(|mechanism| mechanism["part"].as_str().unwrap()).collect();
    assert_eq!(parts.len(), 2 * 6);
    assert!(parts[..6].iter().all(|part| part.starts_with("net-")), "{parts:?}");
    assert!(parts[6..].iter().all(|part| part.starts_with("turnover-")), "{parts:?}");
}

/// The same figures in SDMX, whose structure and constraint have all three indicators.
#[test]
fn the_balance_is_published_in_sdmx() {
    let reader = &shared().1;
    let available = read_at(reader, "/sdmx/2.1/availableconstraint/PRESENT").text;
    for code in INDICATORS.iter().chain(&["NORTH_AIRPORT", "AIR"]) {
        assert!(available.contains(code), "{code}: {available}");
    }
    let structure = read_at(reader, "/sdmx/2.1/datastructure/TG/DSD_PRESENT").text;
    assert!(structure.contains("CL_BORDER_POINT"), "{structure}");
    let path = "/sdmx/2.1/data/PRESENT/M.XX..AIR._T?format=csv";
    let reply = read_at(reader, path);
    assert_eq!(reply.status, 200, "{}", reply.text);
    let own = figures_of(reader, "/v1/data/PRESENT/M.XX..AIR._T?format=csv");
    assert_eq!(own.len(), 3 * 4);
    for ((_, period), (value, ..)) in own {
        assert_eq!(value % 1000, 0);
        let value = format!(",{},", value / 1000);
        assert!(reply.text.contains(&value), "{period} {value}: {}", reply.text);
    }
}

/// The figures of a short ledger stay the same in a longer one.
#[test]
fn a_figure_is_never_revised() {
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), PLAN).release_until("2024-04-10");
    let path = "/v1/data/PRESENT/...AIR+BRIDGE+_T.NEAR+_T?format=csv";
    let (short, long) = (figures_of(&read(directory.path()), path), figures_of(&shared().1, path));
    assert!(!short.is_empty());
    for (key, figure) in short {
        assert_eq!(long[&key], figure, "{key:?}");
    }
}

#[test]
fn the_ledger_of_tables_of_balances_audits_clean() {
    let source = tidegauge_ledger::DirectorySource::new(shared().0.path());
    let report = tidegauge_ledger::audit(&source, None);
    assert!(report.is_ok(), "{:?}", report.err());
}
