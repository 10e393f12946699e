//! Likeness of names and codes: by the same letters, by words in `words.txt`, by countries in
//! `countries.txt`.
//!
//! Not here: which field becomes which column (module `mapping_of`).
//!
//! Invariants:
//! 1. The lists are well formed: no plan word twice, each country with two or more names
//!    (`guess::likeness::tests::the_lists_are_well_formed`).

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const WORDS: &str = include_str!("words.txt");
const COUNTRIES: &str = include_str!("countries.txt");

/// A name without case, accents, spaces and signs.
pub(super) fn plain(name: &str) -> String {
    let folded = name.to_lowercase().replace('ß', "ss");
    let letters = folded.nfkd().filter(|&c| !is_combining_mark(c) && c.is_alphanumeric());
    letters.collect()
}

/// The words for each of the plan's words, and the countries.
pub(super) struct Likeness {
    words: HashMap<&'static str, Vec<String>>,
    /// The alpha-2 code of each country by any of its codes and names.
    countries: HashMap<String, &'static str>,
    /// Every code of each country, by its alpha-2 code.
    codes: HashMap<&'static str, [&'static str; 3]>,
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl Likeness {
    pub(super) fn new() -> Self {
        let words = lines(WORDS).filter_map(|line| line.split_once(": "));
        let words = words.map(|(word, others)| (word, others.split(", ").map(plain).collect()));
        let (mut countries, mut codes) = (HashMap::new(), HashMap::new());
        for line in lines(COUNTRIES) {
            let mut parts = line.splitn(4, ' ');
            let [Some(two), Some(three), Some(number), Some(names)] =
                [parts.next(), parts.next(), parts.next(), parts.next()]
            else {
                continue;
            };
            for text in [two, three, number].into_iter().chain(names.split('|')) {
                countries.insert(plain(text), two);
            }
            countries.insert(plain(number.trim_start_matches('0')), two);
            codes.insert(two, [two, three, number]);
        }
        Self { words: words.collect(), countries, codes }
    }

    /// How like a field's name is to the plan's word: 3 the same letters, 2 a known word, 1 a known
    /// word inside of it, 0 not at all.
    pub(super) fn of_name(&self, name: &str, word: &str) -> u32 {
        let name = plain(name.trim_start_matches("case:"));
        if name.is_empty() {
            return 0;
        }
        if name == plain(word) {
            return 3;
        }
        let Some(words) = self.words.get(word) else { return 0 };
        match words.contains(&name) {
            true => 2,
            false => u32::from(words.iter().any(|known| known.len() > 3 && name.contains(known))),
        }
    }

    /// The words for a code, plain.
    pub(super) fn words(&self, code: &str) -> &[String] {
        self.words.get(code).map_or(&[], Vec::as_slice)
    }

    /// Every code of the country that a text names.
    pub(super) fn country(&self, text: &str) -> Option<[&'static str; 3]> {
        self.codes.get(*self.countries.get(&plain(text))?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_well_formed() {
        let likeness = Likeness::new();
        assert_eq!(likeness.words.len(), lines(WORDS).count());
        assert!(likeness.words.values().flatten().all(|word| !word.is_empty()));
        assert_eq!(likeness.codes.len(), 249);
        assert!(lines(COUNTRIES).all(|line| line.split(' ').count() >= 4));
    }

    #[test]
    fn names_and_countries_are_found() {
        let likeness = Likeness::new();
        assert_eq!(likeness.of_name("Passport No.", "pseudonym"), 2);
        assert_eq!(likeness.of_name("Staatsangehörigkeit", "citizenship"), 2);
        assert_eq!(likeness.of_name("citizenship", "citizenship"), 3);
        assert_eq!(likeness.of_name("Fecha de nacimiento (titular)", "birth"), 1);
        assert_eq!(likeness.of_name("Remarks", "citizenship"), 0);
        for text in ["DEU", "de", "276", "Allemagne", "Alemania", "DEUTSCHLAND"] {
            assert_eq!(likeness.country(text), Some(["DE", "DEU", "276"]), "{text}");
        }
        assert_eq!(likeness.country("004"), likeness.country("4"));
        for text in ["Moldau", "Republik Moldau", "Moldavie", "Moldavia", "MDA"] {
            assert_eq!(likeness.country(text), Some(["MD", "MDA", "498"]), "{text}");
        }
        assert_eq!(likeness.country("Atlantis"), None);
        for (code, texts) in [
            ("STLS", ["staatenlos", "Apatride", "apátrida", "XXA"]),
            ("UNK", ["ungeklärt", "indéterminée", "Indeterminado", "ungeklaert"]),
        ] {
            for text in texts {
                assert!(likeness.words(code).contains(&plain(text)), "{code}: {text}");
            }
        }
        assert!(likeness.words("ENTRY").contains(&plain("Einreise")));
        assert!(likeness.words("X").is_empty());
    }
}
