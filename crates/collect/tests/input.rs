//! Events from a file and the same bytes from memory are read alike, in every format.
//!
//! Not here: what the formats take (`tidegauge/tests/event_forms.rs`).

#![cfg(test)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use jiff::Timestamp;
use parquet::arrow::ArrowWriter;
use tidegauge_collect::{Error, Ingest, Ingested, Input, OnBadRow, Population, Store, init};
use tidegauge_model::Plan;

const PLAN: &str = include_str!("../../../testdata/plans/border.toml");
const HEADER: &str = "event_id,pseudonym,occurred_at,kind,border_point,traveller_class";

/// Forty rows, of which the eleventh and the last have no kind of the life cycle.
fn rows() -> Vec<[String; 6]> {
    let kind = |n: usize| if [10, 39].contains(&n) { "SCORE" } else { "ENTRY" };
    let row = |n: usize| {
        let time = format!("2024-01-{:02}T08:00:00+08:00", 1 + n % 20);
        let (id, person) = (format!("e{n}"), format!("syn1:{n:08}"));
        [id, person, time, kind(n).into(), "LO_WU".into(), "RESIDENT".into()]
    };
    (0..40).map(row).collect()
}

fn written() -> [(&'static str, Vec<u8>); 3] {
    let names: Vec<&str> = HEADER.split(',').collect();
    let csv: String = rows().iter().map(|row| row.join(",") + "\n").collect();
    let object = |row: &[String; 6]| {
        let pairs = names.iter().zip(row).map(|(name, value)| format!("\"{name}\":\"{value}\""));
        format!("{{{}}}\n", pairs.collect::<Vec<_>>().join(","))
    };
    let column = |place: usize| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows().iter().map(|row| row[place].clone())))
    };
    let columns = names.iter().enumerate().map(|(place, name)| (*name, column(place)));
    let table = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, table.schema(), None).unwrap();
    writer.write(&table).unwrap();
    writer.close().unwrap();
    let objects: String = rows().iter().map(object).collect();
    [
        ("events.csv", format!("{HEADER}\n{csv}").into_bytes()),
        ("events.ndjson", objects.into_bytes()),
        ("events.parquet", bytes),
    ]
}

/// What a new store takes of an input, and why it refuses the input if no row may be skipped.
fn taken(place: &Path, input: &Input) -> (Ingested, String) {
    let now: Timestamp = "2024-03-01T00:00:00Z".parse().unwrap();
    let directory = tempfile::tempdir_in(place).unwrap();
    let store = directory.path().join("store");
    let plan = Plan::parse(PLAN).unwrap();
    init(&store, PLAN, &plan, &Population::Synthetic { noise_seed: None }, now).unwrap();
    let mut store = Store::open(&store).unwrap();
    let mut ingest = |on_bad_row| {
        let how = Ingest { format: None, submitter: "a".into(), threads: 2, now, on_bad_row };
        store.ingest(std::slice::from_ref(input), &how)
    };
    let refused = ingest(OnBadRow::Refuse);
    assert!(matches!(&refused, Err(Error::RowsRefused(refused)) if refused.rows == 2));
    (ingest(OnBadRow::Skip).unwrap(), refused.unwrap_err().to_string())
}

#[test]
fn a_file_and_its_bytes_are_read_alike() {
    let place = tempfile::tempdir().unwrap();
    for (name, bytes) in written() {
        let path = place.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let from_file = taken(place.path(), &path.clone().into());
        let name = path.display().to_string();
        let from_memory = taken(place.path(), &Input::Memory { name, bytes: bytes.into() });
        assert_eq!(from_file, from_memory);
        assert_eq!((from_file.0.taken.rows, from_file.0.refused.rows), (38, 2));
    }
}
