//! What would leave, shown on a sample: column by column, with pseudonyms and ids masked, and every
//! bad row's place with its rule.
//!
//! Codes are public, so they are listed; of times the first and the last day; of persons and events
//! nothing but the form.
//!
//! Not here: sending anything.
//!
//! Invariants:
//! 1. No identifier, pseudonym, id or unmapped value is in the report (`tests/canaries.rs`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tidegauge_delivery::{ColumnKind, PlanColumns};
use tidegauge_model::plan::life_cycle::NO_DATE;

use crate::error::Error;
use crate::fault::RowFault;
use crate::keys::signing_key;
use crate::mapping::{Mapping, PlanRow, Stop};
use crate::rows::{Item, Wanted, names, open};
use crate::settings::{CompleteBy, InputPart, Rules, Settings};
use crate::shown::shown;
use crate::work::{day_of_name, mapping, pseudonyms, read_columns};

/// Faults that are shown.
const FAULTS_MAX: usize = 100;
/// Codes of a column that are shown.
const CODES_MAX: usize = 12;

/// Characters of a name of a field.
const NAME_CHARS_MAX: usize = 64;

/// The report, and whether everything is well.
pub(crate) struct Report {
    pub(crate) text: String,
    pub(crate) result: Result<(), Error>,
}

/// What is known of a column.
#[derive(Default)]
struct Seen {
    codes: BTreeSet<String>,
    first: Option<String>,
    last: Option<String>,
}

/// Checks a sample under the settings of an input.
pub(crate) fn check(
    settings: &Settings,
    input: Option<&str>,
    sample: Option<&Path>,
) -> Result<Report, Error> {
    let chosen = |part: &&InputPart| input.is_none_or(|name| part.name == name);
    let part = settings.inputs.iter().find(chosen).ok_or_else(|| {
        Error::input(
            "settings",
            "agent.toml",
            "input",
            "there is no such input; name one with --input",
        )
    })?;
    // Nothing is signed here; without this the first delivery would find what is wrong with it.
    signing_key(&settings.path(&settings.plan.signing_key))?;
    let columns = read_columns(settings)?;
    let zone = TimeZone::get(&columns.time_zone).unwrap_or(TimeZone::UTC);
    let (mapping, wanted) = mapping(settings, part, &columns)?;
    let pseudonyms = pseudonyms(settings, &columns)?;
    let file = match sample {
        Some(file) => file.to_owned(),
        None => first_file(settings, part)?,
    };
    let form = part.form()?;
    let mut rows = open(&file, &form, &wanted)?;
    let mut seen: Vec<Seen> = mapping.names().map(|_| Seen::default()).collect();
    let (mut good, mut faults, mut bad) = (0u64, Vec::new(), 0u64);
    let mut has_row = false;
    while let Some(item) = rows.next()? {
        let mapped = match item {
            Item::Row(row) => {
                has_row = true;
                mapping.map(&row, &pseudonyms)
            }
            Item::Fault(fault) => Err(Stop::Row(fault)),
        };
        match mapped {
            Ok(row) => {
                good += 1;
                note(&mut seen, &mapping, (&columns, &zone), &row);
            }
            Err(Stop::Row(fault)) => {
                bad += 1;
                if faults.len() < FAULTS_MAX {
                    faults.push(fault);
                }
            }
            Err(Stop::Error(error)) => return Err(error),
        }
    }
    let name = shown(&file.file_name().unwrap_or_default().to_string_lossy());
    let rules = part.rules(&settings.mapping);
    let mut text = format!("{name}: {good} rows would leave, {bad} are bad\n");
    text += &describe(&mapping, &columns, &rules, &seen);
    if form.header {
        text += &all_dropped(&names(&file, &form)?, &wanted, has_row);
    }
    text += &lines(&faults, &name);
    text += &warning_of_names(settings, part)?;
    let rule = "correct the file or the mapping, and check again";
    let result = match bad {
        0 => Ok(()),
        _ => Err(Error::input("bad-rows", &name, "rows", rule)),
    };
    Ok(Report { text, result })
}

/// The line of the fields that nobody wants.
fn all_dropped(names: &[String], wanted: &Wanted, has_row: bool) -> String {
    let unwanted = (1..).zip(names).filter(|(_, name)| wanted.place(name).is_none());
    let shown: Vec<String> =
        unwanted.map(|(number, name)| dropped(number, name, has_row)).collect();
    let shown = if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") };
    format!("dropped in the reader: {shown}\n")
}

/// How a field that nobody wants is named. If the header lost its line end, the values of the first
/// row are in it, and no row is as wide as it: then there is only a number.
fn dropped(number: usize, name: &str, has_row: bool) -> String {
    let is_name = name.chars().count() <= NAME_CHARS_MAX && name.chars().any(char::is_alphabetic);
    match has_row && is_name {
        true => shown(name),
        false => format!("column {number}"),
    }
}

fn lines(faults: &[RowFault], file: &str) -> String {
    faults.iter().map(|fault| fault.line("error", file) + "\n").collect()
}

/// The warning that no file of the directory can declare anything, if that is so.
fn warning_of_names(settings: &Settings, part: &InputPart) -> Result<String, Error> {
    let (CompleteBy::File, Some(path)) = (part.complete, &part.path) else {
        return Ok(String::new());
    };
    let folder = settings.path(path);
    if !folder.is_dir() {
        return Ok(String::new());
    }
    let names = crate::rows::file_names(&folder, &part.files)?;
    if names.is_empty() || names.iter().any(|name| day_of_name(part, name).is_some()) {
        return Ok(String::new());
    }
    let form = part.complete_name.as_deref().unwrap_or_default();
    Ok(format!(
        "warning[complete-name]: input {}: complete_name: no file of the directory has a name of \
         the form {form}, so nothing would be declared; correct the form\n",
        part.name
    ))
}

/// The first file of a directory.
fn first_file(settings: &Settings, part: &InputPart) -> Result<PathBuf, Error> {
    let missing = || {
        Error::input(
            "no-sample",
            format_args!("input {}", part.name),
            "path",
            "has no file; give --sample",
        )
    };
    let folder = settings.path(part.path.as_deref().ok_or_else(missing)?);
    crate::rows::first_file(&folder, &part.files)?.ok_or_else(missing)
}

/// Notes the values of a row that may be shown.
fn note(
    seen: &mut [Seen],
    mapping: &Mapping,
    (columns, zone): (&PlanColumns, &TimeZone),
    row: &PlanRow,
) {
    for ((name, value), seen) in mapping.names().zip(&row.values).zip(seen) {
        match columns.column(name).map(|column| column.kind) {
            Some(ColumnKind::Code | ColumnKind::Action) if seen.codes.len() <= 4096 => {
                seen.codes.insert(value.clone());
            }
            Some(ColumnKind::Instant | ColumnKind::Day | ColumnKind::DayOrNone)
                if value != NO_DATE =>
            {
                // Days begin in the plan's time zone.
                let instant = value.parse::<Timestamp>().ok();
                let day = instant
                    .map_or(value.clone(), |instant| zone.to_datetime(instant).date().to_string());
                if seen.first.as_ref().is_none_or(|first| day < *first) {
                    seen.first = Some(day.clone());
                }
                if seen.last.as_ref().is_none_or(|last| day > *last) {
                    seen.last = Some(day);
                }
            }
            _ => {}
        }
    }
}

/// The lines of the columns.
fn describe(mapping: &Mapping, columns: &PlanColumns, rules: &Rules, seen: &[Seen]) -> String {
    let mut text = String::new();
    for (name, seen) in mapping.names().zip(seen) {
        let from = rules.get(name).map_or(String::new(), |rule| {
            let fields: Vec<&str> =
                rule.column.iter().chain(&rule.columns).map(String::as_str).collect();
            match fields[..] {
                [] => "a constant".to_owned(),
                _ => fields.join(" + "),
            }
        });
        let leaves = match columns.column(name).map(|column| column.kind) {
            Some(ColumnKind::EventId) => "22 characters of a keyed code: ......".to_owned(),
            Some(ColumnKind::Pseudonym) if columns.synthetic => "syn1:......".to_owned(),
            Some(ColumnKind::Pseudonym) => "hk1:......".to_owned(),
            Some(ColumnKind::Code | ColumnKind::Action) => codes(&seen.codes),
            Some(ColumnKind::Revision) => "a number".to_owned(),
            _ => {
                let known = (seen.first.as_deref(), seen.last.as_deref());
                let (first, last) = (known.0.unwrap_or("-"), known.1.unwrap_or("-"));
                format!("days from {first} to {last}")
            }
        };
        text += &format!("  {name:<16} from {from:<28} as {leaves}\n");
    }
    text
}

fn codes(codes: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = codes.iter().take(CODES_MAX).map(String::as_str).collect();
    let more = if codes.len() > CODES_MAX { ", ..." } else { "" };
    format!("{} codes: {}{more}", codes.len(), shown.join(", "))
}
