//! Late, corrected and retracted events in flows by transition, in dataflows of spells and of pairs
//! of statuses, against the naive counter.
//!
//! Not here: late or corrected events in flows by kind (`late.rs`, `corrections.rs`), and on-time
//! events (`life_cycles.rs`).

#![cfg(test)]

mod host;

use std::collections::BTreeMap;

use proptest::prelude::*;
use testkit::counter::{Calendar, CountPlace, HistoryRow, count, standing};
use testkit::plans::{STAYS, spells_as_tables, with_corrections};
use testkit::{PlanText, edit, toml};
use tidegauge_fold::Kernel;
use tidegauge_model::{Dataflow, EventOrder, Measure, Plan, StatisticalUnit};

const STEPS: i32 = 45;
/// The number of steps of a window in these tests.
const WINDOW: i32 = 15;
const LATE_MAX: i32 = 12;
const CALENDAR: Calendar = Calendar {
    first: 0,
    steps: STEPS,
    window_of: |step| step / WINDOW,
    month_of: |step| if step < 31 { 1 } else { 2 },
};
/// The dataflows of the plan that have vintages here.
const LATE: [&str; 5] = ["TRANSITIONS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"];

/// The dimensions that stand apart in a table here, each by itself.
const APART: [&str; 2] = ["TRANSITION", "CITIZENSHIP"];

const ENTRY: u8 = 0;
const EXIT: u8 = 1;
const GRANT: u8 = 3;

/// A plan with vintages in these dataflows, and with corrections.
fn with_vintages(plan: PlanText, corrections: bool) -> Plan {
    let plan = LATE.iter().fold(plan, |plan, id| {
        plan.add(&format!("dataflow.{id}.vintages"), toml(&format!("[4, {LATE_MAX}]")))
    });
    let plan = if corrections { with_corrections(plan) } else { plan };
    Plan::parse(&plan.text()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn plan(corrections: bool) -> Plan {
    with_vintages(edit(STAYS), corrections)
}

/// The plan with bounds that few histories exceed.
fn roomy() -> Plan {
    let bounds =
        [("TRANSITIONS", 64), ("LENGTHS", 64), ("PAIRS", 16), ("COHORTS", 64), ("LAPSES", 64)];
    let plan = edit(STAYS).remove("dataflow.TRANSITIONS.bound_month");
    let plan = bounds
        .iter()
        .fold(plan, |plan, (id, bound)| plan.change(&format!("dataflow.{id}.bound"), *bound));
    with_vintages(plan, true)
}

/// The plan whose pairs are made of dimensions of the event, counted once in each cell of a window.
fn by_event() -> Plan {
    let dimensions = "[{ id = \"CITIZENSHIP\", from = \"citizenship\" }, \
                      { id = \"KIND\", from = \"kind\", code_list = \"CL_KIND\" }]";
    with_vintages(edit(STAYS).change("dataflow.PAIRS.dimensions", toml(dimensions)), true)
}

/// The plan with this bound, whose flow by transition is a table.
fn as_table(bound: i64, corrections: bool) -> Plan {
    let plan = edit(STAYS)
        .set("dataflow.TRANSITIONS.bound", bound)
        .remove("dataflow.TRANSITIONS.bound_month")
        .add("dataflow.TRANSITIONS.margins", toml("[{ of = [], grain = \"day\" }]"));
    with_vintages(plan, corrections)
}

/// The same table, in which this dimension stands apart.
fn as_table_apart(dimension: &str, bound: i64, corrections: bool) -> Plan {
    let plan = edit(STAYS)
        .set("dataflow.TRANSITIONS.bound", bound)
        .remove("dataflow.TRANSITIONS.bound_month")
        .add("dataflow.TRANSITIONS.margins", toml("[{ of = [], grain = \"day\" }]"))
        .add("dataflow.TRANSITIONS.apart", toml(&format!("[\"{dimension}\"]")));
    with_vintages(plan, corrections)
}

/// The plan whose durations and cohorts are tables.
fn with_spells_as_tables(is_apart: bool, corrections: bool) -> Plan {
    with_vintages(spells_as_tables(edit(STAYS), is_apart), corrections)
}

/// The plan whose flows and durations count only some transitions.
fn filtered(corrections: bool) -> Plan {
    let plan = edit(STAYS)
        .add("dataflow.TRANSITIONS.only", toml("{ transition = [\"LAPSE\", \"ENTRY\"] }"))
        .add("dataflow.PAIRS.only", toml("{ kind = [\"EXIT\", \"GRANT\"] }"))
        .add("dataflow.LENGTHS.only", toml("{ kind = [\"EXIT\"] }"));
    with_vintages(plan, corrections)
}

/// A first row, on time, which grants nothing.
const PLAIN: HistoryRow = HistoryRow { step: 3, second: 1, codes: [1, 0], ..HistoryRow::PLAIN };

/// The counts of the dataflows with vintages, without zeros.
type Changes = BTreeMap<CountPlace, i64>;

/// Counts by the kernel.
fn fold(plan: &Plan, rows: &[HistoryRow]) -> Changes {
    only_late_dataflows(plan, host::fold(plan, &CALENDAR, rows, 1).changes)
}

fn naive(plan: &Plan, rows: &[HistoryRow]) -> Changes {
    only_late_dataflows(plan, count(plan, &CALENDAR, rows).changes)
}

fn only_late_dataflows(plan: &Plan, changes: Changes) -> Changes {
    let is_late = |flow: &Dataflow| LATE.contains(&&*flow.id);
    changes.into_iter().filter(|(place, _)| is_late(&plan.dataflows[place.dataflow])).collect()
}

/// Events that are never corrected, each with one row.
fn plain() -> impl Strategy<Value = Vec<HistoryRow>> {
    let after = prop_oneof![2 => Just(0), 3 => 0..LATE_MAX + 3];
    let kind = prop::sample::select(vec![ENTRY, ENTRY, EXIT, EXIT, GRANT, 4, 5]);
    let until = prop::option::weighted(0.8, -2..15i16);
    let fields = (0..STEPS, after, 0..39_000u16, kind, 0..3u16, 0..2u16, until);
    let row = |(step, after, second, kind, citizenship, class, until)| {
        let (kind, codes) = (Some(kind), [citizenship, class]);
        HistoryRow { step, after, second, kind, codes, until, ..HistoryRow::PLAIN }
    };
    prop::collection::vec(fields.prop_map(row), 0..80)
        .prop_map(|rows| (0..).zip(rows).map(|(id, row)| HistoryRow { id, ..row }).collect())
}

/// (id, shift of its step, number of steps by which it came late, second, (kind, citizenship,
/// class, date granted), revision).
type GivenCorrection = (u64, i32, i32, u16, (Option<u8>, u16, u16, Option<i16>), u16);

/// Few events with many rows each. An id in two steps names two events.
fn corrected() -> impl Strategy<Value = Vec<HistoryRow>> {
    let after = prop_oneof![2 => Just(0), 3 => 0..LATE_MAX + 3];
    let kinds = [ENTRY, ENTRY, EXIT, EXIT, EXIT, GRANT, 4, 5].map(Some).into_iter();
    let kind = prop::sample::select(kinds.chain([None, None]).collect::<Vec<_>>());
    let until = prop::option::weighted(0.4, -2..15i16);
    let content = (kind, 0..3u16, 0..2u16, until);
    let fields = (0..16u64, 0..5i32, after, 0..9u16, content, 0..5u16);
    let rows = (2..12i32, prop::collection::vec(fields, 0..60));
    rows.prop_map(|(gap, rows)| {
        let row = |(id, shift, after, second, content, revision): GivenCorrection| {
            let (kind, citizenship, class, until) = content;
            // Two events share a step.
            let step = (id as i32 / 2 * gap + shift / 4).min(STEPS - 1);
            let codes = [citizenship, class];
            HistoryRow {
                id,
                step,
                after,
                second,
                kind,
                codes,
                until,
                revision,
                ..HistoryRow::PLAIN
            }
        };
        rows.into_iter().map(row).collect()
    })
}

/// The prices rely on this: there are no more changes than the bound of the window in which the
/// events occurred, whenever they were admitted. A person counts at most once in a (step, cell), or
/// in a cell of the window, and there on time at most once, whatever is taken back.
fn check_bounds(plan: &Plan, counted: &Changes) -> Result<(), TestCaseError> {
    let mut windows = BTreeMap::new();
    let (mut in_window, mut in_step) = (BTreeMap::new(), BTreeMap::new());
    let mut on_time = BTreeMap::new();
    for (&CountPlace { occurred, admitted, dataflow: flow, cell }, &count) in counted {
        let (dataflow, window) = (&plan.dataflows[flow], occurred / WINDOW);
        let is_once = dataflow.unit == StatisticalUnit::Persons;
        prop_assert!(!is_once || count.abs() == 1, "{}", dataflow.id);
        prop_assert!(admitted.is_some() || count > 0, "{}", dataflow.id);
        *windows.entry((flow, window)).or_insert(0) += count.unsigned_abs();
        *in_window.entry((flow, window, cell)).or_insert(0) += count;
        *in_step.entry((flow, occurred, cell)).or_insert(0) += count;
        if admitted.is_none() {
            *on_time.entry((flow, window, cell)).or_insert(0) += count;
        }
    }
    let dataflow = |flow: usize| &plan.dataflows[flow];
    for (&(flow, _), &count) in &windows {
        prop_assert!(count <= u64::from(dataflow(flow).bound.window), "{}", dataflow(flow).id);
    }
    for (&(flow, ..), &count) in in_window.iter().chain(&on_time) {
        prop_assert!(dataflow(flow).measure != Measure::Transition || (0..=1).contains(&count));
    }
    for (&(flow, ..), &count) in &in_step {
        let most = if dataflow(flow).unit == StatisticalUnit::Events { i64::MAX } else { 1 };
        prop_assert!((0..=most).contains(&count), "{}", dataflow(flow).id);
    }
    let mut by_step = BTreeMap::new();
    for (&(flow, occurred, cell), &count) in &in_step {
        let apart = dataflow(flow).structure.combination_apart(cell);
        *by_step.entry((flow, occurred, apart)).or_insert(0) += count;
    }
    for (&(flow, ..), &count) in &by_step {
        let is_table = !dataflow(flow).marginals.is_empty();
        prop_assert!(!is_table || (0..=1).contains(&count), "{}", dataflow(flow).id);
    }
    Ok(())
}

/// The counts of each step after all vintages.
fn summed(counted: &Changes) -> BTreeMap<(i32, usize, usize), i64> {
    let mut summed = BTreeMap::new();
    for (&CountPlace { occurred, dataflow: flow, cell, .. }, &count) in counted {
        *summed.entry((occurred, flow, cell)).or_insert(0) += count;
    }
    summed.retain(|_, count| *count != 0);
    summed
}

/// The kind to which an exit is corrected; `None` for a retraction.
const FIXES: [Option<u8>; 6] = [Some(EXIT), Some(EXIT), Some(GRANT), Some(4), Some(5), None];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn late_transitions_count_as_the_rule_says(plain in plain(), corrected in corrected()) {
        prop_assert_eq!(fold(&plan(false), &plain), naive(&plan(false), &plain));
        prop_assert_eq!(fold(&as_table(5, false), &plain), naive(&as_table(5, false), &plain));
        for plan in [plan(true), roomy(), by_event(), as_table(5, true), as_table(40, true)] {
            prop_assert_eq!(fold(&plan, &corrected), naive(&plan, &corrected));
        }
        prop_assert_eq!(fold(&filtered(false), &plain), naive(&filtered(false), &plain));
        prop_assert_eq!(fold(&filtered(true), &corrected), naive(&filtered(true), &corrected));
        for is_apart in [false, true] {
            let plan = with_spells_as_tables(is_apart, false);
            prop_assert_eq!(fold(&plan, &plain), naive(&plan, &plain));
            let plan = with_spells_as_tables(is_apart, true);
            prop_assert_eq!(fold(&plan, &corrected), naive(&plan, &corrected));
        }
        for dimension in APART {
            let plan = as_table_apart(dimension, 5, false);
            prop_assert_eq!(fold(&plan, &plain), naive(&plan, &plain));
            for bound in [5, 40] {
                let plan = as_table_apart(dimension, bound, true);
                prop_assert_eq!(fold(&plan, &corrected), naive(&plan, &corrected));
            }
        }
    }

    /// Events that are never corrected count as under a plan without corrections.
    #[test]
    fn without_a_correction_nothing_moves(rows in plain()) {
        prop_assert_eq!(fold(&plan(true), &rows), fold(&plan(false), &rows));
    }

    #[test]
    fn on_time_and_late_together_stay_within_the_bounds(
        plain in plain(), corrected in corrected()
    ) {
        check_bounds(&plan(false), &fold(&plan(false), &plain))?;
        check_bounds(&plan(true), &fold(&plan(true), &corrected))?;
        check_bounds(&roomy(), &fold(&roomy(), &corrected))?;
        check_bounds(&by_event(), &fold(&by_event(), &corrected))?;
        check_bounds(&as_table(5, false), &fold(&as_table(5, false), &plain))?;
        check_bounds(&as_table(40, true), &fold(&as_table(40, true), &corrected))?;
        for is_apart in [false, true] {
            let plan = with_spells_as_tables(is_apart, false);
            check_bounds(&plan, &fold(&plan, &plain))?;
            let plan = with_spells_as_tables(is_apart, true);
            check_bounds(&plan, &fold(&plan, &corrected))?;
        }
        for dimension in APART {
            let plan = as_table_apart(dimension, 5, false);
            check_bounds(&plan, &fold(&plan, &plain))?;
            let plan = as_table_apart(dimension, 40, true);
            check_bounds(&plan, &fold(&plan, &corrected))?;
        }
    }

    #[test]
    fn order_and_copies_change_nothing(rows in corrected(), later in 0..4) {
        let plan = plan(true);
        let expected = fold(&plan, &rows);
        let reversed: Vec<HistoryRow> = rows.iter().rev().copied().collect();
        prop_assert_eq!(&fold(&plan, &reversed), &expected);
        let copies = rows.iter().map(|row| HistoryRow { after: row.after + later, ..*row });
        let twice: Vec<HistoryRow> = copies.chain(rows.iter().copied()).collect();
        prop_assert_eq!(&fold(&plan, &twice), &expected);
    }

    /// Within the bound nothing of a last transition is lost or invented: the vintages of its step
    /// add up to the count of the standing row, as if only that row had come, on time.
    #[test]
    fn vintages_add_up_to_what_stands(
        fixes in prop::collection::vec(
            (
                0..LATE_MAX,
                prop::sample::select(FIXES.to_vec()),
                0..3u16,
                0..2u16,
            ),
            1..8,
        ),
    ) {
        let plan = roomy();
        let entry = HistoryRow { id: 100, ..PLAIN };
        let revised = (0..).zip(&fixes).map(|(revision, &(after, kind, citizenship, class))| {
            let codes = [citizenship, class];
            HistoryRow { id: 1, step: 10, after, kind, codes, revision, ..PLAIN }
        });
        let rows: Vec<HistoryRow> = revised.chain([entry]).collect();
        let stands = standing(&rows, (10, 1), STEPS).filter(HistoryRow::stands);
        let only_standing: Vec<HistoryRow> =
            stands.map(|row| HistoryRow { after: 0, ..row }).into_iter().chain([entry]).collect();
        prop_assert_eq!(summed(&fold(&plan, &rows)), summed(&fold(&plan, &only_standing)));
    }
}

/// Makes sure that the laws above are not vacuous: late events count in every dataflow, in this
/// window and in the one before.
#[test]
fn a_late_transition_counts_for_its_own_step() {
    for plan in [plan(false), plan(true)] {
        let exit = HistoryRow { kind: Some(EXIT), ..PLAIN };
        let rows = [
            PLAIN,
            HistoryRow { id: 1, step: 5, after: 4, ..exit },
            HistoryRow { id: 2, step: 11, ..PLAIN },
            HistoryRow { id: 3, step: WINDOW - 1, after: 5, ..exit },
        ];
        let counted = fold(&plan, &rows);
        for id in LATE {
            let (number, _) = plan.dataflow(id).expect("a dataflow");
            let late: Vec<(i32, Option<i32>)> = counted
                .keys()
                .filter(|key| key.dataflow == number && key.admitted.is_some())
                .map(|key| (key.occurred, key.admitted))
                .collect();
            let second = (WINDOW - 1, Some(WINDOW + 4));
            match id {
                // A pair counts once in a window.
                "PAIRS" => assert_eq!(late, [(5, Some(9))], "{id}"),
                _ => assert_eq!(late, [(5, Some(9)), second], "{id}"),
            }
        }
    }
}

/// Plans that were valid before such dataflows allowed corrections keep the number of words of a
/// state, so their stores still open.
#[test]
fn plans_without_vintages_and_corrections_together_keep_the_width_of_their_states() {
    let corrected = |plan: PlanText| with_corrections(plan).text();
    let events = edit(STAYS).add("dataflow.EVENTS.vintages", toml("[2]"));
    let texts = [
        include_str!("../../../testdata/plans/border.toml").to_owned(),
        include_str!("../../../testdata/plans/exit-metrics.toml").to_owned(),
        include_str!("../../../testdata/plans/asylum.toml").to_owned(),
        STAYS.to_owned(),
        corrected(edit(STAYS)),
        corrected(events),
    ];
    let plans = texts.map(|text| Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}")));
    let late = [plan(false)];
    let widths = |order: EventOrder| {
        let all = plans.iter().chain(&late);
        all.map(|plan| Kernel::new(plan, order).unwrap().width()).collect::<Vec<_>>()
    };
    assert_eq!(widths(EventOrder::IdDigest), [5, 21, 19, 27, 50, 75, 91]);
    // The content of an event takes two words more than its id.
    assert_eq!(widths(EventOrder::LifeCycle), [5, 21, 19, 27, 52, 77, 91]);
}

/// The late counts of one dataflow: (step of occurrence, step of admission, count), in the order of
/// cells.
fn late_of(plan: &Plan, rows: &[HistoryRow], id: &str) -> Vec<(i32, i32, i64)> {
    let (number, _) = plan.dataflow(id).expect("a dataflow");
    let counted = fold(plan, rows).into_iter().filter(|(place, _)| place.dataflow == number);
    let late = |(place, count): (CountPlace, i64)| Some((place.occurred, place.admitted?, count));
    counted.filter_map(late).collect()
}

/// Makes sure that the laws above are not vacuous: every dataflow takes back and moves the counts
/// of the last transition, in this window and in the one before, and leaves those that a later
/// transition has superseded.
#[test]
fn the_last_transition_takes_what_it_counts_with_it() {
    let plan = roomy();
    let day = WINDOW - 2;
    let exit = HistoryRow { id: 1, step: day, kind: Some(EXIT), ..PLAIN };
    let retracted = HistoryRow { after: 5, kind: None, revision: 1, ..exit };
    for id in LATE {
        assert_eq!(late_of(&plan, &[PLAIN, exit, retracted], id), [(day, day + 5, -1)], "{id}");
        // Too late for every vintage.
        let too_late = HistoryRow { after: LATE_MAX + 1, ..retracted };
        assert_eq!(late_of(&plan, &[PLAIN, exit, too_late], id), [], "{id}");
        // A later entry superseded the exit.
        let again = HistoryRow { id: 2, step: day + 1, ..PLAIN };
        assert_eq!(late_of(&plan, &[PLAIN, exit, again, retracted], id), [], "{id}");
        // The exit is corrected to a revocation, which no code list contains, and the stay goes on.
        let other = HistoryRow { after: 5, kind: Some(5), revision: 1, ..exit };
        assert_eq!(late_of(&plan, &[PLAIN, exit, other], id), [(day, day + 5, -1)], "{id}");
        // The exit is corrected to another class: the cell of a duration follows from the event
        // that ends it.
        let other = HistoryRow { after: 5, codes: [1, 1], revision: 1, ..exit };
        let late = late_of(&plan, &[PLAIN, exit, other], id);
        let expected = [(day, day + 5, -1), (day, day + 5, 1)];
        assert_eq!(late, if id == "LENGTHS" { &expected[..] } else { &[] }, "{id}");
    }
}

/// A correction is made as a whole or not at all, and a count that stayed for lack of room can
/// still be taken back.
#[test]
fn a_move_without_room_moves_nothing() {
    let plan = plan(true);
    let exit = HistoryRow { id: 1, step: 5, kind: Some(EXIT), ..PLAIN };
    let class = |class: u16, revision: u16| HistoryRow {
        codes: [1, class],
        after: revision.into(),
        revision,
        ..exit
    };
    // LENGTHS has a bound of 4: the exit takes one, a move takes two.
    let rows = [PLAIN, exit, class(1, 1), class(0, 2)];
    assert_eq!(late_of(&plan, &rows, "LENGTHS"), [(5, 6, -1), (5, 6, 1)]);
    let retracted = HistoryRow { kind: None, ..class(0, 3) };
    let rows = [PLAIN, exit, class(1, 1), class(0, 2), retracted];
    assert_eq!(late_of(&plan, &rows, "LENGTHS"), [(5, 6, -1), (5, 6, 1), (5, 8, -1)]);
}

/// A pair that was taken back counts again if it comes late, but not again on time in that window.
#[test]
fn a_pair_taken_back_does_not_count_on_time_again() {
    let plan = roomy();
    let exit = HistoryRow { id: 1, step: 5, kind: Some(EXIT), ..PLAIN };
    let retracted = HistoryRow { kind: None, after: 2, revision: 1, ..exit };
    let on_time = HistoryRow { id: 2, step: 9, ..exit };
    let rows = [PLAIN, exit, retracted, on_time];
    assert_eq!(late_of(&plan, &rows, "PAIRS"), [(5, 7, -1)]);
    let (number, _) = plan.dataflow("PAIRS").expect("a dataflow");
    let counted = fold(&plan, &rows);
    assert!(!counted.contains_key(&CountPlace {
        occurred: 9,
        admitted: None,
        dataflow: number,
        cell: 0
    }));
    assert_eq!(counted.keys().filter(|key| key.dataflow == number && key.occurred == 9).count(), 0);
    // Sent again as an event of another day that is over, it counts there.
    let late = HistoryRow { id: 2, step: 6, after: 3, ..exit };
    assert_eq!(late_of(&plan, &[PLAIN, exit, retracted, late], "PAIRS"), [(5, 7, -1), (6, 9, 1)]);
    // A pair that counted only late leaves its cell free.
    let late = HistoryRow { after: 1, ..exit };
    let rows = [PLAIN, late, retracted, on_time];
    assert_eq!(late_of(&plan, &rows, "PAIRS"), [(5, 6, 1), (5, 7, -1)]);
    let counted = fold(&plan, &rows);
    assert_eq!(counted.keys().filter(|key| key.dataflow == number && key.occurred == 9).count(), 1);
}
