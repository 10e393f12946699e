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
mod counted;
mod person;
mod row;

use std::collections::BTreeSet;

use tidegauge_model::Plan;

pub use self::counted::{Calendar, Counted, Place};
use self::person::Person;
pub use self::row::{Row, standing};

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
