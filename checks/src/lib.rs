//! What the checks share: published counts, released figures held against them, and rooms.
//!
//! Not here: the checks themselves (`tests/` and the program).

pub mod coverage;
pub mod rooms;
pub mod tuning;
pub mod year;
