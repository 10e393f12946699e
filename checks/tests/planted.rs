//! Faults planted in the real code, one at a time: each must make a test of its own crate fail, and
//! the audit of random plans, within a minute.
//!
//! The tests run here are those that run on the sound code; nothing in them knows of a fault. They
//! are built with the feature `planted-faults`, which no program has, and the environment names the
//! fault. `./test` runs this and prints what found each fault, and after how long.
//!
//! Not here: the faults (crate `planted`), and toys beside the code (`attacks.rs`).
//!
//! Invariants:
//! 1. Every fault of the list is found twice, by its crate and by the audit
//!    (`every_planted_fault_is_found`).

#![cfg(test)]

use std::process::Command;
use std::time::{Duration, Instant};

use checks::tree;
use planted::{FAULTS, Fault, VARIABLE};

/// The tests of the audit: laws of persons and costs of random plans.
const AUDIT: [&str; 3] = ["tidegauge-appraise", "--lib", "audit::random::tests::no_random_plan"];
/// The time that the audit has for a fault.
const AUDIT_TIME_MAX: Duration = Duration::from_secs(60);

/// The tests that failed, and how long they all took to run.
struct Found {
    by: Vec<String>,
    after: Duration,
}

fn cargo_test(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(tree::root());
    command.args(["test", "--quiet", "--offline", "--locked", "--no-fail-fast"]);
    command.args(["--features", "planted-faults", "--package"]).args(args);
    command
}

/// Builds tests, so that no fault is charged with the time of the compiler.
fn build(args: &[&str]) {
    let mut command = cargo_test(&args[..args.len().min(2)]);
    assert!(command.arg("--no-run").status().expect("cargo").success(), "{args:?} builds");
}

fn run(args: &[&str], fault: Fault) -> Found {
    let begun = Instant::now();
    let mut command = cargo_test(args);
    // What random tests find here is no case to try again on the sound code.
    command.env(VARIABLE, fault.name).env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    let output = command.output().expect("cargo");
    let after = begun.elapsed();
    let text = String::from_utf8_lossy(&output.stdout);
    let failed =
        |line: &str| Some(line.strip_prefix("---- ")?.strip_suffix(" stdout ----")?.into());
    let by: Vec<String> = text.lines().filter_map(failed).collect();
    assert_eq!(output.status.success(), by.is_empty(), "{text}");
    Found { by, after }
}

#[test]
#[ignore = "builds the code once more, with planted faults: `./test` runs it by name"]
fn every_planted_fault_is_found() {
    let packages = FAULTS.map(|fault| fault.package);
    for package in packages {
        build(&[package]);
    }
    build(&AUDIT);
    let mut missed = Vec::new();
    for fault in FAULTS {
        println!("{}: {} ({})", fault.name, fault.text, fault.package);
        let (own, audit) = (run(&[fault.package], fault), run(&AUDIT, fault));
        for (who, found) in [("tests of the crate", &own), ("audit", &audit)] {
            let by = if found.by.is_empty() { "NOTHING".into() } else { found.by.join(", ") };
            println!("    {who}, {:.1} s: {by}", found.after.as_secs_f64());
        }
        let in_time = !audit.by.is_empty() && audit.after < AUDIT_TIME_MAX;
        if own.by.is_empty() || !in_time {
            missed.push(fault.name);
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}
