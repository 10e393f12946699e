//! The columns of some decoded rows, as the values of events.
//!
//! Not here: the rules for the values (module `schema`), decoding (crate `parquet`).
//!
//! Invariants:
//! 1. Texts are views of pages: a value that many rows share takes memory once.

use std::cell::Cell;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
};
use arrow_array::{Array, ArrayRef, Date32Array, RecordBatch as Rows, StringViewArray};
use arrow_schema::{DataType, TimeUnit};
use tidegauge_fold::Pseudonym;
use tidegauge_model::plan::EVENT_COLUMNS;

use crate::error::InputFault;
use crate::intake::admit::RowValues;
use crate::intake::schema::{OCCURRED_AT, Schema};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// The schema's columns of some decoded rows.
pub(super) struct DecodedColumns {
    event_ids: StringViewArray,
    names: StringViewArray,
    /// What the names become; `None` for one that is refused.
    pseudonyms: Vec<Option<Pseudonym>>,
    /// The columns of times and of days; `None` for one that the file leaves out.
    times: Option<TimeColumn>,
    days: Option<DayColumn>,
    kinds: MappedColumn<u8>,
    codes: Vec<MappedColumn<u16>>,
    /// The correction columns; `None` for one that the file leaves out.
    corrections: Vec<Option<StringViewArray>>,
}

impl DecodedColumns {
    /// `None` if a column was not decoded to the requested type, or is not UTF-8.
    pub(super) fn new(rows: &Rows, places: &[Option<usize>], schema: &Schema) -> Option<Self> {
        let column = |number: usize| places[number].map(|place| rows.column(place));
        let codes = (0..schema.attributes()).map(|attribute| {
            let codes = texts(column(EVENT_COLUMNS.len() + attribute)?)?;
            Some(MappedColumn::new(codes, |code| schema.code(attribute, code)))
        });
        let corrections = places[schema.corrections_from()..].iter().map(|place| match place {
            None => Some(None),
            Some(place) => texts(rows.column(*place)).map(Some),
        });
        let times = match column(OCCURRED_AT) {
            None => None,
            Some(times) => Some(TimeColumn::new(times)?),
        };
        let days = match column(schema.day_column()) {
            None => None,
            Some(days) => Some(DayColumn::new(days)?),
        };
        let names = texts(column(1)?)?;
        let pseudonyms = schema.pseudonyms((0..names.len()).map(|row| text(&names, row)));
        Some(Self {
            event_ids: texts(column(0)?)?,
            names,
            pseudonyms,
            times,
            days,
            kinds: MappedColumn::new(texts(column(3)?)?, |kind| schema.kind(kind)),
            codes: codes.collect::<Option<_>>()?,
            corrections: corrections.collect::<Option<_>>()?,
        })
    }
}

/// A column of texts; those whose file does not say that they are UTF-8 are checked.
fn texts(column: &ArrayRef) -> Option<StringViewArray> {
    match column.as_string_view_opt() {
        Some(texts) => Some(texts.clone()),
        None => column.as_binary_view_opt()?.clone().to_string_view().ok(),
    }
}

/// One of the decoded rows.
pub(super) struct DecodedRow<'a> {
    pub(super) columns: &'a DecodedColumns,
    pub(super) row: usize,
}

impl RowValues for DecodedRow<'_> {
    fn event_id(&self) -> Result<&str, InputFault> {
        text(&self.columns.event_ids, self.row).ok_or(InputFault::MissingValue)
    }

    fn pseudonym(&self, schema: &Schema) -> Result<Pseudonym, InputFault> {
        if let Some(pseudonym) = self.columns.pseudonyms[self.row] {
            return Ok(pseudonym);
        }
        let name = text(&self.columns.names, self.row).ok_or(InputFault::MissingValue)?;
        schema.pseudonym(name)
    }

    fn occurred_at(&self, schema: &Schema) -> Result<Option<i64>, InputFault> {
        self.columns.times.as_ref().map_or(Ok(None), |times| times.row(self.row, schema))
    }

    fn occurred_on(&self, schema: &Schema) -> Result<Option<i64>, InputFault> {
        self.columns.days.as_ref().map_or(Ok(None), |days| days.row(self.row, schema))
    }

    fn kind(&self, _: &Schema) -> Result<u8, InputFault> {
        self.columns.kinds.row(self.row)
    }

    fn code(&self, attribute: usize, _: &Schema) -> Result<u16, InputFault> {
        self.columns.codes[attribute].row(self.row)
    }

    /// A null is an empty text.
    fn correction(&self, column: usize) -> &str {
        let texts = self.columns.corrections[column].as_ref();
        texts.and_then(|texts| text(texts, self.row)).unwrap_or_default()
    }
}

/// The text in a row; `None` for a null.
fn text(column: &StringViewArray, row: usize) -> Option<&str> {
    (!column.is_null(row)).then(|| column.value(row))
}

/// A column of few values, with the schema's result for each of them.
struct MappedColumn<T> {
    /// For each row, the place of its value.
    places: Vec<u32>,
    /// The first is for nulls.
    values: Vec<Result<T, InputFault>>,
}

/// Views that [`MappedColumn`] looks up at once.
const VIEWS: usize = 64;

impl<T: Copy> MappedColumn<T> {
    fn new(texts: StringViewArray, map: impl Fn(&str) -> Result<T, InputFault>) -> Self {
        let mut values = vec![Err(InputFault::MissingValue)];
        // Equal views have equal texts. Most values are short or come from a dictionary, and then
        // equal texts have equal views, so few rows need the schema.
        let known: [Cell<(u128, u32)>; VIEWS] = [const { Cell::new((0, 0)) }; VIEWS];
        let place = |(row, &view): (usize, &u128)| {
            if texts.is_null(row) {
                return 0;
            }
            let mixed = (view ^ (view >> 64)) as u64;
            let hash = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58;
            let known = &known[hash as usize];
            match known.get() {
                (found, place) if found == view && place > 0 => place,
                _ => {
                    // Fits: there are at most as many values as rows.
                    let place = values.len() as u32;
                    values.push(map(texts.value(row)));
                    known.set((view, place));
                    place
                }
            }
        };
        let places = texts.views().iter().enumerate().map(place).collect();
        Self { places, values }
    }

    fn row(&self, row: usize) -> Result<T, InputFault> {
        match &self.values[self.places[row] as usize] {
            Ok(value) => Ok(*value),
            Err(fault) => Err(fault.clone()),
        }
    }
}

/// The column of times, in its own unit.
enum TimeColumn {
    Millis(arrow_array::TimestampMillisecondArray),
    Micros(arrow_array::TimestampMicrosecondArray),
    Nanos(arrow_array::TimestampNanosecondArray),
    Text(StringViewArray),
}

impl TimeColumn {
    fn new(column: &ArrayRef) -> Option<Self> {
        Some(match column.data_type() {
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                Self::Millis(column.as_primitive_opt::<TimestampMillisecondType>()?.clone())
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Self::Micros(column.as_primitive_opt::<TimestampMicrosecondType>()?.clone())
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                Self::Nanos(column.as_primitive_opt::<TimestampNanosecondType>()?.clone())
            }
            _ => Self::Text(texts(column)?),
        })
    }

    /// Milliseconds since 1970; `None` for a null.
    fn row(&self, row: usize, schema: &Schema) -> Result<Option<i64>, InputFault> {
        let value = |times: &dyn Array, time: i64| (!times.is_null(row)).then_some(time);
        match self {
            Self::Millis(times) => Ok(value(times, times.value(row))),
            Self::Micros(times) => Ok(value(times, times.value(row).div_euclid(1000))),
            Self::Nanos(times) => Ok(value(times, times.value(row).div_euclid(1_000_000))),
            Self::Text(times) => text(times, row).map(|time| schema.instant(time)).transpose(),
        }
    }
}

/// The column of days. A time without a zone that is midnight is a day: some programs have no type
/// for days.
enum DayColumn {
    Days(Date32Array),
    Midnights(TimeColumn),
    Text(StringViewArray),
}

impl DayColumn {
    fn new(column: &ArrayRef) -> Option<Self> {
        Some(match column.data_type() {
            DataType::Date32 => Self::Days(column.as_primitive_opt::<Date32Type>()?.clone()),
            DataType::Timestamp(..) => Self::Midnights(TimeColumn::new(column)?),
            _ => Self::Text(texts(column)?),
        })
    }

    /// The first instant of the day, in milliseconds since 1970; `None` for a null.
    fn row(&self, row: usize, schema: &Schema) -> Result<Option<i64>, InputFault> {
        match self {
            Self::Days(days) if days.is_null(row) => Ok(None),
            Self::Days(days) => schema.day_number(days.value(row)).map(Some),
            Self::Midnights(times) => {
                let Some(time) = times.row(row, schema)? else { return Ok(None) };
                let day = i32::try_from(time.div_euclid(DAY)).ok().filter(|_| time % DAY == 0);
                schema.day_number(day.ok_or(InputFault::BadDay)?).map(Some)
            }
            Self::Text(days) => text(days, row).map(|day| schema.day(day)).transpose(),
        }
    }
}
