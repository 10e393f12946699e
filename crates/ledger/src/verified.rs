//! A ledger as a stranger reads it: signature, tree and entries verified, plans read.
//!
//! Not here: whether the entries keep to the plan (`audit`). What is here is what a server of
//! readers needs at each refresh: it costs the new entries alone.
//!
//! Invariants:
//! 1. Every entry held is under the root that the log's key signed, every hash tile is that of
//!    the entries, and a failed refresh changes nothing
//!    (`verified::tests::a_refresh_reads_what_a_full_reading_reads`).
//! 2. A tree that does not extend the tree held is a fork
//!    (`verified::tests::a_reader_refuses_a_tree_that_does_not_extend_its_own`).

use tidegauge_model::Plan;

use crate::checkpoint::Checkpoint;
use crate::entry::{Entry, FORMAT};
use crate::error::{Error, Fork, Rule};
use crate::merkle::{Hash, Tree, leaf_hash};
use crate::note::{self, VerifierKey};
use crate::release::Release;
use crate::source::{CHECKPOINT, Source, VERIFIER_KEY, required};
use crate::succession::Succession;
use crate::tile::{Kind, Tile, decode_bundle};
use crate::{digest, hex, origin};

/// Entries of a ledger at most.
pub const ENTRIES_MAX: u64 = 1 << 24;

/// A head of a ledger that someone has seen and remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many entries it had.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

/// A verified checkpoint and the tree under it.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) key: VerifierKey,
    /// The signed note, byte for byte; empty before the first reading.
    pub(crate) note: Vec<u8>,
    pub(crate) size: u64,
    pub(crate) tree: Tree,
}

/// What a later checkpoint adds to a chain.
pub(crate) struct Growth {
    pub(crate) chain: Chain,
    pub(crate) entries: Vec<Entry>,
}

impl Chain {
    /// The chain before its first checkpoint.
    pub(crate) fn new(key: VerifierKey) -> Self {
        Self { key, note: Vec::new(), size: 0, tree: Tree::default() }
    }

    /// The chain at the current checkpoint and the entries that are new in it, all verified;
    /// `None` for the same note.
    pub(crate) fn growth(&self, source: &dyn Source) -> Result<Option<Growth>, Error> {
        let note = required(source, CHECKPOINT)?;
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
                let (key, size) = (self.key.clone(), checkpoint.size);
                Ok(Some(Growth { chain: Self { key, note, size, tree }, entries }))
            }
            // Broken files or another history: the latter verifies when read from its beginning.
            Err(Error::Broken { rule: Rule::Root | Rule::BundleShape { .. }, .. })
                if self.size > 0 && Self::new(self.key.clone()).growth(source).is_ok() =>
            {
                Err(fork)
            }
            Err(error) => Err(error),
        }
    }

    fn checkpoint(&self, note: &[u8]) -> Result<Checkpoint, Rule> {
        let checkpoint = Checkpoint::parse(note::open(note, &self.key)?)?;
        if checkpoint.origin != self.key.name() {
            let expected = self.key.name().to_owned();
            return Err(Rule::Origin { given: checkpoint.origin, expected });
        }
        if checkpoint.size > ENTRIES_MAX {
            return Err(Rule::TreeSize { size: checkpoint.size, entries_max: ENTRIES_MAX });
        }
        Ok(checkpoint)
    }

    /// The tree of the checkpoint and its new entries.
    fn extended(
        &self,
        source: &dyn Source,
        checkpoint: &Checkpoint,
    ) -> Result<(Tree, Vec<Entry>), Error> {
        let mut tree = self.tree.clone();
        let mut lines = Vec::new();
        let tiles = || Tile::between(self.size, checkpoint.size);
        for tile in tiles().filter(|tile| tile.kind == Kind::Entries) {
            let known = (self.size as usize).saturating_sub(tile.first());
            for line in read_bundle(source, &tile)?.into_iter().skip(known) {
                tree.push(leaf_hash(&line));
                lines.push(line);
            }
        }
        if tree.root() != checkpoint.root {
            return Err(Rule::Root.at(CHECKPOINT));
        }
        for tile in tiles().filter(|tile| tile.kind != Kind::Entries) {
            if Some(read_tile(source, &tile)?) != tile.hashes(&tree) {
                return Err(Rule::Tile.at(tile.to_string()));
            }
        }
        let parse = |(index, line): (u64, &Vec<u8>)| {
            Entry::parse(line).map_err(|rule| rule.at(format!("entry {index}")))
        };
        let entries = (self.size..).zip(&lines).map(parse).collect::<Result<_, _>>()?;
        Ok((tree, entries))
    }
}

/// The bytes of a tile or bundle, or of the full one that has come to its place since.
fn read_tile(source: &dyn Source, tile: &Tile) -> Result<Vec<u8>, Error> {
    let path = tile.to_string();
    if let Some(bytes) = source.read(&path)? {
        return Ok(bytes);
    }
    let full = tile.full();
    let missing = || Rule::FileMissing.at(path.as_str());
    let bytes = source.read(&full.to_string())?.filter(|_| tile.is_partial());
    let bytes = bytes.ok_or_else(missing)?;
    match tile.kind {
        Kind::Hashes(_) => {
            Ok(bytes.get(..usize::from(tile.width) * 32).ok_or_else(missing)?.to_vec())
        }
        Kind::Entries => Ok(bytes),
    }
}

/// The entries of a bundle, byte for byte.
pub(crate) fn read_bundle(source: &dyn Source, tile: &Tile) -> Result<Vec<Vec<u8>>, Error> {
    let bytes = read_tile(source, tile)?;
    let at = |rule: Rule| rule.at(tile.to_string());
    // The full bundle that took the partial one's place holds more.
    let entries = decode_bundle(&bytes, tile.width)
        .or_else(|rule| decode_bundle(&bytes, tile.full().width).map_err(|_| rule))
        .map_err(at)?;
    Ok(entries.into_iter().take(tile.width.into()).map(<[u8]>::to_vec).collect())
}

/// The key that the log publishes, or the expected one if the log publishes the same.
pub(crate) fn read_key(source: &dyn Source, expected: Option<&str>) -> Result<VerifierKey, Error> {
    let line = required(source, VERIFIER_KEY)?;
    let line = String::from_utf8(line).map_err(|_| Rule::KeySyntax.at(VERIFIER_KEY))?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    let key = VerifierKey::parse(line).map_err(|rule| rule.at(VERIFIER_KEY))?;
    match expected.map(str::trim) {
        Some(expected) if expected != line => {
            Err(Rule::KeyOther { expected: expected.to_owned() }.at(VERIFIER_KEY))
        }
        _ => Ok(key),
    }
}

/// A ledger whose signature, tree and plans are verified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifiedLog {
    /// The log's name: `tidegauge/` and the store's id.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
    /// The entries, by index.
    pub entries: Vec<Entry>,
    /// The plan and its amendments.
    pub succession: Succession,
    chain: Chain,
}

/// Reads a ledger and verifies the signature of its checkpoint, the root from all its entries,
/// its tiles, its genesis, its plan and the succession of its amendments. Without an expected
/// verifier key the published one is believed.
///
/// Errors: whatever does not verify, the disk, the network.
pub fn read_verified(source: &dyn Source, vkey: Option<&str>) -> Result<VerifiedLog, Error> {
    let chain = Chain::new(read_key(source, vkey)?);
    let mut log = VerifiedLog {
        origin: chain.key.name().to_owned(),
        size: 0,
        root: chain.tree.root(),
        entries: Vec::new(),
        succession: Succession::default(),
        chain,
    };
    log.refresh(source)?;
    if log.entries.is_empty() {
        return Err(log.no_genesis().at(CHECKPOINT));
    }
    Ok(log)
}

impl VerifiedLog {
    /// Moves to the current checkpoint; only new entries are read and verified. `false` says
    /// that none was new. On an error nothing has changed.
    ///
    /// Errors: as [`read_verified`]; [`Error::Fork`] for a tree that does not extend this one.
    pub fn refresh(&mut self, source: &dyn Source) -> Result<bool, Error> {
        let Some(growth) = self.chain.growth(source)? else { return Ok(false) };
        let mut succession = self.succession.clone();
        for (index, entry) in (self.entries.len()..).zip(&growth.entries) {
            let in_place = match entry {
                Entry::Genesis { format, store, .. } => {
                    index == 0 && *format == FORMAT && origin(store) == self.origin
                }
                _ => index != 0,
            };
            if !in_place {
                return Err(self.no_genesis().at(format!("entry {index}")));
            }
            succession.take(index as u64, entry, source)?;
        }
        self.size = growth.chain.size;
        self.root = growth.chain.tree.root();
        self.succession = succession;
        self.chain = growth.chain;
        let grown = !growth.entries.is_empty();
        self.entries.extend(growth.entries);
        Ok(grown)
    }

    fn no_genesis(&self) -> Rule {
        Rule::Genesis { origin: self.origin.clone(), format: FORMAT }
    }

    /// The head of the tree, to be remembered for [`VerifiedLog::extends`].
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }

    /// The root in lower-case hexadecimal.
    pub fn root_hex(&self) -> String {
        hex(&self.root)
    }

    /// The root that its tree had at an earlier size; `None` for a size that it has not reached.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        self.chain.tree.root_at(size)
    }

    /// Whether this log extends a head that was seen earlier.
    ///
    /// Errors: [`Error::Fork`] where it does not: rolled back, or another history.
    pub fn extends(&self, seen: &TreeHead) -> Result<(), Error> {
        if self.chain.tree.root_at(seen.size) == Some(seen.root) {
            return Ok(());
        }
        Err(Error::Fork(Fork::Tree { size_seen: seen.size, size: self.size }))
    }

    /// The plan in force, its amendments included, with the digest of the text that it began as.
    pub fn plan(&self) -> Option<(&str, &Plan)> {
        let states = self.succession.states();
        let (first, newest) = states.first().zip(states.last())?;
        Some((&first.digest, &newest.plan))
    }

    /// The measurement file of the release entry at this index, if it is the one that the entry
    /// names.
    ///
    /// Errors: no release at the index, a file that is missing or another one, disk, network.
    pub fn read_release(&self, source: &dyn Source, index: u64) -> Result<Release, Error> {
        let entry = usize::try_from(index).ok().and_then(|index| self.entries.get(index));
        let Some(Entry::Release { dataflow, step, vintage, path, digest: expected, bytes, .. }) =
            entry
        else {
            return Err(Rule::EntrySyntax.at(format!("entry {index}")));
        };
        if *path != Release::path(dataflow, step, *vintage) {
            let expected = Release::path(dataflow, step, *vintage);
            return Err(Rule::ReleasePath { expected }.at(format!("entry {index}")));
        }
        let file = required(source, path)?;
        if file.len() as u64 != *bytes || digest(&file) != *expected {
            return Err(Rule::ReleaseDigest.at(path));
        }
        let release = Release::parse(&file).map_err(|rule| rule.at(path))?;
        if (&release.dataflow, &release.step, release.vintage) != (dataflow, step, *vintage) {
            return Err(Rule::ReleaseSyntax.at(path));
        }
        Ok(release)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::audit::tests::{Draft, STORE, key};
    use crate::{DirectorySource, Log};

    fn append(root: &Path, entries: &[Entry]) {
        let mut log = Log::open(root, &key()).unwrap();
        let size = log.size();
        log.append_at(size, entries).unwrap();
    }

    /// Counts what is read.
    struct Counted(DirectorySource, std::sync::Mutex<Vec<String>>);

    impl Source for Counted {
        fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
            self.1.lock().unwrap().push(path.to_owned());
            self.0.read(path)
        }
    }

    #[test]
    fn a_refresh_reads_what_a_full_reading_reads() {
        let root = tempfile::tempdir().unwrap();
        let draft = Draft::new(4);
        draft.write(root.path());
        let source = Counted(DirectorySource::new(root.path()), Default::default());
        let mut log = read_verified(&source, None).unwrap();
        assert!(!log.refresh(&source).unwrap());
        // The reader lags behind by one to three hundred entries, over the edge of a tile.
        for lag in [1, 1, 3, 229, 1, 255, 256, 300] {
            append(root.path(), &vec![draft.entries[4].clone(); lag]);
            source.1.lock().unwrap().clear();
            assert!(log.refresh(&source).unwrap());
            let read = source.1.lock().unwrap().len();
            assert!(read <= 2 * (lag / 256 + 2) + 3, "{read} files for {lag} entries");
            let whole = read_verified(&source, None).unwrap();
            assert_eq!(
                (log.size, log.root, &log.entries),
                (whole.size, whole.root, &whole.entries)
            );
        }
    }

    #[test]
    fn a_reader_refuses_a_tree_that_does_not_extend_its_own() {
        let entries = Draft::new(4).entries;
        let draft = |count: usize, turned: bool| {
            let root = tempfile::tempdir().unwrap();
            let mut draft = Draft::new(4);
            draft.entries.truncate(count);
            if turned {
                draft.entries[3..].reverse();
            }
            draft.write(root.path());
            root
        };
        let seen = draft(10, false);
        let mut log = read_verified(&DirectorySource::new(seen.path()), None).unwrap();
        let head = log.head();
        let others = [
            (draft(9, false), "a true prefix"),
            (draft(10, true), "two roots of one size"),
            (draft(12, true), "another history"),
        ];
        for (other, name) in &others {
            let source = DirectorySource::new(other.path());
            let refused = log.refresh(&source);
            assert!(
                matches!(refused, Err(Error::Fork(Fork::Tree { size_seen: 10, .. }))),
                "{name}"
            );
            assert_eq!((log.size, log.head()), (10, head), "nothing has changed: {name}");
            let whole = read_verified(&source, None).unwrap();
            let fork = whole.extends(&head).unwrap_err();
            assert_eq!((fork.code(), fork.exit_code()), ("fork", 5), "{name}");
        }
        append(seen.path(), &entries[10..]);
        assert!(log.refresh(&DirectorySource::new(seen.path())).unwrap());
        log.extends(&head).unwrap();
        log.extends(&TreeHead { size: 0, root: Tree::default().root() }).unwrap();
    }

    #[test]
    fn another_history_that_begins_at_a_tile_is_a_fork() {
        let entry = Draft::new(1).entries[3].clone();
        let write = |turned: bool| {
            let root = tempfile::tempdir().unwrap();
            let mut draft = Draft::new(1);
            draft.entries.resize(256, entry.clone());
            if turned {
                draft.entries.swap(2, 3);
            }
            draft.write(root.path());
            root
        };
        let (ours, theirs) = (write(false), write(true));
        let mut log = read_verified(&DirectorySource::new(ours.path()), None).unwrap();
        append(theirs.path(), std::slice::from_ref(&entry));
        let fork = log.refresh(&DirectorySource::new(theirs.path()));
        assert!(matches!(fork, Err(Error::Fork(_))), "{fork:?}");

        append(ours.path(), &[entry]);
        let bundle = ours.path().join("tile/entries/001.p/1");
        let good = fs::read(&bundle).unwrap();
        let mut bad = good.clone();
        bad[30] ^= 1;
        fs::write(&bundle, bad).unwrap();
        let broken = log.refresh(&DirectorySource::new(ours.path())).unwrap_err();
        assert_eq!(broken.code(), "root", "broken files are no fork");
        fs::write(&bundle, good).unwrap();
        assert!(log.refresh(&DirectorySource::new(ours.path())).unwrap());
    }

    #[test]
    fn a_full_tile_serves_the_reader_of_an_older_checkpoint() {
        let root = tempfile::tempdir().unwrap();
        let draft = Draft::new(4);
        draft.write(root.path());
        let checkpoint = fs::read(root.path().join(CHECKPOINT)).unwrap();
        append(root.path(), &vec![draft.entries[4].clone(); 300]);
        assert!(!root.path().join("tile/0/000.p").exists());
        fs::write(root.path().join(CHECKPOINT), checkpoint).unwrap();
        let log = read_verified(&DirectorySource::new(root.path()), None).unwrap();
        assert_eq!(log.entries, draft.entries);
    }

    #[test]
    fn a_release_is_read_only_as_the_ledger_names_it() {
        let root = tempfile::tempdir().unwrap();
        let draft = Draft::new(1);
        draft.write(root.path());
        let source = DirectorySource::new(root.path());
        let log = read_verified(&source, None).unwrap();
        assert_eq!(log.origin, origin(STORE));
        assert_eq!(log.plan().unwrap().1.statement.id, "BORDER");
        let release = log.read_release(&source, 3).unwrap();
        assert_eq!((release.dataflow.as_str(), release.parts.len()), ("BORDER_FLOW", 1));
        for no_release in [0, 2, 99, u64::MAX] {
            assert_eq!(log.read_release(&source, no_release).unwrap_err().code(), "entry-syntax");
        }
        let path = root.path().join(Release::path("BORDER_FLOW", "2024-01-30", 0));
        fs::write(path, b"{}").unwrap();
        assert_eq!(log.read_release(&source, 3).unwrap_err().code(), "release-digest");
    }
}
