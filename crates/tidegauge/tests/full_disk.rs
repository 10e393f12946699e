//! A full disk, from no room at all to slightly too little: whatever the program was doing, it says
//! so, and once there is room the store goes on as if nothing had happened.
//!
//! Not here: other faults of a disk.

#![cfg(test)]

mod delivering;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::plans::SHORT;
use testkit::program::{HEADER, NOW, Workplace, files, releases, run, succeed};
use testkit::server::Server;

use crate::delivering::{Intake, START, receipts, row, two_sources};

/// Set when a test runs in a namespace in which it may mount a file system.
const INSIDE: &str = "TIDEGAUGE_TEST_MAY_MOUNT";

/// Runs a test again in a namespace in which it may mount a file system, and there does the work.
fn inside(name: &str, work: fn()) {
    if std::env::var_os(INSIDE).is_some() {
        return work();
    }
    let this = std::env::current_exe().expect("this test");
    let inside = Command::new("unshare")
        .args(["--map-root-user", "--mount"])
        .arg(this)
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "1")
        .output();
    match inside {
        Ok(output) if output.status.success() => {}
        Ok(output) if !output.stderr.starts_with(b"unshare: ") => {
            let [printed, errors] = [&output.stdout, &output.stderr].map(|b| b.escape_ascii());
            panic!("{printed}{errors}");
        }
        refused => {
            assert!(std::env::var_os("CI").is_none(), "the test command may mount: {refused:?}");
            // Written past the capture of test output, so that nobody believes that it ran.
            let _ = writeln!(std::io::stderr(), "not run: {name}: nothing can be mounted here");
        }
    }
}

/// A small disk of its own.
fn mounted(place: &Workplace) -> PathBuf {
    let disk = place.path("disk");
    fs::create_dir(&disk).expect("a directory");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=8m", "none"])
        .arg(&disk)
        .status()
        .expect("mount");
    assert!(mounted.success());
    disk
}

/// The blocks that are left free, one after the other.
fn all_blocks() -> impl Iterator<Item = usize> {
    (0..24).chain([32, 48, 64, 96, 128, 256])
}

const ROW: &str = "e1,syn1:00c0ffee,2024-01-18T08:00:00+08:00,ENTRY,LO_WU,VISITOR";
const SEED: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const BLOCK: usize = 4096;
const UNTILS: [&str; 2] = ["2024-01-18", "2024-01-20"];

#[test]
fn a_full_disk_has_its_own_code_and_harms_nothing() {
    inside("a_full_disk_has_its_own_code_and_harms_nothing", commands_meet_a_full_disk);
}

#[test]
fn a_delivery_to_a_full_disk_is_asked_for_later() {
    inside("a_delivery_to_a_full_disk_is_asked_for_later", deliveries_meet_a_full_disk);
}

#[test]
fn a_file_on_a_full_disk_is_whole_or_as_it_was() {
    inside("a_file_on_a_full_disk_is_whole_or_as_it_was", files_meet_a_full_disk);
}

const FIT: &str = include_str!("../../../testdata/tables.toml");
const WISH: &str = "[[wish]]\ndataflow = \"CROSSINGS\"\nperiod = \"day\"\nmargin = 10\n";
const NEW: &str = "plan new --kind log --events codes:A,B --dimension none --agency EX --title T \
                   --controller C --legal-basis L --contact c@example.org --area EE --time-zone \
                   Europe/Tallinn --start 2024-01-01";
const SIMULATE: &str = "simulate asylum --days 60";

fn files_meet_a_full_disk() {
    let place = Workplace::with_plan(format!("{FIT}{WISH}"));
    let disk = mounted(&place);
    let plan = place.text("plan.toml");
    let file = |name: &str| disk.join(name).display().to_string();
    let (new, fit, events, man) = (file("new.toml"), file("fit.toml"), file("a.csv"), file("man"));
    let words = |text: &'static str| text.split_whitespace();
    let commands: [Vec<&str>; 5] = [
        words(NEW).chain(["--out", &new]).collect(),
        words(NEW).chain(["--out", &new, "--force"]).collect(),
        vec!["plan", "fit", &plan, "--out", &fit],
        words(SIMULATE).chain(["--out", &events]).collect(),
        vec!["man", &man],
    ];
    for command in commands {
        let mut refusals = 0;
        let before = files(&disk);
        let is_done = (0..64).any(|blocks| {
            let filler = Filler::new(&disk, blocks);
            let output = run(&command);
            drop(filler);
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() {
                return true;
            }
            assert_eq!(output.status.code(), Some(7), "{blocks}: {command:?}: {error}");
            assert!(!error.contains("partial"), "{error}");
            refusals += 1;
            let mut after = files(&disk);
            // A page of man that was written is whole, and stays.
            after.retain(|(name, _)| !name.starts_with("man/"));
            assert!(after == before, "{blocks}: {command:?}");
            false
        });
        assert!(is_done && refusals > 0, "{command:?}");
    }
    let pages = files(&disk).into_iter().filter(|(name, _)| name.starts_with("man/"));
    assert!(pages.clone().count() > 20);
    for (name, page) in pages {
        assert!(page.starts_with(b".ie") && name.ends_with(".1"), "{name}");
    }
}

fn commands_meet_a_full_disk() {
    let place = Workplace::with_plan(SHORT);
    let disk = mounted(&place);
    let plan = place.text("plan.toml");
    let store = disk.join("store").display().to_string();
    let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    let init = |store| ["init", store, "--plan", &plan, "--synthetic", "--noise-seed", SEED];
    let ingest = |store| ["ingest", store, &events, "--now", NOW];
    let release = |store, until| ["release", store, "--until", until, "--now", NOW];
    let mut refusals = 0;
    // Whether a command succeeds with this many blocks left; if not, it must report a full disk.
    let mut succeeds_with = |blocks: usize, command: &[&str]| {
        let filler = Filler::new(&disk, blocks);
        let output = run(command);
        // What is on a full disk can be read.
        if !output.status.success() && Path::new(&store).exists() {
            succeed(&["status", &store]);
            drop(Server::start(&["serve", &store, "--public", "127.0.0.1:0", "--now", NOW]));
        }
        drop(filler);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            return true;
        }
        assert_eq!(output.status.code(), Some(7), "{blocks}: {command:?}: {error}");
        assert!(error.starts_with("error[disk-full]: ") && error.contains("free"), "{error}");
        refusals += 1;
        false
    };
    let made = all_blocks().any(|blocks| {
        let made = succeeds_with(blocks, &init(&store));
        assert_eq!(made, Path::new(&store).exists(), "a store exists whole or not at all");
        made
    });
    assert!(made);
    assert!(all_blocks().any(|blocks| succeeds_with(blocks, &ingest(&store))));
    for until in UNTILS {
        assert!(all_blocks().any(|blocks| succeeds_with(blocks, &release(&store, until))));
    }
    assert!(refusals > 10, "a disk that is never full tests nothing: {refusals}");
    // A store that never met a full disk has the same releases.
    let other = place.text("other");
    succeed(&init(&other));
    succeed(&ingest(&other));
    for until in UNTILS {
        succeed(&release(&other, until));
    }
    assert_eq!(releases(&store), releases(&other));
    succeed(&["ledger", "verify", &store]);
}

fn deliveries_meet_a_full_disk() {
    let place = Workplace::with_plan(two_sources());
    let disk = mounted(&place);
    let store = disk.join("store").display().to_string();
    let plan = place.text("plan.toml");
    let now = ["--now", "2024-01-18T00:00:00Z"];
    succeed(&[&["init", &store, "--plan", &plan, "--synthetic"], &now[..]].concat());
    let intake = Intake::start(&store, START, 1);
    let mut refusals = 0;
    let mut taken = 0;
    for delivery in 0..12 {
        let rows: String = (0..40)
            .map(|n| {
                let (event, person) = (format!("e{delivery}-{n}"), format!("p{delivery}-{n}"));
                row(&event, &person, "2024-01-18T10:00:00Z")
            })
            .collect();
        let id = format!("d{delivery}");
        // The same delivery again and again, with a little more room each time.
        let is_taken = all_blocks().any(|blocks| {
            let filler = Filler::new(&disk, blocks);
            let reply = intake.send_rows(&id, &rows);
            drop(filler);
            if reply.status == 200 {
                return true;
            }
            assert_eq!(reply.problem(), (503, "disk-full".into()), "{blocks}: {}", reply.body);
            assert_eq!(reply.header("retry-after"), Some("60"));
            refusals += 1;
            false
        });
        assert!(is_taken);
        taken += 40;
        assert_eq!(receipts(Path::new(&store)).iter().sum::<u64>(), taken);
    }
    assert!(refusals > 10, "a disk that is never full tests nothing: {refusals}");
    intake.kill();
    succeed(&["release", &store, "--now", "2024-01-18T23:00:00Z"]);
    succeed(&["ledger", "verify", &store]);
}

/// A file that leaves only this many blocks of a disk free, until it is dropped.
struct Filler(PathBuf);

impl Filler {
    fn new(disk: &Path, blocks: usize) -> Self {
        let path = disk.join("filler");
        let mut file = File::create(&path).expect("a file");
        let mut written = 0;
        while file.write_all(&[1; BLOCK]).is_ok() {
            written += 1;
        }
        let kept = written - blocks.min(written);
        file.set_len((kept * BLOCK) as u64).expect("a shorter file");
        Self(path)
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        fs::remove_file(&self.0).expect("the filler is there");
    }
}
