//! The files to which rows are delivered: one for all days, or one for each day; with sources, for
//! each of them.
//!
//! Not here: the rows.
//!
//! Invariants:
//! 1. The three formats carry the same rows (`rehearsal::tests::formats_carry_the_same_rows`).
//! 2. A file gets its name when it is complete; until then the name ends in `.partial`
//!    (`whole_file::tests::a_file_is_whole_or_has_another_name`).
//!
//! Format of the names, without sources and with a source LAND:
//! ```text
//! events.csv         DIR/2024-01-15.csv
//! events.LAND.csv    DIR/LAND/2024-01-15.csv
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tidegauge_collect::InputFormat;
use tidegauge_model::Plan;

use super::labels::Labels;
use super::options::Rehearsal;
use super::row::EventRow;
use super::table::TableFile;
use super::text::TextFile;
use crate::error::Error;
use crate::whole_file::{WholeFile, file_format};

/// The files of every source.
pub(super) struct DeliveryFiles {
    labels: Labels,
    format: InputFormat,
    sources: Vec<SourceFiles>,
}

/// The files of one source.
struct SourceFiles {
    /// The file of all days, or the directory of the files of days.
    path: PathBuf,
    /// The file of all days.
    whole: Option<DeliveryFile>,
}

/// An open file.
enum DeliveryFile {
    Text(Box<TextFile>),
    Table(Box<TableFile>),
}

impl DeliveryFiles {
    pub(super) fn create(plan: &Plan, options: &Rehearsal, labels: Labels) -> Result<Self, Error> {
        let file = file_format(&options.out)?;
        let (is_file, format) = (file.is_some(), file.or(options.format));
        let format = format.unwrap_or(InputFormat::Csv);
        let ids: Vec<Option<&str>> = match plan.sources.is_empty() {
            true => vec![None],
            false => plan.sources.iter().map(|source| Some(source.id.as_str())).collect(),
        };
        let mut sources = Vec::new();
        for id in ids {
            let path = path(&options.out, is_file, id);
            let whole = match is_file {
                true => Some(DeliveryFile::create(&path, format, &labels)?),
                false => {
                    fs::create_dir_all(&path).map_err(|error| Error::unwritable(&path, &error))?;
                    None
                }
            };
            sources.push(SourceFiles { path, whole });
        }
        Ok(Self { labels, format, sources })
    }

    /// Writes the rows that are delivered on a day.
    pub(super) fn write_day(&mut self, day: Date, rows: &[EventRow]) -> Result<(), Error> {
        let Self { labels, format, sources } = self;
        for (number, source) in sources.iter_mut().enumerate() {
            let mut rows = rows.iter().filter(|row| usize::from(row.source) == number).peekable();
            if let Some(whole) = &mut source.whole {
                rows.try_for_each(|row| whole.write(row, labels))?;
            } else if rows.peek().is_some() {
                let path = source.path.join(format!("{day}.{}", format.word()));
                let mut file = DeliveryFile::create(&path, *format, labels)?;
                rows.try_for_each(|row| file.write(row, labels))?;
                file.finish(labels)?;
            }
        }
        Ok(())
    }

    /// Closes the files; returns the file or the directory of each source.
    pub(super) fn finish(mut self) -> Result<Vec<PathBuf>, Error> {
        let mut paths = Vec::new();
        for source in self.sources {
            if let Some(whole) = source.whole {
                whole.finish(&mut self.labels)?;
            }
            paths.push(source.path);
        }
        Ok(paths)
    }
}

/// The file or the directory of a source.
fn path(out: &Path, is_file: bool, source: Option<&str>) -> PathBuf {
    match (source, is_file) {
        (None, _) => out.to_owned(),
        (Some(id), false) => out.join(id),
        (Some(id), true) => {
            let ending = out.extension().unwrap_or_default().display();
            out.with_extension(format!("{id}.{ending}"))
        }
    }
}

impl DeliveryFile {
    fn create(path: &Path, format: InputFormat, labels: &Labels) -> Result<Self, Error> {
        let file = WholeFile::create(path)?;
        let is_json = format == InputFormat::Ndjson;
        match format {
            InputFormat::Csv | InputFormat::Ndjson => {
                Ok(Self::Text(Box::new(TextFile::new(file, is_json, labels)?)))
            }
            InputFormat::Parquet => Ok(Self::Table(Box::new(TableFile::new(file, labels)?))),
        }
    }

    fn write(&mut self, row: &EventRow, labels: &mut Labels) -> Result<(), Error> {
        match self {
            Self::Text(lines) => lines.write(row, labels),
            Self::Table(table) => table.write(row, labels),
        }
    }

    fn finish(self, labels: &mut Labels) -> Result<PathBuf, Error> {
        match self {
            Self::Text(lines) => lines.finish(),
            Self::Table(table) => table.finish(labels),
        }
    }
}
