//! Where readers find the site: its host, whether it is reached by HTTPS, and the path at which it
//! begins.
//!
//! Not here: which proxies are believed, and what they say (crate `listen`). Links within the site
//! are relative, for a site may be known by several names; only cards, sitemaps and the description
//! of the interface need its whole address.
//!
//! Invariants:
//! 1. With a base path every address answers with and without it, so that it does not matter
//!    whether a proxy removes it (`tests::site::a_base_path_is_served_with_and_without_it`).
//! 2. Scheme and host come from the request itself, unless a trusted proxy says otherwise
//!    (`tests::site::only_a_trusted_proxy_names_the_site`).

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header};
use hyper::body::Incoming;
use hyper_util::service::TowerToHyperService;
use tidegauge_listen::Security;

use crate::assets::CONTENT_SECURITY_POLICY;

/// The first parts of the server's own addresses, which no base path may begin with.
const OWN: &[&str] = &[
    "assets",
    "card.png",
    "checkpoint",
    "docs",
    "embed",
    "ledger",
    "livez",
    "log",
    "metrics",
    "plan",
    "readyz",
    "release",
    "robots.txt",
    "sdmx",
    "sitemap.xml",
    "tile",
    "v1",
];

/// The path at which the site begins, such as `/stat`; empty for a site at the root of its host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl FromStr for BasePath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let is_plain = |part: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
            !part.is_empty() && part != "." && part != ".." && part.chars().all(is_plain)
        };
        if path.is_empty() {
            return if text == "/" { Ok(Self::default()) } else { Err(FORM.to_owned()) };
        }
        let Some(parts) = path.strip_prefix('/') else { return Err(FORM.to_owned()) };
        if !parts.split('/').all(is_plain) {
            return Err(FORM.to_owned());
        }
        match parts.split('/').next().filter(|first| OWN.contains(first)) {
            Some(first) => Err(format!("must not begin with /{first}, an address of the server")),
            None => Ok(Self(path.to_owned())),
        }
    }
}

const FORM: &str = "must be a path of letters, digits and -._~, such as /stat";

impl BasePath {
    /// The path without a slash at its end; empty at the root of the host.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The address of the site, as far as a request shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) host: String,
    pub(crate) is_secure: bool,
    pub(crate) base_path: BasePath,
}

impl Site {
    /// The site that a request names itself, at the root of its host.
    pub(crate) fn named(headers: &HeaderMap) -> Self {
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
        Self { host: host.unwrap_or_default().to_owned(), ..Self::default() }
    }

    /// An absolute address on this site.
    pub(crate) fn absolute(&self, path: &str) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        match self.host.is_empty() {
            true => path.to_owned(),
            false => format!("{scheme}://{}{}/{path}", self.host, self.base_path.0),
        }
    }
}

/// The entrance of the site: what is known about every connection to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entrance {
    pub(crate) base_path: BasePath,
    pub(crate) security: Security,
}

impl Entrance {
    /// The request as the routes know it: without the base path, and with the site that it names.
    ///
    /// Errors: the base path without its slash is redirected to the one with it, for relative links
    /// begin there.
    pub(crate) fn enter<B>(
        &self,
        mut request: Request<B>,
        from: IpAddr,
    ) -> Result<Request<B>, Box<Response<Body>>> {
        let forwarded = self.security.forwarded(from, request.headers());
        let named = Site::named(request.headers());
        let site = Site {
            host: forwarded.host.filter(|host| is_host(host)).unwrap_or(named.host),
            is_secure: forwarded.is_secure.unwrap_or(self.security.tls.is_some()),
            base_path: self.base_path.clone(),
        };
        request.extensions_mut().insert(site);
        let base = self.base_path.as_str();
        let Some(rest) = request.uri().path().strip_prefix(base).filter(|_| !base.is_empty())
        else {
            return Ok(request);
        };
        let query = request.uri().query().map_or(String::new(), |query| format!("?{query}"));
        if rest.is_empty() {
            return Err(Box::new(protected(moved(&format!("{base}/{query}")))));
        }
        if rest.starts_with('/')
            && let Ok(path) = format!("{rest}{query}").parse::<PathAndQuery>()
        {
            *request.uri_mut() = Uri::from(path);
        }
        Ok(request)
    }
}

/// An answer with the protective headers that it does not have yet.
///
/// Scripts and style sheets have no content security policy: one acts on documents only, and a page
/// has some fifty of them.
pub(crate) fn protected(mut response: Response<Body>) -> Response<Body> {
    let media_type = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_part = media_type.is_some_and(|media_type| {
        media_type.starts_with(b"text/javascript") || media_type.starts_with(b"text/css")
    });
    let protective = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in protective {
        if is_part && name == header::CONTENT_SECURITY_POLICY {
            continue;
        }
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Whether this is a host, with a port or without one, and nothing else (RFC 3986, 3.2).
pub(crate) fn is_host(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~:[]".contains(c);
    let Ok(authority) = text.parse::<Authority>() else { return false };
    let host = authority.host();
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_address = bracketed.is_none_or(|address| address.parse::<Ipv6Addr>().is_ok());
    let port = text.strip_prefix(host).and_then(|rest| rest.strip_prefix(':'));
    let is_port = port.is_none_or(|port| port.is_empty() || port.parse::<u16>().is_ok());
    !host.is_empty() && text.chars().all(is_part) && is_address && is_port
}

fn moved(to: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    // A path that came in an address may stand in a header.
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

/// The routes behind the entrance, for one connection.
pub(crate) struct ConnectionService {
    pub(crate) routes: Router,
    pub(crate) entrance: Arc<Entrance>,
    pub(crate) from: IpAddr,
}

impl hyper::service::Service<Request<Incoming>> for ConnectionService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        match self.entrance.enter(request, self.from) {
            Ok(request) => {
                let routes = TowerToHyperService::new(self.routes.clone());
                Box::pin(async move { routes.call(request).await })
            }
            Err(response) => Box::pin(std::future::ready(Ok(*response))),
        }
    }
}
