//! The headers of the pages of a Parquet column, read before the library believes them.
//!
//! A header is a struct of Thrift's compact protocol. Only its sizes and counts are read, the rest
//! is passed over.
//!
//! Not here: what is in a page. An encoding inside of one can claim more values than it has; the
//! limit of the process ends that (module `memory`).
//!
//! Invariants:
//! 1. A page that claims more bytes or values than the footer gives its column is found
//!    (`rows::pages::tests::a_page_that_claims_too_much_is_found`).
//! 2. Hostile headers end the reading and never the process
//!    (`rows::pages::tests::any_bytes_are_read_without_a_panic`).

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use parquet::file::metadata::ColumnChunkMetaData;

/// Bytes of a header at most; it may have the least and the greatest value of its page.
const HEADER_BYTES_MAX: usize = 1024 * 1024;
/// Structs inside of structs.
const DEPTH_MAX: u8 = 16;

/// What is wrong with the pages of a column.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// They cannot be read.
    Broken,
    /// One claims more than its column has.
    TooMuch,
}

/// What a header claims.
#[derive(Debug, Default, PartialEq, Eq)]
struct Header {
    /// Its own bytes.
    length: usize,
    expanded: i64,
    compressed: i64,
    /// The values of a page of data.
    values: i64,
    /// The values of a dictionary.
    entries: i64,
}

/// Checks the pages of a column with so many rows.
pub(super) fn check(file: &File, column: &ColumnChunkMetaData, rows: i64) -> Result<(), Wrong> {
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let mut place = u64::try_from(start).map_err(|_| Wrong::Broken)?;
    let mut left = u64::try_from(column.compressed_size()).map_err(|_| Wrong::Broken)?;
    let all = column.num_values().max(rows);
    let (bytes_max, mut values) = (column.uncompressed_size(), 0i64);
    while left > 0 && values < all {
        let header = header_at(file, place).ok_or(Wrong::Broken)?;
        let is_too_much =
            header.expanded > bytes_max || header.values > all || header.entries > header.expanded;
        if is_too_much {
            return Err(Wrong::TooMuch);
        }
        let compressed = u64::try_from(header.compressed).map_err(|_| Wrong::Broken)?;
        let taken = compressed.saturating_add(header.length as u64);
        left = left.checked_sub(taken).ok_or(Wrong::Broken)?;
        place = place.checked_add(taken).ok_or(Wrong::Broken)?;
        values = values.saturating_add(header.values.max(0));
    }
    Ok(())
}

/// The header at a place; most are short.
fn header_at(file: &File, place: u64) -> Option<Header> {
    [512, HEADER_BYTES_MAX].into_iter().find_map(|most| {
        let mut bytes = vec![0; most];
        let mut read = 0;
        while read < most {
            match file.read_at(&mut bytes[read..], place.checked_add(read as u64)?).ok()? {
                0 => break,
                more => read += more,
            }
        }
        header(&bytes[..read])
    })
}

/// The header at the beginning of these bytes.
fn header(bytes: &[u8]) -> Option<Header> {
    let (mut reader, mut found) = (Compact(bytes), Header::default());
    let mut field = 0;
    while let Some(kind) = reader.field(&mut field)? {
        match (field, kind) {
            (2, Kind::INTEGER) => found.expanded = reader.integer()?,
            (3, Kind::INTEGER) => found.compressed = reader.integer()?,
            (5 | 8, Kind::STRUCT) => found.values = reader.first_integer()?,
            (7, Kind::STRUCT) => found.entries = reader.first_integer()?,
            _ => reader.skip(kind, 0)?,
        }
    }
    found.length = bytes.len() - reader.0.len();
    Some(found)
}

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind(u8);

impl Kind {
    const INTEGER: Self = Self(5);
    const STRUCT: Self = Self(12);
}

/// Bytes of the compact protocol.
struct Compact<'b>(&'b [u8]);

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn pass(&mut self, bytes: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    /// A number of seven bits a byte.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number with a sign.
    fn integer(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The next field of a struct: sets its number; no kind at the end of the struct.
    fn field(&mut self, number: &mut i64) -> Option<Option<Kind>> {
        let byte = self.byte()?;
        if byte & 0x0F == 0 {
            return Some(None);
        }
        *number = match byte >> 4 {
            0 => self.integer()?,
            more => number.checked_add(i64::from(more))?,
        };
        Some(Some(Kind(byte & 0x0F)))
    }

    /// The first field of a struct, which is a number; the rest is passed over.
    fn first_integer(&mut self) -> Option<i64> {
        let (mut field, mut found) = (0, 0);
        while let Some(kind) = self.field(&mut field)? {
            match (field, kind) {
                (1, Kind::INTEGER) => found = self.integer()?,
                _ => self.skip(kind, 0)?,
            }
        }
        Some(found)
    }

    fn skip(&mut self, kind: Kind, depth: u8) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        match kind.0 {
            1 | 2 => {}
            3 => self.pass(1)?,
            4..=6 => _ = self.number()?,
            7 => self.pass(8)?,
            8 => {
                let bytes = self.number()?;
                self.pass(bytes)?;
            }
            9 | 10 => self.skip_list(depth)?,
            12 => {
                let mut field = 0;
                while let Some(kind) = self.field(&mut field)? {
                    self.skip(kind, depth + 1)?;
                }
            }
            // A header has no maps.
            _ => return None,
        }
        Some(())
    }

    fn skip_list(&mut self, depth: u8) -> Option<()> {
        let head = self.byte()?;
        let items = match head >> 4 {
            15 => self.number()?,
            few => u64::from(few),
        };
        for _ in 0..items {
            match head & 0x0F {
                1 | 2 => self.pass(1)?,
                kind => self.skip(Kind(kind), depth + 1)?,
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of data: kind, sizes, and a struct with the number of values.
    fn page(expanded: &[u8], values: &[u8]) -> Vec<u8> {
        let statistics = [0x1C, 0x18, 2, b'a', b'b', 0];
        let head = [&[0x15, 0, 0x15][..], expanded, &[0x15, 8, 0x2C, 0x15], values];
        [&head.concat()[..], &[0x15, 0, 0x15, 6, 0x15, 6], &statistics, &[0, 0]].concat()
    }

    #[test]
    fn a_header_is_read_over_what_is_not_needed() {
        let mut bytes = page(&[0xA0, 1], &[6]);
        let length = bytes.len();
        bytes.extend(b"data");
        let expected = Header { length, expanded: 80, compressed: 4, values: 3, entries: 0 };
        assert_eq!(header(&bytes), Some(expected));
        assert_eq!(header(&bytes[..length - 1]), None);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic() {
        let mut seed = 7u64;
        let good = page(&[0xA0, 1], &[6]);
        for _ in 0..20_000 {
            let mut bytes = good.clone();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let place = (seed >> 33) as usize % bytes.len();
                bytes[place] = (seed >> 20) as u8;
            }
            header(&bytes);
        }
        assert_eq!(header(&[0x1C; 4096]), None);
        assert_eq!(header(&[0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]), None);
    }

    #[test]
    fn a_page_that_claims_too_much_is_found() {
        use parquet::file::metadata::ColumnChunkMetaData;
        use parquet::file::reader::{FileReader as _, SerializedFileReader};
        let file_of = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            std::io::Write::write_all(&mut file, bytes).unwrap();
            file
        };
        let sample = file_of(&crate::samples::parquet());
        let reader = SerializedFileReader::new(sample.try_clone().unwrap()).unwrap();
        let group = reader.metadata().row_group(0);
        for column in group.columns() {
            assert_eq!(check(&sample, column, group.num_rows()), Ok(()));
        }
        // A page of 80 bytes and 3 values.
        let bytes = [page(&[0xA0, 1], &[6]), b"data".to_vec()].concat();
        let file = file_of(&bytes);
        let checked = |values: i64, expanded: i64, compressed: usize| {
            let column = ColumnChunkMetaData::builder(group.column(1).column_descr_ptr())
                .set_num_values(values)
                .set_data_page_offset(0)
                .set_total_compressed_size(compressed as i64)
                .set_total_uncompressed_size(expanded);
            check(&file, &column.build().unwrap(), values)
        };
        assert_eq!(checked(3, 80, bytes.len()), Ok(()));
        assert_eq!(checked(3, 79, bytes.len()), Err(Wrong::TooMuch));
        assert_eq!(checked(2, 80, bytes.len()), Err(Wrong::TooMuch));
        assert_eq!(checked(3, 80, bytes.len() - 1), Err(Wrong::Broken));
        assert_eq!(checked(4, 80, bytes.len() + 1), Err(Wrong::Broken));
    }
}
