//! Which dataflows may have vintages.
//!
//! Not here: the numbers themselves (`refusals.txt`), and what a vintage counts (crate `fold`).

#![cfg(test)]

use tidegauge_model::Plan;

const STAYS: &str = include_str!("../../../testdata/stays.toml");

/// The plan with one more line in a dataflow, before its step.
fn with(text: &str, id: &str, line: &str) -> String {
    let at = text.find(&format!("id = \"{id}\"\n")).expect("a dataflow");
    let at = at + text[at..].find("step = ").expect("a step");
    format!("{}{line}\n{}", &text[..at], &text[at..])
}

/// The faults of a plan, by field and rule.
fn faults(text: &str) -> Vec<String> {
    let errors = Plan::parse(text).err();
    let errors = errors.iter().flat_map(|errors| errors.errors());
    errors.map(|error| format!("{}: {}", error.field, error.rule)).collect()
}

/// Whether events can be corrected or not.
#[test]
fn every_measure_but_presence_may_have_vintages() {
    let corrected = STAYS.replacen("model = \"stay\"", "model = \"stay\"\ncorrections = true", 1);
    assert!(Plan::parse(&corrected).expect("a plan").life_cycle.corrections);
    for plan in [STAYS, &corrected] {
        for id in ["TRANSITIONS", "EVENTS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"] {
            let text = with(plan, id, "vintages = [7, 30]");
            assert_eq!(faults(&text), Vec::<String>::new(), "{id}");
            let plan = Plan::parse(&text).expect("a plan");
            let (_, dataflow) = plan.dataflow(id).expect("a dataflow");
            assert_eq!((&dataflow.vintages[..], dataflow.late_max()), (&[7, 30][..], 30));
        }
        for id in ["LAPSED", "AT_BOUND"] {
            let faults = faults(&with(plan, id, "vintages = [7, 30]"));
            assert_eq!(faults.len(), 1, "{id}: {faults:?}");
            assert!(faults[0].contains("vintages"), "{faults:?}");
        }
    }
}
