//! Changes between two looks at the public directory, as lines of the log.
//!
//! Not here: the text of a line ([`super::lines`]).
//!
//! Invariants:
//! 1. Entries of the ledger at the first look are not reported
//!    (`tests::telemetry::a_step_released_while_serving_is_one_line`).

use std::collections::BTreeMap;

use tidegauge_figures::{Reader, UnservedFile};
use tidegauge_ledger::Entry;

use super::lines;

/// The state at the last look.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The number of ledger entries; `None` before the ledger was read.
    entries: Option<usize>,
    /// Files that were not served, by their entries.
    unserved: BTreeMap<u64, UnservedFile>,
    refresh_fault: Option<String>,
}

impl Watch {
    /// Reports the end of a refresh, with this fault if it failed.
    pub(super) fn refreshed(&mut self, fault: Option<String>) {
        match &fault {
            Some(reason) if fault != self.refresh_fault => lines::refresh_failed(reason),
            None if self.refresh_fault.is_some() => lines::refresh_recovered(),
            _ => {}
        }
        self.refresh_fault = fault;
    }

    /// Reports changes since the last look.
    pub(super) fn look(&mut self, reader: &Reader) {
        let Ok(catalogue) = reader.catalogue() else { return };
        let entries = &catalogue.ledger().entries;
        let known = self.entries.replace(entries.len()).unwrap_or(entries.len());
        for (step, dataflows) in released_steps(&entries[known.min(entries.len())..]) {
            lines::release(step, dataflows);
        }
        let unserved: BTreeMap<u64, UnservedFile> =
            reader.unserved().into_iter().map(|file| (file.entry, file)).collect();
        for (entry, file) in &unserved {
            if !self.unserved.contains_key(entry) {
                lines::unverified(file);
            }
        }
        for (entry, file) in &self.unserved {
            if !unserved.contains_key(entry) {
                lines::verified(file);
            }
        }
        self.unserved = unserved;
    }
}

/// The steps that these entries release, in their order, each with the number of its dataflows. A
/// later vintage releases no step.
fn released_steps(entries: &[Entry]) -> Vec<(&str, usize)> {
    let mut steps: Vec<(&str, usize)> = Vec::new();
    for entry in entries {
        let Entry::Release { step, vintage: 0, .. } = entry else { continue };
        match steps.iter_mut().find(|(known, _)| known == step) {
            Some((_, dataflows)) => *dataflows += 1,
            None => steps.push((step, 1)),
        }
    }
    steps
}
