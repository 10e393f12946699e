//! `audit` as a person runs it: claims of the ready-made plan hold, and a report is for programs
//! too.
//!
//! Not here: that a wrong claim is found (`audit::tests` of the program); no plan has one.

#![cfg(test)]

use std::path::Path;

use serde_json::Value;
use testkit::program::{Workplace, files, run, succeed, tidegauge};

fn plan(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

#[test]
fn the_claims_of_the_ready_made_plan_hold() {
    let plan = plan("../../plans/border.toml");
    let report = succeed(&["audit", &plan, "--pairs", "2", "--histories", "4"]);
    assert!(report.contains("every other public byte: equal\n"), "{report}");
    assert!(report.ends_with("no measured cost exceeds its claim\n"), "{report}");
    for part in ["BORDER_FLOW", "VISITORS_PRESENT", "AT_BOUND", "all dataflows"] {
        assert!(report.contains(&format!("\n{part} ")), "{report}");
    }
}

#[test]
fn an_audit_tells_programs_what_it_tells_persons() {
    let plan = plan("../../testdata/short.toml");
    let options = ["--pairs", "6", "--histories", "40", "--seed", "5"];
    let ask = |more: &[&str]| succeed(&[&["audit", &plan][..], &options, more].concat());
    let told: Value = serde_json::from_str(&ask(&["--json"])).expect("JSON");
    assert_eq!(told["findings"], Value::Array(vec![]));
    assert_eq!(told["parts"].as_array().expect("parts").len(), 4);
    assert_eq!(told["histories"]["number"], 40);
    assert_eq!(told, serde_json::from_str::<Value>(&ask(&["--json"])).expect("JSON"), "a seed");
    let text = ask(&[]);
    assert!(text.starts_with("SHORT: window 2024-01 of 14 steps"), "{text}");
}

#[test]
fn an_audit_leaves_nothing_and_takes_no_store() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let before = files(Path::new(&store));
    let output = run(&["audit", &store, "--pairs", "1", "--histories", "0"]);
    assert_eq!(output.status.code(), Some(2), "a store is no plan");
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
