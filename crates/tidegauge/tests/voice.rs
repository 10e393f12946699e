//! The log lines of a serving program, read from the real program.
//!
//! Not here: when each line is due, and the metrics (crate `serve`).

#![cfg(test)]

use std::time::Duration;

use testkit::program::{HEADER, ROW, Workplace, keyed_pseudonym, succeed};
use testkit::server::Server;

#[test]
fn a_served_store_logs_its_work_and_nothing_about_events() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    let now = "2024-01-05T12:00:00+08:00";
    succeed(&["ingest", &store, &events, "--now", "2024-01-03T00:00:00+08:00"]);
    succeed(&["release", &store, "--until", "2024-01-02", "--now", now]);
    let served = ["serve", &store, "--public", "127.0.0.1:0", "--now", now];
    let server = Server::start(&[&served[..], &["--log", "--log-format", "json"]].concat());
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200 "));
    let _ = server.get("/v1/data/BORDER_FLOW/CANARY?format=CANARY");
    let is_released = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        server.get("/readyz?calendar").starts_with("HTTP/1.1 200 ")
    });
    assert!(is_released);
    assert!(server.get("/metrics").contains("tidegauge_steps_overdue{dataflow=\"BORDER_FLOW\"} 0"));
    let text = server.stop();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let count_of_code = |code: &str| lines.iter().filter(|line| line["code"] == code).count();
    assert_eq!((count_of_code("start"), count_of_code("stop")), (1, 1), "{text}");
    let released: Vec<&str> = lines.iter().filter_map(|line| line["step"].as_str()).collect();
    assert_eq!(released, ["2024-01-03", "2024-01-04"], "{text}");
    assert!(count_of_code("request") >= 4, "{text}");
    for secret in ["CANARY", "c0ffee", "syn1", "LO_WU", "MAINLAND_VISITOR", "e1,"] {
        assert!(!text.contains(secret), "{secret}\n{text}");
    }

    // Without options: readable lines, and none for requests.
    let server = Server::start(&served);
    let _ = server.get("/v1/dataflows");
    let text = server.stop();
    let codes = ["start", "stop"].map(|code| format!("code=\"{code}\""));
    assert_eq!(text.lines().count(), codes.len(), "{text}");
    for (line, code) in text.lines().zip(&codes) {
        assert!(line.contains(code.as_str()), "{text}");
    }
}

/// A real store of which a file is missing: its calendar cannot release, and says so in a line, a
/// metric and `/readyz`; the figures that are public already are still served.
#[test]
fn a_calendar_that_fails_says_why() {
    let place = Workplace::new();
    let (store, plan) = (place.text("store"), place.text("plan.toml"));
    succeed(&["init", &store, "--plan", &plan, "--real"]);
    let yesterday = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
    let row = ROW.replace("syn1:00c0ffee", &keyed_pseudonym(1));
    let row = row.replace("2024-01-02T08:00:00+08:00", &yesterday.to_string());
    assert!(row.contains(&yesterday.to_string()) && !row.contains("syn1"), "{row}");
    succeed(&["ingest", &store, &place.write("events.csv", format!("{HEADER}\n{row}\n"))]);
    let segment = place.path("store/private/journal/00000000.segment");
    std::fs::rename(&segment, place.path("aside")).expect("a segment");
    let served = ["serve", &store, "--public", "127.0.0.1:0", "--log-format", "json"];
    let server = Server::start(&served);
    let has_failed = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        server.get("/metrics").contains("tidegauge_calendar_failures_total 1")
    });
    assert!(has_failed);
    let ready = server.get("/readyz?calendar");
    assert!(ready.starts_with("HTTP/1.1 503 "), "{ready}");
    assert!(ready.contains("calendar: overdue since 2024-01-01T22:00:00Z: "), "{ready}");
    assert!(server.get("/v1/dataflows").starts_with("HTTP/1.1 200 "));
    let text = server.stop();
    let lines =
        text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect(line));
    let failed: Vec<_> = lines.filter(|line| line["code"] == "calendar-failed").collect();
    assert_eq!(failed.len(), 1, "{text}");
    assert_eq!((&failed[0]["cause"], &failed[0]["level"]), (&"corrupt".into(), &"ERROR".into()));
    let reason = failed[0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("private/journal/00000000.segment: file: is missing; "), "{reason}");
}
