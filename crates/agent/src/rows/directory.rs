//! A directory into which files are put, taken in the order of their names.
//!
//! A file is waited for while it is being written: as long as its name ends in `.part` or `.tmp`
//! or begins with a dot or `~$`, and until it has not changed for some seconds. Then it is read
//! once. A file that changes later is read again from its start; the event ids make each event
//! count once.
//!
//! Not here: subdirectories.
//!
//! Invariants:
//! 1. Reading goes on exactly after the committed position, and a finished file is not read again
//!    (`rows::directory::tests::reading_goes_on_where_it_was_committed`).
//! 2. A file that is still being written is not opened
//!    (`rows::directory::tests::a_file_that_is_being_written_is_waited_for`).
//!
//! Format of a position:
//! ```json
//! {"done": {"2026-01-01.csv": "5120:1767225600000"}, "file": "2026-01-02.csv",
//!  "stamp": "7000:1767312000000", "items": 5000}
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Chunk, FileForm, Input, Item, Next, ReadRows, Wanted, open};
use crate::error::Error;

/// What becomes of a file whose rows are all delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taken {
    /// It stays.
    #[default]
    Keep,
    /// It goes to the directory `taken` beside it.
    Move,
    /// It is deleted.
    Delete,
}

/// How far a directory is delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Place {
    /// The finished files that are still there, each with its stamp.
    done: BTreeMap<String, String>,
    /// The file that is being read.
    file: Option<String>,
    /// Its stamp.
    stamp: String,
    /// The rows of it that are delivered, bad ones included.
    items: u64,
}

/// The file that is open.
struct Open {
    name: String,
    stamp: String,
    items: u64,
    rows: Box<dyn ReadRows>,
}

/// What a look at the directory found.
enum Found {
    Open(Open),
    Settling,
    Nothing,
}

/// A directory as an input.
pub struct Directory {
    path: PathBuf,
    pattern: String,
    settle: Duration,
    taken: Taken,
    form: FileForm,
    wanted: Wanted,
    place: Place,
    open: Option<Open>,
}

/// Whether a name is of a pattern with stars.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = pattern.contains('*').then(|| parts.next_back()).flatten() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(last)
}

/// A name that no file of a folder has: the given one, or that with a number behind it.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let numbered = (1u64..).map(|number| folder.join(format!("{name}.{number}")));
    let mut names = std::iter::once(folder.join(name)).chain(numbered);
    names.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}

/// By what a file that changed is known: its size and the time of its last change.
fn stamp(path: &Path) -> Result<(String, SystemTime), Error> {
    let about = fs::metadata(path).map_err(Error::system(path, "read"))?;
    let changed = about.modified().map_err(Error::system(path, "read"))?;
    let since = changed.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Ok((format!("{}:{}", about.len(), since.as_millis()), changed))
}

/// The names of files that match, in order.
pub(super) fn names(path: &Path, pattern: &str) -> Result<Vec<String>, Error> {
    let system = || Error::system(path, "read");
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(system())? {
        let entry = entry.map_err(system())?;
        // A link to a file is one too.
        let is_file = entry.path().is_file();
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            let rule = "a name is not UTF-8; rename that file";
            return Err(Error::input("file-name", path.display(), "name", rule));
        };
        // The last are the locks of office programs.
        let is_unfinished = name.starts_with('.')
            || name.ends_with(".part")
            || name.ends_with(".tmp")
            || name.starts_with("~$");
        if is_file && !is_unfinished && matches(pattern, &name) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

impl Directory {
    /// A directory, to be read on from a position.
    ///
    /// Errors: a position of another form.
    pub fn new(
        path: &Path,
        pattern: &str,
        settle: Duration,
        taken: Taken,
        form: &FileForm,
        wanted: &Wanted,
    ) -> Self {
        let (path, pattern) = (path.to_owned(), pattern.to_owned());
        let (form, wanted) = (form.clone(), wanted.clone());
        let place = Place::default();
        Self { path, pattern, settle, taken, form, wanted, place, open: None }
    }

    /// Opens the next file that is not finished.
    fn find(&mut self) -> Result<Found, Error> {
        let names = names(&self.path, &self.pattern)?;
        // A share that is away for a moment looks empty.
        if !names.is_empty() {
            self.place.done.retain(|name, _| names.binary_search(name).is_ok());
        }
        for name in names {
            let path = self.path.join(&name);
            let (stamp, changed) = stamp(&path)?;
            if self.place.done.get(&name) == Some(&stamp) {
                continue;
            }
            // A clock that was set back must not hold a file for ever.
            let age = changed.elapsed().unwrap_or(self.settle);
            if age < self.settle {
                // The files after it wait too: order is what completeness is declared by.
                return Ok(Found::Settling);
            }
            let mut rows = open(&path, &self.form, &self.wanted)?;
            let is_the_one = self.place.file.as_ref() == Some(&name) && self.place.stamp == stamp;
            let items = if is_the_one { self.place.items } else { 0 };
            for _ in 0..items {
                rows.next()?;
            }
            return Ok(Found::Open(Open { name, stamp, items, rows }));
        }
        Ok(Found::Nothing)
    }

    /// Puts a finished file where it belongs.
    fn put_away(&self, name: &str, finished: &str) -> Result<(), Error> {
        let path = self.path.join(name);
        if !path.exists() || stamp(&path)?.0 != finished {
            return Ok(());
        }
        match self.taken {
            Taken::Keep => Ok(()),
            Taken::Delete => fs::remove_file(&path).map_err(Error::system(&path, "delete")),
            Taken::Move => {
                let folder = self.path.join("taken");
                fs::create_dir_all(&folder).map_err(Error::system(&folder, "create"))?;
                let target = free_name(&folder, name);
                fs::rename(&path, &target).map_err(Error::system(&path, "move"))
            }
        }
    }
}

impl Input for Directory {
    fn next(&mut self, rows_max: usize) -> Result<Next, Error> {
        let found = match self.open.take() {
            Some(open) => Found::Open(open),
            None => self.find()?,
        };
        let mut open = match found {
            Found::Open(open) => open,
            Found::Settling => return Ok(Next::Soon),
            Found::Nothing => return Ok(Next::Waiting),
        };
        let mut items: Vec<Item> = Vec::new();
        let mut has_ended = false;
        while items.len() < rows_max && !has_ended {
            match open.rows.next()? {
                Some(item) => items.push(item),
                None => has_ended = true,
            }
        }
        open.items += items.len() as u64;
        let origin = open.name.clone();
        let ended = has_ended.then(|| origin.clone());
        if has_ended {
            self.place.done.insert(open.name, open.stamp);
            self.place = Place { done: std::mem::take(&mut self.place.done), ..Place::default() };
        } else {
            self.place.file = Some(open.name.clone());
            self.place.stamp.clone_from(&open.stamp);
            self.place.items = open.items;
            self.open = Some(open);
        }
        let position = serde_json::to_value(&self.place).unwrap_or_default();
        Ok(Next::Chunk(Chunk { origin, items, position, ended }))
    }

    fn commit(&mut self, position: &Value) -> Result<(), Error> {
        let place = parse(position)?;
        for (name, stamp) in &place.done {
            self.put_away(name, stamp)?;
        }
        Ok(())
    }

    fn rewind(&mut self, position: Option<&Value>) -> Result<(), Error> {
        self.place = position.map(parse).transpose()?.unwrap_or_default();
        self.open = None;
        Ok(())
    }
}

fn parse(position: &Value) -> Result<Place, Error> {
    Place::deserialize(position).map_err(|_| {
        let rule = "is not a position in a directory; an input keeps its name and its kind";
        Error::new(crate::error::CORRUPT, "state", "state.json", "inputs", rule)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{form, texts, wanted};
    use super::*;

    fn directory(path: &Path, settle: u64, taken: Taken) -> Directory {
        let settle = Duration::from_millis(settle);
        Directory::new(path, "*.csv", settle, taken, &form("csv"), &wanted(&["a"]))
    }

    fn chunk(input: &mut Directory, rows: usize) -> Option<Chunk> {
        match input.next(rows).unwrap() {
            Next::Chunk(chunk) => Some(chunk),
            _ => None,
        }
    }

    #[test]
    fn reading_goes_on_where_it_was_committed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("2.csv"), "a\n4\n").unwrap();
        fs::write(folder.path().join("1.csv"), "a\n1\n2\n3\n").unwrap();
        let mut read = Vec::new();
        let mut position = None;
        // A new input each time, as after a kill.
        for _ in 0..10 {
            let mut input = directory(folder.path(), 0, Taken::Move);
            input.rewind(position.as_ref()).unwrap();
            if let Some(position) = &position {
                input.commit(position).unwrap();
            }
            let Some(chunk) = chunk(&mut input, 2) else { continue };
            read.extend(texts(&chunk.items, 1).into_iter().flatten());
            position = Some(chunk.position);
        }
        assert_eq!(read, ["1", "2", "3", "4"]);
        assert!(folder.path().join("taken/1.csv").exists());
        assert!(!folder.path().join("1.csv").exists());
    }

    #[test]
    fn a_changed_file_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.csv");
        fs::write(&path, "a\n1\n").unwrap();
        let mut input = directory(folder.path(), 0, Taken::Keep);
        assert_eq!(chunk(&mut input, 9).unwrap().ended.as_deref(), Some("1.csv"));
        assert!(chunk(&mut input, 9).is_none());
        fs::write(&path, "a\n1\n2\n").unwrap();
        assert_eq!(chunk(&mut input, 9).unwrap().items.len(), 2);
    }

    #[test]
    fn a_file_that_is_being_written_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("0.csv.part"), "a\n0\n").unwrap();
        fs::write(folder.path().join(".1.csv"), "a\n0\n").unwrap();
        fs::write(folder.path().join("~$2.csv"), "a\n0\n").unwrap();
        fs::write(folder.path().join("2.csv"), "a\n1\n").unwrap();
        let mut input = directory(folder.path(), 300, Taken::Keep);
        assert!(chunk(&mut input, 9).is_none());
        std::thread::sleep(Duration::from_millis(350));
        assert_eq!(texts(&chunk(&mut input, 9).unwrap().items, 1), [["1"]]);
    }

    #[test]
    fn a_file_of_the_same_name_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["a\n1\n", "a\n2\n3\n", "a\n4\n"] {
            fs::write(folder.path().join("1.csv"), text).unwrap();
            let mut input = directory(folder.path(), 0, Taken::Move);
            let position = chunk(&mut input, 9).unwrap().position;
            input.commit(&position).unwrap();
            input.commit(&position).unwrap();
        }
        assert_eq!(
            names(&folder.path().join("taken"), "*").unwrap(),
            ["1.csv", "1.csv.1", "1.csv.2"]
        );
    }

    #[test]
    fn stars_match_any_text() {
        for (pattern, name) in [
            ("*", "x"),
            ("a*.csv", "ab.csv"),
            ("a.csv", "a.csv"),
            ("*b*", "abc"),
            ("a*b*c", "aXbYc"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "ab"), ("*.csv", "a.txt"), ("a*b*c", "acb"), ("ab*b", "ab")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
