//! The preferences of a client: media types, content codings and languages, each with a weight.
//!
//! Not here: the formats themselves (crate `figures`), and compression ([`crate::compress`]).
//!
//! One reader of weights ([`weighted`]) serves `Accept`, `Accept-Encoding` and `Accept-Language`
//! (RFC 9110, 12.4.2 and 12.5). A weight that cannot be read counts as 0.
//!
//! Invariants:
//! 1. The highest weight wins, and among equal ones the first; if nothing is acceptable, the answer
//!    is an error, never another format (`negotiate::tests::accept_is_read_as_it_is_written`).
//! 2. A more specific range goes before a wildcard
//!    (`negotiate::tests::a_specific_range_goes_before_a_wildcard`).
//! 3. No answer is sent in a coding that the client refuses
//!    (`negotiate::tests::a_coding_is_chosen_by_its_weight`).
//! 4. A client that accepts none of the offered languages gets the first of them
//!    (`negotiate::tests::a_language_is_chosen_by_its_weight`,
//!    `negotiate::tests::a_language_is_looked_up_from_long_to_short`).
//!
//! Format: `application/vnd.sdmx.data+csv;version=2.0.0, application/json;q=0.5`.

use std::cmp::Reverse;

use axum::http::{HeaderMap, HeaderName, header};
use tidegauge_figures::{Error, Format, SdmxRest, StructureFormat};
use tidegauge_model::Language;

use crate::compress::Coding;

/// The media types that are offered for figures.
const FIGURES: &str = "application/json, text/csv, application/vnd.json-stat+json, \
    application/vnd.apache.parquet, \
    application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, \
    application/vnd.sdmx.data+csv, application/vnd.sdmx.data+json, \
    application/vnd.sdmx.structurespecificdata+xml, application/vnd.sdmx.genericdata+xml";
/// The media types that are offered for everything else below `/v1`.
const STRUCTURES: &str = "application/json";
const SDMX_STRUCTURES: &str = "application/vnd.sdmx.structure+xml;version=2.1 and \
    application/vnd.sdmx.structure+json;version=2.0.0";
const SDMX_FIGURES: &str = "application/vnd.sdmx.genericdata+xml;version=2.1, \
    application/vnd.sdmx.structurespecificdata+xml;version=2.1, \
    application/vnd.sdmx.data+json;version=2.0.0, application/vnd.sdmx.data+csv;version=1.0.0 or \
    2.0.0, application/vnd.json-stat+json and application/vnd.apache.parquet";

/// One element of a header whose elements carry weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weighted {
    /// The element without its parameters, in lower case.
    pub(crate) value: String,
    /// The parameter `version`, if there is one.
    pub(crate) version: Option<String>,
    /// The weight in thousandths, 0 for "not acceptable".
    pub(crate) thousandths: u32,
}

/// The elements of a header in their order; a repeated header counts with all its lines.
pub(crate) fn weighted(headers: &HeaderMap, name: HeaderName) -> Option<Vec<Weighted>> {
    let mut lines = headers.get_all(name).iter().peekable();
    lines.peek()?;
    // A line that is not ASCII text becomes an element that matches nothing.
    let elements = lines.flat_map(|line| split(line.to_str().unwrap_or("?"), ','));
    Some(elements.map(str::trim).filter(|text| !text.is_empty()).map(parse).collect())
}

/// The parts of a text between separators that stand outside quoted strings (RFC 9110, 5.6.4).
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |c: char| {
        let is_literal = std::mem::take(&mut is_escaped);
        match c {
            '\\' if is_quoted && !is_literal => is_escaped = true,
            '"' if !is_literal => is_quoted = !is_quoted,
            _ => {}
        }
        c == separator && !is_quoted
    })
}

fn parse(element: &str) -> Weighted {
    let mut parts = split(element, ';').map(str::trim);
    let value = parts.next().unwrap_or("").to_ascii_lowercase();
    let mut weighted = Weighted { value, version: None, thousandths: 1000 };
    for parameter in parts {
        let Some((name, text)) = parameter.split_once('=') else { continue };
        match (name.trim().to_ascii_lowercase().as_str(), text.trim()) {
            ("q", text) => weighted.thousandths = thousandths(text),
            ("version", text) => weighted.version = Some(text.trim_matches('"').to_owned()),
            _ => {}
        }
    }
    weighted
}

/// A weight in thousandths; text that is not a weight counts as 0.
fn thousandths(text: &str) -> u32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let fraction: u32 = format!("{fraction:0<3}").parse().unwrap_or(0);
    match whole {
        "0" => fraction,
        "1" if fraction == 0 => 1000,
        _ => 0,
    }
}

/// The best of the offered choices; `matches` lists the choices of a media range, the preferred
/// first. Without the header, the first choice is the best.
pub(crate) fn choose<T: Copy + PartialEq>(
    headers: &HeaderMap,
    offered: &[T],
    matches: impl Fn(&str, Option<&str>) -> Vec<T>,
) -> Option<T> {
    let ranges = weighted(headers, header::ACCEPT).unwrap_or_default();
    if ranges.is_empty() {
        return offered.first().copied();
    }
    let matched: Vec<(u8, Vec<T>, u32)> = ranges
        .iter()
        .map(|range| {
            let version = range.version.as_deref();
            let specificity = match range.value.split_once('/') {
                Some(("*", _)) => 0,
                Some((_, "*")) => 1,
                _ if version.is_none() => 2,
                _ => 3,
            };
            let mut choices = match range.value.as_str() {
                "*/*" => offered.to_vec(),
                media => matches(media, version),
            };
            choices.retain(|choice| offered.contains(choice));
            (specificity, choices, range.thousandths)
        })
        .collect();
    let rank = |choice: &T| {
        let places =
            matched.iter().enumerate().filter_map(|(number, (specificity, choices, q))| {
                let place = choices.iter().position(|matching| matching == choice)?;
                Some((*specificity, Reverse(number), place, *q))
            });
        // The most specific range that matches the choice gives its weight.
        let (_, Reverse(number), place, q) = places.max_by_key(|&(s, n, _, _)| (s, n))?;
        (q > 0).then_some((q, Reverse((number, place))))
    };
    let acceptable = offered.iter().filter_map(|choice| Some((rank(choice)?, *choice)));
    acceptable.max_by_key(|(rank, _)| *rank).map(|(_, choice)| choice)
}

/// Whether a media range with a wildcard for the subtype matches this media type.
fn is_within(range: &str, media_type: &str) -> bool {
    range.strip_suffix('*').is_some_and(|kind| media_type.starts_with(kind))
}

/// The format for figures below `/v1`.
///
/// Errors: no offered format is acceptable.
pub(crate) fn figures(headers: &HeaderMap) -> Result<Format, Error> {
    let chosen = choose(headers, &Format::ALL, formats);
    chosen.ok_or(Error::NotAcceptable { offered: FIGURES })
}

/// Checks that JSON is acceptable.
///
/// Errors: it is not.
pub(crate) fn json(headers: &HeaderMap) -> Result<(), Error> {
    let matches = |media: &str, _: Option<&str>| match media {
        "application/*" | "application/json" => vec![()],
        _ => vec![],
    };
    choose(headers, &[()], matches).ok_or(Error::NotAcceptable { offered: STRUCTURES })
}

/// The formats that match a media range with this version, the preferred first.
fn formats(media: &str, version: Option<&str>) -> Vec<Format> {
    let allows = |prefix: &str| version.is_none_or(|version| version.starts_with(prefix));
    match media {
        "application/json" => vec![Format::Json, Format::SdmxJson20],
        "application/vnd.json-stat+json" => vec![Format::JsonStat],
        "application/vnd.apache.parquet" => vec![Format::Parquet],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => vec![Format::Xlsx],
        "text/csv" | "text/*" => vec![Format::SdmxCsv2, Format::SdmxCsv1],
        "application/vnd.sdmx.data+csv" if version.is_none() => {
            vec![Format::SdmxCsv2, Format::SdmxCsv1]
        }
        "application/vnd.sdmx.data+csv" if allows("2.0") => vec![Format::SdmxCsv2],
        "application/vnd.sdmx.data+csv" if allows("1.") => vec![Format::SdmxCsv1],
        "application/vnd.sdmx.data+json" if allows("2.0") => vec![Format::SdmxJson20],
        "application/vnd.sdmx.genericdata+xml" if allows("2.1") => vec![Format::SdmxMl21Generic],
        "application/vnd.sdmx.structurespecificdata+xml" if allows("2.1") => {
            vec![Format::SdmxMl21Specific]
        }
        range => {
            let is_meant = |format: &Format| is_within(range, format.media_type());
            Format::ALL.into_iter().filter(is_meant).collect()
        }
    }
}

/// The format for figures at an SDMX root.
///
/// Errors: no offered format is acceptable.
pub(crate) fn sdmx_figures(rest: SdmxRest, headers: &HeaderMap) -> Result<Format, Error> {
    use Format::{
        JsonStat, Parquet, SdmxCsv1, SdmxCsv2, SdmxJson20, SdmxMl21Generic, SdmxMl21Specific,
    };
    let offered = match rest {
        SdmxRest::V1_5 => {
            [SdmxMl21Generic, SdmxMl21Specific, SdmxCsv1, SdmxCsv2, SdmxJson20, JsonStat, Parquet]
        }
        SdmxRest::V2_2 => {
            [SdmxJson20, SdmxCsv2, SdmxCsv1, SdmxMl21Specific, SdmxMl21Generic, JsonStat, Parquet]
        }
    };
    let matches = |media: &str, version: Option<&str>| {
        let mut matched = match media {
            "application/xml" | "text/xml" => vec![SdmxMl21Generic],
            "application/*" => offered.to_vec(),
            _ => formats(media, version),
        };
        if rest == SdmxRest::V1_5 && matched == [SdmxCsv2, SdmxCsv1] {
            matched.reverse();
        }
        matched
    };
    choose(headers, &offered, matches).ok_or(Error::NotAcceptable { offered: SDMX_FIGURES })
}

/// The format for structures at an SDMX root.
///
/// Errors: no offered format is acceptable.
pub(crate) fn sdmx_structures(
    rest: SdmxRest,
    headers: &HeaderMap,
) -> Result<StructureFormat, Error> {
    use StructureFormat::{SdmxJson20, SdmxMl21};
    let offered = match rest {
        SdmxRest::V1_5 => [SdmxMl21, SdmxJson20],
        SdmxRest::V2_2 => [SdmxJson20, SdmxMl21],
    };
    let matches = |media: &str, version: Option<&str>| {
        let allows = |prefix: &str| version.is_none_or(|version| version.starts_with(prefix));
        match media {
            "application/*" => offered.to_vec(),
            "application/json" => vec![SdmxJson20],
            "application/vnd.sdmx.structure+json" | "application/vnd.sdmx.schema+json"
                if allows("2.0") =>
            {
                vec![SdmxJson20]
            }
            "application/xml" | "text/xml" | "text/*" => vec![SdmxMl21],
            "application/vnd.sdmx.structure+xml" if allows("2.1") => vec![SdmxMl21],
            _ => vec![],
        }
    };
    choose(headers, &offered, matches).ok_or(Error::NotAcceptable { offered: SDMX_STRUCTURES })
}

/// The form of an error message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorForm {
    /// A page.
    Html,
    /// Problem details (RFC 9457).
    Problem,
    /// An SDMX-JSON 2.0 message.
    SdmxJson20,
    /// An SDMX-ML 2.1 error message.
    SdmxMl21,
}

/// The form in which a client reads errors: problem details unless it prefers another.
pub(crate) fn error_form(is_sdmx: bool, headers: &HeaderMap) -> ErrorForm {
    use ErrorForm::{Html, Problem, SdmxJson20, SdmxMl21};
    let offered: &[ErrorForm] =
        if is_sdmx { &[Problem, Html, SdmxMl21, SdmxJson20] } else { &[Problem, Html] };
    let matches = |media: &str, _: Option<&str>| match media {
        "text/html" | "application/xhtml+xml" => vec![Html],
        "application/json" | "application/problem+json" | "application/*" => vec![Problem],
        "application/xml" | "text/xml" => vec![SdmxMl21],
        sdmx if sdmx.starts_with("application/vnd.sdmx.") && sdmx.ends_with("+xml") => {
            vec![SdmxMl21]
        }
        sdmx if sdmx.starts_with("application/vnd.sdmx.") && sdmx.ends_with("+json") => {
            vec![SdmxJson20]
        }
        _ => vec![],
    };
    choose(headers, offered, matches).unwrap_or(Problem)
}

/// The content coding of an answer, and whether the client rejects an answer without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChosenCoding {
    /// The coding that the client prefers; `None` for uncompressed bytes.
    pub(crate) coding: Option<Coding>,
    /// Whether uncompressed bytes are not acceptable.
    pub(crate) is_required: bool,
}

/// The content coding for a client; `None` if none is acceptable to it.
pub(crate) fn coding(headers: &HeaderMap) -> Option<ChosenCoding> {
    let accepted = weighted(headers, header::ACCEPT_ENCODING).unwrap_or_default();
    let named = |name: &str| accepted.iter().find(|element| element.value == name);
    let weight = |names: [&str; 2]| {
        let found = names.into_iter().find_map(named).or_else(|| named("*"));
        found.map(|element| element.thousandths)
    };
    // A coding that the header does not mention is not used; sending without a coding is allowed.
    let identity = weight(["identity", "identity"]);
    let is_required = identity == Some(0);
    let candidates = [
        (Some(Coding::Zstd), weight(["zstd", "zstd"])),
        (Some(Coding::Gzip), weight(["gzip", "x-gzip"])),
        (None, Some(identity.unwrap_or(1))),
    ];
    let mut best: Option<(u32, Option<Coding>)> = None;
    for (coding, weight) in candidates {
        let weight = weight.unwrap_or(0);
        if weight > best.map_or(0, |(most, _)| most) {
            best = Some((weight, coding));
        }
    }
    best.map(|(_, coding)| ChosenCoding { coding, is_required })
}

/// The language of an answer, of those that are offered, the first of which is given to clients
/// that accept none. A language that the address names goes before those of the headers.
pub(crate) fn language<'o>(
    named: Option<&Language>,
    headers: &HeaderMap,
    offered: &[&'o str],
) -> &'o str {
    let ranges = weighted(headers, header::ACCEPT_LANGUAGE).unwrap_or_default();
    let is_meant = |range: &str, language: &str| range.eq_ignore_ascii_case(language);
    let is_refused = |language: &str| {
        ranges.iter().any(|range| range.thousandths == 0 && is_meant(&range.value, language))
    };
    // `fr-CH` stands for `fr` where there is no text in `fr-CH` (RFC 4647, 3.4).
    let looked_up = |range: &str| {
        let mut tags = Language::lookup(range);
        tags.find_map(|tag| offered.iter().find(|language| is_meant(tag, language)))
    };
    if let Some(found) = named.and_then(|named| looked_up(named.tag())) {
        return found;
    }
    // A wildcard stands for what no other range names.
    let is_named = |language: &str| {
        let mut tags = ranges.iter().flat_map(|range| Language::lookup(&range.value));
        tags.any(|tag| is_meant(tag, language))
    };
    let any = || offered.iter().find(|language| !is_named(language));
    let mut wanted: Vec<&Weighted> = ranges.iter().filter(|range| range.thousandths > 0).collect();
    // Stable: of equal weights the first.
    wanted.sort_by_key(|range| Reverse(range.thousandths));
    let found = wanted.iter().find_map(|range| match range.value.as_str() {
        "*" => any(),
        range => looked_up(range).filter(|language| !is_refused(language)),
    });
    found.or(offered.first()).copied().unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::LANGUAGES;
    use axum::http::HeaderValue;

    fn with(name: HeaderName, text: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(text).unwrap())])
    }

    fn accepting(text: &str) -> Option<Format> {
        figures(&with(header::ACCEPT, text)).ok()
    }

    #[test]
    fn accept_is_read_as_it_is_written() {
        let (json, csv) = (Some(Format::Json), Some(Format::SdmxCsv2));
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let table = [
            ("", json),
            ("*/*", json),
            (browser, json),
            ("application/*", json),
            ("application/json", json),
            ("APPLICATION/JSON ; q=1.0", json),
            ("text/csv", csv),
            ("text/*", csv),
            ("application/vnd.sdmx.data+csv;version=2.0.0", csv),
            ("application/vnd.sdmx.data+csv", csv),
            ("application/vnd.sdmx.data+csv; version=1.0.0", Some(Format::SdmxCsv1)),
            ("application/vnd.sdmx.data+csv; version=3.0.0", None),
            ("application/vnd.sdmx.data+json;version=2.0.0", Some(Format::SdmxJson20)),
            ("application/vnd.sdmx.data+json;version=1.0.0", None),
            ("application/vnd.apache.parquet", Some(Format::Parquet)),
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                Some(Format::Xlsx),
            ),
            ("application/json;q=0.5, text/csv", csv),
            ("text/csv, application/json", csv),
            ("text/csv;q=0, application/json;q=0.001", json),
            ("application/json;q=0", None),
            ("application/json;q=x", None),
            ("application/vnd.sdmx.genericdata+xml;version=2.1", Some(Format::SdmxMl21Generic)),
            ("application/vnd.sdmx.genericdata+xml;version=2.0", None),
            ("image/png", None),
            (";;;,,,", None),
            ("application/json;profile=\"a,b;\";q=0.1, text/csv;q=0.5", csv),
            ("application/json;profile=\"\\\",\";q=0.1, text/csv;q=0.5", csv),
        ];
        for (accept, expected) in table {
            assert_eq!(accepting(accept), expected, "{accept}");
        }
        assert_eq!(figures(&HeaderMap::new()).ok(), json);
        assert!(json_is_accepted("text/csv, */*;q=0.1") && !json_is_accepted("text/csv"));
        // A client may send the header twice.
        let mut lines =
            HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/csv"))]);
        lines.append(header::ACCEPT, HeaderValue::from_static("image/png;q=0.5"));
        assert_eq!(figures(&lines).ok(), csv);
    }

    fn json_is_accepted(text: &str) -> bool {
        json(&with(header::ACCEPT, text)).is_ok()
    }

    #[test]
    fn a_specific_range_goes_before_a_wildcard() {
        let table = [
            ("application/json;q=0, */*", Some(Format::SdmxCsv2)),
            ("application/*;q=0.2, text/csv;q=0.1, */*;q=0", Some(Format::Json)),
            ("*/*;q=0.1, application/vnd.apache.parquet", Some(Format::Parquet)),
            ("*/*;q=0", None),
        ];
        for (accept, expected) in table {
            assert_eq!(accepting(accept), expected, "{accept}");
        }
        for rest in [SdmxRest::V1_5, SdmxRest::V2_2] {
            let any = sdmx_figures(rest, &with(header::ACCEPT, "application/*")).unwrap();
            assert_eq!(any, sdmx_figures(rest, &HeaderMap::new()).unwrap());
        }
    }

    #[test]
    fn a_coding_is_chosen_by_its_weight() {
        let chosen = |coding, is_required| Some(ChosenCoding { coding, is_required });
        let (gzip, zstd) = (Some(Coding::Gzip), Some(Coding::Zstd));
        let table = [
            ("", chosen(None, false)),
            ("gzip, deflate, br, zstd", chosen(zstd, false)),
            ("zstd;q=0, GZIP;q=0.5", chosen(gzip, false)),
            ("gzip;q=1.0, zstd;q=0.1", chosen(gzip, false)),
            ("x-gzip", chosen(gzip, false)),
            ("identity", chosen(None, false)),
            ("identity, gzip;q=0.5", chosen(None, false)),
            ("br", chosen(None, false)),
            ("*", chosen(zstd, false)),
            ("*;q=0.5, zstd;q=0", chosen(gzip, false)),
            ("gzip, identity;q=0", chosen(gzip, true)),
            ("gzip, *;q=0", chosen(gzip, true)),
            ("*;q=0, identity;q=0.1", chosen(None, false)),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("br, *;q=0", None),
        ];
        for (accepted, expected) in table {
            assert_eq!(coding(&with(header::ACCEPT_ENCODING, accepted)), expected, "{accepted}");
        }
        assert_eq!(coding(&HeaderMap::new()), chosen(None, false));
    }

    #[test]
    fn a_language_is_chosen_by_its_weight() {
        let table = [
            ("", "en"),
            ("de", "de"),
            ("de-AT", "de"),
            ("DE", "de"),
            ("it, de;q=0.7, en;q=0.6", "de"),
            ("fr-CA, en;q=0.6", "fr"),
            ("es-419, fr;q=0.9", "es"),
            ("en, de", "en"),
            ("de;q=0.3, en;q=0.8", "en"),
            ("de;q=0", "en"),
            ("de;q=x", "en"),
            ("de;q=7", "en"),
            ("it", "en"),
            ("*", "en"),
            ("en;q=0, *", "de"),
            ("en;q=0.5, *", "de"),
            ("it, *;q=0.1", "en"),
            ("*, de;q=0.5", "en"),
            (";;,,", "en"),
        ];
        for (asked, expected) in table {
            let headers = with(header::ACCEPT_LANGUAGE, asked);
            assert_eq!(language(None, &headers, &LANGUAGES), expected, "{asked}");
        }
        assert_eq!(language(None, &HeaderMap::new(), &LANGUAGES), "en");
    }

    #[test]
    fn a_language_is_looked_up_from_long_to_short() {
        let offered = ["en", "de", "fr", "fr-CA", "zh-Hant"];
        let table = [
            ("fr-CH", "fr"),
            ("fr-ca", "fr-CA"),
            ("fr-CA;q=0.2, de;q=0.1", "fr-CA"),
            ("fr-CA;q=0, fr", "fr"),
            ("fr-CH, en;q=0.9", "fr"),
            ("zh-Hant-TW, de;q=0.5", "zh-Hant"),
            ("zh, de;q=0.5", "de"),
            ("it", "en"),
            ("it, *;q=0.5", "en"),
            ("en;q=0, *;q=0.5", "de"),
        ];
        for (asked, expected) in table {
            let headers = with(header::ACCEPT_LANGUAGE, asked);
            assert_eq!(language(None, &headers, &offered), expected, "{asked}");
            let german = Language::parse("de-AT").unwrap();
            assert_eq!(language(Some(&german), &headers, &offered), "de", "the address wins");
            let other = Language::parse("it").unwrap();
            assert_eq!(language(Some(&other), &headers, &offered), expected, "{asked}");
        }
    }

    #[test]
    fn an_error_comes_in_the_form_that_is_read() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let table = [
            ("", ErrorForm::Problem, ErrorForm::Problem),
            ("*/*", ErrorForm::Problem, ErrorForm::Problem),
            (browser, ErrorForm::Html, ErrorForm::Html),
            ("application/json", ErrorForm::Problem, ErrorForm::Problem),
            ("image/png", ErrorForm::Problem, ErrorForm::Problem),
            (
                "application/vnd.sdmx.genericdata+xml;version=2.1",
                ErrorForm::Problem,
                ErrorForm::SdmxMl21,
            ),
            ("application/xml", ErrorForm::Problem, ErrorForm::SdmxMl21),
            (
                "application/vnd.sdmx.data+json;version=2.0.0",
                ErrorForm::Problem,
                ErrorForm::SdmxJson20,
            ),
        ];
        for (accept, plain, sdmx) in table {
            let headers = with(header::ACCEPT, accept);
            assert_eq!(error_form(false, &headers), plain, "{accept}");
            assert_eq!(error_form(true, &headers), sdmx, "{accept}");
        }
    }
}
