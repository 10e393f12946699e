//! How the kernel counts late events in dataflows with vintages, and moves what it has counted
//! where events are corrected.
//!
//! The cell of a flow by kind and by attributes follows from the event alone. That of a
//! transition, of a spell or of a pair of statuses does not: there a late event counts in the cell
//! of the transition that it makes when it is folded, for the step in which it occurred; what is
//! taken back or moved of it is in module `taken`.
//!
//! Not here: transitions, which late events make like any other (the parent), and the state
//! (module `correct`).
//!
//! Invariants:
//! 1. A late event counts for the step in which it occurred, within the bound of that step's window
//!    (`tests/late.rs`: `late_events_count_as_the_rule_says`).
//! 2. Where events can be corrected, only what counts is taken back, and a person never counts more
//!    often in a (step, cell) than events stand there, where the cell follows from the event; once
//!    at most in a flow of PERSONS, and once in a step of a table
//!    (`tests/corrections.rs`: `the_fold_corrects_as_a_naive_counter_does`,
//!    `a_table_moves_to_what_stands`).
//! 3. Taking back takes from the bound like counting (`tests/corrections.rs`:
//!    `no_correction_passes_a_bound`).
//! 4. A late transition counts once in each (step, cell), or once in each cell of the window in
//!    which it occurred where dataflows of transitions do, on time and late together, taken back
//!    or not
//!    (`tests/late_moves.rs`: `on_time_and_late_together_stay_within_the_bounds`).

use std::collections::BTreeMap;

use super::marks::OfWindow;
use super::{Count, Kernel, Once, Rule, Stage, StepKind};
use crate::bound::FlowUse;
use crate::cell::Move;
use crate::event::Event;
use crate::late::{Counts, Earlier};
use crate::spell::Spell;

impl Count {
    /// Whether events of an age occurred in this window, and otherwise in the one before, for no
    /// vintage is later than a window is long; and where the counters of that window are.
    pub(super) fn window_of(&self, age: u8, in_window: u32) -> (bool, usize) {
        let this = u32::from(age) <= in_window;
        (this, if this { self.word } else { self.word + 1 })
    }
}

/// Where late contributions of a person to a flow are kept, for events of one age.
pub(super) struct Place<'k> {
    count: &'k Count,
    number: usize,
    age: u8,
    /// The number of the step in which the events occurred.
    pub step: i32,
    marks: OfWindow,
    word: usize,
}

impl Place<'_> {
    pub(super) fn held(&self, state: &[u32], cell: usize) -> u32 {
        self.marks.held(state, self.step, cell)
    }

    /// The cells in which the person's events of the step stand, each with how many.
    fn standing<'e>(
        &self,
        event: &Event,
        earlier: &'e Earlier,
    ) -> Option<&'e BTreeMap<usize, u32>> {
        earlier.standing.get(&(event.pseudonym, self.age, self.number))
    }

    /// How often the person is to count in a cell, by the events that stand there.
    fn wanted(&self, event: &Event, cell: usize, earlier: &Earlier) -> u32 {
        let standing = self.standing(event, earlier);
        let standing = standing.and_then(|cells| cells.get(&cell)).copied().unwrap_or(0);
        if matches!(self.count.once, Once::Event) { standing } else { standing.min(1) }
    }

    /// Whether the person is to count in a cell once more. Of a table: whether the person counts
    /// nowhere in the step and is to count here.
    fn lacks(&self, state: &[u32], event: &Event, cell: usize, earlier: &Earlier) -> bool {
        let held = self.count.once.held(self.marks, state, self.step, cell);
        held < self.wanted(event, cell, earlier)
    }

    /// Counts the person in one cell less and in another more: the whole move or, where the bound
    /// has no room for it, nothing. Returns whether there was room.
    pub(super) fn shift(
        &self,
        state: &mut [u32],
        (down, up): (Option<usize>, Option<usize>),
        counts: &mut Counts<'_>,
    ) -> bool {
        let contributions = u32::from(down.is_some()) + u32::from(up.is_some());
        let used = FlowUse::from_word(state[self.word]);
        let has_room = used.has_room(contributions, &self.count.bound);
        if has_room {
            let changes = down.map(|cell| (cell, -1)).into_iter().chain(up.map(|cell| (cell, 1)));
            changes.for_each(|(cell, by)| self.add(state, cell, by, counts));
        }
        has_room
    }

    /// Counts the person in a cell once more, or once less.
    fn add(&self, state: &mut [u32], cell: usize, increment: i64, counts: &mut Counts<'_>) {
        let mut used = FlowUse::from_word(state[self.word]);
        if !used.contribute_late(&self.count.bound) {
            return;
        }
        state[self.word] = used.word();
        counts.late.add(self.age, self.number, cell, increment);
        if increment > 0 {
            self.marks.set(state, self.step, cell);
        } else {
            self.marks.clear(state, self.step, cell);
        }
    }
}

impl Kernel {
    /// Notes an event that was folded before, in a step that lies so many steps back: its person
    /// counts there no second time. Not for plans with corrections; see [`Self::revise_late`].
    pub fn note_earlier(&self, earlier: &mut Earlier, event: &Event, age: u8) {
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let Rule::Count(Count { once, late_max, late_moves: false, .. }) = dataflow.rule
                && !matches!(once, Once::Event)
                && age <= late_max
                && let Some(cell) = dataflow.dimensions.of_late(event)
            {
                let cell = once.place(cell as usize);
                earlier.seen.insert((event.pseudonym, age, number, cell));
            }
        }
    }

    /// Notes an event that stands in a step that lies so many steps back.
    pub(super) fn note_standing(&self, earlier: &mut Earlier, event: &Event, age: u8) {
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let Rule::Count(Count { marks: Some(_), late_max, late_moves: false, .. }) =
                dataflow.rule
                && age <= late_max
                && let Some(cell) = dataflow.dimensions.of_late(event)
            {
                let cells = earlier.standing.entry((event.pseudonym, age, number)).or_default();
                *cells.entry(cell as usize).or_default() += 1;
            }
        }
    }

    /// Counts a late event for the step in which it occurred, where the flow still takes it.
    pub(super) fn count_late(
        &self,
        number: usize,
        count: &Count,
        state: &mut [u32],
        event: &Event,
        stage: &mut Stage<'_>,
    ) {
        let StepKind::Step { in_window, .. } = stage.step else { return };
        let (age, dataflow) = (event.age, &self.dataflows[number]);
        let Some(cell) = dataflow.dimensions.of_late(event).filter(|_| age <= count.late_max)
        else {
            return;
        };
        let cell = cell as usize;
        let Stage { notes, counts, .. } = stage;
        if let Some(place) = place(count, number, age, in_window, counts.number) {
            if !notes.settled && place.lacks(state, event, cell, counts.earlier) {
                place.add(state, cell, 1, counts);
            }
            return;
        }
        let once = count.once.place(cell);
        if !matches!(count.once, Once::Event)
            && (notes.late.contains(&(number, age, once))
                || counts.earlier.seen.contains(&(event.pseudonym, age, number, once)))
        {
            return;
        }
        let (_, word) = count.window_of(age, in_window);
        let mut used = FlowUse::from_word(state[word]);
        if used.contribute_late(&count.bound) {
            state[word] = used.word();
            counts.late.add(age, number, cell, 1);
            notes.late.push((number, age, once));
        }
    }

    /// Counts a late event in the cell of the transition that it makes now, for the step in which
    /// it occurred, where the dataflow still takes it.
    pub(super) fn count_late_move(
        &self,
        number: usize,
        count: &Count,
        length: usize,
        state: &mut [u32],
        made: &Move<'_>,
        stage: &mut Stage<'_>,
    ) {
        let (StepKind::Step { in_window, .. }, Some(event)) = (stage.step, made.event) else {
            return;
        };
        // A spell that ends before it began has no length.
        let backwards = |spell: &Spell| spell.begins_after(state, made.at, &self.days);
        if event.age > count.late_max || count.spell.as_ref().is_some_and(backwards) {
            return;
        }
        let Some(cell) = self.dataflows[number].cell(state, made, length) else { return };
        let (this, word) = count.window_of(event.age, in_window);
        let step = stage.counts.number - i32::from(event.age);
        if self.move_taken(number, count, cell, event.age, state, stage)
            || count.holds_late(state, this, step, cell)
        {
            return;
        }
        let mut used = FlowUse::from_word(state[word]);
        if !used.contribute_late(&count.bound) {
            return;
        }
        state[word] = used.word();
        stage.counts.late.add(event.age, number, cell, 1);
        count.hold_late(state, this, step, cell);
        count.note_last(state, Some(cell));
    }

    /// Moves what a flow counts of an event that was folded before to what stands now, if anything
    /// does: the whole move or, where the bound has no room for it, nothing.
    pub(super) fn move_late(
        &self,
        number: usize,
        state: &mut [u32],
        before: &Event,
        after: Option<&Event>,
        stage: &mut Stage<'_>,
    ) {
        let (dataflow, counts) = (&self.dataflows[number], &mut stage.counts);
        let (Rule::Count(count), StepKind::Step { in_window, .. }) = (&dataflow.rule, stage.step)
        else {
            return;
        };
        let place = place(count, number, before.age, in_window, counts.number);
        let Some(place) = place.filter(|_| !count.late_moves) else { return };
        let cell = |event: &Event| dataflow.dimensions.of_late(event).map(|cell| cell as usize);
        let (old, new) = (cell(before), after.and_then(cell));
        // What was outside the flow made a transition, as far as anyone knows.
        let counted = old.is_none_or(|cell| place.held(state, cell) > 0);
        if old == new || !counted {
            return;
        }
        let earlier = counts.earlier;
        let down =
            old.filter(|&cell| place.held(state, cell) > place.wanted(before, cell, earlier));
        let up = match count.once {
            // Whoever is taken out of the one cell of a step counts in another where an event of
            // the step stands: in that of the correction, or the first.
            Once::Step if down.is_some() => {
                let stands = |cell: &usize| place.wanted(before, *cell, earlier) > 0;
                let other = || place.standing(before, earlier)?.keys().copied().find(stands);
                new.filter(stands).or_else(other)
            }
            _ => new.filter(|&cell| place.lacks(state, before, cell, earlier)),
        };
        place.shift(state, (down, up), counts);
    }
}

/// Where a flow whose events can be corrected keeps what it counts of events of this age, if it
/// still takes any.
pub(super) fn place(
    count: &Count,
    number: usize,
    age: u8,
    in_window: u32,
    folded: i32,
) -> Option<Place<'_>> {
    let marks = count.marks.as_ref().filter(|_| age <= count.late_max)?;
    let (this, word) = count.window_of(age, in_window);
    let marks = marks.of(this);
    Some(Place { count, number, age, step: folded - i32::from(age), marks, word })
}
