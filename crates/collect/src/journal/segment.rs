//! The journal: admitted events, durable, in immutable segments that the control store names.
//!
//! Not here: who may write (module `store` holds the lock), and what the events mean.
//!
//! Invariants:
//! 1. A segment is whole or it is not in the journal: its file is synced before the control
//!    store names it, and a file that is not named is removed at the next opening
//!    (`tidegauge/tests/crash.rs`).
//! 2. Every block is read back as it was written, where it was written, or the store is corrupt
//!    (`journal::segment::tests::a_flipped_bit_is_corrupt`, `swapped_blocks_are_corrupt`).
//! 3. An event of a step that is past the horizon is not written
//!    (`journal::segment::tests::an_event_past_the_horizon_is_not_taken`), and a copy of a segment holds the
//!    blocks that stay, as they were (`journal::segment::tests::a_copy_holds_what_stays`).
//!
//! Format of a segment: blocks of rows, then the index as JSON, each encrypted under the segment's
//! key (module `cipher`) and followed by its tag of 16 bytes; its offset is its nonce. A row is 16
//! bytes pseudonym, 8 bytes id, 6 bytes time (signed milliseconds), 1 byte kind, 2 bytes for each
//! attribute, all little endian. The index names for each block the step in which its events
//! occurred, the step that folds them (a later one for late events), offset and bytes of its rows;
//! both steps and the bytes are the block's associated data.

use std::collections::HashMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use tidegauge_fold::{ATTRIBUTES_MAX, Event, NO_CODE, Pseudonym, TOO_LATE};

use crate::error::Error;
use crate::intake::Sink;
use crate::intake::schema::{SEED, StepNumber};
use crate::vault::cipher::{FileCipher, Salt, StoreKey, TAG_BYTES};

/// Bytes of one block at most.
const BLOCK_BYTES_MAX: usize = 256 * 1024;
/// Bytes that one thread gathers before it writes everything it has.
const GATHERED_BYTES_MAX: usize = 64 << 20;
/// Bytes after which the disk is asked to begin its work.
const SYNC_BYTES: u64 = 64 << 20;
/// Bytes of a row before the attributes.
const ROW_HEAD: usize = 31;

/// One block of a segment.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The step in which the events occurred.
    pub occurred: StepNumber,
    /// The step that folds them.
    pub folded: StepNumber,
    offset: u64,
    bytes: u32,
}

impl Block {
    /// What its tag vouches for beside the rows.
    fn about(&self) -> Vec<u8> {
        let (occurred, folded) = (self.occurred.to_le_bytes(), self.folded.to_le_bytes());
        [&b"block"[..], &occurred, &folded, &self.bytes.to_le_bytes()].concat()
    }

    /// Whether the events came after their own step had closed.
    pub fn is_late(&self) -> bool {
        self.occurred != self.folded
    }

    /// How many steps after their own the events are folded, [`TOO_LATE`] for as many or more; what
    /// occurred before the plan's start and came after it is too late for every flow.
    pub fn age(&self) -> u8 {
        if self.is_late() && self.occurred == SEED {
            return TOO_LATE;
        }
        u8::try_from(self.folded - self.occurred).unwrap_or(TOO_LATE)
    }
}

/// A finished segment, as the control store names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentName {
    /// File name in the journal's directory.
    pub name: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of the index at the file's end, with its tag.
    pub index_bytes: u64,
    /// What the file's key is derived from, beside the store's key.
    pub salt: [u8; 32],
}

/// What the tag of an index vouches for beside it.
const INDEX: &[u8] = b"index";

struct Writing {
    /// Where the next block goes; given away before the block is written, so never twice.
    offset: u64,
    blocks: Vec<Block>,
    /// Asks the syncing thread to push what is written so far to the disk.
    sync: Option<Sender<()>>,
}

/// A segment that is being written; several sinks may feed it.
pub struct SegmentWriter {
    file: Arc<File>,
    path: PathBuf,
    salt: Salt,
    cipher: FileCipher,
    writing: Mutex<Writing>,
    syncing: Option<JoinHandle<std::io::Result<()>>>,
    width: usize,
    first_open: StepNumber,
    /// Events of earlier steps are not taken.
    oldest: StepNumber,
}

impl SegmentWriter {
    /// Begins a segment in a file that must not exist, for events of this many attributes.
    /// `first_open` is the first step that has not closed.
    pub(crate) fn create(
        path: PathBuf,
        attributes: usize,
        first_open: StepNumber,
        key: &StoreKey,
    ) -> Result<Self, Error> {
        let (salt, cipher) = key.new_file()?;
        let file = File::options().write(true).read(true).create_new(true).open(&path);
        let file = Arc::new(file.map_err(Error::system(&path, "create"))?);
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

    /// Takes events of this step and later ones alone.
    pub(crate) fn taking_from(self, oldest: StepNumber) -> Self {
        Self { oldest, ..self }
    }

    /// A sink for one thread. What it holds is lost unless [`SegmentSink::finish`] is called.
    pub(crate) fn sink(&self) -> SegmentSink<'_> {
        SegmentSink { writer: self, gathered: HashMap::new(), spare: Vec::new(), bytes: 0 }
    }

    /// The step that folds events which occurred in a step.
    fn folded(&self, occurred: StepNumber) -> StepNumber {
        if self.first_open == 0 && occurred == SEED { SEED } else { occurred.max(self.first_open) }
    }

    fn write(&self, occurred: StepNumber, rows: &mut Vec<u8>) -> Result<(), Error> {
        self.write_block((occurred, self.folded(occurred)), rows)
    }

    /// Encrypts rows in their memory and writes them as a block of the step in which they occurred
    /// and that which folds them; leaves nothing of them.
    fn write_block(
        &self,
        (occurred, folded): (StepNumber, StepNumber),
        rows: &mut Vec<u8>,
    ) -> Result<(), Error> {
        // A block has at most BLOCK_BYTES_MAX bytes and a row.
        let bytes = rows.len() as u32;
        let after = rows.len() as u64 + TAG_BYTES as u64;
        let offset = {
            let mut writing = self.lock();
            let offset = writing.offset;
            writing.offset += after;
            offset
        };
        let block = Block { occurred, folded, offset, bytes };
        let failed = |doing| Error::system(&self.path, doing);
        self.cipher.encrypt(offset, &block.about(), rows).map_err(failed("encrypt"))?;
        self.file.write_all_at(rows, offset).map_err(failed("write"))?;
        rows.clear();
        let mut writing = self.lock();
        writing.blocks.push(block);
        if offset / SYNC_BYTES != (offset + after) / SYNC_BYTES
            && let Some(sync) = &writing.sync
        {
            // A syncing thread that has stopped tells its error at the end.
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
        // Threads finish in any order; the index does not.
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
pub struct SegmentSink<'a> {
    writer: &'a SegmentWriter,
    gathered: HashMap<StepNumber, Vec<u8>>,
    /// The memory of the last block, for the next: one, whatever the number of steps.
    spare: Vec<u8>,
    bytes: usize,
}

impl SegmentSink<'_> {
    /// Writes what is left.
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

impl Sink for SegmentSink<'_> {
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
        if self.bytes >= GATHERED_BYTES_MAX {
            self.flush()?;
        }
        Ok(())
    }
}

fn encode(event: &Event, width: usize, rows: &mut Vec<u8>) {
    rows.extend_from_slice(&event.pseudonym.bits().to_le_bytes());
    rows.extend_from_slice(&event.id.to_le_bytes());
    rows.extend_from_slice(&event.at.to_le_bytes()[..6]);
    rows.push(event.kind);
    for code in event.codes.iter().take((width - ROW_HEAD) / 2) {
        rows.extend_from_slice(&code.to_le_bytes());
    }
}

/// `N` bytes of a row, from a place on.
fn part<const N: usize>(row: &[u8], from: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&row[from..from + N]);
    part
}

fn decode(row: &[u8], age: u8) -> Event {
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    for (code, bytes) in codes.iter_mut().zip(row[ROW_HEAD..].chunks_exact(2)) {
        *code = u16::from_le_bytes(part(bytes, 0));
    }
    let time: [u8; 6] = part(row, 24);
    let mut at = [0; 8];
    at[2..].copy_from_slice(&time);
    Event {
        pseudonym: Pseudonym::from_bits(u128::from_le_bytes(part(row, 0))),
        id: u64::from_le_bytes(part(row, 16)),
        // Shifting back extends the sign of the 48 bits.
        at: i64::from_le_bytes(at) >> 16,
        kind: row[30],
        age,
        codes,
    }
}

/// A segment of the journal. Its file is open only while a block is read: a journal may have
/// more segments than a process may have files.
pub struct Segment {
    path: PathBuf,
    cipher: FileCipher,
    width: usize,
    blocks: Vec<Block>,
}

/// What is wrong with bytes that do not open.
const OTHER: &str = "is not what was written";

impl Segment {
    /// Opens a segment and checks its index.
    ///
    /// Errors: a size other than the control store's, bytes other than those written.
    pub(crate) fn open(
        directory: &Path,
        name: &SegmentName,
        attributes: usize,
        key: &StoreKey,
    ) -> Result<Self, Error> {
        let path = directory.join(&name.name);
        let corrupt = |rule| Error::corrupt(&path, "index", rule);
        let file = File::open(&path).map_err(Error::system(&path, "open"))?;
        let bytes = file.metadata().map_err(Error::system(&path, "read"))?.len();
        let rows = name.bytes.checked_sub(name.index_bytes);
        let Some(rows) = rows.filter(|_| bytes == name.bytes) else {
            return Err(corrupt("the file has another size than when it was written"));
        };
        let mut index = vec![0; usize::try_from(name.index_bytes).unwrap_or(0)];
        file.read_exact_at(&mut index, rows).map_err(Error::system(&path, "read"))?;
        let cipher = key.file(&name.salt);
        cipher.decrypt(rows, INDEX, &mut index).map_err(|_| corrupt(OTHER))?;
        let blocks: Vec<Block> =
            serde_json::from_slice(&index).map_err(|_| corrupt("is not an index"))?;
        Ok(Self { path, cipher, width: ROW_HEAD + 2 * attributes, blocks })
    }

    /// The blocks.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How many events a block holds.
    pub fn rows(&self, block: &Block) -> usize {
        block.bytes as usize / self.width
    }

    /// Reads one block and hands its events over.
    ///
    /// Errors: bytes other than those written.
    pub fn events(&self, block: &Block, mut take: impl FnMut(Event)) -> Result<(), Error> {
        for row in self.read_rows(block)?.chunks_exact(self.width) {
            take(decode(row, block.age()));
        }
        Ok(())
    }

    fn read_rows(&self, block: &Block) -> Result<Vec<u8>, Error> {
        let mut rows = vec![0; block.bytes as usize + TAG_BYTES];
        let file = File::open(&self.path).map_err(Error::system(&self.path, "open"))?;
        file.read_exact_at(&mut rows, block.offset).map_err(Error::system(&self.path, "read"))?;
        self.cipher
            .decrypt(block.offset, &block.about(), &mut rows)
            .map_err(|_| Error::corrupt(&self.path, "block", OTHER))?;
        Ok(rows)
    }

    /// The file's name in the journal.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// How many bytes of rows are in blocks that are meant, and in all.
    pub(crate) fn bytes_of(&self, meant: impl Fn(&Block) -> bool) -> (u64, u64) {
        let bytes = |block: &Block| u64::from(block.bytes);
        let of_meant = self.blocks.iter().filter(|block| meant(block)).map(bytes).sum();
        (of_meant, self.blocks.iter().map(bytes).sum())
    }

    /// Writes a new segment of the blocks that stay, durable but not yet named.
    ///
    /// Errors: bytes other than those written, and no block that stays.
    pub(crate) fn copy(
        &self,
        stays: impl Fn(&Block) -> bool,
        path: PathBuf,
        key: &StoreKey,
    ) -> Result<SegmentName, Error> {
        // No row is taken from a sink, so neither attributes nor the first open step matter.
        let writer = SegmentWriter::create(path, 0, 0, key)?;
        for block in self.blocks.iter().filter(|block| stays(block)) {
            writer.write_block((block.occurred, block.folded), &mut self.read_rows(block)?)?;
        }
        let nothing = || Error::corrupt(&self.path, "index", "holds no block that stays");
        writer.finish()?.ok_or_else(nothing)
    }
}

/// The name of a segment by its number.
pub(crate) fn segment_name(number: usize) -> String {
    format!("{number:08}.segment")
}

/// Removes what a crash left in a directory: files that the control store does not name and
/// that a crash can leave there, which `leftover` tells.
///
/// Errors: a file that is neither; the control store is then not the one that wrote it.
pub(crate) fn remove_leftovers(
    directory: &Path,
    names: &[&str],
    leftover: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    for entry in fs::read_dir(directory).map_err(Error::system(directory, "list"))? {
        let path = entry.map_err(Error::system(directory, "list"))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() || names.contains(&name.as_str()) {
            continue;
        }
        if !leftover(&name) {
            return Err(Error::corrupt(&path, "name", "is not known to the control store"));
        }
        fs::remove_file(&path).map_err(Error::system(&path, "remove"))?;
    }
    Ok(())
}

/// Makes what happened in a directory durable.
pub(crate) fn sync_directory(directory: &Path) -> Result<(), Error> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::system(directory, "sync"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(n: u64) -> Event {
        let mut codes = [NO_CODE; ATTRIBUTES_MAX];
        codes[..2].copy_from_slice(&[n as u16, 300]);
        let pseudonym = Pseudonym::from_bits(u128::from(n) << 100 | 5);
        let at = -1_000_000 + n as i64;
        Event { pseudonym, id: n, at, kind: 1, age: 0, codes }
    }

    fn key() -> StoreKey {
        StoreKey::new([7; 32].into())
    }

    fn written(directory: &Path, events: u64) -> SegmentName {
        let writer = SegmentWriter::create(directory.join("one"), 2, 0, &key()).unwrap();
        let mut sink = writer.sink();
        for n in 0..events {
            sink.take((n % 3) as i32 - 1, event(n)).unwrap();
        }
        sink.finish().unwrap();
        writer.finish().unwrap().unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let name = written(directory.path(), 50_000);
        let segment = Segment::open(directory.path(), &name, 2, &key()).unwrap();
        let mut read = Vec::new();
        for block in segment.blocks() {
            assert!(!block.is_late());
            segment.events(block, |event| read.push(event)).unwrap();
        }
        read.sort_by_key(|event| event.id);
        assert_eq!(read, (0..50_000).map(event).collect::<Vec<_>>());
    }

    #[test]
    fn a_flipped_bit_is_corrupt() {
        let directory = tempfile::tempdir().unwrap();
        let name = written(directory.path(), 100);
        let path = directory.path().join("one");
        let whole = fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(41) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            fs::write(&path, flipped).unwrap();
            let read = Segment::open(directory.path(), &name, 2, &key()).and_then(|segment| {
                segment.blocks().iter().try_for_each(|block| segment.events(block, |_| {}))
            });
            assert!(matches!(read, Err(Error::Corrupt { .. })), "byte {at}");
        }
    }

    #[test]
    fn swapped_blocks_are_corrupt() {
        let directory = tempfile::tempdir().unwrap();
        // 99 events: three blocks of 33 rows.
        let name = written(directory.path(), 99);
        let path = directory.path().join("one");
        let mut bytes = fs::read(&path).unwrap();
        let length = 33 * (ROW_HEAD + 4) + TAG_BYTES;
        let (one, other) = bytes.split_at_mut(length);
        one.swap_with_slice(&mut other[..length]);
        fs::write(&path, bytes).unwrap();
        let segment = Segment::open(directory.path(), &name, 2, &key()).unwrap();
        let read = segment.blocks().iter().map(|block| segment.events(block, |_| {}).is_ok());
        assert_eq!(read.filter(|&good| good).count(), 1, "the block that stayed in its place");
    }

    #[test]
    fn another_segment_of_the_same_name_is_corrupt() {
        let directory = tempfile::tempdir().unwrap();
        let name = written(directory.path(), 100);
        fs::remove_file(directory.path().join("one")).unwrap();
        let again = written(directory.path(), 100);
        assert_eq!((name.bytes, name.index_bytes), (again.bytes, again.index_bytes));
        let read = Segment::open(directory.path(), &name, 2, &key());
        assert!(matches!(read, Err(Error::Corrupt { .. })));
    }

    #[test]
    fn an_event_past_the_horizon_is_not_taken() {
        let directory = tempfile::tempdir().unwrap();
        let writer = SegmentWriter::create(directory.path().join("one"), 2, 9, &key()).unwrap();
        let writer = writer.taking_from(4);
        let mut sink = writer.sink();
        for step in -1..12 {
            sink.take(step, event(step.unsigned_abs().into())).unwrap();
        }
        sink.finish().unwrap();
        let name = writer.finish().unwrap().unwrap();
        let segment = Segment::open(directory.path(), &name, 2, &key()).unwrap();
        let steps: Vec<_> = segment.blocks().iter().map(|b| (b.occurred, b.folded)).collect();
        let late = [(4, 9), (5, 9), (6, 9), (7, 9), (8, 9)];
        assert_eq!(steps, [&late[..], &[(9, 9), (10, 10), (11, 11)]].concat());
    }

    #[test]
    fn a_copy_holds_what_stays() {
        let directory = tempfile::tempdir().unwrap();
        let name = written(directory.path(), 30_000);
        let segment = Segment::open(directory.path(), &name, 2, &key()).unwrap();
        let path = directory.path().join("two");
        let copied = segment.copy(|block| block.occurred == 1, path, &key()).unwrap();
        assert_ne!(copied.salt, name.salt);
        let copy = Segment::open(directory.path(), &copied, 2, &key()).unwrap();
        let mut read = Vec::new();
        for block in copy.blocks() {
            assert_eq!((block.occurred, block.folded), (1, 1));
            copy.events(block, |event| read.push(event)).unwrap();
        }
        read.sort_by_key(|event| event.id);
        assert_eq!(read, (0..30_000).filter(|n| n % 3 == 2).map(event).collect::<Vec<_>>());
        let (past, all) = segment.bytes_of(|block| block.occurred < 1);
        assert_eq!(3 * past, 2 * all);
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
