//! The rows of a history, and which row of an event stands.
//!
//! Not here: the rows of files, and the events of the fold.

use std::cmp::Reverse;

use tidegauge_model::plan::LifeCycle;

/// One row of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The person of the event.
    pub person: u8,
    /// The event's id; the same id in another step is another event.
    pub id: u64,
    /// The step, a day, in which the event occurred; below 0 before the plan's first.
    pub step: i32,
    /// The number of steps by which the row came later.
    pub after: i32,
    /// Seconds after noon.
    pub second: u16,
    /// The kind of the event; `None` if the row retracts it.
    pub kind: Option<u8>,
    /// The codes of the plan's first two attributes.
    pub codes: [u16; 2],
    /// The number of days from the event to the date that it grants, if it grants one.
    pub until: Option<i16>,
    /// The revision; a row of a higher one corrects the event.
    pub revision: u16,
}

impl HistoryRow {
    /// A first row on time, of the first kind and the first codes, that grants nothing.
    pub const PLAIN: Self = Self {
        person: 0,
        id: 0,
        step: 0,
        after: 0,
        second: 0,
        kind: Some(0),
        codes: [0; 2],
        until: None,
        revision: 0,
    };

    /// The step in which the row arrives.
    #[must_use]
    pub fn folded(&self) -> i32 {
        self.step + self.after
    }

    /// Whether the row states that the event occurred, rather than retracting it.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.kind.is_some()
    }

    /// The same row as a retraction.
    #[must_use]
    pub fn retracted(self) -> Self {
        Self { kind: None, ..self }
    }

    /// When the event occurred, in seconds after the first instant of step 0.
    #[must_use]
    pub fn at(&self) -> i64 {
        i64::from(self.step) * 86_400 + 43_200 + i64::from(self.second)
    }

    /// The content of a row, in the order that decides between rows of one instant: the time, the
    /// rank of the kind, the codes, the date.
    pub(super) fn ranked(&self, cycle: &LifeCycle) -> (i64, u8, [u16; 2], i16) {
        // A retraction and no date come last.
        let rank = self.kind.map_or(u8::MAX, |kind| {
            let name = cycle.kinds[usize::from(kind)].as_str();
            let ranks = cycle.kinds_by_rank();
            ranks.iter().position(|known| *known == name).expect("a kind") as u8
        });
        (self.at(), rank, self.codes, self.until.unwrap_or(i16::MAX))
    }

    /// Decides between rows of the same revision that came in the same step: the smallest stands.
    fn content(&self) -> (u16, u8, [u16; 2], i16) {
        // A retraction and no date come last.
        (self.second, self.kind.unwrap_or(u8::MAX), self.codes, self.until.unwrap_or(i16::MAX))
    }
}

/// The standing row of an event of one person among those that have arrived by a step: the one with
/// the highest revision, and among these the first to arrive.
#[must_use]
pub fn standing(rows: &[HistoryRow], (step, id): (i32, u64), by: i32) -> Option<HistoryRow> {
    let event_rows =
        rows.iter().filter(|row| (row.step, row.id) == (step, id) && row.folded() <= by);
    event_rows.min_by_key(|row| (Reverse(row.revision), row.folded(), row.content())).copied()
}
