//! Encryption at rest: what the private directory holds of events and states can be read with
//! the store's key alone.
//!
//! Not here: the key's file (modules `keys` and `secret`), what is encrypted (rooms `journal` and
//! `state`), and hiding how large a file is or when it was written.
//!
//! Invariants:
//! 1. No key and nonce are used twice: every file has its own key, derived with BLAKE3 from the
//!    store's key and 32 fresh random bytes (its salt), whatever its name; within a file the nonce
//!    is the place of the piece, and a place is written once
//!    (`vault::cipher::tests::the_same_bytes_never_look_the_same`).
//! 2. A piece is read back as it was written, at its place and for its purpose, or not at all:
//!    ChaCha20-Poly1305 (RFC 8439) authenticates each, with what it is about as associated data
//!    (`vault::cipher::tests::a_piece_belongs_to_its_place_and_purpose`).
//! 3. A stream is read whole or not at all: its last piece, and no other, is marked as the last
//!    (`vault::cipher::tests::a_stream_cut_or_mixed_is_refused`).
//!
//! Proof: `cipher.proof.md`.
//!
//! The control store keeps each file's salt: another file under the same name, an older one of
//! this store included, does not open with it.

use std::fs::File;
use std::io::{self, BufRead, Read, Write};

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, Nonce};

use super::secret::{self, Secret};
use crate::error::Error;

/// Bytes by which a piece grows: its tag.
pub(crate) const TAG_BYTES: usize = 16;
/// Bytes of a piece of a stream, before its tag.
const PIECE_BYTES: usize = 256 * 1024;

/// Pieces of a stream that one thread encrypts at a time.
const PIECES_A_THREAD: usize = 16;

/// What a file's key is made from, beside the store's: public and never used twice.
pub(crate) type Salt = [u8; 32];

/// The key under which a store is at rest.
pub(crate) struct StoreKey(Secret);

impl StoreKey {
    pub(crate) fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// 32 bytes that tell this key from another, and from which it cannot be computed.
    pub(crate) fn mark(&self) -> [u8; 32] {
        blake3::derive_key("tidegauge 2026 mark of a store key", self.0.as_ref())
    }

    /// The cipher of a new file, with the salt that gives it again.
    pub(crate) fn new_file(&self) -> Result<(Salt, FileCipher), Error> {
        let salt = *secret::fresh()?;
        Ok((salt, self.file(&salt)))
    }

    /// The cipher of the file that has this salt.
    pub(crate) fn file(&self, salt: &Salt) -> FileCipher {
        let mut hasher = blake3::Hasher::new_derive_key("tidegauge 2026 key of a file at rest");
        hasher.update(self.0.as_ref()).update(salt);
        let key = Secret::new(hasher.finalize().into());
        FileCipher(ChaCha20Poly1305::new(&Key::from(*key)))
    }
}

/// Encrypts and decrypts the pieces of one file.
pub(crate) struct FileCipher(ChaCha20Poly1305);

fn nonce(place: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&place.to_le_bytes());
    nonce.into()
}

impl FileCipher {
    /// Encrypts a piece in its memory and adds its tag. The caller never gives a place twice.
    pub(crate) fn encrypt(&self, place: u64, about: &[u8], piece: &mut Vec<u8>) -> io::Result<()> {
        let encrypted = self.0.encrypt_in_place(&nonce(place), about, piece);
        encrypted.map_err(|_| io::ErrorKind::FileTooLarge.into())
    }

    /// Decrypts a piece in its memory and takes its tag off.
    ///
    /// Errors: `InvalidData` for other bytes than those that were written here for this purpose,
    /// and for another key; they cannot be told apart.
    pub(crate) fn decrypt(&self, place: u64, about: &[u8], piece: &mut Vec<u8>) -> io::Result<()> {
        let decrypted = self.0.decrypt_in_place(&nonce(place), about, piece);
        decrypted.map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

/// What a piece of a stream is about: whether it is the last.
fn about(last: bool) -> &'static [u8] {
    if last { b"stream, last" } else { b"stream, more" }
}

/// Writes a file as a stream of pieces; what is not finished cannot be read.
pub(crate) struct Encrypting {
    cipher: FileCipher,
    file: File,
    /// Where the first of the waiting pieces goes.
    place: u64,
    /// Pieces that wait to be encrypted together: those before the one that is filled are full,
    /// those after it empty.
    pieces: Vec<Vec<u8>>,
    /// Which of them is filled.
    filled: usize,
    threads: usize,
}

impl Encrypting {
    /// Begins a stream in an empty file.
    pub(crate) fn new(cipher: FileCipher, file: File) -> Self {
        Self { cipher, file, place: 0, pieces: vec![vec![]], filled: 0, threads: 1 }
    }

    /// Encrypts on so many threads; the file is the same.
    pub(crate) fn on_threads(self, threads: usize) -> Self {
        Self { threads: threads.max(1), ..self }
    }

    /// Encrypts and writes the pieces that wait.
    fn put(&mut self, last: bool) -> io::Result<()> {
        let full = (PIECE_BYTES + TAG_BYTES) as u64;
        let (cipher, first, count) = (&self.cipher, self.place, self.pieces.len());
        let encrypt = |(at, pieces): (usize, &mut [Vec<u8>])| {
            (at..).zip(pieces).try_for_each(|(at, piece)| {
                cipher.encrypt(first + full * at as u64, about(last && at + 1 == count), piece)
            })
        };
        let share = count.div_ceil(self.threads).max(1);
        let mut parts = (0..).step_by(share).zip(self.pieces.chunks_mut(share));
        let mine = parts.next();
        std::thread::scope(|scope| {
            let others: Vec<_> = parts.map(|part| scope.spawn(move || encrypt(part))).collect();
            let mine = mine.map_or(Ok(()), encrypt);
            others.into_iter().fold(mine, |done, other| match other.join() {
                Ok(theirs) => done.and(theirs),
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })?;
        for piece in &mut self.pieces {
            self.file.write_all(piece)?;
            self.place += piece.len() as u64;
            piece.clear();
        }
        self.filled = 0;
        Ok(())
    }

    /// Writes the last piece and syncs the file.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.pieces.truncate(self.filled + 1);
        self.put(true)?;
        self.file.sync_all()
    }
}

impl Write for Encrypting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.pieces[self.filled].len() == PIECE_BYTES {
            if self.filled + 1 == PIECES_A_THREAD * self.threads {
                self.put(false)?;
            } else {
                self.filled += 1;
            }
            if self.filled == self.pieces.len() {
                self.pieces.push(Vec::with_capacity(PIECE_BYTES + TAG_BYTES));
            }
        }
        let piece = &mut self.pieces[self.filled];
        let taken = bytes.len().min(PIECE_BYTES - piece.len());
        piece.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Nothing leaves before its piece is full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a stream; every byte that it gives was authenticated before.
pub(crate) struct Decrypting {
    cipher: FileCipher,
    file: File,
    bytes: u64,
    place: u64,
    piece: Vec<u8>,
    read: usize,
    ended: bool,
}

impl Decrypting {
    /// Begins to read a whole file.
    pub(crate) fn new(cipher: FileCipher, file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self { cipher, file, bytes, place: 0, piece: vec![], read: 0, ended: false })
    }
}

impl BufRead for Decrypting {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.piece.len() && !self.ended {
            self.piece.clear();
            self.read = 0;
            let most = (PIECE_BYTES + TAG_BYTES) as u64;
            let taken = (&self.file).take(most).read_to_end(&mut self.piece)? as u64;
            let last = self.place + taken == self.bytes;
            let decrypted = self.cipher.decrypt(self.place, about(last), &mut self.piece);
            decrypted.inspect_err(|_| self.piece.clear())?;
            self.place += taken;
            self.ended = last;
        }
        Ok(&self.piece[self.read..])
    }

    fn consume(&mut self, bytes: usize) {
        self.read += bytes;
    }
}

impl Read for Decrypting {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let taken = self.fill_buf()?.read(bytes)?;
        self.consume(taken);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn key() -> StoreKey {
        StoreKey::new([7; 32].into())
    }

    #[test]
    fn the_same_bytes_never_look_the_same() {
        let encrypted = |cipher: &FileCipher, place| {
            let mut piece = vec![0; 100];
            cipher.encrypt(place, b"", &mut piece).unwrap();
            piece
        };
        let ((_, one), (_, other)) = (key().new_file().unwrap(), key().new_file().unwrap());
        assert_ne!(encrypted(&one, 0), encrypted(&one, 116));
        assert_ne!(encrypted(&one, 0), encrypted(&other, 0));
    }

    #[test]
    fn a_piece_is_that_of_rfc_8439() {
        use chacha20poly1305::aead::Aead;
        let derived: [u8; 32] = {
            let mut hasher = blake3::Hasher::new_derive_key("tidegauge 2026 key of a file at rest");
            hasher.update(&[7; 32]).update(&[9; 32]);
            hasher.finalize().into()
        };
        let mut piece = b"rows".to_vec();
        key().file(&[9; 32]).encrypt(3, b"", &mut piece).unwrap();
        let nonce = Nonce::from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let peer = ChaCha20Poly1305::new(&Key::from(derived));
        assert_eq!(peer.decrypt(&nonce, piece.as_slice()).unwrap(), b"rows");
    }

    #[test]
    fn a_piece_belongs_to_its_place_and_purpose() {
        let (salt, cipher) = key().new_file().unwrap();
        let mut piece = b"rows of persons who do not exist".to_vec();
        cipher.encrypt(32, b"block", &mut piece).unwrap();
        let opens = |key: &StoreKey, place, about: &[u8]| {
            key.file(&salt).decrypt(place, about, &mut piece.clone()).is_ok()
        };
        assert!(opens(&key(), 32, b"block"));
        assert!(!opens(&key(), 33, b"block"));
        assert!(!opens(&key(), 32, b"index"));
        assert!(!opens(&StoreKey::new([8; 32].into()), 32, b"block"));
    }

    fn stream(path: &Path, bytes: &[u8]) -> Salt {
        stream_on(path, bytes, 1)
    }

    fn stream_on(path: &Path, bytes: &[u8], threads: usize) -> Salt {
        let (salt, cipher) = key().new_file().unwrap();
        let mut out = Encrypting::new(cipher, File::create(path).unwrap()).on_threads(threads);
        out.write_all(bytes).unwrap();
        out.finish().unwrap();
        salt
    }

    fn read(path: &Path, salt: &Salt) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = File::open(path)?;
        Decrypting::new(key().file(salt), file)?.read_to_end(&mut bytes)?;
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

    /// A reader of one piece after another finds every nonce where a writer on many threads put it.
    #[test]
    fn a_stream_is_the_same_on_any_number_of_threads() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("stream");
        for threads in [1, 2, 3] {
            for pieces in [0, 1, 2, PIECES_A_THREAD * threads, PIECES_A_THREAD * threads + 1, 67] {
                for more in [0, 1] {
                    let length = pieces * PIECE_BYTES + more;
                    let bytes: Vec<u8> = (0..length).map(|n| (n / 253) as u8).collect();
                    let salt = stream_on(&path, &bytes, threads);
                    let whole = pieces.max(1 - more) * (PIECE_BYTES + TAG_BYTES);
                    let last = if pieces == 0 { TAG_BYTES + more } else { more * (1 + TAG_BYTES) };
                    let expected = if pieces == 0 { last } else { whole + last };
                    assert_eq!(fs::metadata(&path).unwrap().len(), expected as u64);
                    assert!(read(&path, &salt).unwrap() == bytes, "{threads} threads, {length}");
                }
            }
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
