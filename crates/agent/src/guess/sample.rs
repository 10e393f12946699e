//! A sample of what an agency exports: its form and the first rows of all fields.
//!
//! Not here: what the fields mean.
//!
//! Invariants:
//! 1. What is read here stays in this process: only texts that name a code of the plan go into the
//!    settings (module `guess`).

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::Error;
use crate::rows::{FileForm, Item, LastLine, Wanted, names, open};

/// Rows of a sample.
const ROWS_MAX: usize = 5000;
/// Bytes from which delimiter and encoding are found.
const BYTES_MAX: u64 = 256 * 1024;
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// A sample.
pub(super) struct Sample {
    pub(super) form: FileForm,
    pub(super) names: Vec<String>,
    /// For each field, its texts.
    pub(super) texts: Vec<Vec<String>>,
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
        for _ in 0..ROWS_MAX {
            match rows.next()? {
                None => break,
                Some(Item::Fault(_)) => {}
                Some(Item::Row(row)) => {
                    for (place, texts) in texts.iter_mut().enumerate() {
                        texts.extend(row.get(place).map(str::to_owned));
                    }
                }
            }
        }
        Ok(Self { form, names, texts })
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
    }
}
