//! Tables measured by residuals: marginals and periods that fit, correct margins of error, and no
//! figure that is not measured.
//!
//! Not here: events; the sample's writer invents counts. The mathematics has its own tests.

use std::sync::{Arc, OnceLock};

use tempfile::TempDir;
use tidegauge_model::Period;

use super::{Figures, csv_figures, read, read_at, replaced};
use testkit::plans::tables_apart;
use testkit::publisher::{self, Publisher};
use testkit::{edit, toml};
use tidegauge_figures::Reader;

const LAST: &str = "2024-03-31";
const POINTS: [&str; 9] = [
    "NORTH_AIRPORT",
    "SOUTH_AIRPORT",
    "OLD_HARBOUR",
    "NEW_HARBOUR",
    "FERRY",
    "BRIDGE",
    "RAILWAY",
    "ROAD",
    "PASS",
];
const CLASSES: [&str; 3] = ["RESIDENT", "NEAR", "FAR"];

/// The points of a code, a group or the total.
fn points(code: &str) -> Vec<usize> {
    match code {
        "AIR" => vec![0, 1],
        "SEA" => vec![2, 3, 4],
        "LAND" => vec![5, 6, 7, 8],
        "_T" => (0..9).collect(),
        _ => vec![POINTS.iter().position(|point| *point == code).unwrap()],
    }
}

fn members(codes: &[&str], code: &str) -> Vec<usize> {
    let all = 0..codes.len();
    all.filter(|&at| code == "_T" || codes[at] == code).collect()
}

/// After how many steps each dataflow is measured again, in a store with late counts.
const VINTAGES: [(&str, &[u32]); 2] = [("CROSSINGS", &[2, 5]), ("BY_TYPE", &[3])];

/// A store of tables, and after how many steps each dataflow is measured again.
struct TableStore {
    directory: TempDir,
    reader: Arc<Reader>,
    vintages: &'static [(&'static str, &'static [u32])],
}

impl TableStore {
    fn new(vintages: &'static [(&'static str, &'static [u32])]) -> Self {
        let tables = edit(include_str!("../../../../testdata/tables.toml"));
        let plan = vintages.iter().fold(tables, |plan, (id, vintages)| {
            plan.add(&format!("dataflow.{id}.vintages"), toml(&format!("{vintages:?}")))
        });
        let plan = plan.text();
        let directory = TempDir::new().unwrap();
        Publisher::create(directory.path(), &plan).release_until(LAST);
        let reader = read(directory.path());
        Self { directory, reader, vintages }
    }

    fn figures(&self, path: &str) -> Figures {
        let reply = read_at(&self.reader, path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        csv_figures(&reply.text)
    }

    /// Every published figure of a dataflow.
    fn everything(&self, dataflow: &str) -> Figures {
        let key = match dataflow {
            "CROSSINGS" => format!("..FLOW.{ALL_POINTS}.ENTRY+EXIT+_T.RESIDENT+NEAR+FAR+_T"),
            _ => format!("..FLOW.{ALL_POINTS}.RESIDENT+NEAR+FAR+_T"),
        };
        self.figures(&format!("/v1/data/{dataflow}/{key}?format=csv"))
    }

    /// The number of known late counts of a day.
    fn late(&self, dataflow: &str, day: Period) -> i64 {
        let vintages = self.vintages.iter().find(|(id, _)| *id == dataflow);
        let last = Period::parse(LAST).unwrap();
        let known = |after: &&u32| day.shifted(**after as i32).is_some_and(|due| due <= last);
        vintages.map_or(0, |(_, after)| after.iter().filter(known).count() as i64)
    }
}

fn shared() -> &'static TableStore {
    static SHARED: OnceLock<TableStore> = OnceLock::new();
    SHARED.get_or_init(|| TableStore::new(&[]))
}

/// The same with late counts, each as great as what came on time.
fn with_vintages() -> &'static TableStore {
    static SHARED: OnceLock<TableStore> = OnceLock::new();
    SHARED.get_or_init(|| TableStore::new(&VINTAGES))
}

fn figures(path: &str) -> Figures {
    shared().figures(path)
}

const ALL_POINTS: &str = "NORTH_AIRPORT+SOUTH_AIRPORT+OLD_HARBOUR+NEW_HARBOUR+FERRY+BRIDGE+RAILWAY\
    +ROAD+PASS+AIR+SEA+LAND+_T";

fn everything(dataflow: &str) -> Figures {
    shared().everything(dataflow)
}

/// The sum of the invented counts of a series over a period, late ones included.
fn truth(store: &TableStore, dataflow: &str, key: &str, period: &str) -> i64 {
    let codes: Vec<&str> = key.split('.').skip(3).collect();
    let (directions, classes) = match codes[..] {
        [_, direction, class] => (members(&["ENTRY", "EXIT"], direction), members(&CLASSES, class)),
        [_, class] => (vec![0], members(&CLASSES, class)),
        _ => panic!("{key}"),
    };
    let whole = Period::parse(period).unwrap();
    let first = Period::parse("2024-01-01").unwrap();
    let days: Vec<Period> = std::iter::successors(Some(first), |day| Some(day.next()))
        .take(91)
        .filter(|day| whole.covers(*day))
        .collect();
    let mut sum = 0;
    for point in points(codes[0]) {
        for direction in &directions {
            for class in &classes {
                let cell = match codes.len() {
                    3 => (point * 2 + direction) * 3 + class,
                    _ => point * 3 + class,
                };
                let count = |&day: &Period| {
                    publisher::invented(day, cell, false) * (1 + store.late(dataflow, day))
                };
                sum += days.iter().map(count).sum::<i64>();
            }
        }
    }
    sum
}

/// Published parts add up to their published whole, over codes, groups and periods.
#[test]
fn marginals_and_periods_fit_exactly() {
    fit_exactly(shared());
}

/// The same with late counts, each of which is made of residuals of its own.
#[test]
fn marginals_and_periods_fit_with_late_counts() {
    fit_exactly(with_vintages());
}

fn fit_exactly(store: &TableStore) {
    for dataflow in ["CROSSINGS", "BY_TYPE"] {
        let all = store.everything(dataflow);
        let value = |key: &str, period: &str| {
            all.get(&(key.to_owned(), period.to_owned())).map(|figure| figure.0)
        };
        let mut compared = [0; 2];
        for ((key, period), figure) in &all {
            let codes: Vec<&str> = key.split('.').collect();
            let parts: [(usize, &str, &[&str]); 7] = [
                (3, "AIR", &POINTS[..2]),
                (3, "SEA", &POINTS[2..5]),
                (3, "LAND", &POINTS[5..]),
                (3, "_T", &["AIR", "SEA", "LAND"]),
                (3, "_T", &POINTS),
                (4, "_T", if codes.len() == 6 { &["ENTRY", "EXIT"] } else { &CLASSES }),
                (codes.len() - 1, "_T", &CLASSES),
            ];
            for (place, whole, parts) in parts {
                if codes[place] != whole {
                    continue;
                }
                let part = |code: &&str| value(&replaced(key, place, code), period);
                if let Some(sum) = parts.iter().map(part).sum::<Option<i64>>() {
                    assert_eq!(figure.0, sum, "{key} {period} over {parts:?}");
                    compared[0] += 1;
                }
            }
            let whole = Period::parse(period).unwrap();
            let daily = replaced(key, 0, "D");
            let days = std::iter::successors(Period::parse("2024-01-01"), |day| Some(day.next()))
                .take(91)
                .filter(|day| whole.covers(*day));
            let part = |day: Period| value(&daily, &day.to_string());
            if codes[0] != "D"
                && let Some(sum) = days.map(part).sum::<Option<i64>>()
            {
                assert_eq!(figure.0, sum, "{key} {period}");
                compared[1] += 1;
            }
        }
        assert!(compared[0] > 100 && compared[1] > 20, "{dataflow} {compared:?}");
    }
}

/// The stated margins cover the truth as often as stated, over all marginals and grains together,
/// and no figure misses it by more than six standard deviations.
#[test]
fn margins_cover_the_truth() {
    cover_the_truth(shared());
    cover_the_truth(with_vintages());
}

fn cover_the_truth(store: &TableStore) {
    for dataflow in ["CROSSINGS", "BY_TYPE"] {
        let all = store.everything(dataflow);
        let (mut inside, mut count) = (0, 0);
        for ((key, period), &(value, margin, ..)) in &all {
            let miss = (value - truth(store, dataflow, key, period) * 1000).abs();
            assert!(miss < margin * 3 + margin / 10 + 10, "{key} {period}: {value} misses {miss}");
            inside += u32::from(miss <= margin);
            count += 1;
        }
        // Figures of one table depend on each other: a tenth of them as independent ones, five
        // standard deviations of those.
        let off = 5.0 * (0.95 * 0.05 / (f64::from(count) / 10.0)).sqrt();
        let share = f64::from(inside) / f64::from(count);
        assert!((share - 0.95).abs() < off, "{dataflow}: {inside} of {count}, off by {off}");
    }
}

#[test]
fn what_is_not_measured_is_not_shown() {
    let all = everything("CROSSINGS");
    for (key, period) in all.keys() {
        let classes = !key.ends_with("._T");
        assert!(!(classes && (key.starts_with("D.") || key.starts_with("W."))), "{key} {period}");
    }
    let finest = figures("/v1/data/CROSSINGS/all?format=csv");
    assert!(finest.keys().all(|(key, _)| !key.starts_with("D.") && !key.starts_with("W.")));
    // Three months and a quarter.
    assert_eq!(finest.len(), 54 * 4);
    for key in ["D..FLOW.ROAD.ENTRY.NEAR", "D..FLOW._T._T.NEAR", "W..FLOW...NEAR"] {
        let refused = read_at(&shared().reader, &format!("/v1/data/CROSSINGS/{key}"));
        assert_eq!(refused.status, 404, "{}", refused.text);
        assert_eq!(refused.json()["code"], "unmeasured");
    }
    // A marginal that the plan does not name is available if all its residuals are.
    let read = figures("/v1/data/CROSSINGS/D..FLOW.LAND._T._T?format=csv");
    assert_eq!(read.len(), 91);
}

/// The total is known better than the sum of its cells could be.
#[test]
fn a_coarser_marginal_is_not_a_sum_of_noisy_cells() {
    let all = everything("CROSSINGS");
    let margin = |key: &str| all[&(key.to_owned(), "2024-02".to_owned())].1 as f64;
    let (total, cell) = (margin("M.XX.FLOW._T._T._T"), margin("M.XX.FLOW.ROAD.ENTRY.NEAR"));
    assert!(total < cell * 54f64.sqrt() / 3.0, "{total} of {cell}");
}

#[test]
fn the_structure_lists_groups_and_marginals() {
    let structure = read_at(&shared().reader, "/v1/dataflows/CROSSINGS").json();
    let codes = structure["dimensions"][3]["codes"].as_array().unwrap();
    let code = |id: &str| codes.iter().find(|code| code["id"] == id).unwrap();
    assert_eq!((&code("ROAD")["parent"], code("LAND").get("parent")), (&"LAND".into(), None));
    let marginals = structure["margins"].as_array().unwrap();
    assert_eq!(marginals.len(), 5);
    assert_eq!(marginals[4], serde_json::json!({ "levels": [2, 1, 1], "frequency": "M" }));
}

/// Both SDMX roots state the group of each code.
#[test]
fn groups_are_parents_in_the_structures_of_the_standard() {
    let ml = read_at(&shared().reader, "/sdmx/2.1/codelist/TG/CL_BORDER_POINT/latest").text;
    let road = ml.split("<structure:Code id=\"ROAD\"").nth(1).unwrap();
    let road = road.split("</structure:Code>").next().unwrap();
    assert!(road.contains("<structure:Parent><Ref id=\"LAND\"/></structure:Parent>"), "{road}");
    let json =
        read_at(&shared().reader, "/sdmx/3.0/structure/codelist/TG/CL_BORDER_POINT/+").json();
    let codes = json["data"]["codelists"][0]["codes"].as_array().unwrap();
    let road = codes.iter().find(|code| code["id"] == "ROAD").unwrap();
    assert_eq!(road["parent"], "LAND");
}

#[test]
fn the_ledger_of_tables_audits_clean() {
    for store in [shared(), with_vintages()] {
        let source = tidegauge_ledger::DirectorySource::new(store.directory.path());
        let report = tidegauge_ledger::audit(&source, None);
        assert!(report.is_ok(), "{:?}", report.err());
    }
}

/// A step is provisional while late counts of it are due, its revisions are the late counts of its
/// marginal, and later vintages increase its margin of error.
#[test]
fn a_step_of_a_table_is_the_sum_of_its_vintages() {
    let store = with_vintages();
    let key = "D.XX.FLOW.LAND.EXIT._T";
    let csv = read_at(&store.reader, &format!("/v1/revisions/CROSSINGS/{key}?format=csv")).text;
    let revisions = |day: &str| -> Vec<(i64, i64)> {
        let rows = csv.lines().filter(|line| line.contains(&format!(",{day},REVISION,")));
        let milli = |field: &str| (field.parse::<f64>().unwrap() * 1000.0).round() as i64;
        rows.map(|row| {
            let fields: Vec<&str> = row.split(',').rev().collect();
            (milli(fields[2]), milli(fields[1]))
        })
        .collect()
    };
    let all = store.everything("CROSSINGS");
    let figure = |day: &str| &all[&(key.to_owned(), day.to_owned())];
    let (early, late) = (figure("2024-03-20"), figure("2024-03-31"));
    assert_eq!((revisions("2024-03-20").len(), revisions("2024-03-31").len()), (2, 0));
    assert_eq!((early.4.as_str(), late.4.as_str()), ("A", "P"));
    assert!(early.1 > late.1, "two late counts have noise of their own");
    let on_time = shared().everything("CROSSINGS");
    let moved: i64 = revisions("2024-03-20").iter().map(|(value, _)| value).sum();
    let truth = truth(store, "CROSSINGS", key, "2024-03-20") * 1000;
    for (value, margin) in revisions("2024-03-20") {
        assert!((value - truth / 3).abs() < 2 * margin + 1000, "{value} {margin} of {truth}");
    }
    // The rest came on time, and differs from the store without late counts only by noise.
    let rest = early.0 - moved;
    let (first, margin, ..) = on_time[&(key.to_owned(), "2024-03-20".to_owned())];
    assert!((rest - first).abs() < 3 * margin, "{rest} {first} {margin}");
}

/// The structure, both roots of the standard and the key agree on a dimension that stands apart: it
/// has its codes, no groups and no total.
#[test]
fn codes_apart_have_no_total_anywhere() {
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &tables_apart().text()).release_until("2024-01-31");
    let reader = read(directory.path());
    let structure = read_at(&reader, "/v1/dataflows/CROSSINGS").json();
    let codes = |dimension: usize| -> Vec<String> {
        let codes = structure["dimensions"][dimension]["codes"].as_array().unwrap();
        codes.iter().map(|code| code["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(4), ["ENTRY", "EXIT"]);
    assert!(codes(3).contains(&"_T".to_owned()));
    assert_eq!(structure["apart"], serde_json::json!(["DIRECTION"]));
    assert_eq!(structure["margins"][0]["levels"], serde_json::json!([0, 1, 0]));
    for (key, status) in [
        ("D..FLOW._T._T._T", 404),
        ("D..FLOW._T.ENTRY._T", 200),
        ("M..FLOW.ROAD..NEAR", 200),
        ("D..FLOW.ROAD.ENTRY.NEAR", 404),
    ] {
        let reply = read_at(&reader, &format!("/v1/data/CROSSINGS/{key}"));
        assert_eq!(reply.status, status, "{key}: {}", reply.text);
    }
    // A wildcard of the standard stands for totals too, where there are any.
    let csv = read_at(&reader, "/sdmx/3.0/data/dataflow/TG/CROSSINGS?format=csv").text;
    assert!(csv.contains(",_T,ENTRY,_T,") && !csv.contains(",_T,_T,"), "{csv}");
    let available = read_at(&reader, "/sdmx/3.0/availability/*/TG/CROSSINGS/+/*/*").json();
    let region = available.to_string();
    let direction = region.split("\"DIRECTION\"").nth(1).unwrap();
    let values = direction.split(']').next().unwrap();
    assert!(values.contains("ENTRY") && !values.contains("_T"), "{values}");
    let list = read_at(&reader, "/sdmx/3.0/structure/codelist/TG/CL_DIRECTION/+").json();
    assert_eq!(list["data"]["codelists"][0]["codes"].as_array().unwrap().len(), 2);
}
