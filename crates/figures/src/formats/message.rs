//! The message around the series of an answer: dimensions, periods, attributes.
//!
//! Not here: the format in which it is written.
//!
//! Invariants:
//! 1. The written attributes are those that the structure describes
//!    (`formats::message::tests::attributes_are_those_that_are_described`).
//! 2. A code appears in its dimension's list once, in the order of the series
//!    (`serve::tests::formats::every_format_has_the_same_observations`).

use std::collections::{BTreeMap, HashMap, HashSet};

use tidegauge_model::{Observation, Period, SourceSet, StatisticalUnit, Status, Text};

use super::layout::Layout;
use super::shape::{DimensionAtObservation, Shape};
use crate::answer::answer::{Answer, figures};
use crate::answer::vintage::AnswerVintage;
use crate::error::Error;
use crate::estimate::decimal::FigureText;
use crate::query::decimals::Decimals;
use crate::structure::concept::{
    CodeText, Concept, INTERVAL_OF, PlanFeatures, SILENT_SOURCES, attributes_with, dimensions,
};
use crate::structure::version::structure_version;
use crate::structure::words::Words;

/// The sender of a message of an agency. It cannot have a dot in SDMX, so of an agency within
/// others it is the outermost.
pub(crate) fn sender(agency: &str) -> &str {
    agency.split('.').next().unwrap_or(agency)
}

/// Codes with their names.
pub(crate) type CodeNames = Vec<(String, String)>;

/// Everything in a message except the series of an answer.
#[derive(Clone, Debug)]
pub(crate) struct MessageHeader {
    /// Version-independent address of the structure: agency and dataflow.
    pub(crate) agency: String,
    /// The dataflow's id.
    pub(crate) dataflow: String,
    /// The version of its structure.
    pub(crate) version: String,
    /// The dataflow's name.
    pub(crate) name: Text,
    /// The languages of its texts.
    pub(crate) words: Words,
    /// The dimensions, each with the codes that the answer has.
    pub(crate) dimensions: Vec<Concept>,
    /// Every period of the answer.
    pub(crate) periods: Vec<Period>,
    /// The layout.
    pub(crate) shape: Shape,
    /// When the newest entry that the answer is based on was published.
    pub(crate) prepared: String,
    /// The time since which the current data set is valid, if the answer has its history.
    pub(crate) valid_from: Option<String>,
    /// The number of data sets.
    pub(crate) data_sets: usize,
    /// The number of data sets of other dataflows before them.
    pub(crate) data_sets_before: usize,
    /// The place of the dataflow among those that have a data set in the message.
    pub(crate) place: usize,
    /// If the answer has its history, the entries that published it, each with its time.
    pub(crate) vintages: BTreeMap<u64, String>,
    /// What the plan has that gives its figures more attributes or codes.
    pub(crate) features: PlanFeatures,
    /// The identifiers of the plan's sources with their names, in its order.
    pub(crate) sources: Vec<(String, String)>,
    /// The decimals of the figures.
    pub(crate) decimals: Decimals,
    unit: StatisticalUnit,
    rho: String,
    as_of: u64,
    places: Vec<HashMap<String, usize>>,
    period_places: HashMap<Period, usize>,
}

impl MessageHeader {
    /// The headers of the answers in one message.
    pub(crate) fn all(layouts: &[Layout], prepared: &str) -> Vec<Self> {
        let (mut place, mut data_sets_before) = (0, 0);
        let header = |layout: &Layout| {
            let mut header = Self::new(&layout.answer, layout.shape, prepared.to_owned());
            (header.place, header.data_sets_before) = (place, data_sets_before);
            place += usize::from(!layout.is_empty());
            for set in layout.sets.iter().flatten() {
                let Some(vintage) = &set.vintage else { continue };
                let published =
                    set.runs.iter().flatten().map(|(_, observation)| observation.vintage);
                header.vintages.extend(published.map(|entry| (entry, vintage.made.clone())));
            }
            header.data_sets = layout.sets.as_ref().map_or(1, Vec::len);
            data_sets_before += header.data_sets;
            header
        };
        layouts.iter().map(header).collect()
    }

    /// The header of an answer.
    pub(crate) fn new(answer: &Answer, shape: Shape, prepared: String) -> Self {
        let (plan, dataflow) = (answer.plan(), answer.dataflow());
        let mut dimensions = dimensions(plan, dataflow);
        let mut used: Vec<(HashSet<&str>, Vec<&str>)> = vec![Default::default(); dimensions.len()];
        for number in 0..answer.len() {
            for (code, (seen, order)) in answer.key(number).into_iter().zip(&mut used) {
                if seen.insert(code) {
                    order.push(code);
                }
            }
        }
        for (dimension, (_, order)) in dimensions.iter_mut().zip(used) {
            let named: HashMap<String, CodeText> =
                dimension.codes.drain(..).map(|code| (code.id.clone(), code)).collect();
            dimension.codes =
                order.into_iter().filter_map(|code| named.get(code).cloned()).collect();
        }
        let place = |dimension: &Concept| {
            dimension.codes.iter().enumerate().map(|(n, code)| (code.id.clone(), n)).collect()
        };
        let periods = answer.periods();
        Self {
            agency: plan.statement.agency.clone(),
            dataflow: dataflow.id.clone(),
            version: structure_version(plan, dataflow),
            name: dataflow.name.clone(),
            words: Words::of(plan),
            places: dimensions.iter().map(place).collect(),
            period_places: periods.iter().enumerate().map(|(n, &period)| (period, n)).collect(),
            dimensions,
            periods,
            shape,
            prepared,
            valid_from: None,
            data_sets: 1,
            data_sets_before: 0,
            place: 0,
            vintages: BTreeMap::new(),
            features: PlanFeatures::of(plan),
            sources: plan
                .sources
                .iter()
                .map(|source| (source.id.clone(), source.name.to_string()))
                .collect(),
            decimals: answer.decimals,
            unit: dataflow.unit,
            rho: tidegauge_privacy::budget::shown(&answer.charge()),
            as_of: answer.as_of,
        }
    }

    /// Sets the attributes of the data set to those of a vintage.
    pub(crate) fn turn_to(&mut self, vintage: &AnswerVintage) {
        self.valid_from = Some(vintage.made.clone());
        self.rho.clone_from(&vintage.rho);
        self.as_of = vintage.as_of;
    }

    /// The place of each code of a key in its dimension's list.
    ///
    /// Errors: a code that is not in the list.
    pub(crate) fn key_places(&self, key: &[&str]) -> Result<Vec<usize>, Error> {
        let place = |(code, places): (&&str, &HashMap<String, usize>)| {
            let reason = "a code of a series is missing from its dimension's list";
            places.get(*code).copied().ok_or(Error::Unwritable { reason })
        };
        key.iter().zip(&self.places).map(place).collect()
    }

    /// The place of a period among those of the answer.
    ///
    /// Errors: a period that is not one of them.
    pub(crate) fn period_place(&self, period: Period) -> Result<usize, Error> {
        let reason = "the period of an observation is missing from the answer's list";
        self.period_places.get(&period).copied().ok_or(Error::Unwritable { reason })
    }

    /// The place of a vintage among those of the answer.
    ///
    /// Errors: an entry that published none of them.
    pub(crate) fn vintage_place(&self, entry: u64) -> Result<usize, Error> {
        let reason = "the vintage of an observation is missing from the answer's list";
        let place =
            self.vintages.contains_key(&entry).then(|| self.vintages.range(..entry).count());
        place.ok_or(Error::Unwritable { reason })
    }

    /// The dimension that distinguishes the observations of a section, with its position.
    pub(crate) fn section(&self) -> Option<(usize, &Concept)> {
        match self.shape.at {
            DimensionAtObservation::Dimension(place) => Some((place, self.dimensions.get(place)?)),
            DimensionAtObservation::All | DimensionAtObservation::Time => None,
        }
    }

    /// The standard's name of the dimension at the observation.
    pub(crate) fn dimension_at_observation(&self) -> &str {
        match (self.shape.at, self.section()) {
            (_, Some((_, dimension))) => &dimension.id,
            (DimensionAtObservation::All, None) => "AllDimensions",
            _ => "TIME_PERIOD",
        }
    }

    /// The tree size that the data set is based on.
    pub(crate) fn as_of(&self) -> u64 {
        self.as_of
    }

    /// Attributes of the whole answer.
    pub(crate) fn of_answer(&self) -> [(&'static str, String); 2] {
        [("RHO", self.rho.clone()), ("LEDGER_SIZE", self.as_of.to_string())]
    }

    /// Attributes of every series.
    pub(crate) fn of_series(&self) -> [(&'static str, String); 3] {
        [
            ("UNIT_MEASURE", self.unit.unit_measure().to_owned()),
            ("UNIT_MULT", "0".to_owned()),
            ("DECIMALS", self.decimals.count().to_string()),
        ]
    }

    /// Attributes of an observation; those of a figure have no value if it has no figure, and the
    /// silent sources have none if there are none. What the interval covers has none in a dataflow
    /// without vintages.
    pub(crate) fn of_observation(
        &self,
        observation: &Observation,
    ) -> Vec<(&'static str, Option<String>)> {
        let milli = figures(observation);
        let figure =
            |place: usize| milli.map(|milli| FigureText(milli[place], self.decimals).to_string());
        let vintage = observation.figure().map(|_| observation.vintage.to_string());
        let mut attributes = vec![
            ("MARGIN", figure(1)),
            ("CI_LOW", figure(2)),
            ("CI_HIGH", figure(3)),
            ("OBS_STATUS", Some(observation.status.code().to_owned())),
            ("VINTAGE", vintage),
            ("CONF_STATUS", Some(confidentiality(observation).to_owned())),
        ];
        if self.features.has_sources {
            attributes.push((SILENT_SOURCES, self.silent(observation.silent)));
        }
        if self.features.has_vintages {
            let interval_of = observation.interval_of.map(|of| of.code().to_owned());
            attributes.push((INTERVAL_OF, interval_of));
        }
        attributes
    }

    /// The codes of an attribute with their names.
    pub(crate) fn code_names(&self, attribute: &str) -> CodeNames {
        let all = attributes_with(self.features, &self.words).into_iter();
        let codes = all.filter(|concept| concept.id == attribute).flat_map(|concept| concept.codes);
        codes.map(|code| (code.id, code.name.to_string())).collect()
    }

    /// The identifiers of some sources, joined by spaces; `None` if there are none.
    pub(crate) fn silent(&self, silent: SourceSet) -> Option<String> {
        let ids = silent.places().filter_map(|place| Some(&*self.sources.get(place)?.0));
        (!silent.is_empty()).then(|| ids.collect::<Vec<&str>>().join(" "))
    }
}

/// The confidentiality status, a code of CL_CONF_STATUS: published figures are free (`F`), others
/// embargoed (`E`).
pub(crate) fn confidentiality(observation: &Observation) -> &'static str {
    if observation.status == Status::Embargoed { "E" } else { "F" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::concept::{Attachment, attributes};
    use crate::tests::{answer_of, checked_sample_answer};
    use testkit::plans::with_sources;
    use testkit::{edit, publisher, toml};

    fn written(header: &MessageHeader, observation: &Observation) -> Vec<(Attachment, String)> {
        let of_answer = header.of_answer().map(|(id, _)| (Attachment::DataSet, id));
        let of_series = header.of_series().map(|(id, _)| (Attachment::Series, id));
        let of_observation = header.of_observation(observation).into_iter();
        let of_observation = of_observation.map(|(id, _)| (Attachment::Observation, id));
        let all = of_observation.chain(of_series).chain(of_answer);
        all.map(|(attachment, id)| (attachment, id.to_owned())).collect()
    }

    #[test]
    fn attributes_are_those_that_are_described() {
        let with_sources = with_sources(publisher::PLAN, &[("LAND", "Land border police")]);
        let sample = |plan: &str| {
            answer_of(plan, "2023-11-20", "CROSSINGS", "D.XX.FLOW.AIR.ENTRY").check().unwrap()
        };
        let with_vintages = edit(publisher::PLAN).add("dataflow.CROSSINGS.vintages", toml("[2]"));
        for (answer, own) in [
            (checked_sample_answer("CROSSINGS", "D.XX.FLOW.AIR.ENTRY"), None),
            (sample(&with_sources), Some(SILENT_SOURCES)),
            (sample(&with_vintages.text()), Some(INTERVAL_OF)),
        ] {
            let header = MessageHeader::new(&answer, Shape::default(), String::new());
            let observation = answer.series(0).unwrap().observations[0];
            let mut written = written(&header, &observation);
            let described = attributes(answer.plan()).into_iter();
            let mut described: Vec<(Attachment, String)> =
                described.map(|concept| (concept.attachment.unwrap(), concept.id)).collect();
            // Stable: the order within an attachment counts.
            let by_attachment = |(attachment, _): &(Attachment, String)| *attachment as u8;
            written.sort_by_key(by_attachment);
            described.sort_by_key(by_attachment);
            assert_eq!(written, described);
            for id in [SILENT_SOURCES, INTERVAL_OF] {
                assert_eq!(written.iter().any(|(_, one)| one == id), own == Some(id), "{own:?}");
            }
        }
    }
}
