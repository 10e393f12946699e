//! What the ledger says and the verified release files hold, in memory.
//!
//! Not here: estimates ([`crate::estimate`]).

pub(crate) mod catalogue;
pub(crate) mod embargo;
pub(crate) mod late;
pub(crate) mod open;
pub(crate) mod spans;
pub(crate) mod under_embargo;
pub(crate) mod window;
