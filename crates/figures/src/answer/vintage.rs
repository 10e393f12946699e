//! The figures of an answer that one entry of the ledger changed.
//!
//! Not here: which entries changed anything ([`super::history`]), how vintages are written
//! ([`crate::formats`]).
//!
//! Invariants:
//! 1. Vintages taken together keep every observation, by period, then oldest first
//!    (`serve::tests::history::history_is_the_same_in_every_format`).

use std::collections::BTreeMap;

use tidegauge_model::Observation;

/// The figures of an answer that one entry of the ledger changed.
#[derive(Clone, Debug)]
pub(crate) struct AnswerVintage {
    /// The tree size with that entry as its last.
    pub(crate) as_of: u64,
    /// When the entry was made.
    pub(crate) made: String,
    /// The charge of the answer at that size.
    pub(crate) rho: String,
    /// By the number of the series in the answer, the observations that are new or changed.
    pub(crate) series: Vec<(usize, Vec<Observation>)>,
}

/// Merges vintages into one that holds every observation of each series, by period, then oldest
/// first. `None` if there is no vintage.
pub(crate) fn merged(vintages: Vec<AnswerVintage>) -> Option<AnswerVintage> {
    let newest = vintages.last()?;
    let (as_of, made, rho) = (newest.as_of, newest.made.clone(), newest.rho.clone());
    let mut merged: BTreeMap<usize, Vec<Observation>> = BTreeMap::new();
    for (number, observations) in vintages.into_iter().flat_map(|vintage| vintage.series) {
        merged.entry(number).or_default().extend(observations);
    }
    for observations in merged.values_mut() {
        observations.sort_by_key(|observation| (observation.period.start(), observation.vintage));
    }
    Some(AnswerVintage { as_of, made, rho, series: merged.into_iter().collect() })
}
