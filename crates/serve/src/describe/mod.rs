//! Descriptions of the published data: dataflows, structures, privacy, ledger.
//!
//! Not here: figures (crate `figures`).
//!
//! Invariants:
//! 1. Rho is published as the exact fraction; decimals beside it are for display and never below it
//!    (`describe::privacy::tests::decimals_of_a_loss_are_rounded_up`).
//!
//! Format: JSON objects whose members are the fields below in camel case
//! (`tests/golden/dataflows.json`, `structure.json`, `privacy.json`).

mod amendments;
mod intake;
mod life_cycle;
mod privacy;
mod rules;
mod structure;

use serde::Serialize;
use tidegauge_model::{Headline, Measure, Plan, Rate, Summand};

use amendments::AmendmentText;
use intake::IntakeText;
use rules::{LifeCycleText, MethodText, RetentionText};
use tidegauge_figures::{Catalogue, grains, key_of};

pub(crate) use privacy::{decimal_up, epsilon_texts, privacy};
pub(crate) use structure::structure;

/// The store and its plan.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoreText {
    origin: String,
    class: &'static str,
    id: String,
    title: String,
    agency: String,
    purpose: String,
    controller: String,
    legal_basis: String,
    contact: String,
    reference_area: String,
    time_zone: String,
    release_delay_minutes: u32,
    /// The time of day at which releases become public.
    #[serde(skip_serializing_if = "Option::is_none")]
    embargo: Option<String>,
    start: String,
    expires: String,
    /// Texts on method and quality, in the order of SIMS 2.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    method: Vec<MethodText>,
    plan: String,
    tree_size: u64,
    /// The languages of its texts, that of the statement first, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
}

/// One dataflow in the list of all.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataflowText {
    id: String,
    name: String,
    description: String,
    measure: &'static str,
    unit: &'static str,
    unit_measure: &'static str,
    step: &'static str,
    grains: Vec<&'static str>,
    first: Option<String>,
    last: Option<String>,
    next: Option<String>,
    /// The dataflow whose bound it counts persons at, if it counts any.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound_of: Option<String>,
    /// When the next step becomes public, under a plan with an embargo.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<String>,
    /// Steps that are released but not public yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    embargoed: Option<Embargoed>,
}

/// The first and the last step that are released but under embargo, and until when the first one
/// is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Embargoed {
    first: String,
    last: String,
    until: String,
}

/// One rate in the list of all; its values are at `/v1/derived/`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RateSummary {
    id: String,
    name: String,
    description: String,
    /// The dimensions by which it is published.
    by: Vec<String>,
    /// The dataflow of the numerator, the first if it is a sum of several.
    numerator: String,
    /// The dataflow of the denominator, likewise.
    denominator: String,
    /// All dataflows that it is made of, each once, the numerator's first.
    dataflows: Vec<String>,
}

/// A figure that readers see first; its values are at `/v1/data/`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeadlineText {
    dataflow: String,
    /// The key of its series, which is one.
    key: String,
    /// Its title, if the plan gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

/// The store, all its dataflows, and the headline figures, rates, amendments and rules of its plan.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dataflows {
    store: StoreText,
    dataflows: Vec<DataflowText>,
    /// The figures to show first, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headlines: Vec<HeadlineText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rates: Vec<RateSummary>,
    /// The amendments of the plan, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amendments: Vec<AmendmentText>,
    /// How events come in, in a plan with sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    intake: Option<IntakeText>,
    retention: RetentionText,
    life_cycle: LifeCycleText,
}

/// All dataflows of a catalogue.
pub(crate) fn dataflows(catalogue: &Catalogue) -> Dataflows {
    let plan = &catalogue.plan;
    let positions = 0..plan.dataflows.len();
    Dataflows {
        store: store(catalogue),
        dataflows: positions.map(|position| summary(catalogue, position)).collect(),
        headlines: plan.headlines.iter().map(|headline| headline_text(plan, headline)).collect(),
        rates: plan.rates.iter().map(|rate| rate_summary(plan, rate)).collect(),
        amendments: amendments::all(catalogue),
        intake: intake::intake(plan),
        retention: rules::retention(&plan.retention),
        life_cycle: rules::life_cycle(&plan.life_cycle),
    }
}

fn headline_text(plan: &Plan, headline: &Headline) -> HeadlineText {
    let dataflow = &plan.dataflows[headline.dataflow];
    HeadlineText {
        dataflow: dataflow.id.clone(),
        key: key_of(plan, dataflow, &headline.series),
        title: headline.title.as_ref().map(|title| title.to_string()),
    }
}

/// The headline figures: for each the position of its dataflow, its key and its title.
pub(crate) fn headlines(plan: &Plan) -> Vec<(usize, String, Option<String>)> {
    let headline = |headline: &Headline| {
        let HeadlineText { key, title, .. } = headline_text(plan, headline);
        (headline.dataflow, key, title)
    };
    plan.headlines.iter().map(headline).collect()
}

fn rate_summary(plan: &Plan, rate: &Rate) -> RateSummary {
    let id = |dataflow: usize| plan.dataflows[dataflow].id.clone();
    let first = |side: &[Summand]| side.first().map(|summand| id(summand.dataflow));
    RateSummary {
        id: rate.id.clone(),
        name: rate.name.to_string(),
        description: rate.description.to_string(),
        by: rate.by.clone(),
        numerator: first(&rate.numerator).unwrap_or_default(),
        denominator: first(&rate.denominator).unwrap_or_default(),
        dataflows: rate.dataflows().into_iter().map(id).collect(),
    }
}

fn store(catalogue: &Catalogue) -> StoreText {
    let statement = catalogue.plan.statement.clone();
    let languages = catalogue.plan.languages().iter().map(ToString::to_string).collect::<Vec<_>>();
    StoreText {
        origin: catalogue.ledger().origin.clone(),
        class: if catalogue.is_synthetic() { "synthetic" } else { "real" },
        id: statement.id,
        title: statement.title.to_string(),
        agency: statement.agency,
        purpose: statement.purpose.to_string(),
        controller: statement.controller.to_string(),
        legal_basis: statement.legal_basis.to_string(),
        contact: statement.contact,
        reference_area: statement.reference_area,
        time_zone: statement.time_zone,
        release_delay_minutes: statement.release_delay_minutes,
        embargo: statement.embargo.map(|hour| hour.strftime("%H:%M").to_string()),
        start: statement.start.to_string(),
        expires: statement.expires.to_string(),
        method: rules::method(&catalogue.plan.method),
        plan: format!("log/plan/{}.toml", catalogue.plan_digest),
        tree_size: catalogue.size(),
        languages: if languages.len() > 1 { languages } else { vec![] },
    }
}

fn summary(catalogue: &Catalogue, position: usize) -> DataflowText {
    let plan = &catalogue.plan;
    let dataflow = &plan.dataflows[position];
    let released = catalogue.released(position);
    let next = released.map_or(plan.first_step(), |(_, last)| last.next());
    let until = |step| plan.embargoed_until(step).map(|until| until.to_string());
    let embargoed = catalogue.embargoed(position).and_then(|(first, last)| {
        Some(Embargoed { first: first.sdmx(), last: last.sdmx(), until: until(first)? })
    });
    DataflowText {
        id: dataflow.id.clone(),
        name: dataflow.name.to_string(),
        description: dataflow.description.to_string(),
        measure: dataflow.measure.word(),
        unit: unit_word(dataflow.unit),
        unit_measure: dataflow.unit.unit_measure(),
        step: dataflow.step.word(),
        grains: grains(dataflow.step).into_iter().map(|grain| grain.frequency()).collect(),
        first: released.map(|(first, _)| first.sdmx()),
        last: released.map(|(_, last)| last.sdmx()),
        next: plan.allows(next).then(|| next.sdmx()),
        bound_of: bound_of(plan, &dataflow.measure),
        next_at: until(next).filter(|_| plan.allows(next)),
        embargoed,
    }
}

fn bound_of(plan: &Plan, measure: &Measure) -> Option<String> {
    match measure {
        Measure::AtBound { of } => plan.dataflows.get(*of).map(|dataflow| dataflow.id.clone()),
        _ => None,
    }
}

fn unit_word(unit: tidegauge_model::StatisticalUnit) -> &'static str {
    match unit {
        tidegauge_model::StatisticalUnit::Events => "EVENTS",
        tidegauge_model::StatisticalUnit::Persons => "PERSONS",
    }
}

/// The unit of privacy of a plan, in a few words.
fn unit_of_privacy(plan: &Plan) -> String {
    format!(
        "everything about one person, whenever it happened, in what is measured in one calendar {}",
        plan.privacy.window.word()
    )
}
