//! Persons left of a cohort, through the whole program: with next to no noise they are those of the
//! input.
//!
//! Not here: protection. The budget of this synthetic store is absurd on purpose.

#![cfg(test)]

use testkit::plans::STAYS;
use testkit::program::{Workplace, succeed};
use testkit::{PlanText, edit, toml};

/// Persons who enter on a day and leave on another, or do not leave.
const GROUPS: [(u32, &str, Option<&str>); 6] = [
    (40, "2024-01-03", Some("2024-01-20")),
    (30, "2024-01-10", Some("2024-02-07")),
    (30, "2024-01-30", None),
    (10, "2024-02-05", Some("2024-02-06")),
    (25, "2024-02-05", Some("2024-03-30")),
    (15, "2024-02-28", None),
];

#[test]
fn persons_left_of_a_cohort_are_those_who_entered_and_did_not_leave() {
    check(edit(STAYS));
    for strategy in ["identity", "calendar_blt"] {
        check(as_table(strategy, false));
        check(as_table(strategy, true));
    }
}

/// The plan whose cohorts are a table under this strategy, with or without transitions apart.
fn as_table(strategy: &str, is_apart: bool) -> PlanText {
    let marginals = "[{ of = [\"STAY_CLASS\", \"TRANSITION\", \"AGE\"], grain = \"month\" }]";
    let plan = edit(STAYS)
        .set("dataflow.COHORTS.strategy", strategy)
        .add("dataflow.COHORTS.margins", toml(marginals));
    match is_apart {
        true => plan.add("dataflow.COHORTS.apart", toml("[\"TRANSITION\"]")),
        false => plan,
    }
}

fn check(plan: PlanText) {
    let plan = plan.change("privacy.rho", "1000000000000");
    let place = Workplace::with_plan(plan.text());
    let store = place.synthetic("store", Some(&"09".repeat(32)));
    let mut events = String::from(
        "event_id,pseudonym,occurred_at,kind,citizenship,stay_class,authorised_until\n",
    );
    let mut person = 0;
    for (many, entered, left) in GROUPS {
        for _ in 0..many {
            person += 1;
            let who = format!("syn1:person{person:04}");
            // Every third stay lapses, but its person is still present.
            let until = if person % 3 == 0 { "2024-02-01" } else { "_Z" };
            events += &format!("in{person},{who},{entered}T12:00:00Z,ENTRY,B,SHORT,{until}\n");
            if let Some(left) = left {
                events += &format!("out{person},{who},{left}T12:00:00Z,EXIT,B,SHORT,_Z\n");
            }
        }
    }
    let file = place.write("events.csv", events);
    succeed(&["ingest", &store, &file]);
    succeed(&["release", &store, "--until", "2024-03-31"]);
    let text = succeed(&["export", &store, "--dataflow", "COHORTS", "--derive"]);
    let mut found = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("M,AT,FLOW,SHORT,")) {
        let fields: Vec<&str> = line.split(',').collect();
        let left: f64 = fields[6].parse().expect("a number");
        let part = fields[9].parse::<f64>().ok().map(|part| (part * 100.0).round());
        found.push((fields[4].to_owned(), fields[5].to_owned(), left.round(), part));
    }
    let line = |cohort: &str, age: &str, left: f64, part| (cohort.into(), age.into(), left, part);
    let expected: Vec<(String, String, f64, Option<f64>)> = vec![
        line("2024-01", "M0", 60.0, Some(60.0)),
        line("2024-01", "M1", 30.0, Some(30.0)),
        line("2024-02", "M0", 40.0, Some(80.0)),
        line("2024-02", "M1", 15.0, Some(30.0)),
    ];
    found.retain(|line| line.0 != "2024-03");
    assert_eq!(found, expected, "{text}");

    // In February 27 left in time and 37 lapsed: 10 and 10 of those present on its first day, 3, 9
    // and 5 of those who entered later with a date already past.
    let key = "M.AT.FLOW.B.DEPARTURE_IN_TIME+LAPSE";
    let text = succeed(&["export", &store, "--dataflow", "TRANSITIONS", "--key", key, "--derive"]);
    assert!(text.contains("M,AT,FLOW,B,LAPSE,2024-02,0.5781,"), "{text}");
}
