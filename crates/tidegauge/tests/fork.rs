//! Old copies: a store whose ledger does not match it is refused with exit code 5, and nothing is
//! drawn.

#![cfg(test)]

use std::path::Path;
use std::process::Command;

use testkit::program::{NOW, Workplace, files, releases, run, succeed};

fn copy(from: &str, to: &str) {
    let done = Command::new("cp").args(["-a", from, to]).status().expect("cp");
    assert!(done.success());
}

/// A store with two days released, and a copy of it from before the second.
fn two_days(place: &Workplace) -> (String, String) {
    let store = place.synthetic("store", None);
    succeed(&["release", &store, "--until", "2024-01-01", "--now", NOW, "--empty"]);
    let old = place.text("old");
    copy(&store, &old);
    succeed(&["release", &store, "--until", "2024-01-02", "--now", NOW, "--empty"]);
    (store, old)
}

fn replace(store: &str, part: &str, with: &str) {
    std::fs::remove_dir_all(Path::new(store).join(part)).expect("a directory");
    copy(&format!("{with}/{part}"), store);
}

fn is_refused_as_fork(store: &str) {
    let before = files(Path::new(store).join("public").as_path());
    let output = run(&["release", store, "--until", "2024-01-03", "--now", NOW, "--empty"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{error}");
    assert!(error.starts_with("error[fork]: "), "{error}");
    assert_eq!(files(Path::new(store).join("public").as_path()), before, "nothing is drawn");
}

#[test]
fn an_old_copy_of_the_private_part_never_draws_again() {
    let place = Workplace::new();
    let (store, old) = two_days(&place);
    replace(&store, "private", &old);
    is_refused_as_fork(&store);
}

#[test]
fn a_ledger_that_was_rolled_back_is_refused() {
    let place = Workplace::new();
    let (store, old) = two_days(&place);
    replace(&store, "public", &old);
    is_refused_as_fork(&store);
}

#[test]
fn two_copies_that_went_their_own_ways_do_not_mix() {
    let place = Workplace::new();
    let (store, old) = two_days(&place);
    succeed(&["release", &old, "--until", "2024-01-02", "--now", NOW, "--empty"]);
    assert_ne!(releases(&store), releases(&old), "each drew its own noise");
    replace(&store, "public", &old);
    is_refused_as_fork(&store);
}

#[test]
fn a_torn_private_part_is_corrupt() {
    let place = Workplace::new();
    let (store, _) = two_days(&place);
    let state = Path::new(&store).join("private/state");
    // Both snapshots must be damaged: a sound older one would restore the newer one.
    for (name, mut bytes) in files(&state) {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(state.join(name), bytes).expect("a file");
    }
    let output = run(&["release", &store, "--until", "2024-01-03", "--now", NOW, "--empty"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "{error}");
    assert!(error.starts_with("error[corrupt]: "), "{error}");
}
