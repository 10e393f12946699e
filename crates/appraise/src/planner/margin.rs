//! A forecast margin of error, and the period of the forecast.
//!
//! Not here: its variance (`cells`, `table`).

use serde::Serialize;
use tidegauge_figures::Indicator;
use tidegauge_model::observation::RELIABLE_MARGIN_PERCENT;
use tidegauge_model::{Grain, Period};
use tidegauge_privacy::interval::NORMAL_POINT;

/// The margin of error of one cell over a period of one grain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MarginForecast {
    /// In a table, the dimensions of the cell, each with its level if that is a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The indicator.
    pub indicator: &'static str,
    /// The grain of the period.
    pub grain: &'static str,
    /// Half the width of the 95 % confidence interval, in counts.
    pub margin: f64,
    /// The count from which the margin is below 30 % of the figure.
    pub reliable: f64,
}

impl MarginForecast {
    pub(super) fn new(
        of: Option<String>,
        indicator: Indicator,
        grain: Grain,
        variance: f64,
    ) -> Self {
        let margin = NORMAL_POINT * variance.sqrt();
        let reliable = (margin * 100.0 / RELIABLE_MARGIN_PERCENT).ceil();
        Self { of, indicator: indicator.code(), grain: grain.word(), margin, reliable }
    }
}

/// The first and the last step of the period of a grain in the middle of a window.
pub(super) fn middle(steps: &[Period], grain: Grain) -> Option<(u32, u32)> {
    let middle = steps[steps.len() / 2].within(grain);
    let inside = |&step: &usize| middle.covers(steps[step]);
    let mut numbers = (0..steps.len()).filter(inside);
    let first = numbers.next()?;
    // Fits: a window has fewer than 2^16 steps.
    Some((first as u32, numbers.next_back().unwrap_or(first) as u32))
}
