//! Life cycles with timers and the measures of spells, checked against a naive counter that goes
//! through every person's days one by one and looks codes up by their names.
//!
//! Not here: flows and stocks without timers (`laws.rs`); what a contribution costs (crates
//! `ledger` and `collect`).

use std::collections::BTreeMap;

use proptest::prelude::*;
use tidegauge_fold::{
    ATTRIBUTES_MAX, Event, Kernel, NO_CODE, Partition, Pseudonym, StepKind, Tally,
};
use tidegauge_model::plan::life_cycle::{Arrow, Due};
use tidegauge_model::{Dataflow, Measure, Plan, Source, StatisticalUnit};

/// 1 January 2024: the plan's first day.
const FIRST: i32 = 19_723;
/// Steps of a test: they reach into February.
const STEPS: i32 = 45;
/// A window is a quarter; here the second one begins early, so that tests cross its beginning.
const SECOND_WINDOW: i32 = 20;

fn plan() -> Plan {
    Plan::parse(include_str!("../../../testdata/stays.toml")).expect("a plan")
}

/// (Day from the plan's first, second after noon, person, id, kind, citizenship, class, days until
/// the date that it grants, or `None`).
type Given = (i32, u16, u8, u64, u8, u16, u16, Option<i16>);

fn event(given: &Given) -> Event {
    let &(day, _, person, id, kind, citizenship, class, until) = given;
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    codes[..2].copy_from_slice(&[citizenship, class]);
    codes[2] = until.map_or(NO_CODE, |days| (FIRST + day + i32::from(days)) as u16);
    let pseudonym = Pseudonym::from_bits(u128::from(person) << 120 | u128::from(person));
    Event { pseudonym, id, at: instant(given), kind, age: 0, codes }
}

/// Noon in universal time is one o'clock in the afternoon in Vienna.
fn instant(given: &Given) -> i64 {
    (i64::from(FIRST + given.0) * 86_400 + 43_200 + i64::from(given.1)) * 1000
}

fn window_of(step: i32) -> u32 {
    u32::from(step >= SECOND_WINDOW)
}

fn month_of(step: i32) -> u32 {
    if step < 31 { 1 } else { 2 }
}

/// The counts of the kernel, with persons spread over this many partitions.
fn fold(plan: &Plan, events: &[Given], partitions: u8) -> Vec<Tally> {
    let kernel = Kernel::new(plan).expect("few codes");
    let mut tallies: Vec<Tally> = (0..STEPS).map(|_| kernel.tally()).collect();
    for number in 0..partitions {
        let mut partition = Partition::new(kernel.width());
        let of = |from: i32, to: i32| -> Vec<Event> {
            let meant = |g: &&Given| g.2 % partitions == number && (from..to).contains(&g.0);
            events.iter().filter(meant).map(event).collect()
        };
        let nobody = &mut kernel.tally();
        kernel.fold(&mut partition, &mut of(i32::MIN, 0), StepKind::Seed, nobody);
        for step in 0..STEPS {
            let window = window_of(step);
            if step == 0 || window_of(step - 1) != window {
                kernel.begin_window(&mut partition, window, &mut kernel.tally());
            }
            let kind =
                StepKind::Step { window, month: month_of(step), in_window: 0, last: FIRST + step };
            let mut tally = kernel.tally();
            kernel.fold(&mut partition, &mut of(step, step + 1), kind, &mut tally);
            tallies[step as usize].merge(&tally).expect("small counts");
        }
    }
    tallies
}

/// A person as the naive counter knows them.
#[derive(Default)]
struct Person {
    status: usize,
    due: Option<i32>,
    codes: Vec<String>,
    /// For each dataflow: when its spell began (instant, month, codes).
    spells: BTreeMap<usize, (i64, i32, Vec<String>)>,
    /// Contributions of the window: (dataflow, step, cell).
    counted: Vec<(usize, i32, usize)>,
    cut: bool,
    stay: Option<usize>,
    changes: u32,
    stay_counted: bool,
    entered: Option<usize>,
}

type Counts = BTreeMap<(i32, usize, usize), i64>;

struct Naive<'p> {
    plan: &'p Plan,
    step: i32,
    counts: Counts,
}

impl Naive<'_> {
    fn cell(
        &self,
        flow: &Dataflow,
        person: &Person,
        spell: Option<&(i64, i32, Vec<String>)>,
        (kind, before, arrow, at): (Option<u8>, usize, Arrow, i64),
    ) -> Option<usize> {
        let cycle = &self.plan.life_cycle;
        let mut positions = Vec::new();
        for dimension in flow.structure.dimensions() {
            let list = &dimension.code_list;
            let code: &str = match &dimension.source {
                Source::Kind => &cycle.kinds[usize::from(kind?)],
                Source::Before => &cycle.statuses[before],
                Source::After => &cycle.statuses[arrow.to],
                Source::Transition => &cycle.names[arrow.name],
                Source::Attribute(n) => person.codes.get(*n)?,
                Source::Start(n) => spell?.2.get(*n)?,
                Source::Age => {
                    let age = month_of(self.step.max(0)) as i32 - spell?.1;
                    &list.codes()[(age.max(0) as usize).min(list.codes().len() - 1)].id
                }
                Source::Band => {
                    let Measure::Duration { bands, .. } = &flow.measure else { panic!("bands") };
                    let seconds = at / 1000 - spell?.0 / 1000;
                    let band = bands.iter().filter(|&&end| end as i64 <= seconds).count();
                    &list.codes()[band].id
                }
            };
            positions.push(list.position(code)?);
        }
        Some(flow.structure.cell(&positions))
    }

    fn transition(&mut self, person: &mut Person, kind: Option<u8>, arrow: Arrow, at: i64) {
        let before = person.status;
        person.status = arrow.to;
        let plan = self.plan;
        for (number, flow) in plan.dataflows.iter().enumerate() {
            let within = |status: usize| flow.spell().is_some_and(|of| of.contains(&status));
            let month = if self.step < 0 { 0 } else { month_of(self.step) as i32 };
            if !within(before) && within(arrow.to) {
                person.spells.insert(number, (at, month, person.codes.clone()));
            }
            let spell = person.spells.get(&number).cloned();
            let counts = match &flow.measure {
                Measure::Flow | Measure::Transition => true,
                Measure::Duration { .. } => within(before) && !within(arrow.to),
                Measure::Cohort { .. } => within(before) || within(arrow.to),
                _ => false,
            };
            if !within(arrow.to) {
                person.spells.remove(&number);
            }
            let made = (kind, before, arrow, at);
            if let Some(statuses) = flow.present()
                && statuses.contains(&arrow.to)
                && !statuses.contains(&before)
            {
                person.entered = self.cell(flow, person, None, made);
            }
            if !counts || self.step < 0 {
                continue;
            }
            let Some(cell) = self.cell(flow, person, spell.as_ref(), made) else { continue };
            let own = || person.counted.iter().filter(|(of, ..)| *of == number);
            let repeated = match (&flow.measure, flow.unit) {
                (Measure::Transition, _) => own().any(|&(_, _, other)| other == cell),
                (_, StatisticalUnit::Persons) => {
                    own().any(|&(_, step, other)| (step, other) == (self.step, cell))
                }
                _ => false,
            };
            if repeated {
                continue;
            }
            let month = own().filter(|(_, step, _)| month_of(*step) == month_of(self.step)).count();
            let full = own().count() >= flow.bound.window as usize
                || flow.bound.month.is_some_and(|most| month >= most as usize);
            if !full {
                person.counted.push((number, self.step, cell));
                *self.counts.entry((self.step, number, cell)).or_default() += 1;
            } else if number == 0 && !person.cut {
                person.cut = true;
                let at_bound = self.cell(&plan.dataflows[1], person, None, made);
                *self.counts.entry((self.step, 1, at_bound.expect("any"))).or_default() += 1;
            }
        }
    }

    /// Fires the timers that are due by a day.
    fn fire(&mut self, person: &mut Person, day: i32) {
        while let Some(due) = person.due.filter(|due| *due <= day) {
            let timer = self.plan.life_cycle.timer(person.status).expect("it was set");
            person.due = None;
            // A day begins an hour earlier in Vienna.
            self.transition(person, None, timer.arrow, (i64::from(due) * 86_400 - 3600) * 1000);
        }
    }

    fn event(&mut self, person: &mut Person, given: &Given) {
        let cycle = &self.plan.life_cycle;
        let Some(arrow) = cycle.arrow(person.status, given.4.into()) else { return };
        let code = |n: usize, code: u16| {
            self.plan.attributes[n].code_list.codes()[usize::from(code)].id.clone()
        };
        person.codes = vec![code(0, given.5), code(1, given.6)];
        person.due = match cycle.timer(arrow.to).map(|timer| timer.due) {
            Some(Due::Until) => given.7.map(|days| FIRST + given.0 + (i32::from(days) + 1).max(0)),
            _ => None,
        };
        self.transition(person, Some(given.4), arrow, instant(given));
        self.fire(person, FIRST + given.0);
    }

    /// Ends a day for the stock of the plan, dataflow 3.
    fn close(&mut self, person: &mut Person) {
        let flow = &self.plan.dataflows[3];
        let cells = flow.structure.cells();
        let present = flow.present().expect("a stock").contains(&person.status);
        let (step, counts) = (self.step, &mut self.counts);
        let mut change = |cell: usize, sign: i64| {
            *counts.entry((step, 3, cell)).or_default() += sign;
            *counts.entry((step, 3, cells + cell)).or_default() += 1;
        };
        if present && person.stay.is_none() {
            person.stay = person.entered;
            person.stay_counted = false;
            if let Some(cell) = person.stay.filter(|_| step >= 0)
                && person.changes + 2 <= flow.bound.window
            {
                person.stay_counted = true;
                person.changes += 1;
                change(cell, 1);
            }
        } else if !present
            && let Some(cell) = person.stay.take()
            && person.stay_counted
        {
            person.changes += 1;
            change(cell, -1);
        }
        person.entered = None;
    }
}

fn naive(plan: &Plan, events: &[Given]) -> Counts {
    let mut naive = Naive { plan, step: 0, counts: Counts::new() };
    for who in 0..=u8::MAX {
        let mut own: Vec<&Given> = events.iter().filter(|given| given.2 == who).collect();
        own.sort_by_key(|given| (given.0, given.1, given.3, given.4));
        let Some(first) = own.first() else { continue };
        let mut person = Person::default();
        for day in first.0.min(0)..STEPS {
            naive.step = day.max(-1);
            if day == 0 || window_of(day) != window_of(day - 1) {
                person.counted.clear();
                (person.changes, person.cut) = (0, false);
                // A base counts everyone present, and with them their departure.
                person.stay_counted |= day == 0;
            }
            naive.fire(&mut person, FIRST + day);
            let mut seen = Vec::new();
            for given in own.iter().filter(|given| given.0 == day) {
                if !seen.contains(&given.3) {
                    seen.push(given.3);
                    naive.event(&mut person, given);
                }
            }
            if day >= 0 || day == -1 {
                naive.close(&mut person);
            }
        }
    }
    naive.counts.retain(|_, count| *count != 0);
    naive.counts
}

fn as_counts(plan: &Plan, tallies: &[Tally]) -> Counts {
    let mut counts = Counts::new();
    for (step, tally) in (0..).zip(tallies) {
        for flow in 0..plan.dataflows.len() {
            for (cell, &count) in tally.cells(flow).iter().enumerate().filter(|(_, n)| **n != 0) {
                counts.insert((step, flow, cell), count);
            }
        }
    }
    counts
}

prop_compose! {
    /// An event whose id is unique to its person on each day; most events grant something.
    fn any_event(persons: u8)(
        day in -20..STEPS, second in 0..39_000u16, person in 0..persons, id in 0..1000u64,
        kind in prop::sample::select(vec![0u8, 0, 1, 1, 2, 3, 4, 5]), citizenship in 0..3u16,
        class in 0..2u16, until in prop::option::weighted(0.8, -2..15i16),
    ) -> Given {
        (day, second, person, id * 100 + (day + 20) as u64, kind, citizenship, class, until)
    }
}

fn histories(persons: u8) -> impl Strategy<Value = Vec<Given>> {
    prop::collection::vec(any_event(persons), 0..150)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_fold_counts_what_a_naive_counter_counts(events in histories(4)) {
        let plan = plan();
        prop_assert_eq!(as_counts(&plan, &fold(&plan, &events, 1)), naive(&plan, &events));
    }

    #[test]
    fn order_and_partitions_change_nothing(
        (events, shuffled) in histories(5).prop_flat_map(|events| {
            (Just(events.clone()), Just(events).prop_shuffle())
        }),
        partitions in 1..5u8,
    ) {
        let plan = plan();
        let whole = as_counts(&plan, &fold(&plan, &events, 1));
        prop_assert_eq!(whole, as_counts(&plan, &fold(&plan, &shuffled, partitions)));
    }

    /// One person contributes no more than the bound in a window; at most once in a (step, cell) if
    /// the unit is PERSONS; at most once in a cell of the window in a dataflow of transitions.
    #[test]
    fn one_person_stays_within_the_bounds(events in histories(1)) {
        let plan = plan();
        let tallies = fold(&plan, &events, 1);
        for (number, flow) in plan.dataflows.iter().enumerate() {
            if flow.present().is_some() {
                continue;
            }
            for window in 0..2 {
                let of_window = (0..).zip(&tallies).filter(|(step, _)| window_of(*step) == window);
                let mut by_cell = vec![0; flow.structure.cells()];
                for (_, tally) in of_window {
                    for (sum, &count) in by_cell.iter_mut().zip(tally.cells(number)) {
                        prop_assert!(count >= 0);
                        let once = flow.unit == StatisticalUnit::Persons;
                        prop_assert!(!once || count <= 1, "{}", flow.id);
                        *sum += count;
                    }
                }
                let within = by_cell.iter().sum::<i64>() <= i64::from(flow.bound.window);
                prop_assert!(within, "{}", flow.id);
                if flow.measure == Measure::Transition {
                    prop_assert!(by_cell.iter().all(|&count| count <= 1));
                }
            }
        }
    }
}

/// Someone's authorised stay ends by its date, they stay on, and later leave. No event reports the
/// overstay, and yet it is counted on the day after the date.
#[test]
fn a_stay_lapses_on_the_day_after_its_last() {
    let plan = plan();
    let entered = (2, 0, 1, 1, 0, 1, 0, Some(3));
    let left = (9, 0, 1, 2, 1, 1, 0, None);
    let counts = as_counts(&plan, &fold(&plan, &[entered, left], 1));
    let flow = &plan.dataflows[0];
    let at = |step: i32, transition: &str| {
        let list = &flow.structure.dimensions()[1].code_list;
        counts.get(&(step, 0, flow.structure.cell(&[1, list.position(transition).unwrap()])))
    };
    assert_eq!(at(2, "ENTRY"), Some(&1));
    assert_eq!((at(5, "LAPSE"), at(6, "LAPSE"), at(7, "LAPSE")), (None, Some(&1), None));
    assert_eq!((at(9, "DEPARTURE_LATE"), at(9, "DEPARTURE_IN_TIME")), (Some(&1), None));
    let extended = (5, 0, 1, 3, 4, 1, 0, Some(30));
    let counts = as_counts(&plan, &fold(&plan, &[entered, extended, left], 1));
    assert!(!counts.keys().any(|&(_, flow, _)| flow == 3), "nobody has lapsed");
}
