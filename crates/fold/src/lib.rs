//! The private kernel: a person's sorted events of one step become bounded, exact increments.
//!
//! Not here: files, clocks, threads, noise, anything public. Any host can run it: it passes events
//! in and gets a [`Tally`] out; the state between two steps is bytes that the host keeps.
//!
//! Invariants:
//! 1. The tally and the state after a step are a pure function of the set of the step's events
//!    and the state before it, whatever the order of arrival
//!    (`tests/laws.rs`: `order_of_arrival_changes_nothing`; at one instant,
//!    `tests/same_instant.rs`: `every_order_of_arrival_gives_one_state`).
//! 2. No person exceeds the bound of any dataflow (`tests/laws.rs`:
//!    `one_person_stays_within_the_bounds`), and the bound depends only on that person's events.
//! 3. [`Event`] and [`Pseudonym`] exist here and in `collect`, nowhere else (`checks`).

#![warn(unreachable_pub)]

mod bound;
mod cell;
mod event;
mod fault;
mod kernel;
mod late;
mod notes;
mod partition;
mod spell;
mod tally;

pub use event::{ATTRIBUTES_MAX, Event, NO_CODE, Pseudonym, RETRACTED, TOO_LATE};
pub use kernel::{Kernel, StepKind};
pub use late::{EarlierEvents, LateTally, StepCounts};
pub use partition::{PARTITIONS, Partition, Rows};
pub use tally::{Overflow, Tally};
