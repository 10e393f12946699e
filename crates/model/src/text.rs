//! A text for people in one or more languages, and the tags of languages.
//!
//! A text reads as a string: it is in the language of the plan until it is asked for in another
//! ([`Text::in_language`]). Nothing that is counted, charged or identified depends on a text.
//!
//! Not here: how a plan writes one (`plan::parse::text`), a plan in another language
//! (`plan::languages`), what a client asks for (crate `serve`, module `negotiate`).
//!
//! Invariants:
//! 1. A language is written as BCP 47 writes it, so two tags that differ are two languages
//!    (`text::tests::a_tag_is_written_in_one_way`).
//! 2. A text that is missing in a language is taken from the next that contains it, `fr-CH` from
//!    `fr`, and at last from the language of the plan (`text::tests::what_is_missing_falls_back`).

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use icu_locale_core::LanguageIdentifier;

/// A language by its BCP 47 tag, for instance `en`, `de-AT` or `zh-Hant`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(Arc<str>);

impl Language {
    /// The language of this tag; `None` for what is no tag, for a tag that BCP 47 writes in another
    /// way (`de_at`), and for the tag of no known language (`und`).
    pub fn parse(tag: &str) -> Option<Self> {
        let language = LanguageIdentifier::try_from_str(tag).ok()?;
        let is_sound = !language.language.is_unknown() && language.to_string() == tag;
        is_sound.then(|| Self(tag.into()))
    }

    /// English, the language of a plan that names none and of the texts of this program.
    pub fn english() -> Self {
        Self("en".into())
    }

    /// The tag.
    pub fn tag(&self) -> &str {
        &self.0
    }

    /// The tags in which a text of this language is looked for, the nearest first: `zh-Hant-TW`,
    /// `zh-Hant`, `zh` (RFC 4647, 3.4).
    pub fn lookup(tag: &str) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(tag), |tag| shorter(tag))
    }
}

/// The tag without its last subtag; `None` if it has one only.
fn shorter(tag: &str) -> Option<&str> {
    let (mut shorter, _) = tag.rsplit_once('-')?;
    // A subtag of one letter only announces the next.
    while let Some((before, last)) = shorter.rsplit_once('-')
        && last.len() == 1
    {
        shorter = before;
    }
    Some(shorter)
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A text for people; as a string it is in its own language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    text: String,
    language: Language,
    /// The same in other languages, in the order of their tags.
    others: Vec<(Language, String)>,
}

impl Text {
    /// A text in this language only.
    pub fn new(language: Language, text: impl Into<String>) -> Self {
        Self { text: text.into(), language, others: Vec::new() }
    }

    /// A text in English only.
    pub fn english(text: impl Into<String>) -> Self {
        Self::new(Language::english(), text)
    }

    /// The text with the same in another language, which takes the place of what it had in it.
    #[must_use]
    pub fn with(mut self, language: Language, text: impl Into<String>) -> Self {
        if language == self.language {
            self.text = text.into();
            return self;
        }
        match self.others.binary_search_by(|(other, _)| other.cmp(&language)) {
            Ok(place) => self.others[place].1 = text.into(),
            Err(place) => self.others.insert(place, (language, text.into())),
        }
        self
    }

    /// The text in its own language.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its own language.
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// The text in every language that it has, its own first.
    pub fn all(&self) -> impl Iterator<Item = (&Language, &str)> {
        let others = self.others.iter().map(|(language, text)| (language, &**text));
        [(&self.language, &*self.text)].into_iter().chain(others)
    }

    /// The text with this language as its own, or the nearest that contains it; as it is if it has
    /// none of them.
    #[must_use]
    pub fn in_language(&self, language: &Language) -> Self {
        let found = Language::lookup(language.tag())
            .find_map(|tag| self.all().find(|(language, _)| language.tag() == tag));
        match found {
            Some((found, text)) if *found != self.language => {
                let others = self.all().filter(|(other, _)| *other != found);
                let others = others.map(|(other, text)| (other.clone(), text.to_owned()));
                let mut others: Vec<(Language, String)> = others.collect();
                others.sort();
                Self { text: text.to_owned(), language: found.clone(), others }
            }
            _ => self.clone(),
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.text == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.text == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        Language::parse(tag).unwrap()
    }

    #[test]
    fn a_tag_is_written_in_one_way() {
        for tag in
            ["en", "de-AT", "zh-Hant", "zh-Hant-TW", "es-419", "sr-Latn", "gsw", "ca-valencia"]
        {
            assert_eq!(language(tag).tag(), tag);
        }
        let refused = [
            "",
            "e",
            "EN",
            "de-at",
            "de_AT",
            "zh-hant",
            "und",
            "english-language",
            "en-",
            "-en",
            "en--GB",
            "en GB",
            "en-u-ca-buddhist",
            "x-private",
            "*",
            "d\u{e9}",
            "en\n",
        ];
        for tag in refused {
            assert_eq!(Language::parse(tag), None, "{tag}");
        }
    }

    #[test]
    fn a_tag_is_looked_up_from_long_to_short() {
        let looked_up = |tag| Language::lookup(tag).collect::<Vec<_>>();
        assert_eq!(looked_up("zh-Hant-TW"), ["zh-Hant-TW", "zh-Hant", "zh"]);
        assert_eq!(looked_up("zh-Hant-x-y-private"), ["zh-Hant-x-y-private", "zh-Hant", "zh"]);
        assert_eq!(looked_up("de"), ["de"]);
        assert_eq!(looked_up(""), [""]);
    }

    #[test]
    fn what_is_missing_falls_back() {
        let text = Text::english("Arrivals")
            .with(language("fr"), "Entr\u{e9}es")
            .with(language("de"), "Ank\u{fc}nfte")
            .with(language("de-AT"), "Einreisen");
        let read = |tag: &str| text.in_language(&language(tag));
        let table = [
            ("en", "Arrivals"),
            ("en-GB", "Arrivals"),
            ("de", "Ank\u{fc}nfte"),
            ("de-AT", "Einreisen"),
            ("de-CH", "Ank\u{fc}nfte"),
            ("fr-Latn-CH", "Entr\u{e9}es"),
            ("es", "Arrivals"),
        ];
        for (tag, expected) in table {
            assert_eq!(read(tag), expected, "{tag}");
            assert_eq!(read(tag).all().count(), text.all().count(), "nothing is lost");
        }
        assert_eq!(read("de-CH").language().tag(), "de");
        let tags: Vec<String> = read("fr").all().map(|(tag, _)| tag.to_string()).collect();
        assert_eq!(tags, ["fr", "de", "de-AT", "en"]);
        assert_eq!(read("fr").in_language(&language("en")), text, "and back");
    }

    #[test]
    fn a_text_reads_as_a_string() {
        let text = Text::english("Sex").with(language("de"), "Geschlecht");
        assert_eq!((&*text, text.len(), format!("{text:>5}")), ("Sex", 3, "  Sex".to_owned()));
        assert_eq!(text.clone().with(Language::english(), "Gender"), "Gender");
        assert_eq!(text.with(language("de"), "sex").all().nth(1).unwrap().1, "sex");
    }
}
