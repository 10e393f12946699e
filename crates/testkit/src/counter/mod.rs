//! A naive counter: what a plan counts of a history, said as plainly as it can be, with every row
//! of a person in hand and without words of state.
//!
//! It knows every measure, timers, bounds, late rows, corrections, retractions, tables, and who is
//! forgotten; a plan says which of them it has, and [`Calendar`] how long windows and months are.
//! A step is a day.
//!
//! Not here: any code of the fold, which is held against this; noise, and prices.
//!
//! Of a stock of a plan with corrections only the end is counted ([`Counted::stays`]).

mod cell;
mod person;
mod row;

use std::collections::{BTreeMap, BTreeSet};

use tidegauge_model::Plan;

use self::person::Person;
pub use self::row::{Row, standing};

/// The steps of a test and how they group.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// The first step from which rows come, at most 0.
    pub first: i32,
    /// The steps, from 0.
    pub steps: i32,
    /// The window of a step from 0 on.
    pub window_of: fn(i32) -> i32,
    /// The month of a step from 0 on, from 1; what lies before is month 0.
    pub month_of: fn(i32) -> i32,
}

impl Calendar {
    fn month(&self, step: i32) -> i32 {
        if step < 0 { 0 } else { (self.month_of)(step) }
    }

    fn begins_window(&self, step: i32) -> bool {
        step == 0 || step > 0 && (self.window_of)(step) != (self.window_of)(step - 1)
    }
}

/// Where something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The step in which it occurred.
    pub occurred: i32,
    /// The step in which it was admitted, if that is a later one.
    pub admitted: Option<i32>,
    /// The dataflow, by its position in the plan.
    pub dataflow: usize,
    /// The cell; of a balance the changes of the level first, then those up and down.
    pub cell: usize,
}

/// What is counted of a history; zeros are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The changes of every dataflow.
    pub changes: BTreeMap<Place, i64>,
    /// The bases of stocks: by the first step of a window, dataflow and cell.
    pub bases: BTreeMap<(i32, usize, usize), i64>,
    /// The cell of everyone who is present at the end, by person and dataflow.
    pub stays: BTreeMap<(u8, usize), usize>,
}

/// Counts a history of rows in any order, of which some may be copies.
#[must_use]
pub fn count(plan: &Plan, calendar: &Calendar, rows: &[Row]) -> Counted {
    let persons: BTreeSet<u8> = rows.iter().map(|row| row.person).collect();
    let mut counted = Counted::default();
    for who in persons {
        let own: Vec<Row> = rows.iter().filter(|row| row.person == who).copied().collect();
        Person::new(plan, calendar, &own).live(who, &mut counted);
    }
    counted.changes.retain(|_, count| *count != 0);
    counted
}
