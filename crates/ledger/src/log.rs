//! A ledger open for writing: its entries are the lines of a log.
//!
//! Not here: how lines are appended durably (crate `tlog`), what the entries mean (`entry`), and
//! release and plan files (`layout::publish`).
//!
//! Invariants:
//! 1. A malformed entry is never appended
//!    (`log::tests::only_well_formed_entries_are_appended`).
//! 2. The charges of a window are found without a search of the ledger, and are those that a search
//!    finds (`log::tests::the_charges_of_a_window_are_all_found`).

use std::collections::BTreeMap;
use std::path::Path;

use tidegauge_tlog::checkpoint::Checkpoint;
use tidegauge_tlog::merkle::Hash;
use tidegauge_tlog::{LogRule, LogWriter, SigningKey, TreeHead, note};

use crate::entry::Entry;
use crate::error::Error;
use crate::layout::origin;

/// A ledger open for writing. While the value lives, no other process can open the ledger for
/// writing.
pub struct LedgerWriter {
    writer: LogWriter,
    /// The entries under the checkpoint.
    entries: Vec<Entry>,
    /// The indices of the charges of each window.
    charges: BTreeMap<String, Vec<u64>>,
}

impl LedgerWriter {
    /// Creates the ledger of a new store: its verifier key and the checkpoint of an empty tree. An
    /// interrupted call can be repeated.
    ///
    /// Errors: there is a ledger already; not the id of a store; another writer; disk.
    pub fn create(directory: &Path, store: &str, key: &SigningKey) -> Result<Self, Error> {
        let writer = LogWriter::create(directory, &origin(store), key)?;
        Ok(Self { writer, entries: Vec::new(), charges: BTreeMap::new() })
    }

    /// Opens a ledger after reading and verifying all of it.
    ///
    /// Errors: anything that does not verify, a key that is not the log's, another writer, disk.
    pub fn open(directory: &Path, key: &SigningKey) -> Result<Self, Error> {
        let (writer, lines) = LogWriter::open(directory, key)?;
        let mut log = Self { writer, entries: Vec::new(), charges: BTreeMap::new() };
        log.take(Entry::parse_all(0, &lines)?);
        Ok(log)
    }

    /// How many entries are under the checkpoint.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The entries under the checkpoint.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The charges of a window, each with its index, in their order.
    pub fn charges_of(&self, window: &str) -> impl Iterator<Item = (u64, &Entry)> {
        let indices = self.charges.get(window).map_or(&[][..], Vec::as_slice);
        indices.iter().map(|&index| (index, &self.entries[index as usize]))
    }

    /// The head of the tree. A caller that remembers it elsewhere can detect a restored copy of the
    /// store.
    pub fn head(&self) -> TreeHead {
        self.writer.head()
    }

    /// The root that the tree had at an earlier size; `None` for a size that it has not reached.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        self.writer.root_at(size)
    }

    /// The head that a signed checkpoint of this ledger states, whenever it was signed.
    ///
    /// Errors: not a checkpoint that the ledger's key signed.
    pub fn kept_head(&self, note: &[u8]) -> Result<TreeHead, Error> {
        let key = self.writer.verifier_key();
        let parsed = note::open(note, key).and_then(Checkpoint::parse);
        let Checkpoint { origin, size, root } = parsed.map_err(|rule| rule.at("--head"))?;
        if origin != key.name() {
            let expected = key.name().to_owned();
            return Err(LogRule::Origin { given: origin, expected }.at("--head").into());
        }
        Ok(TreeHead { size, root })
    }

    /// Appends entries, the first of which has this index. Entries that are already in the ledger
    /// are skipped, so a restart can repeat a call that a crash interrupted. The files that it
    /// writes have the time of the last entry as their modification time.
    ///
    /// Errors: the ledger has other entries there ([`tidegauge_tlog::Error::Fork`]); the index lies
    /// beyond the end ([`tidegauge_tlog::Error::Gap`]); a malformed entry; disk. After a failed
    /// write nothing more is appended until the ledger is opened again, since only reading shows
    /// what is on disk.
    pub fn append_at(&mut self, index: u64, entries: &[Entry]) -> Result<(), Error> {
        let mut lines = Vec::with_capacity(entries.len());
        for (index, entry) in (index..).zip(entries) {
            lines.push(entry.to_bytes().map_err(|rule| rule.at(format!("entry {index}")))?);
        }
        if let Some(modified) = entries.last().and_then(Entry::file_time) {
            self.writer.set_modified(modified);
        }
        self.writer.append_at(index, &lines)?;
        let there = self.entries.len() - index as usize;
        self.take(entries.get(there..).unwrap_or_default().to_vec());
        Ok(())
    }

    /// Takes the entries that follow the last.
    fn take(&mut self, mut entries: Vec<Entry>) {
        for (index, entry) in (self.size()..).zip(&entries) {
            if let Entry::Charge { window, .. } = entry {
                self.charges.entry(window.clone()).or_default().push(index);
            }
        }
        self.entries.append(&mut entries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::digest;
    use crate::entry::StoreClass;

    fn genesis(at: &str) -> Entry {
        Entry::Genesis {
            format: 1,
            store: "5ac0".into(),
            class: StoreClass::Synthetic,
            noise: "seed:07".into(),
            order: None,
            at: at.into(),
        }
    }

    fn release(number: u64) -> Entry {
        Entry::Release {
            dataflow: "FLOW".into(),
            step: "2024-01-01".into(),
            vintage: 0,
            charges: vec![number],
            path: "release/FLOW/2024-01-01.v0.json".into(),
            digest: digest(&number.to_le_bytes()),
            bytes: number,
            silent: vec![],
            at: "2024-01-02T00:00:00Z".into(),
        }
    }

    #[test]
    fn only_well_formed_entries_are_appended() {
        let root = tempfile::tempdir().unwrap();
        let key = SigningKey::from_bytes(&[7; 32]);
        let first = std::iter::once(genesis("2024-01-01T00:00:00Z"));
        let all: Vec<Entry> = first.chain((1..20).map(release)).collect();
        let mut log = LedgerWriter::create(root.path(), "5ac0", &key).unwrap();
        log.append_at(0, &all[..10]).unwrap();
        log.append_at(3, &all[3..7]).unwrap();
        log.append_at(10, &[]).unwrap();
        assert_eq!(log.size(), 10);
        log.append_at(5, &all[5..]).unwrap();
        assert_eq!(log.entries(), all);
        let gap = log.append_at(21, &all[..1]).unwrap_err();
        assert_eq!((gap.code(), gap.exit_code()), ("ledger-gap", 5));
        let fork = log.append_at(19, &[release(7), release(8)]).unwrap_err();
        assert_eq!((fork.code(), fork.exit_code()), ("fork", 5));
        assert!(fork.to_string().starts_with("checkpoint: the log has other bytes at entry 19; "));
        assert_eq!(log.append_at(20, &[genesis("today")]).unwrap_err().code(), "entry-syntax");
        assert_eq!(log.size(), 20);
        drop(log);
        assert_eq!(LedgerWriter::open(root.path(), &key).unwrap().entries(), all);
    }

    #[test]
    fn the_charges_of_a_window_are_all_found() {
        let charge = |number: u64| Entry::Charge {
            dataflow: "FLOW".into(),
            window: ["2024", "2025", "2026"][number as usize % 3].into(),
            part: crate::part::Part::Stream,
            delta2: number.to_string(),
            variance: "1".into(),
            rho: "1".into(),
            at: "2024-01-01T00:00:00Z".into(),
        };
        let first = std::iter::once(genesis("2024-01-01T00:00:00Z"));
        let rest =
            (1..40).map(|number| if number % 4 == 0 { release(number) } else { charge(number) });
        let all: Vec<Entry> = first.chain(rest).collect();
        let searched = |window: &str| -> Vec<(u64, Entry)> {
            let charges = (0..).zip(&all);
            let own = charges.filter(
                |(_, entry)| matches!(entry, Entry::Charge { window: own, .. } if own == window),
            );
            own.map(|(index, entry)| (index, entry.clone())).collect()
        };
        let root = tempfile::tempdir().unwrap();
        let key = SigningKey::from_bytes(&[7; 32]);
        let mut log = LedgerWriter::create(root.path(), "5ac0", &key).unwrap();
        log.append_at(0, &all[..10]).unwrap();
        // Some are there already.
        log.append_at(5, &all[5..]).unwrap();
        let check = |log: &LedgerWriter| {
            for window in ["2024", "2025", "2026"] {
                let found = log.charges_of(window).map(|(index, entry)| (index, entry.clone()));
                assert_eq!(found.collect::<Vec<_>>(), searched(window));
                assert!(!searched(window).is_empty());
            }
            assert_eq!(log.charges_of("2027").count(), 0);
        };
        check(&log);
        drop(log);
        check(&LedgerWriter::open(root.path(), &key).unwrap());
    }
}
