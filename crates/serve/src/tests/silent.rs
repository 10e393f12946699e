//! What an observation says of its own limits in every format: the sources that were silent in what
//! it rests on (also in what is derived, in descriptions and in metrics), and what its interval
//! covers.
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
use tidegauge_figures::{Format, Reader};

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

/// Period and an attribute, such as the silent sources, of each observation that has it.
type Silent = BTreeSet<(String, String)>;

fn silent(pairs: &[(&str, &str)]) -> Silent {
    pairs.iter().map(|(period, ids)| ((*period).to_owned(), (*ids).to_owned())).collect()
}

const SILENT: &str = "SILENT_SOURCES";
const INTERVAL_OF: &str = "INTERVAL_OF";

fn of_csv(text: &str) -> Silent {
    of_column(text, SILENT)
}

/// Of lines in CSV, among whose last columns it must be.
fn of_column(text: &str, attribute: &str) -> Silent {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    let own = columns.iter().rposition(|name| *name == attribute).expect(attribute);
    assert!(own + 2 >= columns.len(), "{text}");
    let place = columns.iter().position(|name| ["TIME_PERIOD", "COHORT"].contains(name)).unwrap();
    let pair = |fields: Vec<&str>| {
        assert_eq!(fields.len(), columns.len());
        (fields[place].to_owned(), fields[own].to_owned())
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
    let of_day: Vec<String> = of_day.map(|line| line.rsplit(',').take(2).collect()).collect();
    assert_eq!(of_day, ["COUNTEDLAND SEA", "COUNTEDSEA", "FINAL"]);
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

fn of_sdmx_json(json: &Value, attribute: &str) -> Silent {
    let structure = &json["data"]["structures"][0];
    let periods = &structure["dimensions"]["observation"][0]["values"];
    let attributes = structure["attributes"]["observation"].as_array().unwrap();
    let own = attributes.iter().position(|one| one["id"] == attribute).expect(attribute);
    assert_eq!(attributes[own]["isMandatory"], false);
    let codes = &attributes[own]["values"];
    let series = json["data"]["dataSets"][0]["series"].as_object().unwrap().values();
    let observations = series.flat_map(|series| series["observations"].as_object().unwrap());
    let pair = |(place, observation): (&String, &Value)| {
        let period = &periods[place.parse::<usize>().unwrap()]["id"];
        let value = &observation[own + 1];
        let code = value.as_u64().map(|code| &codes[code as usize]["id"]);
        Some((period.as_str().unwrap().to_owned(), code.unwrap_or(value).as_str()?.to_owned()))
    };
    observations.filter_map(pair).collect()
}

fn of_json(json: &Value, column: &str) -> Silent {
    let columns = json["columns"].as_array().unwrap();
    let own = columns.iter().position(|name| name == column).expect(column);
    let rows = json["series"].as_array().unwrap().iter();
    let rows = rows.flat_map(|series| series["observations"].as_array().unwrap());
    let pair =
        |row: &Value| Some((row[0].as_str().unwrap().to_owned(), row[own].as_str()?.to_owned()));
    rows.filter_map(pair).collect()
}

fn of_jsonstat(json: &Value, member: &str) -> Silent {
    let own = &json["extension"][member];
    let measures = json["size"].as_array().unwrap().last().unwrap().as_u64().unwrap() as usize;
    let periods = json["dimension"]["TIME_PERIOD"]["category"]["index"].as_array().unwrap();
    let pair = |(place, value): (&String, &Value)| {
        let place: usize = place.parse().unwrap();
        let period = &periods[place / measures % periods.len()];
        let text = value.as_str().unwrap();
        // Each has a name for people.
        assert!(text.split(' ').all(|id| own["label"][id].is_string()), "{own}");
        (period.as_str().unwrap().to_owned(), text.to_owned())
    };
    own["value"].as_object().unwrap().iter().map(pair).collect()
}

fn of_parquet(file: Vec<u8>, attribute: &str) -> Silent {
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder as Opened;

    let opened = Opened::try_new(axum::body::Bytes::from(file)).unwrap();
    let mut found = Silent::new();
    for rows in opened.build().unwrap().map(Result::unwrap) {
        let text = |name: &str| rows.column_by_name(name).unwrap().as_string::<i32>().clone();
        let (periods, values) = (text("TIME_PERIOD"), text(attribute));
        let pairs = periods.iter().zip(values.iter());
        let pair = |(period, value): (Option<&str>, Option<&str>)| {
            Some((period?.to_owned(), value?.to_owned()))
        };
        found.extend(pairs.filter_map(pair));
    }
    found
}

fn of_spreadsheet(file: Vec<u8>, attribute: &str) -> Silent {
    use calamine::{Reader as _, Xlsx};

    let mut book = Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let sheet = book.worksheet_range("Figures").unwrap();
    let mut rows = sheet.rows();
    let head = rows.next().unwrap();
    let place = |id: &str| head.iter().position(|cell| *cell == *id).expect(id);
    let (period, own, name) =
        (place("TIME_PERIOD"), place(attribute), place(&format!("{attribute}_NAME")));
    let pair = |row: &[calamine::Data]| {
        let texts = [period, own, name].map(|place| row[place].to_string());
        let [period, own, name] = texts;
        assert_eq!(own.is_empty(), name.is_empty(), "each has a name for people");
        (!own.is_empty()).then_some((period, own))
    };
    rows.filter_map(pair).collect()
}

/// An attribute of the observations at an address, read from a format.
fn of_format(format: Format, path: &str, attribute: &str) -> Silent {
    let in_camel_case = if attribute == SILENT { "silentSources" } else { "intervalOf" };
    let reply = || sound(&store().1, &format!("/v1/data/{path}&format={}", format.name()));
    let file = || {
        let (key, parameters) = path.split_once('?').unwrap();
        let parameters = tidegauge_figures::parse_parameters(Some(parameters)).unwrap();
        let (dataflow, key) = key.split_once('/').unwrap();
        let public = store().0.path();
        let pieces = tidegauge_figures::export(public, dataflow, key, &parameters, format).unwrap();
        pieces.flat_map(Result::unwrap).collect()
    };
    match format {
        Format::SdmxCsv2 | Format::SdmxCsv1 => of_column(&reply().text, attribute),
        Format::Json => of_json(&reply().json(), in_camel_case),
        Format::JsonStat => of_jsonstat(&reply().json(), in_camel_case),
        Format::Parquet => of_parquet(file(), attribute),
        Format::Xlsx => of_spreadsheet(file(), attribute),
        Format::SdmxJson20 => of_sdmx_json(&reply().json(), attribute),
        Format::SdmxMl21Specific => {
            of_xml(&reply().text, "TIME_PERIOD=\"", &format!("{attribute}=\""))
        }
        Format::SdmxMl21Generic => {
            let value = format!("id=\"{attribute}\" value=\"");
            of_xml(&reply().text, "<generic:ObsDimension value=\"", &value)
        }
    }
}

#[test]
fn every_format_names_the_same_sources() {
    let path = "CROSSINGS/D+W.XX.FLOW.AIR+SEA.?startPeriod=2023-11";
    let expected = of_format(Format::SdmxCsv2, path, SILENT);
    assert!(expected.len() == 7, "{expected:?}");
    for format in Format::ALL {
        assert_eq!(of_format(format, path, SILENT), expected, "{format:?}");
    }
    for root in ["2.1/data/CROSSINGS/D.XX.FLOW.AIR.ENTRY", "3.0/data/dataflow/TG/CROSSINGS"] {
        let reply = sound(&store().1, &format!("/sdmx/{root}?format=sdmx-json"));
        assert!(reply.text.contains("\"LAND SEA\""), "{root}");
    }
}

/// A figure has an interval, and with it what it covers, also where a source was silent.
#[test]
fn every_format_says_what_an_interval_covers() {
    let path = "LATE/D+W.XX.FLOW.AIR+SEA?startPeriod=2024-01";
    let days = (1..=9).map(|day| format!("2024-01-0{day}"));
    // The last vintage comes five days later; the last step is that of 9 January.
    let due = |period: &str| period >= "2024-01-05" && !period.contains('W');
    let word = |period: String| {
        let of = if due(&period) { "COUNTED" } else { "FINAL" };
        (period, of.to_owned())
    };
    let mut expected: Silent = days.map(word).collect();
    expected.insert(("2024-W01".to_owned(), "COUNTED".to_owned()));
    for format in Format::ALL {
        assert_eq!(of_format(format, path, INTERVAL_OF), expected, "{format:?}");
        let silent = silent(&[("2024-01-08", "LAND"), ("2024-01-09", "SEA")]);
        assert_eq!(of_format(format, path, SILENT), silent, "{format:?}");
        // A dataflow without vintages counts nothing later.
        let other = "CROSSINGS/D.XX.FLOW.AIR.ENTRY?startPeriod=2024-01";
        assert_eq!(of_format(format, other, INTERVAL_OF), Silent::new(), "{format:?}");
    }
    // A stock has all that has arrived; as of an earlier size the word is that of then.
    let first = sound(&store().1, "/v1/data/LATE/D.XX.FLOW.AIR?format=json&startPeriod=2024-01-02");
    let vintage = first.json()["series"][0]["observations"][0][6].as_u64().unwrap();
    let then = format!("LATE/D.XX.FLOW.AIR?startPeriod=2024-01-02&asOf={vintage}");
    let then = of_format(Format::Json, &then, INTERVAL_OF);
    assert!(then.contains(&("2024-01-02".to_owned(), "COUNTED".to_owned())), "{then:?}");
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
    let of = |id: &str| {
        let attributes = structure["attributes"].as_array().unwrap();
        attributes.iter().find(|one| one["id"] == id).unwrap().clone()
    };
    let last = of("SILENT_SOURCES");
    let expected = serde_json::json!({"id": "SILENT_SOURCES", "attachment": "observation",
        "codeList": null, "codes": [], "dataType": "String", "name": last["name"]});
    assert_eq!(last, expected);
    let codes = of("INTERVAL_OF")["codes"].as_array().unwrap().clone();
    assert_eq!(codes.iter().map(|code| &code["id"]).collect::<Vec<_>>(), ["COUNTED", "FINAL"]);
    let xml = text("/sdmx/2.1/datastructure/TG/DSD_CROSSINGS");
    for id in [SILENT, INTERVAL_OF] {
        let attribute =
            format!("<structure:Attribute id=\"{id}\" assignmentStatus=\"Conditional\">");
        assert_eq!(xml.matches(&attribute).count(), 1, "{xml}");
    }
    assert_eq!(xml.matches("<structure:Code id=\"COUNTED\"").count(), 0, "lists are apart");
    let lists = text("/sdmx/2.1/codelist/TG/CL_INTERVAL_OF");
    assert_eq!(lists.matches("<structure:Code id=\"COUNTED\"").count(), 1, "{lists}");
    let json: Value =
        sound(&store().1, "/sdmx/3.0/structure/datastructure/TG/DSD_CROSSINGS").json();
    let components = &json["data"]["dataStructures"][0]["dataStructureComponents"];
    let attributes = components["attributeList"]["attributes"].as_array().unwrap();
    for (id, own) in [SILENT, INTERVAL_OF].iter().zip(&attributes[attributes.len() - 2..]) {
        assert_eq!((&own["id"], &own["usage"]), (&(*id).into(), &"optional".into()));
    }
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
