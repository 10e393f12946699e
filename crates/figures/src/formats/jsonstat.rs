//! JSON-stat 2.0: one table over all dimensions, time and the measures of each figure.
//!
//! Not here: figures ([`crate::answer`]).
//!
//! The last dimension, `MEASURE`, has the value, its margin and the ends of its interval, so that
//! no figure is without them. Values and statuses are identified by their position in the
//! table. If every vintage is requested, the dimension `VINTAGE` before it lists the ledger entries
//! that published a figure, each labelled with its time; a figure has values where an entry changed
//! it. An observation under embargo has no value, and the status `Q,E`: suppressed, embargoed.
//! Under a plan with sources or vintages the extension comes last. With sources it has
//! `silentSources`: `label` names each source, `value` has the silent ones by the position of the
//! figure; with vintages `intervalOf`, of the same form: what the interval of a figure covers.
//!
//! Invariants:
//! 1. Figures are JSON numbers, character for character those of every other format
//!    (`serve::tests::formats::every_format_has_the_same_observations`).
//!
//! Format (`tests/golden/crossings.jsonstat.json`): `{"version":"2.0","class":"dataset",...,
//! "id":["FREQ",...,"TIME_PERIOD","MEASURE"],"size":[1,...],"value":{"0":12,"1":4,...},
//! "status":{"0":"P"}}`.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::message::MessageHeader;
use crate::answer::answer::{Series, figures};
use crate::error::Error;
use crate::estimate::decimal::FigureText;
use crate::structure::concept::INTERVAL_OF;

/// The measures of each figure: the codes of `MEASURE` with their labels.
const MEASURES: [(&str, &str); 4] = [
    ("OBS_VALUE", "Value"),
    ("MARGIN", "Half the width of the 95 % interval"),
    ("CI_LOW", "Lower end of the 95 % interval"),
    ("CI_HIGH", "Upper end of the 95 % interval"),
];

/// The status of an observation under embargo: observation status, then confidentiality status.
const EMBARGOED: &str = "Q,E";

/// The statuses, the silent sources and what intervals cover, of the series so far, as members of
/// objects.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    statuses: String,
    silent: String,
    interval_of: String,
    /// The extension, if it comes last.
    extension: String,
}

impl Notes {
    /// Those of an answer of which nothing is written yet.
    pub(crate) fn new(header: &MessageHeader) -> Self {
        let extension = has_notes(header).then(|| extension(header).to_string());
        Self { extension: extension.unwrap_or_default(), ..Self::default() }
    }

    fn add(notes: &mut String, place: usize, text: &str) {
        let comma = if notes.is_empty() { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(notes, "{comma}\"{place}\":\"{text}\"");
    }
}

/// Whether the extension has members by the position of a figure.
fn has_notes(header: &MessageHeader) -> bool {
    header.features.has_sources || header.features.has_vintages
}

/// The text before the first value.
pub(crate) fn opening(header: &MessageHeader) -> String {
    let words = &header.words;
    let mut ids: Vec<&str> = header.dimensions.iter().map(|d| &*d.id).collect();
    let mut size: Vec<usize> = header.dimensions.iter().map(|d| d.codes.len()).collect();
    let mut dimensions = Map::new();
    for dimension in &header.dimensions {
        let codes = dimension.codes.iter().map(|code| (code.id.clone(), code.name.to_string()));
        dimensions.insert(dimension.id.clone(), category(&dimension.name, codes));
    }
    let periods = header.periods.iter().map(|period| (period.sdmx(), period.sdmx()));
    dimensions.insert("TIME_PERIOD".into(), category(&words.text("Time period"), periods));
    ids.push("TIME_PERIOD");
    size.push(header.periods.len());
    if !header.vintages.is_empty() {
        let published =
            header.vintages.iter().map(|(entry, made)| (entry.to_string(), made.clone()));
        dimensions.insert(
            "VINTAGE".into(),
            category(&words.text("Ledger entry of the figure"), published),
        );
        ids.push("VINTAGE");
        size.push(header.vintages.len());
    }
    let measures =
        MEASURES.into_iter().map(|(id, name)| (id.to_owned(), words.text(name).to_string()));
    let mut measure = category(&words.text("Measure"), measures);
    let unit = &header.of_series()[0].1;
    let decimals = header.decimals.count();
    let of_unit = MEASURES.map(|(id, _)| (id, json!({"decimals": decimals, "label": unit})));
    measure["category"]["unit"] = of_unit.into_iter().map(|(id, u)| (id.to_owned(), u)).collect();
    dimensions.insert("MEASURE".into(), measure);
    ids.push("MEASURE");
    size.push(MEASURES.len());
    let mut head = json!({
        "version": "2.0", "class": "dataset", "label": &*header.name,
        "source": header.agency, "updated": header.prepared,
        "role": {"time": ["TIME_PERIOD"], "geo": ["REF_AREA"], "metric": ["MEASURE"]},
        "id": ids, "size": size, "dimension": dimensions,
    });
    if !has_notes(header) {
        head["extension"] = extension(header);
    }
    // The values follow within the object.
    let head = head.to_string();
    format!("{},\"value\":{{", head.strip_suffix('}').unwrap_or(&head))
}

/// What the format has no member of its own for.
fn extension(header: &MessageHeader) -> Value {
    let [(_, rho), (_, ledger)] = header.of_answer();
    let mut extension = json!({"dataflow": header.dataflow, "rho": rho, "ledgerSize": ledger});
    if header.features.has_embargo {
        let label = header.words.text("Missing value; suppressed: embargoed until release");
        extension["status"] = json!({"label": {EMBARGOED: &*label}});
    }
    extension
}

fn category(label: &str, codes: impl Iterator<Item = (String, String)>) -> Value {
    let (mut index, mut labels) = (Vec::new(), Map::new());
    for (id, name) in codes {
        labels.insert(id.clone(), name.into());
        index.push(id);
    }
    json!({"label": label, "category": {"index": index, "label": labels}})
}

/// The values of one series; their statuses and silent sources are added to `notes`.
///
/// Errors: a code or a period that the message does not list.
pub(crate) fn series(
    header: &MessageHeader,
    series: &Series,
    first: bool,
    notes: &mut Notes,
) -> Result<String, Error> {
    let places = header.key_places(&series.key)?;
    let codes = places.iter().zip(&header.dimensions);
    let row = codes.fold(0, |row, (place, dimension)| row * dimension.codes.len() + place);
    let mut text = String::with_capacity(series.observations.len() * 70);
    for (n, observation) in series.observations.iter().enumerate() {
        let mut cell = row * header.periods.len() + header.period_place(observation.period)?;
        if !header.vintages.is_empty() {
            cell = cell * header.vintages.len() + header.vintage_place(observation.vintage)?;
        }
        let place = cell * MEASURES.len();
        for (m, milli) in figures(observation).iter().flatten().enumerate() {
            let comma = if first && n == 0 && m == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let figure = FigureText(*milli, header.decimals);
            let _ = write!(text, "{comma}\"{}\":{figure}", place + m);
        }
        let status = observation.figure().map_or(EMBARGOED, |_| observation.status.code());
        Notes::add(&mut notes.statuses, place, status);
        if let Some(silent) = header.silent(observation.silent) {
            Notes::add(&mut notes.silent, place, &silent);
        }
        if let Some(of) = observation.interval_of {
            Notes::add(&mut notes.interval_of, place, of.code());
        }
    }
    text.push('\n');
    Ok(text)
}

/// The text after the last value.
pub(crate) fn closing(header: &MessageHeader, notes: &Notes) -> String {
    let Notes { statuses, silent, interval_of, extension } = notes;
    if !has_notes(header) {
        return format!("}},\"status\":{{{statuses}}}}}\n");
    }
    let labels = |all: Vec<(String, String)>| {
        Value::from(all.into_iter().map(|(id, name)| (id, name.into())).collect::<Map<_, _>>())
    };
    let member = |name: &str, all, values: &str| {
        format!(",\"{name}\":{{\"label\":{},\"value\":{{{values}}}}}", labels(all))
    };
    // These members follow within the object.
    let mut extension = extension.strip_suffix('}').unwrap_or(extension).to_owned();
    if header.features.has_sources {
        extension += &member("silentSources", header.sources.clone(), silent);
    }
    if header.features.has_vintages {
        extension += &member("intervalOf", header.code_names(INTERVAL_OF), interval_of);
    }
    format!("}},\"status\":{{{statuses}}},\"extension\":{extension}}}}}\n")
}
