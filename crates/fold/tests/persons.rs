//! Persons do not meet in the fold: what it counts for several persons together is the sum of what
//! it counts for each of them alone, whatever the others do in the same cell, step and window.
//!
//! Here several persons have events with the same ids, instants and codes, so that every mark,
//! count or bound that forgot whose it is would be shared. The other tests of late and corrected
//! events fold one person at a time.
//!
//! Not here: what counts for one person (`late.rs`, `corrections.rs`, `late_moves.rs`), and the
//! same law on a store (crate `appraise`, module `audit::laws`).

#![cfg(test)]

mod host;

use host::{CROSSINGS, LATE_MAX, LATE_STEPS, OncePer, with_vintages};
use proptest::prelude::*;
use testkit::counter::{CountedHistory, HistoryRow};
use testkit::plans::{STAYS, spells_as_tables, with_corrections};
use testkit::{edit, toml};
use tidegauge_model::Plan;

const PERSONS: u8 = 3;

/// The counts of all persons folded together.
fn together(plan: &Plan, rows: &[HistoryRow]) -> CountedHistory {
    host::fold(plan, &LATE_STEPS, rows, 1)
}

/// The sum of the counts of each person folded alone.
fn alone(plan: &Plan, rows: &[HistoryRow]) -> CountedHistory {
    let mut sum = CountedHistory::default();
    for person in 0..PERSONS {
        let own: Vec<_> = rows.iter().filter(|row| row.person == person).copied().collect();
        let counted = host::fold(plan, &LATE_STEPS, &own, 1);
        for (place, count) in counted.changes {
            *sum.changes.entry(place).or_default() += count;
        }
        for (place, count) in counted.bases {
            *sum.bases.entry(place).or_default() += count;
        }
    }
    sum.changes.retain(|_, count| *count != 0);
    sum
}

/// Rows of several persons in few places: one step in the middle of a window, one on each side of
/// its turn, one in the last window.
fn crowded() -> impl Strategy<Value = Vec<HistoryRow>> {
    let step = prop::sample::select(vec![-1, 3, 3, 13, 14, 30]);
    let after = prop_oneof![2 => Just(0), 3 => 0..LATE_MAX + 2];
    let kind = prop_oneof![4 => (0..4u8).prop_map(Some), 1 => Just(None)];
    let until = prop::option::of(-1..6i16);
    let fields = (0..PERSONS, 0..6u64, step, after, kind, 0..2u16, until, 0..3u16);
    let row = |(person, id, step, after, kind, class, until, revision)| HistoryRow {
        person,
        id,
        step,
        after: if step < 0 { 0 } else { after },
        second: id as u16,
        kind,
        codes: [0, class],
        until,
        revision,
    };
    prop::collection::vec(fields.prop_map(row), 0..60)
}

/// The rows as events that cannot be corrected, of so many kinds.
fn plain(rows: &[HistoryRow], kinds: u8) -> Vec<HistoryRow> {
    let row = |(id, row): (u64, &HistoryRow)| HistoryRow {
        // The same ids for each person.
        id: id / u64::from(PERSONS),
        kind: Some(row.kind.unwrap_or(0) % kinds),
        revision: 0,
        ..*row
    };
    (0..).zip(rows).map(row).collect()
}

/// The rows with kinds below this number.
fn with_kinds(rows: &[HistoryRow], kinds: u8) -> Vec<HistoryRow> {
    let of_kind = |row: &HistoryRow| HistoryRow { kind: row.kind.map(|kind| kind % kinds), ..*row };
    rows.iter().map(of_kind).collect()
}

/// A plan with every measure, whose dataflows of transitions have vintages; it forgets persons.
fn stays(corrections: bool, tables: bool) -> Plan {
    let plan = if tables { spells_as_tables(edit(STAYS), true) } else { edit(STAYS) };
    let late = ["TRANSITIONS", "EVENTS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"];
    let plan = late.iter().fold(plan, |plan, id| {
        plan.add(&format!("dataflow.{id}.vintages"), toml(&format!("[5, {LATE_MAX}]")))
    });
    let plan = if corrections { with_corrections(plan) } else { plan };
    let text = plan.append("[retention]\nevents_steps = 40\npersons_windows = 1\n").text();
    Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nobody_changes_what_others_count_late(
        rows in crowded(), bound in 1..5u32, once in OncePer::any(),
    ) {
        let plan = with_vintages(edit(CROSSINGS), bound, bound, once);
        let rows = plain(&rows, 2);
        prop_assert_eq!(together(&plan, &rows), alone(&plan, &rows));
    }

    #[test]
    fn nobody_changes_what_others_count_corrected(
        rows in crowded(), bound in 1..5u32, once in OncePer::any(),
    ) {
        let plan = with_vintages(with_corrections(edit(CROSSINGS)), bound, bound, once);
        let rows = with_kinds(&rows, 2);
        prop_assert_eq!(together(&plan, &rows), alone(&plan, &rows));
    }

    #[test]
    fn nobody_changes_what_others_count_in_any_measure(
        rows in crowded(), tables: bool, corrections: bool,
    ) {
        let plan = stays(corrections, tables);
        let rows = if corrections { rows } else { plain(&rows, 4) };
        prop_assert_eq!(together(&plan, &rows), alone(&plan, &rows));
    }
}

/// The law is not vacuous: two persons whose events come late into one cell count there twice, also
/// if another one was there before.
#[test]
fn a_late_event_counts_beside_an_earlier_one_of_another_person() {
    let plan = with_vintages(edit(CROSSINGS), 4, 4, OncePer::Cell);
    let row = |person, after| HistoryRow { person, step: 3, after, ..HistoryRow::PLAIN };
    let counted = together(&plan, &[row(0, 0), row(1, 2), row(2, 2)]);
    let flow = counted.changes.iter().filter(|(place, _)| place.dataflow == 0);
    let by_admission: Vec<_> = flow.map(|(place, count)| (place.admitted, *count)).collect();
    assert_eq!(by_admission, [(None, 1), (Some(5), 2)]);
}
