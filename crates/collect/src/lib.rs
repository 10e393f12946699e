//! The private host: bytes to journal, journal to releases.
//!
//! Not here: what a life cycle or a bound means (crate `fold`), the mathematics of noise (crate
//! `privacy`), anything that a reader calls (crate `disseminate`).
//!
//! The path of an event: [`intake`] parses, admits values and re-keys the pseudonym at
//! the door, [`journal`] makes it durable, [`state`] folds it when its step closes, [`release`]
//! draws the noise and seals what goes out, [`store`] holds the order of all this.
//!
//! Invariants:
//! 1. An event is durable before `ingest` returns; one bad row refuses the whole call and
//!    leaves nothing (`tidegauge/tests/bad_input.rs`, `tidegauge/tests/crash.rs`).
//! 2. The state after a step is a pure function of the journal (`tidegauge/tests/same_bytes.rs`).
//! 3. Nothing is drawn twice for one (dataflow, step, vintage): what was drawn is sealed before
//!    it is shown, and a restart only finishes it (`tidegauge/tests/crash.rs`).
//! 4. No error and no message holds a pseudonym, a value of an event, or a count of persons
//!    (`tidegauge/tests/bad_input.rs`).

mod calendar;
pub mod error;
pub mod intake;
pub mod journal;
pub mod release;
pub mod state;
pub mod store;
mod vault;

pub use error::{Error, Fault};
pub use store::{Class, Ingest, Progress, RHO_CEILING, Store, init, init_with_key};
