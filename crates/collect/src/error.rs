//! Everything that can go wrong between a file and a release, with its code and its exit code.
//!
//! Not here: errors of a plan (crate `model`) and of the ledger (crate `ledger`).
//!
//! Invariants:
//! 1. No variant carries a value from an event: a fault has the place, the field and the rule with
//!    its limit, never the contents of a row (`tidegauge/tests/bad_input.rs`).
//!
//! Format: `error[unknown-code]: events.csv:17: border_point: not in code list CL_POINT: ...`.

use std::borrow::Cow;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::Path;

use rusqlite::ErrorCode;
use tidegauge_ledger::{LedgerRule, OtherFormat};

/// The control store, as errors name it.
const CONTROL_STORE: &str = "private/control.sqlite";
/// Bytes by which SQLite's files grow at a time, and a little more.
const SQLITE_GROWTH: usize = 64 * 1024;

/// What happens to the other rows when some are refused.
const NOTHING_TAKEN: &str = "nothing was taken; correct them, or leave them out with \
                             `--on-bad-row skip`";

/// A fault of a file of events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputFault {
    /// Not a date, or a date that no timer can have.
    #[error("must be a date YYYY-MM-DD of the years 1970 to 2148; write _Z for none")]
    BadDate,
    /// Not a day, or one that no event can have.
    #[error("must be a day YYYY-MM-DD; a time belongs in a column occurred_at")]
    BadDay,
    /// A revision that is not a number, or too high.
    #[error("must be a whole number from 0 to {limit}; leave it empty for 0")]
    BadRevision {
        /// The highest revision.
        limit: u16,
    },
    /// A time that is not RFC 3339 with an offset.
    #[error(
        "must be a date and time with an offset, in RFC 3339 format, such as \
         2024-01-15T08:30:00+08:00; a day without a time belongs in a column occurred_on"
    )]
    BadTime,
    /// Values in both columns that say when an event occurred.
    #[error("a row has a value in occurred_at or in occurred_on, not in both; leave one empty")]
    BothTimes,
    /// A pseudonym with a character or a length that is not allowed.
    #[error(
        "a pseudonym has 8 to 128 printable ASCII characters without space, comma or quotes; let \
         tidegauge-agent make it"
    )]
    BadPseudonym,
    /// An event id with a character or a length that is not allowed.
    #[error(
        "an event id has 1 to 64 printable ASCII characters without space, comma or quotes; write \
         it in letters, digits and hyphens"
    )]
    BadEventId,
    /// A code outside its validity.
    #[error(
        "not valid in code list {list} on the day of the event; write the code that was valid \
         then, or correct the day"
    )]
    ClosedCode {
        /// Identifier of the list.
        list: String,
    },
    /// A control character.
    #[error("a control character is not allowed; remove it")]
    ControlCharacter,
    /// Quotes or line ends that CSV does not allow.
    #[error(
        "not CSV as RFC 4180 defines it: a stray quote or a bare carriage return; double each \
         quote inside a quoted value, and end each line with a line feed"
    )]
    CsvSyntax,
    /// Columns that something other than commas separates.
    #[error("{given} separate the columns; use commas")]
    OtherDelimiter {
        /// What separates them.
        given: &'static str,
    },
    /// The same column twice.
    #[error("the column appears twice; remove one")]
    DuplicateColumn,
    /// The same key twice in one object.
    #[error("the key appears twice; remove one")]
    DuplicateKey,
    /// An empty file.
    #[error("the file has neither a header nor a row; export it again")]
    EmptyInput,
    /// A page or chunk that decodes to too many bytes.
    #[error("decodes to more than {limit} bytes; write the file with smaller groups of rows")]
    ExpandsTooFar {
        /// Most bytes.
        limit: u64,
    },
    /// A footer that describes more than any file of events needs.
    #[error(
        "the footer has more than {limit} bytes or describes too many groups of rows; write the \
         file with more rows in each"
    )]
    FooterTooLong {
        /// Most bytes.
        limit: u64,
    },
    /// A time after that of the store's clock.
    #[error(
        "the event lies in the future by the store's clock; correct the time or its offset, or \
         the clock of the store's host"
    )]
    FutureTime,
    /// Not JSON.
    #[error("not JSON; write one JSON object on each line")]
    JsonSyntax,
    /// A row longer than any event.
    #[error("a row has at most {limit} bytes; look for a quote that is never closed")]
    RowTooLong {
        /// Most bytes.
        limit: u64,
    },
    /// A required column is missing.
    #[error("the column is missing; add it")]
    MissingColumn,
    /// A required key is missing.
    #[error("the key is missing; add it to each object")]
    MissingKey,
    /// A missing value.
    #[error(
        "every row must have a value; write it, or a code for unknown values if the list has one"
    )]
    MissingValue,
    /// A line that is not an object.
    #[error(
        "a line must be one JSON object; write one event on each line, without a list around them"
    )]
    NotAnObject,
    /// Bytes that are not UTF-8.
    #[error("not UTF-8; save the file in this encoding")]
    NotUtf8,
    /// A file in another encoding.
    #[error("not UTF-8 but {given}; save the file in UTF-8")]
    OtherEncoding {
        /// The encoding.
        given: &'static str,
    },
    /// An event after the plan's last day.
    #[error("the event lies after the last day of the plan; take it into a store of the next plan")]
    OutsidePlan,
    /// Pages in a codec that this program does not have.
    #[error(
        "the codec {codec} of the pages is not supported; write the file with ZSTD, Snappy, GZIP, \
         Brotli, LZ4 or none"
    )]
    ParquetCodec {
        /// The codec.
        codec: &'static str,
    },
    /// Not a Parquet footer, or one that claims more than the file can hold.
    #[error(
        "the footer is not that of a complete, unencrypted Parquet file; copy or write the file \
         again"
    )]
    ParquetFooter,
    /// A page that cannot be decoded.
    #[error("a page is damaged and cannot be decoded; copy or write the file again")]
    ParquetPage,
    /// A pseudonym that is not keyed.
    #[error(
        "a real store takes keyed pseudonyms only, hk1: and 43 characters of base64url; make them \
         with tidegauge-agent"
    )]
    PseudonymForm,
    /// A row with more or fewer fields than the header.
    #[error(
        "the header has {columns} columns, the row {fields} fields; look for a comma in a value \
         without quotes, or a missing one"
    )]
    RowWidth {
        /// Columns of the header.
        columns: usize,
        /// Fields of the row.
        fields: usize,
    },
    /// A time whose offset from universal time is not known.
    #[error(
        "the time has no offset from universal time; write it with one, such as \
         2024-01-15T08:30:00+08:00, or only the day in a column occurred_on"
    )]
    TimeWithoutOffset,
    /// A pseudonym for the other class of store, real or synthetic.
    #[error(
        "a synthetic store takes pseudonyms that begin with syn1:, a real store refuses them; \
         take invented events into a synthetic store, and real ones into a real store"
    )]
    TokenClass,
    /// More columns than any schema has.
    #[error("{given} columns exceed the limit of {limit}; export only the plan's columns")]
    TooManyColumns {
        /// Columns given.
        given: usize,
        /// Most columns.
        limit: usize,
    },
    /// More rows than one file may hold.
    #[error("one file holds at most {limit} rows; split it")]
    TooManyRows {
        /// Most rows.
        limit: u64,
    },
    /// A last line without an end.
    #[error(
        "the last line has no line end, so the file may be cut off; copy it again, or add a line \
         end"
    )]
    Truncated,
    /// An unknown action.
    #[error("must be count or retract; leave it empty for count")]
    UnknownAction,
    /// A code outside its list.
    #[error(
        "not in code list {list}; write one of its codes, or add the code with `tidegauge plan \
         amend`"
    )]
    UnknownCode {
        /// Identifier of the list.
        list: String,
    },
    /// A column that the closed schema does not have.
    #[error("column {position} is not one of the plan's: {allowed}; leave it out")]
    UnknownColumn {
        /// Position, from 1.
        position: usize,
        /// The columns that the plan has.
        allowed: String,
    },
    /// An unknown format.
    #[error(
        "the format must be csv, ndjson or parquet; rename the file, or name its format with \
         --format"
    )]
    UnknownFormat,
    /// A key that the closed schema does not have.
    #[error("a key is not one of the plan's: {allowed}; leave it out")]
    UnknownKey {
        /// The keys that the plan has.
        allowed: String,
    },
    /// A kind outside the life cycle.
    #[error("not an event kind of life cycle {model}; `tidegauge plan diagram` draws them")]
    UnknownKind {
        /// Name of the life cycle.
        model: String,
    },
    /// A file that the operating system cannot read.
    #[error("{}", Unreadable(*.kind))]
    Unreadable {
        /// The kind of error from the operating system.
        kind: ErrorKind,
    },
    /// A value or column of another type.
    #[error("must be {expected}; write such a value")]
    WrongType {
        /// The type that is required.
        expected: &'static str,
    },
}

impl InputFault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            InputFault::BadDate => "bad-date",
            InputFault::BadDay => "bad-day",
            InputFault::BadRevision { .. } => "bad-revision",
            InputFault::BadTime | InputFault::TimeWithoutOffset => "bad-time",
            InputFault::BothTimes => "both-times",
            InputFault::BadPseudonym => "bad-pseudonym",
            InputFault::BadEventId => "bad-event-id",
            InputFault::ClosedCode { .. } => "closed-code",
            InputFault::ControlCharacter => "control-character",
            InputFault::CsvSyntax => "csv-syntax",
            InputFault::DuplicateColumn => "duplicate-column",
            InputFault::DuplicateKey => "duplicate-key",
            InputFault::EmptyInput => "empty-input",
            InputFault::ExpandsTooFar { .. } => "expands-too-far",
            InputFault::FutureTime => "future-time",
            InputFault::OtherDelimiter { .. } => "other-delimiter",
            InputFault::JsonSyntax => "json-syntax",
            InputFault::RowTooLong { .. } => "row-too-long",
            InputFault::MissingColumn => "missing-column",
            InputFault::MissingKey => "missing-key",
            InputFault::MissingValue => "missing-value",
            InputFault::NotAnObject => "not-an-object",
            InputFault::NotUtf8 | InputFault::OtherEncoding { .. } => "not-utf8",
            InputFault::OutsidePlan => "outside-plan",
            InputFault::ParquetCodec { .. } => "parquet-codec",
            InputFault::ParquetFooter | InputFault::FooterTooLong { .. } => "parquet-footer",
            InputFault::ParquetPage => "parquet-page",
            InputFault::PseudonymForm => "pseudonym-form",
            InputFault::RowWidth { .. } => "row-width",
            InputFault::TokenClass => "token-class",
            InputFault::TooManyColumns { .. } => "too-many-columns",
            InputFault::TooManyRows { .. } => "too-many-rows",
            InputFault::Truncated => "truncated",
            InputFault::UnknownCode { .. } => "unknown-code",
            InputFault::UnknownColumn { .. } => "unknown-column",
            InputFault::UnknownFormat => "unknown-format",
            InputFault::UnknownKey { .. } => "unknown-key",
            InputFault::UnknownAction => "unknown-action",
            InputFault::UnknownKind { .. } => "unknown-kind",
            InputFault::Unreadable { .. } => "unreadable",
            InputFault::WrongType { .. } => "wrong-type",
        }
    }

    /// The fault, in a field of a row (from 1; the header is row 1 of a CSV).
    pub(crate) fn at(self, row: u64, field: &str) -> LocatedFault {
        let (row, field) = (Some(row), field.to_owned());
        LocatedFault { fault: self, file: String::new(), row, field }
    }

    /// The fault, in the file as a whole.
    pub(crate) fn whole(self) -> LocatedFault {
        LocatedFault { fault: self, file: String::new(), row: None, field: "file".to_owned() }
    }
}

/// A fault, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedFault {
    /// The fault itself.
    pub fault: InputFault,
    /// The file or delivery, as it was named.
    pub file: String,
    /// The line of a text file or the row of a table, from 1.
    pub row: Option<u64>,
    /// The field.
    pub field: String,
}

impl LocatedFault {
    /// The fault in a named file.
    pub(crate) fn in_file(self, file: &str) -> Self {
        Self { file: file.to_owned(), ..self }
    }
}

impl fmt::Display for LocatedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, file, row, field } = self;
        write!(f, "{file}{}: {field}: {fault}", RowSuffix(row))
    }
}

/// Faults of rows that are listed at most; more are only counted.
pub const FAULTS_MAX: usize = 100;

/// Rows that are refused, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// The exact number of rows.
    pub rows: u64,
    /// The first fault of each of the first [`FAULTS_MAX`] of them, in the order of the rows.
    pub faults: Vec<LocatedFault>,
}

impl Refused {
    /// Adds a row; within a file the rows come in their order.
    pub(crate) fn note(&mut self, fault: LocatedFault) {
        self.rows += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        }
    }

    /// Adds other rows of the same file, wherever in it they are.
    pub(crate) fn merge(&mut self, others: Self) {
        self.rows += others.rows;
        self.faults.extend(others.faults);
        self.faults.sort_by_key(|fault| fault.row);
        self.faults.truncate(FAULTS_MAX);
    }

    /// Adds the rows of the next file.
    pub(crate) fn append(&mut self, file: &str, next: Self) {
        self.rows += next.rows;
        let room = FAULTS_MAX - self.faults.len().min(FAULTS_MAX);
        let faults = next.faults.into_iter().take(room);
        self.faults.extend(faults.map(|fault| fault.in_file(file)));
    }

    /// A line for each listed fault, which begins with this word.
    pub fn listed(&self, word: &str) -> Vec<String> {
        let line = |fault: &LocatedFault| format!("{word}[{}]: {fault}", fault.fault.code());
        self.faults.iter().map(line).collect()
    }

    /// The number of rows, and what happened to the others.
    pub fn total(&self, others: &str) -> String {
        let listed = match self.faults.len() as u64 {
            listed if listed < self.rows => format!(", the first {listed} of them listed"),
            _ => String::new(),
        };
        let rows = if self.rows == 1 { "row is" } else { "rows are" };
        format!("{} {rows} refused{listed}; {others}", self.rows)
    }
}

/// A failed operation of a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An amendment that cannot follow the plan in force.
    #[error("amendment: {0}")]
    Amendment(LedgerRule),
    /// A backup that a copy of the store, which does not continue it, would replace.
    #[error(
        "{place}: ledger: {rule}, which would take its place; name a new directory, and find out \
         which copy of the store is the right one"
    )]
    BackupAhead {
        /// The directory of the backup.
        place: String,
        /// How the two differ.
        rule: String,
    },
    /// The charges exceed the budget of the window.
    #[error(
        "plan: privacy: the charges of window {window} exceed its budget; lower shares, or raise \
         `privacy.rho`"
    )]
    BudgetExhausted {
        /// The accounting window.
        window: String,
    },
    /// The charges on the ledger are not those that this program computes.
    #[error(
        "ledger: charges of window {window}: differ from those that this program computes; use the \
         version that made them"
    )]
    ChargesDiffer {
        /// The accounting window.
        window: String,
    },
    /// A code that would close on a day whose events may already be in the journal.
    #[error(
        "amendment: from: a code can close only from a day that has not begun, given {from}; \
         close it from a later day"
    )]
    ClosesTaken {
        /// The day given.
        from: String,
    },
    /// The disk is full, or the quota of this account is used up.
    #[error(
        "{place}: disk: is full, or a quota is used up; free some space and run the command again; \
         the store is as it was before, or goes on where it stopped"
    )]
    DiskFull {
        /// The file that could not be written.
        place: String,
    },
    /// Stored bytes differ from those that were written.
    #[error("{place}: {field}: {rule}; if it stays so, keep a copy and restore a sound backup")]
    Corrupt {
        /// File, relative to the store.
        place: String,
        /// Part of the file.
        field: &'static str,
        /// The rule that is violated.
        rule: Cow<'static, str>,
    },
    /// A directory inside what it is made from.
    #[error("{place}: directory: lies inside {of}; name one outside of it")]
    DirectoryInside {
        /// The directory.
        place: String,
        /// The store or backup around it.
        of: String,
    },
    /// The store's directory exists already and is not empty.
    #[error("{place}: directory: must not exist yet, or be empty; name another")]
    DirectoryTaken {
        /// The directory.
        place: String,
    },
    /// A release of a store into which nothing was ever taken.
    #[error(
        "{place}: journal: no event was ever taken in, and what is released is final; take events \
         in first, or release all the same with `--empty`"
    )]
    Empty {
        /// The directory.
        place: String,
    },
    /// The public ledger is not the one that the store wrote.
    #[error(
        "{place}: tree: {rule}; release nothing, and find out who changed the public directory"
    )]
    Fork {
        /// File, relative to the store.
        place: String,
        /// The rule that is violated.
        rule: &'static str,
    },
    /// A file of events cannot be read to its end.
    #[error("{located}")]
    Input {
        /// Where and what.
        located: Box<LocatedFault>,
        /// The rows that were refused before.
        before: Refused,
    },
    /// The file of the key under which the store is encrypted does not exist.
    #[error("{place}: key: there is no such file; give the file of the store's key with `--key`")]
    KeyMissing {
        /// The key's file.
        place: String,
    },
    /// A key file that others can read.
    #[error(
        "{place}: mode: must be 0600, so that nobody else can read the key; run `chmod 600` on it"
    )]
    KeyPermissions {
        /// File, relative to the store.
        place: String,
    },
    /// A checkpoint kept elsewhere that is none of this ledger's.
    #[error("{0}")]
    KeptHead(tidegauge_ledger::Error),
    /// The ledger refuses or is corrupt.
    #[error("{0}")]
    Ledger(tidegauge_ledger::Error),
    /// Another process holds the store.
    #[error(
        "{place}: lock: another process is writing to the store; try again later, or wait for it \
         longer with `--wait SECONDS`"
    )]
    Locked {
        /// The directory.
        place: String,
    },
    /// A directory that is not a backup.
    #[error(
        "{place}: manifest: is missing, so this is not a whole backup; `tidegauge backup` makes one"
    )]
    NotABackup {
        /// The directory.
        place: String,
    },
    /// A restored store that is not compared yet.
    #[error(
        "{place}: ledger: the store was restored and would draw again what was released since the \
         backup; compare it first: `tidegauge ledger compare DIR --head FILE|URL`, with a \
         checkpoint that was kept elsewhere"
    )]
    NotCompared {
        /// The directory.
        place: String,
    },
    /// A directory that is not a store.
    #[error("{place}: directory: is not a store; `tidegauge init` makes one")]
    NotAStore {
        /// The directory.
        place: String,
    },
    /// A given time for a real store.
    #[error("{place}: --now: a real store uses only the system's clock; leave the option out")]
    NowForbidden {
        /// The directory.
        place: String,
    },
    /// A file whose format has a number that this program does not read.
    #[error("{place}: {other}")]
    OtherFormat {
        /// The file.
        place: String,
        /// The number, and those that this program knows.
        other: OtherFormat,
    },
    /// More attributes than the kernel carries.
    #[error("plan: attributes: at most {limit} are allowed; remove some")]
    PlanTooLarge {
        /// Most attributes.
        limit: usize,
    },
    /// A checkpoint kept elsewhere is of a longer ledger than the restored one.
    #[error(
        "public/checkpoint: entries: {kept} were published and the restored ledger has {restored}: \
         the backup is too old, and the store would draw again; restore a newer backup"
    )]
    RestoredBehind {
        /// Entries under the checkpoint.
        kept: u64,
        /// Entries of the restored ledger.
        restored: u64,
    },
    /// Rows of files of events are refused, and therefore all of them.
    #[error("{}", .0.total(NOTHING_TAKEN))]
    RowsRefused(Refused),
    /// A budget above the limit for real stores.
    #[error(
        "plan: privacy.rho: {given} exceeds the ceiling of {ceiling} for a real store; lower it"
    )]
    RhoAboveCeiling {
        /// Given.
        given: String,
        /// The highest that is allowed.
        ceiling: u32,
    },
    /// A delivery with more rows than one may have.
    #[error("delivery: rows: more than one delivery may have; send several")]
    TooManyRows,
    /// A seed for noise in a real store.
    #[error(
        "{place}: --noise-seed: a real store draws its noise only from the operating system; \
         leave the option out"
    )]
    SeedForbidden {
        /// The directory.
        place: String,
    },
    /// The control store fails.
    #[error("private/control.sqlite: {0}; try again, check the disk, then restore a sound backup")]
    Sqlite(rusqlite::Error),
    /// The charges or the noise cannot be computed.
    #[error("plan: {0}")]
    Privacy(#[from] tidegauge_privacy::Error),
    /// The operating system refuses.
    #[error("{place}: {doing}: {source}; check its owner and its permissions, then the disk")]
    System {
        /// The file.
        place: String,
        /// The operation that failed.
        doing: &'static str,
        /// The error from the operating system.
        source: std::io::Error,
    },
    /// A last step before the plan's start.
    #[error("--until: {rule}")]
    Until {
        /// The rule that is violated.
        rule: &'static str,
    },
    /// The key of another store.
    #[error(
        "{place}: key: is not the key that this store is encrypted with; give that one with `--key`"
    )]
    WrongKey {
        /// The key's file.
        place: String,
    },
}

/// Why the operating system cannot read a file, in words.
struct Unreadable(ErrorKind);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ErrorKind::NotFound => f.write_str("there is no such file; check the path"),
            ErrorKind::PermissionDenied => f.write_str(
                "cannot be read: permission denied; check its owner and its permissions",
            ),
            kind => write!(f, "cannot be read: {kind}; check the path, then the disk"),
        }
    }
}

/// The row of a fault after the file's name, if there is one.
struct RowSuffix<'a>(&'a Option<u64>);

impl fmt::Display for RowSuffix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |row| write!(f, ":{row}"))
    }
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Amendment(rule) => rule.code(),
            Error::BackupAhead { .. } => "backup-ahead",
            Error::BudgetExhausted { .. } => "budget-exhausted",
            Error::ChargesDiffer { .. } => "charges-differ",
            Error::ClosesTaken { .. } => "amendment-late",
            Error::Corrupt { .. } => "corrupt",
            Error::DirectoryInside { .. } | Error::DirectoryTaken { .. } => "directory-taken",
            Error::DiskFull { .. } => "disk-full",
            Error::Empty { .. } => "empty",
            Error::Fork { .. } => "fork",
            Error::Input { located, .. } => located.fault.code(),
            Error::KeyMissing { .. } => "key-missing",
            Error::KeyPermissions { .. } => "key-permissions",
            Error::KeptHead(error) | Error::Ledger(error) => error.code(),
            Error::Locked { .. } => "locked",
            Error::NotABackup { .. } => "not-a-backup",
            Error::NotAStore { .. } => "not-a-store",
            Error::NotCompared { .. } => "not-compared",
            Error::NowForbidden { .. } => "now-forbidden",
            Error::OtherFormat { other, .. } => other.code(),
            Error::PlanTooLarge { .. } => "plan-too-large",
            Error::Privacy(_) => "plan-privacy",
            Error::RestoredBehind { .. } => "restored-behind",
            Error::RhoAboveCeiling { .. } => "rho-above-ceiling",
            Error::RowsRefused(_) => "bad-rows",
            Error::SeedForbidden { .. } => "seed-forbidden",
            Error::Sqlite(_) => "control-store",
            Error::System { .. } => "system",
            Error::TooManyRows => "too-large",
            Error::Until { .. } => "bad-value",
            Error::WrongKey { .. } => "wrong-key",
        }
    }

    /// The lines that a command reports before the error itself: one for each refused row that is
    /// listed.
    pub fn before(&self) -> Vec<String> {
        match self {
            Error::RowsRefused(refused) => refused.listed("error"),
            Error::Input { before, .. } if before.rows > 0 => {
                let mut lines = before.listed("error");
                let total = before.total("the file could not be read to its end");
                lines.push(format!("error[bad-rows]: {total}"));
                lines
            }
            _ => vec![],
        }
    }

    /// The exit code of the command line: 2 bad input, 3 refused by policy, 4 corrupt store, 5
    /// fork or rollback, 6 busy, 7 full disk, 9 if the operating system refuses: then neither the
    /// input nor the store is known to be wrong.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Amendment(LedgerRule::AmendmentEarly { .. })
            | Error::BudgetExhausted { .. }
            | Error::ClosesTaken { .. }
            | Error::Empty { .. }
            | Error::ChargesDiffer { .. }
            | Error::KeyPermissions { .. }
            | Error::NotCompared { .. }
            | Error::NowForbidden { .. }
            | Error::RhoAboveCeiling { .. }
            | Error::SeedForbidden { .. } => 3,
            Error::Corrupt { .. } => 4,
            Error::OtherFormat { other, .. } => other.exit_code(),
            Error::BackupAhead { .. } | Error::Fork { .. } | Error::RestoredBehind { .. } => 5,
            Error::Locked { .. } => 6,
            Error::DiskFull { .. } => 7,
            // The named new file already exists: the input is wrong.
            Error::System { source, .. } if source.kind() == ErrorKind::AlreadyExists => 2,
            Error::System { .. } => 9,
            Error::Sqlite(error) => exit_code_of_sqlite(error),
            // A public directory that cannot be read or written is the store's own.
            Error::Ledger(error) if error.refused_by_system().is_some() => 9,
            Error::Ledger(error) => error.exit_code(),
            _ => 2,
        }
    }

    /// Whether another process is at work in the store, so that the same call may succeed later.
    pub fn is_busy(&self) -> bool {
        self.exit_code() == 6
    }

    /// The same error, or `DiskFull` if SQLite's error hides a full disk: SQLite has one code for
    /// every refusal of the operating system, so this tries to write a file beside the control
    /// store.
    pub(crate) fn or_full_disk(self, private_directory: &Path) -> Self {
        let Self::Sqlite(error) = &self else { return self };
        let is_vague = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure)
        );
        let try_writing = || {
            let mut file = tempfile::tempfile_in(private_directory)?;
            file.write_all(&[1; SQLITE_GROWTH])?;
            file.sync_all()
        };
        match is_vague.then(try_writing) {
            Some(Err(refused)) if is_full(&refused) => {
                Self::DiskFull { place: CONTROL_STORE.into() }
            }
            _ => self,
        }
    }

    /// An error of the operating system at a path.
    pub(crate) fn system(place: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let place = place.display().to_string();
        move |source| match is_full(&source) {
            true => Self::DiskFull { place },
            false => Self::System { place, doing, source },
        }
    }

    /// The error for reading a file that the control store names: a file that is missing, cut or
    /// altered is corrupt; any other error is one of the operating system.
    pub(crate) fn stored(
        place: &Path,
        field: &'static str,
    ) -> impl Fn(std::io::Error) -> Self + use<> {
        let place = place.to_owned();
        move |source| match source.kind() {
            ErrorKind::NotFound => Self::corrupt(&place, "file", "is missing"),
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                Self::corrupt(&place, field, "is incomplete, or differs from what was written")
            }
            _ => Self::system(&place, "read")(source),
        }
    }

    /// The error for a file whose format this program does not read.
    pub(crate) fn other_format(place: &Path) -> impl FnOnce(OtherFormat) -> Self {
        let place = place.display().to_string();
        move |other| Self::OtherFormat { place, other }
    }

    /// The error for a stored file that differs from the one written.
    pub(crate) fn corrupt(
        place: &Path,
        field: &'static str,
        rule: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Corrupt { place: place.display().to_string(), field, rule: rule.into() }
    }

    /// The same error, if it is about a file, with another name for its place.
    pub(crate) fn renamed(mut self, rename: impl FnOnce(&str) -> String) -> Self {
        let named = match &mut self {
            Self::Corrupt { place, .. }
            | Self::DiskFull { place }
            | Self::KeyMissing { place }
            | Self::KeyPermissions { place }
            | Self::Locked { place }
            | Self::NotAStore { place }
            | Self::OtherFormat { place, .. }
            | Self::System { place, .. }
            | Self::WrongKey { place } => Some(place),
            _ => None,
        };
        if let Some(place) = named {
            *place = rename(place);
        }
        self
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { place: CONTROL_STORE.into() },
            _ => Self::Sqlite(error),
        }
    }
}

impl From<tidegauge_ledger::Error> for Error {
    fn from(error: tidegauge_ledger::Error) -> Self {
        match error.refused_by_system() {
            Some((path, source)) if is_full(source) => {
                Self::DiskFull { place: format!("public/{path}") }
            }
            _ => Self::Ledger(error),
        }
    }
}

/// Whether the operating system reports that there is no room (`ENOSPC`, `EDQUOT`).
fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// The exit code for an error of SQLite. Unless the operating system refused something, the file is
/// damaged.
fn exit_code_of_sqlite(error: &rusqlite::Error) -> u8 {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => 6,
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure,
        ) => 9,
        _ => 4,
    }
}
