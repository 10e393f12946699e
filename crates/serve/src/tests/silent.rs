//! The sources that were silent in what a figure rests on: in every format, in what is derived, in
//! descriptions and in metrics.
//!
//! Not here: when a step is released without a source (crates `model` and `collect`).

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use arrow_array::cast::AsArray;
use serde_json::Value;
use tempfile::TempDir;

use super::{Reply, get, read, read_at};
use testkit::plans::{STAYS, with_sources};
use testkit::publisher::{self, Publisher};
use tidegauge_figures::Reader;

const SOURCES: [(&str, &str); 2] = [("LAND", "Land border police"), ("SEA", "Harbour \"office\"")];

/// The sample plan with late counts after two and five steps, and with two sources.
fn plan() -> String {
    with_sources(&super::history::plan(), &SOURCES)
}

/// A store over two windows. A later vintage that is not named lacks no source.
fn store() -> &'static (TempDir, Arc<Reader>) {
    static STORE: OnceLock<(TempDir, Arc<Reader>)> = OnceLock::new();
    STORE.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let mut writer = Publisher::create(directory.path(), &plan());
        writer.silence("2023-11-16", 0, &["LAND"]);
        writer.silence("2023-11-20", 0, &["LAND", "SEA"]);
        writer.silence("2023-11-20", 1, &["SEA"]);
        writer.silence("2023-12-31", 0, &["LAND"]);
        writer.silence("2024-01-08", 0, &["LAND"]);
        writer.silence("2024-01-09", 0, &["SEA"]);
        writer.release_until("2024-01-09");
        let reader = read(directory.path());
        assert_eq!(reader.fault(), None);
        (directory, reader)
    })
}

fn sound(reader: &Arc<Reader>, path: &str) -> Reply {
    let reply = read_at(reader, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

/// Period and silent sources of each observation with any.
type Silent = BTreeSet<(String, String)>;

fn silent(pairs: &[(&str, &str)]) -> Silent {
    pairs.iter().map(|(period, ids)| ((*period).to_owned(), (*ids).to_owned())).collect()
}

/// Of lines in CSV, whose last column it must be.
fn of_csv(text: &str) -> Silent {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    assert_eq!(columns.last(), Some(&"SILENT_SOURCES"), "{text}");
    let place = columns.iter().position(|name| ["TIME_PERIOD", "COHORT"].contains(name)).unwrap();
    let pair = |fields: Vec<&str>| {
        assert_eq!(fields.len(), columns.len());
        (fields[place].to_owned(), fields.last().unwrap().to_string())
    };
    lines.map(pair).filter(|(_, silent)| !silent.is_empty()).collect()
}

fn csv_at(path: &str) -> Silent {
    of_csv(&sound(&store().1, path).text)
}

#[test]
fn a_figure_names_the_sources_of_the_steps_it_rests_on() {
    let of_days = silent(&[
        ("2023-11-16", "LAND"),
        ("2023-11-20", "LAND SEA"),
        ("2023-12-31", "LAND"),
        ("2024-01-08", "LAND"),
        ("2024-01-09", "SEA"),
    ]);
    assert_eq!(csv_at("/v1/data/CROSSINGS/D.XX.FLOW.AIR.ENTRY?format=csv"), of_days);
    // Longer periods and sums of cells have those of all their steps; none is a later month.
    let months = csv_at("/v1/data/CROSSINGS/M.XX.FLOW._T._T?format=csv");
    assert_eq!(months, silent(&[("2023-12", "LAND")]));
    let weeks = csv_at("/v1/data/CROSSINGS/W.XX.FLOW.AIR.?format=csv");
    assert_eq!(weeks, silent(&[("2023-W47", "LAND SEA"), ("2023-W52", "LAND")]));
    // A level lacks what was silent at its own step only: by then the rest had arrived.
    let levels = csv_at("/v1/data/PRESENT/D+W+M.XX.STOCK.?format=csv");
    let mut expected = of_days.clone();
    expected.extend(silent(&[("2023-12", "LAND"), ("2023-W52", "LAND")]));
    assert_eq!(levels, expected);
}

#[test]
fn a_later_vintage_takes_the_place_of_the_list() {
    let path = "/v1/data/LATE/D.XX.FLOW.AIR?format=csv";
    // The last two steps have no later vintage yet.
    assert_eq!(csv_at(path), silent(&[("2024-01-08", "LAND"), ("2024-01-09", "SEA")]));
    let silent_at = |size: u64| {
        let reply = read_at(&store().1, &format!("{path}&asOf={size}&startPeriod=2023-11-20"));
        let is_known = reply.status == 200;
        is_known.then(|| of_csv(&reply.text).into_iter().next().map(|(_, silent)| silent))
    };
    let sizes = 1..=store().1.catalogue().unwrap().size();
    let mut states: Vec<Option<String>> = sizes.filter_map(silent_at).collect();
    states.dedup();
    let words = |text: &str| Some(text.to_owned());
    let expected = [words("LAND SEA"), words("SEA"), None, words("LAND")];
    assert_eq!(states[..4], expected);
    // The history has every state, and ends with the newest.
    let history = sound(&store().1, &format!("{path}&includeHistory=true")).text;
    let of_day = history.lines().filter(|line| line.contains(",2023-11-20,"));
    let of_day: Vec<&str> = of_day.map(|line| line.rsplit(',').next().unwrap()).collect();
    assert_eq!(of_day, ["LAND SEA", "SEA", ""]);
    let revisions = csv_at("/v1/revisions/LATE/D.XX.FLOW.AIR?format=csv");
    let means = ("2023-11-15/2024-01-07".to_owned(), "SEA".to_owned());
    assert!(revisions.contains(&means), "{revisions:?}");
    assert_eq!(revisions.len(), 2);
}

/// Of the pieces of an XML message.
fn of_xml(text: &str, period: &str, silent: &str) -> Silent {
    let value = |piece: &str, name: &str| {
        let (_, rest) = piece.split_once(name)?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let pieces = text.split("Obs ").chain(text.split("<generic:Obs>")).skip(1);
    let pair = |piece: &str| Some((value(piece, period)?, value(piece, silent)?));
    // A piece ends with its observation.
    let own = |piece: &'_ str| pair(piece.split("/>\n<").next()?.split("</generic:Obs>").next()?);
    pieces.filter_map(own).collect()
}

fn of_sdmx_json(json: &Value) -> Silent {
    let structure = &json["data"]["structures"][0];
    let periods = &structure["dimensions"]["observation"][0]["values"];
    let last = structure["attributes"]["observation"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["id"], &last["isMandatory"]), (&"SILENT_SOURCES".into(), &false.into()));
    let series = json["data"]["dataSets"][0]["series"].as_object().unwrap().values();
    let observations = series.flat_map(|series| series["observations"].as_object().unwrap());
    let pair = |(place, observation): (&String, &Value)| {
        let period = &periods[place.parse::<usize>().unwrap()]["id"];
        let silent = observation.as_array().unwrap().last()?.as_str()?;
        Some((period.as_str().unwrap().to_owned(), silent.to_owned()))
    };
    observations.filter_map(pair).collect()
}

fn of_jsonstat(json: &Value) -> Silent {
    let silent = &json["extension"]["silentSources"];
    assert_eq!(silent["label"]["SEA"], SOURCES[1].1);
    let measures = json["size"].as_array().unwrap().last().unwrap().as_u64().unwrap() as usize;
    let periods = json["dimension"]["TIME_PERIOD"]["category"]["index"].as_array().unwrap();
    let pair = |(place, silent): (&String, &Value)| {
        let place: usize = place.parse().unwrap();
        let period = &periods[place / measures % periods.len()];
        (period.as_str().unwrap().to_owned(), silent.as_str().unwrap().to_owned())
    };
    silent["value"].as_object().unwrap().iter().map(pair).collect()
}

fn of_parquet(path: &str) -> Silent {
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder as Opened;

    let (directory, _) = store();
    let (key, parameters) = path.split_once('?').unwrap();
    let parameters = tidegauge_figures::parse_parameters(Some(parameters)).unwrap();
    let format = tidegauge_figures::Format::Parquet;
    let (dataflow, key) = key.split_once('/').unwrap();
    let pieces =
        tidegauge_figures::export(directory.path(), dataflow, key, &parameters, format).unwrap();
    let file: Vec<u8> = pieces.flat_map(Result::unwrap).collect();
    let path = directory.path().join("silent.parquet");
    std::fs::write(&path, file).unwrap();
    let opened = Opened::try_new(std::fs::File::open(path).unwrap()).unwrap();
    let mut found = Silent::new();
    for rows in opened.build().unwrap().map(Result::unwrap) {
        let text = |name: &str| rows.column_by_name(name).unwrap().as_string::<i32>().clone();
        let (periods, silent) = (text("TIME_PERIOD"), text("SILENT_SOURCES"));
        let pairs = periods.iter().zip(silent.iter());
        let pair = |(period, silent): (Option<&str>, Option<&str>)| {
            Some((period?.to_owned(), silent?.to_owned()))
        };
        found.extend(pairs.filter_map(pair));
    }
    found
}

#[test]
fn every_format_names_the_same_sources() {
    let path = "CROSSINGS/D+W.XX.FLOW.AIR+SEA.?startPeriod=2023-11";
    let in_format = |format: &str| sound(&store().1, &format!("/v1/data/{path}&format={format}"));
    let expected = of_csv(&in_format("csv").text);
    assert!(expected.len() == 7, "{expected:?}");
    assert_eq!(of_csv(&in_format("sdmx-csv-1").text), expected);
    let json = in_format("json").json();
    assert_eq!(json["columns"].as_array().unwrap().last().unwrap(), "silentSources");
    let rows = json["series"].as_array().unwrap().iter();
    let rows = rows.flat_map(|series| series["observations"].as_array().unwrap());
    let pair = |row: &Value| {
        let silent = row.as_array().unwrap().last()?.as_str()?;
        Some((row[0].as_str().unwrap().to_owned(), silent.to_owned()))
    };
    assert_eq!(rows.filter_map(pair).collect::<Silent>(), expected);
    assert_eq!(of_jsonstat(&in_format("jsonstat").json()), expected);
    assert_eq!(of_sdmx_json(&in_format("sdmx-json").json()), expected);
    let specific = in_format("sdmx-ml").text;
    assert_eq!(of_xml(&specific, "TIME_PERIOD=\"", "SILENT_SOURCES=\""), expected);
    let generic = in_format("sdmx-ml-generic").text;
    let value = "id=\"SILENT_SOURCES\" value=\"";
    assert_eq!(of_xml(&generic, "<generic:ObsDimension value=\"", value), expected);
    assert_eq!(of_parquet(path), expected);
    for root in ["2.1/data/CROSSINGS/D.XX.FLOW.AIR.ENTRY", "3.0/data/dataflow/TG/CROSSINGS"] {
        let reply = sound(&store().1, &format!("/sdmx/{root}?format=sdmx-json"));
        assert!(reply.text.contains("\"LAND SEA\""), "{root}");
    }
}

/// Only the months of a cohort's life, and both sides of a rate.
#[test]
fn what_is_derived_names_the_sources_of_its_figures() {
    let rate = "\n[[rate]]\nid = \"LAPSE_RATE\"\nname = \"x\"\ndescription = \"x\"\n\
        by = [\"CITIZENSHIP\"]\n\
        numerator = { dataflow = \"TRANSITIONS\", codes = { TRANSITION = [\"LAPSE\"] } }\n\
        denominator = { dataflow = \"TRANSITIONS\" }\n";
    let plan = with_sources(&(STAYS.to_owned() + rate), &SOURCES);
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), &plan);
    writer.silence("2024-01-20", 0, &["SEA"]);
    writer.silence("2024-03-05", 0, &["LAND"]);
    writer.release_until("2024-04-30");
    let reader = read(directory.path());
    let at = |path: &str| of_csv(&sound(&reader, &format!("/v1/derived/{path}?format=csv")).text);
    let months = silent(&[("2024-01", "SEA"), ("2024-03", "LAND")]);
    assert_eq!(at("LENGTHS/M....."), months);
    assert_eq!(at("TRANSITIONS/M...."), months);
    assert_eq!(at("LAPSE_RATE/M..."), months);
    // A stock by age is the sum of all months so far, a young one of the last months.
    let stock = at("COHORTS.WAITING/M...");
    let whole = [("2024-01", "SEA"), ("2024-02", "SEA"), ("2024-03", "LAND SEA")];
    assert!(silent(&whole).is_subset(&stock), "{stock:?}");
    assert!(silent(&[("2024-04", "LAND"), ("2024-04", "LAND SEA")]).is_subset(&stock), "{stock:?}");
    let cohorts = at("COHORTS/M.....");
    let expected = [("2024-01", "SEA"), ("2024-02", "LAND"), ("2024-03", "LAND")];
    assert!(silent(&expected).is_subset(&cohorts), "{cohorts:?}");
    assert!(!cohorts.iter().any(|(cohort, _)| cohort == "2024-04"), "{cohorts:?}");
}

#[test]
fn structures_describe_the_attribute() {
    let text = |path: &str| sound(&store().1, path).text;
    let structure: Value = sound(&store().1, "/v1/dataflows/CROSSINGS").json();
    let last = structure["attributes"].as_array().unwrap().last().unwrap().clone();
    let expected = serde_json::json!({"id": "SILENT_SOURCES", "attachment": "observation",
        "codeList": null, "codes": [], "dataType": "String", "name": last["name"]});
    assert_eq!(last, expected);
    let xml = text("/sdmx/2.1/datastructure/TG/DSD_CROSSINGS");
    let attribute = "<structure:Attribute id=\"SILENT_SOURCES\" assignmentStatus=\"Conditional\">";
    assert_eq!(xml.matches(attribute).count(), 1, "{xml}");
    let json: Value =
        sound(&store().1, "/sdmx/3.0/structure/datastructure/TG/DSD_CROSSINGS").json();
    let components = &json["data"]["dataStructures"][0]["dataStructureComponents"];
    let last = components["attributeList"]["attributes"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["id"], &last["usage"]), (&"SILENT_SOURCES".into(), &"optional".into()));
    // A figure is never missing because of sources.
    assert_eq!(components["measureList"]["measures"][0]["usage"], "mandatory");
}

#[test]
fn descriptions_name_the_sources() {
    let intake = sound(&store().1, "/v1/dataflows").json()["intake"].clone();
    assert_eq!(intake["longestWaitMinutes"], 60);
    assert_eq!(intake["pseudonymKey"], "5f1c0b7a9d3e2468");
    let key = format!("A{}=", "A".repeat(42));
    let land = serde_json::json!({"id": "LAND", "name": "Land border police",
        "from": "2023-11-15", "completeEvery": "day", "completeWithinMinutes": 30,
        "keys": [{"id": "k", "public": key}]});
    assert_eq!((&intake["sources"][0], intake["sources"].as_array().unwrap().len()), (&land, 2));
    let structure = sound(&store().1, "/v1/dataflows/LATE").json();
    let expected = serde_json::json!([{"step": "2024-01-09", "sources": ["SEA"]},
        {"step": "2024-01-08", "sources": ["LAND"]}]);
    assert_eq!(structure["silent"], expected);
    let structure = sound(&store().1, "/v1/dataflows/PRESENT").json();
    assert_eq!(structure["silent"].as_array().unwrap().len(), 5);
}

#[test]
fn an_amendment_names_its_sources() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), &plan());
    writer.silence("2023-11-16", 0, &["SEA"]);
    writer.silence("2023-11-18", 0, &["AIR"]);
    writer.release_until("2023-11-17");
    let reader = read(directory.path());
    let path = "/v1/data/CROSSINGS/D....?format=csv";
    let before = sound(&reader, path).text;
    let size = writer.size();
    let key = format!("Z{}=", "A".repeat(42));
    writer.amend(&format!(
        "from = \"2023-11-18\"\nnote = \"Airlines deliver\"\n[[source]]\nid = \"AIR\"\n\
         name = \"Airlines\"\nfrom = \"2023-11-18\"\ncomplete_every = \"day\"\n\
         complete_within_minutes = 30\n[[source.key]]\nid = \"k\"\npublic = \"{key}\"\n"
    ));
    writer.release_until("2023-11-19");
    reader.refresh();
    assert_eq!(reader.fault(), None);
    let list = sound(&reader, "/v1/dataflows").json();
    let added = &list["amendments"][0]["sources"][0];
    assert_eq!((&added["id"], &added["keys"][0]["public"]), (&"AIR".into(), &key.into()));
    assert_eq!(list["intake"]["sources"].as_array().unwrap().len(), 3);
    let expected = silent(&[("2023-11-16", "SEA"), ("2023-11-18", "AIR")]);
    assert_eq!(of_csv(&sound(&reader, path).text), expected);
    assert_eq!(sound(&reader, &format!("{path}&asOf={size}")).text, before);
}

#[test]
fn metrics_name_the_sources_that_are_silent() {
    let metrics = sound(&store().1, "/metrics").text;
    for line in [
        "tidegauge_source_silent{source=\"LAND\"} 0",
        "tidegauge_source_silent{source=\"SEA\"} 1",
        "tidegauge_source_silent_steps{source=\"LAND\"} 4",
        "tidegauge_source_silent_steps{source=\"SEA\"} 2",
    ] {
        assert!(metrics.lines().any(|known| known == line), "{line}\n{metrics}");
    }
}

/// A step of a plan with sources is overdue only after its longest wait.
#[test]
fn a_step_that_waits_for_its_sources_is_not_overdue() {
    use crate::calendar::{GRACE_SECONDS, calendar};

    let catalogue = store().1.catalogue().unwrap();
    let due = catalogue.plan.due(tidegauge_model::Period::parse("2024-01-10").unwrap());
    let after = |seconds: i64| {
        let now = due + jiff::SignedDuration::from_secs(seconds + GRACE_SECONDS);
        calendar(&catalogue, 0, Some(now)).overdue.map(|overdue| overdue.steps)
    };
    assert_eq!([after(0), after(3599), after(3600)], [None, None, Some(1)]);
}

#[test]
fn a_plan_without_sources_names_none() {
    let texts = [
        "/v1/dataflows",
        "/v1/dataflows/CROSSINGS",
        "/v1/data/CROSSINGS/all",
        "/v1/data/CROSSINGS/all?format=csv",
        "/v1/data/CROSSINGS/all?format=jsonstat",
        "/v1/data/CROSSINGS/all?format=sdmx-json",
        "/v1/data/CROSSINGS/all?format=sdmx-ml",
        "/sdmx/2.1/datastructure/TG/DSD_CROSSINGS",
        "/metrics",
    ];
    for path in texts {
        let text = get(path).text.to_lowercase();
        assert!(text.len() > 1000 && !text.contains("silent"), "{path}");
        assert!(!text.contains("\"intake\""), "{path}");
    }
    assert_eq!(publisher::plan().sources, []);
}
