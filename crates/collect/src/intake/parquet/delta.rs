//! The lengths of texts in Parquet's delta encodings, added up before anything is decoded.
//!
//! Not here: the texts themselves, which crate `parquet` decodes.
//!
//! A page in such an encoding begins with lengths, whose number it claims itself, and a text may
//! repeat the one before it: a page of a few bytes can claim any number of texts of any length.
//!
//! Invariants:
//! 1. The sums are those of the lengths that were encoded, and a claim beyond the bytes or beyond
//!    the page's own number of values is refused
//!    (`intake::parquet::delta::tests::lengths_add_up_to_those_encoded`).
//!
//! Source: <https://parquet.apache.org/docs/file-format/data-pages/encodings/>,
//! `DELTA_BINARY_PACKED`.

use ::parquet::basic::Encoding;

/// The bytes to which the texts of a page decode; `None` if its lengths are not believable. `body`
/// is the page without its levels, `values_max` the number of values that its header claims.
pub(super) fn text_bytes(encoding: Encoding, body: &[u8], values_max: u64) -> Option<u64> {
    let prefixes = match encoding {
        Encoding::DELTA_BYTE_ARRAY => lengths(body, values_max)?,
        _ => Lengths::default(),
    };
    let suffixes = lengths(&body[prefixes.end..], values_max)?;
    prefixes.sum.checked_add(suffixes.sum)
}

/// Lengths in `DELTA_BINARY_PACKED`.
#[derive(Default)]
struct Lengths {
    sum: u64,
    /// Where they end.
    end: usize,
}

fn lengths(bytes: &[u8], values_max: u64) -> Option<Lengths> {
    let mut at = 0;
    let block = varint(bytes, &mut at)?;
    let miniblocks = varint(bytes, &mut at)?;
    let values = varint(bytes, &mut at)?;
    let mut last = zigzag(varint(bytes, &mut at)?);
    // The specification has blocks of a multiple of 128 values, and writers have 128 to 1024.
    let is_plain = (128..=1 << 16).contains(&block) && (1..=block / 32).contains(&miniblocks);
    if !is_plain || values > values_max || block % miniblocks != 0 {
        return None;
    }
    let mut sum = if values == 0 { 0 } else { u64::try_from(last).ok()? };
    let mut left = values.saturating_sub(1);
    let per_miniblock = block / miniblocks;
    while left > 0 {
        let least = zigzag(varint(bytes, &mut at)?);
        let widths = bytes.get(at..at + miniblocks as usize)?;
        at += widths.len();
        for &width in widths {
            if left == 0 {
                // Miniblocks after the last value have no bytes.
                break;
            }
            // Lengths are integers of 32 bits.
            let stored = (width <= 32).then_some(per_miniblock * u64::from(width) / 8)?;
            let packed = bytes.get(at..at.checked_add(stored as usize)?)?;
            at += packed.len();
            let here = left.min(per_miniblock);
            for number in 0..here {
                let delta = bits(packed, number * u64::from(width), width);
                last = last.checked_add(least)?.checked_add(delta as i64)?;
                sum = sum.checked_add(u64::try_from(last).ok()?)?;
            }
            left -= here;
        }
    }
    Some(Lengths { sum, end: at })
}

/// So many bits, at most 32, from a position on; the lowest bits of a byte come first.
fn bits(bytes: &[u8], position: u64, width: u8) -> u64 {
    let (first, shift) = ((position / 8) as usize, position % 8);
    let mut word = [0; 8];
    let end = bytes.len().min(first + 5);
    let part = bytes.get(first..end).unwrap_or_default();
    word[..part.len()].copy_from_slice(part);
    (u64::from_le_bytes(word) >> shift) & ((1 << width) - 1)
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn put(value: u64, out: &mut Vec<u8>) {
        let mut value = value;
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }

    /// The specification, written down: blocks of 128 values in four miniblocks.
    fn encode(lengths: &[u32]) -> Vec<u8> {
        let signed = |value: i64| ((value << 1) ^ (value >> 63)) as u64;
        let mut out = vec![];
        let first = lengths.first().copied().unwrap_or(0);
        for value in [128, 4, lengths.len() as u64, signed(first.into())] {
            put(value, &mut out);
        }
        let deltas: Vec<i64> =
            lengths.windows(2).map(|pair| i64::from(pair[1]) - i64::from(pair[0])).collect();
        for block in deltas.chunks(128) {
            let least = *block.iter().min().unwrap();
            put(signed(least), &mut out);
            let parts: Vec<Vec<u64>> = block
                .chunks(32)
                .map(|part| part.iter().map(|delta| (delta - least) as u64).collect())
                .collect();
            let width = |part: &Vec<u64>| 64 - part.iter().max().unwrap().leading_zeros();
            out.extend((0..4).map(|part| parts.get(part).map_or(0, |part| width(part) as u8)));
            for part in &parts {
                let mut packed = vec![0u8; width(part) as usize * 4];
                for (number, value) in part.iter().enumerate() {
                    for bit in (0..width(part) as usize).filter(|bit| value >> bit & 1 == 1) {
                        let place = number * width(part) as usize + bit;
                        packed[place / 8] |= 1 << (place % 8);
                    }
                }
                out.extend(packed);
            }
        }
        out
    }

    proptest! {
        #[test]
        fn lengths_add_up_to_those_encoded(
            one in prop::collection::vec(0u32..70_000, 0..400),
            other in prop::collection::vec(0u32..300, 0..400),
        ) {
            let sum = |lengths: &[u32]| -> u64 { lengths.iter().copied().map(u64::from).sum() };
            let body = [encode(&one), b"texts".to_vec()].concat();
            let values = one.len().max(other.len()) as u64;
            let plain = |values| text_bytes(Encoding::DELTA_LENGTH_BYTE_ARRAY, &body, values);
            prop_assert_eq!(plain(values), Some(sum(&one)));
            if let Some(fewer) = (one.len() as u64).checked_sub(1) {
                prop_assert_eq!(plain(fewer), None);
            }
            let both = [encode(&one), encode(&other)].concat();
            let shared = text_bytes(Encoding::DELTA_BYTE_ARRAY, &both, values);
            prop_assert_eq!(shared, Some(sum(&one) + sum(&other)));
        }

        #[test]
        fn no_bytes_end_the_program(body in prop::collection::vec(any::<u8>(), 0..200)) {
            for encoding in [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY] {
                let _ = text_bytes(encoding, &body, 1 << 20);
            }
        }
    }

    #[test]
    fn a_page_that_claims_endless_texts_is_refused_or_counted() {
        // 2^30 lengths of which a few bytes hold none.
        let mut claims = vec![];
        for value in [128, 4, 1 << 30, 2] {
            put(value, &mut claims);
        }
        assert_eq!(text_bytes(Encoding::DELTA_LENGTH_BYTE_ARRAY, &claims, 1 << 31), None);
        // A thousand texts, each a copy of the first, which is a megabyte long.
        let copies = [encode(&[0]), encode(&[1 << 20])].concat();
        let text = text_bytes(Encoding::DELTA_BYTE_ARRAY, &copies, 1000);
        assert_eq!(text, Some(1 << 20));
        let copies = [encode(&vec![1 << 20; 1000]), encode(&[0; 1000])].concat();
        assert_eq!(text_bytes(Encoding::DELTA_BYTE_ARRAY, &copies, 1000), Some(1000 << 20));
    }
}
