//! Addresses on the command line, servers that do not answer as they should, and names that would
//! break a line.
//!
//! Not here: what is verified of a ledger that a server has (`fork.rs`).

#![cfg(test)]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use testkit::program::{Workplace, refused};

/// Bytes above the limit of a checkpoint.
const LONG: usize = 70_000;

/// What no address is.
const BAD: [&str; 12] = [
    "http://",
    "http:///base",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:/",
    "http://127.0.0.1:http/",
    "http://[::1/",
    "http://reader:secret@127.0.0.1/",
    "https://secret@127.0.0.1/",
    "http://127.0.0.1/a\nerror[x]: secret",
    "http://127.0.0.1/a b",
    "http://127.0.0.1/?key=secret",
];

#[test]
fn an_address_that_is_none_is_refused_and_not_repeated() {
    let place = Workplace::new();
    let store = place.text("store");
    fs::create_dir(&store).expect("a directory");
    for address in BAD {
        let commands: [&[&str]; 4] = [
            &["health", address],
            &["ledger", "verify", address],
            &["ledger", "compare", &store, "--head", address],
            &["restore", &store, &place.text("new"), "--head", address],
        ];
        for command in commands {
            let error = refused(command, 2, "bad-value");
            assert!(!error.contains("secret"), "{error}");
        }
    }
    for address in ["127.0.0.1:8080", "ftp://127.0.0.1/", "", "plan.toml"] {
        refused(&["health", address], 2, "bad-value");
    }
    // What is an address is asked for.
    refused(&["health", "http://[::1]:9/base"], 1, "not-healthy");
    refused(&["ledger", "verify", "http://127.0.0.1:9"], 2, "http");
}

/// Answers every request in this way; returns its address.
fn server(answer: fn(TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming().flatten() {
            open.push(stream.try_clone().expect("a connection"));
            answer(stream);
        }
    });
    address
}

#[test]
fn a_server_that_never_answers_is_not_waited_for() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let begun = Instant::now();
    let silent = server(|_| {});
    refused(&["ledger", "compare", &store, "--head", &silent], 2, "http");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn what_is_too_long_for_a_checkpoint_is_bad_input() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let endless = server(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LONG}\r\n\r\n");
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&[b'x'; LONG]));
    });
    let file = place.write("long", [b'x'; LONG]);
    let mirror = place.path("mirror");
    fs::create_dir(&mirror).expect("a directory");
    fs::write(mirror.join("checkpoint"), [b'x'; LONG]).expect("a file");
    for head in [endless, file, mirror.display().to_string()] {
        let error = refused(&["ledger", "compare", &store, "--head", &head], 2, "file-size");
        assert!(error.contains(&head), "{error}");
    }
}

#[test]
fn a_name_ends_no_line() {
    let place = Workplace::new();
    let name = place.text("a\nerror[x]: b\u{1b}[2J.toml");
    for command in [&["plan", "check", &name][..], &["status", &name]] {
        let error =
            refused(command, 2, if command[0] == "plan" { "system" } else { "not-a-store" });
        assert!(error.contains("a\\u{a}error[x]: b\\u{1b}[2J.toml"), "{error}");
    }
}
