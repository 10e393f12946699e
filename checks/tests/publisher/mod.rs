//! A publisher, seen from outside: it turns a history of events into releases, and claims a largest
//! cost of one person.
//!
//! Not here: the publishers (`real`, `mutants`) and the laws that they must keep (`laws`).
//!
//! Invariants:
//! 1. The same history and tape give the same releases: all randomness comes from the tape.

pub mod history;
pub mod laws;
pub mod mutants;
pub mod real;

use std::collections::BTreeMap;

use history::CrossingRow;
use num_rational::BigRational;
use tidegauge_ledger::{Part, Release};

/// The plan of every publisher here: its first window has fourteen days.
pub const PLAN: &str = testkit::plans::SHORT;

/// The number of days in the window.
pub const DAYS: usize = 14;

/// The charges of the ledger in the window for each dataflow and part.
pub type Claim = BTreeMap<(String, Part), BigRational>;

/// Everything that a publisher makes public.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    pub releases: Vec<Release>,
    pub claim: Claim,
}

/// A publisher that the laws can check.
pub trait PublisherUnderTest {
    /// The releases of a history on a tape of noise.
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published;
}
