//! The intake: signed deliveries over HTTP.
//!
//! Not here: connections and TLS (crate `listen`), the form of a delivery and its signature (crate
//! `delivery`), the rules for a row and what is kept (crate `collect`).
//!
//! The rooms, each of which may use only those before it: `limits` (how much may be under way),
//! `answer` (what is sent back), `current` (the terms that hold now), `body` (the bytes of a
//! delivery), `server` (which address does what).
//!
//! Invariants:
//! 1. Nothing of a body is read before its signature has been verified, and no row before its
//!    digest (`tidegauge/tests/intake.rs`: `nobody_else_delivers`).
//! 2. Memory is bounded: bodies under way by a common limit, rows by that of a delivery
//!    (`tidegauge/tests/intake.rs`: `a_hostile_source_delays_nobody`).
//! 3. An answer says nothing about rows of others, and repeats no value
//!    (`tidegauge/tests/intake.rs`: `faults_have_places_and_no_values`).

mod answer;
mod body;
mod current;
mod limits;
mod server;

pub use limits::IntakeLimits;
pub use server::{IntakeServer, serve_intake};
