//! The format of a segment: blocks of rows, one row for each event.
//!
//! Not here: encryption (room `vault`), writing and reading of files (modules `writer` and
//! `segment`).
//!
//! Invariants:
//! 1. A row is read back as the event that was written
//!    (`journal::segment::tests::what_is_written_is_read`).
//!
//! Format of a segment: blocks of rows, then the index as JSON, each encrypted under the segment's
//! key (room `vault`) and followed by its tag of 16 bytes; its offset is its nonce. A row is 16
//! bytes pseudonym, 8 bytes id, 6 bytes time (signed milliseconds), 1 byte kind, 2 bytes for each
//! attribute, all little endian. The index names for each block the step in which its events
//! occurred, the step that folds them (a later one for late events), offset and bytes of its rows;
//! both steps and the bytes are the block's associated data.

use serde::{Deserialize, Serialize};
use tidegauge_fold::{ATTRIBUTES_MAX, Event, NO_CODE, Pseudonym, TOO_LATE};

use crate::calendar::{SEED, StepNumber};
use crate::vault::Salt;

/// Bytes of one block at most.
pub(super) const BLOCK_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a row before the attributes.
pub(super) const ROW_HEAD: usize = 31;

/// One block of a segment.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    /// The step in which the events occurred.
    pub occurred: StepNumber,
    /// The step that folds them.
    pub folded: StepNumber,
    pub(super) offset: u64,
    pub(super) bytes: u32,
}

impl Block {
    /// The data that the block's tag authenticates besides the rows.
    pub(super) fn associated_data(&self) -> Vec<u8> {
        let (occurred, folded) = (self.occurred.to_le_bytes(), self.folded.to_le_bytes());
        [&b"block"[..], &occurred, &folded, &self.bytes.to_le_bytes()].concat()
    }

    /// Whether the events were ingested after their own step had closed.
    pub(crate) fn is_late(&self) -> bool {
        self.occurred != self.folded
    }

    /// How many steps after their own the events are folded; [`TOO_LATE`] for that many or more,
    /// and for events from before the plan's start that were ingested after it.
    pub(crate) fn age(&self) -> u8 {
        if self.is_late() && self.occurred == SEED {
            return TOO_LATE;
        }
        u8::try_from(self.folded - self.occurred).unwrap_or(TOO_LATE)
    }
}

/// A finished segment, as the control store names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentName {
    /// File name in the journal's directory.
    pub name: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of the index at the file's end, with its tag.
    pub index_bytes: u64,
    /// The salt of the file's key.
    pub salt: Salt,
}

/// The data that the index's tag authenticates besides the index.
pub(super) const INDEX: &[u8] = b"index";

/// Appends the row of an event to `rows`; `width` is its length in bytes.
pub(super) fn encode(event: &Event, width: usize, rows: &mut Vec<u8>) {
    rows.extend_from_slice(&event.pseudonym.bits().to_le_bytes());
    rows.extend_from_slice(&event.id.to_le_bytes());
    rows.extend_from_slice(&event.at.to_le_bytes()[..6]);
    rows.push(event.kind);
    for code in event.codes.iter().take((width - ROW_HEAD) / 2) {
        rows.extend_from_slice(&code.to_le_bytes());
    }
}

/// The `N` bytes of a row that begin at an offset.
fn part<const N: usize>(row: &[u8], from: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&row[from..from + N]);
    part
}

/// The event of a row, in a block of this age.
pub(super) fn decode(row: &[u8], age: u8) -> Event {
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
