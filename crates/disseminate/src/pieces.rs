//! An answer written piece by piece: a server and an export write the same bytes.
//!
//! Not here: figures ([`crate::answer`]) and the formats' own rules ([`crate::csv`],
//! [`crate::json`], [`crate::jsonstat`], [`crate::parquet`], [`crate::sdmx`]).
//!
//! Invariants:
//! 1. The pieces joined are the whole answer; each is one series, one vintage, or the whole of a
//!    format that cannot be written in parts (`tests::every_format_tells_the_same_figures`).

use std::path::Path;
use std::sync::Arc;

use tidegauge_model::Observation;

use crate::answer::{Answer, Series};
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::format::Format;
use crate::heading::{Heading, Shape};
use crate::history::{Vintage, merged, vintages};
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
    /// What is left of its history, where that is asked for.
    vintages: Option<std::vec::IntoIter<Vintage>>,
}

impl Pieces {
    /// The pieces of an answer in a format. `prepared` is when the ledger was what the answer
    /// rests on.
    pub fn new(mut answer: Answer, format: Format, shape: Shape, prepared: String) -> Self {
        let heading = Heading::new(&answer, shape, prepared);
        let mut vintages = std::mem::take(&mut answer.vintages);
        if format == Format::Json {
            vintages = merged(vintages).into_iter().collect();
        }
        Self {
            vintages: (!vintages.is_empty()).then(|| vintages.into_iter()),
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
            Format::SdmxJson => json_data::opening(heading),
            Format::Specific => ml_data::opening(heading, Form::Specific),
        }
    }

    fn data_set(&self, first: bool) -> String {
        let heading = &self.heading;
        match self.format {
            Format::Generic => ml_data::data_set(heading, Form::Generic),
            Format::SdmxJson => json_data::data_set(heading, &self.coded, first),
            Format::Specific => ml_data::data_set(heading, Form::Specific),
            _ => String::new(),
        }
    }

    fn data_set_closing(&self) -> &'static str {
        match self.format {
            Format::Generic | Format::Specific => ml_data::DATA_SET_CLOSING,
            Format::SdmxJson => json_data::DATA_SET_CLOSING,
            _ => "",
        }
    }

    fn series(
        &mut self,
        number: usize,
        observations: Option<Vec<Observation>>,
        first: bool,
    ) -> String {
        let heading = &self.heading;
        let series = match observations {
            Some(observations) => Series { key: self.answer.key(number), observations },
            None => self.answer.series(number),
        };
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

impl Pieces {
    /// One vintage of the history: the number of its series depends on what it changed.
    fn vintage(&mut self, vintage: Vintage, is_last: bool) -> Vec<u8> {
        let is_first = self.next == 0;
        self.next += 1;
        let mut piece = if is_first { self.opening() } else { String::new() };
        self.heading.turn_to(&vintage);
        piece += &self.data_set(is_first);
        for (place, (number, observations)) in vintage.series.into_iter().enumerate() {
            piece += &self.series(number, Some(observations), place == 0);
        }
        piece += self.data_set_closing();
        if is_last {
            piece += &self.closing();
        }
        piece.into_bytes()
    }
}

impl Iterator for Pieces {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if let Some(left) = &mut self.vintages {
            let vintage = left.next()?;
            let is_last = left.len() == 0;
            return Some(self.vintage(vintage, is_last));
        }
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
        let mut piece = String::new();
        if number == 0 {
            piece = self.opening() + &self.data_set(true);
        }
        piece += &self.series(number, None, number == 0);
        if number + 1 == length {
            piece += self.data_set_closing();
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
    let position = catalogue.position(dataflow)?;
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
    let of_history = (parameters.history == Some(true)).then(|| selection.clone());
    let mut answer = Answer::new(plan, dataflow, known, selection, parameters, size)?;
    if let Some(moment) = parameters.updated_after {
        answer = answer.updated_after(moment.size(&catalogue.log.entries))?;
    }
    if let Some(selection) = of_history {
        answer.vintages = vintages(reader, catalogue, dataflow, &selection, parameters, &answer)?;
    }
    Ok(answer)
}
