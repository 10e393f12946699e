//! The versions of structures: they grow with the amendments that change a code list.
//!
//! Not here: what an amendment may change (crate `model`).
//!
//! Invariants:
//! 1. A version names one state of a structure for ever
//!    (`serve::tests::amendments::every_version_of_a_structure_is_available`).

use tidegauge_model::{Dataflow, Plan};

/// The version of every structure that no amendment has changed.
pub(crate) const STRUCTURE_VERSION: &str = "1.0.0";

/// The version of a dataflow and of its structure: it grows with every amendment that changes one
/// of its code lists.
pub fn structure_version(plan: &Plan, dataflow: &Dataflow) -> String {
    version_after(plan.changes_of(dataflow))
}

/// The version of a structure after so many changes.
pub(crate) fn version_after(changes: usize) -> String {
    format!("1.{changes}.0")
}
