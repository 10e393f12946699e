//! The state between two steps: the fold of one step from the journal, and states on disk.
//!
//! Not here: the kernel's rules (crate `fold`), noise, anything public.

mod fold;
mod gather;
mod persons;
mod run;
mod runs;
mod snapshot;
mod write;

pub(crate) use fold::FoldState;
pub(crate) use run::{RunName, run_format};
pub(crate) use snapshot::snapshot_format;

#[cfg(test)]
mod scale;
#[cfg(test)]
mod tests;
