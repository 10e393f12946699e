//! The mapping: a row of an agency becomes a row of the plan.
//!
//! Local times: see `time`. A day of birth is compared with the day of the event in the plan's time
//! zone; the age is counted as in daily life.
//!
//! Not here: reading files, keys.
//!
//! Invariants:
//! 1. A mapping is made only if every column that the plan requires is mapped and every code is one
//!    of the plan's (`mapping::tests::a_mapping_must_be_whole`).
//! 2. What a store refuses for its date is a fault here
//!    (`mapping::tests::no_event_is_older_than_a_store_takes`,
//!    `mapping::tests::a_day_or_none_is_none_where_a_row_has_no_day`).
//! 3. The values of a row come from wanted fields and constants only, and the identifier leaves
//!    only as a pseudonym (`mapping::tests::a_row_becomes_a_row_of_the_plan`).

mod code;
mod time;

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tidegauge_delivery::{Column, ColumnKind, OLDEST_EVENT, PlanColumns};
use tidegauge_model::days;
use tidegauge_model::plan::life_cycle::NO_DATE;

use self::code::CodeTable;
use self::time::TimeForm;
use crate::error::Error;
use crate::fault::{Fault, RowFault};
use crate::keyed::Pseudonyms;
use crate::rows::{Row, Wanted};
use crate::settings::{Rule, Rules};

/// The column of a day in place of an instant.
const OCCURRED_ON: &str = "occurred_on";
/// The column of an instant.
const OCCURRED_AT: &str = "occurred_at";

/// How one column is made.
enum Making {
    EventId { constant: Option<String>, fields: Vec<usize> },
    Person { constant: Option<String>, fields: Vec<usize>, refuse: Vec<String> },
    Instant { fields: Vec<usize>, form: TimeForm },
    Day { fields: Vec<usize>, form: TimeForm },
    DayOrNone { fields: Vec<usize>, form: TimeForm },
    NoDay,
    Code { field: Option<usize>, constant: Option<String>, table: CodeTable },
    Age { field: usize, form: TimeForm, bands: Vec<(String, u16, u16)>, table: CodeTable },
    Revision { field: Option<usize>, constant: Option<String> },
}

/// One column of the plan, and how it is made.
struct Made {
    name: String,
    making: Making,
}

/// A mapping of one input to the columns of a plan.
pub struct Mapping {
    columns: Vec<Made>,
    zone: TimeZone,
    cursor: Option<(Vec<usize>, TimeForm)>,
}

/// A row of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRow {
    /// The values, in the order of the mapping's columns.
    pub values: Vec<String>,
    /// Up to when the input is complete by this row, if it has a cursor.
    pub cursor: Timestamp,
}

/// Why a row does not become one of the plan.
#[derive(Debug)]
pub enum Stop {
    /// The row is at fault.
    Row(RowFault),
    /// Nothing can be mapped now.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Mapping {
    /// The mapping by these rules; adds the fields that it reads to `wanted`. Paths are relative to
    /// `folder`. `cursor` is the rule for the time of the cursor.
    ///
    /// Errors: a column that the plan does not have or that is missing, a rule that does not fit
    /// its column, a code that the plan does not have.
    pub fn new(
        rules: &Rules,
        cursor: Option<&Rule>,
        plan: &PlanColumns,
        folder: &Path,
        wanted: &mut Wanted,
    ) -> Result<Self, Error> {
        check_whole(rules, plan)?;
        let zone = TimeZone::get(&plan.time_zone).map_err(|_| {
            Error::input("unknown-zone", "plan", "time_zone", "is not known here; update the agent")
        })?;
        let mut columns = Vec::new();
        for column in &plan.columns {
            if let Some(rule) = rules.get(&column.name) {
                let making = making(rule, column, folder, wanted)?;
                columns.push(Made { name: column.name.clone(), making });
            }
        }
        let cursor = match cursor {
            None => None,
            Some(rule) => {
                let fields = fields(rule, "complete_time", wanted)?;
                Some((fields, TimeForm::new(rule, "complete_time")?))
            }
        };
        Ok(Self { columns, zone, cursor })
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Maps a row.
    ///
    /// Errors: the first fault in the order of the plan's columns; a key that cannot be used.
    pub fn map(&self, row: &Row, pseudonyms: &Pseudonyms) -> Result<PlanRow, Stop> {
        let located = |column: &str, fault: Fault| Stop::Row(fault.at(row.number(), column));
        let (when, cursor) = self.when(row).map_err(|(name, fault)| located(name, fault))?;
        let mut values = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let value = column.making.value(row, when.day, pseudonyms)?;
            values.push(value.map_err(|fault| located(&column.name, fault))?);
        }
        Ok(PlanRow { values, cursor })
    }

    /// The day of the event, and the time of the cursor.
    fn when(&self, row: &Row) -> Result<(When, Timestamp), (&str, Fault)> {
        let mut when = None;
        for column in &self.columns {
            let at_column = |fault| (column.name.as_str(), fault);
            match &column.making {
                Making::Instant { fields, form } => {
                    let text = joined(row, fields).map_err(at_column)?;
                    let instant = form.instant(&text).map_err(at_column)?;
                    let day = self.zone.to_datetime(instant).date();
                    when = Some(When::new(day, instant).map_err(at_column)?);
                }
                Making::Day { fields, form } => {
                    let text = joined(row, fields).map_err(at_column)?;
                    let day = form.day(&text).map_err(at_column)?;
                    let start = self.zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible();
                    let instant = start.map_err(|_| at_column(form.bad_day()))?;
                    when = Some(When::new(day, instant).map_err(at_column)?);
                }
                _ => {}
            }
        }
        // A mapping has one of the two columns of time.
        let when = when.ok_or((OCCURRED_AT, Fault::MissingValue))?;
        let cursor = match &self.cursor {
            None => when.instant,
            Some((fields, form)) => {
                let at_column = |fault| ("complete_time", fault);
                let text = joined(row, fields).map_err(at_column)?;
                form.instant(&text).map_err(at_column)?
            }
        };
        Ok((when, cursor))
    }
}

/// When an event was.
#[derive(Clone, Copy)]
struct When {
    day: Date,
    instant: Timestamp,
}

impl When {
    /// Errors: an event that is older than any that a store takes.
    fn new(day: Date, instant: Timestamp) -> Result<Self, Fault> {
        match instant.as_millisecond() < OLDEST_EVENT {
            true => Err(Fault::TooOld),
            false => Ok(Self { day, instant }),
        }
    }
}

/// The text of a date as a store takes it: counted in 16 bits from 1970, of which the last stands
/// for none.
fn date_text(day: Date) -> Result<String, Fault> {
    let number = u16::try_from(days::number(day)).ok().filter(|&number| number != u16::MAX);
    number.map(|_| day.to_string()).ok_or(Fault::BadDate)
}

impl TimeForm {
    fn bad_day(&self) -> Fault {
        Fault::BadTime { format: "a day of the years 1 to 9999".to_owned() }
    }
}

/// Checks that rules name columns of the plan, and all that it requires.
fn check_whole(rules: &Rules, plan: &PlanColumns) -> Result<(), Error> {
    let place = "mapping";
    if let Some(name) = rules.keys().find(|name| plan.column(name).is_none()) {
        let all: Vec<&str> = plan.columns.iter().map(|column| column.name.as_str()).collect();
        let rule = format_args!("is not a column of the plan; it has {}", all.join(", "));
        return Err(Error::input("unknown-column", place, name, rule));
    }
    let required = plan.columns.iter().filter(|column| column.required);
    let missing: Vec<&str> = required
        .map(|column| column.name.as_str())
        .filter(|name| !rules.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        let rule = "the plan requires it; write a rule for each, as the guide has them";
        return Err(Error::input("missing-mapping", place, missing.join(", "), rule));
    }
    match (rules.contains_key(OCCURRED_AT), rules.contains_key(OCCURRED_ON)) {
        (true, false) | (false, true) => Ok(()),
        _ => {
            let rule = "one of the two is needed, and not both; map instants, or days where no \
                        time is known";
            Err(Error::input("missing-mapping", place, "occurred_at, occurred_on", rule))
        }
    }
}

/// The fields of a rule.
fn fields(rule: &Rule, column: &str, wanted: &mut Wanted) -> Result<Vec<usize>, Error> {
    let names: Vec<&String> = rule.column.iter().chain(&rule.columns).collect();
    if names.is_empty() || (rule.column.is_some() && !rule.columns.is_empty()) {
        let text = "needs `column` or `columns`, and not both; write one of them";
        return Err(Error::input("bad-rule", format_args!("mapping.{column}"), "column", text));
    }
    Ok(names.into_iter().map(|name| wanted.add(name)).collect())
}

/// The one field of a rule, or its constant.
fn field_or_constant(
    rule: &Rule,
    column: &str,
    wanted: &mut Wanted,
) -> Result<(Option<usize>, Option<String>), Error> {
    let bad = |field: &str, text: &str| {
        Err(Error::input("bad-rule", format_args!("mapping.{column}"), field, text))
    };
    match (&rule.column, &rule.constant) {
        _ if !rule.columns.is_empty() => {
            bad("columns", "this column is made from one field; name it in `column`")
        }
        (Some(name), None) => Ok((Some(wanted.add(name)), None)),
        (None, Some(constant)) => Ok((None, Some(constant.clone()))),
        _ => bad("column", "needs `column` or `constant`, and not both; write one of them"),
    }
}

/// How a column is made by a rule.
fn making(
    rule: &Rule,
    column: &Column,
    folder: &Path,
    wanted: &mut Wanted,
) -> Result<Making, Error> {
    let name = column.name.as_str();
    check_keys(rule, column)?;
    Ok(match column.kind {
        ColumnKind::EventId => {
            Making::EventId { constant: rule.constant.clone(), fields: fields(rule, name, wanted)? }
        }
        ColumnKind::Pseudonym => Making::Person {
            constant: rule.constant.clone(),
            fields: fields(rule, name, wanted)?,
            refuse: canonical_all(rule)?,
        },
        ColumnKind::Instant => Making::Instant {
            fields: fields(rule, name, wanted)?,
            form: TimeForm::new(rule, name)?,
        },
        ColumnKind::Day => {
            Making::Day { fields: fields(rule, name, wanted)?, form: TimeForm::new(rule, name)? }
        }
        ColumnKind::DayOrNone => match rule.constant.as_deref() {
            None => Making::DayOrNone {
                fields: fields(rule, name, wanted)?,
                form: TimeForm::new(rule, name)?,
            },
            Some(NO_DATE) if rule.column.is_none() && rule.columns.is_empty() => Making::NoDay,
            Some(_) => {
                let text = format_args!("can only be {NO_DATE}; write it, or name a `column`");
                return Err(Error::input(
                    "bad-rule",
                    format_args!("mapping.{name}"),
                    "constant",
                    text,
                ));
            }
        },
        ColumnKind::Code if !rule.age_bands.is_empty() => {
            let table = CodeTable::new(rule, column, folder)?;
            let field = match fields(rule, name, wanted)?[..] {
                [field] => field,
                _ => return Err(bad_bands(name, "needs one field; name it in `column`")),
            };
            Making::Age {
                field,
                form: TimeForm::new(rule, name)?,
                bands: bands(rule, &table, name)?,
                table,
            }
        }
        ColumnKind::Code | ColumnKind::Action => {
            let table = CodeTable::new(rule, &with_actions(column), folder)?;
            let (field, constant) = field_or_constant(rule, name, wanted)?;
            let column = with_actions(column);
            let constant = constant.map(|constant| table.constant(&constant, &column)).transpose();
            Making::Code { field, constant: constant?, table }
        }
        ColumnKind::Revision => {
            let (field, constant) = field_or_constant(rule, name, wanted)?;
            Making::Revision { field, constant }
        }
    })
}

/// The column with the codes of actions, if it is the one of actions: none is needed, none means
/// count.
pub(crate) fn with_actions(column: &Column) -> Column {
    let mut column = column.clone();
    if column.kind == ColumnKind::Action {
        column.codes = ["count", "retract"]
            .map(|id| tidegauge_delivery::CodeText {
                id: id.to_owned(),
                name: id.to_owned(),
                also: vec![],
                from: None,
                to: None,
            })
            .to_vec();
    }
    column
}

/// Refuses keys of a rule that mean nothing for its column, so that none is ignored.
fn check_keys(rule: &Rule, column: &Column) -> Result<(), Error> {
    let is_time =
        matches!(column.kind, ColumnKind::Instant | ColumnKind::Day | ColumnKind::DayOrNone);
    // A day or none can be none for every row.
    let is_dated = matches!(column.kind, ColumnKind::Instant | ColumnKind::Day);
    let is_code = matches!(column.kind, ColumnKind::Code | ColumnKind::Action);
    let has_bands = !rule.age_bands.is_empty();
    let has_codes = !rule.codes.is_empty() || rule.codes_file.is_some() || rule.other.is_some();
    let misplaced = [
        ("constant", rule.constant.is_some() && (is_dated || has_bands)),
        ("codes", has_codes && (!is_code || has_bands)),
        ("missing", rule.missing.is_some() && !is_code),
        ("format", (rule.format.is_some() || !rule.formats.is_empty()) && !is_time && !has_bands),
        ("zone", rule.zone.is_some() && column.kind != ColumnKind::Instant),
        ("age_bands", has_bands && column.kind != ColumnKind::Code),
        ("refuse", !rule.refuse.is_empty() && column.kind != ColumnKind::Pseudonym),
    ];
    match misplaced.into_iter().find(|(_, is_misplaced)| *is_misplaced) {
        None => Ok(()),
        Some((key, _)) => {
            let text = "means nothing for this column; remove it";
            Err(Error::input("bad-rule", format_args!("mapping.{}", column.name), key, text))
        }
    }
}

fn canonical_all(rule: &Rule) -> Result<Vec<String>, Error> {
    let canonical = |text: &String| {
        crate::keyed::canonical(text).map(|text| text.to_string()).map_err(|_| {
            let text = "a text of it has no character that counts; remove it, as empty fields are \
                        refused anyway";
            Error::input("bad-rule", "mapping.pseudonym", "refuse", text)
        })
    };
    rule.refuse.iter().map(canonical).collect()
}

fn bad_bands(column: &str, rule: &str) -> Error {
    Error::input("bad-rule", format_args!("mapping.{column}"), "age_bands", rule)
}

/// The bands of a rule: code, first and last age.
fn bands(rule: &Rule, table: &CodeTable, column: &str) -> Result<Vec<(String, u16, u16)>, Error> {
    let mut bands = Vec::new();
    for (code, ages) in &rule.age_bands {
        let code = table.code(Some(code)).map_err(|fault| bad_bands(column, &fault.to_string()))?;
        match ages[..] {
            [first] => bands.push((code, first, u16::MAX)),
            [first, last] if first <= last => bands.push((code, first, last)),
            _ => {
                return Err(bad_bands(
                    column,
                    "a band is not [first, last] or [first]; correct it",
                ));
            }
        }
    }
    bands.sort_by_key(|band| band.1);
    if bands.windows(2).any(|pair| pair[0].2 >= pair[1].1) {
        return Err(bad_bands(column, "two bands have the same age; change one"));
    }
    Ok(bands)
}

/// Whether a text is a date or time of a rule's form: an instant, a day or, with another kind, a
/// time of day.
pub(crate) fn fits(rule: &Rule, kind: ColumnKind, text: &str) -> bool {
    let Ok(form) = TimeForm::new(rule, "sample") else { return false };
    match kind {
        ColumnKind::Instant => form.instant(text).is_ok(),
        ColumnKind::Day => form.day(text).is_ok(),
        _ => form.is_time_of_day(text),
    }
}

/// The texts of fields, each of which must have one.
fn texts<'a>(row: &'a Row, fields: &[usize]) -> Result<Vec<&'a str>, Fault> {
    fields.iter().map(|&field| row.get(field).ok_or(Fault::MissingValue)).collect()
}

/// The texts of fields of an identifier: numbers that are rounded, or written in several ways, are
/// refused.
fn exact<'a>(row: &'a Row, fields: &[usize]) -> Result<Vec<&'a str>, Fault> {
    match fields.iter().all(|&field| row.is_exact(field)) {
        true => texts(row, fields),
        false => Err(Fault::InexactNumber),
    }
}

/// The texts of fields with spaces between them.
fn joined(row: &Row, fields: &[usize]) -> Result<String, Fault> {
    Ok(texts(row, fields)?.join(" "))
}

impl Making {
    /// The value of this column.
    fn value(
        &self,
        row: &Row,
        day: Date,
        pseudonyms: &Pseudonyms,
    ) -> Result<Result<String, Fault>, Error> {
        Ok(match self {
            Making::EventId { constant, fields } => match exact(row, fields) {
                Ok(texts) => {
                    let all: Vec<&str> = constant.as_deref().into_iter().chain(texts).collect();
                    pseudonyms.event(&all)?
                }
                Err(fault) => Err(fault),
            },
            Making::Person { constant, fields, refuse } => match exact(row, fields) {
                Ok(texts) if texts.iter().any(|text| is_refused(text, refuse)) => {
                    Err(Fault::RefusedIdentifier)
                }
                Ok(texts) => pseudonyms.person(constant.as_deref(), &texts)?,
                Err(fault) => Err(fault),
            },
            Making::Instant { fields, form } => joined(row, fields)
                .and_then(|text| form.instant(&text))
                .map(|instant| instant.to_string()),
            Making::Day { fields, form } => {
                joined(row, fields).and_then(|text| form.day(&text)).map(|day| day.to_string())
            }
            Making::DayOrNone { fields, form } => match joined(row, fields).as_deref() {
                Err(Fault::MissingValue) | Ok(NO_DATE) => Ok(NO_DATE.to_owned()),
                Err(fault) => Err(fault.clone()),
                Ok(text) => form.day(text).and_then(date_text),
            },
            Making::NoDay => Ok(NO_DATE.to_owned()),
            Making::Code { constant: Some(constant), .. } => Ok(constant.clone()),
            Making::Code { field, table, .. } => table.code(field.and_then(|field| row.get(field))),
            Making::Age { field, form, bands, table } => match row.get(*field) {
                None => table.code(None),
                Some(text) => form.birth(text).and_then(|birth| band(birth.age(day), bands)),
            },
            Making::Revision { field, constant } => {
                let text = constant.as_deref().or_else(|| row.get((*field)?)).unwrap_or("0");
                text.parse::<u16>().map(|number| number.to_string()).map_err(|_| Fault::BadRevision)
            }
        })
    }
}

fn is_refused(text: &str, refuse: &[String]) -> bool {
    !refuse.is_empty() && crate::keyed::canonical(text).is_ok_and(|text| refuse.contains(&*text))
}

/// The band of an age.
fn band(age: i16, bands: &[(String, u16, u16)]) -> Result<String, Fault> {
    let age = u16::try_from(age).map_err(|_| Fault::NoBand)?;
    let found = bands.iter().find(|(_, first, last)| (*first..=*last).contains(&age));
    found.map(|(code, ..)| code.clone()).ok_or(Fault::NoBand)
}

#[cfg(test)]
pub(crate) mod tests {
    use tidegauge_delivery::{CodeText, Limits};

    use super::*;
    use crate::keyed::{FileKey, Keyed};
    use crate::secret::Secret;

    /// A plan of entries and exits, with bands of ages and corrections.
    pub(crate) fn plan() -> PlanColumns {
        let column = |name: &str, kind: ColumnKind, required: bool, codes: &[&str]| Column {
            name: name.into(),
            kind,
            required,
            codes: codes
                .iter()
                .map(|&id| CodeText {
                    id: id.into(),
                    name: id.into(),
                    also: vec![],
                    from: None,
                    to: None,
                })
                .collect(),
        };
        PlanColumns {
            store: "5ac0".into(),
            synthetic: false,
            plan: "BORDER".into(),
            title: "Border".into(),
            time_zone: "Europe/Warsaw".into(),
            pseudonym_key: Some(key().id().to_owned()),
            sources: vec![],
            columns: vec![
                column("event_id", ColumnKind::EventId, true, &[]),
                column("pseudonym", ColumnKind::Pseudonym, true, &[]),
                column("occurred_at", ColumnKind::Instant, false, &[]),
                column("occurred_on", ColumnKind::Day, false, &[]),
                column("kind", ColumnKind::Code, true, &["ENTRY", "EXIT"]),
                column("age_band", ColumnKind::Code, true, &["Y0_17", "Y18", "UNK"]),
                column("until", ColumnKind::DayOrNone, false, &[]),
                column("revision", ColumnKind::Revision, false, &[]),
                column("action", ColumnKind::Action, false, &[]),
            ],
            limits: Limits { body_bytes: 1 << 20, expanded_bytes: 1 << 24, rows: 1000 },
        }
    }

    pub(crate) fn key() -> FileKey {
        FileKey::new(&Secret::from_bytes([7; 32]))
    }

    fn rules(text: &str) -> Rules {
        toml::from_str(text).unwrap()
    }

    const RULES: &str = "
        event_id = { columns = ['post', 'serial'] }
        pseudonym = { column = 'document', refuse = ['un-known'] }
        occurred_at = { columns = ['day', 'time'], format = '%d.%m.%Y %H:%M', zone = 'Europe/Rome' }
        kind = { column = 'dir', codes = { E = 'ENTRY' } }
        age_band = { column = 'born', age_bands = { Y0_17 = [0, 17], Y18 = [18] }, missing = 'UNK' }
        until = { column = 'until' }
        revision = { column = 'version' }
        action = { column = 'void', codes = { yes = 'retract', no = 'count' }, missing = 'count' }
    ";
    const FIELDS: [&str; 9] =
        ["post", "serial", "document", "day", "time", "dir", "born", "until", "version"];

    fn map(values: [&str; 9]) -> Result<PlanRow, Stop> {
        let mut wanted = Wanted::default();
        let mapping =
            Mapping::new(&rules(RULES), None, &plan(), Path::new(""), &mut wanted).unwrap();
        let mut row = wanted.row(5);
        for (name, value) in FIELDS.iter().zip(values) {
            row.set(wanted.place(name).unwrap(), value).unwrap();
        }
        mapping.map(&row, &Pseudonyms::new(Box::new(key()), false))
    }

    const GOOD: [&str; 9] = ["4", "17", "AB 1", "02.01.2026", "00:30", "E", "2008-01-02", "", "2"];

    #[test]
    fn a_row_becomes_a_row_of_the_plan() {
        let mapped = map(GOOD).unwrap();
        let values: Vec<&str> = mapped.values.iter().map(String::as_str).collect();
        assert_eq!(values[2..], ["2026-01-01T23:30:00Z", "ENTRY", "Y18", NO_DATE, "2", "count"]);
        assert!(values[1].starts_with("hk1:") && values[0].len() == 22);
        assert_eq!(mapped.cursor.to_string(), "2026-01-01T23:30:00Z");
    }

    #[test]
    fn an_identifier_is_not_made_from_a_rounded_number() {
        for (field, column) in [("serial", "event_id"), ("document", "pseudonym"), ("until", "")] {
            let mut wanted = Wanted::default();
            let mapping =
                Mapping::new(&rules(RULES), None, &plan(), Path::new(""), &mut wanted).unwrap();
            let mut row = wanted.row(5);
            for (name, value) in FIELDS.iter().zip(GOOD) {
                row.set(wanted.place(name).unwrap(), value).unwrap();
            }
            row.set_inexact(wanted.place(field).unwrap(), GOOD[7]).unwrap();
            match mapping.map(&row, &Pseudonyms::new(Box::new(key()), false)) {
                Ok(_) => assert_eq!(column, ""),
                Err(Stop::Row(fault)) => {
                    assert_eq!(
                        (fault.column.as_str(), fault.fault.code()),
                        (column, "inexact-number")
                    );
                }
                Err(Stop::Error(error)) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn each_fault_is_at_its_column() {
        for (field, value, column, code) in [
            (0, "", "event_id", "missing-value"),
            (2, "", "pseudonym", "missing-value"),
            (2, "Unknown", "pseudonym", "refused-identifier"),
            (3, "2026-01-02", "occurred_at", "bad-time"),
            (5, "X", "kind", "unknown-code"),
            (6, "2027-01-01", "age_band", "no-band"),
            (6, "x", "age_band", "bad-time"),
            (3, "01.01.1899", "occurred_at", "bad-time"),
            (3, "31.09.2026", "occurred_at", "bad-time"),
            (7, "x", "until", "bad-time"),
            (7, "1969-12-31", "until", "bad-date"),
            (7, "2149-12-31", "until", "bad-date"),
            (8, "-1", "revision", "bad-revision"),
        ] {
            let mut values = GOOD;
            values[field] = value;
            let Err(Stop::Row(fault)) = map(values) else { panic!("{column}") };
            assert_eq!((fault.column.as_str(), fault.fault.code(), fault.row), (column, code, 5));
        }
    }

    #[test]
    fn a_day_or_none_is_none_where_a_row_has_no_day() {
        for (given, expected) in [("", NO_DATE), (NO_DATE, NO_DATE), ("2148-12-31", "2148-12-31")] {
            let mut values = GOOD;
            values[7] = given;
            assert_eq!(map(values).unwrap().values[5], expected);
        }
        let text = RULES.replace("until = { column = 'until' }", "until = { constant = '_Z' }");
        let mut wanted = Wanted::default();
        Mapping::new(&rules(&text), None, &plan(), Path::new(""), &mut wanted).unwrap();
        assert!(wanted.place("until").is_none());
    }

    /// The first instant that a store takes, and the last that it refuses.
    #[test]
    fn no_event_is_older_than_a_store_takes() {
        let day = |day: &str| {
            let mut values = GOOD;
            (values[3], values[4], values[6]) = (day, "01:00", "");
            map(values)
        };
        // In Rome the clocks were an hour ahead of universal time.
        assert_eq!(day("01.01.1900").unwrap().values[2], "1900-01-01T00:00:00Z");
        let Err(Stop::Row(fault)) = day("31.12.1899") else { panic!("1899") };
        assert_eq!((fault.column.as_str(), fault.fault), ("occurred_at", Fault::TooOld));
    }

    #[test]
    fn a_mapping_must_be_whole() {
        for (old, new, code) in [
            ("kind = ", "#", "missing-mapping"),
            ("occurred_at = ", "#", "missing-mapping"),
            ("kind = ", "occurred_on = { column = 'x' }\nkind = ", "missing-mapping"),
            ("kind = ", "name = { column = 'x' }\nkind = ", "unknown-column"),
            ("'ENTRY'", "'ENTER'", "unknown-code"),
            ("Y18 = [18]", "Y18 = [17]", "bad-rule"),
            ("Y18 = [18]", "Y99 = [18]", "bad-rule"),
            ("column = 'dir'", "column = 'dir', zone = 'UTC'", "bad-rule"),
            ("column = 'document'", "constant = 'x'", "bad-rule"),
            ("column = 'until'", "constant = '2026-01-01'", "bad-rule"),
            ("column = 'until'", "column = 'until', constant = '_Z'", "bad-rule"),
            ("column = 'dir', codes = { E = 'ENTRY' }", "constant = 'ENTER'", "unknown-code"),
            ("'Europe/Rome'", "'Rome'", "unknown-zone"),
        ] {
            let text = RULES.replace(old, new);
            let mut wanted = Wanted::default();
            let made = Mapping::new(&rules(&text), None, &plan(), Path::new(""), &mut wanted);
            assert_eq!(made.err().map(|error| error.code()), Some(code), "{new}");
        }
    }

    #[test]
    fn days_without_a_time_have_their_own_column() {
        let text = RULES
            .lines()
            .map(|line| match line.trim().starts_with("occurred_at") {
                true => "occurred_on = { column = 'day', format = '%d.%m.%Y' }",
                false => line,
            })
            .collect::<Vec<_>>()
            .join("\n");
        let mut wanted = Wanted::default();
        let mapping =
            Mapping::new(&rules(&text), None, &plan(), Path::new(""), &mut wanted).unwrap();
        let mut row = wanted.row(1);
        for (name, value) in FIELDS.iter().zip(GOOD) {
            if let Some(place) = wanted.place(name) {
                row.set(place, value).unwrap();
            }
        }
        let mapped = mapping.map(&row, &Pseudonyms::new(Box::new(key()), false)).unwrap();
        assert_eq!(mapped.values[2], "2026-01-02");
        // The start of that day in the plan's zone.
        assert_eq!(mapped.cursor.to_string(), "2026-01-01T23:00:00Z");
        assert!(mapping.names().any(|name| name == "occurred_on"));
    }
}
