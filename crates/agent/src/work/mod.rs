//! The agent at work.
//!
//! Not here: settings and commands.

mod agent;
mod complete;
mod parcel;
mod patience;

pub use agent::Agent;
pub(crate) use agent::{mapping, pseudonyms, read_columns};
pub(crate) use complete::day_of_name;
