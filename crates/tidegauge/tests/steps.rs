//! Steps of an hour, a quarter of an hour and a week through the real program: in which step an
//! event counts, also when the clock changes and at the turn of the year, and when an hour closes.
//!
//! Not here: periods themselves (crate `model`).
//!
//! Two stores with the same noise differ only in their events, so the difference of their figures
//! is the count of the events.

#![cfg(test)]

use std::collections::BTreeMap;

use testkit::program::{HEADER, Workplace, releases, succeed};
use testkit::{PlanText, edit};
use tidegauge_model::{Grain, Period};

const SEED: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
const PLAN: &str = include_str!("../../../testdata/hours.toml");
const NOW: &str = "2025-02-01T00:00:00Z";

/// Entries of visitors at Lo Wu, each with its hour in the plan's time zone. The
/// clock goes back at 01:00Z of 27 October.
const AUTUMN: [(&str, &str); 8] = [
    ("2024-10-26T23:59:59+02:00", "2024-10-26T23"),
    ("2024-10-27T01:59:59+02:00", "2024-10-27T01"),
    ("2024-10-27T02:00:00+02:00", "2024-10-27T02"),
    ("2024-10-27T02:30:00+02:00", "2024-10-27T02"),
    ("2024-10-27T02:00:00+01:00", "2024-10-27T02"),
    ("2024-10-27T02:59:59+01:00", "2024-10-27T02"),
    ("2024-10-27T03:00:00+01:00", "2024-10-27T03"),
    ("2024-10-27T12:15:00Z", "2024-10-27T13"),
];

/// The same by the quarter of an hour: events of the repeated hour lie in the last quarter before
/// the clock goes back.
const AUTUMN_QUARTERS: [(&str, &str); 6] = [
    ("2024-10-27T01:59:59+02:00", "2024-10-27T01-45"),
    ("2024-10-27T02:00:00+02:00", "2024-10-27T02-00"),
    ("2024-10-27T02:44:59+02:00", "2024-10-27T02-30"),
    ("2024-10-27T02:00:00+01:00", "2024-10-27T02-45"),
    ("2024-10-27T02:59:59+01:00", "2024-10-27T02-45"),
    ("2024-10-27T03:15:00+01:00", "2024-10-27T03-15"),
];

/// The clock goes forward at 01:00Z of 31 March: the third hour has no length.
const SPRING: [(&str, &str); 4] = [
    ("2024-03-31T01:59:59+01:00", "2024-03-31T01"),
    ("2024-03-31T03:00:00+02:00", "2024-03-31T03"),
    ("2024-03-31T01:30:00Z", "2024-03-31T03"),
    ("2024-03-31T02:00:00Z", "2024-03-31T04"),
];

fn rows(entries: &[(&str, &str)]) -> Vec<String> {
    let row = |(n, (at, _)): (usize, &(&str, &str))| {
        format!("e{n},syn1:person{n:02},{at},ENTRY,LO_WU,VISITOR")
    };
    entries.iter().enumerate().map(row).collect()
}

/// A store that ingested these rows in files of `size` rows, released to the end of a day.
fn released(place: &Workplace, name: &str, rows: &[String], size: usize, until: &str) -> String {
    let store = place.synthetic(name, Some(SEED));
    for (n, rows) in rows.chunks(size).enumerate() {
        let text = format!("{HEADER}\n{}\n", rows.join("\n"));
        let file = place.write(&format!("{name}{n}.csv"), text);
        succeed(&["ingest", &store, &file, "--now", NOW]);
    }
    succeed(&["release", &store, "--until", until, "--now", NOW, "--empty"]);
    succeed(&["ledger", "verify", &store]);
    store
}

/// Every figure of the entries of visitors at Lo Wu by frequency and period, in thousandths.
fn figures(store: &str) -> BTreeMap<(String, String), i64> {
    let entries =
        [("BORDER_POINT", "LO_WU"), ("DIRECTION", "ENTRY"), ("TRAVELLER_CLASS", "VISITOR")];
    figures_of(store, "BORDER_FLOW", &entries)
}

/// Every figure of the series with these codes by frequency and period, in thousandths.
fn figures_of(
    store: &str,
    dataflow: &str,
    codes: &[(&str, &str)],
) -> BTreeMap<(String, String), i64> {
    let text = succeed(&["export", store, "--dataflow", dataflow, "--decimals", "3"]);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let column = |name: &str| header.iter().position(|&column| column == name).expect("a column");
    let has_codes = |line: &Vec<&str>| codes.iter().all(|(name, code)| line[column(name)] == *code);
    let lines = lines.map(|line| line.split(',').collect::<Vec<&str>>()).filter(has_codes);
    let figure = |line: Vec<&str>| {
        let value: f64 = line[column("OBS_VALUE")].parse().expect("a number");
        let key = (line[column("FREQ")].to_owned(), line[column("TIME_PERIOD")].to_owned());
        (key, (value * 1000.0).round() as i64)
    };
    lines.map(figure).collect()
}

/// The plan with steps of this grain in every dataflow.
fn with_steps(grain: &str) -> PlanText {
    let dataflows = edit(PLAN).elements("dataflow");
    dataflows.iter().fold(edit(PLAN), |plan, id| plan.change(&format!("dataflow.{id}.step"), grain))
}

/// Compares the figures of the entries with a naive count, in every step, hour and day of two days.
fn check(place: &Workplace, entries: &[(&str, &str)], until: &str, step: Grain) {
    let steps = if step == Grain::Hour { 48 } else { 192 };
    let some = released(place, "some", &rows(entries), entries.len(), until);
    let none = released(place, "none", &[], 1, until);
    let names = |store: &str| releases(store).into_iter().map(|(name, _)| name).collect();
    let files: Vec<String> = names(&some);
    assert_eq!(files, names(&none), "what is released does not depend on data");
    assert_eq!(files.len(), 3 * steps);
    assert!(files.iter().all(|name| !name.contains(':')));
    let (some, none) = (figures(&some), figures(&none));
    let is_step = |(frequency, _): &&(String, String)| frequency == step.frequency();
    assert_eq!(some.keys().filter(is_step).count(), steps);
    for (key, value) in &some {
        let (frequency, period) = key;
        let grain = Grain::from_frequency(frequency).expect("a frequency");
        // A whole hour is published under the quarter of an hour that begins it.
        let period = Period::parse_sdmx(period).expect("a period").within(grain);
        if !(step..=Grain::Day).contains(&grain) {
            continue;
        }
        let is_in_period =
            |step: &str| Period::parse(step).expect("a step").within(grain) == period;
        let expected = entries.iter().filter(|(_, step)| is_in_period(step)).count() as i64;
        let found = value - none[key];
        // Decoding rounds each step to a thousandth.
        assert!((found - 1000 * expected).abs() <= 30, "{period}: {found}, {expected} counted");
    }
}

#[test]
fn an_hour_that_comes_twice_is_one_step() {
    let place = Workplace::with_plan(PLAN);
    check(&place, &AUTUMN, "2024-10-27", Grain::Hour);
}

#[test]
fn a_repeated_quarter_of_an_hour_counts_in_the_last_before_the_clock_goes_back() {
    let place = Workplace::with_plan(with_steps("quarter_hour").text());
    check(&place, &AUTUMN_QUARTERS, "2024-10-27", Grain::QuarterHour);
}

#[test]
fn an_hour_that_the_clock_skips_is_published_and_empty() {
    let plan = edit(PLAN).change("statement.start", "2024-03-30");
    let place = Workplace::with_plan(plan.text());
    check(&place, &SPRING, "2024-03-31", Grain::Hour);
}

#[test]
fn any_split_into_files_and_runs_gives_the_same_bytes() {
    let place = Workplace::with_plan(PLAN);
    let rows = rows(&AUTUMN);
    let whole = released(&place, "whole", &rows, rows.len(), "2024-10-27");
    let mut parts = rows.clone();
    parts.reverse();
    let parts = released(&place, "parts", &parts, 3, "2024-10-26T05:00:00");
    for until in ["2024-10-27T02", "2024-10-27"] {
        succeed(&["release", &parts, "--until", until, "--now", NOW, "--empty"]);
    }
    assert!(releases(&parts) == releases(&whole));
}

#[test]
fn an_hour_closes_minutes_after_its_end() {
    let place = Workplace::with_plan(PLAN);
    let store = place.synthetic("store", Some(SEED));
    for (now, hours) in [
        ("2024-10-25T23:04:59Z", 0),
        ("2024-10-25T23:05:00Z", 1),
        ("2024-10-26T00:05:00Z", 2),
        // The hour that comes twice closes after the second time.
        ("2024-10-27T01:05:00Z", 26),
        ("2024-10-27T02:05:00Z", 27),
    ] {
        succeed(&["release", &store, "--now", now, "--empty"]);
        let any = place.path("store/public/release").exists();
        let released = if any { releases(&store).len() } else { 0 };
        assert_eq!(released, 3 * hours, "{now}");
    }
}

/// A week belongs to the window that contains its Thursday: the last two days of 2024 lie in the
/// first week of 2025, and so in its first quarter.
#[test]
fn a_week_lies_in_the_window_of_its_thursday() {
    let plan = with_steps("week")
        .change("privacy.window", "quarter")
        .change("dataflow.BORDER_FLOW.bound", 2)
        .change("dataflow.VISITORS_PRESENT.bound", 2)
        .change("statement.start", "2024-09-30")
        .change("statement.expires", "2025-03-30");
    let place = Workplace::with_plan(plan.text());
    let row = |n: usize, at: &str, kind: &str| {
        format!("e{n},syn1:person,{at}T12:00:00+01:00,{kind},LO_WU,VISITOR")
    };
    // Two crossings are the bound of a window; the third is one too many, the fourth lies in the
    // next window.
    let rows = [
        row(1, "2024-12-20", "ENTRY"),
        row(2, "2024-12-21", "EXIT"),
        row(3, "2024-12-29", "ENTRY"),
        row(4, "2024-12-30", "EXIT"),
        row(5, "2024-12-31", "ENTRY"),
    ];
    let some = released(&place, "some", &rows, 2, "2025-W02");
    let none = released(&place, "none", &[], 1, "2025-W02");
    assert_eq!(releases(&some).len(), 3 * 15, "2024-W40 to 2025-W02");
    let counted = |dataflow: &str, codes: &[(&str, &str)]| {
        let [some, none] = [&some, &none].map(|store| figures_of(store, dataflow, codes));
        assert!(some.keys().all(|(frequency, _)| frequency == "W"), "only weeks are published");
        let differences = some.iter().map(|(key, value)| (key.1.clone(), value - none[key]));
        let whole = differences.map(|(week, milli)| (week, (milli + 500).div_euclid(1000)));
        whole.filter(|(_, persons)| *persons != 0).collect::<Vec<_>>()
    };
    let persons_by_week = |weeks: &[(&str, i64)]| -> Vec<(String, i64)> {
        weeks.iter().map(|&(week, persons)| (week.to_owned(), persons)).collect()
    };
    let flow = |direction| {
        let cell = [("BORDER_POINT", "LO_WU"), ("DIRECTION", direction)];
        counted("BORDER_FLOW", &[cell[0], cell[1], ("TRAVELLER_CLASS", "VISITOR")])
    };
    assert_eq!(flow("ENTRY"), persons_by_week(&[("2024-W51", 1), ("2025-W01", 1)]));
    assert_eq!(flow("EXIT"), persons_by_week(&[("2024-W51", 1), ("2025-W01", 1)]));
    assert_eq!(
        counted("AT_BOUND", &[("TRAVELLER_CLASS", "VISITOR")]),
        persons_by_week(&[("2024-W52", 1)])
    );
}
