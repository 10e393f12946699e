//! Names of news and of releases that are the same for ever, for programs that ask again.
//!
//! Not here: what they name.

use sha2::{Digest, Sha256};
use tidegauge_ledger::hex;

/// A UUID of version 8 (RFC 9562), made of a digest of these parts.
pub(super) fn uuid(parts: [&str; 2]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let mut bytes: [u8; 32] = digest.finalize().into();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes[..16]);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}
