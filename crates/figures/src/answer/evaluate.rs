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
use crate::catalogue::under_embargo::UnderEmbargo;
use crate::error::Error;
use crate::estimate::reader::Reader;
use crate::query::grammar::{Parameters, parse_key};
use crate::query::series::Selection;

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
    let position = catalogue.position(dataflow)?;
    let plan = catalogue.plan_for(parameters)?;
    let selection = Selection::of(&parse_key(key)?, plan, &plan.dataflows[position])?;
    let answer = whole_answer(&reader, &catalogue, position, selection, parameters)?;
    Ok((answer, catalogue))
}

/// The answer to a selection and parameters, of any size, with published figures only.
///
/// Errors: a state that the ledger has not reached; nothing released that is asked for.
pub fn answer(
    reader: &Reader,
    catalogue: &Catalogue,
    dataflow: usize,
    selection: Selection,
    parameters: &Parameters,
) -> Result<Answer, Error> {
    answer_to(reader, catalogue, dataflow, selection, parameters, None)
}

/// As [`answer`], and if the whole newest state is requested also the periods under embargo. A
/// limited number of observations counts figures only, and earlier states and changes have no
/// period under embargo.
///
/// Errors: as [`answer`].
pub fn whole_answer(
    reader: &Reader,
    catalogue: &Catalogue,
    dataflow: usize,
    selection: Selection,
    parameters: &Parameters,
) -> Result<Answer, Error> {
    let embargoed = parameters.is_whole().then(|| catalogue.under_embargo(dataflow)).flatten();
    answer_to(reader, catalogue, dataflow, selection, parameters, embargoed)
}

fn answer_to(
    reader: &Reader,
    catalogue: &Catalogue,
    dataflow: usize,
    selection: Selection,
    parameters: &Parameters,
    embargoed: Option<UnderEmbargo>,
) -> Result<Answer, Error> {
    let size = catalogue.size_for(parameters)?;
    let known = reader.known(catalogue, dataflow, size)?;
    let plan = Arc::clone(catalogue.plan_at(size));
    let mut answer = Answer::new(plan, dataflow, known, selection, parameters, size, embargoed)?;
    if let Some(state) = parameters.updated_after {
        answer = answer.updated_after(catalogue.size_at(state))?;
    }
    if parameters.history == Some(true) {
        answer.vintages = vintages(reader, catalogue, dataflow, parameters, &answer)?;
    }
    Ok(answer)
}
