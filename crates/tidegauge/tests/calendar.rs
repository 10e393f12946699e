//! The release calendar: entries and files have its times, a synthetic store may follow a clock of
//! its own, and a store that never took an event is not released.
//!
//! Not here: which step closes when (`steps.rs`), embargoes (`embargo.rs`).

#![cfg(test)]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use testkit::plans::SHORT;
use testkit::program::{HEADER, Workplace, files, refused, run, succeed};
use testkit::server::Server;
use tidegauge_ledger::{DirectorySource, Entry, read_verified};
use tidegauge_model::{Period, Plan};

const ROW: &str = "e1,syn1:00c0ffee,2024-01-18T08:00:00+08:00,ENTRY,LO_WU,VISITOR";
/// Some days after the plan's start, not at a whole minute; seven steps are due by then.
const NOW: &str = "2024-01-25T03:04:37Z";
/// The beginning of that minute.
const MINUTE: &str = "2024-01-25T03:04:00Z";
/// Before the plan's start.
const BEFORE: &str = "2024-01-17T00:00:00Z";

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A store of the short plan, made before its start.
fn store(place: &Workplace) -> String {
    let (store, plan) = (place.text("store"), place.text("plan.toml"));
    succeed(&["init", &store, "--plan", &plan, "--synthetic", "--now", BEFORE]);
    store
}

fn ingest(place: &Workplace, store: &str) {
    let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    succeed(&["ingest", store, &events, "--now", NOW]);
}

fn public(store: &str) -> std::path::PathBuf {
    Path::new(store).join("public")
}

/// Every entry of a ledger: the step that it releases, if any, and its time.
fn entries(store: &str) -> Vec<(Option<Period>, Timestamp)> {
    let log = read_verified(&DirectorySource::new(public(store)), None).expect("a ledger");
    let entry = |entry: &Entry| {
        let step = match entry {
            Entry::Release { step, .. } => Period::parse(step),
            _ => None,
        };
        (step, instant(entry.at()))
    };
    let entries: Vec<_> = log.entries.iter().map(entry).collect();
    assert!(entries.is_sorted_by_key(|(_, at)| *at), "times never go backwards: {entries:?}");
    entries
}

/// The modification times of all public files and directories, but for the key, which never
/// changes.
fn file_times(store: &str) -> BTreeSet<Timestamp> {
    let names = files(&public(store)).into_iter().map(|(name, _)| name);
    let paths = names.filter(|name| name != "vkey").map(|name| public(store).join(name));
    let with_directories = paths.flat_map(|path| {
        let parents = path.ancestors().map(Path::to_owned).collect::<Vec<_>>();
        parents.into_iter().take_while(|path| path.starts_with(public(store))).collect::<Vec<_>>()
    });
    let modified = |path: std::path::PathBuf| {
        let time = path.metadata().and_then(|file| file.modified()).expect("a time");
        let since = time.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        assert_eq!(since.subsec_nanos(), 0, "{path:?}");
        Timestamp::from_second(since.as_secs().cast_signed()).expect("a time")
    };
    with_directories.map(modified).collect()
}

/// Waits until this many release files are public.
fn wait_for_releases(store: &str, expected: usize) {
    let begun = Instant::now();
    // Files that are about to be renamed come and go meanwhile.
    let released = || {
        let directories = public(store).join("release").read_dir().into_iter().flatten();
        let files = directories.filter_map(|entry| entry.ok()?.path().read_dir().ok()).flatten();
        let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
        names.filter(|name| name.ends_with(".json")).count()
    };
    while released() < expected {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} of {expected}", released());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_slow_release_shows_in_no_time() {
    let place = Workplace::with_plan(SHORT);
    let store = store(&place);
    ingest(&place, &store);
    // Seven steps are due at once, and each takes its time.
    succeed(&["release", &store, "--now", NOW, "--threads", "1"]);
    let entries = entries(&store);
    let (made, released): (Vec<_>, Vec<_>) =
        entries.iter().map(|(_, at)| *at).partition(|at| *at == instant(BEFORE));
    assert_eq!(made.len(), 2, "genesis and plan");
    assert!(released.len() > 7 * 3, "{released:?}");
    assert!(released.iter().all(|at| *at == instant(MINUTE)), "{released:?}");
    assert_eq!(file_times(&store), BTreeSet::from([instant(BEFORE), instant(MINUTE)]));
}

#[test]
fn a_synthetic_store_follows_a_clock_of_its_own() {
    let place = Workplace::with_plan(SHORT);
    let store = store(&place);
    ingest(&place, &store);
    let no_clock = run(&["serve", &store, "--public", "127.0.0.1:0", "--speed", "9"]);
    assert_eq!(no_clock.status.code(), Some(2));
    // Seven steps were due before; then a day lasts half a second.
    let clock = ["--now", NOW, "--speed", "172800"];
    let server =
        Server::start(&[&["serve", &store, "--public", "127.0.0.1:0"][..], &clock].concat());
    wait_for_releases(&store, 10 * 3);
    let status = succeed(&["status", &store]);
    assert!(status.contains("yes, and released by the clock"), "{status}");
    assert!(status.contains("store for plan SHORT, 2024-"), "{status}");
    // The public tower goes by the same clock.
    assert!(server.get("/readyz?calendar").contains("calendar: "), "a clock");
    let _ = server.stop();
    let plan = Plan::parse(SHORT).expect("a plan");
    let mut times = BTreeSet::from([instant(BEFORE)]);
    for (step, at) in entries(&store) {
        times.insert(at);
        let Some(step) = step else { continue };
        let expected = plan.due(step).max(instant(MINUTE));
        assert_eq!(at, expected, "{step}");
    }
    assert!(file_times(&store).is_subset(&times), "{:?}", file_times(&store));
}

#[test]
fn times_do_not_go_backwards_with_a_clock_that_does() {
    let place = Workplace::with_plan(SHORT);
    // Made by the system's clock, and released by one of years before.
    let store = place.synthetic("store", None);
    ingest(&place, &store);
    succeed(&["release", &store, "--now", NOW]);
    let entries = entries(&store);
    assert!(entries.len() > 20 && entries[2..].iter().all(|(_, at)| *at == entries[0].1));
}

#[test]
fn a_store_that_never_took_an_event_releases_only_on_demand() {
    let place = Workplace::with_plan(SHORT);
    let store = store(&place);
    let release = ["release", &store, "--until", "2024-01-18", "--now", NOW];
    let error = refused(&release, 3, "empty");
    assert!(error.contains("`--empty`"), "{error}");
    // A file without a row is no event.
    let header = place.write("header.csv", format!("{HEADER}\n"));
    succeed(&["ingest", &store, &header, "--now", NOW]);
    refused(&release, 3, "empty");
    assert!(!public(&store).join("release").exists());
    // Where nothing has closed there is nothing to refuse.
    succeed(&["release", &store, "--now", BEFORE]);
    succeed(&[&release[..], &["--empty"]].concat());
    // From here on the store is in use, with or without events.
    succeed(&["release", &store, "--until", "2024-01-19", "--now", NOW]);
    succeed(&["ledger", "verify", &store]);
}

#[test]
fn a_server_waits_for_the_first_events() {
    let place = Workplace::with_plan(SHORT);
    let store = store(&place);
    let serve = ["serve", &store, "--public", "127.0.0.1:0", "--now", NOW];
    let server = Server::start(&serve);
    let begun = Instant::now();
    while !server.get("/metrics").contains("tidegauge_waits_for_events 1\n") {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not say that it waits");
    }
    let status = succeed(&["status", &store]);
    assert!(status.contains("the first events: nothing is released before"), "{status}");
    assert!(!public(&store).join("release").exists());
    ingest(&place, &store);
    wait_for_releases(&store, 7 * 3);
    assert!(server.get("/metrics").contains("tidegauge_waits_for_events 0\n"));
    let log = server.stop();
    for code in ["calendar-waits", "calendar-begins"] {
        assert_eq!(log.matches(&format!("code=\"{code}\"")).count(), 1, "{log}");
    }
    // Nothing waits after a restart.
    let server = Server::start(&serve);
    let status = succeed(&["status", &store]);
    assert!(!status.contains("first events"), "{status}");
    assert!(!server.stop().contains("calendar-waits"));
}
