//! Fits a plan to its wishes: shares, weights of marginals and strategies that grant them at the
//! least charge, or the common factor by which they are missed.
//!
//! The wishes of a dataflow need its own measurements only, so each dataflow is solved by itself
//! (`solver.proof.md`, 5). First the measurements are free: this gives the strategy that needs
//! least and the weights of marginals. Then the dataflow is priced with these weights, its base,
//! net and turnover are weighed again, and weights are raised where most is needed. If the best of
//! these dataflows needs clearly more than free measurements do, which is so where groups differ in
//! size, the plan gets weights of residuals instead, which say what the solver found. What the
//! dataflow then needs is its share. A dataflow without a wish keeps its share.
//!
//! Not here: the solver, how a plan's text changes (`rewrite`), and bounds (`cut`).
//!
//! Invariants:
//! 1. What is reported is what the plan that comes out gives, in its worst window
//!    (`tests::the_report_is_that_of_the_plan`).
//! 2. A plan that fits its wishes stays as it is, up to the rounding of shares
//!    (`tests::a_fitted_plan_fits_itself`).
//! 3. The plan that comes out misses no wish by clearly more than no plan can avoid
//!    (`tests::uneven_groups_are_fitted_by_weights_of_residuals`).

#[cfg(test)]
mod tests;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive};
use tidegauge_figures::{Indicator, MarginRule, indicators};
use tidegauge_ledger::{Levels, Part, prices};
use tidegauge_model::{Dataflow, Grain, Measure, Plan, StrategyChoice, WeightedResidual, Wish};
use tidegauge_privacy::Error;
use tidegauge_privacy::interval::NORMAL_POINT;

use super::cut::{ChosenBound, Contributions, bound};
use super::figure::{FigureKind, words};
use super::forecast::{Forecast, ForecastOptions, forecast};
use super::headline::HeadlineForecast;
use super::margin::MarginForecast;
use super::rewrite::rewritten;
use super::window::{Count, MeasuredWindows};
use crate::solver::{Solution, solve};

/// A share is a whole number of these parts of the budget.
const SHARE_PARTS: u32 = 100_000;
/// A part of a share (`base_share`, `net_share`) is a whole number of these.
const SPLIT_PARTS: u32 = 10_000;
/// The fewest of them.
const SPLIT_MIN: f64 = 10.0;
/// What is measured though no wish needs it gets more by this factor until its noise can be drawn,
/// and up to so many times the least.
const MORE_FOR_IDLE: f64 = 4.0;
const MOST_FOR_IDLE: f64 = 256.0;
/// The greatest weight of a marginal.
const WEIGHT_MAX: f64 = 1000.0;
/// The weights of all residuals together, about.
const RESIDUAL_PARTS: f64 = 1e6;
/// The part of the budget of a table that residuals without need get together: the first of these
/// with which their noise can be drawn.
const IDLE_PARTS: [f64; 6] = [1e-3, 2e-3, 4e-3, 8e-3, 16e-3, 32e-3];
/// Weights of marginals are the best if they need at most this times what free measurements need.
const IS_BEST: f64 = 1.001;
/// And they suffice, because a plan with them is easier to read, if they need at most this times
/// that: margins are then wider by less than 0.2 %.
const SUFFICES: f64 = 1.004;
/// What is kept of a variance that rounding limits, because variances are whole sixteenths and
/// shares whole parts.
const KEPT: f64 = 0.998;
/// A strategy must need less than the plan's own by this much to replace it.
const BETTER: f64 = 0.99;
/// How often the weights of a table are raised where most is needed.
const REFINEMENTS: usize = 8;
/// Halvings of the range of the common factor.
const HALVINGS: usize = 40;

/// A plan that is fitted to its wishes.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedPlan {
    /// The plan's text with shares, weights, strategies and bounds written in.
    pub text: String,
    /// The least rho of a window that grants all wishes, if shares could be any numbers.
    pub least: f64,
    /// How far `least` is at most from what no plan can beat, relative to it.
    pub gap: f64,
    /// The rho of a window that dataflows with wishes may take.
    pub available: f64,
    /// The rho of a window that the plan gives to dataflows with wishes.
    pub given: f64,
    /// The factor by which the plan misses wishes of priority 1 before figures and margins are
    /// rounded; 1 if it grants them.
    pub factor: f64,
    /// The factor by which every plan with these measurements misses them.
    pub unavoidable: f64,
    /// The bounds that were chosen from tables, in their order.
    pub bounds: Vec<ChosenBound>,
    /// Every wish with what the plan reaches, in the plan's order of dataflows.
    pub wishes: Vec<HeadlineForecast>,
    /// The marginals without a wish, of tables with one.
    pub unwished: Vec<UnwishedMarginal>,
}

/// A marginal that the plan promises and for which it has no wish. It gets as much of the budget as
/// its noise needs to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct UnwishedMarginal {
    /// The dataflow's id.
    pub dataflow: String,
    /// The margin of error that its figures have.
    pub figure: MarginForecast,
}

/// Why a plan is not fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// The plan has no wish.
    #[error("the plan has no [[wish]]; write one for each figure that is read")]
    NoWish,
    /// A dataflow has no price.
    #[error("{0}; write or change a [[wish]]")]
    Price(#[from] Error),
    /// The bounds that were chosen from tables cannot stand in one plan.
    #[error("dataflow.{dataflow}: with the bounds chosen from the table: {rule}")]
    Bounds {
        /// The dataflow.
        dataflow: String,
        /// The rule that they break, and the next step.
        rule: String,
    },
    /// The dataflows without a wish take the whole budget.
    #[error(
        "too little of the budget is left beside the dataflows without a wish; lower their shares"
    )]
    NothingLeft,
    /// No period of the plan has the figures of a wish.
    #[error(
        "no window has a whole {grain} for a wish of {dataflow}; give the [[wish]] a shorter period"
    )]
    NoPeriod {
        /// The dataflow.
        dataflow: String,
        /// The grain of the wish.
        grain: &'static str,
    },
    /// The noise of a dataflow would exceed what can be drawn, and no more of the budget is left.
    #[error(
        "the wishes of {dataflow} are so loose that its noise cannot be drawn; make one tighter"
    )]
    TooLoose {
        /// The dataflow.
        dataflow: String,
    },
    /// The text that comes out is not a plan.
    #[error("the fitted plan is refused: {0}; write or change a [[wish]]")]
    Refused(String),
}

/// A wish, with the indicator of its figures and its margin.
struct Wanted<'p> {
    wish: &'p Wish,
    indicator: Indicator,
    margin: f64,
}

impl Wanted<'_> {
    /// The variance of noise that grants the wish if rounding adds so much: with it neither the
    /// margin of the noise nor the margin that is published exceeds what is wished.
    fn variance(&self, rule: MarginRule, rounding: f64) -> f64 {
        let deviation = self.margin / NORMAL_POINT;
        let own = deviation * deviation;
        let published = rule.variance_within(self.indicator, self.margin) - rounding;
        // Where rounding exceeds what is wished, no noise grants it.
        if published > 0.0 { own.min(published * KEPT) } else { own }
    }
}

/// Which figure a row of a problem stands for.
struct RowKind {
    /// The position of the wish among those of the dataflow.
    wish: usize,
    /// The variance over that at the finest grain of its marginal.
    over_finest: f64,
    /// The variance that is wished.
    variance: f64,
}

/// The needs of a dataflow's wishes.
struct Needs {
    /// The parts that are measured.
    parts: Vec<Part>,
    /// What each part is charged now.
    charges: Vec<f64>,
    /// For each figure and part, the variance at a charge of 1 over the variance that is wished.
    rows: Vec<Vec<f64>>,
    kinds: Vec<RowKind>,
}

/// A dataflow with wishes.
struct WishedDataflow<'p> {
    position: usize,
    wanted: Vec<Wanted<'p>>,
}

impl<'p> WishedDataflow<'p> {
    fn new(plan: &'p Plan, position: usize) -> Option<Self> {
        let offered = indicators(&plan.dataflows[position].measure);
        let wanted: Vec<Wanted> = plan
            .wishes
            .iter()
            .filter(|wish| wish.dataflow == position)
            .filter_map(|wish| {
                let indicator = *offered.iter().find(|known| known.code() == wish.indicator)?;
                Some(Wanted { wish, indicator, margin: wish.margin.to_f64()? })
            })
            .collect();
        (!wanted.is_empty()).then_some(Self { position, wanted })
    }

    /// What the wishes need of a plan's parts, in every window that it looks at.
    fn needs(&self, plan: &Plan) -> Result<Needs, FitError> {
        let dataflow = &plan.dataflows[self.position];
        let windows = MeasuredWindows::new(plan, self.position)?;
        let prices = &windows.first.prices;
        let charge = |rho: &BigRational| rho.to_f64().unwrap_or(f64::INFINITY);
        let parts: Vec<Part> = prices.iter().map(|price| price.part).collect();
        let charges = prices.iter().map(|price| charge(price.rho.as_ratio())).collect();
        let mut needs = Needs { parts, charges, rows: vec![], kinds: vec![] };
        for (number, wanted) in self.wanted.iter().enumerate() {
            let Wanted { wish, indicator, .. } = wanted;
            let kind = FigureKind::new(dataflow, prices, &wish.levels)?;
            let promised =
                dataflow.marginals.iter().find(|marginal| marginal.levels == wish.levels);
            let finest = promised.map_or(plan.step(), |marginal| marginal.grain);
            let before = needs.rows.len();
            for window in windows.all() {
                let contributions = |grain| {
                    let figure = (*indicator, grain, Count::Last);
                    window.contributions(&kind.composition, figure)
                };
                let Some((rows, is_whole)) = contributions(wish.grain) else { continue };
                if !is_whole && !windows.later.is_empty() {
                    continue;
                }
                let rounding = window.rounding(&kind, (*indicator, wish.grain, Count::Last));
                let variance = wanted.variance(window.margins, rounding);
                let at_finest = contributions(finest).map(|(rows, _)| rows).unwrap_or_default();
                for (at, row) in rows.iter().enumerate() {
                    let mut needed = vec![0.0; needs.parts.len()];
                    for (price, part) in window.prices.iter().zip(row) {
                        if let Some(column) = needs.parts.iter().position(|p| *p == price.part) {
                            needed[column] += part * charge(price.rho.as_ratio()) / variance;
                        }
                    }
                    let over = at_finest.get(at).map_or(1.0, |finest| sum(row) / sum(finest));
                    needs.rows.push(needed);
                    needs.kinds.push(RowKind { wish: number, over_finest: over, variance });
                }
            }
            if needs.rows.len() == before {
                let (dataflow, grain) = (dataflow.id.clone(), wish.grain.word());
                return Err(FitError::NoPeriod { dataflow, grain });
            }
        }
        Ok(needs)
    }

    /// The needs with the strategy that needs least. The plan takes that strategy.
    fn with_best_strategy(&self, plan: &mut Plan) -> Result<(Needs, Solution), FitError> {
        let mut best = self.solved(plan, &self.factors(1.0))?;
        let own = plan.dataflows[self.position].clone();
        if own.present().is_none() {
            for strategy in [StrategyChoice::CalendarBlt, StrategyChoice::Identity] {
                if strategy == own.strategy
                    || strategy == StrategyChoice::Identity && plan.step() < Grain::Day
                {
                    continue;
                }
                let mut other = plan.clone();
                other.dataflows[self.position].strategy = strategy;
                // A strategy without a price is none for this dataflow.
                let Ok(found) = self.solved(&other, &self.factors(1.0)) else { continue };
                if found.1.total() < BETTER * best.1.total() {
                    (best, *plan) = (found, other);
                }
            }
        }
        Ok(best)
    }

    fn solved(&self, plan: &Plan, factors: &[f64]) -> Result<(Needs, Solution), FitError> {
        let needs = self.needs(plan)?;
        let solution = solve(&needs.relaxed(factors)).ok_or(Error::ImportanceNotPositive)?;
        Ok((needs, solution))
    }

    /// By how much each wish may be missed if those of priority 1 are missed by a factor.
    fn factors(&self, factor: f64) -> Vec<f64> {
        let relaxed = |wanted: &Wanted| {
            let own = factor / f64::from(wanted.wish.priority);
            if own > 1.0 { own } else { 1.0 }
        };
        self.wanted.iter().map(relaxed).collect()
    }

    /// Writes weights, and the shares of base and net, into a plan. Returns the rho that grants the
    /// wishes, each relaxed by its factor.
    fn settle(&self, plan: &mut Plan, needs: &Needs, factors: &[f64]) -> Result<f64, FitError> {
        let solution = solve(&needs.relaxed(factors)).ok_or(Error::ImportanceNotPositive)?;
        plan.dataflows[self.position].residuals.clear();
        // Noise is on a grid, so what is priced here has the share that it is to get.
        let rho = plan.privacy.rho.to_f64().unwrap_or(f64::INFINITY);
        let parts = solution.total() / rho * f64::from(SHARE_PARTS);
        let mut parts = parts.ceil().clamp(1.0, SHARE_PARTS.into()) as u32;
        let mut least = 1.0;
        let measure = plan.dataflows[self.position].measure.clone();
        let by_marginals = loop {
            let own = &mut plan.dataflows[self.position];
            own.share = BigRational::new(parts.into(), SHARE_PARTS.into());
            own.measure.clone_from(&measure);
            match self.settle_marginals(plan, needs, (&solution, factors), least) {
                Err(FitError::Price(Error::VarianceTooLarge { .. })) if least < MOST_FOR_IDLE => {
                    least *= MORE_FOR_IDLE;
                }
                Err(FitError::Price(Error::VarianceTooLarge { .. })) if parts < SHARE_PARTS => {
                    parts = (2 * parts).min(SHARE_PARTS);
                }
                settled => break settled?,
            }
        };
        if plan.dataflows[self.position].marginals.is_empty()
            || by_marginals <= SUFFICES * solution.total()
        {
            return Ok(by_marginals);
        }
        for idle in IDLE_PARTS {
            let mut other = plan.clone();
            set_residuals(&mut other.dataflows[self.position], needs, &solution, idle);
            match self.load(&other, factors) {
                // What nobody needs would have more noise than can be drawn.
                Err(FitError::Price(Error::VarianceTooLarge { .. })) => {}
                Ok((charge, ..)) if charge < by_marginals => {
                    *plan = other;
                    return Ok(charge);
                }
                _ => break,
            }
        }
        Ok(by_marginals)
    }

    /// The same with weights of marginals. They begin with the solver's and are raised where most
    /// is needed a few times; the best are kept. What no wish needs gets `least` times the least.
    fn settle_marginals(
        &self,
        plan: &mut Plan,
        needs: &Needs,
        (solution, factors): (&Solution, &[f64]),
        least: f64,
    ) -> Result<f64, FitError> {
        let mut weights = self.weights(plan, needs, (&solution.prices, factors));
        let mut best: Option<(f64, Dataflow)> = None;
        let rounds = if weights.is_empty() { 1 } else { REFINEMENTS };
        for _ in 0..rounds {
            let marginals = plan.dataflows[self.position].marginals.iter_mut();
            for (marginal, weight) in marginals.zip(&weights) {
                // Between 1, or a little more, and 1000.
                marginal.weight = (weight * WEIGHT_MAX + 0.5).clamp(least, WEIGHT_MAX) as u32;
            }
            if plan.dataflows[self.position].present().is_some() {
                let groups = self.needs(plan)?.grouped();
                let solution =
                    solve(&groups.relaxed(factors)).ok_or(Error::ImportanceNotPositive)?;
                let measure = &mut plan.dataflows[self.position].measure;
                set_split(measure, &solution.charges, least * SPLIT_MIN);
            }
            let (charge, priced, loads) = self.load(plan, factors)?;
            if best.as_ref().is_none_or(|(least, _)| charge < *least) {
                best = Some((charge, plan.dataflows[self.position].clone()));
            }
            if charge <= IS_BEST * solution.total() {
                break;
            }
            self.raise(&mut weights, plan, (&priced, &loads));
        }
        let (charge, dataflow) = best.ok_or(Error::ImportanceNotPositive)?;
        plan.dataflows[self.position] = dataflow;
        Ok(charge)
    }

    /// Multiplies the weight of each marginal by the largest load of its wishes.
    fn raise(&self, weights: &mut [f64], plan: &Plan, (needs, loads): (&Needs, &[f64])) {
        let marginals = &plan.dataflows[self.position].marginals;
        for (weight, marginal) in weights.iter_mut().zip(marginals) {
            let own = needs.kinds.iter().zip(loads);
            let own = own.filter(|(kind, _)| self.wanted[kind.wish].wish.levels == marginal.levels);
            *weight *= own.fold(0.0, |own: f64, (_, &load)| own.max(load));
        }
        let largest = largest(weights);
        weights.iter_mut().for_each(|weight| *weight /= largest);
    }

    /// The rho at which a plan grants the wishes, each relaxed by its factor, in the proportions
    /// that it has; and by how much its charges must grow for each figure.
    fn load(&self, plan: &Plan, factors: &[f64]) -> Result<(f64, Needs, Vec<f64>), FitError> {
        let priced = self.needs(plan)?;
        let loads = priced.loads(factors);
        let budget = &plan.privacy.rho * &plan.dataflows[self.position].share;
        let charge = budget.to_f64().unwrap_or(f64::INFINITY) * largest(&loads);
        Ok((charge, priced, loads))
    }

    /// The weight of each marginal of a table, the largest 1: the sum of the prices of its wishes,
    /// for a variance of 1 at its own grain.
    fn weights(&self, plan: &Plan, needs: &Needs, (prices, factors): (&[f64], &[f64])) -> Vec<f64> {
        let weight = |levels: &[usize]| {
            let rows = needs.kinds.iter().zip(prices);
            rows.filter(|(kind, _)| self.wanted[kind.wish].wish.levels == levels).fold(
                0.0,
                |sum, (kind, price)| {
                    let factor = factors[kind.wish];
                    sum + price * kind.over_finest / (kind.variance * factor * factor)
                },
            )
        };
        let marginals = &plan.dataflows[self.position].marginals;
        let weights: Vec<f64> = marginals.iter().map(|marginal| weight(&marginal.levels)).collect();
        let most = largest(&weights);
        weights.into_iter().map(|weight| weight / most).collect()
    }
}

impl Needs {
    /// The rows, if each wish is relaxed by a factor.
    fn relaxed(&self, factors: &[f64]) -> Vec<Vec<f64>> {
        let rows = self.rows.iter().zip(&self.kinds);
        rows.map(|(row, kind)| {
            let square = factors[kind.wish] * factors[kind.wish];
            row.iter().map(|need| need / square).collect()
        })
        .collect()
    }

    /// By how much the present charges must grow for each row, if each wish is relaxed by a factor.
    fn loads(&self, factors: &[f64]) -> Vec<f64> {
        let load = |row: &Vec<f64>| {
            let parts = row.iter().zip(&self.charges).filter(|(need, _)| **need > 0.0);
            parts.fold(0.0, |sum, (need, charge)| sum + need / charge)
        };
        self.relaxed(factors).iter().map(load).collect()
    }

    /// The needs of base, net and turnover, each in its present proportions.
    fn grouped(self) -> Self {
        let charges = by_group(&self.parts, &self.charges).to_vec();
        let regroup = |row: &Vec<f64>| {
            let mut needs = vec![0.0; 3];
            for ((part, charge), need) in self.parts.iter().zip(&self.charges).zip(row) {
                needs[group(*part)] += need / charge * charges[group(*part)];
            }
            needs
        };
        let rows = self.rows.iter().map(regroup).collect();
        Self { parts: vec![], charges, rows, kinds: self.kinds }
    }
}

/// The place of a part among base, net and turnover; what is none of them counts as net.
fn group(part: Part) -> usize {
    match part {
        part if part.is_base() => 0,
        part if part.is_turnover() => 2,
        _ => 1,
    }
}

/// The charges of base, net and turnover.
fn by_group(parts: &[Part], charges: &[f64]) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (part, charge) in parts.iter().zip(charges) {
        sums[group(*part)] += charge;
    }
    sums
}

/// Sets the weights of a table's residuals, and its shares of base and net, from the charge of each
/// part. Weights of marginals then have no effect.
fn set_residuals(dataflow: &mut Dataflow, needs: &Needs, solution: &Solution, idle: f64) {
    let sums = by_group(&needs.parts, &solution.charges);
    let charged = || needs.parts.iter().zip(&solution.charges);
    let residuals = charged().filter(|(part, _)| group(**part) == 1).count() as f64;
    let weight = |wanted: usize, levels: Levels| {
        let own =
            |(part, _): &(&Part, &f64)| group(**part) == wanted && part.levels() == Some(levels);
        let share = charged().find(own).map_or(0.0, |(_, charge)| charge / sums[wanted]);
        // Between 1 and a million; what is no number, because nothing is needed, becomes the least.
        (share.max(idle / residuals) * RESIDUAL_PARTS + 0.5).clamp(1.0, RESIDUAL_PARTS) as u32
    };
    let streams = needs.parts.iter().filter(|part| group(**part) == 1);
    dataflow.residuals = streams
        .filter_map(|part| part.levels())
        .map(|levels| {
            let own = weight(1, levels);
            let other =
                |wanted: usize| if sums[wanted] > 0.0 { weight(wanted, levels) } else { own };
            let (base, turnover) = (other(0), other(2));
            WeightedResidual { levels: levels.to_vec(), weight: own, base, turnover }
        })
        .collect();
    dataflow.marginals.iter_mut().for_each(|marginal| marginal.weight = 1);
    set_split(&mut dataflow.measure, &sums, SPLIT_MIN.max(idle * f64::from(SPLIT_PARTS)));
}

/// Sets the shares of base and net from the charges of base, net and turnover, none of them below
/// `least` parts.
fn set_split(measure: &mut Measure, charges: &[f64], least: f64) {
    let [base, net, turnover] = charges else { return };
    let part = |part: f64, all: f64| {
        let most = f64::from(SPLIT_PARTS);
        // Neither none nor all. A part that no wish needs is measured all the same.
        let whole = (part / all * most + 0.5).clamp(least, most - least) as u32;
        BigRational::new(BigInt::from(whole), BigInt::from(SPLIT_PARTS))
    };
    match measure {
        Measure::Stock { base_share, .. } => *base_share = part(*base, base + net),
        Measure::Balance { base_share, net_share, .. } => {
            *base_share = part(*base, base + net + turnover);
            *net_share = part(*net, net + turnover);
        }
        _ => {}
    }
}

fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |most: f64, &number| most.max(number))
}

fn sum(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |sum, number| sum + number)
}

/// Fits a plan, given its text, to its wishes. `persons` has the numbers of persons by number of
/// contributions, from which bounds are chosen.
///
/// Errors: a plan without wishes; bounds that cannot stand in one plan; a dataflow without a price;
/// nothing left of the budget.
pub fn fit(text: &str, plan: &Plan, persons: &[Contributions]) -> Result<FittedPlan, FitError> {
    if plan.wishes.is_empty() {
        return Err(FitError::NoWish);
    }
    let (mut fitted, bounds) = with_bounds(plan, persons)?;
    let wished: Vec<WishedDataflow> =
        (0..plan.dataflows.len()).filter_map(|at| WishedDataflow::new(plan, at)).collect();
    let others = plan.dataflows.iter().enumerate();
    let others = others.filter(|(at, _)| wished.iter().all(|dataflow| dataflow.position != *at));
    let rest = others.fold(BigRational::one(), |rest, (_, dataflow)| rest - &dataflow.share);
    let parts = (&rest * BigInt::from(SHARE_PARTS)).floor().to_integer().to_u32().unwrap_or(0);
    if parts < wished.len() as u32 {
        return Err(FitError::NothingLeft);
    }
    // Any share and weights will do for a start, since what a figure needs of each part does not
    // depend on them: the largest, and equal ones, so that all noise can be drawn.
    for dataflow in &wished {
        let own = &mut fitted.dataflows[dataflow.position];
        own.share.clone_from(&rest);
        own.residuals.clear();
        own.marginals.iter_mut().for_each(|marginal| marginal.weight = 1);
    }
    let mut solved = Vec::new();
    for dataflow in &wished {
        solved.push(dataflow.with_best_strategy(&mut fitted)?);
    }
    let rho = plan.privacy.rho.to_f64().unwrap_or(f64::INFINITY);
    let available = rho * f64::from(parts) / f64::from(SHARE_PARTS);
    let least = solved.iter().fold(0.0, |sum, (_, solution)| sum + solution.total());
    let bound = solved.iter().fold(0.0, |sum, (_, solution)| sum + solution.bound);
    let factor = common_factor(&wished, &solved, available, Solution::total)?;
    let unavoidable = common_factor(&wished, &solved, available, |solution| solution.bound)?;
    let mut charges = Vec::new();
    for (dataflow, (needs, _)) in wished.iter().zip(&solved) {
        charges.push(dataflow.settle(&mut fitted, needs, &dataflow.factors(factor))?);
    }
    let shares = share_out(&mut fitted, &wished, shares(&charges, rho, parts), parts)?;
    let given = rho * f64::from(shares) / f64::from(SHARE_PARTS);
    let text = rewritten(text, plan, &fitted).map_err(FitError::Refused)?;
    let fitted = Plan::parse(&text).map_err(|errors| FitError::Refused(errors.to_string()))?;
    let forecast = forecast(&fitted, ForecastOptions::default())?;
    let factor = reached(&wished, &forecast);
    let unwished = unwished(&fitted, &forecast);
    let (gap, wishes) = (least / bound - 1.0, forecast.headline);
    Ok(FittedPlan {
        text,
        least,
        gap,
        available,
        given,
        factor,
        unavoidable,
        bounds,
        wishes,
        unwished,
    })
}

/// The plan with bounds that are chosen from tables.
///
/// Errors: bounds that cannot stand in one plan.
fn with_bounds(
    plan: &Plan,
    persons: &[Contributions],
) -> Result<(Plan, Vec<ChosenBound>), FitError> {
    let (mut fitted, mut bounds) = (plan.clone(), vec![]);
    for table in persons {
        if let Some((position, _)) = plan.dataflow(&table.dataflow)
            && let Some(chosen) = bound(plan, position, table)
        {
            let own = &mut fitted.dataflows[position].bound;
            own.window = chosen.bound;
            own.month = own.month.map(|month| month.min(chosen.bound));
            bounds.push(chosen);
        }
    }
    match fitted.bound_fault() {
        None => Ok((fitted, bounds)),
        Some((position, rule)) => {
            let dataflow = plan.dataflows[position].id.clone();
            Err(FitError::Bounds { dataflow, rule })
        }
    }
}

/// Gives dataflows these parts of the budget, or more where their noise would exceed what can be
/// drawn, which is so if wishes are very loose. Returns the number of parts given.
fn share_out(
    plan: &mut Plan,
    wished: &[WishedDataflow],
    mut shares: Vec<u32>,
    parts: u32,
) -> Result<u32, FitError> {
    let first = plan.window_of(plan.first_step());
    for (number, dataflow) in wished.iter().enumerate() {
        loop {
            let share = BigRational::new(shares[number].into(), SHARE_PARTS.into());
            plan.dataflows[dataflow.position].share = share;
            match prices(plan, dataflow.position, first) {
                Err(Error::VarianceTooLarge { .. }) => shares[number] *= 2,
                Err(error) => return Err(error.into()),
                Ok(_) => break,
            }
            if shares.iter().sum::<u32>() > parts {
                let dataflow = plan.dataflows[dataflow.position].id.clone();
                return Err(FitError::TooLoose { dataflow });
            }
        }
    }
    Ok(shares.iter().sum())
}

/// The factor by which a plan misses wishes of priority 1 before figures and margins are rounded; 1
/// if it grants all.
fn reached(wished: &[WishedDataflow], forecast: &Forecast) -> f64 {
    // Both are in the order of the dataflows, and within one in the plan's order of wishes.
    let wanted = wished.iter().flat_map(|dataflow| &dataflow.wanted);
    let factors = wanted.zip(&forecast.headline).filter_map(|(wanted, headline)| {
        Some(headline.missed_unrounded()? * f64::from(wanted.wish.priority))
    });
    factors.fold(1.0, f64::max)
}

/// The marginals without a wish, of tables with one: the margin at their own grain, of the least
/// certain indicator.
fn unwished(plan: &Plan, forecast: &Forecast) -> Vec<UnwishedMarginal> {
    let mut unwished = Vec::new();
    for (position, dataflow) in plan.dataflows.iter().enumerate() {
        let wishes = || plan.wishes.iter().filter(|wish| wish.dataflow == position);
        let outlook = forecast.dataflows.iter().find(|outlook| outlook.id == dataflow.id);
        for marginal in &dataflow.marginals {
            if wishes().next().is_none() || wishes().any(|wish| wish.levels == marginal.levels) {
                continue;
            }
            let words = words(dataflow, &marginal.levels);
            let margins = outlook.iter().flat_map(|outlook| &outlook.margins);
            let own = margins.filter(|margin| {
                margin.of.as_deref() == Some(&words) && margin.grain == marginal.grain.word()
            });
            let worst = own.max_by(|a, b| a.largest().total_cmp(&b.largest())).cloned();
            let dataflow = dataflow.id.clone();
            unwished.extend(worst.map(|figure| UnwishedMarginal { dataflow, figure }));
        }
    }
    unwished
}

/// The least factor by which wishes of priority 1 are missed at the rho that is available, if a
/// solution takes its `total`.
fn common_factor(
    wished: &[WishedDataflow],
    solved: &[(Needs, Solution)],
    available: f64,
    total: impl Fn(&Solution) -> f64,
) -> Result<f64, FitError> {
    let charge = |factor: f64| -> Result<f64, FitError> {
        let mut sum = 0.0;
        for (dataflow, (needs, _)) in wished.iter().zip(solved) {
            let rows = needs.relaxed(&dataflow.factors(factor));
            sum += total(&solve(&rows).ok_or(Error::ImportanceNotPositive)?);
        }
        Ok(sum)
    };
    let least = charge(1.0)?;
    if least <= available {
        return Ok(1.0);
    }
    let is_equal = wished.iter().flat_map(|dataflow| &dataflow.wanted);
    if is_equal.into_iter().all(|wanted| wanted.wish.priority == 1) {
        return Ok((least / available).sqrt());
    }
    let (mut low, mut high) = (1.0, 2.0);
    while charge(high)? > available && high < 1e9 {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if charge(middle)? > available { low = middle } else { high = middle }
    }
    Ok(high)
}

/// The shares of charges in whole parts of the budget, at least one each: rounded up if there are
/// enough parts, otherwise in proportion, the rest to those that lose most by rounding down.
fn shares(charges: &[f64], rho: f64, parts: u32) -> Vec<u32> {
    let up = |charge: &f64| (charge / rho * f64::from(SHARE_PARTS)).ceil().max(1.0);
    let rounded: Vec<f64> = charges.iter().map(up).collect();
    if sum(&rounded) <= f64::from(parts) {
        // Each is at most the number of parts.
        return rounded.into_iter().map(|share| share as u32).collect();
    }
    let exact: Vec<f64> =
        charges.iter().map(|charge| charge / sum(charges) * f64::from(parts)).collect();
    let mut shares: Vec<u32> = exact.iter().map(|share| share.max(1.0) as u32).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|&a, &b| (exact[b] - exact[b].floor()).total_cmp(&(exact[a] - exact[a].floor())));
    let mut given: u32 = shares.iter().sum();
    for &at in order.iter().filter(|&&at| exact[at] >= 1.0) {
        if given < parts {
            shares[at] += 1;
            given += 1;
        }
    }
    // Shares of one part can have taken too much.
    while given > parts
        && let Some(largest) = (0..shares.len()).max_by_key(|&at| shares[at])
    {
        shares[largest] -= 1;
        given -= 1;
    }
    shares
}
