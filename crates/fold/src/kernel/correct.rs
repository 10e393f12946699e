//! How the kernel corrects events: which of the rows of one event stands, and what becomes of a
//! state when another stands than did.
//!
//! Rows of one person, id and step are one event. The row with the highest revision stands; rows of
//! one revision are copies, of which the first stands. A row that retracts leaves nothing standing.
//! While its step is open an event is resolved before the fold. Afterwards the last transition of a
//! person can be taken back; what later events or timers have superseded stays.
//!
//! Not here: what dataflows count of it (modules `late` and `taken`), the stays of stocks (module
//! `stock`).
//!
//! Invariants:
//! 1. What stands does not depend on the order in which the rows of a fold came
//!    (`tests/corrections.rs`: `order_and_copies_change_nothing`).
//! 2. A step that is corrected while it is open is folded as if only what stands had come
//!    (`tests/corrections.rs`: `an_open_step_sees_only_what_stands`).
//! 3. The last transition taken back leaves the status as it was before
//!    (`tests/corrections.rs`: `the_fold_corrects_as_a_naive_counter_does`).

use std::cmp::Reverse;
use std::collections::HashMap;

use tidegauge_model::Plan;

use super::{Compiled, Count, DUE, Kernel, Rule, STATUS, Stage, is_due};
use crate::bound::Stay;
use crate::cell::{Move, of_word, to_word};
use crate::event::{Event, Pseudonym, RETRACTED};
use crate::late::Earlier;
use crate::notes::Notes;

/// Words that name the event of the last transition: whether there is one, its id, its time.
const NAME: usize = 5;

/// Where a plan with corrections keeps what it needs.
pub(super) struct Corrections {
    /// Which code of an event is its revision.
    revision: usize,
    /// The first of the words that name the event of the last transition.
    last: usize,
    /// Words that a transition changes, stays of stocks aside.
    saved: Vec<usize>,
    /// The first of as many words: what was in them before.
    backup: usize,
}

/// The event of the last transition, in words.
fn name(event: &Event) -> [u32; NAME] {
    let at = event.at.cast_unsigned();
    // Truncation is meant: each word takes its 32 bits.
    [1, event.id as u32, (event.id >> 32) as u32, at as u32, (at >> 32) as u32]
}

impl Corrections {
    /// `None` for a plan without corrections; takes the last words of the state.
    pub(super) fn new(
        plan: &Plan,
        dataflows: &[Compiled],
        word: &mut impl FnMut() -> usize,
    ) -> Option<Self> {
        let cycle = &plan.life_cycle;
        if !cycle.corrections {
            return None;
        }
        let mut saved = vec![STATUS];
        saved.extend(cycle.has_timers().then_some(DUE));
        for dataflow in dataflows {
            saved.extend(dataflow.last);
            if let Rule::Count(Count { spell: Some(spell), .. }) = &dataflow.rule {
                saved.extend([spell.began, spell.start]);
            }
        }
        let last = (0..NAME).map(|_| word()).min()?;
        let backup = saved.iter().map(|_| word()).min()?;
        Some(Self { revision: plan.event_codes() - 1, last, saved, backup })
    }

    fn revision(&self, event: &Event) -> u16 {
        event.codes[self.revision]
    }
}

impl Kernel {
    /// Whether events can be corrected.
    pub fn corrects(&self) -> bool {
        self.corrections.is_some()
    }

    /// Of a partition's events the rows that stand, those of late events as they are.
    pub(super) fn standing<'e>(&self, events: &'e mut [Event]) -> &'e mut [Event] {
        let Some(corrections) = &self.corrections else { return events };
        events.sort_unstable_by_key(|event| {
            let revision = Reverse(corrections.revision(event));
            (event.pseudonym, event.age, event.id, revision, event.order())
        });
        let (mut kept, mut before) = (0, None);
        for place in 0..events.len() {
            let event = events[place];
            let this = (event.pseudonym, event.id);
            let stands = event.age > 0 || before != Some(this) && event.kind != RETRACTED;
            if event.age == 0 {
                before = Some(this);
            }
            if stands {
                events[kept] = event;
                kept += 1;
            }
        }
        &mut events[..kept]
    }

    /// Of late rows of one step, `age` steps back, those that change what stands; `before` holds
    /// every row of the same persons in that step that was folded before, each with the number of
    /// the step that folded it. Notes for the fold what they replace and what stands now.
    ///
    /// Only for plans with corrections; others keep every row that came.
    pub fn revise_late(
        &self,
        earlier: &mut Earlier,
        mut before: Vec<(i32, Event)>,
        mut came: Vec<Event>,
        age: u8,
    ) -> Vec<Event> {
        let Some(corrections) = &self.corrections else { return came };
        let key = |event: &Event| (event.pseudonym, event.id, Reverse(corrections.revision(event)));
        before.sort_unstable_by_key(|(folded, event)| (key(event), *folded, event.order()));
        came.sort_unstable_by_key(|event| (key(event), event.order()));
        let of = |event: &Event| (event.pseudonym, event.id);
        before.dedup_by_key(|(_, event)| of(event));
        came.dedup_by_key(|event| of(event));
        let mut stand: HashMap<(Pseudonym, u64), Event> =
            before.iter().map(|(_, event)| (of(event), Event { age, ..*event })).collect();
        came.retain(|event| {
            let known = stand.get(&of(event)).copied();
            if known
                .is_some_and(|known| corrections.revision(&known) >= corrections.revision(event))
            {
                return false;
            }
            stand.insert(of(event), *event);
            match known.filter(|known| known.kind != RETRACTED) {
                Some(known) => {
                    earlier.replaced.insert((event.pseudonym, event.id, event.at), known);
                    true
                }
                None => event.kind != RETRACTED,
            }
        });
        for event in stand.values().filter(|event| event.kind != RETRACTED) {
            self.note_standing(earlier, event, age);
        }
        came
    }

    /// Corrects a person's state and what flows count, by every row that replaces another; what is
    /// left to fold as a late event is not among `notes.revised`.
    pub(super) fn revise_all(&self, state: &mut [u32], events: &[Event], stage: &mut Stage<'_>) {
        for event in events.iter().filter(|event| event.age > 0) {
            let place = (event.pseudonym, event.id, event.at);
            let Some(before) = stage.counts.earlier.replaced.get(&place).copied() else { continue };
            if self.revise(state, &before, event, stage) {
                stage.notes.revised.push((event.id, event.at));
            }
        }
    }

    /// Corrects one event. Returns whether that is all: an event of another kind than before, whose
    /// transition is superseded, is taken back and folded as a late one.
    fn revise(
        &self,
        state: &mut [u32],
        before: &Event,
        after: &Event,
        stage: &mut Stage<'_>,
    ) -> bool {
        let after = Some(after).filter(|after| after.kind != RETRACTED);
        let undone = self.undo(state, before, &mut stage.notes);
        if undone {
            self.take_last(state, before, stage);
        }
        let mut arrow = None;
        if let Some(after) = after.filter(|_| undone) {
            if self.life_cycle.has_timers() && is_due(state, stage.last) {
                self.fire(state, stage.last.min(self.days.holding(after.at)), stage);
            }
            arrow = self.life_cycle.arrow(state[STATUS] as usize, usize::from(after.kind));
        }
        let same = !undone && after.is_some_and(|after| after.kind == before.kind);
        let stands = after.filter(|_| same || arrow.is_some());
        for number in 0..self.dataflows.len() {
            self.move_late(number, state, before, stands, stage);
        }
        if let (Some(after), Some(arrow)) = (after, arrow) {
            let made =
                Move { event: Some(after), before: state[STATUS] as usize, arrow, at: after.at };
            self.note_corrected(&made, before, stage);
            self.remember(state, Some(after), &stage.notes);
            stage.notes.settled = true;
            self.make(state, &made, stage);
            stage.notes.settled = false;
        }
        self.settle_taken(state, before.age, stage);
        undone || same || after.is_none()
    }

    /// Notes stocks whose stay a corrected event begins.
    fn note_corrected(&self, made: &Move<'_>, before: &Event, stage: &mut Stage<'_>) {
        let came_in = self.life_cycle.arrow(made.before, usize::from(before.kind));
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let Rule::Stock { statuses, .. } = &dataflow.rule
                && !statuses[made.before]
                && statuses[made.arrow.to]
                && came_in.is_some_and(|arrow| statuses[arrow.to])
            {
                stage.notes.corrected.push(number);
            }
        }
    }

    /// Keeps what a state is before a transition; that of a timer cannot be taken back.
    pub(super) fn remember(&self, state: &mut [u32], event: Option<&Event>, notes: &Notes) {
        let Some(Corrections { last, saved, backup, .. }) = &self.corrections else { return };
        self.forget_last(state);
        let Some(event) = event else {
            state[*last] = 0;
            return;
        };
        state[*last..][..NAME].copy_from_slice(&name(event));
        for (word, &saved) in (*backup..).zip(saved) {
            state[word] = state[saved];
        }
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let Rule::Stock { word, kept: Some(kept), .. } = &dataflow.rule {
                let entered = notes.entered.iter().find(|&&(other, _)| other == number);
                let stay = || kept.moving(state).or(Stay::from_word(state[*word]).cell());
                let cell = entered.map_or_else(stay, |&(_, cell)| cell);
                state[kept.before] = to_word(cell.map(|cell| cell as u32));
            }
        }
    }

    /// Takes the last transition back, if this event made it: the state is what it was before, and
    /// whoever left a stock by it is in it again, in the same cell.
    fn undo(&self, state: &mut [u32], event: &Event, notes: &mut Notes) -> bool {
        let Some(Corrections { last, saved, backup, .. }) = &self.corrections else { return false };
        if state[*last..][..NAME] != name(event) {
            return false;
        }
        state[*last] = 0;
        for (word, &saved) in (*backup..).zip(saved) {
            state[saved] = state[word];
        }
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let Rule::Stock { statuses, kept: Some(kept), .. } = &dataflow.rule {
                notes.entered.retain(|&(other, _)| other != number);
                if statuses[state[STATUS] as usize] {
                    let cell = of_word(state[kept.before]).map(|cell| cell as usize);
                    notes.entered.push((number, cell));
                }
            }
        }
        true
    }
}
