//! The agent's own state: how far each input is delivered, and the delivery that is under way.
//!
//! The order that loses and doubles nothing:
//! 1. the rows of a delivery are spooled, and synced;
//! 2. the state names the delivery, its digest and the position after it, and is synced;
//! 3. the delivery is sent, under this id, until there is a receipt;
//! 4. the state has the new position and no delivery under way, and is synced;
//! 5. the input may put its file away, and the spooled rows are deleted.
//!
//! A kill before 2 leaves rows that nobody knows: they are deleted, and made again from the same
//! position. After 2 the same bytes go under the same id again.
//!
//! Not here: sending (module `deliver`).
//!
//! Invariants:
//! 1. The state is replaced as a whole or not at all (`state::tests::the_state_is_replaced`).
//! 2. One process at a time uses it (`state::tests::one_process_at_a_time`).
//! 3. It has positions, ids, spooled pseudonymised rows and the last error, nothing else of a row
//!    (`tests/canaries.rs`), and only its owner can read it.
//! 4. It is of one store and one source, and one that was written before it named a source takes
//!    it on (`tests/commands.rs`: `a_state_is_of_one_source`).

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tidegauge_delivery::{content_digest, digest_of};

use crate::error::{BUSY, CORRUPT, Error, REFUSED};

/// The version of the state's form.
const FORMAT: u32 = 1;
const STATE: &str = "state.json";
const SPOOL: &str = "spool";

/// The number in a state of any form.
#[derive(Deserialize)]
struct Numbered {
    format: u32,
}

/// How far everything is.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    format: u32,
    /// The store to which the positions belong.
    #[serde(default)]
    pub store: Option<String>,
    /// The source to which they belong; none in states of programs before this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// By the input's name.
    #[serde(default)]
    pub inputs: BTreeMap<String, InputState>,
    /// The delivery that is under way.
    #[serde(default)]
    pub under_way: Option<UnderWay>,
    /// Up to when the source has declared completeness.
    #[serde(default)]
    pub declared: Option<Timestamp>,
    /// The last delivery with a receipt.
    #[serde(default)]
    pub last: Option<LastDelivery>,
    /// Why the agent ended, if that was after the last receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<LastRefusal>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            format: FORMAT,
            store: None,
            source: None,
            inputs: BTreeMap::new(),
            under_way: None,
            declared: None,
            last: None,
            refusal: None,
        }
    }
}

impl State {
    /// Checks that the state is of this source. One without a source takes it on when it is
    /// written next.
    ///
    /// Errors: another source, whose positions and declarations would be taken for its own.
    pub fn check_source(&self, source: &str) -> Result<(), Error> {
        match &self.source {
            Some(own) if own != source => {
                let rule = format!(
                    "is of the source {own}, `plan.source` is {source}; give each source its own \
                     state, by `delivery.state`"
                );
                Err(Error::new(REFUSED, "other-source", "agent.toml", "delivery.state", rule))
            }
            _ => Ok(()),
        }
    }
}

/// How far an input is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InputState {
    /// From where reading goes on.
    pub position: Option<Value>,
    /// Up to when it is complete.
    pub complete_until: Option<Timestamp>,
    /// Ends of days whose files are delivered although the days were not over then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub day_ends: Vec<Timestamp>,
}

/// A delivery that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UnderWay {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// The input of its rows; none for a declaration by itself.
    pub input: Option<String>,
    /// The state of that input once it is delivered.
    pub after: InputState,
    /// Where its rows come from.
    pub origin: String,
    /// The digest of its body, as `Content-Digest` has it.
    pub digest: String,
    /// The id of the key under which its pseudonyms were made.
    pub pseudonym_key: String,
    /// Whether it has a body; otherwise it declares only.
    pub has_body: bool,
    /// What it declares.
    pub complete_until: Option<Timestamp>,
    /// The rows of the input that are in it, as runs of a first one and a number.
    pub runs: Vec<(u64, u64)>,
    /// The rows of the input that were left out as bad.
    #[serde(default)]
    pub left_out: u64,
}

impl UnderWay {
    /// The row of the input for a line of the delivery, whose first line is the header.
    pub fn row(&self, line: u64) -> Option<u64> {
        let mut left = line.checked_sub(2)?;
        for &(first, number) in &self.runs {
            if left < number {
                return Some(first + left);
            }
            left -= number;
        }
        None
    }
}

/// The last delivery with a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LastDelivery {
    /// Its id.
    pub id: String,
    /// When it was durable in the store, by the receipt; for a carried file when it was written.
    pub at: String,
}

/// Why the agent ended.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LastRefusal {
    /// The stable code of the error.
    pub code: String,
    /// Its place, field and rule.
    pub why: String,
    /// When it was.
    pub at: Timestamp,
}

/// The directory of the state, held by this process.
pub struct StateDirectory {
    path: PathBuf,
    /// The state as it is on disk.
    pub state: State,
    _lock: File,
}

/// Reads the state of a directory; a new one if there is none.
///
/// Errors: a file of another form.
pub fn read_state(directory: &Path) -> Result<State, Error> {
    let path = directory.join(STATE);
    if !path.exists() {
        return Ok(State::default());
    }
    let bytes = fs::read(&path).map_err(Error::system(&path, "read"))?;
    // A state of another format may have other fields.
    let numbered: Option<Numbered> = serde_json::from_slice(&bytes).ok();
    if let Some(Numbered { format }) = numbered.filter(|numbered| numbered.format != FORMAT) {
        let rule = format!(
            "the state has format {format}, and this program knows only {FORMAT}; use the version \
             of tidegauge-agent that wrote it"
        );
        return Err(Error::input("newer-format", path.display(), "format", rule));
    }
    serde_json::from_slice(&bytes).map_err(|_| {
        let rule = "is not a state of this program; restore it from a copy";
        Error::new(CORRUPT, "corrupt", path.display(), "state", rule)
    })
}

impl StateDirectory {
    /// Opens the directory, which is made if it is not there, and removes rows that no state names.
    ///
    /// Errors: another process uses it, a corrupt state.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let spool = path.join(SPOOL);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(&spool).map_err(Error::system(&spool, "create"))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            .map_err(Error::system(&lock_path, "open"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                let rule = "another agent uses this state; stop it, or give this one its own";
                Error::new(BUSY, "locked", path.display(), "lock", rule)
            }
            TryLockError::Error(error) => Error::system(&lock_path, "lock")(error),
        })?;
        let state = read_state(path)?;
        let directory = Self { path: path.to_owned(), state, _lock: lock };
        directory.remove_stray()?;
        Ok(directory)
    }

    /// A file of the directory.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn body_path(&self, id: &str) -> PathBuf {
        self.path.join(SPOOL).join(format!("{id}.csv.zst"))
    }

    fn remove_stray(&self) -> Result<(), Error> {
        let spool = self.path.join(SPOOL);
        let kept = self.state.under_way.as_ref().map(|under_way| self.body_path(&under_way.id));
        for entry in fs::read_dir(&spool).map_err(Error::system(&spool, "read"))? {
            let path = entry.map_err(Error::system(&spool, "read"))?.path();
            if kept.as_ref() != Some(&path) {
                fs::remove_file(&path).map_err(Error::system(&path, "delete"))?;
            }
        }
        Ok(())
    }

    /// Writes the state.
    pub fn save(&self) -> Result<(), Error> {
        let path = self.path.join(STATE);
        let bytes = serde_json::to_vec_pretty(&self.state).unwrap_or_default();
        replace(&path, &bytes)
    }

    /// Spools a delivery and notes it as under way.
    pub fn begin(&mut self, under_way: UnderWay, body: &[u8]) -> Result<(), Error> {
        if under_way.has_body {
            replace(&self.body_path(&under_way.id), body)?;
        }
        self.state.under_way = Some(under_way);
        self.save()
    }

    /// The body of the delivery that is under way.
    ///
    /// Errors: it is missing or another one.
    pub fn body(&self, under_way: &UnderWay) -> Result<Vec<u8>, Error> {
        if !under_way.has_body {
            return Ok(Vec::new());
        }
        let path = self.body_path(&under_way.id);
        let bytes = fs::read(&path).map_err(Error::system(&path, "read"))?;
        if content_digest(&digest_of(&bytes)) != under_way.digest {
            let rule = "is not what was spooled; run again with --rebuild";
            return Err(Error::new(CORRUPT, "corrupt", path.display(), "digest", rule));
        }
        Ok(bytes)
    }

    /// Notes that the delivery under way has its receipt.
    pub fn finish(&mut self, at: &str) -> Result<(), Error> {
        let Some(under_way) = self.state.under_way.take() else { return Ok(()) };
        if let Some(input) = &under_way.input {
            self.state.inputs.insert(input.clone(), under_way.after.clone());
        }
        self.state.declared = self.state.declared.max(under_way.complete_until);
        self.state.refusal = None;
        self.state.last = Some(LastDelivery { id: under_way.id.clone(), at: at.to_owned() });
        self.save()?;
        self.delete_body(&under_way)
    }

    /// Notes why the agent ends.
    pub fn note_refusal(&mut self, error: &Error, at: Timestamp) -> Result<(), Error> {
        let (code, why) = (error.code().to_owned(), error.to_string());
        self.state.refusal = Some(LastRefusal { code, why, at });
        self.save()
    }

    /// Gives up the delivery that is under way: its rows are read again.
    pub fn give_up(&mut self) -> Result<(), Error> {
        let Some(under_way) = self.state.under_way.take() else { return Ok(()) };
        self.save()?;
        self.delete_body(&under_way)
    }

    fn delete_body(&self, under_way: &UnderWay) -> Result<(), Error> {
        let path = self.body_path(&under_way.id);
        match under_way.has_body && path.exists() {
            true => fs::remove_file(&path).map_err(Error::system(&path, "delete")),
            false => Ok(()),
        }
    }
}

/// Writes a file beside its place, syncs it and moves it there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = folder.join(format!("{name}.part"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .map_err(Error::system(&part, "create"))?;
    file.write_all(bytes).map_err(Error::system(&part, "write"))?;
    file.sync_all().map_err(Error::system(&part, "sync"))?;
    drop(file);
    fs::rename(&part, path).map_err(Error::system(path, "move"))?;
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(Error::system(folder, "sync"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn under_way(id: &str, body: &[u8]) -> UnderWay {
        UnderWay {
            id: id.into(),
            created: Timestamp::UNIX_EPOCH,
            input: Some("a".into()),
            after: InputState { position: Some(serde_json::json!({ "row": 7 })), ..<_>::default() },
            origin: "a.csv".into(),
            digest: content_digest(&digest_of(body)),
            pseudonym_key: "5f1c0b7a9d3e2468".into(),
            has_body: true,
            complete_until: None,
            runs: vec![(2, 3), (7, 1)],
            left_out: 0,
        }
    }

    #[test]
    fn the_state_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("state");
        {
            let mut directory = StateDirectory::open(&place).unwrap();
            directory.begin(under_way("1", b"rows"), b"rows").unwrap();
        }
        // Killed here, beside rows that no state names.
        fs::write(place.join("spool/2.csv.zst"), b"stray").unwrap();
        fs::write(place.join("state.json.part"), b"half").unwrap();
        let mut directory = StateDirectory::open(&place).unwrap();
        assert!(!place.join("spool/2.csv.zst").exists());
        let found = directory.state.under_way.clone().unwrap();
        assert_eq!(directory.body(&found).unwrap(), b"rows");
        let body = place.join("spool/1.csv.zst");
        assert_eq!(fs::metadata(&body).unwrap().permissions().mode() & 0o777, 0o600);
        directory.finish("2026-01-01T00:00:00Z").unwrap();
        assert!(!body.exists());
        drop(directory);
        let state = read_state(&place).unwrap();
        assert_eq!((state.inputs["a"].clone(), state.under_way), (found.after, None));
    }

    #[test]
    fn a_newer_state_is_told_as_such() {
        let folder = tempfile::tempdir().unwrap();
        for (text, code) in [("{\"format\":2,\"more\":1}", "newer-format"), ("{}", "corrupt")] {
            fs::write(folder.path().join(STATE), text).unwrap();
            assert_eq!(read_state(folder.path()).unwrap_err().code(), code);
        }
    }

    #[test]
    fn one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let _held = StateDirectory::open(folder.path()).unwrap();
        let error = StateDirectory::open(folder.path()).err().unwrap();
        assert_eq!((error.code(), error.exit_code()), ("locked", BUSY));
    }

    #[test]
    fn spooled_rows_that_changed_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let mut directory = StateDirectory::open(folder.path()).unwrap();
        let delivery = under_way("1", b"rows");
        directory.begin(delivery.clone(), b"other").unwrap();
        assert_eq!(directory.body(&delivery).unwrap_err().exit_code(), CORRUPT);
    }

    #[test]
    fn lines_of_a_delivery_lead_back_to_rows() {
        let delivery = under_way("1", b"");
        let rows: Vec<Option<u64>> = (1..=6).map(|line| delivery.row(line)).collect();
        assert_eq!(rows, [None, Some(2), Some(3), Some(4), Some(7), None]);
    }
}
