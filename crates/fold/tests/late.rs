//! Late events in flows with vintages, checked against a naive implementation of the rule.
//!
//! Not here: on-time events (`laws.rs`), when a step is measured again (crate `collect`).

#![cfg(test)]

mod host;

use std::collections::BTreeMap;

use host::{CROSSINGS, GivenLate, LATE_MAX, LATE_STEPS, OncePer, WINDOW, rows, with_vintages};
use proptest::prelude::*;
use testkit::counter::{CountPlace, HistoryRow, count};
use testkit::edit;
use tidegauge_model::Plan;

/// A plan with one late vintage and bounds small enough that random histories exceed them.
fn plan(bound: u32, month: u32, once: OncePer) -> Plan {
    with_vintages(edit(CROSSINGS), bound, month, once)
}

/// The counts of the flow, by place.
type FlowChanges = BTreeMap<CountPlace, i64>;

/// Counts by the kernel.
fn fold(plan: &Plan, rows: &[HistoryRow]) -> FlowChanges {
    flow_of(host::fold(plan, &LATE_STEPS, rows, 1).changes)
}

fn flow_of(changes: FlowChanges) -> FlowChanges {
    changes.into_iter().filter(|(place, _)| place.dataflow == 0).collect()
}

fn histories() -> impl Strategy<Value = Vec<HistoryRow>> {
    let after = prop_oneof![2 => Just(0), 3 => 0..LATE_MAX + 3];
    let event = (0..LATE_STEPS.steps, after, 0..50u16, 0..2u8, 0..2u16, 0..3u16);
    prop::collection::vec(event, 0..120).prop_map(|given| rows(&given))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn late_events_count_as_the_rule_says(
        rows in histories(), bound in 1..9u32, month in 1..5u32, once in OncePer::any(),
    ) {
        let plan = plan(bound, month.min(bound), once);
        let counted = flow_of(count(&plan, &LATE_STEPS, &rows).changes);
        prop_assert_eq!(fold(&plan, &rows), counted);
    }

    /// Events take from the bound of the window in which they occurred, whenever they were
    /// admitted. In a flow of PERSONS a person counts once in each (step, cell) over all vintages,
    /// and once in each step if the flow is a table.
    #[test]
    fn on_time_and_late_together_stay_within_the_bound(
        rows in histories(), bound in 1..9u32, once in OncePer::any(),
    ) {
        let plan = plan(bound, bound, once);
        let counted = fold(&plan, &rows);
        let (mut windows, mut cells) = (BTreeMap::new(), BTreeMap::new());
        for (&CountPlace { occurred, cell, .. }, &count) in &counted {
            *windows.entry(occurred / WINDOW).or_insert(0) += count;
            *cells.entry((occurred, once.place(cell))).or_insert(0) += count;
        }
        prop_assert!(windows.values().all(|&count| count <= i64::from(bound)));
        prop_assert!(once == OncePer::Event || cells.values().all(|&count| count == 1));
    }
}

/// The steps of occurrence and of admission of everything that counts.
fn places(plan: &Plan, events: &[GivenLate]) -> Vec<(i32, Option<i32>)> {
    let counted = fold(plan, &rows(events));
    counted.keys().map(|place| (place.occurred, place.admitted)).collect()
}

/// Makes sure that the laws above are not vacuous: late events count, in this window and in the one
/// before.
#[test]
fn a_late_event_counts_for_its_own_step() {
    let plan = plan(4, 4, OncePer::Cell);
    let events = [(3, 0, 1, 0, 0, 0), (WINDOW - 1, 5, 1, 1, 0, 0), (WINDOW + 4, 9, 1, 0, 1, 1)];
    let late = |step: i32, after: i32| (step, Some(step + after));
    assert_eq!(places(&plan, &events), [(3, None), late(WINDOW - 1, 5), late(WINDOW + 4, 9)]);
}

/// A table counts a late event if its person was not counted in the step, whatever the cell.
#[test]
fn a_table_counts_a_late_event_once_in_a_step() {
    // One on time; one late in the same step and another cell; one late in another step, then a
    // second one in that step.
    let events = [(3, 0, 1, 0, 0, 0), (3, 2, 2, 1, 1, 1), (4, 2, 1, 0, 1, 1), (4, 3, 2, 1, 0, 0)];
    let places = |once| places(&plan(9, 9, once), &events);
    assert_eq!(places(OncePer::Step), [(3, None), (4, Some(6))]);
    // Entry and exit of a day both count; a second entry does not.
    let both = [(3, None), (3, Some(5)), (4, Some(6)), (4, Some(7))];
    assert_eq!(places(OncePer::StepAndDirection), both);
    assert_eq!(places(OncePer::Cell), [(3, None), (3, Some(5)), (4, Some(6)), (4, Some(7))]);
}
