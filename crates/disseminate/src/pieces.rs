//! An answer written piece by piece: a server and an export write the same bytes.
//!
//! Not here: figures ([`crate::answer`]) and the formats' own rules ([`crate::csv`],
//! [`crate::json`]).
//!
//! Invariants:
//! 1. The pieces joined are the whole answer; each is one series
//!    (`tests::every_format_tells_the_same_figures`).

use std::path::Path;

use crate::answer::Answer;
use crate::error::Error;
use crate::key::Selection;
use crate::query::{Format, Parameters, parse_key};
use crate::reader::Reader;
use crate::{csv, json};

/// The pieces of one answer.
pub struct Pieces {
    answer: Answer,
    format: Format,
    next: usize,
}

impl Pieces {
    /// The pieces of an answer in a format.
    pub fn new(answer: Answer, format: Format) -> Self {
        Self { answer, format, next: 0 }
    }
}

impl Iterator for Pieces {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let (number, length) = (self.next, self.answer.len());
        if number >= length {
            return None;
        }
        self.next += 1;
        let (first, last) = (number == 0, number + 1 == length);
        let (plan, dataflow) = (self.answer.plan(), self.answer.dataflow());
        let series = self.answer.series(number);
        let (start, middle, end) = match self.format {
            Format::Csv => (csv::header(dataflow), csv::lines(plan, dataflow, &series), ""),
            Format::Json => {
                let opening = json::opening(dataflow, self.answer.as_of);
                (opening, json::series(&series, first), json::CLOSING)
            }
        };
        let start = if first { start } else { String::new() };
        Some(start + &middle + if last { end } else { "" })
    }
}

/// The answer to a key, straight from a public directory, without a server.
///
/// Errors: those that a server would answer with.
pub fn export(
    directory: &Path,
    dataflow: &str,
    key: &str,
    parameters: &Parameters,
    format: Format,
) -> Result<Pieces, Error> {
    Ok(Pieces::new(answer(directory, dataflow, key, parameters)?, format))
}

/// What a key asks for, straight from a public directory, not yet written.
///
/// Errors: those that a server would answer with.
pub fn answer(
    directory: &Path,
    dataflow: &str,
    key: &str,
    parameters: &Parameters,
) -> Result<Answer, Error> {
    let reader = Reader::new(directory);
    reader.refresh();
    let catalogue = reader.catalogue()?;
    let found = catalogue.plan.dataflow(dataflow).map(|(position, _)| position);
    let position = found.ok_or_else(|| Error::Dataflow { given: dataflow.to_owned() })?;
    let plan = &catalogue.plan;
    let selection = Selection::of(&parse_key(key)?, plan, &plan.dataflows[position])?;
    let size = parameters.size(catalogue.log.size)?;
    let known = reader.known(&catalogue, position, size)?;
    Answer::new(plan.clone(), position, known, selection, parameters, size)
}
