//! An observation: a figure with its period, margin of error, status and vintage.
//!
//! Not here: how it was estimated (crate `privacy`) and how it is written for readers
//! (crate `disseminate`).
//!
//! Invariants:
//! 1. No figure without its margin: there is no way to build one without the other.

use crate::period::Period;

/// A figure is of low reliability when its margin exceeds this share of it (in percent).
pub const RELIABLE_MARGIN_PERCENT: f64 = 30.0;

/// The status of an observation, as the SDMX code list CL_OBS_STATUS words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `A`: normal.
    Normal,
    /// `P`: provisional; later measurements of the same window may still refine it.
    Provisional,
    /// `B`: a break in the series; from here on the figures rest on another rule or source.
    Break,
    /// `M`: cannot exist; no event can count there, by the validity of the plan's codes.
    CannotExist,
    /// `U`: low reliability; the margin exceeds 30 % of the figure.
    LowReliability,
}

impl Status {
    /// The SDMX code.
    pub fn code(self) -> &'static str {
        match self {
            Status::Normal => "A",
            Status::Provisional => "P",
            Status::Break => "B",
            Status::CannotExist => "M",
            Status::LowReliability => "U",
        }
    }
}

/// A published figure. Unit of `value` and `margin`: thousandths of a person (or event).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The reference period.
    pub period: Period,
    /// The unbiased estimate, negative values included.
    pub value_milli: i64,
    /// Half the width of the 95 % interval, rounded up.
    pub margin_milli: i64,
    /// Status, for readers.
    pub status: Status,
    /// The ledger index of the latest release that the estimate rests on.
    pub vintage: u64,
}
