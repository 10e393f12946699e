//! What is under embargo before anything else is public, in what is derived of figures, and while
//! an amendment waits with it.
//!
//! Not here: the forms of what is held, and that nothing tells of a figure (module `embargo`).

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

/// Fields of a figure, which what is held does not have.
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

/// A directory whose first step was released in the night, with the hour of it.
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
const FORMATS: [&str; 8] =
    ["csv", "sdmx-csv-1", "json", "jsonstat", "sdmx-json", "sdmx-ml", "sdmx-ml-generic", "parquet"];

#[test]
fn the_first_period_under_embargo_is_told_as_any_other() {
    let plans = [super::history::plan(), STAYS.to_owned(), TABLES.to_owned()];
    for text in plans.map(|text| publisher::with_embargo(&text, "09:30")) {
        let (directory, hour) = first_night(&text);
        let (night, _) = reader(directory.path(), &(hour - jiff::Span::new().hours(1)).to_string());
        let (after, _) = reader(directory.path(), &hour.to_string());
        let plan = Plan::parse(&text).unwrap();
        let day = plan.first_step().to_string();
        for flow in &plan.dataflows {
            let totals = "._T".repeat(flow.structure.dimensions().len());
            // Of a table, what is measured at its steps.
            let key = if flow.marginals.is_empty() { "all".into() } else { format!("D..{totals}") };
            let path = |rest: &str| format!("/v1/data/{}/{key}?{rest}", flow.id);
            let held = sound(&night, &path("format=csv")).text;
            let told = sound(&after, &path("format=csv")).text;
            let held = lines(&held);
            // The same series and periods, the same charge, and nothing of a figure.
            let mut expected = lines(&told);
            for line in &mut expected {
                assert_ne!(line["OBS_VALUE"], "", "{line:?}");
                line.extend(OF_FIGURE.map(|field| (field, "")));
                line.extend([("OBS_STATUS", "Q"), ("CONF_STATUS", "E")]);
                line.insert("LEDGER_SIZE", held[0]["LEDGER_SIZE"]);
            }
            assert_eq!(held, expected, "{}", flow.id);
            for format in FORMATS {
                let reply = sound(&night, &path(&format!("format={format}")));
                // The library lays a column of one value out by itself.
                assert!(format == "parquet" || reply.text.contains(&day), "{format}");
            }
            let stat = sound(&night, &path("format=jsonstat")).json();
            assert_eq!(stat["value"], serde_json::json!({}), "{}", flow.id);
            for root in ["2.1/data", "3.0/data/dataflow/TG"] {
                let text = sound(&night, &format!("/sdmx/{root}/{}?format=csv", flow.id)).text;
                assert!(lines(&text).iter().all(|line| line["CONF_STATUS"] == "E"), "{root}");
            }
            // A number of figures, and a state of the ledger, have none.
            for rest in ["lastNObservations=1", "asOf=2", "includeHistory=true"] {
                assert_eq!(read_at(&night, &path(rest)).status, 404, "{rest}");
            }
            let summary = sound(&night, &format!("/v1/dataflows/{}", flow.id)).json();
            assert_eq!((&summary["last"], &summary["next"]), (&Value::Null, &day.as_str().into()));
            assert_eq!(summary["embargoed"]["until"], hour.to_string());
        }
        is_available(&night, &after, &plan);
    }
}

/// Availability tells the series that there will be, and of them no period and no observation.
fn is_available(night: &Arc<Reader>, after: &Arc<Reader>, plan: &Plan) {
    for flow in &plan.dataflows {
        for root in ["2.1/availableconstraint", "3.0/availability/dataflow/TG"] {
            let path = format!("/sdmx/{root}/{}", flow.id);
            let (held, told) = (sound(night, &path).text, sound(after, &path).text);
            let period = "TIME_PERIOD";
            assert!(!held.contains(period) && told.contains(period), "{path}: {held}");
            if root.starts_with("2.1") {
                let count = |text: &str, id: &str| -> usize {
                    let after = text.split(&format!("<common:Annotation id=\"{id}\">")).nth(1);
                    let title = after.unwrap().split("<common:AnnotationTitle>").nth(1).unwrap();
                    title.split('<').next().unwrap().parse().unwrap()
                };
                let codes = |text: &str| text.matches("<common:Value>").count();
                assert_eq!(codes(&held), codes(&told), "{path}");
                assert_eq!(count(&held, "series_count"), count(&told, "series_count"), "{path}");
                assert_eq!((count(&held, "obs_count"), count(&told, "obs_count") > 0), (0, true));
            }
        }
    }
    let all = "/sdmx/2.1/contentconstraint/TG/all";
    let count = |text: &str| text.matches("<structure:ContentConstraint ").count();
    let (held, told) = (sound(night, all).text, sound(after, all).text);
    assert_eq!((count(&held), count(&told)), (plan.dataflows.len(), plan.dataflows.len()));
    assert!(!held.contains("TIME_PERIOD") && told.contains("TIME_PERIOD"));
}

#[test]
fn a_client_that_asked_before_is_told_what_is_held() {
    let text = publisher::with_embargo(publisher::PLAN, "09:30");
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), &text);
    let (reader, clock) = reader(directory.path(), "2023-11-16T00:00:00Z");
    let path = "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY";
    assert_eq!(read_at(&reader, path).status, 404, "nothing is released");
    writer.at = "2023-11-16T00:05:00Z";
    writer.release_until("2023-11-15");
    let mut marks = vec![read_at(&reader, "/v1/dataflows").headers["etag"].clone()];
    for now in ["2023-11-16T00:06:00Z", "2023-11-16T09:30:00Z"] {
        clock.store(at(now).as_second(), std::sync::atomic::Ordering::SeqCst);
        reader.refresh();
        let free = now.contains("09:30");
        let json = sound(&reader, path).json();
        assert_eq!(json["series"][0]["observations"][0][7], if free { "F" } else { "E" }, "{now}");
        marks.push(read_at(&reader, "/v1/dataflows").headers["etag"].clone());
    }
    marks.dedup();
    assert_eq!(marks.len(), 3, "each state has its mark");
}

/// The plan of stays with a rate, under embargo.
fn stays() -> String {
    let rate = "\n[[rate]]\nid = \"LAPSE_RATE\"\nname = \"x\"\ndescription = \"x\"\n\
        by = [\"CITIZENSHIP\"]\n\
        numerator = { dataflow = \"TRANSITIONS\", codes = { TRANSITION = [\"LAPSE\"] } }\n\
        denominator = { dataflow = \"TRANSITIONS\" }\n";
    publisher::with_embargo(&(STAYS.to_owned() + rate), "09:30")
}

/// What a table has before the hour, by what each row is of: its fields and whether it is held.
type HeldRows = BTreeMap<String, (String, String)>;

fn rows(text: &str, fields: usize) -> HeldRows {
    let row = |line: &str| {
        let all: Vec<&str> = line.split(',').collect();
        let (of, told) = all.split_at(all.len() - 1 - fields);
        (of.join(","), (told[..fields].join(","), told[fields].to_owned()))
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn what_is_derived_is_held_as_its_figures_are() {
    let [evening, night] = [(); 2].map(|()| TempDir::new().unwrap());
    Publisher::create(evening.path(), &stays()).release_until("2024-03-30");
    Publisher::create(night.path(), &stays()).release_until("2024-03-31");
    let (evening, _) = reader(evening.path(), "2024-04-01T00:00:00Z");
    let (held, clock) = reader(night.path(), "2024-04-01T07:29:59Z");
    let (after, _) = reader(night.path(), "2024-04-01T07:30:00Z");
    // By id, how many fields a row has that are read off figures.
    let tables = [
        ("TRANSITIONS/all", 3),
        ("LAPSE_RATE/all", 3),
        ("LENGTHS/all", 9),
        ("COHORTS/M", 6),
        ("COHORTS.WAITING/M", 4),
    ];
    for (id, fields) in tables {
        let key = id.replace("/M", if id.contains("WAITING") { "/M..." } else { "/M....." });
        let path = format!("/v1/derived/{key}");
        let csv = |reader: &Arc<Reader>| sound(reader, &format!("{path}?format=csv")).text;
        let [was, is, will] = [&evening, &held, &after].map(|reader| rows(&csv(reader), fields));
        let (of_held, free): (HeldRows, HeldRows) =
            is.into_iter().partition(|(_, row)| row.1 == "E");
        assert_eq!(free, was, "{id}: as in the evening");
        assert!(free.values().all(|(_, mark)| mark == "F") && !free.is_empty(), "{id}");
        let blank = ",".repeat(fields - 1);
        assert!(of_held.values().all(|(told, _)| *told == blank) && !of_held.is_empty(), "{id}");
        // What comes with the hour is what was held, no more and no less.
        let fresh: Vec<&String> = will.keys().filter(|of| !was.contains_key(*of)).collect();
        assert_eq!(of_held.keys().collect::<Vec<_>>(), fresh, "{id}");
        assert!(will.values().all(|(_, mark)| mark == "F"));
        let json = sound(&held, &path).json();
        let columns = json["columns"].as_array().unwrap();
        assert_eq!(columns.last().unwrap(), "CONF_STATUS");
        let of_embargo = |row: &&Value| row[columns.len() - 1] == "E";
        let json = json["rows"].as_array().unwrap();
        assert_eq!(json.iter().filter(of_embargo).count(), of_held.len(), "{id}");
        for row in json.iter().filter(of_embargo) {
            assert!((1..=fields).all(|n| row[columns.len() - 1 - n].is_null()), "{id}: {row}");
        }
        // Where figures are counted, or an earlier state is meant, nothing is held.
        for rest in ["lastNObservations=1", &format!("asOf={}", size(&held))] {
            let text = sound(&held, &format!("{path}?format=csv&{rest}")).text;
            assert!(rows(&text, fields).values().all(|(_, mark)| mark == "F"), "{id} {rest}");
        }
    }
    // Of a plan without an embargo there is no such column.
    let plain = TempDir::new().unwrap();
    Publisher::create(plain.path(), STAYS).release_until("2024-01-01");
    let (plain, _) = reader(plain.path(), "2024-04-01T00:00:00Z");
    assert!(!sound(&plain, "/v1/derived/TRANSITIONS/all").text.contains("CONF_STATUS"));
    clock.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    held.refresh();
    let path = "/v1/derived/COHORTS.WAITING/M...?format=csv";
    assert_eq!(sound(&held, path).text, sound(&after, path).text);
}

fn size(reader: &Reader) -> u64 {
    reader.catalogue().unwrap().size()
}

#[test]
fn the_first_of_what_is_derived_is_held_too() {
    let (directory, hour) = first_night(&stays());
    let (night, _) = reader(directory.path(), &(hour - jiff::Span::new().hours(1)).to_string());
    let (after, _) = reader(directory.path(), &hour.to_string());
    for (id, fields) in [("TRANSITIONS", 3), ("LAPSE_RATE", 3), ("LENGTHS", 9)] {
        let [is, will] = [&night, &after]
            .map(|reader| rows(&sound(reader, &format!("/v1/derived/{id}/all.csv")).text, fields));
        assert!(is.values().all(|(_, mark)| mark == "E") && !is.is_empty(), "{id}: {is:?}");
        assert_eq!(is.keys().collect::<Vec<_>>(), will.keys().collect::<Vec<_>>(), "{id}");
    }
}

/// A point opens and another has a new name, from the day after the one that is held.
const AMENDMENT: &str = "from = \"2024-02-09\"\nnote = \"The tunnel opens\"\n\
    [[added]]\nlist = \"CL_BORDER_POINT\"\ncode = \"TUNNEL\"\nname = \"Tunnel\"\n\
    [[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"AIR\"\nname = \"Airport and heliport\"\n\
    [[break]]\ndataflow = \"CROSSINGS\"\nnote = \"Gates count\"\n";

/// Addresses that know of codes, or of a plan.
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

/// What an address says, without what is told of the embargo itself.
fn plainly(reader: &Arc<Reader>, path: &str) -> String {
    let text = sound(reader, path).text;
    let Ok(Value::Object(mut told)) = serde_json::from_str(&text) else { return text };
    told.remove("embargoed");
    for flow in told.get_mut("dataflows").and_then(Value::as_array_mut).into_iter().flatten() {
        flow.as_object_mut().unwrap().remove("embargoed");
    }
    Value::Object(told).to_string()
}

/// The amendment of this entry is in force: its code is there, a structural zero so far, and the
/// old version of the list, and what was answered by it, are still to be had.
fn is_in_force(reader: &Arc<Reader>, entry: u64) {
    let structure = sound(reader, "/v1/dataflows/CROSSINGS").json();
    assert_eq!(structure["version"], "1.1.0");
    let points = structure["dimensions"][3]["codes"].as_array().unwrap();
    let ids: Vec<&Value> = points.iter().map(|code| &code["id"]).collect();
    assert_eq!(ids, ["AIR", "SEA", "RAIL", "TUNNEL", "_T"]);
    assert_eq!(sound(reader, "/v1/dataflows").json()["amendments"][0]["entry"], entry);
    let told = sound(reader, TUNNEL).text;
    let newest = lines(&told).pop().unwrap();
    let of = ["TIME_PERIOD", "OBS_VALUE", "MARGIN", "OBS_STATUS"].map(|field| newest[field]);
    assert_eq!(of, ["2024-02-07", "0.000", "0.000", "M"]);
    for version in ["1.0.0", "1.1.0"] {
        let list = sound(reader, &format!("/sdmx/2.1/codelist/TG/CL_BORDER_POINT/{version}"));
        assert_eq!(list.text.contains("Tunnel"), version == "1.1.0", "{version}");
        sound(reader, &format!("/sdmx/2.1/dataflow/TG/CROSSINGS/{version}?references=all"));
        sound(reader, &format!("/sdmx/2.1/data/TG,CROSSINGS,{version}/D..FLOW.AIR.ENTRY"));
    }
}

#[test]
fn an_amendment_behind_what_is_held_is_shown_with_it() {
    let directory = TempDir::new().unwrap();
    let text = publisher::with_embargo(&with_reserved(), "09:30");
    let mut writer = Publisher::create(directory.path(), &text);
    writer.at = "2024-02-07T00:05:00Z";
    writer.release_until("2024-02-06");
    let (reader, clock) = reader(directory.path(), "2024-02-07T20:00:00Z");
    let set = |now: &str| {
        clock.store(at(now).as_second(), std::sync::atomic::Ordering::SeqCst);
        reader.refresh();
        assert_eq!(reader.fault(), None);
    };
    let before: Vec<String> = OF_CODES.iter().map(|path| plainly(&reader, path)).collect();
    let public = size(&reader);
    let figures = sound(&reader, WHOLE).text;
    writer.at = "2024-02-08T00:05:00Z";
    writer.release_until("2024-02-07");
    writer.amend(AMENDMENT);
    let ledger = writer.size();

    set("2024-02-08T09:29:59Z");
    assert_eq!(size(&reader), public);
    for (path, was) in OF_CODES.iter().zip(&before) {
        assert_eq!(plainly(&reader, path), *was, "{path}");
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
    // The ledger is public at once, and so is what the amendment says.
    let entries = reader.catalogue().unwrap().ledger().entries.clone();
    let tidegauge_ledger::Entry::Amendment { digest, .. } = entries.last().unwrap() else {
        panic!("an amendment is the last entry");
    };
    assert_eq!(sound(&reader, &format!("/log/plan/{digest}.toml")).text, AMENDMENT);
    let privacy = sound(&reader, "/v1/privacy").json();
    assert_eq!(privacy["ledger"]["size"], ledger);

    set("2024-02-08T09:30:00Z");
    assert_eq!(size(&reader), ledger);
    is_in_force(&reader, ledger - 1);
    assert_eq!(sound(&reader, &format!("{WHOLE}&asOf={public}")).text, figures);

    // The first figure of the new point is held like any other, and then told.
    writer.at = "2024-02-10T00:05:00Z";
    writer.release_until("2024-02-09");
    set("2024-02-10T09:29:59Z");
    let held = sound(&reader, TUNNEL).text;
    let held = lines(&held).pop().unwrap();
    assert_eq!((held["TIME_PERIOD"], held["CONF_STATUS"]), ("2024-02-09", "E"));
    set("2024-02-10T09:30:00Z");
    let told = sound(&reader, TUNNEL).text;
    let told = lines(&told).pop().unwrap();
    assert_eq!((told["TIME_PERIOD"], told["OBS_STATUS"]), ("2024-02-09", "B"));
    assert_ne!(told["MARGIN"], "0.000");
    // One that starts now answers as the one that saw it all.
    let (fresh, _) = super::embargo::reader(directory.path(), "2024-02-10T09:30:00Z");
    for path in OF_CODES {
        assert_eq!(sound(&fresh, path).text, sound(&reader, path).text, "{path}");
    }
}

#[test]
fn no_step_is_told_before_its_hour_where_many_are_held() {
    // Released ahead of their hours, as a store does whose clock runs ahead of its readers'.
    let directory = TempDir::new().unwrap();
    let text = publisher::with_embargo(publisher::PLAN, "09:30");
    let mut writer = Publisher::create(directory.path(), &text);
    writer.at = "2023-11-16T00:05:00Z";
    writer.release_until("2023-11-20");
    let (reader, clock) = reader(directory.path(), "2023-11-16T09:29:59Z");
    let days = || {
        let text = sound(&reader, "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?format=csv").text;
        let told = lines(&text).into_iter().filter(|line| !line["OBS_VALUE"].is_empty());
        (text.lines().count() - 1, told.count())
    };
    for told in 0..=6 {
        assert_eq!(days(), (6, told));
        let hour = Period::parse("2023-11-16").unwrap().shifted(told as i32).unwrap();
        clock.store(
            at(&format!("{hour}T09:30:00Z")).as_second(),
            std::sync::atomic::Ordering::SeqCst,
        );
        reader.refresh();
    }
}
