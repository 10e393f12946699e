//! A log as a stranger reads it: signature, tree and every tile verified.
//!
//! Not here: what the entries mean (crate `ledger`).
//!
//! Invariants:
//! 1. Every entry returned is under the root that the log's key signed, and every hash tile holds
//!    the hashes of the entries; reading only the new entries gives the same result as reading all
//!    (`verified::tests::growth_reads_what_a_full_reading_reads`).
//! 2. A tree that does not extend the tree read before is a fork
//!    (`verified::tests::a_reader_refuses_a_tree_that_does_not_extend_its_own`).
//! 3. An earlier partial tile has the beginning of its tile and nothing else
//!    (`verified::tests::an_earlier_tile_with_other_bytes_is_found`).

use crate::checkpoint::Checkpoint;
use crate::error::{Error, Fork, LogRule};
use crate::merkle::{Hash, Tree, TreeHead, leaf_hash};
use crate::note::{self, NOTE_BYTES_MAX, VERIFIER_KEY_BYTES_MAX, VerifierKey};
use crate::source::{CHECKPOINT, Source, VERIFIER_KEY, bytes_max, required};
use crate::tile::{BUNDLE_BYTES_MAX, TILE_BYTES_MAX, Tile, TileKind, decode_bundle};

/// Most entries of a log.
pub const ENTRIES_MAX: u64 = 1 << 24;

/// A verified checkpoint and the tree under it.
#[derive(Clone, Debug)]
pub struct VerifiedTree {
    pub(crate) key: VerifierKey,
    /// The signed note, byte for byte; empty before the first reading.
    pub(crate) note: Vec<u8>,
    pub(crate) size: u64,
    pub(crate) tree: Tree,
}

/// What a later checkpoint adds to a tree.
#[derive(Clone, Debug)]
pub struct Growth {
    /// The tree at the later checkpoint.
    pub tree: VerifiedTree,
    /// The new entries, byte for byte: the first has the index that was the size before.
    pub entries: Vec<Vec<u8>>,
}

impl VerifiedTree {
    /// The tree of a log before its first reading: no entries.
    pub fn new(key: VerifierKey) -> Self {
        Self { key, note: Vec::new(), size: 0, tree: Tree::default() }
    }

    /// The key that signs the log.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// How many entries are under the checkpoint, and the root over them.
    pub fn head(&self) -> TreeHead {
        // A tree reached its own size.
        let root = self.root_at(self.size).unwrap_or_default();
        TreeHead { size: self.size, root }
    }

    /// The root that the tree had at an earlier size; `None` for a size that it has not reached.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        (size <= self.size).then(|| self.tree.root_at(size)).flatten()
    }

    /// Reads the current checkpoint and the entries that are new in it, and verifies them all;
    /// `None` if the note is the same as before.
    ///
    /// Errors: anything that does not verify, the disk, the network; [`Error::Fork`] for a tree
    /// that does not extend this one.
    pub fn growth(&self, source: &dyn Source) -> Result<Option<Growth>, Error> {
        let note = required(source, CHECKPOINT, NOTE_BYTES_MAX)?;
        if note == self.note {
            return Ok(None);
        }
        let checkpoint = self.checkpoint(&note).map_err(|rule| rule.at(CHECKPOINT))?;
        let fork = Error::Fork(Fork::Tree { size_seen: self.size, size: checkpoint.size });
        if checkpoint.size < self.size
            || checkpoint.size == self.size && checkpoint.root != self.tree.root()
        {
            return Err(fork);
        }
        match self.extended(source, &checkpoint) {
            Ok((tree, entries)) => {
                let tree = Self { key: self.key.clone(), note, size: checkpoint.size, tree };
                Ok(Some(Growth { tree, entries }))
            }
            // Either broken files or another history: only the latter verifies from its beginning.
            Err(Error::Broken { rule: LogRule::Root | LogRule::BundleShape { .. }, .. })
                if self.size > 0 && Self::new(self.key.clone()).growth(source).is_ok() =>
            {
                Err(fork)
            }
            Err(error) => Err(error),
        }
    }

    /// Checks the earlier partial tiles that are still there: no reader of this tree reads them.
    ///
    /// Errors: other bytes than the tree had; the disk, the network.
    pub fn check_earlier_tiles(&self, source: &dyn Source) -> Result<(), Error> {
        for tile in Tile::earlier(self.size) {
            let path = tile.to_string();
            let Some(bytes) = source.read(&path, bytes_max(&path))? else { continue };
            let is_sound = match tile.kind {
                TileKind::Hashes(_) => Some(bytes) == tile.hashes(&self.tree),
                TileKind::Entries => {
                    let entries = decode_bundle(&bytes, tile.width);
                    let entries = entries.map_err(|rule| rule.at(path.as_str()))?;
                    let leaves = self.tree.level(0).iter().skip(tile.first());
                    entries.iter().zip(leaves).all(|(entry, leaf)| leaf_hash(entry) == *leaf)
                }
            };
            if !is_sound {
                return Err(LogRule::Tile.at(path));
            }
        }
        Ok(())
    }

    fn checkpoint(&self, note: &[u8]) -> Result<Checkpoint, LogRule> {
        let checkpoint = Checkpoint::parse(note::open(note, &self.key)?)?;
        if checkpoint.origin != self.key.name() {
            let expected = self.key.name().to_owned();
            return Err(LogRule::Origin { given: checkpoint.origin, expected });
        }
        if checkpoint.size > ENTRIES_MAX {
            return Err(LogRule::TreeSize { size: checkpoint.size, entries_max: ENTRIES_MAX });
        }
        Ok(checkpoint)
    }

    /// The tree of the checkpoint and its new entries.
    fn extended(
        &self,
        source: &dyn Source,
        checkpoint: &Checkpoint,
    ) -> Result<(Tree, Vec<Vec<u8>>), Error> {
        let mut tree = self.tree.clone();
        let mut entries = Vec::new();
        let tiles = || Tile::between(self.size, checkpoint.size);
        for tile in tiles().filter(|tile| tile.kind == TileKind::Entries) {
            let known = (self.size as usize).saturating_sub(tile.first());
            for entry in read_bundle(source, &tile)?.into_iter().skip(known) {
                tree.push(leaf_hash(&entry));
                entries.push(entry);
            }
        }
        if tree.root() != checkpoint.root {
            return Err(LogRule::Root.at(CHECKPOINT));
        }
        for tile in tiles().filter(|tile| tile.kind != TileKind::Entries) {
            if Some(read_tile(source, &tile)?) != tile.hashes(&tree) {
                return Err(LogRule::Tile.at(tile.to_string()));
            }
        }
        Ok((tree, entries))
    }
}

/// The bytes of a tile or bundle, or of the full one that has taken its place since.
fn read_tile(source: &dyn Source, tile: &Tile) -> Result<Vec<u8>, Error> {
    let bytes_max = match tile.kind {
        TileKind::Hashes(_) => TILE_BYTES_MAX,
        TileKind::Entries => BUNDLE_BYTES_MAX,
    };
    let path = tile.to_string();
    if let Some(bytes) = source.read(&path, bytes_max)? {
        return Ok(bytes);
    }
    let missing = || LogRule::FileMissing.at(path.as_str());
    let full = source.read(&tile.full().to_string(), bytes_max)?;
    let bytes = full.filter(|_| tile.is_partial()).ok_or_else(missing)?;
    match tile.kind {
        TileKind::Hashes(_) => {
            Ok(bytes.get(..usize::from(tile.width) * 32).ok_or_else(missing)?.to_vec())
        }
        TileKind::Entries => Ok(bytes),
    }
}

/// The entries of a bundle, byte for byte.
pub(crate) fn read_bundle(source: &dyn Source, tile: &Tile) -> Result<Vec<Vec<u8>>, Error> {
    let bytes = read_tile(source, tile)?;
    // The full bundle that took the partial one's place holds more.
    let entries = decode_bundle(&bytes, tile.width)
        .or_else(|rule| decode_bundle(&bytes, tile.full().width).map_err(|_| rule))
        .map_err(|rule| rule.at(tile.to_string()))?;
    Ok(entries.into_iter().take(tile.width.into()).map(<[u8]>::to_vec).collect())
}

/// The key that the log publishes. If a verifier key is expected, the log must publish that one.
///
/// Errors: no key, another key than the expected one, disk, network.
pub fn read_key(source: &dyn Source, expected: Option<&str>) -> Result<VerifierKey, Error> {
    let line = required(source, VERIFIER_KEY, VERIFIER_KEY_BYTES_MAX)?;
    let line = String::from_utf8(line).map_err(|_| LogRule::KeySyntax.at(VERIFIER_KEY))?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    let key = VerifierKey::parse(line).map_err(|rule| rule.at(VERIFIER_KEY))?;
    match expected.map(str::trim) {
        Some(expected) if expected != line => {
            Err(LogRule::KeyOther { expected: expected.to_owned() }.at(VERIFIER_KEY))
        }
        _ => Ok(key),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::tile::encode_bundle;
    use crate::{DirectorySource, LogWriter};

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn entries(count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|number| format!("entry {number}").into_bytes()).collect()
    }

    fn written(entries: &[Vec<u8>]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let mut log = LogWriter::create(root.path(), "example.org/log", &key()).unwrap();
        log.append_at(0, entries).unwrap();
        root
    }

    fn append(root: &Path, entries: &[Vec<u8>]) {
        let (mut log, _) = LogWriter::open(root, &key()).unwrap();
        log.append_at(log.head().size, entries).unwrap();
    }

    fn read(source: &dyn Source) -> Growth {
        VerifiedTree::new(read_key(source, None).unwrap()).growth(source).unwrap().unwrap()
    }

    /// Counts the files that are read.
    struct Counted(DirectorySource, std::sync::Mutex<usize>);

    impl Source for Counted {
        fn read(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error> {
            *self.1.lock().unwrap() += 1;
            self.0.read(path, bytes_max)
        }
    }

    #[test]
    fn growth_reads_what_a_full_reading_reads() {
        let root = written(&entries(14));
        let source = Counted(DirectorySource::new(root.path()), Default::default());
        let Growth { mut tree, entries: mut known } = read(&source);
        assert!(tree.growth(&source).unwrap().is_none(), "nothing is new");
        // The reader is one to three hundred entries behind, across the end of a tile.
        for lag in [1, 1, 3, 229, 1, 255, 256, 300] {
            append(root.path(), &entries(lag));
            *source.1.lock().unwrap() = 0;
            let growth = tree.growth(&source).unwrap().unwrap();
            let files = *source.1.lock().unwrap();
            assert!(files <= 2 * (lag / 256 + 2) + 3, "{files} files for {lag} entries");
            known.extend(growth.entries);
            tree = growth.tree;
            let whole = read(&source);
            assert_eq!((tree.head(), &known), (whole.tree.head(), &whole.entries));
        }
    }

    #[test]
    fn a_reader_refuses_a_tree_that_does_not_extend_its_own() {
        let all = entries(12);
        let mut turned = all.clone();
        turned[3..].reverse();
        let seen = written(&all[..10]);
        let tree = read(&DirectorySource::new(seen.path())).tree;
        let others = [
            (written(&all[..9]), "a true prefix"),
            (written(&turned[..10]), "two roots of one size"),
            (written(&turned), "another history"),
        ];
        for (other, name) in &others {
            let refused = tree.growth(&DirectorySource::new(other.path()));
            let fork = matches!(refused, Err(Error::Fork(Fork::Tree { size_seen: 10, .. })));
            assert!(fork, "{name}: {refused:?}");
        }
        append(seen.path(), &all[10..]);
        let growth = tree.growth(&DirectorySource::new(seen.path())).unwrap().unwrap();
        assert_eq!(growth.tree.root_at(10), Some(tree.head().root));
        assert_eq!(growth.entries, all[10..]);
    }

    #[test]
    fn an_earlier_tile_with_other_bytes_is_found() {
        let root = written(&entries(3));
        append(root.path(), &entries(2));
        let source = DirectorySource::new(root.path());
        let tree = read(&source).tree;
        tree.check_earlier_tiles(&source).unwrap();
        for (path, code) in [("tile/0/000.p/3", "tile"), ("tile/entries/000.p/3", "bundle-shape")] {
            let good = fs::read(root.path().join(path)).unwrap();
            fs::write(root.path().join(path), [good.as_slice(), b"secret"].concat()).unwrap();
            assert_eq!(tree.check_earlier_tiles(&source).unwrap_err().code(), code);
            fs::write(root.path().join(path), good).unwrap();
        }
        let path = root.path().join("tile/entries/000.p/2");
        fs::write(&path, encode_bundle([&b"other"[..], b"entries"]).unwrap()).unwrap();
        assert_eq!(tree.check_earlier_tiles(&source).unwrap_err().code(), "tile");
        fs::remove_file(path).unwrap();
        tree.check_earlier_tiles(&source).unwrap();
    }

    #[test]
    fn another_history_that_begins_at_a_tile_is_a_fork() {
        let all = entries(257);
        let mut turned = all.clone();
        turned.swap(2, 3);
        let (ours, theirs) = (written(&all[..256]), written(&turned));
        let tree = read(&DirectorySource::new(ours.path())).tree;
        let fork = tree.growth(&DirectorySource::new(theirs.path()));
        assert!(matches!(fork, Err(Error::Fork(_))), "{fork:?}");

        append(ours.path(), &all[256..]);
        let bundle = ours.path().join("tile/entries/001.p/1");
        let good = fs::read(&bundle).unwrap();
        let mut bad = good.clone();
        bad[5] ^= 1;
        fs::write(&bundle, bad).unwrap();
        let broken = tree.growth(&DirectorySource::new(ours.path())).unwrap_err();
        assert_eq!(broken.code(), "root", "broken files are no fork");
        fs::write(&bundle, good).unwrap();
        assert!(tree.growth(&DirectorySource::new(ours.path())).unwrap().is_some());
    }

    #[test]
    fn a_full_tile_serves_the_reader_of_an_older_checkpoint() {
        let root = written(&entries(14));
        let checkpoint = fs::read(root.path().join(CHECKPOINT)).unwrap();
        append(root.path(), &entries(300));
        assert!(!root.path().join("tile/0/000.p").exists());
        fs::write(root.path().join(CHECKPOINT), checkpoint).unwrap();
        assert_eq!(read(&DirectorySource::new(root.path())).entries, entries(14));
    }
}
