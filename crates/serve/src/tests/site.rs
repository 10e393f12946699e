//! The site behind a proxy: its base path, its scheme and its host.
//!
//! Not here: the pages in a browser behind a proxy (`checks/browser/prefix.test.js`).

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use clap::Parser;
use tidegauge_listen::Security;

use super::{request, shared};
use crate::Program;
use crate::front::PublicOptions;
use crate::site::{BasePath, Entrance, Site};

const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const READER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

fn entrance(base_path: &str) -> Entrance {
    let security = Security { proxies: vec![PROXY], tls: None };
    Entrance { base_path: base_path.parse().unwrap(), security }
}

fn asked(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path).header(header::HOST, "inner.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// The body and status of an address of the shared store, behind an entrance.
fn answer(base_path: &str, path: &str, from: IpAddr, headers: &[(&str, &str)]) -> super::Reply {
    let entered = entrance(base_path).enter(asked(path, headers), from).unwrap();
    request(&shared().1, entered)
}

#[test]
fn a_base_path_is_served_with_and_without_it() {
    for path in ["/", "/plan", "/v1/dataflows", "/log/checkpoint", "/?flow=CROSSINGS", "/none"] {
        let with = answer("/open/stat", &format!("/open/stat{path}"), READER, &[]);
        let without = answer("/open/stat", path, READER, &[]);
        assert_eq!(with.status, without.status, "{path}");
        assert_eq!(with.text, without.text, "{path}");
        let expected = if path == "/none" { StatusCode::NOT_FOUND } else { StatusCode::OK };
        assert_eq!(with.status, expected, "{path}");
    }
    let neighbour = answer("/open/stat", "/open/statistics/plan", READER, &[]);
    assert_eq!(neighbour.status, StatusCode::NOT_FOUND);
    let moved = entrance("/stat").enter(asked("/stat?lang=de", &[]), READER).unwrap_err();
    assert_eq!(moved.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(moved.headers()[header::LOCATION], "/stat/?lang=de");
    assert_eq!(moved.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[test]
fn whole_addresses_have_the_base_path() {
    for path in ["/stat/sitemap.xml", "/stat/robots.txt", "/stat/?flow=CROSSINGS", "/robots.txt"] {
        let text = answer("/stat", path, READER, &[]).text;
        let mut addresses = text.split("http://inner.test").skip(1).peekable();
        assert!(addresses.peek().is_some(), "{path}: {text}");
        assert!(addresses.all(|rest| rest.starts_with("/stat/")), "{path}: {text}");
    }
    let description = answer("/stat", "/stat/v1/openapi.json", READER, &[]).text;
    assert!(description.contains("\"servers\":[{\"url\":\"/stat\"}]"), "{description}");
}

#[test]
fn no_address_within_the_site_begins_at_the_root_of_the_host() {
    for path in ["/stat/", "/stat/plan", "/stat/ledger", "/stat/embed?flow=CROSSINGS"] {
        let text = answer("/stat", path, READER, &[]).text;
        for attribute in ["href=\"/", "src=\"/", "action=\"/"] {
            assert!(!text.contains(attribute), "{path}: {attribute}: {text}");
        }
    }
    let feed = answer("/stat", "/stat/v1/releases.atom", READER, &[]).text;
    assert!(feed.contains("href=\"") && !feed.contains("href=\"/"), "{feed}");
}

#[test]
fn only_a_trusted_proxy_names_the_site() {
    let older = [("x-forwarded-proto", "https"), ("x-forwarded-host", "statistics.test")];
    let standard = [("forwarded", "for=198.51.100.7;host=statistics.test;proto=https")];
    for headers in [&older[..], &standard[..]] {
        let site = |from| {
            let entered = entrance("/stat").enter(asked("/", headers), from).unwrap();
            entered.extensions().get::<Site>().unwrap().absolute("plan")
        };
        assert_eq!(site(PROXY), "https://statistics.test/stat/plan");
        assert_eq!(site(READER), "http://inner.test/stat/plan");
    }
    let host = |named: &str| {
        let headers = [("x-forwarded-host", named)];
        let entered = entrance("/").enter(asked("/", &headers), PROXY).unwrap();
        entered.extensions().get::<Site>().unwrap().host.clone()
    };
    for named in ["a.test", "a.test:8443", "192.0.2.1:80", "[2001:db8::1]", "[::1]:8443"] {
        assert_eq!(host(named), named);
    }
    let strange = ["a.test/\"><script>", "x:99999", "x:y", "[::1", "[a]", "::1", "u@a.test", ":80"];
    for named in strange {
        assert_eq!(host(named), "inner.test", "{named}");
    }
}

#[test]
fn a_base_path_has_one_form() {
    let path = |text: &str| text.parse::<BasePath>().map(|path| path.as_str().to_owned());
    assert_eq!(path("/").unwrap(), "");
    assert_eq!(path("/stat/").unwrap(), "/stat");
    assert_eq!(path("/open/stat-2.1").unwrap(), "/open/stat-2.1");
    for text in ["", "stat", "//", "/a//b", "/a/../b", "/a b", "/ä", "/a?b", "/v1", "/log/x"] {
        assert!(path(text).is_err(), "{text}");
    }
}

#[derive(Parser)]
struct Only {
    #[command(flatten)]
    front: PublicOptions,
}

#[test]
fn the_server_listens_on_this_machine_only() {
    let front = Only::parse_from(["serve"]).front.front().unwrap();
    assert!(front.address.ip().is_loopback() && front.security.proxies.is_empty());
    assert_eq!(front.place(front.address), "http://127.0.0.1:8080/");
    let half = Program::try_parse_from(["tidegauge-serve", "public", "--certificate", "a.pem"]);
    assert!(half.unwrap_err().to_string().contains("--certificate-key"));
}
