//! The kernel: a plan compiled to tables, and the fold of one partition's events of one step.
//!
//! Not here: where events wait (the host's journal), when a step closes (the host's calendar).
//!
//! Invariants:
//! 1. A person counts at most once in each cell of a step if the unit is PERSONS, and at most once
//!    in the step if the dataflow is a table (for each combination of codes that stand apart);
//!    presence in a stock changes at most once in a step (`tests/laws.rs`).
//! 2. A person's event id counts once in a fold, in whatever order its copies came
//!    (`tests/laws.rs`: `copies_change_nothing`).
//! 3. A late event changes the state and the stocks when it is folded. In a dataflow with vintages
//!    it counts for the step in which it occurred (`tests/late.rs`, `tests/late_moves.rs`); in
//!    others it is not counted.
//! 4. A timer fires for everyone who is due, with or without events in the step, before any event
//!    that occurred after it was due (`tests/life_cycles.rs`:
//!    `the_fold_counts_what_a_naive_counter_counts`).
//! 5. Events of one person at the same instant are folded in the order that the store began with
//!    (module `together`).
//! 6. A dataflow of transitions counts a person at most once in each cell of a window
//!    (`tests/life_cycles.rs`: `one_person_stays_within_the_bounds`).
//!
//! A state is a list of words. Word 0 is the status; word 1 is the window to which the counters
//! belong (its number plus one); if the life cycle has timers, the next is the day on which the
//! timer of the status fires (0: never). Then come the words of each dataflow, in the order of the
//! plan:
//! - with timers, every dataflow also keeps the offset that the attributes of the event which led
//!   to the status add to its cell;
//! - a dataflow with vintages has one word more, after its own: its counters of the window before;
//! - if events can be corrected, or if its cells do not follow from the event only, a dataflow with
//!   vintages also keeps in which (step, cell) of both windows it counts the person (module
//!   `marks`), and if both are true, the cell in which the last transition counts (module `taken`);
//! - if events can be corrected, a stock has two words more (module `stock`).
//!
//! If the plan forgets persons, one word more holds the window in which the person was folded last
//! (number plus one). If events can be corrected, the last words hold what the state was before the
//! last transition (module `correct`).

mod apart;
mod correct;
mod late;
mod leave;
mod marks;
mod rule;
mod seen;
mod stock;
mod taken;
mod together;

use tidegauge_model::plan::life_cycle::Due;
use tidegauge_model::{ContributionBound, Days, EventOrder, Measure, Plan, days};

use self::correct::CorrectionWords;
use self::leave::ForgetRule;
use self::marks::{CountedPer, Marks};
use self::rule::counting_rule;
use self::seen::CountedCells;
use self::stock::StayWords;
use crate::bound::{FlowUse, Outcome, Stay};
use crate::cell::{Dimensions, Transition, of_word, to_word};
use crate::event::{ATTRIBUTES_MAX, Event, NO_CODE, Pseudonym};
use crate::fault::is_planted;
use crate::late::{EarlierEvents, LateTally, StepCounts};
use crate::notes::Notes;
use crate::partition::{Partition, Rows};
use crate::spell::Spell;
use crate::tally::Tally;

const STATUS: usize = 0;
const WINDOW: usize = 1;
/// Only where the life cycle has timers.
const DUE: usize = 2;

/// The kind of step being folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Events before the plan's start: they set the state and are not counted.
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

/// How a dataflow counts transitions.
struct TransitionRule {
    bound: ContributionBound,
    counted_per: CountedPer,
    word: usize,
    /// The greatest age of an event that counts; 0 without vintages. If above 0, the word after
    /// `word` holds the counters of the window before.
    late_max: u8,
    at_bound: Vec<usize>,
    spell: Option<Spell>,
    /// If each cell counts once in a window: the cells in which the person has counted (only those
    /// on time, if there are marks as well).
    counted_cells: Option<CountedCells>,
    /// The (step, cell)s in which the person counts, in a dataflow with vintages whose events can
    /// be corrected, or whose cells do not follow from the event only.
    marks: Option<Marks>,
    /// Whether a late event counts in the cell of the transition that it makes when it is folded;
    /// otherwise its cell follows from the event only.
    late_by_transition: bool,
    /// The index of the word that holds the cell in which the last transition counts, if
    /// `late_by_transition` is set and events can be corrected.
    last: Option<usize>,
}

enum CountingRule {
    /// Persons cut by the bound of a flow: the rule of that flow counts for this dataflow.
    AtBound,
    Transitions(TransitionRule),
    /// Persons present. For a balance, `turnover` is the distance from a cell's net change to its
    /// turnover in the tally.
    Stock {
        statuses: Vec<bool>,
        bound: ContributionBound,
        word: usize,
        continues: bool,
        turnover: Option<usize>,
        /// Only if events can be corrected.
        stay_words: Option<StayWords>,
    },
}

struct CompiledDataflow {
    rule: CountingRule,
    dimensions: Dimensions,
    /// The index of the word that holds the offset which the last event's attributes add to the
    /// cell, if there are timers.
    last: Option<usize>,
}

impl CompiledDataflow {
    /// The offset that the attributes of a transition add to the cell.
    fn attributes(&self, state: &[u32], transition: &Transition<'_>) -> Option<u32> {
        match transition.event {
            Some(event) => self.dimensions.of_event(event),
            None => of_word(state[self.last?]),
        }
    }

    /// The cell of a transition whose spell has this length; `None` if it is outside the dataflow.
    fn cell(&self, state: &[u32], transition: &Transition<'_>, length: usize) -> Option<usize> {
        let start = match &self.rule {
            CountingRule::Transitions(TransitionRule { spell: Some(spell), .. }) => {
                of_word(state[spell.start])?
            }
            _ => 0,
        };
        let of_transition = self.dimensions.of_transition(transition, length)?;
        self.attributes(state, transition).map(|offset| (offset + start + of_transition) as usize)
    }
}

/// A plan, compiled for the fold.
pub struct Kernel {
    order: EventOrder,
    life_cycle: tidegauge_model::plan::LifeCycle,
    has_timers: bool,
    days: Days,
    /// The last day before the plan.
    day_before_plan: i32,
    /// The position of the code that holds the date until which something is granted.
    until: Option<usize>,
    dataflows: Vec<CompiledDataflow>,
    cells: Vec<usize>,
    forget: Option<ForgetRule>,
    corrections: Option<CorrectionWords>,
    width: usize,
}

impl Kernel {
    /// Compiles a plan for a store that orders events of one instant by this rule; `None` when its
    /// events have more than [`ATTRIBUTES_MAX`] codes.
    pub fn new(plan: &Plan, order: EventOrder) -> Option<Self> {
        if plan.event_codes() > ATTRIBUTES_MAX {
            return None;
        }
        let has_timers = plan.life_cycle.has_timers();
        let mut width = if has_timers { DUE + 1 } else { DUE };
        let mut word = || {
            width += 1;
            width - 1
        };
        let dataflows: Vec<CompiledDataflow> = plan
            .dataflows
            .iter()
            .enumerate()
            .map(|(number, dataflow)| CompiledDataflow {
                rule: counting_rule(plan, number, dataflow, &mut word),
                dimensions: Dimensions::new(plan, dataflow),
                last: has_timers.then(&mut word),
            })
            .collect();
        let windows = plan.retention.persons_windows;
        let forget = windows.map(|windows| ForgetRule { windows, word: word() });
        let corrections = CorrectionWords::new(plan, order, &dataflows, &mut word);
        let cells = plan.dataflows.iter().map(|dataflow| match dataflow.measure {
            Measure::Balance { .. } => 2 * dataflow.structure.cells(),
            _ => dataflow.structure.cells(),
        });
        let cells = cells.collect();
        let day_before_plan = days::number(plan.first_step().first()) - 1;
        let until = plan.life_cycle.has_dates().then_some(plan.attributes.len());
        let (life_cycle, days) = (plan.life_cycle.clone(), plan.days());
        Some(Self {
            order,
            life_cycle,
            has_timers,
            days,
            day_before_plan,
            until,
            dataflows,
            cells,
            corrections,
            forget,
            width,
        })
    }

    /// The number of words in one person's state.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A tally of zeros, one count for each cell of each dataflow; a balance has the net change of
    /// every cell, and then the turnover of every cell.
    pub fn tally(&self) -> Tally {
        Tally::new(&self.cells)
    }

    /// The number of counts of a tally.
    pub fn counts(&self) -> usize {
        self.cells.iter().sum()
    }

    /// A tally of zeros, one count for each cell of each stock: of the persons present, or of their
    /// changes. The sum of all changes before a window is the base of its stocks.
    pub fn presence(&self) -> Tally {
        let cells = self.dataflows.iter().zip(&self.cells);
        let cells = cells.map(|(dataflow, &cells)| match dataflow.rule {
            CountingRule::Stock { turnover, .. } => turnover.unwrap_or(cells),
            _ => 0,
        });
        Tally::new(&cells.collect::<Vec<_>>())
    }

    /// Takes up the rows from this one on, which were put in: notes who waits for a timer, and who
    /// moves at the step of this number, the next.
    pub fn take_up(&self, partition: &mut Partition, from: usize, next: i32) {
        if !self.has_timers && self.corrections.is_none() {
            return;
        }
        for place in from..partition.len() {
            let state = partition.state(place);
            let (due, moves) = (self.due_day(state), self.is_moving(state, next));
            if due != 0 {
                partition.wait(place, due);
            }
            if moves {
                partition.move_next(place);
            }
        }
    }

    /// Counts the persons of a whole partition who are present.
    pub fn count_present(&self, partition: &mut Partition, present: &mut Tally) {
        for place in 0..partition.len() {
            let state = partition.state(place);
            for (number, dataflow) in self.dataflows.iter().enumerate() {
                if let CountingRule::Stock { word, .. } = dataflow.rule
                    && let Some(cell) = Stay::from_word(state[word]).cell()
                {
                    present.add(number, cell, 1);
                }
            }
        }
    }

    /// The rows that wait for a timer: the day on which it fires, and the person. By day.
    pub fn timers(&self, rows: &Rows) -> Vec<(u32, Pseudonym)> {
        if !self.has_timers {
            return vec![];
        }
        let days = rows.iter().map(|row| row[row.len() - self.width + DUE]).zip(rows.persons());
        let mut due: Vec<(u32, Pseudonym)> = days.filter(|(day, _)| *day != 0).collect();
        due.sort_unstable();
        due
    }

    /// Folds one step's events of one partition, and the timers that are due by its end. Sorts the
    /// events. The partition must have a row for everyone of the store's persons who has an event,
    /// whose timer is due, or who moves. Adds to `tally` what counts, and to `present` the changes
    /// of the persons present.
    pub fn fold(
        &self,
        partition: &mut Partition,
        events: &mut [Event],
        step: StepKind,
        (tally, present): (&mut Tally, &mut Tally),
    ) {
        let (earlier, mut late) = (EarlierEvents::default(), LateTally::default());
        let counts = StepCounts { number: 0, tally, present, earlier: &earlier, late: &mut late };
        self.fold_late(partition, events, step, counts);
    }

    /// Like [`Self::fold`], which is for steps without late events, but also counts late events for
    /// the steps in which they occurred. `counts.earlier` must hold every event, folded before in
    /// those steps, of the persons with late events.
    pub fn fold_late(
        &self,
        partition: &mut Partition,
        events: &mut [Event],
        step: StepKind,
        counts: StepCounts<'_>,
    ) {
        let events = self.standing(events);
        events.sort_unstable_by_key(Event::order);
        let mut context =
            FoldContext { step, last: self.last_day(step), notes: Notes::default(), counts };
        let waiting = partition.take_waiting(context.last);
        let by_person = || events.chunk_by(|one, next| one.pseudonym == next.pseudonym);
        // Finding all rows first lets the processor wait for many of them at once.
        let places: Vec<usize> =
            by_person().map(|events| partition.row_of(events[0].pseudonym)).collect();
        for (of_one_person, place) in by_person().zip(places) {
            self.fold_row(partition, place, of_one_person, &mut context);
        }
        let (last, has_timers) = (context.last, self.has_timers);
        for place in waiting {
            let state = partition.state(place);
            if has_timers && is_due(state, last) || self.is_moving(state, context.counts.number) {
                self.fold_row(partition, place, &[], &mut context);
            }
        }
    }

    /// Folds one person's events of the step, and notes when to look at the person again.
    fn fold_row(
        &self,
        partition: &mut Partition,
        place: usize,
        events: &[Event],
        context: &mut FoldContext<'_>,
    ) {
        partition.note_changed(place);
        let state = partition.state(place);
        let due_before = self.due_day(state);
        self.fold_person(state, events, context);
        let (due, moves) = (self.due_day(state), self.is_moving(state, context.counts.number + 1));
        if due != 0 && due != due_before {
            partition.wait(place, due);
        }
        if moves {
            partition.move_next(place);
        }
    }

    /// The day on which a timer of this state fires; 0 for never.
    fn due_day(&self, state: &[u32]) -> u32 {
        if self.has_timers { state[DUE] } else { 0 }
    }

    fn last_day(&self, step: StepKind) -> i32 {
        match step {
            StepKind::Seed => self.day_before_plan,
            StepKind::Step { last, .. } => last,
        }
    }

    /// Begins a window for a person, once: resets the counters, and forgets what can no longer
    /// matter.
    fn renew(&self, state: &mut [u32], window: u32) {
        if state[WINDOW] == window + 1 {
            return;
        }
        let is_seeded = state[WINDOW] == 0;
        let follows = state[WINDOW] == window && window > 0;
        state[WINDOW] = window + 1;
        for dataflow in &self.dataflows {
            match &dataflow.rule {
                CountingRule::AtBound => {}
                CountingRule::Transitions(rule) => {
                    if rule.late_max > 0 {
                        let kept = follows && !is_planted("late-bound-begins-anew");
                        state[rule.word + 1] = if kept { state[rule.word] } else { 0 };
                    }
                    state[rule.word] = FlowUse::default().word();
                    if let Some(marks) = &rule.marks {
                        marks.renew(state, follows);
                    }
                    if let Some(counted_cells) = &rule.counted_cells {
                        counted_cells.renew(state, follows);
                    }
                }
                CountingRule::Stock { word, continues, .. } => {
                    let mut stay = Stay::from_word(state[*word]);
                    if *continues && !is_seeded {
                        stay.continue_window();
                    } else {
                        stay.begin_window();
                    }
                    state[*word] = stay.word();
                }
            }
        }
        if self.is_like_unseen(state) || self.is_forgotten(state, window) {
            state.fill(0);
            state[WINDOW] = window + 1;
        }
    }

    fn fold_person(&self, state: &mut [u32], events: &[Event], context: &mut FoldContext<'_>) {
        context.notes.clear();
        if let StepKind::Step { window, .. } = context.step {
            self.renew(state, window);
        }
        self.note_folded(state, context.step);
        let last = context.last;
        if self.corrections.is_some() {
            self.revise_all(state, events, context);
        }
        let of_step = events.len();
        for together in events.chunk_by(|one, next| one.at == next.at) {
            match (together, self.order) {
                (&[_, _, ..], EventOrder::LifeCycle) => {
                    self.fold_together(state, together, of_step, context);
                }
                _ => {
                    for event in together {
                        if self.is_to_be_folded(event, of_step, &mut context.notes) {
                            self.fold_event(state, event, context);
                        }
                    }
                }
            }
        }
        if self.has_timers {
            self.fire_timers(state, last, context);
        }
        self.close_stocks(state, context);
    }

    /// Whether an event of a person with so many events in the step is neither a copy nor a
    /// correction that is complete. Asked once for each event.
    fn is_to_be_folded(&self, event: &Event, of_step: usize, notes: &mut Notes) -> bool {
        match self.corrections {
            None => notes.first(event.id, of_step),
            Some(_) => !notes.revised.contains(&(event.id, event.at)),
        }
    }

    /// Fires the timers that are due by the instant of an event, then makes the event's transition,
    /// if the status has one.
    fn fold_event(&self, state: &mut [u32], event: &Event, context: &mut FoldContext<'_>) {
        self.fire_timers_before(state, event, context);
        let before = state[STATUS] as usize;
        let Some(arrow) = self.life_cycle.arrow(before, usize::from(event.kind)) else {
            self.note_idle(state, event, &mut context.notes);
            return;
        };
        let transition = Transition { event: Some(event), before, arrow, at: event.at };
        self.save_before(state, Some(event), &context.notes);
        self.apply(state, &transition, context);
    }

    /// Fires every timer that is due by the instant of an event.
    fn fire_timers_before(&self, state: &mut [u32], event: &Event, context: &mut FoldContext<'_>) {
        if self.has_timers && is_due(state, context.last) {
            self.fire_timers(state, self.day_of(event, context.last), context);
        }
    }

    /// The day by which timers have fired when an event is folded in a step with this last day.
    fn day_of(&self, event: &Event, last: i32) -> i32 {
        last.min(self.days.holding(event.at))
    }

    /// Fires every timer that is due by a day.
    fn fire_timers(&self, state: &mut [u32], day: i32, context: &mut FoldContext<'_>) {
        while is_due(state, day) {
            let (before, at) = (state[STATUS] as usize, self.days.start(state[DUE] as i32));
            let Some(timer) = self.life_cycle.timer(before) else { return };
            let transition = Transition { event: None, before, arrow: timer.arrow, at };
            self.save_before(state, None, &context.notes);
            self.apply(state, &transition, context);
        }
    }

    /// Makes one transition: counts it in every dataflow that counts it, and sets the state to
    /// which it leads.
    fn apply(&self, state: &mut [u32], transition: &Transition<'_>, context: &mut FoldContext<'_>) {
        let (before, after) = (transition.before, transition.arrow.to);
        state[STATUS] = after as u32;
        if self.has_timers {
            state[DUE] = self.due(transition);
        }
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let (Some(last), Some(event)) = (dataflow.last, transition.event) {
                state[last] = to_word(dataflow.dimensions.of_event(event));
            }
            match &dataflow.rule {
                CountingRule::AtBound => {}
                CountingRule::Transitions(rule) => match &rule.spell {
                    None => self.count_transition(number, rule, 0, state, transition, context),
                    Some(spell) => {
                        let start =
                            transition.event.map(|event| dataflow.dimensions.of_start(event));
                        spell.enter(state, transition, start, &self.days);
                        let length = spell.length(state, transition.at, &self.days);
                        if let Some(length) = length.filter(|_| spell.counts(before, after)) {
                            self.count_transition(number, rule, length, state, transition, context);
                        }
                        spell.leave(state, after);
                    }
                },
                CountingRule::Stock { statuses, .. } => {
                    if statuses[after] && !statuses[before] {
                        let cell = dataflow.attributes(state, transition);
                        context.notes.entered.retain(|&(other, _)| other != number);
                        context.notes.entered.push((number, cell.map(|cell| cell as usize)));
                    }
                }
            }
        }
    }

    /// The day on which the timer of the status after a transition fires; 0 for never.
    fn due(&self, transition: &Transition<'_>) -> u32 {
        let Some(timer) = self.life_cycle.timer(transition.arrow.to) else { return 0 };
        let today = self.days.holding(transition.at);
        let last = match (timer.due, transition.event) {
            (Due::AfterDays(days), _) => today.saturating_add_unsigned(days),
            (Due::Until, Some(event)) => match self.until.map(|place| event.codes[place]) {
                Some(date) if date != NO_CODE => date.into(),
                _ => return 0,
            },
            (Due::Until, None) => return 0,
        };
        // A day that has already passed fires today. No timer is due before 1970.
        last.saturating_add(1).max(today).max(1).unsigned_abs()
    }

    fn count_transition(
        &self,
        number: usize,
        rule: &TransitionRule,
        length: usize,
        state: &mut [u32],
        transition: &Transition<'_>,
        context: &mut FoldContext<'_>,
    ) {
        if let Some(event) = transition.event.filter(|event| event.age > 0) {
            return match rule.late_by_transition {
                true => self.count_late_move(number, rule, length, state, transition, context),
                false => self.count_late(number, rule, state, event, context),
            };
        }
        let FoldContext { step: StepKind::Step { month, .. }, notes, counts, .. } = context else {
            return;
        };
        let tally = &mut *counts.tally;
        let Some(cell) = self.dataflows[number].cell(state, transition, length) else { return };
        let unit = (number, rule.counted_per.unit(cell));
        if !matches!(&rule.counted_per, CountedPer::Event) && notes.counted.contains(&unit) {
            return;
        }
        if rule.is_counted(state, cell) {
            return;
        }
        let mut used = FlowUse::from_word(state[rule.word]);
        let outcome = used.contribute(&rule.bound, *month);
        state[rule.word] = used.word();
        match outcome {
            Outcome::Counted => {
                tally.add(number, cell, 1);
                if let Some(marks) = &rule.marks {
                    marks.this_window().set(state, counts.number, cell);
                }
                // No longer than the sum of the bounds of the plan's dataflows.
                notes.counted.push(unit);
                if let Some(counted_cells) = &rule.counted_cells {
                    counted_cells.this_window().add(state, cell);
                }
                rule.note_last(state, transition.event.map(|_| cell));
            }
            Outcome::CutFirst => {
                for &of_bound in &rule.at_bound {
                    if let Some(cell) = self.dataflows[of_bound].cell(state, transition, 0) {
                        tally.add(of_bound, cell, 1);
                    }
                }
            }
            Outcome::CutAgain => {}
        }
    }
}

/// The context of one step's fold.
struct FoldContext<'t> {
    step: StepKind,
    /// The step's last day.
    last: i32,
    notes: Notes,
    counts: StepCounts<'t>,
}

/// Whether a timer fires on this day or before.
fn is_due(state: &[u32], day: i32) -> bool {
    state[DUE] != 0 && i64::from(state[DUE]) <= i64::from(day)
}
