//! The persons of a partition in memory: all of them, or those whom the steps being folded touch.
//!
//! Not here: the rows on disk (module `runs`), and what a fold does (crate `fold`).
//!
//! Invariants:
//! 1. Everyone whom a step folds is in memory before it, if the person has a row on disk: those
//!    with events, those whose timers fire, and those who move
//!    (`state::tests::every_way_to_write_and_read_states_is_the_same`).

use std::ops::Range;

use tidegauge_fold::{Kernel, Partition, Pseudonym, Rows};

use super::runs::Runs;
use crate::calendar::StepNumber;
use crate::error::Error;

/// Everybody of a partition is read where the steps touch at least one in this many: one person
/// alone costs a block, which has a hundred.
pub(super) const WHOLE_SHARE: usize = 64;

/// The persons of a partition in memory. Their rows are newer than those on disk.
pub(super) struct Persons {
    pub(super) partition: Partition,
    /// Whether everybody is in memory.
    pub(super) is_whole: bool,
    /// [`WHOLE_SHARE`], unless a test has another.
    pub(super) whole_share: usize,
}

impl Persons {
    /// Nobody, with states of this many words.
    pub(super) fn none(width: usize) -> Self {
        let partition = Partition::new(width);
        Self { partition, is_whole: false, whole_share: WHOLE_SHARE }
    }

    /// Everybody.
    pub(super) fn all(partition: Partition) -> Self {
        Self { partition, is_whole: true, whole_share: WHOLE_SHARE }
    }

    /// Reads those of these persons, and of those whose timers fire on one of these days, who have
    /// a row on disk and are not in memory; or everybody, if that is less work. `next` is the step
    /// that is folded next.
    pub(super) fn load(
        &mut self,
        kernel: &Kernel,
        runs: &Runs,
        (number, next): (usize, StepNumber),
        wanted: impl Iterator<Item = Pseudonym>,
        days: Range<u32>,
    ) -> Result<(), Error> {
        if self.is_whole {
            return Ok(());
        }
        let (chain, partition) = (runs.chain(number), &mut self.partition);
        let size = runs.size(&chain);
        let mut wanted: Vec<Pseudonym> = wanted.collect();
        runs.add_due(&chain, days, &mut wanted)?;
        wanted.sort_unstable();
        wanted.dedup();
        let from = partition.len();
        if (from + wanted.len()).saturating_mul(self.whole_share) >= size {
            let rows = runs.beneath(Rows::new(kernel.width()), &chain)?;
            partition.reserve(rows.len().saturating_sub(from));
            for (row, person) in rows.iter().zip(rows.persons()) {
                if from == 0 || !partition.has(person) {
                    partition.put(row);
                }
            }
            self.is_whole = true;
        } else {
            wanted.retain(|&person| !partition.has(person));
            runs.take(&chain, wanted, |row| partition.put(row))?;
        }
        kernel.take_up(partition, from, next);
        Ok(())
    }
}
