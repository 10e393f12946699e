//! A flow of first contributions counts a part of what the other flow counts, for every history.
//!
//! Not here: which plans are refused (crate `model`), and what a flow counts by itself (`laws.rs`,
//! `late.rs`).
//!
//! The rows of one person are read under plans with any bounds and vintages that the parser takes;
//! no bound here is above those of which the refusal is exact, so some histories use them up.

#![cfg(test)]

mod host;

use std::collections::BTreeMap;

use host::{LATE_MAX, LATE_STEPS, WINDOW};
use proptest::prelude::*;
use testkit::counter::{Calendar, CountPlace, HistoryRow};
use testkit::plans::border_with_first_crossings;
use testkit::toml;
use tidegauge_model::Plan;

const FLOW: usize = 0;
const FIRST: usize = 3;

/// Two windows of three months of seven steps each.
const MONTHS: Calendar =
    Calendar { first: 0, steps: 42, window_of: |step| step / 21, month_of: |step| 1 + step / 7 };

/// Bounds of the first contributions and of all of them; the parser refuses some.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    first: (u32, Option<u32>),
    all: (u32, Option<u32>),
    has_vintages: bool,
}

fn bounds() -> impl Strategy<Value = Bounds> {
    let month = || prop_oneof![Just(None), (1..5u32).prop_map(Some)];
    let all_month = prop_oneof![2 => (2..14u32).prop_map(Some), 1 => Just(None)];
    (1..8u32, month(), 1..40u32, all_month, any::<bool>()).prop_map(
        |(first, month, all, all_month, has_vintages)| Bounds {
            first: (first, month.map(|month| month.min(first))),
            all: (all, all_month.map(|month| month.min(all))),
            has_vintages,
        },
    )
}

fn plan(bounds: &Bounds) -> Option<Plan> {
    let mut plan = border_with_first_crossings();
    for (id, (window, month)) in [("FIRST_CROSSINGS", bounds.first), ("BORDER_FLOW", bounds.all)] {
        let key = |key: &str| format!("dataflow.{id}.{key}");
        plan = plan.set(&key("bound"), i64::from(window));
        if plan.has(&key("bound_month")) {
            plan = plan.remove(&key("bound_month"));
        }
        if let Some(month) = month {
            plan = plan.add(&key("bound_month"), i64::from(month));
        }
        if bounds.has_vintages {
            plan = plan.add(&key("vintages"), toml(&format!("[5, {LATE_MAX}]")));
        }
    }
    Plan::parse(&plan.text()).ok()
}

/// One person's events, most of them dense enough to pass every bound.
fn histories(steps: i32) -> impl Strategy<Value = Vec<HistoryRow>> {
    let after = prop_oneof![3 => Just(0), 1 => 0..LATE_MAX + 3];
    let event = (0..steps, after, 0..50u16, 0..2u8, 0..2u16, 0..3u16);
    prop::collection::vec(event, 0..200).prop_map(|given| host::rows(&given))
}

/// How often the person counts in each (step, cell) of a flow, on time and late.
fn counts(
    plan: &Plan,
    calendar: &Calendar,
    rows: &[HistoryRow],
    dataflow: usize,
) -> BTreeMap<CountPlace, i64> {
    let changes = host::fold(plan, calendar, rows, 1).changes;
    changes.into_iter().filter(|(place, _)| place.dataflow == dataflow).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_first_are_a_part_of_all(
        bounds in bounds().prop_filter_map("sound", |bounds| plan(&bounds)),
        rows in histories(MONTHS.steps),
    ) {
        prop_assert!(LATE_MAX <= WINDOW);
        for calendar in [&MONTHS, &LATE_STEPS] {
            let [first, all] = [FIRST, FLOW].map(|flow| counts(&bounds, calendar, &rows, flow));
            for (place, count) in first {
                let there = all.get(&CountPlace { dataflow: FLOW, ..place }).copied().unwrap_or(0);
                prop_assert!((0..=there).contains(&count), "{place:?}: {count} of {there}");
            }
        }
    }
}

/// Where the bound of all is one too low for the bounds of the month, a person who crosses as often
/// as possible uses it up while first contributions still count: the refusal is exact.
#[test]
fn the_refusal_is_exact() {
    // In the first month 5 count there and 2 here, in the second one counts in both.
    let bounds = |all| Bounds { first: (4, Some(2)), all: (all, Some(5)), has_vintages: false };
    // (3 / 2) full months of 3 more, and 3 before the last.
    let needed = 3 + 3 + 1;
    assert!(plan(&bounds(needed)).is_some());
    assert!(plan(&bounds(needed - 1)).is_none());
    // The same history under bounds of two plans that are sound by themselves.
    let rows: Vec<HistoryRow> = [0, 1, 2, 3, 4, 7, 8, 9]
        .iter()
        .enumerate()
        .map(|(id, &step)| HistoryRow {
            id: id as u64,
            step,
            kind: Some((id % 2) as u8),
            ..HistoryRow::PLAIN
        })
        .collect();
    let total = |plan: &Plan, flow: usize| counts(plan, &MONTHS, &rows, flow).len();
    let enough = plan(&bounds(needed)).expect("sound");
    assert_eq!((total(&enough, FLOW), total(&enough, FIRST)), (7, 4));
    let text = border_with_first_crossings()
        .set("dataflow.BORDER_FLOW.bound", i64::from(needed - 1))
        .add("dataflow.BORDER_FLOW.bound_month", 5)
        .remove("dataflow.FIRST_CROSSINGS");
    let too_low = Plan::parse(&text.text()).expect("sound without the first contributions");
    let last = |plan: &Plan, flow| {
        counts(plan, &MONTHS, &rows, flow).into_keys().map(|place| place.occurred).max()
    };
    assert_eq!((last(&too_low, FLOW), last(&enough, FIRST)), (Some(7), Some(8)));
}
