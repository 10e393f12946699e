//! Corrections and retractions, checked against a naive implementation of the rule.
//!
//! Not here: files and stores (`tidegauge/tests/corrections.rs`), late events that correct nothing
//! (`late.rs`).

#![cfg(test)]

mod host;

use std::collections::{BTreeMap, BTreeSet};

use host::{CROSSINGS, LATE_MAX, LATE_STEPS, OncePer, WINDOW, with_vintages};
use proptest::prelude::*;
use testkit::counter::{CountPlace, HistoryRow, count, standing};
use testkit::edit;
use testkit::plans::with_corrections;
use tidegauge_model::Plan;

/// Position of the stock in the plan, after the flow.
const STOCK: usize = 1;

/// A plan whose events can be corrected, with one late vintage and bounds small enough that random
/// histories exceed them.
fn plan(bound: u32, month: u32, once: OncePer) -> Plan {
    with_vintages(with_corrections(edit(CROSSINGS)), bound, month, once)
}

/// The cell of the flow in which the row of an entry or exit counts.
fn cell(row: &HistoryRow) -> usize {
    let kind = usize::from(row.kind.expect("not a retraction"));
    let [point, class] = row.codes.map(usize::from);
    (point * 2 + kind) * 3 + class
}

/// Increments of the flow by (step of occurrence, step of admission or `None` if on time, cell),
/// and of the stock by (step, cell). Zeros are left out.
#[derive(Debug, Default, PartialEq)]
struct FlowAndStock {
    flow: BTreeMap<(i32, Option<i32>, usize), i64>,
    stock: BTreeMap<(i32, usize), i64>,
}

fn increments(changes: BTreeMap<CountPlace, i64>) -> FlowAndStock {
    let mut increments = FlowAndStock::default();
    for (CountPlace { occurred, admitted, dataflow, cell }, count) in changes {
        if dataflow == STOCK {
            increments.stock.insert((occurred, cell), count);
        } else if dataflow == 0 {
            increments.flow.insert((occurred, admitted, cell), count);
        }
    }
    increments
}

/// Counts by the kernel.
fn fold(plan: &Plan, rows: &[HistoryRow]) -> FlowAndStock {
    increments(host::fold(plan, &LATE_STEPS, rows, 1).changes)
}

/// Few events with many rows each. One id can occur in two steps; it then names two events.
fn histories() -> impl Strategy<Value = Vec<HistoryRow>> {
    let after = prop_oneof![2 => Just(0), 3 => 0..LATE_MAX + 3];
    let kind = prop_oneof![3 => Just(Some(0u8)), 3 => Just(Some(1u8)), 2 => Just(None)];
    let fields = (0..12u64, 0..5i32, after, 0..9u16, kind, 0..2u16, 0..3u16, 0..4u16);
    let row = fields.prop_map(|(id, shift, after, second, kind, point, class, revision)| {
        let step = (id as i32 * 2 + shift / 4).min(LATE_STEPS.steps - 1);
        HistoryRow {
            id,
            step,
            after,
            second,
            kind,
            codes: [point, class],
            revision,
            ..HistoryRow::PLAIN
        }
    });
    prop::collection::vec(row, 0..70)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_fold_corrects_as_a_naive_counter_does(
        rows in histories(), bound in 1..9u32, month in 1..5u32, once in OncePer::any(),
    ) {
        let plan = plan(bound, month.min(bound), once);
        let (folded, naive) = (fold(&plan, &rows), count(&plan, &LATE_STEPS, &rows));
        prop_assert_eq!(folded.flow, increments(naive.changes).flow);
        // The classes of visitors are the second and third of the plan's; no history reaches the
        // bound of the stock. All rows arrive some steps before the last one, so no stay is still
        // being moved.
        let mut cells = BTreeMap::new();
        for (&(_, cell), count) in &folded.stock {
            *cells.entry(cell).or_insert(0) += count;
        }
        cells.retain(|_, count| *count != 0);
        let expected = naive.stays.get(&(0, STOCK)).map(|&cell| (cell, 1));
        prop_assert_eq!(cells, expected.into_iter().collect());
    }

    #[test]
    fn order_and_copies_change_nothing(
        rows in histories(), later in 0..4, once in OncePer::any(),
    ) {
        let plan = plan(6, 4, once);
        let expected = fold(&plan, &rows);
        let reversed: Vec<HistoryRow> = rows.iter().rev().copied().collect();
        prop_assert_eq!(&fold(&plan, &reversed), &expected);
        let copies = rows.iter().map(|row| HistoryRow { after: row.after + later, ..*row });
        let twice: Vec<HistoryRow> = copies.chain(rows.iter().copied()).collect();
        prop_assert_eq!(&fold(&plan, &twice), &expected);
    }

    /// Retracting events that never occurred changes nothing, whenever the retraction comes.
    #[test]
    fn an_open_step_sees_only_what_stands(rows in histories(), once in OncePer::any()) {
        let plan = plan(6, 4, once);
        let rows: Vec<HistoryRow> =
            rows.into_iter().map(|row| HistoryRow { after: 0, ..row }).collect();
        let keys: BTreeSet<(i32, u64)> = rows.iter().map(|row| (row.step, row.id)).collect();
        let mut standing_rows: Vec<HistoryRow> = keys
            .iter()
            .filter_map(|&key| standing(&rows, key, LATE_STEPS.steps))
            .filter(HistoryRow::stands)
            .collect();
        let expected = fold(&plan, &rows);
        prop_assert_eq!(&fold(&plan, &standing_rows), &expected);
        let unknown = |id| HistoryRow { id, kind: None, after: (id % 3) as i32, ..rows[0] };
        if !rows.is_empty() {
            standing_rows.extend((100..110).map(unknown));
            prop_assert_eq!(&fold(&plan, &standing_rows), &expected);
        }
    }

    /// The price of late counts relies on this: every change is a contribution within the bound,
    /// and in a flow of PERSONS no change moves a measurement by more than one.
    #[test]
    fn no_correction_passes_a_bound(
        rows in histories(), bound in 1..9u32, once in OncePer::any(),
    ) {
        let persons = once != OncePer::Event;
        let plan = plan(bound, bound, once);
        let counted = fold(&plan, &rows);
        let (mut windows, mut cells) = (BTreeMap::new(), BTreeMap::new());
        for (&(occurred, _, cell), &count) in &counted.flow {
            prop_assert!(!persons || count.abs() == 1);
            *windows.entry(occurred / WINDOW).or_insert(0) += count.unsigned_abs();
            *cells.entry((occurred, cell)).or_insert(0) += count;
        }
        prop_assert!(windows.values().all(|&count| count <= u64::from(bound)));
        prop_assert!(cells.values().all(|&count| count >= 0 && (!persons || count <= 1)));
        if once.is_table() {
            // In a table a person counts in one cell of a step (for each direction, if that stands
            // apart) or in none after every vintage. So the changes that reach one vintage at most
            // move the person from one cell to another.
            let mut standing = BTreeMap::<(i32, usize), BTreeMap<usize, i64>>::new();
            let mut by_vintage: Vec<_> = counted.flow.iter().collect();
            by_vintage.sort_by_key(|((occurred, admitted, _), _)| (*occurred, *admitted));
            for changes in by_vintage.chunk_by(|one, next| {
                (one.0.0, one.0.1) == (next.0.0, next.0.1)
            }) {
                for &(&(occurred, _, cell), &count) in changes {
                    let cells = standing.entry((occurred, once.place(cell))).or_default();
                    *cells.entry(cell).or_insert(0) += count;
                }
                for cells in standing.values() {
                    prop_assert!(cells.values().all(|&count| count >= 0));
                    prop_assert!(cells.values().sum::<i64>() <= 1);
                }
            }
        }
        // A stock rises and falls alternately, at most once in a step.
        let (mut steps, mut present) = (BTreeSet::new(), 0);
        for (&(step, _), &count) in &counted.stock {
            prop_assert!(steps.insert(step), "two changes in a step");
            present += count;
            prop_assert!(count.abs() == 1 && (0..=1).contains(&present));
        }
    }

    /// Within the bound nothing is lost and nothing is invented: the vintages of a step add up to
    /// the standing rows, however often and in whatever order these were corrected and retracted.
    #[test]
    fn vintages_add_up_to_what_stands(
        after in prop::collection::vec(
            (0..LATE_MAX, 0..2u16, 0..3u16, prop::bool::weighted(0.3)),
            1..9,
        ),
        once in OncePer::any(),
    ) {
        let plan = plan(24, 24, once);
        let rows: Vec<HistoryRow> = (0..)
            .zip(&after)
            .map(|(revision, &(after, point, class, retracts))| HistoryRow {
                id: 1,
                step: 10,
                after,
                kind: (!retracts).then_some(0),
                codes: [point, class],
                revision,
                ..HistoryRow::PLAIN
            })
            .collect();
        let counted = fold(&plan, &rows);
        let mut cells = BTreeMap::new();
        for (&(_, _, cell), &count) in &counted.flow {
            *cells.entry(cell).or_insert(0) += count;
        }
        cells.retain(|_, count| *count != 0);
        let stands = standing(&rows, (10, 1), LATE_STEPS.steps).filter(HistoryRow::stands);
        prop_assert_eq!(cells, stands.map(|row| (cell(&row), 1)).into_iter().collect());
    }
}

/// Makes sure that the laws above are not vacuous: corrections of every kind have an effect.
#[test]
fn a_retraction_takes_back_what_counts_and_no_more() {
    let plan = plan(6, 6, OncePer::Cell);
    let entry = HistoryRow { id: 1, step: 3, codes: [0, 1], ..HistoryRow::PLAIN };
    let retracted = HistoryRow { kind: None, after: 4, revision: 1, ..entry };
    let counted = fold(&plan, &[entry, retracted]);
    let flow = [((3, None, cell(&entry)), 1), ((3, Some(7), cell(&entry)), -1)];
    assert_eq!(counted.flow, flow.into());
    assert_eq!(counted.stock, [((3, 0), 1), ((7, 0), -1)].into());
    // Another event of the person still counts in the cell: nothing is taken back.
    let exit = HistoryRow { id: 2, kind: Some(1), second: 1, ..entry };
    let again = HistoryRow { id: 3, second: 2, ..entry };
    let counted = fold(&plan, &[entry, exit, again, retracted]);
    assert!(counted.flow.keys().all(|key| key.1.is_none()), "{counted:?}");
    // After the last vintage a retraction changes the stock and no flow.
    let too_late = HistoryRow { after: LATE_MAX + 1, ..retracted };
    let counted = fold(&plan, &[entry, too_late]);
    assert_eq!(counted.flow, [((3, None, cell(&entry)), 1)].into());
    assert_eq!(counted.stock, [((3, 0), 1), ((4 + LATE_MAX, 0), -1)].into());
}

/// One change in each step: the stay leaves the old cell when the correction is admitted and enters
/// the new one at the next step, with or without another event.
#[test]
fn a_stay_moves_to_the_cell_of_its_correction() {
    let plan = plan(6, 6, OncePer::Cell);
    let entry = HistoryRow { id: 1, step: 3, codes: [0, 1], ..HistoryRow::PLAIN };
    let corrected = HistoryRow { codes: [0, 2], after: 4, revision: 1, ..entry };
    let expected = [((3, 0), 1), ((7, 0), -1), ((8, 1), 1)];
    assert_eq!(fold(&plan, &[entry, corrected]).stock, expected.into());
    // Retracting a departure returns its person to the earlier cell.
    let exit = HistoryRow { id: 2, kind: Some(1), step: 9, ..entry };
    let retracted = HistoryRow { kind: None, after: 2, revision: 1, ..exit };
    let rows = [entry, corrected, exit, retracted];
    let expected = [((3, 0), 1), ((7, 0), -1), ((8, 1), 1), ((9, 1), -1), ((11, 1), 1)];
    assert_eq!(fold(&plan, &rows).stock, expected.into());
}

/// In a table a person counts in one cell of a step: that of the event that stands, even if that is
/// another event.
#[test]
fn a_table_moves_to_the_standing_event() {
    let plan = plan(6, 6, OncePer::Step);
    let entry = HistoryRow { id: 1, step: 3, codes: [0, 1], ..HistoryRow::PLAIN };
    let corrected = HistoryRow { codes: [0, 2], after: 4, revision: 1, ..entry };
    let moved = [
        ((3, None, cell(&entry)), 1),
        ((3, Some(7), cell(&entry)), -1),
        ((3, Some(7), cell(&corrected)), 1),
    ];
    assert_eq!(fold(&plan, &[entry, corrected]).flow, moved.into());
    // The exit on the same day counted nowhere; once the entry is retracted, the exit counts.
    let exit = HistoryRow { id: 2, kind: Some(1), second: 1, ..entry };
    let retracted = HistoryRow { kind: None, after: 5, revision: 1, ..entry };
    let counted = fold(&plan, &[entry, exit, retracted]).flow;
    let taken_over = [
        ((3, None, cell(&entry)), 1),
        ((3, Some(8), cell(&entry)), -1),
        ((3, Some(8), cell(&exit)), 1),
    ];
    assert_eq!(counted, taken_over.into());
}
