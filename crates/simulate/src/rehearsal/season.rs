//! How many events a day has: the volume, shaped by the days of the week and the months.
//!
//! Not here: which persons make them.
//!
//! Invariants:
//! 1. Over a week and over a year the shapes keep the mean
//!    (`rehearsal::season::tests::the_shapes_keep_the_mean`).

use jiff::civil::Date;

use crate::draw::Draw;

/// The shape of the volume over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    /// Every day alike.
    Flat,
    /// Days of the week differ.
    Week,
    /// Months differ.
    Year,
    /// Both differ.
    Both,
}

/// The share of each day of the week, from Monday, in per cent of a mean day.
const WEEK: [u32; 7] = [104, 101, 101, 105, 114, 95, 80];
/// The share of each month, in per cent of a mean month.
const YEAR: [u32; 12] = [82, 85, 94, 100, 103, 109, 123, 120, 104, 99, 89, 92];

impl Season {
    /// Every shape.
    pub const ALL: [Season; 4] = [Season::Flat, Season::Week, Season::Year, Season::Both];

    /// The word for this shape on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Week => "week",
            Self::Year => "year",
            Self::Both => "both",
        }
    }

    /// The shape for a word on the command line.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|season| season.word() == word)
    }

    /// A day's volume in per cent of the mean.
    fn percents(self, day: Date) -> (u32, u32) {
        let week = WEEK[day.weekday().to_monday_zero_offset().unsigned_abs() as usize];
        let year = YEAR[(day.month().unsigned_abs() as usize - 1) % YEAR.len()];
        match self {
            Self::Flat => (100, 100),
            Self::Week => (week, 100),
            Self::Year => (100, year),
            Self::Both => (week, year),
        }
    }

    /// The number of events of a day, rounded at random so that its mean is exact.
    pub(super) fn events(self, day: Date, mean: u64, draw: &mut Draw) -> u64 {
        let (week, year) = self.percents(day);
        let shaped = u128::from(mean) * u128::from(week) * u128::from(year);
        // A little more than the mean at most.
        draw.round(shaped, 10_000) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shapes_keep_the_mean() {
        assert_eq!((WEEK.iter().sum::<u32>(), YEAR.iter().sum::<u32>()), (700, 1200));
        let (monday, july) = ("2024-01-01".parse().unwrap(), "2024-07-01".parse().unwrap());
        let mut draw = Draw::new(1);
        assert_eq!(Season::Flat.events(monday, 12_345, &mut draw), 12_345);
        assert_eq!(Season::Week.events(monday, 1000, &mut draw), 1040);
        assert_eq!(Season::Year.events(july, 1000, &mut draw), 1230);
        assert_eq!(Season::parse("both"), Some(Season::Both));
    }
}
