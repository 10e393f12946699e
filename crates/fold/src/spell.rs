//! Spells in a set of statuses: when one began, and how long it is.
//!
//! Not here: what is counted of it (module `kernel`).
//!
//! Invariants:
//! 1. A spell is as long as the whole seconds, or the calendar months, between its beginning and
//!    the transition; one whose beginning nobody saw has no length and is not counted
//!    (`tests/life_cycles.rs`: `the_fold_counts_what_a_naive_counter_counts`).

use tidegauge_model::{Days, Measure};

use crate::cell::{Move, of_word, to_word};

/// What of a spell is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Its end.
    End,
    /// Every transition from its beginning to its end.
    Whole,
}

/// How lengths are measured.
enum Unit {
    /// In seconds, by these ends of bands.
    Bands(Vec<u64>),
    Months,
}

/// How a dataflow follows spells.
pub(crate) struct Spell {
    pub statuses: Vec<bool>,
    pub counted: Counted,
    /// The word that says when the spell began.
    pub began: usize,
    /// The word of what the attributes of its first event add to its cells.
    pub start: usize,
    unit: Unit,
}

impl Spell {
    /// `None` for a measure without spells; takes two words of the state.
    pub(crate) fn new(
        measure: &Measure,
        all_statuses: usize,
        word: &mut impl FnMut() -> usize,
    ) -> Option<Self> {
        let (within, counted, unit) = match measure {
            Measure::Cohort { statuses } => (statuses, Counted::Whole, Unit::Months),
            Measure::Duration { statuses, bands } => {
                (statuses, Counted::End, Unit::Bands(bands.clone()))
            }
            _ => return None,
        };
        let statuses = (0..all_statuses).map(|status| within.contains(&status)).collect();
        Some(Self { statuses, counted, began: word(), start: word(), unit })
    }

    /// Before a transition counts: notes the beginning of a spell, and what the attributes of the
    /// last event up to its beginning add to its cells (`start`; `None` for a timer).
    pub(crate) fn enter(
        &self,
        state: &mut [u32],
        made: &Move<'_>,
        start: Option<Option<u32>>,
        days: &Days,
    ) {
        if self.statuses[made.before] {
            return;
        }
        if let Some(start) = start {
            state[self.start] = to_word(start);
        }
        if self.statuses[made.arrow.to] {
            let instant = match self.unit {
                Unit::Bands(_) => made.at.div_euclid(1000),
                Unit::Months => days.month(days.holding(made.at)).into(),
            };
            // From 1970 to 2106; what began outside began at the nearer end.
            let instant = instant.clamp(0, i64::from(u32::MAX) - 1) as u32;
            state[self.began] = to_word(Some(instant));
        }
    }

    /// After a transition has counted: the spell is over where the status is outside it.
    pub(crate) fn leave(&self, state: &mut [u32], after: usize) {
        if !self.statuses[after] {
            state[self.began] = 0;
        }
    }

    /// The band or age of the spell at an instant, by position; `None` without a beginning.
    pub(crate) fn length(&self, state: &[u32], at: i64, days: &Days) -> Option<usize> {
        let began = i64::from(of_word(state[self.began])?);
        Some(match &self.unit {
            Unit::Bands(ends) => {
                // A late event can end a spell before it began.
                let seconds = u64::try_from(at.div_euclid(1000) - began).unwrap_or(0);
                ends.partition_point(|&end| end <= seconds)
            }
            Unit::Months => {
                let months = i64::from(days.month(days.holding(at))) - began;
                usize::try_from(months).unwrap_or(0)
            }
        })
    }

    /// Whether the spell began after an instant: a late event can end one before it began.
    pub(crate) fn begins_after(&self, state: &[u32], at: i64, days: &Days) -> bool {
        let instant = match self.unit {
            Unit::Bands(_) => at.div_euclid(1000),
            Unit::Months => days.month(days.holding(at)).into(),
        };
        of_word(state[self.began]).is_some_and(|began| i64::from(began) > instant)
    }

    /// Whether there is no spell, nor one that a person never seen would not have. `start` is read
    /// with `began` alone, and written by the event that begins a spell; who waits for no timer
    /// begins one by an event.
    pub(crate) fn is_none(&self, state: &[u32]) -> bool {
        state[self.began] == 0 && (state[self.start] == 0 || !self.statuses[0])
    }

    /// Whether a transition between these statuses counts.
    pub(crate) fn counts(&self, before: usize, after: usize) -> bool {
        let (before, after) = (self.statuses[before], self.statuses[after]);
        match self.counted {
            Counted::End => before && !after,
            Counted::Whole => before || after,
        }
    }
}
