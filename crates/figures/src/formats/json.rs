//! The compact JSON of a data answer.
//!
//! Not here: the JSON of structures (crate `serve`, module `describe`).
//!
//! Invariants:
//! 1. Figures are JSON numbers with the decimals of the answer, character for character those of
//!    the CSV
//!    (`serve::tests::every_format_has_the_same_figures`).
//! 2. `columns` names the fields of each observation; fields are only ever added at the end.
//!
//! Format (here with line breaks; `tests/golden/crossings.json`):
//! ```json
//! {"dataflow":"CROSSINGS","asOf":21,"unitMeasure":"PER","decimals":0,
//!  "dimensions":["FREQ","REF_AREA","INDICATOR","BORDER_POINT"],
//!  "columns":["period","value","margin","low","high","status","vintage"],
//!  "series":[
//!   {"key":["D","XX","FLOW","AIR"],
//!    "observations":[["2024-01-01",12,4,8,16,"P",17]]}]}
//! ```
//! Under a plan with an embargo there is a last column, `confidentiality`: `F` free, `E` embargoed.
//! An observation under embargo has `null` in every field except period, status and this one.
//! Under a plan with sources the next column is `silentSources`: the identifiers of the silent
//! sources joined by spaces, `null` where there are none. Under a plan with vintages a column
//! `intervalOf` comes after these: what the interval covers, `COUNTED` so far or the `FINAL` count,
//! `null` in a dataflow without vintages.

use std::fmt::Write;

use tidegauge_model::Dataflow;

use super::message::{MessageHeader, confidentiality};
use crate::answer::answer::{Series, figures};
use crate::estimate::decimal::FigureText;
use crate::query::series::leading;
use crate::structure::concept::PlanFeatures;

/// The text before the first series.
pub(crate) fn opening(dataflow: &Dataflow, as_of: u64, header: &MessageHeader) -> String {
    let PlanFeatures { has_embargo, has_sources, has_vintages } = header.features;
    let mut last = if has_embargo { String::from(",\"confidentiality\"") } else { String::new() };
    if has_sources {
        last.push_str(",\"silentSources\"");
    }
    if has_vintages {
        last.push_str(",\"intervalOf\"");
    }
    let mut dimensions = leading(dataflow);
    dimensions.extend(dataflow.structure.dimensions().iter().map(|dimension| &*dimension.id));
    format!(
        "{{\"dataflow\":{},\"asOf\":{as_of},\"unitMeasure\":\"{}\",\"decimals\":{},\
         \"dimensions\":{},\"columns\":[\"period\",\"value\",\"margin\",\"low\",\"high\",\
         \"status\",\"vintage\"{last}],\"series\":[",
        quoted(&dataflow.id),
        dataflow.unit.unit_measure(),
        header.decimals.count(),
        list(&dimensions),
    )
}

/// One series; a comma precedes each except the first.
pub(crate) fn series(header: &MessageHeader, series: &Series, first: bool) -> String {
    let PlanFeatures { has_embargo, has_sources, has_vintages } = header.features;
    let mut text = String::with_capacity(series.observations.len() * 70 + 80);
    let comma = if first { "" } else { "," };
    // Writing to a string cannot fail, here and below.
    let _ = write!(text, "{comma}\n{{\"key\":{},\"observations\":[", list(&series.key));
    for (n, observation) in series.observations.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        let (period, status) = (observation.period.sdmx(), observation.status.code());
        let _ = write!(text, "{comma}[\"{period}\"");
        let figure = |milli| FigureText(milli, header.decimals);
        let _ = match figures(observation).map(|published| published.map(figure)) {
            Some([value, margin, low, high]) => {
                write!(text, ",{value},{margin},{low},{high},\"{status}\",{}", observation.vintage)
            }
            None => write!(text, ",null,null,null,null,\"{status}\",null"),
        };
        if has_embargo {
            let _ = write!(text, ",\"{}\"", confidentiality(observation));
        }
        if has_sources {
            let _ = match header.silent(observation.silent) {
                Some(silent) => write!(text, ",\"{silent}\""),
                None => write!(text, ",null"),
            };
        }
        if has_vintages {
            let _ = match observation.interval_of {
                Some(of) => write!(text, ",\"{}\"", of.code()),
                None => write!(text, ",null"),
            };
        }
        text.push(']');
    }
    text.push_str("]}");
    text
}

/// The text after the last series.
pub(crate) const CLOSING: &str = "]}\n";

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(texts: &[&str]) -> String {
    serde_json::Value::from(texts.to_vec()).to_string()
}
