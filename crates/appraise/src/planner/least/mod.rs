//! The least error possible: a certified lower bound of the error of every mechanism that adds
//! Gaussian noise to linear measurements and decodes without bias, for the same figures, steps
//! and contributions of one person. Proof: `least.proof.md`.
//!
//! Not here: anything on which a charge or a draw depends, and the error of our own mechanisms
//! (the parent). A bound is for display, so floats are enough.
//!
//! Symbols: G is the Gram matrix of the figures, weighted so that a'Ga is the mean square; U is the
//! second moment of a distribution over allowed contributions; X = C'C for the matrix C of a
//! mechanism.
//!
//! Invariants:
//! 1. No tested mechanism has less error than the bound
//!    (`tests::no_mechanism_has_less_error_than_the_bound`).
//! 2. The bound agrees with that of the independent program that made `benches/bounds.csv`
//!    (`tests::the_bounds_are_those_of_another_program`).
//! 3. Every contribution in the moment is allowed by the plan
//!    (`contributions::tests::only_what_is_allowed_is_tried`).

mod contributions;
#[cfg(test)]
mod tests;

use faer::linalg::solvers::SelfAdjointEigen;
use faer::{Mat, Side};
use tidegauge_privacy::Participation;

use contributions::{Blocks, Contributions};

/// The largest number of steps for which a bound is computed: with more, `plan show` would take
/// minutes.
pub(super) const STEPS_MAX: usize = 400;

/// Rounds of improvement: for one contribution of a person, and for several.
const ROUNDS: (u32, u32) = (10, 40);
/// Weights are multiplied by the cost to this power; above 1 the search is faster.
const POWER: f64 = 1.6;
/// Allowance for the rounding of eigenvalues, as a multiple of the usual rounding.
const CARE: f64 = 4.0;
/// Far above the rounding of sums, far below the digits that are shown.
const MARGIN: f64 = 1e-9;

/// A figure that is read: the sum of the steps from the first to the last, with a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ReadSum {
    /// The first step, from 0.
    pub(super) first: u32,
    /// The last step.
    pub(super) last: u32,
    /// Its weight in the mean square.
    pub(super) weight: f64,
}

/// A lower bound of the root mean square error (by weight) of the figures over `steps` steps,
/// times the root of sensitivity^2 / sigma^2.
/// Unit: counts. Guarantee: never above the true least error; only the search decides how far
/// below.
/// Shape: `None` for too many steps, for steps that no figure reads, and if the solver fails.
pub(super) fn least(
    steps: usize,
    figures: &[ReadSum],
    participation: &Participation,
) -> Option<f64> {
    let contributions =
        (1..=STEPS_MAX).contains(&steps).then(|| Contributions::new(steps, participation))?;
    best_bound(steps, figures, contributions, |contributions, root, lowered| {
        let moments = contributions.moments();
        let cells = contributions.cells() as f64;
        let total = EigenRoot::of(root, &moments.total)?;
        let within = match &moments.within {
            Some(within) => Some(EigenRoot::of(root, within)?),
            None => None,
        };
        let differences =
            within.as_ref().map_or(0.0, |within| (cells - 1.0) * within.trace(lowered));
        let bound = (total.trace(lowered) + differences) / cells;
        let x = Blocks {
            total: total.best_matrix(root),
            within: within.map(|within| within.best_matrix(root)),
        };
        Some((bound, x))
    })
}

/// The same for a residual of persons present, which distinguishes siblings, with at most this
/// number of changes: only stays count (`least.proof.md`, section 2).
pub(super) fn least_apart(steps: usize, figures: &[ReadSum], changes: u32) -> Option<f64> {
    let participation = Participation::Alternating { changes, cells: 2 };
    let contributions =
        (1..=STEPS_MAX).contains(&steps).then(|| Contributions::new(steps, &participation))?;
    best_bound(steps, figures, contributions, |contributions, root, lowered| {
        let within = EigenRoot::of(root, &contributions.moments().within?)?;
        let total = Mat::zeros(steps, steps);
        Some((within.trace(lowered), Blocks { total, within: Some(within.best_matrix(root)) }))
    })
}

/// The best of the bounds that `evaluate` gives for a distribution, which after each round moves
/// to the contributions that cost most under the matrix that comes with the bound.
fn best_bound(
    steps: usize,
    figures: &[ReadSum],
    mut contributions: Contributions,
    evaluate: impl Fn(&Contributions, &Mat<f64>, f64) -> Option<(f64, Blocks)>,
) -> Option<f64> {
    let gram = gram(steps, figures)?;
    let root = gram.llt(Side::Lower).ok()?.L().transpose().to_owned();
    let trace: f64 = (0..steps).map(|step| gram[(step, step)]).sum();
    let largest = gram.col_iter().flat_map(|column| column.iter().copied()).fold(0.0, f64::max);
    let most = contributions.most() as f64;
    // The rounding of B'B relative to G, and of the products: see the proof, section 3.
    let norm = most * trace + 2.0 * most * most * largest;
    let lowered = CARE * steps as f64 * f64::EPSILON * norm;
    let rounds = if contributions.most() == 1 { ROUNDS.0 } else { ROUNDS.1 };
    let mut best = 0.0f64;
    for _ in 0..rounds {
        let (bound, x) = evaluate(&contributions, &root, lowered)?;
        best = best.max(bound);
        contributions.follow(&x, POWER);
    }
    (best > 0.0).then_some(best * contributions.scale() * (1.0 - MARGIN))
}

/// The eigenvalues and eigenvectors of B U B'.
struct EigenRoot {
    eigen: SelfAdjointEigen<f64>,
    values: Vec<f64>,
}

impl EigenRoot {
    fn of(root: &Mat<f64>, moment: &Mat<f64>) -> Option<Self> {
        let product = root * moment * root.transpose();
        let symmetric = |i: usize, j: usize| 0.5 * (product[(i, j)] + product[(j, i)]);
        let product = Mat::from_fn(product.nrows(), product.ncols(), symmetric);
        let eigen = product.self_adjoint_eigen(Side::Lower).ok()?;
        let values = eigen.S().column_vector().iter().copied().collect();
        Some(Self { eigen, values })
    }

    /// The sum of the roots of the eigenvalues, each lowered first.
    fn trace(&self, lowered: f64) -> f64 {
        self.values.iter().map(|value| (value - lowered).max(0.0).sqrt()).sum()
    }

    /// X = B' (B U B')^(-1/2) B, which is the best up to a factor if U is the worst distribution.
    fn best_matrix(&self, root: &Mat<f64>) -> Mat<f64> {
        let top = self.values.iter().copied().fold(0.0, f64::max);
        let turned = root.transpose() * self.eigen.U();
        let half = Mat::from_fn(turned.nrows(), turned.ncols(), |i, j| {
            turned[(i, j)] / self.values[j].max(top * 1e-14).sqrt().sqrt()
        });
        &half * half.transpose()
    }
}

/// The Gram matrix of the figures; `None` if a figure is not within the steps.
fn gram(steps: usize, figures: &[ReadSum]) -> Option<Mat<f64>> {
    // Differences in two dimensions, then sums: each figure adds to a square of the matrix.
    let mut corners = vec![vec![0.0; steps + 1]; steps + 1];
    for &ReadSum { first, last, weight } in figures {
        let (first, end) = (first as usize, last as usize + 1);
        if first >= end || end > steps {
            return None;
        }
        corners[first][first] += weight;
        corners[end][end] += weight;
        corners[first][end] -= weight;
        corners[end][first] -= weight;
    }
    let mut above = vec![0.0; steps];
    let mut gram = Mat::zeros(steps, steps);
    for i in 0..steps {
        let mut along = 0.0;
        for j in 0..steps {
            along += corners[i][j];
            above[j] += along;
            gram[(i, j)] = above[j];
        }
    }
    Some(gram)
}
