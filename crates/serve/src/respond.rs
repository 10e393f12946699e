//! From an understood question to a response: from the cache, or evaluated; whole, in part, or
//! streamed.
//!
//! Not here: what a question is ([`crate::question`]), the rules of conditional requests
//! ([`crate::conditional`]).
//!
//! An answer that is sent whole has its length and a strong entity tag, can be read in ranges (so
//! that readers of Parquet fetch the parts that they need) and is kept for the next reader. A long
//! answer is streamed, with a weak tag, for its bytes may be compressed on the way.
//!
//! Invariants:
//! 1. A cached answer is the one that would be prepared anew
//!    (`tests::formats::a_kept_answer_is_the_prepared_one`).
//! 2. Ranges joined are one file, whatever is released between them
//!    (`tests::asking::ranges_joined_are_one_file_whatever_is_released`).
//! 3. A message that cannot be written whole is an error, never a shorter answer
//!    (`respond::tests::a_piece_that_cannot_be_written_is_an_error`).
//! 4. An answer without a coding is not sent to a client that refuses it
//!    (`tests::asking::a_refused_coding_is_not_sent`).

use std::fmt::Debug;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use headers::{ETag, HeaderMapExt, LastModified};
use hyper::body::Bytes;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tidegauge_figures::{Catalogue, Error, Format, MessageWriter, language_of};
use tidegauge_ledger::hex;
use tidegauge_model::{Language, Plan};
use tokio::sync::Semaphore;

use crate::cache::{AnswerCache, WholeAnswer};
use crate::compress::{COMPRESSED_BYTES_MIN, Effort};
use crate::conditional::{Extent, Precondition, Validators, extent, precondition};
use crate::negotiate::{self, ChosenCoding};
use crate::question::{Evaluated, Fingerprint, Question, Tower};
use crate::refusal::Refusal;
use crate::site::Site;
use crate::stream::streamed;
use crate::telemetry::CacheState;

/// Answers prepared at the same time at most.
const PREPARING_MAX: usize = 8;
/// Observations of an answer that is written as a whole, at most; fewer in tests, so that the small
/// sample has answers of both sorts.
const WHOLE_OBSERVATIONS_MAX: usize = if cfg!(test) { 1000 } else { 10_000 };

/// Kept for ever: the address names the bytes.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Asked for anew each time, and answered with 304 where nothing has changed.
pub(crate) const REVALIDATED: &str = "no-cache";
/// Different each time.
pub(crate) const NOT_STORED: &str = "no-store";

/// The media type of pictures.
pub(crate) const PNG: &str = "image/png";

/// A response or the reason why there is none.
pub(crate) type Answered = Result<Response, Refusal>;

/// A request as far as every address reads it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) site: Site,
    coding: ChosenCoding,
}

impl Asked {
    /// The language of the answer, of those of a plan: the one that the address names, or that of
    /// `Accept-Language`.
    pub(crate) fn language(&self, plan: &Plan) -> Language {
        // At the roots of the standard only the header chooses.
        let query = self.uri.query().filter(|_| self.uri.path().starts_with("/v1/"));
        let named = language_of(query);
        let offered: Vec<&str> = plan.languages().iter().map(Language::tag).collect();
        let chosen = negotiate::language(named.as_ref(), &self.headers, &offered);
        let chosen = plan.languages().iter().find(|language| language.tag() == chosen);
        chosen.unwrap_or(&plan.statement.language).clone()
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        // Put there by the layer that reads `Accept-Encoding`, for every address.
        let coding = parts.extensions.get::<ChosenCoding>().copied();
        let coding = coding.ok_or(Refusal::Coding)?;
        let (method, uri) = (parts.method.clone(), parts.uri.clone());
        // Put there at the entrance.
        let site = parts.extensions.get::<Site>().cloned();
        let site = site.unwrap_or_else(|| Site::named(&parts.headers));
        Ok(Self { method, uri, headers: parts.headers.clone(), site, coding })
    }
}

/// Marks a response whose body is compressed as it leaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IsStreamed;

/// Answers questions from the cache or by evaluating them.
pub(crate) struct Responder {
    pub(crate) tower: Tower,
    cache: Arc<AnswerCache>,
    preparing: Semaphore,
}

impl Responder {
    /// A responder with an empty cache.
    pub(crate) fn new(tower: Tower) -> Self {
        Self { tower, cache: Arc::default(), preparing: Semaphore::new(PREPARING_MAX) }
    }

    /// What the cache holds, for metrics.
    pub(crate) fn cache_state(&self) -> CacheState {
        self.cache.state()
    }

    /// The response to a question about a state of the ledger. It is evaluated away from the
    /// threads that serve connections.
    ///
    /// Errors: those of the evaluation; a precondition of the request that does not hold.
    pub(crate) async fn respond(
        &self,
        asked: &Asked,
        catalogue: &Arc<Catalogue>,
        question: Question,
    ) -> Answered {
        let language = question.has_texts().then(|| asked.language(&catalogue.plan));
        let headers = AnswerHeaders {
            cache_control: REVALIDATED,
            vary: if language.is_some() { "accept, accept-language" } else { "accept" },
            language: language.clone(),
        };
        let fingerprint = question.fingerprint(catalogue, language.as_ref(), asked.coding.coding);
        let last_modified = match question {
            // What does not verify is in it, and has no time.
            Question::Privacy { .. } => None,
            _ => last_modified(catalogue),
        };
        let known = Known { fingerprint, last_modified, headers };
        let make = move |tower: &Tower, catalogue: &Catalogue, chosen| match language {
            Some(language) => prepare(question, tower, &catalogue.in_language(&language), chosen),
            None => prepare(question, tower, catalogue, chosen),
        };
        self.respond_prepared(asked, catalogue, known, make).await
    }

    /// The response with what is made from a state of the ledger, as the pages are. It depends on
    /// nothing but that state and `about`, which names its language too, and is made away from the
    /// threads that serve connections.
    ///
    /// Errors: those of the making; a precondition of the request that does not hold.
    pub(crate) async fn respond_made<F>(
        &self,
        asked: &Asked,
        catalogue: &Arc<Catalogue>,
        language: Option<Language>,
        about: &impl Debug,
        make: F,
    ) -> Answered
    where
        F: FnOnce(&Tower, &Catalogue) -> Result<Content, Refusal> + Send + 'static,
    {
        let fingerprint = Fingerprint::in_state(catalogue, about, asked.coding.coding);
        // A newer program makes other pages of the same state, so there is no date.
        let headers =
            AnswerHeaders { cache_control: REVALIDATED, vary: "accept-language", language };
        let known = Known { fingerprint, last_modified: None, headers };
        let make = |tower: &Tower, catalogue: &Catalogue, chosen| {
            let Content { status, media_type, bytes, .. } = make(tower, catalogue)?;
            let whole = encoded(media_type, bytes, chosen, Effort::Fast)?;
            Ok(Prepared::Whole(WholeAnswer { status, ..whole }))
        };
        self.respond_prepared(asked, catalogue, known, make).await
    }

    async fn respond_prepared<F>(
        &self,
        asked: &Asked,
        catalogue: &Arc<Catalogue>,
        known: Known,
        make: F,
    ) -> Answered
    where
        F: FnOnce(&Tower, &Catalogue, ChosenCoding) -> Result<Prepared, Refusal> + Send + 'static,
    {
        let Known { fingerprint, last_modified, headers } = known;
        let chosen = asked.coding;
        let whole = match self.cache.get(&fingerprint) {
            Some(whole) => whole,
            None => {
                let _turn = self.preparing.acquire().await.map_err(|_| Refusal::Busy)?;
                let (tower, catalogue) = (self.tower.clone(), Arc::clone(catalogue));
                let made = tokio::task::spawn_blocking(move || make(&tower, &catalogue, chosen));
                match made.await.map_err(|_| Refusal::Busy)?? {
                    Prepared::Whole(whole) => {
                        self.cache.insert(fingerprint, whole.clone());
                        whole
                    }
                    Prepared::Streamed(writer, format) => {
                        let etag = tag(&format!("W/\"{}\"", fingerprint.tag()))?;
                        let validators = Validators { etag, last_modified };
                        return stream(asked, *writer, format, &validators, &headers);
                    }
                }
            }
        };
        let etag = tag(&format!("\"{}\"", fingerprint.tag()))?;
        let validators = Validators { etag, last_modified };
        Representation { whole, validators, headers }.response(asked)
    }

    /// A response with these bytes, whose entity tag is made of them. Once compressed they are
    /// kept, so that the next reader does not wait for it.
    pub(crate) fn respond_with(&self, asked: &Asked, content: Content) -> Answered {
        let Content { status, media_type, cache_control, vary, language, bytes } = content;
        let digest = hex(&Sha256::digest(&bytes)[..16]);
        let is_kept = asked.coding.coding.is_some()
            && bytes.len() >= COMPRESSED_BYTES_MIN
            && cache_control != NOT_STORED;
        let content = Fingerprint::of(&(media_type, &digest), asked.coding.coding);
        let whole = match is_kept.then(|| self.cache.get(&content)).flatten() {
            Some(whole) => WholeAnswer { status, ..whole },
            None => {
                let is_lasting = cache_control == IMMUTABLE;
                let effort = if is_lasting { Effort::Thorough } else { Effort::Fast };
                let whole = encoded(media_type, bytes, asked.coding, effort)?;
                let whole = WholeAnswer { status, ..whole };
                if is_kept {
                    self.cache.insert(content, whole.clone());
                }
                whole
            }
        };
        let coding = whole.coding.map_or("", |coding| coding.name());
        let etag = tag(&format!("\"{digest}{coding}\""))?;
        let validators = Validators { etag, last_modified: None };
        let headers = AnswerHeaders { cache_control, vary, language };
        Representation { whole, validators, headers }.response(asked)
    }
}

/// Bytes that are not the answer to a question, and what their headers say.
pub(crate) struct Content {
    pub(crate) status: StatusCode,
    pub(crate) media_type: &'static str,
    pub(crate) cache_control: &'static str,
    /// The headers of the request that the bytes depend on; empty if there are none.
    pub(crate) vary: &'static str,
    /// The language of the texts in them, if they have any.
    pub(crate) language: Option<Language>,
    pub(crate) bytes: Bytes,
}

impl Content {
    /// Bytes with status 200 that depend on no header.
    pub(crate) fn new(
        media_type: &'static str,
        cache_control: &'static str,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let (status, language, bytes) = (StatusCode::OK, None, bytes.into());
        Self { status, media_type, cache_control, vary: "", language, bytes }
    }

    /// Bytes with status 200 and texts in the language that was chosen for a request.
    pub(crate) fn in_language(
        media_type: &'static str,
        cache_control: &'static str,
        language: Language,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let content = Self::new(media_type, cache_control, bytes);
        Self { vary: "accept-language", language: Some(language), ..content }
    }
}

fn tag(text: &str) -> Result<ETag, Refusal> {
    // Never an error: hexadecimal digits and letters between quotes.
    text.parse().map_err(|_| Refusal::Busy)
}

/// What is known of an answer before it is made.
struct Known {
    fingerprint: Fingerprint,
    last_modified: Option<SystemTime>,
    headers: AnswerHeaders,
}

enum Prepared {
    Streamed(Box<MessageWriter>, Format),
    Whole(WholeAnswer),
}

/// Evaluates a question, and writes what is short.
fn prepare(
    question: Question,
    tower: &Tower,
    catalogue: &Catalogue,
    chosen: ChosenCoding,
) -> Result<Prepared, Refusal> {
    let (media_type, bytes) = match question.evaluate(tower, catalogue)? {
        Evaluated::Text(media_type, text) => (media_type, Bytes::from(text)),
        Evaluated::Message { writer, format, observations } => {
            if observations > WHOLE_OBSERVATIONS_MAX && !format.is_whole() {
                return Ok(Prepared::Streamed(writer, format));
            }
            (format.media_type(), written(*writer)?)
        }
    };
    Ok(Prepared::Whole(encoded(media_type, bytes, chosen, Effort::Fast)?))
}

/// The whole of a message.
///
/// Errors: a piece that cannot be written.
pub(crate) fn written(
    pieces: impl IntoIterator<Item = Result<Vec<u8>, Error>>,
) -> Result<Bytes, Error> {
    let pieces = pieces.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(pieces.concat().into())
}

/// The bytes in the coding that the client prefers; as they are, if compressing them is not worth
/// it and the client accepts that.
fn encoded(
    media_type: &'static str,
    bytes: Bytes,
    chosen: ChosenCoding,
    effort: Effort,
) -> Result<WholeAnswer, Refusal> {
    // Parquet, spreadsheets and pictures are compressed already.
    let packed = [Format::Parquet.media_type(), Format::Xlsx.media_type(), PNG];
    let is_worth_it = bytes.len() >= COMPRESSED_BYTES_MIN && !packed.contains(&media_type);
    Ok(match chosen.coding.filter(|_| is_worth_it || chosen.is_required) {
        None => WholeAnswer { status: StatusCode::OK, media_type, coding: None, bytes },
        Some(coding) => {
            let bytes = coding.compress(&bytes, effort).map_err(|_| Refusal::Busy)?;
            WholeAnswer { status: StatusCode::OK, media_type, coding: Some(coding), bytes }
        }
    })
}

/// When answers last changed; `None` if the store's clock is ahead of ours, for that date must not
/// be later than the response.
fn last_modified(catalogue: &Catalogue) -> Option<SystemTime> {
    let modified = catalogue.modified()?;
    if modified <= Timestamp::now() { modified.try_into().ok() } else { None }
}

/// A whole answer with what its headers say.
struct Representation {
    whole: WholeAnswer,
    validators: Validators,
    headers: AnswerHeaders,
}

/// What the headers of an answer say besides its validators and its form.
struct AnswerHeaders {
    cache_control: &'static str,
    vary: &'static str,
    language: Option<Language>,
}

impl AnswerHeaders {
    fn set(&self, response: &mut Response) {
        set(response, header::CACHE_CONTROL, self.cache_control);
        vary_by(response, self.vary);
        let tag = self.language.as_ref().map(|language| HeaderValue::from_str(language.tag()));
        // A tag has only letters, digits and hyphens.
        if let Some(Ok(tag)) = tag {
            response.headers_mut().insert(header::CONTENT_LANGUAGE, tag);
        }
    }
}

impl Representation {
    fn response(self, asked: &Asked) -> Answered {
        let Self { whole, validators, headers } = self;
        let status = whole.status;
        // Conditions are those of an answer that would succeed (RFC 9110, 13.2.1).
        let precondition = match status {
            StatusCode::OK => precondition(&asked.headers, &validators),
            _ => Precondition::Holds,
        };
        let mut response = match precondition {
            Precondition::Failed => return Err(Refusal::Precondition),
            Precondition::NotModified => StatusCode::NOT_MODIFIED.into_response(),
            Precondition::Holds => {
                let length = whole.bytes.len();
                let mut response =
                    match extent(&asked.method, &asked.headers, &validators.etag, length) {
                        _ if status != StatusCode::OK => (status, whole.bytes).into_response(),
                        Extent::Unsatisfiable => return Err(Refusal::Range { length }),
                        Extent::Whole => whole.bytes.into_response(),
                        Extent::Part(range) => {
                            let (first, last) = (range.start(), range.end());
                            let described = format!("bytes {first}-{last}/{length}");
                            let part = whole.bytes.slice(range);
                            let headers = [(header::CONTENT_RANGE, described)];
                            (StatusCode::PARTIAL_CONTENT, headers, part).into_response()
                        }
                    };
                set(&mut response, header::ACCEPT_RANGES, "bytes");
                set(&mut response, header::CONTENT_TYPE, whole.media_type);
                if let Some(coding) = whole.coding {
                    set(&mut response, header::CONTENT_ENCODING, coding.name());
                }
                response
            }
        };
        validate(&mut response, &validators);
        headers.set(&mut response);
        Ok(response)
    }
}

/// A long answer. Its bytes cannot be read in ranges.
fn stream(
    asked: &Asked,
    writer: MessageWriter,
    format: Format,
    validators: &Validators,
    headers: &AnswerHeaders,
) -> Answered {
    let mut response = match precondition(&asked.headers, validators) {
        Precondition::Failed => return Err(Refusal::Precondition),
        Precondition::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Precondition::Holds => {
            // The body of a HEAD request is dropped before it is written; like that of a GET
            // request, it has no length that is known now.
            let mut response = Response::new(streamed(writer));
            response.extensions_mut().insert(IsStreamed);
            set(&mut response, header::CONTENT_TYPE, format.media_type());
            response
        }
    };
    validate(&mut response, validators);
    headers.set(&mut response);
    Ok(response)
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

fn validate(response: &mut Response, validators: &Validators) {
    let headers = response.headers_mut();
    headers.typed_insert(validators.etag.clone());
    if let Some(last_modified) = validators.last_modified {
        headers.typed_insert(LastModified::from(last_modified));
    }
}

/// Says which headers of the request the response depends on, the coding always among them.
fn vary_by(response: &mut Response, vary: &'static str) {
    let headers = response.headers_mut();
    for name in [vary, "accept-encoding"].into_iter().filter(|name| !name.is_empty()) {
        headers.append(header::VARY, HeaderValue::from_static(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_that_cannot_be_written_is_an_error() {
        let pieces = [Ok(b"one".to_vec()), Err(Error::Estimate)];
        assert_eq!(written(pieces), Err(Error::Estimate));
        let pieces = [Ok(b"one".to_vec()), Ok(b"two".to_vec())];
        assert_eq!(written(pieces), Ok(Bytes::from("onetwo")));
    }
}
