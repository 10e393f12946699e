//! How a plan's events come in: its sources, when they declare completeness, and how long a step
//! waits for them.
//!
//! Not here: for which sources a step waits (crate `model`, `plan::sources`).
//!
//! Invariants:
//! 1. A source that no step waits for is said to be one
//!    (`tidegauge/tests/silent.rs`: `a_source_that_declares_too_late_is_warned_of`).

use std::fmt::{self, Display, Formatter};

use serde::Serialize;
use tidegauge_model::{Plan, Source};

/// The sources of a plan and its longest wait for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IntakeForecast {
    /// Minutes for which a step that is due still waits for its sources.
    pub longest_wait_minutes: u32,
    /// The sources, in the plan's order.
    pub sources: Vec<SourceForecast>,
}

/// A source of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceForecast {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The first day for which it delivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day for which it delivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The period at whose end it declares completeness.
    pub complete_every: &'static str,
    /// Minutes after the end of such a period by which it has done so.
    pub complete_within_minutes: u32,
    /// Whether no step waits for it, because it declares later than the longest wait allows.
    pub never_due: bool,
}

impl IntakeForecast {
    /// `None` for a plan without sources.
    pub(super) fn of(plan: &Plan) -> Option<Self> {
        let text = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
        let forecast = |source: &Source| SourceForecast {
            id: source.id.clone(),
            name: source.name.to_string(),
            from: text(source.days.from),
            to: text(source.days.to),
            complete_every: source.complete_every.word(),
            complete_within_minutes: source.complete_within_minutes,
            never_due: !plan.is_ever_due(source),
        };
        let sources = plan.sources.iter().map(forecast).collect();
        let longest_wait_minutes = plan.intake.as_ref()?.longest_wait_minutes;
        Some(Self { longest_wait_minutes, sources })
    }
}

impl Display for IntakeForecast {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "sources: a step that is due waits for them up to {} minutes",
            self.longest_wait_minutes
        )?;
        for source in &self.sources {
            let SourceForecast { id, name, from, to, complete_within_minutes: minutes, .. } =
                source;
            let every = source.complete_every.replace('_', " ");
            let from = from.as_ref().map_or(String::new(), |from| format!(", from {from}"));
            let to = to.as_ref().map_or(String::new(), |to| format!(" to {to}"));
            write!(f, "  {id} {name}{from}{to}: every {every} complete within {minutes} minutes")?;
            writeln!(f, "{}", if source.never_due { ", no step waits for it" } else { "" })?;
        }
        Ok(())
    }
}
