//! Every vintage of figures, revisions, and derived estimates over HTTP.
//!
//! Not here: late events and their measurement (`tidegauge/tests/vintages.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use tempfile::TempDir;

use super::{Reply, milli, read, read_at};
use testkit::edit;
use testkit::publisher::{self, Publisher};
use tidegauge_figures::OBSERVATIONS_MAX;
use tidegauge_figures::Reader;

/// The sample plan, with a flow that is measured again after two steps and after five.
pub(super) fn plan() -> String {
    let flow = "[[dataflow]]\nid = \"LATE\"\nname = \"Crossings with late ones\"\n\
        description = \"Persons who crossed, by border point.\"\nmeasure = \"flow\"\n\
        unit = \"PERSONS\"\nstep = \"day\"\nbound = 12\nvintages = [2, 5]\nshare = \"1/20\"\n\
        strategy = \"identity\"\n\
        dimensions = [{ id = \"BORDER_POINT\", from = \"border_point\" }]\n";
    edit(publisher::PLAN).change("dataflow.CROSSINGS.share", "11/20").append(flow).text()
}

/// A store that spans two windows.
fn store() -> &'static (TempDir, Arc<Reader>) {
    static STORE: OnceLock<(TempDir, Arc<Reader>)> = OnceLock::new();
    STORE.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        Publisher::create(directory.path(), &plan()).release_until("2024-01-09");
        let reader = read(directory.path());
        (directory, reader)
    })
}

fn sound(path: &str) -> Reply {
    let reply = read_at(&store().1, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

/// By series and period, the lines of a CSV: the fields from value to status, and the vintage.
fn lines(text: &str) -> BTreeMap<String, Vec<(String, u64)>> {
    let mut vintages: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let figure = fields[place("OBS_VALUE")..=place("OBS_STATUS")].join(",");
        let key = fields[place("FREQ")..place("OBS_VALUE")].join(",");
        let vintage: u64 = fields[place("VINTAGE")].parse().unwrap();
        vintages.entry(key).or_default().push((figure, vintage));
    }
    vintages
}

const KEYS: [&str; 4] =
    ["CROSSINGS/D+W+M.XX.FLOW.AIR.", "PRESENT/all", "AT_BOUND/all", "LATE/D+W+M.XX.FLOW._T+SEA"];

#[test]
fn history_holds_what_as_of_answers_at_every_size() {
    let size = store().1.catalogue().unwrap().size();
    for key in KEYS {
        let history = lines(&sound(&format!("/v1/data/{key}?includeHistory=true&format=csv")).text);
        let mut compared = 0;
        for as_of in 1..=size {
            let reply = read_at(&store().1, &format!("/v1/data/{key}?asOf={as_of}&format=csv"));
            let then = if reply.status == 200 { lines(&reply.text) } else { BTreeMap::new() };
            let known = history.iter().filter_map(|(key, vintages)| {
                let newest = vintages.iter().rfind(|(_, vintage)| *vintage < as_of)?;
                Some((key, &newest.0))
            });
            let answered = then.iter().map(|(key, vintages)| (key, &vintages[0].0));
            assert!(known.eq(answered), "{key} at {as_of}");
            compared += then.len();
        }
        assert!(compared > 1000, "{key}: {compared}");
    }
}

/// If later steps revise nothing, history is made from the current figures, and still equals the
/// earlier answers: recursions, balances, tables of flows, of persons present and of balances, and
/// hours.
#[test]
fn history_of_what_is_never_revised_is_what_was_answered_then() {
    let plans = [
        (include_str!("../../../../testdata/stays.toml"), "2024-04-02"),
        (include_str!("../../../../testdata/tables.toml"), "2024-02-02"),
        (include_str!("../../../../testdata/stock_table.toml"), "2024-02-02"),
        (include_str!("../../../../testdata/balance_table.toml"), "2024-02-02"),
        (include_str!("../../../../testdata/hours.toml"), "2024-11-01T03"),
    ];
    let mut flows = 0;
    for (text, last) in plans {
        let directory = TempDir::new().unwrap();
        Publisher::create(directory.path(), text).release_until(last);
        let reader = read(directory.path());
        let catalogue = reader.catalogue().unwrap();
        for flow in &catalogue.plan.dataflows {
            if matches!(flow.strategy, tidegauge_model::StrategyChoice::Calendar(_)) {
                continue;
            }
            let totals = "._T".repeat(flow.structure.dimensions().len());
            let key = if flow.marginals.is_empty() { "all".into() } else { format!("..{totals}") };
            let path = |rest: &str| format!("/v1/data/{}/{key}?format=csv&{rest}", flow.id);
            let reply = read_at(&reader, &path("includeHistory=true"));
            assert_eq!(reply.status, 200, "{}: {}", flow.id, reply.text);
            let history = lines(&reply.text);
            let mut compared = 0;
            for as_of in (1..=catalogue.size()).rev().step_by(catalogue.size() as usize / 5) {
                let reply = read_at(&reader, &path(&format!("asOf={as_of}")));
                let then = if reply.status == 200 { lines(&reply.text) } else { BTreeMap::new() };
                let known = history.iter().filter_map(|(key, vintages)| {
                    let newest = vintages.iter().rfind(|(_, vintage)| *vintage < as_of)?;
                    Some((key, &newest.0))
                });
                let answered = then.iter().map(|(key, vintages)| (key, &vintages[0].0));
                assert!(known.eq(answered), "{} at {as_of}", flow.id);
                compared += then.len();
            }
            assert!(compared > 30, "{}: {compared}", flow.id);
            flows += 1;
        }
    }
    assert!(flows >= 8, "{flows}");
}

#[test]
fn no_vintage_repeats_the_one_before_it() {
    for key in KEYS {
        let path = format!("/v1/data/{key}?includeHistory=true&format=csv");
        let history = lines(&sound(&path).text);
        for (key, vintages) in &history {
            for pair in vintages.windows(2) {
                assert!(pair[0].1 < pair[1].1 && pair[0].0 != pair[1].0, "{key}: {pair:?}");
            }
        }
        let most = history.values().map(Vec::len).max().unwrap();
        let once = key.starts_with("AT_BOUND");
        assert_eq!(most == 1, once, "{key}: {most}");
    }
    let days = lines(&sound("/v1/data/LATE/D.XX.FLOW.AIR?includeHistory=true&format=csv").text);
    assert_eq!(days["D,XX,FLOW,AIR,2023-12-30"].len(), 3);
    assert_eq!(days["D,XX,FLOW,AIR,2024-01-09"].len(), 1);
}

/// The same as [`lines`], from JSON-stat, in which the vintage is a dimension.
fn of_jsonstat(json: &Value) -> BTreeMap<String, Vec<(String, u64)>> {
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let ids = texts(&json["id"]);
    assert_eq!(ids[ids.len() - 2..], ["VINTAGE", "MEASURE"]);
    let codes = |id: &String| texts(&json["dimension"][id]["category"]["index"]);
    let codes: Vec<Vec<String>> = ids.iter().map(codes).collect();
    let sizes: Vec<u64> =
        json["size"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    assert_eq!(sizes, codes.iter().map(|list| list.len() as u64).collect::<Vec<_>>());
    let mut figures: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for (place, status) in json["status"].as_object().unwrap() {
        let place: usize = place.parse().unwrap();
        let (mut rest, mut key) = (place, Vec::new());
        for list in codes.iter().rev() {
            key.push(list[rest % list.len()].clone());
            rest /= list.len();
        }
        key.reverse();
        assert_eq!(key.pop().unwrap(), "OBS_VALUE");
        let vintage = key.pop().unwrap().parse().unwrap();
        let value = |n: usize| json["value"][(place + n).to_string()].to_string();
        let figure = [value(0), value(1), value(2), value(3), status.as_str().unwrap().into()];
        figures.entry(key.join(",")).or_default().push((figure.join(","), vintage));
    }
    // The members of an object have no order.
    figures.values_mut().for_each(|vintages| vintages.sort_by_key(|(_, vintage)| *vintage));
    figures
}

/// The same as [`lines`], from Parquet.
fn of_parquet(key: &str) -> BTreeMap<String, Vec<(String, u64)>> {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Decimal128Type, UInt64Type};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder as Opened;

    let (dataflow, key) = key.split_once('/').unwrap();
    let parameters = tidegauge_figures::Parameters { history: Some(true), ..Default::default() };
    let format = tidegauge_figures::Format::Parquet;
    let pieces =
        tidegauge_figures::export(store().0.path(), dataflow, key, &parameters, format).unwrap();
    let bytes = crate::respond::written(pieces).unwrap();
    let mut vintages: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for rows in Opened::try_new(bytes).unwrap().build().unwrap().map(Result::unwrap) {
        let names: Vec<String> = rows.schema().fields().iter().map(|f| f.name().clone()).collect();
        let place = |name: &str| names.iter().position(|known| known == name).unwrap();
        for row in 0..rows.num_rows() {
            let text = |n: usize| rows.column(n).as_string::<i32>().value(row).to_owned();
            let number = |name: &str| {
                let column = rows.column(place(name)).as_primitive::<Decimal128Type>();
                assert_eq!(column.scale(), 0, "whole numbers");
                column.value(row).to_string()
            };
            let whole = |n: usize| rows.column(n).as_primitive::<UInt64Type>().value(row);
            let key: Vec<String> = (0..place("OBS_VALUE")).map(text).collect();
            let figures = ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH"].map(number).join(",");
            let figure = format!("{figures},{}", text(place("OBS_STATUS")));
            let (vintage, size) = (whole(place("VINTAGE")), whole(place("LEDGER_SIZE")));
            assert!(size > vintage);
            vintages.entry(key.join(",")).or_default().push((figure, vintage));
        }
    }
    vintages
}

#[test]
fn history_is_the_same_in_every_format() {
    for key in KEYS {
        let history =
            |format: &str| sound(&format!("/v1/data/{key}?includeHistory=true&format={format}"));
        let all = history("csv").text;
        let mut sets: Vec<&str> =
            all.lines().skip(1).map(|line| line.rsplit(',').nth(1).unwrap()).collect();
        let rows = sets.len();
        sets.dedup();
        assert!(sets.is_sorted_by_key(|size| size.parse::<u64>().unwrap()));
        let values = |text: &str, before: &str| -> Vec<String> {
            let parts = text.split(before).skip(1);
            parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
        };
        let column = |n: usize| -> Vec<String> {
            let lines = all.lines().skip(1);
            lines.map(|line| line.rsplit(',').nth(n).unwrap().to_owned()).collect()
        };
        let (value, vintage) = (column(12), column(7));
        assert_eq!(all.lines().next().unwrap().rsplit(',').nth(12), Some("OBS_VALUE"));
        let specific = history("sdmx-ml").text;
        assert_eq!(values(&specific, "OBS_VALUE=\""), value);
        assert_eq!(values(&specific, " VINTAGE=\""), vintage);
        assert_eq!(values(&specific, "LEDGER_SIZE=\""), sets);
        let from = values(&specific, " ss:validFromDate=\"");
        assert_eq!(from.len(), sets.len());
        let generic = history("sdmx-ml-generic").text;
        assert_eq!(values(&generic, "ObsValue value=\""), value);
        assert_eq!(values(&generic, " validFromDate=\""), from);
        let json = history("sdmx-json").json();
        let data_sets = json["data"]["dataSets"].as_array().unwrap();
        let observations = |set: &Value| -> usize {
            let all_series = set["series"].as_object().unwrap().values();
            all_series.map(|series| series["observations"].as_object().unwrap().len()).sum()
        };
        assert_eq!(data_sets.iter().map(observations).sum::<usize>(), rows);
        assert!(data_sets.iter().zip(&from).all(|(set, from)| set["validFrom"] == *from));
        let places = json["data"]["structures"][0]["dataSets"].as_array().unwrap().len();
        assert_eq!((data_sets.len(), places), (sets.len(), sets.len()));
        let own = history("json").json();
        let all_series = own["series"].as_array().unwrap().iter();
        let observed = all_series.map(|series| series["observations"].as_array().unwrap().len());
        assert_eq!(observed.sum::<usize>(), rows);
        assert_eq!(of_jsonstat(&history("jsonstat").json()), lines(&all));
        assert_eq!(of_parquet(key), lines(&all));
    }
    let path = "LATE/D.XX.FLOW.AIR?includeHistory=true&format=csv";
    let own = sound(&format!("/v1/data/{path}")).text;
    assert_eq!(sound(&format!("/sdmx/2.1/data/{path}")).text, own);
    let path = path.replacen('/', "/1.0.0/", 1);
    assert_eq!(sound(&format!("/sdmx/3.0/data/dataflow/TG/{path}")).text, own);
}

#[test]
fn history_is_narrowed_by_periods_and_states() {
    let history = |query: &str| {
        let path = format!("/v1/data/LATE/D.XX.FLOW.AIR?includeHistory=true&format=csv{query}");
        lines(&sound(&path).text)
    };
    let (all, last) = (history(""), history("&lastNObservations=7"));
    assert_eq!(last.len(), 7);
    assert!(last.iter().all(|(key, vintages)| all[key] == *vintages));
    let then = all["D,XX,FLOW,AIR,2023-12-30"][1].1;
    for (key, vintages) in history(&format!("&updatedAfter={then}")) {
        let since = all[&key].iter().filter(|(_, vintage)| *vintage >= then);
        assert!(vintages.iter().eq(since), "{key}");
    }
    for (key, vintages) in history(&format!("&asOf={then}")) {
        let known = all[&key].iter().filter(|(_, vintage)| *vintage < then);
        assert!(vintages.iter().eq(known), "{key}");
    }
}

#[test]
fn history_is_held_to_the_limit_of_one_answer() {
    // In a window of a year, each day revises every earlier day of it.
    let text = edit(publisher::PLAN).change("privacy.window", "year").text();
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &text).release_until("2024-08-10");
    let reader = read(directory.path());
    let path = "/sdmx/2.1/data/CROSSINGS/all?format=csv";
    let plain = read_at(&reader, path).text.lines().count();
    assert!((1..OBSERVATIONS_MAX / 10).contains(&plain));
    let reply = read_at(&reader, &format!("{path}&includeHistory=true"));
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (413, &"too-large".into()));
    let narrowed = format!("{path}&includeHistory=true&lastNObservations=20");
    assert_eq!(read_at(&reader, &narrowed).status, 200);
}

/// The rows of a table, by the names of its columns.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let columns: Vec<String> = lines.next().unwrap().collect();
    lines.map(|fields| columns.iter().cloned().zip(fields).collect()).collect()
}

const REVISIONS: &str = "/v1/revisions/LATE/D.XX.FLOW.AIR+_T?format=csv";

#[test]
fn revisions_are_the_differences_between_vintages() {
    let path = "/v1/data/LATE/D.XX.FLOW.AIR+_T?includeHistory=true&format=csv";
    let history = lines(&sound(path).text);
    let mut expected = BTreeMap::new();
    for (key, vintages) in &history {
        for (n, pair) in vintages.windows(2).enumerate() {
            let value = |place: usize| milli(pair[place].0.split(',').next().unwrap());
            expected.insert((key.clone(), n + 1, pair[1].1), value(1) - value(0));
        }
    }
    let all = rows(&sound(REVISIONS).text);
    let revision = |row: &BTreeMap<String, String>| {
        let columns = ["FREQ", "REF_AREA", "INDICATOR", "BORDER_POINT", "TIME_PERIOD"];
        let key = columns.map(|column| row[column].clone()).join(",");
        let (vintage, entry) = (&row["VINTAGE_NUMBER"], &row["VINTAGE"]);
        let place = (key, vintage.parse().unwrap(), entry.parse().unwrap());
        assert!(milli(&row["MARGIN"]) > 0);
        (place, milli(&row["OBS_VALUE"]))
    };
    let revisions: BTreeMap<(String, usize, u64), i64> =
        all.iter().filter(|row| row["MEASURE"] == "REVISION").map(revision).collect();
    assert!(revisions.len() > 100);
    // A revision by exactly zero is listed, but makes no new vintage of the figure.
    let moved = |revisions: BTreeMap<(String, usize, u64), i64>| -> BTreeMap<(String, u64), i64> {
        revisions
            .into_iter()
            .filter(|(_, value)| *value != 0)
            .map(|((key, _, entry), value)| ((key, entry), value))
            .collect()
    };
    assert_eq!(moved(revisions), moved(expected));
}

#[test]
fn means_are_those_of_the_revisions() {
    for query in ["", "&startPeriod=2023-12&endPeriod=2023-12"] {
        let all = rows(&sound(&format!("{REVISIONS}{query}")).text);
        let means = all.iter().filter(|row| row["MEASURE"] == "MEAN_ABSOLUTE");
        assert_eq!(means.clone().count(), 4);
        for mean in means {
            let is_averaged = |row: &&BTreeMap<String, String>| {
                let same = |column: &str| row[column] == mean[column];
                row["MEASURE"] == "REVISION" && same("BORDER_POINT") && same("VINTAGE_NUMBER")
            };
            let values: Vec<i64> =
                all.iter().filter(is_averaged).map(|row| milli(&row["OBS_VALUE"]).abs()).collect();
            assert!(query.is_empty() || values.len() == 31);
            let exact = values.iter().sum::<i64>() as f64 / values.len() as f64;
            assert!((milli(&mean["OBS_VALUE"]) as f64 - exact).abs() <= 0.5);
            assert_eq!(mean["AGE"], if mean["VINTAGE_NUMBER"] == "1" { "2" } else { "5" });
        }
    }
}

#[test]
fn revisions_are_those_known_at_a_state() {
    let all = sound(REVISIONS).text;
    let revisions = |text: &str| -> Vec<BTreeMap<String, String>> {
        rows(text).into_iter().filter(|row| row["MEASURE"] == "REVISION").collect()
    };
    let entry = |row: &BTreeMap<String, String>| row["VINTAGE"].parse::<u64>().unwrap();
    let size = entry(&revisions(&all)[40]);
    let (mut before, mut since) = (revisions(&all), revisions(&all));
    before.retain(|row| entry(row) < size);
    since.retain(|row| entry(row) >= size);
    assert!(!before.is_empty() && !since.is_empty());
    assert_eq!(revisions(&sound(&format!("{REVISIONS}&asOf={size}")).text), before);
    assert_eq!(revisions(&sound(&format!("{REVISIONS}&updatedAfter={size}")).text), since);
    let json = sound("/v1/revisions/LATE/D.XX.FLOW.AIR+_T").json();
    assert_eq!(json["rows"].as_array().unwrap().len(), rows(&all).len());
    let table = [
        ("/v1/revisions/CROSSINGS/all", 501),
        ("/v1/revisions/LATE/M.XX.FLOW.AIR", 404),
        ("/v1/revisions/LATE/D.XX.FLOW.AIR?includeHistory=true", 501),
        ("/v1/revisions/LATE/D.XX.FLOW.AIR.parquet", 406),
        ("/v1/derived/PRESENT/all", 501),
        ("/v1/derived/LATE", 501),
    ];
    for (path, status) in table {
        assert_eq!(read_at(&store().1, path).status, status, "{path}");
    }
}

#[test]
fn derived_estimates_are_those_of_the_export() {
    let plan = include_str!("../../../../testdata/stays.toml");
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), plan).release_until("2024-03-31");
    let reader = read(directory.path());
    let known = reader.catalogue().unwrap();
    let mut derived = 0;
    for flow in &known.plan.dataflows {
        let path = format!("/v1/derived/{}/all", flow.id);
        let parameters = Default::default();
        let table =
            match tidegauge_figures::export_derived(directory.path(), &flow.id, "all", &parameters)
            {
                Ok(table) => table,
                Err(error) => {
                    assert_eq!(error.code(), "not-offered", "{path}: {error}");
                    assert_eq!(read_at(&reader, &path).status, 501, "{path}");
                    continue;
                }
            };
        derived += table.rows.len();
        let csv = read_at(&reader, &format!("{path}.csv"));
        assert_eq!((csv.status.as_u16(), &csv.text), (200, &table.csv()), "{path}");
        let json = read_at(&reader, &path).json();
        let as_of = known.size();
        assert_eq!(json["asOf"], as_of);
        assert_eq!(json["columns"], serde_json::json!(table.columns));
        assert_eq!(json["rows"].as_array().unwrap().len(), table.rows.len());
        let old = format!("{path}?asOf={}&format=csv", as_of / 2);
        assert!(read_at(&reader, &old).text.len() < csv.text.len(), "{old}");
    }
    assert!(derived > 10, "{derived}");
}

#[test]
fn shares_that_last_longer_are_those_of_the_figures() {
    let directory = TempDir::new().unwrap();
    let plan = include_str!("../../../../testdata/stays.toml");
    Publisher::create(directory.path(), plan).release_until("2024-03-31");
    let reader = read(directory.path());
    let csv = |path: &str| rows(&read_at(&reader, path).text);
    let figures = csv("/v1/data/LENGTHS/M.AT.FLOW...?format=csv&decimals=3");
    let shares = csv("/v1/derived/LENGTHS.LONGER/M.AT.FLOW...?format=csv");
    let bands = ["UNDER_1H", "UNDER_2D", "UNDER_5D", "LONGER"];
    let list = read_at(&reader, "/v1/dataflows/LENGTHS").json();
    assert_eq!(list["roles"], serde_json::json!({"band": "LENGTH"}));
    let mut compared = 0;
    for share in shares.iter().filter(|share| !share["PART"].is_empty()) {
        let of_band = |band: &&str| -> f64 {
            let same = |row: &&BTreeMap<String, String>| {
                let is_same = |column: &&str| row[*column] == share[*column];
                ["CITIZENSHIP", "STAY_CLASS", "TIME_PERIOD"].iter().all(is_same)
            };
            let found = figures.iter().filter(same).find(|row| row["LENGTH"] == **band);
            found.unwrap()["OBS_VALUE"].parse().unwrap()
        };
        let band = bands.iter().position(|band| *band == share["BAND"]).unwrap();
        let sum = |bands: &[&str]| bands.iter().map(of_band).sum::<f64>();
        let meant = sum(&bands[band + 1..]) / sum(&bands);
        let [part, low, high] =
            ["PART", "PART_LOW", "PART_HIGH"].map(|name| share[name].parse::<f64>().unwrap());
        assert!((part - meant).abs() < 1e-4, "{share:?}");
        assert!(low <= part && part <= high, "{share:?}");
        compared += 1;
    }
    assert!(compared > 3, "{compared} of {}", shares.len());
}

/// However a question is written, its answer has one entity tag, and so one entry of the cache.
fn assert_one_question_has_one_etag(reader: &Arc<Reader>) {
    let etag = |path: &str| {
        let reply = read_at(reader, &format!("/v1/derived/{path}"));
        reply.headers[axum::http::header::ETAG].to_str().unwrap().to_owned()
    };
    for (key, same, other) in [
        (
            "LAPSE_RATE/M.AT.LAPSE_RATE.A+_T.csv",
            "LAPSE_RATE/M...%5FT+A?format=csv",
            "LAPSE_RATE/M...A.csv",
        ),
        (
            "COHORTS.WAITING/M.AT.FLOW.LONG",
            "COHORTS.WAITING/M...LONG+LONG",
            "COHORTS.WAITING/M...SHORT",
        ),
        ("COHORTS/M.AT.FLOW.LONG..", "COHORTS/M.AT..LONG.*.", "COHORTS/M.AT..SHORT.."),
    ] {
        assert_eq!(etag(key), etag(same), "{key}");
        assert_ne!(etag(key), etag(other), "{key}");
    }
}

/// A rate of late events among others, by border point.
const LATE_SHARE: &str = "\n[[rate]]\nid = \"LATE_SHARE\"\nname = \"x\"\ndescription = \"x\"\n\
    by = [\"BORDER_POINT\"]\nnumerator = { dataflow = \"LATE\" }\n\
    denominator = { dataflow = \"CROSSINGS\" }\n";

#[test]
fn a_rate_is_provisional_as_long_as_a_figure_of_it_is() {
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &(plan() + LATE_SHARE)).release_until("2024-01-09");
    let reader = read(directory.path());
    let json = |path: &str| {
        let reply = read_at(&reader, path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.json()
    };
    let statuses = |answer: &Value| -> BTreeMap<String, String> {
        let series = answer["series"][0]["observations"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        series.map(|row| (text(&row[0]), text(&row[5]))).collect()
    };
    let parts = ["LATE/D.XX.FLOW._T", "CROSSINGS/D.XX.FLOW._T._T"];
    let parts = parts.map(|path| statuses(&json(&format!("/v1/data/{path}"))));
    let path = "/v1/derived/LATE_SHARE/D.XX.LATE_SHARE._T";
    let rates = json(path);
    let columns: Vec<&str> =
        rates["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(columns[4..], ["TIME_PERIOD", "RATE", "RATE_LOW", "RATE_HIGH", "OBS_STATUS"]);
    let rows = rates["rows"].as_array().unwrap();
    assert!(rows.len() > 20);
    let mut found = vec![];
    for row in rows.iter().filter(|row| !row[5].is_null()) {
        let period = row[4].as_str().unwrap();
        let is_open = parts.iter().any(|part| part[period] == "P");
        assert_eq!(row[8] == "P", is_open, "{row}");
        found.push(row[8].as_str().unwrap());
    }
    // The newest days wait for late events, older ones do not.
    assert!(found.first() != Some(&"P") && found.last() == Some(&"P"), "{found:?}");
    let csv = read_at(&reader, &format!("{path}?format=csv")).text;
    let last = csv.lines().last().unwrap();
    assert!(csv.starts_with(&columns.join(",")) && last.ends_with(",P"), "{last}");
    // The page says so in words.
    let page = read_at(&reader, "/?flow=LATE_SHARE&key=D.XX.LATE_SHARE._T").text;
    let described = page.split("name=\"description\" content=\"").nth(1).unwrap();
    assert!(described.split('"').next().unwrap().contains("provisional"), "{described}");
    assert!(page.contains("<td class=\"status\">provisional"));
}

#[test]
fn rates_and_stocks_by_age_are_served_over_http() {
    let rate = "\n[[rate]]\nid = \"LAPSE_RATE\"\nname = \"x\"\ndescription = \"x\"\n\
        by = [\"CITIZENSHIP\"]\n\
        numerator = { dataflow = \"TRANSITIONS\", codes = { TRANSITION = [\"LAPSE\"] } }\n\
        denominator = { dataflow = \"TRANSITIONS\" }\n";
    let plan = include_str!("../../../../testdata/stays.toml").to_owned() + rate;
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &plan).release_until("2024-04-30");
    let reader = read(directory.path());
    let text = |path: &str| {
        let reply = read_at(&reader, path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.text
    };
    let listed = read_at(&reader, "/v1/dataflows").json();
    assert_eq!(listed["rates"][0]["id"], "LAPSE_RATE");
    let rates = rows(&text("/v1/derived/LAPSE_RATE/M.AT.LAPSE_RATE.A+_T?format=csv"));
    assert_eq!(rates.len(), 2 * 4);
    assert_one_question_has_one_etag(&reader);
    let figures =
        |key: &str| lines(&text(&format!("/v1/data/TRANSITIONS/M.AT.FLOW.A.{key}?format=csv")));
    let value = |figures: &BTreeMap<String, Vec<(String, u64)>>, month: &str| -> f64 {
        let (_, figure) = figures.iter().find(|(key, _)| key.ends_with(month)).unwrap();
        figure[0].0.split(',').next().unwrap().parse().unwrap()
    };
    let (lapses, all) = (figures("LAPSE"), figures("_T"));
    for row in rates.iter().filter(|row| row["CITIZENSHIP"] == "A" && !row["RATE"].is_empty()) {
        let month = &row["TIME_PERIOD"];
        let meant = value(&lapses, month) / value(&all, month);
        assert!((row["RATE"].parse::<f64>().unwrap() - meant).abs() < 1e-4, "{month}");
    }
    let stocks = rows(&text("/v1/derived/COHORTS.WAITING/M...LONG.csv?startPeriod=2024-04"));
    let bands: Vec<&str> = stocks.iter().map(|row| &*row["BAND"]).collect();
    assert_eq!(bands, ["M0", "M1", "LATER", "_T"]);
    let sum: i64 = stocks[..3].iter().map(|row| milli(&row["OBS_VALUE"])).sum();
    assert_eq!(sum, milli(&stocks[3]["OBS_VALUE"]));
    let newest = text("/v1/derived/COHORTS.WAITING/M...LONG.csv?lastNObservations=1");
    let newest = rows(&newest).into_iter().map(|row| row["TIME_PERIOD"].clone());
    assert_eq!(newest.collect::<BTreeSet<String>>(), ["2024-04".to_owned()].into());
    let table = [
        ("/v1/derived/LAPSE_RATE/M.AT.LAPSE_RATE", 200),
        ("/v1/derived/LAPSE_RATE/M.AT", 400),
        ("/v1/derived/LAPSE_RATE/M.AT.LAPSE_RATE._T._T", 400),
        ("/v1/derived/LAPSE_RATE/M.AT.OTHER.A", 404),
        ("/v1/derived/LAPSE_RATE/M.AT..NOBODY", 404),
        ("/v1/derived/LAPSE_RATE/all?startPeriod=2031", 404),
        ("/v1/data/LAPSE_RATE/all", 404),
        ("/v1/derived/TRANSITIONS.WAITING/all", 501),
        ("/v1/derived/NONE.WAITING/all", 404),
        ("/v1/derived/LENGTHS.LONGER/all", 200),
        ("/v1/derived/COHORTS.LONGER/all", 501),
        ("/v1/derived/NONE.LONGER/all", 404),
        ("/v1/derived/COHORTS.WAITING/D...LONG", 404),
        ("/v1/derived/COHORTS.WAITING/M...LONG.M0", 400),
    ];
    for (path, status) in table {
        assert_eq!(read_at(&reader, path).status, status, "{path}");
    }
}
