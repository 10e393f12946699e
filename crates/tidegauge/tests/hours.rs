//! Steps of an hour through the real program: what is counted in which hour, also when the clock
//! changes, and when an hour closes.
//!
//! Not here: periods by themselves (crate `model`).
//!
//! Two stores under one tape of noise differ in events alone, so the difference of their figures
//! is what the events count.

mod program;

use std::collections::BTreeMap;

use program::{HEADER, Place, releases, succeed};

const SEED: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
const PLAN: &str = include_str!("../../../testdata/hours.toml");
const NOW: &str = "2024-12-01T00:00:00Z";

/// Entries of visitors at Lo Wu, each with the hour of the plan's zone in which it lies. The
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

/// A store that took these rows in files of so many, released to the end of a day.
fn released(place: &Place, name: &str, rows: &[String], size: usize, until: &str) -> String {
    let store = place.synthetic(name, Some(SEED));
    for (n, rows) in rows.chunks(size).enumerate() {
        let text = format!("{HEADER}\n{}\n", rows.join("\n"));
        let file = place.write(&format!("{name}{n}.csv"), text);
        succeed(&["ingest", &store, &file, "--now", NOW]);
    }
    succeed(&["release", &store, "--until", until, "--now", NOW]);
    succeed(&["ledger", "verify", &store]);
    store
}

/// Of entries of visitors at Lo Wu: every figure by frequency and period, in thousandths.
fn figures(store: &str) -> BTreeMap<(String, String), i64> {
    let text = succeed(&["export", store, "--dataflow", "BORDER_FLOW", "--format", "csv"]);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let column = |name| header.iter().position(|column| *column == name).expect("a column");
    let is_meant = |line: &Vec<&str>| {
        line[column("BORDER_POINT")] == "LO_WU"
            && line[column("DIRECTION")] == "ENTRY"
            && line[column("TRAVELLER_CLASS")] == "VISITOR"
    };
    let lines = lines.map(|line| line.split(',').collect::<Vec<&str>>()).filter(is_meant);
    let figure = |line: Vec<&str>| {
        let value: f64 = line[column("OBS_VALUE")].parse().expect("a number");
        let key = (line[column("FREQ")].to_owned(), line[column("TIME_PERIOD")].to_owned());
        (key, (value * 1000.0).round() as i64)
    };
    lines.map(figure).collect()
}

/// Holds what the entries count against a naive counter, in every hour and every day.
fn check(place: &Place, entries: &[(&str, &str)], until: &str, hours: usize) {
    let some = released(place, "some", &rows(entries), entries.len(), until);
    let none = released(place, "none", &[], 1, until);
    let names = |store: &str| releases(store).into_iter().map(|(name, _)| name).collect();
    let files: Vec<String> = names(&some);
    assert_eq!(files, names(&none), "what is released does not depend on data");
    assert_eq!(files.len(), 3 * hours);
    assert!(files.iter().all(|name| !name.contains(':')));
    let (some, none) = (figures(&some), figures(&none));
    assert_eq!(some.keys().filter(|(frequency, _)| frequency == "H").count(), hours);
    for (key, value) in &some {
        let (frequency, period) = key;
        let counted = match frequency.as_str() {
            "H" => |hour: &str, period: &str| format!("{hour}:00:00") == period,
            "D" => |hour: &str, period: &str| hour.starts_with(period),
            _ => continue,
        };
        let expected = entries.iter().filter(|(_, hour)| counted(hour, period)).count() as i64;
        let found = value - none[key];
        // Decoding rounds to a thousandth a step, of one tape alike.
        assert!((found - 1000 * expected).abs() <= 30, "{period}: {found}, {expected} counted");
    }
}

#[test]
fn an_hour_that_comes_twice_is_one() {
    let place = Place::new();
    place.write("plan.toml", PLAN);
    check(&place, &AUTUMN, "2024-10-27", 48);
}

#[test]
fn an_hour_that_is_left_out_is_published_and_empty() {
    let place = Place::new();
    place.write("plan.toml", PLAN.replacen("start = \"2024-10-26\"", "start = \"2024-03-30\"", 1));
    check(&place, &SPRING, "2024-03-31", 48);
}

#[test]
fn any_split_into_files_and_runs_gives_the_same_bytes() {
    let place = Place::new();
    place.write("plan.toml", PLAN);
    let rows = rows(&AUTUMN);
    let whole = released(&place, "whole", &rows, rows.len(), "2024-10-27");
    let mut parts = rows.clone();
    parts.reverse();
    let parts = released(&place, "parts", &parts, 3, "2024-10-26T05:00:00");
    for until in ["2024-10-27T02", "2024-10-27"] {
        succeed(&["release", &parts, "--until", until, "--now", NOW]);
    }
    assert!(releases(&parts) == releases(&whole));
}

#[test]
fn an_hour_closes_minutes_after_its_end() {
    let place = Place::new();
    place.write("plan.toml", PLAN);
    let store = place.synthetic("store", Some(SEED));
    for (now, hours) in [
        ("2024-10-25T23:04:59Z", 0),
        ("2024-10-25T23:05:00Z", 1),
        ("2024-10-26T00:05:00Z", 2),
        // The hour that comes twice closes when it has come twice.
        ("2024-10-27T01:05:00Z", 26),
        ("2024-10-27T02:05:00Z", 27),
    ] {
        succeed(&["release", &store, "--now", now]);
        let any = place.path("store/public/release").exists();
        let released = if any { releases(&store).len() } else { 0 };
        assert_eq!(released, 3 * hours, "{now}");
    }
}
