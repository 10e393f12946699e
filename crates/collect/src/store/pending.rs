//! Sealed releases become public: the ledger first, then the files. A restart takes the same path.
//!
//! Not here: how releases are sealed (room `release`).
//!
//! Invariants:
//! 1. A sealed release becomes public whole, whenever the process ends
//!    (`tidegauge/tests/crash.rs`).
//! 2. No reader meets an amendment's entry without its file
//!    (`tidegauge/tests/amendments.rs`: `a_killed_amendment_is_in_force_whole_or_not_at_all`).

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use tidegauge_ledger::{Entry, NewFile, publish};

use super::control::{Pending, RunChange};
use super::open::Store;
use crate::error::Error;
use crate::layout::public_directory;
use crate::release::Sealed;

impl Store {
    pub(super) fn sealed(&self, pending: &Pending) -> Result<Sealed, Error> {
        serde_json::from_slice(&pending.sealed).map_err(|_| {
            Error::corrupt(Path::new("private/control.sqlite"), "pending", "cannot be read")
        })
    }

    /// Seals entries and files, and with them the state with which their last step ends. They are
    /// not public yet, and are never drawn again.
    pub(super) fn seal(&mut self, sealed: &Sealed, run: Option<&RunChange>) -> Result<(), Error> {
        let bytes = serde_json::to_vec(sealed).map_err(|_| {
            Error::corrupt(Path::new("private/control.sqlite"), "pending", "cannot be written")
        })?;
        self.control.seal(&Pending { first_index: self.log.size(), sealed: bytes }, run)
    }

    /// Appends the sealed entries to the ledger, then makes their files visible. Every release
    /// takes this path, and so does every restart.
    pub(super) fn finish_pending(&mut self) -> Result<(), Error> {
        let Some(pending) = self.control.pending()? else { return Ok(()) };
        let sealed = self.sealed(&pending)?;
        // The text of an amendment becomes visible before the entry that puts it in force.
        let amends = sealed.entries.iter().any(|entry| matches!(entry, Entry::Amendment { .. }));
        if amends {
            self.show(&sealed)?;
        }
        // A failure here leaves the release sealed: the next opening goes on from this line.
        self.log.append_at(pending.first_index, &sealed.entries)?;
        if !amends {
            self.show(&sealed)?;
        }
        let head = self.log.head();
        self.control.unseal(head.size, head.root)?;
        if amends { self.reload_plan() } else { Ok(()) }
    }

    /// Makes sealed files visible; those that are already visible stay as they are.
    fn show(&self, sealed: &Sealed) -> Result<(), Error> {
        let last = sealed.entries.last().and_then(Entry::file_time);
        let own = sealed.entries.iter().filter_map(|entry| match entry {
            Entry::Release { path, .. } => Some((path.as_str(), entry.file_time())),
            _ => None,
        });
        let own: BTreeMap<&str, Option<SystemTime>> = own.collect();
        let files: Vec<NewFile<'_>> = sealed
            .files
            .iter()
            .map(|file| NewFile {
                path: &file.path,
                bytes: file.text.as_bytes(),
                modified: own.get(file.path.as_str()).copied().unwrap_or(last),
            })
            .collect();
        Ok(publish(&public_directory(&self.directory), &files)?)
    }
}
