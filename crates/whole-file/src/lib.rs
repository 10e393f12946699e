//! A file that a command writes for people: whole, or as it was before.
//!
//! Not here: the files of a store (crate `collect`) and of a public directory (crate `tlog`), which
//! have modes, times and an order of their own.
//!
//! The bytes go to a file beside the place, `NAME.<random>.partial`, which is synced and gets the
//! name last. A pipe or a device has no such name and is written to as it is.
//!
//! Invariants:
//! 1. Until a file is complete its name ends in `.partial`, and what is not finished is removed
//!    (`tests::a_file_is_whole_or_as_it_was`).
//! 2. A file that is to be kept is kept, also if it appears meanwhile
//!    (`tests::a_file_that_appears_meanwhile_is_kept`).
//! 3. A link stays one and a mode stays as it is (`tests::links_and_modes_stay`).

#![warn(unreachable_pub)]

use std::fs::{self, File, Permissions};
use std::io::{BufWriter, Error, ErrorKind, Result, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

/// Bytes that are written at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// What becomes of a file that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays; writing fails with [`ErrorKind::AlreadyExists`].
    Keep,
    /// The new file takes its place.
    Replace,
}

/// A file that gets its name when it is complete. Dropped before it is, it is removed.
#[derive(Debug)]
pub struct WholeFile {
    to: PathBuf,
    existing: Existing,
    file: BufWriter<File>,
    /// The file that gets the name; `None` for a pipe or a device.
    partial: Option<TempPath>,
}

impl WholeFile {
    /// Begins a file at a path.
    ///
    /// Errors: a file that is to be kept; disk.
    pub fn create(path: &Path, existing: Existing) -> Result<Self> {
        let there = fs::metadata(path).ok();
        if existing == Existing::Keep && path.symlink_metadata().is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let buffered = |file| BufWriter::with_capacity(PIECE_BYTES, file);
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            let file = buffered(File::options().write(true).open(path)?);
            return Ok(Self { to: path.to_owned(), existing, file, partial: None });
        }
        // A link stays: what it leads to is replaced.
        let to = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = to.file_name().ok_or(ErrorKind::InvalidFilename)?.to_string_lossy();
        let partial = tempfile::Builder::new()
            .prefix(&format!("{name}."))
            .suffix(".partial")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(directory(&to))
            .map_err(|error| without_path(&error))?;
        let (file, partial) = partial.into_parts();
        if let Some(there) = there {
            file.set_permissions(there.permissions())?;
        }
        Ok(Self { to, existing, file: buffered(file), partial: Some(partial) })
    }

    /// Gives the complete file its name.
    ///
    /// Errors: a file that is to be kept has appeared meanwhile; disk.
    pub fn finish(self) -> Result<()> {
        let Self { to, existing, file, partial } = self;
        let file = file.into_inner().map_err(|failed| failed.into_error())?;
        let Some(partial) = partial else { return Ok(()) };
        file.sync_all()?;
        let named = match existing {
            Existing::Keep => partial.persist_noclobber(&to),
            Existing::Replace => partial.persist(&to),
        };
        named.map_err(|failed| failed.error)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}

/// Writes a file.
///
/// Errors: as [`WholeFile::create`] and [`WholeFile::finish`].
pub fn write_whole(path: &Path, bytes: impl AsRef<[u8]>, existing: Existing) -> Result<()> {
    let mut file = WholeFile::create(path, existing)?;
    file.write_all(bytes.as_ref())?;
    file.finish()
}

/// The directory that a path is in.
fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An error without the name of the partial file, which nobody has asked for.
fn without_path(error: &Error) -> Error {
    error.kind().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        fs::read_dir(directory).unwrap().map(|entry| name(entry.unwrap())).collect()
    }

    #[test]
    fn a_file_is_whole_or_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("plan.toml");
        let mut file = WholeFile::create(&path, Existing::Replace).unwrap();
        file.write_all(b"one").unwrap();
        assert!(names(place.path())[0].ends_with(".partial"));
        assert!(!path.exists());
        drop(file);
        assert_eq!(names(place.path()).len(), 0);

        write_whole(&path, "one", Existing::Replace).unwrap();
        let mut file = WholeFile::create(&path, Existing::Replace).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write_whole(&path, "two", Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(place.path()), ["plan.toml"]);
        let nowhere = write_whole(&place.path().join("a/b"), "", Existing::Replace).unwrap_err();
        assert_eq!(nowhere.kind(), ErrorKind::NotFound);
        assert!(!nowhere.to_string().contains("partial"), "{nowhere}");
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_kept() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("plan.toml");
        let mut file = WholeFile::create(&path, Existing::Keep).unwrap();
        file.write_all(b"late").unwrap();
        write_whole(&path, "first", Existing::Keep).unwrap();
        for late in [file.finish(), write_whole(&path, "later", Existing::Keep)] {
            assert_eq!(late.unwrap_err().kind(), ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(names(place.path()), ["plan.toml"]);
    }

    #[test]
    fn links_and_modes_stay() {
        let place = tempfile::tempdir().unwrap();
        let (path, link) = (place.path().join("plan.toml"), place.path().join("link"));
        write_whole(&path, "one", Existing::Keep).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_whole(&link, "two", Existing::Replace).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        write_whole(Path::new("/dev/null"), "three", Existing::Replace).unwrap();
        assert_eq!(
            write_whole(Path::new("/dev/full"), "four", Existing::Replace).unwrap_err().kind(),
            ErrorKind::StorageFull
        );
    }
}
