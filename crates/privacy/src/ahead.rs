//! Noise drawn ahead: all the noise of a measurement, before any exact count is read.
//!
//! The time that a draw takes depends on the value drawn (`sampler.proof.md`). So all noise that is
//! due is drawn first, knowing only its variance and the number of cells; adding it to counts
//! afterwards ([`crate::measure()`]) takes a time that depends on neither counts nor noise.
//!
//! Not here: how one integer is drawn (see [`crate::sampler`]), and the counts.
//!
//! Invariants:
//! 1. Every cell has one draw, in cell order, and no further entropy is taken
//!    (`tests::cells_draw_once_in_order`, `tests::each_kind_draws_once_in_order`).
//! 2. Noise is used once: the measurement consumes it,
//!    ```compile_fail
//!    # use tidegauge_privacy::{DrawnNoise, Variance, entropy::OsEntropy, measure, sampler};
//!    # let variance = Variance::parse("25").unwrap();
//!    # let noise = sampler::DiscreteGaussian::new(variance).unwrap();
//!    let drawn = DrawnNoise::draw(&noise, 2, &mut OsEntropy::new());
//!    let first = measure(1, &[3, 4], drawn);
//!    let second = measure(1, &[5, 6], drawn);
//!    ```
//!    and cannot be copied:
//!    ```compile_fail
//!    # use tidegauge_privacy::{DrawnNoise, Variance, entropy::OsEntropy, measure, sampler};
//!    # let variance = Variance::parse("25").unwrap();
//!    # let noise = sampler::DiscreteGaussian::new(variance).unwrap();
//!    let drawn = DrawnNoise::draw(&noise, 2, &mut OsEntropy::new());
//!    let twice = drawn.clone();
//!    ```
//!    If the noise is drawn twice, the same lines compile:
//!    ```
//!    # use tidegauge_privacy::{DrawnNoise, Variance, entropy::OsEntropy, measure, sampler};
//!    # let variance = Variance::parse("25").unwrap();
//!    # let noise = sampler::DiscreteGaussian::new(variance).unwrap();
//!    let drawn = DrawnNoise::draw(&noise, 2, &mut OsEntropy::new());
//!    let first = measure(1, &[3, 4], drawn);
//!    let drawn = DrawnNoise::draw(&noise, 2, &mut OsEntropy::new());
//!    let second = measure(1, &[5, 6], drawn);
//!    ```
//! 3. It is erased from memory when it is dropped, used or not (`tests::what_was_drawn_is_erased`).

use zeroize::Zeroize;

use crate::entropy::Entropy;
use crate::sampler::DiscreteGaussian;

/// The noise of one measurement: one draw for each cell. It cannot be printed, so no message can
/// show it.
pub struct DrawnNoise(Vec<i64>);

impl DrawnNoise {
    /// Draws for `cells` cells.
    /// Shape: one draw per cell, in cell order; their memory is never moved.
    /// Unit: the integer grid.
    pub fn draw(noise: &DiscreteGaussian, cells: usize, entropy: &mut impl Entropy) -> Self {
        let mut draws = vec![0; cells];
        for draw in &mut draws {
            *draw = noise.sample(entropy);
        }
        Self(draws)
    }

    /// Draws once for each of these kinds of noise. For `None` nothing is drawn and the noise is 0:
    /// such a value is always 0.
    /// Shape: one draw per kind, in order; their memory is never moved.
    /// Unit: the integer grid.
    pub fn draw_each(kinds: &[Option<&DiscreteGaussian>], entropy: &mut impl Entropy) -> Self {
        let mut draws = vec![0; kinds.len()];
        for (draw, kind) in draws.iter_mut().zip(kinds) {
            if let Some(noise) = kind {
                *draw = noise.sample(entropy);
            }
        }
        Self(draws)
    }

    /// The number of cells for which it was drawn.
    pub fn cells(&self) -> usize {
        self.0.len()
    }

    /// The draws, in cell order.
    pub(crate) fn draws(&self) -> &[i64] {
        &self.0
    }

    fn erase(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

impl Drop for DrawnNoise {
    fn drop(&mut self) {
        self.erase();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accountant::Variance;
    use crate::entropy::SeededEntropy;

    #[test]
    fn cells_draw_once_in_order() {
        for sixteenths in [1, 1600, 1 << 48, 1 << 70, 1 << 84] {
            let noise = DiscreteGaussian::new(Variance::from_sixteenths(sixteenths).unwrap());
            let noise = noise.unwrap();
            let (mut one, mut other) = (SeededEntropy::new([3; 32]), SeededEntropy::new([3; 32]));
            for cells in [0, 1, 2, 300] {
                let drawn = DrawnNoise::draw(&noise, cells, &mut one);
                assert_eq!(drawn.cells(), cells);
                for draw in drawn.draws() {
                    assert_eq!(*draw, noise.sample(&mut other));
                }
            }
            assert_eq!(noise.sample(&mut one), noise.sample(&mut other));
        }
    }

    #[test]
    fn each_kind_draws_once_in_order() {
        let noise = |text| DiscreteGaussian::new(Variance::parse(text).unwrap()).unwrap();
        let (narrow, wide) = (noise("4"), noise("1000000"));
        let kinds = [Some(&wide), None, Some(&narrow), Some(&wide), None];
        let (mut one, mut other) = (SeededEntropy::new([5; 32]), SeededEntropy::new([5; 32]));
        let drawn = DrawnNoise::draw_each(&kinds, &mut one);
        assert_eq!(drawn.cells(), 5);
        for (draw, kind) in drawn.draws().iter().zip(kinds) {
            assert_eq!(*draw, kind.map_or(0, |noise| noise.sample(&mut other)));
        }
        assert_eq!(wide.sample(&mut one), wide.sample(&mut other));
    }

    #[test]
    fn what_was_drawn_is_erased() {
        let noise = DiscreteGaussian::new(Variance::parse("1000000").unwrap()).unwrap();
        let mut drawn = DrawnNoise::draw(&noise, 100, &mut SeededEntropy::new([4; 32]));
        assert!(drawn.draws().iter().any(|draw| *draw != 0));
        drawn.erase();
        assert_eq!(drawn.draws(), [0; 100]);
    }
}
