//! `audit` from the command line: the claims of the ready-made plan hold, and the report is
//! available as JSON too.
//!
//! Not here: how a wrong claim is found (`appraise::audit::tests`); no plan makes one.

#![cfg(test)]

use std::path::Path;

use serde_json::Value;
use testkit::plans::{short_balance_table, with_corrections};
use testkit::program::{Workplace, files, run, succeed, tidegauge};

/// The last line of a report without findings.
const NO_FINDING: &str = "no law is broken, and no measured cost exceeds its claim\n";

fn plan(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

#[test]
fn the_claims_of_the_ready_made_plan_hold() {
    let plan = plan("../../testdata/plans/border.toml");
    let report = succeed(&["audit", &plan, "--pairs", "2", "--histories", "4", "--windows", "1"]);
    assert!(report.contains("every other public byte: equal\n"), "{report}");
    assert!(report.ends_with(NO_FINDING), "{report}");
    for part in ["BORDER_FLOW", "VISITORS_PRESENT", "AT_BOUND", "all dataflows"] {
        assert!(report.contains(&format!("\n{part} ")), "{report}");
    }
}

/// Bases, net changes and turnover of each residual, with corrections that move stays from cell to
/// cell.
#[test]
fn the_claims_of_a_table_of_a_balance_hold() {
    let place = Workplace::new();
    let plan = place.write("balance.toml", with_corrections(short_balance_table()).text());
    let report = succeed(&["audit", &plan, "--pairs", "12", "--histories", "60"]);
    assert!(report.ends_with(NO_FINDING), "{report}");
    for part in ["base-0-0", "base-1-0", "net-0-0", "net-1-0", "turnover-0-0", "turnover-1-0"] {
        let line = report.lines().find(|line| line.contains(&format!(" {part} ")));
        let columns: Vec<&str> = line.expect(part).split_whitespace().collect();
        assert!(columns[4].parse::<f64>().expect("a cost") > 0.0, "{part} is moved: {report}");
    }
}

#[test]
fn an_audit_reports_the_same_as_json_and_as_text() {
    let plan = plan("../../testdata/short.toml");
    let options = ["--pairs", "6", "--histories", "40", "--seed", "5"];
    let audit = |more: &[&str]| succeed(&[&["audit", &plan][..], &options, more].concat());
    let report: Value = serde_json::from_str(&audit(&["--json"])).expect("JSON");
    assert_eq!(report["findings"], Value::Array(vec![]));
    // Four parts in each of the two windows that the plan has.
    assert_eq!(report["parts"].as_array().expect("parts").len(), 8);
    assert_eq!(report["histories"]["number"], 40);
    let again: Value = serde_json::from_str(&audit(&["--json"])).expect("JSON");
    assert_eq!(report, again, "the same seed gives the same report");
    let text = audit(&[]);
    assert!(text.starts_with("SHORT: windows 2024-01, 2024-02 of 43 steps"), "{text}");
}

/// Random plans take the place of a plan, and a seed means the same ones.
#[test]
fn random_plans_are_audited_without_a_plan() {
    let options = ["audit", "--plans", "4", "--seed", "6"];
    let text = succeed(&options);
    assert!(text.starts_with("4 random plans, seed 6, 6 persons each\n"), "{text}");
    assert!(text.contains("\nnearest to its claim: ") && text.ends_with(NO_FINDING), "{text}");
    let json = || succeed(&[&options[..], &["--json"]].concat());
    let report: Value = serde_json::from_str(&json()).expect("JSON");
    assert_eq!(report, serde_json::from_str::<Value>(&json()).expect("JSON"));
    let plans = report["plans"].as_array().expect("plans");
    assert_eq!(plans.iter().map(|plan| plan["seed"].clone()).collect::<Vec<_>>(), [6, 7, 8, 9]);
    let plan = plan("../../testdata/short.toml");
    let refused = |args: &[&str]| run(args).status.code() == Some(2);
    let missing = String::from_utf8_lossy(&run(&["audit"]).stderr).into_owned();
    assert!(missing.contains("<PLAN|--plans <PLANS>>"), "{missing}");
    assert!(refused(&["audit"]) && refused(&["audit", &plan, "--plans", "4"]));
    // An audit of nothing would find nothing.
    assert!(refused(&["audit", "--plans", "0"]));
    for option in ["--pairs", "--windows"] {
        assert!(refused(&["audit", &plan, option, "0"]), "{option}");
    }
}

#[test]
fn an_audit_leaves_no_files_and_accepts_no_store() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let before = files(Path::new(&store));
    let output = run(&["audit", &store, "--pairs", "1", "--histories", "0"]);
    assert_eq!(output.status.code(), Some(2), "a store is not a plan");
    let temporary = place.path("temporary");
    std::fs::create_dir(&temporary).expect("a directory");
    let plan = plan("../../testdata/short.toml");
    let output = tidegauge(&["audit", &plan, "--pairs", "1", "--histories", "2"])
        .env("TMPDIR", &temporary)
        .output()
        .expect("the program starts");
    assert!(output.status.success());
    assert_eq!(files(&temporary), []);
    assert_eq!(std::fs::read_dir(&temporary).expect("a directory").count(), 0);
    assert_eq!(files(Path::new(&store)), before);
}
