//! Published counts of returns, simulated, collected and released by the plan `returns`: the
//! intervals contain the truth as often as they say.
//!
//! Not here: real events; the events are of synthetic persons with the published counts.
//!
//! Data: quarterly returns of the United Kingdom (`../shared/data`, Home Office, Open Government
//! Licence), 2019 to 2023. Without the data the test is skipped.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use testkit::program::{Workplace, succeed};

/// The largest total probability of a false alarm in this file.
const FALSE_ALARM: f64 = 1e-6;

/// The number of citizenships with most returns that are checked separately.
const TOP: usize = 20;

fn data() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    [root.join("shared/data"), root.join("../shared/data")]
        .map(|place| place.join("uk_homeoffice_returns.csv.gz"))
        .into_iter()
        .find(|path| path.exists())
}

/// (quarter, citizenship, mode, destination).
type ReturnKey = [String; 4];

fn rows(text: &str) -> (csv::StringRecord, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().expect("a header").clone();
    (names, reader.records().map(|row| row.expect("a row")).collect())
}

fn column(names: &csv::StringRecord, name: &str) -> usize {
    names.iter().position(|known| known == name).expect("a column")
}

fn truth(text: &str) -> BTreeMap<ReturnKey, f64> {
    let (names, rows) = rows(text);
    let key = ["quarter", "citizenship", "mode", "destination"].map(|name| column(&names, name));
    let returns = column(&names, "returns");
    let mut sums = BTreeMap::new();
    for row in rows {
        let returns: f64 = row[returns].parse().expect("a count");
        *sums.entry(key.map(|n| row[n].to_owned())).or_default() += returns;
    }
    sums
}

/// How many of these intervals contain the truth, and how many there are. Destinations may be
/// summed.
fn coverage(store: &str, key: &str, truth: &BTreeMap<ReturnKey, f64>) -> (u32, u32) {
    let (names, rows) = rows(&succeed(&["export", store, "--dataflow", "RETURNS", "--key", key]));
    let key =
        ["TIME_PERIOD", "CITIZENSHIP", "MODE", "DESTINATION"].map(|name| column(&names, name));
    let ends = ["CI_LOW", "CI_HIGH"].map(|name| column(&names, name));
    let (mut contained, mut all) = (0, 0);
    for row in rows {
        let [low, high] = ends.map(|n| row[n].parse::<f64>().expect("a number"));
        let known = if &row[key[3]] == "_T" {
            let returns_to = |destination: &str| {
                let mut key = key.map(|n| row[n].to_owned());
                key[3] = destination.to_owned();
                truth.get(&key).copied().unwrap_or(0.0)
            };
            ["HOME", "EU", "OTHER", "UNK"].map(returns_to).iter().sum()
        } else {
            truth.get(&key.map(|n| row[n].to_owned())).copied().unwrap_or(0.0)
        };
        all += 1;
        contained += u32::from((low..=high).contains(&known));
    }
    (contained, all)
}

/// The quarters of a year share the noise of one window, and the destinations of one citizenship
/// and mode that of their sum; windows share none, and larger groups share only a small part. So
/// figures come in blocks of sixteen that are close to independent, and the share of intervals that
/// contain the truth is off by more than sqrt(ln(2 / p) / (2 blocks)) with probability below p
/// (Hoeffding); another 0.005 allows for the lattice of the noise and the rounding of the ends.
#[test]
fn intervals_contain_the_published_returns_as_often_as_they_say() {
    let Some(data) = data() else { return };
    let place = Workplace::new();
    place.write("plan.toml", include_str!("../../../plans/returns.toml"));
    let store = place.synthetic("store", Some(&"05".repeat(32)));
    let (events, known) = (place.text("events.csv"), place.text("truth.csv"));
    let counts = data.display().to_string();
    succeed(&["simulate", "returns", "--counts", &counts, "--out", &events, "--truth", &known]);
    succeed(&["ingest", &store, &events]);
    succeed(&["release", &store]);
    let truth = truth(&std::fs::read_to_string(known).expect("the truth"));
    assert_eq!(truth.values().sum::<f64>(), 174_201.0);
    let tolerance = |figures: u32| {
        ((2.0 * 2.0 / FALSE_ALARM).ln() / (2.0 * f64::from(figures / 16))).sqrt() + 0.005
    };

    let (contained_cells, cells) = coverage(&store, "Q.UK.FLOW...._T._T._T", &truth);
    assert_eq!(cells, 253 * 4 * 4 * 20);
    let share = f64::from(contained_cells) / f64::from(cells);
    assert!((share - 0.95).abs() <= tolerance(cells), "{share} of all cells");

    let mut by_citizenship: BTreeMap<&str, f64> = BTreeMap::new();
    for (key, returns) in &truth {
        *by_citizenship.entry(key[1].as_str()).or_default() += returns;
    }
    let mut top: Vec<(&str, f64)> = by_citizenship.into_iter().collect();
    top.sort_by(|one, other| other.1.total_cmp(&one.1));
    let top: Vec<&str> = top.iter().take(TOP).map(|(id, _)| *id).collect();
    let modes = "ENFORCED+VOLUNTARY+REFUSED_AT_PORT";
    let key = format!("Q.UK.FLOW.{}.{modes}._T._T._T._T", top.join("+"));
    let (contained_top, figures) = coverage(&store, &key, &truth);
    assert_eq!(figures, 20 * 3 * TOP as u32);
    let share = f64::from(contained_top) / f64::from(figures);
    assert!((share - 0.95).abs() <= tolerance(figures), "{share} of the largest");
    println!("{contained_cells} of {cells} cells, {contained_top} of {figures} of the largest");
}
