//! The context that the rules of one dataflow need from the rest of the plan, and the kinds of
//! measures.
//!
//! Not here: the rules (`dataflow.rs`, `dimension.rs`, `marginal.rs`).
//!
//! Invariants:
//! 1. Each measure has one word (`tests/refusals.rs`,
//!    `each_fault_has_its_code_line_and_field`); its keys are in `plan::keys`.

use super::lists::{Attributes, CodeLists};
use super::node::TomlTable;
use crate::period::Grain;
use crate::plan::keys;
use crate::plan::life_cycle::LifeCycle;

/// The words of all measures, as a rule.
pub(super) fn measures() -> String {
    format!("a measure is {}", keys::one_of(&keys::MEASURES))
}

/// The kind of a measure, from its word, before its parts are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MeasureKind {
    AtBound,
    Balance,
    Cohort,
    Duration,
    Flow,
    Stock,
    Transition,
}

impl MeasureKind {
    const ALL: [Self; 7] = [
        Self::AtBound,
        Self::Balance,
        Self::Cohort,
        Self::Duration,
        Self::Flow,
        Self::Stock,
        Self::Transition,
    ];

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The word of this measure, by which the table of keys says which keys it has.
    pub(super) fn word(self) -> &'static str {
        match self {
            MeasureKind::AtBound => "at_bound",
            MeasureKind::Balance => "balance",
            MeasureKind::Cohort => "cohort",
            MeasureKind::Duration => "duration",
            MeasureKind::Flow => "flow",
            MeasureKind::Stock => "stock",
            MeasureKind::Transition => "transition",
        }
    }

    /// Whether persons are counted as present.
    pub(super) fn counts_presence(self) -> bool {
        matches!(self, MeasureKind::Balance | MeasureKind::Stock)
    }

    /// Whether every contribution is one transition.
    pub(super) fn counts_transitions(self) -> bool {
        matches!(self, MeasureKind::Cohort | MeasureKind::Duration | MeasureKind::Flow)
    }

    /// Whether late events can count for the step in which they occurred.
    pub(super) fn counts_late(self) -> bool {
        self.counts_transitions() || self == MeasureKind::Transition
    }

    /// Whether spells are followed from their beginning.
    pub(super) fn counts_spells(self) -> bool {
        matches!(self, MeasureKind::Cohort | MeasureKind::Duration)
    }
}

/// What the rest of the plan states, as far as it could be read.
pub(super) struct PlanContext<'s, 'a> {
    pub(super) life_cycle: Option<&'s LifeCycle>,
    pub(super) window: Option<Grain>,
    pub(super) lists: &'s CodeLists<'a>,
    pub(super) attributes: &'s Attributes<'a>,
    /// Identifier and measure of every dataflow, by position.
    pub(super) heads: Vec<(Option<&'a str>, Option<MeasureKind>)>,
}

/// Identifier and measure of a dataflow, read ahead without reporting faults.
pub(super) fn head<'a>(table: &TomlTable<'a>) -> (Option<&'a str>, Option<MeasureKind>) {
    let word = |key| table.may(key)?.peek();
    (word("id"), word("measure").and_then(MeasureKind::parse))
}
