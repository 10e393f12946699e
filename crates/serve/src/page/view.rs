//! A view as scripts see it: its key with every part, and its figures.
//!
//! Not here: the description of its statistic (`structure`), the words for them (`speech`,
//! `figures`), how an address is read (`address`), and what it names that there is not (`lost`).
//!
//! Descriptions and figures are the JSON of `/v1/dataflows` and `/v1/data`, evaluated as any
//! reader's question is. So a page cannot show a figure that these do not. Where late events are
//! still due, the figure that is shown is the nowcast of `/v1/derived`, with the count behind it.
//!
//! Invariants:
//! 1. What the page shows is what `/v1/data` answers
//!    (`tests::pages::the_table_has_the_figures_of_the_data`).
//! 2. A page takes a bounded number of figures, whatever its address asks for
//!    (`tests::pages::many_series_have_their_newest_figures_only`).
//! 3. A view of one period has the figures of the period that its address names, and no others
//!    (`tests::pages::a_view_of_one_period_has_the_figures_of_that_period`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tidegauge_figures::{
    Catalogue, DerivedSelection, Error, Format, Key, parse_key, parse_parameters, select,
};

use tidegauge_model::{Dataflow, Period};

use super::address::{Address, encoded, key_text};
use super::lost::{NotFound, missing};
use super::structure::{Structure, TOTAL};
use crate::question::{Evaluated, FigureQuestion, Question, Tower, resolved};
use crate::respond::written;

/// The newest periods that are shown, at most.
pub(super) const PERIODS_MAX: usize = 24;
/// The series that are shown with all these periods, at most; of more, the newest figure is.
pub(super) const SERIES_MAX: usize = 6;
/// The series that are evaluated, at most.
pub(super) const EVALUATED_MAX: usize = 200;
/// The newest periods that the scripts show by length of period, as in `web/api.js`: those of which
/// an address may name one that is not in a range of its own.
const RECENT: [(&str, usize); 7] =
    [("N15", 96), ("H", 72), ("D", 60), ("W", 52), ("M", 24), ("Q", 16), ("A", 10)];
/// A length of period is reliable if the newest margin is at most this share of its figure.
const RELIABLE_SHARE: f64 = 0.25;

/// The count behind a nowcast.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counted {
    pub(super) value: f64,
    pub(super) margin: f64,
    /// The day on which it was published.
    pub(super) by: String,
}

/// A figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) period: String,
    pub(super) value: f64,
    /// Of a rate, the wider half of the interval.
    pub(super) margin: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) status: Option<String>,
    pub(super) silent: Vec<String>,
    /// Whether late events are due that the interval does not cover.
    pub(super) is_open: bool,
    /// If the figure is a nowcast, the count that it begins with.
    pub(super) counted: Option<Counted>,
}

impl Row {
    /// Whether it is a structural zero, which is known without noise; where the series breaks it
    /// has the status of the break.
    pub(super) fn is_zero(&self) -> bool {
        let is_exact = (self.value, self.low, self.high) == (0.0, 0.0, 0.0);
        match self.status.as_deref() {
            Some("M") => true,
            Some("B") => is_exact,
            _ => false,
        }
    }

    /// Puts a nowcast in the place of the count.
    fn estimate(&mut self, nowcast: &Nowcast) {
        let by = nowcast.by.clone();
        self.counted = Some(Counted { value: self.value, margin: self.margin, by });
        (self.value, self.low, self.high) = (nowcast.value, nowcast.low, nowcast.high);
        self.margin = (self.value - self.low).max(self.high - self.value);
        self.is_open = false;
    }
}

/// The persons who had passed a bound by the end of a period, and the most that its figure lacks
/// because of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) persons: f64,
    pub(super) margin: f64,
    pub(super) most: f64,
    /// The query of the view that has these persons.
    pub(super) query: String,
}

/// What is known of a figure of first contributions with what goes beyond its bound.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Beyond {
    Unknown,
    /// The least and the most that a cell can be.
    Between(f64, f64),
    /// How much goes beyond the bound in a sum, with its margin.
    Apart(f64, f64),
}

/// The figures of a series, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    pub(super) key: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// Periods of which a rate is not published.
    pub(super) unpublished: Vec<String>,
}

/// A view: its statistic, its whole key, and its figures.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) structure: Structure,
    pub(super) key: Vec<Vec<String>>,
    /// Its figures, or why there are none.
    pub(super) series: Result<Vec<Series>, Error>,
    /// What the bound cuts up to the newest period of the first series, where that is measured; of
    /// first contributions, what the higher bound of the other dataflow does.
    pub(super) cut: Option<Cut>,
    /// Only of first contributions.
    pub(super) beyond: Option<Beyond>,
    /// The period of its address, if there are no figures of it.
    pub(super) lacks: Option<String>,
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
        return Err(NotFound::flow(id));
    };
    let given = address.key();
    let missing = missing(catalogue, &structure, &given, address);
    if !missing.is_empty() {
        let statistic = Some((structure.id, structure.name));
        return Err(NotFound { statistic, missing });
    }
    let as_of = address.member("asOf").map(str::to_owned);
    let opening = opening_key(tower, catalogue, &structure, as_of.as_deref());
    let is_whole = given.is_empty();
    let key = if is_whole { opening.clone() } else { structure.completed(&given) };
    let count = key.iter().map(Vec::len).fold(1, usize::saturating_mul);
    let state = as_of.as_ref().map_or(String::new(), |size| format!("&asOf={}", encoded(size)));
    let mut series = if count > EVALUATED_MAX {
        Ok(vec![])
    } else {
        // Only periods that are public count.
        let newest = if count > SERIES_MAX { 1 } else { PERIODS_MAX };
        let frequency = key.first().and_then(|codes| codes.first()).map_or("", String::as_str);
        let ask = |query: &str| series(tower, catalogue, &structure, &key_text(&key), query);
        let Asked { query, period } = asked(address, frequency, newest);
        match period {
            OnePeriod::Any => ask(&(query + &state)),
            OnePeriod::One(period) => ask(&(query + &state)).map(|all| until(all, &period)),
            OnePeriod::None => Ok(vec![]),
        }
    };
    let mut lacks = address.one_period().filter(|_| count <= EVALUATED_MAX).map(str::to_owned);
    let has_figures = series.iter().flatten().any(|one| !one.rows.is_empty());
    // Other errors say more.
    if has_figures || !matches!(series, Ok(_) | Err(Error::NothingReleased)) {
        lacks = None;
    }
    if lacks.is_some() {
        series = Ok(vec![]);
    }
    let own = (key != opening).then(|| key_text(&key));
    let canonical = address.canonical(&structure.id, own.as_deref());
    let found = series.iter().flatten().find_map(|one| one.rows.last());
    let asked =
        Caveat { tower, catalogue, key: &key, period: found.map(|row| &*row.period), state };
    let (cut, beyond) = asked.of(&structure, count);
    Ok(Shown { structure, key, series, cut, beyond, lacks, count, canonical, as_of })
}

/// What is asked of the newest period of a view besides its figures.
struct Caveat<'a> {
    tower: &'a Tower,
    catalogue: &'a Catalogue,
    key: &'a [Vec<String>],
    period: Option<&'a str>,
    /// The part of a query that names the state.
    state: String,
}

impl Caveat<'_> {
    /// What bounds cut, and what goes beyond one of first contributions.
    fn of(&self, structure: &Structure, count: usize) -> (Option<Cut>, Option<Beyond>) {
        let flows = &self.catalogue.plan.dataflows;
        let Some(flow) = flows.iter().find(|flow| flow.id == structure.id) else {
            return (None, None);
        };
        let Some(other) = flow.first_of.and_then(|of| flows.get(of)) else {
            return (self.cut(flow, self.key), None);
        };
        let unknown = || (count == 1).then(|| self.beyond(flow)).flatten();
        (self.cut(other, &totals(other, self.key)), Some(unknown().unwrap_or(Beyond::Unknown)))
    }

    fn cut(&self, flow: &Dataflow, key: &[Vec<String>]) -> Option<Cut> {
        let rows = self.rows(&format!("{}.CUT", flow.id), key)?;
        let number = |row: &BTreeMap<String, Value>, name: &str| row.get(name)?.as_f64();
        let first = rows.first()?;
        let (persons, margin) = (number(first, "PERSONS")?, number(first, "MARGIN")?);
        let most = rows.iter().filter_map(|row| number(row, "CUT_MAX")).fold(0.0, f64::max);
        let at_bound = &self.catalogue.plan.at_bound_of(flow)?.id;
        let at_bound = Structure::of(self.catalogue, at_bound)?;
        let all = at_bound.completed(&key[..1]);
        let query = format!("flow={}&key={}", encoded(&at_bound.id), key_text(&all));
        Some(Cut { persons, margin, most, query })
    }

    fn beyond(&self, flow: &Dataflow) -> Option<Beyond> {
        let rows = self.rows(&format!("{}.RANGE", flow.id), self.key)?;
        let number = |name: &str| rows.first()?.get(name)?.as_f64();
        let between = number("AT_LEAST").zip(number("AT_MOST"));
        let apart = || number("NOT_TOLD_APART").zip(number("MARGIN"));
        let between = between.map(|(least, most)| Beyond::Between(least, most));
        between.or_else(|| apart().map(|(value, margin)| Beyond::Apart(value, margin)))
    }

    /// The rows of a derived table in the period, their fields by column; `None` without any.
    fn rows(&self, id: &str, key: &[Vec<String>]) -> Option<Vec<BTreeMap<String, Value>>> {
        let (period, state) = (self.period?, &self.state);
        let at = encoded(period);
        let query = format!("startPeriod={at}&endPeriod={at}{state}");
        let key = parse_key(&key_text(key)).ok()?;
        let answer = derived(self.tower, self.catalogue, id, &key, &query).ok()?;
        let rows = answer.rows.into_iter();
        let rows = rows.map(|row| answer.columns.iter().cloned().zip(row).collect());
        let is_of_it = |row: &BTreeMap<String, Value>| {
            row.get("TIME_PERIOD").and_then(Value::as_str) == Some(period)
        };
        Some(rows.filter(is_of_it).collect())
    }
}

/// The key of everyone within another dataflow: totals in place of what can be summed over. In a
/// table a person lacks the same in every marginal, and the total is measured in any case.
fn totals(flow: &Dataflow, key: &[Vec<String>]) -> Vec<Vec<String>> {
    let own = flow.structure.dimensions();
    let first = key.len().saturating_sub(own.len());
    let total = |(n, part): (usize, &Vec<String>)| match n.checked_sub(first).map(|n| &own[n]) {
        Some(dimension) if !dimension.is_apart => vec![TOTAL.to_owned()],
        _ => part.clone(),
    };
    key.iter().enumerate().map(total).collect()
}

/// Whether a view is of one period.
#[derive(Clone, Debug, PartialEq)]
enum OnePeriod {
    Any,
    /// The last period whose figures are shown, in SDMX notation.
    One(String),
    /// Of a period that is not in the range of the address.
    None,
}

/// What is asked of the figures of an address.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    query: String,
    period: OnePeriod,
}

/// What is asked of the figures of an address with periods of this frequency: `newest` of them at
/// most, up to the one that the address names. Without a range, that is one of those that the
/// scripts show.
fn asked(address: &Address, frequency: &str, newest: usize) -> Asked {
    let [start, end] = ["start", "end"].map(|name| address.member(name));
    let query = |newest: usize, end: Option<&str>| {
        let mut query = format!("lastNObservations={newest}");
        for (name, value) in [("startPeriod", start), ("endPeriod", end)] {
            query.extend(value.map(|value| format!("&{name}={}", encoded(value))));
        }
        query
    };
    let Some(named) = address.one_period() else {
        return Asked { query: query(newest, end), period: OnePeriod::Any };
    };
    let period = Period::parse(named).or_else(|| Period::parse_sdmx(named));
    let is_within =
        |period: &Period| end.and_then(Period::parse).is_none_or(|end| end.reaches(*period));
    let Some(period) = period.filter(is_within).map(Period::sdmx) else {
        return Asked { query: String::new(), period: OnePeriod::None };
    };
    let query = if start.or(end).or(address.member("last")).is_some() {
        query(newest, Some(&period))
    } else {
        let recent = RECENT.iter().find(|(known, _)| *known == frequency);
        query(recent.map_or(newest, |(_, count)| *count), None)
    };
    Asked { query, period: OnePeriod::One(period) }
}

/// The series without what comes after a period; those that have no figure of it have none. Periods
/// of one length are in the order of their names.
fn until(mut all: Vec<Series>, period: &str) -> Vec<Series> {
    for series in &mut all {
        series.rows.retain(|row| &*row.period <= period);
        series.unpublished.retain(|other| &**other <= period);
        if series.rows.last().is_none_or(|row| row.period != period) {
            *series = Series { key: std::mem::take(&mut series.key), ..Series::default() };
        }
    }
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
    if structure.has_opening() || structure.last.is_none() {
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
    let mut all = evaluated(tower, catalogue, question)?.series();
    if all.iter().flat_map(|one| &one.rows).any(|row| row.is_open) {
        // Without a nowcast the page says what is counted.
        let nowcasts = nowcasts(tower, catalogue, id, &key, query).unwrap_or_default();
        for series in &mut all {
            for row in &mut series.rows {
                let of = (series.key.clone(), row.period.clone());
                if let Some(nowcast) = nowcasts.get(&of).filter(|_| row.is_open) {
                    row.estimate(nowcast);
                }
            }
        }
    }
    Ok(all)
}

/// The answer to a question in JSON.
fn evaluated(tower: &Tower, catalogue: &Catalogue, question: Question) -> Result<Answer, Error> {
    let text = match question.evaluate(tower, catalogue)? {
        Evaluated::Message { writer, .. } => written(*writer)?,
        Evaluated::Text(_, text) => text.into(),
    };
    serde_json::from_slice(&text).map_err(|_| Error::Estimate)
}

/// What a figure will be in the end, with its interval and the day of the count.
#[derive(Clone, Debug)]
struct Nowcast {
    value: f64,
    low: f64,
    high: f64,
    by: String,
}

/// Nowcasts by key and period.
type Nowcasts = BTreeMap<(Vec<String>, String), Nowcast>;

/// The nowcasts at `/v1/derived/ID.NOWCAST/KEY?QUERY`.
fn nowcasts(
    tower: &Tower,
    catalogue: &Catalogue,
    id: &str,
    key: &Key,
    query: &str,
) -> Result<Nowcasts, Error> {
    Ok(derived(tower, catalogue, &format!("{id}.NOWCAST"), key, query)?.nowcasts())
}

/// The table at `/v1/derived/ID/KEY?QUERY`.
fn derived(
    tower: &Tower,
    catalogue: &Catalogue,
    id: &str,
    key: &Key,
    query: &str,
) -> Result<Answer, Error> {
    let (id, format) = (id.to_owned(), Format::Json);
    let parameters = parse_parameters(Some(query))?;
    let selection = DerivedSelection::new(catalogue, &id, key, &parameters)?;
    let parameters = resolved(parameters, catalogue)?;
    let question = Question::Derived { id, selection, parameters, format };
    evaluated(tower, catalogue, question)
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
        let interval_of = at("intervalOf");
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
                let is_open = word(&row, interval_of).as_deref() == Some("COUNTED");
                let figure = Row {
                    period,
                    value,
                    margin,
                    low,
                    high,
                    status,
                    silent,
                    is_open,
                    ..Row::default()
                };
                series.rows.push(figure);
            }
            series
        };
        self.series.into_iter().map(series).collect()
    }

    /// The nowcasts of a table of them.
    fn nowcasts(self) -> Nowcasts {
        let at = |name: &str| self.columns.iter().position(|column| column == name);
        let [time, value, low, high, by] =
            ["TIME_PERIOD", "OBS_VALUE", "CI_LOW", "CI_HIGH", "COUNTED_BY"].map(at);
        let nowcast = |row: &Vec<Value>| {
            let key = (0..time?).map(|place| word(row, Some(place)));
            let key = key.collect::<Option<Vec<String>>>()?;
            let [value, low, high] = [value, low, high].map(|place| number(row, place));
            let nowcast = Nowcast { value: value?, low: low?, high: high?, by: word(row, by)? };
            Some(((key, word(row, time)?), nowcast))
        };
        self.rows.iter().filter_map(nowcast).collect()
    }

    /// The series of a table of rates, in the order in which they come.
    fn rates(self, time: usize) -> Vec<Series> {
        let at = |name: &str| self.columns.iter().position(|column| column == name);
        let [value, low, high, confidentiality, silent] =
            ["RATE", "RATE_LOW", "RATE_HIGH", "CONF_STATUS", "SILENT_SOURCES"].map(at);
        let status = at("OBS_STATUS");
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
                let status = word(row, status);
                series.rows.push(Row {
                    period,
                    value,
                    margin,
                    low,
                    high,
                    status,
                    silent,
                    ..Row::default()
                });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_periods_are_as_many_as_scripts_show() {
        let script = crate::words::asset("api.js");
        let (_, listed) = script.split_once("RECENT = {").unwrap();
        let listed: Vec<(&str, usize)> = listed
            .split('}')
            .next()
            .unwrap()
            .split(',')
            .map(|entry| entry.split_once(':').unwrap())
            .map(|(name, count)| (name.trim(), count.trim().parse().unwrap()))
            .collect();
        assert_eq!(listed, RECENT);
    }

    #[test]
    fn a_named_period_is_asked_for_within_the_range() {
        let ask = |query: &str| asked(&Address::read(query), "D", 6);
        let one = |query: &str, period: &str| Asked {
            query: query.to_owned(),
            period: OnePeriod::One(period.to_owned()),
        };
        let any = Asked { query: "lastNObservations=6".to_owned(), period: OnePeriod::Any };
        assert_eq!(ask("at=2024-01-05"), any);
        assert_eq!(ask("view=map&at=2024-01-05"), one("lastNObservations=60", "2024-01-05"));
        assert_eq!(
            ask("view=map&at=2024-01-05&start=2024-01-02&end=2024-01-09"),
            one("lastNObservations=6&startPeriod=2024-01-02&endPeriod=2024-01-05", "2024-01-05")
        );
        assert_eq!(
            ask("view=map&at=2024-01-15T13&last=all"),
            one("lastNObservations=6&endPeriod=2024-01-15T13%3A00%3A00", "2024-01-15T13:00:00")
        );
        for query in ["view=map&at=x", "view=map&at=2024-02&end=2024-02-28"] {
            assert_eq!(ask(query).period, OnePeriod::None, "{query}");
        }
        let row = |period: &str| Row {
            period: period.to_owned(),
            value: 1.0,
            low: 1.0,
            high: 1.0,
            ..Row::default()
        };
        let series = |periods: &[&str]| Series {
            key: vec!["D".to_owned()],
            rows: periods.iter().map(|period| row(period)).collect(),
            unpublished: vec![],
        };
        let all = vec![series(&["2024-01", "2024-02", "2024-03"]), series(&["2024-01"])];
        assert_eq!(until(all, "2024-02"), [series(&["2024-01", "2024-02"]), series(&[])]);
    }
}
