//! Flows that count only the first contributions of each person to another one: both must count
//! the same contributions, in the same order, so that what one counts is a part of what the other
//! counts.
//!
//! Not here: which bounds that takes (`plan::bound`), how they are counted (crate `fold`), and what
//! a reader gets of the difference (crate `figures`).
//!
//! Invariants:
//! 1. Each rule has a refusal of its own (`tests/first_of.rs`: `each_rule_is_refused_by_itself`).
//! 2. Under a plan that is not refused no person counts more often in a (step, cell) of such a flow
//!    than in the other (`fold/tests/first_of.rs`: `the_first_are_a_part_of_all`). One contribution
//!    more or less of a bound matters (`tests/first_of.rs`: `the_bound_that_is_needed`).

use super::dataflow::DataflowDraft;
use super::fault::PlanFault;
use super::node::{TomlTable, TomlValue};
use crate::dataflow::{Dataflow, StatisticalUnit};
use crate::period::Grain;
use crate::plan::bound::too_low;
use crate::plan::life_cycle::LifeCycle;
use crate::structure::{DataStructure, Dimension};

/// Refuses a flow that does not count a part of what the other one counts, and one whose cells or
/// whose sums nobody could compare with the other's.
pub(super) fn refuse_unfit(
    tables: &[Option<TomlTable>],
    drafts: &[DataflowDraft],
    life_cycle: Option<&LifeCycle>,
    window: Option<Grain>,
) {
    if tables.len() != drafts.len() {
        return;
    }
    for (table, draft) in tables.iter().zip(drafts) {
        let Some((dataflow, of)) =
            draft.dataflow.as_ref().and_then(|own| Some((own, own.first_of?)))
        else {
            continue;
        };
        let other = drafts[of].dataflow.as_ref();
        let node = table.as_ref().and_then(|table| table.may("first_of"));
        if let (Some(other), Some(node), Some(window)) = (other, node, window) {
            let corrections = life_cycle.is_some_and(|cycle| cycle.corrections);
            let rule = unlike(dataflow, other, corrections);
            if let Some(rule) = rule.or_else(|| too_low(dataflow, other, window)) {
                refuse(&node, &rule);
            }
        }
    }
}

fn refuse(node: &TomlValue, rule: &str) {
    node.refuse(PlanFault::BadValue, rule);
}

/// The first rule by which two flows do not count the same contributions.
fn unlike(own: &Dataflow, other: &Dataflow, corrections: bool) -> Option<String> {
    let id = &other.id;
    let tables = [own, other].iter().all(|flow| !flow.marginals.is_empty());
    let depths = || own.structure.dimensions().iter().map(|one| one.code_list.depth());
    let has_cells = own.marginals.iter().any(|margin| margin.levels.iter().copied().eq(depths()));
    let rule = if other.first_of.is_some() {
        format!("{id} counts first contributions itself; name the flow that it names")
    } else if own.unit != StatisticalUnit::Persons || other.unit != StatisticalUnit::Persons {
        format!("this flow and {id} must count PERSONS; change `unit`")
    } else if !have_same_dimensions(&own.structure, &other.structure) {
        format!("the dimensions must be those of {id}, with the same sources and lists; copy them")
    } else if own.only != other.only {
        format!("`only` must be as in {id}; copy it")
    } else if !tables {
        format!("this flow and {id} must be tables; give both `margins`")
    } else if !have_same_apart(&own.structure, &other.structure) {
        format!("`apart` must be as in {id}; copy it")
    } else if !has_cells {
        "a margin of all its dimensions is needed here; add it to `margins`".to_owned()
    } else if own.vintages != other.vintages {
        format!("`vintages` must be as in {id}; copy them")
    } else if corrections && !own.vintages.is_empty() {
        format!(
            "where events are corrected, first contributions are none of {id} after a vintage; \
             remove `vintages` of both"
        )
    } else {
        return None;
    };
    Some(rule)
}

fn have_same_dimensions(own: &DataStructure, other: &DataStructure) -> bool {
    let of = |one: &Dimension| (one.id.clone(), one.source.clone(), one.code_list.id.clone());
    own.dimensions().iter().map(of).eq(other.dimensions().iter().map(of))
}

fn have_same_apart(own: &DataStructure, other: &DataStructure) -> bool {
    own.apart().map(|(at, _)| at).eq(other.apart().map(|(at, _)| at))
}
