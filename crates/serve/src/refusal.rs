//! Why a request is refused, with the HTTP status that says so.
//!
//! Not here: what an error of a request for figures is (crate `figures`, `Error`).
//!
//! Invariants:
//! 1. Every refusal has a code and a rule
//!    (`tests::addresses::hostile_requests_get_an_error_with_a_rule`).
//!
//! Format: `{"code":"unknown-code","rule":"dimension BORDER_POINT has no code `X`"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tidegauge_figures::Error;

/// Bytes of a request line's address at most.
pub const URI_BYTES_MAX: usize = 8 * 1024;

/// A request that is not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The server computes as much as it can.
    #[error("the server is busy; ask again in a second")]
    Busy,
    /// What is asked for cannot be answered.
    #[error(transparent)]
    Figures(#[from] Error),
    /// Another method than GET and HEAD.
    #[error("figures are read with GET or HEAD")]
    Method,
    /// A longer address than is read.
    #[error("the address has {bytes} bytes, the limit is {URI_BYTES_MAX}")]
    UriTooLong {
        /// Bytes of the address.
        bytes: usize,
    },
}

impl Refusal {
    /// The code, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Busy => "busy",
            Refusal::Figures(error) => error.code(),
            Refusal::Method => "method",
            Refusal::UriTooLong { .. } => "uri-too-long",
        }
    }

    /// The HTTP status, as the SDMX guidelines for web services word it.
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Figures(error) => status(error),
            Refusal::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::UriTooLong { .. } => StatusCode::URI_TOO_LONG,
        }
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
        | Error::NoStructure
        | Error::NotFound
        | Error::NothingReleased
        | Error::Unmeasured => StatusCode::NOT_FOUND,
        Error::Encoding
        | Error::KeyPart { .. }
        | Error::KeyParts { .. }
        | Error::Parameter { .. }
        | Error::ParameterTwice { .. }
        | Error::ParameterUnknown { .. } => StatusCode::BAD_REQUEST,
        Error::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
        Error::NotOffered { .. } => StatusCode::NOT_IMPLEMENTED,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[derive(Serialize)]
struct Body {
    code: &'static str,
    rule: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Body { code: self.code(), rule: self.to_string() };
        (self.status(), Json(body)).into_response()
    }
}
