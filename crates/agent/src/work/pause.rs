//! Pauses between attempts: growing, with chance, so that agents do not come back all at once.
//!
//! Not here: what is attempted.
//!
//! Invariants:
//! 1. A pause is at most [`PAUSE_MAX`], or as long as the other side asks
//!    (`work::pause::tests::pauses_grow_and_end`).

use std::time::Duration;

const PAUSE_FIRST: Duration = Duration::from_millis(500);
/// Longest pause that the agent chooses itself.
pub(super) const PAUSE_MAX: Duration = Duration::from_secs(300);

/// The pause after this many attempts without success; `asked` is what the intake asked for.
pub(super) fn pause(attempts: u32, asked: Option<Duration>) -> Duration {
    let doubled = PAUSE_FIRST.saturating_mul(1u32 << attempts.min(16)).min(PAUSE_MAX);
    let mut chance = [0; 4];
    // Without entropy every agent would wait the same time: no harm but a crowd.
    let _ = getrandom::fill(&mut chance);
    let part = (u64::from(u32::from_le_bytes(chance)) * (doubled.as_millis() as u64)) >> 33;
    let chosen = doubled / 2 + Duration::from_millis(part);
    asked.map_or(chosen, |asked| asked.max(PAUSE_FIRST) + Duration::from_millis(part.min(1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        for attempts in 0..40 {
            let doubled = PAUSE_FIRST.saturating_mul(1 << attempts.min(16)).min(PAUSE_MAX);
            let pause = pause(attempts, None);
            assert!(pause >= doubled / 2 && pause <= doubled, "{attempts}: {pause:?}");
        }
        let asked = pause(0, Some(Duration::from_secs(60)));
        assert!(asked >= Duration::from_secs(60) && asked <= Duration::from_secs(61));
    }
}
