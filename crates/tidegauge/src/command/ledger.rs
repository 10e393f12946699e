//! `ledger verify` and `ledger compare`: recomputes everything that the public files allow.
//!
//! Not here: the checks themselves (crate `ledger`, module `audit`).
//!
//! Invariants:
//! 1. Exit 0 only when nothing was found; 1 with one line for each finding; 2 if nothing could be
//!    read (`tests/exit_codes.rs`: `a_ledger_that_cannot_be_read_is_no_finding`).

use std::path::Path;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use tidegauge_ledger::{DirectorySource, Source, VerifierKey, audit_at, server_source};

use super::arguments::{Address, public_directory};
use super::backup::Compare;
use super::output::print_answer;
use crate::failure::{Done, Failure};

/// Codes of findings which say that a file could not be read, and nothing about its contents.
const UNREAD: [&str; 4] = ["http", "http-status", "io", "newer-format"];

#[derive(Subcommand)]
pub(crate) enum LedgerCommand {
    /// Recompute every hash, signature, charge, total and digest.
    Verify(Verify),
    /// Compare the ledger of a restored store with a checkpoint that was kept elsewhere.
    Compare(Compare),
}

#[derive(Args)]
pub(crate) struct Verify {
    /// The directory of a store, its public directory, or the address of a server.
    place: String,
    /// The verifier key that the ledger must be signed with; by default the one published beside
    /// it.
    #[arg(long)]
    key: Option<String>,
}

impl LedgerCommand {
    pub(crate) fn run(self) -> Done {
        let Verify { place, key } = match self {
            Self::Compare(compare) => return compare.run(),
            Self::Verify(verify) => verify,
        };
        if let Some(Err(rule)) = key.as_deref().map(|key| VerifierKey::parse(key.trim())) {
            return Err(Failure::new(2, rule.code(), format_args!("--key: {rule}")));
        }
        let source: Box<dyn Source> = match Address::of_place("PLACE", &place)? {
            Some(address) => Box::new(server_source(address.as_str())),
            None => Box::new(DirectorySource::new(public_directory(Path::new(&place))?)),
        };
        match audit_at(source.as_ref(), key.as_deref(), Timestamp::now()) {
            Ok(report) => print_answer([report.to_string()]),
            Err(findings) => {
                let lines = findings.iter().map(ToString::to_string).collect();
                // A ledger that could not be read has no fault that anyone has found.
                let is_unread = findings.iter().all(|finding| UNREAD.contains(&finding.code));
                Err(Failure::lines(if is_unread { 2 } else { 1 }, lines))
            }
        }
    }
}
