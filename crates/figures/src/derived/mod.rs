//! Quartiles of durations, what is left of cohorts, rates of transitions, nowcasts, what a bound
//! cuts and what two bounds tell together, read off an answer.
//!
//! Not here: the arithmetic ([`crate::derived::distribution`]) and the figures ([`crate::answer`]).
//!
//! Every figure that goes into one line lies in another cell: the bands of one period do, the ages
//! of one cohort, and the transitions of one period. Cells that are measured separately carry
//! independent noise; those of a table share it as [`crate::answer::shared`] says. Figures of
//! several months share noise as [`crate::answer::over_time`] says.
//!
//! Counts of persons have the decimals of the figures that they are sums of, and add up as those
//! do. Shares, rates and quartiles are computed from figures in thousandths.
//!
//! A line is under embargo if one of its figures is, and becomes public with that figure.
//!
//! Invariants:
//! 1. Nothing is read but published figures: whoever has the answer can make the same lines
//!    (`tidegauge/tests/process_log.rs`, `tidegauge/tests/cohorts.rs`).
//! 2. A line under embargo has no figure, and there is a line for each figure that the end of the
//!    embargo will publish
//!    (`serve::tests::under_embargo::derived_rows_are_embargoed_with_their_figures`).
//!
//! Format: a table ([`crate::derived::table`]). Of a duration the dimensions without the band, the
//! period, and for each quartile the band with the first and last that its 95 % interval holds, or
//! with `.LONGER` for each band but the last the share that lasts longer, with its interval; of
//! a cohort the dimensions without transition and age, the cohort, its age, who is left with the
//! ends of the interval, and the part that is left with its own; of a flow the dimensions and the
//! period, and what each transition is of all that the key names, with its interval (empty where
//! all may be none).

pub(crate) mod cohort;
pub(crate) mod cut;
pub(crate) mod distribution;
pub(crate) mod duration;
pub(crate) mod nowcast;
pub(crate) mod parts;
pub(crate) mod range;
pub(crate) mod rate;
pub(crate) mod revisions;
pub(crate) mod table;
pub(crate) mod transition;
pub(crate) mod waiting;

use std::path::Path;

use tidegauge_model::Measure;

use self::cut::CutSelection;
use self::nowcast::NowcastSelection;
use self::range::RangeSelection;
use self::rate::RateSelection;
use self::table::DerivedTable;
use crate::answer::answer::CheckedAnswer;
use crate::answer::evaluate::{ListedPeriods, answer, select};
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::estimate::reader::Reader;
use crate::query::grammar::{Key, Parameters, parse_key};
use crate::query::series::Selection;

/// A derived table and the series that it is made from.
#[derive(Clone, Debug)]
pub enum DerivedSelection {
    /// Quartiles, cohorts or shares, of series of one dataflow.
    Dataflow(Selection),
    /// A rate of the plan.
    Rate(RateSelection),
    /// The stock by age of a cohort dataflow.
    Waiting(Selection),
    /// The share that lasts longer than each band of a duration.
    Longer(Selection),
    /// What figures will be when all that is late has come.
    Nowcast(NowcastSelection),
    /// What such nowcasts said, and what became of them.
    NowcastHeld(NowcastSelection),
    /// What the bound of a flow cuts.
    Cut(CutSelection),
    /// What a figure can be, of which a low bound and a high one tell a part each.
    Range(RangeSelection),
}

impl DerivedSelection {
    /// The table with this id (a dataflow's, a rate's, that of a cohort with `.WAITING`, that of a
    /// duration with `.LONGER`, that of a dataflow with vintages with `.NOWCAST` or
    /// `.NOWCAST_HELD`, that of a flow whose bound an `at_bound` watches with `.CUT`, or that of a
    /// flow of first contributions with `.RANGE`) for the series of a key.
    ///
    /// Errors: no such table; a key that does not fit it; a state that the ledger has not reached.
    pub fn new(
        catalogue: &Catalogue,
        id: &str,
        key: &Key,
        parameters: &Parameters,
    ) -> Result<Self, Error> {
        if let Some(rate) = catalogue.plan.rates.iter().position(|rate| rate.id == id) {
            let plan = catalogue.plan_for(parameters)?;
            return Ok(Self::Rate(RateSelection::new(plan, rate, key)?));
        }
        if let Some(cohort) = id.strip_suffix(waiting::ENDING) {
            return Ok(Self::Waiting(waiting::selection(catalogue, cohort, key, parameters)?));
        }
        if let Some(id) = id.strip_suffix(duration::ENDING) {
            return Ok(Self::Longer(select(catalogue, id, key, parameters)?));
        }
        if let Some(id) = id.strip_suffix(nowcast::ENDING) {
            return Ok(Self::Nowcast(NowcastSelection::new(catalogue, id, key, parameters)?));
        }
        if let Some(id) = id.strip_suffix(nowcast::HELD_ENDING) {
            return Ok(Self::NowcastHeld(NowcastSelection::new(catalogue, id, key, parameters)?));
        }
        if let Some(id) = id.strip_suffix(cut::ENDING) {
            return Ok(Self::Cut(CutSelection::new(catalogue, id, key, parameters)?));
        }
        if let Some(id) = id.strip_suffix(range::ENDING) {
            return Ok(Self::Range(RangeSelection::new(catalogue, id, key, parameters)?));
        }
        let position = catalogue.position(id)?;
        let key = cohort::with_sums(catalogue.plan_for(parameters)?, position, key);
        Ok(Self::Dataflow(select(catalogue, id, &key, parameters)?))
    }

    /// The table, and the tree size that it is based on.
    ///
    /// Errors: those of figures; a dataflow of which nothing is derived.
    pub fn table(
        self,
        reader: &Reader,
        catalogue: &Catalogue,
        parameters: &Parameters,
    ) -> Result<(DerivedTable, u64), Error> {
        match self {
            Self::Rate(rate) => rate::table(reader, catalogue, rate, parameters),
            Self::Waiting(selection) => waiting::table(reader, catalogue, selection, parameters),
            Self::Nowcast(selection) => selection.table(reader, catalogue, parameters),
            Self::NowcastHeld(selection) => selection.held(reader, catalogue, parameters),
            Self::Cut(selection) => selection.table(reader, catalogue, parameters),
            Self::Range(selection) => selection.table(reader, catalogue, parameters),
            Self::Longer(selection) => {
                let listed = ListedPeriods::WithEmbargoed;
                let answer = answer(reader, catalogue, selection, parameters, listed)?.check()?;
                let what =
                    "the share that lasts longer than each band except for durations by band";
                let table = duration::longer(&answer.in_thousandths()?)?
                    .ok_or(Error::NotOffered { what })?;
                Ok((table, answer.as_of))
            }
            Self::Dataflow(selection) => {
                let listed = ListedPeriods::WithEmbargoed;
                let answer = answer(reader, catalogue, selection, parameters, listed)?.check()?;
                let table = derive(&answer)?.ok_or(Error::NotOffered {
                    what: "derived estimates except for durations, cohorts, flows by transition \
                        and rates",
                })?;
                Ok((table, answer.as_of))
            }
        }
    }
}

/// The derived table of an id, read directly from a public directory, without a server.
///
/// Errors: the same as those of a server.
pub fn export(
    directory: &Path,
    id: &str,
    key: &str,
    parameters: &Parameters,
) -> Result<DerivedTable, Error> {
    let reader = Reader::new(directory);
    reader.refresh();
    let catalogue = reader.catalogue()?;
    let selection = DerivedSelection::new(&catalogue, id, &parse_key(key)?, parameters)?;
    Ok(selection.table(&reader, &catalogue, parameters)?.0)
}

/// What is derived of an answer; `None` for a dataflow that is no duration, no cohort and no flow
/// by transition, and for a cohort whose transitions do not separate beginnings from ends.
///
/// Errors: figures that cannot be made.
pub(crate) fn derive(answer: &CheckedAnswer) -> Result<Option<DerivedTable>, Error> {
    let exact = answer.in_thousandths()?;
    match &answer.dataflow().measure {
        Measure::Duration { .. } => duration::quartiles(&exact),
        Measure::Cohort { .. } => cohort::left(&exact, answer),
        Measure::Flow => transition::rates(&exact),
        _ => Ok(None),
    }
}
