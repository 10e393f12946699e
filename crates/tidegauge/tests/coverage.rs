//! The law of coverage: over every published table of every ready-made plan and every plan of
//! `testdata`, on empty and on simulated stores, intervals hold the true value as often as they
//! say.
//!
//! Not here: margins of single mechanisms, which are compared with exact laws where they are
//! computed (`privacy/src/interval.rs`, `figures/src/query/decimals.rs`).
//!
//! *Truth.* In an empty store every count is 0. Else the same events go through the same program
//! under the same plan with a budget so large that one draw in 1,500 is not 0, and counts are
//! rounded. So a true value is what the plan counts, after bounds, and a figure that is provisional
//! is held against what has been counted so far. What a nowcast said is held against the figure
//! when all vintages have come.
//!
//! *The test.* Figures of one dataflow in one store share noise; dataflows and stores do not, for
//! their noise comes from the entropy of the operating system and from draws of their own. So the
//! unit is the share of held intervals of one dataflow in one store. If every interval holds with
//! probability 0.95 or more, the expectation of each unit is at least 0.95, however its figures
//! depend on each other, and the product over independent units of 1 + L (0.95 - share), L <= 20,
//! has an expectation of at most 1. By Markov it exceeds N / FALSE_ALARM with probability below
//! FALSE_ALARM / N (a test by betting: Waudby-Smith and Ramdas, 2024). There are N tests: one for
//! each kind of figure, and one over all figures of all dataflows.
//!
//! Where no rate, share or band is published, because the interval would not be bounded, nothing
//! can be missed: it counts as held. Structural zeros, which are certain, are left out.
//!
//! Failures: a test that exceeds its limit; a table without rows over all stores. No failures:
//! intervals that hold too often. Nondeterminism: the noise, and nothing else.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::edit;
use testkit::plans::{STAYS, spells_as_tables, with_vintages};
use testkit::program::{Workplace, succeed};
use tidegauge_figures::{
    Answer, DerivedSelection, Format, Layout, ListedPeriods, MessageWriter, Parameters, Reader,
    Shape, answer, parse_key, revisions_table, select,
};
use tidegauge_model::{CodeSource, Dataflow, SeriesPart};

/// The most that the false-alarm rates of all tests add up to.
const FALSE_ALARM: f64 = 1e-6;

/// How often an interval holds the truth, and a nowcast, whose history is short here.
const CLAIMED: f64 = 0.95;
const CLAIMED_BY_NOWCASTS: f64 = 0.9;

/// The wagers of the test.
const WAGERS: [f64; 4] = [2.0, 5.0, 10.0, 15.0];

/// Intervals that are a tenth too narrow must be found.
const NARROWED: f64 = 0.9;

/// The most figures of one key that are looked at.
const FIGURES_MAX: usize = 12_000;

/// The number of cases at a time.
const THREADS: usize = 6;

/// The number of empty stores of each case, and of stores with events.
const STORES: usize = 1;

/// A plan, the days on which events occur, and the steps at whose end something is delivered and
/// released.
struct Case {
    name: &'static str,
    plan: String,
    /// The last day of events.
    events_until: &'static str,
    events_per_day: &'static str,
    releases: Vec<String>,
    /// The number of empty stores and of stores with events, each with noise of its own.
    stores: usize,
    /// Later steps, which complete the vintages of those before.
    later: Vec<String>,
}

/// The months of a year up to one.
fn months(year: i32, range: std::ops::RangeInclusive<i32>) -> Vec<String> {
    range.map(|month| format!("{}-{:02}", year + (month - 1) / 12, (month - 1) % 12 + 1)).collect()
}

macro_rules! plan {
    ($path:literal) => {
        include_str!(concat!("../../../", $path, ".toml"))
    };
}

fn cases() -> Vec<Case> {
    // More of them for a finer table.
    let stores = std::env::var("COVERAGE_STORES").ok().and_then(|stores| stores.parse().ok());
    let stores = stores.unwrap_or(STORES);
    let case = |name, text: &str, events_until, releases: &[&str]| Case {
        name,
        plan: text.to_owned(),
        events_until,
        stores,
        events_per_day: "200",
        releases: releases.iter().map(|&step| step.to_owned()).collect(),
        later: vec![],
    };
    let by_month = |name, text: &str| Case {
        releases: months(2019, 1..=12),
        later: months(2019, 13..=16),
        events_per_day: "40",
        ..case(name, text, "2019-12-31", &[])
    };
    let vintages = with_vintages(edit(STAYS), &["COHORTS"]).text();
    let tables = with_vintages(spells_as_tables(edit(STAYS), false), &["COHORTS"]).text();
    let days = |days: &[&str]| days.iter().map(|day| format!("2022-{day}")).collect();
    let revised = Case {
        releases: days(&["06-10", "06-20", "06-30", "07-10", "07-20", "07-30", "08-10", "08-20"]),
        later: days(&["08-30", "09-30"]),
        events_per_day: "400",
        ..case("revisions", plan!("testdata/revisions"), "2022-08-20", &[])
    };
    vec![
        case("asylum", plan!("plans/asylum"), "2024-06-30", &["2024-06"]),
        case("border", plan!("plans/border"), "2024-01-31", &["2024-01-31"]),
        case("exit-metrics", plan!("plans/exit-metrics"), "2024-01-31", &["2024-01-31"]),
        by_month("returns", plan!("plans/returns")),
        case("test asylum", plan!("testdata/plans/asylum"), "2024-06-30", &["2024-06"]),
        case("test border", plan!("testdata/plans/border"), "2024-01-31", &["2024-01-31"]),
        case(
            "test exit-metrics",
            plan!("testdata/plans/exit-metrics"),
            "2024-01-31",
            &["2024-01-31"],
        ),
        by_month("test returns", plan!("testdata/plans/returns")),
        case("balance_table", plan!("testdata/balance_table"), "2024-04-30", &["2024-04-30"]),
        case("citizenship", plan!("testdata/citizenship"), "2024-01-31", &["2024-01-31"]),
        case("crossings", plan!("testdata/crossings"), "2024-01-31", &["2024-01-31"]),
        case("hours", plan!("testdata/hours"), "2024-11-01", &["2024-11-01"]),
        revised,
        case("short", plan!("testdata/short"), "2024-02-29", &["2024-02-29"]),
        case("stays", STAYS, "2024-05-10", &["2024-05-10"]),
        case("stays, vintages", &vintages, "2024-04-10", &["2024-02-29", "2024-04-02"]),
        case("stays, tables", &tables, "2024-04-10", &["2024-02-29", "2024-04-02"]),
        case("stock_table", plan!("testdata/stock_table"), "2024-04-30", &["2024-04-30"]),
        case("tables", plan!("testdata/tables"), "2024-01-31", &["2024-01-31"]),
    ]
}

/// The tables of a case by name: what they show, by key.
type Tables = BTreeMap<TableName, BTreeMap<String, Vec<Interval>>>;

/// A table: the dataflow or rate that it is made from, and the kind of its figures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TableName {
    of: String,
    kind: String,
}

/// A figure and the ends of its interval; nothing where none is published.
type Interval = Option<[f64; 3]>;

/// Makes a store of a plan, delivers and releases step by step; `after` sees it at the end and
/// after the later steps.
fn released(
    case: &Case,
    place: &Workplace,
    (store, days): (&str, Option<&Path>),
    later: bool,
) -> (Tables, Tables) {
    let mut waiting: Vec<String> = days.map_or(vec![], |days| {
        let names = fs::read_dir(days).expect("the days");
        names.map(|file| file.expect("a file").path().display().to_string()).collect()
    });
    waiting.sort_unstable();
    let store = place.synthetic(store, None);
    let mut step = |until: &String| {
        let name = |path: &str| Path::new(path).file_stem().map(|name| name.to_owned());
        let is_due = |path: &String| {
            name(path).is_some_and(|name| name.to_string_lossy()[..until.len()] <= until[..])
        };
        let due = waiting.iter().filter(|path| is_due(path)).count();
        let rows: Vec<String> = waiting.drain(..due).collect();
        if !rows.is_empty() {
            let rows = rows.iter().map(String::as_str);
            succeed(&[&["ingest", &store][..], &rows.collect::<Vec<_>>()].concat());
        }
        succeed(&["release", &store, "--until", until, "--empty"]);
    };
    case.releases.iter().for_each(&mut step);
    let tables = published(&store);
    let mut last = Tables::new();
    if later && !case.later.is_empty() {
        case.later.iter().for_each(&mut step);
        last = published(&store);
    }
    fs::remove_dir_all(&store).expect("the store");
    (tables, last)
}

/// Every table that is published of a store.
fn published(store: &str) -> Tables {
    let reader = Reader::new(&Path::new(store).join("public"));
    reader.refresh();
    let catalogue = reader.catalogue().expect("a catalogue");
    let plan = &catalogue.plan;
    let mut tables = Tables::new();
    let parameters = Parameters::default();
    for dataflow in &plan.dataflows {
        for key in keys(dataflow) {
            let parsed = parse_key(&key).expect("a key");
            let selection = select(&catalogue, &dataflow.id, &parsed, &parameters).expect(&key);
            let listed = ListedPeriods::Published;
            let found = |last: Option<usize>| {
                let limited = Parameters { last, ..Parameters::default() };
                answer(&reader, &catalogue, selection.clone(), &limited, listed)
            };
            // Of many series only the newest figures.
            let many = |found: &Answer| found.observations() > FIGURES_MAX;
            let limits = [None, Some(12), Some(2)].into_iter().map(found);
            let few = limits.into_iter().find(|found| !found.as_ref().is_ok_and(many));
            let Ok(found) = few.unwrap_or_else(|| found(Some(1))) else {
                // No period that is as long has ended.
                continue;
            };
            let checked = found.check().expect("figures");
            if !dataflow.vintages.is_empty()
                && let Ok(revisions) = revisions_table(&checked, 0)
            {
                add(&mut tables, (dataflow, &dataflow.id, "REVISION"), &revisions.csv());
            }
            let layout = Layout::plain(checked, Format::SdmxCsv2, Shape::default());
            let pieces = MessageWriter::new(vec![layout], Format::SdmxCsv2, "");
            let bytes: Vec<Vec<u8>> = pieces.collect::<Result<_, _>>().expect("pieces");
            let text = String::from_utf8(bytes.concat()).expect("UTF-8");
            add(&mut tables, (dataflow, &dataflow.id, ""), &text);
        }
    }
    let endings = ["", ".WAITING", ".LONGER", ".NOWCAST_HELD"];
    let of_dataflows = plan.dataflows.iter().flat_map(|dataflow| {
        endings.map(|ending| (dataflow, dataflow.id.clone(), format!("{}{ending}", dataflow.id)))
    });
    let of_rates = plan.rates.iter().map(|rate| {
        let numerator = &plan.dataflows[rate.numerator[0].dataflow];
        (numerator, format!("rate {}", rate.id), rate.id.clone())
    });
    for (dataflow, of, id) in of_dataflows.chain(of_rates) {
        let all = parse_key("all").expect("a key");
        let Ok(selection) = DerivedSelection::new(&catalogue, &id, &all, &parameters) else {
            continue;
        };
        let Ok((table, _)) = selection.table(&reader, &catalogue, &parameters) else { continue };
        let ending = id.rsplit_once('.').map_or("", |(_, ending)| ending);
        add(&mut tables, (dataflow, &of, ending), &table.csv());
    }
    tables
}

/// Keys that together select every series: each marginal of a table, or the cells and their total.
fn keys(dataflow: &Dataflow) -> Vec<String> {
    let dimensions = dataflow.structure.dimensions();
    let whole: Vec<usize> = dimensions.iter().map(|one| one.code_list.depth()).collect();
    let total = vec![0; whole.len()];
    let mut of_levels: Vec<Vec<usize>> =
        dataflow.marginals.iter().map(|marginal| marginal.levels.clone()).collect();
    if of_levels.is_empty() {
        of_levels = vec![whole, total];
    }
    let part = |(dimension, level): (&tidegauge_model::Dimension, &usize)| {
        SeriesPart::Level(*level).ids(&dimension.code_list).join("+")
    };
    let key = |levels: Vec<usize>| {
        let parts: Vec<String> = dimensions.iter().zip(&levels).map(part).collect();
        format!("..{}", [&[String::new()][..], &parts].concat().join("."))
    };
    of_levels.into_iter().map(key).collect()
}

/// Adds the intervals of a table. The key of a row is what stands before its first figure.
fn add(tables: &mut Tables, (dataflow, of, ending): (&Dataflow, &str, &str), text: &str) {
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let columns = rows.headers().expect("a header").clone();
    let place = |name: &str| columns.iter().position(|column| column == name);
    let ends = |name: &str| match name {
        "OBS_VALUE" => place("CI_LOW").zip(place("CI_HIGH")).or(place("MARGIN").map(|m| (m, m))),
        _ => place(&format!("{name}_LOW")).zip(place(&format!("{name}_HIGH"))),
    };
    let figures: Vec<(&str, usize, (usize, usize))> = (0..)
        .zip(&columns)
        .filter_map(|(at, name)| ends(name).map(|ends| (name, at, ends)))
        .collect();
    let first = figures.first().expect("a figure").1;
    for row in rows.records().map(|row| row.expect("a row")) {
        let key = row.iter().take(first).collect::<Vec<_>>().join(",");
        let is_certain = place("OBS_STATUS").is_some_and(|at| &row[at] == "M");
        if is_certain || place("MEASURE").is_some_and(|at| &row[at] != "REVISION") {
            continue;
        }
        for &(name, at, (low, high)) in &figures {
            let number = |at: usize| number(dataflow, &row[at]);
            let mut interval =
                number(at).zip(number(low)).zip(number(high)).map(|((v, l), h)| [v, l, h]);
            if low == high {
                interval =
                    interval.map(|[value, margin, _]| [value, value - margin, value + margin]);
            }
            let indicator = place("INDICATOR").map_or("", |at| &row[at]);
            let kind = match (ending, name) {
                ("", "OBS_VALUE") => indicator.to_owned(),
                ("", name) => name.to_owned(),
                (ending, "OBS_VALUE") => ending.to_owned(),
                (ending, name) => format!("{ending} {name}"),
            };
            let table = tables.entry(TableName { of: of.to_owned(), kind }).or_default();
            table.entry(key.clone()).or_default().push(interval);
        }
    }
}

/// A number, or the position of a band in its list.
fn number(dataflow: &Dataflow, field: &str) -> Option<f64> {
    let bands = dataflow.structure.dimensions().iter().find(|one| one.source == CodeSource::Band);
    let band = || bands.and_then(|one| one.code_list.position(field)).map(f64::from);
    field.parse().ok().or_else(band)
}

/// Whether figures of a kind are counts, whose true values are whole numbers.
fn is_count(kind: &str) -> bool {
    let counts =
        ["ARRIVALS", "AT_BOUND", "DEPARTURES", "FLOW", "LEFT", "REVISION", "STOCK", "WAITING"];
    counts.contains(&kind) || kind.starts_with("NOWCAST")
}

/// How many intervals of a table hold the truth, as they are and a tenth narrower.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    all: u64,
    held: u64,
    held_narrowed: u64,
}

impl Held {
    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.held += other.held;
        self.held_narrowed += other.held_narrowed;
    }

    fn shares(self) -> [f64; 2] {
        [self.held, self.held_narrowed].map(|held| held as f64 / self.all.max(1) as f64)
    }
}

/// Compares the figures of a table with the true ones; `None` in an empty store, where counts are 0
/// and nothing else has a true value.
fn held(
    kind: &str,
    figures: &BTreeMap<String, Vec<Interval>>,
    truth: Option<&BTreeMap<String, Vec<Interval>>>,
) -> Held {
    let mut sum = Held::default();
    for (key, intervals) in figures {
        for (number, interval) in intervals.iter().enumerate() {
            let meant = match truth {
                None => is_count(kind).then_some(0.0),
                // A rate of nobody is no rate.
                Some(truth) => truth.get(key).and_then(|all| all[number]).map(|[meant, ..]| meant),
            };
            let Some(meant) = meant else { continue };
            // Rates are written with four decimals.
            let (meant, off) = if is_count(kind) { (meant.round(), 1e-9) } else { (meant, 1.5e-4) };
            let within = |factor: f64| {
                interval.is_none_or(|[value, low, high]| {
                    let [low, high] = [low, high].map(|end| value + factor * (end - value));
                    low - off <= meant && meant <= high + off
                })
            };
            let (held, held_narrowed) = (within(1.0).into(), within(NARROWED).into());
            sum.add(Held { all: 1, held, held_narrowed });
        }
    }
    sum
}

/// The true figures that what was said in a table of nowcasts is held against: those of the same
/// dataflow and period when all vintages have come.
fn final_truth(name: &TableName, last: &Tables) -> BTreeMap<String, Vec<Interval>> {
    let flow = TableName { of: name.of.clone(), kind: "FLOW".to_owned() };
    let rows = last.get(&flow).into_iter().flatten();
    // In a message of figures the key has what the structure is before it.
    let plain = |key: &String| key.splitn(4, ',').nth(3).unwrap_or_default().to_owned();
    rows.map(|(key, values)| (plain(key), values.clone())).collect()
}

/// Where the test stands: the logarithm of each wager's product.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence([f64; WAGERS.len()]);

impl Evidence {
    /// One more independent unit.
    fn add(&mut self, share: f64, claimed: f64) {
        for (sum, wager) in self.0.iter_mut().zip(WAGERS) {
            *sum += (1.0 + wager * (claimed - share)).ln();
        }
    }

    /// The logarithm of the mean of the products.
    fn log(self) -> f64 {
        let largest = self.0.into_iter().fold(f64::MIN, f64::max);
        let sum: f64 = self.0.iter().map(|sum| (sum - largest).exp()).sum();
        largest + (sum / WAGERS.len() as f64).ln()
    }
}

/// What one store showed.
struct Unit {
    case: usize,
    is_empty: bool,
    tables: BTreeMap<TableName, Held>,
}

fn units(cases: &[Case]) -> Vec<Unit> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(vec![]));
    std::thread::scope(|scope| {
        // They wait for the disk more than they compute.
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let number = cases.iter().position(|one| one.name == case.name);
                    let units = units_of(case, number.expect("a case"));
                    found.lock().expect("units").extend(units);
                }
            });
        }
    });
    found.into_inner().expect("units")
}

/// The stores of one case, empty and with events, each with noise of its own.
fn units_of(case: &Case, number: usize) -> Vec<Unit> {
    let place = Workplace::with_plan(&case.plan);
    let mut units = vec![];
    for _ in 0..case.stores {
        let (figures, _) = released(case, &place, ("store", None), false);
        let compared = |(name, figures): (&TableName, _)| {
            let held = held(&name.kind, figures, None);
            (held.all > 0).then(|| (name.clone(), held))
        };
        let tables = figures.iter().filter_map(compared).collect();
        units.push(Unit { case: number, is_empty: true, tables });
    }
    let (plan, days) = (place.text("plan.toml"), place.path("days"));
    let (out, until) = (place.text("days"), case.events_until);
    let simulate = ["simulate", "plan", &plan, "--out", &out, "--late", "8", "--to", until];
    succeed(&[&simulate[..], &["--events-per-day", case.events_per_day]].concat());
    place.write("plan.toml", edit(&case.plan).set("privacy.rho", "1000000000000").text());
    let (truth, last) = released(case, &place, ("truth", Some(&days)), true);
    place.write("plan.toml", &case.plan);
    for _ in 0..case.stores {
        let (figures, _) = released(case, &place, ("store", Some(&days)), false);
        let compared = |(name, figures): (&TableName, _)| {
            let held = match name.kind.starts_with("NOWCAST") {
                true => held(&name.kind, figures, Some(&final_truth(name, &last))),
                false => held(&name.kind, figures, Some(truth.get(name)?)),
            };
            (held.all > 0).then(|| (name.clone(), held))
        };
        let tables = figures.iter().filter_map(compared).collect();
        units.push(Unit { case: number, is_empty: false, tables });
    }
    units
}

/// What the tests say of all units, or of those with intervals that are a tenth narrower: by kind,
/// and at "all figures" of everything but what is derived of them.
fn evidence(units: &[Unit], narrowed: usize) -> BTreeMap<String, (usize, Evidence)> {
    let mut found: BTreeMap<String, (usize, Evidence)> = BTreeMap::new();
    for unit in units {
        let mut sums: BTreeMap<(String, &str), Held> = BTreeMap::new();
        for (name, held) in &unit.tables {
            sums.entry((name.kind.clone(), &name.of)).or_default().add(*held);
            if ["ARRIVALS", "AT_BOUND", "DEPARTURES", "FLOW", "STOCK"].contains(&&*name.kind) {
                sums.entry(("all figures".to_owned(), &name.of)).or_default().add(*held);
            }
        }
        for ((kind, _), held) in sums {
            let claimed = match kind.starts_with("NOWCAST") {
                true => CLAIMED_BY_NOWCASTS,
                false => CLAIMED,
            };
            let (count, evidence) = found.entry(kind).or_default();
            *count += 1;
            evidence.add(held.shares()[narrowed], claimed);
        }
    }
    found
}

/// Prints the table, by plan and table.
fn print(cases: &[Case], units: &[Unit]) {
    let mut rows: BTreeMap<(usize, &TableName), [Held; 2]> = BTreeMap::new();
    for unit in units {
        for (name, held) in &unit.tables {
            rows.entry((unit.case, name)).or_default()[usize::from(!unit.is_empty)].add(*held);
        }
    }
    println!("plan, table, kind: figures and share held, empty stores; simulated stores");
    for ((case, name), sums) in rows {
        let part = |held: Held| format!("{:7} {:5.1}", held.all, 100.0 * held.shares()[0]);
        let [empty, simulated] = sums.map(part);
        let TableName { of, kind } = name;
        println!("{:18} {of:24} {kind:18} {empty}   {simulated}", cases[case].name);
    }
}

#[test]
fn intervals_of_all_tables_hold_the_truth() {
    let mut cases = cases();
    if let Ok(only) = std::env::var("COVERAGE_OF") {
        cases.retain(|case| case.name == only);
    }
    let units = units(&cases);
    print(&cases, &units);
    let (found, narrowed) = (evidence(&units, 0), evidence(&units, 1));
    let limit = (found.len() as f64 / FALSE_ALARM).ln();
    println!("kind: independent units, log of the evidence; a tenth narrower (limit {limit:.1})");
    for (kind, (count, evidence)) in &found {
        let narrow = narrowed[kind].1.log();
        println!("{kind:24} {count:4} {:7.1} {narrow:7.1}", evidence.log());
    }
    for (kind, (_, evidence)) in &found {
        assert!(evidence.log() < limit, "intervals of {kind} miss the truth too often");
    }
    assert!(narrowed["all figures"].1.log() >= limit, "a tenth too narrow, and not found");
}
