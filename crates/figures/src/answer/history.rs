//! Every vintage of the figures of an answer: what each release of the ledger changed in them.
//!
//! Not here: how vintages are written ([`crate::formats::writer`]), and figures
//! ([`crate::answer`]).
//!
//! A vintage holds the observations that an entry of the ledger published for the first time, or
//! with another value, margin, status or list of silent sources than before. Vintages come oldest
//! first. The periods are those of the answer without its history, so `lastNObservations` counts
//! periods, not vintages; and `updatedAfter` leaves out the vintages that were known by then.
//!
//! Invariants:
//! 1. At every size of the ledger, the newest vintage of a figure is what `asOf` answers there
//!    (`serve::tests::history::history_holds_what_as_of_answers_at_every_size`).
//! 2. No vintage repeats the one before it
//!    (`serve::tests::history::no_vintage_repeats_the_one_before_it`).
//! 3. No more observations are looked at than one answer holds
//!    (`serve::tests::history::history_is_held_to_the_limit_of_one_answer`), and none that an entry
//!    cannot have changed (`catalogue::spans::tests::periods_meet_in_a_moment`).

use std::collections::HashMap;
use std::sync::Arc;

use tidegauge_model::{Observation, Period};

use super::answer::{Answer, Series};
use super::charge::charge;
use super::vintage::AnswerVintage;
use crate::catalogue::catalogue::Catalogue;
use crate::error::{Error, OBSERVATIONS_MAX};
use crate::estimate::known::KnownWindow;
use crate::estimate::reader::Reader;
use crate::query::grammar::Parameters;

/// The vintages of an answer that was made from this selection and these parameters.
///
/// Errors: more observations than one answer holds; nothing changed since `updatedAfter`.
pub(crate) fn vintages(
    reader: &Reader,
    catalogue: &Catalogue,
    parameters: &Parameters,
    newest: &Answer,
) -> Result<Vec<AnswerVintage>, Error> {
    let known_by = catalogue.size_known(parameters);
    let keys: HashMap<Vec<&str>, usize> = (0..newest.len()).map(|n| (newest.key(n), n)).collect();
    let mut published: HashMap<(usize, Period), Observation> = HashMap::new();
    let (mut vintages, mut looked_at) = (Vec::new(), 0);
    for (entry, span) in states(catalogue, newest) {
        let size = entry + 1;
        let known = known(reader, catalogue, newest, size)?;
        let plan = catalogue.plan_at(size);
        let rho = charge(&known).to_string();
        let changed = match newest.earlier(plan, known, size, span) {
            Ok(changed) => changed,
            // A table may not measure the shortest periods, and longer ones have not ended yet.
            Err(Error::NothingReleased | Error::Unmeasured) => continue,
            Err(error) => return Err(error),
        };
        looked_at += changed.observations();
        if looked_at > OBSERVATIONS_MAX {
            return Err(Error::TooLarge { observations: looked_at, limit: OBSERVATIONS_MAX });
        }
        let changed = changed.check()?;
        let mut series = Vec::new();
        for number in 0..changed.len() {
            let Series { key, mut observations } = changed.series(number)?;
            let Some(&place) = keys.get(&key) else { continue };
            observations.retain(|observation| {
                let before = published.insert((place, observation.period), *observation);
                before.is_none_or(|before| !shows_the_same(&before, observation))
            });
            if !observations.is_empty() {
                series.push((place, observations));
            }
        }
        if entry >= known_by && !series.is_empty() {
            vintages.push(AnswerVintage { as_of: size, made: catalogue.since(size), rho, series });
        }
    }
    if vintages.is_empty() { Err(Error::NothingReleased) } else { Ok(vintages) }
}

/// The windows of an answer as they were known when the ledger had `size` entries. If later steps
/// revise nothing, the figures of today are those of then.
fn known(
    reader: &Reader,
    catalogue: &Catalogue,
    newest: &Answer,
    size: u64,
) -> Result<Vec<KnownWindow>, Error> {
    if newest.dataflow().is_refined() {
        return reader.known(catalogue, newest.selection.dataflow, size);
    }
    let then = newest.known().iter().map(|now| KnownWindow {
        window: Arc::clone(&now.window),
        steps: now.window.steps_at(size),
        figures: Arc::clone(&now.figures),
    });
    Ok(then.take_while(|then| then.steps > 0).collect())
}

fn shows_the_same(a: &Observation, b: &Observation) -> bool {
    let shown =
        |o: &Observation| (o.value_milli, o.margin_milli, o.status, o.silent, o.interval_of);
    shown(a) == shown(b)
}

/// The entries that published figures for the periods of an answer, in ledger order, each with the
/// span whose figures it can have changed. The span of an amendment is `None`, which means every
/// period: a code that it adds has structural zeros everywhere.
fn states(catalogue: &Catalogue, newest: &Answer) -> Vec<(u64, Option<Period>)> {
    let amended = catalogue.ledger().succession.states().iter().skip(1);
    let amended = amended.map(|state| (state.entry, None));
    let mut states: Vec<_> = amended.filter(|(entry, _)| *entry < newest.as_of).collect();
    for window in &catalogue.flows[newest.selection.dataflow].windows {
        for (entry, step) in window.states() {
            let span = if newest.dataflow().is_refined() { window.period } else { step };
            if entry < newest.as_of && newest.meets(span) {
                states.push((entry, Some(span)));
            }
        }
    }
    states.sort_unstable_by_key(|(entry, _)| *entry);
    states
}
