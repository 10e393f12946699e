//! The agency's side: its files to pseudonymised, signed deliveries.
//!
//! Not here: events as a store counts them, figures, any server. This crate cannot read a delivery
//! back to a person, and keeps nothing but positions and the delivery that is under way.
//!
//! Invariants:
//! 1. What a mapping does not name is never copied out of a file; what leaves has pseudonyms only
//!    (`tests/canaries.rs`).
//! 2. Killed at any instant, nothing is lost and nothing leaves twice under another id
//!    (`tests/kills.rs`).

#![warn(unreachable_pub)]

mod check;
mod command;
#[cfg(any(feature = "kafka", feature = "nats", feature = "postgres"))]
pub mod connect;
pub mod deliver;
pub mod error;
pub mod fault;
mod guess;
pub mod keyed;
pub mod keys;
pub mod mapping;
pub mod memory;
mod pause;
pub mod rows;
mod say;
pub mod secret;
pub mod settings;
mod shown;
pub mod state;
#[cfg(feature = "pkcs11")]
pub mod token;
pub mod work;

pub use command::{command_line, run};

#[cfg(test)]
#[path = "../tests/common/samples.rs"]
mod samples;
