//! Late events in flows by transition and in dataflows of spells and of pairs of statuses,
//! corrected and retracted as well, checked against a naive counter that keeps everything and looks
//! codes up by their names.
//!
//! Not here: flows by kind, late (`late.rs`) or corrected (`corrections.rs`), and on-time events
//! (`life_cycles.rs`).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tidegauge_fold::{
    ATTRIBUTES_MAX, EarlierEvents, Event, Kernel, LateTally, NO_CODE, Partition, Pseudonym,
    RETRACTED, StepCounts, StepKind, TOO_LATE,
};
use tidegauge_model::plan::life_cycle::{Arrow, Due};
use tidegauge_model::{Dataflow, Measure, Plan, Source, StatisticalUnit};

const STAYS: &str = include_str!("../../../testdata/stays.toml");
/// 1 January 2024: the plan's first day.
const FIRST: i32 = 19_723;
const STEPS: i32 = 45;
/// Steps of a window in these tests.
const WINDOW: i32 = 15;
const LATE_MAX: i32 = 12;
/// The dataflows of the plan that take late events here.
const LATE: [&str; 5] = ["TRANSITIONS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"];

const ENTRY: u8 = 0;
const EXIT: u8 = 1;
const GRANT: u8 = 3;

/// The plan of this text, with vintages in these dataflows and, if asked for, corrections.
fn with_vintages(text: &str, corrections: bool) -> Plan {
    let mut text = text.to_owned();
    for id in LATE {
        let at = text.find(&format!("id = \"{id}\"\n")).expect("a dataflow");
        let at = at + text[at..].find("step = ").expect("a step");
        text.insert_str(at, &format!("vintages = [4, {LATE_MAX}]\n"));
    }
    if corrections {
        text = text.replacen("model = \"stay\"", "model = \"stay\"\ncorrections = true", 1);
    }
    Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn plan(corrections: bool) -> Plan {
    with_vintages(STAYS, corrections)
}

/// The plan with bounds that few histories exceed.
fn roomy() -> Plan {
    let mut text = STAYS.to_owned();
    for (from, to) in [
        ("bound = 5\nbound_month = 4", "bound = 64"),
        ("bound = 5", "bound = 64"),
        ("bound = 4", "bound = 64"),
        ("bound = 3", "bound = 16"),
    ] {
        assert!(text.contains(from));
        text = text.replace(from, to);
    }
    with_vintages(&text, true)
}

/// The plan whose pairs are made of dimensions of the event, counted once in each cell of a window.
fn by_event() -> Plan {
    let (before, after) = ("\"BEFORE\", from = \"before\"", "\"AFTER\", from = \"after\"");
    let (pairs, rest) = STAYS.split_once("id = \"PAIRS\"").expect("pairs");
    let list = ", code_list = \"CL_STATUS\"";
    assert!(rest.contains(&format!("{before}{list}")) && rest.contains(&format!("{after}{list}")));
    let rest = rest
        .replacen(&format!("{before}{list}"), "\"CITIZENSHIP\", from = \"citizenship\"", 1)
        .replacen(
            &format!("{after}{list}"),
            "\"KIND\", from = \"kind\", code_list = \"CL_KIND\"",
            1,
        );
    with_vintages(&format!("{pairs}id = \"PAIRS\"{rest}"), true)
}

/// The plan with its flow by transition turned into a table, with these bounds.
fn as_table(bound: u32, corrections: bool) -> Plan {
    let from = "bound = 5\nbound_month = 4\nshare = \"1/8\"\nstrategy = \"calendar_blt\"\n";
    assert!(STAYS.contains(from));
    let to = from.replace("bound = 5\nbound_month = 4", &format!("bound = {bound}"))
        + "margins = [{ of = [], grain = \"day\" }]\n";
    with_vintages(&STAYS.replacen(from, &to, 1), corrections)
}

/// One row of an event: its day, counted from the plan's first; how many days later it came; how
/// many seconds after noon it occurred; the days until the date that it grants, or `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    id: u64,
    day: i32,
    after: i32,
    second: u16,
    kind: u8,
    citizenship: u16,
    class: u16,
    until: Option<i16>,
    revision: u16,
}

/// A first row, on time, in the cell of the first codes, which grants nothing.
const PLAIN: Row = Row {
    id: 0,
    day: 3,
    after: 0,
    second: 1,
    kind: ENTRY,
    citizenship: 1,
    class: 0,
    until: None,
    revision: 0,
};

/// Counts by (step of occurrence, step of admission or `None` if on time, dataflow, cell). Zeros
/// are left out.
type Counted = BTreeMap<(i32, Option<i32>, usize, usize), i64>;

impl Row {
    fn folded(&self) -> i32 {
        self.day + self.after
    }

    fn stands(&self) -> bool {
        self.kind != RETRACTED
    }

    /// Noon in universal time is one o'clock in the afternoon in Vienna.
    fn at(&self) -> i64 {
        (i64::from(FIRST + self.day) * 86_400 + 43_200 + i64::from(self.second)) * 1000
    }

    fn date(&self) -> u16 {
        self.until.map_or(NO_CODE, |days| (FIRST + self.day + i32::from(days)) as u16)
    }

    fn event(&self, corrected: bool, folded: i32) -> Event {
        let mut codes = [NO_CODE; ATTRIBUTES_MAX];
        codes[..3].copy_from_slice(&[self.citizenship, self.class, self.date()]);
        if corrected {
            codes[3] = self.revision;
        }
        let age = (folded - self.day).min(TOO_LATE.into()) as u8;
        let (pseudonym, id) = (Pseudonym::from_bits(7), self.id);
        Event { pseudonym, id, at: self.at(), kind: self.kind, age, codes }
    }
}

/// The counts of the kernel, driven as a host drives it, for the late dataflows only.
fn fold(plan: &Plan, rows: &[Row]) -> Counted {
    let kernel = Kernel::new(plan).expect("few codes");
    let mut partition = Partition::new(kernel.width());
    let mut counted = Counted::new();
    for step in 0..STEPS {
        let (window, in_window) = ((step / WINDOW) as u32, (step % WINDOW) as u32);
        if in_window == 0 {
            kernel.begin_window(&mut partition, window, &mut kernel.tally());
        }
        let came = |day: i32| {
            let rows = rows.iter().filter(move |row| row.day == day && row.folded() == step);
            rows.map(|row| row.event(kernel.corrects(), step)).collect::<Vec<_>>()
        };
        let (mut now, mut earlier) = (came(step), EarlierEvents::default());
        for day in 0..step {
            let known = rows.iter().filter(|row| row.day == day && row.folded() < step);
            let known = known.map(|row| (row.folded(), row.event(kernel.corrects(), row.folded())));
            let age = (step - day).min(TOO_LATE.into()) as u8;
            now.extend(kernel.revise_late(&mut earlier, known.collect(), came(day), age));
        }
        let (mut tally, mut late) = (kernel.tally(), LateTally::default());
        let kind = StepKind::Step {
            window,
            month: 1 + month_of(step) as u32,
            in_window,
            last: FIRST + step,
        };
        let counts =
            StepCounts { number: step, tally: &mut tally, earlier: &earlier, late: &mut late };
        kernel.fold_late(&mut partition, &mut now, kind, counts);
        for (number, flow) in plan.dataflows.iter().enumerate().filter(|(_, f)| is_late(f)) {
            assert!(flow.present().is_none());
            let on_time = tally.cells(number).iter().enumerate();
            counted.extend(on_time.map(|(cell, &count)| ((step, None, number, cell), count)));
        }
        for ((age, number, cell), count) in late.counts() {
            assert!(is_late(&plan.dataflows[number]), "those with vintages alone");
            counted.insert((step - i32::from(age), Some(step), number, cell), count);
        }
    }
    counted.retain(|_, count| *count != 0);
    counted
}

fn is_late(flow: &Dataflow) -> bool {
    LATE.contains(&&*flow.id)
}

fn month_of(day: i32) -> i32 {
    i32::from(day >= 31)
}

/// A spell as the naive counter knows it: when it began, its month, its first codes.
type Spell = (i64, i32, [u16; 2]);

/// A transition: the kind of its event, the status before it, where it leads, when it occurred.
#[derive(Clone, Copy)]
struct Made {
    kind: Option<u8>,
    before: usize,
    arrow: Arrow,
    at: i64,
    day: i32,
}

/// A person's state before or after a transition.
#[derive(Clone, Default)]
struct State {
    status: usize,
    due: Option<i32>,
    codes: [u16; 2],
    spells: BTreeMap<usize, Spell>,
}

/// The cell in which one transition counts, by dataflow.
type Cells = BTreeMap<usize, usize>;

/// One change of the counts.
struct Change {
    flow: usize,
    occurred: i32,
    admitted: Option<i32>,
    cell: usize,
    by: i64,
}

struct Naive<'p> {
    plan: &'p Plan,
    step: i32,
    state: State,
    /// The id and time of the event that made the last transition, the state before it, and where
    /// the transition counts.
    last: Option<(u64, i64, State, Cells)>,
    changes: Vec<Change>,
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
                Source::Attribute(n) => code(*n, self.state.codes),
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

    /// The cell in which a dataflow would count a transition; `None` if it does not count such
    /// transitions.
    fn cell_of(&mut self, number: usize, made: Made, late: bool) -> Option<usize> {
        let flow = &self.plan.dataflows[number];
        let within = |status: usize| flow.spell().is_some_and(|of| of.contains(&status));
        let (before, after) = (within(made.before), within(made.arrow.to));
        let state = &mut self.state;
        if !before && after {
            state.spells.insert(number, (made.at, month_of(made.day), state.codes));
        }
        let spell = state.spells.get(&number).copied();
        if !after {
            state.spells.remove(&number);
        }
        let counts = match &flow.measure {
            Measure::Flow | Measure::Transition => true,
            Measure::Duration { .. } => before && !after && spell.is_some(),
            _ => (before || after) && spell.is_some(),
        };
        let backwards = spell.is_some_and(|(began, month, _)| match flow.measure {
            Measure::Duration { .. } => began / 1000 > made.at / 1000,
            // A cohort.
            _ => month > month_of(made.day),
        });
        if !counts || late && backwards {
            return None;
        }
        self.cell(flow, spell.as_ref(), made)
    }

    fn of_window(&self, flow: usize, occurred: i32) -> impl Iterator<Item = &Change> {
        let own = self.changes.iter().filter(move |change| change.flow == flow);
        own.filter(move |change| change.occurred / WINDOW == occurred / WINDOW)
    }

    /// How often the person counts in a cell: in this step, and in its window.
    fn holds(&self, flow: usize, occurred: i32, cell: usize) -> (i64, i64) {
        let of_cell = || self.of_window(flow, occurred).filter(|change| change.cell == cell);
        let of_step = of_cell().filter(|change| change.occurred == occurred);
        (of_step.map(|change| change.by).sum(), of_cell().map(|change| change.by).sum())
    }

    fn has_room(&self, flow: usize, occurred: i32, changes: usize) -> bool {
        let used = self.of_window(flow, occurred).count();
        used + changes <= self.plan.dataflows[flow].bound.window as usize
    }

    /// Whether a transition may count in this cell after it has left the cell `leaves`.
    fn may_count(
        &self,
        number: usize,
        (occurred, late): (i32, bool),
        cell: usize,
        leaves: Option<usize>,
    ) -> bool {
        let flow = &self.plan.dataflows[number];
        let (in_step, in_window) = self.holds(number, occurred, cell);
        let on_time = || self.of_window(number, occurred).filter(|one| one.admitted.is_none());
        let month = on_time().filter(|one| month_of(one.occurred) == month_of(occurred)).count();
        let full = flow.bound.month.is_some_and(|most| month >= most as usize);
        if !late && full {
            return false;
        }
        match (&flow.measure, flow.unit) {
            (Measure::Transition, _) => {
                let again = !late && on_time().any(|one| one.cell == cell);
                in_window == 0 && !again
            }
            // A table counts in one cell of a step.
            (_, StatisticalUnit::Persons) if !flow.margins.is_empty() => {
                let own = self.of_window(number, occurred).filter(|c| c.occurred == occurred);
                own.map(|change| change.by).sum::<i64>() == i64::from(leaves.is_some())
            }
            (_, StatisticalUnit::Persons) => in_step == 0,
            _ => true,
        }
    }

    fn change(&mut self, flow: usize, occurred: i32, cell: usize, by: i64) {
        let admitted = (occurred < self.step).then_some(self.step);
        self.changes.push(Change { flow, occurred, admitted, cell, by });
    }

    /// Makes a transition that replaces the one that counts in the cells `replaced`. Returns where
    /// the new one counts.
    fn transition(&mut self, made: Made, replaced: &Cells) -> Cells {
        self.state.status = made.arrow.to;
        let late = made.kind.is_some() && made.day < self.step;
        // A timer counts on the day on which it fires.
        let occurred = if made.kind.is_some() { made.day } else { self.step };
        let (plan, mut cells) = (self.plan, Cells::new());
        for (number, _) in plan.dataflows.iter().enumerate().filter(|(_, f)| is_late(f)) {
            let new = self.cell_of(number, made, late);
            if self.step - occurred > LATE_MAX {
                continue;
            }
            let old = replaced.get(&number).copied();
            let mut counts = old;
            if old.is_none() || old != new {
                let up = new.filter(|&cell| self.may_count(number, (occurred, late), cell, old));
                let changes = usize::from(old.is_some()) + usize::from(up.is_some());
                if self.has_room(number, occurred, changes) {
                    for (cell, by) in old.map(|c| (c, -1)).into_iter().chain(up.map(|c| (c, 1))) {
                        self.change(number, occurred, cell, by);
                    }
                    counts = up;
                }
            }
            cells.extend(counts.map(|cell| (number, cell)));
        }
        cells
    }

    fn fire(&mut self, day: i32) {
        while let Some(due) = self.state.due.filter(|due| *due <= day) {
            let timer = self.plan.life_cycle.timer(self.state.status).expect("it was set");
            (self.state.due, self.last) = (None, None);
            // A day begins an hour earlier in Vienna.
            let at = (i64::from(FIRST + due) * 86_400 - 3600) * 1000;
            let (before, arrow) = (self.state.status, timer.arrow);
            self.transition(Made { kind: None, before, arrow, at, day: due }, &Cells::new());
        }
    }

    /// Folds a row in place of the transition that counts in the cells `replaced`. Returns whether
    /// the row makes a transition.
    fn row(&mut self, row: &Row, replaced: &Cells) -> bool {
        self.fire(row.day);
        let cycle = &self.plan.life_cycle;
        let Some(arrow) = cycle.arrow(self.state.status, row.kind.into()) else { return false };
        let was = self.state.clone();
        self.state.codes = [row.citizenship, row.class];
        self.state.due = match cycle.timer(arrow.to).map(|timer| timer.due) {
            Some(Due::Until) => row.until.map(|days| row.day + (i32::from(days) + 1).max(0)),
            _ => None,
        };
        let (before, at, day) = (was.status, row.at(), row.day);
        let cells =
            self.transition(Made { kind: Some(row.kind), before, arrow, at, day }, replaced);
        self.last = Some((row.id, at, was, cells));
        true
    }

    /// Replaces one row by another. Returns whether the new row must still be folded as a late one.
    fn revise(&mut self, before: &Row, after: &Row) -> bool {
        let is_last =
            |(id, at, ..): &(u64, i64, State, Cells)| (*id, *at) == (before.id, before.at());
        let Some((_, _, was, cells)) = self.last.take_if(|last| is_last(last)) else {
            return after.stands() && after.kind != before.kind;
        };
        self.state = was;
        let too_late = self.step - before.day > LATE_MAX;
        let cells = if too_late { Cells::new() } else { cells };
        if !after.stands() || !self.row(after, &cells) {
            for (number, cell) in cells {
                if self.has_room(number, before.day, 1) {
                    self.change(number, before.day, cell, -1);
                }
            }
        }
        false
    }
}

/// The row of an event that stands among the rows folded up to and including step `by`.
fn standing(rows: &[Row], (day, id): (i32, u64), by: i32) -> Option<Row> {
    let of = rows.iter().filter(|row| (row.day, row.id) == (day, id) && row.folded() <= by);
    let order = |row: &&Row| {
        let content = (row.second, row.kind, row.citizenship, row.class, row.date());
        (Reverse(row.revision), row.folded(), content)
    };
    of.min_by_key(order).copied()
}

fn naive(plan: &Plan, rows: &[Row]) -> Counted {
    let mut naive = Naive { plan, step: 0, state: State::default(), last: None, changes: vec![] };
    let keys: BTreeSet<(i32, u64)> = rows.iter().map(|row| (row.day, row.id)).collect();
    for step in 0..STEPS {
        naive.step = step;
        let (mut plain, mut revised) = (Vec::new(), Vec::new());
        for &key in &keys {
            let Some(after) = standing(rows, key, step) else { continue };
            match standing(rows, key, step - 1) {
                Some(before) if before.revision == after.revision => {}
                Some(before) if before.stands() => revised.push((before, after)),
                _ if after.stands() => plain.push(after),
                _ => {}
            }
        }
        revised.sort_by_key(|(_, after)| (after.at(), after.id));
        for (before, after) in revised {
            if naive.revise(&before, &after) {
                plain.push(after);
            }
        }
        plain.sort_by_key(|row| (row.at(), row.id));
        for row in plain {
            naive.row(&row, &Cells::new());
        }
        naive.fire(step);
    }
    let mut counted = Counted::new();
    for Change { flow, occurred, admitted, cell, by } in naive.changes {
        *counted.entry((occurred, admitted, flow, cell)).or_default() += by;
    }
    counted.retain(|_, count| *count != 0);
    counted
}

/// Events that are never corrected, each with one row.
fn plain() -> impl Strategy<Value = Vec<Row>> {
    let after = prop_oneof![2 => Just(0), 3 => 0..LATE_MAX + 3];
    let kind = prop::sample::select(vec![ENTRY, ENTRY, EXIT, EXIT, GRANT, 4, 5]);
    let until = prop::option::weighted(0.8, -2..15i16);
    let one = (0..STEPS, after, 0..39_000u16, kind, 0..3u16, 0..2u16, until);
    prop::collection::vec(one, 0..80).prop_map(|rows| {
        let row = |(id, (day, after, second, kind, citizenship, class, until))| Row {
            id,
            day,
            after,
            second,
            kind,
            citizenship,
            class,
            until,
            revision: 0,
        };
        (0..).zip(rows).map(row).collect()
    })
}

/// (id, shift of its day, days by which it came late, second, its content, revision).
type Given = (u64, i32, i32, u16, (u8, u16, u16, Option<i16>), u16);

/// Few events with many rows each. One id can occur on two days; it then names two events.
fn corrected() -> impl Strategy<Value = Vec<Row>> {
    let after = prop_oneof![2 => Just(0), 3 => 0..LATE_MAX + 3];
    let kinds = vec![ENTRY, ENTRY, EXIT, EXIT, EXIT, GRANT, 4, 5, RETRACTED, RETRACTED];
    let kind = prop::sample::select(kinds);
    let until = prop::option::weighted(0.4, -2..15i16);
    let what = (kind, 0..3u16, 0..2u16, until);
    let one = (0..16u64, 0..5i32, after, 0..9u16, what, 0..5u16);
    let rows = (2..12i32, prop::collection::vec(one, 0..60));
    rows.prop_map(|(gap, rows)| {
        let row = |(id, shift, after, second, what, revision): Given| {
            let (kind, citizenship, class, until) = what;
            // Two events share a day.
            let day = (id as i32 / 2 * gap + shift / 4).min(STEPS - 1);
            Row { id, day, after, second, kind, citizenship, class, until, revision }
        };
        rows.into_iter().map(row).collect()
    })
}

/// The prices rest on this: no more changes than the bound of the window in which an event
/// occurred, whenever it was admitted. A person stands at most once in a (step, cell), or in a cell
/// of the window, and counts there on time at most once, whatever is taken back.
fn check_bounds(plan: &Plan, counted: &Counted) -> Result<(), TestCaseError> {
    let mut windows = BTreeMap::new();
    let (mut in_window, mut in_step) = (BTreeMap::new(), BTreeMap::new());
    let mut on_time = BTreeMap::new();
    for (&(occurred, admitted, flow, cell), &count) in counted {
        let (of, window) = (&plan.dataflows[flow], occurred / WINDOW);
        let is_once = of.unit == StatisticalUnit::Persons;
        prop_assert!(!is_once || count.abs() == 1, "{}", of.id);
        prop_assert!(admitted.is_some() || count > 0, "{}", of.id);
        *windows.entry((flow, window)).or_insert(0) += count.unsigned_abs();
        *in_window.entry((flow, window, cell)).or_insert(0) += count;
        *in_step.entry((flow, occurred, cell)).or_insert(0) += count;
        if admitted.is_none() {
            *on_time.entry((flow, window, cell)).or_insert(0) += count;
        }
    }
    let of = |flow: usize| &plan.dataflows[flow];
    for (&(flow, _), &count) in &windows {
        prop_assert!(count <= u64::from(of(flow).bound.window), "{}", of(flow).id);
    }
    for (&(flow, ..), &count) in in_window.iter().chain(&on_time) {
        prop_assert!(of(flow).measure != Measure::Transition || (0..=1).contains(&count));
    }
    for (&(flow, ..), &count) in &in_step {
        let most = if of(flow).unit == StatisticalUnit::Events { i64::MAX } else { 1 };
        prop_assert!((0..=most).contains(&count), "{}", of(flow).id);
    }
    let mut of_table = BTreeMap::new();
    for (&(flow, occurred, _), &count) in &in_step {
        *of_table.entry((flow, occurred)).or_insert(0) += count;
    }
    for (&(flow, _), &count) in &of_table {
        prop_assert!(of(flow).margins.is_empty() || (0..=1).contains(&count), "{}", of(flow).id);
    }
    Ok(())
}

/// The counts of each step after all vintages.
fn summed(counted: &Counted) -> BTreeMap<(i32, usize, usize), i64> {
    let mut summed = BTreeMap::new();
    for (&(occurred, _, flow, cell), &count) in counted {
        *summed.entry((occurred, flow, cell)).or_insert(0) += count;
    }
    summed.retain(|_, count| *count != 0);
    summed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn late_transitions_count_as_the_rule_says(plain in plain(), corrected in corrected()) {
        prop_assert_eq!(fold(&plan(false), &plain), naive(&plan(false), &plain));
        prop_assert_eq!(fold(&as_table(5, false), &plain), naive(&as_table(5, false), &plain));
        for plan in [plan(true), roomy(), by_event(), as_table(5, true), as_table(40, true)] {
            prop_assert_eq!(fold(&plan, &corrected), naive(&plan, &corrected));
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
    }

    #[test]
    fn order_and_copies_change_nothing(rows in corrected(), later in 0..4) {
        let plan = plan(true);
        let expected = fold(&plan, &rows);
        let turned: Vec<Row> = rows.iter().rev().copied().collect();
        prop_assert_eq!(&fold(&plan, &turned), &expected);
        let copies = rows.iter().map(|row| Row { after: row.after + later, ..*row });
        let twice: Vec<Row> = copies.chain(rows.iter().copied()).collect();
        prop_assert_eq!(&fold(&plan, &twice), &expected);
    }

    /// Within the bound nothing of a last transition is lost or invented: the vintages of its step
    /// add up to what stands, as if only that row had come, on time.
    #[test]
    fn vintages_add_up_to_what_stands(
        fixes in prop::collection::vec(
            (
                0..LATE_MAX,
                prop::sample::select(vec![EXIT, EXIT, GRANT, 4, 5, RETRACTED]),
                0..3u16,
                0..2u16,
            ),
            1..8,
        ),
    ) {
        let plan = roomy();
        let entry = Row { id: 100, ..PLAIN };
        let revised = (0..).zip(&fixes).map(|(revision, &(after, kind, citizenship, class))| {
            Row { id: 1, day: 10, after, kind, citizenship, class, revision, ..PLAIN }
        });
        let rows: Vec<Row> = revised.chain([entry]).collect();
        let stands = standing(&rows, (10, 1), STEPS).filter(Row::stands);
        let alone = stands.map(|row| Row { after: 0, ..row });
        let alone: Vec<Row> = alone.into_iter().chain([entry]).collect();
        prop_assert_eq!(summed(&fold(&plan, &rows)), summed(&fold(&plan, &alone)));
    }
}

/// Makes sure that the laws above are not vacuous: late events count in every dataflow, in this
/// window and in the one before.
#[test]
fn a_late_transition_counts_for_its_own_step() {
    for plan in [plan(false), plan(true)] {
        let exit = Row { kind: EXIT, ..PLAIN };
        let rows = [
            PLAIN,
            Row { id: 1, day: 5, after: 4, ..exit },
            Row { id: 2, day: 11, ..PLAIN },
            Row { id: 3, day: WINDOW - 1, after: 5, ..exit },
        ];
        let counted = fold(&plan, &rows);
        for id in LATE {
            let (number, _) = plan.dataflow(id).expect("a dataflow");
            let late = counted.keys().filter(|key| key.2 == number && key.1.is_some());
            let late: Vec<(i32, Option<i32>)> = late.map(|key| (key.0, key.1)).collect();
            let second = (WINDOW - 1, Some(WINDOW + 4));
            match id {
                // A pair counts once in a window.
                "PAIRS" => assert_eq!(late, [(5, Some(9))], "{id}"),
                _ => assert_eq!(late, [(5, Some(9)), second], "{id}"),
            }
        }
    }
}

/// Plans that were valid before such dataflows took corrections keep the number of words of a
/// state, so their stores still open.
#[test]
fn plans_without_the_two_together_keep_their_words() {
    let corrected =
        |text: &str| text.replacen("[life_cycle]", "[life_cycle]\ncorrections = true", 1);
    let events = STAYS.replacen("id = \"EVENTS\"", "id = \"EVENTS\"\nvintages = [2]", 1);
    let texts = [
        include_str!("../../../plans/border.toml").to_owned(),
        include_str!("../../../plans/exit-metrics.toml").to_owned(),
        include_str!("../../../plans/asylum.toml").to_owned(),
        STAYS.to_owned(),
        corrected(STAYS),
        corrected(&events),
    ];
    let plans = texts.map(|text| Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}")));
    let late = [plan(false)];
    let widths = plans.iter().chain(&late).map(|plan| Kernel::new(plan).unwrap().width());
    assert_eq!(widths.collect::<Vec<_>>(), [5, 21, 19, 27, 50, 75, 91]);
}

/// The late counts of one dataflow: (step of occurrence, step of admission, count), in the order of
/// cells.
fn late_of(plan: &Plan, rows: &[Row], id: &str) -> Vec<(i32, i32, i64)> {
    let (number, _) = plan.dataflow(id).expect("a dataflow");
    let of =
        |(&(occurred, admitted, flow, _), &count): (&(i32, Option<i32>, usize, usize), &i64)| {
            (flow == number).then_some((occurred, admitted?, count))
        };
    fold(plan, rows).iter().filter_map(of).collect()
}

/// Makes sure that the laws above are not vacuous: every dataflow takes back and moves the counts
/// of the last transition, in this window and in the one before, and leaves those that a later
/// transition has superseded.
#[test]
fn the_last_transition_takes_what_it_counts_with_it() {
    let plan = roomy();
    let day = WINDOW - 2;
    let exit = Row { id: 1, day, kind: EXIT, ..PLAIN };
    let retracted = Row { after: 5, kind: RETRACTED, revision: 1, ..exit };
    for id in LATE {
        assert_eq!(late_of(&plan, &[PLAIN, exit, retracted], id), [(day, day + 5, -1)], "{id}");
        // Too late for every vintage.
        let too_late = Row { after: LATE_MAX + 1, ..retracted };
        assert_eq!(late_of(&plan, &[PLAIN, exit, too_late], id), [], "{id}");
        // A later entry superseded the exit.
        let again = Row { id: 2, day: day + 1, ..PLAIN };
        assert_eq!(late_of(&plan, &[PLAIN, exit, again, retracted], id), [], "{id}");
        // The exit is corrected to a revocation, which no code list contains, and the stay goes on.
        let other = Row { after: 5, kind: 5, revision: 1, ..exit };
        assert_eq!(late_of(&plan, &[PLAIN, exit, other], id), [(day, day + 5, -1)], "{id}");
        // The exit is corrected to another class: the cell of a duration follows from the event
        // that ends it.
        let other = Row { after: 5, class: 1, revision: 1, ..exit };
        let late = late_of(&plan, &[PLAIN, exit, other], id);
        let expected = [(day, day + 5, -1), (day, day + 5, 1)];
        assert_eq!(late, if id == "LENGTHS" { &expected[..] } else { &[] }, "{id}");
    }
}

/// A correction is made as a whole or not at all, and a count left in place for want of room can
/// still be taken back.
#[test]
fn a_move_without_room_moves_nothing() {
    let plan = plan(true);
    let exit = Row { id: 1, day: 5, kind: EXIT, ..PLAIN };
    let class = |class: u16, revision: u16| Row { class, after: revision.into(), revision, ..exit };
    // LENGTHS has a bound of 4: the exit takes one, a move takes two.
    let rows = [PLAIN, exit, class(1, 1), class(0, 2)];
    assert_eq!(late_of(&plan, &rows, "LENGTHS"), [(5, 6, -1), (5, 6, 1)]);
    let retracted = Row { kind: RETRACTED, ..class(0, 3) };
    let rows = [PLAIN, exit, class(1, 1), class(0, 2), retracted];
    assert_eq!(late_of(&plan, &rows, "LENGTHS"), [(5, 6, -1), (5, 6, 1), (5, 8, -1)]);
}

/// A pair that was taken back counts once more if it comes late, but on time no more in that
/// window.
#[test]
fn a_pair_taken_back_counts_on_time_no_second_time() {
    let plan = roomy();
    let exit = Row { id: 1, day: 5, kind: EXIT, ..PLAIN };
    let never = Row { kind: RETRACTED, after: 2, revision: 1, ..exit };
    let on_time = Row { id: 2, day: 9, ..exit };
    let rows = [PLAIN, exit, never, on_time];
    assert_eq!(late_of(&plan, &rows, "PAIRS"), [(5, 7, -1)]);
    let (number, _) = plan.dataflow("PAIRS").expect("a dataflow");
    let counted = fold(&plan, &rows);
    assert!(!counted.contains_key(&(9, None, number, 0)));
    assert_eq!(counted.keys().filter(|key| key.2 == number && key.0 == 9).count(), 0);
    // Sent again as an event of another day, which is over, it counts there.
    let late = Row { id: 2, day: 6, after: 3, ..exit };
    assert_eq!(late_of(&plan, &[PLAIN, exit, never, late], "PAIRS"), [(5, 7, -1), (6, 9, 1)]);
    // A pair that counted only late leaves its cell free.
    let late = Row { after: 1, ..exit };
    let rows = [PLAIN, late, never, on_time];
    assert_eq!(late_of(&plan, &rows, "PAIRS"), [(5, 6, 1), (5, 7, -1)]);
    let counted = fold(&plan, &rows);
    assert_eq!(counted.keys().filter(|key| key.2 == number && key.0 == 9).count(), 1);
}
