//! XLSX and ODS: the rows of one sheet.
//!
//! A thread of its own reads the sheet and passes rows on through a short queue, since the reader
//! borrows the open file. Cells with a date become texts as `2026-01-31` or `2026-01-31T08:00:00`,
//! cells with a time of day only as `08:00:00`.
//!
//! Not here: formulas (their last values are read), styles, merged cells.
//!
//! Invariants:
//! 1. Before anything is read, every part of the file is expanded once and counted: what it really
//!    expands to is limited, and for ODS the cells and their texts with their repetitions
//!    (`rows::sheet::tests::a_file_that_expands_too_far_is_refused`); no claim of a size is
//!    believed that the bytes cannot hold
//!    (`rows::sheet::tests::a_claim_that_the_bytes_cannot_hold_is_refused`).
//! 2. Rows are passed on as they are read; only ODS and the shared texts of XLSX are in memory.
//! 3. A cell has one text, whichever program wrote it (`rows::sheet::tests::dates_are_texts`,
//!    `rows::sheet::tests::days_and_times_are_read_alike_from_both_formats`).

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader as _, Xlsx, open_workbook};
use jiff::SignedDuration;
use jiff::civil::Time;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::row::{Item, Wanted};
use super::{FileForm, Header, ReadRows};
use crate::error::Error;
use crate::fault::{Fault, of_file};

/// Bytes to which a sheet may expand.
const SHEET_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Bytes to which everything else together may expand.
const REST_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Bytes between two tags.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;
/// Cells of the sheets of an ODS file, with those between them.
const CELLS_MAX: u64 = 8_000_000;
/// Bytes of their texts, as often as they are repeated.
const TEXTS_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The attributes of a cell of ODS that are kept as texts.
const TEXTS: [&str; 4] =
    ["office:string-value", "office:date-value", "office:time-value", "table:formula"];
/// Columns of a sheet.
const COLUMNS_MAX: usize = 16_384;
/// Bytes of the shortest shared text, `<si/>`.
const SHARED_BYTES_MIN: u64 = 5;
/// How the name of the part of an XLSX file ends that has its shared texts.
const SHARED_TEXTS: &str = "sharedstrings.xml";
/// Rows that wait for their reader.
const QUEUE: usize = 256;
const DAY_MILLIS: i64 = 86_400_000;

/// What the thread passes on: the names of sheets and columns, then rows, then the end. A thread
/// that ends without it has failed.
enum Passed {
    Names { columns: Vec<String>, sheets: Vec<String> },
    Item(Item),
    End,
}

/// The rows of a sheet.
pub(super) struct SheetRows {
    file: String,
    names: Vec<String>,
    sheets: Vec<String>,
    items: Receiver<Result<Passed, Error>>,
    has_ended: bool,
}

fn broken(file: &str) -> Error {
    of_file("spreadsheet", file, "file", "is not a complete XLSX or ODS file; save it again")
}

/// Counts what the parts of the file expand to.
fn check_sizes<R: Read + Seek>(zip: &mut ZipArchive<R>, file: &str) -> Result<(), Error> {
    let too_far = || {
        let rule = format_args!(
            "expands to more than {SHEET_BYTES_MAX} bytes in a sheet, {REST_BYTES_MAX} in the \
             rest or {TEXT_BYTES_MAX} in a cell; export it as CSV"
        );
        of_file("expands-too-far", file, "file", rule)
    };
    let mut rest = REST_BYTES_MAX;
    for number in 0..zip.len() {
        let part = zip.by_index(number).map_err(|_| broken(file))?;
        let is_sheet = part.name().is_ok_and(|name| name.starts_with("xl/worksheets/"));
        let left = if is_sheet { SHEET_BYTES_MAX } else { rest };
        let bytes = expanded(part, left).map_err(|_| broken(file))?.ok_or_else(too_far)?;
        if !is_sheet {
            rest -= bytes;
        }
        let part = zip.by_index(number).map_err(|_| broken(file))?;
        // The reader takes this one wherever its folder is.
        let is_shared = part.name().is_ok_and(|name| name.to_lowercase().ends_with(SHARED_TEXTS));
        if is_shared && claimed_texts(part) > bytes / SHARED_BYTES_MIN {
            let rule = "claims more shared texts than it has bytes for; save it again";
            return Err(of_file("expands-too-far", file, "sharedStrings", rule));
        }
    }
    Ok(())
}

/// The number of shared texts that a part claims to have.
fn claimed_texts(part: impl Read) -> u64 {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) if element.local_name().as_ref() == "sst" => {
                let claimed = element.try_get_attribute("uniqueCount").ok().flatten();
                return claimed.map_or(0, |claimed| claimed.value.parse().unwrap_or(u64::MAX));
            }
            // What is no XML the reader of the sheet refuses.
            Ok(Event::Eof) | Err(_) => return 0,
            Ok(_) => {}
        }
    }
}

/// The bytes of a part; `None` if they exceed a limit.
fn expanded(mut part: impl Read, most: u64) -> std::io::Result<Option<u64>> {
    let mut buffer = [0; 32 * 1024];
    let (mut bytes, mut text) = (0u64, 0u64);
    loop {
        let read = part.read(&mut buffer)?;
        if read == 0 {
            return Ok(Some(bytes));
        }
        bytes += read as u64;
        for &byte in &buffer[..read] {
            text = if byte == b'<' { 0 } else { text + 1 };
            if text > TEXT_BYTES_MAX {
                return Ok(None);
            }
        }
        if bytes > most {
            return Ok(None);
        }
    }
}

/// Counts the cells of an ODS file, as a rectangle for each sheet, and their texts.
fn check_cells<R: Read + Seek>(zip: &mut ZipArchive<R>, file: &str) -> Result<(), Error> {
    let part = zip.by_name("content.xml").map_err(|_| broken(file))?;
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    let mut area = Area::default();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| broken(file))? {
            Event::Eof => return Ok(()),
            Event::DocType(_) => return Err(broken(file)),
            Event::Start(element) => area.begin(&element, false),
            Event::Empty(element) => area.begin(&element, true),
            Event::Text(text) if !text.trim().is_empty() => {
                area.fill();
                area.write(text.len() as u64);
            }
            Event::GeneralRef(_) => area.write(4),
            _ => {}
        }
        if area.cells() > CELLS_MAX || area.texts > TEXTS_BYTES_MAX {
            let rule = format_args!(
                "has more than {CELLS_MAX} cells, or {TEXTS_BYTES_MAX} bytes in them; export it as \
                 CSV"
            );
            return Err(of_file("expands-too-far", file, "sheet", rule));
        }
    }
}

/// The rectangle of the filled cells of a sheet so far, and what was before it.
#[derive(Default)]
struct Area {
    /// The cells of the sheets before.
    before: u64,
    /// The bytes of all texts, as often as they are repeated.
    texts: u64,
    rows: u64,
    row_repeats: u64,
    column: u64,
    column_repeats: u64,
    filled_rows: u64,
    filled_columns: u64,
}

impl Area {
    fn begin(&mut self, element: &BytesStart<'_>, is_empty: bool) {
        let number = |name: &str| {
            let found = element.try_get_attribute(name).ok().flatten();
            found.and_then(|value| value.value.parse::<u64>().ok()).unwrap_or(1)
        };
        let repeats = |name: &str| number(name).min(1 << 24);
        match element.name().as_ref() {
            "table:table" => {
                let (before, texts) = (self.cells(), self.texts);
                *self = Self { before, texts, ..Self::default() };
            }
            "table:table-row" => {
                self.row_repeats = repeats("table:number-rows-repeated");
                self.rows += self.row_repeats;
                self.column = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.column_repeats = repeats("table:number-columns-repeated");
                self.column += self.column_repeats;
                // A value or a formula can stand in the attributes only.
                let mut is_filled = !is_empty;
                for attribute in element.attributes().flatten() {
                    let key = attribute.key.as_ref();
                    is_filled |= key == "table:formula" || key.starts_with("office:");
                    if TEXTS.contains(&key) {
                        self.write(attribute.value.len() as u64);
                    }
                }
                if is_filled {
                    self.fill();
                }
            }
            // So many spaces.
            "text:s" => self.write(number("text:c")),
            _ => {}
        }
    }

    fn fill(&mut self) {
        self.filled_rows = self.rows;
        self.filled_columns = self.filled_columns.max(self.column);
    }

    /// Counts bytes of the text of the cell.
    fn write(&mut self, bytes: u64) {
        let repeats = self.row_repeats.max(1).saturating_mul(self.column_repeats.max(1));
        self.texts = self.texts.saturating_add(bytes.saturating_mul(repeats));
    }

    fn cells(&self) -> u64 {
        let area = self.filled_rows.saturating_mul(self.filled_columns);
        self.before.saturating_add(area)
    }
}

impl SheetRows {
    /// Opens a sheet and finds the wanted columns.
    pub(super) fn open(
        path: &Path,
        form: &FileForm,
        format: &str,
        wanted: &Wanted,
        name: &str,
    ) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::system(path, "open"))?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|_| broken(name))?;
        check_sizes(&mut zip, name)?;
        if format == "ods" {
            check_cells(&mut zip, name)?;
        }
        let (sender, items) = sync_channel(QUEUE);
        let rows = Rows::new(form, wanted, name, sender);
        let (path, is_ods) = (path.to_owned(), format == "ods");
        thread::spawn(move || {
            let sender = rows.sender.clone();
            let read = if is_ods { rows.read_ods(&path) } else { rows.read_xlsx(&path) };
            // Nobody listens any more where a file is given up.
            let _ = match read {
                Ok(()) => sender.send(Ok(Passed::End)),
                Err(Some(error)) => sender.send(Err(error)),
                Err(None) => Ok(()),
            };
        });
        match items.recv() {
            Ok(Ok(Passed::Names { columns, sheets })) => {
                let file = name.to_owned();
                Ok(Self { file, names: columns, sheets, items, has_ended: false })
            }
            Ok(Err(error)) => Err(error),
            Ok(Ok(Passed::End)) => Err(of_file(
                "empty-input",
                name,
                "file",
                "has neither header nor row; export it again",
            )),
            _ => Err(broken(name)),
        }
    }

    /// The names of the columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.iter().map(|name| name.trim().to_owned()).collect()
    }

    /// The names of all sheets, in their order.
    pub(super) fn sheets(&self) -> &[String] {
        &self.sheets
    }
}

impl ReadRows for SheetRows {
    fn next(&mut self) -> Result<Option<Item>, Error> {
        match self.items.recv().ok().transpose()? {
            Some(Passed::Item(item)) => Ok(Some(item)),
            Some(Passed::End) => {
                self.has_ended = true;
                Ok(None)
            }
            None if self.has_ended => Ok(None),
            Some(Passed::Names { .. }) | None => Err(broken(&self.file)),
        }
    }
}

/// Why reading ends early; `None` if nobody listens any more.
type Ended = Option<Error>;

/// The rows of a sheet as the thread makes them from cells.
struct Rows {
    form: FileForm,
    wanted: Wanted,
    file: String,
    sender: SyncSender<Result<Passed, Error>>,
    /// For each wanted field, its column; unknown before the header.
    places: Option<Vec<usize>>,
    /// The names of all sheets.
    sheets: Vec<String>,
    /// The texts of the current row's header, or of its wanted cells.
    header: Vec<String>,
}

/// The text of a cell.
fn text(cell: DataRef<'_>) -> Result<Option<String>, Fault> {
    Ok(match cell {
        DataRef::Empty => None,
        DataRef::Int(number) => Some(number.to_string()),
        // Whole numbers print without a point.
        DataRef::Float(number) => Some(number.to_string()),
        DataRef::String(text) => Some(text),
        DataRef::SharedString(text) => Some(text.to_owned()),
        DataRef::Bool(truth) => Some(truth.to_string()),
        DataRef::DateTime(time) => Some(date(&time)?),
        DataRef::DateTimeIso(text) => Some(text),
        DataRef::DurationIso(text) => Some(time_of_day(&text)?),
        DataRef::Error(_) => return Err(Fault::WrongType),
    })
}

/// The text of a date, which has no time of day at midnight, or of a time of day. A spreadsheet
/// writes days as whole numbers, and a time of day as the part of a day that is over: below 1.
fn date(time: &ExcelDateTime) -> Result<String, Fault> {
    let days = time.as_f64();
    if (0.0..1.0).contains(&days) {
        let millis = (days * DAY_MILLIS as f64).round() as i64;
        return clock(SignedDuration::from_millis(millis.min(DAY_MILLIS - 1)));
    }
    // Before the first day of spreadsheets, or a duration of more than a day.
    if days < 0.0 || time.is_duration() {
        return Err(Fault::WrongType);
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    Ok(match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    })
}

/// The text of a time of day that ODS writes as a duration, as `PT08H15M00S`.
fn time_of_day(duration: &str) -> Result<String, Fault> {
    clock(duration.parse().map_err(|_| Fault::WrongType)?)
}

/// What a clock shows so long after midnight.
fn clock(since: SignedDuration) -> Result<String, Fault> {
    let is_of_day = !since.is_negative() && since < SignedDuration::from_millis(DAY_MILLIS);
    let time = is_of_day.then(|| Time::midnight().checked_add(since).ok()).flatten();
    time.map(|time| time.to_string()).ok_or(Fault::WrongType)
}

/// A cell of an ODS sheet as one of XLSX.
fn same(cell: &Data) -> DataRef<'_> {
    match cell {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(time) => DataRef::DateTime(*time),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// The cells of one row.
type Cells<'a> = Vec<(usize, DataRef<'a>)>;

impl Rows {
    fn new(
        form: &FileForm,
        wanted: &Wanted,
        file: &str,
        sender: SyncSender<Result<Passed, Error>>,
    ) -> Self {
        let (form, wanted, file) = (form.clone(), wanted.clone(), file.to_owned());
        Self { form, wanted, file, sender, places: None, sheets: Vec::new(), header: Vec::new() }
    }

    /// The sheet that is read, among all of the file.
    fn sheet(&mut self, names: Vec<String>) -> Result<String, Error> {
        self.sheets = names;
        let Some(sheet) = &self.form.sheet else {
            return self.sheets.first().cloned().ok_or_else(|| broken(&self.file));
        };
        if self.sheets.contains(sheet) {
            return Ok(sheet.clone());
        }
        let all = self.sheets.join(", ");
        let rule = format_args!("there is no sheet of this name; the file has {all}");
        Err(of_file("missing-sheet", &self.file, "sheet", rule))
    }

    fn read_xlsx(mut self, path: &Path) -> Result<(), Ended> {
        let file = self.file.clone();
        let mut book: Xlsx<_> = open_workbook(path).map_err(|_| Some(broken(&file)))?;
        let sheet = self.sheet(book.sheet_names())?;
        let mut reader = book.worksheet_cells_reader(&sheet).map_err(|_| Some(broken(&file)))?;
        let (mut number, mut cells) = (0, Cells::new());
        while let Some(cell) = reader.next_cell().map_err(|_| Some(broken(&file)))? {
            let (row, column) = cell.get_position();
            if row != number && !cells.is_empty() {
                self.take(u64::from(number) + 1, std::mem::take(&mut cells))?;
            }
            number = row;
            if column as usize >= COLUMNS_MAX || cells.len() >= COLUMNS_MAX {
                let rule = format_args!("a row has more than {COLUMNS_MAX} cells; save it again");
                return Err(Some(of_file("expands-too-far", &file, "sheet", rule)));
            }
            cells.push((column as usize, cell.get_value().clone()));
        }
        self.take(u64::from(number) + 1, cells)
    }

    fn read_ods(mut self, path: &Path) -> Result<(), Ended> {
        let file = self.file.clone();
        let mut book: Ods<_> = open_workbook(path).map_err(|_| Some(broken(&file)))?;
        let sheet = self.sheet(book.sheet_names())?;
        let range = book.worksheet_range(&sheet).map_err(|_| Some(broken(&file)))?;
        let (first, left) = range.start().unwrap_or_default();
        for (number, row) in (u64::from(first) + 1..).zip(range.rows()) {
            let cells = row.iter().enumerate().map(|(at, cell)| (left as usize + at, same(cell)));
            self.take(number, cells.collect())?;
        }
        Ok(())
    }

    /// Takes the cells of a row; a row without any is passed over.
    fn take(&mut self, number: u64, cells: Cells<'_>) -> Result<(), Ended> {
        let is_empty = cells.iter().all(|(_, cell)| matches!(cell, DataRef::Empty));
        if is_empty || number <= self.form.skip_lines {
            return Ok(());
        }
        let Some(places) = self.places.clone() else { return self.begin(number, cells) };
        let item = self.item(number, &places, cells);
        self.sender.send(Ok(Passed::Item(item))).map_err(|_| None)
    }

    /// Takes the header, or the first row of a sheet without one.
    fn begin(&mut self, number: u64, cells: Cells<'_>) -> Result<(), Ended> {
        let columns = cells.iter().map(|(column, _)| column + 1).max().unwrap_or(0);
        self.header = (1..=columns).map(|number| number.to_string()).collect();
        if self.form.header {
            self.header = vec![String::new(); columns];
            for (column, cell) in &cells {
                self.header[*column] = text(cell.clone()).ok().flatten().unwrap_or_default();
            }
        }
        let header = if self.form.header { Header::Names } else { Header::Numbers };
        self.places = Some(super::places(&self.header, header, &self.wanted, &self.file)?);
        let (columns, sheets) = (self.header.clone(), self.sheets.clone());
        let names = Passed::Names { columns, sheets };
        self.sender.send(Ok(names)).map_err(|_| None)?;
        if self.form.header { Ok(()) } else { self.take(number, cells) }
    }

    fn item(&self, number: u64, places: &[usize], cells: Cells<'_>) -> Item {
        let mut row = self.wanted.row(number);
        for (column, cell) in cells {
            for (place, _) in places.iter().enumerate().filter(|(_, wanted)| **wanted == column) {
                let set = match cell {
                    DataRef::Float(number) => row.set_number(place, number),
                    _ => text(cell.clone()).and_then(|text| match text {
                        Some(text) => row.set(place, zeroize::Zeroizing::new(text).as_str()),
                        None => Ok(()),
                    }),
                };
                if let Err(fault) = set {
                    return Item::Fault(fault.at(number, &self.wanted.names()[place]));
                }
            }
        }
        Item::Row(row)
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::super::tests::{all, form, texts, wanted};
    use super::super::{FileForm, open};
    use super::*;
    use crate::samples::{ods, timed_ods, timed_xlsx, zipped};

    fn read(bytes: &[u8], form: &FileForm, names: &[&str]) -> Result<Vec<Item>, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        all(open(file.path(), form, &wanted(names))?)
    }

    #[test]
    fn a_file_that_expands_too_far_is_refused() {
        let spaces = " ".repeat(2 * TEXT_BYTES_MAX as usize);
        let bytes = zipped(&[("xl/worksheets/sheet1.xml", &spaces)]);
        let error = read(&bytes, &form("xlsx"), &["kind"]).unwrap_err();
        assert_eq!(error.code(), "expands-too-far");
        let cells = "<table:table><table:table-row table:number-rows-repeated=\"1000000\">\
                     <table:table-cell table:number-columns-repeated=\"16000\"><text:p>x</text:p>\
                     </table:table-cell></table:table-row></table:table>";
        let bytes = zipped(&[("content.xml", cells)]);
        let error = read(&bytes, &form("ods"), &["kind"]).unwrap_err();
        assert_eq!(error.code(), "expands-too-far");
    }

    #[test]
    fn a_claim_that_the_bytes_cannot_hold_is_refused() {
        let code =
            |bytes: &[u8], format: &str| read(bytes, &form(format), &["kind"]).unwrap_err().code();
        for (folder, count) in [("xl", "4000000000"), ("other", "70"), ("XL", "x")] {
            let text = format!("<?xml version='1.0'?><sst uniqueCount='{count}'><si/></sst>");
            let bytes = zipped(&[(&format!("{folder}/sharedStrings.xml"), &text)]);
            assert_eq!(code(&bytes, "xlsx"), "expands-too-far", "{count}");
        }
        let bytes = zipped(&[("xl/sharedStrings.xml", "<sst uniqueCount='1'><si/></sst>")]);
        assert_eq!(code(&bytes, "xlsx"), "spreadsheet");
        // A cell far to the right, one text that is repeated, and spaces that are only counted.
        let row = |cell: &str| {
            format!(
                "<table:table><table:table-row table:number-rows-repeated=\"1000\">{cell}\
                 </table:table-row></table:table>"
            )
        };
        let long = "x".repeat(100_000);
        let repeated = |times: u32| format!("table:number-columns-repeated=\"{times}\"");
        let cells = [
            format!("<table:table-cell {}>{long}</table:table-cell>", repeated(9)),
            format!("<table:table-cell {} office:string-value=\"{long}\"/>", repeated(9)),
            "<table:table-cell><text:s text:c=\"4000000000\"/></table:table-cell>".to_owned(),
            format!("<table:table-cell table:formula=\"f\" {}/>", repeated(16_000)),
        ];
        for cell in cells {
            let bytes = zipped(&[("content.xml", &row(&cell))]);
            assert_eq!(code(&bytes, "ods"), "expands-too-far", "{:.80}", cell);
        }
        let many = row(&format!("<table:table-cell {}>x</table:table-cell>", repeated(5000)));
        let bytes = zipped(&[("content.xml", &format!("<x>{many}{many}</x>"))]);
        assert_eq!(code(&bytes, "ods"), "expands-too-far");
    }

    #[test]
    fn a_cell_too_far_to_the_right_is_refused() {
        let sheet = |bytes: Vec<u8>, place: &str| {
            let mut zip = ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            let mut parts = Vec::new();
            for number in 0..zip.len() {
                let mut part = zip.by_index(number).unwrap();
                let mut text = String::new();
                part.read_to_string(&mut text).unwrap();
                parts.push((part.name().unwrap().to_string(), text.replace("\"F1\"", place)));
            }
            let parts: Vec<(&str, &str)> =
                parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            read(&zipped(&parts), &form("xlsx"), &["kind"])
        };
        assert!(sheet(crate::samples::xlsx(), "\"XFD1\"").is_ok());
        assert!(sheet(crate::samples::xlsx(), "\"ZZZZZ1\"").is_err());
    }

    #[test]
    fn a_missing_column_or_sheet_is_an_error() {
        let error = read(&ods(), &form("ods"), &["nothing"]).unwrap_err();
        assert_eq!(error.code(), "missing-column");
        let other = FileForm { sheet: Some("Other".into()), ..form("ods") };
        let error = read(&ods(), &other, &["kind"]).unwrap_err();
        assert_eq!(error.code(), "missing-sheet");
        assert!(error.to_string().contains("the file has S"), "{error}");
        assert_eq!(read(b"no zip", &form("ods"), &["kind"]).unwrap_err().code(), "spreadsheet");
    }

    #[test]
    fn a_sheet_without_a_header_has_numbered_columns() {
        let plain = FileForm { header: false, skip_lines: 1, ..form("ods") };
        let items = read(&ods(), &plain, &["1"]).unwrap();
        assert_eq!(texts(&items, 1), [["ENTRY"], ["EXIT"]]);
    }

    #[test]
    fn dates_are_texts() {
        let read = |number: f64, kind: ExcelDateTimeType, is_1904: bool| {
            date(&ExcelDateTime::new(number, kind, is_1904)).ok()
        };
        for (number, expected) in [
            (45943.0, Some("2025-10-13")),
            (45943.5, Some("2025-10-13T12:00:00")),
            (0.0, Some("00:00:00")),
            (1.0 / 3.0, Some("08:00:00")),
            (0.343_756, Some("08:15:00.518")),
            (0.999_999_999_9, Some("23:59:59.999")),
            (-1.0, None),
        ] {
            for is_1904 in [false, true] {
                let found = read(number, ExcelDateTimeType::DateTime, is_1904);
                if !is_1904 || number < 1.0 {
                    assert_eq!(found.as_deref(), expected, "{number}");
                }
            }
        }
        let duration = |number| read(number, ExcelDateTimeType::TimeDelta, false);
        assert_eq!((duration(0.5).as_deref(), duration(1.5)), (Some("12:00:00"), None));
        for (text, expected) in [
            ("PT08H15M00S", Some("08:15:00")),
            ("PT8H", Some("08:00:00")),
            ("PT25H00M00S", None),
            ("-PT1H", None),
            ("P1D", None),
        ] {
            assert_eq!(time_of_day(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn days_and_times_are_read_alike_from_both_formats() {
        for (format, bytes) in [("xlsx", timed_xlsx()), ("ods", timed_ods())] {
            let items = read(&bytes, &form(format), &["Tag", "Uhrzeit"]).unwrap();
            let expected = [["2026-01-31", "08:00:00"], ["2026-02-01", "09:30:00"]];
            assert_eq!(texts(&items, 2), expected, "{format}");
        }
    }
}
