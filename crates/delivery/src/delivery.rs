//! The head of a delivery: who sends what, under which id, and what it declares.
//!
//! Not here: the rows (crate `collect`), and whether the source and its key are the plan's (crate
//! `receive`).
//!
//! Invariants:
//! 1. What a source says is covered by its signature: every header that is used, the method and
//!    the path (`delivery::tests::what_is_used_is_signed`).
//! 2. Each fault has a field and a rule (`delivery::tests::each_fault_has_its_field_and_rule`).
//!
//! Format:
//! ```text
//! PUT /intake/v1/sources/LAND/deliveries/2026-01-01.7
//! Content-Type: text/csv
//! Content-Encoding: zstd
//! Content-Digest: sha-256=:...:
//! Tidegauge-Store: 5ac0...
//! Tidegauge-Pseudonym-Key: 5f1c0b7a9d3e2468
//! Tidegauge-Complete-Until: 2026-01-01T12:00:00Z
//! Tidegauge-On-Bad-Row: refuse
//! Signature-Input: delivery=(...);created=1767225600;keyid="LAND/2026a";alg="ed25519"
//! Signature: delivery=:...:
//! ```

use ed25519_dalek::SigningKey;
use jiff::Timestamp;

use crate::digest::{content_digest, stated_digest};
use crate::fault::{DeliveryFault, Refusal};
use crate::message::headers::{
    COMPLETE_UNTIL, CONTENT_DIGEST, CONTENT_ENCODING, CONTENT_TYPE, ON_BAD_ROW, PSEUDONYM_KEY,
    STORE,
};
use crate::message::{Head, Line};
use crate::signature::{DELIVERY_LABEL, SignatureClaim, sign, signature};

const ROOT: &str = "/intake/v1/";
/// Most characters of a delivery's id.
const ID_CHARS_MAX: usize = 64;

/// A format of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentFormat {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

impl ContentFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Ndjson, Self::Parquet];

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    /// Its word in `Content-Encoding`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// What happens to a delivery with bad rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBadRow {
    /// Nothing is taken.
    #[default]
    Refuse,
    /// The other rows are taken.
    Skip,
}

impl OnBadRow {
    /// Its word in headers and options.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Skip => "skip",
        }
    }

    /// What a word stands for.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Refuse, Self::Skip].into_iter().find(|known| known.word() == word)
    }
}

/// An address of the intake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// What the store takes: the plan's columns and codes.
    Plan,
    /// A JSON Schema of a row.
    Schema,
    /// The header of a CSV file.
    Template,
    /// What a source has declared.
    Source(String),
    /// A delivery of a source: to send it, and to ask for its receipt.
    Delivery(String, String),
}

/// The address of a path; `None` for any other.
pub fn address(path: &str) -> Option<Address> {
    let parts: Vec<&str> = path.strip_prefix(ROOT)?.split('/').collect();
    match parts[..] {
        ["plan"] => Some(Address::Plan),
        ["plan", "schema.json"] => Some(Address::Schema),
        ["plan", "template.csv"] => Some(Address::Template),
        ["sources", source] if is_id(source) => Some(Address::Source(source.to_owned())),
        ["sources", source, "deliveries", id] if is_id(source) && is_id(id) => {
            Some(Address::Delivery(source.to_owned(), id.to_owned()))
        }
        _ => None,
    }
}

/// Whether a text can be the id of a delivery.
fn is_id(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    // Dots without anything else mean other addresses.
    let is_dots = text.bytes().all(|byte| byte == b'.');
    (1..=ID_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_allowed) && !is_dots
}

/// The path of a delivery.
pub fn delivery_path(source: &str, id: &str) -> String {
    format!("{ROOT}sources/{source}/deliveries/{id}")
}

/// The path of a source.
pub fn source_path(source: &str) -> String {
    format!("{ROOT}sources/{source}")
}

/// The head of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The source, by its id in the plan.
    pub source: String,
    /// The id that the source gave it.
    pub id: String,
    /// The store for which it is meant.
    pub store: String,
    /// The format of its rows; `None` if it has no body.
    pub format: Option<ContentFormat>,
    /// How the body is compressed.
    pub encoding: Option<Encoding>,
    /// SHA-256 of the body as sent.
    pub digest: [u8; 32],
    /// The id of the key under which its pseudonyms were made; `None` if it has no body.
    pub pseudonym_key: Option<String>,
    /// The instant up to which the source has delivered everything, this delivery included.
    pub complete_until: Option<Timestamp>,
    /// What happens if it has bad rows.
    pub on_bad_row: OnBadRow,
}

impl Delivery {
    /// The signed head of the request. `key_id` is the key's id within the source, `created` the
    /// time in seconds since 1970.
    ///
    /// Errors: an id that no delivery can have.
    pub fn sign(&self, key_id: &str, created: i64, key: &SigningKey) -> Result<Head, Refusal> {
        if !is_id(&self.id) {
            let rule =
                "the id of a delivery is 1 to 64 letters, digits, dots, hyphens, underscores";
            return Err(Refusal::new(DeliveryFault::Address, "delivery", rule));
        }
        let mut head = Head::request("PUT", &delivery_path(&self.source, &self.id));
        let complete_until = self.complete_until.map(|until| until.to_string());
        let fields = [
            (CONTENT_TYPE, self.format.map(|format| format.media_type().to_owned())),
            (CONTENT_ENCODING, self.encoding.map(|encoding| encoding.word().to_owned())),
            (CONTENT_DIGEST, Some(content_digest(&self.digest))),
            (STORE, Some(self.store.clone())),
            (PSEUDONYM_KEY, self.pseudonym_key.clone()),
            (COMPLETE_UNTIL, complete_until),
            (ON_BAD_ROW, Some(self.on_bad_row.word().to_owned())),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                head.add(name, &value)?;
            }
        }
        let key_id = format!("{}/{key_id}", self.source);
        sign(&mut head, DELIVERY_LABEL, &key_id, created, key)?;
        Ok(head)
    }

    /// Reads the head of a delivery, with its signature, which is not verified.
    ///
    /// Errors: another address or method, a missing header or one of another form, a signature that
    /// does not cover all that is used here.
    pub fn read(head: &Head) -> Result<(Self, SignatureClaim), Refusal> {
        let (source, id) = place(head)?;
        let claim = signature(head, DELIVERY_LABEL)?;
        let used = [
            CONTENT_TYPE,
            CONTENT_ENCODING,
            CONTENT_DIGEST,
            STORE,
            PSEUDONYM_KEY,
            COMPLETE_UNTIL,
            ON_BAD_ROW,
        ];
        let used = used.into_iter().filter(|name| head.get(name).is_some());
        covers(&claim, ["@method", "@path"].into_iter().chain(used))?;
        let format = match head.get(CONTENT_TYPE) {
            None => None,
            Some(given) => Some(format(given)?),
        };
        let encoding = match head.get(CONTENT_ENCODING) {
            None | Some("identity") => None,
            Some(given) => Some(encoding(given)?),
        };
        let complete_until = match head.get(COMPLETE_UNTIL) {
            None => None,
            Some(given) => Some(instant(given)?),
        };
        let on_bad_row = match head.get(ON_BAD_ROW) {
            None => OnBadRow::default(),
            Some(given) => OnBadRow::parse(given)
                .ok_or_else(|| bad_header(ON_BAD_ROW, "refuse or skip is needed"))?,
        };
        let delivery = Self {
            source,
            id,
            store: head.need(STORE)?.to_owned(),
            format,
            encoding,
            digest: stated_digest(head.need(CONTENT_DIGEST)?)?,
            pseudonym_key: head.get(PSEUDONYM_KEY).map(str::to_owned),
            complete_until,
            on_bad_row,
        };
        Ok((delivery, claim))
    }
}

/// Refuses a signature that does not cover all of these parts.
pub(crate) fn covers<'a>(
    claim: &SignatureClaim,
    mut parts: impl Iterator<Item = &'a str>,
) -> Result<(), Refusal> {
    match parts.find(|part| !claim.covers(part)) {
        None => Ok(()),
        Some(part) => {
            let rule = format!("the signature must cover \"{part}\"");
            Err(Refusal::new(DeliveryFault::Signature, "signature-input", rule))
        }
    }
}

fn bad_header(name: &str, rule: &str) -> Refusal {
    Refusal::new(DeliveryFault::BadHeader, name, rule)
}

fn place(head: &Head) -> Result<(String, String), Refusal> {
    let Line::Request { method, path } = &head.line else {
        return Err(Refusal::new(DeliveryFault::Malformed, "message", "a request is needed"));
    };
    match address(path) {
        Some(Address::Delivery(source, id)) if method == "PUT" => Ok((source, id)),
        _ => {
            let rule = "a delivery is PUT /intake/v1/sources/SOURCE/deliveries/ID";
            Err(Refusal::new(DeliveryFault::Address, "path", rule))
        }
    }
}

fn format(given: &str) -> Result<ContentFormat, Refusal> {
    let media_type = given.split(';').next().unwrap_or_default().trim();
    let known = ContentFormat::ALL;
    known.into_iter().find(|format| format.media_type() == media_type).ok_or_else(|| {
        let words = known.map(ContentFormat::media_type).join(", ");
        Refusal::new(DeliveryFault::Format, CONTENT_TYPE, format!("one of {words} is needed"))
    })
}

fn encoding(given: &str) -> Result<Encoding, Refusal> {
    Encoding::ALL.into_iter().find(|encoding| encoding.word() == given).ok_or_else(|| {
        Refusal::new(DeliveryFault::Format, CONTENT_ENCODING, "gzip, zstd or none is needed")
    })
}

fn instant(given: &str) -> Result<Timestamp, Refusal> {
    let rule = "an instant of RFC 3339 is needed, such as 2026-01-01T12:00:00Z";
    given.parse().map_err(|_| bad_header(COMPLETE_UNTIL, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery() -> Delivery {
        Delivery {
            source: "LAND".into(),
            id: "2026-01-01.7".into(),
            store: "5ac0".into(),
            format: Some(ContentFormat::Csv),
            encoding: Some(Encoding::Zstd),
            digest: [9; 32],
            pseudonym_key: Some("5f1c0b7a9d3e2468".into()),
            complete_until: Some("2026-01-01T12:00:00Z".parse().unwrap()),
            on_bad_row: OnBadRow::Skip,
        }
    }

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    #[test]
    fn dots_are_no_id() {
        for (text, expected) in
            [(".", false), ("..", false), (".a", true), ("1", true), ("", false)]
        {
            assert_eq!(is_id(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_used_is_signed() {
        let head = delivery().sign("2026a", 1_767_225_600, &key()).unwrap();
        let (read, claim) = Delivery::read(&head).unwrap();
        assert_eq!(read, delivery());
        claim.verify(&key().verifying_key().to_bytes()).unwrap();
        assert_eq!(claim.key_id(), "LAND/2026a");
        // A header that is added afterwards is not covered, and refused.
        let bare = Delivery { complete_until: None, ..delivery() };
        let mut head = bare.sign("2026a", 0, &key()).unwrap();
        head.add(COMPLETE_UNTIL, "2026-01-01T12:00:00Z").unwrap();
        let refused = Delivery::read(&head).unwrap_err().to_string();
        assert!(refused.contains("must cover \"tidegauge-complete-until\""), "{refused}");
        // One that is not used may be there.
        let mut head = bare.sign("2026a", 0, &key()).unwrap();
        head.add("accept", "*/*").unwrap();
        assert_eq!(Delivery::read(&head).unwrap().0, bare);
    }

    #[test]
    fn each_fault_has_its_field_and_rule() {
        let signed = |fields: &[(&str, &str)], path: &str| {
            let mut head = Head::request("PUT", path);
            for (name, value) in fields {
                head.add(name, value).unwrap();
            }
            sign(&mut head, DELIVERY_LABEL, "LAND/2026a", 1, &key()).unwrap();
            let refused = Delivery::read(&head).unwrap_err();
            (refused.fault.code(), refused.field)
        };
        let digest = content_digest(&[9; 32]);
        let path = delivery_path("LAND", "7");
        let store = (STORE, "5ac0");
        let digest = (CONTENT_DIGEST, &*digest);
        type Fields<'a> = &'a [(&'a str, &'a str)];
        let table: [(Fields, &str, &str); 8] = [
            (&[store], "missing-header", CONTENT_DIGEST),
            (&[digest], "missing-header", STORE),
            (&[store, (CONTENT_DIGEST, "x")], "bad-header", CONTENT_DIGEST),
            (&[store, digest, (CONTENT_TYPE, "text/plain")], "delivery-format", CONTENT_TYPE),
            (&[store, digest, (CONTENT_ENCODING, "br")], "delivery-format", CONTENT_ENCODING),
            (&[store, digest, (COMPLETE_UNTIL, "today")], "bad-header", COMPLETE_UNTIL),
            (&[store, digest, (ON_BAD_ROW, "keep")], "bad-header", ON_BAD_ROW),
            (&[store, digest, (ON_BAD_ROW, "")], "bad-header", ON_BAD_ROW),
        ];
        for (fields, code, field) in table {
            assert_eq!(signed(fields, &path), (code, field.to_owned()), "{fields:?}");
        }
        for path in ["/intake/v1/sources/LAND", "/x", "/intake/v1/sources/LAND/deliveries/a%20b"] {
            assert_eq!(signed(&[store, digest], path).0, "unknown-address", "{path}");
        }
        let unsigned = Delivery::read(&Head::request("PUT", &path)).unwrap_err();
        assert_eq!((unsigned.fault.code(), &*unsigned.field), ("signature", "signature-input"));
        assert!(Delivery { id: "a/b".into(), ..delivery() }.sign("k", 0, &key()).is_err());
    }
}
