//! Civil times as instants and days by number, in a plan's time zone.
//!
//! Not here: periods as people write them (module `period`).
//!
//! Day 0 is 1 January 1970. Instants are milliseconds since its beginning in universal time.
//!
//! Invariants:
//! 1. Every instant lies in exactly one day: not before its start, and before the start of the next
//!    (`period::days::tests::every_instant_lies_in_its_day`).
//! 2. A later civil time never has an earlier instant, so periods of every grain cover time without
//!    gap or overlap: an hour that the clock shows twice counts as one hour of double length, and
//!    an hour that the clock skips has length zero
//!    (`period::days::tests::clock_changes_keep_the_order`).

use jiff::civil::{Date, DateTime, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};

/// The number of a date.
pub fn number(day: Date) -> i32 {
    let since = day.since(date(1970, 1, 1)).map(|span| span.get_days());
    // Every civil date is less than four million days away.
    since.unwrap_or(0)
}

/// The date with a number, limited to the range of the calendar.
fn date_of(number: i32) -> Date {
    date(1970, 1, 1).saturating_add(Span::new().days(number))
}

/// Days whose beginnings are computed ahead, those of a plan; other days take a little longer.
#[derive(Clone, Debug)]
pub struct Days {
    zone: TimeZone,
    first: i32,
    /// The start of each day, and the end of the last.
    starts: Vec<i64>,
}

/// The first instant at which the clock shows a civil time, or a later one if it skips that time.
/// Unit: milliseconds. `i64::MAX` for a civil time after all instants.
pub fn instant(zone: &TimeZone, time: DateTime) -> i64 {
    let ambiguous = zone.to_ambiguous_zoned_datetime(time);
    let is_skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let Ok(zoned) = ambiguous.compatible() else { return i64::MAX };
    let at = zoned.timestamp();
    let last_clock_change = |at: Timestamp| {
        let after = at.checked_add(Span::new().nanoseconds(1)).ok()?;
        Some(zone.preceding(after).next()?.timestamp())
    };
    let at = if is_skipped { last_clock_change(at).unwrap_or(at) } else { at };
    at.as_millisecond()
}

fn start(zone: &TimeZone, number: i32) -> i64 {
    instant(zone, date_of(number).at(0, 0, 0, 0))
}

impl Days {
    /// The days of a time zone from the first to the last of these, both included.
    pub(crate) fn between(zone: TimeZone, first: Date, last: Date) -> Self {
        let (first, last) = (number(first), number(last));
        let starts = (first..=last + 1).map(|number| start(&zone, number)).collect();
        Self { zone, first, starts }
    }

    /// The first instant of a day.
    pub fn start(&self, day: i32) -> i64 {
        let place = usize::try_from(day - self.first).ok();
        let known = place.and_then(|place| self.starts.get(place));
        known.copied().unwrap_or_else(|| start(&self.zone, day))
    }

    /// The day that contains an instant.
    pub fn holding(&self, at: i64) -> i32 {
        let before = self.starts.partition_point(|&start| start <= at);
        if before > 0 && before < self.starts.len() {
            // A plan has at most 100 years of days.
            return self.first + before as i32 - 1;
        }
        let instant = Timestamp::from_millisecond(at);
        instant.map_or(0, |instant| number(self.zone.to_datetime(instant).date()))
    }

    /// The calendar month of a day, counted from January of year 0.
    pub fn month(&self, day: i32) -> i32 {
        let day = date_of(day);
        i32::from(day.year()) * 12 + i32::from(day.month()) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::{Grain, Period};

    /// The number of minutes that every hour or quarter of an hour of a day lasts.
    fn lengths(zone: &str, grain: Grain, day: &str) -> Vec<i64> {
        let zone = jiff::tz::TimeZoneDatabase::bundled().get(zone).unwrap();
        let day = Period::parse(day).unwrap();
        let periods = std::iter::successors(Some(day.within(grain)), |period| Some(period.next()));
        let length = |period: Period| {
            (instant(&zone, period.end()) - instant(&zone, period.start())) / 60_000
        };
        periods.take_while(|&period| day.covers(period)).map(length).collect()
    }

    #[test]
    fn clock_changes_keep_the_order() {
        let odd = |lengths: Vec<i64>, usual: i64| -> Vec<(usize, i64)> {
            lengths.into_iter().enumerate().filter(|&(_, length)| length != usual).collect()
        };
        let (hour, quarter) = (Grain::Hour, Grain::QuarterHour);
        let berlin = |grain, day, usual| odd(lengths("Europe/Berlin", grain, day), usual);
        assert_eq!(berlin(hour, "2024-03-30", 60), []);
        assert_eq!(berlin(hour, "2024-03-31", 60), [(2, 0)]);
        assert_eq!(berlin(hour, "2024-10-27", 60), [(2, 120)]);
        assert_eq!(berlin(quarter, "2024-03-31", 15), [(8, 0), (9, 0), (10, 0), (11, 0)]);
        // The repeated time belongs to the last quarter before the clock went back.
        assert_eq!(berlin(quarter, "2024-10-27", 15), [(11, 75)]);
        // A change by half an hour.
        let lord_howe = lengths("Australia/Lord_Howe", hour, "2024-04-07");
        assert_eq!(odd(lord_howe, 60), [(1, 90)]);
        let lord_howe = lengths("Australia/Lord_Howe", hour, "2024-10-06");
        assert_eq!(odd(lord_howe, 60), [(2, 30)]);
        // A whole day is skipped.
        assert_eq!(lengths("Pacific/Apia", hour, "2011-12-30"), [0; 24]);
    }

    #[test]
    fn every_instant_lies_in_its_day() {
        let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Vienna").unwrap();
        let days = Days::between(zone, date(2024, 1, 1), date(2028, 12, 31));
        // Summer time begins and ends; before, within and after the plan.
        for day in ["1999-10-31", "2024-03-31", "2024-10-27", "2028-12-31", "2031-03-30"] {
            let day = number(day.parse().unwrap());
            let (start, next) = (days.start(day), days.start(day + 1));
            assert!((82_800_000..=90_000_000).contains(&(next - start)));
            for at in [start, start + 1, next - 1] {
                assert_eq!(days.holding(at), day);
            }
            assert_eq!(days.holding(next), day + 1);
        }
        assert_eq!(days.month(number(date(2024, 2, 29))), 2024 * 12 + 1);
        assert_eq!(number(date(1970, 1, 2)), 1);
    }
}
