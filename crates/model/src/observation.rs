//! An observation: a figure with its period, margin of error, status and vintage.
//!
//! Not here: how it was estimated (crate `privacy`) and how it is written for readers
//! (crate `figures`).
//!
//! Invariants:
//! 1. No figure without its margin: there is no way to build one without the other.
//! 2. What is under embargo has neither: whoever writes an observation asks for both at once
//!    ([`Observation::figure`]).

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
    /// `Q`: missing, suppressed; released, and under embargo until the plan's hour.
    Embargoed,
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
            Status::Embargoed => "Q",
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

impl Observation {
    /// An observation without a figure: that of a period which is under embargo.
    pub fn embargoed(period: Period) -> Self {
        let status = Status::Embargoed;
        Self { period, value_milli: 0, margin_milli: 0, status, vintage: 0 }
    }

    /// Value and margin; `None` under embargo.
    pub fn figure(&self) -> Option<(i64, i64)> {
        (self.status != Status::Embargoed).then_some((self.value_milli, self.margin_milli))
    }
}
