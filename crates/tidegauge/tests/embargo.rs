//! A plan with an embargo, through the whole program: which parts of the files it changes.
//!
//! Not here: what a server publishes before the hour (crate `serve`, `tests/embargo.rs`).

#![cfg(test)]

use std::collections::BTreeSet;

use testkit::edit;
use testkit::program::{HEADER, NOW, PLAN, ROW, Workplace, releases, run, succeed};
use tidegauge_ledger::Release;

const SEED: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// The plan's key for the hour at which its releases become public.
const EMBARGO: &str = "statement.embargo";

/// The releases of three days of a store with this embargo.
fn released(embargo: Option<&str>, seed: Option<&str>) -> Vec<(String, Vec<u8>)> {
    let plan = embargo.into_iter().fold(edit(PLAN), |plan, hour| plan.add(EMBARGO, hour));
    let place = Workplace::with_plan(plan.text());
    let store = place.synthetic("store", seed);
    let file = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    succeed(&["ingest", &store, &file, "--now", NOW]);
    succeed(&["release", &store, "--until", "2024-01-03", "--now", NOW]);
    let report = succeed(&["ledger", "verify", &store]);
    assert!(report.contains("every file as the ledger names it"), "{report}");
    releases(&store)
}

fn parsed(files: &[(String, Vec<u8>)]) -> Vec<Release> {
    files.iter().map(|(_, bytes)| Release::parse(bytes).expect("a release")).collect()
}

#[test]
fn an_embargo_changes_no_measurement() {
    let plain = released(None, Some(SEED));
    let embargoed = released(Some("09:30"), Some(SEED));
    assert_eq!(embargoed, released(Some("09:30"), Some(SEED)), "a seed means the same bytes");
    assert!(plain.len() == 9 && embargoed.len() == plain.len());
    for (one, other) in parsed(&plain).into_iter().zip(parsed(&embargoed)) {
        assert!(one.blind.is_none() && other.blind.is_some());
        assert_eq!(one, Release { blind: None, ..other });
    }
}

#[test]
fn every_blind_is_drawn_afresh() {
    let [one, other] = [(); 2].map(|()| released(Some("09:30"), None));
    let mut seen = BTreeSet::new();
    for (name, bytes) in one.iter().chain(&other) {
        assert_eq!(bytes.len() % 4096, 0, "{name}");
        let blind = Release::parse(bytes).expect("a release").blind.expect("a blind");
        assert!(seen.insert(blind[..64].to_owned()), "{name}");
    }
    assert_eq!(seen.len(), 18);
}

/// The ledger's entry of a release shows the length of its file, which must reveal nothing about
/// the noise.
#[test]
fn the_length_of_a_file_does_not_depend_on_the_noise() {
    let lengths = |files: Vec<(String, Vec<u8>)>| -> Vec<(String, usize)> {
        files.into_iter().map(|(name, bytes)| (name, bytes.len())).collect()
    };
    let [one, other] = [(); 2].map(|()| lengths(released(Some("09:30"), None)));
    assert_eq!(one, other);
}

#[test]
fn only_a_synthetic_store_is_served_by_another_clock() {
    let place = Workplace::new();
    let (real, plan) = (place.text("real"), place.text("plan.toml"));
    succeed(&["init", &real, "--plan", &plan, "--real"]);
    let output = run(&["serve", &real, "--public", "127.0.0.1:0", "--now", NOW]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{errors}");
    assert!(errors.starts_with("error[now-forbidden]: "), "{errors}");
}
