//! Sources of a plan: what they deliver is taken once, and steps are released when they have
//! declared it complete.
//!
//! What counts as failure: an event that is lost or taken twice; a step that is released while a
//! source that is due has not declared it and the longest wait is not over; a ledger that does not
//! say who was silent.
//! Explicitly no failure: a delivery whose answer was lost in a kill is sent again.
//! Nondeterminism: the moment of the kills.

#![cfg(test)]

mod delivering;

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::edit;
use testkit::program::{Workplace, refused, run, succeed};
use tidegauge_delivery::Delivery;

use crate::delivering::{HEADER, Intake, START, plan, row, signed, source, store_of, two_sources};

/// The release entries of a store's first dataflow; its ledger must verify.
fn released(store: &str) -> Vec<Released> {
    let text = succeed(&["ledger", "verify", store]);
    assert!(text.contains("verified") || !text.is_empty());
    entries(store)
}

/// A release entry: step, vintage, silent sources, time.
type Released = (String, u64, Vec<String>, String);

/// As [`released`], while the store is served and a release may be under way.
fn entries(store: &str) -> Vec<Released> {
    let source = tidegauge_ledger::DirectorySource::new(std::path::Path::new(store).join("public"));
    let entries = tidegauge_ledger::read_verified(&source, None).expect("a ledger").entries;
    let of_first = |entry: &tidegauge_ledger::Entry| match entry {
        tidegauge_ledger::Entry::Release { dataflow, step, vintage, silent, at, .. }
            if dataflow == "BORDER_FLOW" =>
        {
            Some((step.clone(), u64::from(*vintage), silent.clone(), at.clone()))
        }
        _ => None,
    };
    entries.iter().filter_map(of_first).collect()
}

fn ingest(store: &str, file: &str, submitter: &str, now: &str, until: &str) {
    let clock = ["--now", now, "--submitter", submitter, "--complete-until", until];
    succeed(&[&["ingest", store, file], &clock[..]].concat());
}

#[test]
fn a_step_waits_for_its_sources() {
    let sources = [
        source("LAND", 1, 30),
        source("AIR", 2, 30),
        // Declares too late to be waited for.
        source("SLOW", 3, 421),
    ];
    let (place, store) = store_of(&plan(&sources));
    let file = place.write("rows.csv", format!("{HEADER}{}", row("e1", "person-1", START)));
    // Step 2024-01-18 of Hong Kong ends at 16:00 in universal time, is due at 22:00, and waits
    // until 23:00.
    ingest(&store, &file, "LAND", "2024-01-18T17:00:00Z", "2024-01-18T16:00:00Z");
    let release = |now: &str| succeed(&["release", &store, "--now", now]);
    assert!(release("2024-01-18T22:30:00Z").contains("nothing to release"));
    let status = succeed(&["status", &store, "--json"]);
    let status: Value = serde_json::from_str(&status).unwrap();
    let awaited: Vec<&str> = status["sources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|source| source["isAwaited"] == true)
        .map(|source| source["id"].as_str().unwrap())
        .collect();
    assert_eq!(awaited, ["AIR"]);
    assert_eq!(status["next"]["due"], "2024-01-18T23:00:00Z");
    // A word that goes back, or not far enough, changes nothing.
    let empty = place.write("none.csv", HEADER);
    ingest(&store, &empty, "AIR", "2024-01-18T22:31:00Z", "2024-01-18T15:59:59Z");
    ingest(&store, &empty, "LAND", "2024-01-18T22:32:00Z", "2024-01-18T12:00:00Z");
    assert!(release("2024-01-18T22:35:00Z").contains("nothing to release"));
    ingest(&store, &empty, "AIR", "2024-01-18T22:40:00Z", "2024-01-18T16:00:00Z");
    assert!(release("2024-01-18T22:41:00Z").contains("released 2024-01-18"));
    // The next step: nobody speaks, and the longest wait passes.
    assert!(release("2024-01-19T22:59:59Z").contains("nothing to release"));
    assert!(release("2024-01-19T23:00:00Z").contains("released 2024-01-19"));
    let found = released(&store);
    let slow = vec!["SLOW".to_owned()];
    assert_eq!(found[0], ("2024-01-18".into(), 0, slow, "2024-01-18T22:41:00Z".into()));
    let all = ["LAND", "AIR", "SLOW"].map(str::to_owned).to_vec();
    assert_eq!(found[1], ("2024-01-19".into(), 0, all, "2024-01-19T23:00:00Z".into()));
}

#[test]
fn a_release_without_a_source_is_warned_of() {
    let (place, store) = store_of(&two_sources());
    let file = place.write("rows.csv", format!("{HEADER}{}", row("e1", "person-1", START)));
    ingest(&store, &file, "LAND", "2024-01-20T17:00:00Z", "2024-01-20T16:00:00Z");
    ingest(&store, &file, "AIR", "2024-01-20T17:00:00Z", "2024-01-18T16:00:00Z");
    let release = |until: &str| {
        let output = run(&["release", &store, "--now", "2024-01-21T23:00:00Z", "--until", until]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(release("2024-01-18"), "", "both have declared it");
    let warned = release("2024-01-20");
    assert_eq!(warned.lines().count(), 1, "{warned}");
    assert!(warned.starts_with("warning[silent-source]: "), "{warned}");
    let which = "source AIR: 2 of the steps 2024-01-19 to 2024-01-20 were released";
    assert!(warned.contains(which), "{warned}");
    let warned = release("2024-01-21");
    for source in ["AIR", "LAND"] {
        assert!(warned.contains(&format!("source {source}: 2024-01-21 was released")), "{warned}");
    }
    assert_eq!(released(&store).last().unwrap().2, ["LAND", "AIR"]);
}

#[test]
fn a_rehearsal_names_the_file_of_each_source() {
    let place = Workplace::with_plan(two_sources());
    let [plan, out] = ["plan.toml", "export.csv"].map(|name| place.text(name));
    let simulate = ["simulate", "plan", &plan, "--raw", "--events-per-day", "5", "--out", &out];
    let printed = succeed(&simulate);
    let files = ["export.LAND.csv", "export.AIR.csv"].map(|name| place.text(name));
    let line = format!("written, for each source: {}\n", files.join(", "));
    assert!(printed.contains(&line), "{printed}");
    assert!(files.iter().all(|file| fs::exists(file).unwrap()) && !fs::exists(&out).unwrap());
}

/// Waits until so many steps of the first dataflow are released.
fn wait_for_steps(store: &str, steps: usize) -> Vec<Released> {
    let begun = Instant::now();
    loop {
        let found = entries(store);
        if found.len() >= steps {
            assert_eq!(found.len(), steps, "{found:?}");
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{found:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn sources_have_time_for_what_is_past() {
    let (_place, store) = store_of(&two_sources());
    // Three steps are past, and the hour for which each waits too. An hour lasts for six seconds.
    let intake = Intake::start(&store, "2024-01-21T06:00:00Z", 600);
    // A word without an event does not begin the calendar.
    intake.declare("LAND", "empty", "2024-01-20T16:00:00Z").ok();
    intake.declare("AIR", "empty", "2024-01-18T16:00:00Z").ok();
    refused(&["release", &store], 3, "empty");
    let begun = Instant::now();
    intake.send_rows("a", &row("e1", "person-1", START)).ok();
    // Both have declared the first step, and AIR then the second; the third waits for an hour.
    wait_for_steps(&store, 1);
    intake.declare("AIR", "second", "2024-01-19T16:00:00Z").ok();
    wait_for_steps(&store, 2);
    let status = succeed(&["status", &store, "--json"]);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert!(status["next"]["due"].as_str().unwrap() > "2024-01-21T07:00:00Z", "{status}");
    let found = wait_for_steps(&store, 3);
    assert!(begun.elapsed() > Duration::from_secs(5), "{found:?}");
    assert!(found[2].3.as_str() > "2024-01-21T07:00:00Z", "{found:?}");
    let silent: Vec<&Vec<String>> = found.iter().map(|(_, _, silent, _)| silent).collect();
    assert_eq!(silent, [&vec![], &vec![], &vec!["AIR".to_owned()]]);
    // A server that was away gives them the time again.
    intake.kill();
    let intake = Intake::start(&store, "2024-01-22T06:00:00Z", 600);
    intake.declare("AIR", "fourth", "2024-01-21T16:00:00Z").ok();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(entries(&store).len(), 3);
    intake.declare("LAND", "fourth", "2024-01-21T16:00:00Z").ok();
    assert_eq!(wait_for_steps(&store, 4)[3].2, Vec::<String>::new());
}

#[test]
fn a_later_vintage_says_who_is_silent_then() {
    let text =
        edit(&two_sources()).add("dataflow.BORDER_FLOW.vintages", testkit::toml("[2]")).text();
    let (place, store) = store_of(&text);
    let file = place.write("rows.csv", format!("{HEADER}{}", row("e1", "person-1", START)));
    ingest(&store, &file, "LAND", "2024-01-18T17:00:00Z", "2024-01-21T16:00:00Z");
    // Nobody hears of AIR until the third step.
    succeed(&["release", &store, "--now", "2024-01-19T23:00:00Z"]);
    let empty = place.write("none.csv", HEADER);
    ingest(&store, &empty, "AIR", "2024-01-20T17:00:00Z", "2024-01-20T16:00:00Z");
    succeed(&["release", &store, "--now", "2024-01-20T23:00:00Z"]);
    let air = || vec!["AIR".to_owned()];
    let expected = [
        ("2024-01-18", 0, air()),
        ("2024-01-19", 0, air()),
        ("2024-01-20", 0, vec![]),
        ("2024-01-18", 1, vec![]),
    ];
    let found: Vec<_> =
        released(&store).into_iter().map(|(s, v, silent, _)| (s, v, silent)).collect();
    let expected: Vec<_> =
        expected.into_iter().map(|(s, v, silent)| (s.to_owned(), v, silent)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_receipt_says_what_follows_from_dates() {
    let text =
        edit(&two_sources()).add("dataflow.BORDER_FLOW.vintages", testkit::toml("[1]")).text();
    let (place, store) = store_of(&text);
    let file = place.write("rows.csv", format!("{HEADER}{}", row("e1", "person-1", START)));
    ingest(&store, &file, "LAND", "2024-01-18T17:00:00Z", "2024-01-19T16:00:00Z");
    succeed(&["release", &store, "--now", "2024-01-19T23:00:00Z"]);
    // Two steps are released; the second has a later vintage to come.
    let intake = Intake::start(&store, "2024-01-20T01:00:00Z", 1);
    let rows = [
        row("e2", "person-2", "2024-01-17T10:00:00Z"),
        row("e3", "person-3", "2024-01-18T10:00:00Z"),
        row("e4", "person-4", "2024-01-19T10:00:00Z"),
        row("e5", "person-5", "2024-01-19T17:00:00Z"),
        row("e1", "person-1", START),
    ];
    let receipt = intake.send_rows("a", &rows.concat()).ok();
    assert_eq!(receipt["rows"], serde_json::json!({ "taken": 5, "refused": 0 }));
    let dates = serde_json::json!({
        "before_start": 1, "released_late": 1, "released_nowhere": 2, "past_horizon": 0
    });
    // An event that was known is no other than a new one.
    assert_eq!(receipt["dates"], dates);
}

#[test]
fn a_real_store_takes_events_from_its_sources_only() {
    let place = Workplace::with_plan(two_sources());
    let (store, plan) = (place.text("real"), place.text("plan.toml"));
    succeed(&["init", &store, "--plan", &plan, "--real"]);
    let file = place.write("rows.csv", HEADER);
    let error = refused(&["ingest", &store, &file], 3, "sources-only");
    assert!(error.contains("tidegauge-agent"), "{error}");
    // A synthetic one takes rows in the name of a source.
    let synthetic = place.synthetic("synthetic", None);
    let error = refused(&["ingest", &synthetic, &file], 2, "bad-value");
    assert!(
        error.contains("--submitter: must be one of the plan's sources; there are LAND, AIR"),
        "{error}"
    );
    succeed(&["ingest", &synthetic, &file, "--submitter", "AIR"]);
    let without = place.write("without.toml", testkit::plans::SHORT);
    let bare = place.text("bare");
    succeed(&["init", &bare, "--plan", &without, "--synthetic"]);
    let until = ["--complete-until", START];
    refused(&[&["ingest", &bare, &file], &until[..]].concat(), 2, "bad-value");
}

#[test]
fn signed_files_are_taken_as_deliveries_are() {
    let (place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let body = format!("{HEADER}{}", row("e1", "person-1", "2024-01-18T10:00:00Z"));
    let delivery = intake.delivery("carried", body.as_bytes());
    let file = place.write("carried.delivery", signed(&delivery).to_file(body.as_bytes()));
    // Into a served store, twice, and once more over the network: one delivery.
    for _ in 0..2 {
        let printed = succeed(&["ingest", &store, &file]);
        assert!(printed.contains("1 row taken"), "{printed}");
    }
    intake.send(&delivery, body.as_bytes()).ok();
    // A copy that declares more is one delivery still.
    assert_eq!(intake.completeness("LAND")["complete_until"], Value::Null);
    let until = Some("2024-01-18T11:00:00Z".parse().unwrap());
    let copy = Delivery { complete_until: until, ..delivery };
    let copy = place.write("copy.delivery", signed(&copy).to_file(body.as_bytes()));
    succeed(&["ingest", &store, &copy]);
    assert_eq!(intake.completeness("LAND")["complete_until"], "2024-01-18T11:00:00Z");
    drop(intake);
    assert_eq!(delivered(&store), 1);
    let cut = &fs::read(place.path("carried.delivery")).unwrap();
    let cut = place.write("cut.delivery", &cut[..cut.len() - 3]);
    refused(&["ingest", &store, &cut, "--now", START], 2, "content-digest");
    let plain = place.write("plain.delivery", body);
    refused(&["ingest", &store, &plain, "--now", START], 2, "malformed-message");
}

/// The number of deliveries that a store has taken.
fn delivered(store: &str) -> i64 {
    let control = std::path::Path::new(store).join("private/control.sqlite");
    let control = rusqlite::Connection::open(control).expect("a control store");
    let query = "SELECT count(*) FROM delivery";
    control.query_row(query, [], |row| row.get(0)).expect("a number")
}

#[test]
fn a_delivery_is_taken_once() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let rows = row("e1", "person-1", "2024-01-18T10:00:00Z");
    let first = intake.send_rows("one", &rows);
    first.ok();
    let again = intake.send_rows("one", &rows);
    assert_eq!((again.status, &again.body), (200, &first.body));
    let other = row("e2", "person-2", "2024-01-18T11:00:00Z");
    assert_eq!(intake.send_rows("one", &other).problem(), (409, "delivery-conflict".into()));
    // The same id of another source is another delivery.
    let body = format!("{HEADER}{other}");
    let air = Delivery { source: "AIR".into(), ..intake.delivery("one", body.as_bytes()) };
    intake.send(&air, body.as_bytes()).ok();
    assert_eq!(delivered(&store), 2);
}

/// Deliveries while the server is killed again and again: each is sent until it is answered.
#[test]
fn a_killed_store_has_a_delivery_whole_or_not() {
    let (_place, store) = store_of(&two_sources());
    let rows = |n: u32| -> String {
        (0..20)
            .map(|i| row(&format!("e{n}-{i}"), &format!("p-{n}-{i}"), "2024-01-18T10:00:00Z"))
            .collect()
    };
    let mut next = 0;
    for round in 0..12u64 {
        let intake = Intake::start(&store, START, 1);
        let until = Instant::now() + Duration::from_millis(7 * round);
        loop {
            let reply = intake.send_rows(&format!("d{next}"), &rows(next));
            assert_eq!(reply.status, 200, "{}", reply.body);
            next += 1;
            if Instant::now() > until {
                break;
            }
        }
        // One more whose answer nobody waits for.
        let body = format!("{HEADER}{}", rows(next));
        let delivery = intake.delivery(&format!("d{next}"), body.as_bytes());
        let host = intake.host.clone();
        let sending = std::thread::spawn(move || {
            delivering::ask(&host, &signed(&delivery), body.as_bytes()).status
        });
        std::thread::sleep(Duration::from_millis(round % 5));
        intake.kill();
        let _ = sending.join();
    }
    // The last one was taken or not; it is sent again.
    let intake = Intake::start(&store, START, 1);
    intake.send_rows(&format!("d{next}"), &rows(next)).ok();
    intake.declare("LAND", "end", "2024-01-18T12:00:00Z").ok();
    drop(intake);
    assert_eq!(delivered(&store), i64::from(next) + 2);
    succeed(&["release", &store, "--now", "2024-01-18T23:00:00Z"]);
    succeed(&["ledger", "verify", &store]);
}
