//! How simulated events are laid out in Parquet files, whatever their columns.
//!
//! Not here: the columns.
//!
//! Format: Zstandard at level 1, groups of about a million rows, dictionaries except for columns of
//! many values, no statistics except for the time.

use std::path::Path;

use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::error::Error;

/// Rows of a group.
const GROUP_ROWS: usize = 1 << 20;

/// The column of the time.
const TIME: &str = "occurred_at";

/// The layout of a file; `plain` are the columns of many different texts.
pub(crate) fn properties(plain: &[&str]) -> ParquetResult<ArrowWriterOptions> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_column_statistics_enabled(ColumnPath::from(TIME), EnabledStatistics::Chunk)
        .set_column_dictionary_enabled(ColumnPath::from(TIME), false);
    let properties = plain.iter().fold(properties, |properties, column| {
        properties.set_column_dictionary_enabled(ColumnPath::from(*column), false)
    });
    // Without the Arrow schema readers see plain strings, not dictionaries.
    Ok(ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true))
}

/// The error of a file that cannot be written.
pub(crate) fn unwritable(path: &Path, error: ParquetError) -> Error {
    let kind = match &error {
        ParquetError::External(source) => {
            source.downcast_ref::<std::io::Error>().map(std::io::Error::kind)
        }
        _ => None,
    };
    let kind = kind.unwrap_or(std::io::ErrorKind::Other);
    Error::Unwritable { file: path.display().to_string(), kind }
}
