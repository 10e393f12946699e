//! The validity of codes over time, and the names that they had.
//!
//! Not here: the cells that validity makes known zeros (module `plan::open`); refusals of events
//! (crate `collect`).
//!
//! Invariants:
//! 1. A code is valid in a period if the period overlaps the days from its first to its last
//!    (`plan::open::tests::open_steps_are_those_that_overlap_the_validity`).

use std::ops::Range;

use jiff::civil::Date;

use crate::period::Period;
use crate::text::Text;

/// The first and the last day on which events can have a code; `None` for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

impl Validity {
    /// Whether the code is valid on some day of a period.
    pub fn overlaps(&self, period: Period) -> bool {
        self.from.is_none_or(|from| from <= period.last())
            && self.to.is_none_or(|to| period.first() <= to)
    }

    /// Whether the code has no first and no last day.
    pub fn is_unlimited(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// The positions of the periods that it overlaps, among consecutive periods.
    pub(crate) fn places(&self, periods: &[Period]) -> Range<u32> {
        let from = self.from.map_or(0, |from| periods.partition_point(|p| p.last() < from));
        let to = self.to.map_or(periods.len(), |to| periods.partition_point(|p| p.first() <= to));
        // Fits: a plan has at most 100 years of days.
        from as u32..to.max(from) as u32
    }
}

/// A former name of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerName {
    /// The last day on which the code had this name.
    pub until: Date,
    /// The name.
    pub name: Text,
}
