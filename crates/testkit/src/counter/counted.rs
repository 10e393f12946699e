//! The counts of the counter, and how its steps group into windows and months.
//!
//! Not here: how anything is counted (`person`).

use std::collections::BTreeMap;

/// The steps of a test and how they group.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// The first step from which rows come, at most 0.
    pub first: i32,
    /// The number of steps, from step 0.
    pub steps: i32,
    /// The window of a step from 0 on.
    pub window_of: fn(i32) -> i32,
    /// The month of a step from 0 on, counted from 1; earlier steps are in month 0.
    pub month_of: fn(i32) -> i32,
}

impl Calendar {
    pub(super) fn month(&self, step: i32) -> i32 {
        if step < 0 { 0 } else { (self.month_of)(step) }
    }

    pub(super) fn begins_window(&self, step: i32) -> bool {
        step == 0 || step > 0 && (self.window_of)(step) != (self.window_of)(step - 1)
    }
}

/// Where something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CountPlace {
    /// The step in which it occurred.
    pub occurred: i32,
    /// The step in which it was admitted, if that is a later one.
    pub admitted: Option<i32>,
    /// The dataflow, by its position in the plan.
    pub dataflow: usize,
    /// The cell; a balance has the changes of the level first, then the turnover.
    pub cell: usize,
}

/// The counts of a history, without zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountedHistory {
    /// The changes of every dataflow.
    pub changes: BTreeMap<CountPlace, i64>,
    /// The bases of stocks: by the first step of a window, dataflow and cell.
    pub bases: BTreeMap<(i32, usize, usize), i64>,
    /// The cell of everyone who is present at the end, by person and dataflow.
    pub stays: BTreeMap<(u8, usize), usize>,
}
