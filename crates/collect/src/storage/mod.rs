//! What a store keeps privately: the control store (SQLite), the one commit point.
//!
//! Not here: the events and states themselves; it names their files.

mod control;

pub(crate) use control::{Control, Genesis, Pending, SegmentChange, SnapshotName};
