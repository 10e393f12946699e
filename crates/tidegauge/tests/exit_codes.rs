//! Errors of the program itself: output that cannot be written, a busy store, keys that
//! others can read; and the traces that the program leaves on the machine.
//!
//! Not here: bad input (`bad_input.rs`), a full disk (`full_disk.rs`), forks (`fork.rs`), crashes
//! (`crash.rs`).

#![cfg(test)]

use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use testkit::plans::SHORT;
use testkit::program::{HEADER, NOW, Workplace, files, refused, releases, run, succeed, tidegauge};

/// A row of an event in the first step of the short plan.
const ROW: &str = "e1,syn1:00c0ffee,2024-01-18T08:00:00+08:00,ENTRY,LO_WU,VISITOR";

const UNTIL: &str = "2024-01-20";

/// A place with a plan whose stores are made and released in a moment.
fn short_place() -> Workplace {
    Workplace::with_plan(SHORT)
}

fn device(path: &str) -> Stdio {
    File::options().write(true).open(path).expect("a device").into()
}

/// The end of a pipe that nobody reads.
fn closed_pipe() -> Stdio {
    let (_, writer) = std::io::pipe().expect("a pipe");
    writer.into()
}

fn error_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_exit_code_is_listed_in_the_book() {
    let help = succeed(&["--help"]);
    let (_, codes) = help.split_once("Exit codes:\n").expect("a list");
    let page = include_str!("../../../docs/src/reference/exit-codes.md");
    let listed: Vec<&str> = codes.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(listed.len(), 11);
    for line in listed {
        assert!(page.contains(line), "the page does not say: {line}");
    }
}

/// The arguments of a command, and whether its work is done before it prints.
type Printing<'a> = (Vec<&'a str>, bool);

#[test]
fn an_output_that_cannot_be_written_has_its_own_code() {
    for (number, output) in [|| device("/dev/full"), closed_pipe].into_iter().enumerate() {
        let place = short_place();
        let (store, plan) = (place.text("store"), place.text("plan.toml"));
        let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
        let simulated = place.text("simulated.csv");
        let amendment = place.write(
            "amendment.toml",
            "from = \"2024-02-05\"\nnote = \"A word\"\n\n[[break]]\ndataflow = \"BORDER_FLOW\"\n\
             note = \"More staff\"\n",
        );
        let figures = ["export", &store, "--dataflow", "BORDER_FLOW"];
        let commands: Vec<Printing> = vec![
            (vec!["init", &store, "--plan", &plan, "--synthetic"], true),
            (vec!["ingest", &store, &events, "--now", NOW], true),
            (vec!["release", &store, "--until", UNTIL, "--now", NOW], true),
            (vec!["release", &store, "--until", UNTIL, "--now", NOW], true),
            (vec!["plan", "amend", &store, &amendment, "--now", NOW], true),
            (vec!["plan", "check", &plan], true),
            (vec!["plan", "diagram", &plan], false),
            (vec!["plan", "show", &plan], false),
            (figures.to_vec(), false),
            (vec!["ledger", "verify", &store], false),
            (vec!["simulate", "border", "--out", &simulated, "--days", "1"], true),
            (vec!["--help"], false),
            (vec!["ingest", "--help"], false),
            (vec!["--version"], false),
        ];
        for (arguments, is_done) in commands {
            let ended = tidegauge(&arguments).stdout(output()).stderr(Stdio::piped()).output();
            let ended = ended.expect("the program starts");
            let error = error_of(&ended);
            assert_eq!(ended.status.code(), Some(8), "{arguments:?}: {error}");
            // A plan may have warnings, which come before.
            let last = error.lines().find(|line| !line.starts_with("warning["));
            let expected = "error[output]: standard output: write: ";
            // Who reads an answer no further knows it: `| head` gets no line.
            let is_quiet = number == 1 && !is_done;
            assert_eq!(last.is_none(), is_quiet, "{arguments:?}: {error}");
            assert!(last.is_none_or(|line| line.starts_with(expected)), "{error}");
            assert_eq!(error.contains("the work is done: "), is_done, "{arguments:?}: {error}");
        }
        // The work was indeed done.
        let again = run(&["init", &store, "--plan", &plan, "--synthetic"]);
        assert!(error_of(&again).starts_with("error[directory-taken]: "));
        assert_eq!(releases(&store).len(), 9);
        assert!(place.path("simulated.csv").exists());
        let verified = succeed(&["ledger", "verify", &store]);
        assert!(verified.contains("amend"), "{number}: {verified}");
        // With standard error gone too, the exit code still says so.
        let ended = tidegauge(&["plan", "check", &plan]).stdout(output()).stderr(output()).status();
        assert_eq!(ended.expect("the program starts").code(), Some(8));
        let bad = tidegauge(&["plan", "check", &events]).stdout(output()).stderr(output()).status();
        assert_eq!(bad.expect("the program starts").code(), Some(2));
    }
}

/// A process that ends with the test, whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}

/// Whether a server answers at an address.
fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let asked = stream.write_all(
        format!("GET /log/checkpoint HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
            .as_bytes(),
    );
    let mut text = Vec::new();
    asked.is_ok() && stream.read_to_end(&mut text).is_ok() && text.starts_with(b"HTTP/1.1 200")
}

fn wait_for(what: &str, mut has_come: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !has_come() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_server_outlives_the_reader_of_its_output() {
    let place = short_place();
    let (store, address) = (place.synthetic("store", None), free_address());
    let text = address.to_string();
    let mut server = tidegauge(&["serve", &store, "--public", &text]);
    let server = server.stdout(closed_pipe()).stderr(closed_pipe()).spawn();
    let mut server = Running(server.expect("the program starts"));
    wait_for("an answer", || answers(address));
    let asked = Command::new("kill").arg(server.0.id().to_string()).status();
    assert!(asked.expect("kill").success());
    assert_eq!(server.0.wait().expect("an end").code(), Some(0));
}

#[test]
fn a_process_that_holds_keys_leaves_no_core_dump() {
    let place = short_place();
    let (store, address) = (place.synthetic("store", None), free_address());
    let text = address.to_string();
    // The host allows core dumps of any size; the program forbids them for itself.
    let mut server = Command::new("sh");
    let server = server.args(["-c", "ulimit -c unlimited; exec \"$0\" \"$@\""]);
    let server = server.args([env!("CARGO_BIN_EXE_tidegauge"), "serve", &store, "--public", &text]);
    let server = Running(server.stdout(Stdio::null()).spawn().expect("the program starts"));
    wait_for("an answer", || answers(address));
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.0.id())).expect("limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    let core: Vec<&str> = core.expect("a limit").split_whitespace().skip(4).take(2).collect();
    assert_eq!(core, ["0", "0"]);
}

#[test]
fn a_busy_store_has_its_own_code_and_can_be_waited_for() {
    let place = short_place();
    let store = place.synthetic("store", None);
    let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    let amendment = place.write("amendment.toml", "from = \"2024-02-05\"\nnote = \"A word\"\n");
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    let lock = options.open(place.path("store/private/lock"));
    let lock = lock.expect("the file of the lock");
    lock.lock().expect("the lock");
    let commands: [&[&str]; 5] = [
        &["status", &store],
        &["ingest", &store, &events, "--now", NOW],
        &["release", &store, "--until", UNTIL, "--now", NOW],
        &["plan", "amend", &store, &amendment, "--now", NOW],
        &["serve", &store, "--public", "127.0.0.1:0"],
    ];
    for command in commands {
        refused(&[command, &["--wait", "0"]].concat(), 6, "locked");
        let begun = Instant::now();
        refused(&[command, &["--wait", "1"]].concat(), 6, "locked");
        assert!(begun.elapsed() >= Duration::from_secs(1), "{command:?}");
    }
    let mut waiting = tidegauge(&["ingest", &store, &events, "--now", NOW, "--wait", "600"]);
    let mut waiting = waiting.stdout(Stdio::null()).spawn().expect("the program starts");
    std::thread::sleep(Duration::from_millis(300));
    assert!(waiting.try_wait().expect("a process").is_none(), "it waits");
    // Without the option they wait for some seconds.
    let mut unasked = tidegauge(&["ingest", &store, &events, "--now", NOW]);
    let mut unasked = unasked.stdout(Stdio::null()).spawn().expect("the program starts");
    std::thread::sleep(Duration::from_millis(300));
    drop(lock);
    assert!(unasked.wait().expect("an end").success());
    assert!(waiting.wait().expect("an end").success());
}

#[test]
fn every_command_refuses_a_key_that_others_can_read() {
    let place = short_place();
    let store = place.synthetic("store", None);
    let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    for key in ["pseudonym.key", "signing.key", "store.key"] {
        let path = place.path(&format!("store/private/{key}"));
        for mode in [0o640, 0o604, 0o400] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a mode");
            let ingest = ["ingest", &store, &events, "--now", NOW];
            let error = refused(&ingest, 3, "key-permissions");
            assert!(error.contains(key), "{error}");
            let release = ["release", &store, "--until", UNTIL, "--now", NOW];
            assert_eq!(refused(&release, 3, "key-permissions"), error);
            let serve = ["serve", &store, "--public", "127.0.0.1:0"];
            assert_eq!(refused(&serve, 3, "key-permissions"), error);
        }
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
    }
    succeed(&["ingest", &store, &events, "--now", NOW]);
}

/// Every file and directory below a place, with its mode.
fn modes(place: &Path, found: &mut Vec<(String, bool, u32)>) {
    for entry in fs::read_dir(place).expect("a directory") {
        let path = entry.expect("an entry").path();
        let mode = fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
        found.push((path.display().to_string(), path.is_dir(), mode));
        if path.is_dir() {
            modes(&path, found);
        }
    }
}

#[test]
fn modes_do_not_depend_on_the_mask() {
    for mask in ["000", "022", "077", "777"] {
        let place = short_place();
        let (store, plan) = (place.text("store"), place.text("plan.toml"));
        let events = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
        let commands: [&[&str]; 3] = [
            &["init", &store, "--plan", &plan, "--synthetic"],
            &["ingest", &store, &events, "--now", NOW],
            &["release", &store, "--until", UNTIL, "--now", NOW],
        ];
        for command in commands {
            let mut masked = Command::new("sh");
            masked.args(["-c", &format!("umask {mask}; exec \"$0\" \"$@\"")]);
            let ended = masked.arg(env!("CARGO_BIN_EXE_tidegauge")).args(command).output();
            let ended = ended.expect("the program starts");
            assert!(ended.status.success(), "{mask}: {}", error_of(&ended));
        }
        let mut found = Vec::new();
        modes(Path::new(&store), &mut found);
        assert!(found.len() > 20);
        for (path, is_directory, mode) in found {
            let expected = match (path.contains("/private"), is_directory) {
                (true, true) => 0o700,
                (true, false) => 0o600,
                (false, true) => 0o755,
                (false, false) => 0o644,
            };
            assert_eq!(mode, expected, "{mask}: {path}");
        }
        let store_mode = fs::metadata(&store).expect("a directory").permissions().mode();
        assert_eq!(store_mode & 0o777, 0o755);
    }
}

#[test]
fn a_refusal_of_the_operating_system_is_neither_bad_input_nor_damage() {
    let place = short_place();
    let store = place.synthetic("store", None);
    let lock = place.path("store/private/lock");
    fs::remove_file(&lock).expect("a lock");
    fs::create_dir(&lock).expect("a directory");
    let release = ["release", &store, "--until", UNTIL, "--now", NOW, "--empty"];
    refused(&release, 9, "system");
    fs::remove_dir(&lock).expect("a directory");
    succeed(&release);
    // A file named on the command line that cannot be read is bad input.
    let missing = place.text("missing.csv");
    refused(&["ingest", &store, &missing, "--now", NOW], 2, "unreadable");
    refused(&["plan", "check", &missing], 2, "system");
}

#[test]
fn a_synthetic_store_may_begin_on_another_clock() {
    let place = short_place();
    let (store, plan) = (place.text("store"), place.text("plan.toml"));
    let then = ["--now", "2023-12-31T00:00:00Z"];
    let real = ["init", &store, "--plan", &plan, "--real"];
    refused(&[&real[..], &then].concat(), 3, "now-forbidden");
    assert!(!place.path("store").exists());
    let synthetic = ["init", &store, "--plan", &plan, "--synthetic"];
    succeed(&[&synthetic[..], &then].concat());
    let now = "2024-01-25T00:00:00Z";
    succeed(&["release", &store, "--until", UNTIL, "--now", now, "--empty"]);
    let mut times = Vec::new();
    for (_, bytes) in files(&place.path("store/public/tile/entries")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        times = text.split("\"at\":\"").skip(1).map(|at| at[..20].to_owned()).collect();
    }
    assert!(times.len() > 4 && times.is_sorted(), "{times:?}");
    assert_eq!(times[0], "2023-12-31T00:00:00Z");
}

/// A place without a ledger, or one that cannot be reached, is an error of the request and not a
/// finding.
#[test]
fn a_ledger_that_cannot_be_read_is_no_finding() {
    let place = Workplace::new();
    let (none, empty) = (place.text("none"), place.text("empty"));
    fs::create_dir(&empty).expect("a directory");
    for directory in [&none, &empty] {
        refused(&["ledger", "verify", directory], 2, "not-a-store");
        refused(&["export", directory, "--dataflow", "BORDER_FLOW"], 2, "not-a-store");
    }
    refused(&["plan", "show", &empty], 2, "not-a-store");
    let address = format!("http://{}", free_address());
    refused(&["ledger", "verify", &address], 2, "http");
    let store = place.synthetic("store", None);
    let vkey = fs::read_to_string(place.path("store/public/vkey")).expect("a key");
    succeed(&["ledger", "verify", &store, "--key", vkey.trim()]);
    let error = refused(&["ledger", "verify", &store, "--key", "abc"], 2, "key-syntax");
    assert!(
        error.contains("--key: key: not a verifier key") && error.contains("`vkey`"),
        "{error}"
    );
    fs::remove_file(place.path("store/public/vkey")).expect("a key");
    refused(&["ledger", "verify", &store], 1, "file-missing");
}

#[test]
fn mistakes_of_a_beginner_are_explained() {
    let place = Workplace::new();
    let (store, plan) = (place.text("store"), place.text("plan.toml"));
    let error = error_of(&run(&["init", &store, "--plan", &plan]));
    assert!(error.starts_with("error[store-class]: init: class: "), "{error}");
    assert!(error.contains("--synthetic for ") && error.contains("--real for "), "{error}");
    let error = error_of(&run(&["release", &store, "--now", "yesterday"]));
    assert!(error.contains("must be an instant such as 2024-01-31T06:00:00+08:00"), "{error}");
    let error = error_of(&run(&["serve", &store, "--public", "localhost"]));
    assert!(error.contains("must be an IP address and a port"), "{error}");
    let out = place.text("events.txt");
    let error = refused(&["simulate", "border", "--out", &out, "--days", "2"], 2, "bad-option");
    assert!(error.contains(".csv, .ndjson or .parquet"), "{error}");
    assert!(!place.path("events.txt").exists());
    let error = refused(&["plan", "check", &place.text("none.toml")], 2, "system");
    assert!(error.contains("there is no such file"), "{error}");
    let store = place.synthetic("synthetic", None);
    let export = ["export", &store, "--dataflow", "BORDER_FLOW", "--as-of", "soon"];
    assert!(refused(&export, 2, "parameter").contains("--as-of: value: must be"));
}
