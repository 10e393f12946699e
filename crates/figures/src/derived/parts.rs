//! Shared by every derived table: estimates of figures, dimensions left out, columns, fields.
//!
//! Not here: the derived tables themselves.
//!
//! Invariants:
//! 1. A figure under embargo gives no estimate
//!    (`serve::tests::under_embargo::derived_rows_are_embargoed_with_their_figures`).
//! 2. What is made of figures has a break where one of them has, and else may change as long as one
//!    may (`derived::parts::tests::a_break_outranks_what_may_change`).

use tidegauge_model::{CodeSource, Dataflow, Observation, Period, Status};
use tidegauge_privacy::interval::{Estimate, NORMAL_POINT, RateEstimate};

use super::table::{DerivedTable, Field};
use crate::answer::answer::Answer;
use crate::estimate::decimal::FigureText;
use crate::query::series::{Indicator, LEADING};

/// The estimate of a figure; `None` under embargo.
pub(crate) type PublishedEstimate = Option<Estimate>;

/// The number of a series and the estimate of one of its figures.
pub(crate) type NumberedEstimate = (usize, PublishedEstimate);

/// The estimate of an observation; `None` under embargo.
pub(crate) fn estimate(observation: &Observation) -> Option<Estimate> {
    let (value_milli, margin_milli) = observation.figure()?;
    let deviation = margin_milli as f64 / 1000.0 / NORMAL_POINT;
    Some(Estimate { value: value_milli as f64 / 1000.0, variance: deviation * deviation })
}

/// The place of the dimension with this source among those of the plan.
pub(crate) fn place(dataflow: &Dataflow, source: &CodeSource) -> Option<usize> {
    dataflow.structure.dimensions().iter().position(|dimension| dimension.source == *source)
}

/// The parts of a key without those of some of the plan's dimensions, given by their places.
pub(crate) fn without<'k>(key: &[&'k str], gone: &[usize]) -> Vec<&'k str> {
    let stays = |n: &usize| n.checked_sub(LEADING.len()).is_none_or(|n| !gone.contains(&n));
    (0..key.len()).filter(stays).map(|n| key[n]).collect()
}

/// The names of the dimensions without some of the plan's, given by their places.
pub(crate) fn names(dataflow: &Dataflow, gone: &[usize]) -> Vec<String> {
    let own = dataflow.structure.dimensions().iter().map(|dimension| dimension.id.as_str());
    let all: Vec<&str> = LEADING.into_iter().chain(own).collect();
    without(&all, gone).into_iter().map(str::to_owned).collect()
}

/// A table without rows, with the columns of the remaining dimensions and these.
pub(crate) fn empty(answer: &Answer, gone: &[usize], columns: &str) -> DerivedTable {
    let mut all = names(answer.dataflow(), gone);
    all.extend(columns.split(',').map(str::to_owned));
    DerivedTable::under(answer.plan(), all)
}

pub(crate) fn words(key: &[&str]) -> Vec<Field> {
    key.iter().map(|&code| Field::Word(code.to_owned())).collect()
}

/// The key and the period of a row, as its first fields.
pub(crate) fn of_period(key: &[&str], period: Period) -> Vec<Field> {
    let mut row = words(key);
    row.push(Field::Word(period.sdmx()));
    row
}

/// A count in thousandths, a sum of flows, and its margin, lower and upper end.
pub(crate) fn count((value, variance): (i64, f64), answer: &Answer) -> [Field; 4] {
    let margin = answer.margin_milli(Indicator::Flow, variance);
    let numbers = [value, margin, value.saturating_sub(margin), value.saturating_add(margin)];
    numbers.map(|number| Field::Number(FigureText(number, answer.decimals).to_string()))
}

/// The status of what is made of figures with these: a break outranks what may still change.
pub(crate) fn status(figures: impl IntoIterator<Item = Status>) -> Status {
    figures.into_iter().fold(Status::Normal, |found, one| match (found, one) {
        (Status::Break, _) | (_, Status::Break) => Status::Break,
        (Status::Provisional, _) | (_, Status::Provisional) => Status::Provisional,
        _ => Status::Normal,
    })
}

/// A share of a whole and its interval, as fields.
pub(crate) fn part(part: Option<&RateEstimate>) -> [Field; 3] {
    let number = |value: f64| Field::Number(format!("{value:.4}"));
    part.map_or([Field::Nothing, Field::Nothing, Field::Nothing], |part| {
        [number(part.value), number(part.low), number(part.high)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_outranks_what_may_change() {
        use Status::{Break, LowReliability, Normal, Provisional};
        for (figures, expected) in [
            (&[][..], Normal),
            (&[LowReliability, Normal], Normal),
            (&[Normal, Provisional, LowReliability], Provisional),
            (&[Provisional, Break, Normal], Break),
            (&[Break, Provisional], Break),
        ] {
            assert_eq!(status(figures.iter().copied()), expected, "{figures:?}");
        }
    }
}
