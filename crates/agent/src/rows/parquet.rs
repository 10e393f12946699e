//! Parquet: only the columns of wanted fields are read.
//!
//! Texts are read as views of the decoded pages, so that a dictionary of long texts costs its own
//! length and not that of every row. Times become texts in RFC 3339, those without a zone without
//! an offset; a mapping then says of which zone they are.
//!
//! Not here: nested columns, decimals with digits after the point.
//!
//! Invariants:
//! 1. Only the columns of wanted fields are decoded
//!    (`rows::parquet::tests::only_wanted_columns_are_decoded`).
//! 2. A file whose wanted columns claim more than [`COLUMNS_BYTES_MAX`] in one row group is refused
//!    before anything is decoded, and so is a page that claims more than its column
//!    (module `pages`).

use std::fs::File;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, RecordBatch as Table};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader as Reader,
    ParquetRecordBatchReaderBuilder as Builder,
};

use super::pages::{self, Wrong};
use super::row::{Item, Row, Wanted};
use super::{Header, ReadRows};
use crate::error::Error;
use crate::fault::{Fault, of_file};

/// Rows that are decoded at once.
const ROWS: usize = 1024;
/// Bytes to which the wanted columns of one row group may expand.
const COLUMNS_BYTES_MAX: i64 = 512 * 1024 * 1024;

/// The rows of a Parquet file.
pub(super) struct ParquetRows {
    reader: Reader,
    table: Option<Table>,
    /// The next row of the table.
    next: usize,
    number: u64,
    file: String,
    names: Vec<String>,
    wanted: Wanted,
    /// For each wanted field, its position in the tables.
    places: Vec<usize>,
}

/// The schema with texts as views.
fn with_views(schema: &Schema) -> Schema {
    let fields = schema.fields().iter().map(|field| {
        let is_text = matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8);
        let kind = if is_text { DataType::Utf8View } else { field.data_type().clone() };
        Field::new(field.name(), kind, field.is_nullable())
    });
    Schema::new(fields.collect::<Vec<_>>())
}

fn broken(file: &str) -> Error {
    of_file("parquet", file, "footer", "is not a complete, unencrypted Parquet file; copy it again")
}

impl ParquetRows {
    /// Opens a file and finds the wanted columns.
    pub(super) fn open(file: File, wanted: &Wanted, name: &str) -> Result<Self, Error> {
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata =
            ArrowReaderMetadata::load(&file, options.clone()).map_err(|_| broken(name))?;
        let names: Vec<String> =
            metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
        let roots = super::places(&names, Header::Names, wanted, name)?;
        let mask = ProjectionMask::roots(metadata.parquet_schema(), roots.iter().copied());
        check_sizes(&metadata, &mask, name)?;
        check_pages(&metadata, &mask, &file, name)?;
        let options = options.with_schema(Arc::new(with_views(metadata.schema())));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)
            .map_err(|_| broken(name))?;
        let reader = Builder::new_with_metadata(file, metadata)
            .with_projection(mask)
            .with_batch_size(ROWS)
            .build()
            .map_err(|_| broken(name))?;
        // A projection keeps the order of the file.
        let mut sorted = roots.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let places =
            roots.iter().filter_map(|root| sorted.iter().position(|other| other == root)).collect();
        let (file, wanted) = (name.to_owned(), wanted.clone());
        Ok(Self { reader, table: None, next: 0, number: 0, file, names, wanted, places })
    }

    /// The names of the columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn row(&self, table: &Table) -> Item {
        let mut row = self.wanted.row(self.number);
        for (place, &column) in self.places.iter().enumerate() {
            if let Err(fault) = set(&mut row, place, table.column(column).as_ref(), self.next) {
                return Item::Fault(fault.at(self.number, &self.wanted.names()[place]));
            }
        }
        Item::Row(row)
    }
}

/// Checks what the wanted columns claim to expand to.
fn check_sizes(
    metadata: &ArrowReaderMetadata,
    mask: &ProjectionMask,
    file: &str,
) -> Result<(), Error> {
    for group in metadata.metadata().row_groups() {
        let columns =
            group.columns().iter().enumerate().filter(|(leaf, _)| mask.leaf_included(*leaf));
        let bytes = columns
            .fold(0i64, |sum, (_, column)| sum.saturating_add(column.uncompressed_size().max(0)));
        if bytes > COLUMNS_BYTES_MAX {
            let rule = format_args!(
                "the mapped columns of a row group expand to more than {COLUMNS_BYTES_MAX} bytes; \
                 write smaller row groups"
            );
            return Err(of_file("expands-too-far", file, "row group", rule));
        }
    }
    Ok(())
}

/// Checks what the pages of the wanted columns claim.
fn check_pages(
    metadata: &ArrowReaderMetadata,
    mask: &ProjectionMask,
    source: &File,
    file: &str,
) -> Result<(), Error> {
    for group in metadata.metadata().row_groups() {
        let columns = group.columns().iter().enumerate();
        for (_, column) in columns.filter(|(leaf, _)| mask.leaf_included(*leaf)) {
            pages::check(source, column, group.num_rows()).map_err(|wrong| match wrong {
                Wrong::Broken => broken(file),
                Wrong::TooMuch => {
                    let rule = "a page claims more than its column has; write the file again";
                    of_file("expands-too-far", file, "page", rule)
                }
            })?;
        }
    }
    Ok(())
}

/// Sets a field from a value of a column.
fn set(row: &mut Row, place: usize, column: &dyn Array, at: usize) -> Result<(), Fault> {
    if column.is_null(at) {
        return Ok(());
    }
    macro_rules! number {
        ($kind:ty) => {
            row.set(place, column.as_primitive::<$kind>().value(at).to_string())
        };
    }
    match column.data_type() {
        DataType::Utf8View => row.set(place, column.as_string_view().value(at)),
        DataType::Boolean => row.set(place, column.as_boolean().value(at).to_string()),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float64 => row.set_number(place, column.as_primitive::<Float64Type>().value(at)),
        DataType::Binary => {
            let bytes = column.as_binary::<i32>().value(at);
            row.set(place, std::str::from_utf8(bytes).map_err(|_| Fault::WrongType)?)
        }
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(at);
            let day = jiff::civil::date(1970, 1, 1).checked_add(i64::from(days).days());
            row.set(place, day.map_err(|_| Fault::WrongType)?.to_string())
        }
        DataType::Time32(TimeUnit::Millisecond) => {
            let millis = column.as_primitive::<Time32MillisecondType>().value(at);
            row.set(place, clock(SignedDuration::from_millis(millis.into()))?)
        }
        DataType::Time64(unit) => {
            let since = match unit {
                TimeUnit::Nanosecond => SignedDuration::from_nanos(
                    column.as_primitive::<Time64NanosecondType>().value(at),
                ),
                _ => SignedDuration::from_micros(
                    column.as_primitive::<Time64MicrosecondType>().value(at),
                ),
            };
            row.set(place, clock(since)?)
        }
        DataType::Timestamp(unit, zone) => {
            let since = match unit {
                TimeUnit::Nanosecond => SignedDuration::from_nanos(
                    column.as_primitive::<TimestampNanosecondType>().value(at),
                ),
                TimeUnit::Microsecond => SignedDuration::from_micros(
                    column.as_primitive::<TimestampMicrosecondType>().value(at),
                ),
                TimeUnit::Millisecond => SignedDuration::from_millis(
                    column.as_primitive::<TimestampMillisecondType>().value(at),
                ),
                TimeUnit::Second => return Err(Fault::WrongType),
            };
            row.set(place, time(since, zone.is_some())?)
        }
        _ => Err(Fault::WrongType),
    }
}

/// The text of a time of day, by the time since midnight.
fn clock(since: SignedDuration) -> Result<String, Fault> {
    let time = Time::midnight().checked_add(since).map_err(|_| Fault::WrongType)?;
    Ok(time.to_string())
}

/// The text of a time since 1970, in universal time or of no zone.
fn time(since: SignedDuration, is_universal: bool) -> Result<String, Fault> {
    if is_universal {
        let instant = Timestamp::from_duration(since).map_err(|_| Fault::WrongType)?;
        return Ok(instant.to_string());
    }
    let local: DateTime = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
    Ok(local.checked_add(since).map_err(|_| Fault::WrongType)?.to_string())
}

impl ReadRows for ParquetRows {
    fn next(&mut self) -> Result<Option<Item>, Error> {
        loop {
            if let Some(table) = &self.table
                && self.next < table.num_rows()
            {
                self.number += 1;
                let item = self.row(table);
                self.next += 1;
                return Ok(Some(item));
            }
            let Some(table) = self.reader.next() else { return Ok(None) };
            let place = format!("{}:{}", self.file, self.number + 1);
            self.table = Some(table.map_err(|_| {
                of_file("parquet", &place, "page", "cannot be decoded; copy the file again")
            })?);
            self.next = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::{Time32MillisecondArray, Time64MicrosecondArray};

    use super::super::tests::{all, texts, wanted};
    use super::*;
    use crate::samples::parquet;

    fn open(names: &[&str]) -> Result<Vec<Item>, Error> {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &parquet()).unwrap();
        all(Box::new(ParquetRows::open(file, &wanted(names), "p")?))
    }

    #[test]
    fn only_wanted_columns_are_decoded() {
        let items = open(&["number", "kind"]).unwrap();
        assert_eq!(texts(&items, 3), [["7", "ENTRY", ""], ["8", "EXIT", ""]]);
        assert_eq!(open(&["nothing"]).unwrap_err().code(), "missing-column");
    }

    #[test]
    fn times_are_written_with_or_without_an_offset() {
        let since = SignedDuration::from_millis(1_767_254_400_500);
        assert_eq!(time(since, true).unwrap(), "2026-01-01T08:00:00.5Z");
        assert_eq!(time(since, false).unwrap(), "2026-01-01T08:00:00.5");
    }

    #[test]
    fn times_of_day_are_read() {
        let times = Time32MillisecondArray::from(vec![Some(28_800_000), None, Some(86_400_000)]);
        let mut row = wanted(&["time"]).row(1);
        set(&mut row, 0, &times, 0).unwrap();
        assert_eq!(row.get(0), Some("08:00:00"));
        set(&mut row, 0, &times, 1).unwrap();
        assert_eq!(set(&mut row, 0, &times, 2), Err(Fault::WrongType));
        let micros = Time64MicrosecondArray::from(vec![30_600_000_000]);
        set(&mut row, 0, &micros, 0).unwrap();
        assert_eq!(row.get(0), Some("08:30:00"));
    }
}
