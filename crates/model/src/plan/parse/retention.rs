//! How long a plan lets events and persons be kept.
//!
//! Not here: the keeping (crate `collect`), and when a person is forgotten (crate `fold`).
//!
//! Invariants:
//! 1. No plan lets an event go that one of its vintages can still count
//!    (`tests/retention.rs`: `an_event_stays_for_every_vintage`).

use super::dataflow::Draft;
use super::fault::PlanFault;
use super::node::Table;
use crate::plan::content::Retention;

/// Steps for which events are kept at most, where there is a limit: a hundred years of days.
const EVENTS_STEPS_MAX: u32 = 36_525;
/// Windows for which persons are kept at most, where there is a limit.
const PERSONS_WINDOWS_MAX: u32 = 100;

/// The retention of a plan with these dataflows; without the table everything is kept.
pub(super) fn retention(root: &Table, drafts: &[Draft]) -> Option<Retention> {
    let Some(node) = root.may("retention") else { return Some(Retention::default()) };
    let table = node.table()?;
    table.known(&["events_steps", "persons_windows"]);
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
