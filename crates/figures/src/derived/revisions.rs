//! By how much each later vintage changed its step, and by how much such vintages do on average.
//!
//! Not here: the late measurements ([`crate::catalogue`]), the figures ([`crate::answer`]).
//!
//! A revision is a late measurement as it was released: the count of the late events, with noise of
//! its own, so it has a margin as every figure does. The mean of absolute revisions contains that
//! noise too: for n revisions with noise z it differs from the mean of the exact ones by no more
//! than the mean of |z|, which exceeds the margin of one revision with probability 1/20 if n is 1
//! and more rarely if n is greater. So the margin of the mean is the greatest margin of a revision.
//!
//! Invariants:
//! 1. The revisions of a step are the differences between its vintages
//!    (`serve::tests::history::revisions_are_the_differences_between_vintages`).
//! 2. Each mean is the mean of the revisions above it
//!    (`serve::tests::history::means_are_those_of_the_revisions`).
//!
//! Format: for each series its revisions, `MEASURE` `REVISION`, then for each vintage the mean of
//! their absolute values, `MEAN_ABSOLUTE`, with the first and the last step that it covers:
//! `D,XX,FLOW,AIR,2024-01-02,REVISION,1,2,12,44,171`
//! `D,XX,FLOW,AIR,2024-01-01/2024-01-31,MEAN_ABSOLUTE,1,2,13.250,44.000,`
//! with the number of the vintage, by how many steps it came later (`AGE`), value, margin and the
//! index of the ledger entry.

use tidegauge_model::SourceSet;

use super::parts::{names, words};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::revision::Revision;
use crate::error::Error;
use crate::estimate::decimal::FigureText;
use crate::query::decimals::Decimals;

/// The revisions of the steps of an answer, as published by entries from this index on.
///
/// Errors: a dataflow without later vintages; no later vintage of these steps yet.
pub fn table(answer: &CheckedAnswer, from: u64) -> Result<DerivedTable, Error> {
    let dataflow = answer.dataflow();
    if dataflow.vintages.is_empty() {
        let what = "revisions of a dataflow without later vintages in the plan";
        return Err(Error::NotOffered { what, next: "ask for its figures" });
    }
    let number = |value: String| Field::Number(value);
    let mut columns = names(dataflow, &[]);
    let further = "TIME_PERIOD,MEASURE,VINTAGE_NUMBER,AGE,OBS_VALUE,MARGIN,VINTAGE";
    columns.extend(further.split(',').map(str::to_owned));
    let mut table = DerivedTable::of_published(answer.plan(), columns);
    for series in 0..answer.len() {
        let mut revisions = answer.revisions(series)?;
        revisions.retain(|revision| revision.entry >= from);
        let row = |period, measure: &str, vintage: usize, figures: [i64; 2], decimals| {
            let mut row = words(&answer.key(series));
            let age = dataflow.vintages.get(vintage - 1).map_or(0, |age| *age);
            row.extend([Field::Word(period), Field::Word(measure.to_owned())]);
            row.extend([number(vintage.to_string()), number(age.to_string())]);
            row.extend(figures.map(|milli| number(FigureText(milli, decimals).to_string())));
            row
        };
        for revision in &revisions {
            let Revision { step, vintage, value_milli, margin_milli, entry, silent } = *revision;
            let figures = [value_milli, margin_milli];
            let mut row = row(step.to_string(), "REVISION", vintage, figures, answer.decimals);
            row.push(number(entry.to_string()));
            table.push(row, Some(vec![]), silent);
        }
        for vintage in 1..=dataflow.vintages.len() {
            let of_vintage: Vec<&Revision> =
                revisions.iter().filter(|revision| revision.vintage == vintage).collect();
            let ends = of_vintage.first().zip(of_vintage.last());
            let Some((first, last)) = ends else { continue };
            let span = format!("{}/{}", first.step, last.step);
            let figures = [mean_milli(&of_vintage), greatest_margin_milli(&of_vintage)];
            let decimals = Decimals::Thousandths;
            let mut row = row(span, "MEAN_ABSOLUTE", vintage, figures, decimals);
            row.push(Field::Nothing);
            let silent = of_vintage.iter().map(|revision| revision.silent);
            let silent = silent.fold(SourceSet::default(), SourceSet::union);
            table.push(row, Some(vec![]), silent);
        }
    }
    if table.rows.is_empty() { Err(Error::NothingReleased) } else { Ok(table) }
}

/// The mean of the absolute values, to the nearest thousandth.
fn mean_milli(revisions: &[&Revision]) -> i64 {
    let sum: i128 =
        revisions.iter().map(|revision| i128::from(revision.value_milli.unsigned_abs())).sum();
    let count = revisions.len().max(1) as i128;
    i64::try_from((2 * sum + count) / (2 * count)).unwrap_or(i64::MAX)
}

fn greatest_margin_milli(revisions: &[&Revision]) -> i64 {
    revisions.iter().map(|revision| revision.margin_milli).max().unwrap_or(0)
}
