//! Codes over time through the real program: an event with a code outside its validity is refused;
//! on the last day of the code it is accepted. A renamed code is accepted under both codes.
//!
//! Not here: the rule for steps (crate `model`), figures of closed cells (crate `figures`).

#![cfg(test)]

use testkit::program::{HEADER, NOW, PLAN, Workplace, releases, run, succeed};
use testkit::text::replace_only;
use testkit::{edit, toml};

/// A plan in which one point closes and one opens, each within January.
fn place() -> Workplace {
    let points = "code_list.CL_BORDER_POINT.codes";
    let plan = edit(PLAN)
        .add(&format!("{points}.LO_WU.valid_to"), "2024-01-10")
        .add(&format!("{points}.AIRPORT.valid_from"), "2024-01-11");
    Workplace::with_plan(plan.text())
}

fn csv(at: &str, point: &str) -> String {
    format!("{HEADER}\ne1,syn1:00c0ffee,{at},ENTRY,{point},MAINLAND_VISITOR\n")
}

#[test]
fn codes_must_be_valid_on_the_day_of_the_event() {
    let place = place();
    let store = place.synthetic("store", None);
    // Days are those of the plan's time zone, eight hours ahead of universal time.
    for (at, point, taken) in [
        ("2024-01-10T15:59:59Z", "LO_WU", true),
        ("2024-01-10T16:00:00Z", "LO_WU", false),
        ("2024-01-10T15:59:59Z", "AIRPORT", false),
        ("2024-01-10T16:00:00Z", "AIRPORT", true),
        // Before the plan's start, too: such events set the state.
        ("2022-02-07T12:00:00+08:00", "TUEN_MUN_FERRY_TERMINAL", true),
        ("2022-02-08T12:00:00+08:00", "TUEN_MUN_FERRY_TERMINAL", false),
    ] {
        let file = place.write("events.csv", csv(at, point));
        let output = run(&["ingest", &store, &file, "--now", NOW]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), taken, "{at} {point}: {error}");
        if !taken {
            let rule = ":2: border_point: not valid in code list CL_BORDER_POINT on the day";
            assert!(error.starts_with("error[closed-code]: "), "{error}");
            assert!(error.contains(rule) && !error.contains("c0ffee"), "{error}");
        }
    }
}

#[test]
fn codes_in_ndjson_must_be_valid_too() {
    let place = place();
    let store = place.synthetic("store", None);
    let line = "{\"event_id\":\"e1\",\"pseudonym\":\"syn1:00c0ffee\",\"occurred_at\":\
                \"2024-01-12T08:00:00+08:00\",\"kind\":\"ENTRY\",\"border_point\":\"LO_WU\",\
                \"traveller_class\":\"RESIDENT\"}\n";
    let refused = place.write("events.ndjson", line);
    let output = run(&["ingest", &store, &refused, "--now", NOW]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error[closed-code]: "));
    let sound = place.write("events.ndjson", replace_only(line, "LO_WU", "AIRPORT"));
    succeed(&["ingest", &store, &sound, "--now", NOW]);
}

/// Events name a point by its old code, in every format: the releases are those of a plan in which
/// the code never changed.
#[test]
fn a_renamed_code_is_accepted_under_both_codes() {
    const SEED: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let point = "code_list.CL_BORDER_POINT.codes.LO_WU";
    let renamed = edit(PLAN)
        .add(&format!("{point}.also"), toml("[\"LO_WU\"]"))
        .change(&format!("{point}.id"), "LUOHU");
    let released = |plan: &str, file: &str| {
        let place = Workplace::with_plan(plan);
        let store = place.synthetic("store", Some(SEED));
        let events = place.text(file);
        let few = ["--days", "3", "--scale", "1/20", "--seed", "11"];
        succeed(&[&["simulate", "border", "--out", &events], &few[..]].concat());
        succeed(&["ingest", &store, &events, "--now", NOW]);
        succeed(&["release", &store, "--until", "2024-01-03", "--now", NOW]);
        releases(&store)
    };
    let expected = released(PLAN, "events.csv");
    for file in ["events.csv", "events.ndjson", "events.parquet"] {
        assert_eq!(released(&renamed.text(), file), expected, "{file}");
    }
}

#[test]
fn the_other_code_of_an_event_has_the_validity_of_its_code() {
    let point = "code_list.CL_BORDER_POINT.codes.HUNG_HOM";
    let place = Workplace::with_plan(
        edit(PLAN).add(&format!("{point}.also"), toml("[\"KOWLOON\"]")).text(),
    );
    let store = place.synthetic("store", None);
    let clock = "2025-01-01T00:00:00Z";
    for (at, point, code) in [
        ("2024-07-30T08:00:00+08:00", "KOWLOON", None),
        ("2024-07-31T08:00:00+08:00", "KOWLOON", Some("error[closed-code]: ")),
        ("2024-07-30T08:00:00+08:00", "KOWLOON_2", Some("error[unknown-code]: ")),
    ] {
        let file = place.write("events.csv", csv(at, point));
        let output = run(&["ingest", &store, &file, "--now", clock]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), code.is_none(), "{at} {point}: {error}");
        assert!(error.starts_with(code.unwrap_or_default()), "{error}");
    }
}
