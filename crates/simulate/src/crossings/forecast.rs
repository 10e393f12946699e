//! The first pass over the counts: how many persons must be away before the first day, and how many
//! commute.
//!
//! Not here: persons. A forecast consists of sums of counts.
//!
//! Invariants:
//! 1. With the opening population, the spells that run cover every day's closings
//!    (`crossings::forecast::tests::running_spells_never_fall_below_zero`).

use jiff::civil::{Date, Weekday};

use super::codes::opening_kind;
use super::counts::{DAY_MAX, DailyCounts};
use super::persons::Habit;
use crate::draw::Draw;
use crate::error::Error;

/// Days before the first on which the opening population of visitors enters.
pub(super) const OPENING_DAYS: u64 = 14;

/// The number of first days that give the ordinary number of closings.
const ORDINARY_DAYS: usize = 7;

/// The sums of one class.
pub(super) struct ClassForecast {
    /// The number of spells that run before the first day.
    pub(super) opening: u64,
    /// For each day, the number of spells that must run at its end so that later days can close
    /// theirs.
    pub(super) needed: Vec<u64>,
    /// Commuters on a working day.
    pub(super) commuters: usize,
    /// Running sums over the points of their openings, or of their closings if nobody opens.
    points: Vec<u64>,
}

impl ClassForecast {
    pub(super) fn new(
        counts: &DailyCounts,
        days: &[Date],
        class: usize,
        habit: &Habit,
        commuter_percent: u32,
    ) -> Result<Self, Error> {
        let out = opening_kind(class);
        let mut flows = Vec::with_capacity(days.len());
        let mut by_point = vec![[0u64; 2]; counts.points.len()];
        for &day in days {
            let mut flow = [0u64; 2];
            for cell in counts.day(day) {
                let count = u64::from(cell.counts[class]);
                flow[cell.kind] += count;
                by_point[usize::from(cell.point)][cell.kind] += count;
            }
            flows.push((flow[out], flow[1 - out]));
        }
        let (needed, shortfall) = needed(&flows);
        let opening = shortfall + ordinary(&flows, habit);
        let limit = DAY_MAX;
        if opening > limit {
            return Err(Error::TooManyBefore { limit });
        }
        let crossings: u64 = flows.iter().map(|(opened, closed)| opened + closed).sum();
        let working = days.iter().filter(|&&day| is_working(day)).count() as u64;
        // Two crossings for each commuter and day; at most one day's crossings, so it fits.
        let commuters = crossings * u64::from(commuter_percent) / (200 * working.max(1));
        let kind = if flows.iter().any(|flow| flow.0 > 0) { out } else { 1 - out };
        let mut sum = 0;
        let sums = by_point.iter().map(|point| {
            sum += point[kind];
            sum
        });
        Ok(Self { opening, needed, commuters: commuters as usize, points: sums.collect() })
    }

    /// Draws a point with a probability proportional to how busy it is.
    pub(super) fn point(&self, draw: &mut Draw) -> u16 {
        let crossing = draw.below_wide(self.points.last().copied().unwrap_or(0));
        // There are at most 1000 points.
        self.points.partition_point(|&sum| sum <= crossing) as u16
    }
}

/// Whether a day is one from Monday to Friday.
pub(super) fn is_working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// From daily openings and closings: the number of spells that must run at the end of each day, and
/// before the first, so that the closings of all later days are covered.
fn needed(flows: &[(u64, u64)]) -> (Vec<u64>, u64) {
    let mut needed = vec![0; flows.len()];
    let mut later = 0u64;
    for (at_end, (opened, closed)) in needed.iter_mut().zip(flows).rev() {
        *at_end = later;
        later = (later + closed).saturating_sub(*opened);
    }
    (needed, later)
}

/// The spells that run on an ordinary day: closings after a night or more, times their nights.
fn ordinary(flows: &[(u64, u64)], habit: &Habit) -> u64 {
    let first = &flows[..flows.len().min(ORDINARY_DAYS)];
    let closed: u64 = first.iter().map(|flow| flow.1).sum();
    let overnight = closed * u64::from(100 - habit.same_day) * habit.nights.mean_milli();
    overnight / (100 * 1000 * first.len().max(1) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_spells_never_fall_below_zero() {
        let mut draw = Draw::new(3);
        for _ in 0..200 {
            let mut flow = || u64::from(draw.below(9));
            let flows: Vec<_> = (0..12).map(|_| (flow(), flow())).collect();
            let (needed, opening) = needed(&flows);
            let mut running = opening;
            let mut least = u64::MAX;
            for (&(opened, closed), &at_end) in flows.iter().zip(&needed) {
                running = (running + opened).checked_sub(closed).unwrap();
                assert!(running >= at_end);
                least = least.min(running);
            }
            // No more than needed: at some time no spell runs, unless none had to run at first.
            assert!(opening == 0 || least == 0, "{flows:?}");
        }
    }
}
