//! Why a request is not answered with figures.
//!
//! Not here: HTTP statuses (crate `serve`), and why a public directory does not verify
//! ([`crate::catalogue::catalogue::CatalogueFault`]).
//!
//! Invariants:
//! 1. Every error has a code of its own, and its words hold no more of the request than
//!    [`GIVEN_MAX`] characters
//!    (`serve::tests::addresses::hostile_requests_get_an_error_with_a_rule`).
//!
//! Format: `{"code":"unknown-code","rule":"dimension BORDER_POINT has no code `X`"}`.

use jiff::Timestamp;

/// The most observations of one answer.
pub const OBSERVATIONS_MAX: usize = 250_000;
/// The most characters of a request that an error repeats.
pub(crate) const GIVEN_MAX: usize = 40;

/// A request that is not answered with figures.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A code that its dimension does not list.
    #[error("dimension {dimension} has no code `{given}`")]
    Code {
        /// The dimension.
        dimension: String,
        /// The code asked for, cut to [`GIVEN_MAX`].
        given: String,
    },
    /// A dataflow that the plan does not hold.
    #[error("no dataflow `{given}`")]
    Dataflow {
        /// The dataflow asked for, cut to [`GIVEN_MAX`].
        given: String,
    },
    /// A state of the ledger, or a file of it, that is under embargo.
    #[error("under embargo until {until}")]
    Embargoed {
        /// Until when.
        until: Timestamp,
    },
    /// Measurements that give no figure.
    #[error("the measurements of the window give no figure")]
    Estimate,
    /// A byte sequence that is no percent-encoded UTF-8.
    #[error("the address is not percent-encoded UTF-8")]
    Encoding,
    /// A part of a key that is not made of codes.
    #[error("part {part} of the key: codes of letters, digits, _, @, $ and -, joined by +")]
    KeyPart {
        /// The part, counted from 1.
        part: usize,
    },
    /// A key with more or fewer parts than dimensions.
    #[error("the key has {given} parts, the dataflow has {expected} dimensions")]
    KeyParts {
        /// Parts in the key.
        given: usize,
        /// Dimensions of the dataflow.
        expected: usize,
    },
    /// Only formats that are not offered are accepted.
    #[error("offered: {offered}")]
    NotAcceptable {
        /// What is offered here.
        offered: &'static str,
    },
    /// Nothing lies at this address.
    #[error("nothing lies at this address")]
    NotFound,
    /// The ledger could not be read or verified, so there is nothing to show.
    #[error("no verified ledger: {reason}")]
    NotReady {
        /// What did not verify.
        reason: String,
    },
    /// Something of the standard that is not built.
    #[error("not offered: {what}")]
    NotOffered {
        /// What it is.
        what: &'static str,
    },
    /// No structure of this kind, agency, id and version.
    #[error("no structure of this kind, agency, id and version")]
    NoStructure,
    /// No figure of these series is released for these periods.
    #[error("no figure of these series is released for these periods")]
    NothingReleased,
    /// A query parameter with a value that is none of its values.
    #[error("{parameter}: {rule}, given `{given}`")]
    Parameter {
        /// The parameter.
        parameter: &'static str,
        /// What it takes.
        rule: &'static str,
        /// The value, cut to [`GIVEN_MAX`].
        given: String,
    },
    /// A query parameter twice.
    #[error("{parameter} is given twice")]
    ParameterTwice {
        /// The parameter.
        parameter: &'static str,
    },
    /// A query parameter that does not exist.
    #[error("no parameter `{given}`; there are {known}")]
    ParameterUnknown {
        /// The parameter asked for, cut to [`GIVEN_MAX`].
        given: String,
        /// Those that exist.
        known: &'static str,
    },
    /// More observations than one answer holds.
    #[error("{observations} observations exceed the limit of {OBSERVATIONS_MAX}")]
    TooLarge {
        /// Observations that the answer would hold.
        observations: usize,
    },
    /// A marginal of a table that the plan does not measure at this grain.
    #[error("not measured at this length of period; longer periods or coarser codes may be")]
    Unmeasured,
    /// An answer that cannot be written whole, so it is not written.
    #[error("the answer cannot be written: {reason}")]
    Unwritable {
        /// What of it.
        reason: &'static str,
    },
    /// The file on disk is not the one that the ledger names.
    #[error("the file does not verify against its ledger entry")]
    Unverified,
}

impl Error {
    /// The code, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Code { .. } => "unknown-code",
            Error::Dataflow { .. } => "unknown-dataflow",
            Error::Embargoed { .. } => "embargo",
            Error::Encoding => "encoding",
            Error::Estimate => "estimate",
            Error::KeyPart { .. } | Error::KeyParts { .. } => "key",
            Error::NotAcceptable { .. } => "not-acceptable",
            Error::NoStructure => "no-structure",
            Error::NotFound => "not-found",
            Error::NotOffered { .. } => "not-offered",
            Error::NotReady { .. } => "not-ready",
            Error::NothingReleased => "nothing-released",
            Error::Parameter { .. }
            | Error::ParameterTwice { .. }
            | Error::ParameterUnknown { .. } => "parameter",
            Error::TooLarge { .. } => "too-large",
            Error::Unmeasured => "unmeasured",
            Error::Unverified => "unverified",
            Error::Unwritable { .. } => "unwritable",
        }
    }
}

/// What was given, cut so that an error stays short.
pub(crate) fn given(text: &str) -> String {
    text.chars().take(GIVEN_MAX).collect()
}
