//! The key and the parameters of a data request, read and checked.
//!
//! Not here: which codes exist ([`crate::query::series`]) and which figures are released
//! ([`crate::answer`]).
//!
//! Invariants:
//! 1. A key is a wildcard (nothing, `all`, `*`) or parts joined by dots, each a wildcard or
//!    codes joined by plus; anything else is an error
//!    (`query::grammar::tests::the_grammar_of_keys`).
//! 2. A plus in a path stays a plus, and `%2B` is the same plus
//!    (`query::grammar::tests::a_plus_is_never_a_space`).
//! 3. Both limits are inclusive, and a coarser limit includes all its days
//!    (`query::grammar::tests::both_limits_are_inclusive_at_every_grain`).
//!
//! Format: `/v1/data/BORDER_FLOW/D+M.HK..AIRPORT+LO_WU.ENTRY._T?startPeriod=2024-01&endPeriod=
//! 2024-02-15&lastNObservations=10&asOf=1200&format=csv`.

use std::borrow::Cow;

use tidegauge_model::{Language, Period};

use super::decimals::Decimals;
use super::format::Format;
use super::ledger_state::LedgerState;
use crate::error::{Error, given};

/// The parameters of a data request, for the error that names them.
const PARAMETERS: &str = "startPeriod, endPeriod, firstNObservations, lastNObservations, asOf, \
    updatedAfter, includeHistory, decimals, format and lang";

/// The requested codes of one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPart {
    /// Every code, without the total.
    Any,
    /// These codes.
    Codes(Vec<String>),
}

/// The key of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Key {
    /// Every series.
    #[default]
    All,
    /// One part for each dimension.
    Parts(Vec<KeyPart>),
}

/// The parameters of a data request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The requested state of the ledger; `None` for the newest.
    pub as_of: Option<LedgerState>,
    /// The decimals of figures; `None` for those that the dataflow is published with.
    pub decimals: Option<Decimals>,
    /// The latest period; it includes every period that ends within it.
    pub end: Option<Period>,
    /// The number of observations of each series, counted from its beginning.
    pub first: Option<usize>,
    /// The format, if the address names one.
    pub format: Option<Format>,
    /// Whether every vintage of each figure is requested.
    pub history: Option<bool>,
    /// The number of observations of each series, counted from its end.
    pub last: Option<usize>,
    /// The earliest period; it includes every period that begins within it.
    pub start: Option<Period>,
    /// Only observations published by a later entry of the ledger.
    pub updated_after: Option<LedgerState>,
}

/// Reads a key: one segment of a path, percent-encoded.
pub fn parse_key(segment: &str) -> Result<Key, Error> {
    let text = decode(segment)?;
    if matches!(text.as_str(), "" | "all" | "*") {
        return Ok(Key::All);
    }
    let parts = text.split('.').enumerate().map(|(n, part)| parse_part(n + 1, part));
    Ok(Key::Parts(parts.collect::<Result<_, _>>()?))
}

fn parse_part(part: usize, text: &str) -> Result<KeyPart, Error> {
    if matches!(text, "" | "*") {
        return Ok(KeyPart::Any);
    }
    let is_code = |code: &str| !code.is_empty() && code.bytes().all(is_code_byte);
    if !text.split('+').all(is_code) {
        return Err(Error::KeyPart { part });
    }
    Ok(KeyPart::Codes(text.split('+').map(str::to_owned).collect()))
}

fn is_code_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'$' | b'-')
}

/// The parameter with the language of an answer.
const LANGUAGE: &str = "lang";

/// The language that a query asks for, whatever else it has; `None` if it names none.
pub fn language_of(query: Option<&str>) -> Option<Language> {
    let pairs = query.unwrap_or("").split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| *name == LANGUAGE).find_map(|(_, tag)| Language::parse(tag))
}

fn asked_language(tag: &str) -> Result<Language, Error> {
    let rule = "a BCP 47 tag in its usual form, for instance en, de-AT or zh-Hant";
    let refused = || Error::Parameter { parameter: LANGUAGE, rule, given: given(tag) };
    Language::parse(tag).ok_or_else(refused)
}

/// Reads the query of a data request; `None` is a request without one.
pub fn parse_parameters(query: Option<&str>) -> Result<Parameters, Error> {
    let (mut parameters, mut language) = (Parameters::default(), None);
    for pair in query.unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        if name == LANGUAGE {
            // It changes no figure: who answers reads it beside the headers of the request.
            once(&mut language, LANGUAGE, asked_language(&value)?)?;
            continue;
        }
        if !parameters.take(&name, &value)? {
            return Err(Error::ParameterUnknown { given: given(&name), known: PARAMETERS });
        }
    }
    Ok(parameters)
}

pub(crate) fn once<T>(
    place: &mut Option<T>,
    parameter: &'static str,
    value: T,
) -> Result<(), Error> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::ParameterTwice { parameter }),
    }
}

fn period(parameter: &'static str, value: &str) -> Result<Period, Error> {
    let rule =
        "a period such as 2024, 2024-Q1, 2024-01, 2024-W03, 2024-01-15 or 2024-01-15T13:00:00";
    asked_period(value).ok_or_else(|| Error::Parameter { parameter, rule, given: given(value) })
}

/// The period of a text. A time may have an offset of zero, because some clients write no time
/// without one; it is ignored, because periods are civil time in the plan's zone.
pub(crate) fn asked_period(text: &str) -> Option<Period> {
    let without_offset = || text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00"));
    let time = text.contains('T').then(without_offset).flatten();
    Period::parse_sdmx(time.unwrap_or(text))
}

pub(crate) fn number(parameter: &'static str, value: &str) -> Result<u64, Error> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { value.parse().ok().filter(|&n| n > 0) } else { None };
    let rule = "a whole number, at least 1";
    number.ok_or_else(|| Error::Parameter { parameter, rule, given: given(value) })
}

fn ledger_state(parameter: &'static str, value: &str) -> Result<LedgerState, Error> {
    if let Ok(size) = number(parameter, value) {
        return Ok(LedgerState::Size(size));
    }
    let rule = "a ledger size from 1 or an instant such as 2024-01-31T12:00:00Z";
    let instant = value.parse().map(LedgerState::Instant);
    instant.map_err(|_| Error::Parameter { parameter, rule, given: given(value) })
}

fn boolean(parameter: &'static str, value: &str) -> Result<bool, Error> {
    let boolean = value.to_ascii_lowercase().parse();
    boolean.map_err(|_| Error::Parameter { parameter, rule: "true or false", given: given(value) })
}

fn decimals(value: &str) -> Result<Decimals, Error> {
    let rule = "3; figures have the decimals of their dataflow without it";
    match value {
        "3" => Ok(Decimals::Thousandths),
        _ => Err(Error::Parameter { parameter: "decimals", rule, given: given(value) }),
    }
}

fn format(value: &str) -> Result<Format, Error> {
    let rule = "json, csv, jsonstat, parquet, sdmx-csv, sdmx-csv-1, sdmx-json, sdmx-ml, \
        sdmx-ml-generic or xlsx";
    let refused = || Error::Parameter { parameter: "format", rule, given: given(value) };
    Format::named(value).ok_or_else(refused)
}

impl Parameters {
    /// Applies a common query parameter; returns `false` if the name is unknown.
    ///
    /// Errors: a value that the parameter does not take; a parameter that was given before.
    pub fn take(&mut self, name: &str, value: &str) -> Result<bool, Error> {
        // Saturates on a 32-bit host; the answer is the same.
        let count = |parameter| {
            let count = number(parameter, value)?;
            Ok::<usize, Error>(usize::try_from(count).unwrap_or(usize::MAX))
        };
        match name {
            "startPeriod" => once(&mut self.start, "startPeriod", period("startPeriod", value)?)?,
            "endPeriod" => once(&mut self.end, "endPeriod", period("endPeriod", value)?)?,
            "asOf" => once(&mut self.as_of, "asOf", ledger_state("asOf", value)?)?,
            "updatedAfter" => {
                once(
                    &mut self.updated_after,
                    "updatedAfter",
                    ledger_state("updatedAfter", value)?,
                )?;
            }
            "firstNObservations" => {
                once(&mut self.first, "firstNObservations", count("firstNObservations")?)?;
            }
            "lastNObservations" => {
                once(&mut self.last, "lastNObservations", count("lastNObservations")?)?;
            }
            "includeHistory" => {
                once(&mut self.history, "includeHistory", boolean("includeHistory", value)?)?;
            }
            "decimals" => once(&mut self.decimals, "decimals", decimals(value)?)?,
            "format" => once(&mut self.format, "format", format(value)?)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether the newest state is requested, with its full number of observations.
    pub fn is_whole(&self) -> bool {
        let Self { as_of, first, history, last, updated_after, .. } = self;
        let counts = first.is_some() || last.is_some();
        as_of.is_none() && !counts && updated_after.is_none() && *history != Some(true)
    }

    /// The first and the last of the observations of a series, as many as are asked for.
    pub(crate) fn chosen<T>(&self, mut observations: Vec<T>) -> Vec<T> {
        observations.truncate(self.first.unwrap_or(usize::MAX));
        observations.split_off(self.last.map_or(0, |last| observations.len().saturating_sub(last)))
    }

    /// Whether a period is within both limits.
    pub(crate) fn cover(&self, period: Period) -> bool {
        self.start.is_none_or(|start| period.start() >= start.start())
            && self.end.is_none_or(|end| end.reaches(period))
    }
}

/// Decodes percent-encoding; a plus stays a plus.
///
/// Errors: a percent sign without two hexadecimal digits; bytes that are not UTF-8.
pub fn decode(text: &str) -> Result<String, Error> {
    // The library passes a broken sequence on unchanged; here it is an error.
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let sequences = text.bytes().enumerate().filter(|&(_, byte)| byte == b'%');
    let bytes = text.as_bytes();
    for (start, _) in sequences {
        if !is_digit(bytes.get(start + 1)) || !is_digit(bytes.get(start + 2)) {
            return Err(Error::Encoding);
        }
    }
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.map(Cow::into_owned).map_err(|_| Error::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(codes: &[&str]) -> KeyPart {
        KeyPart::Codes(codes.iter().map(|&code| code.to_owned()).collect())
    }

    #[test]
    fn the_grammar_of_keys() {
        let parts = |parts: &[KeyPart]| Ok(Key::Parts(parts.to_vec()));
        let table = [
            ("", Ok(Key::All)),
            ("all", Ok(Key::All)),
            ("*", Ok(Key::All)),
            ("%2A", Ok(Key::All)),
            ("D", parts(&[codes(&["D"])])),
            ("D.", parts(&[codes(&["D"]), KeyPart::Any])),
            ("D.*.A+B", parts(&[codes(&["D"]), KeyPart::Any, codes(&["A", "B"])])),
            ("..", parts(&[KeyPart::Any, KeyPart::Any, KeyPart::Any])),
            ("_T.a-b.X1", parts(&[codes(&["_T"]), codes(&["a-b"]), codes(&["X1"])])),
            ("D.A+", Err(Error::KeyPart { part: 2 })),
            ("+", Err(Error::KeyPart { part: 1 })),
            ("D.A++B", Err(Error::KeyPart { part: 2 })),
            ("D.A B", Err(Error::KeyPart { part: 2 })),
            ("D.A%20B", Err(Error::KeyPart { part: 2 })),
            ("D.%00", Err(Error::KeyPart { part: 2 })),
            ("D.all*", Err(Error::KeyPart { part: 2 })),
            ("D./", Err(Error::KeyPart { part: 2 })),
            ("D.%C3%A9", Err(Error::KeyPart { part: 2 })),
            ("D.A,B", Err(Error::KeyPart { part: 2 })),
            ("D.'", Err(Error::KeyPart { part: 2 })),
            ("%FF", Err(Error::Encoding)),
            ("%4", Err(Error::Encoding)),
            ("%+1", Err(Error::Encoding)),
        ];
        for (text, expected) in table {
            assert_eq!(parse_key(text), expected, "{text}");
        }
    }

    #[test]
    fn a_plus_is_never_a_space() {
        assert_eq!(parse_key("A+B"), parse_key("A%2BB"));
        assert_eq!(parse_key("A+B"), Ok(Key::Parts(vec![codes(&["A", "B"])])));
    }

    #[test]
    fn parameters_are_read_or_rejected_by_name() {
        let read = parse_parameters(Some("startPeriod=2024-W03&asOf=7&format=csv&")).unwrap();
        assert_eq!(read.start, Period::parse("2024-W03"));
        assert_eq!(
            (read.end, read.as_of, read.format),
            (None, Some(LedgerState::Size(7)), Some(Format::SdmxCsv2))
        );
        assert_eq!(parse_parameters(Some("lang=de-AT")), Ok(Parameters::default()));
        let language = |query| language_of(Some(query)).map(|language| language.to_string());
        assert_eq!(language("asOf=7&lang=de-AT").as_deref(), Some("de-AT"));
        assert_eq!([language("lang=de-at"), language("asOf=7")], [None, None]);
        let refused = [
            "startPeriod=",
            "startPeriod",
            "startPeriod=2024-13",
            "endPeriod=now",
            "asOf=-1",
            "asOf=+1",
            "asOf=0",
            "asOf=99999999999999999999",
            "asOf=1e3",
            "decimals=0",
            "decimals=2",
            "decimals=",
            "decimals=3&decimals=3",
            "asOf=2024-01-31",
            "updatedAfter=yesterday",
            "includeHistory=1",
            "includeHistory=true&includeHistory=true",
            "firstNObservations=0",
            "format=xml",
            "format=CSV",
            "asOf=1&asOf=1",
            "person=1",
            "startPeriod=2024&startPeriod=2024",
            "lastNObservations=0",
            "%ff=1",
            "asOf=%",
            "startPeriod=2024%00",
            "lang=",
            "lang=de-at",
            "lang=de&lang=fr",
        ];
        for query in refused {
            let error = parse_parameters(Some(query)).unwrap_err();
            assert!(matches!(error.code(), "parameter" | "encoding"), "{query}: {error}");
        }
    }

    #[test]
    fn an_offset_of_zero_is_ignored() {
        let time = asked_period("2024-01-15T13:00:00");
        assert!(time.is_some());
        for text in ["2024-01-15T13:00:00Z", "2024-01-15T13:00:00+00:00", "2024-01-15T13:00Z"] {
            assert_eq!(asked_period(text), time, "{text}");
        }
        for text in ["2024-01-15Z", "2024-01+00:00", "2024-01-15T13:00:00+01:00", "Z", "T"] {
            assert_eq!(asked_period(text), None, "{text}");
        }
        let read = parse_parameters(Some("startPeriod=2024-01-15T13:00:00%2B00:00")).unwrap();
        assert_eq!(read.start, time);
    }

    #[test]
    fn both_limits_are_inclusive_at_every_grain() {
        let within = |query: &str, period: &str| {
            parse_parameters(Some(query)).unwrap().cover(Period::parse(period).unwrap())
        };
        let table = [
            ("startPeriod=2024-01-15", "2024-01-15", true),
            ("startPeriod=2024-01-15", "2024-01-14", false),
            ("startPeriod=2024-01", "2024-01-01", true),
            ("endPeriod=2024-01", "2024-01-31", true),
            ("endPeriod=2024-01", "2024-02-01", false),
            ("endPeriod=2024", "2024-Q4", true),
            ("startPeriod=2024-01-02", "2024-01", false),
            ("endPeriod=2024-01", "2024-W05", false),
            ("startPeriod=2024-02&endPeriod=2024-03", "2024-02", true),
            ("", "1999", true),
        ];
        for (query, period, expected) in table {
            assert_eq!(within(query, period), expected, "{query} {period}");
        }
    }
}
