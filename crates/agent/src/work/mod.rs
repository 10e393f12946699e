//! The agent at work.
//!
//! Not here: settings and commands.

mod agent;
mod complete;
mod given_up;
mod parcel;
mod patience;

pub use agent::Agent;
pub(crate) use agent::{mapping, pseudonyms, read_columns};
pub(crate) use complete::day_of_name;
pub(crate) use given_up::{check_rebuild, give_up_file};
