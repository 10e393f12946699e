//! Figures to decimal text: the one place where a figure becomes characters.
//!
//! Not here: rounding. Every format writes what this writes, so no two formats can differ.
//!
//! Invariants:
//! 1. The text has the decimals asked for and reads back as the same figure
//!    (`estimate::decimal::tests::text_reads_back_as_the_same_figure`).
//!
//! Format: `-12.040`, `0.000`, `1234567.891`; as whole numbers `-12`, `0`, `1234568`.

use std::fmt;

use crate::query::decimals::Decimals;

/// A figure in thousandths, rounded to the unit of these decimals, which prints with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FigureText(pub(crate) i64, pub(crate) Decimals);

impl fmt::Display for FigureText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        match self.1 {
            Decimals::Whole => write!(f, "{sign}{}", magnitude / 1000),
            Decimals::Thousandths => {
                write!(f, "{sign}{}.{:03}", magnitude / 1000, magnitude % 1000)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_back_as_the_same_figure() {
        for milli in [0, 1, -1, 999, -999, 1000, -12_040, 1_234_567_891, i64::MAX, i64::MIN] {
            let text = FigureText(milli, Decimals::Thousandths).to_string();
            let (before, after) = text.split_once('.').unwrap();
            assert_eq!(after.len(), 3, "{text}");
            assert_eq!(format!("{before}{after}").parse::<i64>(), Ok(milli), "{text}");
        }
        for whole in [0, 1, -1, -12, 1_234_567] {
            assert_eq!(FigureText(1000 * whole, Decimals::Whole).to_string(), whole.to_string());
        }
    }

    #[test]
    fn a_small_negative_keeps_its_sign() {
        assert_eq!(FigureText(-7, Decimals::Thousandths).to_string(), "-0.007");
    }
}
