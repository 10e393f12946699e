//! Thrift's compact protocol, as far as Parquet's footers and page headers need it.
//!
//! Not here: what the fields mean (modules `footer` and `header`).
//!
//! Invariants:
//! 1. Nothing is allocated, and a value that claims more than is left ends the reading with `None`
//!    (`intake::parquet::thrift::tests::a_claim_beyond_the_bytes_is_refused`).
//! 2. Values nest at most [`DEPTH_MAX`] deep, so a deep one cannot use up the stack
//!    (`intake::parquet::thrift::tests::deep_values_are_refused`).
//!
//! Source: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

/// How deep structures and lists may nest; those of Parquet nest five deep.
const DEPTH_MAX: u32 = 16;

/// The type of a value, as the protocol numbers types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ValueType(u8);

impl ValueType {
    const TRUE: Self = Self(1);
    const FALSE: Self = Self(2);
    pub(super) const LIST: Self = Self(9);
    pub(super) const STRUCT: Self = Self(12);

    /// The value of a boolean field, which is in its type.
    pub(super) fn boolean(self) -> Option<bool> {
        match self {
            Self::TRUE => Some(true),
            Self::FALSE => Some(false),
            _ => None,
        }
    }
}

/// The bytes that are still to be read.
pub(super) struct Thrift<'a> {
    left: &'a [u8],
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    /// The number of bytes that are not read yet.
    pub(super) fn left(&self) -> usize {
        self.left.len()
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, left) = self.left.split_first()?;
        self.left = left;
        Some(byte)
    }

    fn pass(&mut self, bytes: u64) -> Option<()> {
        self.left = self.left.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// The value of an integer field.
    pub(super) fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        // Zigzag: the lowest bit is the sign.
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// An integer that must not be negative.
    pub(super) fn natural(&mut self) -> Option<u64> {
        u64::try_from(self.integer()?).ok()
    }

    /// Reads a structure; `read` must read or skip the value of each field, given its number and
    /// type.
    pub(super) fn fields(
        &mut self,
        mut read: impl FnMut(&mut Self, i16, ValueType) -> Option<()>,
    ) -> Option<()> {
        let mut last = 0i16;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            let field = match head >> 4 {
                0 => i16::try_from(self.integer()?).ok()?,
                step => last.checked_add(i16::from(step))?,
            };
            last = field;
            read(self, field, ValueType(head & 0x0f))?;
        }
    }

    /// The type and number of the elements of a list, each of which has at least one byte.
    pub(super) fn list(&mut self) -> Option<(ValueType, u64)> {
        let head = self.byte()?;
        let elements = match head >> 4 {
            15 => self.varint()?,
            few => u64::from(few),
        };
        let fits = elements <= self.left.len() as u64;
        fits.then_some((ValueType(head & 0x0f), elements))
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self, value_type: ValueType) -> Option<()> {
        self.skip_in(value_type, 0)
    }

    fn skip_in(&mut self, value_type: ValueType, depth: u32) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        match value_type.0 {
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let bytes = self.varint()?;
                self.pass(bytes)
            }
            9 | 10 => {
                let (element, elements) = self.list()?;
                // A boolean in a list is a byte of its own.
                let element = if element.boolean().is_some() { ValueType(3) } else { element };
                (0..elements).try_for_each(|_| self.skip_in(element, depth + 1))
            }
            12 => self.fields(|thrift, _, field| thrift.skip_in(field, depth + 1)),
            // Parquet has no maps.
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_number_and_type() {
        // Field 1: the integer 5; field 3: true; field 4: a list of two bytes; field 20: 'ab'.
        let bytes = [0x15, 10, 0x21, 0x19, 0x23, 7, 8, 0x08, 40, 2, b'a', b'b', 0];
        let (mut found, mut thrift) = (vec![], Thrift::new(&bytes));
        let read = thrift.fields(|thrift, field, value_type| {
            match field {
                1 => found.push((1, thrift.integer()?)),
                3 => found.push((3, i64::from(value_type.boolean()?))),
                4 => {
                    found.push((4, 0));
                    thrift.skip(value_type)?;
                }
                field => {
                    found.push((field, 0));
                    thrift.skip(value_type)?;
                }
            }
            Some(())
        });
        assert_eq!((read, thrift.left()), (Some(()), 0));
        assert_eq!(found, [(1, 5), (3, 1), (4, 0), (20, 0)]);
    }

    #[test]
    fn a_claim_beyond_the_bytes_is_refused() {
        // A list of 2^28 elements, a text of 2^28 bytes, an integer without an end.
        for (value_type, bytes) in [
            (ValueType::LIST, &[0xf3, 0x80, 0x80, 0x80, 0x80, 0x01][..]),
            (ValueType(8), &[0x80, 0x80, 0x80, 0x80, 0x01][..]),
            (ValueType(6), &[0xff; 40][..]),
            (ValueType(7), &[0; 7][..]),
            (ValueType(11), &[0; 7][..]),
        ] {
            assert_eq!(Thrift::new(bytes).skip(value_type), None, "{bytes:?}");
        }
    }

    #[test]
    fn deep_values_are_refused() {
        // Lists of one list each, and structures whose first field is a structure.
        assert_eq!(Thrift::new(&[0x19; 100_000]).skip(ValueType::LIST), None);
        assert_eq!(Thrift::new(&[0x1c; 100_000]).skip(ValueType::STRUCT), None);
        let shallow = [[0x1c; 10], [0; 10]].concat();
        assert_eq!(Thrift::new(&shallow).skip(ValueType::STRUCT), None, "one end is missing");
        let whole = [&shallow[..], &[0]].concat();
        assert_eq!(Thrift::new(&whole).skip(ValueType::STRUCT), Some(()));
    }
}
