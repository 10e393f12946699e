//! The vault: secrets, the keys made of them, and encryption at rest.
//!
//! Not here: the encrypted contents (rooms `journal` and `state`).

pub(crate) mod cipher;
pub(crate) mod functions;
pub(crate) mod keys;
pub(crate) mod secret;

#[cfg(test)]
pub(crate) use cipher::stream;
pub(crate) use cipher::{DecryptingReader, FileCipher, Salt, StoreKey, TAG_BYTES};
