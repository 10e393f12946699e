//! A naive counter: what a plan counts of a history, said as plainly as it can be, with every row
//! of a person in hand and without words of state.
//!
//! It knows every measure, timers, bounds, late rows, corrections, retractions, tables, who is
//! forgotten, and both rules for rows of one instant; a plan says which of them it has, and
//! [`Calendar`] how long windows and months are. A step is a day.
//!
//! Not here: any code of the fold, which is held against this; noise, and prices.
//!
//! Of a stock of a plan with corrections only the end is counted ([`CountedHistory::stays`]).

mod cell;
mod counted;
mod person;
mod row;

use std::collections::BTreeSet;

use tidegauge_model::{EventOrder, Plan};

pub use self::counted::{Calendar, CountPlace, CountedHistory};
use self::person::CountedPerson;
pub use self::row::{HistoryRow, standing};

/// Counts a history of rows in any order, of which some may be copies, by the rule of new stores
/// for rows of one instant.
#[must_use]
pub fn count(plan: &Plan, calendar: &Calendar, rows: &[HistoryRow]) -> CountedHistory {
    count_in(plan, EventOrder::LifeCycle, calendar, rows)
}

/// Counts a history of rows in any order, by this rule for rows of one instant.
#[must_use]
pub fn count_in(
    plan: &Plan,
    order: EventOrder,
    calendar: &Calendar,
    rows: &[HistoryRow],
) -> CountedHistory {
    let persons: BTreeSet<u8> = rows.iter().map(|row| row.person).collect();
    let mut counted = CountedHistory::default();
    for who in persons {
        let own: Vec<HistoryRow> = rows.iter().filter(|row| row.person == who).copied().collect();
        CountedPerson::new(plan, order, calendar, &own).live(who, &mut counted);
    }
    counted.changes.retain(|_, count| *count != 0);
    counted
}
