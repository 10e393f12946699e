//! The bytes of a delivery, within its limits.
//!
//! Not here: its rows (room `rows`).
//!
//! Invariants:
//! 1. A body longer than it said, or than the limit, ends the request; so does one that comes too
//!    slowly (`tidegauge/tests/intake.rs`: `each_refusal_has_its_status`).

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use hyper::header::{CONTENT_LENGTH, HeaderMap};
use sha2::{Digest, Sha256};
use tidegauge_delivery::{Delivery, DeliveryFault, Limits};
use tokio::time::timeout;

use super::limits::IntakeLimits;
use crate::problem::{BAD_REQUEST, Problem, TOO_LARGE};

const REQUEST_TIMEOUT: u16 = 408;
const LENGTH_REQUIRED: u16 = 411;

/// The length that a body has according to its head; 0 for none.
pub(super) fn length(headers: &HeaderMap, limits: &Limits) -> Result<u64, Problem> {
    let Some(given) = headers.get(CONTENT_LENGTH) else {
        if headers.contains_key(hyper::header::TRANSFER_ENCODING) {
            let detail = "content-length: this header is needed; send a body of known length";
            return Err(Problem::new(LENGTH_REQUIRED, "missing-header", detail));
        }
        return Ok(0);
    };
    let length = given.to_str().ok().and_then(|text| text.parse().ok());
    let bad = || {
        Problem::new(
            BAD_REQUEST,
            "bad-header",
            "content-length: must be a whole number; correct it",
        )
    };
    let length = length.ok_or_else(bad)?;
    if length > limits.body_bytes {
        let most = limits.body_bytes;
        let detail = format!("body: at most {most} bytes, given {length}; send several deliveries");
        return Err(Problem::new(TOO_LARGE, "too-large", detail));
    }
    Ok(length)
}

/// Reads a body of this length whose digest is that of the delivery.
pub(super) async fn read<B>(
    mut body: B,
    length: u64,
    delivery: &Delivery,
    limits: &IntakeLimits,
) -> Result<Bytes, Problem>
where
    B: Body<Data = Bytes> + Unpin,
{
    // Fits: at most the limit of a body.
    let mut bytes = Vec::with_capacity(length as usize);
    let mut digest = Sha256::new();
    let reading = async {
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return Err(cut()) };
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > length as usize {
                return Err(cut());
            }
            digest.update(&data);
            bytes.extend_from_slice(&data);
        }
        Ok(())
    };
    match timeout(limits.body, reading).await {
        Ok(read) => read?,
        Err(_) => {
            let detail = format!(
                "body: was not sent within {} seconds; send a smaller delivery",
                limits.body.as_secs()
            );
            return Err(Problem::new(REQUEST_TIMEOUT, "too-slow", detail));
        }
    }
    if bytes.len() as u64 != length {
        return Err(cut());
    }
    if <[u8; 32]>::from(digest.finalize()) != delivery.digest {
        let detail = "content-digest: is not that of the body as sent; send the delivery again";
        let code = DeliveryFault::Digest.code();
        return Err(Problem::new(BAD_REQUEST, code, detail));
    }
    Ok(Bytes::from(bytes))
}

fn cut() -> Problem {
    Problem::new(
        BAD_REQUEST,
        "cut",
        "body: is not as long as its content-length; send the delivery again",
    )
}
