//! Snapshots: the state on disk, encrypted.
//!
//! Not here: when a snapshot is written and which ones stay (module `store::retain`).
//!
//! Invariants:
//! 1. A snapshot is read back whole and as it was written, or the store is corrupt
//!    (`vault::cipher::tests::a_stream_cut_or_mixed_is_refused`).
//!
//! Format of a snapshot: an encrypted stream (room `vault`) of one line of JSON (next step,
//! words of a state, shape of the sums, late counts as dataflow, step, cell and count), then the
//! sums, then for each partition its length and its bytes; integers little endian.

use std::fs::File;
use std::io::{BufRead, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegauge_fold::{PARTITIONS, Partition};

use super::fold::{FoldState, StreamSums, WaitingCount};
use crate::calendar::StepNumber;
use crate::error::Error;
use crate::layout::create_private_file;
use crate::vault::{DecryptingReader, EncryptingWriter, FileCipher};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SnapshotHead {
    next: StepNumber,
    width: usize,
    sums: Vec<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    late: Vec<(WaitingCount, i64)>,
}

impl FoldState {
    /// Writes a snapshot.
    pub(crate) fn write(
        &self,
        path: &Path,
        cipher: FileCipher,
        threads: usize,
    ) -> Result<(), Error> {
        let failed = |doing| Error::system(path, doing);
        let file = create_private_file(path).map_err(failed("create"))?;
        let mut out = EncryptingWriter::new(cipher, file).on_threads(threads);
        let shape = |levels: &Vec<Vec<i64>>| levels.iter().map(Vec::len).collect();
        let head = SnapshotHead {
            next: self.next,
            width: self.width,
            sums: self.sums.iter().map(shape).collect(),
            late: self.late.iter().map(|(&waiting, &count)| (waiting, count)).collect(),
        };
        let head = serde_json::to_string(&head)
            .map_err(|_| Error::corrupt(path, "head", "cannot be written"))?;
        let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(failed("write"));
        write(format!("{head}\n").as_bytes())?;
        for sum in self.sums.iter().flatten().flatten() {
            write(&sum.to_le_bytes())?;
        }
        let mut bytes = Vec::new();
        for partition in &self.partitions {
            bytes.clear();
            partition.write(&mut bytes);
            write(&(bytes.len() as u64).to_le_bytes())?;
            write(&bytes)?;
        }
        out.finish().map_err(failed("sync"))
    }

    /// Reads a snapshot of states of this many words.
    ///
    /// Errors: a file that is missing, incomplete, or differs from the one written; disk.
    pub(crate) fn read(path: &Path, cipher: FileCipher, width: usize) -> Result<Self, Error> {
        let failed = Error::stored(path, "snapshot");
        let file = File::open(path).map_err(&failed)?;
        let mut input = DecryptingReader::new(cipher, file).map_err(&failed)?;
        let mut line = Vec::new();
        input.read_until(b'\n', &mut line).map_err(&failed)?;
        let head: SnapshotHead = serde_json::from_slice(&line)
            .map_err(|_| Error::corrupt(path, "head", "is not the head of a snapshot"))?;
        if head.width != width {
            return Err(Error::corrupt(path, "width", "is not that of the plan's states"));
        }
        let mut word = [0; 8];
        let mut sums: StreamSums = vec![];
        for levels in &head.sums {
            let mut stream_sums = vec![];
            for &cells in levels {
                let mut level_sums = Vec::new();
                for _ in 0..cells {
                    input.read_exact(&mut word).map_err(&failed)?;
                    level_sums.push(i64::from_le_bytes(word));
                }
                stream_sums.push(level_sums);
            }
            sums.push(stream_sums);
        }
        let mut partitions = Vec::with_capacity(PARTITIONS);
        for _ in 0..PARTITIONS {
            input.read_exact(&mut word).map_err(&failed)?;
            let mut bytes = Vec::new();
            let length = u64::from_le_bytes(word);
            input.by_ref().take(length).read_to_end(&mut bytes).map_err(&failed)?;
            let partition = Partition::read(head.width, &bytes).ok_or_else(|| {
                Error::corrupt(path, "partition", "is not a whole number of rows")
            })?;
            partitions.push(partition);
        }
        if !input.fill_buf().map_err(&failed)?.is_empty() {
            return Err(Error::corrupt(path, "snapshot", "goes on after its last partition"));
        }
        let SnapshotHead { next, width, late, .. } = head;
        let late = late.into_iter().collect();
        Ok(Self { next, sums, rows: vec![], late, partitions, width })
    }
}
