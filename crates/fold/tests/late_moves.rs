//! Late events in flows by transition and in dataflows of spells and of pairs of statuses, against
//! a naive counter that keeps everything and looks codes up by their names.
//!
//! Not here: late events in flows by kind (`late.rs`), on-time events (`life_cycles.rs`).

use std::collections::BTreeMap;

use proptest::prelude::*;
use tidegauge_fold::{
    ATTRIBUTES_MAX, Counts, Earlier, Event, Kernel, LateTally, NO_CODE, Partition, Pseudonym,
    StepKind, TOO_LATE,
};
use tidegauge_model::plan::life_cycle::{Arrow, Due};
use tidegauge_model::{Dataflow, Measure, Plan, Source, StatisticalUnit};

/// 1 January 2024: the plan's first day.
const FIRST: i32 = 19_723;
const STEPS: i32 = 45;
/// Steps of a window in these tests.
const WINDOW: i32 = 15;
const LATE_MAX: i32 = 12;
/// The dataflows of the plan that take late events here.
const LATE: [&str; 5] = ["TRANSITIONS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"];

/// The plan with vintages in these dataflows.
fn plan() -> Plan {
    let mut text = include_str!("../../../testdata/stays.toml").to_owned();
    for id in LATE {
        let at = text.find(&format!("id = \"{id}\"\n")).expect("a dataflow");
        let at = at + text[at..].find("step = ").expect("a step");
        text.insert_str(at, &format!("vintages = [4, {LATE_MAX}]\n"));
    }
    Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// (day from the plan's first, how much later it came, second after noon, kind, citizenship, class,
/// days until the date that it grants or none).
type Given = (i32, i32, u16, u8, u16, u16, Option<i16>);

/// (step of occurrence, step of admission or none on time, dataflow, cell), each with its count.
type Counted = BTreeMap<(i32, Option<i32>, usize, usize), i64>;

fn folded(given: &Given) -> i32 {
    given.0 + given.1
}

/// Noon in universal time is one in the afternoon in Vienna.
fn instant(given: &Given) -> i64 {
    (i64::from(FIRST + given.0) * 86_400 + 43_200 + i64::from(given.2)) * 1000
}

fn event(number: usize, given: &Given) -> Event {
    let &(day, after, _, kind, citizenship, class, until) = given;
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    codes[..2].copy_from_slice(&[citizenship, class]);
    codes[2] = until.map_or(NO_CODE, |days| (FIRST + day + i32::from(days)) as u16);
    let age = after.min(TOO_LATE.into()) as u8;
    let (pseudonym, id) = (Pseudonym::from_bits(7), number as u64);
    Event { pseudonym, id, at: instant(given), kind, age, codes }
}

/// By the kernel, as a host drives it; late dataflows alone.
fn fold(plan: &Plan, events: &[Given]) -> Counted {
    let kernel = Kernel::new(plan).expect("few codes");
    let mut partition = Partition::new(kernel.width());
    let mut counted = Counted::new();
    for step in 0..STEPS {
        let (window, in_window) = ((step / WINDOW) as u32, (step % WINDOW) as u32);
        if in_window == 0 {
            kernel.begin_window(&mut partition, window, &mut kernel.tally());
        }
        let now = events.iter().enumerate().filter(|(_, given)| folded(given) == step);
        let mut now: Vec<Event> = now.map(|(number, given)| event(number, given)).collect();
        let (mut tally, mut late) = (kernel.tally(), LateTally::default());
        let kind = StepKind::Step {
            window,
            month: 1 + month_of(step) as u32,
            in_window,
            last: FIRST + step,
        };
        let earlier = Earlier::default();
        let counts = Counts { number: step, tally: &mut tally, earlier: &earlier, late: &mut late };
        kernel.fold_late(&mut partition, &mut now, kind, counts);
        for (number, flow) in plan.dataflows.iter().enumerate().filter(|(_, f)| is_late(f)) {
            assert!(flow.present().is_none());
            let on_time = tally.cells(number).iter().enumerate().filter(|(_, n)| **n != 0);
            counted.extend(on_time.map(|(cell, &count)| ((step, None, number, cell), count)));
        }
        for ((age, number, cell), count) in late.counts() {
            assert!(is_late(&plan.dataflows[number]), "those with vintages alone");
            counted.insert((step - i32::from(age), Some(step), number, cell), count);
        }
    }
    counted
}

fn is_late(flow: &Dataflow) -> bool {
    LATE.contains(&&*flow.id)
}

fn month_of(day: i32) -> i32 {
    i32::from(day >= 31)
}

/// What the naive counter knows of a spell: when it began, its month, its first codes.
type Spell = (i64, i32, [u16; 2]);

/// A transition: the kind of its event, the status before, where it leads, when it occurred.
#[derive(Clone, Copy)]
struct Made {
    kind: Option<u8>,
    before: usize,
    arrow: Arrow,
    at: i64,
    day: i32,
}

struct Naive<'p> {
    plan: &'p Plan,
    step: i32,
    status: usize,
    due: Option<i32>,
    codes: [u16; 2],
    spells: BTreeMap<usize, Spell>,
    counted: Counted,
}

impl Naive<'_> {
    fn cell(&self, flow: &Dataflow, spell: Option<&Spell>, made: Made) -> Option<usize> {
        let cycle = &self.plan.life_cycle;
        let code = |n: usize, codes: [u16; 2]| {
            self.plan.attributes[n].code_list.codes()[usize::from(codes[n])].id.as_str()
        };
        let mut positions = Vec::new();
        for dimension in flow.structure.dimensions() {
            let list = &dimension.code_list;
            let nth = |n: usize| list.codes()[n.min(list.codes().len() - 1)].id.as_str();
            let code: &str = match &dimension.source {
                Source::Kind => &cycle.kinds[usize::from(made.kind?)],
                Source::Before => &cycle.statuses[made.before],
                Source::After => &cycle.statuses[made.arrow.to],
                Source::Transition => &cycle.names[made.arrow.name],
                Source::Attribute(n) => code(*n, self.codes),
                Source::Start(n) => code(*n, spell?.2),
                Source::Age => nth((month_of(made.day) - spell?.1).max(0) as usize),
                Source::Band => {
                    let Measure::Duration { bands, .. } = &flow.measure else { panic!("bands") };
                    let seconds = made.at / 1000 - spell?.0 / 1000;
                    nth(bands.iter().filter(|&&end| end as i64 <= seconds).count())
                }
            };
            positions.push(list.position(code)?);
        }
        Some(flow.structure.cell(&positions))
    }

    fn transition(&mut self, made: Made) {
        self.status = made.arrow.to;
        let late = made.kind.is_some() && made.day < self.step;
        // A timer counts on the day on which it fires.
        let occurred = if made.kind.is_some() { made.day } else { self.step };
        let plan = self.plan;
        for (number, flow) in plan.dataflows.iter().enumerate().filter(|(_, f)| is_late(f)) {
            let within = |status: usize| flow.spell().is_some_and(|of| of.contains(&status));
            let (before, after) = (within(made.before), within(made.arrow.to));
            if !before && after {
                self.spells.insert(number, (made.at, month_of(made.day), self.codes));
            }
            let spell = self.spells.get(&number).copied();
            if !after {
                self.spells.remove(&number);
            }
            let counts = match &flow.measure {
                Measure::Flow | Measure::Transition => true,
                Measure::Duration { .. } => before && !after && spell.is_some(),
                _ => (before || after) && spell.is_some(),
            };
            let backwards = spell.is_some_and(|(began, month, _)| match flow.measure {
                Measure::Duration { .. } => began / 1000 > made.at / 1000,
                // Of a cohort.
                _ => month > month_of(made.day),
            });
            if !counts || late && (self.step - occurred > LATE_MAX || backwards) {
                continue;
            }
            let Some(cell) = self.cell(flow, spell.as_ref(), made) else { continue };
            let own = || self.counted.iter().filter(|(key, _)| key.2 == number);
            let of_window = || own().filter(|(key, _)| key.0 / WINDOW == occurred / WINDOW);
            let repeated = match (&flow.measure, flow.unit) {
                (Measure::Transition, _) => of_window().any(|(key, _)| key.3 == cell),
                (_, StatisticalUnit::Persons) => {
                    own().any(|(key, _)| (key.0, key.3) == (occurred, cell))
                }
                _ => false,
            };
            let used: i64 = of_window().map(|(_, count)| count).sum();
            let month = of_window()
                .filter(|(key, _)| key.1.is_none() && month_of(key.0) == month_of(occurred));
            let month: i64 = month.map(|(_, count)| count).sum();
            let full = flow.bound.month.is_some_and(|most| !late && month >= i64::from(most));
            if !repeated && !full && used < i64::from(flow.bound.window) {
                let admitted = late.then_some(self.step);
                *self.counted.entry((occurred, admitted, number, cell)).or_default() += 1;
            }
        }
    }

    fn fire(&mut self, day: i32) {
        while let Some(due) = self.due.filter(|due| *due <= day) {
            let timer = self.plan.life_cycle.timer(self.status).expect("it was set");
            self.due = None;
            // A day begins an hour earlier in Vienna.
            let at = (i64::from(FIRST + due) * 86_400 - 3600) * 1000;
            let (before, arrow) = (self.status, timer.arrow);
            self.transition(Made { kind: None, before, arrow, at, day: due });
        }
    }

    fn event(&mut self, given: &Given) {
        self.fire(given.0);
        let cycle = &self.plan.life_cycle;
        let Some(arrow) = cycle.arrow(self.status, given.3.into()) else { return };
        self.codes = [given.4, given.5];
        self.due = match cycle.timer(arrow.to).map(|timer| timer.due) {
            Some(Due::Until) => given.6.map(|days| given.0 + (i32::from(days) + 1).max(0)),
            _ => None,
        };
        let (before, at, day) = (self.status, instant(given), given.0);
        self.transition(Made { kind: Some(given.3), before, arrow, at, day });
    }
}

fn naive(plan: &Plan, events: &[Given]) -> Counted {
    let (codes, spells, counted) = ([0; 2], BTreeMap::new(), Counted::new());
    let mut naive = Naive { plan, step: 0, status: 0, due: None, codes, spells, counted };
    for step in 0..STEPS {
        naive.step = step;
        let mut now: Vec<_> = events.iter().enumerate().filter(|e| folded(e.1) == step).collect();
        now.sort_by_key(|(number, given)| (instant(given), *number));
        for (_, given) in now {
            naive.event(given);
        }
        naive.fire(step);
    }
    naive.counted
}

fn histories() -> impl Strategy<Value = Vec<Given>> {
    let after = prop_oneof![2 => Just(0), 3 => 0..LATE_MAX + 3];
    let kind = prop::sample::select(vec![0u8, 0, 1, 1, 3, 4, 5]);
    let until = prop::option::weighted(0.8, -2..15i16);
    let one = (0..STEPS, after, 0..39_000u16, kind, 0..3u16, 0..2u16, until);
    prop::collection::vec(one, 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn late_transitions_count_as_the_rule_says(events in histories()) {
        let plan = plan();
        prop_assert_eq!(fold(&plan, &events), naive(&plan, &events));
    }

    /// The bound is that of the window in which something occurred, whenever it was admitted.
    #[test]
    fn on_time_and_late_together_stay_within_the_bounds(events in histories()) {
        let plan = plan();
        let mut windows = BTreeMap::new();
        let (mut in_window, mut in_step) = (BTreeMap::new(), BTreeMap::new());
        for (&(occurred, _, flow, cell), &count) in &fold(&plan, &events) {
            prop_assert!(count > 0);
            let window = occurred / WINDOW;
            *windows.entry((flow, window)).or_insert(0) += count;
            *in_window.entry((flow, window, cell)).or_insert(0) += count;
            *in_step.entry((flow, occurred, cell)).or_insert(0) += count;
        }
        let of = |flow: usize| &plan.dataflows[flow];
        for (&(flow, _), &count) in &windows {
            prop_assert!(count <= i64::from(of(flow).bound.window), "{}", of(flow).id);
        }
        for (&(flow, ..), &count) in &in_window {
            prop_assert!(of(flow).measure != Measure::Transition || count == 1);
        }
        for (&(flow, ..), &count) in &in_step {
            prop_assert!(of(flow).unit == StatisticalUnit::Events || count == 1, "{}", of(flow).id);
        }
    }
}

/// The laws above see late counts of every dataflow, of this window and of the one before.
#[test]
fn a_late_transition_counts_for_its_own_step() {
    let plan = plan();
    let (entry, exit) = (0, 1);
    let events = [
        (3, 0, 1, entry, 1, 0, None),
        (5, 4, 1, exit, 1, 0, None),
        (11, 0, 1, entry, 1, 0, None),
        (WINDOW - 1, 5, 1, exit, 1, 0, None),
    ];
    let counted = fold(&plan, &events);
    for id in LATE {
        let (number, _) = plan.dataflow(id).expect("a dataflow");
        let late = counted.keys().filter(|key| key.2 == number && key.1.is_some());
        let late: Vec<(i32, Option<i32>)> = late.map(|key| (key.0, key.1)).collect();
        let second = (WINDOW - 1, Some(WINDOW + 4));
        match id {
            // Once in each pair of a window.
            "PAIRS" => assert_eq!(late, [(5, Some(9))], "{id}"),
            _ => assert_eq!(late, [(5, Some(9)), second], "{id}"),
        }
    }
}
