//! The built-in counts, which are used when no file of counts is given.
//!
//! Not here: figures of a real border. The counts are made up; the points are those of
//! `plans/border.toml`.
//!
//! Invariants:
//! 1. 60 days have about 200,000 crossings, with a weekly rhythm, a holiday, a closed ferry
//!    point and nearly empty cells (`crossings::built_in::tests::sixty_days_have_their_shape`).
//! 2. The counts do not depend on the seed of the persons.

use jiff::civil::{Date, date};

use super::codes::{CLASSES, ENTRY, EXIT};
use super::counts::{CountCell, DailyCounts, code, following};
use crate::draw::Draw;
use crate::error::Error;

/// The default number of days of the built-in counts.
pub(super) const DAYS: u32 = 60;

/// Crossings of an ordinary day and direction, in tenths, by class.
const POINTS: [(&str, [u32; CLASSES.len()]); 16] = [
    ("Airport", [1300, 300, 650]),
    ("China Ferry Terminal", [40, 30, 10]),
    ("Express Rail Link West Kowloon", [600, 700, 60]),
    ("Harbour Control", [1, 1, 3]),
    ("Heung Yuen Wai", [700, 250, 20]),
    ("Hong Kong-Zhuhai-Macao Bridge", [800, 500, 100]),
    ("Hung Hom", [30, 20, 5]),
    ("Kai Tak Cruise Terminal", [10, 5, 15]),
    ("Lo Wu", [2900, 1200, 80]),
    ("Lok Ma Chau", [250, 200, 10]),
    ("Lok Ma Chau Spur Line", [2600, 1100, 80]),
    (FERRY, [300, 80, 80]),
    ("Man Kam To", [50, 20, 2]),
    ("Sha Tau Kok", [20, 5, 1]),
    ("Shenzhen Bay", [1700, 500, 60]),
    ("Tuen Mun Ferry Terminal", [0, 0, 0]),
];

/// The point that weather closes.
const FERRY: &str = "Macau Ferry Terminal";
/// The point that closes for good, and the last day on which it is open.
const CLOSES: (&str, Date) = ("Hung Hom", date(2024, 7, 30));
/// Days, counted from the first, on which the ferry point is closed.
const CLOSED: std::ops::Range<u32> = 22..24;

/// The traffic of each weekday, in per cent of an ordinary day, Monday to Sunday.
const WEEK: [u32; 7] = [88, 84, 85, 87, 98, 116, 118];

/// The traffic around the public holiday, in per cent of an ordinary day, by class and direction.
fn holiday(day: u32, class: usize, kind: usize) -> u32 {
    match (class, kind, day) {
        (0, EXIT, 38..=40) | (0, ENTRY, 42..=44) => 170,
        (1, ENTRY, 40..=43) | (1, EXIT, 41..=45) => 210,
        (2, _, 39..=44) => 120,
        _ => 100,
    }
}

/// The built-in counts for `days` days.
pub(super) fn counts(first: Date, days: u32) -> Result<DailyCounts, Error> {
    // A separate seed, so that another seed of the persons does not change the counts.
    let mut draw = Draw::new(20_240_101);
    let mut counts = DailyCounts {
        points: POINTS.iter().filter_map(|&(name, _)| code(name)).collect(),
        ..DailyCounts::default()
    };
    let mut today = first;
    for day in 0..days {
        let week = WEEK[today.weekday().to_monday_zero_offset() as usize];
        let mut cells = Vec::new();
        for (point, (name, tenths)) in (0..).zip(&POINTS) {
            for kind in [ENTRY, EXIT] {
                let counts = std::array::from_fn(|class| {
                    let percent = week * holiday(day, class, kind) * (90 + draw.below(21));
                    let closed = *name == FERRY && CLOSED.contains(&day)
                        || *name == CLOSES.0 && today > CLOSES.1;
                    let tenths = if closed { 0 } else { tenths[class] };
                    draw.round(u128::from(tenths) * u128::from(percent), 10_000_000) as u32
                });
                cells.push(CountCell { point, kind, counts });
            }
        }
        counts.days.insert(today, cells);
        today = following(today)?;
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_that_has_closed_has_no_crossings() {
        let counts = counts(date(2024, 7, 29), 4).unwrap();
        let closes = counts.points.iter().position(|code| code == "HUNG_HOM").unwrap();
        let is_closing = |cell: &&CountCell| usize::from(cell.point) == closes;
        let sum = |day: Date| -> u32 {
            counts.day(day).iter().filter(is_closing).flat_map(|cell| cell.counts).sum()
        };
        assert!(sum(date(2024, 7, 29)) + sum(date(2024, 7, 30)) > 0);
        assert_eq!(sum(date(2024, 7, 31)) + sum(date(2024, 8, 1)), 0);
    }

    #[test]
    fn sixty_days_have_their_shape() {
        let counts = counts(date(2024, 1, 1), DAYS).unwrap();
        let sum = |day: Date, wanted: &dyn Fn(&CountCell) -> bool| -> u32 {
            let cells = counts.day(day).iter().filter(|cell| wanted(cell));
            cells.flat_map(|cell| cell.counts).sum()
        };
        let all = |_: &CountCell| true;
        let total: u32 = counts.days.keys().map(|&day| sum(day, &all)).sum();
        assert!((190_000..=210_000).contains(&total), "{total}");
        assert_eq!(counts.days.len(), 60);
        // Weekends are busier than the middle of the week, and the holiday is busier than an
        // ordinary weekend.
        assert!(sum(date(2024, 1, 14), &all) > sum(date(2024, 1, 16), &all) * 5 / 4);
        assert!(sum(date(2024, 2, 11), &all) > sum(date(2024, 1, 14), &all) * 5 / 4);
        let ferry = counts.points.iter().position(|code| code == "MACAU_FERRY_TERMINAL").unwrap();
        let is_ferry = |cell: &CountCell| usize::from(cell.point) == ferry;
        assert_eq!(sum(date(2024, 1, 23), &is_ferry) + sum(date(2024, 1, 24), &is_ferry), 0);
        assert!(sum(date(2024, 1, 22), &is_ferry) > 20);
        let harbour =
            |cell: &CountCell| counts.points[usize::from(cell.point)] == "HARBOUR_CONTROL";
        let nearly_empty: u32 = counts.days.keys().map(|&day| sum(day, &harbour)).sum();
        assert!((1..200).contains(&nearly_empty), "{nearly_empty}");
    }
}
