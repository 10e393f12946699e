//! Texts on method and quality, of a plan and of its dataflows.
//!
//! Not here: how they are published (crate `serve`).

#![cfg(test)]

use testkit::{edit, toml};
use tidegauge_model::Plan;

const SAMPLE: &str = include_str!("../../testkit/src/sample.toml");
const METHOD: &str = "[method]\nrevision_policy = \"Measured once.\"\ncoverage = \"All points.\"\n";

#[test]
fn texts_on_method_change_nothing_else() {
    let note = "{ accuracy = \"Land border only.\" }";
    let text = edit(SAMPLE).append(METHOD).add("dataflow.CROSSINGS.method", toml(note)).text();
    let plan = Plan::parse(&text).unwrap();
    let notes = |notes: &[tidegauge_model::method::MethodNote]| -> Vec<String> {
        notes.iter().map(|note| format!("{} {}", note.concept.sims, &*note.text)).collect()
    };
    // In the order of SIMS, whatever that of the plan.
    assert_eq!(notes(&plan.method), ["S.3.3 All points.", "S.17.1 Measured once."]);
    assert_eq!(notes(&plan.dataflows[0].method), ["S.13 Land border only."]);
    let mut without = plan.clone();
    without.method.clear();
    without.dataflows[0].method.clear();
    assert_eq!(without, Plan::parse(SAMPLE).unwrap());
}

#[test]
fn each_fault_of_a_text_on_method_has_its_place() {
    let faults = |text: String| Plan::parse(&text).unwrap_err().to_string();
    let of_plan = |method: &str| faults(edit(SAMPLE).append(method).text());
    let unknown = of_plan("[method]\nweather = \"Fair.\"\n");
    assert!(unknown.contains("method.weather"), "{unknown}");
    assert!(unknown.contains("coverage, concepts, population"), "{unknown}");
    for (method, place) in [
        ("[method]\ncoverage = \"\"\n", "method.coverage"),
        ("[method]\ncoverage = 3\n", "method.coverage"),
        ("[method]\ncomment = \"a\\nb\"\n", "method.comment"),
    ] {
        let found = of_plan(method);
        assert!(found.contains(place), "{method}: {found}");
    }
    let note = toml("{ bounds = \"4\" }");
    let of_dataflow = faults(edit(SAMPLE).add("dataflow.CROSSINGS.method", note).text());
    assert!(of_dataflow.contains("method.bounds"), "{of_dataflow}");
}
