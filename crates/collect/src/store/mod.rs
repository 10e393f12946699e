//! A store: the order in which everything happens, and what a restart does.
//!
//! Not here: the pieces themselves (rooms `journal`, `state`, `release`).

pub(crate) mod amend;
pub(crate) mod control;
mod init;
mod release;
mod retain;

pub use init::*;
pub use release::*;
