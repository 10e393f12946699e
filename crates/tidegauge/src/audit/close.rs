//! Steps that lie close together in every calendar period at once: where one person's
//! contributions of one sign add up the most.
//!
//! Not here: what they cost; this knows the calendar alone, no strategy and no price, and so
//! can attack any strategy.
//!
//! Invariants:
//! 1. No window or month holds more steps than its bound
//!    (`close::tests::closeness_keeps_the_bounds_and_beats_the_first_steps`).

use tidegauge_model::{Bound, Grain, Period};

use crate::simulate::Draw;

/// Moves that are tried.
const MOVES: u32 = 60_000;
/// How far a move may be for the worse, at first.
const SLACK: u32 = 40;
/// The grains in which steps should share periods.
const GRAINS: [Grain; 4] = [Grain::Week, Grain::Month, Grain::Quarter, Grain::Year];

/// The steps of a window as the calendar groups them.
struct Calendar {
    /// For each grain of [`GRAINS`], the number of each step's period.
    periods: [Vec<usize>; 4],
    month_bound: u32,
}

const MONTH: usize = 1;

impl Calendar {
    fn new(steps: &[Period], bound: &Bound) -> Self {
        let numbers = |grain| {
            let mut number = 0;
            let mut before = None;
            let number_of = |step: &Period| {
                let period = Period::containing(grain, step.first());
                number += usize::from(before.is_some_and(|before| before != period));
                before = Some(period);
                number
            };
            steps.iter().map(number_of).collect()
        };
        let month_bound = bound.month.unwrap_or(u32::MAX);
        Self { periods: GRAINS.map(numbers), month_bound }
    }

    /// The sum over all periods of the squared number of chosen steps; `None` past a bound.
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

    /// The first steps that the bounds allow.
    fn first(&self, many: usize) -> Vec<usize> {
        let mut chosen = Vec::new();
        for step in 0..self.periods[MONTH].len() {
            chosen.push(step);
            if chosen.len() > many || self.closeness(&chosen).is_none() {
                chosen.pop();
            }
        }
        chosen
    }
}

/// As many steps as the bounds allow, close together: found by trying, from a fixed seed.
pub(super) fn closest(steps: &[Period], bound: &Bound) -> Vec<usize> {
    let calendar = Calendar::new(steps, bound);
    let months = calendar.periods[MONTH].clone();
    let mut chosen = calendar.first(bound.window as usize);
    let mut now = calendar.closeness(&chosen).unwrap_or(0);
    let mut best = (now, chosen.clone());
    let mut draw = Draw::new(0);
    let any = |draw: &mut Draw| draw.below(steps.len() as u32) as usize;
    for turn in 0..MOVES {
        let mut moved = chosen.clone();
        if draw.below(8) == 0 {
            // All steps of one month go to another, as many days into it.
            let (from, to) = (months[any(&mut draw)], any(&mut draw));
            let first = months.iter().position(|&month| month == from).unwrap_or(0);
            for step in moved.iter_mut().filter(|step| months[**step] == from) {
                *step = to + *step - first;
            }
        } else if let Some(last) = moved.len().checked_sub(1) {
            let place = draw.below(last as u32 + 1) as usize;
            moved[place] = any(&mut draw);
        }
        moved.sort_unstable();
        let twice = moved.windows(2).any(|pair| pair[0] == pair[1]);
        if twice || moved.last().is_some_and(|&last| last >= steps.len()) {
            continue;
        }
        let Some(then) = calendar.closeness(&moved) else { continue };
        let slack = draw.below(1 + SLACK * (MOVES - turn) / MOVES);
        if then + slack >= now {
            (now, chosen) = (then, moved);
            if now > best.0 {
                best = (now, chosen.clone());
            }
        }
    }
    best.1
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
        let bound = Bound { window: 24, month: Some(4) };
        let calendar = Calendar::new(&steps, &bound);
        let (first, found) = (calendar.first(24), closest(&steps, &bound));
        assert_eq!((first.len(), found.len()), (24, 24));
        let (first, found) = (calendar.closeness(&first), calendar.closeness(&found));
        assert!(found > first, "{found:?} {first:?}");
        assert_eq!(calendar.closeness(&[0, 1, 2, 3, 4]), None);
    }
}
