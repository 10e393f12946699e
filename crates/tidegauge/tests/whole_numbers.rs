//! Figures as whole numbers, through the real program: they add up exactly as published, differ
//! from thousandths by no more than the proven bound, and their intervals contain the truth.
//!
//! Not here: the proof (`figures/src/query/decimals.proof.md`).

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use testkit::edit;
use testkit::plans::TABLES;
use testkit::program::{PLAN, Workplace, refused, succeed};
use tidegauge_model::Period;

const BALANCES: &str = include_str!("../../../testdata/balance_table.toml");
const SEED: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const NOW: [&str; 2] = ["--now", "2024-12-01T00:00:00Z"];

/// Nobody ever comes: every count is 0, and figures are noise.
fn store(place: &Workplace, until: &str) -> String {
    let store = place.synthetic("store", Some(SEED));
    succeed(&[&["release", &store, "--empty", "--until", until][..], &NOW].concat());
    store
}

/// The codes of a figure without its frequency, and its period.
type Place = (Vec<String>, String);

/// Value, margin, and the ends of the interval, each as written.
type Written = [String; 4];

/// Every figure of a key.
fn written(store: &str, dataflow: &str, key: &str, further: &[&str]) -> BTreeMap<Place, Written> {
    let export = ["export", store, "--dataflow", dataflow, "--key", key];
    let text = succeed(&[&export[..], further].concat());
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().expect("a header");
    let column = |name: &str| columns.iter().position(|column| *column == name).expect("known");
    let decimals = if further.is_empty() { "0" } else { "3" };
    let figure = |row: Vec<&str>| {
        assert_eq!(row[column("DECIMALS")], decimals, "{row:?}");
        let codes = &row[column("INDICATOR")..column("TIME_PERIOD")];
        let period = row[column("TIME_PERIOD")].to_owned();
        let numbers = ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH"];
        let codes = codes.iter().map(|&code| code.to_owned()).collect();
        ((codes, period), numbers.map(|name| row[column(name)].to_owned()))
    };
    lines.map(figure).collect()
}

/// Every figure of a key, which must be whole numbers: value and margin.
fn whole(store: &str, dataflow: &str, key: &str) -> BTreeMap<Place, (i64, i64)> {
    let figure = |(place, numbers): (Place, Written)| {
        let number = |text: &String| text.parse().unwrap_or_else(|_| panic!("{place:?} {text}"));
        let [value, margin, low, high] = numbers.each_ref().map(number);
        assert_eq!((low, high), (value - margin, value + margin), "{place:?}");
        // At least 1; or a structural zero.
        assert!(margin >= 1 || (value, margin) == (0, 0), "{place:?}: {value} {margin}");
        (place, (value, margin))
    };
    written(store, dataflow, key, &[]).into_iter().map(figure).collect()
}

/// The figure with another code at a position, the first dimension of the plan being 1.
fn with_code((codes, period): &Place, position: usize, code: &str) -> Place {
    let mut codes = codes.clone();
    code.clone_into(&mut codes[position]);
    (codes, period.clone())
}

/// Checks that codes add up to what is made of them, at a position of the key; returns the number
/// of sums.
fn check_sums(
    all: &BTreeMap<Place, (i64, i64)>,
    position: usize,
    sums: &[(&str, &[&str])],
) -> usize {
    let mut checked = 0;
    for (place, (value, _)) in all {
        let Some((_, parts)) = sums.iter().find(|(code, _)| place.0[position] == *code) else {
            continue;
        };
        let parts = parts.iter().map(|code| all[&with_code(place, position, code)].0);
        assert_eq!(*value, parts.sum::<i64>(), "{place:?}");
        checked += 1;
    }
    checked
}

/// Checks that days add up to months, and that the level changes by arrivals less departures;
/// returns the number of sums.
fn check_time(all: &BTreeMap<Place, (i64, i64)>) -> usize {
    let mut checked = 0;
    for ((codes, period), (value, _)) in all {
        let indicator = codes[0].as_str();
        let month = Period::parse(period).expect("a period");
        if indicator != "STOCK" && period.len() == 7 {
            let days = all.iter().filter(|((other, day), _)| {
                other == codes && day.len() == 10 && month.covers(Period::parse(day).expect("day"))
            });
            assert_eq!(
                *value,
                days.map(|(_, (value, _))| value).sum::<i64>(),
                "{codes:?} {period}"
            );
            checked += 1;
        }
        if indicator == "STOCK" {
            let next = (codes.clone(), month.next().to_string());
            let Some((level, _)) = all.get(&next) else { continue };
            let [came, left] =
                ["ARRIVALS", "DEPARTURES"].map(|indicator| all[&with_code(&next, 0, indicator)].0);
            assert_eq!(level - value, came - left, "{codes:?} {period}");
            checked += 1;
        }
    }
    checked
}

const GROUPS: [(&str, &[&str]); 4] = [
    ("AIR", &["NORTH_AIRPORT", "SOUTH_AIRPORT", "WEST_AIRPORT"]),
    ("SEA", &["HARBOUR", "FERRY"]),
    ("LAND", &["BRIDGE"]),
    ("_T", &["AIR", "SEA", "LAND"]),
];
const CLASSES: [(&str, &[&str]); 1] = [("_T", &["RESIDENT", "NEAR", "FAR"])];
const BALANCE_KEY: &str = "D+M...NORTH_AIRPORT+SOUTH_AIRPORT+WEST_AIRPORT+HARBOUR+FERRY+BRIDGE\
    +AIR+SEA+LAND+_T.RESIDENT+NEAR+FAR+_T";

/// The sums of a table of a balance over two windows, and the bound of its rounding: 2^a rounded
/// sums in a level, and as many at each end of a period, with twice as many in departures.
#[test]
fn a_table_of_a_balance_adds_up_in_whole_numbers() {
    let place = Workplace::with_plan(BALANCES);
    let store = store(&place, "2024-04-30");
    let all = whole(&store, "PRESENT", BALANCE_KEY);
    assert_eq!(all.len(), 3 * 40 * (121 + 4));
    let by_time = check_time(&all);
    assert_eq!(by_time, 40 * (2 * 4 + 120 + 3));
    let (by_point, by_class) = (check_sums(&all, 1, &GROUPS), check_sums(&all, 2, &CLASSES));
    assert_eq!((by_point, by_class), (3 * 16 * 125, 3 * 10 * 125));
    let exact = written(&store, "PRESENT", BALANCE_KEY, &["--decimals", "3"]);
    let mut furthest = 0.0f64;
    for (place, (value, margin)) in &all {
        let split = place.0[1..].iter().filter(|code| *code != "_T").count();
        let corners = f64::from(1 << split);
        let rounded = match place.0[0].as_str() {
            "STOCK" => corners,
            "ARRIVALS" => 2.0 * corners,
            _ => 4.0 * corners,
        };
        // Arrivals are made of halves.
        let reach = if place.0[0] == "STOCK" { 0.5 } else { 0.25 };
        check_near((*value, *margin), &exact[place], (rounded, reach));
        let off = (*value as f64 - number(&exact[place][0])).abs();
        furthest = furthest.max(off);
    }
    assert!(furthest > 1.0, "{furthest}: the bound is not idle");
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

/// A figure made of this many rounded sums is near the one in thousandths. Its margin is the least
/// whole number that reaches as far as it should with what reaches beyond it.
fn check_near((value, margin): (i64, i64), exact: &Written, (rounded, reach): (f64, f64)) {
    assert!(exact.iter().all(|text| text.split_once('.').is_some_and(|(_, d)| d.len() == 3)));
    let off = (value as f64 - number(&exact[0])).abs();
    assert!(off <= rounded / 2.0 * 1.001, "{value} {exact:?}: {rounded} rounded sums");
    let wider = number(&exact[1]).hypot(1.96 * (rounded / 12.0).sqrt());
    let added = margin as f64 + reach - wider;
    // The margin in thousandths can have half a step of the lattice.
    assert!((-0.502..=1.002).contains(&added), "{margin} {exact:?}: {rounded} rounded sums");
}

/// The same where each cell is measured separately: one rounded sum a cell.
#[test]
fn separate_cells_add_up_in_whole_numbers() {
    let place = Workplace::with_plan(PLAN);
    let store = store(&place, "2024-02-02");
    let flows = "D+M..FLOW...";
    let cells = written(&store, "BORDER_FLOW", flows, &[]);
    let codes = |position: usize| -> Vec<String> {
        let codes: BTreeSet<&String> = cells.keys().map(|(codes, _)| &codes[position]).collect();
        codes.into_iter().cloned().collect()
    };
    let lists = [1, 2, 3].map(codes);
    let with_total = lists.each_ref().map(|list| format!("{}+_T", list.join("+")));
    let all = whole(&store, "BORDER_FLOW", &format!("D+M..FLOW.{}", with_total.join(".")));
    for (position, list) in (1..).zip(&lists) {
        let parts: Vec<&str> = list.iter().map(String::as_str).collect();
        assert!(check_sums(&all, position, &[("_T", &parts)]) > 0);
    }
    assert!(check_time(&all) > 0);
    let key = format!("D+M..FLOW.{}", with_total.join("."));
    let exact = written(&store, "BORDER_FLOW", &key, &["--decimals", "3"]);
    let mut open: BTreeMap<&str, Vec<&[String]>> = BTreeMap::new();
    let is_open_cell = |((codes, _), (_, margin)): &(&Place, &(i64, i64))| {
        *margin > 0 && codes.iter().all(|code| code != "_T")
    };
    for ((codes, period), _) in all.iter().filter(is_open_cell) {
        open.entry(period).or_default().push(codes);
    }
    for (place, figure) in &all {
        let selects = |cell: &&&[String]| {
            let mut codes = place.0.iter().zip(**cell);
            codes.all(|(code, other)| code == other || code == "_T")
        };
        let cells = open[&*place.1].iter().filter(selects).count();
        check_near(*figure, &exact[place], (2.0 * cells as f64, 0.5));
    }
    let present = whole(&store, "VISITORS_PRESENT", "D+M...");
    assert!(check_time(&present) > 50);
}

/// Every count is 0, so an interval contains the truth if it contains 0.
#[test]
fn intervals_of_whole_numbers_hold_the_truth() {
    let (mut inside, mut all) = (0u32, 0u32);
    for (plan, dataflow, key) in [
        (BALANCES, "PRESENT", BALANCE_KEY),
        (TABLES, "CROSSINGS", "D..FLOW.FERRY+BRIDGE+AIR+SEA+LAND+_T.ENTRY+EXIT+_T._T"),
    ] {
        let place = Workplace::with_plan(plan);
        let store = store(&place, "2024-04-30");
        for (value, margin) in whole(&store, dataflow, key).into_values() {
            inside += u32::from(value.abs() <= margin);
            all += 1;
        }
    }
    // Levels of neighbouring days share most of their noise, so the share varies more than that of
    // independent figures would; the seed is fixed.
    let share = f64::from(inside) / f64::from(all);
    assert!((0.93..=0.975).contains(&share), "{share} of {all}");
}

/// Little noise in cells under `identity`, figures in thousandths: a normal interval would cover
/// four times in five.
#[test]
fn noise_in_whole_numbers_is_covered() {
    let text = edit(PLAN).change("dataflow.BORDER_FLOW.strategy", "identity");
    let place = Workplace::with_plan(text.change("privacy.rho", "60").text());
    let store = store(&place, "2024-01-31");
    let figures = written(&store, "BORDER_FLOW", "D+M..FLOW...", &["--decimals", "3"]);
    let exact = |text: &String| text.strip_suffix(".000").expect("a whole number").to_owned();
    let within = figures.values().filter(|[value, margin, ..]| {
        let [value, margin] = [value, margin].map(|text| exact(text).parse::<i64>().expect("one"));
        assert!(margin <= 20, "little noise: {margin}");
        value.abs() <= margin
    });
    let share = within.count() as f64 / figures.len() as f64;
    assert!(figures.len() > 2_900 && (0.94..=1.0).contains(&share), "{share}");
}

#[test]
fn other_decimals_are_refused() {
    let place = Workplace::with_plan(PLAN);
    let store = store(&place, "2024-01-01");
    for decimals in ["0", "2", "4", "three"] {
        let export = ["export", &store, "--dataflow", "AT_BOUND", "--decimals", decimals];
        let error = refused(&export, 2, "parameter");
        assert!(error.contains("--decimals: value: must be 3"), "{error}");
    }
}
