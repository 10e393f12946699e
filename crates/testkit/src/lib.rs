//! What the tests of several crates share: plans edited by key, texts in which a replacement must
//! replace something, the real program, and a naive counter.
//!
//! Not here: anything that a crate uses outside its tests, and any code of the fold or of the
//! store; a counter or a reader that shared some would be wrong where they are.
//!
//! Invariants:
//! 1. An edit that changes nothing fails (`plan::tests`, `text::tests`), so that no law runs on a
//!    plan other than the one it names.

#![warn(unreachable_pub)]

pub mod counter;
pub mod plan;
pub mod plans;
pub mod program;
pub mod text;

pub use plan::{PlanText, edit, toml};
