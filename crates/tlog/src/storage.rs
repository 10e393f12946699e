//! Durable writes to a public directory.
//!
//! Not here: the order of writes, which makes an append safe (`append`).
//!
//! Invariants:
//! 1. A file is there completely or not at all, and after a write has returned it survives a crash:
//!    the bytes go to a temporary file beside it and are synced, the file is renamed, and the
//!    directory is synced
//!    (`storage::tests::a_temporary_file_left_by_a_crash_is_overwritten`).
//! 2. Published files never change: [`publish`] replaces nothing
//!    (`storage::tests::published_files_never_change`).
//! 3. Only one process at a time writes to a directory
//!    (`storage::tests::a_directory_has_one_writer`).
//! 4. Everybody can read what is published, whatever the process's mask
//!    (`tidegauge/tests/exit_codes.rs`: `modes_do_not_depend_on_the_mask`).
//! 5. A file never shows when the work on it was done if its writer gives another time: its own
//!    modification time is set before it is renamed, and then that of its directory
//!    (`storage::tests::files_and_directories_have_the_given_time`).

use std::fs::{self, File, FileTimes, Permissions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::SystemTime;

use crate::error::{Error, LogRule};
use crate::source::{DirectorySource, Source, inside};

/// Extension of the temporary file that is renamed when its bytes are on disk.
const TEMPORARY: &str = "tmp";

/// Where a log is written to.
pub(crate) trait Storage: Source {
    /// Writes a complete file durably and replaces the one that is there. `modified` is its
    /// modification time; `None` for the clock's.
    fn write(
        &mut self,
        path: &str,
        bytes: &[u8],
        modified: Option<SystemTime>,
    ) -> Result<(), Error>;

    /// Removes a directory that no reader needs. If this fails, the directory stays and does no
    /// harm.
    fn discard(&mut self, path: &str, modified: Option<SystemTime>);
}

/// A public directory that only this process writes to, as long as the value lives.
pub(crate) struct Directory {
    source: DirectorySource,
    _lock: File,
}

impl Directory {
    /// Locks the directory, and creates it if it does not exist.
    pub(crate) fn open(root: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: root.display().to_string(), source };
        create_directory(root).map_err(failed)?;
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
    fn write(
        &mut self,
        path: &str,
        bytes: &[u8],
        modified: Option<SystemTime>,
    ) -> Result<(), Error> {
        write(self.source.root(), path, bytes, modified)
    }

    fn discard(&mut self, path: &str, modified: Option<SystemTime>) {
        let Ok(inside) = inside(path) else { return };
        let (root, path) = (self.source.root(), self.source.root().join(inside));
        // It may be gone already, and partial tiles that stay are merely superfluous.
        let _ = fs::remove_dir_all(&path);
        let _ = set_directory_times(root, &path, modified);
    }
}

/// Publishes a file: it is durable when this returns and is never replaced. Publishing the same
/// bytes again changes nothing, so a restart can repeat a call that a crash interrupted. `modified`
/// is the file's modification time; `None` for the clock's.
///
/// Errors: other bytes at this path, a path outside the directory, disk.
pub fn publish(
    root: &Path,
    path: &str,
    bytes: &[u8],
    modified: Option<SystemTime>,
) -> Result<(), Error> {
    match DirectorySource::new(root).read(path, bytes.len()) {
        Ok(Some(there)) if there == bytes => sync_parent(root, path),
        Ok(Some(_)) | Err(Error::Broken { rule: LogRule::FileSize { .. }, .. }) => {
            Err(Error::Published { path: path.to_owned() })
        }
        Ok(None) => write(root, path, bytes, modified),
        Err(error) => Err(error),
    }
}

fn write(root: &Path, path: &str, bytes: &[u8], modified: Option<SystemTime>) -> Result<(), Error> {
    let to = root.join(inside(path)?);
    let failed = |source| Error::Io { path: path.to_owned(), source };
    let temporary = to.with_added_extension(TEMPORARY);
    create_directory(to.parent().unwrap_or(root)).map_err(failed)?;
    let mut file = File::create(&temporary).map_err(failed)?;
    file.set_permissions(Permissions::from_mode(0o644)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    set_time(&file, modified).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&temporary, &to).map_err(failed)?;
    set_directory_times(root, &to, modified).map_err(failed)?;
    sync_parent(root, path)
}

/// Sets the modification times of the directories in which a path lies, if one is given.
fn set_directory_times(
    root: &Path,
    path: &Path,
    modified: Option<SystemTime>,
) -> std::io::Result<()> {
    let directories = path.ancestors().skip(1).take_while(|above| above.starts_with(root));
    match modified {
        Some(_) => {
            directories.map(File::open).try_for_each(|directory| set_time(&directory?, modified))
        }
        None => Ok(()),
    }
}

/// Sets the modification time of a file or a directory, if one is given.
fn set_time(file: &File, modified: Option<SystemTime>) -> std::io::Result<()> {
    modified.map_or(Ok(()), |at| file.set_times(FileTimes::new().set_modified(at)))
}

fn sync_parent(root: &Path, path: &str) -> Result<(), Error> {
    let parent = root.join(path).parent().unwrap_or(root).to_owned();
    sync(&parent).map_err(|source| Error::Io { path: path.to_owned(), source })
}

fn sync(directory: &Path) -> std::io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Creates a directory and its missing parents, each synced in its own parent.
fn create_directory(path: &Path) -> std::io::Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    match fs::create_dir(path) {
        Ok(()) => {
            fs::set_permissions(path, Permissions::from_mode(0o755))?;
            above.map_or(Ok(()), sync)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let Some(above) = above else { return Err(error) };
            create_directory(above)?;
            create_directory(path)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_files_never_change() {
        let root = tempfile::tempdir().unwrap();
        let path = "release/FLOW/2024-01-01.v0.json";
        for _ in 0..2 {
            publish(root.path(), path, b"one", None).unwrap();
        }
        for bytes in [&b"two"[..], b"on", b"one more"] {
            let other = publish(root.path(), path, bytes, None);
            assert!(matches!(other, Err(Error::Published { .. })), "{other:?}");
        }
        let there = DirectorySource::new(root.path()).read(path, 3).unwrap();
        assert_eq!(there.as_deref(), Some(&b"one"[..]));
        assert_eq!(publish(root.path(), "../x", b"", None).unwrap_err().code(), "path");
    }

    #[test]
    fn files_and_directories_have_the_given_time() {
        let root = tempfile::tempdir().unwrap();
        let then = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        publish(root.path(), "release/FLOW/2024-01-01.v0.json", b"one", Some(then)).unwrap();
        let mut directory = Directory::open(root.path()).unwrap();
        directory.write("checkpoint", b"two", Some(then)).unwrap();
        for path in ["release/FLOW/2024-01-01.v0.json", "release/FLOW", "release", "checkpoint", ""]
        {
            let file = fs::metadata(root.path().join(path)).unwrap();
            assert_eq!(file.modified().unwrap(), then, "{path}");
        }
    }

    #[test]
    fn a_temporary_file_left_by_a_crash_is_overwritten() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("plan")).unwrap();
        fs::write(root.path().join("plan/x.toml.tmp"), "torn and longer than the file").unwrap();
        publish(root.path(), "plan/x.toml", b"whole", None).unwrap();
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
