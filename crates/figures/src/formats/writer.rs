//! Writes an answer piece by piece; a server and an export write the same bytes.
//!
//! Not here: figures ([`crate::answer`]) and the formats' own rules ([`crate::formats::csv`],
//! [`crate::formats::json`], [`crate::formats::jsonstat`], [`crate::formats::parquet`],
//! [`crate::formats::xlsx`], [`crate::sdmx`]).
//!
//! Invariants:
//! 1. The pieces joined are the whole answer; each is one series, some runs of a data set, or the
//!    whole of a format that cannot be written in parts
//!    (`serve::tests::every_format_has_the_same_figures`).
//! 2. An error ends the pieces, and no piece replaces the part that could not be written
//!    (`formats::writer::tests::an_error_ends_the_message`).

use std::path::Path;
use std::sync::Arc;

use tidegauge_model::Observation;

use super::layout::{DataSet, Layout, ObservationRun};
use super::message::MessageHeader;
use super::sdmx_json20::{self, Coded};
use super::sdmx_ml21::{self, XmlForm};
use super::shape::{DimensionAtObservation, Shape};
use super::xlsx::LedgerNote;
use super::{csv, json, jsonstat, parquet, xlsx};
use crate::answer::answer::Series;
use crate::answer::evaluate::answered;
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::query::format::Format;
use crate::query::grammar::Parameters;

/// The fewest observations in a piece of runs, except the last one.
const PIECE_OBSERVATIONS: usize = 1000;

/// The pieces of one message: the answers of one dataflow or of several.
pub struct MessageWriter {
    parts: Arc<Vec<Layout>>,
    headers: Vec<MessageHeader>,
    format: Format,
    coded: Coded,
    /// The columns of the dimensions, for CSV.
    columns: Vec<String>,
    /// The statuses and silent sources so far, which JSON-stat writes at its end.
    notes: jsonstat::Notes,
    /// What a spreadsheet says of the ledger.
    ledger: LedgerNote,
    /// Whether a data set was written.
    is_begun: bool,
    /// The part that comes next.
    part: usize,
    /// The series or the data set of that part that comes next.
    next: usize,
    /// The run of that data set that comes next.
    run: usize,
}

impl MessageWriter {
    /// The pieces of answers in a format, of several answers only if the format can contain them.
    /// `prepared` is the time of the ledger state that they are based on.
    pub fn new(parts: Vec<Layout>, format: Format, prepared: &str) -> Self {
        let headers = MessageHeader::all(&parts, prepared);
        let part = parts.iter().position(|part| !part.is_empty()).unwrap_or(parts.len());
        let notes = headers.first().map_or_else(Default::default, jsonstat::Notes::new);
        Self {
            columns: csv::columns(&headers),
            headers,
            parts: Arc::new(parts),
            format,
            coded: Coded::of_attributes(),
            notes,
            ledger: LedgerNote::default(),
            is_begun: false,
            part,
            next: 0,
            run: 0,
        }
    }

    /// The same pieces with what a format says of the ledger that they come from.
    #[must_use]
    pub fn of_ledger(mut self, catalogue: &Catalogue) -> Self {
        let size = self.parts.first().map_or(catalogue.size(), |part| part.answer.as_of);
        self.ledger = LedgerNote::of(catalogue, size);
        self
    }

    fn opening(&self) -> String {
        let header = &self.headers[0];
        // An answer that the page leaves out has no data set, so the message does not list it.
        let listed: Vec<&MessageHeader> =
            self.headers.iter().filter(|header| header.data_sets > 0).collect();
        match self.format {
            Format::SdmxCsv2 => csv::header(header, &self.columns, csv::Version::Two),
            Format::SdmxCsv1 => csv::header(header, &self.columns, csv::Version::One),
            Format::SdmxMl21Generic => sdmx_ml21::opening(&listed, XmlForm::Generic),
            Format::Json => {
                let answer = &self.parts[0].answer;
                json::opening(answer.dataflow(), answer.as_of, header)
            }
            Format::JsonStat => jsonstat::opening(header),
            Format::Parquet | Format::Xlsx => String::new(),
            Format::SdmxJson20 => sdmx_json20::opening(&listed),
            Format::SdmxMl21Specific => sdmx_ml21::opening(&listed, XmlForm::Specific),
        }
    }

    fn data_set(&mut self) -> String {
        let first = !std::mem::replace(&mut self.is_begun, true);
        let header = &self.headers[self.part];
        match self.format {
            Format::SdmxMl21Generic => sdmx_ml21::data_set(header, XmlForm::Generic),
            Format::SdmxJson20 => sdmx_json20::data_set(header, &self.coded, first),
            Format::SdmxMl21Specific => sdmx_ml21::data_set(header, XmlForm::Specific),
            _ => String::new(),
        }
    }

    fn data_set_closing(&self) -> &'static str {
        match self.format {
            Format::SdmxMl21Generic | Format::SdmxMl21Specific => sdmx_ml21::DATA_SET_CLOSING,
            Format::SdmxJson20 => sdmx_json20::DATA_SET_CLOSING,
            _ => "",
        }
    }

    fn series(&mut self, series: &Series, first: bool) -> Result<String, Error> {
        let (header, columns) = (&self.headers[self.part], &self.columns);
        Ok(match self.format {
            Format::SdmxCsv2 => csv::lines(header, columns, series, csv::Version::Two),
            Format::SdmxCsv1 => csv::lines(header, columns, series, csv::Version::One),
            Format::SdmxMl21Generic => sdmx_ml21::series(header, series, XmlForm::Generic),
            Format::Json => json::series(header, series, first),
            Format::JsonStat => jsonstat::series(header, series, first, &mut self.notes)?,
            Format::Parquet | Format::Xlsx => String::new(),
            Format::SdmxJson20 => sdmx_json20::series(header, &self.coded, series, first)?,
            Format::SdmxMl21Specific => sdmx_ml21::series(header, series, XmlForm::Specific),
        })
    }

    fn section(&self, section: &[(Vec<&str>, Observation)], first: bool) -> Result<String, Error> {
        let header = &self.headers[self.part];
        match self.format {
            Format::SdmxMl21Generic => sdmx_ml21::section(header, section, XmlForm::Generic),
            Format::SdmxJson20 => sdmx_json20::section(header, &self.coded, section, first),
            Format::SdmxMl21Specific => sdmx_ml21::section(header, section, XmlForm::Specific),
            // `layout::shape_in` gives no other format a section.
            _ => Err(Error::Unwritable { reason: "the format has no sections" }),
        }
    }

    fn closing(&self) -> String {
        match self.format {
            Format::SdmxCsv2 | Format::SdmxCsv1 | Format::Parquet | Format::Xlsx => String::new(),
            Format::SdmxMl21Generic => sdmx_ml21::closing(XmlForm::Generic),
            Format::Json => json::CLOSING.to_owned(),
            Format::JsonStat => jsonstat::closing(&self.headers[0], &self.notes),
            Format::SdmxJson20 => sdmx_json20::CLOSING.to_owned(),
            Format::SdmxMl21Specific => sdmx_ml21::closing(XmlForm::Specific),
        }
    }

    /// One series of a part without data sets.
    fn one_series(&mut self, layout: &Layout) -> Result<String, Error> {
        let (number, length) = (self.next, layout.answer.len());
        let mut piece = String::new();
        if number == 0 {
            piece += &self.data_set();
        }
        piece += &self.series(&layout.answer.series(number)?, number == 0)?;
        self.next += 1;
        if self.next >= length {
            piece += self.data_set_closing();
            self.advance();
        }
        Ok(piece)
    }

    /// Advances to the next part that is not empty.
    fn advance(&mut self) {
        let rest = self.parts.iter().skip(self.part + 1);
        self.part += 1 + rest.take_while(|part| part.is_empty()).count();
        self.next = 0;
    }

    /// Some runs of a part with data sets.
    fn some_runs(&mut self, layout: &Layout, sets: &[DataSet]) -> Result<String, Error> {
        let set = &sets[self.next];
        let mut piece = String::new();
        if self.run == 0 {
            if let Some(vintage) = &set.vintage {
                self.headers[self.part].turn_to(vintage);
            }
            piece += &self.data_set();
        }
        let mut written = 0;
        while written < PIECE_OBSERVATIONS {
            let Some(run) = set.runs.get(self.run) else { break };
            // JSON-stat writes the values of all data sets as one list.
            let first = self.run == 0 && (self.next == 0 || self.format != Format::JsonStat);
            piece += &self.one_run(layout, run, first)?;
            written += run.len();
            self.run += 1;
        }
        if self.run >= set.runs.len() {
            piece += self.data_set_closing();
            (self.next, self.run) = (self.next + 1, 0);
            if self.next >= sets.len() {
                self.advance();
            }
        }
        Ok(piece)
    }

    fn one_run(
        &mut self,
        layout: &Layout,
        run: &ObservationRun,
        first: bool,
    ) -> Result<String, Error> {
        if matches!(layout.shape.at, DimensionAtObservation::Dimension(_)) {
            let with_key = |(number, observation): &(usize, Observation)| {
                (layout.answer.key(*number), *observation)
            };
            return self.section(&run.iter().map(with_key).collect::<Vec<_>>(), first);
        }
        let Some((number, _)) = run.first() else {
            return Err(Error::Unwritable { reason: "a group of observations is empty" });
        };
        let observations = run.iter().map(|(_, observation)| *observation).collect();
        self.series(&Series { key: layout.answer.key(*number), observations }, first)
    }

    /// The next piece; there must be one.
    fn piece(&mut self) -> Result<Vec<u8>, Error> {
        let parts = Arc::clone(&self.parts);
        let layout = &parts[self.part];
        if self.format == Format::Parquet {
            self.part = parts.len();
            return parquet::file(layout, &mut self.headers[0]);
        }
        if self.format == Format::Xlsx {
            self.part = parts.len();
            return xlsx::file(layout, &mut self.headers[0], &self.ledger);
        }
        let mut piece = if !self.is_begun { self.opening() } else { String::new() };
        piece += &match &layout.sets {
            None => self.one_series(layout)?,
            Some(sets) => self.some_runs(layout, sets)?,
        };
        if self.part >= parts.len() {
            piece += &self.closing();
        }
        Ok(piece.into_bytes())
    }
}

impl Iterator for MessageWriter {
    type Item = Result<Vec<u8>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.part >= self.parts.len() {
            return None;
        }
        let piece = self.piece();
        if piece.is_err() {
            self.part = self.parts.len();
        }
        Some(piece)
    }
}

/// The answer to a key, read directly from a public directory, without a server.
///
/// Errors: the same as those of a server.
pub fn export(
    directory: &Path,
    dataflow: &str,
    key: &str,
    parameters: &Parameters,
    format: Format,
) -> Result<MessageWriter, Error> {
    let (answer, catalogue) = answered(directory, dataflow, key, parameters)?;
    let answer = answer.check()?;
    let prepared = catalogue.since(answer.as_of);
    let layout = Layout::plain(answer, format, Shape::default());
    Ok(MessageWriter::new(vec![layout], format, &prepared).of_ledger(&catalogue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{checked_sample_answer, sample_answer, with_fewer_steps};
    use calamine::Data;

    #[test]
    fn a_spreadsheet_has_the_figures_of_the_json() {
        let answer = checked_sample_answer("CROSSINGS", "D+W+M.XX.FLOW.AIR+_T.ENTRY+_T");
        let bytes = |format: Format| {
            let layout = Layout::plain(answer.clone(), format, Shape::default());
            let pieces = MessageWriter::new(vec![layout], format, "2024-02-21T00:00:00Z");
            pieces.collect::<Result<Vec<_>, _>>().unwrap().concat()
        };
        let json: serde_json::Value = serde_json::from_slice(&bytes(Format::Json)).unwrap();
        let (figures, _, formulas) = xlsx::tests::read(bytes(Format::Xlsx));
        assert_eq!(formulas, 0);
        let place = |id: &str| figures[0].iter().position(|head| *head == *id).unwrap();
        let keys = json["dimensions"].as_array().unwrap();
        let of_key: Vec<usize> = keys.iter().map(|id| place(id.as_str().unwrap())).collect();
        let columns = ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH", "VINTAGE"].map(place);
        let mut rows = figures[1..].iter();
        for series in json["series"].as_array().unwrap() {
            for observation in series["observations"].as_array().unwrap() {
                let row = rows.next().unwrap();
                for (code, &column) in series["key"].as_array().unwrap().iter().zip(&of_key) {
                    assert_eq!(row[column], Data::String(code.as_str().unwrap().into()));
                }
                let texts = [(0, "TIME_PERIOD"), (5, "OBS_STATUS")];
                for (n, id) in texts {
                    let text = observation[n].as_str().unwrap();
                    assert_eq!(row[place(id)], Data::String(text.into()));
                }
                for (n, column) in [1, 2, 3, 4, 6].into_iter().zip(columns) {
                    let number = observation[n].as_f64().unwrap();
                    assert_eq!(row[column], Data::Float(number), "{observation}");
                }
            }
        }
        assert!(rows.next().is_none());
        assert_eq!(figures.len(), 1 + answer.observations());
    }

    #[test]
    fn an_error_ends_the_message() {
        let broken = with_fewer_steps(sample_answer("CROSSINGS", "D.XX.FLOW.AIR+SEA.ENTRY"));
        let broken = broken.check().unwrap();
        for format in Format::ALL {
            let layout = Layout::plain(broken.clone(), format, Shape::default());
            let mut pieces = MessageWriter::new(vec![layout], format, "");
            assert_eq!(pieces.next(), Some(Err(Error::Estimate)), "{format:?}");
            assert_eq!(pieces.next(), None, "{format:?}");
        }
    }
}
