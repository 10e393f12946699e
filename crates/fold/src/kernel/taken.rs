//! The cells in which a person's last transition counts, if events can be corrected and its cell
//! does not follow from the event only; and what happens to its count when that transition is taken
//! back or replaced.
//!
//! A dataflow with vintages keeps, in a word of the state, the cell in which the last transition
//! counts; its step is that of the event. If the transition is taken back, it no longer counts
//! there; the one that replaces it counts in its own cell, for the step in which both occurred.
//! That is one move: it is made as a whole, or not at all if the bound of that step's window has no
//! room for it.
//!
//! A person who counts once in each cell of a window counts there on time only once, whatever is
//! taken back later, and counts late in any cell in which the person does not count at that time.
//!
//! Not here: which transition is the last (module `correct`), late events that correct nothing
//! (module `late`).
//!
//! Invariants:
//! 1. Only the counts of the last transition are taken back, and only while they count
//!    (`tests/late_moves.rs`: `late_transitions_count_as_the_rule_says`).
//! 2. There are no more changes than the bound; a person stands in a (step, cell), or in a cell of
//!    a window, once or not at all, and counts on time in a cell of a window once, taken back or
//!    not (`tests/late_moves.rs`: `on_time_and_late_together_stay_within_the_bounds`).

use super::late::late_counter;
use super::marks::WindowMarks;
use super::{CountedPer, CountingRule, FoldContext, Kernel, StepKind, TransitionRule};
use crate::cell::{of_word, to_word};
use crate::event::Event;

impl TransitionRule {
    /// Notes the cell in which the last transition counts.
    pub(super) fn note_last(&self, state: &mut [u32], cell: Option<usize>) {
        if let Some(last) = self.last {
            // Fits: a dataflow has at most 1,000,000 cells.
            state[last] = to_word(cell.map(|cell| cell as u32));
        }
    }

    /// If each cell counts once in a window: whether a person already counts in a cell of this
    /// window, or has counted there on time.
    pub(super) fn is_counted(&self, state: &[u32], cell: usize) -> bool {
        let marks = self.marks.as_ref().map(|marks| marks.this_window());
        self.counted_cells.as_ref().is_some_and(|counted_cells| {
            counted_cells.this_window().contains(state, cell)
                || marks.is_some_and(|marks| marks.contains(state, cell))
        })
    }

    /// Whether a person already counts where a late transition would: in the cell of its step, or
    /// in the cell of its window, which is this one or the one before.
    pub(super) fn counts_late_in(&self, state: &[u32], this: bool, step: i32, cell: usize) -> bool {
        let marks = self.marks.as_ref().map(|marks| marks.window(this));
        match (&self.counted_cells, marks) {
            (Some(_), Some(marks)) => {
                marks.contains(state, cell) || self.counts_in_step(state, marks, step, cell)
            }
            (Some(counted_cells), None) => counted_cells
                .window(this)
                .is_some_and(|counted_cells| counted_cells.contains(state, cell)),
            (None, Some(marks)) if !matches!(&self.counted_per, CountedPer::Event) => {
                self.counted_per.times_counted(marks, state, step, cell) > 0
            }
            (None, _) => false,
        }
    }

    /// In a table, whether a person already counts in a step, with the same codes apart.
    fn counts_in_step(&self, state: &[u32], marks: WindowMarks, step: i32, cell: usize) -> bool {
        matches!(&self.counted_per, CountedPer::Step(_))
            && self.counted_per.times_counted(marks, state, step, cell) > 0
    }

    /// Whether a person who leaves one cell of a step may count in another: in a table the step is
    /// left, so only a cell that counts once in a window can be taken.
    fn counts_instead_in(
        &self,
        state: &[u32],
        this: bool,
        step: i32,
        (left, cell): (usize, usize),
    ) -> bool {
        let leaves_unit = matches!(&self.counted_per, CountedPer::Step(_))
            && self.counted_per.unit(left) == self.counted_per.unit(cell);
        if !leaves_unit {
            return !self.counts_late_in(state, this, step, cell);
        }
        let marks = self.marks.as_ref().map(|marks| marks.window(this));
        self.counted_cells.is_none() || marks.is_none_or(|marks| !marks.contains(state, cell))
    }

    /// Notes that a late transition counts.
    pub(super) fn note_late(&self, state: &mut [u32], this: bool, step: i32, cell: usize) {
        match (&self.marks, &self.counted_cells) {
            (Some(marks), _) => marks.window(this).set(state, step, cell),
            (None, Some(counted_cells)) => {
                if let Some(counted_cells) = counted_cells.window(this) {
                    counted_cells.add(state, cell);
                }
            }
            (None, None) => {}
        }
    }
}

impl Kernel {
    /// Every dataflow that keeps the cell in which the last transition counts.
    fn with_last(&self) -> impl Iterator<Item = (usize, &TransitionRule)> {
        self.dataflows.iter().enumerate().filter_map(|(number, dataflow)| match &dataflow.rule {
            CountingRule::Transitions(rule) if rule.last.is_some() => Some((number, rule)),
            _ => None,
        })
    }

    /// Called before a transition: it counts nowhere yet.
    pub(super) fn forget_last(&self, state: &mut [u32]) {
        for (_, rule) in self.with_last() {
            rule.note_last(state, None);
        }
    }

    /// Notes where the last transition counts, which was made by this event and is being taken
    /// back.
    pub(super) fn take_last(
        &self,
        state: &mut [u32],
        event: &Event,
        context: &mut FoldContext<'_>,
    ) {
        let StepKind::Step { in_window, .. } = context.step else { return };
        for (number, rule) in self.with_last() {
            let cell = rule.last.and_then(|last| of_word(state[last])).map(|cell| cell as usize);
            rule.note_last(state, None);
            let counter = late_counter(rule, number, event.age, in_window, context.counts.number);
            if let (Some(counter), Some(cell)) = (counter, cell)
                && counter.times_counted(state, cell) > 0
            {
                context.notes.taken_back.push((number, cell));
            }
        }
    }

    /// Moves the count of a transition that was taken back to the cell of the late one that
    /// replaces it. Returns whether there was such a count.
    pub(super) fn move_taken_back(
        &self,
        number: usize,
        rule: &TransitionRule,
        cell: usize,
        age: u8,
        state: &mut [u32],
        context: &mut FoldContext<'_>,
    ) -> bool {
        let StepKind::Step { in_window, .. } = context.step else { return false };
        let taken = context.notes.taken_back.iter().position(|&(of, _)| of == number);
        let Some(taken) = taken.map(|at| context.notes.taken_back.swap_remove(at).1) else {
            return false;
        };
        let counter = late_counter(rule, number, age, in_window, context.counts.number);
        let Some(counter) = counter.filter(|_| taken != cell) else {
            rule.note_last(state, Some(taken));
            return true;
        };
        let (this, _) = rule.window_of(age, in_window);
        let up = rule.counts_instead_in(state, this, counter.step, (taken, cell));
        let up = up.then_some(cell);
        let moves = counter.shift(state, (Some(taken), [up]), &mut context.counts);
        rule.note_last(state, if moves { up } else { Some(taken) });
        true
    }

    /// Takes back the count of a transition if the one that replaces it does not count.
    pub(super) fn settle_taken_back(
        &self,
        state: &mut [u32],
        age: u8,
        context: &mut FoldContext<'_>,
    ) {
        let StepKind::Step { in_window, .. } = context.step else { return };
        while let Some((number, cell)) = context.notes.taken_back.pop() {
            let CountingRule::Transitions(rule) = &self.dataflows[number].rule else { continue };
            let counter = late_counter(rule, number, age, in_window, context.counts.number);
            // If there is no room now, there is none for anything that could come later.
            if let Some(counter) = counter {
                counter.shift(state, (Some(cell), []), &mut context.counts);
            }
        }
    }
}
