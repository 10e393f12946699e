//! Answers in the languages of a plan: which one a client gets, what says so, and what stays as it
//! is.
//!
//! Not here: weights and lookup (module `negotiate`), texts (crate `model`).

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderName, Request};
use tempfile::TempDir;
use testkit::publisher::{self, Publisher};
use testkit::{edit, toml};
use tidegauge_figures::Reader;

use super::{Reply, read, request, shared};

/// The published plan with a title, a dataflow and a code in German, and the code in French.
fn in_languages() -> String {
    edit(publisher::PLAN)
        .change("statement.title", toml("{ en = \"Crossings\", de = \"Grenzverkehr\" }"))
        .change("dataflow.CROSSINGS.name", toml("{ en = \"Crossings\", de = \"\u{dc}bertritte\" }"))
        .change(
            "code_list.CL_BORDER_POINT.codes.AIR.name",
            toml("{ en = \"Air\", de = \"Luft\", fr = \"Air (fr)\" }"),
        )
        .text()
}

/// A store with releases under this plan.
fn published(plan: &str) -> (TempDir, Arc<Reader>) {
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), plan).release_until("2024-01-03");
    let reader = read(directory.path());
    (directory, reader)
}

fn ask(reader: &Arc<Reader>, path: &str, lines: &[(HeaderName, &str)]) -> Reply {
    let lines = lines.iter().filter(|(_, value)| !value.is_empty());
    let asked = lines.fold(Request::get(path), |asked, (name, value)| asked.header(name, *value));
    request(reader, asked.body(Body::empty()).unwrap())
}

fn accepting(text: &str) -> [(HeaderName, &str); 1] {
    [(ACCEPT_LANGUAGE, text)]
}

fn value(reply: &Reply, name: HeaderName) -> String {
    let all = reply.headers.get_all(name).iter();
    all.map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join(", ")
}

fn etag(reply: &Reply) -> String {
    value(reply, ETAG)
}

const STRUCTURE: &str = "/v1/dataflows/CROSSINGS";

#[test]
fn a_client_gets_its_language_and_is_told_so() {
    let (_store, reader) = published(&in_languages());
    let table = [
        (STRUCTURE, "de-AT, en;q=0.5", "de", "\u{dc}bertritte"),
        (STRUCTURE, "en;q=0.5, de;q=0.4", "en", "Crossings"),
        (STRUCTURE, "it", "en", "Crossings"),
        (STRUCTURE, "", "en", "Crossings"),
        (STRUCTURE, "fr-CH", "fr", "Air (fr)"),
        ("/v1/dataflows/CROSSINGS?lang=de", "en", "de", "Luft"),
        ("/v1/dataflows", "de", "de", "Grenzverkehr"),
        ("/v1/data/CROSSINGS/D..FLOW.AIR..jsonstat", "de", "de", "\"Wert\""),
        ("/v1/data/CROSSINGS/D..FLOW.AIR.?format=sdmx-json&lang=fr", "de", "fr", "Air (fr)"),
        ("/v1/releases.json", "de", "de", "Neu: "),
        ("/v1/releases.atom", "de", "de", "xml:lang=\"de\""),
        ("/v1/calendar.ics?lang=de", "", "de", "Grenzverkehr"),
        ("/sdmx/3.0/structure/codelist/TG/CL_BORDER_POINT", "fr", "fr", "\"name\":\"Air (fr)\""),
    ];
    for (path, accepted, language, words) in table {
        let response = ask(&reader, path, &accepting(accepted));
        assert_eq!(value(&response, CONTENT_LANGUAGE), language, "{path} {accepted}");
        assert!(value(&response, VARY).contains("accept-language"), "{path}");
        let text = response.text;
        assert!(text.contains(words), "{path} {accepted}: {text}");
    }
    // What has no names depends on no language.
    for path in ["/v1/data/CROSSINGS/D..FLOW.AIR..csv", "/sdmx/2.1/codelist/TG/CL_BORDER_POINT"] {
        let (english, german) =
            (ask(&reader, path, &accepting("en")), ask(&reader, path, &accepting("de")));
        assert_eq!(etag(&english), etag(&german), "{path}");
        assert_eq!(value(&german, CONTENT_LANGUAGE), "", "{path}");
        assert_eq!(english.text, german.text, "{path}");
    }
}

#[test]
fn two_languages_share_no_answer() {
    let (_store, reader) = published(&in_languages());
    let path = "/v1/data/CROSSINGS/D..FLOW.AIR..jsonstat";
    for path in [STRUCTURE, path] {
        let mut tags = Vec::new();
        // Each twice: prepared, then from the cache.
        for accepted in ["en", "de", "en", "de"] {
            let response = ask(&reader, path, &accepting(accepted));
            let tag = etag(&response);
            let text = response.text;
            assert_eq!(text.contains("Luft"), accepted == "de", "{path} {accepted}");
            tags.push(tag);
        }
        assert_eq!((&tags[0], &tags[1]), (&tags[2], &tags[3]), "{path}");
        assert_ne!(tags[0], tags[1], "{path}");
        let conditional = |accepted, tag: &str| {
            let lines = [(ACCEPT_LANGUAGE, accepted), (IF_NONE_MATCH, tag)];
            ask(&reader, path, &lines).status.as_u16()
        };
        assert_eq!([conditional("de", &tags[1]), conditional("de", &tags[0])], [304, 200]);
    }
}

#[test]
fn a_name_in_another_language_says_so() {
    let (_store, reader) = published(&in_languages());
    let answer = ask(&reader, STRUCTURE, &accepting("de")).text;
    let read: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let dimensions = read["dimensions"].as_array().unwrap();
    let codes = dimensions.iter().flat_map(|dimension| dimension["codes"].as_array().unwrap());
    let language = |id: &str| {
        let code = codes.clone().find(|code| code["id"] == id).unwrap();
        code.get("language").cloned()
    };
    assert_eq!(language("AIR"), None);
    assert_eq!(language("SEA"), Some("en".into()));
    assert_eq!(language("_T"), None);
}

#[test]
fn structures_have_every_language() {
    let (_store, reader) = published(&in_languages());
    let xml = ask(&reader, "/sdmx/2.1/dataflow/TG/CROSSINGS?references=all", &[]).text;
    for name in [
        "<common:Name xml:lang=\"en\">Crossings</common:Name>\
         <common:Name xml:lang=\"de\">\u{dc}bertritte</common:Name>",
        "<common:Name xml:lang=\"en\">Air</common:Name><common:Name xml:lang=\"de\">Luft\
         </common:Name><common:Name xml:lang=\"fr\">Air (fr)</common:Name>",
        "<common:Name xml:lang=\"en\">Total</common:Name><common:Name xml:lang=\"de\">Insgesamt",
    ] {
        assert!(xml.contains(name), "{name}: {xml}");
    }
    let json = ask(&reader, "/sdmx/3.0/structure/codelist/TG/CL_BORDER_POINT", &[]).text;
    assert!(
        json.contains("\"names\":{\"de\":\"Luft\",\"en\":\"Air\",\"fr\":\"Air (fr)\"}"),
        "{json}"
    );
    assert!(json.contains("\"contentLanguages\":[\"en\",\"de\",\"fr\"]"), "{json}");
}

#[test]
fn a_plan_in_one_language_answers_as_before() {
    let reader = &shared().1;
    for path in [STRUCTURE, "/v1/dataflows", "/v1/data/CROSSINGS/D..FLOW.AIR..jsonstat"] {
        let (plain, german) =
            (ask(reader, path, &[]), ask(reader, path, &accepting("de, *;q=0.5")));
        assert_eq!(value(&german, CONTENT_LANGUAGE), "en", "{path}");
        assert_eq!(etag(&plain), etag(&german), "{path}");
        let text = plain.text;
        assert_eq!(text, german.text, "{path}");
        assert!(!text.contains("\"language"), "{path}");
    }
    let refused = ask(reader, "/v1/data/CROSSINGS/D..FLOW.AIR..csv?lang=deutsch", &[]);
    assert_eq!(refused.status.as_u16(), 400);
}
