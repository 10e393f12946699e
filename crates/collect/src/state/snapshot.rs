//! Snapshots: the state on disk, encrypted.
//!
//! Not here: when a snapshot is written and which ones stay (module `store::retain`).
//!
//! Invariants:
//! 1. A snapshot is read back whole and as it was written, or the store is corrupt
//!    (`vault::cipher::tests::a_stream_cut_or_mixed_is_refused`).
//! 2. A snapshot of a newer format is never taken for a damaged one, which would be removed
//!    (`state::snapshot::tests::a_newer_snapshot_is_told_as_such`).
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
use crate::formats::SNAPSHOT;
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
        let (mut input, line) = open(path, cipher)?;
        let head: SnapshotHead = match serde_json::from_slice(&line) {
            Ok(head) => head,
            Err(_) => {
                // A head of another format states its number.
                SNAPSHOT.stated_in(&line).map_err(Error::other_format(path))?;
                return Err(Error::corrupt(path, "head", "is not the head of a snapshot"));
            }
        };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::StoreKey;
    use crate::vault::functions::CipherKind;

    #[test]
    fn a_newer_snapshot_is_told_as_such() {
        let directory = tempfile::tempdir().unwrap();
        let key = StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm);
        for (head, code) in [("{\"format\":2,\"next\":[]}\n", "newer-format"), ("{}\n", "corrupt")]
        {
            let path = directory.path().join(code);
            let (salt, cipher) = key.new_file().unwrap();
            let file = create_private_file(&path).unwrap();
            let mut out = EncryptingWriter::new(cipher, file);
            out.write_all(head.as_bytes()).unwrap();
            out.finish().unwrap();
            let refused = FoldState::read(&path, key.file(&salt), 3).map(|_| ()).unwrap_err();
            assert_eq!(refused.code(), code);
        }
    }
}
