//! The README's tour: every command in it succeeds, in order, in an empty directory.

#![cfg(test)]

use std::fs;
use std::path::Path;

use testkit::program::tidegauge;

const README: &str = include_str!("../../../README.md");

#[test]
fn every_command_of_the_tour_succeeds() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("plans")).expect("a directory");
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans");
    for plan in fs::read_dir(plans).expect("the ready-made plans") {
        let plan = plan.expect("a plan").path();
        let name = plan.file_name().expect("a name");
        fs::copy(&plan, directory.path().join("plans").join(name)).expect("a copy");
    }
    let commands: Vec<&str> =
        README.lines().filter_map(|line| line.strip_prefix("$ tidegauge ")).collect();
    assert!(commands.len() >= 7, "the tour has shrunk");
    for command in commands {
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let output = tidegauge(&arguments)
            .current_dir(directory.path())
            .output()
            .expect("the program starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tidegauge {command}: {errors}");
        assert!(!output.stdout.is_empty(), "tidegauge {command} prints nothing");
        // What does not depend on noise is as it is quoted.
        let printed = String::from_utf8_lossy(&output.stdout);
        for line in printed.lines().filter(|line| line.starts_with("plan BORDER ")) {
            assert!(README.contains(line), "tidegauge {command} prints {line}");
        }
    }
}
