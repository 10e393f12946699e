//! NDJSON: one object a line.
//!
//! Not here: nested objects; a wanted field is a key of the outermost object.
//!
//! Invariants:
//! 1. Only wanted keys are copied; the values of others are passed over without being stored
//!    (`rows::ndjson::tests::only_wanted_keys_are_copied`).
//! 2. A number is taken as it is written, however long; one that is not written as a whole number
//!    is no identifier (`rows::ndjson::tests::numbers_are_taken_as_written`).
//! 3. A last line without a line end is taken only if it is a whole object
//!    (`rows::ndjson::tests::a_last_line_that_is_cut_off_is_an_error`).

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead, BufReader};

use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::guard::{Allowance, Guard, ROW_BYTES_MAX};
use super::row::{Item, Row, Wanted};
use super::{FileForm, LastLine, ReadRows, Source};
use crate::error::Error;
use crate::fault::{Fault, RowFault, of_file};

/// Lines in which keys are looked for.
const LINES_FOR_NAMES: usize = 1000;
/// Keys that are listed at most.
const NAMES_MAX: usize = 1000;

/// The rows of an NDJSON file.
pub(super) struct NdjsonRows {
    reader: BufReader<Guard<Source>>,
    allowance: Allowance,
    file: String,
    wanted: Wanted,
    last_line: LastLine,
    line: Vec<u8>,
    number: u64,
}

impl NdjsonRows {
    /// Opens a file.
    pub(super) fn open(source: Source, form: &FileForm, wanted: &Wanted, file: &str) -> Self {
        let (guard, allowance) = Guard::new(source);
        Self {
            reader: BufReader::new(guard),
            allowance,
            file: file.to_owned(),
            wanted: wanted.clone(),
            last_line: form.last_line,
            line: Vec::new(),
            number: 0,
        }
    }

    /// Whether the line may be only the beginning of one: an object that ends is a whole one.
    fn may_be_cut(&self, row: &Result<Row, RowFault>) -> bool {
        let is_syntax = matches!(row, Err(fault) if fault.fault == Fault::JsonSyntax);
        is_syntax && self.last_line == LastLine::Ended && !self.line.ends_with(b"\n")
    }

    fn row(&self) -> Result<Row, RowFault> {
        let syntax = || Fault::JsonSyntax.at(self.number, "row");
        let mut row = self.wanted.row(self.number);
        let mut fault = None;
        let visitor = Fields { wanted: &self.wanted, row: &mut row, fault: &mut fault };
        let mut reader = serde_json::Deserializer::from_slice(&self.line);
        reader.deserialize_map(visitor).map_err(|_| syntax())?;
        reader.end().map_err(|_| syntax())?;
        match fault {
            Some((place, fault)) => Err(fault.at(self.number, &self.wanted.names()[place])),
            None => Ok(row),
        }
    }
}

impl ReadRows for NdjsonRows {
    fn next(&mut self) -> Result<Option<Item>, Error> {
        loop {
            self.line.clear();
            let read = self.reader.read_until(b'\n', &mut self.line);
            self.allowance.renew();
            self.number += 1;
            let place = format!("{}:{}", self.file, self.number);
            match read {
                Ok(0) => return Ok(None),
                Ok(_) if self.line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => {
                    let row = self.row();
                    if self.may_be_cut(&row) {
                        return Err(super::cut_off(&place));
                    }
                    return Ok(Some(row.map_or_else(Item::Fault, Item::Row)));
                }
                Err(_) if self.allowance.has_stopped() => {
                    let rule = format_args!(
                        "is longer than {ROW_BYTES_MAX} bytes; write each event on a line of its \
                         own"
                    );
                    return Err(of_file("row-too-long", &place, "row", rule));
                }
                Err(error) => {
                    let rule = format_args!(
                        "cannot be read: {}; check its permissions, then the disk",
                        error.kind()
                    );
                    return Err(of_file("unreadable", &place, "row", rule));
                }
            }
        }
    }
}

/// The keys of the first lines, each once.
pub(super) fn names(source: Source, form: &FileForm, file: &str) -> Result<Vec<String>, Error> {
    let mut rows = NdjsonRows::open(source, form, &Wanted::default(), file);
    let mut names: Vec<String> = Vec::new();
    for _ in 0..LINES_FOR_NAMES {
        if rows.next()?.is_none() {
            break;
        }
        let line = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(&rows.line);
        for name in line.unwrap_or_default().into_keys() {
            if !names.contains(&name) && names.len() < NAMES_MAX {
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// Takes the wanted keys of an object.
struct Fields<'a> {
    wanted: &'a Wanted,
    row: &'a mut Row,
    fault: &'a mut Option<(usize, Fault)>,
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = vec![false; self.wanted.names().len()];
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let Some(place) = self.wanted.place(&key) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if std::mem::replace(&mut seen[place], true) {
                return Err(serde::de::Error::custom("a key appears twice"));
            }
            let raw = map.next_value::<&RawValue>()?;
            if let Err(fault) = set(self.row, place, raw.get()) {
                self.fault.get_or_insert((place, fault));
            }
        }
        Ok(())
    }
}

/// Sets a field from JSON.
fn set(row: &mut Row, place: usize, raw: &str) -> Result<(), Fault> {
    match raw.as_bytes().first() {
        Some(b'n') => Ok(()),
        Some(b'{' | b'[') => Err(Fault::WrongType),
        Some(b'"') => {
            let text: zeroize::Zeroizing<String> = serde_json::from_str(raw)
                .map(zeroize::Zeroizing::new)
                .map_err(|_| Fault::WrongType)?;
            row.set(place, text.as_str())
        }
        // A program may write 1e5 or 100000.0 for 100000 on another day.
        Some(b'-' | b'0'..=b'9') if raw.contains(['.', 'e', 'E']) => row.set_inexact(place, raw),
        _ => row.set(place, raw),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{form, read, texts, wanted};
    use super::*;

    #[test]
    fn only_wanted_keys_are_copied() {
        let text =
            "{\"name\":{\"first\":\"CANARY\"},\"kind\":\"E\"}\n\n{\"kind\":true,\"x\":[1]}\n";
        let items = read(text.as_bytes(), &form("ndjson"), &wanted(&["kind"])).unwrap();
        assert_eq!(texts(&items, 1), [["E"], ["true"]]);
    }

    #[test]
    fn numbers_are_taken_as_written() {
        let text = "{\"id\":123456789012345678901234567890}\n{\"id\":null}\n{\"id\":1.50}";
        let items = read(text.as_bytes(), &form("ndjson"), &wanted(&["id"])).unwrap();
        assert_eq!(texts(&items, 1), [["123456789012345678901234567890"], [""], ["1.50"]]);
        let exact = |item: &Item| matches!(item, Item::Row(row) if row.is_exact(0));
        assert_eq!(items.iter().map(exact).collect::<Vec<_>>(), [true, true, false]);
        let items = read(b"{\"id\":1e5}\n{\"id\":\"1e5\"}\n", &form("ndjson"), &wanted(&["id"]));
        assert_eq!(items.unwrap().iter().map(exact).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn a_last_line_that_is_cut_off_is_an_error() {
        let mut form = form("ndjson");
        let whole = read(b"{\"a\":1}\n{\"a\":2}", &form, &wanted(&["a"])).unwrap();
        assert_eq!(texts(&whole, 1), [["1"], ["2"]]);
        let text = b"{\"a\":1}\n{\"a\":2";
        let error = read(text, &form, &wanted(&["a"])).unwrap_err();
        assert_eq!(error.code(), "cut-off");
        form.last_line = LastLine::Open;
        let items = read(text, &form, &wanted(&["a"])).unwrap();
        assert!(matches!(&items[1], Item::Fault(fault) if fault.fault.code() == "json-syntax"));
    }

    #[test]
    fn a_bad_line_is_a_fault_at_its_place() {
        let text = "{\"a\":1}\nCANARY\n{\"a\":1,\"a\":2}\n{\"a\":[1]}\n[1]\n";
        let items = read(text.as_bytes(), &form("ndjson"), &wanted(&["a"])).unwrap();
        let codes: Vec<(u64, &str)> = items
            .iter()
            .filter_map(|item| match item {
                Item::Row(_) => None,
                Item::Fault(fault) => Some((fault.row, fault.fault.code())),
            })
            .collect();
        let syntax = "json-syntax";
        assert_eq!(codes, [(2, syntax), (3, syntax), (4, "wrong-type"), (5, syntax)]);
    }
}
