//! The sources of a plan, for readers: which agencies deliver, by which keys, and how long a step
//! waits for them.
//!
//! Not here: the sources that were silent in a figure, which its observation names (crate
//! `figures`).
//!
//! Invariants:
//! 1. A plan without sources has none of these members
//!    (`tests::silent::a_plan_without_sources_names_none`).

use serde::Serialize;
use tidegauge_figures::Catalogue;
use tidegauge_model::{DayRange, Plan, Source, SourceKey, SourceSet};

/// The most steps without a source that the description of a dataflow lists.
const SILENT_STEPS_MAX: usize = 100;

/// How events come in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntakeText {
    /// Minutes for which a step that is due still waits for its sources.
    longest_wait_minutes: u32,
    /// The id of the key under which agencies make pseudonyms.
    pseudonym_key: String,
    sources: Vec<SourceText>,
}

/// A source.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceText {
    id: String,
    name: String,
    #[serde(flatten)]
    days: DaysText,
    /// The period at whose end it declares completeness.
    complete_every: &'static str,
    complete_within_minutes: u32,
    keys: Vec<KeyText>,
}

/// A key with which a source signs.
#[derive(Clone, Debug, Serialize)]
struct KeyText {
    id: String,
    /// The public key in base64.
    public: String,
    #[serde(flatten)]
    days: DaysText,
}

/// Days from a first to a last one.
#[derive(Clone, Debug, Serialize)]
struct DaysText {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

/// A step whose newest vintage lacks sources.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SilentStep {
    step: String,
    sources: Vec<String>,
}

/// How events come in; `None` in a plan without sources.
pub(super) fn intake(plan: &Plan) -> Option<IntakeText> {
    let intake = plan.intake.as_ref()?;
    Some(IntakeText {
        longest_wait_minutes: intake.longest_wait_minutes,
        pseudonym_key: intake.pseudonym_key.clone(),
        sources: plan.sources.iter().map(source).collect(),
    })
}

pub(super) fn source(source: &Source) -> SourceText {
    let key = |key: &SourceKey| KeyText {
        id: key.id.clone(),
        public: key.public_text(),
        days: days(key.days),
    };
    SourceText {
        id: source.id.clone(),
        name: source.name.to_string(),
        days: days(source.days),
        complete_every: source.complete_every.word(),
        complete_within_minutes: source.complete_within_minutes,
        keys: source.keys.iter().map(key).collect(),
    }
}

fn days(days: DayRange) -> DaysText {
    let text = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    DaysText { from: text(days.from), to: text(days.to) }
}

/// The newest steps of a dataflow whose newest vintage lacks sources, the newest first.
pub(super) fn silent_steps(catalogue: &Catalogue, position: usize) -> Vec<SilentStep> {
    let ids = |silent: SourceSet| {
        catalogue.plan.sources_in(silent).map(|source| source.id.clone()).collect()
    };
    let steps = catalogue.silent_steps(position).take(SILENT_STEPS_MAX);
    steps.map(|(step, silent)| SilentStep { step: step.sdmx(), sources: ids(silent) }).collect()
}
