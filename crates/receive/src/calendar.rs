//! The clock of a served store, and how long it is until its next step is due.
//!
//! Not here: when a step is due (crate `model`), and releasing it (crate `collect`).
//!
//! Invariants:
//! 1. Releases lie on the plan's grid: the process waits until the instant at which a step is due,
//!    not for a time after its last work (`calendar::tests::a_wait_ends_when_the_step_is_due`).
//! 2. Only a synthetic store has a clock other than the system's
//!    (`tidegauge/tests/exit_codes.rs`: `a_synthetic_store_may_begin_on_another_clock`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// The longest time between two looks at the clock: the system's clock may be set, and a process
/// may have been stopped meanwhile.
pub(crate) const LOOK: Duration = Duration::from_secs(20);

/// The clock of a store.
#[derive(Clone, Copy, Debug)]
pub struct StoreClock {
    /// The time that the clock showed when it was made.
    start: Timestamp,
    begun: Instant,
    is_system: bool,
    speed: u32,
}

impl StoreClock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { start: Timestamp::now(), begun: Instant::now(), is_system: true, speed: 1 }
    }

    /// A clock that starts now at this instant, and runs this many times as fast as the system's.
    pub fn running(start: Timestamp, speed: u32) -> Self {
        Self { start, begun: Instant::now(), is_system: false, speed: speed.max(1) }
    }

    /// The time that the clock showed when it was made.
    pub(crate) fn start(&self) -> Timestamp {
        self.start
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        if self.is_system {
            return Timestamp::now();
        }
        let elapsed = self.begun.elapsed().saturating_mul(self.speed);
        self.start.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }

    /// The clock as a function, for those who need no more.
    pub fn function(self) -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
        Arc::new(move || self.now())
    }

    /// How long it really is until the clock shows this instant; nothing if it is past.
    pub(crate) fn until(&self, instant: Timestamp) -> Duration {
        self.real(instant.duration_since(self.now()))
    }

    /// The real length of a time on this clock, rounded up to the next nanosecond.
    fn real(&self, length: SignedDuration) -> Duration {
        let Ok(length) = Duration::try_from(length) else { return Duration::ZERO };
        (length / self.speed).saturating_add(Duration::from_nanos(u64::from(self.speed > 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_the_step_is_due() {
        let start: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
        for speed in [1, 7, 900, 86_400] {
            let clock = StoreClock::running(start, speed);
            let due = start + SignedDuration::from_millis(i64::from(speed) * 30);
            std::thread::sleep(clock.until(due));
            let late = clock.now().duration_since(due);
            assert!(!late.is_negative(), "{speed}");
            assert!(late < SignedDuration::from_secs(i64::from(speed)), "{speed}: {late}");
            assert_eq!(clock.until(start), Duration::ZERO);
        }
        let now = Timestamp::now();
        assert!(StoreClock::system().now() >= now);
        assert!(StoreClock::system().until(now + SignedDuration::from_secs(9)) <= LOOK);
        assert_eq!(StoreClock::running(Timestamp::MAX, 9).now(), Timestamp::MAX);
    }
}
