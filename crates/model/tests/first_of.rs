//! Flows of the first contributions to another one: what is refused, and why.
//!
//! Not here: that what is not refused counts a part of the other flow (crate `fold`).

#![cfg(test)]

use testkit::plans::border_with_first_crossings;
use testkit::{PlanText, toml};
use tidegauge_model::Plan;

/// The message of the only fault of a plan, which must be about the key.
fn fault(plan: &PlanText) -> String {
    let errors = Plan::parse(&plan.text()).expect_err("a broken plan");
    let [error] = errors.errors() else { panic!("{errors}") };
    assert_eq!(error.field, "dataflow[3].first_of");
    error.rule.clone()
}

fn own(key: &str) -> String {
    format!("dataflow.FIRST_CROSSINGS.{key}")
}

fn other(key: &str) -> String {
    format!("dataflow.BORDER_FLOW.{key}")
}

#[test]
fn the_other_flow_is_found() {
    let plan = Plan::parse(&border_with_first_crossings().text()).expect("a plan");
    assert_eq!(plan.dataflow("FIRST_CROSSINGS").expect("a flow").1.first_of, Some(0));
    assert_eq!(plan.dataflow("BORDER_FLOW").expect("a flow").1.first_of, None);
    let unknown = border_with_first_crossings().change(&own("first_of"), "BORDER_FLO");
    assert!(fault(&unknown).contains("did you mean BORDER_FLOW?"));
    let no_flow = border_with_first_crossings().change(&own("first_of"), "VISITORS_PRESENT");
    assert!(fault(&no_flow).contains("a flow is needed"));
}

#[test]
fn each_rule_is_refused_by_itself() {
    let plan = border_with_first_crossings;
    let two = toml(
        "[{ id = \"BORDER_POINT\", from = \"border_point\" }, \
          { id = \"DIRECTION\", from = \"kind\", code_list = \"CL_DIRECTION\" }]",
    );
    let margins = toml("[{ of = [\"BORDER_POINT\", \"DIRECTION\"], grain = \"day\" }]");
    let corrected = |plan: PlanText| {
        let vintages = || toml("[7]");
        plan.add("life_cycle.corrections", true)
            .add(&own("vintages"), vintages())
            .add(&other("vintages"), vintages())
    };
    let events = |plan: PlanText| {
        plan.change(&own("unit"), "EVENTS")
            .remove(&own("bound_month"))
            .remove(&own("margins"))
            .remove(&own("apart"))
    };
    for (rule, broken) in [
        ("first contributions itself", plan().change(&own("first_of"), "FIRST_CROSSINGS")),
        ("must count PERSONS", events(plan())),
        (
            "dimensions must be those",
            plan().change(&own("dimensions"), two).change(&own("margins"), margins.clone()),
        ),
        ("`only` must be", plan().add(&own("only"), toml("{ kind = [\"ENTRY\"] }"))),
        ("must be tables", plan().remove(&own("margins")).remove(&own("apart"))),
        ("`apart` must be", plan().remove(&own("apart"))),
        ("a margin of all its dimensions", plan().change(&own("margins"), margins)),
        ("`vintages` must be", plan().add(&own("vintages"), toml("[7]"))),
        ("where events are corrected", corrected(plan())),
        ("the `bound_month` of BORDER_FLOW is 3", plan().add(&other("bound_month"), 3)),
        ("the `bound` of BORDER_FLOW is 23", plan().change(&other("bound"), 23)),
    ] {
        let found = fault(&broken);
        assert!(found.contains(rule), "{rule}: {found}");
    }
}

/// In five months of 31 days a person can cross 62 times and count 4 times here, and then 3 times
/// in both; the next counts here.
#[test]
fn the_bound_that_is_needed() {
    let needed = 5 * 62 + 3 + 1;
    let plan = |bound: i64| border_with_first_crossings().change(&other("bound"), bound);
    assert!(Plan::parse(&plan(needed).text()).is_ok());
    assert!(fault(&plan(needed - 1)).contains("at least 314, "));
    // Without a bound of the month here, what counts first here counts there.
    let plan = |bound: i64| plan(bound).remove(&own("bound_month"));
    assert!(Plan::parse(&plan(24).text()).is_ok());
    assert!(fault(&plan(23)).contains("at least 24, "));
    // A bound of the month there limits how much faster it is used up.
    let plan = border_with_first_crossings().add(&other("bound_month"), 8);
    let (enough, too_low) =
        (plan.clone().change(&other("bound"), 44), plan.change(&other("bound"), 43));
    assert!(Plan::parse(&enough.text()).is_ok());
    assert!(fault(&too_low).contains("at least 44, "));
}
