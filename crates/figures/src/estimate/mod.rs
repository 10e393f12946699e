//! From measurements to estimates: steps, sums, levels, marginals and their variances.
//!
//! Not here: which periods a reader sees ([`crate::answer`]).

pub(crate) mod decimal;
pub(crate) mod figures;
pub(crate) mod known;
pub(crate) mod marginal;
pub(crate) mod reader;
pub(crate) mod stream;
