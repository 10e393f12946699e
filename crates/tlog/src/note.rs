//! Signed notes and verifier keys, as C2SP signed-note specifies them; only Ed25519.
//!
//! Not here: what a note says (`checkpoint`). The crate `signed_note` of Cloudflare's azul does the
//! same soundly, but it depends on ed25519-dalek 2, rand_core 0.6 and sha2 0.10, which would bring
//! a second copy of every primitive into the program that signs. The tests use it as the reference
//! instead: each reads what the other wrote.
//!
//! Invariants:
//! 1. A note opens only with a valid signature of the given key. Signatures of unknown keys are
//!    ignored; one bad signature of the given key is fatal
//!    (`note::tests::a_note_opens_only_with_a_valid_signature`).
//! 2. The reference reads our notes and keys, and we read those of the reference
//!    (`note::tests::notes_verify_in_both_directions`).
//!
//! Format, first a note, then a verifier key:
//! ```text
//! example.org/log
//! 2
//! 7mQ...=
//!
//! — example.org/log J0Xh...=
//! ```
//! ```text
//! example.org/log+2745e1f3+AeXk...
//! ```

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::error::LogRule;

/// Largest note in bytes.
pub const NOTE_BYTES_MAX: usize = 65_536;
/// Most signatures of a note: that of the log and those of its witnesses.
pub const SIGNATURES_MAX: usize = 64;
/// Longest line of a verifier key in bytes.
pub const VERIFIER_KEY_BYTES_MAX: usize = 1_024;

/// Byte that stands for the signature type Ed25519.
const ED25519: u8 = 0x01;

/// A public key with the name under which it signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The verifier key for a signing key, under this name.
    ///
    /// Errors: a name that is empty or contains a space, a plus or a control character.
    pub fn new(name: &str, key: &SigningKey) -> Result<Self, LogRule> {
        let good = |c: char| !(c.is_whitespace() || c.is_control() || c == '+');
        if name.is_empty() || !name.chars().all(good) {
            return Err(LogRule::KeySyntax);
        }
        Ok(Self { name: name.to_owned(), key: key.verifying_key() })
    }

    /// Parses a verifier key from its line, without the newline.
    ///
    /// Errors: anything but the canonical form of an Ed25519 key; a weak key.
    pub fn parse(line: &str) -> Result<Self, LogRule> {
        if line.len() > VERIFIER_KEY_BYTES_MAX {
            return Err(LogRule::KeySyntax);
        }
        let (name, rest) = line.split_once('+').ok_or(LogRule::KeySyntax)?;
        let (_, key) = rest.split_once('+').ok_or(LogRule::KeySyntax)?;
        let key = STANDARD.decode(key).map_err(|_| LogRule::KeySyntax)?;
        let Some((&ED25519, key)) = key.split_first() else { return Err(LogRule::KeySyntax) };
        let key = VerifyingKey::try_from(key).map_err(|_| LogRule::KeySyntax)?;
        let parsed = Self { name: name.to_owned(), key };
        // Printing it again checks the key's id and excludes every other form of the same bytes.
        if key.is_weak() || name.is_empty() || parsed.to_string() != line {
            return Err(LogRule::KeySyntax);
        }
        Ok(parsed)
    }

    /// The name under which the key signs: the origin of its log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256(name, newline, signature type, public key).
    fn id(&self) -> [u8; 4] {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update([b'\n', ED25519]);
        hash.update(self.key.as_bytes());
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
        [a, b, c, d]
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{id:08x}+{}", self.name, STANDARD.encode(key))
    }
}

/// Signs a text, which must end in a newline, and returns the note.
pub fn sign(text: &str, verifier: &VerifierKey, key: &SigningKey) -> String {
    let signature = key.sign(text.as_bytes()).to_bytes();
    let signature = [verifier.id().as_slice(), &signature].concat();
    format!("{text}\n— {} {}\n", verifier.name, STANDARD.encode(signature))
}

/// Verifies that this key signed the note, and returns its text with the last newline.
///
/// Errors: not a note, no signature of the key, or one that does not verify.
pub fn open<'a>(note: &'a [u8], key: &VerifierKey) -> Result<&'a str, LogRule> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(LogRule::FileSize { bytes_max: NOTE_BYTES_MAX });
    }
    let note = std::str::from_utf8(note).map_err(|_| LogRule::NoteSyntax)?;
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(LogRule::NoteSyntax);
    }
    let blank = note.rfind("\n\n").ok_or(LogRule::NoteSyntax)?;
    let (text, rest) = note.split_at(blank + 1);
    let lines = rest.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
    let mut signed = false;
    for (number, line) in lines.ok_or(LogRule::NoteSyntax)?.split('\n').enumerate() {
        let (name, id, signature) = signature_of(line).ok_or(LogRule::NoteSyntax)?;
        if number >= SIGNATURES_MAX {
            return Err(LogRule::NoteSyntax);
        }
        if name == key.name && id == key.id() {
            let verified = Signature::from_slice(&signature)
                .and_then(|signature| key.key.verify_strict(text.as_bytes(), &signature));
            verified.map_err(|_| LogRule::Signature { key: key.name.clone() })?;
            signed = true;
        }
    }
    if signed { Ok(text) } else { Err(LogRule::Signature { key: key.name.clone() }) }
}

/// Splits a signature line into the key's name, the key's id and the signature.
fn signature_of(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, bytes) = line.strip_prefix("— ")?.split_once(' ')?;
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
        return None;
    }
    let bytes = STANDARD.decode(bytes).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (!signature.is_empty()).then(|| (name, *id, signature.to_vec()))
}

#[cfg(test)]
mod tests {
    use signed_note as reference;

    use super::*;

    const NAME: &str = "example.org/log";
    const TEXT: &str = "example.org/log\n2\nAAAA\n";

    fn keys(seed: u8) -> (SigningKey, VerifierKey) {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let verifier = VerifierKey::new(NAME, &key).unwrap();
        (key, verifier)
    }

    /// The reference's signer for the same key.
    fn reference_signer(key: &SigningKey, verifier: &VerifierKey) -> reference::StandardSigner {
        let secret = [&[ED25519], key.to_bytes().as_slice()].concat();
        let id = u32::from_be_bytes(verifier.id());
        let line = format!("PRIVATE+KEY+{NAME}+{id:08x}+{}", STANDARD.encode(secret));
        reference::StandardSigner::new(&line).unwrap()
    }

    #[test]
    fn notes_verify_in_both_directions() {
        for seed in 0..8 {
            let (key, verifier) = keys(seed);
            let ours = sign(TEXT, &verifier, &key);

            let theirs = reference::StandardVerifier::new(&verifier.to_string()).unwrap();
            let known = reference::VerifierList::new(vec![Box::new(theirs)]);
            let note = reference::Note::from_bytes(ours.as_bytes()).unwrap();
            assert_eq!(note.verify(&known).unwrap().0.len(), 1);
            assert_eq!(note.text(), TEXT.as_bytes());

            let mut note = reference::Note::new(TEXT.as_bytes(), &[]).unwrap();
            note.add_sigs(&[&reference_signer(&key, &verifier)]).unwrap();
            assert_eq!(note.to_bytes(), ours.as_bytes());
            assert_eq!(open(&note.to_bytes(), &verifier), Ok(TEXT));
        }
    }

    // The vectors of golang.org/x/mod/sumdb/note, also in the documentation of signed_note.
    #[test]
    fn the_example_of_the_go_checksum_database_verifies() {
        let key = VerifierKey::parse(
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        );
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ\
                    SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let key = key.unwrap();
        assert_eq!(open(format!("{text}\n{line}\n").as_bytes(), &key), Ok(text));
        let other = text.replace("problem", "Problem");
        assert!(open(format!("{other}\n{line}\n").as_bytes(), &key).is_err());
    }

    #[test]
    fn a_note_opens_only_with_a_valid_signature() {
        let (key, verifier) = keys(1);
        let (other_key, other) = keys(2);
        let good = sign(TEXT, &verifier, &key);
        let line = |note: &str| note.lines().last().unwrap().to_owned();
        let unsigned = Err(LogRule::Signature { key: NAME.into() });

        assert_eq!(open(sign(TEXT, &other, &other_key).as_bytes(), &verifier), unsigned);
        let cosigned = format!("{good}{}\n", line(&sign(TEXT, &other, &other_key)));
        assert_eq!(open(cosigned.as_bytes(), &verifier), Ok(TEXT), "unknown keys are ignored");
        let bad = line(&sign("other\n", &verifier, &key));
        assert_eq!(open(format!("{good}{bad}\n").as_bytes(), &verifier), unsigned);
        for position in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[position] ^= 1;
            assert!(open(&bytes, &verifier).is_err(), "flip at {position}");
        }
        assert_eq!(open(TEXT.as_bytes(), &verifier), Err(LogRule::NoteSyntax));
        assert_eq!(open(good.trim_end().as_bytes(), &verifier), Err(LogRule::NoteSyntax));
        let many = format!("{}\n{}", TEXT, format!("{}\n", line(&good)).repeat(SIGNATURES_MAX + 1));
        assert_eq!(open(many.as_bytes(), &verifier), Err(LogRule::NoteSyntax));
    }

    #[test]
    fn a_verifier_key_has_one_form() {
        let line = keys(1).1.to_string();
        assert_eq!(VerifierKey::parse(&line).unwrap().to_string(), line);
        for position in 0..line.len() {
            let mut bytes = line.clone().into_bytes();
            bytes[position] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(VerifierKey::parse(&changed), Err(LogRule::KeySyntax), "{changed}");
        }
        let weak =
            VerifierKey { name: NAME.into(), key: VerifyingKey::from_bytes(&[0; 32]).unwrap() };
        assert_eq!(VerifierKey::parse(&weak.to_string()), Err(LogRule::KeySyntax));
        for name in ["", "a b", "a+b", "a\n"] {
            assert_eq!(VerifierKey::new(name, &keys(1).0), Err(LogRule::KeySyntax));
        }
    }
}
