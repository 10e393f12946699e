//! An answer written piece by piece: a server and an export write the same bytes.
//!
//! Not here: figures ([`crate::answer`]) and the formats' own rules ([`crate::csv`],
//! [`crate::json`], [`crate::jsonstat`], [`crate::parquet`], [`crate::sdmx`]).
//!
//! Invariants:
//! 1. The pieces joined are the whole answer; each is one series, or the whole of a format that
//!    cannot be written in parts (`tests::every_format_tells_the_same_figures`).

use std::path::Path;
use std::sync::Arc;

use crate::answer::Answer;
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::format::Format;
use crate::heading::{Heading, Shape};
use crate::key::Selection;
use crate::moment::made_at;
use crate::query::{Parameters, parse_key};
use crate::reader::Reader;
use crate::sdmx::json_data::{self, Coded};
use crate::sdmx::ml_data::{self, Form};
use crate::{csv, json, jsonstat, parquet};

/// The pieces of one answer.
pub struct Pieces {
    answer: Answer,
    heading: Heading,
    format: Format,
    coded: Coded,
    /// What the end of the answer tells of its series.
    statuses: String,
    next: usize,
}

impl Pieces {
    /// The pieces of an answer in a format. `prepared` is when the ledger was what the answer
    /// rests on.
    pub fn new(answer: Answer, format: Format, shape: Shape, prepared: String) -> Self {
        let heading = Heading::new(&answer, shape, prepared);
        Self {
            answer,
            heading,
            format,
            coded: Coded::of_attributes(),
            statuses: String::new(),
            next: 0,
        }
    }

    fn opening(&self) -> String {
        let heading = &self.heading;
        match self.format {
            Format::Csv => csv::header(heading, csv::Version::Two),
            Format::Csv1 => csv::header(heading, csv::Version::One),
            Format::Generic => ml_data::opening(heading, Form::Generic),
            Format::Json => json::opening(self.answer.dataflow(), self.answer.as_of),
            Format::JsonStat => jsonstat::opening(heading),
            Format::Parquet => String::new(),
            Format::SdmxJson => json_data::opening(heading, &self.coded),
            Format::Specific => ml_data::opening(heading, Form::Specific),
        }
    }

    fn series(&mut self, number: usize) -> String {
        let (first, heading) = (number == 0, &self.heading);
        let series = self.answer.series(number);
        match self.format {
            Format::Csv => csv::lines(heading, &series, csv::Version::Two),
            Format::Csv1 => csv::lines(heading, &series, csv::Version::One),
            Format::Generic => ml_data::series(heading, &series, Form::Generic),
            Format::Json => json::series(&series, first),
            Format::JsonStat => jsonstat::series(heading, &series, first, &mut self.statuses),
            Format::Parquet => String::new(),
            Format::SdmxJson => json_data::series(heading, &self.coded, &series, first),
            Format::Specific => ml_data::series(heading, &series, Form::Specific),
        }
    }

    fn closing(&self) -> String {
        match self.format {
            Format::Csv | Format::Csv1 | Format::Parquet => String::new(),
            Format::Generic => ml_data::closing(Form::Generic).to_owned(),
            Format::Json => json::CLOSING.to_owned(),
            Format::JsonStat => jsonstat::closing(&self.statuses),
            Format::SdmxJson => json_data::CLOSING.to_owned(),
            Format::Specific => ml_data::closing(Form::Specific).to_owned(),
        }
    }
}

impl Iterator for Pieces {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let (number, length) = (self.next, self.answer.len());
        if number >= length {
            return None;
        }
        if self.format == Format::Parquet {
            self.next = length;
            // The library refuses no column of ours; an empty file would be seen by any reader.
            return Some(parquet::file(&self.answer, &self.heading).unwrap_or_default());
        }
        self.next += 1;
        let mut piece = if number == 0 { self.opening() } else { String::new() };
        piece += &self.series(number);
        if number + 1 == length {
            piece += &self.closing();
        }
        Some(piece.into_bytes())
    }
}

/// The time of the newest of the first `size` entries of the ledger.
pub fn prepared(catalogue: &Catalogue, size: u64) -> String {
    // Fits: a ledger has at most 2^24 entries.
    let entries = &catalogue.log.entries[..catalogue.log.entries.len().min(size as usize)];
    entries.last().map_or(String::new(), |entry| made_at(entry).to_owned())
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
    let (answer, catalogue) = answered(directory, dataflow, key, parameters)?;
    let answer = answer.limited()?;
    let prepared = prepared(&catalogue, answer.as_of);
    Ok(Pieces::new(answer, format, Shape::default(), prepared))
}

/// What a key asks for, straight from a public directory, not yet written; and all that is there.
///
/// Errors: those that a server would answer with.
pub fn answered(
    directory: &Path,
    dataflow: &str,
    key: &str,
    parameters: &Parameters,
) -> Result<(Answer, Arc<Catalogue>), Error> {
    let reader = Reader::new(directory);
    reader.refresh();
    let catalogue = reader.catalogue()?;
    let found = catalogue.plan.dataflow(dataflow).map(|(position, _)| position);
    let position = found.ok_or_else(|| Error::Dataflow { given: dataflow.to_owned() })?;
    let plan = &catalogue.plan;
    let selection = Selection::of(&parse_key(key)?, plan, &plan.dataflows[position])?;
    let answer = answer(&reader, &catalogue, position, selection, parameters)?;
    Ok((answer, catalogue))
}

/// The answer to a selection and parameters, whatever its size.
///
/// Errors: a state that the ledger has not reached; nothing released that is asked for.
pub fn answer(
    reader: &Reader,
    catalogue: &Catalogue,
    dataflow: usize,
    selection: Selection,
    parameters: &Parameters,
) -> Result<Answer, Error> {
    let size = parameters.size(&catalogue.log.entries)?;
    let known = reader.known(catalogue, dataflow, size)?;
    let plan = catalogue.plan.clone();
    let answer = Answer::new(plan, dataflow, known, selection, parameters, size)?;
    match parameters.updated_after {
        None => Ok(answer),
        Some(moment) => answer.updated_after(moment.size(&catalogue.log.entries)),
    }
}
