//! The filter of a dataflow: which kinds of events, or which transitions, it counts.
//!
//! Not here: how it counts them (crate `fold`).

use testkit::plans::STAYS;
use testkit::{edit, toml};
use tidegauge_model::{Only, Plan};

/// The filter of TRANSITIONS, or the field and the rule of each fault.
fn only(given: &str) -> Result<Option<Only>, Vec<String>> {
    let text = edit(STAYS).add("dataflow.TRANSITIONS.only", toml(given)).text();
    let fault =
        |error: &tidegauge_model::plan::PlanError| format!("{}: {}", error.field, error.rule);
    Plan::parse(&text)
        .map(|plan| plan.dataflows[0].only.clone())
        .map_err(|errors| errors.errors().iter().map(fault).collect())
}

#[test]
fn a_filter_names_kinds_or_transitions() {
    let plan = Plan::parse(STAYS).expect("a sound plan");
    let cycle = &plan.life_cycle;
    let place = |known: &[String], id: &str| known.iter().position(|known| known == id).unwrap();
    assert_eq!(plan.dataflows[0].only, None);
    let exit = vec![place(&cycle.kinds, "EXIT")];
    assert_eq!(only("{ kind = [\"EXIT\"] }"), Ok(Some(Only::Kinds(exit))));
    let lapse = vec![place(&cycle.names, "LAPSE")];
    assert_eq!(only("{ transition = [\"LAPSE\"] }"), Ok(Some(Only::Transitions(lapse))));
}

#[test]
fn each_fault_of_a_filter_is_reported() {
    for (given, expected) in [
        ("{}", "only: either kind or transition is needed"),
        ("{ kind = [\"EXIT\"], transition = [\"LAPSE\"] }", "only: either kind or transition"),
        ("{ kind = [] }", "only.kind: at least 1 kind is needed"),
        ("{ kind = [\"EXIT\", \"EXIT\"] }", "only.kind[1]: this kind is listed twice"),
        ("{ kind = [\"LAPSE\"] }", "only.kind[0]: a kind of the life cycle is needed"),
        ("{ transition = [\"EXIT\"] }", "only.transition[0]: a transition of the life cycle"),
    ] {
        let faults = only(given).expect_err(given);
        let start = format!("dataflow[0].{expected}");
        assert!(faults.len() == 1 && faults[0].starts_with(&start), "{given}: {faults:?}");
    }
    let stock = edit(STAYS).add("dataflow.LAPSED.only", toml("{ kind = [\"EXIT\"] }")).text();
    let errors = Plan::parse(&stock).unwrap_err();
    assert_eq!((errors.errors().len(), errors.errors()[0].code()), (1, "unknown-key"));
}
