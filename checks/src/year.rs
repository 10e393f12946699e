//! A year as strategies see it: how many steps, and where the periods of each grain end.
//!
//! Not here: plans and their windows (crate `ledger` prices those); this is for searches and
//! benchmarks that name a year and a step.
//!
//! Invariants:
//! 1. Every grain is a partition of the steps (`tests::a_year_of_hours_is_a_year_of_days`).

use tidegauge_model::{Grain, Period};
use tidegauge_privacy::Level;

/// A year cut into steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The number of steps.
    pub steps: u32,
    /// The ends of the nodes of each grain longer than a step, finest first.
    pub longer: Vec<Vec<u32>>,
    /// For each of them, its word, and which of its nodes are whole periods.
    pub grains: Vec<(&'static str, Vec<bool>)>,
}

/// The year cut into steps of a grain, each day into `parts`; longer grains up to the year.
///
/// Panics when the year is none.
pub fn year(of: i16, step: Grain, parts: u32) -> Year {
    let whole = Period::parse(&of.to_string()).expect("a year");
    let mut days = vec![whole.first()];
    while let Some(next) = days.last().and_then(|day| day.tomorrow().ok())
        && next <= whole.last()
    {
        days.push(next);
    }
    let mut starts = Vec::new();
    for &day in &days {
        if starts.last().is_none_or(|&(_, last)| last != Period::containing(step, day)) {
            starts.extend((0..parts).map(|_| (day, Period::containing(step, day))));
        }
    }
    let steps = starts.len() as u32;
    let mut longer = Vec::new();
    let mut grains = Vec::new();
    let finer = |grain: Grain| if parts > 1 { grain < step } else { grain <= step };
    for grain in Grain::ALL.into_iter().filter(|&grain| !finer(grain)) {
        let level =
            Level::periods(1, starts.iter().map(|&(day, _)| Period::containing(grain, day)));
        let periods =
            level.ends.iter().map(|&end| Period::containing(grain, starts[end as usize - 1].0));
        let inside =
            |period: Period| period.first() >= whole.first() && period.last() <= whole.last();
        grains.push((grain.word(), periods.map(inside).collect()));
        longer.push(level.ends);
    }
    Year { steps, longer, grains }
}

impl Year {
    /// The ends of every grain, the single steps first.
    pub fn all(&self) -> Vec<Vec<u32>> {
        std::iter::once((1..=self.steps).collect()).chain(self.longer.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_hours_is_a_year_of_days() {
        let days = year(2026, Grain::Day, 1);
        assert_eq!(days.steps, 365);
        let names: Vec<&str> = days.grains.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["week", "month", "quarter", "year"]);
        assert_eq!(days.grains[0].1.iter().filter(|whole| **whole).count(), 51);
        let hours = year(2026, Grain::Day, 24);
        assert_eq!(hours.steps, 8760);
        assert_eq!(hours.longer.len(), 5);
        for (hours, days) in hours.longer[1..].iter().zip(&days.longer) {
            assert!(hours.iter().map(|end| end / 24).eq(days.iter().copied()));
        }
        assert_eq!(year(2024, Grain::Month, 1).steps, 12);
        assert_eq!(year(2024, Grain::Month, 1).longer.len(), 2);
        assert_eq!(year(2024, Grain::Week, 1).steps, 53);
    }
}
