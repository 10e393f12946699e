//! Sources of a plan: what a plan may state of them, for which ones a step waits, and how
//! amendments change them.
//!
//! Not here: deliveries and what sources declare (crates `delivery` and `collect`).

#![cfg(test)]

use testkit::edit;
use tidegauge_model::{Amendment, Grain, Period, Plan};

const BORDER: &str = include_str!("../../../testdata/plans/border.toml");
const INTAKE: &str =
    "\n[intake]\nlongest_wait_minutes = 60\npseudonym_key = \"5f1c0b7a9d3e2468\"\n";

/// A public key in base64, another one for each number.
fn key(number: u8) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode([number; 32])
}

fn source(id: &str, every: &str, within: u32, number: u8) -> String {
    let key = key(number);
    format!(
        "[[source]]\nid = \"{id}\"\nname = \"{id}\"\nfrom = \"2024-01-01\"\n\
         complete_every = \"{every}\"\ncomplete_within_minutes = {within}\n\
         [[source.key]]\nid = \"k\"\npublic = \"{key}\"\n"
    )
}

fn with(sources: &[String]) -> String {
    edit(BORDER).append(&format!("{INTAKE}{}", sources.concat())).text()
}

fn parsed(text: &str) -> Plan {
    Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn each_fault_has_its_place_and_rule() {
    let land = source("LAND", "day", 30, 1);
    let table: [(String, &str, &str); 12] = [
        (format!("{INTAKE}{}{}", land, source("LAND", "day", 30, 2)), "duplicate", "source[1]"),
        (format!("{INTAKE}{}{}", land, source("AIR", "day", 30, 1)), "duplicate", "source[1]"),
        (land.clone(), "missing-key", "source[0]"),
        (INTAKE.to_owned(), "unused", "intake"),
        (format!("{}{land}", INTAKE.replace("5f1c", "5F1C")), "bad-value", "intake.pseudonym_key"),
        (
            format!("{}{land}", INTAKE.replace("= 60", "= 43201")),
            "bad-value",
            "intake.longest_wait_minutes",
        ),
        (
            format!("{INTAKE}{}", land.replace("\"day\"", "\"year\"")),
            "bad-value",
            "source[0].complete_every",
        ),
        (
            format!("{INTAKE}{}", land.replace("from = \"2024-01-01\"\n", "")),
            "missing-key",
            "source[0].from",
        ),
        (
            format!("{INTAKE}{}", land.replace("\nname", "\nto = \"2023-12-31\"\nname")),
            "bad-value",
            "source[0].to",
        ),
        (
            format!("{INTAKE}{}", land.replace(&key(1), "AAAA")),
            "bad-value",
            "source[0].key[0].public",
        ),
        (
            format!("{INTAKE}{}", land.replace("id = \"k\"", "id = \"K\"")),
            "bad-value",
            "source[0].key[0].id",
        ),
        (
            format!("{INTAKE}{land}[[source.key]]\nid = \"k\"\npublic = \"{}\"\n", key(2)),
            "duplicate",
            "source[0].key[1]",
        ),
    ];
    for (text, code, field) in table {
        let errors = Plan::parse(&edit(BORDER).append(&text).text()).unwrap_err();
        let found: Vec<_> =
            errors.errors().iter().map(|error| (error.code(), &*error.field)).collect();
        assert_eq!(found, [(code, field)], "{text}");
    }
    let plan = parsed(&with(&[land]));
    assert_eq!(plan.sources[0].complete_every, Grain::Day);
    assert_eq!(plan.source("LAND").unwrap().key("k").unwrap().public, [1; 32]);
    // Sources change nothing else.
    let (mut bare, without) = (plan, parsed(BORDER));
    (bare.intake, bare.sources) = (None, vec![]);
    assert_eq!(bare, without);
}

/// The border plan counts days of Hong Kong, eight hours ahead, each due six hours after its end.
#[test]
fn a_step_waits_for_the_sources_that_are_due() {
    let sources = [
        source("BY_HOUR", "hour", 10, 1),
        source("BY_DAY", "day", 420, 2),
        source("TOO_SLOW", "day", 421, 3),
        source("BY_WEEK", "week", 60, 4),
        source("OVER", "day", 0, 5).replace("\nname", "\nto = \"2024-01-06\"\nname"),
    ];
    let plan = parsed(&with(&sources));
    let due = |step: &str| -> Vec<String> {
        let step = Period::parse(step).unwrap();
        plan.due_sources(step).map(|source| source.id.clone()).collect()
    };
    // Release delay 360 minutes, longest wait 60.
    assert_eq!(plan.statement.release_delay_minutes, 360);
    assert_eq!(due("2024-01-06"), ["BY_HOUR", "BY_DAY", "OVER"]);
    // A Sunday ends the week.
    assert_eq!(due("2024-01-07"), ["BY_HOUR", "BY_DAY", "BY_WEEK"]);
    let step = Period::parse("2024-01-07").unwrap();
    let delivering: Vec<&str> = plan.delivering(step).map(|source| &*source.id).collect();
    assert_eq!(delivering, ["BY_HOUR", "BY_DAY", "TOO_SLOW", "BY_WEEK"]);
    assert_eq!(plan.due(step).to_string(), "2024-01-07T22:00:00Z");
    assert_eq!(plan.latest_release(step).to_string(), "2024-01-07T23:00:00Z");
    // Without sources nothing is waited for.
    let bare = parsed(BORDER);
    assert_eq!((bare.due_sources(step).count(), bare.latest_release(step)), (0, bare.due(step)));
}

#[test]
fn an_amendment_changes_sources_from_its_day_on() {
    let (land, air) = (source("LAND", "day", 30, 1), source("AIR", "day", 30, 2));
    let plan = parsed(&with(&[land.clone(), air.clone()]));
    let amend = |plan: &Plan, from: &str, source: &str| {
        let text = format!("from = \"{from}\"\nnote = \"n\"\n{source}");
        let amendment = Amendment::parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
        plan.amended(&amendment).map_err(|error| error.to_string())
    };
    let from = |text: &str, day: &str| text.replace("2024-01-01", day);
    let to = |text: &str, day: &str| text.replace("\nname", &format!("\nto = \"{day}\"\nname"));
    // A second key, a new source, an end.
    let rotated = format!("{land}[[source.key]]\nid = \"l\"\npublic = \"{}\"\n", key(9));
    let amended = amend(&plan, "2024-03-01", &rotated).unwrap();
    assert_eq!(amended.source("LAND").unwrap().keys.len(), 2);
    let sea = from(&source("SEA", "hour", 5, 3), "2024-03-01");
    let amended = amend(&amended, "2024-03-01", &sea).unwrap();
    let amended = amend(&amended, "2024-04-01", &to(&air, "2024-03-31")).unwrap();
    let march = Period::parse("2024-03-31").unwrap();
    assert_eq!(
        (amended.delivering(march).count(), amended.delivering(march.next()).count()),
        (3, 2)
    );
    let table = [
        (
            land.clone(),
            "source[0]: nothing changes: the source is this one already; remove the entry",
        ),
        (from(&land, "2024-02-01"), "source[0].from: the first day stays 2024-01-01; write that"),
        (
            to(&land, "2024-03-30"),
            "source[0].to: a day not before 2024-03-31 is needed, the day before the amendment; \
             choose such a day",
        ),
        (
            from(&source("NEW", "day", 1, 7), "2024-03-31"),
            "source[0].from: a new source begins on 2024-04-01 or later; correct the day",
        ),
        (
            from(&source("NEW", "day", 1, 2), "2024-04-01"),
            "source[0].key: AIR signs with one of these keys; make new ones",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(amend(&plan, "2024-04-01", &text).unwrap_err(), expected);
    }
    let ended = amend(&amended, "2024-06-01", &air).unwrap_err();
    assert_eq!(ended, "source[0].to: it ended on 2024-03-31; add another, as none begins again");
    let bare = amend(&parsed(BORDER), "2024-04-01", &from(&land, "2024-04-01")).unwrap_err();
    assert_eq!(bare, "source[0].id: a plan without sources gets none; make a new plan");
}
