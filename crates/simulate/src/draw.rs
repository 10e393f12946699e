//! Integers drawn from a seed, the same on every machine.
//!
//! Not here: noise. These draws make synthetic persons and protect nobody.
//!
//! Invariants:
//! 1. No float is used in a draw, so a seed gives the same events everywhere
//!    (`crossings::tests::a_seed_means_the_same_bytes`).
//! 2. [`Draw::below`] is uniform (`draw::tests::draws_below_a_limit_are_uniform`).
//! 3. Distinct numbers have distinct pseudonyms (`draw::tests::pseudonyms_are_distinct`).

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A source of integers drawn from a seed.
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// A source that draws the same integers for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `limit`, each equally likely; 0 for a limit of 0.
    /// Source: D. Lemire, Fast random integer generation in an interval, 2019.
    pub fn below(&mut self, limit: u32) -> u32 {
        let mut product = u64::from(self.0.next_u32()) * u64::from(limit);
        if (product as u32) < limit {
            let rejected = limit.wrapping_neg() % limit;
            while (product as u32) < rejected {
                product = u64::from(self.0.next_u32()) * u64::from(limit);
            }
        }
        (product >> 32) as u32
    }

    /// A number below `limit`, for limits beyond 32 bits; 0 for a limit of 0.
    pub(super) fn below_wide(&mut self, limit: u64) -> u64 {
        if limit <= u64::from(u32::MAX) {
            return u64::from(self.below(limit as u32));
        }
        let mask = u64::MAX >> (limit - 1).leading_zeros();
        loop {
            let drawn = self.0.next_u64() & mask;
            if drawn < limit {
                return drawn;
            }
        }
    }

    /// Any number of 64 bits.
    pub(super) fn wide(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// `numerator / denominator`, rounded up or down at random so that its mean is exact.
    pub(super) fn round(&mut self, numerator: u128, denominator: u64) -> u128 {
        let whole = numerator / u128::from(denominator);
        let rest = (numerator % u128::from(denominator)) as u64;
        whole + u128::from(rest > 0 && self.below_wide(denominator) < rest)
    }

    /// Puts the items in random order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            // No day has 2^32 crossings.
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

/// Draws one of several values, each as likely as its weight.
pub(super) fn weighted<T: Copy>(
    draw: &mut Draw,
    weights: impl Iterator<Item = (T, u32)> + Clone,
) -> T {
    let mut left = draw.below(weights.clone().map(|(_, weight)| weight).sum());
    for (value, weight) in weights {
        if left < weight {
            return value;
        }
        left -= weight;
    }
    unreachable!("a draw is below the sum of the weights")
}

/// A distribution of small integers: ranges of equally likely values, in thousandths.
pub(super) struct Ranges(pub(super) &'static [Range]);

/// The values `first..=last` share `weight` thousandths.
pub(super) struct Range {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) weight: u32,
}

impl Ranges {
    pub(super) fn draw(&self, draw: &mut Draw) -> u32 {
        let mut left = draw.below(1000);
        for range in self.0 {
            if left < range.weight {
                return range.first + draw.below(range.last - range.first + 1);
            }
            left -= range.weight;
        }
        0
    }

    /// The mean, in thousandths.
    pub(super) fn mean_milli(&self) -> u64 {
        let twice: u32 = self.0.iter().map(|range| (range.first + range.last) * range.weight).sum();
        u64::from(twice / 2)
    }
}

/// A permutation of the 64-bit integers that depends on the seed: it turns persons' numbers into
/// pseudonyms.
#[derive(Clone, Copy)]
pub(super) struct Permutation([u64; 2]);

impl Permutation {
    pub(super) fn new(draw: &mut Draw) -> Self {
        Self([draw.0.next_u64(), draw.0.next_u64()])
    }

    /// 16 hexadecimal digits that look random.
    pub(super) fn digits(self, number: u64) -> [u8; 16] {
        let mut bits = mix(mix(number ^ self.0[0]) ^ self.0[1]);
        let mut digits = [0; 16];
        for digit in digits.iter_mut().rev() {
            *digit = b"0123456789abcdef"[(bits & 0xf) as usize];
            bits >>= 4;
        }
        digits
    }
}

/// A bijection of the 64-bit integers.
/// Source: the output function of SplitMix64 (Steele, Lea and Flood, 2014).
pub(super) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn draws_below_a_limit_are_uniform() {
        let mut draw = Draw::new(7);
        let mut seen = [0u32; 12];
        for _ in 0..120_000 {
            seen[draw.below(12) as usize] += 1;
        }
        // Six standard deviations of a binomial count of 120,000 trials with probability 1/12.
        assert!(seen.iter().all(|&count| count.abs_diff(10_000) < 6 * 96), "{seen:?}");
        assert!((0..1000).all(|_| draw.below_wide(1 << 40) < 1 << 40));
        assert_eq!((draw.below(0), draw.below(1), draw.below_wide(0)), (0, 0, 0));
    }

    #[test]
    fn rounding_keeps_the_mean() {
        let mut draw = Draw::new(8);
        let sum: u128 = (0..100_000).map(|_| draw.round(13, 4)).sum();
        // Mean 3.25; six standard deviations of the sum are 822.
        assert!(sum.abs_diff(325_000) < 822);
        assert_eq!(draw.round(12, 4), 3);
    }

    #[test]
    fn pseudonyms_are_distinct() {
        let permutation = Permutation::new(&mut Draw::new(9));
        let distinct: HashSet<_> = (0..100_000).map(|number| permutation.digits(number)).collect();
        assert_eq!(distinct.len(), 100_000);
    }

    #[test]
    fn a_distribution_has_its_mean() {
        const RANGES: Ranges = Ranges(&[
            Range { first: 1, last: 1, weight: 500 },
            Range { first: 2, last: 4, weight: 500 },
        ]);
        assert_eq!(RANGES.mean_milli(), 2000);
        let mut draw = Draw::new(10);
        let sum: u32 = (0..10_000).map(|_| RANGES.draw(&mut draw)).sum();
        assert!(sum.abs_diff(20_000) < 800);
    }
}
