//! An embargo at the server: the answers before its hour, and after it.
//!
//! Not here: the hour of a step (crate `model`), and how a digest is hidden (crate `ledger`).
//!
//! The tests set the clock; the store is synthetic, because only such a store may use another clock
//! than the system's.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use super::{Reply, read_at};
use testkit::edit;
use testkit::publisher::{self, Publisher};
use tidegauge_figures::{Clock, Reader};

const EMBARGOED: &str = "2024-01-20";
const BEFORE: &str = "2024-01-19";
const HOUR: &str = "2024-01-21T09:30:00Z";
const MADE: &str = "2024-01-21T02:00:00Z";

/// A plan with every kind of figure, whose releases become public at half past nine.
fn plan() -> String {
    publisher::with_embargo(&super::history::plan(), "09:30")
}

/// A directory whose last step was released in the night.
fn written() -> &'static TempDir {
    static WRITTEN: OnceLock<TempDir> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let mut writer = Publisher::create(directory.path(), &plan());
        writer.release_until(BEFORE);
        writer.at = MADE;
        writer.release_until(EMBARGOED);
        directory
    })
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A reader with a clock that can be set.
pub(super) fn reader(directory: &Path, now: &str) -> (Arc<Reader>, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(at(now).as_second()));
    let shown = Arc::clone(&seconds);
    let clock: Clock =
        Arc::new(move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap());
    let reader = Arc::new(Reader::with_clock(directory, Some(clock)));
    reader.refresh();
    (reader, seconds)
}

/// A release under embargo changes answers, which list its period: their date changes too.
#[test]
fn the_date_of_an_answer_is_that_of_its_last_change() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), &plan());
    writer.release_until(BEFORE);
    let (reader, clock) = reader(directory.path(), MADE);
    let ask = || {
        reader.refresh();
        let reply = read_at(&reader, "/v1/dataflows");
        let header = |name| reply.headers[name].to_str().unwrap().to_owned();
        (header("last-modified"), header("etag"))
    };
    let before = ask();
    writer.at = MADE;
    writer.release_until(EMBARGOED);
    let night = ask();
    assert_eq!(night.0, "Sun, 21 Jan 2024 02:00:00 GMT");
    clock.store(at(HOUR).as_second(), Ordering::SeqCst);
    let morning = ask();
    assert_eq!(morning.0, "Sun, 21 Jan 2024 09:30:00 GMT");
    assert!(before.0 != night.0 && before.1 != night.1 && night.1 != morning.1);
}

fn size(reader: &Reader) -> (u64, u64) {
    let catalogue = reader.catalogue().unwrap();
    (catalogue.size(), catalogue.ledger().size)
}

/// Addresses whose answers do not list embargoed periods.
const FIGURES: &[&str] = &[
    "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?lastNObservations=3",
    "/v1/data/CROSSINGS/W....?startPeriod=2024-01-08",
    "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?includeHistory=true&startPeriod=2024-01-15",
    "/v1/data/LATE/D..FLOW.AIR?includeHistory=true&startPeriod=2024-01-15",
    "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?updatedAfter=2024-01-20T09:00:00Z",
    "/v1/revisions/LATE/D..FLOW.AIR",
    "/sdmx/2.1/availableconstraint/CROSSINGS/D..FLOW.AIR.ENTRY",
    "/sdmx/2.1/contentconstraint/TG/all",
    "/sdmx/3.0/structure/dataflow/TG/*/+?references=all",
];

/// Addresses that also list the embargoed period, in lines.
const WHOLE: &[&str] = &[
    "/v1/data/CROSSINGS/all?format=csv",
    "/v1/data/PRESENT/all?format=csv",
    "/v1/data/LATE/D..FLOW.AIR?format=csv",
    "/sdmx/2.1/data/CROSSINGS/D..FLOW.AIR.ENTRY?format=csv",
    "/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0/D.*.FLOW.AIR.ENTRY?format=csv",
];

/// Status, ETag, time and text of a reply.
fn parts(reply: &Reply) -> (u16, String, String, String) {
    let header = |name: &str| {
        reply.headers.get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    };
    (reply.status.as_u16(), header("etag"), header("last-modified"), reply.text.clone())
}

/// The fields of the CSV lines of a period.
fn rows<'a>(text: &'a str, period: &str) -> Vec<Vec<&'a str>> {
    let lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    lines.filter(|fields| fields.contains(&period)).collect()
}

/// The descriptions of both readers differ only in the members about the embargo.
fn assert_same_descriptions(evening: &Arc<Reader>, night: &Arc<Reader>) {
    for path in ["/v1/dataflows", "/v1/dataflows/CROSSINGS"] {
        let [(answer, headers), (mut night_answer, night_headers)] =
            [evening, night].map(|reader| {
                let mut reply = read_at(reader, path);
                // They depend on the members about the embargo, which are removed below.
                for header in ["content-length", "etag", "last-modified"] {
                    reply.headers.remove(header).unwrap();
                }
                (reply.json(), reply.headers)
            });
        let flows = night_answer.get_mut("dataflows").and_then(Value::as_array_mut);
        for flow in flows.into_iter().flatten() {
            flow.as_object_mut().unwrap().remove("embargoed");
        }
        night_answer.as_object_mut().unwrap().remove("embargoed");
        assert_eq!((answer, headers), (night_answer, night_headers), "{path}");
    }
}

#[test]
fn no_figure_is_disclosed_before_its_hour() {
    // The same ledger before the night, and after it, under embargo.
    let yesterday = TempDir::new().unwrap();
    Publisher::create(yesterday.path(), &plan()).release_until(BEFORE);
    let (evening, _) = reader(yesterday.path(), "2024-01-20T20:00:00Z");
    let (night, clock) = reader(written().path(), "2024-01-21T09:29:59Z");
    let (public, whole) = size(&night);
    assert_eq!(size(&evening), (public, public));
    assert!(whole > public, "the ledger itself has grown");
    for path in FIGURES {
        let (status, _, _, text) = parts(&read_at(&evening, path));
        let (_, _, _, text_at_night) = parts(&read_at(&night, path));
        assert_eq!(status, 200, "{path}: {text}");
        assert_eq!(text, text_at_night, "{path}");
    }
    for path in WHOLE {
        let (status, etag, time, text) = parts(&read_at(&evening, path));
        let (_, etag_at_night, time_at_night, text_at_night) = parts(&read_at(&night, path));
        assert_eq!(status, 200, "{path}: {text}");
        assert_ne!(time, time_at_night, "{path}: a date of the evening is outdated");
        assert_ne!(etag, etag_at_night, "{path}: a cached answer of the evening is outdated");
        let (embargoed, free): (Vec<&str>, Vec<&str>) =
            text_at_night.lines().partition(|line| line.contains(EMBARGOED));
        assert_eq!(free, text.lines().collect::<Vec<_>>(), "{path}");
        assert!(!embargoed.is_empty(), "{path}");
        for line in embargoed {
            assert!(line.contains(&format!(",{EMBARGOED},,,,,Q,,P")), "{path}: {line}");
        }
    }
    assert_same_descriptions(&evening, &night);
    // Errors for an embargoed state and an embargoed file say when the embargo ends.
    for path in [
        format!("/v1/data/CROSSINGS/all?asOf={whole}"),
        format!("/log/release/CROSSINGS/{EMBARGOED}.v0.json"),
        "/log/release/LATE/2024-01-18.v1.json".to_owned(),
        format!("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0/D?asOf={whole}"),
    ] {
        let reply = read_at(&night, &path);
        assert_eq!(reply.status, 404, "{path}: {}", reply.text);
        let error = reply.json();
        assert_eq!(error["code"], "embargo", "{path}");
        assert!(error["rule"].as_str().unwrap().contains(HOUR), "{error}");
    }
    // The hour comes, and the server notices it by itself.
    assert_eq!(night.next_hour(), Some(std::time::Duration::from_secs(1)));
    clock.fetch_add(1, Ordering::SeqCst);
    night.refresh();
    assert_eq!(size(&night), (whole, whole));
    assert_eq!(night.next_hour(), None);
    let (after, _) = reader(written().path(), HOUR);
    for path in FIGURES.iter().chain(WHOLE) {
        let (_, etag, _, text) = parts(&read_at(&evening, path));
        let published = parts(&read_at(&night, path));
        assert_eq!(parts(&read_at(&after, path)), published, "{path}: as read anew");
        assert_ne!(etag, published.1, "{path}: the ETag");
        assert!(text != published.3 || path.contains("/W....?"), "{path}");
    }
    let file = format!("/log/release/CROSSINGS/{EMBARGOED}.v0.json");
    assert_eq!(read_at(&night, &file).status, 200);
}

/// The day before and the one under embargo.
const RANGE: &str = "startPeriod=2024-01-19&endPeriod=2024-01-20";

fn path(format: &str, range: &str) -> String {
    format!("/v1/data/CROSSINGS/D+M..FLOW.AIR.ENTRY?{range}&format={format}")
}

#[test]
fn sdmx_formats_mark_the_embargoed_period() {
    let (reader, _) = reader(written().path(), MADE);
    let sdmx = read_at(&reader, &path("sdmx-json", RANGE)).json();
    let observations = sdmx["data"]["dataSets"][0]["series"]["0:0:0:0:0"]["observations"].clone();
    assert_eq!(observations["1"][0], Value::Null, "{observations}");
    assert_ne!(observations["0"][0], Value::Null);
    let codes = |id: &str| {
        let all = sdmx["data"]["structures"][0]["attributes"]["observation"].as_array().unwrap();
        let column = all.iter().position(|attribute| attribute["id"] == id).unwrap();
        let place = observations["1"][column + 1].as_u64().unwrap() as usize;
        let is_optional = |attribute: &Value| attribute["isMandatory"] == false;
        assert_eq!(all.iter().position(is_optional), Some(0));
        all[column]["values"][place].clone()
    };
    assert_eq!(
        (codes("OBS_STATUS")["id"].clone(), codes("CONF_STATUS")["id"].clone()),
        ("Q".into(), "E".into())
    );
    assert_eq!(codes("CONF_STATUS")["name"], "Embargoed until release");

    let specific = read_at(&reader, &path("sdmx-ml", RANGE)).text;
    let element = format!("<Obs TIME_PERIOD=\"{EMBARGOED}\" OBS_STATUS=\"Q\" CONF_STATUS=\"E\"/>");
    assert!(specific.contains(&element), "{specific}");
    let generic = read_at(&reader, &path("sdmx-ml-generic", RANGE)).text;
    let element = format!(
        "<generic:Obs><generic:ObsDimension value=\"{EMBARGOED}\"/><generic:Attributes>\
         <generic:Value id=\"OBS_STATUS\" value=\"Q\"/>"
    );
    assert!(generic.contains(&element), "{generic}");
}

#[test]
fn parquet_has_nulls_under_embargo() {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder as Opened;

    let (reader, _) = reader(written().path(), MADE);
    let catalogue = reader.catalogue().unwrap();
    let key = tidegauge_figures::parse_key("D..FLOW.AIR.ENTRY").unwrap();
    let asked = tidegauge_figures::parse_parameters(Some(RANGE)).unwrap();
    let selection = tidegauge_figures::select(&catalogue, "CROSSINGS", &key, &asked).unwrap();
    let listed = tidegauge_figures::ListedPeriods::WithEmbargoed;
    let answer = tidegauge_figures::answer(&reader, &catalogue, selection, &asked, listed);
    let (format, shape) = (tidegauge_figures::Format::Parquet, Default::default());
    let answer = answer.unwrap().check().unwrap();
    let layout = tidegauge_figures::Layout::plain(answer, format, shape);
    let writer = tidegauge_figures::MessageWriter::new(vec![layout], format, "");
    let bytes = crate::respond::written(writer).unwrap();
    let rows = Opened::try_new(bytes).unwrap().build().unwrap().next().unwrap().unwrap();
    for name in ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH", "VINTAGE"] {
        let column = rows.column_by_name(name).unwrap();
        assert_eq!((column.is_null(0), column.is_null(1)), (false, true), "{name}");
    }
    for (name, code) in [("OBS_STATUS", "Q"), ("CONF_STATUS", "E"), ("TIME_PERIOD", EMBARGOED)] {
        let column = rows.column_by_name(name).unwrap();
        assert_eq!((column.null_count(), column.as_string::<i32>().value(1)), (0, code));
    }
}

#[test]
fn every_format_lists_the_embargoed_period_without_a_figure() {
    let (reader, clock) = reader(written().path(), MADE);
    let text = read_at(&reader, &path("csv", RANGE)).text;
    let columns: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let field = |row: &[&str], name: &str| {
        row[columns.iter().position(|column| *column == name).unwrap()].to_owned()
    };
    let embargoed = rows(&text, EMBARGOED);
    assert_eq!(embargoed.len(), 1, "{text}");
    for name in ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH", "VINTAGE"] {
        assert_eq!(field(&embargoed[0], name), "", "{name}");
        assert_ne!(field(&rows(&text, BEFORE)[0], name), "", "{name}");
    }
    let statuses = |row: &[&str]| (field(row, "OBS_STATUS"), field(row, "CONF_STATUS"));
    assert_eq!(statuses(&embargoed[0]), ("Q".into(), "E".into()));
    assert_eq!(statuses(&rows(&text, BEFORE)[0]).1, "F");

    let json = read_at(&reader, &path("json", RANGE)).json();
    let last = json["series"][0]["observations"][1].clone();
    let expected = serde_json::json!([EMBARGOED, null, null, null, null, "Q", null, "E", null]);
    assert_eq!(last, expected);
    assert_eq!(json["columns"][7], "confidentiality");
    assert_eq!(json["series"][0]["observations"][0][7], "F");

    let stat = read_at(&reader, &path("jsonstat", RANGE)).json();
    let status: Vec<&str> =
        stat["status"].as_object().unwrap().values().map(|value| value.as_str().unwrap()).collect();
    assert_eq!(status.iter().filter(|status| **status == "Q,E").count(), 1);
    assert_eq!(stat["value"].as_object().unwrap().len(), 4, "one figure of two periods");

    // A range with only this period is answered. Outside the range, and in requests for a number of
    // figures, it is not listed.
    let only = read_at(&reader, &path("csv", "startPeriod=2024-01-20&endPeriod=2024-01-20"));
    assert_eq!((only.status.as_u16(), only.text.lines().count()), (200, 2));
    for range in ["endPeriod=2024-01-19", "lastNObservations=2", "asOf=60", "includeHistory=true"] {
        let text = read_at(&reader, &path("csv", range)).text;
        assert!(!text.contains(EMBARGOED) && text.lines().count() > 1, "{range}");
    }
    // After its hour the figure is published; a month that has not ended is not listed.
    clock.store(at(HOUR).as_second(), Ordering::SeqCst);
    reader.refresh();
    let text = read_at(&reader, &path("csv", RANGE)).text;
    assert_ne!(field(&rows(&text, EMBARGOED)[0], "OBS_VALUE"), "");
    assert_eq!(statuses(&rows(&text, EMBARGOED)[0]).1, "F");
}

#[test]
fn every_address_of_figures_lists_the_embargoed_period() {
    let (reader, _) = reader(written().path(), MADE);
    for path in [
        "/sdmx/2.1/data/CROSSINGS/D..FLOW.AIR.ENTRY?startPeriod=2024-01-19&format=csv",
        "/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0/D.*.FLOW.AIR.ENTRY?format=csv\
         &c[TIME_PERIOD]=ge:2024-01-19",
        "/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0/D.*.FLOW.AIR.ENTRY?format=csv&sort=*:desc",
        "/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0/D.*.FLOW.*.ENTRY?format=sdmx-ml\
         &dimensionAtObservation=BORDER_POINT",
    ] {
        let reply = read_at(&reader, path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        assert!(reply.text.contains(EMBARGOED), "{path}");
        let lines = reply.text.replace("<Series", "\n<Series");
        let mut lines = lines.lines();
        let is_embargoed = |line: &str| line.contains("=\"Q\"") || line.contains(",Q,");
        assert!(lines.any(is_embargoed), "{path}: {}", reply.text);
    }
    // Revisions and availability come from published figures only.
    for path in [
        "/v1/revisions/LATE/D..FLOW.AIR",
        "/sdmx/2.1/availableconstraint/CROSSINGS/D..FLOW.AIR.ENTRY",
    ] {
        let reply = read_at(&reader, path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        // Everything was published at the hour before, which is on the same day.
        let text = reply.text.replace("2024-01-20T09:30:00Z", "");
        assert!(!text.contains(EMBARGOED), "{path}");
    }
}

#[test]
fn a_change_is_news_when_it_becomes_public() {
    let (reader, clock) = reader(written().path(), "2024-01-21T03:00:00Z");
    let polled = "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?format=csv&updatedAfter=";
    // A client that asked in the night got nothing, and asks in the morning for what came since.
    let night = read_at(&reader, &format!("{polled}2024-01-21T02:30:00Z"));
    assert_eq!(night.status, 404);
    clock.store(at("2024-01-21T10:00:00Z").as_second(), Ordering::SeqCst);
    reader.refresh();
    let morning = read_at(&reader, &format!("{polled}2024-01-21T03:00:00Z"));
    assert_eq!((morning.status.as_u16(), rows(&morning.text, EMBARGOED).len()), (200, 1));
    let later = read_at(&reader, &format!("{polled}2024-01-21T09:30:00Z"));
    assert_eq!(later.status, 404);
    // The state of an instant in the night has only what was public then.
    let state = "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?format=csv&asOf=2024-01-21T03:00:00Z";
    assert!(!read_at(&reader, state).text.contains(EMBARGOED));
    let now = read_at(&reader, "/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY");
    let modified = now.headers["last-modified"].to_str().unwrap();
    assert_eq!(modified, "Sun, 21 Jan 2024 09:30:00 GMT");
}

#[test]
fn the_clock_of_the_catalogue_says_until_when() {
    let (reader, clock) = reader(written().path(), MADE);
    let flow = |reader: &Arc<Reader>| {
        let list = read_at(reader, "/v1/dataflows").json();
        assert_eq!(list["store"]["embargo"], "09:30");
        let flows = list["dataflows"].as_array().unwrap().clone();
        flows.into_iter().find(|flow| flow["id"] == "CROSSINGS").unwrap()
    };
    let before = flow(&reader);
    assert_eq!((&before["last"], &before["next"]), (&BEFORE.into(), &EMBARGOED.into()));
    assert_eq!(before["nextAt"], HOUR);
    let expected = serde_json::json!({"first": EMBARGOED, "last": EMBARGOED, "until": HOUR});
    assert_eq!(before["embargoed"], expected);
    clock.store(at(HOUR).as_second(), Ordering::SeqCst);
    reader.refresh();
    let after = flow(&reader);
    assert_eq!((&after["last"], &after["next"]), (&EMBARGOED.into(), &"2024-01-21".into()));
    assert_eq!(after["nextAt"], "2024-01-22T09:30:00Z");
    assert_eq!(after["embargoed"], Value::Null);
}

#[test]
fn the_ledger_is_public_at_once() {
    let (reader, _) = reader(written().path(), MADE);
    let (public, whole) = size(&reader);
    let privacy = read_at(&reader, "/v1/privacy").json();
    assert_eq!(privacy["ledger"]["size"], whole);
    assert_eq!(privacy["ledger"]["public"], public);
    let checkpoint = read_at(&reader, "/log/checkpoint").text;
    assert_eq!(checkpoint.lines().nth(1).unwrap(), whole.to_string());
    let catalogue = reader.catalogue().unwrap();
    let entries = &catalogue.ledger().entries[public as usize..];
    assert!(!entries.is_empty());
    for entry in entries {
        let line = serde_json::to_value(entry).unwrap();
        let fields: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        let known =
            ["at", "bytes", "charges", "dataflow", "digest", "entry", "path", "step", "vintage"];
        assert_eq!(fields, known, "no field contains a figure");
        assert_eq!(line["bytes"].as_u64().unwrap() % 4096, 0, "the length discloses none");
    }
}

#[test]
fn a_release_made_after_its_hour_is_public_at_once() {
    let directory = TempDir::new().unwrap();
    let mut writer =
        Publisher::create(directory.path(), &publisher::with_embargo(publisher::PLAN, "09:30"));
    writer.release_until("2023-11-20");
    writer.at = "2023-11-23T15:00:00Z";
    writer.release_until("2023-11-21");
    let (reader, _) = reader(directory.path(), "2023-11-23T15:00:01Z");
    let (public, whole) = size(&reader);
    assert_eq!(public, whole);
    let list = read_at(&reader, "/v1/dataflows").json();
    assert_eq!(list["dataflows"][0]["last"], "2023-11-21");
}

#[test]
fn a_real_store_uses_the_system_s_clock() {
    // Released ahead: the embargo lasts by the system's clock and is over by the given one.
    let today: jiff::civil::Date = Timestamp::now().to_string()[..10].parse().unwrap();
    let start = today.first_of_month();
    let expires = start.saturating_add(jiff::Span::new().years(1));
    let text = edit(&publisher::with_embargo(publisher::PLAN, "09:30"))
        .change("statement.start", start.to_string())
        .change("statement.expires", expires.to_string())
        .text();
    let ahead = today.saturating_add(jiff::Span::new().days(3)).to_string();
    for is_real in [false, true] {
        let directory = TempDir::new().unwrap();
        let mut writer = if is_real {
            Publisher::create_real(directory.path(), &text)
        } else {
            Publisher::create(directory.path(), &text)
        };
        writer.release_until(&ahead);
        let (reader, _) = reader(directory.path(), "2100-01-01T00:00:00Z");
        let (public, whole) = size(&reader);
        assert_eq!(public == whole, !is_real, "{public} {whole}");
    }
}
