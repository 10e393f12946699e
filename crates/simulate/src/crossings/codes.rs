//! The codes of crossings: classes of travellers and kinds of events, as in `plans/border.toml`.
//!
//! Not here: control points, which the counts name.

/// Codes of the classes of travellers.
pub(super) const CLASSES: [&str; 3] = ["RESIDENT", "MAINLAND_VISITOR", "OTHER_VISITOR"];
pub(super) const RESIDENT: usize = 0;
pub(super) const OTHER_VISITOR: usize = 2;

/// Codes of the kinds of events.
pub(super) const KINDS: [&str; 2] = ["ENTRY", "EXIT"];
pub(super) const ENTRY: usize = 0;
pub(super) const EXIT: usize = 1;

/// The kind of crossing with which a spell of this class opens; the other closes it.
pub(super) fn opening_kind(class: usize) -> usize {
    if class == RESIDENT { EXIT } else { ENTRY }
}
