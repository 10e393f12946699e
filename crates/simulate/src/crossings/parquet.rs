//! Parquet: the columns of an event as a table.
//!
//! Not here: nulls, nested columns, statistics of ids.
//!
//! Format: `occurred_at` is a timestamp in microseconds, adjusted to universal time; the other
//! columns are strings, those of few values as dictionaries (layout: `tables`). Rows are in the
//! order of the events.

use std::path::PathBuf;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::errors::ParquetError;
use arrow_array::builder::StringBuilder;
use arrow_array::types::UInt16Type;
use arrow_array::{
    ArrayRef, DictionaryArray, RecordBatch as Rows, StringArray, TimestampMicrosecondArray,
    UInt16Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use jiff::civil::{Date, date};

use super::codes::{CLASSES, KINDS};
use super::day::Crossing;
use super::event::{COLUMNS, DayOfEvents, EventLabels, push_event_id};
use crate::digits::SYNTHETIC;
use crate::error::Error;
use crate::tables::{properties, unwritable};
use crate::whole_file::WholeFile;

/// Rows that become arrays at a time.
const ROWS_AT_ONCE: usize = 1 << 16;

/// Seconds from local midnight to the next midnight of universal time.
const OFFSET: i64 = 8 * 3600;

/// An open table.
pub(super) struct ParquetFile {
    path: PathBuf,
    writer: ArrowWriter<WholeFile>,
    schema: SchemaRef,
    /// The codes of kinds, points and classes.
    codes: [Arc<StringArray>; 3],
}

impl ParquetFile {
    pub(super) fn new(file: WholeFile, labels: &EventLabels) -> Result<Self, Error> {
        let path = file.path().to_owned();
        let options = properties(&COLUMNS[..2]).map_err(|error| unwritable(&path, error))?;
        let schema = Arc::new(schema());
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options)
            .map_err(|error| unwritable(&path, error))?;
        let codes = [
            Arc::new(StringArray::from_iter_values(KINDS)),
            Arc::new(StringArray::from_iter_values(&labels.points)),
            Arc::new(StringArray::from_iter_values(CLASSES)),
        ];
        Ok(Self { path, writer, schema, codes })
    }

    pub(super) fn write(
        &mut self,
        day: &DayOfEvents<'_>,
        labels: &EventLabels,
    ) -> Result<(), Error> {
        let midnight = seconds(day.date) - OFFSET;
        let mut first = day.first;
        for crossings in day.crossings.chunks(ROWS_AT_ONCE) {
            let written = self
                .rows(midnight, first, crossings, labels)
                .map_err(ParquetError::from)
                .and_then(|rows| self.writer.write(&rows));
            written.map_err(|error| unwritable(&self.path, error))?;
            first += crossings.len() as u64;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<PathBuf, Error> {
        let Self { path, writer, .. } = self;
        let file = writer.into_inner().map_err(|error| unwritable(&path, error))?;
        file.finish()
    }

    fn rows(
        &self,
        midnight: i64,
        first: u64,
        crossings: &[Crossing],
        labels: &EventLabels,
    ) -> Result<Rows, ArrowError> {
        let rows = crossings.len();
        let mut ids = StringBuilder::with_capacity(rows, rows * 12);
        let mut pseudonyms = StringBuilder::with_capacity(rows, rows * 21);
        let mut text = Vec::new();
        for (number, crossing) in (first..).zip(crossings) {
            text.clear();
            push_event_id(&mut text, number);
            ids.append_value(ascii(&text));
            text.clear();
            text.extend(SYNTHETIC);
            text.extend(labels.permutation.digits(crossing.person));
            pseudonyms.append_value(ascii(&text));
        }
        let times =
            crossings.iter().map(|crossing| (midnight + i64::from(crossing.second)) * 1_000_000);
        let [kinds, points, classes] = &self.codes;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(ids.finish()),
            Arc::new(pseudonyms.finish()),
            Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC")),
            coded(kinds, crossings, |crossing| crossing.kind.into())?,
            coded(points, crossings, |crossing| crossing.point)?,
            coded(classes, crossings, |crossing| crossing.class.into())?,
        ];
        Rows::try_new(Arc::clone(&self.schema), columns)
    }
}

fn schema() -> Schema {
    let few = || DataType::Dictionary(DataType::UInt16.into(), DataType::Utf8.into());
    let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let types = [DataType::Utf8, DataType::Utf8, instant, few(), few(), few()];
    let fields = COLUMNS.into_iter().zip(types);
    Schema::new(
        fields.map(|(name, data_type)| Field::new(name, data_type, false)).collect::<Vec<_>>(),
    )
}

fn coded(
    codes: &Arc<StringArray>,
    crossings: &[Crossing],
    code: impl Fn(&Crossing) -> u16,
) -> Result<ArrayRef, ArrowError> {
    let keys = UInt16Array::from_iter_values(crossings.iter().map(code));
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, Arc::clone(codes) as ArrayRef)?))
}

/// Text that this module has made, all of it ASCII.
fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

/// Seconds from 1970 to the day's midnight, as if local time were universal time.
fn seconds(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_secs()
}
