//! The margins of error of a table, for every marginal that the plan promises, at every grain.
//!
//! Not here: dataflows whose cells are measured by themselves (`cells`).
//!
//! Invariants:
//! 1. The margin forecast is the margin published
//!    (`tidegauge/tests/planner.rs`: `the_margin_forecast_is_the_margin_published`).

use std::collections::{HashMap, HashSet};

use num_traits::ToPrimitive;
use tidegauge_figures::{Indicator, grains, indicators};
use tidegauge_ledger::{Measurand, Price};
use tidegauge_model::{Dataflow, Period, Plan};
use tidegauge_privacy::residual::{self, ContingencyTable};
use tidegauge_privacy::{Error, Variance};

use super::margin::{MarginForecast, middle};
use super::reader::{PartReader, part_weight};

/// Margins of error for a cell of each marginal of the plan; if groups are uneven, for the least
/// certain cell.
pub(super) fn margins(
    plan: &Plan,
    dataflow: &Dataflow,
    prices: &[Price],
    steps: &[Period],
) -> Result<Vec<MarginForecast>, Error> {
    let mut margins = Vec::new();
    let vintages = dataflow.vintages.len() as f64;
    for promised in &dataflow.marginals {
        let table = table(prices).ok_or(Error::MarginalUnknown)?;
        let marginal = table.marginal(&promised.levels)?;
        for grain in grains(plan.step()) {
            if !promised.grain.divides(grain) || grain > plan.privacy.window {
                continue;
            }
            let Some((first, last)) = middle(steps, grain) else { continue };
            for &indicator in indicators(&dataflow.measure) {
                // A level is the sum from the first step on.
                let first = if indicator == Indicator::Stock { 0 } else { first };
                let late = f64::from(last + 1 - first) * vintages;
                let variances = variances(prices, indicator, ((first, last), late))?;
                let variance = worst(table, &marginal, &variances)?;
                let dimensions = Some(words(dataflow, &promised.levels));
                margins.push(MarginForecast::new(dimensions, indicator, grain, variance));
            }
        }
    }
    Ok(margins)
}

fn table(prices: &[Price]) -> Option<&ContingencyTable> {
    match &prices.first()?.measurand {
        Measurand::Residual(residual) => Some(&residual.table),
        Measurand::Cells(_) => None,
    }
}

/// The variance of each residual in that of an indicator over a span of steps, with `late` late
/// counts.
fn variances(
    prices: &[Price],
    indicator: Indicator,
    (span, late): ((u32, u32), f64),
) -> Result<HashMap<&residual::MarginalLevels, f64>, Error> {
    let mut variances: HashMap<&residual::MarginalLevels, f64> = HashMap::new();
    for price in prices {
        if let Measurand::Residual(residual) = &price.measurand
            && let Some(weight) = part_weight(price.part, indicator)
        {
            // A base is part of every level.
            let span = if price.is_stream() { span } else { (0, 0) };
            let variance = PartReader::new(price)?.variance(span) * weight
                + late * price.late.map_or(0.0, Variance::as_f64);
            *variances.entry(&residual.marginal).or_default() += variance;
        }
    }
    Ok(variances)
}

/// The largest variance of a cell of a marginal, from that of each residual.
fn worst(
    table: &ContingencyTable,
    marginal: &residual::MarginalLevels,
    variances: &HashMap<&residual::MarginalLevels, f64>,
) -> Result<f64, Error> {
    let (mut seen, mut worst) = (HashSet::new(), 0f64);
    for cell in 0..table.cells(marginal)? {
        if !seen.insert(table.group_sizes(marginal, cell)?) {
            continue;
        }
        let mut sum = 0.0;
        for (residual, coefficient) in table.cell_coefficients(marginal, cell)? {
            let variance = variances.get(&residual).ok_or(Error::ResidualMissing)?;
            sum += coefficient.to_f64().unwrap_or(f64::INFINITY) * variance;
        }
        worst = worst.max(sum);
    }
    Ok(worst)
}

/// The dimensions of a marginal as a plan names them.
fn words(dataflow: &Dataflow, levels: &[usize]) -> String {
    let dimensions = dataflow.structure.dimensions().iter().zip(levels);
    let shown = dimensions.filter(|(_, level)| **level > 0).map(|(dimension, &level)| {
        if level == dimension.code_list.depth() {
            dimension.id.clone()
        } else {
            format!("{}/{level}", dimension.id)
        }
    });
    let words: Vec<String> = shown.collect();
    if words.is_empty() { "total".into() } else { words.join(" x ") }
}
