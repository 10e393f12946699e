//! What the tests of several crates share: plans edited by key, texts in which a replacement must
//! replace something, the real program, a naive counter, and a small public directory that is
//! written through the ledger's own writer.
//!
//! Not here: anything that a program of ours links; this crate is a dependency of tests only. No
//! code of the fold or of the store either; a counter that shared some would be wrong where they
//! are.
//!
//! Invariants:
//! 1. An edit that changes nothing fails (`plan::tests`, `text::tests`), so that no law runs on a
//!    plan other than the one it names.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "for tests")]
#![warn(unreachable_pub)]

pub mod counter;
pub mod plan;
pub mod plans;
pub mod program;
pub mod publisher;
pub mod text;

pub use plan::{PlanText, edit, toml};
