//! The figures that are read first, with their margins of error.
//!
//! Not here: which figures those are (`figure`), and the margins of every other figure (`margin`).
//!
//! Invariants:
//! 1. The total of cells with noise of their own has the square root of their number times the
//!    margin of one
//!    (`tidegauge/tests/planner.rs`: `the_headline_total_of_cells_adds_up_their_noise`).

use num_traits::ToPrimitive;
use serde::Serialize;
use tidegauge_figures::indicators;
use tidegauge_model::Plan;
use tidegauge_privacy::Error;

use super::figure::{FigureKind, headline_levels, words};
use super::margin::{MarginForecast, margins_of};
use super::window::MeasuredWindows;

/// How many times the margin that is wished for still grants a wish.
const GRANTED: f64 = 1.001;

/// A figure that is read first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeadlineForecast {
    /// The dataflow's id.
    pub dataflow: String,
    /// The margin of error of the figure.
    #[serde(flatten)]
    pub figure: MarginForecast,
    /// The margin that the plan wishes for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wished: Option<f64>,
}

impl HeadlineForecast {
    /// By which factor a wish is missed; `None` without a wish, and if it is granted.
    pub fn missed_by(&self) -> Option<f64> {
        let factor = self.figure.largest() / self.wished?;
        (factor > GRANTED).then_some(factor)
    }
}

/// The headline figures of a dataflow: those of its wishes; in a plan without wishes the coarsest.
///
/// Errors: a table that does not measure a marginal of the plan.
pub(super) fn headline(
    plan: &Plan,
    position: usize,
    windows: &MeasuredWindows,
) -> Result<Vec<HeadlineForecast>, Error> {
    if plan.wishes.is_empty() {
        coarsest(plan, position, windows)
    } else {
        wished(plan, position, windows)
    }
}

fn coarsest(
    plan: &Plan,
    position: usize,
    windows: &MeasuredWindows,
) -> Result<Vec<HeadlineForecast>, Error> {
    let dataflow = &plan.dataflows[position];
    let mut headline = Vec::new();
    for levels in headline_levels(dataflow) {
        let kind = FigureKind::new(dataflow, &windows.first.prices, &levels)?;
        let promised = dataflow.marginals.iter().find(|marginal| marginal.levels == levels);
        let finest = promised.map_or(plan.step(), |marginal| marginal.grain);
        let words = words(dataflow, &levels);
        let read = margins_of(plan, dataflow, windows, (&kind, finest)).into_iter();
        headline.extend(read.map(|figure| HeadlineForecast {
            dataflow: dataflow.id.clone(),
            figure: MarginForecast { of: Some(words.clone()), ..figure },
            wished: None,
        }));
    }
    Ok(headline)
}

fn wished(
    plan: &Plan,
    position: usize,
    windows: &MeasuredWindows,
) -> Result<Vec<HeadlineForecast>, Error> {
    let dataflow = &plan.dataflows[position];
    let mut headline = Vec::new();
    for wish in plan.wishes.iter().filter(|wish| wish.dataflow == position) {
        let kind = FigureKind::new(dataflow, &windows.first.prices, &wish.levels)?;
        let offered = indicators(&dataflow.measure).iter();
        let indicators = offered.filter(|indicator| indicator.code() == wish.indicator);
        let figures = indicators.filter_map(|&indicator| {
            MarginForecast::new(windows, &kind.composition, indicator, wish.grain)
        });
        headline.extend(figures.map(|figure| HeadlineForecast {
            dataflow: dataflow.id.clone(),
            figure: MarginForecast { of: Some(words(dataflow, &wish.levels)), ..figure },
            wished: wish.margin.to_f64(),
        }));
    }
    Ok(headline)
}
