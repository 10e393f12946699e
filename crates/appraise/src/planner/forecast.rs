//! The forecast of a plan: its budget, the figures that are read first, and each dataflow's
//! margins, mechanisms and alternatives.
//!
//! Not here: the text of a forecast (`text`).
//!
//! Invariants:
//! 1. A forecast depends only on the plan.

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::ToPrimitive;
use serde::Serialize;
use tidegauge_ledger::{Part, Price, Scheme};
use tidegauge_model::{Dataflow, Plan, StatisticalUnit, StrategyChoice};
use tidegauge_privacy::display::right_guesses_up;
use tidegauge_privacy::{Error, Rho, epsilon};

use super::alternative::{self, Alternative};
use super::headline::{FirstFigure, HeadlineForecast, first_figures, headline};
use super::intake::IntakeForecast;
use super::margin::{MarginForecast, margins};
use super::ratio::{self, Ratio};
use super::window::MeasuredWindows;

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
    /// The accounting window; the unit of privacy is everything about one person in what is
    /// measured in one window.
    pub window: &'static str,
    /// The budget of a window, an exact rational.
    pub rho: String,
    /// The number of windows that the plan may run.
    pub windows: u32,
    /// The budget of the plan's life, an exact rational.
    pub lifetime: String,
    /// How long events and persons are kept.
    pub retention: String,
    /// How events come in, in a plan with sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intake: Option<IntakeForecast>,
    /// The budget of a window in terms of approximate differential privacy.
    pub epsilon: Vec<EpsilonAtDelta>,
    /// The budget of the plan's life, likewise.
    pub lifetime_epsilon: Vec<EpsilonAtDelta>,
    /// Of a hundred guesses whether one person is in the data, the most that can be right after the
    /// measurements of a window.
    pub right_guesses: f64,
    /// Likewise after those of the plan's life.
    pub lifetime_right_guesses: f64,
    /// The most windows whose measurements the events of one window can move.
    pub windows_moved: u32,
    /// The most that a person costs whose events all occurred in one window, an exact rational.
    pub rho_of_events: String,
    /// Of a hundred guesses whether such a person is in the data, the most that can be right.
    pub events_right_guesses: f64,
    /// The figures that the plan names under `headline`, in its order; none if it names none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read_first: Vec<FirstFigure>,
    /// The figures of the plan's wishes or, without wishes, the coarsest ones, by dataflow in the
    /// plan's order.
    pub headline: Vec<HeadlineForecast>,
    /// The dataflows, in the plan's order.
    pub dataflows: Vec<DataflowForecast>,
    /// Whether people asked for the streams.
    #[serde(skip)]
    pub(super) has_streams: bool,
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
    /// The flow of which it counts each person's first contributions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_of: Option<String>,
    /// After how many steps a step is measured again; empty without vintages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vintages: Vec<u32>,
    /// The length of a step.
    pub step: &'static str,
    /// What it counts: persons or events.
    pub unit: &'static str,
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
    /// Margins of one cell, or in a table of a cell of each marginal.
    pub margins: Vec<MarginForecast>,
    /// The margins under changes of the plan.
    pub alternatives: Vec<Alternative>,
}

impl DataflowForecast {
    /// Whether it is a table, whose margins are those of its marginals.
    pub(super) fn is_table(&self) -> bool {
        self.margins.iter().any(|margin| margin.of.is_some())
    }
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
    /// Its distance from the least error possible, if that is asked for; none for a base, which is
    /// a single count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Ratio>,
}

/// The parts of a forecast that not everybody needs, and that take time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForecastOptions {
    /// The distance of each stream from the least error possible.
    pub streams: bool,
    /// The margins under changes of the plan.
    pub alternatives: bool,
}

/// The forecast of a plan.
///
/// Errors: a dataflow without a price.
pub fn forecast(plan: &Plan, options: ForecastOptions) -> Result<Forecast, Error> {
    let privacy = &plan.privacy;
    let (lifetime, of_events) = (privacy.lifetime(), privacy.rho_over(plan.windows_moved()));
    let guesses = |rho: &BigRational| {
        let up = right_guesses_up(rho.to_f64().unwrap_or(f64::INFINITY));
        up.map_or(100.0, |(up, _)| up)
    };
    let epsilons = |rho: &BigRational| -> Result<Vec<EpsilonAtDelta>, Error> {
        let rho = Rho::new(rho.clone())?;
        let rounded_up = |delta| (epsilon(&rho, delta) * 100.0).ceil() / 100.0;
        Ok(DELTAS.map(|delta| EpsilonAtDelta { delta, epsilon: rounded_up(delta) }).to_vec())
    };
    let outlooks: Vec<Outlook> = std::thread::scope(|scope| {
        let positions = 0..plan.dataflows.len();
        let begun: Vec<_> = positions
            .map(|position| scope.spawn(move || Outlook::new(plan, position, options)))
            .collect();
        // A thread ends with a value or with the program.
        begun.into_iter().filter_map(|outlook| outlook.join().ok()).collect::<Result<_, Error>>()
    })?;
    let (mut first, mut headline, mut dataflows) = (Vec::new(), Vec::new(), Vec::new());
    for outlook in outlooks {
        first.extend(outlook.first);
        headline.extend(outlook.headline);
        dataflows.push(outlook.dataflow);
    }
    first.sort_by_key(|(number, _)| *number);
    Ok(Forecast {
        id: plan.statement.id.clone(),
        title: plan.statement.title.to_string(),
        window: privacy.window.word(),
        rho: privacy.rho.to_string(),
        windows: privacy.windows,
        lifetime: lifetime.to_string(),
        retention: plan.retention.to_string(),
        intake: IntakeForecast::of(plan),
        epsilon: epsilons(&privacy.rho)?,
        lifetime_epsilon: epsilons(&lifetime)?,
        right_guesses: guesses(&privacy.rho),
        lifetime_right_guesses: guesses(&lifetime),
        windows_moved: plan.windows_moved(),
        rho_of_events: of_events.to_string(),
        events_right_guesses: guesses(&of_events),
        read_first: first.into_iter().map(|(_, figure)| figure).collect(),
        headline,
        dataflows,
        has_streams: options.streams,
    })
}

/// One dataflow of a forecast, with its headline figures.
struct Outlook {
    /// Those that the plan names under `headline`, each with its position there.
    first: Vec<(usize, FirstFigure)>,
    headline: Vec<HeadlineForecast>,
    dataflow: DataflowForecast,
}

impl Outlook {
    fn new(plan: &Plan, position: usize, options: ForecastOptions) -> Result<Self, Error> {
        let dataflow = &plan.dataflows[position];
        let windows = MeasuredWindows::new(plan, position)?;
        let alternatives = match options.alternatives {
            true => alternative::all(plan, position),
            false => vec![],
        };
        let unit = match dataflow.unit {
            StatisticalUnit::Events => "events",
            StatisticalUnit::Persons => "persons",
        };
        let forecast = DataflowForecast {
            id: dataflow.id.clone(),
            measure: dataflow.measure.word(),
            first_of: dataflow.first_of.map(|of| plan.dataflows[of].id.clone()),
            vintages: dataflow.vintages.clone(),
            step: plan.step().word(),
            unit,
            cells: dataflow.structure.cells(),
            reserved: dataflow.structure.cells() - named_cells(dataflow),
            bound: dataflow.bound.window,
            bound_month: dataflow.bound.month,
            share: dataflow.share.to_string(),
            parts: mechanisms(plan, dataflow, &windows.first.prices, options.streams),
            margins: margins(plan, position, &windows)?,
            alternatives,
        };
        Ok(Self {
            first: first_figures(plan, position, &windows)?,
            headline: headline(plan, position, &windows)?,
            dataflow: forecast,
        })
    }
}

/// The number of cells of a dataflow that have a code in every dimension, not a reserved place.
fn named_cells(dataflow: &Dataflow) -> usize {
    let dimensions = dataflow.structure.dimensions().iter();
    dimensions.map(|dimension| dimension.code_list.named().count()).product()
}

/// The mechanisms of a dataflow, with their distance from the least error if it is asked for. The
/// bounds of its streams are computed in parallel. Residuals of one grain have the same figures and
/// the same contributions of a person, so they share one bound; for persons present the total has
/// its own bound.
fn mechanisms(
    plan: &Plan,
    dataflow: &Dataflow,
    prices: &[Price],
    with_least: bool,
) -> Vec<MechanismForecast> {
    let kind = |price: &Price| match price.part {
        Part::Residual(_) | Part::ResidualNet(_) | Part::ResidualTurnover(_) => {
            (None, Some((price.grain(), ratio::stays_in(price))))
        }
        part => (Some(part), None),
    };
    let streams = || prices.iter().filter(|price| with_least && price.is_stream());
    let bounds: HashMap<_, Option<ratio::LeastError>> = std::thread::scope(|scope| {
        let mut begun = HashMap::new();
        for price in streams() {
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
