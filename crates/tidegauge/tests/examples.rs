//! The scripts of `examples/`, run with the built programs: each makes a store whose ledger
//! verifies, with a release of every dataflow, from every row of its sample.
//!
//! Not here: the scripts that read the figures (`examples/check`), and protection: the samples are
//! of nobody, and a count of them is compared with a figure.
//!
//! Invariants:
//! 1. Every row of a sample is taken once, and none is refused
//!    (`tests/examples.rs`: a test for each example).
//! 2. The plain sample is what its README says that it is
//!    (`tests/examples.rs`: `the_plain_sample_is_made_by_the_command_in_its_readme`).

#![cfg(test)]

mod delivering;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use testkit::program::{succeed, tidegauge};

use crate::delivering::{agent, receipts};

/// Half the width of an interval that a right figure leaves once in 1.7 million times, in margins
/// of 95 %: 5 / 1.96.
const SURE: f64 = 2.551;

/// What an example must give.
struct Expected<'a> {
    example: &'a str,
    /// Its dataflows beside `EVENTS`; all of them have figures.
    dataflows: [&'a str; 2],
    last_release: &'a str,
    /// A series of the dataflow `EVENTS`, one of its periods, and which rows of the sample it
    /// counts.
    key: &'a str,
    period: &'a str,
    is_counted: fn(&str) -> bool,
}

fn folder(example: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example)
}

/// The rows of an example's sample, without headers.
fn sample(example: &str) -> Vec<String> {
    let exported = folder(example).join("export");
    let mut paths = vec![folder(example).join("events.csv")];
    if exported.is_dir() {
        paths = fs::read_dir(exported).expect("a folder").map(|e| e.expect("one").path()).collect();
    }
    let mut rows = Vec::new();
    for path in paths {
        let bytes = fs::read(&path).expect("a file");
        let header_lines = usize::from(path.extension().is_none_or(|ending| ending != "ndjson"));
        let text = String::from_utf8_lossy(&bytes);
        rows.extend(text.lines().skip(header_lines).map(str::to_owned));
    }
    rows
}

/// Runs the script of an example with the built programs.
fn run(example: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(folder(example).join("run.sh"));
    command.args(arguments);
    command.env("TIDEGAUGE", tidegauge(&[]).get_program());
    command.env("TIDEGAUGE_AGENT", agent(Path::new("."), &[]).get_program());
    command.output().expect("bash")
}

fn assert_runs(expected: &Expected) {
    let Expected { example, .. } = expected;
    let place = tempfile::tempdir().expect("a directory");
    let made = place.path().join("made");
    let output = run(example, &[&made.display().to_string()]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{example}: {said}{errors}");
    assert!(!errors.contains("warning["), "{example}: {errors}");

    let store = made.join("office/store").display().to_string();
    let rows = sample(example);
    let taken: u64 = if folder(example).join("agent.toml").is_file() {
        receipts(Path::new(&store)).iter().sum()
    } else {
        let (before, _) = said.split_once(" rows taken").expect("rows");
        before.rsplit(' ').next().expect("a number").parse().expect("a number")
    };
    assert_eq!(taken, rows.len() as u64, "{example}: {said}{errors}");

    // The head of each plan points to this command.
    let plan = folder(example).join("plan.toml").display().to_string();
    assert!(succeed(&["plan", "fit", &plan]).contains("[statement]"), "{example}");
    succeed(&["ledger", "verify", &store]);
    let status: serde_json::Value =
        serde_json::from_str(&succeed(&["status", &store, "--json"])).expect("JSON");
    assert_eq!(status["last"]["step"], expected.last_release, "{example}: {status}");
    for dataflow in expected.dataflows {
        let figures = succeed(&["export", &store, "--dataflow", dataflow]);
        assert!(figures.lines().count() > 1, "{example}: {dataflow} has no figures");
    }
    // What the script quotes last is in a file too.
    let figures = fs::read_to_string(made.join("figures.csv")).expect("figures");
    assert!(said.contains(figures.lines().nth(1).expect("a figure")), "{example}: {said}");

    let counted = rows.iter().filter(|row| (expected.is_counted)(row)).count() as f64;
    assert!(counted > 0.0, "{example}: {} counts no row", expected.key);
    let figures = ["export", &store, "--dataflow", "EVENTS", "--key", expected.key];
    let figures = succeed(&figures);
    let mut reader = csv::Reader::from_reader(figures.as_bytes());
    let row = reader
        .deserialize::<BTreeMap<String, String>>()
        .map(|row| row.expect("fields"))
        .find(|row| row["TIME_PERIOD"] == expected.period)
        .expect("the period");
    let number = |name: &str| row[name].parse::<f64>().expect("a number");
    let (value, margin) = (number("OBS_VALUE"), number("MARGIN"));
    assert!(margin > 0.0, "{example}: {row:?}");
    assert!((value - counted).abs() <= SURE * margin, "{example}: {value}, {counted} rows");
    // Readable: the figure is more than its margin.
    assert!(margin < 0.5 * counted, "{example}: {counted} rows, margin {margin}");
}

#[test]
fn border_runs() {
    assert_runs(&Expected {
        example: "border",
        dataflows: ["PRESENT", "AT_BOUND"],
        last_release: "2025-03-30",
        key: "D.AT.FLOW._T.ENTRY",
        period: "2025-03-21",
        is_counted: |row| row.contains(";Ein;") && row.contains(";21.03.2025;"),
    });
}

#[test]
fn stays_run() {
    assert_runs(&Expected {
        example: "stays",
        dataflows: ["OVERSTAYERS", "AT_BOUND"],
        last_release: "2025-W13",
        key: "W.FR.FLOW._T.ENTRY",
        period: "2025-W03",
        is_counted: |row| {
            let day = row.split(',').nth(4).expect("a date");
            row.contains(",entrée,") && (13..20).any(|n| day == format!("{n}/01/2025"))
        },
    });
}

#[test]
fn returns_run() {
    assert_runs(&Expected {
        example: "returns",
        dataflows: ["ORDERED", "AT_BOUND"],
        last_release: "2024-12",
        key: "M.LT.FLOW._T.REFUSAL",
        period: "2024-01",
        is_counted: |row| {
            let time = row.split(',').nth(2).expect("a time");
            row.contains(",REFUSAL,") && time.starts_with("2024-01-")
        },
    });
}

#[test]
fn asylum_runs() {
    assert_runs(&Expected {
        example: "asylum",
        dataflows: ["PENDING", "AT_BOUND"],
        last_release: "2024-12",
        key: "M.ES.FLOW._T.FIRST_APPLICATION",
        period: "2024-05",
        is_counted: |row| row.contains("\"solicitud\"") && row.contains("\"2024-05-"),
    });
}

#[test]
fn log_runs() {
    assert_runs(&Expected {
        example: "log",
        dataflows: ["FOLLOWS", "AT_BOUND"],
        last_release: "2024-12",
        key: "M.EE.FLOW.RECEIVED",
        period: "2024-07",
        is_counted: |row| row.contains("\tapplication received\t") && row.contains("\t2024-07-"),
    });
}

#[test]
fn the_plain_sample_is_made_by_the_command_in_its_readme() {
    let readme = fs::read_to_string(folder("returns").join("README.md")).expect("a README");
    let (_, command) = readme.split_once("\n    tidegauge simulate ").expect("a command");
    let command = command.lines().next().expect("a line").replace("events.csv", "made.csv");
    let place = tempfile::tempdir().expect("a directory");
    fs::copy(folder("returns").join("plan.toml"), place.path().join("plan.toml")).expect("a copy");
    let arguments: Vec<&str> = command.split_whitespace().collect();
    let mut simulate = tidegauge(&[&["simulate"], &arguments[..]].concat());
    let output = simulate.current_dir(place.path()).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made = fs::read(place.path().join("made.csv")).expect("a file");
    let kept = fs::read(folder("returns").join("events.csv")).expect("a file");
    assert!(made == kept, "the sample differs from what `tidegauge simulate {command}` makes");
}

#[test]
fn nothing_is_overwritten_and_what_is_missing_is_named() {
    let place = tempfile::tempdir().expect("a directory");
    let directory = place.path().display().to_string();
    fs::write(place.path().join("mine"), "mine").expect("a file");
    let cases: [(&[&str], &str); 3] = [
        (&[&directory], "error[not-empty]: "),
        (&[], "error[usage]: DIR: "),
        (&[&directory, "--what"], "error[usage]: --what: "),
    ];
    for (arguments, error) in cases {
        let output = run("border", arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with(error) && said.lines().count() == 1, "{said}");
    }
    assert_eq!(fs::read_dir(place.path()).expect("it").count(), 1);
    let mut command = Command::new(folder("border").join("run.sh"));
    command.arg(place.path().join("new")).env("TIDEGAUGE", "/nowhere/tidegauge");
    let output = command.output().expect("bash");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error[no-program]: /nowhere/tidegauge: "), "{said}");
}
