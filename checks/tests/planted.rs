//! Faults planted in the real code, one at a time: each must make a test of its own crate fail, and
//! the audit of random plans, within a minute.
//!
//! The tests run here are those that run on the sound code; nothing in them knows of a fault. They
//! are built with the feature `planted-faults`, which no program has, and the environment names the
//! fault. `./test` runs this and prints what found each fault, and after how long.
//!
//! They are integration tests with names that no other crate has, so that they can be built from
//! the whole workspace: packages chosen one by one would have other features of their
//! dependencies, which would all be built once more.
//!
//! Not here: the faults (crate `planted`), and toys beside the code (`attacks.rs`).
//!
//! Invariants:
//! 1. Every fault of the list is found twice, by its crate and by the audit
//!    (`every_planted_fault_is_found`).
//! 2. Without a fault every one of these tests passes (the same).

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use cargo_metadata::Message;
use checks::tree;
use planted::{FAULTS, VARIABLE};

/// The tests of each crate that has faults, the quickest first: those after the first that fails
/// are not run.
const OWN: [(&str, &[&str]); 2] = [
    ("tidegauge-privacy", &["one_person"]),
    ("tidegauge-fold", &["late", "leave", "laws", "persons", "late_moves"]),
];
/// The audit: laws of persons and costs of random plans, of those that are the same at every run.
const AUDIT: &str = "random_plans";
const AUDIT_TEST: &str = "no_known_plan_breaks_a_law_or_a_claim";
/// The time that the audit has for a fault.
const AUDIT_TIME_MAX: Duration = Duration::from_secs(60);

/// A test program, and the directory of its crate.
struct TestProgram {
    name: String,
    program: PathBuf,
    directory: PathBuf,
}

/// The tests that failed, and how long they all took to run.
struct Found {
    by: Vec<String>,
    after: Duration,
}

/// Builds the test programs, by their names.
fn build() -> BTreeMap<String, TestProgram> {
    let own = OWN.iter().flat_map(|(_, tests)| *tests);
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(tree::root());
    command.args(["test", "--workspace", "--no-run", "--offline", "--locked", "--quiet"]);
    command.args(["--message-format", "json-render-diagnostics"]);
    command.args(["--features", "tidegauge-appraise/planted-faults"]);
    for test in own.chain([&AUDIT]) {
        command.args(["--test", test]);
    }
    let output = command.stderr(std::process::Stdio::inherit()).output().expect("cargo");
    assert!(output.status.success(), "the tests build");
    let programs = Message::parse_stream(&*output.stdout).filter_map(|message| {
        let Message::CompilerArtifact(artifact) = message.expect("a message") else { return None };
        let directory = artifact.manifest_path.parent()?.into();
        let (name, program) = (artifact.target.name, artifact.executable?.into());
        Some((name.clone(), TestProgram { name, program, directory }))
    });
    programs.collect()
}

/// Runs a test program with this fault, or with none.
fn run(test: &TestProgram, fault: Option<&str>) -> Found {
    let begun = Instant::now();
    let mut command = Command::new(&test.program);
    command.current_dir(&test.directory).env_remove(VARIABLE).envs(fault.map(|f| (VARIABLE, f)));
    // What random tests find here is no case to try again on the sound code.
    command.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    // Nor is the smallest case of it needed.
    command.env("PROPTEST_MAX_SHRINK_ITERS", "0");
    if test.name == AUDIT {
        command.args([AUDIT_TEST, "--exact"]);
    }
    let output = command.output().expect("a test program");
    let after = begun.elapsed();
    let text = String::from_utf8_lossy(&output.stdout);
    let failed =
        |line: &str| Some(line.strip_prefix("---- ")?.strip_suffix(" stdout ----")?.into());
    let by: Vec<String> = text.lines().filter_map(failed).collect();
    assert_eq!(output.status.success(), by.is_empty(), "{text}");
    Found { by, after }
}

fn row(who: &str, found: &Found) {
    let by = if found.by.is_empty() { "NOTHING".into() } else { found.by.join(", ") };
    println!("    {who}, {:.1} s: {by}", found.after.as_secs_f64());
}

#[test]
#[ignore = "builds the code once more, with planted faults: `./test` runs it by name"]
fn every_planted_fault_is_found() {
    let begun = Instant::now();
    let programs = build();
    println!("built in {:.0} s", begun.elapsed().as_secs_f64());
    let own = |package: &str| {
        let (_, tests) = OWN.iter().find(|(own, _)| *own == package).expect("tests of the crate");
        tests.iter().map(|test| &programs[*test])
    };
    for program in programs.values() {
        assert_eq!(run(program, None).by, Vec::<String>::new(), "without a fault");
    }
    let mut missed = Vec::new();
    for fault in FAULTS {
        println!("{}: {} ({})", fault.name, fault.text, fault.package);
        let mut found = Found { by: vec![], after: Duration::ZERO };
        for program in own(fault.package) {
            let Found { by, after } = run(program, Some(fault.name));
            found.by.extend(by);
            found.after += after;
            if !found.by.is_empty() {
                break;
            }
        }
        let audit = run(&programs[AUDIT], Some(fault.name));
        row("tests of the crate", &found);
        row("audit", &audit);
        let in_time = !audit.by.is_empty() && audit.after < AUDIT_TIME_MAX;
        if found.by.is_empty() || !in_time {
            missed.push(fault.name);
        }
    }
    println!("all in {:.0} s", begun.elapsed().as_secs_f64());
    assert!(missed.is_empty(), "not found: {missed:?}");
}
