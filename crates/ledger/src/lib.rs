//! The public, verifiable log of charges and releases.
//!
//! Not here: persons, events, counts, noise being drawn, figures for readers; and the log itself,
//! which keeps entries so that strangers can prove them (crate `tlog`). This crate has
//! the entries (`entry`), their prices (`price`), the writer (`log`), and the reading and checking
//! by strangers (`verified`, `audit`). It reads no clock and draws no noise; `at` and every
//! measurement come from its callers.
//!
//! Invariants:
//! 1. Whatever the plan and the formats fix is checked by the audit
//!    (`audit::tests::every_tamper_is_found_by_its_name`).
//! 2. A ledger is only ever followed by one that extends it
//!    (`verified::tests::a_reader_refuses_a_tree_that_does_not_extend_its_own`).
//!
//! Format, the public directory of a store:
//! ```text
//! checkpoint                                  the signed head of the tree
//! vkey                                        the key that verifies it
//! tile/<L>/<N>[.p/<W>]                        hashes
//! tile/entries/<N>[.p/<W>]                    entries
//! plan/<sha256>.toml                          the plan, or an amendment of it, byte for byte
//! release/<DATAFLOW>/<step>.v<vintage>.json   measurements
//! ```

#![warn(unreachable_pub)]

mod audit;
mod digest;
mod embargo;
mod entry;
mod error;
mod files;
mod format;
mod layout;
mod log;
mod part;
mod price;
mod release;
mod succession;
mod verified;

pub use audit::{Finding, LedgerReport, audit, audit_at};
pub use digest::{digest, hex};
pub use embargo::embargoed_until;
pub use entry::{Entry, LEDGER_FORMAT, OrderRule, StoreClass};
pub use error::{Error, LedgerRule};
pub use files::PublicFiles;
pub use format::{Format, LEDGER, OtherFormat, RELEASE};
#[cfg(feature = "http-client")]
pub use layout::server_source;
pub use layout::{plan_path, publish, read_public};
pub use log::LedgerWriter;
pub use part::{Levels, Part};
pub use price::{
    LateVintage, Measurand, Price, Residual, Scheme, Slot, late_due, late_slots, prices,
    read_codes, slots, vintages_due_of,
};
pub use release::{FORMAT, Measurement, Release};
pub use succession::{PlanInForce, Succession};
pub use tidegauge_tlog::note::NOTE_BYTES_MAX as CHECKPOINT_BYTES_MAX;
pub use tidegauge_tlog::note::VerifierKey;
pub use tidegauge_tlog::{DirectorySource, NewFile, SigningKey, Source};
pub use verified::{VerifiedLog, read_verified};
