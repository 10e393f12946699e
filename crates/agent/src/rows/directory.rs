//! A directory into which files are put, taken in the order of their names.
//!
//! A file is waited for while it is being written: as long as its name ends in `.part` or `.tmp`
//! or begins with a dot or `~$`, and until it has not changed for some seconds; the files after it
//! wait too. Then it is read once. A file that changes later is read again from its start; the
//! event ids make each event count once.
//!
//! A file that was taken in part holds the input once it is gone, until it is back or given up: the
//! rest of its rows would be missing from what is declared complete.
//!
//! Not here: subdirectories.
//!
//! Invariants:
//! 1. Reading goes on exactly after the committed position, and a finished file is not read again
//!    (`rows::directory::tests::reading_goes_on_where_it_was_committed`).
//! 2. A file that is still being written is not opened, nor are those after it
//!    (`rows::directory::tests::a_file_that_is_being_written_is_waited_for`,
//!    `rows::directory::tests::a_name_counts_without_its_mark`).
//! 3. Nothing is read past a file that was taken in part and is gone, or whose end is cut off
//!    (`rows::directory::tests::a_file_that_is_gone_holds_the_input`,
//!    `rows::directory::tests::a_file_that_is_cut_off_holds_the_input`).
//!
//! Format of a position:
//! ```json
//! {"done": {"2026-01-01.csv": "5120:1767225600000"}, "file": "2026-01-02.csv",
//!  "stamp": "7000:1767312000000", "items": 5000}
//! ```

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CUT_OFF, Chunk, FileForm, Input, Item, Next, ReadRows, Wanted, open};
use crate::error::{BUSY, Error};

/// How names end that a file has only while it is being written.
const ENDINGS: [&str; 2] = [".part", ".tmp"];
/// How such names begin; the last are the locks of office programs.
const BEGINNINGS: [&str; 2] = [".", "~$"];

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
    Held(Error),
    Nothing,
}

/// A file of the directory.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    /// The name that it has once it is written.
    name: String,
    /// Whether it is.
    is_finished: bool,
    /// The name that it has now.
    written: String,
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
    /// The name and the stamp of a file whose end is cut off, and what is wrong with it.
    cut: Option<(String, String, Error)>,
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

/// The names that a file can have once it is written; none if it is.
fn unmarked(written: &str, pattern: &str) -> Vec<String> {
    let mut name = written;
    while let Some(rest) = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) {
        name = rest;
    }
    let Some(rest) = BEGINNINGS.iter().find_map(|beginning| name.strip_prefix(beginning)) else {
        return if name == written { Vec::new() } else { vec![name.to_owned()] };
    };
    // A directory may have hidden files that are no exports; those have no ending as a rule.
    let is_every = pattern.chars().all(|c| c == '*');
    if is_every && name.starts_with('.') && !rest.contains('.') {
        return vec![String::new()];
    }
    // Some programs write .NAME.random first.
    let shorter = rest.rsplit_once('.').map(|(name, _)| name.to_owned());
    std::iter::once(rest.to_owned()).chain(shorter).collect()
}

/// The file of a name, if the name, or the one that it will have, is of a pattern.
fn listed(written: &str, pattern: &str) -> Option<Listed> {
    let names = unmarked(written, pattern);
    let is_finished = names.is_empty();
    let own = is_finished.then(|| written.to_owned());
    let name =
        own.into_iter().chain(names).find(|name| !name.is_empty() && matches(pattern, name))?;
    Some(Listed { name, is_finished, written: written.to_owned() })
}

/// The files that match, in the order of their names; one that is being written comes before one
/// of the same name.
fn files(path: &Path, pattern: &str) -> Result<Vec<Listed>, Error> {
    let system = || Error::system(path, "read");
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(system())? {
        let entry = entry.map_err(system())?;
        let written = entry.file_name();
        let Some(file) = listed(&written.to_string_lossy(), pattern) else { continue };
        // A link to a file is one too.
        if !entry.path().is_file() {
            continue;
        }
        if written.to_str().is_none() {
            return Err(not_utf8(&written));
        }
        files.push(file);
    }
    files.sort();
    Ok(files)
}

fn not_utf8(name: &OsStr) -> Error {
    let rule = "the name of a file is not UTF-8; rename it";
    Error::input("file-name", name.as_bytes().escape_ascii(), "name", rule)
}

/// The names of files that match and are written, in order.
pub(super) fn names(path: &Path, pattern: &str) -> Result<Vec<String>, Error> {
    let files = files(path, pattern)?;
    Ok(files.into_iter().filter(|file| file.is_finished).map(|file| file.name).collect())
}

/// The position without the file that is taken in part, if it is this one.
pub(super) fn given_up(position: &Value, file: &str) -> Option<Value> {
    let place = parse(position).ok().filter(|place| place.file.as_deref() == Some(file))?;
    serde_json::to_value(Place { done: place.done, ..Place::default() }).ok()
}

/// Why nothing after a file is read that is still being written.
fn unfinished(name: &str) -> Error {
    let rule = "its name is one of a file that is still being written, so it is waited for, and \
                the files after it wait too; rename it once it is written, or delete it";
    Error::new(BUSY, "unfinished", name, "file", rule)
}

/// Why nothing is read after a file was taken in part.
fn gone(name: &str) -> Error {
    let rule = format_args!(
        "was taken in part and is not there any more; put it back, or give up the rest of its \
         rows with --give-up {name}"
    );
    Error::input("file-gone", name, "file", rule)
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
        Self { path, pattern, settle, taken, form, wanted, place, open: None, cut: None }
    }

    /// Whether a file has not changed for as long as it must not.
    fn is_settled(&self, changed: SystemTime) -> bool {
        // A clock that was set back must not hold a file for ever.
        changed.elapsed().unwrap_or(self.settle) >= self.settle
    }

    /// Opens the next file that is not finished: one that is taken in part, or the first in order.
    fn find(&mut self) -> Result<Found, Error> {
        let mut files = files(&self.path, &self.pattern)?;
        let names: Vec<&String> =
            files.iter().filter(|file| file.is_finished).map(|file| &file.name).collect();
        // A share that is away for a moment looks empty.
        if !names.is_empty() {
            self.place.done.retain(|name, _| names.binary_search(&name).is_ok());
        }
        if let Some(begun) = &self.place.file {
            match files.iter().position(|file| file.is_finished && file.name == *begun) {
                Some(place) => files[..=place].rotate_right(1),
                None => return Ok(Found::Held(gone(begun))),
            }
        }
        for file in files {
            let path = self.path.join(&file.written);
            let (stamp, changed) = stamp(&path)?;
            if file.is_finished && self.place.done.get(&file.name) == Some(&stamp) {
                continue;
            }
            // The files after it wait too: order is what completeness is declared by.
            return match file.is_finished {
                _ if !self.is_settled(changed) => Ok(Found::Settling),
                true => self.open(file.name, stamp),
                false => Ok(Found::Held(unfinished(&file.written))),
            };
        }
        Ok(Found::Nothing)
    }

    /// Opens a file, from where it was read before.
    fn open(&mut self, name: String, stamp: String) -> Result<Found, Error> {
        if let Some((file, of_file, why)) = &self.cut
            && (file, of_file) == (&name, &stamp)
        {
            return Ok(Found::Held(why.clone()));
        }
        let mut rows = match open(&self.path.join(&name), &self.form, &self.wanted) {
            Err(why) if why.code() == CUT_OFF => {
                self.cut = Some((name, stamp, why.clone()));
                return Ok(Found::Held(why));
            }
            opened => opened?,
        };
        let is_the_one = self.place.file.as_ref() == Some(&name) && self.place.stamp == stamp;
        let items = if is_the_one { self.place.items } else { 0 };
        for _ in 0..items {
            rows.next()?;
        }
        Ok(Found::Open(Open { name, stamp, items, rows }))
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
            Found::Held(why) => return Ok(Next::Held(why)),
            Found::Nothing => return Ok(Next::Waiting),
        };
        let mut items: Vec<Item> = Vec::new();
        let mut has_ended = false;
        while items.len() < rows_max && !has_ended {
            match open.rows.next() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => has_ended = true,
                // Perhaps the rest comes: it is looked at again once it has changed.
                Err(why) if why.code() == CUT_OFF => {
                    self.cut = Some((open.name, open.stamp, why.clone()));
                    return Ok(Next::Held(why));
                }
                Err(error) => return Err(error),
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
        fs::write(folder.path().join("2.csv"), "a\n1\n").unwrap();
        let mut input = directory(folder.path(), 300, Taken::Keep);
        assert!(chunk(&mut input, 9).is_none());
        std::thread::sleep(Duration::from_millis(350));
        for marked in ["1.csv.part", "1.csv.tmp", ".1.csv", "~$1.csv", ".1.csv.x7Jk2p"] {
            let path = folder.path().join(marked);
            fs::write(&path, "a\n0\n").unwrap();
            let mut input = directory(folder.path(), 300, Taken::Keep);
            assert!(matches!(input.next(9).unwrap(), Next::Soon), "{marked}");
            input.settle = Duration::ZERO;
            assert_eq!(held(&mut input), "unfinished", "{marked}");
            fs::remove_file(path).unwrap();
        }
        // What comes after is not waited for.
        fs::write(folder.path().join("3.csv.part"), "a\n0\n").unwrap();
        assert_eq!(texts(&chunk(&mut input, 9).unwrap().items, 1), [["1"]]);
        assert_eq!(held(&mut Directory { settle: Duration::ZERO, ..input }), "unfinished");
    }

    fn held(input: &mut Directory) -> &'static str {
        match input.next(9).unwrap() {
            Next::Held(why) => why.code(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_name_counts_without_its_mark() {
        let name = |written: &str, pattern: &str| {
            listed(written, pattern).map(|file| (file.name, file.is_finished))
        };
        for pattern in ["x-*.csv", "x-*", "*"] {
            for written in ["x-1.csv.part", "x-1.csv.tmp", ".x-1.csv", "~$x-1.csv", ".x-1.csv.part"]
            {
                let expected = Some(("x-1.csv".to_owned(), false));
                assert_eq!(name(written, pattern), expected, "{pattern} {written}");
            }
            assert_eq!(name("x-1.csv", pattern), Some(("x-1.csv".to_owned(), true)));
        }
        for written in ["y-1.csv.part", ".DS_Store", ".x-1.txt"] {
            assert_eq!(name(written, "x-*.csv"), None, "{written}");
        }
        assert_eq!(name(".DS_Store", "*"), None);
        assert_eq!(name(".x-1.csv.x7Jk2p", "x-*.csv"), Some(("x-1.csv".to_owned(), false)));
    }

    #[test]
    fn a_file_that_is_gone_holds_the_input() {
        let folder = tempfile::tempdir().unwrap();
        let (first, later) = (folder.path().join("1.csv"), folder.path().join("2.csv"));
        fs::write(&first, "a\n1\n2\n3\n").unwrap();
        fs::write(&later, "a\n4\n").unwrap();
        let position = chunk(&mut directory(folder.path(), 0, Taken::Keep), 2).unwrap().position;
        let resumed = || {
            let mut input = directory(folder.path(), 0, Taken::Keep);
            input.rewind(Some(&position)).unwrap();
            input
        };
        fs::remove_file(&first).unwrap();
        assert_eq!(held(&mut resumed()), "file-gone");
        // An earlier file is not read before it, or nobody would remember it.
        fs::write(folder.path().join("0.csv"), "a\n0\n").unwrap();
        assert_eq!(held(&mut resumed()), "file-gone");
        assert_eq!(given_up(&position, "2.csv"), None);
        let given_up = given_up(&position, "1.csv").unwrap();
        let mut input = directory(folder.path(), 0, Taken::Keep);
        input.rewind(Some(&given_up)).unwrap();
        assert_eq!(texts(&chunk(&mut input, 9).unwrap().items, 1), [["0"]]);
        fs::write(&first, "a\n1\n2\n3\n").unwrap();
        assert_eq!(chunk(&mut resumed(), 9).unwrap().origin, "1.csv");
    }

    #[test]
    fn a_file_that_is_cut_off_holds_the_input() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.csv");
        fs::write(&path, "a").unwrap();
        let mut input = directory(folder.path(), 0, Taken::Keep);
        assert_eq!(held(&mut input), "cut-off");
        fs::write(&path, "a\n1\n2").unwrap();
        for _ in 0..2 {
            assert_eq!(held(&mut input), "cut-off");
        }
        fs::write(&path, "a\n1\n22\n").unwrap();
        assert_eq!(texts(&chunk(&mut input, 9).unwrap().items, 1), [["1"], ["22"]]);
    }

    #[test]
    fn only_a_name_that_matches_must_be_utf8() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("1.csv"), "a\n1\n").unwrap();
        let write = |name: &[u8]| fs::write(folder.path().join(OsStr::from_bytes(name)), "a\n2\n");
        write(b"caf\xe9.txt").unwrap();
        assert!(chunk(&mut directory(folder.path(), 0, Taken::Keep), 9).is_some());
        write(b"caf\xe9.csv").unwrap();
        let error = directory(folder.path(), 0, Taken::Keep).next(9).unwrap_err();
        assert!(error.to_string().starts_with("caf\\xe9.csv: name: "), "{error}");
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
