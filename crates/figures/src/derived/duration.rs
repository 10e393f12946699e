//! Quartiles of durations, computed from the figures of their bands.
//!
//! Not here: the arithmetic ([`super::distribution`]).
//!
//! Invariants:
//! 1. Only published figures are read, so anyone with the answer can make the same lines
//!    (`tidegauge/tests/process_log.rs`).

use std::collections::BTreeMap;

use tidegauge_model::{CodeSource, Period};
use tidegauge_privacy::interval::Estimate;

use super::distribution::{Covariances, quantile};
use super::parts::{NumberedEstimate, empty, estimate, of_period, place, without};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::shared::SharedNoise;
use crate::error::Error;
use crate::query::series::{Indicator, LEADING};

/// The quartiles, by the name of their column.
const QUARTILES: [(&str, f64); 3] = [("Q1", 0.25), ("MEDIAN", 0.5), ("Q3", 0.75)];

/// The quartiles of each key and period; `None` if the dataflow has no bands.
///
/// Errors: figures that cannot be made.
pub(crate) fn quartiles(answer: &CheckedAnswer) -> Result<Option<DerivedTable>, Error> {
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
    let columns = QUARTILES.map(|(name, _)| format!("{name},{name}_LOW,{name}_HIGH")).join(",");
    let mut table = empty(answer, &[band], &format!("TIME_PERIOD,{columns}"));
    let word = |band: usize| Field::Word(list.codes()[band].id.clone());
    let quartile = |bands: &[Estimate], shared: &Covariances, q| match quantile(bands, shared, q) {
        Some(found) => [found.band, found.low, found.high].map(word),
        None => [Field::Nothing, Field::Nothing, Field::Nothing],
    };
    for ((key, period), bands) in found {
        if bands.len() != list.codes().len() {
            continue;
        }
        let (numbers, bands): (Vec<usize>, Vec<_>) = bands.into_values().unzip();
        let bands: Option<Vec<Estimate>> = bands.into_iter().collect();
        let between =
            |one: usize, other: usize| noise.between(numbers[one], numbers[other], period);
        let quartiles = |bands: Vec<Estimate>| {
            let shared = Covariances::of(bands.len(), between)?;
            Ok(QUARTILES.map(|(_, q)| quartile(&bands, &shared, q)).concat())
        };
        let silent = answer.silent(Indicator::Flow, period);
        table.push(of_period(&key, period), bands.map(quartiles).transpose()?, silent);
    }
    Ok(Some(table))
}
