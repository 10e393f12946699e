//! Commands on a store that is served: they hand their work to the server, and nobody can see the
//! difference.
//!
//! What counts as failure: a command that is refused because a server has the store; events that
//! were taken and are not counted; a lock that a server loses; a released file that changes.
//! Explicitly no failure: a command whose server was killed during its work and that says so, with
//! exit code 6.
//! Nondeterminism: the order in which tasks have their turn, and the moment of the kill.

#![cfg(test)]

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use testkit::plans::SHORT;
use testkit::program::{HEADER, NOW, Workplace, refused, releases, run, succeed, tidegauge};
use testkit::server::Server;

const SEED: &str = "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";
const UNTIL: &str = "2024-01-24";

fn short_place() -> Workplace {
    Workplace::with_plan(SHORT)
}

fn serve(store: &str) -> Server {
    Server::start(&["serve", store, "--public", "127.0.0.1:0"])
}

/// Some rows of a submitter, on the days of the first week.
fn rows(submitter: u32) -> String {
    let row = |n: u32| {
        let (day, hour) = (18 + n % 7, n % 24);
        let person = submitter * 7 + n % 50;
        format!(
            "e{n},syn1:person{person},2024-01-{day}T{hour:02}:30:00+08:00,ENTRY,LO_WU,VISITOR\n"
        )
    };
    format!("{HEADER}\n{}", (0..400).map(row).collect::<String>())
}

fn start(arguments: &[&str]) -> Child {
    let mut command = tidegauge(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// What a command prints, and its exit code.
fn outcome(output: Output) -> (String, String, Option<i32>) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn five_processes_ingest_at_once() {
    let place = short_place();
    let store = place.synthetic("store", Some(SEED));
    let server = serve(&store);
    let submitters: Vec<String> = (0..5).map(|n| format!("agency{n}")).collect();
    let files: Vec<String> = (0..5).map(|n| place.write(&format!("{n}.csv"), rows(n))).collect();
    let ingest = |store, n: usize| {
        ["ingest", store, &files[n], "--submitter", &submitters[n], "--now", NOW].map(str::to_owned)
    };
    let running: Vec<Child> =
        (0..5).map(|n| start(&ingest(&store, n).each_ref().map(String::as_str))).collect();
    for process in running {
        let (_, error, code) = outcome(process.wait_with_output().expect("an end"));
        assert_eq!(code, Some(0), "{error}");
    }
    succeed(&["release", &store, "--until", UNTIL, "--now", NOW]);
    let _ = server.stop();
    // The same events in a store that is never served, one after the other.
    let other = place.synthetic("other", Some(SEED));
    for n in 0..5 {
        succeed(&ingest(&other, n).each_ref().map(String::as_str));
    }
    succeed(&["release", &other, "--until", UNTIL, "--now", NOW]);
    assert_eq!(releases(&store), releases(&other));
    succeed(&["ledger", "verify", &store]);
}

#[test]
fn commands_print_the_same_served_or_not() {
    let place = short_place();
    place.write("events.csv", rows(1));
    place
        .write("broken.csv", format!("{HEADER}\ne1,syn1:00c0ffee,yesterday,ENTRY,LO_WU,VISITOR\n"));
    place.write(
        "amendment.toml",
        "from = \"2024-02-05\"\nnote = \"A word\"\n\n[[break]]\n\
                                   dataflow = \"BORDER_FLOW\"\nnote = \"More staff\"\n",
    );
    place.write(
        "late.toml",
        "from = \"2024-01-19\"\nnote = \"Too late\"\n\n[[break]]\n\
                              dataflow = \"BORDER_FLOW\"\nnote = \"More staff\"\n",
    );
    // The same name each time, so that messages are the same too.
    let (store, plan) = ("store", place.text("plan.toml"));
    let commands: Vec<Vec<&str>> = vec![
        vec!["release", store, "--until", UNTIL, "--now", NOW],
        vec!["ingest", store, "events.csv", "--now", NOW],
        vec!["ingest", store, "broken.csv", "events.csv", "--now", NOW],
        vec!["ingest", store, "nowhere.csv", "--now", NOW],
        vec!["ingest", store, "events.csv", "--now", "2024-01-18T00:00:00Z"],
        vec!["ingest", store, "events.csv", "--format", "xlsx"],
        vec!["release", store, "--until", "2024-01-18", "--now", NOW],
        vec!["release", store, "--until", "2024-01-01", "--now", NOW],
        vec!["release", store, "--until", "yesterday", "--now", NOW],
        vec!["release", store, "--until", UNTIL, "--now", NOW],
        vec!["release", store, "--until", UNTIL, "--now", NOW],
        vec!["plan", "amend", store, "late.toml", "--now", NOW],
        vec!["plan", "amend", store, "amendment.toml", "--now", NOW, "--dry-run"],
        vec!["plan", "amend", store, "amendment.toml", "--now", NOW],
        vec!["plan", "amend", store, "amendment.toml", "--now", NOW],
    ];
    let outcomes = || -> Vec<_> {
        let run = |arguments: &Vec<&str>| {
            let mut command = tidegauge(arguments);
            command.current_dir(place.directory.path());
            outcome(command.output().expect("the program starts"))
        };
        commands.iter().map(run).collect()
    };
    let init = || {
        succeed(&[
            "init",
            &place.text("store"),
            "--plan",
            &plan,
            "--synthetic",
            "--noise-seed",
            SEED,
        ])
    };
    init();
    let alone = outcomes();
    let released = releases(&place.text("store"));
    fs::rename(place.path("store"), place.path("alone")).expect("a name");
    init();
    let server = serve(&place.text("store"));
    let served = outcomes();
    assert_eq!(served, alone);
    assert_eq!(releases(&place.text("store")), released);
    let codes: Vec<_> = served.iter().filter_map(|(_, _, code)| *code).collect();
    assert_eq!(codes, [3, 0, 2, 2, 2, 2, 0, 2, 2, 0, 0, 3, 0, 0, 2]);
    let _ = server.stop();
}

#[test]
fn the_socket_is_private_and_one_server_holds_a_store() {
    for mask in ["000", "777"] {
        let place = short_place();
        let store = place.synthetic("store", None);
        let socket = place.path("store/private/socket");
        // As a crash leaves it.
        fs::create_dir(place.path("store/private/socket.new")).expect("a directory");
        File::create(&socket).expect("a file");
        let mut masked = Command::new("sh");
        masked.args(["-c", &format!("umask {mask}; exec \"$0\" \"$@\"")]);
        masked.arg(env!("CARGO_BIN_EXE_tidegauge"));
        masked.args(["serve", &store, "--public", "127.0.0.1:0"]);
        let server = Server::spawn(masked);
        let metadata = fs::metadata(&socket).expect("a socket");
        assert!(metadata.file_type().is_socket());
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{mask}");
        assert!(!place.path("store/private/socket.new").exists());
        let second = ["serve", &store, "--public", "127.0.0.1:0", "--wait", "0"];
        refused(&second, 6, "served");
        let _ = server.stop();
        assert!(!socket.exists());
        // The store is free again.
        let server = Server::start(&second);
        succeed(&["status", &store]);
        let _ = server.stop();
    }
}

#[test]
fn a_failed_task_leaves_the_server_in_possession() {
    let place = short_place();
    let store = place.synthetic("store", None);
    let events = place.write("events.csv", rows(1));
    let server = serve(&store);
    succeed(&["ingest", &store, &events, "--now", NOW]);
    let segment = place.path("store/private/journal/00000000.segment");
    fs::rename(&segment, place.path("aside")).expect("a segment");
    let release = ["release", &store, "--until", UNTIL, "--now", NOW];
    for _ in 0..2 {
        refused(&release, 4, "corrupt");
        let lock = File::options().write(true).open(place.path("store/private/lock"));
        assert!(lock.expect("the lock").try_lock().is_err(), "the server lost the store");
    }
    fs::rename(place.path("aside"), &segment).expect("a segment");
    succeed(&release);
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200 "));
    let _ = server.stop();
    succeed(&["ledger", "verify", &store]);
}

#[test]
fn a_file_that_the_server_may_not_read_is_named_with_the_reason() {
    let place = short_place();
    let store = place.synthetic("store", None);
    let events = place.write("events.csv", rows(1));
    let server = serve(&store);
    fs::set_permissions(&events, Permissions::from_mode(0o000)).expect("a mode");
    let output = run(&["ingest", &store, &events, "--now", NOW]);
    // The superuser may read every file.
    if !output.status.success() {
        let (_, error, code) = outcome(output);
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains("the process that serves the store opens the file"), "{error}");
    }
    let _ = server.stop();
}

#[test]
fn a_killed_server_loses_nothing() {
    let place = short_place();
    let events = place.write("events.csv", rows(1));
    let undisturbed = place.synthetic("undisturbed", Some(SEED));
    succeed(&["ingest", &undisturbed, &events, "--now", NOW]);
    succeed(&["release", &undisturbed, "--until", UNTIL, "--now", NOW]);

    let store = place.synthetic("store", Some(SEED));
    let ingest = ["ingest", &store, &events, "--now", NOW];
    let release = ["release", &store, "--until", UNTIL, "--now", NOW];
    let commands: [&[&str]; 2] = [&ingest, &release];
    for (number, command) in [0, 0, 0, 1, 1, 1, 1, 1].into_iter().map(|n| commands[n]).enumerate() {
        let server = serve(&store);
        let running = start(command);
        let pause = 5 + 37 * number as u64 % 90;
        std::thread::sleep(Duration::from_millis(pause));
        server.kill();
        // It did its work, or knows that it does not know, or did it by itself after the server.
        let (_, error, code) = outcome(running.wait_with_output().expect("an end"));
        match code {
            Some(0) => {}
            Some(6) => assert!(error.starts_with("error[unanswered]: "), "{error}"),
            Some(3) => assert!(error.starts_with("error[empty]: "), "{error}"),
            other => panic!("{other:?}: {error}"),
        }
        assert!(place.path("store/private/socket").exists(), "a crash leaves the socket");
        succeed(&["status", &store]);
        if number == 2 {
            // Taken in by itself, past the dead socket.
            succeed(&ingest);
        }
    }
    let server = serve(&store);
    succeed(&release);
    let _ = server.stop();
    assert_eq!(releases(&store), releases(&undisturbed));
    succeed(&["ledger", "verify", &store]);
}

#[test]
fn status_is_the_same_served_or_not() {
    let place = short_place();
    let store = place.synthetic("store", None);
    let status = || -> serde_json::Value {
        let text = succeed(&["status", &store, "--json"]);
        let mut status: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        // These differ from one moment to the next.
        for member in ["clock", "diskFreeMebibytes", "stepsDue"] {
            assert!(status.as_object_mut().expect("an object").remove(member).is_some());
        }
        status
    };
    let before = status();
    assert_eq!((&before["hasTaken"], &before["last"]), (&false.into(), &serde_json::Value::Null));
    let text = succeed(&["status", &store]);
    assert!(text.contains("the first events: nothing is released before"), "{text}");
    let events = place.write("events.csv", rows(1));
    succeed(&["ingest", &store, &events, "--now", NOW]);
    succeed(&["release", &store, "--until", "2024-01-19", "--now", NOW]);
    let alone = status();
    assert_eq!((&alone["hasTaken"], &alone["sealed"]), (&true.into(), &false.into()));
    assert_eq!(alone["last"]["step"], "2024-01-19");
    assert_eq!(alone["next"]["step"], "2024-01-20");
    // A few hundred events, and their number shows nowhere.
    assert_eq!(alone["journal"], serde_json::json!({ "segments": 1, "mebibytes": 1 }));
    let text = succeed(&["status", &store]);
    assert!(!text.contains("400"), "{text}");
    // Nobody waits for the steps of synthetic persons.
    assert!(text.contains(" steps to release when you ask: `tidegauge release`"), "{text}");
    assert!(!text.contains("are due"), "{text}");
    let server = serve(&store);
    let mut served = status();
    assert_eq!((&served["served"], &alone["served"]), (&true.into(), &false.into()));
    served["served"] = false.into();
    assert_eq!(served, alone);
    let text = succeed(&["status", &store]);
    assert!(text.contains("served:        yes, and released on request\n"), "{text}");
    let _ = server.stop();
    assert!(Path::new(&store).exists());
}
