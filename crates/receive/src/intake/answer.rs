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
use tidegauge_delivery::{Head, RECEIPT_LABEL, STORE_KEY_ID, content_digest, digest_of, sign};
use tidegauge_ledger::SigningKey;

use crate::problem::Problem;

/// An answer.
pub(super) type Answer = Response<Full<Bytes>>;

impl Problem {
    pub(super) fn answer(&self) -> Answer {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut body = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Refused"),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        });
        if let (Some(refused), Value::Object(members)) = (self.refused, &mut body) {
            members.insert("refused".into(), refused.into());
            members.insert("faults".into(), json!(self.faults));
        }
        let mut answer = plain(status, "application/problem+json", body.to_string());
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, PUT"));
        }
        answer
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
