//! One answer in every format: the same observations, whole or in parts, cached or made anew.
//!
//! Not here: whether official schemas and public clients accept them (`checks/clients/`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;
use tempfile::TempDir;

use super::{Reply, csv_figures, get, read, read_at, request, shared};
use testkit::publisher::{self, Publisher};

/// By key and period, the fields of a figure as written: value, margin, low, high, status, vintage.
type WrittenFigures = BTreeMap<(String, String), Vec<String>>;

const COLUMNS: [&str; 6] = ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH", "OBS_STATUS", "VINTAGE"];

fn sound(path: &str) -> Reply {
    let reply = get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

fn of_csv(text: &str) -> WrittenFigures {
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let figure = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let key = fields[place("FREQ")..place("TIME_PERIOD")].join(".");
        let figure = COLUMNS.map(|column| fields[place(column)].to_owned()).to_vec();
        ((key, fields[place("TIME_PERIOD")].to_owned()), figure)
    };
    lines.map(figure).collect()
}

/// The values of XML attributes by their names.
fn named(element: &str) -> BTreeMap<&str, &str> {
    let parts: Vec<&str> = element.split('"').collect();
    let pairs = parts.chunks_exact(2);
    pairs.map(|pair| (pair[0].trim().trim_end_matches('='), pair[1])).collect()
}

fn key_of(code: impl Fn(&str) -> String) -> String {
    ["FREQ", "REF_AREA", "INDICATOR", "BORDER_POINT", "DIRECTION"].map(code).join(".")
}

fn of_specific(text: &str) -> WrittenFigures {
    let mut figures = WrittenFigures::new();
    for series in text.split("<Series ").skip(1) {
        let (head, rest) = series.split_once('>').unwrap();
        let head = named(head);
        let key = key_of(|id| head[id].to_owned());
        for observation in rest.split("<Obs ").skip(1) {
            let observation = named(observation.split("/>").next().unwrap());
            let fields = COLUMNS.map(|column| observation[column].to_owned()).to_vec();
            figures.insert((key.clone(), observation["TIME_PERIOD"].to_owned()), fields);
        }
    }
    figures
}

fn of_generic(text: &str) -> WrittenFigures {
    let values = |text: &str| -> BTreeMap<String, String> {
        let value = |element: &str| {
            let named = named(element.split("/>").next().unwrap());
            (named["id"].to_owned(), named["value"].to_owned())
        };
        text.split("<generic:Value ").skip(1).map(value).collect()
    };
    let mut figures = WrittenFigures::new();
    for series in text.split("<generic:Series>").skip(1) {
        let (head, rest) = series.split_once("</generic:SeriesKey>").unwrap();
        let head = values(head);
        let key = key_of(|id| head[id].clone());
        for observation in rest.split("<generic:Obs>").skip(1) {
            let (own, attributes) = observation.split_once("<generic:Attributes>").unwrap();
            let own: Vec<&str> = own.split('"').collect();
            let mut attributes = values(attributes);
            attributes.insert("OBS_VALUE".into(), own[3].to_owned());
            let fields = COLUMNS.map(|column| attributes[column].clone()).to_vec();
            figures.insert((key.clone(), own[1].to_owned()), fields);
        }
    }
    figures
}

fn milli(text: &str) -> String {
    // A JSON parser drops zeros at the end of a number.
    let with_zeros = |(whole, part)| format!("{whole}.{part:0<3}");
    text.split_once('.').map_or_else(|| text.to_owned(), with_zeros)
}

fn of_sdmx_json(json: &Value) -> WrittenFigures {
    let structure = &json["data"]["structures"][0];
    let codes = |list: &Value, n: usize| list[n]["id"].as_str().unwrap().to_owned();
    let mut figures = WrittenFigures::new();
    for (place, series) in json["data"]["dataSets"][0]["series"].as_object().unwrap() {
        let places = place.split(':').map(|n| n.parse::<usize>().unwrap()).enumerate();
        let dimensions = &structure["dimensions"]["series"];
        let key: Vec<String> = places.map(|(d, n)| codes(&dimensions[d]["values"], n)).collect();
        for (place, observation) in series["observations"].as_object().unwrap() {
            let periods = &structure["dimensions"]["observation"][0]["values"];
            let period = codes(periods, place.parse().unwrap());
            let attributes = structure["attributes"]["observation"].as_array().unwrap();
            let field = |column: &&str| {
                let place = attributes.iter().position(|attribute| attribute["id"] == *column);
                let value = &observation[place.map_or(0, |place| place + 1)];
                match *column {
                    "OBS_STATUS" => {
                        let values = &attributes[place.unwrap()]["values"];
                        codes(values, value.as_u64().unwrap() as usize)
                    }
                    "VINTAGE" => value.to_string(),
                    _ => milli(&value.to_string()),
                }
            };
            figures.insert((key.join("."), period), COLUMNS.iter().map(field).collect());
        }
    }
    figures
}

fn of_jsonstat(json: &Value) -> WrittenFigures {
    let size: Vec<usize> =
        json["size"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
    let ids: Vec<&str> =
        json["id"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let mut figures = WrittenFigures::new();
    for (place, status) in json["status"].as_object().unwrap() {
        let place: usize = place.parse().unwrap();
        let mut rest = place;
        let mut codes = Vec::new();
        for (id, size) in ids.iter().zip(&size).rev() {
            let code = &json["dimension"][id]["category"]["index"][rest % size];
            codes.push(code.as_str().unwrap().to_owned());
            rest /= size;
        }
        codes.reverse();
        assert_eq!(codes.pop().unwrap(), "OBS_VALUE");
        let period = codes.pop().unwrap();
        let value = |n: usize| milli(&json["value"][(place + n).to_string()].to_string());
        let status = status.as_str().unwrap().to_owned();
        figures.insert(
            (codes.join("."), period),
            vec![value(0), value(1), value(2), value(3), status],
        );
    }
    figures
}

#[test]
fn every_format_has_the_same_observations() {
    let path = "/v1/data/CROSSINGS/D+W+M..FLOW.AIR+RAIL+_T.ENTRY+_T";
    let period = "startPeriod=2023-12-20&endPeriod=2024-01-31";
    let answer = |format: &str| sound(&format!("{path}?{period}&format={format}"));
    let csv = of_csv(&answer("csv").text);
    assert!(csv.len() > 250, "{}", csv.len());
    assert_eq!(of_csv(&answer("sdmx-csv").text), csv);
    assert_eq!(of_csv(&answer("sdmx-csv-1").text), csv);
    assert_eq!(of_specific(&answer("sdmx-ml").text), csv);
    assert_eq!(of_generic(&answer("sdmx-ml-generic").text), csv);
    assert_eq!(of_sdmx_json(&answer("sdmx-json").json()), csv);
    let mut without_vintage = csv.clone();
    without_vintage.values_mut().for_each(|fields| fields.truncate(5));
    assert_eq!(of_jsonstat(&answer("jsonstat").json()), without_vintage);

    // The SDMX roots, by key and by filter.
    let key = "D+W+M..FLOW.AIR+RAIL+_T.ENTRY+_T";
    let old = format!("/sdmx/2.1/data/TG,CROSSINGS,1.0.0/{key}?{period}");
    assert_eq!(of_generic(&sound(&old).text), csv);
    let filter = "c[FREQ]=D,W,M&c[BORDER_POINT]=AIR,RAIL,_T&c[DIRECTION]=ne:EXIT\
        &c[TIME_PERIOD]=ge:2023-12-20%2Ble:2024-01-31";
    let new = format!("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0?{filter}");
    assert_eq!(of_sdmx_json(&sound(&new).json()), csv);
}

#[test]
fn a_kept_answer_is_the_prepared_one() {
    let service = super::routes(&shared().1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask_for = |path: &str, encoding: &str| {
        use tower::ServiceExt;
        // Pages name the host that was asked.
        let request = Request::get(path).header(header::HOST, "statistics.example.org");
        let request = request.header(header::ACCEPT_ENCODING, encoding);
        let request = request.body(Body::empty()).unwrap();
        runtime.block_on(async {
            let response = service.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            (parts.headers, axum::body::to_bytes(body, usize::MAX).await.unwrap())
        })
    };
    let hits = || {
        let (_, text) = ask_for("/metrics", "identity");
        let text = String::from_utf8(text.to_vec()).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("tidegauge_cache_hits_total "));
        line.unwrap().parse::<u64>().unwrap()
    };
    let figures = "/v1/data/CROSSINGS/D..FLOW.AIR.?format=sdmx-ml";
    let plan = fs::read_dir(shared().0.path().join("plan")).unwrap().next().unwrap().unwrap();
    let plan = format!("/log/plan/{}", plan.file_name().to_str().unwrap());
    for path in [figures, "/v1/openapi.json", "/ledger", &plan] {
        let first = ask_for(path, "identity");
        assert_eq!(ask_for(path, "identity"), first, "{path}");
        let packed = ask_for(path, "gzip, zstd");
        let before = hits();
        assert_eq!(ask_for(path, "gzip, zstd"), packed, "{path}");
        assert_eq!(hits(), before + 1, "{path}");
        assert_eq!(packed.0[header::CONTENT_ENCODING], "zstd", "{path}");
        assert!(packed.1.len() * 3 < first.1.len() * 2, "{path}");
        assert_eq!(zstd::decode_all(&packed.1[..]).unwrap(), first.1, "{path}");
        assert_eq!(sound(path).text.as_bytes(), first.1, "{path}");
        assert!(first.0.contains_key(header::CONTENT_LENGTH), "{path}");
        assert_eq!(first.0.contains_key("last-modified"), path == figures, "{path}");
    }
}

#[test]
fn ranges_are_parts_of_the_whole() {
    let path = "/v1/data/CROSSINGS/D..FLOW.AIR..csv";
    let whole = sound(path).text;
    let half = whole.len() / 2;
    let mut joined = String::new();
    for range in [format!("bytes=0-{}", half - 1), format!("bytes={half}-")] {
        let asked = Request::get(path).header(header::RANGE, range);
        let reply = request(&shared().1, asked.body(Body::empty()).unwrap());
        assert_eq!(reply.status, 206);
        assert!(reply.headers.contains_key(header::CONTENT_RANGE));
        joined += &reply.text;
    }
    assert_eq!(joined, whole);
    let beyond = Request::get(path).header(header::RANGE, "bytes=99999999-");
    assert_eq!(request(&shared().1, beyond.body(Body::empty()).unwrap()).status, 416);
    let head = Request::head(path).body(Body::empty()).unwrap();
    let head = request(&shared().1, head);
    assert_eq!((head.status.as_u16(), head.text.len()), (200, 0));
    assert_eq!(head.headers[header::CONTENT_LENGTH], whole.len().to_string());
    assert_eq!(head.headers[header::ACCEPT_RANGES], "bytes");
}

#[test]
fn an_instant_is_the_size_of_the_ledger_then() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    writer.release_until("2023-11-18");
    let reader = read(directory.path());
    let size = reader.catalogue().unwrap().size();
    let then = read_at(&reader, "/v1/data/CROSSINGS/all").text;
    writer.at = "2024-01-02T00:00:00Z";
    writer.release_until("2023-11-20");
    reader.refresh();
    let answer = |query: &str| read_at(&reader, &format!("/v1/data/CROSSINGS/all?{query}"));
    assert_ne!(answer("").text, then);
    for state in [&*format!("{size}"), "2024-01-01T00:00:00Z", "2024-01-02T00:59:59%2B01:00"] {
        assert_eq!(answer(&format!("asOf={state}")).text, then, "{state}");
    }
    assert_eq!(answer("asOf=2024-01-02T00:00:00Z").text, answer("").text);
    assert_eq!(answer("asOf=2023-12-31T23:59:59Z").status, 404, "before the first entry");
    // Each release revises all figures of an open window; no figure is newer than the last release.
    assert_eq!(answer("updatedAfter=2024-01-01T00:00:00Z").text, answer("").text);
    assert_eq!(answer("updatedAfter=2024-01-02T00:00:00Z").status, 404);
    let present = |query: &str| {
        let path = format!("/v1/data/AT_BOUND/all?format=csv&{query}");
        of_csv(&read_at(&reader, &path).text).into_keys().map(|(_, period)| period).collect()
    };
    let days: std::collections::BTreeSet<String> = present("updatedAfter=2024-01-01T12:00:00Z");
    assert_eq!(days.into_iter().collect::<Vec<_>>(), ["2023-11-19", "2023-11-20"]);
}

#[test]
fn the_first_and_the_last_are_counted_in_each_series() {
    let periods = |query: &str| -> Vec<String> {
        let path = format!("/v1/data/CROSSINGS/D..FLOW.AIR.ENTRY?format=csv&{query}");
        of_csv(&sound(&path).text).into_keys().map(|(_, period)| period).collect()
    };
    assert_eq!(periods("firstNObservations=2"), ["2023-11-15", "2023-11-16"]);
    assert_eq!(periods("lastNObservations=1&firstNObservations=3"), ["2023-11-17"]);
    assert_eq!(periods("startPeriod=2024&firstNObservations=1"), ["2024-01-01"]);
}

#[test]
fn golden_formats_stay_as_they_are() {
    let key = "W.XX.FLOW.AIR+_T.ENTRY";
    let v1 = |format: &str| {
        format!(
            "/v1/data/CROSSINGS/{key}?startPeriod=2023-12-25&endPeriod=2024-01-14&decimals=3\
             &format={format}"
        )
    };
    let answers = [
        ("crossings.1.csv", v1("sdmx-csv-1")),
        ("crossings.generic.xml", v1("sdmx-ml-generic")),
        ("crossings.specific.xml", v1("sdmx-ml")),
        ("crossings.sdmx.json", v1("sdmx-json")),
        ("crossings.jsonstat.json", v1("jsonstat")),
        ("structure.xml", "/sdmx/2.1/dataflow/TG/PRESENT/latest?references=all".into()),
        ("structure.sdmx.json", "/sdmx/3.0/structure/dataflow/TG/PRESENT/+?references=all".into()),
        ("openapi.json", "/v1/openapi.json".into()),
    ];
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (name, path) in answers {
        let answer = sound(&path).text;
        let file = golden.join(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &answer).unwrap();
        }
        assert_eq!(answer, fs::read_to_string(&file).unwrap(), "{name}: UPDATE=1 remakes it");
    }
}

/// Decimals are asked for at every address of figures, are part of the question, and change no
/// share.
#[test]
fn decimals_are_part_of_the_question() {
    let key = "D.XX.FLOW.AIR.ENTRY";
    for data in [
        "/v1/data/CROSSINGS",
        "/sdmx/2.1/data/CROSSINGS",
        "/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0",
    ] {
        let plain = sound(&format!("{data}/{key}?format=csv"));
        let exact = sound(&format!("{data}/{key}?format=csv&decimals=3"));
        assert_ne!(plain.headers["etag"], exact.headers["etag"], "{data}");
        let [plain, exact] = [plain, exact].map(|reply| csv_figures(&reply.text));
        let is_whole = |figure: &(i64, i64, i64, i64, String, u64)| {
            [figure.0, figure.1, figure.2, figure.3].iter().all(|milli| milli % 1000 == 0)
        };
        assert!(plain.values().all(is_whole) && !exact.values().any(is_whole), "{data}");
        // Two rounded sums of one cell; a margin in whole numbers reaches half of one beyond it.
        let is_near = |key: &(String, String)| {
            let (plain, exact) = (&plain[key], &exact[key]);
            (plain.0 - exact.0).abs() <= 1001 && plain.1 + 500 >= exact.1
        };
        assert!(plain.len() == exact.len() && plain.keys().all(is_near), "{data}");
        for decimals in ["0", "2", "4", "three", ""] {
            let reply = get(&format!("{data}/{key}?format=csv&decimals={decimals}"));
            assert_eq!(reply.status, 400, "{data} {decimals}: {}", reply.text);
        }
    }
}

#[test]
fn every_described_address_answers() {
    let description = sound("/v1/openapi.json").json();
    for path in description["paths"].as_object().unwrap().keys() {
        let path = path.replace("{id}", "PRESENT").replace("{key}", "D.XX.STOCK.NEAR");
        // A stock has neither later vintages nor derived estimates.
        let offered = !path.contains("/derived/") && !path.contains("/revisions/");
        assert_eq!(get(&path).status, if offered { 200 } else { 501 }, "{path}");
    }
}
