//! The worst set of steps in one cell if all contributions have the same sign.
//!
//! For a set U of steps, u'Gu is the sum over nodes of (weight * number of U's steps in it)^2. The
//! levels are split into a chain, in which each level is nested in the one before, and the rest,
//! which cross the chain (weeks cross months). The table of a span of steps holds, for the counts
//! that the open nodes of the crossing levels have before and after the span and for every number n
//! of steps chosen in it, the most that those choices can be worth. Tables of neighbouring spans
//! are joined; a span that is a node of the chain is then closed, and n chosen steps add weight^2
//! n^2.
//!
//! Not here: several cells (see the parent), contributions of both signs (see `alternating`).
//!
//! Invariants:
//! 1. The worth of n steps in one cell equals that of an exhaustive search
//!    (`super::tests::within_one_cell_the_sub_bound_is_exact`).

use std::collections::BTreeMap;

use super::{SubBound, Work};
use crate::Result;
use crate::strategy::Level;

/// Marks an entry that no choice of steps reaches.
const IMPOSSIBLE: i64 = -1;

/// `worth[n]`: the largest u'Gu of at most n distinct steps that obey the sub-bound, for n up to
/// `window` or the number of steps.
pub(super) fn within_one_cell(
    steps: u32,
    levels: &[Level],
    window: u32,
    sub: Option<&SubBound>,
) -> Result<Vec<u128>> {
    let mut spans = Spans::new(steps, levels, window, sub);
    let table = spans.table(0, 0, steps)?;
    // At both ends of the window no node is open, so the table has one state before and one after.
    let mut most = 0;
    Ok(table
        .worth
        .into_iter()
        .map(|worth| {
            most = most.max(worth);
            most as u128
        })
        .collect())
}

/// A level of nodes longer than a step, or the sub-bound's blocks, or both at once.
struct Tier {
    ends: Vec<u32>,
    /// The weight, squared; zero for blocks that are not measured.
    square: i64,
    /// The most steps that may be chosen in one node.
    cap: u32,
}

impl Tier {
    fn is_end(&self, step: u32) -> bool {
        self.ends.binary_search(&step).is_ok()
    }

    /// The number of counts that the open node can have before `step`: from zero to the steps since
    /// its beginning, or the cap.
    fn counts(&self, step: u32) -> usize {
        let ended = self.ends.partition_point(|&end| end <= step);
        let first = if ended == 0 { 0 } else { self.ends[ended - 1] };
        (step - first).min(self.cap) as usize + 1
    }

    fn refines(&self, coarser: &Tier) -> bool {
        coarser.ends.iter().all(|&end| self.is_end(end))
    }
}

/// The most that choices within a span of steps can be worth.
struct SpanWorth {
    /// States of the crossing levels before and after the span.
    ins: usize,
    outs: usize,
    /// The most steps chosen in the span.
    most: usize,
    /// By state before, state after, number chosen.
    worth: Vec<i64>,
}

impl SpanWorth {
    fn impossible(ins: usize, outs: usize, most: usize) -> Self {
        Self { ins, outs, most, worth: vec![IMPOSSIBLE; ins * outs * (most + 1)] }
    }

    fn row(&self, before: usize, after: usize) -> &[i64] {
        let start = (before * self.outs + after) * (self.most + 1);
        &self.worth[start..=start + self.most]
    }

    fn row_mut(&mut self, before: usize, after: usize) -> &mut [i64] {
        let start = (before * self.outs + after) * (self.most + 1);
        &mut self.worth[start..=start + self.most]
    }
}

/// The effect of a step on one state of the crossing levels.
struct Moves {
    /// The state after it if the step is not chosen.
    passed: usize,
    /// The state after it, and the gain, if the step is chosen; `None` if a cap forbids that.
    chosen: Option<(usize, i64)>,
}

struct Spans {
    /// The worth of every chosen step by itself.
    single: i64,
    /// Each nested in the one before; the first is the whole window.
    chain: Vec<Tier>,
    crossing: Vec<Tier>,
    window: u32,
    work: Work,
}

impl Spans {
    fn new(steps: u32, levels: &[Level], window: u32, sub: Option<&SubBound>) -> Self {
        // Coarsest first; levels and blocks with the same ends are one tier.
        let mut tiers: BTreeMap<(usize, &[u32]), (u64, u32)> = BTreeMap::new();
        let whole = [steps];
        tiers.insert((1, &whole), (0, window));
        for level in levels {
            let tier = tiers.entry((level.ends.len(), &level.ends)).or_insert((0, window));
            tier.0 += level.square();
        }
        if let Some(sub) = sub {
            let tier = tiers.entry((sub.ends.len(), &sub.ends)).or_insert((0, window));
            tier.1 = tier.1.min(sub.bound);
        }
        let mut spans = Self {
            single: 0,
            chain: Vec::new(),
            crossing: Vec::new(),
            window,
            work: Work::default(),
        };
        for ((nodes, ends), (square, cap)) in tiers {
            let tier = Tier { ends: ends.to_vec(), square: square as i64, cap };
            if nodes == steps as usize && nodes > 1 {
                // Single steps: a cap of one or more forbids nothing in one cell.
                spans.single += tier.square;
            } else if spans.chain.last().is_none_or(|coarser| tier.refines(coarser)) {
                spans.chain.push(tier);
            } else {
                spans.crossing.push(tier);
            }
        }
        spans
    }

    /// The table of the span `first..end`, which is a node of the chain's level `depth`.
    fn table(&mut self, depth: usize, first: u32, end: u32) -> Result<SpanWorth> {
        let mut table = match self.chain.get(depth + 1) {
            None => self.stepwise(first, end)?,
            Some(finer) => {
                let inside = |&next: &u32| first < next && next <= end;
                let ends: Vec<u32> = finer.ends.iter().copied().filter(inside).collect();
                let mut table = self.table(depth + 1, first, ends[0])?;
                for pair in ends.windows(2) {
                    let next = self.table(depth + 1, pair[0], pair[1])?;
                    table = self.join(&table, &next, end - first)?;
                }
                table
            }
        };
        let tier = &self.chain[depth];
        let (square, cap) = (tier.square, tier.cap as usize);
        for (place, worth) in table.worth.iter_mut().enumerate() {
            let chosen = place % (table.most + 1);
            if chosen > cap {
                *worth = IMPOSSIBLE;
            } else if *worth != IMPOSSIBLE {
                *worth += square * (chosen * chosen) as i64;
            }
        }
        Ok(table)
    }

    /// The table of two neighbouring spans that lie in a span of `length` steps.
    fn join(&mut self, left: &SpanWorth, right: &SpanWorth, length: u32) -> Result<SpanWorth> {
        let most = (left.most + right.most).min(self.window.min(length) as usize);
        self.work.add(&[left.ins, left.outs, right.outs, left.most + 1, right.most + 1])?;
        let mut joined = SpanWorth::impossible(left.ins, right.outs, most);
        for before in 0..left.ins {
            for between in 0..left.outs {
                let early = left.row(before, between);
                for after in 0..right.outs {
                    let late = right.row(between, after);
                    let best = joined.row_mut(before, after);
                    for (chosen, &worth) in early.iter().enumerate() {
                        if worth != IMPOSSIBLE {
                            raise(&mut best[chosen..], late, worth);
                        }
                    }
                }
            }
        }
        Ok(joined)
    }

    /// The table of a span with no finer level of the chain inside, step by step.
    fn stepwise(&mut self, first: u32, end: u32) -> Result<SpanWorth> {
        let most = (end - first).min(self.window) as usize;
        let (ins, outs) = (self.states(first), self.states(end));
        for step in first..=end {
            self.work.add(&[ins, self.states(step), most + 1])?;
        }
        let mut table = SpanWorth::impossible(ins, outs, most);
        let moves: Vec<Vec<Moves>> = (first..end).map(|step| self.moves(step)).collect();
        for before in 0..ins {
            let mut front = SpanWorth::impossible(1, ins, most);
            front.row_mut(0, before)[0] = 0;
            for (step, moves) in (first..end).zip(&moves) {
                let mut next = SpanWorth::impossible(1, self.states(step + 1), most);
                for (state, Moves { passed, chosen }) in moves.iter().enumerate() {
                    let here = front.row(0, state);
                    raise(next.row_mut(0, *passed), here, 0);
                    if let Some((after, gain)) = chosen {
                        raise(&mut next.row_mut(0, *after)[1..], here, *gain);
                    }
                }
                front = next;
            }
            for after in 0..outs {
                table.row_mut(before, after).copy_from_slice(front.row(0, after));
            }
        }
        Ok(table)
    }

    /// The number of states of the crossing levels before `step`.
    fn states(&self, step: u32) -> usize {
        let counts = self.crossing.iter().map(|tier| tier.counts(step));
        counts.fold(1, usize::saturating_mul)
    }

    /// The effect of `step` on each state. A state is a number in mixed radix with one digit for
    /// each level: the count of the level's open node.
    fn moves(&self, step: u32) -> Vec<Moves> {
        let states = 0..self.states(step);
        states
            .map(|state| {
                let (mut rest, mut place) = (state, 1);
                let (mut passed, mut chosen) = (0, Some((0, self.single)));
                for tier in &self.crossing {
                    let count = rest % tier.counts(step);
                    rest /= tier.counts(step);
                    let open = !tier.is_end(step + 1);
                    let after = |count| if open { count * place } else { 0 };
                    passed += after(count);
                    chosen = chosen.filter(|_| count < tier.cap as usize).map(|(to, gain)| {
                        // (n + 1)^2 - n^2 = 2 n + 1
                        (to + after(count + 1), gain + tier.square * (2 * count as i64 + 1))
                    });
                    place *= tier.counts(step + 1);
                }
                Moves { passed, chosen }
            })
            .collect()
    }
}

/// Raises each of `best` to the entry of `from` at the same place plus `gain`, if that is possible
/// and larger.
fn raise(best: &mut [i64], from: &[i64], gain: i64) {
    for (best, &from) in best.iter_mut().zip(from) {
        if from != IMPOSSIBLE {
            *best = (*best).max(from + gain);
        }
    }
}
