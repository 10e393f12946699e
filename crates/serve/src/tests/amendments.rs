//! Amendments for readers: published answers stay, reserved places do not appear, every format
//! shows codes and breaks, and every version of a structure is available.
//!
//! Not here: what may be amended (crate `model`), tampering (crate `ledger`), events
//! (`tidegauge/tests/amendments.rs`).

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use tempfile::TempDir;

use super::{Figures, csv_figures, read, read_at};
use testkit::publisher::{self, Publisher};
use testkit::{edit, toml};
use tidegauge_figures::Reader;

/// The sample plan with two reserved border points, and with a stock by border point.
pub(super) fn plan() -> String {
    let by_point = "[{ id = \"BORDER_POINT\", from = \"border_point\" }, \
                    { id = \"TRAVELLER_CLASS\", from = \"traveller_class\" }]";
    edit(publisher::PLAN)
        .add("code_list.CL_BORDER_POINT.reserved", 2)
        .change("dataflow.PRESENT.dimensions", toml(by_point))
        .text()
}

/// In the middle of a week, of a month and of a window.
const FROM: &str = "2024-02-08";
const AMENDMENT: &str = "from = \"2024-02-08\"\nnote = \"The tunnel opens, the railway ends\"\n\
    [[added]]\nlist = \"CL_BORDER_POINT\"\ncode = \"TUNNEL\"\nname = \"Tunnel\"\n\
    [[closed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"RAIL\"\n\
    [[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"AIR\"\nname = \"Airport and heliport\"\n\
    also = \"HELIPORT\"\n\
    [[break]]\ndataflow = \"CROSSINGS\"\nnote = \"Gates count\"\n";

/// A reader that saw the ledger before and after the amendment, the size before it, and the answer
/// of each address then.
struct Amended {
    _directory: TempDir,
    reader: Arc<Reader>,
    size: u64,
    before: Vec<(&'static str, String)>,
}

const ADDRESSES: [&str; 6] = [
    "/v1/data/CROSSINGS/all",
    "/v1/data/CROSSINGS/..FLOW._T.ENTRY+_T",
    "/v1/data/PRESENT/all",
    "/v1/data/PRESENT/..STOCK._T.NEAR+_T",
    "/v1/data/AT_BOUND/all",
    "/sdmx/3.0/data/dataflow/TG/CROSSINGS?format=sdmx-json",
];

fn amended() -> &'static Amended {
    static AMENDED: OnceLock<Amended> = OnceLock::new();
    AMENDED.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let mut writer = Publisher::create(directory.path(), &plan());
        writer.release_until("2024-02-07");
        let reader = read(directory.path());
        let size = writer.size();
        let before = ADDRESSES.map(|path| (path, read_at(&reader, path).text)).to_vec();
        writer.amend(AMENDMENT);
        reader.refresh();
        writer.release_until("2024-02-29");
        reader.refresh();
        assert_eq!(reader.fault(), None);
        Amended { _directory: directory, reader, size, before }
    })
}

fn get(path: &str) -> super::Reply {
    let reply = read_at(&amended().reader, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

fn figures(path: &str) -> Figures {
    csv_figures(&get(path).text)
}

#[test]
fn what_was_published_is_answered_as_it_was() {
    let Amended { size, before, .. } = amended();
    for (path, then) in before {
        let joint = if path.contains('?') { '&' } else { '?' };
        let now = get(&format!("{path}{joint}asOf={size}")).text;
        assert!(now.len() > 1000 && now == *then, "{path}");
    }
    // A code that was not there then is not there now as of then.
    let path = format!("/v1/data/CROSSINGS/D.XX.FLOW.TUNNEL.ENTRY?asOf={size}");
    assert_eq!(read_at(&amended().reader, &path).status, 404);
    // A reader that started later gives the same answers.
    let fresh = read(amended()._directory.path());
    for (path, _) in before {
        assert_eq!(read_at(&fresh, path).text, get(path).text, "{path}");
    }
}

#[test]
fn history_ends_with_the_current_figures() {
    for key in ["D.XX.FLOW.TUNNEL.ENTRY", "W.XX.FLOW._T.ENTRY", "D.XX.FLOW.RAIL._T"] {
        let path = |rest: &str| format!("/v1/data/CROSSINGS/{key}?format=csv{rest}");
        let now = figures(&path(""));
        assert!(now.len() > 10);
        let all = get(&path("&includeHistory=true")).text;
        let mut lines: HashMap<String, &str> = HashMap::new();
        for line in all.lines().skip(1) {
            // Vintages come oldest first: the newest of a period stays.
            lines.insert(line.split(',').nth(8).unwrap().to_owned(), line);
        }
        for ((_, period), (.., status, _)) in &now {
            let line = lines.get(period).unwrap_or_else(|| panic!("{key} {period}"));
            assert!(line.contains(&format!(",{status},")), "{period}: {line}");
        }
    }
}

#[test]
fn reserved_places_are_nowhere() {
    let points = |text: &str, column: &str| -> Vec<String> {
        let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let place = lines.next().unwrap().iter().position(|name| *name == column).unwrap();
        let mut codes: Vec<String> = lines.map(|line| line[place].to_owned()).collect();
        codes.sort();
        codes.dedup();
        codes
    };
    let size = amended().size;
    for flow in ["CROSSINGS", "PRESENT", "AT_BOUND"] {
        let path = |rest: &str| format!("/v1/data/{flow}/all?format=csv{rest}");
        let now = get(&path("")).text;
        assert_eq!(points(&now, "BORDER_POINT"), ["AIR", "RAIL", "SEA", "TUNNEL"]);
        let then = get(&path(&format!("&asOf={size}"))).text;
        assert_eq!(points(&then, "BORDER_POINT"), ["AIR", "RAIL", "SEA"]);
        let structure = get(&format!("/v1/dataflows/{flow}")).json();
        let points = &structure["dimensions"][3]["codes"];
        let ids: Vec<&str> =
            points.as_array().unwrap().iter().map(|code| code["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["AIR", "SEA", "RAIL", "TUNNEL", "_T"]);
        assert_eq!(points[0]["name"], "Airport and heliport");
        assert_eq!(points[0]["formerNames"][0]["until"], "2024-02-07");
        assert_eq!(
            (&points[2]["validTo"], &points[3]["validFrom"]),
            (&Value::from("2024-02-07"), &Value::from(FROM))
        );
        for path in [
            format!("/sdmx/2.1/data/{flow}?format=sdmx-csv-1"),
            format!("/sdmx/2.1/availableconstraint/{flow}"),
            "/sdmx/2.1/codelist/TG/CL_BORDER_POINT/latest".into(),
        ] {
            let text = get(&path).text;
            assert!(!text.contains("id=\"\"") && !text.contains("<common:Value></"), "{path}");
            assert!(!text.contains(",,"), "{path}");
        }
    }
}

#[test]
fn cells_open_and_close_and_sums_hold() {
    let flow = figures("/v1/data/CROSSINGS/...AIR+SEA+RAIL+TUNNEL+_T.?format=csv");
    let stock = figures("/v1/data/PRESENT/...AIR+SEA+RAIL+TUNNEL+_T.?format=csv");
    for (figures, is_stock) in [(&flow, false), (&stock, true)] {
        let mut sums: HashMap<(String, String), i64> = HashMap::new();
        let mut zeros = 0;
        for ((key, period), (value, margin, _, _, status, _)) in figures {
            let codes: Vec<&str> = key.split('.').collect();
            if codes[3] == "_T" {
                continue;
            }
            let total = [codes[0], codes[1], codes[2], "_T", codes[4]].join(".");
            *sums.entry((total, period.clone())).or_insert(0) += value;
            if period.len() == 10 {
                let is_before = period.as_str() < FROM;
                let closed = match codes[3] {
                    "TUNNEL" => is_before,
                    "RAIL" => !is_before && !is_stock,
                    _ => false,
                };
                let breaks = period == FROM && !is_stock;
                assert_eq!(status == "M", closed && !breaks, "{key} {period}");
                assert_eq!((*value, *margin) == (0, 0), closed, "{key} {period}");
                zeros += u32::from(closed);
            }
        }
        assert!(zeros > 100, "{zeros}");
        for (key, sum) in sums {
            assert_eq!(figures[&key].0, sum, "{key:?}");
        }
    }
    // The level of a point that opens begins at nothing: its margin grows with its steps.
    let margin =
        |point: &str, day: &str| stock[&(format!("D.XX.STOCK.{point}.NEAR"), day.to_owned())].1;
    assert!(margin("TUNNEL", FROM) < margin("SEA", FROM));
    assert!(margin("_T", "2024-02-07") < margin("_T", FROM));
}

#[test]
fn a_break_is_marked_where_it_is() {
    let crossings = figures("/v1/data/CROSSINGS/...AIR+RAIL+TUNNEL+_T.ENTRY+_T?format=csv");
    let mut breaks = 0;
    for ((key, period), (.., status, _)) in &crossings {
        let has_break = [FROM, "2024-W06", "2024-02"].contains(&period.as_str());
        // A break goes before any other status, even that of a structural zero.
        assert_eq!(status == "B", has_break, "{key} {period} {status}");
        breaks += u32::from(status == "B");
    }
    assert!(breaks > 10, "{breaks}");
    let present = figures("/v1/data/PRESENT/all?format=csv");
    let has_breaks = present.values().any(|(.., status, _)| status == "B");
    assert!(!has_breaks, "another dataflow does not break");
}

#[test]
fn every_format_marks_a_break() {
    let key = "D.XX.FLOW.AIR.ENTRY";
    let formats = [
        "csv",
        "sdmx-csv-1",
        "json",
        "jsonstat",
        "sdmx-json",
        "sdmx-ml",
        "sdmx-ml-generic",
        "parquet",
    ];
    for format in formats {
        let reply = |day: &str| {
            let limits = format!("startPeriod={day}&endPeriod={day}");
            get(&format!("/v1/data/CROSSINGS/{key}?format={format}&{limits}")).text
        };
        let (on, after) = (reply(FROM), reply("2024-02-09"));
        let marks = [",B,", "\"B\"", "OBS_STATUS=\"B\"", "value=\"B\""];
        let is_marked = |text: &str| marks.iter().any(|mark| text.contains(mark));
        match format {
            // The library encodes a word as bytes: the letter follows its length.
            "parquet" => assert!(on.contains("\u{1}\0\0\0B") && !after.contains("\u{1}\0\0\0B")),
            // The message lists all statuses; the observation refers to a place in the list.
            "sdmx-json" => assert_ne!(statuses(&on), statuses(&after), "{on}"),
            _ => assert!(is_marked(&on) && !is_marked(&after), "{format}: {on}"),
        }
    }
}

/// The places of the attributes of the only observation of a message.
fn statuses(text: &str) -> String {
    let start = text.find("\"observations\"").unwrap();
    text[start..].chars().filter(|c| !c.is_ascii_whitespace()).take(80).collect()
}

#[test]
fn readers_find_amendments_and_breaks() {
    let size = amended().size;
    let dataflows = get("/v1/dataflows").json();
    let amendment = &dataflows["amendments"][0];
    assert_eq!((&amendment["entry"], &amendment["from"]), (&size.into(), &FROM.into()));
    assert_eq!(amendment["added"][0]["code"], "TUNNEL");
    assert_eq!(amendment["closed"][0]["codeList"], "CL_BORDER_POINT");
    assert_eq!(amendment["renamed"][0]["name"], "Airport and heliport");
    assert_eq!(amendment["renamed"][0]["also"], serde_json::json!(["HELIPORT"]));
    assert_eq!(amendment["breaks"][0]["dataflow"], "CROSSINGS");
    let file = amendment["file"].as_str().unwrap();
    assert_eq!(get(&format!("/{file}")).text, AMENDMENT);
    let structure = get("/v1/dataflows/CROSSINGS").json();
    assert_eq!(structure["version"], "1.1.0");
    let flow_break = serde_json::json!([{"entry": size, "from": FROM, "note": "Gates count"}]);
    assert_eq!(structure["breaks"], flow_break);
    assert_eq!(get("/v1/dataflows/PRESENT").json()["breaks"], Value::Null);
    assert!(dataflows["store"]["plan"].as_str().unwrap().starts_with("log/plan/"));
}

#[test]
fn every_version_of_a_structure_is_available() {
    let codes = |version: &str| {
        let reply = get(&format!("/sdmx/3.0/structure/codelist/TG/CL_BORDER_POINT/{version}"));
        let list = reply.json()["data"]["codelists"][0].clone();
        let codes = list["codes"].as_array().unwrap().len();
        (list["version"].as_str().unwrap().to_owned(), codes)
    };
    assert_eq!(codes("1.0.0"), ("1.0.0".into(), 4));
    assert_eq!(codes("1.1.0"), ("1.1.0".into(), 5));
    assert_eq!(codes("~"), ("1.1.0".into(), 5));
    for (version, list) in [("1.0.0", "1.0.0"), ("1.1.0", "1.1.0")] {
        let path = format!("/sdmx/2.1/dataflow/TG/CROSSINGS/{version}?references=all");
        let text = get(&path).text;
        for name in [
            format!("Dataflow=TG:CROSSINGS({version})"),
            format!("DataStructure=TG:DSD_CROSSINGS({version})"),
            format!("Codelist=TG:CL_BORDER_POINT({list})"),
            "Codelist=TG:CL_DIRECTION(1.0.0)".to_owned(),
        ] {
            assert!(text.contains(&name), "{path}: {name}");
        }
        let named = format!("id=\"CL_BORDER_POINT\" version=\"{list}\"");
        assert!(text.contains(&named), "{path}: {named}");
        // Figures are available by either version, and state the version that they use.
        let data = get(&format!("/sdmx/2.1/data/TG,CROSSINGS,{version}/D.XX.FLOW.AIR.ENTRY"));
        assert!(data.text.contains("version=\"1.1.0\""), "{version}");
    }
    let size = amended().size;
    let then = get(&format!("/v1/data/CROSSINGS/all?format=csv&asOf={size}")).text;
    assert!(then.contains("TG:CROSSINGS(1.0.0)"));
    let gone = read_at(&amended().reader, "/sdmx/2.1/dataflow/TG/CROSSINGS/1.2.0");
    assert_eq!(gone.status, 404);
}
