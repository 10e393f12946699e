//! The best split of a budget over residuals: the closed form, in floats that charge nothing.
//!
//! The weighted sum of the wanted marginals' variances is the sum over residuals of V_A / rho_A.
//! For a given total it is least when rho_A is proportional to sqrt(V_A). The result is a choice:
//! fractions that a plan can hold and from which a charge is computed exactly. A poor choice costs
//! accuracy, but the charge is exact all the same. Derivation: `residual.proof.md`, 6.
//!
//! Not here: charges, draws, and the choice of marginals.
//!
//! Symbols: w_B the weight of marginal B; v_AB the time loss, the variance per unit rho that the
//! strategy of residual A gives to the period that marginal B wants; V_A the importance of A.
//!
//! Invariants:
//! 1. The shares are positive and add up to at most one, exactly
//!    (`tests::shares_are_positive_and_never_exceed_one`).
//! 2. They reach the optimum over all linear mechanisms with Gaussian noise if the groups of each
//!    level have one size (`super::tests::shares_reach_the_joint_optimum`), over time too
//!    (`super::tests::shares_reach_the_joint_optimum_over_time`).
//! 3. They give the errors of ResidualPlanner, as computed by another program
//!    (`super::tests::the_errors_of_adult_are_those_of_residual_planner`).

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;

use super::{CodeTree, ContingencyTable, MarginalLevels};
use crate::decode::Decoder;
use crate::strategy::recursion::Recursion;
use crate::{Error, Result};

/// A share is a whole number of billionths.
const GRAINS: u64 = 1_000_000_000;

/// A marginal that will be read.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedMarginal {
    /// The marginal.
    pub marginal: MarginalLevels,
    /// The weight of the variance of each of its cells. With one over the number of cells, all
    /// marginals count alike.
    pub weight: f64,
}

impl WantedMarginal {
    /// A marginal that counts with `weight` as a whole, however many cells it has.
    /// Errors: `MarginalUnknown`, `MarginalTooLarge`.
    pub fn whole(table: &ContingencyTable, marginal: MarginalLevels, weight: u32) -> Result<Self> {
        let weight = f64::from(weight) / table.cells(&marginal)? as f64;
        Ok(Self { marginal, weight })
    }
}

/// How a residual is measured over time.
#[derive(Clone, Copy, Debug)]
pub enum TimeCourse<'a> {
    /// Once in each of this many periods of one length, with noise only.
    Periods(u32),
    /// At every step, by a recursion.
    Steps(&'a Recursion),
    /// At every step, by a recursion, for readers of the sum from the first step on: a level.
    Levels(&'a Recursion),
}

impl TimeCourse<'_> {
    /// The time loss for readers of the nodes with these ends, in steps: the mean over nodes of the
    /// variance at rho 1, if the squared sensitivity of one cell is `delta2`.
    pub fn loss(self, delta2: u128, ends: &[u32]) -> f64 {
        let variance = match self {
            // Every reading is a sum of whole periods.
            TimeCourse::Periods(periods) => f64::from(periods) / ends.len() as f64,
            TimeCourse::Steps(recursion) => {
                let decoder = Decoder::with_unit_noise(recursion);
                let nodes = &decoder.period_variances(recursion.steps(), &[ends]).nodes[0];
                mean(nodes)
            }
            TimeCourse::Levels(recursion) => {
                let variances =
                    Decoder::with_unit_noise(recursion).period_variances(recursion.steps(), &[]);
                let level_at = |&end: &u32| variances.prefixes.get(end as usize - 1).copied();
                mean(&ends.iter().filter_map(level_at).collect::<Vec<_>>())
            }
        };
        delta2 as f64 * variance / 2.0
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |sum, value| sum + value) / values.len() as f64
}

/// The time loss of a residual that is measured once, with noise only: variance 1 / (2 rho). If the
/// time part of the sensitivity is F, and the period's estimate has variance q sigma^2, the loss is
/// F q / 2.
pub const SINGLE_MEASUREMENT_LOSS: f64 = 0.5;

/// The share of each residual in the budget, given the time loss of each (residual, marginal).
/// Shape: one entry for each of [`ContingencyTable::residuals`], a positive fraction of billionths.
/// Guarantee: the shares add up to at most one, exactly.
/// Source: Xiao et al. 2023 (arXiv 2305.08175) for one level a dimension and no time.
/// Errors: `MarginalUnknown`, `MarginalTooLarge`, `ResidualsTooMany`, `ImportanceNotPositive`.
pub fn shares(
    table: &ContingencyTable,
    wanted: &[WantedMarginal],
    loss: impl Fn(&MarginalLevels, &MarginalLevels) -> f64,
) -> Result<BTreeMap<MarginalLevels, BigRational>> {
    let importances = importances(table, wanted, loss)?;
    let roots: Vec<f64> = importances.values().map(|importance| importance.sqrt()).collect();
    let total = roots.iter().fold(0.0, |sum, root| sum + root);
    let grains = whole(&roots.iter().map(|root| root / total).collect::<Vec<_>>());
    let share = |grains| BigRational::new(BigInt::from(grains), BigInt::from(GRAINS));
    Ok(importances.into_keys().zip(grains.into_iter().map(share)).collect())
}

/// The least weighted sum of variances at rho 1, which the shares reach up to rounding; at another
/// rho it is divided by that rho.
/// Errors: as [`shares`].
pub fn least_loss(
    table: &ContingencyTable,
    wanted: &[WantedMarginal],
    loss: impl Fn(&MarginalLevels, &MarginalLevels) -> f64,
) -> Result<f64> {
    let importances = importances(table, wanted, loss)?;
    Ok(importances.values().fold(0.0, |sum, importance| sum + importance.sqrt()).powi(2))
}

/// V_A of each residual: the weighted sum of variances is the sum of V_A / rho_A.
fn importances(
    table: &ContingencyTable,
    wanted: &[WantedMarginal],
    loss: impl Fn(&MarginalLevels, &MarginalLevels) -> f64,
) -> Result<BTreeMap<MarginalLevels, f64>> {
    let marginals: Vec<MarginalLevels> =
        wanted.iter().map(|wanted| wanted.marginal.clone()).collect();
    let mut importances: BTreeMap<MarginalLevels, f64> =
        table.residuals(&marginals)?.into_iter().map(|residual| (residual, 0.0)).collect();
    let axes: Vec<_> = table.dimensions.iter().map(traces).collect();
    for WantedMarginal { marginal, weight } in wanted {
        table.shape(marginal)?;
        for residual in table.below(marginal)? {
            let levels = residual.0.iter().zip(&marginal.0);
            let traces = axes.iter().zip(levels).map(|(axis, (&from, &to))| axis[to][from]);
            let part =
                weight * loss(&residual, marginal) * traces.fold(1.0, |all, trace| all * trace);
            if !(part > 0.0 && part.is_finite()) {
                return Err(Error::ImportanceNotPositive);
            }
            *importances.entry(residual).or_default() += part;
        }
    }
    Ok(importances)
}

/// By level of the marginal and level of the residual: the sum over the marginal's codes of the
/// variance that a residual of unit variance gives, that is, ((n - 1) / n)^2 of its group over the
/// product of squares of the groups below.
fn traces(dimension: &CodeTree) -> Vec<Vec<f64>> {
    let square = |number: f64| number * number;
    let trace = |from: usize, to: usize| {
        let parts = (0..dimension.codes(to).len()).map(|code| {
            let path = dimension.path(from, to, code).into_iter();
            let spread = path.fold(1.0, |spread, step| spread / square(step.group as f64));
            let kept = match from {
                from if dimension.is_plain(from) => 1.0,
                from => {
                    let group = dimension.codes(from)[dimension.ancestor(to, code, from)].group;
                    1.0 - 1.0 / group as f64
                }
            };
            square(kept) * spread
        });
        parts.fold(0.0, |sum, part| sum + part)
    };
    (0..=dimension.depth()).map(|to| (0..=to).map(|from| trace(from, to)).collect()).collect()
}

/// Parts of one as whole billionths: rounded down, at least one each, together at most [`GRAINS`].
fn whole(parts: &[f64]) -> Vec<u64> {
    let grain = |part: &f64| ((part * GRAINS as f64) as u64).clamp(1, GRAINS);
    let mut grains: Vec<u64> = parts.iter().map(grain).collect();
    let mut excess = grains.iter().sum::<u64>().saturating_sub(GRAINS);
    let mut order: Vec<usize> = (0..grains.len()).collect();
    order.sort_by_key(|&place| (std::cmp::Reverse(grains[place]), place));
    for place in order {
        let taken = excess.min(grains[place] - 1);
        grains[place] -= taken;
        excess -= taken;
    }
    grains
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_traits::{One, Signed, Zero};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_are_positive_and_never_exceed_one(
            weights in prop::collection::vec(-40i32..40, 5),
            losses in prop::collection::vec(-40i32..40, 6),
        ) {
            let tree = CodeTree::new(&[vec![2], vec![3, 1]]).unwrap();
            let table = ContingencyTable::new(vec![tree, CodeTree::flat(4).unwrap()]).unwrap();
            let levels = [[0, 0], [1, 0], [2, 0], [0, 1], [2, 1]];
            let wanted = |(levels, &weight): (&[usize; 2], &i32)| WantedMarginal {
                marginal: table.marginal(levels).unwrap(),
                weight: 2f64.powi(weight),
            };
            let wanted: Vec<WantedMarginal> = levels.iter().zip(&weights).map(wanted).collect();
            let loss = |residual: &MarginalLevels, _: &MarginalLevels| {
                2f64.powi(losses[residual.levels()[0] * 2 + residual.levels()[1]])
            };
            let shares = shares(&table, &wanted, loss).unwrap();
            let marginals: Vec<MarginalLevels> =
                wanted.iter().map(|wanted| wanted.marginal.clone()).collect();
            let named: Vec<MarginalLevels> = shares.keys().cloned().collect();
            prop_assert_eq!(named, table.residuals(&marginals).unwrap());
            prop_assert!(shares.values().all(|share| share.is_positive()));
            let sum = shares.values().fold(BigRational::zero(), |sum, share| sum + share);
            prop_assert!(sum <= BigRational::one());
            let least = BigRational::new((GRAINS - 6).into(), GRAINS.into());
            prop_assert!(sum >= least, "{}", sum);
        }

        #[test]
        fn parts_become_whole_grains(parts in prop::collection::vec(0.0f64..1.0, 1..2000)) {
            let sum: f64 = parts.iter().sum();
            let grains = whole(&parts.iter().map(|part| part / sum).collect::<Vec<_>>());
            prop_assert!(grains.iter().sum::<u64>() <= GRAINS);
            prop_assert!(!grains.contains(&0));
        }
    }

    #[test]
    fn weights_and_losses_are_positive_numbers() {
        let table = ContingencyTable::new(vec![CodeTree::flat(3).unwrap()]).unwrap();
        for number in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            for (weight, loss) in [(number, SINGLE_MEASUREMENT_LOSS), (1.0, number)] {
                let wanted = [WantedMarginal { marginal: table.marginal(&[1]).unwrap(), weight }];
                let refusal = shares(&table, &wanted, |_, _| loss);
                assert_eq!(refusal, Err(Error::ImportanceNotPositive));
            }
        }
    }
}
