//! What is noted while one person's step is folded.
//!
//! Not here: what outlives the step (module `partition`), and the rules that read the notes.
//!
//! Invariants:
//! 1. An event id is told as a copy however many events a person has in a step (`tests/laws.rs`:
//!    `copies_change_nothing`).

use std::collections::HashSet;

/// Events of one person in one step from which on duplicates are told by a set, not by a scan.
const SCAN_MAX: usize = 16;

/// What is noted while one person's step is folded; kept between persons to save allocations.
#[derive(Default)]
pub(crate) struct Notes {
    /// (flow, cell) in which the person has counted.
    pub(crate) counted: Vec<(usize, usize)>,
    /// (flow, age, cell) in which the person has counted late.
    pub(crate) late: Vec<(usize, u8, usize)>,
    /// (stock, place among the person's events) of the last event that came into the stock.
    pub(crate) entered: Vec<(usize, usize)>,
    few: Vec<u64>,
    many: HashSet<u64>,
}

impl Notes {
    pub(crate) fn clear(&mut self) {
        self.counted.clear();
        self.late.clear();
        self.entered.clear();
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
