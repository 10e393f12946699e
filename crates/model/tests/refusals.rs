//! Broken plans: each fault with its code, its line and its field.
//!
//! Not here: sound plans (`border.rs`), arbitrary text (`hostile.rs`).
//!
//! Format of `refusals.txt`: described at its head.

#![cfg(test)]

use testkit::text::{replace_each, replace_first, replace_only};
use testkit::{edit, toml};
use tidegauge_model::Plan;
use tidegauge_model::plan::ATTRIBUTES;

const BORDER: &str = include_str!("../../../testdata/crossings.toml");
const REFUSALS: &str = include_str!("refusals.txt");

/// Code, line and field of one fault.
type FaultPlace = (String, usize, String);

fn fault(code: &str, line: usize, field: &str) -> FaultPlace {
    (code.to_owned(), line, field.to_owned())
}

fn faults(text: &str) -> Vec<FaultPlace> {
    let Err(errors) = Plan::parse(text) else { return vec![] };
    errors.errors().iter().map(|error| fault(error.code(), error.line, &error.field)).collect()
}

/// The line, from 1, on which a text first occurs.
fn line_of(text: &str, needle: &str) -> usize {
    let at = text.find(needle).unwrap_or_else(|| panic!("{needle} is not in the plan"));
    text[..at].matches('\n').count() + 1
}

/// The lines of a block that begin with a sign, without that sign.
fn lines_with_sign(block: &str, sign: &str) -> String {
    let lines = block.lines().filter_map(|line| line.strip_prefix(sign));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_fault_has_its_code_line_and_field() {
    let blocks = REFUSALS.split("\n\n").map(str::trim_start);
    let mut refused = 0;
    for block in blocks.filter(|block| !block.starts_with('#')) {
        let (head, changes) = block.split_once('\n').expect("a fault and a change");
        let (from, to) = (lines_with_sign(changes, "-"), lines_with_sign(changes, "+"));
        let text = replace_first(BORDER, &from, &to);
        let (expected, line) = match head.split_once(" @ ") {
            Some((expected, needle)) => (expected, line_of(&text, needle)),
            None => (head, line_of(BORDER, &from)),
        };
        let (code, field) = expected.split_once(' ').expect("a code and a field");
        assert_eq!(faults(&text), [fault(code, line, field)], "{block}");
        refused += 1;
    }
    assert!(refused > 90, "the blocks of the file are read");
}

#[test]
fn every_fault_has_a_next_step() {
    let mut seen = 0;
    for block in REFUSALS.split("\n\n").filter(|block| !block.trim_start().starts_with('#')) {
        let Some((_, changes)) = block.trim_start().split_once('\n') else { continue };
        let (from, to) = (lines_with_sign(changes, "-"), lines_with_sign(changes, "+"));
        let errors = Plan::parse(&replace_first(BORDER, &from, &to)).expect_err("a broken plan");
        for error in errors.errors() {
            let (rule, step) = error.rule.split_once("; ").expect(&error.rule);
            assert!(!rule.is_empty() && step.len() > 3, "{}", error.rule);
            seen += 1;
        }
    }
    assert!(seen > 90, "the blocks of the file are read");
}

#[test]
fn a_purpose_is_never_missing() {
    for key in ["purpose", "controller", "legal_basis"] {
        let line = line_of(BORDER, &format!("\n{key} = ")) + 1;
        let old = BORDER.lines().nth(line - 1).expect("a line");
        let field = format!("statement.{key}");
        for empty in ["\"\"", "\"  \\t\""] {
            let text = replace_first(BORDER, old, &format!("{key} = {empty}"));
            assert_eq!(faults(&text), [fault("purpose-missing", line, &field)]);
        }
        let table = line_of(BORDER, "[statement]");
        let text = replace_first(BORDER, old, "");
        assert_eq!(faults(&text), [fault("purpose-missing", table, &field)]);
    }
}

#[test]
fn six_faults_are_reported_at_once_in_order() {
    let mut text = BORDER.to_owned();
    for (from, to) in [
        ("strategy = \"identity\"", "strategy = \"none\""),
        ("rho = \"1\"", "rho = 0.5"),
        ("purpose = \"Official statistics of cross-border movement\"\n", ""),
        ("bound_month = 4", "bound_month = 4\nbound_week = 2"),
        ("\"Lo Wu\"", "\"\""),
        ("statuses = [\"PRESENT\"]", "statuses = [\"HERE\"]"),
    ] {
        text = replace_first(&text, from, to);
    }
    let Err(errors) = Plan::parse(&text) else { panic!("refused") };
    let report = errors.report("plans/border.toml");
    let starts = [
        "error[purpose-missing]: plans/border.toml:6:1: statement.purpose: ",
        "error[bad-value]: plans/border.toml:21:7: privacy.rho: ",
        "error[bad-value]: plans/border.toml:48:28: code_list[0].codes[8].name: ",
        "error[unknown-key]: plans/border.toml:95:1: dataflow[0].bound_week: ",
        "error[unknown-code]: plans/border.toml:109:13: dataflow[1].statuses[0]: ",
        "error[bad-value]: plans/border.toml:129:12: dataflow[2].strategy: ",
    ];
    assert_eq!(report.lines().count(), starts.len(), "{report}");
    for (line, start) in report.lines().zip(starts) {
        assert!(line.starts_with(start), "{line}\n{start}");
    }
    assert!(report.contains("10^12, given \"0.5\""), "the limit and what was given:\n{report}");
    assert_eq!(errors.to_string().lines().count(), starts.len());
}

#[test]
fn an_empty_plan_reports_every_missing_key() {
    let faults = faults("");
    let fields: Vec<&str> = faults.iter().map(|(_, _, field)| field.as_str()).collect();
    for field in ["statement.id", "statement.time_zone", "privacy.rho", "life_cycle.model"] {
        assert!(fields.contains(&field), "{field}");
    }
    let count_of = |code: &str| faults.iter().filter(|(found, _, _)| found == code).count();
    assert_eq!((count_of("purpose-missing"), count_of("missing-key")), (3, 8 + 3 + 1 + 1));
}

#[test]
fn forbidden_fields_are_refused_by_name() {
    let forbidden = "name first_name surname full_name mother_name address home_address street \
        house_number residence residential_status domicile coordinates latitude longitude lat lon \
        gps geohash passport document_number national_id id_card visa_document ip ip_address mac \
        phone mobile_number telephone email contact device_id imei biometric fingerprint \
        face_image iris dna ethnicity race religion faith creed tribe caste note notes comment \
        free_text description date_of_birth dob photo licence_plate bank_account homeAddress";
    let places = "region district province county municipality city block blocks ward wards tract \
        census_tract postcode zip zip_code village camp hotel parish neighbourhood nuts3";
    let unknown = "score risk_rank mood kind pseudonym border-point BORDER_POINT Border_Point \
        bоrder_point ../x";
    for (code, names) in
        [("forbidden-field", forbidden), ("granularity", places), ("unknown-attribute", unknown)]
    {
        for name in names.split_whitespace() {
            let from = "name = \"traveller_class\"";
            let text = replace_first(BORDER, from, &format!("name = {name:?}"));
            let line = line_of(BORDER, from);
            assert_eq!(faults(&text), [fault(code, line, "attribute[1].name")], "{name}");
        }
    }
    for name in ATTRIBUTES.into_iter().filter(|name| *name != "border_point") {
        assert_eq!(faults(&replace_each(BORDER, "traveller_class", name)), [], "{name}");
    }
}

/// A plan with one dataflow, a flow with steps of a month, and the dimensions given.
fn monthly(lists: &str, dimensions: &str) -> String {
    let statement = &BORDER[..BORDER.find("[[attribute]]").expect("attributes")];
    format!(
        "{statement}{lists}\n[[dataflow]]\nid = \"F\"\nname = \"f\"\ndescription = \"f\"\n\
         measure = \"flow\"\nunit = \"PERSONS\"\nstep = \"month\"\nbound = 1\nshare = 1\n\
         strategy = {{ calendar = {{ month = 1, year = 1 }} }}\ndimensions = [{dimensions}]\n"
    )
}

/// A code list and its attribute.
fn listed(attribute: &str, codes: usize) -> String {
    let codes: Vec<String> =
        (0..codes).map(|n| format!("{{ id = \"C{n}\", name = \"c\" }}")).collect();
    let id = format!("CL_{}", attribute.to_uppercase());
    format!(
        "[[code_list]]\nid = \"{id}\"\nversion = \"1.0.0\"\nname = \"x\"\n\
         codes = [{}]\n[[attribute]]\nname = \"{attribute}\"\ncode_list = \"{id}\"\n",
        codes.join(", ")
    )
}

#[test]
fn steps_of_a_month_have_no_finer_grain_and_begin_on_the_first() {
    let sound = monthly("", "");
    assert_eq!(faults(&sound), []);
    for (from, to, field) in [
        ("{ month = 1", "{ week = 1, month = 1", "dataflow[0].strategy.calendar.week"),
        ("{ month = 1", "{ day = 1, month = 1", "dataflow[0].strategy.calendar.day"),
        ("bound = 1", "bound_month = 1\nbound = 1", "dataflow[0].bound_month"),
        ("window = \"year\"", "window = \"quarter\"", "dataflow[0].strategy.calendar.year"),
        ("start = \"2024-01-01\"", "start = \"2024-01-02\"", "statement.start"),
    ] {
        check_bad_value(&sound, from, to, field);
    }
}

/// A sound plan with one thing changed has this one fault.
fn check_bad_value(sound: &str, from: &str, to: &str, field: &str) {
    let found = faults(&replace_first(sound, from, to));
    assert_eq!(found.len(), 1, "{to}: {found:?}");
    assert_eq!((found[0].0.as_str(), found[0].2.as_str()), ("bad-value", field));
}

#[test]
fn steps_of_a_week_divide_no_month_and_begin_on_a_monday() {
    let sound = edit(&monthly("", ""))
        .change("dataflow.F.step", "week")
        .change("dataflow.F.strategy.calendar", toml("{ week = 1 }"))
        .text();
    assert_eq!(faults(&sound), []);
    for (from, to, field) in [
        ("{ week = 1", "{ week = 1, month = 1", "dataflow[0].strategy.calendar.month"),
        ("{ week = 1", "{ day = 1, week = 1", "dataflow[0].strategy.calendar.day"),
        ("bound = 1", "bound_month = 1\nbound = 1", "dataflow[0].bound_month"),
        ("start = \"2024-01-01\"", "start = \"2024-01-02\"", "statement.start"),
        ("bound = 1", "bound = 1\nvintages = [53]", "dataflow[0].vintages[0]"),
    ] {
        check_bad_value(&sound, from, to, field);
    }
}

#[test]
fn plans_have_limits() {
    let dimension = |id: &str| format!("{{ id = \"{}\", from = \"{id}\" }}", id.to_uppercase());
    let [sex, mode, outcome] = ["sex", "mode", "outcome"].map(dimension);
    let lists = |codes| ["sex", "mode", "outcome"].map(|name| listed(name, codes)).concat();
    let crossed = format!("{sex}, {mode}, {outcome}");
    let codes = |text: &str| faults(text).into_iter().map(|(code, _, _)| code).collect::<Vec<_>>();
    assert_eq!(codes(&monthly(&lists(100), &crossed)), [""; 0]);
    assert_eq!(codes(&monthly(&lists(101), &crossed)), ["plan-too-large"]);
    assert_eq!(codes(&monthly(&listed("sex", 4097), &sex)), ["plan-too-large"]);
    let million = format!("{}{sex}", "{},".repeat(200_000));
    assert_eq!(codes(&monthly(&listed("sex", 2), &million)), ["plan-too-large"]);
    assert_eq!(codes(&"#".repeat((1 << 20) + 1)), ["plan-too-large"]);
    let whole = monthly(&lists(100), &crossed);
    let (head, dataflow) = whole.split_at(whole.find("[[dataflow]]").expect("a dataflow"));
    let dataflow = replace_only(dataflow, "share = 1", "share = \"1/5\"");
    let five: String =
        (0..5).map(|n| replace_only(&dataflow, "\"F\"", &format!("\"F{n}\""))).collect();
    assert_eq!(faults(&format!("{head}{five}"))[0].2, "dataflow[4].id");
}

/// Places for future codes have cells from the start, and only the list of an attribute has them.
#[test]
fn only_the_list_of_an_attribute_has_reserved_places() {
    let reserved = |places: &str| {
        replace_only(&listed("sex", 2), "codes = [", &format!("reserved = {places}\ncodes = ["))
    };
    let sex = "{ id = \"SEX\", from = \"sex\" }";
    let plan = Plan::parse(&monthly(&reserved("3"), sex)).expect("a sound plan");
    assert_eq!(plan.dataflows[0].structure.cells(), 5);
    assert_eq!(plan.attributes[0].code_list.named().count(), 2);
    let fields = |lists: &str, dimensions: &str| -> Vec<(String, String)> {
        let found = faults(&monthly(lists, dimensions));
        found.into_iter().map(|(code, _, field)| (code, field)).collect()
    };
    let list = "code_list[0].reserved";
    for (places, code, field) in [
        ("0", "bad-value", list),
        ("257", "bad-value", list),
        ("\"3\"", "wrong-type", list),
        ("{ G = 1 }", "wrong-type", list),
        ("4096", "bad-value", list),
    ] {
        assert_eq!(fields(&reserved(places), sex), [(code.into(), field.into())], "{places}");
    }
    let grouped = |places: &str| {
        let groups =
            "groups = [{ id = \"G\", name = \"g\" }, { id = \"H\", name = \"h\" }]\ncodes = [";
        let text = replace_only(&reserved(places), "codes = [", groups);
        let text = replace_only(&text, "\"C0\",", "\"C0\", group = \"G\",");
        replace_only(&text, "\"C1\",", "\"C1\", group = \"H\",")
    };
    let plan = Plan::parse(&monthly(&grouped("{ G = 2 }"), sex)).expect("a sound plan");
    let groups = plan.attributes[0].code_list.groups();
    assert_eq!([groups[0].codes.clone(), groups[1].codes.clone()], [0..3, 3..4]);
    let nowhere = vec![("unknown-reference".to_owned(), format!("{list}.NONE"))];
    assert_eq!(fields(&grouped("{ NONE = 2 }"), sex), nowhere);
    assert_eq!(fields(&grouped("2"), sex), [("wrong-type".into(), list.into())]);
    // It would be unknown which code of another attribute the place stands for.
    let two = reserved("2") + &listed("mode", 2);
    let own = "{ id = \"MODE\", from = \"mode\", code_list = \"CL_SEX\" }";
    let field = "dataflow[0].dimensions[1].code_list".to_owned();
    assert_eq!(fields(&two, &format!("{sex}, {own}")), [("bad-value".to_owned(), field)]);
    // A list against which no event is checked has no reserved places.
    let idle = replace_only(&two, "[[attribute]]\nname = \"sex\"\ncode_list = \"CL_SEX\"\n", "");
    let found = fields(&idle, "{ id = \"MODE\", from = \"mode\", code_list = \"CL_SEX\" }");
    assert!(found.contains(&("bad-value".into(), "code_list[0].id".into())), "{found:?}");
}

#[test]
fn no_dataflow_crosses_three_places() {
    let names = ["border_point", "citizenship", "destination"];
    let dimension = |id: &str| format!("{{ id = \"{}\", from = \"{id}\" }}", id.to_uppercase());
    let lists = |names: &[&str]| names.iter().map(|name| listed(name, 2)).collect::<String>();
    let crossed =
        |names: &[&str]| names.iter().map(|name| dimension(name)).collect::<Vec<_>>().join(", ");
    assert_eq!(faults(&monthly(&lists(&names[..2]), &crossed(&names[..2]))), []);
    let found = faults(&monthly(&lists(&names), &crossed(&names)));
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].0.as_str(), found[0].2.as_str()),
        ("plan-too-fine", "dataflow[0].dimensions")
    );
}

/// Infinities, NaN and signed zeros cannot get into a plan: no number is read from them.
#[test]
fn no_number_of_a_plan_is_a_float() {
    let numbers = [
        "release_delay_hours = 6",
        "rho = \"1\"",
        "windows = 5",
        "bound = 24",
        "bound_month = 4",
        "share = \"3/5\"",
        "base_share = \"1/10\"",
        "week = 2",
    ];
    for number in numbers {
        let (name, _) = number.split_once(" = ").expect("a key");
        for float in ["nan", "inf", "-inf", "-0.0", "1.0", "1e999", "5e-324", "1e9"] {
            for value in [float.to_owned(), format!("\"{float}\"")] {
                let text = replace_first(BORDER, number, &format!("{name} = {value}"));
                assert!(Plan::parse(&text).is_err(), "{name} = {value}");
            }
        }
    }
}

#[test]
fn steps_of_an_hour_need_a_recursion() {
    let hours = include_str!("../../../testdata/hours.toml");
    assert_eq!(faults(hours), []);
    let strategy = "strategy = \"calendar_blt\"";
    for other in ["strategy = \"identity\"", "strategy = { calendar = { hour = 1, day = 2 } }"] {
        let text = replace_first(hours, strategy, other);
        let expected = fault("bad-value", line_of(&text, other), "dataflow[0].strategy");
        assert_eq!(faults(&text), [expected], "{other}");
    }
}
