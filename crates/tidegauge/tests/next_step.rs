//! What a message tells a newcomer to do, through the real program.
//!
//! Not here: exit codes (`exit_codes.rs`), rows of events (`bad_rows.rs`).

#![cfg(test)]

use testkit::edit;
use testkit::program::{PLAN, Workplace, run, succeed};

/// Standard error of a command that must fail with code 2.
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_store_without_a_class_is_offered_both() {
    let place = Workplace::new();
    let error = refused(&["init", &place.text("store"), "--plan", &place.text("plan.toml")]);
    assert!(error.starts_with("error[store-class]: init: class: "), "{error}");
    assert!(error.contains("--synthetic") && error.contains("--real"), "{error}");
}

#[test]
fn an_export_that_does_not_fit_names_what_there_is() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let error = refused(&["export", &store]);
    assert!(error.starts_with("error[no-dataflow]: export: --dataflow: "), "{error}");
    for id in ["BORDER_FLOW", "VISITORS_PRESENT", "AT_BOUND"] {
        assert!(error.lines().any(|line| line.starts_with(&format!("  {id}  "))), "{error}");
    }
    let error = refused(&["export", &store, "--dataflow", "BORDER_FLO"]);
    assert!(error.contains("did you mean BORDER_FLOW?"), "{error}");
    let error = refused(&["export", &store, "--dataflow", "BORDER_FLOW", "--key", "D"]);
    assert!(error.contains("\n  part 4, BORDER_POINT: there are "), "{error}");
    let key = "D.HK.FLOW.AIRPRT";
    let error = refused(&["export", &store, "--dataflow", "BORDER_FLOW", "--key", key]);
    assert!(error.contains("did you mean AIRPORT?"), "{error}");
}

#[test]
fn a_release_says_why_it_ends_early() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let release = |now: &str, until: &str| {
        succeed(&["release", &store, "--now", now, "--until", until, "--empty"])
    };
    let early = release("2024-01-04T00:00:00Z", "2024-02");
    let (done, less) = early.split_once('\n').expect("two lines");
    assert_eq!(done, "released 2024-01-01 to 2024-01-03");
    assert!(less.contains("2024-01-04 is due at 2024-01-04T22:00:00Z"), "{less}");
    assert!(less.contains("run the command again"), "{less}");
    assert_eq!(
        release("2024-01-05T00:00:00Z", "2024-01-04"),
        "released 2024-01-04 to 2024-01-04\n"
    );
}

/// Codes with every character that SDMX allows, from the plan to the figures and their addresses.
#[test]
fn a_code_of_sdmx_goes_through_every_file() {
    let place = Workplace::new();
    let text = edit(PLAN)
        .change("code_list.CL_BORDER_POINT.codes.LO_WU.id", "lo-Wu@1$")
        .change("statement.agency", "OECD.ELS")
        .text();
    let plan = place.text("codes.toml");
    std::fs::write(&plan, text).expect("written");
    let store = place.text("codes");
    let now = "2024-01-04T00:00:00Z";
    succeed(&["init", &store, "--plan", &plan, "--synthetic", "--now", "2024-01-01T00:00:00Z"]);
    succeed(&["release", &store, "--now", now, "--empty"]);
    for format in ["csv", "json", "jsonstat", "sdmx-csv-1", "sdmx-json", "sdmx-ml"] {
        let key = "D.HK.FLOW.lo-Wu@1$.ENTRY";
        let figures = succeed(&[
            "export",
            &store,
            "--dataflow",
            "BORDER_FLOW",
            "--key",
            key,
            "--format",
            format,
        ]);
        assert!(figures.contains("lo-Wu@1$"), "{format}: {figures}");
    }
    succeed(&["ledger", "verify", &store]);
}

#[test]
fn a_plan_is_warned_of_what_it_leaves_open() {
    let place = Workplace::new();
    let table = place.text("often.csv");
    std::fs::write(&table, "dataflow,contributions,persons\nBORDER_FLOW,30,4000\n")
        .expect("written");
    let checked = run(&[
        "plan",
        "check",
        &place.text("plan.toml"),
        "--epsilon",
        "1",
        "--contributions",
        &table,
    ]);
    let warned = String::from_utf8_lossy(&checked.stderr);
    assert_eq!(checked.status.code(), Some(0), "{warned}");
    for code in ["epsilon-above", "nothing-reserved", "bound-cuts", "unreadable"] {
        assert!(warned.contains(&format!("warning[{code}]: ")), "{code}: {warned}");
    }
}
