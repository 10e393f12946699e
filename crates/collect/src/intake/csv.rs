//! CSV: a header, then one event a line, as in RFC 4180.
//!
//! Not here: dialects. Values of this schema need no quoting, so a quote that runs over a
//! line's end, a bare carriage return and a last line without an end are refused.
//!
//! Invariants:
//! 1. At most [`ROW_BYTES_MAX`] bytes are read beyond the last whole row.
//!
//! Format:
//! ```text
//! event_id,pseudonym,occurred_at,kind,border_point,traveller_class
//! e1,syn1:0a3f5c77,2024-01-15T08:30:00+08:00,ENTRY,LO_WU,MAINLAND_VISITOR
//! ```

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{ByteRecord as Row, ErrorKind, ReaderBuilder};

use super::admit::{EventSink, ROW_BYTES_MAX, Stop, admit_text, match_columns};
use super::schema::Schema;
use crate::error::{InputFault, LocatedFault};

/// How much the guard has read and may read, shared with the reader of rows.
#[derive(Default)]
struct GuardState {
    seen: Cell<u64>,
    allowed: Cell<u64>,
    last: Cell<u8>,
    line_ends: Cell<u64>,
    fault: Cell<Option<GuardFault>>,
}

/// A fault that the guard has found.
#[derive(Clone, Copy)]
enum GuardFault {
    /// A bare carriage return in this line, which the rows may not have reached yet.
    BareReturn(u64),
    TooLong,
}

/// Stops reading before an endless row fills the memory.
struct Guard {
    file: File,
    state: Rc<GuardState>,
}

impl Read for Guard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let state = &self.state;
        let stop = |fault: GuardFault| {
            state.fault.set(Some(fault));
            Err(io::Error::from(io::ErrorKind::InvalidData))
        };
        if state.seen.get() > state.allowed.get() {
            return stop(GuardFault::TooLong);
        }
        let read = self.file.read(buffer)?;
        for &byte in &buffer[..read] {
            if state.last.replace(byte) == b'\r' && byte != b'\n' {
                return stop(GuardFault::BareReturn(state.line_ends.get() + 1));
            }
            state.line_ends.set(state.line_ends.get() + u64::from(byte == b'\n'));
        }
        state.seen.set(state.seen.get() + read as u64);
        Ok(read)
    }
}

fn fault(error: &csv::Error, state: &GuardState, row: u64) -> LocatedFault {
    match (state.fault.get(), error.kind()) {
        (Some(GuardFault::BareReturn(line)), _) => InputFault::CsvSyntax.at(line, "row"),
        (Some(GuardFault::TooLong), _) => {
            InputFault::RowTooLong { limit: ROW_BYTES_MAX }.at(row, "row")
        }
        (None, ErrorKind::Io(error)) => {
            InputFault::Unreadable { kind: error.kind() }.at(row, "row")
        }
        (None, _) => InputFault::CsvSyntax.at(row, "row"),
    }
}

/// Reads a whole file.
pub(super) fn read(file: File, schema: &Schema, sink: &mut impl EventSink) -> Result<(), Stop> {
    let state = Rc::new(GuardState::default());
    state.allowed.set(ROW_BYTES_MAX);
    let guard = Guard { file, state: Rc::clone(&state) };
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(guard);
    let mut row = Row::new();
    let read_row = |reader: &mut csv::Reader<Guard>, row: &mut Row| -> Result<Option<u64>, Stop> {
        let line = reader.position().line();
        let read = reader.read_byte_record(row).map_err(|error| fault(&error, &state, line))?;
        state.allowed.set(reader.position().byte() + ROW_BYTES_MAX);
        let line = row.position().map_or(line, csv::Position::line);
        Ok(read.then_some(line))
    };
    if read_row(&mut reader, &mut row)?.is_none() {
        return Err(InputFault::EmptyInput.whole().into());
    }
    let header = texts(&row, 1)?;
    let places = match_columns(schema, &header)?;
    let mut next = Row::new();
    while let Some(line) = read_row(&mut reader, &mut next)? {
        let given = texts(&next, line)?;
        if given.iter().any(|field| field.contains(['\n', '"', ','])) {
            return Err(InputFault::CsvSyntax.at(line, "row").into());
        }
        if given.len() != header.len() {
            let width = InputFault::RowWidth { columns: header.len(), fields: given.len() };
            return Err(width.at(line, "row").into());
        }
        let fields: Vec<&str> =
            places.iter().map(|place| place.map_or("", |place| given[place])).collect();
        admit_text(schema, line, &fields, sink)?;
    }
    if state.last.get() != b'\n' {
        return Err(InputFault::Truncated.at(reader.position().line(), "row").into());
    }
    Ok(())
}

fn texts(row: &Row, line: u64) -> Result<Vec<&str>, LocatedFault> {
    row.iter()
        .map(|field| std::str::from_utf8(field).map_err(|_| InputFault::NotUtf8.at(line, "row")))
        .collect()
}
