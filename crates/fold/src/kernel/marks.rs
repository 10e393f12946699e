//! How often a person counts; and marks, the (step, cell)s in which a dataflow with vintages counts
//! a person. Marks are kept in the person's state for this window and the one before, so that only
//! what counts can be taken back, and so that a spell counts once in a (step, cell), on time or
//! late.
//!
//! Not here: when something counts late or is taken back (modules `late` and `taken`).
//!
//! Invariants:
//! 1. There is room for every mark: each is a contribution within the bound of its window
//!    (`tests/corrections.rs`: `the_fold_corrects_as_a_naive_counter_does`).
//!
//! 2. No two steps have the same mark, and none has that of a free place
//!    (`tests::every_step_has_a_mark_of_its_own`).
//!
//! A mark is two words: the number of the step plus one (0: free), or for a step before the first
//! its number in two's complement, and the cell.

use super::apart::Apart;

const WORDS: usize = 2;

/// How often a person counts in a flow.
pub(super) enum CountedPer {
    /// Once for each event.
    Event,
    /// Once in each cell of a step.
    Cell,
    /// Once in each step, in the cell of the first event that counts; if dimensions stand apart,
    /// once for each combination of their codes.
    Step(Apart),
}

impl CountedPer {
    /// The unit in which a person counts once: the cell itself, or the combination of codes that
    /// stand apart (0 for the whole step).
    pub(super) fn unit(&self, cell: usize) -> usize {
        match self {
            CountedPer::Step(apart) => apart.combination(cell),
            CountedPer::Event | CountedPer::Cell => cell,
        }
    }

    /// How often a person counts in the unit to which one more contribution would belong: the cell
    /// of the step, or the step whatever the cell (with the same codes apart).
    pub(super) fn times_counted(
        &self,
        marks: WindowMarks,
        state: &[u32],
        step: i32,
        cell: usize,
    ) -> u32 {
        match self {
            CountedPer::Step(_) => {
                let unit = self.unit(cell);
                marks.in_step(state, step).any(|marked| self.unit(marked) == unit).into()
            }
            CountedPer::Event | CountedPer::Cell => marks.times_counted(state, step, cell),
        }
    }
}

/// The marks of both windows in a state.
pub(super) struct Marks {
    first: usize,
    bound: usize,
}

/// The marks of one window.
#[derive(Clone, Copy)]
pub(super) struct WindowMarks {
    first: usize,
    bound: usize,
}

impl Marks {
    /// Room for as many contributions in each window as the bound allows.
    pub(super) fn new(bound: u32, word: &mut impl FnMut() -> usize) -> Self {
        let bound = bound as usize;
        let first = (0..2 * WORDS * bound).map(|_| word()).min().unwrap_or(0);
        Self { first, bound }
    }

    pub(super) fn this_window(&self) -> WindowMarks {
        self.window(true)
    }

    /// The marks of this window, or of the one before.
    pub(super) fn window(&self, this: bool) -> WindowMarks {
        let first = if this { self.first } else { self.first + WORDS * self.bound };
        WindowMarks { first, bound: self.bound }
    }

    /// Whether neither window has a mark.
    pub(super) fn is_none(&self, state: &[u32]) -> bool {
        state[self.first..][..2 * WORDS * self.bound].iter().all(|&word| word == 0)
    }

    /// Begins a window; `follows` says whether the state is that of the window directly before.
    pub(super) fn renew(&self, state: &mut [u32], follows: bool) {
        let words = WORDS * self.bound;
        let (this, before) = state[self.first..][..2 * words].split_at_mut(words);
        if follows {
            before.copy_from_slice(this);
        } else {
            before.fill(0);
        }
        this.fill(0);
    }
}

impl WindowMarks {
    fn words(self, state: &mut [u32]) -> impl Iterator<Item = &mut [u32]> {
        state[self.first..][..WORDS * self.bound].chunks_exact_mut(WORDS)
    }

    fn marks(self, state: &[u32]) -> impl Iterator<Item = &[u32]> {
        state[self.first..][..WORDS * self.bound].chunks_exact(WORDS)
    }

    /// How often the person counts in a cell of a step.
    pub(super) fn times_counted(self, state: &[u32], step: i32, cell: usize) -> u32 {
        let mark = mark(step, cell);
        self.marks(state).filter(|words| **words == mark).count() as u32
    }

    /// Whether the person counts in a cell, at any step.
    pub(super) fn contains(self, state: &[u32], cell: usize) -> bool {
        self.marks(state).any(|words| words[0] != 0 && words[1] == cell as u32)
    }

    /// The cells of a step in which the person counts.
    fn in_step(self, state: &[u32], step: i32) -> impl Iterator<Item = usize> {
        let [word, _] = mark(step, 0);
        self.marks(state).filter(move |words| words[0] == word).map(|words| words[1] as usize)
    }

    /// Notes that the person counts there once more.
    pub(super) fn set(self, state: &mut [u32], step: i32, cell: usize) {
        if let Some(free) = self.words(state).find(|words| words[0] == 0) {
            free.copy_from_slice(&mark(step, cell));
        }
    }

    /// Notes that the person counts there once less.
    pub(super) fn clear(self, state: &mut [u32], step: i32, cell: usize) {
        let mark = mark(step, cell);
        if let Some(words) = self.words(state).find(|words| **words == mark) {
            words.fill(0);
        }
    }
}

/// Fits: there are far fewer than 2^31 steps, and a dataflow has at most 1,000,000 cells.
fn mark(step: i32, cell: usize) -> [u32; WORDS] {
    let word = if step < 0 { step.cast_unsigned() } else { step.unsigned_abs() + 1 };
    [word, cell as u32]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_step_has_a_mark_of_its_own() {
        let steps = -1000..1000;
        let words: HashSet<u32> = steps.clone().map(|step| mark(step, 7)[0]).collect();
        assert_eq!(words.len(), steps.len());
        assert!(!words.contains(&0), "a free place");
        // As in states that were stored before.
        assert_eq!(mark(41, 7), [42, 7]);
    }
}
