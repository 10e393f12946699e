//! The files of a public directory, as its ledger names them.
//!
//! Not here: whether they are the files that the ledger means (`verified`).
//!
//! Invariants:
//! 1. The files are those that a store publishes, and no other
//!    (`files::tests::the_files_are_those_that_a_store_publishes`).

use std::collections::BTreeSet;

use tidegauge_tlog::tile::Tile;
use tidegauge_tlog::{CHECKPOINT, VERIFIER_KEY};

use crate::entry::Entry;
use crate::layout::plan_path;
use crate::release::Release;

/// The paths of the files of a public directory.
#[derive(Clone, Debug, Default)]
pub struct PublicFiles {
    /// Those that must be there.
    pub needed: BTreeSet<String>,
    /// Earlier partial tiles, which may be there for readers of an older checkpoint.
    pub earlier: BTreeSet<String>,
}

impl PublicFiles {
    /// The files of a ledger with these entries.
    pub fn of(entries: &[Entry]) -> Self {
        let size = entries.len() as u64;
        let mut needed = BTreeSet::from([CHECKPOINT.to_owned(), VERIFIER_KEY.to_owned()]);
        needed.extend(Tile::between(0, size).map(|tile| tile.to_string()));
        needed.extend(entries.iter().filter_map(|entry| match entry {
            Entry::Plan { digest, .. } | Entry::Amendment { digest, .. } => Some(plan_path(digest)),
            Entry::Release { dataflow, step, vintage, .. } => {
                Some(Release::path(dataflow, step, *vintage))
            }
            Entry::Genesis { .. } | Entry::Charge { .. } => None,
        }));
        let earlier = Tile::earlier(size).map(|tile| tile.to_string()).collect();
        Self { needed, earlier }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use tidegauge_tlog::DirectorySource;

    use super::*;
    use crate::audit::tests::{Draft, key};
    use crate::log::LedgerWriter;
    use crate::verified::read_verified;

    fn add(directory: &Path, root: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                add(&path, root, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }

    #[test]
    fn the_files_are_those_that_a_store_publishes() {
        let root = tempfile::tempdir().unwrap();
        let draft = Draft::new(4);
        draft.write(root.path());
        let mut log = LedgerWriter::open(root.path(), &key()).unwrap();
        let size = log.size();
        log.append_at(size, &[draft.entries[4].clone()]).unwrap();
        let public = PublicFiles::of(log.entries());
        let mut found = BTreeSet::new();
        add(root.path(), root.path(), &mut found);
        assert!(public.needed.is_subset(&found), "{:?}", public.needed.difference(&found));
        let more: BTreeSet<String> = found.difference(&public.needed).cloned().collect();
        assert!(!more.is_empty() && more.is_subset(&public.earlier), "{more:?}");
        drop(log);

        let source = DirectorySource::new(root.path());
        let log = read_verified(&source, None).unwrap();
        log.check_files(&source).unwrap();
        let tile = more.first().unwrap();
        fs::write(root.path().join(tile), "other").unwrap();
        assert!(log.check_files(&source).is_err());
    }
}
