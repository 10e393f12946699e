//! Sources: the agencies' systems that deliver events, their keys, and when they declare that what
//! they delivered is complete.
//!
//! Sources are public, as the whole plan is: they say which agencies deliver, never anything about
//! a person.
//!
//! Not here: for which sources a step waits (module `plan::sources`), how a plan writes them
//! (`plan::parse`), deliveries and signatures (crate `delivery`), what a source has declared (crate
//! `collect`).
//!
//! Invariants:
//! 1. A key is valid on all days from its first to its last, both included
//!    (`source::tests::days_are_included`).
//! 2. A set of sources has those that were put in, in the order of the plan
//!    (`source::tests::a_set_has_what_was_put_in`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;

use crate::period::{Grain, Period};
use crate::text::Text;

/// Most sources of a plan.
pub const SOURCES_MAX: usize = 64;

/// How events come in, in a plan with sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// Minutes for which a step that is due still waits for its sources.
    pub longest_wait_minutes: u32,
    /// The id of the key under which agencies make pseudonyms: 16 hexadecimal digits.
    pub pseudonym_key: String,
}

/// An agency's system that delivers events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its identifier. Event ids belong to a source.
    pub id: String,
    /// Its name for people.
    pub name: Text,
    /// The days for which it delivers events.
    pub days: DayRange,
    /// The period at whose end it declares completeness.
    pub complete_every: Grain,
    /// Minutes after the end of such a period by which it has declared it complete.
    pub complete_within_minutes: u32,
    /// The keys with which it signs, in the order of the plan; at least one.
    pub keys: Vec<SourceKey>,
}

/// A key with which a source signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceKey {
    /// Its identifier within the source.
    pub id: String,
    /// The public key, Ed25519.
    pub public: [u8; 32],
    /// The days on which its signatures are accepted.
    pub days: DayRange,
}

/// Days from a first to a last one, both included; without a limit where none is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRange {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

/// Some of the sources of a plan, by their places in it. Amendments never move a source, so a set
/// stays what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SourceSet(u64);

impl SourceSet {
    /// The sources at these places.
    pub fn of(places: impl IntoIterator<Item = usize>) -> Self {
        // A plan has no more sources than a set has bits.
        let bit = |place: usize| if place < SOURCES_MAX { 1 << place } else { 0 };
        Self(places.into_iter().fold(0, |bits, place| bits | bit(place)))
    }

    /// The sources of both sets.
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The sources that the other set does not have.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The places of its sources, in the order of the plan.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..SOURCES_MAX).filter(move |place| self.0 >> place & 1 == 1)
    }
}

impl DayRange {
    /// Whether a day lies in the range.
    pub fn contains(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether any day of a period lies in the range.
    pub fn overlaps(self, period: Period) -> bool {
        self.from.is_none_or(|from| from <= period.last())
            && self.to.is_none_or(|to| period.first() <= to)
    }
}

impl SourceKey {
    /// The public key as a plan writes it, in base64.
    pub fn public_text(&self) -> String {
        STANDARD.encode(self.public)
    }
}

impl Source {
    /// The key with this identifier.
    pub fn key(&self, id: &str) -> Option<&SourceKey> {
        self.keys.iter().find(|key| key.id == id)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_set_has_what_was_put_in() {
        let set = SourceSet::of([SOURCES_MAX - 1, 3, 0]);
        assert_eq!(set.places().collect::<Vec<_>>(), [0, 3, SOURCES_MAX - 1]);
        let other = SourceSet::of([3, 7]);
        assert_eq!(set.union(other), SourceSet::of([0, 3, 7, SOURCES_MAX - 1]));
        assert_eq!(set.without(other), SourceSet::of([0, SOURCES_MAX - 1]));
        assert!(set.without(set).is_empty() && !set.is_empty());
        assert!(SourceSet::of([SOURCES_MAX]).is_empty());
    }

    #[test]
    fn days_are_included() {
        let (first, last) = (date(2026, 1, 31), date(2026, 2, 2));
        let range = DayRange { from: Some(first), to: Some(last) };
        let days = |day: Date| [range.contains(day), DayRange::default().contains(day)];
        assert_eq!(days(date(2026, 1, 30)), [false, true]);
        assert_eq!(days(first), [true, true]);
        assert_eq!(days(last), [true, true]);
        assert_eq!(days(date(2026, 2, 3)), [false, true]);
        let overlaps = |text| range.overlaps(Period::parse(text).unwrap());
        assert_eq!(["2026-01", "2026-02", "2026-03"].map(overlaps), [true, true, false]);
        assert_eq!(["2026-02-02", "2026-02-03"].map(overlaps), [true, false]);
    }
}
