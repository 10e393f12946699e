//! Rows that are refused and rows that are taken, as `ingest` reports them to whoever sends them.
//!
//! Not here: each fault by its code (`bad_input.rs`), files that claim more than they hold
//! (`hostile_tables.rs`).

#![cfg(test)]

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use testkit::program::{HEADER, NOW, PLAN, ROW, Workplace, releases, run, succeed};
use testkit::text::replace_only;
use testkit::{edit, toml};

const SEED: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Rows of which every second has a code that is not in its list.
fn rows(count: usize) -> Vec<[String; 6]> {
    let code = |n: usize| if n.is_multiple_of(2) { "LO_WU" } else { "ELSEWHERE" };
    let row = |n: usize| {
        let day = 1 + n % 9;
        let (id, person) = (format!("e{n}"), format!("syn1:{n:08}"));
        let time = format!("2024-01-{day:02}T08:00:00+08:00");
        [id, person, time, "ENTRY".into(), code(n).into(), "RESIDENT".into()]
    };
    (0..count).map(row).collect()
}

/// The rows in the format of this ending, with the number by which errors name the first.
fn written(ending: &str, rows: &[[String; 6]]) -> (Vec<u8>, usize) {
    let names: Vec<&str> = HEADER.split(',').collect();
    let object = |row: &[String; 6]| {
        let pairs = names.iter().zip(row).map(|(name, value)| format!("\"{name}\":\"{value}\""));
        format!("{{{}}}\n", pairs.collect::<Vec<_>>().join(","))
    };
    match ending {
        "csv" => {
            let rows: String = rows.iter().map(|row| row.join(",") + "\r\n").collect();
            (format!("{HEADER}\r\n{rows}").into_bytes(), 2)
        }
        "ndjson" => (rows.iter().map(object).collect::<String>().into_bytes(), 1),
        _ => {
            let column = |place: usize| -> ArrayRef {
                Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row[place])))
            };
            let columns = names.iter().enumerate().map(|(place, name)| (*name, column(place)));
            let rows = RecordBatch::try_from_iter(columns).expect("columns");
            let mut bytes = Vec::new();
            let properties = parquet::file::properties::WriterProperties::builder()
                .set_max_row_group_row_count(Some(16))
                .build();
            let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), Some(properties))
                .expect("a writer");
            writer.write(&rows).expect("rows");
            writer.close().expect("a footer");
            (bytes, 1)
        }
    }
}

#[test]
fn every_bad_row_is_listed_in_one_run() {
    let place = Workplace::new();
    let good: Vec<_> = rows(250).into_iter().step_by(2).collect();
    let expected = {
        let store = place.synthetic("good", Some(SEED));
        let file = place.write("good.csv", written("csv", &good).0);
        succeed(&["ingest", &store, &file, "--now", NOW]);
        succeed(&["release", &store, "--until", "2024-01-09", "--now", NOW]);
        releases(&store)
    };
    for ending in ["csv", "ndjson", "parquet"] {
        let store = place.synthetic(ending, Some(SEED));
        let (bytes, first) = written(ending, &rows(250));
        let file = place.write(&format!("rows.{ending}"), bytes);
        let refused = run(&["ingest", &store, &file, "--now", NOW, "--threads", "3"]);
        let error = String::from_utf8_lossy(&refused.stderr);
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!((refused.status.code(), lines.len()), (Some(2), 101), "{error}");
        for (n, line) in lines[..100].iter().enumerate() {
            let row = first + 2 * n + 1;
            let place = format!("error[unknown-code]: {file}:{row}: border_point: ");
            assert!(line.starts_with(&place), "{line}");
        }
        let total = "error[bad-rows]: 125 rows are refused, the first 100 of them listed; \
                     nothing was taken";
        assert!(lines[100].starts_with(total), "{error}");
        assert!(refused.stdout.is_empty() && !error.contains("ELSEWHERE"), "{error}");

        let skip = ["ingest", &store, &file, "--now", NOW, "--on-bad-row", "skip"];
        let skipped = run(&skip);
        let warnings = String::from_utf8_lossy(&skipped.stderr);
        assert!(skipped.status.success(), "{warnings}");
        assert_eq!(warnings.lines().count(), 101, "{warnings}");
        assert!(warnings.lines().all(|line| line.starts_with("warning[")), "{warnings}");
        let printed = String::from_utf8_lossy(&skipped.stdout);
        assert_eq!(printed, format!("{store}: 125 rows taken, events stored durably\n"));
        succeed(&["release", &store, "--until", "2024-01-09", "--now", NOW]);
        assert_eq!(releases(&store), expected, "{ending}");
    }
}

#[test]
fn a_fault_that_ends_a_file_comes_after_the_bad_rows_before_it() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let bad = replace_only(ROW, "LO_WU", "NOWHERE");
    let first = place.write("first.csv", format!("{HEADER}\n{bad}\n{ROW}\n"));
    let torn = place.write("torn.csv", format!("{HEADER}\n{bad}\n{ROW}\n{ROW}"));
    for how in ["refuse", "skip"] {
        let output = run(&["ingest", &store, &first, &torn, "--now", NOW, "--on-bad-row", how]);
        let error = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!((output.status.code(), lines.len()), (Some(2), 4), "{error}");
        assert!(lines[0].starts_with(&format!("error[unknown-code]: {first}:2: ")), "{error}");
        assert!(lines[1].starts_with(&format!("error[unknown-code]: {torn}:2: ")), "{error}");
        assert!(lines[2].starts_with("error[bad-rows]: 2 rows are refused"), "{error}");
        assert!(lines[3].starts_with(&format!("error[truncated]: {torn}:4: row: ")), "{error}");
    }
    let released = ["release", &store, "--until", "2024-01-03", "--now", NOW, "--empty"];
    succeed(&released);
    let nothing = place.synthetic("nothing", None);
    assert!(
        !std::path::Path::new(&nothing).join("private/journal").read_dir().unwrap().any(|_| true)
    );
}

/// The line that reports what was taken, and those about the rows that count otherwise.
fn report(store: &str, file: &str) -> Vec<String> {
    let printed = succeed(&["ingest", store, file, "--now", NOW]);
    printed.lines().map(|line| line.replace(store, "").trim().to_owned()).collect()
}

fn days(days: &[&str]) -> String {
    let rows = days.iter().enumerate().map(|(n, day)| {
        let row = replace_only(ROW, "2024-01-02", day);
        replace_only(&row, "e1", &format!("e{n}")) + "\n"
    });
    format!("{HEADER}\n{}", rows.collect::<String>())
}

const BEFORE: &str = "of them before the plan's first step: they set the state before it";
const LATER: &str =
    "of them in steps that are released: only figures with a later vintage count them";
const NOWHERE: &str = "of them in steps that are released: no figure of these steps counts them, \
                       because the plan has no later vintage of them";

#[test]
fn rows_are_counted_by_their_dates_and_the_calendar() {
    let plan = edit(PLAN).add("dataflow.BORDER_FLOW.vintages", toml("[7, 30]")).text();
    let place = Workplace::with_plan(plan);
    let store = place.synthetic("store", None);
    let all = ["2023-12-30", "2024-01-01", "2024-01-11", "2024-02-10", "2024-02-11"];
    let file = place.write("days.csv", days(&all));
    let taken = ": 5 rows taken, events stored durably".to_owned();
    let before = format!("1 {BEFORE}");
    assert_eq!(report(&store, &file), [taken.clone(), before.clone()]);
    // On 10 February is the last vintage of 11 January.
    succeed(&["release", &store, "--until", "2024-02-09", "--now", NOW]);
    let late = [taken, before, format!("1 {LATER}"), format!("1 {NOWHERE}")];
    assert_eq!(report(&store, &file), late);
    let none = Workplace::new();
    let store = none.synthetic("store", None);
    let first = none.write("first.csv", days(&["2024-01-02"]));
    report(&store, &first);
    succeed(&["release", &store, "--until", "2024-02-09", "--now", NOW]);
    let file = none.write("days.csv", days(&["2024-01-02", "2024-01-03", "2024-02-10"]));
    let printed = report(&store, &file);
    assert_eq!(
        printed,
        [": 3 rows taken, events stored durably".to_owned(), format!("2 {NOWHERE}"),]
    );
}

#[test]
fn rows_past_the_horizon_are_named_as_dropped() {
    let place = Workplace::with_plan(include_str!("../../../plans/border.toml"));
    let store = place.synthetic("store", None);
    let first = place.write("first.csv", days(&["2024-01-02"]));
    succeed(&["ingest", &store, &first, "--now", NOW]);
    let now = "2024-05-01T00:00:00Z";
    succeed(&["release", &store, "--until", "2024-03-31", "--now", now]);
    let printed = succeed(&["ingest", &store, &first, "--now", now]);
    let dropped = "1 of them not stored: the plan keeps events for 60 steps after their own";
    assert!(printed.contains(dropped), "{printed}");
}

/// Whether an event is known changes nothing that the submitter sees.
#[test]
fn a_copy_is_counted_as_the_first_was() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let file = place.write("days.csv", days(&["2023-12-30", "2024-01-02", "2024-01-03"]));
    let first = report(&store, &file);
    assert_eq!(report(&store, &file), first);
    succeed(&["release", &store, "--until", "2024-01-02", "--now", NOW]);
    let other = place.write(
        "others.csv",
        days(&["2023-12-30", "2024-01-02", "2024-01-03"]).replace("syn1:00c0ffee", "syn1:00c0ffef"),
    );
    assert_eq!(report(&store, &file), report(&store, &other));
}
