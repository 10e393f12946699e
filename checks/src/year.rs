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
    /// The ends of the nodes of each grain that a step divides, finest first.
    pub longer: Vec<Vec<u32>>,
    /// For each of them, its word, and which of its nodes are whole periods.
    pub grains: Vec<(&'static str, Vec<bool>)>,
}

/// The year cut into steps of a grain; longer grains that a step divides, up to the year.
///
/// Panics when the year is none.
pub fn year(of: i16, step: Grain) -> Year {
    let whole = Period::parse(&of.to_string()).expect("a year");
    let of_year = |step: &Period| step.first() <= whole.last();
    let starts: Vec<Period> =
        std::iter::successors(Some(whole.within(step)), |step| Some(step.next()))
            .take_while(of_year)
            .collect();
    let mut longer = Vec::new();
    let mut grains = Vec::new();
    let meant = |&grain: &Grain| grain > step && step.divides(grain);
    for grain in Grain::ALL.into_iter().filter(meant) {
        let level = Level::periods(1, starts.iter().map(|start| start.within(grain)));
        let periods = level.ends.iter().map(|&end| starts[end as usize - 1].within(grain));
        grains.push((grain.word(), periods.map(|period| whole.covers(period)).collect()));
        longer.push(level.ends);
    }
    Year { steps: starts.len() as u32, longer, grains }
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
