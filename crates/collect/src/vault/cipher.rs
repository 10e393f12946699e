//! Encryption at rest: the events and states in the private directory can be read only with the
//! store's key.
//!
//! Not here: the key's file (modules `keys` and `secret`), the encrypted contents (rooms `journal`
//! and `state`), and hiding how large a file is or when it was written.
//!
//! Invariants:
//! 1. No pair of key and nonce is used twice: every file has its own key, derived with BLAKE3 from
//!    the store's key and 32 fresh random bytes (its salt), whatever its name; within a file the
//!    nonce is the offset of the piece, and an offset is written once
//!    (`vault::cipher::tests::the_same_bytes_never_look_the_same`; a program built with debug
//!    assertions stops at the second: `vault::cipher::tests::an_offset_is_written_once`).
//! 2. A piece is read back as it was written, at its offset and for its purpose, or not at all: the
//!    store's cipher authenticates each, with its purpose as associated data
//!    (`vault::cipher::tests::a_piece_belongs_to_its_place_and_purpose`).
//! 3. A stream is read whole or not at all: only its last piece is marked as the last
//!    (`vault::cipher::tests::a_stream_cut_or_mixed_is_refused`).
//!
//! Proof: `cipher.proof.md`.
//!
//! The control store keeps each file's salt, so another file under the same name does not open,
//! not even an older one of this store.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use ring::aead::{AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

use super::functions::CipherKind;
use super::secret::{self, Secret};
use crate::error::Error;

/// Bytes of the tag that encryption adds to a piece.
pub(crate) const TAG_BYTES: usize = 16;
/// Bytes of a full piece of a stream, without its tag.
const PIECE_BYTES: usize = 256 * 1024;

/// Random bytes from which, with the store's key, a file's key is derived. Public, never used
/// twice.
pub(crate) type Salt = [u8; 32];

/// The key that a store is encrypted with, and the store's cipher.
pub(crate) struct StoreKey {
    secret: Secret,
    cipher: CipherKind,
}

impl StoreKey {
    pub(crate) fn new(secret: Secret, cipher: CipherKind) -> Self {
        Self { secret, cipher }
    }

    /// 32 bytes that identify this key, and from which it cannot be computed.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        blake3::derive_key("tidegauge 2026 mark of a store key", self.secret.as_ref())
    }

    /// The cipher of a new file, and the salt from which [`StoreKey::file`] makes it again.
    ///
    /// Errors: the operating system has no random bytes; a key that the cipher does not take.
    pub(crate) fn new_file(&self) -> Result<(Salt, FileCipher), Error> {
        let salt = *secret::fresh()?;
        Ok((salt, self.file(&salt)))
    }

    /// The cipher of the file with this salt.
    pub(crate) fn file(&self, salt: &Salt) -> FileCipher {
        let mut hasher = blake3::Hasher::new_derive_key("tidegauge 2026 key of a file at rest");
        hasher.update(self.secret.as_ref()).update(salt);
        let key = Secret::new(hasher.finalize().into());
        FileCipher::new(self.cipher, &key)
    }
}

/// Encrypts and decrypts the pieces of one file.
pub(crate) struct FileCipher {
    /// `None` never: both ciphers take every key of 32 bytes.
    key: Option<LessSafeKey>,
    /// The offsets at which something was encrypted.
    #[cfg(debug_assertions)]
    written: std::sync::Mutex<std::collections::BTreeSet<u64>>,
}

fn nonce(offset: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&offset.to_le_bytes());
    Nonce::assume_unique_for_key(nonce)
}

impl FileCipher {
    fn new(kind: CipherKind, key: &Secret) -> Self {
        let algorithm = match kind {
            CipherKind::ChaCha20Poly1305 => &CHACHA20_POLY1305,
            CipherKind::Aes256Gcm => &AES_256_GCM,
        };
        Self {
            key: UnboundKey::new(algorithm, key.as_ref()).ok().map(LessSafeKey::new),
            #[cfg(debug_assertions)]
            written: Default::default(),
        }
    }

    /// Encrypts a piece in place and appends its tag. The offset is the nonce: the caller must
    /// never use one twice. With AES-256-GCM a second use would reveal the first.
    ///
    /// Errors: a piece of more than 64 GiB.
    pub(crate) fn encrypt(
        &self,
        offset: u64,
        associated: &[u8],
        piece: &mut Vec<u8>,
    ) -> io::Result<()> {
        #[cfg(debug_assertions)]
        {
            let mut written = self.written.lock().unwrap_or_else(|held| held.into_inner());
            debug_assert!(written.insert(offset), "offset {offset} is written twice");
        }
        let sealed = self
            .key
            .as_ref()
            .map(|key| key.seal_in_place_append_tag(nonce(offset), Aad::from(associated), piece));
        sealed.and_then(Result::ok).ok_or_else(|| io::ErrorKind::FileTooLarge.into())
    }

    /// Decrypts a piece in place and removes its tag.
    ///
    /// Errors: `InvalidData` where the bytes were changed, or were written at another offset, for
    /// another purpose or under another key; these cases cannot be distinguished.
    pub(crate) fn decrypt(
        &self,
        offset: u64,
        associated: &[u8],
        piece: &mut Vec<u8>,
    ) -> io::Result<()> {
        let opened = self.key.as_ref().and_then(|key| {
            let opened = key.open_in_place(nonce(offset), Aad::from(associated), piece);
            opened.ok().map(|clear| clear.len())
        });
        piece.truncate(opened.ok_or(io::ErrorKind::InvalidData)?);
        Ok(())
    }
}

impl FileCipher {
    /// Reads the index at the end of a file of so many bytes, of which so many are the index.
    ///
    /// Errors: a missing file, one of another size, bytes that differ from those written; what the
    /// operating system does not let us read, which is no damage.
    pub(crate) fn read_index(
        &self,
        path: &Path,
        (bytes, index_bytes): (u64, u64),
        associated: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let failed = Error::stored(path, "index");
        let file = File::open(path).map_err(&failed)?;
        file.read_at(&mut [0], 0).map_err(&failed)?;
        let found = file.metadata().map_err(&failed)?.len();
        let begins = bytes.checked_sub(index_bytes);
        let Some(begins) = begins.filter(|_| found == bytes) else {
            let rule = "the size of the file differs from that when it was written";
            return Err(Error::corrupt(path, "index", rule));
        };
        let mut index = vec![0; usize::try_from(index_bytes).unwrap_or(0)];
        file.read_exact_at(&mut index, begins).map_err(&failed)?;
        self.decrypt(begins, associated, &mut index).map_err(&failed)?;
        Ok(index)
    }
}

/// The associated data of a piece of a stream: whether it is the last.
fn associated_data(last: bool) -> &'static [u8] {
    if last { b"stream, last" } else { b"stream, more" }
}

/// A stream of encrypted pieces, as stores had them before they had runs.
#[cfg(test)]
pub(crate) fn stream(cipher: &FileCipher, bytes: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    let pieces = bytes.len().div_ceil(PIECE_BYTES).max(1);
    for number in 0..pieces {
        let rest = &bytes[number * PIECE_BYTES..];
        let mut piece = rest[..rest.len().min(PIECE_BYTES)].to_vec();
        let associated = associated_data(number + 1 == pieces);
        cipher.encrypt(stream.len() as u64, associated, &mut piece).unwrap();
        stream.append(&mut piece);
    }
    stream
}

/// Reads a stream. Every byte that it returns has been authenticated.
pub(crate) struct DecryptingReader {
    cipher: FileCipher,
    file: File,
    /// Bytes of the whole file.
    bytes: u64,
    offset: u64,
    piece: Vec<u8>,
    read: usize,
    ended: bool,
}

impl DecryptingReader {
    /// Begins to read a file.
    pub(crate) fn new(cipher: FileCipher, file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self { cipher, file, bytes, offset: 0, piece: vec![], read: 0, ended: false })
    }
}

impl BufRead for DecryptingReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.piece.len() && !self.ended {
            self.piece.clear();
            self.read = 0;
            let most = (PIECE_BYTES + TAG_BYTES) as u64;
            let taken = (&self.file).take(most).read_to_end(&mut self.piece)? as u64;
            let last = self.offset + taken == self.bytes;
            let decrypted =
                self.cipher.decrypt(self.offset, associated_data(last), &mut self.piece);
            decrypted.inspect_err(|_| self.piece.clear())?;
            self.offset += taken;
            self.ended = last;
        }
        Ok(&self.piece[self.read..])
    }

    fn consume(&mut self, bytes: usize) {
        self.read += bytes;
    }
}

impl Read for DecryptingReader {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let taken = self.fill_buf()?.read(bytes)?;
        self.consume(taken);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const KINDS: [CipherKind; 2] = [CipherKind::ChaCha20Poly1305, CipherKind::Aes256Gcm];

    fn key() -> StoreKey {
        StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm)
    }

    #[test]
    fn the_same_bytes_never_look_the_same() {
        let encrypted = |cipher: &FileCipher, place| {
            let mut piece = vec![0; 100];
            cipher.encrypt(place, b"", &mut piece).unwrap();
            piece
        };
        let ((_, one), (_, other)) = (key().new_file().unwrap(), key().new_file().unwrap());
        let first = encrypted(&one, 0);
        assert_ne!(first, encrypted(&one, 116));
        assert_ne!(first, encrypted(&other, 0));
    }

    #[test]
    #[should_panic(expected = "offset 116 is written twice")]
    fn an_offset_is_written_once() {
        let (_, cipher) = key().new_file().unwrap();
        for offset in [0, 116, 232, 116] {
            cipher.encrypt(offset, b"", &mut vec![0; 100]).unwrap();
        }
    }

    /// Other people's programs decrypt it, with the nonce and the key as they are documented.
    #[test]
    fn a_piece_is_that_of_the_standards() {
        let derived: [u8; 32] = {
            let mut hasher = blake3::Hasher::new_derive_key("tidegauge 2026 key of a file at rest");
            hasher.update(&[7; 32]).update(&[9; 32]);
            hasher.finalize().into()
        };
        let nonce = [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for kind in KINDS {
            let mut piece = b"rows".to_vec();
            let key = StoreKey::new([7; 32].into(), kind);
            key.file(&[9; 32]).encrypt(259, b"block", &mut piece).unwrap();
            let opened = match kind {
                CipherKind::ChaCha20Poly1305 => {
                    use chacha20poly1305::aead::{Aead, KeyInit, Payload};
                    let peer = chacha20poly1305::ChaCha20Poly1305::new(&derived.into());
                    peer.decrypt(&nonce.into(), Payload { msg: &piece, aad: b"block" }).unwrap()
                }
                CipherKind::Aes256Gcm => {
                    use aes_gcm::aead::{Aead, KeyInit, Payload};
                    let peer = aes_gcm::Aes256Gcm::new(&derived.into());
                    peer.decrypt(&nonce.into(), Payload { msg: &piece, aad: b"block" }).unwrap()
                }
            };
            assert_eq!(opened, b"rows", "{kind:?}");
        }
    }

    #[test]
    fn a_piece_belongs_to_its_place_and_purpose() {
        for kind in KINDS {
            let key = |secret: u8| StoreKey::new([secret; 32].into(), kind);
            let (salt, cipher) = key(7).new_file().unwrap();
            let mut piece = b"rows of persons who do not exist".to_vec();
            cipher.encrypt(32, b"block", &mut piece).unwrap();
            let opens = |key: &StoreKey, place, about: &[u8]| {
                key.file(&salt).decrypt(place, about, &mut piece.clone()).is_ok()
            };
            assert!(opens(&key(7), 32, b"block"));
            assert!(!opens(&key(7), 33, b"block"));
            assert!(!opens(&key(7), 32, b"index"));
            assert!(!opens(&key(8), 32, b"block"));
            let other = KINDS[usize::from(kind == KINDS[0])];
            assert!(!opens(&StoreKey::new([7; 32].into(), other), 32, b"block"));
        }
    }

    fn stream(path: &Path, bytes: &[u8]) -> Salt {
        let (salt, cipher) = key().new_file().unwrap();
        fs::write(path, super::stream(&cipher, bytes)).unwrap();
        salt
    }

    fn read(path: &Path, salt: &Salt) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = File::open(path)?;
        DecryptingReader::new(key().file(salt), file)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn a_stream_is_read_as_it_was_written_for_every_length() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("stream");
        for length in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES] {
            let bytes: Vec<u8> = (0..length).map(|n| (n / 251) as u8).collect();
            let salt = stream(&path, &bytes);
            assert!(read(&path, &salt).unwrap() == bytes, "{length} bytes");
        }
    }

    #[test]
    fn a_stream_cut_or_mixed_is_refused() {
        const PIECE: usize = PIECE_BYTES + TAG_BYTES;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("stream");
        let salt = stream(&path, &vec![5; 3 * PIECE_BYTES]);
        let whole = fs::read(&path).unwrap();
        let mut broken = vec![
            vec![],
            whole[..PIECE].to_vec(),
            whole[..2 * PIECE].to_vec(),
            whole[..2 * PIECE + 1].to_vec(),
            whole[..3 * PIECE - 1].to_vec(),
            whole[PIECE..].to_vec(),
            [&whole[PIECE..2 * PIECE], &whole[..PIECE], &whole[2 * PIECE..]].concat(),
            [&whole[..], &whole[2 * PIECE..]].concat(),
            [&whole[..], &[0]].concat(),
        ];
        for at in [0, PIECE - 1, PIECE, 3 * PIECE - 1] {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            broken.push(flipped);
        }
        for (number, bytes) in broken.iter().enumerate() {
            fs::write(&path, bytes).unwrap();
            assert!(read(&path, &salt).is_err(), "{number}");
        }
        fs::write(&path, &whole).unwrap();
        assert!(read(&path, &salt).is_ok());
    }
}
