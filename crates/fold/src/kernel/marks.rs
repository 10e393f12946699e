//! Marks: in which (step, cell) a dataflow with vintages counts a person, kept in the person's
//! state for this window and the one before, so that what counts can be taken back and nothing
//! else, and so that a spell counts once in a (step, cell), on time or late.
//!
//! Not here: when something counts late or is taken back (module `late`).
//!
//! Invariants:
//! 1. There is room for every mark: each is a contribution within the bound of its window
//!    (`tests/corrections.rs`: `the_fold_corrects_as_a_naive_counter_does`).
//!
//! A mark is two words: the number of the step plus one (0: free), and the cell.

const WORDS: usize = 2;

/// The marks of both windows in a state.
pub(super) struct Marks {
    first: usize,
    bound: usize,
}

/// The marks of one window.
#[derive(Clone, Copy)]
pub(super) struct OfWindow {
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

    pub(super) fn of_this_window(&self) -> OfWindow {
        OfWindow { first: self.first, bound: self.bound }
    }

    pub(super) fn of_window_before(&self) -> OfWindow {
        OfWindow { first: self.first + WORDS * self.bound, bound: self.bound }
    }

    /// Whether there is no mark of either window.
    pub(super) fn is_none(&self, state: &[u32]) -> bool {
        state[self.first..][..2 * WORDS * self.bound].iter().all(|&word| word == 0)
    }

    /// Begins a window; `follows` tells whether the state is that of the window before.
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

impl OfWindow {
    fn words(self, state: &mut [u32]) -> impl Iterator<Item = &mut [u32]> {
        state[self.first..][..WORDS * self.bound].chunks_exact_mut(WORDS)
    }

    /// How often the person counts in a cell of a step.
    pub(super) fn held(self, state: &mut [u32], step: i32, cell: usize) -> u32 {
        let mark = mark(step, cell);
        self.words(state).filter(|words| **words == mark).count() as u32
    }

    /// Whether the person counts in any cell of a step.
    pub(super) fn in_step(self, state: &mut [u32], step: i32) -> bool {
        let [word, _] = mark(step, 0);
        self.words(state).any(|words| words[0] == word)
    }

    /// The person counts there once more.
    pub(super) fn set(self, state: &mut [u32], step: i32, cell: usize) {
        if let Some(free) = self.words(state).find(|words| words[0] == 0) {
            free.copy_from_slice(&mark(step, cell));
        }
    }

    /// The person counts there once less.
    pub(super) fn clear(self, state: &mut [u32], step: i32, cell: usize) {
        let mark = mark(step, cell);
        if let Some(words) = self.words(state).find(|words| **words == mark) {
            words.fill(0);
        }
    }
}

/// Fits: steps are numbered from 0, and a dataflow has at most 1,000,000 cells.
fn mark(step: i32, cell: usize) -> [u32; WORDS] {
    [step.unsigned_abs() + 1, cell as u32]
}
