//! The memory that all threads together may take for decoded columns.
//!
//! Not here: how much a group of rows takes (module `scan`).
//!
//! Invariants:
//! 1. The shares in use never exceed the whole, and a thread waits only while it holds none, so
//!    threads never wait for each other in a circle
//!    (`intake::parquet::share::tests::shares_never_exceed_the_whole`).

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// An amount of memory, shared by threads.
pub(super) struct Memory {
    whole: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

/// A part of the memory, which is free again when this is dropped.
pub(super) struct Share<'a> {
    memory: &'a Memory,
    bytes: u64,
}

impl Memory {
    pub(super) fn new(whole: u64) -> Self {
        Self { whole, used: Mutex::new(0), freed: Condvar::new() }
    }

    fn used(&self) -> MutexGuard<'_, u64> {
        // A number that is added to and subtracted from is whole after any panic.
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until so many bytes are free, and takes them; `None` if there are never so many.
    pub(super) fn take(&self, bytes: u64) -> Option<Share<'_>> {
        if bytes > self.whole {
            return None;
        }
        let is_full = |used: &mut u64| *used + bytes > self.whole;
        let waited = self.freed.wait_while(self.used(), is_full);
        *waited.unwrap_or_else(PoisonError::into_inner) += bytes;
        Some(Share { memory: self, bytes })
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.memory.used() -= self.bytes;
        self.memory.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn shares_never_exceed_the_whole() {
        let memory = Memory::new(100);
        let in_use = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for thread in 1..9 {
                let (memory, in_use) = (&memory, &in_use);
                scope.spawn(move || {
                    for n in 0..500 {
                        let bytes = (n * thread) % 101;
                        let share = memory.take(bytes).unwrap();
                        assert!(in_use.fetch_add(bytes, Ordering::SeqCst) + bytes <= 100);
                        in_use.fetch_sub(bytes, Ordering::SeqCst);
                        drop(share);
                    }
                });
            }
        });
        assert!(memory.take(101).is_none());
        assert_eq!(*memory.used(), 0);
    }
}
