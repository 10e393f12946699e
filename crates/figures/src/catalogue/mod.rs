//! The contents of the ledger and of the verified release files, in memory.
//!
//! Not here: estimates ([`crate::estimate`]).

pub(crate) mod catalogue;
pub(crate) mod embargo;
pub(crate) mod late;
pub(crate) mod open;
pub(crate) mod phases;
pub(crate) mod silent;
pub(crate) mod spans;
pub(crate) mod under_embargo;
pub(crate) mod window;
