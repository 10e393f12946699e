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
            Part::Stream => {
                slots.extend(price.strategy.completed_at(at as u32).into_iter().map(|node| {
                    let grain = price.grains[node.level];
                    slot(node, grain.word(), Period::containing(grain, step.first()))
                }))
            }
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
            let sub = dataflow
                .bound
                .month
                .map(|bound| SubBound { ends: Level::periods(1, months).ends, bound });
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

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let text = include_str!("../../../plans/border.toml");
        Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn window(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    #[test]
    fn the_prices_of_a_window_fit_its_budget() {
        let plan = plan();
        for year in ["2024", "2025"] {
            let mut total = BigRational::from_integer(0.into());
            for (number, dataflow) in plan.dataflows.iter().enumerate() {
                let prices = prices(&plan, number, window(year)).unwrap();
                let own: BigRational = prices.iter().map(|price| price.rho.as_ratio()).sum();
                assert!(own <= &plan.privacy.rho * &dataflow.share, "{}", dataflow.id);
                total += own;
                for price in prices {
                    assert_eq!(charge(price.delta2, price.variance), Ok(price.rho));
                }
            }
            assert!(total <= plan.privacy.rho);
        }
    }

    #[test]
    fn a_plan_is_priced_by_its_measures() {
        let plan = plan();
        let of = |id: &str| {
            let (number, _) = plan.dataflow(id).unwrap();
            prices(&plan, number, window("2024")).unwrap()
        };
        let [flow] = of("BORDER_FLOW").try_into().unwrap();
        assert_eq!((flow.part, flow.strategy.steps()), (Part::Stream, 366));
        assert_eq!(flow.grains, Grain::ALL);
        let sub = |price: &Price| match &price.participation {
            Participation::OncePerStepAndCell { window: 24, sub: Some(sub) } => sub.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!((sub(&flow).bound, sub(&flow).ends.len()), (4, 12));
        assert_eq!(sub(&flow).ends[..3], [31, 60, 91]);

        let [base, stock] = of("VISITORS_PRESENT").try_into().unwrap();
        assert_eq!((base.part, base.delta2, base.strategy.steps()), (Part::Base, 1, 1));
        let alternating = Participation::Alternating { changes: 24, cells: 2 };
        assert_eq!((stock.part, stock.participation), (Part::Stream, alternating));

        let [at_bound] = of("AT_BOUND").try_into().unwrap();
        assert_eq!((at_bound.delta2, at_bound.participation), (1, Participation::Once));
        // rho = 1/20: 1 / (2 sigma^2) <= 1/20 from sigma^2 = 10 on.
        assert_eq!(at_bound.variance.to_string(), "10");
        assert_eq!(at_bound.rho.to_string(), "1/20");
    }

    #[test]
    fn every_node_is_measured_once() {
        let plan = plan();
        let (stock, _) = plan.dataflow("VISITORS_PRESENT").unwrap();
        let year = window("2024");
        let prices = prices(&plan, stock, year).unwrap();
        let mut seen = Vec::new();
        for (at, step) in (0..).zip(plan.steps_of(year)) {
            let due = slots(&plan, &prices, step);
            let bases = due.iter().filter(|slot| slot.part == Part::Base).count();
            assert_eq!(bases, usize::from(at == 0), "{step}");
            let stream = due.iter().filter(|slot| slot.part == Part::Stream);
            seen.extend(
                stream.inspect(|slot| assert_eq!(slot.node.last, at)).map(|slot| slot.node),
            );
        }
        let nodes: usize = prices[1].strategy.levels().iter().map(|level| level.ends.len()).sum();
        assert_eq!(seen.len(), nodes);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), nodes, "no node twice");
    }

    #[test]
    fn slots_name_what_they_measure() {
        let plan = plan();
        let (stock, _) = plan.dataflow("VISITORS_PRESENT").unwrap();
        let prices = prices(&plan, stock, window("2024")).unwrap();
        let named = |day: &str| -> Vec<(String, String)> {
            let due = slots(&plan, &prices, window(day));
            due.into_iter().map(|slot| (slot.grain, slot.period)).collect()
        };
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|&(grain, period)| (grain.into(), period.into())).collect()
        };
        assert_eq!(named("2024-01-01"), pairs(&[("base", "2024"), ("day", "2024-01-01")]));
        assert_eq!(named("2024-01-07"), pairs(&[("day", "2024-01-07"), ("week", "2024-W01")]));
        let last = [
            ("day", "2024-12-31"),
            ("week", "2025-W01"),
            ("month", "2024-12"),
            ("quarter", "2024-Q4"),
            ("year", "2024"),
        ];
        assert_eq!(named("2024-12-31"), pairs(&last));
        assert_eq!(named("2023-12-31"), pairs(&[]));
    }
}
