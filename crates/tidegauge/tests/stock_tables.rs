//! Tables of persons present and of balances, from events to figures through the real program: with
//! next to no noise every marginal equals a direct count of the same events, at every step.
//!
//! Not here: noise and margins of error (crate `figures` and `planner.rs`), and the influence of
//! one person (`collect/tests/sensitivity.rs`).

#![cfg(test)]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use testkit::plan::Value;
use testkit::program::{Workplace, releases, run, succeed, tidegauge};
use testkit::{edit, toml};
use tidegauge_ledger::{DirectorySource, Entry, read_verified};
use tidegauge_model::Period;

const PLAN: &str = include_str!("../../../testdata/stock_table.toml");
const BALANCES: &str = include_str!("../../../testdata/balance_table.toml");
const SEED: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const POINTS: [(&str, &str); 6] = [
    ("NORTH_AIRPORT", "AIR"),
    ("SOUTH_AIRPORT", "AIR"),
    ("WEST_AIRPORT", "AIR"),
    ("HARBOUR", "SEA"),
    ("FERRY", "SEA"),
    ("BRIDGE", "LAND"),
];
const CLASSES: [&str; 3] = ["RESIDENT", "NEAR", "FAR"];
const HEADER: &str = "event_id,pseudonym,occurred_at,kind,border_point,traveller_class\n";
/// The number of simulated days, which extend into the second quarter.
const DAYS: usize = 121;
const NOW: [&str; 2] = ["--now", "2024-09-01T00:00:00Z"];

/// A crossing: (day from 0, or -1 for the day before the plan; whether it is an entry; point).
type Passage = (i32, bool, usize);

/// The crossings of each person, in order of time. Some stay for months, some come and go daily and
/// exceed every bound, some cross twice a day, some were present before the plan.
fn persons() -> Vec<Vec<Passage>> {
    let passages = |person: usize| {
        let mut crossings = Vec::new();
        if person.is_multiple_of(4) {
            crossings.push((-1, true, person % 6));
        }
        for day in 0..DAYS {
            let turn = (person * 13 + day * 7) % (3 + person % 9);
            let point = (person + day) % 6;
            match turn {
                0 => crossings.push((day as i32, true, point)),
                1 => crossings.push((day as i32, false, point)),
                2 if person.is_multiple_of(9) => {
                    crossings.extend([(day as i32, false, 0), (day as i32, true, (point + 1) % 6)]);
                }
                _ => {}
            }
        }
        crossings
    };
    (0..80).map(passages).collect()
}

fn class(person: usize) -> usize {
    person / 2 % 3
}

/// The date of a day of the plan.
fn date(day: i32) -> String {
    let (mut month, mut day) = (1, day + 1);
    if day == 0 {
        return "2023-12-31".into();
    }
    for length in [31, 29, 31, 30, 31] {
        if day <= length {
            break;
        }
        (month, day) = (month + 1, day - length);
    }
    format!("2024-{month:02}-{day:02}")
}

fn csv(persons: &[Vec<Passage>]) -> Vec<String> {
    let mut rows = Vec::new();
    for (person, crossings) in persons.iter().enumerate() {
        for (number, (day, entry, point)) in crossings.iter().enumerate() {
            let (kind, class) = (if *entry { "ENTRY" } else { "EXIT" }, CLASSES[class(person)]);
            let (hour, minute) = (8 + number / 60 % 12, number % 60);
            let time = format!("{}T{hour:02}:{minute:02}:00Z", date(*day));
            let mut row = String::new();
            write!(row, "e{number},syn1:{person:08},{time},{kind},").expect("a row");
            writeln!(row, "{},{class}", POINTS[*point].0).expect("a row");
            rows.push(row);
        }
    }
    rows
}

/// Persons by point and class.
type Counts = HashMap<(usize, usize), i64>;

/// The direct counts of one day.
#[derive(Clone, Default, PartialEq)]
struct Day {
    present: Counts,
    arrivals: Counts,
    departures: Counts,
}

/// Persons present at the end of each day, and arrivals and departures, by point and class: whole
/// stays within the bound of changes a quarter, in the cell of their entry; persons present before
/// the plan are counted, and so are their departures.
fn reference(persons: &[Vec<Passage>], bound: u32) -> Vec<Day> {
    let mut days = vec![Day::default(); DAYS];
    for (person, crossings) in persons.iter().enumerate() {
        let class = class(person);
        let mut inside = None;
        // The cell of a stay, and whether it counts.
        let mut stay: Option<(usize, bool)> = None;
        let mut changes = 0;
        for number in -1..DAYS as i32 {
            if date(number).ends_with("04-01") {
                changes = 0;
            }
            for &(_, entry, point) in crossings.iter().filter(|crossing| crossing.0 == number) {
                inside = match (entry, inside) {
                    (true, None) => Some(point),
                    (true, known) => known,
                    (false, _) => None,
                };
            }
            if number < 0 {
                stay = inside.map(|point| (point, true));
                continue;
            }
            let day = &mut days[number as usize];
            match (inside, stay) {
                (Some(point), None) => {
                    let counts = changes + 2 <= bound;
                    changes += u32::from(counts);
                    stay = Some((point, counts));
                    *day.arrivals.entry((point, class)).or_insert(0) += i64::from(counts);
                }
                (None, Some((point, counts))) => {
                    changes += u32::from(counts);
                    stay = None;
                    *day.departures.entry((point, class)).or_insert(0) += i64::from(counts);
                }
                _ => {}
            }
            if let Some((point, true)) = stay {
                *day.present.entry((point, class)).or_insert(0) += 1;
            }
        }
    }
    days
}

/// Every published figure of a dataflow: (indicator, period, point, class) and the figure.
fn figures(store: &str, dataflow: &str, key: &str) -> BTreeMap<[String; 4], f64> {
    let export = succeed(&["export", store, "--dataflow", dataflow, "--key", key]);
    let mut lines = export.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().expect("a header");
    let column = |name: &str| columns.iter().position(|column| *column == name);
    let value = column("OBS_VALUE").expect("known");
    let code = |row: &[&str], name| column(name).map_or("_T".to_owned(), |at| row[at].to_owned());
    let figure = |row: Vec<&str>| {
        let place = ["INDICATOR", "TIME_PERIOD", "BORDER_POINT", "TRAVELLER_CLASS"];
        (place.map(|name| code(&row, name)), row[value].parse().expect("a number"))
    };
    lines.map(figure).collect()
}

const ALL_POINTS: &str =
    "NORTH_AIRPORT+SOUTH_AIRPORT+WEST_AIRPORT+HARBOUR+FERRY+BRIDGE+AIR+SEA+LAND+_T";

/// Every total, group and cell at the end of every day, week and month, across two windows; of
/// balances also everybody who came and left in it.
#[test]
fn with_next_to_no_noise_every_figure_is_the_count() {
    let persons = persons();
    for (plan, indicators) in [(PLAN, 1), (BALANCES, 3)] {
        let place = Workplace::with_plan(edit(plan).change("privacy.rho", "1000000000000").text());
        let store = place.synthetic("store", None);
        let file = place.write("events.csv", format!("{HEADER}{}", csv(&persons).concat()));
        succeed(&[&["ingest", &store, &file][..], &NOW].concat());
        succeed(&[&["release", &store, "--until", &date(DAYS as i32 - 1)][..], &NOW].concat());
        succeed(&["ledger", "verify", &store]);
        // A base, and one stream or two, for each residual.
        let streams = if indicators == 1 { 1 } else { 2 };
        for (dataflow, bound, points, residuals) in
            [("PRESENT", 6, &format!("{ALL_POINTS}.")[..], 6), ("BY_CLASS", 3, "", 2)]
        {
            let days = reference(&persons, bound);
            let key = format!("D+W+M...{points}RESIDENT+NEAR+FAR+_T");
            let all = figures(&store, dataflow, &key);
            for ([indicator, period, point, class], figure) in &all {
                let truth = truth(&days, [indicator, period, point, class]);
                let what = format!("{dataflow} {indicator} {period} {point} {class}");
                assert!((figure - truth as f64).abs() < 0.5, "{what}: {figure} {truth}");
            }
            let series = if dataflow == "PRESENT" { 10 * 4 } else { 4 };
            // 121 days, 17 weeks, 3 months and the 30th of April.
            assert_eq!(all.len(), indicators * series * (DAYS + 17 + 4));
            assert_eq!(
                ["2024-Q1", "2024-Q2"].map(|window| charges(&store, dataflow, window)),
                [residuals * (1 + streams), residuals * streams]
            );
        }
    }
}

/// The direct count of a figure.
fn truth(days: &[Day], [indicator, period, point, class]: [&str; 4]) -> i64 {
    let period = Period::parse(period).expect("a period");
    let is_inside =
        |number: &usize| period.covers(Period::parse(&date(*number as i32)).expect("a day"));
    let mut inside = (0..DAYS).filter(is_inside);
    let of_day = |number: usize| match indicator {
        "ARRIVALS" => &days[number].arrivals,
        "DEPARTURES" => &days[number].departures,
        _ => &days[number].present,
    };
    let selects = |key_code: &str, code: &str, group: &str| [code, group, "_T"].contains(&key_code);
    let selected = |counts: &Counts| -> i64 {
        let cells = counts.iter().filter(|((p, c), _)| {
            selects(point, POINTS[*p].0, POINTS[*p].1) && selects(class, CLASSES[*c], "_T")
        });
        cells.map(|(_, count)| count).sum()
    };
    match indicator {
        "STOCK" => inside.next_back().map_or(0, |last| selected(of_day(last))),
        _ => inside.map(|number| selected(of_day(number))).sum(),
    }
}

/// The number of charges for a dataflow that the ledger has in a window.
fn charges(store: &str, charged: &str, in_window: &str) -> usize {
    let public = Path::new(store).join("public");
    let log = read_verified(&DirectorySource::new(&public), None).expect("a ledger");
    let is_counted = |entry: &&Entry| {
        matches!(entry, Entry::Charge { dataflow, window, .. }
            if dataflow == charged && window == in_window)
    };
    log.entries.iter().filter(is_counted).count()
}

/// The counts that the test above reads include the start of a window and departures past the
/// bound.
#[test]
fn the_reference_covers_the_hard_cases() {
    let persons = persons();
    let total = |counts: &Counts| counts.values().sum::<i64>();
    let (six, three) = (reference(&persons, 6), reference(&persons, 3));
    assert!(total(&six[0].present) > 15 && total(&six[100].present) > 20);
    assert!(six.iter().any(|day| total(&day.arrivals) > 5 && total(&day.departures) > 5));
    let differing =
        six.iter().zip(&three).filter(|(six, three)| six.present != three.present).count();
    assert!(differing > 60, "the bounds differ on {differing} days");
    let unbounded = reference(&persons, 60);
    let exceeds = |(all, six): (&Day, &Day)| total(&all.present) > total(&six.present);
    assert!(unbounded.iter().zip(&six).any(exceeds));
}

/// Files, their order, copies, and one release at a time change no byte.
#[test]
fn any_split_gives_the_same_bytes() {
    let place = Workplace::with_plan(PLAN);
    let rows = csv(&persons());
    let released = |name: &str, files: &[String], stepwise: bool| {
        let store = place.synthetic(name, Some(SEED));
        let mut ingest = vec!["ingest", &store];
        ingest.extend(files.iter().map(String::as_str));
        succeed(&[&ingest[..], &NOW].concat());
        let days = if stepwise { 1..=20 } else { 20..=20 };
        for day in days {
            let until = format!("2024-01-{day:02}");
            succeed(&[&["release", &store, "--until", &until][..], &NOW].concat());
        }
        succeed(&["ledger", "verify", &store]);
        releases(&store)
    };
    let whole = place.write("whole.csv", format!("{HEADER}{}", rows.concat()));
    let expected = released("whole", std::slice::from_ref(&whole), false);
    assert_eq!(expected.len(), 2 * 20, "two dataflows on twenty days");
    assert_eq!(released("stepwise", std::slice::from_ref(&whole), true), expected);
    let mut parts: Vec<String> = (0..7)
        .map(|part| {
            let rows: String = rows.iter().rev().skip(part).step_by(7).cloned().collect();
            place.write(&format!("part{part}.csv"), format!("{HEADER}{rows}"))
        })
        .collect();
    parts.push(parts[3].clone());
    assert_eq!(released("parts", &parts, false), expected);
}

fn release(store: &str) -> Vec<&str> {
    [&["release", store, "--until", "2024-01-15"][..], &NOW].concat()
}

/// A killed release is finished later, and nothing is drawn twice: a store with a seed ends with
/// the bytes of one that was never killed.
#[test]
fn a_killed_release_ends_as_an_undisturbed_one() {
    let place = Workplace::with_plan(PLAN);
    let file = place.write("events.csv", format!("{HEADER}{}", csv(&persons()).concat()));
    let filled = |name: &str| {
        let store = place.synthetic(name, Some(SEED));
        succeed(&[&["ingest", &store, &file][..], &NOW].concat());
        store
    };
    let undisturbed = filled("undisturbed");
    succeed(&release(&undisturbed));
    let store = filled("killed");
    let mut struck = 0;
    for kill in 0..8u64 {
        let mut command = tidegauge(&release(&store));
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = command.spawn().expect("the program starts");
        sleep(Duration::from_millis(60 + 31 * kill % 90));
        struck += u32::from(process.try_wait().expect("a process").is_none());
        process.kill().expect("a signal");
        process.wait().expect("an end");
    }
    assert!(struck > 0, "no kill struck a running release");
    succeed(&release(&store));
    assert_eq!(releases(&store), releases(&undisturbed));
    succeed(&["ledger", "verify", &store]);
}

/// An invalid table of persons present gives one clear error and no store.
#[test]
fn an_invalid_table_of_persons_present_is_refused() {
    let place = Workplace::new();
    let change_by_class =
        |key: &str, value: Value| edit(PLAN).change(&format!("dataflow.BY_CLASS.{key}"), value);
    let with_margins = |margins: &str| change_by_class("margins", toml(margins));
    let balance = edit(BALANCES)
        .change("dataflow.BY_CLASS.marginals", toml("[{ of = [], grain = \"month\" }]"));
    for (plan, rule) in [
        (
            change_by_class("strategy", "identity".into()),
            "dataflow[1].margins: a table of persons present is measured by \"blt\"",
        ),
        (
            balance,
            "marginals[0].grain: a balance is measured at every step, a day, given \"month\"",
        ),
        (
            with_margins("[{ of = [], grain = \"month\" }]"),
            "margins[0].grain: a stock is measured at every step, a day, given \"month\"",
        ),
        (with_margins("[]"), "a table needs at least 1 marginal"),
        (with_margins("[{ of = [] }, { of = [] }]"), "another marginal has the same levels"),
        (with_margins("[{ of = [\"SEX\"] }]"), "a dimension or DIMENSION/LEVEL is needed"),
        (with_margins("[{ of = [], weight = 0 }]"), "from 1 to 1000 is needed"),
        (with_margins("[{ of = [], vintages = [7] }]"), "unknown key; the keys here are"),
    ] {
        place.write("plan.toml", plan.text());
        let plan = place.text("plan.toml");
        let output = run(&["plan", "check", &plan]);
        assert_eq!(output.status.code(), Some(2), "{rule}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(rule), "{errors}");
        let store = place.text("refused");
        let init = run(&["init", &store, "--plan", &plan, "--synthetic"]);
        assert_eq!(init.status.code(), Some(2));
        assert!(!place.path("refused").exists(), "nothing is half written");
    }
}
