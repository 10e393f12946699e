//! Rates of a plan: how they are read, and which are refused.
//!
//! Not here: their figures (`tidegauge/tests/rates.rs`).

#![cfg(test)]

use testkit::text::{replace_first, replace_only};
use testkit::{PlanText, edit, toml};
use tidegauge_model::NamedCodes::{Code, Group};
use tidegauge_model::{NamedCodes, Plan};

const STAYS: &str = include_str!("../../../testdata/stays.toml");

const RATE: &str = r#"
[[rate]]
id = "LAPSE_RATE"
name = "Lapses among stays that were due"
description = "Lapses per departure in time or lapse."
by = ["CITIZENSHIP"]
numerator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE"] } }
denominator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE", "DEPARTURE_IN_TIME"] } }
"#;

/// The plan with a rate in whose text something is replaced.
fn with(from: &str, to: &str) -> String {
    format!("{STAYS}{}", replace_first(RATE, from, to))
}

fn sound() -> String {
    format!("{STAYS}{RATE}")
}

/// The faults of a plan, each as code and field.
fn faults(text: &str) -> Vec<String> {
    let Err(errors) = Plan::parse(text) else { return vec![] };
    errors.errors().iter().map(|error| format!("{} {}", error.code(), error.field)).collect()
}

#[test]
fn a_rate_is_read_as_the_plan_states_it() {
    let plan = Plan::parse(&sound()).expect("a sound plan");
    let rate = plan.rate("LAPSE_RATE").expect("a rate");
    let ([numerator], [denominator]) = (&*rate.numerator, &*rate.denominator) else {
        panic!("one dataflow each")
    };
    assert_eq!((numerator.dataflow, denominator.dataflow), (0, 0));
    assert_eq!(numerator.codes, [(1, vec![Code(1)])]);
    assert_eq!(denominator.codes, [(1, vec![Code(1), Code(3)])]);
    assert_eq!((numerator.indicator, &*rate.by[0]), ("FLOW", "CITIZENSHIP"));
    assert_eq!(numerator.codes_of(0), None);
    assert_eq!(rate.dataflows(), [0]);
    assert_eq!(Plan::parse(STAYS).expect("a sound plan").rates, []);
}

#[test]
fn each_fault_of_a_rate_is_reported() {
    let lapse = "codes = { TRANSITION = [\"LAPSE\"] }";
    let table: [(&str, &str, &[&str]); 12] = [
        ("id = \"LAPSE_RATE\"\n", "", &["missing-key rate[0].id"]),
        ("\"LAPSE_RATE\"", "\"PAIRS\"", &["duplicate rate[0].id"]),
        ("by =", "per =", &["unknown-key rate[0].per"]),
        ("[\"CITIZENSHIP\"]", "[\"TRANSITION\"]", &["bad-value rate[0].by[0]"]),
        ("[\"CITIZENSHIP\"]", "[\"AGE\"]", &["bad-value rate[0].by[0]"]),
        ("[\"CITIZENSHIP\"]", "[\"CITIZENSHIP\", \"CITIZENSHIP\"]", &["duplicate rate[0].by[1]"]),
        ("\"TRANSITIONS\"", "\"PERSONS\"", &["bad-value rate[0].numerator.dataflow"]),
        (lapse, "codes = { TRANSITION = [] }", &["bad-value rate[0].numerator.codes.TRANSITION"]),
        (
            lapse,
            "codes = { TRANSITION = [\"LAPSE\", \"LAPSE\"] }",
            &["duplicate rate[0].numerator.codes.TRANSITION[1]"],
        ),
        (
            lapse,
            "codes = { TRANSITION = [\"NONE\"] }",
            &["bad-value rate[0].numerator.codes.TRANSITION[0]"],
        ),
        (
            lapse,
            "codes = { PERSON = [\"LAPSE\"] }",
            &["unknown-key rate[0].numerator.codes.PERSON"],
        ),
        (lapse, "indicator = \"STOCK\"", &["bad-value rate[0].numerator.indicator"]),
    ];
    for (from, to, expected) in table {
        assert_eq!(faults(&with(from, to)), expected, "{to}");
    }
    let lists = "numerator = { dataflow = \"TRANSITIONS\", codes = { TRANSITION = [\"LAPSE\"] } }";
    let other = with(lists, "numerator = { dataflow = \"LAPSED\", indicator = \"STOCK\" }");
    assert_eq!(faults(&other), ["bad-value rate[0].by[0]"], "the lists of codes differ");
    let without_indicator = with(lists, "numerator = { dataflow = \"LAPSED\" }");
    assert_eq!(faults(&without_indicator), ["missing-key rate[0].numerator.indicator"]);
}

#[test]
fn pairs_that_share_noise_are_refused() {
    let side =
        |indicator: &str| format!("{{ dataflow = \"LAPSED\", indicator = \"{indicator}\" }}");
    let rate = |numerator: &str, denominator: &str| {
        let head = RATE.lines().take(5).collect::<Vec<_>>().join("\n");
        format!("{STAYS}{head}\nnumerator = {numerator}\ndenominator = {denominator}\n")
    };
    let refused = ["bad-value rate[0].denominator"];
    assert_eq!(faults(&rate(&side("ARRIVALS"), &side("STOCK"))), refused, "one balance");
    let whole = "{ dataflow = \"TRANSITIONS\" }";
    assert_eq!(faults(&rate(whole, whole)), refused, "a dataflow over itself");
    assert_eq!(faults(&rate(whole, &side("STOCK"))), [""; 0], "two dataflows");
    assert_eq!(faults(&rate(whole, "{ dataflow = \"AT_BOUND\" }")), [""; 0]);
    // A table over a part of itself, and a side with several codes, share noise that is known.
    let table = "[{ of = [\"CITIZENSHIP\", \"TRANSITION\"], grain = \"day\" }]";
    let cells = edit(&sound()).add("dataflow.TRANSITIONS.margins", toml(table));
    assert_eq!(faults(&cells.text()), [""; 0]);
    // What stands apart is summed over only where its codes are named.
    let apart = cells.add("dataflow.TRANSITIONS.apart", toml("[\"TRANSITION\"]")).text();
    assert_eq!(faults(&apart), [""; 0]);
    let codes = ", codes = { TRANSITION = [\"LAPSE\", \"DEPARTURE_IN_TIME\"] }";
    assert_eq!(faults(&replace_only(&apart, codes, "")), refused, "the whole table");
}

#[test]
fn a_side_can_add_up_dataflows() {
    let due = RATE.lines().last().expect("a denominator");
    let rate = |parts: &[&str], by: bool| {
        let text = with(due, &format!("denominator = [{}]", parts.join(", ")));
        if by { text } else { replace_only(&text, "by = [\"CITIZENSHIP\"]\n", "") }
    };
    let lapse = "{ dataflow = \"TRANSITIONS\", codes = { TRANSITION = [\"LAPSE\"] } }";
    let pairs = "{ dataflow = \"PAIRS\" }";
    let plan = Plan::parse(&rate(&[lapse, pairs], false)).expect("a sound plan");
    let sums = &plan.rate("LAPSE_RATE").expect("a rate").denominator;
    let dataflows = sums.iter().map(|summand| &*plan.dataflows[summand.dataflow].id);
    assert_eq!(dataflows.collect::<Vec<_>>(), ["TRANSITIONS", "PAIRS"]);
    assert_eq!(plan.rate("LAPSE_RATE").expect("a rate").dataflows().len(), 2);

    let field = |field: &str| format!("rate[0].{field}");
    let table: [(&[&str], bool, String); 4] = [
        (&[], false, "bad-value ".to_owned() + &field("denominator")),
        (&[lapse, lapse], false, "duplicate ".to_owned() + &field("denominator[1]")),
        (
            &[lapse, "{ dataflow = \"X\" }"],
            false,
            "bad-value ".to_owned() + &field("denominator[1].dataflow"),
        ),
        (&[lapse, pairs], true, "bad-value ".to_owned() + &field("by[0]")),
    ];
    for (parts, by, expected) in table {
        assert_eq!(faults(&rate(parts, by)), [expected], "{parts:?}");
    }
    // What one dataflow adds on both sides shares noise that is known; a balance's does not.
    let stock = "{ dataflow = \"LAPSED\", indicator = \"STOCK\" }";
    let arrivals = "numerator = { dataflow = \"LAPSED\", indicator = \"ARRIVALS\" }";
    let above = "numerator = { dataflow = \"TRANSITIONS\", codes = { TRANSITION = [\"LAPSE\"] } }";
    let balance = replace_only(&rate(&[lapse, stock], false), above, arrivals);
    assert_eq!(faults(&balance), ["bad-value rate[0].denominator"]);
}

/// The plan with two levels of groups of transitions, and a rate of these two sides.
fn grouped(numerator: &str, denominator: &str) -> PlanText {
    let groups = "[{ id = \"ENDED\", name = \"Ended\" }, { id = \"OTHER\", name = \"Other\" }, \
                  { id = \"DUE\", name = \"Due\", group = \"ENDED\" }, \
                  { id = \"LATE\", name = \"Late\", group = \"ENDED\" }, \
                  { id = \"REST\", name = \"Rest\", group = \"OTHER\" }]";
    let code = |(id, group)| format!("{{ id = \"{id}\", name = \"{id}\", group = \"{group}\" }}");
    let codes = [
        ("DEPARTURE_IN_TIME", "DUE"),
        ("LAPSE", "DUE"),
        ("DEPARTURE_LATE", "LATE"),
        ("ENTRY", "REST"),
        ("EXTENSION", "REST"),
        ("REFUSAL", "REST"),
    ];
    let side = |codes: &str| format!("{{ TRANSITION = [{codes}] }}");
    edit(&sound())
        .add("code_list.CL_TRANSITION.groups", toml(groups))
        .change("code_list.CL_TRANSITION.codes", toml(&format!("[{}]", codes.map(code).join(", "))))
        .set("rate.LAPSE_RATE.numerator.codes", toml(&side(numerator)))
        .set("rate.LAPSE_RATE.denominator.codes", toml(&side(denominator)))
}

#[test]
fn a_group_stands_for_its_codes() {
    let plan = Plan::parse(&grouped("\"LAPSE\"", "\"REST\", \"DUE\", \"DEPARTURE_LATE\"").text());
    let plan = plan.expect("a sound plan");
    let [denominator] = &plan.rates[0].denominator[..] else { panic!("one dataflow") };
    assert_eq!(denominator.codes, [(1, vec![Code(2), Group(2), Group(4)])]);
    let list = &plan.dataflows[0].structure.dimensions()[1].code_list;
    let named = |named: &NamedCodes| (named.id(list).to_owned(), named.positions(list));
    let expected = [("DEPARTURE_LATE", 2..3), ("DUE", 0..2), ("REST", 3..6)];
    let expected = expected.map(|(id, positions)| (id.to_owned(), positions));
    assert_eq!(denominator.codes[0].1.iter().map(named).collect::<Vec<_>>(), expected);
}

#[test]
fn what_would_count_twice_is_refused() {
    let rule = |codes: &str| {
        let text = grouped("\"LAPSE\"", codes).text();
        let errors = Plan::parse(&text).expect_err("a fault");
        let [error] = errors.errors() else { panic!("{errors}") };
        assert_eq!(error.code(), "duplicate");
        (error.field.clone(), error.rule.clone())
    };
    let counted_twice = |inner: &str, outer: &str| {
        let rule = format!(
            "{inner} is in group {outer}, which is listed too, and would count twice; leave out \
             one of them"
        );
        ("rate[0].denominator.codes.TRANSITION[1]".to_owned(), rule)
    };
    assert_eq!(rule("\"DUE\", \"LAPSE\""), counted_twice("LAPSE", "DUE"));
    assert_eq!(rule("\"LAPSE\", \"ENDED\""), counted_twice("LAPSE", "ENDED"));
    assert_eq!(rule("\"ENDED\", \"DUE\""), counted_twice("DUE", "ENDED"));
    assert_eq!(rule("\"DEPARTURE_LATE\", \"LATE\""), counted_twice("DEPARTURE_LATE", "LATE"));
    assert_eq!(rule("\"LATE\", \"DEPARTURE_LATE\""), counted_twice("DEPARTURE_LATE", "LATE"));
    assert_eq!(rule("\"DUE\", \"DUE\"").1, "DUE is listed twice; remove one of the two");
    // A group over all its codes is always 1.
    let all = grouped("\"DUE\"", "\"LAPSE\", \"DEPARTURE_IN_TIME\"").text();
    assert_eq!(faults(&all), ["bad-value rate[0].denominator"]);
    assert_eq!(faults(&grouped("\"DUE\"", "\"ENDED\"").text()), [""; 0]);
}

/// The codes of a group of a dimension that stands apart are added up one by one.
#[test]
fn terms_of_a_group_apart_are_counted_code_by_code() {
    let codes = (0..300).map(|n| format!("{{ id = \"C{n}\", name = \"c\", group = \"G\" }}"));
    let codes = codes.collect::<Vec<_>>().join(", ");
    let margins = "[{ of = [\"CITIZENSHIP\"], grain = \"month\" }]";
    let table = edit(&sound())
        .change("code_list.CL_CITIZENSHIP.codes", toml(&format!("[{codes}]")))
        .add("code_list.CL_CITIZENSHIP.groups", toml("[{ id = \"G\", name = \"g\" }]"))
        .change("code_list.CL_SOME.codes", toml("[{ id = \"C1\", name = \"c\" }]"))
        .change("rate.LAPSE_RATE.by", toml("[]"))
        .add("rate.LAPSE_RATE.numerator.codes.CITIZENSHIP", toml("[\"G\"]"))
        .add("dataflow.TRANSITIONS.margins", toml(margins));
    assert_eq!(faults(&table.clone().text()), [""; 0]);
    let apart = table
        .add("dataflow.TRANSITIONS.apart", toml("[\"CITIZENSHIP\"]"))
        .add("rate.LAPSE_RATE.denominator.codes.CITIZENSHIP", toml("[\"C1\"]"));
    assert_eq!(faults(&apart.text()), ["plan-too-large rate[0].numerator.codes"]);
}
