//! The store's keys: one that makes pseudonyms opaque, one that signs the ledger.
//!
//! Not here: rotation, and any way back from an opaque pseudonym.
//!
//! Invariants:
//! 1. Key files are created with mode 0600 and refused with any other
//!    (`keys::tests::a_readable_key_is_refused`).
//! 2. The same pseudonym gives the same bits in one store and unrelated bits in another
//!    (`keys::tests::two_stores_know_nobody_in_common`).

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tidegauge_fold::Pseudonym;
use zeroize::Zeroizing;

use crate::error::Error;

/// 32 secret bytes.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Fresh secret bytes from the operating system.
pub(crate) fn fresh() -> Result<Secret, Error> {
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(secret.as_mut()).map_err(|_| {
        let source = std::io::Error::from(std::io::ErrorKind::Unsupported);
        Error::system(Path::new("operating system"), "draw random bytes")(source)
    })?;
    Ok(secret)
}

/// Writes a secret to a new file that only its owner can read.
pub(crate) fn write(path: &Path, secret: &Secret) -> Result<(), Error> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::system(path, "create"))?;
    file.write_all(secret.as_ref()).map_err(Error::system(path, "write"))?;
    file.sync_all().map_err(Error::system(path, "sync"))
}

/// Reads a secret.
///
/// Errors: a file that others can read, or that does not hold 32 bytes.
pub(crate) fn read(path: &Path) -> Result<Secret, Error> {
    let mode = fs::metadata(path).map_err(Error::system(path, "read"))?.permissions().mode();
    if mode & 0o777 != 0o600 {
        return Err(Error::KeyPermissions { place: path.display().to_string() });
    }
    let bytes = Zeroizing::new(fs::read(path).map_err(Error::system(path, "read"))?);
    let secret: [u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| Error::corrupt(path, "key", "must hold 32 bytes"))?;
    Ok(Zeroizing::new(secret))
}

/// Makes pseudonyms and event ids opaque.
#[derive(Clone)]
pub struct Rekey {
    person: Hmac<Sha256>,
    event: Zeroizing<[u8; 32]>,
}

impl Rekey {
    /// The re-keying of one store, for events of one submitter.
    pub(crate) fn new(secret: &Secret, submitter: &str) -> Self {
        // HMAC takes a secret of any length.
        let mac = |secret: &[u8]| -> Hmac<Sha256> {
            Hmac::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes any length"))
        };
        let mut event = mac(secret.as_ref());
        event.update(b"event id of submitter ");
        event.update(submitter.as_bytes());
        Self {
            person: mac(secret.as_ref()),
            event: Zeroizing::new(event.finalize().into_bytes().into()),
        }
    }

    /// The opaque pseudonym: the first 128 bits of HMAC-SHA-256 with the store's key.
    pub(crate) fn pseudonym(&self, given: &str) -> Pseudonym {
        let mut mac = self.person.clone();
        mac.update(given.as_bytes());
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let (bits, _) = digest.split_at(16);
        let bits = bits.iter().fold(0u128, |bits, &byte| bits << 8 | u128::from(byte));
        Pseudonym::from_bits(bits)
    }

    /// 64 bits of a keyed digest of (submitter, event id).
    pub(crate) fn event_id(&self, given: &str) -> u64 {
        let digest = blake3::keyed_hash(&self.event, given.as_bytes());
        digest.as_bytes().iter().take(8).fold(0, |bits, &byte| bits << 8 | u64::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readable_key_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let secret = fresh().unwrap();
        write(&path, &secret).unwrap();
        assert_eq!(read(&path).unwrap(), secret);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read(&path), Err(Error::KeyPermissions { .. })));
    }

    #[test]
    fn two_stores_know_nobody_in_common() {
        let (one, other) = (fresh().unwrap(), fresh().unwrap());
        let (one, other) = (Rekey::new(&one, "a"), Rekey::new(&other, "a"));
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
