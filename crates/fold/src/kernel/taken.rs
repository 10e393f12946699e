//! What the last transition of a person counts where events can be corrected and its cell does not
//! follow from the event alone, and what becomes of it when that transition is taken back or
//! replaced.
//!
//! A dataflow with vintages keeps the cell in which the last transition counts in a word of the
//! state; its step is that of the event. Taken back, the transition counts there no more; the one
//! that replaces it counts in its own cell, for the step in which both occurred. That is one move:
//! made whole, or not at all where the bound of that step's window has no room for it.
//!
//! A person who counts once in each cell of a window counts on time once there whatever is taken
//! back later, and late wherever the person does not count at that time.
//!
//! Not here: which transition is the last (module `correct`), late events that correct nothing
//! (module `late`).
//!
//! Invariants:
//! 1. Only what the last transition counts is taken back, and only while it counts
//!    (`tests/late_moves.rs`: `late_transitions_count_as_the_rule_says`).
//! 2. No more changes than the bound; a person stands in a (step, cell), or in a cell of a window,
//!    once or not at all, and counts on time in a cell of a window once, taken back or not
//!    (`tests/late_moves.rs`: `on_time_and_late_together_stay_within_the_bounds`).

use super::late::place;
use super::{Count, Kernel, Once, Rule, Stage, StepKind};
use crate::cell::{of_word, to_word};
use crate::event::Event;

impl Count {
    /// Notes in which cell the last transition counts.
    pub(super) fn note_last(&self, state: &mut [u32], cell: Option<usize>) {
        if let Some(last) = self.last {
            // Fits: a dataflow has at most 1,000,000 cells.
            state[last] = to_word(cell.map(|cell| cell as u32));
        }
    }

    /// Whether a person counts in a cell of this window already, or has counted there on time,
    /// where each cell counts once.
    pub(super) fn is_seen(&self, state: &[u32], cell: usize) -> bool {
        let marks = self.marks.as_ref().map(|marks| marks.of_this_window());
        self.seen.as_ref().is_some_and(|seen| {
            seen.of_this_window().holds(state, cell)
                || marks.is_some_and(|marks| marks.holds(state, cell))
        })
    }

    /// Whether a person counts already where a late transition would: in the cell of its step, or
    /// of its window, which is this one or the one before.
    pub(super) fn holds_late(&self, state: &[u32], this: bool, step: i32, cell: usize) -> bool {
        let marks = self.marks.as_ref().map(|marks| marks.of(this));
        match (&self.seen, marks) {
            (Some(_), Some(marks)) => marks.holds(state, cell),
            (Some(seen), None) => seen.of(this).is_some_and(|seen| seen.holds(state, cell)),
            (None, Some(marks)) if !matches!(self.once, Once::Event) => {
                self.once.held(marks, state, step, cell) > 0
            }
            (None, _) => false,
        }
    }

    /// Notes that a late transition counts.
    pub(super) fn hold_late(&self, state: &mut [u32], this: bool, step: i32, cell: usize) {
        match (&self.marks, &self.seen) {
            (Some(marks), _) => marks.of(this).set(state, step, cell),
            (None, Some(seen)) => {
                if let Some(seen) = seen.of(this) {
                    seen.add(state, cell);
                }
            }
            (None, None) => {}
        }
    }
}

impl Kernel {
    /// Every dataflow that keeps where the last transition counts.
    fn with_last(&self) -> impl Iterator<Item = (usize, &Count)> {
        self.dataflows.iter().enumerate().filter_map(|(number, dataflow)| match &dataflow.rule {
            Rule::Count(count) if count.last.is_some() => Some((number, count)),
            _ => None,
        })
    }

    /// Before a transition: it counts nowhere yet.
    pub(super) fn forget_last(&self, state: &mut [u32]) {
        for (_, count) in self.with_last() {
            count.note_last(state, None);
        }
    }

    /// Notes where the last transition counts, which this event made and which is taken back.
    pub(super) fn take_last(&self, state: &mut [u32], event: &Event, stage: &mut Stage<'_>) {
        let StepKind::Step { in_window, .. } = stage.step else { return };
        for (number, count) in self.with_last() {
            let cell = count.last.and_then(|last| of_word(state[last])).map(|cell| cell as usize);
            count.note_last(state, None);
            let place = place(count, number, event.age, in_window, stage.counts.number);
            if let (Some(place), Some(cell)) = (place, cell)
                && place.held(state, cell) > 0
            {
                stage.notes.taken.push((number, cell));
            }
        }
    }

    /// Moves what a transition counted that was taken back to the cell of the late one that
    /// replaces it. Returns whether there was any.
    pub(super) fn move_taken(
        &self,
        number: usize,
        count: &Count,
        cell: usize,
        age: u8,
        state: &mut [u32],
        stage: &mut Stage<'_>,
    ) -> bool {
        let StepKind::Step { in_window, .. } = stage.step else { return false };
        let taken = stage.notes.taken.iter().position(|&(of, _)| of == number);
        let Some(taken) = taken.map(|at| stage.notes.taken.swap_remove(at).1) else { return false };
        let place = place(count, number, age, in_window, stage.counts.number);
        let Some(place) = place.filter(|_| taken != cell) else {
            count.note_last(state, Some(taken));
            return true;
        };
        let (this, _) = count.window_of(age, in_window);
        // Of a table the person counts in one cell of the step, which is left.
        let up =
            matches!(count.once, Once::Step) || !count.holds_late(state, this, place.step, cell);
        let up = up.then_some(cell);
        let moves = place.shift(state, (Some(taken), up), &mut stage.counts);
        count.note_last(state, if moves { up } else { Some(taken) });
        true
    }

    /// Takes back what a transition counted where none that replaces it counts.
    pub(super) fn settle_taken(&self, state: &mut [u32], age: u8, stage: &mut Stage<'_>) {
        let StepKind::Step { in_window, .. } = stage.step else { return };
        while let Some((number, cell)) = stage.notes.taken.pop() {
            let Rule::Count(count) = &self.dataflows[number].rule else { continue };
            let place = place(count, number, age, in_window, stage.counts.number);
            // Where there is no room, there is none for anything that could come later.
            if let Some(place) = place {
                place.shift(state, (Some(cell), None), &mut stage.counts);
            }
        }
    }
}
