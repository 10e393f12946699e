//! Which dataflows may have vintages.
//!
//! Not here: the numbers themselves (`refusals.txt`), and the counts of a vintage (crate `fold`).

#![cfg(test)]

use testkit::plans::{STAYS, with_corrections};
use testkit::{edit, toml};
use tidegauge_model::Plan;

/// The faults of a plan, by field and rule.
fn faults(text: &str) -> Vec<String> {
    let refused = Plan::parse(text).err();
    let errors = refused.iter().flat_map(|errors| errors.errors());
    errors.map(|error| format!("{}: {}", error.field, error.rule)).collect()
}

/// With corrections and without.
#[test]
fn every_measure_except_presence_may_have_vintages() {
    let corrected = with_corrections(edit(STAYS));
    assert!(Plan::parse(&corrected.text()).expect("a plan").life_cycle.corrections);
    for plan in [edit(STAYS), corrected] {
        let with_vintages =
            |id: &str| plan.clone().add(&format!("dataflow.{id}.vintages"), toml("[7, 30]")).text();
        for id in ["TRANSITIONS", "EVENTS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"] {
            let text = with_vintages(id);
            assert_eq!(faults(&text), Vec::<String>::new(), "{id}");
            let plan = Plan::parse(&text).expect("a plan");
            let (_, dataflow) = plan.dataflow(id).expect("a dataflow");
            assert_eq!((&dataflow.vintages[..], dataflow.late_max()), (&[7, 30][..], 30));
        }
        for id in ["LAPSED", "AT_BOUND"] {
            let faults = faults(&with_vintages(id));
            assert_eq!(faults.len(), 1, "{id}: {faults:?}");
            assert!(faults[0].contains("vintages"), "{faults:?}");
        }
    }
}
