//! What can go wrong at the agency, with its code and its exit code.
//!
//! Not here: faults of rows (module `fault`).
//!
//! Invariants:
//! 1. No error has a value from a row: it says where, which field, which rule and what to do next
//!    (`tests/canaries.rs`).
//!
//! Format: `error[key-permissions]: land.key: mode: must be 0600; run chmod 600 on it`.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

/// Exit codes, as those of `tidegauge`.
pub const BAD_INPUT: u8 = 2;
/// Refused by policy: by the intake, or by a rule about keys.
pub const REFUSED: u8 = 3;
/// The agent's state is corrupt.
pub const CORRUPT: u8 = 4;
/// Busy: another process uses the state, or the intake asks to come again later.
pub const BUSY: u8 = 6;
/// The disk is full.
pub const DISK_FULL: u8 = 7;
/// The operating system or the network refused.
pub const SYSTEM: u8 = 9;

/// A failed operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {field}: {rule}")]
pub struct Error {
    code: &'static str,
    exit: u8,
    place: String,
    field: String,
    rule: String,
}

impl Error {
    /// An error with this exit code and stable code, in a field of a place.
    pub fn new(
        exit: u8,
        code: &'static str,
        place: impl fmt::Display,
        field: impl fmt::Display,
        rule: impl fmt::Display,
    ) -> Self {
        let (place, field, rule) = (place.to_string(), field.to_string(), rule.to_string());
        Self { code, exit, place, field, rule }
    }

    /// Bad input.
    pub fn input(
        code: &'static str,
        place: impl fmt::Display,
        field: impl fmt::Display,
        rule: impl fmt::Display,
    ) -> Self {
        Self::new(BAD_INPUT, code, place, field, rule)
    }

    /// An error of the operating system at a path.
    pub fn system(place: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let place = place.display().to_string();
        move |error| match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                let rule = "is full, or a quota is used up; free some space and run it again";
                Self::new(DISK_FULL, "disk-full", place, "disk", rule)
            }
            ErrorKind::NotFound => {
                Self::input("system", place, doing, "there is no such file; check the path")
            }
            _ => Self::new(SYSTEM, "system", place, doing, format_args!("{error}; check the path")),
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The exit code of the command line.
    pub fn exit_code(&self) -> u8 {
        self.exit
    }

    /// The line for standard error.
    pub fn line(&self) -> String {
        format!("error[{}]: {self}", self.code)
    }
}
