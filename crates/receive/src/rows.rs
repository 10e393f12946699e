//! The rows of a delivery, from the bytes of its body.
//!
//! Not here: the rules for a row (crate `collect`).
//!
//! Invariants:
//! 1. What a compressed body expands to is bounded, and is never whole in memory except for a
//!    table, which may not be larger than a body (`tidegauge/tests/intake.rs`:
//!    `a_hostile_source_delays_nobody`).

use std::io::Read;

use bytes::Bytes;
use jiff::Timestamp;
use tidegauge_collect::{
    Admission, AdmittedRows, DeliveryBytes, Error, InputFormat, OnBadRow as Rows, row_fault,
};
use tidegauge_delivery::{BODY_BYTES_MAX, ContentFormat, Delivery, Encoding, Limits, OnBadRow};

use crate::problem::{BAD_REQUEST, BAD_ROWS, Problem, TOO_LARGE};

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
        let detail = "content-type: this header is needed, unless the body is empty and \
                      tidegauge-complete-until is there";
        return Err(Problem::new(BAD_REQUEST, "missing-header", detail));
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
    Problem::new(BAD_REQUEST, "damaged", "body: cannot be decompressed")
}

fn expanded_whole(encoding: Encoding, bytes: &Bytes, most: u64) -> Result<Bytes, Problem> {
    let mut whole = Vec::new();
    let mut stream = decoder(encoding, bytes.clone())?.take(most + 1);
    stream.read_to_end(&mut whole).map_err(|_| damaged())?;
    if whole.len() as u64 > most {
        let detail = format!("body: expands to more than {most} bytes");
        return Err(Problem::new(TOO_LARGE, "too-large", detail));
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
