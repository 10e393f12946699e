//! Known flaws of systems like this one, tried on the real program; the table of PRIVACY.md lists
//! them, with the tests of those that are not here.
//!
//! Not here: crashes (`crash.rs`), old copies (`fork.rs`), order and copies (`same_bytes.rs`),
//! the cost of one person (`audit.rs`).

#![cfg(test)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use testkit::edit;
use testkit::plans::SHORT;
use testkit::program::{
    HEADER, NOW, PLAN, ROW, Workplace, files, releases, run, succeed, tidegauge,
};
use testkit::text::{replace_each, replace_only};
use tidegauge_ledger::Release;

const SEED: &str = "f1a75eedf1a75eedf1a75eedf1a75eedf1a75eedf1a75eedf1a75eedf1a75eed";

fn row(id: &str, person: &str, at: &str, kind: &str) -> String {
    format!("{id},{person},{at},{kind},LO_WU,VISITOR\n")
}

fn take(place: &Workplace, store: &str, rows: &str) {
    let file = place.write("events.csv", format!("{HEADER}\n{rows}"));
    succeed(&["ingest", store, &file, "--now", NOW]);
}

fn values(files: &[(String, Vec<u8>)]) -> Vec<Vec<i64>> {
    let parsed = files.iter().map(|(_, bytes)| Release::parse(bytes).expect("a release"));
    parsed.flat_map(|release| release.parts.into_iter().map(|part| part.values)).collect()
}

/// Weak or cloned generators: two stores made at the same moment from one plan draw different
/// noise.
#[test]
fn two_stores_of_one_moment_share_no_noise() {
    let place = Workplace::new();
    let drawn = ["one", "other"].map(|name| {
        let store = place.synthetic(name, None);
        succeed(&["release", &store, "--until", "2024-01-03", "--now", NOW, "--empty"]);
        // The noise of few cells can be equal by chance; that of a flow cannot.
        values(&releases(&store)).into_iter().filter(|values| values.len() >= 96)
    });
    let all: Vec<Vec<i64>> = drawn.into_iter().flatten().collect();
    assert_eq!(all.len(), 2 * 3, "a flow on three days, twice");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "equal noise");
}

/// Counts taken for public: the output does not reveal whether a person is in the data.
#[test]
fn what_is_printed_does_not_depend_on_data() {
    let output = |rows: &[String]| {
        let place = Workplace::new();
        let store = place.synthetic("store", Some(SEED));
        let file = place.write("events.csv", format!("{HEADER}\n{}", rows.concat()));
        let ingest = ["ingest", &store, &file, "--now", NOW];
        let release = ["release", &store, "--until", "2024-01-05", "--now", NOW, "--empty"];
        let printed = [&ingest[..], &ingest, &release, &release].map(succeed).join("\n");
        printed.replace(&place.directory.path().display().to_string(), "")
    };
    let other = format!("{ROW}\n");
    let row_of = |n: u32| {
        let event = replace_only(ROW, "e1", &format!("e{n}"));
        replace_only(&event, "00c0ffee", &format!("{n:08}")) + "\n"
    };
    let more: Vec<String> = (0..200).map(row_of).collect();
    // Whoever sends rows learns their number, the same for copies as for new ones.
    let few = output(&[other]);
    assert_eq!(few.matches(": 1 row taken, events stored durably\n").count(), 2);
    let many = output(&more);
    assert_eq!(many.matches(": 200 rows taken, events stored durably\n").count(), 2);
    assert_eq!(few.replace(": 1 row taken", ""), many.replace(": 200 rows taken", ""));
}

/// A budget that renews itself: when the plan's windows are over, releases stop; reading goes on.
#[test]
fn a_lifetime_does_not_renew_itself() {
    let place = Workplace::with_plan(edit(SHORT).change("privacy.windows", 1).text());
    let store = place.synthetic("store", None);
    let release = ["release", &store, "--now", "2030-01-01T00:00:00Z", "--empty"];
    assert_eq!(succeed(&release), "released 2024-01-18 to 2024-01-31\n");
    for _ in 0..2 {
        assert!(succeed(&release).starts_with("nothing to release"));
    }
    let report = succeed(&["ledger", "verify", &store]);
    let lifetime = report.lines().find(|line| line.starts_with("lifetime: rho ")).expect("a total");
    assert!(lifetime.ends_with(" of 2"), "{lifetime}");
    assert!(!report.contains("window 2024-02"), "{report}");
    assert!(succeed(&["export", &store, "--dataflow", "AT_BOUND"]).contains("2024-01-31"));
}

/// Side leaks: an ingested pseudonym is never printed, and never stored as it was submitted.
#[test]
fn no_pseudonym_is_told_or_kept() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let token = "5ec2e7cafe5ec2e7";
    let rows: String = (1..=5)
        .map(|day| {
            let at = format!("2024-01-0{day}T08:00:00+08:00");
            let kind = ["EXIT", "ENTRY"][day % 2];
            row(&format!("e{day}"), &format!("syn1:{token}"), &at, kind)
        })
        .collect();
    let rows = replace_each(&rows, ",VISITOR", ",MAINLAND_VISITOR");
    let file = place.write("events.csv", format!("{HEADER}\n{rows}"));
    let mut printed = Vec::new();
    for arguments in [
        vec!["ingest", &store, &file, "--now", NOW],
        vec!["release", &store, "--until", "2024-01-07", "--now", NOW, "--empty"],
        vec!["ledger", "verify", &store],
        vec!["export", &store, "--dataflow", "BORDER_FLOW", "--start", "2024-01-07"],
    ] {
        let output = run(&arguments);
        assert!(output.status.success(), "{arguments:?}");
        printed.push(("printed".to_owned(), [output.stdout, output.stderr].concat()));
    }
    let raw: Vec<u8> = (0..token.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&token[at..at + 2], 16).expect("hexadecimal"))
        .collect();
    let reversed: Vec<u8> = raw.iter().rev().copied().collect();
    let forms = [token.as_bytes().to_vec(), token.to_uppercase().into_bytes(), raw, reversed];
    let kept = files(Path::new(&store));
    assert!(kept.iter().any(|(name, _)| name.ends_with(".segment")), "the events are there");
    for (name, bytes) in kept.iter().chain(&printed) {
        for form in &forms {
            assert!(!bytes.windows(form.len()).any(|part| part == form), "{name}");
        }
    }
}

/// Noise drawn again by concurrency: many releases at once draw every step once.
#[test]
fn releases_at_once_draw_once() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let release = ["release", &store, "--until", "2024-01-03", "--now", NOW, "--empty"];
    let running: Vec<_> = (0..8)
        .map(|_| {
            let mut command = tidegauge(&release);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().expect("the program starts")
        })
        .collect();
    let mut drew = 0;
    for process in running {
        let output = process.wait_with_output().expect("an end");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        drew += usize::from(output.stdout.starts_with(b"released "));
        assert!(output.status.success() || error.starts_with("error[locked]: "), "{error}");
    }
    assert_eq!(drew, 1, "one of them released, the others found it done or locked");
    let before = releases(&store);
    assert!(succeed(&release).starts_with("nothing to release"));
    assert_eq!(releases(&store), before);
    let report = succeed(&["ledger", "verify", &store]);
    assert!(report.contains("\n9 releases, every file as the ledger names it\n"), "{report}");
}

/// The difference that a late event makes: published files stay as they are, byte for byte, and no
/// later file repeats the step.
#[test]
fn a_late_event_changes_no_published_byte() {
    let place = Workplace::with_plan(SHORT);
    let published = |late: bool| {
        let store = place.synthetic(if late { "late" } else { "none" }, Some(SEED));
        take(&place, &store, &row("e1", "syn1:someone0", "2024-01-18T08:00:00+08:00", "ENTRY"));
        succeed(&["release", &store, "--until", "2024-01-20", "--now", NOW, "--empty"]);
        let before = releases(&store);
        if late {
            take(&place, &store, &row("e2", "syn1:someone1", "2024-01-19T08:00:00+08:00", "ENTRY"));
        }
        succeed(&["release", &store, "--until", "2024-01-22", "--now", NOW, "--empty"]);
        let after = releases(&store);
        for (name, bytes) in &before {
            assert!(after.contains(&(name.clone(), bytes.clone())), "{name} changed");
        }
        after
    };
    let (with, without) = (published(true), published(false));
    let flows = |files: &[(String, Vec<u8>)]| -> Vec<(String, Vec<u8>)> {
        files.iter().filter(|(name, _)| name.starts_with("BORDER_FLOW")).cloned().collect()
    };
    assert_eq!(flows(&with), flows(&without), "a late event counts in no flow");
    assert_ne!(with, without, "it counts in the stock from the step of its arrival");
}

/// Suppression: every cell has a figure, whoever is in the data.
#[test]
fn no_cell_is_ever_missing() {
    let place = Workplace::with_plan(SHORT);
    let exported = |name: &str, rows: &str| {
        let store = place.synthetic(name, None);
        take(&place, &store, rows);
        succeed(&["release", &store, "--until", "2024-01-31", "--now", NOW, "--empty"]);
        for values in releases(&store) {
            let release = Release::parse(&values.1).expect("a release");
            let cells = if release.dataflow == "BORDER_FLOW" { 8 } else { 1 };
            assert!(release.parts.iter().all(|part| part.values.len() >= cells), "{}", values.0);
        }
        let csv = succeed(&["export", &store, "--dataflow", "BORDER_FLOW"]);
        let column =
            |name: &str| csv.lines().next().expect("a header").split(',').position(|c| c == name);
        let (value, margin) = (column("OBS_VALUE").expect("one"), column("MARGIN").expect("one"));
        let mut series = Vec::new();
        for line in csv.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            for figure in [fields[value], fields[margin]] {
                assert!(figure.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
            }
            series.push(fields[..value].join(","));
        }
        series
    };
    let event = row("e1", "syn1:someone0", "2024-01-18T08:00:00+08:00", "ENTRY");
    let series = exported("nobody", &row("e1", "syn1:someone0", "2023-01-18T08:00:00Z", "EXIT"));
    assert_eq!(exported("somebody", &event), series);
    assert!(series.len() > 14 * 8, "cells, totals and longer periods");
}

/// An oracle of duplicates: nobody learns whether an id or a person is already known.
#[test]
fn a_submitter_learns_nothing_of_others() {
    let answers = |known: bool, submitter: &str| {
        let place = Workplace::new();
        let store = place.synthetic("store", None);
        let file = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
        if known {
            succeed(&["ingest", &store, &file, "--submitter", "first", "--now", NOW]);
        }
        let output = run(&["ingest", &store, &file, "--submitter", submitter, "--now", NOW]);
        let printed = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
        (output.status.code(), printed.replace(&place.directory.path().display().to_string(), ""))
    };
    let unknown = answers(false, "second");
    assert_eq!(unknown.0, Some(0));
    assert_eq!(answers(true, "second"), unknown, "another submitter's event");
    assert_eq!(answers(true, "first"), unknown, "the submitter's own event");
}

/// A clock that jumps: no step closes before its end and the plan's delay, none opens again, and
/// the plan ends when it says.
#[test]
fn a_clock_closes_nothing_early_and_reopens_nothing() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let release =
        |now: &str| succeed(&["release", &store, "--until", "2024-01-02", "--now", now, "--empty"]);
    assert!(PLAN.contains("release_delay_hours = 6"));
    // The first of January ends at 16:00 universal time and stays open for six more hours.
    for early in ["2023-01-01T00:00:00Z", "2024-01-01T16:00:00Z", "2024-01-01T21:59:59Z"] {
        assert!(release(early).starts_with("nothing to release"), "{early}");
    }
    let first = release("2024-01-01T22:00:00Z");
    let (released, less) = first.split_once('\n').expect("two lines");
    assert_eq!(released, "released 2024-01-01 to 2024-01-01");
    assert!(less.contains("2024-01-02 is due at 2024-01-02T22:00:00Z"), "{less}");
    let before = releases(&store);
    for back in ["2024-01-01T22:00:00Z", "2023-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
        assert!(release(back).starts_with("nothing to release"), "{back}");
        assert_eq!(releases(&store), before, "{back}");
    }
    assert_eq!(release("2034-01-01T00:00:00Z"), "released 2024-01-02 to 2024-01-02\n");
    succeed(&["ledger", "verify", &store]);
}
