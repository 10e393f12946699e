//! Conditional and range requests by RFC 9110 (sections 13 and 14).
//!
//! Not here: the validators of an answer ([`crate::respond`]).
//!
//! `If-Match` goes before `If-Unmodified-Since`, and `If-None-Match` before `If-Modified-Since`;
//! a header that cannot be read is ignored.
//!
//! Invariants:
//! 1. Preconditions are evaluated in the order of RFC 9110, 13.2.2
//!    (`conditional::tests::preconditions_have_their_order`).
//! 2. A range is sent only from the answer whose entity tag the client names, otherwise the whole
//!    answer; a weak tag and a date never match
//!    (`conditional::tests::if_range_takes_strong_tags_only`).

use std::ops::RangeInclusive;
use std::time::SystemTime;

use axum::http::{HeaderMap, Method, header};
use headers::{
    ETag, HeaderMapExt, IfMatch, IfModifiedSince, IfNoneMatch, IfRange, IfUnmodifiedSince,
};
use http_range_header::{RangeUnsatisfiableError, parse_range_header};

/// The validators that distinguish two answers to one question.
#[derive(Clone, Debug)]
pub(crate) struct Validators {
    /// The entity tag.
    pub(crate) etag: ETag,
    /// When the newest ledger entry that the answer is based on was made.
    pub(crate) last_modified: Option<SystemTime>,
}

/// The result of the preconditions of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// 412.
    Failed,
    /// The answer is sent.
    Holds,
    /// 304.
    NotModified,
}

/// Evaluates the preconditions of a GET or HEAD request.
pub(crate) fn precondition(headers: &HeaderMap, validators: &Validators) -> Precondition {
    let last_modified = validators.last_modified;
    if let Some(if_match) = headers.typed_get::<IfMatch>() {
        if !if_match.precondition_passes(&validators.etag) {
            return Precondition::Failed;
        }
    } else if let Some(since) = headers.typed_get::<IfUnmodifiedSince>()
        && last_modified.is_some_and(|modified| !since.precondition_passes(modified))
    {
        return Precondition::Failed;
    }
    if let Some(if_none_match) = headers.typed_get::<IfNoneMatch>() {
        if !if_none_match.precondition_passes(&validators.etag) {
            return Precondition::NotModified;
        }
    } else if let Some(since) = headers.typed_get::<IfModifiedSince>()
        && last_modified.is_some_and(|modified| !since.is_modified(modified))
    {
        return Precondition::NotModified;
    }
    Precondition::Holds
}

/// The requested part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// These bytes, 206.
    Part(RangeInclusive<usize>),
    /// No byte of the answer lies in the range, 416.
    Unsatisfiable,
    /// All of it.
    Whole,
}

/// The requested bytes. Several ranges, a range that cannot be read, and a range of another version
/// of the answer (`If-Range`) stand for the whole.
pub(crate) fn extent(method: &Method, headers: &HeaderMap, etag: &ETag, length: usize) -> Extent {
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some(range) = range.filter(|_| *method == Method::GET) else { return Extent::Whole };
    if headers.contains_key(header::IF_RANGE) {
        let if_range = headers.typed_get::<IfRange>();
        // Two releases may be made within one second, so a date is not a strong validator here.
        if if_range.is_none_or(|condition| condition.is_modified(Some(etag), None)) {
            return Extent::Whole;
        }
    }
    let validated = parse_range_header(range).and_then(|ranges| ranges.validate(length as u64));
    match validated.as_deref() {
        // Fits: both lie within the length.
        Ok([range]) => Extent::Part(*range.start() as usize..=*range.end() as usize),
        Err(RangeUnsatisfiableError::Unsatisfiable) => Extent::Unsatisfiable,
        Ok(_) | Err(_) => Extent::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};
    use std::time::Duration;

    const DAY: &str = "Wed, 31 Jan 2024 12:00:00 GMT";
    const LATER: &str = "Thu, 01 Feb 2024 12:00:00 GMT";
    const BEFORE: &str = "Tue, 30 Jan 2024 12:00:00 GMT";

    fn validators() -> Validators {
        let last_modified = SystemTime::UNIX_EPOCH + Duration::from_secs(1_706_702_400);
        Validators { etag: "\"a\"".parse().unwrap(), last_modified: Some(last_modified) }
    }

    fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
        let line = |(name, text): &(HeaderName, &str)| {
            (name.clone(), HeaderValue::from_str(text).unwrap())
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn preconditions_have_their_order() {
        use header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
        let (holds, failed, same) =
            (Precondition::Holds, Precondition::Failed, Precondition::NotModified);
        let table: [(&[(HeaderName, &str)], Precondition); 17] = [
            (&[], holds),
            (&[(IF_NONE_MATCH, "\"a\"")], same),
            (&[(IF_NONE_MATCH, "W/\"a\"")], same),
            (&[(IF_NONE_MATCH, "\"b\", W/\"a\"")], same),
            (&[(IF_NONE_MATCH, "*")], same),
            (&[(IF_NONE_MATCH, "\"b\"")], holds),
            (&[(IF_MODIFIED_SINCE, DAY)], same),
            (&[(IF_MODIFIED_SINCE, LATER)], same),
            (&[(IF_MODIFIED_SINCE, BEFORE)], holds),
            (&[(IF_MODIFIED_SINCE, "yesterday")], holds),
            (&[(IF_NONE_MATCH, "\"b\""), (IF_MODIFIED_SINCE, DAY)], holds),
            (&[(IF_MATCH, "\"a\"")], holds),
            (&[(IF_MATCH, "*")], holds),
            (&[(IF_MATCH, "W/\"a\"")], failed),
            (&[(IF_MATCH, "\"b\""), (IF_NONE_MATCH, "\"a\"")], failed),
            (&[(IF_UNMODIFIED_SINCE, BEFORE)], failed),
            (&[(IF_MATCH, "\"a\""), (IF_UNMODIFIED_SINCE, BEFORE)], holds),
        ];
        for (lines, expected) in table {
            assert_eq!(precondition(&headers(lines), &validators()), expected, "{lines:?}");
        }
    }

    #[test]
    fn if_range_takes_strong_tags_only() {
        let etag = validators().etag;
        for (condition, is_part) in [("\"a\"", true), ("\"b\"", false), ("W/\"a\"", false)] {
            let lines = headers(&[(header::RANGE, "bytes=0-3"), (header::IF_RANGE, condition)]);
            let expected = if is_part { Extent::Part(0..=3) } else { Extent::Whole };
            assert_eq!(extent(&Method::GET, &lines, &etag, 100), expected, "{condition}");
        }
        for condition in [DAY, LATER, "nonsense"] {
            let lines = headers(&[(header::RANGE, "bytes=0-3"), (header::IF_RANGE, condition)]);
            assert_eq!(extent(&Method::GET, &lines, &etag, 100), Extent::Whole, "{condition}");
        }
        let weak: ETag = "W/\"a\"".parse().unwrap();
        let lines = headers(&[(header::RANGE, "bytes=0-3"), (header::IF_RANGE, "W/\"a\"")]);
        assert_eq!(extent(&Method::GET, &lines, &weak, 100), Extent::Whole);
    }

    #[test]
    fn ranges_are_read() {
        let table = [
            ("bytes=0-9", Extent::Part(0..=9)),
            ("bytes=90-200", Extent::Part(90..=99)),
            ("bytes=90-", Extent::Part(90..=99)),
            ("bytes=-8", Extent::Part(92..=99)),
            ("bytes=-800", Extent::Part(0..=99)),
            ("bytes=100-", Extent::Unsatisfiable),
            ("bytes=-0", Extent::Unsatisfiable),
            ("bytes=9-0", Extent::Whole),
            ("bytes=0-1,5-6", Extent::Whole),
            ("bytes=a-b", Extent::Whole),
            ("rows=1-2", Extent::Whole),
            ("bytes=-", Extent::Whole),
        ];
        let etag = validators().etag;
        for (range, expected) in table {
            let lines = headers(&[(header::RANGE, range)]);
            assert_eq!(extent(&Method::GET, &lines, &etag, 100), expected, "{range}");
            assert_eq!(extent(&Method::HEAD, &lines, &etag, 100), Extent::Whole, "{range}");
        }
        let lines = headers(&[(header::RANGE, "bytes=0-0")]);
        assert_eq!(extent(&Method::GET, &lines, &etag, 0), Extent::Unsatisfiable);
    }
}
