//! Rates of transitions: the share of each in all transitions of a key, in one period.
//!
//! Not here: rates that a plan declares ([`super::rate`]), the arithmetic
//! ([`super::distribution`]).
//!
//! Invariants:
//! 1. Only published figures are read, so anyone with the answer can make the same lines
//!    (`tidegauge/tests/process_log.rs`).

use std::collections::BTreeMap;

use tidegauge_model::{CodeSource, Period};
use tidegauge_privacy::interval::Estimate;

use super::distribution::{Covariances, share};
use super::parts::{NumberedEstimate, empty, estimate, of_period, part, place, without};
use super::table::DerivedTable;
use crate::answer::answer::CheckedAnswer;
use crate::answer::shared::SharedNoise;
use crate::error::Error;
use crate::query::series::{Indicator, LEADING};

/// Figures of transitions, each with the position of its code.
type Transitions = Vec<(u16, NumberedEstimate)>;

/// The rate of each transition; `None` if the dataflow has no transitions.
///
/// Errors: figures that cannot be made.
pub(crate) fn rates(answer: &CheckedAnswer) -> Result<Option<DerivedTable>, Error> {
    let dataflow = answer.dataflow();
    let Some(transition) = place(dataflow, &CodeSource::Transition) else { return Ok(None) };
    let list = &dataflow.structure.dimensions()[transition].code_list;
    // By key and period, the figures of the transitions in their order.
    let mut found: BTreeMap<(Vec<&str>, Period), Transitions> = BTreeMap::new();
    let mut keys: BTreeMap<(Vec<&str>, u16), Vec<&str>> = BTreeMap::new();
    for number in 0..answer.len() {
        let series = answer.series(number)?;
        let Some(code) = list.position(series.key[LEADING.len() + transition]) else { continue };
        let rest = without(&series.key, &[transition]);
        for observation in &series.observations {
            let key = (rest.clone(), observation.period);
            found.entry(key).or_default().push((code, (number, estimate(observation))));
        }
        keys.insert((rest, code), series.key);
    }
    let noise = SharedNoise::of(answer);
    let mut table = empty(answer, &[], "TIME_PERIOD,RATE,RATE_LOW,RATE_HIGH");
    for ((rest, period), figures) in &found {
        let between =
            |one: usize, other: usize| noise.between(figures[one].1.0, figures[other].1.0, *period);
        let all: Option<Vec<Estimate>> =
            figures.iter().map(|(_, (_, published))| *published).collect();
        let shared = Covariances::of(all.as_ref().map_or(0, Vec::len), between)?;
        let silent = answer.silent(Indicator::Flow, *period);
        for (place, (code, _)) in figures.iter().enumerate() {
            let is_own = |figure: usize| figure == place;
            let fields =
                all.as_ref().map(|all| part(share(all, &shared, is_own).as_ref()).to_vec());
            let key = keys.get(&(rest.clone(), *code)).ok_or(Error::Estimate)?;
            table.push(of_period(key, *period), fields, silent);
        }
    }
    Ok(Some(table))
}
