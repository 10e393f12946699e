//! The forms in which programs write events: times, days without a time, types of Parquet, side
//! files in directories. All of them count as the plain form does.
//!
//! Not here: codecs and sizes of pages (`hostile_tables.rs`).

#![cfg(test)]

use std::fs;
use std::sync::Arc;

use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    ArrayRef, BinaryArray, Date32Array, DictionaryArray, LargeStringArray, NullArray, RecordBatch,
    StringArray, StringViewArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray,
};
use parquet::arrow::ArrowWriter;
use testkit::program::{HEADER, NOW, ROW, Workplace, refused, releases, succeed};
use testkit::text::replace_only;

const SEED: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// 08:00 of [`ROW`], and the first instant of its day, in seconds since 1970.
const TIME: i64 = 1_704_153_600;
const DAY: i64 = TIME - 8 * 3600;

/// [`ROW`] as an event of this number, of a person of this number.
fn row(number: usize) -> String {
    let row = replace_only(ROW, "e1", &format!("e{number}"));
    replace_only(&row, "00c0ffee", &format!("{number:08}"))
}

/// The releases of a store that took these files or directories.
fn counted(place: &Workplace, name: &str, files: &[String]) -> Vec<(String, Vec<u8>)> {
    let store = place.synthetic(&format!("store of {name}"), Some(SEED));
    let mut ingest = vec!["ingest", &store, "--now", NOW];
    ingest.extend(files.iter().map(String::as_str));
    succeed(&ingest);
    succeed(&["release", &store, "--until", "2024-01-02", "--now", NOW]);
    releases(&store)
}

/// Those of a store that took so many rows in the plain form.
fn plain(place: &Workplace, rows: usize) -> Vec<(String, Vec<u8>)> {
    let rows: String = (0..rows).map(|number| row(number) + "\n").collect();
    let file = place.write("plain.csv", format!("{HEADER}\n{rows}"));
    counted(place, "plain", &[file])
}

fn text(value: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![value]))
}

/// A Parquet file of the row of this number, its columns of times and others replaced.
fn table(
    number: usize,
    times: &[(&'static str, ArrayRef)],
    other: impl Fn(&str) -> ArrayRef,
) -> Vec<u8> {
    let row = row(number);
    let names = HEADER.split(',').zip(row.split(','));
    let others = names.filter(|(name, _)| *name != "occurred_at");
    let columns = others.map(|(name, value)| (name, other(value))).chain(times.iter().cloned());
    let columns: Vec<(&str, ArrayRef, bool)> =
        columns.map(|(name, column)| (name, column, true)).collect();
    let rows = RecordBatch::try_from_iter_with_nullable(columns).expect("columns");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), None).expect("a writer");
    writer.write(&rows).expect("rows");
    writer.close().expect("a footer");
    bytes
}

/// Columns of times as programs write them, each with the time of [`ROW`].
fn times() -> Vec<(&'static str, Vec<(&'static str, ArrayRef)>)> {
    let at = |column: ArrayRef| vec![("occurred_at", column)];
    let on = |column: ArrayRef| vec![("occurred_on", column)];
    let micros = |seconds: i64| TimestampMicrosecondArray::from(vec![seconds * 1_000_000]);
    let nanos = |seconds: i64| TimestampNanosecondArray::from(vec![seconds * 1_000_000_000]);
    let civil_midnight = DAY + 8 * 3600;
    let day = Date32Array::from(vec![19_724]);
    vec![
        (
            "millis",
            at(Arc::new(TimestampMillisecondArray::from(vec![TIME * 1000]).with_timezone("UTC"))),
        ),
        ("micros", at(Arc::new(micros(TIME).with_timezone("Asia/Hong_Kong")))),
        ("nanos", at(Arc::new(nanos(TIME).with_timezone("+00:00")))),
        ("text", at(text("2024-01-02 08:00:00+08:00"))),
        ("date", on(Arc::new(day.clone()))),
        ("day", on(text("2024-01-02"))),
        ("midnight", on(Arc::new(micros(civil_midnight)))),
        ("midnight-nanos", on(Arc::new(nanos(civil_midnight)))),
        ("null-at", [at(Arc::new(NullArray::new(1))), on(Arc::new(day.clone()))].concat()),
        (
            "none-at",
            [at(Arc::new(StringArray::from(vec![None::<&str>]))), on(Arc::new(day))].concat(),
        ),
        (
            "none-on",
            [at(text("2024-01-02T08:00:00+08:00")), on(Arc::new(Date32Array::from(vec![None])))]
                .concat(),
        ),
    ]
}

#[test]
fn times_and_days_of_tables_count_alike() {
    let place = Workplace::new();
    let files: Vec<String> = (0..)
        .zip(times())
        .map(|(number, (name, columns))| {
            place.write(&format!("{name}.parquet"), table(number, &columns, text))
        })
        .collect();
    assert_eq!(counted(&place, "forms", &files), plain(&place, files.len()));
}

#[test]
fn texts_of_tables_count_alike() {
    let place = Workplace::new();
    let large = |value: &str| -> ArrayRef { Arc::new(LargeStringArray::from(vec![value])) };
    let view = |value: &str| -> ArrayRef { Arc::new(StringViewArray::from(vec![value])) };
    let bytes = |value: &str| -> ArrayRef { Arc::new(BinaryArray::from(vec![value.as_bytes()])) };
    let keys = || arrow_array::Int32Array::from(vec![0]);
    let small_category = |value: &str| -> ArrayRef {
        Arc::new([value].into_iter().collect::<DictionaryArray<Int8Type>>())
    };
    let large_category = |value: &str| -> ArrayRef {
        Arc::new(DictionaryArray::<Int32Type>::new(keys(), large(value)))
    };
    let view_category = |value: &str| -> ArrayRef {
        Arc::new(DictionaryArray::<Int32Type>::new(keys(), view(value)))
    };
    type Form<'a> = (&'a str, &'a dyn Fn(&str) -> ArrayRef);
    let forms: [Form; 6] = [
        ("large", &large),
        ("view", &view),
        ("bytes", &bytes),
        ("category", &small_category),
        ("large-category", &large_category),
        ("view-category", &view_category),
    ];
    let files: Vec<String> = (0..)
        .zip(forms)
        .map(|(number, (name, form))| {
            let times = [("occurred_at", form("2024-01-02T08:00:00+08:00"))];
            place.write(&format!("{name}.parquet"), table(number, &times, form))
        })
        .collect();
    assert_eq!(counted(&place, "forms", &files), plain(&place, files.len()));
}

#[test]
fn times_and_days_of_texts_count_alike() {
    let place = Workplace::new();
    let with_time =
        |row: usize, time: &str| replace_only(&self::row(row), "2024-01-02T08:00:00+08:00", time);
    let days = replace_only(HEADER, "occurred_at", "occurred_on");
    let line = |header: &str, row: &str| {
        let pairs = header.split(',').zip(row.split(','));
        let pairs = pairs.map(|(name, value)| format!("\"{name}\":\"{value}\""));
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
    };
    let both = format!("{HEADER},occurred_on");
    let space = with_time(0, "2024-01-02 08:00:00.000000+08:00");
    let files = [
        ("space.csv", format!("{HEADER}\n{space}\n")),
        ("zulu.csv", format!("{HEADER}\n{}\n", with_time(1, "2024-01-02 00:00:00Z"))),
        ("crlf.csv", format!("\u{feff}{HEADER}\r\n\r\n{}\r\n", row(2))),
        ("quoted.csv", format!("{HEADER}\n\"{}\"\n", row(3).replace(',', "\",\""))),
        ("day.csv", format!("{days}\n{}\n", with_time(4, "2024-01-02"))),
        ("either.csv", format!("{both}\n{},2024-01-02\n", with_time(5, ""))),
        ("neither.csv", format!("{both}\n{},\n", row(6))),
        ("blank.ndjson", format!("\u{feff}\n{}\r\n\r\n", line(HEADER, &row(7)))),
        ("day.ndjson", line(&days, &with_time(8, "2024-01-02")) + "\n"),
        ("either.ndjson", line(&both, &format!("{},2024-01-02", with_time(9, ""))) + "\n"),
    ];
    let files = files.map(|(name, text)| place.write(name, text));
    assert_eq!(counted(&place, "forms", &files), plain(&place, files.len()));
}

#[test]
fn a_day_is_that_of_the_plan_and_not_in_the_future() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let header = replace_only(HEADER, "occurred_at", "occurred_on");
    let row = |day: &str| replace_only(ROW, "2024-01-02T08:00:00+08:00", day);
    let today = place.write("today.csv", format!("{header}\n{}\n", row("2024-01-03")));
    // In Hong Kong it is 3 January, two hours after midnight.
    let now = "2024-01-02T18:00:00Z";
    succeed(&["ingest", &store, &today, "--now", now]);
    let faults = |name: &str, text: String, code: &str, at: &str| {
        let file = place.write(name, text);
        let output = testkit::program::run(&["ingest", &store, &file, "--now", now]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.starts_with(&format!("error[{code}]: {file}:2: {at}: ")), "{name}: {error}");
        error
    };
    let one = |day: &str| format!("{header}\n{}\n", row(day));
    faults("tomorrow.csv", one("2024-01-04"), "future-time", "occurred_on");
    faults("month.csv", one("2024-01"), "bad-day", "occurred_on");
    faults("time.csv", one("2024-01-02T08:00:00+08:00"), "bad-day", "occurred_on");
    faults("none.csv", one("2024-02-30"), "bad-day", "occurred_on");
    let both = format!("{HEADER},occurred_on");
    faults("both.csv", format!("{both}\n{ROW},2024-01-02\n"), "both-times", "occurred_on");
    faults("neither.csv", format!("{both}\n{},\n", row("")), "missing-value", "occurred_at");
    for time in ["2024-01-02T08:00:00", "2024-01-02 08:00:00.5", "2024-01-02"] {
        let error =
            faults("naive.csv", format!("{HEADER}\n{}\n", row(time)), "bad-time", "occurred_at");
        assert!(error.contains("occurred_on"), "{error}");
    }
    let naive: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![DAY * 1_000_000 + 1]));
    let file = place.write("naive.parquet", table(0, &[("occurred_at", Arc::clone(&naive))], text));
    let error = refused(&["ingest", &store, &file, "--now", now], 2, "bad-time");
    assert!(error.contains("occurred_on"), "{error}");
    let file = place.write("noon.parquet", table(0, &[("occurred_on", naive)], text));
    let output = testkit::program::run(&["ingest", &store, &file, "--now", now]);
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error[bad-day]: "));
}

#[test]
fn directories_are_read_without_their_side_files() {
    let place = Workplace::new();
    let expected = plain(&place, 1);
    fs::create_dir_all(place.path("events/day=2024-01-02/_temporary")).expect("directories");
    let events = format!("{HEADER}\n{}\n", row(0));
    for (name, bytes) in [
        ("events/day=2024-01-02/part-0.csv", events.as_bytes()),
        ("events/day=2024-01-02/.part-0.csv.crc", &b"crc\0"[..]),
        ("events/day=2024-01-02/_temporary/part-1.csv", &b"not an event"[..]),
        ("events/_SUCCESS", &b""[..]),
        ("events/.DS_Store", &b"\0\0\0\x01Bud1"[..]),
    ] {
        fs::write(place.path(name), bytes).expect("a file");
    }
    assert_eq!(counted(&place, "directory", &[place.text("events")]), expected);
    let store = place.synthetic("store", None);
    fs::create_dir(place.path("empty")).expect("a directory");
    refused(&["ingest", &store, &place.text("empty"), "--now", NOW], 2, "empty-input");
}

#[test]
fn other_delimiters_and_encodings_are_named() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let text = format!("{HEADER}\n{ROW}\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, code, word) in [
        ("semicolons.csv", text.replace(',', ";").into_bytes(), "other-delimiter", "semicolons"),
        ("tabs.csv", text.replace(',', "\t").into_bytes(), "other-delimiter", "tabs"),
        ("quoted.csv", text.replace(',', "\";\"").into_bytes(), "other-delimiter", "semicolons"),
        ("wide.csv", wide, "not-utf8", "UTF-16"),
    ] {
        let file = place.write(name, bytes);
        let error = refused(&["ingest", &store, &file, "--now", NOW], 2, code);
        assert!(error.contains(word), "{error}");
    }
}
