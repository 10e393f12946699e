//! The layout of a store: the path and mode of each of its files, and the format of its times.
//!
//! Not here: the contents of the files (rooms `vault`, `journal`, `state` and `store`), and the
//! layout of the public directory (crate `ledger`).
//!
//! Invariants:
//! 1. Modes do not depend on the process's mask: private files are for their owner only (0600,
//!    0700), public files can be read by everybody (0644, 0755)
//!    (`tidegauge/tests/exit_codes.rs`: `modes_do_not_depend_on_the_mask`).
//! 2. A time for people is a whole second
//!    (`layout::tests::a_time_that_is_shown_is_whole_and_not_too_early`).
//!
//! Format: ARCHITECTURE.md, "A store on disk".

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::Error;

/// The ending of a run's file name.
pub(crate) const RUN_ENDING: &str = ".run";
/// The ending of the file name of a snapshot, which stores had before they had runs.
pub(crate) const SNAPSHOT_ENDING: &str = ".state";
/// The ending of a segment's file name.
const SEGMENT_ENDING: &str = ".segment";

/// The private directory of a store, which is never served.
pub fn private_directory(store: &Path) -> PathBuf {
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

/// The directory of the runs of the state.
pub(crate) fn state_directory(store: &Path) -> PathBuf {
    private_directory(store).join("state")
}

/// The file of the control store.
pub(crate) fn control_path(store: &Path) -> PathBuf {
    private_directory(store).join("control.sqlite")
}

/// The file that is locked by the one process that writes to the store.
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

/// The file of the key that the store is encrypted with, unless it was put elsewhere.
pub(crate) fn store_key_path(store: &Path) -> PathBuf {
    private_directory(store).join("store.key")
}

/// The file name of a segment.
pub(crate) fn segment_name(number: usize) -> String {
    format!("{number:08}{SEGMENT_ENDING}")
}

/// The file name of a run.
pub(crate) fn run_name(number: u32) -> String {
    format!("{number:08}{RUN_ENDING}")
}

/// The number of a segment; `None` for any other file name.
pub(crate) fn segment_number(name: &str) -> Option<usize> {
    name.strip_suffix(SEGMENT_ENDING)?.parse().ok()
}

/// Creates a private file, which must not exist, for reading and writing.
pub(crate) fn create_private_file(path: &Path) -> std::io::Result<File> {
    let file = File::options().read(true).write(true).create_new(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Whether a path, which need not exist yet, is this directory or inside it, wherever links lead.
///
/// Errors: `directory` does not exist.
pub(crate) fn is_inside(path: &Path, directory: &Path) -> Result<bool, Error> {
    let around = directory.canonicalize().map_err(Error::system(directory, "find"))?;
    let absolute = std::path::absolute(path).map_err(Error::system(path, "find"))?;
    let existing = absolute.ancestors().find_map(|above| above.canonicalize().ok());
    Ok(existing.is_some_and(|existing| existing.starts_with(&around)))
}

/// Creates a private directory, if it does not exist.
pub(crate) fn create_private_directory(path: &Path) -> Result<(), Error> {
    create_directory(path, 0o700)
}

/// Creates a public directory, if it does not exist.
pub(crate) fn create_public_directory(path: &Path) -> Result<(), Error> {
    create_directory(path, 0o755)
}

fn create_directory(path: &Path, mode: u32) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::system(path, "create"))?;
    let mode = Permissions::from_mode(mode);
    fs::set_permissions(path, mode).map_err(Error::system(path, "set the mode of"))
}

/// The directory that a path is in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes the list of files in a directory durable.
pub(crate) fn sync_directory(directory: &Path) -> Result<(), Error> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::system(directory, "sync"))
}

/// The beginning of the minute in which an instant lies.
pub(crate) fn whole_minute(instant: Timestamp) -> Timestamp {
    let seconds = instant.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(instant)
}

/// An instant in the ledger's format: to the second, in universal time.
pub(crate) fn ledger_time(now: Timestamp) -> String {
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// An instant at which something may happen, for people: to the second, and never too early.
pub fn due_time(due: Timestamp) -> String {
    let seconds = due.as_second() + i64::from(due.subsec_nanosecond() > 0);
    Timestamp::from_second(seconds).unwrap_or(due).to_string()
}

/// An instant as receipts and the status of a store have it, from milliseconds since 1970.
pub(crate) fn instant(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_shown_is_whole_and_not_too_early() {
        for (due, shown) in [
            ("2026-01-01T22:00:00Z", "2026-01-01T22:00:00Z"),
            ("2026-01-01T22:00:00.000000001Z", "2026-01-01T22:00:01Z"),
            ("2026-12-31T23:59:59.9Z", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(due_time(due.parse().unwrap()), shown);
        }
    }
}
