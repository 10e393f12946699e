//! The runs of a state: which of their rows stand, and which are written together anew.
//!
//! A state is a list of runs. Of a person's rows the one in the newest run stands. A section says
//! which older sections of its partition it replaces: it has all of their rows. So the sections of
//! a partition that count form a chain, from the newest back to one that has everybody.
//!
//! A step adds a run with the rows that it changed, and rewrites some partitions as it does so. A
//! section of changes takes in those before it of about its size when there are several, so that a
//! chain stays short; and when the changes of a partition have grown to a part of it, or its oldest
//! section to a certain age, the partition is written whole. Which partitions do so when differs
//! from one to the next, so that no step rewrites many at once.
//!
//! Not here: the format of a run (module `run`), and what a row means (crate `fold`).
//!
//! Invariants:
//! 1. Rows do not depend on which sections were written together
//!    (`state::tests::every_way_to_write_and_read_states_is_the_same`).
//! 2. A run stays while the newest state, or the one before it, needs it; so the newest run can be
//!    lost, and a state that lacks a run is never taken for a whole one
//!    (`tidegauge/tests/retention.rs`: `a_damaged_state_is_folded_again`).
//! 3. No section is older than the age that its plan allows
//!    (`state::tests::no_section_is_older_than_it_may_be`).

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

#[cfg(test)]
use tidegauge_fold::PARTITIONS;
use tidegauge_fold::{Pseudonym, Rows};

use super::run::{Run, RunName};
use crate::calendar::StepNumber;
use crate::error::Error;
use crate::layout::run_name;
use crate::vault::StoreKey;

/// How many sections of about one size are written together, at least.
const ALIKE_MIN: usize = 4;
/// Sections are of about one size if one has at most this many times the rows of the other.
const SIZE_RATIO: usize = 8;
/// A partition is written whole when its changes are one in this many of its rows, or, for some
/// partitions, half as many.
const CHANGES_SHARE: usize = 4;
/// The largest run that is read whole when it is opened as the newest.
const CHECKED_BYTES_MAX: u64 = 64 << 20;
/// Groups of partitions that are written whole at different times.
const GROUPS: usize = 64;

/// The runs of a state, the oldest first.
pub(super) struct Runs(Vec<Run>);

/// A section of a run, as the places of both.
type SectionPlace = (usize, usize);

impl Runs {
    /// The runs of a state that has none on disk.
    pub(super) fn none() -> Self {
        Self(vec![])
    }

    /// Opens the runs with these names, the oldest first. The newest is read whole, unless it is
    /// large: so what the last step wrote badly is found while the state before it is still there.
    ///
    /// Errors: those of [`Run::open`]; a run that the newest state needs and that is not there.
    pub(super) fn open(
        directory: &Path,
        names: &[RunName],
        key: &StoreKey,
        width: usize,
    ) -> Result<Self, Error> {
        let open = |name: &RunName| Run::open(directory, name, key.file(&name.salt), width);
        let runs = Self(names.iter().map(open).collect::<Result<_, _>>()?);
        let is_there = |number: &u32| names.iter().any(|name| name.number == *number);
        if let Some(newest) = runs.newest()
            && let Some(missing) = newest.index.needs.iter().find(|needed| !is_there(needed))
        {
            return Err(Error::corrupt(&directory.join(run_name(*missing)), "file", "is missing"));
        }
        if names.last().is_some_and(|newest| newest.bytes <= CHECKED_BYTES_MAX) {
            runs.newest().map_or(Ok(()), Run::check)?;
        }
        Ok(runs)
    }

    pub(super) fn newest(&self) -> Option<&Run> {
        self.0.last()
    }

    pub(super) fn push(&mut self, run: Run) {
        self.0.push(run);
    }

    /// The sections of a partition that count, the newest first.
    pub(super) fn chain(&self, partition: usize) -> Vec<SectionPlace> {
        let mut chain = Vec::new();
        let mut before = u32::MAX;
        for (place, run) in self.0.iter().enumerate().rev() {
            if run.number < before
                && let Some(section) = run.section(partition)
            {
                chain.push((place, section));
                before = run.index.sections[section].from;
            }
        }
        chain
    }

    /// How many rows the sections of a chain have.
    pub(super) fn size(&self, chain: &[SectionPlace]) -> usize {
        chain.iter().map(|&place| self.len(place)).sum()
    }

    fn len(&self, (run, section): SectionPlace) -> usize {
        self.0[run].index.sections[section].rows
    }

    /// The number of the oldest run whose section a section replaces.
    pub(super) fn from(&self, (run, section): SectionPlace) -> u32 {
        self.0[run].index.sections[section].from
    }

    /// Puts the rows of the sections of a chain beneath newer ones.
    pub(super) fn beneath(&self, newer: Rows, chain: &[SectionPlace]) -> Result<Rows, Error> {
        chain
            .iter()
            .try_fold(newer, |newer, &(run, section)| Ok(newer.over(&self.0[run].rows(section)?)))
    }

    /// Passes to `take` the rows that stand of these persons, who are in their order.
    pub(super) fn take(
        &self,
        chain: &[SectionPlace],
        mut persons: Vec<Pseudonym>,
        mut take: impl FnMut(&[u32]),
    ) -> Result<(), Error> {
        for &(run, section) in chain {
            if persons.is_empty() {
                break;
            }
            self.0[run].take_rows(section, &mut persons, &mut take)?;
        }
        Ok(())
    }

    /// Adds everybody for whom a row of a chain says that a timer fires on one of these days. It
    /// need not be the row that stands.
    pub(super) fn add_due(
        &self,
        chain: &[SectionPlace],
        days: Range<u32>,
        due: &mut Vec<Pseudonym>,
    ) -> Result<(), Error> {
        chain.iter().try_for_each(|&(run, section)| self.0[run].add_due(section, days.clone(), due))
    }

    /// How many sections of a partition's chain are written together with this many changed rows,
    /// when `next` is the step that is folded next.
    pub(super) fn taken_in(
        &self,
        (partition, chain): (usize, &[SectionPlace]),
        changed: usize,
        (next, age_max): (StepNumber, StepNumber),
    ) -> usize {
        let Some(&oldest) = chain.last() else { return 0 };
        let (group, all) = (partition % GROUPS, chain.len());
        // Between half of the greatest age, or share, and the whole.
        let staggered = |most: usize| most / 2 + (most - most / 2) * (group + 1) / GROUPS;
        let age = usize::try_from(next - self.0[oldest.0].index.next).unwrap_or(0);
        let age_max = usize::try_from(age_max).unwrap_or(0).max(1);
        let changes = changed + self.size(&chain[..all - 1]);
        let share = staggered(self.len(oldest) / CHANGES_SHARE);
        if age >= staggered(age_max).max(1) || changes > 0 && changes >= share {
            return all;
        }
        if changed == 0 {
            return 0;
        }
        let (mut taken, mut rows) = (0, changed);
        loop {
            let sizes = chain[taken..all - 1].iter().map(|&place| self.len(place));
            let alike = sizes.take_while(|size| *size <= SIZE_RATIO * rows).count();
            if alike < ALIKE_MIN + partition % ALIKE_MIN {
                return taken;
            }
            rows += self.size(&chain[taken..taken + alike]);
            taken += alike;
        }
    }

    /// The numbers of the runs in which the sections of a chain are.
    pub(super) fn numbers(&self, chain: &[SectionPlace]) -> impl Iterator<Item = u32> {
        chain.iter().map(|&(run, _)| self.0[run].number)
    }

    /// The numbers of the runs that the newest state and the one before it need.
    pub(super) fn needed(&self) -> BTreeSet<u32> {
        let states = self.0.iter().rev().take(2);
        states.flat_map(|run| run.index.needs.iter().copied().chain([run.number])).collect()
    }

    /// The step that was to be folded next when the oldest section that counts was written.
    #[cfg(test)]
    pub(super) fn oldest_section(&self) -> Option<StepNumber> {
        let chains = (0..PARTITIONS).flat_map(|partition| self.chain(partition));
        chains.map(|(run, _)| self.0[run].index.next).min()
    }

    /// Forgets the runs that are not needed.
    pub(super) fn keep(&mut self, needed: &BTreeSet<u32>) {
        self.0.retain(|run| needed.contains(&run.number));
    }
}
