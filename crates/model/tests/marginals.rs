//! The marginals of a table can be given under two keys that mean the same.
//!
//! Not here: which marginals a table may have (`refusals.rs`).

use tidegauge_model::Plan;
use tidegauge_model::plan::PlanFault;

const TABLES: &str = include_str!("../../../testdata/tables.toml");

#[test]
fn margins_and_marginals_are_the_same_key() {
    let with_margins = Plan::parse(TABLES).unwrap();
    assert!(with_margins.dataflows.iter().any(|dataflow| !dataflow.marginals.is_empty()));
    let with_marginals = TABLES.replace("margins = ", "marginals = ");
    assert_ne!(with_marginals, TABLES);
    assert_eq!(Plan::parse(&with_marginals).unwrap(), with_margins);
    let with_both = TABLES.replacen("margins = ", "marginals = [{ of = [] }]\nmargins = ", 1);
    let errors = Plan::parse(&with_both).unwrap_err();
    let faults: Vec<(PlanFault, &str, &str)> =
        errors.errors().iter().map(|error| (error.fault, &*error.field, &*error.rule)).collect();
    let rule = "margins and marginals mean the same; give only one";
    assert_eq!(faults, [(PlanFault::Duplicate, "dataflow[0].marginals", rule)]);
}
