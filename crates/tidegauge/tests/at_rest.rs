//! A store at rest: the requirements on the file of its key, and the refusals without it.
//!
//! Not here: the encryption itself (`collect::vault`), crashes (`crash.rs`).
//!
//! Invariants:
//! 1. A store whose key is kept elsewhere opens only with that file.
//! 2. Private bytes that were changed, moved or cut are reported, and nothing is released.

#![cfg(test)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use testkit::program::{HEADER, NOW, ROW, Workplace, files, refused, succeed, tidegauge};

#[test]
fn a_key_outside_the_store_is_needed_to_open_it() {
    let place = Workplace::new();
    let (store, plan, key) = (place.text("store"), place.text("plan.toml"), place.text("a.key"));
    let init = ["init", &store, "--plan", &plan, "--synthetic", "--key", &key];
    succeed(&init);
    assert!(!place.path("store/private/store.key").exists());
    let mode = fs::metadata(&key).expect("a key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let file = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    succeed(&["ingest", &store, &file, "--now", NOW, "--key", &key]);
    let release = ["release", &store, "--until", "2024-01-02", "--now", NOW];
    let (another, other) = (place.text("another"), place.text("other.key"));
    let none = place.text("no.key");
    let with = |key| [&release[..], &["--key", key]].concat();
    refused(&release, 2, "key-missing");
    refused(&with(&none), 2, "key-missing");
    succeed(&["init", &another, "--plan", &plan, "--synthetic", "--key", &other]);
    refused(&with(&other), 2, "wrong-key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("mode");
    refused(&with(&key), 3, "key-permissions");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("mode");
    assert!(!place.path("store/public/release").exists(), "nothing is drawn");
    succeed(&with(&key));
}

#[test]
fn an_existing_key_file_is_left_as_it_is() {
    let place = Workplace::new();
    let (store, plan) = (place.text("store"), place.text("plan.toml"));
    let key = place.write("a.key", "another store's");
    let init = ["init", &store, "--plan", &plan, "--synthetic", "--key", &key];
    refused(&init, 2, "system");
    assert!(!place.path("store").exists());
    assert_eq!(fs::read_to_string(&key).expect("a file"), "another store's");
}

#[test]
fn bytes_changed_or_cut_are_corrupt() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let file = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    succeed(&["ingest", &store, &file, "--now", NOW]);
    succeed(&["release", &store, "--until", "2024-01-01", "--now", NOW]);
    let public = place.path("store/public");
    let before = files(&public);
    for directory in ["private/journal", "private/state"] {
        let directory = Path::new(&store).join(directory);
        let (name, whole) = files(&directory).pop().expect("a file");
        let mut flipped = whole.clone();
        flipped[20] ^= 1;
        let longer = [&whole[..], &[0]].concat();
        for broken in [flipped, whole[..whole.len() - 1].to_vec(), vec![], longer] {
            fs::write(directory.join(&name), broken).expect("a file");
            refused(&["release", &store, "--until", "2024-01-02", "--now", NOW], 4, "corrupt");
            assert_eq!(files(&public), before, "{name}");
        }
        fs::write(directory.join(&name), whole).expect("a file");
    }
    succeed(&["release", &store, "--until", "2024-01-02", "--now", NOW]);
}

#[test]
fn a_key_of_any_other_mode_is_refused() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let file = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    for (name, code) in [("store.key", "key-permissions"), ("pseudonym.key", "key-permissions")] {
        let path = Path::new(&store).join("private").join(name);
        for mode in [0o400, 0o601, 0o640, 0o660, 0o700] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("mode");
            refused(&["ingest", &store, &file, "--now", NOW], 3, code);
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("mode");
    }
    succeed(&["ingest", &store, &file, "--now", NOW]);
}

#[test]
fn a_server_opens_its_store_only_with_the_key() {
    let place = Workplace::new();
    let (store, plan, key) = (place.text("store"), place.text("plan.toml"), place.text("a.key"));
    succeed(&["init", &store, "--plan", &plan, "--synthetic", "--key", &key]);
    let serve = ["serve", &store, "--public", "127.0.0.1:0"];
    refused(&serve, 2, "key-missing");
    let mut server = tidegauge(&[&serve[..], &["--key", &key]].concat())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let lines = BufReader::new(server.stdout.take().expect("output")).lines();
    let serving = lines.map_while(Result::ok).find(|line| line.starts_with("serving http://"));
    server.kill().expect("a signal");
    server.wait().expect("an end");
    assert!(serving.is_some());
}

/// Under another key every person would count as a new one, and no bound would hold.
#[test]
fn another_key_of_pseudonyms_is_refused() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    let ingest = ["ingest", &store, &events, "--now", "2024-01-03T00:00:00+08:00"];
    succeed(&ingest);
    let path = place.path("store/private/pseudonym.key");
    let key = fs::read(&path).expect("a key");
    let mut other = key.clone();
    other[5] ^= 1;
    fs::write(&path, other).expect("a file");
    refused(&ingest, 4, "corrupt");
    fs::write(&path, key).expect("a file");
    succeed(&ingest);
    fs::remove_file(&path).expect("a file");
    refused(&ingest, 4, "corrupt");
}
