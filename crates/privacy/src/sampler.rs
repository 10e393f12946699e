//! The discrete Gaussian N_Z(0, sigma^2), drawn exactly: P(z) is proportional to exp(-z^2 / (2
//! sigma^2)) over the integers. It follows [CKS20] (Canonne, Kamath, Steinke, *The Discrete
//! Gaussian for Differential Privacy*, 2020) and uses only fixed-width integers: no floating point,
//! no rounding, constant memory.
//!
//! | symbol | here | meaning |
//! |---|---|---|
//! | sigma^2 | `sixteenths` / 16 | the variance parameter, a rational number |
//! | t | `block` | least integer with t^2 >= 2 sigma^2 |
//! | V | `blocks` | whole blocks of \|z\|, geometric: P(V >= v) = e^-v |
//! | y | `magnitude` | \|z\| = V t + U, with U uniform below t |
//! | x | `excess` / `sixteenths` | y^2 / (2 sigma^2) - V >= 0 |
//!
//! One attempt draws V, U and a sign, and keeps them with probability e^-x. Then e^-V e^-x =
//! exp(-y^2 / (2 sigma^2)), as wanted. The sampler of [CKS20] keeps a draw of the discrete Laplace
//! in two tests; here they are one test, which keeps 56% of the attempts rather than 48%.
//! `sampler.proof.md` proves it, bounds every intermediate value, and says what the time of a draw
//! can reveal, and why draws are made ahead and released on a clock.
//!
//! Not here: how large sigma must be (`accountant`), drawing for many cells (`ahead`), adding noise
//! to counts (`measure`).
//!
//! Invariants:
//! 1. The draws follow the exact probabilities
//!    (`sampler_fit::draws_follow_the_exact_probabilities`,
//!    `sampler_fit::wide_draws_follow_the_exact_probabilities`), and a variance 5% off would be
//!    noticed (`sampler_fit::a_variance_five_per_cent_off_is_rejected`).
//! 2. The same bytes give the same draws as an independent program in exact fractions
//!    (`sampler_vectors::draws_agree_with_the_reference`).
//! 3. Every variance up to the limit is free of overflow; beyond it is refused
//!    (`sampler_vectors::variances_beyond_the_limit_are_refused`).

mod coin;

use crate::accountant::Variance;
use crate::entropy::Entropy;
use crate::{Error, Result};

/// The largest variance, in sixteenths: sigma = 2^40. Up to here nothing can overflow.
pub const VARIANCE_SIXTEENTHS_MAX: u128 = 1 << 84;

/// An attempt that reaches this many blocks starts again, so no draw reaches 64 blocks, which is at
/// least 90 sigma. The exact distribution has less than 2^-5900 beyond.
const BLOCKS_MAX: u64 = 64;

/// The discrete Gaussian of one variance, ready to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscreteGaussian {
    sixteenths: u128,
    block: u64,
}

impl DiscreteGaussian {
    /// The discrete Gaussian with parameter `variance`. Its true variance never exceeds that and,
    /// from sigma = 2 on, is less by under 2^-100 of it.
    /// Errors: `VarianceTooLarge` beyond [`VARIANCE_SIXTEENTHS_MAX`].
    pub fn new(variance: Variance) -> Result<Self> {
        let sixteenths = variance.sixteenths();
        if sixteenths > VARIANCE_SIXTEENTHS_MAX {
            return Err(Error::VarianceTooLarge { limit: VARIANCE_SIXTEENTHS_MAX });
        }
        // t^2 >= 2 sigma^2 = sixteenths / 8.
        let floor = (sixteenths.div_ceil(8)).isqrt();
        let block = if 8 * floor * floor >= sixteenths { floor } else { floor + 1 };
        // Fits: below 2^41.
        Ok(Self { sixteenths, block: block as u64 })
    }

    /// Draws once: an integer of magnitude below 2^47. Takes some 20 bytes of `entropy`; the number
    /// depends on the random bytes themselves.
    /// Guarantee: exact up to less than 2^-5900 in total variation. Proof: `sampler.proof.md`.
    /// Source: [CKS20] Algorithm 3.
    #[inline]
    pub fn sample(&self, entropy: &mut impl Entropy) -> i64 {
        loop {
            if let Some(draw) = self.attempt(entropy) {
                return draw;
            }
        }
    }

    #[inline]
    fn attempt(&self, entropy: &mut impl Entropy) -> Option<i64> {
        let mut blocks = 0;
        while coin::exp_minus_one(entropy) {
            blocks += 1;
            if blocks == BLOCKS_MAX {
                return None;
            }
        }
        // Uniform below 2 t, from 4 bytes where they suffice, else from 8.
        let signed = match u32::try_from(2 * self.block) {
            Ok(end) => coin::below(end, entropy).into(),
            Err(_) => coin::below_wide(2 * self.block, entropy),
        };
        let (magnitude, negative) = (blocks * self.block + signed / 2, signed % 2 == 1);
        if magnitude == 0 && negative {
            return None; // otherwise zero would come twice
        }
        let square = u128::from(magnitude) * u128::from(magnitude);
        let mut excess = 8 * square - self.sixteenths * u128::from(blocks);
        while excess >= self.sixteenths {
            if !coin::exp_minus_one(entropy) {
                return None;
            }
            excess -= self.sixteenths;
        }
        if !coin::exp_minus(excess, self.sixteenths, entropy) {
            return None;
        }
        let magnitude = magnitude as i64;
        Some(if negative { -magnitude } else { magnitude })
    }
}
