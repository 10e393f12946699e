//! Rates: figures of dataflows divided by others, or two parts of one dataflow.
//!
//! Not here: their arithmetic (crate `privacy`, module `interval`) and their figures. A rate costs
//! no budget: it is computed from figures that are published anyway.
//!
//! Invariants:
//! 1. The noise of numerator and denominator is independent except in cells that both contain
//!    completely: they are parts of two dataflows, or of one that measures each cell by itself
//!    (`tests/rates.rs`, `pairs_that_share_noise_are_refused`).
//! 2. Both sides have the dimensions by which a rate is divided, with the same codes
//!    (`tests/rates.rs`, `each_fault_of_a_rate_is_reported`).

/// A rate of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Identifier, different from that of every dataflow.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// One or two sentences on what it means.
    pub description: String,
    /// The dimensions by which it is divided.
    pub by: Vec<String>,
    /// The numerator: the sum of these, each of another dataflow; at least one.
    pub numerator: Vec<Summand>,
    /// The denominator, likewise.
    pub denominator: Vec<Summand>,
}

impl Rate {
    /// The positions of the dataflows that it is made of, each once, the numerator's first.
    pub fn dataflows(&self) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for summand in self.numerator.iter().chain(&self.denominator) {
            if !found.contains(&summand.dataflow) {
                found.push(summand.dataflow);
            }
        }
        found
    }
}

/// What one dataflow adds to a side of a rate: its figures, summed over the named codes of each
/// dimension, or over all its codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summand {
    /// Position of the dataflow in [`crate::Plan::dataflows`].
    pub dataflow: usize,
    /// Which of its figures, as readers know it: a word of [`INDICATORS`].
    pub indicator: &'static str,
    /// The position of each restricted dimension with the positions of its codes, ascending.
    pub codes: Vec<(usize, Vec<u16>)>,
}

/// The kinds of figures of a dataflow.
pub const INDICATORS: [&str; 5] = ["ARRIVALS", "AT_BOUND", "DEPARTURES", "FLOW", "STOCK"];

impl Summand {
    /// The named codes of a dimension; `None` for all of them.
    pub fn codes_of(&self, dimension: usize) -> Option<&[u16]> {
        let found = self.codes.iter().find(|(place, _)| *place == dimension);
        found.map(|(_, codes)| codes.as_slice())
    }
}
