//! NDJSON: one JSON object a line, every value a string.
//!
//! Not here: nested values, numbers, comments.
//!
//! Invariants:
//! 1. A line is at most [`ROW_BYTES_MAX`] bytes, and no value nests, so memory is bounded.
//!
//! Format:
//! ```text
//! {"event_id":"e1","pseudonym":"syn1:0a3f5c77","occurred_at":"2024-01-15T08:30:00+08:00",
//!  "kind":"ENTRY","border_point":"LO_WU","traveller_class":"MAINLAND_VISITOR"}   (on one line)
//! ```

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::admit::{EventSink, ROW_BYTES_MAX, Stop, admit_text};
use super::schema::Schema;
use crate::error::{InputFault, LocatedFault};

/// Reads a whole file.
pub(super) fn read(file: File, schema: &Schema, sink: &mut impl EventSink) -> Result<(), Stop> {
    let columns = schema.columns();
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut line = Vec::new();
    let mut row = 0;
    loop {
        line.clear();
        row += 1;
        let read = reader
            .by_ref()
            .take(ROW_BYTES_MAX + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| InputFault::Unreadable { kind: error.kind() }.at(row, "row"))?;
        if read == 0 {
            break;
        }
        let Some(text) = line.strip_suffix(b"\n") else {
            let limit = ROW_BYTES_MAX;
            let fault = if read as u64 > limit {
                InputFault::RowTooLong { limit }
            } else {
                InputFault::Truncated
            };
            return Err(fault.at(row, "row").into());
        };
        let text = std::str::from_utf8(text).map_err(|_| InputFault::NotUtf8.at(row, "row"))?;
        let values = object(text, columns, row)?;
        let mut fields = Vec::with_capacity(columns.len());
        for (number, (column, value)) in columns.iter().zip(&values).enumerate() {
            let absent = (number >= schema.needed()).then_some("");
            let value = value.as_deref().or(absent);
            fields.push(value.ok_or_else(|| InputFault::MissingKey.at(row, column))?);
        }
        admit_text(schema, row, &fields, sink)?;
    }
    if row == 1 {
        return Err(InputFault::EmptyInput.whole().into());
    }
    Ok(())
}

type ObjectValues<'de> = Vec<Option<Cow<'de, str>>>;

/// The values of one object, in the order of the columns.
fn object<'de>(
    text: &'de str,
    columns: &[&'static str],
    row: u64,
) -> Result<ObjectValues<'de>, LocatedFault> {
    let mut fault = None;
    let mut parser = serde_json::Deserializer::from_str(text);
    let object = Object { columns, fault: &mut fault };
    let values = parser.deserialize_any(object).and_then(|values| parser.end().map(|()| values));
    values.map_err(|_| {
        let (fault, field) = fault.unwrap_or((InputFault::JsonSyntax, "row"));
        fault.at(row, field)
    })
}

/// Reads one object. If it is refused, `fault` is the fault and its field.
struct Object<'a> {
    columns: &'a [&'static str],
    fault: &'a mut Option<(InputFault, &'static str)>,
}

impl Object<'_> {
    fn refuse<E: serde::de::Error>(&mut self, fault: InputFault, field: &'static str) -> E {
        *self.fault = Some((fault, field));
        E::custom("refused")
    }
}

macro_rules! not_an_object {
    ($($visit:ident: $given:ty),*) => {$(
        fn $visit<E: serde::de::Error>(mut self, _: $given) -> Result<Self::Value, E> {
            Err(self.refuse(InputFault::NotAnObject, "row"))
        }
    )*};
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ObjectValues<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    not_an_object!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);
    not_an_object!(visit_str: &str);

    fn visit_unit<E: serde::de::Error>(mut self) -> Result<Self::Value, E> {
        Err(self.refuse(InputFault::NotAnObject, "row"))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(mut self, _: A) -> Result<Self::Value, A::Error> {
        Err(self.refuse(InputFault::NotAnObject, "row"))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values: ObjectValues<'de> = vec![None; self.columns.len()];
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let Some(column) = self.columns.iter().position(|&column| column == key) else {
                let allowed = self.columns.join(", ");
                return Err(self.refuse(InputFault::UnknownKey { allowed }, "row"));
            };
            if values[column].is_some() {
                return Err(self.refuse(InputFault::DuplicateKey, self.columns[column]));
            }
            let mut is_other_type = false;
            match map.next_value_seed(Text { is_other_type: &mut is_other_type }) {
                Ok(value) => values[column] = Some(value),
                Err(_) if is_other_type => {
                    let fault = InputFault::WrongType { expected: "a string" };
                    return Err(self.refuse(fault, self.columns[column]));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(values)
    }
}

/// Reads a string, borrowed if it has no escapes. `is_other_type` is set if the value is not a
/// string.
struct Text<'a> {
    is_other_type: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! not_a_string {
    ($($visit:ident: $given:ty),*) => {$(
        fn $visit<E: serde::de::Error>(self, _: $given) -> Result<Self::Value, E> {
            *self.is_other_type = true;
            Err(E::custom("refused"))
        }
    )*};
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    not_a_string!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        *self.is_other_type = true;
        Err(E::custom("refused"))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        *self.is_other_type = true;
        Err(A::Error::custom("refused"))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        *self.is_other_type = true;
        Err(A::Error::custom("refused"))
    }
}
