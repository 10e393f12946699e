//! A view as scripts see it: the description of its statistic, its key with every part, and its
//! figures.
//!
//! Not here: the words for them (`speech`, `figures`), and how an address is read (`address`).
//!
//! Descriptions and figures are the JSON of `/v1/dataflows` and `/v1/data`, evaluated as any
//! reader's question is. So a page cannot show a figure that these do not.
//!
//! Invariants:
//! 1. What the page shows is what `/v1/data` answers
//!    (`tests::pages::the_table_has_the_figures_of_the_data`).
//! 2. A page takes a bounded number of figures, whatever its address asks for
//!    (`tests::pages::many_series_have_their_newest_figures_only`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tidegauge_figures::{
    Catalogue, DerivedSelection, Error, Format, parse_key, parse_parameters, select,
};

use super::address::{Address, encoded, key_text};
use crate::describe;
use crate::question::{Evaluated, FigureQuestion, Question, Tower, resolved};
use crate::respond::written;

/// The code of a total.
pub(super) const TOTAL: &str = "_T";
/// The newest periods that are shown, at most.
pub(super) const PERIODS_MAX: usize = 24;
/// The series that are shown with all these periods, at most; of more, the newest figure is.
pub(super) const SERIES_MAX: usize = 6;
/// The series that are evaluated, at most.
pub(super) const EVALUATED_MAX: usize = 200;
/// A length of period is reliable if the newest margin is at most this share of its figure.
const RELIABLE_SHARE: f64 = 0.25;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Code {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Dimension {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) codes: Vec<Code>,
}

#[derive(Clone, Debug, Deserialize)]
struct Opening {
    key: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Embargoed {
    pub(super) last: String,
    pub(super) until: String,
}

/// The description of a dataflow or a rate.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Structure {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) measure: String,
    pub(super) unit: String,
    pub(super) grains: Vec<String>,
    pub(super) last: Option<String>,
    pub(super) next: Option<String>,
    pub(super) embargoed: Option<Embargoed>,
    pub(super) dimensions: Vec<Dimension>,
    view: Option<Opening>,
    /// The dataflows that a rate is made of.
    #[serde(skip)]
    pub(super) parts: Vec<String>,
}

impl Structure {
    /// The statistic with this identifier.
    pub(super) fn of(catalogue: &Catalogue, id: &str) -> Option<Self> {
        let flows = &catalogue.plan.dataflows;
        if let Some(position) = flows.iter().position(|dataflow| dataflow.id == id) {
            let described = serde_json::to_value(describe::structure(catalogue, position)).ok()?;
            return serde_json::from_value(described).ok();
        }
        let rate = catalogue.plan.rates.iter().find(|rate| rate.id == id)?;
        let parts: Vec<String> =
            rate.dataflows().into_iter().map(|position| flows[position].id.clone()).collect();
        let numerator = Self::of(catalogue, parts.first()?)?;
        let named =
            |id: &str| numerator.dimensions.iter().find(|dimension| dimension.id == id).cloned();
        let own = Code { id: rate.id.clone(), name: rate.name.to_string() };
        let indicator = Dimension {
            id: "INDICATOR".to_owned(),
            name: numerator.dimensions.get(2).map_or(String::new(), |it| it.name.clone()),
            codes: vec![own],
        };
        let leading = ["FREQ", "REF_AREA"].into_iter().filter_map(named);
        let by = rate.by.iter().filter_map(|id| named(id));
        let dimensions = leading.chain([indicator]).chain(by).collect();
        Some(Self {
            id: rate.id.clone(),
            name: rate.name.to_string(),
            description: rate.description.to_string(),
            measure: "rate".to_owned(),
            unit: "RATE".to_owned(),
            view: None,
            dimensions,
            parts,
            ..numerator
        })
    }

    pub(super) fn is_rate(&self) -> bool {
        self.measure == "rate"
    }

    /// A key with codes in every part: those that are given, the plan's, or else totals.
    fn completed(&self, given: &[Vec<String>]) -> Vec<Vec<String>> {
        let opening = || -> Vec<Vec<String>> {
            let codes = |part: &str| part.split('+').map(str::to_owned).collect();
            self.view.as_ref().map_or(vec![], |view| view.key.split('.').map(codes).collect())
        };
        let asked = if given.is_empty() { opening() } else { given.to_vec() };
        let complete = |(position, dimension): (usize, &Dimension)| {
            let is_known = |id: &str| dimension.codes.iter().any(|code| code.id == id);
            let mut codes: Vec<String> = vec![];
            for code in asked.get(position).into_iter().flatten() {
                if is_known(code) && !codes.contains(code) {
                    codes.push(code.clone());
                }
            }
            if dimension.id == "FREQ" {
                codes.truncate(1);
            } else if codes.is_empty() && is_known(TOTAL) {
                codes.push(TOTAL.to_owned());
            }
            if codes.is_empty() {
                codes.extend(dimension.codes.first().map(|code| code.id.clone()));
            }
            codes
        };
        self.dimensions.iter().enumerate().map(complete).collect()
    }
}

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) period: String,
    pub(super) value: f64,
    /// Of a rate, the wider half of the interval.
    pub(super) margin: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) status: Option<String>,
    pub(super) silent: Vec<String>,
}

/// The figures of a series, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    pub(super) key: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// Periods of which a rate is not published.
    pub(super) unpublished: Vec<String>,
}

/// What an address names that there is not.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Missing {
    Flow(String),
    Codes { dimension: String, codes: Vec<String> },
    Parts { given: usize, all: usize, names: String },
    Option { name: String, value: String },
}

/// The answer to an address that names what there is not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NotFound {
    /// The identifier and the name of its statistic, if there is one.
    pub(super) statistic: Option<(String, String)>,
    pub(super) missing: Vec<Missing>,
}

/// A view: its statistic, its whole key, and its figures.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) structure: Structure,
    pub(super) key: Vec<Vec<String>>,
    /// Its figures, or why there are none.
    pub(super) series: Result<Vec<Series>, Error>,
    /// Its series, whether they have figures or not.
    pub(super) count: usize,
    /// The query of its canonical address.
    pub(super) canonical: String,
    /// The size of the ledger in whose state it is shown.
    pub(super) as_of: Option<String>,
}

/// The view that an address names, or what of it there is not.
pub(super) fn view(
    tower: &Tower,
    catalogue: &Catalogue,
    address: &Address,
) -> Result<Shown, NotFound> {
    let plan = &catalogue.plan;
    let first = plan.dataflows.first().map_or("", |dataflow| &dataflow.id);
    let id = address.member("flow").unwrap_or(first);
    let Some(structure) = Structure::of(catalogue, id) else {
        let missing = vec![Missing::Flow(id.to_owned())];
        return Err(NotFound { statistic: None, missing });
    };
    let given = address.key();
    let missing = missing(&structure, &given, address);
    if !missing.is_empty() {
        let statistic = Some((structure.id, structure.name));
        return Err(NotFound { statistic, missing });
    }
    let as_of = address.member("asOf").map(str::to_owned);
    let opening = opening_key(tower, catalogue, &structure, as_of.as_deref());
    let is_whole = given.is_empty();
    let key = if is_whole { opening.clone() } else { structure.completed(&given) };
    let count = key.iter().map(Vec::len).fold(1, usize::saturating_mul);
    // Only periods that are public count.
    let newest = if count > SERIES_MAX { 1 } else { PERIODS_MAX };
    let range = [("startPeriod", "start"), ("endPeriod", "end"), ("asOf", "asOf")];
    let mut query = format!("lastNObservations={newest}");
    for (name, member) in range {
        let value = address.member(member).map(encoded);
        query.extend(value.map(|value| format!("&{name}={value}")));
    }
    let series = if count > EVALUATED_MAX {
        Ok(vec![])
    } else {
        series(tower, catalogue, &structure, &key_text(&key), &query)
    };
    let own = (key != opening).then(|| key_text(&key));
    let canonical = address.canonical(&structure.id, own.as_deref());
    Ok(Shown { structure, key, series, count, canonical, as_of })
}

fn missing(structure: &Structure, given: &[Vec<String>], address: &Address) -> Vec<Missing> {
    let dimensions = &structure.dimensions;
    let mut all = vec![];
    if given.len() > dimensions.len() {
        let names: Vec<&str> = dimensions.iter().map(|dimension| &*dimension.name).collect();
        let (given, all_parts) = (given.len(), dimensions.len());
        all.push(Missing::Parts { given, all: all_parts, names: names.join(", ") });
    }
    for (dimension, codes) in dimensions.iter().zip(given) {
        let is_unknown = |id: &&String| !dimension.codes.iter().any(|code| code.id == **id);
        let codes: Vec<String> = codes.iter().filter(is_unknown).cloned().collect();
        if !codes.is_empty() {
            all.push(Missing::Codes { dimension: dimension.name.clone(), codes });
        }
    }
    all.extend(
        address.misread().into_iter().map(|(name, value)| Missing::Option {
            name: name.to_owned(),
            value: value.to_owned(),
        }),
    );
    all
}

/// The key with which a statistic opens: the plan's, or the total by the shortest length of period
/// whose newest figure is reliable.
pub(super) fn opening_key(
    tower: &Tower,
    catalogue: &Catalogue,
    structure: &Structure,
    as_of: Option<&str>,
) -> Vec<Vec<String>> {
    let whole = structure.completed(&[]);
    if structure.view.is_some() || structure.last.is_none() {
        return whole;
    }
    let state = as_of.map_or(String::new(), |size| format!("&asOf={}", encoded(size)));
    let query = format!("lastNObservations=1{state}");
    let mut longest = whole.clone();
    let lengths = structure.dimensions.first().map_or(&[][..], |frequency| &frequency.codes);
    for length in lengths {
        let mut candidate = whole.clone();
        candidate[0] = vec![length.id.clone()];
        let found = series(tower, catalogue, structure, &key_text(&candidate), &query);
        let found = found.unwrap_or_default();
        let Some(row) = found.first().and_then(|one| one.rows.last()) else { continue };
        if row.margin <= RELIABLE_SHARE * row.value.abs() {
            return candidate;
        }
        longest = candidate;
    }
    longest
}

/// The newest figures of one series, if it has any.
pub(super) fn newest(
    tower: &Tower,
    catalogue: &Catalogue,
    structure: &Structure,
    key: &[Vec<String>],
) -> Option<Series> {
    let query = "lastNObservations=1";
    let found = series(tower, catalogue, structure, &key_text(key), query).ok()?;
    found.into_iter().find(|one| !one.rows.is_empty())
}

/// The figures at `/v1/data/ID/KEY?QUERY`, or at `/v1/derived/` for a rate.
fn series(
    tower: &Tower,
    catalogue: &Catalogue,
    structure: &Structure,
    key: &str,
    query: &str,
) -> Result<Vec<Series>, Error> {
    let (key, parameters) = (parse_key(key)?, parse_parameters(Some(query))?);
    let (id, format) = (&structure.id, Format::Json);
    let question = if structure.is_rate() {
        let selection = DerivedSelection::new(catalogue, id, &key, &parameters)?;
        let parameters = resolved(parameters, catalogue)?;
        Question::Derived { id: id.clone(), selection, parameters, format }
    } else {
        let selection = select(catalogue, id, &key, &parameters)?;
        let parameters = resolved(parameters, catalogue)?;
        Question::Figures(FigureQuestion { selection, parameters, format })
    };
    let text = match question.evaluate(tower, catalogue)? {
        Evaluated::Message { writer, .. } => written(*writer)?,
        Evaluated::Text(_, text) => text.into(),
    };
    let answer: Answer = serde_json::from_slice(&text).map_err(|_| Error::Estimate)?;
    Ok(answer.series())
}

/// The members of an answer in JSON that are read here.
#[derive(Debug, Deserialize)]
struct Answer {
    columns: Vec<String>,
    #[serde(default)]
    series: Vec<AnswerSeries>,
    #[serde(default)]
    rows: Vec<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
struct AnswerSeries {
    key: Vec<String>,
    observations: Vec<Vec<Value>>,
}

impl Answer {
    fn series(self) -> Vec<Series> {
        let at = |name: &str| self.columns.iter().position(|column| column == name);
        let time = at("TIME_PERIOD");
        if let Some(time) = time {
            return self.rates(time);
        }
        let [period, value, margin, low, high, status, silent] =
            ["period", "value", "margin", "low", "high", "status", "silentSources"].map(at);
        let series = |AnswerSeries { key, observations }: AnswerSeries| {
            let mut series = Series { key, ..Series::default() };
            for row in observations {
                let period = word(&row, period).unwrap_or_default();
                // Without one it is under embargo.
                let Some(value) = number(&row, value) else { continue };
                let [margin, low, high] =
                    [margin, low, high].map(|place| number(&row, place).unwrap_or(value));
                let silent = sources(&row, silent);
                let status = word(&row, status);
                series.rows.push(Row { period, value, margin, low, high, status, silent });
            }
            series
        };
        self.series.into_iter().map(series).collect()
    }

    /// The series of a table of rates, in the order in which they come.
    fn rates(self, time: usize) -> Vec<Series> {
        let at = |name: &str| self.columns.iter().position(|column| column == name);
        let [value, low, high, confidentiality, silent] =
            ["RATE", "RATE_LOW", "RATE_HIGH", "CONF_STATUS", "SILENT_SOURCES"].map(at);
        let (mut all, mut places) = (Vec::<Series>::new(), BTreeMap::new());
        for row in &self.rows {
            let key: Vec<String> =
                (0..time).map(|place| word(row, Some(place)).unwrap_or_default()).collect();
            let place = *places.entry(key.clone()).or_insert_with(|| {
                all.push(Series { key, ..Series::default() });
                all.len() - 1
            });
            let (series, period) = (&mut all[place], word(row, Some(time)).unwrap_or_default());
            if word(row, confidentiality).as_deref() == Some("E") {
                continue;
            }
            if let (Some(value), Some(low), Some(high)) =
                (number(row, value), number(row, low), number(row, high))
            {
                let (margin, silent) = ((value - low).max(high - value), sources(row, silent));
                series.rows.push(Row { period, value, margin, low, high, status: None, silent });
            } else {
                series.unpublished.push(period);
            }
        }
        all
    }
}

fn number(row: &[Value], place: Option<usize>) -> Option<f64> {
    row.get(place?)?.as_f64()
}

fn word(row: &[Value], place: Option<usize>) -> Option<String> {
    row.get(place?)?.as_str().map(str::to_owned)
}

/// The sources that were silent.
fn sources(row: &[Value], place: Option<usize>) -> Vec<String> {
    word(row, place).map_or(vec![], |text| text.split(' ').map(str::to_owned).collect())
}
