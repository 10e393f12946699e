//! A failed command: its lines for standard error and its exit code.
//!
//! Not here: what went wrong; each crate words its own errors.
//!
//! Invariants:
//! 1. Exit codes are 1 (`ledger verify` or `audit` found something), 2 bad input, 3 refused by
//!    policy, 4 corrupt store, 5 fork or rollback.

use std::fmt;

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

    /// A failure of lines that are worded already.
    pub(crate) fn lines(exit: u8, lines: Vec<String>) -> Self {
        Self { lines, exit }
    }

    /// Input that cannot be read or written: the operating system says no.
    pub(crate) fn system(place: impl fmt::Display, doing: &str, error: &std::io::Error) -> Self {
        Self::new(2, "system", format_args!("{place}: {doing}: {error}"))
    }

    /// Writes the lines to standard error; returns the exit code.
    pub(crate) fn tell(&self) -> u8 {
        for line in &self.lines {
            eprintln!("{line}");
        }
        self.exit
    }
}

/// Warns on standard error of a snapshot that a release passed over; the release goes on.
pub(crate) fn warn_passed_over(damage: &tidegauge_collect::Error) {
    let mended = "passed over, the one before it is folded again";
    eprintln!("warning[{}]: {damage}; {mended}", damage.code());
}

impl From<tidegauge_collect::Error> for Failure {
    fn from(error: tidegauge_collect::Error) -> Self {
        Self::new(error.exit(), error.code(), &error)
    }
}

impl From<tidegauge_ledger::Error> for Failure {
    fn from(error: tidegauge_ledger::Error) -> Self {
        Self::new(error.exit_code(), error.code(), &error)
    }
}
