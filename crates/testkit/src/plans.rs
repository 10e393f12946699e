//! Plans that the tests of several crates use: texts from `testdata` and changes of them.
//!
//! Not here: the meaning of a plan, and plans that only one test uses.

use crate::plan::{PlanText, edit, toml};

/// A plan of crossings whose first window is the last fourteen days of January 2024.
pub const SHORT: &str = include_str!("../../../testdata/short.toml");
/// A plan of two tables of crossings.
pub const TABLES: &str = include_str!("../../../testdata/tables.toml");
/// A plan with every measure and a life cycle with timers.
pub const STAYS: &str = include_str!("../../../testdata/stays.toml");

/// [`SHORT`], whose flow counts this unit and is measured again after two steps and after five.
#[must_use]
pub fn short_with_vintages(unit: &str) -> PlanText {
    edit(SHORT).set("dataflow.BORDER_FLOW.unit", unit).add(VINTAGES_OF_FLOW, toml("[2, 5]"))
}

/// A plan of tables whose crossings are read by direction, which stands apart.
#[must_use]
pub fn tables_apart() -> PlanText {
    let margins = "[{ of = [], grain = \"day\", weight = 2 }, \
                    { of = [\"BORDER_POINT/1\"], grain = \"day\" }, \
                    { of = [\"BORDER_POINT\", \"DIRECTION\"], grain = \"day\" }, \
                    { of = [\"BORDER_POINT\", \"TRAVELLER_CLASS\"], grain = \"month\" }]";
    edit(TABLES)
        .change("dataflow.CROSSINGS.margins", toml(margins))
        .add("dataflow.CROSSINGS.apart", toml("[\"DIRECTION\"]"))
}

/// A plan, to which sources with these identifiers and names deliver from its start on, day by day.
/// A step waits for them for an hour.
#[must_use]
pub fn with_sources(plan: &str, sources: &[(&str, &str)]) -> String {
    let start = edit(plan).value("statement.start");
    let source = |(number, (id, name)): (u8, &(&str, &str))| {
        let letter = char::from(b'A' + number);
        format!(
            "[[source]]\nid = \"{id}\"\nname = {name:?}\nfrom = {start}\n\
             complete_every = \"day\"\ncomplete_within_minutes = 30\n\
             [[source.key]]\nid = \"k\"\npublic = \"{letter}{}=\"\n",
            "A".repeat(42),
        )
    };
    let sources = (0..).zip(sources).map(source).collect::<String>();
    let intake = "[intake]\nlongest_wait_minutes = 60\npseudonym_key = \"5f1c0b7a9d3e2468\"\n";
    edit(plan).append(&format!("{intake}{sources}")).text()
}

const VINTAGES_OF_FLOW: &str = "dataflow.BORDER_FLOW.vintages";

/// [`short_with_vintages`] of persons, whose flow is a table under this strategy: in each dimension
/// a code has one sibling, so that a move from one to the other costs the most.
#[must_use]
pub fn short_table(strategy: &str) -> PlanText {
    let margins = "[{ of = [], grain = \"day\" }, \
                    { of = [\"BORDER_POINT\", \"TRAVELLER_CLASS\"], grain = \"day\" }, \
                    { of = [\"BORDER_POINT\", \"DIRECTION\"], grain = \"month\" }]";
    short_with_vintages("PERSONS")
        .change("dataflow.BORDER_FLOW.strategy", strategy)
        .add("dataflow.BORDER_FLOW.margins", toml(margins))
}

/// [`short_table`], in which the direction stands apart.
#[must_use]
pub fn short_table_apart(strategy: &str) -> PlanText {
    let margins = "[{ of = [], grain = \"day\" }, \
                    { of = [\"BORDER_POINT\", \"TRAVELLER_CLASS\"], grain = \"day\" }, \
                    { of = [\"BORDER_POINT\"], grain = \"month\" }]";
    short_table(strategy)
        .change("dataflow.BORDER_FLOW.margins", toml(margins))
        .add("dataflow.BORDER_FLOW.apart", toml("[\"DIRECTION\"]"))
}

/// [`SHORT`], whose visitors present are a table of a balance: each border point has one sibling,
/// so that changes between the two cost the most.
#[must_use]
pub fn short_balance_table() -> PlanText {
    let dimensions = "[{ id = \"BORDER_POINT\", from = \"border_point\" }, \
                       { id = \"TRAVELLER_CLASS\", from = \"traveller_class\", \
                       code_list = \"CL_VISITOR_CLASS\" }]";
    edit(SHORT)
        .change("dataflow.VISITORS_PRESENT.measure", "balance")
        .add("dataflow.VISITORS_PRESENT.net_share", "3/4")
        .remove("dataflow.VISITORS_PRESENT.strategy")
        .change("dataflow.VISITORS_PRESENT.dimensions", toml(dimensions))
        .add(
            "dataflow.VISITORS_PRESENT.marginals",
            toml("[{ of = [] }, { of = [\"BORDER_POINT\"] }]"),
        )
}

/// The plan, whose events can be corrected.
#[must_use]
pub fn with_corrections(plan: PlanText) -> PlanText {
    plan.add("life_cycle.corrections", true)
}

/// [`STAYS`] over half a year, each month a window.
#[must_use]
pub fn stays_by_month() -> PlanText {
    edit(STAYS)
        .change("statement.expires", "2024-06-30")
        .change("privacy.window", "month")
        .change("privacy.windows", 6)
        .change("dataflow.PAIRS.strategy", toml("{ calendar = { day = 1, week = 1, month = 1 } }"))
}

/// The plan, a form of [`STAYS`], whose durations, cohorts and transitions are tables, with or
/// without dimensions that stand apart.
#[must_use]
pub fn spells_as_tables(plan: PlanText, is_apart: bool) -> PlanText {
    let lengths = "[{ of = [], grain = \"day\" }, \
                    { of = [\"STAY_CLASS\", \"LENGTH\"], grain = \"day\" }, \
                    { of = [\"CITIZENSHIP\", \"LENGTH\"], grain = \"month\" }]";
    let cohorts = "[{ of = [], grain = \"day\", weight = 2 }, \
                    { of = [\"AGE\"], grain = \"day\" }, \
                    { of = [\"STAY_CLASS\", \"TRANSITION\", \"AGE\"], grain = \"month\" }]";
    let pairs =
        "[{ of = [], grain = \"day\" }, { of = [\"BEFORE\", \"AFTER\"], grain = \"month\" }]";
    let plan = plan
        .change("dataflow.PAIRS.strategy", "identity")
        .add("dataflow.PAIRS.margins", toml(pairs))
        .change("dataflow.LENGTHS.strategy", "identity")
        .add("dataflow.LENGTHS.margins", toml(lengths))
        .add("dataflow.COHORTS.margins", toml(cohorts));
    match is_apart {
        true => plan
            .add("dataflow.LENGTHS.apart", toml("[\"STAY_CLASS\"]"))
            .add("dataflow.COHORTS.apart", toml("[\"TRANSITION\"]"))
            .add("dataflow.PAIRS.apart", toml("[\"BEFORE\"]")),
        false => plan,
    }
}

/// The plan, whose dataflows of these ids are measured again after two steps and after five.
#[must_use]
pub fn with_vintages(plan: PlanText, dataflows: &[&str]) -> PlanText {
    dataflows
        .iter()
        .fold(plan, |plan, id| plan.add(&format!("dataflow.{id}.vintages"), toml("[2, 5]")))
}

/// `plans/border.toml` with a second table: the first crossings of each person by all dimensions,
/// at most 4 in a month and 24 in a year. Its wishes are gone, for it has less of the budget.
#[must_use]
pub fn border_with_first_crossings() -> PlanText {
    let border = include_str!("../../../plans/border.toml");
    let plan = edit(border).remove("wish").change("dataflow.BORDER_FLOW.share", "3/5");
    plan.append(FIRST_CROSSINGS)
}

const FIRST_CROSSINGS: &str = r#"
[[dataflow]]
id = "FIRST_CROSSINGS"
name = "First crossings"
description = "The first crossings of a person, at most 4 in a month and 24 in a year."
measure = "flow"
first_of = "BORDER_FLOW"
unit = "PERSONS"
step = "day"
bound = 24
bound_month = 4
share = "1/5"
strategy = "calendar_blt"
apart = ["DIRECTION"]
margins = [{ of = ["BORDER_POINT", "DIRECTION", "TRAVELLER_CLASS"], grain = "day" }]
dimensions = [
    { id = "BORDER_POINT", from = "border_point" },
    { id = "DIRECTION", from = "kind", code_list = "CL_DIRECTION" },
    { id = "TRAVELLER_CLASS", from = "traveller_class" },
]
"#;
