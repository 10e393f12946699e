//! The structure of one dataflow: dimensions, code lists, attributes, and its price.
//!
//! Not here: the figures' values.
//!
//! Invariants:
//! 1. Codes have the order of their list, with the total last (`tests/golden/structure.json`).

use std::collections::BTreeMap;

use num_rational::BigRational;
use serde::Serialize;
use tidegauge_figures::{
    Catalogue, Concept, Format, ReleasedWindow, attributes, beginnings, dimensions, key_of,
    structure_version,
};
use tidegauge_model::{CodeSource, Dataflow, Dimension, Marginal, Measure, Only, Plan};

use super::amendments::{BreakText, breaks};
use super::intake::{SilentStep, silent_steps};
use super::life_cycle::{LifeCycleText, life_cycle};
use super::privacy::{decimal_up, epsilons};
use super::rules::{self, MethodText};
use super::{DataflowText, summary, unit_of_privacy};

/// A format of the figures of a dataflow: a value of `format` at `/v1/data/...`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Offered {
    name: &'static str,
    media_type: &'static str,
}

/// One mechanism and its charge in one window.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MechanismText {
    part: String,
    window: String,
    sensitivity_squared: String,
    sigma_squared: String,
    charge: String,
    charge_decimal: String,
    epsilon: Vec<super::privacy::EpsilonText>,
}

/// A marginal of a table that the plan promises.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MarginalText {
    /// For each dimension of the plan, the level of detail: 0 for the total, 1 for the coarsest
    /// groups, the largest for the codes.
    levels: Vec<usize>,
    /// The frequency code of the shortest periods at which it can be read.
    frequency: &'static str,
}

/// The price of a dataflow.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PriceText {
    unit: String,
    window: &'static str,
    budget: String,
    budget_decimal: String,
    bound_window: u32,
    bound_month: Option<u32>,
    mechanisms: Vec<MechanismText>,
}

/// The view with which a dataflow opens.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ViewText {
    /// The key of its series.
    key: String,
}

/// The structure of a dataflow.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StructureText {
    #[serde(flatten)]
    summary: DataflowText,
    version: String,
    key: String,
    dimensions: Vec<Concept>,
    attributes: Vec<Concept>,
    /// The readable marginals of a table, besides all coarser ones; empty if every cell is
    /// readable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    margins: Vec<MarginalText>,
    /// The dimensions of a table that are never summed over: they have no total and no groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    apart: Vec<String>,
    /// The dataflow of which it counts only the first contributions of each person.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_of: Option<String>,
    /// Texts on method and quality, besides those of the plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    method: Vec<MethodText>,
    /// The kinds of events, or the transitions, that are counted; none for all that have a cell.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    only: BTreeMap<&'static str, Vec<String>>,
    /// The statuses in which persons are counted, or whose spells are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statuses: Vec<String>,
    /// After how many steps a step is measured again, to count the events that arrived since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vintages: Vec<u32>,
    /// Whether later steps of a window refine the figures of earlier ones.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    refined: bool,
    /// The statuses and transitions of the plan, and which of them it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    life_cycle: Option<LifeCycleText>,
    /// The dimensions whose codes come from the spell: its band, its age, its transition.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    roles: BTreeMap<&'static str, String>,
    /// The transitions by which a cohort begins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beginnings: Vec<String>,
    /// What to show if a reader asks for nothing else, if the plan says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<ViewText>,
    privacy: PriceText,
    formats: Vec<Offered>,
    /// The days from which its figures are based on another rule or source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<BreakText>,
    /// The newest steps whose newest vintage lacks events of sources that had not declared them
    /// complete, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    silent: Vec<SilentStep>,
}

/// The structure of the dataflow at this position of the plan.
pub(crate) fn structure(catalogue: &Catalogue, position: usize) -> StructureText {
    let dataflow = &catalogue.plan.dataflows[position];
    let dimensions = dimensions(&catalogue.plan, dataflow);
    let offered = |format: Format| Offered { name: format.name(), media_type: format.media_type() };
    let key: Vec<&str> = dimensions.iter().map(|dimension| &*dimension.id).collect();
    StructureText {
        summary: summary(catalogue, position),
        version: structure_version(&catalogue.plan, dataflow),
        key: key.join("."),
        dimensions,
        attributes: attributes(&catalogue.plan),
        margins: dataflow.marginals.iter().map(marginal_text).collect(),
        apart: dataflow.structure.apart().map(|(_, dimension)| dimension.id.clone()).collect(),
        first_of: dataflow.first_of.map(|of| catalogue.plan.dataflows[of].id.clone()),
        method: rules::method(&dataflow.method),
        only: only(&catalogue.plan, dataflow),
        statuses: statuses(&catalogue.plan, dataflow),
        vintages: dataflow.vintages.clone(),
        refined: dataflow.is_refined(),
        life_cycle: life_cycle(&catalogue.plan, dataflow),
        roles: roles(dataflow),
        beginnings: beginnings(&catalogue.plan, dataflow),
        view: view(&catalogue.plan, position),
        privacy: price(catalogue, position),
        formats: Format::ALL.into_iter().map(offered).collect(),
        breaks: breaks(catalogue, &dataflow.id),
        silent: silent_steps(catalogue, position),
    }
}

fn view(plan: &Plan, position: usize) -> Option<ViewText> {
    let key = |series| key_of(plan, &plan.dataflows[position], series);
    plan.view(position).map(|series| ViewText { key: key(series) })
}

fn statuses(plan: &Plan, dataflow: &Dataflow) -> Vec<String> {
    let counted = dataflow.present().or(dataflow.spell()).unwrap_or_default();
    counted.iter().map(|&status| plan.life_cycle.statuses[status].clone()).collect()
}

fn roles(dataflow: &Dataflow) -> BTreeMap<&'static str, String> {
    if !matches!(dataflow.measure, Measure::Duration { .. } | Measure::Cohort { .. }) {
        return BTreeMap::new();
    }
    let role = |dimension: &Dimension| {
        let role = match dimension.source {
            CodeSource::Age => "age",
            CodeSource::Band => "band",
            CodeSource::Transition => "transition",
            _ => return None,
        };
        Some((role, dimension.id.clone()))
    };
    dataflow.structure.dimensions().iter().filter_map(role).collect()
}

fn only(plan: &Plan, dataflow: &Dataflow) -> BTreeMap<&'static str, Vec<String>> {
    let cycle = &plan.life_cycle;
    let words = |known: &[String], positions: &[usize]| {
        positions.iter().map(|&position| known[position].clone()).collect()
    };
    let filter = dataflow.only.as_ref().map(|only| match only {
        Only::Kinds(kinds) => ("kind", words(&cycle.kinds, kinds)),
        Only::Transitions(names) => ("transition", words(&cycle.names, names)),
    });
    filter.into_iter().collect()
}

fn marginal_text(marginal: &Marginal) -> MarginalText {
    MarginalText { levels: marginal.levels.clone(), frequency: marginal.grain.frequency() }
}

fn price(catalogue: &Catalogue, position: usize) -> PriceText {
    let plan = &catalogue.plan;
    let dataflow = &plan.dataflows[position];
    let budget: BigRational = &plan.privacy.rho * &dataflow.share;
    let newest = catalogue.flows[position].windows.last();
    PriceText {
        unit: unit_of_privacy(plan),
        window: plan.privacy.window.word(),
        budget: budget.to_string(),
        budget_decimal: decimal_up(&budget),
        bound_window: dataflow.bound.window,
        bound_month: dataflow.bound.month,
        mechanisms: newest.map_or(vec![], |window| mechanisms(window)),
    }
}

fn mechanisms(window: &ReleasedWindow) -> Vec<MechanismText> {
    let mechanism = |price: &tidegauge_ledger::Price| MechanismText {
        part: price.part.to_string(),
        window: window.period.to_string(),
        sensitivity_squared: price.delta2.to_string(),
        sigma_squared: price.variance.to_string(),
        charge: price.rho.to_string(),
        charge_decimal: decimal_up(price.rho.as_ratio()),
        epsilon: epsilons(&price.rho),
    };
    window.prices().iter().map(mechanism).collect()
}
