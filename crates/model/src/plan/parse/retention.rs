//! How long events and persons are kept under a plan.
//!
//! Not here: deleting events (crate `collect`), and forgetting persons (crate `fold`).
//!
//! Invariants:
//! 1. An event is kept at least as long as one of the plan's vintages can still count it
//!    (`tests/retention.rs`: `an_event_stays_for_every_vintage`).

use super::dataflow::DataflowDraft;
use super::fault::PlanFault;
use super::node::TomlTable;
use crate::plan::content::Retention;
use crate::plan::keys;
use crate::plan::limits::{EVENTS_STEPS_MAX, PERSONS_WINDOWS_MAX};

/// The retention of a plan with these dataflows; without the table everything is kept for ever.
pub(super) fn retention(root: &TomlTable, drafts: &[DataflowDraft]) -> Option<Retention> {
    let Some(node) = root.may("retention") else { return Some(Retention::default()) };
    let table = node.table()?;
    table.known(&keys::RETENTION.known());
    let steps = table.need("events_steps");
    let given = steps.as_ref().and_then(|node| node.integer(1..=EVENTS_STEPS_MAX));
    let flows = drafts.iter().filter_map(|draft| draft.dataflow.as_ref());
    let latest = flows.map(|dataflow| dataflow.late_max()).max().unwrap_or(0);
    if let (Some(node), Some(given)) = (steps, given.filter(|&given| given < latest)) {
        let rule = format!("at least {latest}, the latest vintage of the plan, given {given}");
        node.refuse(PlanFault::BadValue, rule);
    }
    let windows = match table.may("persons_windows") {
        Some(node) => Some(node.integer(1..=PERSONS_WINDOWS_MAX)?),
        None => None,
    };
    Some(Retention { events_steps: Some(given?), persons_windows: windows })
}
