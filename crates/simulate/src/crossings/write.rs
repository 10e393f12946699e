//! Writers of events: CSV, NDJSON and Parquet, one file or one for every few days.
//!
//! Not here: the simulation. A writer gets the crossings of a day in the order of writing.
//!
//! Invariants:
//! 1. The three formats carry the same events (`crossings::tests::formats_carry_the_same_events`).
//! 2. A file gets its name when it is complete; until then the name ends in `.partial`
//!    (`whole_file::tests::a_file_is_whole_or_has_another_name`).
//!
//! Format:
//! ```text
//! event_id,pseudonym,occurred_at,kind,border_point,traveller_class
//! s1,syn1:0a3f5c7700b1d2e9,2024-01-15T08:30:00+08:00,ENTRY,LO_WU,MAINLAND_VISITOR
//! ```

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tidegauge_collect::InputFormat;

use super::day::Crossing;
use super::event::{DayOfEvents, EventLabels};
use super::lines::{CSV, NDJSON, TextFile};
use super::parquet::ParquetFile;
use crate::draw::Permutation;
use crate::error::Error;
use crate::whole_file::{WholeFile, file_format};

/// The files to which events are written.
pub(crate) struct EventFiles {
    out: PathBuf,
    /// The number of days in each file of a directory; `None` if all events go into one file.
    file_days: Option<u32>,
    format: InputFormat,
    labels: EventLabels,
    open_file: Option<EventFile>,
    /// The number of days until the open file of a directory is full.
    days_left: u32,
    /// The number of the next event.
    next: u64,
    files: Vec<PathBuf>,
}

impl EventFiles {
    /// Opens an output: a path with the ending of a format is a file, any other is a directory.
    pub(crate) fn new(
        out: &Path,
        format: Option<InputFormat>,
        file_days: u32,
        points: &[String],
        permutation: Permutation,
    ) -> Result<Self, Error> {
        let file = file_format(out)?;
        if file.is_none() {
            std::fs::create_dir_all(out).map_err(|error| Error::unwritable(out, &error))?;
        }
        let mut output = Self {
            out: out.to_owned(),
            file_days: file.is_none().then_some(file_days),
            format: format.or(file).unwrap_or(InputFormat::Parquet),
            labels: EventLabels { points: points.to_vec(), permutation },
            open_file: None,
            days_left: 0,
            next: 1,
            files: Vec::new(),
        };
        if file.is_some() {
            output.open_file = Some(EventFile::create(out, output.format, &output.labels)?);
        }
        Ok(output)
    }

    /// Writes a day's crossings.
    pub(crate) fn write_day(&mut self, day: Date, crossings: &[Crossing]) -> Result<(), Error> {
        if let Some(file_days) = self.file_days {
            if self.days_left == 0 {
                self.close()?;
                let path = self.out.join(format!("{day}.{}", self.format.word()));
                self.open_file = Some(EventFile::create(&path, self.format, &self.labels)?);
                self.days_left = file_days;
            }
            self.days_left -= 1;
        }
        if let Some(open_file) = &mut self.open_file {
            open_file.write(&DayOfEvents::new(day, self.next, crossings), &self.labels)?;
        }
        self.next += crossings.len() as u64;
        Ok(())
    }

    /// Closes the last file; returns the files in the order of writing.
    pub(crate) fn finish(mut self) -> Result<Vec<PathBuf>, Error> {
        self.close()?;
        Ok(self.files)
    }

    fn close(&mut self) -> Result<(), Error> {
        if let Some(open_file) = self.open_file.take() {
            self.files.push(open_file.finish()?);
        }
        Ok(())
    }
}

/// An open file of events.
enum EventFile {
    Text(Box<TextFile>),
    Parquet(Box<ParquetFile>),
}

impl EventFile {
    fn create(path: &Path, format: InputFormat, labels: &EventLabels) -> Result<Self, Error> {
        let file = WholeFile::create(path)?;
        match format {
            InputFormat::Csv => Ok(Self::Text(Box::new(TextFile::new(file, labels, CSV)?))),
            InputFormat::Ndjson => Ok(Self::Text(Box::new(TextFile::new(file, labels, NDJSON)?))),
            InputFormat::Parquet => Ok(Self::Parquet(Box::new(ParquetFile::new(file, labels)?))),
        }
    }

    fn write(&mut self, day: &DayOfEvents<'_>, labels: &EventLabels) -> Result<(), Error> {
        match self {
            Self::Text(lines) => lines.write(day, labels),
            Self::Parquet(table) => table.write(day, labels),
        }
    }

    fn finish(self) -> Result<PathBuf, Error> {
        match self {
            Self::Text(lines) => lines.finish(),
            Self::Parquet(table) => table.finish(),
        }
    }
}
