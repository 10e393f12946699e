//! Content codings: how the bytes of a whole answer are compressed.
//!
//! Not here: which coding a client accepts ([`crate::negotiate`]); streamed answers, which are
//! compressed while they are sent.
//!
//! Invariants:
//! 1. A compressed answer contains the same bytes
//!    (`compress::tests::compressed_bytes_are_the_same_bytes`).

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;

/// Bytes below which compressing an answer is not worth it.
pub(crate) const COMPRESSED_BYTES_MIN: usize = 1024;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Coding {
    /// The name in `Accept-Encoding` and `Content-Encoding`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Coding::Gzip => "gzip",
            Coding::Zstd => "zstd",
        }
    }

    /// The compressed bytes.
    ///
    /// Errors: none that the encoders raise for bytes in memory.
    pub(crate) fn compress(self, bytes: &[u8]) -> io::Result<Bytes> {
        Ok(match self {
            Coding::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(bytes)?;
                encoder.finish()?
            }
            Coding::Zstd => zstd::encode_all(bytes, zstd::DEFAULT_COMPRESSION_LEVEL)?,
        }
        .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_bytes_are_the_same_bytes() {
        let bytes: Vec<u8> = (0..9000u32).flat_map(u32::to_le_bytes).collect();
        let zstd = Coding::Zstd.compress(&bytes).unwrap();
        assert_eq!(zstd::decode_all(&zstd[..]).unwrap(), bytes);
        let gzip = Coding::Gzip.compress(&bytes).unwrap();
        let mut read = Vec::new();
        io::copy(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut read).unwrap();
        assert_eq!(read, bytes);
    }
}
