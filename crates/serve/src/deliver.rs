//! How an answer leaves: whole and kept where it is short, series by series where it is long.
//!
//! Not here: what an answer says ([`tidegauge_figures`]).
//!
//! A whole answer has its length, can be read in ranges (so that readers of Parquet fetch the
//! parts they need) and is kept for whoever asks for the same of the same ledger.
//!
//! Invariants:
//! 1. What is kept is what would be prepared anew
//!    (`tests::formats::a_kept_answer_is_the_prepared_one`).
//! 2. Ranges joined are the whole (`tests::formats::ranges_are_parts_of_the_whole`).
//! 3. A compressed answer holds the same bytes
//!    (`deliver::tests::compressed_bytes_are_the_same_bytes`).
//! 4. No more than [`KEPT_BYTES_MAX`] are kept
//!    (`deliver::tests::what_is_kept_stays_within_its_limit`).

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::Write;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::{Bytes, Frame};

use tidegauge_figures::MessageWriter;

use crate::telemetry::CacheState;

/// Observations of an answer that is written as a whole, at most.
pub const WHOLE_OBSERVATIONS_MAX: usize = 10_000;
/// Bytes of one answer that is kept, at most.
pub const ANSWER_BYTES_MAX: usize = 4 << 20;
/// Bytes of all answers that are kept, at most.
pub const KEPT_BYTES_MAX: usize = 64 << 20;

/// Bytes below which compressing an answer is not worth it.
const COMPRESSED_BYTES_MIN: usize = 1024;

/// How an answer is compressed before it is kept, so that it is compressed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Encoding {
    /// What a reader accepts; nothing for one who asks for a range, which is one of plain bytes.
    pub fn accepted(asked: &HeaderMap) -> Option<Self> {
        if asked.contains_key(header::RANGE) {
            return None;
        }
        let accepted = asked.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
        let is = |word: &str| {
            accepted.split(',').any(|one| {
                let (name, quality) = one.split_once(';').unwrap_or((one, ""));
                let refused = matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
                name.trim().eq_ignore_ascii_case(word) && !refused
            })
        };
        if is("zstd") { Some(Encoding::Zstd) } else { is("gzip").then_some(Encoding::Gzip) }
    }

    /// The word of the header.
    pub fn word(self) -> &'static str {
        match self {
            Encoding::Gzip => "gzip",
            Encoding::Zstd => "zstd",
        }
    }

    /// The compressed bytes; `None` where there is nothing to win.
    pub fn compress(self, bytes: &[u8]) -> Option<Bytes> {
        if bytes.len() < COMPRESSED_BYTES_MIN {
            return None;
        }
        let compressed = match self {
            Encoding::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(bytes).ok()?;
                encoder.finish().ok()?
            }
            Encoding::Zstd => zstd::encode_all(bytes, zstd::DEFAULT_COMPRESSION_LEVEL).ok()?,
        };
        Some(compressed.into())
    }
}

/// A whole answer, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its media type.
    pub media_type: &'static str,
    /// How its bytes are compressed.
    pub encoding: Option<Encoding>,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Whole answers, by what was asked of which ledger.
#[derive(Debug, Default)]
pub struct AnswerCache {
    answers: Mutex<Answers>,
}

#[derive(Debug, Default)]
struct Answers {
    bytes: usize,
    hits: u64,
    misses: u64,
    by_question: HashMap<String, Whole>,
}

impl AnswerCache {
    /// The answer to a question, if it is kept.
    pub fn answer(&self, question: &str) -> Option<Whole> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.by_question.get(question).cloned();
        *if answer.is_some() { &mut answers.hits } else { &mut answers.misses } += 1;
        answer
    }

    /// What it holds, for metrics.
    pub fn state(&self) -> CacheState {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (entries, bytes) = (answers.by_question.len() as u64, answers.bytes as u64);
        CacheState { entries, bytes, hits: answers.hits, misses: answers.misses }
    }

    /// Keeps an answer. When there is no more room everything is forgotten: what is asked for
    /// again is soon there again.
    pub fn keep(&self, question: String, answer: Whole) {
        let size = question.len() + answer.bytes.len();
        if answer.bytes.len() > ANSWER_BYTES_MAX {
            return;
        }
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.bytes + size > KEPT_BYTES_MAX {
            answers.bytes = 0;
            answers.by_question.clear();
        }
        answers.bytes += size;
        if answers.by_question.insert(question, answer).is_some() {
            // The same question of the same ledger has the same answer.
            answers.bytes -= size;
        }
    }
}

/// The whole of an answer.
pub fn whole(pieces: MessageWriter) -> Bytes {
    let mut bytes = Vec::new();
    for piece in pieces {
        bytes.extend(piece);
    }
    bytes.into()
}

/// An answer of known length, or the range of it that is asked for.
pub fn ranged(asked: &HeaderMap, bytes: Bytes) -> Response {
    let length = bytes.len();
    let range = asked.get(header::RANGE).and_then(|value| value.to_str().ok());
    let mut response = match range.map(|range| part(range, length)) {
        None | Some(RangeRequest::Whole) => bytes.into_response(),
        Some(RangeRequest::Part(first, last)) => {
            let told = format!("bytes {first}-{last}/{length}");
            let part = bytes.slice(first..=last);
            (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, told)], part).into_response()
        }
        Some(RangeRequest::Beyond) => {
            let told = format!("bytes */{length}");
            (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, told)]).into_response()
        }
    };
    response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RangeRequest {
    Beyond,
    Part(usize, usize),
    Whole,
}

/// What a range stands for; several ranges, or none that can be read, stand for the whole.
fn part(range: &str, length: usize) -> RangeRequest {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|r| r.split_once('-')) else {
        return RangeRequest::Whole;
    };
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let (first, last) = match (first.trim().is_empty(), number(first), number(last)) {
        (true, _, Some(0)) => return RangeRequest::Beyond,
        (true, _, Some(count)) => (length.saturating_sub(count), length.saturating_sub(1)),
        (false, Some(first), Some(last)) if first <= last => {
            (first, last.min(length.saturating_sub(1)))
        }
        (false, Some(first), None) if last.trim().is_empty() => (first, length.saturating_sub(1)),
        _ => return RangeRequest::Whole,
    };
    if first >= length { RangeRequest::Beyond } else { RangeRequest::Part(first, last) }
}

/// An answer that is written one series at a time, as its reader takes it.
pub fn flowing(pieces: MessageWriter) -> Body {
    Body::new(Flowing { pieces, rested: true })
}

struct Flowing {
    pieces: MessageWriter,
    /// Whether others had their turn since the last piece.
    rested: bool,
}

impl hyper::body::Body for Flowing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // A long answer takes turns with every other connection of its thread.
        if !self.rested {
            self.rested = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.rested = false;
        Poll::Ready(self.pieces.next().map(|piece| Ok(Frame::data(piece.into()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_stays_within_its_limit() {
        let kept = AnswerCache::default();
        let answer = |length: usize| Whole {
            media_type: "text/plain",
            encoding: None,
            bytes: Bytes::from(vec![0; length]),
        };
        for n in 0..100 {
            kept.keep(n.to_string(), answer(ANSWER_BYTES_MAX));
            let answers = kept.answers.lock().unwrap();
            let bytes: usize =
                answers.by_question.iter().map(|(key, value)| key.len() + value.bytes.len()).sum();
            assert!(bytes <= KEPT_BYTES_MAX, "{bytes}");
        }
        assert_eq!(kept.answer("99"), Some(answer(ANSWER_BYTES_MAX)));
        kept.keep("large".into(), answer(ANSWER_BYTES_MAX + 1));
        assert_eq!(kept.answer("large"), None);
    }

    #[test]
    fn compressed_bytes_are_the_same_bytes() {
        let bytes: Vec<u8> = (0..9000u32).flat_map(u32::to_le_bytes).collect();
        let zstd = Encoding::Zstd.compress(&bytes).unwrap();
        assert_eq!(zstd::decode_all(&zstd[..]).unwrap(), bytes);
        let gzip = Encoding::Gzip.compress(&bytes).unwrap();
        let mut read = Vec::new();
        std::io::copy(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut read).unwrap();
        assert_eq!(read, bytes);
        assert_eq!(Encoding::Gzip.compress(&bytes[..100]), None);
        let accepted = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap());
            Encoding::accepted(&headers)
        };
        assert_eq!(accepted("gzip, deflate, br, zstd"), Some(Encoding::Zstd));
        assert_eq!(accepted("zstd;q=0, GZIP;q=0.5"), Some(Encoding::Gzip));
        assert_eq!(accepted("identity"), None);
    }

    #[test]
    fn ranges_are_read() {
        let table = [
            ("bytes=0-9", RangeRequest::Part(0, 9)),
            ("bytes=90-200", RangeRequest::Part(90, 99)),
            ("bytes=90-", RangeRequest::Part(90, 99)),
            ("bytes=-8", RangeRequest::Part(92, 99)),
            ("bytes=-800", RangeRequest::Part(0, 99)),
            ("bytes=100-", RangeRequest::Beyond),
            ("bytes=-0", RangeRequest::Beyond),
            ("bytes=9-0", RangeRequest::Whole),
            ("bytes=0-1,5-6", RangeRequest::Whole),
            ("bytes=a-b", RangeRequest::Whole),
            ("rows=1-2", RangeRequest::Whole),
            ("bytes=-", RangeRequest::Whole),
        ];
        for (range, expected) in table {
            assert_eq!(part(range, 100), expected, "{range}");
        }
    }
}
