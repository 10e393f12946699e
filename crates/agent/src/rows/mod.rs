//! Inputs: what yields rows, and how far they have been delivered.
//!
//! An input is blocking: one thread reads, maps and delivers, one delivery after the other, as each
//! must be acknowledged before the next may move the position on; a second thread would only wait.
//! An input whose client is asynchronous keeps a small runtime of its own inside and blocks on it.
//!
//! Not here: what is made of rows (module `mapping`), where positions are kept (module `state`).
//!
//! Invariants:
//! 1. An unmapped field is never copied into a row, in any format
//!    (`rows::tests::no_format_copies_an_unmapped_field`).
//! 2. Reading goes on exactly after the position that was committed
//!    (`rows::directory::tests::reading_goes_on_where_it_was_committed`).
//! 3. A message about a missing field lists names of a header, never a first row
//!    (`rows::tests::a_missing_column_lists_a_header_and_never_a_first_row`).
//! 4. Memory is bounded whatever a file claims: rows of text by [`guard`], spreadsheets by what
//!    they really expand to (`rows::sheet`), tables by the sizes in their footers
//!    (`rows::parquet`).

mod csv;
mod directory;
mod guard;
mod ndjson;
mod pages;
mod parquet;
mod row;
mod sheet;
mod stdin;
mod xes;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

pub use directory::{Directory, Taken};
pub use row::{FIELD_BYTES_MAX, Item, Row, Text, Wanted};
pub use stdin::StandardInput;

use crate::error::Error;
use crate::fault::of_file;

/// Bytes of text.
pub(crate) type Source = Box<dyn Read + Send>;

/// How a file is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileForm {
    /// `csv`, `ndjson`, `parquet`, `xlsx`, `ods` or `xes`; by the file's ending if there is none.
    pub format: Option<String>,
    /// Between the fields of a CSV file.
    pub delimiter: u8,
    /// Around fields of a CSV file; none if quotes have no meaning there.
    pub quote: Option<u8>,
    /// The encoding of a CSV file, by its name of the web.
    pub encoding: String,
    /// Whether columns have names in the first row; otherwise they are named 1, 2, ...
    pub header: bool,
    /// Rows before the header.
    pub skip_lines: u64,
    /// The sheet of a spreadsheet; the first one if there is none.
    pub sheet: Option<String>,
    /// Whether the last line must have its line end.
    pub last_line: LastLine,
}

/// How the last line of a text must end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastLine {
    /// With a line end: without one the file may be cut off in its last field.
    #[default]
    Ended,
    /// Also without one, as some programs write it.
    Open,
}

/// The code of the error of a file whose last line may be cut off.
pub(crate) const CUT_OFF: &str = "cut-off";

/// The error of a text whose last line has no line end.
fn cut_off(place: &str) -> Error {
    let rule = "the last line has no line end: the file may be cut off; wait for the rest or copy \
                it again, or, if your system writes no last line end, set the input's \
                `last_line = \"open\"`";
    of_file(CUT_OFF, place, "file", rule)
}

impl Default for FileForm {
    fn default() -> Self {
        Self {
            format: None,
            delimiter: b',',
            quote: Some(b'"'),
            encoding: "utf-8".to_owned(),
            header: true,
            skip_lines: 0,
            sheet: None,
            last_line: LastLine::Ended,
        }
    }
}

/// The rows of one file, in order.
pub trait ReadRows: Send {
    /// The next row, or the place of one that cannot be read; `None` at the end.
    ///
    /// Errors: what makes the rest of the file unreadable.
    fn next(&mut self) -> Result<Option<Item>, Error>;
}

/// Rows that may become one delivery.
#[derive(Debug)]
pub struct Chunk {
    /// Where the rows come from, for people: a file's name, a subject, a table.
    pub origin: String,
    /// The rows, in order.
    pub items: Vec<Item>,
    /// From where reading goes on after these rows; the input's own form.
    pub position: Value,
    /// The name of the file that ends with these rows, if one does.
    pub ended: Option<String>,
}

/// What an input has next.
#[derive(Debug)]
pub enum Next {
    /// Rows.
    Chunk(Chunk),
    /// Nothing now; perhaps later.
    Waiting,
    /// Nothing yet, but something is being written.
    Soon,
    /// Nothing, and nothing may be declared complete, until somebody does what the error says or,
    /// if it is one of being busy, until something is written.
    Held(Error),
    /// Nothing any more.
    Finished,
}

/// Something that yields rows.
pub trait Input: Send {
    /// The next rows, at most this many. Does not wait longer than a second or so.
    fn next(&mut self, rows_max: usize) -> Result<Next, Error>;

    /// The rows up to a position are delivered and acknowledged, and the position is durable. Is
    /// called again with the same position after a restart, and must then change nothing.
    fn commit(&mut self, position: &Value) -> Result<(), Error>;

    /// Gives up what was read after the last commit: the next rows are those after it.
    fn rewind(&mut self, position: Option<&Value>) -> Result<(), Error>;
}

/// The format of a file: the one that is set, or the one of its ending.
fn format(form: &FileForm, file: &str) -> Result<String, Error> {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    let format = form.format.clone().unwrap_or(match ending.as_str() {
        "csv" | "tsv" | "txt" => "csv".to_owned(),
        "jsonl" => "ndjson".to_owned(),
        _ => ending,
    });
    let known = ["csv", "ndjson", "parquet", "xlsx", "ods", "xes"];
    if known.contains(&format.as_str()) {
        return Ok(format);
    }
    let rule = format_args!("is none of {}; set `format` of the input", known.join(", "));
    Err(of_file("unknown-format", file, "format", rule))
}

/// Opens the rows of a file.
///
/// Errors: a file that cannot be opened, is not of its format, or does not have a wanted field.
pub fn open(path: &Path, form: &FileForm, wanted: &Wanted) -> Result<Box<dyn ReadRows>, Error> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let format = format(form, &name)?;
    let file = File::open(path).map_err(Error::system(path, "open"))?;
    match format.as_str() {
        "parquet" => Ok(Box::new(parquet::ParquetRows::open(file, wanted, &name)?)),
        "xlsx" | "ods" => Ok(Box::new(sheet::SheetRows::open(path, form, &format, wanted, &name)?)),
        _ => open_text(Box::new(file), form, &format, wanted, &name),
    }
}

/// The names of the fields of a file: of the header, or for NDJSON and XES those of its first rows.
pub fn names(path: &Path, form: &FileForm) -> Result<Vec<String>, Error> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let file = File::open(path).map_err(Error::system(path, "open"))?;
    let nothing = Wanted::default();
    match format(form, &name)?.as_str() {
        "parquet" => Ok(parquet::ParquetRows::open(file, &nothing, &name)?.names()),
        "xlsx" => Ok(sheet::SheetRows::open(path, form, "xlsx", &nothing, &name)?.names()),
        "ods" => Ok(sheet::SheetRows::open(path, form, "ods", &nothing, &name)?.names()),
        "ndjson" => ndjson::names(Box::new(file), form, &name),
        "xes" => xes::names(Box::new(file), form, &name),
        _ => Ok(csv::CsvRows::open(Box::new(file), form, &nothing, &name)?.names()),
    }
}

/// The names of the sheets of a spreadsheet; none for other formats.
pub(crate) fn sheets(path: &Path, form: &FileForm) -> Result<Vec<String>, Error> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let format = format(form, &name)?;
    if !["xlsx", "ods"].contains(&format.as_str()) {
        return Ok(Vec::new());
    }
    let rows = sheet::SheetRows::open(path, form, &format, &Wanted::default(), &name)?;
    Ok(rows.sheets().to_vec())
}

/// The names of the files of a directory that are of a pattern, in order.
pub(crate) fn file_names(folder: &Path, pattern: &str) -> Result<Vec<String>, Error> {
    directory::names(folder, pattern)
}

/// The first file of a directory whose name is of a pattern.
pub fn first_file(folder: &Path, pattern: &str) -> Result<Option<std::path::PathBuf>, Error> {
    let names = directory::names(folder, pattern)?;
    Ok(names.into_iter().next().map(|name| folder.join(name)))
}

/// The position in a directory without the file that is taken in part, if it is this one.
pub(crate) fn given_up(position: &Value, file: &str) -> Option<Value> {
    directory::given_up(position, file)
}

/// Opens rows of text.
pub(crate) fn open_text(
    source: Source,
    form: &FileForm,
    format: &str,
    wanted: &Wanted,
    name: &str,
) -> Result<Box<dyn ReadRows>, Error> {
    match format {
        "csv" => Ok(Box::new(csv::CsvRows::open(source, form, wanted, name)?)),
        "ndjson" => Ok(Box::new(ndjson::NdjsonRows::open(source, form, wanted, name))),
        "xes" => Ok(Box::new(xes::XesRows::open(source, form, wanted, name)?)),
        _ => {
            let rule = format_args!("{format} cannot be read as a stream; put it into a directory");
            Err(of_file("unknown-format", name, "format", rule))
        }
    }
}

/// What the names of columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    /// Only numbers.
    Numbers,
    /// Those of a first row that no row is known to fit: it may have lost its line end.
    Unsure,
    /// Those of a header.
    Names,
}

/// For each wanted field, its position among the names of a header.
///
/// Errors: a missing name, a wanted name that appears twice.
fn places(
    names: &[String],
    header: Header,
    wanted: &Wanted,
    file: &str,
) -> Result<Vec<usize>, Error> {
    let place = |name: &String| {
        let mut found = names.iter().enumerate().filter(|(_, given)| given.trim() == name);
        match (found.next(), found.next()) {
            (Some((place, _)), None) => Ok(place),
            (Some(_), Some(_)) => {
                Err(of_file("duplicate-column", file, name, "the column appears twice; rename one"))
            }
            (None, _) => Err(missing(names, header, wanted, file, name)),
        }
    };
    wanted.names().iter().map(place).collect()
}

/// The error of a wanted name that no column has. Names of a header are not values of rows, but
/// they are shown only where another wanted name is among them: the first row of a file without a
/// header has a person.
fn missing(names: &[String], header: Header, wanted: &Wanted, file: &str, name: &str) -> Error {
    let number = names.len();
    let is_wanted = |given: &&String| wanted.place(given.trim()).is_some();
    let rule = match (header, names.iter().find(is_wanted)) {
        (Header::Numbers, _) => format!(
            "there is no header, so the columns are named 1 to {number}; check `header` and \
             delimiter"
        ),
        (Header::Unsure, _) | (Header::Names, None) => format!(
            "none of the {number} columns has this name; check its spelling, delimiter, encoding \
             and header"
        ),
        (Header::Names, Some(_)) => {
            let all: Vec<&str> = names.iter().map(|name| name.trim()).collect();
            format!("no column has this name; check its spelling: there are {}", all.join(", "))
        }
    };
    of_file("missing-column", file, name, rule)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Cursor;

    use super::*;

    pub(crate) fn form(format: &str) -> FileForm {
        FileForm { format: Some(format.into()), ..FileForm::default() }
    }

    pub(crate) fn wanted(names: &[&str]) -> Wanted {
        let mut wanted = Wanted::default();
        for name in names {
            wanted.add(name);
        }
        wanted
    }

    pub(crate) fn all(mut rows: Box<dyn ReadRows>) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        while let Some(item) = rows.next()? {
            items.push(item);
        }
        Ok(items)
    }

    pub(crate) fn read(bytes: &[u8], form: &FileForm, wanted: &Wanted) -> Result<Vec<Item>, Error> {
        let source = Box::new(Cursor::new(bytes.to_vec()));
        let format = form.format.clone().unwrap();
        all(open_text(source, form, &format, wanted, "test")?)
    }

    /// The first fields of the rows, an empty text for none.
    pub(crate) fn texts(items: &[Item], fields: usize) -> Vec<Vec<String>> {
        let row = |item: &Item| match item {
            Item::Row(row) => Some(
                (0..fields).map(|place| row.get(place).unwrap_or_default().to_owned()).collect(),
            ),
            Item::Fault(_) => None,
        };
        items.iter().filter_map(row).collect()
    }

    /// Samples with bytes changed, cut or repeated, by a plain generator.
    #[test]
    fn hostile_bytes_are_errors_and_never_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let mut seed = 7u64;
        let mut next = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % most.max(1)
        };
        let (mut read, mut refused) = (0, 0);
        for (file, good) in crate::samples::all() {
            let path = folder.path().join(file);
            for _ in 0..150 {
                let mut bytes = good.clone();
                for _ in 0..=next(4) {
                    let place = next(bytes.len());
                    match next(3) {
                        0 => bytes[place] = next(256) as u8,
                        1 => bytes.truncate(place + 1),
                        _ => {
                            let piece = bytes[..place].to_vec();
                            bytes.splice(place..place, piece);
                        }
                    }
                }
                std::fs::write(&path, &bytes).unwrap();
                let rows = open(&path, &FileForm::default(), &wanted(&["kind", "document"]));
                match rows.and_then(all) {
                    Ok(_) => read += 1,
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(read > 100 && refused > 100, "{read} {refused}");
    }

    #[test]
    fn the_ending_says_the_format() {
        let plain = FileForm::default();
        for (name, expected) in [("a.CSV", "csv"), ("b.tsv", "csv"), ("c.x.jsonl", "ndjson")] {
            assert_eq!(format(&plain, name).unwrap(), expected);
        }
        assert_eq!(format(&plain, "d.doc").unwrap_err().code(), "unknown-format");
        assert_eq!(format(&form("xes"), "d.xml").unwrap(), "xes");
    }

    #[test]
    fn a_missing_column_lists_a_header_and_never_a_first_row() {
        let plain = form("csv");
        let missing = |text: &str, form: &FileForm| {
            let error = read(text.as_bytes(), form, &wanted(&["kind", "day"])).unwrap_err();
            assert_eq!(error.code(), "missing-column");
            error.to_string()
        };
        let listed = missing("kind,Day,name\nE,1,CANARY\n", &plain);
        assert!(listed.ends_with("check its spelling: there are kind, Day, name"), "{listed}");
        let glued = missing("kind,Day,nameE,1,CANARY\nE,1,CANARY\n", &plain);
        assert!(glued.contains("spelling") && !glued.contains("CANARY"), "{glued}");
        let row = missing("CANARY,2026-01-01\n", &plain);
        assert!(row.contains("spelling") && !row.contains("CANARY"), "{row}");
        let plain = FileForm { header: false, ..plain };
        let numbered = missing("CANARY,kind\n", &plain);
        assert!(numbered.contains("named 1 to 2") && !numbered.contains("CANARY"), "{numbered}");
    }

    #[test]
    fn no_format_copies_an_unmapped_field() {
        let folder = tempfile::tempdir().unwrap();
        for (file, bytes) in crate::samples::all() {
            let path = folder.path().join(file);
            std::fs::write(&path, bytes).unwrap();
            let items =
                all(open(&path, &FileForm::default(), &wanted(&["kind"])).unwrap()).unwrap();
            assert_eq!(texts(&items, 2), [["ENTRY", ""], ["EXIT", ""]], "{file}");
            let names = names(&path, &FileForm::default()).unwrap();
            assert!(crate::samples::COLUMNS.iter().all(|name| {
                names.iter().any(|found| found.trim_start_matches("case:") == *name)
            }));
            for canary in crate::samples::CANARIES {
                assert!(!format!("{items:?} {names:?}").contains(canary), "{file}");
            }
        }
    }
}
