//! Known answers of the sampler: the same bytes of entropy give the same draws as an
//! independent program in exact fractions, `vectors/sampler_draws.py`, which wrote
//! `vectors/sampler_draws.txt`.
//!
//! Format of a line: sigma^2 in sixteenths, the draw, the bytes it consumes.
//! `16 -1 8b9e289260818259`
//!
//! Not here: the probabilities of the draws (`sampler_fit.rs`).
//!
//! Invariants:
//! 1. A draw consumes exactly the bytes of its line
//!    (`draws_agree_with_the_reference`).

#![cfg(test)]

use tidegauge_privacy::accountant::Variance;
use tidegauge_privacy::entropy::Entropy;
use tidegauge_privacy::sampler::{DiscreteGaussian, VARIANCE_SIXTEENTHS_MAX};

const DRAWS: &str = include_str!("vectors/sampler_draws.txt");

/// Entropy read from a file.
struct Tape(std::vec::IntoIter<u8>);

impl Entropy for Tape {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.next().expect("the draw consumes more bytes than its line has");
        }
    }
}

fn noise(sixteenths: u128) -> DiscreteGaussian {
    DiscreteGaussian::new(Variance::from_sixteenths(sixteenths).unwrap()).unwrap()
}

fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn draws_agree_with_the_reference() {
    let mut lines = 0;
    for (number, line) in (1..).zip(DRAWS.lines()).filter(|(_, line)| !line.starts_with('#')) {
        let [sixteenths, draw, bytes] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("line {number} does not have three parts");
        };
        let mut tape = Tape(from_hex(bytes).into_iter());
        let drawn = noise(sixteenths.parse().unwrap()).sample(&mut tape);
        assert_eq!(drawn, draw.parse::<i64>().unwrap(), "line {number}");
        assert_eq!(tape.0.len(), 0, "bytes left over in line {number}");
        lines += 1;
    }
    assert!(lines > 1000);
}

/// The vectors are useful only if they cover the rare paths.
#[test]
fn the_vectors_reach_every_rare_path() {
    for path in [
        "attempts begun again at 64 blocks",
        "attempts not kept",
        "coins for 1/e that reach stage 13",
        "coins of 4 words",
        "negative zeros",
        "uniform integers of 4 bytes drawn again",
        "uniform integers of 8 bytes drawn again",
    ] {
        let count = DRAWS.lines().find_map(|line| line.strip_prefix(&format!("# {path}: ")));
        assert!(count.is_some_and(|count| count.parse::<u32>().unwrap() > 0), "{path}");
    }
}

/// The vectors have draws on both sides of the variance from which uniform integers are longer.
#[test]
fn the_vectors_reach_every_width() {
    let last_short = 8 * ((1u128 << 31) - 1).pow(2);
    for sixteenths in [1, 1 << 48, last_short, last_short + 1, VARIANCE_SIXTEENTHS_MAX] {
        let count =
            DRAWS.lines().filter(|line| line.starts_with(&format!("{sixteenths} "))).count();
        assert!(count >= 48, "{sixteenths}/16: {count} draws");
    }
}

#[test]
fn variances_beyond_the_limit_are_refused() {
    let variance = |sixteenths| Variance::from_sixteenths(sixteenths).unwrap();
    assert!(DiscreteGaussian::new(variance(VARIANCE_SIXTEENTHS_MAX)).is_ok());
    assert!(DiscreteGaussian::new(variance(VARIANCE_SIXTEENTHS_MAX + 1)).is_err());
    assert!(DiscreteGaussian::new(variance(u128::MAX)).is_err());
}
