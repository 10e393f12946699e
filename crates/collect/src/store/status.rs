//! The state of a store, for its operator: what is released, what comes next, what lies on the
//! disk.
//!
//! Not here: whether a server has the store open, and its clock (crate `receive`).
//!
//! Invariants:
//! 1. Nothing here counts events or persons. The journal's size is that of its files, which whoever
//!    may ask can see anyway, in whole mebibytes
//!    (`tidegauge/tests/served.rs`: `status_is_the_same_served_or_not`).

use std::fs;

use jiff::Timestamp;
use rustix::fs::statvfs;
use serde::{Deserialize, Serialize};
use tidegauge_ledger::Entry;
use tidegauge_model::Source;

use super::open::Store;
use super::release::Releasing;
use crate::error::Error;
use crate::layout::{due_time, instant, journal_directory, private_directory};

/// Bytes of a mebibyte.
const MEBIBYTE: u64 = 1 << 20;

/// The last release of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedStep {
    /// The step.
    pub step: String,
    /// The time of its entry in the ledger.
    pub at: String,
}

/// The step that is released next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextStep {
    /// The step.
    pub step: String,
    /// When it is due by the plan.
    pub due: String,
}

/// What a source has declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceState {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The instant up to which it has declared completeness; `None` before its first word.
    pub complete_until: Option<String>,
    /// Whether the step that is released next waits for it.
    pub is_awaited: bool,
}

/// The size of the journal on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalSize {
    /// The number of its files.
    pub segments: usize,
    /// Their size in mebibytes, rounded up.
    pub mebibytes: u64,
}

/// The state of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreStatus {
    /// The store's identifier, as its ledger has it.
    pub store: String,
    /// The plan's identifier.
    pub plan: String,
    /// Whether it takes synthetic persons only.
    pub synthetic: bool,
    /// The last released step; `None` before the first.
    pub last: Option<ReleasedStep>,
    /// The step that is released next; `None` after the plan's last.
    pub next: Option<NextStep>,
    /// The number of steps that are due and not released.
    pub steps_due: u64,
    /// The plan's sources and what they have declared; none in a plan without sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceState>,
    /// Whether an event was ever taken in.
    pub has_taken: bool,
    /// Whether something is sealed and not public yet.
    pub sealed: bool,
    /// The journal on the disk.
    pub journal: JournalSize,
    /// Mebibytes that are free on the store's disk.
    pub disk_free_mebibytes: u64,
}

impl Store {
    /// The state of the store at an instant of its clock, if its sources could deliver since
    /// `wait_from`.
    pub fn status(
        &self,
        now: Timestamp,
        wait_from: Option<Timestamp>,
    ) -> Result<StoreStatus, Error> {
        let last = self.log.entries().iter().rev().find_map(|entry| match entry {
            Entry::Release { step, at, vintage: 0, .. } => {
                Some(ReleasedStep { step: step.clone(), at: at.clone() })
            }
            _ => None,
        });
        let next = self.next_due(wait_from)?;
        let closed = Releasing { wait_from, ..Releasing::closed(now, 1) };
        Ok(StoreStatus {
            store: self.genesis.store.clone(),
            plan: self.plan.statement.id.clone(),
            synthetic: self.is_synthetic(),
            last,
            next: next.map(|(step, due)| NextStep { step: step.to_string(), due: due_time(due) }),
            steps_due: self.closed_unreleased(&closed)?,
            sources: self.source_states()?,
            has_taken: self.has_taken()?,
            sealed: self.control.pending()?.is_some(),
            journal: self.journal_size()?,
            disk_free_mebibytes: self.disk_free()? / MEBIBYTE,
        })
    }

    fn source_states(&self) -> Result<Vec<SourceState>, Error> {
        let declared = self.control.completeness()?;
        let next = self.steps.get(self.first_open());
        let is_awaited = |id: &str| {
            let Some(step) = next else { return false };
            let mut due = self.plan.due_sources(step);
            let is_due = due.any(|source| source.id == id);
            let end = self.plan.step_end(step);
            is_due && declared.get(id).is_none_or(|own| own.complete_until < end)
        };
        let state = |source: &Source| SourceState {
            id: source.id.clone(),
            name: source.name.to_string(),
            complete_until: declared.get(&source.id).map(|own| instant(own.complete_until)),
            is_awaited: is_awaited(&source.id),
        };
        Ok(self.plan.sources.iter().map(state).collect())
    }

    fn journal_size(&self) -> Result<JournalSize, Error> {
        let directory = journal_directory(&self.directory);
        let segments = self.control.segments()?;
        let mut bytes: u64 = 0;
        for segment in &segments {
            let path = directory.join(&segment.name);
            bytes += fs::metadata(&path).map_err(Error::stored(&path, "size"))?.len();
        }
        Ok(JournalSize { segments: segments.len(), mebibytes: bytes.div_ceil(MEBIBYTE) })
    }

    /// Bytes that are free on the store's disk for the owner of this process.
    fn disk_free(&self) -> Result<u64, Error> {
        let directory = private_directory(&self.directory);
        let disk = statvfs(&directory)
            .map_err(|error| Error::system(&directory, "measure the disk of")(error.into()))?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}
