//! The kernel: a plan compiled to tables, and the fold of one partition's events of one step.
//!
//! Not here: where events wait (the host's journal), when a step closes (the host's calendar).
//!
//! Invariants:
//! 1. A person counts at most once in each cell of a step where the unit is PERSONS, at most once
//!    in the step where the dataflow is a table, and presence in a stock changes at most once in a
//!    step (`tests/laws.rs`).
//! 2. A person's event id counts once in a fold, in whatever order its copies came
//!    (`tests/laws.rs`: `copies_change_nothing`).
//! 3. A late event moves the state and the stocks when it is folded. In a dataflow with vintages
//!    it counts for the step in which it occurred (`tests/late.rs`, `tests/late_moves.rs`);
//!    elsewhere it is not counted.
//! 4. A timer fires for whoever is due, with or without events in the step, before any event that
//!    occurred after it was due (`tests/life_cycles.rs`:
//!    `the_fold_counts_what_a_naive_counter_counts`).
//! 5. A dataflow of transitions counts a person at most once in each cell of a window
//!    (`tests/life_cycles.rs`: `one_person_stays_within_the_bounds`).
//!
//! A state is words: 0 the status, 1 the window that the counters belong to (number plus one);
//! where the life cycle has timers, the day on which the status' timer fires (0: never); then the
//! words of each dataflow, in the order of the plan. With timers, every dataflow also keeps what
//! the attributes of the event that led to the status add to its cell. A dataflow with vintages
//! has a word more, behind its own: its counters of the window before. Where events can be
//! corrected, and where a cell does not follow from the event alone, it also keeps in which (step,
//! cell) of both windows it counts the person (module `marks`), and where both are so, in which the
//! last transition counts (module `taken`); a stock has two words more (module `stock`), and the
//! last words are what was before the last transition (module `correct`). Where the plan forgets
//! persons, one word more is the window in which the person was folded last (number plus one).

mod correct;
mod late;
mod leave;
mod marks;
mod rule;
mod seen;
mod stock;
mod taken;

use tidegauge_model::plan::life_cycle::Due;
use tidegauge_model::{Bound, Days, Measure, Plan, days};

use self::correct::Corrections;
use self::leave::Forget;
use self::marks::{Marks, Once};
use self::rule::rule;
use self::seen::Seen;
use self::stock::Kept;
use crate::bound::{FlowUse, Outcome, Stay};
use crate::cell::{Dimensions, Move, of_word, to_word};
use crate::event::{ATTRIBUTES_MAX, Event, NO_CODE};
use crate::late::{Counts, Earlier, LateTally};
use crate::notes::Notes;
use crate::partition::Partition;
use crate::spell::Spell;
use crate::tally::Tally;

const STATUS: usize = 0;
const WINDOW: usize = 1;
/// Only where the life cycle has timers.
const DUE: usize = 2;

/// What kind of step is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Events before the plan's start: they set the state and are counted nowhere.
    Seed,
    /// A step of the plan.
    Step {
        /// Number of its accounting window, from 0.
        window: u32,
        /// Its calendar month, 1 to 12.
        month: u32,
        /// Its number in its window, from 0.
        in_window: u32,
        /// Its last day, counted from 1970.
        last: i32,
    },
}

/// How contributions of transitions are counted.
struct Count {
    bound: Bound,
    once: Once,
    word: usize,
    /// The greatest age of an event that counts; 0 without vintages. Above 0, the word after
    /// `word` holds the counters of the window before.
    late_max: u8,
    at_bound: Vec<usize>,
    spell: Option<Spell>,
    /// The cells that the person has counted in (on time, where there are marks as well), where
    /// each counts once in a window.
    seen: Option<Seen>,
    /// Where the person counts, in a dataflow with vintages whose events can be corrected, or whose
    /// cells do not follow from the event alone.
    marks: Option<Marks>,
    /// Whether the cell of a late event is that of the transition which it makes when it is folded;
    /// otherwise it follows from the event alone.
    late_moves: bool,
    /// The word of the cell in which the last transition counts, where `late_moves` and events can
    /// be corrected.
    last: Option<usize>,
}

enum Rule {
    /// Persons cut by the bound of a flow: `of` counts for it.
    AtBound,
    Count(Count),
    /// Persons present; of a balance, `turnover` is where its turnover is counted, so many cells
    /// behind the net.
    Stock {
        statuses: Vec<bool>,
        bound: Bound,
        word: usize,
        goes_on: bool,
        turnover: Option<usize>,
        /// Where events can be corrected.
        kept: Option<Kept>,
    },
}

struct Compiled {
    rule: Rule,
    dimensions: Dimensions,
    /// The word of what the last event's attributes add to the cell, where there are timers.
    last: Option<usize>,
}

impl Compiled {
    /// What the attributes of a transition add to the cell.
    fn attributes(&self, state: &[u32], made: &Move<'_>) -> Option<u32> {
        match made.event {
            Some(event) => self.dimensions.of_event(event),
            None => of_word(state[self.last?]),
        }
    }

    /// The cell of a transition, where its spell has this length; `None` outside the dataflow.
    fn cell(&self, state: &[u32], made: &Move<'_>, length: usize) -> Option<usize> {
        let start = match &self.rule {
            Rule::Count(Count { spell: Some(spell), .. }) => of_word(state[spell.start])?,
            _ => 0,
        };
        let of_move = self.dimensions.of_move(made, length)?;
        self.attributes(state, made).map(|offset| (offset + start + of_move) as usize)
    }
}

/// A plan, compiled for the fold.
pub struct Kernel {
    life_cycle: tidegauge_model::plan::LifeCycle,
    days: Days,
    /// The last day before the plan.
    eve: i32,
    /// Where an event carries the date until which something is granted.
    until: Option<usize>,
    dataflows: Vec<Compiled>,
    cells: Vec<usize>,
    forget: Option<Forget>,
    corrections: Option<Corrections>,
    width: usize,
}

impl Kernel {
    /// Compiles a plan; `None` when its events have more than [`ATTRIBUTES_MAX`] codes.
    pub fn new(plan: &Plan) -> Option<Self> {
        if plan.event_codes() > ATTRIBUTES_MAX {
            return None;
        }
        let has_timers = plan.life_cycle.has_timers();
        let mut width = if has_timers { DUE + 1 } else { DUE };
        let mut word = || {
            width += 1;
            width - 1
        };
        let dataflows: Vec<Compiled> = plan
            .dataflows
            .iter()
            .enumerate()
            .map(|(number, dataflow)| Compiled {
                rule: rule(plan, number, dataflow, &mut word),
                dimensions: Dimensions::new(plan, dataflow),
                last: has_timers.then(&mut word),
            })
            .collect();
        let windows = plan.retention.persons_windows;
        let forget = windows.map(|windows| Forget { windows, word: word() });
        let corrections = Corrections::new(plan, &dataflows, &mut word);
        let cells = plan.dataflows.iter().map(|dataflow| match dataflow.measure {
            Measure::Balance { .. } => 2 * dataflow.structure.cells(),
            _ => dataflow.structure.cells(),
        });
        let cells = cells.collect();
        let eve = days::number(plan.first_step().first()) - 1;
        let until = plan.life_cycle.has_dates().then_some(plan.attributes.len());
        let (life_cycle, days) = (plan.life_cycle.clone(), plan.days());
        Some(Self { life_cycle, days, eve, until, dataflows, cells, corrections, forget, width })
    }

    /// Words of one person's state.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A tally of zeros, one count for each cell of each dataflow; of a balance, the net changes
    /// of every cell and then the turnover of every cell.
    pub fn tally(&self) -> Tally {
        Tally::new(&self.cells)
    }

    /// Begins a window for every person of a partition, counts the base of the stocks, and lets go
    /// of states that can matter no more.
    pub fn begin_window(&self, partition: &mut Partition, window: u32, base: &mut Tally) {
        for state in partition.states_mut() {
            self.renew(state, window);
            for (number, dataflow) in self.dataflows.iter().enumerate() {
                if let Rule::Stock { word, .. } = dataflow.rule
                    && let Some(cell) = Stay::from_word(state[word]).cell()
                {
                    base.add(number, cell, 1);
                }
            }
        }
        self.let_go(partition, window);
    }

    /// Folds one step's events of one partition, and the timers that are due by its end; sorts
    /// the events on the way.
    pub fn fold(
        &self,
        partition: &mut Partition,
        events: &mut [Event],
        step: StepKind,
        tally: &mut Tally,
    ) {
        let (earlier, mut late) = (Earlier::default(), LateTally::default());
        let counts = Counts { number: 0, tally, earlier: &earlier, late: &mut late };
        self.fold_late(partition, events, step, counts);
    }

    /// As [`Self::fold`], which is for steps without late events, and counts late events for the
    /// steps in which they occurred.
    /// `counts.earlier` holds every event of the late events' persons that was folded before in
    /// those steps.
    pub fn fold_late(
        &self,
        partition: &mut Partition,
        events: &mut [Event],
        step: StepKind,
        counts: Counts<'_>,
    ) {
        let events = self.standing(events);
        events.sort_unstable_by_key(Event::order);
        let mut stage = Stage { step, last: self.last_day(step), notes: Notes::default(), counts };
        let by_person = || events.chunk_by(|one, next| one.pseudonym == next.pseudonym);
        // Finding everyone first lets the processor wait for many rows of memory at once.
        let places: Vec<usize> =
            by_person().map(|events| partition.place(events[0].pseudonym)).collect();
        for (of_one_person, place) in by_person().zip(places) {
            self.fold_person(partition.state(place), of_one_person, &mut stage);
        }
        let (last, has_timers) = (stage.last, self.life_cycle.has_timers());
        if has_timers || self.corrections.is_some() {
            let number = stage.counts.number;
            let is_met =
                |state: &[u32]| has_timers && is_due(state, last) || self.is_moving(state, number);
            for state in partition.states_mut().filter(|state| is_met(state)) {
                self.fold_person(state, &[], &mut stage);
            }
        }
    }

    fn last_day(&self, step: StepKind) -> i32 {
        match step {
            StepKind::Seed => self.eve,
            StepKind::Step { last, .. } => last,
        }
    }

    /// Starts the counters of a window afresh, once.
    fn renew(&self, state: &mut [u32], window: u32) {
        if state[WINDOW] == window + 1 {
            return;
        }
        let follows = state[WINDOW] == window && window > 0;
        state[WINDOW] = window + 1;
        for dataflow in &self.dataflows {
            match &dataflow.rule {
                Rule::AtBound => {}
                Rule::Count(count) => {
                    if count.late_max > 0 {
                        state[count.word + 1] = if follows { state[count.word] } else { 0 };
                    }
                    state[count.word] = FlowUse::default().word();
                    if let Some(marks) = &count.marks {
                        marks.renew(state, follows);
                    }
                    if let Some(seen) = &count.seen {
                        seen.renew(state, follows);
                    }
                }
                Rule::Stock { word, goes_on, .. } => {
                    let mut stay = Stay::from_word(state[*word]);
                    if *goes_on && window > 0 {
                        stay.go_on();
                    } else {
                        stay.begin_window();
                    }
                    state[*word] = stay.word();
                }
            }
        }
    }

    fn fold_person(&self, state: &mut [u32], events: &[Event], stage: &mut Stage<'_>) {
        stage.notes.clear();
        if let StepKind::Step { window, .. } = stage.step {
            self.renew(state, window);
        }
        self.note_folded(state, stage.step);
        let last = stage.last;
        let has_timers = self.life_cycle.has_timers();
        let corrected = self.corrections.is_some();
        if corrected {
            self.revise_all(state, events, stage);
        }
        for event in events {
            if !corrected && !stage.notes.first(event.id, events.len())
                || corrected && stage.notes.revised.contains(&(event.id, event.at))
            {
                continue;
            }
            if has_timers && is_due(state, last) {
                self.fire(state, last.min(self.days.holding(event.at)), stage);
            }
            let before = state[STATUS] as usize;
            let Some(arrow) = self.life_cycle.arrow(before, usize::from(event.kind)) else {
                continue;
            };
            let made = Move { event: Some(event), before, arrow, at: event.at };
            self.remember(state, Some(event), &stage.notes);
            self.make(state, &made, stage);
        }
        if has_timers {
            self.fire(state, last, stage);
        }
        self.close_stocks(state, stage);
    }

    /// Fires every timer that is due by a day.
    fn fire(&self, state: &mut [u32], day: i32, stage: &mut Stage<'_>) {
        while is_due(state, day) {
            let (before, at) = (state[STATUS] as usize, self.days.start(state[DUE] as i32));
            let Some(timer) = self.life_cycle.timer(before) else { return };
            let made = Move { event: None, before, arrow: timer.arrow, at };
            self.remember(state, None, &stage.notes);
            self.make(state, &made, stage);
        }
    }

    /// One transition: it counts where it does, then the state is what it leads to.
    fn make(&self, state: &mut [u32], made: &Move<'_>, stage: &mut Stage<'_>) {
        let (before, after) = (made.before, made.arrow.to);
        state[STATUS] = after as u32;
        if self.life_cycle.has_timers() {
            state[DUE] = self.due(made);
        }
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let (Some(last), Some(event)) = (dataflow.last, made.event) {
                state[last] = to_word(dataflow.dimensions.of_event(event));
            }
            match &dataflow.rule {
                Rule::AtBound => {}
                Rule::Count(count) => match &count.spell {
                    None => self.count(number, count, 0, state, made, stage),
                    Some(spell) => {
                        let start = made.event.map(|event| dataflow.dimensions.of_start(event));
                        spell.enter(state, made, start, &self.days);
                        let length = spell.length(state, made.at, &self.days);
                        if let Some(length) = length.filter(|_| spell.counts(before, after)) {
                            self.count(number, count, length, state, made, stage);
                        }
                        spell.leave(state, after);
                    }
                },
                Rule::Stock { statuses, .. } => {
                    if statuses[after] && !statuses[before] {
                        let cell = dataflow.attributes(state, made);
                        stage.notes.entered.retain(|&(other, _)| other != number);
                        stage.notes.entered.push((number, cell.map(|cell| cell as usize)));
                    }
                }
            }
        }
    }

    /// The day on which the timer of the status after a transition fires; 0 for never.
    fn due(&self, made: &Move<'_>) -> u32 {
        let Some(timer) = self.life_cycle.timer(made.arrow.to) else { return 0 };
        let today = self.days.holding(made.at);
        let last = match (timer.due, made.event) {
            (Due::AfterDays(days), _) => today.saturating_add_unsigned(days),
            (Due::Until, Some(event)) => match self.until.map(|place| event.codes[place]) {
                Some(date) if date != NO_CODE => date.into(),
                _ => return 0,
            },
            (Due::Until, None) => return 0,
        };
        // A day that has passed already fires today. No timer is due before 1970.
        last.saturating_add(1).max(today).max(1).unsigned_abs()
    }

    fn count(
        &self,
        number: usize,
        count: &Count,
        length: usize,
        state: &mut [u32],
        made: &Move<'_>,
        stage: &mut Stage<'_>,
    ) {
        if let Some(event) = made.event.filter(|event| event.age > 0) {
            return match count.late_moves {
                true => self.count_late_move(number, count, length, state, made, stage),
                false => self.count_late(number, count, state, event, stage),
            };
        }
        let Stage { step: StepKind::Step { month, .. }, notes, counts, .. } = stage else { return };
        let tally = &mut *counts.tally;
        let Some(cell) = self.dataflows[number].cell(state, made, length) else { return };
        let once = (number, count.once.place(cell));
        if !matches!(count.once, Once::Event) && notes.counted.contains(&once) {
            return;
        }
        if count.is_seen(state, cell) {
            return;
        }
        let mut used = FlowUse::from_word(state[count.word]);
        let outcome = used.contribute(&count.bound, *month);
        state[count.word] = used.word();
        match outcome {
            Outcome::Counted => {
                tally.add(number, cell, 1);
                if let Some(marks) = &count.marks {
                    marks.of_this_window().set(state, counts.number, cell);
                }
                // No longer than the bounds of the plan's dataflows together.
                notes.counted.push(once);
                if let Some(seen) = &count.seen {
                    seen.of_this_window().add(state, cell);
                }
                count.note_last(state, made.event.map(|_| cell));
            }
            Outcome::CutFirst => {
                for &of_bound in &count.at_bound {
                    if let Some(cell) = self.dataflows[of_bound].cell(state, made, 0) {
                        tally.add(of_bound, cell, 1);
                    }
                }
            }
            Outcome::CutAgain => {}
        }
    }
}

/// What the fold of a step works with.
struct Stage<'t> {
    step: StepKind,
    /// The step's last day.
    last: i32,
    notes: Notes,
    counts: Counts<'t>,
}

/// Whether a timer fires on this day or before.
fn is_due(state: &[u32], day: i32) -> bool {
    state[DUE] != 0 && i64::from(state[DUE]) <= i64::from(day)
}
