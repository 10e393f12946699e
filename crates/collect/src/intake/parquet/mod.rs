//! Parquet: the same columns, decoded one group of rows at a time on as many threads as there are
//! sinks.
//!
//! Not here: nested columns, encryption, nulls except in the columns that a file may leave out.
//!
//! Invariants:
//! 1. What a file claims is compared with its bytes before anything is decoded: the footer (module
//!    `footer`), then the headers of all pages of a group of rows (module `scan`).
//! 2. Decoded columns take at most [`DECODED_BYTES_MAX`] on all threads together, so a file takes
//!    less than 512 MiB, whatever it claims
//!    (`tidegauge/tests/hostile_tables.rs`: `no_file_takes_more_than_512_mib`).
//! 3. A file that the decoder cannot read, or on which it panics, is a fault, never a crash.
//!
//! Format: `event_id`, `pseudonym`, `kind` and the attributes are strings; `occurred_at` is a
//! timestamp that is adjusted to universal time, or a string in RFC 3339 format; `occurred_on` is a
//! date, or a string. Any codec except LZO; dictionaries of any kind.

mod codec;
mod columns;
mod delta;
mod footer;
mod header;
mod pages;
mod scan;
mod share;
mod thrift;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReader as RowsReader;
use ::parquet::arrow::{
    FieldLevels, ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema,
};
use ::parquet::file::metadata::ParquetMetaData;
use arrow_array::RecordBatch as Rows;
use arrow_schema::{DataType, Field, Schema as Columns, TimeUnit};

use self::columns::{DecodedColumns, DecodedRow};
use self::footer::catch;
use self::pages::Group;
use self::scan::{ROWS_AT_ONCE, Refusal};
use self::share::Memory;
use super::admit::{EventSink, Stop, match_columns};
use super::contents::Contents;
use super::schema::{OCCURRED_AT, Schema};
use crate::error::{InputFault, LocatedFault, Refused};

/// Bytes that the decoded columns take at most, on all threads together.
const DECODED_BYTES_MAX: u64 = 144 << 20;

/// A file whose footer has been read, with what its threads share.
struct Table<'a> {
    contents: &'a Contents,
    metadata: Arc<ParquetMetaData>,
    levels: FieldLevels,
    places: Vec<Option<usize>>,
    schema: &'a Schema,
    memory: Memory,
}

/// Reads a whole file, its groups of rows spread over the sinks.
pub(super) fn read<S: EventSink>(
    contents: &Contents,
    schema: &Schema,
    sinks: &mut [S],
    refused: &mut Refused,
) -> Result<(), Stop> {
    let table = Table::open(contents, schema)?;
    let first_rows = first_rows(&table.metadata);
    let next_group = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let (table, first_rows) = (&table, &first_rows);
    let (next_group, stopped) = (&next_group, &stopped);
    let results: Vec<(Result<(), Stop>, Refused)> = std::thread::scope(|scope| {
        let read_groups = |sink: &mut S| {
            let mut refused = Refused::default();
            loop {
                let group = next_group.fetch_add(1, Ordering::Relaxed);
                let first_row = first_rows.get(group).copied();
                let Some(first_row) = first_row.filter(|_| !stopped.load(Ordering::Relaxed)) else {
                    return (Ok(()), refused);
                };
                let result = table.read_group(group, first_row, sink, &mut refused);
                if result.is_err() {
                    stopped.store(true, Ordering::Relaxed);
                    return (result, refused);
                }
            }
        };
        let readers: Vec<_> =
            sinks.iter_mut().map(|sink| scope.spawn(move || read_groups(sink))).collect();
        let panicked = || (Err(InputFault::ParquetPage.whole().into()), Refused::default());
        readers.into_iter().map(|reader| reader.join().unwrap_or_else(|_| panicked())).collect()
    });
    let mut stops = vec![];
    for (result, others) in results {
        refused.merge(others);
        stops.push(result);
    }
    first_in_file(stops)
}

/// The failure that comes first in the file, in whatever order the threads met them.
fn first_in_file(results: Vec<Result<(), Stop>>) -> Result<(), Stop> {
    let row = |stop: &Stop| match stop {
        Stop::Input(located) => located.row.unwrap_or(0),
        Stop::Sink(_) => 0,
    };
    results.into_iter().filter_map(Result::err).min_by_key(row).map_or(Ok(()), Err)
}

/// The row number, from 1, at which each group begins.
fn first_rows(metadata: &ParquetMetaData) -> Vec<u64> {
    let mut next = 1;
    let mut first_of = |rows: u64| {
        let first = next;
        next += rows;
        first
    };
    let groups = metadata.row_groups().iter();
    groups.map(|group| first_of(group.num_rows().unsigned_abs())).collect()
}

impl<'a> Table<'a> {
    fn open(contents: &'a Contents, schema: &'a Schema) -> Result<Self, LocatedFault> {
        let metadata = footer::read(contents, schema.columns_max())?;
        let description = metadata.file_metadata().schema_descr();
        let bad_footer = || InputFault::ParquetFooter.whole();
        let given = catch(|| parquet_to_arrow_schema(description, None)).ok_or_else(bad_footer)?;
        let names: Vec<&str> = given.fields().iter().map(|field| field.name().as_str()).collect();
        let mut places = match_columns(schema, &names)?;
        let types = decoded_types(&given, &mut places, schema)?;
        let hint = types.fields();
        let levels =
            catch(|| parquet_to_arrow_field_levels(description, ProjectionMask::all(), Some(hint)));
        let levels = levels.ok_or_else(bad_footer)?;
        let memory = Memory::new(DECODED_BYTES_MAX);
        Ok(Self { contents, levels, places, schema, memory, metadata: Arc::new(metadata) })
    }

    fn read_group(
        &self,
        number: usize,
        first_row: u64,
        sink: &mut impl EventSink,
        refused: &mut Refused,
    ) -> Result<(), Stop> {
        let bad_page =
            |row: u64| move || Stop::from(InputFault::ParquetPage.at(row, "group of rows"));
        let too_large = || InputFault::ExpandsTooFar { limit: DECODED_BYTES_MAX };
        let too_large = || Stop::from(too_large().at(first_row, "group of rows"));
        let bytes = match scan::memory(self.contents, self.metadata.row_group(number)) {
            Ok(bytes) => bytes,
            Err(Refusal::Damaged) => return Err(bad_page(first_row)()),
            Err(Refusal::TooLarge) => return Err(too_large()),
        };
        let _share = self.memory.take(bytes).ok_or_else(too_large)?;
        let group = Group { contents: self.contents, metadata: &self.metadata, number };
        let mut tables =
            catch(|| RowsReader::try_new_with_row_groups(&self.levels, &group, ROWS_AT_ONCE, None))
                .ok_or_else(bad_page(first_row))?;
        let mut row = first_row;
        while let Some(rows) = catch(|| tables.next().transpose()).ok_or_else(bad_page(row))? {
            self.read_rows(&rows, row, sink, refused)?;
            row += rows.num_rows() as u64;
        }
        Ok(())
    }

    fn read_rows(
        &self,
        rows: &Rows,
        first_row: u64,
        sink: &mut impl EventSink,
        refused: &mut Refused,
    ) -> Result<(), Stop> {
        let bad_page = || Stop::from(InputFault::ParquetPage.at(first_row, "group of rows"));
        let columns = DecodedColumns::new(rows, &self.places, self.schema).ok_or_else(bad_page)?;
        for row in 0..rows.num_rows() {
            let values = DecodedRow { columns: &columns, row };
            match self.schema.admit(first_row + row as u64, &values) {
                Ok((step, event)) => sink.take(step, event)?,
                Err(fault) => refused.note(fault),
            }
        }
        Ok(())
    }
}

/// The types to decode to: views of texts, times and days as they are. A column without any value
/// that a file may leave out counts as left out.
fn decoded_types(
    given: &Columns,
    places: &mut [Option<usize>],
    schema: &Schema,
) -> Result<Columns, LocatedFault> {
    let mut fields: Vec<Field> =
        given.fields().iter().map(|field| field.as_ref().clone()).collect();
    for (column, place) in places.iter_mut().enumerate() {
        let Some(position) = *place else { continue };
        let field = &fields[position];
        let data_type = match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8View,
            DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
            DataType::Null if schema.may_leave_out(column) => {
                *place = None;
                continue;
            }
            given if column == OCCURRED_AT => timestamp(given, field.name())?,
            given if column == schema.day_column() => day(given, field.name())?,
            _ => {
                let fault = InputFault::WrongType { expected: "a string column" };
                return Err(fault.at(1, field.name()));
            }
        };
        fields[position] = Field::new(field.name(), data_type, field.is_nullable());
    }
    if places[OCCURRED_AT].is_none() && places[schema.day_column()].is_none() {
        return Err(InputFault::MissingColumn.at(1, schema.columns()[OCCURRED_AT]));
    }
    Ok(Columns::new(fields))
}

/// The type of a column of times.
fn timestamp(given: &DataType, name: &str) -> Result<DataType, LocatedFault> {
    match given {
        DataType::Timestamp(unit, Some(_)) if *unit != TimeUnit::Second => Ok(given.clone()),
        DataType::Timestamp(_, None) | DataType::Date32 => {
            Err(InputFault::TimeWithoutOffset.at(1, name))
        }
        _ => {
            let expected = "a timestamp adjusted to universal time, or a string";
            Err(InputFault::WrongType { expected }.at(1, name))
        }
    }
}

/// The type of a column of days.
fn day(given: &DataType, name: &str) -> Result<DataType, LocatedFault> {
    match given {
        DataType::Date32 => Ok(DataType::Date32),
        DataType::Timestamp(unit, None) if *unit != TimeUnit::Second => Ok(given.clone()),
        _ => Err(InputFault::WrongType { expected: "a date, or a string" }.at(1, name)),
    }
}
