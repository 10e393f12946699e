//! `plan check`, `plan diagram`, `plan explain` and `plan show`: what a plan says about its
//! releases before any data; `plan fit`: a plan made from its wishes; `plan amend`: the changes
//! that are allowed once a plan is running.
//!
//! Not here: the rules of plans and amendments (crate `model`), the order in which an amendment
//! becomes public (crate `collect`) and the forecast itself (crate `appraise`).
//!
//! Invariants:
//! 1. The output depends only on the plan.
//! 2. A warning leaves the exit code at 0
//!    (`tests/planner.rs`: `totals_much_coarser_than_cells_are_warned_of`).
//! 3. A dry run refuses whatever the amendment itself would refuse, and writes nothing
//!    (`tests/amendments.rs`: `each_refusal_leaves_the_store_as_it_is`).

use std::fs;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use tidegauge_appraise::{
    Contributions, EPSILON_MAX, ForecastOptions, Limits, fit, forecast, started,
};
use tidegauge_ledger::{DirectorySource, read_verified};
use tidegauge_model::plan::PlanErrors;
use tidegauge_model::{Amendment, Plan};
use tidegauge_receive::{AmendPlan, Answer, Task};
use tidegauge_serve::{DocumentForm, EXPLAIN_LANGUAGES, explain};
use tidegauge_whole_file::Existing;

use super::arguments::{StoreAt, public_directory};
use super::output::{print_answer, print_done, print_warnings, without_price, write_file};
use crate::failure::{Done, Failure, print_error};

#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// Check a plan and report all of its errors at once. Warnings on standard error say what to
    /// decide before it runs; they leave the exit code at 0.
    Check(Check),
    /// Print the state diagram of a plan's life cycle, as Mermaid text.
    Diagram {
        /// The file of the plan.
        plan: PathBuf,
    },
    /// Explain a plan in plain words, as the page of the plan on the web does.
    Explain(Explain),
    /// Put an amendment of a store's plan in force: codes that open, close or are renamed, and
    /// breaks in series. Privacy costs and published figures do not change.
    Amend(Amend),
    /// Write a new plan from a plain description, by flags or, in a terminal, by questions.
    New(Box<super::compose::New>),
    /// Find the shares, weights and strategies that grant the wishes of a plan at the least charge.
    Fit(Fit),
    /// Show margins of error, privacy charges and totals, before any data.
    Show {
        /// The file of a plan, or the directory of a store, whose plan in force is shown.
        plan: PathBuf,
        /// The output format.
        #[arg(long, value_enum, default_value_t = ForecastFormat::Text)]
        format: ForecastFormat,
        /// Also show the margins of error under another bound, share or step, or with one dimension
        /// less.
        #[arg(long)]
        alternatives: bool,
        /// Also show how far each stream is from the least error possible, which takes some
        /// seconds.
        #[arg(long)]
        streams: bool,
    },
}

/// The output format of a forecast.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ForecastFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl PlanCommand {
    pub(crate) fn run(self) -> Done {
        match self {
            Self::Check(check) => check.run(),
            Self::Diagram { plan } => {
                print_answer([read(&plan)?.1.life_cycle.diagram().to_string()])
            }
            Self::Explain(explain) => explain.run(),
            Self::Amend(amend) => amend.run(),
            Self::Fit(fit) => fit.run(),
            Self::New(new) => new.run(),
            Self::Show { plan, format, alternatives, streams } => {
                let options = ForecastOptions { streams, alternatives };
                let place = plan.display().to_string();
                let plan = if plan.is_dir() { in_force(&plan)? } else { read(&plan)?.1 };
                show(&place, &plan, format, options)
            }
        }
    }
}

#[derive(Args)]
pub(crate) struct Explain {
    /// The file of a plan, or the directory of a store, whose plan in force is explained.
    plan: PathBuf,
    /// The language; by default that of the plan, or English.
    #[arg(long, value_parser = PossibleValuesParser::new(EXPLAIN_LANGUAGES))]
    lang: Option<String>,
    /// The form: plain text or Markdown.
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    format: ExplainFormat,
}

/// The form of an explanation.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For a terminal or a letter.
    Text,
    /// For a web page or a word processor.
    Markdown,
}

impl Explain {
    fn run(self) -> Done {
        let (plan, entries) = match self.plan.is_dir() {
            true => with_amendments(&self.plan)?,
            false => (read(&self.plan)?.1, vec![]),
        };
        let form = match self.format {
            ExplainFormat::Text => DocumentForm::Text,
            ExplainFormat::Markdown => DocumentForm::Markdown,
        };
        print_answer([explain(&plan, &entries, self.lang.as_deref(), form)])
    }
}

#[derive(Args)]
pub(crate) struct Check {
    /// The file of the plan.
    plan: PathBuf,
    /// A table in CSV, dataflow,contributions,persons: how many persons have how many contributions
    /// in a window, as published or from a pilot. Totals and groups that would be too small to be
    /// read, and bounds that cut too much, are warned of.
    #[arg(long)]
    contributions: Option<PathBuf>,
    /// The largest epsilon, at delta 1e-6, that the plan may cost a person in its life without a
    /// warning.
    #[arg(long, default_value_t = EPSILON_MAX, value_parser = epsilon)]
    epsilon: f64,
}

impl Check {
    fn run(self) -> Done {
        let (_, plan) = read(&self.plan)?;
        let sample = contributions(self.contributions.as_deref(), &plan)?;
        let place = self.plan.display();
        let forecast = forecast(&plan, ForecastOptions::default())
            .map_err(|error| without_price(&place.to_string(), &error))?;
        print_warnings(&place, &forecast.warnings());
        let limits = Limits { epsilon_max: self.epsilon, sample };
        print_warnings(&place, &forecast.cautions(&plan, &limits));
        let (dataflows, retention) = (plan.dataflows.len(), &plan.retention);
        let intake = forecast.intake.map_or(String::new(), |intake| format!("\n{intake}"));
        print_done(format_args!(
            "{place}: a plan of {dataflows} dataflows, without errors\n\
             retention: {retention}{}",
            intake.trim_end()
        ))
    }
}

/// A limit of epsilon.
fn epsilon(text: &str) -> Result<f64, String> {
    let limit = text.parse::<f64>().ok().filter(|limit| limit.is_finite() && *limit > 0.0);
    limit.ok_or_else(|| "must be a number above 0".to_owned())
}

/// The table of how many persons have how many contributions; empty if none is given.
fn contributions(table: Option<&Path>, plan: &Plan) -> Result<Vec<Contributions>, Failure> {
    let Some(path) = table else { return Ok(vec![]) };
    let refused = |rule| {
        let next = "give a CSV file with the columns dataflow,contributions,persons";
        let text = format_args!("{}: {rule}; {next}", path.display());
        Failure::new(2, "contributions", text)
    };
    Contributions::parse(&text(path)?, plan).map_err(refused)
}

#[derive(Args)]
pub(crate) struct Amend {
    #[command(flatten)]
    at: StoreAt,
    /// The file of the amendment.
    amendment: PathBuf,
    /// Check the amendment and show what it would change, without changing anything.
    #[arg(long)]
    dry_run: bool,
}

impl Amend {
    fn run(self) -> Done {
        let text = text(&self.amendment)?;
        let name = self.amendment.display().to_string();
        let amendment = Amendment::parse(&text).map_err(|errors| faults(&name, &errors))?;
        let task = AmendPlan { text, dry_run: self.dry_run, now: self.at.now() };
        let answer = self.at.hand_in(&Task::Amend(task), &mut |_| {})?;
        let changes = if let Answer::Amended(changes) = answer { changes } else { String::new() };
        let done = if self.dry_run { "would be amended" } else { "amended" };
        let place = self.at.directory.display();
        let (from, note) = (amendment.from, &amendment.note);
        let text = format!("{place}: {done} from {from}: {note}\n{changes}");
        print_done(text.trim_end())
    }
}

#[derive(Args)]
pub(crate) struct Fit {
    /// The file of the plan, with at least one [[wish]].
    plan: PathBuf,
    /// Write the fitted plan to this file and the report to standard output; without it the plan
    /// goes to standard output and the report to standard error.
    #[arg(long)]
    out: Option<PathBuf>,
    /// A table in CSV, dataflow,contributions,persons: how many persons have how many contributions
    /// in a window, as published or from a pilot. Bounds are chosen from it.
    #[arg(long)]
    contributions: Option<PathBuf>,
}

impl Fit {
    fn run(self) -> Done {
        let (text, plan) = read_unshared(&self.plan)?;
        let place = self.plan.display();
        let persons = contributions(self.contributions.as_deref(), &plan)?;
        let fitted = fit(&text, &plan, &persons)
            .map_err(|error| Failure::new(2, "plan-fit", format_args!("{place}: {error}")))?;
        let report = fitted.to_string();
        let Some(out) = self.out else {
            report.lines().for_each(print_error);
            return print_answer([fitted.text]);
        };
        write_file(&out, &fitted.text, Existing::Replace)?;
        print_done(report.trim_end())
    }
}

/// The plan that is in force in a store.
fn in_force(place: &Path) -> Result<Plan, Failure> {
    with_amendments(place).map(|(plan, _)| plan)
}

/// The plan that is in force in a store, and the entries of the ledger with its amendments.
fn with_amendments(place: &Path) -> Result<(Plan, Vec<u64>), Failure> {
    let source = DirectorySource::new(public_directory(place)?);
    let log = read_verified(&source, None)?;
    let entries = log.succession.states().iter().skip(1).map(|state| state.entry).collect();
    let plan = log.plan().map(|(_, plan)| (plan.clone(), entries));
    plan.ok_or_else(|| {
        let place = place.display();
        Failure::new(
            2,
            "plan-missing",
            format_args!(
                "{place}: ledger: holds no plan yet; give the directory of a store that \
                 `tidegauge init` made"
            ),
        )
    })
}

/// Reads a plan whose dataflows with a wish need have no shares and strategies yet.
fn read_unshared(path: &Path) -> Result<(String, Plan), Failure> {
    let given = text(path)?;
    let name = path.display().to_string();
    let text = started(&given);
    match Plan::parse(&text) {
        Ok(plan) => Ok((text, plan)),
        Err(errors) => Err(faults(&name, &errors.with_lines_of(&given, &text))),
    }
}

/// Reads a plan: its text and the plan itself.
pub(crate) fn read(path: &Path) -> Result<(String, Plan), Failure> {
    let text = text(path)?;
    let plan = parse(&path.display().to_string(), &text)?;
    Ok((text, plan))
}

fn text(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::unreadable(path.display(), "read", &error);
    let bytes = fs::read(path).map_err(failed)?;
    String::from_utf8(bytes).map_err(|_| {
        let rule = "file: must be UTF-8; save it in this encoding";
        Failure::new(2, "not-utf8", format_args!("{}: {rule}", path.display()))
    })
}

/// Parses a plan; `name` is the name of the file in errors.
pub(crate) fn parse(name: &str, text: &str) -> Result<Plan, Failure> {
    Plan::parse(text).map_err(|errors| faults(name, &errors))
}

/// All faults of a file, one on each line.
fn faults(name: &str, errors: &PlanErrors) -> Failure {
    Failure::lines(2, errors.report(name).lines().map(str::to_owned).collect())
}

fn show(place: &str, plan: &Plan, format: ForecastFormat, options: ForecastOptions) -> Done {
    let forecast = forecast(plan, options).map_err(|error| without_price(place, &error))?;
    print_warnings(&place, &forecast.source_warnings());
    match format {
        ForecastFormat::Text => print_answer([forecast.to_string()]),
        ForecastFormat::Json => {
            let json = serde_json::to_string_pretty(&forecast).map_err(|_| {
                Failure::new(
                    2,
                    "plan-privacy",
                    "plan: margin: is too large to be shown; raise a share or lower a bound",
                )
            })?;
            print_answer([json, "\n".to_owned()])
        }
    }
}
