//! The commands as people type them, with their exit codes.
//!
//! Not here: kills (`kills.rs`) and canaries (`canaries.rs`).

#![cfg(test)]

mod common;

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use common::{MAPPING, Scene, contents, samples, written};
use tidegauge_delivery::{Delivery, Head, digest_of};

const INPUT: &str = "
[[input]]
name = 'crossings'
path = 'in'
settle_seconds = 0
";

/// An export with semicolons, Latin-1, other headers and other codes.
const GERMAN: &[u8] = b"Nr;Name;Reisepass;Grenz\xfcbertritt am;Richtung\r\n\
    1;M\xfcller;C01 X;31.01.2026 08:15;E\r\n2;Stra\xdfer;C02X;31.01.2026 09:20;A\r\n";

#[test]
fn from_a_sample_to_a_delivery() {
    let scene = Scene::new("");
    std::fs::write(scene.path("in/export.csv"), GERMAN).unwrap();
    let address = scene.intake.address.clone();
    let (out, source) = (["--out", "first.toml"], ["--source", "LAND"]);
    let init =
        [&["init", "--sample", "in/export.csv", "--plan", &address], &out[..], &source].concat();
    let written_init = scene.run(&init);
    assert!(written_init.status.success(), "{}", written(&written_init));
    let again = scene.run(&init);
    assert_eq!(again.status.code(), Some(2), "{}", written(&again));
    let text = std::fs::read_to_string(scene.path("first.toml")).unwrap();
    let text = text.replace("name = \"export\"", "name = \"export\"\nsettle_seconds = 0");
    std::fs::write(scene.path("first.toml"), &text).unwrap();
    let check = scene.run(&["check", "--settings", "first.toml"]);
    let shown = written(&check);
    assert!(check.status.success(), "{shown}\n{text}");
    assert!(shown.contains("export.csv: 2 rows would leave, 0 are bad"), "{shown}");
    assert!(shown.contains("dropped in the reader: Name"), "{shown}");
    let once = scene.run(&["once", "--settings", "first.toml"]);
    assert!(once.status.success(), "{}", written(&once));
    let arrived = scene.intake.all();
    assert!(arrived.contains(",2026-01-31T07:15:00Z,ENTRY\n"), "{arrived}");
    assert!(arrived.contains(",2026-01-31T08:20:00Z,EXIT\n"), "{arrived}");
}

#[test]
fn signed_files_can_be_carried() {
    let more = format!("[delivery]\ndeliver = 'files'\ndirectory = 'out'\n{INPUT}{MAPPING}");
    let scene = Scene::new(&more);
    std::fs::write(scene.path("in/a.csv"), samples::csv()).unwrap();
    let once = scene.run(&["once"]);
    assert!(once.status.success(), "{}", written(&once));
    assert_eq!(scene.intake.all(), "");
    let files = contents(&scene.path("out"));
    assert_eq!(files.len(), 1);
    let name = files[0].0.file_name().unwrap().to_string_lossy();
    let said = written(&once);
    assert!(said.contains(&format!("out/{name}: a.csv; carry it")), "{said}");
    assert!(said.contains("`tidegauge ingest STORE FILE`"), "{said}");
    let bytes = std::fs::read(&files[0].0).unwrap();
    let (head, body) = Head::of_file(&bytes).unwrap();
    let (delivery, _) = Delivery::read(&head).unwrap();
    assert_eq!(delivery.digest, digest_of(&bytes[body..]));
    assert_eq!(zstd::decode_all(&bytes[body..]).unwrap().split(|&b| b == b'\n').count(), 4);
    // Everything is delivered: nothing new.
    assert!(scene.run(&["once"]).status.success());
    assert_eq!(contents(&scene.path("out")).len(), 1);
}

#[test]
fn standard_input_is_an_input() {
    let input = "\n[[input]]\nname = 'pipe'\nkind = 'stdin'\n";
    let scene = Scene::new(&format!("{input}{MAPPING}"));
    let mut child =
        scene.command(&["once"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&samples::ndjson()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", written(&done));
    assert_eq!(scene.intake.events().len(), 2);
}

#[test]
fn bad_rows_end_the_agent_or_are_left_out() {
    let bad = String::from_utf8(samples::csv()).unwrap() + "9,LEFT,2026-01-03T00:00:00Z,n,a,d\n";
    for (rule, exit, events) in [("refuse", 2, 0), ("skip", 0, 2)] {
        let more = format!("[delivery]\non_bad_row = '{rule}'\n{INPUT}{MAPPING}");
        let scene = Scene::new(&more);
        std::fs::write(scene.path("in/a.csv"), &bad).unwrap();
        let once = scene.run(&["once"]);
        let text = written(&once);
        assert_eq!(once.status.code(), Some(exit), "{text}");
        assert!(text.contains("[unknown-code]: a.csv:4: kind: is neither"), "{text}");
        assert_eq!(scene.intake.events().len(), events);
    }
}

#[test]
fn a_delivery_can_be_made_anew() {
    let more = format!("[delivery]\ngive_up_minutes = 0\n{INPUT}{MAPPING}");
    let scene = Scene::new(&more);
    std::fs::write(scene.path("in/a.csv"), samples::csv()).unwrap();
    assert!(scene.run(&["check"]).status.success());
    let settings = std::fs::read_to_string(scene.path("agent.toml")).unwrap();
    let columns = serde_json::to_vec(&common::columns(
        written(&scene.run(&["key", "id", "agencies.key"])).trim(),
    ));
    std::fs::write(scene.path("columns.json"), columns.unwrap()).unwrap();
    let away = settings
        .replace(&scene.intake.address, "http://127.0.0.1:9")
        .replace("source =", "columns = 'columns.json'\nsource =");
    std::fs::write(scene.path("agent.toml"), away).unwrap();
    assert_eq!(scene.run(&["once"]).status.code(), Some(6));
    // The mapping was wrong: every event was an entry.
    let corrected = settings.replace("kind = { column = 'kind' }", "kind = { constant = 'ENTRY' }");
    std::fs::write(scene.path("agent.toml"), corrected).unwrap();
    assert!(scene.run(&["once", "--rebuild"]).status.success());
    assert_eq!(scene.intake.all().matches(",ENTRY").count(), 2);
    assert_eq!(scene.intake.arrived.lock().unwrap().len(), 1);
}

#[test]
fn completeness_by_file_and_by_clock() {
    let file = "complete = 'file'\ncomplete_name = 'c-%Y-%m-%d.csv'\n";
    let scene = Scene::new(&format!("{INPUT}{file}{MAPPING}"));
    std::fs::write(scene.path("in/c-2026-01-02.csv"), samples::csv()).unwrap();
    // A day without an event is complete too.
    std::fs::write(scene.path("in/c-2026-01-03.csv"), "number,kind,crossed,document\n").unwrap();
    assert!(scene.run(&["once"]).status.success());
    let declared: Vec<Option<String>> = {
        let arrived = scene.intake.arrived.lock().unwrap();
        let mut all: Vec<_> = arrived.values().map(|a| a.complete_until.clone()).collect();
        all.sort();
        all
    };
    let expected = ["2026-01-02T23:00:00Z", "2026-01-03T23:00:00Z"].map(|t| Some(t.to_owned()));
    assert_eq!(declared, expected);
    let clock = "complete = 'clock'\nlag_minutes = 5\n";
    let scene = Scene::new(&format!("{INPUT}{clock}{MAPPING}"));
    let before = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(5);
    assert!(scene.run(&["once"]).status.success());
    let arrived = scene.intake.arrived.lock().unwrap();
    let until: jiff::Timestamp =
        arrived.values().next().unwrap().complete_until.as_ref().unwrap().parse().unwrap();
    assert!(until >= before && until <= before + jiff::SignedDuration::from_mins(1));
}

#[test]
fn two_agencies_with_one_key_give_one_pseudonym() {
    let (one, other) = (Scene::new(&format!("{INPUT}{MAPPING}")), Scene::new(""));
    let recipient = written(&other.run(&["key", "recipient", "other.age-identity"]));
    let wrapped = other.path("agencies.age").display().to_string();
    let wrap = ["key", "wrap", "agencies.key", "--to", recipient.trim(), "--out", &wrapped];
    assert!(one.run(&wrap).status.success());
    let unwrap = [
        "key",
        "unwrap",
        "agencies.age",
        "--identity",
        "other.age-identity",
        "--out",
        "shared.key",
    ];
    let id = written(&other.run(&unwrap));
    assert_eq!(
        id,
        format!(
            "pseudonym_key = \"{}\"\n",
            written(&one.run(&["key", "id", "agencies.key"])).trim()
        )
    );
    let shared = std::fs::read(other.path("shared.key")).unwrap();
    assert_eq!(shared, std::fs::read(one.path("agencies.key")).unwrap());
}

const BY_DAY: &str = "files = 'c-*.csv'\ncomplete = 'file'\ncomplete_name = 'c-%Y-%m-%d.csv'\n";

/// What the deliveries declare, in order.
fn declared(scene: &Scene) -> Vec<String> {
    let arrived = scene.intake.arrived.lock().unwrap();
    let mut all: Vec<String> =
        arrived.values().filter_map(|arrived| arrived.complete_until.clone()).collect();
    all.sort();
    all
}

#[test]
fn nothing_is_declared_past_a_file_that_is_being_written() {
    for (complete, marked) in [
        (BY_DAY, "c-2026-01-03.csv.part"),
        (BY_DAY, "c-2026-01-03.csv.tmp"),
        (BY_DAY, ".c-2026-01-03.csv"),
        (BY_DAY, "~$c-2026-01-03.csv"),
        ("complete = 'clock'\n", "c-2026-01-03.csv.part"),
        ("complete = 'cursor'\n", "c-2026-01-03.csv.part"),
    ] {
        let more = format!("[delivery]\ngive_up_minutes = 0\n{INPUT}{complete}{MAPPING}");
        let scene = Scene::new(&more);
        for day in ["2026-01-02", "2026-01-04"] {
            std::fs::write(scene.path(&format!("in/c-{day}.csv")), samples::csv()).unwrap();
        }
        std::fs::write(scene.path("in").join(marked), samples::csv()).unwrap();
        let once = scene.run(&["once"]);
        let text = written(&once);
        assert_eq!(once.status.code(), Some(6), "{text}");
        assert!(text.contains(&format!("error[unfinished]: {marked}: file: ")), "{text}");
        let expected: &[&str] = match complete {
            BY_DAY => &["2026-01-02T23:00:00Z"],
            "complete = 'cursor'\n" => &["2026-01-02T09:30:00Z"],
            _ => &[],
        };
        assert_eq!(declared(&scene), expected, "{marked}");
        std::fs::rename(scene.path("in").join(marked), scene.path("in/c-2026-01-03.csv")).unwrap();
        let once = scene.run(&["once"]);
        assert!(once.status.success(), "{}", written(&once));
        if complete == BY_DAY {
            assert_eq!(declared(&scene).last().unwrap(), "2026-01-04T23:00:00Z");
        }
    }
}

#[test]
fn a_file_that_is_gone_is_not_forgotten() {
    let more = format!("[delivery]\nrows = 1\n{INPUT}{BY_DAY}{MAPPING}");
    let scene = Scene::new(&more);
    let bad = String::from_utf8(samples::csv()).unwrap().replace("EXIT", "NONE");
    std::fs::write(scene.path("in/c-2026-01-02.csv"), &bad).unwrap();
    let run = |arguments: &[&str]| {
        let output = scene.run(arguments);
        (output.status.code(), written(&output))
    };
    // The first row is delivered, the second one refused.
    assert_eq!(run(&["once"]).0, Some(2));
    std::fs::rename(scene.path("in/c-2026-01-02.csv"), scene.path("kept.csv")).unwrap();
    std::fs::write(scene.path("in/c-2026-01-03.csv"), samples::csv()).unwrap();
    let (code, text) = run(&["once"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("error[file-gone]: c-2026-01-02.csv: file: "), "{text}");
    assert!(text.contains("--give-up c-2026-01-02.csv"), "{text}");
    assert_eq!((scene.intake.events().len(), declared(&scene).len()), (1, 0));
    // It comes back.
    std::fs::write(scene.path("in/c-2026-01-02.csv"), samples::csv()).unwrap();
    assert_eq!(run(&["once"]).0, Some(0));
    assert_eq!(declared(&scene).len(), 2);
    assert_eq!(run(&["once", "--give-up", "c-2026-01-02.csv"]).0, Some(2));
    // Another one does not.
    std::fs::write(scene.path("in/c-2026-01-04.csv"), &bad).unwrap();
    assert_eq!(run(&["once"]).0, Some(2));
    std::fs::remove_file(scene.path("in/c-2026-01-04.csv")).unwrap();
    assert_eq!(run(&["once"]).0, Some(2));
    let (code, text) = run(&["once", "--give-up", "c-2026-01-04.csv"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(run(&["once"]).0, Some(0));
}

#[test]
fn a_file_that_may_be_cut_off_is_not_taken() {
    let scene = Scene::new(&format!("{INPUT}{MAPPING}"));
    let mut cut = samples::csv();
    cut.truncate(cut.len() - 3);
    std::fs::write(scene.path("in/a.csv"), &cut).unwrap();
    for command in ["check", "once"] {
        let output = scene.run(&[command]);
        let text = written(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(
            text.contains("error[cut-off]: a.csv:3: ") && text.contains("last_line = "),
            "{text}"
        );
        assert!(scene.intake.events().is_empty());
    }
    let more = format!("{INPUT}last_line = 'open'\n{MAPPING}");
    let scene = Scene::new(&more);
    std::fs::write(scene.path("in/a.csv"), &cut).unwrap();
    assert!(scene.run(&["once"]).status.success());
    assert_eq!(scene.intake.events().len(), 2);
}

#[test]
fn a_name_of_a_file_does_not_reach_the_terminal_as_it_is() {
    let bad = String::from_utf8(samples::csv()).unwrap().replace("EXIT", "NONE");
    let scene = Scene::new(&format!("[delivery]\non_bad_row = 'skip'\n{INPUT}{MAPPING}"));
    std::fs::write(scene.path("in/a\u{1b}[31m\n\u{202e}.csv"), bad).unwrap();
    for command in ["check", "once", "status"] {
        let text = written(&scene.run(&[command]));
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
        assert!(
            command == "status" || text.contains("a\\u{1b}[31m\\u{a}\\u{202e}.csv:3: "),
            "{text}"
        );
    }
}

#[test]
fn a_header_without_its_line_end_shows_no_values() {
    let scene = Scene::new(&format!("{INPUT}{MAPPING}"));
    let columns = "kind,number,crossed,document,address";
    let row = "ENTRY,7,2026-01-01T08:00:00Z,X1,Canary Lane 5";
    std::fs::write(scene.path("in/a.csv"), format!("{columns}{row}\n{row}\n")).unwrap();
    let text = written(&scene.run(&["check"]));
    assert!(text.contains("dropped in the reader: column 5, column 6, "), "{text}");
    assert!(!text.contains("Canary") && !text.contains("X1"), "{text}");
    std::fs::write(scene.path("in/a.csv"), format!("{columns}\n{row}\n")).unwrap();
    let text = written(&scene.run(&["check"]));
    assert!(text.contains("dropped in the reader: address\n"), "{text}");
    let row = row.replace(",Canary Lane 5", "");
    let columns = columns.replace(",address", "");
    std::fs::write(scene.path("in/a.csv"), format!("{columns}\n{row}\n")).unwrap();
    let text = written(&scene.run(&["check"]));
    assert!(text.contains("dropped in the reader: nothing\n"), "{text}");
}

#[test]
fn refusals_have_their_exit_codes() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new(&format!("{INPUT}{MAPPING}"));
    let code = |arguments: &[&str]| {
        let output = scene.run(arguments);
        (output.status.code(), written(&output))
    };
    assert_eq!(code(&["nothing"]).0, Some(2));
    assert_eq!(code(&["once", "--settings", "none.toml"]).0, Some(2));
    assert_eq!(code(&["key", "new", "agencies.key"]).0, Some(2));
    assert_eq!(code(&["--help"]).0, Some(0));
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(scene.path("agencies.key"), open).unwrap();
    let (exit, text) = code(&["once"]);
    assert_eq!(exit, Some(3));
    assert!(text.starts_with("error[key-permissions]: "), "{text}");
    assert_eq!(text.lines().count(), 1);
    // Another key than the plan's.
    std::fs::remove_file(scene.path("agencies.key")).unwrap();
    assert_eq!(code(&["key", "new", "agencies.key"]).0, Some(0));
    let (exit, text) = code(&["once"]);
    assert_eq!((exit, text.starts_with("error[wrong-key]: ")), (Some(3), true), "{text}");
    std::fs::write(scene.path("agent-state/state.json"), "{}").unwrap();
    assert_eq!(code(&["status"]).0, Some(4));
}

/// Rows of the samples' form with this kind.
fn rows(kind: &str, number: u32) -> String {
    let row = |n: u32| format!("{n},{kind},2026-01-02T08:00:00Z,D{n}\n");
    format!("number,kind,crossed,document\n{}", (0..number).map(row).collect::<String>())
}

#[test]
fn an_intake_that_is_away_is_tried_again() {
    let more = format!("[delivery]\ngive_up_minutes = 0\n{INPUT}{MAPPING}");
    let scene = Scene::new(&more);
    std::fs::write(scene.path("in/a.csv"), samples::csv()).unwrap();
    let settings = std::fs::read_to_string(scene.path("agent.toml")).unwrap();
    let settle = |address: &str| {
        let text = settings.replace(&scene.intake.address, address);
        std::fs::write(scene.path("agent.toml"), text).unwrap();
    };
    // A port that nobody listens on until later.
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let away = format!("http://{}", held.local_addr().unwrap());
    drop(held);
    settle(&away);
    // The very first start, without any plan known: it may come back.
    let once = scene.run(&["once"]);
    assert_eq!(once.status.code(), Some(6), "{}", written(&once));
    assert!(written(&once).starts_with("error[intake]: "), "{}", written(&once));
    assert_eq!(scene.run(&["check"]).status.code(), Some(6));
    // What cannot mend itself ends at once, whatever the patience.
    std::fs::write(
        scene.path("agent.toml"),
        settings
            .replace("give_up_minutes = 0", "give_up_minutes = 15")
            .replace(&scene.intake.address, "http://localhost:port"),
    )
    .unwrap();
    assert_eq!(scene.run(&["once"]).status.code(), Some(2));
    settle(&away);
    let mut command = scene.command(&["run"]);
    let mut running = command.stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1200));
    let is_alive = running.try_wait().unwrap().is_none();
    running.kill().unwrap();
    let said = written(&running.wait_with_output().unwrap());
    assert!(is_alive, "{said}");
    assert!(said.contains("warning[intake]: intake: plan: ") && said.contains("trying again"));
    settle(&scene.intake.address);
    assert!(scene.run(&["once"]).status.success());
    assert_eq!(scene.intake.events().len(), 2);
}

#[test]
fn a_mapping_that_fits_no_row_ends_the_agent() {
    let lag = "complete = 'cursor'\n";
    let more = format!("[delivery]\non_bad_row = 'skip'\n{INPUT}{lag}{MAPPING}");
    for (number, exit) in [(99, 0), (100, 2)] {
        let scene = Scene::new(&more);
        std::fs::write(scene.path("in/a.csv"), rows("X", number)).unwrap();
        let once = scene.run(&["once"]);
        let text = written(&once);
        assert_eq!(once.status.code(), Some(exit), "{text}");
        assert_eq!(text.contains("error[no-good-row]: a.csv: rows: "), exit == 2, "{text}");
        assert!(scene.intake.arrived.lock().unwrap().is_empty());
        if exit == 2 {
            let status = written(&scene.run(&["status"]));
            assert!(status.contains("last refusal: no-good-row at 20"), "{status}");
            // Nothing is passed over: with the mapping corrected all rows are delivered.
            let settings = std::fs::read_to_string(scene.path("agent.toml")).unwrap();
            let right = settings.replace("column = 'kind' }", "column = 'kind', other = 'EXIT' }");
            std::fs::write(scene.path("agent.toml"), right).unwrap();
            assert!(scene.run(&["once"]).status.success());
            assert_eq!(scene.intake.events().len(), 100);
            assert!(!written(&scene.run(&["status"])).contains("last refusal"));
        }
    }
}

#[test]
fn a_store_that_refuses_every_row_ends_the_agent() {
    let lag = "complete = 'cursor'\n";
    let more = format!("[delivery]\non_bad_row = 'skip'\n{INPUT}{lag}{MAPPING}");
    for (bad, number, exit) in [("", 99, 0), ("", 100, 2), ("x,BAD,,\n", 99, 2)] {
        let scene = Scene::new(&more);
        scene.intake.takes_no_row.store(true, std::sync::atomic::Ordering::Relaxed);
        std::fs::write(scene.path("in/a.csv"), rows("ENTRY", number) + bad).unwrap();
        let once = scene.run(&["once"]);
        let text = written(&once);
        assert_eq!(once.status.code(), Some(exit), "{text}");
        assert_eq!(text.contains("error[no-good-row]: a.csv: rows: "), exit == 2, "{text}");
        assert!(text.contains("[closed-code]: a.csv:2: kind: not valid on the day"), "{text}");
        let declared = |scene: &Scene| {
            let arrived = scene.intake.arrived.lock().unwrap();
            arrived.values().filter(|arrived| arrived.complete_until.is_some()).count()
        };
        assert_eq!(declared(&scene), usize::from(exit == 0));
        scene.intake.takes_no_row.store(false, std::sync::atomic::Ordering::Relaxed);
        assert!(scene.run(&["once"]).status.success());
        if exit == 2 {
            // All rows again, in another delivery, and then what they declare.
            assert_eq!(scene.intake.arrived.lock().unwrap().len(), 3);
            assert_eq!(declared(&scene), 1);
        }
    }
}

#[test]
fn a_state_is_of_one_source() {
    let scene = Scene::new(&format!("{INPUT}complete = 'clock'\n{MAPPING}"));
    assert!(scene.run(&["once"]).status.success());
    let settings = std::fs::read_to_string(scene.path("agent.toml")).unwrap();
    let other = settings.replace("source = 'LAND'", "source = 'SEA'");
    std::fs::write(scene.path("agent.toml"), &other).unwrap();
    for command in ["once", "run", "status"] {
        let refused = scene.run(&[command]);
        let text = written(&refused);
        assert_eq!(refused.status.code(), Some(3), "{command}: {text}");
        assert!(text.starts_with("error[other-source]: "), "{text}");
        assert!(text.contains("is of the source LAND") && text.contains("`delivery.state`"));
    }
    // A state that was written before states named their source takes it on.
    let path = scene.path("agent-state/state.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let old = text.replace("  \"source\": \"LAND\",\n", "");
    assert_ne!(old, text);
    std::fs::write(&path, old).unwrap();
    assert!(scene.run(&["once"]).status.success());
    assert!(std::fs::read_to_string(&path).unwrap().contains("\"source\": \"SEA\""));
}

#[test]
fn a_file_of_today_declares_the_end_of_yesterday() {
    let file = "complete = 'file'\ncomplete_name = 'c-%Y-%m-%d.csv'\n";
    let scene = Scene::new(&format!("{INPUT}{file}{MAPPING}"));
    let zone = jiff::tz::TimeZone::get("Europe/Warsaw").unwrap();
    // A test that begins a moment before midnight waits for the next day.
    let today = loop {
        let now = zone.to_datetime(jiff::Timestamp::now());
        if (now.hour(), now.minute()) < (23, 59) {
            break now.date();
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    };
    std::fs::write(scene.path(&format!("in/c-{today}.csv")), samples::csv()).unwrap();
    std::fs::write(scene.path("in/other.csv"), "number,kind,crossed,document\n").unwrap();
    let once = scene.run(&["once"]);
    let text = written(&once);
    assert!(once.status.success(), "{text}");
    let warning = "warning[complete-name]: other.csv: complete_name: the name is not of the form";
    assert!(text.contains(warning), "{text}");
    assert_eq!(text.matches("warning[complete-name]").count(), 1, "{text}");
    let start = zone.to_timestamp(today.at(0, 0, 0, 0)).unwrap().to_string();
    let arrived = scene.intake.arrived.lock().unwrap();
    let declared: Vec<_> = arrived.values().filter_map(|a| a.complete_until.clone()).collect();
    assert_eq!(declared, [start]);
}

#[test]
fn check_finds_what_a_delivery_would() {
    use std::os::unix::fs::PermissionsExt;
    let file = "complete = 'file'\ncomplete_name = 'c-%Y-%m-%d.csv'\n";
    let scene = Scene::new(&format!("{INPUT}{file}{MAPPING}"));
    // An evening in universal time is the next day in Warsaw.
    let row = "1,ENTRY,2026-01-02T23:30:00Z,D1\n2,EXIT,1899-12-31T08:00:00Z,D2\n";
    let text = format!("number,kind,crossed,document\n{row}");
    std::fs::write(scene.path("in/crossings.csv"), text).unwrap();
    let check = || {
        let output = scene.run(&["check"]);
        (output.status.code(), written(&output))
    };
    let (exit, text) = check();
    assert_eq!(exit, Some(2), "{text}");
    assert!(text.contains("days from 2026-01-03 to 2026-01-03"), "{text}");
    let old = "error[bad-time]: crossings.csv:3: occurred_at: an event cannot be older than 1900";
    assert!(text.contains(old), "{text}");
    assert!(text.contains("warning[complete-name]: input crossings: complete_name: "), "{text}");
    std::fs::rename(scene.path("in/crossings.csv"), scene.path("in/c-2026-01-02.csv")).unwrap();
    assert!(!check().1.contains("complete-name"));
    // The key that signs: readable by others, of another kind, missing.
    let key = scene.path("land.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(check().0, Some(3));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::copy(scene.path("agencies.key"), &key).unwrap();
    assert!(check().1.starts_with("error[key-format]: "));
    std::fs::remove_file(&key).unwrap();
    let (exit, text) = check();
    assert_eq!((exit, text.starts_with("error[no-key]: ")), (Some(2), true), "{text}");
}

#[test]
fn init_says_what_was_wrong_with_its_own_arguments() {
    let scene = Scene::new("");
    std::fs::write(scene.path("in/a.ods"), samples::timed_ods()).unwrap();
    let init = |plan: &str, out: &str| {
        scene.run(&[
            "init", "--sample", "in/a.ods", "--plan", plan, "--source", "LAND", "--out", out,
        ])
    };
    for (plan, exit) in [("http://a.example", 2), ("http://127.0.0.1:9", 6), ("none.toml", 2)] {
        let refused = init(plan, "x.toml");
        let text = written(&refused);
        assert_eq!(refused.status.code(), Some(exit), "{text}");
        assert!(!text.contains("plan.intake"), "{text}");
        assert!(text.contains("--plan") || plan == "none.toml", "{text}");
    }
    // The address of the plan itself means its intake.
    let done = init(&format!("{}/intake/v1/plan", scene.intake.address), "x.toml");
    let text = written(&done);
    assert!(done.status.success(), "{text}");
    assert!(text.starts_with("a.ods has the sheets Grenze, Legende; took Grenze"), "{text}");
    let settings = std::fs::read_to_string(scene.path("x.toml")).unwrap();
    assert!(settings.contains(&format!("intake = \"{}\"\n", scene.intake.address)), "{settings}");
    assert!(settings.contains("signing_key = \"land.key\"\nsigning_key_id = \"2026a\"\n"));
    let check = scene.run(&["check", "--settings", "x.toml"]);
    assert!(!written(&check).contains("missing-sheet"), "{}", written(&check));
}

const REFERENCE: &str = "\
# The command line of the agent

Every command of `tidegauge-agent`, with its arguments, options, defaults and values. This page is
written from the program itself, so that it says what `--help` says. What the settings mean is in
[Connect an agency](../how-to/connect-agency.md). Every command also takes `--help`.
";

#[test]
fn the_reference_lists_every_option() {
    let sections = testkit::reference::sections(tidegauge_agent::command_line());
    let page = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = page.join("../../docs/src/reference/command-line-agent.md");
    testkit::reference::keep_equal(&page, &format!("{REFERENCE}{sections}"));
}
