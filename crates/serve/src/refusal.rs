//! Requests that are not answered: the HTTP status and a message in the form that the client reads.
//!
//! Not here: the errors of requests for figures (crate `figures`, `Error`); which form a client
//! reads ([`crate::negotiate`]).
//!
//! Invariants:
//! 1. Every refusal has a code and a rule
//!    (`tests::addresses::hostile_requests_get_an_error_with_a_rule`).
//! 2. A message of each form is valid in that form
//!    (`tests::asking::errors_come_in_the_form_that_was_asked_for`).
//!
//! Format: problem details (RFC 9457) with the members `code` and `rule` beside those of the
//! standard:
//! `{"type":"about:blank","title":"Not Found","status":404,"detail":"no dataflow matches `X`; see
//! the list of dataflows","code":"unknown-dataflow","rule":"no dataflow matches `X`; see the list
//! of dataflows"}`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tidegauge_figures::{Error, sdmx_error_json20, sdmx_error_ml21};

use crate::negotiate::ErrorForm;

/// The most bytes of a request's address.
pub(crate) const URI_BYTES_MAX: usize = 8 * 1024;

/// A request that is not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The server has no capacity left.
    #[error("the server is busy; ask again in a second")]
    Busy,
    /// No content coding is acceptable.
    #[error(
        "Accept-Encoding allows none of the codings offered here; accept identity, gzip or zstd"
    )]
    Coding,
    /// Figures or structures that cannot be returned.
    #[error(transparent)]
    Figures(#[from] Error),
    /// An HTTP/1.1 request without a Host, or with several.
    #[error("an HTTP/1.1 request has exactly one Host header; send one")]
    Host,
    /// A method other than GET and HEAD.
    #[error("the method is not allowed; use GET or HEAD")]
    Method,
    /// A view that names what there is not.
    #[error("{words}")]
    NoView {
        /// What there is not, in the language of the reader.
        words: String,
    },
    /// A precondition (`If-Match`, `If-Unmodified-Since`) that does not hold.
    #[error(
        "the answer is not the one that If-Match or If-Unmodified-Since names; ask without them"
    )]
    Precondition,
    /// A range beyond the answer.
    #[error(
        "the answer has {length} bytes, none of them in the requested range; ask for a range within"
    )]
    Range {
        /// Bytes of the answer.
        length: usize,
    },
    /// The answer was not ready in time.
    #[error("the answer was not ready in time; ask for fewer series or periods")]
    Timeout,
    /// A well-formed request that its dataflow cannot answer, as SDMX-REST 2.2 distinguishes it.
    #[error(transparent)]
    Unprocessable(Error),
    /// An address that is too long.
    #[error("the address has {bytes} bytes; the limit is {URI_BYTES_MAX}, so ask for fewer codes")]
    UriTooLong {
        /// Bytes of the address.
        bytes: usize,
    },
}

impl Refusal {
    /// The code, for programs.
    fn code(&self) -> &'static str {
        match self {
            Refusal::Busy => "busy",
            Refusal::Coding => "not-acceptable",
            Refusal::Figures(error) | Refusal::Unprocessable(error) => error.code(),
            Refusal::Host => "host",
            Refusal::Method => "method",
            Refusal::NoView { .. } => "not-found",
            Refusal::Precondition => "precondition",
            Refusal::Range { .. } => "range",
            Refusal::Timeout => "timeout",
            Refusal::UriTooLong { .. } => "uri-too-long",
        }
    }

    /// The HTTP status, as the SDMX guidelines for web services assign it.
    fn status(&self) -> StatusCode {
        match self {
            Refusal::Busy | Refusal::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Coding => StatusCode::NOT_ACCEPTABLE,
            Refusal::Figures(error) => status(error),
            Refusal::Host => StatusCode::BAD_REQUEST,
            Refusal::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::NoView { .. } => StatusCode::NOT_FOUND,
            Refusal::Precondition => StatusCode::PRECONDITION_FAILED,
            Refusal::Range { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
            Refusal::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::UriTooLong { .. } => StatusCode::URI_TOO_LONG,
        }
    }

    /// The response in a form.
    pub(crate) fn response(&self, form: ErrorForm) -> Response {
        let (status, code, rule) = (self.status(), self.code(), self.to_string());
        let title = status.canonical_reason().unwrap_or("Error");
        let (media_type, text) = match form {
            ErrorForm::Problem => {
                let body = json!({"type": "about:blank", "title": title, "detail": rule,
                    "status": status.as_u16(), "code": code, "rule": rule});
                ("application/problem+json", body.to_string())
            }
            ErrorForm::Html => ("text/html; charset=utf-8", page(status, title, code, &rule)),
            ErrorForm::SdmxJson20 => (
                "application/vnd.sdmx.data+json; version=2.0.0; charset=utf-8",
                sdmx_error_json20(status.as_u16(), code, &rule),
            ),
            ErrorForm::SdmxMl21 => {
                ("application/xml; charset=utf-8", sdmx_error_ml21(status.as_u16(), code, &rule))
            }
        };
        let mut response = (status, [(header::CONTENT_TYPE, media_type)], text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.append(header::VARY, HeaderValue::from_static("accept"));
        match self {
            Refusal::Coding => {
                headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
            }
            Refusal::Method => {
                headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            Refusal::Busy | Refusal::Timeout => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Refusal::Range { length } => {
                if let Ok(value) = HeaderValue::from_str(&format!("bytes */{length}")) {
                    headers.insert(header::CONTENT_RANGE, value);
                }
            }
            _ => {}
        }
        response
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::Estimate | Error::NotReady { .. } | Error::Unverified => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::Code { .. }
        | Error::Dataflow { .. }
        | Error::Embargoed { .. }
        | Error::NoNowcast
        | Error::NoStructure
        | Error::NotFound
        | Error::NothingReleased
        | Error::Unmeasured => StatusCode::NOT_FOUND,
        Error::Encoding
        | Error::KeyPart { .. }
        | Error::KeyParts { .. }
        | Error::KeyWithoutTotal { .. }
        | Error::Parameter { .. }
        | Error::ParameterTwice { .. }
        | Error::ParameterUnknown { .. } => StatusCode::BAD_REQUEST,
        Error::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
        Error::NotOffered { .. } => StatusCode::NOT_IMPLEMENTED,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The page for people who follow a wrong link.
fn page(status: StatusCode, title: &str, code: &str, rule: &str) -> String {
    let escaped = rule.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let number = status.as_u16();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{number} {title}</title>\n\
         <main>\n<h1>{title}</h1>\n<p>{escaped}</p>\n\
         <p>Status {number}, code <code>{code}</code>.</p>\n\
         <p><a href=\"/\">All statistics of this site</a></p>\n</main>\n</html>\n"
    )
}

/// A refusal on its way out, without a body until its form is known.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
