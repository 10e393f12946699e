//! Backups: copying an open store to a directory of plain files, and making a store of such a copy.
//!
//! Not here: when a restored store may release again (module `compare`).
//!
//! A file of the store lies in the backup under the digest of its bytes, written beside its place,
//! synced and renamed; the manifest, which names the files, replaces the one before it last. So a
//! backup that is cut off leaves the one before it whole, and the next run copies only what is
//! missing. The files are those of the store, byte for byte: journal and state stay encrypted.
//!
//! Invariants:
//! 1. A backup is whole or it is not there, wherever its making ends
//!    (`tidegauge/tests/backup.rs`: `a_backup_that_is_cut_off_leaves_the_one_before`).
//! 2. A restored store is marked as not compared before it has its name
//!    (`tidegauge/tests/backup.rs`: `a_restored_store_draws_nothing_before_it_is_compared`).
//! 3. A file that differs from the manifest is not restored
//!    (`tidegauge/tests/backup.rs`: `a_damaged_backup_is_not_restored`).
//! 4. Nor is a backup that is not the whole of one store, with its keys, every file that its
//!    control store and its ledger name, and no other
//!    (`tidegauge/tests/backup.rs`: `a_backup_that_is_not_one_whole_store_is_not_restored`).
//! 5. Only plain files of the backup are read
//!    (`tidegauge/tests/backup.rs`: `only_plain_files_of_a_backup_are_read`).
//!
//! Format of a backup:
//! ```text
//! manifest.json     format, store, size of the ledger, and for each file: its path, bytes,
//!                   BLAKE3 digest and, for a public file, its modification time
//! files/<digest>    a file of the store
//! ```

use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes, Permissions};
use std::io::{BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use tidegauge_ledger::{DirectorySource, Entry, read_verified};

use super::building::Building;
use super::control::Control;
use super::open::Store;
use crate::error::Error;
use crate::formats::BACKUP;
use crate::layout::{
    control_path, create_private_directory, create_private_file, create_public_directory,
    is_inside, journal_directory, parent, pseudonym_key_path, public_directory, signing_key_path,
    state_directory, store_key_path, sync_directory,
};
use crate::vault::keys::pseudonym_key;

/// The name of the manifest.
const MANIFEST: &str = "manifest.json";
/// The directory of the files.
const FILES: &str = "files";
/// The ending of a file that is not written to its end.
const UNFINISHED: &str = "unfinished";
/// The files that every store has, apart from those that its control store and its ledger name.
const ALWAYS: [&str; 5] = [
    "private/control.sqlite",
    "private/signing.key",
    "private/pseudonym.key",
    "public/checkpoint",
    "public/vkey",
];
/// Bytes that are read at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// A file of a store in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    /// Its path in the store.
    path: String,
    /// Its length.
    bytes: u64,
    /// BLAKE3 of its bytes, in hexadecimal digits.
    digest: String,
    /// The modification time of a public file, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<u64>,
}

/// What a backup has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    /// The store's identifier.
    store: String,
    /// The number of entries of its ledger.
    entries: u64,
    files: Vec<ManifestFile>,
}

/// What a backup wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackedUp {
    /// The number of files in the backup.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The number of files that were not in the backup before.
    pub copied: usize,
    /// The number of entries of the ledger.
    pub entries: u64,
}

impl Store {
    /// Copies the store to a directory, which must be empty, not exist, or have a backup of this
    /// store. Nothing else happens in the store meanwhile.
    ///
    /// Errors: another directory; a store that is not finished or not compared; disk.
    pub fn backup(&self, to: &Path) -> Result<BackedUp, Error> {
        self.check_finished()?;
        self.check_place(to)?;
        // The control store's file is whole when its write-ahead log is empty.
        self.control.empty_write_ahead_log()?;
        let held = to.join(FILES);
        create_private_directory(to)?;
        create_private_directory(&held)?;
        let (mut files, mut copied) = (Vec::new(), 0);
        for path in self.files()? {
            let (file, is_new) = self.copy_file(&path, &held)?;
            copied += usize::from(is_new);
            files.push(file);
        }
        sync_directory(&held)?;
        let bytes = files.iter().map(|file| file.bytes).sum();
        let done = BackedUp { files: files.len(), bytes, copied, entries: self.log.size() };
        let store = self.genesis.store.clone();
        let manifest = Manifest { format: BACKUP.newest, store, entries: self.log.size(), files };
        write_manifest(to, &manifest)?;
        remove_unnamed(&held, &manifest)?;
        Ok(done)
    }

    /// Refuses a directory inside the store, and one that has anything but a backup of this store.
    fn check_place(&self, to: &Path) -> Result<(), Error> {
        let taken = || Error::DirectoryTaken { place: to.display().to_string() };
        if is_inside(to, &self.directory)? {
            let [place, of] = [to, &self.directory].map(|path| path.display().to_string());
            return Err(Error::DirectoryInside { place, of });
        }
        if [to.to_owned(), to.join(FILES)].iter().any(|path| path.is_symlink()) {
            return Err(taken());
        }
        if to.join(FILES).exists() && !has_only_files_of_backup(&to.join(FILES))? {
            return Err(taken());
        }
        match fs::read_dir(to) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::system(to, "list")(error)),
            Ok(_) if to.join(MANIFEST).exists() => match read_manifest(to)?.store {
                store if store == self.genesis.store => Ok(()),
                _ => Err(taken()),
            },
            // A first backup that was cut off has only its files.
            Ok(mut entries) => match entries.all(|entry| is_of_backup(&entry)) {
                true => Ok(()),
                false => Err(taken()),
            },
        }
    }

    /// The paths of all files of the store.
    fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let directory = &self.directory;
        let mut files = vec![control_path(directory)];
        let keys = [signing_key_path, pseudonym_key_path, store_key_path];
        files.extend(keys.map(|path| path(directory)).into_iter().filter(|path| path.exists()));
        let segments = self.control.segments()?.into_iter();
        files.extend(segments.map(|segment| journal_directory(directory).join(segment.name)));
        let snapshots = self.control.snapshots()?.into_iter();
        files.extend(snapshots.map(|snapshot| state_directory(directory).join(snapshot.name)));
        add_files(&public_directory(directory), &mut files)?;
        Ok(files)
    }

    /// Copies a file of the store to the backup, unless it is there.
    fn copy_file(&self, path: &Path, held: &Path) -> Result<(ManifestFile, bool), Error> {
        let read = |path: &Path| File::open(path).map_err(Error::stored(path, "file"));
        let (digest, bytes) = copy((path, read(path)?), (path, &mut std::io::sink()))?;
        let to = held.join(&digest);
        let is_new = !to.exists();
        if is_new {
            let unfinished = held.join(format!("{digest}.{UNFINISHED}"));
            let mut file = create_anew(&unfinished)?;
            let (written, _) = copy((path, read(path)?), (&unfinished, &mut file))?;
            if written != digest {
                return Err(Error::corrupt(path, "file", "changed while it was copied"));
            }
            file.sync_all().map_err(Error::system(&unfinished, "sync"))?;
            fs::rename(&unfinished, &to).map_err(Error::system(&to, "rename to"))?;
        }
        let is_public = path.starts_with(public_directory(&self.directory));
        let modified = is_public.then(|| modified(path)).transpose()?;
        Ok((ManifestFile { path: self.name(path), bytes, digest, modified }, is_new))
    }

    /// The path of a file in the store.
    fn name(&self, path: &Path) -> String {
        path.strip_prefix(&self.directory).unwrap_or(path).display().to_string()
    }
}

/// Makes a store in a directory that does not exist from a backup. It draws nothing before its
/// ledger is compared. `key` is the file of the store's key, if the backup does not have it.
/// Returns the number of entries of its ledger.
///
/// Errors: a backup of another format, or that is damaged or lacks a file; a key that is missing or
/// of another store; a directory that exists or lies in the backup; disk.
pub fn restore(from: &Path, directory: &Path, key: Option<&Path>) -> Result<u64, Error> {
    let manifest = read_manifest(from)?;
    if directory.symlink_metadata().is_ok() {
        return Err(Error::DirectoryTaken { place: directory.display().to_string() });
    }
    if is_inside(directory, from)? {
        let [place, of] = [directory, from].map(|path| path.display().to_string());
        return Err(Error::DirectoryInside { place, of });
    }
    let building = Building::beside(directory)?;
    for file in &manifest.files {
        restore_file(from, building.root(), file).map_err(|error| building.named(error))?;
    }
    let checked = mark(building.root(), from).and_then(|()| check(&building, from, &manifest, key));
    checked.map_err(|error| building.named(in_backup(error, &building, from, &manifest)))?;
    building.finish()?;
    Ok(manifest.entries)
}

/// Marks a store that is being restored. One of an older format becomes one of the newest here: it
/// is a copy, and could not be marked before.
fn mark(root: &Path, from: &Path) -> Result<(), Error> {
    let control = Control::open_any(&control_path(root))?;
    match control.migrated(|_| Ok(())) {
        Ok(migrated) => migrated.commit()?,
        // The copy is about to be removed; the fault is the backup's.
        Err(Error::OtherFormat { other, .. }) => return Err(Error::other_format(from)(other)),
        Err(error) => return Err(error),
    }
    control.mark_restored()
}

/// Checks that what is restored is the whole store that the manifest names: its keys, every file
/// that its control store names and no other, and every file that its ledger names.
fn check(
    building: &Building,
    from: &Path,
    manifest: &Manifest,
    key: Option<&Path>,
) -> Result<(), Error> {
    let place = from.join(MANIFEST);
    let store = Store::read(building.lock(), key)?;
    pseudonym_key(&store.directory, store.control.pseudonym_key()?)?;
    if store.genesis.store != manifest.store {
        return Err(Error::corrupt(&place, "store", "names another store than its files are of"));
    }
    if store.log.size() != manifest.entries {
        let rule = "is not the number of entries in the ledger of the backup";
        return Err(Error::corrupt(&place, "entries", rule));
    }
    let listed: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    let needed = store.files()?.into_iter().map(|path| store.name(&path)).collect::<BTreeSet<_>>();
    if let Some(path) = needed.iter().find(|path| !listed.contains(path.as_str())) {
        return Err(Error::corrupt(&place, "files", format!("lacks {path}")));
    }
    if let Some(path) = listed.iter().find(|path| !needed.contains(**path)) {
        let rule = format!("names {path}, which this store does not have");
        return Err(Error::corrupt(&place, "files", rule));
    }
    let public = DirectorySource::new(public_directory(&store.directory));
    let ledger = read_verified(&public, None)?;
    for (index, entry) in (0..).zip(&ledger.entries) {
        if matches!(entry, Entry::Release { .. }) {
            ledger.read_release(&public, index)?;
        }
    }
    Ok(())
}

/// An error about a store that is being restored as one about the backup: its files are as the
/// manifest says, so the backup is what is wrong.
fn in_backup(error: Error, building: &Building, from: &Path, manifest: &Manifest) -> Error {
    let place = from.join(MANIFEST);
    match error {
        Error::Ledger(error) if error.refused_by_system().is_none() => {
            Error::corrupt(&place, "ledger", error.to_string())
        }
        Error::Fork { rule, .. } => Error::corrupt(&place, "ledger", rule),
        Error::System { .. } | Error::DiskFull { .. } => error,
        error => error.renamed(|named| {
            let Ok(path) = Path::new(named).strip_prefix(building.root()) else {
                return named.to_owned();
            };
            let file = manifest.files.iter().find(|file| Path::new(&file.path) == path);
            let held = file.map(|file| from.join(FILES).join(&file.digest));
            held.unwrap_or(place).display().to_string()
        }),
    }
}

/// Writes one file of a backup to its place below `root`.
fn restore_file(from: &Path, root: &Path, file: &ManifestFile) -> Result<(), Error> {
    let path = Path::new(&file.path);
    let (to, source) = (root.join(path), from.join(FILES).join(&file.digest));
    let above = parent(&to).strip_prefix(root).unwrap_or(path);
    for directory in above.ancestors().collect::<Vec<_>>().into_iter().rev().skip(1) {
        let directory = root.join(directory);
        if !directory.exists() {
            create_public_directory(&directory)?;
        }
    }
    let stored = open_plain(&source)?;
    let mut out = create_private_file(&to).map_err(Error::system(&to, "create"))?;
    let (digest, bytes) = copy((&source, stored), (&to, &mut out))?;
    if (digest.as_str(), bytes) != (file.digest.as_str(), file.bytes) {
        return Err(Error::corrupt(&source, "file", "differs from what was backed up"));
    }
    if path.starts_with("public") {
        let mode = Permissions::from_mode(0o644);
        out.set_permissions(mode).map_err(Error::system(&to, "set the mode of"))?;
    }
    if let Some(seconds) = file.modified {
        let at = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).ok_or_else(|| {
            let rule = "has a time that no file can have";
            Error::corrupt(&from.join(MANIFEST), "files", rule)
        })?;
        let times = FileTimes::new().set_modified(at);
        out.set_times(times).map_err(Error::system(&to, "set the time of"))?;
    }
    out.sync_all().map_err(Error::system(&to, "sync"))?;
    sync_directory(parent(&to))
}

/// Reads a manifest, each of whose files is one that a store can have, named once.
fn read_manifest(from: &Path) -> Result<Manifest, Error> {
    let path = from.join(MANIFEST);
    if path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Err(Error::NotABackup { place: from.display().to_string() });
    }
    let mut bytes = Vec::new();
    open_plain(&path)?.read_to_end(&mut bytes).map_err(Error::system(&path, "read"))?;
    BACKUP.stated_in(&bytes).map_err(Error::other_format(&path))?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|_| Error::corrupt(&path, "manifest", "cannot be read"))?;
    let mut named = BTreeSet::new();
    for file in &manifest.files {
        if !is_of_store(&file.path) || !is_digest(&file.digest) {
            return Err(Error::corrupt(&path, "files", "names a file that no store has"));
        }
        if !named.insert(file.path.as_str()) {
            return Err(Error::corrupt(&path, "files", format!("names {} twice", file.path)));
        }
    }
    let lacks = |needed: &&&str| !named.contains(**needed);
    match ALWAYS.iter().find(lacks) {
        None => Ok(manifest),
        Some(needed) => Err(Error::corrupt(&path, "files", format!("lacks {needed}"))),
    }
}

/// Whether a path is one that a file of a store can have, written in the only way.
fn is_of_store(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let is_plain = |part: &&str| !matches!(*part, "" | "." | "..") && !part.contains('\0');
    parts.iter().all(is_plain)
        && match parts[..] {
            ["private", "store.key"] | ["private", "journal" | "state", _] => true,
            ["public", "tile" | "plan" | "release", _, ..] => true,
            _ => ALWAYS.contains(&path),
        }
}

/// Opens a file of a backup for reading, without following a link or waiting for a writer.
///
/// Errors: a file that is missing; a directory, a link or another thing that is no plain file.
fn open_plain(path: &Path) -> Result<File, Error> {
    let is_plain = path.symlink_metadata().map(|found| found.is_file());
    let not_plain = || Error::corrupt(path, "file", "is not a plain file");
    if !is_plain.map_err(Error::stored(path, "file"))? {
        return Err(not_plain());
    }
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let opened = File::options().read(true).custom_flags(flags).open(path);
    let file = opened.map_err(Error::stored(path, "file"))?;
    // It may have been replaced meanwhile.
    let found = file.metadata().map_err(Error::stored(path, "file"))?;
    if found.is_file() { Ok(file) } else { Err(not_plain()) }
}

/// Replaces the manifest, after all files that it names are durable.
fn write_manifest(to: &Path, manifest: &Manifest) -> Result<(), Error> {
    let path = to.join(MANIFEST);
    let text = serde_json::to_vec(manifest)
        .map_err(|_| Error::corrupt(&path, "manifest", "cannot be written"))?;
    let unfinished = to.join(format!("{MANIFEST}.{UNFINISHED}"));
    let mut file = create_anew(&unfinished)?;
    file.write_all(&text).map_err(Error::system(&unfinished, "write"))?;
    file.sync_all().map_err(Error::system(&unfinished, "sync"))?;
    fs::rename(&unfinished, &path).map_err(Error::system(&path, "rename to"))?;
    sync_directory(to)
}

/// Removes what the manifest does not name: what the store has removed leaves its backup too.
fn remove_unnamed(held: &Path, manifest: &Manifest) -> Result<(), Error> {
    let named: BTreeSet<&str> = manifest.files.iter().map(|file| file.digest.as_str()).collect();
    for entry in fs::read_dir(held).map_err(Error::system(held, "list"))? {
        let path = entry.map_err(Error::system(held, "list"))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !named.contains(name.as_ref()) {
            fs::remove_file(&path).map_err(Error::system(&path, "remove"))?;
        }
    }
    sync_directory(held)
}

/// Whether an entry of a directory is one that a backup makes.
fn is_of_backup(entry: &std::io::Result<fs::DirEntry>) -> bool {
    let name = entry.as_ref().map(fs::DirEntry::file_name).unwrap_or_default();
    name == FILES || name.to_string_lossy() == format!("{MANIFEST}.{UNFINISHED}")
}

/// Whether a directory has files of a backup and nothing else: what is not named by the manifest is
/// removed from it.
fn has_only_files_of_backup(held: &Path) -> Result<bool, Error> {
    let unfinished = format!(".{UNFINISHED}");
    for entry in fs::read_dir(held).map_err(Error::system(held, "list"))? {
        let entry = entry.map_err(Error::system(held, "list"))?;
        let is_file = entry.file_type().map_err(Error::system(held, "list"))?.is_file();
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_file || !is_digest(name.strip_suffix(&unfinished).unwrap_or(&name)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a name is a digest of BLAKE3 in hexadecimal digits.
fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Adds every file below a directory, without those that a crash left unfinished.
fn add_files(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(Error::system(directory, "list"))? {
        found.push(entry.map_err(Error::system(directory, "list"))?.path());
    }
    found.sort();
    for path in found {
        match path.is_dir() {
            true => add_files(&path, files)?,
            false if path.extension().is_some_and(|ending| ending == "tmp") => {}
            false => files.push(path),
        }
    }
    Ok(())
}

/// Creates a file of mode 0600, in place of one that a crash left.
fn create_anew(path: &Path) -> Result<File, Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::system(path, "remove")(error))
        }
        _ => create_private_file(path).map_err(Error::system(path, "create")),
    }
}

/// Copies bytes from one path to another; returns their digest and number.
fn copy(
    (source, from): (&Path, File),
    (target, to): (&Path, &mut dyn Write),
) -> Result<(String, u64), Error> {
    let mut from = BufReader::with_capacity(PIECE_BYTES, from);
    let (mut hasher, mut bytes) = (blake3::Hasher::new(), 0);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = from.read(&mut piece).map_err(Error::system(source, "read"))?;
        if read == 0 {
            return Ok((hasher.finalize().to_hex().to_string(), bytes));
        }
        hasher.update(&piece[..read]);
        to.write_all(&piece[..read]).map_err(Error::system(target, "write"))?;
        bytes += read as u64;
    }
}

/// The modification time of a file, in whole seconds since 1970.
fn modified(path: &Path) -> Result<u64, Error> {
    let at: SystemTime =
        fs::metadata(path).and_then(|file| file.modified()).map_err(Error::stored(path, "time"))?;
    Ok(at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
