//! Layouts of the SDMX roots: pages, orders, sections, several dataflows.
//!
//! Not here: the contents of a plain answer (`super::formats`), and whether official schemas and
//! public clients accept these (`checks/clients/`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Reply, get};

const PLAIN: &str = "/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0/D+M.XX.FLOW.*.*";
const PERIODS: &str = "startPeriod=2023-12-25&endPeriod=2024-01-14";

fn sound(path: &str) -> Reply {
    let reply = get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

/// The lines of a CSV without its header.
fn lines(path: &str) -> Vec<String> {
    sound(path).text.lines().skip(1).map(str::to_owned).collect()
}

/// The fields of these columns, for each line.
fn columns(path: &str, names: &[&str]) -> Vec<Vec<String>> {
    let text = sound(path).text;
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let place = |name: &&str| header.iter().position(|column| column == name).unwrap();
    let row = |line: &str| -> Vec<String> {
        let fields: Vec<&str> = line.split(',').collect();
        names.iter().map(|name| fields[place(name)].to_owned()).collect()
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn pages_joined_are_the_whole() {
    let flows = "/sdmx/3.0/data/dataflow/TG/AT_BOUND,PRESENT";
    let history = format!("{PLAIN}?format=csv&{PERIODS}&includeHistory=true");
    let table = [
        format!("{PLAIN}?format=csv&{PERIODS}"),
        format!("{PLAIN}?format=csv&{PERIODS}&sort=TIME_PERIOD:desc%2BBORDER_POINT"),
        format!("{flows}?format=csv&{PERIODS}"),
        format!("{flows}?format=csv&{PERIODS}&sort=*"),
        format!("{PLAIN}?format=csv&{PERIODS}&sort=DIRECTION:desc%2BFREQ"),
        format!("{PLAIN}?format=csv&{PERIODS}&sort=BORDER_POINT:desc%2BTIME_PERIOD"),
        format!("{PLAIN}?format=csv&{PERIODS}&detail=serieskeysonly"),
        history,
    ];
    for path in table {
        let (all, mut joined) = (lines(&path), Vec::new());
        assert!(all.len() > 9, "{path}: {}", all.len());
        for offset in (0..all.len()).step_by(7) {
            let page = lines(&format!("{path}&offset={offset}&limit=7"));
            assert_eq!(page.len(), 7.min(all.len() - offset), "{path} at {offset}");
            joined.extend(page);
        }
        assert_eq!(joined, all, "{path}");
        assert_eq!(lines(&format!("{path}&offset=9")), all[9..], "{path}");
        let beyond = format!("{path}&offset={}", all.len());
        assert_eq!(get(&beyond).status, 204, "{beyond}");
    }
    // If only series keys are written, the page counts keys, otherwise observations.
    for format in ["sdmx-ml", "sdmx-ml-generic", "sdmx-json"] {
        let path = format!("{PLAIN}?format={format}&{PERIODS}&limit=2");
        let count = |path: &str, part: &str| sound(path).text.matches(part).count();
        let (key, observation) = match format {
            "sdmx-ml" => ("<Series ", "<Obs "),
            "sdmx-ml-generic" => ("<generic:Series>", "<generic:Obs>"),
            _ => ("\n\"", "\"0\":["),
        };
        assert_eq!(count(&format!("{path}&detail=serieskeysonly"), key), 2, "{format}");
        if format == "sdmx-json" {
            let set = sound(&path).json()["data"]["dataSets"][0]["series"].clone();
            let all_series = set.as_object().unwrap().values();
            let observations =
                all_series.map(|series| series["observations"].as_object().unwrap().len());
            assert_eq!(observations.sum::<usize>(), 2);
        } else {
            assert_eq!(count(&path, observation), 2, "{format}");
        }
    }
}

#[test]
fn an_order_is_kept() {
    let path = format!("{PLAIN}?format=csv&{PERIODS}");
    let plain: BTreeSet<String> = lines(&path).into_iter().collect();
    let names = ["TIME_PERIOD", "BORDER_POINT", "DIRECTION", "FREQ"];
    for (sort, descends) in [
        ("TIME_PERIOD%2BBORDER_POINT%2BDIRECTION%2BFREQ", [false, false, false, false]),
        ("TIME_PERIOD:desc+BORDER_POINT:asc+DIRECTION+FREQ", [true, false, false, false]),
        ("TIME_PERIOD+BORDER_POINT:desc+DIRECTION:desc+FREQ", [false, true, true, false]),
    ] {
        let path = format!("{path}&sort={sort}");
        let sorted: BTreeSet<String> = lines(&path).into_iter().collect();
        assert_eq!(sorted, plain, "{sort}");
        let mut rows = columns(&path, &names);
        // December 2023 begins before its days.
        rows.retain(|row| row[3] == "D");
        let mut expected = rows.clone();
        expected.sort_by(|a, b| {
            let orders = a.iter().zip(b).zip(descends);
            let mut orders =
                orders.map(|((a, b), descends)| if descends { b.cmp(a) } else { a.cmp(b) });
            orders.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        assert_eq!(rows, expected, "{sort}");
    }
    // The period sorts observations within series; the other components sort the series.
    let path = format!("{PLAIN}?format=sdmx-ml&{PERIODS}&sort=DIRECTION:desc%2BTIME_PERIOD:desc");
    let text = sound(&path).text;
    let directions: Vec<&str> = text.split("DIRECTION=\"").skip(1).map(|part| &part[..2]).collect();
    assert!(directions.is_sorted_by(|a, b| a >= b) && directions.len() > 10);
    for series in text.split("<Series ").skip(1) {
        let periods = series.split("TIME_PERIOD=\"").skip(1);
        let periods: Vec<&str> = periods.map(|part| part.split('"').next().unwrap()).collect();
        assert!(periods.is_sorted_by(|a, b| a > b), "{periods:?}");
    }
}

/// The key with the period, and the fields from value on, of every observation in SDMX-ML sections.
fn of_sections(text: &str, own: &str) -> BTreeSet<String> {
    let named = |element: &str, name: &str| -> String {
        let from = element.split(&format!("{name}=\"")).nth(1).unwrap_or_else(|| panic!("{name}"));
        from.split('"').next().unwrap().to_owned()
    };
    let mut observations = BTreeSet::new();
    for series in text.split("<Series ").skip(1) {
        let (head, rest) = series.split_once('>').unwrap();
        assert!(!head.contains(&format!("{own}=")));
        for observation in rest.split("<Obs ").skip(1) {
            let observation = observation.split("/>").next().unwrap();
            let field = |name: &str| named(if name == own { observation } else { head }, name);
            let key = ["FREQ", "REF_AREA", "INDICATOR", "BORDER_POINT", "DIRECTION", "TIME_PERIOD"];
            let figures = ["OBS_VALUE", "MARGIN", "OBS_STATUS", "VINTAGE", "UNIT_MEASURE"];
            let key = key.map(field).join(",");
            let figures = figures.map(|name| named(observation, name)).join(",");
            assert!(observations.insert(format!("{key},{figures}")));
        }
    }
    observations
}

/// The same from SDMX-JSON.
fn of_json_sections(json: &Value) -> BTreeSet<String> {
    let structure = &json["data"]["structures"][0];
    let list = |level: &str| structure["dimensions"][level].as_array().unwrap().clone();
    let (shared, own) = (list("series"), list("observation"));
    assert_eq!((own.len(), structure["attributes"]["series"].as_array().unwrap().len()), (1, 0));
    let attributes = structure["attributes"]["observation"].as_array().unwrap();
    let code = |dimension: &Value, place: &str| {
        let value = &dimension["values"][place.parse::<usize>().unwrap()];
        (dimension["id"].as_str().unwrap().to_owned(), value["id"].as_str().unwrap().to_owned())
    };
    let mut observations = BTreeSet::new();
    for (places, section) in json["data"]["dataSets"][0]["series"].as_object().unwrap() {
        for (place, observation) in section["observations"].as_object().unwrap() {
            let mut key: std::collections::BTreeMap<String, String> =
                shared.iter().zip(places.split(':')).map(|(d, place)| code(d, place)).collect();
            key.extend([code(&own[0], place)]);
            let field = |id: &str| -> String {
                let place = attributes.iter().position(|attribute| attribute["id"] == id);
                let value = &observation[place.map_or(0, |place| place + 1)];
                match place.and_then(|place| attributes[place]["values"].as_array()) {
                    Some(codes) => {
                        codes[value.as_u64().unwrap() as usize]["id"].as_str().unwrap().to_owned()
                    }
                    None if id == "VINTAGE" => value.to_string(),
                    None => value.to_string(),
                }
            };
            let ids = ["FREQ", "REF_AREA", "INDICATOR", "BORDER_POINT", "DIRECTION", "TIME_PERIOD"];
            let key = ids.map(|id| key[id].clone()).join(",");
            let figures = ["OBS_VALUE", "MARGIN", "OBS_STATUS", "VINTAGE", "UNIT_MEASURE"];
            assert!(observations.insert(format!("{key},{}", figures.map(field).join(","))));
        }
    }
    observations
}

#[test]
fn sections_have_the_observations_of_series() {
    let names = ["FREQ", "REF_AREA", "INDICATOR", "BORDER_POINT", "DIRECTION", "TIME_PERIOD"];
    let figures = ["OBS_VALUE", "MARGIN", "OBS_STATUS", "VINTAGE", "UNIT_MEASURE"];
    let all: Vec<&str> = names.into_iter().chain(figures).collect();
    let rows = columns(&format!("{PLAIN}?format=csv&{PERIODS}"), &all);
    let plain: BTreeSet<String> = rows.into_iter().map(|row| row.join(",")).collect();
    for (own, sections) in [("BORDER_POINT", 21 * 3), ("DIRECTION", 21 * 4), ("FREQ", 21 * 12)] {
        let answer = |format: &str| {
            let path = format!("{PLAIN}?{PERIODS}&dimensionAtObservation={own}&format={format}");
            sound(&path)
        };
        let specific = answer("sdmx-ml").text;
        assert_eq!(of_sections(&specific, own), plain, "{own}");
        assert!(specific.contains(&format!("dimensionAtObservation=\"{own}\"")));
        assert_eq!(specific.matches("<Series ").count(), sections, "{own}");
        let generic = answer("sdmx-ml-generic").text;
        assert_eq!(generic.matches("<generic:Series>").count(), sections, "{own}");
        let values = |text: &str, before: &str| -> Vec<String> {
            let parts = text.split(before).skip(1);
            parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
        };
        let of_own = format!("<generic:ObsDimension id=\"{own}\" value=\"");
        assert_eq!(values(&generic, &of_own), values(&specific, &format!("<Obs {own}=\"")));
        assert_eq!(values(&generic, "ObsValue value=\""), values(&specific, " OBS_VALUE=\""));
        assert_eq!(of_json_sections(&answer("sdmx-json").json()), plain, "{own}");
        // A table and the compact JSON have no sections.
        let csv: BTreeSet<String> = answer("csv").text.lines().map(str::to_owned).collect();
        let whole = sound(&format!("{PLAIN}?{PERIODS}&format=csv")).text;
        assert_eq!(csv, whole.lines().map(str::to_owned).collect());
    }
}

#[test]
fn several_dataflows_stand_in_one_answer() {
    let path = |id: &str, format: &str| {
        format!("/sdmx/3.0/data/dataflow/TG/{id}/1.0.0?{PERIODS}&format={format}")
    };
    let names = ["STRUCTURE_ID", "FREQ", "INDICATOR", "TIME_PERIOD", "OBS_VALUE", "VINTAGE"];
    let separate = ["CROSSINGS", "PRESENT", "AT_BOUND"].map(|id| columns(&path(id, "csv"), &names));
    let mut expected = separate.concat();
    expected.sort();
    for id in ["*", "CROSSINGS,PRESENT,AT_BOUND", "AT_BOUND,CROSSINGS,PRESENT,NONE"] {
        let mut both = columns(&path(id, "csv"), &names);
        both.sort();
        assert_eq!(both, expected, "{id}");
    }
    let csv = sound(&path("*", "csv")).text;
    let width = csv.lines().next().unwrap().split(',').count();
    assert!(csv.lines().all(|line| line.split(',').count() == width));
    assert!(csv.lines().next().unwrap().matches("BORDER_POINT").count() == 1);

    let json = sound(&path("*", "sdmx-json")).json();
    let structures = json["data"]["structures"].as_array().unwrap();
    let sets = json["data"]["dataSets"].as_array().unwrap();
    assert_eq!((structures.len(), sets.len()), (3, 3));
    for (place, (set, structure)) in sets.iter().zip(structures).enumerate() {
        assert_eq!((&set["structure"], &structure["dataSets"][0]), (&place.into(), &place.into()));
        assert_eq!(set["links"], structure["links"]);
    }
    for (format, observation) in [("sdmx-ml", "<Obs "), ("sdmx-ml-generic", "<generic:Obs>")] {
        let text = sound(&path("*", format)).text;
        assert_eq!(text.matches("<message:Structure ").count(), 3, "{format}");
        assert_eq!(text.matches("<message:DataSet ").count(), 3, "{format}");
        assert_eq!(text.matches(observation).count(), expected.len(), "{format}");
        for id in ["CROSSINGS", "PRESENT", "AT_BOUND"] {
            assert_eq!(text.matches(&format!("structureRef=\"DSD_{id}\"")).count(), 1, "{format}");
        }
    }
    let old = sound(&format!("/sdmx/2.1/data/AT_BOUND+PRESENT?{PERIODS}&format=sdmx-ml")).text;
    assert_eq!(old.matches("<message:Structure ").count(), 2);
    // Dataflows without this dimension are left out.
    let narrowed = format!("{}&c[DIRECTION]=ENTRY", path("*", "csv"));
    let names = ["STRUCTURE_ID"];
    assert!(columns(&narrowed, &names).iter().all(|row| row[0].contains("CROSSINGS")));
    let history = format!("{}&includeHistory=true", path("AT_BOUND,PRESENT", "sdmx-json"));
    let json = sound(&history).json();
    let places = |n: usize| json["data"]["structures"][n]["dataSets"].as_array().unwrap().clone();
    let sets = json["data"]["dataSets"].as_array().unwrap();
    assert_eq!(places(0).len() + places(1).len(), sets.len());
    assert!(places(1).iter().all(|place| sets[place.as_u64().unwrap() as usize]["structure"] == 1));
}
