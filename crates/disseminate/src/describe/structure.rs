//! The structure of one dataflow: dimensions, code lists, attributes, and its price.
//!
//! Not here: the figures' values.
//!
//! Invariants:
//! 1. Codes stand in the order of their list, with the total last (`tests/golden/structure.json`).

use num_rational::BigRational;
use serde::Serialize;
use tidegauge_model::code::Group;
use tidegauge_model::{Code, CodeList, Dataflow, FormerName, Grain, Margin, Measure, Plan, Status};

use super::amendments::{BreakText, breaks};
use super::privacy::{decimal_up, epsilons};
use super::{Summary, summary, unit_of_privacy};
use crate::catalogue::{Catalogue, Window};
use crate::csv::unit_measure;
use crate::format::Format;
use crate::heading::OF_FIGURE;
use crate::key::{Indicator, TOTAL, UNIT, grains, indicators};

/// One code, with its name for people.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeText {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The group that it lies in; a code without one lies in the total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<String>,
    /// The first day on which an event can have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_from: Option<String>,
    /// The last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_to: Option<String>,
    /// The names that it had, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) former_names: Vec<FormerText>,
}

/// A name that a code had, and the last day on which it had it.
#[derive(Clone, Debug, Serialize)]
pub struct FormerText {
    pub(crate) until: String,
    pub(crate) name: String,
}

impl CodeText {
    /// A code that lies in no group.
    pub(crate) fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            parent: None,
            valid_from: None,
            valid_to: None,
            former_names: Vec::new(),
        }
    }

    /// What a code's validity and former names say, each as a kind and a text.
    pub(crate) fn notes(&self) -> Vec<(&'static str, String)> {
        let from = self.valid_from.iter().map(|day| ("VALID_FROM", day.clone()));
        let to = self.valid_to.iter().map(|day| ("VALID_TO", day.clone()));
        let former = self.former_names.iter();
        let former =
            former.map(|one| ("FORMER_NAME", format!("{} (until {})", one.name, one.until)));
        from.chain(to).chain(former).collect()
    }
}

/// A dimension or an attribute, with its codes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Concept {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) code_list: Option<String>,
    pub(crate) codes: Vec<CodeText>,
    /// What an attribute belongs to; `None` for a dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attachment: Option<Attachment>,
    /// Whether an observation can be without it.
    #[serde(skip)]
    pub(crate) may_miss: bool,
    /// The SDMX data type of what has no codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data_type: Option<&'static str>,
}

/// What an attribute belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Attachment {
    /// The whole answer.
    DataSet,
    /// One observation.
    Observation,
    /// One series.
    Series,
}

/// How the figures of a dataflow can be had: a value of `format` at `/v1/data/...`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offered {
    name: &'static str,
    media_type: &'static str,
}

/// One mechanism and its charge in one window.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mechanism {
    part: String,
    window: String,
    sensitivity_squared: String,
    sigma_squared: String,
    charge: String,
    charge_decimal: String,
    epsilon: Vec<super::privacy::Epsilon>,
}

/// A margin of a table that the plan promises.
#[derive(Clone, Debug, Serialize)]
pub struct MarginText {
    /// For each dimension of the plan the level on which it tells apart: 0 for the total, 1 for the
    /// coarsest groups, the largest for the codes.
    levels: Vec<usize>,
    /// The frequency code of the shortest periods that it is read at.
    frequency: &'static str,
}

/// What the dataflow costs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    unit: String,
    window: &'static str,
    budget: String,
    budget_decimal: String,
    bound_window: u32,
    bound_month: Option<u32>,
    mechanisms: Vec<Mechanism>,
}

/// The structure of a dataflow.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Structure {
    #[serde(flatten)]
    summary: Summary,
    version: String,
    key: String,
    dimensions: Vec<Concept>,
    attributes: Vec<Concept>,
    /// Of a table, what can be read of it beside everything coarser; empty where every cell can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    margins: Vec<MarginText>,
    privacy: Price,
    formats: Vec<Offered>,
    /// The days from which its figures rest on another rule or source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<BreakText>,
}

/// The structure of the dataflow at this position of the plan.
pub fn structure(catalogue: &Catalogue, position: usize) -> Structure {
    let dataflow = &catalogue.plan.dataflows[position];
    let dimensions = dimensions(&catalogue.plan, dataflow);
    let offered = |format: Format| Offered { name: format.name(), media_type: format.media_type() };
    let key: Vec<&str> = dimensions.iter().map(|dimension| &*dimension.id).collect();
    Structure {
        summary: summary(catalogue, position),
        version: structure_version(&catalogue.plan, dataflow),
        key: key.join("."),
        dimensions,
        attributes: attributes(catalogue.plan.statement.embargo.is_some()),
        margins: dataflow.margins.iter().map(margin).collect(),
        privacy: price(catalogue, position),
        formats: Format::ALL.into_iter().map(offered).collect(),
        breaks: breaks(catalogue, &dataflow.id),
    }
}

/// The version of a dataflow and of its structure: it grows with every amendment that changes one
/// of its code lists.
pub fn structure_version(plan: &Plan, dataflow: &Dataflow) -> String {
    version_after(plan.changes_of(dataflow))
}

/// The version of a structure after so many changes.
pub fn version_after(changes: usize) -> String {
    format!("1.{changes}.0")
}

fn text(id: &str, name: &str) -> CodeText {
    CodeText::new(id, name)
}

fn concept(id: &str, name: &str, code_list: Option<&str>, codes: Vec<CodeText>) -> Concept {
    Concept {
        id: id.to_owned(),
        name: name.to_owned(),
        code_list: code_list.map(str::to_owned),
        codes,
        attachment: None,
        may_miss: false,
        data_type: None,
    }
}

/// The dimensions of a dataflow with all their codes, totals included, in key order.
pub fn dimensions(plan: &Plan, dataflow: &Dataflow) -> Vec<Concept> {
    let frequencies = grains(dataflow.step).into_iter();
    let frequencies = frequencies.map(|g| text(g.frequency(), frequency_name(g))).collect();
    let area = &plan.statement.reference_area;
    let told = indicators(&dataflow.measure).iter();
    let told = told.map(|&indicator| text(indicator.code(), &name(indicator, dataflow))).collect();
    let mut dimensions = vec![
        concept("FREQ", "Frequency", Some("SDMX:CL_FREQ"), frequencies),
        concept("REF_AREA", "Reference area", None, vec![text(area, area)]),
        concept("INDICATOR", "Indicator", None, told),
    ];
    if dataflow.structure.dimensions().is_empty() {
        let unit = text(unit_measure(dataflow.unit), "What is counted");
        dimensions.push(concept(UNIT, "Unit", None, vec![unit]));
    }
    for dimension in dataflow.structure.dimensions() {
        let list = &dimension.code_list;
        let codes = codes(list);
        let list = format!("{}:{}({})", plan.statement.agency, list.id, list.version);
        dimensions.push(concept(&dimension.id, &dimension.name, Some(&list), codes));
    }
    dimensions
}

fn margin(margin: &Margin) -> MarginText {
    MarginText { levels: margin.levels.clone(), frequency: margin.grain.frequency() }
}

fn former(name: &FormerName) -> FormerText {
    FormerText { until: name.until.to_string(), name: name.name.clone() }
}

/// The codes of a list, its groups, and the total. Reserved places are nothing to be seen.
fn codes(list: &CodeList) -> Vec<CodeText> {
    let inside = |position: u16| {
        let holds = |group: &&Group| group.codes.contains(&position);
        // The finest groups come last.
        list.groups().iter().rfind(holds).map(|group| group.code.id.clone())
    };
    let code = |(position, code): (u16, &Code)| CodeText {
        parent: inside(position),
        valid_from: code.validity.from.map(|day| day.to_string()),
        valid_to: code.validity.to.map(|day| day.to_string()),
        former_names: code.former.iter().map(former).collect(),
        ..text(&code.id, &code.name)
    };
    let group = |group: &Group| CodeText {
        parent: group.parent.map(|parent| list.groups()[parent].code.id.clone()),
        ..text(&group.code.id, &group.code.name)
    };
    let codes = list.named().map(code);
    let groups = list.groups().iter().map(group);
    codes.chain(groups).chain([text(TOTAL, "Total")]).collect()
}

fn name(indicator: Indicator, dataflow: &Dataflow) -> String {
    let of_balance = matches!(dataflow.measure, Measure::Balance { .. });
    match indicator {
        Indicator::Arrivals => "Arrivals".into(),
        Indicator::Departures => "Departures".into(),
        Indicator::Stock if of_balance => "Present at the end of the period".into(),
        Indicator::AtBound | Indicator::Flow | Indicator::Stock => dataflow.name.clone(),
    }
}

fn frequency_name(grain: Grain) -> &'static str {
    match grain {
        Grain::QuarterHour => "Every quarter of an hour",
        Grain::Hour => "Hourly",
        Grain::Day => "Daily",
        Grain::Week => "Weekly",
        Grain::Month => "Monthly",
        Grain::Quarter => "Quarterly",
        Grain::Year => "Annual",
    }
}

/// The attributes of every dataflow: those of an observation, of a series, of the whole answer.
/// Under a plan with an embargo an observation may have no figure, and codes say so.
pub fn attributes(is_held: bool) -> Vec<Concept> {
    use Attachment::{DataSet, Observation, Series};
    let status = |status: Status, name| text(status.code(), name);
    let mut statuses = vec![
        status(Status::Normal, "Normal value"),
        status(Status::Provisional, "Provisional: later measurements can still refine it"),
        status(Status::LowReliability, "Low reliability: the margin exceeds 30 % of the figure"),
        status(Status::Break, "Break: from here on the figures rest on another rule or source"),
        status(Status::CannotExist, "Cannot exist: no event can count there, by the code lists"),
    ];
    let mut free = vec![text("F", "Free: protected before it was published")];
    if is_held {
        statuses.push(status(Status::Embargoed, "Missing value; suppressed: see CONF_STATUS"));
        free.push(text("E", "Embargoed until release"));
    }
    let units = vec![text("PER", "Persons"), text("EVT", "Events")];
    let plain = |id, name, attachment, data_type| Concept {
        attachment: Some(attachment),
        may_miss: is_held && OF_FIGURE.contains(&id),
        data_type: Some(data_type),
        ..concept(id, name, None, vec![])
    };
    let coded = |id, name, attachment, list, codes| Concept {
        attachment: Some(attachment),
        ..concept(id, name, Some(list), codes)
    };
    let (status, conf, unit) =
        ("SDMX:CL_OBS_STATUS", "SDMX:CL_CONF_STATUS", "SDMX:CL_UNIT_MEASURE");
    vec![
        plain("MARGIN", "Half the width of the 95 % interval, rounded up", Observation, "Decimal"),
        plain("CI_LOW", "Lower end of the 95 % interval", Observation, "Decimal"),
        plain("CI_HIGH", "Upper end of the 95 % interval", Observation, "Decimal"),
        coded("OBS_STATUS", "Observation status", Observation, status, statuses),
        plain("VINTAGE", "Ledger index of the latest release it rests on", Observation, "Integer"),
        coded("UNIT_MEASURE", "Unit of measure", Series, unit, units),
        plain("UNIT_MULT", "Unit multiplier: always 0", Series, "Integer"),
        plain("DECIMALS", "Decimals: always 3", Series, "Integer"),
        coded("CONF_STATUS", "Confidentiality status", Observation, conf, free),
        plain("RHO", "Most that one window charges a person, in zCDP", DataSet, "String"),
        plain("LEDGER_SIZE", "Ledger size that the answer rests on", DataSet, "Integer"),
    ]
}

fn price(catalogue: &Catalogue, position: usize) -> Price {
    let plan = &catalogue.plan;
    let dataflow = &plan.dataflows[position];
    let budget: BigRational = &plan.privacy.rho * &dataflow.share;
    let newest = catalogue.flows[position].windows.last();
    Price {
        unit: unit_of_privacy(plan),
        window: plan.privacy.window.word(),
        budget: budget.to_string(),
        budget_decimal: decimal_up(&budget),
        bound_window: dataflow.bound.window,
        bound_month: dataflow.bound.month,
        mechanisms: newest.map_or(vec![], |window| mechanisms(window)),
    }
}

fn mechanisms(window: &Window) -> Vec<Mechanism> {
    let mechanism = |price: &tidegauge_ledger::Price| Mechanism {
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
