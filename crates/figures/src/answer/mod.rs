//! Answers: series of observations with margins, for a selection and a state of the ledger.
//!
//! Not here: how an answer is written ([`crate::formats`]).

pub(crate) mod answer;
pub(crate) mod charge;
pub(crate) mod earlier;
pub(crate) mod evaluate;
pub(crate) mod history;
pub(crate) mod over_time;
pub(crate) mod revision;
pub(crate) mod shared;
pub(crate) mod vintage;
