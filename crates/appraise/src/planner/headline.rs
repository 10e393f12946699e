//! The figures that are read first, with their margins of error.
//!
//! Not here: which figures those are (`figure`), and the margins of every other figure (`margin`).
//!
//! Invariants:
//! 1. The total of cells with noise of their own has the square root of their number times the
//!    margin of one
//!    (`tidegauge/tests/planner.rs`: `the_headline_total_of_cells_adds_up_their_noise`).

use serde::Serialize;
use tidegauge_model::Plan;
use tidegauge_privacy::Error;

use super::figure::{FigureKind, headline_levels, words};
use super::margin::{MarginForecast, margins_of};
use super::window::MeasuredWindows;

/// A figure that is read first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeadlineForecast {
    /// The dataflow's id.
    pub dataflow: String,
    /// The margin of error of the figure.
    #[serde(flatten)]
    pub figure: MarginForecast,
}

/// The headline figures of a dataflow, coarsest first.
///
/// Errors: a table that does not measure a marginal of the plan.
pub(super) fn headline(
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
        }));
    }
    Ok(headline)
}
