//! The steps of a dataflow that are released and under embargo.
//!
//! Not here: when an embargo ends ([`super::embargo`]).
//!
//! Invariants:
//! 1. It contains no part of a figure
//!    (`serve::tests::embargo::no_figure_is_disclosed_before_its_hour`).

use std::sync::Arc;

use tidegauge_model::Period;

use super::window::ReleasedWindow;

/// The steps of a dataflow that are released and under embargo.
#[derive(Clone, Debug)]
pub(crate) struct UnderEmbargo {
    /// The last step.
    pub(crate) last: Period,
    /// The dataflow's first window; its measurements are known before any figure.
    pub(crate) window: Arc<ReleasedWindow>,
}
