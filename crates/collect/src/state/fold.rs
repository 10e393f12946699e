//! The state between two steps, and the fold of a round of steps from the journal.
//!
//! The steps of a round are folded partition by partition: each partition meets all of them while
//! it is in a core's cache. Partitions do not depend on each other, so this changes no count.
//!
//! Not here: the kernel's rules (crate `fold`), how a recursion goes on (crate `privacy`), noise,
//! anything public.
//!
//! Invariants:
//! 1. The state after a step is a pure function of the journal, for any number of segments and
//!    threads (`tidegauge/tests/same_bytes.rs`).
//! 2. A person's event counts once: the kernel recognises copies within a fold, module `gather`
//!    recognises a late copy of an event of an earlier fold; a copy with a time in another step is
//!    another event (`tidegauge/tests/same_bytes.rs`: `copies_and_replays_change_no_byte`). The
//!    same holds with corrections
//!    (`tidegauge/tests/corrections.rs`: `order_split_and_replays_change_no_byte`).
//! 3. Exact late counts wait here from the step that admits an event to the vintage that measures
//!    it, and are then removed (`tidegauge/tests/vintages.rs`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;

use tidegauge_fold::{
    EarlierEvents, Event, Kernel, LateTally, PARTITIONS, Partition, Pseudonym, StepCounts,
    StepKind, Tally,
};
use tidegauge_ledger::{Price, Scheme, Slot};

use super::gather::{EventsByPartition, blocks, gather, in_threads};
use super::persons::Persons;
use super::run::WaitingCount;
use super::runs::Runs;
use crate::calendar::{CalendarStep, SEED, StepNumber};
use crate::error::Error;
use crate::journal::Segment;

/// The values that every stream of the plan carries from step to step. For a strategy of nodes: the
/// exact sums of the nodes that are still open, by level and cell. For a recursion: one row with
/// the states of all cells.
pub(super) type StreamSums = Vec<Vec<Vec<i64>>>;

/// Everything that one step passes to the next. All of it is private.
pub(crate) struct FoldState {
    /// The step that is folded next.
    pub(crate) next: StepNumber,
    pub(super) sums: StreamSums,
    /// For each stream that is a recursion, the exact integers of the step folded last.
    pub(super) rows: Vec<Vec<i64>>,
    /// Late counts that wait for their vintage, by dataflow, step of occurrence and cell.
    pub(super) late: BTreeMap<WaitingCount, i64>,
    /// Persons present, by cell of each stock.
    pub(super) present: Tally,
    /// The persons present before the step added last, if that began a window: its base.
    pub(crate) base: Option<Tally>,
    /// The window of the step folded last.
    pub(super) window: Option<u32>,
    /// The last day that was folded: timers up to it have fired.
    pub(super) last: Option<i32>,
    /// Persons on disk who move at the next step.
    pub(super) moving: Vec<Pseudonym>,
    /// The persons in memory, by partition.
    pub(super) partitions: Vec<Persons>,
    /// All persons as they were when the state was written last.
    pub(super) runs: Runs,
}

/// The exact counts of one folded step.
pub(crate) struct Folded {
    /// Exact increments of the step.
    pub(crate) step: Tally,
    /// Exact changes of the persons present.
    present: Tally,
    /// Exact late increments.
    late: LateTally,
}

impl Folded {
    fn new(kernel: &Kernel) -> Self {
        let (step, present) = (kernel.tally(), kernel.presence());
        Self { step, present, late: LateTally::default() }
    }

    /// Adds the counts of other persons in the same step.
    fn merge(&mut self, other: &Self) -> Result<(), Error> {
        self.step.merge(&other.step).map_err(|_| overflow())?;
        self.present.merge(&other.present).map_err(|_| overflow())?;
        self.late.merge(&other.late).map_err(|_| overflow())
    }
}

/// The most steps of a round, and the most events, so that what is gathered stays small beside the
/// states.
const STEPS_MAX: usize = 64;
const EVENTS_MAX: usize = 3 << 19;
/// The most counts that the steps of a round may have together, on each thread.
const COUNTS_MAX: usize = 4 << 20;

impl FoldState {
    /// The state of a store without any event.
    pub(crate) fn new(kernel: &Kernel) -> Self {
        let partitions = (0..PARTITIONS).map(|_| Persons::none(kernel.width())).collect();
        Self {
            next: SEED,
            sums: vec![],
            rows: vec![],
            late: BTreeMap::new(),
            present: kernel.presence(),
            base: None,
            window: None,
            last: None,
            moving: vec![],
            partitions,
            runs: Runs::none(),
        }
    }

    /// Folds the events before the plan's start, which only set states.
    pub(crate) fn seed(
        &mut self,
        kernel: &Kernel,
        segments: &[Segment],
        threads: usize,
    ) -> Result<(), Error> {
        let folded = self.fold_events(kernel, segments, &[StepKind::Seed], threads)?;
        folded.iter().try_for_each(|folded| self.count(folded))
    }

    /// How many of the next steps, up to an end, make a round.
    pub(crate) fn round(&self, kernel: &Kernel, segments: &[Segment], end: StepNumber) -> usize {
        let steps = usize::try_from(end - self.next).unwrap_or(0).min(STEPS_MAX);
        let steps = steps.min(COUNTS_MAX / kernel.counts().max(1)).max(1);
        let mut events = vec![0usize; steps];
        for (segment, block) in blocks(segments) {
            let place = usize::try_from(block.folded - self.next).ok();
            if let Some(sum) = place.and_then(|place| events.get_mut(place)) {
                *sum += segment.rows(block);
            }
        }
        let sums = events.iter().scan(0usize, |sum, events| {
            *sum += events;
            Some(*sum)
        });
        sums.take_while(|sum| *sum <= EVENTS_MAX).count().max(1)
    }

    /// Folds steps, the first of which must be the next one. Each is then to be added
    /// ([`Self::add`]), in their order, before others are folded.
    pub(crate) fn fold(
        &mut self,
        kernel: &Kernel,
        segments: &[Segment],
        steps: &[CalendarStep],
        threads: usize,
    ) -> Result<Vec<Folded>, Error> {
        let kinds: Vec<_> = steps.iter().map(CalendarStep::kind).collect();
        self.fold_events(kernel, segments, &kinds, threads)
    }

    /// Adds a folded step, which must be the next one, to the persons present and to the sums of
    /// the open nodes.
    pub(crate) fn add(&mut self, step: &CalendarStep, folded: &Folded) -> Result<(), Error> {
        self.base = step.begins_window().then(|| self.present.clone());
        self.count(folded)?;
        self.rows.clear();
        self.sums.resize(step.streams().count(), vec![]);
        for ((dataflow, price), sums) in step.streams().zip(&mut self.sums) {
            let counts = counts(folded.step.cells(dataflow), price)?;
            if price.begins == step.period {
                *sums = zeros(price);
            }
            let row = match &price.scheme {
                Scheme::Nodes { .. } | Scheme::Periods { .. } => {
                    for (sum, count) in
                        sums.iter_mut().flat_map(|sums| sums.iter_mut().zip(counts.iter()))
                    {
                        *sum = sum.checked_add(*count).ok_or_else(overflow)?;
                    }
                    vec![]
                }
                Scheme::Recursion(recursion) => {
                    let number = price.number(step.period).unwrap_or(0);
                    let states = sums[0].chunks_exact_mut(recursion.width());
                    let cells = counts.iter().zip(states);
                    cells
                        .map(|(&count, state)| recursion.encode(number, count, state))
                        .collect::<Result<_, _>>()?
                }
            };
            self.rows.push(row);
        }
        Ok(())
    }

    /// The measurand of a slot of a dataflow's streams at the step folded last: the exact integers,
    /// and the weight to multiply them by.
    pub(crate) fn exact(
        &self,
        step: &CalendarStep,
        dataflow: usize,
        slot: &Slot,
    ) -> Option<(u32, &[i64])> {
        let mut streams = step.streams().zip(self.sums.iter().zip(&self.rows));
        let ((_, price), (sums, row)) = streams
            .find(|((position, price), _)| *position == dataflow && price.part == slot.part)?;
        Some(match price.scheme {
            Scheme::Nodes { .. } | Scheme::Periods { .. } => (slot.weight, &sums[slot.node.level]),
            Scheme::Recursion(_) => (1, row),
        })
    }

    /// Resets the sums of the nodes that end with this step to zero.
    pub(crate) fn close_nodes(&mut self, step: &CalendarStep) {
        for ((_, price), levels) in step.streams().zip(&mut self.sums) {
            let Some(at) = price.number(step.period) else { continue };
            match &price.scheme {
                Scheme::Nodes { strategy, .. } => {
                    for node in strategy.completed_at(at) {
                        levels[node.level].fill(0);
                    }
                }
                Scheme::Periods { level, .. } => {
                    if level.completed_at(0, at).is_some() {
                        levels[0].fill(0);
                    }
                }
                Scheme::Recursion(_) => {}
            }
        }
    }

    /// The late counts of a step that wait for its next vintage: every cell of the dataflow.
    pub(crate) fn late(&self, dataflow: usize, step: StepNumber, cells: usize) -> Vec<i64> {
        let mut counts = vec![0; cells];
        for (&(.., cell), &count) in self.late.range((dataflow, step, 0)..(dataflow, step, cells)) {
            counts[cell] = count;
        }
        counts
    }

    /// Removes the late counts of a step after they have been measured.
    pub(crate) fn close_late(&mut self, dataflow: usize, step: StepNumber) {
        self.late.retain(|&(position, number, _), _| (position, number) != (dataflow, step));
    }

    /// Adds the persons present in a folded step, and its late counts to those that wait, and goes
    /// on to the next.
    pub(super) fn count(&mut self, folded: &Folded) -> Result<(), Error> {
        self.present.merge(&folded.present).map_err(|_| overflow())?;
        for ((age, dataflow, cell), count) in folded.late.counts() {
            let waiting = (dataflow, self.next - StepNumber::from(age), cell);
            let sum = self.late.entry(waiting).or_default();
            *sum = sum.checked_add(count).ok_or_else(overflow)?;
        }
        self.next += 1;
        Ok(())
    }

    /// Folds the events of the next steps.
    fn fold_events(
        &mut self,
        kernel: &Kernel,
        segments: &[Segment],
        steps: &[StepKind],
        threads: usize,
    ) -> Result<Vec<Folded>, Error> {
        let numbers = (self.next..).take(steps.len());
        let of_steps = numbers.map(|number| gather(kernel, segments, number, threads));
        let (events, earlier) = of_steps.collect::<Result<(Vec<_>, Vec<_>), _>>()?;
        self.fold_gathered(kernel, (events, &earlier), steps, threads)
    }

    /// Folds the events of the next steps, which are given for each step by partition.
    pub(super) fn fold_gathered(
        &mut self,
        kernel: &Kernel,
        (of_steps, earlier): (Vec<EventsByPartition>, &[EarlierEvents]),
        steps: &[StepKind],
        threads: usize,
    ) -> Result<Vec<Folded>, Error> {
        let first = self.next;
        // By partition, the events of each step.
        let mut events: Vec<Vec<Vec<Event>>> = vec![vec![]; PARTITIONS];
        for of_step in of_steps {
            events.iter_mut().zip(of_step).for_each(|(all, events)| all.push(events));
        }
        // At the turn of a window, the rows of those who are forgotten leave.
        let begins = |kind: &StepKind| match kind {
            &StepKind::Step { window, in_window: 0, .. } => Some(window),
            _ => None,
        };
        let turned = steps.iter().rev().find_map(begins);
        let mut moving: Vec<Vec<Pseudonym>> = vec![vec![]; PARTITIONS];
        for person in std::mem::take(&mut self.moving) {
            moving[Partition::of(person)].push(person);
        }
        let days = self.days(steps);
        let runs = &self.runs;
        let work = Mutex::new(self.partitions.iter_mut().enumerate().zip(events).zip(moving));
        let fold_partitions = || -> Result<Vec<Folded>, Error> {
            let mut counts: Vec<Folded> = steps.iter().map(|_| Folded::new(kernel)).collect();
            loop {
                let next = work.lock().map_or(None, |mut work| work.next());
                let Some((((number, persons), events), moving)) = next else { return Ok(counts) };
                let of_events = events.iter().flatten().map(|event| event.pseudonym);
                let wanted = of_events.chain(moving);
                persons.load(kernel, runs, (number, first), wanted, days.clone())?;
                let partition = &mut persons.partition;
                let of_steps = steps.iter().zip(events).zip(earlier).zip(&mut counts);
                for (step, (((&kind, mut events), earlier), counts)) in (first..).zip(of_steps) {
                    let Folded { step: tally, present, late } = counts;
                    let counts = StepCounts { number: step, tally, present, earlier, late };
                    kernel.fold_late(partition, &mut events, kind, counts);
                }
                // A row on disk must not stand again because a newer one left.
                if let Some(window) = turned.filter(|_| runs.chain(number).is_empty()) {
                    kernel.drop_forgotten(partition, window);
                }
            }
        };
        let mut threads = in_threads(threads, fold_partitions).into_iter();
        let mut sums = threads.next().unwrap_or_else(|| Ok(vec![]))?;
        for others in threads {
            for (sum, other) in sums.iter_mut().zip(&others?) {
                sum.merge(other)?;
            }
        }
        if let Some(&StepKind::Step { window, last, .. }) = steps.last() {
            (self.window, self.last) = (Some(window), Some(last));
        }
        Ok(sums)
    }

    /// The days whose timers fire in these steps and did not fire before.
    fn days(&self, steps: &[StepKind]) -> Range<u32> {
        let after = |day: i32| u32::try_from(day + 1).unwrap_or(0);
        match steps.last() {
            Some(&StepKind::Step { last, .. }) => self.last.map_or(0, after)..after(last),
            _ => 0..0,
        }
    }
}

/// The sums of a stream before its first step.
fn zeros(price: &Price) -> Vec<Vec<i64>> {
    let values = price.measurand.values();
    match &price.scheme {
        Scheme::Nodes { strategy, .. } => vec![vec![0; values]; strategy.levels().len()],
        Scheme::Periods { .. } => vec![vec![0; values]],
        Scheme::Recursion(recursion) => vec![vec![0; values * recursion.width()]],
    }
}

/// The counts of a part, from the counts of its dataflow's cells: a balance has net changes
/// followed by turnover, a table has its residuals.
fn counts<'a>(cells: &'a [i64], price: &Price) -> Result<Cow<'a, [i64]>, Error> {
    let (net, turnover) = cells.split_at(cells.len() / 2);
    let cells = match price.part {
        part if part.is_net() => net,
        part if part.is_turnover() => turnover,
        _ => cells,
    };
    Ok(price.measurand.exact(cells)?)
}

fn overflow() -> Error {
    Error::corrupt(Path::new("journal"), "counts", "do not fit 64 bits")
}
