//! A file that gets its name when it is complete, and which paths are files and which directories.
//!
//! Not here: the content of the file.
//!
//! Invariants:
//! 1. Until a file is complete its name ends in `.partial`
//!    (`whole_file::tests::a_file_is_whole_or_has_another_name`).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tidegauge_collect::InputFormat;

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
    pub(crate) path: PathBuf,
    pub(crate) partial: PathBuf,
    pub(crate) file: BufWriter<File>,
}

impl WholeFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let mut partial = path.to_owned().into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = File::create(&partial).map_err(|error| Error::unwritable(path, &error))?;
        Ok(Self { path: path.to_owned(), partial, file: BufWriter::with_capacity(1 << 18, file) })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(|error| Error::unwritable(&self.path, &error))
    }

    /// Gives the complete file its name, and returns its path.
    pub(crate) fn finish(mut self) -> Result<PathBuf, Error> {
        let renamed = self.file.flush().and_then(|()| std::fs::rename(&self.partial, &self.path));
        renamed.map_err(|error| Error::unwritable(&self.path, &error))?;
        Ok(self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_has_another_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.csv");
        let mut file = WholeFile::create(&path).unwrap();
        file.write(b"event_id\n").unwrap();
        assert!(!path.exists());
        assert_eq!(file.finish().unwrap(), path);
        assert_eq!(std::fs::read(&path).unwrap(), b"event_id\n");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
