//! Exact coins: true with probability p/q, with probability 1/e, with probability exp(-p/q).
//!
//! A coin compares a uniform real number U of [0, 1) with its probability. U is drawn 16 binary
//! digits at a time, and only until the comparison is certain: nothing is rounded, and nearly
//! always one word is enough. Proofs: `sampler.proof.md`, lemmas 1 to 4.
//!
//! Not here: the discrete Gaussian itself.
//!
//! Invariants:
//! 1. A coin is decided by the first word that makes it certain, never before or after, on every
//!    path, including the rarest (`sampler_vectors::draws_agree_with_the_reference`).
//! 2. No step overflows: the bounds are in `sampler.proof.md`, and the tests of this crate run
//!    with overflow checks.

use crate::entropy::Entropy;

/// The alternating series stops here. Reaching it has probability 1/32767! < 2^-440000.
const SERIES_MAX: u64 = 1 << 15;

/// The number of stages of the series for 1/e that one comparison over 12! decides at once.
const STAGES: u64 = 12;
/// 12!
const OUTCOMES: u64 = 479_001_600;
/// Outcomes, out of 12!, that end the series before stage 13 with true:
/// 12! (1/0! - 1/1! + 1/2! - ... - 1/11!). One more outcome goes on to stage 13.
const ACCEPTED: u64 = 176_214_840;
/// The word whose interval contains 1/e: floor(2^16 ACCEPTED / 12!).
const EDGE: u16 = ((ACCEPTED << 16) / OUTCOMES) as u16;

/// True with probability `numerator / denominator`. Needs `numerator <= denominator`, and
/// `denominator > 0`.
#[inline]
pub(super) fn fraction(numerator: u128, denominator: u128, entropy: &mut impl Entropy) -> bool {
    let mut rest = numerator;
    loop {
        // U = (word + V) / 2^16 with V uniform: U < rest/denominator when V denominator < left.
        let whole = rest << 16;
        let below = u128::from(word(entropy)) * denominator;
        if below >= whole {
            return false;
        }
        let left = whole - below;
        if left >= denominator {
            return true;
        }
        rest = left;
    }
}

/// True with probability exp(-1).
#[inline]
pub(super) fn exp_minus_one(entropy: &mut impl Entropy) -> bool {
    let first = word(entropy);
    if first == EDGE { exp_minus_one_at_edge(entropy) } else { first < EDGE }
}

/// The rest of [`exp_minus_one`] if its first word was `EDGE`, which happens once in 2^16.
#[cold]
fn exp_minus_one_at_edge(entropy: &mut impl Entropy) -> bool {
    // With U = (the words so far + V) / 2^(16 words): true when V 12! < accepted, on to stage
    // 13 when it is below undecided, false otherwise.
    let shift = |edge: u64, word: u64| ((edge << 16).saturating_sub(word * OUTCOMES)).min(OUTCOMES);
    let mut accepted = shift(ACCEPTED, EDGE.into());
    let mut undecided = shift(ACCEPTED + 1, EDGE.into());
    loop {
        if accepted == OUTCOMES {
            return true;
        }
        if undecided == 0 {
            return false;
        }
        if accepted == 0 && undecided == OUTCOMES {
            return series(STAGES + 1, 1, 1, entropy);
        }
        let next = word(entropy).into();
        accepted = shift(accepted, next);
        undecided = shift(undecided, next);
    }
}

/// True with probability exp(-`numerator`/`denominator`). Needs `numerator <= denominator`,
/// and `denominator <= 2^84`.
#[inline]
pub(super) fn exp_minus(numerator: u128, denominator: u128, entropy: &mut impl Entropy) -> bool {
    series(1, numerator, denominator, entropy)
}

/// The alternating series of [CKS20] Algorithm 1 from a stage on: stage k passes with
/// probability x/k; true when the first stage that fails is odd.
#[inline]
fn series(first: u64, numerator: u128, denominator: u128, entropy: &mut impl Entropy) -> bool {
    for stage in first..SERIES_MAX {
        if !fraction(numerator, denominator * u128::from(stage), entropy) {
            return stage % 2 == 1;
        }
    }
    false
}

/// A uniform integer of 0..`end`, exactly. Needs `end > 0`.
/// Source: [Lemire 2019].
#[inline]
pub(super) fn below(end: u32, entropy: &mut impl Entropy) -> u32 {
    loop {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes);
        let product = u64::from(u32::from_le_bytes(bytes)) * u64::from(end);
        let low = product as u32;
        // Of the products with one high half, 2^32 mod end with the least low halves are left out.
        if low >= end || low >= end.wrapping_neg() % end {
            return (product >> 32) as u32;
        }
    }
}

/// A uniform integer of 0..`end`, like [`below`], from 64 binary digits at a time.
#[inline]
pub(super) fn below_wide(end: u64, entropy: &mut impl Entropy) -> u64 {
    loop {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes);
        let product = u128::from(u64::from_le_bytes(bytes)) * u128::from(end);
        let low = product as u64;
        // Of the products with one high half, 2^64 mod end with the least low halves are left out.
        if low >= end || low >= end.wrapping_neg() % end {
            return (product >> 64) as u64;
        }
    }
}

/// The next 16 random binary digits, little-endian.
#[inline]
fn word(entropy: &mut impl Entropy) -> u16 {
    let mut bytes = [0; 2];
    entropy.fill(&mut bytes);
    u16::from_le_bytes(bytes)
}
