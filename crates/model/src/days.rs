//! Days by number and as instants, in a plan's time zone.
//!
//! Not here: periods as people write them (module `period`).
//!
//! Day 0 is 1 January 1970. Instants are milliseconds since its beginning in universal time.
//!
//! Invariants:
//! 1. Every instant lies in one day: it is not before the day's start, and before that of the next
//!    (`days::tests::every_instant_lies_in_its_day`).

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::plan::Plan;

/// The number of a date.
pub fn number(day: Date) -> i32 {
    let since = day.since(date(1970, 1, 1)).map(|span| span.get_days());
    // Every civil date is less than four million days away.
    since.unwrap_or(0)
}

/// The date of a number; the nearest there is beyond the calendar.
fn of_number(number: i32) -> Date {
    date(1970, 1, 1).saturating_add(Span::new().days(number))
}

/// The days of a plan, ready to be asked for; other days take a little longer.
#[derive(Clone, Debug)]
pub struct Days {
    zone: TimeZone,
    first: i32,
    /// The start of each day of the plan, and the end of the last.
    starts: Vec<i64>,
}

fn start(zone: &TimeZone, number: i32) -> i64 {
    let zoned = of_number(number).to_zoned_datetime(zone.clone());
    zoned.map_or(i64::MAX, |zoned| zoned.timestamp().as_millisecond())
}

impl Days {
    /// The days of a plan.
    pub fn new(plan: &Plan) -> Self {
        let zone = plan.time_zone().clone();
        let first = number(plan.first_step().first());
        let last = number(plan.statement.expires);
        let starts = (first..=last + 1).map(|number| start(&zone, number)).collect();
        Self { zone, first, starts }
    }

    /// The first instant of a day.
    pub fn start(&self, day: i32) -> i64 {
        let place = usize::try_from(day - self.first).ok();
        let known = place.and_then(|place| self.starts.get(place));
        known.copied().unwrap_or_else(|| start(&self.zone, day))
    }

    /// The day that holds an instant.
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
        let day = of_number(day);
        i32::from(day.year()) * 12 + i32::from(day.month()) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instant_lies_in_its_day() {
        let text = include_str!("../../../testdata/crossings.toml")
            .replace("Asia/Hong_Kong", "Europe/Vienna");
        let days = Days::new(&Plan::parse(&text).unwrap());
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
