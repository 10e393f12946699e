//! The head of a request or an answer, and its form in bytes: what is sent, and what a signed file
//! holds.
//!
//! Not here: connections, and the meaning of the headers (module `delivery`).
//!
//! Invariants:
//! 1. A head that is read is written as the same head
//!    (`message::tests::a_file_is_read_as_it_was_written`).
//! 2. A header that occurs twice is refused, so a signature covers what is used (the same test).
//!
//! Format: RFC 9112, a request line, headers, an empty line, the body.

use crate::fault::{DeliveryFault, Refusal};

/// Names of headers, in small letters.
pub mod headers {
    /// How the body is written.
    pub const CONTENT_TYPE: &str = "content-type";
    /// How the body is compressed.
    pub const CONTENT_ENCODING: &str = "content-encoding";
    /// The digest of the body as sent.
    pub const CONTENT_DIGEST: &str = "content-digest";
    /// The length of the body.
    pub const CONTENT_LENGTH: &str = "content-length";
    /// The store for which a message is meant.
    pub const STORE: &str = "tidegauge-store";
    /// The key under which the pseudonyms were made.
    pub const PSEUDONYM_KEY: &str = "tidegauge-pseudonym-key";
    /// The instant up to which the source has delivered everything.
    pub const COMPLETE_UNTIL: &str = "tidegauge-complete-until";
    /// What happens to a delivery with bad rows.
    pub const ON_BAD_ROW: &str = "tidegauge-on-bad-row";
    /// What a signature covers.
    pub const SIGNATURE_INPUT: &str = "signature-input";
    /// A signature.
    pub const SIGNATURE: &str = "signature";
}

/// Most bytes of a head.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most bytes of a body as sent.
pub const BODY_BYTES_MAX: usize = 64 << 20;
/// Most headers of a message.
const HEADERS_MAX: usize = 64;

/// The first line of a message: what is asked, or how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A request.
    Request {
        /// The method, in capitals.
        method: String,
        /// The path, without query.
        path: String,
    },
    /// An answer, with its status.
    Answer(u16),
}

/// The head of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The first line.
    pub line: Line,
    /// Names in small letters, and values.
    headers: Vec<(String, String)>,
}

impl Head {
    /// The head of a request without headers.
    pub fn request(method: &str, path: &str) -> Self {
        let line = Line::Request { method: method.to_owned(), path: path.to_owned() };
        Self { line, headers: vec![] }
    }

    /// The head of an answer without headers.
    pub fn answer(status: u16) -> Self {
        Self { line: Line::Answer(status), headers: vec![] }
    }

    /// Adds a header.
    ///
    /// Errors: a header that the head has already, and text that no header can have.
    pub fn add(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let name = name.to_ascii_lowercase();
        let refuse = |rule: &str| Err(Refusal::new(DeliveryFault::BadHeader, &name, rule));
        if self.get(&name).is_some() {
            return refuse("occurs twice");
        }
        if !value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return refuse("a value of printable ASCII characters is needed");
        }
        self.headers.push((name, value.trim().to_owned()));
        Ok(())
    }

    /// The value of a header, by its name in small letters.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a header that must be there.
    ///
    /// Errors: it is not.
    pub fn need(&self, name: &str) -> Result<&str, Refusal> {
        let missing = || Refusal::new(DeliveryFault::MissingHeader, name, "this header is needed");
        self.get(name).ok_or_else(missing)
    }

    /// All headers, in their order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The bytes of a signed file: this head of a request, and a body.
    pub fn to_file(&self, body: &[u8]) -> Vec<u8> {
        let Line::Request { method, path } = &self.line else { return vec![] };
        let mut text = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in self.headers() {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }

    /// Reads a signed file: the head, and where the body begins.
    ///
    /// Errors: anything that is no request, a repeated header, a head of more than
    /// [`HEAD_BYTES_MAX`] bytes.
    pub fn of_file(bytes: &[u8]) -> Result<(Self, usize), Refusal> {
        let refuse = |rule: &str| Refusal::new(DeliveryFault::Malformed, "file", rule);
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut request = httparse::Request::new(&mut headers);
        let start = &bytes[..bytes.len().min(HEAD_BYTES_MAX)];
        let parsed = request.parse(start);
        let httparse::Status::Complete(body) = parsed.map_err(|_| refuse(NO_DELIVERY))? else {
            let is_long = bytes.len() > HEAD_BYTES_MAX;
            return Err(refuse(if is_long { "the head is too long" } else { "is cut short" }));
        };
        let (Some(method), Some(path)) = (request.method, request.path) else {
            return Err(refuse(NO_DELIVERY));
        };
        let mut head = Self::request(method, path);
        for header in request.headers.iter() {
            let value = std::str::from_utf8(header.value).map_err(|_| refuse(NO_DELIVERY))?;
            head.add(header.name, value)?;
        }
        Ok((head, body))
    }
}

const NO_DELIVERY: &str = "is no signed delivery; `tidegauge-agent` writes them";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let mut head = Head::request("PUT", "/intake/v1/sources/LAND/deliveries/7");
        head.add("Content-Type", "text/csv").unwrap();
        head.add("tidegauge-store", "5ac0").unwrap();
        let file = head.to_file(b"a,b\n\r\n\r\n");
        let (read, body) = Head::of_file(&file).unwrap();
        assert_eq!((&read, &file[body..]), (&head, &b"a,b\n\r\n\r\n"[..]));
        assert_eq!(read.get("content-type"), Some("text/csv"));
        let refused = |bytes: &[u8]| Head::of_file(bytes).unwrap_err().to_string();
        let cut = refused(b"PUT / HTTP/1.1\r\na: b\r\n");
        assert_eq!(cut, "file: is cut short; send it as tidegauge-agent does");
        assert_eq!(
            refused(b"PUT / HTTP/1.1\r\na: b\r\nA: c\r\n\r\n"),
            "a: occurs twice; correct it"
        );
        assert!(refused(b"event_id,pseudonym\n").contains("is no signed delivery"));
        let long = format!("PUT / HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(HEAD_BYTES_MAX));
        assert!(refused(long.as_bytes()).starts_with("file: the head is too long; "));
        assert!(head.add("x", "a\u{e9}").is_err() && head.add("x", "a\nb").is_err());
    }
}
