//! Rules of the plan, for readers: its life cycle, how long private data is kept, and what it says
//! of its method.
//!
//! Not here: bounds and prices (module `structure`), sources (`intake`), amendments.
//!
//! Invariants:
//! 1. Every transition and every timer of the life cycle is listed once
//!    (`tests::rules::readers_find_the_life_cycle`).

use serde::Serialize;
use tidegauge_model::method::MethodNote;
use tidegauge_model::plan::life_cycle::{Arrow, Due};
use tidegauge_model::plan::{LifeCycle, Retention};

/// How long private data is kept; a member that is absent means for ever.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RetentionText {
    /// Steps after its own for which an event is taken and kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    events_steps: Option<u32>,
    /// Whole windows without an event after which a person is forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    persons_windows: Option<u32>,
}

/// A text on method or quality.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MethodText {
    /// The key in the plan.
    id: &'static str,
    /// The number of the concept in SIMS 2.0.
    sims: &'static str,
    text: String,
}

/// A life cycle.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LifeCycleText {
    model: String,
    /// The first is that of a person who was never seen.
    statuses: Vec<String>,
    /// Whether later rows may correct or retract events.
    corrections: bool,
    transitions: Vec<TransitionText>,
}

/// A transition: by an event of a kind, or by a timer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransitionText {
    from: String,
    to: String,
    /// The name under which it is counted.
    name: String,
    /// The kind of the event; none for a timer.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// For a timer: the days that pass first, or none if it is due after the date of an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    after_days: Option<u32>,
}

pub(super) fn method(notes: &[MethodNote]) -> Vec<MethodText> {
    let text = |note: &MethodNote| MethodText {
        id: note.concept.key,
        sims: note.concept.sims,
        text: note.text.to_string(),
    };
    notes.iter().map(text).collect()
}

pub(super) fn retention(retention: &Retention) -> RetentionText {
    RetentionText {
        events_steps: retention.events_steps,
        persons_windows: retention.persons_windows,
    }
}

pub(super) fn life_cycle(cycle: &LifeCycle) -> LifeCycleText {
    let transition = |from: usize, arrow: Arrow, kind: Option<&String>| TransitionText {
        from: cycle.statuses[from].clone(),
        to: cycle.statuses[arrow.to].clone(),
        name: cycle.names[arrow.name].clone(),
        kind: kind.cloned(),
        after_days: None,
    };
    let of_status = |from: usize| {
        let kinds = cycle.kinds.iter().enumerate();
        let events = kinds.filter_map(move |(position, kind)| {
            cycle.arrow(from, position).map(|arrow| transition(from, arrow, Some(kind)))
        });
        let timer = cycle.timer(from).map(|timer| TransitionText {
            after_days: match timer.due {
                Due::AfterDays(days) => Some(days),
                Due::Until => None,
            },
            ..transition(from, timer.arrow, None)
        });
        events.chain(timer)
    };
    LifeCycleText {
        model: cycle.model.clone(),
        statuses: cycle.statuses.clone(),
        corrections: cycle.corrections,
        transitions: (0..cycle.statuses.len()).flat_map(of_status).collect(),
    }
}
