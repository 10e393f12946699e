//! An observation: a figure with its period, margin of error, status and vintage.
//!
//! Not here: how it was estimated (crate `privacy`) and how it is written for readers
//! (crate `figures`).
//!
//! Invariants:
//! 1. No figure without its margin of error: neither can be built or read without the other
//!    ([`Observation::figure`]).
//! 2. An observation under embargo has neither.
//! 3. A figure says what its interval covers if and only if its dataflow has vintages
//!    (`serve::tests::silent::every_format_says_what_an_interval_covers`).

use crate::period::Period;
use crate::source::SourceSet;

/// A figure is of low reliability if its margin of error exceeds this share of it (in percent).
pub const RELIABLE_MARGIN_PERCENT: f64 = 30.0;

/// Whether a published figure is reliable by its published margin of error, both of one unit.
// Display only: neither a charge nor a draw depends on it.
pub fn is_reliable(value: f64, margin: f64) -> bool {
    margin <= value.abs() * RELIABLE_MARGIN_PERCENT / 100.0
}

/// The status of an observation, as the SDMX code list CL_OBS_STATUS defines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `A`: normal.
    Normal,
    /// `P`: provisional; later measurements of the same window may still refine it.
    Provisional,
    /// `B`: a break in the series; from here on the figures follow another rule or source.
    Break,
    /// `M`: cannot exist; by the validity of the plan's codes no event can count there.
    CannotExist,
    /// `Q`: missing, suppressed; released, and under embargo until the time that the plan gives.
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

/// What the interval of a figure covers, where late events are counted in later vintages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalOf {
    /// What is counted so far: late counts are still due, and the interval says nothing of them.
    Counted,
    /// The final count: every vintage is published.
    Final,
}

impl IntervalOf {
    /// The code of the attribute.
    pub fn code(self) -> &'static str {
        match self {
            IntervalOf::Counted => "COUNTED",
            IntervalOf::Final => "FINAL",
        }
    }
}

/// A published figure. Unit of value and margin of error: thousandths of a person (or event).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The reference period.
    pub period: Period,
    /// The unbiased estimate, negative values included.
    pub value_milli: i64,
    /// Half the width of the 95 % interval.
    pub margin_milli: i64,
    /// Status, for readers.
    pub status: Status,
    /// The ledger index of the latest release that the estimate uses.
    pub vintage: u64,
    /// The sources of the plan that were silent in the vintages of the steps it rests on.
    pub silent: SourceSet,
    /// What the interval covers, in a dataflow with vintages.
    pub interval_of: Option<IntervalOf>,
}

impl Observation {
    /// An observation of a period under embargo: it has no figure.
    pub fn embargoed(period: Period) -> Self {
        let status = Status::Embargoed;
        let (silent, interval_of) = (SourceSet::default(), None);
        Self { period, value_milli: 0, margin_milli: 0, status, vintage: 0, silent, interval_of }
    }

    /// Value and margin of error; `None` under embargo.
    pub fn figure(&self) -> Option<(i64, i64)> {
        (self.status != Status::Embargoed).then_some((self.value_milli, self.margin_milli))
    }
}
