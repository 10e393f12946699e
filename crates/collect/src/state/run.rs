//! A run: rows of states in one file, sorted and encrypted, that never change.
//!
//! A run has a section for each partition of which it says something. A section's rows are by
//! pseudonym, in blocks of about 4 KiB, each encrypted by itself; so one person's row costs one
//! block. Then come, by day, the persons of the section who wait for a timer, in blocks too. The
//! index at the end has the first pseudonym and the first day of each block.
//!
//! Not here: which runs there are, and what the rows of several together mean (module `runs`).
//!
//! Invariants:
//! 1. Rows are read back as they were written, where they were written, or the store is corrupt
//!    (`state::run::tests::what_is_written_is_read`, `a_flipped_bit_is_corrupt`).
//! 2. A run of a newer format is never taken for a damaged one, which would be removed
//!    (`state::snapshot::tests::a_newer_snapshot_is_told_as_such`).
//!
//! Format: the blocks, then the index, each encrypted under the run's key (room `vault`) and
//! followed by its tag of 16 bytes; its offset is its nonce. A block of rows has the words of each
//! row; one of timers, 4 bytes day and 16 bytes pseudonym for each. The index is one line of JSON
//! ([`Index`]), then the sums and the persons present, then for each section the first 8 bytes
//! (highest first) of the first pseudonym of each block of rows and the first day of each block of
//! timers. Integers are little endian.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use tidegauge_fold::{Pseudonym, Rows};

use crate::calendar::StepNumber;
use crate::error::Error;
use crate::formats::SNAPSHOT;
use crate::layout::{create_private_file, run_name};
use crate::vault::{FileCipher, Salt, TAG_BYTES};

/// Bytes of a block, about.
const BLOCK_BYTES: usize = 4096;
/// Bytes of a timer: its day and its person.
const TIMER_BYTES: usize = 20;
/// Timers of a full block.
const TIMERS: usize = BLOCK_BYTES / TIMER_BYTES;
/// Bytes that wait to be written together.
const TOGETHER: usize = 8 << 20;

/// The data that is authenticated with the index.
const INDEX: &[u8] = b"run index";

/// A dataflow, the step in which events occurred, and a cell.
pub(super) type WaitingCount = (usize, StepNumber, usize);

/// A run, as the control store names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunName {
    /// Its number; a later run has a higher one.
    pub number: u32,
    /// The step that is folded next after it.
    pub next: StepNumber,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of its index.
    pub index_bytes: u64,
    /// The salt of the file's key.
    pub salt: Salt,
    /// Whether the state before it can be gone back to: its files and the journal's blocks are
    /// there.
    pub has_before: bool,
}

/// What a run says besides rows: everything that one step passes to the next.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    pub format: u32,
    pub next: StepNumber,
    /// Words of a state.
    pub width: usize,
    /// The window of the step folded last.
    pub window: Option<u32>,
    /// The last day that was folded: timers up to it have fired.
    pub last: Option<i32>,
    /// The numbers of the older runs that the state needs.
    pub needs: BTreeSet<u32>,
    /// Persons who move at the next step, as the two halves of their pseudonyms.
    pub moving: Vec<(u64, u64)>,
    /// The shape of the sums.
    pub sums: Vec<Vec<usize>>,
    /// The shape of the persons present.
    pub present: Vec<usize>,
    pub late: Vec<(WaitingCount, i64)>,
    pub sections: Vec<Section>,
}

/// The rows of one partition in a run.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub partition: usize,
    /// The number of the oldest run whose section this one replaces; its own if it replaces none,
    /// 0 if it has everybody of the partition.
    pub from: u32,
    pub rows: usize,
    timers: usize,
    offset: u64,
}

/// Where the blocks of a section begin.
#[derive(Clone, Debug, Default)]
struct Fences {
    /// The first 8 bytes of the first pseudonym of each block of rows.
    rows: Vec<u64>,
    /// The first day of each block of timers.
    timers: Vec<u32>,
}

/// The layout of a section.
impl Section {
    /// The bytes of its rows, in blocks.
    fn row_bytes(&self, width: usize) -> u64 {
        let blocks = self.rows.div_ceil(rows_of_block(width));
        (self.rows * Rows::row_bytes(width) + blocks * TAG_BYTES) as u64
    }

    /// The offset of a block of rows, and how many it has.
    fn block(&self, number: usize, width: usize) -> (u64, usize) {
        let full = rows_of_block(width);
        let bytes = full * Rows::row_bytes(width) + TAG_BYTES;
        (self.offset + (number * bytes) as u64, full.min(self.rows - number * full))
    }

    /// The offset of a block of timers, and how many it has.
    fn timer_block(&self, number: usize, width: usize) -> (u64, usize) {
        let first = self.offset + self.row_bytes(width);
        let offset = first + (number * (TIMERS * TIMER_BYTES + TAG_BYTES)) as u64;
        (offset, TIMERS.min(self.timers - number * TIMERS))
    }

    /// The data that is authenticated with a block.
    fn associated(&self, what: &[u8], count: usize) -> Vec<u8> {
        let place = [self.partition as u64, u64::from(self.from), count as u64];
        place.iter().fold(what.to_vec(), |mut all, number| {
            all.extend_from_slice(&number.to_le_bytes());
            all
        })
    }
}

/// How many rows a full block has.
fn rows_of_block(width: usize) -> usize {
    (BLOCK_BYTES / Rows::row_bytes(width)).max(1)
}

fn high(pseudonym: Pseudonym) -> u64 {
    (pseudonym.bits() >> 64) as u64
}

/// Writes a run. It can be read only after [`Self::finish`].
pub(super) struct RunWriter {
    path: PathBuf,
    file: File,
    cipher: FileCipher,
    offset: u64,
    waiting: Vec<u8>,
    width: usize,
    sections: Vec<Section>,
    fences: Vec<Fences>,
}

impl RunWriter {
    /// Begins a run of states of this many words in a new file.
    pub(super) fn new(path: PathBuf, cipher: FileCipher, width: usize) -> Result<Self, Error> {
        let file = create_private_file(&path).map_err(Error::system(&path, "create"))?;
        let (sections, fences) = (vec![], vec![]);
        Ok(Self { path, file, cipher, offset: 0, waiting: vec![], width, sections, fences })
    }

    /// Writes a piece. Returns the bytes that it takes.
    fn piece(&mut self, mut piece: Vec<u8>, associated: &[u8]) -> Result<u64, Error> {
        let failed = |error| Error::system(&self.path, "write")(error);
        self.cipher.encrypt(self.offset, associated, &mut piece).map_err(failed)?;
        self.offset += piece.len() as u64;
        self.waiting.append(&mut piece);
        if self.waiting.len() >= TOGETHER {
            self.file.write_all(&self.waiting).map_err(failed)?;
            self.waiting.clear();
        }
        Ok(self.offset)
    }

    /// Writes the section of a partition, with its timers.
    pub(super) fn section(
        &mut self,
        (partition, from): (usize, u32),
        rows: &Rows,
        timers: &[(u32, Pseudonym)],
    ) -> Result<(), Error> {
        let (offset, width) = (self.offset, self.width);
        let section = Section { partition, from, rows: rows.len(), timers: timers.len(), offset };
        let persons: Vec<Pseudonym> = rows.persons().step_by(rows_of_block(width)).collect();
        for number in 0..persons.len() {
            let count = section.block(number, width).1;
            let first = number * rows_of_block(width);
            let mut block = Vec::with_capacity(count * Rows::row_bytes(width) + TAG_BYTES);
            rows.write(first..first + count, &mut block);
            self.piece(block, &section.associated(b"run rows", count))?;
        }
        for timers in timers.chunks(TIMERS) {
            let mut block = Vec::with_capacity(timers.len() * TIMER_BYTES + TAG_BYTES);
            for (day, person) in timers {
                block.extend_from_slice(&day.to_le_bytes());
                block.extend_from_slice(&person.bits().to_le_bytes());
            }
            self.piece(block, &section.associated(b"run timers", timers.len()))?;
        }
        let timers = timers.chunks(TIMERS).map(|timers| timers[0].0).collect();
        self.fences.push(Fences { rows: persons.into_iter().map(high).collect(), timers });
        self.sections.push(section);
        Ok(())
    }

    /// Writes the index, with these sums and persons present in one list, and syncs the file.
    /// Returns the size of the file and of its index, and the run, open.
    pub(super) fn finish(
        mut self,
        number: u32,
        index: Index,
        values: Vec<i64>,
    ) -> Result<(u64, u64, Run), Error> {
        let sections = std::mem::take(&mut self.sections);
        let index = Index { width: self.width, sections, format: SNAPSHOT.newest, ..index };
        let mut bytes = serde_json::to_vec(&index)
            .map_err(|_| Error::corrupt(&self.path, "index", "cannot be written"))?;
        bytes.push(b'\n');
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        for Fences { rows, timers } in &self.fences {
            bytes.extend(rows.iter().flat_map(|first| first.to_le_bytes()));
            bytes.extend(timers.iter().flat_map(|day| day.to_le_bytes()));
        }
        let begins = self.offset;
        let all = self.piece(bytes, INDEX)?;
        let Self { path, mut file, cipher, waiting, fences, .. } = self;
        file.write_all(&waiting).map_err(Error::system(&path, "write"))?;
        file.sync_all().map_err(Error::system(&path, "sync"))?;
        let file = OnceLock::from(file);
        Ok((all, all - begins, Run { number, path, file, cipher, index, values, fences }))
    }
}

/// A run, open for reading. Its file is opened when something is read.
pub(super) struct Run {
    pub(super) number: u32,
    path: PathBuf,
    file: OnceLock<File>,
    cipher: FileCipher,
    pub(super) index: Index,
    /// The sums, then the persons present.
    pub(super) values: Vec<i64>,
    fences: Vec<Fences>,
}

impl Run {
    /// Opens a run, and checks its index.
    ///
    /// Errors: a missing file, a size other than the control store's, bytes that differ from those
    /// written, states of another width; disk.
    pub(super) fn open(
        directory: &Path,
        name: &RunName,
        cipher: FileCipher,
        width: usize,
    ) -> Result<Self, Error> {
        let path = directory.join(run_name(name.number));
        let bytes = cipher.read_index(&path, (name.bytes, name.index_bytes), INDEX)?;
        let corrupt = |rule| Error::corrupt(&path, "index", rule);
        let line = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
        SNAPSHOT.stated_in(&bytes[..line]).map_err(Error::other_format(&path))?;
        let index: Index = serde_json::from_slice(&bytes[..line])
            .map_err(|_| corrupt("is not the index of a run"))?;
        if index.width != width {
            return Err(corrupt("is not of the plan's states"));
        }
        let mut rest = bytes.get(line + 1..).unwrap_or_default();
        let mut next = |size: usize| -> Result<[u8; 8], Error> {
            let (bytes, after) =
                rest.split_at_checked(size).ok_or_else(|| corrupt("ends too early"))?;
            rest = after;
            let mut word = [0; 8];
            word[..size].copy_from_slice(bytes);
            Ok(word)
        };
        let count = index.sums.iter().flatten().chain(&index.present).sum::<usize>();
        let values = (0..count).map(|_| next(8).map(i64::from_le_bytes));
        let values = values.collect::<Result<_, _>>()?;
        let fences = index.sections.iter().map(|section| {
            let blocks = section.rows.div_ceil(rows_of_block(width));
            let rows = (0..blocks).map(|_| next(8).map(u64::from_le_bytes));
            let rows = rows.collect::<Result<_, _>>()?;
            let days = (0..section.timers.div_ceil(TIMERS)).map(|_| next(4));
            // Fits: four bytes were read.
            let days = days.map(|day| day.map(|day| u64::from_le_bytes(day) as u32));
            Ok(Fences { rows, timers: days.collect::<Result<_, Error>>()? })
        });
        let fences = fences.collect::<Result<_, Error>>()?;
        let (number, file) = (name.number, OnceLock::new());
        Ok(Self { number, path, file, cipher, index, values, fences })
    }

    /// The position of a partition's section.
    pub(super) fn section(&self, partition: usize) -> Option<usize> {
        self.index.sections.binary_search_by_key(&partition, |section| section.partition).ok()
    }

    fn read(&self, offset: u64, bytes: usize) -> Result<Vec<u8>, Error> {
        let failed = Error::stored(&self.path, "block");
        let file = match self.file.get() {
            Some(file) => file,
            None => {
                let file = File::open(&self.path).map_err(&failed)?;
                self.file.get_or_init(|| file)
            }
        };
        let mut read = vec![0; bytes];
        file.read_exact_at(&mut read, offset).map_err(&failed)?;
        Ok(read)
    }

    /// Adds the rows of some blocks, which lie one behind the other.
    fn add_blocks(
        &self,
        section: &Section,
        blocks: Range<usize>,
        rows: &mut Rows,
    ) -> Result<(), Error> {
        let failed = Error::stored(&self.path, "block");
        let width = self.index.width;
        let (Some(last), (first, _)) =
            (blocks.clone().next_back(), section.block(blocks.start, width))
        else {
            return Ok(());
        };
        let piece = |count: usize| count * Rows::row_bytes(width) + TAG_BYTES;
        let (begins, count) = section.block(last, width);
        let bytes = (begins - first) as usize + piece(count);
        let read = self.read(first, bytes)?;
        for number in blocks {
            let (offset, count) = section.block(number, width);
            let from = (offset - first) as usize;
            let mut block = read[from..from + piece(count)].to_vec();
            let associated = section.associated(b"run rows", count);
            self.cipher.decrypt(offset, &associated, &mut block).map_err(&failed)?;
            let whole = rows.read(&block);
            whole.ok_or_else(|| Error::corrupt(&self.path, "block", "has no whole rows"))?;
        }
        Ok(())
    }

    /// All rows of the section at a position.
    pub(super) fn rows(&self, position: usize) -> Result<Rows, Error> {
        let mut rows = Rows::new(self.index.width);
        let blocks = 0..self.fences[position].rows.len();
        self.add_blocks(&self.index.sections[position], blocks, &mut rows)?;
        Ok(rows)
    }

    /// Passes to `take` the rows of those persons who have one in the section at a position. The
    /// persons are in their order; those who have none stay.
    pub(super) fn take_rows(
        &self,
        position: usize,
        persons: &mut Vec<Pseudonym>,
        mut take: impl FnMut(&[u32]),
    ) -> Result<(), Error> {
        let (section, fences) = (&self.index.sections[position], &self.fences[position].rows);
        let mut open: Option<(usize, Rows)> = None;
        let mut failure = None;
        persons.retain(|&person| {
            // Persons of two blocks may have the same first bytes.
            let last = fences.partition_point(|&first| first <= high(person));
            let first = fences.partition_point(|&first| first < high(person)).saturating_sub(1);
            for number in (first..last).rev() {
                if failure.is_some() {
                    return true;
                }
                if open.as_ref().is_none_or(|(known, _)| *known != number) {
                    let mut rows = Rows::new(self.index.width);
                    match self.add_blocks(section, number..number + 1, &mut rows) {
                        Ok(()) => open = Some((number, rows)),
                        Err(error) => failure = Some(error),
                    }
                }
                if let Some(row) = open.as_ref().and_then(|(_, rows)| rows.find(person)) {
                    take(row);
                    return false;
                }
            }
            true
        });
        failure.map_or(Ok(()), Err)
    }

    /// Adds the persons whose timers in the section at a position fire on one of these days.
    pub(super) fn add_due(
        &self,
        position: usize,
        days: Range<u32>,
        due: &mut Vec<Pseudonym>,
    ) -> Result<(), Error> {
        let (section, width) = (&self.index.sections[position], self.index.width);
        let fences = &self.fences[position].timers;
        let last = fences.partition_point(|&first| first < days.end);
        let first = fences.partition_point(|&first| first < days.start).saturating_sub(1);
        let failed = Error::stored(&self.path, "block");
        for number in first..last {
            let (offset, count) = section.timer_block(number, width);
            let mut block = self.read(offset, count * TIMER_BYTES + TAG_BYTES)?;
            let associated = section.associated(b"run timers", count);
            self.cipher.decrypt(offset, &associated, &mut block).map_err(&failed)?;
            for timer in block.chunks_exact(TIMER_BYTES) {
                let (mut day, mut person) = ([0; 4], [0; 16]);
                day.copy_from_slice(&timer[..4]);
                person.copy_from_slice(&timer[4..]);
                if days.contains(&u32::from_le_bytes(day)) {
                    due.push(Pseudonym::from_bits(u128::from_le_bytes(person)));
                }
            }
        }
        Ok(())
    }

    /// Reads everything, to see whether it is as it was written.
    pub(super) fn check(&self) -> Result<(), Error> {
        for position in 0..self.index.sections.len() {
            self.rows(position)?;
            self.add_due(position, 0..u32::MAX, &mut vec![])?;
        }
        Ok(())
    }
}

/// The number of the format of a run.
///
/// Errors: a number that this program does not read; a file whose index cannot be read.
pub(crate) fn run_format(path: &Path, name: &RunName, cipher: FileCipher) -> Result<i64, Error> {
    let bytes = cipher.read_index(path, (name.bytes, name.index_bytes), INDEX)?;
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    SNAPSHOT.stated_in(line).map_err(Error::other_format(path))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tidegauge_fold::Partition;

    use super::*;
    use crate::vault::StoreKey;
    use crate::vault::functions::CipherKind;

    const WIDTH: usize = 5;

    fn key() -> StoreKey {
        StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm)
    }

    fn person(number: u64) -> Pseudonym {
        let digest = blake3::hash(&number.to_le_bytes());
        Pseudonym::from_bits(u128::from_le_bytes(digest.as_bytes()[..16].try_into().unwrap()))
    }

    /// Rows of these persons, each with its number in every word of its state.
    fn rows(numbers: Range<u64>) -> Rows {
        let mut partition = Partition::new(WIDTH);
        for number in numbers {
            let bits = person(number).bits();
            let head = [0, 32, 64, 96].map(|shift| (bits >> shift) as u32);
            partition.put(&[&head[..], &[number as u32; WIDTH]].concat());
        }
        partition.all_rows()
    }

    fn write(path: &Path, sections: &[(usize, Rows)]) -> (RunName, Run) {
        let directory = path.parent().unwrap();
        let (salt, cipher) = key().new_file().unwrap();
        let _ = fs::remove_file(path);
        let mut out = RunWriter::new(path.to_owned(), cipher, WIDTH).unwrap();
        for (partition, rows) in sections {
            let mut timers: Vec<(u32, Pseudonym)> =
                rows.iter().map(|row| row[4] / 10).zip(rows.persons()).collect();
            timers.sort_unstable();
            out.section((*partition, 0), rows, &timers).unwrap();
        }
        let index = Index { sums: vec![vec![2, 1]], present: vec![0, 1], ..Index::default() };
        let (bytes, index_bytes, _) = out.finish(7, index, vec![1, -2, 3, 4]).unwrap();
        let name = RunName { number: 7, next: 3, bytes, index_bytes, salt, has_before: true };
        let run = Run::open(directory, &name, key().file(&salt), WIDTH).unwrap();
        (name, run)
    }

    #[test]
    fn what_is_written_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(run_name(7));
        let block = rows_of_block(WIDTH) as u64;
        for count in [0, 1, block, block + 1, 3 * block - 1, 2000] {
            let all = rows(0..count);
            let (name, run) = write(&path, &[(2, rows(5000..5010)), (9, all.clone())]);
            assert_eq!(fs::metadata(&path).unwrap().len(), name.bytes);
            assert_eq!((run.section(2), run.section(3), run.section(9)), (Some(0), None, Some(1)));
            assert_eq!(run.values, [1, -2, 3, 4]);
            assert!(run.rows(1).unwrap() == all && run.rows(0).unwrap() == rows(5000..5010));
            run.check().unwrap();
            // Everybody, one by one or together, and others who are not there.
            let mut wanted: Vec<Pseudonym> = (0..count + 50).map(person).collect();
            wanted.sort_unstable();
            let mut taken = Vec::new();
            run.take_rows(1, &mut wanted, |row| taken.push(row[4])).unwrap();
            taken.sort_unstable();
            assert!(taken.into_iter().eq(0..count as u32));
            assert_eq!(wanted.len(), 50);
            for days in [0..1, 3..5, 0..u32::MAX, 10_000..10_001, 5..5] {
                let mut due = Vec::new();
                run.add_due(1, days.clone(), &mut due).unwrap();
                due.sort_unstable();
                let is_due = |number: &u64| days.contains(&(*number as u32 / 10));
                let mut expected: Vec<_> = (0..count).filter(is_due).map(person).collect();
                expected.sort_unstable();
                assert!(due == expected, "{count} {days:?}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_is_corrupt() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(run_name(7));
        let (name, _) = write(&path, &[(2, rows(0..300)), (9, rows(300..600))]);
        let whole = fs::read(&path).unwrap();
        let read = || {
            let run = Run::open(directory.path(), &name, key().file(&name.salt), WIDTH)?;
            run.check()
        };
        read().unwrap();
        for at in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            fs::write(&path, flipped).unwrap();
            assert!(matches!(read(), Err(Error::Corrupt { .. })), "{at}");
        }
        let block = rows_of_block(WIDTH) * Rows::row_bytes(WIDTH) + TAG_BYTES;
        let swapped = [&whole[block..2 * block], &whole[..block], &whole[2 * block..]].concat();
        for bytes in [&whole[..whole.len() - 1], &whole[1..], &swapped, b""] {
            fs::write(&path, bytes).unwrap();
            assert!(matches!(read(), Err(Error::Corrupt { .. })));
        }
        fs::remove_file(&path).unwrap();
        assert!(matches!(read(), Err(Error::Corrupt { .. })), "a missing file");
    }
}
