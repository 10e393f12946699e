//! What makes the programs known to a system: the reference of their command lines, completions,
//! pages of man, and the check for containers.
//!
//! Not here: packages (`packaging/check`).

#![cfg(test)]

use std::fs;
use std::path::Path;

use clap::CommandFactory as _;
use testkit::program::{Workplace, refused, run, succeed};
use testkit::reference::{keep_equal, sections};
use testkit::server::Server;

const HEAD: &str = "\
# The command line

Every command of `tidegauge` and of `tidegauge-serve`, with its arguments, options, defaults and
values. This page is written from the programs themselves, so that it says what `--help` says. The
agencies' program has [a page of its own](command-line-agent.md). Every command also takes `--help`.
";

#[test]
fn the_reference_lists_every_option() {
    let public = tidegauge_serve::Program::command();
    let expected = format!("{HEAD}{}{}", sections(tidegauge::command_line()), sections(public));
    let page = Path::new(env!("CARGO_MANIFEST_DIR"));
    keep_equal(&page.join("../../docs/src/reference/command-line.md"), &expected);
}

#[test]
fn every_command_has_a_page_of_man() {
    let place = Workplace::new();
    succeed(&["man", &place.text("man1")]);
    for (name, option) in [
        ("tidegauge-serve.1", "base\\-path"),
        ("tidegauge-ledger-verify.1", "key"),
        ("tidegauge.1", "Exit codes"),
    ] {
        let page = fs::read_to_string(place.path("man1").join(name)).unwrap();
        assert!(page.contains(".TH tidegauge") && page.contains(option), "{name}: {page}");
    }
}

#[test]
fn shells_can_complete_both_programs() {
    for shell in ["bash", "zsh", "fish"] {
        let own = succeed(&["completions", shell]);
        assert!(own.contains("ledger") && own.contains("base-path"), "{shell}: {own}");
        let public = succeed(&["completions", shell, "--program", "tidegauge-serve"]);
        assert!(public.contains("tidegauge-serve") && !public.contains("ingest"), "{shell}");
    }
}

#[test]
fn health_is_what_the_server_says() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let server = Server::start(&["serve", &store, "--public", "127.0.0.1:0"]);
    let address = format!("http://{}", server.host);
    succeed(&["health", &address, "--alive"]);
    assert_eq!(run(&["health", &address]).status.code(), Some(0));
    fs::remove_file(Path::new(&store).join("public/checkpoint")).unwrap();
    let refusal = std::iter::repeat_with(|| run(&["health", &address]))
        .inspect(|_| std::thread::sleep(std::time::Duration::from_millis(200)))
        .take(50)
        .find(|output| output.status.code() == Some(1))
        .expect("a server without its ledger is not ready");
    let error = String::from_utf8_lossy(&refusal.stderr).into_owned();
    assert!(error.starts_with("error[not-healthy]: ") && error.contains("status 503"), "{error}");
    server.kill();
    refused(&["health", &address], 1, "not-healthy");
}
