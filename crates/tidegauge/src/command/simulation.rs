//! `simulate`: events of synthetic persons with known counts.
//!
//! Not here: the generator and its assumptions (crate `simulate`); events for any plan
//! (`rehearsal`).
//!
//! Invariants:
//! 1. Every person is synthetic: pseudonyms begin with `syn1:`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::arguments::day;
use super::output::print_done;
use super::progress::bar;
use super::rehearsal::RehearsePlan;
use crate::failure::{Done, Failure};
use tidegauge_collect::InputFormat;
use tidegauge_simulate::{
    ASSUMPTIONS, ASYLUM_ASSUMPTIONS, Asylum, CrossingOptions, CrossingSummary, Error,
    RETURNS_ASSUMPTIONS, REVISIONS_ASSUMPTIONS, Returns, Revisions, STAYS_ASSUMPTIONS, Scenario,
    Stays,
};

/// Says where the assumptions of a simulation are listed.
const ASSUMED: &str = "what is assumed: tidegauge simulate --help";

/// `simulate plan`, or a scenario.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = format!(
        "{ASSUMPTIONS}{RETURNS_ASSUMPTIONS}{ASYLUM_ASSUMPTIONS}{STAYS_ASSUMPTIONS}\
         {REVISIONS_ASSUMPTIONS}"
    )
)]
pub(crate) struct Simulate {
    #[command(subcommand)]
    plan: Option<PlanRehearsal>,
    #[command(flatten)]
    scenario: Option<SimulateScenario>,
}

#[derive(Subcommand)]
enum PlanRehearsal {
    /// Make events for any plan, from nothing but the plan, to try it before there is data.
    Plan(RehearsePlan),
}

impl Simulate {
    pub(crate) fn run(self) -> Done {
        match (self.plan, self.scenario) {
            (Some(PlanRehearsal::Plan(plan)), _) => plan.run(),
            (None, Some(scenario)) => scenario.run(),
            (None, None) => Err(unknown("SCENARIO", SCENARIOS)),
        }
    }
}

/// The scenarios, for messages.
const SCENARIOS: &str = "plan, border, commuters, returns, asylum, stays or revisions";

#[derive(Args)]
pub(crate) struct SimulateScenario {
    /// The scenario: border (nobody exceeds the bounds of the plan), commuters (some persons exceed
    /// them by far), returns (for plans/returns.toml; takes only --out, --counts, --years, --seed
    /// and --truth), asylum (for plans/asylum.toml; takes only --out, --from, --days, --seed and
    /// --truth), stays (for plans/exit-metrics.toml; takes the options of asylum and
    /// --stock-truth) or revisions (events, corrections and retractions that reproduce a published
    /// series with its vintages; takes only --out, --counts, --from, --days, --spread and
    /// --truth).
    scenario: String,
    /// The output: a file that ends in .csv, .ndjson or .parquet, or a directory; for returns,
    /// asylum and stays a .csv file, for revisions a directory.
    #[arg(long)]
    out: PathBuf,
    /// A file of daily counts in the layout of Hong Kong's daily passenger traffic; by default
    /// built-in counts. For returns: quarterly counts as the Home Office publishes them. For
    /// revisions: a daily series with all of its vintages.
    #[arg(long)]
    counts: Option<PathBuf>,
    /// The first day; by default that of the counts, or 2024-01-01.
    #[arg(long, value_parser = day)]
    from: Option<Date>,
    /// The number of days; by default to the end of the counts, or 60.
    #[arg(long)]
    days: Option<u32>,
    /// A factor by which the counts are multiplied, such as 3, 0.01 or 1/100.
    #[arg(long)]
    scale: Option<String>,
    /// The seed of everything that is drawn; the same seed gives the same events.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The format of a directory's files: csv, ndjson or parquet.
    #[arg(long)]
    format: Option<String>,
    /// The number of days in each file of a directory; by default 1.
    #[arg(long)]
    file_days: Option<u32>,
    /// The percentage of residents' and Mainland visitors' crossings that commuters make; by
    /// default 20.
    #[arg(long)]
    commuter_percent: Option<u32>,
    /// For returns: the first and last year to take from the counts; by default 2019-2023.
    #[arg(long)]
    years: Option<String>,
    /// For revisions: spread the updates that appeared later than this number of days over those
    /// days.
    #[arg(long)]
    spread: Option<u32>,
    /// The file to write the true counts to.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// The file to write the true stocks to.
    #[arg(long)]
    stock_truth: Option<PathBuf>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.exit(), error.code(), &error)
    }
}

impl SimulateScenario {
    fn run(self) -> Done {
        if self.scenario == "revisions" {
            return self.revisions();
        }
        self.refuse_foreign(&[("--spread", self.spread.is_some())])?;
        if self.scenario == "returns" {
            return self.returns();
        }
        if self.scenario == "asylum" {
            return self.asylum();
        }
        if self.scenario == "stays" {
            return self.stays();
        }
        let scenario =
            Scenario::parse(&self.scenario).ok_or_else(|| unknown("SCENARIO", SCENARIOS))?;
        self.refuse_foreign(&[("--years", self.years.is_some())])?;
        let mut options = CrossingOptions::new(scenario, self.out);
        options.counts = self.counts;
        options.from = self.from;
        options.days = self.days;
        options.seed = self.seed;
        options.file_days = self.file_days.unwrap_or(options.file_days);
        options.commuter_percent = self.commuter_percent.unwrap_or(options.commuter_percent);
        options.truth = self.truth;
        options.stock_truth = self.stock_truth;
        if let Some(scale) = &self.scale {
            options.scale = scale.parse()?;
        }
        if let Some(format) = &self.format {
            let format = InputFormat::parse(format)
                .ok_or_else(|| unknown("--format", "csv, ndjson or parquet"))?;
            options.format = Some(format);
        }
        let made = simulate(&options)?;
        print_done(format_args!(
            "{} events of {} synthetic persons, {} to {}, of which {} before the first day\n\
             {ASSUMED}",
            made.events, made.persons, made.first, made.last, made.opening_events
        ))
    }

    /// Refuses the first of these options that is given: the scenario does not take it.
    fn refuse_foreign(&self, options: &[(&str, bool)]) -> Done {
        match options.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => {
                let rule = format_args!("does not apply to {}", self.scenario);
                Err(Failure::value(option, rule))
            }
        }
    }

    /// Refuses the options that only scenarios of crossings take, the file of true stocks included.
    fn refuse_of_crossings(&self) -> Done {
        self.refuse_foreign(&[("--stock-truth", self.stock_truth.is_some())])?;
        self.refuse_of_counts()
    }

    /// Refuses the options that say how counts become crossings.
    fn refuse_of_counts(&self) -> Done {
        self.refuse_foreign(&[
            ("--scale", self.scale.is_some()),
            ("--format", self.format.is_some()),
            ("--file-days", self.file_days.is_some()),
            ("--commuter-percent", self.commuter_percent.is_some()),
        ])?;
        Ok(())
    }

    /// Refuses any file but CSV.
    fn refuse_other_files(&self) -> Done {
        match self.out.extension().is_some_and(|ending| ending == "csv") {
            true => Ok(()),
            false => Err(unknown("--out", "a file that ends in .csv for this scenario")),
        }
    }

    fn revisions(self) -> Done {
        self.refuse_of_crossings()?;
        self.refuse_foreign(&[("--years", self.years.is_some())])?;
        let counts = self.counts.ok_or_else(|| unknown("--counts", "given for revisions"))?;
        let Self { from, days, spread, out, truth, .. } = self;
        let options = Revisions { counts, from, days, spread, out, truth };
        let (rows, persons) = tidegauge_simulate::revisions(&options)?;
        print_done(format_args!("{rows} rows of {persons} synthetic persons\n{ASSUMED}"))
    }

    fn asylum(self) -> Done {
        self.refuse_of_crossings()?;
        self.refuse_other_files()?;
        let foreign = [("--counts", self.counts.is_some()), ("--years", self.years.is_some())];
        self.refuse_foreign(&foreign)?;
        let defaults = Asylum::new(self.out);
        let (events, persons) = tidegauge_simulate::asylum(&Asylum {
            from: self.from.unwrap_or(defaults.from),
            days: self.days.unwrap_or(defaults.days),
            seed: self.seed,
            truth: self.truth,
            ..defaults
        })?;
        print_done(format_args!("{events} events of {persons} synthetic persons\n{ASSUMED}"))
    }

    fn stays(self) -> Done {
        self.refuse_of_counts()?;
        self.refuse_other_files()?;
        let foreign = [("--counts", self.counts.is_some()), ("--years", self.years.is_some())];
        self.refuse_foreign(&foreign)?;
        let defaults = Stays::new(self.out);
        let (events, persons) = tidegauge_simulate::stays(&Stays {
            from: self.from.unwrap_or(defaults.from),
            days: self.days.unwrap_or(defaults.days),
            seed: self.seed,
            truth: self.truth,
            stock_truth: self.stock_truth,
            ..defaults
        })?;
        print_done(format_args!("{events} events of {persons} synthetic persons\n{ASSUMED}"))
    }

    fn returns(self) -> Done {
        self.refuse_of_crossings()?;
        self.refuse_other_files()?;
        let foreign = [("--from", self.from.is_some()), ("--days", self.days.is_some())];
        self.refuse_foreign(&foreign)?;
        let counts = self.counts.ok_or_else(|| unknown("--counts", "given for returns"))?;
        let mut options = Returns::new(counts, self.out);
        (options.seed, options.truth) = (self.seed, self.truth);
        if let Some(years) = &self.years {
            options.years = two_years(years)
                .ok_or_else(|| unknown("--years", "two years, such as 2019-2023"))?;
        }
        let (events, persons) = tidegauge_simulate::returns(&options)?;
        print_done(format_args!("{events} events of {persons} synthetic persons\n{ASSUMED}"))
    }
}

/// The years of `2019-2023`.
fn two_years(text: &str) -> Option<(i16, i16)> {
    let (first, last) = text.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn unknown(option: &str, allowed: &str) -> Failure {
    Failure::value(option, format_args!("must be {allowed}"))
}

/// Simulates the built-in counts into a file.
pub(crate) fn built_in(out: &Path, days: u32) -> Done {
    let mut options = CrossingOptions::new(Scenario::Border, out);
    options.days = Some(days);
    simulate(&options).map(|_| ())
}

/// Simulates with a progress bar.
fn simulate(options: &CrossingOptions) -> Result<CrossingSummary, Failure> {
    let bar = bar(0, "simulating");
    let made = tidegauge_simulate::simulate(options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(made)
}
