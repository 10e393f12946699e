//! The writer of a log.
//!
//! Not here: what the entries mean, and files beside the log (`storage::publish`).
//!
//! Invariants:
//! 1. An append that is interrupted anywhere leaves the old tree or the new one, and repeating it
//!    leads to the new one, byte for byte
//!    (`append::tests::an_append_interrupted_at_any_write_is_finished_by_repeating_it`).
//! 2. Entries beyond the checkpoint were never signed, and the next append overwrites them
//!    (`append::tests::unsigned_entries_may_be_replaced`).
//! 3. A log whose files do not match its checkpoint cannot be opened
//!    (`append::tests::a_flipped_byte_keeps_a_log_from_opening`).
//! 4. The tiles are those that the specification defines
//!    (`append::tests::the_reference_proves_every_entry_from_our_tiles`).
//! 5. A checkpoint is replaced only if it is the one that this writer wrote
//!    (`append::tests::a_log_refuses_to_follow_another_writer`).

use std::path::Path;
use std::time::SystemTime;

use ed25519_dalek::SigningKey;

use crate::checkpoint::Checkpoint;
use crate::error::{Error, Fork, LogRule};
use crate::merkle::{Hash, TILE_WIDTH, Tree, TreeHead, leaf_hash};
use crate::note::{self, NOTE_BYTES_MAX, VerifierKey};
use crate::source::{CHECKPOINT, VERIFIER_KEY};
use crate::storage::{Directory, Storage};
use crate::tile::{ENTRY_BYTES_MAX, Tile, TileKind, encode_bundle};
use crate::verified::{ENTRIES_MAX, Growth, VerifiedTree, read_bundle, read_key};

/// A log open for writing. While the value lives, no other process can open the log for writing.
pub struct LogWriter {
    storage: Box<dyn Storage + Send>,
    signing_key: SigningKey,
    /// Its tree is ahead of its size only during an append and after a failed one.
    log: VerifiedTree,
    /// The entries of the last bundle if that is partial, byte for byte.
    partial: Vec<Vec<u8>>,
    stopped: bool,
    /// The modification time of what is written next; `None` for the clock's.
    modified: Option<SystemTime>,
}

impl LogWriter {
    /// Creates a log of this name: its verifier key and the checkpoint of an empty tree. An
    /// interrupted call can be repeated.
    ///
    /// Errors: there is a log already, a name that no key can have, another writer, disk.
    pub fn create(directory: &Path, origin: &str, key: &SigningKey) -> Result<Self, Error> {
        Self::create_in(Box::new(Directory::open(directory)?), origin, key)
    }

    fn create_in(
        mut storage: Box<dyn Storage + Send>,
        origin: &str,
        key: &SigningKey,
    ) -> Result<Self, Error> {
        if storage.read(CHECKPOINT, NOTE_BYTES_MAX)?.is_some() {
            return Err(Error::Exists);
        }
        let verifier = VerifierKey::new(origin, key).map_err(|rule| rule.at(VERIFIER_KEY))?;
        storage.write(VERIFIER_KEY, format!("{verifier}\n").as_bytes(), None)?;
        let root = Tree::default().root();
        let empty = Checkpoint { origin: origin.to_owned(), size: 0, root };
        let note = note::sign(&empty.to_text(), &verifier, key);
        storage.write(CHECKPOINT, note.as_bytes(), None)?;
        Self::open_in(storage, key).map(|(log, _)| log)
    }

    /// Opens a log after reading and verifying all of it, and returns its entries with it, byte
    /// for byte.
    ///
    /// Errors: anything that does not verify, a key that is not the log's, another writer, disk.
    pub fn open(directory: &Path, key: &SigningKey) -> Result<(Self, Vec<Vec<u8>>), Error> {
        Self::open_in(Box::new(Directory::open(directory)?), key)
    }

    fn open_in(
        storage: Box<dyn Storage + Send>,
        key: &SigningKey,
    ) -> Result<(Self, Vec<Vec<u8>>), Error> {
        let published = read_key(&*storage, None)?;
        let own = VerifierKey::new(published.name(), key).map_err(|rule| rule.at(VERIFIER_KEY))?;
        if own != published {
            return Err(LogRule::KeyOther { expected: own.to_string() }.at(VERIFIER_KEY));
        }
        let Some(Growth { tree, entries }) = VerifiedTree::new(own).growth(&*storage)? else {
            return Err(LogRule::NoteSyntax.at(CHECKPOINT));
        };
        let partial = entries[entries.len() / TILE_WIDTH * TILE_WIDTH..].to_vec();
        let signing_key = key.clone();
        Ok((
            Self { storage, signing_key, log: tree, partial, stopped: false, modified: None },
            entries,
        ))
    }

    /// The head of the tree: its size is the number of entries under the checkpoint.
    pub fn head(&self) -> TreeHead {
        self.log.head()
    }

    /// The root that the tree had at an earlier size; `None` for a size that it has not reached.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        self.log.root_at(size)
    }

    /// The key that verifies this log.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.log.key()
    }

    /// Sets the modification time of the files that are written from now on.
    pub fn set_modified(&mut self, modified: SystemTime) {
        self.modified = Some(modified);
    }

    /// Appends entries, the first of which has this index. Entries that are already in the log,
    /// byte for byte, are skipped, so a restart can repeat a call that a crash interrupted.
    ///
    /// Errors: the log has other entries there ([`Error::Fork`]); the index lies beyond the end
    /// ([`Error::Gap`]); an entry or a tree above its limit; disk. After a failed write nothing
    /// more is appended until the log is opened again, since only reading shows what is on disk.
    pub fn append_at(&mut self, index: u64, entries: &[Vec<u8>]) -> Result<(), Error> {
        if self.stopped {
            return Err(Error::Stopped);
        }
        let size = self.log.size;
        if index > size {
            return Err(Error::Gap { index, size });
        }
        let there = &self.log.tree.level(0)[index as usize..size as usize];
        for ((index, leaf), entry) in (index..).zip(there).zip(entries) {
            if *leaf != leaf_hash(entry) {
                return Err(Error::Fork(Fork::Entry(index)));
            }
        }
        let new = entries.get(there.len()..).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        let total = size + new.len() as u64;
        if total > ENTRIES_MAX {
            let rule = LogRule::TreeSize { size: total, entries_max: ENTRIES_MAX };
            return Err(rule.at(CHECKPOINT));
        }
        for (index, entry) in (size..).zip(new) {
            if entry.len() > ENTRY_BYTES_MAX {
                let rule = LogRule::EntrySize { bytes_max: ENTRY_BYTES_MAX };
                return Err(rule.at(format!("entry {index}")));
            }
        }
        self.stopped = true;
        self.extend(new)?;
        self.stopped = false;
        Ok(())
    }

    /// Writes the entries in the order that makes an append safe. Each write is durable before the
    /// next begins.
    fn extend(&mut self, entries: &[Vec<u8>]) -> Result<(), Error> {
        let old = self.log.size;
        let new = old + entries.len() as u64;
        let partial_first = old as usize / TILE_WIDTH * TILE_WIDTH;
        self.partial.extend_from_slice(entries);
        entries.iter().for_each(|entry| self.log.tree.push(leaf_hash(entry)));

        // First the bundles, then the hashes. Nobody reads them before the checkpoint covers them,
        // so a crash here leaves only files that the next append overwrites.
        for tile in Tile::between(old, new) {
            let bytes = match tile.hashes(&self.log.tree) {
                Some(hashes) => hashes,
                None => {
                    let bundle = self.partial.iter().skip(tile.first() - partial_first);
                    encode_bundle(bundle.take(tile.width.into()).map(Vec::as_slice))
                        .map_err(|rule| rule.at(tile.to_string()))?
                }
            };
            self.storage.write(&tile.to_string(), &bytes, self.modified)?;
        }

        // Read back what is about to be signed: a bit that flipped between entry and root would be
        // signed for ever.
        for tile in Tile::between(old, new).filter(|tile| tile.kind == TileKind::Entries) {
            let leaves = self.log.tree.level(0).iter().skip(tile.first()).take(tile.width.into());
            let read = read_bundle(&*self.storage, &tile)?;
            if !read.iter().map(|entry| leaf_hash(entry)).eq(leaves.copied()) {
                return Err(LogRule::Root.at(tile.to_string()));
            }
        }

        // Detects a copy of this log that was continued elsewhere, and a restored one.
        if self.storage.read(CHECKPOINT, NOTE_BYTES_MAX)?.as_ref() != Some(&self.log.note) {
            return Err(Error::Fork(Fork::Checkpoint));
        }

        // The checkpoint comes last and replaces the old one atomically: from here on the entries
        // are in the log.
        let origin = self.log.key.name().to_owned();
        let checkpoint = Checkpoint { origin, size: new, root: self.log.tree.root() };
        let note = note::sign(&checkpoint.to_text(), &self.log.key, &self.signing_key);
        self.storage.write(CHECKPOINT, note.as_bytes(), self.modified)?;
        self.log.note = note.into_bytes();
        self.log.size = new;
        self.partial.drain(..new as usize / TILE_WIDTH * TILE_WIDTH - partial_first);

        // Full tiles replace partial ones; a reader of an older checkpoint reads the full one.
        for tile in Tile::between(old, new).filter(|tile| !tile.is_partial()) {
            self.storage.discard(&tile.partials(), self.modified);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::source::{DirectorySource, Source};

    const ORIGIN: &str = "example.org/log";

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn entries(count: u64) -> Vec<Vec<u8>> {
        (0..count).map(|number| format!("entry {number}").into_bytes()).collect()
    }

    /// A new log of these entries in this directory.
    fn written(root: &Path, entries: &[Vec<u8>]) -> LogWriter {
        let mut log = LogWriter::create(root, ORIGIN, &key()).unwrap();
        log.append_at(0, entries).unwrap();
        log
    }

    fn opened(root: &Path) -> LogWriter {
        LogWriter::open(root, &key()).unwrap().0
    }

    /// What a stranger reads.
    fn read(root: &Path) -> (Vec<Vec<u8>>, Hash) {
        let source = DirectorySource::new(root);
        let key = read_key(&source, None).unwrap();
        let growth = VerifiedTree::new(key).growth(&source).unwrap().unwrap();
        (growth.entries, growth.tree.head().root)
    }

    /// How a write fails.
    #[derive(Clone, Copy, Debug)]
    enum WriteFault {
        /// Nothing reached the disk.
        Lost,
        /// Half of the bytes reached the temporary file.
        Torn,
        /// Everything is on disk, and still the write reports a failure.
        Reported,
    }

    /// A directory whose write with this number, from 0, fails.
    struct Faulty {
        directory: Directory,
        root: PathBuf,
        fails: Option<(usize, WriteFault)>,
        written: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
    }

    impl Faulty {
        fn open(root: &Path, fails: Option<(usize, WriteFault)>) -> Self {
            let directory = Directory::open(root).unwrap();
            Self { directory, root: root.to_owned(), fails, written: Default::default() }
        }
    }

    impl Source for Faulty {
        fn read(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error> {
            self.directory.read(path, bytes_max)
        }
    }

    impl Storage for Faulty {
        fn write(
            &mut self,
            path: &str,
            bytes: &[u8],
            modified: Option<SystemTime>,
        ) -> Result<(), Error> {
            let number = self.written.lock().unwrap().len();
            self.written.lock().unwrap().push(path.to_owned());
            let fault = self.fails.filter(|&(at, _)| at == number).map(|(_, fault)| fault);
            if matches!(fault, None | Some(WriteFault::Reported)) {
                self.directory.write(path, bytes, modified)?;
            }
            if matches!(fault, Some(WriteFault::Torn)) {
                let to = self.root.join(format!("{path}.tmp"));
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::write(to, &bytes[..bytes.len() / 2]).unwrap();
            }
            let source = std::io::Error::other("cut off");
            if fault.is_some() { Err(Error::Io { path: path.into(), source }) } else { Ok(()) }
        }

        fn discard(&mut self, path: &str, modified: Option<SystemTime>) {
            self.directory.discard(path, modified);
        }
    }

    #[test]
    fn an_append_writes_entries_then_hashes_then_the_checkpoint() {
        let root = tempfile::tempdir().unwrap();
        drop(written(root.path(), &entries(250)));
        let storage = Faulty::open(root.path(), None);
        let written = storage.written.clone();
        let (mut log, _) = LogWriter::open_in(Box::new(storage), &key()).unwrap();
        log.append_at(250, &entries(260)[250..]).unwrap();
        let order = [
            "tile/entries/000",
            "tile/entries/001.p/4",
            "tile/0/000",
            "tile/0/001.p/4",
            "tile/1/000.p/1",
            "checkpoint",
        ];
        assert_eq!(*written.lock().unwrap(), order);
        assert!(!root.path().join("tile/0/000.p").exists(), "full tiles replace partial ones");
        assert!(!root.path().join("tile/entries/000.p").exists());
    }

    #[test]
    fn an_append_interrupted_at_any_write_is_finished_by_repeating_it() {
        let whole = tempfile::tempdir().unwrap();
        drop(written(whole.path(), &entries(260)));
        let expected = read(whole.path());
        let all = entries(260);
        for at in 0..6 {
            for fault in [WriteFault::Lost, WriteFault::Torn, WriteFault::Reported] {
                let root = tempfile::tempdir().unwrap();
                drop(written(root.path(), &all[..250]));
                let before = read(root.path());

                let storage = Box::new(Faulty::open(root.path(), Some((at, fault))));
                let (mut log, _) = LogWriter::open_in(storage, &key()).unwrap();
                let cut = log.append_at(250, &all[250..]);
                assert!(matches!(cut, Err(Error::Io { .. })), "{at} {fault:?}");
                assert_eq!(log.head(), TreeHead { size: 250, root: before.1 });
                assert_eq!(log.root_at(251), None);
                let again = log.append_at(250, &all[250..]);
                assert!(matches!(again, Err(Error::Stopped)), "{again:?}");
                drop(log);

                let signed = at == 5 && matches!(fault, WriteFault::Reported);
                assert_eq!(read(root.path()), if signed { &expected } else { &before }.clone());
                let mut log = opened(root.path());
                log.append_at(250, &all[250..]).unwrap();
                assert_eq!(read(root.path()), expected, "{at} {fault:?}");
                log.append_at(0, &all).unwrap();
                assert_eq!(log.head().size, 260);
                for path in ["checkpoint", "tile/entries/000", "tile/0/001.p/4", "tile/1/000.p/1"] {
                    let bytes = |root: &Path| fs::read(root.join(path)).unwrap();
                    assert_eq!(bytes(root.path()), bytes(whole.path()), "{at} {fault:?} {path}");
                }
            }
        }
    }

    #[test]
    fn unsigned_entries_may_be_replaced() {
        let mut other = entries(300);
        other[250..].reverse();
        for at in 0..6 {
            let root = tempfile::tempdir().unwrap();
            drop(written(root.path(), &other[..250]));
            let storage = Box::new(Faulty::open(root.path(), Some((at, WriteFault::Lost))));
            let (mut log, _) = LogWriter::open_in(storage, &key()).unwrap();
            log.append_at(250, &entries(260)[250..]).unwrap_err();
            drop(log);
            let mut log = opened(root.path());
            for index in [255, 256, 257, 300] {
                let size = log.head().size;
                log.append_at(size, &other[size as usize..index]).unwrap();
                assert_eq!(read(root.path()).0, other[..index]);
            }
        }
    }

    #[test]
    fn a_creation_interrupted_at_any_write_is_finished_by_repeating_it() {
        for at in 0..2 {
            for fault in [WriteFault::Lost, WriteFault::Torn, WriteFault::Reported] {
                let root = tempfile::tempdir().unwrap();
                let storage = Box::new(Faulty::open(root.path(), Some((at, fault))));
                assert!(LogWriter::create_in(storage, ORIGIN, &key()).is_err());
                let log = if at == 1 && matches!(fault, WriteFault::Reported) {
                    assert!(matches!(
                        LogWriter::create(root.path(), ORIGIN, &key()),
                        Err(Error::Exists)
                    ));
                    LogWriter::open(root.path(), &key()).map(|(log, _)| log)
                } else {
                    LogWriter::create(root.path(), ORIGIN, &key())
                };
                log.unwrap().append_at(0, &entries(3)).unwrap();
                assert_eq!(read(root.path()).0, entries(3));
            }
        }
    }

    #[test]
    fn an_append_is_idempotent_and_leaves_no_hole() {
        let root = tempfile::tempdir().unwrap();
        let all = entries(20);
        let mut log = written(root.path(), &all[..10]);
        log.append_at(3, &all[3..7]).unwrap();
        log.append_at(10, &[]).unwrap();
        assert_eq!(log.head().size, 10);
        log.append_at(5, &all[5..]).unwrap();
        assert_eq!(read(root.path()).0, all);
        let gap = log.append_at(21, &all[..1]);
        assert!(matches!(gap, Err(Error::Gap { index: 21, size: 20 })), "{gap:?}");
        let fork = log.append_at(19, &entries(2));
        assert!(matches!(fork, Err(Error::Fork(Fork::Entry(19)))), "{fork:?}");
        let long = vec![0; ENTRY_BYTES_MAX + 1];
        assert_eq!(log.append_at(20, &[long]).unwrap_err().code(), "entry-size");
        assert_eq!((log.head().size, read(root.path()).0), (20, all));
    }

    #[test]
    fn a_log_refuses_to_follow_another_writer() {
        let root = tempfile::tempdir().unwrap();
        let mut log = written(root.path(), &entries(5));
        let elsewhere = tempfile::tempdir().unwrap();
        drop(written(elsewhere.path(), &entries(6)));
        fs::copy(elsewhere.path().join(CHECKPOINT), root.path().join(CHECKPOINT)).unwrap();
        let fork = log.append_at(5, &entries(1));
        assert!(matches!(fork, Err(Error::Fork(Fork::Checkpoint))), "{fork:?}");
        let theirs = fs::read(elsewhere.path().join(CHECKPOINT)).unwrap();
        assert_eq!(fs::read(root.path().join(CHECKPOINT)).unwrap(), theirs);
    }

    /// The reference's reader over our files; its paths name the height.
    struct Reference<'a>(&'a Path);

    impl tlog_tiles::TileReader for Reference<'_> {
        fn height(&self) -> u8 {
            8
        }

        fn read_tiles(
            &self,
            tiles: &[tlog_tiles::Tile],
        ) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
            let path = |tile: &tlog_tiles::Tile| tile.path().replacen("tile/8/", "tile/", 1);
            Ok(tiles.iter().map(|tile| fs::read(self.0.join(path(tile))).unwrap()).collect())
        }

        fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
    }

    #[test]
    fn the_reference_proves_every_entry_from_our_tiles() {
        let all = entries(530);
        for size in [1, 2, 255, 256, 257, 530] {
            let root = tempfile::tempdir().unwrap();
            let mut log = written(root.path(), &all[..size / 2]);
            log.append_at((size / 2) as u64, &all[size / 2..size]).unwrap();
            let reference = Reference(root.path());
            let head = tlog_tiles::Hash(log.head().root);
            let reader = tlog_tiles::TileHashReader::new(size as u64, head, &reference);
            for (index, entry) in (0..).zip(&all[..size]) {
                let proof = tlog_tiles::prove_record(size as u64, index, &reader).unwrap();
                let leaf = tlog_tiles::record_hash(entry);
                tlog_tiles::check_record(&proof, size as u64, head, index, leaf).unwrap();
            }
        }
    }

    #[test]
    fn a_log_opens_only_with_its_own_key() {
        let root = tempfile::tempdir().unwrap();
        drop(written(root.path(), &entries(5)));
        let other = LogWriter::open(root.path(), &SigningKey::from_bytes(&[8; 32]));
        assert_eq!(other.err().unwrap().code(), "key-other");
        assert!(LogWriter::open(&root.path().join("none"), &key()).is_err());
    }

    #[test]
    fn a_flipped_byte_keeps_a_log_from_opening() {
        let root = tempfile::tempdir().unwrap();
        drop(written(root.path(), &entries(258)));
        let files = [
            "checkpoint",
            "vkey",
            "tile/0/000",
            "tile/0/001.p/2",
            "tile/1/000.p/1",
            "tile/entries/000",
            "tile/entries/001.p/2",
        ];
        for path in files {
            let path = root.path().join(path);
            let good = fs::read(&path).unwrap();
            for position in (0..good.len()).step_by(good.len() / 60 + 1) {
                let mut bad = good.clone();
                bad[position] ^= 0x20;
                fs::write(&path, bad).unwrap();
                assert!(LogWriter::open(root.path(), &key()).is_err(), "{path:?} {position}");
            }
            fs::remove_file(&path).unwrap();
            assert!(LogWriter::open(root.path(), &key()).is_err(), "{path:?}");
            fs::write(&path, good).unwrap();
        }
        assert_eq!(opened(root.path()).head().size, 258);
    }
}
