//! A failed command: its lines for standard error and its exit code.
//!
//! Not here: the wording of errors; each crate words its own.
//!
//! Invariants:
//! 1. Exit codes are those of [`EXIT_CODES`] (`tests/exit_codes.rs`).
//! 2. A failure is one line, whatever names are in it
//!    (`tests/addresses.rs`: `a_name_ends_no_line`).
//! 3. A standard error that cannot be written ends no command and changes no exit code
//!    (`tests/exit_codes.rs`: `an_output_that_cannot_be_written_has_its_own_code`).

use std::fmt;
use std::io::{Error, ErrorKind, Write, stderr};

/// Every exit code, for people and scripts; `docs/src/reference/exit-codes.md` has the same list.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  ledger verify, audit or health found something
  2  bad input: an argument, a plan, a file of events; also one that cannot be read
  3  refused by policy
  4  the store is corrupt
  5  fork or rollback: the public ledger is not the one that the store wrote
  6  busy: another process is at work in the store; try again, or wait with --wait
  7  the disk is full, or a quota is used up: free some space and run the command again
  8  standard output could not be written; the work itself is done
  9  the operating system refused: permission, a failing disk; the store need not be damaged
  101  the program has an error; the message says where: please report it
";

/// The exit code when a command's output could not be written.
const OUTPUT: u8 = 8;

/// The result of a command.
pub(crate) type Done = Result<(), Failure>;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    lines: Vec<String>,
    exit: u8,
}

impl Failure {
    /// A failure of one line.
    pub(crate) fn new(exit: u8, code: &str, text: impl fmt::Display) -> Self {
        Self { lines: vec![format!("error[{code}]: {text}")], exit }
    }

    /// A failure whose lines are already worded.
    pub(crate) fn lines(exit: u8, lines: Vec<String>) -> Self {
        Self { lines, exit }
    }

    /// The same failure, and a line about what it leaves behind.
    pub(crate) fn followed_by(mut self, line: impl fmt::Display) -> Self {
        self.lines.push(line.to_string());
        self
    }

    /// An option whose value breaks its rule.
    pub(crate) fn value(option: impl fmt::Display, rule: impl fmt::Display) -> Self {
        let next = "correct it, or see `--help`";
        Self::new(2, "bad-value", format_args!("{option}: value: {rule}; {next}"))
    }

    /// A file named on the command line that the operating system does not let us read.
    pub(crate) fn unreadable(place: impl fmt::Display, doing: &str, error: &Error) -> Self {
        let rule = match error.kind() {
            ErrorKind::NotFound => "file: there is no such file; check the path".to_owned(),
            ErrorKind::IsADirectory => "file: is a directory; name a file in it".to_owned(),
            _ => format!("{doing}: {error}; check its owner and its permissions"),
        };
        Self::new(2, "system", format_args!("{place}: {rule}"))
    }

    /// A file of the program that the operating system does not let us read or write.
    pub(crate) fn system(place: impl fmt::Display, doing: &str, error: &Error) -> Self {
        let text = format!("{place}: {doing}: {error}");
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                let text = format!("{text}; free some space and run the command again");
                Self::new(7, "disk-full", text)
            }
            _ => {
                let next = "check the path, its owner and its permissions, then the disk";
                Self::new(9, "system", format_args!("{text}; {next}"))
            }
        }
    }

    /// Standard output cannot be written; `done` says which work was done all the same.
    pub(crate) fn output(error: &Error, done: impl fmt::Display) -> Self {
        Self::new(OUTPUT, "output", format_args!("standard output: write: {error}; {done}"))
    }

    /// Standard output cannot be written, and only an answer is lost. Who has read enough of it, as
    /// `head` has, gets no line about that.
    pub(crate) fn answer(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::lines(OUTPUT, vec![]),
            _ => Self::output(error, "the answer is incomplete, so run the command again"),
        }
    }

    /// Writes the lines to standard error; returns the exit code.
    pub(crate) fn print(&self) -> u8 {
        for line in &self.lines {
            print_error(line);
        }
        self.exit
    }
}

/// Writes a line to standard error; a failure to do so is ignored. A name in it, as of a file, ends
/// no line and controls no terminal; lines that belong to the first one are indented.
pub(crate) fn print_error(line: impl fmt::Display) {
    let text = line.to_string();
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let goes_on = c == '\n' && text[at + 1..].starts_with("  ");
        match c.is_control() && !goes_on {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    let _ = writeln!(stderr(), "{shown}");
}

/// Warns on standard error that a release passed over a damaged state; the release goes on.
pub(crate) fn warn_passed_over(code: &str, damage: &str) {
    let remedy = "removed, what it held is folded again from the journal";
    // The next step of the error is for a store that cannot go on.
    let (fact, _) = damage.split_once("; ").unwrap_or((damage, ""));
    print_error(format_args!("warning[{code}]: {fact}; {remedy}"));
}

impl From<tidegauge_receive::Refusal> for Failure {
    fn from(refusal: tidegauge_receive::Refusal) -> Self {
        let mut lines = refusal.before;
        lines.push(format!("error[{}]: {}", refusal.code, refusal.text));
        Self::lines(refusal.exit, lines)
    }
}

impl From<tidegauge_collect::Error> for Failure {
    fn from(error: tidegauge_collect::Error) -> Self {
        tidegauge_receive::Refusal::from(error).into()
    }
}

impl From<tidegauge_ledger::Error> for Failure {
    fn from(error: tidegauge_ledger::Error) -> Self {
        Self::new(error.exit_code(), error.code(), &error)
    }
}
