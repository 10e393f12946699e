//! The one map from a plan to mechanisms: what a dataflow measures in a window, with how much
//! noise, at which charge. It is known before any data; the writer charges by it, and the audit
//! recomputes it.
//!
//! Not here: the mathematics (crate `privacy`), the budget of a window being spent (`audit`, and
//! whoever writes), and margins of error.
//!
//! | measure | part | strategy | one person in one window |
//! |---|---|---|---|
//! | flow of persons | stream | the plan's | once in each (step, cell), at most `bound` in all |
//! | flow of events | stream | the plan's | at most `bound` |
//! | at_bound | stream | the plan's | once |
//! | stock | base | identity of one step | once |
//! | stock | stream | the plan's | changes of presence take turns, at most `bound` |
//!
//! The budget of a dataflow is the plan's rho times its share; the base of a stock takes its
//! `base_share` of that. The variance is the least that keeps within the budget, and the charge
//! is what that variance costs, so it can lie a little below. A bound by the month sharpens the
//! sensitivity of a flow of persons alone; elsewhere the bound of the window is charged.
//!
//! Invariants:
//! 1. The charges of all parts of a window never exceed the plan's rho
//!    (`price::tests::the_prices_of_a_window_fit_its_budget`).
//! 2. Every step has its slots, and every node of a strategy is measured at exactly one step
//!    (`price::tests::every_node_is_measured_once`).

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use num_rational::BigRational;
use tidegauge_model::{Dataflow, Grain, Measure, Period, Plan, StatisticalUnit, StrategyChoice};
use tidegauge_privacy::{
    Error, Level, Node, Participation, Rho, Strategy, SubBound, Variance, calibrate, charge,
    sensitivity_squared,
};

use crate::entry::Part;
use crate::release::BASE;

/// What one part of a dataflow is and costs in one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The part.
    pub part: Part,
    /// What is measured.
    pub strategy: Strategy,
    /// The grain of each level of the strategy.
    pub grains: Vec<Grain>,
    /// What one person can contribute.
    pub participation: Participation,
    /// The squared sensitivity.
    pub delta2: u128,
    /// The variance of the noise.
    pub variance: Variance,
    /// The charge.
    pub rho: Rho,
}

/// One measurement of every cell that is due at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The part that it belongs to.
    pub part: Part,
    /// The node of the part's strategy, in steps of the window from 0.
    pub node: Node,
    /// The grain as measurement files name it.
    pub grain: String,
    /// The period as measurement files name it; of a base, the window.
    pub period: String,
    /// What exact counts are multiplied by.
    pub weight: u32,
    /// The variance of the noise.
    pub variance: Variance,
}

/// The prices of a dataflow (by its position in the plan) in a window: of a stock the base and
/// the stream, else the stream alone.
///
/// Errors: where the strategy does not fit the window or costs too much work; they depend on the
/// plan alone. A position that the plan does not have, or a window before its first, has no price.
pub fn prices(plan: &Plan, dataflow: usize, window: Period) -> Result<Vec<Price>, Error> {
    let Some(dataflow) = plan.dataflows.get(dataflow) else { return Ok(Vec::new()) };
    let steps = plan.steps_of(window);
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let budget = &plan.privacy.rho * &dataflow.share;
    let one = BigRational::from_integer(1.into());
    let mut prices = Vec::new();
    let mut stream = budget.clone();
    if let Measure::Stock { base_share, .. } = &dataflow.measure {
        let strategy = Strategy::identity(1)?;
        let grains = vec![dataflow.step];
        let base = &budget * base_share;
        prices.push(price(Part::Base, strategy, grains, Participation::Once, base)?);
        stream = budget * (one - base_share);
    }
    let (strategy, grains) = strategy(dataflow, &steps)?;
    let participation = participation(dataflow, &steps);
    prices.push(price(Part::Stream, strategy, grains, participation, stream)?);
    Ok(prices)
}

/// What is measured at a step, in the order of the measurement file: at the window's first step
/// the base, then every node whose last step this is, from the finest grain up. `prices` are those
/// of the dataflow in the step's window. Empty for a step before the plan's first.
pub fn slots(plan: &Plan, prices: &[Price], step: Period) -> Vec<Slot> {
    let window = plan.window_of(step);
    let steps = plan.steps_of(window);
    let Some(at) = steps.iter().position(|&known| known == step) else { return Vec::new() };
    let mut slots = Vec::new();
    for price in prices {
        let slot = |node: Node, grain: &str, period: Period| Slot {
            part: price.part,
            node,
            grain: grain.to_owned(),
            period: period.to_string(),
            weight: price.strategy.levels()[node.level].weight,
            variance: price.variance,
        };
        match price.part {
            Part::Base if at == 0 => {
                slots.push(slot(Node { level: 0, number: 0, first: 0, last: 0 }, BASE, window));
            }
            Part::Base => {}
            // Fits: a window has at most 366 steps.
            Part::Stream => slots.extend(price.strategy.completed_at(at as u32).into_iter().map(
                |node| {
                    let grain = price.grains[node.level];
                    slot(node, grain.word(), Period::containing(grain, step.first()))
                },
            )),
        }
    }
    slots
}

fn price(
    part: Part,
    strategy: Strategy,
    grains: Vec<Grain>,
    participation: Participation,
    budget: BigRational,
) -> Result<Price, Error> {
    let delta2 = sensitivity(&strategy, &participation)?;
    let variance = calibrate(delta2, &Rho::new(budget)?)?;
    let rho = charge(delta2, variance)?;
    Ok(Price { part, strategy, grains, participation, delta2, variance, rho })
}

fn strategy(dataflow: &Dataflow, steps: &[Period]) -> Result<(Strategy, Vec<Grain>), Error> {
    let chosen = match &dataflow.strategy {
        StrategyChoice::Identity => vec![(dataflow.step, 1)],
        StrategyChoice::Calendar(levels) => levels.clone(),
    };
    let periods = |grain| steps.iter().map(move |step| Period::containing(grain, step.first()));
    let levels = chosen.iter().map(|&(grain, weight)| Level::periods(weight, periods(grain)));
    let strategy = Strategy::new(levels.collect())?;
    Ok((strategy, chosen.into_iter().map(|(grain, _)| grain).collect()))
}

fn participation(dataflow: &Dataflow, steps: &[Period]) -> Participation {
    let window = dataflow.bound.window;
    match (&dataflow.measure, dataflow.unit) {
        (Measure::AtBound { .. }, _) => Participation::Once,
        (Measure::Stock { .. }, _) => Participation::Alternating {
            changes: window,
            cells: u32::try_from(dataflow.structure.cells()).unwrap_or(u32::MAX),
        },
        (Measure::Flow, StatisticalUnit::Events) => Participation::AnyNumber { window },
        (Measure::Flow, StatisticalUnit::Persons) => {
            let months = steps.iter().map(|step| Period::containing(Grain::Month, step.first()));
            let sub = dataflow.bound.month.map(|bound| SubBound {
                ends: Level::periods(1, months).ends,
                bound,
            });
            Participation::OncePerStepAndCell { window, sub }
        }
    }
}

/// What a sensitivity depends on, in words: levels and participation.
type Question = String;

/// Sensitivities found so far: the years of a plan come in fourteen shapes, and an exact
/// sensitivity can take a second.
static ANSWERS: LazyLock<Mutex<HashMap<Question, u128>>> = LazyLock::new(Mutex::default);

fn sensitivity(strategy: &Strategy, participation: &Participation) -> Result<u128, Error> {
    let question = format!("{:?} {participation:?}", strategy.levels());
    let answers = || ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(&delta2) = answers().get(&question) {
        return Ok(delta2);
    }
    // Not under the lock: other questions need not wait.
    let delta2 = sensitivity_squared(strategy, participation)?;
    answers().insert(question, delta2);
    Ok(delta2)
}
