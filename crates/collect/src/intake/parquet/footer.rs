//! The footer of a Parquet file: what it claims is counted before crate `parquet` decodes it.
//!
//! Not here: the pages (modules `header` and `scan`).
//!
//! Invariants:
//! 1. A footer is decoded only if its bytes, columns and chunks are within the limits below and its
//!    columns are flat, so that decoding takes a bounded amount of memory and stack
//!    (`tidegauge/tests/hostile_tables.rs`: `no_file_takes_more_than_512_mib`).
//! 2. Rows and offsets are checked against each other and the file, and added without overflow.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::basic::Compression;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};

use super::codec;
use super::thrift::{Thrift, ValueType};
use crate::error::{InputFault, LocatedFault};
use crate::intake::contents::Contents;

/// Rows of one file at most.
const ROWS_MAX: u64 = 1 << 32;
/// Bytes of a footer at most; one group of rows takes about 100 bytes for each column.
const FOOTER_BYTES_MAX: u64 = 8 << 20;
/// Columns of all groups of rows at most.
const CHUNKS_MAX: u64 = 1 << 17;
/// Columns that are counted before their number is refused.
const COLUMNS_MAX: u64 = 1 << 12;
/// The last bytes of a file: the length of the footer and `PAR1`.
const TAIL_BYTES: u64 = 8;

/// Reads and checks the footer. `columns_max` is the number of columns that any file may have.
pub(super) fn read(
    contents: &Contents,
    columns_max: usize,
) -> Result<ParquetMetaData, LocatedFault> {
    let bad_footer = || InputFault::ParquetFooter.whole();
    let file_bytes = contents.len();
    let tail_start = file_bytes.checked_sub(TAIL_BYTES).ok_or_else(bad_footer)?;
    let tail = read_at(contents, tail_start, TAIL_BYTES)?;
    let length = tail.strip_suffix(b"PAR1").and_then(|length| length.try_into().ok());
    let bytes = u64::from(u32::from_le_bytes(length.ok_or_else(bad_footer)?));
    let start = tail_start.checked_sub(bytes).filter(|&start| start >= 4).ok_or_else(bad_footer)?;
    if bytes > FOOTER_BYTES_MAX {
        return Err(InputFault::FooterTooLong { limit: FOOTER_BYTES_MAX }.whole());
    }
    let footer = read_at(contents, start, bytes)?;
    let claims = FooterClaims::parse(&footer).ok_or_else(bad_footer)?;
    if claims.columns > columns_max as u64 {
        // Fits: a footer has at most FOOTER_BYTES_MAX columns.
        let (given, limit) = (claims.columns as usize, columns_max / 4);
        return Err(InputFault::TooManyColumns { given, limit }.whole());
    }
    if claims.is_nested {
        let expected = "columns of plain values, none of them nested";
        return Err(InputFault::WrongType { expected }.at(1, "header"));
    }
    if claims.chunks > CHUNKS_MAX {
        return Err(InputFault::FooterTooLong { limit: FOOTER_BYTES_MAX }.whole());
    }
    let metadata = catch(|| ParquetMetaDataReader::decode_metadata(&footer));
    let metadata = metadata.ok_or_else(bad_footer)?;
    check(&metadata, file_bytes)?;
    Ok(metadata)
}

fn read_at(contents: &Contents, start: u64, bytes: u64) -> Result<bytes::Bytes, LocatedFault> {
    let read = contents.read_at(start, bytes as usize);
    read.map_err(|error| InputFault::Unreadable { kind: error.kind() }.whole())
}

/// Runs a step of the decoder; `None` when it fails or panics.
pub(super) fn catch<T, E>(decode: impl FnOnce() -> Result<T, E>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(decode)).ok()?.ok()
}

/// How much a footer claims to describe.
#[derive(Default)]
struct FooterClaims {
    columns: u64,
    is_nested: bool,
    /// The columns of all groups of rows.
    chunks: u64,
}

impl FooterClaims {
    fn parse(footer: &[u8]) -> Option<Self> {
        let mut claims = Self::default();
        Thrift::new(footer).fields(|thrift, field, value_type| match field {
            2 if value_type == ValueType::LIST => claims.take_schema(thrift),
            4 if value_type == ValueType::LIST => claims.take_groups(thrift),
            _ => thrift.skip(value_type),
        })?;
        Some(claims)
    }

    fn take_schema(&mut self, thrift: &mut Thrift<'_>) -> Option<()> {
        let (_, elements) = thrift.list()?;
        self.columns = elements.checked_sub(1)?;
        for element in 0..elements.min(COLUMNS_MAX) {
            thrift.fields(|thrift, field, value_type| {
                if field != 5 {
                    return thrift.skip(value_type);
                }
                let children = thrift.integer()?;
                self.is_nested |= element > 0 && children != 0;
                Some(())
            })?;
        }
        (COLUMNS_MAX..elements).try_for_each(|_| thrift.skip(ValueType::STRUCT))
    }

    fn take_groups(&mut self, thrift: &mut Thrift<'_>) -> Option<()> {
        let (_, groups) = thrift.list()?;
        for _ in 0..groups {
            thrift.fields(|thrift, field, value_type| {
                if field != 1 || value_type != ValueType::LIST {
                    return thrift.skip(value_type);
                }
                let (element, chunks) = thrift.list()?;
                self.chunks += chunks;
                (0..chunks).try_for_each(|_| thrift.skip(element))
            })?;
        }
        Some(())
    }
}

fn check(metadata: &ParquetMetaData, file_bytes: u64) -> Result<(), LocatedFault> {
    let bad_footer = || InputFault::ParquetFooter.whole();
    let mut rows = 0u64;
    for group in metadata.row_groups() {
        let group_rows = u64::try_from(group.num_rows()).map_err(|_| bad_footer())?;
        rows = rows.checked_add(group_rows).ok_or_else(bad_footer)?;
        for column in group.columns() {
            let number = |number: i64| u64::try_from(number).map_err(|_| bad_footer());
            let end = chunk_start(column)
                .and_then(|start| start.checked_add(u64::try_from(column.compressed_size()).ok()?));
            let values = number(column.num_values())?;
            if end.is_none_or(|end| end > file_bytes) || values != group_rows {
                return Err(bad_footer());
            }
            if codec::expansion_max(column.compression()).is_none() {
                let codec =
                    if column.compression() == Compression::LZO { "LZO" } else { "unknown" };
                return Err(InputFault::ParquetCodec { codec }.whole());
            }
        }
    }
    if rows > ROWS_MAX {
        return Err(InputFault::TooManyRows { limit: ROWS_MAX }.whole());
    }
    if Ok(rows) != u64::try_from(metadata.file_metadata().num_rows()) {
        return Err(bad_footer());
    }
    Ok(())
}

/// Where the pages of a column of a group of rows begin. Some writers name a dictionary where there
/// is none.
pub(super) fn chunk_start(column: &ColumnChunkMetaData) -> Option<u64> {
    let data = u64::try_from(column.data_page_offset()).ok()?;
    let dictionary = column.dictionary_page_offset().and_then(|start| u64::try_from(start).ok());
    Some(dictionary.filter(|&start| 0 < start && start < data).unwrap_or(data))
}
