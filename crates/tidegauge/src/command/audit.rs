//! `audit`: measures how far one person can change the published figures, and compares it with the
//! cost that the ledger claims.
//!
//! Not here: the measurements (crate `appraise`). The audit never opens an existing store: it
//! creates its own synthetic stores in a temporary directory and removes them.
//!
//! Invariants:
//! 1. Exit 0 only if no measured cost exceeds its claim; else 1, with one line for each excess
//!    (`audit::tests::a_wrong_claim_is_caught`).

use std::path::PathBuf;

use clap::Args;
use tidegauge_appraise::{AuditError, AuditOptions, audit};

use super::arguments::threads;
use super::output::print_answer;
use super::plan;
use super::progress::bar;
use crate::failure::{Done, Failure};

#[derive(Args)]
pub(crate) struct AuditCommand {
    /// The file of the plan.
    plan: PathBuf,
    /// The number of release histories from which a lower bound of rho is computed.
    #[arg(long, default_value_t = 400)]
    histories: usize,
    /// The number of invented persons, each of whom is added to a store and left out of another.
    #[arg(long, default_value_t = 32)]
    pairs: usize,
    /// The seed of histories and noise; the same seed gives the same report.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Store(error) => error.into(),
            AuditError::Ledger(error) => error.into(),
            AuditError::System { place, operation, error } => {
                Self::system(place, operation, &error)
            }
            AuditError::BadRelease { .. } => Self::new(4, "corrupt", error),
        }
    }
}

impl AuditCommand {
    pub(crate) fn run(self) -> Done {
        let (text, plan) = plan::read(&self.plan)?;
        let Self { histories, pairs, seed, .. } = self;
        let options = AuditOptions { histories, pairs, seed, threads: threads(None) };
        let bar = bar((pairs + histories) as u64, "auditing");
        let report = audit(&text, &plan, &options, &|| bar.inc(1))?;
        bar.finish_and_clear();
        let text = match self.json {
            true => format!("{:#}\n", report.json()),
            false => report.to_string(),
        };
        let printed = print_answer([text]);
        // Findings outrank output that cannot be written.
        let findings = report.findings();
        if findings.is_empty() {
            return printed;
        }
        let next = "do not release under this plan, and report it as a fault of the program";
        let lines = findings.iter().map(|finding| format!("{finding}; {next}"));
        Err(Failure::lines(1, lines.collect()))
    }
}
