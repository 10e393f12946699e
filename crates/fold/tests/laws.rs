//! The laws of the fold, checked against a naive counter that keeps everything and compiles no
//! tables.
//!
//! Not here: journals, threads, noise (crate `collect`).

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tidegauge_fold::{
    ATTRIBUTES_MAX, Event, Kernel, NO_CODE, Partition, Pseudonym, StepKind, Tally,
};
use tidegauge_model::Plan;

const STEPS: usize = 24;
const DAYS_IN_FIRST_MONTH: usize = 9;
const STEPS_IN_FIRST_WINDOW: usize = 17;

/// The ready-made plan with bounds small enough that random histories exceed them.
fn plan(bound: u32, month: u32, changes: u32) -> Plan {
    let text = include_str!("../../../testdata/crossings.toml");
    let (flow, stock) = text.split_once("id = \"VISITORS_PRESENT\"").expect("both dataflows");
    let flow = flow
        .replace("bound = 24", &format!("bound = {bound}"))
        .replace("bound_month = 4", &format!("bound_month = {month}"));
    let stock = stock.replace("bound = 24", &format!("bound = {changes}"));
    Plan::parse(&format!("{flow}id = \"VISITORS_PRESENT\"{stock}")).expect("a plan")
}

/// The ready-made plan, whose second dataflow is a balance.
fn balance(changes: u32) -> Plan {
    let text = include_str!("../../../plans/border.toml");
    let (flow, rest) = text.split_once("id = \"VISITORS_PRESENT\"").expect("both dataflows");
    let rest = rest.replace("bound = 24", &format!("bound = {changes}"));
    Plan::parse(&format!("{flow}id = \"VISITORS_PRESENT\"{rest}")).expect("a plan")
}

/// An event in a step (-1: before the start): person, id, second, kind, point, class.
type Given = (i32, u8, u64, u16, u8, u16, u16);

fn event(given: Given, age: u8) -> Event {
    let (step, person, id, second, kind, point, class) = given;
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    codes[..2].copy_from_slice(&[point, class]);
    let pseudonym = Pseudonym::from_bits(u128::from(person) << 64 | 9);
    let at = i64::from(step) * 86_400_000 + i64::from(second) * 1000;
    Event { pseudonym, id, at, kind, age, codes }
}

fn month_of(step: usize) -> u32 {
    if step < DAYS_IN_FIRST_MONTH { 1 } else { 2 }
}

/// The plan starts on 1 January 2024; no timer reads this day.
fn last_day(step: usize) -> i32 {
    19_723 + step as i32
}

fn window_of(step: usize) -> u32 {
    u32::from(step >= STEPS_IN_FIRST_WINDOW)
}

fn in_window_of(step: usize) -> u32 {
    (if step < STEPS_IN_FIRST_WINDOW { step } else { step - STEPS_IN_FIRST_WINDOW }) as u32
}

/// The counts of each step, and the base of each window.
#[derive(PartialEq)]
struct Counted {
    steps: Vec<Tally>,
    bases: Vec<Tally>,
}

/// The counts of the kernel, with the events in the order given.
fn fold(plan: &Plan, events: &[Given]) -> Counted {
    let kernel = Kernel::new(plan).expect("few attributes");
    let mut partition = Partition::new(kernel.width());
    let of_step = |step: i32| -> Vec<Event> {
        events.iter().filter(|given| given.0 == step).map(|&given| event(given, 0)).collect()
    };
    kernel.fold(&mut partition, &mut of_step(-1), StepKind::Seed, &mut kernel.tally());
    let mut counted = Counted { steps: vec![], bases: vec![] };
    for step in 0..STEPS {
        let (window, month) = (window_of(step), month_of(step));
        if step == 0 || window_of(step - 1) != window {
            let mut base = kernel.tally();
            kernel.begin_window(&mut partition, window, &mut base);
            counted.bases.push(base);
        }
        let mut tally = kernel.tally();
        let (in_window, last) = (in_window_of(step), last_day(step));
        let kind = StepKind::Step { window, month, in_window, last };
        kernel.fold(&mut partition, &mut of_step(step as i32), kind, &mut tally);
        counted.steps.push(tally);
    }
    counted
}

/// One person, as the naive counter knows them.
#[derive(Default)]
struct Person {
    status: &'static str,
    flows: BTreeMap<(u32, u32), u32>,
    cut: BTreeSet<u32>,
    stay: Option<u16>,
    counted: bool,
    changes: u32,
}

impl Person {
    /// Ends a step: the cell and the change of presence that counts, if any does.
    fn close(&mut self, step: i32, visitor: Option<u16>, changes: u32) -> Option<(u16, i64)> {
        let present = self.status == "present";
        if step < 0 {
            self.stay = if present { self.stay.or(visitor) } else { None };
        } else if present && self.stay.is_none() {
            self.stay = visitor;
            self.counted = visitor.is_some() && self.changes + 2 <= changes;
            self.changes += u32::from(self.counted);
            return visitor.filter(|_| self.counted).map(|cell| (cell, 1));
        } else if !present
            && let Some(cell) = self.stay.take()
            && self.counted
        {
            self.changes += 1;
            return Some((cell, -1));
        }
        None
    }
}

type Naive = BTreeMap<(usize, &'static str, usize), i64>;

/// The counts of the naive counter by (step, quantity, cell).
fn naive(plan: &Plan, events: &[Given]) -> Naive {
    let (flow, stock) = (plan.dataflows[0].bound, plan.dataflows[1].bound);
    let mut persons: BTreeMap<u8, Person> = BTreeMap::new();
    let mut counts = Naive::new();
    for step in -1..STEPS as i32 {
        let at = step.max(0) as usize;
        let (window, month) = (window_of(at), month_of(at));
        if step >= 0 && (at == 0 || window_of(at - 1) != window) {
            for person in persons.values_mut() {
                (person.changes, person.counted) = (0, true);
                if let Some(cell) = person.stay {
                    *counts.entry((at, "base", usize::from(cell))).or_default() += 1;
                }
            }
        }
        let mut sorted: Vec<&Given> = events.iter().filter(|given| given.0 == step).collect();
        sorted.sort_by_key(|given| (given.1, given.3, given.2, given.4, given.5, given.6));
        let mut seen = BTreeSet::new();
        let mut once = BTreeSet::new();
        let mut entered: BTreeMap<u8, u16> = BTreeMap::new();
        for &&(_, who, id, _, kind, point, class) in &sorted {
            if !seen.insert((who, id)) {
                continue;
            }
            let person = persons.entry(who).or_default();
            let next = if kind == 0 { "present" } else { "abroad" };
            if person.status == next {
                continue;
            }
            person.status = next;
            if kind == 0 {
                entered.insert(who, class);
            }
            let cell = usize::from((point * 2 + u16::from(kind)) * 3 + class);
            if step < 0 || once.contains(&(who, cell)) {
                continue;
            }
            let of_window: u32 =
                person.flows.iter().filter(|((w, _), _)| *w == window).map(|(_, n)| n).sum();
            let of_month = person.flows.entry((window, month)).or_default();
            if of_window < flow.window && flow.month.is_none_or(|most| *of_month < most) {
                *of_month += 1;
                once.insert((who, cell));
                *counts.entry((at, "flow", cell)).or_default() += 1;
            } else if person.cut.insert(window) {
                *counts.entry((at, "cut", usize::from(class))).or_default() += 1;
            }
        }
        for (who, person) in &mut persons {
            let visitor = entered.get(who).filter(|&&class| class > 0).map(|class| class - 1);
            if let Some((cell, change)) = person.close(step, visitor, stock.window) {
                *counts.entry((at, "stock", usize::from(cell))).or_default() += change;
            }
        }
    }
    counts.retain(|_, count| *count != 0);
    counts
}

fn as_naive(counted: &Counted) -> Naive {
    let mut counts = Naive::new();
    let mut add = |step: usize, what: &'static str, cells: &[i64]| {
        for (cell, &count) in cells.iter().enumerate().filter(|(_, count)| **count != 0) {
            counts.insert((step, what, cell), count);
        }
    };
    for (step, tally) in counted.steps.iter().enumerate() {
        add(step, "flow", tally.cells(0));
        add(step, "stock", tally.cells(1));
        add(step, "cut", tally.cells(2));
    }
    for (base, step) in counted.bases.iter().zip([0, STEPS_IN_FIRST_WINDOW]) {
        add(step, "base", base.cells(1));
    }
    counts
}

fn histories(persons: u8) -> impl Strategy<Value = Vec<Given>> {
    let one = (-1..STEPS as i32, 0..persons, 0..400u64, 0..50u16, 0..2u8, 0..2u16, 0..3u16);
    prop::collection::vec(one, 0..250)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_fold_counts_what_a_naive_counter_counts(
        events in histories(6), bound in 1..6u32, month in 1..4u32, changes in 1..7u32,
    ) {
        let plan = plan(bound, month.min(bound), changes);
        prop_assert_eq!(as_naive(&fold(&plan, &events)), naive(&plan, &events));
    }

    #[test]
    fn order_of_arrival_changes_nothing(
        (events, shuffled) in histories(4).prop_flat_map(|events| {
            (Just(events.clone()), Just(events).prop_shuffle())
        })
    ) {
        let plan = plan(5, 3, 4);
        prop_assert!(fold(&plan, &events) == fold(&plan, &shuffled));
    }

    #[test]
    fn copies_change_nothing(events in histories(4), copied in 0..40usize) {
        let plan = plan(5, 3, 4);
        let mut with_copies = events.clone();
        with_copies.extend(events.iter().skip(copied).step_by(3));
        prop_assert!(fold(&plan, &events) == fold(&plan, &with_copies));
    }

    #[test]
    fn one_person_stays_within_the_bounds(
        events in histories(1), bound in 1..6u32, month in 1..4u32, changes in 1..7u32,
    ) {
        let plan = plan(bound, month.min(bound), changes);
        let counted = fold(&plan, &events);
        for window in 0..2 {
            let steps = counted.steps.iter().enumerate();
            let of_window = steps.filter(|&(step, _)| window_of(step) == window);
            let (mut flows, mut cut, mut presence) = (0, 0, Vec::new());
            let mut months = [0; 3];
            for (step, tally) in of_window {
                prop_assert!(tally.cells(0).iter().all(|&n| (0..=1).contains(&n)));
                let counts: i64 = tally.cells(0).iter().sum();
                flows += counts;
                months[month_of(step) as usize] += counts;
                cut += tally.cells(2).iter().sum::<i64>();
                presence.extend(tally.cells(1).iter().enumerate().filter(|(_, n)| **n != 0)
                    .map(|(cell, &n)| (step, cell, n)));
            }
            prop_assert!(flows <= i64::from(bound));
            prop_assert!(months.iter().all(|&n| n <= i64::from(month.min(bound))));
            prop_assert!(cut <= 1);
            prop_assert!(presence.len() <= changes as usize);
            for pair in presence.windows(2) {
                let ((step, cell, before), (next_step, next_cell, after)) = (pair[0], pair[1]);
                prop_assert!(step < next_step && before == -after);
                prop_assert!(before == -1 || cell == next_cell, "a stay ends in its own cell");
            }
        }
    }

    /// Over two windows the changes of a balance alternate in sign, each window has no more of them
    /// than its bound, no step has two, and turnover counts each of them.
    #[test]
    fn a_balance_changes_in_turns_over_the_windows(
        events in histories(1), changes in 1..7u32,
    ) {
        let counted = fold(&balance(changes), &events);
        let mut present = counted.bases[0].cells(1)[..2].iter().position(|&n| n == 1);
        let mut of_window = [0; 2];
        for (step, tally) in counted.steps.iter().enumerate() {
            let (net, turnover) = tally.cells(1).split_at(2);
            let moved: Vec<usize> = (0..2).filter(|&cell| net[cell] != 0).collect();
            prop_assert!(moved.len() <= 1);
            for cell in 0..2 {
                prop_assert_eq!(turnover[cell], net[cell].abs());
            }
            let Some(&cell) = moved.first() else { continue };
            of_window[window_of(step) as usize] += 1;
            match present {
                Some(at) => prop_assert!(at == cell && net[cell] == -1),
                None => prop_assert_eq!(net[cell], 1),
            }
            present = present.is_none().then_some(cell);
        }
        prop_assert!(of_window.iter().all(|&n| n <= changes));
    }

    #[test]
    fn late_events_move_the_stock_and_count_in_no_flow_without_vintages(
        events in histories(3), late in 0..STEPS as i32,
    ) {
        let plan = plan(50, 50, 60);
        let kernel = Kernel::new(&plan).expect("few attributes");
        let mut partition = Partition::new(kernel.width());
        let mut events: Vec<Event> = events.iter().filter(|given| given.0 <= late)
            .map(|&given| event(given, 1)).collect();
        let mut tally = kernel.tally();
        let step = StepKind::Step { window: 0, month: 1, in_window: 0, last: last_day(0) };
        kernel.fold(&mut partition, &mut events, step, &mut tally);
        prop_assert!(tally.cells(0).iter().all(|&count| count == 0));
        let mut base = kernel.tally();
        kernel.begin_window(&mut partition, 1, &mut base);
        prop_assert_eq!(tally.cells(1), base.cells(1));
    }
}
