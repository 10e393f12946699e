//! SDMX-ML 2.1 data messages, generic and structure-specific.
//!
//! Not here: structures ([`super::ml_structure`]) and which figures there are
//! ([`crate::answer`]).
//!
//! Codes, periods and numbers need no escaping in XML: codes hold letters, digits, `_`, `@`, `$`
//! and `-` alone.
//!
//! Invariants:
//! 1. Both forms tell the figures of every other format, character for character
//!    (`tests::formats::every_format_tells_the_same_observations`).
//! 2. What is sent is valid by the official schema: `checks/clients/` holds the generic form
//!    against it, and reads both with two public clients.
//!
//! Format (`tests/golden/crossings.generic.xml`, `crossings.specific.xml`):
//! `<Series FREQ="D" ...><Obs TIME_PERIOD="2024-01-01" OBS_VALUE="12.345" MARGIN="3.210" .../>`

use std::fmt::Write;

use crate::answer::Series;
use crate::csv::STRUCTURE_VERSION;
use crate::decimal::Milli;
use crate::heading::{Heading, of_observation};

/// The address of a schema.
const SCHEMAS: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1";

/// Which of the two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Names of dimensions and attributes are values.
    Generic,
    /// Names of dimensions and attributes are XML attributes.
    Specific,
}

fn observation_dimension(heading: &Heading) -> &'static str {
    if heading.shape.flat { "AllDimensions" } else { "TIME_PERIOD" }
}

/// What comes before the first data set.
pub fn opening(heading: &Heading, form: Form) -> String {
    let Heading { agency, dataflow, prepared, .. } = heading;
    let structure = format!("DSD_{dataflow}");
    let dimension = observation_dimension(heading);
    let (root, namespaces) = match form {
        Form::Generic => ("GenericData", format!("xmlns:generic=\"{SCHEMAS}/data/generic\"")),
        Form::Specific => (
            "StructureSpecificData",
            format!(
                "xmlns:ss=\"{SCHEMAS}/data/structurespecific\" \
                 xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                 xmlns:ns1=\"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=\
                 {agency}:{structure}({STRUCTURE_VERSION}):ObsLevelDim:{dimension}\""
            ),
        ),
    };
    let specific = match form {
        Form::Generic => String::new(),
        Form::Specific => format!(
            " namespace=\"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=\
             {agency}:{structure}({STRUCTURE_VERSION}):ObsLevelDim:{dimension}\""
        ),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <message:{root} xmlns:message=\"{SCHEMAS}/message\" xmlns:common=\"{SCHEMAS}/common\" \
         {namespaces}>\n\
         <message:Header><message:ID>{dataflow}</message:ID><message:Test>false</message:Test>\
         <message:Prepared>{prepared}</message:Prepared><message:Sender id=\"{agency}\"/>\
         <message:Structure structureID=\"{structure}\"{specific} \
         dimensionAtObservation=\"{dimension}\"><common:Structure><Ref agencyID=\"{agency}\" \
         id=\"{structure}\" version=\"{STRUCTURE_VERSION}\"/></common:Structure>\
         </message:Structure></message:Header>\n"
    )
}

/// What comes before the first series of a data set.
pub fn data_set(heading: &Heading, form: Form) -> String {
    let structure = format!("DSD_{}", heading.dataflow);
    let valid = |prefix: &str| match &heading.valid_from {
        Some(from) => format!(" {prefix}validFromDate=\"{from}\""),
        None => String::new(),
    };
    let mut text = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = match form {
        Form::Generic => write!(
            text,
            "<message:DataSet structureRef=\"{structure}\" action=\"Replace\"{}>",
            valid("")
        ),
        Form::Specific => write!(
            text,
            "<message:DataSet ss:structureRef=\"{structure}\" xsi:type=\"ns1:DataSetType\" \
             ss:dataScope=\"DataStructure\" ss:action=\"Replace\"{}",
            valid("ss:")
        ),
    };
    let attributes =
        if heading.shape.detail.has_attributes() { heading.of_answer().to_vec() } else { vec![] };
    match form {
        Form::Generic => push_values(&mut text, "Attributes", &attributes),
        Form::Specific => {
            push_attributes(&mut text, &attributes);
            text.push('>');
        }
    }
    text
}

/// One series, or its observations where they stand alone.
pub fn series(heading: &Heading, series: &Series, form: Form) -> String {
    let ids = heading.dimensions.iter().map(|dimension| &*dimension.id);
    let key: Vec<(&str, String)> =
        ids.zip(series.key.iter().map(|&code| code.to_owned())).collect();
    let detail = heading.shape.detail;
    let attributes = if detail.has_attributes() { heading.of_series().to_vec() } else { vec![] };
    let mut text = String::with_capacity(series.observations.len() * 400 + 400);
    if heading.shape.flat && detail.has_observations() {
        push_flat(&mut text, heading, series, &key, &attributes, form);
        return text;
    }
    match form {
        Form::Generic => {
            text.push_str("\n<generic:Series>");
            push_values(&mut text, "SeriesKey", &key);
            push_values(&mut text, "Attributes", &attributes);
        }
        Form::Specific => {
            text.push_str("\n<Series");
            push_attributes(&mut text, &key);
            push_attributes(&mut text, &attributes);
            text.push('>');
        }
    }
    let shown = if detail.has_observations() { &series.observations[..] } else { &[] };
    for observation in shown {
        let attributes =
            if detail.has_attributes() { of_observation(observation).to_vec() } else { vec![] };
        let (period, value) = (observation.period.sdmx(), Milli(observation.value_milli));
        if form == Form::Generic {
            let _ = write!(
                text,
                "\n<generic:Obs><generic:ObsDimension value=\"{period}\"/>\
                 <generic:ObsValue value=\"{value}\"/>"
            );
            push_values(&mut text, "Attributes", &attributes);
            text.push_str("</generic:Obs>");
        } else {
            let _ = write!(text, "\n<Obs TIME_PERIOD=\"{period}\" OBS_VALUE=\"{value}\"");
            push_attributes(&mut text, &attributes);
            text.push_str("/>");
        }
    }
    text.push_str(if form == Form::Generic { "</generic:Series>" } else { "</Series>" });
    text
}

fn push_flat(
    text: &mut String,
    heading: &Heading,
    series: &Series,
    key: &[(&str, String)],
    of_series: &[(&str, String)],
    form: Form,
) {
    for observation in &series.observations {
        let mut whole = key.to_vec();
        whole.push(("TIME_PERIOD", observation.period.sdmx()));
        let mut attributes = of_series.to_vec();
        if heading.shape.detail.has_attributes() {
            attributes.extend(of_observation(observation));
        }
        let value = Milli(observation.value_milli);
        if form == Form::Generic {
            text.push_str("\n<generic:Obs>");
            push_values(text, "ObsKey", &whole);
            let _ = write!(text, "<generic:ObsValue value=\"{value}\"/>");
            push_values(text, "Attributes", &attributes);
            text.push_str("</generic:Obs>");
        } else {
            text.push_str("\n<Obs");
            push_attributes(text, &whole);
            let _ = write!(text, " OBS_VALUE=\"{value}\"");
            push_attributes(text, &attributes);
            text.push_str("/>");
        }
    }
}

/// What comes after the last series of a data set.
pub const DATA_SET_CLOSING: &str = "\n</message:DataSet>";

/// What comes after the last data set.
pub fn closing(form: Form) -> &'static str {
    match form {
        Form::Generic => "</message:GenericData>\n",
        Form::Specific => "</message:StructureSpecificData>\n",
    }
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
