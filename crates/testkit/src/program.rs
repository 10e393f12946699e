//! Runs the real program from the command line, in a directory of its own.
//!
//! Not here: the private files of a store (`tidegauge/tests/private`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The ready-made plan of crossings.
pub const PLAN: &str = include_str!("../../../testdata/plans/border.toml");

/// A clock after the days that the tests use.
pub const NOW: &str = "2024-03-01T00:00:00Z";

/// The header of a file of events for [`PLAN`].
pub const HEADER: &str = "event_id,pseudonym,occurred_at,kind,border_point,traveller_class";

/// One good row.
pub const ROW: &str = "e1,syn1:00c0ffee,2024-01-02T08:00:00+08:00,ENTRY,LO_WU,MAINLAND_VISITOR";

/// The path of the program: Cargo gives it to tests of its own package, and puts the program beside
/// the directory of the test binaries.
fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("CARGO_BIN_EXE_tidegauge") {
        return path.into();
    }
    let test = std::env::current_exe().expect("the test's own path");
    let directory = test.parent().and_then(Path::parent).expect("a directory of Cargo's");
    directory.join("tidegauge").with_extension(std::env::consts::EXE_EXTENSION)
}

/// A pseudonym as a real store takes it. The digits are those of no key.
#[must_use]
pub fn keyed_pseudonym(number: u64) -> String {
    let digits = format!("{number:042}");
    // Two bits of the last digit stand for nothing and are zero.
    format!("hk1:{digits}A")
}

/// The program, not yet started.
#[must_use]
pub fn tidegauge(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(arguments);
    command
}

/// Runs the program; returns its output and exit code.
pub fn run(arguments: &[&str]) -> Output {
    tidegauge(arguments).output().expect("the program starts")
}

/// Runs the program, expects exit code 0, and returns what it prints.
///
/// Panics: another exit code, with the program's errors.
pub fn succeed(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A directory with a plan file and room for stores; it is deleted when this is dropped.
#[derive(Debug)]
pub struct Workplace {
    /// The directory.
    pub directory: TempDir,
}

impl Workplace {
    /// A directory with the ready-made plan as `plan.toml`.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes a directory")]
    pub fn new() -> Self {
        Self::with_plan(PLAN)
    }

    /// A directory with this plan as `plan.toml`.
    #[must_use]
    pub fn with_plan(plan: impl AsRef<[u8]>) -> Self {
        let workplace = Self { directory: tempfile::tempdir().expect("a directory") };
        workplace.write("plan.toml", plan);
        workplace
    }

    /// The path of a file or store in it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The same, as text.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Writes a file and returns its path as text.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).expect("a file");
        self.text(name)
    }

    /// Makes a synthetic store of `plan.toml`, its noise from a seed if one is given; returns its
    /// path as text.
    pub fn synthetic(&self, store: &str, seed: Option<&str>) -> String {
        let (directory, plan) = (self.text(store), self.text("plan.toml"));
        let mut arguments = vec!["init", &directory, "--plan", &plan, "--synthetic"];
        arguments.extend(seed.iter().flat_map(|seed| ["--noise-seed", *seed]));
        succeed(&arguments);
        directory
    }
}

/// Runs the program, which must end with this exit code and one line with this error code; returns
/// the line. If it is about a row, the number of refused rows comes after it.
pub fn refused(arguments: &[&str], exit: i32, code: &str) -> String {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {error}");
    assert!(error.starts_with(&format!("error[{code}]: ")), "{arguments:?}: {error}");
    let mut lines = error.trim_end().lines();
    let line = lines.next().unwrap_or_default().to_owned();
    let is_total = |line: &str| line.starts_with("error[bad-rows]: 1 row is refused; ");
    assert!(lines.next().is_none_or(is_total), "{arguments:?}: {error}");
    assert_eq!(lines.count(), 0, "{arguments:?}: {error}");
    line
}

/// Every file below a directory with its bytes, in order; a socket is none.
#[must_use]
pub fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.is_file() {
                let name = path.strip_prefix(directory).expect("inside").display().to_string();
                found.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}

/// The released files of a store.
#[must_use]
pub fn releases(store: &str) -> Vec<(String, Vec<u8>)> {
    files(&Path::new(store).join("public/release"))
}
