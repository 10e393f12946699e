//! Readers: files of events to admitted events, one type for all formats.
//!
//! Not here: what becomes of an event. Each reader hands it, with its step, to a sink.
//!
//! Invariants:
//! 1. The three formats accept the same events
//!    (`tidegauge/tests/same_bytes.rs`).
//! 2. A reader holds one row of text in memory, or of a table the rows that it decodes at once
//!    and a page of each column; what a footer promises is checked before anything is decoded.
//!    A page that lies about its size can still claim 2 GiB for each column and thread.

mod csv;
mod ndjson;
mod parquet;
pub mod schema;

use std::fs::File;
use std::path::Path;

use tidegauge_fold::Event;

use crate::error::{Error, Fault, Located};
use crate::intake::schema::{Schema, StepNumber};

/// Bytes of one row of text at most.
pub const ROW_BYTES_MAX: u64 = 64 * 1024;

/// A format of event files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

impl Format {
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

/// Takes admitted events with the step in which they occurred.
pub trait Sink: Send {
    /// Takes one event.
    fn take(&mut self, step: StepNumber, event: Event) -> Result<(), Error>;
}

/// Reads one file into sinks, one for each thread that the format can use.
///
/// Errors: the first fault, with its place; the caller drops what the sinks took.
pub fn read(
    path: &Path,
    format: Option<Format>,
    schema: &Schema,
    sinks: &mut [impl Sink],
) -> Result<(), Error> {
    let input = |located: Located| Error::Input { file: path.display().to_string(), located };
    let unreadable =
        |error: std::io::Error| input(Fault::Unreadable { kind: error.kind() }.whole());
    let ending = path.extension().and_then(|ending| ending.to_str());
    let format = format
        .or_else(|| ending.and_then(Format::parse))
        .ok_or_else(|| input(Fault::UnknownFormat.whole()))?;
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unreadable(std::io::ErrorKind::InvalidInput.into()));
    }
    let file = File::open(path).map_err(unreadable)?;
    let read = match (format, sinks) {
        (Format::Csv, [sink, ..]) => csv::read(file, schema, sink),
        (Format::Ndjson, [sink, ..]) => ndjson::read(file, schema, sink),
        (Format::Parquet, sinks) => parquet::read(file, schema, sinks),
        (_, []) => Ok(()),
    };
    read.map_err(|stop| match stop {
        Stop::Input(located) => input(located),
        Stop::Sink(error) => error,
    })
}

/// Why a reader stopped.
enum Stop {
    Input(Located),
    Sink(Error),
}

impl From<Located> for Stop {
    fn from(located: Located) -> Self {
        Self::Input(located)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Sink(error)
    }
}

/// Admits one row of text; `fields` are in the order of [`Schema::columns`].
fn admit_text(
    schema: &Schema,
    row: u64,
    fields: &[&str],
    sink: &mut impl Sink,
) -> Result<(), Stop> {
    let columns = schema.columns();
    let place = |column: usize| move |fault: Fault| fault.at(row, columns[column]);
    for (column, field) in fields.iter().enumerate() {
        if field.is_empty() && column < schema.needed() {
            return Err(Fault::MissingValue.at(row, columns[column]).into());
        }
        if field.bytes().any(|b| b.is_ascii_control()) {
            return Err(Fault::ControlCharacter.at(row, columns[column]).into());
        }
    }
    let id = schema.event_id(fields[0]).map_err(place(0))?;
    let pseudonym = schema.pseudonym(fields[1]).map_err(place(1))?;
    let at = schema.instant(fields[2]).map_err(place(2))?;
    let step = schema.step(at).map_err(place(2))?;
    let kind = schema.kind(fields[3]).map_err(place(3))?;
    let mut codes = Vec::with_capacity(schema.attributes());
    let (needed, corrections) = fields.split_at(schema.needed());
    for (attribute, field) in needed[4..].iter().enumerate() {
        let code = schema.code(attribute, field).map_err(place(4 + attribute))?;
        schema.valid(attribute, code, at).map_err(place(4 + attribute))?;
        codes.push(code);
    }
    let correction =
        schema.correction(corrections).map_err(|(fault, column)| place(column)(fault))?;
    sink.take(step, schema.event(pseudonym, id, at, kind, codes.into_iter(), correction))?;
    Ok(())
}

/// For each of the schema's columns, its place among the names of a header; `None` for one that a
/// file may leave out, and does.
///
/// Errors: a name twice, a name that the schema does not have, a column that is missing.
fn match_columns(schema: &Schema, names: &[&str]) -> Result<Vec<Option<usize>>, Located> {
    let columns = schema.columns();
    if names.len() > 4 * columns.len() {
        return Err(Fault::TooManyColumns { given: names.len(), limit: columns.len() }.whole());
    }
    for (position, name) in names.iter().enumerate() {
        if !columns.contains(name) {
            let allowed = columns.join(", ");
            return Err(Fault::UnknownColumn { position: position + 1, allowed }.at(1, "header"));
        }
        if names[..position].contains(name) {
            return Err(Fault::DuplicateColumn.at(1, name));
        }
    }
    let place = |(number, column): (usize, &&'static str)| {
        let place = names.iter().position(|name| name == column);
        match place {
            None if number < schema.needed() => Err(Fault::MissingColumn.at(1, column)),
            _ => Ok(place),
        }
    };
    columns.iter().enumerate().map(place).collect()
}
