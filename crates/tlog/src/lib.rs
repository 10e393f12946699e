//! A tiled transparency log, in the formats of C2SP tlog-tiles, tlog-checkpoint and signed-note.
//!
//! Not here: what an entry means. An entry is a sequence of bytes; the crate `ledger`, which uses
//! this one, defines plans, charges and releases. This crate reads no clock and draws no
//! randomness.
//!
//! Invariants:
//! 1. The tree of every later checkpoint extends the tree of every earlier one
//!    (`append::tests::a_log_refuses_to_follow_another_writer`,
//!    `verified::tests::a_reader_refuses_a_tree_that_does_not_extend_its_own`).
//! 2. Repeating an append that was interrupted anywhere completes it, without loss or duplicate
//!    (`append::tests::an_append_interrupted_at_any_write_is_finished_by_repeating_it`).
//! 3. Tiles, checkpoints and notes agree with the reference implementations
//!    (`append::tests::the_reference_proves_every_entry_from_our_tiles`,
//!    `note::tests::notes_verify_in_both_directions`).
//!
//! Format, the public directory of a log:
//! ```text
//! checkpoint                  the signed tree head
//! vkey                        the key that verifies it
//! tile/<L>/<N>[.p/<W>]        hashes
//! tile/entries/<N>[.p/<W>]    entries
//! ```

#![warn(unreachable_pub)]

mod append;
pub mod checkpoint;
mod error;
#[cfg(feature = "http-client")]
mod http;
pub mod merkle;
pub mod note;
mod source;
mod storage;
pub mod tile;
mod verified;

pub use append::LogWriter;
pub use ed25519_dalek::SigningKey;
pub use error::{Error, Fork, LogRule};
#[cfg(feature = "http-client")]
pub use http::HttpSource;
pub use merkle::TreeHead;
pub use note::VerifierKey;
pub use source::{CHECKPOINT, DirectorySource, Source, VERIFIER_KEY, bytes_max, required};
pub use storage::{NewFile, publish};
pub use verified::{ENTRIES_MAX, Growth, VerifiedTree, read_key};
