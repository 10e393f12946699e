//! Vintages through the real program: late events count for their own step, published files stay,
//! and on-time and late contributions together cost no more than is charged.
//!
//! Not here: the rule of the fold (`fold/tests/late.rs`), the formula (crate `privacy`).

#![cfg(test)]

mod private;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use private::each_run;
use testkit::PlanText;
use testkit::plans::{
    short_table, short_table_apart, short_with_vintages, spells_as_tables, stays_by_month,
    with_corrections, with_vintages,
};
use testkit::program::{HEADER, NOW, Workplace, releases, succeed, tidegauge};
use testkit::text::replace_only;
use tidegauge_ledger::{Part, Release, prices};

const SEED: &str = "1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e1a7e";

fn place() -> Workplace {
    Workplace::with_plan(short_with_vintages("PERSONS").text())
}

fn row(id: &str, person: &str, day: &str, kind: &str) -> String {
    format!("{id},syn1:{person},2024-{day}T08:00:00+08:00,{kind},LO_WU,VISITOR\n")
}

fn take(place: &Workplace, store: &str, rows: &str) {
    let file = place.write("events.csv", format!("{HEADER}\n{rows}"));
    succeed(&["ingest", store, &file, "--now", NOW]);
}

fn release_until(store: &str, day: &str) {
    succeed(&["release", store, "--until", &format!("2024-{day}"), "--now", NOW, "--empty"]);
}

/// Measurements by file name and place, of every release.
fn measured(store: &str) -> BTreeMap<String, Vec<(Part, Vec<i64>)>> {
    let parsed = releases(store).into_iter().map(|(name, bytes)| {
        let parts = Release::parse(&bytes).expect("a release").parts;
        (name, parts.into_iter().map(|part| (part.part, part.values)).collect())
    });
    parsed.collect()
}

/// How far the files of the flow exceed those of another store with the same noise.
fn flow_difference(one: &str, other: &str) -> BTreeMap<String, Vec<i64>> {
    difference(one, other, "BORDER_FLOW")
}

/// The same for any dataflow; only files that differ.
fn difference(one: &str, other: &str, dataflow: &str) -> BTreeMap<String, Vec<i64>> {
    let (one, other) = (measured(one), measured(other));
    assert!(one.keys().eq(other.keys()), "what is released does not depend on data");
    let mut differences = BTreeMap::new();
    for (name, parts) in one.into_iter().filter(|(name, _)| name.starts_with(dataflow)) {
        for ((_, one), (_, other)) in parts.iter().zip(&other[&name]).take(1) {
            let by: Vec<i64> = one.iter().zip(other).map(|(one, other)| one - other).collect();
            if by.iter().any(|&by| by != 0) {
                differences.insert(name.clone(), by);
            }
        }
    }
    differences
}

/// Cells by border point, direction and class; LO_WU is the second point, VISITOR the second class.
const LO_WU_ENTRY_VISITOR: usize = 5;
const LO_WU_EXIT_VISITOR: usize = 7;

fn one_in(cell: usize) -> Vec<i64> {
    (0..8).map(|at| i64::from(at == cell)).collect()
}

#[test]
fn a_late_event_counts_in_the_vintage_of_its_step() {
    let place = place();
    let store = |late: bool| {
        let store = place.synthetic(if late { "late" } else { "none" }, Some(SEED));
        release_until(&store, "01-20");
        let before = releases(&store);
        if late {
            // Events within two steps and within five; below, one in the next window and one too
            // late.
            take(&place, &store, &row("e1", "person00", "01-19", "ENTRY"));
            take(&place, &store, &row("e2", "person01", "01-18", "EXIT"));
        }
        release_until(&store, "01-22");
        if late {
            take(&place, &store, &row("e3", "person02", "01-18", "ENTRY"));
            take(&place, &store, &row("e4", "person03", "01-20", "ENTRY"));
        }
        release_until(&store, "01-31");
        if late {
            take(&place, &store, &row("e5", "person04", "01-30", "EXIT"));
            take(&place, &store, &row("e6", "person05", "01-26", "EXIT"));
        }
        release_until(&store, "02-07");
        let after: BTreeMap<_, _> = releases(&store).into_iter().collect();
        for (name, bytes) in before {
            assert_eq!(after.get(&name), Some(&bytes), "{name} changed");
        }
        succeed(&["ledger", "verify", &store]);
        store
    };
    let (late, none) = (store(true), store(false));
    let expected = [
        ("2024-01-18.v2", LO_WU_EXIT_VISITOR),
        ("2024-01-19.v1", LO_WU_ENTRY_VISITOR),
        ("2024-01-20.v2", LO_WU_ENTRY_VISITOR),
        ("2024-01-30.v1", LO_WU_EXIT_VISITOR),
    ];
    let mut expected: BTreeMap<String, Vec<i64>> = expected
        .into_iter()
        .map(|(name, cell)| (format!("BORDER_FLOW/{name}.json"), one_in(cell)))
        .collect();
    // Two events of the 18th came within five steps: one entry, one exit.
    let both = expected.get_mut("BORDER_FLOW/2024-01-18.v2.json").expect("named");
    both[LO_WU_ENTRY_VISITOR] += 1;
    assert_eq!(flow_difference(&late, &none), expected);
}

/// In a table a late event moves every residual of its step by its cell's coefficients, in one
/// measurement each; a second event of the person on that day moves none, whatever its cell.
#[test]
fn a_late_event_counts_in_every_residual_of_a_table() {
    for strategy in ["identity", "calendar_blt"] {
        let text = short_table(strategy).text();
        let place = Workplace::with_plan(&text);
        let store = |late: bool| {
            let store = place.synthetic(if late { "late" } else { "none" }, Some(SEED));
            take(&place, &store, &row("e1", "person00", "01-19", "ENTRY"));
            release_until(&store, "01-20");
            if late {
                take(&place, &store, &row("e2", "person00", "01-19", "EXIT"));
                take(&place, &store, &row("e3", "person01", "01-19", "ENTRY"));
                let later = replace_only(&row("e4", "person01", "01-19", "EXIT"), "T08", "T09");
                take(&place, &store, &later);
            }
            release_until(&store, "02-03");
            succeed(&["ledger", "verify", &store]);
            store
        };
        let (late, none) = (measured(&store(true)), measured(&store(false)));
        let plan = tidegauge_model::Plan::parse(&text).expect("a plan");
        let prices = prices(&plan, 0, plan.window_of(plan.first_step())).expect("prices");
        let (mut moved, cell) = (0, one_in(LO_WU_ENTRY_VISITOR));
        for (name, parts) in late.iter().filter(|(name, _)| name.starts_with("BORDER_FLOW")) {
            for ((part, one), (_, other)) in parts.iter().zip(&none[name]) {
                let by: Vec<i64> = one.iter().zip(other).map(|(one, other)| one - other).collect();
                let price = prices.iter().find(|price| price.part == part.paid_by());
                let cell_values = price.expect("priced").measurand.exact(&cell);
                let expected = match name.as_str() {
                    "BORDER_FLOW/2024-01-19.v1.json" => cell_values.expect("small").into_owned(),
                    _ => vec![0; by.len()],
                };
                assert_eq!(by, expected, "{strategy} {name} {part}");
                moved += usize::from(by.iter().any(|&by| by != 0));
            }
        }
        assert_eq!(moved, prices.len(), "every residual");
    }
}

/// A copy of a counted event, late or not, does not count again; nor does a second event of the
/// person in the same step and cell.
#[test]
fn a_person_counts_once_over_all_vintages() {
    let place = place();
    let store = |rows: &[(&str, String)]| {
        let store = place.synthetic(&format!("store{}", rows.len()), Some(SEED));
        for (until, rows) in rows {
            take(&place, &store, rows);
            release_until(&store, until);
        }
        release_until(&store, "01-28");
        store
    };
    let on_time = row("e1", "person00", "01-19", "ENTRY") + &row("e2", "person00", "01-20", "EXIT");
    let once = store(&[("01-20", on_time.clone())]);
    let again = row("e3", "person00", "01-19", "ENTRY");
    let twice = store(&[
        ("01-20", on_time.clone()),
        ("01-21", on_time.clone() + &again),
        ("01-23", on_time + &again),
    ]);
    assert_eq!(flow_difference(&twice, &once), BTreeMap::new());
}

/// A figure is the sum of a step's vintages so far, names the vintage, and is provisional while
/// more vintages are due.
#[test]
fn a_figure_is_the_sum_of_its_vintages() {
    let place = place();
    let store = place.synthetic("store", Some(SEED));
    take(&place, &store, &row("e1", "person00", "01-19", "ENTRY"));
    let figure = |as_of: Option<&str>| {
        let mut arguments = vec!["export", &store, "--dataflow", "BORDER_FLOW"];
        arguments.extend(["--key", "D.HK.FLOW.LO_WU.ENTRY.VISITOR"]);
        arguments.extend(as_of.iter().flat_map(|size| ["--as-of", *size]));
        let csv = succeed(&arguments);
        let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let header = lines.next().expect("a header");
        let column = |name: &str| header.iter().position(|c| *c == name).expect("a column");
        let line = lines.find(|line| line[column("TIME_PERIOD")] == "2024-01-19").expect("a line");
        let number = |name: &str| line[column(name)].parse::<f64>().expect("a number");
        let (status, vintage) = (line[column("OBS_STATUS")].to_owned(), number("VINTAGE"));
        (number("OBS_VALUE"), number("MARGIN"), status, vintage)
    };
    // Both weeks of the window are complete at its end, and least squares changes nothing any more.
    release_until(&store, "01-20");
    let (_, margin_first, status, vintage_first) = figure(None);
    assert_eq!(status, "P");
    let size = (vintage_first as u64 + 1).to_string();
    let as_then = figure(Some(&size));
    take(&place, &store, &row("e2", "person01", "01-19", "ENTRY"));
    release_until(&store, "02-10");
    let all = measured(&store);
    let late = |vintage: u32| {
        all[&format!("BORDER_FLOW/2024-01-19.v{vintage}.json")][0].1[LO_WU_ENTRY_VISITOR]
    };
    let (value, margin, status, vintage) = figure(None);
    assert_eq!(figure(Some(&size)), as_then, "the earlier figure stays readable");
    assert!(vintage > vintage_first && status != "P", "{status}");
    // The least-squares part lies well within 20 margins of the first measurement; the point is
    // that both late counts are in the sum.
    let stream = value - (late(1) + late(2)) as f64;
    assert!((stream - as_then.0).abs() < 20.0 * margin_first, "{stream} {as_then:?}");
    assert!(margin > 0.0);
}

/// The dataflows of [`stays`] that have vintages: a flow by transition, lengths of spells, pairs of
/// statuses, cohorts by persons and by events.
const STAYS_WITH_VINTAGES: [&str; 5] = ["TRANSITIONS", "LENGTHS", "PAIRS", "COHORTS", "LAPSES"];

/// A plan of every measure, each month a window, with vintages where a late event counts in the
/// cell of the transition that it makes.
fn stays() -> PlanText {
    with_vintages(stays_by_month(), &STAYS_WITH_VINTAGES)
}

/// A departure that comes late counts in every dataflow for the day on which it happened, in the
/// cell of the transition that it makes, and nowhere else.
#[test]
fn a_late_transition_counts_in_the_vintage_of_its_step() {
    let place = Workplace::with_plan(stays().text());
    let header = "event_id,pseudonym,occurred_at,kind,citizenship,stay_class,authorised_until";
    let take = |store: &str, rows: &str| {
        let file = place.write("events.csv", format!("{header}\n{rows}"));
        succeed(&["ingest", store, &file, "--now", NOW]);
    };
    let store = |late: bool| {
        let store = place.synthetic(if late { "late" } else { "none" }, Some(SEED));
        take(&store, "e1,syn1:person00,2024-01-03T08:00:00Z,ENTRY,B,SHORT,_Z\n");
        release_until(&store, "01-06");
        if late {
            take(&store, "e2,syn1:person00,2024-01-05T09:00:00Z,EXIT,B,SHORT,_Z\n");
        }
        release_until(&store, "01-20");
        succeed(&["ledger", "verify", &store]);
        store
    };
    let (late, none) = (store(true), store(false));
    for id in STAYS_WITH_VINTAGES {
        let differences = difference(&late, &none, id);
        let [(name, by)] = &differences.into_iter().collect::<Vec<_>>()[..] else { panic!("{id}") };
        assert_eq!(*name, format!("{id}/2024-01-05.v1.json"));
        let counted: Vec<i64> = by.iter().copied().filter(|by| *by != 0).collect();
        assert_eq!(counted, [1], "{id}");
        if id == "LENGTHS" {
            // B is the first citizenship, SHORT the first class; two days and an hour are under
            // five.
            assert_eq!(by.iter().position(|&by| by == 1), Some(2));
        }
    }
    assert_eq!(difference(&late, &none, "EVENTS"), BTreeMap::new(), "it has no vintages");
}

/// A corrected departure leaves its cells in a vintage of its day: first the length of its stay
/// changes, as it was earlier on that day; then it is retracted.
#[test]
fn a_corrected_departure_moves_in_the_vintage_of_its_step() {
    let place = Workplace::with_plan(with_corrections(stays()).text());
    let header = "event_id,pseudonym,occurred_at,kind,citizenship,stay_class,authorised_until,\
                  revision,action";
    let take = |store: &str, rows: &str| {
        let file = place.write("events.csv", format!("{header}\n{rows}"));
        succeed(&["ingest", store, &file, "--now", NOW]);
    };
    let store = |corrected: bool| {
        let store = place.synthetic(if corrected { "corrected" } else { "first" }, Some(SEED));
        let exit = |time: &str, what: &str| {
            format!("e2,syn1:person00,2024-01-05T{time}:00Z,EXIT,B,SHORT,_Z,{what}\n")
        };
        let entry = "e1,syn1:person00,2024-01-03T08:00:00Z,ENTRY,B,SHORT,_Z,,\n";
        take(&store, &(entry.to_owned() + &exit("09:00", "0,count")));
        release_until(&store, "01-06");
        if corrected {
            take(&store, &exit("07:30", "1,count"));
        }
        release_until(&store, "01-08");
        if corrected {
            take(&store, &exit("07:30", "2,retract"));
        }
        release_until(&store, "01-20");
        succeed(&["ledger", "verify", &store]);
        store
    };
    let (corrected, first) = (store(true), store(false));
    for id in STAYS_WITH_VINTAGES {
        let differences = difference(&corrected, &first, id);
        let moved = |vintage: u32| -> Vec<(usize, i64)> {
            let file = differences.get(&format!("{id}/2024-01-05.v{vintage}.json"));
            let cells = file.iter().flat_map(|by| by.iter().copied().enumerate());
            cells.filter(|(_, by)| *by != 0).collect()
        };
        if id == "LENGTHS" {
            // B is the first citizenship, SHORT the first class; two days and an hour are under
            // five days, half an hour less than two days is under two.
            assert_eq!(moved(1), [(1, 1), (2, -1)]);
            assert_eq!(moved(2), [(1, -1)]);
        } else {
            assert_eq!(moved(1), [], "{id}");
            let [(_, by)] = moved(2)[..] else { panic!("{id}: {differences:?}") };
            assert_eq!(by, -1, "{id}");
        }
        assert_eq!(differences.len(), 1 + usize::from(id == "LENGTHS"), "{id}: {differences:?}");
    }
}

#[test]
fn what_late_transitions_cost_is_what_is_charged() {
    let place = Workplace::new();
    for plan in [stays(), with_corrections(stays())] {
        let plan = place.write("plan.toml", plan.text());
        let report = succeed(&["audit", &plan, "--pairs", "20", "--histories", "0"]);
        assert!(report.contains("every other public byte: equal\n"), "{report}");
        assert!(report.ends_with("no measured cost exceeds its claim\n"), "{report}");
    }
}

#[test]
fn what_vintages_cost_is_what_is_charged() {
    let place = Workplace::new();
    for plan in [
        short_with_vintages("PERSONS"),
        short_with_vintages("EVENTS"),
        short_table("identity"),
        with_corrections(short_table("identity")),
        with_corrections(short_table("calendar_blt")),
        short_table_apart("calendar_blt"),
        with_corrections(short_table_apart("identity")),
        with_vintages(spells_as_tables(stays_by_month(), true), &["LENGTHS", "COHORTS", "PAIRS"]),
        with_corrections(with_vintages(
            spells_as_tables(stays_by_month(), false),
            &["LENGTHS", "COHORTS", "PAIRS"],
        )),
    ] {
        let plan = place.write("plan.toml", plan.text());
        let report = succeed(&["audit", &plan, "--pairs", "24", "--histories", "24"]);
        assert!(report.contains("every other public byte: equal\n"), "{report}");
        assert!(report.ends_with("no measured cost exceeds its claim\n"), "{report}");
    }
}

/// The numbers of the steps whose late counts wait in the newest state; none before the first.
fn waiting(store: &str) -> Option<Vec<i64>> {
    let newest = each_run(store).pop()?;
    let head = newest.split(|&byte| byte == b'\n').next().expect("a head");
    let head: serde_json::Value = serde_json::from_slice(head).expect("JSON");
    assert!(head["sums"].is_array(), "the index of a run");
    let late = head.get("late").and_then(|late| late.as_array()).cloned().unwrap_or_default();
    Some(late.iter().map(|waits| waits[0][1].as_i64().expect("a step")).collect())
}

/// Kill -9 while late counts wait and while vintages are released: every byte is that of a store
/// that was never killed.
#[test]
fn killed_vintages_are_those_of_an_undisturbed_store() {
    let place = place();
    let rows = |day: u32| -> String {
        let nth_row = |n: u32| {
            let (id, person) = (format!("d{day}n{n}"), format!("person{:02}", (7 * n + day) % 40));
            let at = format!("01-{:02}", 18 + (day + n) % (day + 1));
            row(&id, &person, &at, if (day + n / 2).is_multiple_of(2) { "ENTRY" } else { "EXIT" })
        };
        (0..30).map(nth_row).collect()
    };
    let fill = |store: &str, kills: u64| {
        let mut waited = false;
        for day in 0..12u32 {
            take(&place, store, &rows(day));
            let until = format!("2024-01-{}", 18 + day);
            for kill in 0..kills {
                let mut process =
                    tidegauge(&["release", store, "--until", &until, "--now", NOW, "--empty"])
                        .stdout(Stdio::null())
                        .stderr(Stdio::null())
                        .spawn()
                        .expect("the program starts");
                sleep(Duration::from_millis(5 + (u64::from(day) * 7 + 13 * kill) % 31));
                process.kill().expect("a signal");
                process.wait().expect("an end");
            }
            succeed(&["release", store, "--until", &until, "--now", NOW, "--empty"]);
            waited |= waiting(store).is_some_and(|steps| !steps.is_empty());
        }
        assert!(waited, "late counts wait for their vintage");
        release_until(store, "02-05");
        succeed(&["ledger", "verify", store]);
        assert_eq!(waiting(store), Some(vec![]), "every vintage that was due has been drawn");
        releases(store)
    };
    let undisturbed = fill(&place.synthetic("undisturbed", Some(SEED)), 0);
    let killed = fill(&place.synthetic("killed", Some(SEED)), 2);
    assert_eq!(killed, undisturbed);
    assert!(killed.iter().any(|(name, _)| name.ends_with(".v2.json")));
}
