//! Inputs and devices against real servers: PostgreSQL, NATS, SoftHSM, and for Kafka the mock
//! broker of librdkafka, the C client: it speaks the protocol of a broker, keeps messages in memory
//! only, and has no TLS and no logins. A real broker would need a Java machine.
//!
//! Each test starts its own server on a free port with a temporary directory, and stops it. Where a
//! server is not installed the test fails and names `./test`, which installs all of them.
//!
//! Not here: files (`tests/kills.rs`, `tests/canaries.rs`).

#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;
mod intake;
mod kafka;
mod nats;
mod postgres;
mod servers;
mod token;
mod whole;
