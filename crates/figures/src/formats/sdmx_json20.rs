//! SDMX-JSON 2.0 data messages.
//!
//! Not here: structures ([`crate::sdmx::structure_json20`]), and the compact JSON of
//! [`crate::formats::json`].
//!
//! Invariants:
//! 1. Figures are JSON numbers, character for character those of every other format
//!    (`serve::tests::formats::every_format_has_the_same_observations`).
//! 2. Every message is valid by the official schema (`checks/clients/`).
//!
//! Format (`tests/golden/crossings.sdmx.json`): series under the places of their codes,
//! observations under the places of their periods, each the value and its attributes:
//! `"0:0:0:1":{"attributes":[0,0,0],"observations":{"0":[12,4,8,16,0,17,0]}}`.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Value, json};
use tidegauge_model::{Grain, Observation, Period, Text};

use super::message::{MessageHeader, sender};
use super::shape::DimensionAtObservation;
use crate::answer::answer::Series;
use crate::error::Error;
use crate::estimate::decimal::FigureText;
use crate::structure::concept::{
    Attachment, CodeText, Concept, PlanFeatures, SILENT_SOURCES, attributes_with, names,
};
use crate::structure::words::Words;

/// The schema that a message follows.
const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/\
    tools/schemas/2.0.0/sdmx-json-data-schema.json";

/// Attributes with codes are written as the position of the code; all others as they are.
#[derive(Clone, Debug)]
pub(crate) struct Coded(HashMap<String, HashMap<String, usize>>);

impl Coded {
    /// The places of all codes of attributes.
    pub(crate) fn of_attributes() -> Self {
        let places = |attribute: Concept| {
            let codes = attribute.codes.into_iter().enumerate();
            (attribute.id, codes.map(|(n, code)| (code.id, n)).collect())
        };
        // The codes for an embargo come last in their lists.
        let all = PlanFeatures { has_embargo: true, has_sources: true, has_vintages: true };
        Self(attributes_with(all, &Words::english()).into_iter().map(places).collect())
    }

    fn push(&self, text: &mut String, id: &str, value: &str) {
        let place = self.0.get(id).and_then(|places| places.get(value));
        // Writing to a string cannot fail, here and below.
        let _ = match place {
            Some(place) => write!(text, "{place}"),
            None if matches!(id, "RHO" | SILENT_SOURCES) => write!(text, "\"{value}\""),
            None => write!(text, "{value}"),
        };
    }

    fn list(&self, values: &[(&'static str, String)]) -> String {
        let mut text = String::from("[");
        for (n, (id, value)) in values.iter().enumerate() {
            if n > 0 {
                text.push(',');
            }
            self.push(&mut text, id, value);
        }
        text.push(']');
        text
    }
}

/// The text before the first data set.
pub(crate) fn opening(headers: &[&MessageHeader]) -> String {
    let ids: Vec<&str> = headers.iter().map(|header| &*header.dataflow).collect();
    let first = headers.first();
    let meta = json!({
        "schema": SCHEMA, "id": ids.join("-"), "test": false,
        "prepared": first.map(|header| &header.prepared),
        "contentLanguages": first.map(|header| header.words.tags()),
        "sender": {"id": first.map(|header| sender(&header.agency))},
    });
    let structures: Vec<Value> = headers.iter().map(|header| structure(header)).collect();
    let structures = Value::from(structures);
    format!("{{\"meta\":{meta},\"data\":{{\"structures\":{structures},\"dataSets\":[")
}

fn structure(header: &MessageHeader) -> Value {
    let before = header.data_sets_before;
    let value = header.words.text("Observation value");
    json!({
        "links": links(header), "name": &*header.name, "names": names(&header.name),
        "dataSets": (before..before + header.data_sets).collect::<Vec<_>>(),
        "dimensions": dimensions(header),
        "measures": {"observation": [
            {"id": "OBS_VALUE", "name": &*value, "roles": ["PRIMARY"],
             "format": {"dataType": "Double"}}]},
        "attributes": described(header),
    })
}

/// The text before the first series of a data set; a comma precedes each except the first.
pub(crate) fn data_set(header: &MessageHeader, coded: &Coded, first: bool) -> String {
    let (comma, links) = (if first { "" } else { ",\n" }, links(header));
    let mut text = format!(
        "{comma}{{\"structure\":{},\"action\":\"Replace\",\"links\":{links},",
        header.place
    );
    if let Some(from) = &header.valid_from {
        let _ = write!(text, "\"validFrom\":\"{from}\",");
    }
    if header.shape.detail.has_attributes() {
        let _ = write!(text, "\"attributes\":{},", coded.list(&header.of_answer()));
    }
    text.push_str(if is_flat(header) { "\"observations\":{" } else { "\"series\":{" });
    text
}

fn links(header: &MessageHeader) -> Value {
    let MessageHeader { agency, dataflow, version, .. } = header;
    let urn = |package: &str, id: &str| {
        format!(
            "urn:sdmx:org.sdmx.infomodel.datastructure.{package}={agency}:{id}\
            ({version})"
        )
    };
    json!([
        {"rel": "dataflow", "urn": urn("Dataflow", dataflow)},
        {"rel": "datastructure", "urn": urn("DataStructure", &format!("DSD_{dataflow}"))},
    ])
}

fn is_flat(header: &MessageHeader) -> bool {
    header.shape.at == DimensionAtObservation::All
}

/// A code with its name.
fn named(code: &CodeText) -> Value {
    json!({"id": code.id, "name": &*code.name, "names": names(&code.name)})
}

fn dimensions(header: &MessageHeader) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for (position, dimension) in header.dimensions.iter().enumerate() {
        let values: Vec<Value> = dimension.codes.iter().map(named).collect();
        all.push(json!({
            "id": dimension.id, "name": &*dimension.name, "names": names(&dimension.name),
            "keyPosition": position, "roles": [dimension.id], "values": values,
        }));
    }
    let period = |period: &Period| {
        // Periods are ids, as the standard's own samples have them; a time with colons is no id.
        let name = if period.grain() < Grain::Day { "value" } else { "id" };
        let (text, first) = (period.sdmx(), period.start().strftime("%Y-%m-%dT%H:%M:%SZ"));
        let last = period.end().saturating_sub(jiff::Span::new().seconds(1));
        let last = last.strftime("%Y-%m-%dT%H:%M:%SZ");
        let named = names(&Text::new(header.words.read().clone(), &*text));
        json!({(name): text, "name": text, "names": named,
            "start": first.to_string(), "end": last.to_string()})
    };
    let time_period = header.words.text("Time period");
    let time = json!({
        "id": "TIME_PERIOD", "name": &*time_period, "names": names(&time_period),
        "keyPosition": all.len(), "roles": ["TIME_PERIOD"],
        "format": {"dataType": "ObservationalTimePeriod"},
        "values": header.periods.iter().map(period).collect::<Vec<_>>(),
    });
    if let Some((place, _)) = header.section() {
        let at_observation = all.remove(place);
        all.push(time);
        return json!({"dataSet": [], "series": all, "observation": [at_observation]});
    }
    if is_flat(header) {
        all.push(time);
        return json!({"dataSet": [], "series": [], "observation": all});
    }
    json!({"dataSet": [], "series": all, "observation": [time]})
}

fn described(header: &MessageHeader) -> Value {
    let ids: Vec<&str> = header.dimensions.iter().map(|d| &*d.id).collect();
    let attached = |attachment: Attachment| -> Vec<Value> {
        if !header.shape.detail.has_attributes() {
            return vec![];
        }
        attributes_with(header.features, &header.words)
            .into_iter()
            .filter(|attribute| attribute.attachment == Some(attachment))
            .map(|attribute| described_attribute(&attribute, attachment, &ids))
            .collect()
    };
    let mut series = attached(Attachment::Series);
    let mut observation = attached(Attachment::Observation);
    if header.shape.at != DimensionAtObservation::Time {
        // An observation outside a series has the attributes of its series.
        series.append(&mut observation);
        (series, observation) = (vec![], series);
    }
    let data_set = attached(Attachment::DataSet);
    json!({"dataSet": data_set, "series": series, "observation": observation})
}

fn described_attribute(attribute: &Concept, attachment: Attachment, dimensions: &[&str]) -> Value {
    let relationship = match attachment {
        Attachment::DataSet => json!({"dataflow": {}}),
        Attachment::Observation => json!({"observation": {}}),
        Attachment::Series => json!({"dimensions": dimensions}),
    };
    let mut object = json!({
        "id": attribute.id, "name": &*attribute.name, "names": names(&attribute.name),
        "isMandatory": !attribute.may_miss, "relationship": relationship,
    });
    match attribute.data_type {
        Some(data_type) => object["format"] = json!({"dataType": data_type}),
        None => {
            object["values"] = attribute.codes.iter().map(named).collect();
        }
    }
    object
}

/// One series, or its observations if they are not grouped; a comma precedes each except the first.
///
/// Errors: a code or a period that the message does not list.
pub(crate) fn series(
    header: &MessageHeader,
    coded: &Coded,
    series: &Series,
    first: bool,
) -> Result<String, Error> {
    let places = header.key_places(&series.key)?;
    let key = places.iter().map(usize::to_string).collect::<Vec<_>>().join(":");
    let detail = header.shape.detail;
    let mut text = String::with_capacity(series.observations.len() * 70 + 80);
    let comma = if first { "" } else { "," };
    if is_flat(header) {
        let of_series = if detail.has_attributes() { header.of_series().to_vec() } else { vec![] };
        for (n, observation) in series.observations.iter().enumerate() {
            let comma = if n == 0 { comma } else { "," };
            let place = header.period_place(observation.period)?;
            let _ = write!(text, "{comma}\n\"{key}:{place}\":");
            push_observation(&mut text, header, coded, observation, &of_series);
        }
        return Ok(text);
    }
    let _ = write!(text, "{comma}\n\"{key}\":{{");
    if detail.has_attributes() {
        let _ = write!(text, "\"attributes\":{}", coded.list(&header.of_series()));
    }
    if detail.has_observations() {
        let comma = if detail.has_attributes() { "," } else { "" };
        let _ = write!(text, "{comma}\"observations\":{{");
        for (n, observation) in series.observations.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            let place = header.period_place(observation.period)?;
            let _ = write!(text, "{comma}\"{place}\":");
            push_observation(&mut text, header, coded, observation, &[]);
        }
        text.push('}');
    }
    text.push('}');
    Ok(text)
}

/// One section: observations that share their key except the dimension of the section, each with
/// its key; a comma precedes each section except the first.
///
/// Errors: as [`series`].
pub(crate) fn section(
    header: &MessageHeader,
    coded: &Coded,
    section: &[(Vec<&str>, Observation)],
    first: bool,
) -> Result<String, Error> {
    let mut text = String::with_capacity(section.len() * 90 + 80);
    let (Some((place, _)), Some((key, first_observation))) = (header.section(), section.first())
    else {
        return Err(Error::Unwritable {
            reason: "a section lacks its dimension or its observations",
        });
    };
    let mut shared = header.key_places(key)?;
    shared.remove(place);
    shared.push(header.period_place(first_observation.period)?);
    let shared = shared.iter().map(usize::to_string).collect::<Vec<_>>().join(":");
    let comma = if first { "" } else { "," };
    let _ = write!(text, "{comma}\n\"{shared}\":{{\"observations\":{{");
    let attributes = header.shape.detail.has_attributes();
    let of_series = if attributes { header.of_series().to_vec() } else { vec![] };
    for (n, (key, observation)) in section.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\"{}\":", header.key_places(key)?[place]);
        push_observation(&mut text, header, coded, observation, &of_series);
    }
    text.push_str("}}");
    Ok(text)
}

fn push_observation(
    text: &mut String,
    header: &MessageHeader,
    coded: &Coded,
    observation: &Observation,
    of_series: &[(&'static str, String)],
) {
    let _ = match observation.figure() {
        Some((value, _)) => write!(text, "[{}", FigureText(value, header.decimals)),
        None => write!(text, "[null"),
    };
    if header.shape.detail.has_attributes() {
        for (id, value) in of_series {
            text.push(',');
            coded.push(text, id, value);
        }
        for (id, value) in header.of_observation(observation) {
            text.push(',');
            match value {
                Some(value) => coded.push(text, id, &value),
                None => text.push_str("null"),
            }
        }
    }
    text.push(']');
}

/// The text after the last series of a data set.
pub(crate) const DATA_SET_CLOSING: &str = "}}";

/// The text after the last data set.
pub(crate) const CLOSING: &str = "]}}\n";
