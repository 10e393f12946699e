//! The texts of a row: the plan's own columns, or those of an agency's export.
//!
//! Not here: what stands between the values (`text`, `table`).
//!
//! Invariants:
//! 1. Every pseudonym and every document begins with `syn1:`
//!    (`rehearsal::tests::every_row_is_of_a_synthetic_person`).
//! 2. An export has the same events as the plan's columns, no more and no less
//!    (`rehearsal::tests::an_export_has_the_same_events`).
//!
//! Format of an export: names of codes instead of codes, local times and dates.
//! ```text
//! No;Document;Date and time;Transaction;Border point;Traveller class
//! e1;syn1:0a3f5c7700b1d2e9;15.01.2024 08:30:00;Entry;Lo Wu;Mainland visitors
//! ```

use std::collections::HashMap;

use jiff::tz::TimeZone;
use tidegauge_model::plan::life_cycle::{NO_DATE, UNTIL};
use tidegauge_model::plan::{CORRECTION_COLUMNS, EVENT_COLUMNS};
use tidegauge_model::{CodeList, Days, Plan};

use super::maker::{date_of, instant};
use super::row::EventRow;
use crate::digits::{SYNTHETIC, push_number, push_time};
use crate::draw::Permutation;

/// Most days whose texts are kept.
const DAYS_KEPT: usize = 1000;

/// What a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    EventId,
    Person,
    Time,
    Kind,
    Code(usize),
    Until,
    Revision,
    Action,
}

/// The columns of the files, and the texts of their values.
pub(super) struct Labels {
    pub(super) columns: Vec<(String, Column)>,
    pub(super) raw: bool,
    kinds: Vec<String>,
    /// By attribute and code: the texts that mean the code.
    codes: Vec<Vec<Vec<String>>>,
    permutation: Permutation,
    days: Days,
    zone: TimeZone,
    known: HashMap<i32, DayLabels>,
}

/// The texts of a day.
#[derive(Clone)]
struct DayLabels {
    date: String,
    offset: String,
    /// The second of the day at which it begins.
    first_second: u32,
    /// Whether the clock shows the same offset all day.
    is_plain: bool,
}

impl Labels {
    pub(super) fn new(plan: &Plan, raw: bool, permutation: Permutation) -> Self {
        let codes = |list: &CodeList| match raw {
            true => names(list),
            false => own_codes(list),
        };
        let kinds = plan.life_cycle.kinds.iter();
        Self {
            columns: columns(plan, raw),
            raw,
            kinds: kinds.map(|kind| if raw { titled(kind) } else { kind.clone() }).collect(),
            codes: plan.attributes.iter().map(|attribute| codes(&attribute.code_list)).collect(),
            permutation,
            days: plan.days(),
            zone: plan.time_zone().clone(),
            known: HashMap::new(),
        }
    }

    /// The instant of a row's event, in microseconds since 1970.
    pub(super) fn microsecond(&self, row: &EventRow) -> i64 {
        instant(&self.days, row.day, row.second).as_microsecond()
    }

    /// Appends the value of a column.
    pub(super) fn push(&mut self, column: Column, row: &EventRow, text: &mut Vec<u8>) {
        match column {
            Column::EventId => {
                text.push(b'e');
                push_number(text, row.id);
            }
            Column::Person => {
                text.extend(SYNTHETIC);
                text.extend(self.permutation.digits(row.person));
            }
            Column::Time if self.raw => self.push_local_time(row, text),
            Column::Time => {
                let day = self.day(row.day);
                text.extend(day.date.as_bytes());
                text.push(b'T');
                push_time(text, day.first_second + row.second);
                text.extend(day.offset.as_bytes());
            }
            Column::Kind => text.extend(self.kinds[usize::from(row.kind)].as_bytes()),
            Column::Code(attribute) => {
                let texts = &self.codes[attribute][usize::from(row.codes[attribute])];
                text.extend(texts[usize::from(row.also) % texts.len()].as_bytes());
            }
            Column::Until if row.until == 0 => {
                text.extend(if self.raw { b"" } else { NO_DATE.as_bytes() });
            }
            Column::Until => text.extend(self.day(row.until).date.as_bytes()),
            Column::Revision => push_number(text, row.revision.into()),
            Column::Action => text.extend(match (self.raw, row.retracts) {
                (false, false) => b"count".as_slice(),
                (false, true) => b"retract",
                (true, false) => b"valid",
                (true, true) => b"cancelled",
            }),
        }
    }

    fn push_local_time(&mut self, row: &EventRow, text: &mut Vec<u8>) {
        let day = self.day(row.day);
        text.extend(day.date.as_bytes());
        text.push(b' ');
        let mut second = day.first_second + row.second;
        if !day.is_plain {
            let time = self.zone.to_datetime(instant(&self.days, row.day, row.second)).time();
            let part = |number: i8| u32::from(number.unsigned_abs());
            second = (part(time.hour()) * 60 + part(time.minute())) * 60 + part(time.second());
        }
        push_time(text, second);
    }

    /// The texts of a day.
    fn day(&mut self, day: i32) -> &DayLabels {
        if self.known.len() > DAYS_KEPT {
            self.known.clear();
        }
        let Self { known, days, zone, raw, .. } = self;
        known.entry(day).or_insert_with(|| DayLabels::new(day, days, zone, *raw))
    }
}

impl DayLabels {
    fn new(day: i32, days: &Days, zone: &TimeZone, raw: bool) -> Self {
        let date = date_of(day);
        let start = instant(days, day, 0);
        let offset = zone.to_offset(start).seconds();
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs() / 60);
        let time = zone.to_datetime(start).time();
        let first = i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60;
        Self {
            date: match raw {
                true => format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year()),
                false => date.to_string(),
            },
            offset: format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60),
            first_second: first.unsigned_abs(),
            is_plain: days.start(day + 1) - days.start(day) == 86_400_000,
        }
    }
}

/// The columns of the files, with their headers.
fn columns(plan: &Plan, raw: bool) -> Vec<(String, Column)> {
    let header = |own: &str, exported: &str| {
        if raw { exported.to_owned() } else { own.to_owned() }
    };
    let [id, person, time, kind] = EVENT_COLUMNS;
    let mut columns = vec![
        (header(id, "No"), Column::EventId),
        (header(person, "Document"), Column::Person),
        (header(time, "Date and time"), Column::Time),
        (header(kind, "Transaction"), Column::Kind),
    ];
    for (number, attribute) in plan.attributes.iter().enumerate() {
        columns.push((header(attribute.name, &titled(attribute.name)), Column::Code(number)));
    }
    if plan.life_cycle.has_dates() {
        columns.push((header(UNTIL, "Valid until"), Column::Until));
    }
    if plan.life_cycle.corrections {
        let [revision, action] = CORRECTION_COLUMNS;
        columns.push((header(revision, "Version"), Column::Revision));
        columns.push((header(action, "State"), Column::Action));
    }
    columns
}

/// `FINAL_DECISION` as `Final decision`.
fn titled(word: &str) -> String {
    let lower = word.to_lowercase().replace('_', " ");
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The codes of a list, each with the other codes under which events name it.
fn own_codes(list: &CodeList) -> Vec<Vec<String>> {
    let codes = list.codes().iter();
    codes.map(|code| [std::slice::from_ref(&code.id), &code.also].concat()).collect()
}

/// The names of the codes of a list; the code itself where another has the same name.
fn names(list: &CodeList) -> Vec<Vec<String>> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for code in list.codes() {
        *counts.entry(&code.name).or_default() += 1;
    }
    let unique = |name: &str| counts.get(name) == Some(&1);
    let codes = list.codes().iter();
    let name = |name: &str, id: &str| if unique(name) { name } else { id }.to_owned();
    codes.map(|code| vec![name(&code.name, &code.id)]).collect()
}
