//! What is sent back: receipts and other JSON, signed by the store, and problems (RFC 9457).
//!
//! Not here: what a receipt says (crate `collect`).
//!
//! Invariants:
//! 1. A problem has a stable code, a field and a rule; one that is worth another try says when
//!    (`tidegauge/tests/intake.rs`: `each_refusal_has_its_status`).

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tidegauge_delivery::{
    DeliveryFault, Head, RECEIPT_LABEL, Refusal, RowFault, STORE_KEY_ID, content_digest, digest_of,
    sign,
};
use tidegauge_ledger::SigningKey;

/// An answer.
pub(super) type Answer = Response<Full<Bytes>>;

/// Why a request is not answered as it was meant.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: String,
    pub(super) detail: String,
    pub(super) faults: Vec<RowFault>,
    /// How many rows were refused, where rows were.
    pub(super) refused: Option<u64>,
    /// Seconds after which the same request may be sent again.
    pub(super) retry_after: Option<u32>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            detail: detail.into(),
            faults: vec![],
            refused: None,
            retry_after: None,
        }
    }

    /// One that is worth another try after this many seconds.
    pub(super) fn later(status: StatusCode, code: &str, detail: &str, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(status, code, detail) }
    }

    pub(super) fn answer(&self) -> Answer {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Refused"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        if let (Some(refused), Value::Object(members)) = (self.refused, &mut body) {
            members.insert("refused".into(), refused.into());
            members.insert("faults".into(), json!(self.faults));
        }
        let mut answer = plain(self.status, "application/problem+json", body.to_string());
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, PUT"));
        }
        answer
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.fault {
            DeliveryFault::Signature => StatusCode::UNAUTHORIZED,
            DeliveryFault::Address => StatusCode::NOT_FOUND,
            DeliveryFault::Format => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            DeliveryFault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, refusal.fault.code(), refusal.to_string())
    }
}

/// An answer that is not signed.
pub(super) fn plain(status: StatusCode, media_type: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
}

/// An answer in JSON that the store signs. `created`: seconds since 1970.
pub(super) fn signed(body: String, created: i64, key: &SigningKey) -> Answer {
    let mut head = Head::answer(200);
    let digest = content_digest(&digest_of(body.as_bytes()));
    let mut answer = plain(StatusCode::OK, "application/json", body);
    let signed = head
        .add("content-digest", &digest)
        .and_then(|()| sign(&mut head, RECEIPT_LABEL, STORE_KEY_ID, created, key));
    // The head is of this program's making; a header that cannot be sent is left out.
    if signed.is_ok() {
        for (name, value) in head.headers() {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                answer.headers_mut().insert(name, value);
            }
        }
    }
    answer
}
