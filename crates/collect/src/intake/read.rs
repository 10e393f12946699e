//! Reading one file of events, of any format, into sinks.
//!
//! Not here: the formats themselves (modules `csv`, `ndjson` and `parquet`), the storage of events.
//!
//! Invariants:
//! 1. The three formats accept the same events (`tidegauge/tests/same_bytes.rs`).

use std::fs::File;
use std::path::Path;

use super::admit::{EventSink, Stop};
use super::schema::Schema;
use super::{csv, ndjson, parquet};
use crate::error::{Error, InputFault, LocatedFault};

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

/// Reads one file into sinks, one for each thread that the format can use.
///
/// Errors: the first fault, with its place; the caller then discards the sinks' events.
pub(crate) fn read(
    path: &Path,
    format: Option<InputFormat>,
    schema: &Schema,
    sinks: &mut [impl EventSink],
) -> Result<(), Error> {
    let input = |located: LocatedFault| Error::Input { file: path.display().to_string(), located };
    let unreadable =
        |error: std::io::Error| input(InputFault::Unreadable { kind: error.kind() }.whole());
    let ending = path.extension().and_then(|ending| ending.to_str());
    let format = format
        .or_else(|| ending.and_then(InputFormat::parse))
        .ok_or_else(|| input(InputFault::UnknownFormat.whole()))?;
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unreadable(std::io::ErrorKind::InvalidInput.into()));
    }
    let file = File::open(path).map_err(unreadable)?;
    let read = match (format, sinks) {
        (InputFormat::Csv, [sink, ..]) => csv::read(file, schema, sink),
        (InputFormat::Ndjson, [sink, ..]) => ndjson::read(file, schema, sink),
        (InputFormat::Parquet, sinks) => parquet::read(file, schema, sinks),
        (_, []) => Ok(()),
    };
    read.map_err(|stop| match stop {
        Stop::Input(located) => input(located),
        Stop::Sink(error) => error,
    })
}
