//! Rows as lines of text: CSV, NDJSON, and an agency's export with semicolons.
//!
//! Not here: the texts of values (`labels`), Parquet (`table`).

use std::path::PathBuf;

use super::labels::Labels;
use super::row::EventRow;
use crate::error::Error;
use crate::whole_file::WholeFile;

/// An open file of lines.
pub(super) struct TextFile {
    file: WholeFile,
    is_json: bool,
    line: Vec<u8>,
    value: Vec<u8>,
}

impl TextFile {
    pub(super) fn new(mut file: WholeFile, is_json: bool, labels: &Labels) -> Result<Self, Error> {
        if !is_json {
            let names: Vec<&str> = labels.columns.iter().map(|(name, _)| name.as_str()).collect();
            file.add(names.join(separator(labels)).as_bytes())?;
            file.add(b"\n")?;
        }
        Ok(Self { file, is_json, line: Vec::new(), value: Vec::new() })
    }

    pub(super) fn write(&mut self, row: &EventRow, labels: &mut Labels) -> Result<(), Error> {
        self.line.clear();
        match self.is_json {
            true => self.push_json(row, labels),
            false => self.push_fields(row, labels),
        }
        self.line.push(b'\n');
        self.file.add(&self.line)
    }

    pub(super) fn finish(self) -> Result<PathBuf, Error> {
        self.file.finish()
    }

    /// The values of a plan need neither quotes in CSV nor escapes in JSON.
    fn push_json(&mut self, row: &EventRow, labels: &mut Labels) {
        for place in 0..labels.columns.len() {
            let (name, column) = &labels.columns[place];
            let column = *column;
            self.line.extend(if place == 0 { b"{\"" } else { b",\"" });
            self.line.extend(name.as_bytes());
            self.line.extend(b"\":\"");
            labels.push(column, row, &mut self.line);
            self.line.push(b'"');
        }
        self.line.push(b'}');
    }

    fn push_fields(&mut self, row: &EventRow, labels: &mut Labels) {
        for place in 0..labels.columns.len() {
            let column = labels.columns[place].1;
            if place > 0 {
                self.line.extend(separator(labels).as_bytes());
            }
            if !labels.raw {
                labels.push(column, row, &mut self.line);
                continue;
            }
            self.value.clear();
            labels.push(column, row, &mut self.value);
            self.push_quoted();
        }
    }

    /// Appends a value, in quotes if a reader of the export needs them.
    fn push_quoted(&mut self) {
        if !self.value.iter().any(|byte| matches!(byte, b';' | b'"' | b'\n' | b'\r')) {
            self.line.extend(&self.value);
            return;
        }
        self.line.push(b'"');
        for &byte in &self.value {
            if byte == b'"' {
                self.line.push(b'"');
            }
            self.line.push(byte);
        }
        self.line.push(b'"');
    }
}

fn separator(labels: &Labels) -> &'static str {
    if labels.raw { ";" } else { "," }
}
