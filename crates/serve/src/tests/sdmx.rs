//! The SDMX roots: answers and their statuses, and which requests are errors.
//!
//! Not here: figures (`super::formats`), and how public clients read them (`checks/clients/`).

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;

use super::{get, request, shared};

#[test]
fn statuses_are_those_of_the_standard() {
    let table = [
        ("/sdmx/2.1/dataflow/TG/all/latest", 200),
        ("/sdmx/2.1/dataflow/TG/NONE/latest", 404),
        ("/sdmx/2.1/categoryscheme/TG/all/latest?references=parentsandsiblings", 404),
        ("/sdmx/2.1/persons/TG", 404),
        ("/sdmx/2.1/data/NONE", 404),
        ("/sdmx/2.1/data/CROSSINGS/D.XX.FLOW", 400),
        ("/sdmx/2.1/data/CROSSINGS/D.XX.FLOW.RIVER.ENTRY", 404),
        ("/sdmx/2.1/data/CROSSINGS?startPeriod=2031", 404),
        ("/sdmx/2.1/data/CROSSINGS?startPeriod=2024-13", 400),
        ("/sdmx/2.1/data/CROSSINGS?includeHistory=maybe", 400),
        ("/sdmx/2.1/data/AT_BOUND?includeHistory=True&format=jsonstat", 200),
        ("/sdmx/2.1/data/all", 200),
        ("/sdmx/2.1/data/all?format=sdmx-csv-1", 501),
        ("/sdmx/2.1/data/all?format=json", 501),
        ("/sdmx/2.1/data/PRESENT+AT_BOUND", 200),
        ("/sdmx/2.1/data/PRESENT+NONE", 200),
        ("/sdmx/2.1/data/NONE+ABSENT", 404),
        ("/sdmx/2.1/availableconstraint/all", 501),
        ("/sdmx/3.0/data/dataflow/*/*/*?limit=3", 200),
        ("/sdmx/3.0/data/dataflow/TG/AT_BOUND,PRESENT?c[DIRECTION]=ENTRY", 400),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS?offset=100000000", 204),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS?sort=PERSON", 400),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS?sort=series_key", 200),
        ("/sdmx/2.1/data/CROSSINGS?sort=series_key&dimensionAtObservation=AllDimensions", 400),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS?dimensionAtObservation=PERSON", 400),
        ("/sdmx/2.1/schema/dataflow/TG/CROSSINGS", 501),
        ("/sdmx/2.1/availableconstraint/CROSSINGS", 200),
        ("/sdmx/2.1/availableconstraint/CROSSINGS/all/all/PERSON", 400),
        ("/sdmx/3.0/structure/dataflow", 200),
        ("/sdmx/3.0/structure/codelist/TG/CL_DIRECTION/1.0.0/", 200),
        ("/sdmx/3.0/structure/codelist/TG/CL_DIRECTION/2.0.0/", 404),
        ("/sdmx/3.0/structure/persons", 404),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0?startPeriod=2031", 204),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0?c[DIRECTION]=SIDEWAYS", 204),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0?c[AGE]=34", 400),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0?measures=TRUE_COUNT", 501),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0/D.XX.FLOW.AIR.ENTRY.X", 422),
        ("/sdmx/2.1/data/CROSSINGS/D.XX", 400),
        ("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0/%00", 400),
        ("/sdmx/3.0/data/datastructure/TG/DSD_CROSSINGS/1.0.0", 501),
        ("/sdmx/3.0/availability/*/TG/CROSSINGS/+/*/*", 200),
        ("/sdmx/3.0/schema/dataflow/TG/CROSSINGS/1.0.0/", 200),
        ("/sdmx/4.0/data/CROSSINGS", 404),
    ];
    for (path, status) in table {
        let reply = get(path);
        assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.text);
        assert!(status != 204 || reply.text.is_empty(), "{path}");
    }
}

#[test]
fn what_a_key_leaves_out_at_its_end_is_every_code() {
    for (path, rest) in [
        ("data/dataflow/TG/CROSSINGS/1.0.0/D", ".*.*.*.*"),
        ("data/dataflow/TG/CROSSINGS/1.0.0/D.XX.*.AIR+SEA", ".*"),
        ("data/dataflow/TG/PRESENT,AT_BOUND/1.0.0/D.XX", ".*.*"),
        ("availability/dataflow/TG/CROSSINGS/1.0.0/D.*.*.AIR", ".*"),
    ] {
        let [short, whole] = ["", rest].map(|rest| get(&format!("/sdmx/3.0/{path}{rest}")));
        assert_eq!(short.status, 200, "{path}: {}", short.text);
        assert_eq!(short.text, whole.text, "{path}");
    }
}

#[test]
fn formats_are_chosen_by_what_is_accepted() {
    let table = [
        ("/sdmx/2.1/data/PRESENT", "*/*", "application/vnd.sdmx.genericdata+xml"),
        ("/sdmx/2.1/data/PRESENT", "application/xml", "application/vnd.sdmx.genericdata+xml"),
        (
            "/sdmx/2.1/data/PRESENT",
            "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
            "application/vnd.sdmx.structurespecificdata+xml",
        ),
        ("/sdmx/2.1/data/PRESENT", "text/csv", "application/vnd.sdmx.data+csv; version=1.0.0"),
        ("/sdmx/2.1/dataflow", "*/*", "application/vnd.sdmx.structure+xml"),
        ("/sdmx/3.0/structure/dataflow", "", "application/vnd.sdmx.structure+json"),
        ("/sdmx/3.0/structure/dataflow", "application/xml", "application/vnd.sdmx.structure+xml"),
        ("/sdmx/3.0/data/*/TG/PRESENT", "", "application/vnd.sdmx.data+json; version=2.0.0"),
        ("/sdmx/3.0/data/*/TG/PRESENT", "text/csv", "application/vnd.sdmx.data+csv; version=2.0.0"),
    ];
    for (path, accept, media_type) in table {
        let asked = Request::get(path).header(header::ACCEPT, accept);
        let reply = request(&shared().1, asked.body(Body::empty()).unwrap());
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        let given = reply.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(given.starts_with(media_type), "{path} {accept}: {given}");
    }
    for path in ["/sdmx/2.1/data/PRESENT", "/sdmx/3.0/structure/dataflow"] {
        let asked = Request::get(path).header(header::ACCEPT, "image/png");
        assert_eq!(request(&shared().1, asked.body(Body::empty()).unwrap()).status, 406);
    }
}

fn constraint(path: &str) -> Value {
    let json = get(path).json();
    json["data"]["dataConstraints"][0].clone()
}

#[test]
fn availability_is_that_of_code_lists() {
    let all = constraint("/sdmx/3.0/availability/dataflow/TG/CROSSINGS/1.0.0");
    let codes = |constraint: &Value, n: usize| -> Vec<String> {
        let values = constraint["cubeRegions"][0]["keyValues"][n]["values"].as_array().unwrap();
        values.iter().map(|value| value["value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&all, 3), ["AIR", "SEA", "RAIL", "_T"]);
    let air = constraint("/sdmx/3.0/availability/dataflow/TG/CROSSINGS/1.0.0/D.*.*.AIR.*");
    assert_eq!(codes(&air, 3), ["AIR"]);
    assert_eq!(codes(&air, 4), ["ENTRY", "EXIT", "_T"]);
    let count = |constraint: &Value, n: usize| -> usize {
        constraint["annotations"][n]["title"].as_str().unwrap().parse().unwrap()
    };
    // 98 days, three directions.
    assert_eq!((count(&air, 0), count(&air, 1)), (3 * 98, 3));
    let whole = get("/sdmx/3.0/availability/dataflow/TG/CROSSINGS/1.0.0?references=all").json();
    for group in ["dataflows", "dataStructures", "codelists", "conceptSchemes", "dataConstraints"] {
        assert!(whole["data"][group][0].is_object(), "{group}");
    }
}

#[test]
fn detail_leaves_out_what_is_not_wanted() {
    let answer = |detail: &str| {
        get(&format!("/sdmx/2.1/data/CROSSINGS/D.XX.FLOW.AIR+SEA.ENTRY?detail={detail}")).text
    };
    let has = |text: &str| {
        ["<generic:Obs>", "MARGIN", "UNIT_MEASURE", "RHO"].map(|part| text.contains(part))
    };
    assert_eq!(has(&answer("full")), [true, true, true, true]);
    assert_eq!(has(&answer("dataonly")), [true, false, false, false]);
    assert_eq!(has(&answer("serieskeysonly")), [false, false, false, false]);
    assert_eq!(has(&answer("nodata")), [false, false, true, true]);
    for detail in ["full", "serieskeysonly", "nodata"] {
        assert_eq!(answer(detail).matches("<generic:Series>").count(), 2, "{detail}");
    }
}

#[test]
fn availability_follows_the_releases() {
    let directory = tempfile::TempDir::new().unwrap();
    let mut writer =
        testkit::publisher::Publisher::create(directory.path(), testkit::publisher::PLAN);
    writer.release_until("2023-11-20");
    let reader = super::read(directory.path());
    let available = |reader: &std::sync::Arc<tidegauge_figures::Reader>| {
        let whole = "/sdmx/3.0/availability/dataflow/TG/CROSSINGS/1.0.0";
        let json = super::read_at(reader, whole).json();
        let constraint = json["data"]["dataConstraints"][0].clone();
        // A request with a key is not answered from the cache.
        let by_key = super::read_at(reader, &format!("{whole}/*.*.*.*.*")).json();
        assert_eq!(constraint, by_key["data"]["dataConstraints"][0]);
        let all = super::read_at(reader, "/sdmx/3.0/structure/dataconstraint/TG").text;
        (constraint, all)
    };
    let before = available(&reader);
    assert_eq!(available(&reader), before);
    writer.release_until("2023-11-22");
    reader.refresh();
    let after = available(&reader);
    assert_ne!(after.0, before.0);
    assert_ne!(after.1, before.1);
    assert_eq!(available(&super::read(directory.path())), after);
}
