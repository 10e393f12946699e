//! What an office says about its statistics, from which a plan is written.
//!
//! Not here: how it is asked (crate `tidegauge`), and how the plan is written (`text`).
//!
//! Invariants: none of its own; the rules of plans are those of crate `model`.

use tidegauge_model::Grain;

use super::kind::Kind;
use super::lists::ListOfCodes;

/// What an office says about its statistics.
#[derive(Clone, Debug)]
pub struct Description {
    /// The kind of statistics.
    pub kind: Kind,
    /// The plan's id.
    pub id: String,
    /// The agency's id.
    pub agency: String,
    /// The language of what the office says, one of [`super::PLAN_LANGUAGES`].
    pub language: String,
    /// The title.
    pub title: String,
    /// Who is responsible for the data.
    pub controller: String,
    /// The law on which it rests.
    pub legal_basis: String,
    /// Where readers can ask.
    pub contact: String,
    /// The country or area, as a code.
    pub area: String,
    /// The time zone, as the database of time zones names it.
    pub time_zone: String,
    /// The first day that is counted.
    pub start: String,
    /// The last day.
    pub expires: String,
    /// The length of a step.
    pub step: Grain,
    /// The budget of a year, a fraction; `None` for as little as the wishes need.
    pub rho: Option<String>,
    /// How often one person counts at most in a year.
    pub bound: u32,
    /// After how many steps a step is counted again, ascending; empty if late events are not
    /// counted.
    pub vintages: Vec<u32>,
    /// The margin of error that is wished for the headlines.
    pub margin: u32,
    /// The kinds of events, if the kind of statistics has none of its own.
    pub events: ListOfCodes,
    /// The attributes by which figures are divided, each with its codes and the margin wished.
    pub dimensions: Vec<Dimension>,
}

/// An attribute by which figures are divided.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// The attribute, a column of the events.
    pub attribute: String,
    /// Its codes.
    pub list: ListOfCodes,
    /// The margin of error that is wished for its figures.
    pub margin: u32,
}
