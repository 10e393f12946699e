//! What the checks share: published counts, and released figures held against them.
//!
//! Not here: the checks themselves (`tests/` and the program).

pub mod coverage;
pub mod tuning;
pub mod year;
