//! Steps that are due by the release calendar and missing from the ledger.
//!
//! Not here: the calendar itself (crate `model`), and releasing (the private tower). Anyone with a
//! public directory and a clock can compute this from the plan in its ledger.
//!
//! Invariants:
//! 1. A step is overdue from [`GRACE_SECONDS`] after it is due, in a plan with sources after its
//!    longest wait for them, until the ledger has its release
//!    (`tests::telemetry::an_overdue_release_is_not_ready_and_says_since_when`).
//! 2. After the plan's last step nothing is due
//!    (`calendar::tests::nothing_is_overdue_after_the_last_step_of_a_plan`).

use jiff::{SignedDuration, Timestamp};
use tidegauge_figures::Catalogue;
use tidegauge_ledger::Entry;
use tidegauge_model::{Period, Plan, SourceSet, days};

/// Time allowed for a release after it is due: a large step takes a while.
pub(crate) const GRACE_SECONDS: i64 = 600;
/// The most overdue steps of a dataflow that are counted.
pub(crate) const OVERDUE_STEPS_MAX: u32 = 1000;

/// Steps of a dataflow that are overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overdue {
    /// The first of them.
    pub(crate) step: Period,
    /// When that step was due, in a plan with sources after the longest wait for them.
    pub(crate) since: Timestamp,
    /// Their number, up to [`OVERDUE_STEPS_MAX`].
    pub(crate) steps: u32,
}

/// The state of a dataflow in its release calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DataflowCalendar {
    /// The end of its last step on the ledger.
    pub(crate) last_end: Option<Timestamp>,
    /// Its overdue steps at the requested instant.
    pub(crate) overdue: Option<Overdue>,
}

/// The state of a dataflow at an instant; without one nothing is overdue.
pub(crate) fn calendar(
    catalogue: &Catalogue,
    dataflow: usize,
    now: Option<Timestamp>,
) -> DataflowCalendar {
    let plan = &catalogue.plan;
    let last = last_step(&catalogue.ledger().entries, &plan.dataflows[dataflow].id);
    let last_end = last.and_then(|step| {
        Timestamp::from_millisecond(days::instant(plan.time_zone(), step.end())).ok()
    });
    let next = last.map_or_else(|| plan.first_step(), Period::next);
    DataflowCalendar { last_end, overdue: now.and_then(|now| overdue(plan, next, now)) }
}

/// The last step of a dataflow that is released in the ledger, under embargo or not.
fn last_step(entries: &[Entry], id: &str) -> Option<Period> {
    entries.iter().rev().find_map(|entry| match entry {
        Entry::Release { dataflow, step, vintage: 0, .. } if dataflow == id => Period::parse(step),
        _ => None,
    })
}

/// The sources that were silent when each of the newest steps was first released, under embargo or
/// not, the newest first.
pub(crate) fn newest_silent(catalogue: &Catalogue, steps: usize) -> Vec<SourceSet> {
    let plan = &catalogue.plan;
    let Some(first) = plan.dataflows.first() else { return vec![] };
    // Every dataflow has the same sources at the first release of a step.
    let of_step = |entry: &Entry| match entry {
        Entry::Release { dataflow, vintage: 0, silent, .. } if *dataflow == first.id => {
            plan.source_set(silent.iter().map(String::as_str))
        }
        _ => None,
    };
    catalogue.ledger().entries.iter().rev().filter_map(of_step).take(steps).collect()
}

/// The steps from this one on that are overdue at an instant.
fn overdue(plan: &Plan, next: Period, now: Timestamp) -> Option<Overdue> {
    let grace = SignedDuration::from_secs(GRACE_SECONDS);
    let latest = now.checked_sub(grace).unwrap_or(Timestamp::MIN);
    let steps = std::iter::successors(Some(next), |step| Some(step.next()))
        .take_while(|&step| plan.allows(step) && plan.latest_release(step) <= latest)
        .take(OVERDUE_STEPS_MAX as usize)
        .count();
    // Fits: at most OVERDUE_STEPS_MAX.
    let since = plan.latest_release(next);
    (steps > 0).then_some(Overdue { step: next, since, steps: steps as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::publisher;

    #[test]
    fn nothing_is_overdue_after_the_last_step_of_a_plan() {
        let plan = publisher::plan();
        let later: Timestamp = "2040-01-01T00:00:00Z".parse().unwrap();
        let steps = |next: &str| {
            let overdue = overdue(&plan, Period::parse(next).unwrap(), later)?;
            assert_eq!(overdue.since, plan.due(overdue.step));
            Some(overdue.steps)
        };
        assert_eq!(steps("2025-01-01"), None);
        assert_eq!(steps("2024-12-31"), Some(1));
        assert_eq!(steps("2024-12-01"), Some(31));
        assert_eq!(overdue(&plan, plan.first_step(), Timestamp::MIN), None);
    }
}
