//! SDMX-ML 2.1 data messages, generic and structure-specific.
//!
//! Not here: structures ([`crate::sdmx::structure_ml21`]) and figures ([`crate::answer`]).
//!
//! Codes, periods and numbers need no escaping in XML: codes have only letters, digits, `_`, `@`,
//! `$` and `-`.
//!
//! Invariants:
//! 1. Both forms have the figures of every other format, character for character
//!    (`serve::tests::formats::every_format_has_the_same_observations`).
//! 2. Every message is valid by the official schema: `checks/clients/` validates the generic form,
//!    and reads both with two public clients.
//!
//! Format (`tests/golden/crossings.generic.xml`, `crossings.specific.xml`):
//! `<Series FREQ="D" ...><Obs TIME_PERIOD="2024-01-01" OBS_VALUE="12.345" MARGIN="3.210" .../>`

use std::fmt::Write;

use tidegauge_model::Observation;

use super::message::{MessageHeader, sender};
use super::shape::DimensionAtObservation;
use crate::answer::answer::Series;
use crate::error::Error;
use crate::estimate::decimal::FigureText;
use crate::query::decimals::Decimals;

/// The address of a schema.
const SCHEMAS: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1";

/// Which of the two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum XmlForm {
    /// Names of dimensions and attributes are values.
    Generic,
    /// Names of dimensions and attributes are XML attributes.
    Specific,
}

/// The namespace of the data sets of a dataflow, in the structure-specific form.
fn namespace(header: &MessageHeader) -> String {
    let MessageHeader { agency, dataflow, version, .. } = header;
    let dimension = header.dimension_at_observation();
    format!(
        "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=\
         {agency}:DSD_{dataflow}({version}):ObsLevelDim:{dimension}"
    )
}

/// The text before the first data set.
pub(crate) fn opening(headers: &[&MessageHeader], form: XmlForm) -> String {
    let namespaces = match form {
        XmlForm::Generic => format!("xmlns:generic=\"{SCHEMAS}/data/generic\""),
        XmlForm::Specific => {
            let own = headers
                .iter()
                .map(|header| format!(" xmlns:ns{}=\"{}\"", header.place + 1, namespace(header)));
            format!(
                "xmlns:ss=\"{SCHEMAS}/data/structurespecific\" \
                 xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"{}",
                own.collect::<String>()
            )
        }
    };
    let root = root(form);
    let ids: Vec<&str> = headers.iter().map(|header| &*header.dataflow).collect();
    let (sender, prepared) =
        headers.first().map_or(("", ""), |header| (sender(&header.agency), &*header.prepared));
    let structures: String = headers.iter().map(|header| structure(header, form)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <message:{root} xmlns:message=\"{SCHEMAS}/message\" xmlns:common=\"{SCHEMAS}/common\" \
         {namespaces}>\n\
         <message:Header><message:ID>{}</message:ID><message:Test>false</message:Test>\
         <message:Prepared>{prepared}</message:Prepared><message:Sender id=\"{sender}\"/>\
         {structures}</message:Header>\n",
        ids.join("-"),
    )
}

fn root(form: XmlForm) -> &'static str {
    match form {
        XmlForm::Generic => "GenericData",
        XmlForm::Specific => "StructureSpecificData",
    }
}

/// The entry of one dataflow in the header.
fn structure(header: &MessageHeader, form: XmlForm) -> String {
    let MessageHeader { agency, dataflow, version, .. } = header;
    let dimension = header.dimension_at_observation();
    let specific = match form {
        XmlForm::Generic => String::new(),
        XmlForm::Specific => format!(" namespace=\"{}\"", namespace(header)),
    };
    format!(
        "<message:Structure structureID=\"DSD_{dataflow}\"{specific} \
         dimensionAtObservation=\"{dimension}\"><common:Structure><Ref agencyID=\"{agency}\" \
         id=\"DSD_{dataflow}\" version=\"{version}\"/></common:Structure>\
         </message:Structure>"
    )
}

/// The text before the first series of a data set.
pub(crate) fn data_set(header: &MessageHeader, form: XmlForm) -> String {
    let structure = format!("DSD_{}", header.dataflow);
    let valid = |prefix: &str| match &header.valid_from {
        Some(from) => format!(" {prefix}validFromDate=\"{from}\""),
        None => String::new(),
    };
    let mut text = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = match form {
        XmlForm::Generic => write!(
            text,
            "<message:DataSet structureRef=\"{structure}\" action=\"Replace\"{}>",
            valid("")
        ),
        XmlForm::Specific => write!(
            text,
            "<message:DataSet ss:structureRef=\"{structure}\" xsi:type=\"ns{}:DataSetType\" \
             ss:dataScope=\"DataStructure\" ss:action=\"Replace\"{}",
            header.place + 1,
            valid("ss:")
        ),
    };
    let attributes =
        if header.shape.detail.has_attributes() { header.of_answer().to_vec() } else { vec![] };
    match form {
        XmlForm::Generic => push_values(&mut text, "Attributes", &attributes),
        XmlForm::Specific => {
            push_attributes(&mut text, &attributes);
            text.push('>');
        }
    }
    text
}

/// One series, or its observations if they are not grouped.
pub(crate) fn series(header: &MessageHeader, series: &Series, form: XmlForm) -> String {
    let ids = header.dimensions.iter().map(|dimension| &*dimension.id);
    let key: Vec<(&str, String)> =
        ids.zip(series.key.iter().map(|&code| code.to_owned())).collect();
    let detail = header.shape.detail;
    let attributes = if detail.has_attributes() { header.of_series().to_vec() } else { vec![] };
    let mut text = String::with_capacity(series.observations.len() * 400 + 400);
    if header.shape.at == DimensionAtObservation::All {
        push_flat(&mut text, header, series, &key, &attributes, form);
        return text;
    }
    match form {
        XmlForm::Generic => {
            text.push_str("\n<generic:Series>");
            push_values(&mut text, "SeriesKey", &key);
            push_values(&mut text, "Attributes", &attributes);
        }
        XmlForm::Specific => {
            text.push_str("\n<Series");
            push_attributes(&mut text, &key);
            push_attributes(&mut text, &attributes);
            text.push('>');
        }
    }
    let shown = if detail.has_observations() { &series.observations[..] } else { &[] };
    for observation in shown {
        let attributes =
            if detail.has_attributes() { of_observation(header, observation) } else { vec![] };
        let (period, value) =
            (observation.period.sdmx(), value(observation, header.decimals, form));
        if form == XmlForm::Generic {
            let dimension = format!("<generic:ObsDimension value=\"{period}\"/>");
            let _ = write!(text, "\n<generic:Obs>{dimension}{value}");
            push_values(&mut text, "Attributes", &attributes);
            text.push_str("</generic:Obs>");
        } else {
            let _ = write!(text, "\n<Obs TIME_PERIOD=\"{period}\"{value}");
            push_attributes(&mut text, &attributes);
            text.push_str("/>");
        }
    }
    text.push_str(if form == XmlForm::Generic { "</generic:Series>" } else { "</Series>" });
    text
}

/// The value of an observation; empty if it has none.
fn value(observation: &Observation, decimals: Decimals, form: XmlForm) -> String {
    let text = |value| FigureText(value, decimals);
    match (observation.figure(), form) {
        (None, _) => String::new(),
        (Some((value, _)), XmlForm::Generic) => {
            format!("<generic:ObsValue value=\"{}\"/>", text(value))
        }
        (Some((value, _)), XmlForm::Specific) => format!(" OBS_VALUE=\"{}\"", text(value)),
    }
}

/// The attributes that an observation has.
fn of_observation<'a>(header: &MessageHeader, observation: &Observation) -> Vec<(&'a str, String)> {
    let attributes = header.of_observation(observation).into_iter();
    attributes.filter_map(|(id, value)| Some((id, value?))).collect()
}

fn push_flat(
    text: &mut String,
    header: &MessageHeader,
    series: &Series,
    key: &[(&str, String)],
    of_series: &[(&str, String)],
    form: XmlForm,
) {
    for observation in &series.observations {
        let mut whole = key.to_vec();
        whole.push(("TIME_PERIOD", observation.period.sdmx()));
        let mut attributes = of_series.to_vec();
        if header.shape.detail.has_attributes() {
            attributes.extend(of_observation(header, observation));
        }
        let value = value(observation, header.decimals, form);
        if form == XmlForm::Generic {
            text.push_str("\n<generic:Obs>");
            push_values(text, "ObsKey", &whole);
            text.push_str(&value);
            push_values(text, "Attributes", &attributes);
            text.push_str("</generic:Obs>");
        } else {
            text.push_str("\n<Obs");
            push_attributes(text, &whole);
            text.push_str(&value);
            push_attributes(text, &attributes);
            text.push_str("/>");
        }
    }
}

/// One section: observations that share their key except the dimension of the section, each with
/// its key and the attributes of its series.
///
/// Errors: a section without an observation.
pub(crate) fn section(
    header: &MessageHeader,
    section: &[(Vec<&str>, Observation)],
    form: XmlForm,
) -> Result<String, Error> {
    let mut text = String::with_capacity(section.len() * 500 + 400);
    let (Some((place, own)), Some((key, first))) = (header.section(), section.first()) else {
        return Err(Error::Unwritable {
            reason: "a section lacks its dimension or its observations",
        });
    };
    let ids = header.dimensions.iter().map(|dimension| &*dimension.id);
    let codes = key.iter().map(|&code| code.to_owned());
    let mut shared: Vec<(&str, String)> = ids.zip(codes).collect();
    shared.remove(place);
    shared.push(("TIME_PERIOD", first.period.sdmx()));
    match form {
        XmlForm::Generic => {
            text.push_str("\n<generic:Series>");
            push_values(&mut text, "SeriesKey", &shared);
        }
        XmlForm::Specific => {
            text.push_str("\n<Series");
            push_attributes(&mut text, &shared);
            text.push('>');
        }
    }
    for (key, observation) in section {
        let (code, value) = (key[place], value(observation, header.decimals, form));
        let mut attributes = vec![];
        if header.shape.detail.has_attributes() {
            attributes.extend(header.of_series());
            attributes.extend(of_observation(header, observation));
        }
        if form == XmlForm::Generic {
            let _ = write!(
                text,
                "\n<generic:Obs><generic:ObsDimension id=\"{}\" value=\"{code}\"/>{value}",
                own.id
            );
            push_values(&mut text, "Attributes", &attributes);
            text.push_str("</generic:Obs>");
        } else {
            let _ = write!(text, "\n<Obs {}=\"{code}\"{value}", own.id);
            push_attributes(&mut text, &attributes);
            text.push_str("/>");
        }
    }
    text.push_str(if form == XmlForm::Generic { "</generic:Series>" } else { "</Series>" });
    Ok(text)
}

/// The text after the last series of a data set.
pub(crate) const DATA_SET_CLOSING: &str = "\n</message:DataSet>";

/// The text after the last data set.
pub(crate) fn closing(form: XmlForm) -> String {
    format!("</message:{}>\n", root(form))
}

fn push_values(text: &mut String, element: &str, values: &[(&str, String)]) {
    if values.is_empty() {
        return;
    }
    let _ = write!(text, "<generic:{element}>");
    for (id, value) in values {
        let _ = write!(text, "<generic:Value id=\"{id}\" value=\"{value}\"/>");
    }
    let _ = write!(text, "</generic:{element}>");
}

fn push_attributes(text: &mut String, values: &[(&str, String)]) {
    for (id, value) in values {
        let _ = write!(text, " {id}=\"{value}\"");
    }
}
