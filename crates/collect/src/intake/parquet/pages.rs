//! The pages of one group of rows, unpacked one by one for the decoder.
//!
//! Not here: which pages a file may have (modules `footer`, `header` and `scan`), the values in
//! them (crate `parquet` decodes them).
//!
//! Invariants:
//! 1. A page that reaches the decoder has the size that its header claims, which module `scan` has
//!    believed, and its texts take no more than [`VALUE_BYTES_MAX`] for each value
//!    (`tidegauge/tests/hostile_tables.rs`: `no_file_takes_more_than_512_mib`).

use std::sync::Arc;

use ::parquet::arrow::arrow_reader::RowGroups;
use ::parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use bytes::Bytes;

use super::codec;
use super::delta;
use super::header::{PAGE_SLACK, PageHeader, PageKind, VALUE_BYTES_MAX};
use super::scan::Unread;
use crate::intake::contents::Contents;

/// One group of rows of a file.
pub(super) struct Group<'a> {
    pub(super) contents: &'a Contents,
    pub(super) metadata: &'a Arc<ParquetMetaData>,
    pub(super) number: usize,
}

impl Group<'_> {
    fn group(&self) -> &RowGroupMetaData {
        self.metadata.row_group(self.number)
    }
}

impl RowGroups for Group<'_> {
    fn num_rows(&self) -> usize {
        // The footer's numbers of rows have been checked.
        self.group().num_rows().unsigned_abs() as usize
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let column = self.group().column(column);
        let pages = Pages {
            contents: self.contents.clone(),
            unread: Unread::all(column).ok_or_else(damaged)?,
            column: column.clone(),
        };
        Ok(Box::new(OneColumn(Some(pages))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.group()))
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.metadata
    }
}

/// The pages of a column in one group of rows.
struct OneColumn(Option<Pages>);

impl Iterator for OneColumn {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let pages: Box<dyn PageReader> = Box::new(self.0.take()?);
        Some(Ok(pages))
    }
}

impl PageIterator for OneColumn {}

/// Why a page is refused. The rows of the page are reported, not this text.
fn damaged() -> ParquetError {
    ParquetError::General("not a page as its header describes it".to_owned())
}

struct Pages {
    contents: Contents,
    column: ColumnChunkMetaData,
    unread: Unread,
}

impl Pages {
    /// The next page that holds values, and where its contents lie.
    fn next_header(&mut self) -> Result<Option<(PageHeader, PageKind, u64)>> {
        loop {
            let next = self.unread.next(&self.contents, &self.column).map_err(|_| damaged())?;
            match next {
                None => return Ok(None),
                Some((header, start)) => {
                    if let Some(kind) = header.kind {
                        return Ok(Some((header, kind, start)));
                    }
                }
            }
        }
    }

    /// The unpacked contents of a page: its levels, which may not be packed, and its values.
    fn unpacked(&self, header: &PageHeader, start: u64) -> Option<Bytes> {
        // Fits: sizes of pages are below 2^31.
        let stored = self.contents.read_at(start, header.stored as usize).ok()?;
        let codec = self.column.compression();
        let is_packed = !matches!(header.kind, Some(PageKind::Data2 { is_packed: false, .. }));
        if !is_packed || codec == ::parquet::basic::Compression::UNCOMPRESSED {
            return (stored.len() as u64 == header.decoded).then_some(stored);
        }
        let level_bytes = header.level_bytes() as usize;
        let value_bytes = (header.decoded as usize).checked_sub(level_bytes)?;
        let (levels, packed) = stored.split_at_checked(level_bytes)?;
        // A page without values has nothing to unpack.
        let values = match value_bytes {
            0 => vec![],
            _ => codec::unpack(codec, packed, value_bytes)?,
        };
        Some(if levels.is_empty() { values.into() } else { [levels, &values].concat().into() })
    }

    /// Whether the texts of an unpacked page with separate lengths take as much as they may.
    fn has_short_texts(&self, header: &PageHeader, page: &[u8]) -> bool {
        let values = u64::from(header.values);
        let body = match header.kind {
            Some(PageKind::Data2 { .. }) => page.get(header.level_bytes() as usize..),
            // A column that may be null has its definition levels first, after their length.
            _ if self.column.column_descr().max_def_level() > 0 => page
                .split_first_chunk::<4>()
                .and_then(|(length, rest)| rest.get(u32::from_le_bytes(*length) as usize..)),
            _ => Some(page),
        };
        let bytes = body.and_then(|body| delta::text_bytes(header.encoding, body, values));
        bytes.is_some_and(|bytes| bytes <= values * VALUE_BYTES_MAX + PAGE_SLACK)
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some((header, kind, start)) = self.next_header()? else { return Ok(None) };
        let buf = self.unpacked(&header, start).ok_or_else(damaged)?;
        if header.is_delta() && !self.has_short_texts(&header, &buf) {
            return Err(damaged());
        }
        let (num_values, encoding, statistics) = (header.values, header.encoding, None);
        let [def_level_encoding, rep_level_encoding] = header.levels;
        Ok(Some(match kind {
            PageKind::Dictionary => {
                Page::DictionaryPage { buf, num_values, encoding, is_sorted: false }
            }
            PageKind::Data => Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                statistics,
            },
            PageKind::Data2 { nulls, rows, level_bytes, is_packed } => Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                num_nulls: nulls,
                num_rows: rows,
                def_levels_byte_len: level_bytes.0,
                rep_levels_byte_len: level_bytes.1,
                is_compressed: is_packed,
                statistics,
            },
        }))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        let unread = self.unread.clone();
        let next = self.next_header();
        self.unread = unread;
        Ok(next?.map(|(header, kind, _)| PageMetadata {
            num_rows: match kind {
                PageKind::Data2 { rows, .. } => Some(rows as usize),
                _ => None,
            },
            num_levels: match kind {
                PageKind::Dictionary => None,
                _ => Some(header.values as usize),
            },
            is_dict: kind == PageKind::Dictionary,
        }))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.next_header().map(|_| ())
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
