//! What can go wrong during an audit, each with its code.
//!
//! Not here: findings, which are a result of an audit, not a failure of it (`report`); the exit
//! code (the command line).
//!
//! Invariants:
//! 1. A failure of the store or of the ledger is passed on as it is, so that it keeps its code.
//!
//! Format: `release/BORDER_FLOW/2024-01-01.v0.json: file: not a release file`.

use std::io;
use std::path::Path;

use tidegauge_ledger::LedgerRule;

/// A failed audit.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A store could not be made, filled or released from.
    #[error(transparent)]
    Store(#[from] tidegauge_collect::Error),
    /// The ledger of a store could not be verified.
    #[error(transparent)]
    Ledger(#[from] tidegauge_ledger::Error),
    /// Figures are refused.
    #[error(transparent)]
    Served(tidegauge_figures::Error),
    /// A release file of a store cannot be read as one.
    #[error("{file}: file: {rule}")]
    BadRelease {
        /// Path of the file below the public directory.
        file: String,
        /// The rule that is broken.
        rule: LedgerRule,
    },
    /// The operating system refuses an operation on a file or directory.
    #[error("{place}: {operation}: {error}")]
    System {
        /// The file or directory.
        place: String,
        /// The operation, such as `create`.
        operation: &'static str,
        /// The error from the operating system.
        error: io::Error,
    },
}

impl AuditError {
    pub(super) fn system(place: &Path, operation: &'static str, error: io::Error) -> Self {
        Self::System { place: place.display().to_string(), operation, error }
    }
}
