//! Wishes of a plan: what they may be for, and that they change nothing else.
//!
//! Not here: whether they are granted (crate `appraise`).

#![cfg(test)]

use testkit::edit;
use tidegauge_model::{Grain, Plan};

const TABLES: &str = include_str!("../../../testdata/tables.toml");
const BORDER: &str = include_str!("../../../testdata/crossings.toml");

fn parsed(text: &str) -> Plan {
    Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn with(text: &str, wish: &str) -> String {
    edit(text).append(&format!("\n[[wish]]\n{wish}\n")).text()
}

#[test]
fn wishes_change_nothing_else() {
    let text = with(
        TABLES,
        "dataflow = \"CROSSINGS\"\nmarginal = [\"DIRECTION\"]\nperiod = \"week\"\nmargin = 20\n\
         [[wish]]\ndataflow = \"AT_BOUND\"\nperiod = \"month\"\nmargin = \"19/2\"\npriority = 3",
    );
    let (mut with, without) = (parsed(&text), parsed(TABLES));
    let [first, second] = &with.wishes[..] else { panic!("two wishes") };
    assert_eq!((first.dataflow, &first.levels[..], first.indicator), (0, &[0, 1, 0][..], "FLOW"));
    assert_eq!((first.grain, first.priority), (Grain::Week, 1));
    assert_eq!((second.dataflow, &second.levels[..], second.priority), (2, &[0][..], 3));
    assert_eq!(second.margin.to_string(), "19/2");
    with.wishes.clear();
    assert_eq!(with, without);
}

#[test]
fn each_fault_of_a_wish_has_its_place() {
    let table = [
        ("dataflow = \"NONE\"\nperiod = \"day\"\nmargin = 1", "bad-value", "wish[0].dataflow"),
        ("dataflow = \"AT_BOUND\"\nperiod = \"day\"", "missing-key", "wish[0].margin"),
        ("dataflow = \"AT_BOUND\"\nperiod = \"hour\"\nmargin = 1", "bad-value", "wish[0].period"),
        ("dataflow = \"AT_BOUND\"\nperiod = \"day\"\nmargin = 0", "bad-value", "wish[0].margin"),
        (
            "dataflow = \"AT_BOUND\"\nperiod = \"day\"\nmargin = 1\npriority = 0",
            "bad-value",
            "wish[0].priority",
        ),
        (
            "dataflow = \"AT_BOUND\"\nperiod = \"day\"\nmargin = 1\nbound = 2",
            "unknown-key",
            "wish[0].bound",
        ),
        (
            "dataflow = \"CROSSINGS\"\nmarginal = [\"TRAVELLER_CLASS\"]\nperiod = \"month\"\n\
             margin = 1",
            "bad-value",
            "wish[0].marginal",
        ),
        (
            "dataflow = \"BY_TYPE\"\nperiod = \"month\"\nmargin = 1",
            "missing-key",
            "wish[0].marginal",
        ),
        (
            "dataflow = \"BY_TYPE\"\nmarginal = [\"BORDER_POINT\"]\nperiod = \"day\"\nmargin = 1",
            "bad-value",
            "wish[0].period",
        ),
        (
            "dataflow = \"AT_BOUND\"\nperiod = \"day\"\nmargin = 1\nindicator = \"FLOW\"",
            "bad-value",
            "wish[0].indicator",
        ),
        (
            "dataflow = \"AT_BOUND\"\nperiod = \"day\"\nmargin = 1\n[[wish]]\ndataflow = \
             \"AT_BOUND\"\nmarginal = []\nperiod = \"day\"\nmargin = 2",
            "duplicate",
            "wish[1]",
        ),
    ];
    for (wish, code, field) in table {
        let errors = Plan::parse(&with(TABLES, wish)).expect_err(wish);
        let [error] = errors.errors() else { panic!("{errors}") };
        assert_eq!((error.code(), error.field.as_str()), (code, field), "{errors}");
        assert!(error.line > 100, "{errors}");
    }
}

#[test]
fn any_group_of_cells_can_be_wished_for() {
    let wish = "dataflow = \"BORDER_FLOW\"\nmarginal = [\"BORDER_POINT\"]\nperiod = \"year\"\n\
                margin = 100";
    assert_eq!(parsed(&with(BORDER, wish)).wishes[0].levels, [1, 0, 0]);
}
