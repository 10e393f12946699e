//! Requests over HTTP: conditions, ranges, codings, hosts, methods, forms of errors, and which
//! requests are one question.
//!
//! Not here: the contents of answers (the other modules), limits of connections (`listener.rs`).

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, Version, header};
use tempfile::TempDir;
use testkit::publisher::{self, Publisher};
use tidegauge_figures::{Error, Reader};
use tower::ServiceExt;

use super::{read, request, routes, shared};
use crate::negotiate::ErrorForm;
use crate::refusal::Refusal;

type Lines<'a> = &'a [(header::HeaderName, &'a str)];

fn ask(reader: &Arc<Reader>, path: &str, lines: Lines) -> super::Reply {
    ask_by(Method::GET, reader, path, lines)
}

fn ask_by(method: Method, reader: &Arc<Reader>, path: &str, lines: Lines) -> super::Reply {
    let mut asked = Request::builder().method(method).uri(path);
    for (name, value) in lines {
        asked = asked.header(name, *value);
    }
    request(reader, asked.body(Body::empty()).unwrap())
}

fn etag(reply: &super::Reply) -> String {
    reply.headers[header::ETAG].to_str().unwrap().to_owned()
}

#[test]
fn ranges_joined_are_one_file_whatever_is_released() {
    let directory = TempDir::new().unwrap();
    let mut publisher = Publisher::create(directory.path(), publisher::PLAN);
    publisher.release_until("2023-12-10");
    let reader = read(directory.path());
    for path in ["/v1/data/CROSSINGS/D..FLOW.AIR..csv", "/v1/data/CROSSINGS/D..FLOW...parquet"] {
        let head = ask_by(Method::HEAD, &reader, path, &[]);
        let tag = etag(&head);
        assert!(tag.starts_with('"'), "{path}: {tag}");
        let length: usize = head.headers[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
        let part =
            |range: &str| ask(&reader, path, &[(header::RANGE, range), (header::IF_RANGE, &tag)]);
        let before = ask(&reader, path, &[]);
        assert_eq!((before.bytes, etag(&before)), (length, tag.clone()));
        assert_eq!(part("bytes=0-99").status, 206);
        // The next steps are released while the client reads.
        let next = match path.ends_with("csv") {
            true => "2023-12-12",
            false => "2023-12-14",
        };
        publisher.release_until(next);
        reader.refresh();
        let rest = part("bytes=100-");
        let after = ask(&reader, path, &[]);
        assert_eq!(rest.status, 200, "a part of another file: {path}");
        assert_eq!((rest.bytes, etag(&rest)), (after.bytes, etag(&after)));
        assert_ne!(etag(&after), tag);
        // A client that insists on the old file gets an error.
        let lines = [(header::RANGE, "bytes=100-"), (header::IF_MATCH, &*tag)];
        assert_eq!(ask(&reader, path, &lines).status, 412, "{path}");
    }
}

#[test]
fn conditions_are_those_of_http() {
    let reader = &shared().1;
    let streamed = "/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0?format=csv";
    let table = [
        "/v1/data/CROSSINGS/D..FLOW.AIR..csv",
        "/v1/dataflows",
        "/sdmx/2.1/codelist",
        "/log/checkpoint",
        "/",
        streamed,
    ];
    for path in table {
        let first = ask(reader, path, &[]);
        assert_eq!(first.status, 200, "{path}");
        let tag = etag(&first);
        let opposite = tag.strip_prefix("W/").map_or_else(|| format!("W/{tag}"), str::to_owned);
        for condition in [&*tag, &opposite, "*", &format!("\"x\", {tag}")] {
            let again = ask(reader, path, &[(header::IF_NONE_MATCH, condition)]);
            assert_eq!((again.status.as_u16(), again.bytes), (304, 0), "{path} {condition}");
            assert_eq!(etag(&again), tag, "{path}");
        }
        assert_eq!(ask(reader, path, &[(header::IF_NONE_MATCH, "\"x\"")]).status, 200, "{path}");
        assert_eq!(ask(reader, path, &[(header::IF_MATCH, "\"x\"")]).status, 412, "{path}");
        let head = ask_by(Method::HEAD, reader, path, &[]);
        assert_eq!((head.status.as_u16(), head.bytes, etag(&head)), (200, 0, tag), "{path}");
        let length = |reply: &super::Reply| reply.headers.get(header::CONTENT_LENGTH).cloned();
        assert_eq!(length(&head), length(&first), "{path}");
        let Some(modified) = first.headers.get(header::LAST_MODIFIED) else { continue };
        let modified = modified.to_str().unwrap();
        let since = |date: &str, other: Lines| {
            let lines = [&[(header::IF_MODIFIED_SINCE, date)], other].concat();
            ask(reader, path, &lines).status.as_u16()
        };
        assert_eq!(since(modified, &[]), 304, "{path}");
        assert_eq!(since("Mon, 01 Jan 2001 00:00:00 GMT", &[]), 200, "{path}");
        assert_eq!(since(modified, &[(header::IF_NONE_MATCH, "\"x\"")]), 200, "{path}");
    }
    assert!(etag(&ask(reader, streamed, &[])).starts_with("W/"));
}

#[test]
fn one_question_has_one_fingerprint() {
    let reader = &shared().1;
    let tag = |path: &str, lines: Lines| etag(&ask(reader, path, lines));
    let csv = tag("/v1/data/CROSSINGS/D.XX.FLOW.AIR.ENTRY+EXIT?format=csv", &[]);
    for same in [
        "/v1/data/CROSSINGS/D.XX.FLOW.AIR.ENTRY+EXIT.csv",
        "/v1/data/CROSSINGS/D..FLOW.AIR.?format=sdmx-csv",
        "/v1/data/CROSSINGS/D..FLOW.AIR.EXIT%2BENTRY/?includeHistory=false&format=csv",
    ] {
        assert_eq!(tag(same, &[]), csv, "{same}");
    }
    let accepted = [(header::ACCEPT, "application/json;q=0.5, text/csv")];
    assert_eq!(tag("/v1/data/CROSSINGS/D..FLOW.AIR.", &accepted), csv);
    let mut tags = vec![csv];
    for other in [
        "/v1/data/CROSSINGS/D..FLOW.AIR..json",
        "/v1/data/CROSSINGS/D..FLOW.SEA..csv",
        "/v1/data/CROSSINGS/D..FLOW.AIR..csv?startPeriod=2024",
        "/v1/data/CROSSINGS/D..FLOW.AIR..csv?asOf=40",
        "/v1/data/CROSSINGS/D..FLOW.AIR..csv?includeHistory=true",
    ] {
        tags.push(tag(other, &[]));
    }
    let packed = [(header::ACCEPT_ENCODING, "gzip")];
    tags.push(tag("/v1/data/CROSSINGS/D..FLOW.AIR..csv", &packed));
    let count = tags.len();
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), count);
    // At an SDMX root, with and without parameters that change nothing.
    let key = "D.XX.FLOW.AIR.ENTRY";
    let old = tag(&format!("/sdmx/2.1/data/TG,CROSSINGS/{key}?format=csv"), &[]);
    assert_eq!(tag(&format!("/sdmx/2.1/data/CROSSINGS/{key}/?format=csv&detail=full"), &[]), old);
    let available = tag("/sdmx/2.1/availableconstraint/CROSSINGS/D.XX.FLOW.AIR+SEA.ENTRY", &[]);
    for same in ["TG,CROSSINGS/D..FLOW.SEA+AIR.ENTRY", "CROSSINGS/D..FLOW.AIR+SEA.ENTRY/all/all"] {
        let path = format!("/sdmx/2.1/availableconstraint/{same}");
        assert_eq!(tag(&path, &[]), available, "{same}");
    }
    let other = "/sdmx/2.1/availableconstraint/CROSSINGS/D.XX.FLOW.AIR.ENTRY";
    assert_ne!(tag(other, &[]), available);
}

#[test]
fn a_refused_coding_is_not_sent() {
    let reader = &shared().1;
    let refused = ["identity;q=0", "*;q=0", "br;q=1, *;q=0"];
    for path in [
        "/v1/data/CROSSINGS/D..FLOW.AIR..csv",
        "/v1/dataflows",
        "/",
        "/livez",
        "/metrics",
        "/readyz",
    ] {
        for accepted in refused {
            let reply = ask(reader, path, &[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(reply.status, 406, "{path} {accepted}");
            assert_eq!(reply.json()["code"], "not-acceptable");
            let varies = reply.headers.get_all(header::VARY).iter();
            assert!(varies.into_iter().any(|name| name == "accept-encoding"), "{path}");
        }
        let reply = ask(reader, path, &[(header::ACCEPT_ENCODING, "gzip, identity;q=0")]);
        assert_eq!(
            (reply.status.as_u16(), &reply.headers["content-encoding"]),
            (200, &"gzip".parse().unwrap())
        );
    }
    for path in ["/v1/data/CROSSINGS/all.csv", "/v1/dataflows", "/", "/v1/openapi.json"] {
        for (accepted, expected) in [
            ("gzip;q=1.0, zstd;q=0.1", Some("gzip")),
            ("zstd;q=0.5, gzip;q=0.8", Some("gzip")),
            ("zstd, gzip", Some("zstd")),
            ("identity, gzip;q=0.5", None),
        ] {
            let reply = ask(reader, path, &[(header::ACCEPT_ENCODING, accepted)]);
            let coding = reply.headers.get(header::CONTENT_ENCODING);
            assert_eq!(
                coding.map(|coding| coding.to_str().unwrap()),
                expected,
                "{path} {accepted}"
            );
        }
    }
}

#[test]
fn a_range_is_of_the_coding_that_is_sent() {
    let reader = &shared().1;
    let path = "/v1/data/CROSSINGS/D..FLOW.AIR..csv";
    let packed = [(header::ACCEPT_ENCODING, "gzip")];
    let whole = ask(reader, path, &packed);
    let tag = etag(&whole);
    let lines = [packed[0].clone(), (header::RANGE, "bytes=10-"), (header::IF_RANGE, &*tag)];
    let part = ask(reader, path, &lines);
    assert_eq!((part.status.as_u16(), part.bytes + 10), (206, whole.bytes));
    // The tag of the packed answer is not that of the plain one.
    let plain = ask(reader, path, &lines[1..]);
    assert_eq!(plain.status, 200);
    assert_ne!(etag(&plain), tag);
}

#[test]
fn a_request_has_one_host() {
    let service = routes(&shared().1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |version: Version, hosts: &[&str]| {
        let mut asked = Request::get("/v1/dataflows").version(version);
        for host in hosts {
            asked = asked.header(header::HOST, *host);
        }
        let asked = asked.body(Body::empty()).unwrap();
        runtime.block_on(async { service.clone().oneshot(asked).await.unwrap().status() })
    };

    assert_eq!(ask(Version::HTTP_11, &["a"]), StatusCode::OK);
    assert_eq!(ask(Version::HTTP_11, &[]), StatusCode::BAD_REQUEST);
    assert_eq!(ask(Version::HTTP_11, &["a", "b"]), StatusCode::BAD_REQUEST);
    assert_eq!(ask(Version::HTTP_11, &["a", "a"]), StatusCode::BAD_REQUEST);
    assert_eq!(ask(Version::HTTP_10, &[]), StatusCode::OK);
    for host in ["", "example.org", "example.org:8080", "example.org:", "127.0.0.1:1", "[::1]:8080"]
    {
        assert_eq!(ask(Version::HTTP_11, &[host]), StatusCode::OK, "{host}");
    }
    for host in ["a b", "a, b", "a/c?", "name@host", "host:99999", "host:x", "[::1"] {
        assert_eq!(ask(Version::HTTP_11, &[host]), StatusCode::BAD_REQUEST, "{host}");
    }
}

#[test]
fn nothing_but_get_and_head_is_answered() {
    let reader = &shared().1;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let reply = ask_by(method.clone(), reader, "/v1/dataflows", &[]);
        assert_eq!(
            (reply.status.as_u16(), &reply.headers["allow"]),
            (405, &"GET, HEAD".parse().unwrap()),
            "{method}"
        );
    }
}

#[test]
fn errors_come_in_the_form_that_was_asked_for() {
    let reader = &shared().1;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let wrong = "D..FLOW.%3Cb%3E+AIR.";
    let media_type = |headers: &HeaderMap| headers["content-type"].to_str().unwrap().to_owned();
    for path in ["/v1/data/CROSSINGS/D..FLOW.NOWHERE.", "/nowhere", "/v1/data/NONE/all"] {
        let reply = ask(reader, path, &[]);
        let json = reply.json();
        assert_eq!(media_type(&reply.headers), "application/problem+json", "{path}");
        assert_eq!(json["status"], reply.status.as_u16());
        assert_eq!(json["detail"], json["rule"]);
        assert!(
            json["code"].is_string() && json["title"] == "Not Found" && json["type"].is_string()
        );
        let page = ask(reader, path, &[(header::ACCEPT, browser)]);
        assert_eq!(
            (page.status, media_type(&page.headers)),
            (reply.status, "text/html; charset=utf-8".into())
        );
        assert!(page.text.starts_with("<!doctype html>"), "{}", page.text);
    }
    let page = ask(reader, &format!("/v1/data/CROSSINGS/{wrong}"), &[(header::ACCEPT, browser)]);
    assert!(page.status.is_client_error() && !page.text.contains("<b>"), "{}", page.text);
    // Characters that XML does not have are replaced in every form.
    for text in ["%00", "%01", "%1b", "%EF%BF%BE", "%EF%BF%BF", "%7f"] {
        for accept in ["application/xml", browser, "application/json"] {
            let reply = ask(reader, &format!("/sdmx/2.1/data/{text}"), &[(header::ACCEPT, accept)]);
            let is_shown = |c: char| c == '\n' || !c.is_control() && c as u32 & 0xfffe != 0xfffe;
            assert!(reply.text.chars().all(is_shown), "{text} {accept}: {:?}", reply.text);
            assert!(reply.text.contains('\u{fffd}'), "{text} {accept}: {:?}", reply.text);
        }
    }
    for (root, path) in [
        ("/sdmx/2.1", "/data/CROSSINGS/D..FLOW.NOWHERE."),
        ("/sdmx/3.0", "/data/dataflow/TG/CROSSINGS/1.0.0/D.*.FLOW.NOWHERE.*"),
        ("/sdmx/2.1", "/metadata/x"),
        ("/sdmx/2.1", "/codelist/TG/NONE"),
    ] {
        let path = format!("{root}{path}");
        for accept in ["application/vnd.sdmx.genericdata+xml;version=2.1", "application/xml"] {
            let reply = ask(reader, &path, &[(header::ACCEPT, accept)]);
            assert!(
                reply.status.as_u16() >= 400 && media_type(&reply.headers).contains("xml"),
                "{path}"
            );
            let start = reply.text.find("<message:Error ").expect("an error message");
            assert!(
                reply.text[start..].contains("<message:ErrorMessage code=\""),
                "{}",
                reply.text
            );
        }
        let json = [(header::ACCEPT, "application/vnd.sdmx.data+json;version=2.0.0")];
        let reply = ask(reader, &path, &json);
        assert!(reply.json()["errors"][0]["code"].is_number(), "{}", reply.text);
        assert_eq!(media_type(&ask(reader, &path, &[]).headers), "application/problem+json");
    }
}

/// Figures that cannot be made are a fault of the server's data for now, in every form.
#[test]
fn an_estimate_that_cannot_be_made_is_503() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for form in [ErrorForm::Problem, ErrorForm::Html, ErrorForm::SdmxMl21, ErrorForm::SdmxJson20] {
        let response = Refusal::from(Error::Estimate).response(form);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = runtime.block_on(to_bytes(response.into_body(), usize::MAX)).unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("estimate") && text.contains("503"), "{form:?}: {text}");
    }
}

#[test]
fn a_streamed_answer_is_compressed_on_its_way() {
    let service = routes(&shared().1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |coding: &str| {
        let asked = Request::get("/sdmx/3.0/data/dataflow/TG/CROSSINGS/1.0.0?format=csv")
            .header(header::HOST, "x")
            .header(header::ACCEPT_ENCODING, coding)
            .body(Body::empty())
            .unwrap();
        runtime.block_on(async {
            let (parts, body) = service.clone().oneshot(asked).await.unwrap().into_parts();
            (parts.headers, to_bytes(body, usize::MAX).await.unwrap())
        })
    };
    let (headers, plain) = ask("identity");
    assert!(!headers.contains_key(header::CONTENT_LENGTH), "not streamed: {}", plain.len());
    let (headers, packed) = ask("zstd;q=0.4, gzip;q=0.1");
    assert_eq!(headers[header::CONTENT_ENCODING], "zstd");
    assert_eq!(zstd::decode_all(&packed[..]).unwrap(), plain);
}
