//! One window of a dataflow, as it was known at a tree size.
//!
//! Not here: which windows there are ([`super::reader`]).
//!
//! Invariants:
//! 1. The figures come from exactly these steps
//!    (`serve::tests::as_of_an_earlier_size_answers_as_it_did_then`).

use std::sync::Arc;

use super::figures::WindowFigures;
use crate::catalogue::window::ReleasedWindow;

/// One window of a dataflow, as it was known at a tree size.
#[derive(Clone, Debug)]
pub(crate) struct KnownWindow {
    /// The window's releases.
    pub(crate) window: Arc<ReleasedWindow>,
    /// The number of its released steps.
    pub(crate) steps: u32,
    /// The figures of those steps.
    pub(crate) figures: Arc<WindowFigures>,
}
