//! Why a request is not answered with figures.
//!
//! Not here: HTTP statuses (crate `serve`), and why a public directory does not verify
//! ([`crate::catalogue::catalogue::CatalogueFault`]).
//!
//! Invariants:
//! 1. Every error has a code of its own, and its text repeats at most [`GIVEN_MAX`] characters
//!    of the request
//!    (`serve::tests::addresses::hostile_requests_get_an_error_with_a_rule`).
//!
//! Format: `{"code":"parameter","rule":"parameter asOf is given twice; give it once"}`.

use jiff::Timestamp;
use tidegauge_model::Plan;
use tidegauge_model::near::offered;

/// The most observations in one answer.
pub const OBSERVATIONS_MAX: usize = 250_000;
/// The most characters of a request that an error repeats.
pub(crate) const GIVEN_MAX: usize = 40;

/// A request that is not answered with figures.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A code that its dimension does not list.
    #[error("dimension {dimension} has no code `{given}`; {known}")]
    Code {
        /// The dimension.
        dimension: String,
        /// The code asked for, cut to [`GIVEN_MAX`].
        given: String,
        /// The codes that there are, in few words.
        known: String,
    },
    /// A dataflow that the plan does not have.
    #[error("no dataflow matches `{given}`; {known}")]
    Dataflow {
        /// The dataflow asked for, cut to [`GIVEN_MAX`].
        given: String,
        /// The dataflows that there are, in few words.
        known: String,
    },
    /// A state of the ledger, or a file of it, that is under embargo.
    #[error("this state or file of the ledger is under embargo until {until}; ask again then")]
    Embargoed {
        /// When the embargo ends.
        until: Timestamp,
    },
    /// Measurements from which no figure can be computed.
    #[error("no figure can be computed from the released measurements; please tell the publisher")]
    Estimate,
    /// An address that is not percent-encoded UTF-8.
    #[error("the address is not valid percent-encoded UTF-8; write a percent sign as %25")]
    Encoding,
    /// A part of a key that is not made of codes.
    #[error(
        "part {part} of the key must be empty or codes of letters, digits, _, @, $ and -; join \
         several by +"
    )]
    KeyPart {
        /// The part, counted from 1.
        part: usize,
    },
    /// A key with more parts than dimensions, or without one that it needs.
    #[error(
        "the key has {given} parts but needs {expected}, one for each dimension ({dimensions}); an \
         empty part stands for every code"
    )]
    KeyParts {
        /// Parts in the key.
        given: usize,
        /// The number of dimensions.
        expected: usize,
        /// Their ids, joined.
        dimensions: String,
    },
    /// A key without a part for a dimension that has no total.
    #[error("the key leaves out {dimension}, which has no total; name its codes, joined by +")]
    KeyWithoutTotal {
        /// The dimension.
        dimension: String,
    },
    /// A request that accepts only formats that are not offered.
    #[error("the requested format is not offered here; choose from {offered}")]
    NotAcceptable {
        /// The formats offered here.
        offered: &'static str,
    },
    /// An address without content.
    #[error("there is nothing at this address; check its spelling")]
    NotFound,
    /// A ledger that is not read yet or does not verify, so there is nothing to show.
    #[error("no verified ledger is available: {reason}; ask again later")]
    NotReady {
        /// Why there is none.
        reason: String,
    },
    /// A feature that is not implemented.
    #[error("not offered: {what}; {next}")]
    NotOffered {
        /// The feature.
        what: &'static str,
        /// What to ask for instead.
        next: &'static str,
    },
    /// A structure that does not exist in this kind, agency, id and version.
    #[error(
        "no structure has this kind, agency, id and version; leave out the version for the newest"
    )]
    NoStructure,
    /// Series and periods of which nothing is known that is still to come.
    #[error(
        "there is no nowcast for these series and periods: all is counted, the period is not \
         over, a source was silent, or fewer than six complete steps, too small a figure or too \
         much that is late let none be made; see the figures themselves"
    )]
    NoNowcast,
    /// Series and periods without a published figure.
    #[error(
        "no figures are published for these series and periods; see the list of dataflows for the \
         first and last period"
    )]
    NothingReleased,
    /// A query parameter with a value that it does not take.
    #[error("parameter {parameter} must be {rule}, not `{given}`; correct it")]
    Parameter {
        /// The parameter.
        parameter: &'static str,
        /// The values that it takes, as a noun phrase.
        rule: &'static str,
        /// The value, cut to [`GIVEN_MAX`].
        given: String,
    },
    /// A query parameter that is given twice.
    #[error("parameter {parameter} is given twice; give it once")]
    ParameterTwice {
        /// The parameter.
        parameter: &'static str,
    },
    /// A query parameter that does not exist.
    #[error("there is no parameter `{given}`; choose from {known}")]
    ParameterUnknown {
        /// The parameter asked for, cut to [`GIVEN_MAX`].
        given: String,
        /// The parameters that exist.
        known: &'static str,
    },
    /// More observations than one answer may have.
    #[error(
        "the answer would have {observations} observations; the limit is {limit}, so ask for fewer \
         series or periods"
    )]
    TooLarge {
        /// Observations that the answer would have.
        observations: usize,
        /// The most that it may have, in its format.
        limit: usize,
    },
    /// A marginal of a table that the plan does not measure at this grain.
    #[error(
        "the plan has no `marginals` of these codes for periods of this length; ask for longer \
         periods or coarser codes"
    )]
    Unmeasured,
    /// An answer that cannot be written completely, so it is not written at all.
    #[error("the answer cannot be written: {reason}; ask for another format")]
    Unwritable {
        /// Why.
        reason: &'static str,
    },
    /// A file on disk that is not the one that the ledger names.
    #[error(
        "the file does not match its ledger entry, so it is not served; please tell the publisher"
    )]
    Unverified,
}

impl Error {
    /// A code that a dimension does not list, among those that it lists.
    pub(crate) fn code_unknown(dimension: &str, code: &str, known: &[&str]) -> Self {
        let (given, known) = (given(code), offered(code, known));
        Self::Code { dimension: dimension.to_owned(), given, known }
    }

    /// An id that no dataflow has, among those that the plan has.
    pub(crate) fn dataflow_unknown(id: &str, plan: &Plan) -> Self {
        let ids: Vec<&str> = plan.dataflows.iter().map(|flow| &*flow.id).collect();
        Self::Dataflow { given: given(id), known: offered(id, &ids) }
    }

    /// An id under which nothing is derived, among those under which something is.
    pub(crate) fn derived_unknown(id: &str, ids: &[String]) -> Self {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        Self::Dataflow { given: given(id), known: format!("derived tables: {}", offered(id, &ids)) }
    }

    /// A key with this number of parts, for these dimensions.
    pub(crate) fn key_parts<'d>(given: usize, dimensions: impl Iterator<Item = &'d str>) -> Self {
        let dimensions: Vec<&str> = dimensions.collect();
        Self::KeyParts { given, expected: dimensions.len(), dimensions: dimensions.join(", ") }
    }

    /// The code, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Code { .. } => "unknown-code",
            Error::Dataflow { .. } => "unknown-dataflow",
            Error::Embargoed { .. } => "embargo",
            Error::Encoding => "encoding",
            Error::Estimate => "estimate",
            Error::KeyPart { .. } | Error::KeyParts { .. } | Error::KeyWithoutTotal { .. } => "key",
            Error::NotAcceptable { .. } => "not-acceptable",
            Error::NoNowcast => "no-nowcast",
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

/// The given text, cut so that an error stays short. A character that XML or a terminal cannot
/// show becomes a replacement character.
pub(crate) fn given(text: &str) -> String {
    let is_shown = |c: char| {
        !c.is_control() && !('\u{fdd0}'..='\u{fdef}').contains(&c) && c as u32 & 0xfffe != 0xfffe
    };
    let shown = |c| if is_shown(c) { c } else { char::REPLACEMENT_CHARACTER };
    text.chars().take(GIVEN_MAX).map(shown).collect()
}
