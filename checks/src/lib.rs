//! What the checks share: comparisons of released figures with published counts, and searches for
//! parameters.
//!
//! Not here: the checks themselves (`tests/` and the program).

pub mod coverage;
pub mod tuning;
pub mod year;
