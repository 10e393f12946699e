//! Structural zeros for readers: exactly zero, marked in every format, and left out of every sum.
//!
//! Not here: which cells are closed (crate `model`), rejected events
//! (`tidegauge/tests/validity.rs`).

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;

use super::{Figures, csv_figures, read, read_at};
use testkit::publisher::{self, Publisher};
use testkit::{edit, toml};
use tidegauge_figures::Reader;

/// The sample plan, in which the railway closes in the middle of a month and of a window.
fn plan() -> String {
    let former = "[{ until = \"2023-12-31\", name = \"Old railway\" }]";
    edit(publisher::PLAN)
        .change("code_list.CL_BORDER_POINT.codes.RAIL.name", "Railway")
        .add("code_list.CL_BORDER_POINT.codes.RAIL.valid_to", "2024-01-10")
        .add("code_list.CL_BORDER_POINT.codes.RAIL.names", toml(former))
        .add("code_list.CL_BORDER_POINT.codes.RAIL.also", toml("[\"RAIL_OLD\"]"))
        .text()
}

fn store(text: &str) -> (TempDir, Arc<Reader>) {
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), text).release_until("2024-02-29");
    let reader = read(directory.path());
    (directory, reader)
}

/// The stores with and without the closure; their measurements are the same.
fn stores() -> &'static [(TempDir, Arc<Reader>); 2] {
    static STORES: OnceLock<[(TempDir, Arc<Reader>); 2]> = OnceLock::new();
    STORES.get_or_init(|| [store(&plan()), store(publisher::PLAN)])
}

fn figures(store: usize, path: &str) -> Figures {
    let reply = read_at(&stores()[store].1, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    csv_figures(&reply.text)
}

/// Every border point, and their total.
const FLOW: &str = "/v1/data/CROSSINGS/...AIR+RAIL+SEA+_T.?format=csv";

#[test]
fn a_structural_zero_is_zero_without_margin() {
    let mut zeros = 0;
    for ((key, period), (value, margin, low, high, status, _)) in &figures(0, FLOW) {
        let rail = key.split('.').nth(3) == Some("RAIL");
        let after = match period.as_str() {
            "2024-02" => true,
            day if day.len() == 10 => day > "2024-01-10",
            week if week.contains('W') => ("2024-W03"..="2024-W09").contains(&week),
            _ => false,
        };
        assert_eq!(status == "M", rail && after, "{key} {period}");
        if status == "M" {
            assert_eq!((*value, *margin, *low, *high), (0, 0, 0, 0), "{key} {period}");
            zeros += 1;
        } else {
            assert!(*margin > 0, "{key} {period}");
        }
    }
    assert!(zeros > 100, "{zeros}");
}

#[test]
fn open_cells_keep_their_figures_and_sums_hold() {
    let (with, without) = (figures(0, FLOW), figures(1, FLOW));
    let mut sums: HashMap<(String, String), i64> = HashMap::new();
    for ((key, period), (value, margin, ..)) in &with {
        let codes: Vec<&str> = key.split('.').collect();
        let (other_value, other_margin, ..) = &without[&(key.clone(), period.clone())];
        if ["AIR", "SEA"].contains(&codes[3])
            || (period.len() == 10 && period.as_str() <= "2024-01-10")
        {
            assert_eq!((value, margin), (other_value, other_margin), "{key} {period}");
        } else if margin < other_margin {
            // Fewer cells or steps with noise.
            sums.entry(("less".into(), String::new())).and_modify(|n| *n += 1).or_insert(1);
        }
        if codes[3] != "_T" {
            let total = [codes[0], codes[1], codes[2], "_T", codes[4]].join(".");
            *sums.entry((total, period.clone())).or_insert(0) += value;
        }
        if codes[0] == "D" && period.starts_with("2024-01") {
            let month = ["M", codes[1], codes[2], codes[3], codes[4]].join(".");
            *sums.entry((month, "2024-01".into())).or_insert(0) += value;
        }
    }
    assert!(sums.remove(&("less".into(), String::new())).unwrap() > 50);
    let mut compared = 0;
    for ((key, period), sum) in sums {
        if key.starts_with('M') && key.contains("._T.") && period == "2024-01" {
            // Added up twice: over cells and over days.
            assert_eq!(with[&(key.clone(), period)].0 * 2, sum, "{key}");
        } else {
            assert_eq!(with[&(key.clone(), period.clone())].0, sum, "{key} {period}");
        }
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn stocks_have_no_structural_zeros_and_at_bound_has() {
    let bound = figures(0, "/v1/data/AT_BOUND/all?format=csv");
    let zeros = bound.values().filter(|(_, margin, _, _, status, _)| status == "M" && *margin == 0);
    assert!(zeros.count() > 40);
    let stock = figures(0, "/v1/data/PRESENT/all?format=csv");
    assert!(stock.values().all(|(_, margin, _, _, status, _)| status != "M" && *margin > 0));
}

#[test]
fn every_format_marks_a_structural_zero() {
    let key = "D.XX.FLOW.RAIL.ENTRY";
    for format in ["csv", "sdmx-csv-1", "json", "jsonstat", "sdmx-ml-generic"] {
        let path = format!("/v1/data/CROSSINGS/{key}?format={format}&startPeriod=2024-02-01");
        let reply = read_at(&stores()[0].1, &path);
        assert_eq!(reply.status, 200, "{format}: {}", reply.text);
        let marked = reply.text.contains(",M,") || reply.text.contains("\"M\"");
        assert!(marked, "{format}: {}", reply.text);
    }
}

#[test]
fn code_lists_show_validity_former_names_and_other_codes() {
    let reply = read_at(&stores()[0].1, "/v1/dataflows/CROSSINGS");
    let members = [
        "\"validTo\":\"2024-01-10\"",
        "\"formerNames\":[{\"until\":\"2023-12-31\"",
        "\"also\":[\"RAIL_OLD\"]",
    ];
    for member in members {
        assert!(reply.text.contains(member), "{member}: {}", reply.text);
    }
    let lists = [
        ("/sdmx/2.1/codelist/TG/CL_BORDER_POINT/latest", "RAIL_OLD"),
        ("/sdmx/3.0/structure/codelist/TG/CL_BORDER_POINT", "{\"title\":\"RAIL_OLD\""),
    ];
    for (list, note) in lists {
        let reply = read_at(&stores()[0].1, list);
        assert!(reply.text.contains(note), "{}", reply.text);
    }
    // Readers know it by one code only.
    let other = read_at(&stores()[0].1, "/v1/data/CROSSINGS/D..FLOW.RAIL_OLD.ENTRY");
    assert_eq!(other.status, 404, "{}", other.text);
}

/// The ends of a rate's interval depend on the actual noise: once the railway is closed, its noise
/// is left out of every figure, and out of the shared noise of both sides.
#[test]
fn a_closed_cell_shares_no_noise() {
    use tidegauge_privacy::interval::{Estimate, NORMAL_POINT, rate};

    let side = |codes: &str| {
        format!(
            "{{ dataflow = \"CROSSINGS\", codes = {{ BORDER_POINT = [{codes}], \
             DIRECTION = [\"ENTRY\"] }} }}"
        )
    };
    let (above, below) = (side("\"SEA\", \"RAIL\""), side("\"AIR\", \"SEA\""));
    let text = format!(
        "{}\n[[rate]]\nid = \"R\"\nname = \"r\"\ndescription = \"r\"\n\
         numerator = {above}\ndenominator = {below}\n",
        plan()
    );
    let (_directory, reader) = store(&text);
    let path =
        "/v1/data/CROSSINGS/D..FLOW.AIR+SEA+RAIL.ENTRY?format=csv&decimals=3&startPeriod=2024-01";
    let figures = csv_figures(&read_at(&reader, path).text);
    let rates = read_at(&reader, "/v1/derived/R/D..?format=csv&startPeriod=2024-01").text;
    let (mut open, mut closed) = (0, 0);
    for line in rates.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let figure = |point: &str| {
            let key = (format!("D.XX.FLOW.{point}.ENTRY"), fields[3].to_owned());
            let (value, margin, ..) = figures[&key];
            let deviation = margin as f64 / 1000.0 / NORMAL_POINT;
            Estimate { value: value as f64 / 1000.0, variance: deviation * deviation }
        };
        let sum = |a: Estimate, b: Estimate| Estimate {
            value: a.value + b.value,
            variance: a.variance + b.variance,
        };
        let (air, sea, rail) = (figure("AIR"), figure("SEA"), figure("RAIL"));
        let expected = rate(sum(sea, rail), sum(air, sea), sea.variance).unwrap();
        let expected = [expected.value, expected.low, expected.high].map(|x| format!("{x:.4}"));
        assert_eq!(&fields[4..7], expected, "{line}");
        *(if rail.variance > 0.0 { &mut open } else { &mut closed }) += 1;
    }
    assert!(open >= 10 && closed >= 40, "{open} {closed}");
}
