//! Which states are forgotten at the beginning of a window. Nobody is looked at for that: a
//! person's state is forgotten when the person is folded next, and the row of one who is not leaves
//! when rows are written anew.
//!
//! Not here: how rows are removed (module `partition`), what the beginning of a window counts (the
//! parent).
//!
//! Invariants:
//! 1. A state that is dropped because it is like an unseen person's would contribute, from then on,
//!    what an unseen person contributes, whatever happens
//!    (`leave::tests::a_state_like_an_unseen_persons_counts_like_it`).
//! 2. With `persons_windows`, a person who was forgotten and returns is new, and nobody is
//!    forgotten earlier (`tests/leave.rs`: `the_fold_forgets_as_a_naive_counter_does`).
//! 3. When the row leaves makes no difference (`tests/leave.rs`:
//!    `the_fold_forgets_as_a_naive_counter_does`).
//! 4. Nobody who is counted in a stock, is in a spell or waits for a timer is forgotten
//!    (`tests/leave.rs`: `a_person_who_is_present_or_waits_is_not_forgotten`).
//!
//! Proof: `kernel.proof.md`, section 5.

use super::{CountingRule, DUE, Kernel, STATUS, StepKind, TransitionRule, WINDOW};
use crate::bound::Stay;
use crate::fault::is_planted;
use crate::partition::{Partition, Rows};

/// When persons are forgotten.
pub(super) struct ForgetRule {
    /// The number of whole windows without an event.
    pub windows: u32,
    /// The index of the word that holds in which window the person was folded last: its number plus
    /// one.
    pub word: usize,
}

impl Kernel {
    /// Drops the row of everyone whose state is forgotten in this window, or was before.
    pub fn drop_forgotten(&self, partition: &mut Partition, window: u32) {
        partition.retain(self.is_remembered(window));
    }

    /// As [`Self::drop_forgotten`], of rows.
    pub fn drop_forgotten_rows(&self, rows: &mut Rows, window: u32) {
        rows.retain(self.is_remembered(window));
    }

    fn is_remembered(&self, window: u32) -> impl FnMut(&[u32]) -> bool {
        let mut begun = vec![0; self.width];
        move |state| {
            if state[WINDOW] == window + 1 {
                return true;
            }
            begun.copy_from_slice(state);
            self.renew(&mut begun, window);
            begun[WINDOW] = 0;
            begun.iter().any(|&word| word != 0)
        }
    }

    /// Notes that a person is folded, by an event or a timer. The time before the plan counts as
    /// its first window.
    pub(super) fn note_folded(&self, state: &mut [u32], step: StepKind) {
        if let Some(forget) = &self.forget {
            state[forget.word] = match step {
                StepKind::Seed => 1,
                StepKind::Step { window, .. } => window + 1,
            };
        }
    }

    fn waits_for_timer(&self, state: &[u32]) -> bool {
        self.has_timers && state[DUE] != 0
    }

    /// Whether a state that has begun the window equals that of a person never seen, except in
    /// words that are written before they are next read.
    pub(super) fn is_like_unseen(&self, state: &[u32]) -> bool {
        let is_none = |rule: &CountingRule| match rule {
            CountingRule::AtBound => true,
            CountingRule::Stock { word, .. } => state[*word] == 0,
            CountingRule::Transitions(rule) => {
                let spell = rule.spell.as_ref();
                counted_nothing(rule, state) && spell.is_none_or(|spell| spell.is_none(state))
            }
        };
        state[STATUS] == 0
            && !self.waits_for_timer(state)
            && (self.corrections.is_none() || self.is_blank(state))
            && self.dataflows.iter().all(|dataflow| is_none(&dataflow.rule))
    }

    /// Whether every word is zero, except that of the window and that of the last fold. Used if
    /// events can be corrected, when more words are read.
    fn is_blank(&self, state: &[u32]) -> bool {
        let aside = self.forget.as_ref().map(|forget| forget.word);
        let mut words = (0..).zip(state).filter(|&(word, _)| word != WINDOW && Some(word) != aside);
        words.all(|(_, &value)| value == 0)
    }

    pub(super) fn is_forgotten(&self, state: &[u32], window: u32) -> bool {
        let Some(forget) = &self.forget else { return false };
        let is_out = |rule: &CountingRule| match rule {
            CountingRule::AtBound => true,
            CountingRule::Stock { word, .. } => {
                Stay::from_word(state[*word]).cell().is_none()
                    || is_planted("present-are-forgotten")
            }
            CountingRule::Transitions(rule) => {
                rule.spell.as_ref().is_none_or(|spell| state[spell.began] == 0)
            }
        };
        // The number of windows between the last fold and this one.
        window.saturating_sub(state[forget.word]) >= forget.windows
            && !self.waits_for_timer(state)
            && self.dataflows.iter().all(|dataflow| is_out(&dataflow.rule))
    }
}

/// Whether all counters of this window and the one before are zero.
fn counted_nothing(rule: &TransitionRule, state: &[u32]) -> bool {
    let before = rule.late_max > 0 && state[rule.word + 1] != 0;
    state[rule.word] == 0
        && !before
        && rule.counted_cells.as_ref().is_none_or(|counted_cells| counted_cells.is_none(state))
        && rule.marks.as_ref().is_none_or(|marks| marks.is_none(state))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use testkit::{PlanText, edit, toml};
    use tidegauge_model::{EventOrder, Plan};

    use super::*;
    use crate::event::{ATTRIBUTES_MAX, Event, NO_CODE, Pseudonym};
    use crate::late::{EarlierEvents, LateTally, StepCounts};
    use crate::tally::Tally;

    /// Plans, each with its dataflows of spells.
    const PLANS: [(&str, &[&str]); 4] = [
        (include_str!("../../../../testdata/plans/border.toml"), &[]),
        (include_str!("../../../../testdata/plans/exit-metrics.toml"), &["LENGTHS", "COHORTS"]),
        (include_str!("../../../../testdata/plans/returns.toml"), &["TIME_TO_DEPARTURE"]),
        (include_str!("../../../../testdata/plans/asylum.toml"), &["WAITING", "COHORTS"]),
    ];
    const NUMBER: u32 = 3;
    const FIRST_DAY: i32 = 20_820;

    /// (Day of the window, second, kind, codes, age).
    type GeneratedEvent = (u8, u16, u8, [u16; 3], u8);

    fn events(plan: &Plan, day: u8, given: &[GeneratedEvent]) -> Vec<Event> {
        let of_day = given.iter().zip(0..).filter(|((of, ..), _)| *of == day);
        let as_event = |(&(_, second, kind, codes, age), id): (&GeneratedEvent, u64)| {
            let mut of_event = [NO_CODE; ATTRIBUTES_MAX];
            for ((code, given), attribute) in
                of_event.iter_mut().zip(codes.iter().cycle()).zip(&plan.attributes)
            {
                *code = given % attribute.code_list.codes().len() as u16;
            }
            if plan.event_codes() > plan.attributes.len() {
                of_event[plan.attributes.len()] = FIRST_DAY as u16 + codes[0] % 9;
            }
            let at = i64::from(FIRST_DAY + i32::from(day)) * 86_400_000 + i64::from(second) * 1000;
            let kind = kind % plan.life_cycle.kinds.len() as u8;
            Event { pseudonym: Pseudonym::from_bits(9), id, at, kind, age, codes: of_event }
        };
        of_day.map(as_event).collect()
    }

    /// All contributions of a person in the days of a window, from this state on.
    fn contributed(
        kernel: &Kernel,
        plan: &Plan,
        state: Option<&[u32]>,
        given: &[GeneratedEvent],
    ) -> Vec<(Tally, LateTally)> {
        let mut partition = Partition::new(kernel.width());
        if let Some(state) = state {
            let place = partition.row_of(Pseudonym::from_bits(9));
            partition.state(place).copy_from_slice(state);
        }
        let fold = |day: u8| {
            let (mut tally, mut late) = (kernel.tally(), LateTally::default());
            let mut present = kernel.presence();
            let (month, in_window) = (1, day.into());
            let last = FIRST_DAY + i32::from(day);
            let step = StepKind::Step { window: NUMBER, month, in_window, last };
            let earlier = EarlierEvents::default();
            let number = i32::from(day);
            let (tally_now, present) = (&mut tally, &mut present);
            let (earlier, late_now) = (&earlier, &mut late);
            let counts = StepCounts { number, tally: tally_now, present, earlier, late: late_now };
            kernel.fold_late(&mut partition, &mut events(plan, day, given), step, counts);
            (tally, late)
        };
        (0..12).map(fold).collect()
    }

    proptest! {
        /// Any state that passes as an unseen person's, whatever values its unread words have,
        /// continues like no state at all.
        #[test]
        fn a_state_like_an_unseen_persons_counts_like_it(
            which in 0usize..4,
            late: bool,
            noise in prop::collection::vec(0u32..3, 600),
            given in prop::collection::vec(
                (0u8..12, any::<u16>(), any::<u8>(), any::<[u16; 3]>(), 0u8..2), 0..14),
        ) {
            let (text, of_spells) = PLANS[which];
            let with_vintages = |plan: PlanText, id: &&str| {
                plan.add(&format!("dataflow.{id}.vintages"), toml("[1]"))
            };
            let text = of_spells.iter().filter(|_| late).fold(edit(text), with_vintages);
            let plan = Plan::parse(&text.text()).unwrap();
            let kernel = Kernel::new(&plan, EventOrder::LifeCycle).unwrap();
            let mut state = vec![0; kernel.width()];
            state[WINDOW] = NUMBER + 1;
            // Sets every word that can be set without failing the check.
            for (word, noise) in (0..kernel.width()).zip(noise) {
                let kept = state[word];
                state[word] = if word == WINDOW { kept } else { noise };
                if !kernel.is_like_unseen(&state) {
                    state[word] = kept;
                }
            }
            prop_assert!(kernel.is_like_unseen(&state));
            let like = contributed(&kernel, &plan, Some(&state), &given);
            prop_assert!(like == contributed(&kernel, &plan, None, &given));
        }
    }
}
