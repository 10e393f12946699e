//! Admission: one row of values becomes one event, or a fault at its place.
//!
//! Not here: the rules for each value (module `schema`), the formats that carry the values (modules
//! `csv`, `ndjson` and `parquet`), the storage of events (room `journal`).
//!
//! Invariants:
//! 1. Every format uses [`Schema::admit`], which checks the values of a row in one fixed order, so
//!    the same row gives the same event or the same fault (`tidegauge/tests/same_bytes.rs`,
//!    `tidegauge/tests/bad_input.rs`).

use tidegauge_fold::{ATTRIBUTES_MAX, Event, NO_CODE, RETRACTED};
use tidegauge_model::plan::{CORRECTION_COLUMNS, EVENT_COLUMNS};

use super::schema::Schema;
use crate::calendar::StepNumber;
use crate::error::{Error, InputFault, LocatedFault};

/// Bytes of one row of text at most.
pub(super) const ROW_BYTES_MAX: u64 = 64 * 1024;

/// Positions of the first columns, which every plan has.
const EVENT_ID: usize = 0;
const PSEUDONYM: usize = 1;
const OCCURRED_AT: usize = 2;
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
    /// The pseudonym, as it was given.
    fn pseudonym(&self) -> Result<&str, InputFault>;
    /// When the event occurred, in milliseconds since 1970.
    fn occurred_at(&self, schema: &Schema) -> Result<i64, InputFault>;
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
        let pseudonym = values
            .pseudonym()
            .and_then(|given| self.pseudonym(given))
            .map_err(in_column(PSEUDONYM))?;
        let at = values.occurred_at(self).map_err(in_column(OCCURRED_AT))?;
        let step = self.step(at).map_err(in_column(OCCURRED_AT))?;
        let kind = values.kind(self).map_err(in_column(KIND))?;
        let mut codes = [NO_CODE; ATTRIBUTES_MAX];
        for (attribute, code) in codes.iter_mut().enumerate().take(self.attributes()) {
            let column = EVENT_COLUMNS.len() + attribute;
            *code = values.code(attribute, self).map_err(in_column(column))?;
            self.check_validity(attribute, *code, at).map_err(in_column(column))?;
        }
        let mut texts = [""; CORRECTION_COLUMNS.len()];
        for (column, text) in texts.iter_mut().enumerate().take(columns.len() - self.needed()) {
            *text = values.correction(column);
        }
        let correction = self
            .correction(texts)
            .map_err(|(fault, column)| in_column(self.needed() + column)(fault))?;
        if let Some(place) = self.revision_place() {
            codes[place] = correction.revision;
        }
        // A retraction has its own kind, whatever the row says.
        let kind = if correction.retracts { RETRACTED } else { kind };
        Ok((step, Event { pseudonym, id, at, kind, age: 0, codes }))
    }
}

/// A row of text: a field for each of the schema's columns, in their order.
struct TextRow<'a> {
    fields: &'a [&'a str],
    /// The number of fields before those of corrections.
    needed: usize,
}

impl RowValues for TextRow<'_> {
    fn event_id(&self) -> Result<&str, InputFault> {
        Ok(self.fields[EVENT_ID])
    }

    fn pseudonym(&self) -> Result<&str, InputFault> {
        Ok(self.fields[PSEUDONYM])
    }

    fn occurred_at(&self, schema: &Schema) -> Result<i64, InputFault> {
        schema.instant(self.fields[OCCURRED_AT])
    }

    fn kind(&self, schema: &Schema) -> Result<u8, InputFault> {
        schema.kind(self.fields[KIND])
    }

    fn code(&self, attribute: usize, schema: &Schema) -> Result<u16, InputFault> {
        schema.code(attribute, self.fields[EVENT_COLUMNS.len() + attribute])
    }

    fn correction(&self, column: usize) -> &str {
        self.fields.get(self.needed + column).copied().unwrap_or_default()
    }
}

/// Admits one row of text and hands it to the sink; `fields` are in the order of
/// [`Schema::columns`], with an empty one for a correction column that the file leaves out.
pub(super) fn admit_text(
    schema: &Schema,
    row: u64,
    fields: &[&str],
    sink: &mut impl EventSink,
) -> Result<(), Stop> {
    let columns = schema.columns();
    for (column, field) in fields.iter().enumerate() {
        if field.is_empty() && column < schema.needed() {
            return Err(InputFault::MissingValue.at(row, columns[column]).into());
        }
        if field.bytes().any(|b| b.is_ascii_control()) {
            return Err(InputFault::ControlCharacter.at(row, columns[column]).into());
        }
    }
    let (step, event) = schema.admit(row, &TextRow { fields, needed: schema.needed() })?;
    Ok(sink.take(step, event)?)
}

/// For each of the schema's columns, its position in the header; `None` for an optional column that
/// the file leaves out.
///
/// Errors: a repeated name, a name that the schema does not have, a missing column.
pub(super) fn match_columns(
    schema: &Schema,
    names: &[&str],
) -> Result<Vec<Option<usize>>, LocatedFault> {
    let columns = schema.columns();
    if names.len() > 4 * columns.len() {
        let fault = InputFault::TooManyColumns { given: names.len(), limit: columns.len() };
        return Err(fault.whole());
    }
    for (position, name) in names.iter().enumerate() {
        if !columns.contains(name) {
            let allowed = columns.join(", ");
            let fault = InputFault::UnknownColumn { position: position + 1, allowed };
            return Err(fault.at(1, "header"));
        }
        if names[..position].contains(name) {
            return Err(InputFault::DuplicateColumn.at(1, name));
        }
    }
    let position = |(number, column): (usize, &&'static str)| match names
        .iter()
        .position(|name| name == column)
    {
        None if number < schema.needed() => Err(InputFault::MissingColumn.at(1, column)),
        found => Ok(found),
    };
    columns.iter().enumerate().map(position).collect()
}
