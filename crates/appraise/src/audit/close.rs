//! Finds steps that lie close together in every calendar period at once: there the contributions of
//! one person that have one sign add up the most.
//!
//! Not here: their cost. This module knows only the calendar, no strategy and no price, and so
//! can attack any strategy.
//!
//! Invariants:
//! 1. No window or month has more steps than its bound
//!    (`close::tests::closeness_keeps_the_bounds_and_beats_the_first_steps`).

use tidegauge_model::{ContributionBound, Grain, Period};

use tidegauge_simulate::Draw;

/// The number of places in the window from which the search starts.
const STARTS: usize = 12;
/// The number of moves to try from each place.
const MOVES: u32 = 20_000;
/// How much worse the result of a move may be at first.
const SLACK: u32 = 12;
/// The grains whose periods the steps should share.
const GRAINS: [Grain; 4] = [Grain::Week, Grain::Month, Grain::Quarter, Grain::Year];

/// The periods into which the calendar groups the steps of a window.
struct StepPeriods {
    /// For each grain of [`GRAINS`], the number of each step's period.
    periods: [Vec<usize>; 4],
    month_bound: u32,
}

const MONTH: usize = 1;

impl StepPeriods {
    fn new(steps: &[Period], bound: &ContributionBound) -> Self {
        let numbers = |grain| {
            let mut number = 0;
            let mut previous = None;
            let number_of = |step: &Period| {
                let period = step.within(grain);
                number += usize::from(previous.is_some_and(|previous| previous != period));
                previous = Some(period);
                number
            };
            steps.iter().map(number_of).collect()
        };
        let month_bound = bound.month.unwrap_or(u32::MAX);
        Self { periods: GRAINS.map(numbers), month_bound }
    }

    /// The sum over all periods of the squared number of chosen steps; `None` if a bound is
    /// exceeded.
    fn closeness(&self, chosen: &[usize]) -> Option<u32> {
        let mut sum = 0;
        for (grain, periods) in self.periods.iter().enumerate() {
            let mut counts = vec![0u32; periods.last().map_or(0, |last| last + 1)];
            for &step in chosen {
                counts[periods[step]] += 1;
            }
            if grain == MONTH && counts.iter().any(|&count| count > self.month_bound) {
                return None;
            }
            sum += counts.iter().map(|count| count * count).sum::<u32>();
        }
        Some(sum)
    }

    /// The first steps that the bounds allow, starting at a step and wrapping around at the end.
    fn first(&self, from: usize, many: usize) -> Vec<usize> {
        let mut chosen = Vec::new();
        let steps = self.periods[MONTH].len();
        for step in (from..steps).chain(0..from) {
            chosen.push(step);
            if chosen.len() > many || self.closeness(&chosen).is_none() {
                chosen.pop();
            }
        }
        chosen
    }
}

/// As many steps as the bounds allow, close together: found by random search from a fixed seed.
pub(super) fn closest(steps: &[Period], bound: &ContributionBound) -> Vec<usize> {
    if bound.month.is_none() && bound.window as usize >= steps.len() {
        return (0..steps.len()).collect();
    }
    let calendar = StepPeriods::new(steps, bound);
    let mut draw = Draw::new(0);
    let starts = (0..STARTS).map(|start| {
        let first = calendar.first(start * steps.len() / STARTS, bound.window as usize);
        calendar.improve(first, &mut draw)
    });
    starts.max_by_key(|(closeness, _)| *closeness).map(|(_, chosen)| chosen).unwrap_or_default()
}

impl StepPeriods {
    /// Moves single steps at random; returns the best choice found, with its closeness.
    fn improve(&self, mut chosen: Vec<usize>, draw: &mut Draw) -> (u32, Vec<usize>) {
        chosen.sort_unstable();
        let steps = self.periods[MONTH].len() as u32;
        let mut now = self.closeness(&chosen).unwrap_or(0);
        let mut best = (now, chosen.clone());
        for turn in 0..MOVES {
            let Some(last) = chosen.len().checked_sub(1) else { break };
            let any_position = |draw: &mut Draw| draw.below(last as u32 + 1) as usize;
            let mut moved = chosen.clone();
            // To the step after or before another chosen step, or to any step.
            moved[any_position(draw)] = match draw.below(3) {
                0 => chosen[any_position(draw)] + 1,
                1 => chosen[any_position(draw)].saturating_sub(1),
                _ => draw.below(steps) as usize,
            };
            moved.sort_unstable();
            let twice = moved.windows(2).any(|pair| pair[0] == pair[1]);
            if twice || moved.last().is_some_and(|&last| last >= steps as usize) {
                continue;
            }
            let Some(next) = self.closeness(&moved) else { continue };
            let slack = draw.below(1 + SLACK * (MOVES - turn) / MOVES);
            if next + slack >= now {
                (now, chosen) = (next, moved);
                if now > best.0 {
                    best = (now, chosen.clone());
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closeness_keeps_the_bounds_and_beats_the_first_steps() {
        let steps: Vec<Period> =
            std::iter::successors(Period::parse("2024-01-01"), |step| Some(step.next()))
                .take(366)
                .collect();
        let bound = ContributionBound { window: 24, month: Some(4) };
        let calendar = StepPeriods::new(&steps, &bound);
        let (first, found) = (calendar.first(0, 24), closest(&steps, &bound));
        assert_eq!((first.len(), found.len()), (24, 24));
        let (first, found) = (calendar.closeness(&first), calendar.closeness(&found));
        // Two full quarters, each of which has a full week that spans two months.
        let best = 24 * 24 + 2 * 12 * 12 + 6 * 4 * 4 + 2 * (7 * 7 + 1 + 4 * 4);
        assert!(found > first && found >= Some(best - 20), "{found:?} {first:?} {best}");
        assert_eq!(calendar.closeness(&[0, 1, 2, 3, 4]), None);
    }
}
