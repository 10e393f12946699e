//! The process that owns a store: one queue of tasks, the release calendar, and a socket through
//! which the commands hand in their work.
//!
//! Not here: what a task does to the store (crate `collect`); the public tower, which reads only
//! the public directory (crates `figures` and `serve`).
//!
//! The rooms, each of which may use only those before it: `calendar` (the store's clock, and when
//! the next step is due); `problem` (why a source is refused); `terms` (what the plan says to
//! sources); `verify` (who sends); `rows` (of a delivery); `task` (what can be asked of a store,
//! and doing it); `owner` (the thread that has the store open); `socket` (how another process asks
//! it); `intake` (signed deliveries over HTTP).
//!
//! Invariants:
//! 1. A task is done by the same function whether a server has the store open or the command opens
//!    it by itself, so its output and exit code are the same
//!    (`tidegauge/tests/served.rs`: `commands_print_the_same_served_or_not`).
//! 2. A task that fails or panics does not end the process, and the store's lock stays with it
//!    (`tidegauge/tests/served.rs`: `a_failed_task_leaves_the_server_in_possession`).

#![warn(unreachable_pub)]

mod calendar;
mod intake;
mod owner;
mod problem;
mod rows;
mod socket;
mod task;
mod terms;
mod verify;

pub use calendar::StoreClock;
pub use intake::{IntakeLimits, IntakeServer, serve_intake};
pub use owner::{Observer, Owner, Queue, Serving};
pub use socket::{SocketServer, hand_in, is_served};
pub use task::{
    AmendPlan, Answer, GivenFile, IngestFiles, IngestedRows, Progress, Refusal, RefusedDeliveries,
    ReleaseSteps, Status, Task,
};
