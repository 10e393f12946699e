//! Reading a segment: its index, then block by block.
//!
//! Not here: how a segment is written (module `writer`), and which segments there are (module
//! `store::control`).
//!
//! Invariants:
//! 1. Every block is read back as it was written, where it was written, or the store is corrupt
//!    (`journal::segment::tests::a_flipped_bit_is_corrupt`, `swapped_blocks_are_corrupt`).
//! 2. A copy of segments has the events of the blocks that stay
//!    (`journal::segment::tests::a_copy_has_the_blocks_that_stay`,
//!    `journal::segment::tests::a_copy_of_many_has_few_blocks`).

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use tidegauge_fold::Event;

use super::format::{BLOCK_BYTES_MAX, Block, INDEX, ROW_HEAD, SegmentName, decode};
use super::writer::SegmentWriter;
use crate::error::Error;
use crate::formats::SEGMENT;
use crate::vault::{FileCipher, StoreKey, TAG_BYTES};

/// A segment of the journal. Its file is open only while a block is read: a journal may have
/// more segments than a process may have files.
pub(crate) struct Segment {
    path: PathBuf,
    cipher: FileCipher,
    width: usize,
    file_bytes: u64,
    blocks: Vec<Block>,
}

impl Segment {
    /// Opens a segment and checks its index.
    ///
    /// Errors: a missing file, a size other than the control store's, bytes that differ from those
    /// written; disk.
    pub(crate) fn open(
        directory: &Path,
        name: &SegmentName,
        attributes: usize,
        key: &StoreKey,
    ) -> Result<Self, Error> {
        let path = directory.join(&name.name);
        let cipher = key.file(&name.salt);
        let index = cipher.read_index(&path, (name.bytes, name.index_bytes), INDEX)?;
        let blocks: Vec<Block> = match serde_json::from_slice(&index) {
            Ok(blocks) => blocks,
            Err(_) => {
                // An index of another format states its number.
                SEGMENT.stated_in(&index).map_err(Error::other_format(&path))?;
                return Err(Error::corrupt(&path, "index", "is not an index"));
            }
        };
        let (width, file_bytes) = (ROW_HEAD + 2 * attributes, name.bytes);
        Ok(Self { path, cipher, width, file_bytes, blocks })
    }

    /// The blocks.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How many events a block holds.
    pub(crate) fn rows(&self, block: &Block) -> usize {
        block.bytes as usize / self.width
    }

    /// Reads one block and passes each of its events to `take`.
    ///
    /// Errors: bytes that differ from those written.
    pub(crate) fn events(&self, block: &Block, mut take: impl FnMut(Event)) -> Result<(), Error> {
        for row in self.read_rows(block)?.chunks_exact(self.width) {
            take(decode(row, block.age()));
        }
        Ok(())
    }

    fn read_rows(&self, block: &Block) -> Result<Vec<u8>, Error> {
        let mut rows = vec![0; block.bytes as usize + TAG_BYTES];
        let failed = Error::stored(&self.path, "block");
        let file = File::open(&self.path).map_err(&failed)?;
        file.read_exact_at(&mut rows, block.offset).map_err(&failed)?;
        self.cipher.decrypt(block.offset, &block.associated_data(), &mut rows).map_err(&failed)?;
        Ok(rows)
    }

    /// The file's name in the journal.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Bytes of rows in the blocks that match, and in all blocks.
    pub(crate) fn bytes_of(&self, matches: impl Fn(&Block) -> bool) -> (u64, u64) {
        let bytes = |block: &Block| u64::from(block.bytes);
        let matching = self.blocks.iter().filter(|block| matches(block)).map(bytes).sum();
        (matching, self.blocks.iter().map(bytes).sum())
    }

    /// The bytes of the file.
    pub(crate) fn file_bytes(&self) -> u64 {
        self.file_bytes
    }
}

/// The number of the format of a segment.
///
/// Errors: a number that this program does not read; those of [`Segment::open`].
pub(crate) fn segment_format(
    directory: &Path,
    name: &SegmentName,
    key: &StoreKey,
) -> Result<i64, Error> {
    let path = directory.join(&name.name);
    let index = key.file(&name.salt).read_index(&path, (name.bytes, name.index_bytes), INDEX)?;
    SEGMENT.stated_in(&index).map_err(Error::other_format(&path))
}

/// Writes a new segment of the blocks of others that stay: durable, but not yet in the control
/// store. Small blocks of the same steps become one.
///
/// Errors: bytes that differ from those written; disk. `None` if no block stays.
pub(crate) fn copy(
    segments: &[&Segment],
    stays: impl Fn(&Block) -> bool,
    path: PathBuf,
    key: &StoreKey,
) -> Result<Option<SegmentName>, Error> {
    // No row is taken from a sink, so neither attributes nor the first open step matter.
    let writer = SegmentWriter::create(path, 0, 0, key)?;
    let blocks = segments.iter().flat_map(|segment| {
        segment.blocks.iter().filter(|block| stays(block)).map(move |block| (segment, block))
    });
    let steps = |block: &Block| (block.occurred, block.folded);
    let mut blocks: Vec<_> = blocks.collect();
    blocks.sort_by_key(|(_, block)| steps(block));
    for alike in blocks.chunk_by(|(_, block), (_, next)| steps(block) == steps(next)) {
        let (_, first) = alike[0];
        let mut rows: Vec<u8> = vec![];
        for (segment, block) in alike {
            if !rows.is_empty() && rows.len() + block.bytes as usize > BLOCK_BYTES_MAX {
                writer.write_block(steps(first), &mut rows)?;
            }
            rows.extend_from_slice(&segment.read_rows(block)?);
        }
        writer.write_block(steps(first), &mut rows)?;
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tidegauge_fold::{ATTRIBUTES_MAX, NO_CODE, Pseudonym};

    use super::*;
    use crate::intake::EventSink;
    use crate::vault::functions::CipherKind;

    fn event(n: u64) -> Event {
        let mut codes = [NO_CODE; ATTRIBUTES_MAX];
        codes[..2].copy_from_slice(&[n as u16, 300]);
        let pseudonym = Pseudonym::from_bits(u128::from(n) << 100 | 5);
        let at = -1_000_000 + n as i64;
        Event { pseudonym, id: n, at, kind: 1, age: 0, codes }
    }

    fn key() -> StoreKey {
        StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm)
    }

    fn written(directory: &Path, events: u64) -> SegmentName {
        let writer = SegmentWriter::create(directory.join("one"), 2, 0, &key()).unwrap();
        let mut sink = writer.sink(1);
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
        let mut sink = writer.sink(1);
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
    fn a_copy_has_the_blocks_that_stay() {
        let directory = tempfile::tempdir().unwrap();
        let name = written(directory.path(), 30_000);
        let segment = Segment::open(directory.path(), &name, 2, &key()).unwrap();
        let path = directory.path().join("two");
        let copied = copy(&[&segment], |block| block.occurred == 1, path, &key()).unwrap().unwrap();
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
    fn a_newer_segment_is_told_as_such() {
        let directory = tempfile::tempdir().unwrap();
        for (index, code) in [("{\"format\":2,\"blocks\":[]}", "newer-format"), ("{}", "corrupt")] {
            let (salt, cipher) = key().new_file().unwrap();
            let mut bytes = index.as_bytes().to_vec();
            cipher.encrypt(0, INDEX, &mut bytes).unwrap();
            fs::write(directory.path().join("new"), &bytes).unwrap();
            let length = bytes.len() as u64;
            let name = SegmentName { name: "new".into(), bytes: length, index_bytes: length, salt };
            let refused =
                Segment::open(directory.path(), &name, 2, &key()).map(|_| ()).unwrap_err();
            assert_eq!(refused.code(), code);
        }
    }

    #[test]
    fn a_copy_of_many_has_few_blocks() {
        let directory = tempfile::tempdir().unwrap();
        let mut segments = vec![];
        for part in 0..40u64 {
            let path = directory.path().join(format!("part{part}"));
            let writer = SegmentWriter::create(path, 2, 0, &key()).unwrap();
            let mut sink = writer.sink(1);
            for n in part * 300..(part + 1) * 300 {
                sink.take((n % 2) as i32, event(n)).unwrap();
            }
            sink.finish().unwrap();
            let name = writer.finish().unwrap().unwrap();
            segments.push(Segment::open(directory.path(), &name, 2, &key()).unwrap());
        }
        let all: Vec<&Segment> = segments.iter().collect();
        let path = directory.path().join("all");
        let copied = copy(&all, |_| true, path, &key()).unwrap().unwrap();
        let copied = Segment::open(directory.path(), &copied, 2, &key()).unwrap();
        // One for each step, of eighty.
        assert_eq!(copied.blocks().len(), 2);
        let mut read = Vec::new();
        for block in copied.blocks() {
            copied.events(block, |event| read.push(event)).unwrap();
        }
        read.sort_by_key(|event| event.id);
        assert_eq!(read, (0..12_000).map(event).collect::<Vec<_>>());
        assert!(copy(&all, |_| false, directory.path().join("none"), &key()).unwrap().is_none());
    }
}
