//! The only place where noise meets counts.
//!
//! Not here: how much noise (see [`crate::accountant`]), how it is drawn (see
//! [`crate::sampler`]), and whether it may be (the ledger holds the charge before this runs).
//!
//! Invariants:
//! 1. A measurement is `weight * count + noise` in integers, and every cell draws, in cell
//!    order, whether or not anything was counted (`tests::every_cell_draws_once_in_order`).
//! 2. A refusal names no count, and comes after all draws
//!    (`tests::a_refusal_comes_after_all_draws_and_names_no_count`).

use crate::entropy::Entropy;
use crate::sampler::DiscreteGaussian;
use crate::strategy::WEIGHT_MAX;
use crate::{Error, Result};

/// Measures one node: the weighted exact counts, each with its own draw of noise.
/// Shape: one `i64` per cell, in cell order. Unit: the integer grid. Can be negative.
/// Guarantee: `charge(sensitivity^2, variance)` over all nodes of the strategy, when `exact`
/// are the node's sums. Proof: `strategy/calendar.proof.md`.
/// Errors: `WeightOutOfRange`; `MeasurementTooLarge` when a sum leaves 64 bits.
pub fn measure(
    weight: u32,
    exact: &[i64],
    noise: &DiscreteGaussian,
    entropy: &mut impl Entropy,
) -> Result<Vec<i64>> {
    if !(1..=WEIGHT_MAX).contains(&weight) {
        return Err(Error::WeightOutOfRange { limit: WEIGHT_MAX });
    }
    let draws: Vec<i64> = exact.iter().map(|_| noise.sample(entropy)).collect();
    let noisy = exact.iter().zip(draws).map(|(&count, draw)| {
        i64::try_from(i128::from(weight) * i128::from(count) + i128::from(draw))
    });
    noisy.collect::<std::result::Result<_, _>>().map_err(|_| Error::MeasurementTooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accountant::Variance;
    use crate::entropy::SeededEntropy;
    use proptest::prelude::*;

    fn noise(sixteenths: u128) -> DiscreteGaussian {
        DiscreteGaussian::new(Variance::from_sixteenths(sixteenths).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn every_cell_draws_once_in_order(
            exact in prop::collection::vec(prop_oneof![Just(0), -1_000_000i64..1_000_000], 0..20),
            weight in 1u32..100,
            sixteenths in 1u128..100_000,
            seed in any::<[u8; 32]>(),
        ) {
            let noise = noise(sixteenths);
            let (mut one, mut other) = (SeededEntropy::new(seed), SeededEntropy::new(seed));
            let measured = measure(weight, &exact, &noise, &mut one).unwrap();
            prop_assert_eq!(measured.len(), exact.len());
            for (measured, exact) in measured.iter().zip(&exact) {
                prop_assert_eq!(*measured, i64::from(weight) * exact + noise.sample(&mut other));
            }
            prop_assert_eq!(noise.sample(&mut one), noise.sample(&mut other));
        }
    }

    #[test]
    fn a_refusal_comes_after_all_draws_and_names_no_count() {
        let noise = noise(1600);
        let seed = [7; 32];
        let (mut one, mut other) = (SeededEntropy::new(seed), SeededEntropy::new(seed));
        let refusal = measure(2, &[i64::MAX, 3, 4], &noise, &mut one).unwrap_err();
        assert_eq!(refusal.to_string(), "weighted count plus noise exceeds 64 bits");
        measure(2, &[1, 3, 4], &noise, &mut other).unwrap();
        assert_eq!(noise.sample(&mut one), noise.sample(&mut other));
    }

    #[test]
    fn a_weight_out_of_range_is_refused_before_any_draw() {
        let (mut one, mut other) = (SeededEntropy::new([1; 32]), SeededEntropy::new([1; 32]));
        let noise = noise(1600);
        for weight in [0, WEIGHT_MAX + 1] {
            assert!(measure(weight, &[1], &noise, &mut one).is_err());
        }
        assert_eq!(noise.sample(&mut one), noise.sample(&mut other));
    }
}
