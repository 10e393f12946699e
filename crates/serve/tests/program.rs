//! The program `tidegauge-serve`: it serves a public directory, and ends when it is asked to.
//!
//! Not here: what it answers (`src/tests`).

#![cfg(test)]

use std::process::Command;

use testkit::publisher::{PLAN, Publisher};
use testkit::server::Server;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegauge-serve"));
    command.args(arguments);
    command
}

#[test]
fn a_public_directory_is_served() {
    let directory = tempfile::tempdir().unwrap();
    Publisher::create(directory.path(), PLAN).release_until("2024-01-02");
    let place = directory.path().display().to_string();
    let server = Server::spawn(program(&[&place, "--public", "127.0.0.1:0"]));
    let answer = server.get("/v1/dataflows");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"CROSSINGS\""), "{answer}");
    let lines = server.stop();
    assert!(lines.contains("stopped"), "{lines}");
}

#[test]
fn a_missing_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("none").display().to_string();
    let output = program(&[&missing]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.starts_with("error[no-directory]: "), "{error}");
}
