//! Reports to the operator: lines of the log, metrics, readiness.
//!
//! Not here: the answers to readers.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use super::read;
use crate::calendar::GRACE_SECONDS;
use crate::telemetry::{LogFormat, Telemetry, subscriber};
use testkit::publisher::{self, Publisher};
use tidegauge_figures::Reader;
use tidegauge_model::Period;

/// The fields of each line beside its time, level, message and code.
const FIELDS: [(&str, &[&str]); 9] = [
    ("release", &["dataflows", "step"]),
    ("unverified", &["entry", "path", "reason"]),
    ("verified", &["entry", "path"]),
    ("refresh-failed", &["reason"]),
    ("refresh-recovered", &[]),
    ("calendar-failed", &["cause", "reason"]),
    ("calendar-recovered", &[]),
    ("snapshot-passed-over", &["cause", "reason"]),
    ("request", &["method", "ms", "route", "status"]),
];

/// A value that no figure has by chance.
const CANARY_VALUE: i64 = 987_654_321;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that are written during `act`, as text and as objects, with their fields checked.
fn captured(act: impl FnOnce()) -> (String, Vec<Value>) {
    let sink = Sink::default();
    let into = sink.clone();
    let writer = move || into.clone();
    tracing::subscriber::with_default(subscriber(LogFormat::Json, writer), act);
    let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    for line in &lines {
        let known: BTreeMap<&str, &[&str]> = BTreeMap::from(FIELDS);
        let own = known[line["code"].as_str().unwrap()];
        let mut expected = [own, &["code", "level", "message", "timestamp"]].concat();
        expected.sort_unstable();
        let mut given: Vec<&String> = line.as_object().unwrap().keys().collect();
        given.sort_unstable();
        assert_eq!(given, expected, "{line}");
        let time = line["timestamp"].as_str().unwrap();
        assert!(time.len() == 20 && time.parse::<Timestamp>().is_ok(), "to the second: {line}");
    }
    (text, lines)
}

fn codes(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["code"].as_str().unwrap()).collect()
}

/// The service, asked once: status and text.
fn asked(
    reader: &Arc<Reader>,
    telemetry: &Arc<Telemetry>,
    request: Request<Body>,
) -> (u16, String) {
    let service = crate::routes::routes(Arc::clone(reader), Arc::default(), Arc::clone(telemetry));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = service.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    })
}

fn get(reader: &Arc<Reader>, telemetry: &Arc<Telemetry>, path: &str) -> (u16, String) {
    let request = Request::get(path).header("host", "x").body(Body::empty()).unwrap();
    asked(reader, telemetry, request)
}

/// Asks for addresses that exist and that do not, with a canary wherever a reader can put one.
fn ask_with_canaries(reader: &Arc<Reader>, telemetry: &Arc<Telemetry>) -> String {
    let paths = [
        "/v1/data/CROSSINGS/all?format=csv&decimals=3",
        "/v1/data/CANARY/all",
        "/v1/data/CROSSINGS/CANARY",
        "/v1/data/CROSSINGS/all?asOf=CANARY",
        "/v1/dataflows/CANARY",
        "/sdmx/2.1/data/CANARY/all",
        "/sdmx/3.0/data/dataflow/CANARY/CANARY/1.0.0/*",
        "/log/release/CANARY/2023-11-15.v0.json",
        "/assets/CANARY/app.js",
        "/embed?flow=CANARY",
        "/readyz?CANARY",
        "/CANARY",
    ];
    let mut answers = String::new();
    for (path, method) in paths.iter().flat_map(|path| [(path, "GET"), (path, "CANARY")]) {
        let mut request = Request::builder().method(method).uri(*path);
        request = request.header("host", "canary.example.org");
        for name in ["User-Agent", "referer", "x-forwarded-for", "forwarded", "accept-language"] {
            request = request.header(name, "CANARY");
        }
        let request = request.header("if-none-match", "\"CANARY\"").body(Body::empty()).unwrap();
        answers += &asked(reader, telemetry, request).1;
    }
    answers
}

#[test]
fn no_line_holds_a_value_or_what_a_reader_sent() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-15");
    let reader = read(directory.path());
    let telemetry = Arc::new(Telemetry::new(true));
    let mut answers = String::new();
    let (text, lines) = captured(|| {
        telemetry.look(&reader);
        writer.spoil = Some(|release| release.parts[0].values[0] = CANARY_VALUE);
        writer.release_until("2023-11-16");
        reader.refresh();
        telemetry.look(&reader);
        answers = ask_with_canaries(&reader, &telemetry);
        // A file that is not due by the plan, and one that is not the ledger's.
        writer.spoil = Some(|release| release.parts[0].values.push(CANARY_VALUE));
        writer.release_until("2023-11-17");
        let file = directory.path().join("release/CROSSINGS/2023-11-15.v0.json");
        fs::write(file, format!("{{\"values\":[{CANARY_VALUE}]}}")).unwrap();
        reader.refresh();
        telemetry.look(&reader);
        ask_with_canaries(&reader, &telemetry);
        telemetry.snapshot_passed_over("snapshot", "a reason");
        telemetry.calendar_failed("busy", "a reason");
        telemetry.calendar_succeeded();
        // Lines of other crates are not written.
        tracing::error!(target: "hyper::proto", code = "request", "CANARY");
    });
    for code in ["release", "unverified", "calendar-failed", "request"] {
        assert!(codes(&lines).contains(&code), "{code}\n{text}");
    }
    assert!(!text.to_lowercase().contains("canary"), "{text}");
    assert!(!text.contains(&CANARY_VALUE.to_string()), "{text}");
    let decimals: Vec<&str> = answers
        .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .filter(|word| word.len() > 4 && word.contains('.') && word.parse::<f64>().is_ok())
        .collect();
    assert!(decimals.len() > 20, "the answers hold figures: {answers:.2000}");
    for figure in decimals {
        assert!(!text.contains(figure), "{figure}\n{text}");
    }
    for line in lines.iter().filter(|line| line["code"] == "request") {
        let route = line["route"].as_str().unwrap();
        assert!(route == "none" || route.starts_with('/'), "{line}");
        assert!(["GET", "other"].contains(&line["method"].as_str().unwrap()), "{line}");
    }
}

#[test]
fn a_step_released_while_serving_is_one_line() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-15");
    let reader = read(directory.path());
    let telemetry = Telemetry::default();
    let (_, lines) = captured(|| {
        for day in ["2023-11-15", "2023-11-17", "2023-11-17", "2023-11-18"] {
            writer.release_until(day);
            reader.refresh();
            telemetry.look(&reader);
        }
    });
    let released: Vec<(&str, u64)> = lines
        .iter()
        .map(|line| (line["step"].as_str().unwrap(), line["dataflows"].as_u64().unwrap()))
        .collect();
    assert_eq!(codes(&lines), ["release"; 3]);
    assert_eq!(released, [("2023-11-16", 3), ("2023-11-17", 3), ("2023-11-18", 3)]);
}

#[test]
fn a_condition_that_lasts_is_one_line() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-16");
    let earlier = fs::read(directory.path().join("checkpoint")).unwrap();
    writer.release_until("2023-11-18");
    let newest = fs::read(directory.path().join("checkpoint")).unwrap();
    let path = "release/CROSSINGS/2023-11-18.v0.json";
    let file = directory.path().join(path);
    let sound = fs::read(&file).unwrap();
    let reader = read(directory.path());
    let telemetry = Arc::new(Telemetry::default());
    let look_often = || {
        for _ in 0..3 {
            reader.refresh();
            telemetry.look(&reader);
        }
    };
    let (_, lines) = captured(|| {
        fs::write(&file, b"{}").unwrap();
        look_often();
        let (_, metrics) = get(&reader, &telemetry, "/metrics");
        assert!(metrics.contains("tidegauge_unverified_files 1\n"), "{metrics}");
        fs::write(&file, &sound).unwrap();
        look_often();
        fs::write(directory.path().join("checkpoint"), &earlier).unwrap();
        look_often();
        let (status, checks) = get(&reader, &telemetry, "/readyz");
        assert_eq!(status, 503);
        let failed: Vec<&str> = checks.lines().filter(|line| !line.ends_with(": ok")).collect();
        assert!(failed.len() == 1 && failed[0].starts_with("refresh: "), "{checks}");
        fs::write(directory.path().join("checkpoint"), &newest).unwrap();
        look_often();
        for _ in 0..3 {
            telemetry.calendar_failed("busy", "a reason");
        }
        telemetry.calendar_succeeded();
        telemetry.calendar_succeeded();
    });
    let expected = [
        "unverified",
        "verified",
        "refresh-failed",
        "refresh-recovered",
        "calendar-failed",
        "calendar-recovered",
    ];
    assert_eq!(codes(&lines), expected);
    assert_eq!((&lines[0]["path"], &lines[1]["path"]), (&path.into(), &path.into()));
    let (_, metrics) = get(&reader, &telemetry, "/metrics");
    for line in [
        "tidegauge_refresh_failures_total 3",
        "tidegauge_calendar_failures_total 3",
        "tidegauge_unverified_files 0",
        "tidegauge_ready 1",
    ] {
        assert!(metrics.lines().any(|known| known == line), "{line}\n{metrics}");
    }
}

#[test]
fn an_overdue_release_is_not_ready_and_says_since_when() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-18");
    let due = publisher::plan().due(Period::parse("2023-11-19").unwrap());
    let now = Arc::new(Mutex::new(due));
    let shown = Arc::clone(&now);
    let clock: tidegauge_figures::Clock = Arc::new(move || *shown.lock().unwrap());
    let reader = Arc::new(Reader::with_clock(directory.path(), Some(clock)));
    let telemetry = Arc::default();
    let ready_after = |seconds: i64| {
        *now.lock().unwrap() = due + SignedDuration::from_secs(seconds);
        reader.refresh();
        get(&reader, &telemetry, "/readyz?calendar")
    };
    let ready = "ledger: ok\nrefresh: ok\nfiles: ok\ncalendar: ok\n";
    assert_eq!(ready_after(GRACE_SECONDS - 1), (200, ready.into()));
    let (status, text) = ready_after(GRACE_SECONDS);
    assert_eq!(status, 503);
    assert!(text.contains(&format!("calendar: overdue since {due}: ")), "{text}");
    assert!(text.contains("2023-11-19"), "{text}");
    assert_eq!(get(&reader, &telemetry, "/readyz").0, 200, "the calendar is not asked for");
    let (_, metrics) = get(&reader, &telemetry, "/metrics");
    let end = "2023-11-19T00:00:00Z".parse::<Timestamp>().unwrap().as_second();
    let lag = due.as_second() + GRACE_SECONDS - end;
    for line in [
        "tidegauge_steps_overdue{dataflow=\"CROSSINGS\"} 1".to_owned(),
        format!("tidegauge_last_step_lag_seconds{{dataflow=\"PRESENT\"}} {lag}"),
        format!("tidegauge_last_step_end_timestamp_seconds{{dataflow=\"PRESENT\"}} {end}"),
        "tidegauge_ready 1".to_owned(),
    ] {
        assert!(metrics.lines().any(|known| known == line), "{line}\n{metrics}");
    }
    assert!(ready_after(24 * 3600 + GRACE_SECONDS).1.contains("2 steps"));
    writer.release_until("2023-11-20");
    assert_eq!(ready_after(24 * 3600 + GRACE_SECONDS), (200, ready.into()));
}

#[test]
fn a_real_store_uses_the_system_s_clock_and_a_synthetic_one_its_own() {
    let directory = TempDir::new().unwrap();
    Publisher::create_real(directory.path(), publisher::PLAN).release_until("2023-11-18");
    let real = read(directory.path());
    let (status, text) = get(&real, &Arc::default(), "/readyz?calendar");
    assert!(status == 503 && text.contains("calendar: overdue since 2023-11-"), "{text}");
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), publisher::PLAN).release_until("2023-11-18");
    let synthetic = read(directory.path());
    assert_eq!(get(&synthetic, &Arc::default(), "/readyz?calendar").0, 200);
    let (_, metrics) = get(&synthetic, &Arc::default(), "/metrics");
    assert!(!metrics.contains("tidegauge_steps_overdue{"), "{metrics}");
    assert!(!metrics.contains("tidegauge_last_step_lag_seconds{"), "{metrics}");
}
