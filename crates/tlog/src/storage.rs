//! Durable writes to a public directory.
//!
//! Not here: the order of writes, which makes an append safe (`append`).
//!
//! Invariants:
//! 1. A file is there whole or not at all, and once a write returned it stays: the bytes go to a
//!    neighbour file, are synced, take the name, and the directory is synced
//!    (`storage::tests::a_neighbour_file_left_by_a_crash_is_written_over`).
//! 2. What is published is frozen: [`publish`] replaces nothing
//!    (`storage::tests::published_is_frozen`).
//! 3. One process writes a directory at a time
//!    (`storage::tests::a_directory_has_one_writer`).
//! 4. Everybody can read what is published, whatever the process's mask
//!    (`tidegauge/tests/exit_codes.rs`: `modes_do_not_depend_on_the_mask`).

use std::fs::{self, File, Permissions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::error::{Error, LogRule};
use crate::source::{DirectorySource, Source, inside};

/// Ending of the neighbour file that takes a name once its bytes are safe.
const UNNAMED: &str = "tmp";

/// What a ledger writes to.
pub(crate) trait Storage: Source {
    /// Writes a whole file durably, in place of the one that is there.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error>;

    /// Removes a directory that no reader needs; that it may fail harms nobody.
    fn discard(&mut self, path: &str);
}

/// A public directory that this process alone writes, as long as the value lives.
pub(crate) struct Directory {
    source: DirectorySource,
    _lock: File,
}

impl Directory {
    /// Takes the directory, which is made if it is not there.
    pub(crate) fn open(root: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: root.display().to_string(), source };
        make_directory(root).map_err(failed)?;
        let lock = File::open(root).map_err(failed)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::Locked,
            TryLockError::Error(error) => failed(error),
        })?;
        Ok(Self { source: DirectorySource::new(root), _lock: lock })
    }
}

impl Source for Directory {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error> {
        self.source.read(path, bytes_max)
    }
}

impl Storage for Directory {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        write(self.source.root(), path, bytes)
    }

    fn discard(&mut self, path: &str) {
        // It may be gone already, and partial tiles that stay are only superfluous.
        let _ = inside(path).map(|path| fs::remove_dir_all(self.source.root().join(path)));
    }
}

/// Publishes a file: durable once this returns, and never replaced. The same bytes a second time
/// change nothing, so that a restart can finish what a crash cut off.
///
/// Errors: other bytes at this path, a path outside the directory, disk.
pub fn publish(root: &Path, path: &str, bytes: &[u8]) -> Result<(), Error> {
    match DirectorySource::new(root).read(path, bytes.len()) {
        Ok(Some(there)) if there == bytes => sync_parent(root, path),
        Ok(Some(_)) | Err(Error::Broken { rule: LogRule::FileSize { .. }, .. }) => {
            Err(Error::Published { path: path.to_owned() })
        }
        Ok(None) => write(root, path, bytes),
        Err(error) => Err(error),
    }
}

fn write(root: &Path, path: &str, bytes: &[u8]) -> Result<(), Error> {
    let to = root.join(inside(path)?);
    let failed = |source| Error::Io { path: path.to_owned(), source };
    let unnamed = to.with_added_extension(UNNAMED);
    make_directory(to.parent().unwrap_or(root)).map_err(failed)?;
    let mut file = File::create(&unnamed).map_err(failed)?;
    file.set_permissions(Permissions::from_mode(0o644)).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&unnamed, &to).map_err(failed)?;
    sync_parent(root, path)
}

fn sync_parent(root: &Path, path: &str) -> Result<(), Error> {
    let parent = root.join(path).parent().unwrap_or(root).to_owned();
    sync(&parent).map_err(|source| Error::Io { path: path.to_owned(), source })
}

fn sync(directory: &Path) -> std::io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Makes a directory and those above it, each durable in the one above.
fn make_directory(path: &Path) -> std::io::Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    match fs::create_dir(path) {
        Ok(()) => {
            fs::set_permissions(path, Permissions::from_mode(0o755))?;
            above.map_or(Ok(()), sync)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let Some(above) = above else { return Err(error) };
            make_directory(above)?;
            make_directory(path)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_is_frozen() {
        let root = tempfile::tempdir().unwrap();
        let path = "release/FLOW/2024-01-01.v0.json";
        for _ in 0..2 {
            publish(root.path(), path, b"one").unwrap();
        }
        for bytes in [&b"two"[..], b"on", b"one more"] {
            let other = publish(root.path(), path, bytes);
            assert!(matches!(other, Err(Error::Published { .. })), "{other:?}");
        }
        let there = DirectorySource::new(root.path()).read(path, 3).unwrap();
        assert_eq!(there.as_deref(), Some(&b"one"[..]));
        assert_eq!(publish(root.path(), "../x", b"").unwrap_err().code(), "path");
    }

    #[test]
    fn a_neighbour_file_left_by_a_crash_is_written_over() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("plan")).unwrap();
        fs::write(root.path().join("plan/x.toml.tmp"), "torn and longer than the file").unwrap();
        publish(root.path(), "plan/x.toml", b"whole").unwrap();
        assert_eq!(fs::read(root.path().join("plan/x.toml")).unwrap(), b"whole");
        assert_eq!(fs::read_dir(root.path().join("plan")).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_has_one_writer() {
        let root = tempfile::tempdir().unwrap();
        let first = Directory::open(&root.path().join("a/b")).unwrap();
        let second = Directory::open(&root.path().join("a/b"));
        assert!(matches!(second, Err(Error::Locked)));
        drop(first);
        assert!(Directory::open(&root.path().join("a/b")).is_ok());
    }
}
