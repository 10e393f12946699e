//! The laws of the fold, against the naive counter.
//!
//! Not here: journals, threads, noise (crate `collect`).

#![cfg(test)]

mod host;

use host::fold;
use proptest::prelude::*;
use testkit::counter::{Calendar, CountPlace, CountedHistory, HistoryRow, count};
use testkit::edit;
use tidegauge_fold::{Event, Kernel, Partition, StepKind};
use tidegauge_model::{EventOrder, Plan};

const STEPS: i32 = 24;
const STEPS_IN_FIRST_MONTH: i32 = 9;
const STEPS_IN_FIRST_WINDOW: i32 = 17;

/// Two windows and two months, both cut short; events come from the day before the start on.
const CALENDAR: Calendar = Calendar {
    first: -1,
    steps: STEPS,
    window_of: |step| i32::from(step >= STEPS_IN_FIRST_WINDOW),
    month_of: |step| if step < STEPS_IN_FIRST_MONTH { 1 } else { 2 },
};

/// Positions of the dataflows in the plan.
const FLOW: usize = 0;
const STOCK: usize = 1;
const AT_BOUND: usize = 2;

/// The plan of crossings with bounds small enough that random histories exceed them.
fn plan(bound: u32, month: u32, changes: u32) -> Plan {
    let text = edit(include_str!("../../../testdata/crossings.toml"))
        .set("dataflow.BORDER_FLOW.bound", i64::from(bound))
        .set("dataflow.BORDER_FLOW.bound_month", i64::from(month))
        .set("dataflow.VISITORS_PRESENT.bound", i64::from(changes));
    Plan::parse(&text.text()).expect("a plan")
}

/// The ready-made plan, whose second dataflow is a balance.
fn balance(changes: u32) -> Plan {
    let text = edit(include_str!("../../../testdata/plans/border.toml"))
        .set("dataflow.VISITORS_PRESENT.bound", i64::from(changes));
    Plan::parse(&text.text()).expect("a plan")
}

/// The expected counts, without the persons present at the end, which a tally does not have.
fn naive(plan: &Plan, rows: &[HistoryRow]) -> CountedHistory {
    CountedHistory { stays: Default::default(), ..count(plan, &CALENDAR, rows) }
}

fn fold_all(plan: &Plan, rows: &[HistoryRow]) -> CountedHistory {
    fold(plan, &CALENDAR, rows, 1)
}

/// The changes of a dataflow in a window, in order of steps.
fn of_window(counted: &CountedHistory, dataflow: usize, window: i32) -> Vec<(CountPlace, i64)> {
    let changes = counted.changes.iter().map(|(place, count)| (*place, *count));
    let is_in_window = |place: &CountPlace| {
        place.dataflow == dataflow && (CALENDAR.window_of)(place.occurred) == window
    };
    changes.filter(|(place, _)| is_in_window(place)).collect()
}

fn histories(persons: u8) -> impl Strategy<Value = Vec<HistoryRow>> {
    let fields = (-1..STEPS, 0..persons, 0..400u64, 0..50u16, 0..2u8, 0..2u16, 0..3u16);
    let row = |(step, person, id, second, kind, point, class)| HistoryRow {
        person,
        id,
        step,
        second,
        kind: Some(kind),
        codes: [point, class],
        ..HistoryRow::PLAIN
    };
    prop::collection::vec(fields.prop_map(row), 0..250)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_fold_counts_what_a_naive_counter_counts(
        rows in histories(6), bound in 1..6u32, month in 1..4u32, changes in 1..7u32,
    ) {
        let plan = plan(bound, month.min(bound), changes);
        prop_assert_eq!(fold_all(&plan, &rows), naive(&plan, &rows));
    }

    #[test]
    fn order_of_arrival_changes_nothing(
        (rows, shuffled) in histories(4).prop_flat_map(|rows| {
            (Just(rows.clone()), Just(rows).prop_shuffle())
        })
    ) {
        let plan = plan(5, 3, 4);
        prop_assert_eq!(fold_all(&plan, &rows), fold_all(&plan, &shuffled));
    }

    #[test]
    fn copies_change_nothing(rows in histories(4), copied in 0..40usize) {
        let plan = plan(5, 3, 4);
        let mut with_copies = rows.clone();
        with_copies.extend(rows.iter().skip(copied).step_by(3));
        prop_assert_eq!(fold_all(&plan, &rows), fold_all(&plan, &with_copies));
    }

    #[test]
    fn one_person_stays_within_the_bounds(
        rows in histories(1), bound in 1..6u32, month in 1..4u32, changes in 1..7u32,
    ) {
        let plan = plan(bound, month.min(bound), changes);
        let counted = fold_all(&plan, &rows);
        for window in 0..2 {
            let flows = of_window(&counted, FLOW, window);
            prop_assert!(flows.iter().all(|(_, count)| *count == 1));
            prop_assert!(flows.len() <= bound as usize);
            for in_month in flows.chunk_by(|(one, _), (next, _)| {
                (CALENDAR.month_of)(one.occurred) == (CALENDAR.month_of)(next.occurred)
            }) {
                prop_assert!(in_month.len() <= month.min(bound) as usize);
            }
            let cut = of_window(&counted, AT_BOUND, window);
            prop_assert!(cut.iter().map(|(_, count)| count).sum::<i64>() <= 1);
            let presence = of_window(&counted, STOCK, window);
            prop_assert!(presence.len() <= changes as usize);
            for pair in presence.windows(2) {
                let ((one, before), (next, after)) = (pair[0], pair[1]);
                prop_assert!(one.occurred < next.occurred && before == -after);
                prop_assert!(before == -1 || one.cell == next.cell, "a stay ends in its own cell");
            }
        }
    }

    /// Over two windows the changes of a balance alternate in sign, each window has no more of them
    /// than its bound, no step has two, and turnover counts each of them.
    #[test]
    fn a_balance_changes_in_turns_over_the_windows(
        rows in histories(1), changes in 1..7u32,
    ) {
        let counted = fold_all(&balance(changes), &rows);
        let at_start = |&(step, dataflow, _): &(i32, usize, usize)| (step, dataflow) == (0, STOCK);
        let mut bases = counted.bases.keys().filter(|key| at_start(key));
        let mut present = bases.next().map(|&(_, _, cell)| cell);
        let count_at = |occurred: i32, cell: usize| {
            let place = CountPlace { occurred, admitted: None, dataflow: STOCK, cell };
            counted.changes.get(&place).copied().unwrap_or(0)
        };
        let mut changes_by_window = [0; 2];
        for step in 0..STEPS {
            let net: Vec<i64> = (0..2).map(|cell| count_at(step, cell)).collect();
            let moved: Vec<usize> = (0..2).filter(|&cell| net[cell] != 0).collect();
            prop_assert!(moved.len() <= 1);
            for (cell, net) in net.iter().enumerate() {
                prop_assert_eq!(count_at(step, 2 + cell), net.abs());
            }
            let Some(&cell) = moved.first() else { continue };
            changes_by_window[(CALENDAR.window_of)(step) as usize] += 1;
            match present {
                Some(at) => prop_assert!(at == cell && net[cell] == -1),
                None => prop_assert_eq!(net[cell], 1),
            }
            present = present.is_none().then_some(cell);
        }
        prop_assert!(changes_by_window.iter().all(|&n| n <= changes));
    }

    #[test]
    fn late_events_move_the_stock_and_count_in_no_flow_without_vintages(
        rows in histories(3), late in 0..STEPS,
    ) {
        let plan = plan(50, 50, 60);
        let kernel = Kernel::new(&plan, EventOrder::LifeCycle).expect("few attributes");
        let mut partition = Partition::new(kernel.width());
        let mut events: Vec<Event> = rows
            .iter()
            .filter(|row| row.step <= late)
            .map(|row| Event { age: 1, ..host::event(&plan, row, row.step) })
            .collect();
        let (mut tally, mut present) = (kernel.tally(), kernel.presence());
        let step = StepKind::Step { window: 0, month: 1, in_window: 0, last: host::FIRST_DAY };
        kernel.fold(&mut partition, &mut events, step, (&mut tally, &mut present));
        prop_assert!(tally.cells(FLOW).iter().all(|&count| count == 0));
        prop_assert_eq!(tally.cells(STOCK), present.cells(STOCK));
    }
}
