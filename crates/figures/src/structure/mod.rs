//! What is published, from the plan only: concepts with their codes, and versions.
//!
//! Not here: what has been released ([`crate::catalogue`]).

pub(crate) mod concept;
pub(crate) mod version;
