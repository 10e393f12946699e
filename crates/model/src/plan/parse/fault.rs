//! The faults of a plan: each with its place, its field and the rule that it breaks.
//!
//! Not here: the rules.
//!
//! Invariants:
//! 1. Faults are reported in order of position, not in the order in which the rules found them
//!    (`tests/refusals.rs`, `six_faults_are_reported_at_once_in_order`).
//! 2. Each fault is one line of a report: given values are shortened and escaped
//!    (`tests/hostile.rs`, `a_report_has_one_line_for_each_fault`).
//! 3. Each fault has a next step, its own or that of its kind (`tests/refusals.rs`,
//!    `every_fault_has_a_next_step`).
//!
//! Format: `error[bad-value]: plan.toml:24:7: privacy.rho: a positive fraction ...; correct it`.

use std::cell::RefCell;
use std::fmt;

/// The kind of a fault. Its code is stable: programs may depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlanFault {
    /// A value that breaks its rule.
    BadValue,
    /// Something that is given twice.
    Duplicate,
    /// An attribute that would reveal who a person is or where a person lives.
    ForbiddenField,
    /// Geography finer than border crossing points and countries.
    Granularity,
    /// A required key is missing.
    MissingKey,
    /// Shares that add up to more than the budget.
    OverBudget,
    /// A dataflow that combines too many geographical attributes.
    PlanTooFine,
    /// More text, codes, dimensions, dataflows or cells than allowed.
    PlanTooLarge,
    /// No purpose, controller or legal basis.
    PurposeMissing,
    /// An identifier that has a fixed meaning.
    Reserved,
    /// Text that is not TOML.
    TomlSyntax,
    /// An attribute outside the closed list, or not declared in the plan.
    UnknownAttribute,
    /// A code, kind or status that is not in its list.
    UnknownCode,
    /// An unknown key.
    UnknownKey,
    /// A reference to an unknown code list or dataflow.
    UnknownReference,
    /// A code list or attribute that nothing uses.
    Unused,
    /// A value of another type.
    WrongType,
}

impl PlanFault {
    /// The stable code, for instance `bad-value`.
    pub fn code(self) -> &'static str {
        match self {
            PlanFault::BadValue => "bad-value",
            PlanFault::Duplicate => "duplicate",
            PlanFault::ForbiddenField => "forbidden-field",
            PlanFault::Granularity => "granularity",
            PlanFault::MissingKey => "missing-key",
            PlanFault::OverBudget => "over-budget",
            PlanFault::PlanTooFine => "plan-too-fine",
            PlanFault::PlanTooLarge => "plan-too-large",
            PlanFault::PurposeMissing => "purpose-missing",
            PlanFault::Reserved => "reserved",
            PlanFault::TomlSyntax => "toml-syntax",
            PlanFault::UnknownAttribute => "unknown-attribute",
            PlanFault::UnknownCode => "unknown-code",
            PlanFault::UnknownKey => "unknown-key",
            PlanFault::UnknownReference => "unknown-reference",
            PlanFault::Unused => "unused",
            PlanFault::WrongType => "wrong-type",
        }
    }

    /// What to do about it, where the rule does not say so itself.
    fn next_step(self) -> &'static str {
        match self {
            PlanFault::BadValue => "correct the value",
            PlanFault::Duplicate => "remove one of the two",
            PlanFault::ForbiddenField => "remove it",
            PlanFault::Granularity => "use a coarser one, such as countries",
            PlanFault::MissingKey => "add it",
            PlanFault::OverBudget => "lower a share",
            PlanFault::PlanTooFine => "remove one, or make two dataflows",
            PlanFault::PlanTooLarge => "make it smaller",
            PlanFault::PurposeMissing => "write it in [statement]",
            PlanFault::Reserved => "choose another",
            PlanFault::TomlSyntax => "correct this line, or the one before it",
            PlanFault::UnknownAttribute | PlanFault::UnknownCode | PlanFault::UnknownReference => {
                "choose one that there is"
            }
            PlanFault::UnknownKey => "correct its spelling, or remove it",
            PlanFault::Unused => "remove it, or use it",
            PlanFault::WrongType => "write such a value",
        }
    }
}

/// Between a rule and the next step.
const STEP: &str = "; ";

/// One fault of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanError {
    /// The kind of fault.
    pub fault: PlanFault,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Path of the field, for instance `dataflow[0].share`; `plan` for the whole text.
    pub field: String,
    /// The rule, with its limit and what was given; after a semicolon, the next step.
    pub rule: String,
}

impl PlanError {
    /// The stable code of the fault.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

/// All faults of a plan, at least one, in order of position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanErrors(Vec<PlanError>);

impl PlanErrors {
    /// The faults, in order of position.
    pub fn errors(&self) -> &[PlanError] {
        &self.0
    }

    /// The faults with the lines of another text, which has some lines less: `text` is the one that
    /// they were found in.
    pub fn with_lines_of(mut self, other: &str, text: &str) -> Self {
        let mut others = other.lines().peekable();
        let mut before = vec![0usize];
        for line in text.lines() {
            let is_of_other = others.next_if_eq(&line).is_some();
            before.push(before[before.len() - 1] + usize::from(is_of_other));
        }
        for error in &mut self.0 {
            let most = before.last().copied().unwrap_or_default();
            error.line = before.get(error.line).copied().unwrap_or(most).max(1);
        }
        self
    }

    /// One line for each fault: `error[code]: FILE:LINE:COLUMN: field: rule; next step`.
    pub fn report(&self, file: &str) -> String {
        let line = |error: &PlanError| {
            let PlanError { fault, line, column, field, rule } = error;
            format!("error[{}]: {file}:{line}:{column}: {field}: {rule}\n", fault.code())
        };
        self.0.iter().map(line).collect()
    }
}

impl fmt::Display for PlanErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.report("plan").trim_end())
    }
}

impl std::error::Error for PlanErrors {}

/// Faults found so far, by byte offset.
#[derive(Default)]
pub(super) struct Faults(RefCell<Vec<FaultAtOffset>>);

struct FaultAtOffset {
    at: usize,
    fault: PlanFault,
    field: String,
    rule: String,
}

impl Faults {
    /// Adds a fault. Where the rule has no next step of its own, that of the fault is added.
    pub(super) fn add(&self, at: usize, fault: PlanFault, field: String, rule: String) {
        let rule = match rule.contains(STEP) {
            true => rule,
            false => format!("{rule}{STEP}{}", fault.next_step()),
        };
        self.0.borrow_mut().push(FaultAtOffset { at, fault, field, rule });
    }

    pub(super) fn none(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Converts byte offsets to lines and columns, in one pass over the text.
    pub(super) fn into_errors(self, text: &str) -> PlanErrors {
        let mut found = self.0.into_inner();
        found.sort_by_key(|found| found.at);
        let mut places = text.char_indices().peekable();
        let (mut line, mut column) = (1, 1);
        let errors = found.into_iter().map(|FaultAtOffset { at, fault, field, rule }| {
            while let Some((_, c)) = places.next_if(|&(offset, _)| offset < at) {
                (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
            PlanError { fault, line, column, field, rule }
        });
        PlanErrors(errors.collect())
    }
}
