//! The private host: bytes to journal, journal to releases.
//!
//! Not here: the rules of life cycles and bounds (crate `fold`), the mathematics of noise (crate
//! `privacy`), anything that a reader calls (crate `figures`).
//!
//! The rooms, each of which may use only those before it: `layout` (where files lie), `formats`
//! (which numbers their formats have) and `calendar` (when steps are); `vault` (secrets, keys,
//! encryption); `intake` (files to admitted events, the pseudonym re-keyed at the door); `journal`
//! (events, durable); `state` (folds a step when it closes); `release` (draws the noise and seals
//! the results); `store` (the order of all this).
//!
//! Invariants:
//! 1. An event is durable before `ingest` returns; unless the submitter has bad rows skipped, one
//!    refuses the whole call and leaves nothing (`tidegauge/tests/bad_input.rs`,
//!    `tidegauge/tests/crash.rs`).
//! 2. The state after a step is a pure function of the journal (`tidegauge/tests/same_bytes.rs`).
//! 3. Nothing is drawn twice for one (dataflow, step, vintage): a drawn release is sealed before it
//!    becomes public, and a restart only finishes it (`tidegauge/tests/crash.rs`).
//! 4. No error and no message contains a pseudonym, a value of an event, or a count of persons; a
//!    submitter learns only how many of its own rows were taken, by their times, and refused
//!    (`tidegauge/tests/bad_input.rs`).

#![warn(unreachable_pub)]

mod calendar;
mod error;
mod formats;
mod intake;
mod journal;
mod layout;
mod population;
mod prices;
mod release;
mod state;
mod store;
mod vault;

pub use error::{Error, FAULTS_MAX, InputFault, LocatedFault, Refused};
pub use formats::FORMATS;
pub use intake::{Input, InputFormat};
pub use layout::{due_time, private_directory, public_directory};
pub use population::Population;
pub use store::{
    Access, Admission, AdmittedDelivery, AdmittedRows, BackedUp, Delivered, DeliveryBytes,
    FoundFormat, Ingest, Ingested, JournalSize, NextStep, OnBadRow, Progress, RECEIPT_DAYS,
    RHO_CEILING, ReleasedStep, Releasing, STEPS_TOGETHER, SourceState, Store, StoreLock,
    StoreStatus, Taken, Upgrade, Upgraded, init, init_with_key, restore, row_fault, upgrade,
};
pub use tidegauge_ledger::Format;
