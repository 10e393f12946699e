//! The parts of an event that are the same in every format: columns, ids, pseudonyms.
//!
//! Not here: the formats (`lines`, `parquet`).

use jiff::civil::Date;

use super::day::Crossing;
use crate::digits::push_number;
use crate::draw::Permutation;

/// The columns of an event.
pub(super) const COLUMNS: [&str; 6] =
    ["event_id", "pseudonym", "occurred_at", "kind", "border_point", "traveller_class"];

/// The texts that the numbers of a crossing stand for.
pub(super) struct EventLabels {
    pub(super) points: Vec<String>,
    pub(super) permutation: Permutation,
}

/// The crossings of one day.
pub(super) struct DayOfEvents<'a> {
    pub(super) date: Date,
    /// The number of the first event.
    pub(super) first: u64,
    pub(super) crossings: &'a [Crossing],
}

impl<'a> DayOfEvents<'a> {
    pub(super) fn new(date: Date, first: u64, crossings: &'a [Crossing]) -> Self {
        Self { date, first, crossings }
    }

    pub(super) fn numbered(&self) -> impl Iterator<Item = (u64, &'a Crossing)> {
        (self.first..).zip(self.crossings)
    }
}

/// Appends `s` and the number.
pub(super) fn push_event_id(text: &mut Vec<u8>, number: u64) {
    text.push(b's');
    push_number(text, number);
}
