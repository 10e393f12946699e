//! Turns daily counts into border crossings of synthetic persons that add up to exactly those
//! counts.
//!
//! Not here: real events; every pseudonym begins with `syn1:`, which a real store refuses.
//! Nothing here protects anybody: the pseudonyms are a permutation that the seed reveals.
//!
//! The assumptions about travellers are listed in [`ASSUMPTIONS`]. A run keeps only the counts, the
//! crossings of one day and the persons who are away or may come back, so that memory does not grow
//! with the days. The order of a run:
//! counts -> scale -> first pass (`forecast`) -> opening population -> day by day: crossings
//! (`day`) of persons (`persons`), by time, to the writer (`write`) and the tally (`truth`).
//!
//! Invariants:
//! 1. Every cell (day, point, direction, class) has as many events as its count, after scaling
//!    (`crossings::tests::cells_get_exactly_their_counts`).
//! 2. Apart from commuters, nobody exceeds the bounds of a calendar year and month
//!    (`crossings::tests::no_person_passes_the_bounds`).
//! 3. A person's entries and exits alternate, a visitor's begin with an entry, and nobody changes
//!    class (`crossings::tests::spells_alternate`).
//! 4. The same seed and options give the same bytes
//!    (`crossings::tests::a_seed_means_the_same_bytes`).

mod built_in;
mod codes;
mod counts;
mod day;
mod event;
mod forecast;
mod lines;
mod options;
mod parquet;
mod persons;
mod scale;
mod truth;
mod write;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use jiff::civil::Date;

use self::codes::{CLASSES, ENTRY, OTHER_VISITOR, RESIDENT};
use self::counts::{DailyCounts, following};
use self::day::{Crossing, Maker};
use self::forecast::{ClassForecast, OPENING_DAYS, is_working};
pub use self::options::{ASSUMPTIONS, CrossingOptions, Scenario};
use self::persons::{CrossingLimits, HABITS, OpeningSpells, Today, Travellers};
pub use self::scale::Scale;
use self::truth::TruthFiles;
use self::write::EventFiles;
use crate::draw::{Draw, Permutation};
use crate::error::Error;
use crate::time_of_day::TimesOfDay;

/// A summary of a simulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossingSummary {
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

/// Simulates crossings. Calls `progress` with the number of events written so far and in total.
///
/// Errors: bad options, a bad file of counts, a file that cannot be read or written; a file that
/// is incomplete then has a name that ends in `.partial`.
pub fn simulate(
    options: &CrossingOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<CrossingSummary, Error> {
    options.check()?;
    let mut draw = Draw::new(options.seed);
    let permutation = Permutation::new(&mut draw);
    let (counts, days) = prepare(options, &mut draw)?;
    let percents = [options.commuter_percent, options.commuter_percent, 0];
    let forecast = |class: usize| {
        let percent = if options.scenario == Scenario::Commuters { percents[class] } else { 0 };
        ClassForecast::new(&counts, &days, class, &HABITS[class], percent)
    };
    let forecasts = [forecast(0)?, forecast(1)?, forecast(2)?];
    let truth = TruthFiles::create(
        options.truth.as_deref(),
        options.stock_truth.as_deref(),
        &counts.points,
    )?;
    let output = EventFiles::new(
        &options.out,
        options.format,
        options.file_days,
        &counts.points,
        permutation,
    )?;
    let mut run = CrossingRun {
        total: total(&counts, &days, &forecasts),
        draw,
        clock: TimesOfDay::new(),
        numbers: 0,
        crossings: Vec::new(),
        output,
        truth,
        done: 0,
        progress,
    };
    let bounds =
        CrossingLimits { year: options.crossings_max_year, month: options.crossings_max_month };
    let first_persons = run.open(days[0], &forecasts)?;
    let opening_events = run.done;
    let mut classes = [RESIDENT, 1, OTHER_VISITOR].map(|class| {
        let opening = OpeningSpells::new(forecasts[class].opening, first_persons[class]);
        Travellers::new(&HABITS[class], bounds, opening)
    });
    for (number, &day) in days.iter().enumerate() {
        run.day(number, day, &counts, &forecasts, &mut classes)?;
    }
    let (first, last) = (days[0], days[days.len() - 1]);
    run.truth.finish()?;
    let files = run.output.finish()?;
    Ok(CrossingSummary {
        events: run.done,
        opening_events,
        persons: run.numbers,
        first,
        last,
        files,
    })
}

/// The chosen days, at least one, and their counts after scaling.
fn prepare(options: &CrossingOptions, draw: &mut Draw) -> Result<(DailyCounts, Vec<Date>), Error> {
    let nothing = || Error::Option { option: "from", rule: "a day of the counts or before" };
    let mut counts = match &options.counts {
        Some(path) => DailyCounts::read(path)?,
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
    counts.days.retain(|&counted, _| first <= counted && counted <= day);
    counts.scale(options.scale, draw)?;
    Ok((counts, days))
}

/// The total number of events.
fn total(counts: &DailyCounts, days: &[Date], forecasts: &[ClassForecast]) -> u64 {
    let opening: u64 = forecasts[RESIDENT + 1..].iter().map(|class| class.opening).sum();
    let cells = days.iter().flat_map(|&day| counts.day(day));
    opening + cells.flat_map(|cell| cell.counts).map(u64::from).sum::<u64>()
}

/// The state of a simulation that is running.
struct CrossingRun<'a> {
    draw: Draw,
    clock: TimesOfDay,
    /// The number of the next new person.
    numbers: u64,
    /// The crossings of the day.
    crossings: Vec<Crossing>,
    output: EventFiles,
    truth: TruthFiles<'a>,
    done: u64,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl CrossingRun<'_> {
    /// Lets the opening population of visitors enter before the first day, the earliest first.
    /// Returns the number of the first person of each class, where they were simulated.
    fn open(
        &mut self,
        first: Date,
        forecasts: &[ClassForecast; 3],
    ) -> Result<[Option<u64>; CLASSES.len()], Error> {
        let visitors = RESIDENT + 1..=OTHER_VISITOR;
        let mut first_persons = [None; CLASSES.len()];
        for class in visitors.clone() {
            first_persons[class] = Some(self.numbers);
            self.numbers += forecasts[class].opening;
        }
        if self.numbers == 0 {
            return Ok(first_persons);
        }
        for number in 0..OPENING_DAYS {
            for class in visitors.clone() {
                let (opening, from) = (forecasts[class].opening, first_persons[class].unwrap_or(0));
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
        Ok(first_persons)
    }

    fn day(
        &mut self,
        number: usize,
        day: Date,
        counts: &DailyCounts,
        forecasts: &[ClassForecast; 3],
        classes: &mut [Travellers; 3],
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
