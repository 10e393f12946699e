//! The rows of a delivery, from the bytes of its body.
//!
//! Not here: the rules for a row (crate `collect`).
//!
//! Invariants:
//! 1. What a compressed body expands to is bounded, and is never whole in memory except for a
//!    table, which may not be larger than a body (`tidegauge/tests/intake.rs`:
//!    `a_hostile_source_delays_nobody`).

use std::io::Read;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use jiff::Timestamp;
use tidegauge_collect::{
    Admission, AdmittedRows, DeliveryBytes, Error, InputFormat, OnBadRow as Rows, row_fault,
};
use tidegauge_delivery::{BODY_BYTES_MAX, ContentFormat, Delivery, Encoding, Limits, OnBadRow};

use crate::problem::{BAD_REQUEST, BAD_ROWS, Problem, TOO_LARGE};

/// How many times as long as it was sent a body may be once it is decompressed, unless it has no
/// more than [`EXPANDED_BYTES_FREE`]. Rows of real events do not come near: their ids and
/// pseudonyms differ.
const EXPANSION_MAX: u64 = 100;
const EXPANDED_BYTES_FREE: u64 = 1 << 20;

/// What one delivery may have.
pub(crate) const LIMITS: Limits =
    Limits { body_bytes: BODY_BYTES_MAX as u64, expanded_bytes: 1 << 30, rows: 2_000_000 };

/// Admits the rows of a body, on a thread that may block.
pub(crate) fn admit(
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
        let detail = "content-type: this header is needed; leave it out only if the body is empty \
                      and tidegauge-complete-until is there";
        return Err(Problem::new(BAD_REQUEST, "missing-header", detail));
    };
    let failed = Arc::new(OnceLock::new());
    let input = match (delivery.encoding, format) {
        (None, _) => DeliveryBytes::Whole(bytes),
        (Some(encoding), ContentFormat::Parquet) => {
            DeliveryBytes::Whole(expanded_whole(encoding, &bytes, limits.body_bytes)?)
        }
        (Some(encoding), _) => DeliveryBytes::Stream(Box::new(Bounded {
            left: expanded_most(&bytes, limits.expanded_bytes),
            stream: decoder(encoding, bytes)?,
            failed: Arc::clone(&failed),
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
    let admitted = admission.admit(input, format, on_bad_row, limits.rows, now);
    // A stream that broke off is the cause of whatever was found in its rows.
    match failed.get() {
        Some(failure) => Err(failure.problem()),
        None => admitted.map_err(problem),
    }
}

/// The most bytes to which a body may expand.
fn expanded_most(bytes: &Bytes, limit: u64) -> u64 {
    (bytes.len() as u64 * EXPANSION_MAX).max(EXPANDED_BYTES_FREE).min(limit)
}

/// Why a compressed stream broke off.
#[derive(Clone, Copy, Debug)]
enum StreamFailure {
    Damaged,
    TooLong,
}

impl StreamFailure {
    fn problem(self) -> Problem {
        match self {
            Self::Damaged => damaged(),
            Self::TooLong => {
                let detail = format!(
                    "body: expands too far: at most {EXPANSION_MAX} times the bytes sent, or \
                     {EXPANDED_BYTES_FREE}, and at most {}; send several deliveries",
                    LIMITS.expanded_bytes
                );
                Problem::new(TOO_LARGE, "too-large", detail)
            }
        }
    }
}

/// The problem of rows that were refused, or of a store that cannot go on.
fn problem(error: Error) -> Problem {
    let status = match &error {
        Error::TooManyRows => TOO_LARGE,
        _ => BAD_ROWS,
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
            problem.faults = before.faults.iter().chain([&*located]).map(row_fault).collect();
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
    Problem::new(
        BAD_REQUEST,
        "damaged",
        "body: cannot be decompressed; compress it again, and check content-encoding",
    )
}

fn expanded_whole(encoding: Encoding, bytes: &Bytes, limit: u64) -> Result<Bytes, Problem> {
    let most = expanded_most(bytes, limit);
    let mut whole = Vec::new();
    let mut stream = decoder(encoding, bytes.clone())?.take(most + 1);
    stream.read_to_end(&mut whole).map_err(|_| damaged())?;
    if whole.len() as u64 > most {
        return Err(StreamFailure::TooLong.problem());
    }
    Ok(Bytes::from(whole))
}

/// A stream that ends with an error after too many bytes, and says why it broke off.
struct Bounded<R> {
    stream: R,
    left: u64,
    failed: Arc<OnceLock<StreamFailure>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = match self.stream.read(buffer) {
            Ok(read) => read,
            Err(error) => {
                let _ = self.failed.set(StreamFailure::Damaged);
                return Err(error);
            }
        };
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                let _ = self.failed.set(StreamFailure::TooLong);
                return Err(std::io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(read)
    }
}
