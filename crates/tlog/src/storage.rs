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

use std::collections::BTreeMap;
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
    lock: File,
}

impl Drop for Directory {
    /// Closing the file would not do while a child of this process that has not begun its own
    /// program holds a copy.
    fn drop(&mut self) {
        // If it fails, the lock goes with the last copy of the file.
        let _ = self.lock.unlock();
    }
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
        Ok(Self { source: DirectorySource::new(root), lock })
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
        write(self.source.root(), &NewFile { path, bytes, modified })
    }

    fn discard(&mut self, path: &str, modified: Option<SystemTime>) {
        let Ok(inside) = inside(path) else { return };
        let (root, path) = (self.source.root(), self.source.root().join(inside));
        // It may be gone already, and partial tiles that stay are merely superfluous.
        let _ = fs::remove_dir_all(&path);
        let _ = set_directory_times(root, &path, modified);
    }
}

/// A file that is to be published.
#[derive(Clone, Copy, Debug)]
pub struct NewFile<'a> {
    /// Its path in the public directory.
    pub path: &'a str,
    /// All of its bytes.
    pub bytes: &'a [u8],
    /// Its modification time; `None` for the clock's.
    pub modified: Option<SystemTime>,
}

/// Publishes files: they are durable when this returns and are never replaced. Publishing the same
/// bytes again changes nothing, so a restart can repeat a call that a crash interrupted. All are
/// written before the first is there, and each directory is synced once.
///
/// Errors: other bytes at a path, a path outside the directory, disk.
pub fn publish(root: &Path, files: &[NewFile<'_>]) -> Result<(), Error> {
    let source = DirectorySource::new(root);
    let mut new = Vec::with_capacity(files.len());
    for file in files {
        match source.read(file.path, file.bytes.len()) {
            Ok(Some(there)) if there == file.bytes => {}
            Ok(Some(_)) | Err(Error::Broken { rule: LogRule::FileSize { .. }, .. }) => {
                return Err(Error::Published { path: file.path.to_owned() });
            }
            Ok(None) => new.push(file),
            Err(error) => return Err(error),
        }
    }
    new.iter().try_for_each(|file| write_beside(root, file))?;
    new.iter().try_for_each(|file| put_in_place(root, file))?;
    let parents: BTreeMap<&Path, &str> = files
        .iter()
        .map(|file| (Path::new(file.path).parent().unwrap_or(Path::new("")), file.path))
        .collect();
    parents.into_values().try_for_each(|path| sync_parent(root, path))
}

fn write(root: &Path, file: &NewFile<'_>) -> Result<(), Error> {
    write_beside(root, file)?;
    put_in_place(root, file)?;
    sync_parent(root, file.path)
}

/// Writes a file under its temporary name, durably.
fn write_beside(root: &Path, file: &NewFile<'_>) -> Result<(), Error> {
    let NewFile { path, bytes, modified } = *file;
    let to = root.join(inside(path)?);
    let failed = |source| Error::Io { path: path.to_owned(), source };
    create_directory(to.parent().unwrap_or(root)).map_err(failed)?;
    let mut file = File::create(to.with_added_extension(TEMPORARY)).map_err(failed)?;
    file.set_permissions(Permissions::from_mode(0o644)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    set_time(&file, modified).and_then(|()| file.sync_all()).map_err(failed)
}

/// Gives a file that was written beside its place its name.
fn put_in_place(root: &Path, file: &NewFile<'_>) -> Result<(), Error> {
    let to = root.join(inside(file.path)?);
    let failed = |source| Error::Io { path: file.path.to_owned(), source };
    fs::rename(to.with_added_extension(TEMPORARY), &to).map_err(failed)?;
    set_directory_times(root, &to, file.modified).map_err(failed)
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

    fn publish_one(
        root: &Path,
        path: &str,
        bytes: &[u8],
        modified: Option<SystemTime>,
    ) -> Result<(), Error> {
        publish(root, &[NewFile { path, bytes, modified }])
    }

    #[test]
    fn published_files_never_change() {
        let root = tempfile::tempdir().unwrap();
        let path = "release/FLOW/2024-01-01.v0.json";
        for _ in 0..2 {
            publish_one(root.path(), path, b"one", None).unwrap();
        }
        for bytes in [&b"two"[..], b"on", b"one more"] {
            let other = publish_one(root.path(), path, bytes, None);
            assert!(matches!(other, Err(Error::Published { .. })), "{other:?}");
        }
        let there = DirectorySource::new(root.path()).read(path, 3).unwrap();
        assert_eq!(there.as_deref(), Some(&b"one"[..]));
        assert_eq!(publish_one(root.path(), "../x", b"", None).unwrap_err().code(), "path");
        // One that cannot be published keeps the others back, and those that are there stay.
        let file = |path, bytes| NewFile { path, bytes, modified: None };
        let files = [file(path, b"one"), file("plan/new.toml", b"new"), file(path, b"two")];
        assert!(matches!(publish(root.path(), &files), Err(Error::Published { .. })));
        assert!(!root.path().join("plan").exists());
        publish(root.path(), &files[..2]).unwrap();
        assert_eq!(fs::read(root.path().join("plan/new.toml")).unwrap(), b"new");
    }

    #[test]
    fn files_and_directories_have_the_given_time() {
        let root = tempfile::tempdir().unwrap();
        let then = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        publish_one(root.path(), "release/FLOW/2024-01-01.v0.json", b"one", Some(then)).unwrap();
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
        publish_one(root.path(), "plan/x.toml", b"whole", None).unwrap();
        assert_eq!(fs::read(root.path().join("plan/x.toml")).unwrap(), b"whole");
        assert_eq!(fs::read_dir(root.path().join("plan")).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_has_one_writer() {
        let root = tempfile::tempdir().unwrap();
        let first = Directory::open(&root.path().join("a/b")).unwrap();
        let second = Directory::open(&root.path().join("a/b"));
        assert!(matches!(second, Err(Error::Locked)));
        // As a child holds it between its fork and its own program.
        let copy = first.lock.try_clone().unwrap();
        drop(first);
        assert!(Directory::open(&root.path().join("a/b")).is_ok());
        drop(copy);
    }
}
