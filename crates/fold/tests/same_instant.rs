//! Events of one person at the same instant: whatever the order of arrival and the ids, one state
//! and one count, that of the naive counter.
//!
//! Not here: the order itself for each day of the ready-made models (`kernel/together.rs`), files
//! and stores (`tidegauge/tests/same_instant.rs`).

#![cfg(test)]

mod host;

use host::{fold, fold_in};
use proptest::prelude::*;
use testkit::counter::{Calendar, CountedHistory, HistoryRow, count, count_in};
use testkit::plans::{STAYS, with_corrections};
use testkit::{edit, toml};
use tidegauge_fold::{Event, Kernel, Partition, Rows, StepKind, Tally};
use tidegauge_model::plan::LifeCycle;
use tidegauge_model::{EventOrder, Measure, Plan};

const LATE_MAX: i32 = 8;

const CALENDAR: Calendar =
    Calendar { first: 0, steps: 30, window_of: |step| step / 15, month_of: |_| 1 };

/// Plans with timers and every measure: without corrections and with them, without late vintages
/// and with them.
fn plans() -> Vec<Plan> {
    let late = ["TRANSITIONS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"];
    let with_vintages = late.iter().fold(edit(STAYS), |plan, id| {
        plan.add(&format!("dataflow.{id}.vintages"), toml(&format!("[3, {LATE_MAX}]")))
    });
    let texts = [
        edit(STAYS),
        with_corrections(edit(STAYS)),
        with_vintages.clone(),
        with_corrections(with_vintages),
    ];
    texts.iter().map(|plan| Plan::parse(&plan.text()).expect("a plan")).collect()
}

/// (step, id, second, how much later it came, what it says, revision).
type GivenRow = (i32, u64, u16, i32, (Option<u8>, u16, Option<i16>), u16);

/// Few instants with many events, of which many say the same; with late rows and corrections.
fn histories(revisions: u16) -> impl Strategy<Value = Vec<HistoryRow>> {
    let after = prop_oneof![3 => Just(0), 2 => 0..LATE_MAX + 2];
    let kind = prop_oneof![6 => (0..6u8).prop_map(Some), 1 => Just(None)];
    let until = prop::option::weighted(0.6, -1..3i16);
    let what = (kind, 0..2u16, until);
    let one = (0..5i32, 0..8u64, 0..2u16, after, what, 0..=revisions);
    let row =
        move |(step, id, second, after, (kind, class, until), revision): GivenRow| HistoryRow {
            step: step * 4,
            id: id + 10 * step as u64,
            second,
            after,
            kind: if revisions == 0 { kind.or(Some(0)) } else { kind },
            codes: [1, class],
            until,
            revision,
            ..HistoryRow::PLAIN
        };
    prop::collection::vec(one.prop_map(row), 0..40)
}

/// A plan without corrections takes only rows that state an event.
fn of_plan(plan: &Plan, rows: &[HistoryRow]) -> Vec<HistoryRow> {
    if plan.life_cycle.corrections {
        return rows.to_vec();
    }
    let plain = rows.iter().filter(|row| row.stands());
    let mut rows: Vec<HistoryRow> = plain.map(|row| HistoryRow { revision: 0, ..*row }).collect();
    rows.sort_by_key(|row| (row.id, row.after));
    rows.dedup_by_key(|row| row.id);
    rows
}

/// What is compared: the naive counter counts no steps of a stock of a plan with corrections.
fn comparable(plan: &Plan, counted: CountedHistory) -> CountedHistory {
    let is_counted = |dataflow: usize| {
        let flow = &plan.dataflows[dataflow];
        flow.present().is_none() || !plan.life_cycle.corrections
    };
    let changes = counted.changes.into_iter().filter(|(place, _)| is_counted(place.dataflow));
    CountedHistory { changes: changes.collect(), ..CountedHistory::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_fold_counts_what_a_naive_counter_counts(rows in histories(3)) {
        for plan in plans() {
            let rows = of_plan(&plan, &rows);
            for order in [EventOrder::LifeCycle, EventOrder::IdDigest] {
                let folded = comparable(&plan, fold_in(&plan, order, &CALENDAR, &rows, 1));
                let naive = comparable(&plan, count_in(&plan, order, &CALENDAR, &rows));
                prop_assert_eq!(folded, naive);
            }
        }
    }

    /// Ids are digests under a store's key: other ids stand for another key.
    #[test]
    fn other_ids_count_the_same(rows in histories(3), odd: u64, mask: u64) {
        for plan in plans() {
            let rows = of_plan(&plan, &rows);
            let other_id = |id: u64| id.wrapping_mul(odd | 1) ^ mask;
            let others = rows.iter().map(|row| HistoryRow { id: other_id(row.id), ..*row });
            let others: Vec<HistoryRow> = others.collect();
            let folded = |rows: &[HistoryRow]| fold(&plan, &CALENDAR, rows, 1);
            prop_assert_eq!(folded(&rows), folded(&others));
        }
    }
}

/// The state and the tally after one step of events at one instant.
fn state(kernel: &Kernel, events: &[Event]) -> (Rows, Tally) {
    let (mut partition, mut tally) = (Partition::new(kernel.width()), kernel.tally());
    let mut present = kernel.presence();
    let step = StepKind::Step { window: 0, month: 1, in_window: 0, last: host::FIRST_DAY };
    kernel.fold(&mut partition, &mut events.to_vec(), step, (&mut tally, &mut present));
    (partition.all_rows(), tally)
}

/// Every order of the elements.
fn orders<T: Clone>(all: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = all.split_first() else { return vec![vec![]] };
    let insert = |order: Vec<T>| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, first.clone());
            order
        })
    };
    orders(rest).into_iter().flat_map(insert).collect()
}

#[test]
fn every_order_of_arrival_gives_one_state() {
    let kinds = [[0, 1, 0, 3, 4, 5], [0, 0, 0, 1, 1, 2], [1, 3, 3, 4, 5, 0]];
    for plan in plans() {
        let kernel = Kernel::new(&plan, EventOrder::LifeCycle).expect("few codes");
        for kinds in kinds {
            let row = |(id, kind): (u64, u8)| HistoryRow {
                id,
                kind: Some(kind),
                codes: [1, (id % 2) as u16],
                until: Some(id as i16 - 2),
                ..HistoryRow::PLAIN
            };
            let events = (0..).zip(kinds).map(|given| host::event(&plan, &row(given), 0));
            let events: Vec<Event> = events.collect();
            let expected = state(&kernel, &events);
            for arrival in orders(&events) {
                assert!(state(&kernel, &arrival) == expected, "{kinds:?}");
            }
        }
    }
}

/// More events than one search orders: groups of eight, in the order of the ranks.
#[test]
fn more_than_eight_events_are_taken_in_groups_by_rank() {
    let plan = Plan::parse(STAYS).expect("a plan");
    let row = |id: u64, kind: u8| HistoryRow { id, kind: Some(kind), ..HistoryRow::PLAIN };
    // By rank, ten entries come before ten exits: a group of entries, one of two entries and six
    // exits, one of exits. Only four transitions are made.
    let rows: Vec<HistoryRow> = (0..20).map(|id| row(id, (id % 2) as u8)).collect();
    assert_eq!(fold(&plan, &CALENDAR, &rows, 1).changes, count(&plan, &CALENDAR, &rows).changes);
}

/// The cells of a dataflow whose dimension of transitions has this code.
fn total(plan: &Plan, tally: &Tally, number: usize, transition: &str) -> i64 {
    let structure = &plan.dataflows[number].structure;
    let lists = structure.dimensions().iter().map(|dimension| &dimension.code_list);
    let find =
        lists.enumerate().find_map(|(place, list)| Some((place, list.position(transition)?)));
    let (place, code) = find.expect("a dimension with the transition");
    let cells = tally.cells(number).iter().enumerate();
    let of_code = cells.filter(|(cell, _)| structure.positions(*cell)[place] == code);
    of_code.map(|(_, count)| count).sum()
}

/// Ten thousand persons apply and withdraw on one day, of which a source knows only the date.
#[test]
fn applications_withdrawn_on_their_day_are_withdrawn() {
    let plan = Plan::parse(include_str!("../../../testdata/plans/asylum.toml")).expect("a plan");
    let cycle: &LifeCycle = &plan.life_cycle;
    let kinds = ["APPLICATION", "WITHDRAWAL"].map(|kind| cycle.kind(kind).expect("a kind") as u8);
    let kernel = Kernel::new(&plan, EventOrder::LifeCycle).expect("few codes");
    let event = |(person, kind): (u64, u8)| {
        let id = (2 * person + u64::from(kind)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let row = HistoryRow { id, kind: Some(kind), ..HistoryRow::PLAIN };
        let event = host::event(&plan, &row, 0);
        let codes = event.codes.map(|code| code.min(1));
        let pseudonym = tidegauge_fold::Pseudonym::from_bits(u128::from(person) << 100);
        Event { pseudonym, codes, ..event }
    };
    let both = (0..10_000).flat_map(|person| kinds.map(|kind| (person, kind)));
    let mut events: Vec<Event> = both.map(event).collect();
    let (mut partition, mut tally) = (Partition::new(kernel.width()), kernel.tally());
    let mut present = kernel.presence();
    let step = StepKind::Step { window: 0, month: 1, in_window: 0, last: host::FIRST_DAY + 30 };
    kernel.fold(&mut partition, &mut events, step, (&mut tally, &mut present));
    let is_by_transition = |flow: &str| plan.dataflow(flow).expect("a dataflow").0;
    let applications = is_by_transition("APPLICATIONS");
    assert_eq!(total(&plan, &tally, applications, "FIRST_APPLICATION"), 10_000);
    assert_eq!(total(&plan, &tally, applications, "WITHDRAWAL"), 10_000);
    for (number, flow) in plan.dataflows.iter().enumerate() {
        if matches!(flow.measure, Measure::Stock { .. } | Measure::Balance { .. }) {
            assert!(tally.cells(number).iter().all(|&count| count == 0), "{}", flow.id);
        }
    }
}
