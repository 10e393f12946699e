//! Invented persons: the events of a history, and the rows that correct them.
//!
//! Not here: which histories there are (`histories`, `corrected`), and how a history becomes rows
//! of a file (`ground`). Nobody here exists; every pseudonym is one of a synthetic store.

use std::collections::BTreeMap;

/// Rows of event files by stage and source: those of stage 0 come before any release, those of
/// stage `n` come late, after the release of step `n - 1`.
pub(super) type StagedRows = BTreeMap<(u32, u8), Vec<String>>;

/// One event of a history. Step -1 is the day before the start of the plan.
#[derive(Clone)]
pub(super) struct HistoryEvent {
    pub step: i32,
    pub what: RowContent,
    pub stage: u32,
    /// The number of copies that come with the event, and of those that come late.
    pub copies: [u32; 2],
    /// The rows that correct it, by revision.
    pub fixes: Vec<HistoryFix>,
    /// The number of the source that delivers it, and all its rows.
    pub source: u8,
}

/// The content of a row of an event.
#[derive(Clone)]
pub(super) struct RowContent {
    pub kind: usize,
    pub codes: Vec<u16>,
    /// The number of days after the first day of its step for which it grants something, if it
    /// does.
    pub grants: Option<u32>,
}

impl HistoryEvent {
    pub(super) fn new(step: i32, what: RowContent, stage: u32) -> Self {
        Self { step, what, stage, copies: [0; 2], fixes: vec![], source: 0 }
    }
}

/// A row that corrects an event.
#[derive(Clone)]
pub(super) struct HistoryFix {
    /// The stage at which it comes, as in [`StagedRows`].
    pub stage: u32,
    pub what: RowContent,
    pub retracts: bool,
}

/// The history of one person.
#[derive(Clone)]
pub(super) struct History {
    /// A description of the history.
    pub name: String,
    pub acts: Vec<HistoryEvent>,
}
