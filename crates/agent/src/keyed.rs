//! Pseudonyms and ids of events: keyed codes of identifiers, which nobody without the key can make
//! or undo.
//!
//! A pseudonym is `hk1:` and the base64url of HMAC-SHA-256 over `person`, a zero byte, and the
//! identifier's fields in canonical form with 0x1F between them. In a rehearsal it begins with
//! `syn1:` instead, and one of its fields must too, so that no real person gets into one. The id of
//! an event is the base64url of the first 16 bytes over `event`, a zero byte, and its fields as
//! they are.
//!
//! Canonical: Unicode NFKC, upper case, without white space, dashes and hyphens (all of the Unicode
//! category `Pd`, the soft hyphen and the minus sign), dots (U+002E) and slashes (U+002F, U+2044,
//! U+2215). Control and invisible characters are refused, not dropped: they come from broken
//! exports.
//!
//! Not here: where keys lie (module `secret`); the key may be in a device behind [`Keyed`].
//!
//! Invariants:
//! 1. The codes are those of an independent program (`keyed::tests::a_known_answer`).
//! 2. One person is one pseudonym however the identifier is typed
//!    (`keyed::tests::spellings_give_one_pseudonym`), and different fields do not run into each
//!    other (`keyed::tests::fields_do_not_run_together`).
//! 3. No identifier of a real person passes in a rehearsal
//!    (`keyed::tests::a_rehearsal_takes_only_synthetic_persons`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use crate::error::Error;
use crate::fault::Fault;
use crate::secret::Secret;

/// The beginning of pseudonyms made under the agencies' key.
const KEYED: &str = "hk1:";
/// The beginning of pseudonyms of synthetic persons.
const SYNTHETIC: &str = "syn1:";
/// Between the fields of an identifier.
const SEPARATOR: u8 = 0x1F;
/// Characters without a width, and those that change the direction of writing.
const INVISIBLE: [(char, char); 6] = [
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{2069}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFFD}', '\u{FFFD}'),
];
/// The Unicode category `Pd`, the soft hyphen and the minus sign.
const HYPHENS: [(char, char); 18] = [
    ('-', '-'),
    ('\u{00AD}', '\u{00AD}'),
    ('\u{058A}', '\u{058A}'),
    ('\u{05BE}', '\u{05BE}'),
    ('\u{1400}', '\u{1400}'),
    ('\u{1806}', '\u{1806}'),
    ('\u{2010}', '\u{2015}'),
    ('\u{2212}', '\u{2212}'),
    ('\u{2E17}', '\u{2E17}'),
    ('\u{2E1A}', '\u{2E1A}'),
    ('\u{2E3A}', '\u{2E3B}'),
    ('\u{2E40}', '\u{2E40}'),
    ('\u{2E5D}', '\u{2E5D}'),
    ('\u{301C}', '\u{301C}'),
    ('\u{3030}', '\u{3030}'),
    ('\u{30A0}', '\u{30A0}'),
    ('\u{10D6E}', '\u{10D6E}'),
    ('\u{10EAD}', '\u{10EAD}'),
];
const SLASHES: [char; 3] = ['/', '\u{2044}', '\u{2215}'];

/// Whatever can make keyed codes: a key in a file, or a device that keeps the key to itself.
pub trait Keyed: Send {
    /// The id of the key: 16 hexadecimal digits.
    fn id(&self) -> &str;
    /// HMAC-SHA-256 of a message.
    ///
    /// Errors: a device that does not answer.
    fn code(&self, message: &[u8]) -> Result<[u8; 32], Error>;
}

/// A key that was read from a file.
pub struct FileKey {
    id: String,
    prepared: Hmac<Sha256>,
}

impl FileKey {
    /// The key with these bytes.
    pub fn new(secret: &Secret) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"tidegauge pseudonym key");
        hash.update(secret.bytes());
        let id = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(secret.bytes());
        // A key that is shorter than a block is filled up with zeros (RFC 2104).
        let prepared = Hmac::new(&(*block).into());
        Self { id, prepared }
    }
}

impl Keyed for FileKey {
    fn id(&self) -> &str {
        &self.id
    }

    fn code(&self, message: &[u8]) -> Result<[u8; 32], Error> {
        let mut code = self.prepared.clone();
        code.update(message);
        Ok(code.finalize().into_bytes().into())
    }
}

/// Makes pseudonyms and ids of events.
pub struct Pseudonyms {
    key: Box<dyn Keyed>,
    synthetic: bool,
}

impl Pseudonyms {
    /// Under a key; `synthetic` for a rehearsal.
    pub fn new(key: Box<dyn Keyed>, synthetic: bool) -> Self {
        Self { key, synthetic }
    }

    /// The id of the key.
    pub fn key_id(&self) -> &str {
        self.key.id()
    }

    /// The pseudonym of a person with these fields of an identifier; `constant` is one that all
    /// persons have, such as the country that issues the numbers, and comes first.
    pub fn person(
        &self,
        constant: Option<&str>,
        fields: &[&str],
    ) -> Result<Result<String, Fault>, Error> {
        let mut message = Zeroizing::new(b"person\0".to_vec());
        // One field is enough: what issues documents and what names countries has no colon in its
        // numbers and codes (ICAO 9303 has letters, digits and `<`), so a field that begins with
        // `syn1:` is invented, and the identifier of which it is a part is nobody's. The constant
        // does not count: it is the same for every row, those of real persons too.
        if self.synthetic && !fields.iter().any(|field| field.starts_with(SYNTHETIC)) {
            return Ok(Err(Fault::NotSynthetic));
        }
        for (number, field) in constant.iter().chain(fields).enumerate() {
            let canonical = match canonical(field) {
                Ok(canonical) => canonical,
                Err(fault) => return Ok(Err(fault)),
            };
            append(&mut message, number, canonical.as_bytes());
        }
        let mut code = self.key.code(&message)?;
        let start = if self.synthetic { SYNTHETIC } else { KEYED };
        let pseudonym = format!("{start}{}", URL_SAFE_NO_PAD.encode(code));
        code.zeroize();
        Ok(Ok(pseudonym))
    }

    /// The id under which an event with these fields leaves.
    pub fn event(&self, fields: &[&str]) -> Result<Result<String, Fault>, Error> {
        let mut message = Zeroizing::new(b"event\0".to_vec());
        for (number, field) in fields.iter().enumerate() {
            if field.chars().any(|c| c.is_control()) {
                return Ok(Err(Fault::BadIdentifier));
            }
            append(&mut message, number, field.as_bytes());
        }
        Ok(Ok(URL_SAFE_NO_PAD.encode(&self.key.code(&message)?[..16])))
    }
}

fn append(message: &mut Vec<u8>, number: usize, field: &[u8]) {
    if number > 0 {
        message.push(SEPARATOR);
    }
    message.extend_from_slice(field);
}

fn is_in(ranges: &[(char, char)], c: char) -> bool {
    ranges.iter().any(|&(first, last)| (first..=last).contains(&c))
}

/// The canonical form of a field of an identifier.
///
/// Errors: an invisible character, nothing left.
pub fn canonical(field: &str) -> Result<Zeroizing<String>, Fault> {
    if field.chars().any(|c| (c.is_control() && !c.is_whitespace()) || is_in(&INVISIBLE, c)) {
        return Err(Fault::BadIdentifier);
    }
    let canonical: String = field
        .nfkc()
        .flat_map(char::to_uppercase)
        .filter(|&c| !(c.is_whitespace() || c == '.' || SLASHES.contains(&c) || is_in(&HYPHENS, c)))
        .collect();
    match canonical.is_empty() {
        true => Err(Fault::MissingValue),
        false => Ok(Zeroizing::new(canonical)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms(byte: u8, synthetic: bool) -> Pseudonyms {
        let key = FileKey::new(&Secret::from_bytes([byte; 32]));
        Pseudonyms::new(Box::new(key), synthetic)
    }

    fn person(pseudonyms: &Pseudonyms, fields: &[&str]) -> String {
        pseudonyms.person(None, fields).unwrap().unwrap()
    }

    /// Made with Python's `hmac`, `hashlib` and `base64`:
    /// `hmac.new(bytes([7]*32), b"person\0POL\x1fAB1234567", "sha256")`, and
    /// `hmac.new(bytes([7]*32), b"event\0post-4\x1f17", "sha256")`.
    #[test]
    fn a_known_answer() {
        let known = pseudonyms(7, false);
        assert_eq!(known.key_id(), KEY_ID);
        assert_eq!(person(&known, &["pol", "ab 1234567"]), PERSON);
        let with_constant = known.person(Some("POL"), &["AB1234567"]).unwrap().unwrap();
        assert_eq!(with_constant, PERSON);
        assert_eq!(known.event(&["post-4", "17"]).unwrap().unwrap(), EVENT);
    }

    const KEY_ID: &str = "d6a2b3803452f8d4";
    const PERSON: &str = "hk1:qceSbpW6S34iKWZ2OwILR8BnJNkZHBMKJZ5VshEpaoA";
    const EVENT: &str = "JEK5U-su-pe5CD1dDMY_8Q";

    #[test]
    fn spellings_give_one_pseudonym() {
        // Two agencies with one key.
        let (one, other) = (pseudonyms(7, false), pseudonyms(7, false));
        let expected = person(&one, &["AB1234567"]);
        for spelling in
            ["ab1234567", " AB 123-45.67 ", "ＡＢ１２３４５６７", "AB/1234567", "AB\u{2011}1234567"]
        {
            assert_eq!(person(&other, &[spelling]), expected, "{spelling}");
        }
        assert_eq!(person(&one, &["Straße"]), person(&one, &["STRASSE"]));
        assert_ne!(person(&one, &["AB1234568"]), expected);
        assert_ne!(person(&pseudonyms(8, false), &["AB1234567"]), expected);
    }

    #[test]
    fn fields_do_not_run_together() {
        let known = pseudonyms(7, false);
        assert_ne!(person(&known, &["A", "BC"]), person(&known, &["AB", "C"]));
        assert_eq!(known.person(None, &["A\u{1F}B"]).unwrap(), Err(Fault::BadIdentifier));
        assert_eq!(known.person(None, &["A\u{200B}B"]).unwrap(), Err(Fault::BadIdentifier));
        assert_eq!(known.person(None, &[" - / . "]).unwrap(), Err(Fault::MissingValue));
        assert_eq!(known.event(&["A\u{1F}B"]).unwrap(), Err(Fault::BadIdentifier));
    }

    #[test]
    fn a_rehearsal_takes_only_synthetic_persons() {
        let rehearsal = pseudonyms(7, true);
        let made = person(&rehearsal, &["syn1:0a3f"]);
        assert!(made.starts_with("syn1:") && made.len() == 5 + 43);
        // With a country in front or behind, and with one that all persons have.
        for fields in [["POL", "syn1:0a3f"], ["syn1:0a3f", "POL"]] {
            assert!(person(&rehearsal, &fields).starts_with("syn1:"));
        }
        let with_constant = rehearsal.person(Some("POL"), &["syn1:0a3f"]).unwrap().unwrap();
        assert_eq!(with_constant, person(&rehearsal, &["POL", "syn1:0a3f"]));
        for (constant, fields) in [
            (None, vec!["AB1234567"]),
            (None, vec!["POL", "AB1234567"]),
            (None, vec!["POL", "AB1234567syn1:"]),
            (None, vec!["POL", "SYN1:AB1234567"]),
            (Some("syn1:"), vec!["AB1234567"]),
            (Some("syn1:"), vec!["POL", "AB1234567"]),
        ] {
            let refused = rehearsal.person(constant, &fields).unwrap();
            assert_eq!(refused, Err(Fault::NotSynthetic), "{constant:?} {fields:?}");
        }
    }
}
