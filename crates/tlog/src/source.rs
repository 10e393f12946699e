//! Where the public directory of a log is read from.
//!
//! Not here: whether what is read is true (`verified`), writing (`storage`), and a server as a
//! source (`http`).
//!
//! Invariants:
//! 1. No file is read beyond the limit that its reader gives, and none outside the directory
//!    (`source::tests::a_file_above_its_limit_is_refused`,
//!    `source::tests::no_path_leaves_the_directory`).
//! 2. Only plain files are read, and nothing is waited for: a pipe without a writer would keep a
//!    reader for ever (`source::tests::only_plain_files_are_read`).

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::error::{Error, LogRule};
use crate::note::{NOTE_BYTES_MAX, VERIFIER_KEY_BYTES_MAX};
use crate::tile::{BUNDLE_BYTES_MAX, TILE_BYTES_MAX};

/// The path of the checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// The path of the verifier key.
pub const VERIFIER_KEY: &str = "vkey";

/// Reads the files of a public directory.
pub trait Source: Send + Sync {
    /// The file at a path of the public directory; `None` if there is none.
    ///
    /// Errors: a path outside the directory, a file of more than `bytes_max` bytes, disk or
    /// network.
    fn read(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error>;
}

/// The greatest length in bytes of the file at a path of a log.
pub fn bytes_max(path: &str) -> usize {
    match path.split('/').next() {
        Some("tile") if path.starts_with("tile/entries/") => BUNDLE_BYTES_MAX,
        Some("tile") => TILE_BYTES_MAX,
        Some(VERIFIER_KEY) => VERIFIER_KEY_BYTES_MAX,
        _ => NOTE_BYTES_MAX,
    }
}

/// The file at a path, which must be there.
///
/// Errors: as [`Source::read`], and [`LogRule::FileMissing`].
pub fn required(source: &dyn Source, path: &str, bytes_max: usize) -> Result<Vec<u8>, Error> {
    source.read(path, bytes_max)?.ok_or_else(|| LogRule::FileMissing.at(path))
}

/// Returns the path if it stays inside the directory.
pub(crate) fn inside(path: &str) -> Result<&str, Error> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@$".contains(&b))
    };
    if path.split('/').all(plain) { Ok(path) } else { Err(LogRule::Path.at(path)) }
}

/// A public directory on disk.
#[derive(Clone, Debug)]
pub struct DirectorySource {
    root: PathBuf,
}

impl DirectorySource {
    /// The public directory at this path.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Source for DirectorySource {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        let not_plain = || LogRule::FileKind.at(path);
        // A pipe is opened without waiting for its writer.
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let mut options = File::options();
        let file = match options.read(true).custom_flags(flags).open(self.root.join(inside(path)?))
        {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            // A socket.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::NXIO) => {
                return Err(not_plain());
            }
            Err(error) => return Err(failed(error)),
        };
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(not_plain());
        }
        let mut bytes = Vec::new();
        file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() > bytes_max {
            return Err(LogRule::FileSize { bytes_max }.at(path));
        }
        Ok(Some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_above_its_limit_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("vkey"), "12345").unwrap();
        let source = DirectorySource::new(directory.path());
        assert_eq!(source.read("vkey", 5).unwrap().as_deref(), Some(&b"12345"[..]));
        assert_eq!(source.read("vkey", 4).unwrap_err().code(), "file-size");
        assert_eq!(source.read("checkpoint", 4).unwrap(), None);
    }

    #[test]
    fn only_plain_files_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::create_dir(path("directory")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        let source = DirectorySource::new(directory.path());
        for other in ["directory", "socket", "pipe"] {
            assert_eq!(source.read(other, 5).unwrap_err().code(), "file-kind", "{other}");
        }
    }

    #[test]
    fn no_path_leaves_the_directory() {
        let source = DirectorySource::new("/");
        for path in ["../etc/passwd", "/etc/passwd", "tile//x", "tile/./x", "", "a/..", "a b", "é"]
        {
            assert_eq!(source.read(path, 1).unwrap_err().code(), "path", "{path}");
        }
    }
}
