//! How the kernel corrects events: which row of an event stands, and what happens to a state when
//! the row that stands changes.
//!
//! Rows of one person, id and step are one event. The row with the highest revision stands; rows
//! with the same revision are copies, of which the first stands. If the row that stands is a
//! retraction, the event is void. While its step is open, an event is resolved before the fold.
//! Afterwards, only a person's last transition can be taken back; what later events or timers have
//! superseded stays.
//!
//! The last transition is known by the event that made it: in stores that began with the order by
//! ids, by the event's id and time; in others by its content, the time, the kind and the codes.
//! For which of several events with the same content came first must not depend on their ids, which
//! are keyed digests. Such events are *alike*. One of them made the transition; the state counts
//! those that were folded with it or after it and changed nothing. Of events alike, those that are
//! corrected are taken to be the ones that changed nothing, as long as there are any.
//!
//! Not here: how the counts of dataflows change (modules `late` and `taken`), the stays of stocks
//! (module `stock`).
//!
//! Invariants:
//! 1. Which row stands does not depend on the order in which the rows of a fold came
//!    (`tests/corrections.rs`: `order_and_copies_change_nothing`).
//! 2. A step that is corrected while it is open is folded as if only the rows that stand had come
//!    (`tests/corrections.rs`: `an_open_step_sees_only_what_stands`).
//! 3. Taking back the last transition restores the status before it (`tests/corrections.rs`:
//!    `the_fold_corrects_as_a_naive_counter_does`).

use std::cmp::Reverse;
use std::collections::HashMap;

use tidegauge_model::{EventOrder, Plan};

use super::{
    CompiledDataflow, CountingRule, DUE, FoldContext, Kernel, STATUS, TransitionRule, is_due,
};
use crate::bound::Stay;
use crate::cell::{Transition, of_word, to_word};
use crate::event::{ATTRIBUTES_MAX, Event, NO_CODE, Pseudonym, RETRACTED};
use crate::late::EarlierEvents;
use crate::notes::Notes;

/// The number of words that identify the event of the last transition by its id and time.
const ID_NAME: usize = 4;
/// The number of words that do so by its time, kind and codes.
const CONTENT_NAME: usize = 2 + (1 + ATTRIBUTES_MAX).div_ceil(2);

/// The indices of the words that a plan with corrections needs.
pub(super) struct CorrectionWords {
    /// The position of the code that holds an event's revision.
    revision: usize,
    /// Whether the last transition is known by the content of its event.
    by_content: bool,
    /// The first of the words of the last transition: 0 if there is none that can be taken back,
    /// otherwise one more than the events alike that changed nothing. Then come the words that
    /// identify its event.
    last: usize,
    /// The words that a transition changes, except the stays of stocks.
    saved: Vec<usize>,
    /// The first of as many words that hold the values of `saved` before the transition.
    backup: usize,
}

impl CorrectionWords {
    /// Takes the last words of the state; `None` for a plan without corrections.
    pub(super) fn new(
        plan: &Plan,
        order: EventOrder,
        dataflows: &[CompiledDataflow],
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
            if let CountingRule::Transitions(TransitionRule { spell: Some(spell), .. }) =
                &dataflow.rule
            {
                saved.extend([spell.began, spell.start]);
            }
        }
        let by_content = order == EventOrder::LifeCycle;
        let name = if by_content { CONTENT_NAME } else { ID_NAME };
        let last = (0..=name).map(|_| word()).min()?;
        let backup = saved.iter().map(|_| word()).min()?;
        Some(Self { revision: plan.event_codes() - 1, by_content, last, saved, backup })
    }

    fn revision(&self, event: &Event) -> u16 {
        event.codes[self.revision]
    }

    /// The codes of an event, without the revision of its row.
    pub(super) fn content(&self, event: &Event) -> [u16; ATTRIBUTES_MAX] {
        let mut codes = event.codes;
        codes[self.revision] = NO_CODE;
        codes
    }

    /// The words that identify an event, and their number: fewer by its id than by its content.
    fn name(&self, event: &Event) -> ([u32; CONTENT_NAME], usize) {
        let both = |low: u16, high: u16| u32::from(low) | u32::from(high) << 16;
        let mut name = [0; CONTENT_NAME];
        // Truncation is intended: each word takes its 32 bits.
        let words = |value: u64| [value as u32, (value >> 32) as u32];
        let at = words(event.at.cast_unsigned());
        if !self.by_content {
            name[..2].copy_from_slice(&words(event.id));
            name[2..ID_NAME].copy_from_slice(&at);
            return (name, ID_NAME);
        }
        name[..2].copy_from_slice(&at);
        let codes = self.content(event);
        name[2] = both(event.kind.into(), codes[0]);
        for (word, codes) in name[3..].iter_mut().zip(codes[1..].chunks(2)) {
            *word = both(codes[0], codes.get(1).copied().unwrap_or(NO_CODE));
        }
        (name, CONTENT_NAME)
    }

    /// Notes an event that changes nothing, if it is alike the one that made the last transition.
    /// Returns whether it is.
    fn note_alike(&self, state: &mut [u32], event: &Event) -> bool {
        let is_alike = self.by_content && self.is_last(state, event);
        state[self.last] += u32::from(is_alike);
        is_alike
    }

    /// Whether an event made the last transition, or is alike the one that did.
    fn is_last(&self, state: &[u32], event: &Event) -> bool {
        let (name, words) = self.name(event);
        state[self.last] != 0 && state[self.last + 1..][..words] == name[..words]
    }
}

impl Kernel {
    /// Whether events can be corrected.
    pub fn corrects(&self) -> bool {
        self.corrections.is_some()
    }

    /// Keeps the rows of a partition's events that stand; late events are kept as they are.
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

    /// Selects, from the late rows of one step `age` steps back, those that change which row
    /// stands. `before` holds every row of the same persons in that step that was folded before,
    /// each with the number of the step that folded it. Notes in `earlier`, for the fold, the rows
    /// that they replace and the rows that stand now.
    ///
    /// Only for plans with corrections; without them, every row is returned.
    pub fn revise_late(
        &self,
        earlier: &mut EarlierEvents,
        mut before: Vec<(i32, Event)>,
        mut came: Vec<Event>,
        age: u8,
    ) -> Vec<Event> {
        let Some(corrections) = &self.corrections else { return came };
        let key = |event: &Event| (event.pseudonym, event.id, Reverse(corrections.revision(event)));
        before.sort_unstable_by_key(|(folded, event)| (key(event), *folded, event.order()));
        came.sort_unstable_by_key(|event| (key(event), event.order()));
        let identity = |event: &Event| (event.pseudonym, event.id);
        before.dedup_by_key(|(_, event)| identity(event));
        came.dedup_by_key(|event| identity(event));
        let mut stand: HashMap<(Pseudonym, u64), Event> =
            before.iter().map(|(_, event)| (identity(event), Event { age, ..*event })).collect();
        came.retain(|event| {
            let known = stand.get(&identity(event)).copied();
            if known
                .is_some_and(|known| corrections.revision(&known) >= corrections.revision(event))
            {
                return false;
            }
            stand.insert(identity(event), *event);
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

    /// Notes an event that changes nothing.
    pub(super) fn note_idle(&self, state: &mut [u32], event: &Event, notes: &mut Notes) {
        if let Some(corrections) = &self.corrections
            && corrections.by_content
            && !corrections.note_alike(state, event)
        {
            notes.idle.push(*event);
        }
    }

    /// Corrects a person's state and the counts of flows by every row that replaces another. A row
    /// whose correction is complete is noted in `notes.revised`; the others are still to be folded
    /// as late events.
    pub(super) fn revise_all(
        &self,
        state: &mut [u32],
        events: &[Event],
        context: &mut FoldContext<'_>,
    ) {
        let earlier = context.counts.earlier;
        let replaced = |event: &Event| {
            let before = earlier.replaced.get(&(event.pseudonym, event.id, event.at));
            before.map(|before| (*before, *event))
        };
        let late = events.iter().filter(|event| event.age > 0);
        let mut pairs: Vec<(Event, Event)> = late.filter_map(replaced).collect();
        if self.order == EventOrder::LifeCycle {
            let row = |event: &Event| {
                let rank = self.life_cycle.rank(event.kind.into());
                (event.at, rank, self.content(event))
            };
            pairs.sort_unstable_by_key(|(before, after)| (row(after), row(before), after.id));
        }
        for (before, event) in &pairs {
            if self.revise(state, before, event, context) {
                context.notes.revised.push((event.id, event.at));
            }
        }
    }

    /// Corrects one event. Returns whether the correction is complete. It is not if the event now
    /// has another kind and its transition is superseded: then its counts are taken back, and it is
    /// still to be folded as a late event.
    fn revise(
        &self,
        state: &mut [u32],
        before: &Event,
        after: &Event,
        context: &mut FoldContext<'_>,
    ) -> bool {
        let after = Some(after).filter(|after| after.kind != RETRACTED);
        let undone = self.undo(state, before, &mut context.notes);
        if undone {
            self.take_last(state, before, context);
        }
        let mut arrow = None;
        if let Some(after) = after.filter(|_| undone) {
            if self.has_timers && is_due(state, context.last) {
                self.fire_timers(state, context.last.min(self.days.holding(after.at)), context);
            }
            arrow = self.life_cycle.arrow(state[STATUS] as usize, usize::from(after.kind));
        }
        let same = !undone && after.is_some_and(|after| after.kind == before.kind);
        let stands = after.filter(|_| same || arrow.is_some());
        if let (Some(after), Some(corrections)) = (after, &self.corrections) {
            if same {
                corrections.note_alike(state, after);
            } else if undone && arrow.is_none() {
                self.note_idle(state, after, &mut context.notes);
            }
        }
        for number in 0..self.dataflows.len() {
            self.move_late(number, state, before, stands, context);
        }
        if let (Some(after), Some(arrow)) = (after, arrow) {
            let transition = Transition {
                event: Some(after),
                before: state[STATUS] as usize,
                arrow,
                at: after.at,
            };
            self.note_corrected(&transition, before, context);
            self.save_before(state, Some(after), &context.notes);
            context.notes.settled = true;
            self.apply(state, &transition, context);
            context.notes.settled = false;
        }
        self.settle_taken_back(state, before.age, context);
        undone || same || after.is_none()
    }

    /// Notes the stocks whose stay a corrected event begins.
    fn note_corrected(
        &self,
        transition: &Transition<'_>,
        before: &Event,
        context: &mut FoldContext<'_>,
    ) {
        let came_in = self.life_cycle.arrow(transition.before, usize::from(before.kind));
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let CountingRule::Stock { statuses, .. } = &dataflow.rule
                && !statuses[transition.before]
                && statuses[transition.arrow.to]
                && came_in.is_some_and(|arrow| statuses[arrow.to])
            {
                context.notes.corrected.push(number);
            }
        }
    }

    /// Saves the state before a transition; a timer's transition cannot be taken back.
    pub(super) fn save_before(&self, state: &mut [u32], event: Option<&Event>, notes: &Notes) {
        let Some(corrections) = &self.corrections else { return };
        let CorrectionWords { last, saved, backup, .. } = corrections;
        self.forget_last(state);
        let Some(event) = event else {
            state[*last] = 0;
            return;
        };
        let (name, words) = corrections.name(event);
        let is_alike = |idle: &&Event| corrections.name(idle).0 == name;
        // No person has so many events in a step that this does not fit.
        state[*last] = 1 + notes.idle.iter().filter(is_alike).count() as u32;
        state[*last + 1..][..words].copy_from_slice(&name[..words]);
        for (word, &saved) in (*backup..).zip(saved) {
            state[word] = state[saved];
        }
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let CountingRule::Stock { word, stay_words: Some(words), .. } = &dataflow.rule {
                let entered = notes.entered.iter().find(|&&(other, _)| other == number);
                let stay = || words.moving(state).or(Stay::from_word(state[*word]).cell());
                let cell = entered.map_or_else(stay, |&(_, cell)| cell);
                state[words.before] = to_word(cell.map(|cell| cell as u32));
            }
        }
    }

    /// Takes the last transition back if this event made it: restores the state before it, and
    /// returns a person who left a stock by it to the same cell. If events alike changed nothing,
    /// this is one of them.
    fn undo(&self, state: &mut [u32], event: &Event, notes: &mut Notes) -> bool {
        let Some(corrections) = &self.corrections else { return false };
        let CorrectionWords { last, saved, backup, .. } = corrections;
        if !corrections.is_last(state, event) {
            return false;
        }
        state[*last] -= 1;
        if state[*last] > 0 {
            return false;
        }
        for (word, &saved) in (*backup..).zip(saved) {
            state[saved] = state[word];
        }
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let CountingRule::Stock { statuses, stay_words: Some(words), .. } = &dataflow.rule {
                notes.entered.retain(|&(other, _)| other != number);
                if statuses[state[STATUS] as usize] {
                    let cell = of_word(state[words.before]).map(|cell| cell as usize);
                    notes.entered.push((number, cell));
                }
            }
        }
        true
    }
}
