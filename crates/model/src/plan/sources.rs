//! The sources of a plan: for which ones a step waits and for how long, and how an amendment
//! changes them.
//!
//! A step is released as soon as every source that is *due* has declared it complete, and at the
//! latest when the plan's longest wait is over. A source is due for a step if it has to declare the
//! step complete before then; what comes later is not waited for. A source that delivers for the
//! step and has not declared it complete at its release is *silent* there.
//!
//! Not here: what the sources have declared (crate `collect`).
//!
//! Invariants:
//! 1. A step waits for no source longer than the plan's longest wait, and for none that delivers
//!    nothing for it (`tests/sources.rs`: `a_step_waits_for_the_sources_that_are_due`).
//! 2. An amendment changes no source for days before it (`tests/sources.rs`:
//!    `an_amendment_changes_sources_from_its_day_on`).

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::content::Plan;
use crate::amendment::{AmendError, Amendment};
use crate::period::{Period, days};
use crate::source::{DayRange, SOURCES_MAX, Source, SourceKey, SourceSet};

impl Plan {
    /// The source with this identifier.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// The sources with these identifiers; `None` if one is not in the plan.
    pub fn source_set<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Option<SourceSet> {
        let place = |id: &str| self.sources.iter().position(|source| source.id == id);
        let places: Option<Vec<usize>> = ids.into_iter().map(place).collect();
        places.map(SourceSet::of)
    }

    /// The sources of a set, in the order of the plan.
    pub fn sources_in(&self, set: SourceSet) -> impl Iterator<Item = &Source> {
        set.places().filter_map(|place| self.sources.get(place))
    }

    /// The end of a step: the instant up to which a source declares it complete. Unit:
    /// milliseconds since 1970.
    pub fn step_end(&self, step: Period) -> i64 {
        days::instant(self.time_zone(), step.end())
    }

    /// The latest instant at which a step is released, whatever its sources declare.
    pub fn latest_release(&self, step: Period) -> Timestamp {
        let wait = self.intake.as_ref().map_or(0, |intake| intake.longest_wait_minutes);
        let due = self.due(step).as_millisecond();
        let latest = due.saturating_add(i64::from(wait) * 60_000);
        // The years of a plan are within the range of instants.
        Timestamp::from_millisecond(latest).unwrap_or(Timestamp::MAX)
    }

    /// The sources that deliver events for a step, in the order of the plan.
    pub fn delivering(&self, step: Period) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(move |source| source.days.overlaps(step))
    }

    /// The instant by which a source has to declare a step complete: after the end of the first of
    /// its periods that ends with the step or later. Unit: milliseconds since 1970.
    pub fn declared_by(&self, source: &Source, step: Period) -> i64 {
        // A period of a longer grain holds the last moment of the step; one of a shorter grain that
        // does ends with the step.
        let last = step.end().saturating_sub(Span::new().nanoseconds(1));
        let end = Period::holding(source.complete_every, last).end();
        let within = i64::from(source.complete_within_minutes) * 60_000;
        days::instant(self.time_zone(), end.max(step.end())).saturating_add(within)
    }

    /// The sources for which a step waits, in the order of the plan.
    pub fn due_sources(&self, step: Period) -> impl Iterator<Item = &Source> {
        let latest = self.latest_release(step).as_millisecond();
        self.delivering(step).filter(move |source| self.declared_by(source, step) <= latest)
    }

    /// Whether any step waits for a source. Steps before the plan's first one, and after its last
    /// one, do not count.
    pub fn is_ever_due(&self, source: &Source) -> bool {
        let wait = self.intake.as_ref().map_or(0, |intake| intake.longest_wait_minutes);
        let latest = u64::from(self.statement.release_delay_minutes) + u64::from(wait);
        // It declares no step sooner after its end than this.
        if u64::from(source.complete_within_minutes) > latest {
            return false;
        }
        let mut steps = std::iter::successors(Some(self.first_step()), |step| Some(step.next()))
            .take_while(|&step| self.allows(step));
        steps.any(|step| self.due_sources(step).any(|due| due.id == source.id))
    }

    /// Adds a source, or puts it in the place of the one with its identifier.
    pub(super) fn replace_source(
        &mut self,
        source: &Source,
        field: &str,
        by: &Amendment,
    ) -> Result<(), AmendError> {
        let place = self.sources.iter().position(|other| other.id == source.id);
        if place.is_some_and(|place| self.sources[place] == *source) {
            let (field, rule) =
                (field.to_owned(), "the source is this one already; remove the entry");
            return Err(AmendError::Nothing { field, rule });
        }
        let is_own = |key: &SourceKey| source.keys.iter().any(|own| own.public == key.public);
        let mut others = self.sources.iter().filter(|other| other.id != source.id);
        let shares_key = others.find(|other| other.keys.iter().any(is_own));
        let refused = match (place, shares_key) {
            _ if self.intake.is_none() => {
                Some(("id", "a plan without sources gets none; make a new plan".into()))
            }
            (_, Some(other)) => {
                Some(("key", format!("{} signs with one of these keys; make new ones", other.id)))
            }
            (Some(place), None) => refused_days(self.sources[place].days, source.days, by),
            (None, None) if source.days.from < Some(by.from) => Some((
                "from",
                format!("a new source begins on {} or later; correct the day", by.from),
            )),
            (None, None) if self.sources.len() == SOURCES_MAX => Some((
                "id",
                format!("a plan has at most {SOURCES_MAX} sources; let one deliver for several"),
            )),
            (None, None) => None,
        };
        if let Some((key, rule)) = refused {
            return Err(AmendError::Source { field: format!("{field}.{key}"), rule });
        }
        match place {
            Some(place) => self.sources[place] = source.clone(),
            None => self.sources.push(source.clone()),
        }
        Ok(())
    }
}

/// The key and the rule that the new days of a source break, if they do.
fn refused_days(old: DayRange, new: DayRange, by: &Amendment) -> Option<(&'static str, String)> {
    let before = by.day_before();
    let is_past = |to: Option<Date>| to.is_some_and(|to| to < before);
    let shown = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    if old.from != new.from {
        return Some(("from", format!("the first day stays {}; write that", shown(old.from))));
    }
    if old.to == new.to {
        return None;
    }
    if is_past(old.to) {
        let rule = format!("it ended on {}; add another, as none begins again", shown(old.to));
        return Some(("to", rule));
    }
    is_past(new.to).then(|| {
        (
            "to",
            format!(
                "a day not before {before} is needed, the day before the amendment; choose such a \
                 day"
            ),
        )
    })
}
