//! The margins of error under a change of one dataflow: another bound, share or step, or one
//! dimension less.
//!
//! Not here: whether the change is wise. A lower bound cuts more persons.
//!
//! Invariants:
//! 1. An alternative is a whole plan with one thing changed, priced like any other.
//! 2. No bound is offered that a plan cannot have, and no share above the whole budget
//!    (`tests::what_is_offered_can_be_written`).

use num_rational::BigRational;
use num_traits::{One, Zero};
use serde::Serialize;
use tidegauge_model::{ContributionBound, DataStructure, Dataflow, Grain, Plan, StatisticalUnit};
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
    for (word, bound) in bounds(plan, position) {
        let mut altered = plan.clone();
        altered.dataflows[position].bound = bound;
        if altered.bound_fault().is_none() {
            let month = bound.month.map(|month| format!(" ({month} a month)")).unwrap_or_default();
            offer(format!("{word} bound: {}{month}", bound.window), altered, None);
        }
    }
    let two = BigRational::from_integer(2.into());
    let others =
        plan.dataflows.iter().map(|other| &other.share).sum::<BigRational>() - &dataflow.share;
    for (word, share) in [("half", &dataflow.share / &two), ("double", &dataflow.share * &two)] {
        let rest = BigRational::one() - &share;
        // The others need something, too.
        if rest < BigRational::zero() || rest.is_zero() && !others.is_zero() {
            continue;
        }
        let mut altered = plan.clone();
        altered.dataflows[position].share = share.clone();
        let note = if others > rest { ", taken from the others" } else { "" };
        offer(format!("{word} the share: {share}{note}"), altered, None);
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

/// Half the bound and double the bound, or the highest that there is; and the one that cuts nobody.
fn bounds(plan: &Plan, position: usize) -> Vec<(&'static str, ContributionBound)> {
    let dataflow = &plan.dataflows[position];
    let (now, most) = (dataflow.bound, dataflow.highest_bound());
    let half = ContributionBound {
        window: now.window / 2,
        month: now.month.map(|month| (month / 2).max(1)),
    };
    let twice = |now: u32, most: u32| now.saturating_mul(2).min(most);
    let double = ContributionBound {
        window: twice(now.window, most.window),
        month: now.month.zip(most.month).map(|(now, most)| twice(now, most)),
    };
    let word = if double.window == now.window * 2 { "double the" } else { "the highest" };
    let mut bounds = vec![("half the", half), (word, double)];
    let of_all = plan.bound_of_all(position).filter(|all| all.window > now.window);
    bounds.extend(of_all.map(|all| ("nobody is cut by the", all)));
    bounds.retain(|(_, bound)| *bound != now && bound.window > 0);
    bounds
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
    // Vintages are counted in steps, and a month must begin with the plan.
    let is_fixed = plan.statement.start.day() != 1
        || plan.dataflows.iter().any(|dataflow| !dataflow.vintages.is_empty());
    if !day || calendar || plan.privacy.window == Grain::Month || is_fixed {
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
    altered.bound_fault().is_none().then_some(altered)
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

#[cfg(test)]
mod tests {
    use testkit::edit;
    use testkit::plans::border_with_first_crossings;

    use super::*;

    const TABLES: &str = include_str!("../../../../testdata/tables.toml");
    const BORDER: &str = include_str!("../../../../plans/border.toml");

    fn changes(plan: &str, position: usize) -> Vec<String> {
        let plan = Plan::parse(plan).unwrap_or_else(|errors| panic!("{errors}"));
        let all = all(&plan, position).into_iter();
        all.map(|one| one.change).filter(|change| !change.contains(" share")).collect()
    }

    #[test]
    fn what_is_offered_can_be_written() {
        let tables = |bound: i64, month: i64| {
            let plan = edit(TABLES).set("dataflow.CROSSINGS.bound", bound);
            changes(&plan.set("dataflow.CROSSINGS.bound_month", month).text(), 0)
        };
        let offered = ["half the bound: 12 (2 a month)", "double the bound: 48 (8 a month)"];
        assert_eq!(tables(24, 4)[..2], offered);
        assert_eq!(tables(600, 200)[1], "the highest bound: 1024 (255 a month)");
        assert_eq!(tables(1024, 200)[1], "the highest bound: 1024 (255 a month)");
        assert!(!tables(1024, 255).iter().any(|change| change.contains("highest")));
        // A flow with first crossings beside it needs a bound of 314.
        let first = border_with_first_crossings().text();
        let border =
            ["half the bound: 260", "the highest bound: 1024", "nobody is cut by the bound: 732"];
        assert_eq!(changes(BORDER, 0)[..3], border);
        assert_eq!(changes(&first, 0)[0], "the highest bound: 1024");

        let shares = |id: &str| {
            let plan = Plan::parse(TABLES).unwrap_or_else(|errors| panic!("{errors}"));
            let all = all(&plan, plan.dataflow(id).expect("known").0).into_iter();
            all.map(|one| one.change).filter(|change| change.contains(" share")).collect()
        };
        let of_most: Vec<String> = shares("CROSSINGS");
        assert_eq!(of_most, ["half the share: 3/8"]);
        let of_few: Vec<String> = shares("AT_BOUND");
        assert_eq!(of_few[1], "double the share: 1/10, taken from the others");
    }
}
