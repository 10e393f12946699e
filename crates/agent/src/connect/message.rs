//! Messages of a stream: each has one row or several, as NDJSON or CSV.
//!
//! Not here: where messages come from.
//!
//! Invariants:
//! 1. A message is never split, and one that cannot be read is a fault at its number, so that it
//!    stops nothing but itself (`connect::message::tests::a_bad_message_is_a_fault`).

use bytes::{Buf as _, Bytes};
use serde::Deserialize;

use crate::error::Error;
use crate::fault::Fault;
use crate::rows::{FileForm, Item, LastLine, Wanted, open_text};

/// How the rows of messages are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageFormat {
    /// CSV by the input's settings: with a header in each message, or without one and its columns
    /// named 1, 2, ...
    Csv,
    /// A JSON object, or one on each line.
    #[default]
    Ndjson,
}

/// Reads the rows of messages.
pub(super) struct MessageReader {
    pub(super) format: MessageFormat,
    pub(super) form: FileForm,
    pub(super) wanted: Wanted,
}

impl MessageReader {
    /// The rows of a message, under its number.
    pub(super) fn items(&self, payload: Bytes, number: u64) -> Vec<Item> {
        let mut items = Vec::new();
        if payload.is_empty() {
            return items;
        }
        if let Err(error) = self.read(payload, number, &mut items) {
            let (code, error) = (error.code(), error.to_string());
            items.push(Item::Fault(Fault::Message { code, error }.at(number, "message")));
        }
        items
    }

    fn read(&self, payload: Bytes, number: u64, items: &mut Vec<Item>) -> Result<(), Error> {
        let format = match self.format {
            MessageFormat::Csv => "csv",
            MessageFormat::Ndjson => "ndjson",
        };
        let source = Box::new(payload.reader());
        // A message is whole; its last line often has no line end.
        let form = FileForm { last_line: LastLine::Open, ..self.form.clone() };
        let mut rows = open_text(source, &form, format, &self.wanted, "message")?;
        while let Some(item) = rows.next()? {
            items.push(match item {
                Item::Row(row) => Item::Row(row.numbered(number)),
                Item::Fault(fault) => Item::Fault(fault.fault.at(number, &fault.column)),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{form, texts, wanted};

    #[test]
    fn a_bad_message_is_a_fault() {
        let (form, wanted) = (form("csv"), wanted(&["a"]));
        let mut reader = MessageReader { format: MessageFormat::Ndjson, form, wanted };
        let read = |reader: &MessageReader, text: &'static str| {
            let items = reader.items(Bytes::from_static(text.as_bytes()), 7);
            let faults = items.iter().filter_map(|item| match item {
                Item::Row(row) => {
                    assert_eq!(row.number(), 7);
                    None
                }
                Item::Fault(fault) => Some((fault.row, fault.fault.code().to_owned())),
            });
            (texts(&items, 1), faults.collect::<Vec<_>>())
        };
        let (rows, faults) = read(&reader, "{\"a\":1,\"b\":\"CANARY\"}\n{\"a\":2}\nCANARY");
        assert_eq!(
            (rows, faults),
            (vec![vec!["1".into()], vec!["2".into()]], vec![(7, "json-syntax".into())])
        );
        assert_eq!(read(&reader, ""), (vec![], vec![]));
        reader.format = MessageFormat::Csv;
        assert_eq!(read(&reader, "b,a\nCANARY,1\n").0, [["1"]]);
        assert_eq!(read(&reader, "b,c\nCANARY,1\n").1, [(7, "missing-column".to_owned())]);
        reader.form.header = false;
        reader.wanted = crate::rows::tests::wanted(&["2"]);
        assert_eq!(read(&reader, "CANARY,1\nCANARY,2").0, [["1"], ["2"]]);
    }
}
