//! The public nouns of Tidegauge: code lists, periods, dataflows, the plan, observations.
//!
//! Not here: persons, events, noise, files. Nothing in this crate can name a person or an event,
//! and it depends on no other crate of the workspace, so code that uses only this crate cannot leak
//! one.
//!
//! Invariants:
//! 1. A value of these types is checked: every [`Plan`] has passed all rules of `plan check`
//!    (`tests/refusals.rs`).
//! 2. The product of a dataflow's codes is its set of cells, known before any data
//!    (`structure::tests::cells_are_the_product_of_the_code_lists`).

#![warn(unreachable_pub)]

pub mod amendment;
pub mod code;
pub mod dataflow;
pub mod headline;
pub mod method;
pub mod near;
pub mod observation;
pub mod period;
pub mod plan;
pub mod rate;
pub mod source;
pub mod structure;
pub mod text;
pub mod validity;
pub mod wish;

pub use amendment::{AmendError, Amendment};
pub use code::{Code, CodeList};
pub use dataflow::{
    ContributionBound, Dataflow, Marginal, Measure, Only, StatisticalUnit, StrategyChoice,
    WeightedResidual,
};
pub use headline::{Headline, SeriesChoice, SeriesPart, View};
pub use observation::{IntervalOf, Observation, Status};
pub use period::days::{self, Days};
pub use period::{Grain, Period};
pub use plan::{Arrow, EventOrder, LifeCycle, Plan};
pub use rate::{NamedCodes, Rate, Summand};
pub use source::{DayRange, Intake, Source, SourceKey, SourceSet};
pub use structure::{CodeSource, DataStructure, Dimension};
pub use text::{Language, Text};
pub use validity::{FormerName, Validity};
pub use wish::Wish;
