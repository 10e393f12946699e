//! Why no plan is made from a description.
//!
//! Not here: why a plan is refused (crate `model`).
//!
//! Invariants:
//! 1. No message quotes a value of a sample
//!    (`super::lists::tests::columns_of_persons_are_refused`).

use tidegauge_model::plan::{ATTRIBUTES, DIMENSIONS_MAX};

use crate::planner::FitError;

/// The most attributes that divide the figures of events, beside their kind.
pub(super) const DIVIDED_BY_MAX: usize = DIMENSIONS_MAX - 1;

/// Why a plan is not made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// A sample that cannot be used.
    #[error("sample: {0}")]
    Sample(String),
    /// A word that names no list.
    #[error(
        "dimension: source {0:?}: must be countries, sex, age-bands, stay-classes, airports, \
         codes:A,B, file:TABLE.csv, sample or sample:COLUMN; choose one"
    )]
    Source(String),
    /// A table that is no list of codes.
    #[error(
        "table: must be CSV in UTF-8 with commas, whose first line is `code,name`; \
            save it so"
    )]
    Table,
    /// A country for which no airports are known.
    #[error(
        "area: {0:?}: has no airport in the built-in list; write the country as in ISO 3166-1, or \
         name the points with codes:A,B or file:TABLE.csv"
    )]
    Area(String),
    /// A word of which no code can be made.
    #[error("code: {0}")]
    Code(String),
    /// A dimension that no plan has.
    #[error("dimension: {0:?}: attributes are {list}; choose one", list = ATTRIBUTES.join(", "))]
    Attribute(String),
    /// More dimensions than a dataflow has beside the kind of event.
    #[error(
        "dimension: at most {DIVIDED_BY_MAX} attributes beside the kind of event, given {0}; leave \
         out those that nobody reads"
    )]
    Dimensions(usize),
    /// What was said makes no plan.
    #[error("{0}")]
    Refused(String),
    /// The planner finds no shares.
    #[error("wishes: {0}; wish smaller margins, raise --rho, or take fewer dimensions")]
    Fit(#[from] FitError),
}
