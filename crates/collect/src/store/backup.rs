//! Backups: copying an open store to a directory of plain files, and making a store of such a copy.
//!
//! Not here: when a restored store may release again (module `compare`).
//!
//! A file of the store lies in the backup under the digest of its bytes, written beside its place,
//! synced and renamed; the manifest, which names the files, replaces the one before it last. So a
//! backup that is cut off leaves the one before it whole, and the next run copies only what is
//! missing or damaged. The files are those of the store, byte for byte: journal and state stay
//! encrypted. Which files a store has follows from its control store and its ledger, in a backup
//! and in what is restored: what else lies in its directory is none of its files.
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
//! 5. Only plain files of the store and the backup are read, and no link is followed
//!    (`tidegauge/tests/backup.rs`: `only_plain_files_of_a_backup_are_read`,
//!    `only_plain_files_of_a_store_are_backed_up`).
//! 6. What lies in the public directory and is no file of the store is not in the backup, which can
//!    be restored (`tidegauge/tests/backup.rs`: `what_no_store_has_is_left_out`).
//! 7. A backup of which the store's ledger is no continuation is not replaced
//!    (`tidegauge/tests/backup.rs`: `an_older_copy_replaces_no_newer_backup`).
//! 8. A damaged file of a backup is copied again
//!    (`tidegauge/tests/backup.rs`: `a_damaged_backup_heals`).
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
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use tidegauge_ledger::{CHECKPOINT_BYTES_MAX, DirectorySource, PublicFiles, read_verified};

use super::building::Building;
use super::control::Control;
use super::open::Store;
use crate::error::Error;
use crate::formats::BACKUP;
use crate::layout::{
    control_path, create_private_directory, create_private_file, create_public_directory,
    is_inside, parent, public_directory, run_name, store_key_path, sync_directory,
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
/// The file of the store's key, unless it is elsewhere.
const STORE_KEY: &str = "private/store.key";
/// The longest path of a file of a store, in bytes, and the longest name in it.
const PATH_BYTES_MAX: usize = 1024;
const NAME_BYTES_MAX: usize = 255;
/// Files that are left out and named at most; more are only counted.
const LEFT_OUT_NAMED_MAX: usize = 5;
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
    /// The number of files that were not in the backup before, or damaged there.
    pub copied: usize,
    /// The number of entries of the ledger.
    pub entries: u64,
    /// The number of files in the public directory that are none of the store's.
    pub left_out: usize,
    /// The first of them.
    pub left_out_named: Vec<String>,
}

/// The files of a store, as paths in its directory.
struct Files {
    own: BTreeSet<String>,
    /// Those in its public directory that are none of its own.
    others: Vec<String>,
}

impl Store {
    /// Copies the store to a directory, which must be empty, not exist, or have a backup of this
    /// store that is not newer. Nothing else happens in the store meanwhile.
    ///
    /// Errors: another directory; a backup of a longer or another ledger; a store that is not
    /// finished or not compared, or damaged; disk.
    pub fn backup(&self, to: &Path) -> Result<BackedUp, Error> {
        self.check_finished()?;
        self.check_place(to)?;
        // The control store's file is whole when its write-ahead log is empty.
        self.control.empty_write_ahead_log()?;
        self.check_whole()?;
        let Files { own, others } = self.files()?;
        let held = to.join(FILES);
        create_private_directory(to)?;
        create_private_directory(&held)?;
        let (mut files, mut copied) = (Vec::new(), 0);
        for path in &own {
            let (file, is_new) = self.copy_file(path, to)?;
            copied += usize::from(is_new);
            files.push(file);
        }
        sync_directory(&held)?;
        let bytes = files.iter().map(|file| file.bytes).sum();
        let named = others.iter().take(LEFT_OUT_NAMED_MAX);
        let done = BackedUp {
            files: files.len(),
            bytes,
            copied,
            entries: self.log.size(),
            left_out: others.len(),
            left_out_named: named.map(|name| name.escape_debug().to_string()).collect(),
        };
        let store = self.genesis.store.clone();
        let manifest = Manifest { format: BACKUP.newest, store, entries: self.log.size(), files };
        write_manifest(to, &manifest)?;
        remove_unnamed(&held, &manifest)?;
        Ok(done)
    }

    /// Refuses a directory inside the store, one that has anything but a backup of this store, and
    /// a backup that is newer than the store.
    fn check_place(&self, to: &Path) -> Result<(), Error> {
        let taken = || Error::DirectoryTaken { place: to.display().to_string() };
        if is_inside(to, &self.directory)? {
            let [place, of] = [to, &self.directory].map(|path| path.display().to_string());
            return Err(Error::DirectoryInside { place, of });
        }
        if [to.to_owned(), to.join(FILES)].iter().any(|path| path.is_symlink()) {
            return Err(taken());
        }
        match fs::read_dir(to) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotADirectory => Err(taken()),
            Err(error) => Err(Error::system(to, "list")(error)),
            Ok(_) if to.join(MANIFEST).symlink_metadata().is_ok() => {
                let before = parse_manifest(to)?;
                if before.store != self.genesis.store {
                    return Err(taken());
                }
                self.check_continues(&before, to)
            }
            // A first backup that was cut off has only its files.
            Ok(mut entries) => {
                match entries.all(|entry| is_of_backup(&entry)) && has_only_files_of_backup(to)? {
                    true => Ok(()),
                    false => Err(taken()),
                }
            }
        }
    }

    /// Refuses to replace a backup that has entries which the ledger of the store does not have:
    /// the store is an older copy, or a fork.
    fn check_continues(&self, before: &Manifest, to: &Path) -> Result<(), Error> {
        let place = to.display().to_string();
        let checkpoint = before.files.iter().find(|file| file.path == "public/checkpoint");
        // One that is damaged proves nothing, and is about to be replaced.
        let kept = checkpoint.and_then(|file| {
            let mut note = Vec::new();
            let file = open_plain(to, &Path::new(FILES).join(&file.digest)).ok()?;
            file.take(CHECKPOINT_BYTES_MAX as u64).read_to_end(&mut note).ok()?;
            self.log.kept_head(&note).ok()
        });
        let size = self.log.size();
        let entries = kept.as_ref().map_or(before.entries, |kept| kept.size.max(before.entries));
        if entries > size {
            let rule = format!("the backup has {entries} entries, and the store only {size}");
            return Err(Error::BackupAhead { place, rule });
        }
        match kept {
            Some(kept) if self.log.root_at(kept.size) != Some(kept.root) => {
                let rule = "the backup is of another history than the store".to_owned();
                Err(Error::BackupAhead { place, rule })
            }
            _ => Ok(()),
        }
    }

    /// Checks what opening a store does not read: the key of pseudonyms, and every public file that
    /// the ledger names.
    fn check_whole(&self) -> Result<(), Error> {
        pseudonym_key(&self.directory, self.control.pseudonym_key()?)?;
        let public = DirectorySource::new(public_directory(&self.directory));
        Ok(read_verified(&public, None)?.check_files(&public)?)
    }

    /// The files of the store: those that every store has, and those that its control store and its
    /// ledger name.
    fn files(&self) -> Result<Files, Error> {
        let mut own: BTreeSet<String> = ALWAYS.into_iter().map(str::to_owned).collect();
        if store_key_path(&self.directory).symlink_metadata().is_ok() {
            own.insert(STORE_KEY.to_owned());
        }
        let segments = self.control.segments()?.into_iter();
        own.extend(segments.map(|segment| format!("private/journal/{}", segment.name)));
        let snapshots = self.control.snapshots()?.into_iter();
        own.extend(snapshots.map(|snapshot| format!("private/state/{}", snapshot.name)));
        let runs = self.control.runs()?.into_iter();
        own.extend(runs.map(|run| format!("private/state/{}", run_name(run.number))));
        let public = PublicFiles::of(self.log.entries());
        own.extend(public.needed.iter().map(|path| format!("public/{path}")));
        let mut found = Vec::new();
        add_files(&self.directory, "public", &mut found)?;
        let (earlier, others) =
            found.into_iter().filter(|path| !own.contains(path)).partition(|path: &String| {
                path.strip_prefix("public/").is_some_and(|path| public.earlier.contains(path))
            });
        let earlier: Vec<String> = earlier;
        own.extend(earlier);
        Ok(Files { own, others })
    }

    /// Copies a file of the store to the backup, unless it is there, whole.
    fn copy_file(&self, path: &str, to: &Path) -> Result<(ManifestFile, bool), Error> {
        let source = self.directory.join(path);
        let file = open_plain(&self.directory, Path::new(path))?;
        let modified = path.starts_with("public/").then(|| modified(&source, &file)).transpose()?;
        let (digest, bytes) = copy((&source, file), (&source, &mut std::io::sink()))?;
        let is_new = !is_held(to, &digest)?;
        if is_new {
            // People know the file by its name in the store.
            let place = PathBuf::from(format!("{}: {path}", to.display()));
            let held = to.join(FILES).join(&digest);
            let unfinished = held.with_extension(UNFINISHED);
            let mut file = create_anew(&unfinished, &place)?;
            let again = open_plain(&self.directory, Path::new(path))?;
            let (written, _) = copy((&source, again), (&place, &mut file))?;
            if written != digest {
                return Err(Error::corrupt(&source, "file", "changed while it was copied"));
            }
            file.sync_all().map_err(Error::system(&place, "sync"))?;
            fs::rename(&unfinished, &held).map_err(Error::system(&place, "rename"))?;
        }
        Ok((ManifestFile { path: path.to_owned(), bytes, digest, modified }, is_new))
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
    if store.genesis.store != manifest.store {
        return Err(Error::corrupt(&place, "store", "names another store than its files are of"));
    }
    if store.log.size() != manifest.entries {
        let rule = "is not the number of entries in the ledger of the backup";
        return Err(Error::corrupt(&place, "entries", rule));
    }
    let listed: BTreeSet<String> = manifest.files.iter().map(|file| file.path.clone()).collect();
    let own = store.files()?.own;
    if let Some(path) = own.difference(&listed).next() {
        return Err(Error::corrupt(&place, "files", format!("lacks {path}")));
    }
    if let Some(path) = listed.difference(&own).next() {
        let rule = format!("names {path}, which this store does not have");
        return Err(Error::corrupt(&place, "files", rule));
    }
    store.check_whole()
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
    let stored = open_plain(from, &Path::new(FILES).join(&file.digest))?;
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

/// Reads a manifest, whatever files it names.
fn parse_manifest(from: &Path) -> Result<Manifest, Error> {
    let path = from.join(MANIFEST);
    let is_missing = |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory);
    if path.symlink_metadata().is_err_and(|error| is_missing(error.kind())) {
        return Err(Error::NotABackup { place: from.display().to_string() });
    }
    let mut bytes = Vec::new();
    let mut file = open_plain(from, Path::new(MANIFEST))?;
    file.read_to_end(&mut bytes).map_err(Error::system(&path, "read"))?;
    BACKUP.stated_in(&bytes).map_err(Error::other_format(&path))?;
    serde_json::from_slice(&bytes).map_err(|_| Error::corrupt(&path, "manifest", "cannot be read"))
}

/// Reads a manifest, each of whose files is one that a store can have, named once.
fn read_manifest(from: &Path) -> Result<Manifest, Error> {
    let manifest = parse_manifest(from)?;
    let path = from.join(MANIFEST);
    let mut named = BTreeSet::new();
    for file in &manifest.files {
        if !is_of_store(&file.path) || !is_digest(&file.digest) {
            return Err(Error::corrupt(&path, "files", "names a file that no store has"));
        }
        if !named.insert(file.path.as_str()) {
            return Err(Error::corrupt(&path, "files", format!("names {} twice", file.path)));
        }
    }
    let is_file = |above: &Path| above.to_str().is_some_and(|above| named.contains(above));
    if named.iter().any(|path| Path::new(path).ancestors().skip(1).any(is_file)) {
        return Err(Error::corrupt(&path, "files", "names a file inside of another"));
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
    let is_name = |part: &&str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.len() <= NAME_BYTES_MAX
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@$".contains(&b))
    };
    path.len() <= PATH_BYTES_MAX
        && parts.iter().all(is_name)
        && match parts[..] {
            ["private", "journal" | "state", _] => true,
            ["public", "tile" | "plan" | "release", _, ..] => true,
            _ => path == STORE_KEY || ALWAYS.contains(&path),
        }
}

/// Opens a plain file below a directory for reading, without following a link below that directory
/// or waiting for a writer.
///
/// Errors: a file that is missing; a directory, a link or another thing that is no plain file.
fn open_plain(directory: &Path, path: &Path) -> Result<File, Error> {
    let place = directory.join(path);
    let not_plain = || Error::corrupt(&place, "file", "is not a plain file");
    let failed = |errno| match errno {
        Errno::LOOP | Errno::NOTDIR | Errno::NXIO => not_plain(),
        errno => Error::stored(&place, "file")(errno.into()),
    };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let opened = openat(CWD, directory, flags | OFlags::DIRECTORY, Mode::empty());
    let mut opened = opened.map_err(failed)?;
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        let Component::Normal(name) = part else { return Err(not_plain()) };
        let kind = parts.peek().map_or(OFlags::empty(), |_| OFlags::DIRECTORY);
        let flags = flags | OFlags::NOFOLLOW | kind;
        opened = openat(&opened, name, flags, Mode::empty()).map_err(failed)?;
    }
    let file = File::from(opened);
    let found = file.metadata().map_err(Error::stored(&place, "file"))?;
    if found.is_file() { Ok(file) } else { Err(not_plain()) }
}

/// Whether a backup has the file with this digest, whole.
fn is_held(to: &Path, digest: &str) -> Result<bool, Error> {
    let name = Path::new(FILES).join(digest);
    let file = match open_plain(to, &name) {
        Ok(file) => file,
        Err(Error::Corrupt { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    let place = to.join(name);
    Ok(copy((&place, file), (&place, &mut std::io::sink()))?.0 == digest)
}

/// Replaces the manifest, after all files that it names are durable.
fn write_manifest(to: &Path, manifest: &Manifest) -> Result<(), Error> {
    let path = to.join(MANIFEST);
    let text = serde_json::to_vec(manifest)
        .map_err(|_| Error::corrupt(&path, "manifest", "cannot be written"))?;
    let unfinished = to.join(format!("{MANIFEST}.{UNFINISHED}"));
    let mut file = create_anew(&unfinished, &path)?;
    file.write_all(&text).map_err(Error::system(&path, "write"))?;
    file.sync_all().map_err(Error::system(&path, "sync"))?;
    fs::rename(&unfinished, &path).map_err(Error::system(&path, "rename to"))?;
    sync_directory(to)
}

/// Removes the files of a backup that the manifest does not name: what the store has removed leaves
/// its backup too. What has no name of such a file stays.
fn remove_unnamed(held: &Path, manifest: &Manifest) -> Result<(), Error> {
    let named: BTreeSet<&str> = manifest.files.iter().map(|file| file.digest.as_str()).collect();
    for entry in fs::read_dir(held).map_err(Error::system(held, "list"))? {
        let entry = entry.map_err(Error::system(held, "list"))?;
        let is_named = entry.file_name().to_str().is_some_and(|name| named.contains(name));
        if !is_named && is_file_of_backup(&entry) {
            let path = entry.path();
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

/// Whether the directory of the files, if there is one, has files of a backup and nothing else.
fn has_only_files_of_backup(to: &Path) -> Result<bool, Error> {
    let held = to.join(FILES);
    match fs::read_dir(&held) {
        Ok(mut entries) => Ok(entries.all(|entry| entry.is_ok_and(|e| is_file_of_backup(&e)))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(Error::system(&held, "list")(error)),
    }
}

/// Whether an entry is a plain file with the name of a file of a backup.
fn is_file_of_backup(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().into_owned();
    let unfinished = format!(".{UNFINISHED}");
    entry.file_type().is_ok_and(|kind| kind.is_file())
        && is_digest(name.strip_suffix(&unfinished).unwrap_or(&name))
}

/// Whether a name is a digest of BLAKE3 in hexadecimal digits.
fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Adds the path of everything below a directory of a store that is no directory, without what a
/// crash left unfinished. No link is followed.
fn add_files(store: &Path, directory: &str, files: &mut Vec<String>) -> Result<(), Error> {
    let place = store.join(directory);
    let mut found = Vec::new();
    for entry in fs::read_dir(&place).map_err(Error::system(&place, "list"))? {
        let entry = entry.map_err(Error::system(&place, "list"))?;
        let kind = entry.file_type().map_err(Error::system(&entry.path(), "read"))?;
        found.push((format!("{directory}/{}", entry.file_name().to_string_lossy()), kind.is_dir()));
    }
    found.sort();
    for (path, is_directory) in found {
        match is_directory {
            true => add_files(store, &path, files)?,
            false if path.ends_with(".tmp") => {}
            false => files.push(path),
        }
    }
    Ok(())
}

/// Creates a file of mode 0600, in place of one that a crash left. Errors name `place`.
fn create_anew(path: &Path, place: &Path) -> Result<File, Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::system(place, "remove")(error))
        }
        _ => create_private_file(path).map_err(Error::system(place, "create")),
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
fn modified(path: &Path, file: &File) -> Result<u64, Error> {
    let found = file.metadata().and_then(|found| found.modified());
    let at = found.map_err(Error::stored(path, "time"))?;
    Ok(at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
