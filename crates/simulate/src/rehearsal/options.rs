//! Options of a rehearsal, with defaults from the plan.
//!
//! Not here: how events are made (`maker`).
//!
//! The assumptions are listed in [`REHEARSAL_ASSUMPTIONS`], for people to read.
//!
//! Invariants:
//! 1. Options outside their limits are refused before anything is written
//!    (`rehearsal::tests::options_have_limits`).

use std::path::PathBuf;

use jiff::Span;
use jiff::civil::Date;
use tidegauge_collect::InputFormat;
use tidegauge_model::{Grain, Measure, Period, Plan};

use super::season::Season;
use crate::error::Error;
use crate::whole_file::file_format;

/// The assumptions of a rehearsal, for people to read.
pub const REHEARSAL_ASSUMPTIONS: &str = "\
Nothing but the plan shapes the events; every person is made up.
- A person has at most one event on a day. Whatever the life cycle allows in a status can happen
  there; kinds that the plan lists first are likelier. Between two events of a person lie up to the
  median number of days in half of all cases, up to twice it in a quarter, up to eight times it in
  the rest. A quarter of those whose status has a timer wait until it has fired. Dates that are
  granted lie one day to eight medians ahead.
- A day has its number of events exactly. A person is present while a stock counts the person, a
  spell goes on or a timer runs; the others rest. While fewer are present than at the start, who has
  rested longest acts, or somebody new; otherwise who has been present longest. At least one event
  in twenty is a new person's. One in ten of those who begin to rest is never heard of again.
- Persons present at the start have one event each before the first day.
- Codes that belong to a person or a stay stay the same; those of an event are drawn for each,
  whatever its kind. In every list some codes are common and others rare (--uneven). Only codes that
  are valid on the day occur, a quarter of them under another code where a list has one.
- A late row comes after its step is due, a correction after its event; a quarter of corrections
  retract. The person's next event, and any timer, comes after these rows.
- With sources, each event is delivered by a source that delivers on its day; ids repeat between
  sources.
";

/// Most days of a rehearsal: a century.
const DAYS_MAX: i32 = 36_600;

/// Options of a rehearsal.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The number of persons present before the first day, and about the number who are present on
    /// any other.
    pub persons: u64,
    /// The mean number of events of a day.
    pub events_per_day: u64,
    /// The shape of the volume over time.
    pub season: Season,
    /// The median number of days between two events of a person.
    pub length: u32,
    /// The percentage of events whose row comes late.
    pub late: u32,
    /// The median number of days by which it comes late.
    pub late_days: u32,
    /// The percentage of events that are corrected or retracted.
    pub corrections: u32,
    /// How uneven codes are: from 0, all alike, to 100, Zipf's law.
    pub uneven: u32,
    /// The percentage of events that the life cycle does not allow.
    pub illegal: u32,
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// A file if it ends in `.csv`, `.ndjson` or `.parquet`, otherwise a directory with a file for
    /// each day of delivery. With sources: a file, or a directory, for each.
    pub out: PathBuf,
    /// The format of a directory's files; CSV by default.
    pub format: Option<InputFormat>,
    /// Whether rows are written as an agency's system might export them, instead of in the plan's
    /// columns.
    pub raw: bool,
    /// The file of counts of what was made, if one is wanted.
    pub truth: Option<PathBuf>,
}

impl Rehearsal {
    /// The default options for a plan.
    pub fn new(plan: &Plan, out: PathBuf) -> Self {
        let from = plan.first_step().first();
        let mut options = Self {
            from,
            to: from,
            persons: 0,
            events_per_day: 0,
            season: Season::Both,
            length: length(plan),
            late: 2,
            late_days: 2,
            corrections: if plan.life_cycle.corrections { 3 } else { 0 },
            uneven: 80,
            illegal: 0,
            seed: 0,
            out,
            format: None,
            raw: false,
            truth: None,
        };
        options.begin(plan, from);
        options.set_volume(200, None, None);
        options
    }

    /// Begins on a day, and ends with the first month after it, or with the first quarter if the
    /// plan releases by the month.
    pub fn begin(&mut self, plan: &Plan, from: Date) {
        let days = if plan.step() > Grain::Week { 89 } else { 30 };
        let last = from.saturating_add(Span::new().days(days));
        self.from = from;
        self.to = Period::containing(plan.step(), last).last().min(last_day(plan));
    }

    /// Sets the volume; where nothing is given, the length stays, and as many persons are present
    /// as the volume and the length need.
    pub fn set_volume(&mut self, events_per_day: u64, length: Option<u32>, persons: Option<u64>) {
        self.events_per_day = events_per_day;
        self.length = length.unwrap_or(self.length);
        // The mean time between two events is about 5/3 of the median, and half of the events are
        // those of persons who are present.
        let needed = || events_per_day.saturating_mul(self.length.into()).saturating_mul(5) / 6;
        self.persons = persons.unwrap_or_else(needed);
    }

    pub(super) fn check(&self, plan: &Plan) -> Result<(), Error> {
        let fault = |option, rule| Err(Error::Option { option, rule });
        if self.from < plan.first_step().first() || self.from > last_day(plan) {
            return fault("from", "a day that the plan releases");
        }
        let days = self.to.since(self.from).map_or(-1, |span| span.get_days());
        if self.to > last_day(plan) || !(0..DAYS_MAX).contains(&days) {
            return fault("to", "a day that the plan releases, not before the first");
        }
        if self.persons > 1 << 32 {
            return fault("persons", "at most 4294967296");
        }
        if !(1..=100_000_000).contains(&self.events_per_day) {
            return fault("events-per-day", "from 1 to 100000000");
        }
        if !(1..=3660).contains(&self.length) {
            return fault("length", "from 1 to 3660 days");
        }
        if self.late > 50 {
            return fault("late", "from 0 to 50 per cent");
        }
        if !(1..=366).contains(&self.late_days) {
            return fault("late-days", "from 1 to 366");
        }
        if self.corrections > 50 {
            return fault("corrections", "from 0 to 50 per cent");
        }
        if self.corrections > 0 && !plan.life_cycle.corrections {
            return fault("corrections", "0 for a plan whose events cannot be corrected");
        }
        if self.uneven > 100 {
            return fault("uneven", "from 0 to 100");
        }
        if self.illegal > 50 {
            return fault("illegal", "from 0 to 50 per cent");
        }
        let format = file_format(&self.out)?.or(self.format);
        if self.raw && format.is_some_and(|format| format != InputFormat::Csv) {
            return fault("raw", "left out for files other than CSV");
        }
        Ok(())
    }
}

/// The last day that a plan releases.
fn last_day(plan: &Plan) -> Date {
    let step = Period::containing(plan.step(), plan.statement.expires);
    let mut last = if plan.allows(step) { step } else { step.previous() };
    // The windows of a plan may end before it expires.
    while !plan.allows(last) && last > plan.first_step() {
        last = last.previous();
    }
    last.last()
}

/// The median number of days between two events with which most persons stay within the bounds of
/// the flow that counts most.
fn length(plan: &Plan) -> u32 {
    let window_days = match plan.privacy.window {
        Grain::Month => 30,
        Grain::Quarter => 91,
        _ => 365,
    };
    let flows = plan.dataflows.iter().filter(|flow| flow.measure == Measure::Flow);
    let days = |window: u32, month: Option<u32>| {
        (window_days / window.max(1)).max(month.map_or(0, |month| 30 / month.max(1)))
    };
    let shortest = flows.map(|flow| days(flow.bound.window, flow.bound.month)).min();
    shortest.unwrap_or(30).clamp(1, 30)
}
