//! Tests of rehearsals: their files, read again.
//!
//! Not here: what a store and a naive counter say of them (`tidegauge/tests/rehearsal.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::civil::Date;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;
use tidegauge_model::source::DayRange;

use super::*;

const BORDER: &str = include_str!("../../../../plans/border.toml");
const ASYLUM: &str = include_str!("../../../../plans/asylum.toml");
const STAYS: &str = include_str!("../../../../plans/exit-metrics.toml");
const RETURNS: &str = include_str!("../../../../plans/returns.toml");
const REVISIONS: &str = include_str!("../../../../testdata/revisions.toml");
const HOURS: &str = include_str!("../../../../testdata/hours.toml");

fn plan(text: &str) -> Plan {
    Plan::parse(text).unwrap()
}

/// The border plan with two sources: one until the tenth day, one from the sixth on.
fn plan_with_sources() -> Plan {
    let sources = r#"
[intake]
longest_wait_minutes = 60
pseudonym_key = "5f1c0b7a9d3e2468"

[[source]]
id = "LAND"
name = "Land border police"
from = "2024-01-01"
to = "2024-01-10"
complete_every = "day"
complete_within_minutes = 360

[[source.key]]
id = "2024a"
public = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

[[source]]
id = "AIR"
name = "Airport police"
from = "2024-01-06"
complete_every = "day"
complete_within_minutes = 360

[[source.key]]
id = "2024a"
public = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="
"#;
    plan(&format!("{BORDER}\n{sources}"))
}

/// A plan's events in a file of this name, with a change of the options.
fn run(plan: &Plan, name: &str, change: impl FnOnce(&mut Rehearsal)) -> (TempDir, String) {
    let place = tempfile::tempdir().unwrap();
    let mut options = Rehearsal::new(plan, place.path().join(name));
    options.events_per_day = 50;
    options.persons = 300;
    options.length = 5;
    change(&mut options);
    rehearse(plan, &options, &mut |_, _| {}).unwrap();
    let text = match options.out.is_file() {
        true => fs::read_to_string(&options.out).unwrap_or_default(),
        false => String::new(),
    };
    (place, text)
}

/// The rows of a text, by the names of its columns.
fn rows(text: &str, separator: u8) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn last(day: &str) -> impl FnOnce(&mut Rehearsal) {
    let day = day.parse().unwrap();
    move |options| options.to = day
}

#[test]
fn a_seed_means_the_same_bytes() {
    for text in [BORDER, ASYLUM, STAYS, RETURNS, REVISIONS, HOURS] {
        let plan = plan(text);
        let events = |seed| run(&plan, "events.csv", |options| options.seed = seed).1;
        assert_eq!(events(5), events(5));
        assert_ne!(events(5), events(6));
    }
}

#[test]
fn a_day_has_its_number_of_events() {
    let plan = plan(BORDER);
    let (_place, text) = run(&plan, "events.csv", |options| {
        options.season = Season::Flat;
        options.late = 0;
        options.events_per_day = 73;
    });
    let mut days: BTreeMap<String, u32> = BTreeMap::new();
    for row in rows(&text, b',') {
        *days.entry(row["occurred_at"][..10].to_owned()).or_default() += 1;
    }
    let opening: u32 = days.range(.."2024-01-01".to_owned()).map(|(_, count)| count).sum();
    assert_eq!(opening, 300);
    let days: Vec<u32> = days.range("2024-01-01".to_owned()..).map(|(_, &count)| count).collect();
    assert_eq!(days, [73; 31]);
}

#[test]
fn only_codes_of_the_day_occur() {
    let plan = plan(BORDER);
    let (_place, text) = run(&plan, "events.csv", |options| {
        options.from = "2024-07-20".parse().unwrap();
        options.to = "2024-08-10".parse().unwrap();
        options.uneven = 0;
    });
    let list = &plan.attributes[0].code_list;
    let (mut before, mut also) = (0, 0);
    for row in rows(&text, b',') {
        let day: Date = row["occurred_at"][..10].parse().unwrap();
        let code = &row["border_point"];
        let position = list.position_of_event(code).unwrap();
        let validity = list.codes()[usize::from(position)].validity;
        let days = DayRange { from: validity.from, to: validity.to };
        assert!(days.contains(day), "{day} {code}");
        before += u32::from(code == "HUNG_HOM");
        also += u32::from(code == "MACAO_FERRY_TERMINAL");
    }
    assert!(before > 10 && also > 5);
}

#[test]
fn every_kind_and_every_open_code_occurs() {
    for (text, days) in [(BORDER, 60), (ASYLUM, 120), (STAYS, 120), (RETURNS, 120), (REVISIONS, 30)]
    {
        let plan = plan(text);
        let (_place, text) = run(&plan, "events.csv", |options| {
            options.uneven = 0;
            options.to = options.from.saturating_add(jiff::Span::new().days(days));
            options.events_per_day = 300;
            options.persons = 3000;
        });
        let rows = rows(&text, b',');
        let found = |column: &str| -> BTreeSet<&str> {
            rows.iter().map(|row| row[column].as_str()).collect()
        };
        let kinds = found("kind");
        assert!(plan.life_cycle.kinds.iter().all(|kind| kinds.contains(kind.as_str())));
        for attribute in &plan.attributes {
            let codes = found(attribute.name);
            let first = plan.first_step();
            let open =
                attribute.code_list.named().filter(|(_, code)| code.validity.overlaps(first));
            for (_, code) in open {
                assert!(codes.contains(code.id.as_str()), "{} {}", attribute.name, code.id);
            }
        }
    }
}

#[test]
fn persons_keep_their_codes() {
    let plan = plan(ASYLUM);
    let (_place, text) = run(&plan, "events.csv", |_| {});
    let mut known: BTreeMap<String, [String; 2]> = BTreeMap::new();
    let mut outcomes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows(&text, b',') {
        let codes = ["age_band", "sex"].map(|name| row[name].clone());
        let person = row["pseudonym"].clone();
        assert_eq!(known.entry(person.clone()).or_insert_with(|| codes.clone()), &codes);
        outcomes.entry(person).or_default().insert(row["outcome"].clone());
    }
    assert!(outcomes.values().any(|codes| codes.len() > 1));
}

#[test]
fn only_a_decision_has_an_outcome() {
    for (text, attribute, part) in
        [(ASYLUM, "outcome", "DECISION"), (STAYS, "refusal_reason", "REFUSAL")]
    {
        let (_place, text) = run(&plan(text), "events.csv", |_| {});
        let rows = rows(&text, b',');
        let are_some = |has: bool| rows.iter().any(|row| (row[attribute] != "NONE") == has);
        assert!(are_some(true) && are_some(false), "{attribute}");
        for row in rows {
            assert_eq!(row[attribute] != "NONE", row["kind"].contains(part), "{row:?}");
        }
    }
}

#[test]
fn every_row_is_of_a_synthetic_person() {
    for (raw, column, separator) in [(false, "pseudonym", b','), (true, "Document", b';')] {
        let (_place, text) = run(&plan(STAYS), "events.csv", |options| options.raw = raw);
        let rows = rows(&text, separator);
        assert!(rows.len() > 1000);
        let is_synthetic = |given: &str| {
            let digits = given.strip_prefix("syn1:").unwrap_or_default();
            digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        };
        assert!(rows.iter().all(|row| is_synthetic(&row[column])));
    }
}

#[test]
fn an_export_has_the_same_events() {
    let plan = plan(STAYS);
    let events = |raw| run(&plan, "events.csv", |options| options.raw = raw).1;
    let (own, exported) = (events(false), events(true));
    let (own, exported) = (rows(&own, b','), rows(&exported, b';'));
    assert_eq!(own.len(), exported.len());
    assert_eq!(exported[0].len(), own[0].len(), "an export has no further columns");
    let date = |text: &str| -> Option<String> {
        let mut parts = text.get(..10)?.split('.');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        Some(format!("{year}-{month}-{day}"))
    };
    for (own, exported) in own.iter().zip(&exported) {
        assert_eq!((&own["event_id"], &own["pseudonym"]), (&exported["No"], &exported["Document"]));
        let time = format!(
            "{}T{}",
            date(&exported["Date and time"]).unwrap(),
            &exported["Date and time"][11..]
        );
        assert_eq!(own["occurred_at"][..19], time);
        assert_eq!(own["kind"], exported["Transaction"].to_uppercase());
        let until = date(&exported["Valid until"]).unwrap_or_else(|| "_Z".to_owned());
        assert_eq!(own["authorised_until"], until);
        let list = &plan.attributes[0].code_list;
        let position = list.position_of_event(&own["citizenship"]).unwrap();
        assert_eq!(list.codes()[usize::from(position)].name, *exported["Citizenship"]);
    }
}

#[test]
fn an_export_has_the_time_of_the_clock() {
    // The clock goes back on 27 October 2024.
    let plan = plan(HOURS);
    let events = |raw| run(&plan, "events.csv", |options| options.raw = raw).1;
    let (own, exported) = (events(false), events(true));
    let mut changed = 0;
    for (own, exported) in rows(&own, b',').iter().zip(rows(&exported, b';')) {
        let instant: jiff::Timestamp = own["occurred_at"].parse().unwrap();
        let local = plan.time_zone().to_datetime(instant);
        assert_eq!(exported["Date and time"], local.strftime("%d.%m.%Y %H:%M:%S").to_string());
        changed += u32::from(!own["occurred_at"].contains(&local.time().to_string()));
    }
    assert!(changed > 10, "times after the change of the clock");
}

#[test]
fn formats_carry_the_same_rows() {
    let plan = plan(REVISIONS);
    let run = |name| run(&plan, name, |options| options.corrections = 30);
    let (_place, csv) = run("events.csv");
    let (_place, ndjson) = run("events.ndjson");
    let own = rows(&csv, b',');
    let lines = ndjson.lines().map(|line| serde_json::from_str(line).unwrap());
    let lines: Vec<BTreeMap<String, String>> = lines.collect();
    assert_eq!(own, lines);
    assert!(own.iter().any(|row| row["action"] == "retract"));
    let (place, _) = run("events.parquet");
    let file = fs::File::open(place.path().join("events.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build();
    let tables: Vec<_> = reader.unwrap().map(Result::unwrap).collect();
    assert_eq!(tables.iter().map(|table| table.num_rows()).sum::<usize>(), own.len());
    use arrow_array::cast::AsArray;
    let mut row = 0;
    for table in &tables {
        for place in 0..table.num_rows() {
            for name in ["event_id", "pseudonym", "kind", "revision", "action"] {
                let column = table.column_by_name(name).unwrap().as_string::<i32>();
                assert_eq!(column.value(place), own[row][name]);
            }
            let times = table.column_by_name("occurred_at").unwrap();
            let times = times.as_primitive::<arrow_array::types::TimestampMicrosecondType>();
            let time: jiff::Timestamp = own[row]["occurred_at"].parse().unwrap();
            assert_eq!(times.value(place), time.as_microsecond());
            row += 1;
        }
    }
}

/// The names of the files of a directory, in order.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn each_source_delivers_on_its_days() {
    let plan = plan_with_sources();
    let (place, _) = run(&plan, "out", |options| {
        options.to = "2024-01-20".parse().unwrap();
        options.late = 30;
    });
    let out = place.path().join("out");
    assert_eq!(names(&out), ["AIR", "LAND"]);
    let mut ids: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for source in ["AIR", "LAND"] {
        let files = names(&out.join(source));
        let expected = match source {
            "AIR" => "2024-01-06.csv"..="2024-01-20.csv",
            _ => "2023-12-22.csv"..="2024-01-10.csv",
        };
        assert!(files.iter().all(|file| expected.contains(&file.as_str())), "{files:?}");
        assert_eq!(
            [files[0].as_str(), files[files.len() - 1].as_str()],
            [*expected.start(), *expected.end()]
        );
        for file in files {
            for row in rows(&fs::read_to_string(out.join(source).join(&file)).unwrap(), b',') {
                assert!(row["occurred_at"][..10] <= file[..10]);
                assert!(ids.entry(source).or_default().insert(row["event_id"].clone()));
            }
        }
    }
    assert!(ids["AIR"].intersection(&ids["LAND"]).count() > 100, "ids belong to a source");
    let (place, _) = run(&plan, "events.csv", last("2024-01-08"));
    assert_eq!(names(place.path()), ["events.AIR.csv", "events.LAND.csv"]);
}

#[test]
fn rows_come_in_the_order_of_delivery() {
    let plan = plan(BORDER);
    let (place, _) = run(&plan, "out", |options| options.late = 20);
    let out = place.path().join("out");
    let mut late = 0;
    for file in names(&out) {
        let delivered: Date = file[..10].parse().unwrap();
        for row in rows(&fs::read_to_string(out.join(&file)).unwrap(), b',') {
            let day: Date = row["occurred_at"][..10].parse().unwrap();
            // A day closes at six in the morning of the next.
            let after = delivered.since(day).unwrap().get_days();
            assert!(after == 0 || after >= 2, "{file} {day}");
            late += u32::from(after > 0);
        }
    }
    assert!(late > 100);
}

#[test]
fn persons_in_memory_do_not_grow_with_the_days() {
    let plan = plan(STAYS);
    for persons in [0, 300] {
        let place = tempfile::tempdir().unwrap();
        let mut options = Rehearsal::new(&plan, place.path().join("events.csv"));
        (options.persons, options.events_per_day, options.length) = (persons, 50, 10);
        options.to = "2025-12-31".parse().unwrap();
        let made = rehearse(&plan, &options, &mut |_, _| {}).unwrap();
        assert!(made.persons > 2500, "{made:?}");
        assert!(made.waiting_max <= 3 * (persons + 50), "{made:?}");
    }
}

#[test]
fn what_is_not_allowed_is_made_only_on_request() {
    let plan = plan(ASYLUM);
    let place = tempfile::tempdir().unwrap();
    let mut options = Rehearsal::new(&plan, place.path().join("events.csv"));
    assert_eq!(rehearse(&plan, &options, &mut |_, _| {}).unwrap().illegal, 0);
    options.illegal = 10;
    let made = rehearse(&plan, &options, &mut |_, _| {}).unwrap();
    let share = made.illegal as f64 / (made.events - made.opening_events) as f64;
    assert!((0.08..0.12).contains(&share), "{share}");
}

#[test]
fn options_have_limits() {
    let plan = plan(BORDER);
    let place = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&mut Rehearsal)| {
        let mut options = Rehearsal::new(&plan, place.path().join("events.csv"));
        change(&mut options);
        match rehearse(&plan, &options, &mut |_, _| {}) {
            Err(Error::Option { option, .. }) => option,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|options| options.from = "2023-12-31".parse().unwrap()), "from");
    assert_eq!(refused(&|options| options.to = "2029-01-01".parse().unwrap()), "to");
    assert_eq!(refused(&|options| options.to = "2023-12-31".parse().unwrap()), "to");
    assert_eq!(refused(&|options| options.persons = u64::MAX), "persons");
    assert_eq!(refused(&|options| options.events_per_day = 0), "events-per-day");
    assert_eq!(refused(&|options| options.length = 0), "length");
    assert_eq!(refused(&|options| options.late = 51), "late");
    assert_eq!(refused(&|options| options.late_days = 0), "late-days");
    assert_eq!(refused(&|options| options.corrections = 51), "corrections");
    assert_eq!(refused(&|options| options.corrections = 1), "corrections");
    assert_eq!(refused(&|options| options.uneven = 101), "uneven");
    assert_eq!(refused(&|options| options.illegal = 51), "illegal");
    let parquet = |options: &mut Rehearsal| {
        options.raw = true;
        options.out = place.path().join("events.parquet");
    };
    assert_eq!(refused(&parquet), "raw");
    assert_eq!(refused(&|options| options.out = place.path().join("events.txt")), "out");
    assert_eq!(names(place.path()), [""; 0]);
}
