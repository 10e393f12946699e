//! Rates: figures of dataflows divided by others, or two parts of one dataflow.
//!
//! A side names codes and groups of codes. A group of a dimension that a table sums over is one
//! figure of the table; elsewhere it is the sum of its codes.
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
//! 3. No code of a dataflow is named twice on one side, neither by itself nor in a group
//!    (`tests/rates.rs`, `what_would_count_twice_is_refused`).

use std::ops::Range;

use crate::code::CodeList;
use crate::text::Text;

/// A rate of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Identifier, different from that of every dataflow.
    pub id: String,
    /// Name for people.
    pub name: Text,
    /// One or two sentences on what it means.
    pub description: Text,
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

/// What one dataflow adds to a side of a rate: its figures, summed over the named codes and groups
/// of each dimension, or over all its codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summand {
    /// Position of the dataflow in [`crate::Plan::dataflows`].
    pub dataflow: usize,
    /// Which of its figures, as readers know it: a word of [`INDICATORS`].
    pub indicator: &'static str,
    /// The position of each restricted dimension with what is named of its list: codes, then
    /// groups, ascending.
    pub codes: Vec<(usize, Vec<NamedCodes>)>,
}

/// One code of a list or the codes of one group, as a side of a rate names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamedCodes {
    /// The code at this position of the list.
    Code(u16),
    /// The codes of the group at this position of the list's groups.
    Group(u16),
}

impl NamedCodes {
    /// The code or the group of a list that has this identifier.
    pub fn find(list: &CodeList, id: &str) -> Option<Self> {
        let group = || (0u16..).zip(list.groups()).find(|(_, group)| group.code.id == id);
        let code = list.position(id).map(Self::Code);
        code.or_else(|| group().map(|(position, _)| Self::Group(position)))
    }

    /// The positions of the codes in their list.
    pub fn positions(self, list: &CodeList) -> Range<u16> {
        match self {
            Self::Code(position) => position..position + 1,
            Self::Group(position) => list.groups()[usize::from(position)].codes.clone(),
        }
    }

    /// The identifier of the code or of the group.
    pub fn id(self, list: &CodeList) -> &str {
        match self {
            Self::Code(position) => &list.codes()[usize::from(position)].id,
            Self::Group(position) => &list.groups()[usize::from(position)].code.id,
        }
    }
}

/// The kinds of figures of a dataflow.
pub const INDICATORS: [&str; 5] = ["ARRIVALS", "AT_BOUND", "DEPARTURES", "FLOW", "STOCK"];

impl Summand {
    /// The named codes and groups of a dimension; `None` for all its codes.
    pub fn codes_of(&self, dimension: usize) -> Option<&[NamedCodes]> {
        let found = self.codes.iter().find(|(place, _)| *place == dimension);
        found.map(|(_, codes)| codes.as_slice())
    }
}
