//! The life cycle as a walk: which events a status allows and how likely each is, when timers fire,
//! and where a person may be left.
//!
//! Not here: the persons (`persons`), and the days of their events (`maker`).
//!
//! A kind is likelier the earlier the plan lists it, as far as the rehearsal is uneven; for a
//! person who has not been seen before, more so: a case mostly begins at its beginning.
//!
//! Invariants:
//! 1. Timers fire as in the kernel: at the beginning of the day after their last day, before the
//!    events of that day (`tidegauge/tests/rehearsal.rs`:
//!    `a_naive_counter_finds_the_transitions_that_were_made`).

use tidegauge_model::plan::life_cycle::{Due, LifeCycle, Timer};
use tidegauge_model::{Measure, Plan};

use super::lists::ranked_shares;
use crate::draw::Draw;

/// The status of a person who has not been seen yet.
pub(super) const UNSEEN: u8 = 0;

/// Where a person stands: the status, and the day at whose beginning its timer fires, 0 for never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) status: u8,
    pub(super) due: i32,
}

impl Standing {
    /// Nobody has seen the person yet.
    pub(super) const UNSEEN: Self = Self { status: UNSEEN, due: 0 };

    /// Whether no timer fires up to a day.
    pub(super) fn holds_until(self, day: i32) -> bool {
        self.due == 0 || self.due > day
    }
}

/// A life cycle with the likelihood of each transition.
pub(super) struct Walk {
    cycle: LifeCycle,
    /// By status: the kinds that it allows, with the sum of their weights up to each.
    allowed: Vec<Vec<(u64, u8)>>,
    /// By status: the kinds that it does not allow.
    refused: Vec<Vec<u8>>,
    /// The kinds with which persons begin who are present before the first day.
    opening: Vec<(u64, u8)>,
    /// By status: whether nothing goes on there, so that a person may be left there for good.
    pub(super) rests: Vec<bool>,
    /// By status: whether any event can follow, at once or after a timer.
    pub(super) goes_on: Vec<bool>,
}

impl Walk {
    pub(super) fn new(plan: &Plan, uneven: u32) -> Self {
        let cycle = plan.life_cycle.clone();
        let statuses = 0..cycle.statuses.len();
        let kinds = |status: usize, allowed: bool| -> Vec<u8> {
            let all = 0..cycle.kinds.len();
            let found = all.filter(|&kind| cycle.arrow(status, kind).is_some() == allowed);
            // Life cycles have fewer than 256 kinds.
            found.map(|kind| kind as u8).collect()
        };
        let allowed: Vec<Vec<u8>> = statuses.clone().map(|status| kinds(status, true)).collect();
        let goes_on = statuses.clone().map(|status| goes_on(&cycle, status)).collect();
        let opening = opening(plan, &allowed[usize::from(UNSEEN)]);
        Self {
            refused: statuses.clone().map(|status| kinds(status, false)).collect(),
            opening: weighted(&opening, uneven, true),
            rests: rests(plan),
            goes_on,
            allowed: statuses
                .map(|status| weighted(&allowed[status], uneven, status == usize::from(UNSEEN)))
                .collect(),
            cycle,
        }
    }

    /// Draws a kind that a status allows.
    pub(super) fn kind(&self, status: u8, draw: &mut Draw) -> Option<u8> {
        drawn(&self.allowed[usize::from(status)], draw)
    }

    /// Draws a kind with which a person begins who is present before the first day.
    pub(super) fn opening_kind(&self, draw: &mut Draw) -> Option<u8> {
        drawn(&self.opening, draw)
    }

    /// Draws a kind that a status does not allow.
    pub(super) fn refused_kind(&self, status: u8, draw: &mut Draw) -> Option<u8> {
        let refused = &self.refused[usize::from(status)];
        refused.get(draw.below(refused.len() as u32) as usize).copied()
    }

    /// Whether a status allows any event.
    pub(super) fn allows_any(&self, status: u8) -> bool {
        !self.allowed[usize::from(status)].is_empty()
    }

    /// The status to which a kind leads, and the name of the transition.
    pub(super) fn arrow(&self, status: u8, kind: u8) -> Option<(u8, usize)> {
        let arrow = self.cycle.arrow(status.into(), kind.into())?;
        Some((arrow.to as u8, arrow.name))
    }

    /// Whether an event that leads to a status grants something up to a date.
    pub(super) fn grants(&self, status: u8) -> bool {
        matches!(self.cycle.timer(status.into()), Some(Timer { due: Due::Until, .. }))
    }

    /// Where a person stands after an event that leads to a status, and grants something up to this
    /// day (0 for nothing).
    pub(super) fn after_event(&self, status: u8, day: i32, until: i32) -> Standing {
        let last = match self.cycle.timer(status.into()).map(|timer| timer.due) {
            Some(Due::AfterDays(days)) => day.saturating_add_unsigned(days),
            Some(Due::Until) if until != 0 => until,
            _ => return Standing { status, due: 0 },
        };
        Standing { status, due: (last + 1).max(day).max(1) }
    }

    /// Where a person stands on a day before its events: every timer that is due has fired.
    pub(super) fn on_day(&self, mut standing: Standing, day: i32) -> Standing {
        while !standing.holds_until(day) {
            let Some(timer) = self.cycle.timer(standing.status.into()) else { break };
            // Timers form no circle, and a life cycle has few statuses.
            standing = self.after_event(timer.arrow.to as u8, standing.due, 0);
        }
        standing
    }
}

fn drawn(kinds: &[(u64, u8)], draw: &mut Draw) -> Option<u8> {
    let (total, _) = kinds.last()?;
    let place = draw.below_wide(*total);
    let found = kinds.partition_point(|&(sum, _)| sum <= place);
    kinds.get(found).map(|&(_, kind)| kind)
}

/// The kinds with the sum of their weights up to each.
fn weighted(kinds: &[u8], uneven: u32, is_first: bool) -> Vec<(u64, u8)> {
    let mut sum = 0;
    let shares = ranked_shares(kinds.len(), uneven).into_iter();
    let square = |share: u64| if is_first { (share >> 8) * (share >> 8) } else { share };
    let add = |(share, &kind): (u64, &u8)| {
        sum += square(share).max(1);
        (sum, kind)
    };
    shares.zip(kinds).map(add).collect()
}

/// Whether an event can follow a status.
fn goes_on(cycle: &LifeCycle, status: usize) -> bool {
    let mut status = status;
    loop {
        if (0..cycle.kinds.len()).any(|kind| cycle.arrow(status, kind).is_some()) {
            return true;
        }
        // Timers form no circle.
        match cycle.timer(status) {
            Some(timer) => status = timer.arrow.to,
            None => return false,
        }
    }
}

/// The kinds with which persons begin who are present before the first day: those that lead to
/// where nobody is left, if there are any, otherwise those after which something can follow.
fn opening(plan: &Plan, first: &[u8]) -> Vec<u8> {
    let cycle = &plan.life_cycle;
    let leading = |to: &dyn Fn(usize) -> bool| -> Vec<u8> {
        let next = |kind: u8| cycle.next(usize::from(UNSEEN), kind.into());
        first.iter().copied().filter(|&kind| next(kind).is_some_and(to)).collect()
    };
    let [busy, going] =
        [leading(&|status| is_busy(plan, status)), leading(&|status| goes_on(cycle, status))];
    [busy, going, first.to_vec()].into_iter().find(|kinds| !kinds.is_empty()).unwrap_or_default()
}

/// Whether something goes on in a status: a timer runs, a stock counts the person, or a spell.
fn is_busy(plan: &Plan, status: usize) -> bool {
    let holds = |measure: &Measure| match measure {
        Measure::Balance { statuses, .. }
        | Measure::Cohort { statuses }
        | Measure::Duration { statuses, .. }
        | Measure::Stock { statuses, .. } => statuses.contains(&status),
        Measure::AtBound { .. } | Measure::Flow | Measure::Transition => false,
    };
    plan.life_cycle.timer(status).is_some()
        || plan.dataflows.iter().any(|flow| holds(&flow.measure))
}

/// By status, whether a person may be left there for good: where nothing goes on; anywhere if there
/// is no such status.
fn rests(plan: &Plan) -> Vec<bool> {
    let statuses = 0..plan.life_cycle.statuses.len();
    let found: Vec<bool> = statuses.map(|status| !is_busy(plan, status)).collect();
    match found.iter().skip(1).any(|&rests| rests) {
        true => found,
        false => vec![true; found.len()],
    }
}
