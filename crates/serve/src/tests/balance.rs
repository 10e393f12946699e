//! A balance and flows measured by recursions, over two windows: never revised, exactly additive,
//! with levels that continue over the windows and margins that cover the truth.
//!
//! Not here: events; the sample's writer invents counts.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;
use tidegauge_model::Period;

use super::{Figures, csv_figures, read, read_at};
use testkit::edit;
use testkit::publisher::{self, Publisher};
use tidegauge_figures::Reader;

const LAST: &str = "2024-02-20";

/// The sample plan with a balance in place of the stock, and recursions for the rest.
fn plan_text() -> String {
    edit(publisher::PLAN)
        .change("dataflow.CROSSINGS.strategy", "calendar_blt")
        .change("dataflow.PRESENT.measure", "balance")
        .add("dataflow.PRESENT.net_share", "1/2")
        .remove("dataflow.PRESENT.strategy")
        .change("dataflow.AT_BOUND.strategy", "calendar_blt")
        .text()
}

fn written(last: &str) -> (TempDir, Arc<Reader>) {
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &plan_text()).release_until(last);
    let reader = read(directory.path());
    (directory, reader)
}

fn shared() -> &'static (TempDir, Arc<Reader>) {
    static SHARED: OnceLock<(TempDir, Arc<Reader>)> = OnceLock::new();
    SHARED.get_or_init(|| written(LAST))
}

fn figures_of(reader: &Arc<Reader>, path: &str) -> Figures {
    let reply = read_at(reader, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    csv_figures(&reply.text)
}

fn figures(path: &str) -> Figures {
    figures_of(&shared().1, path)
}

fn days(first: &str) -> impl Iterator<Item = Period> {
    let last = Period::parse(LAST).unwrap();
    std::iter::successors(Period::parse(first), |day| Some(day.next()))
        .take_while(move |day| *day <= last)
}

#[test]
fn the_balance_holds_exactly() {
    let all = figures("/v1/data/PRESENT/D.XX..NEAR+FAR+_T?format=csv");
    let value = |indicator: &str, class: &str, day: Period| {
        all[&(format!("D.XX.{indicator}.{class}"), day.to_string())].0
    };
    for class in ["NEAR", "FAR", "_T"] {
        for day in days("2023-11-16") {
            let risen = value("STOCK", class, day) - value("STOCK", class, day.previous());
            let arrived = value("ARRIVALS", class, day) - value("DEPARTURES", class, day);
            assert_eq!(risen, arrived, "{class} {day}");
        }
    }
    let total = |indicator| value(indicator, "_T", Period::parse(LAST).unwrap());
    for indicator in ["STOCK", "ARRIVALS", "DEPARTURES"] {
        let parts = ["NEAR", "FAR"].map(|c| value(indicator, c, Period::parse(LAST).unwrap()));
        assert_eq!(total(indicator), parts.iter().sum::<i64>());
    }
}

/// The level continues over the end of the year, from a base measured once; everything is within
/// six standard deviations of the truth.
#[test]
fn a_level_goes_on_over_the_windows() {
    let all = figures("/v1/data/PRESENT/all?format=csv");
    let first_window = Period::parse("2023-Q4").unwrap();
    for (class, cell) in [("NEAR", 0), ("FAR", 1)] {
        let mut level = publisher::level_before(first_window, cell) * 1000;
        for day in days("2023-11-15") {
            let (net, turnover) =
                (publisher::invented(day, cell, true), publisher::turnover(day, cell));
            level += net * 1000;
            let truths = [
                ("STOCK", level),
                ("ARRIVALS", (turnover + net) * 500),
                ("DEPARTURES", (turnover - net) * 500),
            ];
            for (indicator, truth) in truths {
                let key = (format!("D.XX.{indicator}.{class}"), day.to_string());
                let (value, margin, ..) = all[&key];
                let most = margin * 3 + margin / 10;
                assert!((value - truth).abs() < most, "{indicator} {class} {day}: {value} {truth}");
            }
        }
    }
}

#[test]
fn days_add_up_to_every_longer_period() {
    for path in ["/v1/data/CROSSINGS/all?format=csv", "/v1/data/PRESENT/..ARRIVALS.?format=csv"] {
        let all = figures(path);
        let mut longer = 0;
        for ((key, period), figure) in all.iter().filter(|((key, _), _)| !key.starts_with("D.")) {
            let whole = Period::parse(period).unwrap();
            let daily = format!("D.{}", &key[2..]);
            let inside = days("2023-11-15").filter(|day| whole.covers(*day));
            let sum: i64 = inside.map(|day| all[&(daily.clone(), day.to_string())].0).sum();
            assert_eq!(figure.0, sum, "{key} {period}");
            longer += 1;
        }
        assert!(longer > 20, "{longer}");
    }
}

/// The figures of a short ledger stay the same in a longer one, status and vintage included.
#[test]
fn a_figure_is_never_revised() {
    let (_directory, early) = written("2024-01-10");
    for path in ["/v1/data/CROSSINGS/all?format=csv", "/v1/data/PRESENT/all?format=csv"] {
        let (short, long) = (figures_of(&early, path), figures(path));
        assert!(!short.is_empty());
        for (key, figure) in short {
            assert_eq!(long[&key], figure, "{key:?}");
            assert!(figure.4 != "P", "nothing is provisional: {key:?}");
        }
    }
}

/// The stated margins cover the truth as often as stated, 95 %, within six standard deviations
/// of a count of dependent figures whose effective number is at least a tenth of it.
#[test]
fn margins_cover_the_truth() {
    let all = figures("/v1/data/CROSSINGS/D.XX.FLOW..?format=csv");
    let (mut inside, mut count) = (0, 0);
    for (cell, key) in ["AIR.ENTRY", "AIR.EXIT", "SEA.ENTRY", "SEA.EXIT", "RAIL.ENTRY", "RAIL.EXIT"]
        .iter()
        .enumerate()
    {
        for day in days("2023-11-15") {
            let (value, margin, ..) = all[&(format!("D.XX.FLOW.{key}"), day.to_string())];
            let truth = publisher::invented(day, cell, false) * 1000;
            inside += u32::from((value - truth).abs() <= margin);
            count += 1;
        }
    }
    assert_eq!(count, 588);
    // 0.95 * 588 = 559; a tenth of 588 has a standard deviation of 2.9 % of it.
    assert!(f64::from(inside) > 588.0 * (0.95 - 6.0 * 0.029), "{inside} of {count}");
    assert!(inside < 588, "a margin that always holds is too wide");
}

#[test]
fn the_structure_lists_the_indicators() {
    let reply = read_at(&shared().1, "/v1/dataflows/PRESENT");
    let structure = reply.json();
    let dimension = &structure["dimensions"][2];
    assert_eq!(dimension["id"], "INDICATOR");
    let codes: Vec<&str> =
        dimension["codes"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(codes, ["STOCK", "ARRIVALS", "DEPARTURES"]);
    let parts: Vec<&str> = structure["privacy"]["mechanisms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mechanism| mechanism["part"].as_str().unwrap())
        .collect();
    assert_eq!(parts, ["net", "turnover"], "the base was paid in the first window");
    let refused = read_at(&shared().1, "/v1/data/PRESENT/D.XX.FLOW.NEAR");
    assert_eq!(refused.status, 404, "{}", refused.text);
}

#[test]
fn the_ledger_of_a_balance_audits_clean() {
    let (directory, _) = shared();
    let source = tidegauge_ledger::DirectorySource::new(Path::new(directory.path()));
    let report = tidegauge_ledger::audit(&source, None);
    assert!(report.is_ok(), "{:?}", report.err());
}
