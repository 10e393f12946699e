//! Every key of a plan and of an amendment, by the TOML table that has it: what its value is, its
//! limit, whether it is required, what it means, and an example.
//!
//! The parser takes from here which keys a table may have, so no key is accepted without an entry,
//! and the reference for readers is written from here.
//!
//! Not here: the rules that a value must keep (`plan::parse`), and the limits (`plan::limits`).
//!
//! Invariants:
//! 1. The parser reads every key of this table, and refuses every other
//!    (`plan::keys::tests::every_key_is_read`).
//! 2. A key that is required here is one without which the parser refuses a plan
//!    (`plan::keys::tests::required_keys_are_those_that_the_parser_needs`).
//! 3. `docs/src/reference/plan.md` is what [`reference()`] writes
//!    (`plan::keys::tests::the_page_is_the_table`).

mod amendment;
mod dataflow;
mod life_cycle;
mod lists;
mod page;
mod readers;
mod source;
mod statement;
#[cfg(test)]
mod tests;
mod value;

pub use self::amendment::{ADDED, AMENDMENT, BREAK, CLOSED, RENAMED};
pub use self::dataflow::{
    CALENDAR, DATAFLOW, DIMENSION, MARGINAL, MEASURES, ONLY, RESIDUAL, STRATEGY, VIEW,
};
pub use self::life_cycle::{LIFE_CYCLE_OWN, LIFE_CYCLE_READY, TIMER, TRANSITION};
pub use self::lists::{ATTRIBUTE, CODE, CODE_LIST, FORMER_NAME, GROUP, GROUPED};
pub use self::page::reference;
pub use self::readers::{HEADLINE, RATE, SIDE, WISH};
pub use self::source::{INTAKE, SOURCE, SOURCE_KEY};
pub use self::statement::{METHOD, PLAN, PRIVACY, RETENTION, STATEMENT};
pub use self::value::Value;

use crate::near::near;
pub(super) use crate::near::one_of;

/// Every table of a plan, in the order of the reference.
pub static PLAN_TABLES: [&KeyTable; 29] = [
    &PLAN,
    &STATEMENT,
    &PRIVACY,
    &RETENTION,
    &METHOD,
    &LIFE_CYCLE_READY,
    &LIFE_CYCLE_OWN,
    &TRANSITION,
    &TIMER,
    &ATTRIBUTE,
    &CODE_LIST,
    &GROUP,
    &CODE,
    &FORMER_NAME,
    &DATAFLOW,
    &DIMENSION,
    &STRATEGY,
    &CALENDAR,
    &ONLY,
    &MARGINAL,
    &RESIDUAL,
    &VIEW,
    &RATE,
    &SIDE,
    &WISH,
    &HEADLINE,
    &INTAKE,
    &SOURCE,
    &SOURCE_KEY,
];

/// The tables that only an amendment has, in the order of the reference.
pub static AMENDMENT_TABLES: [&KeyTable; 5] = [&AMENDMENT, &ADDED, &CLOSED, &RENAMED, &BREAK];

/// A TOML table of a plan, with its keys.
#[derive(Debug)]
pub struct KeyTable {
    /// Its name for people, such as `Statement`.
    pub title: &'static str,
    /// Where it stands: the keys that lead to it, with dots. Several where several keys have tables
    /// of the same form.
    pub paths: &'static [&'static str],
    /// How it is written, such as `[statement]`.
    pub written: &'static str,
    /// What it is for, in one or two sentences.
    pub about: &'static str,
    /// What the forms in [`Key::only`] are, such as `` `measure` is ``; empty without forms.
    pub forms: &'static str,
    /// Its keys, in the order in which messages list them.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value is, and its limit.
    pub value: Value,
    /// Whether it is required.
    pub need: Need,
    /// What it means, in one or two sentences.
    pub means: &'static str,
    /// An example: a line of TOML.
    pub example: &'static str,
    /// The forms of the table that have it; all if empty.
    pub only: &'static [&'static str],
}

/// Whether a key is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// In every table, or in every table of a form that has the key.
    Always,
    /// What holds without it.
    Otherwise(&'static str),
    /// Required in some cases, which the words name.
    When(&'static str),
}

impl Key {
    const fn new(
        name: &'static str,
        value: Value,
        need: Need,
        means: &'static str,
        example: &'static str,
    ) -> Self {
        Self { name, value, need, means, example, only: &[] }
    }

    /// The key, in only these forms of the table.
    const fn in_forms(self, only: &'static [&'static str]) -> Self {
        Self { only, ..self }
    }
}

impl KeyTable {
    /// The keys that a table without forms may have.
    pub(super) fn known(&self) -> KnownKeys {
        self.known_with(None)
    }

    /// The keys that a table of this form may have; those of every form if the form is not known.
    pub(super) fn known_with(&self, form: Option<&str>) -> KnownKeys {
        let has = |key: &&Key| key.only.is_empty() || form.is_none_or(|f| key.only.contains(&f));
        KnownKeys(self.keys.iter().filter(has).map(|key| key.name).collect())
    }
}

/// The names of the keys that a table may have. Only a [`KeyTable`] makes one.
pub(super) struct KnownKeys(Vec<&'static str>);

impl KnownKeys {
    pub(super) fn contains(&self, key: &str) -> bool {
        self.0.contains(&key)
    }

    pub(super) fn join(&self, between: &str) -> String {
        self.0.join(between)
    }

    /// The keys that differ from this one by few letters, the nearest first.
    pub(super) fn near(&self, key: &str) -> Vec<&'static str> {
        near(key, self.0.iter().copied())
    }
}
