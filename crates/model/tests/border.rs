//! The reference plan is parsed to the values that its text states.
//!
//! Not here: plans with faults (`refusals.rs`, `hostile.rs`).

#![cfg(test)]

use num_rational::BigRational;
use testkit::{edit, toml};
use tidegauge_model::structure::CodeSource;
use tidegauge_model::{
    ContributionBound, Dataflow, Grain, Measure, Period, Plan, StatisticalUnit, StrategyChoice,
};

const BORDER: &str = include_str!("../../../testdata/crossings.toml");

fn border() -> Plan {
    Plan::parse(BORDER).unwrap_or_else(|errors| panic!("\n{}", errors.report("border.toml")))
}

fn ratio(p: u64, q: u64) -> BigRational {
    BigRational::new(p.into(), q.into())
}

/// A dataflow on one line, without its codes.
fn printed(dataflow: &Dataflow) -> String {
    let dimensions: Vec<String> = dataflow
        .structure
        .dimensions()
        .iter()
        .map(|d| format!("{}:{}:{}", d.id, d.code_list.id, d.code_list.codes().len()))
        .collect();
    format!(
        "{} {} {} {:?} {} share {} {}",
        dataflow.id,
        dataflow.measure.word(),
        dataflow.step.word(),
        dataflow.unit,
        dimensions.join(" "),
        dataflow.share,
        dataflow.structure.cells(),
    )
}

#[test]
fn the_reference_plan_has_its_structure() {
    let plan = border();
    let printed: Vec<String> = plan.dataflows.iter().map(printed).collect();
    assert_eq!(
        printed,
        [
            "BORDER_FLOW flow day Persons BORDER_POINT:CL_BORDER_POINT:16 DIRECTION:CL_DIRECTION:2 \
             TRAVELLER_CLASS:CL_TRAVELLER_CLASS:3 share 3/5 96",
            "VISITORS_PRESENT stock day Persons TRAVELLER_CLASS:CL_VISITOR_CLASS:2 share 7/20 2",
            "AT_BOUND at_bound day Persons TRAVELLER_CLASS:CL_TRAVELLER_CLASS:3 share 1/20 3",
        ]
    );
}

#[test]
fn the_reference_plan_has_its_bounds_and_strategies() {
    let plan = border();
    let [flow, stock, at_bound] = &plan.dataflows[..] else { panic!("three dataflows") };
    assert_eq!(flow.bound, ContributionBound { window: 24, month: Some(4) });
    assert_eq!(flow.measure, Measure::Flow);
    assert_eq!(
        flow.strategy,
        StrategyChoice::Calendar(vec![
            (Grain::Day, 6),
            (Grain::Week, 2),
            (Grain::Month, 3),
            (Grain::Quarter, 1),
            (Grain::Year, 1),
        ])
    );
    assert_eq!(stock.bound, ContributionBound { window: 24, month: None });
    let present = plan.life_cycle.statuses.iter().position(|status| status == "PRESENT").unwrap();
    assert_eq!(stock.measure, Measure::Stock { statuses: vec![present], base_share: ratio(1, 10) });
    assert_eq!(at_bound.bound, ContributionBound { window: 1, month: None });
    assert_eq!(at_bound.measure, Measure::AtBound { of: 0 });
    assert_eq!(at_bound.unit, StatisticalUnit::Persons);
    assert_eq!(at_bound.strategy, StrategyChoice::Identity);
}

#[test]
fn dimensions_come_from_kinds_and_attributes() {
    let plan = border();
    let dimensions = plan.dataflows[0].structure.dimensions();
    let sources: Vec<&CodeSource> = dimensions.iter().map(|dimension| &dimension.source).collect();
    assert_eq!(sources, [&CodeSource::Attribute(0), &CodeSource::Kind, &CodeSource::Attribute(1)]);
    assert_eq!(dimensions[1].name, "Direction", "the code list's name is the default");
    let named = edit(BORDER).add("dataflow.BORDER_FLOW.dimensions.DIRECTION.name", "Way").text();
    let plan = Plan::parse(&named).unwrap();
    assert_eq!(plan.dataflows[0].structure.dimensions()[1].name, "Way");
}

#[test]
fn statement_and_budget_are_read() {
    let plan = border();
    assert_eq!(plan.statement.id, "BORDER");
    assert_eq!(plan.statement.purpose, "Official statistics of cross-border movement");
    assert_eq!(plan.time_zone().iana_name(), Some("Asia/Hong_Kong"));
    assert_eq!((plan.privacy.window, plan.privacy.windows), (Grain::Year, 5));
    assert_eq!(plan.privacy.rho, ratio(1, 1));
    assert_eq!(plan.first_step(), Period::parse("2024-01-01").unwrap());
    assert!(plan.allows(Period::parse("2028-12-31").unwrap()));
    assert!(!plan.allows(Period::parse("2029-01-01").unwrap()));
    assert_eq!(
        plan.event_columns(),
        ["event_id", "pseudonym", "occurred_at", "kind", "border_point", "traveller_class"]
    );
}

#[test]
fn rationals_are_exact() {
    for (text, expected) in [
        ("\"1/3\"", ratio(1, 3)),
        ("\"2/6\"", ratio(1, 3)),
        ("\"7\"", ratio(7, 1)),
        ("7", ratio(7, 1)),
        ("\"1/1000000000000\"", ratio(1, 1_000_000_000_000)),
        ("1_000_000_000_000", ratio(1_000_000_000_000, 1)),
    ] {
        let plan = Plan::parse(&edit(BORDER).set("privacy.rho", toml(text)).text()).unwrap();
        assert_eq!(plan.privacy.rho, expected, "{text}");
    }
    assert_eq!(ratio(1, 3).to_string(), "1/3");
}

#[test]
fn steps_of_a_month_are_read() {
    let ids = ["BORDER_FLOW", "VISITORS_PRESENT", "AT_BOUND"];
    let monthly = ids
        .iter()
        .fold(edit(BORDER), |plan, id| plan.change(&format!("dataflow.{id}.step"), "month"));
    let monthly = ["BORDER_FLOW", "VISITORS_PRESENT"].iter().fold(monthly, |plan, id| {
        let calendar = format!("dataflow.{id}.strategy.calendar");
        plan.remove(&format!("{calendar}.day")).remove(&format!("{calendar}.week"))
    });
    let monthly = monthly.remove("dataflow.BORDER_FLOW.bound_month");
    let plan = Plan::parse(&monthly.text()).unwrap();
    assert_eq!(plan.step(), Grain::Month);
}

/// The identifiers of SDMX: `IDType`, and for agencies `NestedNCNameIDType`.
#[test]
fn identifiers_are_those_of_sdmx() {
    let plan = |path: &str, id: &str| Plan::parse(&edit(BORDER).change(path, id).text());
    let long = "a".repeat(64);
    for id in ["Y14-17", "de", "A@B$c-1", "-", "0", "__proto__", &long] {
        let sound = plan("code_list.CL_BORDER_POINT.codes.LO_WU.id", id);
        assert!(sound.is_ok(), "{id}: {sound:?}");
        assert!(plan("statement.reference_area", id).is_ok(), "{id}");
        let renamed = BORDER.replace("\"BORDER_FLOW\"", &format!("{id:?}"));
        assert!(Plan::parse(&renamed).is_ok(), "{id}");
    }
    for id in ["", "A.B", "A+B", "A,B", "A B", "A/B", "Ä", "A*", "A:B", &format!("{long}a")] {
        for path in ["code_list.CL_BORDER_POINT.codes.LO_WU.id", "statement.reference_area"] {
            let errors = plan(path, id).expect_err(id);
            assert!(errors.errors().iter().any(|error| error.code() == "bad-value"), "{id}");
        }
    }
    for agency in ["X", "OECD.ELS", "OECD.ELS.IMD", "a-b_1.C"] {
        assert!(plan("statement.agency", agency).is_ok(), "{agency}");
    }
    for agency in ["", ".", "OECD.", ".ELS", "A..B", "1A", "A.1", "A@B", "A$", "A B", "all"] {
        let errors = plan("statement.agency", agency).expect_err(agency);
        assert_eq!(errors.errors()[0].field, "statement.agency", "{agency}");
    }
}
