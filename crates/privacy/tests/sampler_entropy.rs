//! The sources of entropy: the system's never repeats itself, a seed's always repeats.
//!
//! Not here: the quality of the kernel's generator, which no test here could show.

#![cfg(test)]

use std::collections::HashSet;

use tidegauge_privacy::entropy::{Entropy, OsEntropy, SeededEntropy};

fn block<const N: usize>(entropy: &mut impl Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// 2^17 blocks of 128 bits, from 64 sources on 4 threads: an honest generator gives two equal
/// ones with probability below 2^-95.
#[test]
fn system_blocks_never_repeat() {
    let source = || {
        let mut entropy = OsEntropy::new();
        (0..2048).map(|_| block::<16>(&mut entropy)).collect::<Vec<_>>()
    };
    let threads: Vec<_> = (0..4)
        .map(|_| std::thread::spawn(move || (0..16).flat_map(|_| source()).collect::<Vec<_>>()))
        .collect();
    let mut seen = HashSet::new();
    for thread in threads {
        for bytes in thread.join().unwrap() {
            assert!(seen.insert(bytes));
        }
    }
    assert_eq!(seen.len(), 1 << 17);
}

/// Each bit of 2^16 words of 16 bits is set about half the time. Tolerance: a count is binomial
/// with standard deviation 128; one of 16 counts is off by more than 6.1 deviations with
/// probability below 2e-8.
#[test]
fn system_bits_are_balanced() {
    let mut entropy = OsEntropy::new();
    let mut set = [0i32; 16];
    for _ in 0..1 << 16 {
        let word = u16::from_le_bytes(block(&mut entropy));
        for (bit, count) in set.iter_mut().enumerate() {
            *count += i32::from(word >> bit & 1);
        }
    }
    assert!(set.iter().all(|count| (count - (1 << 15)).abs() < 781), "{set:?}");
}

#[test]
fn a_seed_determines_every_byte() {
    let mut first = SeededEntropy::new([7; 32]);
    let mut again = SeededEntropy::new([7; 32]);
    let mut other = SeededEntropy::new([8; 32]);
    for _ in 0..1000 {
        let bytes: [u8; 33] = block(&mut first);
        assert_eq!(bytes, block(&mut again));
        assert_ne!(bytes, block(&mut other));
    }
}

/// RFC 8439, appendix A.1, vectors 1 and 2: key zero, nonce zero, blocks 0 and 1.
#[test]
fn seeded_bytes_are_chacha20() {
    const KEY_STREAM: [&str; 2] = [
        "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7\
         da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
        "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed\
         29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
    ];
    let mut entropy = SeededEntropy::new([0; 32]);
    for expected in KEY_STREAM {
        let bytes: [u8; 64] = block(&mut entropy);
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text, expected);
    }
}
