//! The journal: admitted events, durable, in immutable encrypted segments.
//!
//! Not here: which segments belong to the store (`store::control`), and what the events mean.

mod segment;

pub(crate) use segment::*;
