//! Agents that are killed, and intakes whose answers are lost: nothing is lost, nothing leaves
//! twice.
//!
//! Not here: kills of the store (its own tests).

#![cfg(test)]

mod common;

use std::fmt::Write as _;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use common::{MAPPING, Scene, written};

const FILES: u64 = 12;
const ROWS: u64 = 90;

const INPUT: &str = "
[delivery]
rows = 25
[[input]]
name = 'crossings'
path = 'in'
settle_seconds = 0
taken = 'move'
complete = 'cursor'
lag_minutes = 10
";

fn file(number: u64) -> String {
    let mut text = "number,kind,crossed,document\n".to_owned();
    for row in 0..ROWS {
        let event = number * ROWS + row;
        let _ = writeln!(text, "{event},ENTRY,2026-01-{:02}T08:00:00Z,D{event}", number + 1);
    }
    text
}

/// Bits from a plain generator: the kills differ, and the test does the same each time.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[test]
fn fifty_kills_lose_and_double_nothing() {
    let scene = Scene::new(&format!("{INPUT}{MAPPING}"));
    for number in 0..FILES {
        std::fs::write(scene.path(&format!("in/{number:02}.csv")), file(number)).unwrap();
    }
    scene.intake.is_unreliable.store(true, Ordering::Relaxed);
    let mut seed = 42;
    let mut killed = 0;
    for _ in 0..50 {
        let mut child = scene.command(&["once"]).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(5 + next(&mut seed) % 120));
        killed += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let done = scene.run(&["once"]);
    assert!(done.status.success(), "{}", written(&done));
    let events = scene.intake.events();
    assert_eq!(events.len() as u64, FILES * ROWS);
    assert!(events.values().all(|times| *times == 1));
    assert_eq!(scene.intake.conflicts.load(Ordering::Relaxed), 0);
    assert!(killed > 10, "only {killed} agents were at work when they were killed");
    // The cursor's last declaration, and every file is put away.
    let arrived = scene.intake.arrived.lock().unwrap();
    let declared = arrived.values().filter_map(|arrived| arrived.complete_until.clone()).max();
    assert_eq!(declared.as_deref(), Some("2026-01-12T07:50:00Z"));
    assert_eq!(std::fs::read_dir(scene.path("in/taken")).unwrap().count() as u64, FILES);
    let status = written(&scene.run(&["status"]));
    assert!(status.contains("under way: nothing"), "{status}");
}

#[test]
fn a_running_agent_takes_what_is_put_there() {
    let scene = Scene::new(&format!("{}{MAPPING}", INPUT.replace("25", "25\npoll_seconds = 1")));
    let mut child = scene.command(&["run"]).stderr(Stdio::null()).spawn().unwrap();
    for number in 0..3 {
        std::fs::write(scene.path("in/next.part"), file(number)).unwrap();
        std::fs::rename(scene.path("in/next.part"), scene.path(&format!("in/{number}.csv")))
            .unwrap();
        thread::sleep(Duration::from_millis(300));
    }
    let expected = 3 * ROWS as usize;
    for _ in 0..100 {
        if scene.intake.events().len() == expected {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    let busy = scene.run(&["once"]);
    assert_eq!(busy.status.code(), Some(6), "{}", written(&busy));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(scene.intake.events().len(), expected);
}
