//! Snapshots of stores before control store 5: the whole state in one file, encrypted. They are
//! read, and no longer written: the first release after that writes a run (module `run`).
//!
//! Not here: which snapshots there are (module `store::retain`).
//!
//! Invariants:
//! 1. A snapshot is read back whole and as it was written, or the store is corrupt
//!    (`vault::cipher::tests::a_stream_cut_or_mixed_is_refused`, `tidegauge/tests/upgrade.rs`).
//! 2. A snapshot of a newer format is never taken for a damaged one, which would be removed
//!    (`state::snapshot::tests::a_newer_snapshot_is_told_as_such`).
//!
//! Format of a snapshot: an encrypted stream (room `vault`) of one line of JSON (next step, words
//! of a state, shape of the sums, late counts as dataflow, step, cell and count), then the sums,
//! then for each partition its length and its bytes; integers little endian.

use std::fs::File;
use std::io::{BufRead, Read};
use std::path::Path;

use serde::Deserialize;
use tidegauge_fold::{Kernel, PARTITIONS, Partition, Rows};

use super::fold::{FoldState, StreamSums};
use super::persons::Persons;
use super::run::WaitingCount;
use crate::calendar::StepNumber;
use crate::error::Error;
use crate::formats::SNAPSHOT;
use crate::vault::{DecryptingReader, FileCipher};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotHead {
    next: StepNumber,
    width: usize,
    sums: Vec<Vec<usize>>,
    #[serde(default)]
    late: Vec<(WaitingCount, i64)>,
}

/// Opens a snapshot, and reads its head.
fn open(path: &Path, cipher: FileCipher) -> Result<(DecryptingReader, Vec<u8>), Error> {
    let failed = Error::stored(path, "snapshot");
    let file = File::open(path).map_err(&failed)?;
    let mut input = DecryptingReader::new(cipher, file).map_err(&failed)?;
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line).map_err(&failed)?;
    Ok((input, line))
}

/// The number of the format of a snapshot.
///
/// Errors: a number that this program does not read; a file whose head cannot be read.
pub(crate) fn snapshot_format(path: &Path, cipher: FileCipher) -> Result<i64, Error> {
    let (_, head) = open(path, cipher)?;
    SNAPSHOT.stated_in(&head).map_err(Error::other_format(path))
}

impl FoldState {
    /// Reads a snapshot of states of this kernel.
    ///
    /// Errors: a file that is missing, incomplete, or differs from the one written; disk.
    pub(crate) fn read_snapshot(
        path: &Path,
        cipher: FileCipher,
        kernel: &Kernel,
    ) -> Result<Self, Error> {
        let failed = Error::stored(path, "snapshot");
        let (mut input, line) = open(path, cipher)?;
        let head: SnapshotHead = match serde_json::from_slice(&line) {
            Ok(head) => head,
            Err(_) => {
                // A head of another format states its number.
                SNAPSHOT.stated_in(&line).map_err(Error::other_format(path))?;
                return Err(Error::corrupt(path, "head", "is not the head of a snapshot"));
            }
        };
        if head.width != kernel.width() {
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
        let (mut partitions, mut present) = (Vec::with_capacity(PARTITIONS), kernel.presence());
        for _ in 0..PARTITIONS {
            input.read_exact(&mut word).map_err(&failed)?;
            let mut bytes = Vec::new();
            let length = u64::from_le_bytes(word);
            input.by_ref().take(length).read_to_end(&mut bytes).map_err(&failed)?;
            let mut rows = Rows::new(head.width);
            rows.read(&bytes).ok_or_else(|| {
                Error::corrupt(path, "partition", "is not a whole number of rows")
            })?;
            let mut partition = Partition::new(head.width);
            partition.reserve(rows.len());
            rows.iter().for_each(|row| partition.put(row));
            kernel.take_up(&mut partition, 0, head.next);
            kernel.count_present(&mut partition, &mut present);
            partitions.push(Persons::all(partition));
        }
        if !input.fill_buf().map_err(&failed)?.is_empty() {
            return Err(Error::corrupt(path, "snapshot", "goes on after its last partition"));
        }
        let SnapshotHead { next, late, .. } = head;
        let late = late.into_iter().collect();
        // Timers up to the last day folded have fired, whichever day that was.
        Ok(Self { next, sums, late, present, partitions, ..Self::new(kernel) })
    }
}

#[cfg(test)]
mod tests {
    use tidegauge_model::{EventOrder, Plan};

    use super::*;
    use crate::vault::functions::CipherKind;
    use crate::vault::{StoreKey, stream};

    #[test]
    fn a_newer_snapshot_is_told_as_such() {
        let plan = include_str!("../../../../testdata/plans/border.toml");
        let kernel = Kernel::new(&Plan::parse(plan).unwrap(), EventOrder::LifeCycle).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let key = StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm);
        for (head, code) in [("{\"format\":3,\"next\":[]}\n", "newer-format"), ("{}\n", "corrupt")]
        {
            let path = directory.path().join(code);
            let (salt, cipher) = key.new_file().unwrap();
            std::fs::write(&path, stream(&cipher, head.as_bytes())).unwrap();
            let refused = FoldState::read_snapshot(&path, key.file(&salt), &kernel);
            let refused = refused.map(|_| ()).unwrap_err();
            assert_eq!(refused.code(), code);
        }
    }
}
