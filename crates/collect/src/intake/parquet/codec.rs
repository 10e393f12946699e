//! Unpacking the pages of a Parquet file, each to exactly the size that it claims.
//!
//! Not here: whether a claim is believable (module `header`).
//!
//! parquet's own codecs for GZIP and Brotli unpack to the end, however far that is.
//!
//! Invariants:
//! 1. At most the claimed size and one buffer more are allocated, whatever the bytes say, and a
//!    page that unpacks to another size is refused
//!    (`intake::parquet::codec::tests::a_page_unpacks_to_its_claimed_size_or_not_at_all`).

use std::io::Read;

use ::parquet::basic::Compression;
use lz4_flex::block::decompress_into;

/// The bytes of a window that needs more than 16 MiB, which Parquet's writers never make: the lower
/// bits of a Brotli stream that begins so (RFC 7932, section 9.1, has them as reserved).
const BROTLI_LARGE_WINDOW: u8 = 0x11;

/// The most bytes to which one byte can unpack; `None` for a codec that the reader does not have.
pub(super) fn expansion_max(codec: Compression) -> Option<u64> {
    match codec {
        Compression::UNCOMPRESSED => Some(1),
        // A copy of up to 64 bytes has at least 2.
        Compression::SNAPPY => Some(32),
        // A byte adds at most 255 to the length of a match.
        Compression::LZ4 | Compression::LZ4_RAW => Some(255),
        // A match of 258 bytes has at least 2 bits.
        Compression::GZIP(_) => Some(1032),
        // A block of up to 128 KiB has at least 4 bytes, and Brotli's meta-blocks are no smaller.
        Compression::ZSTD(_) => Some(1 << 15),
        Compression::BROTLI(_) => Some(1 << 24),
        Compression::LZO => None,
    }
}

/// Unpacks to exactly this many bytes; `None` if the bytes are not packed so.
pub(super) fn unpack(codec: Compression, packed: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let unpacked = match codec {
        Compression::UNCOMPRESSED => packed.to_vec(),
        Compression::SNAPPY => {
            let claimed = snap::raw::decompress_len(packed).ok()?;
            let mut unpacked = vec![0; (claimed == bytes).then_some(bytes)?];
            snap::raw::Decoder::new().decompress(packed, &mut unpacked).ok()?;
            unpacked
        }
        Compression::GZIP(_) => read_all(flate2::read::MultiGzDecoder::new(packed), bytes)?,
        Compression::BROTLI(_) => {
            if packed.first()? & 0x7f == BROTLI_LARGE_WINDOW {
                return None;
            }
            read_all(brotli::Decompressor::new(packed, 4096), bytes)?
        }
        Compression::ZSTD(_) => zstd::bulk::decompress(packed, bytes).ok()?,
        Compression::LZ4_RAW => lz4_block(packed, bytes)?,
        // What writers call LZ4 is one of three things; they differ in their first bytes.
        Compression::LZ4 => lz4_hadoop(packed, bytes)
            .or_else(|| read_all(lz4_flex::frame::FrameDecoder::new(packed), bytes))
            .or_else(|| lz4_block(packed, bytes))?,
        Compression::LZO => return None,
    };
    (unpacked.len() == bytes).then_some(unpacked)
}

/// Reads to the end, which must come after this many bytes.
fn read_all(reader: impl Read, bytes: usize) -> Option<Vec<u8>> {
    let mut unpacked = Vec::with_capacity(bytes + 1);
    reader.take(bytes as u64 + 1).read_to_end(&mut unpacked).ok()?;
    Some(unpacked)
}

fn lz4_block(packed: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let mut unpacked = vec![0; bytes];
    let filled = decompress_into(packed, &mut unpacked).ok()?;
    unpacked.truncate(filled);
    Some(unpacked)
}

/// Blocks as Hadoop frames them: the size unpacked and packed, four bytes each with the highest
/// first, then the block.
fn lz4_hadoop(mut packed: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let mut unpacked = vec![0; bytes];
    let mut filled = 0usize;
    while !packed.is_empty() {
        let (sizes, rest) = packed.split_first_chunk::<8>()?;
        let size = |four: &[u8]| Some(u32::from_be_bytes(four.try_into().ok()?) as usize);
        let (claimed, stored) = (size(&sizes[..4])?, size(&sizes[4..])?);
        let room = unpacked.get_mut(filled..filled.checked_add(claimed)?)?;
        (decompress_into(rest.get(..stored)?, room).ok()? == claimed).then_some(())?;
        filled += claimed;
        packed = &rest[stored..];
    }
    unpacked.truncate(filled);
    Some(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use ::parquet::basic::{BrotliLevel, GzipLevel, ZstdLevel};
    use flate2::Compression as Level;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(vec![], Level::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let mut packed = vec![];
        brotli::CompressorWriter::new(&mut packed, 4096, 5, 22).write_all(bytes).unwrap();
        packed
    }

    fn hadoop(bytes: &[u8]) -> Vec<u8> {
        let block = lz4_flex::block::compress(bytes);
        let size = |bytes: &[u8]| (bytes.len() as u32).to_be_bytes();
        [&size(bytes)[..], &size(&block)[..], &block].concat()
    }

    fn frame(bytes: &[u8]) -> Vec<u8> {
        let mut packer = lz4_flex::frame::FrameEncoder::new(vec![]);
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    /// Every codec with the bytes that it makes of these.
    fn packed(bytes: &[u8]) -> Vec<(Compression, Vec<u8>)> {
        vec![
            (Compression::UNCOMPRESSED, bytes.to_vec()),
            (Compression::SNAPPY, snap::raw::Encoder::new().compress_vec(bytes).unwrap()),
            (Compression::GZIP(GzipLevel::default()), gzip(bytes)),
            (
                Compression::GZIP(GzipLevel::default()),
                [gzip(&bytes[..9]), gzip(&bytes[9..])].concat(),
            ),
            (Compression::BROTLI(BrotliLevel::default()), brotli(bytes)),
            (Compression::ZSTD(ZstdLevel::default()), zstd::bulk::compress(bytes, 3).unwrap()),
            (Compression::LZ4_RAW, lz4_flex::block::compress(bytes)),
            (Compression::LZ4, hadoop(bytes)),
            (Compression::LZ4, [hadoop(&bytes[..9]), hadoop(&bytes[9..])].concat()),
            (Compression::LZ4, frame(bytes)),
            (Compression::LZ4, lz4_flex::block::compress(bytes)),
        ]
    }

    #[test]
    fn a_page_unpacks_to_its_claimed_size_or_not_at_all() {
        let page: Vec<u8> = (0..40_000u32).flat_map(|n| (n % 251).to_le_bytes()).collect();
        let zeros = vec![0; 40 << 20];
        for (codec, bytes) in packed(&page) {
            assert_eq!(unpack(codec, &bytes, page.len()).as_ref(), Some(&page), "{codec:?}");
            for other in [0, page.len() - 1, page.len() + 1] {
                assert_eq!(unpack(codec, &bytes, other), None, "{codec:?}: {other}");
            }
            let mut cut = bytes.clone();
            cut.truncate(bytes.len() / 2);
            assert_eq!(unpack(codec, &cut, page.len()), None, "{codec:?}");
        }
        for (codec, bomb) in packed(&zeros) {
            assert_eq!(unpack(codec, &bomb, 1000), None, "{codec:?}");
            let most = bomb.len() as u64 * expansion_max(codec).unwrap();
            assert!(zeros.len() as u64 <= most, "{codec:?}: {} bytes", bomb.len());
        }
        assert_eq!(unpack(Compression::LZO, &page, page.len()), None);
    }

    #[test]
    fn a_brotli_stream_with_a_large_window_is_refused() {
        let mut packed = vec![];
        let parameters = brotli::enc::BrotliEncoderParams {
            quality: 9,
            lgwin: 28,
            large_window: true,
            ..Default::default()
        };
        brotli::CompressorWriter::with_params(&mut packed, 4096, &parameters)
            .write_all(&[7; 100_000])
            .unwrap();
        assert_eq!(packed[0] & 0x7f, BROTLI_LARGE_WINDOW);
        assert_eq!(unpack(Compression::BROTLI(BrotliLevel::default()), &packed, 100_000), None);
    }
}
