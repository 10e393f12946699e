//! Releasing every step that has closed: fold, charge, draw, seal, publish.
//!
//! Not here: the parts themselves (rooms `state` and `release`, modules `charge` and `pending`).
//!
//! Invariants:
//! 1. Charge, draw, seal, append, show, in this order (`tidegauge/tests/crash.rs`).
//! 2. The clock and the plan decide which steps are released, never the data
//!    (`tidegauge/tests/same_bytes.rs`).
//! 3. The time of an entry comes from the calendar, never from the clock at which the work on it
//!    was done: however long a release takes, and so however many events there are, no entry and no
//!    public file shows it. Times in a ledger never go backwards
//!    (`tidegauge/tests/calendar.rs`: `a_slow_release_shows_in_no_time`).
//! 4. What is released is final, so a store into which nothing was ever taken releases only on
//!    express demand (`tidegauge/tests/calendar.rs`:
//!    `a_store_that_never_took_an_event_releases_only_on_demand`).

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use jiff::Timestamp;
use tidegauge_ledger::{Entry, LateVintage, Part, Release, Slot, late_due, late_slots, slots};
use tidegauge_model::Period;

use super::group::{Group, Progress};
use super::open::Store;
use crate::calendar::{CalendarStep, SEED, StepNumber};
use crate::error::Error;
use crate::journal::Segment;
use crate::layout::{private_directory, state_directory, whole_minute};
use crate::release::{NoiseSource, Sealed, blind, draw};
use crate::state::FoldState;

/// Which steps are released, and by which clock.
#[derive(Clone, Copy, Debug)]
pub struct Releasing {
    /// The last step; `None` for every step that has closed.
    pub until: Option<Period>,
    /// The clock: a step is released when it has closed by it.
    pub now: Timestamp,
    /// Since when the calendar is kept: steps that were due before have this time in the ledger, to
    /// the whole minute, and later ones the instant at which they were due.
    pub since: Timestamp,
    /// Since when the sources could deliver: a step that not all of them have declared is released
    /// no sooner than the plan's longest wait after it. `None`: they had their time.
    pub wait_from: Option<Timestamp>,
    /// The number of threads that count.
    pub threads: usize,
    /// Whether a store is released into which nothing was ever taken.
    pub empty: bool,
    /// The most steps that become public together: 1 in a process that releases by the clock.
    pub together: usize,
}

impl Releasing {
    /// Every step that has closed by a clock, one by one; a store that never took an event is
    /// refused.
    pub fn closed(now: Timestamp, threads: usize) -> Self {
        Self { until: None, now, since: now, wait_from: None, threads, empty: false, together: 1 }
    }
}

impl Store {
    /// The first step that has not been released. Steps are released in their order, so the newest
    /// entry of a step itself, which is no later vintage, has the last.
    pub(super) fn first_open(&self) -> StepNumber {
        // Steps are released in their order.
        let released = |entry: &Entry| match entry {
            Entry::Release { step, vintage: 0, .. } => {
                Period::parse(step).and_then(|step| self.steps.number(step))
            }
            _ => None,
        };
        self.log.entries().iter().rev().find_map(released).map_or(0, |last| last + 1)
    }

    /// The number of steps that are released or can be, by the clock and by what their sources have
    /// declared, up to and including the last that is named.
    fn closed(&self, how: &Releasing) -> Result<StepNumber, Error> {
        let &Releasing { until, now, wait_from, .. } = how;
        let delay = i64::from(self.plan.statement.release_delay_minutes) * 60_000;
        let passed = self.steps.passed(now.as_millisecond() - delay);
        let declared = self.control.completeness()?;
        let first_open = self.first_open();
        let is_included = |&number: &StepNumber| {
            let step = self.steps.period(number);
            until.is_none_or(|until| until.reaches(step))
                && self.release_instant(step, &declared, wait_from) <= now
        };
        // Fits: the sum is at most `passed`, or nothing is added.
        let more = (first_open..passed).take_while(is_included).count() as StepNumber;
        Ok(first_open + more)
    }

    /// The first step that is not released, and when it will be, as far as its sources have
    /// declared now and could deliver since `wait_from`; `None` after the plan's last.
    pub fn next_due(
        &self,
        wait_from: Option<Timestamp>,
    ) -> Result<Option<(Period, Timestamp)>, Error> {
        let Some(step) = self.steps.get(self.first_open()) else { return Ok(None) };
        let declared = self.control.completeness()?;
        Ok(Some((step, self.release_instant(step, &declared, wait_from))))
    }

    /// Whether any event was ever taken in; a declaration is none. What was taken in and left again
    /// by retention left with a release, so the journal and the ledger are enough to know.
    pub fn has_taken(&self) -> Result<bool, Error> {
        let is_release = |entry: &Entry| matches!(entry, Entry::Release { .. });
        let has_released = self.log.entries().iter().any(is_release);
        Ok(has_released || !self.control.segments()?.is_empty())
    }

    /// The time of a step's entries: when it was to be released or, if that was before the calendar
    /// was kept, the minute since which it is; never before the last entry.
    fn entry_time(&self, step: Period, how: &Releasing, group: &Group) -> Result<Timestamp, Error> {
        let public = self.log.entries().last().and_then(Entry::instant);
        let last = group.last_time().or(public);
        let instant = self.release_instant(step, &self.control.completeness()?, how.wait_from);
        let at = instant.max(whole_minute(how.since));
        Ok(last.map_or(at, |last| last.max(at)))
    }

    /// The number of steps that would be released.
    pub fn closed_unreleased(&self, how: &Releasing) -> Result<u64, Error> {
        Ok(u64::from((self.closed(how)? - self.first_open()).max(0).unsigned_abs()))
    }

    /// Releases every step that has closed by the clock, up to and including the last that is
    /// named. Reports to `progress` each step that became public, and a state that it had to
    /// pass over.
    ///
    /// Errors: the first step that cannot be released; those before it are public. A store that
    /// never took an event, unless it is named as empty.
    pub fn release(
        &mut self,
        how: &Releasing,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        self.check_finished()?;
        let mut released = self.release_closed(how, progress);
        // Each time with fewer files of the state.
        while let Err(fault) = &released
            && self.go_back(fault)?
        {
            progress(Progress::PassedOver(fault));
            released = self.release_closed(how, progress);
        }
        released.map_err(|error| error.or_full_disk(&private_directory(&self.directory)))
    }

    fn release_closed(
        &mut self,
        how: &Releasing,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let &Releasing { until, threads, empty, .. } = how;
        if until.is_some_and(|until| until.end() <= self.plan.first_step().start()) {
            return Err(Error::Until { rule: "lies before the plan's first step" });
        }
        let (first_open, closed) = (self.first_open(), self.closed(how)?);
        if first_open >= closed {
            return Ok(());
        }
        if !empty && !self.has_taken()? {
            return Err(Error::Empty { place: self.directory.display().to_string() });
        }
        let mut state = self.newest_state()?;
        let segments = self.open_segments()?;
        if state.next > first_open {
            let rule = "lies beyond the steps that the ledger has released";
            return Err(Error::corrupt(&state_directory(&self.directory), "state", rule));
        }
        if state.next == SEED {
            state.seed(&self.kernel, &segments, threads)?;
        }
        let mut group = Group::default();
        let open = first_open..closed;
        let released = self.release_from(&mut state, &segments, open, how, &mut group, progress);
        let written = released.and_then(|()| self.write_state(&mut state, threads));
        // What was drawn before a failure becomes public all the same.
        let run = written.as_ref().ok().and_then(Option::as_ref);
        let published = self.publish(&mut group, run, progress);
        written.and(published)?;
        self.remove_leaving()?;
        self.remove_past_blocks(&segments)
    }

    /// Folds the steps from the state up to the end of `open`, and draws those in it. The last of
    /// them stay in the group.
    fn release_from(
        &mut self,
        state: &mut FoldState,
        segments: &[Segment],
        open: Range<StepNumber>,
        how: &Releasing,
        group: &mut Group,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let (mut charged, begun) = (None, state.next);
        while state.next < open.end {
            // The last step is a round of its own: the state before it is kept too.
            let is_last = state.next + 1 == open.end;
            if is_last && begun < state.next {
                // No state is ahead of the ledger.
                self.publish(group, None, progress)?;
                self.keep(state, how.threads)?;
            }
            let end = if is_last { open.end } else { open.end - 1 };
            let count = state.round(&self.kernel, segments, end);
            let mut steps: Vec<CalendarStep> = Vec::with_capacity(count);
            for number in (state.next..).take(count) {
                let step = self.steps.period(number);
                let window = self.prices.window(&self.plan, self.plan.window_of(step))?;
                steps.push(CalendarStep::new(step, window));
            }
            let folded = state.fold(&self.kernel, segments, &steps, how.threads)?;
            for (step, folded) in steps.iter().zip(&folded) {
                if step.begins_window() {
                    self.publish(group, None, progress)?;
                    charged = None;
                }
                let is_open = state.next >= open.start;
                state.add(step, folded)?;
                if is_open {
                    let at = self.entry_time(step.period, how, group)?;
                    let charges = match charged.take() {
                        Some(charges) => charges,
                        None => self.charge(step, at)?,
                    };
                    self.draw(step, state, (&charges, at), group)?;
                    charged = Some(charges);
                    // The last of all is sealed with the state that it leaves.
                    if group.is_full(how.together) && state.next < open.end {
                        self.publish(group, None, progress)?;
                    }
                }
                state.close_nodes(step);
                for dataflow in 0..self.plan.dataflows.len() {
                    for late in late_due(&self.plan, dataflow, step.period) {
                        state.close_late(dataflow, self.number(late.step)?);
                    }
                }
            }
        }
        Ok(())
    }

    /// Draws one step, which the window's charges pay for, and adds it to a group; its entries have
    /// this time.
    fn draw(
        &self,
        step: &CalendarStep,
        state: &FoldState,
        (charges, at): (&[u64], Timestamp),
        group: &mut Group,
    ) -> Result<(), Error> {
        let mut charges = charges.iter().copied();
        let silent = self.silent(step.period)?;
        // Added to the group when it is whole.
        let mut sealed = Sealed::default();
        for (position, dataflow) in self.plan.dataflows.iter().enumerate() {
            let prices = &step.window.prices[position];
            let slots = slots(&self.plan, prices, step.period);
            let exact = |slot: &Slot| {
                if slot.part.is_base() {
                    let base = state.base.as_ref()?.cells(position);
                    return Some((slot.weight, slot.measurand.exact(base).ok()?));
                }
                let (weight, exact) = state.exact(step, position, slot)?;
                Some((weight, Cow::Borrowed(exact)))
            };
            let mut noise = self.noise();
            let release = draw(&dataflow.id, (step.period, 0), slots, exact, &mut noise)?;
            let is_drawn = |part: Part| release.parts.iter().any(|drawn| drawn.part == part);
            let paying = prices
                .iter()
                .zip(charges.by_ref())
                .filter(|(price, _)| is_drawn(price.part))
                .map(|(_, index)| index)
                .collect();
            sealed.add(&self.blinded(release, &mut noise), paying, silent.clone(), at)?;
            for late in late_due(&self.plan, position, step.period) {
                let mut noise = self.noise();
                let (release, paying) = self.draw_late(position, late, step, state, &mut noise)?;
                let silent = self.silent(late.step)?;
                sealed.add(&self.blinded(release, &mut noise), paying, silent, at)?;
            }
        }
        group.sealed.entries.append(&mut sealed.entries);
        group.sealed.files.append(&mut sealed.files);
        group.steps.push((step.period, silent));
        Ok(())
    }

    /// The source of the noise of one release.
    fn noise(&self) -> NoiseSource {
        NoiseSource::of(&self.genesis.population)
    }

    /// Blinds a release if the plan has an embargo.
    fn blinded(&self, release: Release, noise: &mut NoiseSource) -> Release {
        if self.plan.statement.embargo.is_some() { blind(release, noise) } else { release }
    }

    /// Draws a later vintage of a step: the counts since the vintage before. Also returns the
    /// charges that pay for it, which are those of the window in which the events occurred.
    fn draw_late(
        &self,
        position: usize,
        late: LateVintage,
        released_with: &CalendarStep,
        state: &FoldState,
        noise: &mut NoiseSource,
    ) -> Result<(Release, Vec<u64>), Error> {
        let dataflow = &self.plan.dataflows[position];
        let window = self.plan.window_of(late.step);
        let slots = if window == released_with.window.period {
            late_slots(&released_with.window.prices[position], late.step)
        } else {
            late_slots(&self.prices.of_dataflow(&self.plan, window, position)?, late.step)
        };
        let window = window.to_string();
        let charges: Vec<(u64, &Entry)> = self.log.charges_of(&window).collect();
        let paying_charge = |slot: &Slot| {
            let pays = |entry: &Entry| match entry {
                Entry::Charge { dataflow: charged, part, .. } => {
                    *charged == dataflow.id && *part == slot.part.paid_by()
                }
                _ => false,
            };
            charges.iter().find_map(|(index, entry)| pays(entry).then_some(*index))
        };
        let paying: Option<Vec<u64>> = slots.iter().map(paying_charge).collect();
        let Some(paying) = paying.filter(|paying| !paying.is_empty()) else {
            return Err(Error::ChargesDiffer { window });
        };
        let counts = state.late(position, self.number(late.step)?, dataflow.structure.cells());
        let exact = |slot: &Slot| Some((slot.weight, slot.measurand.exact(&counts).ok()?));
        let release = draw(&dataflow.id, (late.step, late.vintage), slots, exact, noise)?;
        Ok((release, paying))
    }

    /// The number of a step of the plan.
    fn number(&self, step: Period) -> Result<StepNumber, Error> {
        let missing = || Error::corrupt(Path::new("release"), "step", "is not a step of the plan");
        self.steps.number(step).ok_or_else(missing)
    }
}
