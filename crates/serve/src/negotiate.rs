//! Which of the offered formats a reader accepts.
//!
//! Not here: formats themselves.
//!
//! Invariants:
//! 1. The highest quality wins, and of equals the one that stands first; nothing acceptable is a
//!    refusal, never another format (`negotiate::tests::accept_is_read_as_it_is_written`).
//!
//! Format: `application/vnd.sdmx.data+csv;version=2.0.0, application/json;q=0.5`.

use tidegauge_figures::{Error, Format, SdmxRest, StructureFormat};

/// What is offered for figures.
const FIGURES: &str = "application/json, text/csv, application/vnd.json-stat+json, \
    application/vnd.apache.parquet, application/vnd.sdmx.data+csv, application/vnd.sdmx.data+json, \
    application/vnd.sdmx.structurespecificdata+xml, application/vnd.sdmx.genericdata+xml";
/// What is offered for everything else.
const STRUCTURES: &str = "application/json";

const SDMX_STRUCTURES: &str = "application/vnd.sdmx.structure+xml;version=2.1 and \
    application/vnd.sdmx.structure+json;version=2.0.0";
const SDMX_DATA: &str = "application/vnd.sdmx.genericdata+xml;version=2.1, \
    application/vnd.sdmx.structurespecificdata+xml;version=2.1, \
    application/vnd.sdmx.data+json;version=2.0.0, application/vnd.sdmx.data+csv;version=1.0.0 or \
    2.0.0, application/vnd.json-stat+json and application/vnd.apache.parquet";

/// The format for figures; no header stands for JSON.
pub fn figures(accept: Option<&str>) -> Result<Format, Error> {
    choose(accept, &Format::ALL, data).ok_or(Error::NotAcceptable { offered: FIGURES })
}

/// Whether JSON is accepted.
pub fn structures(accept: Option<&str>) -> Result<(), Error> {
    let json = |media: &str, _: Option<&str>| match media {
        "*/*" | "application/*" | "application/json" => vec![()],
        _ => vec![],
    };
    choose(accept, &[()], json).ok_or(Error::NotAcceptable { offered: STRUCTURES })
}

/// The formats that a media range with this version stands for, the preferred first.
pub fn data(media: &str, version: Option<&str>) -> Vec<Format> {
    let is = |prefix: &str| version.is_none_or(|version| version.starts_with(prefix));
    match media {
        "*/*" => Format::ALL.to_vec(),
        "application/*" => vec![Format::Json],
        "application/json" => vec![Format::Json, Format::SdmxJson20],
        "application/vnd.json-stat+json" => vec![Format::JsonStat],
        "application/vnd.apache.parquet" => vec![Format::Parquet],
        "text/csv" | "text/*" => vec![Format::SdmxCsv2, Format::SdmxCsv1],
        "application/vnd.sdmx.data+csv" if version.is_none() => {
            vec![Format::SdmxCsv2, Format::SdmxCsv1]
        }
        "application/vnd.sdmx.data+csv" if is("2.0") => vec![Format::SdmxCsv2],
        "application/vnd.sdmx.data+csv" if is("1.") => vec![Format::SdmxCsv1],
        "application/vnd.sdmx.data+json" if is("2.0") => vec![Format::SdmxJson20],
        "application/vnd.sdmx.genericdata+xml" if is("2.1") => vec![Format::SdmxMl21Generic],
        "application/vnd.sdmx.structurespecificdata+xml" if is("2.1") => {
            vec![Format::SdmxMl21Specific]
        }
        _ => vec![],
    }
}

/// The format for figures at an SDMX root.
pub fn sdmx_data(root: SdmxRest, accept: Option<&str>) -> Result<Format, Error> {
    use Format::{
        JsonStat, Parquet, SdmxCsv1, SdmxCsv2, SdmxJson20, SdmxMl21Generic, SdmxMl21Specific,
    };
    let offered = match root {
        SdmxRest::V1_5 => {
            [SdmxMl21Generic, SdmxMl21Specific, SdmxCsv1, SdmxCsv2, SdmxJson20, JsonStat, Parquet]
        }
        SdmxRest::V2_2 => {
            [SdmxJson20, SdmxCsv2, SdmxCsv1, SdmxMl21Specific, SdmxMl21Generic, JsonStat, Parquet]
        }
    };
    let meant = |media: &str, version: Option<&str>| {
        let mut meant = match media {
            "application/xml" | "text/xml" => vec![SdmxMl21Generic],
            _ => data(media, version),
        };
        if root == SdmxRest::V1_5 && meant == [SdmxCsv2, SdmxCsv1] {
            meant.reverse();
        }
        meant
    };
    choose(accept, &offered, meant).ok_or(Error::NotAcceptable { offered: SDMX_DATA })
}

/// The format for structures at an SDMX root.
pub fn sdmx_structures(root: SdmxRest, accept: Option<&str>) -> Result<StructureFormat, Error> {
    use StructureFormat::{SdmxJson20, SdmxMl21};
    let offered = match root {
        SdmxRest::V1_5 => [SdmxMl21, SdmxJson20],
        SdmxRest::V2_2 => [SdmxJson20, SdmxMl21],
    };
    let meant = |media: &str, version: Option<&str>| {
        let is = |wanted: &str| version.is_none_or(|version| version.starts_with(wanted));
        match media {
            "application/*" => offered.to_vec(),
            "application/json" => vec![SdmxJson20],
            "application/vnd.sdmx.structure+json" | "application/vnd.sdmx.schema+json"
                if is("2.0") =>
            {
                vec![SdmxJson20]
            }
            "application/xml" | "text/xml" | "text/*" => vec![SdmxMl21],
            "application/vnd.sdmx.structure+xml" if is("2.1") => vec![SdmxMl21],
            _ => vec![],
        }
    };
    choose(accept, &offered, meant).ok_or(Error::NotAcceptable { offered: SDMX_STRUCTURES })
}

/// The best of what is offered, `meant` telling what a media range and its version stand for;
/// no header stands for the first.
pub fn choose<T: Copy + PartialEq>(
    accept: Option<&str>,
    offered: &[T],
    meant: impl Fn(&str, Option<&str>) -> Vec<T>,
) -> Option<T> {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return offered.first().copied();
    };
    let mut best: Option<(u32, T)> = None;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or("").to_ascii_lowercase();
        let (mut thousandths, mut version) = (1000, None);
        for part in parts {
            match part.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
                Some(("q", value)) => thousandths = quality(value),
                Some(("version", value)) => version = Some(value.trim_matches('"')),
                _ => {}
            }
        }
        // Of everything, the one that is offered first.
        let found = match media.as_str() {
            "*/*" => offered.first().copied(),
            _ => meant(&media, version).into_iter().find(|one| offered.contains(one)),
        };
        let Some(format) = found else { continue };
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
        let (json, csv) = (Some(Format::Json), Some(Format::SdmxCsv2));
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
            ("application/vnd.sdmx.data+csv; version=1.0.0", Some(Format::SdmxCsv1)),
            ("application/vnd.sdmx.data+csv; version=3.0.0", None),
            ("application/vnd.sdmx.data+json;version=2.0.0", Some(Format::SdmxJson20)),
            ("application/vnd.sdmx.data+json;version=1.0.0", None),
            ("application/vnd.apache.parquet", Some(Format::Parquet)),
            ("application/json;q=0.5, text/csv", csv),
            ("text/csv, application/json", csv),
            ("text/csv;q=0, application/json;q=0.001", json),
            ("application/json;q=0", None),
            ("application/json;q=x", None),
            ("application/vnd.sdmx.genericdata+xml;version=2.1", Some(Format::SdmxMl21Generic)),
            ("application/vnd.sdmx.genericdata+xml;version=2.0", None),
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
