//! How much may be under way at once: memory for bodies, each source's share, rows that are read.
//!
//! Not here: the limits of connections (crate `listen`).
//!
//! Invariants:
//! 1. A source has at most [`OF_SOURCE_MAX`] deliveries under way, whatever it sends, so the others
//!    get their turn (`intake::limits::tests::a_source_has_its_share`).
//! 2. What is taken is given back, however a delivery ends (the same test).
//! 3. A source delivers at most [`IntakeLimits::rows_of_day`] rows on a day
//!    (`intake::limits::tests::a_source_has_so_many_rows_a_day`).

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegauge_delivery::Limits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::rows::LIMITS;

/// The most requests of one client under way, whoever it says it is.
const OF_CLIENT_MAX: usize = 16;
/// The most deliveries of one source under way.
pub(super) const OF_SOURCE_MAX: usize = 2;
/// Bytes of one unit of the common memory.
const UNIT_BYTES: u64 = 4096;

/// The limits of an intake.
#[derive(Clone, Copy, Debug)]
pub struct IntakeLimits {
    /// What one delivery may have.
    pub delivery: Limits,
    /// Bytes of all bodies under way.
    pub bodies_bytes: u64,
    /// How many deliveries are read at once: more than a source can have under way, so that one
    /// never has them all.
    pub readers: usize,
    /// Rows that a source may deliver on a day, so that one does not fill the disk.
    pub rows_of_day: u64,
    /// Time for a whole body.
    pub body: Duration,
}

impl Default for IntakeLimits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            delivery: LIMITS,
            bodies_bytes: 256 << 20,
            readers: cores.max(OF_SOURCE_MAX + 1),
            rows_of_day: 20_000_000,
            body: Duration::from_secs(120),
        }
    }
}

/// What is under way.
pub(super) struct UnderWay {
    memory: Arc<Semaphore>,
    pub(super) readers: Arc<Semaphore>,
    of_source: Arc<Shares<String>>,
    of_client: Arc<Shares<IpAddr>>,
    /// For each source a day, by its number since 1970, and the rows taken on it.
    rows: Mutex<HashMap<String, (i64, u64)>>,
    rows_of_day: u64,
}

/// How many of each are under way.
type Shares<K> = Mutex<HashMap<K, usize>>;

/// One of those under way, until it is dropped.
pub(super) struct Slot<K: Eq + Hash>(Arc<Shares<K>>, K);

impl<K: Clone + Eq + Hash> Slot<K> {
    fn take(shares: &Arc<Shares<K>>, key: &K, most: usize) -> Option<Self> {
        let mut under_way = shares.lock().unwrap_or_else(PoisonError::into_inner);
        let count = under_way.entry(key.clone()).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Self(Arc::clone(shares), key.clone()))
    }
}

impl<K: Eq + Hash> Drop for Slot<K> {
    fn drop(&mut self) {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.1);
            }
        }
    }
}

/// The share of a delivery in what may be under way, given back when it is dropped.
pub(super) struct Share {
    _source: Slot<String>,
    _memory: OwnedSemaphorePermit,
}

/// Why a delivery cannot be taken now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Busy {
    /// The client has too many requests under way.
    Client,
    /// The source has its share under way.
    Source,
    /// All memory for bodies is taken.
    Memory,
    /// The source has had its rows of the day.
    Day,
}

impl UnderWay {
    pub(super) fn new(limits: &IntakeLimits) -> Self {
        // Fits: a limit in memory.
        let units = (limits.bodies_bytes / UNIT_BYTES) as usize;
        Self {
            memory: Arc::new(Semaphore::new(units)),
            readers: Arc::new(Semaphore::new(limits.readers)),
            of_source: Arc::default(),
            of_client: Arc::default(),
            rows: Mutex::default(),
            rows_of_day: limits.rows_of_day,
        }
    }

    /// Counts rows that a source delivers on a day.
    ///
    /// Errors: it has had its rows of the day; then these are not counted.
    pub(super) fn count_rows(&self, source: &str, day: i64, rows: u64) -> Result<(), Busy> {
        let mut of_day = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted, sum) = of_day.entry(source.to_owned()).or_insert((day, 0));
        if *counted != day {
            (*counted, *sum) = (day, 0);
        }
        let after = sum.saturating_add(rows);
        if after > self.rows_of_day {
            return Err(Busy::Day);
        }
        *sum = after;
        Ok(())
    }

    /// Takes back rows of a day that were counted and did not become durable.
    pub(super) fn uncount_rows(&self, source: &str, day: i64, rows: u64) {
        let mut of_day = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, sum)) = of_day.get_mut(source).filter(|(counted, _)| *counted == day) {
            *sum = sum.saturating_sub(rows);
        }
    }

    /// Takes a place among the requests of a client.
    pub(super) fn client(&self, address: IpAddr) -> Option<Slot<IpAddr>> {
        Slot::take(&self.of_client, &address, OF_CLIENT_MAX)
    }

    /// Takes the share of a delivery with a body of this length.
    pub(super) fn share(&self, source: &str, bytes: u64) -> Result<Share, Busy> {
        let slot = Slot::take(&self.of_source, &source.to_owned(), OF_SOURCE_MAX);
        let source = slot.ok_or(Busy::Source)?;
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).map_err(|_| Busy::Memory)?;
        let memory = Arc::clone(&self.memory).try_acquire_many_owned(units);
        Ok(Share { _source: source, _memory: memory.map_err(|_| Busy::Memory)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_its_share() {
        let limits = IntakeLimits { bodies_bytes: 10 * UNIT_BYTES, ..IntakeLimits::default() };
        let under_way = UnderWay::new(&limits);
        let share = |source: &str, units: u64| under_way.share(source, units * UNIT_BYTES);
        let first = share("A", 4).unwrap();
        let second = share("A", 1).unwrap();
        assert_eq!(share("A", 1).err(), Some(Busy::Source));
        assert_eq!(share("B", 6).err(), Some(Busy::Memory));
        let third = share("B", 5).unwrap();
        drop(first);
        let fourth = share("A", 4).unwrap();
        assert_eq!(share("C", 1).err(), Some(Busy::Memory));
        drop((second, third, fourth));
        assert!(share("C", 10).is_ok());
    }

    #[test]
    fn a_source_has_so_many_rows_a_day() {
        let limits = IntakeLimits { rows_of_day: 100, ..IntakeLimits::default() };
        let under_way = UnderWay::new(&limits);
        assert_eq!(under_way.count_rows("A", 1, 60), Ok(()));
        assert_eq!(under_way.count_rows("A", 1, 41), Err(Busy::Day));
        assert_eq!(under_way.count_rows("A", 1, 40), Ok(()));
        assert_eq!(under_way.count_rows("A", 1, 1), Err(Busy::Day));
        assert_eq!(under_way.count_rows("B", 1, 100), Ok(()));
        assert_eq!(under_way.count_rows("A", 2, 100), Ok(()));
        // What did not become durable is not counted, on its own day.
        under_way.uncount_rows("A", 1, 50);
        assert_eq!(under_way.count_rows("A", 2, 1), Err(Busy::Day));
        under_way.uncount_rows("A", 2, 50);
        assert_eq!(under_way.count_rows("A", 2, 51), Err(Busy::Day));
        assert_eq!(under_way.count_rows("A", 2, 50), Ok(()));
    }
}
