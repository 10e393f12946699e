//! A directory in which a store is built, beside the place where it will stand.
//!
//! Not here: what is written into it (modules `init` and `backup`).
//!
//! Its process holds the lock of the store to be, before the first key is in it, until it ends. So
//! whoever builds beside it later can tell a directory that a killed process left from one in which
//! another process is at work. While one looks for what was abandoned and takes its own lock, a
//! lock of the directory around keeps others out, so that nobody finds a lock that is made but not
//! taken yet.
//!
//! Invariants:
//! 1. A store exists whole or not at all: it has no name of its own before it is durable
//!    (`tidegauge/tests/backup.rs`: `a_killed_restore_leaves_no_store`).
//! 2. What a killed process left is removed by the next that builds beside it, its keys included,
//!    and nothing that belongs to a process still running
//!    (`store::building::tests::only_what_is_abandoned_is_removed`) or just beginning
//!    (`store::building::tests::many_begin_beside_each_other`).

use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tempfile::TempDir;

use super::open::StoreLock;
use crate::error::Error;
use crate::layout::{
    create_private_directory, create_public_directory, journal_directory, lock_path, parent,
    private_directory, public_directory, state_directory, sync_directory,
};

/// The beginning of the directory's name.
const PREFIX: &str = ".tidegauge-";

/// A store that has no name of its own yet. Dropped before it has one, it is removed.
pub(super) struct Building {
    /// Where it will stand.
    to: PathBuf,
    directory: TempDir,
    lock: StoreLock,
}

impl Building {
    /// Makes the directory, with all directories of an empty store, for a store that will stand at
    /// this path.
    ///
    /// Errors: disk.
    pub(super) fn beside(to: &Path) -> Result<Self, Error> {
        let beside = parent(to);
        fs::create_dir_all(beside).map_err(Error::system(beside, "create"))?;
        // Where a directory cannot be locked, as on some network disks, nothing is removed.
        let around = File::open(beside).and_then(|around| around.lock().map(|()| around)).ok();
        if around.is_some() {
            remove_abandoned(beside)?;
        }
        let building = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(beside)
            // Its message names a directory that nobody has asked for.
            .map_err(|error| Error::system(beside, "create a directory in")(error.kind().into()))?;
        let root = building.path();
        create_public_directory(root)?;
        create_private_directory(&private_directory(root))?;
        let lock = StoreLock::take(root)?;
        drop(around);
        create_private_directory(&journal_directory(root))?;
        create_private_directory(&state_directory(root))?;
        create_public_directory(&public_directory(root))?;
        Ok(Self { to: to.to_owned(), directory: building, lock })
    }

    /// The directory.
    pub(super) fn root(&self) -> &Path {
        self.directory.path()
    }

    /// The lock of the store.
    pub(super) fn lock(&self) -> &StoreLock {
        &self.lock
    }

    /// The same error with the path that a file will have, for people who know nothing of this
    /// directory.
    pub(super) fn named(&self, error: Error) -> Error {
        let error = error.or_full_disk(&private_directory(self.root()));
        error.renamed(|place| match Path::new(place).strip_prefix(self.root()) {
            Ok(inside) => self.to.join(inside).display().to_string(),
            Err(_) => place.to_owned(),
        })
    }

    /// Gives the store its name, after everything in it is durable.
    ///
    /// Errors: a directory that is not empty; disk.
    pub(super) fn finish(self) -> Result<(), Error> {
        let (root, to) = (self.root(), &self.to);
        sync_directory(&private_directory(root))?;
        sync_directory(root)?;
        fs::rename(root, to).map_err(Error::system(to, "rename to"))?;
        // The directory was renamed, so nothing is left at the old path to remove.
        let _ = self.directory.keep();
        sync_directory(parent(&self.to))
    }
}

/// Removes the directories whose processes have ended without giving them a name.
fn remove_abandoned(beside: &Path) -> Result<(), Error> {
    let entries = fs::read_dir(beside).map_err(Error::system(beside, "list"))?;
    for entry in entries.flatten() {
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_directory || !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        // Without a lock nothing else is in it yet; that of another account cannot be opened.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let mut options = File::options();
        let lock = options.write(true).custom_flags(flags).open(lock_path(&entry.path()));
        let Ok(lock) = lock else { continue };
        if lock.try_lock().is_ok() {
            let path = entry.path();
            match fs::remove_dir_all(&path) {
                // Its process has just given it a name.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                removed => removed.map_err(Error::system(&path, "remove"))?,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::store_key_path;

    #[test]
    fn many_begin_beside_each_other() {
        let place = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let place = &place;
                scope.spawn(move || {
                    for number in 0..25 {
                        let store = place.path().join(format!("{thread}-{number}"));
                        Building::beside(&store).unwrap().finish().unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 200);
    }

    #[test]
    fn only_what_is_abandoned_is_removed() {
        let place = tempfile::tempdir().unwrap();
        let store = place.path().join("store");
        let running = Building::beside(&store).unwrap();
        let killed = Building::beside(&store).unwrap();
        let left = killed.root().to_owned();
        fs::write(store_key_path(&left), [7; 32]).unwrap();
        // A process that is killed lets its lock go and removes nothing.
        let Building { directory, lock, .. } = killed;
        let _ = directory.keep();
        drop(lock);
        let others = place.path().join(".tidegauge-notes");
        fs::create_dir(&others).unwrap();
        std::os::unix::fs::symlink(&others, place.path().join(".tidegauge-link")).unwrap();

        let next = Building::beside(&store).unwrap();
        assert!(!left.exists());
        assert!(running.root().exists() && others.exists());
        next.finish().unwrap();
        assert!(store.join("private").exists());
        drop(running);
        assert_eq!(
            fs::read_dir(place.path()).unwrap().count(),
            3,
            "a store, and what is of others"
        );
    }
}
