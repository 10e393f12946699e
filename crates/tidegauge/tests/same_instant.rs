//! Events of one person at the same instant through the real program: stores with other keys count
//! the same, and a store that began with the order by ids keeps it.
//!
//! Not here: the order itself (`fold/src/kernel/together.rs`), and any history against a naive
//! counter (`fold/tests/same_instant.rs`).

#![cfg(test)]

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use testkit::plans::{short_with_vintages, with_corrections};
use testkit::program::{HEADER, NOW, Workplace, releases, succeed};
use tidegauge_ledger::{DirectorySource, Entry, LedgerWriter, Release, SigningKey, read_verified};

const SEED: &str = "5a5a00c05a5a00c05a5a00c05a5a00c05a5a00c05a5a00c05a5a00c05a5a00c0";
/// Persons of each way to have several events at one instant.
const PERSONS: u32 = 60;

fn place() -> Workplace {
    Workplace::with_plan(with_corrections(short_with_vintages("PERSONS")).text())
}

fn row(id: &str, person: &str, day: u32, what: &str) -> String {
    // Ids of their own: a digest of an id is the same for every person of a store.
    format!("{id}-{person},syn1:{person},2024-01-{day:02}T00:00:00+08:00,{what}\n")
}

/// What a source with dates only has of a day: day trips, persons who left and came back, entries
/// that two sources report.
fn on_time() -> String {
    let mut rows = String::new();
    for n in 0..PERSONS {
        let trip = format!("daytrip-{n:04}");
        rows += &row("in", &trip, 19, "ENTRY,LO_WU,VISITOR,0,count");
        rows += &row("out", &trip, 19, "EXIT,LO_WU,VISITOR,0,count");
        let back = format!("returned-{n:04}");
        rows += &row("before", &back, 19, "ENTRY,LO_WU,VISITOR,0,count");
        rows += &row("out", &back, 20, "EXIT,LO_WU,VISITOR,0,count");
        rows += &row("in", &back, 20, "ENTRY,AIRPORT,VISITOR,0,count");
        for id in ["one", "other"] {
            let twice = format!("twice-{n:04}");
            rows += &row(id, &twice, 20, "ENTRY,LO_WU,VISITOR,0,count");
        }
    }
    rows
}

/// Of each pair of entries that say the same, one is retracted later; of some persons both are.
fn later() -> String {
    let mut rows = String::new();
    for n in 0..PERSONS {
        let person = format!("twice-{n:04}");
        let ids = if n % 3 == 0 { &["one", "other"][..] } else { &["other"] };
        for id in ids {
            rows += &row(id, &person, 20, "ENTRY,LO_WU,VISITOR,1,retract");
        }
    }
    rows
}

/// Takes both files, the later one after the days of the first were released.
fn filled(place: &Workplace, store: &str) -> Vec<(String, Vec<u8>)> {
    let take = |name: &str, rows: &str| {
        let file = place.write(name, format!("{HEADER},revision,action\n{rows}"));
        succeed(&["ingest", store, &file, "--now", NOW]);
    };
    take("events.csv", &on_time());
    succeed(&["release", store, "--until", "2024-01-22", "--now", NOW]);
    take("later.csv", &later());
    succeed(&["release", store, "--until", "2024-01-31", "--now", NOW]);
    releases(store)
}

/// By how many persons more than in another store, under the same noise, a day's stock rises.
fn more(files: &[(String, Vec<u8>)], others: &[(String, Vec<u8>)], day: &str) -> i64 {
    let sum = |files: &[(String, Vec<u8>)]| -> i64 {
        let name = format!("VISITORS_PRESENT/2024-01-{day}.v0.json");
        let (_, bytes) = files.iter().find(|(known, _)| *known == name).expect("a release");
        Release::parse(bytes).expect("a release").parts[0].values.iter().sum()
    };
    sum(files) - sum(others)
}

/// Rewrites the ledger of a store that has released nothing to one of the first format, in which
/// stores ordered events of one instant by keyed digests of their ids.
fn as_first_format(store: &str) {
    let (public, private) = (Path::new(store).join("public"), Path::new(store).join("private"));
    let log = read_verified(&DirectorySource::new(&public), None).expect("a ledger");
    let mut entries = log.entries.clone();
    let Entry::Genesis { format, order, store: id, .. } = &mut entries[0] else {
        panic!("a genesis")
    };
    (*format, *order) = (1, None);
    let id = id.clone();
    fs::remove_dir_all(public.join("tile")).expect("tiles");
    for name in ["checkpoint", "vkey"] {
        fs::remove_file(public.join(name)).expect("a file");
    }
    let secret = fs::read(private.join("signing.key")).expect("a key");
    let key = SigningKey::from_bytes(&secret.try_into().expect("32 bytes"));
    let mut ledger = LedgerWriter::create(&public, &id, &key).expect("a ledger");
    ledger.append_at(0, &entries).expect("entries");
    let head = ledger.head();
    let control = Connection::open(private.join("control.sqlite")).expect("open");
    let changed = control
        .execute("UPDATE head SET size = ?1, root = ?2", (head.size as i64, &head.root[..]))
        .expect("a head");
    assert_eq!(changed, 1);
}

#[test]
fn two_stores_with_other_keys_count_the_same() {
    let place = place();
    let [one, other] = ["one", "other"].map(|name| place.synthetic(name, Some(SEED)));
    let keys = [&one, &other]
        .map(|store| fs::read(Path::new(store).join("private/pseudonym.key")).expect("a key"));
    assert_ne!(keys[0], keys[1]);
    assert_eq!(filled(&place, &one), filled(&place, &other));
}

/// Who came and left is not there, who left and came back is, and who was reported twice is there
/// until both reports are retracted.
#[test]
fn days_of_dates_only_count_as_they_happened() {
    let place = place();
    let [store, nobody] = ["store", "nobody"].map(|name| place.synthetic(name, Some(SEED)));
    let files = filled(&place, &store);
    succeed(&["release", &nobody, "--until", "2024-01-31", "--now", NOW, "--empty"]);
    let none = releases(&nobody);
    let persons = i64::from(PERSONS);
    let rises = ["19", "20", "22", "23", "31"].map(|day| more(&files, &none, day));
    assert_eq!(rises, [persons, persons, 0, -persons / 3, 0]);
}

#[test]
fn a_store_that_began_with_the_order_by_ids_keeps_it() {
    let place = place();
    let [new, old, other] = ["new", "old", "other"].map(|name| place.synthetic(name, Some(SEED)));
    as_first_format(&old);
    as_first_format(&other);
    let (new, of_old) = (filled(&place, &new), filled(&place, &old));
    let of_other = filled(&place, &other);
    // By digests a day trip leaves about half of the persons present, others under another key.
    let left = more(&of_old, &new, "19");
    assert!((5..i64::from(PERSONS) - 5).contains(&left), "the order by ids, {left}");
    assert_ne!(of_old, of_other);
    succeed(&["ledger", "verify", &Path::new(&old).join("public").display().to_string()]);
}
