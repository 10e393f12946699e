//! A cluster of PostgreSQL for tests, from the programs that Debian has.
//!
//! Not here: roles, tables and TLS, which a test adds.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::processes::{Process, free_port, until};

/// The account `nobody` of Debian.
const NOBODY: u32 = 65534;

/// Where Debian has the server's programs: the newest version.
fn programs() -> PathBuf {
    let found = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = found.map(|entry| entry.path().join("bin")).collect();
    found.sort();
    found.pop().expect("PostgreSQL is not installed: run ./test, which installs it")
}

/// A program of PostgreSQL under an ordinary account, as it refuses root.
fn program(name: &str) -> Command {
    let mut command = Command::new(programs().join(name));
    command.current_dir("/");
    if rustix::process::getuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Gives a file to the account under which the server runs.
pub fn give_away(path: &Path) {
    if rustix::process::getuid().is_root() {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).expect("another owner");
    }
}

/// A cluster of its own, which listens on a port of 127.0.0.1 and on a socket in its folder.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    settings: Vec<String>,
    /// Its port.
    pub port: u16,
    process: Process,
}

impl Cluster {
    /// Makes a cluster with a superuser `owner` in a folder, with these rules of `pg_hba.conf`, and
    /// starts it with these settings.
    #[must_use]
    pub fn start(folder: TempDir, rules: &str, settings: &[String]) -> Self {
        give_away(folder.path());
        let data = folder.path().join("data");
        let made = program("initdb")
            .args(["--username=owner", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "-D"])
            .arg(&data)
            .output()
            .expect("initdb starts");
        assert!(made.status.success(), "{made:?}");
        std::fs::write(data.join("pg_hba.conf"), rules).expect("a file");
        let (port, settings) = (free_port(), settings.to_vec());
        let process = Self::process(folder.path(), port, &settings);
        Self { folder, settings, port, process }
    }

    fn process(folder: &Path, port: u16, settings: &[String]) -> Process {
        let mut command = program("postgres");
        command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
        command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-c", "fsync=off"]);
        for setting in settings {
            command.args(["-c", setting]);
        }
        let process = Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        // It listens before it has recovered from a crash.
        until("the server takes sessions", || {
            let mut ready = program("pg_isready");
            ready.arg("-q").arg("-h").arg(folder).args(["-p", &port.to_string()]);
            ready.status().expect("pg_isready starts").success()
        });
        process
    }

    /// The folder, in which the socket is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends all sessions, and the server.
    pub fn stop(&mut self) {
        self.process.stop(Signal::INT);
    }

    /// Stops it and starts it again.
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    /// Ends as after a crash, and starts again: what was committed is recovered from the log.
    pub fn crash(&mut self) {
        self.process.stop(Signal::QUIT);
        self.start_again();
    }

    fn start_again(&mut self) {
        self.process = Self::process(self.folder.path(), self.port, &self.settings);
    }

    /// Runs statements as the owner, and returns what the last one gives.
    ///
    /// Panics: a statement fails.
    pub fn run(&self, statements: &str) -> String {
        let mut command = program("psql");
        command.args(["-X", "-q", "-A", "-t", "-1", "-v", "ON_ERROR_STOP=1", "-U", "owner"]);
        command.arg("-h").arg(self.folder()).args(["-p", &self.port.to_string()]);
        let output = command.args(["-d", "postgres", "-c", statements]).output();
        let output = output.expect("psql starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{statements}: {errors}");
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }
}
