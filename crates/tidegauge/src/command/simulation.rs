//! `simulate`: events of synthetic persons with known counts.
//!
//! Not here: the generator and its assumptions (crate `simulate`).
//!
//! Invariants:
//! 1. Every person is synthetic: pseudonyms begin with `syn1:`.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use super::Done;
use super::output::print_done;
use super::progress::bar;
use crate::failure::Failure;
use tidegauge_collect::InputFormat;
use tidegauge_simulate::{
    ASSUMPTIONS, ASYLUM_ASSUMPTIONS, Asylum, Error, Options, RETURNS_ASSUMPTIONS,
    REVISIONS_ASSUMPTIONS, Returns, Revisions, STAYS_ASSUMPTIONS, Scenario, Stays, Summary,
};

/// Where a simulation's assumptions are.
const ASSUMED: &str = "what is assumed: tidegauge simulate --help";

#[derive(Args)]
#[command(after_help = format!(
    "{ASSUMPTIONS}{RETURNS_ASSUMPTIONS}{ASYLUM_ASSUMPTIONS}{STAYS_ASSUMPTIONS}\
     {REVISIONS_ASSUMPTIONS}"
))]
pub(crate) struct Simulate {
    /// border (nobody passes the plan's bound), commuters (some do, by far), returns (for
    /// plans/returns.toml; it takes --out, --counts, --years, --seed and --truth alone), asylum
    /// (for plans/asylum.toml; it takes --out, --from, --days, --seed and --truth alone), stays
    /// (for plans/exit-metrics.toml; it takes the same and --stock-truth) or revisions (events,
    /// corrections and retractions of a published series with its vintages; it takes --out, a
    /// directory, --counts, --from, --days, --spread and --truth alone).
    scenario: String,
    /// A file that ends in .csv, .ndjson or .parquet, or a directory; of returns, asylum
    /// and stays a .csv.
    #[arg(long)]
    out: PathBuf,
    /// Daily counts in the layout of Hong Kong's daily passenger traffic; otherwise built-in ones.
    /// Of returns: quarterly counts as the Home Office publishes them. Of revisions: a series of
    /// days with every vintage.
    #[arg(long)]
    counts: Option<PathBuf>,
    /// The first day; otherwise that of the counts, or 2024-01-01.
    #[arg(long)]
    from: Option<Date>,
    /// Number of days; otherwise to the end of the counts, or 60.
    #[arg(long)]
    days: Option<u32>,
    /// Factor of the counts, such as 3, 0.01 or 1/100.
    #[arg(long)]
    scale: Option<String>,
    /// What persons, times and ways are drawn from.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The format of a directory's files: csv, ndjson or parquet.
    #[arg(long)]
    format: Option<String>,
    /// Days in each file of a directory; otherwise 1.
    #[arg(long)]
    file_days: Option<u32>,
    /// Percent of residents' and Mainland visitors' crossings that commuters make; otherwise 20.
    #[arg(long)]
    commuter_percent: Option<u32>,
    /// The years of returns that are taken; otherwise 2019-2023.
    #[arg(long)]
    years: Option<String>,
    /// Of revisions: updates that appeared later than so many days are spread over them.
    #[arg(long)]
    spread: Option<u32>,
    /// Where to write the true counts.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Where to write the true stocks.
    #[arg(long)]
    stock_truth: Option<PathBuf>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.exit(), error.code(), &error)
    }
}

impl Simulate {
    pub(crate) fn run(self) -> Done {
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
        let scenario = Scenario::parse(&self.scenario).ok_or_else(|| {
            unknown("SCENARIO", "border, commuters, returns, asylum, stays or revisions")
        })?;
        self.refuse_foreign(&[("--years", self.years.is_some())])?;
        let mut options = Options::new(scenario, self.out);
        options.counts = self.counts;
        options.from = self.from;
        options.days = self.days;
        options.seed = self.seed;
        options.file_days = self.file_days.unwrap_or(1);
        options.commuter_percent = self.commuter_percent.unwrap_or(20);
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

    /// Refuses the first of these options that is given: the scenario does not know it.
    fn refuse_foreign(&self, options: &[(&str, bool)]) -> Done {
        match options.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => {
                let rule = format_args!("{option}: does not apply to {}", self.scenario);
                Err(Failure::new(2, "bad-value", rule))
            }
        }
    }

    /// Refuses what is for scenarios of crossings alone, the file of true stocks included.
    fn refuse_of_crossings(&self) -> Done {
        self.refuse_foreign(&[("--stock-truth", self.stock_truth.is_some())])?;
        self.refuse_of_counts()
    }

    /// Refuses what says how counts become crossings.
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
        let from = self.from.unwrap_or(Date::constant(2024, 1, 1));
        let Self { seed, out, truth, .. } = self;
        let days = self.days.unwrap_or(731);
        let (events, persons) =
            tidegauge_simulate::asylum(&Asylum { from, days, seed, out, truth })?;
        print_done(format_args!("{events} events of {persons} synthetic persons\n{ASSUMED}"))
    }

    fn stays(self) -> Done {
        self.refuse_of_counts()?;
        self.refuse_other_files()?;
        let foreign = [("--counts", self.counts.is_some()), ("--years", self.years.is_some())];
        self.refuse_foreign(&foreign)?;
        let from = self.from.unwrap_or(Date::constant(2024, 1, 1));
        let Self { seed, out, truth, stock_truth, .. } = self;
        let days = self.days.unwrap_or(366);
        let options = Stays { from, days, seed, out, truth, stock_truth };
        let (events, persons) = tidegauge_simulate::stays(&options)?;
        print_done(format_args!("{events} events of {persons} synthetic persons\n{ASSUMED}"))
    }

    fn returns(self) -> Done {
        self.refuse_of_crossings()?;
        self.refuse_other_files()?;
        let foreign = [("--from", self.from.is_some()), ("--days", self.days.is_some())];
        self.refuse_foreign(&foreign)?;
        let years = self.years.as_deref().unwrap_or("2019-2023").split_once('-');
        let years = years.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
        let years = years.ok_or_else(|| unknown("--years", "two years, such as 2019-2023"))?;
        let counts = self.counts.ok_or_else(|| unknown("--counts", "given for returns"))?;
        let Self { seed, out, truth, .. } = self;
        let (events, persons) =
            tidegauge_simulate::returns(&Returns { counts, years, seed, out, truth })?;
        print_done(format_args!("{events} events of {persons} synthetic persons\n{ASSUMED}"))
    }
}

fn unknown(option: &str, allowed: &str) -> Failure {
    Failure::new(2, "bad-value", format_args!("{option}: value: must be {allowed}"))
}

/// Simulates the built-in counts into a file.
pub(crate) fn built_in(out: &Path, days: u32) -> Done {
    let mut options = Options::new(Scenario::Border, out);
    options.days = Some(days);
    simulate(&options).map(|_| ())
}

/// Simulates with a progress bar.
fn simulate(options: &Options) -> Result<Summary, Failure> {
    let bar = bar(0, "simulating");
    let made = tidegauge_simulate::simulate(options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(made)
}
