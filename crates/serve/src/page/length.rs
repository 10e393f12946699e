//! Lengths of time and shares in words, as `web/lengths.js` and `web/numbers.js` write them.
//!
//! Not here: periods of the calendar ([`super::locale`]).

use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::locale::decimal;
use crate::words::Words;

const DAY: u32 = 1440;
const HOUR: u32 = 60;

/// A fraction as a number for display.
pub(super) fn ratio(fraction: &BigRational) -> f64 {
    fraction.to_f64().unwrap_or(f64::INFINITY)
}

/// This many of a length that a plan names, such as a step or a window.
pub(super) fn count_of(words: &Words, count: u32, word: &str) -> String {
    if word == "quarter_hour" {
        return count_of(words, 15 * count, "minute");
    }
    let number = decimal(words, f64::from(count), 0);
    words.count(&format!("windows-{word}"), f64::from(count), &[("count", &number)])
}

/// A length in the largest unit of which it is a whole number.
pub(super) fn minutes(words: &Words, minutes: u32) -> String {
    match minutes {
        0 => count_of(words, 0, "minute"),
        whole if whole.is_multiple_of(DAY) => count_of(words, whole / DAY, "day"),
        whole if whole.is_multiple_of(HOUR) => count_of(words, whole / HOUR, "hour"),
        rest => count_of(words, rest, "minute"),
    }
}

/// A decimal number of the server as the language writes it; a fraction stays as it is.
pub(super) fn decimal_text(words: &Words, text: &str) -> String {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match text.parse() {
        Ok(number) if is_decimal => decimal(words, number, 9),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_whole_numbers_of_a_unit() {
        let en = Words::of("en");
        let all = [0, 15, 60, 90, 2880].map(|length| minutes(en, length));
        assert_eq!(all, ["0 minutes", "15 minutes", "1 hour", "90 minutes", "2 days"]);
        assert_eq!(count_of(en, 2, "quarter_hour"), "30 minutes");
        assert_eq!(count_of(Words::of("de"), 1, "quarter"), "1 Quartal");
    }
}
