//! Replacements in a text that fail if there is nothing to replace.
//!
//! Not here: plans that must stay well-formed; those are edited by key ([`crate::plan`]).
//!
//! Invariants:
//! 1. A replacement replaces something (`text::tests::a_replacement_of_nothing_fails`).

/// The text with the first occurrence replaced.
///
/// Panics: `from` does not occur.
#[must_use]
pub fn replace_first(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} does not occur");
    text.replacen(from, to, 1)
}

/// The text with every occurrence replaced.
///
/// Panics: `from` does not occur.
#[must_use]
pub fn replace_each(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} does not occur");
    text.replace(from, to)
}

/// The text with its only occurrence replaced.
///
/// Panics: `from` does not occur, or more than once.
#[must_use]
pub fn replace_only(text: &str, from: &str, to: &str) -> String {
    let times = text.matches(from).count();
    assert!(times == 1, "{from:?} occurs {times} times, not once");
    text.replacen(from, to, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_of_nothing_fails() {
        assert_eq!(replace_first("a b a", "a", "c"), "c b a");
        assert_eq!(replace_each("a b a", "a", "c"), "c b c");
        assert_eq!(replace_only("a b a", "b", "c"), "a c a");
        let fails = |replace: fn(&str, &str, &str) -> String, from: &str| {
            std::panic::catch_unwind(|| replace("a b a", from, "c")).is_err()
        };
        assert!(fails(replace_first, "x") && fails(replace_each, "x") && fails(replace_only, "x"));
        assert!(fails(replace_only, "a"), "it occurs twice");
    }
}
