//! Texts on method and quality, of a plan and of its dataflows.
//!
//! Not here: what the concepts are (module `method`).
//!
//! Invariants:
//! 1. Such texts change nothing else in a plan (`tests/method.rs`:
//!    `texts_on_method_change_nothing_else`).
//!
//! Format: `[method]` with a text for each key, such as `coverage = "All border points."`; in a
//! dataflow `method = { coverage = "Land border only." }`. Each may be in several languages.

use super::node::TomlTable;
use crate::method::{METHOD_CONCEPTS, MethodNote};
use crate::plan::keys;

/// The texts of the table `method` of a plan or a dataflow; none if it has no such table.
pub(super) fn method(of: &TomlTable) -> Option<Vec<MethodNote>> {
    let Some(node) = of.may("method") else { return Some(vec![]) };
    let table = node.table()?;
    table.known(&keys::METHOD.known());
    let mut notes = vec![];
    for concept in METHOD_CONCEPTS {
        if let Some(node) = table.may(concept.key) {
            notes.push(node.text().map(|text| MethodNote { concept, text }));
        }
    }
    notes.into_iter().collect()
}
