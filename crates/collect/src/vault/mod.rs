//! The vault: the store's keys, and encryption at rest.
//!
//! Not here: what is encrypted (rooms `journal` and `state`).

pub(crate) mod cipher;
pub(crate) mod keys;
