//! The plan: one TOML file in which everything that a release needs is decided before any data.
//!
//! Not here: prices (crate `ledger`), and any rule that depends on data.
//!
//! Invariants:
//! 1. A [`Plan`] comes out of [`Plan::parse`], which applies every rule and reports all errors at
//!    once (`plan::parse`), or out of [`Plan::amended`], which changes one that did.
//! 2. When a release becomes public is a function of the plan and its step alone, it is not before
//!    the release is due, and no later step is public earlier
//!    (`plan::tests::an_embargo_ends_at_its_hour`).

pub mod life_cycle;
mod parse;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use num_rational::BigRational;

pub use life_cycle::{CORRECTION_COLUMNS, LifeCycle, UNTIL};
pub use parse::{AMENDMENT_BYTES_MAX, PLAN_BYTES_MAX, PlanError, PlanErrors, PlanFault};

use crate::amendment::Amendment;
use crate::code::CodeList;
use crate::dataflow::Dataflow;
use crate::days;
use crate::period::{Grain, Period};
use crate::rate::Rate;

/// Attributes that an event can carry. The list is closed: nothing that names a person, an
/// address, a document, a place of residence or a free text can be declared.
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

/// The columns of event files that every plan has.
pub const EVENT_COLUMNS: [&str; 4] = ["event_id", "pseudonym", "occurred_at", "kind"];

/// An attribute of events, with the closed list of its codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// One of [`ATTRIBUTES`]: the column's name in files.
    pub name: &'static str,
    /// Its codes. An event with another code is refused.
    pub code_list: Arc<CodeList>,
}

/// Who publishes, why and on which ground, from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// SDMX identifier of the plan.
    pub id: String,
    /// SDMX identifier of the maintaining agency.
    pub agency: String,
    /// Title for people.
    pub title: String,
    /// What the figures are for.
    pub purpose: String,
    /// Who is answerable for the data.
    pub controller: String,
    /// The ground in law.
    pub legal_basis: String,
    /// Where to write to.
    pub contact: String,
    /// SDMX code of the reference area, for instance `HK`.
    pub reference_area: String,
    /// The first day of the first step.
    pub start: Date,
    /// The last day that is released.
    pub expires: Date,
    /// Name of the time zone in which days begin and end.
    pub time_zone: String,
    /// Minutes for which a step stays open after its end, so that its last events arrive in time.
    pub release_delay_minutes: u32,
    /// The time of day, in the plan's time zone, at which what was released becomes public; `None`
    /// where it does at once.
    pub embargo: Option<Time>,
}

/// What a person's privacy is worth and over which time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privacy {
    /// The accounting window: month, quarter or year.
    pub window: Grain,
    /// zCDP budget of one person and window.
    pub rho: BigRational,
    /// How many windows the plan may run; the lifetime total is `rho * windows`.
    pub windows: u32,
}

/// How long what is private is kept. By default for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Steps after its own for which an event is taken and kept: what comes later changes nothing.
    /// At least the greatest vintage. `None`: for ever.
    pub events_steps: Option<u32>,
    /// Whole windows without an event after which a person who is counted in no stock, is in no
    /// spell and has no timer is forgotten, as if never seen. `None`: never.
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
    /// Attributes that events carry, in the order of the plan.
    pub attributes: Vec<Attribute>,
    /// Dataflows, in the order of the plan.
    pub dataflows: Vec<Dataflow>,
    /// Rates, in the order of the plan.
    pub rates: Vec<Rate>,
    /// The amendments that it holds, in their order; none as it was first stated.
    pub amendments: Vec<Amendment>,
    time_zone: TimeZone,
}

impl Plan {
    /// The time zone in which days begin and end.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// The grain of the plan's steps.
    pub fn step(&self) -> Grain {
        self.dataflows[0].step
    }

    /// The first step of the plan.
    pub fn first_step(&self) -> Period {
        Period::containing(self.step(), self.statement.start)
    }

    /// The accounting window that a step is given to; see [`Period::given_to`].
    pub fn window_of(&self, step: Period) -> Period {
        step.given_to(self.privacy.window)
    }

    /// How many windows lie before this one, counted from the plan's first; `None` for a window
    /// before the first.
    pub fn window_number(&self, window: Period) -> Option<u32> {
        let first = self.window_of(self.first_step());
        (first <= window).then(|| {
            let mut number = 0;
            let mut at = first;
            while at < window {
                at = at.next();
                number += 1;
            }
            number
        })
    }

    /// The steps of a window, in order: from the plan's first step on, to the window's end.
    pub fn steps_of(&self, window: Period) -> Vec<Period> {
        let first = self.first_step().max(window.within(self.step()));
        std::iter::successors(Some(first), |step| Some(step.next()))
            .skip_while(|&step| self.window_of(step) < window)
            .take_while(|&step| self.window_of(step) == window)
            .collect()
    }

    /// Whether the plan allows a release of this step: not before the start, not after the
    /// expiry, not beyond the last window.
    pub fn allows(&self, step: Period) -> bool {
        step >= self.first_step()
            && step.last() <= self.statement.expires
            && self
                .window_number(self.window_of(step))
                .is_some_and(|number| number < self.privacy.windows)
    }

    /// When a step is due to be released: the delay after its end. The calendar of releases is
    /// this for every step that the plan allows.
    pub fn due(&self, step: Period) -> Timestamp {
        let end = days::instant(&self.time_zone, step.end());
        let delay = i64::from(self.statement.release_delay_minutes) * 60_000;
        // A plan lies within the years that have instants.
        Timestamp::from_millisecond(end.saturating_add(delay)).unwrap_or(Timestamp::MAX)
    }

    /// Until when what is released with a step is under embargo: the first time that the clock
    /// shows the plan's hour at or after the step is due. `None` for a plan without an embargo.
    pub fn embargoed_until(&self, step: Period) -> Option<Timestamp> {
        let hour = self.statement.embargo?;
        let due = self.due(step);
        let day = self.time_zone.to_datetime(due).date();
        let at = |day: Date| {
            let end = days::instant(&self.time_zone, day.to_datetime(hour));
            Timestamp::from_millisecond(end).unwrap_or(Timestamp::MAX)
        };
        let same = at(day);
        Some(if same >= due { same } else { at(day.tomorrow().unwrap_or(day)) }.max(due))
    }

    /// How many codes an event carries: one for each attribute, one for the date until which
    /// something is granted, where the life cycle asks for it, and one for the revision, where
    /// events can be corrected.
    pub fn event_codes(&self) -> usize {
        let cycle = &self.life_cycle;
        self.attributes.len() + usize::from(cycle.has_dates()) + usize::from(cycle.corrections)
    }

    /// The columns that event files may have beside [`Self::event_columns`].
    pub fn correction_columns(&self) -> &'static [&'static str] {
        if self.life_cycle.corrections { &CORRECTION_COLUMNS } else { &[] }
    }

    /// The columns that event files must have, in order: four that every plan has, then the
    /// attributes, then the date until which something is granted, where the life cycle asks for
    /// it.
    pub fn event_columns(&self) -> Vec<&'static str> {
        let mut columns = EVENT_COLUMNS.to_vec();
        columns.extend(self.attributes.iter().map(|attribute| attribute.name));
        columns.extend(self.life_cycle.has_dates().then_some(UNTIL));
        columns
    }

    /// The rate with this identifier.
    pub fn rate(&self, id: &str) -> Option<&Rate> {
        self.rates.iter().find(|rate| rate.id == id)
    }

    /// The dataflow with this identifier, with its position.
    pub fn dataflow(&self, id: &str) -> Option<(usize, &Dataflow)> {
        self.dataflows.iter().enumerate().find(|(_, dataflow)| dataflow.id == id)
    }
}

#[cfg(test)]
mod tests {
    use testkit::edit;

    use super::*;

    fn plan(embargo: Option<&str>, delay_hours: i64) -> Plan {
        let text = edit(include_str!("../../../testdata/crossings.toml"))
            .change("statement.time_zone", "Europe/Vienna")
            .set("statement.release_delay_hours", delay_hours);
        let text = embargo.into_iter().fold(text, |text, hour| text.add("statement.embargo", hour));
        Plan::parse(&text.text()).unwrap()
    }

    fn until(plan: &Plan, step: &str) -> Option<String> {
        let until = plan.embargoed_until(Period::parse(step).unwrap())?;
        Some(until.to_string())
    }

    #[test]
    fn an_embargo_ends_at_its_hour() {
        assert_eq!(until(&plan(None, 6), "2024-01-15"), None);
        let table = [
            // Due at 06:00 and at 10:00 of the day after: the same day, and the next.
            ("09:30", 6, "2024-01-15", "2024-01-16T08:30:00Z"),
            ("09:30", 10, "2024-01-15", "2024-01-17T08:30:00Z"),
            // Due at the very hour, and a month in summer time.
            ("06:00", 6, "2024-01-15", "2024-01-16T05:00:00Z"),
            ("09:30", 6, "2024-07-15", "2024-07-16T07:30:00Z"),
            // An hour that the clock leaves out ends when it does; one that comes twice, at first.
            ("02:30", 0, "2024-03-30", "2024-03-31T01:00:00Z"),
            ("02:30", 0, "2024-10-26", "2024-10-27T00:30:00Z"),
        ];
        for (hour, delay, step, expected) in table {
            let plan = plan(Some(hour), delay);
            assert_eq!(until(&plan, step).as_deref(), Some(expected), "{hour} {delay} {step}");
        }
        for delay in [0, 2, 3, 9, 25] {
            for hour in ["00:00", "02:30", "09:30", "23:59"] {
                let plan = plan(Some(hour), delay);
                let mut step = plan.first_step();
                let mut before = Timestamp::MIN;
                for _ in 0..400 {
                    let until = plan.embargoed_until(step).unwrap();
                    let waits = until.duration_since(plan.due(step)).as_hours();
                    assert!(until >= before && (0..=25).contains(&waits), "{hour} {step}");
                    (before, step) = (until, step.next());
                }
            }
        }
    }
}
