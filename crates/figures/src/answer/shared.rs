//! The noise that series of one answer share.
//!
//! Cells that are measured separately have noise of their own. The marginals of a table are made of
//! the same residuals, so two of its series share the noise of those that both need.
//!
//! Not here: what is done with it ([`crate::derived`]), and the mathematics (crate `privacy`,
//! module `residual`).
//!
//! Invariants:
//! 1. What a series shares with itself is its variance, that of its published margin but for
//!    rounding (`answer::shared::tests::a_series_shares_its_variance_with_itself`).

use std::cell::RefCell;
use std::collections::HashMap;

use tidegauge_model::Period;

use super::answer::{Answer, CheckedAnswer};
use crate::error::Error;
use crate::estimate::figures;
use crate::query::series::Indicator;

/// The covariances of the series of an answer.
pub(crate) struct SharedNoise<'a> {
    answer: &'a Answer,
    /// By pair of series, the second one perhaps of another answer (always the same one), the
    /// streams that both need in each window.
    known: RefCell<HashMap<(usize, usize), StreamsByWindow<'a>>>,
}

/// The streams that two series need, in each known window; `None` where cells are measured
/// separately.
type StreamsByWindow<'a> = Vec<Option<figures::SharedNoise<'a>>>;

impl<'a> SharedNoise<'a> {
    pub(crate) fn of(answer: &'a CheckedAnswer) -> Self {
        Self { answer, known: RefCell::default() }
    }

    /// The covariance of two different series, by their numbers, in one period, in squared persons
    /// and as wide as margins are; 0 if each cell is measured separately.
    ///
    /// Errors: figures that cannot be made.
    pub(crate) fn between(&self, one: usize, other: usize, period: Period) -> Result<f64, Error> {
        if self.answer.shown.is_none() {
            return Ok(0.0);
        }
        self.with(one, self.answer, other, period)
    }

    /// The covariance of a series with one of another answer of the same dataflow and state, as
    /// wide as margins are.
    ///
    /// Errors: figures that cannot be made.
    pub(crate) fn with(
        &self,
        one: usize,
        others: &Answer,
        other: usize,
        period: Period,
    ) -> Result<f64, Error> {
        let (_, indicator, picks) = self.answer.chosen(one);
        let (_, _, others) = others.chosen(other);
        let structure = &self.answer.dataflow().structure;
        let mut known = self.known.borrow_mut();
        let pair = (one, other);
        let streams = match known.entry(pair) {
            std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                let windows = self.answer.known().iter();
                let shared = windows
                    .map(|known| known.figures.shared(structure, indicator, [&picks, &others]));
                place.insert(shared.collect::<Result<_, _>>()?)
            }
        };
        let mut sum = 0.0;
        for (known, streams) in self.answer.known().iter().zip(streams) {
            let Some(streams) = streams else { continue };
            let Some((first, last)) = known.window.steps_in(period) else { continue };
            if indicator == Indicator::Stock {
                if known.window.steps[last as usize].end() == period.end() {
                    sum += streams.level(last);
                }
                continue;
            }
            sum += streams.sum((first, last)).ok_or(Error::Estimate)?;
            let (series, size) = ([&picks[..], &others[..]], self.answer.as_of);
            sum += known.window.late_covariance(structure, series, (first, last), size)?;
        }
        Ok(sum * self.answer.margins.widening_of_shared())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::table_answer;

    #[test]
    fn a_series_shares_its_variance_with_itself() {
        for key in ["D..FLOW.LAND+ROAD.ENTRY+_T._T", "W..FLOW.SEA+_T.EXIT+_T._T"] {
            let answer = table_answer("CROSSINGS", key).check().unwrap();
            let answer = answer.in_thousandths().unwrap();
            let shared = SharedNoise::of(&answer);
            for number in 0..answer.len() {
                for observation in answer.series(number).unwrap().observations {
                    let (_, margin) = observation.figure().unwrap();
                    let variance = shared.between(number, number, observation.period).unwrap();
                    let variance = variance / answer.margins.widening_of_shared();
                    let expected = answer.margin_milli(Indicator::Flow, variance);
                    assert!((margin - expected).abs() <= 1, "{key}: {margin} {expected}");
                }
            }
        }
    }
}
