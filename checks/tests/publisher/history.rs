//! Histories of invented persons, as rows of event files.
//!
//! Not here: files; the publisher writes them.
//!
//! Invariants:
//! 1. A row of stage `n` above 0 arrives after the release of day `n - 1` (`real`).

use std::ops::Range;

/// The header of event files.
pub const HEADER: &str = "event_id,pseudonym,occurred_at,kind,border_point,traveller_class";

/// The first day of the plan's window, in its month.
const FIRST_DAY: usize = 18;

/// A row and the stage at which it arrives; stage 0 is before any release.
#[derive(Clone, Debug)]
pub struct CrossingRow {
    pub stage: usize,
    pub text: String,
}

fn row(stage: usize, id: usize, person: &str, day: usize, hour: usize, kind: &str) -> CrossingRow {
    let day = FIRST_DAY + day;
    let instant = format!("2024-01-{day}T{hour:02}:00:00+08:00");
    CrossingRow { stage, text: format!("e{id},{person},{instant},{kind},LO_WU,VISITOR") }
}

/// The crossings of one person who enters on each of these days in one cell. The exits between the
/// entries arrive late: they change the person's state and count in no flow.
pub fn crossings(days: Range<usize>) -> Vec<CrossingRow> {
    let person = "syn1:theone";
    let mut rows = Vec::new();
    for day in days {
        rows.push(row(0, 2 * day, person, day, 8, "ENTRY"));
        rows.push(row(day + 1, 2 * day + 1, person, day, 20, "EXIT"));
    }
    rows
}

/// The entries of this number of persons on one day in the same cell.
pub fn crowd(persons: usize, day: usize) -> Vec<CrossingRow> {
    (0..persons).map(|n| row(0, n, &format!("syn1:{n:08}"), day, 9, "ENTRY")).collect()
}
