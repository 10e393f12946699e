//! The context that the rules of one dataflow need from the rest of the plan, and the kinds of
//! measures.
//!
//! Not here: the rules (`dataflow.rs`, `dimension.rs`, `marginal.rs`).
//!
//! Invariants:
//! 1. Each measure has its word and its keys
//!    (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).

use super::lists::{Attributes, CodeLists};
use super::node::TomlTable;
use crate::period::Grain;
use crate::plan::life_cycle::LifeCycle;

/// The words of all measures, as a rule.
pub(super) const MEASURES: &str =
    "a measure is flow, stock, balance, duration, transition, cohort or at_bound";

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
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "at_bound" => Some(MeasureKind::AtBound),
            "balance" => Some(MeasureKind::Balance),
            "cohort" => Some(MeasureKind::Cohort),
            "duration" => Some(MeasureKind::Duration),
            "flow" => Some(MeasureKind::Flow),
            "stock" => Some(MeasureKind::Stock),
            "transition" => Some(MeasureKind::Transition),
            _ => None,
        }
    }

    /// The keys of this measure, in addition to those of every dataflow.
    pub(super) fn keys(measure: Option<Self>) -> &'static [&'static str] {
        match measure {
            Some(MeasureKind::AtBound) => &["of", "strategy"],
            Some(MeasureKind::Balance) => &["bound", "statuses", "base_share", "net_share"],
            Some(MeasureKind::Cohort) => {
                &["apart", "bound", "bound_month", "only", "statuses", "strategy", "vintages"]
            }
            Some(MeasureKind::Duration) => &[
                "apart",
                "bands",
                "bound",
                "bound_month",
                "only",
                "statuses",
                "strategy",
                "vintages",
            ],
            Some(MeasureKind::Flow) => {
                &["apart", "bound", "bound_month", "only", "strategy", "vintages"]
            }
            Some(MeasureKind::Stock) => &["bound", "statuses", "base_share", "strategy"],
            Some(MeasureKind::Transition) => &["apart", "bound", "only", "strategy", "vintages"],
            None => &[
                "apart",
                "bound",
                "bound_month",
                "only",
                "statuses",
                "bands",
                "base_share",
                "net_share",
                "of",
                "strategy",
                "vintages",
            ],
        }
    }

    /// The keys of a table, which every measure but one can be.
    pub(super) fn table_keys(measure: Option<Self>) -> &'static [&'static str] {
        match measure {
            Some(MeasureKind::AtBound) => &[],
            _ => &["margins", "marginals", "residuals"],
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
