//! Options of a simulation of crossings: its counts, its persons and its files.
//!
//! Not here: how it is simulated (the parent module).
//!
//! The assumptions about travellers are in [`ASSUMPTIONS`], for people to read.
//!
//! Invariants:
//! 1. Options outside their limits are refused before anything is written
//!    (`crossings::tests::options_have_limits`).

use std::path::PathBuf;

use jiff::civil::Date;
use tidegauge_collect::InputFormat;

use super::counts::{YEAR_MAX, YEAR_MIN};
use super::scale::Scale;
use crate::error::Error;

/// The assumptions of the simulation, for people to read.
pub const ASSUMPTIONS: &str = "\
Assumptions of the simulation. The counts are the input; all else is made up.
- A count of N crossings (day, control point, direction, class) becomes N events. With a scale,
  a count is multiplied and rounded at random so that its mean is exact.
- A visitor enters and leaves; a resident leaves and comes back; nobody changes class.
- 55 % of residents, 45 % of Mainland visitors and 20 % of other visitors, of those who open a
  spell (a stay or a trip) on a day, close it on the same day, where the counts allow it. Other
  spells last 1 to 60 nights: mostly 1 to 7, with a longer tail. A spell ends on its planned day
  or, where the counts do not allow it, as soon after or before as they do.
- After a spell a person rests 2 to 180 days; 3 %, 15 % and 40 % of spells are a person's last.
  Who has rested longest crosses first. New persons appear when nobody rested is left.
- Nobody makes more than 24 crossings in a calendar year or 4 in a calendar month (or the limits
  given), and nobody has two entries or two exits on one day.
- Visitors who are present before the first day enter on the 14 days before it, as many as later
  departures need and as usual stays suggest. Residents who are away then return unseen before.
- Points are drawn for each crossing apart: a person may come by one and leave by another.
- Times follow a made-up curve over the day, at +08:00, nearly all from 6 to 24 h.
- Scenario `commuters`: the stated share of residents' and Mainland visitors' crossings is made
  by persons who cross out in the morning and back in the evening of every day from Monday to
  Friday, as far as the day's counts allow it, with no bound.
";

/// The largest number of days of a simulation.
const DAYS_MAX: u32 = 100_000;

/// Who makes the crossings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Travellers within the plan's bounds.
    Border,
    /// The same, and commuters far beyond the bounds.
    Commuters,
}

impl Scenario {
    /// Every scenario.
    pub const ALL: [Scenario; 2] = [Scenario::Border, Scenario::Commuters];

    /// The word for this scenario on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Border => "border",
            Self::Commuters => "commuters",
        }
    }

    /// The scenario for a word on the command line.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.word() == word)
    }
}

/// Options of a simulation.
#[derive(Clone, Debug)]
pub struct CrossingOptions {
    /// Who crosses.
    pub scenario: Scenario,
    /// A file if it ends in `.csv`, `.ndjson` or `.parquet`, otherwise a directory, which is
    /// created.
    pub out: PathBuf,
    /// The format; by default that of the file's ending, or Parquet in a directory.
    pub format: Option<InputFormat>,
    /// Days of each file of a directory; a file is named by its first day.
    pub file_days: u32,
    /// A file of daily counts; by default the built-in ones.
    pub counts: Option<PathBuf>,
    /// The first day; by default that of the counts, or 2024-01-01.
    pub from: Option<Date>,
    /// Number of days; by default to the end of the counts, or 60.
    pub days: Option<u32>,
    /// Factor of the counts.
    pub scale: Scale,
    /// The seed of the synthetic persons, their times and their control points.
    pub seed: u64,
    /// The largest number of crossings of a person who is no commuter in a calendar year; at
    /// least 2.
    pub crossings_max_year: u32,
    /// The largest number of crossings of a person who is no commuter in a calendar month; at
    /// least 2.
    pub crossings_max_month: u32,
    /// The percentage of residents' and Mainland visitors' crossings that commuters make.
    pub commuter_percent: u32,
    /// Where to write the true counts: date, border point, direction, class, count.
    pub truth: Option<PathBuf>,
    /// Where to write the visitors present at the end of each day: date, class, present.
    pub stock_truth: Option<PathBuf>,
}

impl CrossingOptions {
    /// The default options of a scenario.
    pub fn new(scenario: Scenario, out: impl Into<PathBuf>) -> Self {
        Self {
            scenario,
            out: out.into(),
            format: None,
            file_days: 1,
            counts: None,
            from: None,
            days: None,
            scale: Scale::ONE,
            seed: 0,
            crossings_max_year: 24,
            crossings_max_month: 4,
            commuter_percent: 20,
            truth: None,
            stock_truth: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let fault = |option, rule| Err(Error::Option { option, rule });
        let bound = 2..=1000;
        if !bound.contains(&self.crossings_max_year) {
            return fault("crossings-max-year", "from 2 to 1000");
        }
        if !bound.contains(&self.crossings_max_month) {
            return fault("crossings-max-month", "from 2 to 1000");
        }
        if self.commuter_percent > 100 {
            return fault("commuter-percent", "from 0 to 100");
        }
        if !(1..=DAYS_MAX).contains(&self.file_days) {
            return fault("file-days", "from 1 to 100000");
        }
        if self.days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
            return fault("days", "from 1 to 100000");
        }
        if self.from.is_some_and(|from| !(YEAR_MIN..=YEAR_MAX).contains(&from.year())) {
            return fault("from", "in the years 1900 to 2199");
        }
        Ok(())
    }
}
