//! Rates: what a plan promises to tell of two dataflows together, or of two parts of one.
//!
//! Not here: their arithmetic (crate `privacy`, module `interval`) and their figures (crate
//! `figures`). A rate costs nothing: it is read off figures that are published anyhow.
//!
//! Invariants:
//! 1. The noise of numerator and denominator is independent but for the cells that they share, of
//!    which both hold the whole: that is, they are parts of two dataflows, or of one that measures
//!    each cell by itself (`tests/rates.rs`, `pairs_that_share_noise_are_refused`).
//! 2. Both sides have the dimensions by which a rate is told, with the same codes
//!    (`tests/rates.rs`, `each_fault_of_a_rate_is_told`).

/// A rate of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Identifier, unlike that of any dataflow.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// One or two sentences on what it tells.
    pub description: String,
    /// The dimensions by which it is told.
    pub by: Vec<String>,
    /// What is divided.
    pub numerator: Side,
    /// By what.
    pub denominator: Side,
}

/// One side of a rate: figures of a dataflow, summed over the codes of each dimension that are
/// named, or over all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Position of the dataflow in [`crate::Plan::dataflows`].
    pub dataflow: usize,
    /// What is read of it, as readers know it: a word of [`INDICATORS`].
    pub indicator: &'static str,
    /// By position of the dimension, positions of its codes, ascending.
    pub codes: Vec<(usize, Vec<u16>)>,
}

/// What can be read of a dataflow.
pub const INDICATORS: [&str; 5] = ["ARRIVALS", "AT_BOUND", "DEPARTURES", "FLOW", "STOCK"];

impl Side {
    /// The codes of a dimension that are named; `None` where all are meant.
    pub fn codes_of(&self, dimension: usize) -> Option<&[u16]> {
        let found = self.codes.iter().find(|(place, _)| *place == dimension);
        found.map(|(_, codes)| codes.as_slice())
    }
}
