//! Servers through the whole agent: it is killed, the server restarts, answers of the intake are
//! lost.
//!
//! Not here: single inputs.

use std::fmt::Write as _;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::common::{MAPPING, Scene, contents, written};
use super::servers::CANARY;
use super::{kafka, nats, postgres};

const EVENTS: u64 = 400;
const KILLS: u64 = 8;

/// The events, as JSON.
fn events() -> impl Iterator<Item = String> {
    (1..=EVENTS).map(|event| {
        format!(
            "{{\"number\":{event},\"kind\":\"ENTRY\",\"crossed\":\"2026-01-02T08:00:00Z\",\
             \"document\":\"D{event}\",\"name\":\"{CANARY}\"}}"
        )
    })
}

/// The events, as rows of SQL.
fn rows() -> String {
    let mut rows = String::new();
    for event in 1..=EVENTS {
        let comma = if event == 1 { "" } else { ", " };
        let _ = write!(rows, "{comma}('ENTRY', '2026-01-02 08:00Z', 'D{event}', '{CANARY}')");
    }
    rows
}

/// Runs agents that are killed, restarts the server under some, and looks at what arrived.
fn nothing_is_lost(input: &str, mut restart: impl FnMut()) {
    let scene = Scene::new(&format!(
        "[delivery]\nrows = 25\npoll_seconds = 1\n[[input]]\nname = 'register'\n{input}\n{MAPPING}"
    ));
    scene.intake.is_unreliable.store(true, Ordering::Relaxed);
    for kill in 0..KILLS {
        let log = std::fs::File::create(scene.path(&format!("log-{kill}"))).unwrap();
        let mut command = scene.command(&["run"]);
        let mut agent = command.stderr(log).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(150 + 97 * kill));
        if kill % 3 == 2 {
            restart();
            std::thread::sleep(Duration::from_millis(400));
        }
        agent.kill().unwrap();
        agent.wait().unwrap();
    }
    let done = scene.run(&["once"]);
    assert!(done.status.success(), "{}", written(&done));
    let events = scene.intake.events();
    assert_eq!(events.len() as u64, EVENTS);
    assert!(events.values().all(|times| *times == 1));
    assert_eq!(scene.intake.conflicts.load(Ordering::Relaxed), 0);
    let mut left = contents(scene.folder.path());
    left.push(("deliveries".into(), scene.intake.all().into_bytes()));
    left.push(("output".into(), written(&done).into_bytes()));
    for (path, bytes) in left {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(CANARY), "{}", path.display());
        assert!(!text.contains("D399"), "{}", path.display());
    }
}

#[test]
fn a_query_loses_and_doubles_nothing() {
    let mut server = postgres::Server::start();
    server.admin().run(&format!(
        "CREATE TABLE crossings (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
             kind text, crossed timestamptz, document text, name text); \
         GRANT SELECT ON crossings TO reader; \
         INSERT INTO crossings (kind, crossed, document, name) VALUES {}",
        rows()
    ));
    let input = server.settings("query = 'TABLE crossings'\ncursor = 'number'");
    nothing_is_lost(&input, || server.restart());
}

#[test]
fn an_outbox_loses_and_doubles_nothing() {
    let mut server = postgres::Server::start();
    server.admin().run(&format!(
        "CREATE TABLE outbox (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
             kind text, crossed timestamptz, document text, name text); \
         GRANT SELECT, DELETE ON outbox TO reader; \
         INSERT INTO outbox (kind, crossed, document, name) VALUES {}",
        rows()
    ));
    let input = server.settings("outbox = 'outbox'\nkey = 'number'");
    nothing_is_lost(&input, || server.restart());
    assert_eq!(server.admin().number("SELECT count(*) FROM outbox"), 0);
}

#[test]
fn a_stream_loses_and_doubles_nothing() {
    let mut server = nats::Server::start();
    server.consumer("agent", nats::config(Duration::from_secs(1)));
    server.publish(events());
    let input = server.settings("agent");
    nothing_is_lost(&input, || server.restart());
}

#[test]
fn a_topic_loses_and_doubles_nothing() {
    let mut server = kafka::Server::start(3);
    let events: Vec<String> = events().collect();
    for (partition, events) in (0..).zip(events.chunks(150)) {
        let how = rskafka::client::partition::Compression::Snappy;
        server.produce(partition, events.to_vec(), how);
    }
    let input = server.settings();
    nothing_is_lost(&input, || {
        server.order("down");
        std::thread::sleep(Duration::from_millis(200));
        server.order("up");
    });
}
