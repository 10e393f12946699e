//! `audit`: measures what one person can change, and holds it against what the ledger claims.
//!
//! Not here: the measuring (crate `appraise`). A store cannot be named: the audit
//! makes its own, synthetic, in a temporary directory, and removes them.
//!
//! Invariants:
//! 1. Exit 0 only when nothing measured exceeds its claim; 1 with one line for each excess
//!    (`audit::tests::a_wrong_claim_is_caught`).

use std::path::PathBuf;

use clap::Args;
use tidegauge_appraise::{AuditError, Options, audit};

use super::output::print_answer;
use super::progress::bar;
use super::{Done, plan, threads};
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Audit {
    /// The plan.
    plan: PathBuf,
    /// Release histories from which a lower bound of rho is computed.
    #[arg(long, default_value_t = 400)]
    histories: usize,
    /// Invented persons whose whole history is there or not.
    #[arg(long, default_value_t = 32)]
    pairs: usize,
    /// What histories and noise are drawn from.
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

impl Audit {
    pub(crate) fn run(self) -> Done {
        let (text, plan) = plan::read(&self.plan)?;
        let Self { histories, pairs, seed, .. } = self;
        let options = Options { histories, pairs, seed, threads: threads(None) };
        let bar = bar((pairs + histories) as u64, "auditing");
        let report = audit(&text, &plan, &options, &|| bar.inc(1))?;
        bar.finish_and_clear();
        let text = match self.json {
            true => format!("{:#}\n", report.json()),
            false => report.to_string(),
        };
        let printed = print_answer([text]);
        // What was found outranks an output that cannot be written.
        let findings = report.findings();
        if findings.is_empty() { printed } else { Err(Failure::lines(1, findings)) }
    }
}
