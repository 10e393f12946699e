//! Which of the offered formats a reader accepts.
//!
//! Not here: formats themselves.
//!
//! Invariants:
//! 1. The highest quality wins, and of equals the one that stands first; nothing acceptable is a
//!    refusal, never another format (`accept::tests::accept_is_read_as_it_is_written`).
//!
//! Format: `application/vnd.sdmx.data+csv;version=2.0.0, application/json;q=0.5`.

use crate::error::Error;
use crate::query::Format;

/// What is offered for figures.
const FIGURES: &str =
    "application/json and application/vnd.sdmx.data+csv;version=2.0.0 (or text/csv)";
/// What is offered for everything else.
const STRUCTURES: &str = "application/json";

/// The format for figures; no header stands for JSON.
pub fn figures(accept: Option<&str>) -> Result<Format, Error> {
    choose(accept, &[Format::Json, Format::Csv]).ok_or(Error::NotAcceptable { offered: FIGURES })
}

/// Whether JSON is accepted.
pub fn structures(accept: Option<&str>) -> Result<(), Error> {
    let chosen = choose(accept, &[Format::Json]);
    chosen.map(|_| ()).ok_or(Error::NotAcceptable { offered: STRUCTURES })
}

fn choose(accept: Option<&str>, offered: &[Format]) -> Option<Format> {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return offered.first().copied();
    };
    let mut best: Option<(u32, Format)> = None;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or("").to_ascii_lowercase();
        let (mut thousandths, mut version) = (1000, "2.0.0");
        for part in parts {
            match part.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
                Some(("q", value)) => thousandths = quality(value),
                Some(("version", value)) => version = value,
                _ => {}
            }
        }
        let meant: &[Format] = match media.as_str() {
            "*/*" => &[Format::Json, Format::Csv],
            "application/*" | "application/json" => &[Format::Json],
            "text/*" | "text/csv" => &[Format::Csv],
            "application/vnd.sdmx.data+csv" if version.starts_with("2.") => &[Format::Csv],
            _ => &[],
        };
        let Some(&format) = meant.iter().find(|format| offered.contains(format)) else { continue };
        if thousandths > 0 && best.is_none_or(|(most, _)| thousandths > most) {
            best = Some((thousandths, format));
        }
    }
    best.map(|(_, format)| format)
}

/// A quality in thousandths; what is none counts as 0.
fn quality(value: &str) -> u32 {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let part: u32 = format!("{part:0<3}").parse().unwrap_or(0);
    match whole {
        "0" => part,
        "1" if part == 0 => 1000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_is_read_as_it_is_written() {
        let (json, csv) = (Some(Format::Json), Some(Format::Csv));
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let table = [
            ("", json),
            ("*/*", json),
            (browser, json),
            ("application/json", json),
            ("APPLICATION/JSON ; q=1.0", json),
            ("text/csv", csv),
            ("text/*", csv),
            ("application/vnd.sdmx.data+csv;version=2.0.0", csv),
            ("application/vnd.sdmx.data+csv", csv),
            ("application/vnd.sdmx.data+csv; version=1.0.0", None),
            ("application/json;q=0.5, text/csv", csv),
            ("text/csv, application/json", csv),
            ("text/csv;q=0, application/json;q=0.001", json),
            ("application/json;q=0", None),
            ("application/json;q=x", None),
            ("application/vnd.sdmx.genericdata+xml;version=2.1", None),
            ("image/png", None),
            (";;;,,,", None),
        ];
        for (accept, expected) in table {
            assert_eq!(figures(Some(accept)).ok(), expected, "{accept}");
        }
        assert_eq!(figures(None).ok(), json);
    }

    #[test]
    fn structures_are_json_alone() {
        assert!(structures(Some("text/csv, */*;q=0.1")).is_ok());
        assert!(structures(Some("text/csv")).is_err());
    }
}
