//! An event as the kernel sees it, and the opaque pseudonym of its person.
//!
//! Not here: how either came from bytes (crate `collect`).
//!
//! Invariants:
//! 1. A pseudonym prints as `Pseudonym(..)`, an event as `Event(..)`, nothing more
//!    (`event::tests::neither_prints`).

use std::fmt;

/// The most attributes that an event carries.
pub const ATTRIBUTES_MAX: usize = 7;

/// The code of an attribute that the plan does not have.
pub const NO_CODE: u16 = u16::MAX;

/// The age from which an event counts in no flow, whatever the plan.
pub const TOO_LATE: u8 = u8::MAX;

/// The kind of a retraction; no life cycle has so many kinds.
pub const RETRACTED: u8 = u8::MAX;

/// A re-keyed pseudonym: 128 bits that mean nothing outside one store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym(u128);

impl Pseudonym {
    /// A pseudonym made from the bits that the store's key produced.
    pub fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits, for the host's own files.
    pub fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonym(..)")
    }
}

/// One event of one person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The person to whom the event belongs.
    pub pseudonym: Pseudonym,
    /// Keyed digest of submitter and event id: identifies copies, and orders events of one time in stores
    /// that began with that order.
    pub id: u64,
    /// When it occurred, in milliseconds since 1970 in universal time.
    pub at: i64,
    /// Position of its kind in the plan's life cycle; [`RETRACTED`] for a retraction.
    pub kind: u8,
    /// The number of steps between the event's own step and the one that admitted it: 0 if on time,
    /// [`TOO_LATE`] for that many or more, and for an event from before the plan's start that came
    /// after the start.
    pub age: u8,
    /// Code positions in the order of the plan's attributes, then the date if events carry one, and
    /// the revision if they can be corrected; [`NO_CODE`] after the last.
    pub codes: [u16; ATTRIBUTES_MAX],
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Event(..)")
    }
}

impl Event {
    /// The order by ids: person, time, id; the other fields only make the order total, and decide
    /// which of an event's copies stands.
    pub(crate) fn order(&self) -> (Pseudonym, i64, u64, u8, u8, [u16; ATTRIBUTES_MAX]) {
        (self.pseudonym, self.at, self.id, self.kind, self.age, self.codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_prints() {
        let pseudonym = Pseudonym::from_bits(77);
        let codes = [NO_CODE; ATTRIBUTES_MAX];
        let event = Event { pseudonym, id: 1, at: 2, kind: 3, age: 0, codes };
        assert_eq!(format!("{pseudonym:?} {event:?}"), "Pseudonym(..) Event(..)");
    }
}
