//! From a dataflow of the plan to the rule by which the kernel counts it.
//!
//! Not here: the counting (the parent).
//!
//! Invariants:
//! 1. No two rules of a plan share a word of the state (`tests/laws.rs`:
//!    `the_fold_counts_what_a_naive_counter_counts`).

use tidegauge_model::{Dataflow, Measure, Plan, StatisticalUnit};

use super::marks::Marks;
use super::seen::Seen;
use super::stock::Kept;
use super::{Count, Once, Rule};
use crate::spell::Spell;

pub(super) fn rule(
    plan: &Plan,
    number: usize,
    dataflow: &Dataflow,
    word: &mut impl FnMut() -> usize,
) -> Rule {
    match &dataflow.measure {
        Measure::AtBound { .. } => Rule::AtBound,
        Measure::Cohort { .. } | Measure::Duration { .. } | Measure::Flow | Measure::Transition => {
            let bounds = |other: &Dataflow| other.measure == Measure::AtBound { of: number };
            let flow = word();
            let is_late = dataflow.late_max() > 0;
            if is_late {
                word();
            }
            let corrects = plan.life_cycle.corrections;
            let seen = (dataflow.measure == Measure::Transition)
                .then(|| Seen::new(dataflow.bound.window, is_late && !corrects, word));
            // Where a cell does not follow from the event alone, who has counted where is kept.
            let is_plain =
                dataflow.measure == Measure::Flow && dataflow.structure.follows_from_event();
            let late_moves = is_late && !is_plain;
            let marks = is_late && corrects
                || late_moves && seen.is_none() && dataflow.unit == StatisticalUnit::Persons;
            Rule::Count(Count {
                bound: dataflow.bound,
                once: match dataflow.unit {
                    StatisticalUnit::Events => Once::Event,
                    StatisticalUnit::Persons if dataflow.margins.is_empty() => Once::Cell,
                    StatisticalUnit::Persons => Once::Step,
                },
                word: flow,
                // A plan's vintages lie below the age that is too late for any.
                late_max: dataflow.late_max() as u8,
                at_bound: (0..plan.dataflows.len())
                    .filter(|&position| bounds(&plan.dataflows[position]))
                    .collect(),
                spell: Spell::new(&dataflow.measure, plan.life_cycle.statuses.len(), word),
                seen,
                marks: marks.then(|| Marks::new(dataflow.bound.window, word)),
                late_moves,
                last: (late_moves && corrects).then(&mut *word),
            })
        }
        Measure::Balance { statuses, .. } | Measure::Stock { statuses, .. } => Rule::Stock {
            statuses: (0..plan.life_cycle.statuses.len())
                .map(|status| statuses.contains(&status))
                .collect(),
            bound: dataflow.bound,
            word: word(),
            goes_on: dataflow.continues(),
            turnover: matches!(dataflow.measure, Measure::Balance { .. })
                .then(|| dataflow.structure.cells()),
            kept: plan.life_cycle.corrections.then(|| Kept { before: word(), moving: word() }),
        },
    }
}
