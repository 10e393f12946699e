//! Life cycles with timers and the measures of spells, against the naive counter.
//!
//! Not here: flows and stocks without timers (`laws.rs`); the cost of a contribution (crates
//! `ledger` and `collect`).

#![cfg(test)]

mod host;

use host::fold;
use proptest::prelude::*;
use testkit::counter::{Calendar, CountPlace, CountedHistory, HistoryRow, count};
use testkit::plans::STAYS;
use tidegauge_model::{Measure, Plan, StatisticalUnit};

/// A window is a quarter; here the second one begins early, so that tests cross its beginning. The
/// steps reach into February.
const CALENDAR: Calendar = Calendar {
    first: -20,
    steps: 45,
    window_of: |step| i32::from(step >= 20),
    month_of: |step| if step < 31 { 1 } else { 2 },
};

fn plan() -> Plan {
    Plan::parse(STAYS).expect("a plan")
}

/// The expected counts of each step, without the bases.
fn naive(plan: &Plan, rows: &[HistoryRow]) -> CountedHistory {
    without_bases(count(plan, &CALENDAR, rows))
}

fn fold_all(plan: &Plan, rows: &[HistoryRow], partitions: u8) -> CountedHistory {
    without_bases(fold(plan, &CALENDAR, rows, partitions))
}

fn without_bases(counted: CountedHistory) -> CountedHistory {
    CountedHistory { changes: counted.changes, ..CountedHistory::default() }
}

prop_compose! {
    /// An event whose id is unique to its person on each day; most events grant something.
    fn any_event(persons: u8)(
        step in CALENDAR.first..CALENDAR.steps, second in 0..39_000u16, person in 0..persons,
        id in 0..1000u64, kind in prop::sample::select(vec![0u8, 0, 1, 1, 2, 3, 4, 5]),
        citizenship in 0..3u16, class in 0..2u16,
        until in prop::option::weighted(0.8, -2..15i16),
    ) -> HistoryRow {
        let id = id * 100 + (step - CALENDAR.first) as u64;
        let (kind, codes) = (Some(kind), [citizenship, class]);
        HistoryRow { person, id, step, second, kind, codes, until, ..HistoryRow::PLAIN }
    }
}

fn histories(persons: u8) -> impl Strategy<Value = Vec<HistoryRow>> {
    prop::collection::vec(any_event(persons), 0..150)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_fold_counts_what_a_naive_counter_counts(rows in histories(4)) {
        let plan = plan();
        prop_assert_eq!(fold_all(&plan, &rows, 1), naive(&plan, &rows));
    }

    #[test]
    fn order_and_partitions_change_nothing(
        (rows, shuffled) in histories(5).prop_flat_map(|rows| {
            (Just(rows.clone()), Just(rows).prop_shuffle())
        }),
        partitions in 1..5u8,
    ) {
        let plan = plan();
        prop_assert_eq!(fold_all(&plan, &rows, 1), fold_all(&plan, &shuffled, partitions));
    }

    /// One person contributes no more than the bound in a window; at most once in a (step, cell) if
    /// the unit is PERSONS; at most once in a cell of the window in a dataflow of transitions.
    #[test]
    fn one_person_stays_within_the_bounds(rows in histories(1)) {
        let plan = plan();
        let counted = fold_all(&plan, &rows, 1);
        for (number, flow) in plan.dataflows.iter().enumerate() {
            if flow.present().is_some() {
                continue;
            }
            for window in 0..2 {
                let mut by_cell = vec![0; flow.structure.cells()];
                for (place, &count) in &counted.changes {
                    let is_in_window = (CALENDAR.window_of)(place.occurred) == window;
                    if place.dataflow != number || !is_in_window {
                        continue;
                    }
                    prop_assert!(count >= 0);
                    let once = flow.unit == StatisticalUnit::Persons;
                    prop_assert!(!once || count <= 1, "{}", flow.id);
                    by_cell[place.cell] += count;
                }
                let within = by_cell.iter().sum::<i64>() <= i64::from(flow.bound.window);
                prop_assert!(within, "{}", flow.id);
                if flow.measure == Measure::Transition {
                    prop_assert!(by_cell.iter().all(|&count| count <= 1));
                }
            }
        }
    }
}

/// A person stays on after the date of an authorised stay, and leaves later. No event reports the
/// overstay, but it is counted on the day after the date.
#[test]
fn a_stay_lapses_on_the_day_after_its_last() {
    let plan = plan();
    let row = HistoryRow { person: 1, codes: [1, 0], ..HistoryRow::PLAIN };
    let entered = HistoryRow { id: 1, step: 2, kind: Some(0), until: Some(3), ..row };
    let left = HistoryRow { id: 2, step: 9, kind: Some(1), ..row };
    let counted = fold_all(&plan, &[entered, left], 1);
    let structure = &plan.dataflows[0].structure;
    let count_at = |occurred: i32, transition: &str| {
        let position = structure.dimensions()[1].code_list.position(transition).unwrap();
        let cell = structure.cell(&[1, position]);
        counted.changes.get(&CountPlace { occurred, admitted: None, dataflow: 0, cell })
    };
    assert_eq!(count_at(2, "ENTRY"), Some(&1));
    assert_eq!([5, 6, 7].map(|step| count_at(step, "LAPSE")), [None, Some(&1), None]);
    let departures = ["DEPARTURE_LATE", "DEPARTURE_IN_TIME"].map(|name| count_at(9, name));
    assert_eq!(departures, [Some(&1), None]);
    let extended = HistoryRow { id: 3, step: 5, kind: Some(4), until: Some(30), ..row };
    let counted = fold_all(&plan, &[entered, extended, left], 1);
    assert!(!counted.changes.keys().any(|place| place.dataflow == 3), "nobody has lapsed");
}
