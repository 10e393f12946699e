//! Admission: one row of values becomes one event, or a fault at its place.
//!
//! Not here: the rules for each value (module `schema`), the formats that carry the values (modules
//! `csv`, `ndjson` and `parquet`), the storage of events (room `journal`).
//!
//! Invariants:
//! 1. Every format uses [`Schema::admit`], which checks the values of a row in one fixed order, so
//!    the same row gives the same event or the same fault (`tidegauge/tests/same_bytes.rs`,
//!    `tidegauge/tests/bad_input.rs`).

use tidegauge_fold::{ATTRIBUTES_MAX, Event, NO_CODE, Pseudonym, RETRACTED};
use tidegauge_model::plan::{CORRECTION_COLUMNS, EVENT_COLUMNS};

use super::schema::{OCCURRED_AT, Schema};
use crate::calendar::StepNumber;
use crate::error::{Error, InputFault, LocatedFault, Refused};

/// Bytes of one row of text at most.
pub(super) const ROW_BYTES_MAX: u64 = 64 * 1024;

/// Positions of the columns around that of times, which every plan has.
const EVENT_ID: usize = 0;
const PSEUDONYM: usize = 1;
const KIND: usize = 3;

/// Takes admitted events with the step in which they occurred.
pub(crate) trait EventSink: Send {
    /// Takes one event.
    fn take(&mut self, step: StepNumber, event: Event) -> Result<(), Error>;
}

/// Why a reader stopped.
pub(super) enum Stop {
    /// The file is at fault.
    Input(LocatedFault),
    /// The sink could not take an event.
    Sink(Error),
}

impl From<LocatedFault> for Stop {
    fn from(located: LocatedFault) -> Self {
        Self::Input(located)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Sink(error)
    }
}

/// The values of one row. A format may cache the schema's result for a value that many rows share.
pub(super) trait RowValues {
    /// The event's id, as it was given.
    fn event_id(&self) -> Result<&str, InputFault>;
    /// The opaque pseudonym.
    fn pseudonym(&self, schema: &Schema) -> Result<Pseudonym, InputFault>;
    /// When the event occurred, in milliseconds since 1970; `None` if the row has no time.
    fn occurred_at(&self, schema: &Schema) -> Result<Option<i64>, InputFault>;
    /// The first instant of the day on which the event occurred; `None` if the row has no day.
    fn occurred_on(&self, schema: &Schema) -> Result<Option<i64>, InputFault>;
    /// The position of the event's kind in the life cycle.
    fn kind(&self, schema: &Schema) -> Result<u8, InputFault>;
    /// The code of an attribute; after the last attribute, the day of a date.
    fn code(&self, attribute: usize, schema: &Schema) -> Result<u16, InputFault>;
    /// The text in a correction column; empty if the file or the row has none.
    fn correction(&self, column: usize) -> &str;
}

impl Schema {
    /// Admits one row: the event, and the step in which it occurred. The journal and the fold
    /// decide whether that step has closed.
    ///
    /// Errors: the first fault of the row, in the order of the columns.
    pub(super) fn admit(
        &self,
        row: u64,
        values: &impl RowValues,
    ) -> Result<(StepNumber, Event), LocatedFault> {
        let columns = self.columns();
        let in_column = |column: usize| move |fault: InputFault| fault.at(row, columns[column]);
        let id = values
            .event_id()
            .and_then(|given| self.event_id(given))
            .map_err(in_column(EVENT_ID))?;
        let pseudonym = values.pseudonym(self).map_err(in_column(PSEUDONYM))?;
        let (at, column) = self.occurred(row, values)?;
        let step = self.step(at).map_err(in_column(column))?;
        let kind = values.kind(self).map_err(in_column(KIND))?;
        let mut codes = [NO_CODE; ATTRIBUTES_MAX];
        for (attribute, code) in codes.iter_mut().enumerate().take(self.attributes()) {
            let column = EVENT_COLUMNS.len() + attribute;
            *code = values.code(attribute, self).map_err(in_column(column))?;
            self.check_validity(attribute, *code, at).map_err(in_column(column))?;
        }
        let mut texts = [""; CORRECTION_COLUMNS.len()];
        for (column, text) in
            texts.iter_mut().enumerate().take(columns.len() - self.corrections_from())
        {
            *text = values.correction(column);
        }
        let correction = self
            .correction(texts)
            .map_err(|(fault, column)| in_column(self.corrections_from() + column)(fault))?;
        if let Some(place) = self.revision_place() {
            codes[place] = correction.revision;
        }
        // A retraction has its own kind, whatever the row says.
        let kind = if correction.retracts { RETRACTED } else { kind };
        Ok((step, Event { pseudonym, id, at, kind, age: 0, codes }))
    }

    /// The instant of an event, or the first of its day, and the column that says so.
    fn occurred(&self, row: u64, values: &impl RowValues) -> Result<(i64, usize), LocatedFault> {
        let in_column =
            |column: usize| move |fault: InputFault| fault.at(row, self.columns()[column]);
        let time = values.occurred_at(self).map_err(in_column(OCCURRED_AT))?;
        let day = values.occurred_on(self).map_err(in_column(self.day_column()))?;
        match (time, day) {
            (Some(at), None) => Ok((at, OCCURRED_AT)),
            (None, Some(at)) => Ok((at, self.day_column())),
            (None, None) => Err(in_column(OCCURRED_AT)(InputFault::MissingValue)),
            (Some(_), Some(_)) => Err(in_column(self.day_column())(InputFault::BothTimes)),
        }
    }
}

/// A row of text: a field for each of the schema's columns, in their order; empty for one that the
/// file leaves out.
struct TextRow<'a> {
    fields: &'a [&'a str],
    day_column: usize,
}

impl RowValues for TextRow<'_> {
    fn event_id(&self) -> Result<&str, InputFault> {
        Ok(self.fields[EVENT_ID])
    }

    fn pseudonym(&self, schema: &Schema) -> Result<Pseudonym, InputFault> {
        schema.pseudonym(self.fields[PSEUDONYM])
    }

    fn occurred_at(&self, schema: &Schema) -> Result<Option<i64>, InputFault> {
        let given = self.fields[OCCURRED_AT];
        if given.is_empty() { Ok(None) } else { schema.instant(given).map(Some) }
    }

    fn occurred_on(&self, schema: &Schema) -> Result<Option<i64>, InputFault> {
        let given = self.fields[self.day_column];
        if given.is_empty() { Ok(None) } else { schema.day(given).map(Some) }
    }

    fn kind(&self, schema: &Schema) -> Result<u8, InputFault> {
        schema.kind(self.fields[KIND])
    }

    fn code(&self, attribute: usize, schema: &Schema) -> Result<u16, InputFault> {
        schema.code(attribute, self.fields[EVENT_COLUMNS.len() + attribute])
    }

    fn correction(&self, column: usize) -> &str {
        self.fields.get(self.day_column + 1 + column).copied().unwrap_or_default()
    }
}

/// Admits one row of text and hands it to the sink, or notes why it is refused; `fields` are in the
/// order of [`Schema::columns`], with an empty one for a column that the file leaves out.
pub(super) fn admit_text(
    schema: &Schema,
    row: u64,
    fields: &[&str],
    sink: &mut impl EventSink,
    refused: &mut Refused,
) -> Result<(), Error> {
    let check = || {
        for (number, (field, column)) in fields.iter().zip(schema.columns()).enumerate() {
            if field.is_empty() && !schema.may_leave_out(number) {
                return Err(InputFault::MissingValue.at(row, column));
            }
            if field.bytes().any(|b| b.is_ascii_control()) {
                return Err(InputFault::ControlCharacter.at(row, column));
            }
        }
        Ok(())
    };
    let values = TextRow { fields, day_column: schema.day_column() };
    match check().and_then(|()| schema.admit(row, &values)) {
        Ok((step, event)) => sink.take(step, event),
        Err(fault) => {
            refused.note(fault);
            Ok(())
        }
    }
}

/// For each of the schema's columns, its position in the header; `None` for one that the file
/// leaves out.
///
/// Errors: a repeated name, a name that the schema does not have, a missing column.
pub(super) fn match_columns(
    schema: &Schema,
    names: &[&str],
) -> Result<Vec<Option<usize>>, LocatedFault> {
    let columns = schema.columns();
    if names.len() > schema.columns_max() {
        let fault = InputFault::TooManyColumns { given: names.len(), limit: columns.len() };
        return Err(fault.whole());
    }
    for (position, name) in names.iter().enumerate() {
        if !columns.contains(name) {
            let allowed = schema.allowed();
            let fault = InputFault::UnknownColumn { position: position + 1, allowed };
            return Err(fault.at(1, "header"));
        }
        if names[..position].contains(name) {
            return Err(InputFault::DuplicateColumn.at(1, name));
        }
    }
    let position = |name: &&str| names.iter().position(|given| given == name);
    let places: Vec<Option<usize>> = columns.iter().map(position).collect();
    let has_day = places[schema.day_column()].is_some();
    let is_missing = |&(number, place): &(usize, &Option<usize>)| {
        place.is_none() && (!schema.may_leave_out(number) || number == OCCURRED_AT && !has_day)
    };
    match places.iter().enumerate().find(is_missing) {
        Some((missing, _)) => Err(InputFault::MissingColumn.at(1, columns[missing])),
        None => Ok(places),
    }
}
