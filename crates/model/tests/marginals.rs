//! The marginals of a table can be given under two keys that mean the same; every marginal has the
//! codes of the dimensions that stand apart, and can have groups of others.
//!
//! Not here: which marginals a table may have (`refusals.rs`).

use testkit::{edit, toml};
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

/// The table of crossings with these marginals and dimensions apart: the levels of its marginals,
/// or the fields and rules of its faults.
fn apart(marginals: &str, apart: &str) -> Result<Vec<Vec<usize>>, Vec<(String, String)>> {
    let text = edit(TABLES)
        .change("dataflow.CROSSINGS.margins", toml(marginals))
        .add("dataflow.CROSSINGS.apart", toml(apart));
    let levels = |plan: Plan| {
        let marginals = plan.dataflows[0].marginals.iter();
        marginals.map(|marginal| marginal.levels.clone()).collect()
    };
    let place = |error: &tidegauge_model::plan::PlanError| {
        (error.field.to_string(), error.rule.to_string())
    };
    Plan::parse(&text.text())
        .map(levels)
        .map_err(|errors| errors.errors().iter().map(place).collect())
}

#[test]
fn every_marginal_has_the_codes_apart() {
    let marginals = "[{ of = [], grain = \"day\" }, \
        { of = [\"BORDER_POINT/1\"], grain = \"day\" }, \
        { of = [\"DIRECTION\", \"BORDER_POINT\"], grain = \"month\" }]";
    let levels = apart(marginals, "[\"DIRECTION\"]").unwrap();
    assert_eq!(levels, [[0, 1, 0], [1, 1, 0], [2, 1, 0]]);
    let twice = "[{ of = [], grain = \"day\" }, { of = [\"DIRECTION\"], grain = \"day\" }]";
    let faults = apart(twice, "[\"DIRECTION\"]").unwrap_err();
    assert_eq!(faults[0].1, "another marginal has the same levels; remove one of the two");
    let coarse = "[{ of = [\"BORDER_POINT/1\"], grain = \"day\" }]";
    let faults = apart(coarse, "[\"BORDER_POINT\"]").unwrap_err();
    let rule = "BORDER_POINT stands apart and is never summed over, so every marginal has its \
                codes; name it without a level or leave it out";
    assert_eq!(faults, [("dataflow[0].margins[0].of[0]".to_owned(), rule.to_owned())]);
}

#[test]
fn only_dimensions_of_a_table_stand_apart() {
    let marginals = "[{ of = [], grain = \"day\" }]";
    for (given, rule) in [
        ("[]", "at least 1 dimension is needed"),
        ("[\"DIRECTION\", \"DIRECTION\"]", "this dimension is listed twice"),
        ("[\"TRANSITION\"]", "a dimension of the dataflow is needed"),
    ] {
        let faults = apart(marginals, given).unwrap_err();
        assert!(faults[0].1.starts_with(rule), "{given}: {faults:?}");
    }
    let text = edit(include_str!("../../../testdata/crossings.toml"))
        .add("dataflow.BORDER_FLOW.apart", toml("[\"DIRECTION\"]"));
    let errors = Plan::parse(&text.text()).unwrap_err();
    assert_eq!(errors.errors()[0].field, "dataflow[0].apart");
    assert_eq!(
        errors.errors()[0].rule,
        "only a table has dimensions that stand apart; give marginals too"
    );
}

/// The rules that the residuals of the table of crossings break, with marginals by day.
fn residuals(marginals: &str, residuals: &str) -> Vec<(String, String)> {
    let text = edit(TABLES)
        .change("dataflow.CROSSINGS.margins", toml(marginals))
        .add("dataflow.CROSSINGS.residuals", toml(residuals));
    let Err(errors) = Plan::parse(&text.text()) else { return vec![] };
    let places = errors.errors().iter();
    places.map(|error| (error.field.to_string(), error.rule.to_string())).collect()
}

#[test]
fn every_residual_that_is_needed_has_one_weight() {
    let marginals = "[{ of = [], grain = \"day\" }, \
        { of = [\"DIRECTION\", \"BORDER_POINT/1\"], grain = \"day\" }]";
    let needed = "{ of = [], weight = 1000000 }, { of = [\"DIRECTION\"], weight = 1 }, \
        { of = [\"BORDER_POINT/1\"], weight = 3 }";
    let last = "{ of = [\"BORDER_POINT/1\", \"DIRECTION\"], weight = 4 }";
    assert_eq!(residuals(marginals, &format!("[{needed}, {last}]")), []);
    let rule = |text: &str, field: &str, rule: &str| {
        let found = residuals(marginals, text);
        let [(place, found)] = &found[..] else { panic!("{text}: {found:?}") };
        assert!(place == field && found.starts_with(&format!("{rule}; ")), "{text}: {found}");
    };
    let whole = "dataflow[0].residuals";
    let missing = "the marginals need 4 residuals, each with a weight, given 3";
    rule(&format!("[{needed}]"), whole, missing);
    let twice = format!("[{needed}, {last}, {last}]");
    rule(&twice, "dataflow[0].residuals[4]", "another residual has the same levels");
    let idle = format!("[{needed}, {last}, {{ of = [\"BORDER_POINT\"], weight = 1 }}]");
    rule(&idle, "dataflow[0].residuals[4]", "no marginal of the table needs this residual");
    let other = format!("[{needed}, {}]", last.replace("= 4", "= 4, base = 2"));
    assert_eq!(residuals(marginals, &other)[0].0, "dataflow[0].residuals[3].base");
    let weighed = marginals.replacen("\"day\"", "\"day\", weight = 2", 1);
    let rule = "the weights of residuals take the place of those of marginals; give only one";
    let found = residuals(&weighed, &format!("[{needed}, {last}]"));
    assert_eq!(found, [(whole.to_owned(), rule.to_owned())]);
}

/// Lists of statuses form groups as those of attributes do.
#[test]
fn a_marginal_can_have_groups_of_statuses() {
    let code = |(id, group)| format!("{{ id = \"{id}\", name = \"s\", group = \"{group}\" }}");
    let codes =
        [("UNSEEN", "OUT"), ("ABROAD", "OUT"), ("AUTHORISED", "IN"), ("LAPSED", "IN")].map(code);
    let groups = "[{ id = \"OUT\", name = \"o\" }, { id = \"IN\", name = \"i\" }]";
    let marginals = "[{ of = [\"BEFORE/1\", \"AFTER\"], grain = \"day\" }, \
                      { of = [\"BEFORE/1\", \"AFTER/1\"], grain = \"month\" }]";
    let text = edit(include_str!("../../../testdata/stays.toml"))
        .change("code_list.CL_STATUS.codes", toml(&format!("[{}]", codes.join(", "))))
        .add("code_list.CL_STATUS.groups", toml(groups))
        .change("dataflow.PAIRS.strategy", "identity")
        .add("dataflow.PAIRS.marginals", toml(marginals));
    let plan = Plan::parse(&text.text()).unwrap_or_else(|errors| panic!("{errors}"));
    let (_, pairs) = plan.dataflow("PAIRS").unwrap();
    let levels = pairs.marginals.iter().map(|marginal| &*marginal.levels);
    assert_eq!(levels.collect::<Vec<_>>(), [[1, 2], [1, 1]]);
}
