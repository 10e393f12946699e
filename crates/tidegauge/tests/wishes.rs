//! Wishes through the real program: `plan fit`, and what `plan show` and `plan check` make of it.
//!
//! Not here: the solver and the fit itself (crate `appraise`), and how wishes are written (crate
//! `model`).

#![cfg(test)]

use std::fs;

use testkit::program::{Workplace, run, succeed};
use testkit::{edit, toml};
use tidegauge_ledger::prices;
use tidegauge_model::Plan;

const TABLES: &str = include_str!("../../../testdata/tables.toml");
const WISHES: &str = r#"
[[wish]]
dataflow = "CROSSINGS"      # read every morning
period = "day"
margin = 10

[[wish]]
dataflow = "BY_TYPE"
marginal = ["BORDER_POINT"]
period = "month"
margin = 15
"#;

const FIRST: &str = r#"
[[headline]]
dataflow = "CROSSINGS"
series = { BORDER_POINT = "AIR", DIRECTION = "ENTRY" }
period = "day"
title = "Arrivals by air"   # what the minister asks

[[headline]]
dataflow = "AT_BOUND"
period = "month"
"#;

fn wished() -> String {
    edit(TABLES).append(WISHES).text()
}

#[test]
fn a_fitted_plan_is_the_same_text_with_other_numbers() {
    let place = Workplace::with_plan(wished());
    let (plan, out) = (place.text("plan.toml"), place.text("fitted.toml"));
    let report = succeed(&["plan", "fit", &plan, "--out", &out]);
    assert!(report.contains("is available") && report.contains("missed by"), "{report}");
    let text = fs::read_to_string(&out).expect("a plan");
    assert_eq!(succeed(&["plan", "fit", &plan]), text, "the same plan on standard output");
    let (before, after) = (wished(), Plan::parse(&text).unwrap_or_else(|e| panic!("{e}")));
    let residuals: Vec<usize> = after
        .dataflows
        .iter()
        .map(|dataflow| dataflow.residuals.len())
        .filter(|&n| n > 0)
        .collect();
    let new = residuals.iter().map(|lines| lines + 2).sum::<usize>();
    assert_eq!(before.lines().count() + new, text.lines().count(), "only residuals are new lines");
    assert!(text.contains("# read every morning"), "{text}");
    assert_eq!(after.wishes.len(), 2);
    let json = succeed(&["plan", "show", &out, "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let wished = |at: usize| shown["headline"][at]["wished"].as_f64();
    assert_eq!((wished(0), wished(1), wished(2)), (Some(10.0), Some(15.0), None));
    let factor = |at: usize| {
        let figure = &shown["headline"][at];
        let margin = |member: &str| figure[member].as_f64().unwrap_or(0.0);
        margin("first").max(margin("later")) / figure["wished"].as_f64().expect("a wish")
    };
    let unrounded = |at: usize| {
        let figure = &shown["headline"][at];
        figure["unrounded"].as_f64().expect("a margin") / figure["wished"].as_f64().expect("a wish")
    };
    assert!((unrounded(0) / unrounded(1) - 1.0).abs() < 0.05, "{} {}", unrounded(0), unrounded(1));
    let checked = run(&["plan", "check", &out]);
    let warned = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success(), "{warned}");
    let is_missed = factor(0) > 1.0 || factor(1) > 1.0;
    assert_eq!(warned.contains("warning[wish-missed]: "), is_missed, "{warned} {}", factor(0));
}

/// What a fit writes need not be in the plan before.
#[test]
fn a_plan_without_shares_is_fitted() {
    let balance = include_str!("../../../testdata/balance_table.toml");
    let wish = |dataflow: &str, indicator: &str| {
        format!("[[wish]]\ndataflow = \"{dataflow}\"\n{indicator}period = \"day\"\nmargin = 90\n")
    };
    let wishes = wish("PRESENT", "indicator = \"STOCK\"\n");
    let full = edit(balance).append(&wishes);
    let mut bare = edit(balance).append(&wishes);
    for key in ["share", "base_share", "net_share"] {
        bare = bare.remove(&format!("dataflow.PRESENT.{key}"));
    }
    let place = Workplace::with_plan(bare.text());
    let fitted = succeed(&["plan", "fit", &place.text("plan.toml")]);
    let fitted = Plan::parse(&fitted).unwrap_or_else(|errors| panic!("{errors}"));
    let other = Workplace::with_plan(full.text());
    let expected = succeed(&["plan", "fit", &other.text("plan.toml")]);
    let expected = Plan::parse(&expected).unwrap_or_else(|errors| panic!("{errors}"));
    let share = |plan: &Plan| plan.dataflow("PRESENT").map(|(_, own)| own.share.clone());
    assert_eq!(share(&fitted), share(&expected));
    // Other faults have the places of the file.
    let faulty = bare.text().replace("margin = 90", "margin = \"x\"");
    let line = faulty.lines().position(|line| line.starts_with("margin = ")).unwrap_or_default();
    let faulty = Workplace::with_plan(faulty);
    let refused = run(&["plan", "fit", &faulty.text("plan.toml")]);
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{error}");
    assert!(error.contains(&format!("plan.toml:{}:", line + 1)), "{line}: {error}");
    assert!(error.contains("wish[0].margin: "), "{error}");
}

/// A wish of 22 is published as 22 where it is granted, in `plan show`, `plan check` and every
/// figure; with a little less noise it is not 23.
#[test]
fn a_wish_is_granted_as_published() {
    for (margin, marginal) in [("22", "[]"), ("7", "[\"BORDER_POINT\", \"DIRECTION\"]")] {
        let wish = format!(
            "[[wish]]\ndataflow = \"CROSSINGS\"\nmarginal = {marginal}\nperiod = \"day\"\n\
             margin = {margin}\n"
        );
        let text = edit(TABLES).change("privacy.rho", "3/2").append(&wish).text();
        let place = Workplace::with_plan(text);
        let (plan, out) = (place.text("plan.toml"), place.text("fitted.toml"));
        let report = succeed(&["plan", "fit", &plan, "--out", &out]);
        assert!(report.contains("wishes are granted"), "{report}");
        let shown = succeed(&["plan", "show", &out]);
        let line = shown.lines().find(|line| line.contains(", day  ")).expect("the wish");
        assert!(line.contains(&format!(" {margin} ")) && line.ends_with(" -"), "{line}");
        let checked = run(&["plan", "check", &out]);
        let warned = String::from_utf8_lossy(&checked.stderr);
        // The test's code lists are closed for good, which says nothing about the fit.
        let others = warned.lines().filter(|line| !line.starts_with("warning[nothing-reserved]"));
        assert_eq!(others.count(), 0, "{warned}");
        let fitted = fs::read_to_string(&out).expect("a plan");
        let place = Workplace::with_plan(fitted);
        let store = place.synthetic("store", None);
        let clock = ["--until", "2024-01-20", "--now", "2025-01-15T00:00:00Z", "--empty"];
        succeed(&[&["release", &store], &clock[..]].concat());
        let export = ["export", &store, "--dataflow", "CROSSINGS", "--key"];
        let key = if marginal == "[]" { "D..FLOW" } else { "D..FLOW.PASS.EXIT" };
        let csv = succeed(&[&export[..], &[key]].concat());
        let columns: Vec<&str> = csv.lines().next().expect("a header").split(',').collect();
        let column = columns.iter().position(|column| *column == "MARGIN").expect("known");
        let published = csv.lines().skip(1).map(|line| line.split(',').nth(column));
        assert!(published.clone().count() > 10);
        assert!(published.into_iter().all(|found| found == Some(margin)), "{csv}");
    }
}

#[test]
fn a_fitted_plan_keeps_what_readers_see_first() {
    let view = "{ marginal = [\"BORDER_POINT/1\", \"DIRECTION\"], period = \"day\" }";
    let view = edit(&wished()).add("dataflow.CROSSINGS.view", toml(view));
    let text = view.append(FIRST).text();
    let place = Workplace::with_plan(&text);
    let fitted = succeed(&["plan", "fit", &place.text("plan.toml")]);
    let parsed = |text: &str| Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"));
    let (before, after) = (parsed(&text), parsed(&fitted));
    assert_ne!(before.dataflows, after.dataflows, "something is fitted");
    assert_eq!((before.headlines, before.views), (after.headlines, after.views));
    for line in text.lines().filter(|line| FIRST.contains(line) || line.starts_with("view = ")) {
        assert!(fitted.contains(line), "{line}");
    }
}

#[test]
fn wishes_and_headlines_cost_nothing() {
    let plans = [edit(&wished()).append(FIRST).text(), TABLES.to_owned()];
    let [with, without] = plans.map(|text| Plan::parse(&text).unwrap_or_else(|e| panic!("{e}")));
    let window = with.window_of(with.first_step());
    for position in 0..with.dataflows.len() {
        assert_eq!(prices(&with, position, window), prices(&without, position, window));
    }
}

#[test]
fn bounds_come_from_a_table_of_persons() {
    let place = Workplace::with_plan(wished());
    let table = "dataflow,contributions,persons\nCROSSINGS,1,90000\nCROSSINGS,9,300\n";
    let (plan, table) = (place.text("plan.toml"), place.write("persons.csv", table));
    let text = succeed(&["plan", "fit", &plan, "--contributions", &table]);
    let fitted = Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
    // 0.3 x 10 / 1.96 a day, 560 a year: three hundred persons may lose one contribution each.
    assert_eq!(fitted.dataflows[0].bound.window, 8);
    assert_eq!(fitted.dataflows[0].bound.month, Some(4));
    let out = place.text("out.toml");
    let report = succeed(&["plan", "fit", &plan, "--contributions", &table, "--out", &out]);
    let line = "CROSSINGS: bound 8 instead of 24: cuts 0.32 % of the contributions in the table, \
                of 300 persons\n";
    assert!(report.contains(line), "{report}");
    let wrong = place.write("wrong.csv", "persons\n1\n");
    let refused = run(&["plan", "fit", &plan, "--contributions", &wrong]);
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2));
    assert!(error.starts_with("error[contributions]: "), "{error}");
}

/// Somebody who counts more often than any plan allows is cut, and the report says so; it is no
/// error.
#[test]
fn nobody_raises_a_bound_above_the_highest() {
    let place = Workplace::with_plan(wished());
    let table = "dataflow,contributions,persons\nCROSSINGS,1,90000\nCROSSINGS,3000,1\n";
    let (plan, table) = (place.text("plan.toml"), place.write("persons.csv", table));
    let out = place.text("out.toml");
    let report = succeed(&["plan", "fit", &plan, "--contributions", &table, "--out", &out]);
    let fitted = fs::read_to_string(&out).expect("a plan");
    let fitted = Plan::parse(&fitted).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(fitted.dataflows[0].bound.window, 1024);
    let line = "CROSSINGS: bound 1024 instead of 24: cuts 2.12 % of the contributions in the \
                table, of 1 person\nwarning: that is more than";
    assert!(report.contains(line), "{report}");
}

#[test]
fn a_plan_without_wishes_is_not_fitted() {
    let place = Workplace::with_plan(TABLES);
    let refused = run(&["plan", "fit", &place.text("plan.toml")]);
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2));
    assert!(error.starts_with("error[plan-fit]: ") && error.contains("[[wish]]"), "{error}");
}
