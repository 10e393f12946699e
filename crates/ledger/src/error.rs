//! What can go wrong with a ledger: one fact in each variant, with its limit.
//!
//! Not here: what a command prints around it, and the rules of the log under the account (crate
//! `tlog`). [`Rule`] is a fact about a public file and stands in a finding of the audit as it
//! stands in an error; [`Error`] adds what goes wrong with the log.
//!
//! Invariants:
//! 1. No message holds a figure that was measured, nor anything of a person: places are paths
//!    and ledger indices (`audit::tests::every_tamper_is_found_by_its_name`).
//!
//! Format, in a finding: `error[release-digest]: release/BORDER_FLOW/2024-01-15.v0.json:
//! digest: the file is not the one that the ledger names`.

use tidegauge_model::AmendError;

/// A rule of the ledger that a public file breaks. The words before the first colon name the
/// field; [`Rule::code`] is stable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// An amendment that the plan in force refuses.
    #[error("{0}")]
    Amendment(Box<AmendError>),
    /// An amendment from a day of which figures are released.
    #[error("from: a day behind {released}, the last released step, is needed, given {from}")]
    AmendmentEarly {
        /// What the amendment says.
        from: String,
        /// The last released step.
        released: String,
    },
    /// An amendment of something else than what is in force.
    #[error("amends: in force is {expected}, the entry says {given}")]
    AmendmentOrder {
        /// The digest of the amendment before, or of the plan.
        expected: String,
        /// What the entry says.
        given: String,
    },
    /// The charges of a plan's life exceed what the plan allows.
    #[error("rho: the charges of all windows exceed the {ceiling} of the plan's life")]
    BudgetLifetime {
        /// What the plan allows, an exact rational.
        ceiling: String,
    },
    /// The charges of a window exceed its budget.
    #[error("rho: the charges of window {window} exceed its budget of {ceiling}")]
    BudgetWindow {
        /// The window.
        window: String,
        /// Its budget, an exact rational.
        ceiling: String,
    },
    /// The plan gives this dataflow no such part.
    #[error("part: the plan gives the dataflow no such part")]
    ChargePart,
    /// A second charge for one (dataflow, window, part).
    #[error("charge: entry {first} charges the same already")]
    ChargeTwice {
        /// The entry of the first charge.
        first: u64,
    },
    /// A field of a charge is not what the plan gives.
    #[error("{field}: the plan gives {expected}, the entry says {given}")]
    ChargeValue {
        /// The field.
        field: &'static str,
        /// What the plan gives.
        expected: String,
        /// What the entry says.
        given: String,
    },
    /// A charge for a window that the plan does not have.
    #[error("window: {window} is not among the {windows} windows of the plan")]
    ChargeWindow {
        /// The window as the entry has it.
        window: String,
        /// How many windows the plan has.
        windows: u32,
    },
    /// No such dataflow in the plan.
    #[error("dataflow: {dataflow} is not in the plan")]
    DataflowUnknown {
        /// The dataflow as the entry has it.
        dataflow: String,
    },
    /// An entry that is not the one form of its meaning.
    #[error("entry: not a known entry in its one form")]
    EntrySyntax,
    /// A file above its limit.
    #[error("file: it is longer than its limit of {bytes_max} bytes")]
    FileSize {
        /// The limit.
        bytes_max: usize,
    },
    /// The first entry is no genesis, or not one of this log, or a later entry is one.
    #[error(
        "genesis: the first entry, and no other, is a genesis of format {format} that fits {origin}"
    )]
    Genesis {
        /// The origin of the log.
        origin: String,
        /// The format that is known.
        format: u32,
    },
    /// A plan file is not the one that the ledger names.
    #[error("digest: the file is not the one that the ledger names")]
    PlanDigest,
    /// An entry does not say what its plan or amendment says.
    #[error("{field}: the entry does not say what its file says")]
    PlanEntry {
        /// The field.
        field: &'static str,
    },
    /// A charge or release without a plan before it.
    #[error("plan: no plan stands on the ledger before this entry")]
    PlanMissing,
    /// A second plan, which would renew a budget.
    #[error("plan: entry {first} holds the plan already; a ledger has one")]
    PlanSecond {
        /// The entry of the first plan.
        first: u64,
    },
    /// A plan file that is no plan.
    #[error("plan: line {line}: {field}: {rule}")]
    PlanSyntax {
        /// Line, from 1.
        line: usize,
        /// Field.
        field: String,
        /// The plan's rule that it breaks.
        rule: String,
    },
    /// The plan cannot be priced.
    #[error("price: {0}")]
    Price(tidegauge_privacy::Error),
    /// A release names charges that are not its own, or not before it.
    #[error(
        "charges: before this entry the ledger has {expected:?} for it, the entry says {given:?}"
    )]
    ReleaseCharges {
        /// The entries that charge for it and stand before it.
        expected: Vec<u64>,
        /// What the entry says.
        given: Vec<u64>,
    },
    /// A release file is not the one that the ledger names.
    #[error("digest: the file is not the one that the ledger names")]
    ReleaseDigest,
    /// A release out of order.
    #[error("step: after the steps released so far comes {expected}, the entry says {given}")]
    ReleaseOrder {
        /// The next step.
        expected: String,
        /// What the entry says.
        given: String,
    },
    /// The path is not that of the dataflow, step and vintage.
    #[error("path: the file of this release is {expected}")]
    ReleasePath {
        /// What it must be.
        expected: String,
    },
    /// The file does not hold what the plan asks for at this step.
    #[error("{field}: part {part} is not what the plan asks for at this step")]
    ReleaseShape {
        /// The field.
        field: &'static str,
        /// Number of the part in the file.
        part: usize,
    },
    /// A step that the plan does not allow.
    #[error("step: {given} is not a step that the plan allows")]
    ReleaseStep {
        /// What the entry says.
        given: String,
    },
    /// A release file that is not in its one form.
    #[error("file: not a release file in its one form")]
    ReleaseSyntax,
    /// The same (dataflow, step, vintage) a second time.
    #[error("release: entry {first} releases the same already")]
    ReleaseTwice {
        /// The first entry.
        first: u64,
    },
    /// A vintage that the plan does not have, or not due with the step released last.
    #[error("vintage: no such vintage of this step is due here, the entry says {given}")]
    ReleaseVintage {
        /// What the entry says.
        given: u32,
    },
}

impl Rule {
    /// The stable name of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            Rule::Amendment(error) => error.code(),
            Rule::AmendmentEarly { .. } => "amendment-early",
            Rule::AmendmentOrder { .. } => "amendment-order",
            Rule::BudgetLifetime { .. } => "budget-lifetime",
            Rule::BudgetWindow { .. } => "budget-window",
            Rule::ChargePart => "charge-part",
            Rule::ChargeTwice { .. } => "charge-twice",
            Rule::ChargeValue { .. } => "charge-value",
            Rule::ChargeWindow { .. } => "charge-window",
            Rule::DataflowUnknown { .. } => "dataflow-unknown",
            Rule::EntrySyntax => "entry-syntax",
            Rule::FileSize { .. } => "file-size",
            Rule::Genesis { .. } => "genesis",
            Rule::PlanDigest => "plan-digest",
            Rule::PlanEntry { .. } => "plan-entry",
            Rule::PlanMissing => "plan-missing",
            Rule::PlanSecond { .. } => "plan-second",
            Rule::PlanSyntax { .. } => "plan-syntax",
            Rule::Price(_) => "price",
            Rule::ReleaseCharges { .. } => "release-charges",
            Rule::ReleaseDigest => "release-digest",
            Rule::ReleaseOrder { .. } => "release-order",
            Rule::ReleasePath { .. } => "release-path",
            Rule::ReleaseShape { .. } => "release-shape",
            Rule::ReleaseStep { .. } => "release-step",
            Rule::ReleaseSyntax => "release-syntax",
            Rule::ReleaseTwice { .. } => "release-twice",
            Rule::ReleaseVintage { .. } => "release-vintage",
        }
    }

    /// The error that this rule is broken at a place: a path or `entry N`.
    pub fn at(self, place: impl Into<String>) -> Error {
        Error::Broken { place: place.into(), rule: self }
    }
}

/// What can go wrong with a ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A public file breaks a rule of the account.
    #[error("{place}: {rule}")]
    Broken {
        /// A path in the public directory, or `entry N`.
        place: String,
        /// The rule.
        rule: Rule,
    },
    /// The log under the account fails: its formats, another history, disk, network.
    #[error(transparent)]
    Log(#[from] tidegauge_tlog::Error),
}

impl Error {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Broken { rule, .. } => rule.code(),
            Error::Log(error) => error.code(),
        }
    }

    /// The path and the words of the operating system, where it refuses to read or write a file.
    pub fn refused_by_system(&self) -> Option<(&str, &std::io::Error)> {
        match self {
            Error::Log(tidegauge_tlog::Error::Io { path, source }) => Some((path, source)),
            _ => None,
        }
    }

    /// The exit code of a command that this ends: 6 where another process is at work, 5 for a fork
    /// or rollback, 4 for a corrupt store, 3 where a rule of the house refuses, 2 for what lies
    /// outside, 9 where the operating system refuses.
    pub fn exit_code(&self) -> u8 {
        use tidegauge_tlog::Error as Log;
        match self {
            // A hole means that the ledger is older than what its writer remembers.
            Error::Log(Log::Fork(_) | Log::Gap { .. }) => 5,
            Error::Broken { .. } | Error::Log(Log::Broken { .. }) => 4,
            Error::Log(Log::Exists | Log::Published { .. }) => 3,
            Error::Log(Log::Locked) => 6,
            Error::Log(Log::Stopped) => 9,
            Error::Log(_) => 2,
        }
    }
}
