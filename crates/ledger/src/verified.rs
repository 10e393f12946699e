//! A ledger as a stranger reads it: signature, tree and entries verified, plans read.
//!
//! Not here: how the log is verified (crate `tlog`), and whether the entries keep to the plan
//! (`audit`). A server refreshes with this module; a refresh reads only the new entries.
//!
//! Invariants:
//! 1. Every entry is under the root that the log's key signed, every hash tile holds the hashes of
//!    the entries, and a failed refresh changes nothing
//!    (`verified::tests::a_refresh_reads_what_a_full_reading_reads`).
//! 2. A tree that does not extend the one read before is a fork
//!    (`verified::tests::a_reader_refuses_a_tree_that_does_not_extend_its_own`).

use tidegauge_model::Plan;
use tidegauge_tlog::merkle::Hash;
use tidegauge_tlog::{
    CHECKPOINT, Error as LogError, Fork, Source, TreeHead, VerifiedTree, read_key, required,
};

use crate::digest::{digest, hex};
use crate::entry::{Entry, LEDGER_FORMAT};
use crate::error::{Error, LedgerRule};
use crate::layout::origin;
use crate::release::{RELEASE_BYTES_MAX, Release};
use crate::succession::Succession;

/// A ledger whose signature, tree and plans are verified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifiedLog {
    /// The name of the log: `tidegauge/` and the id of the store.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
    /// The entries, by index.
    pub entries: Vec<Entry>,
    /// The plan and its amendments.
    pub succession: Succession,
    tree: VerifiedTree,
}

/// Reads a ledger and verifies the signature of its checkpoint, the root from all its entries, its
/// tiles, its genesis, its plan and the succession of its amendments. Without an expected verifier
/// key the published one is trusted.
///
/// Errors: anything that does not verify, the disk, the network.
pub fn read_verified(source: &dyn Source, vkey: Option<&str>) -> Result<VerifiedLog, Error> {
    let tree = VerifiedTree::new(read_key(source, vkey)?);
    let mut log = VerifiedLog {
        origin: tree.key().name().to_owned(),
        size: 0,
        root: tree.head().root,
        entries: Vec::new(),
        succession: Succession::default(),
        tree,
    };
    log.refresh(source)?;
    if log.entries.is_empty() {
        return Err(log.no_genesis().at(CHECKPOINT));
    }
    Ok(log)
}

impl VerifiedLog {
    /// Advances to the current checkpoint; reads and verifies only the new entries. Returns `false`
    /// if there are none. On an error nothing changes.
    ///
    /// Errors: as [`read_verified`]; [`LogError::Fork`] for a tree that does not extend this one.
    pub fn refresh(&mut self, source: &dyn Source) -> Result<bool, Error> {
        let Some(growth) = self.tree.growth(source)? else { return Ok(false) };
        let entries = Entry::parse_all(self.size, &growth.entries)?;
        let mut succession = self.succession.clone();
        for (index, entry) in (self.entries.len()..).zip(&entries) {
            let is_in_place = match entry {
                Entry::Genesis { store, .. } => {
                    index == 0 && entry.event_order().is_some() && origin(store) == self.origin
                }
                _ => index != 0,
            };
            if !is_in_place {
                return Err(self.no_genesis().at(format!("entry {index}")));
            }
            succession.take(index as u64, entry, source)?;
        }
        let TreeHead { size, root } = growth.tree.head();
        self.size = size;
        self.root = root;
        self.succession = succession;
        self.tree = growth.tree;
        let grown = !entries.is_empty();
        self.entries.extend(entries);
        Ok(grown)
    }

    fn no_genesis(&self) -> LedgerRule {
        LedgerRule::Genesis { origin: self.origin.clone(), format: LEDGER_FORMAT }
    }

    /// The head of the tree, which a caller can remember for [`VerifiedLog::extends`].
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }

    /// The root in lower-case hexadecimal.
    pub fn root_hex(&self) -> String {
        hex(&self.root)
    }

    /// The root that its tree had at an earlier size; `None` for a size that it has not reached.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        self.tree.root_at(size)
    }

    /// Checks that this log extends a head that was seen earlier.
    ///
    /// Errors: [`LogError::Fork`] if it does not: it was rolled back or has another history.
    pub fn extends(&self, seen: &TreeHead) -> Result<(), Error> {
        if self.tree.root_at(seen.size) == Some(seen.root) {
            return Ok(());
        }
        Err(LogError::Fork(Fork::Tree { size_seen: seen.size, size: self.size }).into())
    }

    /// The plan in force, with its amendments, and the digest of the first plan's text.
    pub fn plan(&self) -> Option<(&str, &Plan)> {
        let states = self.succession.states();
        let (first, newest) = states.first().zip(states.last())?;
        Some((&first.digest, &newest.plan))
    }

    /// Checks the files that reading the log does not read: that of each release, and earlier
    /// partial tiles.
    ///
    /// Errors: a file is missing or is another one; disk; network.
    pub fn check_files(&self, source: &dyn Source) -> Result<(), Error> {
        for (index, entry) in (0..).zip(&self.entries) {
            if matches!(entry, Entry::Release { .. }) {
                self.read_release(source, index)?;
            }
        }
        Ok(self.tree.check_earlier_tiles(source)?)
    }

    /// Reads the measurement file of the release entry at this index, and checks that it is the
    /// file that the entry names.
    ///
    /// Errors: no release at the index; the file is missing or is another one; disk; network.
    pub fn read_release(&self, source: &dyn Source, index: u64) -> Result<Release, Error> {
        let entry = usize::try_from(index).ok().and_then(|index| self.entries.get(index));
        let Some(Entry::Release { dataflow, step, vintage, path, digest: expected, bytes, .. }) =
            entry
        else {
            return Err(LedgerRule::EntrySyntax.at(format!("entry {index}")));
        };
        if *path != Release::path(dataflow, step, *vintage) {
            let expected = Release::path(dataflow, step, *vintage);
            return Err(LedgerRule::ReleasePath { expected }.at(format!("entry {index}")));
        }
        let file = required(source, path, RELEASE_BYTES_MAX)?;
        if file.len() as u64 != *bytes || digest(&file) != *expected {
            return Err(LedgerRule::ReleaseDigest.at(path));
        }
        let release = Release::parse(&file).map_err(|rule| rule.at(path))?;
        if (&release.dataflow, &release.step, release.vintage) != (dataflow, step, *vintage) {
            return Err(LedgerRule::ReleaseSyntax.at(path));
        }
        Ok(release)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use tidegauge_tlog::DirectorySource;
    use tidegauge_tlog::merkle::Tree;

    use super::*;
    use crate::audit::tests::{Draft, STORE, key};
    use crate::log::LedgerWriter;

    fn append(root: &Path, entries: &[Entry]) {
        let mut log = LedgerWriter::open(root, &key()).unwrap();
        let size = log.size();
        log.append_at(size, entries).unwrap();
    }

    /// Collects the paths that are read.
    struct RecordingSource(DirectorySource, std::sync::Mutex<Vec<String>>);

    impl Source for RecordingSource {
        fn read(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, LogError> {
            self.1.lock().unwrap().push(path.to_owned());
            self.0.read(path, bytes_max)
        }
    }

    #[test]
    fn a_refresh_reads_what_a_full_reading_reads() {
        let root = tempfile::tempdir().unwrap();
        let draft = Draft::new(4);
        draft.write(root.path());
        let source = RecordingSource(DirectorySource::new(root.path()), Default::default());
        let mut log = read_verified(&source, None).unwrap();
        assert!(!log.refresh(&source).unwrap());
        // The reader is one to three hundred entries behind, across the end of a tile.
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
        let draft = |count: usize, reversed: bool| {
            let root = tempfile::tempdir().unwrap();
            let mut draft = Draft::new(4);
            draft.entries.truncate(count);
            if reversed {
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
                matches!(
                    refused,
                    Err(Error::Log(LogError::Fork(Fork::Tree { size_seen: 10, .. })))
                ),
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
    fn only_the_release_file_that_the_ledger_names_is_read() {
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
