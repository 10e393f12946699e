//! Invented persons: the events of a history, and the rows that correct them.
//!
//! Not here: which histories there are (`histories`, `corrected`), and how a history becomes rows
//! of a file (`ground`). Nobody here exists; every pseudonym is one of a synthetic store.

use std::collections::BTreeMap;

/// Rows of event files by stage: those of stage 0 come before any release, those of stage `n`
/// come late, after the release of step `n - 1`.
pub(super) type Rows = BTreeMap<u32, Vec<String>>;

/// One event. Step -1 is the day before the plan's start.
#[derive(Clone)]
pub(super) struct Act {
    pub step: i32,
    pub what: What,
    pub stage: u32,
    /// How many further copies come: with the event, and late.
    pub copies: [u32; 2],
    /// The rows that correct it, by revision.
    pub fixes: Vec<Fix>,
}

/// What a row says of an event.
#[derive(Clone)]
pub(super) struct What {
    pub kind: usize,
    pub codes: Vec<u16>,
    /// Days after its step's first for which it grants something, where it does.
    pub grants: Option<u32>,
}

impl Act {
    pub(super) fn new(step: i32, what: What, stage: u32) -> Self {
        Self { step, what, stage, copies: [0; 2], fixes: vec![] }
    }
}

/// A row that corrects an event.
#[derive(Clone)]
pub(super) struct Fix {
    /// When it comes, as in `Rows`.
    pub stage: u32,
    pub what: What,
    pub retracts: bool,
}

/// The history of one person.
#[derive(Clone)]
pub(super) struct Person {
    /// What the history tries.
    pub name: String,
    pub acts: Vec<Act>,
}
