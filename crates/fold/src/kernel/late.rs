//! How the kernel counts late events in flows with vintages.
//!
//! Not here: what they are counted in (module `late` of the crate), and transitions, which late
//! events make like any other (the parent).
//!
//! Invariants:
//! 1. A late event counts for the step in which it occurred, within the bound of that step's window
//!    (`tests/late.rs`: `late_events_count_as_the_rule_says`).

use super::{Count, Kernel, Once, Rule, Stage, StepKind};
use crate::bound::FlowUse;
use crate::event::Event;
use crate::late::Earlier;

impl Kernel {
    /// Notes an event that was folded before, in a step that lies so many steps back: its person
    /// counts there no second time.
    pub fn note_earlier(&self, earlier: &mut Earlier, event: &Event, age: u8) {
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let Rule::Count(Count { once: Once::Cell, late_max, .. }) = dataflow.rule
                && age <= late_max
                && let Some(cell) = dataflow.dimensions.of_late(event)
            {
                earlier.0.insert((event.pseudonym, age, number, cell as usize));
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
        let Stage { step: StepKind::Step { in_window, .. }, notes, counts, .. } = stage else {
            return;
        };
        let (age, dataflow) = (event.age, &self.dataflows[number]);
        let Some(cell) = dataflow.dimensions.of_late(event).filter(|_| age <= count.late_max)
        else {
            return;
        };
        let cell = cell as usize;
        if matches!(count.once, Once::Cell)
            && (notes.late.contains(&(number, age, cell))
                || counts.earlier.0.contains(&(event.pseudonym, age, number, cell)))
        {
            return;
        }
        // In this window or the one before: no vintage is later than a window is long.
        let word = if u32::from(age) <= *in_window { count.word } else { count.word + 1 };
        let mut used = FlowUse::from_word(state[word]);
        if used.contribute_late(&count.bound) {
            state[word] = used.word();
            counts.late.add(age, number, cell);
            notes.late.push((number, age, cell));
        }
    }
}
