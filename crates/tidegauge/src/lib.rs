//! The command line of Tidegauge, and nothing else: it wires the two towers.
//!
//! Not here: rules about persons, noise or ledgers; each command calls the crate that has them.
//!
//! Invariants:
//! 1. Every failure is one line (a plan's errors: one line each) on standard error, worded
//!    `error[code]: where: field: rule`, and an exit code of DESIGN.md
//!    (`tests/bad_input.rs`).

#![warn(unreachable_pub)]

mod command;
mod failure;

pub use command::{command_line, run};
