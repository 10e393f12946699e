//! Reference periods: days, ISO weeks, months, quarters, years, in SDMX notation.
//!
//! Not here: instants and time zones; a period is civil time, and the plan's time zone says
//! which instants it holds.
//!
//! Invariants:
//! 1. A period prints as what parses to it (`period::tests::periods_parse_what_they_print`).
//! 2. The periods of one grain cover the calendar without gap or overlap
//!    (`period::tests::periods_of_a_grain_tile_the_calendar`), and are numbered so
//!    (`period::tests::numbers_count_the_periods_from_the_first`).
//!
//! Format: `2024-01-15`, `2024-W03`, `2024-01`, `2024-Q1`, `2024`.

use std::fmt;

use jiff::Span;
use jiff::civil::{Date, ISOWeekDate, Weekday, date};

/// The first year that a period can lie in.
pub const YEAR_MIN: i16 = 1900;
/// The last year that a period can lie in.
pub const YEAR_MAX: i16 = 2199;

/// The length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
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
    pub const ALL: [Grain; 5] =
        [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year];

    /// Whether every period of the other grain is made of whole periods of this one. Weeks divide
    /// nothing but weeks.
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

    /// The SDMX frequency code: `D`, `W`, `M`, `Q`, `A`.
    pub fn frequency(self) -> &'static str {
        match self {
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

/// A reference period: the day, ISO week, month, quarter or year that begins on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: Date,
    grain: Grain,
}

impl Period {
    /// The period of this grain that contains the date.
    pub fn containing(grain: Grain, day: Date) -> Self {
        let first = match grain {
            Grain::Day => day,
            Grain::Week => {
                day.saturating_sub(Span::new().days(day.weekday().to_monday_zero_offset()))
            }
            Grain::Month => day.first_of_month(),
            Grain::Quarter => date(day.year(), (day.month() - 1) / 3 * 3 + 1, 1),
            Grain::Year => day.first_of_year(),
        };
        Self { first, grain }
    }

    /// The period written in SDMX notation; `None` for anything else, and for a year outside
    /// [`YEAR_MIN`] to [`YEAR_MAX`].
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |range: std::ops::Range<usize>| -> Option<i16> {
            let part = text.get(range)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
        };
        let year = digits(0..4)?;
        if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
            return None;
        }
        let month = |n: i16| i8::try_from(n).ok();
        let (grain, day) = match text.len() {
            4 => (Grain::Year, Date::new(year, 1, 1).ok()?),
            7 if text.get(4..6)? == "-Q" => {
                let quarter = digits(6..7).filter(|n| (1..=4).contains(n))?;
                (Grain::Quarter, Date::new(year, month(quarter * 3 - 2)?, 1).ok()?)
            }
            7 if text.get(4..5)? == "-" => {
                (Grain::Month, Date::new(year, month(digits(5..7)?)?, 1).ok()?)
            }
            8 if text.get(4..6)? == "-W" => {
                let week = ISOWeekDate::new(year, month(digits(6..8)?)?, Weekday::Monday).ok()?;
                (Grain::Week, week.date())
            }
            10 if text.get(4..5)? == "-" && text.get(7..8)? == "-" => {
                let day = Date::new(year, month(digits(5..7)?)?, month(digits(8..10)?)?).ok()?;
                (Grain::Day, day)
            }
            _ => return None,
        };
        Some(Self { first: day, grain })
    }

    /// The length of the period.
    pub fn grain(self) -> Grain {
        self.grain
    }

    /// The first day of the period.
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day of the period, inclusive.
    pub fn last(self) -> Date {
        self.next().first.saturating_sub(Span::new().days(1))
    }

    /// The period after this one.
    pub fn next(self) -> Self {
        let span = match self.grain {
            Grain::Day => Span::new().days(1),
            Grain::Week => Span::new().days(7),
            Grain::Month => Span::new().months(1),
            Grain::Quarter => Span::new().months(3),
            Grain::Year => Span::new().years(1),
        };
        Self { first: self.first.saturating_add(span), grain: self.grain }
    }

    /// The period before this one.
    pub fn previous(self) -> Self {
        Self::containing(self.grain, self.first.saturating_sub(Span::new().days(1)))
    }

    /// The period of the same grain that lies this many later, or earlier for a negative number;
    /// `None` outside the years -9999 to 9999.
    pub fn shifted(self, number: i32) -> Option<Self> {
        let number = i64::from(number);
        let span = match self.grain {
            Grain::Day => Span::new().days(number),
            Grain::Week => Span::new().try_weeks(number).ok()?,
            Grain::Month => Span::new().try_months(number).ok()?,
            Grain::Quarter => Span::new().try_months(3 * number).ok()?,
            Grain::Year => Span::new().try_years(number).ok()?,
        };
        Some(Self::containing(self.grain, self.first.checked_add(span).ok()?))
    }

    /// How many periods of its grain lie between the first one and this one: 0 for the same, `None`
    /// for a later one or one of another grain.
    pub fn number_since(self, first: Self) -> Option<u32> {
        if self.grain != first.grain {
            return None;
        }
        let days = || i64::from(self.first.since(first.first).map_or(-1, |span| span.get_days()));
        let months =
            |period: Self| 12 * i64::from(period.first.year()) + i64::from(period.first.month());
        let number = match self.grain {
            Grain::Day => days(),
            Grain::Week => days().div_euclid(7),
            Grain::Month => months(self) - months(first),
            Grain::Quarter => (months(self) - months(first)).div_euclid(3),
            Grain::Year => (months(self) - months(first)).div_euclid(12),
        };
        u32::try_from(number).ok()
    }

    /// Whether the date lies in the period.
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first.year(), self.first.month());
        match self.grain {
            Grain::Day => write!(f, "{year:04}-{month:02}-{:02}", self.first.day()),
            Grain::Week => {
                let week = self.first.iso_week_date();
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
    }

    #[test]
    fn periods_of_a_grain_tile_the_calendar() {
        for day in days() {
            for grain in Grain::ALL {
                let period = Period::containing(grain, day);
                assert!(period.contains(day));
                assert_eq!(Period::containing(grain, period.last()), period);
                assert_eq!(period.next().previous(), period);
                assert_eq!(period.last().tomorrow().unwrap(), period.next().first());
            }
        }
    }

    #[test]
    fn a_grain_divides_what_it_tiles() {
        for fine in Grain::ALL {
            for coarse in Grain::ALL {
                // Fifty years hold every way in which periods can lie.
                let first = Period::containing(coarse, date(1999, 1, 1));
                let periods = std::iter::successors(Some(first), |period| Some(period.next()));
                let tiled = periods.take_while(|period| period.first().year() < 2049).all(|one| {
                    Period::containing(fine, one.first()).first() == one.first()
                        && Period::containing(fine, one.last()).last() == one.last()
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
                if at.first() > date(2199, 1, 1) {
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
    fn what_is_no_period_is_refused() {
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
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn iso_weeks_follow_the_standard() {
        let week = Period::parse("2020-W53").unwrap();
        assert_eq!((week.first(), week.last()), (date(2020, 12, 28), date(2021, 1, 3)));
    }
}
