//! The journal: admitted events, durable, in immutable encrypted segments.
//!
//! Not here: which segments belong to the store (module `store::control`), and what the events
//! mean (crate `fold`).

mod format;
mod gathered;
mod segment;
mod writer;

pub(crate) use format::{Block, SegmentName};
pub(crate) use gathered::GatheredEvents;
pub(crate) use segment::{Segment, copy, segment_format};
pub(crate) use writer::{SegmentSink, SegmentWriter};
