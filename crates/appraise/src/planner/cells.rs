//! Margins of error of the cells of a dataflow, for every indicator and grain.
//!
//! Not here: the cells of tables (`table`), and the estimates from one part (`reader`).
//!
//! Invariants:
//! 1. The margin forecast is the margin published
//!    (`tidegauge/tests/planner.rs`: `the_margin_forecast_is_the_margin_published`).

use tidegauge_figures::{Indicator, grains, indicators};
use tidegauge_ledger::{Price, prices};
use tidegauge_model::Plan;
use tidegauge_privacy::{Error, Variance};

use super::margin::{MarginForecast, middle};
use super::reader::{PartReader, part_weight};
use super::table;

/// Margins of one cell of a dataflow, for every indicator and grain, over a period in the middle
/// of the plan's first window, once the window and all vintages of its steps are complete.
///
/// Errors: a dataflow without a price.
pub(super) fn margins(plan: &Plan, position: usize) -> Result<Vec<MarginForecast>, Error> {
    let dataflow = &plan.dataflows[position];
    let window = plan.window_of(plan.first_step());
    let (prices, steps) = (prices(plan, position, window)?, plan.steps_of(window));
    if !dataflow.marginals.is_empty() {
        return table::margins(plan, dataflow, &prices, &steps);
    }
    let mut margins = Vec::new();
    for &indicator in indicators(&dataflow.measure) {
        for grain in grains(plan.step()).into_iter().filter(|&g| g <= plan.privacy.window) {
            let Some(span) = middle(&steps, grain) else { continue };
            let late_variance =
                prices.iter().find_map(|price| price.late).map_or(0.0, Variance::as_f64);
            let counts = f64::from(span.1 + 1 - span.0) * dataflow.vintages.len() as f64;
            let variance = variance(&prices, indicator, span)? + late_variance * counts;
            margins.push(MarginForecast::new(None, indicator, grain, variance));
        }
    }
    Ok(margins)
}

/// The variance of an indicator over a span of steps of the plan's first window, for one cell; a
/// level is that at the end of the span.
fn variance(
    prices: &[Price],
    indicator: Indicator,
    (first, last): (u32, u32),
) -> Result<f64, Error> {
    let first = if indicator == Indicator::Stock { 0 } else { first };
    let mut sum = 0.0;
    for price in prices {
        let Some(weight) = part_weight(price.part, indicator) else { continue };
        // A base is part of every level.
        let span = if price.is_stream() { (first, last) } else { (0, 0) };
        sum += PartReader::new(price)?.variance(span) * weight;
    }
    Ok(sum)
}
