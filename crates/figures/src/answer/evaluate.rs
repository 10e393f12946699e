//! From a selection of series and the parameters of a request to an answer.
//!
//! Not here: the grammar of requests ([`crate::query`]), how an answer is written
//! ([`crate::formats`]).
//!
//! Invariants:
//! 1. An answer as of an earlier tree size is what was answered then
//!    (`serve::tests::as_of_an_earlier_size_answers_as_it_did_then`).

use std::path::Path;
use std::sync::Arc;

use super::answer::Answer;
use super::history::vintages;
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::estimate::reader::Reader;
use crate::query::grammar::{Key, Parameters, parse_key};
use crate::query::series::Selection;

/// Which periods an answer lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedPeriods {
    /// Those with published figures.
    Published,
    /// Those, and if the whole newest state is requested also those under embargo, without figures.
    /// A limited number of observations counts figures only, and earlier states and changes have no
    /// period under embargo.
    WithEmbargoed,
}

/// The series of a key in the dataflow with this id, in the plan of the requested state.
///
/// Errors: no such dataflow; a state that the ledger has not reached; a key that does not fit the
/// dataflow.
pub fn select(
    catalogue: &Catalogue,
    dataflow: &str,
    key: &Key,
    parameters: &Parameters,
) -> Result<Selection, Error> {
    let position = catalogue.position(dataflow)?;
    Selection::new(key, catalogue.plan_for(parameters)?, position)
}

/// The answer to a key, read directly from a public directory, and the catalogue it was made from.
///
/// Errors: the same as those of a server.
pub(crate) fn answered(
    directory: &Path,
    dataflow: &str,
    key: &str,
    parameters: &Parameters,
) -> Result<(Answer, Arc<Catalogue>), Error> {
    let reader = Reader::new(directory);
    reader.refresh();
    let catalogue = reader.catalogue()?;
    let selection = select(&catalogue, dataflow, &parse_key(key)?, parameters)?;
    let listed = ListedPeriods::WithEmbargoed;
    let answer = answer(&reader, &catalogue, selection, parameters, listed)?;
    Ok((answer, catalogue))
}

/// The answer to a selection and parameters, of any size.
///
/// Errors: a state that the ledger has not reached; nothing released that is asked for; a file that
/// does not verify.
pub fn answer(
    reader: &Reader,
    catalogue: &Catalogue,
    selection: Selection,
    parameters: &Parameters,
    listed: ListedPeriods,
) -> Result<Answer, Error> {
    let dataflow = selection.dataflow;
    let lists_embargoed = listed == ListedPeriods::WithEmbargoed && parameters.is_whole();
    let embargoed = lists_embargoed.then(|| catalogue.under_embargo(dataflow)).flatten();
    let size = catalogue.size_for(parameters)?;
    let known = reader.known(catalogue, dataflow, size)?;
    let plan = catalogue.plan_at(size);
    let answer = Answer::new(plan, known, selection, parameters, size, embargoed);
    let mut answer = answer.map_err(|error| match error {
        // They may be released, in a file that is not served.
        Error::NothingReleased if catalogue.has_fault(dataflow) => Error::Unverified,
        error => error,
    })?;
    if let Some(state) = parameters.updated_after {
        answer = answer.updated_after(catalogue.size_at(state))?;
    }
    if parameters.history == Some(true) {
        answer.vintages = vintages(reader, catalogue, parameters, &answer)?;
    }
    Ok(answer)
}
