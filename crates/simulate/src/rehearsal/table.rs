//! Rows as a Parquet table.
//!
//! Not here: the texts of values (`labels`).
//!
//! Format: `occurred_at` is a timestamp in microseconds, adjusted to universal time; the other
//! columns are strings, those of few values as dictionaries.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::builder::{StringBuilder, StringDictionaryBuilder, TimestampMicrosecondBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch as Rows};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;

use super::labels::{Column, Labels};
use super::row::EventRow;
use crate::error::Error;
use crate::tables::{properties, unwritable};
use crate::whole_file::WholeFile;

/// Rows that become arrays at a time.
const ROWS_AT_ONCE: usize = 1 << 16;

/// An open table.
pub(super) struct TableFile {
    path: PathBuf,
    writer: ArrowWriter<WholeFile>,
    schema: SchemaRef,
    rows: Vec<EventRow>,
}

impl TableFile {
    pub(super) fn new(file: WholeFile, labels: &Labels) -> Result<Self, Error> {
        let path = file.path().to_owned();
        let schema = Arc::new(schema(labels));
        let plain = |column: &Column| matches!(column, Column::EventId | Column::Person);
        let columns = labels.columns.iter().filter(|(_, column)| plain(column));
        let plain: Vec<&str> = columns.map(|(name, _)| name.as_str()).collect();
        let options = properties(&plain).map_err(|error| unwritable(&path, error))?;
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options)
            .map_err(|error| unwritable(&path, error))?;
        Ok(Self { path, writer, schema, rows: Vec::new() })
    }

    pub(super) fn write(&mut self, row: &EventRow, labels: &mut Labels) -> Result<(), Error> {
        self.rows.push(*row);
        if self.rows.len() == ROWS_AT_ONCE { self.flush(labels) } else { Ok(()) }
    }

    pub(super) fn finish(mut self, labels: &mut Labels) -> Result<PathBuf, Error> {
        self.flush(labels)?;
        let Self { path, writer, .. } = self;
        let file = writer.into_inner().map_err(|error| unwritable(&path, error))?;
        file.finish()
    }

    fn flush(&mut self, labels: &mut Labels) -> Result<(), Error> {
        let columns = (0..labels.columns.len()).map(|place| {
            let column = labels.columns[place].1;
            array(column, &self.rows, labels)
        });
        let columns: Vec<ArrayRef> = columns.collect();
        let written = Rows::try_new(Arc::clone(&self.schema), columns)
            .map_err(ParquetError::from)
            .and_then(|rows| self.writer.write(&rows));
        self.rows.clear();
        written.map_err(|error| unwritable(&self.path, error))
    }
}

fn schema(labels: &Labels) -> Schema {
    let field = |(name, column): &(String, Column)| {
        let data_type = match column {
            Column::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Column::EventId | Column::Person => DataType::Utf8,
            _ => DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into()),
        };
        Field::new(name, data_type, false)
    };
    Schema::new(labels.columns.iter().map(field).collect::<Vec<_>>())
}

fn array(column: Column, rows: &[EventRow], labels: &mut Labels) -> ArrayRef {
    let mut text = Vec::new();
    let mut value = |row: &EventRow| {
        text.clear();
        labels.push(column, row, &mut text);
        // Made from texts, so it is text.
        String::from_utf8_lossy(&text).into_owned()
    };
    match column {
        Column::Time => {
            let mut times = TimestampMicrosecondBuilder::with_capacity(rows.len());
            rows.iter().for_each(|row| times.append_value(labels.microsecond(row)));
            Arc::new(times.finish().with_timezone("UTC"))
        }
        Column::EventId | Column::Person => {
            let mut texts = StringBuilder::with_capacity(rows.len(), rows.len() * 21);
            rows.iter().for_each(|row| texts.append_value(value(row)));
            Arc::new(texts.finish())
        }
        _ => {
            let mut texts = StringDictionaryBuilder::<Int32Type>::new();
            rows.iter().for_each(|row| texts.append_value(value(row)));
            Arc::new(texts.finish())
        }
    }
}
