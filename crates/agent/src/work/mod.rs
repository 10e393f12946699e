//! The agent at work.
//!
//! Not here: settings and commands.

mod agent;
mod complete;
mod parcel;
mod pause;

pub use agent::Agent;
pub(crate) use agent::{mapping, pseudonyms, read_columns, say};
