//! The commands as people type them, with their exit codes.
//!
//! Not here: kills (`kills.rs`) and canaries (`canaries.rs`).

#![cfg(test)]

mod common;

use std::io::Write as _;
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
    // What a person does: the keys, and the second code, which is short and left over.
    let text = text
        .replace("\"signing.key\"", "\"land.key\"")
        .replace("\"main\"", "\"2026a\"")
        .replace("name = \"export\"", "name = \"export\"\nsettle_seconds = 0");
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
