//! Forecast margins of error: of every indicator and grain of a dataflow, in the first window and
//! in later ones.
//!
//! Not here: variances (`window`), and the figures that are read first (`headline`).
//!
//! Invariants:
//! 1. The margin forecast is the margin published
//!    (`tidegauge/tests/planner.rs`: `the_margin_forecast_is_the_margin_published`), and that of a
//!    first count too (`the_first_count_has_the_margin_forecast`, in the same file).

use serde::Serialize;
use tidegauge_figures::{Decimals, Indicator, grains, indicators};
use tidegauge_model::observation::RELIABLE_MARGIN_PERCENT;
use tidegauge_model::{Dataflow, Grain, Plan};
use tidegauge_privacy::Error;
use tidegauge_privacy::interval::NORMAL_POINT;

use super::figure::{FigureKind, cell_levels, words};
use super::window::{Count, FigureVariance, MeasuredWindows};

/// The margin of error of one figure over a period of one grain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MarginForecast {
    /// In a table and among headline figures, the dimensions by which figures are divided, each
    /// with its level if that is a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The indicator.
    pub indicator: &'static str,
    /// The grain of the period.
    pub grain: &'static str,
    /// Half the width of the 95 % confidence interval as it is published, in counts, in the plan's
    /// first window; if the window has no whole period of the grain, that of the steps that it has.
    pub margin: f64,
    /// The count from which the margin is below 30 % of the figure.
    pub reliable: f64,
    /// The margin in the first window, if it has a whole period of the grain.
    pub first: Option<f64>,
    /// The largest margin in later windows, if the plan has any.
    pub later: Option<f64>,
    /// In a dataflow with vintages, the margin of the figure when it is first published, in the
    /// first window with a whole period: of what is counted by then. Those above are margins after
    /// the last vintage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_count: Option<f64>,
    /// The largest of these in the end as the noise has it, before figures and margins are rounded:
    /// for comparisons of plans.
    pub unrounded: f64,
    /// The decimals of the margin.
    #[serde(skip)]
    pub(super) decimals: Decimals,
}

impl MarginForecast {
    /// The larger margin of the first and of later windows.
    pub fn largest(&self) -> f64 {
        let largest = [self.first, self.later].into_iter().flatten().reduce(f64::max);
        largest.unwrap_or(self.margin)
    }

    /// The forecast of a figure; `None` for a grain that no window has.
    pub(super) fn new(
        windows: &MeasuredWindows,
        kind: &FigureKind,
        indicator: Indicator,
        grain: Grain,
    ) -> Option<Self> {
        let rule = windows.first.margins;
        let margin = |found: &FigureVariance| rule.margin(indicator, found.noise + found.rounding);
        let last = (indicator, grain, Count::Last);
        let first = windows.first.variance(kind, last)?;
        let later = windows.later.iter();
        let later: Vec<_> = later.filter_map(|window| window.variance(kind, last)).collect();
        let mut counted = windows.all().filter_map(|window| {
            window.variance(kind, (indicator, grain, Count::First)).filter(|found| found.is_whole)
        });
        let whole = first.is_whole.then_some(&first).into_iter().chain(&later);
        let noise = whole.map(|found| found.noise).reduce(f64::max).unwrap_or(first.noise);
        Some(Self {
            of: None,
            indicator: indicator.code(),
            grain: grain.word(),
            margin: margin(&first),
            reliable: reliable_from(margin(&first)),
            first: first.is_whole.then(|| margin(&first)),
            later: later.iter().map(margin).reduce(f64::max),
            first_count: counted.next().map(|found| margin(&found)),
            unrounded: NORMAL_POINT * noise.sqrt(),
            decimals: rule.decimals(),
        })
    }
}

/// The count from which a margin is below 30 % of the figure.
pub(super) fn reliable_from(margin: f64) -> f64 {
    (margin * 100.0 / RELIABLE_MARGIN_PERCENT).ceil()
}

/// The margins of figures of one kind, for every indicator and every grain from `finest` on.
pub(super) fn margins_of(
    plan: &Plan,
    dataflow: &Dataflow,
    windows: &MeasuredWindows,
    (kind, finest): (&FigureKind, Grain),
) -> Vec<MarginForecast> {
    let read = grains(plan.step()).into_iter();
    let read = read.filter(|&grain| finest.divides(grain) && grain <= plan.privacy.window);
    let mut margins = Vec::new();
    match dataflow.marginals.is_empty() {
        // A cell is read indicator by indicator, a marginal grain by grain.
        true => {
            let read: Vec<Grain> = read.collect();
            for &indicator in indicators(&dataflow.measure) {
                let margin = |&g: &Grain| MarginForecast::new(windows, kind, indicator, g);
                margins.extend(read.iter().filter_map(margin));
            }
        }
        false => {
            for grain in read {
                let margin =
                    |&indicator: &Indicator| MarginForecast::new(windows, kind, indicator, grain);
                margins.extend(indicators(&dataflow.measure).iter().filter_map(margin));
            }
        }
    }
    margins
}

/// The margins of a dataflow: of one cell, or in a table of a cell of each marginal of the plan; if
/// groups are uneven, of the least certain cell.
///
/// Errors: a table that does not measure a marginal of the plan.
pub(super) fn margins(
    plan: &Plan,
    position: usize,
    windows: &MeasuredWindows,
) -> Result<Vec<MarginForecast>, Error> {
    let dataflow = &plan.dataflows[position];
    let prices = &windows.first.prices;
    if dataflow.marginals.is_empty() {
        let cell = FigureKind::new(dataflow, prices, &cell_levels(dataflow))?;
        return Ok(margins_of(plan, dataflow, windows, (&cell, plan.step())));
    }
    let mut margins = Vec::new();
    for promised in &dataflow.marginals {
        let kind = FigureKind::new(dataflow, prices, &promised.levels)?;
        let words = words(dataflow, &kind.levels);
        let read = margins_of(plan, dataflow, windows, (&kind, promised.grain)).into_iter();
        margins.extend(read.map(|margin| MarginForecast { of: Some(words.clone()), ..margin }));
    }
    Ok(margins)
}
