//! A plan that is explained in a language: the words that every part of the explanation uses.
//!
//! Not here: the parts ([`super::counted`], [`super::rules`]).

use tidegauge_model::Plan;

use crate::page::locale::period;
use crate::words::Words;

/// A plan that is explained in a language.
pub(super) struct Speaker<'p> {
    pub(super) plan: &'p Plan,
    /// The ledger's entries of its amendments, in their order.
    pub(super) entries: &'p [u64],
    pub(super) words: &'static Words,
}

impl Speaker<'_> {
    /// A whole day of the plan, in full.
    pub(super) fn day(&self, day: jiff::civil::Date) -> String {
        period(self.words, &day.to_string(), "D", true)
    }

    /// A word of the plan, such as a step or a window.
    pub(super) fn word(&self, word: &str) -> &'static str {
        said(self.words, &format!("word-{word}"))
    }

    pub(super) fn step(&self) -> &'static str {
        self.word(self.plan.step().word())
    }

    pub(super) fn window(&self) -> &'static str {
        self.word(self.plan.privacy.window.word())
    }

    /// A status or an event, in words where a ready-made life cycle has it.
    pub(super) fn of_cycle(&self, what: &str, id: &str) -> String {
        let name = format!("{what}-{id}");
        if self.words.has(&name) { self.words.say(&name).to_owned() } else { id.to_owned() }
    }
}

/// A message whose name is made here.
pub(super) fn said(words: &'static Words, name: &str) -> &'static str {
    words.find(name).unwrap_or_default()
}
