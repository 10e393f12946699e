//! What a proxy says about the connection to it: for whom it forwards, and by which scheme and host
//! it was reached.
//!
//! Not here: which proxies are believed ([`crate::Security`]).
//!
//! Invariants:
//! 1. Only what the last proxy added counts: the last element of `Forwarded` (RFC 7239), and where
//!    there is none, the last `X-Forwarded-Proto` and `X-Forwarded-Host`
//!    (`tests::the_last_forwarded_client_counts`,
//!    `tests::the_standard_header_outranks_older_ones`).

use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::FORWARDED;

/// What a proxy says about the connection to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// The client for whom it forwards; only `Forwarded` can say it.
    pub client: Option<IpAddr>,
    /// The host that the client asked.
    pub host: Option<String>,
    /// Whether the client came by HTTPS.
    pub is_secure: Option<bool>,
}

impl Forwarded {
    /// Reads the headers of a request that comes from a proxy.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        if headers.contains_key(FORWARDED) {
            let last = last(headers, FORWARDED.as_str()).unwrap_or_default();
            let value = |wanted: &str| {
                last.split(';').find_map(|pair| {
                    let (name, value) = pair.trim().split_once('=')?;
                    name.eq_ignore_ascii_case(wanted).then(|| value.trim_matches('"'))
                })
            };
            return Self {
                client: value("for").and_then(address),
                host: value("host").map(str::to_owned),
                is_secure: value("proto").map(is_https),
            };
        }
        Self {
            client: None,
            host: last(headers, "x-forwarded-host").map(str::to_owned),
            is_secure: last(headers, "x-forwarded-proto").map(is_https),
        }
    }
}

/// The last element of a list in headers of a name.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim)
}

fn is_https(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https")
}

/// The address of a node, with or without brackets and a port.
fn address(node: &str) -> Option<IpAddr> {
    let bare = |text: &str| text.trim_matches(['[', ']']).parse().ok();
    bare(node).or_else(|| bare(node.rsplit_once(':')?.0))
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use super::*;

    fn read(headers: &[(&'static str, &str)]) -> Forwarded {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(*name, value.parse().unwrap());
        }
        Forwarded::read(&all)
    }

    #[test]
    fn the_last_forwarded_client_counts() {
        for (value, expected) in [
            ("for=192.0.2.60;proto=https", Some("192.0.2.60")),
            ("For=\"[2001:db8::17]:4711\"", Some("2001:db8::17")),
            ("for=\"192.0.2.1:80\"", Some("192.0.2.1")),
            ("for=192.0.2.1, for=198.51.100.17;by=203.0.113.60", Some("198.51.100.17")),
            ("for=unknown", None),
            ("by=203.0.113.60", None),
        ] {
            let client = read(&[("forwarded", value)]).client.map(|address| address.to_string());
            assert_eq!(client.as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn the_standard_header_outranks_older_ones() {
        let older = [("x-forwarded-proto", "http, https"), ("x-forwarded-host", "a.test, b.test")];
        let expected =
            Forwarded { client: None, host: Some("b.test".to_owned()), is_secure: Some(true) };
        assert_eq!(read(&older), expected);
        let standard = ("forwarded", "host=c.test;proto=https, host=\"d.test:81\";proto=http");
        let both = read(&[older[0], standard, older[1]]);
        assert_eq!((both.host.as_deref(), both.is_secure), (Some("d.test:81"), Some(false)));
    }
}
