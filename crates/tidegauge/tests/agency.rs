//! The whole way of a spreadsheet's export: from an agency's own headers, semicolons and Latin-1,
//! through `tidegauge-agent`, to a figure at the public address. Both programs are the real ones.
//!
//! What counts as failure: a name, document or address anywhere but in the export; a figure without
//! the events; an event that is lost or counted twice when the agent is killed.
//! Nondeterminism: the moment of the kills.

#![cfg(test)]

mod delivering;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use testkit::edit;
use testkit::plans::SHORT;
use testkit::program::{Workplace, files, succeed};

use crate::delivering::{Intake, agent, receipts, store_of};

/// What must never leave the agency.
const CANARIES: [&str; 4] = ["Canary", "X7654321", "Kanarienstra", "13.05.1977"];

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = agent(folder, arguments).output().expect("the program starts");
    assert!(output.status.success(), "{arguments:?}: {}", written(&output));
    written(&output)
}

fn written(output: &Output) -> String {
    let bytes = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8(bytes).expect("UTF-8")
}

/// An agency with its keys and a folder for exports, and a store whose plan has it as a source.
struct Scene {
    _place: Workplace,
    store: String,
    agency: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let agency = tempfile::tempdir().expect("a directory");
        let lines = run(agency.path(), &["key", "signing", "land.key", "--id", "k1"]);
        let key = &lines[lines.find("[[source.key]]").expect("lines for the plan")..];
        let made = run(agency.path(), &["key", "new", "agencies.key"]);
        let id = made.lines().find(|line| line.starts_with("pseudonym_key")).expect("its id");
        let plan = format!(
            "\n[intake]\nlongest_wait_minutes = 60\n{id}\n\
             [[source]]\nid = \"LAND\"\nname = \"Land border police\"\nfrom = \"2024-01-18\"\n\
             complete_every = \"day\"\ncomplete_within_minutes = 60\n{key}"
        );
        let (place, store) = store_of(&edit(SHORT).append(&plan).text());
        fs::create_dir(agency.path().join("export")).expect("a directory");
        Self { _place: place, store, agency }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.agency.path().join(name)
    }

    /// Settings for the exports, which go to this intake.
    fn settings(&self, intake: &Intake) {
        let text = format!(
            "[plan]\nintake = \"http://{}\"\nsource = \"LAND\"\nsigning_key = \"land.key\"\n\
             signing_key_id = \"k1\"\npseudonym_key = \"agencies.key\"\n\
             [delivery]\nstate = \"agent-state\"\nrows = 50\n\
             [[input]]\nname = \"export\"\npath = \"export\"\nfiles = \"*.csv\"\n\
             settle_seconds = 0\ndelimiter = \";\"\nencoding = \"windows-1252\"\n\
             complete = \"file\"\ncomplete_name = \"%Y-%m-%d.csv\"\n\
             [mapping.event_id]\ncolumn = \"Laufnummer\"\n\
             [mapping.pseudonym]\ncolumn = \"Dokument\"\n\
             [mapping.occurred_at]\ncolumns = [\"Datum\", \"Uhrzeit\"]\n\
             format = \"%d.%m.%Y %H:%M\"\nzone = \"Asia/Hong_Kong\"\n\
             [mapping.kind]\ncolumn = \"Richtung\"\n\
             codes = {{ Einreise = \"ENTRY\", Ausreise = \"EXIT\" }}\n\
             [mapping.border_point]\ncolumn = \"Grenzübergang\"\n\
             codes = {{ \"Lo Wu\" = \"LO_WU\", Flughafen = \"AIRPORT\" }}\n\
             [mapping.traveller_class]\nconstant = \"VISITOR\"\n",
            intake.host
        );
        fs::write(self.path("agent.toml"), text).expect("a file");
    }

    /// Exports one day with so many persons, all in Latin-1.
    fn export(&self, day: &str, persons: u32) {
        let header = "Laufnummer;Grenzübergang;Richtung;Dokument;Familienname;Wohnort;geboren;\
                      Datum;Uhrzeit";
        let (year_month, number) = day.rsplit_once('-').expect("a day");
        let (year, month) = year_month.split_once('-').expect("a day");
        let row = |n: u32| {
            format!(
                "{day}-{n};Lo Wu;Einreise;syn1:X7654321{n};Canary;Kanarienstraße 1;13.05.1977;\
                 {number}.{month}.{year};{:02}:{:02}\r\n",
                8 + n % 8,
                n % 60
            )
        };
        let text = format!("{header}\r\n{}", (0..persons).map(row).collect::<String>());
        // Every character of it is one byte of Latin-1.
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        fs::write(self.path(&format!("export/{day}.csv")), bytes).expect("a file");
    }

    /// Whether a canary is in any file of a directory.
    fn assert_clean(&self, directory: &Path) {
        for (name, bytes) in files(directory) {
            for canary in CANARIES {
                let is_found = bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
                assert!(!is_found, "{name} has {canary}");
            }
        }
    }
}

#[test]
fn a_spreadsheet_becomes_a_figure() {
    let scene = Scene::new();
    // An hour each six seconds: the first day is due at 22:00, and is complete before.
    let intake = Intake::start(&scene.store, "2024-01-18T20:00:00Z", 600);
    scene.settings(&intake);
    scene.export("2024-01-18", 400);
    // The first mapping by likeness is a file that says where it guessed.
    let url = format!("http://{}", intake.host);
    let sample = ["init", "--sample", "export/2024-01-18.csv", "--plan", &url, "--source", "LAND"];
    run(scene.agency.path(), &[&sample[..], &["--out", "guess.toml"]].concat());
    let guess = fs::read_to_string(scene.path("guess.toml")).expect("settings");
    assert!(guess.contains("Richtung") && guess.contains("windows-1252"), "{guess}");
    let mut said = run(scene.agency.path(), &["check"]);
    assert!(said.contains("400 rows would leave") && said.contains("Familienname"), "{said}");
    said += &run(scene.agency.path(), &["once"]);
    let status = succeed(&["status", &scene.store, "--json"]);
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(status["sources"][0]["completeUntil"], "2024-01-18T16:00:00Z");
    let figure = || -> Option<f64> {
        let path = "/v1/data/BORDER_FLOW/D.HK.FLOW.LO_WU.ENTRY.VISITOR?format=csv";
        let reply = intake.get_public(path);
        let line = reply.body.lines().find(|line| line.contains("2024-01-18"))?;
        let mut headers = reply.body.lines().filter(|line| line.contains("OBS_VALUE"));
        let value = headers.next()?.split(',').position(|name| name == "OBS_VALUE")?;
        line.split(',').nth(value)?.parse().ok()
    };
    let until = Instant::now() + Duration::from_secs(60);
    let value = loop {
        if let Some(value) = figure() {
            break value;
        }
        assert!(Instant::now() < until, "{}", intake.get_public("/v1/dataflows").body);
        std::thread::sleep(Duration::from_millis(200));
    };
    // 400 persons with a margin of a few dozen.
    assert!((value - 400.0).abs() < 150.0, "{value}");
    drop(intake);
    for canary in CANARIES {
        assert!(!said.contains(canary), "{said}");
    }
    scene.assert_clean(&scene.path("agent-state"));
    scene.assert_clean(Path::new(&scene.store));
    succeed(&["ledger", "verify", &scene.store]);
}

/// The agent and the server are killed again and again while ten files go over.
#[test]
fn kills_lose_and_double_nothing() {
    let scene = Scene::new();
    for day in 18..28 {
        scene.export(&format!("2024-01-{day}"), 120);
    }
    for round in 0..25u64 {
        let intake = Intake::start(&scene.store, "2024-01-29T00:00:00Z", 1);
        scene.settings(&intake);
        let mut running = agent(scene.agency.path(), &["once"]).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(20 + 13 * (round % 11)));
        let (first, second) = (round % 2 == 0, round % 3 == 0);
        if first {
            running.kill().expect("a signal");
        }
        if second {
            intake.kill();
        } else {
            drop(intake);
        }
        let _ = running.kill();
        running.wait().expect("an end");
    }
    let intake = Intake::start(&scene.store, "2024-01-29T00:00:00Z", 1);
    scene.settings(&intake);
    run(scene.agency.path(), &["once"]);
    let taken: u64 = receipts(Path::new(&scene.store)).iter().sum();
    assert_eq!(taken, 10 * 120, "each row is in one delivery");
    drop(intake);
    succeed(&["release", &scene.store, "--now", "2024-01-29T00:00:00Z"]);
    succeed(&["ledger", "verify", &scene.store]);
}
