//! Those who cross often, through the real program: under a bound that nobody reaches they count in
//! full, under one that they pass a figure says how much it may lack, and under both a cell lies
//! between what they tell.
//!
//! Not here: the price of a bound (crates `privacy` and `ledger`), how it is kept (crate `fold`).
//!
//! Invariants: every limit lies at least five standard deviations off, so that a sound program
//! fails once in a million runs at most; noise is fresh.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use testkit::plans::border_with_first_crossings;
use testkit::program::{Workplace, succeed};
use testkit::{edit, toml};

const PLAN: &str = include_str!("../../../plans/border.toml");

type Row = BTreeMap<String, String>;

/// Sixty days with commuters, released under a plan.
struct Border {
    place: Workplace,
    store: String,
}

impl Border {
    fn new(plan: &str) -> Self {
        let place = Workplace::with_plan(plan);
        let (events, truth) = (place.text("events.csv"), place.text("truth.csv"));
        let days = ["--from", "2024-01-01", "--days", "60", "--seed", "17"];
        let out = ["simulate", "commuters", "--out", &events, "--truth", &truth];
        succeed(&[&out[..], &days].concat());
        let store = place.synthetic("store", None);
        succeed(&["ingest", &store, &events]);
        succeed(&["release", &store, "--until", "2024-02-29"]);
        Self { place, store }
    }

    fn export(&self, id: &str, key: &str, flags: &[&str]) -> Vec<Row> {
        rows(&succeed(&[&["export", &self.store, "--dataflow", id, "--key", key], flags].concat()))
    }

    fn file(&self, name: &str) -> Vec<Row> {
        rows(&fs::read_to_string(self.place.path(name)).expect("a file"))
    }
}

fn rows(csv: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// The period of a day at a frequency.
fn period(day: &str, frequency: &str) -> String {
    let date: jiff::civil::Date = day.parse().expect("a day");
    let week = date.iso_week_date();
    match frequency {
        "D" => day.to_owned(),
        "W" => format!("{}-W{:02}", week.year(), week.week()),
        _ => day[..7].to_owned(),
    }
}

/// Where commuters make a fifth of all crossings, no figure of any margin and grain is off by more
/// than its noise.
#[test]
fn commuters_count_in_full() {
    let border = Border::new(PLAN);
    let truth = border.file("truth.csv");
    for frequency in ["D", "W", "M"] {
        for [point, class] in [["_T", "_T"], ["_T", ""], ["", "_T"], ["", ""]] {
            let mut counts = BTreeMap::<[String; 4], f64>::new();
            for row in &truth {
                let code = |pick: &str, column: &str| match pick {
                    "" => row[column].clone(),
                    total => total.to_owned(),
                };
                let [point, class] = [code(point, "border_point"), code(class, "traveller_class")];
                let key = [point, row["direction"].clone(), class, period(&row["date"], frequency)];
                *counts.entry(key).or_default() += number(row, "count");
            }
            let key = format!("{frequency}..FLOW.{point}..{class}");
            let (mut held, mut all, mut error) = (0.0, 0.0, 0.0);
            // The codes of what has closed are exactly 0.
            let mut figures = border.export("BORDER_FLOW", &key, &[]);
            figures.retain(|row| number(row, "MARGIN") > 0.0);
            for row in &figures {
                let of = ["BORDER_POINT", "DIRECTION", "TRAVELLER_CLASS", "TIME_PERIOD"];
                let count = counts.get(&of.map(|column| row[column].clone())).unwrap_or(&0.0);
                let off = number(row, "OBS_VALUE") - count;
                held += f64::from(u8::from(off.abs() <= number(row, "MARGIN")));
                error += off / number(row, "MARGIN");
                all += 1.0;
            }
            println!("{key}: {all} figures, {:.1} % held", 100.0 * held / all);
            assert!(all >= 4.0, "{key}");
            // Days and directions are independent; cells of a day share little.
            let most_off = 5.5 / 1.96 / f64::sqrt(all) * if point.is_empty() { 1.5 } else { 1.0 };
            assert!((error / all).abs() < most_off, "{key}: {} of {most_off}", error / all);
            let least = 0.95 - 7.0 * f64::sqrt(0.05 * 0.95 / all.min(500.0));
            assert!(all < 40.0 || held / all > least, "{key}: {held} of {all}");
        }
    }
}

/// Under a bound of 40 commuters pass it in the second month: the persons who did, and what is cut,
/// are counted one by one from the events.
#[test]
fn a_figure_says_what_its_bound_cuts() {
    const BOUND: usize = 40;
    let border = Border::new(&edit(PLAN).change("dataflow.BORDER_FLOW.bound", 40).text());
    let mut events = border.file("events.csv");
    events.retain(|row| local_day(row).as_str() >= "2024-01-01");
    events.sort_by(|a, b| a["occurred_at"].cmp(&b["occurred_at"]));
    let (mut crossings, mut passed) = (BTreeMap::new(), BTreeMap::new());
    let mut cut = BTreeMap::<(String, String), f64>::new();
    for row in &events {
        let so_far: &mut usize = crossings.entry(&row["pseudonym"]).or_default();
        *so_far += 1;
        if *so_far > BOUND {
            let day = local_day(row);
            for frequency in ["D", "M"] {
                let key = (row["kind"].clone(), period(&day, frequency));
                *cut.entry(key).or_default() += 1.0;
            }
            passed.entry(&row["pseudonym"]).or_insert(day);
        }
    }
    let passed_by =
        |day: &str| passed.values().filter(|first| first.as_str() <= day).count() as f64;
    assert!(passed_by("2024-02-29") > 100.0, "{}", passed.len());
    let days: BTreeSet<String> = events.iter().map(local_day).collect();
    for frequency in ["D", "M"] {
        let key = format!("{frequency}..FLOW._T.._T");
        let found = border.export("BORDER_FLOW.CUT", &key, &["--derive"]);
        assert_eq!(found.len(), if frequency == "D" { 120 } else { 4 });
        for row in found {
            let of_period = |day: &&String| period(day, frequency) == row["TIME_PERIOD"];
            let days: Vec<&String> = days.iter().filter(of_period).collect();
            let (persons, margin) = (number(&row, "PERSONS"), number(&row, "MARGIN"));
            let last = days.last().expect("a day");
            assert!((persons - passed_by(last)).abs() <= 2.8 * margin, "{row:?} {last}");
            let most = number(&row, "CUT_MAX");
            let meant: f64 = days.iter().map(|day| passed_by(day)).sum();
            // One margin to spare, and five standard deviations.
            let room = 2.6 * margin * days.len() as f64;
            assert!(
                (meant - room..=meant + room + 2.0 * margin).contains(&most),
                "{row:?} {meant}"
            );
            let really = cut.get(&(row["DIRECTION"].clone(), row["TIME_PERIOD"].clone()));
            let really = really.copied().unwrap_or_default();
            assert!(really <= most + room, "{row:?}: {really}");
            if frequency == "M" && row["TIME_PERIOD"] == "2024-02" {
                assert!(really > 1000.0 && most > room, "{really} {most}");
            }
        }
    }
    // Of one class as much may be cut as of all: who passed the bound may have been of another.
    let of = |class: &str| {
        let key = format!("M..FLOW._T.ENTRY.{class}");
        border.export("BORDER_FLOW.CUT", &key, &["--derive"])[1]["CUT_MAX"].clone()
    };
    assert_eq!(of("RESIDENT"), of("_T"));
}

/// What is read first counts everyone, and cells only the first four crossings of a person in a
/// month: a cell lies between the ends that both tell. Where nobody crosses often the lower end is
/// near the count; where commuters cross, the count of first crossings misses what the upper end
/// has. What is not told apart is what each person crossed beyond the fourth time in a month.
#[test]
fn a_cell_is_between_what_two_bounds_tell() {
    let margins = "[{ of = [\"DIRECTION\"], grain = \"day\", weight = 1000 }, \
        { of = [\"DIRECTION\", \"TRAVELLER_CLASS\"], grain = \"day\", weight = 600 }, \
        { of = [\"BORDER_POINT\", \"DIRECTION\"], grain = \"day\", weight = 960 }]";
    let plan = border_with_first_crossings();
    let border = Border::new(&plan.change("dataflow.BORDER_FLOW.margins", toml(margins)).text());
    let truth = border.file("truth.csv");
    let export = |key: &str, id: &str, flags: &[&str]| border.export(id, key, flags);
    for frequency in ["D", "W", "M"] {
        let mut counts = BTreeMap::<[String; 4], f64>::new();
        for row in &truth {
            let period = period(&row["date"], frequency);
            let code = |column: &str| row[column].clone();
            let key = [code("border_point"), code("direction"), code("traveller_class"), period];
            *counts.entry(key).or_default() += number(row, "count");
        }
        let key = format!("{frequency}..FLOW...");
        let (mut held, mut all, mut near, mut seldom) = (0.0, 0.0, 0.0, 0.0);
        let (mut missed, mut often, mut widths) = (0.0, 0.0, 0.0);
        let of = ["BORDER_POINT", "DIRECTION", "TRAVELLER_CLASS", "TIME_PERIOD"];
        let place = |row: &Row| of.map(|column| row[column].clone());
        let first = export(&key, "FIRST_CROSSINGS", &[]);
        let margins: BTreeMap<_, f64> =
            first.iter().map(|row| (place(row), number(row, "MARGIN"))).collect();
        for row in export(&key, "FIRST_CROSSINGS.RANGE", &["--derive"]) {
            let count = *counts.get(&place(&row)).unwrap_or(&0.0);
            let [counted, least, most] =
                ["COUNTED", "AT_LEAST", "AT_MOST"].map(|column| number(&row, column));
            held += f64::from(u8::from((least..=most).contains(&count)));
            all += 1.0;
            let margin = margins[&place(&row)];
            if row["TRAVELLER_CLASS"] == "OTHER_VISITOR" {
                // Nobody of this class crosses often.
                seldom += 1.0;
                near += f64::from(u8::from(count - least <= 3.0 * margin));
            } else if count > 5.0 * margin {
                often += 1.0;
                widths += (most - least) / count;
                missed += f64::from(u8::from(count > counted + margin));
            }
        }
        println!(
            "{key}: {all} cells, {:.1} % held; {:.1} % of {seldom} near; first crossings miss \
             {:.1} % of {often}, whose ends are {:.1} counts apart",
            100.0 * held / all,
            100.0 * near / seldom,
            100.0 * missed / often,
            widths / often
        );
        // The lower end fails in at most 5 of 100 cases, the upper end in 2.5.
        let least = 0.925 - 6.0 * f64::sqrt(0.075 * 0.925 / all.min(500.0));
        assert!(all > 100.0 && held / all > least, "{key}: {held} of {all}");
        assert!(near / seldom > 0.95, "{key}: {near} of {seldom}");
        // The upper end says more than that everyone may have crossed there.
        assert!(often > 10.0 && widths / often < 2.0, "{key}: {widths} of {often}");
        let many = missed / often > 0.5;
        assert!(frequency != "M" || many, "{key}: {missed} of {often}");
    }
    let rest = beyond_the_fourth(&border);
    for row in export("M..FLOW._T..", "FIRST_CROSSINGS.RANGE", &["--derive"]) {
        let key = ["DIRECTION", "TRAVELLER_CLASS", "TIME_PERIOD"].map(|column| row[column].clone());
        let really = rest.get(&key).copied().unwrap_or_default();
        let (found, margin) = (number(&row, "NOT_TOLD_APART"), number(&row, "MARGIN"));
        assert!((found - really).abs() <= 2.8 * margin, "{row:?}: {really}");
        assert!(row["AT_LEAST"].is_empty() && row["AT_MOST"].is_empty(), "{row:?}");
        let has_commuters = row["TRAVELLER_CLASS"] == "RESIDENT";
        assert!(!has_commuters || really > 10.0 * margin, "{row:?}: {really}");
    }
}

/// By direction, class and month, the crossings of each person beyond the fourth in the month.
fn beyond_the_fourth(border: &Border) -> BTreeMap<[String; 3], f64> {
    let mut events = border.file("events.csv");
    events.retain(|row| local_day(row).as_str() >= "2024-01-01");
    events.sort_by(|a, b| a["occurred_at"].cmp(&b["occurred_at"]));
    let (mut seen, mut crossings) = (BTreeSet::new(), BTreeMap::new());
    let mut rest = BTreeMap::<[String; 3], f64>::new();
    for row in &events {
        let day = local_day(row);
        let month = period(&day, "M");
        if !seen.insert((&row["pseudonym"], day, &row["kind"])) {
            continue;
        }
        let so_far: &mut usize = crossings.entry((&row["pseudonym"], month.clone())).or_default();
        *so_far += 1;
        if *so_far > 4 {
            let key = [row["kind"].clone(), row["traveller_class"].clone(), month];
            *rest.entry(key).or_default() += 1.0;
        }
    }
    rest
}

fn local_day(row: &Row) -> String {
    row["occurred_at"][..10].to_owned()
}
