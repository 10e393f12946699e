//! The languages of a plan, and the plan with its texts in one of them.
//!
//! Not here: texts (module `text`), which language a reader gets (crate `serve`).
//!
//! Invariants:
//! 1. A plan in another language differs in nothing but its texts
//!    (`tests/languages.rs`, `texts_change_nothing_else`).
//! 2. Every text of a plan is in the language (`tests/languages.rs`, `every_text_is_translated`).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::content::Plan;
use crate::code::CodeList;
use crate::text::{Language, Text};

impl Plan {
    /// The languages of its texts, that of the statement first, the others in the order of their
    /// tags. A text need not have all of them.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// The language in which its texts read, as far as they have it: that of the statement, or the
    /// one of [`Self::in_language`].
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// The plan with its texts in this language, as far as they have it; all else is as it is.
    #[must_use]
    pub fn in_language(&self, language: &Language) -> Self {
        let mut plan = self.clone();
        plan.change_texts(&mut |text| *text = text.in_language(language));
        plan.language = language.clone();
        plan
    }

    /// Finds the languages of its texts.
    pub(super) fn list_languages(&mut self) {
        let mut others = BTreeSet::new();
        self.clone().change_texts(&mut |text| {
            // A reserved place has no name yet.
            let given = text.all().filter(|(_, text)| !text.is_empty());
            others.extend(given.map(|(language, _)| language.clone()));
        });
        let own = self.statement.language.clone();
        others.remove(&own);
        self.languages = [own].into_iter().chain(others).collect();
    }

    /// Changes every text of the plan.
    fn change_texts(&mut self, change: &mut impl FnMut(&mut Text)) {
        let statement = &mut self.statement;
        change(&mut statement.title);
        change(&mut statement.purpose);
        change(&mut statement.controller);
        change(&mut statement.legal_basis);
        self.method.iter_mut().for_each(|note| change(&mut note.text));
        for rate in &mut self.rates {
            change(&mut rate.name);
            change(&mut rate.description);
        }
        self.headlines
            .iter_mut()
            .filter_map(|headline| headline.title.as_mut())
            .for_each(&mut *change);
        for source in &mut self.sources {
            change(&mut source.name);
        }
        let mut lists = HashMap::new();
        for attribute in &mut self.attributes {
            change_list(&mut attribute.code_list, &mut lists, change);
        }
        for dataflow in &mut self.dataflows {
            change(&mut dataflow.name);
            change(&mut dataflow.description);
            dataflow.method.iter_mut().for_each(|note| change(&mut note.text));
            for dimension in dataflow.structure.dimensions_mut() {
                change(&mut dimension.name);
                change_list(&mut dimension.code_list, &mut lists, change);
            }
        }
        for amendment in &mut self.amendments {
            change(&mut amendment.note);
            amendment.added.iter_mut().for_each(|added| change(&mut added.name));
            amendment.renamed.iter_mut().for_each(|renamed| change(&mut renamed.name));
            amendment.breaks.iter_mut().for_each(|at| change(&mut at.note));
            amendment.sources.iter_mut().for_each(|source| change(&mut source.name));
        }
    }
}

/// Changes the texts of a list once, however many parts of the plan share it: `lists` has those
/// that are changed already, by their identifiers.
fn change_list(
    list: &mut Arc<CodeList>,
    lists: &mut HashMap<String, Arc<CodeList>>,
    change: &mut impl FnMut(&mut Text),
) {
    let changed = lists.entry(list.id.clone()).or_insert_with(|| {
        let mut changed = CodeList::clone(list);
        changed.texts_mut().for_each(&mut *change);
        Arc::new(changed)
    });
    *list = Arc::clone(changed);
}
