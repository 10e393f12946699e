//! Sources of random bytes: the operating system, or a seed for synthetic stores.
//!
//! [`OsEntropy`] asks the kernel (`getrandom`) for a few KiB at a time. [`SeededEntropy`] is the
//! ChaCha20 key stream of a 32-byte seed: reproducible, so it protects nobody.
//!
//! Not here: the use of the bytes (see [`crate::sampler`]), and the rule that only a synthetic
//! store may take a seed, which belongs to the store.
//!
//! Invariants:
//! 1. A byte is handed out once, and erased from memory when it is
//!    (`tests::bytes_are_handed_out_once_and_erased`).
//! 2. Bytes come in one order, whatever the lengths of the requests (`tests::cuts_do_not_matter`).
//! 3. A seed determines every byte (`sampler_entropy::a_seed_determines_every_byte`), and the
//!    bytes are ChaCha20's (`sampler_entropy::seeded_bytes_are_chacha20`).
//! 4. No two blocks of the operating system's entropy are equal
//!    (`sampler_entropy::system_blocks_never_repeat`).

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use zeroize::Zeroize;

/// A source of independent, uniformly distributed bytes.
pub trait Entropy {
    /// Overwrites all of `bytes` with fresh random bytes. A source that cannot do so stops the
    /// program.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The operating system's cryptographic generator, read a few KiB at a time.
///
/// Make one for each release and drop it afterwards: bytes that wait here would be handed out twice
/// if the process were forked, or a virtual machine resumed twice from one memory image. There is
/// no `Clone` for the same reason.
#[derive(Default)]
pub struct OsEntropy(Reservoir);

impl OsEntropy {
    /// An empty source: it asks the kernel for nothing before the first byte is needed.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Entropy for OsEntropy {
    /// Panics if the kernel gives no random bytes. Noise from any other source would protect
    /// nobody, and once Linux has started to give random bytes it never stops, so there is nothing
    /// to retry.
    #[inline]
    #[expect(clippy::panic, reason = "without random bytes there is no noise that protects anyone")]
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.take(bytes, |waiting| {
            if let Err(error) = getrandom::fill(waiting) {
                panic!("operating system gives no entropy: {error}");
            }
        });
    }
}

/// The ChaCha20 key stream of a seed. For synthetic stores and tests only: anyone who knows the
/// seed can subtract the noise.
pub struct SeededEntropy {
    generator: ChaCha20Rng,
    reservoir: Reservoir,
}

impl SeededEntropy {
    /// Starts the key stream of `seed` (block counter 0, nonce 0).
    pub fn new(seed: [u8; 32]) -> Self {
        Self { generator: ChaCha20Rng::from_seed(seed), reservoir: Reservoir::default() }
    }
}

impl Entropy for SeededEntropy {
    #[inline]
    fn fill(&mut self, bytes: &mut [u8]) {
        self.reservoir.take(bytes, |waiting| self.generator.fill_bytes(waiting));
    }
}

/// The number of bytes that wait in a [`Reservoir`]: few, so that they wait only briefly, yet
/// enough for one system call to serve some two hundred draws.
const WAITING_BYTES: usize = 4096;

/// Random bytes that wait to be handed out. Those before `next` have been handed out and erased.
struct Reservoir {
    waiting: Box<[u8; WAITING_BYTES]>,
    next: usize,
}

impl Default for Reservoir {
    fn default() -> Self {
        Self { waiting: Box::new([0; WAITING_BYTES]), next: WAITING_BYTES }
    }
}

impl Reservoir {
    #[inline]
    fn take(&mut self, bytes: &mut [u8], refill: impl FnMut(&mut [u8])) {
        if let Some(found) = self.waiting.get_mut(self.next..self.next + bytes.len()) {
            bytes.copy_from_slice(found);
            found.fill(0);
            self.next += bytes.len();
        } else {
            self.take_across(bytes, refill);
        }
    }

    /// The rare case: `bytes` is longer than what is waiting.
    #[cold]
    fn take_across(&mut self, bytes: &mut [u8], mut refill: impl FnMut(&mut [u8])) {
        let mut done = 0;
        while done < bytes.len() {
            if self.next == WAITING_BYTES {
                refill(&mut self.waiting[..]);
                self.next = 0;
            }
            let count = (bytes.len() - done).min(WAITING_BYTES - self.next);
            let found = &mut self.waiting[self.next..self.next + count];
            bytes[done..done + count].copy_from_slice(found);
            found.fill(0);
            self.next += count;
            done += count;
        }
    }
}

impl Drop for Reservoir {
    fn drop(&mut self) {
        self.waiting.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Refills with 1, 2, 3, ... 255, 1, ...: never with zero, so that an erased byte is
    /// recognised.
    fn counting() -> impl FnMut(&mut [u8]) {
        let mut last = 0u8;
        move |waiting| {
            for byte in waiting {
                last = last % 255 + 1;
                *byte = last;
            }
        }
    }

    #[test]
    fn bytes_are_handed_out_once_and_erased() {
        let mut reservoir = Reservoir::default();
        let mut refill = counting();
        let mut last = 0u8;
        for length in (0..200).chain([WAITING_BYTES, 3 * WAITING_BYTES + 1]) {
            let mut bytes = vec![0; length];
            reservoir.take(&mut bytes, &mut refill);
            for byte in bytes {
                last = last % 255 + 1;
                assert_eq!(byte, last);
            }
            let (gone, waiting) = reservoir.waiting.split_at(reservoir.next);
            assert!(gone.iter().all(|byte| *byte == 0));
            assert!(waiting.iter().all(|byte| *byte != 0));
        }
    }

    #[test]
    fn cuts_do_not_matter() {
        let mut whole = vec![0; 5 * WAITING_BYTES];
        Reservoir::default().take(&mut whole, counting());
        for cut in [1, 2, 4, 7, 1000, WAITING_BYTES - 1] {
            let (mut reservoir, mut refill) = (Reservoir::default(), counting());
            let mut parts = vec![0; whole.len()];
            for part in parts.chunks_mut(cut) {
                reservoir.take(part, &mut refill);
            }
            assert!(parts == whole);
        }
    }
}
