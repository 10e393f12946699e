//! Requests read from text: pure grammar, without a ledger or a clock.
//!
//! Not here: released data ([`crate::catalogue`]).

pub(crate) mod decimals;
pub(crate) mod format;
pub(crate) mod grammar;
pub(crate) mod indicator;
pub(crate) mod ledger_state;
pub(crate) mod place;
pub(crate) mod series;
