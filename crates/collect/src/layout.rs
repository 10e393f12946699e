//! The layout of a store: where each of its files lies, and how it writes an instant.
//!
//! Not here: what the files hold (rooms `vault`, `journal`, `state` and `store`), and what lies
//! inside the public directory (crate `ledger`).
//!
//! Format: ARCHITECTURE.md, "A store on disk".

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::calendar::StepNumber;
use crate::error::Error;

/// The ending of a snapshot's file name; that of a journal segment differs.
pub(crate) const SNAPSHOT_ENDING: &str = ".state";
/// The ending of a segment's file name.
const SEGMENT_ENDING: &str = ".segment";

/// The private directory of a store, which is never served.
pub(crate) fn private_directory(store: &Path) -> PathBuf {
    store.join("private")
}

/// The public directory of a store: everything in it may be served to anyone.
pub fn public_directory(store: &Path) -> PathBuf {
    store.join("public")
}

/// The directory of the journal's segments.
pub(crate) fn journal_directory(store: &Path) -> PathBuf {
    private_directory(store).join("journal")
}

/// The directory of the snapshots.
pub(crate) fn state_directory(store: &Path) -> PathBuf {
    private_directory(store).join("state")
}

/// The file of the control store.
pub(crate) fn control_path(store: &Path) -> PathBuf {
    private_directory(store).join("control.sqlite")
}

/// The file that the one process which writes to the store holds a lock on.
pub(crate) fn lock_path(store: &Path) -> PathBuf {
    private_directory(store).join("lock")
}

/// The file of the key that signs the ledger.
pub(crate) fn signing_key_path(store: &Path) -> PathBuf {
    private_directory(store).join("signing.key")
}

/// The file of the key that makes pseudonyms opaque.
pub(crate) fn pseudonym_key_path(store: &Path) -> PathBuf {
    private_directory(store).join("pseudonym.key")
}

/// The file of the key under which the store is encrypted, unless it was put elsewhere.
pub(crate) fn store_key_path(store: &Path) -> PathBuf {
    private_directory(store).join("store.key")
}

/// The file name of a segment.
pub(crate) fn segment_name(number: usize) -> String {
    format!("{number:08}{SEGMENT_ENDING}")
}

/// The file name of the snapshot from which this step is folded next.
pub(crate) fn snapshot_name(next: StepNumber) -> String {
    format!("{next:08}{SNAPSHOT_ENDING}")
}

/// The number of a segment; `None` for any other file name.
pub(crate) fn segment_number(name: &str) -> Option<usize> {
    name.strip_suffix(SEGMENT_ENDING)?.parse().ok()
}

/// The directory that a path is in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes durable which files a directory has.
pub(crate) fn sync_directory(directory: &Path) -> Result<(), Error> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::system(directory, "sync"))
}

/// An instant as the ledger writes it: to the second, in universal time.
pub(crate) fn ledger_time(now: Timestamp) -> String {
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
