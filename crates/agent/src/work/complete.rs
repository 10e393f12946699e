//! Up to when an input, and so the source, is complete.
//!
//! A source declares "complete until T": every event before T that it will ever know on time is
//! delivered. An agent declares the least T of its inputs, and never an earlier one than before:
//!
//! - `cursor`: rows come in the order of their times, later ones at most `lag_minutes` too late. T
//!   is the latest time delivered, less `lag_minutes`, and never later than the clock.
//! - `file`: a file has all events of the day in its name, and files come in the order of their
//!   days. T is the end of that day in the plan's time zone, once the whole file is delivered and
//!   the day is over by the clock; until then it is the end of the day before.
//! - `clock`: whatever is `lag_minutes` old has been put into the input. T is the clock when the
//!   input was found empty, less `lag_minutes`.
//! - `none`: nothing is declared; the operator's steps then wait for this source as long as the
//!   plan says.
//!
//! Not here: what a store makes of it.
//!
//! Invariants:
//! 1. T of the source is that of its input that is furthest behind, and never goes back
//!    (`work::complete::tests::the_last_input_decides`).
//! 2. No instant in the future is declared (`work::complete::tests::each_kind_declares_its_own`,
//!    `work::complete::tests::a_day_is_declared_when_it_is_over`).

use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::settings::{CompleteBy, InputPart};
use crate::state::{InputState, State};

/// The time less the minutes of an input.
fn less_lag(time: Timestamp, input: &InputPart) -> Option<Timestamp> {
    time.checked_sub(SignedDuration::from_mins(i64::from(input.lag_minutes))).ok()
}

/// How far an input was, and what came after that.
pub(super) struct Advance<'a> {
    /// The state of the input before.
    pub(super) before: &'a InputState,
    /// The latest time of the rows.
    pub(super) cursor: Option<Timestamp>,
    /// The file that ends with the rows.
    pub(super) ended: Option<&'a str>,
    /// The clock.
    pub(super) now: Timestamp,
}

/// The state of an input after rows, without its position.
pub(super) fn after_rows(input: &InputPart, advance: &Advance<'_>, zone: &TimeZone) -> InputState {
    let Advance { before, cursor, ended, now } = *advance;
    let mut after = InputState { position: None, ..before.clone() };
    let reached = match input.complete {
        CompleteBy::None | CompleteBy::Clock => None,
        // A mistyped year must not declare the future.
        CompleteBy::Cursor => cursor.and_then(|cursor| less_lag(cursor.min(now), input)),
        CompleteBy::File => {
            let day = ended.and_then(|name| day_of_name(input, name));
            match day.and_then(|day| Some((start(day, zone)?, start(day.tomorrow().ok()?, zone)?)))
            {
                Some((_, end)) if end <= now => less_lag(end, input),
                Some((start, end)) => {
                    if !after.day_ends.contains(&end) {
                        after.day_ends.push(end);
                    }
                    // Files come in the order of their days: the day before is delivered too.
                    (start <= now).then(|| less_lag(start, input)).flatten()
                }
                None => None,
            }
        }
    };
    after.complete_until = after.complete_until.max(reached);
    after
}

/// The day in a file's name; none if the name is of another form.
pub(crate) fn day_of_name(input: &InputPart, name: &str) -> Option<Date> {
    let parts = BrokenDownTime::parse(input.complete_name.as_ref()?, name).ok()?;
    parts.to_date().ok()
}

/// The instant at which a day begins.
fn start(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().ok()
}

/// Notes that an input was found empty at this time.
pub(super) fn when_empty(input: &InputPart, state: &mut InputState, now: Timestamp) {
    let reached = match input.complete {
        CompleteBy::Clock => less_lag(now, input),
        CompleteBy::File => {
            let over = state.day_ends.iter().copied().filter(|end| *end <= now).max();
            state.day_ends.retain(|end| *end > now);
            over.and_then(|end| less_lag(end, input))
        }
        CompleteBy::None | CompleteBy::Cursor => None,
    };
    state.complete_until = state.complete_until.max(reached);
}

/// Up to when the source is complete, if it can declare more than before; `after` is the state of
/// one input that is not in the state yet.
pub(super) fn of_source(
    inputs: &[InputPart],
    state: &State,
    after: Option<(&str, Option<Timestamp>)>,
) -> Option<Timestamp> {
    let of_input = |input: &InputPart| match after {
        Some((name, until)) if name == input.name => until,
        _ => state.inputs.get(&input.name)?.complete_until,
    };
    let least = inputs.iter().map(of_input).min().flatten()?;
    (Some(least) > state.declared).then_some(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(text: &str) -> InputPart {
        toml::from_str(&format!("name = 'a'\n{text}")).unwrap()
    }

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn each_kind_declares_its_own() {
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        let noon = at("2026-01-02T12:00:00Z");
        let now = Timestamp::now();
        let after_at = |input: &InputPart, before, ended, now| {
            let before = InputState { complete_until: before, ..InputState::default() };
            let advance = Advance { before: &before, cursor: noon, ended, now };
            after_rows(input, &advance, &zone).complete_until
        };
        let after = |input: &InputPart, before, ended| after_at(input, before, ended, now);
        let empty = |input: &InputPart| {
            let mut state = InputState::default();
            when_empty(input, &mut state, noon.unwrap());
            state.complete_until
        };
        let cursor = input("complete = 'cursor'\nlag_minutes = 30");
        assert_eq!(after(&cursor, None, None), at("2026-01-02T11:30:00Z"));
        assert_eq!(after(&cursor, noon, None), noon);
        let early = at("2026-01-02T11:00:00Z");
        let typed = after_at(&cursor, None, None, early.unwrap());
        assert_eq!(typed, at("2026-01-02T10:30:00Z"));
        let file = input("complete = 'file'\ncomplete_name = 'c-%Y-%m-%d.csv'");
        assert_eq!(after(&file, None, Some("c-2026-01-02.csv")), at("2026-01-02T23:00:00Z"));
        assert_eq!(after(&file, None, Some("other.csv")), None);
        assert_eq!(after(&file, None, None), None);
        let clock = input("complete = 'clock'\nlag_minutes = 1");
        assert_eq!(after(&clock, None, None), None);
        assert_eq!(empty(&clock), at("2026-01-02T11:59:00Z"));
        assert_eq!(empty(&cursor), None);
        assert_eq!(after(&input(""), None, Some("x")), None);
    }

    #[test]
    fn a_day_is_declared_when_it_is_over() {
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        let part = input("complete = 'file'\ncomplete_name = 'c-%Y-%m-%d.csv'\nlag_minutes = 10");
        let noon = at("2026-01-02T12:00:00Z").unwrap();
        let take = |before: &InputState, name: &str, now: Timestamp| {
            let advance = Advance { before, cursor: None, ended: Some(name), now };
            after_rows(&part, &advance, &zone)
        };
        let mut state = InputState::default();
        for (name, until) in [
            ("c-2025-12-31.csv", "2025-12-31T22:50:00Z"),
            // Today: the end of yesterday. Tomorrow and a mistyped year: nothing more.
            ("c-2026-01-02.csv", "2026-01-01T22:50:00Z"),
            ("c-2026-01-02.csv", "2026-01-01T22:50:00Z"),
            ("c-2026-01-03.csv", "2026-01-01T22:50:00Z"),
            ("c-2062-01-03.csv", "2026-01-01T22:50:00Z"),
        ] {
            state = take(&state, name, noon);
            assert_eq!(state.complete_until, at(until), "{name}");
        }
        // As it is read again after a restart.
        let text = serde_json::to_string(&state).unwrap();
        let mut state: InputState = serde_json::from_str(&text).unwrap();
        for (now, until) in [
            ("2026-01-02T22:59:59Z", "2026-01-01T22:50:00Z"),
            ("2026-01-02T23:00:00Z", "2026-01-02T22:50:00Z"),
            ("2026-01-03T22:59:59Z", "2026-01-02T22:50:00Z"),
            ("2026-02-01T00:00:00Z", "2026-01-03T22:50:00Z"),
        ] {
            when_empty(&part, &mut state, at(now).unwrap());
            assert_eq!(state.complete_until, at(until), "{now}");
        }
        assert_eq!(state.day_ends.len(), 1);
    }

    #[test]
    fn the_last_input_decides() {
        let two = [input("complete = 'clock'"), InputPart { name: "b".into(), ..input("") }];
        let mut state = State::default();
        let (early, late) = (at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"));
        assert_eq!(of_source(&two, &state, Some(("a", late))), None);
        let complete = InputState { complete_until: early, ..InputState::default() };
        state.inputs.insert("b".into(), complete);
        assert_eq!(of_source(&two, &state, Some(("a", late))), early);
        state.declared = early;
        assert_eq!(of_source(&two, &state, Some(("a", late))), None);
        assert_eq!(of_source(&[], &state, None), None);
    }
}
