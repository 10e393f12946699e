//! Which dataflows may have vintages.
//!
//! Not here: the numbers themselves (`refusals.txt`), and what a vintage counts (crate `fold`).

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

#[test]
fn every_measure_but_presence_may_have_vintages() {
    for id in ["TRANSITIONS", "EVENTS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"] {
        let text = with(STAYS, id, "vintages = [7, 30]");
        assert_eq!(faults(&text), Vec::<String>::new(), "{id}");
        let plan = Plan::parse(&text).expect("a plan");
        let (_, dataflow) = plan.dataflow(id).expect("a dataflow");
        assert_eq!((&dataflow.vintages[..], dataflow.late_max()), (&[7, 30][..], 30));
    }
    for id in ["LAPSED", "AT_BOUND"] {
        let faults = faults(&with(STAYS, id, "vintages = [7, 30]"));
        assert_eq!(faults.len(), 1, "{id}: {faults:?}");
        assert!(faults[0].contains("vintages"), "{faults:?}");
    }
}

/// Where events can be corrected, what counts has to follow from the event alone.
#[test]
fn corrections_leave_vintages_to_flows_of_events() {
    let corrected = STAYS.replacen("model = \"stay\"", "model = \"stay\"\ncorrections = true", 1);
    assert_eq!(faults(&corrected), Vec::<String>::new());
    for (id, sound) in [
        ("EVENTS", true),
        ("TRANSITIONS", false),
        ("LENGTHS", false),
        ("PAIRS", false),
        ("COHORTS", false),
    ] {
        let faults = faults(&with(&corrected, id, "vintages = [7, 30]"));
        let rule = "where events can be corrected, vintages are of flows with dimensions from kind \
                    and from attributes of the event";
        assert_eq!(faults.iter().filter(|fault| fault.contains(rule)).count(), usize::from(!sound));
        assert_eq!(faults.len(), usize::from(!sound), "{id}: {faults:?}");
    }
}
