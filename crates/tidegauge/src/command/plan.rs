//! `plan check`, `plan diagram` and `plan show`: everything about a release that is known before
//! any data.
//!
//! Not here: the rules of a plan (crate `model`) and the forecast itself ([`planner`]).
//!
//! Invariants:
//! 1. What is shown follows from the plan alone.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use tidegauge_model::Plan;

use super::{Done, tell};
use crate::failure::Failure;
use crate::planner;

#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// Report every error of a plan at once.
    Check {
        /// The plan.
        plan: PathBuf,
    },
    /// Print the state diagram of a plan's life cycle, as Mermaid text.
    Diagram {
        /// The plan.
        plan: PathBuf,
    },
    /// Show margins, charges and totals, before any data.
    Show {
        /// The plan.
        plan: PathBuf,
        /// How it is written.
        #[arg(long, value_enum, default_value_t = Form::Text)]
        format: Form,
        /// Also what another bound, share, step or one dimension less would buy.
        #[arg(long)]
        alternatives: bool,
    },
}

/// How a forecast is written.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl PlanCommand {
    pub(crate) fn run(self) -> Done {
        match self {
            Self::Check { plan } => {
                let (_, checked) = read(&plan)?;
                let dataflows = checked.dataflows.len();
                println!("{}: a plan of {dataflows} dataflows, without error", plan.display());
                println!("retention: {}", checked.retention);
                Ok(())
            }
            Self::Diagram { plan } => tell([read(&plan)?.1.life_cycle.diagram().to_string()]),
            Self::Show { plan, format, alternatives } => {
                show(&read(&plan)?.1, format, alternatives)
            }
        }
    }
}

/// A plan file's text and the plan.
pub(crate) fn read(path: &Path) -> Result<(String, Plan), Failure> {
    let failed = |error: std::io::Error| Failure::system(path.display(), "read", &error);
    let bytes = fs::read(path).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::new(2, "not-utf8", format_args!("{}: file: must be UTF-8", path.display()))
    })?;
    let plan = parse(&path.display().to_string(), &text)?;
    Ok((text, plan))
}

/// A plan from its text; `name` is how errors call the file.
pub(crate) fn parse(name: &str, text: &str) -> Result<Plan, Failure> {
    Plan::parse(text).map_err(|errors| {
        Failure::lines(2, errors.report(name).lines().map(str::to_owned).collect())
    })
}

fn show(plan: &Plan, format: Form, alternatives: bool) -> Done {
    let forecast = planner::forecast(plan, alternatives)
        .map_err(|error| Failure::new(2, "plan-privacy", format_args!("plan: {error}")))?;
    match format {
        Form::Text => tell([forecast.to_string()]),
        Form::Json => {
            let json = serde_json::to_string_pretty(&forecast).map_err(|_| {
                Failure::new(2, "plan-privacy", "plan: a margin is too large to be shown")
            })?;
            tell([json, "\n".to_owned()])
        }
    }
}
