//! The bytes of a delivery, within its limits, and its rows.
//!
//! Not here: the rules for a row (crate `collect`).
//!
//! Invariants:
//! 1. A body longer than it said, or than the limit, ends the request; so does one that comes too
//!    slowly (`tidegauge/tests/intake.rs`: `each_refusal_has_its_status`).
//! 2. What a compressed body expands to is bounded, and is never whole in memory except for a
//!    table, which may not be larger than a body (`tidegauge/tests/intake.rs`:
//!    `a_hostile_source_delays_nobody`).

use std::io::Read;

use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::{Body, Bytes};
use hyper::header::{CONTENT_LENGTH, HeaderMap};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tidegauge_collect::{
    Admission, AdmittedRows, DeliveryBytes, Error, InputFormat, OnBadRow as Rows, row_fault,
};
use tidegauge_delivery::{ContentFormat, Delivery, DeliveryFault, Encoding, Limits, OnBadRow};
use tokio::time::timeout;

use super::answer::Problem;
use super::limits::IntakeLimits;

/// The length that a body has according to its head; 0 for none.
pub(super) fn length(headers: &HeaderMap, limits: &Limits) -> Result<u64, Problem> {
    let Some(given) = headers.get(CONTENT_LENGTH) else {
        if headers.contains_key(hyper::header::TRANSFER_ENCODING) {
            let detail = "content-length: this header is needed: a body has a known length";
            return Err(Problem::new(StatusCode::LENGTH_REQUIRED, "missing-header", detail));
        }
        return Ok(0);
    };
    let length = given.to_str().ok().and_then(|text| text.parse().ok());
    let bad = || Problem::new(StatusCode::BAD_REQUEST, "bad-header", "content-length: no number");
    let length = length.ok_or_else(bad)?;
    if length > limits.body_bytes {
        let most = limits.body_bytes;
        let detail = format!("body: at most {most} bytes, given {length}; send several deliveries");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail));
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
            let detail = format!("body: was not sent within {} seconds", limits.body.as_secs());
            return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", detail));
        }
    }
    if bytes.len() as u64 != length {
        return Err(cut());
    }
    if <[u8; 32]>::from(digest.finalize()) != delivery.digest {
        let detail = "content-digest: is not that of the body as sent";
        let code = DeliveryFault::Digest.code();
        return Err(Problem::new(StatusCode::BAD_REQUEST, code, detail));
    }
    Ok(Bytes::from(bytes))
}

fn cut() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "cut", "body: is not as long as its content-length")
}

/// Admits the rows of a body, on a thread that may block.
pub(super) fn admit(
    bytes: Bytes,
    delivery: &Delivery,
    admission: &Admission,
    limits: &Limits,
    now: Timestamp,
) -> Result<AdmittedRows, Problem> {
    let Some(format) = delivery.format else {
        if bytes.is_empty() && delivery.complete_until.is_some() {
            return Ok(AdmittedRows::none());
        }
        let detail = "content-type: this header is needed, unless the body is empty and \
                      tidegauge-complete-until is there";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "missing-header", detail));
    };
    let input = match (delivery.encoding, format) {
        (None, _) => DeliveryBytes::Whole(bytes),
        (Some(encoding), ContentFormat::Parquet) => {
            DeliveryBytes::Whole(expanded_whole(encoding, &bytes, limits.body_bytes)?)
        }
        (Some(encoding), _) => DeliveryBytes::Stream(Box::new(Bounded {
            stream: decoder(encoding, bytes)?,
            left: limits.expanded_bytes,
        })),
    };
    let format = match format {
        ContentFormat::Csv => InputFormat::Csv,
        ContentFormat::Ndjson => InputFormat::Ndjson,
        ContentFormat::Parquet => InputFormat::Parquet,
    };
    let on_bad_row = match delivery.on_bad_row {
        OnBadRow::Refuse => Rows::Refuse,
        OnBadRow::Skip => Rows::Skip,
    };
    admission.admit(input, format, on_bad_row, limits.rows, now).map_err(problem)
}

/// The problem of rows that were refused, or of a store that cannot go on.
fn problem(error: Error) -> Problem {
    let status = match &error {
        Error::TooManyRows => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut problem = Problem::new(status, error.code(), error.to_string());
    match error {
        Error::RowsRefused(refused) => {
            problem.detail = format!(
                "body: {} rows are refused, so nothing was taken; mend them, or send them with \
                 tidegauge-on-bad-row: skip",
                refused.rows
            );
            problem.faults = refused.faults.iter().map(row_fault).collect();
            problem.refused = Some(refused.rows);
        }
        Error::Input { located, before } => {
            problem.faults = before.faults.iter().chain([&located]).map(row_fault).collect();
            problem.refused = Some(before.rows);
        }
        _ => {}
    }
    problem
}

fn decoder(encoding: Encoding, bytes: Bytes) -> Result<Box<dyn Read + Send>, Problem> {
    let stream = std::io::Cursor::new(bytes);
    match encoding {
        Encoding::Gzip => Ok(Box::new(flate2::read::MultiGzDecoder::new(stream))),
        Encoding::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(stream);
            let mut decoder = decoder.map_err(|_| damaged())?;
            // A frame may ask for no more memory than this.
            decoder.window_log_max(WINDOW_LOG_MAX).map_err(|_| damaged())?;
            Ok(Box::new(decoder))
        }
    }
}

/// The largest window of Zstandard: 8 MiB, which every decoder is asked to support.
const WINDOW_LOG_MAX: u32 = 23;

fn damaged() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "damaged", "body: cannot be decompressed")
}

fn expanded_whole(encoding: Encoding, bytes: &Bytes, most: u64) -> Result<Bytes, Problem> {
    let mut whole = Vec::new();
    let mut stream = decoder(encoding, bytes.clone())?.take(most + 1);
    stream.read_to_end(&mut whole).map_err(|_| damaged())?;
    if whole.len() as u64 > most {
        let detail = format!("body: expands to more than {most} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail));
    }
    Ok(Bytes::from(whole))
}

/// A stream that ends with an error after too many bytes.
struct Bounded<R> {
    stream: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stream.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(std::io::ErrorKind::FileTooLarge.into()),
        }
        Ok(read)
    }
}
