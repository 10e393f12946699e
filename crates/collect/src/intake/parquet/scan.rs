//! The pages of a group of rows, by their headers: how much memory its columns take when they are
//! decoded together.
//!
//! Not here: which claims are believable (module `header`), the pages' contents (module `pages`).
//!
//! Invariants:
//! 1. Nothing is unpacked before every header of the group of rows has been read and believed.
//! 2. The memory of a column is that of its dictionary, of its largest page as stored, and of as
//!    many pages as the rows that are decoded at once can touch
//!    (`intake::parquet::scan::tests::memory_is_that_of_the_worst_window`).

use std::collections::VecDeque;

use ::parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};

use super::footer::chunk_start;
use super::header::{PageHeader, PageKind};
use crate::intake::contents::Contents;

/// Rows decoded at a time.
pub(super) const ROWS_AT_ONCE: usize = 8192;
/// Bytes in which most headers lie.
const HEADER_BYTES: u64 = 512;
/// Bytes of a header at most: it may hold the smallest and the largest value of its page.
const HEADER_BYTES_MAX: u64 = 64 << 10;
/// Bytes that a column takes for the rows that are decoded at once, apart from its pages.
const ROW_BYTES: u64 = 2 * 16 * ROWS_AT_ONCE as u64;

/// Why a group of rows is not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A header cannot be read, or contradicts the footer.
    Damaged,
    /// A page claims more than its values can take.
    TooLarge,
}

/// The place of the pages of a column that are not read yet.
#[derive(Clone)]
pub(super) struct Unread {
    position: u64,
    /// Bytes up to the end of the column.
    bytes: u64,
    /// Values in the data pages that are still to come.
    values: u64,
}

impl Unread {
    /// All pages of a column.
    pub(super) fn all(column: &ColumnChunkMetaData) -> Option<Self> {
        Some(Self {
            position: chunk_start(column)?,
            bytes: u64::try_from(column.compressed_size()).ok()?,
            values: u64::try_from(column.num_values()).ok()?,
        })
    }

    /// Passes over the header and the contents of the next page; returns the header, and where the
    /// contents lie. `None` after the last page.
    pub(super) fn next(
        &mut self,
        contents: &Contents,
        column: &ColumnChunkMetaData,
    ) -> Result<Option<(PageHeader, u64)>, Refusal> {
        if self.values == 0 || self.bytes == 0 {
            return if self.values == 0 { Ok(None) } else { Err(Refusal::Damaged) };
        }
        let header = self.header(contents).ok_or(Refusal::Damaged)?;
        let start = self.position + header.bytes;
        let bytes = header.bytes + header.stored;
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Refusal::Damaged)?;
        self.position += bytes;
        if matches!(header.kind, Some(PageKind::Data | PageKind::Data2 { .. })) {
            let values = self.values.checked_sub(header.values.into());
            self.values = values.ok_or(Refusal::Damaged)?;
        }
        if header.kind.is_some() && !header.is_believable(column.compression()) {
            return Err(Refusal::TooLarge);
        }
        Ok(Some((header, start)))
    }

    fn header(&self, contents: &Contents) -> Option<PageHeader> {
        [HEADER_BYTES, HEADER_BYTES_MAX].into_iter().find_map(|bytes| {
            let bytes = bytes.min(self.bytes) as usize;
            PageHeader::parse(&contents.read_at(self.position, bytes).ok()?)
        })
    }
}

/// The most bytes that the columns of a group of rows take while they are decoded together.
pub(super) fn memory(contents: &Contents, group: &RowGroupMetaData) -> Result<u64, Refusal> {
    let mut bytes = 0u64;
    for column in group.columns() {
        let mut unread = Unread::all(column).ok_or(Refusal::Damaged)?;
        let mut need = ColumnMemory::default();
        while let Some((header, _)) = unread.next(contents, column)? {
            need.add(&header)?;
        }
        bytes = bytes.saturating_add(need.bytes());
    }
    Ok(bytes)
}

/// The memory of the pages of a column, added up one by one.
#[derive(Default)]
struct ColumnMemory {
    dictionary: u64,
    stored_max: u64,
    /// The pages that the rows decoded at once may touch: their values and their bytes.
    window: VecDeque<(u64, u64)>,
    window_values: u64,
    window_bytes: u64,
    window_bytes_max: u64,
}

impl ColumnMemory {
    fn add(&mut self, header: &PageHeader) -> Result<(), Refusal> {
        let bytes = header.memory();
        self.stored_max = self.stored_max.max(header.stored);
        match header.kind {
            None => {}
            // A column has one dictionary, before its values.
            Some(PageKind::Dictionary) if self.dictionary > 0 => return Err(Refusal::Damaged),
            Some(PageKind::Dictionary) => self.dictionary = bytes.max(1),
            Some(_) => self.add_data(header.values.into(), bytes),
        }
        Ok(())
    }

    fn add_data(&mut self, values: u64, bytes: u64) {
        self.window.push_back((values, bytes));
        self.window_values += values;
        self.window_bytes += bytes;
        // The rows can touch the first page of the window and this one only if those in between
        // have at most two fewer.
        while let Some(&(first_values, first_bytes)) = self.window.front()
            && self.window.len() > 1
            && self.window_values - first_values - values > ROWS_AT_ONCE as u64 - 2
        {
            self.window.pop_front();
            self.window_values -= first_values;
            self.window_bytes -= first_bytes;
        }
        self.window_bytes_max = self.window_bytes_max.max(self.window_bytes);
    }

    fn bytes(&self) -> u64 {
        self.dictionary + self.stored_max + self.window_bytes_max + ROW_BYTES
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Compared with every choice of rows, counted one by one.
        #[test]
        fn memory_is_that_of_the_worst_window(
            pages in prop::collection::vec((0u64..9000, 0u64..1000), 1..12),
        ) {
            let mut memory = ColumnMemory::default();
            pages.iter().for_each(|&(values, bytes)| memory.add_data(values, bytes));
            let starts: Vec<u64> = pages
                .iter()
                .scan(0, |next, &(values, _)| Some(std::mem::replace(next, *next + values)))
                .collect();
            let touched = |first: u64| {
                let last = first + ROWS_AT_ONCE as u64 - 1;
                let is_touched = |&(start, &(values, _)): &(&u64, &(u64, u64))| {
                    values > 0 && *start <= last && first < start + values
                };
                let touched = starts.iter().zip(&pages).filter(is_touched);
                touched.map(|(_, &(_, bytes))| bytes).sum::<u64>()
            };
            let worst = starts
                .iter()
                .zip(&pages)
                .flat_map(|(start, (values, _))| [*start, start + values.saturating_sub(1)])
                .map(touched)
                .max();
            prop_assert!(memory.window_bytes_max >= worst.unwrap_or(0));
            prop_assert!(memory.window_bytes_max <= pages.iter().map(|&(_, bytes)| bytes).sum());
        }
    }

    #[test]
    fn pages_that_no_rows_touch_together_are_not_added_up() {
        let mut memory = ColumnMemory::default();
        (0..1000).for_each(|_| memory.add_data(20_000, 1 << 20));
        assert_eq!(memory.window_bytes_max, 2 << 20);
    }
}
