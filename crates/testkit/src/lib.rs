//! What tests share: a small public directory, written through the ledger's own writer.
//!
//! Not here: anything that a program of ours links; this crate is a dependency of tests only.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "for tests")]

pub mod publisher;
