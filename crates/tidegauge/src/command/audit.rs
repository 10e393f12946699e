//! `audit`: measures how far one person can change the published figures, and compares it with the
//! cost that the ledger claims.
//!
//! Not here: the measurements (crate `appraise`). The audit never opens an existing store: it
//! creates its own synthetic stores in a temporary directory and removes them.
//!
//! Invariants:
//! 1. Exit 0 only if no measured cost exceeds its claim and no law is broken; else 1, with one line
//!    for each finding (`audit::tests::a_wrong_claim_is_caught`).

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use tidegauge_appraise::{AuditError, AuditOptions, RandomOptions, audit, audit_random};

use super::arguments::threads;
use super::output::print_answer;
use super::plan;
use super::progress::bar;
use crate::failure::{Done, Failure};

#[derive(Args)]
#[command(group = ArgGroup::new("audited").required(true).multiple(true).args(["plan", "plans"]))]
pub(crate) struct AuditCommand {
    /// The file of the plan.
    plan: Option<PathBuf>,
    /// Draw this number of small plans with every feature instead, and search each for a person who
    /// costs more than it claims.
    #[arg(
        long, value_parser = at_least_one,
        conflicts_with_all = ["plan", "histories", "pairs", "windows"]
    )]
    plans: Option<usize>,
    /// The number of release histories from which a lower bound of rho is computed.
    #[arg(long, default_value_t = 400)]
    histories: usize,
    /// The number of invented persons, each of whom is added to a store and left out of another.
    #[arg(long, default_value_t = 32, value_parser = at_least_one)]
    pairs: usize,
    /// The number of windows that histories last, if the plan has so many.
    #[arg(long, default_value_t = 3, value_parser = at_least_one)]
    windows: usize,
    /// The seed of plans, histories and noise; the same seed gives the same report.
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
            AuditError::BadRelease { .. } | AuditError::Served(_) => Self::new(4, "corrupt", error),
        }
    }
}

/// Reads a number of things without which nothing is tested.
fn at_least_one(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "must be a whole number, at least 1".to_owned())
}

impl AuditCommand {
    pub(crate) fn run(self) -> Done {
        let Self { histories, pairs, windows, seed, .. } = self;
        let threads = threads(None);
        let (text, json, findings) = if let Some(place) = &self.plan {
            let (text, plan) = plan::read(place)?;
            let options = AuditOptions { histories, pairs, seed, threads, windows };
            let bar = bar((pairs + histories) as u64, "auditing");
            let report = audit(&text, &plan, &options, &|| bar.inc(1))?;
            bar.finish_and_clear();
            (report.to_string(), report.json(), report.findings())
        } else {
            let plans = self.plans.unwrap_or_default();
            let bar = bar(plans as u64, "searching");
            let report = audit_random(&RandomOptions { plans, seed, threads }, &|| bar.inc(1))?;
            bar.finish_and_clear();
            (report.to_string(), report.json(), report.findings())
        };
        let printed = print_answer([if self.json { format!("{json:#}\n") } else { text }]);
        // Findings outrank output that cannot be written.
        if findings.is_empty() {
            return printed;
        }
        let next = "do not release under this plan, and report it as a fault of the program";
        let lines = findings.iter().map(|finding| format!("{finding}; {next}"));
        Err(Failure::lines(1, lines.collect()))
    }
}
