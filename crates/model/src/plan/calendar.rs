//! The calendar of a plan: its steps, its windows, and when a release is due and public.
//!
//! Not here: periods themselves (module `period`), and the clock.
//!
//! Invariants:
//! 1. When a release becomes public depends only on the plan and the step; it is never before the
//!    release is due, and no later step becomes public earlier
//!    (`plan::calendar::tests::an_embargo_ends_at_its_hour`).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::content::Plan;
use crate::period::days::{self, Days};
use crate::period::{Grain, Period};

impl Plan {
    /// The time zone in which days begin and end.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// The days from the first step to the expiry, with their beginnings in the plan's time zone.
    pub fn days(&self) -> Days {
        let first = self.first_step().first();
        Days::between(self.time_zone.clone(), first, self.statement.expires)
    }

    /// The grain of the plan's steps.
    pub fn step(&self) -> Grain {
        self.dataflows[0].step
    }

    /// The first step of the plan.
    pub fn first_step(&self) -> Period {
        Period::containing(self.step(), self.statement.start)
    }

    /// The accounting window to which a step is assigned; see [`Period::given_to`].
    pub fn window_of(&self, step: Period) -> Period {
        step.given_to(self.privacy.window)
    }

    /// The number of a window, counted from 0 for the plan's first; `None` for a window before
    /// that.
    pub fn window_number(&self, window: Period) -> Option<u32> {
        let first = self.window_of(self.first_step());
        (first <= window).then(|| {
            let mut number = 0;
            let mut at = first;
            while at < window {
                at = at.next();
                number += 1;
            }
            number
        })
    }

    /// The steps of a window that are not before the plan's first step, in order.
    pub fn steps_of(&self, window: Period) -> Vec<Period> {
        let first = self.first_step().max(window.within(self.step()));
        std::iter::successors(Some(first), |step| Some(step.next()))
            .skip_while(|&step| self.window_of(step) < window)
            .take_while(|&step| self.window_of(step) == window)
            .collect()
    }

    /// The most windows whose measurements a person can move whose events all occurred in one
    /// window.
    ///
    /// Late counts belong to the window in which an event occurred; presence changes when an event
    /// is admitted, and stays. So it is one window where nothing counts who is present; two where
    /// events are admitted no later than a window after their own, and each count of persons
    /// present goes on from a base measured once; and all windows where such a count has a base in
    /// each window, where events are admitted later, or where timers fire later.
    pub fn windows_moved(&self) -> u32 {
        let all = self.privacy.windows;
        if self.life_cycle.has_timers() {
            return all;
        }
        let present: Vec<_> = self.dataflows.iter().filter(|one| one.present().is_some()).collect();
        if present.is_empty() {
            return 1;
        }
        // What occurs in the first window, which may be cut short, is admitted in the second.
        let first = self.window_of(self.first_step());
        let later = std::iter::successors(Some(first.next()), |window| Some(window.next()));
        let lengths = later.take(all as usize - 1).map(|window| self.steps_of(window).len());
        let shortest = lengths.min().unwrap_or(0);
        let kept = self.retention.events_steps;
        let ends_with_next = kept.is_some_and(|steps| steps as usize <= shortest);
        match ends_with_next && present.iter().all(|dataflow| dataflow.continues()) {
            true => 2,
            false => all,
        }
    }

    /// Whether the plan allows a release of this step: not before its start, not after its expiry,
    /// not after its last window.
    pub fn allows(&self, step: Period) -> bool {
        step >= self.first_step()
            && step.last() <= self.statement.expires
            && self
                .window_number(self.window_of(step))
                .is_some_and(|number| number < self.privacy.windows)
    }

    /// When the release of a step is due: the delay after its end. The calendar of releases has
    /// this instant for every step that the plan allows.
    pub fn due(&self, step: Period) -> Timestamp {
        let end = days::instant(&self.time_zone, step.end());
        let delay = i64::from(self.statement.release_delay_minutes) * 60_000;
        // The years of a plan are within the range of instants.
        Timestamp::from_millisecond(end.saturating_add(delay)).unwrap_or(Timestamp::MAX)
    }

    /// When the embargo on a release of this step ends: the first instant, not before the release
    /// is due, at which the clock shows the time of day that the plan states. `None` for a plan
    /// without an embargo.
    pub fn embargoed_until(&self, step: Period) -> Option<Timestamp> {
        let hour = self.statement.embargo?;
        let due = self.due(step);
        let day = self.time_zone.to_datetime(due).date();
        let hour_on = |day: Date| {
            let end = days::instant(&self.time_zone, day.to_datetime(hour));
            Timestamp::from_millisecond(end).unwrap_or(Timestamp::MAX)
        };
        let same_day = hour_on(day);
        let next_day = || hour_on(day.tomorrow().unwrap_or(day));
        Some(if same_day >= due { same_day } else { next_day() }.max(due))
    }
}

#[cfg(test)]
mod tests {
    use testkit::edit;

    use super::*;

    fn plan(embargo: Option<&str>, delay_hours: i64) -> Plan {
        let text = edit(include_str!("../../../../testdata/crossings.toml"))
            .change("statement.time_zone", "Europe/Vienna")
            .set("statement.release_delay_hours", delay_hours);
        let text = embargo.into_iter().fold(text, |text, hour| text.add("statement.embargo", hour));
        Plan::parse(&text.text()).unwrap()
    }

    fn until(plan: &Plan, step: &str) -> Option<String> {
        let until = plan.embargoed_until(Period::parse(step).unwrap())?;
        Some(until.to_string())
    }

    #[test]
    fn an_embargo_ends_at_its_hour() {
        assert_eq!(until(&plan(None, 6), "2024-01-15"), None);
        let table = [
            // Due at 06:00 and at 10:00 of the day after: that day, and the next.
            ("09:30", 6, "2024-01-15", "2024-01-16T08:30:00Z"),
            ("09:30", 10, "2024-01-15", "2024-01-17T08:30:00Z"),
            // Due exactly at the hour of the embargo; a day in summer time.
            ("06:00", 6, "2024-01-15", "2024-01-16T05:00:00Z"),
            ("09:30", 6, "2024-07-15", "2024-07-16T07:30:00Z"),
            // An hour that the clock skips counts as the instant of the change; one that comes
            // twice counts the first time.
            ("02:30", 0, "2024-03-30", "2024-03-31T01:00:00Z"),
            ("02:30", 0, "2024-10-26", "2024-10-27T00:30:00Z"),
        ];
        for (hour, delay, step, expected) in table {
            let plan = plan(Some(hour), delay);
            assert_eq!(until(&plan, step).as_deref(), Some(expected), "{hour} {delay} {step}");
        }
        for delay in [0, 2, 3, 9, 25] {
            for hour in ["00:00", "02:30", "09:30", "23:59"] {
                let plan = plan(Some(hour), delay);
                let mut step = plan.first_step();
                let mut before = Timestamp::MIN;
                for _ in 0..400 {
                    let until = plan.embargoed_until(step).unwrap();
                    let waits = until.duration_since(plan.due(step)).as_hours();
                    assert!(until >= before && (0..=25).contains(&waits), "{hour} {step}");
                    (before, step) = (until, step.next());
                }
            }
        }
    }
}
