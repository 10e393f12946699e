//! CSV with any delimiter, quote and encoding, with a header or without.
//!
//! Not here: which fields mean what.
//!
//! Invariants:
//! 1. Only wanted fields are copied (`rows::csv::tests::only_wanted_fields_are_copied`).
//! 2. A wanted field with a byte that is not of the encoding is a fault, not another text, so that
//!    a wrong encoding makes no other pseudonym (`rows::csv::tests::a_wrong_encoding_is_a_fault`).
//! 3. Line numbers are those of an editor, also with quoted line ends
//!    (`rows::csv::tests::lines_are_those_of_an_editor`).
//! 4. A row that ends with the file and not with its line is not given, unless the settings allow
//!    it (`rows::csv::tests::a_last_line_without_its_end_is_an_error`).

use std::io::Read;

use csv::{ByteRecord as Line, Position, ReaderBuilder};
use encoding_rs::Encoding;
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::guard::{Allowance, Guard, ROW_BYTES_MAX};
use super::row::{Item, Row, Wanted};
use super::{FileForm, Header, LastLine, ReadRows, Source};
use crate::error::Error;
use crate::fault::{Fault, of_file};

/// What a decoder writes for bytes that it cannot read.
const REPLACEMENT: char = '\u{FFFD}';

type Decoded = LineFeeds<DecodeReaderBytes<Guard<Source>, Vec<u8>>>;

/// Passes a line end of two characters on as a line feed: the reader of rows counts lines right
/// only with these.
pub(super) struct LineFeeds<R> {
    inner: R,
    /// Whether a carriage return waits for what follows it.
    holds_return: bool,
    /// Whether everything is passed on, and the reader of rows has asked for more.
    has_ended: bool,
}

impl<R: Read> LineFeeds<R> {
    fn new(inner: R) -> Self {
        Self { inner, holds_return: false, has_ended: false }
    }
}

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.len() < 2 {
            return self.inner.read(buffer);
        }
        loop {
            let start = usize::from(std::mem::take(&mut self.holds_return));
            buffer[0] = b'\r';
            let read = self.inner.read(&mut buffer[start..])?;
            if read == 0 {
                self.has_ended = start == 0;
                return Ok(start);
            }
            let given = start + read;
            let mut kept = 0;
            for at in 0..given {
                let is_return = buffer[at] == b'\r';
                match buffer.get(at + 1).filter(|_| at + 1 < given) {
                    Some(b'\n') if is_return => continue,
                    None if is_return => {
                        self.holds_return = true;
                        continue;
                    }
                    _ => {}
                }
                buffer[kept] = buffer[at];
                kept += 1;
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

/// The rows of a CSV file.
pub(super) struct CsvRows {
    reader: csv::Reader<Decoded>,
    allowance: Allowance,
    file: String,
    encoding: String,
    last_line: LastLine,
    /// The names of the columns, once the first row is known.
    names: Vec<String>,
    wanted: Wanted,
    /// For each wanted field, its position in the file.
    places: Vec<usize>,
    line: Line,
    /// The first row waits here.
    waiting: Option<u64>,
}

/// The encoding of this name.
pub(super) fn encoding(name: &str, file: &str) -> Result<&'static Encoding, Error> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        let rule =
            format_args!("{name} is not an encoding; write for instance utf-8, windows-1252");
        of_file("unknown-encoding", file, "encoding", rule)
    })
}

/// A reader of UTF-8 from one of any encoding; a byte order mark wins over the setting.
pub(super) fn decoded<R: Read>(
    source: R,
    form: &FileForm,
    file: &str,
) -> Result<DecodeReaderBytes<R, Vec<u8>>, Error> {
    let encoding = encoding(&form.encoding, file)?;
    Ok(DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .bom_override(true)
        .utf8_passthru(true)
        .build(source))
}

impl CsvRows {
    /// Opens a file and finds the wanted columns.
    ///
    /// Errors: an empty file, a missing column, a column whose name appears twice.
    pub(super) fn open(
        source: Source,
        form: &FileForm,
        wanted: &Wanted,
        file: &str,
    ) -> Result<Self, Error> {
        // The guard is below the decoder; a decoder makes at most three bytes from one.
        let (guard, allowance) = Guard::new(source);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(form.delimiter)
            .quoting(form.quote.is_some())
            .quote(form.quote.unwrap_or(b'"'))
            .from_reader(LineFeeds::new(decoded(guard, form, file)?));
        let mut rows = Self {
            reader,
            allowance,
            file: file.to_owned(),
            encoding: form.encoding.clone(),
            last_line: form.last_line,
            names: Vec::new(),
            wanted: wanted.clone(),
            places: Vec::new(),
            line: Line::new(),
            waiting: None,
        };
        rows.skip_lines(form.skip_lines)?;
        rows.begin(form)?;
        Ok(rows)
    }

    /// The names of the columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.iter().map(|name| name.trim().to_owned()).collect()
    }

    fn skip_lines(&mut self, lines: u64) -> Result<(), Error> {
        for _ in 0..lines {
            if self.advance()?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Reads the header, or the number of columns from the first line.
    fn begin(&mut self, form: &FileForm) -> Result<(), Error> {
        let Some(line) = self.advance()? else {
            return Err(of_file(
                "empty-input",
                &self.file,
                "file",
                "has neither header nor row; export it again",
            ));
        };
        self.names = match form.header {
            true => self.line.iter().map(|name| String::from_utf8_lossy(name).into()).collect(),
            false => (1..=self.line.len()).map(|number| number.to_string()).collect(),
        };
        // The next row shows whether it is a header.
        self.waiting = if form.header { self.advance()? } else { Some(line) };
        let header = match (form.header, self.waiting) {
            (false, _) => Header::Numbers,
            (true, Some(_)) if self.line.len() == self.names.len() => Header::Names,
            (true, _) => Header::Unsure,
        };
        self.places = super::places(&self.names, header, &self.wanted, &self.file)?;
        Ok(())
    }

    /// Reads the next line into `line`; its number.
    fn advance(&mut self) -> Result<Option<u64>, Error> {
        let before = self.reader.position().line();
        let read = self.reader.read_byte_record(&mut self.line);
        self.allowance.renew();
        match read {
            // A row that has its line end is given before more is asked for.
            Ok(true) if self.reader.get_ref().has_ended && self.last_line == LastLine::Ended => {
                Err(super::cut_off(&format!("{}:{before}", self.file)))
            }
            Ok(true) => Ok(Some(self.line.position().map_or(before, Position::line))),
            Ok(false) => Ok(None),
            Err(_) if self.allowance.has_stopped() => {
                let rule = format_args!(
                    "is longer than {ROW_BYTES_MAX} bytes; check delimiter and quotes"
                );
                Err(of_file("row-too-long", &format!("{}:{before}", self.file), "row", rule))
            }
            Err(error) => {
                let rule = format_args!(
                    "cannot be read: {}; check delimiter and quotes",
                    error_kind(&error)
                );
                Err(of_file("csv-syntax", &format!("{}:{before}", self.file), "row", rule))
            }
        }
    }

    /// The row of the current line.
    fn row(&self, number: u64) -> Item {
        if self.line.len() != self.names.len() {
            let width = Fault::RowWidth { columns: self.names.len(), fields: self.line.len() };
            return Item::Fault(width.at(number, "row"));
        }
        let mut row = self.wanted.row(number);
        for (place, &column) in self.places.iter().enumerate() {
            if let Err(fault) = self.copy(&mut row, place, column) {
                return Item::Fault(fault.at(number, &self.wanted.names()[place]));
            }
        }
        Item::Row(row)
    }

    fn copy(&self, row: &mut Row, place: usize, column: usize) -> Result<(), Fault> {
        let bad = || Fault::BadEncoding { encoding: self.encoding.clone() };
        let bytes = self.line.get(column).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| bad())?;
        if text.contains(REPLACEMENT) {
            return Err(bad());
        }
        row.set(place, text)
    }
}

/// The kind of an error of the reader; its own text may quote the file.
fn error_kind(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.kind().to_string(),
        _ => "it is not CSV".to_owned(),
    }
}

impl ReadRows for CsvRows {
    fn next(&mut self) -> Result<Option<Item>, Error> {
        let number = match self.waiting.take() {
            Some(number) => Some(number),
            None => self.advance()?,
        };
        Ok(number.map(|number| self.row(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{form, read, texts, wanted};
    use super::*;

    #[test]
    fn only_wanted_fields_are_copied() {
        let text = "name,kind,day\r\nCANARY,E,2026-01-01\r\nCANARY,A,2026-01-02\r\n";
        let items = read(text.as_bytes(), &form("csv"), &wanted(&["day", "kind"])).unwrap();
        assert_eq!(texts(&items, 2), [["2026-01-01", "E"], ["2026-01-02", "A"]]);
        assert!(!format!("{items:?}").contains("CANARY"));
    }

    #[test]
    fn a_wrong_encoding_is_a_fault() {
        let latin = b"Land;Art\nK\xf6ln;E\n";
        let mut form = FileForm { delimiter: b';', ..form("csv") };
        let items = read(latin, &form, &wanted(&["Land"])).unwrap();
        assert!(matches!(&items[0], Item::Fault(fault) if fault.fault.code() == "bad-encoding"));
        form.encoding = "latin1".into();
        let items = read(latin, &form, &wanted(&["Land"])).unwrap();
        assert_eq!(texts(&items, 1), [["Köln"]]);
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let text = "a,b\r\n\"x\r\ny\",1\r\nz\r\nw,2\r\n";
        let items = read(text.as_bytes(), &form("csv"), &wanted(&["b"])).unwrap();
        let numbers: Vec<u64> = items
            .iter()
            .map(|item| match item {
                Item::Row(row) => row.number(),
                Item::Fault(fault) => fault.row,
            })
            .collect();
        assert_eq!(numbers, [2, 4, 5]);
        assert!(matches!(&items[1], Item::Fault(fault) if fault.fault.code() == "row-width"));
    }

    #[test]
    fn line_ends_split_between_reads_are_joined() {
        for chunk in 1..5 {
            let text = b"a\r\nb\rc\r\n\r\nd\r";
            let pieces = text
                .chunks(chunk)
                .fold(Box::new(std::io::empty()) as Box<dyn Read>, |before, piece| {
                    Box::new(before.chain(piece))
                });
            let mut read = String::new();
            LineFeeds::new(pieces).read_to_string(&mut read).unwrap();
            assert_eq!(read, "a\nb\rc\n\nd\r");
        }
    }

    #[test]
    fn a_last_line_without_its_end_is_an_error() {
        let mut form = form("csv");
        for text in ["a,b\n1,2", "a,b\r\n1,\"2\n", "a,b\n1,2\n3", "a,b"] {
            let error = read(text.as_bytes(), &form, &wanted(&["b"])).unwrap_err();
            assert_eq!(error.code(), "cut-off", "{text}");
            assert!(error.to_string().contains("last_line = \"open\""), "{error}");
        }
        for text in ["a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "a,b\n1,2\n\n"] {
            let items = read(text.as_bytes(), &form, &wanted(&["b"])).unwrap();
            assert_eq!(texts(&items, 1), [["2"]], "{text}");
        }
        form.last_line = LastLine::Open;
        let items = read(b"a,b\n1,2", &form, &wanted(&["b"])).unwrap();
        assert_eq!(texts(&items, 1), [["2"]]);
    }

    #[test]
    fn lines_before_the_header_end_with_the_file() {
        let form = FileForm { skip_lines: u64::MAX, ..form("csv") };
        let error = read(b"a\n1\n", &form, &wanted(&["a"])).unwrap_err();
        assert_eq!(error.code(), "empty-input");
    }

    #[test]
    fn a_file_without_a_header_has_numbered_columns() {
        let form = FileForm { header: false, delimiter: b'\t', ..form("csv") };
        let items = read(b"a\tb\nc\td\n", &form, &wanted(&["2"])).unwrap();
        assert_eq!(texts(&items, 1), [["b"], ["d"]]);
        let missing = read(b"a\tb\n", &form, &wanted(&["3"])).unwrap_err();
        assert_eq!(missing.code(), "missing-column");
    }

    #[test]
    fn an_endless_row_is_an_error() {
        let text = format!("a,b\n\"{}", "x".repeat(4 * ROW_BYTES_MAX as usize));
        let error = read(text.as_bytes(), &form("csv"), &wanted(&["a"])).unwrap_err();
        assert_eq!(error.code(), "row-too-long");
    }
}
