//! The store's keys: one that makes pseudonyms opaque, one that signs the ledger, one that encrypts
//! the store.
//!
//! Not here: the files of the keys (module `secret`), rotation of keys, and any way back from an
//! opaque pseudonym.
//!
//! Invariants:
//! 1. The same pseudonym gives the same bits in one store and unrelated bits in another
//!    (`vault::keys::tests::two_stores_share_no_opaque_pseudonym`).

use std::path::Path;

use sha2::block_api::compress256;
use siphasher::sip::SipHasher24;
use tidegauge_fold::Pseudonym;
use tidegauge_ledger::SigningKey;
use zeroize::Zeroizing;

use super::cipher::StoreKey;
use super::secret::{self, Secret};
use crate::error::Error;
use crate::layout::{pseudonym_key_path, signing_key_path, store_key_path};

/// Reads the key that signs a store's ledger.
///
/// Errors: a file that others can read.
pub(crate) fn signing_key(directory: &Path) -> Result<SigningKey, Error> {
    let secret = secret::read(&signing_key_path(directory))?;
    Ok(SigningKey::from_bytes(&secret))
}

/// Reads the key that a store is encrypted with, which must have this fingerprint.
///
/// Errors: a file that does not exist or that others can read, another store's key.
pub(crate) fn store_key(
    directory: &Path,
    elsewhere: Option<&Path>,
    fingerprint: &[u8; 32],
) -> Result<StoreKey, Error> {
    let path = elsewhere.map_or_else(|| store_key_path(directory), Path::to_owned);
    let place = path.display().to_string();
    if !path.is_file() {
        return Err(Error::KeyMissing { place });
    }
    let key = StoreKey::new(secret::read(&path)?);
    if key.fingerprint() == *fingerprint { Ok(key) } else { Err(Error::WrongKey { place }) }
}

/// Reads the key that makes pseudonyms opaque, which must have this fingerprint, if one is known:
/// under another key every person would count as a new one.
///
/// Errors: a file that does not exist or that others can read, another key.
pub(crate) fn pseudonym_key(
    directory: &Path,
    fingerprint: Option<[u8; 32]>,
) -> Result<Secret, Error> {
    let path = pseudonym_key_path(directory);
    let secret = secret::read(&path)?;
    match fingerprint {
        Some(fingerprint) if fingerprint != pseudonym_key_fingerprint(&secret) => {
            Err(Error::corrupt(&path, "key", "is not the key that this store began with"))
        }
        _ => Ok(secret),
    }
}

/// A digest by which the key that makes pseudonyms opaque is recognised. No pseudonym has a space,
/// so this is the digest of none.
pub(crate) fn pseudonym_key_fingerprint(secret: &Secret) -> [u8; 32] {
    PreparedHmac::new(secret).code(b"fingerprint of this key")
}

/// HMAC-SHA-256 under one key, prepared for many short messages: the two blocks that depend only on
/// the key are compressed once, so a pseudonym costs two more compressions and no copy.
#[derive(Clone)]
struct PreparedHmac {
    inner: Zeroizing<[u32; 8]>,
    outer: Zeroizing<[u32; 8]>,
}

/// The state of SHA-256 before its first block (FIPS 180-4, section 5.3.3).
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;
/// Bytes of a message that fit into the last block beside the padding.
const LAST: usize = BLOCK - 9;

impl PreparedHmac {
    /// RFC 2104 with a key no longer than a block.
    fn new(secret: &Secret) -> Self {
        let state = |pad: u8| {
            let mut block = Zeroizing::new([pad; BLOCK]);
            for (byte, secret) in block.iter_mut().zip(secret.iter()) {
                *byte ^= secret;
            }
            let mut state = Zeroizing::new(START);
            compress256(&mut state, &[*block]);
            state
        };
        Self { inner: state(0x36), outer: state(0x5c) }
    }

    /// The authentication code of a message.
    fn code(&self, message: &[u8]) -> [u8; 32] {
        let inner = finish(*self.inner, message);
        finish(*self.outer, &inner)
    }
}

/// Finishes SHA-256 over `message`, from the `state` after one earlier block (FIPS 180-4, section
/// 5.1.1).
fn finish(mut state: [u32; 8], message: &[u8]) -> [u8; 32] {
    let mut rest = message;
    while let Some((block, after)) = rest.split_first_chunk::<BLOCK>() {
        compress256(&mut state, &[*block]);
        rest = after;
    }
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block[rest.len()] = 0x80;
    if rest.len() > LAST {
        compress256(&mut state, &[block]);
        block = [0; BLOCK];
    }
    let bits = 8 * (BLOCK + message.len()) as u64;
    block[BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());
    compress256(&mut state, &[block]);
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

/// Makes pseudonyms and event ids opaque.
#[derive(Clone)]
pub(crate) struct Rekey {
    person: PreparedHmac,
    event: SipHasher24,
}

impl Rekey {
    /// The re-keying for one store and one submitter.
    pub(crate) fn new(secret: &Secret, submitter: &str) -> Self {
        let person = PreparedHmac::new(secret);
        let digest = person.code(format!("event id of submitter {submitter}").as_bytes());
        let mut key = Zeroizing::new([0; 16]);
        key.copy_from_slice(&digest[..16]);
        Self { person, event: SipHasher24::new_with_key(&key) }
    }

    /// The opaque pseudonym: the first 128 bits of HMAC-SHA-256 with the store's key.
    pub(crate) fn pseudonym(&self, given: &str) -> Pseudonym {
        let digest = self.person.code(given.as_bytes());
        let mut bits = [0; 16];
        bits.copy_from_slice(&digest[..16]);
        Pseudonym::from_bits(u128::from_be_bytes(bits))
    }

    /// 64 bits of a keyed digest (SipHash-2-4) of the event id, under the submitter's key.
    pub(crate) fn event_id(&self, given: &str) -> u64 {
        self.event.hash(given.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::secret::fresh;

    #[test]
    fn the_code_is_that_of_hmac_for_every_length() {
        use hmac::{Hmac, KeyInit, Mac as _};
        for length in 0..300 {
            let secret = fresh().unwrap();
            let message: Vec<u8> = (0..length).map(|n| (n * 7) as u8).collect();
            let mut peer = Hmac::<sha2::Sha256>::new_from_slice(secret.as_ref()).unwrap();
            peer.update(&message);
            let expected: [u8; 32] = peer.finalize().into_bytes().into();
            assert_eq!(PreparedHmac::new(&secret).code(&message), expected, "{length} bytes");
        }
    }

    #[test]
    fn two_stores_share_no_opaque_pseudonym() {
        let [one, other] = [(); 2].map(|()| Rekey::new(&fresh().unwrap(), "a"));
        assert_eq!(one.pseudonym("syn1:7"), one.pseudonym("syn1:7"));
        assert_ne!(one.pseudonym("syn1:7"), one.pseudonym("syn1:8"));
        assert_ne!(one.pseudonym("syn1:7"), other.pseudonym("syn1:7"));
    }

    #[test]
    fn an_event_id_belongs_to_its_submitter() {
        let secret = fresh().unwrap();
        let (one, other) = (Rekey::new(&secret, "north"), Rekey::new(&secret, "south"));
        assert_eq!(one.event_id("e1"), one.event_id("e1"));
        assert_ne!(one.event_id("e1"), other.event_id("e1"));
        assert_eq!(one.pseudonym("syn1:7"), other.pseudonym("syn1:7"));
    }
}
