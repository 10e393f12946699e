//! What a plan costs and how accurate it will be, before any data: prices, margins, and what
//! another bound, share, step or dimension would buy.
//!
//! Not here: the prices themselves (crate `ledger`), and how a forecast is written (`text`; the
//! JSON is these structures as they stand).
//!
//! Invariants:
//! 1. A forecast follows from the plan alone.
//! 2. The margin forecast is the margin published
//!    (`tests/planner.rs`: `the_margin_forecast_is_the_margin_published`).

mod alternative;
mod least;
mod ratio;
mod table;
mod text;

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::ToPrimitive;
use serde::Serialize;
use tidegauge_disseminate::key::{Indicator, grains, indicators};
use tidegauge_ledger::{Part, Price, Scheme, prices};
use tidegauge_model::observation::RELIABLE_MARGIN_PERCENT;
use tidegauge_model::{Dataflow, Grain, Period, Plan, StrategyChoice};
use tidegauge_privacy::interval::NORMAL_POINT;
use tidegauge_privacy::{Decoder, Error, Estimator, Rho, Variance, epsilon};

pub use alternative::Alternative;
pub use ratio::Ratio;

/// Deltas at which epsilon is shown.
const DELTAS: [f64; 3] = [1e-6, 1e-9, 1e-12];

/// A plan's costs and margins.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// The plan's id.
    pub id: String,
    /// The plan's title.
    pub title: String,
    /// The accounting window: the unit is one person's events within one.
    pub window: &'static str,
    /// The budget of a window, an exact rational.
    pub rho: String,
    /// How many windows the plan may run.
    pub windows: u32,
    /// The budget of the plan's life, an exact rational.
    pub lifetime: String,
    /// How long events and persons are kept.
    pub retention: String,
    /// What the budget of a window is in approximate differential privacy.
    pub epsilon: Vec<Epsilon>,
    /// The dataflows, in the plan's order.
    pub dataflows: Vec<Outlook>,
}

/// Epsilon at one delta, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Epsilon {
    /// Delta.
    pub delta: f64,
    /// Epsilon.
    pub epsilon: f64,
}

/// What one dataflow costs and how accurate it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outlook {
    /// The dataflow's id.
    pub id: String,
    /// Its measure.
    pub measure: &'static str,
    /// How many cells it has.
    pub cells: usize,
    /// How many of them wait for codes to come: they are measured, and hold nobody until then.
    pub reserved: usize,
    /// Contributions of one person and window at most.
    pub bound: u32,
    /// Contributions of one person and month at most.
    pub bound_month: Option<u32>,
    /// Its part of the budget, an exact rational.
    pub share: String,
    /// Its mechanisms.
    pub parts: Vec<Mechanism>,
    /// Margins of one cell.
    pub margins: Vec<Margin>,
    /// What a change of the plan would make of them.
    pub alternatives: Vec<Alternative>,
}

/// One mechanism of a dataflow in a window.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mechanism {
    /// The part.
    pub part: String,
    /// The strategy.
    pub strategy: &'static str,
    /// How far one person moves the measurements at most, in counts.
    pub sensitivity: f64,
    /// The standard deviation of the noise of a measurement of weight 1, in counts.
    pub sigma: f64,
    /// The charge of a window, an exact rational.
    pub rho: String,
    /// How far it is from the least error possible; of a base, which is one count, there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Ratio>,
}

/// The margin of error of one cell over a period of one grain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Margin {
    /// Of a table, the dimensions that the cell is told apart by, with the level of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The indicator.
    pub indicator: &'static str,
    /// The grain of the period.
    pub grain: &'static str,
    /// Half the width of the 95 % interval, in counts.
    pub margin: f64,
    /// The count from which the margin is below 30 % of the figure.
    pub reliable: f64,
}

/// The forecast of a plan; alternatives are computed where they are asked for.
///
/// Errors: a dataflow without a price.
pub fn forecast(plan: &Plan, with_alternatives: bool) -> Result<Forecast, Error> {
    let privacy = &plan.privacy;
    let lifetime = &privacy.rho * BigRational::from_integer(privacy.windows.into());
    let rho = Rho::new(privacy.rho.clone())?;
    let at = |delta| Epsilon { delta, epsilon: (epsilon(&rho, delta) * 100.0).ceil() / 100.0 };
    let outlook = |position| outlook(plan, position, with_alternatives);
    Ok(Forecast {
        id: plan.statement.id.clone(),
        title: plan.statement.title.clone(),
        window: privacy.window.word(),
        rho: privacy.rho.to_string(),
        windows: privacy.windows,
        lifetime: lifetime.to_string(),
        retention: plan.retention.to_string(),
        epsilon: DELTAS.map(at).to_vec(),
        dataflows: (0..plan.dataflows.len()).map(outlook).collect::<Result<_, _>>()?,
    })
}

fn outlook(plan: &Plan, position: usize, with_alternatives: bool) -> Result<Outlook, Error> {
    let dataflow = &plan.dataflows[position];
    let prices = prices(plan, position, plan.window_of(plan.first_step()))?;
    let alternatives = if with_alternatives { alternative::all(plan, position) } else { vec![] };
    Ok(Outlook {
        id: dataflow.id.clone(),
        measure: dataflow.measure.word(),
        cells: dataflow.structure.cells(),
        reserved: dataflow.structure.cells() - named_cells(dataflow),
        bound: dataflow.bound.window,
        bound_month: dataflow.bound.month,
        share: dataflow.share.to_string(),
        parts: mechanisms(plan, dataflow, &prices),
        margins: margins(plan, position)?,
        alternatives,
    })
}

/// How many cells of a dataflow have a code in every dimension, and not a place reserved for one.
fn named_cells(dataflow: &Dataflow) -> usize {
    let dimensions = dataflow.structure.dimensions().iter();
    dimensions.map(|dimension| dimension.code_list.named().count()).product()
}

/// The mechanisms of a dataflow; the bounds of its streams are computed side by side. Of residuals
/// of one grain the same is read and a person does the same, so one bound serves them all; of
/// persons present the total has one of its own.
fn mechanisms(plan: &Plan, dataflow: &Dataflow, prices: &[Price]) -> Vec<Mechanism> {
    let kind = |price: &Price| match price.part {
        Part::Residual(_) => (None, Some((price.grain(), ratio::stays_in(price)))),
        part => (Some(part), None),
    };
    let bounds: HashMap<_, Option<ratio::Bound>> = std::thread::scope(|scope| {
        let mut begun = HashMap::new();
        for price in prices.iter().filter(|price| price.is_stream()) {
            let bound = move || ratio::Bound::of(plan, dataflow, price);
            begun.entry(kind(price)).or_insert_with(|| scope.spawn(bound));
        }
        begun.into_iter().map(|(kind, bound)| (kind, bound.join().ok())).collect()
    });
    let least = |price: &Price| Some(bounds.get(&kind(price))?.as_ref()?.ratio(price));
    let least = |price: &Price| if price.is_stream() { least(price) } else { None };
    prices.iter().map(|price| mechanism(dataflow, price, least(price))).collect()
}

fn mechanism(dataflow: &Dataflow, price: &Price, least: Option<Ratio>) -> Mechanism {
    let strategy = match &price.scheme {
        Scheme::Recursion(recursion) if recursion.continues() => "blt",
        Scheme::Recursion(_) => "calendar_blt",
        Scheme::Periods { .. } => "identity",
        Scheme::Nodes { .. } if !price.is_stream() => "identity",
        Scheme::Nodes { .. } => match dataflow.strategy {
            StrategyChoice::Calendar(_) => "calendar",
            _ => "identity",
        },
    };
    let unit = price.unit() as f64;
    Mechanism {
        part: price.part.to_string(),
        strategy,
        // Display only.
        sensitivity: (price.delta2.to_f64().unwrap_or(f64::INFINITY)).sqrt() / unit,
        sigma: price.variance.as_f64().sqrt() / unit,
        rho: price.rho.to_string(),
        least,
    }
}

/// Margins of one cell of a dataflow, for every indicator and grain, over a period in the middle
/// of the plan's first window, once the window and all vintages of its steps are complete.
///
/// Errors: a dataflow without a price.
pub fn margins(plan: &Plan, position: usize) -> Result<Vec<Margin>, Error> {
    let dataflow = &plan.dataflows[position];
    let window = plan.window_of(plan.first_step());
    let (prices, steps) = (prices(plan, position, window)?, plan.steps_of(window));
    if !dataflow.margins.is_empty() {
        return table::margins(plan, dataflow, &prices, &steps);
    }
    let mut margins = Vec::new();
    for &indicator in indicators(&dataflow.measure) {
        for grain in grains(plan.step()).into_iter().filter(|&g| g <= plan.privacy.window) {
            let Some(span) = middle(&steps, grain) else { continue };
            let late = prices.iter().find_map(|price| price.late).map_or(0.0, Variance::as_f64);
            let counts = f64::from(span.1 + 1 - span.0) * dataflow.vintages.len() as f64;
            let variance = variance(&prices, indicator, span)? + late * counts;
            margins.push(Margin::new(None, indicator, grain, variance));
        }
    }
    Ok(margins)
}

impl Margin {
    fn new(of: Option<String>, indicator: Indicator, grain: Grain, variance: f64) -> Self {
        let margin = NORMAL_POINT * variance.sqrt();
        let reliable = (margin * 100.0 / RELIABLE_MARGIN_PERCENT).ceil();
        Self { of, indicator: indicator.code(), grain: grain.word(), margin, reliable }
    }
}

/// The first and the last step of the period of a grain in the middle of a window.
fn middle(steps: &[Period], grain: Grain) -> Option<(u32, u32)> {
    let middle = steps[steps.len() / 2].within(grain);
    let inside = |&at: &usize| middle.covers(steps[at]);
    let mut numbers = (0..steps.len()).filter(inside);
    let first = numbers.next()?;
    // Fits: a window has fewer than 2^16 steps.
    Some((first as u32, numbers.next_back().unwrap_or(first) as u32))
}

/// What the public reads of one part, and how exactly.
enum Reader<'a> {
    /// Least squares over nodes, and the variance of a measurement.
    Nodes(Box<Estimator>, f64),
    /// The ends of periods, and the variance of each.
    Periods(&'a [u32], f64),
    Recursion(Decoder<'a>),
}

impl<'a> Reader<'a> {
    /// Once the run is complete.
    fn new(price: &'a Price) -> Result<Self, Error> {
        Ok(match &price.scheme {
            Scheme::Nodes { strategy, .. } => {
                let estimator = Estimator::new(strategy, strategy.steps())?;
                Self::Nodes(Box::new(estimator), price.variance.as_f64())
            }
            Scheme::Periods { level, .. } => Self::Periods(&level.ends, price.variance.as_f64()),
            Scheme::Recursion(recursion) => {
                Self::Recursion(Decoder::new(recursion, price.variance))
            }
        })
    }

    /// The variance of the sum of the steps from the first to the last; of a residual, that of a
    /// coordinate of multiple 1. Unit: squared counts.
    fn variance(&self, (first, last): (u32, u32)) -> f64 {
        match self {
            Self::Nodes(estimator, variance) => estimator.variance(&[(first, last, 1)]) * variance,
            Self::Periods(ends, variance) => {
                let inside = ends.iter().filter(|&&end| first < end && end <= last + 1);
                inside.count() as f64 * variance
            }
            Self::Recursion(decoder) => decoder.variance(&[(first, last, 1)]),
        }
    }
}

/// The variance of an indicator over a span of steps of the plan's first window, for one cell;
/// of a level, at the end of the span.
fn variance(
    prices: &[Price],
    indicator: Indicator,
    (first, last): (u32, u32),
) -> Result<f64, Error> {
    let first = if indicator == Indicator::Stock { 0 } else { first };
    let mut sum = 0.0;
    for price in prices {
        let of = |span| Ok(Reader::new(price)?.variance(span));
        sum += match (price.part, indicator) {
            (Part::Base, Indicator::Stock) => of((0, 0))?,
            (Part::Base, _) | (Part::Turnover, Indicator::Stock) => 0.0,
            (Part::Net | Part::Turnover, Indicator::Arrivals | Indicator::Departures) => {
                of((first, last))? / 4.0
            }
            _ => of((first, last))?,
        };
    }
    Ok(sum)
}
