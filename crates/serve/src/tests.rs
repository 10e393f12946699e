//! The public tower as a whole, on a small public directory made by the ledger's own writer.
//!
//! Not here: events, and the private tower, which this crate cannot see.

mod addresses;
mod amendments;
mod asking;
mod balance;
mod balance_table;
mod closed_codes;
mod embargo;
mod follow;
mod formats;
mod headlines;
mod history;
mod languages;
mod layout;
mod life_cycle;
mod nested;
mod pages;
mod rules;
mod sdmx;
mod serving;
mod silent;
mod site;
mod stock_table;
mod table;
mod telemetry;
mod under_embargo;
mod validity;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use testkit::publisher::{self, Publisher};
use tidegauge_figures::Reader;

const LAST: &str = "2024-02-20";

/// The sample directory, read once for all tests that change nothing.
fn shared() -> &'static (TempDir, Arc<Reader>) {
    static SHARED: OnceLock<(TempDir, Arc<Reader>)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        Publisher::create(directory.path(), publisher::PLAN).release_until(LAST);
        let reader = read(directory.path());
        (directory, reader)
    })
}

fn read(directory: &Path) -> Arc<Reader> {
    let reader = Arc::new(Reader::new(directory));
    reader.refresh();
    reader
}

#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
    bytes: usize,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }
}

/// The service over this directory.
fn routes(reader: &Arc<Reader>) -> axum::Router {
    crate::routes::routes(Arc::clone(reader), Arc::default(), Arc::default())
}

fn request(reader: &Arc<Reader>, mut request: Request<Body>) -> Reply {
    request
        .headers_mut()
        .entry("host")
        .or_insert_with(|| "statistics.example.org".parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = routes(reader).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status, headers: parts.headers, text, bytes: bytes.len() }
    })
}

fn read_at(reader: &Arc<Reader>, path: &str) -> Reply {
    request(reader, Request::get(path).body(Body::empty()).unwrap())
}

fn get(path: &str) -> Reply {
    read_at(&shared().1, path)
}

/// Figures by key and period: value, margin, low, high in thousandths, status, vintage.
type Figures = HashMap<(String, String), (i64, i64, i64, i64, String, u64)>;

/// A key with another code at a place.
fn replaced(key: &str, place: usize, code: &str) -> String {
    let mut codes: Vec<&str> = key.split('.').collect();
    codes[place] = code;
    codes.join(".")
}

/// A published number in thousandths.
fn milli(text: &str) -> i64 {
    match text.split_once('.') {
        Some((whole, decimals)) => format!("{whole}{decimals:0<3}").parse().unwrap(),
        None => 1000 * text.parse::<i64>().unwrap(),
    }
}

fn csv_figures(text: &str) -> Figures {
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let figure = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(fields.len(), columns.len(), "{line}");
        let key = fields[place("FREQ")..place("TIME_PERIOD")].join(".");
        let [value, margin, low, high] =
            ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH"].map(|name| milli(fields[place(name)]));
        let status = fields[place("OBS_STATUS")].to_owned();
        let vintage = fields[place("VINTAGE")].parse().unwrap();
        let period = fields[place("TIME_PERIOD")].to_owned();
        ((key, period), (value, margin, low, high, status, vintage))
    };
    lines.map(figure).collect()
}

fn figures(path: &str) -> Figures {
    let reply = get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    csv_figures(&reply.text)
}

fn value(figures: &Figures, key: &str, period: &str) -> i64 {
    figures[&(key.to_owned(), period.to_owned())].0
}

#[test]
fn days_add_up_to_every_longer_period() {
    let all = figures("/v1/data/CROSSINGS/all?format=csv");
    let days: Vec<_> = all.iter().filter(|((key, _), _)| key.starts_with("D.")).collect();
    let mut longer = 0;
    for ((key, period), figure) in all.iter().filter(|((key, _), _)| !key.starts_with("D.")) {
        let whole = tidegauge_model::Period::parse(period).unwrap();
        let daily = format!("D.{}", &key[2..]);
        let sum: i64 = days
            .iter()
            .filter(|((key, day), _)| {
                let day = tidegauge_model::Period::parse(day).unwrap();
                *key == daily && whole.covers(day)
            })
            .map(|(_, figure)| figure.0)
            .sum();
        assert_eq!(figure.0, sum, "{key} {period}");
        longer += 1;
    }
    // Six series: 13 whole weeks, two months; the quarter of the start is not whole.
    assert_eq!(longer, 6 * (13 + 2));
    assert!(
        all.contains_key(&("W.XX.FLOW.AIR.ENTRY".into(), "2024-W01".into())),
        "spans no window"
    );
    assert!(all.contains_key(&("W.XX.FLOW.AIR.ENTRY".into(), "2023-W52".into())));
}

#[test]
fn cells_add_up_to_the_total() {
    let all = figures("/v1/data/CROSSINGS/D+W+M.XX.FLOW.AIR+SEA+RAIL+_T.ENTRY+EXIT+_T?format=csv");
    for (key, period) in all.keys().filter(|(key, _)| key.ends_with("._T._T")) {
        let frequency = &key[..1];
        let sum: i64 = ["AIR", "SEA", "RAIL"]
            .iter()
            .flat_map(|point| {
                ["ENTRY", "EXIT"].map(|way| format!("{frequency}.XX.FLOW.{point}.{way}"))
            })
            .map(|cell| value(&all, &cell, period))
            .sum();
        assert_eq!(value(&all, key, period), sum, "{key} {period}");
        let air = value(&all, &format!("{frequency}.XX.FLOW.AIR._T"), period);
        let ways = ["ENTRY", "EXIT"]
            .map(|way| value(&all, &format!("{frequency}.XX.FLOW.AIR.{way}"), period));
        assert_eq!(air, ways.iter().sum::<i64>(), "{period}");
    }
}

#[test]
fn the_variance_of_a_total_is_the_sum_over_its_cells() {
    let all = figures("/v1/data/CROSSINGS/D.XX.FLOW._T+AIR._T+ENTRY?format=csv&decimals=3");
    let margin = |key: &str| all[&(key.to_owned(), "2024-01-10".to_owned())].1 as f64;
    let (cell, total) = (margin("D.XX.FLOW.AIR.ENTRY"), margin("D.XX.FLOW._T._T"));
    // Both are rounded up to a thousandth.
    assert!((total / cell - 6f64.sqrt()).abs() < 1e-3, "{total} {cell}");
}

#[test]
fn intervals_hold_the_invented_truth_as_often_as_they_say() {
    let all = figures("/v1/data/CROSSINGS/D.XX.FLOW..?format=csv");
    let (mut inside, mut count) = (0, 0);
    for ((key, period), (_, _, low, high, ..)) in &all {
        let day = tidegauge_model::Period::parse(period).unwrap();
        let cells = ["AIR.ENTRY", "AIR.EXIT", "SEA.ENTRY", "SEA.EXIT", "RAIL.ENTRY", "RAIL.EXIT"];
        let cell = cells.iter().position(|cell| key.ends_with(cell)).unwrap();
        let truth = publisher::invented(day, cell, false) * 1000;
        inside += usize::from((*low..=*high).contains(&truth));
        count += 1;
    }
    // 588 intervals at 95 %: 559 expected, standard deviation below 8 even if neighbouring days
    // share noise; five standard deviations make a false alarm rarer than 1e-6.
    assert_eq!(count, 588);
    assert!((519..=588).contains(&inside), "{inside} of {count}");
}

#[test]
fn a_stock_is_its_base_and_what_came_since() {
    let all = figures("/v1/data/PRESENT/all?format=csv");
    for (class, cell) in [("NEAR", 0), ("FAR", 1)] {
        let key = |frequency: &str| format!("{frequency}.XX.STOCK.{class}");
        // The stock of a longer period is that of its last day.
        for (period, last) in
            [("2023-12", "2023-12-31"), ("2024-01", "2024-01-31"), ("2024-W07", "2024-02-18")]
        {
            let frequency = if period.contains('W') { "W" } else { "M" };
            let whole = &all[&(key(frequency), period.into())];
            assert_eq!(whole, &all[&(key("D"), last.into())], "{class} {period}");
        }
        let quarter = tidegauge_model::Period::parse("2024-Q1").unwrap();
        let mut truth = publisher::level_before(quarter, cell) * 1000;
        let days: Vec<_> =
            std::iter::successors(tidegauge_model::Period::parse("2024-01-01"), |d| Some(d.next()))
                .take(51)
                .collect();
        for day in days {
            truth += publisher::invented(day, cell, true) * 1000;
            let (value, margin, ..) = all[&(key("D"), day.to_string())];
            // Six standard deviations.
            assert!((value - truth).abs() < margin * 3 + margin / 10, "{class} {day}");
        }
    }
    let total = figures("/v1/data/PRESENT/D.XX.STOCK._T?format=csv");
    let sum = value(&all, "D.XX.STOCK.NEAR", LAST) + value(&all, "D.XX.STOCK.FAR", LAST);
    assert_eq!(value(&total, "D.XX.STOCK._T", LAST), sum);
}

#[test]
fn every_format_has_the_same_figures() {
    for flow in ["CROSSINGS", "PRESENT", "AT_BOUND"] {
        let path = format!("/v1/data/{flow}/all");
        let csv = figures(&format!("{path}?format=csv"));
        let reply = get(&path);
        // Read as text, so that no number is rounded on the way.
        let mut count = 0;
        for series in reply.text.split("{\"key\":").skip(1) {
            let (key, rest) = series.split_once(",\"observations\":[[").unwrap();
            let key: Vec<String> = serde_json::from_str(key).unwrap();
            let rows = rest.split("]]").next().unwrap();
            for row in rows.split("],[") {
                let fields: Vec<&str> = row.split(',').collect();
                let milli = |n: usize| milli(fields[n]);
                let text = |n: usize| fields[n].trim_matches('"').to_owned();
                let figure =
                    (milli(1), milli(2), milli(3), milli(4), text(5), fields[6].parse().unwrap());
                assert_eq!(csv[&(key.join("."), text(0))], figure);
                count += 1;
            }
        }
        assert_eq!(count, csv.len());
        assert!(reply.json()["series"].is_array());
        assert_eq!(get(&path).text, reply.text, "a repeat gives the same answer");
    }
}

#[test]
fn statuses_show_what_can_still_change() {
    let status = |flow: &str, key: &str, period: &str| {
        let path =
            format!("/v1/data/{flow}/{key}?startPeriod={period}&endPeriod={period}&format=csv");
        figures(&path)[&(key.to_owned(), period.to_owned())].4.clone()
    };
    assert_eq!(status("CROSSINGS", "D.XX.FLOW.AIR.ENTRY", "2023-12-31"), "A", "a whole window");
    assert_eq!(status("CROSSINGS", "D.XX.FLOW.AIR.ENTRY", "2024-01-01"), "P", "an open window");
    assert_eq!(status("CROSSINGS", "D.XX.FLOW.RAIL.EXIT", "2023-12-30"), "U", "a small count");
    assert_eq!(status("CROSSINGS", "D.XX.FLOW.RAIL.EXIT", "2024-01-02"), "P", "ranks above U");
    assert_ne!(status("AT_BOUND", "D.XX.AT_BOUND.AIR", LAST), "P", "single steps never change");
}

#[test]
fn as_of_an_earlier_size_answers_as_it_did_then() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-30");
    let reader = read(directory.path());
    let size = reader.catalogue().unwrap().size();
    let paths = ["CROSSINGS", "PRESENT", "AT_BOUND"].map(|flow| format!("/v1/data/{flow}/all"));
    let then: Vec<String> = paths.iter().map(|path| read_at(&reader, path).text).collect();
    writer.release_until("2024-01-03");
    reader.refresh();
    assert!(reader.catalogue().unwrap().size() > size);
    for (path, then) in paths.iter().zip(&then) {
        assert_ne!(&read_at(&reader, path).text, then);
        assert_eq!(&read_at(&reader, &format!("{path}?asOf={size}")).text, then);
    }
    let beyond = read_at(&reader, "/v1/data/CROSSINGS/all?asOf=100000");
    assert_eq!((beyond.status.as_u16(), &beyond.json()["code"]), (400, &"parameter".into()));
    let before = read_at(&reader, "/v1/data/CROSSINGS/all?asOf=2");
    assert_eq!((before.status.as_u16(), &before.json()["code"]), (404, &"nothing-released".into()));
}

#[test]
fn a_reader_that_grew_answers_like_one_that_read_all() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    let reader = read(directory.path());
    for day in ["2023-11-15", "2023-12-30", "2024-01-01", "2024-01-02"] {
        writer.release_until(day);
        reader.refresh();
        for flow in ["CROSSINGS", "PRESENT", "AT_BOUND"] {
            let path = format!("/v1/data/{flow}/all");
            assert_eq!(read_at(&reader, &path).text, read_at(&read(directory.path()), &path).text);
        }
    }
}

#[test]
fn a_tampered_release_is_not_served() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-20");
    let path = "release/CROSSINGS/2023-11-18.v0.json";
    let file = directory.path().join(path);
    let sound = fs::read_to_string(&file).unwrap();
    let tampered = sound.replacen("\"values\":[", "\"values\":[1", 1);
    assert_ne!(sound, tampered);
    let last = |reader: &Arc<Reader>, flow: &str| {
        let dataflows = read_at(reader, "/v1/dataflows").json()["dataflows"].clone();
        let mut dataflows = dataflows.as_array().unwrap().iter();
        dataflows.find(|row| row["id"] == flow).unwrap()["last"].clone()
    };

    // Seen at the start: the dataflow ends before the file, the others do not.
    fs::write(&file, &tampered).unwrap();
    let reader = read(directory.path());
    assert_eq!(last(&reader, "CROSSINGS"), "2023-11-17");
    assert_eq!(last(&reader, "PRESENT"), "2023-11-20");
    let ready = read_at(&reader, "/readyz");
    assert_eq!(ready.status, 503);
    assert!(ready.text.contains(path), "{}", ready.text);
    assert_eq!(read_at(&reader, &format!("/log/{path}")).json()["code"], "unverified");
    assert_eq!(read_at(&reader, "/livez").status, 200);

    // What the file would show is not missing, but not served.
    let later = read_at(&reader, "/v1/data/CROSSINGS/D..FLOW.AIR.?startPeriod=2023-11-18");
    assert_eq!((later.status.as_u16(), &later.json()["code"]), (503, &"unverified".into()));
    let earlier = "/v1/data/CROSSINGS/D..FLOW.AIR..csv?startPeriod=2023-11-17";
    let before = read_at(&reader, earlier);

    // Mended: everything is shown again, and under another entity tag.
    fs::write(&file, &sound).unwrap();
    reader.refresh();
    assert_eq!(last(&reader, "CROSSINGS"), "2023-11-20");
    let after = read_at(&reader, earlier);
    assert!(after.text.contains("2023-11-18") && !before.text.contains("2023-11-18"));
    assert_ne!(after.headers["etag"], before.headers["etag"]);
    assert_eq!(read_at(&reader, "/readyz").status, 200);
    assert_eq!(read_at(&reader, &format!("/log/{path}")).text, sound);

    // Changed after it was verified: the figures in memory stay correct, and the change is
    // reported.
    fs::write(&file, &tampered).unwrap();
    let is_reported = (0..3).any(|_| {
        reader.refresh();
        read_at(&reader, "/readyz").status == 503
    });
    assert!(is_reported, "a change of a verified file is seen");
    assert_eq!(last(&reader, "CROSSINGS"), "2023-11-20");
}

/// A release enters the ledger a moment before its file appears. Meanwhile the answers are those of
/// before; a file that does not appear is a fault.
#[test]
fn a_file_that_appears_late_is_awaited() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-20");
    let reader = read(directory.path());
    let size = || reader.catalogue().unwrap().size();
    let before = size();
    writer.release_until("2023-11-21");
    let file = directory.path().join("release/CROSSINGS/2023-11-21.v0.json");
    let content = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    reader.refresh();
    assert_eq!((size(), reader.fault()), (before, None));
    fs::write(&file, &content).unwrap();
    reader.refresh();
    assert!(size() > before && reader.fault().is_none());

    writer.release_until("2023-11-22");
    fs::remove_file(directory.path().join("release/CROSSINGS/2023-11-22.v0.json")).unwrap();
    reader.refresh();
    assert_eq!(reader.fault(), None);
    std::thread::sleep(std::time::Duration::from_millis(3100));
    reader.refresh();
    assert!(reader.fault().unwrap().contains("2023-11-22"), "{:?}", reader.fault());
}

#[test]
fn a_release_that_the_plan_does_not_make_due_is_not_shown() {
    let wrongs: [fn(&mut tidegauge_ledger::Release); 5] = [
        |release| release.parts[0].weight += 1,
        |release| release.parts[0].variance = "1".into(),
        |release| release.parts[0].period = "2023-11-17".into(),
        |release| release.parts[0].values.clear(),
        |release| release.parts.truncate(0),
    ];
    for wrong in wrongs {
        let directory = TempDir::new().unwrap();
        let mut writer = Publisher::create(directory.path(), publisher::PLAN);
        writer.release_until("2023-11-15");
        writer.spoil = Some(wrong);
        writer.release_until("2023-11-16");
        let reader = read(directory.path());
        assert_eq!(read_at(&reader, "/readyz").status, 503);
        let days = csv_figures(&read_at(&reader, "/v1/data/CROSSINGS/D....?format=csv").text);
        assert!(days.keys().all(|(_, period)| period == "2023-11-15"));
    }
}

#[test]
fn a_rolled_back_ledger_is_refused() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-16");
    let earlier = fs::read(directory.path().join("checkpoint")).unwrap();
    writer.release_until("2023-11-18");
    let reader = read(directory.path());
    let before = read_at(&reader, "/v1/data/CROSSINGS/all").text;
    fs::write(directory.path().join("checkpoint"), earlier).unwrap();
    reader.refresh();
    assert_eq!(read_at(&reader, "/readyz").status, 503);
    assert_eq!(read_at(&reader, "/v1/data/CROSSINGS/all").text, before);
    assert!(read_at(&reader, "/v1/privacy").json()["fault"].is_string());
}

#[test]
fn the_budget_is_the_sum_of_the_charges() {
    let privacy = get("/v1/privacy").json();
    let windows = privacy["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 2);
    for window in windows {
        let share = window["share"].as_f64().unwrap();
        assert!(0.99 < share && share <= 1.0, "{window}");
        for flow in window["dataflows"].as_array().unwrap() {
            assert!(flow["share"].as_f64().unwrap() <= 1.0, "{flow}");
        }
    }
    assert_eq!(privacy["lifetime"]["budget"], "5/2");
    assert_eq!(privacy["ledger"]["last"]["period"], LAST);
}

#[test]
fn golden_answers_stay_as_they_are() {
    let series = "D+W.XX.FLOW.AIR+_T.ENTRY?startPeriod=2023-12-25&endPeriod=2024-01-07";
    let answers = [
        ("crossings.csv", format!("/v1/data/CROSSINGS/{series}&format=csv&decimals=3")),
        ("crossings.json", format!("/v1/data/CROSSINGS/{series}&decimals=3")),
        ("crossings.whole.csv", format!("/v1/data/CROSSINGS/{series}&format=csv")),
        ("crossings.whole.json", format!("/v1/data/CROSSINGS/{series}")),
        ("present.csv", "/v1/data/PRESENT/M.XX.STOCK.?format=csv&decimals=3".to_owned()),
        ("dataflows.json", "/v1/dataflows".to_owned()),
        ("structure.json", "/v1/dataflows/PRESENT".to_owned()),
        ("privacy.json", "/v1/privacy".to_owned()),
    ];
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (name, path) in answers {
        let answer = get(&path).text;
        let file = golden.join(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &answer).unwrap();
        }
        assert_eq!(answer, fs::read_to_string(&file).unwrap(), "{name}: UPDATE=1 remakes it");
    }
}

/// Writes a sample directory for a person to look at: `SAMPLE_DIR=/tmp/x SAMPLE_PLAN=plan.toml
/// SAMPLE_UNTIL=2024-05-05 cargo test -p tidegauge-serve -- --ignored sample`.
#[test]
#[ignore = "writes a directory for people to look at"]
fn a_sample_directory_can_be_written() {
    let directory = std::env::var_os("SAMPLE_DIR").expect("SAMPLE_DIR names a directory");
    let plan = std::env::var_os("SAMPLE_PLAN").map(|path| fs::read_to_string(path).unwrap());
    let until = std::env::var("SAMPLE_UNTIL").unwrap_or_else(|_| LAST.into());
    fs::create_dir_all(&directory).unwrap();
    let plan = plan.as_deref().unwrap_or(publisher::PLAN);
    Publisher::create(Path::new(&directory), plan).release_until(&until);
}
