//! A publisher, seen from outside: it turns a history of events into a history of releases, with a
//! claim of what one person costs.
//!
//! Not here: which publishers there are (`real`, `mutants`) and which laws they must keep (`laws`).
//!
//! Invariants:
//! 1. The same history and tape give the same releases: all randomness comes from the tape.

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

/// What the ledger charges in the window for each dataflow and part of it.
pub type Claim = BTreeMap<(String, Part), BigRational>;

/// Everything that a publisher makes public.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    pub releases: Vec<Release>,
    pub claim: Claim,
}

/// Anything that publishes histories.
pub trait Publisher {
    /// The releases of a history on a tape of noise.
    fn publish(&self, history: &[Row], tape: u8) -> Published;
}
