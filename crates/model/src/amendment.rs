//! Amendments: what may change in a plan that runs, as data, and why it may not.
//!
//! Not here: the plan that comes out (module `plan::amend`); the form of the file (module
//! `plan::parse::amendment`); whether a step was released already, and the public ledger (crate
//! `ledger`, module `succession`).
//!
//! A code list can reserve places. They are codes from the start: they have positions and cells,
//! and are measured and priced. Until an amendment names one it is closed and nobody sees it. So an
//! amendment moves no cell, no price and no stream: it names places, gives codes a last day or
//! another name, and says from when figures rest on another rule.
//!
//! Invariants: those of the plan that comes out (`plan::amend`).

use jiff::civil::Date;

use crate::period::{Grain, Period};

/// A change of a running plan, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Amendment {
    /// The first day on which it holds: the first of a step.
    pub from: Date,
    /// Why, for people.
    pub note: String,
    /// Codes that take a reserved place, in the order of the file.
    pub added: Vec<Added>,
    /// Codes whose last day is the one before.
    pub closed: Vec<Closed>,
    /// Codes that have another name.
    pub renamed: Vec<Renamed>,
    /// Dataflows whose figures rest on another rule or source.
    pub breaks: Vec<Break>,
}

/// A code that takes the next reserved place of its list, or of its group in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The list.
    pub list: String,
    /// The group, where the list has groups.
    pub group: Option<String>,
    /// The code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A code that closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The list.
    pub list: String,
    /// The code.
    pub code: String,
}

/// A code with another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The list.
    pub list: String,
    /// The code.
    pub code: String,
    /// Its name from then on.
    pub name: String,
}

/// A break in the series of a dataflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The dataflow.
    pub dataflow: String,
    /// What the figures rest on from then on.
    pub note: String,
}

/// Why a plan cannot be amended so. Each begins with the field of the amendment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmendError {
    /// A code that is there, or a group, or the total.
    #[error("{field}: {list} has {code} already")]
    CodeExists {
        /// The field.
        field: String,
        /// The list.
        list: String,
        /// What was given.
        code: String,
    },
    /// A code that is closed already, or not open yet.
    #[error("{field}: {code} of {list} is not valid on {on}")]
    CodeClosed {
        /// The field.
        field: String,
        /// The list.
        list: String,
        /// What was given.
        code: String,
        /// The day of the amendment or the one before.
        on: Date,
    },
    /// A group where there is none, or none where there is.
    #[error("{field}: {rule}")]
    Group {
        /// The field.
        field: String,
        /// What is needed.
        rule: String,
    },
    /// A list that no event is held against.
    #[error("{field}: {list} is the list of no attribute, so no event is held against its days")]
    NotOfAttribute {
        /// The field.
        field: String,
        /// The list.
        list: String,
    },
    /// Nothing that differs from what holds.
    #[error("{field}: nothing changes; {rule}")]
    Nothing {
        /// The field.
        field: String,
        /// What would be a change.
        rule: &'static str,
    },
    /// Every reserved place is taken.
    #[error("{field}: {place} has {reserved} reserved places left, given 1 more code")]
    NoPlace {
        /// The field.
        field: String,
        /// The list or the group.
        place: String,
        /// How many are left: none.
        reserved: usize,
    },
    /// A day that no amendment can begin on.
    #[error("from: {rule}, given {given}")]
    From {
        /// What is needed.
        rule: String,
        /// What was given.
        given: Date,
    },
    /// A list, code or dataflow that the plan does not have.
    #[error("{field}: the plan has no {what} {given}")]
    Unknown {
        /// The field.
        field: String,
        /// What is meant.
        what: String,
        /// What was given.
        given: String,
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
            AmendError::NoPlace { .. } => "no-reserved-place",
            AmendError::NotOfAttribute { .. } => "not-of-attribute",
            AmendError::Nothing { .. } => "nothing-changes",
            AmendError::Unknown { .. } => "unknown-reference",
        }
    }
}

impl Amendment {
    /// The code lists that it changes, each as often as it does.
    pub fn lists(&self) -> impl Iterator<Item = &str> {
        let added = self.added.iter().map(|one| &*one.list);
        let closed = self.closed.iter().map(|one| &*one.list);
        added.chain(closed).chain(self.renamed.iter().map(|one| &*one.list))
    }

    /// The step of a grain that begins with it.
    pub fn first_step(&self, step: Grain) -> Period {
        Period::containing(step, self.from)
    }

    /// The last day before it.
    pub(crate) fn day_before(&self) -> Date {
        // Saturates at a year that no plan has.
        self.from.yesterday().unwrap_or(Date::MIN)
    }
}
