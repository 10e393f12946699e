//! `simulate`: daily counts to crossings of synthetic persons, with exactly those counts.
//!
//! Not here: real events; every pseudonym begins with `syn1:`, which a real store refuses.
//! Nothing here protects anybody: the pseudonyms are a permutation that the seed gives away.
//!
//! What is assumed about travellers is in [`ASSUMPTIONS`], for people to read. A run holds the
//! counts, one day's crossings and the persons who are away or may come back; nobody else, so
//! that memory does not grow with the days. The order of a run:
//! counts -> scale -> first pass (`forecast`) -> opening population -> day by day: crossings
//! (`day`) of persons (`persons`), by time, to the writer (`write`) and the tally (`truth`).
//!
//! Invariants:
//! 1. Every cell (day, point, direction, class) has as many events as its count, after scaling
//!    (`tests::cells_get_exactly_their_counts`).
//! 2. Commuters aside, nobody passes the bounds of a calendar year and month
//!    (`tests::no_person_passes_the_bounds`).
//! 3. A person's events alternate, a visitor's begin with an entry, and a class is for ever
//!    (`tests::spells_alternate`).
//! 4. A seed and the options mean the same bytes (`tests::a_seed_means_the_same_bytes`).

mod built_in;
mod counts;
mod day;
mod forecast;
mod persons;
mod truth;
mod write;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::str::FromStr;

use jiff::civil::Date;

use crate::draw::{Draw, Permutation};
use crate::error::Error;
use counts::{Counts, YEAR_MAX, YEAR_MIN};
pub(crate) use counts::{Place, header};
use day::{Clock, Crossing, Maker};
use forecast::{Forecast, OPENING_DAYS, is_working};
use persons::{Bounds, HABITS, Opening, Persons, Today};
use truth::Truth;
pub use write::Format;
use write::Output;
pub(crate) use write::Unfinished;

/// What the simulation takes for granted, for people to read.
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

/// Codes of the classes of travellers, as in `plans/border.toml`.
const CLASSES: [&str; 3] = ["RESIDENT", "MAINLAND_VISITOR", "OTHER_VISITOR"];
const RESIDENT: usize = 0;
const OTHER_VISITOR: usize = 2;

/// Codes of the kinds of events.
const KINDS: [&str; 2] = ["ENTRY", "EXIT"];
const ENTRY: usize = 0;
const EXIT: usize = 1;

/// The kind of crossing with which a spell of this class opens; the other closes it.
fn opening_kind(class: usize) -> usize {
    if class == RESIDENT { EXIT } else { ENTRY }
}

/// Days of a simulation at most.
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

/// A positive rational number by which counts are multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    numerator: u64,
    denominator: u64,
}

impl Scale {
    /// The scale that changes nothing.
    pub const ONE: Scale = Scale { numerator: 1, denominator: 1 };

    fn numerator(self) -> u64 {
        self.numerator
    }

    fn denominator(self) -> u64 {
        self.denominator
    }
}

impl FromStr for Scale {
    type Err = Error;

    /// A scale written as `3`, `0.01` or `1/100`, with at most nine digits a part.
    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |text: &str| -> Option<u64> {
            let plain = text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse().ok())?
        };
        let (numerator, denominator) = if let Some((above, below)) = text.split_once('/') {
            (number(above), number(below))
        } else if let Some((whole, decimals)) = text.split_once('.') {
            let denominator = 10u64.checked_pow(decimals.len() as u32).filter(|&n| n <= 1 << 30);
            let parts = number(whole).zip(number(decimals)).zip(denominator);
            (parts.map(|((whole, part), unit)| whole * unit + part), denominator)
        } else {
            (number(text), Some(1))
        };
        match (numerator, denominator) {
            (Some(numerator @ 1..), Some(denominator @ 1..)) => Ok(Self { numerator, denominator }),
            _ => Err(Error::Option {
                option: "scale",
                rule: "a number above zero such as 3, 0.01 or 1/100, at most nine digits a part",
            }),
        }
    }
}

/// What to simulate and where to write it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who crosses.
    pub scenario: Scenario,
    /// A file, by its ending (`.csv`, `.ndjson`, `.parquet`), or else a directory, which is made.
    pub out: PathBuf,
    /// The format, if not the file's ending; in a directory Parquet unless told.
    pub format: Option<Format>,
    /// Days of each file of a directory; a file is named by its first day.
    pub file_days: u32,
    /// A file of daily counts; without it the built-in ones.
    pub counts: Option<PathBuf>,
    /// The first day; by default that of the counts, or 2024-01-01.
    pub from: Option<Date>,
    /// Number of days; by default to the end of the counts, or 60.
    pub days: Option<u32>,
    /// Factor of the counts.
    pub scale: Scale,
    /// What the synthetic persons, their times and ways are drawn from.
    pub seed: u64,
    /// Most crossings of a person in a calendar year, commuters aside; at least 2.
    pub crossings_max_year: u32,
    /// Most crossings of a person in a calendar month, commuters aside; at least 2.
    pub crossings_max_month: u32,
    /// Percent of residents' and Mainland visitors' crossings that commuters make.
    pub commuter_percent: u32,
    /// Where to write what was tallied: date, border point, direction, class, count.
    pub truth: Option<PathBuf>,
    /// Where to write the visitors present at the end of each day: date, class, present.
    pub stock_truth: Option<PathBuf>,
}

impl Options {
    /// The options of a scenario with every default.
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

    fn check(&self) -> Result<(), Error> {
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

/// What a simulation has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Events, those before the first day included.
    pub events: u64,
    /// Events before the first day: visitors who are present when it begins.
    pub opening_events: u64,
    /// Synthetic persons.
    pub persons: u64,
    /// The first day of the counts.
    pub first: Date,
    /// The last day of the counts.
    pub last: Date,
    /// The files, in the order of writing.
    pub files: Vec<PathBuf>,
}

/// Simulates the crossings of the options' counts; `progress` hears events written and in all.
///
/// Errors: bad options, a bad file of counts, a file that cannot be read or written; a file that
/// is not whole then has a name that ends in `.partial`.
pub fn simulate(options: &Options, progress: &mut dyn FnMut(u64, u64)) -> Result<Summary, Error> {
    options.check()?;
    let mut draw = Draw::new(options.seed);
    let permutation = Permutation::new(&mut draw);
    let (counts, days) = prepare(options, &mut draw)?;
    let percents = [options.commuter_percent, options.commuter_percent, 0];
    let forecast = |class: usize| {
        let percent = if options.scenario == Scenario::Commuters { percents[class] } else { 0 };
        Forecast::new(&counts, &days, class, &HABITS[class], percent)
    };
    let forecasts = [forecast(0)?, forecast(1)?, forecast(2)?];
    let truth =
        Truth::create(options.truth.as_deref(), options.stock_truth.as_deref(), &counts.points)?;
    let output =
        Output::new(&options.out, options.format, options.file_days, &counts.points, permutation)?;
    let mut run = Run {
        total: total(&counts, &days, &forecasts),
        draw,
        clock: Clock::new(),
        numbers: 0,
        crossings: Vec::new(),
        output,
        truth,
        done: 0,
        progress,
    };
    let bounds = Bounds { year: options.crossings_max_year, month: options.crossings_max_month };
    let first_of_class = run.open(days[0], &forecasts)?;
    let opening_events = run.done;
    let mut classes = [RESIDENT, 1, OTHER_VISITOR].map(|class| {
        let opening = Opening::new(forecasts[class].opening, first_of_class[class]);
        Persons::new(&HABITS[class], bounds, opening)
    });
    for (number, &day) in days.iter().enumerate() {
        run.day(number, day, &counts, &forecasts, &mut classes)?;
    }
    let (first, last) = (days[0], days[days.len() - 1]);
    run.truth.finish()?;
    let files = run.output.finish()?;
    Ok(Summary { events: run.done, opening_events, persons: run.numbers, first, last, files })
}

/// The counts of the chosen days, scaled, and those days, at least one.
fn prepare(options: &Options, draw: &mut Draw) -> Result<(Counts, Vec<Date>), Error> {
    let nothing = || Error::Option { option: "from", rule: "a day of the counts or before" };
    let mut counts = match &options.counts {
        Some(path) => Counts::read(path)?,
        None => {
            let first = options.from.unwrap_or(Date::constant(2024, 1, 1));
            built_in::counts(first, options.days.unwrap_or(built_in::DAYS))?
        }
    };
    let in_file = |end: Option<&Date>| end.copied().ok_or_else(nothing);
    let first = match options.from {
        Some(from) => from,
        None => in_file(counts.days.keys().next())?,
    };
    let mut days = vec![first];
    let mut day = first;
    match options.days {
        Some(number) => {
            for _ in 1..number {
                day = following(day)?;
                days.push(day);
            }
        }
        None => {
            let last = in_file(counts.days.keys().next_back())?;
            if first > last {
                return Err(nothing());
            }
            while day < last {
                day = following(day)?;
                days.push(day);
            }
        }
    }
    counts.days.retain(|&of_count, _| first <= of_count && of_count <= day);
    counts.scale(options.scale, draw)?;
    Ok((counts, days))
}

/// The day after.
fn following(day: Date) -> Result<Date, Error> {
    day.tomorrow().map_err(|_| Error::Option { option: "days", rule: "within the calendar" })
}

/// Events in all.
fn total(counts: &Counts, days: &[Date], forecasts: &[Forecast]) -> u64 {
    let opening: u64 = forecasts[RESIDENT + 1..].iter().map(|class| class.opening).sum();
    let cells = days.iter().flat_map(|&day| counts.day(day));
    opening + cells.flat_map(|cell| cell.counts).map(u64::from).sum::<u64>()
}

/// A simulation under way.
struct Run<'a> {
    draw: Draw,
    clock: Clock,
    /// Number of the next new person.
    numbers: u64,
    /// The crossings of the day.
    crossings: Vec<Crossing>,
    output: Output,
    truth: Truth<'a>,
    done: u64,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl Run<'_> {
    /// Lets the opening population of visitors enter before the first day, the earliest first.
    /// Returns the number of the first person of each class, where they were simulated.
    fn open(
        &mut self,
        first: Date,
        forecasts: &[Forecast; 3],
    ) -> Result<[Option<u64>; CLASSES.len()], Error> {
        let visitors = RESIDENT + 1..=OTHER_VISITOR;
        let mut of_class = [None; CLASSES.len()];
        for class in visitors.clone() {
            of_class[class] = Some(self.numbers);
            self.numbers += forecasts[class].opening;
        }
        if self.numbers == 0 {
            return Ok(of_class);
        }
        for number in 0..OPENING_DAYS {
            for class in visitors.clone() {
                let (opening, from) = (forecasts[class].opening, of_class[class].unwrap_or(0));
                let up_to = |day: u64| from + opening * day / OPENING_DAYS;
                for person in up_to(number)..up_to(number + 1) {
                    let second = self.clock.any(&mut self.draw);
                    let point = forecasts[class].point(&mut self.draw);
                    self.crossings.push(Crossing::new(person, second, point, ENTRY, class));
                }
            }
            let before = jiff::Span::new().days(OPENING_DAYS as i64 - number as i64);
            self.write(first.saturating_sub(before))?;
        }
        Ok(of_class)
    }

    fn day(
        &mut self,
        number: usize,
        day: Date,
        counts: &Counts,
        forecasts: &[Forecast; 3],
        classes: &mut [Persons; 3],
    ) -> Result<(), Error> {
        let mut maker = Maker {
            draw: &mut self.draw,
            clock: &self.clock,
            numbers: &mut self.numbers,
            today: today(day),
            crossings: &mut self.crossings,
        };
        let cells = counts.day(day);
        for (class, (persons, forecast)) in classes.iter_mut().zip(forecasts).enumerate() {
            let commuters = if is_working(day) { forecast.commuters } else { 0 };
            maker.make(class, &HABITS[class], persons, cells, commuters);
            persons.end_day(forecast.needed[number]);
        }
        self.write(day)
    }

    /// Writes and tallies the crossings of a day, in the order of their times.
    fn write(&mut self, day: Date) -> Result<(), Error> {
        // One person is at one place in a second, so the order is total.
        self.crossings.sort_unstable_by_key(|crossing| (crossing.second, crossing.person));
        self.output.write_day(day, &self.crossings)?;
        self.truth.tally(day, &self.crossings)?;
        self.done += self.crossings.len() as u64;
        self.crossings.clear();
        (self.progress)(self.done, self.total);
        Ok(())
    }
}

fn today(day: Date) -> Today {
    // Months and years have fewer than 400 days, and years are within 1900 to 2500.
    Today {
        month: (i32::from(day.year()) * 12 + i32::from(day.month()) - 1).unsigned_abs(),
        to_next_month: (i32::from(day.days_in_month()) - i32::from(day.day()) + 1).unsigned_abs(),
        to_next_year: (i32::from(day.days_in_year()) - i32::from(day.day_of_year()) + 1)
            .unsigned_abs(),
    }
}
