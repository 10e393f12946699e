//! The factor by which counts are multiplied.
//!
//! Not here: rounding a count that has been multiplied (`draw`).
//!
//! Invariants:
//! 1. A scale is above zero (`crossings::tests::a_scale_is_a_positive_number`).

use std::str::FromStr;

use crate::error::Error;

/// A positive rational number by which counts are multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    numerator: u64,
    denominator: u64,
}

impl Scale {
    /// The scale that changes nothing.
    pub const ONE: Scale = Scale { numerator: 1, denominator: 1 };

    pub(super) fn numerator(self) -> u64 {
        self.numerator
    }

    pub(super) fn denominator(self) -> u64 {
        self.denominator
    }
}

impl FromStr for Scale {
    type Err = Error;

    /// A scale written as `3`, `0.01` or `1/100`, with at most nine digits a part.
    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |text: &str| -> Option<u64> {
            let plain = text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse().ok())?
        };
        let (numerator, denominator) = if let Some((above, below)) = text.split_once('/') {
            (number(above), number(below))
        } else if let Some((whole, decimals)) = text.split_once('.') {
            let denominator = 10u64.checked_pow(decimals.len() as u32).filter(|&n| n <= 1 << 30);
            let parts = number(whole).zip(number(decimals)).zip(denominator);
            (parts.map(|((whole, part), unit)| whole * unit + part), denominator)
        } else {
            (number(text), Some(1))
        };
        match (numerator, denominator) {
            (Some(numerator @ 1..), Some(denominator @ 1..)) => Ok(Self { numerator, denominator }),
            _ => Err(Error::Option {
                option: "scale",
                rule: "a number above zero such as 3, 0.01 or 1/100, at most nine digits a part",
            }),
        }
    }
}
