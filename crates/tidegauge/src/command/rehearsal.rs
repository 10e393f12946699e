//! `simulate plan`: events of synthetic persons for any plan.
//!
//! Not here: the generator and its assumptions (crate `simulate`); events that add up to published
//! counts (`simulation`).
//!
//! Invariants:
//! 1. No option reads events: only the plan and these options shape a rehearsal.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use tidegauge_collect::InputFormat;
use tidegauge_simulate::{REHEARSAL_ASSUMPTIONS, Rehearsal, RehearsalSummary, Season, rehearse};

use super::arguments::day;
use super::output::print_done;
use super::plan;
use super::progress::bar;
use crate::failure::{Done, Failure};

#[derive(Args)]
#[command(after_help = REHEARSAL_ASSUMPTIONS)]
pub(crate) struct RehearsePlan {
    /// The plan.
    plan: PathBuf,
    /// The output: a file that ends in .csv, .ndjson or .parquet, or a directory with a file for
    /// each day of delivery. With sources in the plan: such a file (events.LAND.csv) or directory
    /// for each of them.
    #[arg(long)]
    out: PathBuf,
    /// The first day; by default that of the plan.
    #[arg(long, value_parser = day)]
    from: Option<Date>,
    /// The last day; by default that of the first month, or of the first quarter if the plan
    /// releases by the month.
    #[arg(long, value_parser = day)]
    to: Option<Date>,
    /// The number of persons present before the first day, and about the number who are present on
    /// any other; by default the number that the volume and the length need.
    #[arg(long)]
    persons: Option<u64>,
    /// The mean number of events of a day.
    #[arg(long, default_value_t = 200)]
    events_per_day: u64,
    /// The shape of the volume: flat, week (days of the week differ), year (months differ) or both.
    #[arg(long, default_value = "both")]
    season: String,
    /// The median number of days between two events of a person; by default as few as the bounds of
    /// the plan leave room for, at most 30.
    #[arg(long, value_name = "DAYS")]
    length: Option<u32>,
    /// The percentage of events whose row comes after its step is due.
    #[arg(long, value_name = "PERCENT", default_value_t = 2)]
    late: u32,
    /// The median number of days by which such a row is late.
    #[arg(long, value_name = "DAYS", default_value_t = 2)]
    late_days: u32,
    /// The percentage of events that are corrected or retracted; by default 3 if the plan has
    /// corrections, otherwise 0.
    #[arg(long, value_name = "PERCENT")]
    corrections: Option<u32>,
    /// How uneven the codes of a list are: from 0, all alike, to 100, the second half as common as
    /// the first, the third a third.
    #[arg(long, value_name = "PERCENT", default_value_t = 80)]
    uneven: u32,
    /// The percentage of events that the life cycle does not allow.
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    illegal: u32,
    /// The seed of everything that is drawn; the same seed gives the same events.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The format of a directory's files: csv, ndjson or parquet; by default csv.
    #[arg(long)]
    format: Option<String>,
    /// Write rows as an agency's system might export them, to try a mapping: other headers,
    /// semicolons, local dates, names instead of codes, a column of documents.
    #[arg(long)]
    raw: bool,
    /// The file to write the counts of what was made to, by day, kind and transition.
    #[arg(long)]
    truth: Option<PathBuf>,
}

impl RehearsePlan {
    pub(crate) fn run(self) -> Done {
        let unknown =
            |option: &str, allowed: &str| Failure::value(option, format_args!("must be {allowed}"));
        let (_, plan) = plan::read(&self.plan)?;
        let mut options = Rehearsal::new(&plan, self.out);
        if let Some(from) = self.from {
            options.begin(&plan, from);
        }
        options.to = self.to.unwrap_or(options.to);
        options.set_volume(self.events_per_day, self.length, self.persons);
        options.season = Season::parse(&self.season)
            .ok_or_else(|| unknown("--season", "flat, week, year or both"))?;
        (options.late, options.late_days) = (self.late, self.late_days);
        options.corrections = self.corrections.unwrap_or(options.corrections);
        (options.uneven, options.illegal) = (self.uneven, self.illegal);
        (options.seed, options.raw, options.truth) = (self.seed, self.raw, self.truth);
        if let Some(format) = &self.format {
            let format = InputFormat::parse(format)
                .ok_or_else(|| unknown("--format", "csv, ndjson or parquet"))?;
            options.format = Some(format);
        }
        let bar = bar(0, "simulating");
        let made = rehearse(&plan, &options, &mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })?;
        bar.finish_and_clear();
        print_done(report(&options, made))
    }
}

fn report(options: &Rehearsal, made: RehearsalSummary) -> String {
    let RehearsalSummary { rows, events, opening_events, persons, .. } = made;
    let files: Vec<String> = made.files.iter().map(|file| file.display().to_string()).collect();
    let mut text = format!(
        "{rows} rows of {events} events of {persons} synthetic persons, {} to {}, of which \
         {opening_events} events before the first day\n",
        options.from, options.to
    );
    let shares = [
        ("late", made.late),
        ("corrected", made.corrected),
        ("retracted", made.retracted),
        ("not allowed by the life cycle", made.illegal),
    ];
    let given: Vec<String> = shares
        .iter()
        .filter(|(_, number)| *number > 0)
        .map(|(what, number)| format!("{number} {what}"))
        .collect();
    if !given.is_empty() {
        text += &format!("of these events: {}\n", given.join(", "));
    }
    // With sources in the plan they are not what `--out` says.
    if made.files.iter().any(|file| *file != options.out) {
        text += &format!("written, for each source: {}\n", files.join(", "));
    }
    text + "what is assumed: tidegauge simulate plan --help"
}
