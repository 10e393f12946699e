//! A file of a simulation, which gets its name when it is complete, and which paths are files and
//! which directories.
//!
//! Not here: the content of the file, and how it gets its name (crate `whole-file`).
//!
//! Invariants:
//! 1. Until a file is complete its name ends in `.partial`
//!    (`whole_file::tests::a_file_is_whole_or_has_another_name`).

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tidegauge_collect::InputFormat;
use tidegauge_whole_file::Existing;

use crate::error::Error;

/// The format of a path that is a file, by its ending; `None` for a directory.
///
/// Errors: another ending of a path that is no directory.
pub(crate) fn file_format(out: &Path) -> Result<Option<InputFormat>, Error> {
    if out.is_dir() {
        return Ok(None);
    }
    let Some(ending) = out.extension() else { return Ok(None) };
    let format = ending.to_str().and_then(InputFormat::parse);
    let rule = "a file that ends in .csv, .ndjson or .parquet, or a directory (which must exist if \
                its name has a dot)";
    format.map(Some).ok_or(Error::Option { option: "out", rule })
}

/// A file that gets its name when it is complete.
pub(crate) struct WholeFile {
    path: PathBuf,
    file: tidegauge_whole_file::WholeFile,
}

impl WholeFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let file = tidegauge_whole_file::WholeFile::create(path, Existing::Replace);
        let file = file.map_err(|error| Error::unwritable(path, &error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Its path when it is complete.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the next bytes.
    pub(crate) fn add(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let written = self.file.write_all(bytes.as_ref());
        written.map_err(|error| Error::unwritable(&self.path, &error))
    }

    /// Gives the complete file its name, and returns its path.
    pub(crate) fn finish(self) -> Result<PathBuf, Error> {
        self.file.finish().map_err(|error| Error::unwritable(&self.path, &error))?;
        Ok(self.path)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file from the whole of its text.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Error> {
    let mut file = WholeFile::create(path)?;
    file.add(text)?;
    file.finish().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_has_another_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.csv");
        let mut file = WholeFile::create(&path).unwrap();
        file.add("event_id\n").unwrap();
        assert!(!path.exists());
        assert_eq!(file.finish().unwrap(), path);
        assert_eq!(std::fs::read(&path).unwrap(), b"event_id\n");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
