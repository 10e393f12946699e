//! A chunk of an input as the body of a delivery.
//!
//! Not here: where chunks come from, and what is done with the body (module `agent`).
//!
//! Invariants:
//! 1. The body has the columns of the mapping and pseudonymised values only (`tests/canaries.rs`).

use jiff::Timestamp;

use crate::error::Error;
use crate::fault::RowFault;
use crate::keyed::Pseudonyms;
use crate::mapping::{Mapping, Stop};
use crate::rows::{Chunk, Item};

/// Faults that are kept for people.
pub(super) const FAULTS_MAX: usize = 100;
const ZSTD_LEVEL: i32 = 3;

/// The rows of a chunk, mapped.
#[derive(Debug, Default)]
pub(super) struct Parcel {
    /// The body, compressed; empty if no row is in it.
    pub(super) body: Vec<u8>,
    /// Bytes of the body before it was compressed.
    pub(super) expanded: u64,
    /// The rows of the input that are in it, as runs of a first one and a number.
    pub(super) runs: Vec<(u64, u64)>,
    /// The first faults.
    pub(super) faults: Vec<RowFault>,
    /// All faults.
    pub(super) faulty: u64,
    /// The latest time of the cursor.
    pub(super) cursor: Option<Timestamp>,
}

impl Parcel {
    /// Maps the rows of a chunk.
    ///
    /// Errors: a key that cannot be used.
    pub(super) fn new(
        chunk: &Chunk,
        mapping: &Mapping,
        pseudonyms: &Pseudonyms,
    ) -> Result<Self, Error> {
        let mut parcel = Self::default();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names: Vec<&str> = mapping.names().collect();
        write(&mut writer, &names)?;
        for item in &chunk.items {
            let row = match item {
                Item::Row(row) => row,
                Item::Fault(fault) => {
                    parcel.note(fault.clone());
                    continue;
                }
            };
            match mapping.map(row, pseudonyms) {
                Ok(mapped) => {
                    write(&mut writer, &mapped.values)?;
                    parcel.add(row.number());
                    parcel.cursor = parcel.cursor.max(Some(mapped.cursor));
                }
                Err(Stop::Row(fault)) => parcel.note(fault),
                Err(Stop::Error(error)) => return Err(error),
            }
        }
        let text = writer.into_inner().map_err(|_| no_memory())?;
        if !parcel.runs.is_empty() {
            parcel.expanded = text.len() as u64;
            parcel.body = zstd::encode_all(&text[..], ZSTD_LEVEL).map_err(|_| no_memory())?;
        }
        Ok(parcel)
    }

    /// The number of rows.
    pub(super) fn rows(&self) -> u64 {
        self.runs.iter().map(|run| run.1).sum()
    }

    fn add(&mut self, row: u64) {
        match self.runs.last_mut() {
            Some((first, number)) if *first + *number == row => *number += 1,
            _ => self.runs.push((row, 1)),
        }
    }

    fn note(&mut self, fault: RowFault) {
        self.faulty += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        }
    }
}

fn write<T: AsRef<[u8]>>(writer: &mut csv::Writer<Vec<u8>>, values: &[T]) -> Result<(), Error> {
    writer.write_record(values).map_err(|_| no_memory())
}

/// Writing to memory fails only where there is none.
fn no_memory() -> Error {
    Error::new(
        crate::error::SYSTEM,
        "system",
        "delivery",
        "memory",
        "cannot be written; lower `rows`",
    )
}
