//! What lies at which address.
//!
//! Not here: connections and their limits ([`crate::server`]).
//!
//! | Address | What |
//! | --- | --- |
//! | `/`, `/ledger` | the pages, in a language of the reader |
//! | `/embed` | one chart, the only page that others may frame |
//! | `/assets/...` | what the page loads, kept for ever |
//! | `/v1/dataflows` | all dataflows and what is released of them |
//! | `/v1/dataflows/{id}` | dimensions, code lists, attributes, price |
//! | `/v1/data/{id}/{key}` | figures, as JSON or SDMX-CSV |
//! | `/v1/privacy` | budget and ledger |
//! | `/log/...` | the public directory |
//! | `/livez`, `/readyz` | whether the process runs, and whether all it shows verifies |
//!
//! Invariants:
//! 1. Every refusal is JSON with a code and a rule
//!    (`tests::addresses::hostile_requests_get_an_error_with_a_rule`).
//! 2. Nothing is read but with GET and HEAD, and no body is taken.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use hyper::body::{Bytes, Frame};
use serde::Serialize;
use tidegauge_ledger::hex;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::timeout::TimeoutLayer;

use crate::accept;
use crate::answer::Answer;
use crate::assets::{Assets, CONTENT_SECURITY_POLICY, FRAMED_POLICY, Page};
use crate::catalogue::Catalogue;
use crate::error::{Error, URI_BYTES_MAX, given};
use crate::files::{Keeping, keeping, media_type};
use crate::key::Selection;
use crate::language::language;
use crate::pieces::Pieces;
use crate::query::{Format, Parameters, decode, parse_key, parse_parameters};
use crate::reader::Reader;
use crate::{csv, describe, json};

/// Answers prepared at the same time at most.
const PREPARING_MAX: usize = 8;
/// Time to prepare an answer at most.
const ANSWER_SECONDS_MAX: u64 = 30;

const FOREVER: &str = "public, max-age=31536000, immutable";
const ANEW: &str = "no-cache";

struct Site {
    reader: Arc<Reader>,
    assets: Assets,
    preparing: Semaphore,
}

/// Every route of the public tower.
pub fn routes(reader: Arc<Reader>) -> Router {
    let preparing = Semaphore::new(PREPARING_MAX);
    let site = Arc::new(Site { reader, assets: Assets::new(), preparing });
    let reads = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([axum::http::Method::GET, axum::http::Method::HEAD])
        .allow_headers([header::ACCEPT, header::IF_NONE_MATCH])
        .expose_headers([header::ETAG])
        .max_age(Duration::from_secs(86_400));
    let slow = StatusCode::SERVICE_UNAVAILABLE;
    let limit = Duration::from_secs(ANSWER_SECONDS_MAX);
    Router::new()
        .route("/", get(page))
        .route("/embed", get(page))
        .route("/ledger", get(page))
        .route("/assets/{*address}", get(asset))
        .route("/v1/dataflows", get(dataflows))
        .route("/v1/dataflows/{id}", get(structure))
        .route("/v1/data/{*rest}", get(data))
        .route("/v1/privacy", get(privacy))
        .route("/log/{*path}", get(log))
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::Method)
        .with_state(site)
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(slow, limit))
        .layer(reads)
        .layer(middleware::from_fn(bounded))
}

/// Refuses addresses that are too long, and gives every answer its protective headers.
async fn bounded(request: Request, next: Next) -> Response {
    let bytes = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let mut response = if bytes > URI_BYTES_MAX {
        Error::UriTooLong { bytes }.into_response()
    } else {
        next.run(request).await
    };
    let protective = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in protective {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

type Answered = Result<Response, Error>;

fn with_type(media_type: &'static str, keeping: &'static str, body: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, keeping)];
    (headers, body.into()).into_response()
}

async fn page(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Response {
    let page = match uri.path() {
        "/embed" => Page::Embed,
        "/ledger" => Page::Ledger,
        _ => Page::Index,
    };
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let text = site.assets.page(page, language(asked));
    let mut response = with_type("text/html; charset=utf-8", ANEW, text);
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    if page == Page::Embed {
        let policy = HeaderValue::from_static(FRAMED_POLICY);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn asset(State(site): State<Arc<Site>>, uri: Uri) -> Answered {
    let address = uri.path().trim_start_matches("/assets/");
    let asset = site.assets.asset(address).ok_or(Error::NotFound)?;
    Ok(with_type(asset.media_type, FOREVER, asset.bytes))
}

fn accepted(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ACCEPT).map(|value| value.to_str().unwrap_or("?"))
}

/// The mark of an answer: it changes with the ledger and with the program.
fn mark(catalogue: &Catalogue, form: &str) -> String {
    let (size, root) = (catalogue.log.size, hex(&catalogue.log.root[..6]));
    format!("W/\"{}-{size}-{root}-{form}\"", env!("CARGO_PKG_VERSION"))
}

/// Answers 304 where the reader already holds what carries this mark.
fn marked(headers: &HeaderMap, mark: &str, answer: impl FnOnce() -> Response) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match known {
        Some(known) if known.split(',').any(|one| one.trim() == mark) => {
            StatusCode::NOT_MODIFIED.into_response()
        }
        _ => answer(),
    };
    if let Ok(value) = HeaderValue::from_str(mark) {
        response.headers_mut().insert(header::ETAG, value);
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(ANEW));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    response
}

fn described(headers: &HeaderMap, mark: &str, body: impl Serialize) -> Answered {
    accept::structures(accepted(headers))?;
    Ok(marked(headers, mark, || Json(body).into_response()))
}

async fn dataflows(State(site): State<Arc<Site>>, headers: HeaderMap) -> Answered {
    let catalogue = site.reader.catalogue()?;
    described(&headers, &mark(&catalogue, "d"), describe::dataflows(&catalogue))
}

async fn structure(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Answered {
    let catalogue = site.reader.catalogue()?;
    let id = uri.path().trim_start_matches("/v1/dataflows/");
    let position = position(&catalogue, id)?;
    described(&headers, &mark(&catalogue, "s"), describe::structure(&catalogue, position))
}

async fn privacy(State(site): State<Arc<Site>>, headers: HeaderMap) -> Answered {
    let catalogue = site.reader.catalogue()?;
    let fault = site.reader.fault();
    let form = if fault.is_some() { "f" } else { "p" };
    described(&headers, &mark(&catalogue, form), describe::privacy(&catalogue, fault))
}

fn position(catalogue: &Catalogue, segment: &str) -> Result<usize, Error> {
    let id = decode(segment)?;
    let found = catalogue.plan.dataflow(&id).map(|(position, _)| position);
    found.ok_or_else(|| Error::Dataflow { given: given(&id) })
}

async fn data(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Answered {
    let catalogue = site.reader.catalogue()?;
    let rest = uri.path().trim_start_matches("/v1/data/");
    let mut segments = rest.strip_suffix('/').unwrap_or(rest).split('/');
    let dataflow = position(&catalogue, segments.next().unwrap_or(""))?;
    let key = parse_key(segments.next().unwrap_or(""))?;
    if segments.next().is_some() {
        return Err(Error::NotFound);
    }
    let parameters = parse_parameters(uri.query())?;
    let format = match parameters.format {
        Some(format) => format,
        None => accept::figures(accepted(&headers))?,
    };
    let selection = Selection::of(&key, &catalogue.plan, &catalogue.plan.dataflows[dataflow])?;
    let form = if format == Format::Csv { "csv" } else { "json" };
    let mark = mark(&catalogue, form);
    let answer = prepare(&site, catalogue, dataflow, selection, parameters).await?;
    Ok(marked(&headers, &mark, || written(answer, format)))
}

/// Estimates what is not estimated yet, away from the threads that serve connections.
async fn prepare(
    site: &Arc<Site>,
    catalogue: Arc<Catalogue>,
    dataflow: usize,
    selection: Selection,
    parameters: Parameters,
) -> Result<Answer, Error> {
    let size = parameters.size(catalogue.log.size)?;
    let _turn = site.preparing.acquire().await.map_err(|_| Error::Busy)?;
    let reader = Arc::clone(&site.reader);
    let prepared = tokio::task::spawn_blocking(move || {
        let known = reader.known(&catalogue, dataflow, size)?;
        let plan = Arc::clone(&catalogue.plan);
        Answer::new(plan, dataflow, known, selection, &parameters, size)
    });
    prepared.await.map_err(|_| Error::Busy)?
}

fn written(answer: Answer, format: Format) -> Response {
    let media_type = match format {
        Format::Csv => csv::MEDIA_TYPE,
        Format::Json => json::MEDIA_TYPE,
    };
    let body = Body::new(Written { pieces: Pieces::new(answer, format), rested: true });
    with_type(media_type, ANEW, body)
}

/// An answer that is written one series at a time, as its reader takes it.
struct Written {
    pieces: Pieces,
    /// Whether others had their turn since the last piece.
    rested: bool,
}

impl hyper::body::Body for Written {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // A long answer takes turns with every other connection of its thread.
        if !self.rested {
            self.rested = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.rested = false;
        Poll::Ready(self.pieces.next().map(|piece| Ok(Frame::data(piece.into()))))
    }
}

async fn log(State(site): State<Arc<Site>>, uri: Uri) -> Answered {
    let path = uri.path().trim_start_matches("/log/").to_owned();
    let keeping = match keeping(&path).ok_or(Error::NotFound)? {
        Keeping::Forever => FOREVER,
        Keeping::Never => ANEW,
    };
    let media_type = media_type(&path);
    let reader = Arc::clone(&site.reader);
    let read = tokio::task::spawn_blocking(move || reader.file(&path));
    let content = read.await.map_err(|_| Error::Busy)??;
    Ok(with_type(media_type, keeping, content))
}

async fn ready(State(site): State<Arc<Site>>) -> Answered {
    match site.reader.fault() {
        None => Ok("ready\n".into_response()),
        Some(reason) => Err(Error::NotReady { reason }),
    }
}
