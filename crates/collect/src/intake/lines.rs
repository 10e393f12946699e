//! The lines of a text file, with their numbers.
//!
//! Not here: what a line means (modules `csv` and `ndjson`).
//!
//! Invariants:
//! 1. At most [`ROW_BYTES_MAX`] bytes of a line are kept, so memory is bounded.
//! 2. A line has the number that an editor shows, whether lines end with LF or CRLF, blank lines
//!    included, which are passed over
//!    (`intake::lines::tests::numbers_are_those_of_an_editor`).

use std::io::{BufRead, BufReader, Read};

use super::admit::ROW_BYTES_MAX;
use crate::error::{InputFault, LocatedFault};

/// UTF-8's byte order mark, which some programs write before the text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a text.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { reader: BufReader::with_capacity(1 << 16, input), line: vec![], number: 0 }
    }

    /// The next line that is not blank, without its end, and its number, from 1; `None` after the
    /// last.
    ///
    /// Errors: a line that is too long or has no end, a text in another encoding, a file that
    /// cannot be read.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>, LocatedFault> {
        loop {
            self.number += 1;
            let length = self.read_line()?;
            if length == 0 {
                return Ok(None);
            }
            if self.number == 1 {
                self.check_encoding()?;
            }
            if self.line.pop_if(|last| *last == b'\n').is_none() {
                let fault = match length > ROW_BYTES_MAX as usize {
                    true => InputFault::RowTooLong { limit: ROW_BYTES_MAX },
                    false => InputFault::Truncated,
                };
                return Err(fault.at(self.number, "row"));
            }
            self.line.pop_if(|last| *last == b'\r');
            if !self.line.is_empty() {
                return Ok(Some((self.number, &self.line)));
            }
        }
    }

    /// Reads a line with its end; returns the number of bytes read.
    fn read_line(&mut self) -> Result<usize, LocatedFault> {
        self.line.clear();
        let mut line = self.reader.by_ref().take(ROW_BYTES_MAX + 1);
        let read = line.read_until(b'\n', &mut self.line);
        read.map_err(|error| InputFault::Unreadable { kind: error.kind() }.at(self.number, "row"))
    }

    /// Removes a byte order mark from the first line; refuses a text of two or four bytes a
    /// character, where every second byte of these files is zero.
    fn check_encoding(&mut self) -> Result<(), LocatedFault> {
        let begin = &self.line[..self.line.len().min(64)];
        let zeros = begin.iter().filter(|&&byte| byte == 0).count();
        let is_marked = begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff");
        if is_marked || begin.len() >= 4 && 3 * zeros >= begin.len() {
            let given = if 3 * zeros > 2 * begin.len() { "UTF-32" } else { "UTF-16" };
            return Err(InputFault::OtherEncoding { given }.at(1, "row"));
        }
        if self.line.starts_with(MARK) {
            self.line.drain(..MARK.len());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Result<Vec<(u64, String)>, LocatedFault> {
        let (mut lines, mut found) = (Lines::new(text), vec![]);
        while let Some((number, line)) = lines.next()? {
            found.push((number, String::from_utf8(line.to_vec()).unwrap()));
        }
        Ok(found)
    }

    #[test]
    fn numbers_are_those_of_an_editor() {
        let expected = [(1, "a".to_owned()), (4, "b".to_owned())];
        for text in ["a\n\n\nb\n", "a\r\n\r\n\r\nb\r\n", "\u{feff}a\r\n\n\nb\n\n"] {
            assert_eq!(lines(text.as_bytes()).unwrap(), expected, "{text:?}");
        }
        assert_eq!(lines(b"").unwrap(), []);
        assert_eq!(lines(b"a\nb"), Err(InputFault::Truncated.at(2, "row")));
    }

    #[test]
    fn a_line_has_a_longest_length() {
        let limit = ROW_BYTES_MAX as usize;
        let of_length = |length: usize| [vec![b'x'; length], b"\n".to_vec()].concat();
        assert_eq!(lines(&of_length(limit)).unwrap().len(), 1);
        let too_long = InputFault::RowTooLong { limit: ROW_BYTES_MAX };
        assert_eq!(lines(&of_length(limit + 1)), Err(too_long.at(1, "row")));
    }

    #[test]
    fn other_encodings_are_named() {
        let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "event_id,kind\n".encode_utf16().flat_map(order).collect()
        };
        let utf_32: Vec<u8> =
            "event_id,kind\n".chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        for (text, given) in [
            (wide(u16::to_le_bytes), "UTF-16"),
            (wide(u16::to_be_bytes), "UTF-16"),
            ([b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat(), "UTF-16"),
            (utf_32, "UTF-32"),
        ] {
            let fault = InputFault::OtherEncoding { given }.at(1, "row");
            assert_eq!(lines(&text), Err(fault));
        }
    }
}
