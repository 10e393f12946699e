//! Whole answers that are kept for the next reader with the same question.
//!
//! Not here: what a question is ([`crate::question`]).
//!
//! Invariants:
//! 1. No more than [`CACHE_BYTES_MAX`] are kept, and no answer longer than [`ANSWER_BYTES_MAX`]
//!    (`cache::tests::the_cache_stays_within_its_limit`).
//! 2. A cached answer is the one that would be prepared anew
//!    (`tests::formats::a_kept_answer_is_the_prepared_one`).

use axum::http::StatusCode;
use hyper::body::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::compress::Coding;
use crate::question::Fingerprint;
use crate::telemetry::CacheState;

/// Bytes of one answer that is kept, at most.
pub(crate) const ANSWER_BYTES_MAX: usize = 4 << 20;
/// Bytes of all answers that are kept, at most.
pub(crate) const CACHE_BYTES_MAX: usize = 64 << 20;
/// How many answers the cache is laid out for; it may hold more or fewer.
const ANSWERS_EXPECTED: usize = 4096;

/// A whole answer, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WholeAnswer {
    /// Its status; that of an answer to a question is 200.
    pub(crate) status: StatusCode,
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// How its bytes are compressed.
    pub(crate) coding: Option<Coding>,
    /// Its bytes.
    pub(crate) bytes: Bytes,
}

#[derive(Clone, Copy, Debug)]
struct ByBytes;

impl Weighter<Fingerprint, WholeAnswer> for ByBytes {
    fn weight(&self, _: &Fingerprint, answer: &WholeAnswer) -> u64 {
        // An empty answer takes room as well.
        (size_of::<Fingerprint>() + size_of::<WholeAnswer>() + answer.bytes.len()) as u64
    }
}

/// Whole answers by the fingerprint of their question.
#[derive(Debug)]
pub(crate) struct AnswerCache {
    answers: Cache<Fingerprint, WholeAnswer, ByBytes>,
}

impl Default for AnswerCache {
    fn default() -> Self {
        let answers = Cache::with_weighter(ANSWERS_EXPECTED, CACHE_BYTES_MAX as u64, ByBytes);
        Self { answers }
    }
}

impl AnswerCache {
    /// The answer to a question, if it is kept.
    pub(crate) fn get(&self, question: &Fingerprint) -> Option<WholeAnswer> {
        self.answers.get(question)
    }

    /// Keeps an answer; those that are asked for least often make room for it.
    pub(crate) fn insert(&self, question: Fingerprint, answer: WholeAnswer) {
        if answer.bytes.len() <= ANSWER_BYTES_MAX {
            self.answers.insert(question, answer);
        }
    }

    /// What it holds and how often it was of use, for metrics.
    pub(crate) fn state(&self) -> CacheState {
        let (entries, bytes) = (self.answers.len() as u64, self.answers.weight());
        CacheState { entries, bytes, hits: self.answers.hits(), misses: self.answers.misses() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_stays_within_its_limit() {
        let cache = AnswerCache::default();
        let answer = |length: usize| WholeAnswer {
            status: StatusCode::OK,
            media_type: "text/plain",
            coding: None,
            bytes: Bytes::from(vec![0; length]),
        };
        let fingerprint = |n: usize| Fingerprint::of(&n, None);
        for n in 0..100 {
            cache.insert(fingerprint(n), answer(1 << 20));
            assert!(cache.answers.weight() <= CACHE_BYTES_MAX as u64);
        }
        assert!(cache.answers.len() > 20, "{}", cache.answers.len());
        cache.insert(fingerprint(200), answer(ANSWER_BYTES_MAX + 1));
        assert_eq!(cache.get(&fingerprint(200)), None);
    }
}
