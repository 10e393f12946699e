//! However events come in, the same noise seed gives the same releases, byte for byte; and the
//! public files of two stores that differ in one person have the same shape.
//!
//! Not here: crashes (`crash.rs`).

#![cfg(test)]

use std::fs;

use testkit::program::{HEADER, NOW, PLAN, Workplace, releases, succeed};
use tidegauge_ledger::Release;
use tidegauge_privacy::Variance;

const SEED: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const UNTIL: &str = "2024-01-10";

/// The releases of a store that ingested these files on this many threads.
fn released(
    place: &Workplace,
    name: &str,
    files: &[String],
    threads: &str,
) -> Vec<(String, Vec<u8>)> {
    let store = place.synthetic(name, Some(SEED));
    let mut ingest = vec!["ingest", &store, "--now", NOW, "--threads", threads];
    ingest.extend(files.iter().map(String::as_str));
    succeed(&ingest);
    succeed(&["release", &store, "--until", UNTIL, "--now", NOW, "--threads", threads]);
    succeed(&["ledger", "verify", &store]);
    releases(&store)
}

fn simulated(place: &Workplace, name: &str) -> String {
    let out = place.text(name);
    succeed(&["simulate", "border", "--out", &out, "--days", "10", "--seed", "11"]);
    out
}

/// The lines of a CSV in another order, the header first; the order is a multiplicative
/// permutation.
fn shuffled(lines: &[&str], by: usize) -> Vec<String> {
    let (header, rows) = lines.split_first().expect("a header");
    let count = rows.len();
    let step = (by..).find(|step| gcd(*step, count) == 1).expect("a step");
    let order = (0..count).map(|n| rows[(n * step + by) % count].to_owned());
    std::iter::once((*header).to_owned()).chain(order).collect()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[test]
fn order_files_formats_and_threads_change_no_byte() {
    let place = Workplace::new();
    let csv = simulated(&place, "events.csv");
    let expected = released(&place, "plain", std::slice::from_ref(&csv), "1");
    assert_eq!(expected.len(), 3 * 10);
    let text = fs::read_to_string(&csv).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    let mixed = shuffled(&lines, 7919);
    let file = place.write("mixed.csv", mixed.join("\n") + "\n");
    assert_eq!(released(&place, "mixed", &[file], "2"), expected, "shuffled");
    let parts = mixed[1..].chunks(mixed.len().div_ceil(100)).zip(0..);
    let hundred: Vec<String> = parts
        .map(|(rows, n)| {
            let rows = rows.join("\n");
            place.write(&format!("part{n}.csv"), format!("{}\n{rows}\n", mixed[0]))
        })
        .collect();
    assert_eq!(hundred.len(), 100);
    assert_eq!(released(&place, "hundred", &hundred, "2"), expected, "100 files");
    for name in ["events.parquet", "events.ndjson"] {
        let file = simulated(&place, name);
        for threads in ["1", "2"] {
            let store = format!("{name}{threads}");
            let files = std::slice::from_ref(&file);
            assert_eq!(released(&place, &store, files, threads), expected, "{name} on {threads}");
        }
    }
}

#[test]
fn copies_and_replays_change_no_byte() {
    let place = Workplace::new();
    let csv = simulated(&place, "events.csv");
    let expected = released(&place, "plain", std::slice::from_ref(&csv), "2");
    let twice = released(&place, "twice", &[csv.clone(), csv.clone()], "2");
    assert_eq!(twice, expected, "the file twice in one call");
    let store = place.synthetic("replayed", Some(SEED));
    let release = |until: &str| {
        succeed(&["release", &store, "--until", until, "--now", NOW]);
    };
    succeed(&["ingest", &store, &csv, "--now", NOW]);
    release("2024-01-04");
    succeed(&["ingest", &store, &csv, "--now", NOW]);
    release("2024-01-07");
    succeed(&["ingest", &store, &csv, "--now", NOW]);
    succeed(&["ingest", &store, &csv, "--now", NOW]);
    release(UNTIL);
    assert_eq!(releases(&store), expected, "the file again after its steps have closed");
}

#[test]
fn releasing_one_step_at_a_time_or_all_at_once_is_the_same() {
    let place = Workplace::new();
    let csv = simulated(&place, "events.csv");
    let expected = released(&place, "plain", std::slice::from_ref(&csv), "2");
    let store = place.synthetic("stepwise", Some(SEED));
    succeed(&["ingest", &store, &csv, "--now", NOW]);
    for day in 1..=10 {
        let until = format!("2024-01-{day:02}");
        for _ in 0..2 {
            succeed(&["release", &store, "--until", &until, "--now", NOW]);
        }
    }
    assert_eq!(releases(&store), expected);
}

/// The same event id of two persons names two events: with or without the first person's event, the
/// other person's late event moves the stock.
#[test]
fn an_id_that_two_persons_share_is_two_events() {
    let place = Workplace::new();
    // Sums over nodes: the measurement of a day covers only that day.
    fs::write(place.path("plan.toml"), include_str!("../../../testdata/crossings.toml")).unwrap();
    let row =
        |person: &str, time: &str| format!("same,{person},{time},ENTRY,LO_WU,MAINLAND_VISITOR\n");
    let first = row("syn1:firstperson", "2024-01-02T08:00:00+08:00");
    let other = row("syn1:otherperson", "2024-01-02T09:00:00+08:00");
    let stocks = |name: &str, on_time: &str| {
        let store = place.synthetic(name, Some(SEED));
        let take = |file: &str, rows: &str| {
            let file = place.write(file, format!("{}\n{rows}", HEADER));
            succeed(&["ingest", &store, &file, "--now", NOW]);
        };
        take(&format!("{name}.csv"), on_time);
        succeed(&["release", &store, "--until", "2024-01-03", "--now", NOW, "--empty"]);
        take(&format!("{name}-late.csv"), &other);
        succeed(&["release", &store, "--until", "2024-01-04", "--now", NOW, "--empty"]);
        let files = releases(&store);
        let find = |day: &str| {
            let name = format!("VISITORS_PRESENT/2024-01-{day}.v0.json");
            let (_, bytes) = files.iter().find(|(known, _)| *known == name).expect("a release");
            Release::parse(bytes).expect("a release").parts[0].values.clone()
        };
        (find("02"), find("04"))
    };
    let (with, without) = (stocks("with", &first), stocks("without", ""));
    let only_first: Vec<i64> = with.0.iter().zip(&without.0).map(|(a, b)| a - b).collect();
    assert_eq!(only_first, [1, 0], "the first person entered on the second day");
    assert_eq!(with.1, without.1, "the other person's late entry counts on the fourth either way");
    let nobody = place.synthetic("nobody", Some(SEED));
    succeed(&["release", &nobody, "--until", "2024-01-04", "--now", NOW, "--empty"]);
    let files = releases(&nobody);
    let fourth = files.iter().find(|(name, _)| name == "VISITORS_PRESENT/2024-01-04.v0.json");
    let fourth = Release::parse(&fourth.expect("a release").1).expect("a release");
    assert_eq!(without.1[0] - fourth.parts[0].values[0], 1, "the late entry is there");
}

/// With the same noise seed the noise cancels: the difference between two stores that differ in one
/// person's whole history is due to that person, and must stay within the claimed sensitivity.
#[test]
fn one_person_more_or_less_stays_within_the_sensitivity() {
    let place = Workplace::new();
    let csv = simulated(&place, "events.csv");
    let text = fs::read_to_string(&csv).expect("UTF-8");
    let with = released(&place, "with", std::slice::from_ref(&csv), "2");
    let mut persons: Vec<&str> =
        text.lines().skip(1).filter_map(|row| row.split(',').nth(1)).collect();
    persons.sort_unstable();
    // The person with the most events is the hardest case in the file.
    let busiest = persons
        .chunk_by(|one, next| one == next)
        .max_by_key(|events| events.len())
        .expect("a person")[0];
    for (n, person) in [busiest, persons[0], persons[persons.len() / 2]].iter().enumerate() {
        let fewer: Vec<&str> =
            text.lines().filter(|row| row.split(',').nth(1) != Some(person)).collect();
        let file = place.write(&format!("without{n}.csv"), fewer.join("\n") + "\n");
        let without = released(&place, &format!("without{n}"), &[file], "2");
        let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
            files.iter().map(|(name, _)| name.clone()).collect()
        };
        assert_eq!(names(&with), names(&without), "the same files");
        let mut costs = std::collections::BTreeMap::new();
        for ((name, one), (_, other)) in with.iter().zip(&without) {
            let (one, other) = (Release::parse(one).unwrap(), Release::parse(other).unwrap());
            assert_eq!(one.parts.len(), other.parts.len(), "{name}");
            for (a, b) in one.parts.iter().zip(&other.parts) {
                assert_eq!(
                    (&a.grain, &a.period, a.values.len()),
                    (&b.grain, &b.period, b.values.len())
                );
                // Each measurement costs its squared change over twice its own variance.
                let squares = a.values.iter().zip(&b.values).map(|(x, y)| ((x - y) as f64).powi(2));
                let variance = Variance::parse(&a.variance).unwrap().as_f64();
                let part = (one.dataflow.clone(), a.part);
                *costs.entry(part).or_insert(0.0) += squares.sum::<f64>() / (2.0 * variance);
            }
        }
        let plan = tidegauge_model::Plan::parse(PLAN).unwrap();
        let window = plan.window_of(plan.first_step());
        for (position, dataflow) in plan.dataflows.iter().enumerate() {
            for price in tidegauge_ledger::prices(&plan, position, window).unwrap() {
                let cost = *costs.get(&(dataflow.id.clone(), price.part)).unwrap_or(&0.0);
                let rho = tidegauge_privacy::display::decimal(price.rho.as_ratio());
                assert!(cost <= rho * (1.0 + 1e-9), "{}: {cost} > {rho}", dataflow.id);
            }
        }
        assert!(costs.values().any(|&cost| cost > 0.0), "the person is counted");
    }
}
