//! What the commands for plans say about sources.
//!
//! Not here: the sources that were silent in a figure (crates `figures` and `serve`).

#![cfg(test)]

use testkit::edit;
use testkit::plans::with_sources;
use testkit::program::{PLAN, Workplace, run, succeed};

const SOURCES: [(&str, &str); 2] = [("LAND", "Land border police"), ("SEA", "Harbour office")];

/// The first source declares on time, the second one minute after the longest wait of a step.
fn plan() -> String {
    let plan = edit(&with_sources(PLAN, &SOURCES));
    let minutes = |path: &str| plan.value(path).parse::<i64>().expect("minutes");
    let delay = 60 * minutes("statement.release_delay_hours");
    let late = delay + minutes("intake.longest_wait_minutes") + 1;
    plan.change("source.SEA.complete_within_minutes", late)
        .add("source.SEA.to", "2024-06-30")
        .text()
}

#[test]
fn a_source_that_declares_too_late_is_warned_of() {
    let place = Workplace::new();
    let path = place.write("sources.toml", plan());
    for command in ["check", "show"] {
        let output = run(&["plan", command, &path]);
        let (text, warned) = (output.stdout, String::from_utf8_lossy(&output.stderr).into_owned());
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(output.status.success(), "{warned}");
        let sources = "sources: a step that is due waits for them up to 60 minutes\n  \
            LAND Land border police, from 2024-01-01: every day complete within 30 minutes\n  \
            SEA Harbour office, from 2024-01-01 to 2024-06-30: every day complete within 421 \
            minutes, no step waits for it\n";
        assert!(text.contains(sources), "{text}");
        let of_sources: Vec<&str> =
            warned.lines().filter(|line| line.starts_with("warning[source-never-due]: ")).collect();
        assert_eq!(of_sources.len(), 1, "{warned}");
        let expected = "SEA: no step waits for it: it declares a day complete within 421 minutes, \
            later than the release delay and the longest wait of 60 minutes allow; lengthen the \
            wait, or let it declare sooner";
        assert!(of_sources[0].ends_with(expected), "{warned}");
    }
    let json = succeed(&["plan", "show", &path, "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(shown["intake"]["sources"][1]["neverDue"], true);
    assert_eq!(shown["intake"]["longestWaitMinutes"], 60);
}

#[test]
fn a_plan_without_sources_has_none_to_show() {
    let place = Workplace::new();
    for command in ["check", "show"] {
        let output = run(&["plan", command, &place.text("plan.toml")]);
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success() && !text.contains("source"), "{text}");
    }
}
