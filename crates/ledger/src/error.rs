//! What can go wrong with a ledger: each variant is one fact, with its limit.
//!
//! Not here: what a command prints around it, and the rules of the log under the account (crate
//! `tlog`). [`LedgerRule`] is a fact about a public file, in a finding of the audit as well as in
//! an error; [`Error`] adds what goes wrong with the log.
//!
//! Invariants:
//! 1. No message contains a measured figure or anything about a person: places are paths and
//!    ledger indices (`audit::tests::every_tamper_is_found_by_its_name`).
//!
//! Format, in a finding: `error[release-digest]: release/BORDER_FLOW/2024-01-15.v0.json:
//! digest: the file does not have the digest and length that the ledger states`.

use tidegauge_model::AmendError;

use crate::format::OtherFormat;

/// The next step where an entry says what no program of ours writes.
const ALTERED: &str = "the ledger was altered, so do not rely on it, and tell its publisher";
/// The next step where a copy may be damaged.
const COPY: &str = "copy the ledger again, and tell its publisher if it stays so";
/// The next step where a newer program may know more.
const NEWEST: &str = "use the newest version of tidegauge, and tell the publisher if it stays so";
/// The next step where more was charged than promised.
const OVERSPENT: &str = "its figures cost more privacy than was promised, so tell its publisher";

/// A rule of the ledger that a public file breaks. The words before the first colon of its message
/// name the field; [`LedgerRule::code`] is stable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerRule {
    /// An amendment that the plan in force does not allow.
    #[error("{0}")]
    Amendment(Box<AmendError>),
    /// An amendment from a day for which figures are already released.
    #[error("from: must be after {released}, the last released step, given {from}; begin it later")]
    AmendmentEarly {
        /// The first day of the amendment.
        from: String,
        /// The last released step.
        released: String,
    },
    /// An amendment of something other than what is in force.
    #[error("amends: {expected} is in force, but the entry amends {given}; {ALTERED}")]
    AmendmentOrder {
        /// The digest of the amendment before, or of the plan.
        expected: String,
        /// What the entry has.
        given: String,
    },
    /// The charges of all windows exceed what the plan allows in total.
    #[error(
        "rho: the charges of all windows exceed the plan's total budget of {ceiling}; {OVERSPENT}"
    )]
    BudgetLifetime {
        /// What the plan allows, an exact rational.
        ceiling: String,
    },
    /// The charges of a window exceed its budget.
    #[error("rho: the charges of window {window} exceed its budget of {ceiling}; {OVERSPENT}")]
    BudgetWindow {
        /// The window.
        window: String,
        /// Its budget, an exact rational.
        ceiling: String,
    },
    /// By the plan the dataflow has no such part.
    #[error("part: by the plan the dataflow has no such part; {ALTERED}")]
    ChargePart,
    /// A second charge for one (dataflow, window, part).
    #[error("charge: entry {first} already charges for the same part and window; {ALTERED}")]
    ChargeTwice {
        /// The entry of the first charge.
        first: u64,
    },
    /// A field of a charge is not what the plan requires.
    #[error("{field}: the plan requires {expected}, the entry has {given}; {ALTERED}")]
    ChargeValue {
        /// The field.
        field: &'static str,
        /// What the plan requires.
        expected: String,
        /// What the entry has.
        given: String,
    },
    /// A charge for a window that the plan does not have.
    #[error("window: {window} is not among the {windows} windows of the plan; {ALTERED}")]
    ChargeWindow {
        /// The window as the entry has it.
        window: String,
        /// How many windows the plan has.
        windows: u32,
    },
    /// No such dataflow in the plan.
    #[error("dataflow: {dataflow} is not in the plan; {ALTERED}")]
    DataflowUnknown {
        /// The dataflow as the entry has it.
        dataflow: String,
    },
    /// An entry that is unknown or not in canonical form.
    #[error("entry: not a known entry in canonical form; {NEWEST}")]
    EntrySyntax,
    /// A file above its limit.
    #[error("file: longer than its limit of {bytes_max} bytes; {COPY}")]
    FileSize {
        /// The limit.
        bytes_max: usize,
    },
    /// A format whose number this program does not read.
    #[error(transparent)]
    Format(OtherFormat),
    /// The first entry is not a genesis of this log, or a later entry is a genesis.
    #[error(
        "genesis: the first entry, and only the first, must be a genesis of a format up to \
         {format} for {origin}; {NEWEST}"
    )]
    Genesis {
        /// The origin of the log.
        origin: String,
        /// The newest format that this program knows.
        format: u32,
    },
    /// A plan file is not the one that the ledger names.
    #[error("digest: the file does not have the digest and length that the ledger states; {COPY}")]
    PlanDigest,
    /// An entry that differs from its plan or amendment.
    #[error("{field}: the entry differs from its file; {ALTERED}")]
    PlanEntry {
        /// The field.
        field: &'static str,
    },
    /// A charge or release without a plan before it.
    #[error("plan: the ledger has no plan before this entry; {ALTERED}")]
    PlanMissing,
    /// A second plan, which would renew a budget.
    #[error("plan: entry {first} already has the plan, and a ledger has only one; {ALTERED}")]
    PlanSecond {
        /// The entry of the first plan.
        first: u64,
    },
    /// A plan file that is not a plan.
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
    #[error("price: {0}; {NEWEST}")]
    Price(tidegauge_privacy::Error),
    /// A release that does not name exactly the charges before it that pay for it.
    #[error(
        "charges: the entries before this one that pay for it are {expected:?}, the entry has \
         {given:?}; {ALTERED}"
    )]
    ReleaseCharges {
        /// The entries before it that charge for it.
        expected: Vec<u64>,
        /// What the entry has.
        given: Vec<u64>,
    },
    /// A release file is not the one that the ledger names.
    #[error("digest: the file does not have the digest and length that the ledger states; {COPY}")]
    ReleaseDigest,
    /// A release out of order.
    #[error("step: the next release must be {expected}, the entry has {given}; {ALTERED}")]
    ReleaseOrder {
        /// What must come next.
        expected: String,
        /// What the entry has.
        given: String,
    },
    /// The path is not that of the dataflow, step and vintage.
    #[error("path: the file of this release must be {expected}; {ALTERED}")]
    ReleasePath {
        /// What it must be.
        expected: String,
    },
    /// The file does not contain what the plan requires at this step.
    #[error("{field}: part {part} is not what the plan requires at this step; {ALTERED}")]
    ReleaseShape {
        /// The field.
        field: &'static str,
        /// Number of the part in the file.
        part: usize,
    },
    /// Silent sources that do not deliver for the step, or not in the order of the plan.
    #[error(
        "silent: sources that deliver for the step are needed, in the plan's order, given \
         {given}; {ALTERED}"
    )]
    ReleaseSilent {
        /// What the entry has.
        given: String,
    },
    /// A step that the plan does not allow.
    #[error("step: {given} is not a step that the plan allows; {ALTERED}")]
    ReleaseStep {
        /// What the entry has.
        given: String,
    },
    /// A release file that is not in canonical form.
    #[error("file: not a release file in canonical form; {COPY}")]
    ReleaseSyntax,
    /// The same (dataflow, step, vintage) a second time.
    #[error("release: entry {first} already releases the same; {ALTERED}")]
    ReleaseTwice {
        /// The first entry.
        first: u64,
    },
    /// A vintage that the plan does not have, or that is not due with the step released last.
    #[error("vintage: vintage {given} of this step is not due here; {ALTERED}")]
    ReleaseVintage {
        /// What the entry has.
        given: u32,
    },
}

impl LedgerRule {
    /// The stable name of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            LedgerRule::Amendment(error) => error.code(),
            LedgerRule::AmendmentEarly { .. } => "amendment-early",
            LedgerRule::AmendmentOrder { .. } => "amendment-order",
            LedgerRule::BudgetLifetime { .. } => "budget-lifetime",
            LedgerRule::BudgetWindow { .. } => "budget-window",
            LedgerRule::ChargePart => "charge-part",
            LedgerRule::ChargeTwice { .. } => "charge-twice",
            LedgerRule::ChargeValue { .. } => "charge-value",
            LedgerRule::ChargeWindow { .. } => "charge-window",
            LedgerRule::DataflowUnknown { .. } => "dataflow-unknown",
            LedgerRule::EntrySyntax => "entry-syntax",
            LedgerRule::FileSize { .. } => "file-size",
            LedgerRule::Format(other) => other.code(),
            LedgerRule::Genesis { .. } => "genesis",
            LedgerRule::PlanDigest => "plan-digest",
            LedgerRule::PlanEntry { .. } => "plan-entry",
            LedgerRule::PlanMissing => "plan-missing",
            LedgerRule::PlanSecond { .. } => "plan-second",
            LedgerRule::PlanSyntax { .. } => "plan-syntax",
            LedgerRule::Price(_) => "price",
            LedgerRule::ReleaseCharges { .. } => "release-charges",
            LedgerRule::ReleaseDigest => "release-digest",
            LedgerRule::ReleaseOrder { .. } => "release-order",
            LedgerRule::ReleasePath { .. } => "release-path",
            LedgerRule::ReleaseShape { .. } => "release-shape",
            LedgerRule::ReleaseSilent { .. } => "release-silent",
            LedgerRule::ReleaseStep { .. } => "release-step",
            LedgerRule::ReleaseSyntax => "release-syntax",
            LedgerRule::ReleaseTwice { .. } => "release-twice",
            LedgerRule::ReleaseVintage { .. } => "release-vintage",
        }
    }

    /// The error that this rule is broken at a place: a path, or `entry N`.
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
        rule: LedgerRule,
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

    /// The path and the error of the operating system, if it refuses to read or write a file.
    pub fn refused_by_system(&self) -> Option<(&str, &std::io::Error)> {
        match self {
            Error::Log(tidegauge_tlog::Error::Io { path, source }) => Some((path, source)),
            _ => None,
        }
    }

    /// The exit code of a command that fails with this error: 2 for disk, network and a format that
    /// is not known, 3 if a rule of the ledger refuses, 4 for a corrupt store, 5 for a fork or a
    /// rollback, 6 if another process is writing, 9 if the operating system refused an earlier
    /// write.
    pub fn exit_code(&self) -> u8 {
        use tidegauge_tlog::Error as LogError;
        match self {
            // A gap means that the ledger is older than what its writer remembers.
            Error::Log(LogError::Fork(_) | LogError::Gap { .. }) => 5,
            Error::Broken { rule: LedgerRule::Format(other), .. } => other.exit_code(),
            Error::Broken { .. } | Error::Log(LogError::Broken { .. }) => 4,
            Error::Log(LogError::Exists | LogError::Published { .. }) => 3,
            Error::Log(LogError::Locked) => 6,
            Error::Log(LogError::Stopped) => 9,
            Error::Log(_) => 2,
        }
    }
}
