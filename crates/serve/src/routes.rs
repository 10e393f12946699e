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
//! | `/v1/data/{id}/{key}` | figures, in any format |
//! | `/v1/derived/{id}/{key}` | quartiles, survival and rates, read off figures |
//! | `/v1/revisions/{id}/{key}` | by how much later vintages moved their steps |
//! | `/v1/openapi.json` | the description of these addresses |
//! | `/v1/privacy` | budget and ledger |
//! | `/sdmx/2.1/...`, `/sdmx/3.0/...` | the same by SDMX-REST 1.5 and 2.2 |
//! | `/log/...` | the public directory |
//! | `/metrics` | what Prometheus reads |
//! | `/livez` | whether the process runs |
//! | `/readyz` | whether all that is shown verifies; with `?calendar` whether nothing is overdue |
//!
//! Invariants:
//! 1. Every refusal is JSON with a code and a rule
//!    (`tests::addresses::hostile_requests_get_an_error_with_a_rule`).
//! 2. Nothing is read but with GET and HEAD, and no body is taken.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tidegauge_ledger::hex;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::cors::{Any, CorsLayer};
use tower_http::timeout::TimeoutLayer;

use tidegauge_figures::{
    Catalogue, Error, Format, Layout, MessageWriter, Reader, Regions, SdmxRequest, SdmxRest,
    Selection, Shape, answer, decode, derived_table, parse_key, parse_parameters, parse_sdmx,
    revisions_table, sdmx_data, structure_message, whole_answer,
};

use crate::assets::{Assets, CONTENT_SECURITY_POLICY, FRAMED_POLICY, PageKind};
use crate::deliver::{
    AnswerCache, Encoding, WHOLE_OBSERVATIONS_MAX, Whole, flowing, ranged, whole,
};
use crate::files::{Keeping, keeping, media_type};
use crate::language::language;
use crate::refusal::{Refusal, URI_BYTES_MAX};
use crate::telemetry::{OPEN_METRICS, Telemetry, watched};
use crate::{describe, negotiate, openapi, ready};

/// Answers prepared at the same time at most.
const PREPARING_MAX: usize = 8;
/// Time to prepare an answer at most.
const ANSWER_SECONDS_MAX: u64 = 30;

const FOREVER: &str = "public, max-age=31536000, immutable";
const ANEW: &str = "no-cache";

struct Site {
    reader: Arc<Reader>,
    regions: Arc<Regions>,
    assets: Assets,
    preparing: Semaphore,
    kept: AnswerCache,
    telemetry: Arc<Telemetry>,
}

/// Every route of the public tower.
pub fn routes(reader: Arc<Reader>, regions: Arc<Regions>, telemetry: Arc<Telemetry>) -> Router {
    let preparing = Semaphore::new(PREPARING_MAX);
    let site = Arc::new(Site {
        reader,
        regions,
        assets: Assets::new(),
        preparing,
        kept: AnswerCache::default(),
        telemetry: Arc::clone(&telemetry),
    });
    let reads = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([axum::http::Method::GET, axum::http::Method::HEAD])
        .allow_headers([header::ACCEPT, header::IF_NONE_MATCH, header::RANGE])
        .expose_headers([header::ETAG, header::CONTENT_RANGE, header::CONTENT_LENGTH])
        .max_age(Duration::from_secs(86_400));
    // Parquet is compressed already, and read in ranges.
    let plain = DefaultPredicate::new().and(NotForContentType::new(Format::Parquet.media_type()));
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
        .route("/v1/derived/{*rest}", get(derived))
        .route("/v1/revisions/{*rest}", get(revised))
        .route("/v1/openapi.json", get(async || Json(openapi::document())))
        .route("/v1/privacy", get(privacy))
        .route("/sdmx/2.1/{*rest}", get(sdmx_2_1))
        .route("/sdmx/3.0/{*rest}", get(sdmx_3_0))
        .route("/log/{*path}", get(ledger))
        .route("/livez", get(async || "ok\n"))
        .route("/metrics", get(metrics))
        .route("/readyz", get(ready))
        .fallback(async || Refusal::from(Error::NotFound))
        .method_not_allowed_fallback(async || Refusal::Method)
        .with_state(site)
        .layer(CompressionLayer::new().compress_when(plain))
        .layer(TimeoutLayer::with_status_code(slow, limit))
        .layer(reads)
        .layer(middleware::from_fn(bounded))
        .layer(middleware::from_fn_with_state(telemetry, watched))
}

/// Refuses addresses that are too long, and gives every answer its protective headers.
async fn bounded(request: Request, next: Next) -> Response {
    let bytes = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let mut response = if bytes > URI_BYTES_MAX {
        Refusal::UriTooLong { bytes }.into_response()
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

type Answered = Result<Response, Refusal>;

fn with_type(media_type: &'static str, keeping: &'static str, body: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, keeping)];
    (headers, body.into()).into_response()
}

async fn page(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Response {
    let page = match uri.path() {
        "/embed" => PageKind::Embed,
        "/ledger" => PageKind::Ledger,
        _ => PageKind::Index,
    };
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let text = site.assets.page(page, language(asked));
    let mut response = with_type("text/html; charset=utf-8", ANEW, text);
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    if page == PageKind::Embed {
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

/// The mark of an answer: it changes with what is public of the ledger, with how much of it is
/// under embargo, which answers tell, and with the program.
fn mark(catalogue: &Catalogue, form: &str) -> String {
    let form = match catalogue.ledger().size.saturating_sub(catalogue.size()) {
        0 => form.to_owned(),
        held => format!("{form}-{held}"),
    };
    marked_by(catalogue.size(), catalogue.root(), &form)
}

fn marked_by(size: u64, root: &[u8], form: &str) -> String {
    let root = hex(&root[..6]);
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
    negotiate::structures(accepted(headers))?;
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
    // The ledger is told whole, and how much of it figures rest on.
    let (log, form) = (catalogue.ledger(), format!("{form}{}", catalogue.size()));
    let mark = marked_by(log.size, &log.root, &form);
    described(&headers, &mark, describe::privacy(&catalogue, fault))
}

fn position(catalogue: &Catalogue, segment: &str) -> Result<usize, Error> {
    catalogue.position(&decode(segment)?)
}

/// What is made of the figures that are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    Derived,
    Figures,
    Revisions,
}

async fn data(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Answered {
    made(&site, &uri, headers, Made::Figures).await
}

async fn derived(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Answered {
    made(&site, &uri, headers, Made::Derived).await
}

async fn revised(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Answered {
    made(&site, &uri, headers, Made::Revisions).await
}

async fn made(site: &Arc<Site>, uri: &Uri, headers: HeaderMap, made: Made) -> Answered {
    let catalogue = site.reader.catalogue()?;
    // `/v1/` and a word come before the dataflow.
    let rest = uri.path().splitn(4, '/').nth(3).unwrap_or("");
    let mut segments = rest.strip_suffix('/').unwrap_or(rest).split('/');
    let id = decode(segments.next().unwrap_or(""))?;
    let (key, ending) = ending(segments.next().unwrap_or(""));
    let key = parse_key(key)?;
    if segments.next().is_some() {
        return Err(Error::NotFound.into());
    }
    let mut parameters = parse_parameters(uri.query())?;
    if parameters.history == Some(true) && made != Made::Figures {
        let what = "includeHistory here; asOf gives each state";
        return Err(Error::NotOffered { what }.into());
    }
    let format = match parameters.format.or(ending) {
        Some(format) => format,
        None => negotiate::figures(accepted(&headers))?,
    };
    let asked = Question::new(&catalogue, uri, &headers, format.name());
    let prepare = move |reader: &Reader, catalogue: &Catalogue| {
        if made == Made::Derived {
            let (table, as_of) = derived_table(reader, catalogue, &id, &key, &parameters)?;
            let (media_type, text) = table.written(format, &id, as_of)?;
            return Ok(Prepared::Text(media_type, text));
        }
        let position = catalogue.position(&id)?;
        let plan = catalogue.plan_for(&parameters)?;
        let selection = Selection::of(&key, plan, &plan.dataflows[position])?;
        // Of revisions it leaves out those that were known, not the periods that were.
        let since = match made {
            Made::Revisions => parameters.updated_after.take(),
            Made::Derived | Made::Figures => None,
        };
        if made == Made::Figures {
            let answer = whole_answer(reader, catalogue, position, selection, &parameters)?;
            let answer = answer.limited()?;
            let laid = Layout::plain(answer, format, Shape::default());
            return Ok(Prepared::Data(vec![laid], format));
        }
        let answer = answer(reader, catalogue, position, selection, &parameters)?.limited()?;
        let since = since.map_or(0, |state| catalogue.size_at(state));
        let table = revisions_table(&answer, since)?;
        let (media_type, text) = table.written(format, &id, answer.as_of)?;
        Ok(Prepared::Text(media_type, text))
    };
    asked.settle(site, &catalogue, prepare).await
}

/// A key without the format that it may end in, as a file's name does.
fn ending(segment: &str) -> (&str, Option<Format>) {
    let named = |(key, name)| Some((key, Some(Format::named(name)?)));
    segment.rsplit_once('.').and_then(named).unwrap_or((segment, None))
}

async fn sdmx_2_1(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Answered {
    sdmx(&site, SdmxRest::V1_5, &uri, headers).await
}

async fn sdmx_3_0(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Answered {
    match sdmx(&site, SdmxRest::V2_2, &uri, headers).await {
        // The younger standard tells an empty answer, and a key that fits no dimension, apart.
        Err(Refusal::Figures(Error::NothingReleased)) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error @ Refusal::Figures(Error::KeyParts { .. })) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, error.into_response()).into_response())
        }
        answered => answered,
    }
}

async fn sdmx(site: &Arc<Site>, root: SdmxRest, uri: &Uri, headers: HeaderMap) -> Answered {
    let catalogue = site.reader.catalogue()?;
    // `/sdmx/2.1/` and `/sdmx/3.0/` have ten bytes.
    let path = uri.path().get(10..).unwrap_or("").to_owned();
    let query = uri.query().map(str::to_owned);
    let accept = accepted(&headers).map(str::to_owned);
    let form = accept.clone().unwrap_or_default();
    let asked = Question::new(&catalogue, uri, &headers, &form);
    let regions = Arc::clone(&site.regions);
    asked
        .settle(site, &catalogue, move |reader, catalogue| {
            let asked = parse_sdmx(root, &path, query.as_deref())?;
            if let SdmxRequest::Data(figures) = &asked {
                let format = match figures.parameters.format {
                    Some(format) => format,
                    None => negotiate::sdmx_data(root, accept.as_deref())?,
                };
                let (laid, format) = sdmx_data(reader, catalogue, figures, format)?;
                return Ok(Prepared::Data(laid, format));
            }
            let format = negotiate::sdmx_structures(root, accept.as_deref())?;
            let text = structure_message(reader, &regions, catalogue, asked, format)?;
            Ok(Prepared::Text(format.media_type(), text))
        })
        .await
}

/// What is prepared for a reader.
enum Prepared {
    Data(Vec<Layout>, Format),
    Text(&'static str, String),
}

/// What is asked, of which ledger.
struct Question {
    headers: HeaderMap,
    encoding: Option<Encoding>,
    mark: String,
    text: String,
}

impl Question {
    fn new(catalogue: &Catalogue, uri: &Uri, headers: &HeaderMap, form: &str) -> Self {
        let short = hex(&Sha256::digest(form)[..4]);
        let mark = mark(catalogue, &short);
        let address = uri.path_and_query().map_or("", |address| address.as_str());
        let encoding = Encoding::accepted(headers);
        let packed = encoding.map_or("", Encoding::word);
        let text = format!("{mark} {packed} {form} {address}");
        Self { headers: headers.clone(), encoding, text, mark }
    }

    /// Answers from what is kept, or prepares the answer away from the threads that serve
    /// connections and keeps it.
    async fn settle(
        self,
        site: &Arc<Site>,
        catalogue: &Arc<Catalogue>,
        prepare: impl FnOnce(&Reader, &Catalogue) -> Result<Prepared, Error> + Send + 'static,
    ) -> Answered {
        if let Some(whole) = site.kept.answer(&self.text) {
            return Ok(self.finish(catalogue, Ready::Whole(whole)));
        }
        let _turn = site.preparing.acquire().await.map_err(|_| Refusal::Busy)?;
        let (reader, of, encoding) =
            (Arc::clone(&site.reader), Arc::clone(catalogue), self.encoding);
        let ready = tokio::task::spawn_blocking(move || {
            prepare(&reader, &of).map(|prepared| prepared.ready(&of, encoding))
        });
        let ready = ready.await.map_err(|_| Refusal::Busy)??;
        if let Ready::Whole(whole) = &ready {
            site.kept.keep(self.text.clone(), whole.clone());
        }
        Ok(self.finish(catalogue, ready))
    }

    fn finish(&self, catalogue: &Catalogue, ready: Ready) -> Response {
        let media_type = match &ready {
            Ready::Flowing(media_type, _) => media_type,
            Ready::Whole(whole) => whole.media_type,
        };
        let mut response = marked(&self.headers, &self.mark, || match ready {
            Ready::Flowing(_, pieces) => flowing(*pieces).into_response(),
            Ready::Whole(Whole { encoding: None, bytes, .. }) => ranged(&self.headers, bytes),
            Ready::Whole(Whole { encoding: Some(encoding), bytes, .. }) => {
                let vary = (header::VARY, "accept-encoding");
                ([(header::CONTENT_ENCODING, encoding.word()), vary], bytes).into_response()
            }
        });
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(ANEW));
        let made = catalogue.since(catalogue.size());
        let made = made.parse::<Timestamp>().ok().and_then(|at| {
            let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()?;
            HeaderValue::from_str(&text).ok()
        });
        if let Some(made) = made {
            headers.insert(header::LAST_MODIFIED, made);
        }
        response
    }
}

impl Prepared {
    /// Writes what is short, and lets what is long flow.
    fn ready(self, catalogue: &Catalogue, encoding: Option<Encoding>) -> Ready {
        let (media_type, bytes) = match self {
            Prepared::Text(media_type, text) => (media_type, text.into()),
            Prepared::Data(laid, format) => {
                let observations: usize = laid.iter().map(Layout::observations).sum();
                let is_short = observations <= WHOLE_OBSERVATIONS_MAX;
                let as_of = laid.first().map_or(catalogue.size(), |laid| laid.answer.as_of);
                let pieces = MessageWriter::new(laid, format, &catalogue.since(as_of));
                if !is_short && !format.is_whole() {
                    return Ready::Flowing(format.media_type(), Box::new(pieces));
                }
                (format.media_type(), whole(pieces))
            }
        };
        // Parquet is compressed already.
        let encoding = encoding.filter(|_| media_type != Format::Parquet.media_type());
        let compressed = encoding.and_then(|one| Some((one, one.compress(&bytes)?)));
        Ready::Whole(match compressed {
            Some((encoding, bytes)) => Whole { media_type, encoding: Some(encoding), bytes },
            None => Whole { media_type, encoding: None, bytes },
        })
    }
}

/// What can be sent.
enum Ready {
    Flowing(&'static str, Box<MessageWriter>),
    Whole(Whole),
}

async fn ledger(State(site): State<Arc<Site>>, uri: Uri) -> Answered {
    let path = uri.path().trim_start_matches("/log/").to_owned();
    let keeping = match keeping(&path).ok_or(Error::NotFound)? {
        Keeping::Forever => FOREVER,
        Keeping::Never => ANEW,
    };
    let media_type = media_type(&path);
    let reader = Arc::clone(&site.reader);
    let read = tokio::task::spawn_blocking(move || reader.file(&path));
    let content = read.await.map_err(|_| Refusal::Busy)??;
    Ok(with_type(media_type, keeping, content))
}

async fn metrics(State(site): State<Arc<Site>>) -> Response {
    let text = site.telemetry.metrics(&site.reader, site.kept.state());
    with_type(OPEN_METRICS, "no-store", text)
}

async fn ready(State(site): State<Arc<Site>>, uri: Uri) -> Response {
    ready::respond(&site.reader, uri.query())
}
