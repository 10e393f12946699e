//! The choice of a recursion: from a few real parameters to its integers.
//!
//! A choice is never trusted. Whatever integers come out of here, the sensitivity is computed from
//! those integers only (`sensitivity::recursion`), and so is the accuracy (`decode`): a bad choice
//! costs accuracy and cannot cost privacy. That is why floats may be used. Only `+ - * /` and
//! square roots are, in a fixed order, so that every host computes the same integers.
//!
//! | symbol | here | meaning |
//! |---|---|---|
//! | C(q) | | prod (1 - zero_i q) / (1 - pole_i q): columns of a buffered Toeplitz matrix |
//! | theta_i | `poles` | the decay of buffer i |
//! | omega_i | `gains_of` | its gain: C_j = sum of omega_i theta_i^(j-1) for j >= 1 |
//! | a_l | `weights` | weight of a sum over a node of level l, relative to the buffers' stream |
//! | r_t | `knots` | the precision of the stream at each step |
//! | n_t | | norm of column t; counts are divided by it |
//!
//! Not here: the shipped parameters (see [`shipped`]), and the search for good ones (see [`tune`]).
//!
//! Sources: buffered linear Toeplitz matrices, arXiv 2404.16706 and 2408.08868; columns of one
//! norm, arXiv 2509.14334; the calendar nodes and the backward recursion for a square factor are
//! our own, proof in `strategy/calendar_blt.proof.md`.
//!
//! Invariants:
//! 1. The square factor has the Gram matrix of stream and nodes taken together
//!    (`tests::the_square_factor_has_the_gram_matrix_of_the_union`).
//! 2. The certified sensitivity of a recursion made here is close to the worst found by a search
//!    (`tests::a_search_comes_close_to_the_certificate`).

pub mod shipped;
pub mod tune;

use crate::strategy::recursion::{
    GAIN_BITS, GRID, PRECISION_BITS, Recursion, RecursionRow, RecursionRows,
};
use crate::{Error, Result};

/// The parameters of a recursion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecursionParameters {
    /// Poles: the decays of the buffers, each below one.
    pub poles: Vec<f64>,
    /// Zeros, as many as poles, each below the pole before it.
    pub zeros: Vec<f64>,
    /// The weight of each level of nodes.
    pub weights: Vec<f64>,
    /// The precision of the stream at equally spaced steps of the run; empty for a constant
    /// precision.
    pub knots: Vec<f64>,
}

impl RecursionParameters {
    /// The gains of the buffers.
    fn gains_of(&self) -> Vec<f64> {
        let gain = |(at, pole): (usize, &f64)| {
            let above: f64 = self.zeros.iter().map(|zero| pole - zero).product();
            let others = self.poles.iter().enumerate().filter(|&(other, _)| other != at);
            above / others.map(|(_, other)| pole - other).product::<f64>()
        };
        self.poles.iter().enumerate().map(gain).collect()
    }

    fn check(&self, levels: usize) -> Result<()> {
        let roots = self.poles.iter().chain(&self.zeros);
        let roots = roots.clone().all(|root| (0.0..1.0).contains(root));
        let weights = self.weights.iter().all(|weight| (0.0..=1e6).contains(weight));
        let knots = self.knots.iter().all(|knot| (1e-3..=1e3).contains(knot));
        let counts = self.zeros.len() == self.poles.len() && self.weights.len() == levels;
        let gains = self.gains_of().iter().all(|gain| (0.0..=1.0).contains(gain));
        if roots && weights && knots && counts && gains {
            Ok(())
        } else {
            Err(Error::DesignOutOfRange)
        }
    }
}

/// The recursion `blt` that continues: the same row for every step, columns never cut off.
/// Errors: `DesignOutOfRange`, and as [`Recursion::new`].
pub fn blt(steps: u32, parameters: &RecursionParameters) -> Result<Recursion> {
    parameters.check(0)?;
    Recursion::new(steps, decays(parameters), vec![], RecursionRows::Same(row(parameters)))
}

/// The recursion `blt` that ends with the last of its steps.
/// Errors: as [`blt`].
pub fn blt_ending(steps: u32, parameters: &RecursionParameters) -> Result<Recursion> {
    parameters.check(0)?;
    let rows = vec![row(parameters); steps as usize];
    Recursion::new(steps, decays(parameters), vec![], RecursionRows::Each(rows))
}

fn decays(parameters: &RecursionParameters) -> Vec<u64> {
    parameters.poles.iter().map(|&pole| fixed(pole, GAIN_BITS)).collect()
}

fn row(parameters: &RecursionParameters) -> RecursionRow {
    let gains = parameters.gains_of().into_iter().map(|gain| fixed(gain, GAIN_BITS)).collect();
    RecursionRow { scale: GRID, gains, precision: 1 << PRECISION_BITS }
}

/// The nearest whole number of 2^-bits.
fn fixed(value: f64, bits: u32) -> u64 {
    (value * (1u64 << bits) as f64).round() as u64
}

/// The recursion `calendar_blt`: a square factor of the buffers' stream together with the sums over
/// the nodes of each level, all columns of one norm. `levels` are the ends of the nodes.
/// Errors: `DesignOutOfRange`, and as [`Recursion::new`].
pub fn calendar_blt(
    levels: &[Vec<u32>],
    steps: u32,
    parameters: &RecursionParameters,
) -> Result<Recursion> {
    parameters.check(levels.len())?;
    let stream = stream_precision(steps, &parameters.knots);
    let norms = norms(parameters, &stream);
    let mut rows = factorise(levels, parameters, &stream);
    for (row, norm) in rows.iter_mut().zip(norms) {
        row.scale = fixed(1.0 / norm, GRID.ilog2());
    }
    Recursion::new(steps, decays(parameters), levels.to_vec(), RecursionRows::Each(rows))
}

/// The precision of the stream at each step: knots joined by straight lines.
fn stream_precision(steps: u32, knots: &[f64]) -> Vec<f64> {
    let precision_at = |step: u32| match knots {
        [] => 1.0,
        [only] => *only,
        _ => {
            let places = (knots.len() - 1) as f64;
            let place = places * f64::from(step) / f64::from((steps - 1).max(1));
            let below = (place as usize).min(knots.len() - 2);
            let weight = place - below as f64;
            knots[below] * (1.0 - weight) + knots[below + 1] * weight
        }
    };
    (0..steps).map(precision_at).collect()
}

/// The norm of each column of stream and nodes together, from the last step back: the future cost
/// of a unit in the buffers is a quadratic form of the gains.
fn norms(parameters: &RecursionParameters, stream: &[f64]) -> Vec<f64> {
    let gains = parameters.gains_of();
    let weights: f64 = parameters.weights.iter().sum();
    let width = gains.len();
    let mut cost = vec![0.0; width * width];
    let mut norms = vec![0.0; stream.len()];
    for (norm, precision) in norms.iter_mut().zip(stream).rev() {
        let after: f64 = cost.iter().sum();
        *norm = (precision + after + weights).sqrt();
        for i in 0..width {
            for j in 0..width {
                let fades = parameters.poles[i] * parameters.poles[j];
                cost[i * width + j] = precision * gains[i] * gains[j] + fades * cost[i * width + j];
            }
        }
    }
    norms
}

/// The rows of the square factor, by a Riccati recursion from the last step back: the cost of a
/// state before a step is the least that the stream and the open nodes can still cost.
fn factorise(
    levels: &[Vec<u32>],
    parameters: &RecursionParameters,
    stream: &[f64],
) -> Vec<RecursionRow> {
    let gains = parameters.gains_of();
    let (buffers, width) = (gains.len(), gains.len() + levels.len());
    let heard = |i: usize| gains.get(i).copied().unwrap_or(0.0);
    let fade = |i: usize| parameters.poles.get(i).copied().unwrap_or(1.0);
    let mut cost = vec![0.0; width * width];
    let mut rows = Vec::with_capacity(stream.len());
    for (step, &precision) in stream.iter().enumerate().rev() {
        for (level, ends) in levels.iter().enumerate() {
            if ends.binary_search(&(step as u32 + 1)).is_ok() {
                let at = buffers + level;
                for other in 0..width {
                    cost[at * width + other] = 0.0;
                    cost[other * width + at] = 0.0;
                }
                cost[at * width + at] = parameters.weights[level];
            }
        }
        let onto: Vec<f64> = cost.chunks(width.max(1)).map(|row| row.iter().sum()).collect();
        let own = precision + onto.iter().sum::<f64>();
        let cross: Vec<f64> =
            (0..width).map(|i| precision * heard(i) + fade(i) * onto[i]).collect();
        let mut before = vec![0.0; width * width];
        for i in 0..width {
            for j in 0..width {
                let later = fade(i) * cost[i * width + j] * fade(j);
                let whole = precision * heard(i) * heard(j) + later;
                before[i * width + j] = whole - cross[i] * cross[j] / own;
            }
        }
        cost = before;
        // A gain below zero is a rounding error and becomes zero.
        let gains = cross.iter().map(|cross| fixed((cross / own).max(0.0), GAIN_BITS)).collect();
        rows.push(RecursionRow { scale: GRID, gains, precision: fixed(own, PRECISION_BITS) });
    }
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensitivity::Participation;
    use crate::sensitivity::recursion::sensitivity_squared;

    fn parameters() -> RecursionParameters {
        RecursionParameters {
            poles: vec![0.98, 0.7],
            zeros: vec![0.93, 0.45],
            weights: vec![0.4, 0.3],
            knots: vec![1.2, 0.8, 1.1],
        }
    }

    fn levels() -> Vec<Vec<u32>> {
        vec![vec![5, 12, 19, 26, 30], vec![13, 30]]
    }

    /// L from the recursion's integers, in counts and times the root of the precision, column by
    /// column.
    fn columns(recursion: &Recursion) -> Vec<Vec<f64>> {
        let one = (1u64 << GAIN_BITS) as f64;
        let column = |counted: u32| -> Vec<f64> {
            let mut state = vec![0.0; recursion.width()];
            let moved = |step: u32| {
                let row = recursion.row(step);
                let a = if step == counted { row.scale as f64 / GRID as f64 } else { 0.0 };
                let parts = row.gains.iter().zip(&state);
                let y = a + parts.map(|(&gain, s)| gain as f64 / one * s).sum::<f64>();
                for (at, s) in state.iter_mut().enumerate() {
                    *s = a + *s * recursion.decays().get(at).map_or(1.0, |&d| d as f64 / one);
                }
                for (at, ends) in (recursion.buffers()..).zip(recursion.ends(step)) {
                    if ends {
                        state[at] = 0.0;
                    }
                }
                y * (row.precision as f64 / f64::from(1u32 << PRECISION_BITS)).sqrt()
            };
            (0..recursion.steps()).map(moved).collect()
        };
        (0..recursion.steps()).map(column).collect()
    }

    fn dot(one: &[f64], other: &[f64]) -> f64 {
        one.iter().zip(other).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn the_square_factor_has_the_gram_matrix_of_the_union() {
        let (parameters, levels) = (parameters(), levels());
        let recursion = calendar_blt(&levels, 30, &parameters).unwrap();
        let columns = columns(&recursion);
        let (gains, stream) = (parameters.gains_of(), stream_precision(30, &parameters.knots));
        let blt = |lag: usize| match lag {
            0 => 1.0,
            _ => (0..2).map(|i| gains[i] * parameters.poles[i].powi(lag as i32 - 1)).sum(),
        };
        let node = |level: usize, step: usize| levels[level].partition_point(|&e| e <= step as u32);
        let union = |s: usize, t: usize| {
            let late = s.max(t);
            let mut sum: f64 =
                (late..30).map(|row| stream[row] * blt(row - s) * blt(row - t)).sum();
            for (level, weight) in parameters.weights.iter().enumerate() {
                if node(level, s) == node(level, t) {
                    sum += weight;
                }
            }
            sum
        };
        for s in 0..30 {
            for t in 0..30 {
                let expected = union(s, t) / (union(s, s) * union(t, t)).sqrt();
                let found = dot(&columns[s], &columns[t]);
                assert!((found - expected).abs() < 1e-4, "{s} {t}: {found} {expected}");
            }
        }
    }

    /// All sets of up to four of twelve steps: the certificate exceeds the worst of them by at most
    /// a fiftieth.
    #[test]
    fn a_search_comes_close_to_the_certificate() {
        let levels = vec![vec![4, 8, 12], vec![12]];
        let parameters = RecursionParameters { knots: vec![], ..parameters() };
        let recursion = calendar_blt(&levels, 12, &parameters).unwrap();
        let columns = columns(&recursion);
        for bound in 1..=4 {
            let participation = Participation::OncePerStepAndCell { window: bound, sub: None };
            let claimed = sensitivity_squared(&recursion, &participation, 12).unwrap();
            let claimed = claimed as f64 / (GRID as f64).powi(2);
            let mut worst = 0.0f64;
            for set in (0u32..1 << 12).filter(|set| set.count_ones() <= bound) {
                let moved: Vec<f64> = (0..12)
                    .map(|row| (0..12).filter(|t| set >> t & 1 == 1).map(|t| columns[t][row]).sum())
                    .collect();
                worst = worst.max(dot(&moved, &moved));
            }
            assert!(claimed >= worst && claimed <= 1.02 * worst, "{bound}: {claimed} {worst}");
        }
    }

    #[test]
    fn parameters_out_of_range_design_nothing() {
        let good = parameters();
        assert!(calendar_blt(&levels(), 30, &good).is_ok());
        for broken in [
            RecursionParameters { poles: vec![1.0, 0.7], ..good.clone() },
            RecursionParameters { poles: vec![0.7, 0.7], ..good.clone() },
            RecursionParameters { poles: vec![f64::NAN, 0.7], ..good.clone() },
            RecursionParameters { zeros: vec![0.93], ..good.clone() },
            RecursionParameters { weights: vec![0.1], ..good.clone() },
            RecursionParameters { weights: vec![-0.1, 0.1], ..good.clone() },
            RecursionParameters { knots: vec![0.0, 1.0], ..good.clone() },
        ] {
            let refused = calendar_blt(&levels(), 30, &broken);
            assert_eq!(refused, Err(Error::DesignOutOfRange), "{broken:?}");
        }
        assert!(blt(30, &good).is_err(), "a stock that goes on has no levels");
    }
}
