//! From a dataflow of the plan to the rule by which the kernel counts it.
//!
//! Not here: the counting (the parent).
//!
//! Invariants:
//! 1. No two rules of a plan share a word of the state (`tests/laws.rs`:
//!    `the_fold_counts_what_a_naive_counter_counts`).

use tidegauge_model::{Dataflow, Measure, Plan, StatisticalUnit};

use super::apart::Apart;
use super::marks::{CountedPer, Marks};
use super::seen::CountedCells;
use super::stock::StayWords;
use super::{CountingRule, TransitionRule};
use crate::spell::Spell;

pub(super) fn counting_rule(
    plan: &Plan,
    number: usize,
    dataflow: &Dataflow,
    word: &mut impl FnMut() -> usize,
) -> CountingRule {
    match &dataflow.measure {
        Measure::AtBound { .. } => CountingRule::AtBound,
        Measure::Cohort { .. } | Measure::Duration { .. } | Measure::Flow | Measure::Transition => {
            let bounds = |other: &Dataflow| other.measure == Measure::AtBound { of: number };
            let flow = word();
            let is_late = dataflow.late_max() > 0;
            if is_late {
                word();
            }
            let corrects = plan.life_cycle.corrections;
            let is_once_a_window = dataflow.measure == Measure::Transition;
            // A table needs to know in which step a person counts, not only in which cell.
            let is_marked = is_late && (corrects || !dataflow.marginals.is_empty());
            let counted_cells = is_once_a_window
                .then(|| CountedCells::new(dataflow.bound.window, is_late && !is_marked, word));
            // If a cell does not follow from the event only, the state keeps where the person has
            // counted.
            let is_plain = dataflow.follows_from_event();
            let late_by_transition = is_late && !is_plain;
            let marks = is_late && corrects
                || is_once_a_window && is_marked
                || late_by_transition
                    && counted_cells.is_none()
                    && dataflow.unit == StatisticalUnit::Persons;
            CountingRule::Transitions(TransitionRule {
                bound: dataflow.bound,
                counted_per: match dataflow.unit {
                    StatisticalUnit::Events => CountedPer::Event,
                    StatisticalUnit::Persons if dataflow.marginals.is_empty() => CountedPer::Cell,
                    StatisticalUnit::Persons => CountedPer::Step(Apart::new(&dataflow.structure)),
                },
                word: flow,
                // A plan's vintages are below the age that is too late for any.
                late_max: dataflow.late_max() as u8,
                at_bound: (0..plan.dataflows.len())
                    .filter(|&position| bounds(&plan.dataflows[position]))
                    .collect(),
                spell: Spell::new(&dataflow.measure, plan.life_cycle.statuses.len(), word),
                counted_cells,
                marks: marks.then(|| Marks::new(dataflow.bound.window, word)),
                late_by_transition,
                last: (late_by_transition && corrects).then(&mut *word),
            })
        }
        Measure::Balance { statuses, .. } | Measure::Stock { statuses, .. } => {
            CountingRule::Stock {
                statuses: (0..plan.life_cycle.statuses.len())
                    .map(|status| statuses.contains(&status))
                    .collect(),
                bound: dataflow.bound,
                word: word(),
                continues: dataflow.continues(),
                turnover: matches!(dataflow.measure, Measure::Balance { .. })
                    .then(|| dataflow.structure.cells()),
                stay_words: plan
                    .life_cycle
                    .corrections
                    .then(|| StayWords { before: word(), moving: word() }),
            }
        }
    }
}
