//! The contents of a plan: its statement, budget, life cycle, retention, attributes and dataflows.
//!
//! Not here: its steps (`calendar`), its open cells (`open`), its amendments (`amend`), its text
//! (`parse`).
//!
//! Invariants:
//! 1. Nothing outside of this crate builds a [`Plan`]: it comes out of [`Plan::parse`] or of
//!    [`Plan::amended`] (`tests/refusals.rs`).

use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use num_rational::BigRational;

use super::life_cycle::{CORRECTION_COLUMNS, LifeCycle, UNTIL};
use crate::amendment::Amendment;
use crate::code::CodeList;
use crate::dataflow::Dataflow;
use crate::headline::{Headline, SeriesChoice, View};
use crate::method::MethodNote;
use crate::period::Grain;
use crate::rate::Rate;
use crate::source::{Intake, Source};
use crate::text::{Language, Text};
use crate::wish::Wish;

/// Attributes that an event can have. The list is closed: no attribute that names a person, an
/// address, a document or a place of residence, and no free text, can be declared.
pub const ATTRIBUTES: [&str; 13] = [
    "age_band",
    "applicant_type",
    "assistance",
    "border_point",
    "border_type",
    "citizenship",
    "destination",
    "mode",
    "outcome",
    "refusal_reason",
    "sex",
    "stay_class",
    "traveller_class",
];

/// The attributes of one event, not of a person or a stay: an event that begins a stay or a
/// procedure and the one that ends it need not have the same.
pub const ATTRIBUTES_OF_EVENTS: [&str; 7] = [
    "assistance",
    "border_point",
    "border_type",
    "destination",
    "mode",
    "outcome",
    "refusal_reason",
];

/// The attributes whose codes are closed by their nature: none comes while a plan runs, so that no
/// place need be reserved.
pub const CLOSED_ATTRIBUTES: [&str; 2] = ["age_band", "sex"];

/// The columns of event files that every plan has.
pub const EVENT_COLUMNS: [&str; 4] = ["event_id", "pseudonym", "occurred_at", "kind"];

/// The column of event files for the day of an event whose time of day is not known: a file has it
/// instead of `occurred_at`, or both, and then each row has a value in one of them.
pub const DAY_COLUMN: &str = "occurred_on";

/// An attribute of events, with the closed list of its codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// One of [`ATTRIBUTES`]: the column's name in files.
    pub name: &'static str,
    /// Its codes. An event with another code is refused.
    pub code_list: Arc<CodeList>,
}

/// Who publishes, for which purpose, on which legal basis, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// SDMX identifier of the plan.
    pub id: String,
    /// SDMX identifier of the maintaining agency.
    pub agency: String,
    /// The language of its texts where they name none; every text has it.
    pub language: Language,
    /// Title for people.
    pub title: Text,
    /// The purpose of the figures.
    pub purpose: Text,
    /// Who is responsible for the data.
    pub controller: Text,
    /// The legal basis.
    pub legal_basis: Text,
    /// A contact address.
    pub contact: String,
    /// SDMX code of the reference area, for instance `HK`.
    pub reference_area: String,
    /// The first day of the first step.
    pub start: Date,
    /// The last day that is released.
    pub expires: Date,
    /// Name of the time zone that determines when days begin and end.
    pub time_zone: String,
    /// Minutes for which a step stays open after its end, so that late events still arrive in time.
    pub release_delay_minutes: u32,
    /// The time of day, in the plan's time zone, at which releases become public; `None` if they
    /// become public at once.
    pub embargo: Option<Time>,
}

/// The privacy budget of a person, and the time for which it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privacy {
    /// The accounting window: month, quarter or year.
    pub window: Grain,
    /// zCDP budget of one person's whole data in the measurements of one window.
    pub rho: BigRational,
    /// How many windows the plan may run.
    pub windows: u32,
    /// The most that everything published may cost a person whose events all occurred in one
    /// window; `None` if the plan does not say. A plan that may cost more is refused.
    pub rho_of_events: Option<BigRational>,
}

impl Privacy {
    /// The zCDP budget of one person's whole data in the measurements of so many windows.
    pub fn rho_over(&self, windows: u32) -> BigRational {
        &self.rho * BigRational::from_integer(windows.into())
    }

    /// The budget of all windows that the plan may run.
    pub fn lifetime(&self) -> BigRational {
        self.rho_over(self.windows)
    }
}

/// How long private data is kept. By default for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// The number of steps after its own for which an event is accepted and kept; events that
    /// arrive later change nothing. At least the greatest vintage. `None`: for ever.
    pub events_steps: Option<u32>,
    /// The number of whole windows without an event after which a person is forgotten, as if never
    /// seen, if the person is counted in no stock, is in no spell and has no timer. `None`: never.
    pub persons_windows: Option<u32>,
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.events_steps {
            None => write!(f, "events are kept for ever")?,
            Some(steps) => {
                write!(f, "events are taken and kept for {steps} steps after their own")?
            }
        }
        match self.persons_windows {
            None => write!(f, ", persons for ever"),
            Some(windows) => write!(f, ", persons for {windows} whole windows without an event"),
        }
    }
}

/// A checked plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// Statement.
    pub statement: Statement,
    /// Privacy.
    pub privacy: Privacy,
    /// Life cycle.
    pub life_cycle: LifeCycle,
    /// Retention.
    pub retention: Retention,
    /// Texts on method and quality; they change nothing that is published.
    pub method: Vec<MethodNote>,
    /// Attributes that events carry, in the order of the plan.
    pub attributes: Vec<Attribute>,
    /// Dataflows, in the order of the plan.
    pub dataflows: Vec<Dataflow>,
    /// Rates, in the order of the plan.
    pub rates: Vec<Rate>,
    /// Wishes, in the order of the plan; they change nothing that is published.
    pub wishes: Vec<Wish>,
    /// The figures that readers see first, in the order of the plan; they change nothing that is
    /// published.
    pub headlines: Vec<Headline>,
    /// The views with which dataflows open, at most one for each dataflow.
    pub views: Vec<View>,
    /// How events come in, if the plan has sources.
    pub intake: Option<Intake>,
    /// The agencies' systems that deliver events, in the order of the plan; none if anybody who can
    /// write to the store may add events.
    pub sources: Vec<Source>,
    /// The amendments that are applied to it, in order; none in the plan as first stated.
    pub amendments: Vec<Amendment>,
    /// The time zone that the statement names.
    pub(super) time_zone: TimeZone,
    /// The languages of its texts.
    pub(super) languages: Vec<Language>,
    /// The language in which its texts read.
    pub(super) language: Language,
}

impl Plan {
    /// The number of codes of an event: one for each attribute, one for the date until which
    /// something is granted if the life cycle uses it, and one for the revision if events can be
    /// corrected.
    pub fn event_codes(&self) -> usize {
        let cycle = &self.life_cycle;
        self.attributes.len() + usize::from(cycle.has_dates()) + usize::from(cycle.corrections)
    }

    /// The columns that event files may have in addition to [`Self::event_columns`].
    pub fn correction_columns(&self) -> &'static [&'static str] {
        if self.life_cycle.corrections { &CORRECTION_COLUMNS } else { &[] }
    }

    /// The columns that event files must have, in order: four that every plan has, then the
    /// attributes, then the date until which something is granted if the life cycle uses it.
    pub fn event_columns(&self) -> Vec<&'static str> {
        let mut columns = EVENT_COLUMNS.to_vec();
        columns.extend(self.attributes.iter().map(|attribute| attribute.name));
        columns.extend(self.life_cycle.has_dates().then_some(UNTIL));
        columns
    }

    /// The series with which the dataflow at this position opens, if the plan says so.
    pub fn view(&self, dataflow: usize) -> Option<&SeriesChoice> {
        let found = self.views.iter().find(|view| view.dataflow == dataflow);
        found.map(|view| &view.series)
    }

    /// The rate with this identifier.
    pub fn rate(&self, id: &str) -> Option<&Rate> {
        self.rates.iter().find(|rate| rate.id == id)
    }

    /// The dataflow with this identifier, with its position.
    pub fn dataflow(&self, id: &str) -> Option<(usize, &Dataflow)> {
        self.dataflows.iter().enumerate().find(|(_, dataflow)| dataflow.id == id)
    }

    /// The code list with this identifier.
    pub fn code_list(&self, id: &str) -> Option<&Arc<CodeList>> {
        self.code_lists().find(|list| list.id == id)
    }

    /// The code lists of the attributes and of the dimensions; one that several have comes as
    /// often.
    pub(crate) fn code_lists(&self) -> impl Iterator<Item = &Arc<CodeList>> {
        let attribute_lists = self.attributes.iter().map(|attribute| &attribute.code_list);
        let dimensions = self.dataflows.iter().flat_map(|flow| flow.structure.dimensions());
        attribute_lists.chain(dimensions.map(|dimension| &dimension.code_list))
    }
}
