//! The header of a page, and whether its claims are believable.
//!
//! Not here: reading headers from a file (module `scan`), unpacking (module `codec`).
//!
//! Invariants:
//! 1. A page that is believable unpacks to at most [`VALUE_BYTES_MAX`] for each of its values and
//!    [`PAGE_SLACK`], and to no more than its codec can make of its bytes
//!    (`intake::parquet::header::tests::a_claim_is_believed_up_to_its_bound`).

use ::parquet::basic::{Compression, Encoding};

use super::codec;
use super::thrift::{Thrift, ValueType};

/// Bytes to which a value may decode, on average over a page: an id or a pseudonym has at most 128.
pub(super) const VALUE_BYTES_MAX: u64 = 256;
/// Bytes that any page may have beyond those of its values.
pub(super) const PAGE_SLACK: u64 = 4096;

/// The kinds of pages that hold values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageKind {
    Dictionary,
    Data,
    /// A data page of the second version, whose levels are not packed.
    Data2 {
        nulls: u32,
        rows: u32,
        level_bytes: (u32, u32),
        is_packed: bool,
    },
}

/// The claims of a page's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// `None` for a page that holds no values.
    pub(super) kind: Option<PageKind>,
    /// Bytes of the header itself.
    pub(super) bytes: u64,
    /// Bytes of the page as it is stored, after its header.
    pub(super) stored: u64,
    /// Bytes of the page unpacked.
    pub(super) decoded: u64,
    pub(super) values: u32,
    pub(super) encoding: Encoding,
    /// The encodings of the definition and the repetition levels.
    pub(super) levels: [Encoding; 2],
}

impl PageHeader {
    /// Parses the header at the beginning of these bytes; `None` if there is none.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (mut page_type, mut kind) = (None, None);
        let mut header = Self {
            kind: None,
            bytes: 0,
            stored: 0,
            decoded: 0,
            values: 0,
            encoding: Encoding::PLAIN,
            levels: [Encoding::RLE; 2],
        };
        let mut thrift = Thrift::new(bytes);
        thrift.fields(|thrift, field, value_type| {
            match field {
                1 => page_type = Some(thrift.integer()?),
                2 => header.decoded = size(thrift)?.into(),
                3 => header.stored = size(thrift)?.into(),
                5 if value_type == ValueType::STRUCT => kind = Some(header.data(thrift)?),
                7 if value_type == ValueType::STRUCT => kind = Some(header.dictionary(thrift)?),
                8 if value_type == ValueType::STRUCT => kind = Some(header.data_2(thrift)?),
                _ => thrift.skip(value_type)?,
            }
            Some(())
        })?;
        header.bytes = (bytes.len() - thrift.left()) as u64;
        header.kind = match (page_type?, kind) {
            (0, Some(PageKind::Data)) | (2, Some(PageKind::Dictionary)) => kind,
            (3, Some(PageKind::Data2 { .. })) => kind,
            (1, _) => None,
            _ => return None,
        };
        Some(header)
    }

    fn data(&mut self, thrift: &mut Thrift<'_>) -> Option<PageKind> {
        thrift.fields(|thrift, field, value_type| {
            match field {
                1 => self.values = size(thrift)?,
                2 => self.encoding = encoding(thrift)?,
                3 => self.levels[0] = encoding(thrift)?,
                4 => self.levels[1] = encoding(thrift)?,
                _ => thrift.skip(value_type)?,
            }
            Some(())
        })?;
        Some(PageKind::Data)
    }

    fn dictionary(&mut self, thrift: &mut Thrift<'_>) -> Option<PageKind> {
        thrift.fields(|thrift, field, value_type| {
            match field {
                1 => self.values = size(thrift)?,
                2 => self.encoding = encoding(thrift)?,
                _ => thrift.skip(value_type)?,
            }
            Some(())
        })?;
        Some(PageKind::Dictionary)
    }

    fn data_2(&mut self, thrift: &mut Thrift<'_>) -> Option<PageKind> {
        let (mut nulls, mut rows, mut level_bytes, mut is_packed) = (0, 0, (0, 0), true);
        thrift.fields(|thrift, field, value_type| {
            match field {
                1 => self.values = size(thrift)?,
                2 => nulls = size(thrift)?,
                3 => rows = size(thrift)?,
                4 => self.encoding = encoding(thrift)?,
                5 => level_bytes.0 = size(thrift)?,
                6 => level_bytes.1 = size(thrift)?,
                7 => is_packed = value_type.boolean()?,
                _ => thrift.skip(value_type)?,
            }
            Some(())
        })?;
        Some(PageKind::Data2 { nulls, rows, level_bytes, is_packed })
    }

    /// Bytes of the levels of a page of the second version; they are never packed.
    pub(super) fn level_bytes(&self) -> u64 {
        match self.kind {
            Some(PageKind::Data2 { level_bytes: (definition, repetition), .. }) => {
                u64::from(definition) + u64::from(repetition)
            }
            _ => 0,
        }
    }

    /// Whether the page can be as large as it claims, in a column with this codec.
    pub(super) fn is_believable(&self, codec: Compression) -> bool {
        let values = u64::from(self.values);
        let is_packed = !matches!(self.kind, Some(PageKind::Data2 { is_packed: false, .. }));
        let codec = if is_packed { codec } else { Compression::UNCOMPRESSED };
        let expansion = codec::expansion_max(codec).unwrap_or(1);
        let fits_values = self.decoded <= values * VALUE_BYTES_MAX + PAGE_SLACK;
        let fits_bytes = self.decoded <= self.stored * expansion;
        // Each value of a dictionary has its length before it, or at least four bytes.
        let fits_dictionary = self.kind != Some(PageKind::Dictionary) || values * 4 <= self.decoded;
        fits_values && fits_bytes && fits_dictionary && self.level_bytes() <= self.decoded
    }

    /// Whether the texts of the page repeat parts of each other, so that they take more room than
    /// the page.
    pub(super) fn is_delta(&self) -> bool {
        matches!(self.encoding, Encoding::DELTA_BYTE_ARRAY | Encoding::DELTA_LENGTH_BYTE_ARRAY)
    }

    /// The most bytes that the page takes while its values are in use: the unpacked page and, for a
    /// dictionary and for texts with separate lengths, what is made of it.
    pub(super) fn memory(&self) -> u64 {
        let values = u64::from(self.values);
        let made = match self.kind {
            Some(PageKind::Dictionary) => values * 16,
            _ if self.is_delta() => values * (8 + VALUE_BYTES_MAX) + PAGE_SLACK,
            _ => 0,
        };
        self.decoded + made
    }
}

/// A size or a number, which must not be negative.
fn size(thrift: &mut Thrift<'_>) -> Option<u32> {
    u32::try_from(thrift.natural()?).ok().filter(|&size| size <= i32::MAX as u32)
}

fn encoding(thrift: &mut Thrift<'_>) -> Option<Encoding> {
    Some(match thrift.integer()? {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        4 => bit_packed(),
        5 => Encoding::DELTA_BINARY_PACKED,
        6 => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        7 => Encoding::DELTA_BYTE_ARRAY,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        _ => return None,
    })
}

/// Deprecated as an encoding of values, but early writers name it for the levels of columns that
/// have none.
#[allow(deprecated)]
fn bit_packed() -> Encoding {
    Encoding::BIT_PACKED
}

#[cfg(test)]
mod tests {
    use ::parquet::basic::GzipLevel;

    use super::*;

    fn header(kind: PageKind, stored: u64, decoded: u64, values: u32) -> PageHeader {
        PageHeader {
            kind: Some(kind),
            bytes: 20,
            stored,
            decoded,
            values,
            encoding: Encoding::PLAIN,
            levels: [Encoding::RLE; 2],
        }
    }

    #[test]
    fn a_claim_is_believed_up_to_its_bound() {
        let gzip = Compression::GZIP(GzipLevel::default());
        let believed = |header: PageHeader, codec| header.is_believable(codec);
        let full = 100 * VALUE_BYTES_MAX + PAGE_SLACK;
        assert!(believed(header(PageKind::Data, full, full, 100), Compression::UNCOMPRESSED));
        assert!(!believed(header(PageKind::Data, full + 1, full + 1, 100), gzip));
        assert!(believed(header(PageKind::Data, 10, 10_320, 100), gzip));
        assert!(!believed(header(PageKind::Data, 10, 10_321, 100), gzip));
        assert!(!believed(header(PageKind::Data, 10, 11, 100), Compression::UNCOMPRESSED));
        assert!(believed(header(PageKind::Dictionary, 400, 400, 100), gzip));
        assert!(!believed(header(PageKind::Dictionary, 399, 399, 100), gzip));
        let data_2 = |level_bytes, is_packed| {
            let kind = PageKind::Data2 { nulls: 0, rows: 100, level_bytes, is_packed };
            header(kind, 100, 1000, 100)
        };
        assert!(believed(data_2((500, 500), true), gzip));
        assert!(!believed(data_2((500, 501), true), gzip));
        assert!(!believed(data_2((0, 0), false), gzip), "it is not packed");
    }

    #[test]
    fn a_header_is_parsed_as_the_format_defines_it() {
        // Type 0, 300 bytes unpacked, 200 stored; 7 values, RLE_DICTIONARY, levels RLE.
        let data = [0x15, 0, 0x15, 0xd8, 4, 0x15, 0x90, 3, 0x2c, 0x15, 14, 0x15, 16, 0x15, 6];
        let data = [&data[..], &[0x15, 6, 0, 0, 0xff]].concat();
        let parsed = PageHeader::parse(&data).unwrap();
        let expected = PageHeader {
            encoding: Encoding::RLE_DICTIONARY,
            bytes: data.len() as u64 - 1,
            ..header(PageKind::Data, 200, 300, 7)
        };
        assert_eq!(parsed, expected);
        for cut in 0..data.len() - 1 {
            assert_eq!(PageHeader::parse(&data[..cut]), None, "{cut}");
        }
        // A negative size.
        assert_eq!(PageHeader::parse(&[0x15, 0, 0x15, 1, 0]), None);
    }
}
