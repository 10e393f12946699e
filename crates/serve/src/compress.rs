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

/// The level of Zstandard for what is compressed once: the highest that needs no more memory to
/// read.
const ZSTD_LEVEL_THOROUGH: i32 = 19;

/// How much work is spent on making the bytes few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For answers that soon change.
    Fast,
    /// For what is compressed once and sent often.
    Thorough,
}

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
    pub(crate) fn compress(self, bytes: &[u8], effort: Effort) -> io::Result<Bytes> {
        Ok(match self {
            Coding::Gzip => {
                let level = match effort {
                    Effort::Fast => Compression::fast(),
                    Effort::Thorough => Compression::best(),
                };
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes)?;
                encoder.finish()?
            }
            Coding::Zstd => {
                let level = match effort {
                    Effort::Fast => zstd::DEFAULT_COMPRESSION_LEVEL,
                    Effort::Thorough => ZSTD_LEVEL_THOROUGH,
                };
                zstd::encode_all(bytes, level)?
            }
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
        for effort in [Effort::Fast, Effort::Thorough] {
            let zstd = Coding::Zstd.compress(&bytes, effort).unwrap();
            assert_eq!(zstd::decode_all(&zstd[..]).unwrap(), bytes);
            let gzip = Coding::Gzip.compress(&bytes, effort).unwrap();
            let mut read = Vec::new();
            io::copy(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut read).unwrap();
            assert_eq!(read, bytes);
        }
    }
}
