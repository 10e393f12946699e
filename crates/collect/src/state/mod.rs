//! The state between two steps: the fold of one step from the journal, and snapshots.
//!
//! Not here: the kernel's rules (crate `fold`), noise, anything public.

mod fold;
mod gather;
mod snapshot;

pub(crate) use fold::{FoldState, Folded};
pub(crate) use snapshot::snapshot_format;
