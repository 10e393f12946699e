//! Writing a segment: several threads gather events into blocks of one file.
//!
//! Not here: who may write (room `store` holds the lock), and which steps are open.
//!
//! Invariants:
//! 1. A segment is whole or it is not in the journal: its file is synced before the control
//!    store names it (`tidegauge/tests/crash.rs`).
//! 2. An event of a step past the horizon is not written
//!    (`journal::segment::tests::an_event_past_the_horizon_is_not_taken`).

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tidegauge_fold::Event;

use super::format::{BLOCK_BYTES_MAX, Block, INDEX, ROW_HEAD, SegmentName, encode};
use crate::calendar::{SEED, StepNumber};
use crate::error::Error;
use crate::intake::EventSink;
use crate::layout::create_private_file;
use crate::vault::{FileCipher, Salt, StoreKey, TAG_BYTES};

/// Bytes that the threads gather together before they write all of their blocks.
const GATHERED_BYTES_MAX: usize = 128 << 20;
/// Bytes after which the file is synced while writing goes on.
const SYNC_BYTES: u64 = 64 << 20;

/// The state shared by the threads that write one segment.
struct Writing {
    /// The offset of the next block; taken before the block is written, so never twice.
    offset: u64,
    blocks: Vec<Block>,
    /// Asks the syncing thread to sync the data written so far.
    sync: Option<Sender<()>>,
}

/// A segment that is being written; several sinks may feed it.
pub(crate) struct SegmentWriter {
    file: Arc<File>,
    path: PathBuf,
    salt: Salt,
    cipher: FileCipher,
    writing: Mutex<Writing>,
    syncing: Option<JoinHandle<std::io::Result<()>>>,
    width: usize,
    first_open: StepNumber,
    /// Events that occurred before this step are dropped.
    oldest: StepNumber,
}

impl SegmentWriter {
    /// Begins a segment in a file that must not exist, for events with this many attributes.
    /// `first_open` is the first step that has not closed.
    pub(crate) fn create(
        path: PathBuf,
        attributes: usize,
        first_open: StepNumber,
        key: &StoreKey,
    ) -> Result<Self, Error> {
        let (salt, cipher) = key.new_file()?;
        let file = create_private_file(&path).map_err(Error::system(&path, "create"))?;
        let file = Arc::new(file);
        let (sync, asked) = channel();
        let syncing = std::thread::spawn({
            let file = Arc::clone(&file);
            move || asked.iter().try_for_each(|()| file.sync_data())
        });
        let writing = Mutex::new(Writing { offset: 0, blocks: vec![], sync: Some(sync) });
        let (syncing, width) = (Some(syncing), ROW_HEAD + 2 * attributes);
        let oldest = StepNumber::MIN;
        Ok(Self { file, path, salt, cipher, writing, syncing, width, first_open, oldest })
    }

    /// Takes only events that occurred in this step or later.
    pub(crate) fn taking_from(self, oldest: StepNumber) -> Self {
        Self { oldest, ..self }
    }

    /// A sink for one of so many threads. The events that it has gathered are lost unless
    /// [`SegmentSink::finish`] is called.
    pub(crate) fn sink(&self, threads: usize) -> SegmentSink<'_> {
        let bytes_max = GATHERED_BYTES_MAX / threads.max(2);
        let (gathered, spare) = (HashMap::new(), Vec::new());
        SegmentSink { writer: self, gathered, spare, bytes: 0, bytes_max }
    }

    /// The step that folds the events of a step.
    fn folded(&self, occurred: StepNumber) -> StepNumber {
        if self.first_open == 0 && occurred == SEED { SEED } else { occurred.max(self.first_open) }
    }

    /// Encrypts the rows of a step in place and writes them as one block. Leaves `rows` empty.
    pub(super) fn write(&self, occurred: StepNumber, rows: &mut Vec<u8>) -> Result<(), Error> {
        self.write_block((occurred, self.folded(occurred)), rows)
    }

    /// Encrypts rows in place and writes them as a block of the step in which they occurred and the
    /// step that folds them. Leaves `rows` empty.
    pub(super) fn write_block(
        &self,
        (occurred, folded): (StepNumber, StepNumber),
        rows: &mut Vec<u8>,
    ) -> Result<(), Error> {
        // A block has at most BLOCK_BYTES_MAX bytes and a row.
        let bytes = rows.len() as u32;
        let block_bytes = rows.len() as u64 + TAG_BYTES as u64;
        let offset = {
            let mut writing = self.lock();
            let offset = writing.offset;
            writing.offset += block_bytes;
            offset
        };
        let block = Block { occurred, folded, offset, bytes };
        let failed = |doing| Error::system(&self.path, doing);
        self.cipher.encrypt(offset, &block.associated_data(), rows).map_err(failed("encrypt"))?;
        self.file.write_all_at(rows, offset).map_err(failed("write"))?;
        rows.clear();
        let mut writing = self.lock();
        writing.blocks.push(block);
        if offset / SYNC_BYTES != (offset + block_bytes) / SYNC_BYTES
            && let Some(sync) = &writing.sync
        {
            // A syncing thread that has stopped reports its error at the end.
            let _ = sync.send(());
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the index and syncs the file. `None` when there was no event.
    pub(crate) fn finish(mut self) -> Result<Option<SegmentName>, Error> {
        let syncing = self.syncing.take();
        let mut writing = self.writing.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (path, failed) = (&self.path, |doing| Error::system(&self.path, doing));
        drop(writing.sync.take());
        if let Some(syncing) = syncing {
            let synced = syncing.join().unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()));
            synced.map_err(failed("sync"))?;
        }
        if writing.blocks.is_empty() {
            return Ok(None);
        }
        // Threads finish in any order; the index has a fixed one.
        writing.blocks.sort_by_key(|block| (block.folded, block.occurred, block.offset));
        let mut index = serde_json::to_vec(&writing.blocks)
            .map_err(|_| Error::corrupt(path, "index", "cannot be written"))?;
        self.cipher.encrypt(writing.offset, INDEX, &mut index).map_err(failed("encrypt"))?;
        self.file.write_all_at(&index, writing.offset).map_err(failed("write"))?;
        self.file.sync_all().map_err(failed("sync"))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let index_bytes = index.len() as u64;
        let bytes = writing.offset + index_bytes;
        Ok(Some(SegmentName { name, bytes, index_bytes, salt: self.salt }))
    }
}

/// Gathers one thread's events into blocks.
pub(crate) struct SegmentSink<'a> {
    writer: &'a SegmentWriter,
    gathered: HashMap<StepNumber, Vec<u8>>,
    /// The memory of the last block, reused for the next one.
    spare: Vec<u8>,
    bytes: usize,
    bytes_max: usize,
}

impl SegmentSink<'_> {
    /// Writes the remaining events.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Error> {
        for (&step, rows) in self.gathered.iter_mut().filter(|(_, rows)| !rows.is_empty()) {
            self.writer.write(step, rows)?;
        }
        self.gathered.clear();
        self.bytes = 0;
        Ok(())
    }
}

impl EventSink for SegmentSink<'_> {
    fn take(&mut self, step: StepNumber, event: Event) -> Result<(), Error> {
        if step < self.writer.oldest {
            return Ok(());
        }
        let spare = &mut self.spare;
        let rows = self.gathered.entry(step).or_insert_with(|| std::mem::take(spare));
        encode(&event, self.writer.width, rows);
        self.bytes += self.writer.width;
        if rows.len() >= BLOCK_BYTES_MAX {
            self.bytes -= rows.len();
            let mut rows = self.gathered.remove(&step).unwrap_or_default();
            self.writer.write(step, &mut rows)?;
            self.spare = rows;
        }
        if self.bytes >= self.bytes_max {
            self.flush()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::functions::CipherKind;

    fn key() -> StoreKey {
        StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm)
    }

    #[test]
    fn an_event_of_a_closed_step_folds_in_the_first_open_one() {
        let directory = tempfile::tempdir().unwrap();
        let writer = SegmentWriter::create(directory.path().join("one"), 2, 4, &key()).unwrap();
        assert_eq!([-1, 0, 3, 4, 9].map(|step| writer.folded(step)), [4, 4, 4, 4, 9]);
        let fresh = SegmentWriter::create(directory.path().join("two"), 2, 0, &key()).unwrap();
        assert_eq!([-1, 0, 9].map(|step| fresh.folded(step)), [-1, 0, 9]);
    }
}
