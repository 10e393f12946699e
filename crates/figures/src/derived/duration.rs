//! What the bands of a duration say of its lengths: quartiles, and the share that lasts longer than
//! each band.
//!
//! Not here: the arithmetic ([`super::distribution`]).
//!
//! Invariants:
//! 1. Only published figures are read, so anyone with the answer can make the same lines
//!    (`tidegauge/tests/process_log.rs`).
//! 2. The shares that last longer are those of the figures
//!    (`serve::tests::history::shares_that_last_longer_are_those_of_the_figures`).

use std::collections::BTreeMap;

use tidegauge_model::{CodeList, CodeSource, Period};
use tidegauge_privacy::interval::Estimate;

use super::distribution::{Covariances, quantile, share};
use super::parts::{NumberedEstimate, empty, estimate, of_period, part, place, without};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::shared::SharedNoise;
use crate::error::Error;
use crate::query::series::{Indicator, LEADING};

/// The ending of an id that requests the shares that last longer.
pub(crate) const ENDING: &str = ".LONGER";

/// The quartiles, by the name of their column.
const QUARTILES: [(&str, f64); 3] = [("Q1", 0.25), ("MEDIAN", 0.5), ("Q3", 0.75)];

/// The figures of the bands of one key and period, in order; `None` under embargo.
struct Bands<'a> {
    key: Vec<&'a str>,
    period: Period,
    figures: Option<(Vec<Estimate>, Covariances)>,
}

/// The list of the bands, its place among the dimensions, and the figures of each key and period
/// that has all of them.
type BandsOfList<'a> = (&'a CodeList, usize, Vec<Bands<'a>>);

/// The bands of a dataflow and their figures; `None` if it has no bands.
///
/// Errors: figures that cannot be made.
fn bands(answer: &CheckedAnswer) -> Result<Option<BandsOfList<'_>>, Error> {
    let dataflow = answer.dataflow();
    let Some(band) = place(dataflow, &CodeSource::Band) else { return Ok(None) };
    let list = &dataflow.structure.dimensions()[band].code_list;
    // By key and period, the figures of the bands in their order.
    let mut found: BTreeMap<(Vec<&str>, Period), BTreeMap<u16, NumberedEstimate>> = BTreeMap::new();
    for number in 0..answer.len() {
        let series = answer.series(number)?;
        let Some(code) = list.position(series.key[LEADING.len() + band]) else { continue };
        for observation in &series.observations {
            let key = (without(&series.key, &[band]), observation.period);
            found.entry(key).or_default().insert(code, (number, estimate(observation)));
        }
    }
    let noise = SharedNoise::of(answer);
    let mut all = vec![];
    for ((key, period), bands) in found {
        if bands.len() != list.codes().len() {
            continue;
        }
        let (numbers, bands): (Vec<usize>, Vec<_>) = bands.into_values().unzip();
        let bands: Option<Vec<Estimate>> = bands.into_iter().collect();
        let between =
            |one: usize, other: usize| noise.between(numbers[one], numbers[other], period);
        let with_noise = |bands: Vec<Estimate>| {
            let shared = Covariances::of(bands.len(), between)?;
            Ok::<_, Error>((bands, shared))
        };
        all.push(Bands { key, period, figures: bands.map(with_noise).transpose()? });
    }
    Ok(Some((list, band, all)))
}

/// The quartiles of each key and period; `None` if the dataflow has no bands.
///
/// Errors: figures that cannot be made.
pub(crate) fn quartiles(answer: &CheckedAnswer) -> Result<Option<DerivedTable>, Error> {
    let Some((list, band, all)) = bands(answer)? else { return Ok(None) };
    let columns = QUARTILES.map(|(name, _)| format!("{name},{name}_LOW,{name}_HIGH")).join(",");
    let mut table = empty(answer, &[band], &format!("TIME_PERIOD,{columns}"));
    let word = |band: usize| Field::Word(list.codes()[band].id.clone());
    let quartile = |bands: &[Estimate], shared: &Covariances, q| match quantile(bands, shared, q) {
        Some(found) => [found.band, found.low, found.high].map(word),
        None => [Field::Nothing, Field::Nothing, Field::Nothing],
    };
    for Bands { key, period, figures } in all {
        let fields = figures
            .map(|(bands, shared)| QUARTILES.map(|(_, q)| quartile(&bands, &shared, q)).concat());
        table.push(of_period(&key, period), fields, answer.silent(Indicator::Flow, period));
    }
    Ok(Some(table))
}

/// The share of each key and period that lasts longer than each band; none does than the last.
/// `None` if the dataflow has no bands.
///
/// Errors: figures that cannot be made.
pub(crate) fn longer(answer: &CheckedAnswer) -> Result<Option<DerivedTable>, Error> {
    let Some((list, place, all)) = bands(answer)? else { return Ok(None) };
    let mut table = empty(answer, &[place], "TIME_PERIOD,BAND,PART,PART_LOW,PART_HIGH");
    for Bands { key, period, figures } in all {
        let silent = answer.silent(Indicator::Flow, period);
        for (band, code) in list.codes().iter().enumerate().take(list.codes().len() - 1) {
            let fields = figures.as_ref().map(|(bands, shared)| {
                part(share(bands, shared, |other| other > band).as_ref()).to_vec()
            });
            let mut row = of_period(&key, period);
            row.push(Field::Word(code.id.clone()));
            table.push(row, fields, silent);
        }
    }
    Ok(Some(table))
}
