//! Notes taken while one person's step is folded, and cleared after it.
//!
//! Not here: what is kept from step to step (the words of a state, module `kernel`).
//!
//! Invariants:
//! 1. An id is new once, whichever way duplicates are detected (`tests/laws.rs`:
//!    `copies_change_nothing`).

use std::collections::HashSet;

use crate::event::Event;

/// The largest number of one person's events in a step for which duplicates are detected by a scan;
/// above it, by a set.
const SCAN_MAX: usize = 16;

/// Notes taken while one person's step is folded; reused for the next person to save allocations.
#[derive(Default)]
pub(crate) struct Notes {
    /// (flow, cell) in which the person has counted; a table uses cell 0.
    pub counted: Vec<(usize, usize)>,
    /// (flow, age, cell) in which the person has counted late; a table uses cell 0.
    pub late: Vec<(usize, u8, usize)>,
    /// (stock, cell) of the last transition into the stock.
    pub entered: Vec<(usize, Option<usize>)>,
    /// Stocks whose stay began with an event that this step corrects.
    pub corrected: Vec<usize>,
    /// (id, time) of rows that corrected or retracted an event and need no further folding.
    pub revised: Vec<(u64, i64)>,
    /// (dataflow, cell) in which the last transition counts, if it is taken back and its count has
    /// not been moved yet.
    pub taken_back: Vec<(usize, usize)>,
    /// Events that changed nothing, if the last transition is known by the content of its event.
    pub idle: Vec<Event>,
    /// Whether flows whose cell follows from the event have already counted the transition being
    /// made.
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
        self.taken_back.clear();
        self.idle.clear();
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
