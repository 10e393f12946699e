//! How the kernel counts late events in dataflows with vintages, and moves their counts when events
//! are corrected.
//!
//! The cell of a flow by kind and by attributes follows from the event only. That of a transition,
//! of a spell or of a pair of statuses does not: there a late event counts in the cell of the
//! transition that it makes when it is folded, for the step in which it occurred. Module `taken`
//! takes back and moves such counts.
//!
//! Not here: transitions, which late events make like any other event (the parent), and the state
//! (module `correct`).
//!
//! Invariants:
//! 1. A late event counts for the step in which it occurred, within the bound of that step's window
//!    (`tests/late.rs`: `late_events_count_as_the_rule_says`).
//! 2. If events can be corrected, only what counts is taken back. If the cell follows from the
//!    event, a person never counts more often in a (step, cell) than events stand there; at most
//!    once there in a flow of PERSONS, and once in a step of a table (`tests/corrections.rs`:
//!    `the_fold_corrects_as_a_naive_counter_does`, `a_table_moves_to_the_standing_event`).
//! 3. Taking back takes from the bound, as counting does (`tests/corrections.rs`:
//!    `no_correction_passes_a_bound`).
//! 4. A late transition counts once in each (step, cell); in dataflows of transitions, once in each
//!    cell of the window in which it occurred. Both hold on time and late together, taken back or
//!    not (`tests/late_moves.rs`: `on_time_and_late_together_stay_within_the_bounds`).

use std::collections::BTreeMap;

use super::marks::WindowMarks;
use super::{CountedPer, CountingRule, FoldContext, Kernel, StepKind, TransitionRule};
use crate::bound::FlowUse;
use crate::cell::Transition;
use crate::event::Event;
use crate::fault::is_planted;
use crate::late::{EarlierEvents, StepCounts};
use crate::spell::Spell;

impl TransitionRule {
    /// Whether events of this age occurred in this window, and the index of the counters of their
    /// window. If not, they occurred in the window before, since no vintage is later than a window
    /// is long.
    pub(super) fn window_of(&self, age: u8, in_window: u32) -> (bool, usize) {
        let this = u32::from(age) <= in_window;
        (this, if this { self.word } else { self.word + 1 })
    }
}

/// The counters of a person's late contributions to a flow, for events of one age.
pub(super) struct LateCounter<'k> {
    rule: &'k TransitionRule,
    number: usize,
    age: u8,
    /// The number of the step in which the events occurred.
    pub step: i32,
    marks: WindowMarks,
    word: usize,
}

impl LateCounter<'_> {
    pub(super) fn times_counted(&self, state: &[u32], cell: usize) -> u32 {
        self.marks.times_counted(state, self.step, cell)
    }

    /// The cells in which the person's events of the step stand, with the number of events in each.
    fn standing<'e>(
        &self,
        event: &Event,
        earlier: &'e EarlierEvents,
    ) -> Option<&'e BTreeMap<usize, u32>> {
        earlier.standing.get(&(event.pseudonym, self.age, self.number))
    }

    /// How often the person should count in a cell, given the events that stand there.
    fn times_standing(&self, event: &Event, cell: usize, earlier: &EarlierEvents) -> u32 {
        let standing = self.standing(event, earlier);
        let standing = standing.and_then(|cells| cells.get(&cell)).copied().unwrap_or(0);
        if matches!(self.rule.counted_per, CountedPer::Event) { standing } else { standing.min(1) }
    }

    /// Whether the person should count in a cell once more. For a table: whether the person counts
    /// nowhere in the step and should count here.
    fn should_count_more(
        &self,
        state: &[u32],
        event: &Event,
        cell: usize,
        earlier: &EarlierEvents,
    ) -> bool {
        let times = self.rule.counted_per.times_counted(self.marks, state, self.step, cell);
        times < self.times_standing(event, cell, earlier)
    }

    /// Counts the person once less in one cell and once more in others: the whole move or, if the
    /// bound has no room for it, nothing. Returns whether there was room.
    pub(super) fn shift<const UP: usize>(
        &self,
        state: &mut [u32],
        (down, up): (Option<usize>, [Option<usize>; UP]),
        counts: &mut StepCounts<'_>,
    ) -> bool {
        let contributions = u32::from(down.is_some()) + up.iter().flatten().count() as u32;
        let used = FlowUse::from_word(state[self.word]);
        let has_room = used.has_room(contributions, &self.rule.bound);
        if has_room {
            let up = up.into_iter().flatten().map(|cell| (cell, 1));
            let changes = down.map(|cell| (cell, -1)).into_iter().chain(up);
            changes.for_each(|(cell, by)| self.add(state, cell, by, counts));
        }
        has_room
    }

    /// Counts the person once more, or once less, in a cell.
    fn add(&self, state: &mut [u32], cell: usize, increment: i64, counts: &mut StepCounts<'_>) {
        let mut used = FlowUse::from_word(state[self.word]);
        if !used.contribute_late(&self.rule.bound) {
            return;
        }
        state[self.word] = used.word();
        counts.late.add(self.age, self.number, cell, increment);
        if increment > 0 {
            self.marks.set(state, self.step, cell);
        } else if !is_planted("mark-stays") {
            self.marks.clear(state, self.step, cell);
        }
    }
}

impl Kernel {
    /// Notes an event that was folded before, in the step this many steps back: its person does not
    /// count there a second time. Not for plans with corrections; see [`Self::revise_late`].
    pub fn note_earlier(&self, earlier: &mut EarlierEvents, event: &Event, age: u8) {
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let CountingRule::Transitions(TransitionRule {
                counted_per,
                late_max,
                late_by_transition: false,
                ..
            }) = &dataflow.rule
                && !matches!(counted_per, CountedPer::Event)
                && age <= *late_max
                && let Some(cell) = dataflow.dimensions.of_late(event)
            {
                let cell = counted_per.unit(cell as usize);
                earlier.see(event.pseudonym, (age, number, cell));
            }
        }
    }

    /// Notes an event that stands in the step this many steps back.
    pub(super) fn note_standing(&self, earlier: &mut EarlierEvents, event: &Event, age: u8) {
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let CountingRule::Transitions(TransitionRule {
                marks: Some(_),
                late_max,
                late_by_transition: false,
                ..
            }) = dataflow.rule
                && age <= late_max
                && let Some(cell) = dataflow.dimensions.of_late(event)
            {
                let cells = earlier.standing.entry((event.pseudonym, age, number)).or_default();
                *cells.entry(cell as usize).or_default() += 1;
            }
        }
    }

    /// Counts a late event for the step in which it occurred, if the flow still takes it.
    pub(super) fn count_late(
        &self,
        number: usize,
        rule: &TransitionRule,
        state: &mut [u32],
        event: &Event,
        context: &mut FoldContext<'_>,
    ) {
        let StepKind::Step { in_window, .. } = context.step else { return };
        let (age, dataflow) = (event.age, &self.dataflows[number]);
        let Some(cell) = dataflow.dimensions.of_late(event).filter(|_| age <= rule.late_max) else {
            return;
        };
        let cell = cell as usize;
        let FoldContext { notes, counts, .. } = context;
        if let Some(counter) = late_counter(rule, number, age, in_window, counts.number) {
            if !notes.settled && counter.should_count_more(state, event, cell, counts.earlier) {
                counter.add(state, cell, 1, counts);
            }
            return;
        }
        let unit = rule.counted_per.unit(cell);
        if !matches!(rule.counted_per, CountedPer::Event)
            && !is_planted("late-counts-again")
            && (notes.late.contains(&(number, age, unit))
                || counts.earlier.has_seen(event.pseudonym, (age, number, unit)))
        {
            return;
        }
        let (_, word) = rule.window_of(age, in_window);
        let mut used = FlowUse::from_word(state[word]);
        if used.contribute_late(&rule.bound) {
            state[word] = used.word();
            counts.late.add(age, number, cell, 1);
            notes.late.push((number, age, unit));
        }
    }

    /// Counts a late event in the cell of the transition that it makes now, for the step in which
    /// it occurred, if the dataflow still takes it.
    pub(super) fn count_late_move(
        &self,
        number: usize,
        rule: &TransitionRule,
        length: usize,
        state: &mut [u32],
        transition: &Transition<'_>,
        context: &mut FoldContext<'_>,
    ) {
        let (StepKind::Step { in_window, .. }, Some(event)) = (context.step, transition.event)
        else {
            return;
        };
        // A spell that ends before it began has no length.
        let backwards = |spell: &Spell| spell.begins_after(state, transition.at, &self.days);
        if event.age > rule.late_max || rule.spell.as_ref().is_some_and(backwards) {
            return;
        }
        let Some(cell) = self.dataflows[number].cell(state, transition, length) else { return };
        let (this, word) = rule.window_of(event.age, in_window);
        let step = context.counts.number - i32::from(event.age);
        if self.move_taken_back(number, rule, cell, event.age, state, context)
            || rule.counts_late_in(state, this, step, cell)
        {
            return;
        }
        let mut used = FlowUse::from_word(state[word]);
        if !used.contribute_late(&rule.bound) {
            return;
        }
        state[word] = used.word();
        context.counts.late.add(event.age, number, cell, 1);
        rule.note_late(state, this, step, cell);
        rule.note_last(state, Some(cell));
    }

    /// Moves a flow's count of an event that was folded before to the row that stands now, if any:
    /// the whole move or, if the bound has no room for it, nothing.
    pub(super) fn move_late(
        &self,
        number: usize,
        state: &mut [u32],
        before: &Event,
        after: Option<&Event>,
        context: &mut FoldContext<'_>,
    ) {
        let (dataflow, counts) = (&self.dataflows[number], &mut context.counts);
        let (CountingRule::Transitions(rule), StepKind::Step { in_window, .. }) =
            (&dataflow.rule, context.step)
        else {
            return;
        };
        let counter = late_counter(rule, number, before.age, in_window, counts.number);
        let Some(counter) = counter.filter(|_| !rule.late_by_transition) else { return };
        let cell = |event: &Event| dataflow.dimensions.of_late(event).map(|cell| cell as usize);
        let (old, new) = (cell(before), after.and_then(cell));
        // A row outside the flow is taken to have made a transition: nothing says otherwise.
        let counted = old.is_none_or(|cell| counter.times_counted(state, cell) > 0);
        if old == new || !counted {
            return;
        }
        let earlier = counts.earlier;
        let down = old.filter(|&cell| {
            counter.times_counted(state, cell) > counter.times_standing(before, cell, earlier)
        });
        let is_with =
            |other: usize, cell: usize| rule.counted_per.unit(other) == rule.counted_per.unit(cell);
        // A person who is taken out of the one cell of a step (with these codes apart) counts in
        // another cell of it in which an event of the step stands: that of the correction, or else
        // the first.
        let instead = down.filter(|_| matches!(rule.counted_per, CountedPer::Step(_)));
        let instead = instead.and_then(|down| {
            let stands = |cell: &usize| {
                is_with(*cell, down) && counter.times_standing(before, *cell, earlier) > 0
            };
            let other = || counter.standing(before, earlier)?.keys().copied().find(stands);
            new.filter(stands).or_else(other)
        });
        let is_free = |cell: usize| {
            let leaves = matches!(rule.counted_per, CountedPer::Step(_))
                && down.is_some_and(|down| is_with(cell, down));
            !leaves && counter.should_count_more(state, before, cell, earlier)
        };
        let up = new.filter(|&cell| is_free(cell));
        counter.shift(state, (down, [instead, up]), counts);
    }
}

/// The counters of a flow whose events can be corrected, for events of this age, if it still takes
/// any.
pub(super) fn late_counter(
    rule: &TransitionRule,
    number: usize,
    age: u8,
    in_window: u32,
    folded: i32,
) -> Option<LateCounter<'_>> {
    let marks = rule.marks.as_ref().filter(|_| age <= rule.late_max)?;
    let (this, word) = rule.window_of(age, in_window);
    let marks = marks.window(this);
    Some(LateCounter { rule, number, age, step: folded - i32::from(age), marks, word })
}
