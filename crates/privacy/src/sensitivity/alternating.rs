//! The worst path of a person's presence if arrivals and departures alternate.
//!
//! At any time a person is absent or in one cell. A node's sum over a cell is the presence there
//! after its last step less the presence before its first: changes inside cancel. So u'Gu, summed
//! over cells, is the sum over nodes of weight^2 times 0 if the person is in the same place at both
//! ends, 1 if absent at one of them, 2 if in two different cells. This needs only the place now,
//! and the place at the start of each open node.
//!
//! Cells are alike, so places are numbered in the order in which they first appear: 0 is absence,
//! and the others 1, 2, ... All cells that no open node remembers are equivalent.
//!
//! Not here: contributions of one sign (see `same_sign`).
//!
//! Invariants:
//! 1. The result equals an exhaustive search for every number of cells
//!    (`super::tests::the_alternating_sensitivity_is_attained`).

use std::collections::HashMap;

use super::Work;
use crate::Result;
use crate::strategy::{Level, Strategy};

/// Marks a number of changes with which no path arrives here.
const IMPOSSIBLE: i64 = -1;
const ABSENT: u8 = 0;
/// The operations to copy, renumber and look up one place of a state, relative to raising one cost.
const STATE_COST: usize = 200;

/// The place now, and then at the start of each open node.
type Places = Vec<u8>;
/// For each state, by number of changes, the highest cost of a path.
type Front = HashMap<Places, Vec<i64>>;

/// The largest sum over cells of u'Gu over all paths with at most `changes` changes.
pub(super) fn worst_path(strategy: &Strategy, changes: u32, cells: u32) -> Result<u128> {
    let changes = changes.min(strategy.steps()) as usize;
    // A node of one step costs its squared weight if that step has a change.
    let (steps, longer): (Vec<&Level>, Vec<&Level>) =
        strategy.levels().iter().partition(|level| level.ends.len() == strategy.steps() as usize);
    let single: u64 = steps.into_iter().map(Level::square).sum();
    let mut costs = vec![IMPOSSIBLE; changes + 1];
    costs[0] = 0;
    let mut front = Front::new();
    for place in [ABSENT, 1] {
        front.insert(vec![place; longer.len() + 1], costs.clone());
    }
    let mut work = Work::default();
    for step in 0..strategy.steps() {
        let mut next = Front::new();
        for (places, costs) in &front {
            let targets = reachable(places, cells);
            work.add(&[targets.len() + 1, changes + 1 + STATE_COST * places.len()])?;
            arrive(&mut next, places.clone(), costs, &longer, step);
            for place in targets {
                let mut moved = places.clone();
                moved[0] = place;
                let mut dearer = vec![IMPOSSIBLE];
                let paid = |&cost: &i64| if cost < 0 { cost } else { cost + single as i64 };
                dearer.extend(costs[..changes].iter().map(paid));
                arrive(&mut next, moved, &dearer, &longer, step);
            }
        }
        front = next;
    }
    let most = front.values().flatten().copied().max().unwrap_or(0);
    Ok(most.max(0) as u128)
}

/// The places to which one change can lead: from a cell only to absence; from absence to any cell
/// that is remembered, or to one that is not, if there is one.
fn reachable(places: &[u8], cells: u32) -> Vec<u8> {
    if places[0] != ABSENT {
        return vec![ABSENT];
    }
    let named = places.iter().copied().max().unwrap_or(ABSENT);
    let fresh = u32::from(named) < cells;
    (1..=named + u8::from(fresh)).collect()
}

/// Adds paths to the states at the end of `step`: pays for the nodes that end there, and opens the
/// next ones.
fn arrive(next: &mut Front, mut places: Places, costs: &[i64], longer: &[&Level], step: u32) {
    let now = places[0];
    let mut gain = 0;
    for (start, level) in places[1..].iter_mut().zip(longer) {
        if level.ends.binary_search(&(step + 1)).is_ok() {
            let both = *start != ABSENT && now != ABSENT;
            let apart = if *start == now { 0 } else { 1 + i64::from(both) };
            gain += apart * level.square() as i64;
            *start = now;
        }
    }
    rename(&mut places);
    let best = next.entry(places).or_insert_with(|| vec![IMPOSSIBLE; costs.len()]);
    for (best, &cost) in best.iter_mut().zip(costs) {
        if cost != IMPOSSIBLE {
            *best = (*best).max(cost + gain);
        }
    }
}

/// Numbers the cells in the order in which they first appear.
fn rename(places: &mut [u8]) {
    let mut names = Vec::with_capacity(places.len());
    for place in places.iter_mut().filter(|place| **place != ABSENT) {
        let name = names.iter().position(|name| name == place).unwrap_or_else(|| {
            names.push(*place);
            names.len() - 1
        });
        *place = name as u8 + 1;
    }
}
