//! A naive counter: counts a history under a plan in the plainest way, with all rows of a person at
//! hand and without the words of a state.
//!
//! It covers every measure, timers, bounds, late rows, corrections, retractions, tables, and
//! forgotten persons, as far as a plan has them, and both rules for rows of one instant;
//! [`Calendar`] says how long windows and months are. A step is a day.
//!
//! Not here: any code of the fold, which is compared with this; noise, and prices.
//!
//! If a plan has corrections, only the end of a stock is counted ([`CountedHistory::stays`]).

mod cell;
mod counted;
mod person;
mod row;

use std::collections::BTreeSet;

use tidegauge_model::{EventOrder, Plan};

pub use self::counted::{Calendar, CountPlace, CountedHistory};
use self::person::CountedPerson;
pub use self::row::{HistoryRow, standing};

/// Counts a history of rows in any order, by the rule of new stores for rows of one instant; some
/// rows may be copies.
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
