//! Late events in flows with vintages, checked against a naive implementation of the rule.
//!
//! Not here: on-time events (`laws.rs`), when a step is measured again (crate `collect`).

mod crossings;

use std::collections::{BTreeMap, BTreeSet};

use crossings::{CROSSINGS, LATE_MAX, Once, with_vintages};
use proptest::prelude::*;
use tidegauge_fold::{
    ATTRIBUTES_MAX, EarlierEvents, Event, Kernel, LateTally, NO_CODE, Partition, Pseudonym,
    StepCounts, StepKind, TOO_LATE,
};
use tidegauge_model::Plan;

const STEPS: usize = 40;
const WINDOW: usize = 14;

/// A plan with one late vintage and bounds small enough that random histories exceed them.
fn plan(bound: u32, month: u32, once: Once) -> Plan {
    with_vintages(CROSSINGS, bound, month, once)
}

/// An event: (step in which it occurred, number of steps by which it came late, second, kind,
/// point, class).
type Given = (usize, usize, u16, u8, u16, u16);

/// One person's counts by (step of occurrence, step of admission or `None` if on time, cell).
type Counted = BTreeMap<(usize, Option<usize>, usize), i64>;

fn event(number: usize, given: &Given) -> Event {
    let &(step, after, second, kind, point, class) = given;
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    codes[..2].copy_from_slice(&[point, class]);
    let at = step as i64 * 86_400_000 + i64::from(second) * 1000;
    let age = after.min(TOO_LATE.into()) as u8;
    Event { pseudonym: Pseudonym::from_bits(7), id: number as u64, at, kind, age, codes }
}

fn folded(given: &Given) -> usize {
    given.0 + given.1
}

/// The counts of the kernel, driven as a host drives it.
fn fold(plan: &Plan, events: &[Given]) -> Counted {
    let kernel = Kernel::new(plan).expect("few attributes");
    let mut partition = Partition::new(kernel.width());
    let mut counted = Counted::new();
    let of = |step: usize| {
        let events = events.iter().enumerate().filter(move |(_, given)| folded(given) == step);
        events.map(|(number, given)| event(number, given))
    };
    for step in 0..STEPS {
        let (window, in_window) = ((step / WINDOW) as u32, (step % WINDOW) as u32);
        if in_window == 0 {
            kernel.begin_window(&mut partition, window, &mut kernel.tally());
        }
        let mut earlier = EarlierEvents::default();
        for (number, given) in events.iter().enumerate() {
            if folded(given) < step && step - given.0 <= LATE_MAX {
                let age = (step - given.0) as u8;
                kernel.note_earlier(&mut earlier, &event(number, given), age);
            }
        }
        let mut now: Vec<Event> = of(step).collect();
        let (mut tally, mut late) = (kernel.tally(), LateTally::default());
        let kind = StepKind::Step { window, month: 1 + window, in_window, last: step as i32 };
        let number = step as i32;
        let counts = StepCounts { number, tally: &mut tally, earlier: &earlier, late: &mut late };
        kernel.fold_late(&mut partition, &mut now, kind, counts);
        let on_time = tally.cells(0).iter().enumerate().filter(|(_, count)| **count != 0);
        counted.extend(on_time.map(|(cell, &count)| ((step, None, cell), count)));
        for ((age, dataflow, cell), count) in late.counts() {
            assert_eq!(dataflow, 0, "flows alone have vintages");
            counted.insert((step - usize::from(age), Some(step), cell), count);
        }
    }
    counted
}

/// The counts by the rule, from the whole history and without a packed state.
fn naive(plan: &Plan, events: &[Given], once: Once) -> Counted {
    let bound = plan.dataflows[0].bound;
    let mut counted = Counted::new();
    let mut status = "";
    let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
    for step in 0..STEPS {
        let mut now: Vec<_> = events.iter().enumerate().filter(|e| folded(e.1) == step).collect();
        now.sort_by_key(|(number, given)| (given.0, given.2, *number));
        let mut counted_now = BTreeSet::new();
        for &(_, &(occurred, after, _, kind, point, class)) in &now {
            let next = if kind == 0 { "present" } else { "abroad" };
            if status == next {
                continue;
            }
            status = next;
            let cell = usize::from((point * 2 + u16::from(kind)) * 3 + class);
            let place = (occurred, once.place(cell));
            let again = counted_now.contains(&place) || after > 0 && seen.contains(&place);
            if after > LATE_MAX || once != Once::Event && again {
                continue;
            }
            let in_window = |of: &usize| of / WINDOW == occurred / WINDOW;
            let of_window: i64 = counted.iter().filter(|(k, _)| in_window(&k.0)).map(|e| e.1).sum();
            let on_time = counted.iter().filter(|(k, _)| in_window(&k.0) && k.1.is_none());
            let of_month: i64 = on_time.map(|e| e.1).sum();
            let month = bound.month.filter(|_| after == 0);
            if of_window < bound.window.into() && month.is_none_or(|most| of_month < most.into()) {
                let admitted = (after > 0).then_some(step);
                *counted.entry((occurred, admitted, cell)).or_default() += 1;
                counted_now.insert(place);
            }
        }
        seen.extend(now.iter().map(|&(_, &(occurred, _, _, kind, point, class))| {
            (occurred, once.place(usize::from((point * 2 + u16::from(kind)) * 3 + class)))
        }));
    }
    counted
}

fn histories() -> impl Strategy<Value = Vec<Given>> {
    let after = prop_oneof![2 => Just(0usize), 3 => 0..LATE_MAX + 3];
    let one = (0..STEPS, after, 0..50u16, 0..2u8, 0..2u16, 0..3u16);
    prop::collection::vec(one, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn late_events_count_as_the_rule_says(
        events in histories(), bound in 1..9u32, month in 1..5u32, once in Once::any(),
    ) {
        let plan = plan(bound, month.min(bound), once);
        prop_assert_eq!(fold(&plan, &events), naive(&plan, &events, once));
    }

    /// Events take from the bound of the window in which they occurred, whenever they were
    /// admitted. In a flow of PERSONS a person counts once in each (step, cell) over all vintages,
    /// and once in each step where the flow is a table.
    #[test]
    fn on_time_and_late_together_stay_within_the_bound(
        events in histories(), bound in 1..9u32, once in Once::any(),
    ) {
        let plan = plan(bound, bound, once);
        let counted = fold(&plan, &events);
        let (mut windows, mut cells) = (BTreeMap::new(), BTreeMap::new());
        for (&(occurred, _, cell), &count) in &counted {
            *windows.entry(occurred / WINDOW).or_insert(0) += count;
            *cells.entry((occurred, once.place(cell))).or_insert(0) += count;
        }
        prop_assert!(windows.values().all(|&count| count <= i64::from(bound)));
        prop_assert!(once == Once::Event || cells.values().all(|&count| count == 1));
    }
}

/// Makes sure that the laws above are not vacuous: late events count, in this window and in the one
/// before.
#[test]
fn a_late_event_counts_for_its_own_step() {
    let plan = plan(4, 4, Once::Cell);
    let events = [(3, 0, 1, 0, 0, 0), (WINDOW - 1, 5, 1, 1, 0, 0), (WINDOW + 4, 9, 1, 0, 1, 1)];
    let counted = fold(&plan, &events);
    let places: Vec<(usize, Option<usize>)> = counted.keys().map(|key| (key.0, key.1)).collect();
    let late = |step: usize, after: usize| (step, Some(step + after));
    assert_eq!(places, [(3, None), late(WINDOW - 1, 5), late(WINDOW + 4, 9)]);
}

/// A table counts a late event if its person was not counted in the step, whatever the cell.
#[test]
fn a_table_counts_a_late_event_once_in_a_step() {
    // One on time; one late in the same step and another cell; one late in a step of its own, then
    // another in that step.
    let events = [(3, 0, 1, 0, 0, 0), (3, 2, 2, 1, 1, 1), (4, 2, 1, 0, 1, 1), (4, 3, 2, 1, 0, 0)];
    let places = |once| -> Vec<(usize, Option<usize>)> {
        fold(&plan(9, 9, once), &events).keys().map(|key| (key.0, key.1)).collect()
    };
    assert_eq!(places(Once::Step), [(3, None), (4, Some(6))]);
    assert_eq!(places(Once::Cell), [(3, None), (3, Some(5)), (4, Some(6)), (4, Some(7))]);
}
