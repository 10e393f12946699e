//! A person whose events all occurred in one window moves measurements of no more windows than the
//! plan says (`Plan::windows_moved`), however late the events are admitted.
//!
//! Not here: what such a person costs in each of them (the price of a window).

#![cfg(test)]

mod host;

use std::collections::BTreeSet;

use host::{CROSSINGS, LATE_MAX, LATE_STEPS, WINDOW};
use proptest::prelude::*;
use testkit::counter::{CountedHistory, HistoryRow};
use testkit::plans::with_corrections;
use testkit::{PlanText, edit, toml};
use tidegauge_model::Plan;

const LENGTHS: &str = r#"
[[code_list]]
id = "CL_LENGTH"
version = "1.0.0"
name = "Length"
codes = [{ id = "SHORT", name = "Short" }, { id = "LONG", name = "Long" }]

[[dataflow]]
id = "LENGTHS"
name = "Lengths of visits"
description = "Visits that end, by their length."
measure = "duration"
statuses = ["PRESENT"]
bands = ["5 d"]
unit = "PERSONS"
step = "day"
bound = 4
share = "1/25"
strategy = "calendar_blt"
dimensions = [{ id = "LENGTH", from = "band", code_list = "CL_LENGTH" }]
"#;

/// How persons present are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Uncounted,
    /// From a base that is measured once.
    GoesOn,
    /// From a base in each window.
    EachWindow,
}

fn plan(presence: Presence, vintages: bool, corrections: bool) -> Plan {
    let stock = |key: &str| format!("dataflow.VISITORS_PRESENT.{key}");
    let text = edit(CROSSINGS).change("dataflow.AT_BOUND.share", "1/100").append(LENGTHS);
    let text = text.append(&format!("[retention]\nevents_steps = {}\n", LATE_MAX + 2));
    let text = match presence {
        Presence::Uncounted => {
            text.remove("dataflow.VISITORS_PRESENT").remove("code_list.CL_VISITOR_CLASS")
        }
        Presence::GoesOn => text.change(&stock("strategy"), "blt"),
        Presence::EachWindow => text,
    };
    let late = |text: PlanText, id: &str| {
        text.add(&format!("dataflow.{id}.vintages"), toml(&format!("[5, {LATE_MAX}]")))
    };
    let text = if vintages { late(late(text, "BORDER_FLOW"), "LENGTHS") } else { text };
    let text = if corrections { with_corrections(text) } else { text };
    Plan::parse(&text.text()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The windows of the tests' calendar whose measurements the rows move. A late count belongs to the
/// window in which it occurred.
fn moved(plan: &Plan, rows: &[HistoryRow]) -> BTreeSet<i32> {
    let CountedHistory { changes, bases, .. } = host::fold(plan, &LATE_STEPS, rows, 1);
    let changed = changes.keys().map(|place| place.occurred / WINDOW);
    // The base of a level that goes on is measured in the plan's first window only.
    let is_measured = |step: i32, flow: usize| step == 0 || !plan.dataflows[flow].continues();
    let based = bases.iter().filter(|((step, flow, _), n)| **n != 0 && is_measured(*step, *flow));
    let based = based.map(|((step, ..), _)| step / WINDOW);
    changed.chain(based).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn events_of_one_window_move_no_more_than_the_plan_says(
        window in 0..2i32,
        rows in prop::collection::vec(
            (0..WINDOW, 0..=LATE_MAX + 2, 0..2u8, 1..3u16, 0..3u16), 0..12,
        ),
        goes_on: bool, vintages: bool, corrections: bool,
    ) {
        let presence = if goes_on { Presence::GoesOn } else { Presence::Uncounted };
        let plan = plan(presence, vintages, corrections);
        let row = |(id, (step, after, kind, class, revision))| HistoryRow {
            id: if corrections { id % 4 } else { id },
            step: window * WINDOW + step,
            after,
            kind: Some(kind),
            codes: [0, class],
            revision: if corrections { revision } else { 0 },
            ..HistoryRow::PLAIN
        };
        let rows: Vec<_> = (0..).zip(rows).map(row).collect();
        let most = window + plan.windows_moved() as i32;
        prop_assert_eq!(plan.windows_moved(), if goes_on { 2 } else { 1 });
        let moved = moved(&plan, &rows);
        prop_assert!(moved.iter().all(|moved| (window..most).contains(moved)), "{:?}", moved);
    }
}

/// The numbers are reached: a late entry moves the next window where presence goes on, and every
/// later window where each has a base.
#[test]
fn the_numbers_are_reached() {
    let entry = HistoryRow { step: 13, after: 3, codes: [0, 1], ..HistoryRow::PLAIN };
    let on_time = HistoryRow { after: 0, ..entry };
    let of = |presence| plan(presence, true, false);
    assert_eq!(moved(&of(Presence::Uncounted), &[entry]), BTreeSet::from([0]));
    assert_eq!(moved(&of(Presence::GoesOn), &[on_time]), BTreeSet::from([0]));
    assert_eq!(moved(&of(Presence::GoesOn), &[entry]), BTreeSet::from([0, 1]));
    let each = of(Presence::EachWindow);
    assert_eq!(moved(&each, &[on_time]), BTreeSet::from([0, 1, 2]));
    assert_eq!(each.windows_moved(), each.privacy.windows);
}
