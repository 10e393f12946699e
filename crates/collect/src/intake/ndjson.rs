//! NDJSON: one JSON object a line, every value a string.
//!
//! Not here: nested values, numbers, comments.
//!
//! Invariants:
//! 1. A line is at most 64 KiB long, and no value nests, so memory is bounded.
//! 2. A bad row ends with its line: the rows after it are read
//!    (`tidegauge/tests/bad_rows.rs`: `every_bad_row_is_listed_in_one_run`).
//!
//! Format:
//! ```text
//! {"event_id":"e1","pseudonym":"syn1:0a3f5c77","occurred_at":"2024-01-15T08:30:00+08:00",
//!  "kind":"ENTRY","border_point":"LO_WU","traveller_class":"MAINLAND_VISITOR"}   (on one line)
//! ```

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::admit::{EventSink, Stop, admit_text};
use super::lines::Lines;
use super::schema::{OCCURRED_AT, Schema};
use crate::error::{InputFault, LocatedFault, Refused};

/// Reads all rows.
pub(super) fn read(
    input: impl Read,
    schema: &Schema,
    sink: &mut impl EventSink,
    refused: &mut Refused,
) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    let mut is_empty = true;
    while let Some((number, line)) = lines.next()? {
        is_empty = false;
        match object(line, schema, number) {
            Ok(values) => {
                let fields: Vec<&str> =
                    values.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
                admit_text(schema, number, &fields, sink, refused)?;
            }
            Err(fault) => refused.note(fault),
        }
    }
    if is_empty {
        return Err(InputFault::EmptyInput.whole().into());
    }
    Ok(())
}

type ObjectValues<'de> = Vec<Option<Cow<'de, str>>>;

/// The values of one object, in the order of the columns; those that a file must have are there.
fn object<'de>(
    line: &'de [u8],
    schema: &Schema,
    row: u64,
) -> Result<ObjectValues<'de>, LocatedFault> {
    let text = std::str::from_utf8(line).map_err(|_| InputFault::NotUtf8.at(row, "row"))?;
    let mut fault = None;
    let mut parser = serde_json::Deserializer::from_str(text);
    let object = Object { schema, fault: &mut fault };
    let values = parser.deserialize_any(object).and_then(|values| parser.end().map(|()| values));
    let values = values.map_err(|_| {
        let (fault, field) = fault.unwrap_or((InputFault::JsonSyntax, "row"));
        fault.at(row, field)
    })?;
    for (number, (column, value)) in schema.columns().iter().zip(&values).enumerate() {
        if value.is_none() && !schema.may_leave_out(number) {
            return Err(InputFault::MissingKey.at(row, column));
        }
    }
    if values[OCCURRED_AT].is_none() && values[schema.day_column()].is_none() {
        return Err(InputFault::MissingKey.at(row, schema.columns()[OCCURRED_AT]));
    }
    Ok(values)
}

/// Reads one object. If it is refused, `fault` is the fault and its field.
struct Object<'a> {
    schema: &'a Schema,
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
        let mut values: ObjectValues<'de> = vec![None; self.schema.columns().len()];
        let columns = self.schema.columns();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let Some(column) = columns.iter().position(|&column| column == key) else {
                let allowed = self.schema.allowed();
                return Err(self.refuse(InputFault::UnknownKey { allowed }, "row"));
            };
            if values[column].is_some() {
                return Err(self.refuse(InputFault::DuplicateKey, columns[column]));
            }
            let mut is_other_type = false;
            match map.next_value_seed(Text { is_other_type: &mut is_other_type }) {
                Ok(value) => values[column] = Some(value),
                Err(_) if is_other_type => {
                    let fault = InputFault::WrongType { expected: "a string" };
                    return Err(self.refuse(fault, columns[column]));
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
