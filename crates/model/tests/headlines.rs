//! What readers see first: which figures and views a plan may name, and that they change nothing
//! else.
//!
//! Not here: how readers get them (crate `serve`).

#![cfg(test)]

use testkit::{edit, toml};
use tidegauge_model::{Grain, Plan, SeriesPart};

const TABLES: &str = include_str!("../../../testdata/tables.toml");
const BALANCE: &str = include_str!("../../../testdata/balance_table.toml");
const BORDER: &str = include_str!("../../../plans/border.toml");

fn parsed(text: &str) -> Plan {
    Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn with(text: &str, headlines: &[&str]) -> String {
    let headlines: String =
        headlines.iter().map(|each| format!("\n[[headline]]\n{each}\n")).collect();
    edit(text).append(&headlines).text()
}

fn with_view(text: &str, dataflow: &str, view: &str) -> String {
    edit(text).add(&format!("dataflow.{dataflow}.view"), toml(view)).text()
}

/// The border plan without what it shows first.
fn border() -> String {
    let mut plan = edit(BORDER);
    for key in ["headline", "dataflow.BORDER_FLOW.view", "dataflow.VISITORS_PRESENT.view"] {
        plan = if plan.has(key) { plan.remove(key) } else { plan };
    }
    plan.text()
}

#[test]
fn headlines_change_nothing_else() {
    let group = "dataflow = \"CROSSINGS\"\n\
                 series = { BORDER_POINT = \"AIR\", DIRECTION = \"ENTRY\" }\n\
                 period = \"day\"\ntitle = \"Arrivals by air\"";
    let text = with(TABLES, &[group, "dataflow = \"AT_BOUND\"\nperiod = \"month\""]);
    let text = with_view(&text, "BY_TYPE", "{ marginal = [\"BORDER_POINT\"], period = \"month\" }");
    let text = with_view(&text, "AT_BOUND", "{ period = \"year\" }");
    let (mut with, without) = (parsed(&text), parsed(TABLES));
    let [first, second] = &with.headlines[..] else { panic!("two headlines") };
    assert_eq!((first.dataflow, first.series.grain), (0, Grain::Day));
    assert_eq!(first.series.levels(&with.dataflows[0].structure), [1, 1, 0]);
    assert_eq!(first.title.as_deref(), Some("Arrivals by air"));
    let dimensions = with.dataflows[0].structure.dimensions();
    let ids = |place: usize| first.series.parts[place].ids(&dimensions[place].code_list);
    assert_eq!([ids(0), ids(1), ids(2)], [["AIR"], ["ENTRY"], ["_T"]]);
    assert_eq!((second.dataflow, &second.series.parts[..]), (2, &[SeriesPart::Total][..]));
    let depth = with.dataflows[1].structure.dimensions()[0].code_list.depth();
    let view = with.view(1).expect("a view");
    assert_eq!(view.parts, [SeriesPart::Level(depth), SeriesPart::Total]);
    assert!(with.view(0).is_none() && with.view(2).expect("a view").grain == Grain::Year);
    (with.headlines, with.views) = (vec![], vec![]);
    assert_eq!(with, without);
}

#[test]
fn each_fault_has_its_place_and_rule() {
    let flow = |rest: &str| format!("dataflow = \"BORDER_FLOW\"\n{rest}");
    let day = |series: &str| flow(&format!("series = {series}\nperiod = \"day\""));
    let bound = "dataflow = \"AT_BOUND\"\nperiod = \"month\"";
    let present = |rest: &str| format!("dataflow = \"VISITORS_PRESENT\"\nperiod = \"day\"{rest}");
    let table = [
        ("dataflow = \"NONE\"\nperiod = \"day\"".into(), "bad-value", "dataflow"),
        ("period = \"day\"".into(), "missing-key", "dataflow"),
        (day("{ DIRECTION = \"ENTRY\", MODE = \"AIR\" }"), "unknown-key", "series.MODE"),
        (day("{ DIRECTION = \"IN\" }"), "bad-value", "series.DIRECTION"),
        (day("{ DIRECTION = [\"ENTRY\"] }"), "wrong-type", "series.DIRECTION"),
        (day("{ BORDER_POINT = \"LO_WU\" }"), "missing-key", "series.DIRECTION"),
        (flow("period = \"day\""), "missing-key", "series.DIRECTION"),
        (day("\"ENTRY\""), "wrong-type", "series"),
        (flow("series = { DIRECTION = \"ENTRY\" }\nperiod = \"hour\""), "bad-value", "period"),
        (flow("series = { DIRECTION = \"ENTRY\" }"), "missing-key", "period"),
        (present(""), "missing-key", "indicator"),
        (present("\nindicator = \"FLOW\""), "bad-value", "indicator"),
        (format!("{bound}\ntitle = \"\""), "bad-value", "title"),
        (format!("{bound}\nmargin = 1"), "unknown-key", "margin"),
    ];
    for (headline, code, field) in table {
        let errors = Plan::parse(&with(&border(), &[&headline])).expect_err(&headline);
        let [error] = errors.errors() else { panic!("{headline}: {errors}") };
        let field = format!("headline[0].{field}");
        assert_eq!((error.code(), error.field.as_str()), (code, &*field), "{headline}: {errors}");
        assert!(error.line > 200, "{errors}");
    }
    // A table publishes its marginals only, and each from its own grain on.
    let by_type = |rest: &str| format!("dataflow = \"BY_TYPE\"\n{rest}");
    for (headline, code, field) in [
        (by_type("period = \"month\""), "missing-key", "headline[0].series"),
        (
            by_type("series = { TRAVELLER_CLASS = \"FAR\" }\nperiod = \"month\""),
            "bad-value",
            "headline[0].series",
        ),
        (
            by_type("series = { BORDER_POINT = \"BRIDGE\" }\nperiod = \"day\""),
            "bad-value",
            "headline[0].period",
        ),
    ] {
        let errors = Plan::parse(&with(TABLES, &[&headline])).expect_err(&headline);
        let [error] = errors.errors() else { panic!("{headline}: {errors}") };
        assert_eq!((error.code(), error.field.as_str()), (code, field), "{headline}: {errors}");
    }
}

#[test]
fn no_figure_is_a_headline_twice_and_nine_are_enough() {
    let errors = |headlines: &[&str]| {
        let errors = Plan::parse(&with(&border(), headlines)).expect_err("refused");
        let [error] = errors.errors() else { panic!("{errors}") };
        (error.code(), error.field.clone())
    };
    let bound = "dataflow = \"AT_BOUND\"\nperiod = \"month\"";
    let same = "dataflow = \"AT_BOUND\"\nseries = {}\nperiod = \"month\"\ntitle = \"Again\"";
    assert_eq!(errors(&[bound, same]), ("duplicate", "headline[1]".into()));
    let by_class = |class: &str, grain: &str| {
        format!(
            "dataflow = \"AT_BOUND\"\nseries = {{ TRAVELLER_CLASS = \"{class}\" }}\n\
             period = \"{grain}\""
        )
    };
    let many: Vec<String> = ["RESIDENT", "MAINLAND_VISITOR", "OTHER_VISITOR"]
        .into_iter()
        .flat_map(|class| ["day", "month", "quarter", "year"].map(|grain| by_class(class, grain)))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(parsed(&with(&border(), &many[..9])).headlines.len(), 9);
    assert_eq!(errors(&many[..10]), ("plan-too-large", "headline".into()));
}

#[test]
fn each_fault_of_a_view_has_its_place_and_rule() {
    let day = |rest: &str| format!("{{ {rest}, period = \"day\" }}");
    for (dataflow, position, view, code, field) in [
        ("BORDER_FLOW", 0, day("marginal = [\"MODE\"]"), "bad-value", ".marginal[0]"),
        ("BORDER_FLOW", 0, day("marginal = [\"BORDER_POINT\"]"), "plan-too-large", ""),
        (
            "BORDER_FLOW",
            0,
            day("marginal = [], series = { DIRECTION = \"EXIT\" }"),
            "bad-value",
            ".series",
        ),
        ("BORDER_FLOW", 0, "{ period = \"day\" }".into(), "missing-key", ".series.DIRECTION"),
        ("BORDER_FLOW", 0, "{ marginal = [] }".into(), "missing-key", ".period"),
        ("BORDER_FLOW", 0, "{ marginal = [], period = \"hour\" }".into(), "bad-value", ".period"),
        ("BORDER_FLOW", 0, day("marginal = [], margin = 1"), "unknown-key", ".margin"),
        ("BORDER_FLOW", 0, "\"day\"".into(), "wrong-type", ""),
        ("VISITORS_PRESENT", 1, day("marginal = []"), "missing-key", ".indicator"),
    ] {
        let errors = Plan::parse(&with_view(&border(), dataflow, &view)).expect_err(&view);
        let [error] = errors.errors() else { panic!("{view}: {errors}") };
        let field = format!("dataflow[{position}].view{field}");
        assert_eq!((error.code(), error.field.as_str()), (code, &*field), "{view}: {errors}");
    }
    let stock = "{ marginal = [\"BORDER_POINT\"], indicator = \"STOCK\", period = \"day\" }";
    assert_eq!(parsed(&with_view(BALANCE, "PRESENT", stock)).views[0].series.indicator, "STOCK");
    let coarser = "{ marginal = [\"BORDER_POINT/1\"], indicator = \"STOCK\", period = \"day\" }";
    let errors = Plan::parse(&with_view(BALANCE, "PRESENT", coarser)).expect_err("no marginal");
    assert_eq!(errors.errors()[0].field, "dataflow[0].view.marginal");
}
