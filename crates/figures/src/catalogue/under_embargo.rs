//! What a dataflow has under embargo.
//!
//! Not here: when an embargo ends ([`super::embargo`]).
//!
//! Invariants:
//! 1. Nothing of a figure is in it
//!    (`serve::tests::embargo::nothing_tells_of_a_figure_before_its_hour`).

use std::sync::Arc;

use tidegauge_model::Period;

use super::window::ReleasedWindow;

/// What a dataflow has under embargo.
#[derive(Clone, Debug)]
pub(crate) struct UnderEmbargo {
    /// The last step.
    pub(crate) last: Period,
    /// The dataflow's first window: what it measures is known before any figure.
    pub(crate) window: Arc<ReleasedWindow>,
}
