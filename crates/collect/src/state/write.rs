//! Writing a state: as a run of the rows that changed, with the partitions that are written anew.
//!
//! Not here: the format of a run (module `run`), which partitions are written anew (module `runs`),
//! when a state is written and which runs stay (module `store::retain`).
//!
//! Invariants:
//! 1. A state that is read is the one that was written
//!    (`state::tests::every_way_to_write_and_read_states_is_the_same`).
//! 2. A step writes the rows that it changed, and not everybody's
//!    (`state::tests::a_step_writes_what_it_changed`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tidegauge_fold::{Kernel, PARTITIONS, Pseudonym, Rows};

use super::fold::{FoldState, StreamSums};
use super::gather::in_threads;
use super::persons::Persons;
use super::run::{Index, RunName, RunWriter};
use super::runs::Runs;
use crate::calendar::StepNumber;
use crate::error::Error;
use crate::layout::run_name;
use crate::vault::StoreKey;

/// Partitions whose rows are made ready together, for each thread.
const READY_A_THREAD: usize = 4;

/// A section that is ready to be written.
struct NewSection {
    from: u32,
    rows: Rows,
    timers: Vec<(u32, Pseudonym)>,
}

/// What becomes of a partition.
struct NewPartition {
    /// `None` if there is nothing to write.
    section: Option<NewSection>,
    /// The numbers of the older runs that have sections of it which stay.
    needs: Vec<u32>,
}

impl FoldState {
    /// Reads the state that the last of these runs, the oldest first, was written with.
    ///
    /// Errors: a file that is missing, incomplete, or differs from the one written; disk.
    pub(crate) fn read(
        directory: &Path,
        names: &[RunName],
        key: &StoreKey,
        kernel: &Kernel,
    ) -> Result<Self, Error> {
        let mut state = Self::new(kernel);
        state.runs = Runs::open(directory, names, key, kernel.width())?;
        let Some(newest) = state.runs.newest() else { return Ok(state) };
        let Index { next, window, last, moving, sums, present, late, .. } = &newest.index;
        let mut values = newest.values.iter().copied();
        let mut take = |count: usize| -> Vec<i64> { values.by_ref().take(count).collect() };
        let read_sums: StreamSums =
            sums.iter().map(|levels| levels.iter().map(|&cells| take(cells)).collect()).collect();
        let cells: Vec<Vec<i64>> = present.iter().map(|&cells| take(cells)).collect();
        let path = directory.join(run_name(newest.number));
        let other = || Error::corrupt(&path, "present", "is not of the plan's stocks");
        let present = kernel.presence().filled(cells).ok_or_else(other)?;
        (state.next, state.window, state.last) = (*next, *window, *last);
        let person = |&(high, low): &(u64, u64)| {
            Pseudonym::from_bits(u128::from(high) << 64 | u128::from(low))
        };
        state.moving = moving.iter().map(person).collect();
        state.late = late.iter().copied().collect();
        (state.sums, state.present) = (read_sums, present);
        Ok(state)
    }

    /// Writes what changed since the state was read or written last, as a run with this number. No
    /// section of it then is older than `age_max` steps. Returns the run's name; the file is
    /// durable, but not yet in the control store.
    pub(crate) fn write(
        &mut self,
        directory: &Path,
        (number, key): (u32, &StoreKey),
        kernel: &Kernel,
        age_max: StepNumber,
        threads: usize,
    ) -> Result<RunName, Error> {
        let (salt, cipher) = key.new_file()?;
        let mut out = RunWriter::new(directory.join(run_name(number)), cipher, kernel.width())?;
        let mut needs = BTreeSet::new();
        for first in (0..PARTITIONS).step_by(READY_A_THREAD * threads.max(1)) {
            let end = PARTITIONS.min(first + READY_A_THREAD * threads.max(1));
            let next = std::sync::atomic::AtomicUsize::new(first);
            let ready = || -> Result<BTreeMap<usize, NewPartition>, Error> {
                let take = || next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let partitions = std::iter::repeat_with(take).take_while(|taken| *taken < end);
                partitions
                    .map(|taken| Ok((taken, self.new_partition(taken, number, kernel, age_max)?)))
                    .collect()
            };
            let mut partitions = BTreeMap::new();
            for ready in in_threads(threads, ready) {
                partitions.append(&mut ready?);
            }
            for (partition, new) in partitions {
                needs.extend(new.needs);
                if let Some(NewSection { from, rows, timers }) = new.section {
                    out.section((partition, from), &rows, &timers)?;
                }
            }
        }
        let sums = self.sums.iter().flatten().flatten().copied();
        let present = (0..self.present.dataflows()).flat_map(|flow| self.present.cells(flow));
        let values = sums.chain(present.copied()).collect();
        let (bytes, index_bytes, run) =
            out.finish(number, Index { needs, ..self.index() }, values)?;
        self.runs.push(run);
        self.partitions.iter_mut().for_each(|persons| persons.partition.note_taken_out());
        Ok(RunName { number, next: self.next, bytes, index_bytes, salt, has_before: true })
    }

    /// Forgets the runs that neither this state nor the one before it needs. Returns the numbers of
    /// those that stay.
    pub(crate) fn keep_needed_runs(&mut self) -> BTreeSet<u32> {
        let needed = self.runs.needed();
        self.runs.keep(&needed);
        needed
    }

    /// What the state is besides its rows.
    fn index(&self) -> Index {
        let halves = |person: &Pseudonym| ((person.bits() >> 64) as u64, person.bits() as u64);
        let in_memory = self.partitions.iter().flat_map(|persons| persons.partition.moving());
        Index {
            next: self.next,
            window: self.window,
            last: self.last,
            moving: self.moving.iter().chain(in_memory).map(halves).collect(),
            sums: self.sums.iter().map(|levels| levels.iter().map(Vec::len).collect()).collect(),
            present: (0..self.present.dataflows()).map(|f| self.present.cells(f).len()).collect(),
            late: self.late.iter().map(|(&waiting, &count)| (waiting, count)).collect(),
            ..Index::default()
        }
    }

    /// What a run with this number makes of a partition.
    fn new_partition(
        &self,
        partition: usize,
        number: u32,
        kernel: &Kernel,
        age_max: StepNumber,
    ) -> Result<NewPartition, Error> {
        let Persons { partition: persons, is_whole, .. } = &self.partitions[partition];
        let (chain, changed) = (self.runs.chain(partition), persons.changes());
        let taken_in = self.runs.taken_in((partition, &chain), changed, (self.next, age_max));
        let (replaced, stays) = chain.split_at(taken_in);
        let needs = self.runs.numbers(stays).collect();
        let has_all = stays.is_empty();
        if changed == 0 && taken_in == 0 {
            return Ok(NewPartition { section: None, needs });
        }
        let mut rows = if has_all && *is_whole {
            persons.all_rows()
        } else {
            self.runs.beneath(persons.changed_rows(), replaced)?
        };
        if let Some(window) = self.window.filter(|_| has_all) {
            kernel.drop_forgotten_rows(&mut rows, window);
        }
        let from = match replaced.last() {
            _ if has_all => 0,
            Some(&oldest) => self.runs.from(oldest),
            None => number,
        };
        let timers = kernel.timers(&rows);
        Ok(NewPartition { section: Some(NewSection { from, rows, timers }), needs })
    }
}
