//! A row as a mapping sees it: the fields that the mapping names, and no others.
//!
//! Not here: how files are read, what is made of a field.
//!
//! Invariants:
//! 1. A row has one place for each wanted field and can be filled only through [`Wanted::row`], so
//!    a field that no mapping names has nowhere to go
//!    (`rows::row::tests::a_field_that_nobody_wants_has_no_place`).
//! 2. A text is overwritten in memory when it is dropped, and does not print
//!    (`rows::row::tests::a_text_does_not_print`).
//! 3. A number in floating point that is not whole, or for which several whole numbers stand, is
//!    not exact (`rows::row::tests::numbers_that_are_rounded_are_not_exact`).

use std::fmt;

use zeroize::Zeroizing;

use crate::fault::{Fault, RowFault};

/// Bytes of one field at most.
pub const FIELD_BYTES_MAX: usize = 4096;
/// From here on several whole numbers are one in floating point.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

/// The text of one field.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Zeroizing<String>);

impl Text {
    /// A text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, without the white space around it.
    pub fn trimmed(&self) -> &str {
        self.0.trim()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(..)")
    }
}

/// The fields that a mapping reads: their names in the input, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(Vec<String>);

impl Wanted {
    /// The position of a field; it is added if it is new.
    pub fn add(&mut self, name: &str) -> usize {
        if let Some(place) = self.place(name) {
            return place;
        }
        self.0.push(name.to_owned());
        self.0.len() - 1
    }

    /// The position of a field, if it is wanted.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|wanted| wanted == name)
    }

    /// The names, by position.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// An empty row.
    pub fn row(&self, number: u64) -> Row {
        Row { number, fields: vec![None; self.0.len()], inexact: Vec::new() }
    }
}

/// One row: the line or the number, and a text for each wanted field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    number: u64,
    fields: Vec<Option<Text>>,
    /// The fields whose numbers another program may write otherwise.
    inexact: Vec<usize>,
}

impl Row {
    /// The line of a text file, or the row of a table, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The same row under another number.
    #[cfg(any(feature = "kafka", feature = "nats"))]
    pub(crate) fn numbered(self, number: u64) -> Self {
        Self { number, ..self }
    }

    /// Sets a field, by its position among the wanted ones.
    ///
    /// Errors: a text that is longer than [`FIELD_BYTES_MAX`].
    pub fn set(&mut self, place: usize, text: impl AsRef<str>) -> Result<(), Fault> {
        let text = text.as_ref();
        if text.len() > FIELD_BYTES_MAX {
            return Err(Fault::TooLong { limit: FIELD_BYTES_MAX });
        }
        if let Some(field) = self.fields.get_mut(place) {
            *field = Some(Text::new(text));
        }
        Ok(())
    }

    /// Sets a field from a number that stands for others too, or can be written in another way: an
    /// identifier must not be made from it.
    pub fn set_inexact(&mut self, place: usize, text: impl AsRef<str>) -> Result<(), Fault> {
        self.inexact.push(place);
        self.set(place, text)
    }

    /// Sets a field from a number in floating point: exact if it is whole and no other whole number
    /// is rounded to it.
    pub fn set_number(&mut self, place: usize, number: f64) -> Result<(), Fault> {
        // Whole numbers print without a point.
        let text = Zeroizing::new(number.to_string());
        match number.fract() == 0.0 && number.abs() < EXACT_BELOW {
            true => self.set(place, text.as_str()),
            false => self.set_inexact(place, text.as_str()),
        }
    }

    /// Whether the text of a field can stand in an identifier as it is.
    pub fn is_exact(&self, place: usize) -> bool {
        !self.inexact.contains(&place)
    }

    /// The text of a field, trimmed; `None` if the row has none or an empty one.
    pub fn get(&self, place: usize) -> Option<&str> {
        let text = self.fields.get(place)?.as_ref()?.trimmed();
        (!text.is_empty()).then_some(text)
    }
}

/// What a reader found: a row, or a place without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A row.
    Row(Row),
    /// A row that cannot be read.
    Fault(RowFault),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_nobody_wants_has_no_place() {
        let mut wanted = Wanted::default();
        assert_eq!((wanted.add("kind"), wanted.add("day"), wanted.add("kind")), (0, 1, 0));
        assert_eq!(wanted.place("name"), None);
        let mut row = wanted.row(7);
        row.set(2, "CANARY").unwrap();
        row.set(0, " E ").unwrap();
        assert_eq!((row.get(0), row.get(1), row.get(2)), (Some("E"), None, None));
        assert!(row.set(1, "x".repeat(FIELD_BYTES_MAX + 1)).is_err());
    }

    #[test]
    fn numbers_that_are_rounded_are_not_exact() {
        let mut wanted = Wanted::default();
        wanted.add("number");
        for (number, text, is_exact) in [
            (7.0, "7", true),
            (-9_007_199_254_740_991.0, "-9007199254740991", true),
            (9_007_199_254_740_992.0, "9007199254740992", false),
            (1.5, "1.5", false),
            (f64::NAN, "NaN", false),
        ] {
            let mut row = wanted.row(1);
            row.set_number(0, number).unwrap();
            assert_eq!((row.get(0), row.is_exact(0)), (Some(text), is_exact));
        }
    }

    #[test]
    fn a_text_does_not_print() {
        assert!(!format!("{:?}", Text::new("CANARY")).contains("CANARY"));
    }
}
