//! What a plan or an amendment names and does not exist: the message says what is near, or what
//! there is.
//!
//! Not here: what is near (`near.rs`), unknown keys (`plan/keys/tests.rs`), and the place and the
//! code of each fault (`refusals.rs`).

#![cfg(test)]

use testkit::text::replace_first;
use tidegauge_model::{Amendment, Plan};

const CROSSINGS: &str = include_str!("../../../testdata/crossings.toml");
const CITIZENSHIP: &str = include_str!("../../../testdata/citizenship.toml");
const ASYLUM: &str = include_str!("../../../plans/asylum.toml");
const BORDER: &str = include_str!("../../../plans/border.toml");

/// A life cycle of its own.
const OWN_CYCLE: &str = "[life_cycle]\nid = \"OWN\"\nstatuses = [\"IN\", \"OUT\"]\n\
    kinds = [\"ENTRY\", \"EXIT\"]\ntransitions = [\n\
    { kind = \"ENTRY\", from = [\"UNSEEN\"], to = \"IN\" },\n\
    { kind = \"EXIT\", from = [\"IN\"], to = \"OUT\" },\n]\n";

/// A change of a plan, and a part of the message of its fault.
type Change = (&'static str, &'static str, &'static str, &'static str);

const CHANGES: &[Change] = &[
    // Attributes, declared or not.
    (
        CROSSINGS,
        "name = \"traveller_class\"",
        "name = \"traveler_class\"",
        "did you mean traveller_class?",
    ),
    (
        CROSSINGS,
        "from = \"border_point\"",
        "from = \"border_type\"",
        "border_type is not declared in the plan; there are border_point, traveller_class",
    ),
    // Code lists.
    (
        CROSSINGS,
        "code_list = \"CL_DIRECTION\"",
        "code_list = \"CL_DIRECTON\"",
        "no code list CL_DIRECTON in the plan; did you mean CL_DIRECTION? there are \
         CL_BORDER_POINT, CL_DIRECTION, ",
    ),
    (
        CROSSINGS,
        "code_list = \"CL_DIRECTION\"",
        "code_list = \"CL_X\"",
        "no code list CL_X in the plan; there are CL_BORDER_POINT, ",
    ),
    // Groups of a list.
    (
        ASYLUM,
        "group = \"EU27\"",
        "group = \"EU72\"",
        "no group EU72 comes before it in the list; did you mean EU27? there are 8: EU27, EFTA, ",
    ),
    // Statuses, kinds and transitions.
    (
        CROSSINGS,
        "statuses = [\"PRESENT\"]",
        "statuses = [\"PRESNT\"]",
        "no status PRESNT; did you mean PRESENT? there are ",
    ),
    (CROSSINGS, "statuses = [\"PRESENT\"]", "statuses = [\"HERE\"]", "no status HERE; there are "),
    (
        CROSSINGS,
        "measure = \"flow\"",
        "measure = \"flow\"\nonly = { kind = [\"ENTRI\"] }",
        "did you mean ENTRY? there are ENTRY, EXIT",
    ),
    (
        CROSSINGS,
        "measure = \"flow\"",
        "measure = \"flow\"\nonly = { transition = [\"EXITS\"] }",
        "did you mean EXIT?",
    ),
    // A code of a dimension that its source does not have.
    (
        CROSSINGS,
        "{ id = \"EXIT\", name = \"Departure\" }",
        "{ id = \"EXITT\", name = \"Departure\" }",
        "EXITT of CL_DIRECTION is not a kind of event of the life cycle; did you mean EXIT?",
    ),
    // Dataflows.
    (
        CROSSINGS,
        "of = \"BORDER_FLOW\"",
        "of = \"BORDER_FLO\"",
        "no dataflow BORDER_FLO in the plan; did you mean BORDER_FLOW? there are BORDER_FLOW, ",
    ),
    (
        ASYLUM,
        "dataflow = \"APPLICATIONS\"\nseries",
        "dataflow = \"APLICATIONS\"\nseries",
        "did you mean APPLICATIONS?",
    ),
    // Dimensions and codes of a series.
    (
        ASYLUM,
        "series = { TRANSITION = \"FIRST_APPLICATION\" }",
        "series = { TRANSITON = \"FIRST_APPLICATION\" }",
        "the dataflow has no such dimension; did you mean TRANSITION?",
    ),
    (
        ASYLUM,
        "series = { TRANSITION = \"FIRST_APPLICATION\" }",
        "series = { TRANSITION = \"FIRST_APLICATION\" }",
        "did you mean FIRST_APPLICATION?",
    ),
];

/// The messages of a plan's faults.
fn messages(text: &str) -> String {
    Plan::parse(text).expect_err("a fault").report("plan.toml")
}

#[test]
fn what_is_near_is_named_or_what_there_is() {
    for (plan, from, to, message) in CHANGES {
        let report = messages(&replace_first(plan, from, to));
        assert!(report.contains(message), "{to}\n{report}");
    }
}

#[test]
fn a_rate_names_what_is_near() {
    let named = |from: &str, to: &str| messages(&replace_first(CITIZENSHIP, from, to));
    let (_, rates) = CITIZENSHIP.split_once("[[rate]]").expect("a rate");
    let dataflow = rates.split("dataflow = \"").nth(1).and_then(|rest| rest.split('"').next());
    let dataflow = dataflow.expect("its dataflow");
    let rate = format!("[[rate]]{rates}");
    let near = replace_first(&rate, &format!("\"{dataflow}\""), &format!("\"{dataflow}X\""));
    assert!(named(&rate, &near).contains(&format!("did you mean {dataflow}?")));
}

#[test]
fn a_marginal_names_the_dimensions_that_are_near() {
    let report = messages(&replace_first(BORDER, "[\"DIRECTION\"]", "[\"DIRECTON\"]"));
    assert!(report.contains("did you mean DIRECTION? there are "), "{report}");
}

#[test]
fn a_life_cycle_names_the_statuses_and_kinds_that_are_near() {
    let own = replace_first(CROSSINGS, "[life_cycle]\nmodel = \"border\"\n", OWN_CYCLE);
    let report = messages(&replace_first(&own, "to = \"OUT\"", "to = \"OUTT\""));
    assert!(report.contains("no status OUTT; did you mean OUT? there are UNSEEN, IN, OUT"));
    let report = messages(&replace_first(&own, "kind = \"EXIT\"", "kind = \"EXTI\""));
    assert!(report.contains("no kind EXTI; did you mean EXIT? there are ENTRY, EXIT"), "{report}");
}

#[test]
fn reserved_places_name_the_groups_that_are_near() {
    let report = messages(&replace_first(ASYLUM, "EUROPE_OTHER = 1", "EUROPE_OTHR = 1"));
    assert!(report.contains("no group with codes has this identifier; did you mean EUROPE_OTHER?"));
}

#[test]
fn an_amendment_names_what_is_near() {
    let plan = Plan::parse(CROSSINGS).expect("a plan");
    let head = "from = \"2025-03-01\"\nnote = \"n\"\n";
    let refused = |entry: &str| {
        let amendment = Amendment::parse(&format!("{head}{entry}")).expect("an amendment");
        plan.amended(&amendment).expect_err("a fault").to_string()
    };
    let closed = |list: &str, code: &str| {
        refused(&format!("[[closed]]\nlist = \"{list}\"\ncode = \"{code}\"\n"))
    };
    assert_eq!(
        closed("CL_BORDER_POINTS", "LO_WU"),
        "closed[0].list: the plan has no code list CL_BORDER_POINTS; did you mean \
         CL_BORDER_POINT? there are CL_BORDER_POINT, CL_TRAVELLER_CLASS, CL_DIRECTION, \
         CL_VISITOR_CLASS"
    );
    assert!(closed("CL_BORDER_POINT", "LO_WO").contains("did you mean LO_WU? there are 16: "));
    let error = refused("[[break]]\ndataflow = \"BORDER_FLO\"\nnote = \"n\"\n");
    assert!(error.contains("no dataflow BORDER_FLO; did you mean BORDER_FLOW?"), "{error}");
}
