//! The least charge that grants wishes: how much of a budget each measurement needs.
//!
//! The variance of figure i is the sum over measurements j of c_ij / rho_j, and wish i asks for at
//! most V_i. The least sum of rho_j is found by raising the prices of wishes that need most. Every
//! step has a certificate: a lower bound that no split of a budget can beat. Proof:
//! `solver.proof.md`.
//!
//! Not here: where the c_ij come from (`planner`), and charges, which are exact and computed from
//! the plan that comes out.
//!
//! Symbols: a_ij = c_ij / V_i; lambda_i the price of wish i, together 1; root_j = sqrt(sum_i
//! lambda_i a_ij); S the sum of root_j; load_i = S sum_j a_ij / root_j, the rho that wish i needs
//! at proportions root_j.
//!
//! Invariants:
//! 1. The answer grants every wish, and no split of less than its lower bound does
//!    (`tests::the_certificate_holds_against_another_method`).
//! 2. The same problem has the same answer on every host: there is no start value and no
//!    randomness, and floats use only `+ - * /` and square root in one fixed order
//!    (`tests::the_same_problem_has_the_same_answer`).

#[cfg(test)]
mod tests;

/// The largest distance of the answer from the least charge, relative to it.
pub(crate) const GAP_MAX: f64 = 0.001;
/// Where the search stops: half of what is promised.
const GAP_WANTED: f64 = GAP_MAX / 2.0;
/// Most steps. The ready-made plans need fewer than a hundred.
const ROUNDS_MAX: usize = 20_000;
/// The exponent of a step is 2 to the power of a number in this range.
const EXPONENTS: std::ops::RangeInclusive<i32> = -30..=4;

/// The least charge that grants some wishes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Solution {
    /// The charge of each measurement.
    pub(crate) charges: Vec<f64>,
    /// The price of each wish, together 1: how much the charge falls if the wish is relaxed.
    pub(crate) prices: Vec<f64>,
    /// A charge below which no split grants all wishes.
    pub(crate) bound: f64,
}

impl Solution {
    /// The charge of all measurements together.
    pub(crate) fn total(&self) -> f64 {
        self.charges.iter().fold(0.0, |sum, charge| sum + charge)
    }

    /// How far the charge is at most from the least, relative to it.
    #[cfg(test)]
    pub(crate) fn gap(&self) -> f64 {
        self.total() / self.bound - 1.0
    }
}

/// What a choice of prices says.
struct Step {
    roots: Vec<f64>,
    /// S.
    sum: f64,
    loads: Vec<f64>,
    largest: f64,
}

impl Step {
    fn new(rows: &[Vec<f64>], prices: &[f64]) -> Self {
        let measurements = rows[0].len();
        let mut squares = vec![0.0; measurements];
        for (row, price) in rows.iter().zip(prices) {
            for (square, need) in squares.iter_mut().zip(row) {
                *square += price * need;
            }
        }
        let roots: Vec<f64> = squares.iter().map(|square| square.sqrt()).collect();
        let sum = roots.iter().fold(0.0, |sum, root| sum + root);
        let load = |row: &Vec<f64>| {
            let needs = row.iter().zip(&roots).filter(|(need, _)| **need > 0.0);
            needs.fold(0.0, |load, (need, root)| load + need / root) * sum
        };
        let loads: Vec<f64> = rows.iter().map(load).collect();
        let largest =
            loads.iter().fold(0.0, |most: f64, &load| if load > most { load } else { most });
        Self { roots, sum, loads, largest }
    }
}

/// The least charge at which every row is granted. `rows[i][j]` is a_ij: the variance that
/// measurement j gives to figure i at a charge of 1, relative to the variance that is wished.
/// `None` if a row needs no measurement, or needs what is not a positive number.
pub(crate) fn solve(rows: &[Vec<f64>]) -> Option<Solution> {
    let is_sound = |row: &Vec<f64>| {
        row.iter().all(|need| need.is_finite() && *need >= 0.0)
            && row.iter().any(|need| *need > 0.0)
    };
    if rows.is_empty() || !rows.iter().all(is_sound) {
        return None;
    }
    let mut prices = vec![1.0 / rows.len() as f64; rows.len()];
    let mut step = Step::new(rows, &prices);
    let (mut best, mut exponent) = (charges(&step), 0);
    let mut least = step.largest;
    for _ in 0..ROUNDS_MAX {
        if least / (step.sum * step.sum) - 1.0 < GAP_WANTED || !EXPONENTS.contains(&exponent) {
            break;
        }
        let raised = raised(&prices, &step, exponent);
        let next = Step::new(rows, &raised);
        // Written so that a number that is none is refused too.
        if next.sum >= step.sum && next.largest.is_finite() {
            (prices, step) = (raised, next);
            exponent = (exponent + 1).min(*EXPONENTS.end());
            if step.largest < least {
                (best, least) = (charges(&step), step.largest);
            }
        } else {
            exponent -= 1;
        }
    }
    Some(Solution { charges: best, prices, bound: step.sum * step.sum })
}

/// The charges in the proportions of a step at which every wish is granted.
fn charges(step: &Step) -> Vec<f64> {
    step.roots.iter().map(|root| root / step.sum * step.largest).collect()
}

/// The prices, each multiplied by a power of its load, together 1 again.
fn raised(prices: &[f64], step: &Step, exponent: i32) -> Vec<f64> {
    let raise =
        |(price, load): (&f64, &f64)| price * power_of_two_power(load / step.largest, exponent);
    let raised: Vec<f64> = prices.iter().zip(&step.loads).map(raise).collect();
    let sum = raised.iter().fold(0.0, |sum, price| sum + price);
    raised.into_iter().map(|price| price / sum).collect()
}

/// x to the power of 2^exponent, by squares or square roots.
fn power_of_two_power(x: f64, exponent: i32) -> f64 {
    let squared = (0..exponent).fold(x, |x, _| x * x);
    (exponent..0).fold(squared, |x, _| x.sqrt())
}
