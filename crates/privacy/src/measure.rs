//! The only place where noise is added to counts.
//!
//! Except for refusals, nothing here branches on a count or on a draw, or uses one as an address in
//! memory: the time depends only on the number of cells. The noise was drawn before (see
//! [`crate::ahead`]); `cargo bench` shows that adding takes equally long whatever was drawn.
//!
//! Not here: how much noise (see [`crate::accountant`]), how it is drawn (see [`crate::sampler`]),
//! and whether a measurement is allowed (the ledger holds the charge before this runs).
//!
//! Invariants:
//! 1. A measurement is `weight * count + noise` in integers, and every cell has its own draw, in
//!    cell order, whether or not anything was counted (`tests::every_cell_has_its_draw_in_order`).
//! 2. A refusal names no count; if a sum is too large, it comes only after all sums are made
//!    (`tests::a_refusal_names_no_count_and_takes_the_noise_with_it`).
//! 3. No weight up to the limit can overflow
//!    (`tests::the_largest_sums_are_exact_and_the_next_are_refused`).

use crate::ahead::DrawnNoise;
use crate::{Error, Result};

/// The largest weight, in grid units for one count. The weight of a strategy's level is far smaller
/// ([`crate::strategy::WEIGHT_MAX`]).
pub const WEIGHT_MAX: u64 = 1 << 40;

/// Measures one node: the weighted exact counts, each with its own draw of noise.
/// Shape: one `i64` per cell, in cell order. Unit: the integer grid. Can be negative.
/// Guarantee: `charge(sensitivity^2, variance)` over all nodes of the strategy, if `exact` are the
/// node's sums. Proof: `strategy/calendar.proof.md`.
/// Errors: `WeightOutOfRange`; `WrongNumberOfCounts` if the number of counts is not that of the
/// draws; `MeasurementTooLarge` if a sum leaves 64 bits. After any of them the noise is gone.
pub fn measure(weight: u64, exact: &[i64], drawn: DrawnNoise) -> Result<Vec<i64>> {
    if !(1..=WEIGHT_MAX).contains(&weight) {
        return Err(Error::WeightOutOfRange { limit: WEIGHT_MAX });
    }
    if exact.len() != drawn.cells() {
        return Err(Error::WrongNumberOfCounts { drawn: drawn.cells() });
    }
    let mut fits = true;
    let mut noisy = vec![0; exact.len()];
    for ((noisy, &count), &draw) in noisy.iter_mut().zip(exact).zip(drawn.draws()) {
        // Below 2^40 2^63 + 2^63: no i128 overflows.
        let sum = i128::from(weight) * i128::from(count) + i128::from(draw);
        *noisy = sum as i64;
        fits &= i128::from(*noisy) == sum;
    }
    if fits { Ok(noisy) } else { Err(Error::MeasurementTooLarge) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accountant::Variance;
    use crate::entropy::SeededEntropy;
    use crate::sampler::DiscreteGaussian;
    use proptest::prelude::*;

    fn noise(sixteenths: u128) -> DiscreteGaussian {
        DiscreteGaussian::new(Variance::from_sixteenths(sixteenths).unwrap()).unwrap()
    }

    /// Noise for this many cells from a seed, with the smallest variance that there is: mostly 0.
    fn drawn(cells: usize) -> DrawnNoise {
        DrawnNoise::draw(&noise(1), cells, &mut SeededEntropy::new([7; 32]))
    }

    proptest! {
        #[test]
        fn every_cell_has_its_draw_in_order(
            exact in prop::collection::vec(prop_oneof![Just(0), -1_000_000i64..1_000_000], 0..20),
            weight in prop_oneof![1u64..100, 1u64..1 << 40],
            sixteenths in prop_oneof![1u128..100_000, 1u128..=1 << 84],
            seed in any::<[u8; 32]>(),
        ) {
            let noise = noise(sixteenths);
            let (mut one, mut other) = (SeededEntropy::new(seed), SeededEntropy::new(seed));
            let drawn = DrawnNoise::draw(&noise, exact.len(), &mut one);
            let measured = measure(weight, &exact, drawn).unwrap();
            prop_assert_eq!(measured.len(), exact.len());
            for (measured, exact) in measured.iter().zip(&exact) {
                prop_assert_eq!(*measured, weight as i64 * exact + noise.sample(&mut other));
            }
            prop_assert_eq!(noise.sample(&mut one), noise.sample(&mut other));
        }
    }

    /// The compiler checks that the noise is gone: it was moved.
    #[test]
    fn a_refusal_names_no_count_and_takes_the_noise_with_it() {
        let refusal = measure(2, &[i64::MAX, 3, 4], drawn(3)).unwrap_err();
        assert_eq!(refusal.to_string(), "weighted count plus noise exceeds 64 bits");
        let refusal = measure(2, &[3, 4], drawn(3)).unwrap_err();
        assert_eq!(refusal.to_string(), "3 counts are needed, one for each draw");
        assert_eq!(measure(2, &[1; 4], drawn(3)), Err(Error::WrongNumberOfCounts { drawn: 3 }));
    }

    #[test]
    fn the_largest_sums_are_exact_and_the_next_are_refused() {
        let step = i64::MAX / WEIGHT_MAX as i64;
        let draw = drawn(1).draws()[0];
        let most = measure(WEIGHT_MAX, &[step], drawn(1)).unwrap();
        assert_eq!(most, [step * WEIGHT_MAX as i64 + draw]);
        for count in [step + 1, i64::MAX, -step - 2, i64::MIN] {
            let refusal = measure(WEIGHT_MAX, &[count], drawn(1));
            assert_eq!(refusal, Err(Error::MeasurementTooLarge), "{count}");
        }
    }

    #[test]
    fn a_weight_out_of_range_is_refused() {
        for weight in [0, WEIGHT_MAX + 1, u64::MAX] {
            let refusal = measure(weight, &[1], drawn(1));
            assert_eq!(refusal, Err(Error::WeightOutOfRange { limit: WEIGHT_MAX }));
        }
        assert!(measure(WEIGHT_MAX, &[1], drawn(1)).is_ok());
    }
}
