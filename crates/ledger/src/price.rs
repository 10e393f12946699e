//! The one map from a plan to mechanisms: the measurements of a dataflow in a window, their noise
//! and their charge. It is known before any data. The collector charges by it, and the audit
//! recomputes it.
//!
//! Not here: the mathematics (crate `privacy`), the choice of a strategy's integers (`scheme`),
//! spending the budget of a window (`audit`, and the collector), and margins of error.
//!
//! | measure | part | strategy | one person in one window |
//! |---|---|---|---|
//! | flow of persons | stream | the plan's | once in each (step, cell), at most `bound` in all |
//! | flow of events | stream | the plan's | at most `bound` |
//! | duration, cohort | stream | the plan's | as a flow, of persons or of events |
//! | transition | stream | the plan's | once in each cell, at most `bound` in all |
//! | table of persons | residuals | the plan's, at own grains | once a step, at most `bound` |
//! | table with `apart` | residuals | as a table | once in each (step, code), at most `bound` |
//! | at_bound | stream | the plan's | once |
//! | stock | base | identity of one step | once |
//! | table of persons present | bases | identity of one step | once |
//! | table of persons present | residuals | blt | as a stock, in one cell at a time |
//! | stock | stream | the plan's | changes of presence take turns, at most `bound` |
//! | balance | base | identity of one step | once |
//! | balance | net | blt | changes of presence take turns, at most `bound` |
//! | balance | turnover | calendar_blt | once in each step, at most `bound` in all |
//! | table of a balance | bases | identity of one step | once |
//! | table of a balance | nets | blt | as a stock, in one cell at a time |
//! | table of a balance | turnovers | calendar_blt | once in each step, at most `bound` in all |
//!
//! A run is the steps over which one strategy extends: a window, or all windows of the plan for the
//! net of a balance and for a stock under `blt`. A stream that goes on over the windows has one
//! base, in the plan's first window, and one variance, so that the cost of the changes of one
//! window in later windows is paid at the same price.
//!
//! The budget of a dataflow is the plan's rho times its share. The base takes its `base_share` of
//! that budget, and the net of a balance takes its `net_share` of the rest. The variance is the
//! smallest that keeps within the budget, and the charge is the cost of that variance, so it can be
//! slightly below the budget. A bound by the month reduces the sensitivity only of a flow of
//! persons; elsewhere the bound of the window is charged.
//!
//! A flow with vintages has late counts beside its stream: each (step, vintage) is one measurement
//! of every cell, or of each residual of a table, with its own variance. Contributions on time and
//! late contributions count against one bound, so the charge of the stream covers the most that one
//! person can change in both together (module `late`).
//!
//! Invariants:
//! 1. The charges of all parts of a window never exceed the plan's rho
//!    (`price::tests::the_prices_of_a_window_fit_its_budget`).
//! 2. A table of persons present has one base and one stream for each residual, which goes on over
//!    all windows (`price::tests::a_table_of_persons_present_goes_on_over_windows`).
//! 3. A dimension that stands apart costs no accuracy
//!    (`price::tests::a_dimension_that_stands_apart_costs_nothing`).
//! 4. A table of a balance has a base, net changes and turnover for each residual
//!    (`price::tests::the_residuals_of_a_balance_share_its_budget`).
//! 5. Every step has its slots, and every node of a strategy is measured at exactly one step
//!    (`price::tests::every_node_is_measured_once`).

mod late;
mod openings;
mod scheme;
mod table;

use num_rational::BigRational;
use tidegauge_model::{Dataflow, Grain, Measure, Period, Plan, StatisticalUnit, StrategyChoice};
use tidegauge_privacy::sampler::DiscreteGaussian;
use tidegauge_privacy::strategy::recursion::GRID;
use tidegauge_privacy::{
    Error, Level, Node, Participation, Rho, SubBound, Variance, calibrate, charge,
};

use crate::part::{Levels, Part};
use crate::release::{BASE, Measurement};

pub use late::{LateVintage, late_due, late_slots, vintages_due_of};
pub use openings::read_codes;
pub use scheme::Scheme;
use scheme::{Lateness, SchemeAnswer, SchemeQuery, StepRun};
use table::{ChosenWeight, MeasuredResidual};
pub use table::{Measurand, Residual};

/// How one part of a dataflow is measured in one window, and the cost of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The part.
    pub part: Part,
    /// The vector that is measured.
    pub measurand: Measurand,
    /// How the steps of the run are measured.
    pub scheme: Scheme,
    /// The first step of the run.
    pub begins: Period,
    /// The contributions that one person can make in a window.
    pub participation: Participation,
    /// The squared sensitivity.
    pub delta2: u128,
    /// The variance of the noise; in a recursion that of a step of precision 1, in a residual that
    /// of a coordinate of multiple 1.
    pub variance: Variance,
    /// The charge.
    pub rho: Rho,
    /// If the dataflow has vintages, the variance of a late count of a cell, or in a residual that
    /// of a coordinate of multiple 1. The charge covers it.
    pub late: Option<Variance>,
}

/// One measurement of all values of a part that is due at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The part that it belongs to.
    pub part: Part,
    /// The node of the part's strategy; its steps are numbered from the start of the run. A step of
    /// a recursion is a node of level 0.
    pub node: Node,
    /// The grain as measurement files write it.
    pub grain: String,
    /// The period as measurement files write it; for a base, the window.
    pub period: String,
    /// The factor by which exact counts are multiplied.
    pub weight: u32,
    /// The variance of the noise; in a residual that of a coordinate of multiple 1.
    pub variance: Variance,
    /// The vector that is measured.
    pub measurand: Measurand,
}

impl Slot {
    /// The first field in which a measurement differs from this slot; `None` if it fits.
    pub fn differs_from(&self, measured: &Measurement) -> Option<&'static str> {
        let fields = [
            ("part", measured.part == self.part),
            ("grain", measured.grain == self.grain),
            ("period", measured.period == self.period),
            ("weight", measured.weight == self.weight),
            ("variance", measured.variance == self.variance.to_string()),
            ("values", measured.values.len() == self.measurand.values()),
        ];
        fields.into_iter().find(|(_, agrees)| !agrees).map(|(field, _)| field)
    }
}

impl Price {
    /// Whether it is measured over the steps of a run; a base is not.
    pub fn is_stream(&self) -> bool {
        !self.part.is_base()
    }

    /// The grain of its steps, or of the periods in which it is measured.
    pub fn grain(&self) -> Grain {
        match &self.scheme {
            Scheme::Periods { grain, .. } => *grain,
            Scheme::Nodes { .. } | Scheme::Recursion(_) => self.begins.grain(),
        }
    }

    /// The number of units of the integer grid that one count is worth at a step of scale 1.
    pub fn unit(&self) -> u64 {
        match (&self.scheme, &self.measurand) {
            (Scheme::Recursion(_), Measurand::Residual(residual)) => {
                GRID >> residual.weight().bits()
            }
            (Scheme::Recursion(_), Measurand::Cells(_)) => GRID,
            _ => 1,
        }
    }

    /// The number of a step in the run, from 0; `None` before the run.
    pub fn number(&self, step: Period) -> Option<u32> {
        step.number_since(self.begins)
    }
}

/// The prices of a dataflow (by its position in the plan) in a window: first the base, if one is
/// measured in it, then the streams.
///
/// Errors: the strategy does not fit the window or costs too much work; this depends only on the
/// plan. A position that the plan does not have, or a window before its first, has no price.
pub fn prices(plan: &Plan, dataflow: usize, window: Period) -> Result<Vec<Price>, Error> {
    let Some(dataflow) = plan.dataflows.get(dataflow) else { return Ok(Vec::new()) };
    let steps = plan.steps_of(window);
    let Some(&first) = steps.first() else { return Ok(Vec::new()) };
    let budget = &plan.privacy.rho * &dataflow.share;
    let mut prices = Vec::new();
    let mut rest = budget.clone();
    let cells = || Measurand::Cells(dataflow.structure.cells());
    let is_table = !dataflow.marginals.is_empty();
    if let Measure::Stock { base_share, .. } | Measure::Balance { base_share, .. } =
        &dataflow.measure
    {
        let base = &budget * base_share;
        rest = &budget - &base;
        if !dataflow.continues() || first == plan.first_step() {
            if is_table {
                prices.extend(bases(dataflow, first, &base)?);
            } else {
                let unpriced = UnpricedPart { part: Part::Base, measurand: cells(), begins: first };
                let query = SchemeQuery::base();
                prices.push(unpriced.price(&query, query.answer()?, base)?);
            }
        }
    }
    let all = run(plan, dataflow, window);
    match &dataflow.measure {
        Measure::Balance { net_share, .. } => {
            let net = &rest * net_share;
            let turnover = &rest - &net;
            let begins = plan.first_step();
            let of_net = SchemeQuery::new(StrategyChoice::Blt, all, presence(dataflow));
            let within = StepRun::window(plan, window);
            // Presence changes at most once in a step, in whichever cell.
            let once = Participation::OncePerStep { window: dataflow.bound.window, sub: None };
            let of_turnover = SchemeQuery::new(StrategyChoice::CalendarBlt, within, once);
            if is_table {
                let of_net = (&of_net, OF_COUNTS);
                prices.extend(residuals(dataflow, begins, of_net, &net, Part::ResidualNet)?);
                let (of_turnover, part) = ((&of_turnover, OF_TURNOVER), Part::ResidualTurnover);
                prices.extend(residuals(dataflow, first, of_turnover, &turnover, part)?);
            } else {
                let unpriced = UnpricedPart { part: Part::Net, measurand: cells(), begins };
                prices.push(unpriced.price(&of_net, of_net.answer()?, net)?);
                let unpriced =
                    UnpricedPart { part: Part::Turnover, measurand: cells(), begins: first };
                prices.push(unpriced.price(&of_turnover, of_turnover.answer()?, turnover)?);
            }
        }
        _ => {
            let begins = if dataflow.continues() { plan.first_step() } else { first };
            let participation = participation(dataflow, &steps);
            let query = SchemeQuery::new(dataflow.strategy.clone(), all, participation)
                .with_late(Lateness::of(plan, dataflow));
            if is_table {
                let query = (&query, OF_COUNTS);
                prices.extend(residuals(dataflow, begins, query, &rest, Part::Residual)?);
            } else {
                let unpriced = UnpricedPart { part: Part::Stream, measurand: cells(), begins };
                prices.push(unpriced.price(&query, query.answer()?, rest)?);
            }
        }
    }
    Ok(prices)
}

/// The weight of the counts of a residual, for a stock or a balance of its changes.
const OF_COUNTS: ChosenWeight = |residual| residual.weight;
/// The weight of the turnover of a residual.
const OF_TURNOVER: ChosenWeight = |residual| residual.turnover;

/// The prices of the residuals of a table, each as the part that `part` names.
fn residuals(
    dataflow: &Dataflow,
    begins: Period,
    (query, weight): (&SchemeQuery, ChosenWeight),
    budget: &BigRational,
    part: impl Fn(Levels) -> Part,
) -> Result<Vec<Price>, Error> {
    let price = |MeasuredResidual { part, residual, grain, share }: MeasuredResidual| {
        let answer = query.answer_for_residual(grain, residual.weight())?;
        let unpriced = UnpricedPart { part, measurand: Measurand::Residual(residual), begins };
        unpriced.price(query, answer, budget * share)
    };
    table::residuals(dataflow, query, weight, part)?.into_iter().map(price).collect()
}

/// The prices of the bases of a table of persons present or of a balance.
fn bases(dataflow: &Dataflow, begins: Period, budget: &BigRational) -> Result<Vec<Price>, Error> {
    let price = |MeasuredResidual { part, residual, share, .. }: MeasuredResidual| {
        let (query, answer) = SchemeQuery::base_of(residual.weight())?;
        let unpriced = UnpricedPart { part, measurand: Measurand::Residual(residual), begins };
        unpriced.price(&query, answer, budget * share)
    };
    table::bases(dataflow)?.into_iter().map(price).collect()
}

/// What is measured at a step, in the order of the measurement file: the base, at the first step of
/// a window that has one; then for each stream every node whose last step this is, from the finest
/// grain up. `prices` are those of the dataflow in the window of the step. Empty for a step before
/// the plan's first.
pub fn slots(plan: &Plan, prices: &[Price], step: Period) -> Vec<Slot> {
    let window = plan.window_of(step);
    let mut slots = Vec::new();
    for price in prices {
        let Some(at) = price.number(step) else { continue };
        let slot = |node, grain: &str, period: Period, weight, variance| Slot {
            measurand: price.measurand.clone(),
            part: price.part,
            node,
            grain: grain.to_owned(),
            period: period.to_string(),
            weight,
            variance,
        };
        match (&price.scheme, price.is_stream()) {
            (Scheme::Nodes { strategy, .. }, false) => {
                if at == 0 {
                    let node = Node { level: 0, number: 0, first: 0, last: 0 };
                    let weight = strategy.levels()[0].weight;
                    slots.push(slot(node, BASE, window, weight, price.variance));
                }
            }
            (Scheme::Nodes { strategy, grains }, _) => {
                slots.extend(strategy.completed_at(at).into_iter().map(|node| {
                    let grain = grains[node.level];
                    let period = step.within(grain);
                    let weight = strategy.levels()[node.level].weight;
                    slot(node, grain.word(), period, weight, price.variance)
                }));
            }
            (Scheme::Periods { level, grain }, _) => {
                slots.extend(level.completed_at(0, at).map(|node| {
                    let period = step.within(*grain);
                    slot(node, grain.word(), period, level.weight, price.variance)
                }));
            }
            (Scheme::Recursion(recursion), _) => {
                // Fits: a scale is below 2^32. A step after the run is not measured.
                if at < recursion.steps()
                    && let Ok(variance) = recursion.variance(at, price.variance)
                {
                    let node = Node { level: 0, number: at, first: at, last: at };
                    let weight = recursion.row(at).scale as u32;
                    slots.push(slot(node, step.grain().word(), step, weight, variance));
                }
            }
        }
    }
    slots
}

/// A part that is to be priced.
struct UnpricedPart {
    part: Part,
    measurand: Measurand,
    /// The first step of the run.
    begins: Period,
}

impl UnpricedPart {
    /// The price of the part if it may spend this budget, from a query and its answer.
    fn price(
        self,
        query: &SchemeQuery,
        answer: SchemeAnswer,
        budget: BigRational,
    ) -> Result<Price, Error> {
        let Self { part, measurand, begins } = self;
        let SchemeAnswer { scheme, delta2, joint } = answer;
        let delta2 = match &scheme {
            // Exact, so it is not rounded.
            Scheme::Nodes { .. } | Scheme::Periods { .. } => delta2,
            Scheme::Recursion(_) => rounded_up(delta2, &budget),
        };
        let variance = calibrate(delta2, &Rho::new(budget)?)?;
        // Noise that cannot be drawn has no price: this fails here, not at the first release.
        let variance_max = measurand.largest(variance)?;
        match &scheme {
            Scheme::Nodes { .. } | Scheme::Periods { .. } => {
                DiscreteGaussian::new(variance_max)?;
            }
            Scheme::Recursion(recursion) => (0..recursion.steps()).try_for_each(|step| {
                DiscreteGaussian::new(recursion.variance(step, variance_max)?).map(drop)
            })?,
        }
        let late = joint.map(|joint| joint.late_variance(variance)).transpose()?;
        if let Some(late) = late {
            DiscreteGaussian::new(measurand.largest(late)?)?;
        }
        let rho = charge(delta2, variance)?;
        let participation = query.participation.clone();
        Ok(Price { part, measurand, scheme, begins, participation, delta2, variance, rho, late })
    }
}

/// Rounds up an upper bound of a squared sensitivity slightly, so that the whole budget can be
/// charged: with rho = p/q, a multiple of p gives a variance on the grid of variances.
fn rounded_up(delta2: u128, budget: &BigRational) -> u128 {
    match u32::try_from(budget.numer()) {
        Ok(numerator) => delta2.checked_next_multiple_of(numerator.into()).unwrap_or(delta2),
        Err(_) => delta2,
    }
}

/// The run of the stream of a dataflow: all windows of the plan, or only this one.
fn run(plan: &Plan, dataflow: &Dataflow, window: Period) -> StepRun {
    if dataflow.continues() { StepRun::plan(plan) } else { StepRun::window(plan, window) }
}

fn presence(dataflow: &Dataflow) -> Participation {
    let cells = u32::try_from(dataflow.structure.cells()).unwrap_or(u32::MAX);
    Participation::Alternating { changes: dataflow.bound.window, cells }
}

fn participation(dataflow: &Dataflow, steps: &[Period]) -> Participation {
    let window = dataflow.bound.window;
    match (&dataflow.measure, dataflow.unit) {
        (Measure::AtBound { .. }, _) => Participation::Once,
        (Measure::Balance { .. } | Measure::Stock { .. }, _) => presence(dataflow),
        (Measure::Transition, _) if dataflow.marginals.is_empty() => {
            Participation::OncePerCell { window }
        }
        // A spell counts against the same bound as a flow, and at most as often in a step.
        (
            Measure::Cohort { .. } | Measure::Duration { .. } | Measure::Flow | Measure::Transition,
            StatisticalUnit::Events,
        ) => Participation::AnyNumber { window },
        // In a table a transition also counts once a step, as a flow does; that each cell counts
        // once in the window lowers no bound.
        (
            Measure::Cohort { .. } | Measure::Duration { .. } | Measure::Flow | Measure::Transition,
            StatisticalUnit::Persons,
        ) => {
            let months = steps.iter().map(|step| step.within(Grain::Month));
            let sub = dataflow
                .bound
                .month
                .map(|bound| SubBound { ends: Level::periods(1, months).ends, bound });
            // In a table a person counts in only one cell in a step, or in one for each code that
            // stands apart: these codes are then the cells of the rule.
            if dataflow.marginals.is_empty() || dataflow.structure.apart().next().is_some() {
                Participation::OncePerStepAndCell { window, sub }
            } else {
                Participation::OncePerStep { window, sub }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::plans::TABLES;
    use testkit::{edit, toml};
    use tidegauge_model::WeightedResidual;
    use tidegauge_privacy::display::decimal;
    use tidegauge_privacy::residual::ResidualVariances;

    use super::*;

    fn plan() -> Plan {
        let text = include_str!("../../../testdata/crossings.toml");
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
        let priced = |id: &str| {
            let (number, _) = plan.dataflow(id).unwrap();
            prices(&plan, number, window("2024")).unwrap()
        };
        let [flow] = priced("BORDER_FLOW").try_into().unwrap();
        let Scheme::Nodes { strategy, grains } = &flow.scheme else { panic!("nodes") };
        assert_eq!((flow.part, strategy.steps()), (Part::Stream, 366));
        let from_day = Grain::ALL.into_iter().filter(|&grain| grain >= Grain::Day);
        assert!(grains.iter().copied().eq(from_day));
        let sub = |price: &Price| match &price.participation {
            Participation::OncePerStepAndCell { window: 24, sub: Some(sub) } => sub.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!((sub(&flow).bound, sub(&flow).ends.len()), (4, 12));
        assert_eq!(sub(&flow).ends[..3], [31, 60, 91]);

        let [base, stock] = priced("VISITORS_PRESENT").try_into().unwrap();
        assert_eq!((base.part, base.delta2), (Part::Base, 1));
        let alternating = Participation::Alternating { changes: 24, cells: 2 };
        assert_eq!((stock.part, stock.participation), (Part::Stream, alternating));

        let [at_bound] = priced("AT_BOUND").try_into().unwrap();
        assert_eq!((at_bound.delta2, at_bound.participation), (1, Participation::Once));
        // rho = 1/20: 1 / (2 sigma^2) <= 1/20 from sigma^2 = 10 on.
        assert_eq!(at_bound.variance.to_string(), "10");
        assert_eq!(at_bound.rho.to_string(), "1/20");
    }

    fn tables() -> Plan {
        Plan::parse(TABLES).unwrap()
    }

    #[test]
    fn the_residuals_of_a_table_share_its_budget() {
        let plan = tables();
        for (number, dataflow) in plan.dataflows.iter().enumerate().take(2) {
            let prices = prices(&plan, number, window("2024")).unwrap();
            assert!(prices.len() > 4, "{}", dataflow.id);
            let own: BigRational = prices.iter().map(|price| price.rho.as_ratio()).sum();
            let budget = &plan.privacy.rho * &dataflow.share;
            assert!(own <= budget);
            // Variances lie on a grid, so a little is left.
            assert!(own * BigRational::new(1000.into(), 999.into()) > budget, "{}", dataflow.id);
            for price in &prices {
                assert_eq!(charge(price.delta2, price.variance).as_ref(), Ok(&price.rho));
                let once = matches!(price.participation, Participation::OncePerStep { .. });
                assert!(once, "{:?}", price.participation);
            }
        }
    }

    /// A table of crossings by month, with or without directions apart, all of whose marginals have
    /// the direction.
    fn by_direction(is_apart: bool) -> Plan {
        let marginals = "[{ of = [\"DIRECTION\"], grain = \"month\" }, \
            { of = [\"BORDER_POINT/1\", \"DIRECTION\"], grain = \"month\" }, \
            { of = [\"BORDER_POINT\", \"DIRECTION\", \"TRAVELLER_CLASS\"], grain = \"month\" }]";
        let text = edit(TABLES)
            .change("dataflow.CROSSINGS.strategy", "identity")
            .change("dataflow.CROSSINGS.margins", toml(marginals));
        let text = match is_apart {
            true => text.add("dataflow.CROSSINGS.apart", toml("[\"DIRECTION\"]")),
            false => text,
        };
        Plan::parse(&text.text()).unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// Directions that stand apart are measured each by itself, and no marginal becomes less exact.
    #[test]
    fn a_dimension_that_stands_apart_costs_nothing() {
        let [without, with] = [false, true].map(|is_apart| {
            let plan = by_direction(is_apart);
            let prices = prices(&plan, 0, window("2024")).unwrap();
            let Measurand::Residual(residual) = &prices[0].measurand else { panic!("a table") };
            let table = residual.table.clone();
            let mut noise = ResidualVariances::new();
            for price in &prices {
                let Measurand::Residual(residual) = &price.measurand else { panic!("a table") };
                let sixteenths = price.variance.sixteenths();
                let variance = BigRational::new(sixteenths.into(), 16.into());
                noise.insert(residual.marginal.clone(), variance);
                let has_direction = residual.marginal.levels()[1] == 1;
                assert!(has_direction || !is_apart, "{}", price.part);
            }
            let spent: BigRational = prices.iter().map(|price| price.rho.as_ratio()).sum();
            assert!(spent <= &plan.privacy.rho * &plan.dataflows[0].share);
            let variances = plan.dataflows[0].marginals.iter().map(|marginal| {
                let levels = table.marginal(&marginal.levels).unwrap();
                decimal(&table.cell_variance(&levels, 0, &noise).unwrap())
            });
            variances.collect::<Vec<f64>>()
        });
        for (without, with) in without.into_iter().zip(with) {
            assert!((with / without - 1.0).abs() < 0.002, "{with} {without}");
        }
    }

    fn stock_tables() -> Plan {
        Plan::parse(include_str!("../../../testdata/stock_table.toml")).unwrap()
    }

    /// The bases take their share of the budget and the streams the rest, both divided among the
    /// residuals, each of which has one base and one stream.
    #[test]
    fn the_residuals_of_a_stock_share_its_budget() {
        let plan = stock_tables();
        for (number, dataflow) in plan.dataflows.iter().enumerate() {
            let prices = prices(&plan, number, window("2024-Q1")).unwrap();
            let Measure::Stock { base_share, .. } = &dataflow.measure else { panic!("a stock") };
            let budget = &plan.privacy.rho * &dataflow.share;
            let (streams, bases): (Vec<&Price>, Vec<&Price>) =
                prices.iter().partition(|price| price.is_stream());
            let levels = |price: &&Price| match price.part {
                Part::Residual(levels) | Part::ResidualBase(levels) => levels,
                part => panic!("{part}"),
            };
            assert!(bases.iter().map(levels).eq(streams.iter().map(levels)));
            assert!(prices.iter().take(bases.len()).all(|price| !price.is_stream()));
            for (priced, share) in [
                (bases, budget.clone() * base_share),
                (streams, {
                    let base = &budget * base_share;
                    budget.clone() - base
                }),
            ] {
                let spent: BigRational = priced.iter().map(|price| price.rho.as_ratio()).sum();
                assert!(spent <= share, "{}: {spent} {share}", dataflow.id);
                // Variances lie on a grid, so a little is left.
                assert!(spent * BigRational::new(100.into(), 99.into()) > share, "{}", dataflow.id);
            }
            for price in &prices {
                assert_eq!(charge(price.delta2, price.variance).as_ref(), Ok(&price.rho));
                let Measurand::Residual(residual) = &price.measurand else { panic!("a residual") };
                let norm = residual.table.norm(&residual.marginal).unwrap();
                assert!(price.is_stream() || price.delta2 == norm, "{}", price.part);
            }
        }
    }

    fn balance_tables() -> Plan {
        Plan::parse(include_str!("../../../testdata/balance_table.toml")).unwrap()
    }

    /// Bases, net changes and turnover take their shares of the budget; each residual has one of
    /// each, at the charge that its norm and its grain give.
    #[test]
    fn the_residuals_of_a_balance_share_its_budget() {
        let (plan, stock) = (balance_tables(), stock_tables());
        for (number, dataflow) in plan.dataflows.iter().enumerate() {
            let of_window = |text: &str| prices(&plan, number, window(text)).unwrap();
            let first = of_window("2024-Q1");
            let Measure::Balance { base_share, net_share, .. } = &dataflow.measure else {
                panic!("a balance")
            };
            let budget = &plan.privacy.rho * &dataflow.share;
            let base = &budget * base_share;
            let net = (&budget - &base) * net_share;
            let turnover = &budget - &base - &net;
            let select = |is_part: fn(Part) -> bool| -> Vec<Price> {
                first.iter().filter(|price| is_part(price.part)).cloned().collect()
            };
            let kinds = [select(Part::is_base), select(Part::is_net), select(Part::is_turnover)];
            assert_eq!(kinds.concat(), first, "bases, then net changes, then turnover");
            let levels = |price: &Price| match price.part {
                Part::ResidualBase(levels)
                | Part::ResidualNet(levels)
                | Part::ResidualTurnover(levels) => levels,
                part => panic!("{part}"),
            };
            for (priced, share) in kinds.iter().zip([base, net, turnover]) {
                assert!(priced.iter().map(levels).eq(kinds[0].iter().map(levels)));
                let spent: BigRational = priced.iter().map(|price| price.rho.as_ratio()).sum();
                assert!(spent <= share, "{}: {spent} {share}", dataflow.id);
                // Variances lie on a grid, so a little is left.
                assert!(spent * BigRational::new(100.into(), 99.into()) > share, "{}", dataflow.id);
            }
            for price in &first {
                assert_eq!(charge(price.delta2, price.variance).as_ref(), Ok(&price.rho));
            }
            // Bases and net changes cost what they cost in a table of persons present, except that
            // a bound is rounded up to fit the budget.
            let of_stock = prices(&stock, number, window("2024-Q1")).unwrap();
            for (price, other) in first.iter().zip(&of_stock) {
                assert_eq!(
                    levels(price),
                    match other.part {
                        Part::Residual(levels) | Part::ResidualBase(levels) => levels,
                        part => panic!("{part}"),
                    }
                );
                assert_eq!((&price.scheme, price.begins), (&other.scheme, other.begins));
                assert!(price.delta2.abs_diff(other.delta2) <= other.delta2 / 1_000_000);
            }
            // The level goes on over the windows, the turnover begins again.
            let later = of_window("2024-Q2");
            assert_eq!(later[..kinds[1].len()], kinds[1]);
            let turnovers = &later[kinds[1].len()..];
            assert_eq!(turnovers.len(), kinds[2].len());
            assert!(turnovers.iter().all(|price| price.begins == window("2024-04-01")));
        }
    }

    /// Weights of residuals give each its part of base, net and turnover, and change nothing else.
    #[test]
    fn weights_of_residuals_divide_the_budget() {
        let one = || BigRational::from_integer(1.into());
        for mut plan in [tables(), stock_tables(), balance_tables()] {
            let before = prices(&plan, 0, plan.window_of(plan.first_step())).unwrap();
            let named: std::collections::BTreeSet<Vec<usize>> =
                before.iter().filter_map(|price| price.part.levels().map(Levels::to_vec)).collect();
            let weighted = |(number, levels): (usize, &Vec<usize>)| {
                let weight = 3 + number as u32 * number as u32;
                let (base, turnover) = (weight + 5, 2 * weight + 1);
                WeightedResidual { levels: levels.clone(), weight, base, turnover }
            };
            let residuals: Vec<_> = named.iter().enumerate().map(weighted).collect();
            plan.dataflows[0].residuals = residuals.clone();
            let after = prices(&plan, 0, plan.window_of(plan.first_step())).unwrap();
            let dataflow = &plan.dataflows[0];
            let budget = &plan.privacy.rho * &dataflow.share;
            let (base, net) = match &dataflow.measure {
                Measure::Stock { base_share, .. } => (base_share.clone(), one()),
                Measure::Balance { base_share, net_share, .. } => {
                    (base_share.clone(), net_share.clone())
                }
                _ => (BigRational::from_integer(0.into()), one()),
            };
            let chosen = |part: Part, residual: &WeightedResidual| match part {
                part if part.is_base() => residual.base,
                part if part.is_turnover() => residual.turnover,
                _ => residual.weight,
            };
            assert_eq!(before.len(), after.len());
            for (price, other) in before.iter().zip(&after) {
                assert_eq!((price.part, &price.scheme), (other.part, &other.scheme));
                // A bound is rounded up to fit the budget.
                assert!(price.delta2.abs_diff(other.delta2) <= other.delta2 / 1_000_000);
            }
            for price in &after {
                let part = price.part;
                let all: u32 = residuals.iter().map(|residual| chosen(part, residual)).sum();
                let levels = part.levels().unwrap().to_vec();
                let own = residuals.iter().find(|residual| residual.levels == levels).unwrap();
                let of_kind = match part {
                    part if part.is_base() => base.clone(),
                    part if part.is_turnover() => (one() - &base) * (one() - &net),
                    _ => (one() - &base) * &net,
                };
                let share = BigRational::new(chosen(part, own).into(), all.into());
                let granted = &budget * of_kind * share;
                let spent = price.rho.as_ratio();
                // Variances lie on a grid, so a little is left.
                assert!(*spent <= granted, "{part}");
                assert!(spent * BigRational::new(10.into(), 9.into()) > granted, "{part}");
            }
        }
    }

    #[test]
    fn a_table_of_persons_present_goes_on_over_windows() {
        let plan = stock_tables();
        let priced = |text: &str| prices(&plan, 0, window(text)).unwrap();
        let (first, later) = (priced("2024-Q1"), priced("2024-Q4"));
        let streams = |prices: &[Price]| -> Vec<Price> {
            prices.iter().filter(|price| price.is_stream()).cloned().collect()
        };
        assert_eq!((first.len(), later.len()), (12, 6), "the bases are measured once");
        assert_eq!(streams(&first), later, "one variance and one charge in every window");
        let due = |prices: &[Price], day: &str| slots(&plan, prices, window(day));
        let named = |slot: &Slot| (slot.part.to_string(), slot.grain.clone(), slot.period.clone());
        let on_the_first = due(&first, "2024-01-01");
        let base = ("base-2-1".to_owned(), "base".to_owned(), "2024-Q1".to_owned());
        assert_eq!((on_the_first.len(), named(&on_the_first[5])), (12, base));
        assert_eq!(due(&first, "2024-01-02").len(), 6);
        assert_eq!(due(&later, "2024-10-01").len(), 6);
        assert!(later.iter().all(|price| price.number(window("2024-10-01")) == Some(274)));
    }

    /// Residuals that a marginal of days needs are measured every day, and those that only
    /// marginals of months need are measured once a month.
    #[test]
    fn every_marginal_has_its_residuals_measured() {
        let plan = tables();
        for (number, dataflow) in plan.dataflows.iter().enumerate().take(2) {
            let prices = prices(&plan, number, window("2024")).unwrap();
            let grain = |price: &Price| match &price.scheme {
                Scheme::Periods { grain, .. } => *grain,
                _ => dataflow.step,
            };
            let levels = |price: &Price| match price.part {
                Part::Residual(levels) => levels.to_vec(),
                part => panic!("{part}"),
            };
            for marginal in &dataflow.marginals {
                let needed = prices.iter().filter(|price| {
                    levels(price).iter().zip(&marginal.levels).all(|(level, most)| level <= most)
                });
                let grains: Vec<Grain> = needed.map(grain).collect();
                let expected: usize = marginal.levels.iter().map(|level| level + 1).product();
                assert_eq!(grains.len(), expected, "{marginal:?}");
                assert!(grains.iter().all(|grain| grain.divides(marginal.grain)), "{marginal:?}");
            }
            let monthly = prices.iter().filter(|price| grain(price) == Grain::Month).count();
            assert!(monthly > 0, "{}", dataflow.id);
        }
    }

    /// A residual is due when its period ends: at every step, or once in each period.
    #[test]
    fn residuals_are_due_when_their_periods_end() {
        let plan = tables();
        let prices = prices(&plan, 0, window("2024")).unwrap();
        let due = |day: &str| slots(&plan, &prices, Period::parse(day).unwrap());
        let by_the_day = due("2024-01-30");
        assert!(by_the_day.iter().all(|slot| slot.grain == "day"));
        let month_end = due("2024-01-31");
        assert_eq!(month_end.len(), prices.len());
        let monthly: Vec<&Slot> = month_end.iter().filter(|slot| slot.grain == "month").collect();
        assert_eq!(monthly.len(), prices.len() - by_the_day.len());
        assert!(monthly.iter().all(|slot| slot.period == "2024-01" && slot.node.first == 0));
    }

    fn ready_made() -> Plan {
        Plan::parse(include_str!("../../../testdata/plans/border.toml")).unwrap()
    }

    #[test]
    fn a_recursion_is_charged_to_the_last_grain() {
        let plan = ready_made();
        for window in ["2024", "2027"].map(window) {
            let priced = |id: &str| {
                let (number, dataflow) = plan.dataflow(id).unwrap();
                (prices(&plan, number, window).unwrap(), &plan.privacy.rho * &dataflow.share)
            };
            let (flow, budget) = priced("BORDER_FLOW");
            assert_eq!(flow[0].rho.as_ratio(), &budget);
            let (balance, budget) = priced("VISITORS_PRESENT");
            let streams = balance.iter().filter(|price| price.is_stream());
            let spent: BigRational = streams.map(|price| price.rho.as_ratio()).sum();
            assert_eq!(spent, budget * BigRational::new(9.into(), 10.into()));
        }
    }

    #[test]
    fn a_level_that_goes_on_has_one_variance() {
        let plan = ready_made();
        let (number, _) = plan.dataflow("VISITORS_PRESENT").unwrap();
        let priced = |year: &str| prices(&plan, number, window(year)).unwrap();
        let parts = |year| priced(year).iter().map(|price| price.part).collect::<Vec<_>>();
        assert_eq!(parts("2024"), [Part::Base, Part::Net, Part::Turnover]);
        assert_eq!(parts("2025"), [Part::Net, Part::Turnover], "the base is measured once");
        let net = |year| priced(year).into_iter().find(|price| price.part == Part::Net).unwrap();
        assert_eq!(net("2024"), net("2025"));
        assert_eq!(net("2025").number(window("2025-01-01")), Some(366));
        let Scheme::Recursion(recursion) = net("2024").scheme else { panic!("a recursion") };
        assert_eq!(recursion.steps(), 366 + 365 * 3 + 366);
        let due = |day: &str| slots(&plan, &priced(&day[..4]), window(day));
        assert_eq!(due("2024-01-01").len(), 3);
        assert_eq!(due("2025-01-01").len(), 2);
        assert!(due("2029-01-01").iter().all(|slot| slot.part != Part::Net), "past the run");
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
        let Scheme::Nodes { strategy, .. } = &prices[1].scheme else { panic!("nodes") };
        let nodes: usize = strategy.levels().iter().map(|level| level.ends.len()).sum();
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
