//! A group: consecutive steps of one accounting window that are sealed and become public together.
//! When many steps have closed, they share what a release costs besides its events: one seal, one
//! append, one checkpoint.
//!
//! Not here: drawing (module `release`), and how what is sealed becomes public (module `pending`).
//!
//! The steps are drawn in their order, each as if it were alone. What is drawn and not sealed when
//! the process ends was seen by nobody. So entries and files are those of single releases with the
//! same draws; only checkpoints between the steps of a group do not exist.
//!
//! Invariants:
//! 1. Groups of every size release the same bytes
//!    (`store::tests::groups_of_every_size_release_the_same`).
//! 2. The charges of its window are on the ledger before its first draw, and a group has steps of
//!    one window only (`tidegauge/tests/crash.rs`).
//! 3. Groups are for the command that releases what closed long ago. Where a process releases by
//!    the clock, each step is a group of one: which checkpoints there were stays visible in partial
//!    tiles, and would tell that the work on two steps took longer than a step
//!    (`store::tests::groups_of_every_size_release_the_same`: groups of one leave the same files;
//!    `tidegauge audit` compares them).

use jiff::Timestamp;
use tidegauge_ledger::Entry;
use tidegauge_model::Period;

use super::control::RunChange;
use super::open::Store;
use crate::error::Error;
use crate::release::Sealed;

/// A report of the progress of a release.
#[derive(Debug)]
pub enum Progress<'e> {
    /// The newest state is damaged: it is removed, and the fold starts again from the one before or
    /// from the first event.
    PassedOver(&'e Error),
    /// A step became public, without these sources, which had not declared it complete.
    Released(Period, Vec<String>),
}

/// The most steps of a group worth having: more save little.
pub const STEPS_TOGETHER: usize = 64;
/// Bytes of its files from which a group takes no more.
const BYTES_MAX: usize = 8 << 20;

/// Steps that are drawn and not sealed.
#[derive(Default)]
pub(super) struct Group {
    /// Their entries and files.
    pub(super) sealed: Sealed,
    /// The steps, each with the sources that were silent.
    pub(super) steps: Vec<(Period, Vec<String>)>,
}

impl Group {
    /// Whether no more steps should be added to those that it has.
    pub(super) fn is_full(&self, steps_max: usize) -> bool {
        let bytes = self.sealed.files.iter().fold(0, |sum, file| sum + file.text.len());
        self.steps.len() >= steps_max || bytes >= BYTES_MAX
    }

    /// The time of its last entry.
    pub(super) fn last_time(&self) -> Option<Timestamp> {
        self.sealed.entries.last().and_then(Entry::instant)
    }
}

impl Store {
    /// Seals a group, with the state with which it ends if that was written, makes it public, and
    /// leaves it empty.
    pub(super) fn publish(
        &mut self,
        group: &mut Group,
        run: Option<&RunChange>,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let Group { sealed, steps } = std::mem::take(group);
        if steps.is_empty() {
            return run.map_or(Ok(()), |run| self.control.add_run(run));
        }
        self.seal(&sealed, run)?;
        self.finish_pending()?;
        for (step, silent) in steps {
            progress(Progress::Released(step, silent));
        }
        Ok(())
    }
}
