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
//! 3. An id of which nothing is derived is answered with those of which something is
//!    (`derived::tests::unknown_ids_are_answered_with_what_there_is`).
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

use tidegauge_model::{CodeSource, Measure, Plan};

use self::cohort::CohortDataflow;
use self::cut::CutSelection;
use self::nowcast::NowcastSelection;
use self::parts::place;
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
        Self::of(catalogue, id, key, parameters).map_err(|error| match error {
            Error::Dataflow { .. } => Error::derived_unknown(id, &derived_ids(&catalogue.plan)),
            error => error,
        })
    }

    fn of(
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
                    .ok_or(Error::NotOffered { what, next: "ask for its figures" })?;
                Ok((table, answer.as_of))
            }
            Self::Dataflow(selection) => {
                let listed = ListedPeriods::WithEmbargoed;
                let answer = answer(reader, catalogue, selection, parameters, listed)?.check()?;
                let table = derive(&answer)?.ok_or(Error::NotOffered {
                    what: "derived estimates of the dataflow itself except for durations, \
                           cohorts, and flows by transition",
                    next: "ask for its figures",
                })?;
                Ok((table, answer.as_of))
            }
        }
    }
}

/// The ids under which something is derived of a plan's figures.
pub(crate) fn derived_ids(plan: &Plan) -> Vec<String> {
    let mut ids: Vec<String> = plan.rates.iter().map(|rate| rate.id.clone()).collect();
    let by_transition = |dataflow| place(dataflow, &CodeSource::Transition).is_some();
    for (position, dataflow) in plan.dataflows.iter().enumerate() {
        let own: &[&str] = match &dataflow.measure {
            Measure::Duration { .. } => &["", duration::ENDING],
            Measure::Cohort { .. } if CohortDataflow::of(plan, dataflow).is_some() => {
                &["", waiting::ENDING]
            }
            Measure::Flow if by_transition(dataflow) => &[""],
            _ => &[],
        };
        let nowcast = !dataflow.vintages.is_empty() && nowcast::is_offered(plan.step());
        let nowcast: &[&str] = if nowcast { &[nowcast::ENDING, nowcast::HELD_ENDING] } else { &[] };
        let cut = cut::watching(plan, position).map(|_| cut::ENDING);
        let range = dataflow.first_of.map(|_| range::ENDING);
        let endings = own.iter().chain(nowcast).copied().chain(cut).chain(range);
        ids.extend(endings.map(|ending| format!("{}{ending}", dataflow.id)));
    }
    ids
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

#[cfg(test)]
mod tests {
    use testkit::plans::{STAYS, border_with_first_crossings, with_vintages};
    use testkit::publisher::PLAN;
    use testkit::{PlanText, edit};

    use super::*;
    use crate::query::grammar::parse_key;
    use crate::tests::store;

    /// Every id that is named is offered, and every other id of a dataflow with an ending is not.
    fn agrees(plan: &PlanText, last: &str) -> Vec<String> {
        let (_directory, reader) = store(&plan.text(), last);
        let (catalogue, parameters) = (reader.catalogue().unwrap(), Parameters::default());
        let ids = derived_ids(&catalogue.plan);
        let all = parse_key("all").unwrap();
        let is_offered = |id: &str| {
            let selection = DerivedSelection::new(&catalogue, id, &all, &parameters);
            let table = selection.and_then(|one| one.table(&reader, &catalogue, &parameters));
            !matches!(table, Err(Error::NotOffered { .. } | Error::Dataflow { .. }))
        };
        let endings = [
            "",
            duration::ENDING,
            waiting::ENDING,
            nowcast::ENDING,
            nowcast::HELD_ENDING,
            cut::ENDING,
            range::ENDING,
        ];
        let flows = catalogue.plan.dataflows.iter();
        let every = flows.flat_map(|flow| endings.map(|ending| format!("{}{ending}", flow.id)));
        for id in every {
            assert_eq!(is_offered(&id), ids.contains(&id), "{id}: {ids:?}");
        }
        ids
    }

    #[test]
    fn unknown_ids_are_answered_with_what_there_is() {
        assert_eq!(agrees(&edit(PLAN), "2024-02-20"), ["CROSSINGS.CUT"]);
        let stays = with_vintages(edit(STAYS), &["TRANSITIONS"]);
        let ids = agrees(&stays, "2024-02-10");
        assert!(ids.iter().any(|id| id == "TRANSITIONS.NOWCAST_HELD"), "{ids:?}");
        let first = border_with_first_crossings().text();
        let plan = Plan::parse(&first).unwrap();
        assert_eq!(derived_ids(&plan), ["BORDER_FLOW.CUT", "FIRST_CROSSINGS.RANGE"]);

        let (_directory, reader) = store(PLAN, "2024-01-20");
        let (catalogue, parameters) = (reader.catalogue().unwrap(), Parameters::default());
        let all = parse_key("all").unwrap();
        for id in ["CROSSING.CUT", "NONE"] {
            let error = DerivedSelection::new(&catalogue, id, &all, &parameters).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with(&format!("no dataflow matches `{id}`")), "{text}");
            assert!(
                text.contains("derived tables: ") && text.ends_with("are CROSSINGS.CUT"),
                "{text}"
            );
        }
    }
}
