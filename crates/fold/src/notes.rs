//! What is noted while one person's step is folded, and forgotten after it.
//!
//! Not here: what lasts from step to step (the words of a state, module `kernel`).
//!
//! Invariants:
//! 1. An id is new once, whichever way duplicates are told
//!    (`tests/laws.rs`: `copies_change_nothing`).

use std::collections::HashSet;

/// Events of one person in one step from which on duplicates are told by a set, not by a scan.
const SCAN_MAX: usize = 16;

/// What is noted while one person's step is folded; kept between persons to save allocations.
#[derive(Default)]
pub(crate) struct Notes {
    /// (flow, cell) in which the person has counted; of a table, cell 0.
    pub counted: Vec<(usize, usize)>,
    /// (flow, age, cell) in which the person has counted late; of a table, cell 0.
    pub late: Vec<(usize, u8, usize)>,
    /// (stock, cell) of the last transition that came into the stock.
    pub entered: Vec<(usize, Option<usize>)>,
    /// Stocks whose stay began with an event that is corrected.
    pub corrected: Vec<usize>,
    /// (id, time) of rows that corrected or retracted and are done with.
    pub revised: Vec<(u64, i64)>,
    /// (dataflow, cell) in which the last transition counts, where it is taken back and nothing has
    /// been moved yet.
    pub taken: Vec<(usize, usize)>,
    /// Whether flows whose cell follows from the event have counted the transition that is made.
    pub settled: bool,
    few: Vec<u64>,
    many: HashSet<u64>,
}

impl Notes {
    pub(crate) fn clear(&mut self) {
        self.counted.clear();
        self.late.clear();
        self.entered.clear();
        self.corrected.clear();
        self.revised.clear();
        self.taken.clear();
        self.few.clear();
        self.many.clear();
    }

    /// Whether this is the first event with its id among the person's `events`.
    pub(crate) fn first(&mut self, id: u64, events: usize) -> bool {
        if events > SCAN_MAX {
            return self.many.insert(id);
        }
        let first = !self.few.contains(&id);
        self.few.push(id);
        first
    }
}
