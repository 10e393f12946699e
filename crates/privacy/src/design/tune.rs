//! The search for good parameters, and the losses that it minimises.
//!
//! Not here: anything on which a charge or a draw depends. The result of a search is a choice like
//! any other; its sensitivity and accuracy are computed from its integers.
//!
//! The loss of a recursion is the variance of the figures read, at the charge rho = 1: squared
//! sensitivity times the mean variance at sigma = 1, over 2.
//!
//! Invariants:
//! 1. A search never ends at a higher loss than it began with
//!    (`tests::a_search_never_ends_higher`).

use super::RecursionParameters;
use crate::Result;
use crate::accountant::Variance;
use crate::decode::{Decoder, PeriodVariances};
use crate::strategy::recursion::{GRID, Recursion};

/// Which figures of a stream are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The mean over grains of the mean variance of their periods; sums from the first step on are
    /// a grain of their own.
    Balanced,
    /// The mean over all periods of all grains together.
    Uniform,
    /// Only sums from the first step on: stocks.
    Prefixes,
}

impl Reading {
    /// The mean variance of the figures read.
    pub fn mean(self, variances: &PeriodVariances) -> f64 {
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
        let grains = || variances.nodes.iter().chain(std::iter::once(&variances.prefixes));
        match self {
            Reading::Prefixes => mean(&variances.prefixes),
            Reading::Balanced => {
                let means: Vec<f64> = grains().map(|of| mean(of)).collect();
                mean(&means)
            }
            Reading::Uniform => {
                let all: Vec<f64> = grains().flatten().copied().collect();
                mean(&all)
            }
        }
    }
}

/// The standard deviation of the figures read at rho = 1, for this squared sensitivity in squared
/// grid units.
/// Unit: counts.
pub fn deviation(recursion: &Recursion, delta2: u128, grains: &[&[u32]], reading: Reading) -> f64 {
    (reading.mean(&period_variances(recursion, grains)) * delta2 as f64 / 2.0).sqrt()
}

/// The variances of all periods of the grains if the noise of a step of precision 1 has a variance
/// of one squared grid unit.
pub fn period_variances(recursion: &Recursion, grains: &[&[u32]]) -> PeriodVariances {
    // 16 sixteenths is a valid variance.
    let Ok(unit) = Variance::from_sixteenths(16) else { return PeriodVariances::default() };
    Decoder::new(recursion, unit).period_variances(recursion.steps(), grains)
}

/// The parameters as unconstrained numbers: for poles and zeros, the logarithms of the differences
/// between the logarithms of their distances from one, the nearest to one last.
fn to_free(parameters: &RecursionParameters) -> Vec<f64> {
    let mut distances = Vec::new();
    for (pole, zero) in parameters.poles.iter().zip(&parameters.zeros) {
        distances.extend([-(1.0 - pole).ln(), -(1.0 - zero).ln()]);
    }
    let mut free: Vec<f64> =
        distances.windows(2).map(|pair| (pair[0] - pair[1]).max(1e-9).ln()).collect();
    free.extend(distances.last().map(|last| last.max(1e-9).ln()));
    free.extend(
        parameters.weights.iter().chain(&parameters.knots).map(|value| value.max(1e-9).ln()),
    );
    free
}

/// The parameters of unconstrained numbers, with this many buffers and levels; the rest are knots.
fn from_free(free: &[f64], buffers: usize, levels: usize) -> RecursionParameters {
    let (roots, rest) = free.split_at(2 * buffers);
    let mut distance = 0.0;
    let mut descending = Vec::new();
    for step in roots.iter().rev() {
        distance += step.exp();
        descending.push(1.0 - (-distance).exp());
    }
    descending.reverse();
    let (weights, knots) = rest.split_at(levels);
    RecursionParameters {
        poles: descending.iter().step_by(2).copied().collect(),
        zeros: descending.iter().skip(1).step_by(2).copied().collect(),
        weights: weights.iter().map(|value| value.exp()).collect(),
        knots: knots.iter().map(|value| value.exp()).collect(),
    }
}

/// Parameters to begin a search from: roots spread evenly, in logarithms, over the steps.
pub fn start(steps: u32, buffers: usize, levels: usize, knots: usize) -> RecursionParameters {
    let slowest = f64::from(steps).ln() + 1.0;
    let roots: Vec<f64> = (0..2 * buffers)
        .map(|at| 1.0 - (-slowest * (1.0 - at as f64 / (2 * buffers) as f64)).exp())
        .collect();
    RecursionParameters {
        poles: roots.iter().step_by(2).copied().collect(),
        zeros: roots.iter().skip(1).step_by(2).copied().collect(),
        weights: vec![0.3; levels],
        knots: vec![1.0; knots],
    }
}

/// Lowers the loss of parameters by a simplex search (Nelder and Mead 1965, with restarts) of at
/// most `evaluations` trials; a loss that cannot be computed counts as infinite. Returns the best
/// parameters and their loss.
pub fn search(
    from: &RecursionParameters,
    evaluations: u32,
    mut loss: impl FnMut(&RecursionParameters) -> Result<f64>,
) -> (RecursionParameters, f64) {
    let (buffers, levels) = (from.poles.len(), from.weights.len());
    let mut trials = 0;
    let mut best = (to_free(from), f64::INFINITY);
    let mut evaluate = |free: &[f64]| {
        trials += 1;
        let found = loss(&from_free(free, buffers, levels)).unwrap_or(f64::INFINITY);
        (if found.is_nan() { f64::INFINITY } else { found }, trials)
    };
    best.1 = evaluate(&best.0).0;
    let mut reach = 0.4;
    loop {
        let (found, spent) = simplex(&best, reach, evaluations, &mut evaluate);
        let gained = best.1 - found.1;
        best = found;
        reach *= 0.5;
        if spent >= evaluations || (gained <= 1e-7 * best.1 && reach < 0.03) {
            return (from_free(&best.0, buffers, levels), best.1);
        }
    }
}

type Point = (Vec<f64>, f64);

fn simplex(
    from: &Point,
    reach: f64,
    evaluations: u32,
    evaluate: &mut impl FnMut(&[f64]) -> (f64, u32),
) -> (Point, u32) {
    let size = from.0.len();
    let mut spent = 0;
    let mut look = |free: Vec<f64>| {
        let (loss, trials) = evaluate(&free);
        ((free, loss), trials)
    };
    let mut points = vec![from.clone()];
    for axis in 0..size {
        let mut free = from.0.clone();
        free[axis] += if free[axis] > 0.0 { -reach } else { reach };
        let (point, trials) = look(free);
        points.push(point);
        spent = trials;
    }
    while spent < evaluations {
        points.sort_by(|one, other| one.1.total_cmp(&other.1));
        if points[size].1 - points[0].1 <= 1e-9 * points[0].1 {
            break;
        }
        let centre: Vec<f64> = (0..size)
            .map(|axis| points[..size].iter().map(|point| point.0[axis]).sum::<f64>() / size as f64)
            .collect();
        let worst = points[size].clone();
        let along = |far: f64| -> Vec<f64> {
            centre
                .iter()
                .zip(&worst.0)
                .map(|(centre, worst)| centre + far * (centre - worst))
                .collect()
        };
        let (mut next, trials) = look(along(1.0));
        spent = trials;
        if next.1 < points[0].1 {
            let (farther, trials) = look(along(2.0));
            spent = trials;
            if farther.1 < next.1 {
                next = farther;
            }
        } else if next.1 >= points[size - 1].1 {
            let (nearer, trials) = look(along(if next.1 < worst.1 { 0.5 } else { -0.5 }));
            spent = trials;
            next = nearer;
        }
        if next.1 < worst.1 {
            points[size] = next;
            continue;
        }
        let best = points[0].0.clone();
        for point in &mut points[1..] {
            let free = best.iter().zip(&point.0).map(|(best, free)| (best + free) / 2.0).collect();
            let (shrunk, trials) = look(free);
            (*point, spent) = (shrunk, trials);
        }
    }
    points.sort_by(|one, other| one.1.total_cmp(&other.1));
    (points.swap_remove(0), spent)
}

/// The squared grid units of one count: converts a squared deviation between counts and grid units.
pub fn squared_units_per_count() -> f64 {
    (GRID as f64).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_never_ends_higher() {
        let from = start(100, 1, 1, 2);
        let bowl = |parameters: &RecursionParameters| {
            let far = |value: f64, good: f64| (value - good).powi(2);
            Ok(far(parameters.poles[0], 0.9)
                + far(parameters.zeros[0], 0.5)
                + far(parameters.weights[0], 0.7)
                + far(parameters.knots[1], 1.3))
        };
        let first = bowl(&from).unwrap();
        let (found, loss) = search(&from, 2000, bowl);
        assert!(loss <= first && loss < 1e-8, "{loss} {found:?}");
        let (same, loss) = search(&from, 50, |_| Err(crate::Error::DesignOutOfRange));
        assert!(loss.is_infinite() && (same.poles[0] - from.poles[0]).abs() < 0.5);
    }

    #[test]
    fn free_numbers_and_parameters_are_the_same_thing() {
        let from = start(365, 2, 3, 4);
        let back = from_free(&to_free(&from), 2, 3);
        let close = |one: &[f64], other: &[f64]| {
            one.iter().zip(other).all(|(one, other)| (one - other).abs() < 1e-9)
        };
        assert!(close(&from.poles, &back.poles) && close(&from.zeros, &back.zeros));
        assert!(close(&from.weights, &back.weights) && close(&from.knots, &back.knots));
        assert!(back.knots.len() == 4);
    }
}
