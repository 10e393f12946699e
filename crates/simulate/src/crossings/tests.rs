//! The laws of the simulation, checked on small random counts and on real ones.
//!
//! Not here: the laws of one part, which are tested beside it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use jiff::Timestamp;
use jiff::civil::date;
use tempfile::TempDir;

use tidegauge_collect::InputFormat;

use super::codes::*;
use super::*;

const HEADER: &str = "Date,Control Point,Arrival / Departure,Hong Kong Residents,\
                      Mainland Visitors,Other Visitors,Total,\n";
const POINTS: [(&str, &str); 3] =
    [("Lo Wu", "LO_WU"), ("Air-Port", "AIR_PORT"), ("Pier 9", "PIER_9")];

/// An event as text, in the order of the columns.
type EventRow = [String; 6];

/// (day, point, kind, class) to a count.
type CellCounts = BTreeMap<(String, String, String, String), u64>;

fn options(directory: &TempDir, name: &str) -> CrossingOptions {
    CrossingOptions::new(Scenario::Border, directory.path().join(name))
}

fn run(options: &CrossingOptions) -> CrossingSummary {
    simulate(options, &mut |_, _| {}).unwrap()
}

fn rows_of_csv(path: &Path) -> Vec<EventRow> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        std::array::from_fn(|column| row[column].to_owned())
    });
    rows.collect()
}

/// A small table of counts as a file: some days and rows are missing, some counts are large.
fn small_counts(draw: &mut Draw, directory: &TempDir) -> (PathBuf, CellCounts) {
    let mut text = String::from(HEADER);
    let mut cells = CellCounts::new();
    let first = date(2023, 12, 20 + draw.below(10) as i8);
    for day in 0..30 + i64::from(draw.below(60)) {
        let day = first.saturating_add(jiff::Span::new().days(day));
        let largest = if draw.below(6) == 0 { 60 } else { 8 };
        for (name, code) in POINTS {
            for (kind, direction) in KINDS.iter().zip(["Arrival", "Departure"]) {
                if draw.below(8) == 0 {
                    continue;
                }
                let counts: [u32; 3] = std::array::from_fn(|_| draw.below(largest));
                let [one, two, three] = counts;
                let total = one + two + three;
                text += &format!(
                    "{},{name},{direction},{one},{two},{three},{total},\n",
                    day.strftime("%d-%m-%Y")
                );
                for (class, count) in CLASSES.iter().zip(counts) {
                    let cell = (day.to_string(), code.into(), (*kind).into(), (*class).into());
                    cells.insert(cell, count.into());
                }
            }
        }
    }
    let path = directory.path().join("counts.csv");
    std::fs::write(&path, text).unwrap();
    cells.retain(|_, count| *count > 0);
    (path, cells)
}

fn cells_of(rows: &[EventRow], from: &str) -> CellCounts {
    let mut cells = CellCounts::new();
    for [_, _, at, kind, point, class] in rows {
        if &at[..10] >= from {
            let cell = (at[..10].into(), point.clone(), kind.clone(), class.clone());
            *cells.entry(cell).or_default() += 1;
        }
    }
    cells
}

/// Every person's events in the order of time.
fn persons_of(rows: &[EventRow]) -> HashMap<&str, Vec<&EventRow>> {
    let mut persons: HashMap<&str, Vec<&EventRow>> = HashMap::new();
    for row in rows {
        persons.entry(row[1].as_str()).or_default().push(row);
    }
    for events in persons.values_mut() {
        events.sort_by(|one, other| one[2].cmp(&other[2]));
    }
    persons
}

/// Simulates small counts with many seeds and passes the events to a law.
fn over_small_counts(
    scenario: Scenario,
    law: impl Fn(&CrossingOptions, &CrossingSummary, &[EventRow], &CellCounts),
) {
    for seed in 0..24 {
        let directory = tempfile::tempdir().unwrap();
        let (counts, cells) = small_counts(&mut Draw::new(1000 + seed), &directory);
        let mut options = options(&directory, "events.csv");
        options.scenario = scenario;
        options.counts = Some(counts);
        options.seed = seed;
        options.truth = Some(directory.path().join("truth.csv"));
        options.stock_truth = Some(directory.path().join("stock.csv"));
        let summary = run(&options);
        let rows = rows_of_csv(&options.out);
        law(&options, &summary, &rows, &cells);
    }
}

#[test]
fn cells_get_exactly_their_counts() {
    for scenario in Scenario::ALL {
        over_small_counts(scenario, |options, summary, rows, cells| {
            assert_eq!(&cells_of(rows, &summary.first.to_string()), cells);
            let truth = rows_of_truth(options.truth.as_deref().unwrap());
            let mut nonzero = truth.clone();
            nonzero.retain(|_, count| *count > 0);
            assert_eq!(nonzero, cells_of(rows, ""), "the truth counts the written events");
            assert_eq!(summary.events, rows.len() as u64);
            let persons: HashSet<&str> = rows.iter().map(|row| row[1].as_str()).collect();
            assert_eq!(summary.persons, persons.len() as u64);
            let ids: HashSet<&str> = rows.iter().map(|row| row[0].as_str()).collect();
            assert_eq!(ids.len(), rows.len());
        });
    }
}

fn rows_of_truth(path: &Path) -> CellCounts {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cell = (row[0].into(), row[1].into(), row[2].into(), row[3].into());
        (cell, row[4].parse().unwrap())
    });
    rows.collect()
}

#[test]
fn the_truth_is_complete() {
    over_small_counts(Scenario::Border, |options, summary, rows, _| {
        let truth = rows_of_truth(options.truth.as_deref().unwrap());
        let days: HashSet<&str> = truth.keys().map(|cell| cell.0.as_str()).collect();
        assert_eq!(truth.len(), days.len() * POINTS.len() * KINDS.len() * CLASSES.len());
        let last = summary.last.to_string();
        assert!(days.contains(last.as_str()));
        // The stock is compared with the events themselves.
        let stock = std::fs::read_to_string(options.stock_truth.as_deref().unwrap()).unwrap();
        for line in stock.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let mut present = 0i64;
            for [_, _, at, kind, _, class] in rows {
                if class == fields[1] && &at[..10] <= fields[0] {
                    present += if kind == "ENTRY" { 1 } else { -1 };
                }
            }
            assert_eq!(present.to_string(), fields[2], "{line}");
        }
        assert_eq!(stock.lines().count(), 1 + 2 * days.len());
    });
}

#[test]
fn no_person_passes_the_bounds() {
    over_small_counts(Scenario::Border, |options, _, rows, _| {
        for (_, events) in persons_of(rows) {
            let mut used: HashMap<&str, u32> = HashMap::new();
            let mut cells = HashSet::new();
            for event in events {
                *used.entry(&event[2][..4]).or_default() += 1;
                *used.entry(&event[2][..7]).or_default() += 1;
                assert!(
                    cells.insert((&event[2][..10], &event[3])),
                    "twice in one direction on one day"
                );
            }
            for (period, crossings) in used {
                let most = match period.len() {
                    4 => options.crossings_max_year,
                    _ => options.crossings_max_month,
                };
                assert!(crossings <= most, "{crossings} crossings in {period}");
            }
        }
    });
}

#[test]
fn narrow_bounds_are_reached_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "events.csv");
    options.days = Some(150);
    options.crossings_max_year = 6;
    options.crossings_max_month = 2;
    run(&options);
    let rows = rows_of_csv(&options.out);
    let persons = persons_of(&rows);
    let in_year = |events: &Vec<&EventRow>| {
        events.iter().filter(|event| event[2].starts_with("2024")).count()
    };
    assert_eq!(persons.values().map(in_year).max(), Some(6));
    for events in persons.values() {
        let mut months: HashMap<&str, u32> = HashMap::new();
        for event in events {
            *months.entry(&event[2][..7]).or_default() += 1;
        }
        assert!(months.values().all(|&crossings| crossings <= 2));
    }
}

#[test]
fn spells_alternate() {
    for scenario in Scenario::ALL {
        over_small_counts(scenario, |_, _, rows, _| {
            for (person, events) in persons_of(rows) {
                assert!(person.starts_with("syn1:") && person.len() == 21);
                for pair in events.windows(2) {
                    assert!(pair[0][2] < pair[1][2], "two events in one second");
                    assert_ne!(pair[0][3], pair[1][3], "twice in one direction");
                    assert_eq!(pair[0][5], pair[1][5], "another class");
                }
                if events[0][5] != "RESIDENT" {
                    assert_eq!(events[0][3], "ENTRY");
                }
            }
        });
    }
}

#[test]
fn people_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "events.csv");
    options.days = Some(120);
    let summary = run(&options);
    assert!(summary.events > 3 * summary.persons, "{summary:?}");
}

#[test]
fn commuters_cross_on_every_working_day() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "events.csv");
    options.scenario = Scenario::Commuters;
    let summary = run(&options);
    let rows = rows_of_csv(&options.out);
    // 60 days from Monday 2024-01-01 have 44 working days.
    let persons = persons_of(&rows);
    let commuters: Vec<_> = persons.values().filter(|events| events.len() > 8).collect();
    assert!(commuters.iter().filter(|events| events.len() == 88).count() > 300);
    let share = |class: &str| {
        let all = rows.iter().filter(|row| row[5] == class && row[2].as_str() >= "2024").count();
        let theirs = commuters.iter().filter(|events| events[0][5] == class);
        theirs.map(|events| events.len()).sum::<usize>() as f64 / all as f64
    };
    assert!((0.18..0.22).contains(&share("RESIDENT")), "{}", share("RESIDENT"));
    assert!((0.18..0.22).contains(&share("MAINLAND_VISITOR")));
    assert_eq!(share("OTHER_VISITOR"), 0.0);
    assert_eq!(summary.first, date(2024, 1, 1));
}

#[test]
fn a_seed_means_the_same_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "");
    options.days = Some(20);
    let mut bytes = |name: &str, seed: u64| {
        options.out = directory.path().join(name);
        options.seed = seed;
        run(&options);
        std::fs::read(&options.out).unwrap()
    };
    for format in ["csv", "parquet"] {
        let first = bytes(&format!("one.{format}"), 1);
        assert_eq!(first, bytes(&format!("same.{format}"), 1));
        assert_ne!(first, bytes(&format!("other.{format}"), 2));
    }
}

#[test]
fn formats_carry_the_same_events() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "events.csv");
    options.days = Some(10);
    run(&options);
    let csv = rows_of_csv(&options.out);
    assert!(csv.len() > 10_000);
    options.out = directory.path().join("events.ndjson");
    run(&options);
    let text = std::fs::read_to_string(&options.out).unwrap();
    let columns =
        ["event_id", "pseudonym", "occurred_at", "kind", "border_point", "traveller_class"];
    let ndjson: Vec<EventRow> = text
        .lines()
        .map(|line| {
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(line).unwrap();
            assert_eq!(object.len(), columns.len());
            columns.map(|column| object[column].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(csv, ndjson);
    options.out = directory.path().join("events.parquet");
    run(&options);
    assert_eq!(csv, rows_of_parquet(&options.out));
}

fn rows_of_parquet(path: &Path) -> Vec<EventRow> {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for part in reader {
        let part = part.unwrap();
        let text = |column: usize, row: usize| {
            part.column(column).as_string::<i32>().value(row).to_owned()
        };
        let times = part.column(2).as_primitive::<TimestampMicrosecondType>();
        assert_eq!(times.timezone(), Some("UTC"));
        for row in 0..part.num_rows() {
            let instant = Timestamp::from_microsecond(times.value(row)).unwrap();
            let local = jiff::tz::offset(8).to_datetime(instant);
            rows.push([
                text(0, row),
                text(1, row),
                format!("{local}+08:00"),
                text(3, row),
                text(4, row),
                text(5, row),
            ]);
        }
    }
    rows
}

#[test]
fn a_directory_has_one_file_for_every_few_days() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "whole.csv");
    options.days = Some(10);
    run(&options);
    let whole = rows_of_csv(&options.out);
    options.out = directory.path().join("days");
    options.format = Some(InputFormat::Csv);
    let names = |summary: &CrossingSummary| -> Vec<String> {
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        summary.files.iter().map(name).collect()
    };
    let summary = run(&options);
    assert_eq!(names(&summary).len(), 24);
    assert_eq!(names(&summary)[14], "2024-01-01.csv");
    assert_eq!(summary.files.iter().flat_map(|file| rows_of_csv(file)).collect::<Vec<_>>(), whole);
    options.out = directory.path().join("weeks");
    options.file_days = 7;
    let summary = run(&options);
    let weeks = ["2023-12-18.csv", "2023-12-25.csv", "2024-01-01.csv", "2024-01-08.csv"];
    assert_eq!(names(&summary), weeks);
    assert_eq!(summary.files.iter().flat_map(|file| rows_of_csv(file)).collect::<Vec<_>>(), whole);
}

#[test]
fn days_are_chosen_and_missing_days_are_empty() {
    let directory = tempfile::tempdir().unwrap();
    let counts = directory.path().join("counts.csv");
    let rows = "05-01-2024,Lo Wu,Arrival,0,7,0,7,\n06-01-2024,Lo Wu,Departure,0,9,0,9,\n\
                08-01-2024,Lo Wu,Departure,5,0,0,5,\n";
    std::fs::write(&counts, format!("{HEADER}{rows}")).unwrap();
    let mut options = options(&directory, "events.csv");
    options.counts = Some(counts);
    let counted = |options: &CrossingOptions| {
        let summary = run(options);
        (summary.first, summary.last, summary.events - summary.opening_events)
    };
    assert_eq!(counted(&options), (date(2024, 1, 5), date(2024, 1, 8), 21));
    options.from = Some(date(2024, 1, 6));
    options.days = Some(2);
    assert_eq!(counted(&options), (date(2024, 1, 6), date(2024, 1, 7), 9));
    options.days = Some(30);
    assert_eq!(counted(&options), (date(2024, 1, 6), date(2024, 2, 4), 14));
    options.from = Some(date(2024, 1, 1));
    assert_eq!(counted(&options), (date(2024, 1, 1), date(2024, 1, 30), 21));
    options.from = Some(date(2024, 1, 9));
    options.days = None;
    let failure = simulate(&options, &mut |_, _| {}).unwrap_err();
    assert_eq!(failure.code(), "bad-option");
}

#[test]
fn a_scale_is_a_positive_number() {
    let scale =
        |text: &str| text.parse::<Scale>().ok().map(|it| (it.numerator(), it.denominator()));
    assert_eq!(scale("3"), Some((3, 1)));
    assert_eq!(scale("0.01"), Some((1, 100)));
    assert_eq!(scale("1/128"), Some((1, 128)));
    for refused in ["0", "-1", "1/0", "1e3", "", "0.0", "1.", "1234567890", "1/2/3"] {
        assert_eq!(scale(refused), None, "{refused}");
    }
}

#[test]
fn a_scaled_simulation_is_as_large_as_it_should_be() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "events.csv");
    let counted = |options: &CrossingOptions| {
        let summary = run(options);
        (summary.events - summary.opening_events) as i64
    };
    let whole = counted(&options);
    options.scale = "1/10".parse().unwrap();
    // Rounding 60 x 96 cells has a standard deviation of at most 38.
    assert!((counted(&options) - whole / 10).abs() < 6 * 38);
}

#[test]
fn options_have_limits() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&mut CrossingOptions)| {
        let mut options = options(&directory, "events.csv");
        change(&mut options);
        match simulate(&options, &mut |_, _| {}) {
            Err(Error::Option { option, .. }) => option,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|options| options.crossings_max_month = 1), "crossings-max-month");
    assert_eq!(refused(&|options| options.crossings_max_year = 1), "crossings-max-year");
    assert_eq!(refused(&|options| options.commuter_percent = 101), "commuter-percent");
    assert_eq!(refused(&|options| options.days = Some(0)), "days");
    assert_eq!(refused(&|options| options.file_days = 0), "file-days");
    assert_eq!(refused(&|options| options.from = Some(date(1500, 1, 1))), "from");
}

#[test]
fn a_file_that_is_missing_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "events.csv");
    options.counts = Some(directory.path().join("none.csv"));
    let failure = simulate(&options, &mut |_, _| {}).unwrap_err();
    assert_eq!(failure.code(), "unreadable");
    assert!(failure.to_string().contains("none.csv"));
}

#[test]
fn progress_reaches_the_total() {
    let directory = tempfile::tempdir().unwrap();
    let options = options(&directory, "events.csv");
    let mut calls = Vec::new();
    let summary = simulate(&options, &mut |done, total| calls.push((done, total))).unwrap();
    assert_eq!(calls.last(), Some(&(summary.events, summary.events)));
    assert!(calls.windows(2).all(|pair| pair[0].0 <= pair[1].0));
}

#[test]
fn real_counts_are_met_exactly() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let counts = manifest.join("../../../shared/data/hk_daily_passenger_traffic_2021_2024.csv");
    if !counts.exists() {
        eprintln!("not run: {} does not exist", counts.display());
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut options = options(&directory, "events.csv");
    options.counts = Some(counts.clone());
    options.days = Some(5);
    let summary = run(&options);
    assert_eq!(summary.first, date(2021, 1, 1));
    let mut cells = CellCounts::new();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(&counts).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        let day = Date::strptime("%d-%m-%Y", &row[0]).unwrap();
        if day <= summary.last {
            let kind = if &row[2] == "Arrival" { "ENTRY" } else { "EXIT" };
            for (class, count) in CLASSES.iter().zip([&row[3], &row[4], &row[5]]) {
                let point = row[1].to_uppercase().replace([' ', '-'], "_");
                let cell = (day.to_string(), point, kind.into(), (*class).into());
                cells.insert(cell, count.parse().unwrap());
            }
        }
    }
    cells.retain(|_, count| *count > 0);
    assert!(cells.len() > 30, "the first days of 2021 had a few crossings");
    assert_eq!(cells_of(&rows_of_csv(&options.out), "2021-01-01"), cells);
}
