//! Which persons are forgotten, and when: compared with the naive counter, which forgets by the
//! rule.
//!
//! Not here: why a row equal to an unseen person's may be dropped (`kernel::leave`), and deletion
//! from disk (`tidegauge/tests/retention.rs`).

#![cfg(test)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use testkit::counter::{Calendar, CountPlace, HistoryRow, count};
use testkit::edit;
use tidegauge_fold::{
    ATTRIBUTES_MAX, Event, Kernel, NO_CODE, Partition, Pseudonym, StepKind, Tally,
};
use tidegauge_model::{EventOrder, Plan};

const STEPS: u16 = 48;
const STEPS_A_WINDOW: u16 = 6;
const FIRST_DAY: i32 = 19_723;

/// A plan that forgets persons after this many windows.
fn plan(text: &str, windows: u32) -> Plan {
    let plan = edit(text);
    let plan = match plan.has("retention") {
        true => plan.change("retention.persons_windows", i64::from(windows)),
        false => {
            plan.append(&format!("[retention]\nevents_steps = 40\npersons_windows = {windows}\n"))
        }
    };
    Plan::parse(&plan.text()).expect("a plan")
}

/// The plan of crossings with bounds that no person reaches here: other tests cover the bounds.
fn border(windows: u32) -> Plan {
    let text = edit(include_str!("../../../testdata/crossings.toml"))
        .change("dataflow.BORDER_FLOW.bound", 64)
        .change("dataflow.BORDER_FLOW.bound_month", 64)
        .change("dataflow.VISITORS_PRESENT.bound", 64);
    plan(&text.text(), windows)
}

/// The steps of these tests, all in one month, as no bound depends on it.
const CALENDAR: Calendar = Calendar {
    first: 0,
    steps: STEPS as i32,
    window_of: |step| step / STEPS_A_WINDOW as i32,
    month_of: |_| 1,
};

/// (step, person, second, kind: 0 entry, 1 exit, class: 0 is not a visitor).
type GivenCrossing = (u16, u8, u16, u8, u16);

fn event(&(step, person, second, kind, class): &GivenCrossing, id: u64) -> Event {
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    codes[..2].copy_from_slice(&[0, class]);
    let at = (i64::from(FIRST_DAY) + i64::from(step)) * 86_400_000 + i64::from(second) * 1000;
    let pseudonym = Pseudonym::from_bits(u128::from(person) << 64 | 9);
    Event { pseudonym, id, at, kind, age: 0, codes }
}

/// Folds every step; the rows of those who are forgotten leave at the beginning of each window, or
/// never. Returns the tally of each step and the number of rows after it.
fn fold(
    kernel: &Kernel,
    rows_leave: bool,
    steps: u16,
    mut events: impl FnMut(u16) -> Vec<Event>,
) -> Vec<(Tally, usize)> {
    let mut partition = Partition::new(kernel.width());
    let mut fold = |step: u16| {
        let (window, in_window) = (step / STEPS_A_WINDOW, step % STEPS_A_WINDOW);
        if in_window == 0 && rows_leave {
            kernel.drop_forgotten(&mut partition, window.into());
        }
        let last = FIRST_DAY + i32::from(step);
        let (window, in_window) = (window.into(), in_window.into());
        let kind = StepKind::Step { window, month: 1, in_window, last };
        let mut tally = kernel.tally();
        let counts = (&mut tally, &mut kernel.presence());
        kernel.fold(&mut partition, &mut events(step), kind, counts);
        (tally, partition.len())
    };
    (0..steps).map(&mut fold).collect()
}

/// The expected counts of the two dataflows, by (step, dataflow, cell).
fn naive(events: &[GivenCrossing], windows: u16) -> BTreeMap<(i32, usize, usize), i64> {
    let row = |(id, &(step, person, second, kind, class)): (u64, &GivenCrossing)| HistoryRow {
        person,
        id,
        step: step.into(),
        second,
        kind: Some(kind),
        codes: [0, class],
        ..HistoryRow::PLAIN
    };
    let rows: Vec<HistoryRow> = (0..).zip(events).map(row).collect();
    let counted = count(&border(windows.into()), &CALENDAR, &rows).changes;
    let key = |place: CountPlace| (place.occurred, place.dataflow, place.cell);
    counted.into_iter().map(|(place, count)| (key(place), count)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_fold_forgets_as_a_naive_counter_does(
        events in prop::collection::vec((0..STEPS, 0..9u8, 0..50u16, 0..2u8, 0..3u16), 0..60),
        windows in 1..4u16,
    ) {
        let kernel = Kernel::new(&border(windows.into()), EventOrder::LifeCycle);
        let kernel = kernel.expect("few attributes");
        let step_events = |step: u16| -> Vec<Event> {
            let all = events.iter().zip(0..);
            all.filter(|(given, _)| given.0 == step).map(|(given, id)| event(given, id)).collect()
        };
        for rows_leave in [true, false] {
            let mut counts = BTreeMap::new();
            let folded = fold(&kernel, rows_leave, STEPS, step_events);
            for ((tally, _), step) in folded.iter().zip(0..) {
                for dataflow in 0..3 {
                    for (cell, &count) in tally.cells(dataflow).iter().enumerate() {
                        if count != 0 {
                            counts.insert((step, dataflow, cell), count);
                        }
                    }
                }
            }
            prop_assert_eq!(counts, naive(&events, windows));
        }
    }
}

#[test]
fn a_person_who_is_present_or_waits_is_not_forgotten() {
    let kernel = Kernel::new(&border(2), EventOrder::LifeCycle).expect("few attributes");
    let rows = |given: &[GivenCrossing]| -> Vec<usize> {
        let events = |step| given.iter().filter(|g| g.0 == step).map(|g| event(g, 1)).collect();
        fold(&kernel, true, STEPS, events).into_iter().map(|(_, rows)| rows).collect()
    };
    let until = |rows: Vec<usize>| rows.iter().rposition(|&rows| rows > 0);
    assert_eq!(until(rows(&[(3, 1, 0, 0, 1)])), Some(47), "a visitor who is present");
    // Two whole windows, the second and the third.
    assert_eq!(until(rows(&[(3, 1, 0, 1, 1)])), Some(17), "a person abroad");
    assert_eq!(until(rows(&[(3, 1, 0, 0, 0)])), Some(17), "a person in no stock");

    let plan = plan(include_str!("../../../testdata/plans/exit-metrics.toml"), 1);
    let kernel = Kernel::new(&plan, EventOrder::LifeCycle).expect("few attributes");
    let entry = plan.life_cycle.kind("ENTRY").expect("a kind") as u8;
    let exit = plan.life_cycle.kind("EXIT").expect("a kind") as u8;
    let until = |exit_too: bool| {
        let events = |step: u16| {
            let mut entered = event(&(step, 1, 0, entry, 0), 1);
            entered.codes[plan.attributes.len()] = (FIRST_DAY + 30) as u16;
            let mut left = event(&(step, 1, 9, exit, 0), 2);
            left.codes[plan.attributes.len()] = NO_CODE;
            match (step, exit_too) {
                (2, true) => vec![entered, left],
                (2, false) => vec![entered],
                _ => vec![],
            }
        };
        let rows = fold(&kernel, true, STEPS, events);
        rows.iter().rposition(|(_, rows)| *rows > 0)
    };
    assert_eq!(until(true), Some(11), "a person who has left waits for nothing");
    assert_eq!(until(false), Some(47), "a timer runs, then the stay goes on past its date");
}
