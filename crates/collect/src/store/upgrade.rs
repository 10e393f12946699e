//! Upgrading a store: files of an older format become files of the newest.
//!
//! Not here: the numbers (module `formats`), and what a migration of the control store does (module
//! `control`).
//!
//! Only the control store has a format that is migrated. The ledger and its release files are read
//! in every format that was ever published, and stay as they are.
//!
//! Invariants:
//! 1. A store is upgraded whole or stays as it was, wherever the process ends
//!    (`tidegauge/tests/upgrade.rs`: `a_killed_upgrade_is_done_or_not_begun`).
//! 2. Looking changes no byte (`tidegauge/tests/upgrade.rs`:
//!    `every_past_format_is_upgraded_and_goes_on`).
//! 3. No charge, no noise and nothing public changes: a release that is sealed stays so, and a
//!    store that was restored and is not compared stays refused (`tidegauge/tests/upgrade.rs`:
//!    `a_sealed_release_becomes_public_as_it_was_drawn`, `a_restored_store_stays_refused`).

use std::collections::BTreeMap;
use std::path::Path;

use tidegauge_ledger::{
    DirectorySource, Entry, Format, LEDGER, RELEASE, read_public, read_verified,
};

use super::control::Control;
use super::open::{Access, StoreLock};
use crate::error::Error;
use crate::formats::{CONTROL, SEGMENT, SNAPSHOT};
use crate::journal::segment_format;
use crate::layout::{
    control_path, journal_directory, private_directory, public_directory, run_name, state_directory,
};
use crate::state::{run_format, snapshot_format};
use crate::vault::{StoreKey, keys};

/// What is asked of an upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// Say what would be done.
    Look,
    /// Do it.
    Do,
}

/// The files of a store that have one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFormat {
    /// The format.
    pub format: Format,
    /// How many files have each number.
    pub numbers: BTreeMap<i64, usize>,
}

/// What was found in a store, and what its upgrade does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded {
    /// Every format in the store, as it was before.
    pub found: Vec<FoundFormat>,
    /// What the upgrade does, in words; nothing for a store of the newest formats.
    pub does: Vec<&'static str>,
}

/// Upgrades a store that no other process has open, or looks at what that would do.
///
/// Errors: not a store; another process at work in it for longer than the wait; keys; a file of a
/// format that this program does not know; a file that is missing or damaged; disk.
pub fn upgrade(directory: &Path, access: &Access, how: Upgrade) -> Result<Upgraded, Error> {
    let lock = StoreLock::take_within(directory, access.wait)?;
    let directory = lock.directory();
    let upgraded = upgrade_locked(directory, access, how);
    upgraded.map_err(|error| error.or_full_disk(&private_directory(directory)))
}

fn upgrade_locked(directory: &Path, access: &Access, how: Upgrade) -> Result<Upgraded, Error> {
    let control = Control::open_any(&control_path(directory))?;
    let before = control.format()?;
    // Every file is looked at with the migrated tables, before they are kept.
    let migrated = control.migrated(|control| {
        let genesis = control.genesis()?;
        let (fingerprint, cipher) = (&genesis.key_fingerprint, genesis.functions.cipher);
        let key = keys::store_key(directory, access.key.as_deref(), fingerprint, cipher)?;
        let mut found = vec![count(CONTROL, [before])];
        found.extend(private_formats(directory, control, &key)?);
        found.extend(public_formats(directory)?);
        Ok(found)
    })?;
    let upgraded = Upgraded { found: migrated.seen.clone(), does: migrated.does.clone() };
    match how {
        Upgrade::Do if !upgraded.does.is_empty() => migrated.commit()?,
        Upgrade::Do | Upgrade::Look => {}
    }
    Ok(upgraded)
}

fn count(format: Format, numbers: impl IntoIterator<Item = i64>) -> FoundFormat {
    let mut found = FoundFormat { format, numbers: BTreeMap::new() };
    for number in numbers {
        *found.numbers.entry(number).or_default() += 1;
    }
    found
}

/// The formats of the journal and of the state.
fn private_formats(
    directory: &Path,
    control: &Control,
    key: &StoreKey,
) -> Result<[FoundFormat; 2], Error> {
    let journal = journal_directory(directory);
    let segments = control.segments()?;
    let segments = segments.iter().map(|name| segment_format(&journal, name, key));
    let state = state_directory(directory);
    let snapshots = control.snapshots()?;
    let snapshots =
        snapshots.iter().map(|name| snapshot_format(&state.join(&name.name), key.file(&name.salt)));
    let runs = control.runs()?;
    let runs = runs
        .iter()
        .map(|name| run_format(&state.join(run_name(name.number)), name, key.file(&name.salt)));
    Ok([
        count(SEGMENT, segments.collect::<Result<Vec<_>, _>>()?),
        count(SNAPSHOT, snapshots.chain(runs).collect::<Result<Vec<_>, _>>()?),
    ])
}

/// The formats of the ledger, which must verify, and of the files of its releases. A file that a
/// crash kept from being shown is in the sealed release, of which the next opening makes it.
fn public_formats(directory: &Path) -> Result<[FoundFormat; 2], Error> {
    let source = DirectorySource::new(public_directory(directory));
    let log = read_verified(&source, None)?;
    let (mut ledger, mut releases) = (Vec::new(), Vec::new());
    for entry in &log.entries {
        match entry {
            Entry::Genesis { format, .. } => ledger.push(i64::from(*format)),
            Entry::Release { path, .. } => {
                let Some(file) = read_public(&source, path)? else { continue };
                let stated = RELEASE.stated_in(&file);
                releases.push(stated.map_err(Error::other_format(Path::new(path)))?);
            }
            _ => {}
        }
    }
    Ok([count(LEDGER, ledger), count(RELEASE, releases)])
}
