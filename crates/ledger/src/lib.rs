//! The public, verifiable log of what was charged and released.
//!
//! Not here: persons, events, counts, noise being drawn, figures for readers. This crate knows
//! what was done (`entry`), what it had to cost (`price`), how it is kept so that strangers can
//! prove it (`append`, in the formats of C2SP tlog-tiles, tlog-checkpoint and signed-note), and
//! how strangers do so (`verified`, `audit`). It takes no time and draws no noise; `at` and every
//! measurement come from its callers.
//!
//! Invariants:
//! 1. A checkpoint is only ever followed by one of a tree that extends its own
//!    (`append::tests::a_log_refuses_to_follow_another_writer`,
//!    `verified::tests::a_reader_refuses_a_tree_that_does_not_extend_its_own`).
//! 2. An append that is cut off anywhere is finished by repeating it, without loss or duplicate
//!    (`append::tests::an_append_cut_off_at_any_write_is_finished_by_repeating_it`).
//! 3. Whatever the plan and the formats fix is checked by the audit
//!    (`audit::tests::every_tamper_is_found_by_its_name`).
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

pub mod append;
pub mod audit;
pub mod checkpoint;
pub mod embargo;
pub mod entry;
pub mod error;
pub mod merkle;
pub mod note;
pub mod part;
pub mod price;
pub mod release;
pub mod source;
mod storage;
pub mod succession;
pub mod tile;
pub mod verified;

pub use append::Log;
pub use audit::{Finding, Report, audit, audit_at};
pub use ed25519_dalek::SigningKey;
pub use embargo::embargoed_until;
pub use entry::{Entry, StoreClass};
pub use error::{Error, Fork, Rule};
pub use note::{VerifierKey, generate_signing_key};
pub use part::{Levels, Part};
pub use price::{
    Late, Over, Price, Residual, Scheme, Slot, late_due, late_slots, prices, slots, vintages_due_of,
};
pub use release::{Measured, Release};
pub use source::{DirectorySource, HttpSource, Source};
pub use storage::publish;
pub use succession::{InForce, Succession};
pub use verified::{TreeHead, VerifiedLog, read_verified};

use sha2::{Digest as _, Sha256};

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a file as entries name it: SHA-256 in lower-case hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The path of a plan in the public directory.
pub fn plan_path(digest: &str) -> String {
    format!("plan/{digest}.toml")
}

/// The origin of the log of a store: the name of its key.
pub fn origin(store: &str) -> String {
    format!("tidegauge/{store}")
}
