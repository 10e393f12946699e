//! Concepts with their codes, and versions of structures, from the plan only.
//!
//! Not here: released data ([`crate::catalogue`]).

pub(crate) mod concept;
pub(crate) mod key;
pub(crate) mod version;
pub(crate) mod words;
