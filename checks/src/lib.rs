//! The code that the checks share: comparisons of released figures with published counts, searches
//! for parameters, the table of error codes, the order of rooms inside crates, and the files of the
//! workspace.
//!
//! Not here: the checks themselves (`tests/` and the program).

pub mod coverage;
pub mod errors;
pub mod rooms;
pub mod tree;
pub mod tuning;
pub mod year;
