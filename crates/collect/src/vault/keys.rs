//! The store's keys: one that makes pseudonyms opaque, one that signs the ledger, one that encrypts
//! the store.
//!
//! Not here: the files of the keys (module `secret`), rotation of keys, and any way back from an
//! opaque pseudonym.
//!
//! Invariants:
//! 1. The same pseudonym gives the same bits in one store and unrelated bits in another
//!    (`vault::keys::tests::two_stores_share_no_opaque_pseudonym`).
//! 2. Many names at once have the bits that each has alone, by the public function of BLAKE3
//!    (`vault::keys::tests::the_bits_are_those_of_blake3_for_every_length`).

use std::path::Path;

use blake3::IncrementCounter;
use blake3::platform::Platform;
use sha2::block_api::compress256;
use siphasher::sip::SipHasher24;
use tidegauge_fold::Pseudonym;
use tidegauge_ledger::SigningKey;
use zeroize::Zeroizing;

use super::cipher::StoreKey;
use super::functions::{CipherKind, PersonHash};
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
    cipher: CipherKind,
) -> Result<StoreKey, Error> {
    let path = elsewhere.map_or_else(|| store_key_path(directory), Path::to_owned);
    let place = path.display().to_string();
    if !path.is_file() {
        return Err(Error::KeyMissing { place });
    }
    let key = StoreKey::new(secret::read(&path)?, cipher);
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

/// BLAKE3 in its mode for keys, prepared for many short names: sixteen at once take a fifth of the
/// time of one after the other.
///
/// A name is followed by a byte 0x80 and zeros up to whole blocks of [`BLOCK`] bytes, which can be
/// read in one way only; the opaque pseudonym is the first 128 bits of `blake3::keyed_hash` of
/// that, under a key derived from the store's.
#[derive(Clone)]
struct KeyedNames {
    key: Zeroizing<[u8; 32]>,
    words: Zeroizing<[u32; 8]>,
    platform: Platform,
}

/// Names that are hashed at once: as many as the widest processor takes.
const AT_ONCE: usize = 16;
/// Flags of a block that begins and ends its input, for the first compression and the last (BLAKE3
/// specification, section 2.2: `KEYED_HASH`; `CHUNK_START`; `CHUNK_END` and `ROOT`).
const KEYED: u8 = 1 << 4;
const START_OF_INPUT: u8 = 1;
const END_OF_INPUT: u8 = 1 << 1 | 1 << 3;

impl KeyedNames {
    fn new(secret: &Secret) -> Self {
        let context = "tidegauge 2026 pseudonyms";
        let key = Zeroizing::new(blake3::derive_key(context, secret.as_ref()));
        let mut words = Zeroizing::new([0; 8]);
        for (word, bytes) in words.iter_mut().zip(key.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        Self { key, words, platform: Platform::detect() }
    }

    /// The bits of one name.
    fn one(&self, name: &[u8]) -> u128 {
        let mut padded = name.to_vec();
        padded.push(0x80);
        padded.resize(padded.len().next_multiple_of(BLOCK), 0);
        bits(blake3::keyed_hash(&self.key, &padded).as_bytes())
    }

    /// The bits of many names, in their order; `None` stays `None`.
    fn many<'n>(&self, names: impl Iterator<Item = Option<&'n [u8]>>) -> Vec<Option<u128>> {
        let mut all = Vec::with_capacity(names.size_hint().0);
        // The blocks of short names that wait, and their places.
        let mut blocks = [[0; BLOCK]; AT_ONCE];
        let mut places = Vec::with_capacity(AT_ONCE);
        for name in names {
            match name {
                Some(name) if name.len() < BLOCK => {
                    let block = &mut blocks[places.len()];
                    block.fill(0);
                    block[..name.len()].copy_from_slice(name);
                    block[name.len()] = 0x80;
                    places.push(all.len());
                    all.push(None);
                }
                name => all.push(name.map(|name| self.one(name))),
            }
            if places.len() == AT_ONCE {
                self.hash(&blocks, &mut places, &mut all);
            }
        }
        self.hash(&blocks, &mut places, &mut all);
        all
    }

    /// Hashes the blocks that wait.
    fn hash(
        &self,
        blocks: &[[u8; BLOCK]; AT_ONCE],
        places: &mut Vec<usize>,
        all: &mut [Option<u128>],
    ) {
        let inputs: [&[u8; BLOCK]; AT_ONCE] = std::array::from_fn(|number| &blocks[number]);
        let mut digests = [0; 32 * AT_ONCE];
        self.platform.hash_many(
            &inputs[..places.len()],
            &self.words,
            0,
            IncrementCounter::No,
            KEYED,
            START_OF_INPUT,
            END_OF_INPUT,
            &mut digests[..32 * places.len()],
        );
        for (place, digest) in places.drain(..).zip(digests.as_chunks().0) {
            all[place] = Some(bits(digest));
        }
    }
}

/// The first 128 bits of a digest.
fn bits(digest: &[u8; 32]) -> u128 {
    let mut bits = [0; 16];
    bits.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(bits)
}

/// How the names of persons become opaque in one store.
#[derive(Clone)]
enum Names {
    Hmac(PreparedHmac),
    Blake3(KeyedNames),
}

/// Makes pseudonyms and event ids opaque.
#[derive(Clone)]
pub(crate) struct Rekey {
    names: Names,
    event: SipHasher24,
}

impl Rekey {
    /// The re-keying for one store and one submitter.
    pub(crate) fn new(secret: &Secret, submitter: &str, hash: PersonHash) -> Self {
        let hmac = PreparedHmac::new(secret);
        let digest = hmac.code(format!("event id of submitter {submitter}").as_bytes());
        let mut key = Zeroizing::new([0; 16]);
        key.copy_from_slice(&digest[..16]);
        let names = match hash {
            PersonHash::HmacSha256 => Names::Hmac(hmac),
            PersonHash::Blake3 => Names::Blake3(KeyedNames::new(secret)),
        };
        Self { names, event: SipHasher24::new_with_key(&key) }
    }

    /// The opaque pseudonym: 128 bits of the store's hash under the store's key.
    pub(crate) fn pseudonym(&self, given: &str) -> Pseudonym {
        Pseudonym::from_bits(match &self.names {
            Names::Hmac(hmac) => bits(&hmac.code(given.as_bytes())),
            Names::Blake3(names) => names.one(given.as_bytes()),
        })
    }

    /// The opaque pseudonyms of many names, in their order; `None` stays `None`.
    pub(crate) fn pseudonyms<'n>(
        &self,
        given: impl Iterator<Item = Option<&'n str>>,
    ) -> Vec<Option<Pseudonym>> {
        match &self.names {
            Names::Hmac(_) => given.map(|name| name.map(|name| self.pseudonym(name))).collect(),
            Names::Blake3(names) => {
                let bits = names.many(given.map(|name| name.map(str::as_bytes)));
                bits.into_iter().map(|bits| bits.map(Pseudonym::from_bits)).collect()
            }
        }
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
    fn the_bits_are_those_of_blake3_for_every_length() {
        let secret = fresh().unwrap();
        let rekey = Rekey::new(&secret, "a", PersonHash::Blake3);
        let key = blake3::derive_key("tidegauge 2026 pseudonyms", secret.as_ref());
        let expected = |name: &str| {
            let zeros = 63 - name.len() % 64;
            let padded = [name.as_bytes(), &[0x80][..], &vec![0; zeros][..]].concat();
            assert_eq!(padded.len() % 64, 0);
            let digest = blake3::keyed_hash(&key, &padded);
            u128::from_be_bytes(digest.as_bytes()[..16].try_into().unwrap())
        };
        let names: Vec<String> = (0..=128)
            .map(|length| {
                (0..length).map(move |n| char::from(b'a' + ((n * 7 + length) % 26) as u8))
            })
            .map(Iterator::collect)
            .collect();
        for name in &names {
            assert_eq!(rekey.pseudonym(name).bits(), expected(name), "{} bytes", name.len());
        }
        // At once, in every number of names and with some missing.
        for count in 0..names.len() {
            let some = |number: usize| (number % 5 != 3).then(|| &*names[number * 37 % 129]);
            let found = rekey.pseudonyms((0..count).map(some));
            let alone = (0..count).map(|number| some(number).map(|name| rekey.pseudonym(name)));
            assert_eq!(found, alone.collect::<Vec<_>>(), "{count} names");
        }
    }

    #[test]
    fn two_stores_share_no_opaque_pseudonym() {
        for hash in [PersonHash::HmacSha256, PersonHash::Blake3] {
            let [one, other] = [(); 2].map(|()| Rekey::new(&fresh().unwrap(), "a", hash));
            assert_eq!(one.pseudonym("syn1:7"), one.pseudonym("syn1:7"));
            assert_ne!(one.pseudonym("syn1:7"), one.pseudonym("syn1:8"));
            assert_ne!(one.pseudonym("syn1:7"), other.pseudonym("syn1:7"));
        }
    }

    #[test]
    fn an_event_id_belongs_to_its_submitter() {
        let secret = fresh().unwrap();
        let [one, other] =
            ["north", "south"].map(|from| Rekey::new(&secret, from, PersonHash::Blake3));
        assert_eq!(one.event_id("e1"), one.event_id("e1"));
        assert_ne!(one.event_id("e1"), other.event_id("e1"));
        assert_eq!(one.pseudonym("syn1:7"), other.pseudonym("syn1:7"));
    }
}
