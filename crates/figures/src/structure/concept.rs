//! The concepts of a dataflow, as text: its dimensions and attributes with their codes.
//!
//! Not here: the formats in which they are written; released data.
//!
//! Invariants:
//! 1. Codes have the order of their list, with the total last (`tests/golden/structure.json`).

use serde::{Serialize, Serializer};
use serde_json::Value;
use tidegauge_model::code::CodeGroup;
use tidegauge_model::{
    Code, CodeList, Dataflow, FormerName, Grain, IntervalOf, Language, Measure, Plan, Status, Text,
};

use super::words::Words;
use crate::query::series::{Indicator, TOTAL, UNIT, grains, indicators};

/// One code, with its name for people.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodeText {
    pub id: String,
    #[serde(serialize_with = "as_string")]
    pub(crate) name: Text,
    /// The language of the name, where it is not that of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    /// The group that contains it; a code without one belongs to the total only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<String>,
    /// The first day on which an event can have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_from: Option<String>,
    /// The last day on which an event can have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_to: Option<String>,
    /// Its former names, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) former_names: Vec<FormerText>,
    /// Other codes under which events name it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) also: Vec<String>,
}

/// A former name of a code, and the last day on which the code had it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FormerText {
    pub(crate) until: String,
    #[serde(serialize_with = "as_string")]
    pub(crate) name: Text,
}

/// A text in all its languages, by their tags.
pub(crate) fn names(text: &Text) -> Value {
    text.all().map(|(language, text)| (language.tag().to_owned(), Value::from(text))).collect()
}

/// Writes a text in its own language.
fn as_string<S: Serializer>(text: &Text, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

impl CodeText {
    /// A code outside every group.
    pub(crate) fn new(id: &str, name: Text) -> Self {
        Self {
            id: id.to_owned(),
            name,
            language: None,
            parent: None,
            valid_from: None,
            valid_to: None,
            former_names: Vec::new(),
            also: Vec::new(),
        }
    }

    /// The validity, the former names and the other codes of the code, each as a kind and a text.
    pub(crate) fn notes(&self) -> Vec<(&'static str, String)> {
        let valid_from = self.valid_from.iter().map(|day| ("VALID_FROM", day.clone()));
        let valid_to = self.valid_to.iter().map(|day| ("VALID_TO", day.clone()));
        let former_names = self
            .former_names
            .iter()
            .map(|FormerText { name, until }| ("FORMER_NAME", format!("{name} (until {until})")));
        let also = self.also.iter().map(|other| ("ALSO", other.clone()));
        valid_from.chain(valid_to).chain(former_names).chain(also).collect()
    }
}

/// A dimension or an attribute, with its codes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Concept {
    /// The id.
    pub id: String,
    #[serde(serialize_with = "as_string")]
    pub(crate) name: Text,
    pub(crate) code_list: Option<String>,
    pub(crate) codes: Vec<CodeText>,
    /// Where an attribute is attached; `None` for a dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attachment: Option<Attachment>,
    /// Whether an observation can be without it.
    #[serde(skip)]
    pub(crate) may_miss: bool,
    /// The SDMX data type of a concept without codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data_type: Option<&'static str>,
}

impl Concept {
    /// The codes that it can have, in the order of its list.
    pub fn code_ids(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(|code| &*code.id)
    }
}

/// Where an attribute is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Attachment {
    /// The whole answer.
    DataSet,
    /// One observation.
    Observation,
    /// One series.
    Series,
}

/// The attribute that names the sources that were silent in what a figure rests on.
pub(crate) const SILENT_SOURCES: &str = "SILENT_SOURCES";

/// The attribute that says what an interval covers where vintages count late events.
pub(crate) const INTERVAL_OF: &str = "INTERVAL_OF";

/// Attributes that only an observation with a figure has.
pub(crate) const OF_FIGURE: [&str; 4] = ["MARGIN", "CI_LOW", "CI_HIGH", "VINTAGE"];

fn concept(id: &str, name: Text, code_list: Option<&str>, codes: Vec<CodeText>) -> Concept {
    Concept {
        id: id.to_owned(),
        name,
        code_list: code_list.map(str::to_owned),
        codes,
        attachment: None,
        may_miss: false,
        data_type: None,
    }
}

/// The dimensions of a dataflow with all their codes, in key order: totals included, unless the
/// dimension stands apart.
pub fn dimensions(plan: &Plan, dataflow: &Dataflow) -> Vec<Concept> {
    let words = Words::of(plan);
    let frequency =
        |grain: Grain| CodeText::new(grain.frequency(), words.text(frequency_name(grain)));
    let frequencies = grains(dataflow.step).into_iter().map(frequency).collect();
    let area = &plan.statement.reference_area;
    let published = indicators(&dataflow.measure)
        .iter()
        .map(|&indicator| CodeText::new(indicator.code(), name(indicator, dataflow, &words)))
        .collect();
    let areas = vec![CodeText::new(area, Text::english(area))];
    let mut dimensions = vec![
        concept("FREQ", words.text("Frequency"), Some("SDMX:CL_FREQ"), frequencies),
        concept("REF_AREA", words.text("Reference area"), None, areas),
        concept("INDICATOR", words.text("Indicator"), None, published),
    ];
    if dataflow.structure.dimensions().is_empty() {
        let unit = CodeText::new(dataflow.unit.unit_measure(), words.text("What is counted"));
        dimensions.push(concept(UNIT, words.text("Unit"), None, vec![unit]));
    }
    for dimension in dataflow.structure.dimensions() {
        let list = &dimension.code_list;
        let mut codes = if dimension.is_apart { codes_apart(list) } else { codes(list, &words) };
        mark_other_languages(&mut codes, plan.language());
        let list = format!("{}:{}({})", plan.statement.agency, list.id, list.version);
        dimensions.push(concept(&dimension.id, dimension.name.clone(), Some(&list), codes));
    }
    dimensions
}

/// Marks the codes whose names are not in this language, nor in one that contains it.
fn mark_other_languages(codes: &mut [CodeText], language: &Language) {
    for code in codes {
        let own = code.name.language();
        let is_meant = Language::lookup(language.tag()).any(|tag| tag == own.tag());
        code.language = (!is_meant).then(|| own.to_string());
    }
}

fn former(name: &FormerName) -> FormerText {
    FormerText { until: name.until.to_string(), name: name.name.clone() }
}

/// The codes of a list, without parents: nothing sums over them. Reserved places do not appear.
fn codes_apart(list: &CodeList) -> Vec<CodeText> {
    let code = |(_, code): (u16, &Code)| CodeText {
        valid_from: code.validity.from.map(|day| day.to_string()),
        valid_to: code.validity.to.map(|day| day.to_string()),
        former_names: code.former.iter().map(former).collect(),
        also: code.also.clone(),
        ..CodeText::new(&code.id, code.name.clone())
    };
    list.named().map(code).collect()
}

/// The codes of a list, its groups, and the total. Reserved places do not appear.
fn codes(list: &CodeList, words: &Words) -> Vec<CodeText> {
    let inside = |position: u16| {
        let holds = |group: &&CodeGroup| group.codes.contains(&position);
        // The finest groups come last.
        list.groups().iter().rfind(holds).map(|group| group.code.id.clone())
    };
    let positions = list.named().map(|(position, _)| position);
    let codes = codes_apart(list).into_iter().zip(positions);
    let codes = codes.map(|(code, position)| CodeText { parent: inside(position), ..code });
    let group = |group: &CodeGroup| CodeText {
        parent: group.parent.map(|parent| list.groups()[parent].code.id.clone()),
        ..CodeText::new(&group.code.id, group.code.name.clone())
    };
    let groups = list.groups().iter().map(group);
    codes.chain(groups).chain([CodeText::new(TOTAL, words.text("Total"))]).collect()
}

fn name(indicator: Indicator, dataflow: &Dataflow, words: &Words) -> Text {
    let of_balance = matches!(dataflow.measure, Measure::Balance { .. });
    match indicator {
        Indicator::Arrivals => words.text("Arrivals"),
        Indicator::Departures => words.text("Departures"),
        Indicator::Stock if of_balance => words.text("At the end of the period"),
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

/// What a plan has that gives its figures more attributes or codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlanFeatures {
    /// An observation may have no figure yet, and codes say so.
    pub(crate) has_embargo: bool,
    /// A figure may lack events of a source, and an attribute says so.
    pub(crate) has_sources: bool,
    /// Late counts may be due of a figure, and an attribute says so.
    pub(crate) has_vintages: bool,
}

impl PlanFeatures {
    /// Those of a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        let has_embargo = plan.statement.embargo.is_some();
        let has_vintages = plan.dataflows.iter().any(|dataflow| !dataflow.vintages.is_empty());
        Self { has_embargo, has_sources: !plan.sources.is_empty(), has_vintages }
    }
}

/// The attributes of every dataflow of a plan: those of an observation, of a series, of the whole
/// answer.
pub fn attributes(plan: &Plan) -> Vec<Concept> {
    attributes_with(PlanFeatures::of(plan), &Words::of(plan))
}

/// The attributes of every dataflow of a plan with these features, in these languages.
pub(crate) fn attributes_with(features: PlanFeatures, words: &Words) -> Vec<Concept> {
    let PlanFeatures { has_embargo, has_sources, has_vintages } = features;
    use Attachment::{DataSet, Observation, Series};
    let text = |id, name| CodeText::new(id, words.text(name));
    let status = |status: Status, name| text(status.code(), name);
    let mut statuses = vec![
        status(Status::Normal, "Normal value"),
        status(Status::Provisional, "Provisional: later measurements can still refine it"),
        status(Status::LowReliability, "Low reliability: the margin exceeds 30 % of the figure"),
        status(Status::Break, "Break: from here on the figures rest on another rule or source"),
        status(Status::CannotExist, "Cannot exist: no event can count there, by the code lists"),
    ];
    let mut free = vec![text("F", "Free: protected before it was published")];
    if has_embargo {
        statuses.push(status(Status::Embargoed, "Missing value; suppressed: see CONF_STATUS"));
        free.push(text("E", "Embargoed until release"));
    }
    let units = vec![text("PER", "Persons"), text("EVT", "Events")];
    let plain = |id, name, attachment, data_type| Concept {
        attachment: Some(attachment),
        may_miss: has_embargo && OF_FIGURE.contains(&id) || id == SILENT_SOURCES,
        data_type: Some(data_type),
        ..concept(id, words.text(name), None, vec![])
    };
    let coded = |id, name, attachment, list, codes| Concept {
        attachment: Some(attachment),
        ..concept(id, words.text(name), Some(list), codes)
    };
    let status_list = "SDMX:CL_OBS_STATUS";
    let conf_list = "SDMX:CL_CONF_STATUS";
    let unit_list = "SDMX:CL_UNIT_MEASURE";
    let silent = || {
        let name = "Sources that had not declared a step it rests on complete at its release";
        plain(SILENT_SOURCES, name, Observation, "String")
    };
    let mut all = vec![
        plain("MARGIN", "Half the width of the 95 % interval", Observation, "Decimal"),
        plain("CI_LOW", "Lower end of the 95 % interval", Observation, "Decimal"),
        plain("CI_HIGH", "Upper end of the 95 % interval", Observation, "Decimal"),
        coded("OBS_STATUS", "Observation status", Observation, status_list, statuses),
        plain("VINTAGE", "Ledger index of the latest release it rests on", Observation, "Integer"),
        coded("UNIT_MEASURE", "Unit of measure", Series, unit_list, units),
        plain("UNIT_MULT", "Unit multiplier: always 0", Series, "Integer"),
        plain(
            "DECIMALS",
            "Decimals: 0, or 3 where asked for or where margins can be below 1",
            Series,
            "Integer",
        ),
        coded("CONF_STATUS", "Confidentiality status", Observation, conf_list, free),
        plain("RHO", "Most that one window charges a person, in zCDP", DataSet, "String"),
        plain("LEDGER_SIZE", "Ledger size that the answer rests on", DataSet, "Integer"),
    ];
    all.extend(has_sources.then(silent));
    all.extend(has_vintages.then(|| interval_of(words)));
    all
}

/// What the interval of a figure covers.
fn interval_of(words: &Words) -> Concept {
    let code = |of: IntervalOf, name| CodeText::new(of.code(), words.text(name));
    let counted = "The count so far: late counts are due that the interval does not cover";
    let codes = vec![
        code(IntervalOf::Counted, counted),
        code(IntervalOf::Final, "The final count: no late counts are due"),
    ];
    let name = "What the interval covers: what is counted so far, or the final count";
    let attachment = Some(Attachment::Observation);
    Concept { attachment, may_miss: true, ..concept(INTERVAL_OF, words.text(name), None, codes) }
}
