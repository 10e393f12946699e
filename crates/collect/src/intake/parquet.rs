//! Parquet: the same columns, decoded one row group at a time on as many threads as there are
//! sinks.
//!
//! Not here: nested columns, encryption, nulls except in the correction columns.
//!
//! Invariants:
//! 1. Rows, columns and sizes are checked in the footer before anything is decoded.
//! 2. A file that the decoder cannot read, or on which it panics, is a fault, never a crash.
//!
//! Format: `event_id`, `pseudonym`, `kind` and the attributes are strings; `occurred_at` is a
//! timestamp that is adjusted to universal time, or a string in RFC 3339 format.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder as Builder,
};
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{ChunkReader, Length};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int32Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch as Rows, StringArray};
use arrow_schema::{DataType, Field, Schema as Columns, TimeUnit};
use bytes::Bytes;
use tidegauge_model::plan::EVENT_COLUMNS;

use super::admit::{EventSink, RowValues, Stop, match_columns};
use super::schema::Schema;
use crate::error::{InputFault, LocatedFault};

/// Rows of one file at most.
const ROWS_MAX: u64 = 1 << 32;

/// Bytes that one column of one row group may decode to.
const CHUNK_BYTES_MAX: u64 = 1 << 30;

/// Rows decoded at a time.
const ROWS_AT_ONCE: usize = 8192;

/// Reads a whole file, its row groups spread over the sinks.
pub(super) fn read<S: EventSink>(file: File, schema: &Schema, sinks: &mut [S]) -> Result<(), Stop> {
    let file = &SharedFile(Arc::new(file));
    let metadata = catch(|| ArrowReaderMetadata::load(file, Default::default()))
        .ok_or_else(|| InputFault::ParquetFooter.whole())?;
    let names: Vec<&str> =
        metadata.schema().fields().iter().map(|field| field.name().as_str()).collect();
    let places = match_columns(schema, &names)?;
    check_sizes(metadata.metadata(), file)?;
    let types = decoded_types(metadata.schema(), &places)?;
    let options = ArrowReaderOptions::new().with_schema(types.into());
    let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), options)
        .map_err(|_| InputFault::WrongType { expected: "a string column" }.whole())?;
    let first_rows = first_rows(metadata.metadata());
    let next_group = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let results = std::thread::scope(|scope| {
        let readers: Vec<_> = sinks
            .iter_mut()
            .map(|sink| {
                let (metadata, places, first_rows) = (&metadata, &places, &first_rows);
                let (next_group, stopped) = (&next_group, &stopped);
                scope.spawn(move || -> Result<(), Stop> {
                    loop {
                        let group = next_group.fetch_add(1, Ordering::Relaxed);
                        let Some(&first_row) = first_rows.get(group) else { return Ok(()) };
                        if stopped.load(Ordering::Relaxed) {
                            return Ok(());
                        }
                        let result =
                            read_group(file, metadata, group, first_row, places, schema, sink);
                        if result.is_err() {
                            stopped.store(true, Ordering::Relaxed);
                            return result;
                        }
                    }
                })
            })
            .collect();
        let panicked = || Err(InputFault::ParquetPage.whole().into());
        readers.into_iter().map(|reader| reader.join().unwrap_or_else(|_| panicked())).collect()
    });
    first_in_file(results)
}

/// A file that several threads read, each at its own position: cloned handles of a file share one
/// position, so every read names its own.
#[derive(Clone)]
struct SharedFile(Arc<File>);

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.0.metadata().map_or(0, |metadata| metadata.len())
    }
}

impl ChunkReader for SharedFile {
    type T = BufReader<FileFrom>;

    fn get_read(&self, start: u64) -> ::parquet::errors::Result<Self::T> {
        Ok(BufReader::new(FileFrom { file: Arc::clone(&self.0), position: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ::parquet::errors::Result<Bytes> {
        let mut bytes = vec![0; length];
        self.0.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// Reads a shared file from a position on.
struct FileFrom {
    file: Arc<File>,
    position: u64,
}

impl Read for FileFrom {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

/// The failure that comes first in the file, in whatever order the threads met them.
fn first_in_file(results: Vec<Result<(), Stop>>) -> Result<(), Stop> {
    let row = |stop: &Stop| match stop {
        Stop::Input(located) => located.row.unwrap_or(0),
        Stop::Sink(_) => 0,
    };
    results.into_iter().filter_map(Result::err).min_by_key(row).map_or(Ok(()), Err)
}

/// Runs a step of the decoder; `None` when it fails or panics.
fn catch<T, E>(decode: impl FnOnce() -> Result<T, E>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(decode)).ok()?.ok()
}

fn check_sizes(metadata: &ParquetMetaData, file: &SharedFile) -> Result<(), LocatedFault> {
    let file_bytes = file.len();
    let bad_footer = || InputFault::ParquetFooter.whole();
    let mut rows = 0u64;
    for group in metadata.row_groups() {
        let group_rows = u64::try_from(group.num_rows()).map_err(|_| bad_footer())?;
        rows = rows.checked_add(group_rows).ok_or_else(bad_footer)?;
        for column in group.columns() {
            let number = |number: i64| u64::try_from(number).map_err(|_| bad_footer());
            let decoded_bytes = number(column.uncompressed_size())?;
            let stored_bytes = number(column.compressed_size())?;
            let offset = number(column.data_page_offset())?;
            let values = number(column.num_values())?;
            if stored_bytes > file_bytes || offset >= file_bytes || values != group_rows {
                return Err(bad_footer());
            }
            if decoded_bytes > CHUNK_BYTES_MAX {
                return Err(InputFault::ExpandsTooFar { limit: CHUNK_BYTES_MAX }.whole());
            }
        }
    }
    if rows > ROWS_MAX {
        return Err(InputFault::TooManyRows { limit: ROWS_MAX }.whole());
    }
    if Ok(rows) != u64::try_from(metadata.file_metadata().num_rows()) {
        return Err(bad_footer());
    }
    Ok(())
}

/// The types to decode to: strings, dictionaries for columns of few values, timestamps as they are.
fn decoded_types(given: &Columns, places: &[Option<usize>]) -> Result<Columns, LocatedFault> {
    let mut fields: Vec<Field> =
        given.fields().iter().map(|field| field.as_ref().clone()).collect();
    for (column, place) in places.iter().enumerate() {
        let Some(place) = *place else { continue };
        let field = &fields[place];
        let name = field.name().clone();
        let is_text = match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Dictionary(_, values) => **values == DataType::Utf8,
            _ => false,
        };
        let data_type = match (column, is_text) {
            (2, false) => timestamp(field)?,
            (_, false) => {
                return Err(InputFault::WrongType { expected: "a string column" }.at(1, &name));
            }
            (0..=2, true) => DataType::Utf8,
            (_, true) => DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into()),
        };
        fields[place] = Field::new(name, data_type, field.is_nullable());
    }
    Ok(Columns::new(fields))
}

fn timestamp(field: &Field) -> Result<DataType, LocatedFault> {
    match field.data_type() {
        DataType::Timestamp(unit, Some(_)) if *unit != TimeUnit::Second => {
            Ok(field.data_type().clone())
        }
        DataType::Timestamp(_, None) => Err(InputFault::BadTime.at(1, field.name())),
        _ => {
            let expected = "a timestamp adjusted to universal time, or a string";
            Err(InputFault::WrongType { expected }.at(1, field.name()))
        }
    }
}

/// The row number, from 1, at which each group begins.
fn first_rows(metadata: &ParquetMetaData) -> Vec<u64> {
    let mut next = 1;
    metadata
        .row_groups()
        .iter()
        .map(|group| {
            let first = next;
            next += group.num_rows().unsigned_abs();
            first
        })
        .collect()
}

fn read_group(
    file: &SharedFile,
    metadata: &ArrowReaderMetadata,
    group: usize,
    first_row: u64,
    places: &[Option<usize>],
    schema: &Schema,
    sink: &mut impl EventSink,
) -> Result<(), Stop> {
    let bad_page = |row: u64| move || Stop::from(InputFault::ParquetPage.at(row, "group of rows"));
    let mut tables = catch(|| {
        Builder::new_with_metadata(file.clone(), metadata.clone())
            .with_row_groups(vec![group])
            .with_batch_size(ROWS_AT_ONCE)
            .build()
    })
    .ok_or_else(bad_page(first_row))?;
    let mut row = first_row;
    while let Some(table) = catch(|| tables.next().transpose()).ok_or_else(bad_page(row))? {
        read_rows(&table, row, places, schema, sink)?;
        row += table.num_rows() as u64;
    }
    Ok(())
}

/// A column of few values, with the schema's result for each of them.
struct MappedColumn<T> {
    values: Vec<Option<Result<T, InputFault>>>,
    keys: DictionaryArray<Int32Type>,
}

impl<T: Copy> MappedColumn<T> {
    fn new(column: &ArrayRef, map: impl Fn(&str) -> Result<T, InputFault>) -> Option<Self> {
        let keys = column.as_dictionary_opt::<Int32Type>()?.clone();
        let values = keys.values().as_string_opt::<i32>()?.iter();
        Some(Self { values: values.map(|value| value.map(&map)).collect(), keys })
    }

    fn row(&self, row: usize) -> Result<T, InputFault> {
        match self.keys.key(row).and_then(|key| self.values.get(key)) {
            Some(Some(Ok(value))) => Ok(*value),
            Some(Some(Err(fault))) => Err(fault.clone()),
            _ => Err(InputFault::MissingValue),
        }
    }
}

fn read_rows(
    rows: &Rows,
    first_row: u64,
    places: &[Option<usize>],
    schema: &Schema,
    sink: &mut impl EventSink,
) -> Result<(), Stop> {
    let bad_page = || Stop::from(InputFault::ParquetPage.at(first_row, "group of rows"));
    let columns = DecodedColumns::new(rows, places, schema).ok_or_else(bad_page)?;
    for row in 0..rows.num_rows() {
        let values = DecodedRow { columns: &columns, row };
        let (step, event) = schema.admit(first_row + row as u64, &values)?;
        sink.take(step, event)?;
    }
    Ok(())
}

/// The schema's columns of some decoded rows.
struct DecodedColumns<'a> {
    event_ids: &'a StringArray,
    pseudonyms: &'a StringArray,
    times: TimeColumn<'a>,
    kinds: MappedColumn<u8>,
    codes: Vec<MappedColumn<u16>>,
    /// The correction columns; `None` for one that the file leaves out.
    corrections: Vec<Option<&'a DictionaryArray<Int32Type>>>,
}

impl<'a> DecodedColumns<'a> {
    /// `None` if a column was not decoded to the requested type.
    fn new(rows: &'a Rows, places: &[Option<usize>], schema: &Schema) -> Option<Self> {
        let column = |number: usize| places[number].map(|place| rows.column(place));
        let codes = (0..schema.attributes()).map(|attribute| {
            let codes = column(EVENT_COLUMNS.len() + attribute)?;
            MappedColumn::new(codes, |code| schema.code(attribute, code))
        });
        let corrections = places[schema.needed()..].iter().map(|place| match place {
            None => Some(None),
            Some(place) => rows.column(*place).as_dictionary_opt::<Int32Type>().map(Some),
        });
        Some(Self {
            event_ids: column(0)?.as_string_opt::<i32>()?,
            pseudonyms: column(1)?.as_string_opt::<i32>()?,
            times: TimeColumn::new(column(2)?)?,
            kinds: MappedColumn::new(column(3)?, |kind| schema.kind(kind))?,
            codes: codes.collect::<Option<_>>()?,
            corrections: corrections.collect::<Option<_>>()?,
        })
    }
}

/// One of the decoded rows.
struct DecodedRow<'a> {
    columns: &'a DecodedColumns<'a>,
    row: usize,
}

impl RowValues for DecodedRow<'_> {
    fn event_id(&self) -> Result<&str, InputFault> {
        text(self.columns.event_ids, self.row)
    }

    fn pseudonym(&self) -> Result<&str, InputFault> {
        text(self.columns.pseudonyms, self.row)
    }

    fn occurred_at(&self, schema: &Schema) -> Result<i64, InputFault> {
        self.columns.times.row(self.row, schema)
    }

    fn kind(&self, _: &Schema) -> Result<u8, InputFault> {
        self.columns.kinds.row(self.row)
    }

    fn code(&self, attribute: usize, _: &Schema) -> Result<u16, InputFault> {
        self.columns.codes[attribute].row(self.row)
    }

    /// A null is an empty text.
    fn correction(&self, column: usize) -> &str {
        let found = self.columns.corrections[column].and_then(|keys| {
            let values = keys.values().as_string_opt::<i32>()?;
            let key = keys.key(self.row).filter(|&key| values.is_valid(key))?;
            Some(values.value(key))
        });
        found.unwrap_or_default()
    }
}

fn text(column: &StringArray, row: usize) -> Result<&str, InputFault> {
    if column.is_null(row) { Err(InputFault::MissingValue) } else { Ok(column.value(row)) }
}

/// The column of times, in its own unit.
enum TimeColumn<'a> {
    Millis(&'a arrow_array::TimestampMillisecondArray),
    Micros(&'a arrow_array::TimestampMicrosecondArray),
    Nanos(&'a arrow_array::TimestampNanosecondArray),
    Text(&'a StringArray),
}

impl<'a> TimeColumn<'a> {
    fn new(column: &'a ArrayRef) -> Option<Self> {
        match column.data_type() {
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                column.as_primitive_opt::<TimestampMillisecondType>().map(Self::Millis)
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                column.as_primitive_opt::<TimestampMicrosecondType>().map(Self::Micros)
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                column.as_primitive_opt::<TimestampNanosecondType>().map(Self::Nanos)
            }
            _ => column.as_string_opt::<i32>().map(Self::Text),
        }
    }

    /// Milliseconds since 1970.
    fn row(&self, row: usize, schema: &Schema) -> Result<i64, InputFault> {
        let value = |times: &dyn Array, time: i64| match times.is_null(row) {
            true => Err(InputFault::MissingValue),
            false => Ok(time),
        };
        match self {
            Self::Millis(times) => value(times, times.value(row)),
            Self::Micros(times) => value(times, times.value(row).div_euclid(1000)),
            Self::Nanos(times) => value(times, times.value(row).div_euclid(1_000_000)),
            Self::Text(times) => text(times, row).and_then(|time| schema.instant(time)),
        }
    }
}
