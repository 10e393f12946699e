//! Reading one file of events, of any format, from disk or memory into sinks.
//!
//! Not here: the formats themselves (modules `csv`, `ndjson` and `parquet`), the storage of events.
//!
//! Invariants:
//! 1. The three formats accept the same events (`tidegauge/tests/same_bytes.rs`).

use std::io::Read;
use std::path::PathBuf;

use bytes::Bytes;

use super::admit::{EventSink, Stop};
use super::contents::Contents;
use super::schema::Schema;
use super::{csv, ndjson, parquet};
use crate::error::{Error, InputFault, Refused};

/// Events to be read, and what errors call them.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file; its ending names its format if the caller does not.
    File {
        /// The name for errors.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// Bytes in memory.
    Memory {
        /// The name for errors; its ending names the format if the caller does not.
        name: String,
        /// All of the bytes.
        bytes: Bytes,
    },
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        Self::File { name: path.display().to_string(), path }
    }
}

impl Input {
    /// The name for errors.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File { name, .. } | Self::Memory { name, .. } => name.clone(),
        }
    }

    fn contents(&self) -> std::io::Result<Contents> {
        match self {
            Self::File { path, .. } => Contents::open(path),
            Self::Memory { bytes, .. } => Ok(Contents::Memory(bytes.clone())),
        }
    }
}

/// A format of event files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

impl InputFormat {
    /// The format for a word on the command line, which is also the file's ending.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Csv, Self::Ndjson, Self::Parquet].into_iter().find(|format| format.word() == word)
    }

    /// The word for this format, which is also the file's ending.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }
}

/// Reads rows of text as they arrive, in one sink; adds the rows that are refused.
///
/// Errors: as [`read`]; a table, which needs all of its bytes.
pub(crate) fn read_stream(
    (name, stream): (&str, impl Read),
    format: InputFormat,
    schema: &Schema,
    sink: &mut impl EventSink,
    refused: &mut Refused,
) -> Result<(), Error> {
    let mut rows = Refused::default();
    let read = match format {
        InputFormat::Csv => csv::read(stream, schema, sink, &mut rows),
        InputFormat::Ndjson => ndjson::read(stream, schema, sink, &mut rows),
        InputFormat::Parquet => Err(InputFault::UnknownFormat.whole().into()),
    };
    refused.append(name, rows);
    read.map_err(|stop| stopped(stop, name, refused))
}

fn stopped(stop: Stop, name: &str, refused: &Refused) -> Error {
    match stop {
        Stop::Input(located) => {
            Error::Input { located: Box::new(located.in_file(name)), before: refused.clone() }
        }
        Stop::Sink(error) => error,
    }
}

/// Reads one input into sinks, one for each thread that the format can use; adds the rows that are
/// refused.
///
/// Errors: what ends the input before its end, with its place; the caller then discards the sinks'
/// events.
pub(crate) fn read(
    input: &Input,
    format: Option<InputFormat>,
    schema: &Schema,
    sinks: &mut [impl EventSink],
    refused: &mut Refused,
) -> Result<(), Error> {
    let name = input.name();
    let mut rows = Refused::default();
    let read = read_rows(input, format, schema, sinks, &mut rows);
    refused.append(&name, rows);
    read.map_err(|stop| stopped(stop, &name, refused))
}

fn read_rows(
    input: &Input,
    format: Option<InputFormat>,
    schema: &Schema,
    sinks: &mut [impl EventSink],
    refused: &mut Refused,
) -> Result<(), Stop> {
    let name = input.name();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let format = format
        .or_else(|| ending.and_then(InputFormat::parse))
        .ok_or_else(|| InputFault::UnknownFormat.whole())?;
    let unreadable = |error: std::io::Error| InputFault::Unreadable { kind: error.kind() }.whole();
    let contents = input.contents().map_err(unreadable)?;
    match (format, sinks) {
        (InputFormat::Csv, [sink, ..]) => csv::read(contents.reader(), schema, sink, refused),
        (InputFormat::Ndjson, [sink, ..]) => ndjson::read(contents.reader(), schema, sink, refused),
        (InputFormat::Parquet, sinks) => parquet::read(&contents, schema, sinks, refused),
        (_, []) => Ok(()),
    }
}
