//! Shared parts of the tests of several crates: plans edited by key, replacements in texts that
//! must replace something, the real program, a naive counter, a small public directory that is
//! written through the ledger's own writer, servers of others, and pages of the book that are
//! written from a command line.
//!
//! Not here: anything that the programs link; only tests depend on this crate. Also no code of the
//! fold or of the store: a counter that shared it would share its mistakes.
//!
//! Invariants:
//! 1. An edit that changes nothing fails (`plan::tests`, `text::tests`), so that no test runs on a
//!    plan other than the one that it names.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "for tests")]
#![warn(unreachable_pub)]

pub mod counter;
pub mod plan;
pub mod plans;
pub mod postgres;
pub mod processes;
pub mod program;
pub mod publisher;
pub mod reference;
pub mod server;
pub mod text;

pub use plan::{PlanText, edit, toml};
