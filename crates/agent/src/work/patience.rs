//! How long an intake that does not answer is tried again: by `once` for some minutes, by `run` for
//! ever.
//!
//! Not here: how long one pause is (module `pause`).
//!
//! Invariants:
//! 1. `once` ends, and what may mend itself does not end `run` (`tests/commands.rs`:
//!    `an_intake_that_is_away_is_tried_again`).

use std::fmt::Display;
use std::thread;
use std::time::{Duration, Instant};

use crate::pause::pause;
use crate::say::say;
use crate::settings::Settings;

/// The patience for one thing that is attempted.
pub(super) struct Patience {
    began: Instant,
    attempts: u32,
    /// None for ever.
    limit: Option<Duration>,
}

impl Patience {
    /// That of the settings.
    pub(super) fn new(settings: &Settings, once: bool) -> Self {
        let limit = once.then(|| settings.delivery.give_up());
        Self { began: Instant::now(), attempts: 0, limit }
    }

    /// How long attempts may still take; none for ever.
    pub(super) fn left(&self) -> Option<Duration> {
        self.limit.map(|limit| limit.saturating_sub(self.began.elapsed()))
    }

    /// Waits after an attempt without success, and says why; `asked` is how long the intake wants
    /// to be left in peace. False if it is time to give up.
    pub(super) fn wait(&mut self, asked: Option<Duration>, field: &str, why: impl Display) -> bool {
        let pause = pause(self.attempts, asked);
        if self.limit.is_some_and(|limit| self.began.elapsed() + pause > limit) {
            return false;
        }
        // Ever more seldom, as the pauses grow.
        if self.attempts == 0 || self.attempts.is_power_of_two() {
            say(format_args!("warning[intake]: intake: {field}: {why}; trying again"));
        }
        self.attempts += 1;
        thread::sleep(pause);
        true
    }
}
