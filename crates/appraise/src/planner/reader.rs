//! The estimates that the public can make from one part of a dataflow, and their variance: after
//! some steps of a window, and once the part is complete.
//!
//! Not here: figures that are made of several parts (`window`, `ratio`).

use tidegauge_figures::Indicator;
use tidegauge_ledger::{Part, Price, Scheme};
use tidegauge_privacy::{Decoder, Error, Estimator};

/// The factor of the variance of a part in that of an indicator; `None` if the indicator is not
/// made of the part. Arrivals are half the sum of turnover and net changes, and departures half
/// their difference.
pub(super) fn part_weight(part: Part, indicator: Indicator) -> Option<f64> {
    match indicator {
        Indicator::Arrivals | Indicator::Departures => (!part.is_base()).then_some(0.25),
        Indicator::Stock => (!part.is_turnover()).then_some(1.0),
        _ => Some(1.0),
    }
}

/// How sums of steps are estimated from one part.
pub(super) enum PartReader<'a> {
    /// Least squares over nodes, and the variance of a measurement.
    Nodes(Box<Estimator>, f64),
    /// The ends of periods, and the variance of each.
    Periods(&'a [u32], f64),
    Recursion(Decoder<'a>),
}

impl<'a> PartReader<'a> {
    /// The reader of a part of which so many steps are measured; without a number, of one that is
    /// complete. Only estimates from nodes change with later steps.
    pub(super) fn new(price: &'a Price, steps: Option<u32>) -> Result<Self, Error> {
        Ok(match &price.scheme {
            Scheme::Nodes { strategy, .. } => {
                let steps = steps.unwrap_or(strategy.steps());
                let estimator = Estimator::new(strategy, steps)?;
                Self::Nodes(Box::new(estimator), price.variance.as_f64())
            }
            Scheme::Periods { level, .. } => Self::Periods(&level.ends, price.variance.as_f64()),
            Scheme::Recursion(recursion) => {
                Self::Recursion(Decoder::new(recursion, price.variance))
            }
        })
    }

    /// The variance of the sum of the steps from the first to the last; for a residual, that of a
    /// coordinate of multiple 1. Unit: squared counts.
    pub(super) fn variance(&self, (first, last): (u32, u32)) -> f64 {
        match self {
            Self::Nodes(estimator, variance) => estimator.variance(&[(first, last, 1)]) * variance,
            Self::Periods(ends, variance) => {
                let inside = ends.iter().filter(|&&end| first < end && end <= last + 1);
                inside.count() as f64 * variance
            }
            Self::Recursion(decoder) => decoder.variance(&[(first, last, 1)]),
        }
    }
}
