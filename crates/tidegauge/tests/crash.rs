//! Kill -9 at any moment: nothing is lost, nothing is counted twice, nothing is drawn twice.
//!
//! What counts as failure: a released file whose bytes change or vanish; a ledger that does not
//! verify after a restart; final figures other than those of a store that was never killed.
//! Explicitly no failure: an ingest that was killed before it reported success and left nothing; a
//! release that went on where it stopped.
//! Nondeterminism: the moment of the kill. The above must hold for every outcome.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use testkit::edit;
use testkit::program::{HEADER, NOW, Workplace, files, releases, run, succeed, tidegauge};

const SEED: &str = "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";
const DAYS: &str = "12";
const UNTIL: &str = "2024-01-12";
/// The plan of hours, with its first window in January; its test releases two days.
const HOURS: &str = include_str!("../../../testdata/hours.toml");
const UNTIL_HOUR: &str = "2024-01-27";
/// The number of kills before a run may finish.
const KILLS: u64 = 12;

fn simulated(place: &Workplace, name: &str) -> String {
    let out = place.text(name);
    succeed(&["simulate", "border", "--out", &out, "--days", DAYS, "--seed", "7"]);
    out
}

fn start(arguments: &[&str]) -> Child {
    let mut command = tidegauge(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// The files released so far, without half-written leftovers.
fn released_files(store: &str) -> BTreeMap<String, Vec<u8>> {
    if !Path::new(store).join("public/release").exists() {
        return BTreeMap::new();
    }
    releases(store).into_iter().filter(|(name, _)| name.ends_with(".json")).collect()
}

/// Kills a process after some milliseconds; returns whether it was still running.
fn kill_after(mut process: Child, milliseconds: u64) -> bool {
    for _ in 0..milliseconds {
        if process.try_wait().expect("a process").is_some() {
            return false;
        }
        sleep(Duration::from_millis(1));
    }
    let running = process.try_wait().expect("a process").is_none();
    process.kill().expect("a signal");
    process.wait().expect("an end");
    running
}

fn release<'a>(store: &'a str, until: &'a str) -> Vec<&'a str> {
    vec!["release", store, "--until", until, "--now", NOW]
}

/// The releases of a store that was never killed, from the same events with the same seed.
fn undisturbed(place: &Workplace, events: &str, until: &str) -> Vec<(String, Vec<u8>)> {
    let store = place.synthetic("undisturbed", Some(SEED));
    succeed(&["ingest", &store, events, "--now", NOW]);
    succeed(&release(&store, until));
    releases(&store)
}

/// Kills ingests and releases, and compares the final releases with those of an undisturbed store.
fn check_killed(place: &Workplace, events: &str, until: &str) {
    let expected = undisturbed(place, events, until);
    let store = place.synthetic("store", Some(SEED));
    let mut struck = 0;
    for kill in 0..KILLS {
        let ingest = ["ingest", &store, events, "--now", NOW];
        struck += u64::from(kill_after(start(&ingest), 3 + 11 * kill % 61));
    }
    assert!(struck > 0, "no kill struck a running ingest");
    succeed(&["ingest", &store, events, "--now", NOW]);
    for kill in 0..KILLS {
        kill_after(start(&release(&store, until)), 10 + 29 * kill % 83);
    }
    succeed(&release(&store, until));
    assert_eq!(releases(&store), expected);
    succeed(&["ledger", "verify", &store]);
}

#[test]
fn a_killed_release_is_finished_and_never_drawn_again() {
    let place = Workplace::new();
    let events = simulated(&place, "events.csv");
    let store = place.synthetic("store", None);
    succeed(&["ingest", &store, &events, "--now", NOW]);
    let mut frozen = BTreeMap::new();
    let mut struck = 0;
    for kill in 0..KILLS {
        struck += u64::from(kill_after(start(&release(&store, UNTIL)), 15 + 23 * kill % 97));
        let now = released_files(&store);
        for (name, bytes) in &frozen {
            assert_eq!(now.get(name), Some(bytes), "{name} changed after kill {kill}");
        }
        frozen = now;
    }
    assert!(struck > 0, "no kill struck a running release");
    succeed(&release(&store, UNTIL));
    succeed(&["ledger", "verify", &store]);
    let last = released_files(&store);
    assert!(frozen.iter().all(|(name, bytes)| last.get(name) == Some(bytes)));
    assert_eq!(last.len(), 3 * 12, "three dataflows on twelve days");
}

#[test]
fn a_killed_store_counts_what_an_undisturbed_one_counts() {
    let place = Workplace::new();
    let events = simulated(&place, "events.csv");
    check_killed(&place, &events, UNTIL);
}

#[test]
fn a_killed_store_of_hours_counts_what_an_undisturbed_one_counts() {
    let plan = edit(HOURS).change("statement.start", "2024-01-26");
    let place = Workplace::with_plan(plan.text());
    let row = |n: u32| {
        let (hour, minute) = (n / 60 % 24, n % 60);
        let kind = if n.is_multiple_of(3) { "EXIT" } else { "ENTRY" };
        format!(
            "e{n},syn1:person{},2024-01-26T{hour:02}:{minute:02}:00Z,{kind},LO_WU,VISITOR",
            n % 997
        )
    };
    let rows: Vec<String> = (0..20_000).map(row).collect();
    let events = place.write("events.csv", format!("{HEADER}\n{}\n", rows.join("\n")));
    check_killed(&place, &events, UNTIL_HOUR);
}

#[test]
fn leftovers_of_a_kill_are_cleared_away() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let journal = Path::new(&store).join("private/journal");
    std::fs::write(journal.join("00000000.segment"), b"half a segment").expect("a file");
    succeed(&["release", &store, "--until", "2024-01-01", "--now", NOW, "--empty"]);
    assert_eq!(files(&journal), []);
}

#[test]
fn two_processes_never_write_to_one_store() {
    let place = Workplace::new();
    let events = simulated(&place, "events.csv");
    let store = place.synthetic("store", None);
    let mut first = start(&["ingest", &store, &events, "--now", NOW]);
    while first.try_wait().expect("a process").is_none() {
        // The release may come before anything is taken in, which is `--empty`.
        let output = run(&["release", &store, "--until", "2024-01-01", "--now", NOW, "--empty"]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => {}
            Some(6) => assert!(error.starts_with("error[locked]: "), "{error}"),
            other => panic!("{other:?}: {error}"),
        }
    }
    succeed(&["release", &store, "--until", UNTIL, "--now", NOW]);
    succeed(&["ledger", "verify", &store]);
}
