//! CSV: a header, then one event a line, as in RFC 4180.
//!
//! Not here: dialects. Values of this schema need no quoting, so a quoted value may hold neither a
//! comma nor a quote nor a line's end, and a bare carriage return is refused.
//!
//! Invariants:
//! 1. A bad row ends with its line: the rows after it are read
//!    (`tidegauge/tests/bad_rows.rs`: `every_bad_row_is_listed_in_one_run`).
//!
//! Format:
//! ```text
//! event_id,pseudonym,occurred_at,kind,border_point,traveller_class
//! e1,syn1:0a3f5c77,2024-01-15T08:30:00+08:00,ENTRY,LO_WU,MAINLAND_VISITOR
//! ```

use std::io::Read;

use super::admit::{EventSink, Stop, admit_text, match_columns};
use super::lines::Lines;
use super::schema::Schema;
use crate::error::{InputFault, LocatedFault, Refused};

/// What other programs separate columns by.
const OTHER_DELIMITERS: [(char, &str); 3] =
    [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];

/// Reads all rows.
pub(super) fn read(
    input: impl Read,
    schema: &Schema,
    sink: &mut impl EventSink,
    refused: &mut Refused,
) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    let Some((number, line)) = lines.next()? else {
        return Err(InputFault::EmptyInput.whole().into());
    };
    let header = text(line).map_err(|fault| fault.at(number, "row"))?;
    let hinted = |fault| with_hint(fault, header, schema);
    let names: Result<Vec<&str>, InputFault> = fields(header).collect();
    let names = names.map_err(|fault| hinted(fault.at(number, "row")))?;
    let places = match_columns(schema, &names).map_err(hinted)?;
    let given = names.len();
    // For each column of the file, its position among those of the schema.
    let columns: Vec<usize> = (0..given)
        .filter_map(|position| places.iter().position(|place| *place == Some(position)))
        .collect();
    while let Some((number, line)) = lines.next()? {
        let mut row = vec![""; places.len()];
        match text(line).and_then(|line| split(line, &columns, &mut row)) {
            Ok(()) => admit_text(schema, number, &row, sink, refused)?,
            Err(fault) => refused.note(fault.at(number, "row")),
        }
    }
    Ok(())
}

fn text(line: &[u8]) -> Result<&str, InputFault> {
    match std::str::from_utf8(line) {
        Err(_) => Err(InputFault::NotUtf8),
        Ok(line) if line.contains('\r') => Err(InputFault::CsvSyntax),
        Ok(line) => Ok(line),
    }
}

/// The fields of a line, without their quotes.
fn fields(line: &str) -> impl Iterator<Item = Result<&str, InputFault>> {
    line.split(',').map(|field| {
        let inner = match field.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"').ok_or(InputFault::CsvSyntax)?,
            None => field,
        };
        if inner.contains('"') { Err(InputFault::CsvSyntax) } else { Ok(inner) }
    })
}

/// Puts the fields of a line where the schema has them.
fn split<'l>(line: &'l str, columns: &[usize], row: &mut [&'l str]) -> Result<(), InputFault> {
    let mut given = 0;
    if line.contains('"') {
        for (number, field) in fields(line).enumerate() {
            let field = field?;
            columns.get(number).into_iter().for_each(|&column| row[column] = field);
            given += 1;
        }
    } else {
        for (number, field) in line.split(',').enumerate() {
            columns.get(number).into_iter().for_each(|&column| row[column] = field);
            given += 1;
        }
    }
    match given == columns.len() {
        true => Ok(()),
        false => Err(InputFault::RowWidth { columns: columns.len(), fields: given }),
    }
}

/// The same fault, or that something else than commas separates the columns, if it does.
fn with_hint(fault: LocatedFault, header: &str, schema: &Schema) -> LocatedFault {
    let fits = |&&(delimiter, _): &&(char, &str)| {
        let mut names = header.split(delimiter).map(|name| name.trim().trim_matches('"'));
        header.contains(delimiter) && names.any(|name| schema.columns().contains(&name))
    };
    match OTHER_DELIMITERS.iter().find(fits) {
        Some(&(_, given)) => InputFault::OtherDelimiter { given }.at(1, "header"),
        None => fault,
    }
}
