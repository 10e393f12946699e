//! A value of the plan with its place and path, and reading it under a rule.
//!
//! Not here: rules that look at more than one value.
//!
//! Invariants:
//! 1. Reading gives a value that keeps its rule, or `None` and a fault that gives the reason
//!    (`tests/hostile.rs`, `a_refusal_is_never_silent`).
//! 2. A fraction is exact: `1/3` is read as 1/3 (`tests/border.rs`, `rationals_are_exact`).

use std::ops::RangeInclusive;

use jiff::civil::Date;
use num_rational::BigRational;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, PlanFault};
use crate::near::{offered, one_of};
use crate::period::{Grain, Period, YEAR_MAX, YEAR_MIN};
use crate::plan::keys::KnownKeys;
use crate::plan::limits::{FRACTION_PART_MAX, ID_CHARS_MAX, TEXT_CHARS_MAX};
use crate::text::Language;

/// The word that stands for every agency in addresses of SDMX.
const ANY_AGENCY: &str = "all";

/// Characters of a given value that a message shows.
const GIVEN_CHARS_MAX: usize = 40;

/// A given value as a message shows it: on one line and shortened.
pub(super) fn shown(given: &str) -> String {
    let mut head: String = given.chars().take(GIVEN_CHARS_MAX).collect();
    if head.len() < given.len() {
        head.push('…');
    }
    format!("{head:?}")
}

/// The identifiers that a plan can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdForm {
    /// `NestedNCNameIDType` of SDMX: names joined by dots.
    Agency,
    /// `IDType` of SDMX: no character of it separates anything in a key, an address or a file.
    Sdmx,
    /// The narrower form of names that only plans have.
    Upper,
}

impl IdForm {
    /// The rule that a text breaks as an identifier of this form.
    #[must_use]
    pub fn broken_rule(self, text: &str) -> Option<String> {
        (!self.allows(text)).then(|| self.rule())
    }

    fn allows(self, text: &str) -> bool {
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let is_upper = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let is_name = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.bytes().all(is_word)
        };
        let is_sound = match self {
            Self::Agency => text.split('.').all(is_name),
            Self::Sdmx => text.bytes().all(|b| is_word(b) || b == b'@' || b == b'$'),
            Self::Upper => {
                text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(is_upper)
            }
        };
        is_sound && (1..=ID_CHARS_MAX).contains(&text.len())
    }

    fn rule(self) -> String {
        let form = match self {
            Self::Agency => "an agency is names of letters, digits, _ and -, joined by dots",
            Self::Sdmx => "letters A to Z and a to z, digits, _, @, $ and - are allowed",
            Self::Upper => "an identifier is [A-Z][A-Z0-9_]*",
        };
        format!("{form}, at most {ID_CHARS_MAX} characters")
    }
}

/// Parses the numerator or denominator of a fraction: a positive decimal integer without sign or
/// leading zero.
fn fraction_part(text: &str) -> Option<u64> {
    let is_decimal = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let part: u64 = is_decimal.then(|| text.parse().ok())??;
    (part <= FRACTION_PART_MAX).then_some(part)
}

fn fraction(text: &str) -> Option<BigRational> {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let (numerator, denominator) = (fraction_part(numerator)?, fraction_part(denominator)?);
    Some(BigRational::new(numerator.into(), denominator.into()))
}

/// Parses the TOML of a text. `called` is its name in messages, `bytes_max` its greatest length.
pub(super) fn document<'t>(
    text: &'t str,
    (called, bytes_max): (&str, usize),
    faults: &Faults,
) -> Option<toml::Spanned<DeTable<'t>>> {
    let refuse = |at, fault, rule| faults.add(at, fault, called.to_owned(), rule);
    if text.len() > bytes_max {
        let rule = format!("at most {bytes_max} bytes, given {}", text.len());
        refuse(0, PlanFault::PlanTooLarge, rule);
        return None;
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        let is_duplicate = error.message() == "duplicate key";
        let fault = if is_duplicate { PlanFault::Duplicate } else { PlanFault::TomlSyntax };
        refuse(at, fault, error.message().replace('\n', " "));
    }
    errors.is_empty().then_some(document)
}

/// What every value of a document shares.
#[derive(Clone, Copy)]
pub(super) struct DocumentContext<'a> {
    /// The faults found so far.
    pub(super) faults: &'a Faults,
    /// The language of its plain texts; `None` if it is at fault.
    pub(super) language: Option<&'a Language>,
}

/// One value of the plan.
#[derive(Clone)]
pub(super) struct TomlValue<'a> {
    context: DocumentContext<'a>,
    value: &'a DeValue<'a>,
    at: usize,
    field: String,
}

impl<'a> TomlValue<'a> {
    pub(super) fn refuse(&self, fault: PlanFault, rule: impl Into<String>) {
        self.context.faults.add(self.at, fault, self.field.clone(), rule.into());
    }

    /// The language of the plain texts of the document; `None` if it is at fault.
    pub(super) fn language(&self) -> Option<&'a Language> {
        self.context.language
    }

    fn wrong_type<T>(&self, wanted: &str) -> Option<T> {
        let given = self.value.type_str();
        let rule = format!("{wanted} is needed, given a value of type {given}");
        self.refuse(PlanFault::WrongType, rule);
        None
    }

    fn bad_value<T>(&self, rule: &str, given: &str) -> Option<T> {
        self.refuse(PlanFault::BadValue, format!("{rule}, given {}", shown(given)));
        None
    }

    /// The text, if the value is one; reports no fault otherwise.
    pub(super) fn peek(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    fn string(&self) -> Option<&'a str> {
        self.peek().or_else(|| self.wrong_type("a string"))
    }

    /// One line of text.
    pub(super) fn line(&self) -> Option<&'a str> {
        let text = self.string()?;
        let is_sound = !text.trim().is_empty()
            && text.chars().count() <= TEXT_CHARS_MAX
            && !text.contains(char::is_control);
        let rule = || format!("one line of 1 to {TEXT_CHARS_MAX} characters is needed");
        is_sound.then_some(text).or_else(|| self.bad_value(&rule(), text))
    }

    fn id(&self, form: IdForm) -> Option<&'a str> {
        let text = self.string()?;
        match form.broken_rule(text) {
            Some(rule) => self.bad_value(&rule, text),
            None => Some(text),
        }
    }

    /// An identifier of the narrow form, for names that only plans have.
    pub(super) fn identifier(&self) -> Option<&'a str> {
        self.id(IdForm::Upper)
    }

    /// An identifier of SDMX: a code, a code list, a dataflow.
    pub(super) fn sdmx_id(&self) -> Option<&'a str> {
        self.id(IdForm::Sdmx)
    }

    /// An agency of SDMX.
    pub(super) fn agency(&self) -> Option<&'a str> {
        let id = self.id(IdForm::Agency)?;
        if id == ANY_AGENCY {
            let rule = format!("in addresses of SDMX {ANY_AGENCY} stands for every agency");
            self.refuse(PlanFault::Reserved, rule);
            return None;
        }
        Some(id)
    }

    pub(super) fn version(&self) -> Option<&'a str> {
        let text = self.string()?;
        let number = |part: &str| {
            (1..=9).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_digit())
                && (part == "0" || !part.starts_with('0'))
        };
        let is_sound = text.split('.').count() == 3 && text.split('.').all(number);
        is_sound
            .then_some(text)
            .or_else(|| self.bad_value("a version is three numbers, for instance 1.0.0", text))
    }

    /// Parses a word; `rule` states the words that are allowed.
    pub(super) fn word<T>(&self, rule: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.string()?;
        parse(text).or_else(|| self.bad_value(rule, text))
    }

    /// A word that names one of some things, each of which has a name here; a fault names those
    /// that are near.
    pub(super) fn name_of<T>(
        &self,
        rule: &str,
        names: &[&str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.string()?;
        parse(text).or_else(|| {
            let rule = format!("{rule}, given {}; {}", shown(text), offered(text, names));
            self.refuse(PlanFault::BadValue, rule);
            None
        })
    }

    pub(super) fn date(&self) -> Option<Date> {
        let rule = format!("a date YYYY-MM-DD in the years {YEAR_MIN} to {YEAR_MAX} is needed");
        self.word(&rule, |text| {
            Period::parse(text).filter(|day| day.grain() == Grain::Day).map(Period::first)
        })
    }

    pub(super) fn truth(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.wrong_type("true or false"))
    }

    pub(super) fn integer(&self, range: RangeInclusive<u32>) -> Option<u32> {
        let Some(integer) = self.value.as_integer() else { return self.wrong_type("an integer") };
        let value = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
        value.filter(|value| range.contains(value)).or_else(|| {
            let rule = format!("an integer from {} to {} is needed", range.start(), range.end());
            self.bad_value(&rule, &integer.to_string())
        })
    }

    /// A positive fraction: `"p/q"`, `"n"` or the integer `n`.
    pub(super) fn ratio(&self) -> Option<BigRational> {
        let text = match self.value {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(integer) => integer.to_string(),
            DeValue::Float(float) => float.to_string(),
            _ => return self.wrong_type("a fraction \"p/q\" or an integer"),
        };
        let is_exact = !matches!(self.value, DeValue::Float(_));
        is_exact.then(|| fraction(&text)).flatten().or_else(|| {
            let rule = "a positive fraction \"p/q\" or an integer, p and q at most 10^12";
            self.bad_value(rule, &text)
        })
    }

    pub(super) fn table(&self) -> Option<TomlTable<'a>> {
        let Some(entries) = self.value.as_table() else { return self.wrong_type("a table") };
        let Self { context, at, .. } = *self;
        Some(TomlTable { context, entries: Some(entries), at, field: self.field.clone() })
    }

    /// Whether the value is a table.
    pub(super) fn is_table(&self) -> bool {
        self.value.as_table().is_some()
    }

    /// Whether the value is an array.
    pub(super) fn is_array(&self) -> bool {
        self.value.as_array().is_some()
    }

    /// The elements of an array of at most `most`.
    pub(super) fn array(&self, most: usize) -> Option<Vec<TomlValue<'a>>> {
        let Some(array) = self.value.as_array() else { return self.wrong_type("an array") };
        let elements = array.iter();
        if elements.len() > most {
            let rule = format!("at most {most} elements, given {}", elements.len());
            self.refuse(PlanFault::PlanTooLarge, rule);
            return None;
        }
        let node = |(number, value): (usize, &'a toml::Spanned<DeValue<'a>>)| TomlValue {
            context: self.context,
            value: value.get_ref(),
            at: value.span().start,
            field: format!("{}[{number}]", self.field),
        };
        Some(elements.enumerate().map(node).collect())
    }
}

/// A table of the plan. An absent table reads as empty, so that every missing key is reported.
pub(super) struct TomlTable<'a> {
    context: DocumentContext<'a>,
    entries: Option<&'a DeTable<'a>>,
    at: usize,
    field: String,
}

impl<'a> TomlTable<'a> {
    pub(super) fn root(context: DocumentContext<'a>, entries: &'a DeTable<'a>) -> Self {
        Self { context, entries: Some(entries), at: 0, field: String::new() }
    }

    /// The language of the plain texts of the document; `None` if it is at fault.
    pub(super) fn language(&self) -> Option<&'a Language> {
        self.context.language
    }

    fn path(&self, key: &str) -> String {
        let is_bare = key.len() <= ID_CHARS_MAX
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let key = if is_bare && !key.is_empty() { key.to_owned() } else { shown(key) };
        if self.field.is_empty() { key } else { format!("{}.{key}", self.field) }
    }

    /// Reports a fault of an absent key, at the place of the table.
    pub(super) fn refuse(&self, key: &str, fault: PlanFault, rule: impl Into<String>) {
        self.context.faults.add(self.at, fault, self.path(key), rule.into());
    }

    /// Refuses every key except these. Only the table of keys makes such a list, so no key is
    /// accepted without an entry in the reference.
    pub(super) fn known(&self, known: &KnownKeys) {
        for (key, _) in self.entries.into_iter().flatten() {
            if !known.contains(key.get_ref()) {
                let near = known.near(key.get_ref());
                let mut rule = format!("unknown key; the keys here are {}", known.join(", "));
                if !near.is_empty() {
                    rule.push_str(&format!("; did you mean {}?", one_of(&near)));
                }
                let field = self.path(key.get_ref());
                self.context.faults.add(key.span().start, PlanFault::UnknownKey, field, rule);
            }
        }
    }

    /// Every key with its value, in the order of the keys.
    pub(super) fn entries(&self) -> Vec<(&'a str, TomlValue<'a>)> {
        let keys = self.entries.into_iter().flatten().map(|(key, _)| key.get_ref().as_ref());
        keys.filter_map(|key| Some((key, self.may(key)?))).collect()
    }

    /// The value of an optional key.
    pub(super) fn may(&self, key: &str) -> Option<TomlValue<'a>> {
        let value = self.entries?.get(key)?;
        Some(TomlValue {
            context: self.context,
            value: value.get_ref(),
            at: value.span().start,
            field: self.path(key),
        })
    }

    /// The value of a required key.
    pub(super) fn need(&self, key: &str) -> Option<TomlValue<'a>> {
        self.may(key).or_else(|| {
            self.refuse(key, PlanFault::MissingKey, "this key is required");
            None
        })
    }

    /// The table under a key; an absent one reads as empty.
    pub(super) fn section(&self, key: &str) -> Option<TomlTable<'a>> {
        let Self { context, at, .. } = *self;
        match self.may(key) {
            Some(node) => node.table(),
            None => Some(TomlTable { context, entries: None, at, field: self.path(key) }),
        }
    }
}
