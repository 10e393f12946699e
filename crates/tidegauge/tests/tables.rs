//! Tables from events to figures, through the real program: with next to no noise every marginal
//! equals a direct count of the same events.
//!
//! Not here: noise and margins of error (crate `figures` and `planner.rs`).

#![cfg(test)]

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use testkit::plans::{TABLES, tables_apart};
use testkit::program::{Workplace, run, succeed};
use testkit::{edit, toml};

const POINTS: [(&str, &str); 5] = [
    ("NORTH_AIRPORT", "AIR"),
    ("FERRY", "SEA"),
    ("BRIDGE", "LAND"),
    ("ROAD", "LAND"),
    ("PASS", "LAND"),
];
const CLASSES: [&str; 3] = ["RESIDENT", "NEAR", "FAR"];

/// (person, day of January and February, direction, point, class), in order of time.
fn crossings() -> Vec<(usize, usize, usize, usize, usize)> {
    let mut crossings = Vec::new();
    for person in 0..60 {
        let mut inside = false;
        for day in 1..=60 {
            // Once or twice on some days; a repeated kind changes nothing.
            for turn in 0..(person * 11 + day * 5) % 7 % 3 {
                let kind = usize::from(if (person + day) % 13 == 0 { !inside } else { inside });
                crossings.push((person, day, kind, (person + day * turn) % 5, person % 3));
                inside = kind == 0;
            }
        }
    }
    crossings
}

fn date(day: usize) -> String {
    if day <= 31 { format!("2024-01-{day:02}") } else { format!("2024-02-{:02}", day - 31) }
}

/// Counts by direction, point and class for each day: a person counts once a day (or once in each
/// direction, if it stands apart), when an event changes the status, at most `monthly_bound` times
/// a month.
fn reference(monthly_bound: u32, is_apart: bool) -> BTreeMap<(String, usize, usize, usize), i64> {
    let mut counts = BTreeMap::new();
    let (mut inside, mut seen) = (BTreeMap::new(), HashSet::new());
    let mut taken: BTreeMap<(usize, bool), u32> = BTreeMap::new();
    for (person, day, kind, point, class) in crossings() {
        if inside.insert(person, kind == 0) == Some(kind == 0) {
            continue;
        }
        let taken = taken.entry((person, day > 31)).or_default();
        let direction = if is_apart { kind } else { 0 };
        if *taken < monthly_bound && seen.insert((person, day, direction)) {
            *taken += 1;
            *counts.entry((date(day), kind, point, class)).or_insert(0) += 1;
        }
    }
    counts
}

const HEADER: &str = "event_id,pseudonym,occurred_at,kind,border_point,traveller_class\n";
const NOW: [&str; 2] = ["--now", "2024-06-01T00:00:00Z"];

/// A store of the plan with next to no noise.
fn store(place: &Workplace, plan: &str) -> String {
    place.write("plan.toml", edit(plan).change("privacy.rho", "1000000000").text());
    place.synthetic("store", None)
}

/// A file of all crossings.
fn file(place: &Workplace) -> String {
    let mut csv = String::from(HEADER);
    for (number, (person, day, kind, point, class)) in crossings().into_iter().enumerate() {
        let (kind, point, class) = (["ENTRY", "EXIT"][kind], POINTS[point].0, CLASSES[class]);
        // Later events of a person come later in the day.
        let (minute, second) = (number / 60 % 60, number % 60);
        let time = format!("{}T{:02}:{minute:02}:{second:02}Z", date(day), number / 3600);
        writeln!(csv, "e{number},syn1:{person:08},{time},{kind},{point},{class}").expect("a line");
    }
    place.write("events.csv", csv)
}

fn ingest(store: &str, file: &str) {
    succeed(&[&["ingest", store, file][..], &NOW].concat());
}

fn release_until(store: &str, day: &str) {
    succeed(&[&["release", store, "--until", day, "--empty"][..], &NOW].concat());
}

#[test]
fn with_next_to_no_noise_every_marginal_is_the_count() {
    let place = Workplace::new();
    let store = store(&place, TABLES);
    ingest(&store, &file(&place));
    release_until(&store, "2024-02-29");
    let counts = reference(4, false);
    assert!(counts.values().sum::<i64>() > 300);
    compare(&store, &counts, 0);
}

/// With directions apart, an entry and an exit on one day both count, and nothing is shown that
/// sums over directions.
#[test]
fn with_next_to_no_noise_directions_apart_are_the_counts() {
    let place = Workplace::new();
    let store = store(&place, &tables_apart().text());
    ingest(&store, &file(&place));
    release_until(&store, "2024-02-29");
    let counts = reference(4, true);
    assert_ne!(counts, reference(4, false), "some days have both");
    let key = "D+M..FLOW.FERRY+BRIDGE+AIR+SEA+LAND+_T.ENTRY+EXIT.RESIDENT+NEAR+FAR+_T";
    let compared = compare_series(&store, &counts, key, 0);
    // Daily figures without class, monthly ones with class too.
    assert_eq!(compared, 60 * 6 * 2 + 2 * 6 * 2 * 4);
    let over_directions =
        ["export", &store, "--dataflow", "CROSSINGS", "--key", "D..FLOW._T._T._T"];
    let refused = run(&over_directions);
    assert_eq!(refused.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(errors.contains("DIRECTION"), "{errors}");
}

/// A single crossing that is submitted late counts in every marginal of its day.
#[test]
fn with_next_to_no_noise_late_events_are_in_every_marginal() {
    let place = Workplace::new();
    let plan = edit(TABLES).add("dataflow.CROSSINGS.vintages", toml("[2, 5]"));
    let store = store(&place, &plan.text());
    ingest(&store, &file(&place));
    let mut counts = reference(4, false);
    let before = counts.values().sum::<i64>();
    // The last day of a release, and the earlier days for which events come after it.
    for (until, days) in [(20, 15..=20), (41, 37..=39)] {
        release_until(&store, &date(until));
        let mut csv = String::from(HEADER);
        for day in days.clone() {
            for n in 0..day % 3 + 1 {
                let (point, class) = ((day + n) % 5, (day * n) % 3);
                let person = 10_000 + day * 10 + n;
                let (on, point_id, class_id) = (date(day), POINTS[point].0, CLASSES[class]);
                let who = format!("late{person},syn1:{person:08}");
                writeln!(csv, "{who},{on}T09:00:00Z,ENTRY,{point_id},{class_id}").expect("a line");
                // Events of the 15th come six days late, past the last vintage; others in time.
                if until + 1 - day <= 5 {
                    *counts.entry((on, 0, point, class)).or_insert(0) += 1;
                }
            }
        }
        ingest(&store, &place.write(&format!("late{until}.csv"), csv));
    }
    assert!(counts.values().sum::<i64>() > before + 10);
    release_until(&store, "2024-03-10");
    // Even the least noise of late counts differs from zero once in 1,500 draws.
    compare(&store, &counts, 40);
}

/// Compares every marginal of the first 60 days with the counts; at most `strays` daily figures may
/// be slightly off.
fn compare(store: &str, counts: &BTreeMap<(String, usize, usize, usize), i64>, strays: usize) {
    let key = "D+M..FLOW.FERRY+BRIDGE+AIR+SEA+LAND+_T.ENTRY+EXIT+_T.RESIDENT+NEAR+FAR+_T";
    let compared = compare_series(store, counts, key, strays);
    // Daily figures for all points, groups and directions without class; monthly ones with class
    // too.
    assert_eq!(compared, 60 * 6 * 3 + 2 * 6 * 3 * 4);
}

/// The same for the series of a key; returns how many figures were compared.
fn compare_series(
    store: &str,
    counts: &BTreeMap<(String, usize, usize, usize), i64>,
    key: &str,
    strays: usize,
) -> usize {
    succeed(&["ledger", "verify", store]);
    let export = succeed(
        &[
            &["export", store, "--dataflow", "CROSSINGS", "--key", key][..],
            &["--start", "2024-01-01", "--end", "2024-02-29"],
        ]
        .concat(),
    );
    let mut lines = export.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().expect("a header");
    let column = |name: &str| columns.iter().position(|column| *column == name).expect("known");
    let (mut compared, mut strayed) = (0, 0);
    for row in lines {
        let selects =
            |key_code: &str, code: &str, group: &str| [code, group, "_T"].contains(&key_code);
        let inside = counts.iter().filter(|((date, kind, point, class), _)| {
            date.starts_with(row[column("TIME_PERIOD")])
                && selects(row[column("BORDER_POINT")], POINTS[*point].0, POINTS[*point].1)
                && selects(row[column("DIRECTION")], ["ENTRY", "EXIT"][*kind], "_T")
                && selects(row[column("TRAVELLER_CLASS")], CLASSES[*class], "_T")
        });
        let truth: i64 = inside.map(|(_, count)| count).sum();
        let value: f64 = row[column("OBS_VALUE")].parse().expect("a number");
        let margin: f64 = row[column("MARGIN")].parse().expect("a number");
        let off = (value - truth as f64).abs();
        let limit = if strays > 0 { (1.5 * margin).max(2.0) } else { 0.5 };
        assert!(off < limit, "{row:?}: {truth}");
        strayed += usize::from(row[column("FREQ")] == "D" && off >= 0.5);
        compared += 1;
    }
    assert!(strayed <= strays, "{strayed} of {compared} are off");
    compared
}
