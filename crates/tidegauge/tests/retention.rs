//! Retention through the real program: data past the horizon leaves the disk, and no release
//! depends on when it left.
//!
//! What counts as failure: a trace of a canary past the horizon, in clear or under the store's own
//! key; a released byte that differs from a store that keeps everything, when no event came later
//! than the horizon.
//! Not here: whose state leaves (`fold/tests/leave.rs`), the encryption itself (`collect::vault`).
//! Files are opened by a separate reader, which shares no code with the store.
//! Nondeterminism: the moment of a kill.

#![cfg(test)]

mod private;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use private::{journal, runs, segments, states};
use rusqlite::Connection;
use testkit::plans::short_with_vintages;
use testkit::program::{HEADER, Workplace, files, refused, releases, run, succeed, tidegauge};

const SEED: &str = "0fa70fa70fa70fa70fa70fa70fa70fa70fa70fa70fa70fa70fa70fa70fa70fa7";
const NOW: &str = "2024-07-01T00:00:00Z";
const CANARY: &str = "syn1:ca11ab1ecanary";

/// A plan of six months whose flow has vintages, with this `[retention]` table.
fn plan(retention: &str) -> String {
    let plan = short_with_vintages("PERSONS")
        .change("statement.expires", "2024-06-30")
        .change("privacy.windows", 6);
    plan.append(retention).text()
}

const EVENTS: &str = "[retention]\nevents_steps = 10";
const BOTH: &str = "[retention]\nevents_steps = 10\npersons_windows = 1";

fn store(place: &Workplace, name: &str, retention: &str) -> String {
    place.write("plan.toml", plan(retention));
    place.synthetic(name, Some(SEED))
}

fn row(id: &str, person: &str, day: &str, kind: &str) -> String {
    format!("{id},{person},2024-{day}T08:00:00+08:00,{kind},LO_WU,VISITOR\n")
}

/// A crowd of these days of January: each person comes once and leaves two days later.
fn crowd(days: std::ops::Range<u32>) -> String {
    let visit = |day: u32, n: u32| {
        let person = format!("syn1:crowd{day:02}x{n:02}");
        let (came, left) = (format!("01-{day:02}"), format!("01-{:02}", day + 2));
        row(&format!("a{day}x{n}"), &person, &came, "ENTRY")
            + &row(&format!("b{day}x{n}"), &person, &left, "EXIT")
    };
    days.flat_map(|day| (0..9).map(move |n| visit(day, n))).collect()
}

fn canary() -> String {
    row("c1", CANARY, "01-20", "ENTRY") + &row("c2", CANARY, "01-22", "EXIT")
}

fn take(place: &Workplace, store: &str, rows: &str) {
    let file = place.write("events.csv", format!("{HEADER}\n{rows}"));
    succeed(&["ingest", store, &file, "--now", NOW]);
}

fn release(store: &str, until: &str) {
    succeed(&["release", store, "--until", &format!("2024-{until}"), "--now", NOW]);
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The forms of a pseudonym: as submitted, and re-keyed by the store in either byte order.
fn forms(store: &str, given: &str) -> Vec<Vec<u8>> {
    let secret = fs::read(Path::new(store).join("private/pseudonym.key")).expect("a key");
    let key = blake3::derive_key("tidegauge 2026 pseudonyms", &secret);
    let mut block = [given.as_bytes(), &[0x80]].concat();
    block.resize(64, 0);
    let big_endian = blake3::keyed_hash(&key, &block).as_bytes()[..16].to_vec();
    let little_endian = big_endian.iter().rev().copied().collect();
    vec![given.as_bytes().to_vec(), big_endian, little_endian]
}

/// Whether a pseudonym is found in any file as it is on disk, in the decrypted journal, and in the
/// decrypted states.
fn found(store: &str, given: &str) -> [bool; 3] {
    let (journal, states) = (journal(store), states(store));
    let forms = forms(store, given);
    let has_any_form = |bytes: &[u8]| forms.iter().any(|form| contains(bytes, form));
    let raw = files(Path::new(store)).iter().any(|(_, bytes)| has_any_form(bytes));
    [raw, has_any_form(&journal), has_any_form(&states)]
}

#[test]
fn a_canary_past_the_horizon_leaves_no_trace() {
    let place = Workplace::new();
    let store = store(&place, "store", BOTH);
    let other = "syn1:0therper50n";
    take(&place, &store, &(crowd(18..29) + &canary() + &row("d1", other, "01-27", "ENTRY")));
    let broken = place.write("broken.csv", format!("{HEADER}\n{}e3,{CANARY},never", canary()));
    assert!(!run(&["ingest", &store, &broken, "--now", NOW]).status.success());
    assert_eq!(found(&store, CANARY), [false, true, false]);
    release(&store, "01-25");
    assert_eq!(found(&store, CANARY), [false, true, true], "within the horizon the store keeps it");
    let salts = |store: &str| -> Vec<Vec<u8>> {
        [segments(store), runs(store)].concat().into_iter().map(|(_, salt, _)| salt).collect()
    };
    let early = salts(&store);
    // Half of the file is past the horizon when the step of the 24th is.
    for day in ["02-01", "02-02", "02-04"] {
        release(&store, day);
    }
    assert_eq!(found(&store, CANARY), [false, false, true], "its events have left");
    assert_eq!(found(&store, other), [false, true, true], "later events are in the rewritten file");
    // A copy of the events that have left is older than the horizon, too.
    take(&place, &store, &canary());
    assert_eq!(found(&store, CANARY), [false, false, true]);
    release(&store, "02-29");
    assert_eq!(found(&store, CANARY), [false, false, true], "a window has not passed");
    // What is on disk is written anew when it is as old as the horizon, ten steps, and the state
    // before stays one step longer.
    let mut days = (1..=31).map(|day| format!("03-{day:02}"));
    let gone = days.position(|day| {
        release(&store, &day);
        found(&store, CANARY) == [false; 3]
    });
    assert!(gone.is_some_and(|step| (1..=10).contains(&step)), "{gone:?}");
    assert_eq!(
        found(&store, other),
        [false, false, true],
        "a person who is present is not forgotten"
    );
    let kept = files(Path::new(&store));
    let late = salts(&store);
    for salt in early {
        assert!(!late.contains(&salt));
        assert!(!kept.iter().any(|(_, bytes)| contains(bytes, &salt)), "no old file can be opened");
    }
    assert!(late.iter().all(|salt| kept.iter().any(|(_, bytes)| contains(bytes, salt))));
    assert_eq!(files(&Path::new(&store).join("private/journal")), [], "everything is past");
    succeed(&["ledger", "verify", &store]);
}

#[test]
fn data_that_leaves_changes_no_released_byte() {
    let place = Workplace::new();
    let fill = |name: &str, retention: &str| {
        let store = store(&place, name, retention);
        for day in 18..29 {
            take(&place, &store, &crowd(day..day + 1));
            // Late, but not later than the horizon.
            let late = format!("01-{}", 18.max(day - 9));
            take(
                &place,
                &store,
                &row(&format!("l{day}"), &format!("syn1:late00{day}"), &late, "ENTRY"),
            );
            release(&store, &format!("01-{day}"));
        }
        release(&store, "04-03");
        succeed(&["ledger", "verify", &store]);
        releases(&store)
    };
    let kept = fill("all", "");
    assert!(kept.iter().any(|(name, _)| name == "BORDER_FLOW/2024-01-20.v2.json"));
    assert!(fill("events", EVENTS) == kept, "events leave");
    assert!(fill("both", BOTH) == kept, "events and persons leave");
    assert!(files(Path::new(&place.text("events/private/journal"))).is_empty());
    assert!(!files(Path::new(&place.text("all/private/journal"))).is_empty());
}

/// An event that comes later than the horizon changes nothing, not even the stock; one that comes
/// in the last step before it does.
#[test]
fn an_event_past_the_horizon_changes_nothing() {
    let place = Workplace::new();
    let fill = |name: &str, day: Option<&str>| {
        let store = store(&place, name, EVENTS);
        take(&place, &store, &crowd(18..22));
        release(&store, "01-30");
        if let Some(day) = day {
            take(&place, &store, &row("l1", "syn1:latecomer", day, "ENTRY"));
        }
        release(&store, "02-12");
        releases(&store)
    };
    let none = fill("none", None);
    // The first open step is that of the 31st: ten steps before it is the 21st.
    assert!(fill("past", Some("01-20")) == none);
    assert!(fill("last", Some("01-21")) != none);
    assert!(fill("before", Some("01-05")) == none, "before the plan's start");
}

#[test]
fn a_damaged_state_is_folded_again() {
    let place = Workplace::new();
    let fill = |name: &str, damage: &dyn Fn(&str)| {
        let store = store(&place, name, EVENTS);
        take(&place, &store, &(crowd(18..29) + &canary()));
        for day in ["01-30", "02-03", "02-04"] {
            release(&store, day);
        }
        damage(&store);
        store
    };
    // The standard error of the last release.
    let warnings = |store: &str| {
        let output = run(&["release", store, "--until", "2024-02-06", "--now", NOW]);
        assert!(output.status.success());
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    let warns_once = |warnings: &str| {
        let (first, rest) = warnings.split_once('\n').expect("a line");
        assert!(first.starts_with("warning["), "{warnings}");
        assert!(first.contains("private/state/0000000"), "{warnings}");
        assert!(
            first.ends_with("; removed, what it held is folded again from the journal"),
            "{warnings}"
        );
        assert_eq!(rest, "", "one warning");
    };
    let whole = fill("whole", &|_| {});
    assert_eq!(warnings(&whole), "");
    let damage_run = |store: &str, age: usize| {
        let (name, ..) = runs(store).into_iter().rev().nth(age).expect("a run");
        let path = Path::new(store).join("private/state").join(name);
        let mut bytes = fs::read(&path).expect("a run");
        bytes[100] ^= 1;
        fs::write(&path, bytes).expect("a file");
    };
    let newest = fill("newest", &|store| damage_run(store, 0));
    warns_once(&warnings(&newest));
    assert_eq!(warnings(&newest), "", "the next release finds a sound one");
    assert!(releases(&newest) == releases(&whole));
    succeed(&["ledger", "verify", &newest]);
    let missing = fill("missing", &|store| {
        let (name, ..) = runs(store).pop().expect("a run");
        fs::remove_file(Path::new(store).join("private/state").join(name)).expect("a file");
    });
    warns_once(&warnings(&missing));
    assert!(releases(&missing) == releases(&whole));
    let both = fill("both", &|store| {
        damage_run(store, 0);
        damage_run(store, 1);
    });
    let output = run(&["release", &both, "--until", "2024-02-06", "--now", NOW]);
    assert_eq!(output.status.code(), Some(4));
    assert!(Path::new(&both).join("private/state/00000004.run").exists(), "it stays");
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error[corrupt]: "));
}

/// A plan that keeps every event can do without any file of the state.
#[test]
fn a_state_of_a_whole_journal_is_folded_from_the_first_event() {
    let place = Workplace::new();
    let fill = |name: &str| {
        let store = store(&place, name, "");
        take(&place, &store, &(crowd(18..29) + &canary()));
        ["01-24", "01-27", "02-03", "02-04"].into_iter().for_each(|day| release(&store, day));
        store
    };
    let (whole, damaged) = (fill("whole"), fill("damaged"));
    for (name, ..) in runs(&damaged) {
        let path = Path::new(&damaged).join("private/state").join(name);
        fs::write(path, "damaged").expect("a file");
    }
    let next = |store: &str| run(&["release", store, "--until", "2024-02-06", "--now", NOW]);
    assert!(next(&whole).status.success());
    let output = next(&damaged);
    let warnings = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{warnings}");
    assert!(warnings.lines().all(|line| line.starts_with("warning[corrupt]: ")), "{warnings}");
    assert!(releases(&damaged) == releases(&whole));
    succeed(&["ledger", "verify", &damaged]);
}

/// Kill -9 while files leave and are rewritten: every byte is that of a store that was never
/// killed, and nothing stays behind.
#[test]
fn a_killed_store_forgets_and_counts_as_an_undisturbed_one() {
    let place = Workplace::new();
    let fill = |name: &str, kills: u64| {
        let store = store(&place, name, BOTH);
        take(&place, &store, &(crowd(18..24) + &canary()));
        let days = (18..=31).map(|day| format!("01-{day}"));
        for (number, day) in (0u32..).zip(days.chain((1..=12).map(|day| format!("02-{day:02}")))) {
            if number % 3 == 0 && number < 10 {
                take(&place, &store, &crowd(18 + number..19 + number));
            }
            let until = format!("2024-{day}");
            for kill in 0..kills {
                let mut process = tidegauge(&["release", &store, "--until", &until, "--now", NOW])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .expect("the program starts");
                sleep(Duration::from_millis(4 + (u64::from(number) * 11 + 17 * kill) % 43));
                process.kill().expect("a signal");
                process.wait().expect("an end");
            }
            release(&store, &day);
        }
        release(&store, "03-14");
        succeed(&["ledger", "verify", &store]);
        assert_eq!(found(&store, CANARY), [false; 3]);
        assert_eq!(files(&Path::new(&store).join("private/journal")), []);
        let kept = files(&Path::new(&store).join("private/state"));
        assert_eq!(kept.len(), runs(&store).len());
        releases(&store)
    };
    let undisturbed = fill("undisturbed", 0);
    assert!(fill("killed", 2) == undisturbed);
}

/// A file that the store was removing when it crashed goes at the next opening; an unknown file is
/// still refused.
#[test]
fn only_a_file_that_was_being_removed_is_removed() {
    let place = Workplace::new();
    let store = store(&place, "store", EVENTS);
    take(&place, &store, &crowd(18..20));
    release(&store, "01-25");
    let journal = Path::new(&store).join("private/journal");
    let control = Connection::open(Path::new(&store).join("private/control.sqlite")).expect("open");
    control.execute("INSERT INTO leaving VALUES ('00000007.segment')", []).expect("a name");
    drop(control);
    fs::write(journal.join("00000007.segment"), "what was left").expect("a file");
    release(&store, "01-25");
    assert!(!journal.join("00000007.segment").exists());
    fs::write(journal.join("00000007.segment"), "another store's").expect("a file");
    let output = run(&["release", &store, "--until", "2024-01-25", "--now", NOW]);
    assert_eq!(output.status.code(), Some(4));
}

/// What the operating system does not let us read is no damage: nothing is passed over or removed.
#[test]
fn an_unreadable_state_stays_and_a_missing_segment_is_corrupt() {
    let place = Workplace::new();
    let store = store(&place, "store", EVENTS);
    take(&place, &store, &(crowd(18..29) + &canary()));
    for day in ["01-30", "02-03"] {
        release(&store, day);
    }
    let (name, ..) = runs(&store).pop().expect("a run");
    let path = Path::new(&store).join("private/state").join(&name);
    let aside = Path::new(&store).join("aside");
    fs::rename(&path, &aside).expect("a rename");
    // Opens, and cannot be read.
    fs::create_dir(&path).expect("a directory");
    let next = ["release", &store, "--until", "2024-02-06", "--now", NOW];
    refused(&next, 9, "system");
    fs::remove_dir(&path).expect("a directory");
    fs::rename(&aside, &path).expect("a rename");
    assert_eq!(runs(&store).pop().expect("a run").0, name);

    let journal = Path::new(&store).join("private/journal");
    let segment = fs::read_dir(&journal).expect("a journal").next().expect("a segment");
    let segment = segment.expect("a segment").path();
    fs::rename(&segment, &aside).expect("a rename");
    refused(&next, 4, "corrupt");
    fs::rename(&aside, &segment).expect("a rename");
    succeed(&next);
}
