//! Spells in a set of statuses: when one began, and how long it is.
//!
//! Not here: how spells are counted (module `kernel`).
//!
//! Invariants:
//! 1. The length of a spell is the number of whole seconds, or of calendar months, between its
//!    beginning and the transition. A spell whose beginning was never seen has no length and is not
//!    counted (`tests/life_cycles.rs`: `the_fold_counts_what_a_naive_counter_counts`).

use tidegauge_model::{Days, Measure};

use crate::cell::{Transition, of_word, to_word};

/// Which transitions of a spell are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpellCount {
    /// The one that ends it.
    End,
    /// Every one from its beginning to its end.
    Whole,
}

/// The unit of a spell's length.
enum LengthUnit {
    /// Seconds, cut into bands with these ends.
    Bands(Vec<u64>),
    Months,
}

/// How a dataflow follows spells.
pub(crate) struct Spell {
    pub statuses: Vec<bool>,
    pub counted: SpellCount,
    /// The index of the word that holds when the spell began.
    pub began: usize,
    /// The index of the word that holds the offset which the attributes of its first event add to
    /// its cells.
    pub start: usize,
    unit: LengthUnit,
}

impl Spell {
    /// Takes two words of the state; `None` for a measure without spells.
    pub(crate) fn new(
        measure: &Measure,
        all_statuses: usize,
        word: &mut impl FnMut() -> usize,
    ) -> Option<Self> {
        let (within, counted, unit) = match measure {
            Measure::Cohort { statuses } => (statuses, SpellCount::Whole, LengthUnit::Months),
            Measure::Duration { statuses, bands } => {
                (statuses, SpellCount::End, LengthUnit::Bands(bands.clone()))
            }
            _ => return None,
        };
        let statuses = (0..all_statuses).map(|status| within.contains(&status)).collect();
        Some(Self { statuses, counted, began: word(), start: word(), unit })
    }

    /// Called before a transition counts: notes the beginning of a spell, and the offset (`start`)
    /// that the attributes of the last event up to its beginning add to its cells. `start` is
    /// `None` for a timer.
    pub(crate) fn enter(
        &self,
        state: &mut [u32],
        transition: &Transition<'_>,
        start: Option<Option<u32>>,
        days: &Days,
    ) {
        if self.statuses[transition.before] {
            return;
        }
        if let Some(start) = start {
            state[self.start] = to_word(start);
        }
        if self.statuses[transition.arrow.to] {
            let instant = match self.unit {
                LengthUnit::Bands(_) => transition.at.div_euclid(1000),
                LengthUnit::Months => days.month(days.holding(transition.at)).into(),
            };
            // The word holds 1970 to 2106; a beginning outside is moved to the nearer end.
            let instant = instant.clamp(0, i64::from(u32::MAX) - 1) as u32;
            state[self.began] = to_word(Some(instant));
        }
    }

    /// Called after a transition has counted: ends the spell if the new status is outside it.
    pub(crate) fn leave(&self, state: &mut [u32], after: usize) {
        if !self.statuses[after] {
            state[self.began] = 0;
        }
    }

    /// The band or age of the spell at an instant, by position; `None` if it has no beginning.
    pub(crate) fn length(&self, state: &[u32], at: i64, days: &Days) -> Option<usize> {
        let began = i64::from(of_word(state[self.began])?);
        Some(match &self.unit {
            LengthUnit::Bands(ends) => {
                // A late event can end a spell before it began.
                let seconds = u64::try_from(at.div_euclid(1000) - began).unwrap_or(0);
                ends.partition_point(|&end| end <= seconds)
            }
            LengthUnit::Months => {
                let months = i64::from(days.month(days.holding(at))) - began;
                usize::try_from(months).unwrap_or(0)
            }
        })
    }

    /// Whether the spell began after an instant: a late event can end one before it began.
    pub(crate) fn begins_after(&self, state: &[u32], at: i64, days: &Days) -> bool {
        let instant = match self.unit {
            LengthUnit::Bands(_) => at.div_euclid(1000),
            LengthUnit::Months => days.month(days.holding(at)).into(),
        };
        of_word(state[self.began]).is_some_and(|began| i64::from(began) > instant)
    }

    /// Whether the state is that of a person never seen, as far as this spell is concerned. The
    /// word `start` is read only together with `began`, and is written by the event that begins a
    /// spell; a person who waits for no timer can begin one only by an event.
    pub(crate) fn is_none(&self, state: &[u32]) -> bool {
        state[self.began] == 0 && (state[self.start] == 0 || !self.statuses[0])
    }

    /// Whether a transition between these statuses counts.
    pub(crate) fn counts(&self, before: usize, after: usize) -> bool {
        let (before, after) = (self.statuses[before], self.statuses[after]);
        match self.counted {
            SpellCount::End => before && !after,
            SpellCount::Whole => before || after,
        }
    }
}
