//! Signatures of messages: RFC 9421 with Ed25519.
//!
//! Not here: which headers a delivery must have (module `delivery`), and whose key it is (crate
//! `model`, module `source`).
//!
//! Invariants:
//! 1. The bytes that are signed are those of the standard
//!    (`signature::tests::the_example_of_the_standard`).
//! 2. A changed method, path, status, header or parameter fits no signature
//!    (`signature::tests::any_change_is_found`).
//!
//! Format: `Signature-Input: delivery=("@method" "@path" "content-digest");created=1767225600;
//! keyid="LAND/2026a";alg="ed25519"` and `Signature: delivery=:...:`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sfv::{
    BareItem, DictSerializer, Dictionary, FieldType, InnerList, KeyRef, ListEntry, Parser,
    StringRef,
};

use crate::fault::{DeliveryFault, Refusal};
use crate::message::headers::{SIGNATURE, SIGNATURE_INPUT};
use crate::message::{Head, Line};

/// The label of a source's signature.
pub const DELIVERY_LABEL: &str = "delivery";
/// The label of the store's signature under an answer.
pub const RECEIPT_LABEL: &str = "receipt";
/// The key id of the store's own key.
pub const STORE_KEY_ID: &str = "store";

const ALGORITHM: &str = "ed25519";

/// The parts of a message that are not headers.
const METHOD: &str = "@method";
const PATH: &str = "@path";
const STATUS: &str = "@status";

/// A signature as a message carries it, not verified.
#[derive(Clone, Debug)]
pub struct SignatureClaim {
    covered: Vec<String>,
    created: i64,
    expires: Option<i64>,
    key_id: String,
    signed: Vec<u8>,
    signature: [u8; 64],
}

impl SignatureClaim {
    /// When it was made, by the signer's clock: seconds since 1970.
    pub fn created(&self) -> i64 {
        self.created
    }

    /// The time after which its maker does not stand by it any more, if it says one.
    pub fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// The key that is said to have made it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether it covers a part of the message.
    pub fn covers(&self, part: &str) -> bool {
        self.covered.iter().any(|covered| covered == part)
    }

    /// Verifies it.
    ///
    /// Errors: it was not made by this key over this message.
    pub fn verify(&self, key: &[u8; 32]) -> Result<(), Refusal> {
        let fits = VerifyingKey::from_bytes(key).and_then(|key| {
            key.verify_strict(&self.signed, &Signature::from_bytes(&self.signature))
        });
        let rule = "does not fit this message and the key that it names";
        fits.map_err(|_| refuse(SIGNATURE, rule))
    }
}

fn refuse(field: &str, rule: &str) -> Refusal {
    Refusal::new(DeliveryFault::Signature, field, rule)
}

/// The value of a part of a message.
fn part<'a>(head: &'a Head, name: &str) -> Option<std::borrow::Cow<'a, str>> {
    match (name, &head.line) {
        (METHOD, Line::Request { method, .. }) => Some(method.into()),
        (PATH, Line::Request { path, .. }) => Some(path.into()),
        (STATUS, Line::Answer(status)) => Some(status.to_string().into()),
        _ if name.starts_with('@') => None,
        _ => head.get(name).map(Into::into),
    }
}

/// The bytes that are signed (RFC 9421, section 2.5); `None` if the message has not all parts.
fn signature_base(head: &Head, covered: &[String], parameters: &str) -> Option<Vec<u8>> {
    let mut base = String::new();
    for name in covered {
        base.push_str(&format!("\"{name}\": {}\n", part(head, name)?));
    }
    base.push_str(&format!("\"@signature-params\": {parameters}"));
    Some(base.into_bytes())
}

/// Signs a message: adds `Signature-Input` and `Signature`, which cover the method and path or the
/// status, and every header that the message has.
///
/// `created`: seconds since 1970.
///
/// Errors: a message that is signed already, a label or key id that no header can have.
pub fn sign(
    head: &mut Head,
    label: &str,
    key_id: &str,
    created: i64,
    key: &SigningKey,
) -> Result<(), Refusal> {
    let own: &[&str] = match head.line {
        Line::Request { .. } => &[METHOD, PATH],
        Line::Answer(_) => &[STATUS],
    };
    let names = own.iter().copied().chain(head.headers().map(|(name, _)| name));
    let covered: Vec<String> = names.map(str::to_owned).collect();
    let bad = |_| refuse(SIGNATURE_INPUT, "cannot be written");
    let name = KeyRef::from_str(label).map_err(bad)?;
    let created = sfv::Integer::try_from(created).map_err(|_| refuse("created", "is no time"))?;
    let mut input = DictSerializer::new();
    {
        let mut list = input.inner_list(name);
        for part in &covered {
            let _ = list.bare_item(StringRef::from_str(part).map_err(bad)?);
        }
        let _ = list
            .finish()
            .parameter(KeyRef::from_str("created").map_err(bad)?, created)
            .parameter(
                KeyRef::from_str("keyid").map_err(bad)?,
                StringRef::from_str(key_id).map_err(bad)?,
            )
            .parameter(
                KeyRef::from_str("alg").map_err(bad)?,
                StringRef::from_str(ALGORITHM).map_err(bad)?,
            );
    }
    let input = input.finish().unwrap_or_default();
    let parameters = input.split_once('=').map_or("", |(_, parameters)| parameters);
    let base = signature_base(head, &covered, parameters)
        .ok_or_else(|| refuse(SIGNATURE_INPUT, "covers what the message does not have"))?;
    let mut value = DictSerializer::new();
    let _ = value.bare_item(name, &key.sign(&base).to_bytes()[..]);
    let value = value.finish().unwrap_or_default();
    head.add(SIGNATURE_INPUT, &input)?;
    head.add(SIGNATURE, &value)
}

/// The signature with this label, as the message carries it.
///
/// Errors: there is none, it has another form or another algorithm, or it covers what the message
/// does not have.
pub fn signature(head: &Head, label: &str) -> Result<SignatureClaim, Refusal> {
    let dictionary = |field: &'static str| -> Result<Dictionary, Refusal> {
        let value = head.get(field).ok_or_else(|| {
            refuse(field, "a signed message is needed (RFC 9421); `tidegauge-agent` signs")
        })?;
        Parser::new(value).parse().map_err(|_| refuse(field, "is no dictionary of RFC 9421"))
    };
    let (inputs, signatures) = (dictionary(SIGNATURE_INPUT)?, dictionary(SIGNATURE)?);
    let no_label = |field| refuse(field, &format!("has no member {label}"));
    let Some(ListEntry::InnerList(input)) = inputs.get(label) else {
        return Err(no_label(SIGNATURE_INPUT));
    };
    let Some(ListEntry::Item(item)) = signatures.get(label) else {
        return Err(no_label(SIGNATURE));
    };
    let BareItem::ByteSequence(bytes) = &item.bare_item else { return Err(no_label(SIGNATURE)) };
    let signature =
        bytes[..].try_into().map_err(|_| refuse(SIGNATURE, "64 bytes of Ed25519 are needed"))?;
    let covered = covered(input)?;
    let parameter = |name: &str| input.params.get(name);
    let Some(BareItem::Integer(created)) = parameter("created") else {
        return Err(refuse(SIGNATURE_INPUT, "the parameter created is needed, in whole seconds"));
    };
    let expires = match parameter("expires") {
        None => None,
        Some(BareItem::Integer(expires)) => Some(i64::from(*expires)),
        Some(_) => return Err(refuse(SIGNATURE_INPUT, "expires is a time in whole seconds")),
    };
    let Some(BareItem::String(key_id)) = parameter("keyid") else {
        return Err(refuse(SIGNATURE_INPUT, "the parameter keyid is needed"));
    };
    match parameter("alg") {
        Some(BareItem::String(given)) if given.as_str() == ALGORITHM => {}
        _ => return Err(refuse(SIGNATURE_INPUT, "the parameter alg=\"ed25519\" is needed")),
    }
    let (created, key_id) = (i64::from(*created), key_id.as_str().to_owned());
    let missing = || refuse(SIGNATURE_INPUT, "covers what the message does not have");
    let signed = signature_base(head, &covered, &parameters(label, input)).ok_or_else(missing)?;
    Ok(SignatureClaim { covered, created, expires, key_id, signed, signature })
}

/// The names of the parts that a signature covers.
fn covered(input: &InnerList) -> Result<Vec<String>, Refusal> {
    let mut covered: Vec<String> = Vec::new();
    for item in &input.items {
        let BareItem::String(name) = &item.bare_item else {
            return Err(refuse(SIGNATURE_INPUT, "what is covered is named by strings"));
        };
        let name = name.as_str().to_owned();
        if !item.params.is_empty() || covered.contains(&name) {
            return Err(refuse(SIGNATURE_INPUT, "names are given once, without parameters"));
        }
        covered.push(name);
    }
    Ok(covered)
}

/// The parameters of a signature in the form of the standard, which is one.
fn parameters(label: &str, input: &InnerList) -> String {
    let mut dictionary = Dictionary::new();
    if let Ok(name) = KeyRef::from_str(label) {
        dictionary.insert(name.to_owned(), ListEntry::InnerList(input.clone()));
    }
    let text = dictionary.serialize().unwrap_or_default();
    text.split_once('=').map_or_else(String::new, |(_, parameters)| parameters.to_owned())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// RFC 9421, appendix B.2.6 with the key of B.1.4; without the parts that this contract does
    /// not use, the same base is built for the parts that it does.
    #[test]
    fn the_example_of_the_standard() {
        let public = STANDARD.decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=").unwrap();
        let mut head = Head::request("POST", "/foo");
        head.add("date", "Tue, 20 Apr 2021 02:07:55 GMT").unwrap();
        head.add("content-type", "application/json").unwrap();
        head.add("content-length", "18").unwrap();
        let input = "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \
                     \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
        let value = "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4\
                     A0w6vuQv5lIp5WPpBKRCw==:";
        let covered = ["date", METHOD, PATH, "content-type", "content-length"].map(String::from);
        let parameters = input.split_once('=').unwrap().1;
        let base = signature_base(&head, &covered, parameters).unwrap();
        let text = String::from_utf8(base).unwrap();
        // The standard's base has the authority as its fourth line.
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(3, "\"@authority\": example.com");
        let key = VerifyingKey::from_bytes(&public.try_into().unwrap()).unwrap();
        let bytes = value.trim_start_matches("sig-b26=:").trim_end_matches(':');
        let signature = Signature::from_slice(&STANDARD.decode(bytes).unwrap()).unwrap();
        key.verify_strict(lines.join("\n").as_bytes(), &signature).unwrap();
        // What this module reads is written in the one form that the standard has.
        let dictionary: Dictionary = Parser::new(input).parse().unwrap();
        let Some(ListEntry::InnerList(list)) = dictionary.get("sig-b26") else { panic!() };
        assert_eq!(super::parameters("sig-b26", list), parameters);
    }

    fn signed() -> (Head, SigningKey) {
        let key = SigningKey::from_bytes(&[7; 32]);
        let mut head = Head::request("PUT", "/intake/v1/sources/LAND/deliveries/7");
        head.add("content-digest", "sha-256=:AAAA:").unwrap();
        head.add("tidegauge-store", "5ac0").unwrap();
        sign(&mut head, DELIVERY_LABEL, "LAND/2026a", 1_767_225_600, &key).unwrap();
        (head, key)
    }

    fn verified(head: &Head, key: &SigningKey) -> Result<(), Refusal> {
        signature(head, DELIVERY_LABEL)?.verify(&key.verifying_key().to_bytes())
    }

    /// The head with another text in place of a part of it.
    fn changed(head: &Head, old: &str, new: &str) -> Head {
        let file = String::from_utf8(head.to_file(b"")).unwrap();
        assert!(file.contains(old), "{file}");
        Head::of_file(file.replacen(old, new, 1).as_bytes()).unwrap().0
    }

    #[test]
    fn any_change_is_found() {
        let (head, key) = signed();
        verified(&head, &key).unwrap();
        let claim = signature(&head, DELIVERY_LABEL).unwrap();
        assert_eq!((claim.created(), claim.key_id()), (1_767_225_600, "LAND/2026a"));
        assert!(claim.covers("content-digest") && claim.covers(PATH) && !claim.covers("date"));
        for (old, new) in [
            ("PUT", "GET"),
            ("deliveries/7", "deliveries/8"),
            (":AAAA:", ":AAAB:"),
            ("tidegauge-store: 5ac0", "tidegauge-store: 5ac1"),
            ("1767225600", "1767225601"),
            ("2026a", "2026b"),
            (" \"tidegauge-store\"", ""),
            ("ed25519", "hmac-sha256"),
            ("\"content-digest\"", "\"content-digest\";sf"),
        ] {
            assert!(verified(&changed(&head, old, new), &key).is_err(), "{old}");
        }
        assert!(verified(&head, &SigningKey::from_bytes(&[8; 32])).is_err());
        let mut other = head.clone();
        assert!(sign(&mut other, DELIVERY_LABEL, "LAND/2026a", 0, &key).is_err());
    }

    #[test]
    fn an_answer_is_signed_with_its_status() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let mut head = Head::answer(200);
        head.add("content-digest", "sha-256=:AAAA:").unwrap();
        sign(&mut head, RECEIPT_LABEL, STORE_KEY_ID, 1, &key).unwrap();
        let public = key.verifying_key().to_bytes();
        signature(&head, RECEIPT_LABEL).unwrap().verify(&public).unwrap();
        head.line = Line::Answer(201);
        assert!(signature(&head, RECEIPT_LABEL).unwrap().verify(&public).is_err());
    }
}
