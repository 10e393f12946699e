//! The forecast of a plan: its budget, and each dataflow's mechanisms, margins and alternatives.
//!
//! Not here: the text of a forecast (`text`).
//!
//! Invariants:
//! 1. A forecast depends only on the plan.

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::ToPrimitive;
use serde::Serialize;
use tidegauge_ledger::{Part, Price, Scheme, prices};
use tidegauge_model::{Dataflow, Plan, StrategyChoice};
use tidegauge_privacy::{Error, Rho, epsilon};

use super::alternative::{self, Alternative};
use super::cells::margins;
use super::margin::MarginForecast;
use super::ratio::{self, Ratio};

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
    /// The accounting window; the unit of privacy is the events of one person within one window.
    pub window: &'static str,
    /// The budget of a window, an exact rational.
    pub rho: String,
    /// The number of windows that the plan may run.
    pub windows: u32,
    /// The budget of the plan's life, an exact rational.
    pub lifetime: String,
    /// How long events and persons are kept.
    pub retention: String,
    /// The budget of a window in terms of approximate differential privacy.
    pub epsilon: Vec<EpsilonAtDelta>,
    /// The dataflows, in the plan's order.
    pub dataflows: Vec<DataflowForecast>,
}

/// Epsilon at one delta, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EpsilonAtDelta {
    /// Delta.
    pub delta: f64,
    /// Epsilon.
    pub epsilon: f64,
}

/// The cost and accuracy of one dataflow.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DataflowForecast {
    /// The dataflow's id.
    pub id: String,
    /// Its measure.
    pub measure: &'static str,
    /// The number of its cells.
    pub cells: usize,
    /// The number of cells reserved for later codes: they are measured, and count nobody until a
    /// code takes the place.
    pub reserved: usize,
    /// The largest number of contributions of one person in a window.
    pub bound: u32,
    /// The largest number of contributions of one person in a month.
    pub bound_month: Option<u32>,
    /// Its share of the budget, an exact rational.
    pub share: String,
    /// Its mechanisms.
    pub parts: Vec<MechanismForecast>,
    /// Margins of one cell.
    pub margins: Vec<MarginForecast>,
    /// The margins under changes of the plan.
    pub alternatives: Vec<Alternative>,
}

/// One mechanism of a dataflow in a window.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MechanismForecast {
    /// The part.
    pub part: String,
    /// The strategy.
    pub strategy: &'static str,
    /// The greatest distance by which one person can move the measurements, in counts.
    pub sensitivity: f64,
    /// The standard deviation of the noise of a measurement of weight 1, in counts.
    pub sigma: f64,
    /// The charge of a window, an exact rational.
    pub rho: String,
    /// Its distance from the least error possible; none for a base, which is a single count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Ratio>,
}

/// The forecast of a plan, with alternatives if asked for.
///
/// Errors: a dataflow without a price.
pub fn forecast(plan: &Plan, with_alternatives: bool) -> Result<Forecast, Error> {
    let privacy = &plan.privacy;
    let lifetime = &privacy.rho * BigRational::from_integer(privacy.windows.into());
    let rho = Rho::new(privacy.rho.clone())?;
    let at_delta =
        |delta| EpsilonAtDelta { delta, epsilon: (epsilon(&rho, delta) * 100.0).ceil() / 100.0 };
    let outlook = |position| outlook(plan, position, with_alternatives);
    Ok(Forecast {
        id: plan.statement.id.clone(),
        title: plan.statement.title.clone(),
        window: privacy.window.word(),
        rho: privacy.rho.to_string(),
        windows: privacy.windows,
        lifetime: lifetime.to_string(),
        retention: plan.retention.to_string(),
        epsilon: DELTAS.map(at_delta).to_vec(),
        dataflows: (0..plan.dataflows.len()).map(outlook).collect::<Result<_, _>>()?,
    })
}

fn outlook(
    plan: &Plan,
    position: usize,
    with_alternatives: bool,
) -> Result<DataflowForecast, Error> {
    let dataflow = &plan.dataflows[position];
    let prices = prices(plan, position, plan.window_of(plan.first_step()))?;
    let alternatives = if with_alternatives { alternative::all(plan, position) } else { vec![] };
    Ok(DataflowForecast {
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

/// The number of cells of a dataflow that have a code in every dimension, not a reserved place.
fn named_cells(dataflow: &Dataflow) -> usize {
    let dimensions = dataflow.structure.dimensions().iter();
    dimensions.map(|dimension| dimension.code_list.named().count()).product()
}

/// The mechanisms of a dataflow. The bounds of its streams are computed in parallel. Residuals of
/// one grain have the same figures and the same contributions of a person, so they share one bound;
/// for persons present the total has its own bound.
fn mechanisms(plan: &Plan, dataflow: &Dataflow, prices: &[Price]) -> Vec<MechanismForecast> {
    let kind = |price: &Price| match price.part {
        Part::Residual(_) | Part::ResidualNet(_) | Part::ResidualTurnover(_) => {
            (None, Some((price.grain(), ratio::stays_in(price))))
        }
        part => (Some(part), None),
    };
    let bounds: HashMap<_, Option<ratio::LeastError>> = std::thread::scope(|scope| {
        let mut begun = HashMap::new();
        for price in prices.iter().filter(|price| price.is_stream()) {
            let bound = move || ratio::LeastError::of(plan, dataflow, price);
            begun.entry(kind(price)).or_insert_with(|| scope.spawn(bound));
        }
        begun.into_iter().map(|(kind, bound)| (kind, bound.join().ok())).collect()
    });
    let ratio = |price: &Price| Some(bounds.get(&kind(price))?.as_ref()?.ratio(price));
    let least = |price: &Price| if price.is_stream() { ratio(price) } else { None };
    prices.iter().map(|price| mechanism(dataflow, price, least(price))).collect()
}

fn mechanism(dataflow: &Dataflow, price: &Price, least: Option<Ratio>) -> MechanismForecast {
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
    MechanismForecast {
        part: price.part.to_string(),
        strategy,
        // For display only.
        sensitivity: (price.delta2.to_f64().unwrap_or(f64::INFINITY)).sqrt() / unit,
        sigma: price.variance.as_f64().sqrt() / unit,
        rho: price.rho.to_string(),
        least,
    }
}
