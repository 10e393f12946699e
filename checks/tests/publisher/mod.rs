//! A publisher, seen from outside: a history of events goes in, a history of releases and the
//! claim of what one person costs come out.
//!
//! Not here: which publishers there are (`real`, `mutants`) and what they must keep (`laws`).
//!
//! Invariants:
//! 1. The same history and tape give the same releases: all randomness is on the tape.

pub mod history;
pub mod laws;
pub mod mutants;
pub mod real;

use std::collections::BTreeMap;

use history::Row;
use num_rational::BigRational;
use tidegauge_ledger::{Part, Release};

/// The plan of every publisher here: its first window has fourteen days.
pub const PLAN: &str = testkit::plans::SHORT;

/// Days of the window.
pub const DAYS: usize = 14;

/// What a ledger charges for: a dataflow and a part of it, in the window.
pub type Claim = BTreeMap<(String, Part), BigRational>;

/// All that a publisher shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    pub releases: Vec<Release>,
    pub claim: Claim,
}

/// Publishes histories.
pub trait Publisher {
    /// The releases of a history on a tape of noise.
    fn publish(&self, history: &[Row], tape: u8) -> Published;
}
