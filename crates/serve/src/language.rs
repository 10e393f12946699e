//! The language that a reader asks for, of those that the pages speak.
//!
//! Not here: messages (`web/words`); figures and structures have no language of their own.
//!
//! Invariants:
//! 1. The highest quality wins, and of equals the one that stands first; who asks for none of
//!    ours gets the first of them (`language::tests::a_language_is_chosen_as_it_was_asked_for`).
//!
//! Format: `Accept-Language: de-AT, de;q=0.9, en;q=0.5`.

use crate::assets::LANGUAGES;

/// The language of a page for this `Accept-Language`.
pub fn language(asked: Option<&str>) -> &'static str {
    let mut best: Option<(f32, &'static str)> = None;
    for range in asked.unwrap_or("").split(',') {
        let (tag, quality) = range.split_once(';').unwrap_or((range, "q=1"));
        let primary = tag.trim().split('-').next().unwrap_or("").to_ascii_lowercase();
        let quality = quality.trim().strip_prefix("q=").and_then(|text| text.parse().ok());
        let quality = quality.filter(|quality| (0.001..=1.0).contains(quality));
        let known = LANGUAGES.into_iter().find(|known| *known == primary);
        let (Some(quality), Some(known)) = (quality, known) else { continue };
        if best.is_none_or(|(most, _)| quality > most) {
            best = Some((quality, known));
        }
    }
    best.map_or(LANGUAGES[0], |(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_chosen_as_it_was_asked_for() {
        let table = [
            ("", "en"),
            ("de", "de"),
            ("de-AT", "de"),
            ("DE", "de"),
            ("fr, de;q=0.7, en;q=0.6", "de"),
            ("en, de", "en"),
            ("de;q=0.3, en;q=0.8", "en"),
            ("de;q=0", "en"),
            ("de;q=x", "en"),
            ("de;q=7", "en"),
            ("fr", "en"),
            ("*", "en"),
            (";;,,", "en"),
        ];
        for (asked, expected) in table {
            assert_eq!(language(Some(asked)), expected, "{asked}");
        }
        assert_eq!(language(None), "en");
    }
}
