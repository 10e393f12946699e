//! By how much each later vintage moved its step, and how much it moves steps of its kind.
//!
//! Not here: the late measurements ([`crate::catalogue`]), the figures ([`crate::answer`]).
//!
//! A revision is a late measurement as it was released: the count of what came late, with noise of
//! its own, so it has a margin as every figure does. The mean of absolute revisions holds that
//! noise too: of n revisions with noise z it differs from the mean of the exact ones by no more
//! than the mean of |z|, which exceeds the margin of one revision with probability 1/20 where n is
//! 1 and more rarely where n is greater. So the greatest margin of one is the margin of the mean.
//!
//! Invariants:
//! 1. The revisions of a step are the differences between its vintages
//!    (`serve::tests::history::revisions_are_the_differences_between_vintages`).
//! 2. Each mean is that of the revisions above it
//!    (`serve::tests::history::means_are_those_of_the_revisions`).
//!
//! Format: for each series its revisions, `MEASURE` `REVISION`, then for each vintage the mean of
//! their absolutes, `MEAN_ABSOLUTE`, with the first and the last step that it is over:
//! `D,XX,FLOW,AIR,2024-01-02,REVISION,1,2,12.000,43.826,171`
//! `D,XX,FLOW,AIR,2024-01-01/2024-01-31,MEAN_ABSOLUTE,1,2,13.250,43.826,`
//! with the number of the vintage, the steps that it came after its own (`AGE`), value, margin and
//! the index of the ledger entry.

use super::parts::names;
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::revision::Revision;
use crate::error::Error;
use crate::estimate::decimal::Milli;

/// The revisions of the steps of an answer that entries from this index on published.
///
/// Errors: a dataflow without later vintages; none of these steps has one yet.
pub fn table(answer: &CheckedAnswer, from: u64) -> Result<DerivedTable, Error> {
    let dataflow = answer.dataflow();
    if dataflow.vintages.is_empty() {
        let what = "revisions of a dataflow without later vintages in the plan";
        return Err(Error::NotOffered { what });
    }
    let number = |value: String| Field::Number(value);
    let mut rows = Vec::new();
    for series in 0..answer.len() {
        let mut revisions = answer.revisions(series)?;
        revisions.retain(|revision| revision.entry >= from);
        let row = |period: String, measure: &str, of: (usize, i64, i64), entry: Field| {
            let mut row: Vec<Field> =
                answer.key(series).into_iter().map(|code| Field::Word(code.to_owned())).collect();
            let (vintage, value, margin) = of;
            let age = dataflow.vintages.get(vintage - 1).map_or(0, |age| *age);
            row.extend([Field::Word(period), Field::Word(measure.to_owned())]);
            row.extend([number(vintage.to_string()), number(age.to_string())]);
            row.extend([number(Milli(value).to_string()), number(Milli(margin).to_string())]);
            row.push(entry);
            row
        };
        for one in &revisions {
            let of = (one.vintage, one.value_milli, one.margin_milli);
            let entry = number(one.entry.to_string());
            rows.push(row(one.step.to_string(), "REVISION", of, entry));
        }
        for vintage in 1..=dataflow.vintages.len() {
            let own: Vec<&Revision> =
                revisions.iter().filter(|one| one.vintage == vintage).collect();
            let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
            let of = (vintage, mean_milli(&own), greatest_margin_milli(&own));
            let span = format!("{}/{}", first.step, last.step);
            rows.push(row(span, "MEAN_ABSOLUTE", of, Field::Nothing));
        }
    }
    if rows.is_empty() {
        return Err(Error::NothingReleased);
    }
    let own = "TIME_PERIOD,MEASURE,VINTAGE_NUMBER,AGE,OBS_VALUE,MARGIN,VINTAGE";
    let columns = names(dataflow, &[]).into_iter().chain(own.split(',').map(str::to_owned));
    Ok(DerivedTable::of(columns.collect(), rows))
}

/// The mean of the absolutes, to the nearest thousandth.
fn mean_milli(revisions: &[&Revision]) -> i64 {
    let sum: i128 = revisions.iter().map(|one| i128::from(one.value_milli.unsigned_abs())).sum();
    let count = revisions.len().max(1) as i128;
    i64::try_from((2 * sum + count) / (2 * count)).unwrap_or(i64::MAX)
}

fn greatest_margin_milli(revisions: &[&Revision]) -> i64 {
    revisions.iter().map(|one| one.margin_milli).max().unwrap_or(0)
}
