//! The life cycle of a plan as far as a dataflow counts it: statuses, and the transitions between
//! them with the codes under which each is counted.
//!
//! Not here: the diagram for plans (`LifeCycle::diagram`), and the figures.
//!
//! Invariants:
//! 1. Only dataflows of transitions and of persons present describe it, and only transitions that
//!    the dataflow counts are marked as counted
//!    (`tests::life_cycle::transitions_have_their_statuses_and_codes`).

use serde::Serialize;
use tidegauge_model::{CodeSource, Dataflow, Dimension, LifeCycle, Measure, Only, Plan};

/// The life cycle, as a dataflow counts it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LifeCycleText {
    model: String,
    /// In the order of the model; every person begins in the first.
    statuses: Vec<String>,
    /// The statuses in which persons are counted as present.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    present: Vec<String>,
    /// The dimension whose codes are transitions, or kinds of events.
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<String>,
    transitions: Vec<TransitionText>,
}

/// A transition from one status to another, by an event or by a timer.
#[derive(Clone, Debug, Serialize)]
struct TransitionText {
    id: String,
    /// The kind of the event; a transition by a timer has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    from: String,
    to: String,
    /// Whether the dataflow counts it.
    counted: bool,
    /// Its code in the dimension of transitions or kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

/// A transition as positions in the life cycle.
struct Transition {
    kind: Option<usize>,
    from: usize,
    to: usize,
    name: usize,
}

/// The life cycle that a dataflow counts; `None` if its measure counts spells or the bound.
pub(super) fn life_cycle(plan: &Plan, dataflow: &Dataflow) -> Option<LifeCycleText> {
    let cycle = &plan.life_cycle;
    let counts = matches!(dataflow.measure, Measure::Flow | Measure::Transition);
    let present = dataflow.present();
    if !counts && present.is_none() {
        return None;
    }
    let of_transitions = |dimension: &&Dimension| {
        matches!(dimension.source, CodeSource::Transition | CodeSource::Kind)
    };
    let dimension = dataflow.structure.dimensions().iter().find(of_transitions);
    let text = |transition: Transition| {
        let counted = counts && is_counted(cycle, dataflow, &transition);
        let code = |dimension| code_in(cycle, dimension, &transition).map(str::to_owned);
        TransitionText {
            id: cycle.names[transition.name].clone(),
            kind: transition.kind.map(|kind| cycle.kinds[kind].clone()),
            from: cycle.statuses[transition.from].clone(),
            to: cycle.statuses[transition.to].clone(),
            counted,
            code: dimension.filter(|_| counted).and_then(code),
        }
    };
    let status = |&status: &usize| cycle.statuses[status].clone();
    Some(LifeCycleText {
        model: cycle.model.clone(),
        statuses: cycle.statuses.clone(),
        present: present.unwrap_or_default().iter().map(status).collect(),
        dimension: dimension.map(|dimension| dimension.id.clone()),
        transitions: transitions(cycle).into_iter().map(text).collect(),
    })
}

/// Every transition, by status and then by kind, that of the timer last.
fn transitions(cycle: &LifeCycle) -> Vec<Transition> {
    let from_status =
        |from: usize| {
            let by_event = (0..cycle.kinds.len())
                .filter_map(move |kind| Some((Some(kind), cycle.arrow(from, kind)?)));
            let by_timer = cycle.timer(from).map(|timer| (None, timer.arrow));
            let transition = move |(kind, arrow): (Option<usize>, tidegauge_model::Arrow)| {
                Transition { kind, from, to: arrow.to, name: arrow.name }
            };
            by_event.chain(by_timer).map(transition)
        };
    (0..cycle.statuses.len()).flat_map(from_status).collect()
}

fn is_counted(cycle: &LifeCycle, dataflow: &Dataflow, transition: &Transition) -> bool {
    let passes = match &dataflow.only {
        Some(Only::Kinds(kinds)) => transition.kind.is_some_and(|kind| kinds.contains(&kind)),
        Some(Only::Transitions(names)) => names.contains(&transition.name),
        None => true,
    };
    let has_code = |dimension: &Dimension| match dimension.source {
        CodeSource::Transition | CodeSource::Kind | CodeSource::Before | CodeSource::After => {
            code_in(cycle, dimension, transition).is_some()
        }
        _ => true,
    };
    passes && dataflow.structure.dimensions().iter().all(has_code)
}

/// The code of a transition in a dimension that the life cycle decides; `None` if its list has no
/// such code.
fn code_in<'a>(
    cycle: &'a LifeCycle,
    dimension: &Dimension,
    transition: &Transition,
) -> Option<&'a str> {
    let code: &str = match dimension.source {
        CodeSource::Transition => &cycle.names[transition.name],
        CodeSource::Kind => &cycle.kinds[transition.kind?],
        CodeSource::Before => &cycle.statuses[transition.from],
        CodeSource::After => &cycle.statuses[transition.to],
        _ => return None,
    };
    dimension.code_list.position(code).map(|_| code)
}
