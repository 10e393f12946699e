//! Reference periods: quarters of an hour, hours, days, ISO weeks, months, quarters, years.
//!
//! Not here: instants and time zones. A period is civil time; the plan's time zone determines which
//! instants it contains (module `period::days`). A day always has 24 hours here.
//!
//! Invariants:
//! 1. A period is printed in the form from which it is parsed
//!    (`period::tests::periods_parse_what_they_print`).
//! 2. The periods of one grain cover the calendar without gap or overlap
//!    (`period::tests::periods_of_a_grain_tile_the_calendar`) and are numbered consecutively
//!    (`period::tests::numbers_count_the_periods_from_the_first`).
//! 3. A week is assigned to the year of its ISO number, and to one month and one quarter of that
//!    year (`period::tests::iso_weeks_follow_the_standard`).
//! 4. The SDMX notation of a period can be parsed again
//!    (`period::tests::sdmx_has_the_time_with_colons`).
//!
//! Format: `2024-01-15T13-45`, `2024-01-15T13`, `2024-01-15`, `2024-W03`, `2024-01`, `2024-Q1`,
//! `2024`. These can be file names on every system, and sort by time within a grain.

pub mod days;

use std::fmt;

use jiff::Span;
use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday, date};

/// The first year that a period can lie in.
pub const YEAR_MIN: i16 = 1900;
/// The last year that a period can lie in.
pub const YEAR_MAX: i16 = 2199;

/// The length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// A quarter of an hour by the clock.
    QuarterHour,
    /// An hour by the clock.
    Hour,
    /// A calendar day.
    Day,
    /// An ISO week, Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

impl Grain {
    /// Every grain, finest first.
    pub const ALL: [Grain; 7] = [
        Grain::QuarterHour,
        Grain::Hour,
        Grain::Day,
        Grain::Week,
        Grain::Month,
        Grain::Quarter,
        Grain::Year,
    ];

    /// Whether every period of the other grain consists of whole periods of this one. Weeks divide
    /// only weeks.
    pub fn divides(self, other: Grain) -> bool {
        match (self, other) {
            (Grain::Week, _) => other == Grain::Week,
            (_, Grain::Week) => self <= Grain::Day,
            _ => self <= other,
        }
    }

    /// The word for this grain in a plan.
    pub fn word(self) -> &'static str {
        match self {
            Grain::QuarterHour => "quarter_hour",
            Grain::Hour => "hour",
            Grain::Day => "day",
            Grain::Week => "week",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::Year => "year",
        }
    }

    /// The grain for a plan's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.word() == word)
    }

    /// The SDMX frequency code: `N15`, `H`, `D`, `W`, `M`, `Q`, `A`.
    pub fn frequency(self) -> &'static str {
        match self {
            Grain::QuarterHour => "N15",
            Grain::Hour => "H",
            Grain::Day => "D",
            Grain::Week => "W",
            Grain::Month => "M",
            Grain::Quarter => "Q",
            Grain::Year => "A",
        }
    }

    /// The grain for an SDMX frequency code.
    pub fn from_frequency(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.frequency() == code)
    }
}

/// A reference period, identified by its grain and the civil time at which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    start: DateTime,
    grain: Grain,
}

/// Parses a range of the text that consists only of digits.
fn digits(text: &str, range: std::ops::Range<usize>) -> Option<i16> {
    let part = text.get(range)?;
    part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
}

/// Parses a period of a day or longer: its grain and its first day.
fn parse_days(text: &str) -> Option<(Grain, Date)> {
    let digits = |range| digits(text, range);
    let year = digits(0..4)?;
    if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
        return None;
    }
    let month = |n: i16| i8::try_from(n).ok();
    match text.len() {
        4 => Some((Grain::Year, Date::new(year, 1, 1).ok()?)),
        7 if text.get(4..6)? == "-Q" => {
            let quarter = digits(6..7).filter(|n| (1..=4).contains(n))?;
            Some((Grain::Quarter, Date::new(year, month(quarter * 3 - 2)?, 1).ok()?))
        }
        7 if text.get(4..5)? == "-" => {
            Some((Grain::Month, Date::new(year, month(digits(5..7)?)?, 1).ok()?))
        }
        8 if text.get(4..6)? == "-W" => {
            let week = ISOWeekDate::new(year, month(digits(6..8)?)?, Weekday::Monday).ok()?;
            Some((Grain::Week, week.date()))
        }
        10 if text.get(4..5)? == "-" && text.get(7..8)? == "-" => {
            let day = Date::new(year, month(digits(5..7)?)?, month(digits(8..10)?)?).ok()?;
            Some((Grain::Day, day))
        }
        _ => None,
    }
}

impl Period {
    /// The period of this grain that contains the date; for a grain shorter than a day, the first
    /// period of the date.
    pub fn containing(grain: Grain, day: Date) -> Self {
        Self::holding(grain, day.at(0, 0, 0, 0))
    }

    /// The period of this grain that contains a civil time.
    pub fn holding(grain: Grain, time: DateTime) -> Self {
        let day = time.date();
        let midnight = |day: Date| day.at(0, 0, 0, 0);
        let start = match grain {
            Grain::QuarterHour => day.at(time.hour(), time.minute() / 15 * 15, 0, 0),
            Grain::Hour => day.at(time.hour(), 0, 0, 0),
            Grain::Day => midnight(day),
            Grain::Week => {
                let offset = day.weekday().to_monday_zero_offset();
                midnight(day.saturating_sub(Span::new().days(offset)))
            }
            Grain::Month => midnight(day.first_of_month()),
            Grain::Quarter => midnight(date(day.year(), (day.month() - 1) / 3 * 3 + 1, 1)),
            Grain::Year => midnight(day.first_of_year()),
        };
        Self { start, grain }
    }

    /// The period of a grain that contains the beginning of this one.
    pub fn within(self, grain: Grain) -> Self {
        Self::holding(grain, self.start)
    }

    /// The period of a grain to which this one is assigned: the one that contains its beginning, or
    /// for a week the one that contains its Thursday, as ISO 8601 assigns weeks to years. Every
    /// period is assigned to exactly one, and those assigned to the same one are consecutive.
    pub fn given_to(self, grain: Grain) -> Self {
        let days = if self.grain == Grain::Week { 3 } else { 0 };
        Self::holding(grain, self.start.saturating_add(Span::new().days(days)))
    }

    /// Parses a period in the form in which [`Period`] is printed; `None` for anything else, and
    /// for a year outside [`YEAR_MIN`] to [`YEAR_MAX`].
    pub fn parse(text: &str) -> Option<Self> {
        let Some((day, time)) = text.split_once('T') else {
            let (grain, day) = parse_days(text)?;
            return Some(Self { start: day.at(0, 0, 0, 0), grain });
        };
        let (hour, minute) = match time.split_once('-') {
            Some((hour, minute)) => (hour, Some(minute)),
            None => (time, None),
        };
        Self::parse_time(day, hour, minute)
    }

    /// Parses a period in SDMX notation, which writes hours and quarters of an hour as the time at
    /// which they begin. A time is read as a quarter of an hour; [`Self::reaches`] treats it as the
    /// hour too.
    pub fn parse_sdmx(text: &str) -> Option<Self> {
        let Some((day, time)) = text.split_once('T') else { return Self::parse(text) };
        match time.split(':').collect::<Vec<_>>()[..] {
            [hour, minute] | [hour, minute, "00"] => Self::parse_time(day, hour, Some(minute)),
            _ => Self::parse(text),
        }
    }

    fn parse_time(day: &str, hour: &str, minute: Option<&str>) -> Option<Self> {
        let (Grain::Day, day) = parse_days(day)? else { return None };
        let two_digits = |text: &str, most: i16| {
            let number = digits(text, 0..2).filter(|&n| text.len() == 2 && n <= most)?;
            i8::try_from(number).ok()
        };
        let hour = two_digits(hour, 23)?;
        let (grain, minute) = match minute {
            None => (Grain::Hour, 0),
            Some(minute) => (Grain::QuarterHour, two_digits(minute, 45).filter(|n| n % 15 == 0)?),
        };
        Some(Self { start: day.at(hour, minute, 0, 0), grain })
    }

    /// The length of the period.
    pub fn grain(self) -> Grain {
        self.grain
    }

    /// The civil time at which the period begins.
    pub fn start(self) -> DateTime {
        self.start
    }

    /// The civil time at which the period ends, exclusive: the beginning of the next.
    pub fn end(self) -> DateTime {
        self.next().start
    }

    /// The first day of the period.
    pub fn first(self) -> Date {
        self.start.date()
    }

    /// The last day of the period, inclusive.
    pub fn last(self) -> Date {
        match self.grain {
            Grain::QuarterHour | Grain::Hour | Grain::Day => self.first(),
            _ => self.next().first().saturating_sub(Span::new().days(1)),
        }
    }

    /// The period after this one.
    pub fn next(self) -> Self {
        let span = match self.grain {
            Grain::QuarterHour => Span::new().minutes(15),
            Grain::Hour => Span::new().hours(1),
            Grain::Day => Span::new().days(1),
            Grain::Week => Span::new().days(7),
            Grain::Month => Span::new().months(1),
            Grain::Quarter => Span::new().months(3),
            Grain::Year => Span::new().years(1),
        };
        Self { start: self.start.saturating_add(span), grain: self.grain }
    }

    /// The period before this one.
    pub fn previous(self) -> Self {
        Self::holding(self.grain, self.start.saturating_sub(Span::new().minutes(1)))
    }

    /// The period of the same grain that is this many periods later, or earlier for a negative
    /// number; `None` outside the years -9999 to 9999.
    pub fn shifted(self, number: i32) -> Option<Self> {
        let number = i64::from(number);
        let span = match self.grain {
            Grain::QuarterHour => Span::new().try_minutes(15 * number).ok()?,
            Grain::Hour => Span::new().try_hours(number).ok()?,
            Grain::Day => Span::new().try_days(number).ok()?,
            Grain::Week => Span::new().try_weeks(number).ok()?,
            Grain::Month => Span::new().try_months(number).ok()?,
            Grain::Quarter => Span::new().try_months(3 * number).ok()?,
            Grain::Year => Span::new().try_years(number).ok()?,
        };
        Some(Self::holding(self.grain, self.start.checked_add(span).ok()?))
    }

    /// The number of this period, counted from 0 for `first`; `None` if `first` is later or has
    /// another grain.
    pub fn number_since(self, first: Self) -> Option<u32> {
        if self.grain != first.grain {
            return None;
        }
        let days = || {
            let since = self.first().since(first.first());
            i64::from(since.map_or(-1, |span| span.get_days()))
        };
        let quarters = |time: DateTime| i64::from(time.hour()) * 4 + i64::from(time.minute()) / 15;
        let quarter_hours = || 96 * days() + quarters(self.start) - quarters(first.start);
        let months =
            |period: Self| 12 * i64::from(period.start.year()) + i64::from(period.start.month());
        let number = match self.grain {
            Grain::QuarterHour => quarter_hours(),
            Grain::Hour => quarter_hours().div_euclid(4),
            Grain::Day => days(),
            Grain::Week => days().div_euclid(7),
            Grain::Month => months(self) - months(first),
            Grain::Quarter => (months(self) - months(first)).div_euclid(3),
            Grain::Year => (months(self) - months(first)).div_euclid(12),
        };
        u32::try_from(number).ok()
    }

    /// Whether this period contains another one completely.
    pub fn covers(self, other: Self) -> bool {
        self.start <= other.start && other.end() <= self.end()
    }

    /// Whether another period ends no later than this one. A quarter of an hour that begins with an
    /// hour counts as reaching the end of that hour, since both are written as the same time.
    pub fn reaches(self, other: Self) -> bool {
        let is_whole_hour = self.grain == Grain::QuarterHour && self.start.minute() == 0;
        let last =
            if is_whole_hour && other.grain > self.grain { self.within(Grain::Hour) } else { self };
        other.end() <= last.end()
    }

    /// The period in SDMX notation: as it is printed, but with colons and seconds in a time.
    pub fn sdmx(self) -> String {
        match self.grain {
            Grain::QuarterHour | Grain::Hour => {
                self.start.strftime("%Y-%m-%dT%H:%M:%S").to_string()
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.start.year(), self.start.month(), self.start.day());
        let (hour, minute) = (self.start.hour(), self.start.minute());
        match self.grain {
            Grain::QuarterHour => {
                write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}")
            }
            Grain::Hour => write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}"),
            Grain::Day => write!(f, "{year:04}-{month:02}-{day:02}"),
            Grain::Week => {
                let week = self.first().iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            Grain::Month => write!(f, "{year:04}-{month:02}"),
            Grain::Quarter => write!(f, "{year:04}-Q{}", (month + 2) / 3),
            Grain::Year => write!(f, "{year:04}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days() -> impl Iterator<Item = Date> {
        std::iter::successors(Some(date(2019, 12, 1)), |day| day.tomorrow().ok())
            .take_while(|&day| day < date(2029, 2, 1))
    }

    #[test]
    fn periods_parse_what_they_print() {
        for day in days() {
            for grain in Grain::ALL {
                let period = Period::containing(grain, day);
                assert_eq!(Period::parse(&period.to_string()), Some(period));
            }
        }
        for number in 0..96 {
            let quarter =
                Period::parse("2024-03-31T00-00").and_then(|p| p.shifted(number)).unwrap();
            assert_eq!(Period::parse(&quarter.to_string()), Some(quarter));
            let hour = quarter.within(Grain::Hour);
            assert_eq!(Period::parse(&hour.to_string()), Some(hour));
            assert!(hour.covers(quarter) && !quarter.covers(hour));
            assert!(!quarter.to_string().contains(':'), "must be usable as a file name");
        }
    }

    #[test]
    fn sdmx_has_the_time_with_colons() {
        for (text, sdmx) in [
            ("2024-01-15T13", "2024-01-15T13:00:00"),
            ("2024-01-15T13-45", "2024-01-15T13:45:00"),
            ("2024-01-15", "2024-01-15"),
            ("2024-W03", "2024-W03"),
        ] {
            let period = Period::parse(text).unwrap();
            assert_eq!(period.sdmx(), sdmx);
            assert_eq!(Period::parse_sdmx(text), Some(period));
            let read = Period::parse_sdmx(sdmx).unwrap();
            assert_eq!(read.within(period.grain()), period);
            assert!(read.reaches(period) && !read.reaches(period.next()));
            assert!(!read.previous().reaches(period));
        }
        let parsed = |text| Period::parse(text).unwrap();
        let time = Period::parse_sdmx("2024-01-15T13:00").unwrap();
        assert_eq!(time, parsed("2024-01-15T13-00"));
        assert!(!time.reaches(parsed("2024-01-15T13-15")) && time.reaches(parsed("2024-01-15T13")));
        assert!(parsed("2024-01-15T13").reaches(parsed("2024-01-15T13-45")));
        assert!(!parsed("2024-01-15T13-30").reaches(parsed("2024-01-15T13")));
        for text in ["2024-01-15T13:00:01", "2024-01-15T13:10", "2024-01T13:00:00", "2024-01-15T"] {
            assert_eq!(Period::parse_sdmx(text), None, "{text}");
        }
    }

    #[test]
    fn periods_of_a_grain_tile_the_calendar() {
        for day in days() {
            for grain in Grain::ALL {
                let period = Period::containing(grain, day);
                assert!(period.first() <= day && day <= period.last());
                assert_eq!(period.next().previous(), period);
                assert_eq!(period.end(), period.next().start());
                if grain >= Grain::Day {
                    assert_eq!(Period::containing(grain, period.last()), period);
                    assert_eq!(period.last().tomorrow().unwrap(), period.next().first());
                }
            }
        }
    }

    #[test]
    fn a_grain_divides_the_grains_that_it_tiles() {
        for fine in Grain::ALL {
            for coarse in Grain::ALL {
                // Fifty years contain every way in which periods can overlap.
                let first = Period::containing(coarse, date(1999, 1, 1));
                let periods = std::iter::successors(Some(first), |period| Some(period.next()));
                // For grains shorter than a day one year is enough.
                let end = if coarse < Grain::Day { 2000 } else { 2049 };
                let tiled =
                    periods.take_while(|period| period.first().year() < end).all(|period| {
                        period.within(fine).start() == period.start()
                            && period.next().within(fine).start() == period.end()
                    });
                assert_eq!(fine.divides(coarse), tiled, "{fine:?} {coarse:?}");
            }
        }
    }

    #[test]
    fn numbers_count_the_periods_from_the_first() {
        for grain in Grain::ALL {
            let first = Period::containing(grain, date(2019, 12, 1));
            let mut at = first;
            for number in 0..500 {
                if at.start().year() > 2198 {
                    break;
                }
                assert_eq!(at.number_since(first), Some(number));
                assert_eq!(first.number_since(at).is_some(), number == 0);
                at = at.next();
            }
        }
        let (day, week) = (Period::parse("2024-01-01"), Period::parse("2024-W01"));
        assert_eq!(day.zip(week).and_then(|(day, week)| day.number_since(week)), None);
    }

    #[test]
    fn text_that_is_not_a_period_is_refused() {
        for text in [
            "",
            "24",
            "2024-13",
            "2024-Q5",
            "2024-Q0",
            "2024-W54",
            "2023-W53",
            "2024-02-30",
            "2024-1",
            "2024/01",
            "+024",
            "2024-01-1a",
            "２０２４",
            "99999",
            "1899",
            "2024-é1",
            "2024-01-15T24",
            "2024-01-15T13-10",
            "2024-01-15T13-60",
            "2024-01-15T1",
            "2024-01-15T13:00",
            "2024-01T13",
            "T13",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn iso_weeks_follow_the_standard() {
        let week = Period::parse("2020-W53").unwrap();
        assert_eq!((week.first(), week.last()), (date(2020, 12, 28), date(2021, 1, 3)));
        let first = Period::containing(Grain::Week, date(1999, 1, 4));
        let weeks = std::iter::successors(Some(first), |week| Some(week.next()));
        for week in weeks.take(52 * 50) {
            let year = week.given_to(Grain::Year);
            assert_eq!(year.to_string(), week.to_string()[..4]);
            for grain in [Grain::Month, Grain::Quarter] {
                let given = week.given_to(grain);
                assert!(year.covers(given));
                let next = week.next().given_to(grain);
                assert!(next == given || next == given.next());
            }
        }
        let day = Period::parse("2024-12-30").unwrap();
        assert_eq!(day.given_to(Grain::Year), day.within(Grain::Year));
    }
}
