//! A sample of what an agency exports: its form, the first texts of all fields, and the distinct
//! texts of those that may be codes.
//!
//! Not here: what the fields mean.
//!
//! Invariants:
//! 1. What is read here stays in this process: only texts that name a code of the plan go into the
//!    settings (module `guess`).
//! 2. A sample that was not read to its end says so
//!    (`guess::sample::tests::a_code_in_the_last_row_is_read_and_a_cut_is_noted`).

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::Error;
use crate::rows::{FileForm, Item, LastLine, Wanted, names, open, sheets};

/// Rows of a sample that are read for its codes.
pub(super) const ROWS_MAX: usize = 200_000;
/// Texts of a field by which the form of dates and times is found.
const TEXTS_MAX: usize = 5000;
/// Distinct texts of a field of codes at most.
const CODES_MAX: usize = 4096;
/// Bytes from which delimiter and encoding are found.
const BYTES_MAX: u64 = 256 * 1024;
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// A sample.
pub(super) struct Sample {
    pub(super) form: FileForm,
    pub(super) names: Vec<String>,
    /// For each field, its first texts.
    pub(super) texts: Vec<Vec<String>>,
    /// For each field, its distinct texts; none if there are too many for codes.
    pub(super) distinct: Vec<BTreeSet<String>>,
    /// Whether there are more rows than were read.
    pub(super) is_cut: bool,
    /// The sheets of a spreadsheet; the first one is read.
    pub(super) sheets: Vec<String>,
}

/// The distinct texts of a field.
#[derive(Clone, Default)]
struct Distinct {
    texts: BTreeSet<String>,
    has_too_many: bool,
}

impl Distinct {
    fn add(&mut self, text: &str) {
        if self.has_too_many || self.texts.contains(text) {
            return;
        }
        self.texts.insert(text.to_owned());
        if self.texts.len() > CODES_MAX {
            self.texts.clear();
            self.has_too_many = true;
        }
    }
}

impl Sample {
    /// Reads a sample.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        // `check` names a last line without its end.
        let form = FileForm { last_line: LastLine::Open, ..form(path)? };
        let all = names(path, &form)?;
        // A name that appears twice cannot be mapped; the reader says so where it is wanted.
        let is_single = |name: &&String| all.iter().filter(|other| other == name).count() == 1;
        let names: Vec<String> =
            all.iter().filter(|name| !name.is_empty()).filter(is_single).cloned().collect();
        let mut wanted = Wanted::default();
        for name in &names {
            wanted.add(name);
        }
        let mut rows = open(path, &form, &wanted)?;
        let mut texts = vec![Vec::new(); names.len()];
        let mut distinct = vec![Distinct::default(); names.len()];
        let mut read = 0;
        let is_cut = loop {
            let Some(item) = rows.next()? else { break false };
            if read == ROWS_MAX {
                break true;
            }
            read += 1;
            let Item::Row(row) = item else { continue };
            for (place, (texts, distinct)) in texts.iter_mut().zip(&mut distinct).enumerate() {
                let Some(text) = row.get(place) else { continue };
                if texts.len() < TEXTS_MAX {
                    texts.push(text.to_owned());
                }
                distinct.add(text);
            }
        };
        let distinct = distinct.into_iter().map(|distinct| distinct.texts).collect();
        let sheets = sheets(path, &form)?;
        Ok(Self { form, names, texts, distinct, is_cut, sheets })
    }
}

/// The form of a file: for CSV, delimiter and encoding by its first bytes.
fn form(path: &Path) -> Result<FileForm, Error> {
    let ending =
        path.extension().map_or(String::new(), |ending| ending.to_string_lossy().to_lowercase());
    let plain = FileForm::default();
    if !["csv", "tsv", "txt"].contains(&ending.as_str()) {
        return Ok(plain);
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Error::system(path, "open"))?;
    file.take(BYTES_MAX).read_to_end(&mut bytes).map_err(Error::system(path, "read"))?;
    let is_cut = |error: std::str::Utf8Error| error.error_len().is_none();
    let encoding = match std::str::from_utf8(&bytes) {
        Err(error) if !is_cut(error) => "windows-1252",
        _ => "utf-8",
    };
    Ok(FileForm { delimiter: delimiter(&bytes), encoding: encoding.to_owned(), ..plain })
}

/// The delimiter that occurs most often in the header, outside of quotes.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| {
        let mut is_quoted = false;
        let mut count = 0;
        for &byte in first {
            is_quoted ^= byte == b'"';
            count += usize::from(byte == delimiter && !is_quoted);
        }
        count
    };
    // The first wins a tie; the comma is last, as it stands in names too.
    let best = DELIMITERS.into_iter().rev().max_by_key(|&delimiter| count(delimiter));
    best.filter(|&delimiter| count(delimiter) > 0).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_gives_the_delimiter() {
        assert_eq!(delimiter(b"a;b;c\n1,2,3\n"), b';');
        assert_eq!(delimiter(b"\"a;x;y;z\",b,c\n"), b',');
        assert_eq!(delimiter(b"a\tb\n"), b'\t');
        assert_eq!(delimiter(b"a\n"), b',');
    }

    #[test]
    fn bytes_that_are_not_utf8_are_of_windows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, b"Name;Stra\xdfe\nx;M\xfcller\n").unwrap();
        let sample = Sample::read(&path).unwrap();
        assert_eq!((sample.form.delimiter, sample.form.encoding.as_str()), (b';', "windows-1252"));
        assert_eq!(sample.names, ["Name", "Straße"]);
        assert_eq!(sample.texts, [["x"], ["Müller"]]);
        assert!(!sample.is_cut);
    }

    #[test]
    fn a_code_in_the_last_row_is_read_and_a_cut_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        for (rows, is_cut) in [(ROWS_MAX, false), (ROWS_MAX + 1, true)] {
            let all = (1..rows).map(|row| format!("{row},E\n")).collect::<String>();
            std::fs::write(&path, format!("n,kind\n{all}{rows},A\n")).unwrap();
            let sample = Sample::read(&path).unwrap();
            let found: Vec<&str> = sample.distinct[1].iter().map(String::as_str).collect();
            let expected: &[&str] = if is_cut { &["E"] } else { &["A", "E"] };
            assert_eq!((sample.is_cut, &found[..]), (is_cut, expected));
            // Numbers of rows are no codes.
            assert!(sample.distinct[0].is_empty() && sample.texts[0].len() == TEXTS_MAX);
        }
    }
}
