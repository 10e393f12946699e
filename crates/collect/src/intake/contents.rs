//! The bytes of a file of events: on disk or in memory, read by the same code.
//!
//! Not here: what the bytes mean (modules `csv`, `ndjson` and `parquet`).
//!
//! Invariants:
//! 1. Several threads may read at once, each at its own position: cloned handles of a file share
//!    one position, so every read names its own
//!    (`tidegauge/tests/same_bytes.rs`).

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

/// Bytes that can be read at any position.
#[derive(Clone, Debug)]
pub(crate) enum Contents {
    /// A file, with its length when it was opened.
    File(Arc<File>, u64),
    /// Bytes in memory.
    Memory(Bytes),
}

impl Contents {
    /// Opens a file; anything else, such as a directory, is refused.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(Self::File(Arc::new(File::open(path)?), metadata.len()))
    }

    /// The number of bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::File(_, bytes) => *bytes,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// So many bytes from a position on. The caller has compared the number with what there is.
    pub(crate) fn read_at(&self, start: u64, bytes: usize) -> io::Result<Bytes> {
        match self {
            Self::File(file, _) => {
                let mut read = vec![0; bytes];
                file.read_exact_at(&mut read, start)?;
                Ok(read.into())
            }
            Self::Memory(all) => {
                let end = usize::try_from(start).ok().and_then(|start| start.checked_add(bytes));
                let end = end.filter(|&end| end <= all.len());
                let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
                Ok(all.slice(end - bytes..end))
            }
        }
    }

    /// Reads from the first byte to the last.
    pub(crate) fn reader(&self) -> FromStart {
        FromStart { contents: self.clone(), position: 0 }
    }
}

/// Reads contents from the first byte to the last.
pub(crate) struct FromStart {
    contents: Contents,
    position: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &self.contents {
            Contents::File(file, _) => file.read_at(buffer, self.position)?,
            Contents::Memory(all) => {
                // Fits: the position is at most the number of bytes.
                let left = all.get(self.position as usize..).unwrap_or_default();
                let read = left.len().min(buffer.len());
                buffer[..read].copy_from_slice(&left[..read]);
                read
            }
        };
        self.position += read as u64;
        Ok(read)
    }
}
