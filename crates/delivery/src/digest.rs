//! The digest of a body, as the header `Content-Digest` carries it (RFC 9530).
//!
//! Not here: which bodies are digested: those that are sent, compressed as they are.
//!
//! Invariants:
//! 1. The header of a body names its SHA-256 (`digest::tests::the_example_of_the_standard`).
//!
//! Format: `sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:`.

use sfv::{BareItem, DictSerializer, Dictionary, KeyRef, ListEntry, Parser};
use sha2::{Digest, Sha256};

use crate::fault::{DeliveryFault, Refusal};
use crate::message::headers::CONTENT_DIGEST;

const SHA_256: &str = "sha-256";

/// The value of `Content-Digest` for a body with this SHA-256.
pub fn content_digest(sha256: &[u8; 32]) -> String {
    let mut header = DictSerializer::new();
    if let Ok(key) = KeyRef::from_str(SHA_256) {
        let _ = header.bare_item(key, &sha256[..]);
    }
    header.finish().unwrap_or_default()
}

/// The SHA-256 of bytes.
pub fn digest_of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The SHA-256 that a header states.
///
/// Errors: a header of another form, or without this algorithm.
pub(crate) fn stated_digest(value: &str) -> Result<[u8; 32], Refusal> {
    let rule = "the SHA-256 of the body as sent is needed, as sha-256=:...:";
    let refuse = || Refusal::new(DeliveryFault::BadHeader, CONTENT_DIGEST, rule);
    let header: Dictionary = Parser::new(value).parse().map_err(|_| refuse())?;
    match header.get(SHA_256) {
        Some(ListEntry::Item(item)) => match &item.bare_item {
            BareItem::ByteSequence(bytes) => bytes[..].try_into().map_err(|_| refuse()),
            _ => Err(refuse()),
        },
        _ => Err(refuse()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        // RFC 9530, appendix D, the first example.
        let header = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        let digest = digest_of(b"{\"hello\": \"world\"}\n");
        assert_eq!(content_digest(&digest), header);
        assert_eq!(stated_digest(header).unwrap(), digest);
        let both = format!("{header}, sha-512=:AAAA:");
        assert_eq!(stated_digest(&both).unwrap(), digest);
        for bad in ["", "sha-256=:AAAA:", "sha-256=x", "sha-512=:AAAA:", "sha-256=(1)"] {
            assert!(stated_digest(bad).is_err(), "{bad}");
        }
    }
}
