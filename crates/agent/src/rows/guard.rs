//! A limit on the bytes that one row may take from a file.
//!
//! Not here: what a row is; each reader says when one ends.
//!
//! Invariants:
//! 1. A reader gets at most [`ROW_BYTES_MAX`] bytes, and what one buffer holds, after the last row
//!    that it reported (`rows::guard::tests::an_endless_row_stops`).

use std::cell::Cell;
use std::io::{Error, ErrorKind, Read, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Bytes of one row of text at most, of unmapped fields too.
pub(super) const ROW_BYTES_MAX: u64 = 1024 * 1024;

/// The count of a guard, shared with the reader of rows.
#[derive(Clone, Default)]
pub(super) struct Allowance {
    left: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
}

impl Allowance {
    /// A row ended: the next one may take as many bytes again.
    pub(super) fn renew(&self) {
        self.left.store(ROW_BYTES_MAX, Ordering::Relaxed);
    }

    /// Whether the guard stopped a row.
    pub(super) fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// A reader that stops at a row that is too long.
pub(super) struct Guard<R> {
    inner: R,
    allowance: Allowance,
    /// Whether the last read came to the end.
    ended: Cell<bool>,
}

impl<R: Read> Guard<R> {
    pub(super) fn new(inner: R) -> (Self, Allowance) {
        let allowance = Allowance::default();
        allowance.renew();
        (Self { inner, allowance: allowance.clone(), ended: Cell::new(false) }, allowance)
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.allowance.left.load(Ordering::Relaxed);
        if left == 0 && !self.ended.get() {
            self.allowance.stopped.store(true, Ordering::Relaxed);
            return Err(Error::from(ErrorKind::InvalidData));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(&mut buffer[..most])?;
        self.ended.set(read == 0);
        self.allowance.left.store(left - read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::repeat;

    use super::*;

    #[test]
    fn an_endless_row_stops() {
        let (mut guard, allowance) = Guard::new(repeat(b'x'));
        let mut taken = Vec::new();
        assert!(guard.read_to_end(&mut taken).is_err());
        assert_eq!(taken.len() as u64, ROW_BYTES_MAX);
        assert!(allowance.has_stopped());
    }
}
