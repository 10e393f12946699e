//! Backups and restored stores through the real program.
//!
//! Not here: copies that were not made by `backup` (`fork.rs`).

#![cfg(test)]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::program::{
    HEADER, NOW, ROW, Workplace, files, refused, releases, run, succeed, tidegauge,
};
use testkit::server::Server;

const SEED: &str = "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";

fn release<'a>(store: &'a str, until: &'a str) -> [&'a str; 6] {
    ["release", store, "--until", until, "--now", NOW]
}

/// A seeded store with an event and one released day.
fn store(place: &Workplace) -> String {
    let store = place.synthetic("store", Some(SEED));
    let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    succeed(&["ingest", &store, &events, "--now", NOW]);
    succeed(&release(&store, "2024-01-01"));
    store
}

fn public(store: &str) -> Vec<(String, Vec<u8>)> {
    files(&Path::new(store).join("public"))
}

#[test]
fn a_restored_store_draws_nothing_before_it_is_compared() {
    let place = Workplace::new();
    let store = store(&place);
    let (backup, restored) = (place.text("backup"), place.text("restored"));
    succeed(&["backup", &store, &backup]);
    succeed(&["restore", &backup, &restored]);
    assert_eq!(public(&restored), public(&store));
    let events = place.text("events.csv");
    refused(&release(&restored, "2024-01-02"), 3, "not-compared");
    refused(&["ingest", &restored, &events, "--now", NOW], 3, "not-compared");
    refused(&["backup", &restored, &place.text("other")], 3, "not-compared");
    succeed(&["status", &restored]);
    assert_eq!(public(&restored), public(&store), "nothing is drawn");

    let head = Path::new(&store).join("public/checkpoint").display().to_string();
    succeed(&["ledger", "compare", &restored, "--head", &head]);
    for store in [&store, &restored] {
        succeed(&release(store, "2024-01-03"));
        succeed(&["ledger", "verify", store]);
    }
    assert_eq!(releases(&restored), releases(&store), "both go on from the same events");
}

#[test]
fn a_store_is_backed_up_while_it_is_served() {
    let place = Workplace::new();
    let store = store(&place);
    let (backup, restored) = (place.text("backup"), place.text("restored"));
    let server = Server::start(&["serve", &store, "--public", "127.0.0.1:0"]);
    let row = ROW.replace("e1,", "e2,").replace("00c0ffee", "00c0ffef");
    let more = place.write("more.csv", format!("{HEADER}\n{row}\n"));
    succeed(&["ingest", &store, &more, "--now", NOW]);
    succeed(&["backup", &store, &backup]);
    let address = format!("http://{}", server.host);
    succeed(&["restore", &backup, &restored, "--head", &address]);
    for store in [&store, &restored] {
        succeed(&release(store, "2024-01-03"));
        succeed(&["ledger", "verify", store]);
    }
    assert_eq!(releases(&restored), releases(&store));
    let _ = server.stop();
}

#[test]
fn a_backup_removes_nothing_of_others() {
    let place = Workplace::new();
    let store = store(&place);
    let other = place.text("other");
    fs::create_dir_all(Path::new(&other).join("files")).expect("a directory");
    let kept = Path::new(&other).join("files/thesis.odt");
    fs::write(&kept, "mine").expect("a file");
    refused(&["backup", &store, &other], 2, "directory-taken");
    assert_eq!(fs::read_to_string(&kept).expect("the file"), "mine");
    // Nor does it write through a link.
    let linked = place.text("linked");
    fs::create_dir(&linked).expect("a directory");
    fs::create_dir(place.text("outside")).expect("a directory");
    symlink(place.text("outside"), Path::new(&linked).join("files")).expect("a link");
    refused(&["backup", &store, &linked], 2, "directory-taken");
    assert_eq!(fs::read_dir(place.text("outside")).expect("a directory").count(), 0);
}

#[test]
fn an_old_backup_never_draws_again() {
    let place = Workplace::new();
    let store = store(&place);
    let (backup, restored) = (place.text("backup"), place.text("restored"));
    succeed(&["backup", &store, &backup]);
    succeed(&release(&store, "2024-01-02"));
    refused_after_restoring(&["restore", &backup, &restored, "--head", &store]);
    refused(&release(&restored, "2024-01-02"), 3, "not-compared");

    let elsewhere = place.synthetic("elsewhere", None);
    let other = ["ledger", "compare", &restored, "--head", &elsewhere];
    refused(&other, 2, "signature");
    refused(&release(&restored, "2024-01-02"), 3, "not-compared");
    refused(&["ledger", "compare", &restored], 2, "bad-value");
    // Its own checkpoint says nothing about what was released since.
    let own = Path::new(&restored).join("public/checkpoint").display().to_string();
    for own in [&restored, &own] {
        refused(&["ledger", "compare", &restored, "--head", own], 2, "bad-value");
    }
    let server = Server::start(&["serve", &restored, "--public", "127.0.0.1:0"]);
    let address = format!("http://{}", server.host);
    refused(&["ledger", "compare", &restored, "--head", &address], 6, "served");
    let _ = server.stop();

    // What an older checkpoint allowed, a newer one takes back.
    let older = place.text("older");
    fs::copy(Path::new(&restored).join("public/checkpoint"), &older).expect("a copy");
    succeed(&["ledger", "compare", &restored, "--head", &older]);
    refused(&["ledger", "compare", &restored, "--head", &store], 5, "restored-behind");
    refused(&release(&restored, "2024-01-02"), 3, "not-compared");

    let output = run(&["ledger", "compare", &restored, "--i-know"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("warning[not-compared]: "));
    succeed(&release(&restored, "2024-01-02"));
}

/// The store is there and stays refused.
fn refused_after_restoring(arguments: &[&str]) {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{error}");
    assert!(error.starts_with("error[restored-behind]: "), "{error}");
    let left = error.lines().last().expect("a line");
    assert!(left.starts_with("warning[not-compared]: ") && left.contains("delete"), "{error}");
}

#[test]
fn a_backup_that_is_cut_off_leaves_the_one_before() {
    let place = Workplace::new();
    let store = store(&place);
    let backup = place.text("backup");
    succeed(&["backup", &store, &backup]);
    let before = public(&store);
    succeed(&release(&store, "2024-01-20"));
    for kill in 0..12_u64 {
        let mut command = tidegauge(&["backup", &store, &backup]);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
        sleep(Duration::from_millis(5 + 17 * kill % 120));
        child.kill().expect("a signal");
        child.wait().expect("an end");
        let restored = place.text(&format!("restored-{kill}"));
        succeed(&["restore", &backup, &restored]);
        let found = public(&restored);
        assert!(found == before || found == public(&store), "kill {kill}: neither old nor new");
    }
    succeed(&["backup", &store, &backup]);
    let again = succeed(&["backup", &store, &backup]);
    assert!(again.contains(" 0 of the files new; "), "{again}");
    let held = fs::read_dir(Path::new(&backup).join("files")).expect("files");
    assert!(held.flatten().all(|file| file.path().extension().is_none()), "nothing unfinished");
}

#[test]
fn a_killed_restore_leaves_no_store() {
    let place = Workplace::new();
    let store = store(&place);
    succeed(&release(&store, "2024-01-20"));
    let backup = place.text("backup");
    succeed(&["backup", &store, &backup]);
    for kill in 0..10_u64 {
        let restored = place.text(&format!("restored-{kill}"));
        let mut command = tidegauge(&["restore", &backup, &restored]);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
        sleep(Duration::from_millis(5 + 23 * kill % 200));
        child.kill().expect("a signal");
        child.wait().expect("an end");
        if Path::new(&restored).exists() {
            refused(&release(&restored, "2024-01-21"), 3, "not-compared");
            assert_eq!(public(&restored), public(&store));
        }
    }
    // The keys that a killed restore left beside its place go with the next one.
    succeed(&["restore", &backup, &place.text("last")]);
    assert_eq!(unnamed(&place), 0);
}

/// How many stores that were not finished lie in a place; nothing comes before their lock.
fn unnamed(place: &Workplace) -> usize {
    let entries = fs::read_dir(place.directory.path()).expect("a directory").flatten();
    let unnamed = entries.filter(|e| e.file_name().to_string_lossy().starts_with(".tidegauge-"));
    unnamed.filter(|entry| entry.path().join("private/lock").exists()).count()
}

type Change = fn(&mut Value);

/// What makes a manifest one that no store has, and what the refusal says.
const CHANGES: [(&str, Change); 22] = [
    ("lacks private/journal/", |manifest| drop_paths(manifest, "private/journal/")),
    ("lacks private/state/", |manifest| drop_paths(manifest, "private/state/")),
    ("lacks private/signing.key", |manifest| drop_paths(manifest, "private/signing.key")),
    ("lacks private/pseudonym.key", |manifest| drop_paths(manifest, "private/pseudonym.key")),
    ("lacks private/control.sqlite", |manifest| drop_paths(manifest, "private/control.sqlite")),
    ("lacks public/checkpoint", |manifest| drop_paths(manifest, "public/checkpoint")),
    ("ledger: tile/", |manifest| drop_paths(manifest, "public/tile/")),
    ("lacks public/release/", |manifest| drop_paths(manifest, "public/release/BORDER_FLOW")),
    ("entries: ", |manifest| manifest["entries"] = 7.into()),
    ("store: ", |manifest| manifest["store"] = "5ac05ac05ac05ac05ac05ac05ac05ac0".into()),
    ("twice", |manifest| {
        let files = manifest["files"].as_array_mut().expect("files");
        files.push(files[0].clone());
    }),
    ("no store has", |manifest| add(manifest, "private/./signing.key")),
    ("no store has", |manifest| add(manifest, "private/authorized_keys")),
    ("does not have", |manifest| add(manifest, "private/journal/99999999.segment")),
    ("does not have", |manifest| add(manifest, "public/plan/key.toml")),
    ("does not have", |manifest| add(manifest, "public/release/EVENTS/x.json")),
    ("no store has", |manifest| add(manifest, "public/plan/a\n  error[fake]: b")),
    ("no store has", |manifest| add(manifest, &format!("public/plan/{}", "a".repeat(300)))),
    ("no store has", |manifest| add(manifest, &format!("public/tile/{}", "a/".repeat(2000) + "a"))),
    ("inside of another", |manifest| {
        let files = manifest["files"].as_array().expect("files").iter();
        let mut paths = files.map(|file| file["path"].as_str().expect("a path"));
        let tile = paths.find(|path| path.starts_with("public/tile/")).expect("a tile").to_owned();
        add(manifest, &format!("{tile}/x"));
    }),
    ("ledger: tile/entries/000.p/2: ", |manifest| add(manifest, "public/tile/entries/000.p/2")),
    ("time", |manifest| manifest["files"][0]["modified"] = json!(u64::MAX)),
];

fn drop_paths(manifest: &mut Value, beginning: &str) {
    let files = manifest["files"].as_array_mut().expect("files");
    let before = files.len();
    files.retain(|file| !file["path"].as_str().expect("a path").starts_with(beginning));
    assert!(files.len() < before, "{beginning}");
}

/// Names the first file a second time, by another path, in place of the one that has it.
fn add(manifest: &mut Value, path: &str) {
    let files = manifest["files"].as_array_mut().expect("files");
    let mut more = files[0].clone();
    files.retain(|file| file["path"] != path);
    more["path"] = path.into();
    files.push(more);
}

/// Refuses to restore, names nothing but the backup, and leaves nothing.
fn not_restored(place: &Workplace, backup: &str, restored: &str) -> String {
    let error = refused(&["restore", backup, restored], 4, "corrupt");
    assert!(error.starts_with(&format!("error[corrupt]: {backup}/")), "{error}");
    assert!(!error.contains(".tidegauge"), "{error}");
    assert!(!Path::new(restored).exists(), "{error}");
    assert_eq!(unnamed(place), 0, "{error}");
    error
}

#[test]
fn a_backup_that_is_not_one_whole_store_is_not_restored() {
    let place = Workplace::new();
    let store = store(&place);
    let (backup, restored) = (place.text("backup"), place.text("restored"));
    succeed(&["backup", &store, &backup]);
    let path = Path::new(&backup).join("manifest.json");
    let whole = fs::read(&path).expect("a manifest");
    for (rule, change) in CHANGES {
        let mut manifest = serde_json::from_slice(&whole).expect("JSON");
        change(&mut manifest);
        fs::write(&path, manifest.to_string()).expect("a manifest");
        let error = not_restored(&place, &backup, &restored);
        assert!(error.contains(rule), "{rule}: {error}");
    }
    // The store's key may lie elsewhere, and then it is asked for.
    let mut manifest = serde_json::from_slice(&whole).expect("JSON");
    drop_paths(&mut manifest, "private/store.key");
    fs::write(&path, manifest.to_string()).expect("a manifest");
    let error = refused(&["restore", &backup, &restored], 2, "key-missing");
    assert!(error.contains(&backup) && !error.contains(".tidegauge"), "{error}");
    let other = Path::new(&place.synthetic("other", None)).join("private/store.key");
    let other = other.display().to_string();
    refused(&["restore", &backup, &restored, "--key", &other], 2, "wrong-key");
    let own = Path::new(&store).join("private/store.key").display().to_string();
    succeed(&["restore", &backup, &restored, "--key", &own]);
}

#[test]
fn only_plain_files_of_a_backup_are_read() {
    let place = Workplace::new();
    let store = store(&place);
    let (backup, restored) = (place.text("backup"), place.text("restored"));
    succeed(&["backup", &store, &backup]);
    let mut files = fs::read_dir(Path::new(&backup).join("files")).expect("files").flatten();
    let held = files.next().expect("a file").path();
    for path in [Path::new(&backup).join("manifest.json"), held] {
        let aside = place.path("aside");
        fs::rename(&path, &aside).expect("a file");
        symlink(&aside, &path).expect("a link");
        assert!(not_restored(&place, &backup, &restored).contains("not a plain file"));
        fs::remove_file(&path).expect("a link");
        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo");
        assert!(made.success());
        assert!(not_restored(&place, &backup, &restored).contains("not a plain file"));
        fs::remove_file(&path).expect("a pipe");
        fs::rename(&aside, &path).expect("a file");
    }
    let inside = Path::new(&backup).join("files/store").display().to_string();
    let error = refused(&["restore", &backup, &inside], 2, "directory-taken");
    assert!(error.contains("lies inside"), "{error}");
    succeed(&["restore", &backup, &restored]);
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let place = Workplace::new();
    let store = store(&place);
    let (backup, restored) = (place.text("backup"), place.text("restored"));
    refused(&["restore", &place.text("none"), &restored], 2, "not-a-backup");
    succeed(&["backup", &store, &backup]);
    for (name, bytes) in files(Path::new(&backup)) {
        let path = Path::new(&backup).join(&name);
        let mut bad = bytes.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        fs::write(&path, bad).expect("a file");
        let output = run(&["restore", &backup, &restored]);
        assert!(!output.status.success(), "{name}");
        assert!(!Path::new(&restored).exists(), "{name}");
        fs::write(&path, bytes).expect("a file");
    }
    succeed(&["restore", &backup, &restored]);
    refused(&["restore", &backup, &restored], 2, "directory-taken");
}

#[test]
fn a_backup_never_lies_in_its_store_or_over_other_files() {
    let place = Workplace::new();
    let store = store(&place);
    for inside in ["public/backup", "backup"] {
        let to = Path::new(&store).join(inside).display().to_string();
        refused(&["backup", &store, &to], 2, "directory-taken");
    }
    place.write("plain.txt", "x");
    let taken = place.directory.path().display().to_string();
    refused(&["backup", &store, &taken], 2, "directory-taken");
    let (elsewhere, backup) = (place.synthetic("elsewhere", None), place.text("backup"));
    succeed(&["backup", &store, &backup]);
    refused(&["backup", &elsewhere, &backup], 2, "directory-taken");
}

#[test]
fn what_no_store_has_is_left_out() {
    let place = Workplace::new();
    let store = store(&place);
    let backup = place.text("backup");
    let at = |name: &str| Path::new(&store).join("public").join(name);
    let before = public(&store);
    for name in ["robots.txt", "release/.nfs0001", "plan/a\n  b.toml"] {
        fs::write(at(name), "stray").expect("a file");
    }
    symlink("../../private/store.key", at("release/k.json")).expect("a link");
    symlink("../private", at("private")).expect("a link");
    fs::create_dir(at("empty")).expect("a directory");
    let output = run(&["backup", &store, &backup]);
    let warning = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{warning}");
    assert_eq!(warning.lines().count(), 1, "{warning}");
    let named = "5 files that are none of the store's are not in the backup: \
                 public/plan/a\\n  b.toml, public/private, public/release/.nfs0001, \
                 public/release/k.json, public/robots.txt; ";
    assert!(warning.contains(named), "{warning}");
    let restored = place.text("restored");
    succeed(&["restore", &backup, &restored]);
    assert_eq!(public(&restored), before);

    // A manifest of an earlier version, which names one of them, is replaced.
    let path = Path::new(&backup).join("manifest.json");
    let mut manifest = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
    add(&mut manifest, "public/robots.txt");
    fs::write(&path, manifest.to_string()).expect("a manifest");
    // What is not of the backup stays.
    let mine = Path::new(&backup).join("files/mine.txt");
    fs::write(&mine, "mine").expect("a file");
    assert!(run(&["backup", &store, &backup]).status.success());
    succeed(&["restore", &backup, &place.text("again")]);
    assert!(mine.exists());
}

#[test]
fn an_older_copy_replaces_no_newer_backup() {
    let place = Workplace::new();
    let store = store(&place);
    let (old, new, older) = (place.text("old"), place.text("new"), place.text("older"));
    succeed(&["backup", &store, &old]);
    succeed(&["restore", &old, &older, "--head", &store]);
    succeed(&release(&store, "2024-01-04"));
    succeed(&["backup", &store, &new]);
    let before = files(Path::new(&new));
    let error = refused(&["backup", &older, &new], 5, "backup-ahead");
    assert!(error.contains("new directory"), "{error}");
    // A copy that went on by itself, with other events, has as many entries, and others.
    let row = ROW.replace("e1,", "e2,").replace("00c0ffee", "00c0ffef");
    let more = place.write("more.csv", format!("{HEADER}\n{row}\n"));
    succeed(&["ingest", &older, &more, "--now", NOW]);
    for day in ["2024-01-04", "2024-01-06"] {
        succeed(&release(&older, day));
        refused(&["backup", &older, &new], 5, "backup-ahead");
    }
    assert_eq!(files(Path::new(&new)), before);
    succeed(&["backup", &store, &old]);
}

#[test]
fn a_damaged_backup_heals() {
    let place = Workplace::new();
    let store = store(&place);
    let backup = place.text("backup");
    succeed(&["backup", &store, &backup]);
    let held = files(&Path::new(&backup).join("files"));
    for (name, bytes) in &held {
        let mut bad = bytes.clone();
        bad[0] ^= 1;
        fs::write(Path::new(&backup).join("files").join(name), bad).expect("a file");
    }
    let first = Path::new(&backup).join("files").join(&held[0].0);
    fs::remove_file(&first).expect("a file");
    symlink(place.text("plan.toml"), &first).expect("a link");
    let healed = succeed(&["backup", &store, &backup]);
    assert!(healed.contains(&format!(" {} of the files new; ", held.len())), "{healed}");
    assert_eq!(files(&Path::new(&backup).join("files")), held);
    succeed(&["restore", &backup, &place.text("restored")]);
}

#[test]
fn a_restored_store_is_compared_before_anything_is_printed() {
    let place = Workplace::new();
    let store = store(&place);
    let (backup, restored) = (place.text("backup"), place.text("restored"));
    succeed(&["backup", &store, &backup]);
    let full = File::options().write(true).open("/dev/full").expect("a device");
    let mut command = tidegauge(&["restore", &backup, &restored, "--head", &store]);
    let output = command.stdout(full).output().expect("the program");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(8), "{error}");
    assert!(error.contains("contains the checkpoint"), "{error}");
    succeed(&release(&restored, "2024-01-02"));
    // That a comparison failed is said all the same.
    succeed(&release(&store, "2024-01-02"));
    let behind = place.text("behind");
    let full = File::options().write(true).open("/dev/full").expect("a device");
    let mut command = tidegauge(&["restore", &backup, &behind, "--head", &store]);
    let output = command.stdout(full).output().expect("the program");
    assert_eq!(output.status.code(), Some(5));
}

#[test]
fn only_plain_files_of_a_store_are_backed_up() {
    let place = Workplace::new();
    let store = store(&place);
    let found = public(&store);
    let release = found.iter().find(|(name, _)| name.starts_with("release/")).expect("a release");
    let backup = place.text("backup");
    for name in ["vkey", &release.0] {
        let path = Path::new(&store).join("public").join(name);
        let aside = place.path("aside");
        fs::rename(&path, &aside).expect("a file");
        symlink(&aside, &path).expect("a link");
        let error = refused(&["backup", &store, &backup], 4, "corrupt");
        assert!(error.contains(name) && error.contains("not a plain file"), "{error}");
        fs::remove_file(&path).expect("a link");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
        refused(&["backup", &store, &backup], 4, "file-kind");
        let output = run(&["ledger", "verify", &store]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!output.status.success() && (error + &printed).contains("[file-kind]"), "{name}");
        let status = run(&["status", &store]);
        assert_eq!(status.status.success(), name != "vkey", "it reads no figures");
        fs::remove_file(&path).expect("a pipe");
        fs::rename(&aside, &path).expect("a file");
    }
    // Nor is a directory followed that is a link.
    let (tiles, aside) = (Path::new(&store).join("public/tile"), place.path("aside"));
    fs::rename(&tiles, &aside).expect("a directory");
    symlink(&aside, &tiles).expect("a link");
    assert!(refused(&["backup", &store, &backup], 4, "corrupt").contains("not a plain file"));
    fs::remove_file(&tiles).expect("a link");
    fs::rename(&aside, &tiles).expect("a directory");
    succeed(&["backup", &store, &backup]);
}

#[test]
fn a_file_is_no_place_for_a_backup() {
    let place = Workplace::new();
    let store = store(&place);
    let file = place.text("plan.toml");
    refused(&["backup", &store, &file], 2, "directory-taken");
    refused(&["restore", &file, &place.text("restored")], 2, "not-a-backup");
}
