//! Cells in which a person has counted, for dataflows in which each cell counts once in a window.
//! They are kept in the person's state for this window and, if late events count, for the one
//! before. If events can be corrected, marks say where the person counts (module `marks`), and
//! these cells are those in which the person has counted on time, taken back or not, in this window
//! only.
//!
//! Not here: the cell in which a transition counts (module `cell`).
//!
//! Invariants:
//! 1. There is room for every cell: each is a contribution within the bound of its window
//!    (`tests/life_cycles.rs`: `one_person_stays_within_the_bounds`).
//!
//! A word is the cell plus one (0: free).

use crate::cell::to_word;

/// The cells of both windows in a state.
pub(super) struct CountedCells {
    first: usize,
    /// The index of the first word of the window before.
    before: Option<usize>,
    bound: usize,
}

/// The cells of one window.
#[derive(Clone, Copy)]
pub(super) struct WindowCells {
    first: usize,
    bound: usize,
}

impl CountedCells {
    /// Makes room for as many cells as the bound allows; if late events count, for the window
    /// before as well.
    pub(super) fn new(bound: u32, late: bool, word: &mut impl FnMut() -> usize) -> Self {
        let mut room = || (0..bound).map(|_| word()).min().unwrap_or(0);
        let first = room();
        Self { first, before: late.then(room), bound: bound as usize }
    }

    pub(super) fn this_window(&self) -> WindowCells {
        WindowCells { first: self.first, bound: self.bound }
    }

    /// The cells of this window, or of the one before; `None` if late events count in none of its
    /// cells.
    pub(super) fn window(&self, this: bool) -> Option<WindowCells> {
        let first = if this { Some(self.first) } else { self.before };
        first.map(|first| WindowCells { first, bound: self.bound })
    }

    /// Begins a window; `follows` says whether the state is that of the window directly before.
    pub(super) fn renew(&self, state: &mut [u32], follows: bool) {
        if let Some(before) = self.before {
            if follows {
                state.copy_within(self.first..self.first + self.bound, before);
            } else {
                state[before..][..self.bound].fill(0);
            }
        }
        state[self.first..][..self.bound].fill(0);
    }

    /// Whether the person has counted in no cell of either window.
    pub(super) fn is_none(&self, state: &[u32]) -> bool {
        let windows = [true, false].map(|this| self.window(this));
        let mut words =
            windows.into_iter().flatten().flat_map(|cells| &state[cells.first..][..cells.bound]);
        words.all(|&word| word == 0)
    }
}

impl WindowCells {
    /// Whether the person has counted in a cell.
    pub(super) fn contains(self, state: &[u32], cell: usize) -> bool {
        state[self.first..][..self.bound].contains(&word(cell))
    }

    /// Notes that the person has counted in a cell.
    pub(super) fn add(self, state: &mut [u32], cell: usize) {
        let mut words = state[self.first..][..self.bound].iter_mut();
        if let Some(free) = words.find(|word| **word == 0) {
            *free = word(cell);
        }
    }
}

/// Fits: a dataflow has at most 1,000,000 cells.
fn word(cell: usize) -> u32 {
    to_word(Some(cell as u32))
}
