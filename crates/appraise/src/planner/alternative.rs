//! The margins of error under a change of one dataflow: another bound, share or step, or one
//! dimension less.
//!
//! Not here: whether the change is wise. A lower bound cuts more persons.
//!
//! Invariants:
//! 1. An alternative is a whole plan with one thing changed, priced like any other.

use num_rational::BigRational;
use num_traits::One;
use serde::Serialize;
use tidegauge_model::{DataStructure, Dataflow, Grain, Measure, Plan, StatisticalUnit};
use tidegauge_privacy::Error;

use super::figure::{FigureKind, cell_levels};
use super::margin::{self, MarginForecast};
use super::window::MeasuredWindows;

/// One change and the margins that it would give.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// The change, in words.
    pub change: String,
    /// Margins of one cell, as of the dataflow itself.
    pub margins: Vec<MarginForecast>,
    /// The current margins of the same figures, if these are not those of a cell of the dataflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Vec<MarginForecast>>,
}

/// The margins of a plan in its first window.
fn margins(plan: &Plan, position: usize) -> Result<Vec<MarginForecast>, Error> {
    margin::margins(plan, position, &MeasuredWindows::only_first(plan, position)?)
}

/// Every alternative that has a price.
pub(super) fn all(plan: &Plan, position: usize) -> Vec<Alternative> {
    let dataflow = &plan.dataflows[position];
    let mut alternatives = Vec::new();
    let mut offer = |change: String, altered: Plan, instead_of: Option<Vec<MarginForecast>>| {
        // A plan without a price is no alternative.
        if let Ok(margins) = margins(&altered, position) {
            alternatives.push(Alternative { change, margins, instead_of });
        }
    };
    if !matches!(dataflow.measure, Measure::AtBound { .. }) {
        for (word, window) in
            [("half", dataflow.bound.window / 2), ("double", dataflow.bound.window * 2)]
        {
            if window == 0 {
                continue;
            }
            let mut altered = plan.clone();
            let month = dataflow.bound.month.map(|month| match word {
                "half" => (month / 2).max(1),
                _ => month * 2,
            });
            altered.dataflows[position].bound.window = window;
            altered.dataflows[position].bound.month = month;
            let month = month.map(|month| format!(" ({month} a month)")).unwrap_or_default();
            offer(format!("{word} the bound: {window}{month}"), altered, None);
        }
    }
    let two = BigRational::from_integer(2.into());
    let shares = [("half", &dataflow.share / &two), ("double", &dataflow.share * &two)];
    for (word, share) in shares.into_iter().filter(|(_, share)| *share <= BigRational::one()) {
        let mut altered = plan.clone();
        altered.dataflows[position].share = share.clone();
        offer(format!("{word} the share: {share}"), altered, None);
    }
    if let Some(altered) = by_month(plan, position) {
        offer("steps of a month".into(), altered, None);
    }
    for dropped in 0..dataflow.structure.dimensions().len() {
        if let Some((change, altered)) = without(plan, position, dropped) {
            let totals = totals(plan, position, dropped).unwrap_or_default();
            offer(change, altered, Some(totals));
        }
    }
    alternatives
}

/// The margins of the totals over one dimension of cells.
fn totals(plan: &Plan, position: usize, dropped: usize) -> Result<Vec<MarginForecast>, Error> {
    let dataflow = &plan.dataflows[position];
    let windows = MeasuredWindows::only_first(plan, position)?;
    let mut levels = cell_levels(dataflow);
    levels[dropped] = 0;
    let total = FigureKind::new(dataflow, &windows.first.prices, &levels)?;
    Ok(margin::margins_of(plan, dataflow, &windows, (&total, plan.step())))
}

fn by_month(plan: &Plan, position: usize) -> Option<Plan> {
    let dataflow = &plan.dataflows[position];
    let day = plan.step() == Grain::Day;
    let calendar = matches!(dataflow.strategy, tidegauge_model::StrategyChoice::Calendar(_));
    if !day || calendar || plan.privacy.window == Grain::Month {
        return None;
    }
    let mut altered = plan.clone();
    // A step is the same for every dataflow of a plan; their order does not matter here.
    altered.dataflows.iter_mut().for_each(|dataflow| {
        dataflow.step = Grain::Month;
        dataflow.bound.month = None;
        let marginals = dataflow.marginals.iter_mut();
        marginals.for_each(|marginal| marginal.grain = marginal.grain.max(Grain::Month));
    });
    Some(altered)
}

/// The plan without one dimension of a dataflow: a person still counts once in each cell.
fn without(plan: &Plan, position: usize, dropped: usize) -> Option<(String, Plan)> {
    let dataflow = &plan.dataflows[position];
    if !dataflow.marginals.is_empty() {
        // A table promises its totals as they are.
        return None;
    }
    let dimensions = dataflow.structure.dimensions();
    let id = &dimensions.get(dropped)?.id;
    let rest = dimensions.iter().enumerate().filter(|&(number, _)| number != dropped);
    let structure = DataStructure::new(rest.map(|(_, dimension)| dimension.clone()).collect())?;
    let once = dataflow.unit == StatisticalUnit::Persons;
    let counted = if once { ", a person once in what is left" } else { "" };
    let mut altered = plan.clone();
    altered.dataflows[position] = Dataflow { structure, ..dataflow.clone() };
    Some((format!("without {id}{counted}; now: its total"), altered))
}
