//! What can go wrong while events are simulated, each with its code and its exit.
//!
//! Not here: what a command prints around it.
//!
//! Invariants:
//! 1. A fault of a file of counts names the file, the line, the field and the rule
//!    (`crossings::counts::tests::a_malformed_file_is_refused_at_its_place`).
//!
//! Format: `counts.csv:17: Total: the classes sum to 348, not 350`.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;

/// A failed simulation.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of counts breaks a rule.
    #[error("{file}:{line}: {field}: {rule}; correct the line, or fetch the file again")]
    Counts {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column.
        field: String,
        /// The rule that is broken.
        rule: CountsRule,
    },
    /// An option is outside its limits.
    #[error("{option}: must be {rule}; change the option")]
    Option {
        /// Name of the option.
        option: &'static str,
        /// The values that are allowed.
        rule: &'static str,
    },
    /// More crossings on one day than the simulation allows.
    #[error("scale: days: a day has at most {limit} crossings after scaling; lower the scale")]
    TooManyCrossings {
        /// The largest number of crossings of a day.
        limit: u64,
    },
    /// Departures of visitors, or returns of residents, for which too many would have to enter or
    /// leave before the first day.
    #[error(
        "scale: first day: at most {limit} stays or trips of a class can have begun before it; \
         lower the scale, or begin earlier"
    )]
    TooManyBefore {
        /// The largest number of stays or trips.
        limit: u64,
    },
    /// A file that cannot be read.
    #[error("{file}: cannot be read: {}", Refused(*.kind, "file"))]
    Unreadable {
        /// The file.
        file: String,
        /// The error from the operating system.
        kind: ErrorKind,
    },
    /// A file that cannot be written.
    #[error("{file}: cannot be written: {}", Refused(*.kind, "directory"))]
    Unwritable {
        /// The file.
        file: String,
        /// The error from the operating system.
        kind: ErrorKind,
    },
}

/// Why the operating system refuses, in words; what there has to be.
struct Refused(ErrorKind, &'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(kind, what) = self;
        match kind {
            ErrorKind::NotFound => write!(f, "there is no such {what}; check the path"),
            kind => write!(f, "{kind}; check its owner and its permissions"),
        }
    }
}

/// A rule for files of counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CountsRule {
    /// Nothing in the file.
    #[error("the file has no header")]
    Empty,
    /// The file is larger than any table of daily counts.
    #[error("a file of counts has at most {limit} bytes")]
    TooLarge {
        /// The largest number of bytes.
        limit: u64,
    },
    /// A column that counts do not have.
    #[error("column {position} is not one of {known}")]
    UnknownColumn {
        /// Position, from 1.
        position: usize,
        /// The columns of a file of counts.
        known: String,
    },
    /// A column is missing.
    #[error("the column is missing")]
    MissingColumn,
    /// A column occurs twice.
    #[error("the column occurs twice")]
    DuplicateColumn,
    /// Text that is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Text that is not CSV.
    #[error("not CSV as in RFC 4180")]
    Syntax,
    /// More or fewer fields than columns.
    #[error("the header has {columns} columns, the row {fields} fields")]
    Width {
        /// Columns of the header.
        columns: usize,
        /// Fields of the row.
        fields: usize,
    },
    /// A field in the empty last column.
    #[error("a column without a name must be empty")]
    NotEmpty,
    /// A text that is not a date.
    #[error("must be a date DD-MM-YYYY in the years {first} to {last}")]
    Date {
        /// First year.
        first: i16,
        /// Last year.
        last: i16,
    },
    /// A text that is not the last day of a quarter.
    #[error("must be a date YYYY-MM-DD")]
    LastDay,
    /// A word that the layout does not have.
    #[error("must be a word that the publisher uses")]
    Word,
    /// A name from which no code can be made.
    #[error("a name has 1 to {limit} characters, a letter or digit of ASCII among them")]
    Point {
        /// The largest number of characters.
        limit: usize,
    },
    /// More control points than the simulation allows.
    #[error("at most {limit} control points")]
    TooManyPoints {
        /// The largest number of control points.
        limit: usize,
    },
    /// Neither of the two directions.
    #[error("must be Arrival or Departure")]
    Direction,
    /// A text that is not a count.
    #[error("must be a whole number from 0 to {limit}")]
    Count {
        /// Largest count.
        limit: u32,
    },
    /// A total that does not add up.
    #[error("the classes sum to {sum}, not {total}")]
    Total {
        /// Sum of the classes.
        sum: u64,
        /// Total given.
        total: u64,
    },
    /// Two rows for one date, control point and direction.
    #[error("an earlier row has the same date, control point and direction")]
    Duplicate,
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Counts { .. } => "bad-counts",
            Error::Option { .. } => "bad-option",
            Error::TooManyCrossings { .. } => "too-many-crossings",
            Error::TooManyBefore { .. } => "too-many-before",
            Error::Unreadable { .. } => "unreadable",
            Error::Unwritable { .. } => "unwritable",
        }
    }

    /// The exit code: 7 if the disk is full; every other failure here is bad input.
    pub fn exit(&self) -> u8 {
        match self {
            Error::Unwritable {
                kind: ErrorKind::StorageFull | ErrorKind::QuotaExceeded, ..
            } => 7,
            _ => 2,
        }
    }

    pub(super) fn unreadable(file: &Path, error: &io::Error) -> Self {
        Self::Unreadable { file: file.display().to_string(), kind: error.kind() }
    }

    pub(super) fn unwritable(file: &Path, error: &io::Error) -> Self {
        Self::Unwritable { file: file.display().to_string(), kind: error.kind() }
    }
}
