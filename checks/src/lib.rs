//! The code that the checks share: comparisons of released figures with published counts, searches
//! for parameters, and the order of rooms inside crates.
//!
//! Not here: the checks themselves (`tests/` and the program).

pub mod coverage;
pub mod errors;
pub mod rooms;
pub mod tuning;
pub mod year;
