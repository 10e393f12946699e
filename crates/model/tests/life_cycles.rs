//! Life cycles in plans: the ready-made ones with their diagrams, one that a plan defines itself,
//! and every fault of either.
//!
//! Not here: how a life cycle applies to a person's events (crate `fold`).
//!
//! `plans/LIFE_CYCLES.md` has the diagrams; `UPDATE=1` writes it again.

#![cfg(test)]

use std::fs;
use std::path::Path;

use testkit::text::replace_first;
use tidegauge_model::Plan;
use tidegauge_model::plan::LifeCycle;
use tidegauge_model::plan::life_cycle::{Due, MODELS, UNSEEN};

const STAYS: &str = include_str!("../../../testdata/stays.toml");

const INTRODUCTION: &str = "\
# Life cycles

The ready-made models, each as a plan would write it (`crates/model/models`) and as the diagram
that `tidegauge plan diagram PLAN` prints. An arrow is an event of a kind, `KIND = NAME` where the
transition has another name than its kind; `[NAME, when]` is a timer. If a status has no arrow for
a kind, such an event changes nothing and is counted nowhere. Everyone begins as UNSEEN.

Sources that have only dates give all events of a day one time: the column `occurred_on` stands for
the first instant of the day in the plan's time zone. Several events of one person at the
same instant are taken in the order in which the most of them make a transition from the status that
the person has. If several orders make as many, the event whose kind has the lower rank comes first,
then the one whose codes come first in their lists. The ranks of each model are listed below its
diagram; `rank = [...]` in the `[life_cycle]` of a plan sets others. Timers that are due by that
instant fire before. Stores made before this rule existed keep the order with which they began.
";

#[test]
fn the_diagrams_show_every_arrow() {
    let mut text = INTRODUCTION.to_owned();
    for (name, source) in MODELS {
        let cycle = LifeCycle::ready_made(name).expect("a sound model");
        let diagram = cycle.diagram();
        let about: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("# ")).collect();
        text += &format!("\n## {name}\n\n{}\n\n```mermaid\n{diagram}```\n", about.join("\n"));
        let ranks = cycle.kinds_by_rank().join(", ");
        text += &format!("\nRanks at the same instant: {ranks}.\n");
        for (from, status) in cycle.statuses.iter().enumerate() {
            let shows = |to: usize, label: &str| {
                let arrow = format!("    {status} --> {}: ", cycle.statuses[to]);
                diagram.lines().any(|line| line.starts_with(&arrow) && line.contains(label))
            };
            for (kind, word) in cycle.kinds.iter().enumerate() {
                if let Some(arrow) = cycle.arrow(from, kind) {
                    assert!(shows(arrow.to, word), "{name}: {status} {word}");
                }
            }
            if let Some(timer) = cycle.timer(from) {
                assert!(shows(timer.arrow.to, &cycle.names[timer.arrow.name]));
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/LIFE_CYCLES.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).expect("writable");
    }
    assert_eq!(fs::read_to_string(&path).expect("the diagrams"), text);
}

/// A plan with every measure, in whose text the life cycle or a dataflow is changed.
fn with(from: &str, to: &str) -> String {
    replace_first(STAYS, from, to)
}

fn own(life_cycle: &str) -> String {
    with("model = \"stay\"", life_cycle)
}

#[test]
fn a_plan_defines_its_own_life_cycle() {
    let text = include_str!("../models/stay.toml");
    let plan = Plan::parse(&own(&format!("id = \"OWN\"\n{text}"))).expect("a plan");
    let mut stay = LifeCycle::ready_made("stay").expect("a model");
    stay.model = "OWN".into();
    assert_eq!(plan.life_cycle, stay);
    assert_eq!(plan.event_columns().last(), Some(&"authorised_until"));
    assert_eq!(plan.event_codes(), plan.attributes.len() + 1);
    let authorised = plan.life_cycle.statuses.iter().position(|s| s == "AUTHORISED").unwrap();
    assert_eq!(plan.life_cycle.timer(authorised).map(|timer| timer.due), Some(Due::Until));
    assert_eq!(plan.life_cycle.statuses[0], UNSEEN);
}

/// A plan has corrections only if it says so; its events then carry a revision.
#[test]
fn only_plans_that_say_so_have_corrections() {
    let plan = |life_cycle: &str| Plan::parse(&own(life_cycle)).expect("a plan");
    let plain = plan("model = \"stay\"");
    assert_eq!((plain.life_cycle.corrections, plain.correction_columns()), (false, &[][..]));
    assert_eq!(plan("model = \"stay\"\ncorrections = false"), plain);
    let corrected = plan("model = \"stay\"\ncorrections = true");
    assert_eq!(corrected.correction_columns(), ["revision", "action"]);
    assert_eq!(corrected.event_columns(), plain.event_columns());
    assert_eq!(corrected.event_codes(), plain.event_codes() + 1);
    refuses(&own("model = \"stay\"\ncorrections = 1"), "wrong-type", "life_cycle.corrections");
}

/// Every kind has its rank: from the list `rank`, of the model or the plan, or else from `kinds`.
#[test]
fn ranks_are_a_list_of_every_kind() {
    let ranks = |life_cycle: &str| {
        let plan = Plan::parse(&own(life_cycle)).expect("a plan");
        plan.life_cycle.kinds_by_rank().join(" ")
    };
    let of_model = "REFUSAL REVOCATION ENTRY GRANT EXTENSION EXIT";
    assert_eq!(ranks("model = \"stay\""), of_model);
    let text = include_str!("../models/stay.toml");
    let unranked: String = text
        .lines()
        .filter(|line| !line.starts_with("rank = "))
        .fold(String::from("id = \"OWN\"\n"), |text, line| text + line + "\n");
    assert_eq!(ranks(&unranked), "ENTRY EXIT REFUSAL GRANT EXTENSION REVOCATION");
    let other = "[\"EXIT\", \"GRANT\", \"ENTRY\", \"REFUSAL\", \"REVOCATION\", \"EXTENSION\"]";
    let with_ranks = |list: &str| format!("model = \"stay\"\nrank = {list}");
    assert_eq!(ranks(&with_ranks(other)), "EXIT GRANT ENTRY REFUSAL REVOCATION EXTENSION");
    let refuses_rank = |from: &str, to: &str, code: &str, field: &str| {
        refuses(&own(&with_ranks(&replace_first(other, from, to))), code, field);
    };
    refuses_rank("\"GRANT\", ", "", "bad-value", "life_cycle.rank");
    refuses_rank("GRANT", "EXIT", "duplicate", "life_cycle.rank[1]");
    refuses_rank("GRANT", "GRANTS", "unknown-code", "life_cycle.rank[1]");
}

/// The codes and fields of the faults of a text.
fn faults(text: &str) -> Vec<String> {
    let errors = Plan::parse(text).expect_err("at fault");
    errors.report("p").lines().map(|line| line.to_owned()).collect()
}

fn refuses(text: &str, code: &str, field: &str) {
    let faults = faults(text);
    let is_expected = |line: &&String| line.contains(&format!("[{code}]")) && line.contains(field);
    assert!(faults.iter().any(|line| is_expected(&line)), "{code} {field}: {faults:#?}");
}

#[test]
fn each_fault_of_a_life_cycle_is_reported() {
    let sound = "id = \"OWN\"\nstatuses = [\"IN\", \"OUT\"]\nkinds = [\"GO\"]\n\
        transitions = [{ kind = \"GO\", from = [\"*\"], to = \"IN\" }]\n\
        timers = [{ from = \"IN\", after_days = 3, to = \"OUT\", name = \"END\" }]";
    let change = |from: &str, to: &str| own(&replace_first(sound, from, to));
    refuses(&own("model = \"stays\""), "bad-value", "life_cycle.model");
    refuses(&own("model = \"stay\"\nkinds = []"), "unknown-key", "life_cycle.kinds");
    refuses(&change("id = \"OWN\"", ""), "missing-key", "life_cycle.id");
    refuses(&change("\"OUT\"]", "\"UNSEEN\"]"), "duplicate", "life_cycle.statuses[1]");
    refuses(&change("\"OUT\"]", "\"WARD\"]"), "granularity", "life_cycle.statuses[1]");
    refuses(&change("[\"GO\"]", "[]"), "bad-value", "life_cycle.kinds");
    refuses(&change("[\"GO\"]", "[\"GO\", \"COME\"]"), "unused", "life_cycle.kinds");
    refuses(&change("[\"*\"]", "[\"AWAY\"]"), "unknown-code", "life_cycle.transitions[0].from[0]");
    refuses(&change("[\"*\"]", "[\"IN\", \"IN\"]"), "duplicate", "life_cycle.transitions[0].from");
    refuses(&change("to = \"IN\"", "to = \"UNSEEN\""), "bad-value", "life_cycle.transitions[0].to");
    refuses(
        &change("after_days = 3", "until = \"then\""),
        "bad-value",
        "life_cycle.timers[0].until",
    );
    refuses(&change("after_days = 3, ", ""), "missing-key", "life_cycle.timers[0].after_days");
    refuses(
        &change("from = \"IN\"", "from = \"UNSEEN\""),
        "bad-value",
        "life_cycle.timers[0].from",
    );
    refuses(&change(", name = \"END\"", ""), "missing-key", "life_cycle.timers[0].name");
}

#[test]
fn timers_in_a_circle_are_refused() {
    let circle = "id = \"OWN\"\nstatuses = [\"IN\", \"OUT\"]\nkinds = [\"GO\"]\n\
        transitions = [{ kind = \"GO\", from = [\"*\"], to = \"IN\" }]\ntimers = [\
        { from = \"IN\", after_days = 3, to = \"OUT\", name = \"END\" }, \
        { from = \"OUT\", after_days = 1, to = \"IN\", name = \"AGAIN\" }]";
    refuses(&own(circle), "bad-value", "life_cycle.timers");
}

#[test]
fn each_fault_of_a_spell_is_reported() {
    refuses(&with("\"1 h\", \"2 d\"", "\"2 d\", \"1 h\""), "bad-value", "bands[1]");
    refuses(&with("\"1 h\"", "\"1 hour\""), "bad-value", "bands[0]");
    refuses(&with("\"1 h\"", "\"0 h\""), "bad-value", "bands[0]");
    refuses(&with("\"1 h\", ", ""), "bad-value", "dataflow[4].dimensions");
    refuses(&with("from = \"band\"", "from = \"age\""), "bad-value", "dimensions[2].from");
    refuses(&with("from = \"age\"", "from = \"band\""), "bad-value", "dimensions[2].from");
    let line = "    { id = \"AGE\", from = \"age\", code_list = \"CL_AGE\" },\n";
    refuses(&with(line, ""), "bad-value", "dataflow[6].dimensions");
    let kind = "from = \"kind\"";
    refuses(&with(kind, "from = \"citizenship\", at = \"start\""), "bad-value", "dimensions[0].at");
    refuses(&with("bound = 3", "bound = 17"), "bad-value", "dataflow[5].bound");
}
