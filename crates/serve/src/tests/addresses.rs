//! The content of each address, and which requests are errors.
//!
//! Not here: whether figures are correct (`super`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, header};
use tempfile::TempDir;
use tidegauge_ledger::{DirectorySource, Source, audit, server_source};

use super::{figures, get, read, read_at, request, shared};
use crate::assets::FIRST_LOAD_BYTES_MAX;
use testkit::publisher::{self, Publisher};

/// The server itself, on a port of its own, until the sender is dropped.
fn serving(directory: &Path) -> (std::net::SocketAddr, tokio::sync::oneshot::Sender<()>) {
    let (send_address, address) = std::sync::mpsc::channel();
    let (end, ended) = tokio::sync::oneshot::channel();
    let directory = directory.to_owned();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let bound = move |bound_to| send_address.send(bound_to).unwrap();
        let ended = async { drop(ended.await) };
        runtime.block_on(crate::serve(
            &directory,
            &crate::Front::at("127.0.0.1:0".parse().unwrap()),
            None,
            Default::default(),
            bound,
            ended,
        ))
    });
    (address.recv().unwrap(), end)
}

#[test]
fn nothing_outside_the_public_directory_is_served() {
    let directory = TempDir::new().unwrap();
    let public = directory.path().join("public");
    fs::create_dir(&public).unwrap();
    fs::write(directory.path().join("signing.key"), "secret").unwrap();
    fs::write(public.join("notes.txt"), "secret").unwrap();
    Publisher::create(&public, publisher::PLAN).release_until("2023-11-15");
    fs::write(public.join("release/CROSSINGS/2023-11-16.v0.json"), "secret").unwrap();
    let reader = read(&public);
    for path in [
        "/log/../signing.key",
        "/log/%2e%2e/signing.key",
        "/log/..%2fsigning.key",
        "/log/plan/../../signing.key",
        "/log//signing.key",
        "/log/notes.txt",
        "/log/tile/../notes.txt",
        "/log/plan/..\\..\\signing.key",
        "/log/checkpoint%00",
        "/log/release/CROSSINGS/2023-11-16.v0.json",
        "/log/",
        "/log",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/page.js",
    ] {
        let Ok(uri) = path.parse::<axum::http::Uri>() else { continue };
        let reply = request(&reader, Request::get(uri).body(Body::empty()).unwrap());
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.text.contains("secret"), "{path}");
    }
    for path in ["checkpoint", "vkey", "release/CROSSINGS/2023-11-15.v0.json"] {
        let reply = read_at(&reader, &format!("/log/{path}"));
        assert_eq!(reply.text.as_bytes(), fs::read(public.join(path)).unwrap(), "{path}");
    }
}

#[test]
fn the_ledger_verifies_through_the_server() {
    let (address, _end) = serving(shared().0.path());
    let source = server_source(&format!("http://{address}"));
    let local = DirectorySource::new(shared().0.path());
    let audited = |source: &dyn Source| {
        let report = audit(source, None).unwrap();
        (report.log.size, report.log.root_hex())
    };
    assert_eq!(audited(&source), audited(&local));
}

#[test]
fn hostile_requests_get_an_error_with_a_rule() {
    let long = format!("/v1/data/CROSSINGS/D.XX.FLOW.{}.ENTRY", "AIR+".repeat(3000));
    let many = format!("/v1/data/CROSSINGS/{}", ".".repeat(4000));
    let table = [
        ("/v1/data/CROSSINGS/D.XX", 400, "key"),
        ("/v1/data/CROSSINGS/D.XX.FLOW.SEA.ENTRY._T", 400, "key"),
        ("/sdmx/2.1/data/CROSSINGS/D.XX.FLOW.SEA", 400, "key"),
        ("/v1/data/CROSSINGS/D.XX.FLOW.SEA.%00", 400, "key"),
        ("/v1/data/CROSSINGS/D.XX.FLOW.SEA.'--", 400, "key"),
        ("/v1/data/CROSSINGS/%FF", 400, "encoding"),
        ("/v1/data/CROSSINGS/%", 400, "encoding"),
        ("/v1/data/CROSSINGS/D.XX.FLOW.RIVER.ENTRY", 404, "unknown-code"),
        ("/v1/data/crossings/all", 404, "unknown-dataflow"),
        ("/v1/data/%00/all", 404, "unknown-dataflow"),
        ("/v1/data/CROSSINGS/all/all", 404, "not-found"),
        ("/v1/data/CROSSINGS/all?startPeriod=2024-99", 400, "parameter"),
        ("/v1/data/CROSSINGS/all?person=1", 400, "parameter"),
        ("/v1/data/CROSSINGS/all?startPeriod=2031", 404, "nothing-released"),
        ("/v1/data/CROSSINGS/A....", 404, "nothing-released"),
        ("/v1/dataflows/NONE", 404, "unknown-dataflow"),
        ("/v1/persons", 404, "not-found"),
        (&long, 414, "uri-too-long"),
        (&many, 400, "key"),
    ];
    for (path, status, code) in table {
        let reply = get(path);
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (status, &code.into()),
            "{path}"
        );
        assert!(reply.json()["rule"].as_str().unwrap().len() < 300, "{path}");
    }
    let rule = get("/v1/data/CROSSINGS/D.XX.FLOW.SEA.ENTRY._T").json()["rule"].clone();
    let dimensions = "(FREQ, REF_AREA, INDICATOR, BORDER_POINT, DIRECTION)";
    assert!(rule.as_str().is_some_and(|rule| rule.contains(dimensions)), "{rule}");
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
        let post = Request::builder().method(method).uri("/v1/data/CROSSINGS/all");
        let reply = request(&shared().1, post.body(Body::from("x")).unwrap());
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.json()["code"], "method", "{method}");
    }
    for path in ["/v1/data/CROSSINGS/all", "/v1/dataflows", "/v1/privacy"] {
        let picture = Request::get(path).header(header::ACCEPT, "image/png");
        let reply = request(&shared().1, picture.body(Body::empty()).unwrap());
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (406, &"not-acceptable".into()));
    }
}

#[test]
fn keys_and_limits_choose_what_is_answered() {
    let count = |path: &str| figures(&format!("/v1/data/CROSSINGS/{path}")).len();
    assert_eq!(count("D.XX.FLOW.AIR.ENTRY?format=csv"), 98);
    assert_eq!(count("D.XX.FLOW.AIR.ENTRY/?format=csv"), 98);
    assert_eq!(count("D.XX.FLOW.AIR%2BSEA.?format=csv&lastNObservations=3"), 12);
    assert_eq!(count("D.XX.FLOW.AIR._T?startPeriod=2024-01&endPeriod=2024-02&format=csv"), 51);
    assert_eq!(count("M.XX.FLOW._T._T?format=csv"), 2);
    assert_eq!(count("?format=csv"), count("all?format=csv"));
    let bytes = |key: &str| get(&format!("/v1/data/CROSSINGS/{key}?format=json")).bytes;
    assert_eq!(bytes("D.XX.FLOW.AIR"), bytes("D.XX.FLOW.AIR._T"), "what is left out is a total");
    assert_eq!(bytes("M.XX.FLOW"), bytes("M.XX.FLOW._T._T"));
}

#[test]
fn an_answer_has_an_etag_so_that_it_is_sent_once() {
    let path = "/v1/data/CROSSINGS/D.XX.FLOW._T._T";
    let first = get(path);
    let etag = first.headers[header::ETAG].clone();
    let conditional = Request::get(path).header(header::IF_NONE_MATCH, etag.clone());
    let again = request(&shared().1, conditional.body(Body::empty()).unwrap());
    assert_eq!((again.status.as_u16(), again.text.len()), (304, 0));
    let csv =
        Request::get(path).header(header::IF_NONE_MATCH, etag).header(header::ACCEPT, "text/csv");
    assert_eq!(request(&shared().1, csv.body(Body::empty()).unwrap()).status, 200);
    let page = get("/");
    assert!(page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("'none'"));
    assert_eq!(get(path).headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[test]
fn what_is_no_document_has_no_policy() {
    let page = get("/").text;
    let parts = page.split('"').filter(|part| part.starts_with("assets/"));
    let has_policy = |part: &&str| {
        get(&format!("/{part}")).headers.contains_key(header::CONTENT_SECURITY_POLICY)
    };
    let (with, without): (Vec<&str>, Vec<&str>) = parts.partition(has_policy);
    assert!(without.iter().all(|part| part.ends_with(".js") || part.ends_with(".css")));
    // An image may be opened by itself, and then it is a document.
    assert!(
        !without.is_empty() && !with.is_empty() && with.iter().all(|part| part.ends_with(".svg"))
    );
}

#[test]
fn only_one_page_can_be_framed() {
    let policy = |path: &str| {
        let reply = get(path);
        assert_eq!(reply.status, 200, "{path}");
        reply.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    };
    assert!(policy("/embed?flow=CROSSINGS").ends_with("frame-ancestors *"));
    for path in ["/", "/ledger", "/v1/dataflows", "/log/checkpoint"] {
        assert!(policy(path).ends_with("frame-ancestors 'self'"), "{path}");
    }
}

#[test]
fn a_page_opens_in_the_language_that_is_asked_for() {
    let asked = Request::get("/").header(header::ACCEPT_LANGUAGE, "it, de;q=0.8, en;q=0.5");
    let reply = request(&shared().1, asked.body(Body::empty()).unwrap());
    assert!(reply.text.contains("<html lang=\"de\">"));
    assert!(get("/").text.contains("<html lang=\"en\">"));
    // The address comes first, if it names a language that there is.
    for (query, language) in [("lang=fr", "fr"), ("flow=X&lang=es", "es"), ("lang=xx", "de")] {
        let asked = Request::get(format!("/?{query}")).header(header::ACCEPT_LANGUAGE, "de");
        let text = request(&shared().1, asked.body(Body::empty()).unwrap()).text;
        assert!(text.contains(&format!("<html lang=\"{language}\">")), "{query}");
        assert!(text.contains(&format!("/words/{language}.js\">")), "{query}");
    }
    let varies = reply.headers.get_all(header::VARY).iter();
    assert!(varies.into_iter().any(|value| value == "accept-language"));
}

#[test]
fn a_first_load_is_small() {
    // The language with the longest messages.
    let page = get("/?flow=CROSSINGS&lang=fr").text;
    let named = page.split('"').filter(|part| part.starts_with("assets/"));
    let directory = named.clone().next().unwrap().split('/').nth(1).unwrap();
    let drawing = ["d3.min.js", "plot.umd.min.js"].map(|name| format!("assets/{directory}/{name}"));
    let compressed = |path: &str| {
        let asked = Request::get(path).header(header::ACCEPT_ENCODING, "gzip");
        request(&shared().1, asked.body(Body::empty()).unwrap()).bytes
    };
    let paths: BTreeSet<String> = named.map(str::to_owned).chain(drawing).collect();
    let bytes: usize = paths.iter().map(|path| compressed(&format!("/{path}"))).sum();
    let bytes = bytes + compressed("/?flow=CROSSINGS&lang=fr");
    assert!(bytes > 200_000 && bytes < FIRST_LOAD_BYTES_MAX, "{bytes}");
}

#[test]
fn a_directory_without_a_ledger_is_not_ready() {
    let directory = TempDir::new().unwrap();
    let reader = read(directory.path());
    assert_eq!(read_at(&reader, "/livez").status, 200);
    let ready = read_at(&reader, "/readyz");
    assert_eq!(ready.status, 503);
    assert!(ready.text.starts_with("ledger: "), "{}", ready.text);
    assert!(!ready.text.starts_with("ledger: ok"), "{}", ready.text);
    for path in ["/v1/dataflows", "/v1/privacy", "/v1/data/X/all"] {
        let reply = read_at(&reader, path);
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (503, &"not-ready".into()));
    }
    assert_eq!(read_at(&reader, "/").status, 200);
}
