//! The formats in which figures are written, with their names and media types.
//!
//! Not here: the writers ([`crate::formats::writer`] lists them), and which format a client
//! accepts (crate `serve`, module `negotiate`).
//!
//! Invariants:
//! 1. A name and a media type stand for one format each
//!    (`query::format::tests::a_name_and_a_media_type_stand_for_one_format`).

use crate::error::Error;

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// SDMX-CSV 2.0.
    SdmxCsv2,
    /// SDMX-CSV 1.0.
    SdmxCsv1,
    /// SDMX-ML 2.1, generic.
    SdmxMl21Generic,
    /// The compact JSON of [`crate::formats::json`].
    Json,
    /// JSON-stat 2.0.
    JsonStat,
    /// Apache Parquet.
    Parquet,
    /// SDMX-JSON 2.0.
    SdmxJson20,
    /// SDMX-ML 2.1, structure-specific.
    SdmxMl21Specific,
    /// A spreadsheet.
    Xlsx,
}

impl Format {
    /// Every format, the ones for our own programs first.
    pub const ALL: [Format; 9] = [
        Format::Json,
        Format::SdmxCsv2,
        Format::JsonStat,
        Format::Parquet,
        Format::Xlsx,
        Format::SdmxCsv1,
        Format::SdmxJson20,
        Format::SdmxMl21Specific,
        Format::SdmxMl21Generic,
    ];

    /// The format, if it can contain the figures of several dataflows.
    ///
    /// Errors: it cannot.
    pub(crate) fn with_several(self) -> Result<Self, Error> {
        match self {
            Format::SdmxCsv2
            | Format::SdmxMl21Generic
            | Format::SdmxJson20
            | Format::SdmxMl21Specific => Ok(self),
            Format::SdmxCsv1 | Format::Json | Format::JsonStat | Format::Parquet | Format::Xlsx => {
                let what = "several dataflows in this format";
                let next = "choose SDMX-CSV 2.0, SDMX-JSON or SDMX-ML, or ask for one at a time";
                Err(Error::NotOffered { what, next })
            }
        }
    }

    /// The name: the value of `format=` and the ending of an address.
    pub fn name(self) -> &'static str {
        match self {
            Format::SdmxCsv2 => "csv",
            Format::SdmxCsv1 => "sdmx-csv-1",
            Format::SdmxMl21Generic => "sdmx-ml-generic",
            Format::Json => "json",
            Format::JsonStat => "jsonstat",
            Format::Parquet => "parquet",
            Format::SdmxJson20 => "sdmx-json",
            Format::SdmxMl21Specific => "sdmx-ml",
            Format::Xlsx => "xlsx",
        }
    }

    /// The format of a name; `sdmx-csv` is another name of `csv`.
    pub fn named(name: &str) -> Option<Self> {
        if name == "sdmx-csv" {
            return Some(Format::SdmxCsv2);
        }
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The media type, as answers state it.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::SdmxCsv2 => "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
            Format::SdmxCsv1 => "application/vnd.sdmx.data+csv; version=1.0.0; charset=utf-8",
            Format::SdmxMl21Generic => {
                "application/vnd.sdmx.genericdata+xml; version=2.1; charset=utf-8"
            }
            Format::Json => "application/json",
            Format::JsonStat => "application/vnd.json-stat+json",
            Format::Parquet => "application/vnd.apache.parquet",
            Format::SdmxJson20 => "application/vnd.sdmx.data+json; version=2.0.0; charset=utf-8",
            Format::SdmxMl21Specific => {
                "application/vnd.sdmx.structurespecificdata+xml; version=2.1; charset=utf-8"
            }
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Whether the format has names for people beside codes.
    pub fn has_texts(self) -> bool {
        matches!(self, Format::JsonStat | Format::SdmxJson20 | Format::Xlsx)
    }

    /// Whether the format can only be written in one piece.
    pub fn is_whole(self) -> bool {
        matches!(self, Format::Parquet | Format::Xlsx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_name_and_a_media_type_stand_for_one_format() {
        let names: BTreeSet<&str> = Format::ALL.iter().map(|f| f.name()).collect();
        let types: BTreeSet<&str> = Format::ALL.iter().map(|f| f.media_type()).collect();
        assert_eq!((names.len(), types.len()), (9, 9));
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(format));
        }
        assert_eq!(Format::named("sdmx-csv"), Some(Format::SdmxCsv2));
        assert_eq!(Format::named("CSV"), None);
    }
}
