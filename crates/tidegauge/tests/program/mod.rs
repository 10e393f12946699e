//! Runs the real program, as a person would, in a directory of its own.

#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod private;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The ready-made plan.
pub const PLAN: &str = include_str!("../../../../plans/border.toml");

/// A clock after the days that the tests use.
pub const NOW: &str = "2024-03-01T00:00:00Z";

/// The header of a file of events for [`PLAN`].
pub const HEADER: &str = "event_id,pseudonym,occurred_at,kind,border_point,traveller_class";

/// One good row.
pub const ROW: &str = "e1,syn1:00c0ffee,2024-01-02T08:00:00+08:00,ENTRY,LO_WU,MAINLAND_VISITOR";

/// The program, not yet started.
pub fn tidegauge(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegauge"));
    command.args(arguments);
    command
}

/// What the program prints and exits with.
pub fn run(arguments: &[&str]) -> Output {
    tidegauge(arguments).output().expect("the program starts")
}

/// Runs the program and expects exit code 0.
pub fn succeed(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A directory with a plan file and room for a store.
pub struct Place {
    pub directory: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("plan.toml"), PLAN).expect("a file");
        Self { directory }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Writes a file and returns its path as text.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).expect("a file");
        self.text(name)
    }

    /// Makes a synthetic store named `store`, its noise from a seed if one is given.
    pub fn synthetic(&self, store: &str, seed: Option<&str>) -> String {
        let (directory, plan) = (self.text(store), self.text("plan.toml"));
        let mut arguments = vec!["init", &directory, "--plan", &plan, "--synthetic"];
        arguments.extend(seed.iter().flat_map(|seed| ["--noise-seed", *seed]));
        succeed(&arguments);
        directory
    }
}

/// Every file below a directory with its bytes, in order.
pub fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(directory).expect("inside").display().to_string();
                found.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}

/// The released files of a store.
pub fn releases(store: &str) -> Vec<(String, Vec<u8>)> {
    files(&Path::new(store).join("public/release"))
}
