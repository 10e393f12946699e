//! Corrections and retractions through the real program: counts move as the rule says, neither
//! order nor copies matter, and every vintage of a real, revised series is reproduced.
//!
//! Not here: the rule against a naive counter (`fold/tests/corrections.rs`).
//!
//! Data: the days of small boats as the United Kingdom published and revised them
//! (`../shared/data`, Home Office, Open Government Licence). Without the data that test is skipped.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt16Array};
use parquet::arrow::ArrowWriter;
use testkit::PlanText;
use testkit::plans::{
    SHORT, short_balance_table, short_table, short_table_apart, short_with_vintages,
    with_corrections,
};
use testkit::program::{HEADER, NOW, Workplace, files, releases, run, succeed};
use testkit::text::{replace_each, replace_only};
use tidegauge_ledger::Release;
use tidegauge_privacy::Variance;

const SEED: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

/// The short plan, whose flow is measured again after two steps and after five, with corrections.
fn plan(unit: &str) -> PlanText {
    with_corrections(short_with_vintages(unit))
}

fn place() -> Workplace {
    Workplace::with_plan(plan("PERSONS").text())
}

fn header() -> String {
    format!("{HEADER},revision,action")
}

/// A row of a person's event on a day of January; `what` is the remaining columns.
fn row(id: &str, person: &str, day: u32, what: &str) -> String {
    format!("{id},syn1:{person},2024-01-{day:02}T08:00:00+08:00,{what}\n")
}

fn take(place: &Workplace, store: &str, rows: &str) -> String {
    let file = place.write("events.csv", format!("{}\n{rows}", header()));
    succeed(&["ingest", store, &file, "--now", NOW])
}

fn release_until(store: &str, day: &str) {
    succeed(&["release", store, "--until", &format!("2024-{day}"), "--now", NOW, "--empty"]);
}

/// How far the first part of each file of a dataflow exceeds that of another store with the same
/// noise; only files that differ.
fn difference(one: &str, other: &str, dataflow: &str) -> BTreeMap<String, Vec<i64>> {
    let (one, other) = (releases(one), releases(other));
    let mut differences = BTreeMap::new();
    for ((name, one), (other_name, other)) in one.iter().zip(&other) {
        assert_eq!(name, other_name, "what is released does not depend on data");
        let parts = |bytes: &[u8]| Release::parse(bytes).expect("a release").parts;
        let (one, other) = (parts(one), parts(other));
        let pairs = one[0].values.iter().zip(&other[0].values);
        let by: Vec<i64> = pairs.map(|(one, other)| one - other).collect();
        if let Some(step) = name.strip_prefix(dataflow).filter(|_| by.iter().any(|&by| by != 0)) {
            differences.insert(step.trim_matches('/').replace(".json", ""), by);
        }
    }
    differences
}

/// Counts by cell (border point, direction, class); LO_WU is the second point, VISITOR the second
/// class.
fn cells(counts: &[(usize, i64)]) -> Vec<i64> {
    (0..8)
        .map(|cell| counts.iter().filter(|(at, _)| *at == cell).map(|(_, count)| count).sum())
        .collect()
}

const AIRPORT_ENTRY: usize = 1;
const LO_WU_ENTRY: usize = 5;

/// The stages of a history: each takes rows, then releases up to this day.
const STAGES: [&str; 4] = ["01-20", "01-22", "01-25", "02-02"];

/// A store that takes rows stage by stage.
fn staged(place: &Workplace, name: &str, stages: [&str; 4]) -> String {
    let store = place.synthetic(name, Some(SEED));
    for (until, rows) in STAGES.iter().zip(stages) {
        if !rows.is_empty() {
            take(place, &store, rows);
        }
        release_until(&store, until);
    }
    succeed(&["ledger", "verify", &store]);
    store
}

#[test]
fn a_correction_moves_counts_and_a_retraction_takes_them_back() {
    let place = place();
    let entry = "ENTRY,LO_WU,VISITOR";
    let first = row("e1", "person00", 19, &format!("{entry},0,count"))
        + &row("e2", "person01", 20, &format!("{entry},,"));
    // One event moves to another border point; retracting an unknown event has no effect.
    let second = row("e1", "person00", 19, "ENTRY,AIRPORT,VISITOR,1,count")
        + &row("e9", "person00", 19, &format!("{entry},4,retract"))
        + &row("e9", "person07", 20, &format!("{entry},4,retract"));
    let third = row("e2", "person01", 20, &format!("{entry},2,retract"));
    // Past the last vintage of its step: the flow stays as it is.
    let fourth = row("e1", "person00", 19, &format!("{entry},2,retract"));
    let none = staged(&place, "none", ["", "", "", ""]);
    let all = staged(&place, "all", [&first, &second, &third, &fourth]);
    let flow = [
        ("2024-01-19.v0", cells(&[(LO_WU_ENTRY, 2)])),
        ("2024-01-19.v1", cells(&[(LO_WU_ENTRY, -1), (AIRPORT_ENTRY, 1)])),
        ("2024-01-20.v0", cells(&[(LO_WU_ENTRY, 2)])),
        ("2024-01-20.v2", cells(&[(LO_WU_ENTRY, -1)])),
    ];
    let flow: BTreeMap<String, Vec<i64>> =
        flow.into_iter().map(|(name, by)| (name.to_owned(), by)).collect();
    let found = difference(&all, &none, "BORDER_FLOW");
    // The stream counts each day twice, late counts count once.
    assert_eq!(found, flow);
    // The stock follows the status: two enter, one leaves in the third stage, one in the fourth.
    let stock = difference(&all, &none, "VISITORS_PRESENT");
    let sums: Vec<i64> = stock.values().map(|by| by.iter().sum()).collect();
    assert_eq!(sums.iter().sum::<i64>(), 0, "{stock:?}");
    assert_eq!(
        stock.keys().map(String::as_str).collect::<Vec<_>>(),
        ["2024-01-19.v0", "2024-01-20.v0", "2024-01-23.v0", "2024-01-26.v0"]
    );
}

/// Three stages of rows with corrections, retractions and copies.
fn history() -> [Vec<String>; 3] {
    let stage = |stage: u32| {
        let nth_row = |n: u32| {
            let (event, day) = (n % 40, 18 + n % 3);
            let revision = (n / 40 + stage) % 4;
            let kind = if (n / 7 + stage).is_multiple_of(2) { "ENTRY" } else { "EXIT" };
            let point = if (n + stage).is_multiple_of(3) { "AIRPORT" } else { "LO_WU" };
            let action = if (n + 2 * stage).is_multiple_of(5) { "retract" } else { "count" };
            let person = format!("person{:02}", event % 17);
            let what = format!("{kind},{point},VISITOR,{revision},{action}");
            // Many events of a person have one time, so that their order matters.
            let time = format!("T08:{:02}:00", event % 3);
            replace_only(&row(&format!("e{event}"), &person, day, &what), "T08:00:00", &time)
        };
        (0..120).map(nth_row).collect()
    };
    [0, 1, 2].map(stage)
}

#[test]
fn order_split_and_replays_change_no_byte() {
    let place = place();
    let [first, second, third] = history();
    let joined = |rows: &[String]| rows.concat();
    let (one, two, three) = (joined(&first), joined(&second), joined(&third));
    let expected = releases(&staged(&place, "plain", [&one, &two, &three, ""]));
    let nobody = releases(&staged(&place, "nobody", ["", "", "", ""]));
    assert_ne!(expected, nobody);
    // Reversed, with every file repeated later: copies of known events.
    let reversed = |rows: &[String]| rows.iter().rev().cloned().collect::<String>();
    let stages = [
        reversed(&first) + &one,
        reversed(&second) + &one,
        one.clone() + &reversed(&third) + &two,
        joined(&[three.clone(), two.clone(), one.clone()]),
    ];
    let stages = stages.each_ref().map(String::as_str);
    assert_eq!(releases(&staged(&place, "reversed", stages)), expected);
    // Tables with nulls.
    let store = place.synthetic("tables", Some(SEED));
    for (until, rows) in STAGES.iter().zip([&first, &second, &third, &vec![]]) {
        if !rows.is_empty() {
            let file = place.write("events.parquet", table(rows, false));
            succeed(&["ingest", &store, &file, "--now", NOW]);
        }
        release_until(&store, until);
    }
    assert_eq!(releases(&store), expected);
    // Lines of JSON, in files of eleven rows.
    let store = place.synthetic("split", Some(SEED));
    for (until, rows) in STAGES.iter().zip([first, second, third, vec![]]) {
        let paths: Vec<String> = rows
            .chunks(11)
            .enumerate()
            .map(|(number, rows)| place.write(&format!("{until}-{number}.ndjson"), json(rows)))
            .collect();
        let mut arguments = vec!["ingest", &store];
        arguments.extend(paths.iter().map(String::as_str));
        arguments.extend(["--now", NOW]);
        if !paths.is_empty() {
            succeed(&arguments);
        }
        release_until(&store, until);
    }
    assert_eq!(releases(&store), expected);
}

/// Rows as a table; a revision of 0 and the action `count` are null.
fn table(rows: &[String], numbers: bool) -> Vec<u8> {
    let header = header();
    let column = |number: usize| {
        let values = rows.iter().map(move |row| row.trim_end().split(',').nth(number));
        values.map(|value| value.filter(|value| !["0", "count", ""].contains(value)))
    };
    let column = |(number, name)| {
        let texts: ArrayRef = Arc::new(StringArray::from_iter(column(number)));
        let revisions =
            column(number).map(|value| value.and_then(|value| value.parse::<u16>().ok()));
        let revisions: ArrayRef = Arc::new(UInt16Array::from_iter(revisions));
        (name, if numbers && name == "revision" { revisions } else { texts }, true)
    };
    let columns = header.split(',').enumerate().map(column);
    let rows = RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), None).expect("a writer");
    writer.write(&rows).expect("rows");
    writer.close().expect("a footer");
    bytes
}

/// Rows as lines of JSON; a revision of 0 and the action `count` are left out.
fn json(rows: &[String]) -> String {
    let header = header();
    let line = |row: &String| {
        let pairs = header.split(',').zip(row.trim_end().split(','));
        let pairs = pairs.filter(|(name, value)| {
            !(*name == "revision" && *value == "0" || *name == "action" && *value == "count")
        });
        let pairs: Vec<String> =
            pairs.map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        format!("{{{}}}\n", pairs.join(","))
    };
    rows.iter().map(line).collect()
}

/// The output depends only on the submitted file, not on what the store already had.
#[test]
fn a_submitter_learns_nothing_about_others() {
    let place = place();
    let known = row("e1", "person00", 19, "ENTRY,LO_WU,VISITOR,0,count");
    let rows = row("e1", "person00", 19, "ENTRY,LO_WU,VISITOR,1,retract");
    let (full, empty) = (place.synthetic("full", None), place.synthetic("empty", None));
    take(&place, &full, &known);
    for store in [&full, &empty] {
        release_until(store, "01-20");
    }
    let printed = |store: &str| replace_each(&take(&place, store, &rows), store, "STORE");
    assert_eq!(printed(&full), printed(&empty));
    // The same id from another submitter is another event.
    let other = place.synthetic("other", Some(SEED));
    take(&place, &other, &known);
    let file = place.write("retracted.csv", format!("{}\n{rows}", header()));
    succeed(&["ingest", &other, &file, "--submitter", "other", "--now", NOW]);
    release_until(&other, "01-25");
    let undisturbed = place.synthetic("undisturbed", Some(SEED));
    take(&place, &undisturbed, &known);
    release_until(&undisturbed, "01-25");
    assert_eq!(releases(&other), releases(&undisturbed));
}

/// One person's whole history, corrections included, moves all measurements together by no more
/// than the charge.
#[test]
fn what_corrections_move_is_within_the_charge() {
    let tables = ["identity", "calendar_blt"]
        .map(|strategy| [short_table(strategy), short_table_apart(strategy)].map(with_corrections))
        .into_iter()
        .flatten();
    let balance = with_corrections(short_balance_table());
    for plan in ["PERSONS", "EVENTS"].map(plan).into_iter().chain(tables).chain([balance]) {
        let place = Workplace::with_plan(plan.text());
        let plan = tidegauge_model::Plan::parse(&plan.text()).expect("a plan");
        let window = plan.window_of(plan.first_step());
        let prices = |position| tidegauge_ledger::prices(&plan, position, window).unwrap();
        let without = releases(&staged(&place, "none", ["", "", "", ""]));
        for turn in 0..3u32 {
            // One event for each of three days, changed in every stage.
            let stage = |stage: u32| -> String {
                let nth_row = |n: u32| {
                    let point =
                        if (n + stage + turn).is_multiple_of(2) { "LO_WU" } else { "AIRPORT" };
                    let kind = if n.is_multiple_of(2) { "ENTRY" } else { "EXIT" };
                    let action = if (n + stage * turn) % 4 == 3 { "retract" } else { "count" };
                    let what = format!("{kind},{point},VISITOR,{stage},{action}");
                    row(&format!("e{n}"), "person00", 18 + n, &what)
                };
                (0..3).map(nth_row).collect()
            };
            let stages = [0, 1, 2, 3].map(stage);
            let texts = stages.each_ref().map(String::as_str);
            let with = releases(&staged(&place, &format!("with{turn}"), texts));
            let mut costs: BTreeMap<String, f64> = BTreeMap::new();
            for ((name, with), (_, without)) in with.iter().zip(&without) {
                let parse = |release: &[u8]| Release::parse(release).unwrap();
                let (with, without) = (parse(with), parse(without));
                let prices = prices(plan.dataflow(&with.dataflow).expect("known").0);
                for (a, b) in with.parts.iter().zip(&without.parts) {
                    // Base and stream are priced separately, late counts with the stream.
                    let part = a.part.paid_by();
                    let price = prices.iter().find(|price| price.part == part).expect("priced");
                    let multiples =
                        |cell: usize| price.measurand.multiples().map_or(1, |all| all[cell]);
                    let pairs = a.values.iter().zip(&b.values).enumerate();
                    let squares = pairs
                        .filter(|(_, (x, y))| x != y)
                        .map(|(cell, (x, y))| ((x - y) as f64).powi(2) / multiples(cell) as f64);
                    let variance = Variance::parse(&a.variance).expect(name).as_f64();
                    *costs.entry(format!("{} {part:?}", with.dataflow)).or_default() +=
                        squares.sum::<f64>() / (2.0 * variance);
                }
            }
            for (position, dataflow) in plan.dataflows.iter().enumerate() {
                for price in prices(position) {
                    let name = format!("{} {:?}", dataflow.id, price.part);
                    let cost = costs.get(&name).copied().unwrap_or(0.0);
                    let rho = tidegauge_privacy::display::decimal(price.rho.as_ratio());
                    assert!(cost <= rho * (1.0 + 1e-9), "{name}: {cost} > {rho}");
                }
            }
            let mut flow_costs = costs.iter().filter(|(name, _)| name.starts_with("BORDER_FLOW"));
            assert!(flow_costs.all(|(_, &cost)| cost > 0.0), "the person is counted");
        }
    }
}

#[test]
fn bad_corrections_are_refused_at_their_place() {
    let place = place();
    let store = place.synthetic("store", None);
    let journal = place.path("store").join("private/journal");
    let untouched = files(&journal);
    let good = "ENTRY,LO_WU,VISITOR";
    let refused = |name: &str, bytes: &[u8], expected: &str| {
        let file = place.write(name, bytes);
        let output = run(&["ingest", &store, &file, "--now", NOW]);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{name}: {errors}");
        assert!(errors.contains(expected), "{name}: {errors}");
        assert!(!errors.contains("person00"), "{errors}");
    };
    for revision in ["65536", "-1", "1.0", "x", "+1", "000001", "٣"] {
        let rows = row("e1", "person00", 19, &format!("{good},{revision},count"));
        let expected = ":2: revision: must be a whole number from 0 to 65535";
        refused("revision.csv", format!("{}\n{rows}", header()).as_bytes(), expected);
    }
    for action in ["delete", "RETRACT", "0"] {
        let rows = row("e1", "person00", 19, &format!("{good},1,{action}"));
        let expected = ":2: action: must be count or retract; leave it empty for count";
        refused("action.csv", format!("{}\n{rows}", header()).as_bytes(), expected);
        refused("action.ndjson", json(&[rows]).as_bytes(), &replace_only(expected, ":2:", ":1:"));
    }
    let rows = [row("e1", "person00", 19, &format!("{good},7,retract"))];
    refused("numbers.parquet", &table(&rows, true), ":1: revision: must be a string column");
    assert_eq!(files(&journal), untouched, "no file is partly ingested");
    // A plan without corrections does not know the columns.
    place.write("plan.toml", SHORT);
    let plain = place.synthetic("plain", None);
    let rows = row("e1", "person00", 19, &format!("{good},0,count"));
    let file = place.write("columns.csv", format!("{}\n{rows}", header()));
    let output = run(&["ingest", &plain, &file, "--now", NOW]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("error[unknown-column]"));
}

fn data() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    [root.join("shared/data"), root.join("../shared/data")]
        .map(|place| place.join("uk_small_boats_vintages.csv"))
        .into_iter()
        .find(|path| path.exists())
}

/// Vintages of the plan `revisions.toml`: days after which a day is measured again.
const VINTAGES: [i64; 3] = [0, 7, 30];
const DAYS: usize = 70;

/// The figure of each day at each vintage.
fn truth(text: &str) -> BTreeMap<String, [i64; 3]> {
    let mut figures: BTreeMap<String, [i64; 3]> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |n: usize| fields[n].parse::<i64>().expect("a number");
        let vintages = figures.entry(fields[0].to_owned()).or_default();
        for (figure, _) in vintages.iter_mut().zip(VINTAGES).filter(|(_, last)| number(1) <= *last)
        {
            *figure = number(2);
        }
    }
    figures
}

/// Ingests the files of the scenario, each when every step before its day has been released.
fn replay(store: &str, out: &str) {
    let now = "2023-06-01T00:00:00Z";
    for (name, _) in files(Path::new(out)) {
        let day: jiff::civil::Date = name.trim_end_matches(".csv").parse().expect("a day");
        let before = day.yesterday().expect("a day").to_string();
        if before.as_str() >= "2022-06-01" {
            succeed(&["release", store, "--until", &before, "--now", now, "--empty"]);
        }
        succeed(&["ingest", store, &format!("{out}/{name}"), "--now", now]);
    }
    succeed(&["release", store, "--until", "2022-09-15", "--now", now, "--empty"]);
}

/// Every vintage of a day is the sum of its measurements so far. 95 % of the intervals are expected
/// to contain the published figure of the vintage: at least 56 of 70 independent ones do, and the
/// squared errors in units of their variance add up to 20 to 160 (false alarm below 1e-6 each, for
/// each of the three vintages).
#[test]
fn every_vintage_of_a_revised_series_lies_in_its_interval() {
    let Some(data) = data() else { return };
    let place = Workplace::new();
    place.write("plan.toml", include_str!("../../../testdata/revisions.toml"));
    let store = place.synthetic("store", Some(SEED));
    let (data, out, truth_file) = (data.display().to_string(), place.text("out"), place.text("t"));
    let days = DAYS.to_string();
    succeed(&[
        "simulate",
        "revisions",
        "--counts",
        &data,
        "--out",
        &out,
        "--truth",
        &truth_file,
        "--from",
        "2022-06-01",
        "--days",
        &days,
        "--spread",
        "30",
    ]);
    replay(&store, &out);
    let truth = truth(&std::fs::read_to_string(&truth_file).expect("the truth"));
    assert_eq!(truth.len(), DAYS);
    let revised = truth.values().filter(|figures| figures[0] != figures[2]).count();
    let down = truth.values().filter(|figures| figures[0] > figures[2]).count();
    assert!(revised > 20 && down > 2, "{revised} {down}: the series has revisions both ways");
    let released: BTreeMap<_, _> = releases(&store).into_iter().collect();
    let (mut contained, mut squares) = ([0; 3], [0.0; 3]);
    for (day, figures) in &truth {
        let (mut sum, mut variance) = (0, 0.0);
        for (vintage, figure) in figures.iter().enumerate() {
            let bytes = &released[&format!("ARRIVALS/{day}.v{vintage}.json")];
            let part = &Release::parse(bytes).expect("a release").parts[0];
            assert_eq!(part.weight, 1, "each day by itself");
            sum += part.values[0];
            variance += Variance::parse(&part.variance).expect("a variance").as_f64();
            let error = (sum - figure) as f64;
            contained[vintage] += u32::from(error.abs() <= 1.96 * variance.sqrt());
            squares[vintage] += error * error / variance;
        }
    }
    for (contained, squares) in contained.into_iter().zip(squares) {
        assert!(contained >= 56, "{contained} of {DAYS}");
        assert!((20.0..=160.0).contains(&squares), "{squares}");
    }
    // The export publishes that sum, and its interval.
    let text = succeed(&["export", &store, "--dataflow", "ARRIVALS", "--key", "D.UK.FLOW.ARRIVAL"]);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let names = rows.headers().expect("a header").clone();
    let column = |name: &str| names.iter().position(|known| known == name).expect("a column");
    let mut answered = 0;
    for row in rows.records() {
        let row = row.expect("a row");
        let Some(figures) = truth.get(&row[column("TIME_PERIOD")]) else { continue };
        let number = |name: &str| row[column(name)].parse::<f64>().expect("a number");
        answered +=
            u32::from((number("CI_LOW")..=number("CI_HIGH")).contains(&(figures[2] as f64)));
    }
    assert!(answered >= 56 && answered.abs_diff(contained[2]) <= 2, "{answered} {contained:?}");
}
