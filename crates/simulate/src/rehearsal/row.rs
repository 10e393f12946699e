//! A row as a source delivers it.
//!
//! Not here: its text (`labels`), and the files (`files`).

use super::lists::CODES_MAX;

/// One row of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EventRow {
    /// The second of the day of delivery.
    pub(super) delivered: u32,
    /// The source, by its position.
    pub(super) source: u16,
    /// The number of the event within its source.
    pub(super) id: u64,
    /// The number of the person.
    pub(super) person: u64,
    /// The day of the event.
    pub(super) day: i32,
    /// The second of that day.
    pub(super) second: u32,
    pub(super) kind: u8,
    pub(super) codes: [u16; CODES_MAX],
    /// The day up to which something is granted, 0 for none.
    pub(super) until: i32,
    /// Which of several codes that mean the same is written: 0 for the list's own.
    pub(super) also: u8,
    pub(super) revision: u8,
    pub(super) retracts: bool,
}
