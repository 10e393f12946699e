//! The agent at work.
//!
//! Not here: settings and commands.

mod agent;
mod complete;
mod given_up;
mod parcel;

pub use agent::Agent;
pub(crate) use agent::{mapping, pseudonyms, read_columns, say};
pub(crate) use given_up::{check_rebuild, give_up_file};
