//! Amendments: what may change in a plan that runs, as data, and why it may not.
//!
//! Not here: the plan that comes out (module `plan::amend`); the form of the file (module
//! `plan::parse::amendment`); whether a step was released already, and the public ledger (crate
//! `ledger`, module `succession`).
//!
//! A code list can reserve positions. From the start they have cells, which are measured and
//! priced. Until an amendment gives one a code, no event can have it and no reader sees it. So an
//! amendment changes no cell, no price and no stream: it gives codes to reserved positions, gives
//! codes a last day, another name or other codes for events, states from when figures follow
//! another rule, and which sources deliver with which keys.
//!
//! Invariants: those of the plan that comes out (`plan::amend`).

use jiff::civil::Date;

use crate::period::{Grain, Period};
use crate::source::Source;
use crate::text::{Language, Text};

/// A change of a running plan, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Amendment {
    /// The first day from which it holds: the first day of a step.
    pub from: Date,
    /// The language of its texts where they name none: that of the plan.
    pub language: Language,
    /// The reason, for people.
    pub note: Text,
    /// Codes that take a reserved position, in the order of the file.
    pub added: Vec<Added>,
    /// Codes that close: their last day is the day before.
    pub closed: Vec<Closed>,
    /// Codes that get another name, or other codes under which events name them.
    pub renamed: Vec<Renamed>,
    /// Dataflows whose figures follow another rule or source.
    pub breaks: Vec<Break>,
    /// Sources that begin to deliver, or that take the place of the one with their identifier.
    pub sources: Vec<Source>,
}

/// A code that takes the next reserved position of its list, or of its group in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The list.
    pub list: String,
    /// The group, where the list has groups.
    pub group: Option<String>,
    /// The code.
    pub code: String,
    /// Its name.
    pub name: Text,
}

/// A code that closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The list.
    pub list: String,
    /// The code.
    pub code: String,
}

/// A code with another name, or with other codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The list.
    pub list: String,
    /// The code.
    pub code: String,
    /// Its new name; the one that it has, if it only gets other codes.
    pub name: Text,
    /// Further codes under which events name it, whatever their day.
    pub also: Vec<String>,
}

/// A break in the series of a dataflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The dataflow.
    pub dataflow: String,
    /// The basis of the figures from then on.
    pub note: Text,
}

/// Why an amendment is refused. Each message begins with the field of the amendment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmendError {
    /// A code, a group or a total of this identifier exists already.
    #[error("{field}: {list} already has {code}; choose another code")]
    CodeExists {
        /// The field.
        field: String,
        /// The list.
        list: String,
        /// The given value.
        code: String,
    },
    /// A code that is closed already, or not open yet.
    #[error(
        "{field}: {code} of {list} is not valid on {on}; correct the code, or the day in `from`"
    )]
    CodeClosed {
        /// The field.
        field: String,
        /// The list.
        list: String,
        /// The given value.
        code: String,
        /// The day of the amendment or the one before.
        on: Date,
    },
    /// A group for a list without groups, no group for a list with groups, or an unknown one.
    #[error("{field}: {rule}")]
    Group {
        /// The field.
        field: String,
        /// The requirement.
        rule: String,
    },
    /// A list that is not the list of an attribute, so that no event is checked against it.
    #[error(
        "{field}: no attribute has the list {list}, so no event is checked against its days; name \
         an attribute's list"
    )]
    NotOfAttribute {
        /// The field.
        field: String,
        /// The list.
        list: String,
    },
    /// An amendment that changes nothing.
    #[error("{field}: nothing changes: {rule}")]
    Nothing {
        /// The field.
        field: String,
        /// How to make a change.
        rule: &'static str,
    },
    /// Texts in another language than those of the plan.
    #[error(
        "language: the plan is in {plan}, and so are its amendments, given {given}; write the \
         texts in {plan}"
    )]
    Language {
        /// The language of the plan.
        plan: Language,
        /// The given value.
        given: Language,
    },
    /// Every reserved position is taken.
    #[error(
        "{field}: {place} has {reserved} reserved places left, given 1 more code; add it to a \
         group that has a place, or to the next plan"
    )]
    NoPlace {
        /// The field.
        field: String,
        /// The list or the group.
        place: String,
        /// How many are left: none.
        reserved: usize,
    },
    /// A day on which no amendment can begin.
    #[error("from: {rule}, given {given}; choose such a day")]
    From {
        /// The requirement.
        rule: String,
        /// The given value.
        given: Date,
    },
    /// A source that cannot begin, change or end so.
    #[error("{field}: {rule}")]
    Source {
        /// The field.
        field: String,
        /// The requirement.
        rule: String,
    },
    /// A list, code or dataflow that the plan does not have.
    #[error("{field}: the plan has no {what} {given}; {known}")]
    Unknown {
        /// The field.
        field: String,
        /// The kind of thing that is named.
        what: String,
        /// The given value.
        given: String,
        /// Those that the plan has, in few words.
        known: String,
    },
}

impl AmendError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            AmendError::CodeExists { .. } => "code-exists",
            AmendError::CodeClosed { .. } => "closed-code",
            AmendError::From { .. } => "amendment-from",
            AmendError::Group { .. } => "group",
            AmendError::Language { .. } => "language",
            AmendError::NoPlace { .. } => "no-reserved-place",
            AmendError::NotOfAttribute { .. } => "not-of-attribute",
            AmendError::Nothing { .. } => "nothing-changes",
            AmendError::Source { .. } => "source",
            AmendError::Unknown { .. } => "unknown-reference",
        }
    }
}

impl Amendment {
    /// The code lists that it changes; a list appears once for each change.
    pub fn lists(&self) -> impl Iterator<Item = &str> {
        let added = self.added.iter().map(|added| &*added.list);
        let closed = self.closed.iter().map(|closed| &*closed.list);
        added.chain(closed).chain(self.renamed.iter().map(|renamed| &*renamed.list))
    }

    /// The step of this grain with which it begins.
    pub fn first_step(&self, step: Grain) -> Period {
        Period::containing(step, self.from)
    }

    /// The last day before it.
    pub(crate) fn day_before(&self) -> Date {
        // Saturates at a year that no plan contains.
        self.from.yesterday().unwrap_or(Date::MIN)
    }
}
