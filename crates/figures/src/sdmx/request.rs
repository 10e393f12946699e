//! Requests of SDMX-REST 1.5 and 2.2: addresses and parameters, read and checked.
//!
//! Not here: whether what is requested exists ([`super`]).
//!
//! `all`, `*`, `latest`, `~`, `+`, nothing and a missing segment all stand for everything. One
//! slash at the end is tolerated.
//!
//! Invariants:
//! 1. A plus is never a space; in a filter `%2B` joins conditions and `,` joins alternatives
//!    (`sdmx::request::tests::filters_are_read`).
//! 2. A request for something that is not offered is refused, never silently ignored
//!    (`sdmx::request::tests::what_is_not_offered_is_refused`).
//!
//! Format: `data/TG,FLOW,1.0.0/D..AIR+SEA?startPeriod=2024-01&detail=dataonly` of 1.5,
//! `data/dataflow/TG/FLOW/1.0.0/D.*.AIR?c[TIME_PERIOD]=ge:2024-01-01+le:2024-01-31` of 2.2.

use tidegauge_model::Period;

use super::kind::{SdmxRest, StructureKind};
use crate::error::{Error, given};
use crate::formats::layout::{Order, Page};
use crate::formats::shape::Detail;
use crate::query::grammar::{Key, Parameters, asked_period, decode, number, once, parse_key};

/// The dimension at the observation, unless the request names one.
pub(crate) const TIME: &str = "TIME_PERIOD";
/// The word for all dimensions at the observation.
pub(crate) const ALL_DIMENSIONS: &str = "AllDimensions";
/// Components by which sorting is not offered.
const NOT_SORTED: [&str; 12] = [
    "OBS_VALUE",
    "MARGIN",
    "CI_LOW",
    "CI_HIGH",
    "OBS_STATUS",
    "VINTAGE",
    "CONF_STATUS",
    "UNIT_MEASURE",
    "UNIT_MULT",
    "DECIMALS",
    "RHO",
    "LEDGER_SIZE",
];

/// Agencies, ids and versions; an empty list stands for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identifiers {
    agencies: Vec<String>,
    ids: Vec<String>,
    versions: Vec<String>,
}

impl Identifiers {
    /// Alternatives are joined by plus in SDMX-REST 1.5, by comma in 2.2.
    fn new_1_5(agency: &str, id: &str, version: &str) -> Self {
        let list = |text: &str| match text {
            "+" => String::new(),
            _ => text.replace('+', ","),
        };
        Self::new(&list(agency), &list(id), &list(version))
    }

    fn new(agency: &str, id: &str, version: &str) -> Self {
        let list = |text: &str| match text {
            "" | "*" | "all" | "latest" | "~" | "+" => vec![],
            _ => text.split(',').map(str::to_owned).collect(),
        };
        Self { agencies: list(agency), ids: list(id), versions: list(version) }
    }

    /// Whether this agency, id and version are meant.
    pub(crate) fn is(&self, agency: &str, id: &str, version: &str) -> bool {
        let allows = |list: &[String], text: &str| {
            list.is_empty()
                || list.iter().any(|wanted| matches!(&**wanted, "+" | "~" | "*") || wanted == text)
        };
        let plain = |wanted: &String| wanted.trim_end_matches('+') == version;
        allows(&self.agencies, agency)
            && allows(&self.ids, id)
            && (self.versions.is_empty()
                || allows(&self.versions, version)
                || self.versions.iter().any(plain))
    }

    /// The requested ids, for an error.
    pub(crate) fn given(&self) -> String {
        given(&self.ids.join(","))
    }
}

/// The structures that are requested beside the named ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum References {
    /// All structures around them.
    All,
    /// Structures that refer to them, directly or not.
    Ancestors,
    /// Structures that they refer to.
    Children,
    /// Structures that they refer to, directly or not.
    Descendants,
    /// Nothing.
    #[default]
    Nothing,
    /// Structures of these kinds around them.
    Only(Vec<StructureKind>),
    /// Structures that refer to them.
    Parents,
    /// Structures that refer to them, and the others to which those refer.
    ParentsAndSiblings,
}

/// Which structures are written only by name, as stubs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StructureDetail {
    /// Only names, of everything.
    All,
    /// None: everything is written in full.
    #[default]
    Nothing,
    /// Those that others refer to.
    References,
}

/// How figures are laid out.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// How much is written.
    pub(crate) detail: Detail,
    /// The dimension at the observation, `AllDimensions` or `TIME_PERIOD`.
    pub(crate) dimension_at_observation: String,
    /// The order.
    pub(crate) order: Order,
    /// The page.
    pub(crate) page: Page,
}

/// The series that a request names; the default is every series of every dataflow.
#[derive(Clone, Debug, Default)]
pub struct SeriesRequest {
    /// The dataflows.
    pub(crate) dataflows: Identifiers,
    /// The series.
    pub(crate) key: Key,
    /// Whether parts left out at the end of the key are wildcards, as the younger standard has it.
    pub(crate) is_open: bool,
    /// Codes of dimensions that are wanted, or with `false` not wanted.
    pub(crate) filters: Vec<(String, bool, Vec<String>)>,
}

/// A request for structures.
#[derive(Clone, Debug)]
pub struct StructureRequest {
    /// Their kinds.
    pub(crate) kinds: Vec<StructureKind>,
    /// Who, what and which version.
    pub(crate) named: Identifiers,
    /// Structures beside them.
    pub(crate) references: References,
    /// How much of each.
    pub(crate) detail: StructureDetail,
}

/// A request at an SDMX root.
#[derive(Clone, Debug)]
pub enum SdmxRequest {
    /// What is released.
    Availability {
        /// Of these series.
        series: SeriesRequest,
        /// Periods and states.
        parameters: Parameters,
        /// The component whose values are listed; `None` for all.
        component: Option<String>,
        /// Structures beside it.
        references: References,
    },
    /// Figures.
    Data {
        /// Of these series.
        series: SeriesRequest,
        /// Periods and states.
        parameters: Parameters,
        /// How they are laid out.
        presentation: Presentation,
    },
    /// Structures.
    Structures(StructureRequest),
}

/// Reads an address below a root, without its query, and the query.
///
/// Errors: an address of neither standard; a parameter that is unknown or not offered.
pub fn parse(root: SdmxRest, path: &str, query: Option<&str>) -> Result<SdmxRequest, Error> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let raw: Vec<&str> = path.split('/').collect();
    let segments = raw.iter().map(|segment| decode(segment)).collect::<Result<Vec<_>, _>>()?;
    let segment = |n: usize| segments.get(n).map_or("", String::as_str);
    let no_more_than = |n: usize| if segments.len() > n { Err(Error::NotFound) } else { Ok(()) };
    let key = |n: usize| parse_key(raw.get(n).copied().unwrap_or(""));
    let options = RequestOptions::parse(query)?;
    match (root, segment(0)) {
        (SdmxRest::V1_5, "data") => {
            no_more_than(4)?;
            options.data(root, flow(segment(1)), key(2)?)
        }
        (SdmxRest::V1_5, "availableconstraint") => {
            no_more_than(5)?;
            options.availability(root, flow(segment(1)), key(2)?, segment(4))
        }
        (SdmxRest::V1_5, "schema") => {
            let what = "XML schemas of dataflows";
            Err(Error::NotOffered { what, next: "ask for structures instead" })
        }
        (SdmxRest::V1_5, word) => {
            no_more_than(5)?;
            options.structures(word, Identifiers::new_1_5(segment(1), segment(2), segment(3)))
        }
        (SdmxRest::V2_2, "data") => {
            no_more_than(6)?;
            context(segment(1))?;
            let named = Identifiers::new(segment(2), segment(3), segment(4));
            options.data(root, named, key(5)?)
        }
        (SdmxRest::V2_2, "availability") => {
            no_more_than(7)?;
            context(segment(1))?;
            options.availability(
                root,
                Identifiers::new(segment(2), segment(3), segment(4)),
                key(5)?,
                segment(6),
            )
        }
        (SdmxRest::V2_2, "schema") => {
            no_more_than(5)?;
            context(segment(1))?;
            Ok(SdmxRequest::Structures(StructureRequest {
                kinds: vec![StructureKind::Dataflow],
                named: Identifiers::new(segment(2), segment(3), segment(4)),
                references: References::All,
                detail: StructureDetail::Nothing,
            }))
        }
        (SdmxRest::V2_2, "structure") => {
            no_more_than(6)?;
            let word = if segment(1).is_empty() { "*" } else { segment(1) };
            options.structures(word, Identifiers::new(segment(2), segment(3), segment(4)))
        }
        (SdmxRest::V2_2, _) => Err(Error::NotFound),
    }
}

/// `FLOW`, `AGENCY,FLOW` or `AGENCY,FLOW,VERSION`, alternatives joined by plus.
fn flow(text: &str) -> Identifiers {
    match text.split(',').collect::<Vec<_>>()[..] {
        [id] => Identifiers::new_1_5("", id, ""),
        [agency, id] => Identifiers::new_1_5(agency, id, ""),
        [agency, id, version] => Identifiers::new_1_5(agency, id, version),
        // Too many parts: no dataflow has such an id.
        _ => Identifiers { ids: vec![text.to_owned()], ..Identifiers::default() },
    }
}

fn context(word: &str) -> Result<(), Error> {
    match word {
        "" | "*" | "dataflow" => Ok(()),
        "datastructure" | "provisionagreement" => {
            let what = "data by data structure or provision agreement";
            Err(Error::NotOffered { what, next: "ask by dataflow" })
        }
        _ => Err(Error::NotFound),
    }
}

/// The parameters of a query.
#[derive(Clone, Debug, Default)]
struct RequestOptions {
    parameters: Parameters,
    filters: Vec<(String, bool, Vec<String>)>,
    detail: Option<String>,
    references: Option<References>,
    attributes: Option<bool>,
    measures: Option<bool>,
    dimension_at_observation: Option<String>,
    order: Order,
    offset: Option<u64>,
    limit: Option<u64>,
    /// The earliest and the latest period that filters allow.
    start: Option<Period>,
    end: Option<Period>,
}

/// The limit that begins last.
fn latest(one: Option<Period>, other: Option<Period>) -> Option<Period> {
    one.into_iter().chain(other).max_by_key(|period| period.start())
}

/// The limit that ends first.
fn earliest(one: Option<Period>, other: Option<Period>) -> Option<Period> {
    one.into_iter().chain(other).min_by_key(|period| period.end())
}

impl RequestOptions {
    fn parse(query: Option<&str>) -> Result<Self, Error> {
        let mut options = Self::default();
        for pair in query.unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            options.take(&decode(name)?, &decode(value)?)?;
        }
        Ok(options)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Error> {
        if self.parameters.take(name, value)? {
            return Ok(());
        }
        let filtered = name.strip_prefix("c[").and_then(|rest| rest.strip_suffix(']'));
        if let Some(dimension) = filtered {
            return self.filter(dimension, value);
        }
        let refused = |parameter: &'static str, rule: &'static str| {
            Err(Error::Parameter { parameter, rule, given: given(value) })
        };
        match name {
            "detail" => once(&mut self.detail, "detail", value.to_owned())?,
            "dimensionAtObservation" => once(
                &mut self.dimension_at_observation,
                "dimensionAtObservation",
                value.to_owned(),
            )?,
            "references" => once(&mut self.references, "references", references(value)?)?,
            "mode" if matches!(value, "exact" | "available") => {}
            "mode" => return refused("mode", "exact or available"),
            "attributes" => {
                once(&mut self.attributes, "attributes", all_or_none("attributes", value)?)?;
            }
            "measures" => once(&mut self.measures, "measures", all_or_none("measures", value)?)?,
            "limit" => once(&mut self.limit, "limit", number("limit", value)?)?,
            "offset" if value == "0" => once(&mut self.offset, "offset", 0)?,
            "offset" => once(&mut self.offset, "offset", number("offset", value)?)?,
            "sort" => self.sort(value)?,
            "reportingYearStartDay" => {
                let next = "leave it out, as reporting years are calendar years";
                return Err(Error::NotOffered { what: "reportingYearStartDay", next });
            }
            _ => {
                let known = "those of SDMX-REST";
                return Err(Error::ParameterUnknown { given: given(name), known });
            }
        }
        Ok(())
    }

    /// One filter: conditions joined by plus; each lists alternatives joined by commas.
    fn filter(&mut self, dimension: &str, value: &str) -> Result<(), Error> {
        // The plus of a time offset does not join conditions.
        let value = match dimension {
            "TIME_PERIOD" => value.replace("+00:00", "Z"),
            _ => value.to_owned(),
        };
        for condition in value.split('+') {
            let (operator, codes) = match condition.split_once(':') {
                Some((operator, codes)) => (operator, codes),
                None => ("eq", condition),
            };
            if dimension == "TIME_PERIOD" {
                self.limit(operator, codes)?;
                continue;
            }
            let wanted = match operator {
                "eq" => true,
                "ne" => false,
                _ => {
                    let what = "filters on codes other than eq and ne";
                    return Err(Error::NotOffered { what, next: "use these" });
                }
            };
            let plain = |code: &str| code.strip_prefix("eq:").unwrap_or(code).to_owned();
            let codes: Vec<String> = codes.split(',').map(plain).collect();
            self.filters.push((dimension.to_owned(), wanted, codes));
        }
        Ok(())
    }

    /// A condition on periods.
    fn limit(&mut self, operator: &str, value: &str) -> Result<(), Error> {
        let rule =
            "a period such as 2024, 2024-Q1, 2024-01, 2024-W03, 2024-01-15 or 2024-01-15T13:00:00";
        let refused =
            || Error::Parameter { parameter: "c[TIME_PERIOD]", rule, given: given(value) };
        let period = asked_period(value).ok_or_else(refused)?;
        let (mut start, mut end) = (None, None);
        match operator {
            "eq" => (start, end) = (Some(period), Some(period)),
            "ge" => start = Some(period),
            "gt" => start = Some(period.next()),
            "le" => end = Some(period),
            "lt" => end = Some(period.previous()),
            _ => {
                let what = "filters on TIME_PERIOD other than eq, ge, gt, le and lt";
                return Err(Error::NotOffered { what, next: "use these" });
            }
        }
        self.start = latest(self.start, start);
        self.end = earliest(self.end, end);
        Ok(())
    }

    /// The parameters, within the limits that filters set as well.
    fn limited_parameters(&self) -> Parameters {
        let Parameters { start, end, .. } = self.parameters;
        let (start, end) = (latest(start, self.start), earliest(end, self.end));
        Parameters { start, end, ..self.parameters.clone() }
    }

    /// An order: components joined by plus, each optionally with a direction.
    fn sort(&mut self, value: &str) -> Result<(), Error> {
        if !self.order.is_empty() {
            return Err(Error::ParameterTwice { parameter: "sort" });
        }
        for component in value.split('+') {
            let (name, descends) = match component.split_once(':') {
                Some((name, "asc")) => (name, false),
                Some((name, "desc")) => (name, true),
                None => (component, false),
                Some(_) => {
                    let rule = "a component, optionally followed by :asc or :desc";
                    return Err(Error::Parameter {
                        parameter: "sort",
                        rule,
                        given: given(component),
                    });
                }
            };
            if NOT_SORTED.contains(&name) {
                let what = "sorting by measures or attributes";
                return Err(Error::NotOffered { what, next: "sort by dimensions or TIME_PERIOD" });
            }
            self.order.push((name.to_owned(), descends));
        }
        Ok(())
    }

    /// Refuses a page and an order in requests for anything other than figures.
    fn without_page(&self) -> Result<(), Error> {
        match (self.offset, self.limit, self.order.is_empty()) {
            (None, None, true) => Ok(()),
            _ => Err(Error::NotOffered {
                what: "limit, offset and sort here",
                next: "leave them out, as they apply to data only",
            }),
        }
    }

    fn data(self, root: SdmxRest, dataflows: Identifiers, key: Key) -> Result<SdmxRequest, Error> {
        let detail = self.data_detail()?;
        let parameters = self.limited_parameters();
        let Self { filters, order, .. } = self;
        let dimension_at_observation =
            self.dimension_at_observation.unwrap_or_else(|| TIME.to_owned());
        let page = Page { offset: self.offset.unwrap_or(0), limit: self.limit };
        let series = SeriesRequest { dataflows, key, is_open: root == SdmxRest::V2_2, filters };
        let presentation = Presentation { detail, dimension_at_observation, order, page };
        Ok(SdmxRequest::Data { series, parameters, presentation })
    }

    fn data_detail(&self) -> Result<Detail, Error> {
        Ok(match (self.detail.as_deref(), self.attributes, self.measures) {
            (Some("dataonly"), ..) | (None, Some(false), None | Some(true)) => Detail::DataOnly,
            (Some("full"), ..) | (None, None | Some(true), None | Some(true)) => Detail::Full,
            (Some("serieskeysonly"), ..) | (None, Some(false), Some(false)) => Detail::KeysOnly,
            (Some("nodata"), ..) | (None, _, Some(false)) => Detail::NoData,
            (Some(other), ..) => {
                let rule = "full, dataonly, serieskeysonly or nodata";
                return Err(Error::Parameter { parameter: "detail", rule, given: given(other) });
            }
        })
    }

    fn availability(
        self,
        root: SdmxRest,
        dataflows: Identifiers,
        key: Key,
        component: &str,
    ) -> Result<SdmxRequest, Error> {
        self.without_page()?;
        self.data_detail()?;
        let component = match component {
            "" | "*" | "all" => None,
            id => Some(id.to_owned()),
        };
        let references = self.references.clone().unwrap_or_default();
        let (filters, parameters) = (self.filters.clone(), self.limited_parameters());
        let series = SeriesRequest { dataflows, key, is_open: root == SdmxRest::V2_2, filters };
        // What is released has no history.
        let parameters = Parameters { history: None, ..parameters };
        Ok(SdmxRequest::Availability { series, parameters, component, references })
    }

    fn structures(self, word: &str, named: Identifiers) -> Result<SdmxRequest, Error> {
        self.without_page()?;
        let kinds = StructureKind::named(word).ok_or(Error::NotFound)?;
        let detail = match self.detail.as_deref() {
            None | Some("full" | "referencepartial" | "raw") => StructureDetail::Nothing,
            Some("allstubs" | "allcompletestubs") => StructureDetail::All,
            Some("referencestubs" | "referencecompletestubs") => StructureDetail::References,
            Some(other) => {
                let rule = "full, allstubs, allcompletestubs, referencestubs, \
                    referencecompletestubs, referencepartial or raw";
                return Err(Error::Parameter { parameter: "detail", rule, given: given(other) });
            }
        };
        let references = self.references.unwrap_or_default();
        Ok(SdmxRequest::Structures(StructureRequest { kinds, named, references, detail }))
    }
}

fn references(value: &str) -> Result<References, Error> {
    Ok(match value {
        "all" => References::All,
        "ancestors" => References::Ancestors,
        "children" => References::Children,
        "descendants" => References::Descendants,
        "none" => References::Nothing,
        "parents" => References::Parents,
        "parentsandsiblings" => References::ParentsAndSiblings,
        _ => {
            let mut kinds = Vec::new();
            for word in value.split(',') {
                let rule = "none, parents, parentsandsiblings, ancestors, children, descendants, \
                    all or kinds of structures joined by commas";
                let refused =
                    || Error::Parameter { parameter: "references", rule, given: given(value) };
                kinds.extend(StructureKind::named(word).ok_or_else(refused)?);
            }
            References::Only(kinds)
        }
    })
}

fn all_or_none(parameter: &'static str, value: &str) -> Result<bool, Error> {
    match value {
        "all" | "dsd" => Ok(true),
        "none" => Ok(false),
        "OBS_VALUE" if parameter == "measures" => Ok(true),
        _ => {
            let what = "some of the attributes or measures";
            Err(Error::NotOffered { what, next: "write all or none" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(root: SdmxRest, path: &str, query: &str) -> (SeriesRequest, Parameters) {
        match parse(root, path, Some(query)) {
            Ok(SdmxRequest::Data { series, parameters, .. }) => (series, parameters),
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn filters_are_read() {
        let path = "data/dataflow/TG/FLOW/1.0.0";
        let query = "c%5BX%5D=A%2CB&c%5BTIME_PERIOD%5D=ge%3A2024-01-01%2Ble%3A2024-01-31&c[Y]=ne:C";
        let (series, asked) = data(SdmxRest::V2_2, path, query);
        let codes = |codes: &[&str]| codes.iter().map(|&code| code.to_owned()).collect();
        let filters =
            [("X".to_owned(), true, codes(&["A", "B"])), ("Y".to_owned(), false, codes(&["C"]))];
        assert_eq!(series.filters, filters);
        assert_eq!(asked.start, Period::parse("2024-01-01"));
        assert_eq!(asked.end, Period::parse("2024-01-31"));
        let (_, literal) = data(SdmxRest::V2_2, path, "c[TIME_PERIOD]=ge:2024-01-01+le:2024-01-31");
        assert_eq!(literal, asked);
        // As pysdmx writes times.
        let time = "c%5BTIME_PERIOD%5D=ge%3A2024-01-01T13%3A00%3A00%2B00%3A00%2B\
            le%3A2024-01-02T05%3A00%3A00%2B00%3A00";
        let (_, hours) = data(SdmxRest::V2_2, path, time);
        assert_eq!(hours.start, Period::parse_sdmx("2024-01-01T13:00:00"));
        assert_eq!(hours.end, Period::parse_sdmx("2024-01-02T05:00:00"));
        // Whatever their order, filters and parameters limit the same request.
        let path_with = |query: &str| data(SdmxRest::V2_2, path, query).1;
        let both = path_with("startPeriod=2024-01-05&c[TIME_PERIOD]=ge:2024-01-10");
        assert_eq!(both.start, Period::parse("2024-01-10"));
        assert_eq!(path_with("c[TIME_PERIOD]=ge:2024-01-10&startPeriod=2024-01-05"), both);
        let (_, strict) = data(SdmxRest::V2_2, path, "c[TIME_PERIOD]=gt:2024-01-01+lt:2024-02");
        assert_eq!(strict.start, Period::parse("2024-01-02"));
        assert_eq!(strict.end, Period::parse("2024-01"));
    }

    #[test]
    fn every_way_to_name_a_dataflow_is_read() {
        let names = ["FLOW", "TG,FLOW", "TG%2CFLOW", "TG,FLOW,1.0.0", "TG,FLOW,latest", "all,FLOW"];
        for name in names {
            for ending in ["", "/", "/all", "/all/", "/all/all/"] {
                let (asked, _) = data(SdmxRest::V1_5, &format!("data/{name}{ending}"), "");
                assert!(asked.dataflows.is("TG", "FLOW", "1.0.0"), "{name}{ending}");
                assert!(!asked.dataflows.is("TG", "OTHER", "1.0.0"), "{name}{ending}");
                assert_eq!(asked.key, Key::All);
            }
        }
        for path in ["*/TG/FLOW/+", "dataflow/TG/FLOW/~/*", "dataflow/*/FLOW/%2B", "*/*/FLOW"] {
            let (asked, _) = data(SdmxRest::V2_2, &format!("data/{path}"), "");
            assert!(asked.dataflows.is("TG", "FLOW", "1.0.0"), "{path}");
        }
    }

    #[test]
    fn what_is_not_offered_is_refused() {
        let refused =
            |path: &str, query: &str| parse(SdmxRest::V2_2, path, Some(query)).unwrap_err().code();
        let flow = "data/dataflow/TG/FLOW/1.0.0";
        let table = [
            ("limit=0", "parameter"),
            ("offset=-1", "parameter"),
            ("limit=5&limit=5", "parameter"),
            ("detail=full&detail=dataonly", "parameter"),
            ("references=none&references=all", "parameter"),
            ("dimensionAtObservation=X&dimensionAtObservation=X", "parameter"),
            ("sort=FREQ:up", "parameter"),
            ("sort=OBS_VALUE", "not-offered"),
            ("includeHistory=maybe", "parameter"),
            ("c[X]=co:A", "not-offered"),
            ("c[TIME_PERIOD]=ge:now", "parameter"),
            ("measures=TRUE_COUNT", "not-offered"),
            ("person=1", "parameter"),
            ("detail=rows", "parameter"),
        ];
        for (query, expected) in table {
            assert_eq!(refused(flow, query), expected, "{query}");
        }
        assert_eq!(refused("availability/dataflow/TG/FLOW/1.0.0", "limit=5"), "not-offered");
        assert_eq!(refused("structure/dataflow", "sort=*"), "not-offered");
        assert_eq!(refused("data/datastructure/TG/DSD_FLOW", ""), "not-offered");
        assert_eq!(refused("registration", ""), "not-found");
        assert_eq!(refused("structure/persons", ""), "not-found");
        assert!(parse(SdmxRest::V2_2, flow, Some("includeHistory=False")).is_ok());
        assert_eq!(data(SdmxRest::V2_2, flow, "includeHistory=True").1.history, Some(true));
    }
}
