//! Which address is answered by whom, and what holds for every address.
//!
//! Not here: connections and their limits ([`crate::listener`]), the questions that addresses ask
//! ([`crate::v1`], [`crate::sdmx`]).
//!
//! | Address | What |
//! | --- | --- |
//! | `/`, `/ledger`, `/plan` | the pages, in a language of the reader |
//! | `/embed` | one chart, the only page that others may frame |
//! | `/card.png` | the picture of a page where its address is shared |
//! | `/sitemap.xml`, `/robots.txt` | the pages, for search engines |
//! | `/assets/...` | what the page loads, kept for ever |
//! | `/docs/...` | the book: how to read, plan, release and serve |
//! | `/v1/dataflows` | all dataflows and what is released of them |
//! | `/v1/dataflows/{id}` | dimensions, code lists, attributes, price |
//! | `/v1/data/{id}/{key}` | figures, in any format |
//! | `/v1/derived/{id}/{key}` | quartiles, survival and rates, read off figures |
//! | `/v1/revisions/{id}/{key}` | by how much later vintages moved their steps |
//! | `/v1/releases.atom`, `/v1/releases.json` | what became public, as a feed |
//! | `/v1/calendar.ics` | the release calendar |
//! | `/v1/openapi.json` | the description of these addresses |
//! | `/v1/privacy` | budget and ledger |
//! | `/sdmx/2.1/...`, `/sdmx/3.0/...` | the same by SDMX-REST 1.5 and 2.2 |
//! | `/log/...` | the public directory |
//! | `/metrics` | what Prometheus reads |
//! | `/livez` | whether the process runs |
//! | `/readyz` | whether all that is shown verifies; with `?calendar` whether nothing is overdue |
//!
//! Invariants:
//! 1. Every refusal has a code and a rule, in the form that the client reads
//!    (`tests::addresses::hostile_requests_get_an_error_with_a_rule`,
//!    `tests::asking::errors_come_in_the_form_that_was_asked_for`).
//! 2. Nothing is read but with GET and HEAD, and no body is taken
//!    (`tests::asking::nothing_but_get_and_head_is_answered`).
//! 3. An HTTP/1.1 request has one Host (`tests::asking::a_request_has_one_host`).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tidegauge_figures::{Error, Reader, Regions};
use tokio::time::timeout;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};

use crate::assets::Assets;
use crate::compress::Coding;
use crate::files::{Keeping, keeping, media_type};
use crate::modules::without_comments;
use crate::negotiate::{self, ChosenCoding, ErrorForm};
use crate::page::Pages;
use crate::question::Tower;
use crate::refusal::{Refusal, URI_BYTES_MAX};
use crate::respond::{
    Answered, Asked, Content, IMMUTABLE, IsStreamed, NOT_STORED, REVALIDATED, Responder,
};
use crate::site::{is_host, protected};
use crate::telemetry::{OPEN_METRICS, Telemetry, watched};
use crate::{follow, page, ready, sdmx, v1};

/// Time to prepare an answer at most.
const ANSWER_SECONDS_MAX: u64 = 30;

const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// Every route of the public tower.
pub(crate) fn routes(
    reader: Arc<Reader>,
    regions: Arc<Regions>,
    telemetry: Arc<Telemetry>,
) -> Router {
    let responder = Arc::new(Responder::new(Tower { reader, regions }));
    // What is sent whole is compressed already, if it is.
    let is_streamed = |_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions| {
        extensions.get::<IsStreamed>().is_some()
    };
    let questions = Router::new()
        .route("/v1/dataflows", get(v1::dataflows))
        .route("/v1/dataflows/{id}", get(v1::structure))
        .route("/v1/data/{*rest}", get(v1::data))
        .route("/v1/derived/{*rest}", get(v1::derived))
        .route("/v1/revisions/{*rest}", get(v1::revisions))
        .route("/v1/openapi.json", get(v1::openapi))
        .route("/v1/privacy", get(v1::privacy))
        .route("/v1/releases.atom", get(follow::atom))
        .route("/v1/releases.json", get(follow::json))
        .route("/v1/calendar.ics", get(follow::calendar))
        .route("/sdmx/2.1/{*rest}", get(sdmx::rest_1_5))
        .route("/sdmx/3.0/{*rest}", get(sdmx::rest_2_2));
    let pages = Router::new()
        .route("/", get(page::page))
        .route("/embed", get(page::page))
        .route("/ledger", get(page::page))
        .route("/plan", get(page::page))
        .route("/card.png", get(page::card))
        .route("/sitemap.xml", get(page::sitemap))
        .route("/robots.txt", get(page::robots))
        .with_state(Arc::new(Pages::new(Arc::clone(&responder))));
    let loaded = Router::new()
        .route("/assets/{*address}", get(asset))
        .with_state((Arc::clone(&responder), Arc::new(Assets::new())));
    let observed = Router::new()
        .route("/metrics", get(metrics))
        .with_state((Arc::clone(&responder), Arc::clone(&telemetry)));
    Router::new()
        .merge(questions)
        .route("/log/{*path}", get(ledger))
        .route("/docs/", get(book))
        .route("/docs/{*path}", get(book))
        .route(
            "/docs",
            get(async || (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, "docs/")])),
        )
        .route("/livez", get(alive))
        .route("/readyz", get(ready))
        .with_state(responder)
        .merge(pages)
        .merge(loaded)
        .merge(observed)
        .fallback(async || Refusal::from(Error::NotFound))
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(CompressionLayer::new().compress_when(is_streamed))
        .layer(for_other_sites())
        .layer(middleware::from_fn(guarded))
        .layer(middleware::from_fn_with_state(telemetry, watched))
}

/// What scripts of other sites may ask and read.
fn for_other_sites() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::IF_MATCH,
            header::IF_MODIFIED_SINCE,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::RANGE,
        ])
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_LANGUAGE,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::ETAG,
            header::LAST_MODIFIED,
        ])
        .max_age(Duration::from_secs(86_400))
}

/// What holds for every address: limits of a request, the coding that the client accepts, the time
/// that an answer may take, the form of a refusal, and protective headers.
async fn guarded(mut request: Request, next: Next) -> Response {
    let is_sdmx = request.uri().path().starts_with("/sdmx/");
    let form = negotiate::error_form(is_sdmx, request.headers());
    let response = match admitted(&request) {
        Err(refusal) => refusal.into_response(),
        Ok(chosen) => {
            request.extensions_mut().insert(chosen);
            // The layer that compresses streams reads the choice, and not the header again.
            let name = HeaderValue::from_static(chosen.coding.map_or("identity", Coding::name));
            request.headers_mut().insert(header::ACCEPT_ENCODING, name);
            let limit = Duration::from_secs(ANSWER_SECONDS_MAX);
            let answered = timeout(limit, next.run(request)).await;
            answered.unwrap_or_else(|_| Refusal::Timeout.into_response())
        }
    };
    protected(in_form(response, form))
}

/// The coding for a request that may be answered.
///
/// Errors: an address that is too long; no Host or several; no coding that the client accepts.
fn admitted(request: &Request) -> Result<ChosenCoding, Refusal> {
    let bytes = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if bytes > URI_BYTES_MAX {
        return Err(Refusal::UriTooLong { bytes });
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let is_one = match (hosts.next(), hosts.next()) {
        (None, None) => request.version() < Version::HTTP_11,
        // No name is a host that the request leaves open (RFC 9110, 7.2).
        (Some(host), None) => host.to_str().is_ok_and(|host| host.is_empty() || is_host(host)),
        _ => false,
    };
    if !is_one {
        return Err(Refusal::Host);
    }
    negotiate::coding(request.headers()).ok_or(Refusal::Coding)
}

/// The response; if it is a refusal, written in the form that the client reads.
fn in_form(mut response: Response, form: ErrorForm) -> Response {
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else { return response };
    let mut written = refusal.response(form);
    // What other layers have added; the length was that of a response without a body.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    for (name, value) in response.headers() {
        written.headers_mut().append(name, value.clone());
    }
    written
}

async fn asset(
    State((responder, assets)): State<(Arc<Responder>, Arc<Assets>)>,
    asked: Asked,
) -> Answered {
    let address = asked.uri.path().strip_prefix("/assets/").unwrap_or("");
    let asset = assets.asset(address).ok_or(Error::NotFound)?;
    let text = asset.is_ours().then(|| String::from_utf8_lossy(asset.bytes));
    let content = match text {
        Some(text) => Content::new(asset.media_type, IMMUTABLE, without_comments(&text)),
        None => Content::new(asset.media_type, IMMUTABLE, asset.bytes),
    };
    responder.respond_with(&asked, content)
}

async fn book(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let path = asked.uri.path().strip_prefix("/docs/").unwrap_or("");
    let file = tidegauge_book::file(path).ok_or(Error::NotFound)?;
    responder.respond_with(&asked, Content::new(file.media_type, REVALIDATED, file.bytes))
}

async fn ledger(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let path = asked.uri.path().strip_prefix("/log/").unwrap_or("").to_owned();
    let cache_control = match keeping(&path).ok_or(Error::NotFound)? {
        Keeping::Forever => IMMUTABLE,
        Keeping::Never => REVALIDATED,
    };
    let media_type = media_type(&path);
    let reader = Arc::clone(&responder.tower.reader);
    let read = tokio::task::spawn_blocking(move || reader.file(&path));
    let content = read.await.map_err(|_| Refusal::Busy)??;
    responder.respond_with(&asked, Content::new(media_type, cache_control, content))
}

async fn alive(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    responder.respond_with(&asked, Content::new(PLAIN_TEXT, NOT_STORED, "ok\n"))
}

async fn ready(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let (is_ready, text) = ready::report(&responder.tower.reader, asked.uri.query());
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let content = Content { status, ..Content::new(PLAIN_TEXT, NOT_STORED, text) };
    responder.respond_with(&asked, content)
}

async fn metrics(
    State((responder, telemetry)): State<(Arc<Responder>, Arc<Telemetry>)>,
    asked: Asked,
) -> Answered {
    let text = telemetry.metrics(&responder.tower.reader, responder.cache_state());
    responder.respond_with(&asked, Content::new(OPEN_METRICS, NOT_STORED, text))
}
