//! How long events and persons are kept, as a plan states it.
//!
//! Not here: keeping and removing them (crate `collect`).

#![cfg(test)]

use testkit::{edit, toml};
use tidegauge_model::Plan;
use tidegauge_model::plan::Retention;

const PLAN: &str = include_str!("../../../testdata/crossings.toml");

/// The plan with these vintages and this `[retention]` table.
fn plan(vintages: &str, table: &str) -> Result<Plan, String> {
    let text = edit(PLAN).add("dataflow.BORDER_FLOW.vintages", toml(vintages)).append(table);
    Plan::parse(&text.text()).map_err(|errors| errors.report("plan"))
}

#[test]
fn without_the_table_everything_is_kept() {
    let kept = plan("[7]", "").unwrap().retention;
    assert_eq!(kept, Retention::default());
    assert_eq!(kept.to_string(), "events are kept for ever, persons for ever");
}

#[test]
fn an_event_stays_for_every_vintage() {
    let table = |steps: u32| format!("[retention]\nevents_steps = {steps}\npersons_windows = 2");
    let kept = plan("[7, 30]", &table(30)).unwrap().retention;
    assert_eq!(kept, Retention { events_steps: Some(30), persons_windows: Some(2) });
    let text = "events are taken and kept for 30 steps after their own, persons for 2 whole \
                windows without an event";
    assert_eq!(kept.to_string(), text);
    let refused = plan("[7, 30]", &table(29)).unwrap_err();
    assert!(
        refused.contains("retention.events_steps: at least 30, the latest vintage"),
        "{refused}"
    );
}

#[test]
fn an_invalid_retention_is_refused() {
    for (table, field) in [
        ("", "retention.events_steps"),
        ("events_steps = 0", "retention.events_steps"),
        ("events_steps = 36526", "retention.events_steps"),
        ("events_steps = \"60\"", "retention.events_steps"),
        ("events_steps = 60\npersons_windows = 0", "retention.persons_windows"),
        ("events_steps = 60\npersons_windows = 101", "retention.persons_windows"),
        ("events_steps = 60\nevents_days = 60", "retention.events_days"),
    ] {
        let refused = plan("[7]", &format!("[retention]\n{table}")).unwrap_err();
        assert_eq!(refused.lines().count(), 1, "{refused}");
        assert!(refused.contains(&format!(": {field}: ")), "{refused}");
    }
}
