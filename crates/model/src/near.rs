//! The words of a list that are most like a given one, for the next step that a message names.
//!
//! Not here: the lists, and the messages. The given word is never a value of an event: the words
//! near it would give it away.
//!
//! Invariants:
//! 1. The nearest come first, at most [`NEAR_MAX`] of them. A word is near if at most a third of
//!    its letters differ, and a short one if one does
//!    (`near::tests::the_nearest_words_come_first`).

/// Most words that are named.
pub const NEAR_MAX: usize = 5;
/// Most characters of a word for which near ones are sought.
const CHARS_MAX: usize = 64;

/// The words of a list that are most like the given one, the nearest first; capitals count less
/// than any letter.
pub fn near<'w>(given: &str, words: impl IntoIterator<Item = &'w str>) -> Vec<&'w str> {
    if given.chars().count() > CHARS_MAX {
        return vec![];
    }
    let wanted = given.to_uppercase();
    let changes = |word: &'w str| {
        let changes = strsim::osa_distance(&wanted, &word.to_uppercase());
        let few = (word.chars().count() / 3).max(1);
        (changes <= few && changes < word.chars().count().max(1)).then_some((changes, word))
    };
    let mut found: Vec<_> = words.into_iter().filter_map(changes).collect();
    // Words in the order of the list where they are equally near.
    found.sort_by_key(|(changes, _)| *changes);
    found.into_iter().map(|(_, word)| word).take(NEAR_MAX).collect()
}

/// The words of a list as a message names them: those near the given one, then the list, cut after
/// [`NEAR_MAX`]. A word that no message of one line can show, as it is at fault itself, is left
/// out.
pub fn offered(given: &str, words: &[&str]) -> String {
    let is_shown = |word: &&str| {
        word.chars().count() <= CHARS_MAX && !word.chars().any(|c| c.is_control() || c == ' ')
    };
    let words: Vec<&str> = words.iter().copied().filter(is_shown).collect();
    let asked = match near(given, words.iter().copied()).as_slice() {
        [] => String::new(),
        near => format!("did you mean {}? ", one_of(near)),
    };
    let shown = words.iter().take(NEAR_MAX).copied().collect::<Vec<_>>().join(", ");
    match words.len() {
        0 => format!("{asked}there are none"),
        n if n <= NEAR_MAX => format!("{asked}there are {shown}"),
        n => format!("{asked}there are {n}: {shown} and others"),
    }
}

/// Words as a choice: `a, b or c`.
pub fn one_of(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_words_come_first() {
        let points = ["LO_WU", "LOK_MA_CHAU", "AIRPORT", "A"];
        assert_eq!(near("LO_WO", points), ["LO_WU"]);
        assert_eq!(near("airport", points), ["AIRPORT"]);
        assert_eq!(near("AIRPRT", points), ["AIRPORT"]);
        assert_eq!(near("SHIP", points), [""; 0]);
        assert_eq!(near("B", points), [""; 0]);
        let countries = ["DE", "DK", "DZ", "DO", "DM", "DJ", "FR"];
        assert_eq!(near("de", countries), ["DE", "DK", "DZ", "DO", "DM"]);
        assert_eq!(near(&"A".repeat(65), points), [""; 0]);
    }

    #[test]
    fn a_list_is_offered_in_few_words() {
        assert_eq!(offered("X", &[]), "there are none");
        assert_eq!(offered("d", &["D", "M"]), "did you mean D? there are D, M");
        assert_eq!(offered("X", &["A\nB", "C D", "E"]), "there are E");
        let many = ["AA", "BB", "CC", "DD", "EE", "FF"];
        assert_eq!(offered("xyz", &many), "there are 6: AA, BB, CC, DD, EE and others");
    }
}
