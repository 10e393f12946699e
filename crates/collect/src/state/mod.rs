//! The state between two steps, its fold and its snapshots.
//!
//! Not here: the kernel's rules (crate `fold`), noise.

mod fold;

pub(crate) use fold::*;
