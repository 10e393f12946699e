//! Texts for people, in one language or in several, and the language of a document.
//!
//! Not here: what a text is (module `text`); words that are not for people (`node.rs`).
//!
//! Invariants:
//! 1. A text has the language of its document, whatever else it has
//!    (`tests/languages.rs`, `each_fault_of_a_text_has_its_place_and_rule`).
//! 2. Texts change nothing else in a plan (`tests/languages.rs`, `texts_change_nothing_else`).
//!
//! Format: `name = "Arrivals"`, which is in the language of the document, or
//! `name = { en = "Arrivals", de = "Ankünfte" }`. That language is `language = "en"` of the
//! statement, or of the amendment; without it English.

use super::fault::PlanFault;
use super::node::{TomlTable, TomlValue, shown};
use crate::plan::limits::LANGUAGES_MAX;
use crate::text::{Language, Text};

const TAG_RULE: &str = "a language is a BCP 47 tag in its usual form, for instance en, de-AT or \
                        zh-Hant";

/// The language that a table names for its document; English if it names none.
pub(super) fn language(table: Option<&TomlTable>) -> Option<Language> {
    match table.and_then(|table| table.may("language")) {
        None => Some(Language::english()),
        Some(node) => node.word(TAG_RULE, Language::parse),
    }
}

impl TomlValue<'_> {
    /// A text for people: one line, or one for each of several languages.
    pub(super) fn text(&self) -> Option<Text> {
        if !self.is_table() {
            let line = self.line();
            return Some(Text::new(self.language()?.clone(), line?));
        }
        let table = self.table()?;
        let entries = table.entries();
        if entries.len() > LANGUAGES_MAX {
            let rule = format!("at most {LANGUAGES_MAX} languages, given {}", entries.len());
            self.refuse(PlanFault::PlanTooLarge, rule);
            return None;
        }
        let mut texts = Vec::with_capacity(entries.len());
        for (tag, node) in &entries {
            let language = Language::parse(tag);
            if language.is_none() {
                node.refuse(PlanFault::BadValue, format!("{TAG_RULE}, given {}", shown(tag)));
            }
            texts.push(language.zip(node.line()));
        }
        let own = self.language()?;
        if table.may(own.tag()).is_none() {
            let rule = format!("every text has the language of the plan, which is {own}");
            table.refuse(own.tag(), PlanFault::MissingKey, rule);
            return None;
        }
        let texts: Vec<(Language, &str)> = texts.into_iter().collect::<Option<_>>()?;
        let empty = Text::new(own.clone(), "");
        Some(texts.into_iter().fold(empty, |text, (language, line)| text.with(language, line)))
    }
}
