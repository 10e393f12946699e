//! What the value of a key is, and its limit, in words.
//!
//! Not here: the check of a value (`plan::parse::node`).

use super::one_of;
use crate::period::{Grain, YEAR_MAX, YEAR_MIN};
use crate::plan::limits::{FRACTION_PART_MAX, ID_CHARS_MAX, LANGUAGES_MAX, TEXT_CHARS_MAX};

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    /// Its kind, such as `a date`.
    pub kind: &'static str,
    /// Its limit in words, besides that of a common kind; empty if it has none.
    pub limit: fn() -> String,
}

/// A kind of value that many keys have.
pub(super) struct CommonKind {
    pub(super) kind: &'static str,
    /// How it is written, and its limit.
    pub(super) rule: fn() -> String,
}

/// The kinds of values that many keys have, which the reference explains once.
pub(super) const COMMON: [CommonKind; 8] = [
    CommonKind {
        kind: TEXT.kind,
        rule: || {
            format!(
                "one line of 1 to {} characters, `\"Arrivals\"`, which is in the language of the \
                 plan; or a table with a line for each language, at most {LANGUAGES_MAX}, \
                 `{{ en = \"Arrivals\", de = \"Ankünfte\" }}`, that of the plan among them",
                number(TEXT_CHARS_MAX)
            )
        },
    },
    CommonKind {
        kind: LINE.kind,
        rule: || format!("one line of 1 to {} characters", number(TEXT_CHARS_MAX)),
    },
    CommonKind {
        kind: IDENTIFIER.kind,
        rule: || {
            format!(
                "capital letters `A` to `Z`, digits and `_`, first a letter; at most \
                 {ID_CHARS_MAX} characters"
            )
        },
    },
    CommonKind {
        kind: CODE.kind,
        rule: || {
            format!(
                "letters `A` to `Z` and `a` to `z`, digits, `_`, `@`, `$` and `-`, as `IDType` of \
                 SDMX has them; at most {ID_CHARS_MAX} characters. Capitals count: `DE` is not `de`"
            )
        },
    },
    CommonKind { kind: SDMX_ID.kind, rule: || "written as a code".to_owned() },
    CommonKind {
        kind: AGENCY.kind,
        rule: || {
            format!(
                "names joined by dots, such as `OECD.ELS`: each of letters, digits, `_` and `-`, \
                 first a letter; at most {ID_CHARS_MAX} characters"
            )
        },
    },
    CommonKind {
        kind: DATE.kind,
        rule: || format!("`\"YYYY-MM-DD\"`, in the years {YEAR_MIN} to {YEAR_MAX}"),
    },
    CommonKind {
        kind: FRACTION.kind,
        rule: || {
            format!(
                "`\"1/10\"`, or a whole number; more than 0, without a decimal point; numerator \
                 and denominator at most 10^{}",
                FRACTION_PART_MAX.ilog10()
            )
        },
    },
];

/// A value of this kind without a limit.
pub(super) const fn plain(kind: &'static str) -> Value {
    Value { kind, limit: String::new }
}

/// A value of this kind with a limit.
pub(super) const fn limited(kind: &'static str, limit: fn() -> String) -> Value {
    Value { kind, limit }
}

/// A whole number with a limit.
pub(super) const fn whole(limit: fn() -> String) -> Value {
    limited("a whole number", limit)
}

/// One word of several.
pub(super) const fn word(words: fn() -> String) -> Value {
    limited("one of", words)
}

/// A table that has a section of its own.
pub(super) const TABLE: Value = plain("a table");

/// A text for people.
pub(super) const TEXT: Value = plain("a text");

/// A line without translations.
pub(super) const LINE: Value = plain("a line");

/// An identifier.
pub(super) const IDENTIFIER: Value = plain("an identifier");

/// An identifier of SDMX.
pub(super) const SDMX_ID: Value = plain("an identifier of SDMX");

/// An agency of SDMX.
pub(super) const AGENCY: Value = plain("an agency");

/// A code of a list.
pub(super) const CODE: Value = plain("a code");

/// A day.
pub(super) const DATE: Value = plain("a date");

/// A positive fraction.
pub(super) const FRACTION: Value = plain("a fraction");

/// A fraction between 0 and 1.
pub(super) const PART: Value = limited(FRACTION.kind, || "less than 1".to_owned());

/// True or false.
pub(super) const TRUTH: Value = plain("`true` or `false`");

/// The words of grains, as a choice.
pub(super) fn grains(is_allowed: fn(Grain) -> bool) -> String {
    let words = Grain::ALL.into_iter().filter(|grain| is_allowed(*grain)).map(Grain::word);
    one_of(&words.map(|word| format!("`{word}`")).collect::<Vec<_>>())
}

/// A number with a comma between thousands.
pub(super) fn number(number: impl ToString) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
