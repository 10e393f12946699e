//! An embargo before anything is public, in derived tables, and on a release that an amendment
//! follows.
//!
//! Not here: the formats of embargoed observations, and that no figure is disclosed (module
//! `embargo`).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tidegauge_model::{Period, Plan};

use super::amendments::plan as with_reserved;
use super::embargo::{at, reader};
use super::{Reply, read_at};
use testkit::publisher::{self, Publisher};
use tidegauge_figures::Reader;

const STAYS: &str = include_str!("../../../../testdata/stays.toml");
const TABLES: &str = include_str!("../../../../testdata/tables.toml");

/// Fields of a figure, which are empty under embargo.
const OF_FIGURE: [&str; 5] = ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH", "VINTAGE"];

fn sound(reader: &Arc<Reader>, path: &str) -> Reply {
    let reply = read_at(reader, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

/// Lines of a CSV, each by its columns.
fn lines(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    lines.map(|fields| columns.iter().copied().zip(fields).collect()).collect()
}

/// A directory whose first step was released in the night, and the hour at which it is public.
fn first_night(text: &str) -> (TempDir, Timestamp) {
    let directory = TempDir::new().unwrap();
    let plan = Plan::parse(text).unwrap();
    let first = plan.first_step();
    let mut writer = Publisher::create(directory.path(), text);
    writer.at = plan.due(first).to_string().leak();
    writer.release_until(&first.to_string());
    (directory, plan.embargoed_until(first).unwrap())
}

/// The formats of figures.
const FORMATS: [&str; 9] = [
    "csv",
    "sdmx-csv-1",
    "json",
    "jsonstat",
    "sdmx-json",
    "sdmx-ml",
    "sdmx-ml-generic",
    "parquet",
    "xlsx",
];

#[test]
fn the_first_period_under_embargo_is_listed_like_any_other() {
    let plans = [super::history::plan(), STAYS.to_owned(), TABLES.to_owned()];
    for text in plans.map(|text| publisher::with_embargo(&text, "09:30")) {
        let (directory, hour) = first_night(&text);
        let (night, _) = reader(directory.path(), &(hour - jiff::Span::new().hours(1)).to_string());
        let (after, _) = reader(directory.path(), &hour.to_string());
        let plan = Plan::parse(&text).unwrap();
        let day = plan.first_step().to_string();
        for flow in &plan.dataflows {
            let totals = "._T".repeat(flow.structure.dimensions().len());
            // A table is read at the marginals that are measured at its steps.
            let key = if flow.marginals.is_empty() { "all".into() } else { format!("D..{totals}") };
            let path = |rest: &str| format!("/v1/data/{}/{key}?{rest}", flow.id);
            let embargoed_csv = sound(&night, &path("format=csv")).text;
            let published_csv = sound(&after, &path("format=csv")).text;
            let embargoed = lines(&embargoed_csv);
            // The same series and periods, the same charge, and no part of a figure.
            let mut expected = lines(&published_csv);
            for line in &mut expected {
                assert_ne!(line["OBS_VALUE"], "", "{line:?}");
                line.extend(OF_FIGURE.map(|field| (field, "")));
                line.extend([("OBS_STATUS", "Q"), ("CONF_STATUS", "E")]);
                // No interval, so nothing that it covers.
                line.entry("INTERVAL_OF").and_modify(|of| *of = "");
                line.insert("LEDGER_SIZE", embargoed[0]["LEDGER_SIZE"]);
            }
            assert_eq!(embargoed, expected, "{}", flow.id);
            for format in FORMATS {
                let reply = sound(&night, &path(&format!("format={format}")));
                // The library encodes a column of one value in its own way.
                assert!(
                    ["parquet", "xlsx"].contains(&format) || reply.text.contains(&day),
                    "{format}"
                );
            }
            let stat = sound(&night, &path("format=jsonstat")).json();
            assert_eq!(stat["value"], serde_json::json!({}), "{}", flow.id);
            for root in ["2.1/data", "3.0/data/dataflow/TG"] {
                let text = sound(&night, &format!("/sdmx/{root}/{}?format=csv", flow.id)).text;
                assert!(lines(&text).iter().all(|line| line["CONF_STATUS"] == "E"), "{root}");
            }
            // Requests for a number of figures or a state of the ledger leave embargoed periods
            // out.
            for rest in ["lastNObservations=1", "asOf=2", "includeHistory=true"] {
                assert_eq!(read_at(&night, &path(rest)).status, 404, "{rest}");
            }
            let summary = sound(&night, &format!("/v1/dataflows/{}", flow.id)).json();
            assert_eq!((&summary["last"], &summary["next"]), (&Value::Null, &day.as_str().into()));
            assert_eq!(summary["embargoed"]["until"], hour.to_string());
        }
        assert_availability(&night, &after, &plan);
    }
}

/// Availability lists the series that will have figures, but no period and no observation.
fn assert_availability(night: &Arc<Reader>, after: &Arc<Reader>, plan: &Plan) {
    for flow in &plan.dataflows {
        for root in ["2.1/availableconstraint", "3.0/availability/dataflow/TG"] {
            let path = format!("/sdmx/{root}/{}", flow.id);
            let (embargoed, published) = (sound(night, &path).text, sound(after, &path).text);
            assert!(!embargoed.contains("TIME_PERIOD"), "{path}: {embargoed}");
            assert!(published.contains("TIME_PERIOD"), "{path}: {published}");
            if root.starts_with("2.1") {
                let count = |text: &str, id: &str| -> usize {
                    let after = text.split(&format!("<common:Annotation id=\"{id}\">")).nth(1);
                    let title = after.unwrap().split("<common:AnnotationTitle>").nth(1).unwrap();
                    title.split('<').next().unwrap().parse().unwrap()
                };
                let codes = |text: &str| text.matches("<common:Value>").count();
                assert_eq!(codes(&embargoed), codes(&published), "{path}");
                let series = [&embargoed, &published].map(|text| count(text, "series_count"));
                assert_eq!(series[0], series[1], "{path}");
                let observations = [&embargoed, &published].map(|text| count(text, "obs_count"));
                assert!(observations[0] == 0 && observations[1] > 0, "{path}: {observations:?}");
            }
        }
    }
    let constraints = "/sdmx/2.1/contentconstraint/TG/all";
    let count = |text: &str| text.matches("<structure:ContentConstraint ").count();
    let (embargoed, published) = (sound(night, constraints).text, sound(after, constraints).text);
    assert_eq!([&embargoed, &published].map(|text| count(text)), [plan.dataflows.len(); 2]);
    assert!(!embargoed.contains("TIME_PERIOD") && published.contains("TIME_PERIOD"));
}

#[test]
fn a_client_that_asked_before_sees_the_embargoed_period() {
    let text = publisher::with_embargo(publisher::PLAN, "09:30");
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), &text);
    let (reader, clock) = reader(directory.path(), "2023-11-16T00:00:00Z");
    let path = "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY";
    assert_eq!(read_at(&reader, path).status, 404, "nothing is released");
    writer.at = "2023-11-16T00:05:00Z";
    writer.release_until("2023-11-15");
    let mut etags = vec![read_at(&reader, "/v1/dataflows").headers["etag"].clone()];
    for now in ["2023-11-16T00:06:00Z", "2023-11-16T09:30:00Z"] {
        clock.store(at(now).as_second(), std::sync::atomic::Ordering::SeqCst);
        reader.refresh();
        let expected = if now.contains("09:30") { "F" } else { "E" };
        let json = sound(&reader, path).json();
        assert_eq!(json["series"][0]["observations"][0][7], expected, "{now}");
        etags.push(read_at(&reader, "/v1/dataflows").headers["etag"].clone());
    }
    etags.dedup();
    assert_eq!(etags.len(), 3, "each state has its own ETag");
}

/// The plan of stays with a rate, under embargo.
fn stays() -> String {
    let rate = "\n[[rate]]\nid = \"LAPSE_RATE\"\nname = \"x\"\ndescription = \"x\"\n\
        by = [\"CITIZENSHIP\"]\n\
        numerator = { dataflow = \"TRANSITIONS\", codes = { TRANSITION = [\"LAPSE\"] } }\n\
        denominator = { dataflow = \"TRANSITIONS\" }\n";
    publisher::with_embargo(&(STAYS.to_owned() + rate), "09:30")
}

/// The rows of a derived table by their keys: the fields read off figures, and CONF_STATUS.
type DerivedRows = BTreeMap<String, (String, String)>;

fn rows(text: &str, fields: usize) -> DerivedRows {
    let row = |line: &str| {
        let columns: Vec<&str> = line.split(',').collect();
        let (key, rest) = columns.split_at(columns.len() - 1 - fields);
        (key.join(","), (rest[..fields].join(","), rest[fields].to_owned()))
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn derived_rows_are_embargoed_with_their_figures() {
    let [evening_store, night_store] = [(); 2].map(|()| TempDir::new().unwrap());
    Publisher::create(evening_store.path(), &stays()).release_until("2024-03-30");
    Publisher::create(night_store.path(), &stays()).release_until("2024-03-31");
    let (evening, _) = reader(evening_store.path(), "2024-04-01T00:00:00Z");
    let (night, clock) = reader(night_store.path(), "2024-04-01T07:29:59Z");
    let (after, _) = reader(night_store.path(), "2024-04-01T07:30:00Z");
    // By id, the number of fields in a row that come from figures.
    let tables = [
        ("TRANSITIONS/all", 3),
        ("LAPSE_RATE/all", 4),
        ("LENGTHS/all", 9),
        ("LENGTHS.LONGER/all", 3),
        ("COHORTS/M", 6),
        ("COHORTS.WAITING/M", 5),
    ];
    for (id, fields) in tables {
        let key = id.replace("/M", if id.contains("WAITING") { "/M..." } else { "/M....." });
        let path = format!("/v1/derived/{key}");
        let csv = |reader: &Arc<Reader>| sound(reader, &format!("{path}?format=csv")).text;
        let [rows_before, rows_at_night, rows_after] =
            [&evening, &night, &after].map(|reader| rows(&csv(reader), fields));
        let (embargoed, free): (DerivedRows, DerivedRows) =
            rows_at_night.into_iter().partition(|(_, (_, status))| status == "E");
        assert_eq!(free, rows_before, "{id}: as in the evening");
        assert!(free.values().all(|(_, status)| status == "F") && !free.is_empty(), "{id}");
        let blank = ",".repeat(fields - 1);
        let is_blank = embargoed.values().all(|(fields, _)| *fields == blank);
        assert!(is_blank && !embargoed.is_empty(), "{id}");
        // The hour publishes the embargoed rows, no more and no fewer.
        let fresh: Vec<&String> =
            rows_after.keys().filter(|key| !rows_before.contains_key(*key)).collect();
        assert_eq!(embargoed.keys().collect::<Vec<_>>(), fresh, "{id}");
        assert!(rows_after.values().all(|(_, status)| status == "F"));
        let json = sound(&night, &path).json();
        let columns = json["columns"].as_array().unwrap();
        assert_eq!(columns.last().unwrap(), "CONF_STATUS");
        let is_embargoed = |row: &&Value| row[columns.len() - 1] == "E";
        let json_rows = json["rows"].as_array().unwrap();
        assert_eq!(json_rows.iter().filter(is_embargoed).count(), embargoed.len(), "{id}");
        for row in json_rows.iter().filter(is_embargoed) {
            assert!((1..=fields).all(|n| row[columns.len() - 1 - n].is_null()), "{id}: {row}");
        }
        // Requests for a number of figures or an earlier state have no embargoed rows.
        for rest in ["lastNObservations=1", &format!("asOf={}", size(&night))] {
            let text = sound(&night, &format!("{path}?format=csv&{rest}")).text;
            assert!(rows(&text, fields).values().all(|(_, status)| status == "F"), "{id} {rest}");
        }
    }
    // A plan without an embargo has no such column.
    let plain_store = TempDir::new().unwrap();
    Publisher::create(plain_store.path(), STAYS).release_until("2024-01-01");
    let (plain, _) = reader(plain_store.path(), "2024-04-01T00:00:00Z");
    assert!(!sound(&plain, "/v1/derived/TRANSITIONS/all").text.contains("CONF_STATUS"));
    clock.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    night.refresh();
    let path = "/v1/derived/COHORTS.WAITING/M...?format=csv";
    assert_eq!(sound(&night, path).text, sound(&after, path).text);
}

fn size(reader: &Reader) -> u64 {
    reader.catalogue().unwrap().size()
}

#[test]
fn the_first_derived_rows_are_embargoed_too() {
    let (directory, hour) = first_night(&stays());
    let (night, _) = reader(directory.path(), &(hour - jiff::Span::new().hours(1)).to_string());
    let (after, _) = reader(directory.path(), &hour.to_string());
    for (id, fields) in [("TRANSITIONS", 3), ("LAPSE_RATE", 4), ("LENGTHS", 9)] {
        let [embargoed, published] = [&night, &after]
            .map(|reader| rows(&sound(reader, &format!("/v1/derived/{id}/all.csv")).text, fields));
        let is_embargoed = embargoed.values().all(|(_, status)| status == "E");
        assert!(is_embargoed && !embargoed.is_empty(), "{id}: {embargoed:?}");
        assert!(embargoed.keys().eq(published.keys()), "{id}");
    }
}

/// A point opens and another has a new name, from the day after the embargoed one.
const AMENDMENT: &str = "from = \"2024-02-09\"\nnote = \"The tunnel opens\"\n\
    [[added]]\nlist = \"CL_BORDER_POINT\"\ncode = \"TUNNEL\"\nname = \"Tunnel\"\n\
    [[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"AIR\"\nname = \"Airport and heliport\"\n\
    [[break]]\ndataflow = \"CROSSINGS\"\nnote = \"Gates count\"\n";

/// Addresses whose answers depend on codes or on the plan.
const OF_CODES: [&str; 11] = [
    "/v1/dataflows",
    "/v1/dataflows/CROSSINGS",
    "/v1/data/CROSSINGS/all?endPeriod=2024-02-06",
    "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?includeHistory=true&startPeriod=2024-02-01",
    "/v1/data/PRESENT/all?format=csv&lastNObservations=3",
    "/sdmx/2.1/codelist/TG/CL_BORDER_POINT/latest",
    "/sdmx/2.1/dataflow/TG/CROSSINGS/latest?references=all",
    "/sdmx/2.1/availableconstraint/CROSSINGS",
    "/sdmx/2.1/data/CROSSINGS/D..FLOW.AIR.ENTRY?endPeriod=2024-02-06",
    "/sdmx/3.0/structure/codelist/TG/CL_BORDER_POINT/~",
    "/sdmx/3.0/data/dataflow/TG/CROSSINGS?format=csv&c[TIME_PERIOD]=le:2024-02-06",
];

const WHOLE: &str = "/v1/data/CROSSINGS/all?format=csv";
const TUNNEL: &str = "/v1/data/CROSSINGS/D..FLOW.TUNNEL.ENTRY?format=csv";

/// The answer of an address, without the members about the embargo itself.
fn without_embargo(reader: &Arc<Reader>, path: &str) -> String {
    let text = sound(reader, path).text;
    let Ok(Value::Object(mut answer)) = serde_json::from_str(&text) else { return text };
    answer.remove("embargoed");
    for flow in answer.get_mut("dataflows").and_then(Value::as_array_mut).into_iter().flatten() {
        flow.as_object_mut().unwrap().remove("embargoed");
    }
    Value::Object(answer).to_string()
}

/// The amendment of this entry is in force: its code exists, a structural zero so far, and the old
/// version of the list, with its figures, is still available.
fn assert_in_force(reader: &Arc<Reader>, entry: u64) {
    let structure = sound(reader, "/v1/dataflows/CROSSINGS").json();
    assert_eq!(structure["version"], "1.1.0");
    let points = structure["dimensions"][3]["codes"].as_array().unwrap();
    let ids: Vec<&Value> = points.iter().map(|code| &code["id"]).collect();
    assert_eq!(ids, ["AIR", "SEA", "RAIL", "TUNNEL", "_T"]);
    assert_eq!(sound(reader, "/v1/dataflows").json()["amendments"][0]["entry"], entry);
    let csv = sound(reader, TUNNEL).text;
    let newest = lines(&csv).pop().unwrap();
    let fields = ["TIME_PERIOD", "OBS_VALUE", "MARGIN", "OBS_STATUS"].map(|field| newest[field]);
    assert_eq!(fields, ["2024-02-07", "0", "0", "M"]);
    for version in ["1.0.0", "1.1.0"] {
        let list = sound(reader, &format!("/sdmx/2.1/codelist/TG/CL_BORDER_POINT/{version}"));
        assert_eq!(list.text.contains("Tunnel"), version == "1.1.0", "{version}");
        sound(reader, &format!("/sdmx/2.1/dataflow/TG/CROSSINGS/{version}?references=all"));
        sound(reader, &format!("/sdmx/2.1/data/TG,CROSSINGS,{version}/D..FLOW.AIR.ENTRY"));
    }
}

#[test]
fn an_amendment_behind_an_embargoed_release_is_shown_with_it() {
    let directory = TempDir::new().unwrap();
    let text = publisher::with_embargo(&with_reserved(), "09:30");
    let mut writer = Publisher::create(directory.path(), &text);
    writer.at = "2024-02-07T00:05:00Z";
    writer.release_until("2024-02-06");
    let (reader, clock) = reader(directory.path(), "2024-02-07T20:00:00Z");
    let set_clock = |now: &str| {
        clock.store(at(now).as_second(), std::sync::atomic::Ordering::SeqCst);
        reader.refresh();
        assert_eq!(reader.fault(), None);
    };
    let answers_before: Vec<String> =
        OF_CODES.iter().map(|path| without_embargo(&reader, path)).collect();
    let public = size(&reader);
    let figures = sound(&reader, WHOLE).text;
    writer.at = "2024-02-08T00:05:00Z";
    writer.release_until("2024-02-07");
    writer.amend(AMENDMENT);
    let ledger = writer.size();

    set_clock("2024-02-08T09:29:59Z");
    assert_eq!(size(&reader), public);
    for (path, before) in OF_CODES.iter().zip(&answers_before) {
        assert_eq!(without_embargo(&reader, path), *before, "{path}");
    }
    for path in [
        "/v1/data/CROSSINGS/D..FLOW.TUNNEL.ENTRY",
        "/sdmx/2.1/codelist/TG/CL_BORDER_POINT/1.1.0",
        "/sdmx/2.1/dataflow/TG/CROSSINGS/1.1.0",
        "/sdmx/2.1/data/TG,CROSSINGS,1.1.0/D..FLOW.AIR.ENTRY",
        &format!("/v1/data/CROSSINGS/all?asOf={ledger}"),
    ] {
        assert_eq!(read_at(&reader, path).status, 404, "{path}");
    }
    // The ledger is public at once, and so is the text of the amendment.
    let entries = reader.catalogue().unwrap().ledger().entries.clone();
    let tidegauge_ledger::Entry::Amendment { digest, .. } = entries.last().unwrap() else {
        panic!("an amendment is the last entry");
    };
    assert_eq!(sound(&reader, &format!("/log/plan/{digest}.toml")).text, AMENDMENT);
    let privacy = sound(&reader, "/v1/privacy").json();
    assert_eq!(privacy["ledger"]["size"], ledger);

    set_clock("2024-02-08T09:30:00Z");
    assert_eq!(size(&reader), ledger);
    assert_in_force(&reader, ledger - 1);
    assert_eq!(sound(&reader, &format!("{WHOLE}&asOf={public}")).text, figures);

    // The first figure of the new point is embargoed like any other, and then published.
    writer.at = "2024-02-10T00:05:00Z";
    writer.release_until("2024-02-09");
    set_clock("2024-02-10T09:29:59Z");
    let csv = sound(&reader, TUNNEL).text;
    let newest = lines(&csv).pop().unwrap();
    assert_eq!((newest["TIME_PERIOD"], newest["CONF_STATUS"]), ("2024-02-09", "E"));
    set_clock("2024-02-10T09:30:00Z");
    let csv = sound(&reader, TUNNEL).text;
    let newest = lines(&csv).pop().unwrap();
    assert_eq!((newest["TIME_PERIOD"], newest["OBS_STATUS"]), ("2024-02-09", "B"));
    assert_ne!(newest["MARGIN"], "0");
    // A reader that starts now gives the same answers as the one that saw everything.
    let (fresh, _) = super::embargo::reader(directory.path(), "2024-02-10T09:30:00Z");
    for path in OF_CODES {
        assert_eq!(sound(&fresh, path).text, sound(&reader, path).text, "{path}");
    }
}

#[test]
fn no_step_is_published_before_its_hour_when_many_are_embargoed() {
    // Released before their hours, as by a store whose clock is ahead of its readers' clocks.
    let directory = TempDir::new().unwrap();
    let text = publisher::with_embargo(publisher::PLAN, "09:30");
    let mut writer = Publisher::create(directory.path(), &text);
    writer.at = "2023-11-16T00:05:00Z";
    writer.release_until("2023-11-20");
    let (reader, clock) = reader(directory.path(), "2023-11-16T09:29:59Z");
    let listed_and_published = || {
        let text = sound(&reader, "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?format=csv").text;
        let lines = lines(&text);
        let published = lines.iter().filter(|line| !line["OBS_VALUE"].is_empty()).count();
        (lines.len(), published)
    };
    for published in 0..=6 {
        assert_eq!(listed_and_published(), (6, published));
        let hour = Period::parse("2023-11-16").unwrap().shifted(published as i32).unwrap();
        clock.store(
            at(&format!("{hour}T09:30:00Z")).as_second(),
            std::sync::atomic::Ordering::SeqCst,
        );
        reader.refresh();
    }
}
