//! Faults of rows: the rule that a row breaks, and where.
//!
//! Not here: what is done about them (module `work`).
//!
//! Invariants:
//! 1. A fault has the row, the column and the rule, never a value (`tests/canaries.rs`).

use std::fmt;

use crate::error::Error;

/// A rule that a row breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A required value is missing.
    #[error("every row must have a value; correct the row, or map the empty text to a code")]
    MissingValue,
    /// A value that is in neither the code table nor the plan's list.
    #[error(
        "is neither in the mapping's codes nor a code of the plan's list {list}; map the value to \
         a code"
    )]
    UnknownCode {
        /// The plan's column.
        list: String,
    },
    /// A date or time in another form.
    #[error("is not of the form {format}; correct the value, or `format` of the mapping")]
    BadTime {
        /// The form that the mapping names.
        format: String,
    },
    /// A date in the right form of a day that no month has.
    #[error("is written as {format}, but the month has no such day; correct the date")]
    NoSuchDay {
        /// The form that the mapping names.
        format: String,
    },
    /// An event that is older than any that a store takes.
    #[error("an event cannot be older than 1900-01-01T00:00:00Z; correct its date or the `format`")]
    TooOld,
    /// A date that no store takes.
    #[error("must be a day of the years 1970 to 2148; leave it empty for none")]
    BadDate,
    /// A local time that a change of clocks leaves out or has twice.
    #[error(
        "a change of clocks in {zone} leaves this local time out or has it twice; export the \
         offset, or set `unclear_times`"
    )]
    UnclearTime {
        /// The time zone.
        zone: String,
    },
    /// No band has the age.
    #[error(
        "the age on the day of the event is in none of the mapping's age_bands; extend them, or \
         correct the date"
    )]
    NoBand,
    /// An identifier with a character that people cannot see.
    #[error("an identifier must not have control or invisible characters; correct the export")]
    BadIdentifier,
    /// An identifier that the mapping refuses, as it stands for unknown ones.
    #[error(
        "is one of the values that the mapping refuses as identifiers; leave the row out, or \
         correct its identifier"
    )]
    RefusedIdentifier,
    /// An identifier of a person who may be real, for a rehearsal.
    #[error(
        "a rehearsal takes only identifiers of which a column begins with syn1:, as those that \
         `tidegauge simulate` invents; real ones go to a real store"
    )]
    NotSynthetic,
    /// A revision that is not a number from 0 to 65535.
    #[error("must be a whole number from 0 to 65535; number the versions of an event from 0")]
    BadRevision,
    /// A character that the file's encoding does not have.
    #[error("has bytes that are not of the encoding {encoding}; set `encoding` of the input")]
    BadEncoding {
        /// The encoding.
        encoding: String,
    },
    /// More or fewer fields than the header.
    #[error(
        "the header has {columns} columns, the row {fields} fields; look for a delimiter in a \
         value without quotes"
    )]
    RowWidth {
        /// Columns of the header.
        columns: usize,
        /// Fields of the row.
        fields: usize,
    },
    /// A line that is not a JSON object with each key once.
    #[error("a line must be one JSON object with each key once; write one event on each line")]
    JsonSyntax,
    /// An attribute that an event or its trace has twice.
    #[error("an event and a trace must have each attribute once; correct the export")]
    Twice,
    /// An identifier from a number that stands for others too.
    #[error(
        "an identifier must be a text or a whole number below 2^53: others are rounded, or written \
         in several ways; export it as a text"
    )]
    InexactNumber,
    /// A value of a type that is not text, number, date or truth value.
    #[error("must be a text, a number, a date or a truth value; export one of these")]
    WrongType,
    /// A value longer than any field.
    #[error("a value has at most {limit} bytes; check which column is mapped")]
    TooLong {
        /// Most bytes.
        limit: usize,
    },
    /// A message of a stream whose rows cannot be read.
    #[error("{error}")]
    Message {
        /// The stable code.
        code: &'static str,
        /// What is wrong with it, with its place.
        error: String,
    },
    /// A fault that the intake reports.
    #[error("{rule}")]
    Intake {
        /// The stable code.
        code: String,
        /// The rule in words.
        rule: String,
    },
}

impl Fault {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Fault::MissingValue => "missing-value",
            Fault::UnknownCode { .. } => "unknown-code",
            Fault::BadTime { .. } | Fault::NoSuchDay { .. } | Fault::TooOld => "bad-time",
            Fault::BadDate => "bad-date",
            Fault::UnclearTime { .. } => "unclear-time",
            Fault::NoBand => "no-band",
            Fault::BadIdentifier => "bad-identifier",
            Fault::RefusedIdentifier => "refused-identifier",
            Fault::NotSynthetic => "token-class",
            Fault::BadRevision => "bad-revision",
            Fault::BadEncoding { .. } => "bad-encoding",
            Fault::RowWidth { .. } => "row-width",
            Fault::JsonSyntax => "json-syntax",
            Fault::WrongType => "wrong-type",
            Fault::Twice => "duplicate-attribute",
            Fault::InexactNumber => "inexact-number",
            Fault::TooLong { .. } => "too-long",
            Fault::Message { code, .. } => code,
            Fault::Intake { code, .. } => code,
        }
    }

    /// The fault in a column of a row.
    pub fn at(self, row: u64, column: &str) -> RowFault {
        RowFault { row, column: column.to_owned(), fault: self }
    }
}

/// A fault, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line of a text file, or the row of a table, from 1.
    pub row: u64,
    /// The column of the plan, or the field of the input.
    pub column: String,
    /// The fault.
    pub fault: Fault,
}

impl RowFault {
    /// The line for people: a `word` such as `error`, the file, the row, the column and the rule.
    pub fn line(&self, word: &str, file: &str) -> String {
        let Self { row, column, fault } = self;
        format!("{word}[{}]: {file}:{row}: {column}: {fault}", fault.code())
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.row, self.column, self.fault)
    }
}

/// An error of a whole file of rows.
pub(crate) fn of_file(
    code: &'static str,
    file: &str,
    field: impl fmt::Display,
    rule: impl fmt::Display,
) -> Error {
    Error::input(code, file, field, rule)
}
