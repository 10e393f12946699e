//! Stores that past versions of the program wrote, upgraded by the real program and used on.
//!
//! `tests/stores` keeps them for ever; its README says which program wrote which. Each archive has
//! a `store` of two released days and, in `next`, what the program that wrote it released next,
//! from the same seed.
//!
//! Not here: what a migration does to the tables (`collect`, module `store::control`).
//!
//! Nondeterminism: the moment of a kill. What is checked must hold for every outcome.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rusqlite::Connection;
use testkit::program::{Workplace, files, refused, releases, succeed, tidegauge};
use testkit::server::Server;
use tidegauge_collect::FORMATS;

/// The folder of the archives.
const STORES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stores");
/// The oldest store that can be upgraded, and the newest of those before format 3.
const OLD: [&str; 2] = ["control-2-ledger-1", "control-2-ledger-2"];
/// The first of them, killed when the next release was sealed and not public.
const SEALED: &str = "control-2-sealed";
/// Stores that are read as they are, and can be upgraded.
const READ: [&str; 2] = ["control-3-ledger-2", "control-4-ledger-2"];
/// A store that needs no upgrade.
const CURRENT: &str = "control-5-ledger-2";
/// A store that is too old.
const TOO_OLD: &str = "control-1";
/// A clock after the days of the stores.
const NOW: &str = "2024-02-20T00:00:00Z";
/// The first day of the window after the one in which the stores were written.
const NEXT: &str = "2024-02-01";
/// The number of kills.
const KILLS: u64 = 12;

type Files = BTreeMap<String, Vec<u8>>;

/// Unpacks an archive; returns the path of a directory in it, `store` unless it is another.
fn unpack(place: &Workplace, archive: &str, directory: &str) -> String {
    let packed = format!("{STORES}/{archive}.tar.gz");
    let to = place.path(archive);
    fs::create_dir_all(&to).expect("a directory");
    let mut tar = Command::new("tar");
    let tar = tar.args(["--no-same-owner", "-xpzf", &packed, "-C"]).arg(&to).status();
    assert!(tar.expect("tar").success(), "{packed}");
    to.join(directory).display().to_string()
}

fn release(store: &str) -> [&str; 6] {
    ["release", store, "--until", NEXT, "--now", NOW]
}

fn all(store: &str) -> Files {
    files(Path::new(store)).into_iter().collect()
}

/// All files but the control store's.
fn others(store: &str) -> Files {
    all(store).into_iter().filter(|(name, _)| !name.contains("control.sqlite")).collect()
}

/// What the store released so far, and what the program that wrote it released next.
fn expected(place: &Workplace, archive: &str, store: &str) -> Files {
    let next = files(&place.path(archive).join("next"));
    assert!(!next.is_empty(), "{archive}");
    releases(store).into_iter().chain(next).collect()
}

/// Releases the next window, which must be what the program that wrote the store released.
fn go_on(store: &str, expected: &Files) {
    succeed(&["ledger", "verify", store]);
    succeed(&release(store));
    assert!(releases(store).into_iter().collect::<Files>() == *expected, "{store}");
    succeed(&["ledger", "verify", store]);
}

#[test]
fn every_past_format_is_upgraded_and_goes_on() {
    for archive in OLD {
        let place = Workplace::new();
        let store = unpack(&place, archive, "store");
        let (before, rest) = (all(&store), others(&store));
        let expected = expected(&place, archive, &store);
        for command in [&["status", &store][..], &release(&store)] {
            let error = refused(command, 3, "older-format");
            assert!(error.contains("/private/control.sqlite: format: "), "{error}");
            assert!(error.ends_with("run `tidegauge upgrade DIR`"), "{error}");
        }
        assert!(all(&store) == before, "{archive}: a refusal changes no byte");
        let seen = succeed(&["upgrade", &store, "--dry-run"]);
        assert!(seen.starts_with("private/control.sqlite: control store of format 2, "), "{seen}");
        assert!(
            seen.contains(" becomes format 5\n") && seen.contains("; back the store up "),
            "{seen}"
        );
        assert!(all(&store) == before, "{archive}: a dry run changes no byte");

        succeed(&["upgrade", &store]);
        assert!(others(&store) == rest, "{archive}: only the control store changes");
        let upgraded = all(&store);
        let again = succeed(&["upgrade", &store]);
        assert!(again.ends_with(": nothing to upgrade\n"), "{again}");
        assert!(all(&store) == upgraded, "{archive}: a second upgrade changes no byte");
        go_on(&store, &expected);
    }
}

#[test]
fn a_current_store_needs_no_upgrade() {
    let place = Workplace::new();
    let store = unpack(&place, CURRENT, "store");
    let expected = expected(&place, CURRENT, &store);
    let before = all(&store);
    let seen = succeed(&["upgrade", &store]);
    assert!(seen.ends_with(": nothing to upgrade\n"), "{seen}");
    assert!(all(&store) == before);
    go_on(&store, &expected);
}

/// They have another hash and another cipher than a store that is made now, or snapshots where that
/// has runs.
#[test]
fn a_store_of_before_goes_on_as_it_is_and_upgraded() {
    for (archive, is_upgraded) in READ.into_iter().flat_map(|a| [(a, false), (a, true)]) {
        let place = Workplace::new();
        let store = unpack(&place, archive, "store");
        let (rest, expected) = (others(&store), expected(&place, archive, &store));
        if is_upgraded {
            let seen = succeed(&["upgrade", &store, "--dry-run"]);
            assert!(seen.contains(", 1 file: becomes format 5\n"), "{seen}");
            succeed(&["upgrade", &store]);
            assert!(others(&store) == rest, "only the control store changes");
        }
        go_on(&store, &expected);
        // The state before the first run stays, the snapshot that it was; with the second it goes.
        let states = || -> Vec<String> {
            let state = Path::new(&store).join("private/state");
            files(&state).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(states().last().map(String::as_str), Some("00000002.state"), "{archive}");
        succeed(&["release", &store, "--until", "2024-02-03", "--now", NOW]);
        assert!(states().iter().all(|name| name.ends_with(".run")), "{:?}", states());
        succeed(&["ledger", "verify", &store]);
        let seen = succeed(&["upgrade", &store]);
        assert!(seen.ends_with(": nothing to upgrade\n"), "{seen}");
    }
}

/// Whoever gives a format a new number keeps a store of it here.
#[test]
fn every_number_of_every_format_stands_here() {
    let place = Workplace::new();
    let mut seen = BTreeSet::new();
    for archive in OLD.into_iter().chain(READ).chain([CURRENT]) {
        let store = unpack(&place, archive, "store");
        for line in succeed(&["upgrade", &store, "--dry-run"]).lines() {
            let Some((where_found, rest)) = line.split_once(": ") else { continue };
            let Some((_, rest)) = rest.split_once(" of format ") else { continue };
            let number = rest.split_once(',').expect("a number").0;
            seen.insert((where_found.to_owned(), number.parse::<u32>().expect("a number")));
        }
        if let Ok(manifest) = fs::read(place.path(archive).join("backup/manifest.json")) {
            let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
            let number = manifest["format"].as_u64().expect("a number");
            seen.insert(("manifest.json".to_owned(), number as u32));
        }
    }
    let known = |format: &tidegauge_collect::Format| {
        let place = format.place.to_owned();
        (format.upgraded_from..=format.newest).map(move |number| (place.clone(), number))
    };
    assert_eq!(seen, FORMATS.iter().flat_map(known).collect());
}

/// Whether a path has the form of one in the reference, in which words of capitals stand for any
/// text, and a slash at the end for whatever is below.
fn has_form(path: &str, form: &str) -> bool {
    let (form, is_folder) = form.strip_suffix('/').map_or((form, false), |form| (form, true));
    let mut fixed = form.split(|c: char| c.is_ascii_uppercase()).filter(|part| !part.is_empty());
    let Some(mut rest) = path.strip_prefix(fixed.next().unwrap_or_default()) else { return false };
    for part in fixed {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    if is_folder { rest.starts_with('/') } else { rest.is_empty() }
}

#[test]
fn the_reference_lists_every_file_of_a_store() {
    let place = Workplace::new();
    let store = unpack(&place, CURRENT, "store");
    succeed(&release(&store));
    let server = Server::start(&["serve", &store, "--public", "127.0.0.1:0"]);
    let mut found: Vec<String> = all(&store).into_keys().collect();
    let _ = server.stop();
    // A socket is no plain file.
    found.push("private/socket".to_owned());
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference/store.md");
    let page = fs::read_to_string(page).expect("the page");
    let forms: Vec<&str> = page
        .lines()
        .filter_map(|row| row.strip_prefix("| `")?.split_once('`').map(|(form, _)| form))
        .filter(|form| ["private/", "public/"].iter().any(|folder| form.starts_with(folder)))
        .collect();
    assert!(forms.len() > 12, "{forms:?}");
    let unlisted = |path: &&String| {
        let name = path.trim_end_matches("-shm");
        !forms.iter().any(|form| has_form(name, form))
    };
    let unlisted: Vec<&String> = found.iter().filter(unlisted).collect();
    assert!(unlisted.is_empty(), "store.md does not list {unlisted:?}");
    let missing = |form: &&&str| !found.iter().any(|path| has_form(path, form));
    let missing: Vec<_> = forms.iter().filter(missing).collect();
    assert!(missing.is_empty(), "no store has {missing:?}");
    assert!(!has_form("public/other", "public/tile/") && !has_form("private/x", "private/lock"));
}

#[test]
fn a_killed_upgrade_is_done_or_not_begun() {
    let archive = OLD[0];
    let mut struck = 0;
    for kill in 0..KILLS {
        let place = Workplace::new();
        let store = unpack(&place, archive, "store");
        let (rest, expected) = (others(&store), expected(&place, archive, &store));
        let mut command = tidegauge(&["upgrade", &store]);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut upgrade = command.spawn().expect("the program");
        sleep(Duration::from_millis(1 + 5 * kill % 37));
        struck += u64::from(upgrade.try_wait().expect("a process").is_none());
        upgrade.kill().expect("a signal");
        upgrade.wait().expect("an end");
        assert!(others(&store) == rest, "kill {kill}: only the control store changes");
        let seen = succeed(&["upgrade", &store, "--dry-run"]);
        let (old, new) = ("control store of format 2,", "control store of format 5,");
        assert!(seen.contains(old) != seen.contains(new), "kill {kill}: {seen}");
        succeed(&["upgrade", &store]);
        go_on(&store, &expected);
    }
    assert!(struck > 0, "no kill struck a running upgrade");
}

fn sealed(store: &str) -> Vec<u8> {
    let control = Connection::open(Path::new(store).join("private/control.sqlite"));
    let control = control.expect("a database");
    control.query_row("SELECT sealed FROM pending", [], |row| row.get(0)).expect("a sealed release")
}

#[test]
fn a_sealed_release_becomes_public_as_it_was_drawn() {
    let (place, elsewhere) = (Workplace::new(), Workplace::new());
    let store = unpack(&place, SEALED, "store");
    let drawn = sealed(&unpack(&elsewhere, SEALED, "store"));
    let (rest, expected) = (others(&store), expected(&place, SEALED, &store));
    succeed(&["upgrade", &store, "--dry-run"]);
    refused(&["status", &store], 3, "older-format");
    succeed(&["upgrade", &store]);
    assert!(others(&store) == rest, "an upgrade publishes nothing");
    assert!(sealed(&store) == drawn, "nothing is drawn again");
    go_on(&store, &expected);
}

/// The mark of a restored store outlives the upgrade, and a backup of an older format is restored
/// with it.
#[test]
fn a_restored_store_stays_refused() {
    let place = Workplace::new();
    let archive = OLD[1];
    let store = unpack(&place, archive, "restored");
    let expected = expected(&place, archive, &store);
    let (backup, again) = (unpack(&place, archive, "backup"), place.text("again"));
    let head = place.path(archive).join("store/public/checkpoint").display().to_string();
    succeed(&["upgrade", &store]);
    succeed(&["restore", &backup, &again]);
    for store in [&store, &again] {
        refused(&release(store), 3, "not-compared");
        succeed(&["ledger", "compare", store, "--head", &head]);
        go_on(store, &expected);
    }
}

#[test]
fn a_store_in_use_is_not_upgraded() {
    let place = Workplace::new();
    let store = unpack(&place, OLD[0], "store");
    let before = all(&store);
    let lock = File::options().write(true).open(Path::new(&store).join("private/lock"));
    let lock = lock.expect("the file of the lock");
    lock.lock().expect("the lock");
    for more in [&["--wait", "0"][..], &["--wait", "0", "--dry-run"]] {
        refused(&[&["upgrade", &store], more].concat(), 6, "locked");
    }
    assert!(all(&store) == before);
    drop(lock);
    let served = place.synthetic("served", None);
    let server = Server::start(&["serve", &served, "--public", "127.0.0.1:0"]);
    refused(&["upgrade", &served, "--wait", "0"], 6, "served");
    let _ = server.stop();
    succeed(&["upgrade", &served]);
}

#[test]
fn a_newer_format_is_refused_by_every_command() {
    let place = Workplace::new();
    let store = unpack(&place, CURRENT, "store");
    let control = Connection::open(Path::new(&store).join("private/control.sqlite"));
    control.expect("a database").pragma_update(None, "user_version", 6).expect("a number");
    let before = all(&store);
    let commands: [&[&str]; 4] = [
        &["status", &store],
        &release(&store),
        &["upgrade", &store],
        &["upgrade", &store, "--dry-run"],
    ];
    for command in commands {
        let error = refused(command, 2, "newer-format");
        let named = "/private/control.sqlite: format: the control store has format 6, and this \
                     program knows none above 5; use ";
        assert!(error.contains(named), "{error}");
    }
    assert!(all(&store) == before);
    // What is public is read all the same.
    succeed(&["ledger", "verify", &store]);
    let backup = unpack(&place, OLD[1], "backup");
    let manifest = Path::new(&backup).join("manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let newer = text.replacen("\"format\":1", "\"format\":2,\"more\":[]", 1);
    fs::write(&manifest, newer).expect("a manifest");
    refused(&["restore", &backup, &place.text("restored")], 2, "newer-format");
    assert!(!place.path("restored").exists());
}

#[test]
fn a_store_that_is_too_old_stays_as_it_is() {
    let place = Workplace::new();
    let store = unpack(&place, TOO_OLD, "store");
    let before = all(&store);
    for command in [&["status", &store][..], &["upgrade", &store], &release(&store)] {
        let error = refused(command, 2, "format-too-old");
        assert!(error.ends_with("use the version of tidegauge that wrote it"), "{error}");
    }
    assert!(all(&store) == before);
    succeed(&["ledger", "verify", &store]);
}
