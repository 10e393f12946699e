//! Warnings about a plan whose readers will find their figures less exact than they could be, or
//! without the events of a source.
//!
//! Not here: faults, which are in no plan (crate `model`).
//!
//! Invariants:
//! 1. A warning compares margins of one indicator and one grain
//!    (`tidegauge/tests/planner.rs`: `totals_much_coarser_than_cells_are_warned_of`).

use super::forecast::{DataflowForecast, Forecast};
use super::headline::HeadlineForecast;
use super::intake::{IntakeForecast, SourceForecast};
use super::margin::MarginForecast;
use super::text::{rounded, whole};

/// How many times the margin of a cell a headline figure may have.
const TIMES_MAX: f64 = 3.0;

/// A warning about a plan: nothing is wrong, but something can be better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanWarning {
    /// A stable code.
    pub code: &'static str,
    /// The warning, in one line.
    pub text: String,
}

impl Forecast {
    /// What a statistician should know before this plan runs.
    pub fn warnings(&self) -> Vec<PlanWarning> {
        let mut warnings = self.source_warnings();
        match self.headline.iter().any(|headline| headline.wished.is_some()) {
            true => warnings.extend(self.headline.iter().filter_map(missed)),
            false => {
                let inexact = |outlook| self.inexact_total(outlook);
                warnings.extend(self.dataflows.iter().filter_map(inexact));
            }
        }
        warnings
    }

    /// The warnings about sources that no step waits for.
    pub fn source_warnings(&self) -> Vec<PlanWarning> {
        let Some(IntakeForecast { longest_wait_minutes, sources }) = &self.intake else {
            return vec![];
        };
        let late = sources.iter().filter(|source| source.never_due);
        let warning = |source: &SourceForecast| PlanWarning {
            code: "source-never-due",
            text: format!(
                "{}: no step waits for it: it declares a {} complete within {} minutes, later than \
                 the release delay and the longest wait of {longest_wait_minutes} minutes allow; \
                 lengthen the wait, or let it declare sooner",
                source.id,
                source.complete_every.replace('_', " "),
                source.complete_within_minutes,
            ),
        };
        late.map(warning).collect()
    }

    /// The warning about a dataflow whose total or first groups are far less exact than its cells.
    fn inexact_total(&self, outlook: &DataflowForecast) -> Option<PlanWarning> {
        // The finest figure comes last: that of a cell, or of the finest marginal.
        let finest = outlook.margins.last()?.of.as_deref();
        let cells = outlook.margins.iter().filter(|margin| margin.of.as_deref() == finest);
        for cell in cells {
            let is_alike = |margin: &MarginForecast| {
                margin.grain == cell.grain
                    && margin.indicator == cell.indicator
                    && margin.of.as_deref() != finest
                    && margin.largest() > TIMES_MAX * cell.largest()
            };
            let coarse: Vec<&MarginForecast> = self
                .headline
                .iter()
                .filter(|headline| headline.dataflow == outlook.id && is_alike(&headline.figure))
                .map(|headline| &headline.figure)
                .collect();
            if coarse.is_empty() {
                continue;
            }
            let unit = outlook.unit;
            let figures = coarse.iter().map(|margin| known_within(margin, unit));
            let figures = figures.collect::<Vec<String>>().join(" and ");
            let (id, grain) = (&outlook.id, cell.grain);
            let one = rounded(cell.largest());
            let advice = match finest {
                None => format!(
                    "it adds up the noise of {} cells; if totals or groups are read, name them as \
                     marginals",
                    whole(outlook.cells as f64)
                ),
                Some(_) => "give what is read first more weight among the marginals".into(),
            };
            let text = format!(
                "{id}: {} by the {grain}: {figures}, but a single cell within {one}: {advice}",
                cell.indicator
            );
            return Some(PlanWarning { code: "inexact-total", text });
        }
        None
    }
}

/// The warning about a wish that is not granted.
fn missed(wish: &HeadlineForecast) -> Option<PlanWarning> {
    let factor = wish.missed_by()?;
    let HeadlineForecast { dataflow, figure, wished } = wish;
    let of = match figure.of.as_deref() {
        None | Some("total") => "the total".into(),
        Some(of) => format!("a figure by {of}"),
    };
    let (wished, reached) = (rounded((*wished)?), rounded(figure.largest()));
    let text = format!(
        "{dataflow}: {} by the {}: {of} is known within {reached}, {factor:.2} times the {wished} \
         that is wished for",
        figure.indicator, figure.grain
    );
    Some(PlanWarning { code: "wish-missed", text })
}

/// A figure and its margin, in words.
fn known_within(margin: &MarginForecast, unit: &str) -> String {
    let within = format!("{} {unit}", rounded(margin.largest()));
    match margin.of.as_deref() {
        None | Some("total") => format!("the total is known within {within}"),
        Some(of) => format!("a figure by {of} within {within}"),
    }
}
