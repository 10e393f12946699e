//! SDMX-CSV, versions 1.0 and 2.0: one line for each observation.
//!
//! Not here: figures, and rounding of any kind ([`crate::estimate::decimal`]).
//!
//! Invariants:
//! 1. Every field is a code, a period or a number, so no field needs quotes: codes have only
//!    letters, digits, `_`, `@`, `$` and `-` (`serve::tests::every_format_has_the_same_figures`).
//! 2. The figures are character for character those of the JSON
//!    (`serve::tests::every_format_has_the_same_figures`).
//!
//! An observation under embargo has empty fields for its figure and its vintage. In a plan with
//! sources there is a column `SILENT_SOURCES`, empty where there are none, and after it in a plan
//! with vintages `INTERVAL_OF`, empty in a dataflow without.
//!
//! Format (`tests/golden/crossings.csv`, for 1.0 `crossings.1.csv`; columns are only ever added at
//! the end):
//! `STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,BORDER_POINT,TIME_PERIOD,OBS_VALUE,...`
//! `dataflow,TG:CROSSINGS(1.0.0),I,D,XX,FLOW,AIR,2024-01-01,12.345,3.210,9.135,15.555,P,17,PER,...`

use std::fmt::Write;

use tidegauge_model::IntervalOf;

use super::message::{MessageHeader, confidentiality};
use crate::answer::answer::{Series, figures};
use crate::estimate::decimal::FigureText;
use crate::structure::concept::{INTERVAL_OF, SILENT_SOURCES};

/// The version of the format; versions differ in the first columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// 1.0: the dataflow comes first.
    One,
    /// 2.0: kind, name and action come first.
    Two,
}

/// The columns of the dimensions of these answers, each once.
pub(crate) fn columns(headers: &[MessageHeader]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for dimension in headers.iter().flat_map(|header| &header.dimensions) {
        if !columns.contains(&dimension.id) {
            columns.push(dimension.id.clone());
        }
    }
    columns
}

/// The line of column names.
pub(crate) fn header(header: &MessageHeader, columns: &[String], version: Version) -> String {
    let mut line = match version {
        Version::One => String::from("DATAFLOW"),
        Version::Two => String::from("STRUCTURE,STRUCTURE_ID,ACTION"),
    };
    for column in columns {
        line.push(',');
        line.push_str(column);
    }
    let detail = header.shape.detail;
    if detail.has_observations() {
        line.push_str(",TIME_PERIOD,OBS_VALUE");
    }
    if detail.has_attributes() {
        if detail.has_observations() {
            line.push_str(",MARGIN,CI_LOW,CI_HIGH,OBS_STATUS,VINTAGE");
        }
        line.push_str(",UNIT_MEASURE,UNIT_MULT,DECIMALS");
        if detail.has_observations() {
            line.push_str(",CONF_STATUS");
        }
        line.push_str(",RHO,LEDGER_SIZE");
        if header.features.has_sources && detail.has_observations() {
            line.push(',');
            line.push_str(SILENT_SOURCES);
        }
        if header.features.has_vintages && detail.has_observations() {
            line.push(',');
            line.push_str(INTERVAL_OF);
        }
    }
    line.push('\n');
    line
}

/// The lines of one series; a column of another dataflow's dimension stays empty.
pub(crate) fn lines(
    header: &MessageHeader,
    columns: &[String],
    series: &Series,
    version: Version,
) -> String {
    let MessageHeader { agency, dataflow, version: structure, .. } = header;
    let mut start = match version {
        Version::One => format!("{agency}:{dataflow}({structure})"),
        Version::Two => format!("dataflow,{agency}:{dataflow}({structure}),I"),
    };
    for column in columns {
        let mut codes = header.dimensions.iter().zip(&series.key);
        let own = codes.find(|(dimension, _)| dimension.id == *column);
        start.push(',');
        start.push_str(own.map_or("", |(_, code)| code));
    }
    let [(_, unit), ..] = header.of_series();
    let [(_, rho), (_, size)] = header.of_answer();
    let (detail, decimals) = (header.shape.detail, header.decimals);
    let places = decimals.count();
    if !detail.has_observations() {
        let attributes = format!(",{unit},0,{places},{rho},{size}");
        return start + if detail.has_attributes() { &attributes } else { "" } + "\n";
    }
    let mut lines = String::with_capacity(series.observations.len() * (start.len() + 110));
    for observation in &series.observations {
        let text = |milli| FigureText(milli, decimals).to_string();
        let published = figures(observation).map(|published| published.map(text));
        let is_published = published.is_some();
        let [value, margin, low, high] = published.unwrap_or_default();
        let status = observation.status.code();
        // Writing to a string cannot fail, here and below.
        let _ = write!(lines, "{start},{},{value}", observation.period.sdmx());
        if detail.has_attributes() {
            let vintage =
                if is_published { observation.vintage.to_string() } else { String::new() };
            let free = confidentiality(observation);
            let _ = write!(
                lines,
                ",{margin},{low},{high},{status},{vintage},{unit},0,{places},{free},{rho},{size}",
            );
            if header.features.has_sources {
                let silent = header.silent(observation.silent).unwrap_or_default();
                let _ = write!(lines, ",{silent}");
            }
            if header.features.has_vintages {
                let _ = write!(lines, ",{}", observation.interval_of.map_or("", IntervalOf::code));
            }
        }
        lines.push('\n');
    }
    lines
}
