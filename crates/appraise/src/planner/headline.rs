//! The figures that are read first, with their margins of error: those that the plan names under
//! `headline`, and those of its wishes or, in a plan without wishes, the coarsest.
//!
//! Not here: which figures are the coarsest (`figure`), and the margins of every other figure
//! (`margin`).
//!
//! Invariants:
//! 1. The total of cells with noise of their own has the square root of their number times the
//!    margin of one
//!    (`tidegauge/tests/planner.rs`: `the_headline_total_of_cells_adds_up_their_noise`).
//! 2. A headline of the plan has the margin of its marginal, whatever its code
//!    (`tidegauge/tests/planner.rs`: `headlines_of_a_plan_are_shown_first`).
//! 3. A wish is granted exactly if the margin that is published is at most what is wished, in
//!    thousandths up to 0.1 % (`tidegauge/tests/wishes.rs`: `a_wish_is_granted_as_published`).

use num_traits::ToPrimitive;
use serde::Serialize;
use tidegauge_figures::{Decimals, indicators};
use tidegauge_model::{Dataflow, Grain, Plan, SeriesChoice, SeriesPart};
use tidegauge_privacy::Error;

use super::figure::{FigureKind, headline_levels, words};
use super::margin::{MarginForecast, margins_of};
use super::window::MeasuredWindows;

/// How many times the margin that is wished for still grants a wish, if figures have thousandths. A
/// margin in whole persons grants it or does not.
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
    /// By which factor the published margin misses a wish; `None` without a wish, and if it is
    /// granted.
    pub fn missed_by(&self) -> Option<f64> {
        let factor = self.figure.largest() / self.wished?;
        let granted = match self.figure.decimals {
            Decimals::Whole => 1.0,
            Decimals::Thousandths => GRANTED,
        };
        (factor > granted).then_some(factor)
    }

    /// By which factor a wish that is missed is missed before figures and margins are rounded.
    pub(super) fn missed_unrounded(&self) -> Option<f64> {
        self.missed_by()?;
        // Rounding can add the rest.
        Some((self.figure.unrounded / self.wished?).max(GRANTED))
    }
}

/// A figure that the plan names under `headline`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FirstFigure {
    /// Its title, or its dataflow and codes.
    pub title: String,
    /// The dataflow's id.
    pub dataflow: String,
    /// The codes and groups that it names, in the order of the dimensions.
    pub codes: Vec<String>,
    /// The margin of error of the figure.
    #[serde(flatten)]
    pub figure: MarginForecast,
}

/// The figures of a dataflow that the plan names under `headline`, each with its position there.
///
/// Errors: a table that does not measure a marginal of the plan.
pub(super) fn first_figures(
    plan: &Plan,
    position: usize,
    windows: &MeasuredWindows,
) -> Result<Vec<(usize, FirstFigure)>, Error> {
    let dataflow = &plan.dataflows[position];
    let mut figures = Vec::new();
    let named = plan.headlines.iter().enumerate();
    for (number, headline) in named.filter(|(_, headline)| headline.dataflow == position) {
        let series = &headline.series;
        let levels = series.levels(&dataflow.structure);
        let read = (series.indicator, series.grain);
        let Some(figure) = margin_of(dataflow, windows, &levels, read)? else { continue };
        let codes = codes(dataflow, series);
        let title = match &headline.title {
            Some(title) => title.to_string(),
            None => untitled(dataflow, &codes, series),
        };
        let dataflow = dataflow.id.clone();
        figures.push((number, FirstFigure { title, dataflow, codes, figure }));
    }
    Ok(figures)
}

/// The words for a figure without a title: its dataflow, its codes and its indicator.
fn untitled(dataflow: &Dataflow, codes: &[String], series: &SeriesChoice) -> String {
    let named: Vec<&str> = std::iter::once(&dataflow.id).chain(codes).map(String::as_str).collect();
    match indicators(&dataflow.measure).len() {
        1 => named.join(" "),
        _ => format!("{}, {}", named.join(" "), series.indicator.to_lowercase()),
    }
}

/// The codes and groups that a choice of series names.
fn codes(dataflow: &Dataflow, series: &SeriesChoice) -> Vec<String> {
    let parts = series.parts.iter().zip(dataflow.structure.dimensions());
    let named = parts.filter(|(part, _)| **part != SeriesPart::Total);
    named.flat_map(|(part, dimension)| part.ids(&dimension.code_list)).map(str::to_owned).collect()
}

/// The margin of the figures at these levels, for one indicator and one length of period.
fn margin_of(
    dataflow: &Dataflow,
    windows: &MeasuredWindows,
    levels: &[usize],
    (indicator, grain): (&str, Grain),
) -> Result<Option<MarginForecast>, Error> {
    let kind = FigureKind::new(dataflow, &windows.first.prices, levels)?;
    let mut offered = indicators(&dataflow.measure).iter();
    let found = offered.find(|offered| offered.code() == indicator);
    let figure = found.and_then(|&found| MarginForecast::new(windows, &kind, found, grain));
    Ok(figure.map(|figure| MarginForecast { of: Some(words(dataflow, levels)), ..figure }))
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
        let read = (wish.indicator, wish.grain);
        let figure = margin_of(dataflow, windows, &wish.levels, read)?;
        headline.extend(figure.map(|figure| HeadlineForecast {
            dataflow: dataflow.id.clone(),
            figure,
            wished: wish.margin.to_f64(),
        }));
    }
    Ok(headline)
}
