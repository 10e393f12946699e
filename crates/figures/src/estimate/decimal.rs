//! Thousandths to decimal text: the one place where a figure becomes characters.
//!
//! Not here: rounding. Every format writes what this writes, so no two formats can differ.
//!
//! Invariants:
//! 1. The text has exactly three decimals and reads back as the same thousandths
//!    (`estimate::decimal::tests::text_reads_back_as_the_same_thousandths`).
//!
//! Format: `-12.040`, `0.000`, `1234567.891`.

use std::fmt;

/// Decimals of every figure.
pub(crate) const DECIMALS: u32 = 3;

/// A figure in thousandths, which prints with three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Milli(pub(crate) i64);

impl fmt::Display for Milli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:03}", magnitude / 1000, magnitude % 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_back_as_the_same_thousandths() {
        for milli in [0, 1, -1, 999, -999, 1000, -12_040, 1_234_567_891, i64::MAX, i64::MIN] {
            let text = Milli(milli).to_string();
            let (before, after) = text.split_once('.').unwrap();
            assert_eq!(after.len(), 3, "{text}");
            assert_eq!(format!("{before}{after}").parse::<i64>(), Ok(milli), "{text}");
        }
    }

    #[test]
    fn a_small_negative_keeps_its_sign() {
        assert_eq!(Milli(-7).to_string(), "-0.007");
    }
}
