//! The parts of an event that are the same in every format: columns, ids, pseudonyms, times.
//!
//! Not here: the formats (`lines`, `parquet`).

use jiff::civil::Date;

use super::day::Crossing;
use crate::draw::Permutation;

/// The columns of an event.
pub(super) const COLUMNS: [&str; 6] =
    ["event_id", "pseudonym", "occurred_at", "kind", "border_point", "traveller_class"];

/// The beginning of every synthetic pseudonym.
pub(super) const SYNTHETIC: &[u8] = b"syn1:";

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
pub(super) fn push_event_id(text: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.push(b's');
    text.extend(&digits[first..]);
}

/// Appends the time of day as `08:30:00`.
pub(super) fn push_time(text: &mut Vec<u8>, second: u32) {
    for (place, part) in [second / 3600, second / 60 % 60, second % 60].into_iter().enumerate() {
        if place > 0 {
            text.push(b':');
        }
        text.extend([b'0' + (part / 10) as u8, b'0' + (part % 10) as u8]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_print_as_text() {
        let mut text = Vec::new();
        push_event_id(&mut text, 1_203_004);
        text.push(b' ');
        push_time(&mut text, 8 * 3600 + 30 * 60 + 9);
        assert_eq!(text, b"s1203004 08:30:09");
    }
}
