//! By how much one later vintage moved one step.
//!
//! Not here: tables of revisions ([`crate::derived::revisions`]).
//!
//! Invariants:
//! 1. The revisions of a step are the differences between its vintages
//!    (`serve::tests::history::revisions_are_the_differences_between_vintages`).

use tidegauge_model::{Period, SourceSet};

/// One later vintage of one step, in thousandths of persons or events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Revision {
    /// The step.
    pub(crate) step: Period,
    /// The number of the vintage, from 1.
    pub(crate) vintage: usize,
    /// By how much it moved the step.
    pub(crate) value_milli: i64,
    /// Half the width of its 95 % interval.
    pub(crate) margin_milli: i64,
    /// The index of its entry in the ledger.
    pub(crate) entry: u64,
    /// The sources that were silent in that vintage.
    pub(crate) silent: SourceSet,
}
