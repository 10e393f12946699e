//! A year for strategies: the number of its steps, and the ends of the periods of each grain.
//!
//! Not here: plans and their windows (crate `ledger` prices those). Only searches and benchmarks
//! use this module.
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
    /// For each longer grain that steps divide, the ends of its nodes; finest first.
    pub longer: Vec<Vec<u32>>,
    /// For each of those grains, its word, and for each node whether it is a whole period.
    pub grains: Vec<(&'static str, Vec<bool>)>,
}

/// A calendar year cut into steps of a grain, with the longer grains that steps divide.
///
/// Panics if the number is not a year of the calendar.
#[expect(clippy::expect_used, reason = "searches and benchmarks name valid years")]
pub fn year(number: i16, step: Grain) -> Year {
    let whole = Period::parse(&number.to_string()).expect("a year");
    let is_in_year = |step: &Period| step.first() <= whole.last();
    let starts: Vec<Period> =
        std::iter::successors(Some(whole.within(step)), |step| Some(step.next()))
            .take_while(is_in_year)
            .collect();
    let mut longer = Vec::new();
    let mut grains = Vec::new();
    let is_longer = |&grain: &Grain| grain > step && step.divides(grain);
    for grain in Grain::ALL.into_iter().filter(is_longer) {
        let level = Level::periods(1, starts.iter().map(|start| start.within(grain)));
        let periods = level.ends.iter().map(|&end| starts[end as usize - 1].within(grain));
        grains.push((grain.word(), periods.map(|period| whole.covers(period)).collect()));
        longer.push(level.ends);
    }
    Year { steps: starts.len() as u32, longer, grains }
}

impl Year {
    /// The ends of the nodes of every grain, the single steps first.
    pub fn all(&self) -> Vec<Vec<u32>> {
        std::iter::once((1..=self.steps).collect()).chain(self.longer.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_hours_is_a_year_of_days() {
        let days = year(2026, Grain::Day);
        assert_eq!(days.steps, 365);
        let names: Vec<&str> = days.grains.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["week", "month", "quarter", "year"]);
        assert_eq!(days.grains[0].1.iter().filter(|whole| **whole).count(), 51);
        let hours = year(2026, Grain::Hour);
        assert_eq!(hours.steps, 8760);
        assert_eq!(hours.longer.len(), 5);
        for (hours, days) in hours.longer[1..].iter().zip(&days.longer) {
            assert!(hours.iter().map(|end| end / 24).eq(days.iter().copied()));
        }
        let quarters = year(2026, Grain::QuarterHour);
        assert_eq!((quarters.steps, quarters.longer.len()), (35_040, 6));
        assert_eq!(year(2024, Grain::Month).steps, 12);
        assert_eq!(year(2024, Grain::Month).longer.len(), 2);
        let weeks = year(2024, Grain::Week);
        assert_eq!((weeks.steps, weeks.longer.len()), (53, 0));
    }
}
